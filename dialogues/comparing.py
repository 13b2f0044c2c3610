"""Dialogues about one report beside each other: who came, how they voted, what they spoke of.

Nothing here is counted otherwise than in their own reports: the breakdowns are the same, folded in
the same way. Another cut through the same statements, such as a theme over all kinds, could be
held against those and would give small groups away.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from dialogues import voting
from dialogues.figures import (
    ENOUGH,
    Folded,
    Spread,
    by_theme,
    folded,
    number,
    spoken_of,
    spread_of,
)
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    ContributionKind,
    Dialogue,
    Participant,
    TallySource,
)
from dialogues.report.blocks import Bar, Chart
from recommendations.models import Recommendation, Report

# So many stand beside each other; so many are chosen for somebody who chose none, rather those in
# which so many statements were made: of fewer, hardly a group is large enough to be shown.
MOST, FIRST, WORTH_IT = 6, 3, 60
# So many are offered, the newest; others by their address.
OFFERED = 60
# So many recommendations are shown, those spoken of most.
RECOMMENDATIONS = 15

_SLUG = re.compile(r"[-\w]{1,80}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to compare: ``reports`` with dialogues about them, those about ``report``.

    ``beside`` is the address of the dialogue the others are to stand beside, or ''.
    """

    reports: list[Report]
    report: Report | None
    dialogues: list[Dialogue]
    beside: str = ""

    @property
    def first(self) -> list[Dialogue]:
        """Those to begin with: the newest in which enough was said. None where there is one."""

        def rank(row: Dialogue) -> tuple[bool, bool]:
            return row.slug != self.beside, sum(row.counts.values()) < WORTH_IT

        said = [row for row in self.dialogues if row.counts or row.slug == self.beside]
        found = sorted(said, key=rank)[:FIRST]
        return self.chosen([row.slug for row in found]) if len(found) > 1 else []

    def chosen(self, slugs: Sequence[str]) -> list[Dialogue]:
        """Those of these addresses, in the order of the offer."""
        return [dialogue for dialogue in self.dialogues if dialogue.slug in slugs]


def on_offer(asked_report: str, asked: Sequence[str], beside: str = "") -> Offer:
    """The published dialogues to choose from, those asked for among them. Three queries.

    The report is the one asked for, else that of the first dialogue asked for, else the one most
    dialogues are about. Unknown addresses are not among what is offered. Real ones come first.
    """
    public = Dialogue.objects.public()
    reports = list(
        Report.objects.public()
        .filter(dialogues__published_at__isnull=False)
        .annotate(n=Count("dialogues"))
        .order_by("is_demo", "-n", "pk")
    )
    slugs = [slug for slug in (beside, *asked) if _SLUG.match(slug)][: 4 * MOST]
    wanted = {dialogue.slug: dialogue for dialogue in public.filter(slug__in=slugs)}
    ours = [wanted[slug].report_id for slug in slugs if slug in wanted]
    report = next((row for row in reports if row.slug == asked_report), None)
    report = report or next((row for row in reports if row.pk in ours[:1]), None)
    report = report or next(iter(reports), None)
    if report is None:
        return Offer([], None, [])
    newest = list(public.filter(report=report).order_by("is_demo", "-on", "-id")[:OFFERED])
    there = {dialogue.pk for dialogue in newest}
    newest += [row for row in wanted.values() if row.report_id == report.pk and row.pk not in there]
    for dialogue in newest:
        dialogue.report = report
    return Offer(reports, report, newest, beside)


def is_possible() -> bool:
    """Whether two published dialogues are about one published report. One query."""
    public = Dialogue.objects.public().filter(report__in=Report.objects.public().order_by())
    pairs = public.order_by().values("report").annotate(n=Count("pk")).filter(n__gt=1)
    return bool(pairs.exists())


def has_others(dialogue: Dialogue) -> bool:
    """Whether there is a published dialogue about the same report. One query at most."""
    if not (dialogue.is_public and dialogue.report and dialogue.report.is_public):
        return False
    others = Dialogue.objects.public().filter(report=dialogue.report).exclude(pk=dialogue.pk)
    return others.exists()


