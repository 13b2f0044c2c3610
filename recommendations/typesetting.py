"""Pages set by Typst: a template and data in, bytes of a tagged PDF or of a picture out.

What people wrote goes to Typst as data, never as markup: a title with "#" in it is printed so.
"""

import functools
import json
import re
import unicodedata
from pathlib import Path
from typing import Any, Literal

import typst

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


@functools.cache
def _fonts(*, of_the_system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=of_the_system)


def pdf_of(template: Path, data: dict[str, Any]) -> bytes:
    """What a template makes of ``data``. It may read the files beside it and no others.

    With the letters Typst brings it is PDF/UA, the same on every machine. A name in another script
    is looked for among the system's fonts; where no font has it, the page is made without.
    """
    tries: list[tuple[bool, list[Any]]] = [
        (False, ["ua-1"]),
        (True, ["ua-1"]),
        (True, []),
    ]
    for of_the_system, standards in tries:
        try:
            return _compile(template, data, of_the_system, "pdf", pdf_standards=standards)
        except typst.TypstError:
            if not standards:
                raise
    raise AssertionError("the last try returns or raises")


def png_of(template: Path, data: dict[str, Any]) -> bytes:
    """The one page of a template as a picture, a pixel for each point of its measures."""
    return _compile(template, data, True, "png", ppi=72.0)


def _compile(
    template: Path,
    data: dict[str, Any],
    of_the_system: bool,
    form: Literal["pdf", "png"],
    **options: Any,
) -> bytes:
    made = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(of_the_system=of_the_system),
        ignore_system_fonts=not of_the_system,
        sys_inputs={"data": json.dumps(data)},
        format=form,
        **options,
    )
    assert isinstance(made, bytes)  # noqa: S101 - each of our pictures is one page
    return made


def printable(text: str) -> str:
    """Text without what no printer can print and no XML may hold; its line breaks stay."""
    return "".join(c for c in text if c in "\n\t" or not _is_no_character(c))


def shown(text: str) -> str:
    """Text without pictographs the page has no shape for."""
    return _PICTOGRAPHS.sub("", text)


def fitting(text: str) -> str:
    """Text that stays on the page: a word longer than a line may be parted anywhere."""
    return _LONG.sub(lambda word: _PIECE.sub(rf"\g<0>{_BREAK}", word[0]), shown(text))


def _is_no_character(c: str) -> bool:
    """Control characters, halves of characters, and code points set aside for none."""
    code = ord(c)
    return (
        unicodedata.category(c) in {"Cc", "Cs"}
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )
