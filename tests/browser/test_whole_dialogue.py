"""A whole dialogue in the Vancouver format, planned, joined, spoken and closed: six browsers.

A facilitator and an invited scribe take down what is said, three people speak from their phones,
and the wall shows it. Pictures of each stage are left in ``var/test/pictures``.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from dialogues import voting
from dialogues.models import AgendaKind, Contribution, Dialogue, Participant, TurnState
from tests.browser.conftest import Open
from tests.browser.consoles import Console
from tests.working import work

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_one_request_at_a_time"),
]

PHONE = {"width": 390, "height": 844}
SOON = 15_000  # ms: a phone asks every other second, and the machine may be busy
PEOPLE = "Ann Lake, Harbour School, Education\nBen Hill, , Media"


class Camera:
    """Pictures of pages, numbered as they are taken."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        self.folder, self.n = folder, 0

    def take(self, page: Page, name: str) -> None:
        self.n += 1
        page.screenshot(path=self.folder / f"{self.n:02}-{name}.png")


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


@pytest.fixture
def camera() -> Camera:
    return Camera(settings.VAR_DIR / "pictures")


def send(phone: Page, kind: str, text: str) -> None:
    phone.locator(f"#now .kind--{kind} textarea").fill(text, timeout=SOON)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator("#news")).to_contain_text(text, timeout=SOON)


def post_all(console: Console, n: int) -> None:
    """Let what came from phones show, one key each."""
    inbox = console.page.locator("#inbox > li")
    expect(inbox).to_have_count(n, timeout=SOON)
    for left in range(n, 0, -1):
        inbox.first.focus()
        console.page.keyboard.press("p")
        expect(inbox).to_have_count(left - 1, timeout=SOON)


def on_the_wall(wall: Page, *texts: str) -> None:
    for text in texts:
        expect(wall.locator("[data-text]", has_text=text)).to_be_visible(timeout=SOON)


def next_round(console: Console, wall: Page, words: str) -> None:
    console.page.get_by_role("button", name="Next round").click()
    expect(wall.locator("h1")).to_have_text(words, timeout=SOON)


