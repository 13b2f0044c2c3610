"""The tracker: what counts, where and since when; a page for each province or state; embeds."""

from dataclasses import dataclass
from typing import Any

from csp.decorators import csp_replace
from django.db.models import Exists, F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, public_page, reader
from recommendations.models import EntryKind
from recommendations.paging import page_of
from recommendations.search import Asked, ids_matching
from resolutions import boundaries
from resolutions.drawing import Curve, TileMap, curve, region_map, tile_map
from resolutions.forms.filters import ResolutionFilter
from resolutions.models import (
    Council,
    Jurisdiction,
    JurisdictionKind,
    ModelResolution,
    Resolution,
    Step,
)
from resolutions.models.resolution import VOTED, ResolutionQuerySet
from resolutions.totals import Place, Reach, changes, reach, totals, with_standing

# Points of one map; the least populous of a large state are left out beyond that.
MOST_POINTS = 1_500
# The embeds alone may stand in another site's frame.
anywhere = csp_replace({"frame-ancestors": ["*"]})


@dataclass(frozen=True, slots=True)
class Body:
    """What is on record, or what is invented: never in one figure."""

    is_demo: bool
    reach: Reach
    places: list[tuple[Jurisdiction, Place]]
    map: TileMap
    curve: Curve | None = None


def _bodies(
    jurisdictions: list[Jurisdiction],
    countries: tuple[str, ...] = ("CA", "US"),
    *,
    with_curve: bool = True,
) -> list[Body]:
    """Of record, and of demonstration data where there is any. Two queries at most."""
    changed = changes() if with_curve else ([], [])
    made = []
    for is_demo, found, turns in zip((False, True), reach(), changed, strict=True):
        if is_demo and not found:
            continue
        places = [
            (row, found.places[row.code]) for row in jurisdictions if row.code in found.places
        ]
        places.sort(key=lambda pair: (-pair[1].adopted, -pair[1].open, pair[0].code))
        made.append(
            Body(
                is_demo=is_demo,
                reach=found,
                places=places,
                map=tile_map(found.places, jurisdictions, countries),
                curve=curve(turns, today=timezone.localdate()),
            )
        )
    return made


def _with_status(rows: ResolutionQuerySet) -> ResolutionQuerySet:
    """With whether the newest step is verified, and the vote it was taken with."""
    newest = Step.objects.filter(
        resolution=OuterRef("pk"), kind=OuterRef("status"), on=OuterRef("status_on")
    )
    return rows.select_related("council__jurisdiction").annotate(
        is_verified=Exists(newest.filter(verified_at__isnull=False)),
        **{
            name: Subquery(newest.values(name)[:1])
            for name in ("vote_method", "votes_for", "votes_against", "votes_abstained")
        },
    )


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolution_list(request: HttpRequest) -> HttpResponse:
    """What counts, where and since when; and every resolution, the latest step first."""
    form = ResolutionFilter(request.GET)
    rows = Resolution.objects.visible_to(reader(request))
    if form.is_valid():
        wanted = {**form.cleaned_data}
        words = wanted.pop("q")
        ids = ids_matching(Asked(words), EntryKind.RESOLUTION) if words else None
        rows = rows.matching(**wanted, ids=ids)
    else:
        rows = rows.none()
    page = page_of(request, _with_status(rows).newest_first())
    of_record, of_demo = totals()
    bodies = _bodies(form.places)
    context = {
        "form": form,
        "page": page,
        "voted": VOTED,
        "of_record": of_record,
        "of_demo": of_demo,
        "bodies": bodies,
        "record": bodies[0],
        "demo": bodies[1] if len(bodies) > 1 else None,
        "regions": len(bodies[0].map.tiles),
        "models": list(ModelResolution.objects.public()[:5]),
        "embeds": [
            request.build_absolute_uri(reverse(f"resolutions:embed_{name}"))
            for name in ("map", "counter")
        ],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_demo": bool(of_demo) or any(row.is_demo for row in page.object_list),
        "section": "resolutions",
    }
    return render(request, "resolutions/resolution_list.html", context)


