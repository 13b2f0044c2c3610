"""A document as a tagged PDF (PDF/UA-1) on Letter paper."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from recommendations.typesetting import fitting, pdf_of, shown
from resolutions.documents.sheets import Block, Sheet

TEMPLATE = Path(__file__).parent / "typst" / "sheet.typ"


def write(sheet: Sheet) -> bytes:
    data = {
        "title": shown(sheet.title),
        "language": sheet.language,
        "region": sheet.region,
        "large": sheet.is_read_aloud,
        "close": sheet.is_close,
        "foot": fitting(sheet.foot),
        "page-of": _("Page {page} of {pages}"),
        "blocks": [_data(block) for block in sheet.blocks],
    }
    return pdf_of(TEMPLATE, data)


def _data(block: Block) -> dict[str, Any]:
    opens = block.text.startswith(block.opening) or not block.text
    return {
        "style": block.style.value,
        "opening": fitting(block.opening) if opens else "",
        "label": fitting(block.opening),
        "text": fitting(block.text),
        "rest": fitting(block.rest),
        "language": block.language,
        "parts": [_data(part) for part in block.parts],
    }
