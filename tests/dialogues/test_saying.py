"""What phones send: how little is asked while all others wait, and that it is enough."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues import saying
from dialogues.capturing import Said
from dialogues.models import Contribution, ContributionKind
from tests.dialogues.phones import Hall
from tests.factories import ContributionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    hall = Hall()
    hall.start("round")
    hall.room.refresh_from_db()
    return hall


def hope(text: str = "That we act.", key: uuid.UUID | None = None) -> Said:
    return Said(ContributionKind.HOPE, text, key or uuid.uuid4())


def test_little_is_asked_while_the_room_is_held(hall: Hall) -> None:
    seat, item = hall.seat(), hall.items["round"]

    with CaptureQueriesContext(connection) as asked:
        saying.say(seat, hope(), item_id=item.pk, stage=hall.room.stage)

    questions = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    begin = next(n for n, sql in enumerate(questions) if 'FROM "dialogues_room"' in sql)
    held = [sql.split()[0] for sql in questions[begin:]]
    # The room, the dialogue, the seat; the statement and its history; the room's new version.
    assert held == ["SELECT", "SELECT", "SELECT", "INSERT", "INSERT", "UPDATE"]


def test_what_changed_since_the_room_was_read_is_read_again(hall: Hall) -> None:
    seat, item = hall.seat(), hall.items["round"]
    before = hall.room.stage
    saying.say(seat, hope(), item_id=item.pk, stage=before)
    hall.end("round")
    hall.room.refresh_from_db()

    for stage in (before, hall.room.stage, None):
        with pytest.raises(ValidationError) as refused:
            saying.say(seat, hope(), item_id=item.pk, stage=stage)
        assert refused.value.code == "closed"

    assert Contribution.objects.count() == 1


def test_a_round_that_closes_while_a_statement_waits_takes_it_no_more(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, item = hall.seat(), hall.items["round"]
    read = saying._asked_for

    def then_it_closes(*args: Any) -> Any:
        found = read(*args)
        monkeypatch.setattr(saying, "_asked_for", read)
        hall.end("round")
        return found

    monkeypatch.setattr(saying, "_asked_for", then_it_closes)

    with pytest.raises(ValidationError) as refused:
        saying.say(seat, hope(), item_id=item.pk, stage=hall.room.stage)
    assert refused.value.code == "closed"


def test_a_number_the_room_never_gave_is_passed_over(hall: Hall) -> None:
    ContributionFactory(dialogue=hall.dialogue, kind=ContributionKind.HOPE, code="HOPE-01", order=1)
    ContributionFactory(dialogue=hall.dialogue, kind=ContributionKind.HOPE, code="HOPE-07", order=7)

    said = saying.say(hall.seat(), hope(), item_id=hall.items["round"].pk, stage=hall.room.stage)

    assert said.code == "HOPE-08"


def test_the_same_key_gives_the_same_statement(hall: Hall) -> None:
    seat, item, key = hall.seat(), hall.items["round"], uuid.uuid4()

    first = saying.say(seat, hope(key=key), item_id=item.pk, stage=hall.room.stage)
    again = saying.say(seat, hope("Other words.", key=key), item_id=item.pk, stage=hall.room.stage)

    assert (again.pk, again.text) == (first.pk, "That we act.")
    with pytest.raises(ValidationError) as refused:
        saying.say(hall.seat(), hope(key=key), item_id=item.pk, stage=hall.room.stage)
    assert refused.value.code == "key"


def test_what_came_in_before_the_round_closed_is_received_however_often_it_is_sent(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, item, key = hall.seat(), hall.items["round"], uuid.uuid4()
    stage, read = hall.room.stage, saying._asked_for

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(saying, "_asked_for", read)
        saying.say(seat, hope(key=key), item_id=item.pk, stage=stage)
        hall.end("round")
        return read(*args)

    monkeypatch.setattr(saying, "_asked_for", meanwhile)
    said = saying.say(seat, hope(key=key), item_id=item.pk, stage=stage)

    assert (said.key, Contribution.objects.count()) == (key, 1)


def test_the_same_key_twice_at_once_is_one_statement(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, item, key = hall.seat(), hall.items["round"], uuid.uuid4()
    read = saying._asked_for

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(saying, "_asked_for", read)
        saying.say(seat, hope(key=key), item_id=item.pk, stage=hall.room.stage)
        return read(*args)

    monkeypatch.setattr(saying, "_asked_for", meanwhile)
    said = saying.say(seat, hope(key=key), item_id=item.pk, stage=hall.room.stage)

    assert (said.key, Contribution.objects.count()) == (key, 1)


def test_a_turn_given_meanwhile_is_the_turn_of_the_statement(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = hall.items["round"]
    seat, read = hall.seat(), saying._turn
    item.turns.all().delete()

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(saying, "_turn", read)
        found = read(*args)
        item.turns.create(participant=seat, order=1)
        return found

    monkeypatch.setattr(saying, "_turn", meanwhile)
    said = saying.say(seat, hope(), item_id=item.pk, stage=hall.room.stage)

    assert said.turn == item.turns.get()
