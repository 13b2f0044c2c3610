"""A document as a tagged PDF (PDF/UA-1) on Letter paper."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from recommendations import typesetting
from resolutions.documents.sheets import Block, Sheet

TEMPLATE = Path(__file__).parent / "typst" / "sheet.typ"


def write(sheet: Sheet) -> bytes:
    data = {
        "title": sheet.title,
        "language": sheet.language,
        "region": sheet.region,
        "large": sheet.is_read_aloud,
        "foot": sheet.foot,
        "page-of": _("Page {page} of {pages}"),
        "blocks": [_data(block) for block in sheet.blocks],
    }
    return typesetting.pdf_of(TEMPLATE, data)


def _data(block: Block) -> dict[str, Any]:
    return {
        "style": block.style.value,
        "opening": block.opening if block.text.startswith(block.opening) or not block.text else "",
        "label": block.opening,
        "text": block.text,
        "rest": block.rest,
        "language": block.language,
        "parts": [_data(part) for part in block.parts],
    }
