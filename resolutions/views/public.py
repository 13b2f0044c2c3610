"""The public pages of models and resolutions."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, public_page, reader
from recommendations.models import Recommendation
from resolutions import passages
from resolutions.copies import copies_of
from resolutions.kinship import kin_of
from resolutions.models import (
    Clause,
    ClauseKind,
    ModelResolution,
    Resolution,
)
from resolutions.texts import beside
from resolutions.votes import decisive

# Steps that stand side by side above the page; the timeline below has them all.
MOST_ACROSS = 6


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def model_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The text offered to councils, its clauses linked to what they ask for and why."""
    user = reader(request)
    seen = ModelResolution.objects.visible_to(user)
    model = get_object_or_404(seen.select_related("report", "country"), slug=slug)
    public = Recommendation.objects.public().order_by("code")
    clauses = list(
        model.clauses.order_by("order", "id").prefetch_related(
            "place_terms__field", "wordings", Prefetch("recommendations", public)
        )
    )
    context = {
        "model": model,
        "kin": kin_of(model, seen.select_related("country")),
        "may_preview": user.has_perm("resolutions.change_modelresolution", model),
        "recitals": [row for row in clauses if row.kind == ClauseKind.RECITAL],
        "operative": _with_sub_items(clauses),
        "distribution": [row for row in clauses if row.kind == ClauseKind.DISTRIBUTION],
        "fields": list(model.fields.order_by("order", "id")),
        "ages": [row for row in clauses if row.time_terms],
        "not_carried": list(
            public.filter(pk__in=model.not_carried.values("pk")).select_related("report")
        ),
        "facts": _model_facts(request, model),
        "is_demo": model.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/model_detail.html", context)


def _model_facts(request: HttpRequest, model: ModelResolution) -> dict[str, Any]:
    """The model as schema.org knows legislation."""
    facts: dict[str, Any] = {
        "@type": "Legislation",
        "name": model.title,
        "legislationType": "Model resolution",
        "dateCreated": model.dated.isoformat(),
        "inLanguage": model.language,
        "url": request.build_absolute_uri(model.get_absolute_url()),
    }
    if model.author:
        facts["creator"] = {"@type": "Person", "name": model.author}
    return facts


def _with_sub_items(clauses: list[Clause]) -> list[tuple[Clause, list[Clause]]]:
    """Operative clauses, each with the sub-items that stand under it."""
    return [
        (row, [item for item in clauses if item.part_of_id == row.pk])
        for row in clauses
        if row.kind == ClauseKind.RESOLVED
    ]


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolution_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One council's resolution, or its mayor's: what happened, with the sources, and its text.

    ``?clean=1`` shows the text without what differs from the model, ``?text=`` an earlier one.
    """
    user = reader(request)
    resolution = get_object_or_404(Resolution.objects.visible_to(user).for_list(), slug=slug)
    steps = list(resolution.steps.order_by("-on", "-id").prefetch_related("sources"))
    may_verify = user.has_perm("resolutions.verify_step")
    key = request.GET.get("text", "")
    text = beside(resolution, key)
    if key and text is None:
        raise Http404
    context = {
        "resolution": resolution,
        "council": resolution.council,
        "steps": steps,
        "way": steps[:MOST_ACROSS][::-1],
        "has_earlier": len(steps) > MOST_ACROSS,
        "latest": steps[0] if steps else None,
        "vote": decisive(steps),
        "beside": text,
        "through": passages.on_page(resolution),
        "copies": copies_of(resolution),
        "clean": request.GET.get("clean") == "1",
        "may_record": user.has_perm("resolutions.record_step", resolution),
        "may_publish": user.has_perm("resolutions.publish_resolution"),
        "verifies": resolution if may_verify else None,
        "model": ModelResolution.objects.main(),
        "facts": _legislation(request, resolution),
        "is_demo": resolution.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/resolution_detail.html", context)


def _legislation(request: HttpRequest, resolution: Resolution) -> dict[str, Any]:
    """The resolution as schema.org knows legislation."""
    place = resolution.council.jurisdiction
    return {
        "@type": "Legislation",
        "name": resolution.name,
        "description": resolution.summary,
        "legislationType": resolution.get_instrument_display(),
        "legislationDate": resolution.status_on,
        "legislationJurisdiction": f"{resolution.council.name}, {place.name}",
        "inLanguage": resolution.language,
        "url": request.build_absolute_uri(resolution.get_absolute_url()),
    }
