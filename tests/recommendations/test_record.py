"""Reading data files: what is wrong is said with file, line, field and reason."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.models import Status
from recommendations.record import RecordProblem, Row, likely, read, unique


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def row(tmp_path: Path) -> Row:
    return read(
        write(
            tmp_path,
            """\
name: A name
empty: ' '
number: 3
yes: true
nothing: null
day: 2009-11-27
month: 2009-11
year: '2009'
wrong_day: 2009-02-30
link: https://example.org/a
bad_link: javascript:alert(1)
texts: [a, b]
rows:
  - id: one
  - id: one
status: in-place
bad_status: in place
latitude: '49.26'
""",
        )
    )


def test_values_are_read_as_what_they_are(row: Row) -> None:
    assert row.text("name") == "A name"
    assert row.number("number") == 3
    assert row.flag("yes") is True
    assert row.optional("nothing") == ""
    assert row.strings("texts") == ["a", "b"]
    assert row.choice("status", Status) == Status.IN_PLACE
    assert row.url("link") == "https://example.org/a"
    assert str(row.decimal("latitude")) == "49.26"


@pytest.mark.parametrize(
    ("name", "day", "precision"),
    [
        ("day", "2009-11-27", "day"),
        ("month", "2009-11-01", "month"),
        ("year", "2009-01-01", "year"),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(
    row: Row, name: str, day: str, precision: str
) -> None:
    on, known_to = row.date(name)

    assert (on.isoformat(), known_to) == (day, precision)


@pytest.mark.parametrize(
    ("call", "line", "reason"),
    [
        (lambda r: r.text("absent"), 1, "is missing"),
        (lambda r: r.text("empty"), 2, "is empty"),
        (lambda r: r.text("number"), 3, "must be text, not a number"),
        (lambda r: r.text("name", limit=3), 1, "is longer than 3 characters"),
        (lambda r: r.number("name"), 1, "must be a whole number from 0 to 32000"),
        (lambda r: r.number("yes"), 4, "must be a whole number from 0 to 32000"),
        (lambda r: r.flag("name"), 1, "must be true or false"),
        (lambda r: r.date("wrong_day"), 9, "must be a date such as 2009-11-27 or 2009-11"),
        (lambda r: r.url("bad_link"), 11, "must be a link, starting with http or https"),
        (lambda r: r.rows("texts"), 12, "must be a list of entries, not of text"),
        (lambda r: r.rows("name"), 1, "must be a list, not text"),
        (lambda r: r.strings("rows"), 13, "must be a list of texts"),
        (lambda r: r.some("nothing"), 5, "is missing or empty"),
        (lambda r: r.row("name"), 1, "must be an entry with fields, not text"),
        (lambda r: r.decimal("name"), 1, "must be a number in quotation marks"),
        (lambda r: r.key("name"), 1, "may have only letters, digits, full stops and hyphens"),
        (lambda r: list(unique(r.rows("rows"), "id")), 15, "'one' is given twice"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(
    row: Row, call: object, line: int, reason: str
) -> None:
    assert callable(call)

    with pytest.raises(RecordProblem) as problem:
        call(row)

    assert problem.value.line == line
    assert problem.value.reason == reason
    assert problem.value.file.name == "a.yaml"


def test_an_unknown_choice_lists_the_known_ones(row: Row) -> None:
    with pytest.raises(RecordProblem, match="must be one of not-assessed, no-action-found"):
        row.choice("bad_status", Status)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"a: 1\nb: \xff\n", 2, "is not in UTF-8"),
        (b"a: [1\n", 2, "is not YAML"),
        (b"- 1\n", 1, "must hold fields with names"),
        (b"", 1, "must hold fields with names"),
        (b"a: 1\na: 2\n", 2, "is given twice"),
        (b"a: !!python/object:os.system x\n", 1, "is not YAML"),
        (b"a: \x00\n", 1, "is not YAML"),
    ],
)
def test_a_file_that_is_no_record_is_refused(
    tmp_path: Path, content: bytes, line: int, reason: str
) -> None:
    with pytest.raises(RecordProblem) as problem:
        read(write(tmp_path, content))

    assert reason in problem.value.reason
    assert problem.value.line == line


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordProblem, match=r"absent\.yaml, line 1, file: can't be read"):
        read(tmp_path / "absent.yaml")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_whatever_stands_in_a_file_it_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    found: Row | RecordProblem
    try:
        found = read(write(tmp_path, content))
    except RecordProblem as problem:
        found = problem

    assert found.line >= 1


def test_doubts_become_one_note(tmp_path: Path) -> None:
    row = read(
        write(
            tmp_path,
            """\
doubts:
  - text_in_doubt: preatrocity
    likely_reading: pre-atrocity
    note: Left as scanned.
  - text_in_doubt: null
    likely_reading: null
    note: Column uncertain.
""",
        )
    )

    assert likely(row) == (
        "“preatrocity” is probably “pre-atrocity”. Left as scanned. Column uncertain."
    )
