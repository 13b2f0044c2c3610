"""Pages for those who write models."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from resolutions.composing import clauses_of, compose, problems
from resolutions.drafting import faults
from resolutions.filling import values_for
from resolutions.forms.filters import CouncilFilter
from resolutions.models import Council, ModelResolution
from resolutions.views.asked import chosen

# So many councils are offered for a name; with more letters there are fewer.
OFFERED = 20


@login_required
@require_safe
@never_cache
def model_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """A model as it would read for one council, or every field that has no words for it."""
    seen = ModelResolution.objects.visible_to(request.user).select_related("country", "report")
    model = get_object_or_404(seen, slug=slug)
    if not request.user.has_perm("resolutions.change_modelresolution", model):
        raise PermissionDenied
    form = CouncilFilter(request.GET)
    is_asked = bool(request.GET.get("q"))
    found: list[Council] = []
    if is_asked and form.is_valid():
        rows = Council.objects.all().matching(**form.cleaned_data).for_list()
        found = list(rows.order_by("-population", "name", "id")[: OFFERED + 1])
    council = chosen(Council.objects.all().for_list(), request.GET.get("council", ""))
    context = {
        "model": model,
        "form": form,
        "is_asked": is_asked,
        "found": found[:OFFERED],
        "has_more": len(found) > OFFERED,
        "council": council,
        "faults": [] if model.is_public else faults(model),
        **(_as_it_reads(model, council) if council else {}),
        "is_demo": model.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/model_preview.html", context)


def _as_it_reads(model: ModelResolution, council: Council) -> dict[str, Any]:
    """The text for a council and the words filled in, or the problems that leave gaps in it."""
    if found := problems(model, council):
        return {"problems": found}
    clauses, values = clauses_of(model), values_for(council, model)
    return {
        "text": compose(model, council, clauses=clauses, values=values),
        "values": values,
    }
