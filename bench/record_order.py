#!/usr/bin/env python
"""Whether the report of Vancouver has all of the record, in the order of the report of 2009.

    .venv/bin/python bench/record_order.py

The record is loaded into a database of its own, its report is written as page, PDF and Word file,
and the text is taken out of each again. In it every hope, concern, question, answer, reservation,
idea, commitment, recital and clause is looked for, and all that stands around them. A table says
what was found; where something is missing or out of order, the program ends with 1.

The PDF is left out where there is no ``pdftotext``.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# Where a page of a PDF ends a text may be parted: by notes at its foot, a head, the next column.
_BETWEEN = 2_500
_SHORTEST = 12  # letters of a piece that may stand alone on its page


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of the record: what it is, its name there, and the text."""

    kind: str
    name: str
    text: str


# Pieces that follow each other; several beside each other, as hopes and concerns are.
Step = tuple[Sequence[Piece], ...]


@dataclass(frozen=True, slots=True)
class Lost:
    piece: Piece
    is_elsewhere: bool  # it is there, but not where it should be

    def __str__(self) -> str:
        where = "out of order" if self.is_elsewhere else "missing"
        return f"{self.piece.kind} {self.piece.name} is {where}: {self.piece.text[:60]}"


# ---- The record ----


def steps() -> list[Step]:
    """All of the record in the order of the report of 2009."""
    main, work = (
        _file("dialogues/data/vancouver-2009.yaml"),
        _file("recommendations/data/recommendations.yaml"),
    )
    terms = _file("recommendations/data/glossary.yaml")["terms"]
    (term,) = [term for term in terms if term["id"] == "dialogue"]
    people = [one for one in main["people"] if one.get("biography")]
    brief = [
        text
        for slide in main["brief"]["slides"]
        for text in (slide.get("heading") or "", *_points(slide))
        if text
    ]
    ideas = [
        idea
        for sector in main["ideas"]["sectors"]
        for item in sector["items"]
        for idea in (item, *item.get("sub_items", ()))
    ]
    return [
        ([Piece("acknowledgement", "", main["dialogue"]["convening_statement"])],),
        (_named("acknowledgement", main["conveners"], "acknowledgement"),),
        (_named("introduction", main["introduction"]),),
        (_named("project", work["project"]["description"]),),
        (_named("summary", work["report"]["summary"]),),
        (_named("recommendation", work["recommendations"], name="code"),),
        ([_piece("biography", row) for one in people for row in one["biography"]],),
        ([Piece("definition", "dialogue", _words(term["definition"]))],),
        (_named("agenda", main["agenda"]),),
        (_named("hope", main["hopes"]), _named("concern", main["concerns"])),
        ([Piece("brief", "brief", main["brief"]["text"])],),
        ([Piece("slide", "", text) for text in brief],),
        (list(_asked(main["questions"])),),
        ([Piece("resonance", "figure 1", main["resonance"]["caption"])],),
        (_named("reservation", main["reservations"]["items"]),),
        (_named("idea", ideas),),
        (_named("commitment", main["commitments"]["items"]),),
        (_named("conclusion", main["conclusion"]["points"]),),
        (_named("closing", main["closing"]),),
        (_named("next step", main["next_steps"]),),
        (_named("what followed", main["follow_up"]["book"]["paragraphs"]),),
        (list(_clauses()),),
    ]


def _file(path: str) -> Any:
    import yaml

    return yaml.safe_load((ROOT / path).read_text())


def _words(text: Any) -> str:
    return text if isinstance(text, str) else " ".join(row["text"] for row in text)


def _piece(kind: str, row: dict[str, Any], text: str = "text", name: str = "id") -> Piece:
    return Piece(kind, str(row.get(name, "")), _words(row[text]))


def _named(
    kind: str, rows: Sequence[dict[str, Any]], text: str = "text", name: str = "id"
) -> list[Piece]:
    return [_piece(kind, row, text, name) for row in rows]


def _points(slide: dict[str, Any]) -> Iterator[str]:
    for point in slide.get("points", ()):
        yield point["text"]
        for below in point.get("sub_points", ()):
            yield below["text"]


def _asked(questions: Sequence[dict[str, Any]]) -> Iterator[Piece]:
    for question in questions:
        yield _piece("question", question)
        for block in question["answer"]:
            yield Piece("answer", question["id"], block["text"])


def _clauses() -> Iterator[Piece]:
    model = _file("resolutions/data/model-resolution.yaml")
    for row in model["recitals"]:
        yield _piece("recital", row)
    for row in model["operative_clauses"]:
        yield _piece("clause", row)
        for item in row.get("sub_items", ()):
            yield _piece("clause", item)


# ---- The text of each form ----


def text_of_page(html: str) -> str:
    """What stands in the main part of a page, in its order."""
    import html5lib

    tree = html5lib.parse(html, namespaceHTMLElements=False)
    main = next(tree.iter("main"), tree)
    return "".join(_texts(main))


def _texts(element: Any) -> Iterator[str]:
    if element.tag in {"script", "style", "svg"}:
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child)
        yield child.tail or ""
    yield "\n"