# ---- Side by side ----


@dataclass(frozen=True, slots=True)
class Votes:
    """How one scale was answered in one dialogue; ``spread`` is None where too few voted."""

    dialogue: Dialogue
    name: str
    source: str
    n: int
    spread: Spread | None
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Cell:
    """How many statements of one dialogue, and which share of all it could be.

    ``n`` is None where there is nobody, or too few to be shown. ``name`` is the dialogue's.
    """

    name: str
    n: int | None = None
    share: float = 0

    def __str__(self) -> str:
        if self.n is None:
            return ""
        share = number_format(round(100 * self.share))
        return _("%(n)s (%(share)s%%)") % {"n": number(self.n), "share": share}

    @property
    def width(self) -> str:
        """The length of its bar, of a hundred, as SVG writes it."""
        return f"{max(100 * self.share, 0.5):.1f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One group with its number in each dialogue."""

    label: str
    cells: tuple[Cell, ...]
    language: str = ""  # of the label, where it has one
    recommendation: Recommendation | None = None

    @property
    def is_common(self) -> bool:
        return sum(cell.n is not None for cell in self.cells) > 1


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Groups of statements in each dialogue; those that several have come first."""

    caption: str
    lines: tuple[Line, ...]

    @property
    def common(self) -> list[Line]:
        return [line for line in self.lines if line.is_common]

    @property
    def others(self) -> list[Line]:
        return [line for line in self.lines if not line.is_common]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``facts`` are rows: what they say, and for each dialogue its name and a text.

    The text is '' where it is not on record.
    """

    dialogues: list[Dialogue]
    facts: list[tuple[str, list[tuple[str, str]]]]
    votes: list[Votes]
    themes: list[Breakdown]
    recommendations: Breakdown

    @property
    def is_demo(self) -> bool:
        return any(dialogue.is_demo for dialogue in self.dialogues)

    @property
    def without_votes(self) -> list[str]:
        """Names of the dialogues of which no vote is on record."""
        voted = {votes.dialogue.pk for votes in self.votes}
        return [name_of(dialogue) for dialogue in self.dialogues if dialogue.pk not in voted]


def compare(dialogues: Sequence[Dialogue], kinds: Mapping[str, str]) -> Comparison:
    """Dialogues side by side, in this order. ``kinds`` names kinds of statements. Six queries."""
    themes = by_theme(dialogues)
    hopes, concerns = (
        _themes(dialogues, themes, kind, kinds[kind])
        for kind in (ContributionKind.HOPE, ContributionKind.CONCERN)
    )
    return Comparison(
        dialogues=list(dialogues),
        facts=_facts(dialogues, kinds),
        votes=_votes(dialogues),
        themes=[breakdown for breakdown in (hopes, concerns) if breakdown.lines],
        recommendations=_recommendations(dialogues),
    )


def name_of(dialogue: Dialogue) -> str:
    """What a dialogue is called beside others: where and when it was."""
    return f"{dialogue.place}, {date_format(dialogue.on)}"


