"""The console in a real browser: a round by keyboard, no network, two scribes, an ended sign-in."""

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, expect

from accounts.models import User
from dialogues import capturing, joining, running
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Channel,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Room,
    Turn,
    TurnState,
)
from dialogues.models.contribution import ContributionQuerySet
from tests import factories
from tests.browser.consoles import Console
from tests.browser.reading import Reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_one_request_at_a_time"),
]

Open = Callable[..., "Console"]

# Counts the keys pressed that are no letter of the text.
COUNT_KEYS = """() => {
  window.keysBesideTheText = 0;
  addEventListener("keydown", (event) => {
    const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
    if (!isText && event.key !== "Shift") window.keysBesideTheText += 1;
  }, true);
}"""


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = factories.DialogueFactory(facilitators=[facilitator], slug="halifax")
    Room.objects.of(dialogue)
    kinds = [AgendaKind.ROUND, AgendaKind.QUESTIONS, AgendaKind.SCALE, AgendaKind.CLOSING]
    for order, kind in enumerate(kinds, 1):
        factories.AgendaItemFactory(dialogue=dialogue, kind=kind, order=order, minutes=20)
    for number in range(6):
        details = {"name": f"Person {number + 1}", "sector": "media" if number else ""}
        joining.take_seat(dialogue, channel=Channel.CONSOLE, details=details)
    return dialogue


@pytest.fixture
def scribe(dialogue: Dialogue) -> User:
    scribe = factories.UserFactory(email="scribe@example.org")
    dialogue.scribes.add(scribe)
    return scribe


@pytest.fixture
def open_console(
    browser: Browser,
    live_server: Any,
    dialogue: Dialogue,
    sign_in: Callable[[BrowserContext, User], None],
) -> Iterator[Open]:
    contexts = []

    def give(user: User, **options: Any) -> Console:
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        sign_in(context, user)
        return Console(context, live_server.url, dialogue).open()

    yield give
    for context in contexts:
        context.close()


def start_round(dialogue: Dialogue, by: User, kind: AgendaKind = AgendaKind.ROUND) -> AgendaItem:
    return running.start(dialogue.agenda.get(kind=kind), by=by)


def said(dialogue: Dialogue) -> ContributionQuerySet:
    return Contribution.objects.filter(dialogue=dialogue).order_by("pk")


