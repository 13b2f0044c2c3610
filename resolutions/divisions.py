"""The two lists of Open Civic Data: Canada's census subdivisions, and places of the United States.

They say which municipalities there are, of what kind, and by what id programs know them. Each is a
CSV file that begins with ``id,name``; both are CC0.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simple_history.utils import bulk_update_with_history

from recommendations.models import one_refresh
from resolutions.models import Council, CouncilKind, Jurisdiction, searchable
from resolutions.places import slug_of

SOURCE = "Open Civic Data"
HEADERS = frozenset({"id", "name"})
# By the first two digits of a census subdivision.
PROVINCES = {
    "10": "CA-NL", "11": "CA-PE", "12": "CA-NS", "13": "CA-NB", "24": "CA-QC", "35": "CA-ON",
    "46": "CA-MB", "47": "CA-SK", "48": "CA-AB", "59": "CA-BC", "60": "CA-YT", "61": "CA-NT",
    "62": "CA-NU",
}  # fmt: skip
# What each class of census subdivision is, and what English calls one where kind and name do not
# make it. Reserves, unorganized land and electoral areas have no municipal council: they are not
# here.
_CLASSES: dict[str, tuple[CouncilKind, str]] = {
    **dict.fromkeys(["C", "CN", "CV", "CY", "V"], (CouncilKind.CITY, "")),
    **dict.fromkeys(["T", "TL", "TV"], (CouncilKind.TOWN, "")),
    "VL": (CouncilKind.VILLAGE, ""),
    "NV": (CouncilKind.VILLAGE, "Northern Village of {}"),
    "RV": (CouncilKind.VILLAGE, "Resort Village of {}"),
    "SV": (CouncilKind.VILLAGE, "Summer Village of {}"),
    "VC": (CouncilKind.VILLAGE, "Cree Village of {}"),
    "VK": (CouncilKind.VILLAGE, "Naskapi Village of {}"),
    "VN": (CouncilKind.VILLAGE, "Northern Village of {}"),
    **dict.fromkeys(["CT", "CU", "TP"], (CouncilKind.TOWNSHIP, "")),
    **dict.fromkeys(["COM", "M", "MU", "MÉ", "SM"], (CouncilKind.MUNICIPALITY, "")),
    "IM": (CouncilKind.MUNICIPALITY, "{} Island Municipality"),
    "RCR": (CouncilKind.MUNICIPALITY, "Rural Community of {}"),
    "CC": (CouncilKind.OTHER, "Charter Community of {}"),
    "CG": (CouncilKind.OTHER, "Community Government of {}"),
    "DM": (CouncilKind.DISTRICT, ""),
    "LGD": (CouncilKind.DISTRICT, "Local Government District of {}"),
    "MD": (CouncilKind.DISTRICT, ""),
    "RGM": (CouncilKind.REGIONAL, ""),
    "RM": (CouncilKind.RURAL, ""),
    "PE": (CouncilKind.PARISH, ""),
    "HAM": (CouncilKind.HAMLET, ""),
    "NH": (CouncilKind.HAMLET, "Northern Hamlet of {}"),
}
# The last word of a name of the list of the United States.
_SUFFIXES: dict[str, CouncilKind] = {
    "city": CouncilKind.CITY,
    "town": CouncilKind.TOWN,
    "village": CouncilKind.VILLAGE,
    "borough": CouncilKind.BOROUGH,
    "township": CouncilKind.TOWNSHIP,
    "plantation": CouncilKind.OTHER,
    "municipality": CouncilKind.MUNICIPALITY,
}
_NEW_ENGLAND = frozenset({"US-CT", "US-MA", "US-ME", "US-NH", "US-RI", "US-VT"})
_COUNTY = re.compile(r"(.+) County(?: (No\. \d+))?\Z")
_CSD = re.compile(r"ocd-division/country:ca/csd:(\d{2})\d{5}\Z")
_PLACE = re.compile(
    r"ocd-division/country:us/state:([a-z]{2})(/.+)?/(place|county|borough):[^/]+\Z"
)


@dataclass(frozen=True, slots=True)
class Division:
    """One line of a list that is a municipality. ``formal_name`` is '' where kind and name make
    it.
    """

    ocd_id: str
    name: str
    region: str
    kind: CouncilKind
    formal_name: str = ""
    name_fr: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """By what it is matched where no id tells: province or state, and name."""
        return self.region, searchable(self.name)

    @property
    def fits_by_name(self) -> bool:
        """Whether a place of its name in its state is likely to be it. Townships are called after
        villages they have nothing to do with; in New England the town is the municipality.
        """
        is_of_a_county = "/county:" in self.ocd_id and "/place:" in self.ocd_id
        return not is_of_a_county or self.region in _NEW_ENGLAND


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    """The lines of a list. Tens of thousands: they are read one by one."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def division_of(row: Mapping[str, str]) -> Division | None:
    """The municipality a line of either list is; None for what has no municipal council, or is of
    neither list.
    """
    ocd_id, name = (row.get("id") or "").strip(), (row.get("name") or "").strip()
    if match := _CSD.match(ocd_id):
        return _canadian(ocd_id, name, PROVINCES.get(match[1], ""), row)
    if match := _PLACE.match(ocd_id):
        return _american(ocd_id, name, f"US-{match[1].upper()}", match[3])
    return None


