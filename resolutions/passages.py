"""The way of a resolution through the associations of municipalities, and what each did with it.

From its council to the area association, to that of the province or state, to the federation.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from recommendations.models import one_refresh
from resolutions.filling import country_of
from resolutions.models import (
    MAY_FOLLOW,
    Association,
    AssociationLevel,
    ClauseKind,
    Instrument,
    Passage,
    PassageKind,
    Resolution,
    StepKind,
)
from resolutions.stages import ENDED


class PassageNotPossible(ValidationError):
    """What is said of an association contradicts what it did before or after.

    ``is_date`` is whether it is the date alone that can't be.
    """

    def __init__(self, message: Any, *, is_date: bool = False, params: Any = None) -> None:
        super().__init__(message, params=params)
        self.is_date = is_date


_MARKS: dict[PassageKind, StepKind] = {
    PassageKind.SENT: StepKind.SUBMITTED,
    PassageKind.ENDORSED: StepKind.ADOPTED,
    PassageKind.AMENDED: StepKind.AMENDED,
    PassageKind.REFERRED: StepKind.REFERRED,
    PassageKind.NOT_ENDORSED: StepKind.DEFEATED,
    PassageKind.NOT_CONSIDERED: StepKind.RECEIVED,
    PassageKind.WITHDRAWN: StepKind.WITHDRAWN,
    PassageKind.NO_ACTION: StepKind.RECEIVED,
    PassageKind.FORWARDED: StepKind.SIGNED,
}


@dataclass(slots=True)
class Stage:
    """An association on the way: what it did so far, the newest last, and what it asks for.

    ``deadline`` is the next day of the year by which it takes resolutions, today among them.
    """

    association: Association
    deadline: date | None = None
    passages: list[Passage] = field(default_factory=list)

    @property
    def newest(self) -> Passage | None:
        return self.passages[-1] if self.passages else None

    @property
    def mark(self) -> str:
        """The kind of a council's step whose disc stands for how far it is here."""
        return _MARKS[PassageKind(self.newest.kind)] if self.newest else StepKind.DRAFTED

    def too_long(self, recitals: int) -> str:
        """What is to be said where a text has more recitals than it takes; '' where it has not."""
        most = self.association.most_recitals
        if most is None or recitals <= most:
            return ""
        return ngettext(
            "It takes at most %(most)d recital; this text has %(n)d.",
            "It takes at most %(most)d recitals; this text has %(n)d.",
            most,
        ) % {"most": most, "n": recitals}


@one_refresh()
def record(
    resolution: Resolution,
    association: Association,
    kind: PassageKind,
    *,
    on: date,
    by: User,
    url: str,
    reference: str = "",
    today: date | None = None,
) -> Passage:
    """Append what an association did with a resolution on a date.

    Said twice (a double click), the first one comes back.

    Raises:
        PassageNotPossible: the date is in the future or before the council had it, or it
            contradicts what the same association did before or after.
    """
    Resolution.objects.select_for_update().get(pk=resolution.pk)  # one writer at a time
    of_it = resolution.passages.filter(association=association)
    if same := of_it.filter(kind=kind, on=on).first():
        return same
    if on > (today or timezone.localdate()):
        raise PassageNotPossible(
            _("The date is in the future: write the day it happened."), is_date=True
        )
    _refuse_before_council(resolution, on)
    before = of_it.filter(on__lte=on).order_by("on", "id").last()
    after = of_it.filter(on__gt=on).order_by("on", "id").first()
    if kind not in MAY_FOLLOW[PassageKind(before.kind) if before else None]:
        if before is None:
            raise PassageNotPossible(
                _("Nothing is recorded of this association before: record what it decided first.")
            )
        raise PassageNotPossible(
            _("That cannot follow: there it was “%(state)s” before."),
            params={"state": before.get_kind_display()},
        )
    if after and PassageKind(after.kind) not in MAY_FOLLOW[kind]:
        raise PassageNotPossible(
            _("That cannot come before: there it was “%(state)s” later."),
            params={"state": after.get_kind_display()},
        )
    return resolution.passages.create(
        association=association, kind=kind, on=on, url=url, reference=reference, recorded_by=by
    )


def _refuse_before_council(resolution: Resolution, on: date) -> None:
    """An association takes what a council has; its own resolution waits for no council."""
    if resolution.instrument == Instrument.ASSOCIATION:
        return
    first = resolution.steps.exclude(kind=StepKind.DRAFTED).order_by("on", "id").first()
    if first is None:
        raise PassageNotPossible(
            _(
                "The council has not had it yet, as far as is recorded: record that it was"
                " submitted or adopted first."
            )
        )
    if on < first.on:
        raise PassageNotPossible(
            _("That is before the council had it: it was “%(state)s” on %(day)s."),
            is_date=True,
            params={"state": first.get_kind_display(), "day": date_format(first.on)},
        )


def way_of(resolution: Resolution, today: date | None = None) -> list[Stage]:
    """The associations between a council and the federation, the nearest first."""
    ((_resolution, way),) = ways_of([resolution], today)
    return way


def ways_of(
    resolutions: Sequence[Resolution], today: date | None = None
) -> list[tuple[Resolution, list[Stage]]]:
    """The way of each, in two queries for all of them.

    Asks less where ``council__jurisdiction__parent`` is at hand.
    """
    return [(row, stages) for row, stages, _areas in _ways(resolutions, today)]


