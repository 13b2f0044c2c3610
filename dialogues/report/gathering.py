"""What a report is made of, read from the database in a fixed number of questions."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from dialogues import shaping
from dialogues.commitments import outcomes_of
from dialogues.models import (
    AgendaItem,
    Answer,
    Contribution,
    ContributionKind,
    ContributionState,
    Convener,
    Dialogue,
    Highlight,
    NearDuplicate,
    Participant,
    PartKind,
    Person,
    ReportPart,
    Section,
    SectionKind,
)
from dialogues.models.contribution import ContributionQuerySet
from recommendations.models import Recommendation, Term

_Keys = QuerySet[Contribution, Any]


@dataclass(slots=True)
class Material:
    """All that stands in the report of one dialogue, as it is at this moment.

    Statements are posted ones, wholes only, each with its ``lines``. What is told of them stands
    beside them by their key; ``likes`` are those folded into another one, by its key.
    """

    dialogue: Dialogue
    statements: dict[str, list[Contribution]]
    said_by: dict[int, str]  # what may be told of who said it
    answers: dict[int, Answer]
    counts: dict[str, int]  # of posted statements, lines not counted
    is_front: bool  # the first statements of each kind alone
    sections: dict[str, list[Section]]
    conveners: list[Convener]
    people: list[Person]
    agenda: list[AgendaItem]
    recommendations: list[Recommendation]
    parts: dict[PartKind, ReportPart]  # in their order; none on a front
    term: Term | None
    likes: dict[int, list[Contribution]] = field(default_factory=dict)
    highlights: list[Contribution] = field(default_factory=list)
    about: dict[int, list[str]] = field(default_factory=dict)
    themes: dict[int, list[str]] = field(default_factory=dict)
    outcomes: dict[int, str] = field(default_factory=dict)

    def texts(self, *kinds: SectionKind) -> list[Section]:
        """Texts of record of some kinds, in their order."""
        return [section for kind in kinds for section in self.sections.get(kind, ())]


def gather(dialogue: Dialogue) -> Material:
    """Read it all. As many questions with ten thousand statements as with ten."""
    read = _statements(dialogue, dialogue.contributions.posted())
    counts = {kind: len(rows) for kind, rows in read.by_kind.items() if rows}
    theirs = Contribution.objects.filter(dialogue=dialogue)
    material = _material(dialogue, read, theirs, counts, is_front=False)
    by_key = read.by_key
    material.parts = {PartKind(part.kind): part for part in shaping.parts_of(dialogue)}
    chosen = Highlight.objects.filter(statement__dialogue=dialogue).order_by("order", "id")
    keys = chosen.values_list("statement", flat=True)
    material.highlights = [by_key[key] for key in keys if key in by_key]
    material.likes = _likes(dialogue, by_key, material.answers)
    themes = Contribution.themes.through.objects.filter(contribution__dialogue=dialogue)
    for key, name in themes.order_by("theme__name").values_list("contribution", "theme__name"):
        material.themes.setdefault(key, []).append(name)
    return material


def gather_front(dialogue: Dialogue, shown: int) -> Material:
    """Read what the page of a dialogue shows of it without an edition, however much was said."""
    posted = dialogue.contributions.posted()
    # Each kind cut from the index by itself; inside IN, for SQLite has no LIMIT within a UNION.
    firsts = [
        Contribution.objects.order_by()
        .filter(
            pk__in=posted.wholes().filter(kind=kind).order_by("order", "id").values("pk")[:shown]
        )
        .values("pk")
        for kind in ContributionKind
    ]
    keys = [row["pk"] for row in firsts[0].union(*firsts[1:], all=True)]
    # Not of ``dialogue``: a database might read all of its statements to find these.
    rows = Contribution.objects.posted().filter(Q(pk__in=keys) | Q(part_of__in=keys))
    read = _statements(dialogue, rows)
    theirs = Contribution.objects.filter(pk__in=list(read.by_key))
    return _material(dialogue, read, theirs, dialogue.counts_now(), is_front=True)


def _material(
    dialogue: Dialogue,
    read: "_Read",
    rows: QuerySet[Contribution],
    counts: dict[str, int],
    *,
    is_front: bool,
) -> Material:
    """What stands around the statements."""
    sections = _sections(dialogue)
    keys = rows.order_by().values("pk")
    material = Material(
        dialogue=dialogue,
        statements=read.by_kind,
        said_by=read.said_by(keys),
        answers=_answers(keys),
        counts=counts,
        is_front=is_front,
        sections=sections,
        conveners=list(dialogue.conveners.select_related("organization")),
        people=dialogue.public_people,
        agenda=list(dialogue.agenda.all()),
        recommendations=_recommendations(dialogue),
        parts={},
        term=None
        if is_front or SectionKind.DIALOGUE in sections
        else Term.objects.public().filter(slug="dialogue").first(),
        outcomes=outcomes_of(dialogue) if read.by_kind[ContributionKind.COMMITMENT] else {},
    )
    public = Recommendation.objects.public().order_by()
    links = Contribution.about.through.objects.filter(
        contribution__in=keys, recommendation__in=public.values("pk")
    )
    for key, code in links.order_by("recommendation__code").values_list(
        "contribution", "recommendation__code"
    ):
        material.about.setdefault(key, []).append(code)
    return material


def told_of(dialogue: Dialogue) -> dict[str, str]:
    """What may be told of who said each posted statement, by its number."""
    posted = dialogue.contributions.posted()
    read = _statements(dialogue, posted)
    told = read.said_by(posted.order_by().values("pk"))
    return {row.code: told[key] for key, row in read.by_key.items()}


# What a report reads of a statement. There may be ten thousand of them.
_READ = (
    *("dialogue", "code", "kind", "order", "part_of", "state", "sector", "text", "spoken"),
    *("language", "translation", "note", "attribution", "participant"),
)


def _statements(dialogue: Dialogue, posted: ContributionQuerySet) -> "_Read":
    read = _Read({kind.value: [] for kind in ContributionKind}, {})
    parts: list[Contribution] = []
    for row in posted.only(*_READ).order_by("order", "id"):
        row.dialogue = dialogue
        row.lines = []  # type: ignore[attr-defined]
        read.by_key[row.pk] = row
        if row.part_of_id:
            parts.append(row)
        else:
            read.by_kind[row.kind].append(row)
    for part in parts:
        if whole := read.by_key.get(part.part_of_id or 0):
            whole.lines.append(part)  # type: ignore[attr-defined]
    return read


@dataclass(frozen=True, slots=True)
class _Read:
    by_kind: dict[str, list[Contribution]]
    by_key: dict[int, Contribution]

    def said_by(self, keys: _Keys) -> dict[int, str]:
        """What may be told of who said each: of everybody once, and of joined words each time."""
        links = Contribution.words_of.through.objects.filter(from_contribution__in=keys)
        joined = set(links.order_by().values_list("from_contribution", flat=True))
        asked: dict[object, Contribution] = {}
        for key, row in self.by_key.items():
            asked.setdefault(_asked(row, joined), self.by_key[key])
        samples = list(asked.values())
        seats = Participant.objects.filter(pk__in={row.participant_id for row in samples})
        makers = {maker.pk: maker for maker in seats.prefetch_related("consents").order_by()}
        for row in samples:
            row.participant = makers.get(row.participant_id or 0)
        merged = Contribution.objects.select_related("participant").order_by()
        prefetch_related_objects(samples, Prefetch("words_of", queryset=merged))
        told = {key: row.attributed_to for key, row in asked.items()}
        return {key: told[_asked(row, joined)] for key, row in self.by_key.items()}


def _answers(keys: _Keys) -> dict[int, Answer]:
    return {row.contribution_id: row for row in Answer.objects.filter(contribution__in=keys)}


def _asked(row: Contribution, joined: set[int]) -> object:
    """Rows for which this is the same say the same of who said them."""
    return ("joined", row.pk) if row.pk in joined else (row.participant_id, row.attribution)


def _sections(dialogue: Dialogue) -> dict[str, list[Section]]:
    found: dict[str, list[Section]] = {}
    for section in dialogue.sections.order_by("order", "id"):
        found.setdefault(section.kind, []).append(section)
    return found


def _recommendations(dialogue: Dialogue) -> list[Recommendation]:
    if dialogue.report is None or not dialogue.report.is_public:
        return []
    rows = Recommendation.objects.public().filter(report=dialogue.report)
    return list(rows.select_related("audience", "pillar").order_by("order", "id"))


def _likes(
    dialogue: Dialogue, by_key: dict[int, Contribution], answers: dict[int, Answer]
) -> dict[int, list[Contribution]]:
    """Statements folded into another one, by its key.

    Only wholes of one kind are folded, and no question that has an answer of its own. Of a chain
    the first is kept; of a ring nothing is folded.
    """
    rows = NearDuplicate.objects.filter(
        statement__dialogue=dialogue, statement__state=ContributionState.POSTED
    )
    near = dict(rows.order_by("id").values_list("statement", "of"))
    likes: dict[int, list[Contribution]] = {}
    for key in near:
        kept, seen = near[key], {key}
        while kept in near and kept not in seen:
            seen.add(kept)
            kept = near[kept]
        one, into = by_key.get(key), by_key.get(kept)
        if one is None or into is None or kept in seen or key in answers:
            continue
        if not _may_be_folded(one, into):
            continue
        likes.setdefault(kept, []).append(one)
    return likes


def _may_be_folded(one: Contribution, into: Contribution) -> bool:
    return (
        one.kind == into.kind
        and (one.sector == into.sector or one.kind != ContributionKind.IDEA)
        and not one.part_of_id
        and not into.part_of_id
        and not one.lines  # type: ignore[attr-defined]
    )
