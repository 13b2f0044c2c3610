"""The public pages of the dialogues."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property

from dialogues import commitments, comparing
from dialogues.forms.public import StatementFilter
from dialogues.models import (
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Edition,
    PartKind,
    Person,
    PersonRole,
)
from dialogues.models.contribution import ContributionQuerySet
from dialogues.report.assembling import assemble_front
from dialogues.report.blocks import Block, Report
from dialogues.report.standing import standing_front
from dialogues.spoken import public_spoken, was_edited
from recommendations.caching import DIALOGUES, RECOMMENDATIONS, public_page, reader
from recommendations.models import Recommendation
from recommendations.models.texts import reading
from recommendations.paging import PER_PAGE, asked_page, page_of


@public_page(DIALOGUES, RECOMMENDATIONS)
def dialogue_list(request: HttpRequest) -> HttpResponse:
    """Every dialogue, the newest first."""
    who = reader(request)
    rows = Dialogue.objects.visible_to(who).for_real().select_related("report").newest_first()
    page = page_of(request, rows)
    may_plan = who.has_perm("dialogues.plan")
    context = {
        "page": page,
        "may_plan": may_plan,
        "has_plans": may_plan
        or (who.is_authenticated and Dialogue.objects.taken_down_by(who).exists()),
        "can_compare": comparing.is_possible(),
        "is_demo": any(row.is_demo for row in page.object_list),
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_list.html", context)


@public_page(DIALOGUES, RECOMMENDATIONS)
def dialogue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The report of a dialogue: its latest edition, else what is on record and was said first."""
    who = reader(request)
    dialogue = get_object_or_404(
        Dialogue.objects.visible_to(who).select_related("report"), slug=slug
    )
    dialogue.counts = dialogue.counts_now()
    language = reading()
    edition = Edition.objects.latest_of(dialogue) if dialogue.is_public else None
    report = standing_front(edition, dialogue, language) if edition else None
    if report is None:
        edition, report = None, assemble_front(dialogue, language)
    lead = dialogue.lead_fr if language == "fr" else ""
    context = {
        "dialogue": dialogue,
        "edition": edition,
        "report": report,
        "steps": _steps_since(report, dialogue) if edition else (),
        "lead": lead or dialogue.lead,
        "description": lead or dialogue.lead or dialogue.subject or dialogue.title,
        "lead_language": "fr" if lead else dialogue.language,
        "roles": _roles(dialogue.public_people),
        "statements_url": reverse("dialogues:statement_list", args=[slug]),
        "facts": _event(request, dialogue, report.publishers),
        "can_compare": comparing.has_others(dialogue),
        "runs_it": not dialogue.is_public and request.user.has_perm("dialogues.run_room", dialogue),
        "may_change": who.has_perm("dialogues.change_dialogue", dialogue),
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_detail.html", context)


def _steps_since(report: Report, dialogue: Dialogue) -> tuple[Block, ...]:
    """The next steps as they stand today, where the edition shows them otherwise."""
    today = commitments.next_steps_blocks(dialogue)
    conclusion = report.section(PartKind.CONCLUSION.value)
    return () if conclusion and set(today) <= set(conclusion.blocks) else today


def _about() -> "Prefetch[Any]":
    """The recommendations a statement is about, as far as they are public."""
    public = Recommendation.objects.public().select_related("report")
    return Prefetch("about", public.order_by("code"))


def _lines(rows: ContributionQuerySet) -> "Prefetch[Any]":
    """Those of ``rows`` that are part of a statement, as its ``lines``."""
    return Prefetch("parts", rows.order_by("order", "id"), to_attr="lines")


def _roles(people: Iterable[Person]) -> list[tuple[str | Promise, list[Person]]]:
    """Who chaired, moderated, spoke: the roles among the facts of a dialogue."""
    found: dict[str, list[Person]] = {}
    for person in people:
        found.setdefault(person.role, []).append(person)
    roles = (PersonRole.CHAIR, PersonRole.MODERATOR, PersonRole.SPEAKER, PersonRole.GUEST)
    return [(role.label, found[role]) for role in roles if role in found]


def _event(request: HttpRequest, dialogue: Dialogue, conveners: Iterable[str]) -> dict[str, Any]:
    """The dialogue as schema.org knows an event."""
    address = {
        "@type": "PostalAddress",
        "addressLocality": dialogue.place,
        "addressRegion": dialogue.region,
        "addressCountry": dialogue.country,
    }
    return {
        "@type": "Event",
        "name": dialogue.title,
        "startDate": dialogue.on.isoformat(),
        "endDate": dialogue.on.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": dialogue.venue or dialogue.place,
            "address": {key: value for key, value in address.items() if value},
        },
        "organizer": [{"@type": "Organization", "name": convener} for convener in conveners],
        "description": dialogue.lead or dialogue.subject or dialogue.title,
        "inLanguage": dialogue.language,
        "url": request.build_absolute_uri(dialogue.get_absolute_url()),
    }


