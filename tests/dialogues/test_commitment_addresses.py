"""Who gets what at the addresses of commitments and of next steps.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F the facilitator
whose dialogue it is, S a facilitator of another one, M a member of an organization, E an editor,
A an administrator, K a scribe of the dialogue.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues import commitments
from dialogues.models import Commitment, Dialogue, NextStep
from tests import factories

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEAK"
# What they get: + a page, > on to another page, 4 it is not there, 5 it is not asked for in this
# way, and in for "sign in first".
SIGN_IN, PAGE, ON, NOT_THERE, NOT_SO = "in", "+", ">", "4", "5"
_OF_THE_PLAN = {"N": SIGN_IN, "F": PAGE, "CSMEAK": NOT_THERE}
_NOT_READ = {"N": SIGN_IN, "CFSMEAK": NOT_SO}
_DONE_TO_IT = {"N": SIGN_IN, "F": ON, "CSMEAK": NOT_THERE}
# Each address: what a GET gets, what the POST of an empty form gets.
COMMITMENTS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "commitment_new": ({EVERYBODY: PAGE}, {EVERYBODY: PAGE}),
    # The link is all that gives leave.
    "commitments:commitment": ({EVERYBODY: PAGE}, {EVERYBODY: NOT_THERE}),
    "commitments:commitment_stop": ({EVERYBODY: PAGE}, {EVERYBODY: PAGE}),
    "dialogues:next_steps": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:next_step_edit": (_OF_THE_PLAN, _OF_THE_PLAN),
    "dialogues:next_step_move": (_NOT_READ, _DONE_TO_IT),
    "dialogues:next_step_delete": (_NOT_READ, _DONE_TO_IT),
    "dialogues:commitment_days": (_OF_THE_PLAN, {"N": SIGN_IN, "CFSMEAK": NOT_THERE}),
}
CODES = {200: PAGE, 302: ON, 404: NOT_THERE, 405: NOT_SO}
READ = [name for name, (read, _sent) in COMMITMENTS.items() if read != _NOT_READ]
PRIVATE = ["commitments:commitment", "commitments:commitment_stop"]


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
    dialogue = factories.DialogueFactory(published=True, facilitators=[cast["F"]])
    dialogue.scribes.add(cast["K"])
    factories.DialogueFactory(facilitators=[cast["S"]])
    return dialogue


def path_of(name: str, dialogue: Dialogue) -> str:
    if name == "commitment_new":
        return reverse(name, args=[factories.RecommendationFactory(published=True).code])
    if name in PRIVATE:
        row = factories.CommitmentFactory(shown=True)
        use = "stop" if name.endswith("stop") else "answer"
        return reverse(name, args=[commitments.token_of(row, use)])
    args: list[Any] = [dialogue.slug]
    if "next_step_" in name:
        args.append(factories.NextStepFactory(dialogue=dialogue).pk)
    return reverse(name, args=args)


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={path}":
        return SIGN_IN
    return CODES[response.status_code]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", COMMITMENTS)
def test_who_gets_what(
    name: str, method: str, cast: dict[str, User | None], dialogue: Dialogue
) -> None:
    expected = COMMITMENTS[name][method == "post"]
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            path = path_of(name, dialogue)
            client = Client()
            if user:
                client.force_login(user)
            got[letter] = gets(getattr(client, method)(path), path)
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize(
    "name", [name for name in COMMITMENTS if COMMITMENTS[name][0] != _NOT_READ]
)
def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    name: str, prefix: str, dialogue: Dialogue, facilitator: User
) -> None:
    client = Client()
    client.force_login(facilitator)

    answer = client.get(f"{prefix}{path_of(name, dialogue)}")

    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    # The address is the secret: no page it leads to is told.
    if name in PRIVATE:
        assert answer["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("name", sorted(set(COMMITMENTS) - {"commitments:commitment_stop"}))
def test_a_form_of_another_site_is_refused(
    name: str, dialogue: Dialogue, facilitator: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)

    assert client.post(path_of(name, dialogue), {"verb": "take-back"}).status_code == 403
    assert not Commitment.objects.filter(state="withdrawn").exists()
    assert NextStep.objects.count() == ("next_step_" in name)


@pytest.mark.parametrize("name", PRIVATE)
def test_a_forged_link_opens_nothing(name: str) -> None:
    row = factories.CommitmentFactory(shown=True)
    wrong_use = commitments.token_of(row, "answer" if name.endswith("stop") else "stop")

    for token in (row.key.hex, f"{row.key.hex}:forged", str(row.pk), wrong_use):
        answer = Client().get(reverse(name, args=[token]))

        assert answer.status_code == 404
        assert "This private link is not valid." in answer.content.decode()
