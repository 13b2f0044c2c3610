"""What differs between two texts, to the letter."""

from itertools import pairwise

from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from recommendations.differing import differences
from resolutions.comparing import ADDED, CHANGED, KEPT, LEFT_OUT, compare
from resolutions.composing import Composed, Line
from resolutions.models import ClauseKind, Council
from resolutions.templatetags.comparing import compared_text
from tests.markup import Page, text_of

WORDS = st.lists(
    st.sampled_from(
        ["urge", "the", "Prime", "Minister", "to", "l’appel", "act", ";", ",", ".", " ", "  ", "\n"]
    ),
    max_size=25,
).map(lambda words: " ".join(words))


def text_with(*lines: Line) -> Composed:
    return Composed("A text", "en", Council(name="Port Alder"), None, lines)


def recital(text: str, code: str = "", **rest: object) -> Line:
    return Line(kind=ClauseKind.RECITAL, text=text, code=code, **rest)  # type: ignore[arg-type]


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(part.op, part.text) for part in differences(before, after)]


@bounded(max_examples=60, deadline=None)
@given(before=st.one_of(WORDS, st.text(max_size=40)), after=st.one_of(WORDS, st.text(max_size=40)))
def test_the_pieces_are_both_texts_to_the_letter(before: str, after: str) -> None:
    parts = differences(before, after)

    assert "".join(part.text for part in parts if part.op != "added") == before
    assert "".join(part.text for part in parts if part.op != "removed") == after
    assert all(part.text for part in parts)
    assert all(one.op != two.op for one, two in pairwise(parts))
    assert (before == after) == all(part.op == "same" for part in parts)


LINES = st.lists(
    st.builds(
        Line,
        kind=st.sampled_from(ClauseKind.values),
        text=WORDS,
        code=st.sampled_from(["", "", "R1", "R2", "O1", "O2a"]),
        asks=st.sampled_from([(), ("CA-01",), ("CA-02",), ("CA-01", "CA-03")]),
    ),
    max_size=6,
).map(tuple)


@bounded(max_examples=60, deadline=None)
@given(first=LINES, second=LINES)
def test_no_clause_of_either_text_is_lost(
    first: tuple[Line, ...], second: tuple[Line, ...]
) -> None:
    comparison = compare(text_with(*first), text_with(*second))

    rows = comparison.rows
    assert [row.after for row in rows if row.state != LEFT_OUT] == [line.text for line in second]
    before = sorted(row.before for row in rows if row.state != ADDED)
    assert before == sorted(line.text for line in first)
    asked = {code for line in first for code in line.asks}
    assert set(comparison.carried) | set(comparison.dropped) == asked
    assert not set(comparison.carried) & set(comparison.dropped)


def test_words_are_compared_and_not_letters() -> None:
    assert pieces("urge the Prime Minister to act;", "ask the Prime Minister to act at once;") == [
        ("removed", "urge"),
        ("added", "ask"),
        ("same", " the Prime Minister to act"),
        ("added", " at once"),
        ("same", ";"),
    ]


def test_changes_with_a_short_word_between_them_read_as_one() -> None:
    assert pieces("appoint one person to lead", "name two of to follow") == [
        ("removed", "appoint one person to lead"),
        ("added", "name two of to follow"),
    ]


def test_a_clause_is_found_by_its_code_wherever_it_stands() -> None:
    base = text_with(recital("One thing;", "R1"), recital("Another thing;", "R2"))
    other = text_with(recital("Another thing indeed;", "R2"), recital("One thing;", "R1"))

    rows = compare(base, other).rows

    assert [(row.code, row.state) for row in rows] == [("R2", CHANGED), ("R1", KEPT)]


def test_a_clause_without_a_code_is_found_by_its_words() -> None:
    base = text_with(
        recital("Mass atrocities offend the conscience of humankind;", "R1"),
        recital("Prevention costs less than cure;", "R2"),
    )
    other = text_with(
        recital("Port Alder is twinned with Kigali;"),
        recital("Mass atrocities offend the conscience of all;"),
    )

    rows = compare(base, other).rows

    assert [(row.code, row.state) for row in rows] == [
        ("", ADDED),
        ("R1", CHANGED),
        ("R2", LEFT_OUT),
    ]


def test_a_clause_that_only_ends_differently_is_kept_and_its_mark_still_shows() -> None:
    base = text_with(recital("One thing;", "R1"))
    other = text_with(recital("One thing.", "R1"))

    comparison = compare(base, other)

    assert (comparison.rows[0].state, comparison.rows[0].is_marked) == (KEPT, True)
    assert not comparison.differs


def test_a_recommendation_survives_in_any_clause_that_still_asks_for_it() -> None:
    base = text_with(
        recital("One;", "R1", asks=("CA-01", "CA-02")),
        recital("Two;", "R2", asks=("CA-02", "CA-03")),
    )
    other = text_with(recital("Two, with care;", "R2"), recital("Three.", asks=("CA-09",)))

    comparison = compare(base, other)

    assert comparison.carried == ("CA-02", "CA-03")
    assert comparison.dropped == ("CA-01",)


def test_marks_are_said_as_well_as_shown() -> None:
    base = text_with(recital("WHEREAS, one <thing> alone;", "R1", opening="WHEREAS,"))
    other = text_with(recital("WHEREAS, two <thing> alone now;", "R1", opening="WHEREAS,"))

    (row,) = compare(base, other).rows

    assert text_of(Page(compared_text(row)).root) == (
        "WHEREAS,  removed: one, end of removed,  added: two, end of added,  <thing> alone"
        " added:  now, end of added, ;"
    )
    assert str(compared_text(row)).startswith("<strong>WHEREAS,</strong> <del>")
    assert compared_text(row, clean=True) == (
        "<strong>WHEREAS,</strong> two &lt;thing&gt; alone now;"
    )


def test_a_clause_too_long_to_compare_is_shown_whole_at_once() -> None:
    before, after = "a " * 2_500, "b " + "a " * 2_500

    assert pieces(before, after) == [("removed", before), ("added", after)]
    assert pieces(before, before) == [("same", before)]
