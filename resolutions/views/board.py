"""An organization's own board: its resolutions, what comes up, and the calendar of that."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organization, Role
from recommendations.paging import page_of
from resolutions import stages, upcoming
from resolutions.calendars import CONTENT_TYPE, calendar_of
from resolutions.models import Resolution, Step, StepKind
from resolutions.views.steps import for_champions, signed_in

SHOWN = 20  # of each stage at once
MOST_DUE = 30  # of each sort of thing that comes up

STAGES: dict[str, frozenset[StepKind]] = {
    "preparation": stages.IN_PREPARATION,
    "council": stages.BEFORE_COUNCIL,
    "adopted": stages.IN_FORCE,
    "ended": stages.ENDED,
}


def acted_for_by_reader(request: HttpRequest, slug: str) -> Organization:
    """The organization, if the reader acts for it; for anybody else it is not there."""
    return get_object_or_404(Organization.objects.acted_for_by(signed_in(request)), slug=slug)


@for_champions
@require_safe
def board_list(request: HttpRequest) -> HttpResponse:
    """The boards of those a person acts for; where it is one, that."""
    user = signed_in(request)
    theirs = Organization.objects.acted_for_by(user).order_by("name", "id")
    slugs = list(theirs.values_list("slug", flat=True)[:2])
    is_editor = bool(user.roles & {Role.EDITOR, Role.ADMINISTRATOR})
    if not slugs and not is_editor:
        raise PermissionDenied(
            _(
                "A board belongs to an organization, and you act for none. Whoever is a member of"
                " one can invite you."
            )
        )
    if len(slugs) == 1 and not is_editor:
        return redirect("resolutions:board_detail", slugs[0])
    rows = theirs.annotate(n=Count("resolutions", distinct=True))
    context = {
        "page": page_of(request, rows),
        "is_editor": is_editor,
        "section": "resolutions",
    }
    return render(request, "resolutions/board_list.html", context)


@for_champions
@require_safe
def board_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Its resolutions by how far they have come, and what is due next."""
    organization = acted_for_by_reader(request, slug)
    theirs = Resolution.objects.filter(champion=organization)
    today = timezone.localdate()
    only = request.GET.get("stage", "")
    numbers: dict[str, int] = dict.fromkeys(STAGES, 0)
    for status, n in theirs.order_by().values_list("status").annotate(n=Count("pk")):
        stage = next(name for name, kinds in STAGES.items() if status in kinds)
        numbers[stage] += n
    context: dict[str, Any] = {
        "organization": organization,
        "n": sum(numbers.values()),
        "is_demo": organization.is_demo,
        "section": "resolutions",
    }
    if only in STAGES:
        page = page_of(request, _rows(theirs, only))
        context |= {"only": only, "heading": _headings()[only], "page": page}
        return render(request, "resolutions/board_stage.html", context)
    steps = upcoming.unverified(theirs)
    context |= {
        "stages": [
            (name, heading, list(_rows(theirs, name)[:SHOWN]), numbers[name])
            for name, heading in _headings().items()
        ],
        "shown": SHOWN,
        "meetings": list(upcoming.announced(theirs, today)[:MOST_DUE]),
        "copies": list(upcoming.unsent(theirs)[:MOST_DUE]),
        "today": today,
        "deadlines": upcoming.deadlines(theirs, today)[:MOST_DUE],
        "reported": list(steps[:MOST_DUE]),
        "n_members": organization.memberships.count(),
        "calendar": _calendar_url(request, organization),
    }
    return render(request, "resolutions/board_detail.html", context)


def _headings() -> dict[str, str]:
    return {
        "preparation": _("In preparation"),
        "council": _("Before council"),
        "adopted": _("Adopted or proclaimed"),
        "ended": _("Ended"),
    }


def _rows(theirs: Any, stage: str) -> "QuerySet[Any]":
    """Resolutions of a stage, with whether the newest step of each was checked."""
    newest_is_verified = Step.objects.filter(
        resolution=OuterRef("pk"),
        kind=OuterRef("status"),
        on=OuterRef("status_on"),
        verified_at__isnull=False,
    )
    return (
        theirs.filter(status__in=STAGES[stage])
        .select_related("council__jurisdiction")
        .newest_first()
        .annotate(is_verified=Exists(newest_is_verified))
    )


# ---- The calendar ----


def _calendar_url(request: HttpRequest, organization: Organization) -> str:
    """The whole address of its calendar; '' until somebody asks for one."""
    if organization.calendar_key is None:
        return ""
    path = reverse("resolutions:organization_calendar", args=[organization.calendar_key])
    return request.build_absolute_uri(path)


@for_champions
@require_POST
def calendar_renew(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the calendar an address, or another one: the old one leads nowhere then."""
    organization = acted_for_by_reader(request, slug)
    was_there = organization.calendar_key is not None
    organization.new_calendar_key()
    messages.success(
        request,
        _("The calendar has a new address. The old one leads nowhere any more.")
        if was_there
        else _("The calendar has an address now."),
    )
    return redirect(f"{reverse('resolutions:board_detail', args=[slug])}#calendar")


@never_cache
@require_safe
def organization_calendar(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Meetings and deadlines of an organization, for whoever has the key."""
    organization = get_object_or_404(Organization, calendar_key=key)
    theirs = Resolution.objects.filter(champion=organization)
    link, today = request.build_absolute_uri, timezone.localdate()
    days = [
        *upcoming.meetings_of(theirs, link=link, today=today),
        *upcoming.deadlines_of(theirs, link=link, today=today),
    ]
    name = _("Resolutions of %(organization)s") % {"organization": organization.name}
    response = HttpResponse(calendar_of(days, name), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="resolutions.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response
