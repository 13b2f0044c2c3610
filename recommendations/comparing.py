"""Two audiences side by side, line by line: what both were asked for alike, and what became of it.

The lines are this site's reading (``Subject``), not the report's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from recommendations.models import Audience, Recommendation, Subject

# Of what has no counterpart so many are shown of each audience.
ALONE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """What the one and the other were asked for under one subject."""

    subject: Subject
    sides: tuple[list[Recommendation], list[Recommendation]]


@dataclass(frozen=True, slots=True)
class Alone:
    """Recommendations of one audience that have no counterpart: the first ones, of ``n``."""

    audience: Audience
    rows: list[Recommendation]
    n: int

    @property
    def more(self) -> int:
        return self.n - len(self.rows)


@dataclass(frozen=True, slots=True)
class Comparison:
    audiences: tuple[Audience, Audience]
    lines: list[Line]
    alone: list[Alone]

    @property
    def rows(self) -> Iterable[Recommendation]:
        """All that are shown."""
        for line in self.lines:
            yield from (*line.sides[0], *line.sides[1])
        for alone in self.alone:
            yield from alone.rows


def compare(first: Audience, second: Audience) -> Comparison:
    """Lines in the order of their subjects, rows in that of their reports. Five queries."""
    audiences = (first, second)
    public = Recommendation.objects.public().filter(audience__in=audiences)
    public = public.select_related("report", "subject").in_report_order()
    by_subject: dict[Subject, tuple[list[Recommendation], list[Recommendation]]] = {}
    for row in public.filter(subject__isnull=False):
        assert row.subject is not None  # noqa: S101 - filtered just now
        by_subject.setdefault(row.subject, ([], []))[row.audience_id == second.pk].append(row)
    lines, alone = [], []
    for subject in sorted(by_subject, key=lambda subject: (subject.order, subject.pk)):
        sides = by_subject[subject]
        if all(sides):
            lines.append(Line(subject, sides))
    without = public.filter(subject__isnull=True)
    counts = dict(without.order_by().values_list("audience").annotate(n=Count("pk")))
    for at, audience in enumerate(audiences):
        single = [row for sides in by_subject.values() if not all(sides) for row in sides[at]]
        rows = [*single, *without.filter(audience=audience)[:ALONE]]
        rows.sort(key=_place)
        alone.append(Alone(audience, rows[:ALONE], len(single) + counts.get(audience.pk, 0)))
    return Comparison(audiences, lines, alone)


def _place(row: Recommendation) -> tuple[object, ...]:
    report = row.report
    return (not report.is_front, report.released, report.pk, row.order, row.pk)
