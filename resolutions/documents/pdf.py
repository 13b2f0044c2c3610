"""A document as a tagged PDF (PDF/UA-1) on Letter paper."""

import re
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from recommendations import typesetting
from resolutions.documents.sheets import Block, Sheet

TEMPLATE = Path(__file__).parent / "typst" / "sheet.typ"

# Pictographs for which the letters Typst brings have no shape, with the marks that join and colour
# them: they would print as empty boxes, and the file would no longer be PDF/UA. Word and plain text
# keep them.
_PICTOGRAPHS = re.compile(
    "[☇☈☰-☷⚌-⚏⚝-⚟⚨⚩⚰⚱⚳-✀✅✊✋✕✖✧-✩❌❎❓-❕❗❟❠➀-➓➕-➗➰\U0001f000-\U0001faff]"
    "[\u200d\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]*"
)
# A word longer than any line may be: nothing in it where a line could end.
_LONG = re.compile(r"[^\s/\u200b-]{31,}")
_PIECE = re.compile(r".{8}(?=[^\u0300-\u036f])")  # no letter without its accents
_BREAK = "\u200b"


def write(sheet: Sheet) -> bytes:
    data = {
        "title": _shown(sheet.title),
        "language": sheet.language,
        "region": sheet.region,
        "large": sheet.is_read_aloud,
        "close": sheet.is_close,
        "foot": _fitting(sheet.foot),
        "page-of": _("Page {page} of {pages}"),
        "blocks": [_data(block) for block in sheet.blocks],
    }
    return typesetting.pdf_of(TEMPLATE, data)


def _data(block: Block) -> dict[str, Any]:
    opens = block.text.startswith(block.opening) or not block.text
    return {
        "style": block.style.value,
        "opening": _fitting(block.opening) if opens else "",
        "label": _fitting(block.opening),
        "text": _fitting(block.text),
        "rest": _fitting(block.rest),
        "language": block.language,
        "parts": [_data(part) for part in block.parts],
    }


def _fitting(text: str) -> str:
    """Text that stays on the page: a word longer than a line may be parted anywhere."""
    return _LONG.sub(lambda word: _PIECE.sub(rf"\g<0>{_BREAK}", word[0]), _shown(text))


def _shown(text: str) -> str:
    """Text without pictographs the page has no shape for."""
    return _PICTOGRAPHS.sub("", text)
