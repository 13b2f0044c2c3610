"""How many recommendations stood where at the end of each year: counted, and kept up to date.

A figure says what was so at a year's end as far as is known today: a finding counts from the day
it tells of, not from the day somebody wrote it, and one that was corrected or retracted not at all.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import timezone

from recommendations.caching import RECOMMENDATIONS
from recommendations.models import (
    PageVersion,
    ProgressUpdate,
    Recommendation,
    Report,
    Status,
    YearFigure,
    one_refresh,
)


def count_years(report_ids: Iterable[int], *, today: date | None = None) -> None:
    """Write the figures of these reports anew, from each one's release to this year.

    A constant number of queries a report, however many findings there are; where nothing differs
    nothing is written. Called where rows are written, through ``afterwards``, so that no page shows
    figures of before.
    """
    year = (today or timezone.localdate()).year
    for report in Report.objects.filter(pk__in=list(report_ids)).order_by("pk"):
        kept = YearFigure.objects.filter(report=report)
        before = {
            (audience, at, status): n
            for audience, at, status, n in kept.values_list("audience", "year", "status", "n")
        }
        now = _counted(report, year)
        if now == before:
            continue
        kept.delete()
        YearFigure.objects.bulk_create(
            [
                YearFigure(report=report, audience_id=audience, year=at, status=status, n=n)
                for (audience, at, status), n in now.items()
            ],
            batch_size=500,
        )
        PageVersion.objects.bump([RECOMMENDATIONS])


def _counted(report: Report, last: int) -> Counter[tuple[int, int, str]]:
    """How many, by audience, year and status."""
    public = Recommendation.objects.filter(report=report).public().order_by()
    audience_of = dict(public.values_list("pk", "audience_id"))
    # What each year's newest finding says; the same day's later one counts.
    found: dict[int, dict[int, str]] = {}
    findings = ProgressUpdate.objects.filter(recommendation__in=public).standing()
    for key, on, status in findings.order_by("on", "id").values_list(
        "recommendation_id", "on", "status"
    ):
        found.setdefault(key, {})[on.year] = status
    first = report.released.year
    figures: Counter[tuple[int, int, str]] = Counter()
    for key, audience in audience_of.items():
        by_year = found.get(key, {})
        earlier = [year for year in by_year if year < first]
        now: str = by_year[max(earlier)] if earlier else Status.NOT_ASSESSED
        for year in range(first, last + 1):
            now = by_year.get(year, now)
            figures[audience, year, now] += 1
    return figures


def begin_the_year(*, today: date | None = None) -> None:
    """Count where this year is missing: it has just begun, or nobody has counted there before."""
    year = (today or timezone.localdate()).year
    asked = Recommendation.objects.public().filter(report=OuterRef("pk"))
    counted = YearFigure.objects.filter(report=OuterRef("pk"), year=year)
    waiting = Report.objects.public().filter(
        Exists(asked), ~Exists(counted), released__year__lte=year
    )
    if waiting.exists():
        with one_refresh():
            count_years(waiting.values_list("pk", flat=True), today=today)
