"""Where provinces, territories and states lie, and how many people live in each: kept as data.

The boundaries were made once by ``manage.py build_boundaries`` from Natural Earth, which is in the
public domain; the populations are those of two censuses. Each file names its source.
"""

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
BOUNDARIES = DATA / "boundaries.json"
POPULATIONS = DATA / "populations.json"


@dataclass(frozen=True, slots=True)
class Projection:
    """From degrees to the units of one region's drawing: Lambert's azimuthal equal-area.

    Areas are right everywhere, and shapes nearly so, since it is centred on the region itself.
    ``scale`` is units for the radius of the earth; ``x`` and ``y`` are where the centre lies.
    """

    latitude: float
    longitude: float
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point lies: to the right and down from the corner at the top left."""
        middle, north = math.radians(self.latitude), math.radians(latitude)
        # The difference alone counts, so the far Aleutians are no exception.
        east = math.radians(longitude - self.longitude)
        height = math.cos(north) * math.cos(east)
        k = math.sqrt(2 / (1 + math.sin(middle) * math.sin(north) + math.cos(middle) * height))
        right = k * math.cos(north) * math.sin(east)
        up = k * (math.cos(middle) * math.sin(north) - math.sin(middle) * height)
        return self.x + self.scale * right, self.y - self.scale * up


@dataclass(frozen=True, slots=True)
class Boundary:
    """The outline of one region as the path of a drawing ``width`` by ``height`` units."""

    projection: Projection
    width: int
    height: int
    path: str

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies within: a line from it to the right crosses the outline oddly."""
        x, y = self.projection.place(latitude, longitude)
        inside = False
        for ring in _rings(self.path):
            for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
                if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                    inside = not inside
        return inside


@cache
def _rings(path: str) -> list[list[tuple[int, int]]]:
    """The corners of each closed line of a path as ``build_boundaries`` writes it."""
    rings = []
    for part in path.split("z")[:-1]:
        start, _, steps = part.removeprefix("M").partition("l")
        numbers = [int(n) for n in re.findall("-?[0-9]+", f"{start} {steps}")]
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        rings.append(list(accumulate(pairs, lambda a, b: (a[0] + b[0], a[1] + b[1]))))
    return rings


@cache
def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@cache
def boundary_of(code: str) -> Boundary | None:
    """The boundary of a province, territory or state by its ISO 3166 code; None for others."""
    row = _read(BOUNDARIES)["regions"].get(code)
    if row is None:
        return None
    width, height = row["size"]
    return Boundary(Projection(*row["projection"]), width, height, row["path"])


def population_of(code: str) -> int | None:
    """How many people a region or a country has by its last census; None where it is not known."""
    found: int | None = _read(POPULATIONS)["people"].get(code)
    return found
