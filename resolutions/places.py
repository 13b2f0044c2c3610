"""The list of populated places the site comes with, and councils made from it.

``data/places.csv`` was made once, by the command ``build_places``, from GeoNames (CC BY 4.0) and,
where a name fits one municipality alone, the lists of Open Civic Data (CC0). A populated place need
not be a municipality: what is loaded from here is not confirmed until somebody says so.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from recommendations import words
from recommendations.models import one_refresh
from resolutions.models import Council, CouncilKind, Jurisdiction, searchable

FILE = Path(__file__).parent / "data" / "places.csv"
SOURCE = "GeoNames"
COLUMNS = (
    "geonames",
    "name",
    "region",
    "population",
    "latitude",
    "longitude",
    "division",
    "kind",
    "formal_name",
    "name_fr",
    "slug",
)
_DIVISION = "ocd-division/country:"
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the list. ``kind`` and ``formal_name`` are a hint where a municipality of that
    name is known, nobody's word that this is one. ``slug`` is '' where name and province make it.
    """

    geonames: int
    name: str
    region: str
    population: int
    latitude: str
    longitude: str
    division: str = ""
    kind: str = CouncilKind.PLACE.value
    formal_name: str = ""
    name_fr: str = ""
    slug: str = ""

    @property
    def ocd_id(self) -> str | None:
        return f"{_DIVISION}{self.division}" if self.division else None

    @property
    def key(self) -> tuple[str, str]:
        return self.region, searchable(self.name)

    @property
    def address(self) -> str:
        return self.slug or slug_of(self.name, self.region)


def slug_of(name: str, region: str) -> str:
    """The short address of a council: 'trois-rivieres-qc'."""
    return f"{words.slug(name)[:90]}-{region[-2:].lower()}"


def read(file: Path = FILE) -> Iterator[Place]:
    """The places of the list, in its order."""
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            values = {name: value for name, value in row.items() if value}
            yield Place(
                geonames=int(values.pop("geonames")),
                population=int(values.pop("population")),
                **values,
            )


def write(places: Iterable[Place], file: Path = FILE) -> None:
    """One line a place; what goes without saying is left empty."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for place in places:
            row = {name: getattr(place, name) for name in COLUMNS}
            if place.kind == CouncilKind.PLACE:
                row["kind"] = ""
            writer.writerow(row.values())


def load(
    places: Iterable[Place] | None = None, *, advance: Callable[[int], object] = lambda done: None
) -> int:
    """Make councils of places that are not here yet; how many there were.

    One that is here by its division id, or by its name in its province, is left as it is, whoever
    made it; one that somebody deleted stays away. ``advance`` is told how many lines were read.
    """
    with one_refresh():
        jurisdictions = {row.code: row for row in Jurisdiction.objects.all()}
        here = Here.read()
        made, lines = 0, iter(places if places is not None else read())
        while batch := list(islice(lines, _AT_ONCE)):
            councils = [
                council_of(place, jurisdictions[place.region])
                for place in batch
                if place.region in jurisdictions and not here.has(place)
            ]
            made += len(Council.objects.bulk_list(councils))
            advance(len(batch))
    return made


@dataclass(frozen=True, slots=True)
class Here:
    """What is not to be made again."""

    divisions: frozenset[str | None]
    names: frozenset[tuple[str, str]]
    slugs: frozenset[str]

    @classmethod
    def read(cls) -> "Here":
        divisions: set[str | None] = set()
        names: set[tuple[str, str]] = set()
        slugs: set[str] = set()
        rows = Council.objects.order_by().values_list(
            "ocd_id", "jurisdiction__code", "search_name", "slug"
        )
        for ocd_id, region, search_name, slug in rows.iterator():
            divisions.add(ocd_id)
            names |= {(region, name) for name in search_name.split(" | ")}
            slugs.add(slug)
        gone = Council.history.filter(history_type="-").values_list("slug", flat=True)
        slugs.update(gone)
        return cls(frozenset(divisions), frozenset(names), frozenset(slugs))

    def has(self, place: Place) -> bool:
        return (
            (place.ocd_id in self.divisions if place.division else False)
            or place.key in self.names
            or place.address in self.slugs
        )


def council_of(place: Place, jurisdiction: Jurisdiction) -> Council:
    """The council a place may have, unsaved and not confirmed."""
    return Council(
        slug=place.address,
        name=place.name,
        name_fr=place.name_fr,
        kind=place.kind,
        formal_name=place.formal_name,
        jurisdiction=jurisdiction,
        population=place.population,
        latitude=Decimal(place.latitude),
        longitude=Decimal(place.longitude),
        ocd_id=place.ocd_id,
        data_source=f"{SOURCE}, Open Civic Data" if place.division else SOURCE,
    )
