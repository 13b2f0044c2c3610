"""The public pages of the dialogues."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues import voting
from dialogues.forms.public import StatementFilter
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Person,
    PersonRole,
    Section,
    SectionKind,
    Sector,
    TallySource,
)
from dialogues.models.contribution import ContributionQuerySet
from recommendations.caching import DIALOGUES, RECOMMENDATIONS, public_page, reader
from recommendations.models import Recommendation
from recommendations.paging import PER_PAGE, asked_page, page_of

# Of each kind the page of a dialogue shows so many; the rest is one link away.
SHOWN = 60
# Fewer votes than that say who voted what.
ENOUGH = 5


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
        "is_demo": any(row.is_demo for row in page.object_list),
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_list.html", context)


@public_page(DIALOGUES, RECOMMENDATIONS)
def dialogue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The report of a dialogue, in the order of the report of 2009."""
    dialogue = get_object_or_404(
        Dialogue.objects.visible_to(reader(request)).select_related("report"), slug=slug
    )
    dialogue.counts = dialogue.counts_now()
    statements = _by_kind(dialogue, _first_statements(dialogue))
    sections = _sections(dialogue)
    people = dialogue.public_people
    conveners = list(dialogue.conveners.select_related("organization"))
    agenda = list(dialogue.agenda.all())
    lead = dialogue.lead_fr if get_language() == "fr" else ""
    context = {
        "dialogue": dialogue,
        "lead": lead or dialogue.lead,
        "description": lead or dialogue.lead or dialogue.subject or dialogue.title,
        "lead_language": "fr" if lead else dialogue.language,
        "statements": statements,
        "unanswered": [
            question for question in statements["question"] if not hasattr(question, "answer")
        ],
        "ideas": _by_sector(statements["idea"], sections["sector"]),
        "more": {
            kind: n for kind, n in dialogue.counts.items() if n > len(statements.get(kind, ()))
        },
        "sections": sections,
        "people": people,
        "roles": _roles(people),
        "biographies": [person for person in people if person.biography],
        "conveners": conveners,
        "agenda": agenda,
        "resonance": _resonance(agenda),
        "statements_url": reverse("dialogues:statement_list", args=[slug]),
        "facts": _event(request, dialogue, conveners),
        "runs_it": not dialogue.is_public and request.user.has_perm("dialogues.run_room", dialogue),
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
    }
    context["contents"] = _contents(context)
    return render(request, "dialogues/dialogue_detail.html", context)


@dataclass(frozen=True, slots=True)
class Vote:
    """How a scale was answered: ``counts`` of 0, 1, … 10; None where so few would show who."""

    source: str | Promise
    n: int
    counts: list[int] | None


def _resonance(agenda: Iterable[AgendaItem]) -> list[Vote]:
    """The votes of scales that are closed, by where they come from. One query, if there are any."""
    closed = [item for item in agenda if item.kind == AgendaKind.SCALE and item.ended_at]
    votes = []
    for by_source in voting.results_of(closed).values() if closed else ():
        for source, counts in by_source.items():
            n = sum(counts)
            votes.append(Vote(TallySource(source).label, n, counts if n >= ENOUGH else None))
    return votes


def _first_statements(dialogue: Dialogue) -> Iterable[Contribution]:
    """The first ``SHOWN`` of each kind with their lines and what they are about. Three queries."""
    posted = dialogue.contributions.posted()
    # Each kind cut from the index by itself; inside IN, for SQLite has no LIMIT within a UNION.
    firsts = [
        Contribution.objects.order_by()
        .filter(
            pk__in=posted.wholes().filter(kind=kind).order_by("order", "id").values("pk")[:SHOWN]
        )
        .values("pk")
        for kind in ContributionKind
    ]
    keys = [row["pk"] for row in firsts[0].union(*firsts[1:], all=True)]
    return (
        # Not of ``dialogue``: a database might read all of its statements to find these.
        Contribution.objects.posted()
        .filter(Q(pk__in=keys) | Q(part_of__in=keys))
        .select_related("answer")
        .with_attribution()
        .prefetch_related(_about())
        .order_by("kind", "order", "id")
    )


def _about() -> "Prefetch[Any]":
    """The recommendations a statement is about, as far as they are public."""
    public = Recommendation.objects.public().select_related("report")
    return Prefetch("about", public.order_by("code"))


def _lines(rows: ContributionQuerySet) -> "Prefetch[Any]":
    """Those of ``rows`` that are part of a statement, as its ``lines``."""
    return Prefetch("parts", rows.order_by("order", "id"), to_attr="lines")