def _region(code: str) -> Jurisdiction:
    return get_object_or_404(Jurisdiction.objects.select_related("parent"), code=code)


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def region_detail(request: HttpRequest, code: str) -> HttpResponse:
    """A province or state, or a country: its numbers, its map, and what its councils did."""
    region = _region(code)
    is_country = region.kind == JurisdictionKind.COUNTRY
    rows = Resolution.objects.visible_to(reader(request))
    rows = rows.matching(country=code) if is_country else rows.matching(region=code)
    page = page_of(request, _with_status(rows).newest_first())
    parts = list(region.parts.order_by("code")) if is_country else []
    of_record, of_demo = reach([region.pk, *(part.pk for part in parts)])
    context = {
        "region": region,
        "is_country": is_country,
        "page": page,
        "voted": VOTED,
        "record": of_record.whole,
        "demo": of_demo.whole if of_demo else None,
        "reached": of_record.reached,
        "demo_reached": of_demo.reached,
        "people": boundaries.population_of(code),
        "associations": list(region.associations.order_by("order", "id")),
        "models": list(ModelResolution.objects.public()[:1]),
        "maps": _maps(region, parts, of_record, of_demo),
        "is_demo": bool(of_demo) or any(row.is_demo for row in page.object_list),
        "section": "resolutions",
    }
    return render(request, "resolutions/region_detail.html", context)


def _maps(
    region: Jurisdiction, parts: list[Jurisdiction], of_record: Reach, of_demo: Reach
) -> list[dict[str, Any]]:
    """The drawings of a region: tiles of a country, else the outline with its councils."""
    drawn: list[dict[str, Any]] = []
    for is_demo, found in ((False, of_record), (True, of_demo)):
        if is_demo and not found:
            continue
        if parts:
            drawn.append(
                {"is_demo": is_demo, "tiles": tile_map(found.places, parts, (region.code,))}
            )
        elif boundary := boundaries.boundary_of(region.code):
            councils = with_standing(
                Council.objects.filter(jurisdiction=region, is_demo=is_demo),
                Resolution.objects.public().filter(is_demo=is_demo),
            )
            located = councils.filter(latitude__isnull=False).order_by(
                F("population").desc(nulls_last=True), "id"
            )
            drawing = region_map(
                boundary,
                region.name,
                located.only("slug", "name", "latitude", "longitude", "population")[:MOST_POINTS],
            )
            drawn.append({"is_demo": is_demo, "map": drawing})
    return drawn


# ---- For other sites' frames ----


@xframe_options_exempt
@anywhere
@public_page(RESOLUTIONS)
def embed_map(request: HttpRequest) -> HttpResponse:
    """The tile map, or the map of the province or state that ``?region=`` names."""
    return _embed(request, "map")


@xframe_options_exempt
@anywhere
@public_page(RESOLUTIONS)
def embed_counter(request: HttpRequest) -> HttpResponse:
    """The numbers, of everywhere or of the province or state that ``?region=`` names."""
    return _embed(request, "counter")


def _embed(request: HttpRequest, what: str) -> HttpResponse:
    code = request.GET.get("region", "")
    region = _region(code) if code else None
    jurisdictions = list(Jurisdiction.objects.select_related("parent"))
    if region is None:
        wanted = None
    else:
        wanted = [row.pk for row in jurisdictions if region.pk in (row.pk, row.parent_id)]
    of_record, of_demo = reach(wanted)
    context: dict[str, Any] = {
        "region": region,
        "record": of_record.whole,
        "demo": of_demo.whole if of_demo else None,
        "reached": of_record.reached,
        "demo_reached": of_demo.reached,
        "is_demo": bool(of_demo),
    }
    if what == "map":
        if region is None:
            context["maps"] = [
                {"is_demo": is_demo, "tiles": tile_map(found.places, jurisdictions)}
                for is_demo, found in ((False, of_record), (True, of_demo))
                if found or not is_demo
            ]
        else:
            parts = [row for row in jurisdictions if row.parent_id == region.pk]
            context["maps"] = _maps(region, parts, of_record, of_demo)
    return render(request, f"resolutions/embed_{what}.html", context)