def test_a_round_by_keyboard_takes_at_most_three_keys_a_speaker_beside_the_text(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    console = open_console(facilitator)
    console.page.locator("#agenda li").first.get_by_role("button", name="Start").click()
    expect(console.page.locator("#speaker")).to_have_text("Nobody is speaking now")
    console.page.evaluate(COUNT_KEYS)

    console.box("hope").focus()
    console.page.keyboard.press("Control+Enter")
    for number in range(1, 7):
        speaker = console.page.locator("#speaker")
        expect(speaker).to_have_text(f"Seat {number} · Person {number} is speaking")
        console.speak(f"Hope of {number}", f"Concern of {number}")
    console.is_saved()

    expect(console.page.locator("#speaker")).to_have_text("Everyone in the queue has spoken")
    keys = console.page.evaluate("keysBesideTheText") - 2  # Ctrl and Enter, which began the round
    assert keys / 6 <= 3
    assert [
        (row.text, row.participant and row.participant.seat, row.turn and row.turn.participant.seat)
        for row in said(dialogue).select_related("participant", "turn__participant")
    ] == [
        (f"{kind} of {number}", number, number)
        for number in range(1, 7)
        for kind in ("Hope", "Concern")
    ]
    assert set(said(dialogue).values_list("state", flat=True)) == {ContributionState.POSTED}
    turns = Turn.objects.filter(item__dialogue=dialogue)
    assert set(turns.values_list("state", flat=True)) == {TurnState.DONE}
    assert all(turn.started_at and turn.ended_at for turn in turns)
    # Drawn from what is kept before it is known who sits where, which is not kept.
    console.page.reload()
    expect(console.row("Hope of 1").first).to_contain_text("Person 1")
    assert not console.problems, "\n".join(console.problems)


def test_an_answer_that_comes_late_brings_no_former_speaker_back(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    """What was asked as the words were saved is answered after the next speaker was called."""
    running.next_speaker(start_round(dialogue, facilitator))
    console = open_console(facilitator)

    # What was asked before a call is heard just after it; what is asked after it, later still.
    console.page.evaluate("""() => {
      const ask = window.fetch;
      const wait = (time) => new Promise((done) => setTimeout(done, time));
      let calls = 0;
      window.fetch = async (address, options) => {
        const before = calls;
        const answer = await ask(address, options);
        if (String(address).includes("turns/next/")) calls += 1;
        if (!String(address).includes("state.json")) return answer;
        for (let n = 0; n < 30 && calls === before; n += 1) await wait(50);
        await wait(100);
        return answer;
      };
    }""")
    console.box("hope").focus()
    for number in range(1, 4):
        with console.page.expect_response("**/turns/next/"):
            console.speak(f"Hope of {number}", f"Concern of {number}")
        console.page.wait_for_timeout(400)
    console.is_saved()

    assert list(said(dialogue).values_list("text", "participant__seat")) == [
        (f"{kind} of {number}", number) for number in range(1, 4) for kind in ("Hope", "Concern")
    ]
    assert not console.problems, "\n".join(console.problems)


def test_what_is_typed_without_a_network_arrives_in_order_and_once(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    """Five minutes without a network, where OFFLINE_MINUTES=5 is set; at once where it is not."""
    pause = float(os.environ.get("OFFLINE_MINUTES", "0")) * 60_000 / 20
    start_round(dialogue, facilitator)
    console = open_console(facilitator)
    page = console.page
    expect(page.locator("#console")).to_have_attribute("data-offline", "yes")
    page.locator("#next").click()
    expect(page.locator("#speaker")).to_contain_text("Seat 1")

    console.context.set_offline(True)
    for number in range(10):
        console.speak(f"Hope {number}", f"Concern {number}")
        page.wait_for_timeout(pause)
    page.keyboard.type("Half a ho")
    expect(page.locator("#link")).to_contain_text("20 waiting to be sent, kept on this computer.")
    assert said(dialogue).count() == 0
    page.reload()
    expect(console.box("hope")).to_have_value("Half a ho")
    expect(page.locator("#said > li")).to_have_count(20)
    expect(page.locator("#link")).to_contain_text("Connection lost.")
    console.box("hope").focus()
    page.keyboard.press("End")
    page.keyboard.type("pe")
    page.keyboard.press("Enter")
    page.keyboard.type("Concern 10")
    page.keyboard.press("Enter")
    for number in range(11, 20):
        page.wait_for_timeout(pause)
        console.speak(f"Hope {number}", f"Concern {number}")
    page.wait_for_timeout(pause)
    console.context.set_offline(False)
    console.is_saved()

    texts = [f"{kind} {number}" for number in range(20) for kind in ("Hope", "Concern")]
    texts[20] = "Half a hope"
    assert list(said(dialogue).values_list("text", flat=True)) == texts
    seats = list(said(dialogue).values_list("participant__seat", flat=True))
    assert seats[:12] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert set(seats[12:]) == {None}
    assert not console.problems, "\n".join(console.problems)


def test_the_console_opens_in_a_new_tab_without_a_network(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    console = open_console(facilitator)
    expect(console.page.locator("#console")).to_have_attribute("data-offline", "yes")
    console.context.set_offline(True)
    console.page.close()

    page = console.context.new_page()
    page.goto(console.address)

    expect(page.locator("#link")).to_contain_text("Connection lost.")
    expect(page.locator("#queue-part")).to_be_hidden()
    assert "Person 1" not in page.evaluate("JSON.stringify({...localStorage})")


def test_two_scribes_see_each_others_entries_within_two_seconds(
    open_console: Open, dialogue: Dialogue, facilitator: User, scribe: User
) -> None:
    start_round(dialogue, facilitator)
    one, other = open_console(facilitator), open_console(scribe)
    other.box("hope").focus()
    other.page.keyboard.type("I am still typing th")

    one.box("hope").focus()
    one.page.keyboard.type("A hope of the first")
    one.page.keyboard.press("Enter")
    expect(other.row("A hope of the first")).to_be_visible(timeout=10_000)

    expect(other.box("hope")).to_have_value("I am still typing th")
    expect(other.box("hope")).to_be_focused()
    other.page.keyboard.type("is")
    other.page.keyboard.press("Enter")
    expect(one.row("I am still typing this")).to_be_visible(timeout=10_000)
    # On a busy machine a test's own seconds say little: what counts is how often a console asks.
    every = one.page.evaluate(
        "async () => (await import('/static/js/console/sending.js')).watch.every"
    )
    assert every * 1.15 <= 1_500
    assert not one.problems + other.problems


def test_both_scribes_calling_the_next_speaker_call_one(
    open_console: Open, dialogue: Dialogue, facilitator: User, scribe: User
) -> None:
    item = start_round(dialogue, facilitator)
    running.next_speaker(item)
    one, other = open_console(facilitator), open_console(scribe)
    expect(other.page.locator("#speaker")).to_have_text("Seat 1 is speaking")

    other.context.set_offline(True)
    other.page.locator("#next").click()
    one.page.locator("#next").click()
    one.is_saved()
    other.context.set_offline(False)
    other.is_saved()

    expect(other.page.locator("#speaker")).to_have_text("Seat 2 is speaking")
    expect(one.page.locator("#speaker")).to_have_text("Seat 2 · Person 2 is speaking")


def test_the_boxes_follow_the_agenda_and_what_is_half_typed_stays(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    start_round(dialogue, facilitator)
    console = open_console(facilitator)
    expect(console.box("hope")).to_be_focused()

    start_round(dialogue, facilitator, AgendaKind.QUESTIONS)
    expect(console.box("question")).to_be_focused()
    expect(console.box("hope")).to_have_count(0)
    console.page.keyboard.type("Half a quest")
    start_round(dialogue, facilitator)
    expect(console.box("hope")).to_be_visible()
    expect(console.box("question")).to_be_focused()
    console.page.keyboard.type("ion")
    console.page.locator("#save").click()
    console.is_saved()
    expect(console.box("question")).to_have_count(0)

    kept = said(dialogue).select_related("round").get()
    assert (kept.text, kept.kind) == ("Half a question", ContributionKind.QUESTION)
    assert kept.round == dialogue.agenda.get(kind=AgendaKind.QUESTIONS)


def test_a_scribe_sees_seats_and_no_names(
    open_console: Open, dialogue: Dialogue, facilitator: User, scribe: User
) -> None:
    start_round(dialogue, facilitator)

    console = open_console(scribe)
    console.page.locator("#seats-title").click()

    expect(console.page.locator("#seats > li")).to_have_count(6)
    expect(console.page.locator("#queue > li").first).to_contain_text("Seat 1")
    assert "Person" not in console.page.content()
    assert console.page.get_by_role("button", name="Next round").count() == 0


@pytest.mark.parametrize(
    ("choice", "wording"), [("Use mine", "Mine"), ("Keep as it is now", "Theirs")]
)
def test_an_edit_of_what_somebody_else_changed_shows_both_wordings(
    open_console: Open,
    dialogue: Dialogue,
    facilitator: User,
    scribe: User,
    choice: str,
    wording: str,
) -> None:
    statement = factories.ContributionFactory(dialogue=dialogue, posted=True, text="As spoken")
    one, other = open_console(facilitator), open_console(scribe)
    one.row("As spoken").get_by_role("button", name="Edit").click()
    one.page.locator(".edit textarea").fill("Mine")
    other.row("As spoken").get_by_role("button", name="Edit").click()
    other.page.locator(".edit textarea").fill("Theirs")
    other.page.keyboard.press("Enter")
    other.is_saved()
    expect(one.page.locator(".edit textarea")).to_have_value("Mine")

    one.page.locator(".edit textarea").press("Enter")
    problem = one.page.locator("#problem-list > li")
    expect(problem.locator(".problem__theirs")).to_have_text("Theirs")
    expect(problem.locator("textarea")).to_have_value("Mine")
    problem.get_by_role("button", name=choice).click()
    expect(problem).to_have_count(0)
    one.is_saved()

    expect(one.row(wording)).to_be_visible()
    expect(one.row(wording)).to_contain_text("As spoken: “As spoken”")
    statement.refresh_from_db()
    assert (statement.text, statement.spoken) == (wording, "As spoken")


def test_an_ended_sign_in_loses_nothing(
    open_console: Open,
    dialogue: Dialogue,
    facilitator: User,
    sign_in: Callable[[BrowserContext, User], None],
) -> None:
    start_round(dialogue, facilitator, AgendaKind.QUESTIONS)
    console = open_console(facilitator)
    Session.objects.all().delete()

    console.box("question").focus()
    for number in range(3):
        console.page.keyboard.type(f"Question {number}?")
        console.page.keyboard.press("Enter")
    expect(console.page.locator("#link")).to_contain_text(
        "Sign in again in another tab; nothing is lost. 3 waiting to be sent"
    )
    assert said(dialogue).count() == 0
    sign_in(console.context, facilitator)
    console.is_saved()

    texts = said(dialogue).values_list("text", flat=True)
    assert list(texts) == ["Question 0?", "Question 1?", "Question 2?"]


def test_what_the_server_refuses_stays_and_can_be_mended(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    start_round(dialogue, facilitator, AgendaKind.QUESTIONS)
    console = open_console(facilitator)

    # As Django answers what is larger than it reads.
    console.page.route(
        "**/say/",
        lambda route: route.fulfill(status=400, content_type="text/html", body="<h1>Bad</h1>"),
        times=1,
    )
    for text in ("Far too large?", "The next?"):
        console.box("question").fill(text)
        console.box("question").press("Enter")
    problem = console.page.locator("#problem-list > li")
    expect(problem).to_contain_text("The server did not take this, and did not say why.")
    expect(console.row("The next?")).to_contain_text("saved")
    console.page.reload()
    problem.locator("textarea").fill("x" * 5_001)
    problem.get_by_role("button", name="Send again").click()
    expect(problem).to_contain_text("This is 5001 characters long.")
    problem.locator("textarea").fill("Shorter?")
    problem.get_by_role("button", name="Send again").click()
    expect(problem).to_have_count(0)
    console.is_saved()

    assert list(said(dialogue).values_list("text", flat=True)) == ["The next?", "Shorter?"]


def test_what_is_too_long_stays_in_its_box(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    start_round(dialogue, facilitator, AgendaKind.QUESTIONS)
    console = open_console(facilitator)
    page, box = console.page, console.box("question")

    box.fill("x" * 5_001)
    box.press("Enter")
    page.locator("#save").click()
    complaint = page.locator("#boxes .errorlist")
    expect(complaint).to_have_text("This is 5001 characters long. Keep it under 5000.")
    expect(box).to_have_value("x" * 5_001)
    box.fill("Short?")
    expect(complaint).to_be_hidden()
    box.press("Enter")
    expect(console.row("Short?")).to_contain_text("saved")

    console.row("Short?").get_by_role("button", name="Edit").click()
    page.locator(".edit textarea").fill("y" * 5_001)
    page.locator(".edit textarea").press("Enter")
    expect(page.locator(".edit .errorlist")).to_contain_text("This is 5001 characters long.")
    page.locator(".edit textarea").fill("Short again?")
    page.locator(".edit textarea").press("Enter")
    console.is_saved()

    assert said(dialogue).get().text == "Short again?"


def test_a_count_that_is_wrong_is_said_and_kept(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    start_round(dialogue, facilitator, AgendaKind.SCALE)
    console = open_console(facilitator)

    console.page.get_by_role("button", name="Enter a count").click()
    console.page.locator("#f-score_7").fill("4")
    console.page.locator("#f-score_3").fill("some")
    console.page.keyboard.press("Enter")
    expect(console.page.locator("#act-error")).to_have_text("3: Enter a whole number.")
    expect(console.page.locator("#f-score_7")).to_have_value("4")
    console.page.locator("#f-score_3").fill("2")
    console.page.keyboard.press("Enter")

    rows = console.page.locator("#scale-rows > tr")
    expect(rows.nth(7)).to_have_text("74")
    expect(rows.nth(3)).to_have_text("32")


def test_the_last_one_is_taken_back_by_a_key_and_posted_again_by_a_button(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    console = open_console(facilitator)
    console.box("any").fill("Said by mistake")
    console.box("any").press("Enter")
    console.is_saved()

    console.page.keyboard.press("Control+z")
    expect(console.row("Said by mistake")).to_have_count(0)
    console.is_saved()
    assert said(dialogue).get().state == ContributionState.WITHDRAWN
    console.page.get_by_label("Show what was withdrawn").check()
    console.row("Said by mistake").get_by_role("button", name="Post again").click()
    expect(console.row("Said by mistake")).to_contain_text("saved")

    assert said(dialogue).get().state == ContributionState.POSTED


def test_single_keys_act_on_the_chosen_statement(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    recommendation = factories.RecommendationFactory(code="CA-01", published=True)
    hope = factories.ContributionFactory(dialogue=dialogue, posted=True, text="One. Two.")
    console = open_console(facilitator)
    keys = console.page.keyboard
    console.box("any").focus()

    keys.press("Escape")
    keys.press("g")
    keys.type("Media")
    keys.press("Enter")
    expect(console.row("One. Two.")).to_contain_text("Media")
    keys.press("r")
    keys.type("ca-01")
    keys.press("Enter")
    expect(console.row("One. Two.")).to_contain_text("CA-01")
    keys.press("t")
    keys.type("Schools, Young people")
    keys.press("Enter")
    expect(console.row("One. Two.")).to_contain_text("Schools · Young people")
    keys.press("k")
    keys.type("Idea")
    keys.press("Enter")
    expect(console.row("One. Two.")).to_contain_text("IDEA-01")
    keys.press("s")
    keys.press("ControlOrMeta+a")
    keys.type("One.")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("Two.")
    keys.press("Control+Enter")
    expect(console.row("split from IDEA-01")).to_have_count(2)

    hope.refresh_from_db()
    assert (hope.kind, hope.sector) == (ContributionKind.IDEA, "media")
    assert hope.state == ContributionState.WITHDRAWN
    assert list(hope.about.all()) == [recommendation]
    assert {piece.text for piece in hope.pieces.all()} == {"One.", "Two."}
    assert not console.problems, "\n".join(console.problems)


def test_what_comes_from_phones_is_reviewed_with_one_key_each(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    for text in ("First", "Second", "Third"):
        said_so = capturing.Said(ContributionKind.HOPE, text, uuid.uuid4())
        capturing.take_down(
            dialogue,
            said_so,
            channel=Channel.PHONE,
            participant=dialogue.participants.get(seat=2),
        )
    console = open_console(facilitator)
    inbox = console.page.locator("#inbox > li")
    expect(inbox).to_have_count(3)
    expect(inbox.first).to_contain_text("Seat 2 · Person 2")
    # On a narrow screen the inbox is far down: its number stands above, and leads there.
    jump = console.page.get_by_role("link", name="To review (3)")
    expect(jump).to_be_hidden()
    console.page.set_viewport_size({"width": 390, "height": 844})
    jump.click()
    expect(console.page.locator("#inbox-title")).to_be_in_viewport()
    console.page.set_viewport_size({"width": 1280, "height": 900})

    inbox.filter(has_text="First").focus()
    console.page.keyboard.press("p")
    expect(inbox).to_have_count(2)
    inbox.filter(has_text="Second").focus()
    console.page.keyboard.press("h")
    expect(console.page.locator("#aside > li")).to_have_count(1)
    inbox.filter(has_text="Third").focus()
    console.page.keyboard.press("x")
    console.page.keyboard.press("Enter")
    expect(console.page.locator("#act .errorlist").first).to_have_text("Say in a few words why.")
    console.page.keyboard.type("Names somebody")
    console.page.keyboard.press("Enter")
    expect(inbox).to_have_count(0)

    assert list(said(dialogue).values_list("state", "reason")) == [
        (ContributionState.POSTED, ""),
        (ContributionState.HELD, "set aside"),
        (ContributionState.WITHDRAWN, "Names somebody"),
    ]


def test_what_was_written_in_silence_can_be_shown_after_the_round_was_left(
    open_console: Open, dialogue: Dialogue, facilitator: User
) -> None:
    item = running.start(
        factories.AgendaItemFactory(
            dialogue=dialogue, kind=AgendaKind.IDEAS, order=9, text="Ideas", is_silent=True
        ),
        by=facilitator,
    )
    console = open_console(facilitator)
    silent = console.page.locator("#silent > li")
    expect(silent).to_contain_text("Nobody has written yet.")
    capturing.take_down(
        dialogue,
        capturing.Said(ContributionKind.IDEA, "A quiet idea", uuid.uuid4()),
        channel=Channel.PHONE,
        participant=dialogue.participants.get(seat=1),
        item=item,
    )
    expect(silent).to_contain_text("1 person has written, 1 statement. Nobody sees it yet.")

    start_round(dialogue, facilitator)
    expect(console.page.locator("#turn")).to_be_visible()
    silent.get_by_role("button", name="Show all of it now").click()

    expect(console.row("A quiet idea")).to_be_visible()
    expect(console.page.locator("#silent-part")).to_be_hidden()
    assert not console.problems, "\n".join(console.problems)


@pytest.mark.parametrize("width", [390, 320])
def test_the_french_console_is_no_wider_than_the_screen(
    open_console: Open, dialogue: Dialogue, facilitator: User, width: int
) -> None:
    scale = start_round(dialogue, facilitator, AgendaKind.SCALE)
    for source in ("ballots", "hands", "paper"):
        factories.TallyFactory(item=scale, source=source, score=7, n=3)
    console = open_console(facilitator, viewport={"width": width, "height": 900})

    console.page.context.add_cookies(
        [{"name": "django_language", "value": "fr", "url": console.address}]
    )
    console.page.goto(console.address.replace("/dialogues/", "/fr/dialogues/"))

    expect(console.page.locator("#balance-title")).to_be_visible()
    expect(console.page.locator("html")).to_have_attribute("lang", "fr-CA")
    assert Reader.overflow(console) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_rule_of_accessibility_is_broken(
    open_console: Open, dialogue: Dialogue, facilitator: User, width: int
) -> None:
    statement = factories.ContributionFactory(
        dialogue=dialogue, posted=True, text="Edited since", spoken="As spoken", revision=2
    )
    factories.ContributionFactory(dialogue=dialogue, question=True, posted=True)
    capturing.take_down(
        dialogue,
        capturing.Said(ContributionKind.HOPE, "From a phone", uuid.uuid4()),
        channel=Channel.PHONE,
        participant=dialogue.participants.get(seat=1),
    )
    scale = start_round(dialogue, facilitator, AgendaKind.SCALE)
    factories.TallyFactory(item=scale, source="hands", score=7, n=3)
    item = start_round(dialogue, facilitator)
    running.next_speaker(item)
    running.skip(item.turns.get(participant__seat=4))
    console = open_console(facilitator, viewport={"width": width, "height": 900})

    console.page.locator("#seats-title").click()
    row = console.row(statement.text)
    row.get_by_role("button", name="Edit :", exact=False).first.click()
    console.check()
    assert Reader.overflow(console) == []  # type: ignore[arg-type]
    console.page.locator("#tools button[data-act='withdraw']").click()
    console.page.locator("#act-go").click()
    expect(console.page.locator("#act .errorlist").first).to_be_visible()
    console.check()
    console.page.keyboard.press("Escape")
    console.page.locator("#show-keys").click()
    console.check()

    assert not console.problems, "\n".join(console.problems)
