"""Who gets the print set, the cards and the imports of a dialogue."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues import capturing, cards, importing
from dialogues.capturing import Said
from dialogues.models import Channel, Contribution, ContributionKind, Dialogue
from tests.factories import DialogueFactory, UserFactory

pytestmark = pytest.mark.django_db

# N nobody signed in, C a citizen with an account, F the facilitator whose dialogue it is, S one of
# somewhere else, M a member of an organization, E an editor, A an administrator, K its scribe.
EVERYBODY = "NCFSMEAK"
# address: who may read it, and who may send to it; the rest do not know of it. "." is a method
# that is not there.
PAPER: dict[str, tuple[str, str]] = {
    "dialogues:print_set": ("F", "."),
    "dialogues:print_cards": ("F", "F"),
    "dialogues:print_sign_in": ("F", "."),
    "dialogues:print_poster": ("F", "."),
    "dialogues:card_entry": ("FK", "FK"),
    "dialogues:card_check": ("FK", "FK"),
    "dialogues:statement_import": ("F", "F"),
    "dialogues:import_undo": (".", "F"),
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
    DialogueFactory(facilitators=[stranger])
    scribe = UserFactory(email="scribe@example.org")
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator, scribe)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture(params=[False, True], ids=["draft", "public"])
def dialogue(request: pytest.FixtureRequest, cast: dict[str, User | None]) -> Dialogue:
    dialogue = DialogueFactory(facilitators=[cast["F"]], published=request.param)
    dialogue.scribes.add(cast["K"])
    cards.reserve(dialogue, {ContributionKind.HOPE: 2})
    return dialogue


@pytest.fixture
def path_of(dialogue: Dialogue, facilitator: User) -> Callable[[str], str]:
    said = importing.read("A\n", dialogue, kind=ContributionKind.HOPE)
    batch, _n = importing.take_in(dialogue, said, by=facilitator)

    def path(name: str) -> str:
        args: list[Any] = [dialogue.slug]
        return reverse(name, args=[*args, batch.pk] if name.endswith("undo") else args)

    return path


@pytest.fixture
def sent(dialogue: Dialogue, editor: User) -> dict[str, Any]:
    """What a form of each address sends; the fields that are missing are asked for."""
    said = Said(ContributionKind.HOPE, "A", uuid.uuid4(), code="HOPE-01")
    card = capturing.take_down(dialogue, said, channel=Channel.PAPER, by=editor)
    return {"card": card.pk}


def browser_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("name", PAPER)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_only_the_team_gets_these(
    name: str,
    method: str,
    prefix: str,
    cast: dict[str, User | None],
    path_of: Callable[[str], str],
    sent: dict[str, Any],
) -> None:
    path = f"{prefix}{path_of(name)}"
    lets_in = PAPER[name][method == "post"]
    before = set(Contribution.objects.values_list("pk", "state"))

    # Those who may come last: they may change something.
    got = {
        role: getattr(browser_of(cast[role]), method)(path, sent)
        for role in sorted(EVERYBODY, key=lambda role: role in lets_in)
        if role not in lets_in
    }

    for role, response in got.items():
        if role == "N":
            assert response.status_code == 302
            assert response["Location"].startswith(f"{prefix}/accounts/login/?next=")
        elif lets_in == ".":
            assert response.status_code == 405
        else:
            assert response.status_code == 404, role
    assert set(Contribution.objects.values_list("pk", "state")) == before
    for role in lets_in.strip("."):
        response = getattr(browser_of(cast[role]), method)(path, sent)
        assert response.status_code == (302 if name.endswith("undo") else 200), role
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("name", [name for name, (get, _post) in PAPER.items() if "F" in get])
def test_pages_of_the_team_are_not_found_by_search_engines(
    name: str, cast: dict[str, User | None], path_of: Callable[[str], str]
) -> None:
    response = browser_of(cast["F"]).get(path_of(name))

    if response["Content-Type"] == "application/pdf":
        assert name in {"dialogues:print_sign_in", "dialogues:print_poster"}
    else:
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert "Content-Security-Policy" in response


@pytest.mark.parametrize("name", [name for name, (_get, post) in PAPER.items() if "F" in post])
def test_forms_of_other_sites_are_refused(
    name: str, facilitator: User, path_of: Callable[[str], str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)

    assert client.post(path_of(name)).status_code == 403


def test_a_dialogue_that_does_not_exist_looks_like_one_of_others(stranger: User) -> None:
    client = browser_of(stranger)
    theirs = DialogueFactory()

    for name in PAPER:
        args = [1] if name.endswith("undo") else []
        answers = [
            client.post(reverse(name, args=[slug, *args])).status_code
            if "F" in PAPER[name][1]
            else client.get(reverse(name, args=[slug, *args])).status_code
            for slug in (theirs.slug, "none-such")
        ]
        assert answers == [404, 404]
