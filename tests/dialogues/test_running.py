"""Running an agenda: one item at a time, honest clocks, one speaker at a time."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from dialogues import running
from dialogues.models import AgendaItem, AgendaKind, Dialogue, Participant, Room, Turn, TurnState
from tests.dialogues.conftest import AtOnce
from tests.factories import (
    AgendaItemFactory,
    ParticipantFactory,
    RoomFactory,
    TurnFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITING, SPEAKING, DONE, SKIPPED = (
    TurnState.WAITING,
    TurnState.SPEAKING,
    TurnState.DONE,
    TurnState.SKIPPED,
)


def after(minutes: float = 0, *, seconds: float = 0) -> datetime:
    return NOON + timedelta(minutes=minutes, seconds=seconds)


@pytest.fixture
def by(db: None) -> User:
    return UserFactory()


@pytest.fixture
def dialogue(db: None) -> Dialogue:
    return RoomFactory().dialogue


def agenda(dialogue: Dialogue, *kinds: AgendaKind, **kwargs: Any) -> list[AgendaItem]:
    return [
        AgendaItemFactory(dialogue=dialogue, order=n, kind=kind, **kwargs)
        for n, kind in enumerate(kinds, 1)
    ]


def a_round(dialogue: Dialogue, by: User, people: int = 3, **kwargs: Any) -> AgendaItem:
    """A running round in which so many wait to speak."""
    ParticipantFactory.create_batch(people, dialogue=dialogue)
    item = AgendaItemFactory(dialogue=dialogue, **kwargs)
    return running.start(item, by=by, at=NOON)


def queue(item: AgendaItem) -> list[str]:
    return list(item.turns.order_by("order").values_list("state", flat=True))


def speakers(item: AgendaItem, *moments: datetime) -> list[Participant | None]:
    turns = [running.next_speaker(item, at=moment) for moment in moments]
    return [turn.participant if turn else None for turn in turns]


def current(dialogue: Dialogue) -> AgendaItem | None:
    return Room.objects.get(dialogue=dialogue).current


# ---- The agenda ----


def test_starting_an_item_ends_the_one_before(dialogue: Dialogue, by: User) -> None:
    first, second = agenda(dialogue, AgendaKind.WELCOME, AgendaKind.BRIEF)
    running.start(first, by=by, at=NOON)

    running.start(second, by=by, at=after(10))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.started_at, first.started_by, first.ended_at) == (NOON, by, after(10))
    assert (second.started_at, second.is_running) == (after(10), True)
    assert current(dialogue) == second


def test_starting_what_is_on_leaves_its_clock_alone(
    dialogue: Dialogue, by: User, editor: User
) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF)
    running.start(item, by=by, at=NOON)

    again = running.start(item, by=editor, at=after(3))

    assert (again.started_at, again.started_by, again.ended_at) == (NOON, by, None)


def test_an_item_of_another_dialogue_is_not_started(dialogue: Dialogue, by: User) -> None:
    (elsewhere,) = agenda(RoomFactory().dialogue, AgendaKind.BRIEF)
    elsewhere.dialogue = dialogue

    with pytest.raises(AgendaItem.DoesNotExist):
        running.start(elsewhere, by=by)


def test_one_goes_on_through_the_agenda_to_its_end(dialogue: Dialogue, by: User) -> None:
    items = agenda(dialogue, AgendaKind.WELCOME, AgendaKind.BRIEF, AgendaKind.QUESTIONS)

    seen = [running.go_on(dialogue, by=by, at=after(n)) for n in range(5)]

    assert seen == [*items, None, None]
    assert current(dialogue) is None
    assert [item.ended_at for item in dialogue.agenda.all()] == [after(1), after(2), after(3)]


def test_one_goes_on_from_where_one_is_not_from_what_was_left_out(
    dialogue: Dialogue, by: User
) -> None:
    _welcome, brief, questions = agenda(
        dialogue, AgendaKind.WELCOME, AgendaKind.BRIEF, AgendaKind.QUESTIONS
    )
    running.start(brief, by=by)

    assert running.go_on(dialogue, by=by) == questions


def test_a_clock_counts_to_its_length_from_the_start(dialogue: Dialogue, by: User) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF, minutes=20)

    before = item.ends_at(NOON)
    item = running.start(item, by=by, at=NOON)

    assert (before, item.ends_at(after(5))) == (None, after(20))


def test_the_end_moves_while_the_clock_stands_still(dialogue: Dialogue, by: User) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF, minutes=20)
    running.start(item, by=by, at=NOON)

    paused = running.pause(item, at=after(5))
    on_again = running.pause(item, at=after(8))
    twice = running.pause(running.pause(item, at=after(10)), at=after(11))

    assert (paused.ends_at(after(5)), paused.ends_at(after(8))) == (after(20), after(23))
    assert on_again.ends_at(after(8)) == on_again.ends_at(after(9)) == after(23)
    assert twice.ends_at(after(12)) == after(24)
    assert twice.paused_at is None


def test_only_what_runs_is_paused(dialogue: Dialogue, by: User) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF)

    with pytest.raises(ValidationError, match="Start it first"):
        running.pause(item)


def test_minutes_are_added_and_taken(dialogue: Dialogue, by: User) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF, minutes=20)
    running.start(item, by=by, at=NOON)
    running.extend(item, 5)

    item = running.extend(item, -2)

    assert (item.extra_minutes, item.ends_at()) == (3, after(23))
    with pytest.raises(ValidationError):
        running.extend(item, 61)


def test_an_item_taken_up_again_goes_on_where_it_stopped(dialogue: Dialogue, by: User) -> None:
    first, second = agenda(dialogue, AgendaKind.BRIEF, AgendaKind.QUESTIONS, minutes=20)
    running.start(first, by=by, at=NOON)
    running.start(second, by=by, at=after(15))

    first = running.start(first, by=by, at=after(45))

    assert first.started_at == NOON
    assert first.ends_at(after(45)) == after(50)  # five minutes were left
    second.refresh_from_db()
    assert second.ended_at == after(45)


def test_a_pause_that_ended_with_its_item_is_counted_once(dialogue: Dialogue, by: User) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF, minutes=20)
    running.start(item, by=by, at=NOON)
    running.pause(item, at=after(10))
    running.end(item, at=after(12))

    item = running.start(item, by=by, at=after(30))

    assert item.ends_at(after(30)) == after(40)  # ten minutes were left


def test_ending_twice_keeps_the_first_moment(dialogue: Dialogue, by: User) -> None:
    (item,) = agenda(dialogue, AgendaKind.BRIEF)
    running.start(item, by=by, at=NOON)
    running.end(item, at=after(5))

    assert running.end(item, at=after(9)).ended_at == after(5)
    assert current(dialogue) is None


# ---- Turns ----


def test_those_present_queue_up_by_their_seats(dialogue: Dialogue, by: User) -> None:
    seats = ParticipantFactory.create_batch(3, dialogue=dialogue)
    ParticipantFactory(dialogue=dialogue, has_left=True)
    ParticipantFactory()
    item = running.start(AgendaItemFactory(dialogue=dialogue), by=by)

    turns = item.turns.order_by("order")

    assert [turn.participant for turn in turns] == seats
    assert queue(item) == [WAITING] * 3


def test_who_comes_late_speaks_last(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, people=2)
    late = ParticipantFactory(dialogue=dialogue)

    running.queue_up(late)
    running.queue_up(late)

    assert item.turns.order_by("order").last().participant == late  # type: ignore[union-attr]
    assert item.turns.count() == 3


def test_nobody_queues_up_where_people_do_not_speak_in_turn(dialogue: Dialogue, by: User) -> None:
    ParticipantFactory(dialogue=dialogue)
    running.start(AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.IDEAS), by=by)

    running.queue_up(ParticipantFactory(dialogue=dialogue))

    assert not Turn.objects.exists()


def test_a_turn_ends_when_the_next_begins(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, people=2)
    one, two = Participant.objects.order_by("seat")

    called = speakers(item, after(1), after(2), after(3))

    assert called == [one, two, None]
    spans = item.turns.order_by("order").values_list("started_at", "ended_at", "state")
    assert list(spans) == [(after(1), after(2), DONE), (after(2), after(3), DONE)]


def test_nobody_speaks_in_a_round_that_is_not_on(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by)
    running.end(item)

    with pytest.raises(ValidationError, match="Start this round first"):
        running.next_speaker(item)


def test_somebody_is_called_out_of_their_turn(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by)
    *_, last = Participant.objects.order_by("seat")

    turn = running.next_speaker(item, last)

    assert turn is not None
    assert (turn.participant, queue(item)) == (last, [WAITING, WAITING, SPEAKING])
    with pytest.raises(ValidationError, match="not in the queue"):
        running.next_speaker(item, ParticipantFactory())


def test_called_twice_a_speakers_time_goes_on(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by)
    first = Participant.objects.order_by("seat")[0]
    running.next_speaker(item, first, at=after(1))

    again = running.next_speaker(item, first, at=after(2))

    assert again is not None
    assert (again.state, again.started_at, again.ended_at) == (SPEAKING, after(1), None)


def test_who_is_passed_over_comes_back_behind_the_others(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by)
    one, two, three = Participant.objects.order_by("seat")
    turn = running.next_speaker(item)
    assert turn is not None

    running.skip(turn)
    passed = speakers(item, after(1))
    running.come_back(turn)

    assert passed == [two]
    assert speakers(item, after(2), after(3), after(4)) == [three, one, None]


def test_who_stays_passed_over_is_not_called(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, people=1)
    running.skip(item.turns.get())

    assert running.next_speaker(item) is None
    assert queue(item) == [SKIPPED]


def test_of_callers_at_once_each_calls_another_and_one_speaks(at_once: AtOnce) -> None:
    item = a_round(RoomFactory().dialogue, UserFactory(), people=8)

    results = at_once(*[partial(running.next_speaker, item)] * 5)

    assert len({turn.participant_id for turn in results}) == 5
    assert sorted(queue(item)) == sorted([DONE] * 4 + [SPEAKING] + [WAITING] * 3)


def test_the_database_lets_one_speak_at_a_time(by: User) -> None:
    turn = TurnFactory(state=SPEAKING)

    with pytest.raises(IntegrityError), transaction.atomic():
        TurnFactory(item=turn.item, state=SPEAKING)
    TurnFactory(state=SPEAKING)  # elsewhere somebody may


def test_a_speakers_time_is_the_rounds_and_what_was_added(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, turn_seconds=45)
    turn = running.next_speaker(item, at=after(1))
    assert turn is not None

    longer = running.extend_turn(turn, 15)

    assert running.turn_ends_at(turn, item, NOON) == after(1, seconds=45)
    assert running.turn_ends_at(longer, item, NOON) == after(1, seconds=60)
    with pytest.raises(ValidationError):
        running.extend_turn(turn, 301)


def test_a_speakers_time_stands_still_with_the_rounds(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, turn_seconds=45)
    turn = running.next_speaker(item, at=after(1))
    assert turn is not None

    paused = running.pause(item, at=after(1, seconds=20))
    during = running.turn_ends_at(turn, paused, after(3, seconds=20))
    on_again = running.pause(item, at=after(3, seconds=20))
    turn.refresh_from_db()

    assert during == after(3, seconds=45)
    assert running.turn_ends_at(turn, on_again, after(9)) == after(3, seconds=45)


def test_who_is_called_during_a_pause_loses_nothing_of_it(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, turn_seconds=45)
    running.pause(item, at=after(1))
    turn = running.next_speaker(item, at=after(5))
    assert turn is not None

    item = running.pause(item, at=after(6))
    turn.refresh_from_db()

    assert running.turn_ends_at(turn, item, after(6)) == after(6, seconds=45)


def test_a_pause_over_a_weekend_can_be_ended(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by)
    turn = running.next_speaker(item, at=after(1))
    running.pause(item, at=after(2))

    item = running.pause(item, at=after(3 * 24 * 60))
    longer = running.extend_turn(turn, 30)  # type: ignore[arg-type]

    assert (item.paused_at, item.paused_for) == (None, timedelta(days=3) - timedelta(minutes=2))
    assert longer.extra_seconds == 32_000


def test_the_speaker_stops_when_the_round_does(dialogue: Dialogue, by: User) -> None:
    item = a_round(dialogue, by, people=1)
    running.next_speaker(item, at=after(1))

    running.end(item, at=after(2))

    turn = item.turns.get()
    assert (turn.state, turn.ended_at) == (DONE, after(2))


def test_each_step_is_one_other_screens_hear_of(dialogue: Dialogue, by: User) -> None:
    versions = [Room.objects.get(dialogue=dialogue).version]
    ParticipantFactory(dialogue=dialogue)
    item = AgendaItemFactory(dialogue=dialogue)

    for step in (
        lambda: running.start(item, by=by),
        lambda: running.next_speaker(item),
        lambda: running.extend_turn(item.turns.get(), 10),
        lambda: running.pause(item),
        lambda: running.extend(item, 5),
        lambda: running.skip(item.turns.get()),
        lambda: running.end(item),
    ):
        step()
        versions.append(Room.objects.get(dialogue=dialogue).version)

    assert versions == sorted(set(versions))