def _facts(
    dialogues: Sequence[Dialogue], kinds: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    seats = dict(
        Participant.objects.filter(dialogue__in=[dialogue.pk for dialogue in dialogues])
        .order_by()
        .values_list("dialogue")
        .annotate(n=Count("pk"))
    )
    came = [dialogue.participant_count or seats.get(dialogue.pk, 0) for dialogue in dialogues]
    rows = [(_("Participants"), came)]
    rows.append((_("Statements"), [sum(dialogue.counts.values()) for dialogue in dialogues]))
    for kind, name in kinds.items():
        counts = [dialogue.counts.get(kind, 0) for dialogue in dialogues]
        if any(counts):
            rows.append((name, counts))
    # A dialogue that says nothing of how many came had not nobody.
    return [
        (
            name,
            [
                (name_of(dialogue), number(n) if n or place else "")
                for dialogue, n in zip(dialogues, counts, strict=True)
            ],
        )
        for place, (name, counts) in enumerate(rows)
    ]


def _votes(dialogues: Sequence[Dialogue]) -> list[Votes]:
    by_key = {dialogue.pk: dialogue for dialogue in dialogues}
    closed = AgendaItem.objects.filter(
        dialogue__in=by_key, kind=AgendaKind.SCALE, ended_at__isnull=False
    )
    items: dict[int, list[AgendaItem]] = {}
    for item in closed.order_by("order", "id"):
        items.setdefault(item.dialogue_id, []).append(item)
    results = voting.results_of([item for rows in items.values() for item in rows])
    return [
        _voted(dialogue, source, counts)
        for dialogue in dialogues
        for item in items.get(dialogue.pk, ())
        for source, counts in results.get(item.pk, {}).items()
    ]


def _voted(dialogue: Dialogue, source: str, counts: Sequence[int]) -> Votes:
    name, label, n = name_of(dialogue), str(TallySource(source).label), sum(counts)
    if n < ENOUGH:
        return Votes(dialogue, name, label, n, None, None)
    bars = tuple(Bar(str(score), votes) for score, votes in enumerate(counts))
    caption = _("%(dialogue)s: %(source)s") % {"dialogue": name, "source": label}
    head = (_("Number from 0 to 10"), _("Votes"))
    return Votes(dialogue, name, label, n, spread_of(counts), Chart(caption, "", head, bars))


def same_name(name: str) -> str:
    """What names have in common that differ in capitals, accents or spaces alone."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(letters.split())


def _themes(
    dialogues: Sequence[Dialogue],
    themes: Mapping[int, Mapping[str, Mapping[str, int]]],
    kind: str,
    caption: str,
) -> Breakdown:
    counts = [themes.get(dialogue.pk, {}).get(kind, {}) for dialogue in dialogues]
    shown = [folded(sorted(by_name.items())) if any(by_name) else None for by_name in counts]
    totals = [dialogue.counts.get(kind, 0) for dialogue in dialogues]
    names: dict[str, tuple[str, str]] = {}
    numbers: list[dict[str, int]] = []
    for dialogue, breakdown in zip(dialogues, shown, strict=True):
        here: dict[str, int] = {}
        for name, n in breakdown.rows if breakdown else ():
            if name:
                key = same_name(name)
                names.setdefault(key, (name, dialogue.language))
                here[key] = here.get(key, 0) + n
        numbers.append(here)
    lines = [
        Line(name, _cells(dialogues, [here.get(key) for here in numbers], totals), language)
        for key, (name, language) in names.items()
    ]
    return Breakdown(caption, _in_order(lines))


def _recommendations(dialogues: Sequence[Dialogue]) -> Breakdown:
    found = spoken_of(dialogues)
    shown = [folded(sorted(found.get(dialogue.pk, {}).items())) for dialogue in dialogues]
    numbers = [_numbers(breakdown) for breakdown in shown]
    totals = [sum(dialogue.counts.values()) for dialogue in dialogues]
    codes = {code for here in numbers for code in here}
    public = Recommendation.objects.public().filter(code__in=codes).select_related("report")
    lines = [
        Line(
            row.code,
            _cells(dialogues, [here.get(row.code) for here in numbers], totals),
            row.report.language,
            row,
        )
        for row in public.order_by("code")
    ]
    return Breakdown(_("Statements about a recommendation"), _in_order(lines)[:RECOMMENDATIONS])


def _numbers(breakdown: Folded | None) -> dict[str, int]:
    return dict(breakdown.rows) if breakdown else {}


def _cells(
    dialogues: Iterable[Dialogue], numbers: Iterable[int | None], totals: Iterable[int]
) -> tuple[Cell, ...]:
    return tuple(
        Cell(name_of(dialogue), n, min(n / total, 1)) if n and total else Cell(name_of(dialogue))
        for dialogue, n, total in zip(dialogues, numbers, totals, strict=True)
    )


def _in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those that most dialogues have first, then those with the largest shares."""

    def key(line: Line) -> tuple[int, float, str]:
        there = [cell.share for cell in line.cells if cell.n is not None]
        return (-len(there), -sum(there), same_name(line.label))

    return tuple(sorted(lines, key=key))
