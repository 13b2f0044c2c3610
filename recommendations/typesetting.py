"""Pages set by Typst: a template and data in, bytes of a tagged PDF or of a picture out.

What people wrote goes to Typst as data, never as markup: a title with "#" in it is printed so.
"""

import functools
import json
import os
import re
import subprocess
import sys
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


# Ten thousand statements take a quarter of a minute; what takes longer than this never ends, and
# the worker would do nothing else any more.
SECONDS = 600


@functools.cache
def _fonts(*, of_the_system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=of_the_system)


# With which fonts, and of which standard, a PDF is tried. The first is the same on every machine.
_TRIES: tuple[tuple[bool, list[Any]], ...] = ((False, ["ua-1"]), (True, ["ua-1"]), (True, []))


def pdf_of(template: Path, data: dict[str, Any], *, apart: bool = False) -> bytes:
    """What a template makes of ``data``. It may read the files beside it and no others.

    With the letters Typst brings it is PDF/UA, the same on every machine. A name in another script
    is looked for among the system's fonts; where no font has it, the page is made without.

    ``apart`` makes it in a process of its own. Typst keeps what it worked out for a while, some
    300 MB for a document of 500 pages: with that process it is gone.
    """
    text = json.dumps(data)
    make = _compile_apart if apart else _compile
    # A long document is not laid out three times over: its letters alone tell how it will go.
    first = _first_try(set(json.dumps(data, ensure_ascii=False))) if apart else 0
    for of_the_system, standards in _TRIES[first:]:
        try:
            return make(template, text, of_the_system, "pdf", pdf_standards=standards)
        except typst.TypstError:
            if not standards:
                raise
    raise AssertionError("the last try returns or raises")


def _first_try(letters: set[str]) -> int:
    """Which of the tries is the first that has a shape for each of some letters."""
    page = b"#set document(title: [x])\n#sys.inputs.letters"
    for n, (of_the_system, standards) in enumerate(_TRIES[:-1]):
        try:
            typst.compile(
                page,
                font_paths=_fonts(of_the_system=of_the_system),
                ignore_system_fonts=not of_the_system,
                sys_inputs={"letters": " ".join(sorted(letters))},
                format="pdf",
                pdf_standards=standards,
            )
        except typst.TypstError:
            continue
        return n
    return len(_TRIES) - 1


def _compile_apart(
    template: Path,
    text: str,
    of_the_system: bool,
    form: Literal["pdf", "png"],
    *,
    pdf_standards: list[Any],
) -> bytes:
    options = json.dumps([str(template), of_the_system, form, pdf_standards])
    # -I: what lies beside this file is not taken for a module of Python's own.
    done = subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-I", __file__, options],
        input=text.encode(),
        # One thread: it takes hardly longer, a fifth less memory, and leaves a core to the site.
        env={**os.environ, "RAYON_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode:
        words = done.stderr.decode(errors="replace")[-2_000:]
        raise typst.TypstError(words, words)
    return done.stdout


def png_of(template: Path, data: dict[str, Any]) -> bytes:
    """The one page of a template as a picture, a pixel for each point of its measures."""
    return _compile(template, json.dumps(data), True, "png", ppi=72.0)


def _compile(
    template: Path,
    text: str,
    of_the_system: bool,
    form: Literal["pdf", "png"],
    **options: Any,
) -> bytes:
    made = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(of_the_system=of_the_system),
        ignore_system_fonts=not of_the_system,
        sys_inputs={"data": text},
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


def printed(text: str) -> str:
    """Text as a page can take it, whoever wrote it: ``printable``, ``shown`` and ``fitting``."""
    return fitting(printable(text))


def _is_no_character(c: str) -> bool:
    """Control characters, halves of characters, and code points set aside for none."""
    code = ord(c)
    return (
        unicodedata.category(c) in {"Cc", "Cs"}
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


if __name__ == "__main__":  # in a process of its own: see _compile_apart
    _template, _of_the_system, _form, _standards = json.loads(sys.argv[1])
    sys.stdout.buffer.write(
        _compile(
            Path(_template),
            sys.stdin.buffer.read().decode(),
            _of_the_system,
            _form,
            pdf_standards=_standards,
        )
    )
