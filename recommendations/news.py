"""What changed lately: findings published or retracted, the newest change first."""

from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from itertools import islice
from operator import attrgetter

from django.db.models.functions import Coalesce
from django.utils import timezone

from recommendations.models import Finding, ProgressUpdate, Recommendation, Reply
from recommendations.models.recommendation import RecommendationQuerySet


@dataclass(frozen=True, slots=True)
class Change:
    """A finding as it last changed. Of a retracted one only the reason is told."""

    finding: Finding
    at: datetime

    @property
    def on(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def is_reply(self) -> bool:
        return isinstance(self.finding, Reply)

    @property
    def about(self) -> Recommendation:
        return self.finding.recommendation

    @property
    def order(self) -> tuple[datetime, date, int]:
        return self.at, self.finding.on, self.finding.pk


def latest(rows: RecommendationQuerySet, limit: int) -> list[Change]:
    """The newest changes of public recommendations. Four queries."""
    found = []
    for model, more in ((ProgressUpdate, ()), (Reply, ("addressee",))):
        findings = (
            model.objects.public()
            .filter(recommendation__in=rows.order_by())
            .annotate(changed_at=Coalesce("retracted_at", "published_at"))
            .order_by("-changed_at", "-on", "-id")
            .select_related("recommendation__report", *more)
            .prefetch_related("corrections")
        )
        found.append([Change(row, row.changed_at) for row in findings[:limit]])
    return list(islice(merge(*found, key=attrgetter("order"), reverse=True), limit))
