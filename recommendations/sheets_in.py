"""Lists from outside: what people paste or upload, as rows. Nothing is written here.

CSV in the encodings spreadsheets save, XLSX, or text pasted from either. What can't be read is told
in words that say what to do; a whole column that is missing is named with those that are there.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sized
from datetime import date, datetime
from typing import Any

import openpyxl
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

LARGEST = 2_000_000  # bytes, or characters of pasted text
MOST = 2_000  # rows
_UNPACKED = 60_000_000  # bytes an XLSX may grow to
_WIDEST = 60  # columns
_LONGEST = 50_000  # characters of a cell
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Row(dict[str, str]):
    """The cells of one row by the names of their columns; ``number`` is what a person counts."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        super().__init__(cells)
        self.number = number


def rows_of(
    source: UploadedFile | str,
    columns: Mapping[str, Iterable[str]],
    *,
    needs: Iterable[str] = (),
    lines_are: str = "",
    most: int = MOST,
    largest: int = LARGEST,
) -> list[Row]:
    """The rows of a file or of pasted text, each with every key of ``columns``.

    ``columns`` says by which other headings a column may go; capitals, accents and hyphens in them
    do not matter, and columns of other names are passed over. ``needs`` are those that must be
    there. Pasted text need not have headings if ``lines_are`` names the column that a whole line
    then is. Empty rows are left out.

    Raises:
        ValidationError: it can't be read, is too large, or a column is missing; or, with one
            message for each, rows that have more cells than there are headings.
    """
    filled = table_of(source, most=most, largest=largest)
    if isinstance(source, str) and lines_are and not any(_headings(filled[0][1], columns)):
        lines = [(n, line.strip()) for n, line in enumerate(source.splitlines(), 1)]
        rows = [
            Row(n, {**dict.fromkeys(columns, ""), lines_are: line}) for n, line in lines if line
        ]
    else:
        return rows_under(filled, columns, needs=needs, most=most)
    check_number(rows, most)
    return rows


def rows_under(
    filled: list[tuple[int, list[str]]],
    columns: Mapping[str, Iterable[str]],
    *,
    needs: Iterable[str] = (),
    most: int = MOST,
) -> list[Row]:
    """The rows below the headings of a table, as ``rows_of`` gives them."""
    first = filled[0][1]
    headings = _headings(first, columns)
    if missing := [name for name in needs if name not in headings]:
        raise ValidationError(
            _(
                "There is no column “%(missing)s”. The first row must name the columns; it"
                " says: %(found)s."
            ),
            code="column",
            params={
                "missing": "”, “".join(missing),
                "found": ", ".join(filter(None, first))[:200],
            },
        )
    rows = _under(headings, filled[1:], columns)
    check_number(rows, most)
    return rows


def _headings(first: Iterable[str], columns: Mapping[str, Iterable[str]]) -> list[str]:
    known = {plain(alias): name for name, also in columns.items() for alias in (name, *also)}
    return [known.get(plain(cell), "") for cell in first]


def unread_columns(first: Iterable[str], columns: Mapping[str, Iterable[str]]) -> list[str]:
    """The headings that name no column: what stands below them is passed over."""
    first = list(first)
    found = zip(first, _headings(first, columns), strict=True)
    return [cell for cell, name in found if cell and not name]


def check_number(rows: Sized, most: int) -> None:
    """Refuse a list that has headings alone, or more rows than are taken at once.

    Raises:
        ValidationError: it has.
    """
    if not rows:
        raise ValidationError(_("There are headings, and no row below them."), code="empty")
    if len(rows) > most:
        raise ValidationError(
            _("There are more than %(most)d rows. Send them in parts."),
            code="rows",
            params={"most": most},
        )


