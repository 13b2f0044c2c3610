"""What people type for a municipality: its name, what kind it is of, its province or state."""

import re
from collections.abc import Iterable, Mapping, Sequence

from resolutions.models import Jurisdiction, JurisdictionKind, searchable
from resolutions.models.council import worded

# "City of Vancouver", "Ville d'Ottawa"; of words as ``worded`` gives them.
FORMAL = re.compile(
    r"(?:the )?(?P<kind>city|town|village|district|township|county|regional municipality"
    r"|rural municipality|municipality|rm|parish|hamlet|borough) of (?P<name>.+)"
    r"|(?:la |le |l')?(?P<genre>ville|village|municipalite regionale|municipalite rurale"
    r"|municipalite|canton|district|comte|paroisse|hameau|arrondissement)"
    r" (?:de |du |des |d')(?P<nom>.+)"
)

# As people shorten provinces and states, beside the codes of the post.
_SHORT = {
    "alta": "ab",
    "man": "mb",
    "ont": "on",
    "que": "qc",
    "pq": "qc",
    "sask": "sk",
    "nfld": "nl",
    "newfoundland": "nl",
    "pei": "pe",
    "ipe": "pe",
    "cb": "bc",
    "tno": "nt",
    "yn": "yt",
    "yukon territory": "yt",
    "calif": "ca",
    "mass": "ma",
    "wash": "wa",
    "washington dc": "dc",
}
_COUNTRIES = frozenset({"canada", "usa", "us", "united states", "etats unis"})
_MOST_WORDS = 5  # of the name of a province


def regions_by_name(rows: Iterable[Jurisdiction]) -> dict[str, Jurisdiction]:
    """Provinces, territories and states by every way their names are written."""
    found: dict[str, Jurisdiction] = {}
    for row in rows:
        if row.kind == JurisdictionKind.COUNTRY:
            continue
        short = row.code.partition("-")[2]
        for name in (row.code, short, row.name_en, row.name_fr):
            if name:
                found[searchable(name)] = row
    for word, code in _SHORT.items():
        if code in found:
            found[word] = found[code]
    return found


def without_kind(typed: str) -> str:
    """A name as it is looked for, without “City of” and the like before it."""
    words = worded(typed)
    if found := FORMAL.fullmatch(words):
        words = found["name"] or found["nom"]
    return words.replace("'", "")


def after_comma(typed: str, regions: Mapping[str, Jurisdiction]) -> tuple[str, Jurisdiction | None]:
    """A name and the province or state after its comma; all of it, and None, where there is none
    or the words after the comma mean nothing here.
    """
    parts = [part.strip() for part in typed.split(",")]
    while len(parts) > 1 and searchable(parts[-1]) in _COUNTRIES:
        parts.pop()
    if len(parts) > 1 and searchable(parts[0]) and (found := _meant(parts[-1], regions)):
        return ", ".join(parts[:-1]), found
    return ", ".join(parts), None


def _meant(typed: str, regions: Mapping[str, Jurisdiction]) -> Jurisdiction | None:
    """The province or state of that name, or the one whose name begins so."""
    wanted = searchable(typed)
    if exact := regions.get(wanted):
        return exact
    if len(wanted) < 3:
        return None
    begin = {row.pk: row for name, row in regions.items() if name.startswith(wanted)}
    return next(iter(begin.values())) if len(begin) == 1 else None


def last_words(typed: str, regions: Mapping[str, Jurisdiction]) -> tuple[str, Jurisdiction] | None:
    """A name and the province or state its last words name; None where they name none.

    Only a guess: Port Washington is no port in Washington.
    """
    words: Sequence[str] = typed.split()
    for number in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        region = regions.get(searchable(" ".join(words[-number:])))
        if region and searchable(name := " ".join(words[:-number])):
            return name, region
    return None
