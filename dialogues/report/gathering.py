"""What a report is made of, read from the database in a fixed number of questions."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from dialogues.commitments import outcomes_of
from dialogues.models import (
    AgendaItem,
    Contribution,
    ContributionKind,
    ContributionState,
    Convener,
    Dialogue,
    Highlight,
    NearDuplicate,
    Person,
    ReportPart,
    Section,
    SectionKind,
)
from dialogues.models.contribution import ContributionQuerySet
from recommendations.models import Recommendation, Term


@dataclass(slots=True)
class Material:
    """All that stands in the report of one dialogue, as it is at this moment.

    Statements are posted ones, wholes only, each with ``lines``, ``answer`` and what
    ``attributed_to`` reads; ``likes`` are those folded into another one, by its key.
    """

    dialogue: Dialogue
    statements: dict[str, list[Contribution]]
    counts: dict[str, int]  # of posted statements, lines not counted
    is_front: bool  # the first statements of each kind alone
    sections: dict[str, list[Section]]
    conveners: list[Convener]
    people: list[Person]
    agenda: list[AgendaItem]
    recommendations: list[Recommendation]
    parts: dict[str, ReportPart]
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
    statements, by_key = _statements(dialogue, dialogue.contributions.posted())
    counts = {kind: len(rows) for kind, rows in statements.items() if rows}
    material = _material(dialogue, statements, counts, is_front=False)
    material.parts = {part.kind: part for part in dialogue.parts_of_report.all()}
    chosen = Highlight.objects.filter(statement__dialogue=dialogue).order_by("order", "id")
    keys = chosen.values_list("statement", flat=True)
    material.highlights = [by_key[key] for key in keys if key in by_key]
    material.likes = _likes(dialogue, by_key)
    themes = Contribution.themes.through.objects.filter(contribution__dialogue=dialogue)
    for key, name in themes.order_by("theme__name").values_list("contribution", "theme__name"):
        material.themes.setdefault(key, []).append(name)
    _read_about(material, Contribution.objects.filter(dialogue=dialogue))
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
    statements, by_key = _statements(dialogue, rows)
    material = _material(dialogue, statements, dialogue.counts_now(), is_front=True)
    _read_about(material, Contribution.objects.filter(pk__in=by_key))
    return material


def _material(
    dialogue: Dialogue,
    statements: dict[str, list[Contribution]],
    counts: dict[str, int],
    *,
    is_front: bool,
) -> Material:
    """What stands around the statements."""
    sections = _sections(dialogue)
    return Material(
        dialogue=dialogue,
        statements=statements,
        counts=counts,
        is_front=is_front,
        sections=sections,
        conveners=list(dialogue.conveners.select_related("organization")),
        people=dialogue.public_people,
        agenda=list(dialogue.agenda.all()),
        recommendations=_recommendations(dialogue),
        parts={},
        term=None
        if SectionKind.DIALOGUE in sections
        else Term.objects.public().filter(slug="dialogue").first(),
        outcomes=outcomes_of(dialogue) if statements[ContributionKind.COMMITMENT] else {},
    )


def _read_about(material: Material, rows: QuerySet[Contribution]) -> None:
    public = Recommendation.objects.public().order_by()
    links = Contribution.about.through.objects.filter(
        contribution__in=rows.order_by().values("pk"), recommendation__in=public.values("pk")
    )
    for key, code in links.order_by("recommendation__code").values_list(
        "contribution", "recommendation__code"
    ):
        material.about.setdefault(key, []).append(code)


def _statements(
    dialogue: Dialogue, posted: ContributionQuerySet
) -> tuple[dict[str, list[Contribution]], dict[int, Contribution]]:
    found: dict[str, list[Contribution]] = {kind.value: [] for kind in ContributionKind}
    by_key: dict[int, Contribution] = {}
    parts: list[Contribution] = []
    rows = (
        posted.select_related("answer")
        .defer("provenance", "reason")
        .with_attribution()
        .order_by("order", "id")
    )
    for row in rows:
        row.dialogue = dialogue
        row.lines = []  # type: ignore[attr-defined]
        by_key[row.pk] = row
        if row.part_of_id:
            parts.append(row)
        else:
            found[row.kind].append(row)
    for part in parts:
        if whole := by_key.get(part.part_of_id or 0):
            whole.lines.append(part)  # type: ignore[attr-defined]
    return found, by_key


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


def _likes(dialogue: Dialogue, by_key: dict[int, Contribution]) -> dict[int, list[Contribution]]:
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
        if one is None or into is None or kept in seen or not _may_be_folded(one, into):
            continue
        likes.setdefault(kept, []).append(one)
    return likes


def _may_be_folded(one: Contribution, into: Contribution) -> bool:
    return (
        one.kind == into.kind
        and one.sector == into.sector
        and not one.part_of_id
        and not into.part_of_id
        and not hasattr(one, "answer")
        and not one.lines  # type: ignore[attr-defined]
    )
