"""Who gets what at the addresses of the console."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues import running
from dialogues.models import AgendaKind, Dialogue, Room
from tests import factories

pytestmark = pytest.mark.django_db

# N nobody, C a citizen, F a facilitator of it, S a facilitator of something else, M a member of an
# organization, E an editor, A an administrator, K a scribe of it.
EVERYBODY = "NCFSMEAK"
TEAM = "FK"

# Name: (who may ask, who may send). The others get the page of sign-in, 401, 404 or 403.
CONSOLE: dict[str, tuple[str, str]] = {
    "dialogues:console": (TEAM, ""),
    "dialogues:console_worker": (EVERYBODY, ""),
    "dialogues:console_state_json": (TEAM, ""),
    "dialogues:console_token": (TEAM, ""),
    "dialogues:console_say": ("", TEAM),
    "dialogues:console_undo": ("", TEAM),
    "dialogues:console_statement": ("", TEAM),
    "dialogues:console_item": ("", "F"),
    "dialogues:console_go_on": ("", "F"),
    "dialogues:console_next": ("", TEAM),
    "dialogues:console_turn": ("", TEAM),
    "dialogues:console_counts": ("", TEAM),
    "dialogues:console_room": ("", "F"),
    "dialogues:console_seat": ("", "F"),
}


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = factories.DialogueFactory(facilitators=[facilitator], published=True)
    Room.objects.of(dialogue)
    return dialogue


@pytest.fixture
def cast(
    dialogue: Dialogue,
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> dict[str, User | None]:
    scribe = factories.UserFactory(email="scribe@example.org")
    dialogue.scribes.add(scribe)
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator, scribe)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def addresses(dialogue: Dialogue, facilitator: User) -> dict[str, tuple[str, dict[str, Any]]]:
    """Each address with something that can be sent to it."""
    item = factories.AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.SCALE)
    seat = factories.ParticipantFactory(dialogue=dialogue)
    round_ = factories.AgendaItemFactory(dialogue=dialogue, order=2)
    statement = factories.ContributionFactory(
        dialogue=dialogue, posted=True, key="6f9619ff-8b86-4011-b42d-00c04fc964ff"
    )
    running.start(round_, by=facilitator)
    turn = round_.turns.get()
    said = {"key": "7f9619ff-8b86-4011-b42d-00c04fc964ff", "kind": "hope", "text": "Peace."}
    ways: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "console": ({}, {}),
        "console_worker": ({}, {}),
        "console_state_json": ({}, {}),
        "console_token": ({}, {}),
        "console_say": ({}, said),
        "console_undo": ({}, {"of": str(statement.key)}),
        "console_statement": ({"pk": statement.pk, "verb": "post"}, {}),
        "console_item": ({"pk": round_.pk, "verb": "pause"}, {}),
        "console_go_on": ({}, {"after": item.pk}),
        "console_next": ({}, {"item": round_.pk}),
        "console_turn": ({"pk": turn.pk, "verb": "back"}, {}),
        "console_counts": ({}, {"item": item.pk, "source": "hands", "score_7": 3}),
        "console_room": ({}, {"action": "open"}),
        "console_seat": ({"seat": seat.seat}, {"is_held": True}),
    }
    return {
        f"dialogues:{name}": (
            reverse(f"dialogues:{name}", kwargs={"slug": dialogue.slug, **kwargs}),
            data,
        )
        for name, (kwargs, data) in ways.items()
    }


def browser_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("role", EVERYBODY)
def test_who_may_ask(
    role: str,
    prefix: str,
    cast: dict[str, User | None],
    addresses: dict[str, tuple[str, dict[str, Any]]],
) -> None:
    client = browser_of(cast[role])

    got = {name: client.get(prefix + path).status_code for name, (path, _) in addresses.items()}

    def expected(name: str) -> int:
        asks, sends = CONSOLE[name]
        if sends:
            return 405
        if role in asks:
            return 200
        if role != "N":
            return 404
        return 302 if name == "dialogues:console" else 401

    assert got == {name: expected(name) for name in CONSOLE}


@pytest.mark.parametrize("role", EVERYBODY)
def test_who_may_send(
    role: str,
    cast: dict[str, User | None],
    addresses: dict[str, tuple[str, dict[str, Any]]],
) -> None:
    client = browser_of(cast[role])

    got = {
        name: client.post(path, data, content_type="application/json").status_code
        for name, (path, data) in addresses.items()
    }

    def expected(name: str) -> int:
        _asks, sends = CONSOLE[name]
        if not sends:
            # The page of sign-in comes before all else.
            return 302 if (role, name) == ("N", "dialogues:console") else 405
        if role in sends:
            return 200
        if role == "N":
            return 401
        return 403 if role in TEAM else 404

    assert got == {name: expected(name) for name in CONSOLE}


def test_nobody_signed_in_is_led_to_sign_in_and_back(
    dialogue: Dialogue, addresses: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    path, _data = addresses["dialogues:console"]

    response = Client().get(path)

    assert response["Location"] == f"/accounts/login/?next={path}"


def test_nothing_is_sent_without_the_token_of_the_form(
    facilitator: User, addresses: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)
    path, data = addresses["dialogues:console_say"]
    token_path, _data = addresses["dialogues:console_token"]

    without = client.post(path, data, content_type="application/json")
    token = client.get(token_path).json()["token"]
    with_it = client.post(
        path, data, content_type="application/json", headers={"X-CSRFToken": token}
    )

    assert (without.status_code, with_it.status_code) == (403, 200)
