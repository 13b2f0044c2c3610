"""Pages that join several apps, and those every site has."""

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib.sitemaps.views import sitemap as sitemap_of
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts import worker
from dialogues.models import Contribution, ContributionKind, Dialogue
from recommendations.caching import DIALOGUES, RECOMMENDATIONS, RESOLUTIONS, public_page
from recommendations.forms import SearchForm
from recommendations.models import Entry, EntryKind, Recommendation, ReplyKind, Report, Status
from recommendations.models.progress import SCALE_VERSION
from recommendations.paging import PER_PAGE, asked_page, page_of
from recommendations.search import WINDOW, Asked, count, find, groups, hit
from recommendations.views import status_counts
from resolutions.totals import totals
from w2i.pages.sitemaps import SITEMAPS

EVERYTHING = (RECOMMENDATIONS, DIALOGUES, RESOLUTIONS)


@public_page(*EVERYTHING)
def home(request: HttpRequest) -> HttpResponse:
    """Three doors, where the recommendations stand, what happened last, and the search."""
    by_status = dict(
        Recommendation.objects.public()
        .filter(report__is_front=True)
        .order_by()
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    dialogues = Dialogue.objects.public().order_by().values_list("is_demo", "counts")
    # What is invented is counted apart, and labelled.
    rooms, voiced = Counter[bool](), Counter[bool]()
    for is_demo, counts in dialogues:
        rooms[is_demo] += 1
        voiced[is_demo] += counts.get(ContributionKind.HOPE, 0)
        voiced[is_demo] += counts.get(ContributionKind.CONCERN, 0)
    numbers, demo_numbers = totals()
    activity = list(Entry.objects.activity()[:6])
    context = {
        "form": SearchForm(),
        "total": sum(by_status.values()),
        "statuses": status_counts(by_status),
        "hopes_and_concerns": voiced[False],
        "dialogue_count": rooms[False],
        "demo_hopes_and_concerns": voiced[True],
        "numbers": numbers,
        "demo_numbers": demo_numbers,
        "voices": _opening_voices(),
        "activity": activity,
        "site_data": {
            "@type": "WebSite",
            "name": "W2I",
            "url": request.build_absolute_uri(reverse("home")),
            "potentialAction": {
                "@type": "SearchAction",
                "target": request.build_absolute_uri(reverse("search")) + "?q={words}",
                "query-input": "required name=words",
            },
        },
        "is_demo": bool(rooms[True] or demo_numbers or any(entry.is_demo for entry in activity)),
    }
    return render(request, "pages/home.html", context)


def _opening_voices() -> list[Contribution]:
    """The hope and the concern of record the site opens with, while they are posted."""
    found = {
        row.code: row
        for row in Contribution.objects.public()
        .filter(dialogue__slug="vancouver-2009", code__in=["HOPE-28", "CONCERN-23"])
        .select_related("dialogue")
    }
    return [found[code] for code in ("HOPE-28", "CONCERN-23") if code in found]


@public_page(RECOMMENDATIONS)
def about(request: HttpRequest) -> HttpResponse:
    """The project and its report, in their own words; other reports by their names."""
    rows = list(
        Report.objects.public().annotate(
            n=Count("recommendations", filter=Q(recommendations__published_at__isnull=False))
        )
    )
    context = {
        "front": next((report for report in rows if report.is_front), None),
        "others": [report for report in rows if not report.is_front],
        "is_demo": any(report.is_demo for report in rows),
    }
    return render(request, "pages/about.html", context)


@public_page(RECOMMENDATIONS)
def method(request: HttpRequest) -> HttpResponse:
    """What each status means, what it takes to claim one, who decides, and how to object."""
    context = {
        "statuses": Status,
        "replies": ReplyKind,
        "scale_version": SCALE_VERSION,
        "section": "recommendations",
    }
    return render(request, "pages/method.html", context)


@public_page(*EVERYTHING)
def search(request: HttpRequest) -> HttpResponse:
    """Everything public that matches, grouped by kind; or all of one kind, by pages."""
    form = SearchForm(request.GET)
    asked = Asked(form.cleaned_data["q"] if form.is_valid() else "")
    context: dict[str, Any] = {"form": form, "asked": asked, "section": "search", "window": WINDOW}
    kind = request.GET.get("kind", "")
    if kind:
        if kind not in EntryKind.values:
            raise Http404(_("There is nothing of the kind “%(kind)s”.") % {"kind": kind[:30]})
        context |= _one_kind(request, asked, EntryKind(kind))
    elif asked:
        found = groups(asked, each=5)
        context["groups"] = found
        context["is_demo"] = any(hit.entry.is_demo for group in found for hit in group.hits)
    return render(request, "pages/search.html", context)


def _one_kind(request: HttpRequest, asked: Asked, kind: EntryKind) -> dict[str, Any]:
    ranked = Ranked(asked, kind)
    page = asked_page(request, Paginator(ranked, PER_PAGE))
    hits = [hit(entry, asked) for entry in page.object_list]
    return {
        "kind": kind,
        "page": page,
        "hits": hits,
        "more": ranked.more,
        "is_demo": any(found.entry.is_demo for found in hits),
    }


class Ranked(Sequence[Entry]):
    """The hits of one kind as a list that pages of forty can be cut from."""

    def __init__(self, asked: Asked, kind: EntryKind) -> None:
        self.asked, self.kind = asked, kind
        self.total = count(asked).get(kind, 0)
        self.more = self.total > WINDOW

    def __len__(self) -> int:
        return min(self.total, WINDOW)

    def __getitem__(self, part: Any) -> Any:
        return find(self.asked, [self.kind], limit=part.stop - part.start, offset=part.start)


@public_page(*EVERYTHING)
def activity(request: HttpRequest) -> HttpResponse:
    """What happened, newest first."""
    page = page_of(request, Entry.objects.activity())
    context = {"page": page, "is_demo": any(entry.is_demo for entry in page.object_list)}
    return render(request, "pages/activity.html", context)


@never_cache
@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the database answers and every migration is applied: 200, or 503 and why.

    A worker that is not at work keeps no reader waiting: that is said, and no more.
    """
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse(
            {"status": "failing", "database": "no answer"}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    if waiting:
        return JsonResponse(
            {"status": "failing", "database": "ok", "migrations_waiting": waiting},
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )
    well = {"status": "ok", "database": "ok", "migrations_waiting": 0}
    return JsonResponse({**well, "work": worker.state()})


@csrf_exempt
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: everything public. Filtered lists lead nowhere new."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /fr/admin/",
        "Disallow: /accounts/",
        "Disallow: /fr/accounts/",
        "Disallow: /search/",
        "Disallow: /fr/search/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page(*EVERYTHING)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page but single statements, in both languages."""
    return sitemap_of(request, sitemaps=SITEMAPS).render()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say in a sentence who may, where the view said so."""
    said = exception.args[0] if exception.args else ""
    return _error(request, HTTPStatus.FORBIDDEN, reason=said if isinstance(said, str) else "")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say in a sentence what is not there, where the view said so."""
    said = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    # The URL resolver and get_object_or_404 speak to developers.
    reason = said if isinstance(said, str) and not said.startswith("No ") else ""
    return _error(request, HTTPStatus.NOT_FOUND, reason=reason)


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form was open too long or cookies are refused."""
    return _error(request, HTTPStatus.FORBIDDEN, form=True)


def _error(request: HttpRequest, status: HTTPStatus, **context: Any) -> HttpResponse:
    context |= {"status": status.value, "search_form": SearchForm()}
    return render(request, "pages/error.html", context, status=status)
