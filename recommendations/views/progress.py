"""Progress over the years: how many stood where, what changed lately, what is out of date."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recommendations.caching import RECOMMENDATIONS, kept_part, public_page
from recommendations.drawing import years
from recommendations.forms import OneReportFilter
from recommendations.models import Audience, Recommendation, Report, YearFigure
from recommendations.news import latest

SHOWN = 20


@public_page(RECOMMENDATIONS)
def progress(request: HttpRequest) -> HttpResponse:
    """One report's recommendations, or those of one audience of it, over the years."""
    reports = list(Report.objects.public())
    asked = request.GET.get("report") or (reports[0].slug if reports else "")
    report = next((row for row in reports if row.slug == asked), None)
    figures = list(
        YearFigure.objects.filter(report=report).values_list("audience", "year", "status", "n")
        if report
        else []
    )
    audiences = list(Audience.objects.filter(pk__in={audience for audience, *_ in figures}))
    form = OneReportFilter(
        {**request.GET.dict(), "report": asked},
        reports=[(row.slug, str(row)) for row in reports],
        audiences=[(row.slug, row.name) for row in audiences],
    )
    context: dict[str, Any] = {
        "form": form,
        "report": report,
        "reports": reports,
        "section": "recommendations",
    }
    if form.is_valid() and report:
        audience = next((a for a in audiences if a.slug == form.cleaned_data["audience"]), None)
        told: dict[int, Counter[str]] = {}
        for pk, year, status, n in figures:
            if audience is None or pk == audience.pk:
                told.setdefault(year, Counter())[status] += n
        rows = Recommendation.objects.public().matching(
            report=report.slug, audience=audience.slug if audience else ""
        )
        stale = rows.stale().select_related("report").order_by("status_on", "id")
        changes = kept_part(
            request,
            f"changes {report.pk} {audience and audience.pk}",
            lambda: latest(rows, SHOWN),
            RECOMMENDATIONS,
        )
        context |= {
            "audience": audience,
            "years": years(told),
            "changes": changes,
            "stale": list(stale[:SHOWN]),
            "stale_count": stale.count(),
            "is_demo": report.is_demo or any(change.finding.is_demo for change in changes),
        }
    return render(request, "recommendations/progress.html", context)
