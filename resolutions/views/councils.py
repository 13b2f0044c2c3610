"""The pages of councils, and of the associations a resolution goes through after them."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from recommendations.caching import RESOLUTIONS, public_page, reader
from recommendations.paging import page_of
from recommendations.words import fold
from resolutions.filling import associations_of, country_of
from resolutions.forms.filters import CouncilFilter
from resolutions.models import (
    Association,
    AssociationLevel,
    Council,
    Jurisdiction,
    JurisdictionKind,
    Resolution,
    Step,
)
from resolutions.preparing import models_for


@public_page(RESOLUTIONS)
def association_list(request: HttpRequest) -> HttpResponse:
    """The way of a resolution after its council: who takes it, when, and on what terms."""
    context = {"countries": _ways(), "section": "resolutions"}
    return render(request, "resolutions/association_list.html", context)


@dataclass(slots=True)
class Region:
    """A province or state, and the associations its councils bring resolutions to."""

    place: Jurisdiction
    provincial: list[Association] = field(default_factory=list)
    areas: list[Association] = field(default_factory=list)


@dataclass(slots=True)
class Country:
    place: Jurisdiction
    federations: list[Association]
    regions: list[Region]


def _ways() -> list[Country]:
    """Every country with its federations, its regions by name with theirs. Two queries."""
    of_place: dict[int, list[Association]] = defaultdict(list)
    for row in Association.objects.select_related("parent").order_by("order", "id"):
        of_place[row.jurisdiction_id].append(row)
    places = list(Jurisdiction.objects.all())
    ways = []
    for country in places:
        if country.kind != JurisdictionKind.COUNTRY:
            continue
        parts = [place for place in places if place.parent_id == country.pk]
        regions = [
            Region(
                place,
                [row for row in of_place[place.pk] if row.level == AssociationLevel.PROVINCIAL],
                [row for row in of_place[place.pk] if row.level == AssociationLevel.AREA],
            )
            for place in sorted(parts, key=lambda place: fold(place.name))
        ]
        ways.append(Country(country, of_place[country.pk], regions))
    return sorted(ways, key=lambda way: fold(way.place.name))


@public_page(RESOLUTIONS)
def council_list(request: HttpRequest) -> HttpResponse:
    """Every council, with what is on record for it: by name, or what fits the words best first."""
    form = CouncilFilter(request.GET)
    councils = Council.objects.all()
    asked = form.cleaned_data if form.is_valid() else {}
    rows = councils.matching(**asked) if form.is_valid() else councils.none()
    resolutions = Resolution.objects.visible_to(reader(request)).newest_first()
    page = page_of(
        request,
        rows.for_list()
        .prefetch_related(Prefetch("resolutions", resolutions, to_attr="shown"))
        .best_first(asked.get("q", "")),
    )
    context = {
        "form": form,
        "page": page,
        "has_places": rows.filter(confirmed_at__isnull=True).exclude(data_source="").exists(),
        "has_population": any(row.population is not None for row in page.object_list),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_demo": any(row.is_demo for row in page.object_list),
        "section": "resolutions",
    }
    return render(request, "resolutions/council_list.html", context)


@public_page(RESOLUTIONS)
def council_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One council: what it did, or how to start."""
    council = get_object_or_404(
        Council.objects.select_related("jurisdiction__parent", "area_association"), slug=slug
    )
    steps = Step.objects.order_by("-on", "-id").prefetch_related("sources")
    resolutions = list(
        Resolution.objects.visible_to(reader(request))
        .filter(council=council)
        .select_related("council")
        .newest_first()
        .prefetch_related(Prefetch("steps", steps, to_attr="shown"))
    )
    context = {
        "council": council,
        "country": country_of(council),
        "associations": associations_of(council),
        "position": _position(council),
        "resolutions": resolutions,
        "model": next(iter(models_for(council)), None),
        "is_demo": council.is_demo or any(row.is_demo for row in resolutions),
        "section": "resolutions",
    }
    return render(request, "resolutions/council_detail.html", context)


def _position(council: Council) -> str:
    """Where it lies: “49.28° N, 123.12° W”; '' where nobody knows."""
    if council.latitude is None or council.longitude is None:
        return ""
    return _("%(north)s° N, %(west)s° W") % {
        "north": number_format(council.latitude, 2),
        "west": number_format(-council.longitude, 2),
    }
