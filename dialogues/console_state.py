"""What the console shows of a room. Names are for facilitators: scribes see seats."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from dialogues import running, voting
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Channel,
    Contribution,
    ContributionState,
    Dialogue,
    Participant,
    Room,
    Sector,
    TallySource,
    Turn,
    TurnState,
    Voted,
)
from dialogues.models.contribution import ContributionQuerySet


def state_of(dialogue: Dialogue, room: Room, *, since: int, with_names: bool) -> dict[str, Any]:
    """The whole room but its statements: of those what changed after version ``since``.

    ``n`` is how many statements there are: a screen that counts others has missed an erasure, and
    asks for all of them.
    """
    now = timezone.now()
    items = list(dialogue.agenda.order_by("order", "id"))
    turns = list(
        Turn.objects.filter(item__dialogue=dialogue)
        .select_related("participant")
        .order_by("order", "id")
    )
    seats = list(dialogue.participants.order_by("seat"))
    shown = _shown(dialogue)
    current = next((item for item in items if item.pk == room.current_id), None)
    return {
        "since": since,
        "now": _ms(now),
        "room": {"code": room.code, "isOpen": room.is_open},
        "current": room.current_id,
        "agenda": [_item(item, now) for item in items],
        "turns": turns_of(current, turns, now),
        "seats": [_seat(seat, with_names) for seat in seats],
        "statements": statements(shown.filter(version__gt=since) if since else shown),
        "n": shown.count(),
        "themes": list(dialogue.themes.values_list("name", flat=True)),
        "votes": _votes(dialogue, items),
        "silent": _silent(dialogue),
        "balance": _balance(dialogue, seats, turns, now),
    }


def _shown(dialogue: Dialogue) -> ContributionQuerySet:
    """All of them, but what phones wrote in a silent round that is not over."""
    return dialogue.contributions.exclude(
        channel=Channel.PHONE, round__is_silent=True, round__revealed_at__isnull=True
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _item(item: AgendaItem, now: datetime) -> dict[str, Any]:
    return {
        "id": item.pk,
        "kind": item.kind,
        "text": item.text,
        "minutes": item.minutes,
        "extra": item.extra_minutes,
        "turnSeconds": item.turn_seconds,
        "takes": item.takes,
        "byTurns": item.by_turns,
        "startedAt": _ms(item.started_at),
        "endedAt": _ms(item.ended_at),
        "endsAt": _ms(item.ends_at(now)),
        "isRunning": item.is_running,
        "isPaused": item.paused_at is not None,
        "isSilent": item.is_silent,
        "isRevealed": item.revealed_at is not None,
    }


def turns_of(item: AgendaItem | None, turns: Iterable[Turn], now: datetime) -> list[dict[str, Any]]:
    """Who speaks, has spoken and waits in a round, in the order of the queue."""
    return [
        {
            "id": turn.pk,
            "seat": turn.participant.seat,
            "state": turn.state,
            "startedAt": _ms(turn.started_at),
            "endsAt": _ms(running.turn_ends_at(turn, item, now)),
            "seconds": item.turn_seconds + turn.extra_seconds,
            "byPhone": turn.participant.channel == Channel.PHONE,
            "hasLeft": turn.participant.has_left,
        }
        for turn in turns
        if item is not None and turn.item_id == item.pk
    ]


def _seat(seat: Participant, with_names: bool) -> dict[str, Any]:
    data = {
        "seat": seat.seat,
        "sector": seat.sector,
        "isHeld": seat.is_held,
        "hasLeft": seat.has_left,
        "byPhone": seat.channel == Channel.PHONE,
    }
    return {**data, "name": seat.name} if with_names else data


def statements(rows: ContributionQuerySet) -> list[dict[str, Any]]:
    """Statements as the console shows them, with where they came from and went."""
    found = (
        rows.select_related("participant", "split_from", "replaced_by", "answer")
        .prefetch_related("themes", "about")
        .order_by("pk")
    )
    return [statement(row) for row in found]


def statement(row: Contribution) -> dict[str, Any]:
    answer = getattr(row, "answer", None)
    return {
        "id": row.pk,
        "key": row.key and str(row.key),
        "code": row.code,
        "kind": row.kind,
        "text": row.text,
        "spoken": row.spoken,
        "language": row.language,
        "revision": row.revision,
        "version": row.version,
        "state": row.state,
        "reason": row.reason,
        "wasTakenBack": row.was_taken_back,
        "channel": row.channel,
        "seat": row.participant.seat if row.participant else None,
        "turn": row.turn_id,
        "item": row.round_id,
        "sector": row.sector,
        "themes": [theme.name for theme in row.themes.all()],
        "about": [recommendation.code for recommendation in row.about.all()],
        "splitFrom": row.split_from and row.split_from.code,
        "replacedBy": row.replaced_by and row.replaced_by.code,
        "answer": answer
        and {
            "text": answer.text,
            "by": answer.answered_by,
            "wasWrittenLater": answer.was_written_later,
        },
    }


def _votes(dialogue: Dialogue, items: Iterable[AgendaItem]) -> dict[int, dict[str, Any]]:
    """Of each scale that was started: how many voted, and how many chose which score.

    Ballots are counted out only when the room may see the result: whoever watched the numbers
    grow would learn who voted what.
    """
    scales = [item for item in items if item.kind == AgendaKind.SCALE and item.started_at]
    voted = dict(
        Voted.objects.filter(item__dialogue=dialogue).values_list("item").annotate(n=Count("pk"))
    )
    found = voting.results_of(scales)
    for item in scales:
        if not voting.results_are_shown(item):
            found.get(item.pk, {}).pop(TallySource.BALLOTS, None)
    return {
        item.pk: {"voted": voted.get(item.pk, 0), "counts": found.get(item.pk, {})}
        for item in scales
    }


def _silent(dialogue: Dialogue) -> dict[int, dict[str, int]]:
    """Of each silent round that is not over: how many have written, and how much."""
    rows = (
        dialogue.contributions.filter(round__is_silent=True, round__revealed_at__isnull=True)
        .exclude(state=ContributionState.WITHDRAWN)
        .order_by()
        .values_list("round")
        .annotate(n=Count("pk"), people=Count("participant", distinct=True))
    )
    return {item: {"written": n, "people": people} for item, n, people in rows}


def _balance(
    dialogue: Dialogue, seats: Iterable[Participant], turns: Iterable[Turn], now: datetime
) -> dict[str, Any]:
    """Who has not been heard, and how much of the time and of the words each sector had."""
    said = dict(
        dialogue.contributions.exclude(state=ContributionState.WITHDRAWN)
        .filter(participant__isnull=False)
        .order_by()
        .values_list("participant")
        .annotate(n=Count("pk"))
    )
    spoke: dict[int, timedelta] = defaultdict(timedelta)
    for turn in turns:
        if turn.started_at and turn.state in {TurnState.SPEAKING, TurnState.DONE}:
            spoke[turn.participant_id] += max((turn.ended_at or now) - turn.started_at, timedelta())
    people: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    statements_of: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    silent = []
    for seat in seats:
        people[seat.sector] += 1
        statements_of[seat.sector] += said.get(seat.pk, 0)
        seconds[seat.sector] += round(spoke[seat.pk].total_seconds()) if seat.pk in spoke else 0
        if seat.pk in said or seat.pk in spoke:
            heard[seat.sector] += 1
        elif not seat.has_left:
            silent.append(seat.seat)
    return {
        "silent": silent,
        "sectors": [
            {
                "sector": sector,
                "people": people[sector],
                "heard": heard[sector],
                "statements": statements_of[sector],
                "seconds": seconds[sector],
            }
            for sector in (*Sector.values, "")
            if people[sector]
        ],
    }
