"""Who gets what at each address of the desk.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F a facilitator,
S a facilitator and member from somewhere else, M a member of an organization, E an editor,
A an administrator.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recommendations.models import ProgressUpdate
from tests.factories import (
    AddresseeFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReplyFactory,
    SourceFactory,
    UserFactory,
)
from tests.markup import Page, faults

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEA"
# What they get: + a page, > on to another page, 3 it is not theirs to do, 5 it is not asked for in
# this way, and in for "sign in first".
SIGN_IN, PAGE, ON, NOT_THEIRS, NOT_SO = "in", "+", ">", "3", "5"
_READ = {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": PAGE}
_DONE = {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": ON}
_NOT_SO = {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": NOT_SO}
# Each address: what a GET gets, what the POST of an empty form gets.
DESK: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "recommendations:desk": (_READ, _NOT_SO),
    "recommendations:desk_recommendation": (_READ, _NOT_SO),
    "recommendations:desk_recommendation_history": (_READ, _NOT_SO),
    "recommendations:desk_update_new": (_READ, _READ),
    "recommendations:desk_answer_new": (_READ, _READ),
    "recommendations:desk_finding": (_READ, _NOT_SO),
    "recommendations:desk_finding_history": (_READ, _NOT_SO),
    "recommendations:desk_finding_edit": (_READ, _READ),
    "recommendations:desk_finding_correct": (_READ, _READ),
    "recommendations:desk_finding_retract": (_READ, _READ),
    "recommendations:desk_finding_submit": (_NOT_SO, _DONE),
    "recommendations:desk_finding_publish": (_NOT_SO, _DONE),
    "recommendations:desk_finding_send_back": (_NOT_SO, _READ),
}
CODES = {200: PAGE, 302: ON, 403: NOT_THEIRS, 405: NOT_SO}
PUBLISHED = {"recommendations:desk_finding_correct", "recommendations:desk_finding_retract"}
SECRET = "quagga"


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> dict[str, User | None]:
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator)
    return dict(zip(EVERYBODY, people, strict=True))


def path_of(name: str, kind: str = "updates") -> str:
    if name == "recommendations:desk":
        return reverse(name)
    recommendation = RecommendationFactory(
        code="CA-02", published=True, addressees=[AddresseeFactory()]
    )
    if "desk_finding" not in name:
        return reverse(name, args=["CA-02"])
    make: Any = ProgressUpdateFactory if kind == "updates" else ReplyFactory
    finding = make(recommendation=recommendation, summary=SECRET)
    is_update = isinstance(finding, ProgressUpdate)
    SourceFactory(**({"update": finding} if is_update else {"update": None, "reply": finding}))
    if name in PUBLISHED:
        finding.publish(by=UserFactory())
    return reverse(name, args=[kind, finding.pk])


def signed_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", DESK)
def test_who_gets_what(name: str, method: str, cast: dict[str, User | None]) -> None:
    expected = DESK[name][method == "post"]
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            path = path_of(name)
            answer: Any = getattr(signed_in(user), method)(path)
            to_sign_in = answer.get("Location") == f"/accounts/login/?next={path}"
            got[letter] = SIGN_IN if to_sign_in else CODES[answer.status_code]
            assert letter in "EA" or SECRET not in answer.content.decode()
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("name", [name for name in DESK if DESK[name][0] is _READ])
def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    name: str, editor: User
) -> None:
    kind = "answers" if "finding" in name else "updates"

    answer = signed_in(editor).get(path_of(name, kind))

    assert "no-store" in answer["Cache-Control"]
    html = answer.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert faults(Page(html)) == []


@pytest.mark.parametrize(
    "path", ["CA-99/", "CA-99/update/", "CA-99/history/", "updates/99/", "answers/99/edit/"]
)
def test_what_is_not_there_is_not_there(path: str, editor: User) -> None:
    assert signed_in(editor).get(f"/recommendations/desk/{path}").status_code == 404