def _by_kind(dialogue: Dialogue, rows: Iterable[Contribution]) -> dict[str, list[Contribution]]:
    """Statements of a dialogue by kind, each with the lines that are part of it in ``lines``."""
    found: dict[str, list[Contribution]] = {kind.value: [] for kind in ContributionKind}
    wholes: dict[int, Contribution] = {}
    parts = []
    for row in rows:
        row.dialogue = dialogue  # read for each of them: see Contribution.attributed_to
        row.lines = []  # type: ignore[attr-defined]
        if row.part_of_id:
            parts.append(row)
        else:
            wholes[row.pk] = row
            found[row.kind].append(row)
    for part in parts:
        wholes[part.part_of_id].lines.append(part)  # type: ignore[index,attr-defined]
    return found


def _by_sector(
    ideas: Iterable[Contribution], headings: Iterable[Section]
) -> list[tuple[str, str | Promise, str, list[Contribution]]]:
    """Ideas under the sector they speak of, with its heading in print, in the order of 2009."""
    printed = {section.sector: section.heading for section in headings}
    found: dict[str, list[Contribution]] = {}
    for idea in ideas:
        found.setdefault(idea.sector, []).append(idea)
    names: list[tuple[str, str | Promise]] = [(s.value, s.label) for s in Sector]
    names.append(("", _("No sector named")))
    return [
        (value, label, printed.get(value, ""), found[value])
        for value, label in names
        if value in found
    ]


def _sections(dialogue: Dialogue) -> dict[str, list[Section]]:
    """Texts of the report by the name of their kind, such as ``next_steps``."""
    found: dict[str, list[Section]] = {kind.name.lower(): [] for kind in SectionKind}
    for section in dialogue.sections.order_by("order", "id"):
        found[SectionKind(section.kind).name.lower()].append(section)
    return found


def _roles(people: Iterable[Person]) -> list[tuple[str | Promise, list[Person]]]:
    """Who chaired, moderated, spoke: the roles among the facts of a dialogue."""
    found: dict[str, list[Person]] = {}
    for person in people:
        found.setdefault(person.role, []).append(person)
    roles = (PersonRole.CHAIR, PersonRole.MODERATOR, PersonRole.SPEAKER, PersonRole.GUEST)
    return [(role.label, found[role]) for role in roles if role in found]


def _contents(context: dict[str, Any]) -> list[tuple[str, str]]:
    """The parts the page has, as (id, heading)."""
    statements, sections = context["statements"], context["sections"]
    dialogue = context["dialogue"]
    parts = [
        (
            "introduction",
            _("Introduction"),
            sections["acknowledgements"] + sections["introduction"],
        ),
        ("conveners", _("Conveners"), context["conveners"] or context["biographies"]),
        ("what-is-a-dialogue", _("What is a dialogue?"), sections["dialogue"]),
        ("agenda", _("Agenda"), context["agenda"]),
        (
            "hopes-and-concerns",
            _("Hopes and concerns"),
            statements["hope"] or statements["concern"] or sections["round"],
        ),
        ("brief", _("Brief"), sections["brief"] or sections["slide"]),
        ("questions", _("Questions and answers"), statements["question"] or sections["questions"]),
        ("resonance", _("Resonance"), dialogue.resonance_question or context["resonance"]),
        (
            "reservations",
            _("Reservations"),
            statements["reservation"] or sections["reservations"],
        ),
        ("ideas", _("Ideas, by sector"), statements["idea"] or sections["ideas"]),
        ("commitments", _("Commitments"), statements["commitment"] or sections["commitments"]),
        ("conclusion", _("Conclusion"), sections["conclusion"]),
        (
            "next-steps",
            _("Closing and next steps"),
            sections["closing"] + sections["next_steps"] + context["unanswered"],
        ),
        ("follow-up", _("What followed"), sections["follow_up"]),
    ]
    return [(key, heading) for key, heading, there in parts if there] + [
        ("then", _("And then what?"))
    ]


def _event(request: HttpRequest, dialogue: Dialogue, conveners: Iterable[Any]) -> dict[str, Any]:
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
        "organizer": [
            {"@type": "Organization", "name": convener.organization.name} for convener in conveners
        ],
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
    dialogue = get_object_or_404(Dialogue.objects.visible_to(reader(request)), slug=slug)
    posted = dialogue.contributions.posted()
    statement = get_object_or_404(
        posted.select_related("answer", "part_of")
        .with_attribution()
        .prefetch_related(_about(), _lines(posted)),
        code=code,
    )
    statement.dialogue = dialogue
    whole = statement.part_of
    siblings = posted.filter(kind=statement.kind, part_of=statement.part_of_id)
    context = {
        "dialogue": dialogue,
        "statement": statement,
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
