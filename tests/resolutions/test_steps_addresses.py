"""Who gets what where a resolution is followed.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F a facilitator, S a
member of another organization, M a member of the organization that brings it, E an editor,
A an administrator.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from resolutions.models import Resolution, StepKind
from tests.factories import ResolutionFactory, StepSourceFactory, UserFactory, date

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEA"
# What they get: + a page, > on to another page, 3 it is not theirs to do, 4 it is not there, and in
# for "sign in first".
SIGN_IN, PAGE, ON, NOT_THEIRS, NOT_THERE = "in", "+", ">", "3", "4"
_OF_THE_CHAMPION = {"N": SIGN_IN, "MEA": PAGE, "CFS": NOT_THEIRS}
_OF_A_DRAFT = {"N": SIGN_IN, "MEA": PAGE, "CFS": NOT_THERE}
_OF_EDITORS = {"N": SIGN_IN, "EA": PAGE, "CFSM": NOT_THEIRS}
_DONE_BY_EDITORS = {"N": SIGN_IN, "EA": ON, "CFSM": NOT_THEIRS}
_DRAFT_OF_EDITORS = {"N": SIGN_IN, "EA": PAGE, "M": NOT_THEIRS, "CFS": NOT_THERE}
_DRAFT_DONE_BY_EDITORS = {**_DRAFT_OF_EDITORS, "EA": ON}
_FOR_MEMBERS = {"N": SIGN_IN, "SMEA": PAGE, "CF": NOT_THEIRS}
# Each address: what a GET gets, what the POST of an empty form gets; of a public resolution, and of
# a draft where that is another thing.
STEPS: dict[str, list[tuple[dict[str, str], dict[str, str]]]] = {
    "resolutions:resolution_new": [(_FOR_MEMBERS, _FOR_MEMBERS)],
    "resolutions:step_record": [
        (_OF_THE_CHAMPION, _OF_THE_CHAMPION),
        (_OF_A_DRAFT, _OF_A_DRAFT),
    ],
    "resolutions:text_record": [
        (_OF_THE_CHAMPION, _OF_THE_CHAMPION),
        (_OF_A_DRAFT, _OF_A_DRAFT),
    ],
    "resolutions:step_verify": [
        (_OF_EDITORS, _DONE_BY_EDITORS),
        (_DRAFT_OF_EDITORS, _DRAFT_DONE_BY_EDITORS),
    ],
    "resolutions:resolution_publish": [
        (_OF_EDITORS, _DONE_BY_EDITORS),
        (_DRAFT_OF_EDITORS, _DRAFT_DONE_BY_EDITORS),
    ],
}
CODES = {200: PAGE, 302: ON, 409: PAGE, 403: NOT_THEIRS, 404: NOT_THERE}
CASES = [(name, is_draft) for name, states in STEPS.items() for is_draft in range(len(states))]


@pytest.fixture
def cast(
    citizen: User, stranger: User, ngo_member: User, editor: User, administrator: User
) -> dict[str, User | None]:
    facilitator = UserFactory(email="runs@example.org", roles=[Role.FACILITATOR])
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def resolution(ngo_member: User) -> Resolution:
    resolution = ResolutionFactory(champion=ngo_member.organizations.get())
    step = resolution.record_step(StepKind.SUBMITTED, on=date(2026, 1, 12), by=ngo_member)
    StepSourceFactory(step=step)
    return resolution


def path_of(name: str, resolution: Resolution) -> str:
    if name.endswith("resolution_new"):
        return f"{reverse(name)}?council={resolution.council.slug}"
    args: list[Any] = [resolution.slug]
    return reverse(name, args=[*args, resolution.steps.get().pk] if "verify" in name else args)


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/?next="):
        return SIGN_IN
    return CODES[response.status_code]


@pytest.mark.parametrize(("name", "is_draft"), CASES)
def test_who_gets_what(
    name: str,
    is_draft: int,
    cast: dict[str, User | None],
    resolution: Resolution,
    editor: User,
) -> None:
    if not is_draft:
        resolution.publish(by=editor)
    path = path_of(name, resolution)
    for method, expected in zip(("get", "post"), STEPS[name][is_draft], strict=True):
        got = {}

        for letter, user in cast.items():
            client = Client()
            if user:
                client.force_login(user)
            with transaction.atomic():
                got[letter] = gets(getattr(client, method)(path), path)
                transaction.set_rollback(True)  # each comes first

        assert got == {letter: what for letters, what in expected.items() for letter in letters}


def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    resolution: Resolution, editor: User
) -> None:
    client = Client()
    client.force_login(editor)

    for name in STEPS:
        answer = client.get(path_of(name, resolution))

        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), name
        assert '<meta name="robots" content="noindex">' in answer.content.decode(), name


def test_what_is_sent_without_the_forms_token_is_refused(
    resolution: Resolution, editor: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)

    got = {name: client.post(path_of(name, resolution)).status_code for name in STEPS}

    assert got == dict.fromkeys(STEPS, 403)