def _ways(
    resolutions: Sequence[Resolution], today: date | None
) -> list[tuple[Resolution, list[Stage], list[Association]]]:
    """The way of each, and the area associations of which its council may be in one."""
    today = today or timezone.localdate()
    places = {row.council.jurisdiction_id for row in resolutions}
    places |= {country_of(row.council).pk for row in resolutions}
    known = Association.objects.filter(jurisdiction__in=places).select_related("jurisdiction")
    associations = sorted(known, key=lambda row: (row.order, row.pk))
    done: dict[int, list[Passage]] = {}
    rows = Passage.objects.filter(resolution__in=[row.pk for row in resolutions])
    for passage in rows.select_related("association__jurisdiction").order_by("on", "id"):
        done.setdefault(passage.resolution_id, []).append(passage)
    return [
        (row, way, _areas(row, associations, way))
        for row in resolutions
        for way in [_way(row, associations, done.get(row.pk, []), today)]
    ]


def _areas(
    resolution: Resolution, known: Sequence[Association], way: Sequence[Stage]
) -> list[Association]:
    """The area associations of its province, where nobody knows yet which the council is in."""
    if any(stage.association.level == AssociationLevel.AREA for stage in way):
        return []
    council = resolution.council
    return [
        row
        for row in known
        if row.jurisdiction_id == council.jurisdiction_id
        and row.level == AssociationLevel.AREA
        and row.serves_kind(council.kind)
    ]


_LEVELS = list(AssociationLevel)


def _way(
    resolution: Resolution, known: Sequence[Association], done: list[Passage], today: date
) -> list[Stage]:
    council = resolution.council
    of_region = [row for row in known if row.jurisdiction_id == council.jurisdiction_id]
    country = country_of(council)
    of_country = [
        row
        for row in known
        if row.jurisdiction_id == country.pk and row.level == AssociationLevel.NATIONAL
    ]
    area = next((row for row in of_region if row.pk == council.area_association_id), None)
    provincial = [row for row in of_region if row.level == AssociationLevel.PROVINCIAL]
    first = next((row for row in provincial if row.serves_kind(council.kind)), None)
    if area and area.parent_id:
        first = next((row for row in provincial if row.pk == area.parent_id), first)
    national = of_country[0] if of_country else None
    if first and first.parent_id:
        national = next((row for row in of_country if row.pk == first.parent_id), national)
    way = {row.pk: row for row in (area, first, national) if row}
    # One it went to all the same is on its way.
    way |= {row.association_id: row.association for row in done}
    stages = [
        Stage(
            association=row,
            deadline=next_deadline(row, today),
            passages=[passage for passage in done if passage.association_id == row.pk],
        )
        for row in way.values()
    ]
    return sorted(stages, key=lambda row: _LEVELS.index(AssociationLevel(row.association.level)))


def next_deadline(association: Association, today: date) -> date | None:
    """The next day of the year by which it takes resolutions; a day no month has is its last."""
    month, day = association.deadline_month, association.deadline_day
    if month is None or day is None:
        return None
    for year in (today.year, today.year + 1):
        on = date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if on >= today:
            return on
    return None


def recitals_of(resolution: Resolution) -> int | None:
    """How many recitals its newest text has; None where no text is recorded."""
    text = resolution.texts.order_by("-id").first()
    if text is None:
        return None
    return sum(clause["kind"] == ClauseKind.RECITAL for clause in text.clauses)


@dataclass(frozen=True, slots=True)
class Shown:
    """A way as a page shows it: each stage with what is wrong with the text for it, if anything.

    ``areas`` are the area associations that may come first, where it is not known which does.
    """

    stages: list[tuple[Stage, str]]
    is_begun: bool
    areas: list[Association] = field(default_factory=list)


def shown(resolution: Resolution, today: date | None = None) -> Shown:
    """The way of a resolution for its page; asks three queries."""
    ((_resolution, way, areas),) = _ways([resolution], today)
    recitals = recitals_of(resolution)
    return Shown(
        stages=[(row, row.too_long(recitals) if recitals is not None else "") for row in way],
        is_begun=any(row.passages for row in way),
        areas=areas,
    )


_BY_MAYOR = frozenset({Instrument.PROCLAMATION, Instrument.ENDORSEMENT})


def on_page(resolution: Resolution, today: date | None = None) -> Shown | None:
    """What its public page shows of the way; None where it is not on one.

    A council's resolution may go that way while it stands; a mayor's act, or what ended, only
    shows it where an association has had it.
    """
    found = shown(resolution, today)
    may_go = resolution.instrument not in _BY_MAYOR and resolution.status not in ENDED
    return found if found.is_begun or (may_go and (found.stages or found.areas)) else None


def choices_for(resolution: Resolution) -> list[Association]:
    """Associations it can have been put to: those on its way first, then the others there."""
    council = resolution.council
    on_the_way = [stage.association for stage in way_of(resolution)]
    places = {council.jurisdiction_id, country_of(council).pk}
    others: Iterable[Association] = Association.objects.filter(jurisdiction__in=places)
    ids = {row.pk for row in on_the_way}
    return [*on_the_way, *(row for row in others if row.pk not in ids)]
