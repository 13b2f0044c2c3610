"""A report for other people's programs: a table of its statements, and the whole of it."""

import csv
import io
import json
from collections.abc import Iterator

from dialogues.report.blocks import (
    Block,
    Items,
    Paragraph,
    Quotation,
    Report,
    Sides,
    Statement,
    Statements,
)
from recommendations.sheets import escaped

COLUMNS = (
    *("code", "kind", "sector", "text", "language", "was_edited", "said_by", "themes", "about"),
    *("answer_state", "answer", "answered_by", "part_of", "nearly_the_same_as", "outcome"),
    *("note", "address"),
)


def csv_of(report: Report) -> bytes:
    """One row a statement, in the order of the report, each once; UTF-8 with its mark.

    Cells that a spreadsheet would run begin with an apostrophe. ``answer_state`` is "answered",
    "written-later" or "open" for questions, and '' for the rest.
    """
    file = io.StringIO(newline="")
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(COLUMNS)
    seen: set[str] = set()
    for statement, whole in _statements(report):
        if statement.code not in seen:
            seen.add(statement.code)
            table.writerow([escaped(cell) for cell in _row(report, statement, whole)])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def json_of(reports: dict[str, Report]) -> bytes:
    """Whole reports by language, as ``Report.as_data`` gives them; UTF-8.

    The same reports give the same bytes: keys keep one order.
    """
    data = {"reports": {language: reports[language].as_data() for language in sorted(reports)}}
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def _row(report: Report, statement: Statement, whole: Statement | None) -> list[str]:
    answer = statement.answer
    state = ""
    if statement.of == "question" and not (whole and statement.code not in whole.also):
        state = "open" if answer is None else "answered"
        if answer and answer.was_written_later:
            state = "written-later"
    is_like = whole is not None and statement.code in whole.also
    return [
        statement.code,
        statement.of,
        statement.sector,
        statement.text,
        statement.language or report.language,
        "yes" if statement.was_edited else "no",
        statement.said_by,
        "; ".join(statement.themes),
        "; ".join(statement.about),
        state,
        text_of(answer.blocks) if answer else "",
        answer.answered_by if answer else "",
        whole.code if whole and not is_like else "",
        whole.code if whole and is_like else "",
        statement.outcome,
        statement.note,
        report.site.rstrip("/") + statement.path,
    ]


def _statements(report: Report) -> Iterator[tuple[Statement, Statement | None]]:
    """Each statement with the one it is a line of, or is folded into."""

    def within(
        blocks: tuple[Block, ...], whole: Statement | None
    ) -> Iterator[tuple[Statement, Statement | None]]:
        for block in blocks:
            match block:
                case Statement():
                    yield block, whole
                    yield from within(block.lines, block)
                case Statements():
                    yield from within(block.rows, whole)
                case Sides():
                    yield from within((block.left, block.right), whole)

    # What is quoted (highlights) stands once more in its place.
    for section in report.sections:
        yield from within(section.blocks, None)


def text_of(blocks: tuple[Block, ...]) -> str:
    """The text of some blocks, a line for each paragraph."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Paragraph():
                lines.append(block.text)
            case Items():
                lines += [f"- {text_of(item)}" for item in block.items]
            case Quotation():
                lines.append(text_of(block.blocks))
    return "\n".join(lines)
