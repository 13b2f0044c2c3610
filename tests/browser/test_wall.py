"""The wall in a browser: it follows the room calmly, and everybody can read it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from dialogues import capturing, rehearsing, running, voting
from dialogues.models import AgendaKind, Contribution, ContributionKind, Dialogue, TallySource
from tests.browser.reading import Reader
from tests.factories import AgendaItemFactory, DialogueFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
SOON = 6_000  # ms: the wall asks every two seconds
KINDS = (
    *(AgendaKind.WELCOME, AgendaKind.ROUND, AgendaKind.QUESTIONS, AgendaKind.SCALE),
    *(AgendaKind.IDEAS, AgendaKind.CLOSING),
)


@pytest.fixture
def rehearsal(facilitator: User) -> Dialogue:
    """A dialogue with every kind of round, and a room that speaks when it is told to."""
    dialogue = DialogueFactory(
        facilitators=[facilitator],
        title="A dialogue on prevention",
        resonance_question="How far does it speak to you?",
        is_demo=True,
        attribution="sector",
    )
    for order, kind in enumerate(KINDS, 1):
        AgendaItemFactory(
            dialogue=dialogue,
            order=order,
            kind=kind,
            text=f"Now: {kind.label}",
            posts_itself=True,
            is_silent=kind == AgendaKind.IDEAS,
        )
    return rehearsing.rehearse(dialogue, by=facilitator, seats=12, seed=1)


@pytest.fixture
def open_wall(
    browser: Browser,
    live_server: Any,
    facilitator: User,
    rehearsal: Dialogue,
    sign_in: Callable[[BrowserContext, User], None],
) -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def opened(**options: Any) -> Reader:
        reader = Reader(browser, live_server.url, **options)
        readers.append(reader)
        sign_in(reader.context, facilitator)
        reader.open(reverse("dialogues:wall", args=[rehearsal.slug]))
        return reader

    yield opened
    for reader in readers:
        reader.context.close()


def start(rehearsal: Dialogue, kind: AgendaKind, by: User) -> Any:
    return running.start(rehearsal.agenda.get(kind=kind), by=by)


def shown(page: Page, column: str) -> list[str]:
    return page.locator(f"[data-column={column}] [data-text]").all_inner_texts()


def test_it_follows_the_room_by_itself(
    open_wall: Callable[..., Reader], rehearsal: Dialogue, facilitator: User
) -> None:
    reader = open_wall(viewport=WIDE)
    page = reader.page
    expect(page.locator("h1")).to_have_text("A dialogue on prevention")

    start(rehearsal, AgendaKind.ROUND, facilitator)
    expect(page.locator("h1")).to_have_text("Now: Round", timeout=SOON)
    rehearsing.speak(rehearsal, 3, by=facilitator)
    expect(page.locator("[data-count=hope]")).to_have_text("3", timeout=SOON)
    first = page.locator("[data-column=hope] > li").last.element_handle()
    one, two, three = Contribution.objects.filter(kind="hope").order_by("pk")
    assert shown(page, "hope") == [three.text, two.text, one.text]
    assert first is not None

    capturing.revise(one, "I hope for something else.", revision=1)
    capturing.move(two, ContributionKind.CONCERN)
    capturing.withdraw(three, by=facilitator, reason="off the subject")
    rehearsing.speak(rehearsal, 1, by=facilitator)
    newest = Contribution.objects.filter(kind="hope").latest("pk")

    expect(page.locator("[data-column=hope] [data-text]")).to_have_text(
        [newest.text, "I hope for something else."], timeout=SOON
    )
    expect(page.locator("[data-count=hope]")).to_have_text("2")
    assert two.text in shown(page, "concern")
    # What stayed was not made anew: nothing flickers.
    assert first.evaluate("node => node.isConnected") is True
    assert reader.problems == []


def test_all_ideas_appear_at_once(
    open_wall: Callable[..., Reader], rehearsal: Dialogue, facilitator: User
) -> None:
    item = start(rehearsal, AgendaKind.IDEAS, facilitator)
    reader = open_wall(viewport=WIDE)
    page = reader.page
    rehearsing.speak(rehearsal, 4, by=facilitator)
    expect(page.locator("[data-said]")).to_have_text("4 have written", timeout=SOON)
    assert page.locator("[data-text]").count() == 0

    capturing.reveal(item, by=facilitator)

    expect(page.locator("[data-text]")).to_have_count(4, timeout=SOON)
    assert reader.problems == []


def test_the_result_appears_when_the_vote_is_closed(
    open_wall: Callable[..., Reader], rehearsal: Dialogue, facilitator: User
) -> None:
    item = start(rehearsal, AgendaKind.SCALE, facilitator)
    reader = open_wall(viewport=WIDE)
    page = reader.page
    rehearsing.speak(rehearsal, 5, by=facilitator)
    expect(page.locator("[data-said]")).to_have_text("5 have voted", timeout=SOON)

    voting.enter_counts(item, TallySource.HANDS, {7: 4})
    running.end(item)

    expect(page.get_by_role("list", name="5 votes")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("list", name="4 hands shown")).to_be_visible()
    assert reader.problems == []


def test_a_lost_link_is_said_once_and_what_is_there_stays(
    open_wall: Callable[..., Reader], rehearsal: Dialogue, facilitator: User
) -> None:
    start(rehearsal, AgendaKind.ROUND, facilitator)
    rehearsing.speak(rehearsal, 2, by=facilitator)
    reader = open_wall(viewport=WIDE)
    reader.listening = False  # the browser notes each request that fails
    page = reader.page

    reader.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("No link to the server", timeout=SOON)
    rehearsing.speak(rehearsal, 1, by=facilitator)
    assert len(shown(page, "hope")) == 2
    reader.context.set_offline(False)

    expect(page.get_by_role("status")).to_be_empty(timeout=SOON)
    expect(page.locator("[data-column=hope] > li")).to_have_count(3)


def test_without_scripts_it_is_a_page_one_reloads(
    open_wall: Callable[..., Reader], rehearsal: Dialogue, facilitator: User
) -> None:
    start(rehearsal, AgendaKind.ROUND, facilitator)
    reader = open_wall(viewport=WIDE, java_script_enabled=False)
    rehearsing.speak(rehearsal, 2, by=facilitator)

    reader.page.reload()

    assert len(shown(reader.page, "hope")) == 2
    expect(reader.page.get_by_role("img", name="QR code")).to_be_visible()
    assert reader.problems == []


@pytest.mark.parametrize("reduced", [True, False])
def test_what_is_new_moves_only_for_those_who_let_it(
    open_wall: Callable[..., Reader], rehearsal: Dialogue, facilitator: User, reduced: bool
) -> None:
    start(rehearsal, AgendaKind.ROUND, facilitator)
    reader = open_wall(viewport=WIDE, reduced_motion="reduce" if reduced else "no-preference")
    rehearsing.speak(rehearsal, 1, by=facilitator)

    row = reader.page.locator("[data-column=hope] > li")
    row.wait_for(state="attached", timeout=SOON)

    name = row.evaluate("node => getComputedStyle(node).animationName")
    assert name == ("none" if reduced else "wall-arrives")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_readable(
    open_wall: Callable[..., Reader],
    rehearsal: Dialogue,
    facilitator: User,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    reader = open_wall(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    for kind in KINDS:
        item = start(rehearsal, kind, facilitator)
        rehearsing.speak(rehearsal, 8, by=facilitator)
        if kind == AgendaKind.SCALE:
            running.end(item)
        if kind == AgendaKind.IDEAS:
            capturing.reveal(item, by=facilitator)
        reader.open(reverse("dialogues:wall", args=[rehearsal.slug]))
        reader.check()
        assert reader.overflow() == [], kind

    assert reader.problems == []
