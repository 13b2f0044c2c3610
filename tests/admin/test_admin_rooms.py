"""What is changed in the admin while a dialogue runs, its room hears of."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from dialogues.models import Answer, Contribution, Dialogue, Room
from tests.admin.desk import Desk
from tests.factories import AnswerFactory, ContributionFactory, RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(facilitator: User) -> Room:
    room = RoomFactory()
    room.dialogue.facilitators.add(facilitator)
    return room


@pytest.fixture
def statement(room: Room) -> Contribution:
    return ContributionFactory(dialogue=room.dialogue, kind="question", posted=False)


def versions(room: Room, statement: Contribution) -> tuple[int, int]:
    room.refresh_from_db()
    statement.refresh_from_db()
    return room.version, statement.version


@pytest.mark.parametrize("act", ["edit", "post", "withdraw", "answer"])
def test_a_statement_shows_as_changed(
    facilitator: User,
    room: Room,
    statement: Contribution,
    act: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    desk, answer = Desk(facilitator), AnswerFactory(contribution=statement)
    before = versions(room, statement)

    with django_capture_on_commit_callbacks(execute=True):
        if act == "edit":
            form = {**desk.form(Contribution, statement.pk), "note": "Of the admin."}
            desk.post(Contribution, "change", statement.pk, **form)
        elif act == "answer":
            form = {**desk.form(Answer, answer.pk), "text": "Of the admin."}
            desk.post(Answer, "change", answer.pk, **form)
        else:
            desk.act(Contribution, act, statement)

    after = versions(room, statement)
    assert after[0] > before[0]
    assert after[1] == after[0]


def test_an_agenda_shows_as_changed(
    facilitator: User,
    room: Room,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    desk, before = Desk(facilitator), room.version

    with django_capture_on_commit_callbacks(execute=True):
        form = {**desk.form(Dialogue, room.dialogue_id), "venue": "The hall"}
        desk.post(Dialogue, "change", room.dialogue_id, **form)

    room.refresh_from_db()
    assert (room.dialogue.venue, room.version > before) == ("The hall", True)


def test_a_dialogue_without_a_room_gets_none(
    facilitator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    statement = ContributionFactory(posted=False)
    statement.dialogue.facilitators.add(facilitator)

    with django_capture_on_commit_callbacks(execute=True):
        Desk(facilitator).act(Contribution, "post", statement)

    statement.refresh_from_db()
    assert statement.state == "posted"
    assert not Room.objects.exists()
