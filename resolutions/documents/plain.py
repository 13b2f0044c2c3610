"""A document as plain text: paragraphs to the letter, a blank line between them."""

from django.utils.translation import gettext as _

from resolutions.documents.sheets import Block, Sheet, Style, letter

_TO_FILL_IN = "_" * 30


def write(sheet: Sheet) -> bytes:
    """UTF-8, each paragraph one line however long. Facts and sub-items stand without blank lines
    between them.
    """
    lines: list[str] = []
    before: Block | None = None
    for block in sheet.blocks:
        close = block.style in {Style.FACT, Style.ITEM} and before and before.style == block.style
        if before is not None and not close:
            lines.append("")
        lines += _lines(block)
        before = block
    if sheet.foot:
        lines += ["", sheet.foot]
    return ("\n".join(lines) + "\n").encode()


def _lines(block: Block) -> list[str]:
    if block.style == Style.FACT:
        value = block.text or _TO_FILL_IN
        return [_("%(label)s: %(value)s") % {"label": block.opening, "value": value}]
    if block.style == Style.ITEM:
        return [f"- {block.text}"]
    indent = "    " if block.style == Style.QUOTE else ""
    parts = [f"{indent}{letter(n)}) {part.text}" for n, part in enumerate(block.parts)]
    return [f"{indent}{block.text}", *([""] if parts else []), *parts]
