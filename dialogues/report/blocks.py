"""What a report says, in order, whichever form it is written in: page, PDF, Word, data.

Plain, frozen rows that become JSON and come back: an edition keeps them. Every text is text, never
markup of any kind; each writer escapes it in its own way. ``language`` of a block is the language
its text is in where that is not the report's, else ''.

``path`` is always a path of this site ("/dialogues/…"); ``Report.site`` makes it whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. ``link`` is a whole http(s) or mailto address, or a path."""

    text: str
    is_strong: bool = False
    is_emphasis: bool = False
    link: str = ""


class Style(StrEnum):
    TEXT = "text"
    LEAD = "lead"
    NOTE = "note"  # ours, beside a text of record: a likely reading, what is known of a gap
    SOURCE = "source"  # where a quotation or definition is from
    FOOTNOTE = "footnote"
    PRINTED = "printed"  # the heading this part has in the print of 2009


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]
    style: str = Style.TEXT
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section: level 3, or 4 below it (a section's own is 2)."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 3
    language: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is a few blocks, the first a paragraph."""

    kind: ClassVar[str] = "items"
    items: tuple[tuple["Block", ...], ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    kind: ClassVar[str] = "quotation"
    blocks: tuple["Block", ...]
    source: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    kind: ClassVar[str] = "facts"
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``head`` names the columns; the first cell of each row heads it. ``numeric`` are the numbers
    (from 0) of the columns set to the right."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, drawn as vectors, with a table of the same values beneath: writers draw both.

    ``description`` says in words what the picture shows, for those who don't see it. ``mark`` is
    the position of the median among the bars (3.5: between the fourth and the fifth), if any.
    """

    kind: ClassVar[str] = "chart"
    caption: str
    description: str
    head: tuple[str, str]
    bars: tuple[Bar, ...]
    mark: float | None = None
    mark_label: str = ""
    is_upright: bool = False  # a scale from left to right; else one bar below the other


@dataclass(frozen=True, slots=True)
class Answer:
    blocks: tuple["Block", ...]
    answered_by: str = ""
    was_written_later: bool = False
    footnote: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's words, and the way back to them: ``path`` shows them as spoken and as edited.

    ``was_edited`` says that the text is not as spoken. ``lines`` are the statements that are lines
    of this one; a question has its ``answer``, or None.
    """

    kind: ClassVar[str] = "statement"
    code: str
    of: str  # a ContributionKind
    text: str
    path: str
    language: str = ""
    said_by: str = ""
    was_edited: bool = False
    translation: str = ""
    note: str = ""
    about: tuple[str, ...] = ()  # codes of recommendations
    lines: tuple["Statement", ...] = ()
    answer: Answer | None = None
    also: tuple[str, ...] = ()  # codes of near-duplicates that are folded into this one
    outcome: str = ""  # of a commitment: what became of it, in words
    sector: str = ""  # the part of society it speaks of, in words, as far as that may be said
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements of one kind, or of one sector, in order, under a heading if there is one.

    ``n`` is how many there are in all; a front shows fewer, and ``path`` leads to all of them.
    """

    kind: ClassVar[str] = "statements"
    of: str  # a ContributionKind
    rows: tuple[Statement, ...]
    n: int
    path: str
    heading: str = ""
    language: str = ""  # of the heading
    printed: str = ""  # its heading in the print of 2009, if that is another
    anchor: str = ""
    printed_language: str = ""

    @property
    def left(self) -> int:
        """How many are neither here nor folded into one that is."""
        return max(self.n - sum(1 + len(row.also) for row in self.rows), 0)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two lists beside each other, as hopes and concerns are."""

    kind: ClassVar[str] = "sides"
    left: Statements
    right: Statements


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a resolution. ``mark`` is its number or letter, '' for a recital."""

    kind: ClassVar[str] = "clause"
    text: str
    opening: str = ""  # how ``text`` begins, set apart: "WHEREAS"
    mark: str = ""
    parts: tuple["Clause", ...] = ()
    language: str = ""


Block = (
    Paragraph
    | Heading
    | Items
    | Quotation
    | Facts
    | Table
    | Chart
    | Statement
    | Statements
    | Sides
    | Clause
)
_BLOCKS: dict[str, Any] = {
    block.kind: block
    for block in (
        Paragraph,
        Heading,
        Items,
        Quotation,
        Facts,
        Table,
        Chart,
        Statement,
        Statements,
        Sides,
        Clause,
    )
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report. ``key`` is a PartKind, and its anchor on the page."""

    key: str
    heading: str
    blocks: tuple[Block, ...]
    printed: str = ""  # its heading in the print of 2009, where ours is another
    language: str = ""  # of the heading
    printed_language: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report in one language.

    ``number`` is that of its edition, None for a draft; ``dated`` the day it was made, ISO 8601.
    """

    title: str
    language: str  # of the report's own words: "en" or "fr"
    title_language: str
    slug: str
    place: str
    on: str  # the day of the dialogue, ISO 8601
    site: str  # "https://w2i.example.org/"
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    lead: str = ""
    lead_language: str = ""
    number: int | None = None
    dated: str = ""
    publishers: tuple[str, ...] = ()
    what_changed: str = ""
    is_demo: bool = False
    counts: dict[str, int] = field(default_factory=dict)  # of statements, by kind

    def as_data(self) -> dict[str, Any]:
        """The report as JSON can hold it; ``report_of`` gives it back."""
        return _named(self)

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)


def _named(value: Any) -> Any:
    """Rows as dictionaries, each block with its kind."""
    if isinstance(value, (list, tuple)):
        return [_named(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        row = {one.name: _named(getattr(value, one.name)) for one in fields(value)}
        return {"kind": value.kind, **row} if hasattr(value, "kind") else row
    return value


# Rows without a kind of their own, by the row and field they stand in.
_WITHIN: dict[tuple[type, str], Any] = {
    (Report, "facts"): Fact,
    (Report, "sections"): Section,
    (Facts, "rows"): Fact,
    (Paragraph, "runs"): Run,
    (Chart, "bars"): Bar,
    (Statement, "answer"): Answer,
}


def report_of(data: dict[str, Any]) -> Report:
    """A report from ``Report.as_data``.

    A field that a later version has and ``data`` lacks is as by default, and one that it has and
    the version lacks is left out: what an old edition keeps can still be read.
    """
    row = _row(Report, data)
    assert isinstance(row, Report)  # noqa: S101 - as asked
    return row


def _row(cls: Any, data: dict[str, Any]) -> Any:
    known = {one.name for one in fields(cls)}
    return cls(**{name: _value(cls, name, value) for name, value in data.items() if name in known})


def _value(cls: type, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_value(cls, name, one) for one in value)
    if isinstance(value, dict):
        if within := _WITHIN.get((cls, name)):
            return _row(within, value)
        if "kind" in value:
            return _row(_BLOCKS[value["kind"]], value)
        return {key: value[key] for key in value}
    return value


def statements_in(blocks: Iterable[Any]) -> Iterator[Statement]:
    """Every statement in some blocks, each before its lines, in order."""
    for block in blocks:
        match block:
            case Statement():
                yield block
                yield from statements_in(block.lines)
            case Statements():
                yield from statements_in(block.rows)
            case Sides():
                yield from statements_in((block.left, block.right))
            case Quotation():
                yield from statements_in(block.blocks)
