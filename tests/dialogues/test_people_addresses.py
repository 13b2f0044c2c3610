"""Who gets what at the addresses of participants: one line each."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues.models import Dialogue, Participant
from tests.factories import DialogueFactory, ParticipantFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db

# Nobody, citizen, facilitator of it, facilitator of something else, organization member, editor,
# administrator, scribe of it.
EVERYBODY = "NCFSMEAK"
# address: who gets a page; the others get 404, and those not signed in the way there.
TEAM: dict[str, str] = {
    "dialogues:participant_list": "F",
    "dialogues:participant_import": "F",
    "dialogues:participant_import_undo": "F",
    "dialogues:participant_detail": "F",
    "dialogues:participant_mark": "F",
    "dialogues:participant_erase": "F",
    "dialogues:participant_join": "F",
    "dialogues:participant_consents": "F",
    "dialogues:participant_said": "F",
}
# Everybody who has the link, and nobody without it.
HOLDERS: dict[str, str] = {
    "join:said": EVERYBODY,
    "join:said_data": EVERYBODY,
    "join:said_erase": EVERYBODY,
    "join:said_erased": EVERYBODY,
}
PEOPLE_ADDRESSES = TEAM | HOLDERS
# What is not shown by itself, and what is only shown.
POST_ONLY = {"dialogues:participant_mark"}
GET_ONLY = {"join:said_data", "join:said_erased"}


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> dict[str, User | None]:
    scribe = UserFactory(email="scribe@example.org")
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator, scribe)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def dialogue(cast: dict[str, User | None], facilitator: User) -> Dialogue:
    dialogue = DialogueFactory(slug="halifax", facilitators=[facilitator], published=True)
    RoomFactory(dialogue=dialogue, numbers={"seat": 1})
    scribe = cast["K"]
    assert scribe is not None
    dialogue.scribes.add(scribe)
    batch = dialogue.batches.create(made_by=facilitator)
    ParticipantFactory(dialogue=dialogue, seat=1, batch=batch)
    return dialogue


def address_of(name: str, dialogue: Dialogue) -> str:
    participant = dialogue.participants.get()
    if name.startswith("join:"):
        args: list[Any] = [] if name == "join:said_erased" else [participant.token("said")]
    elif name == "dialogues:participant_import_undo":
        args = [dialogue.slug, participant.batch_id]
    elif name in {"dialogues:participant_list", "dialogues:participant_import"}:
        args = [dialogue.slug]
    else:
        args = [dialogue.slug, 1]
    return reverse(name, args=args)


def browser_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", TEAM)
def test_only_who_runs_the_dialogue_gets_its_pages(
    name: str, role: str, method: str, cast: dict[str, User | None], dialogue: Dialogue
) -> None:
    path = address_of(name, dialogue)

    response = getattr(browser_of(cast[role]), method)(path)

    if role == "N":
        assert response.status_code == 302
        assert response["Location"] == f"/accounts/login/?next={path}"
    elif role in TEAM[name]:
        # An empty form is explained; one without fields does what it says.
        done = {200, 302, 404 if name in POST_ONLY else 200}
        assert response.status_code in ({405} if method == "get" and name in POST_ONLY else done)
    else:
        assert response.status_code == (405 if method == "get" and name in POST_ONLY else 404)
    if role not in TEAM[name]:
        assert Participant.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", HOLDERS)
def test_who_has_the_link_needs_no_account(
    name: str, role: str, method: str, cast: dict[str, User | None], dialogue: Dialogue
) -> None:
    path = address_of(name, dialogue)

    response = getattr(browser_of(cast[role]), method)(path)

    if method == "post":
        expected = {"join:said": 404, "join:said_erase": 302}
        assert response.status_code == expected.get(name, 405)
    else:
        assert response.status_code == 200


@pytest.mark.parametrize("name", sorted(set(HOLDERS) - {"join:said_erased"}))
@pytest.mark.parametrize("role", EVERYBODY)
def test_a_forged_link_opens_nothing_for_anybody(
    name: str, role: str, cast: dict[str, User | None], dialogue: Dialogue
) -> None:
    key = dialogue.participants.get().key.hex

    response = browser_of(cast[role]).get(reverse(name, args=[f"{key}:forged"]))

    assert response.status_code == 404
    assert "This private link is not valid." in response.content.decode()


@pytest.mark.parametrize("name", PEOPLE_ADDRESSES)
def test_a_form_of_another_site_is_refused(
    name: str, facilitator: User, dialogue: Dialogue
) -> None:
    if name in GET_ONLY:
        return
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)

    assert client.post(address_of(name, dialogue)).status_code == 403
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("name", sorted(set(PEOPLE_ADDRESSES) - POST_ONLY))
def test_nothing_of_it_is_kept_or_indexed(
    name: str, prefix: str, facilitator: User, dialogue: Dialogue
) -> None:
    response = browser_of(facilitator).get(f"{prefix}{address_of(name, dialogue)}")

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    if name != "join:said_data":
        assert '<meta name="robots" content="noindex">' in response.content.decode()
