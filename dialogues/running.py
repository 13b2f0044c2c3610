"""Running an agenda: what is on, who speaks, how much time is left."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from dialogues.models import AgendaItem, Dialogue, Participant, Room, Turn, TurnState
from dialogues.models.room import new_code


def start(item: AgendaItem, *, by: User, at: datetime | None = None) -> AgendaItem:
    """Begin an item, ending the one before; one that was ended goes on where it stopped.

    In a round the people present queue up by their seats; who has spoken in it stays so.
    """
    now = at or timezone.now()
    with Room.objects.changing(item.dialogue) as room:
        item = AgendaItem.objects.get(pk=item.pk, dialogue=room.dialogue)
        if room.current_id and room.current_id != item.pk:
            _end(room, AgendaItem.objects.get(pk=room.current_id), now)
        if item.started_at is None:
            item.started_at, item.started_by = now, by
        elif item.ended_at is not None:
            # The time in between was not its own.
            item.paused_for += now - (item.paused_at or item.ended_at)
            item.paused_at = item.ended_at = None
        room.write(item, _TIMES)
        room.current = item
        if item.by_turns:
            _queue_up(item)
        return item


_TIMES = ["started_at", "started_by", "paused_at", "paused_for", "ended_at", "extra_minutes"]


def _queue_up(item: AgendaItem) -> None:
    """Give everybody present who has none a turn, after those there are."""
    last = item.turns.order_by("-order").values_list("order", flat=True).first() or 0
    waiting = Participant.objects.present().filter(dialogue=item.dialogue_id)
    without = waiting.exclude(turns__item=item).order_by("seat")
    Turn.objects.bulk_create(
        [
            Turn(item=item, participant=participant, order=last + number)
            for number, participant in enumerate(without, 1)
        ]
    )


def queue_up(participant: Participant) -> None:
    """Let somebody who comes late speak last in the round that is on."""
    with Room.objects.saying(participant.dialogue) as room:
        if room.current and room.current.is_running and room.current.by_turns:
            _queue_up(room.current)


def _end(room: Room, item: AgendaItem, now: datetime) -> None:
    if item.is_running:
        for turn in item.turns.filter(state=TurnState.SPEAKING):
            _finish(turn, now)
        item.ended_at = now
        if item.paused_at is not None:
            item.paused_for += now - item.paused_at
            item.paused_at = None
        room.write(item, _TIMES)


def end(item: AgendaItem, *, at: datetime | None = None) -> AgendaItem:
    """End an item; nothing is on until the next is started."""
    with Room.objects.changing(item.dialogue) as room:
        item = AgendaItem.objects.get(pk=item.pk, dialogue=room.dialogue)
        _end(room, item, at or timezone.now())
        if room.current_id == item.pk:
            room.current = None
        return item


def go_on(dialogue: Dialogue, *, by: User, at: datetime | None = None) -> AgendaItem | None:
    """Start what comes next on the agenda; after the last, None: the dialogue is over."""
    room = Room.objects.of(dialogue)
    items = list(dialogue.agenda.order_by("order", "id"))
    following = items
    if room.current_id:
        here = [item.pk for item in items].index(room.current_id)
        following = items[here + 1 :]
    else:
        following = [item for item in items if item.started_at is None]
    if following:
        return start(following[0], by=by, at=at)
    if room.current:
        end(room.current, at=at)
    return None


def pause(item: AgendaItem, *, at: datetime | None = None) -> AgendaItem:
    """Stop the clock, or let it go on where it is stopped.

    Raises:
        ValidationError: the item is not running.
    """
    now = at or timezone.now()
    with Room.objects.changing(item.dialogue) as room:
        item = AgendaItem.objects.get(pk=item.pk)
        if not item.is_running:
            raise ValidationError(_("Start it first."))
        if item.paused_at is None:
            item.paused_at = now
        else:
            for turn in item.turns.filter(state=TurnState.SPEAKING, started_at__isnull=False):
                stood = round(_stood(turn, item, now).total_seconds())
                turn.extra_seconds = _within(turn.extra_seconds + stood)
                turn.save(update_fields=["extra_seconds"])
            item.paused_for += now - item.paused_at
            item.paused_at = None
        room.write(item, _TIMES)
        return item


def extend(item: AgendaItem, minutes: int) -> AgendaItem:
    """Give an item more minutes, or fewer.

    Raises:
        ValidationError: the step is not between an hour less and an hour more.
    """
    if not -60 <= minutes <= 60:
        raise ValidationError(_("Add at most 60 minutes at a time."))
    with Room.objects.changing(item.dialogue) as room:
        item = AgendaItem.objects.get(pk=item.pk)
        item.extra_minutes = max(-600, min(600, item.extra_minutes + minutes))
        room.write(item, _TIMES)
        return item


# ---- Who comes in ----


def open_joining(dialogue: Dialogue, is_open: bool) -> Room:
    """Let phones join, or no more of them. Those in the room stay."""
    with Room.objects.changing(dialogue) as room:
        room.is_open = is_open
        return room


def change_code(dialogue: Dialogue) -> Room:
    """Give the room another join code: the old one, wherever it was passed on to, leads nowhere."""
    with Room.objects.changing(dialogue) as room:
        room.code = new_code()
        return room


# ---- Turns ----


def _within(seconds: int) -> int:
    """What the column holds: somebody who pauses over night must be able to go on."""
    return max(-32_000, min(32_000, seconds))


def _finish(turn: Turn, now: datetime) -> None:
    turn.state, turn.ended_at = TurnState.DONE, now
    turn.save(update_fields=["state", "ended_at"])


def next_speaker(
    item: AgendaItem, participant: Participant | None = None, *, at: datetime | None = None
) -> Turn | None:
    """End the turn that is on and begin the next, or that of ``participant``.

    None: all have spoken.

    Raises:
        ValidationError: the round is not running, or the participant is not in its queue.
    """
    now = at or timezone.now()
    with Room.objects.changing(item.dialogue) as room:
        if room.current_id != item.pk:
            raise ValidationError(_("Start this round first."))
        queue = item.turns.select_related("participant").order_by("order", "id")
        called = None
        if participant is not None:
            called = queue.filter(participant=participant).first()
            if called is None:
                raise ValidationError(_("This seat is not in the queue."))
            if called.state == TurnState.SPEAKING:
                return called  # called twice: their time goes on
        for turn in item.turns.filter(state=TurnState.SPEAKING):
            _finish(turn, now)
        if participant is None:
            called = queue.filter(state=TurnState.WAITING).first()
        if called is not None:
            called.state, called.started_at, called.ended_at = TurnState.SPEAKING, now, None
            called.extra_seconds = 0
            called.save(update_fields=["state", "started_at", "ended_at", "extra_seconds"])
        return called


def call(
    item: AgendaItem,
    participant: Participant | None = None,
    *,
    after: int | None,
    at: datetime | None = None,
) -> Turn | None:
    """Call the next speaker as somebody does who saw the turn ``after`` on (None: nobody's).

    Where another turn is on by now, the call was made already, by a second scribe or by the same
    request sent twice: nothing changes. ``at`` may lie back, for a call made without a network.

    Raises:
        ValidationError: as ``next_speaker``.
    """
    now = timezone.now()
    with Room.objects.changing(item.dialogue):
        on = item.turns.filter(state=TurnState.SPEAKING).first()
        if (on.pk if on else None) != after:
            return on
        earliest = (on and on.started_at) or item.started_at or now
        return next_speaker(item, participant, at=min(now, max(at or now, earliest)))


def skip(turn: Turn) -> Turn:
    """Pass somebody over; ``come_back`` puts them at the end of the queue."""
    return _put(turn, TurnState.SKIPPED)


def come_back(turn: Turn) -> Turn:
    """Let somebody speak after all, after those who wait."""
    return _put(turn, TurnState.WAITING)


def _put(turn: Turn, state: TurnState) -> Turn:
    with Room.objects.changing(turn.item.dialogue):
        turn = Turn.objects.select_related("item", "participant").get(pk=turn.pk)
        last = turn.item.turns.order_by("-order").values_list("order", flat=True).first() or 0
        turn.state, turn.order = state, last + 1
        turn.started_at = turn.ended_at = None
        turn.save(update_fields=["state", "order", "started_at", "ended_at"])
        return turn


def extend_turn(turn: Turn, seconds: int) -> Turn:
    """Give a speaker more time.

    Raises:
        ValidationError: more than five minutes at once.
    """
    if not -300 <= seconds <= 300:
        raise ValidationError(_("Add at most five minutes at a time."))
    with Room.objects.changing(turn.item.dialogue):
        turn = Turn.objects.select_related("item", "participant").get(pk=turn.pk)
        turn.extra_seconds = _within(turn.extra_seconds + seconds)
        turn.save(update_fields=["extra_seconds"])
        return turn


def _stood(turn: Turn, item: AgendaItem, now: datetime) -> timedelta:
    """How long the clock has stood still for a speaker since the item was paused."""
    if item.paused_at is None or turn.started_at is None:
        return timedelta()
    return max(now - max(item.paused_at, turn.started_at), timedelta())


def turn_ends_at(turn: Turn, item: AgendaItem, now: datetime) -> datetime | None:
    """When a speaker's time is up, as it looks now; later while the item is paused."""
    if turn.started_at is None:
        return None
    seconds = timedelta(seconds=item.turn_seconds + turn.extra_seconds)
    return turn.started_at + seconds + _stood(turn, item, now)
