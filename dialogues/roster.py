"""Reading a list of participants that somebody pasted or uploaded. Nothing is written here."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from dialogues.joining import marks
from dialogues.models import Sector

MOST_ROWS = 1_000
LONGEST_CELL = 5_000
MOST_BYTES = 1_000_000
COLUMNS = ("name", "affiliation", "sector", "email")
_UNPACKED = 30_000_000  # bytes of a sheet of a million that is no trap
# Headings as people write them, in English and in French, folded.
_HEADINGS = {
    "name": "name fullname participant participants nom nomcomplet nometprenom prenometnom",
    "first": "firstname givenname prenom",
    "last": "lastname surname familyname nomdefamille",
    "affiliation": "affiliation organization organisation organizations organisations organisme"
    " institution company employer group groupe association entreprise",
    "sector": "sector secteur",
    "email": "email emailaddress mail courriel adressecourriel adresseelectronique"
    " adresseemail courrielelectronique",
}
_KNOWN = {word: column for column, words in _HEADINGS.items() for word in words.split()}
_SECTOR_WORDS = {
    "ngo": Sector.NGO,
    "ong": Sector.NGO,
    "grassroots": Sector.NGO,
    "nonprofit": Sector.NGO,
    "other": Sector.OTHER,
    "autre": Sector.OTHER,
    "autres": Sector.OTHER,
}
_LONGEST = {"name": 200, "affiliation": 300, "email": 254}


@dataclass(slots=True)
class Line:
    """One person of a list: what was read of them, and what is wrong with it."""

    number: int
    details: dict[str, str]
    errors: list[str] = field(default_factory=list)
    is_double: bool = False

    @property
    def sector_label(self) -> str:
        """The sector’s name; what was typed where it is none."""
        value = self.details.get("sector", "")
        return str(Sector(value).label) if value in Sector.values else value


def of_text(text: str) -> list[Line]:
    """The people of a pasted list: one a line, the first line may name the columns.

    Raises:
        ValidationError: it is empty, too long, or its first line names no column of names.
    """
    return _lines(_cells(text), has_heading=None)


def of_file(name: str, data: bytes) -> list[Line]:
    """The people of a CSV or XLSX file, whose first line names the columns.

    Raises:
        ValidationError: it can't be read, is too long, or has no column of names.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 1 MB. Import it in parts."))
    if name.lower().endswith(".xls"):
        raise ValidationError(_("This is an old Excel file. Save it as .xlsx or as CSV."))
    is_sheet = data.startswith(b"PK")
    rows = _sheet(data) if is_sheet else _cells(_decoded(data))
    return _lines(rows, has_heading=True)


def as_text(lines: Iterable[Line]) -> str:
    """A list as it can be pasted again, the columns parted by tabs."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([line.details.get(name, "") for name in COLUMNS] for line in lines)
    return text.getvalue()


def mark_doubles(lines: Iterable[Line], known: set[str]) -> None:
    """Mark who is on the list twice, or has a seat already: ``known`` are the marks of those."""
    seen = set(known)
    for line in lines:
        found = marks(line.details)
        line.is_double = bool(seen & found)
        seen |= found


# ---- From bytes to cells ----


def _decoded(data: bytes) -> str:
    """Text in any encoding a spreadsheet writes.

    Raises:
        ValidationError: it is in another encoding, or no text at all.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[1:2] == b"\0" or data[:1] == b"\0":
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(sign < " " and sign not in "\t\r\n" for sign in text):
            return text
    raise ValidationError(
        _(
            "The letters of this file can’t be read. Save it again as “CSV UTF-8”, or paste the"
            " list into the box."
        )
    )


def _cells(text: str) -> list[list[str]]:
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_BYTES:
        raise ValidationError(_("This list is longer than 1 MB. Import it in parts."))
    first = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = next((sign for sign in "\t;" if sign in first), ",")
    unread = ValidationError(
        _("A line of this list can’t be read. Look for a quotation mark too many.")
    )
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise unread from None
    # A quotation that never ends takes the rest of the list into one cell.
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise unread
    return rows


def _sheet(data: bytes) -> list[list[str]]:
    broken = ValidationError(_("This file can’t be read. Save it again as .xlsx or as CSV."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
                raise broken
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=50, values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    except ValidationError:
        raise
    except Exception:
        # A broken file makes openpyxl raise anything, from KeyError to an XML parser's own.
        raise broken from None


# ---- From cells to people ----


def _lines(rows: Sequence[Sequence[str]], *, has_heading: bool | None) -> list[Line]:
    numbered = [
        (number, [" ".join(cell.split()) for cell in row])
        for number, row in enumerate(rows, 1)
        if any(cell.strip() for cell in row)
    ]
    if not numbered:
        raise ValidationError(_("The list is empty."), code="empty")
    heading = [_KNOWN.get(_folded(cell), "") for cell in numbered[0][1]]
    if has_heading is None:
        has_heading = any(heading)
    if has_heading:
        if not {"name", "first", "last"} & set(heading):
            raise ValidationError(
                _(
                    "There is no column of names: the first line must say which column is"
                    " which, and one of them “name”."
                ),
                code="heading",
            )
        numbered = numbered[1:]
        if not numbered:
            raise ValidationError(_("Below its first line the list is empty."), code="empty")
    else:
        heading = list(COLUMNS)
    if len(numbered) > MOST_ROWS:
        raise ValidationError(
            _("The list has more than %(most)d lines. Import it in parts."),
            params={"most": MOST_ROWS},
        )
    sectors = _sectors()
    return [_line(number, heading, row, sectors) for number, row in numbered]


def _line(number: int, heading: Sequence[str], row: Sequence[str], sectors: dict[str, str]) -> Line:
    read: dict[str, str] = {}
    for column, cell in zip(heading, row, strict=False):
        if column and cell and column not in read:
            read[column] = cell
    names = [read.pop("first", ""), read.pop("last", "") or read.pop("name", "")]
    line = Line(number, {**read, "name": " ".join(filter(None, names))})
    details = line.details
    if len(row) > len(heading) and any(row[len(heading) :]):
        line.errors.append(_("There are more columns than the list has."))
    if not details["name"]:
        line.errors.append(_("The name is missing."))
    for column, longest in _LONGEST.items():
        if len(details.get(column, "")) > longest:
            line.errors.append(
                _("“%(start)s…” is longer than %(longest)d characters.")
                % {"start": details[column][:20], "longest": longest}
            )
    if sector := details.get("sector"):
        if known := sectors.get(_folded(sector)):
            details["sector"] = known
        else:
            line.errors.append(
                _("“%(sector)s” is no sector: write one of %(known)s.")
                % {
                    "sector": sector[:40],
                    "known": ", ".join(str(one.label) for one in Sector),
                }
            )
    if details.get("email"):
        try:
            validate_email(details["email"])
        except ValidationError:
            line.errors.append(
                _("“%(email)s” is no e-mail address.") % {"email": details["email"][:60]}
            )
    return line


def _sectors() -> dict[str, str]:
    """Every way a sector is written, in both languages, folded."""
    found: dict[str, str] = {word: sector.value for word, sector in _SECTOR_WORDS.items()}
    for language in ("en", "fr"):
        with translation.override(language):
            for sector in Sector:
                found[_folded(sector.value)] = found[_folded(str(sector.label))] = sector.value
    return found


def _folded(text: str) -> str:
    """Without accents, capitals, spaces and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum() and not unicodedata.combining(sign))
