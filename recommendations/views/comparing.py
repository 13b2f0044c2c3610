"""What two audiences were asked for, side by side."""

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recommendations.caching import RECOMMENDATIONS, public_page
from recommendations.comparing import compare
from recommendations.forms import AudiencesForm
from recommendations.models import Audience, Recommendation

# Who stands side by side unless somebody asks for others, as far as they are there.
FIRST, SECOND = "canada", "united-states"


@public_page(RECOMMENDATIONS)
def recommendation_compare(request: HttpRequest) -> HttpResponse:
    """Two audiences, line by line: Canada and the United States, or any two of public reports."""
    asked_of_it = Recommendation.objects.public().filter(audience=OuterRef("pk")).order_by()
    audiences = {row.slug: row for row in Audience.objects.filter(Exists(asked_of_it))}
    usual = [slug for slug in (FIRST, SECOND) if slug in audiences]
    usual += [slug for slug in audiences if slug not in usual]
    asked = {
        "first": request.GET.get("first") or _not(usual, request.GET.get("second"), 0),
        "second": request.GET.get("second") or _not(usual, request.GET.get("first"), 1),
    }
    form = AudiencesForm(asked, audiences=[(row.slug, row.name) for row in audiences.values()])
    comparison = None
    if len(audiences) > 1 and form.is_valid():
        first, second = (audiences[form.cleaned_data[name]] for name in ("first", "second"))
        comparison = compare(first, second)
    context = {
        "form": form if len(audiences) > 1 else None,
        "comparison": comparison,
        "is_demo": comparison is not None and any(row.is_demo for row in comparison.rows),
        "section": "recommendations",
    }
    return render(request, "recommendations/recommendation_compare.html", context)


def _not(usual: list[str], other: str | None, at: int) -> str:
    """The usual one in this place, or where that is the other, the next that is not."""
    free = [slug for slug in [*usual[at:], *usual] if slug != other]
    return free[0] if free else ""
