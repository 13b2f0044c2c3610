"""The two lists of Open Civic Data: Canada's census subdivisions, and places of the United States.

They say which municipalities there are, of what kind, and by what id programs know them. Each is a
CSV file that begins with ``id,name``; both are CC0.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from resolutions.models import CouncilKind, searchable

SOURCE = "Open Civic Data"
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
    def is_of_a_county(self) -> bool:
        """Whether its name need not be the only one of its state."""
        return "/county:" in self.ocd_id and "/place:" in self.ocd_id


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
