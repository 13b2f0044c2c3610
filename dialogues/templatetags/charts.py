"""Charts as drawings made here: no script, no style attribute, every word outside the drawing.

``{% drawn block as drawing %}`` gives ``templates/dialogues/report/_chart.html`` its shapes.
"""

from dataclasses import dataclass

from django import template

from dialogues import figures
from dialogues.figures import Spread
from dialogues.report.blocks import Chart

register = template.Library()

register.filter("as_number", figures.number)
register.filter("as_score", figures.score)

# Of an upright chart, a bar and the gap beside it; of a lying one, its whole length.
_STEP, _WIDE, _TALL, _LONG = 10, 8, 100, 100


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: its name, its number as it is written, and its shape, '' where it has no length."""

    label: str
    n: str
    d: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart's shapes, as attributes of SVG write them: with points, whatever the language.

    ``scale`` are the numbers beside an upright chart, the highest first.
    """

    rows: tuple[Row, ...]
    width: int
    scale: tuple[str, ...]
    hairs: str
    mark: str


@register.simple_tag
def drawn(chart: Chart) -> Drawing:
    """The shapes of a chart."""
    highest = max((bar.n for bar in chart.bars), default=0)
    top = _round_up(highest)
    rows = tuple(
        Row(
            bar.label,
            figures.number(bar.n),
            (_upright(place, bar.n, top) if chart.is_upright else _lying(bar.n, highest)),
        )
        for place, bar in enumerate(chart.bars)
    )
    width = _STEP * len(rows)
    steps = (top, top // 2, 0) if top % 2 == 0 else (top, 0)
    return Drawing(
        rows=rows,
        width=width,
        scale=tuple(figures.number(step) for step in steps),
        hairs="".join(f"M0 {_y(step, top)}h{width}" for step in steps if step),
        mark="" if chart.mark is None else f"M{_point(_STEP * (chart.mark + 0.5))} 0v{_TALL}",
    )


# Of ten, a hundred, … so many tenths end a scale; half of each is a whole number too.
_ENDS = (10, 12, 16, 20, 24, 30, 40, 50, 60, 80)


def _round_up(highest: int) -> int:
    """The end of a scale for numbers up to ``highest``: even, but for 1, and easily read."""
    if highest < 2:
        return 1
    if highest <= 8:
        return highest + highest % 2
    power = 1
    while True:
        for end in _ENDS:
            if end * power >= highest:
                return end * power
        power *= 10


def _upright(place: int, n: int, top: int) -> str:
    if not n:
        return ""
    left, tall = place * _STEP + (_STEP - _WIDE) // 2, _point(max(_TALL * n / top, 0.5))
    return f"M{left} {_TALL}v-{tall}h{_WIDE}v{tall}z"


def _lying(n: int, highest: int) -> str:
    return f"M0 0h{_point(max(_LONG * n / highest, 0.5))}v10H0z" if n else ""


def _y(n: int, top: int) -> str:
    return _point(_TALL - _TALL * n / top)


def _point(value: float) -> str:
    """A length of the drawing, with as many places as it needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


# ---- The spread of votes as one line ----


@register.simple_tag
def spread_line(spread: Spread) -> dict[str, str]:
    """A line from the lowest to the highest vote, a bar on the middle half, a stroke on the median.

    On a drawing 110 wide in which the score 0 stands at 5 and 10 at 105.
    """
    low, high, lower, upper, median = (
        _STEP * (value + 0.5)
        for value in (spread.lowest, spread.highest, spread.lower, spread.upper, spread.median)
    )
    return {
        "whole": f"M{_point(low)} 10H{_point(high)}",
        "half": f"M{_point(lower - 1)} 5H{_point(upper + 1)}v10H{_point(lower - 1)}z",
        "median": f"M{_point(median)} 1v18",
    }
