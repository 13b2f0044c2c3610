"""What comes up for resolutions, and what is late: read from their steps, copies and ways.

Nothing here is public by itself: who asks hands in the resolutions the reader may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recommendations.models.texts import reading
from resolutions.calendars import Meeting
from resolutions.models import (
    ANNOUNCES,
    Delivery,
    Passage,
    Resolution,
    Scope,
    Step,
    StepKind,
)
from resolutions.passages import Stage, ways_of
from resolutions.stages import BEFORE_COUNCIL, ENDED, IN_FORCE

Link = Callable[[str], str]


def announced(resolutions: "QuerySet[Resolution]", today: date) -> "QuerySet[Step]":
    """The steps that announce a meeting which is still to come, the nearest first.

    Of each resolution the newest announcing step counts: a deferral without a date takes back the
    date that was set before it. What the council has decided comes up no more.
    """
    before_council = resolutions.filter(status__in=BEFORE_COUNCIL)
    newest = Step.objects.filter(resolution=OuterRef("resolution"), kind__in=ANNOUNCES)
    return (
        Step.objects.filter(
            meets_on__gte=today,
            resolution__in=before_council.order_by().values("pk"),
            pk=Subquery(newest.order_by("-on", "-id").values("pk")[:1]),
        )
        .select_related("resolution__council__jurisdiction")
        .prefetch_related("sources")
        .order_by("meets_on", "id")
    )


def unsent(resolutions: "QuerySet[Resolution]") -> "QuerySet[Delivery]":
    """Copies that are owed by a day and not sent yet, the most urgent first. What is no longer in
    force owes none.
    """
    in_force = resolutions.filter(status__in=IN_FORCE)
    return (
        Delivery.objects.filter(
            sent_on__isnull=True,
            due_on__isnull=False,
            resolution__in=in_force.order_by().values("pk"),
        )
        .select_related("resolution__council__jurisdiction")
        .order_by("due_on", "id")
    )


def unverified(resolutions: "QuerySet[Resolution]") -> "QuerySet[Step]":
    """Steps that are reported and that nobody has checked yet, the newest first."""
    return (
        Step.objects.filter(
            verified_at__isnull=True, resolution__in=resolutions.order_by().values("pk")
        )
        .exclude(kind=StepKind.DRAFTED)
        .select_related("resolution__council__jurisdiction")
        .order_by("-on", "-id")
    )


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which a resolution must be with an association."""

    on: date
    resolution: Resolution
    stage: Stage


def deadlines(resolutions: "QuerySet[Resolution]", today: date) -> list[Deadline]:
    """By when resolutions must be with the associations they have not reached, soonest first.

    Only of those on their way to one: made for an association, or sent to one already.
    """
    reached = Exists(Passage.objects.filter(resolution=OuterRef("pk")))
    rows = resolutions.exclude(status__in=ENDED).filter(Q(model__scope=Scope.ASSOCIATION) | reached)
    found = [
        Deadline(day, row, stage)
        for row, way in ways_of(list(rows.select_related("council__jurisdiction__parent")), today)
        for stage in way
        if not stage.passages and (day := stage.deadline) is not None
    ]
    return sorted(found, key=lambda row: (row.on, row.resolution.pk, row.stage.association.pk))


# ---- As a calendar ----


def meetings_of(resolutions: "QuerySet[Resolution]", *, link: Link, today: date) -> list[Meeting]:
    """The meetings to come, as a calendar has them. ``link`` makes a whole address of a path."""
    return [_meeting(step, link) for step in announced(resolutions, today)]


def _meeting(step: Step, link: Link) -> Meeting:
    resolution = step.resolution
    url = link(step.get_absolute_url())
    said = step.get_kind_display()
    lines = [
        _("%(what)s, %(date)s.") % {"what": said, "date": date_format(step.on)}
        if step.verified_at
        else _("%(what)s, %(date)s: reported, not yet verified.")
        % {"what": said, "date": date_format(step.on)},
        resolution.name,
    ]
    lines += [
        _("Source: %(source)s, %(url)s") % {"source": source, "url": source.url}
        for source in step.sources.all()
    ]
    council = resolution.council
    meeting = step.meeting or _("council meeting")
    return Meeting(
        uid=f"meeting-{step.pk}@{_host(url)}",
        on=step.meets_on or step.on,
        title=_titled(resolution, f"{council.name}: {meeting}"),
        known_at=step.recorded_at,
        url=url,
        description="\n".join(lines),
        place=council.placed(reading()),
    )


def deadlines_of(resolutions: "QuerySet[Resolution]", *, link: Link, today: date) -> list[Meeting]:
    """Copies to send and associations to reach, as a calendar has them: for those who owe it."""
    return [_copy(row, link) for row in unsent(resolutions)] + [
        _deadline(row, link) for row in deadlines(resolutions, today)
    ]


def _copy(copy: Delivery, link: Link) -> Meeting:
    resolution = copy.resolution
    url = link(resolution.get_absolute_url())
    return Meeting(
        uid=f"copy-{copy.pk}@{_host(url)}",
        on=copy.due_on or resolution.status_on or date.min,
        title=_titled(resolution, _("Copy due: %(recipient)s") % {"recipient": copy.recipient}),
        known_at=copy.made_at,
        url=url,
        description=resolution.name,
        place=resolution.council.placed(reading()),
    )


def _deadline(row: Deadline, link: Link) -> Meeting:
    association = row.stage.association
    url = link(reverse("resolutions:passage_record", args=[row.resolution.slug]))
    lines = [row.resolution.name]
    if association.source_url:
        lines.append(
            _("Source: %(source)s, %(url)s")
            % {"source": association.name, "url": association.source_url}
        )
    known = association.checked_on or date(row.on.year, 1, 1)
    return Meeting(
        uid=f"deadline-{row.resolution.pk}-{association.pk}-{row.on.year}@{_host(url)}",
        on=row.on,
        title=_titled(
            row.resolution,
            _("Last day to send to: %(association)s") % {"association": association.name},
        ),
        known_at=datetime.combine(known, time(12), UTC),
        url=url,
        description="\n".join(lines),
        place=row.resolution.council.placed(reading()),
    )


def _titled(resolution: Resolution, title: str) -> str:
    """A title that says of what is invented that it is."""
    return f"{_('Demonstration data')}: {title}" if resolution.is_demo else title


def _host(url: str) -> str:
    return urlsplit(url).hostname or "w2i.invalid"
