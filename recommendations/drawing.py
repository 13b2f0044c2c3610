"""How statuses changed over the years, as plain numbers: what goes where. Templates draw it.

Geometry alone is decided here, and the words that say the same; colours are the style sheet's.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.models import Status
from recommendations.overview import ORDER, status_counts

# A column's share of the width, and the height of all of them, in units of the drawing.
STEP, BAR, HIGH = 20, 15, 100
LABELLED = 4  # one year in so many is named below: on a phone there is no room for more


@dataclass(frozen=True, slots=True)
class Layer:
    """One status in all columns; ``d`` is empty where there never was one."""

    value: str
    label: str
    d: str
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Years:
    """Columns of statuses, one for each year, as paths of a drawing ``width`` by ``HIGH``.

    ``layers`` stand on each other as the statuses advance, the first one lowest.
    """

    width: int
    years: list[int]
    labels: list[str]
    scale: list[int]
    hairs: str
    layers: list[Layer]
    sentence: str

    @property
    def rows(self) -> list[tuple[int, list[tuple[str, int]]]]:
        """The same as a table: of each year how many, by the label of the status."""
        return [
            (year, [(layer.label, layer.numbers[at]) for layer in self.layers])
            for at, year in enumerate(self.years)
        ]


def years(figures: Mapping[int, Mapping[str, int]]) -> Years | None:
    """Columns of what stood where at the end of each year; None where nothing was counted."""
    if not figures:
        return None
    span = range(min(figures), max(figures) + 1)
    columns = [(year, Counter(figures.get(year, {}))) for year in span]
    most = max(column.total() for _year, column in columns)
    if not most:
        return None
    layers = []
    below = [0] * len(columns)
    for status in ORDER:
        numbers = [column[status] for _year, column in columns]
        if not any(numbers):
            continue
        path = ""
        for at, n in enumerate(numbers):
            if n:
                top, high = _units(most - below[at] - n, most), _units(n, most)
                path += f"M{at * STEP + (STEP - BAR) / 2} {top}h{BAR}v{high}h-{BAR}z"
            below[at] += n
        layers.append(Layer(status.value, str(status.label), path, numbers))
    middle = [most // 2] if most % 2 == 0 else []
    return Years(
        width=STEP * len(columns),
        years=[year for year, _column in columns],
        labels=[
            str(year) if (len(columns) - 1 - at) % LABELLED == 0 else ""
            for at, (year, _column) in enumerate(columns)
        ],
        scale=[most, *middle, 0],
        hairs=f"M0 0h{STEP * len(columns)}" + f"M0 {HIGH // 2}h{STEP * len(columns)}" * len(middle),
        layers=layers,
        sentence=_sentence(columns),
    )


def _units(n: int, most: int) -> float:
    return round(HIGH * n / most, 2)


def _sentence(columns: list[tuple[int, Counter[str]]]) -> str:
    """What the drawing shows, in one sentence."""
    (first, then), (_last, now) = columns[0], columns[-1]
    n, before = now.total(), _assessed(then)
    states = ", ".join(
        _("%(status)s %(n)s") % {"status": label, "n": _number(count)}
        for _value, label, count in status_counts(now)
    )
    text = ngettext(
        "Of %(n)s recommendation, %(then)s had been assessed as of the end of %(year)s, and "
        "%(assessed)s is now: %(states)s.",
        "Of %(n)s recommendations, %(then)s had been assessed as of the end of %(year)s, and "
        "%(assessed)s are now: %(states)s.",
        n,
    )
    return text % {
        "n": _number(n),
        "then": _number(before) if before else _("none"),
        "year": first,
        "assessed": _number(_assessed(now)) if _assessed(now) else _("none"),
        "states": states,
    }


def _assessed(column: Counter[str]) -> int:
    return column.total() - column[Status.NOT_ASSESSED]


def _number(n: int) -> str:
    return number_format(n, use_l10n=True, force_grouping=True)
