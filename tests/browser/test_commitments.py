"""A commitment in a real browser: from the page of its recommendation until it shows there."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from django.core import mail
from playwright.sync_api import Browser, expect

from accounts.models import User
from dialogues import commitments
from dialogues.models import Commitment
from tests.browser.reading import Reader
from tests.factories import RecommendationFactory
from tests.working import work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/recommendations/CA-01/"


@pytest.fixture(params=[(1280, "light"), (320, "dark")], ids=str)
def reader(request: Any, browser: Browser, live_server: Any) -> Iterator[Reader]:
    width, scheme = request.param
    wanted: Literal["light", "dark"] = scheme
    reader = Reader(
        browser,
        live_server.url,
        color_scheme=wanted,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    yield reader
    reader.context.close()


def look_at(reader: Reader) -> None:
    """No rule is broken and nothing sticks out."""
    reader.check()
    assert reader.overflow() == []


def test_from_the_page_of_a_recommendation_until_it_shows_and_how_it_went(
    reader: Reader, editor: User
) -> None:
    RecommendationFactory(code="CA-01", published=True)
    page = reader.page
    reader.open(PAGE)
    reader.follow(f"{PAGE}commit/")
    look_at(reader)
    reader.press("Send it")
    expect(page.get_by_role("alert")).to_contain_text("Write what you will do.")
    look_at(reader)
    page.get_by_label("What you will do").fill("I will hold an evening about it.")
    page.get_by_label("Your e-mail address").fill("me@example.org")
    page.get_by_label("Name to show").fill("Odile")
    reader.press("Send it")
    expect(page.get_by_role("status")).to_contain_text("Look into your mailbox")
    look_at(reader)

    work()
    (link,) = [line for line in mail.outbox[0].body.splitlines() if "/commitments/" in line]
    link = f"/{link.split('/', 3)[3]}"
    reader.open(link)
    look_at(reader)
    reader.press("Yes, I will do this")
    expect(page.get_by_role("status")).to_contain_text("your address is confirmed")
    commitments.show(Commitment.objects.get(), by=editor)

    reader.open(link)
    page.get_by_label("Kept").check()
    page.get_by_label("A word about it").fill("Forty people came.")
    page.get_by_label("This may be shown").check()
    look_at(reader)
    reader.press("Save how it went")
    expect(page.get_by_role("status")).to_contain_text("What you wrote is kept")
    commitments.show(Commitment.objects.get(), by=editor, words="Forty people came.")

    for path in (PAGE, f"{PAGE}commitments/"):
        reader.open(path)
        look_at(reader)
        expect(page.locator(".voice--commitment")).to_contain_text("Forty people came.")
    assert {problem for problem in reader.problems if "sets a cookie" not in problem} == set()
