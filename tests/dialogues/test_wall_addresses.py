"""Who gets the wall, and who rehearses."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues import rehearsing
from dialogues.models import Dialogue
from tests.factories import DialogueFactory, RoomFactory

pytestmark = pytest.mark.django_db

# N nobody signed in, C a citizen with an account, F the facilitator whose dialogue it is, S one of
# another dialogue, M a member of an organization, E an editor, A an administrator, K its scribe.
EVERYBODY = "NCFSMEAK"


@dataclass(frozen=True, slots=True)
class Line:
    """Who may GET it, and who may POST to it. To the other signed-in it is not there: 404."""

    get: str
    post: str


WALL = {
    "dialogues:wall": Line(get="FK", post=""),
    "dialogues:wall_state": Line(get="FK", post=""),
    "dialogues:rehearsal_begin": Line(get="", post="F"),
    "dialogues:rehearsal_speak": Line(get="", post="F"),
    "dialogues:rehearsal_end": Line(get="", post="F"),
}


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
    django_user_model: type[User],
) -> dict[str, User | None]:
    scribe = django_user_model.objects.create_user(email="scribe@example.org")
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator, scribe)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def dialogue(cast: dict[str, User | None]) -> Dialogue:
    dialogue = DialogueFactory(facilitators=[cast["F"]])
    dialogue.scribes.set([cast["K"]])
    RoomFactory(dialogue=dialogue)
    return dialogue


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def whose(name: str, dialogue: Dialogue, cast: dict[str, User | None]) -> str:
    """The address: of a rehearsal, made anew, where only those have it."""
    if name in {"dialogues:rehearsal_speak", "dialogues:rehearsal_end"}:
        by = cast["F"]
        assert by is not None
        dialogue = rehearsing.rehearse(dialogue, by=by, seats=1)
        scribe = cast["K"]
        assert scribe is not None
        dialogue.scribes.set([scribe])
    return reverse(name, args=[dialogue.slug])


@pytest.mark.parametrize("name", WALL)
def test_who_gets_a_page(name: str, dialogue: Dialogue, cast: dict[str, User | None]) -> None:
    path, line = whose(name, dialogue, cast), WALL[name]

    got = {role: client_of(cast[role]).get(path).status_code for role in EVERYBODY}

    if line.get:
        otherwise = {role: 302 if role == "N" else 404 for role in EVERYBODY}
    else:
        otherwise = {role: 302 if role == "N" else 405 for role in EVERYBODY}
    assert got == otherwise | dict.fromkeys(line.get, 200)


@pytest.mark.parametrize("name", WALL)
def test_who_may_send_something(
    name: str, dialogue: Dialogue, cast: dict[str, User | None]
) -> None:
    line = WALL[name]

    got = {
        role: client_of(cast[role]).post(whose(name, dialogue, cast), {"n": 1}).status_code
        for role in EVERYBODY
    }

    refused = 404 if line.post else 405
    otherwise = {role: 302 if role == "N" else refused for role in EVERYBODY}
    assert got == otherwise | dict.fromkeys(line.post, 302)


@pytest.mark.parametrize("name", WALL)
def test_nobody_is_led_to_sign_in(
    name: str, dialogue: Dialogue, cast: dict[str, User | None]
) -> None:
    path = whose(name, dialogue, cast)

    for method in ("get", "post"):
        answer = getattr(Client(), method)(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_a_form_of_another_site_starts_nothing(dialogue: Dialogue, facilitator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)

    answer = client.post(reverse("dialogues:rehearsal_begin", args=[dialogue.slug]))

    assert answer.status_code == 403
    assert not Dialogue.objects.rehearsals().exists()
