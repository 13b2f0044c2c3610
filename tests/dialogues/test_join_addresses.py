"""Who gets what at the addresses of participants' phones: a seat decides, an account never."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues.models import Contribution, Participant
from dialogues.views.joining import seat_cookie
from tests import factories
from tests.dialogues.phones import Hall

pytestmark = pytest.mark.django_db

# By one letter each, as in tests/test_addresses.py; K is a scribe of the dialogue.
EVERYBODY = "NCFSMEAK"
# name: for GET and for POST what everybody gets without a seat, and what with one.
JOIN: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "join:join": ((200, 405), (200, 405)),
    "join:room": ((200, 200), (200, 302)),  # a POST without consent shows the form again
    "join:room_state": ((200, 405), (200, 405)),
    "join:say": ((302, 403), (302, 302)),
    "join:vote": ((302, 403), (302, 302)),
    "join:statement": ((403, 403), (200, 302)),
    "join:own": ((302, 405), (302, 405)),
    "join:leave": ((302, 302), (302, 302)),
}


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> dict[str, User | None]:
    people = (
        *(None, citizen, facilitator, stranger, ngo_member, editor, administrator),
        factories.UserFactory(),
    )
    return dict(zip(EVERYBODY, people, strict=True))


def _address(name: str, hall: Hall, key: uuid.UUID) -> str:
    kwargs: dict[str, Any] = {} if name == "join:join" else {"code": hall.room.code}
    if name == "join:statement":
        kwargs["key"] = key
    return reverse(name, kwargs=kwargs)


@pytest.mark.parametrize("has_seat", [False, True])
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", JOIN)
def test_an_account_changes_nothing_and_a_seat_all(
    name: str, role: str, has_seat: bool, cast: dict[str, User | None]
) -> None:
    hall = Hall()
    assert cast["F"] is not None
    assert cast["K"] is not None
    hall.dialogue.facilitators.add(cast["F"])
    hall.dialogue.scribes.add(cast["K"])
    seat: Participant = hall.seat()
    item = hall.start("scale")
    key = uuid.uuid4()
    hall.phone(seat).say("reservation", "But", item=item, key=str(key))
    client = Client()
    if user := cast[role]:
        client.force_login(user)
    if has_seat:
        client.cookies[seat_cookie(hall.dialogue.pk)] = seat.token("seat")
    sent = {
        "join:say": {"kind": "reservation", "round": item.pk, "key": str(key), "text": "But"},
        "join:vote": {"round": item.pk, "score": 5},
        "join:statement": {"action": "take-back"},
    }
    path = _address(name, hall, key)

    got = client.get(path).status_code, client.post(path, sent.get(name, {})).status_code

    assert got == JOIN[name][has_seat]
    said = Contribution.objects.get()
    assert said.was_taken_back == (has_seat and name == "join:statement")
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("name", sorted(set(JOIN) - {"join:join"}))
def test_a_wrong_code_opens_nothing(name: str) -> None:
    hall = Hall()
    phone = hall.phone()
    hall.room.code = "XXXXXX"
    path = _address(name, hall, uuid.uuid4())

    codes = {client.get(path).status_code for client in (Client(), phone)}
    if name != "join:room_state":
        codes |= {client.post(path).status_code for client in (Client(), phone)}

    assert codes == {404}
