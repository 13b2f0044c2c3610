"""Who gets what at each address of copies and of reports, and that nothing private shows there.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F a facilitator, S a
member of another organization, M a member of the champion, E an editor, A an administrator.
"""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from resolutions.models import CopyRequest, Resolution, StepKind
from tests import factories

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEA"
# What they get: + a page, > on to another page, 3 it is not theirs to do, 5 it is not asked for in
# this way, and in for "sign in first".
SIGN_IN, PAGE, ON, NOT_THEIRS, NOT_SO = "in", "+", ">", "3", "5"
# Each address: what a GET gets, what the POST of an empty form gets.
COPIES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "resolutions:delivery_list": (
        {"N": SIGN_IN, "CFS": NOT_THEIRS, "MEA": PAGE},
        {"N": SIGN_IN, "CFS": NOT_THEIRS, "MEA": PAGE},
    ),
    "resolutions:delivery_detail": (
        {"N": SIGN_IN, "CFS": NOT_THEIRS, "MEA": PAGE},
        {"N": SIGN_IN, "CFS": NOT_THEIRS, "MEA": ON},
    ),
    "resolutions:copy_request": ({EVERYBODY: PAGE}, {EVERYBODY: PAGE}),
    "resolutions:tip_send": ({EVERYBODY: PAGE}, {EVERYBODY: PAGE}),
    # The key is all that gives leave.
    "resolutions:tip_detail": ({EVERYBODY: PAGE}, {EVERYBODY: NOT_SO}),
}
CODES = {200: PAGE, 302: ON, 403: NOT_THEIRS, 405: NOT_SO}
# A search repeats the words asked for, so it is asked for one and must not show the other.
WORD, OTHER = "quagga", "okapi"
MARK = f"{WORD} {OTHER}"


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
    """Public, so that nothing is hidden from anybody for another reason."""
    resolution = factories.ResolutionFactory(champion=ngo_member.organizations.get())
    resolution.record_step(StepKind.ADOPTED, on=date(2010, 3, 9), by=ngo_member)
    resolution.publish(by=ngo_member)
    factories.ResolutionTextFactory(resolution=resolution)
    return resolution


def path_of(name: str, resolution: Resolution) -> str:
    if name.endswith("tip_send"):
        return reverse(name)
    if name.endswith("tip_detail"):
        return reverse(name, args=[factories.TipFactory().key])
    args: list[Any] = [resolution.slug]
    if name.endswith("delivery_detail"):
        args.append(factories.DeliveryFactory(resolution=resolution).pk)
    return reverse(name, args=args)


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={path}":
        return SIGN_IN
    return CODES[response.status_code]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", COPIES)
def test_who_gets_what(
    name: str, method: str, cast: dict[str, User | None], resolution: Resolution
) -> None:
    expected = COPIES[name][method == "post"]
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            path = path_of(name, resolution)
            client = Client()
            if user:
                client.force_login(user)
            got[letter] = gets(getattr(client, method)(path), path)
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("name", COPIES)
def test_its_pages_are_kept_by_nobody(
    name: str, cast: dict[str, User | None], resolution: Resolution
) -> None:
    client = Client()
    assert cast["M"] is not None
    client.force_login(cast["M"])

    answer = client.get(path_of(name, resolution))

    assert "no-store" in answer["Cache-Control"]
    if name != "resolutions:tip_send":
        assert '<meta name="robots" content="noindex">' in answer.content.decode()


@pytest.mark.parametrize("key", ["none-such", "x" * 500, "-"])
def test_a_key_of_nothing_opens_nothing(key: str) -> None:
    assert Client().get(f"/resolutions/report/{key}/").status_code == 404


def test_a_copy_of_another_resolution_is_not_there(
    resolution: Resolution, ngo_member: User
) -> None:
    client = Client()
    client.force_login(ngo_member)
    theirs = factories.DeliveryFactory()

    for slug in (resolution.slug, theirs.resolution.slug):
        path = reverse("resolutions:delivery_detail", args=[slug, theirs.pk])
        assert client.get(path).status_code == 404
        assert client.post(path, {"do": "remove"}).status_code == 404
    assert type(theirs).objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("role", ["N", "C", "F", "S", "M"])
def test_an_attachment_is_for_editors_alone(role: str, cast: dict[str, User | None]) -> None:
    tip = factories.TipFactory(file=b"%PDF-", file_name="a.pdf", file_type="application/pdf")
    client = Client()
    if user := cast[role]:
        client.force_login(user)

    answer = client.get(reverse("admin:resolutions_tip_file", args=[tip.pk]))

    assert answer.status_code == (302 if role in "NC" else 403)


def test_what_is_private_shows_on_no_public_page(resolution: Resolution) -> None:
    mail = f"{WORD}.{OTHER}@example.org"
    owed = factories.DeliveryFactory(resolution=resolution, email=mail)
    CopyRequest.objects.create(
        resolution=resolution, municipality=MARK, email=mail, sent_at=resolution.published_at
    )
    CopyRequest.objects.create(
        resolution=resolution, delivery=owed, municipality=MARK, email=f"b.{mail}"
    )
    factories.TipFactory(
        council=resolution.council,
        resolution=resolution,
        words=MARK,
        email=mail,
        file=MARK.encode(),
        file_name=f"{MARK}.pdf",
    )
    tip = factories.TipFactory(council=None, place="Delta", words=MARK, email=mail)
    paths = [
        resolution.get_absolute_url(),
        resolution.council.get_absolute_url(),
        "/resolutions/",
        "/",
        "/activity/",
        "/activity.atom",
        f"/search/?q={WORD}",
        "/resolutions/report/",
        f"/resolutions/report/{tip.key}/",
        reverse("resolutions:copy_request", args=[resolution.slug]),
    ]

    for path in paths:
        assert OTHER not in Client().get(path).content.decode(), path
    assert owed.recipient in Client().get(resolution.get_absolute_url()).content.decode()