def _canadian(ocd_id: str, name: str, region: str, row: Mapping[str, str]) -> Division | None:
    kind, pattern = _CLASSES.get((row.get("classification") or "").strip(), (None, ""))
    if kind is None or not region or not name:
        return None
    legal = (row.get("organization_name") or "").strip()
    formal = pattern.format(name) if pattern else ""
    if county := _COUNTY.match(name):  # Alberta's districts and specialized municipalities
        kind = CouncilKind.COUNTY
        formal = f"County of {county[1]} {county[2]}" if county[2] else name
    elif kind == CouncilKind.DISTRICT and region == "CA-AB" and " No. " in name:
        formal = f"Municipal District of {name}"
    elif kind == CouncilKind.DISTRICT and region in {"CA-AB", "CA-NS"}:
        kind = CouncilKind.MUNICIPALITY
    elif kind == CouncilKind.REGIONAL:
        formal = legal
    elif kind == CouncilKind.PARISH and region != "CA-QC":
        return None
    name_fr = (row.get("name_fr") or "").strip()
    return Division(ocd_id, name, region, kind, formal, "" if name_fr == name else name_fr)


def _american(ocd_id: str, name: str, region: str, level: str) -> Division | None:
    if level != "place":
        return Division(ocd_id, name, region, CouncilKind.COUNTY) if level == "county" else None
    base, _space, suffix = name.rpartition(" ")
    if not base or suffix not in _SUFFIXES:
        return None
    return Division(ocd_id, base, region, _SUFFIXES[suffix])


@dataclass
class Merged:
    """What a list would change, or has changed."""

    new: list[Council] = field(default_factory=list)
    updated: list[Council] = field(default_factory=list)
    same: int = 0
    confirmed: int = 0
    without_council: int = 0


def merge(rows: Iterable[Mapping[str, str]]) -> Merged:
    """The councils a list would make or change, unsaved; see ``save``. Whoever calls both does so
    within one ``one_refresh``, so that nobody changes a council in between.

    A municipality is matched by its division id, or by a name that is the only one of its province
    or state on either side, where the council has no id yet. It gets id, kind and names; what
    somebody has confirmed stays as it is, and nothing is ever taken away.
    """
    merged = Merged()
    divisions: dict[str, Division] = {}
    for row in rows:
        if division := division_of(row):
            divisions[division.ocd_id] = division
        else:
            merged.without_council += 1
    here = _Councils.read(divisions.values())
    for division in divisions.values():
        if (council := here.find(division)) is None:
            if council := here.make(division):
                merged.new.append(council)
        elif council.is_confirmed:
            merged.confirmed += 1
        elif _take(council, division):
            merged.updated.append(council)
        else:
            merged.same += 1
    return merged


FIELDS = ("ocd_id", "kind", "formal_name", "name_fr", "data_source")


def save(merged: Merged, *, advance: Callable[[int], object] = lambda done: None) -> None:
    """Write what ``merge`` found, whole or not at all."""
    with one_refresh():
        for batch in batched(merged.new):
            Council.objects.bulk_list(batch)
            advance(len(batch))
        for batch in batched(merged.updated):
            for council in batch:
                council.note_names()
            bulk_update_with_history(
                batch,
                Council,
                [*FIELDS, "search_name"],
                batch_size=200,
                default_change_reason=SOURCE,
            )
            advance(len(batch))


def batched(councils: list[Council], size: int = 1_000) -> Iterator[list[Council]]:
    for start in range(0, len(councils), size):
        yield councils[start : start + size]


def _take(council: Council, division: Division) -> bool:
    """Write a line of the list into a council, unsaved; whether that changed anything."""
    source = council.data_source
    if source and SOURCE not in source:
        source = f"{source}, {SOURCE}"
    values = {
        "ocd_id": division.ocd_id,
        "kind": division.kind.value,
        "formal_name": division.formal_name or council.formal_name,
        "name_fr": division.name_fr or council.name_fr,
        "data_source": source,
    }
    changed = {name for name, value in values.items() if getattr(council, name) != value}
    for name in changed:
        setattr(council, name, values[name])
    return bool(changed)


class _Councils:
    """The councils there are, as the lines of a list look for them."""

    def __init__(self, councils: Iterable[Council], divisions: Iterable[Division]) -> None:
        self.by_id: dict[str, Council] = {}
        self.by_name: dict[tuple[str, str], list[Council]] = defaultdict(list)
        self.slugs: set[str] = set()
        self.jurisdictions = {row.code: row for row in Jurisdiction.objects.all()}
        self.named = Counter(row.key for row in divisions if row.fits_by_name)
        for council in councils:
            self.slugs.add(council.slug)
            if council.ocd_id:
                self.by_id[council.ocd_id] = council
            for name in council.search_name.split(" | "):
                self.by_name[council.jurisdiction.code, name].append(council)

    @classmethod
    def read(cls, divisions: Iterable[Division]) -> "_Councils":
        return cls(Council.objects.select_related("jurisdiction"), divisions)

    def find(self, division: Division) -> Council | None:
        if found := self.by_id.get(division.ocd_id):
            return found
        named = self.by_name[division.key] if division.fits_by_name else []
        is_only = len(named) == 1 and self.named[division.key] == 1
        return named[0] if is_only and not named[0].ocd_id else None

    def make(self, division: Division) -> Council | None:
        """A council that is not there yet, unsaved; None where its province is not here."""
        if (jurisdiction := self.jurisdictions.get(division.region)) is None:
            return None
        plain = slug = slug_of(division.name, division.region)
        number = 1
        while slug in self.slugs:
            number += 1
            slug = f"{plain}-{number}"
        self.slugs.add(slug)
        return Council(
            slug=slug,
            name=division.name,
            name_fr=division.name_fr,
            kind=division.kind.value,
            formal_name=division.formal_name,
            jurisdiction=jurisdiction,
            ocd_id=division.ocd_id,
            data_source=SOURCE,
        )