def table_of(
    source: UploadedFile | str, *, most: int = MOST, largest: int = LARGEST
) -> list[tuple[int, list[str]]]:
    """The cells of a file or of pasted text: rows that have any, each with its number from 1.

    Raises:
        ValidationError: it can't be read, is too large, or is empty.
    """
    if isinstance(source, str):
        if len(source) > largest:
            raise _too_large(largest)
        table = _table(source)
    else:
        if (source.size or 0) > largest:
            raise _too_large(largest)
        content = source.read()
        table = (
            _workbook(content, most) if content[:4] == b"PK\x03\x04" else _table(text_of(content))
        )
    filled = [(n, cells) for n, cells in enumerate(table, 1) if any(cells)]
    if not filled:
        raise ValidationError(_("There is nothing in it."), code="empty")
    return filled


def _too_large(largest: int) -> ValidationError:
    return ValidationError(
        _("This is larger than %(n)d MB. Send it in parts."),
        code="large",
        params={"n": largest // 1_000_000},
    )


def plain(heading: str) -> str:
    """A word as it is compared: without accents, capitals, hyphens and the like."""
    letters = unicodedata.normalize("NFKD", heading.strip().lower())
    return re.sub(r"[\s_\-’']+", " ", "".join(c for c in letters if not unicodedata.combining(c)))


def _under(
    headings: list[str], filled: Iterable[tuple[int, list[str]]], columns: Mapping[str, Any]
) -> list[Row]:
    rows, problems = [], []
    for number, cells in filled:
        if any(cells[len(headings) :]):
            problems.append(
                ValidationError(
                    _(
                        "Row %(row)d has more cells than there are headings. Put a text that has a"
                        " comma or a semicolon in it between quotation marks."
                    ),
                    code="cells",
                    params={"row": number},
                )
            )
            continue
        row = Row(number, dict.fromkeys(columns, ""))
        for heading, cell in zip(headings, cells, strict=False):
            if heading and not row[heading]:
                row[heading] = cell
        rows.append(row)
    if problems:
        raise ValidationError(problems[:20])
    return rows


def text_of(content: bytes) -> str:
    """The text of a file, whatever a spreadsheet saved it as.

    Raises:
        ValidationError: it is no text, or in an encoding nobody can tell.
    """
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise ValidationError(
            _("This is an old Excel file. Save it as XLSX or CSV, and send that."), code="encoding"
        )
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _UNPRINTABLE.search(text):
            return text
    raise ValidationError(
        _("This file can’t be read as text. Save it as XLSX, or as “CSV UTF-8”, and send that."),
        code="encoding",
    )


def _encodings(content: bytes) -> list[str]:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return ["utf-16"]
    start = content[:200]
    if start.count(0) * 3 > len(start):
        # Two bytes a letter, without the mark that says so: where the zeros stand tells the order.
        return ["utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"]
    return ["utf-8-sig", "cp1252"]


def _table(text: str) -> list[list[str]]:
    text = text.lstrip("\ufeff").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    head = next((line for line in text.splitlines() if line.strip()), "")
    # Quoted text may hold any of them.
    bare = re.sub(r'"[^"]*"', "", head)
    delimiter = max("\t;,", key=bare.count)
    unread = ValidationError(
        _("A row of this list can’t be read. Look for a quotation mark too many."), code="csv"
    )
    try:
        table = [
            [cell.strip() for cell in cells]
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as problem:
        raise unread from problem
    # A quotation that never ends takes the rest of the list into one cell.
    if any(len(cell) > _LONGEST for cells in table for cell in cells):
        raise unread
    return table


def _workbook(content: bytes, most: int) -> list[list[str]]:
    """The first sheet of an XLSX file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
                raise _too_large(LARGEST)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            # One row more than may be, and the headings: enough to say that there are too many.
            rows = sheet.iter_rows(max_row=most * 2 + 2, max_col=_WIDEST, values_only=True)
            return [[_cell(value) for value in row] for row in rows]
        finally:
            book.close()
    except ValidationError:
        raise
    except Exception as problem:  # whatever a broken file makes the reader stumble over
        raise ValidationError(
            _("This Excel file can’t be opened. Save it again as XLSX, or as CSV, and send that."),
            code="xlsx",
        ) from problem


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()
