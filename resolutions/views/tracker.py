"""The tracker: what counts, where and since when; a page for each province or state; embeds."""

from typing import Any

from csp.decorators import csp_replace
from django.core.paginator import Page
from django.db.models import Exists, F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, kept_part, public_page, reader
from recommendations.models import EntryKind
from recommendations.paging import Pages, asked_page
from recommendations.search import Asked, ids_matching
from resolutions import boundaries
from resolutions.drawing import curve, region_map, tile_map
from resolutions.forms.filters import ResolutionFilter
from resolutions.models import (
    Council,
    Instrument,
    Jurisdiction,
    JurisdictionKind,
    ModelResolution,
    Resolution,
    Step,
    StepKind,
)
from resolutions.models.resolution import VOTED, ResolutionQuerySet, VoteMethod
from resolutions.totals import Reach, changes, reach, totals, with_standing
from resolutions.views.asked import chosen_or_404

# Points of one map; the least populous of a large state are left out beyond that.
MOST_POINTS = 1_500
# Half of what other lists have: above the table there are maps and a curve.
PER_PAGE = 20
# The embeds alone may stand in another site's frame.
anywhere = csp_replace({"frame-ancestors": ["*"]})


def _overview(jurisdictions: list[Jurisdiction]) -> dict[str, Any]:
    """The numbers, and the maps and curves as HTML: the same above every page of the table."""
    (of_record, of_demo), (turns, demo_turns) = reach(), changes()
    resolutions, demo_resolutions = totals()
    today = timezone.localdate()
    bodies = [
        {
            "is_demo": is_demo,
            "reach": found,
            "map": tile_map(found.places, jurisdictions),
            "curve": curve(turned, today=today),
        }
        for is_demo, found, turned in ((False, of_record, turns), (True, of_demo, demo_turns))
        if found or not is_demo
    ]
    context = {"bodies": bodies, "of_record": resolutions, "of_demo": demo_resolutions}
    return {
        "html": render_to_string("resolutions/_overview.html", context),
        "numbers": render_to_string("resolutions/_numbers.html", _numbers(of_record, of_demo)),
        "of_record": resolutions,
        "of_demo": demo_resolutions,
    }


def _numbers(of_record: Reach, of_demo: Reach) -> dict[str, Any]:
    """What the numbers are written from."""
    return {
        "record": of_record.whole,
        "reached": of_record.reached,
        "demo": of_demo.whole if of_demo else None,
        "demo_reached": of_demo.reached,
    }


def _page_of(request: HttpRequest, rows: ResolutionQuerySet, filters: str = "") -> "Page[Any]":
    """A page of resolutions, the latest step first: whether that is verified, and its vote.

    ``filters`` says what ``rows`` were narrowed by, if turning the page need not count them again.
    """
    newest = Step.objects.filter(
        resolution=OuterRef("pk"), kind=OuterRef("status"), on=OuterRef("status_on")
    )
    rows = rows.select_related("council__jurisdiction").annotate(
        is_verified=Exists(newest.filter(verified_at__isnull=False)),
        **{
            name: Subquery(newest.values(name)[:1])
            for name in ("vote_method", "votes_for", "votes_against")
        },
    )
    pages = Pages(rows.newest_first(), PER_PAGE)
    if filters:
        pages.count = kept_part(request, f"count {filters}", pages.counted, RESOLUTIONS)
    page = asked_page(request, pages)
    for row in page.object_list:
        # get_…_display would translate every choice there is, for every row.
        row.form, row.state = Instrument(row.instrument).label, StepKind(row.status).label
        row.vote = _vote(row)
    return page


