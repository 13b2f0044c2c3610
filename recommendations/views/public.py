"""The list of recommendations and the glossary."""

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from recommendations import overview
from recommendations.caching import RECOMMENDATIONS, kept_part, public_page
from recommendations.exporting import Site
from recommendations.exports import data_set
from recommendations.forms import RecommendationFilter
from recommendations.glossary import mark_terms
from recommendations.json_rows import JSONRows, attach
from recommendations.models import (
    Abbreviation,
    Addressee,
    AddresseeKind,
    Audience,
    EntryKind,
    Pillar,
    Recommendation,
    Report,
    Status,
    Term,
    TermKind,
)
from recommendations.models.texts import reading
from recommendations.overview import status_counts
from recommendations.paging import PER_PAGE, Pages, asked_page
from recommendations.search import Asked, ids_matching
from recommendations.words import fold

# Before whose names English puts an article; the others are several people.
_ONE = frozenset(AddresseeKind) - {AddresseeKind.MEMBERS, AddresseeKind.GROUP}
_FILES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "atom": "application/atom+xml",
}
_Names = tuple[list[Report], list[Audience], list[Pillar], list[Addressee]]


@public_page(RECOMMENDATIONS)
def recommendation_list(request: HttpRequest) -> HttpResponse:
    """Every recommendation by audience and pillar, with filters, words and an overview."""
    names = kept_part(request, "names of the list", _names, RECOMMENDATIONS)
    reports, audiences, pillars, everybody = names
    form = RecommendationFilter(
        request.GET,
        choices={
            "report": [(row.slug, str(row)) for row in reports],
            "audience": [(row.slug, row.name) for row in audiences],
            "pillar": [(row.slug, row.name) for row in pillars],
            "status": [(value, str(label)) for value, label in Status.choices],
        },
    )
    wanted = form.asked
    words = wanted.pop("q")
    ids = list(ids_matching(Asked(words), EntryKind.RECOMMENDATION)) if words else None
    asked_of = _addressees(request, everybody, wanted, ids)
    form.know(addressee=[(row.slug, row.name) for row in asked_of])
    wanted["addressee"] = form.asked["addressee"]
    valid = form.is_valid()

    groups = _groups(request, names, wanted["addressee"], ids)
    counts: dict[str, Mapping[str, int]] = {
        **overview.counts(groups, wanted),
        "addressee": {row.slug: row.n for row in asked_of},
    }
    of_report = [group for group in groups if group.report == wanted["report"]]
    among = {
        "audience": {group.audience for group in of_report},
        "pillar": {group.pillar for group in of_report},
        "addressee": {row.slug for row in asked_of if row.here},
    }
    form.show_counts(counts, among if wanted["report"] else {})
    rows = Recommendation.objects.public().matching(**wanted, ids=ids)
    # With something unknown in it, a filter finds nothing rather than everything.
    rows = (rows if valid else rows.none()).select_related("report", "audience", "pillar")
    pages = Pages(rows.annotate(asked_of=_asked_of()).in_report_order(), PER_PAGE)
    pages.count = sum(group.left for group in groups if group.fits(wanted)) if valid else 0
    page = asked_page(request, pages)
    for row in page.object_list:
        keys = {link["addressee_id"] for link in row.asked_of}
        attach(row, "addressees", [one for one in everybody if one.pk in keys])
    shown = next((row for row in reports if row.slug == wanted["report"]), None)
    addressee = next((row for row in asked_of if row.slug == wanted["addressee"]), None)
    context = {
        "form": form,
        "page": page,
        "groups": _grouped(page.object_list),
        "overview": _overview(groups, names, shown),
        "addressee": addressee,
        "heading": _heading(addressee, wanted, words) if addressee and valid else "",
        "data_set": None if request.GET else _data_set(request),
        "followed": _followed(wanted, words) if valid else "",
        "standing": status_counts(overview.statuses(groups, wanted)),
        "total": sum(group.n for group in of_report or groups),
        "loosen": _to_loosen(form, wanted, counts),
        "is_filtered": bool(words or any(wanted.values()) or not valid),
        "reports": reports,
        "is_demo": bool(shown and shown.is_demo) or any(row.is_demo for row in page.object_list),
        "section": "recommendations",
    }
    return render(request, "recommendations/recommendation_list.html", context)


def _names() -> _Names:
    """Reports, audiences and pillars that some public recommendation has, and all addressees."""
    public = Recommendation.objects.public().order_by()
    # Audiences and pillars are few and have the same fields: one question for both.
    fields = ("pk", "slug", "name_en", "name_fr", "order")
    kinds: list[tuple[str, type[Audience] | type[Pillar]]] = [
        ("audience", Audience),
        ("pillar", Pillar),
    ]
    first, second = (
        kind._default_manager.filter(Exists(public.filter(**{name: OuterRef("pk")})))
        .annotate(kind=Value(name))
        .order_by()
        .values_list("kind", *fields)
        for name, kind in kinds
    )
    audiences: list[Audience] = []
    pillars: list[Pillar] = []
    for name, *values in sorted(first.union(second, all=True), key=lambda row: (row[-1], row[1])):
        named = dict(zip(fields, values, strict=True))
        if name == "audience":
            audiences.append(Audience(**named))
        else:
            pillars.append(Pillar(**named))
    return list(Report.objects.public()), audiences, pillars, list(Addressee.objects.all())