def test_from_the_plan_to_the_closing_round(
    opened: Open,
    live_server: Any,
    facilitator: User,
    sign_in: Callable[[BrowserContext, User], None],
    camera: Camera,
) -> None:
    # ---- Before: a plan, a second scribe, a list of people, an open door ----
    desk = opened("/")
    sign_in(desk.context, facilitator)
    desk.goto("/dialogues/plan/new/")
    desk.get_by_label("Title").fill("A dialogue on prevention")
    desk.get_by_label("Date").fill("2026-03-14")
    desk.get_by_label("Begins at").fill("09:30")
    desk.get_by_label("Place").fill("Victoria")
    desk.get_by_role("button", name="Plan it").click()
    plan = "/dialogues/victoria-2026-03-14/plan/"
    expect(desk.get_by_role("link", name="Open the console")).to_be_visible()
    camera.take(desk, "plan")
    desk.goto(f"{plan}team/")
    desk.get_by_label("E-mail address").fill("scribe@example.org")
    desk.get_by_role("radio", name="Scribe").check()
    desk.get_by_role("button", name="Send the invitation").click()
    expect(desk.get_by_text("Letter sent")).to_be_visible()
    desk.goto("/dialogues/victoria-2026-03-14/participants/import/")
    desk.get_by_label("Paste a list").fill(PEOPLE)
    desk.get_by_role("button", name="Look at it first").click()
    take = desk.get_by_role("button", name="Take 2 people")
    expect(take).to_be_visible()
    camera.take(desk, "list")
    take.click()
    expect(desk.get_by_text("2 people have a seat now.")).to_be_visible()
    desk.goto(plan)
    desk.get_by_role("button", name="Let phones join").click()
    dialogue = Dialogue.objects.get()
    code = dialogue.room.code

    work()
    [letter] = mail.outbox
    [link] = re.findall(r"https?://\S+", str(letter.body))
    scribe = opened(link)
    scribe.get_by_label("Your name").fill("Sam Scribe")
    for label in ("Password", "The same password again"):
        scribe.get_by_label(label, exact=True).fill("seven green bottles 7")
    scribe.get_by_role("button", name="Make the account and accept").click()
    expect(scribe.get_by_text("You are on the team of")).to_be_visible()

    one = Console(desk.context, live_server.url, dialogue).open()
    two = Console(scribe.context, live_server.url, dialogue).open()
    wall = desk.context.new_page()
    wall.set_viewport_size({"width": 1280, "height": 720})
    wall.goto("/dialogues/victoria-2026-03-14/wall/")
    expect(wall.get_by_text(f"{code[:3]} {code[3:]}").first).to_be_visible()
    camera.take(wall, "wall-join")

    # ---- Three phones come in while the welcome is on; one has no JavaScript ----
    one.page.locator("#agenda li").first.get_by_role("button", name="Start").click()
    phones = [
        opened("/join/", viewport=PHONE),
        opened("/join/", viewport=PHONE, color_scheme="dark"),
        opened("/join/", viewport=PHONE, java_script_enabled=False),
    ]
    for phone in phones:
        phone.get_by_label("Code on the wall").fill(code.lower())
        phone.get_by_role("button", name="Join").click()
        phone.get_by_label("What I say is kept for the record").check()
        phone.get_by_label("What I say may be published").check()
        phone.get_by_role("button", name="Take part").click()
        expect(phone.get_by_text("nothing to write just now")).to_be_visible()
    assert Participant.objects.count() == 5
    camera.take(phones[0], "phone-welcome")
    plain = phones[2]

    # ---- One hope and one concern from each ----
    next_round(one, wall, "One hope and one concern from each")
    one.box("hope").focus()
    one.page.keyboard.press("Control+Enter")
    expect(one.page.locator("#speaker")).to_contain_text("Ann Lake is speaking", timeout=SOON)
    one.speak("That children learn of it", "That it comes too late")
    expect(two.row("That it comes too late")).to_be_visible(timeout=SOON)
    expect(two.page.locator("#speaker")).to_have_text("Seat 2 is speaking", timeout=SOON)
    two.box("hope").focus()
    two.speak("That the news stays with it", "That nobody asks twice")
    expect(one.row("That nobody asks twice")).to_be_visible(timeout=SOON)
    for n, phone in enumerate(phones):
        if phone is plain:
            phone.get_by_role("link", name="Show what is on now").click()
        send(phone, "hope", f"A hope from phone {n}")
        send(phone, "concern", f"A concern from phone {n}")
    camera.take(phones[1], "phone-round")
    camera.take(one.page, "console-round")
    post_all(one, 6)
    on_the_wall(wall, "That children learn of it", "That nobody asks twice", "concern from phone 2")
    camera.take(wall, "wall-round")

    # ---- The brief, and clarifying questions with an answer ----
    next_round(one, wall, "Brief on the report")
    next_round(one, wall, "Clarifying questions")
    phones[0].bring_to_front()
    send(phones[0], "question", "Who pays for it?")
    post_all(two, 1)
    question = two.row("Who pays for it?")
    question.focus()
    two.page.keyboard.press("a")
    two.page.keyboard.type("Each country its own part.")
    two.page.keyboard.press("Control+Enter")
    expect(one.row("Each country its own part.")).to_be_visible(timeout=SOON)
    on_the_wall(wall, "Who pays for it?")

    # ---- The scale: nobody sees a number before the vote is closed ----
    scale = "How far does the report resonate with you, from 0 to 10?"
    next_round(one, wall, scale)
    for n, phone in enumerate(phones):
        if phone is plain:
            phone.get_by_role("link", name="Show what is on now").click()
        phone.get_by_label(str(7 + n), exact=True).check(timeout=SOON)
        if n == 0:
            camera.take(phone, "phone-scale")
        phone.get_by_role("button", name="Send my number").click()
        expect(phone.get_by_text("Your number is counted.").first).to_be_visible(timeout=SOON)
    expect(wall.locator("[data-said]")).to_have_text("3 have voted", timeout=SOON)
    expect(wall.locator(".wall__histogram")).to_have_count(0)
    one.page.locator("#agenda li", has_text=scale).get_by_role("button", name="End").click()
    expect(wall.locator(".wall__histogram")).to_be_visible(timeout=SOON)
    camera.take(wall, "wall-scale")

    # ---- Ideas, written in silence and shown all at once ----
    next_round(one, wall, "Ideas to advance it")
    for n, phone in enumerate(phones):
        if phone is plain:
            phone.get_by_role("link", name="Show what is on now").click()
        send(phone, "idea", f"An idea from phone {n}")
    expect(wall.locator("[data-said]")).to_have_text("3 have written", timeout=SOON)
    assert "An idea" not in wall.content()
    one.page.get_by_role("button", name="Show all of it now").click()
    on_the_wall(wall, *(f"An idea from phone {n}" for n in range(3)))
    camera.take(wall, "wall-ideas")

    # ---- One commitment each, and the end ----
    next_round(one, wall, "One thing I will do")
    two.page.keyboard.press("Escape")
    two.box("commitment").focus()
    two.page.keyboard.press("Control+Enter")
    expect(two.page.locator("#speaker")).to_have_text("Seat 1 is speaking", timeout=SOON)
    two.page.keyboard.type("I will speak at the school")
    two.page.keyboard.press("Enter")
    for n, phone in enumerate(phones):
        if phone is plain:
            phone.get_by_role("link", name="Show what is on now").click()
        send(phone, "commitment", f"A commitment from phone {n}")
    post_all(one, 3)
    on_the_wall(wall, "I will speak at the school", "A commitment from phone 2")
    camera.take(wall, "wall-closing")
    one.page.locator("#agenda li").last.get_by_role("button", name="End").click()
    expect(phones[0].get_by_text("Nothing is on right now")).to_be_visible(timeout=SOON)
    one.is_saved()
    two.is_saved()
    camera.take(one.page, "console-end")

    # ---- What is left of it ----
    said = Contribution.objects.filter(dialogue=dialogue)
    assert set(said.values_list("state", flat=True)) == {"posted"}
    assert (
        dict(sorted(said.values_list("kind").order_by().values_list("code", "text")))["QUESTION-01"]
        == "Who pays for it?"
    )
    by_kind = {kind: said.filter(kind=kind).count() for kind in ("hope", "concern", "idea")}
    assert by_kind == {"hope": 5, "concern": 5, "idea": 3}
    assert said.filter(kind="commitment").count() == 4
    assert said.get(kind="question").answer.text == "Each country its own part."
    assert set(said.filter(participant__seat=1).values_list("text", flat=True)) == {
        "That children learn of it",
        "That it comes too late",
        "I will speak at the school",
    }
    voted = dialogue.agenda.get(kind=AgendaKind.SCALE)
    assert voting.results(voted) == {"ballots": [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]}
    turn = dialogue.agenda.get(kind=AgendaKind.ROUND).turns.get(participant__seat=1)
    assert turn.state == TurnState.DONE
    assert not one.problems + two.problems
