"""The reports whose recommendations are followed here."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from recommendations import reports
from recommendations.caching import RECOMMENDATIONS, public_page, reader
from recommendations.models import Audience, Pillar, Recommendation, Report
from recommendations.views.public import status_counts


@public_page(RECOMMENDATIONS)
def report_list(request: HttpRequest) -> HttpResponse:
    """Every public report, the front of the site first."""
    rows = list(reports.with_counts().public())
    context = {
        "reports": rows,
        "is_demo": any(row.is_demo for row in rows),
        "section": "recommendations",
    }
    return render(request, "recommendations/report_list.html", context)


@public_page(RECOMMENDATIONS)
def report_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One report: who published it, what it says, what it asks of whom, and how that stands."""
    report = get_object_or_404(Report.objects.visible_to(reader(request)), slug=slug)
    asked = Recommendation.objects.filter(report=report)
    if report.is_public:
        asked = asked.public()
    cells: dict[tuple[int, int], dict[str, int]] = {}
    whole: dict[str, int] = {}
    counted = asked.order_by().values_list("audience", "pillar", "status").annotate(n=Count("pk"))
    for audience_id, pillar_id, status, n in counted:
        cells.setdefault((audience_id, pillar_id), {})[status] = n
        whole[status] = whole.get(status, 0) + n
    audiences = Audience.objects.filter(pk__in={audience_id for audience_id, _pillar in cells})
    pillars = list(Pillar.objects.filter(pk__in={pillar_id for _audience, pillar_id in cells}))
    context = {
        "report": report,
        "total": sum(whole.values()),
        "statuses": status_counts(whole),
        "pillars": pillars,
        "matrix": [
            (
                audience,
                [
                    (pillar, status_counts(cells.get((audience.pk, pillar.pk), {})))
                    for pillar in pillars
                ],
            )
            for audience in audiences
        ],
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_detail.html", context)
