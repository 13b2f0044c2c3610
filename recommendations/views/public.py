"""The list of recommendations and the glossary."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from recommendations.caching import RECOMMENDATIONS, public_page
from recommendations.forms import RecommendationFilter
from recommendations.glossary import mark_terms
from recommendations.models import (
    Abbreviation,
    Addressee,
    Audience,
    EntryKind,
    Pillar,
    Recommendation,
    Report,
    Status,
    Term,
    TermKind,
)
from recommendations.models.recommendation import RecommendationQuerySet
from recommendations.paging import page_of
from recommendations.search import Asked, ids_matching
from recommendations.words import fold

_Named = TypeVar("_Named", Audience, Pillar, Addressee)
_FACETS = {
    "audience": "audience__slug",
    "pillar": "pillar__slug",
    "addressee": "addressees__slug",
    "status": "status",
}


@public_page(RECOMMENDATIONS)
def recommendation_list(request: HttpRequest) -> HttpResponse:
    """Every recommendation by audience and pillar, with filters, words and an overview."""
    public = Recommendation.objects.public()
    audiences = _asked_for(Audience)
    pillars = _asked_for(Pillar)
    addressees = _asked_for(Addressee)
    form = RecommendationFilter(
        request.GET,
        choices={
            "audience": [(row.slug, row.name) for row in audiences],
            "pillar": [(row.slug, row.name) for row in pillars],
            "addressee": [(row.slug, row.name) for row in addressees],
            "status": [(value, str(label)) for value, label in Status.choices],
        },
    )
    valid = form.is_valid()
    wanted = {name: form.cleaned_data.get(name, "") for name in _FACETS}
    words = form.cleaned_data.get("q", "")
    ids = list(ids_matching(Asked(words), EntryKind.RECOMMENDATION)) if words else None
    counts = _counts(public, wanted, ids)
    form.show_counts(counts)
    rows = public.matching(**wanted, ids=ids).for_list().in_report_order()
    # With something unknown in it, a filter finds nothing rather than everything.
    page = page_of(request, rows if valid else rows.none())
    cells = _cells(public)
    context = {
        "form": form,
        "page": page,
        "groups": _grouped(page.object_list),
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
        "statuses": Status,
        "total": sum(n for counts in cells.values() for n in counts.values()),
        "loosen": _to_loosen(form, wanted, counts),
        "is_filtered": bool(words or any(wanted.values()) or not valid),
        "reports": list(Report.objects.public()),
        "is_demo": any(row.is_demo for row in page.object_list),
        "section": "recommendations",
    }
    return render(request, "recommendations/recommendation_list.html", context)


def _asked_for(model: type[_Named]) -> list[_Named]:
    """Audiences, pillars or addressees that some public recommendation has."""
    public = Recommendation.objects.public()
    return list(model._default_manager.filter(recommendations__in=public).distinct())


def _counts(
    public: RecommendationQuerySet, wanted: dict[str, str], ids: list[int] | None
) -> dict[str, dict[str, int]]:
    """For each filter, how many each value would leave, the other filters as set. Four queries."""
    counts = {}
    for name, path in _FACETS.items():
        others = {other: value for other, value in wanted.items() if other != name}
        rows = public.matching(**others, ids=ids).order_by()
        counts[name] = dict(rows.values_list(path).annotate(n=Count("pk", distinct=True)))
    return counts


def _to_loosen(
    form: RecommendationFilter, wanted: dict[str, str], counts: dict[str, dict[str, int]]
) -> str | Promise:
    """The label of the set filter without which the most would be left; '' for none."""
    left = {name: sum(counts[name].values()) for name, value in wanted.items() if value}
    name = max(left, key=left.__getitem__, default="")
    return form.fields[name].label or "" if name and left[name] else ""


def _cells(public: RecommendationQuerySet) -> dict[tuple[int, int], dict[str, int]]:
    """How many of each status, by (audience, pillar)."""
    cells: dict[tuple[int, int], dict[str, int]] = {}
    for audience, pillar, status, n in (
        public.order_by().values_list("audience", "pillar", "status").annotate(n=Count("pk"))
    ):
        cells.setdefault((audience, pillar), {})[status] = n
    return cells


def status_counts(counts: dict[str, int]) -> list[tuple[str, str | Promise, int]]:
    """(value, label, count) of each status there is, furthest advanced first."""
    order = [
        Status.IN_PLACE,
        Status.PARTLY_IN_PLACE,
        Status.UNDER_WAY,
        Status.STALLED,
        Status.NO_ACTION_FOUND,
        Status.NOT_ASSESSED,
        Status.UNDONE_SINCE,
    ]
    return [(s.value, s.label, counts[s.value]) for s in order if counts.get(s.value)]


def _grouped(rows: Iterable[Recommendation]) -> list[tuple[Audience, Pillar, list[Recommendation]]]:
    """Rows in their order, cut where audience or pillar changes."""
    groups: list[tuple[Audience, Pillar, list[Recommendation]]] = []
    for row in rows:
        if not groups or (groups[-1][0], groups[-1][1]) != (row.audience, row.pillar):
            groups.append((row.audience, row.pillar, []))
        groups[-1][2].append(row)
    return groups


@public_page(RECOMMENDATIONS)
def glossary(request: HttpRequest) -> HttpResponse:
    """Every term by kind, with its source, and the abbreviations."""
    by_kind: dict[str, list[Term]] = {kind: [] for kind in TermKind.values}
    terms = list(
        Term.objects.public().prefetch_related(
            Prefetch("recommendations", Recommendation.objects.public())
        )
    )
    for term in sorted(terms, key=lambda term: fold(term.term_read[0])):
        source, term.source_language = term.source_read  # type: ignore[attr-defined]
        # A source of law that names other terms leads to them.
        legal = term.kind == TermKind.LEGAL
        others = [other for other in terms if legal and other.kind == term.kind and other != term]
        term.source_marked = mark_terms(source, others, "")  # type: ignore[attr-defined]
        by_kind[term.kind].append(term)
    context = {
        "groups": [(TermKind(kind), terms) for kind, terms in by_kind.items() if terms],
        "abbreviations": Abbreviation.objects.all(),
        "section": "recommendations",
    }
    return render(request, "recommendations/glossary.html", context)
