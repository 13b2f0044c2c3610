"""The front of a report: what the page of its dialogue has room for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from dialogues.models import PartKind
from dialogues.report.blocks import (
    Block,
    Chart,
    Clause,
    Facts,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Report,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    Table,
)

SHOWN = 60

# What the parts of a page may weigh together, in bytes of HTML, about; the rest of it is 25 kB.
_ROOM = 160_000
# What one part may weigh of it. Most that is said fits by far.
_LISTS, _SIDES = 45_000, 70_000
_TEXTS = 20_000
# What a part may weigh and always keep whole. All of them together leave room for the others.
_SHORT = 6_000
# Parts that are lists of statements.
_OF_STATEMENTS = frozenset(
    {
        *(PartKind.ROUND, PartKind.QUESTIONS, PartKind.RESERVATIONS, PartKind.IDEAS),
        PartKind.COMMITMENTS,
    }
)
# Lines of one statement, and others folded into it: its own page has them all.
_LINES = 12
# What elements and links around a text weigh.
_AROUND, _AROUND_A_STATEMENT, _AROUND_A_CODE = 40, 190, 75


def front_of(report: Report, shown: int = SHOWN) -> Report:
    """The same report with at most ``shown`` statements in each list, fewer where they are long.

    ``Statements.n`` and ``path`` lead to the rest. Other parts are cut where they are long, so
    that the page stays under 200 kB whatever was said and written.
    """
    with translation.override(report.language):
        sections = [_first(section, shown) for section in report.sections]
        rooms = [min(_weight(section.blocks), _room(section)) for section in sections]
        # A short part, such as the votes on the scale, gives nothing up for the long ones.
        short = sum(room for room in rooms if room <= _SHORT)
        share = min(1.0, (_ROOM - short) / max(sum(rooms) - short, 1))
        return replace(
            report,
            sections=tuple(
                _fitted(section, room if room <= _SHORT else int(room * share), report)
                for section, room in zip(sections, rooms, strict=True)
            ),
        )


def is_long(report: Report) -> bool:
    """Whether a page of the whole report might weigh 200 kB or more."""
    return sum(_weight(section.blocks) for section in report.sections) > _ROOM


def _room(section: Section) -> int:
    if section.key == PartKind.ROUND:
        return _SIDES
    return _LISTS if section.key in _OF_STATEMENTS else _TEXTS


def _first(section: Section, shown: int) -> Section:
    """The first statements of each list of a part."""
    return replace(section, blocks=tuple(_cut(block, shown) for block in section.blocks))


def _cut(block: Block, shown: int) -> Block:
    match block:
        case Statements():
            return _with_rows(block, tuple(map(_shortened, block.rows[:shown])))
        case Sides():
            left, right = _cut(block.left, shown), _cut(block.right, shown)
            return _beside(left, right)
        case Statement():
            return _shortened(block)
        case Quotation():
            return replace(block, blocks=tuple(_cut(one, shown) for one in block.blocks))
    return block


def _with_rows(block: Statements, rows: tuple[Statement, ...]) -> Statements:
    return block if rows == block.rows else replace(block, rows=rows)


def _beside(left: Block, right: Block) -> Sides:
    assert isinstance(left, Statements)  # noqa: S101 - as it was
    assert isinstance(right, Statements)  # noqa: S101
    return Sides(left, right)


def _shortened(statement: Statement) -> Statement:
    if len(statement.lines) <= _LINES:
        return statement
    return replace(statement, lines=statement.lines[:_LINES])


# ---- What blocks weigh ----


def _weight(blocks: Iterable[Block]) -> int:
    return sum(map(_weighed, blocks))


def _text(*texts: str) -> int:
    return sum(len(escape(text).encode()) for text in texts if text)


def _weighed(block: Block) -> int:
    match block:
        case Paragraph():
            links = sum(_text(run.link) + _AROUND for run in block.runs if run.link)
            return _AROUND + _text(*(run.text for run in block.runs)) + links
        case Heading():
            return _AROUND + _text(block.text, block.anchor)
        case Items():
            return _AROUND + sum(_weight(item) + 10 for item in block.items)
        case Quotation():
            return 2 * _AROUND + _weight(block.blocks) + _text(block.source)
        case Facts():
            return _AROUND + sum(_AROUND + _text(row.label, row.text) for row in block.rows)
        case Table():
            cells = (cell for row in (block.head, *block.rows) for cell in row)
            return _AROUND + sum(30 + _text(cell) for cell in cells)
        case Chart():
            # As a drawing and as a table.
            bars = sum(260 + 2 * _text(bar.label) for bar in block.bars)
            return 900 + _text(block.caption, block.description) * 2 + bars
        case Statements():
            return 4 * _AROUND + sum(map(_weighed, block.rows))
        case Sides():
            return _weighed(block.left) + _weighed(block.right)
        case Clause():
            return 3 * _AROUND + _text(block.text) + sum(map(_weighed, block.parts))
        case Statement():
            return _said(block)


def _said(statement: Statement) -> int:
    answer = statement.answer
    note = 170 + _text(statement.note, statement.code) if statement.note else 0
    return (
        _AROUND_A_STATEMENT
        + 3 * _text(statement.code)
        + _text(statement.text, statement.translation, statement.said_by, statement.outcome)
        + _text(statement.path)
        + _AROUND_A_CODE * (len(statement.about) + bool(statement.said_by))
        + note
        + sum(map(_said, statement.lines))
        + (300 + _weight(answer.blocks) + _text(answer.footnote) if answer else 0)
    )


# ---- Cutting to size ----


def _fitted(section: Section, room: int, report: Report) -> Section:
    """A part that weighs no more than its room, and leads to what is left out of it."""
    if _weight(section.blocks) <= room:
        return section
    lists = [one for one in section.blocks if isinstance(one, Statements | Sides)]
    if section.key in _OF_STATEMENTS and lists:
        texts = [one for one in section.blocks if not isinstance(one, Statements | Sides)]
        for_texts = min(_weight(texts), room // 4)
        kept = _start(texts, for_texts)
        left = room - for_texts
        total = max(_weight(lists), 1)
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Statements | Sides):
                blocks.append(_lightened(block, left * _weighed(block) // total))
            elif block in kept:
                blocks.append(block)
        return replace(section, blocks=tuple(blocks))
    return replace(
        section, blocks=(*_start(section.blocks, room - 200), _rest(section.key, report))
    )


def _lightened(block: Block, room: int) -> Block:
    if isinstance(block, Sides):
        half = room // 2
        return _beside(_lightened(block.left, half), _lightened(block.right, half))
    assert isinstance(block, Statements)  # noqa: S101 - of the two kinds there are
    rows: list[Statement] = []
    for row in block.rows:
        kept = row
        if _said(row) > room and not rows:
            kept = replace(row, lines=(), also=())  # they stand on its own page
        room -= _said(kept)
        if room < 0:
            break
        rows.append(kept)
    return _with_rows(block, tuple(rows))


def _start(blocks: Sequence[Block], room: int) -> list[Block]:
    """The first blocks that fit into a room; the last of them cut."""
    found: list[Block] = []
    for block in blocks:
        weight = _weighed(block)
        if weight > room:
            if part := _start_of(block, room):
                found.append(part)
            break
        room -= weight
        found.append(block)
    while found and isinstance(found[-1], Heading):
        found.pop()
    return found


def _start_of(block: Block, room: int) -> Block | None:
    """The start of a block; None where none of it makes sense alone."""
    if room < 400:
        return None
    match block:
        case Paragraph():
            # A letter weighs up to six bytes.
            text = block.text[: room // 6].rpartition(" ")[0]
            return replace(block, runs=(Run(f"{text}…"),)) if text else None
        case Items():
            items: list[tuple[Block, ...]] = []
            for item in block.items:
                room -= _weight(item) + 10
                if room < 0:
                    break
                items.append(item)
            return replace(block, items=tuple(items)) if items else None
        case Quotation():
            blocks = tuple(_start(block.blocks, room))
            return replace(block, blocks=blocks) if blocks else None
        case Table():
            each = _weighed(block) // (len(block.rows) + 1) + 1
            return replace(block, rows=block.rows[: room // each]) if room > 2 * each else None
        case Facts():
            each = _weighed(block) // max(len(block.rows), 1) + 1
            return replace(block, rows=block.rows[: room // each]) if room > each else None
        case Clause():
            return None
    return None


def _rest(key: str, report: Report) -> Paragraph:
    """The way to what was left out of a part. The page of a long edition has no more of it."""
    if report.number is None:
        return Paragraph((Run(_("This part goes on in the whole report.")),))
    if is_long(report):
        path = reverse("dialogues:edition_file", args=[report.slug, report.number, "pdf"])
        return Paragraph((Run(_("This part goes on in the PDF of the edition."), link=path),))
    path = reverse("dialogues:edition_detail", args=[report.slug, report.number])
    return Paragraph((Run(_("This part goes on in the whole edition."), link=f"{path}#{key}"),))
