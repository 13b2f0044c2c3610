"""Votes on the scale: one a participant, and nothing that tells whose it was."""

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dialogues import running, voting
from dialogues.models import AgendaItem, AgendaKind, Room, Tally, TallySource, Voted
from tests.dialogues.conftest import AtOnce
from tests.factories import AgendaItemFactory, ParticipantFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db

BALLOTS, HANDS, PAPER = TallySource.BALLOTS, TallySource.HANDS, TallySource.PAPER


@pytest.fixture
def by(db: None) -> User:
    return UserFactory()


def scale(by: User, **kwargs: Any) -> AgendaItem:
    """A vote that is open."""
    dialogue = RoomFactory().dialogue
    item = AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.SCALE, **kwargs)
    return running.start(item, by=by)


def counts(**by_score: int) -> list[int]:
    return [by_score.get(f"s{score}", 0) for score in range(11)]


def test_a_vote_adds_one_to_its_score(by: User) -> None:
    item = scale(by)
    people = ParticipantFactory.create_batch(3, dialogue=item.dialogue)

    for participant, score in zip(people, (7, 7, 0), strict=True):
        assert voting.vote(item, participant, score) is True

    assert voting.results(item) == {BALLOTS: counts(s7=2, s0=1)}
    assert item.voted.count() == 3


def test_a_second_vote_of_the_same_seat_is_not_counted(by: User) -> None:
    item = scale(by)
    participant = ParticipantFactory(dialogue=item.dialogue)
    voting.vote(item, participant, 7)

    again = voting.vote(item, participant, 3)

    assert again is False
    assert voting.results(item) == {BALLOTS: counts(s7=1)}


def test_votes_sent_twice_at_once_are_counted_once(at_once: AtOnce) -> None:
    item = scale(UserFactory())
    people = ParticipantFactory.create_batch(10, dialogue=item.dialogue)

    def vote_all() -> list[bool]:
        return [voting.vote(item, participant, n) for n, participant in enumerate(people)]

    results = at_once(*[vote_all] * 4)

    assert [sum(counted) for counted in zip(*results, strict=True)] == [1] * 10
    assert voting.results(item) == {BALLOTS: [1] * 10 + [0]}
    assert Voted.objects.filter(item=item).count() == 10


@pytest.mark.parametrize("score", [-1, 11, 100])
def test_a_vote_outside_the_scale_is_refused(by: User, score: int) -> None:
    item = scale(by)

    with pytest.raises(ValidationError) as error:
        voting.vote(item, ParticipantFactory(dialogue=item.dialogue), score)

    assert error.value.code == "scale"
    assert not item.voted.exists()


def test_a_vote_is_open_only_while_its_item_is_on(by: User) -> None:
    item = scale(by)
    participant = ParticipantFactory(dialogue=item.dialogue)
    not_begun = AgendaItemFactory(dialogue=item.dialogue, kind=AgendaKind.SCALE)
    running.start(AgendaItemFactory(dialogue=item.dialogue, kind=AgendaKind.IDEAS), by=by)
    ideas = Room.objects.get(dialogue=item.dialogue).current
    assert ideas is not None

    for closed in (item, not_begun, ideas):
        with pytest.raises(ValidationError) as error:
            voting.vote(closed, participant, 5)
        assert error.value.code == "closed"
    assert not Voted.objects.exists()


def test_a_count_made_in_the_room_stands_beside_the_ballots(by: User) -> None:
    item = scale(by)
    voting.vote(item, ParticipantFactory(dialogue=item.dialogue), 9)

    voting.enter_counts(item, HANDS, {8: 12, 10: 3})
    voting.enter_counts(item, PAPER, {0: 1})

    assert voting.results(item) == {
        BALLOTS: counts(s9=1),
        HANDS: counts(s8=12, s10=3),
        PAPER: counts(s0=1),
    }


def test_a_count_made_again_replaces_the_first(by: User) -> None:
    item = scale(by)
    voting.enter_counts(item, HANDS, {8: 12, 10: 3})

    voting.enter_counts(item, HANDS, {8: 11})

    assert voting.results(item) == {HANDS: counts(s8=11)}
    voting.enter_counts(item, HANDS, {})
    assert voting.results(item) == {}


@pytest.mark.parametrize("wrong", [{11: 1}, {-1: 1}, {5: -1}, {5: 10_001}])
def test_a_count_that_can_not_be_is_refused(by: User, wrong: dict[int, int]) -> None:
    item = scale(by)

    with pytest.raises(ValidationError) as error:
        voting.enter_counts(item, HANDS, wrong)

    assert error.value.code == "scale"
    assert not Tally.objects.exists()


def test_nobody_writes_down_ballots(by: User) -> None:
    with pytest.raises(ValidationError, match="counted by themselves"):
        voting.enter_counts(scale(by), BALLOTS, {5: 1})


@pytest.mark.parametrize("live", [False, True])
def test_results_wait_for_the_end_unless_they_are_live_by_choice(by: User, live: bool) -> None:
    item = scale(by, shows_results=live)

    during = voting.results_are_shown(item)

    assert during is live
    assert voting.results_are_shown(running.end(item)) is True


def test_no_row_of_the_vote_has_a_score_and_a_seat() -> None:
    """All that is kept of a vote is who voted, and eleven numbers that are written together."""
    kept = {
        model: {field.attname for field in model._meta.concrete_fields} for model in (Voted, Tally)
    }

    assert kept == {
        Voted: {"id", "item_id", "participant_id"},
        Tally: {"id", "item_id", "source", "score", "n"},
    }


def test_all_eleven_numbers_are_written_by_every_vote(by: User) -> None:
    item = scale(by)
    people = ParticipantFactory.create_batch(2, dialogue=item.dialogue)
    voting.vote(item, people[0], 4)

    with CaptureQueriesContext(connection) as asked:
        voting.vote(item, people[1], 9)

    updates = [q["sql"] for q in asked.captured_queries if 'UPDATE "dialogues_tally"' in q["sql"]]
    assert len(updates) == 1
    where = updates[0].partition("WHERE")[2]
    assert "score" not in where


def test_every_vote_is_one_other_screens_hear_of(by: User) -> None:
    item = scale(by)
    vote = partial(voting.vote, item)
    before = Room.objects.get(dialogue=item.dialogue).version

    vote(ParticipantFactory(dialogue=item.dialogue), 5)

    assert Room.objects.get(dialogue=item.dialogue).version == before + 1
