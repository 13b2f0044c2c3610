"""What the wall of a room shows, as a page and as what changed since."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues import shaping, voting
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    PartKind,
    Room,
    Sector,
    TallySource,
)
from dialogues.report.blocks import Block
from dialogues.report.markdown import blocks_of
from recommendations.models.texts import reading

# The newest of a kind; a wall has room for fewer, and the count says how many there are.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A posted statement. ``who`` is all that may be said of its maker."""

    id: int
    version: int
    text: str
    language: str
    who: str


@dataclass(frozen=True, slots=True)
class Column:
    """Statements of one kind, or ideas of one sector, the newest first."""

    key: str
    kind: str
    heading: str
    n: int
    rows: Sequence[Row] = ()

    @property
    def count(self) -> str:
        return number_format(self.n, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Bar:
    score: int
    n: int
    height: int  # of 100


@dataclass(frozen=True, slots=True)
class Result:
    """The votes of one source. ``said`` names it and how many there are."""

    said: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report as it grows: what somebody wrote for it, and what is posted in it."""

    key: str
    heading: str
    blocks: Sequence[Block] = ()
    columns: Sequence[Column] = ()


@dataclass(frozen=True)
class Wall:
    """What stands on the wall, from the item that is on, or was last."""

    room: Room
    item: AgendaItem | None
    columns: Sequence[Column] = ()
    results: Sequence[Result] = ()
    said: str = ""  # how many have written or voted, while that is all that may be known
    hides: bool = field(default=False)  # a silent round that is not revealed
    parts: Sequence["Part"] = ()  # of the report, where the room is shown that

    @property
    def dialogue(self) -> Dialogue:
        return self.room.dialogue

    @property
    def title(self) -> str:
        if self.item is None or self.shows_report:
            return self.dialogue.title
        return self.item.text

    @property
    def shows_report(self) -> bool:
        return self.room.shows_report

    @property
    def is_scale(self) -> bool:
        return (
            self.item is not None and self.item.kind == AgendaKind.SCALE and not self.shows_report
        )

    @cached_property
    def screen(self) -> str:
        """Stands for all of the page but its statements and numbers: another one, another page."""
        fixed = [
            *(self.dialogue.title, self.dialogue.resonance_question, self.dialogue.is_demo),
            *(self.room.code, self.room.is_open, self.title, bool(self.said), self.hides),
            self.item and [self.item.pk, self.item.kind],
            [[column.key, column.heading] for column in self.columns],
            [asdict(result) for result in self.results],
            [[part.heading, repr(part.blocks)] for part in self.parts],
            self.shows_report,
        ]
        return hashlib.blake2b(json.dumps(fixed).encode(), digest_size=8).hexdigest()

    def state(self, since: int) -> dict[str, Any]:
        """What a screen that has version ``since`` needs: words only of what changed after it.

        All that shows is named each time, so that what was withdrawn, moved or erased goes, whoever
        said it stays as they wish, and a screen that lacks one of them knows that it does.
        """
        return {
            "screen": self.screen,
            "said": self.said,
            "columns": [
                {
                    "key": column.key,
                    "count": column.count,
                    "rows": [
                        {"id": row.id, "who": row.who}
                        | (
                            {"text": row.text, "language": row.language}
                            if row.version > since or not since
                            else {}
                        )
                        for row in column.rows
                    ],
                }
                for column in self.columns
            ],
        }


def wall(room: Room) -> Wall:
    """What the wall of a room shows now. A constant number of queries."""
    item = _on_the_wall(room)
    if room.shows_report:
        parts = _report(room.dialogue)
        columns = [column for part in parts for column in part.columns]
        return Wall(room, item, columns, parts=parts)
    if item is None or not item.takes:
        return Wall(room, item)
    if item.is_silent and item.revealed_at is None:
        return Wall(room, item, said=_written(item), hides=True)
    if item.kind == AgendaKind.IDEAS:
        return Wall(room, item, _ideas(room.dialogue))
    columns = _by_kind(room.dialogue, [ContributionKind(kind) for kind in item.takes])
    if item.kind != AgendaKind.SCALE:
        return Wall(room, item, columns)
    if voting.results_are_shown(item):
        return Wall(room, item, columns, _results(item))
    return Wall(room, item, columns, said=_voted(item))


def _on_the_wall(room: Room) -> AgendaItem | None:
    """The item that is on. Between two, the one before stays: its result is what is talked of."""
    if room.current is not None:
        return room.current
    ended = room.dialogue.agenda.filter(ended_at__isnull=False)
    return ended.order_by("-ended_at", "-order").first()


def _by_kind(dialogue: Dialogue, kinds: Sequence[ContributionKind]) -> list[Column]:
    posted = dialogue.contributions.posted().wholes().filter(kind__in=kinds)
    counts = dict(posted.order_by().values_list("kind").annotate(n=Count("pk")))
    headings = {
        ContributionKind.HOPE: _("Hopes"),
        ContributionKind.CONCERN: _("Concerns"),
        ContributionKind.QUESTION: _("Questions"),
        ContributionKind.RESERVATION: _("Reservations"),
        ContributionKind.IDEA: _("Ideas"),
        ContributionKind.COMMITMENT: _("Commitments"),
    }
    return [
        Column(
            key=kind.value,
            kind=kind.value,
            heading=headings[kind],
            n=counts.get(kind, 0),
            rows=_rows(dialogue, kind),
        )
        for kind in kinds
    ]


def _ideas(dialogue: Dialogue) -> list[Column]:
    """The newest ideas under the sectors they speak of, and how many each sector has."""
    kind = ContributionKind.IDEA
    posted = dialogue.contributions.posted().wholes().filter(kind=kind)
    counts = dict(posted.order_by().values_list("sector").annotate(n=Count("pk")))
    if not set(counts) - {""}:
        return _by_kind(dialogue, [kind])
    newest = list(dialogue.contributions.on_the_wall(kind, SHOWN))
    names = [(sector.value, str(sector.label)) for sector in Sector]
    names.append(("", _("No sector named")))
    return [
        Column(
            key=f"{kind.value}-{sector}",
            kind=kind.value,
            heading=name,
            n=counts[sector],
            rows=_shown(dialogue, (row for row in newest if row.sector == sector)),
        )
        for sector, name in names
        if sector in counts
    ]


# What of the report is made of statements.
_MADE_OF: dict[str, Sequence[ContributionKind]] = {
    PartKind.ROUND: (ContributionKind.HOPE, ContributionKind.CONCERN),
    PartKind.QUESTIONS: (ContributionKind.QUESTION,),
    PartKind.RESERVATIONS: (ContributionKind.RESERVATION,),
    PartKind.IDEAS: (ContributionKind.IDEA,),
    PartKind.COMMITMENTS: (ContributionKind.COMMITMENT,),
}


def _report(dialogue: Dialogue) -> list[Part]:
    """The parts of the report that have something in them, in its order."""
    by_kind = {column.kind: column for column in _by_kind(dialogue, list(ContributionKind))}
    is_french = reading() == "fr" and dialogue.language != "fr"
    parts = []
    for row in shaping.parts_of(dialogue):
        if not row.is_shown:
            continue
        found = [by_kind[kind] for kind in _MADE_OF.get(row.kind, ())]
        columns = [column for column in found if column.n]
        text = (row.text_fr if is_french else "") or row.text
        if columns or text:
            heading = (row.heading_fr if is_french else row.heading) or row.get_kind_display()
            parts.append(Part(row.kind, heading, blocks_of(text), columns))
    return parts


def _rows(dialogue: Dialogue, kind: ContributionKind) -> list[Row]:
    return _shown(dialogue, dialogue.contributions.on_the_wall(kind, SHOWN))


def _shown(dialogue: Dialogue, statements: Iterable[Contribution]) -> list[Row]:
    rows = []
    for statement in statements:
        statement.dialogue = dialogue
        rows.append(
            Row(
                id=statement.pk,
                version=statement.version,
                text=statement.text,
                language=statement.language,
                who=statement.attributed_to,
            )
        )
    return rows


def _written(item: AgendaItem) -> str:
    """How many have written in a silent round; a scribe's entries without a seat count one each."""
    there = item.statements.exclude(state=ContributionState.WITHDRAWN).aggregate(
        seats=Count("participant", distinct=True),
        others=Count("pk", filter=Q(participant__isnull=True)),
    )
    n = there["seats"] + there["others"]
    return ngettext("%(n)s has written", "%(n)s have written", n) % {"n": _number(n)}


def _voted(item: AgendaItem) -> str:
    n = item.voted.count()
    return ngettext("%(n)s has voted", "%(n)s have voted", n) % {"n": _number(n)}


def _results(item: AgendaItem) -> list[Result]:
    """The votes by source, on one scale: what was counted by hand is never added to the ballots."""
    results = voting.results(item)
    highest = max((n for counts in results.values() for n in counts), default=0) or 1
    return [
        Result(_said_of(source, sum(counts)), _bars(counts, highest))
        for source, counts in results.items()
    ]


def _said_of(source: str, n: int) -> str:
    match source:
        case TallySource.HANDS:
            words = ngettext("%(n)s hand shown", "%(n)s hands shown", n)
        case TallySource.PAPER:
            words = ngettext("%(n)s vote on paper", "%(n)s votes on paper", n)
        case _:
            words = ngettext("%(n)s vote", "%(n)s votes", n)
    return words % {"n": _number(n)}


def _bars(counts: Sequence[int], highest: int) -> list[Bar]:
    return [Bar(score, n, round(100 * n / highest)) for score, n in enumerate(counts)]


def _number(n: int) -> str:
    return number_format(n, force_grouping=True)
