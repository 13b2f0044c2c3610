"""Printing, typing and comparing in a browser: accessible, and as fast as the keyboard allows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from accounts.models import Role, User
from dialogues import cards
from dialogues.models import Contribution, ContributionKind, ContributionState, Dialogue
from tests.browser.reading import Reader
from tests.factories import DialogueFactory, ParticipantFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[BrowserContext, User], None]


class Worker(Reader):
    """Somebody of the team: signed in, and so with cookies."""

    def _answered(self, response: Any) -> None:
        pass


@pytest.fixture
def team() -> tuple[User, User]:
    facilitator = UserFactory(email="facilitator@example.org", roles=[Role.FACILITATOR])
    return facilitator, UserFactory(email="scribe@example.org")


@pytest.fixture
def dialogue(team: tuple[User, User]) -> Dialogue:
    dialogue = DialogueFactory(slug="here", facilitators=[team[0]])
    dialogue.scribes.add(team[1])
    cards.reserve(dialogue, {ContributionKind.HOPE: 30, ContributionKind.CONCERN: 30})
    ParticipantFactory(dialogue=dialogue, seat=4)
    return dialogue


def worker(
    browser: Browser, live_server: Any, sign_in: SignIn, user: User, **options: Any
) -> Worker:
    one = Worker(browser, live_server.url, reduced_motion="reduce", **options)
    sign_in(one.context, user)
    return one


def test_cards_are_typed_by_one_and_compared_by_another(
    browser: Browser,
    live_server: Any,
    sign_in: SignIn,
    team: tuple[User, User],
    dialogue: Dialogue,
) -> None:
    facilitator, scribe = team
    typist = worker(browser, live_server, sign_in, scribe)
    keys = typist.page.keyboard
    number_field = typist.page.get_by_label("Number on the card")

    typist.open("/dialogues/here/cards/")
    # The number has the focus: number, Tab, text, Enter. A browser gives it when it first draws the
    # page, which may be after it has loaded.
    for number, text in (("h7", "That we act."), ("12", "That they act."), ("c3", "That nobody")):
        expect(number_field).to_be_focused()
        keys.type(number)
        keys.press("Tab")
        keys.type(text)
        with typist.page.expect_navigation():
            keys.press("Enter")
    expect(number_field).to_be_focused()
    keys.type("c4")
    keys.press("Tab")
    keys.type("One")
    keys.press("Shift+Enter")
    keys.type("two")
    with typist.page.expect_navigation():
        keys.press("Enter")
    expect(typist.page.get_by_text("CONCERN-04 is saved. Next card.")).to_be_visible()
    expect(typist.page.get_by_label("Kind")).to_have_value("concern")

    checker = worker(browser, live_server, sign_in, facilitator)

    def press(button: str, code: str) -> None:
        name = re.compile(f"^{button} ?: {code}$")
        with checker.page.expect_navigation():
            checker.page.get_by_role("button", name=name).click()

    checker.open("/dialogues/here/cards/check/")
    press("It matches", "HOPE-07")
    # The next card has the focus now.
    next_card = checker.page.get_by_role("button", name=re.compile("^It matches ?: HOPE-12$"))
    expect(next_card).to_be_focused()
    with checker.page.expect_navigation():
        checker.page.keyboard.press("Enter")
    expect(checker.page.get_by_text("HOPE-12 matches its card.")).to_be_visible()
    checker.page.get_by_text("It differs: correct it: CONCERN-03").click()
    checker.page.get_by_label("What the card says").first.fill("That nobody acts.")
    press("Now it matches", "CONCERN-03")

    found = Contribution.objects.order_by("code").values_list("code", "text", "state")
    assert list(found) == [
        ("CONCERN-03", "That nobody acts.", ContributionState.POSTED),
        ("CONCERN-04", "One\ntwo", ContributionState.HELD),
        ("HOPE-07", "That we act.", ContributionState.POSTED),
        ("HOPE-12", "That they act.", ContributionState.POSTED),
    ]
    assert typist.problems + checker.problems == []
    typist.context.close()
    checker.context.close()


def test_cards_are_typed_without_scripts(
    browser: Browser,
    live_server: Any,
    sign_in: SignIn,
    team: tuple[User, User],
    dialogue: Dialogue,
) -> None:
    typist = worker(browser, live_server, sign_in, team[1], java_script_enabled=False)

    typist.open("/dialogues/here/cards/")
    typist.page.get_by_label("Number on the card").fill("h1")
    typist.page.get_by_label("What it says").fill("That we act.")
    typist.page.get_by_label("Seat").fill("4")
    typist.press("Save, next card")

    statement = Contribution.objects.get()
    assert (statement.code, statement.text) == ("HOPE-01", "That we act.")
    assert statement.participant is not None
    assert not typist.page.get_by_text("makes a new line").is_visible()
    typist.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_break_no_rule_of_accessibility(
    width: int,
    browser: Browser,
    live_server: Any,
    sign_in: SignIn,
    team: tuple[User, User],
    dialogue: Dialogue,
) -> None:
    one = worker(browser, live_server, sign_in, team[0], viewport={"width": width, "height": 800})

    def look() -> None:
        one.check_by_day_and_night()
        assert one.overflow() == []

    for prefix in ("", "/fr"):
        one.open(f"{prefix}/dialogues/here/print/")
        one.page.locator("summary").click()
        look()
    one.open("/dialogues/here/print/")
    one.press("Make new cards")  # of no kind
    look()
    one.open("/dialogues/here/cards/")
    one.page.get_by_label("Number on the card").fill("h1")
    one.page.get_by_label("What it says").fill("That we act. " * 20)
    one.press("Save, next card")
    look()
    one.press("Save, next card")  # nothing typed
    look()
    Contribution.objects.update(typed_by=team[1])
    one.open("/dialogues/here/cards/check/")
    one.page.locator("summary").click()
    look()
    one.open("/dialogues/here/cards/check/?mine=1")
    look()
    one.open("/dialogues/here/statements/import/")
    look()
    one.page.get_by_label("Paste the list").fill("kind,text\nwish,A\n")
    one.press("Show what is in it")
    look()
    one.page.get_by_label("Paste the list").fill("kind,text\nhope,A\nconcern,B\n")
    one.press("Show what is in it")
    look()
    one.press("Import 2 statements")
    look()

    assert one.problems == []
    one.context.close()
