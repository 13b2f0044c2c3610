"""Recommendations with what became of each, as files for other people’s programs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from recommendations import exports
from recommendations.caching import RECOMMENDATIONS, public_page
from recommendations.exporting import Site, handed_out, refusal
from recommendations.forms import RecommendationFilter
from recommendations.models import (
    Addressee,
    Audience,
    EntryKind,
    Pillar,
    Recommendation,
    Report,
    Status,
)
from recommendations.models.recommendation import RecommendationQuerySet
from recommendations.models.texts import reading
from recommendations.search import Asked, ids_matching

_Write = Callable[[RecommendationQuerySet, Site], Iterator[bytes] | bytes]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATOM = "application/atom+xml; charset=utf-8"


@public_page(RECOMMENDATIONS)
def recommendations_csv(request: HttpRequest) -> HttpResponseBase:
    """A table: a line for each recommendation, each update and each reply."""
    kind = "text/csv; charset=utf-8"
    return _file(request, exports.as_csv, kind, name="recommendations.csv")


@public_page(RECOMMENDATIONS)
def recommendations_xlsx(request: HttpRequest) -> HttpResponseBase:
    """A workbook, with a sheet for each kind of thing."""
    return _file(request, exports.as_xlsx, XLSX, name="recommendations.xlsx")


@public_page(RECOMMENDATIONS)
def recommendations_json(request: HttpRequest) -> HttpResponseBase:
    """Everything, with updates, replies and sources."""
    return _file(request, exports.as_json, "application/json")


@public_page(RECOMMENDATIONS)
def recommendations_atom(request: HttpRequest) -> HttpResponseBase:
    """What was published, corrected or retracted last."""
    return _file(request, exports.as_atom, ATOM)


@public_page(RECOMMENDATIONS)
def recommendation_atom(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same about one recommendation."""
    if not code.isupper():
        return redirect("recommendations:recommendation_atom", code.upper(), permanent=True)
    row = Recommendation.objects.public().filter(code=code)
    if not row.exists():
        raise Http404(_("There is no public recommendation at this address."))
    site = Site.of(request, reverse("recommendation_detail", args=[code]))
    return handed_out(exports.as_atom(row, site, about=code), ATOM)


def _file(
    request: HttpRequest, write: _Write, content_type: str, *, name: str = ""
) -> HttpResponseBase:
    """What fits the filters of the address, whole."""
    form = RecommendationFilter(request.GET, choices=_known())
    if (refused := refusal(request, form)) is not None:
        return refused
    asked = {key: value for key, value in form.cleaned_data.items() if value}
    wanted = {**asked}
    words = wanted.pop("q", "")
    ids = ids_matching(Asked(words), EntryKind.RECOMMENDATION) if words else None
    rows = Recommendation.objects.public().matching(**wanted, ids=ids)
    page = reverse("recommendations:recommendation_list", query=asked or None)
    site = replace(Site.of(request, page, asked), named=_named(form, asked))
    return handed_out(write(rows, site), content_type, name=name)


def _named(form: RecommendationFilter, asked: dict[str, str]) -> tuple[str, ...]:
    """What is asked for, in words: a reader of several feeds tells them apart by it."""
    return tuple(
        _("“%(words)s”") % {"words": value} if name == "q" else str(dict(form.known[name])[value])
        for name, value in asked.items()
    )


def _known() -> dict[str, list[tuple[str, str]]]:
    """What the filters know: whatever a public recommendation has. One query."""
    public = Recommendation.objects.public().order_by()
    called = f"name_{reading()}"
    models: dict[str, tuple[Any, str, str]] = {
        "report": (Report, "report", "title"),
        "audience": (Audience, "audience", called),
        "pillar": (Pillar, "pillar", called),
        "addressee": (Addressee, "addressees", called),
    }
    slugs = [
        model.objects.filter(Exists(public.filter(**{field: OuterRef("pk")})))
        .order_by()
        .annotate(filter=Value(name))
        .values_list("filter", "slug", label)
        for name, (model, field, label) in models.items()
    ]
    known: dict[str, list[tuple[str, str]]] = {name: [] for name in models}
    for name, slug, label in slugs[0].union(*slugs[1:]):
        known[name].append((slug, label))
    known["status"] = [(value, str(label)) for value, label in Status.choices]
    return known
