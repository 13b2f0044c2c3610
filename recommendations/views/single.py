"""What belongs to one recommendation beside its page: history, picture, citations."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from recommendations import timeline
from recommendations.caching import RECOMMENDATIONS, public_page, reader
from recommendations.citing import bibtex, ris
from recommendations.links import in_capitals
from recommendations.models import Recommendation
from recommendations.paging import PER_PAGE, asked_page
from recommendations.share_picture import picture

_FORMS = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
}


@public_page(RECOMMENDATIONS)
def recommendation_history(request: HttpRequest, code: str) -> HttpResponse:
    """Every finding about a recommendation and all its addressees answered, newest first."""
    if not code.isupper():
        return in_capitals(request, "recommendations:recommendation_history", code)
    visible = Recommendation.objects.visible_to(reader(request)).select_related("report")
    rows: Any = visible.annotate(
        update_marks=timeline.update_marks(),
        reply_marks=timeline.reply_marks(),
        reply_rows=timeline.replies(),
    )
    recommendation = get_object_or_404(rows, code=code)
    findings = timeline.Findings(recommendation.update_marks, recommendation)
    page = asked_page(request, Paginator(findings.marks, PER_PAGE))
    keys = [mark.pk for mark in page.object_list]
    found = timeline.updates(keys, findings) if keys else {}
    updates = [found[pk] for pk in keys if pk in found]
    replies = []
    if page.number == 1:
        answers = timeline.Findings(recommendation.reply_marks, recommendation, kind="reply")
        replies = timeline.made_replies(recommendation.reply_rows, answers)
    context = {
        "recommendation": recommendation,
        "page": page,
        "updates": updates,
        "replies": replies,
        "section": "recommendations",
        "is_demo": recommendation.is_demo or any(row.is_demo for row in [*updates, *replies]),
    }
    return render(request, "recommendations/recommendation_history.html", context)


@public_page(RECOMMENDATIONS)
def citation(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """How to cite a recommendation, for programs that keep references."""
    if not code.isupper():
        return redirect("recommendations:citation", code.upper(), form, permanent=True)
    recommendation = _found(request, code)
    write, content_type = _FORMS[form]
    page = request.build_absolute_uri(recommendation.get_absolute_url())
    return HttpResponse(
        write(recommendation, page),
        content_type=f"{content_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{code}.{form}"',
            "Link": f'<{page}>; rel="canonical"',
        },
    )


@public_page(RECOMMENDATIONS)
def share_picture(request: HttpRequest, code: str) -> HttpResponse:
    """What a link to the recommendation is shown with elsewhere."""
    if not code.isupper():
        return redirect("recommendations:share_picture", code.upper(), permanent=True)
    return HttpResponse(picture(_found(request, code)), content_type="image/png")


def _found(request: HttpRequest, code: str) -> Recommendation:
    visible = Recommendation.objects.visible_to(reader(request))
    rows = visible.select_related("report", "audience")
    found: Recommendation = get_object_or_404(rows.annotate(**timeline.last_changes()), code=code)
    return found
