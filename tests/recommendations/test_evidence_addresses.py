"""Who gets what at each address of evidence, and that nothing of it shows before it is published.

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
from recommendations import evidence as sent_in
from recommendations.models import ProgressUpdate, Recommendation, Source, Status
from tests import factories
from tests.site_map import FILES, PAGES

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEA"
# What they get: + a page, 3 it is not theirs to do, 4 there is no such thing to do, 5 it is not
# asked for in this way, and in for "sign in first".
SIGN_IN, PAGE, NOT_THEIRS, NOT_THERE, NOT_SO = "in", "+", "3", "4", "5"
# Each address: what a GET gets, what the POST of an empty form gets.
EVIDENCE: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "recommendations:evidence_send": ({EVERYBODY: PAGE}, {EVERYBODY: PAGE}),
    # The key is all that gives leave.
    "recommendations:evidence_detail": ({EVERYBODY: PAGE}, {EVERYBODY: NOT_SO}),
    "recommendations:evidence_list": (
        {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": PAGE},
        {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": NOT_SO},
    ),
    "recommendations:evidence_review": (
        {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": PAGE},
        {"N": SIGN_IN, "CFSM": NOT_THEIRS, "EA": NOT_THERE},
    ),
}
CODES = {200: PAGE, 403: NOT_THEIRS, 404: NOT_THERE, 405: NOT_SO}
# A search repeats the words asked for, so it is asked for one and must not show the other.
WORD, OTHER = "quagga", "okapi"
MARK = f"{WORD} {OTHER}"
HIDDEN_LINK = f"https://example.org/{WORD}-{OTHER}"


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
    row = factories.EvidenceFactory(recommendation__published=True)
    args: dict[str, list[Any]] = {
        "evidence_send": [row.recommendation.code],
        "evidence_detail": [row.key],
        "evidence_review": [row.pk],
    }
    return reverse(name, args=args.get(name.partition(":")[2], []))


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={path}":
        return SIGN_IN
    return CODES[response.status_code]


def browser_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(EVIDENCE))
def test_who_gets_what(name: str, method: str, cast: dict[str, User | None]) -> None:
    expected = EVIDENCE[name][method == "post"]
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            path = path_of(name)
            got[letter] = gets(getattr(browser_of(user), method)(path), path)
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("name", sorted(EVIDENCE))
def test_its_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    name: str, cast: dict[str, User | None]
) -> None:
    answer = browser_of(cast["E"]).get(path_of(name))

    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    if name.endswith("detail"):
        assert answer["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("key", ["none-such", "x" * 500, "-", "%00", "é"])
def test_a_key_of_nothing_opens_nothing(key: str) -> None:
    assert Client().get(f"/recommendations/evidence/{key}/").status_code == 404


def test_about_what_is_not_public_nothing_is_sent(editor: User) -> None:
    draft = factories.RecommendationFactory(code="XX-77")

    for client in (Client(), browser_of(editor)):
        path = reverse("recommendations:evidence_send", args=[draft.code])
        assert client.get(path).status_code == 404
        assert client.post(path, {"url": HIDDEN_LINK, "words": MARK}).status_code == 404


def test_the_private_page_of_a_draft_tells_nothing_of_it() -> None:
    row = factories.EvidenceFactory(recommendation__text=MARK)
    Recommendation.objects.update(published_at=None, published_by=None)

    page = Client().get(f"/recommendations/evidence/{row.key}/")

    assert (page.status_code, OTHER in page.content.decode()) == (200, False)


@pytest.fixture
def hidden(editor: User) -> list[str]:
    """Evidence in every state, about a recommendation that is public; gives the private pages."""
    asked = factories.RecommendationFactory(code="CA-01", published=True)
    rows = [
        sent_in.send(
            asked, url=f"{HIDDEN_LINK}/{n}", words=MARK, email=f"{WORD}.{OTHER}@example.org"
        ).evidence
        for n in range(4)
    ]
    sent_in.decline(rows[1], by=editor, reason="No.")
    sent_in.known_already(rows[2], by=editor, update=None)
    sent_in.accept(
        rows[3],
        by=editor,
        update=ProgressUpdate(
            recommendation=asked,
            status=Status.IN_PLACE,
            on=factories.date(2024, 5, 1),
            summary=MARK,
        ),
        source=Source(
            publisher=MARK, title=MARK, url=rows[3].url, read_on=factories.date(2024, 5, 1)
        ),
        reason="Yes.",
    )
    return [f"/recommendations/evidence/{row.key}/" for row in rows]


def test_nothing_of_it_shows_on_any_public_page_file_or_search(hidden: list[str]) -> None:
    paths = [path for paths in PAGES.values() for path in paths] + list(FILES.values())
    paths += [f"/search/?q={WORD}", f"/recommendations/?q={WORD}", "/recommendations/CA-01/"]
    read = 0

    for path in sorted({*paths, *(f"/fr{path}" for path in paths if path not in FILES.values())}):
        answer = Client().get(path)
        read += answer.status_code == 200
        assert OTHER.encode() not in answer.getvalue(), path
    assert read > 40


def test_the_private_page_shows_the_link_and_no_word_or_address(hidden: list[str]) -> None:
    for path in hidden:
        html = Client().get(path).content.decode()

        assert HIDDEN_LINK in html
        assert MARK not in html
        assert "@example.org" not in html
