"""What the list of recommendations counts: by report, audience, pillar, status, age and addressee.

One question tells all but the addressees: the groups it gives are few, however many there are of
recommendations, and every figure of the page is a sum of some of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, Value, When
from django.utils import timezone
from django.utils.functional import Promise

from recommendations.models import STALE_AFTER, Recommendation, Status

# The filters whose figures are sums of groups. The addressees of one recommendation are several.
FACETS = ("report", "audience", "pillar", "status", "stale")
# Furthest advanced first.
ORDER = [
    Status.IN_PLACE,
    Status.PARTLY_IN_PLACE,
    Status.UNDER_WAY,
    Status.STALLED,
    Status.NO_ACTION_FOUND,
    Status.NOT_ASSESSED,
    Status.UNDONE_SINCE,
]


@dataclass(frozen=True, slots=True)
class Group:
    """Public recommendations that are alike in all five; the first three are short addresses.

    Attributes:
        stale: 'yes' where the assessment may be out of date, 'no' where it is of late, '' where
            there is none.
        n: how many there are.
        left: how many of them have the words and the addressee that were asked for.
    """

    report: str
    audience: str
    pillar: str
    status: str
    stale: str
    n: int
    left: int

    def fits(self, wanted: Mapping[str, str]) -> bool:
        """Whether it is of what is wanted; '' leaves a filter open."""
        return all(not wanted.get(name) or getattr(self, name) == wanted[name] for name in FACETS)


def groups(
    slugs: tuple[Mapping[int, str], Mapping[int, str], Mapping[int, str]],
    *,
    addressee: str = "",
    ids: list[int] | None = None,
) -> list[Group]:
    """All public recommendations, in groups. One query.

    ``slugs`` are the short addresses of reports, audiences and pillars, by their keys: to group
    thousands of rows by what three other tables say of them takes twice as long.
    """
    public = Recommendation.objects.public()
    since = timezone.localdate() - STALE_AFTER
    age = Case(
        When(status_on__lt=since, then=Value("yes")),
        When(status_on__gte=since, then=Value("no")),
        default=Value(""),
    )
    left = Q()
    if ids is not None:
        left &= Q(pk__in=ids)
    if addressee:
        links = Recommendation.addressees.through.objects.filter(addressee__slug=addressee)
        left &= Q(pk__in=links.values("recommendation"))
    rows = (
        public.order_by()
        .annotate(age=age)
        .values_list("report_id", "audience_id", "pillar_id", "status", "age")
        .annotate(n=Count("pk"), left=Count("pk", filter=left) if left else Count("pk"))
    )
    reports, audiences, pillars = slugs
    return [
        Group(reports[report], audiences[audience], pillars[pillar], *rest)
        for report, audience, pillar, *rest in rows
        # One that was published since the names were kept has its place on the next page.
        if report in reports and audience in audiences and pillar in pillars
    ]


def counts(found: Iterable[Group], wanted: Mapping[str, str]) -> dict[str, Counter[str]]:
    """For each filter, how many each value would leave, the other filters as set."""
    told: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    asked = [(name, wanted[name]) for name in FACETS if wanted.get(name)]
    for group in found:
        failed = [name for name, value in asked if getattr(group, name) != value]
        # What fails one filter alone is what that filter would leave if it were set otherwise.
        if len(failed) <= 1:
            for name in failed or FACETS:
                told[name][getattr(group, name)] += group.left
    return told


def statuses(found: Iterable[Group], wanted: Mapping[str, str]) -> Counter[str]:
    """How many of what is wanted have which status."""
    told: Counter[str] = Counter()
    for group in found:
        if group.fits(wanted):
            told[group.status] += group.left
    return told


def addressees(
    wanted: Mapping[str, str], *, ids: list[int] | None = None
) -> dict[int, tuple[int, int]]:
    """Of everybody something is asked of, by key: how many of what fits the other filters, and how
    many of the report that is asked for, or of all. One query.
    """
    # Counted by the key alone: to group by the names as well takes three times as long.
    links = Recommendation.addressees.through.objects.filter(
        recommendation__published_at__isnull=False,
        recommendation__report__published_at__isnull=False,
    )
    since = timezone.localdate() - STALE_AFTER
    stale = {"yes": {"status_on__lt": since}, "no": {"status_on__gte": since}}
    fits: dict[str, dict[str, Any]] = {
        "report": {"report__slug": wanted.get("report")},
        "audience": {"audience__slug": wanted.get("audience")},
        "pillar": {"pillar__slug": wanted.get("pillar")},
        "status": {"status": wanted.get("status")},
        "stale": stale.get(wanted.get("stale", ""), {}),
    }
    here = others = Q()
    for name, rule in fits.items():
        if wanted.get(name):
            others &= Q(**{f"recommendation__{field}": value for field, value in rule.items()})
    if wanted.get("report"):
        here = Q(recommendation__report__slug=wanted["report"])
    if ids is not None:
        others &= Q(recommendation__in=ids)
    rows = (
        links.order_by()
        .values_list("addressee")
        .annotate(
            n=Count("pk", filter=others) if others else Count("pk"),
            here=Count("pk", filter=here) if here else Count("pk"),
        )
    )
    return {key: (n, of_report) for key, n, of_report in rows}


def status_counts(counts: Mapping[str, int]) -> list[tuple[str, str | Promise, int]]:
    """(value, label, count) of each status there is, furthest advanced first."""
    return [(s.value, s.label, counts[s.value]) for s in ORDER if counts.get(s.value)]


def cells(found: Iterable[Group]) -> dict[tuple[str, str], Counter[str]]:
    """How many of each status, by (audience, pillar)."""
    told: dict[tuple[str, str], Counter[str]] = {}
    for group in found:
        told.setdefault((group.audience, group.pillar), Counter())[group.status] += group.n
    return told
