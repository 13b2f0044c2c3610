"""Who gets what at each address of following, and that nobody learns who follows what.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F a facilitator, S a
facilitator and member from somewhere else, M a member of an organization, E an editor, A an
administrator.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.private_pages import token_for
from recommendations import following
from recommendations.models import Follow, Mailbox, Subscriber
from tests import factories
from tests.markup import Page, faults

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEA"
# What they get: + a page, 4 there is no such thing to do.
PAGE, NOT_THERE = "+", "4"
# Each address: what a GET gets, what the POST of an empty form gets. The link is all that gives
# leave: nobody gets more for being signed in.
FOLLOWING: dict[str, tuple[str, str]] = {
    "recommendations:follow": (PAGE, PAGE),
    "recommendations:recommendation_follow": (PAGE, PAGE),
    "recommendations:following": (PAGE, NOT_THERE),
    "recommendations:following_leave": (PAGE, PAGE),
    "recommendations:following_never": (PAGE, NOT_THERE),
}
PRIVATE = sorted(name for name in FOLLOWING if "following" in name)
CODES = {200: PAGE, 404: NOT_THERE}
WORD = "quagga"


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


def path_of(name: str) -> str:
    row = factories.FollowFactory(subscriber__confirmed=True, confirmed=True)
    args: dict[str, list[Any]] = {
        "recommendation_follow": [row.recommendation.code],
        "following": [following.token_of(row.subscriber)],
        "following_leave": [following.token_of(row.subscriber, "leave")],
        "following_never": [token_for(row.subscriber.mailbox.fingerprint, "following-never")],
    }
    return reverse(name, args=args.get(name.partition(":")[2], []))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(FOLLOWING))
def test_who_gets_what(name: str, method: str, cast: dict[str, User | None]) -> None:
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            client = Client()
            if user:
                client.force_login(user)
            got[letter] = CODES[getattr(client, method)(path_of(name)).status_code]
            transaction.set_rollback(True)  # each comes first

    assert got == dict.fromkeys(EVERYBODY, FOLLOWING[name][method == "post"])


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("name", sorted(FOLLOWING))
def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(name: str, prefix: str) -> None:
    answer = Client().get(f"{prefix}{path_of(name)}")

    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert faults(Page(answer.content.decode())) == []
    # The address is the secret: no page it leads to is told.
    if name in PRIVATE:
        assert answer["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("name", sorted(set(FOLLOWING) - {"recommendations:following_leave"}))
def test_a_form_of_another_site_is_refused(name: str) -> None:
    path = path_of(name)

    for verb in ("leave", "never"):
        answer = Client(enforce_csrf_checks=True).post(path, {"verb": verb, "email": "a@b.org"})
        assert answer.status_code == 403
    assert Subscriber.objects.count() == 1
    assert not Mailbox.objects.exclude(refuses_since=None).exists()


@pytest.mark.parametrize("name", PRIVATE)
def test_a_forged_link_opens_nothing(name: str) -> None:
    row = factories.SubscriberFactory(confirmed=True)
    uses = {"following": "page", "following_leave": "leave", "following_never": "never"}
    right = uses.pop(name.partition(":")[2])
    others = [token_for(row.key.hex, f"following-{use}") for use in uses.values()]

    for token in (row.key.hex, f"{row.key.hex}:forged", str(row.pk), "%00", *others):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(reverse(name, args=[token]), {"verb": "never"})
            assert answer.status_code == 404
            assert "This private link is not valid." in answer.content.decode()
    assert right not in uses.values()
    assert Subscriber.objects.exists()


def test_nobody_learns_what_is_not_public(editor: User) -> None:
    draft = factories.RecommendationFactory(
        code="XX-77",
        addressees=[factories.AddresseeFactory(slug=f"{WORD}-office", name_en=WORD)],
        audience__slug=f"{WORD}-land",
        audience__name_en=WORD,
    )
    factories.ReportFactory(published_at=None, published_by=None, published=False, slug=WORD)
    factories.FollowFactory(recommendation=draft)
    queries = [
        f"?addressee={WORD}-office",
        f"?audience={WORD}-land",
        f"?report={WORD}",
        "?report=none-such",
        "?addressee=%00",
        "?audience=" + "x" * 10_000,
    ]
    signed_in = Client()
    signed_in.force_login(editor)

    for client in (Client(), signed_in):
        assert client.get("/recommendations/XX-77/follow/").status_code == 404
        for query in queries:
            path = f"/recommendations/follow/{query}"
            assert client.get(path).status_code == 404, query
            assert client.post(path, {"email": "ann@example.org"}).status_code == 404
        assert WORD not in client.get("/recommendations/follow/").content.decode()
    assert Follow.objects.count() == 1


def test_nobody_is_shown_who_follows(editor: User, administrator: User) -> None:
    row = factories.FollowFactory(
        recommendation__code="CA-01",
        subscriber__confirmed=True,
        confirmed=True,
        subscriber__email=f"{WORD}@example.org",
    )
    paths = ["/recommendations/", "/recommendations/CA-01/", "/recommendations/CA-01/follow/"]
    paths += [f"/recommendations.{form}" for form in ("atom", "csv", "json")]
    paths += [f"/search/?q={WORD}", "/activity/", "/admin/", "/recommendations/desk/CA-01/"]
    clients = [Client(), Client(), Client()]
    clients[1].force_login(editor)
    clients[2].force_login(administrator)

    for client in clients:
        for path in paths:
            assert f"{WORD}@".encode() not in client.get(path).getvalue(), path
        assert client.get("/admin/recommendations/subscriber/").status_code in {302, 404}
    # What is looked for is what whoever has the link is shown nothing of either.
    page = Client().get(f"/following/{following.token_of(row.subscriber)}/")
    assert "CA-01" in page.content.decode()
    assert f"{WORD}@" not in page.content.decode()