@public_page(DIALOGUES, RECOMMENDATIONS)
def statement_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything posted in one dialogue, kind by kind, with filters."""
    dialogue = get_object_or_404(Dialogue.objects.visible_to(reader(request)), slug=slug)
    dialogue.counts = dialogue.counts_now()
    form = StatementFilter(request.GET, counts=dialogue.counts)
    rows = dialogue.contributions.posted().wholes()
    counts: dict[str, int] = {}
    if form.is_valid():
        counts = dialogue.counts
        if sector := form.cleaned_data["sector"]:
            rows = rows.of_sector(dialogue, sector)
            counts = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
        if kind := form.cleaned_data["kind"]:
            counts = {kind: counts.get(kind, 0)}
    page = asked_page(request, KindByKind(dialogue, rows, counts))
    context = {
        "dialogue": dialogue,
        "form": form,
        "page": page,
        "counts": counts,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/statement_list.html", context)


class KindByKind(Paginator):
    """Pages of statements in the order of the report that cost the same wherever they are.

    The kinds stand in the order of the report, which no column has: each is cut from its own run
    of the index, so the last page costs what the first one does.
    """

    def __init__(
        self, dialogue: Dialogue, rows: ContributionQuerySet, counts: dict[str, int]
    ) -> None:
        super().__init__((), PER_PAGE)
        self.dialogue, self.rows, self.counts = dialogue, rows, counts

    @cached_property
    def count(self) -> int:
        return sum(self.counts.values())

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(self._cut(start, start + self.per_page), number, self)

    def _cut(self, start: int, stop: int) -> list[Contribution]:
        keys: list[int] = []
        for kind in ContributionKind:
            n = self.counts.get(kind, 0)
            first, last = max(start, 0), min(stop, n)
            if first < last:
                run = self.rows.filter(kind=kind).order_by("order", "id")
                keys += run.values_list("pk", flat=True)[first:last]
            start, stop = start - n, stop - n
        posted = Contribution.objects.posted().with_attribution()
        found = posted.prefetch_related(_about(), _lines(posted.prefetch_related(_about())))
        by_key = found.in_bulk(keys)
        rows = [by_key[key] for key in keys if key in by_key]
        for row in rows:
            for statement in (row, *row.lines):  # type: ignore[attr-defined]
                statement.dialogue = self.dialogue
        return rows


@public_page(DIALOGUES, RECOMMENDATIONS)
def statement_detail(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One statement: what was said, what it is about, how it was read from the scan."""
    who = reader(request)
    dialogue = get_object_or_404(Dialogue.objects.visible_to(who), slug=slug)
    posted = dialogue.contributions.posted()
    statement = get_object_or_404(
        posted.select_related("answer", "part_of", "commitment")
        .with_attribution()
        .prefetch_related(_about(), _lines(posted)),
        code=code,
    )
    statement.dialogue = dialogue
    whole = statement.part_of
    runs_it = was_edited(statement) and who.has_perm("dialogues.run_room", dialogue)
    siblings = posted.filter(kind=statement.kind, part_of=statement.part_of_id)
    context = {
        "dialogue": dialogue,
        "statement": statement,
        "outcome": commitments.outcome_in_words(statement.commitment)
        if hasattr(statement, "commitment")
        else "",
        "was_edited": was_edited(statement),
        "spoken": statement.spoken if runs_it else public_spoken(statement),
        "is_for_team": runs_it and not public_spoken(statement),
        "whole": whole if whole and whole.state == ContributionState.POSTED else None,
        "previous": _neighbour(siblings, statement, -1),
        "next": _neighbour(siblings, statement, 1),
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
        "statements_url": reverse("dialogues:statement_list", args=[slug]),
    }
    return render(request, "dialogues/statement_detail.html", context)


def _neighbour(
    siblings: ContributionQuerySet, statement: Contribution, step: int
) -> Contribution | None:
    """The statement of the same kind before or after. Reads the index from here, not from 1."""
    order, pk = statement.order, statement.pk
    if step < 0:
        near = siblings.filter(order__lte=order).exclude(order=order, pk__gte=pk)
        return near.order_by("-order", "-id").first()
    near = siblings.filter(order__gte=order).exclude(order=order, pk__lte=pk)
    return near.order_by("order", "id").first()
