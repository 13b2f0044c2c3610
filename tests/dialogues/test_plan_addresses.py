"""Who gets what at each address of a plan.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F the facilitator
whose dialogue it is, S a facilitator of another one, M a member of an organization, E an editor,
A an administrator, K a scribe of the dialogue.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from dialogues import inviting
from dialogues.models import Dialogue, TeamRole
from tests import factories
from tests.factories import AgendaItemFactory, ConvenerFactory, DialogueFactory, PersonFactory

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEAK"
# What they get: + a page, > on to another page, 3 it is not theirs to do, 4 it is not there,
# 5 it is not asked for in this way, and in for "sign in first".
SIGN_IN, PAGE, ON, NOT_THEIRS, NOT_THERE, NOT_SO = "in", "+", ">", "3", "4", "5"
_OF_THE_PLAN = {"N": SIGN_IN, "F": PAGE, "CSMEAK": NOT_THERE}
_DONE_TO_IT = {"N": SIGN_IN, "F": ON, "CSMEAK": NOT_THERE}
_NOT_READ = {"N": SIGN_IN, "CFSMEAK": NOT_SO}
# Each address: what a GET gets, what the POST of an empty form gets.
PLAN: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "dialogues:dialogue_plans": (
        {"N": SIGN_IN, "FSEAK": PAGE, "CM": NOT_THEIRS},
        {"N": SIGN_IN, "CFSMEAK": NOT_SO},
    ),
    "dialogues:dialogue_new": (
        {"N": SIGN_IN, "FSEA": PAGE, "CMK": NOT_THEIRS},
        {"N": SIGN_IN, "FSEA": PAGE, "CMK": NOT_THEIRS},
    ),
    "dialogues:invitation_accept": ({EVERYBODY: PAGE}, {"N": PAGE, "CFSMEAK": ON}),
    "dialogues:dialogue_plan": (_OF_THE_PLAN, _NOT_READ),
    "dialogues:dialogue_facts": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:dialogue_copy": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:room_change": (_NOT_READ, _DONE_TO_IT),
    "dialogues:dialogue_agenda": (_OF_THE_PLAN, _NOT_READ),
    "dialogues:agenda_fill": (_NOT_READ, _DONE_TO_IT),
    "dialogues:agenda_order": (_NOT_READ, _OF_THE_PLAN),
    "dialogues:agenda_item_new": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:agenda_item_edit": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:agenda_item_move": (_NOT_READ, _DONE_TO_IT),
    "dialogues:agenda_item_delete": (_NOT_READ, _DONE_TO_IT),
    "dialogues:dialogue_people": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:person_edit": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:person_move": (_NOT_READ, _DONE_TO_IT),
    "dialogues:person_delete": (_NOT_READ, _DONE_TO_IT),
    "dialogues:dialogue_conveners": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:convener_edit": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:convener_move": (_NOT_READ, _DONE_TO_IT),
    "dialogues:convener_delete": (_NOT_READ, _DONE_TO_IT),
    "dialogues:dialogue_team": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:member_remove": (_NOT_READ, _DONE_TO_IT),
    "dialogues:invitation_withdraw": (_NOT_READ, _DONE_TO_IT),
}
CODES = {200: PAGE, 302: ON, 403: NOT_THEIRS, 404: NOT_THERE, 405: NOT_SO}


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> dict[str, User | None]:
    scribe = factories.UserFactory(email="scribe@example.org")
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator, scribe)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def dialogue(cast: dict[str, User | None]) -> Dialogue:
    """Published, so that nothing is hidden from anybody for another reason."""
    dialogue = DialogueFactory(published=True, facilitators=[cast["F"]])
    dialogue.scribes.add(cast["K"])
    DialogueFactory(facilitators=[cast["S"]])
    return dialogue


def path_of(name: str, dialogue: Dialogue, cast: dict[str, User | None]) -> str:
    invitation = factories.InvitationFactory(dialogue=dialogue, role=TeamRole.SCRIBE)
    if name == "dialogues:invitation_accept":
        return reverse(name, args=[inviting.token_of(invitation)])
    row: Any = {
        "agenda_item": lambda: AgendaItemFactory(dialogue=dialogue),
        "person": lambda: PersonFactory(dialogue=dialogue),
        "convener": lambda: ConvenerFactory(dialogue=dialogue),
        "member": lambda: cast["K"],
        "invitation": lambda: invitation,
    }
    head, _, verb = name.removeprefix("dialogues:").rpartition("_")
    if head in row and (head, verb) != ("agenda_item", "new"):
        return reverse(name, args=[dialogue.slug, row[head]().pk])
    return reverse(name, args=[] if name.endswith(("plans", "dialogue_new")) else [dialogue.slug])


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={path}":
        return SIGN_IN
    return CODES[response.status_code]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", PLAN)
def test_who_gets_what(
    name: str, method: str, cast: dict[str, User | None], dialogue: Dialogue
) -> None:
    expected = PLAN[name][method == "post"]
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            path = path_of(name, dialogue, cast)
            client = Client()
            if user:
                client.force_login(user)
            got[letter] = gets(getattr(client, method)(path), path)
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("name", [name for name in PLAN if PLAN[name][0] is not _NOT_READ])
def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    name: str, cast: dict[str, User | None], dialogue: Dialogue, facilitator: User
) -> None:
    client = Client()
    client.force_login(facilitator)

    answer = client.get(path_of(name, dialogue, cast))

    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_no_dialogue_can_take_the_address_of_another_page() -> None:
    first = {
        str(line.pattern).partition("/")[0]
        for line in get_resolver("dialogues.urls").url_patterns
        if not str(line.pattern).startswith("<") and str(line.pattern)
    }

    assert first == Dialogue.RESERVED