def _addressees(
    request: HttpRequest, everybody: list[Addressee], wanted: dict[str, str], ids: list[int] | None
) -> list[Any]:
    """The addressees something is asked of, each with its numbers."""
    if ids is not None or any(wanted.values()):
        counts = overview.addressees(wanted, ids=ids)
    else:
        counts = kept_part(
            request, "addressees of the list", lambda: overview.addressees({}), RECOMMENDATIONS
        )
    # Copies: what is kept may be read by another request meanwhile.
    found: list[Any] = [copy(row) for row in everybody if row.pk in counts]
    for row in found:
        row.n, row.here = counts[row.pk]
    return found


def _asked_of() -> JSONRows:
    """The keys of a recommendation’s addressees, of whom the page has the rows already."""
    links = Recommendation.addressees.through.objects.filter(recommendation=OuterRef("pk"))
    return JSONRows(links.order_by("id"), "addressee_id")


def _groups(
    request: HttpRequest, names: _Names, addressee: str, ids: list[int] | None
) -> list[overview.Group]:
    reports, audiences, pillars, _everybody = names
    slugs = (
        {row.pk: row.slug for row in reports},
        {row.pk: row.slug for row in audiences},
        {row.pk: row.slug for row in pillars},
    )
    if addressee or ids is not None:
        return overview.groups(slugs, addressee=addressee, ids=ids)
    # What is out of date is so from one day to the next.
    name = f"groups of the list {timezone.localdate()}"
    return kept_part(request, name, lambda: overview.groups(slugs), RECOMMENDATIONS)


def _overview(groups: list[overview.Group], names: _Names, shown: Report | None) -> dict[str, Any]:
    """The matrix of one report: the one asked for, or that of the front."""
    reports, audiences, pillars, _everybody = names
    report = shown or next(iter(reports), None)
    of_report = [group for group in groups if report and group.report == report.slug]
    cells = overview.cells(of_report)
    columns = [row for row in pillars if any(row.slug == pillar for _audience, pillar in cells)]
    statuses: Counter[str] = sum(cells.values(), Counter())
    return {
        "report": report,
        "pillars": columns,
        "rows": [
            (
                row,
                [
                    (column, status_counts(cells.get((row.slug, column.slug), {})))
                    for column in columns
                ],
            )
            for row in audiences
            if any(row.slug == audience for audience, _pillar in cells)
        ],
        "legend": [(value, label, statuses[value]) for value, label in Status.choices],
        "total": statuses.total(),
        "assessed": statuses.total() - statuses[Status.NOT_ASSESSED],
        "stale": sum(group.n for group in of_report if group.stale == "yes"),
        # Its numbers lead to what they count.
        "query": f"report={report.slug}&" if report and len(reports) > 1 else "",
    }


def _heading(addressee: Addressee, wanted: dict[str, str], words: str) -> str:
    """What a list by addressee is called: a page somebody may send on."""
    others = {name for name, value in wanted.items() if value and name != "addressee"}
    everything = not (others or words)
    if reading() == "en" and _takes_an_article(addressee):
        text = _("Everything asked of the %(name)s") if everything else _("Asked of the %(name)s")
    else:
        text = _("Everything asked of %(name)s") if everything else _("Asked of %(name)s")
    return text % {"name": addressee.name}


def _takes_an_article(addressee: Addressee) -> bool:
    """Whether English puts “the” before it: the Department of Defense, but Health Canada."""
    name = addressee.name
    if addressee.kind == AddresseeKind.DEPARTMENT and " of " not in name:
        return False
    return addressee.kind in _ONE and not name.startswith("The ")


def _followed(wanted: dict[str, str], words: str) -> str:
    """What can be followed where the list is of one thing that can be; '' where it is not."""
    asked = [(name, value) for name, value in wanted.items() if value]
    if len(asked) != 1 or words or asked[0][0] not in {"report", "audience", "addressee"}:
        return ""
    return urlencode(asked)


def _data_set(request: HttpRequest) -> dict[str, Any]:
    """The whole list as data, for search engines."""
    site = Site.of(request, reverse("recommendations:recommendation_list"))
    files = {
        kind: f"{site.base}{reverse(f'recommendations:recommendations_{name}')}"
        for name, kind in _FILES.items()
    }
    description = _(
        "What governments, civil society and the news media were asked to do to prevent mass "
        "atrocities, what became of each, and what was answered, with every source."
    )
    return data_set(site, files, description=description)


def _to_loosen(
    form: RecommendationFilter, wanted: dict[str, str], counts: dict[str, Mapping[str, int]]
) -> str | Promise:
    """The label of the set filter without which the most would be left; '' for none."""
    left = {name: sum(counts[name].values()) for name, value in wanted.items() if value}
    name = max(left, key=left.__getitem__, default="")
    return form.fields[name].label or "" if name and left[name] else ""


_Grouped = list[tuple[Report, Audience, Pillar, list[Recommendation]]]


def _grouped(rows: Iterable[Recommendation]) -> _Grouped:
    """Rows in their order, cut where report, audience or pillar changes."""
    groups: _Grouped = []
    for row in rows:
        if not groups or groups[-1][:3] != (row.report, row.audience, row.pillar):
            groups.append((row.report, row.audience, row.pillar, []))
        groups[-1][3].append(row)
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