def _vote(row: Any) -> str:
    """The vote of its newest step, in a word or two."""
    if row.votes_for is not None:
        return _("%(yes)s to %(no)s") % {"yes": row.votes_for, "no": row.votes_against}
    if row.vote_method:
        return {
            VoteMethod.UNANIMOUS: _("unanimous"),
            VoteMethod.CONSENT: _("on consent"),
            VoteMethod.VOICE: _("by voice"),
        }.get(row.vote_method, "")
    if row.status == StepKind.PROCLAIMED:
        return _("no vote")
    return _("not noted") if row.status in VOTED else _("none yet")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolution_list(request: HttpRequest) -> HttpResponse:
    """What counts, where and since when; and every resolution, the latest step first."""
    form = ResolutionFilter(request.GET)
    rows, filters = Resolution.objects.visible_to(reader(request)), ""
    if form.is_valid():
        wanted = {**form.cleaned_data}
        words = wanted.pop("q")
        ids = ids_matching(Asked(words), EntryKind.RESOLUTION) if words else None
        rows = rows.matching(**wanted, ids=ids)
        filters = "" if words else str(sorted(wanted.items()))
    else:
        rows = rows.none()
    page = _page_of(request, rows, filters)
    overview = kept_part(request, "tracker", lambda: _overview(form.places), RESOLUTIONS)
    context = {
        "form": form,
        "page": page,
        "overview": overview,
        "models": list(ModelResolution.objects.current()),
        "embeds": [
            request.build_absolute_uri(reverse(f"resolutions:embed_{name}"))
            for name in ("map", "counter")
        ],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "asked_under": [form[name].label for name in form.fields if request.GET.get(name)],
        "is_demo": bool(overview["of_demo"]) or any(row.is_demo for row in page.object_list),
        "section": "resolutions",
    }
    return render(request, "resolutions/resolution_list.html", context)


def _region(code: str) -> Jurisdiction:
    return chosen_or_404(Jurisdiction.objects.select_related("parent"), code, "code")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def region_detail(request: HttpRequest, code: str) -> HttpResponse:
    """A province or state, or a country: its numbers, its map, and what its councils did."""
    if code != code.upper():  # as people type it
        return redirect(_region(code.upper()), permanent=True)
    region = _region(code)
    is_country = region.kind == JurisdictionKind.COUNTRY
    rows = Resolution.objects.visible_to(reader(request))
    rows = rows.matching(country=code) if is_country else rows.matching(region=code)
    page = _page_of(request, rows, f"of {code}")
    overview = kept_part(request, f"region {code}", lambda: _overview_of(region), RESOLUTIONS)
    context = {
        "region": region,
        "is_country": is_country,
        "page": page,
        "overview": overview,
        "people": boundaries.population_of(code),
        "associations": list(region.associations.order_by("order", "id")),
        "models": list(ModelResolution.objects.current()[:1]),
        "is_demo": overview["has_demo"] or any(row.is_demo for row in page.object_list),
        "section": "resolutions",
    }
    return render(request, "resolutions/region_detail.html", context)


def _overview_of(region: Jurisdiction) -> dict[str, Any]:
    """The numbers of a place, and its maps as HTML."""
    parts = list(region.parts.order_by("code"))
    of_record, of_demo = reach([region.pk, *(part.pk for part in parts)])
    maps = _maps(region, parts, of_record, of_demo)
    numbers = _numbers(of_record, of_demo) | {"is_one": not parts}
    return {
        "html": render_to_string("resolutions/_region_maps.html", {"maps": maps}),
        "numbers": render_to_string("resolutions/_numbers.html", numbers),
        "record": of_record.whole,
        "has_demo": bool(of_demo),
    }


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
    shown = kept_part(request, f"embed {what} {code}", lambda: _embedded(what, region), RESOLUTIONS)
    return render(request, f"resolutions/embed_{what}.html", {"region": region, **shown})


def _embedded(what: str, region: Jurisdiction | None) -> dict[str, Any]:
    """The numbers of a place or of all, and its maps where they are asked for."""
    jurisdictions = list(Jurisdiction.objects.select_related("parent"))
    parts = [row for row in jurisdictions if region and row.parent_id == region.pk]
    of_record, of_demo = reach(None if region is None else [row.pk for row in (region, *parts)])
    shown = {"is_demo": bool(of_demo), **_numbers(of_record, of_demo)}
    if what == "map" and region:
        shown["maps"] = _maps(region, parts, of_record, of_demo)
    elif what == "map":
        shown["maps"] = [
            {"is_demo": is_demo, "tiles": tile_map(found.places, jurisdictions)}
            for is_demo, found in ((False, of_record), (True, of_demo))
            if found or not is_demo
        ]
    return shown
