"""XLSX that is written while its rows are read.

A library that keeps a whole workbook, or spells out every cell by itself, takes half a minute for
50,000 rows and keeps other readers waiting; this takes two seconds and the memory of one row. It
knows what a table needs and no more: text, numbers, days, a head that stays in view.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from recommendations.exporting import cell

_LONGEST = 32_767  # characters in a cell, by the format
_FIRST = date(1899, 12, 30)  # the day that counts as 0
_TEXT, _HEAD, _DAY = 0, 1, 2  # styles, as _STYLES has them
_X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_P = "http://schemas.openxmlformats.org/package/2006"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f"<styleSheet {_X}>"
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
    ' applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``widths`` are in characters, one a column; 12 where there is none."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()


def workbook(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """The sheets as one XLSX file, in pieces. The same rows give the same bytes."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in _frame(sheets).items():
            file.writestr(_entry(name), _DECLARED + text)
        for number, sheet in enumerate(sheets, 1):
            with file.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w") as part:
                for text in _worksheet(sheet):
                    part.write(text.encode())
                    if out.size > 65_536:
                        yield out.taken()
            yield out.taken()
    yield out.taken()


class _Out(io.RawIOBase):
    """What was written and not yet handed on. It can’t be gone back in, as a connection can’t."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        self.size += len(part)
        return len(part)

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return whole


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980, whatever the day
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _frame(sheets: Sequence[Sheet]) -> dict[str, str]:
    """What says where the sheets are, by the name of the part."""
    numbers = range(1, len(sheets) + 1)
    of_package = "application/vnd.openxmlformats-package"
    of_sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml"'
        f' ContentType="{of_sheets}.worksheet+xml"/>'
        for n in numbers
    )
    named = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    parts = "".join(
        f'<Relationship Id="rId{n}" Type="{_R}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_P}/content-types">'
            f'<Default Extension="rels" ContentType="{of_package}.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{of_sheets}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{of_sheets}.styles+xml"/>'
            f"{types}</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_P}/relationships">'
            f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": f'<workbook {_X} xmlns:r="{_R}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_P}/relationships">{parts}'
            f'<Relationship Id="rId{len(sheets) + 1}" Type="{_R}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
        "xl/styles.xml": _STYLES,
    }


def _worksheet(sheet: Sheet) -> Iterator[str]:
    letters = [_letters(n) for n in range(max(len(sheet.head), 2))]
    widths = [*sheet.widths, *[12] * (len(letters) - len(sheet.widths))]
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths, 1)
    )
    yield (
        f'{_DECLARED}<worksheet {_X}><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{cols}</cols><sheetData>"
    )
    yield _row(1, letters, sheet.head, _HEAD)
    for number, row in enumerate(sheet.rows, 2):
        yield _row(number, letters, row, _TEXT)
    yield "</sheetData></worksheet>"


def _row(number: int, letters: Sequence[str], values: Iterable[Any], style: int) -> str:
    cells = [
        _cell(f"{letter}{number}", value, style)
        for letter, value in zip(letters, values, strict=False)
        if value is not None and value != ""
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Any, style: int) -> str:
    if isinstance(value, date):
        return f'<c r="{place}" s="{_DAY}"><v>{(value - _FIRST).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    text = cell(str(value))
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1]}…"
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(text)}</t></is></c>"
    )


def _letters(number: int) -> str:
    """A, B … Z, AA: what the column of that number, from 0, is called."""
    first, last = divmod(number, 26)
    return (_letters(first - 1) if first else "") + chr(65 + last)
