"""Who gets what at each address of an organization's board.

The cast, by one letter each: N nobody signed in, C a citizen with an account, S a member of another
organization, M a member of the one whose board it is, E an editor, A an administrator, F a
facilitator who acts for nobody.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import inviting
from accounts.models import Organization, Role, User
from resolutions.models import Resolution
from tests import factories

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEA"
# What they get: + a page, > on to another page, 3 it is not theirs to do, 4 it is not there,
# 5 it is not asked for in this way, and in for "sign in first".
SIGN_IN, PAGE, ON, NOT_THEIRS, NOT_THERE, NOT_SO = "in", "+", ">", "3", "4", "5"
_OF_THE_BOARD = {"N": SIGN_IN, "MEA": PAGE, "CFS": NOT_THERE}
_DONE_TO_IT = {"N": SIGN_IN, "MEA": ON, "CFS": NOT_THERE}
_NOT_READ = {"N": SIGN_IN, "CFSMEA": NOT_SO}
# Each address: what a GET gets, what the POST of an empty form gets.
ORGANIZATIONS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "resolutions:board_list": (
        {"N": SIGN_IN, "CF": NOT_THEIRS, "SM": ON, "EA": PAGE},
        _NOT_READ,
    ),
    "resolutions:board_detail": (_OF_THE_BOARD, _NOT_READ),
    "resolutions:calendar_renew": (_NOT_READ, _DONE_TO_IT),
    "resolutions:member_list": (_OF_THE_BOARD, _OF_THE_BOARD),
    "resolutions:member_remove": (_NOT_READ, _DONE_TO_IT),
    "resolutions:member_invitation_withdraw": (_NOT_READ, _DONE_TO_IT),
    "resolutions:member_invitation_accept": ({EVERYBODY: PAGE}, {"N": PAGE, "CFSMEA": ON}),
    # The key is all that gives leave.
    "resolutions:organization_calendar": ({EVERYBODY: PAGE}, {EVERYBODY: NOT_SO}),
    "resolutions:resolution_import": (
        {"N": SIGN_IN, "CF": NOT_THEIRS, "SMEA": PAGE},
        {"N": SIGN_IN, "CF": NOT_THEIRS, "SMEA": PAGE},
    ),
    # A file with nothing in it of anybody's.
    "resolutions:import_sample": ({EVERYBODY: PAGE}, {EVERYBODY: NOT_SO}),
    # The resolution is public: who may not record on it may know of it.
    "resolutions:passage_record": (
        {"N": SIGN_IN, "MEA": PAGE, "CFS": NOT_THEIRS},
        {"N": SIGN_IN, "MEA": PAGE, "CFS": NOT_THEIRS},
    ),
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
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def resolution(ngo_member: User) -> Resolution:
    organization = ngo_member.organizations.get()
    organization.new_calendar_key()
    resolution = factories.ResolutionFactory(champion=organization)
    step = factories.StepFactory(resolution=resolution)
    Resolution.objects.filter(pk=resolution.pk).update(status_on=step.on)
    resolution.refresh_from_db()
    resolution.publish(by=factories.UserFactory())
    return resolution


def path_of(name: str, resolution: Resolution) -> str:
    organization = Organization.objects.get(resolutions=resolution)
    invitation = factories.MemberInvitationFactory(organization=organization)
    other = factories.UserFactory(roles=[Role.ORGANIZATION_MEMBER])
    factories.MembershipFactory(user=other, organization=organization)
    args: dict[str, list[Any]] = {
        "board_list": [],
        "resolution_import": [],
        "import_sample": [],
        "member_remove": [organization.slug, other.pk],
        "member_invitation_withdraw": [organization.slug, invitation.pk],
        "member_invitation_accept": [inviting.token_of(invitation)],
        "organization_calendar": [organization.calendar_key],
        "passage_record": [resolution.slug],
    }
    return reverse(name, args=args.get(name.removeprefix("resolutions:"), [organization.slug]))


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={path}":
        return SIGN_IN
    return CODES[response.status_code]


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_gets_what(method: str, cast: dict[str, User | None], resolution: Resolution) -> None:
    got: dict[str, dict[str, str]] = {}

    for name in ORGANIZATIONS:
        for letter, user in cast.items():
            with transaction.atomic():
                path = path_of(name, resolution)
                client = Client()
                if user:
                    client.force_login(user)
                got.setdefault(name, {})[letter] = gets(getattr(client, method)(path), path)
                transaction.set_rollback(True)  # each comes first

    assert got == {
        name: {
            letter: what for letters, what in rows[method == "post"].items() for letter in letters
        }
        for name, rows in ORGANIZATIONS.items()
    }


def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    resolution: Resolution, ngo_member: User
) -> None:
    client = Client()
    client.force_login(ngo_member)
    factories.MembershipFactory(user=ngo_member)  # so that the list is a page

    for name, (read, _done) in ORGANIZATIONS.items():
        if read is _NOT_READ or name == "resolutions:import_sample":
            continue
        answer = client.get(path_of(name, resolution))
        assert "no-store" in answer["Cache-Control"], name
        assert "private" in answer["Cache-Control"], name
        if name != "resolutions:organization_calendar":
            assert '<meta name="robots" content="noindex">' in answer.content.decode(), name
