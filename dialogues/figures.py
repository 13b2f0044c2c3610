"""Numbers that follow from a dialogue, none of which singles anybody out.

What may be known of whom is decided here once for the report, the comparison and the workbench:
every breakdown of people or of statements goes through ``folded``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues import voting
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Attribution,
    Channel,
    Contribution,
    ContributionKind,
    Dialogue,
    Participant,
    Sector,
    TallySource,
)
from dialogues.models.contribution import WITHOUT_SECTOR
from dialogues.report.blocks import (
    Bar,
    Block,
    Chart,
    Fact,
    Facts,
    Heading,
    Items,
    Paragraph,
    Run,
    Style,
)
from recommendations.models import Recommendation
from recommendations.models.texts import reading

# A group smaller than this could be somebody; so could the votes of fewer.
ENOUGH = 5
# Of the recommendations spoken of most, so many are drawn.
MOST = 10

# What a breakdown says of one group: its name, and how many are in it.
Row = tuple[str, int]


# ---- Spread ----


class Spread(NamedTuple):
    """Where the votes on a scale lie: scores, but for ``n``, which counts votes."""

    n: int
    median: float
    lower: float
    upper: float
    lowest: int
    highest: int


def spread_of(counts: Sequence[int]) -> Spread | None:
    """The median, the quartiles and the ends of votes; None where nobody voted.

    ``counts`` says how many chose 0, 1, 2, … A quartile is the score at which the share of votes
    up to it first passes a quarter (a half, three quarters); where the share is exactly that, it is
    midway between this score and the next one chosen. That is definition 2 of Hyndman and Fan,
    “Sample Quantiles in Statistical Packages”, The American Statistician 50 (1996), 361–365; of
    the definitions for values that come in steps it is the one whose half is the usual median.
    """
    chosen = [score for score, n in enumerate(counts) if n]
    if not chosen:
        return None
    n = sum(counts)
    return Spread(
        n,
        _quantile(counts, n, 2),
        _quantile(counts, n, 1),
        _quantile(counts, n, 3),
        chosen[0],
        chosen[-1],
    )


def _quantile(counts: Sequence[int], n: int, quarters: int) -> float:
    """Where so many quarters of the votes are passed: at one vote, or midway between two."""
    at, rest = divmod(n * quarters, 4)
    pair = (at, at) if rest else (at - 1, at)
    low, high = (_nth(counts, place) for place in pair)
    return (low + high) / 2


def _nth(counts: Sequence[int], place: int) -> int:
    """The score of the vote at a place (from 0) when all stand in order."""
    passed = 0
    for score, n in enumerate(counts):
        passed += n
        if place < passed:
            return score
    raise IndexError(place)


# ---- Folding ----


@dataclass(frozen=True, slots=True)
class Folded:
    """A breakdown that may be shown: groups by name, and how many are in the others together.

    ``groups`` is how many groups the others are; 0 where every group is shown by name.
    """

    rows: tuple[Row, ...]
    together: int = 0
    groups: int = 0

    @property
    def whole(self) -> tuple[Row, ...]:
        """All rows as they are written, the others last."""
        if not self.groups:
            return self.rows
        return (*self.rows, (self.others, self.together))

    @property
    def others(self) -> str:
        return _("%(n)d smaller groups together") % {"n": self.groups}


def folded(rows: Iterable[Row], least: int = ENOUGH) -> Folded | None:
    """A breakdown of which no group under ``least`` can be told; None where nothing may be shown.

    Groups with nobody in them are left out. The small ones, of 1 to ``least`` - 1, become one row:
    only how many are in them together is said. Somebody who knows the names of the folded groups,
    the total and this rule must still not be able to work any of them out, so the rule says:

    1. Together they are shown where there are two or more of them, ``least`` or more are in them,
       and their sum is neither the smallest nor the largest that so many small groups can have: it
       would say that each has 1, or each ``least`` - 1. Between these each of them may have one
       more or one less, with another making up for it.
    2. Else the smallest of the larger groups is folded in too, with all that are as large as it.
       The row then holds small and larger groups, and nothing says which is which: sizes may be
       swapped among its groups and what is shown stays the same. (Were only some of those equally
       large folded in, the order of names would decide, and could be read back.)
    3. Where that leaves no group by name, there is nothing to show but the total, and that is not
       this function's to say.

    The rule reads sizes only, never names or their order. It guards one breakdown as it stands:
    whoever kept an older one sees how many came since, to which of the groups that are named.
    """
    there = [(label, n) for label, n in rows if n > 0]
    small = [n for _label, n in there if n < least]
    cut = least
    if small and not _is_open(small, least):
        cut = 1 + min((n for _label, n in there if n >= least), default=least)
    shown = tuple(row for row in there if row[1] >= cut)
    hidden = [n for _label, n in there if n < cut]
    return Folded(shown, sum(hidden), len(hidden)) if shown else None


def _is_open(small: Sequence[int], least: int) -> bool:
    """Whether the sum of small groups leaves the size of each of them open."""
    total, k = sum(small), len(small)
    return total >= least and k < total < k * (least - 1)


# ---- What was said, counted ----


def by_theme(dialogues: Iterable[Dialogue]) -> dict[int, dict[str, dict[str, int]]]:
    """How many posted statements bear a theme: by dialogue, kind and name. One query.

    '' stands for those without a theme. A statement of two themes is counted with each.
    """
    rows = (
        Contribution.objects.posted()
        .wholes()
        .filter(dialogue__in=[dialogue.pk for dialogue in dialogues])
        .order_by()
        .values_list("dialogue", "kind", "themes__name")
        .annotate(n=Count("pk"))
    )
    found: dict[int, dict[str, dict[str, int]]] = {}
    for dialogue, kind, name, n in rows:
        found.setdefault(dialogue, {}).setdefault(kind, {})[name or ""] = n
    return found


def spoken_of(dialogues: Iterable[Dialogue]) -> dict[int, dict[str, int]]:
    """How many posted statements are about a public recommendation: by dialogue and code.

    One query; a line of a statement counts with it, not beside it.
    """
    rows = (
        Contribution.objects.posted()
        .wholes()
        .filter(
            dialogue__in=[dialogue.pk for dialogue in dialogues],
            about__in=Recommendation.objects.public().order_by(),
        )
        .order_by()
        .values_list("dialogue", "about__code")
        .annotate(n=Count("pk"))
    )
    found: dict[int, dict[str, int]] = {}
    for dialogue, code, n in rows:
        found.setdefault(dialogue, {})[code] = n
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """So many posted statements that are alike in what is counted of them.

    ``sector`` is '' where none is named and where it may not be told: as ``public_sector``.
    """

    kind: str
    sector: str
    channel: str
    n: int


def _said(dialogue: Dialogue) -> list[Said]:
    """All posted statements of a dialogue, counted. One query."""
    rows = (
        Contribution.objects.posted()
        .wholes()
        .filter(dialogue=dialogue)
        .order_by()
        .values_list("kind", "sector", "channel", "attribution")
        .annotate(n=Count("pk"))
    )
    said = []
    for kind, sector, channel, attribution, n in rows:
        is_told = kind == ContributionKind.IDEA or (
            dialogue.attribution not in WITHOUT_SECTOR and attribution != Attribution.NONE
        )
        said.append(Said(kind, sector if is_told else "", channel, n))
    return said


def largest_first(counts: Mapping[str, int]) -> list[Row]:
    """Groups by size, then by name; those without a name last."""
    return sorted(counts.items(), key=lambda row: (not row[0], -row[1], row[0]))


def number(n: int) -> str:
    return number_format(n, force_grouping=True)


def score(value: float) -> str:
    """A place on a scale as it is written: 7, or 6.5."""
    return number_format(value, 0 if value == int(value) else 1)


# ---- As blocks of a report ----


def resonance_blocks(dialogue: Dialogue, agenda: Iterable[AgendaItem]) -> tuple[Block, ...]:
    """How the scales that are closed were answered, or what is known where the votes are not.

    Each source by itself: what was counted by hand is never added to the ballots. Of fewer than
    ``ENOUGH`` votes it is not shown how they fell. One query, if there is a closed scale.
    """
    closed = [item for item in agenda if item.kind == AgendaKind.SCALE and item.ended_at]
    results = voting.results_of(closed) if closed else {}
    question = dialogue.resonance_question
    language = _foreign(dialogue.language)
    if not results:
        if not question:
            return ()
        if not dialogue.resonance_note:
            return (_text(question, language=language), _note(_("No votes are counted.")))
        return (
            _text(_("The votes are not on record, so none are shown.")),
            Paragraph((Run(question),), Style.PRINTED, language),
            _note(dialogue.resonance_note, language),
        )
    blocks: list[Block] = [_text(question, language=language)] if question else []
    for item in closed:
        if item.pk not in results:
            continue
        if len(results) > 1:
            blocks.append(Heading(item.text, language=language))
        for source, counts in results[item.pk].items():
            blocks += vote_blocks(source, counts)
    return tuple(blocks)


def vote_blocks(source: str, counts: Sequence[int]) -> list[Block]:
    """How one scale was answered: what lies in the middle, and a chart of all of it."""
    name = TallySource(source).label
    spread = spread_of(counts)
    if spread is None:
        return []
    if spread.n < ENOUGH:
        words = _("%(source)s: fewer than five voted, so it is not shown how.")
        return [_text(words % {"source": name})]
    caption = ngettext("%(source)s: one vote", "%(source)s: %(n)s votes", spread.n)
    description = _(
        "Votes from 0 to 10. The median is %(median)s; the middle half lies between %(lower)s and"
        " %(upper)s; the lowest is %(lowest)s, the highest %(highest)s."
    )
    chart = Chart(
        caption=caption % {"source": name, "n": number(spread.n)},
        description=description
        % {
            "median": score(spread.median),
            "lower": score(spread.lower),
            "upper": score(spread.upper),
            "lowest": spread.lowest,
            "highest": spread.highest,
        },
        head=(_("Number from 0 to 10"), _("Votes")),
        bars=tuple(Bar(str(at), n) for at, n in enumerate(counts)),
        mark=spread.median,
        mark_label=_("Median: %(median)s") % {"median": score(spread.median)},
        is_upright=True,
    )
    return [chart, Facts(spread_facts(spread))]


def spread_facts(spread: Spread) -> tuple[Fact, ...]:
    between = _("%(low)s to %(high)s")
    return (
        Fact(_("Votes"), number(spread.n)),
        Fact(_("Median"), score(spread.median)),
        Fact(
            _("Middle half"),
            between % {"low": score(spread.lower), "high": score(spread.upper)},
        ),
        Fact(
            _("Lowest and highest"),
            _("%(low)s and %(high)s") % {"low": spread.lowest, "high": spread.highest},
        ),
    )


def figures_blocks(dialogue: Dialogue) -> tuple[Block, ...]:
    """Who took part and how, and what hopes, concerns and recommendations were spoken of most.

    At most five queries, however much was said. () where nothing is counted.
    """
    said = _said(dialogue)
    if not said and not dialogue.participant_count:
        return ()
    breakdowns = _Breakdowns()
    blocks = (
        *_taking_part(dialogue, said, breakdowns),
        *_themes(dialogue, breakdowns),
        *_sectors(said, breakdowns),
        *_recommendations(dialogue, breakdowns),
    )
    if not breakdowns.any_folded:
        return blocks
    words = _(
        "Groups of fewer than five are not shown by themselves, so that nobody can be singled out."
    )
    return (*blocks, _note(words))


class _Breakdowns:
    """Draws breakdowns, and remembers whether a group was folded in one of them."""

    def __init__(self) -> None:
        self.any_folded = False

    def chart(
        self, caption: str, head: tuple[str, str], rows: Sequence[Row], without: str
    ) -> Chart | Paragraph:
        """A chart of rows that may be shown, or a note that none may. ``without`` names ''."""
        breakdown = folded(rows)
        self.any_folded = self.any_folded or breakdown is None or bool(breakdown.groups)
        named = [row for row in breakdown.rows if row[0]] if breakdown else []
        if breakdown is None or not named:
            words = _("%(caption)s: the groups are too small to be shown.")
            return _note(words % {"caption": caption})
        bars = tuple(Bar(label or without, n) for label, n in breakdown.whole)
        return Chart(caption, _described(named), head, bars)


def _taking_part(
    dialogue: Dialogue, said: Sequence[Said], breakdowns: _Breakdowns
) -> tuple[Block, ...]:
    seats = dict(
        Participant.objects.filter(dialogue=dialogue)
        .order_by()
        .values_list("channel")
        .annotate(n=Count("pk"))
    )
    rows = []
    if n := dialogue.participant_count or sum(seats.values()):
        rows.append(Fact(_("Participants"), number(n)))
    if n := sum(one.n for one in said):
        rows.append(Fact(_("Statements"), number(n)))
    blocks: list[Block] = [Heading(_("Who took part, and how"))]
    if rows:
        blocks.append(Facts(tuple(rows)))
    ways: dict[str, int] = {}
    for one in said:
        ways[one.channel] = ways.get(one.channel, 0) + one.n
    for caption, noun, counts in (
        (_("Participants by how they came"), _("Participants"), seats),
        (_("Statements by how they came"), _("Statements"), ways),
    ):
        if any(counts):
            known = [(str(way.label), counts.get(way, 0)) for way in Channel]
            breakdown = [*known, ("", counts.get("", 0))]
            head = (_("How they came"), noun)
            blocks.append(breakdowns.chart(caption, head, breakdown, _("Not on record")))
    return tuple(blocks)


def _themes(dialogue: Dialogue, breakdowns: _Breakdowns) -> tuple[Block, ...]:
    found = by_theme([dialogue]).get(dialogue.pk, {})
    blocks: list[Block] = []
    for kind, caption, noun in (
        (ContributionKind.HOPE, _("Hopes by theme"), _("Hopes")),
        (ContributionKind.CONCERN, _("Concerns by theme"), _("Concerns")),
    ):
        counts = found.get(kind, {})
        if any(counts):
            rows = largest_first(counts)
            head = (_("Theme"), noun)
            blocks.append(breakdowns.chart(caption, head, rows, _("Without a theme")))
    if not blocks:
        return ()
    words = _("A statement can have several themes and is then counted with each of them.")
    return (Heading(_("Hopes and concerns by theme")), *blocks, _note(words))


def _sectors(said: Sequence[Said], breakdowns: _Breakdowns) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for kind, caption, noun in (
        (ContributionKind.HOPE, _("Hopes by sector"), _("Hopes")),
        (ContributionKind.CONCERN, _("Concerns by sector"), _("Concerns")),
    ):
        counts: dict[str, int] = {}
        for one in said:
            if one.kind == kind:
                counts[one.sector] = counts.get(one.sector, 0) + one.n
        if any(counts):
            known = [(str(sector.label), counts.get(sector, 0)) for sector in Sector]
            rows = [*known, ("", counts.get("", 0))]
            head = (_("Sector"), noun)
            blocks.append(breakdowns.chart(caption, head, rows, _("No sector named")))
    return (Heading(_("Hopes and concerns by sector")), *blocks) if blocks else ()


def _recommendations(dialogue: Dialogue, breakdowns: _Breakdowns) -> tuple[Block, ...]:
    counts = spoken_of([dialogue]).get(dialogue.pk, {})
    if not counts:
        return ()
    heading = Heading(_("Recommendations spoken of most"))
    breakdown = folded(largest_first(counts))
    breakdowns.any_folded = breakdowns.any_folded or breakdown is None or bool(breakdown.groups)
    if breakdown is None:
        words = _("No recommendation was spoken of by enough people for a number to be shown.")
        return (heading, _note(words))
    bars = tuple(Bar(code, n) for code, n in breakdown.rows[:MOST])
    chart = Chart(
        _("Statements about a recommendation"),
        _described(breakdown.rows[:MOST]),
        (_("Recommendation"), _("Statements")),
        bars,
    )
    rows = Recommendation.objects.public().filter(code__in=[bar.label for bar in bars])
    by_code = {row.code: row for row in rows.select_related("report").order_by()}
    read = [_named(by_code[bar.label]) for bar in bars if bar.label in by_code]
    return (heading, chart, Items(tuple((one,) for one in read)))


def _named(recommendation: Recommendation) -> Paragraph:
    runs = (
        Run(recommendation.code, link=recommendation.get_absolute_url()),
        Run(f" {recommendation.text}"),
    )
    return Paragraph(runs, language=_foreign(recommendation.report.language))


def _described(named: Sequence[Row]) -> str:
    """What a chart shows, for those who do not see it: its ends, of the groups that have a name."""
    most, least = max(named, key=lambda row: row[1]), min(named, key=lambda row: row[1])
    if most == least:
        return _("“%(label)s” has %(n)s.") % {"label": most[0], "n": number(most[1])}
    words = _(
        "Of the groups with a name “%(most)s” is the largest with %(n)s, “%(least)s” the smallest"
        " with %(m)s."
    )
    return words % {
        "most": most[0],
        "n": number(most[1]),
        "least": least[0],
        "m": number(least[1]),
    }


def _text(text: str, *, language: str = "") -> Paragraph:
    return Paragraph((Run(text),), language=language)


def _note(text: str, language: str = "") -> Paragraph:
    return Paragraph((Run(text),), Style.NOTE, language)


def _foreign(language: str) -> str:
    """The language of a text where it is not the reader's, else ''."""
    return "" if language[:2] == reading() else language
