"""Maps and curves of councils as plain numbers: what goes where. Templates draw them as SVG.

Geometry alone is decided here, and the words that say the same; colours are the style sheet's.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from django.urls import reverse
from django.utils import formats
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.words import fold
from resolutions.boundaries import Boundary, population_of
from resolutions.models import Council, Jurisdiction
from resolutions.totals import Changes, Place, Standing


@dataclass(frozen=True, slots=True)
class Mark:
    """What a council did, by its shape: a disc, a ring, a diamond, a struck or a dashed ring."""

    kind: str
    x: int
    y: int
    size: int


# ---- The tile map: one equal square for each province, territory and state ----

# Roughly where they lie to each other; "." is a gap.
LAYOUT = {
    "CA": """
        .  YT NT NU .  .  .  .  .  .  .
        .  BC AB SK MB ON QC .  NL .  .
        .  .  .  .  .  .  .  NB PE .  .
        .  .  .  .  .  .  .  .  NS .  .
    """,
    "US": """
        AK .  .  .  .  .  .  .  .  .  ME
        .  .  .  .  .  .  .  .  .  VT NH
        WA ID MT ND MN IL WI MI NY RI MA
        OR NV WY SD IA IN OH PA NJ CT .
        CA UT CO NE MO KY WV VA MD DE .
        .  AZ NM KS AR TN NC SC DC .  .
        .  .  .  OK LA MS AL GA .  .  .
        HI .  .  TX .  .  .  .  FL .  .
    """,
}
SIDE, STEP, APART = 40, 44, 14
MANY = 3  # councils that make a tile solid


@dataclass(frozen=True, slots=True)
class Tile:
    """One square; a link where something is on record. ``share`` is of the people covered."""

    letters: str
    x: int
    y: int
    place: Place
    name: str = ""
    url: str = ""
    label: str = ""
    share: float = 0

    @property
    def bar(self) -> int:
        """The share of the people covered, in units of its width."""
        return round((SIDE - 8) * self.share)

    @property
    def shade(self) -> str:
        if not self.place.adopted:
            return ""
        return "many" if self.place.adopted >= MANY else "some"

    @property
    def middle(self) -> int:
        return self.x + SIDE // 2

    @property
    def marks(self) -> list[Mark]:
        """What stands in it; beside the number of councils that adopted there is room for two."""
        kinds = [
            kind
            for kind in ("open", "ended", "reported", "proclaimed")
            if getattr(self.place, kind)
        ]
        if self.place.adopted:
            at = {"open": 7, "proclaimed": SIDE - 7}
            return [Mark(kind, self.x + at[kind], self.y + 24, 4) for kind in kinds if kind in at]
        size, apart = (5, 14) if len(kinds) < 4 else (4, 9)
        first = SIDE // 2 - apart * (len(kinds) - 1) // 2
        return [
            Mark(kind, self.x + first + apart * n, self.y + 25, size)
            for n, kind in enumerate(kinds)
        ]


@dataclass(frozen=True, slots=True)
class TileMap:
    width: int
    height: int
    label: str
    tiles: list[Tile] = field(default_factory=list)

    @property
    def there(self) -> list[Tile]:
        """Those with something on record, which are links."""
        return [tile for tile in self.tiles if tile.url]

    @property
    def places(self) -> list[Tile]:
        """The same, those with most councils first."""
        return sorted(
            self.there, key=lambda tile: (-tile.place.adopted, -tile.place.open, fold(tile.name))
        )

    @property
    def empty(self) -> list[Tile]:
        return [tile for tile in self.tiles if not tile.url]


def tile_map(
    places: Mapping[str, Place],
    jurisdictions: Iterable[Jurisdiction],
    countries: Sequence[str] = ("CA", "US"),
) -> TileMap:
    """Every province, territory and state, whether or not anything is on record there."""
    known = {row.code: row for row in jurisdictions}
    home = reverse("resolutions:resolution_list")  # once, not for each of sixty-four
    tiles: list[Tile] = []
    top, columns = 2, 0
    for country in countries:
        for line in filter(None, map(str.split, LAYOUT[country].splitlines())):
            for column, letters in enumerate(line):
                if letters == ".":
                    continue
                columns = max(columns, column + 1)
                code = f"{country}-{letters}"
                x, place = 2 + column * STEP, places.get(code)
                if place and (row := known.get(code)):
                    share = share_of(place, code) or 0
                    number = f" {place.adopted}" if place.adopted else ""
                    label = f"{letters}{number}: {row.name}, {said_of(place, share)}"
                    tile = Tile(
                        letters, x, top, place, row.name, f"{home}regions/{code}/", label, share
                    )
                else:
                    tile = Tile(letters, x, top, Place())
                tiles.append(tile)
            top += STEP
        top += APART
    return TileMap(columns * STEP, top - APART, _map_label(countries), tiles)


def _map_label(countries: Sequence[str]) -> str:
    if list(countries) == ["CA"]:
        return _("Tile map of Canada: one square for each province and territory")
    if list(countries) == ["US"]:
        return _("Tile map of the United States: one square for each state")
    return _(
        "Tile map of Canada above the United States: one square for each province, territory and"
        " state"
    )


def share_of(place: Place, code: str) -> float | None:
    """What part of the people of a province or state live where a council adopted, at most 1.

    None where nobody does, or where it is not known how many people it has.
    """
    everybody = population_of(code)
    return min(1.0, place.people / everybody) if everybody and place.people else None


def percent(share: float) -> str:
    """A share as whole percent, as text: “12%”, and “under 1%” rather than none."""
    if share < 0.01:
        return _("under %(n)s%%") % {"n": 1}
    # Never all of them for want of a few.
    return _("%(n)s%%") % {"n": number_format(min(round(100 * share), 100 if share == 1 else 99))}


def said_of(place: Place, share: float = 0) -> str:
    """What is on record of a place, as one phrase: the words of what a tile shows."""
    parts = []
    if n := place.adopted:
        parts.append(
            ngettext("%(n)s council adopted", "%(n)s councils adopted", n) % {"n": number_format(n)}
        )
        if share:
            parts.append(_("about %(share)s of the population") % {"share": percent(share)})
    if n := place.open:
        text = ngettext("%(n)s council considering", "%(n)s councils considering", n)
        parts.append(text % {"n": number_format(n)})
    if n := place.proclaimed:
        text = ngettext("%(n)s mayor’s proclamation", "%(n)s mayors’ proclamations", n)
        parts.append(text % {"n": number_format(n)})
    if n := place.ended:
        text = ngettext("%(n)s council ended it otherwise", "%(n)s councils ended it otherwise", n)
        parts.append(text % {"n": number_format(n)})
    if n := place.reported:
        text = ngettext(
            "%(n)s adoption reported, not verified", "%(n)s adoptions reported, not verified", n
        )
        parts.append(text % {"n": number_format(n)})
    return ", ".join(parts)


# ---- The curve: councils that had adopted, at the end of each quarter or year ----

WIDE, HIGH = 600, 200
MOST_QUARTERS = 64


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or a year: how many councils came and ceased in it, and had adopted at its end."""

    name: str
    came: int
    ceased: int
    total: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The line as a path of a drawing ``WIDE`` by ``HIGH``, its words, and the same as periods."""

    line: str
    hairs: str
    scale: list[int]
    dates: list[str]
    by_quarter: bool
    periods: list[Period]
    first: date

    @property
    def last(self) -> Period:
        return self.periods[-1]

    @property
    def came(self) -> int:
        return sum(period.came for period in self.periods)

    @property
    def ceased(self) -> int:
        return sum(period.ceased for period in self.periods)


def curve(changes: Changes, *, today: date) -> Curve | None:
    """The curve from just before the first adoption until today; None where nothing was adopted."""
    if not changes:
        return None
    first, last = changes[0][0], max(today, changes[-1][0])
    by_quarter = _quarter(last) - _quarter(first) < MOST_QUARTERS
    number = _quarter if by_quarter else _year
    start = number(first) - 1  # from nothing
    count = number(last) - start + 1
    came, ceased = [0] * count, [0] * count
    for on, change in changes:
        (came if change > 0 else ceased)[number(on) - start] += 1
    totals = list(accumulate(a - b for a, b in zip(came, ceased, strict=True)))
    name = _quarter_name if by_quarter else str
    names = [name(start + n) for n in range(count)]
    scale = _scale(max(totals))
    top, wide = scale[0], WIDE / (count - 1)
    points = [f"{n * wide:.4g} {HIGH - HIGH * total / top:.4g}" for n, total in enumerate(totals)]
    marks = range(4) if count > 3 else range(count)
    return Curve(
        line="M" + "L".join(points),
        hairs="".join(f"M0 {HIGH * n // 4}H{WIDE}" for n in range(4)),
        scale=scale,
        dates=[names[round(n * (count - 1) / (len(marks) - 1))] for n in marks],
        by_quarter=by_quarter,
        periods=[Period(*row) for row in zip(names, came, ceased, totals, strict=True)],
        first=first,
    )


def _year(day: date) -> int:
    return day.year


def _quarter(day: date) -> int:
    return 4 * day.year + (day.month - 1) // 3


def _quarter_name(number: int) -> str:
    """The month a quarter ends in: “Mar 2010”, and “déc. 2010”."""
    return formats.date_format(date(number // 4, 3 * (number % 4) + 3, 1), "SHORT_MONTH_FORMAT")


def _scale(most: int) -> list[int]:
    """Five whole numbers with the same between them, the highest first, that reach ``most``."""
    size = 10 ** max(0, len(str(most)) - 2)
    steps = (size * n for n in (1, 2, 3, 4, 5, 10, 20, 25, 50))
    step = next(step for step in steps if 4 * step >= most)
    return [step * n for n in (4, 3, 2, 1, 0)]


# ---- One province or state: its outline, and its councils as points ----

# Points that are links are as large as this at least, so that they can be hit; units.
SMALLEST, LARGEST = 5.0, 14.0
LINKS = 60  # the largest; what a keyboard has to pass on its way
SIZES = (3, 5, 8, 12)  # points of councils with nothing on record, in four sizes


@dataclass(frozen=True, slots=True)
class Point(Mark):
    """A council with something on record. Without ``url`` it is drawn, and the table names it."""

    label: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RegionMap:
    """``others`` are councils with nothing on record: for each size one path of dots."""

    boundary: Boundary
    label: str
    points: list[Point]
    others: list[tuple[int, str]]

    @property
    def linked(self) -> list[Point]:
        return [point for point in self.points if point.url]

    @property
    def unlinked(self) -> list[Point]:
        return [point for point in self.points if not point.url]

    @property
    def kinds(self) -> set[str]:
        """Which kinds of points there are, so that the legend names no others."""
        return {point.kind for point in self.points}


def region_map(boundary: Boundary, name: str, councils: Iterable[Council]) -> RegionMap:
    """``councils`` come ``with_standing``, the most populous first."""
    points: list[Point] = []
    dots: dict[int, list[str]] = {size: [] for size in SIZES}
    for council in councils:
        if council.latitude is None or council.longitude is None:
            continue
        right, down = boundary.projection.place(float(council.latitude), float(council.longitude))
        x, y = round(right), round(down)
        if not (0 <= x <= boundary.width and 0 <= y <= boundary.height):
            continue
        people = council.population or 0
        if not (kind := _kind(council)):
            size = next((s for s in SIZES[:-1] if people < 1_000 * s * s), SIZES[-1])
            dots[size].append(f"M{x} {y}h0")
            continue
        size = round(min(LARGEST, max(SMALLEST, math.sqrt(people) / 90)))
        if len(points) < LINKS:
            label = f"{council.name}: {_what(kind)}"
            points.append(Point(kind, x, y, size, label, council.get_absolute_url()))
        else:
            points.append(Point(kind, x, y, size))
    return RegionMap(
        boundary=boundary,
        label=_("Map of %(place)s: its councils as points, larger where more people live")
        % {"place": name},
        points=points,
        others=[(size, "".join(places)) for size, places in dots.items() if places],
    )


def _kind(council: Council) -> str:
    """What a point shows: '' for nothing on record. An adopted resolution before a proclamation."""
    standing: str = council.standing  # type: ignore[attr-defined]
    if standing in {Standing.ADOPTED, Standing.OPEN}:
        return standing
    if council.proclaimed:  # type: ignore[attr-defined]
        return "proclaimed"
    return standing or ("reported" if council.reported else "")  # type: ignore[attr-defined]


def _what(kind: str) -> str:
    return {
        "adopted": _("adopted"),
        "open": _("being considered"),
        "proclaimed": _("mayor’s proclamation"),
        "ended": _("ended otherwise"),
        "reported": _("adoption reported, not verified"),
    }[kind]
