"""What stands on a document, in order, whichever file it is written to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.models import Precision
from recommendations.models.dates import in_words
from recommendations.typesetting import printable
from resolutions.composing import Line
from resolutions.models import ClauseKind, Council, ModelResolution


class Style(StrEnum):
    TITLE = "title"
    HEADING = "heading"
    FACT = "fact"  # ``opening`` is what it is; '' as text leaves a line to fill in
    NOTE = "note"
    RECITAL = "recital"
    OPERATIVE = "operative"
    SUB_ITEM = "sub-item"
    TEXT = "text"
    ITEM = "item"
    QUOTE = "quote"
    QUESTION = "question"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph.

    Attributes:
        text: whole, with its opening words; of a fact, its value.
        opening: how ``text`` begins, set apart; of a fact, what it is.
        language: of the text, where that is not the sheet's; else ''.
        parts: sub-items, in order.
    """

    style: Style
    text: str
    opening: str = ""
    language: str = ""
    parts: tuple["Block", ...] = ()

    @property
    def rest(self) -> str:
        """The text after its opening words."""
        return self.text.removeprefix(self.opening)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document. ``title`` is what the file calls itself, ``foot`` stands below each page.

    ``is_read_aloud`` sets it larger, ``is_close`` closer: a letter is one page.
    """

    title: str
    language: str
    region: str
    blocks: tuple[Block, ...]
    foot: str = ""
    is_read_aloud: bool = False
    is_close: bool = False

    @property
    def locale(self) -> str:
        return f"{self.language}-{self.region}"

    def printable(self) -> "Sheet":
        """The same without characters that no printer can print and no file may hold."""
        return replace(
            self,
            title=printable(self.title),
            foot=printable(self.foot),
            blocks=tuple(_printable(block) for block in self.blocks),
        )


def _printable(block: Block) -> Block:
    return replace(
        block,
        text=printable(block.text),
        opening=printable(block.opening),
        parts=tuple(_printable(part) for part in block.parts),
    )


def letter(number: int) -> str:
    """The letter of the sub-item with this number, from 0: a, b, … z, aa, bb, as Word counts."""
    return chr(ord("a") + number % 26) * (number // 26 + 1)


def clause(line: Line) -> Block:
    """A clause as the text has it, numbered where it is an operative one."""
    styles = {ClauseKind.RECITAL.value: Style.RECITAL, ClauseKind.SUB_ITEM.value: Style.SUB_ITEM}
    return Block(
        styles.get(line.kind, Style.OPERATIVE),
        line.text,
        line.opening,
        parts=tuple(clause(part) for part in line.parts),
    )


def quoted(line: Line) -> Block:
    """A clause inside another document, to the letter."""
    parts = tuple(Block(Style.SUB_ITEM, part.text) for part in line.parts)
    return Block(Style.QUOTE, line.text, line.opening, parts=parts)


def in_quotes(words: str) -> str:
    """Words in the quotation marks of the active language, and in those it sets within them."""
    if (get_language() or "").startswith("fr"):
        words = re.sub(r"«\s*", "“", re.sub(r"\s*»", "”", words))
    else:
        words = words.replace("“", "‘").replace("”", "’")
    return _("“%(words)s”") % {"words": words}


def paragraphs(text: str, language: str = "") -> Iterable[Block]:
    """A plain text of the record: a blank line parts paragraphs, "- " starts an item."""
    for block in text.split("\n\n"):
        if not block.startswith("- "):
            if block.strip():
                yield Block(Style.TEXT, block, language=language)
            continue
        for line in block.split("\n"):
            yield Block(Style.ITEM, line.strip().removeprefix("- "), language=language)


def dated(on: date, precision: str = Precision.DAY) -> str:
    """A date in words, as precisely as it is known."""
    return in_words(on, precision)


def origin(model: ModelResolution) -> str:
    """The model a text is made from: “Model resolution”, its author, November 2009."""
    named = [in_quotes(model.title), model.author, dated(model.dated, model.dated_precision)]
    return ", ".join(filter(None, named))


def region_of(council: Council | None) -> str:
    """Whose spelling a text is in: that of the United States or of Canada."""
    return "US" if council and council.jurisdiction.code.startswith("US") else "CA"


def demonstration() -> Block:
    """What stands on every document about a council that is invented."""
    return Block(
        Style.NOTE,
        _("Demonstration data. This council and what it did are invented."),
        _("Demonstration data."),
    )
