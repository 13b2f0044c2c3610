"""Reading a list of participants that somebody pasted or uploaded. Nothing is written here."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from dialogues.joining import marks
from dialogues.models import Sector
from recommendations.sheets_in import check_number, plain, table_of

MOST_ROWS = 1_000
MOST_BYTES = 1_000_000
COLUMNS = ("name", "affiliation", "sector", "email")
# Headings as people write them, in English and in French.
_HEADINGS = {
    "name": "full name; participant; participants; nom; nom complet; nom et prenom; prenom et nom"
    "; prenom nom",
    "first": "first name; given name; prenom",
    "last": "last name; surname; family name; nom de famille",
    "affiliation": "organization; organisation; organizations; organisations; organisme"
    "; institution; company; employer; group; groupe; association; entreprise",
    "sector": "secteur",
    "email": "e mail; email address; e mail address; mail; courriel; adresse courriel"
    "; adresse electronique; adresse email; adresse e mail; courrier electronique",
}
_KNOWN = {word: name for name, words in _HEADINGS.items() for word in (name, *words.split("; "))}
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


def of_source(source: UploadedFile | str) -> list[Line]:
    """The people of a list: one a line, as a CSV or XLSX file or as pasted text.

    The first line names the columns; in pasted text it need not.

    Raises:
        ValidationError: it can't be read, is too long, or has no column of names.
    """
    rows = [
        (number, [" ".join(cell.split()) for cell in cells])
        for number, cells in table_of(source, most=MOST_ROWS, largest=MOST_BYTES)
    ]
    heading = [_KNOWN.get(plain(cell), "") for cell in rows[0][1]]
    is_named = any(heading) or not isinstance(source, str)
    if is_named:
        if not {"name", "first", "last"} & set(heading):
            raise ValidationError(
                _(
                    "There is no column of names: the first line must say which column is"
                    " which, and one of them “name”."
                ),
                code="heading",
            )
        rows = rows[1:]
    else:
        heading = list(COLUMNS)
    check_number(rows, MOST_ROWS)
    sectors = _sectors()
    lines = [_read(number, heading, cells) for number, cells in rows]
    for line in lines:
        if not is_named:
            _sector_of_two(line.details, sectors)
        _check(line, sectors)
    return lines


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


def _read(number: int, heading: Sequence[str], cells: Sequence[str]) -> Line:
    read: dict[str, str] = {}
    for column, cell in zip(heading, cells, strict=False):
        if column and cell and column not in read:
            read[column] = cell
    names = [read.pop("first", ""), read.pop("last", "") or read.pop("name", "")]
    line = Line(number, {**read, "name": " ".join(filter(None, names))})
    if any(cells[len(heading) :]):
        line.errors.append(_("There are more columns than the list has."))
    return line


def _sector_of_two(details: dict[str, str], sectors: dict[str, str]) -> None:
    """Somebody who writes a name and a sector leaves out the column between them."""
    if "sector" not in details and plain(details.get("affiliation", "")) in sectors:
        details["sector"] = details.pop("affiliation")


def _check(line: Line, sectors: dict[str, str]) -> None:
    details = line.details
    if not details["name"]:
        line.errors.append(_("The name is missing."))
    for column, longest in _LONGEST.items():
        if len(details.get(column, "")) > longest:
            line.errors.append(
                _("“%(start)s…” is longer than %(longest)d characters.")
                % {"start": details[column][:20], "longest": longest}
            )
    if sector := details.get("sector"):
        if known := sectors.get(plain(sector)):
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


def _sectors() -> dict[str, str]:
    """Every way a sector is written, in both languages, as ``plain`` gives it."""
    found: dict[str, str] = {word: sector.value for word, sector in _SECTOR_WORDS.items()}
    for language in ("en", "fr"):
        with translation.override(language):
            for sector in Sector:
                found[plain(sector.value)] = found[plain(str(sector.label))] = sector.value
    return found