def text_of_word(content: bytes) -> str:
    """What stands in the body of a Word file, tables as well, in its order."""
    import docx
    from docx.oxml.ns import qn

    body = docx.Document(io.BytesIO(content)).element.body
    found = []
    for element in body.iter(qn("w:t"), qn("w:p"), qn("w:br"), qn("w:tab")):
        found.append((element.text or "") if element.tag == qn("w:t") else " ")
    return "".join(found)


def can_read_pdf() -> bool:
    return shutil.which("pdftotext") is not None


def text_of_pdf(content: bytes) -> str:
    """What stands on the pages of a PDF, without their running heads and numbers."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        command = ["pdftotext", "-enc", "UTF-8", file.name, "-"]
        text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    pages = [page.splitlines() for page in text.split("\f") if page.strip()]
    lines = Counter(_without_numbers(line) for page in pages for line in set(page))
    often = {line for line, n in lines.items() if line and n > max(3, len(pages) // 3)}
    kept = (
        line
        for page in pages
        for line in page
        if _without_numbers(line) not in often and not line.strip().isdigit()
    )
    return "\n".join(kept)


def _without_numbers(line: str) -> str:
    return re.sub(r"\d+", "", line).strip()


# ---- Looking for it ----


def letters(text: str) -> str:
    """Letters and digits alone: how lines were broken and which marks were set does not matter."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def lost(text: str, order: Sequence[Step]) -> list[Lost]:
    """Pieces that are not in a text, or not where they should be."""
    text = letters(text)
    found: list[Lost] = []
    at = 0
    for tracks in order:
        ends = [at]
        for track in tracks:
            here = at
            for piece in track:
                end = _end_of(text, letters(piece.text), here)
                if end is None:
                    elsewhere = _end_of(text, letters(piece.text), 0) is not None
                    found.append(Lost(piece, elsewhere))
                else:
                    here = end
            ends.append(here)
        at = max(ends)
    return found


def _end_of(text: str, wanted: str, start: int) -> int | None:
    """Where a piece ends that begins after ``start``; None where it is not there."""
    whole = text.find(wanted, start)
    if whole >= 0:
        return whole + len(wanted)
    return _end_in_two(text, wanted, start)


def _end_in_two(text: str, wanted: str, start: int) -> int | None:
    """The same of a piece that the end of a page parts, perhaps more than once."""
    head = wanted[:_SHORTEST]
    if len(wanted) < 2 * _SHORTEST:
        return None
    at = text.find(head, start)
    while at >= 0:
        n = _alike(wanted, text, at)
        rest, end = wanted[n:], at + n
        if len(rest) >= 3:
            there = text.find(rest, end, end + _BETWEEN + len(rest))
            if there >= 0:
                return there + len(rest)
            if len(rest) < len(wanted) and len(rest) >= 2 * _SHORTEST:
                deeper = _end_in_two(text[: end + _BETWEEN + len(rest)], rest, end)
                if deeper is not None:
                    return deeper
        at = text.find(head, at + 1)
    return None


def _alike(wanted: str, text: str, at: int) -> int:
    """How many letters of a piece stand in the text from a place on."""
    n = 0
    while n < len(wanted) and at + n < len(text) and wanted[n] == text[at + n]:
        n += 1
    return n


# ---- As a program ----


def main() -> None:
    order = steps()
    forms = dict(_forms())
    missing = {form: lost(text, order) for form, text in forms.items()}
    kinds = Counter(piece.kind for tracks in order for track in tracks for piece in track)
    print(f"{'':18}{'in record':>10}" + "".join(f"{form:>10}" for form in forms))
    for kind, n in kinds.items():
        counts = (n - sum(one.piece.kind == kind for one in missing[form]) for form in forms)
        print(f"{kind:18}{n:>10}" + "".join(f"{count:>10}" for count in counts))
    for form, pieces in missing.items():
        for one in pieces:
            print(f"{form}: {one}")
    if not can_read_pdf():
        print("There is no pdftotext, so the PDF was not looked at.")
    sys.exit(any(missing.values()))


def _forms() -> Iterator[tuple[str, str]]:
    """The text of each form of the report, by its name."""
    folder = tempfile.mkdtemp(prefix="record-order-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "w2i.settings")
    os.environ["W2I_VAR"] = folder
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command
    from django.template.loader import render_to_string

    from dialogues.models import Dialogue
    from dialogues.report import pdf, word
    from dialogues.report.assembling import assemble, front_of

    try:
        call_command("migrate", verbosity=0)
        call_command("load_record", verbosity=0)
        dialogue = Dialogue.objects.select_related("report").get(slug="vancouver-2009")
        report = assemble(dialogue, "en")
        page = {"report": front_of(report), "is_front": True}
        yield "page", text_of_page(render_to_string("dialogues/report/_body.html", page))
        if can_read_pdf():
            yield "PDF", text_of_pdf(pdf.write(report))
        yield "Word", text_of_word(word.write(report))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
