"""A report as a table and as JSON."""

import csv
import io
import json

from dialogues.report import data
from dialogues.report.blocks import (
    Answer,
    Items,
    Paragraph,
    Quotation,
    Report,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    report_of,
)

PATH = "/dialogues/halifax/statements/"


def statement(code: str, text: str, of: str = "hope", **more: object) -> Statement:
    return Statement(code, of, text, f"{PATH}{code}/", **more)  # type: ignore[arg-type]


def report() -> Report:
    near = statement("HOPE-02", "Peace!")
    hope = statement("HOPE-01", "Peace.", lines=(near,), also=("HOPE-02",), about=("CA-01",))
    concern = statement("CONCERN-01", '=cmd|"calc"!A1', "concern", said_by="@Ada", language="fr")
    words = Paragraph((Run("Yes, "), Run("soon", is_strong=True)))
    blocks = (words, Items(((Paragraph((Run("-1"),)),),)))
    asked = statement("QUESTION-01", "When?", "question", answer=Answer(blocks, "Bo"))
    later = statement(
        "QUESTION-02", "Why?", "question", answer=Answer((words,), was_written_later=True)
    )
    nobody = statement("QUESTION-03", "Who?", "question")
    whole = statement(
        *("IDEA-01", "Write,\nthen call", "idea"),
        lines=(statement("IDEA-01a", "+1 604", "idea"),),
        sector="Media",
        themes=("Press", "Radio"),
    )

    def listed(*rows: Statement) -> Statements:
        return Statements(rows[0].of, rows, len(rows), PATH)

    return Report(
        title="A dialogue",
        language="en",
        title_language="",
        slug="halifax",
        place="Halifax",
        on="2010-05-04",
        site="https://w2i.example.org/",
        facts=(),
        sections=(
            Section("highlights", "Heard", (Quotation((hope,)),)),
            Section("hopes-and-concerns", "Both", (Sides(listed(hope), listed(concern)),)),
            Section("questions", "Asked", (listed(asked, later, nobody),)),
            Section("ideas", "Ideas", (listed(whole),)),
        ),
        counts={"hope": 2},
    )


def rows() -> list[dict[str, str]]:
    content = data.csv_of(report())
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_each_statement_is_one_row_in_the_order_of_the_report() -> None:
    assert [row["code"] for row in rows()] == [
        *("HOPE-01", "HOPE-02", "CONCERN-01", "QUESTION-01", "QUESTION-02", "QUESTION-03"),
        *("IDEA-01", "IDEA-01a"),
    ]


def test_a_row_says_all_of_it() -> None:
    by_code = {row["code"]: row for row in rows()}

    assert by_code["HOPE-02"]["nearly_the_same_as"] == "HOPE-01"
    assert by_code["HOPE-02"]["part_of"] == ""
    assert by_code["IDEA-01a"]["part_of"] == "IDEA-01"
    assert by_code["IDEA-01"]["text"] == "Write,\nthen call"
    assert by_code["IDEA-01"]["themes"] == "Press; Radio"
    assert by_code["IDEA-01"]["sector"] == "Media"
    assert by_code["CONCERN-01"]["language"] == "fr"
    assert by_code["HOPE-01"]["language"] == "en"
    assert by_code["HOPE-01"]["about"] == "CA-01"
    assert by_code["HOPE-01"]["address"] == f"https://w2i.example.org{PATH}HOPE-01/"
    states = [by_code[f"QUESTION-0{n}"]["answer_state"] for n in (1, 2, 3)]
    assert states == ["answered", "written-later", "open"]
    assert by_code["QUESTION-01"]["answer"] == "Yes, soon\n- -1"
    assert by_code["QUESTION-01"]["answered_by"] == "Bo"


def test_no_spreadsheet_runs_a_cell() -> None:
    by_code = {row["code"]: row for row in rows()}

    assert by_code["CONCERN-01"]["text"] == '\'=cmd|"calc"!A1'
    assert by_code["CONCERN-01"]["said_by"] == "'@Ada"
    assert by_code["IDEA-01a"]["text"] == "'+1 604"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert data.csv_of(report()) == data.csv_of(report())
    assert data.json_of({"fr": report(), "en": report()}) == data.json_of(
        {"en": report(), "fr": report()}
    )


def test_json_holds_reports_whole() -> None:
    found = json.loads(data.json_of({"en": report()}))

    assert list(found["reports"]) == ["en"]
    assert report_of(found["reports"]["en"]) == report()
