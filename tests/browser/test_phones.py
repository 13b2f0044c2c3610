"""Phones in a room: with JavaScript and without, with a network and without."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dialogues import limits, voting
from dialogues.capturing import Said, take_down
from dialogues.models import Channel, Contribution, ContributionKind, Participant, Voted
from dialogues.views.joining import seat_cookie
from tests.browser.reading import Reader
from tests.dialogues.phones import Hall

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {
    "phone by night": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "small phone": {"viewport": {"width": 320, "height": 600}, "color_scheme": "light"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
}
PHONE = SCREENS["phone by night"]
SOON = 8_000  # ms; a phone asks every other second


@pytest.fixture
def hall() -> Hall:
    return Hall()


Open = Callable[..., Reader]


@pytest.fixture
def phone(browser: Browser, live_server: Any, hall: Hall) -> Iterator[Open]:
    """Opens a browser that has a seat, on the page of the room. Its complaints fail the test."""
    readers: list[Reader] = []

    def open_it(
        seat: Participant | None = None, *, has_seat: bool = True, **options: Any
    ) -> Reader:
        reader = Reader(
            browser, live_server.url, **{**PHONE, "reduced_motion": "reduce", **options}
        )
        readers.append(reader)
        if has_seat:
            seat = seat or hall.seat()
            cookie = {
                "name": seat_cookie(hall.dialogue.pk),
                "value": f"{seat.token('seat')}.{hall.room.code}",
                "url": live_server.url,
            }
            reader.context.add_cookies([cookie])  # type: ignore[list-item]
            reader.open(hall.path())
        return reader

    yield open_it
    for reader in readers:
        problems = [problem for problem in reader.problems if "cookie" not in problem]
        # What a browser says of a network that is off, or of an answer that is no page.
        noise = ("net::ERR_INTERNET_DISCONNECTED", "Failed to load resource")
        assert [one for one in problems if not any(words in one for words in noise)] == []
        reader.context.close()


def box(page: Page) -> Any:
    return page.locator("#now textarea")


def said() -> list[str]:
    return list(Contribution.objects.order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_the_code_to_a_hope_and_a_concern(script: bool, hall: Hall, phone: Open) -> None:
    hall.start("round")
    reader = phone(has_seat=False, java_script_enabled=script)
    page = reader.page

    reader.open("/join/")
    page.get_by_label("Code on the wall").fill("4k7 9mp")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Take part").click()
    expect(page.locator("#problem")).to_be_visible()
    page.get_by_label("What I say is kept for the record").check()
    page.get_by_role("button", name="Take part").click()
    page.get_by_label("What is one hope you have?").fill("That we listen")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Received")).to_be_visible()
    expect(page.locator("#news")).to_contain_text("That we listen")
    page.get_by_label("What is one concern you have?").fill("That we forget")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#news")).to_contain_text("That we forget")

    expect(page.locator("#now")).to_contain_text("That is all you are asked for here")
    expect(page.locator("#said li")).to_have_count(2)
    assert said() == ["That we listen", "That we forget"]
    assert Participant.objects.count() == 1


def test_who_sends_before_the_room_has_answered_is_asked_for_the_next_all_the_same(
    hall: Hall, phone: Open
) -> None:
    hall.start("round")
    reader = phone()
    page = reader.page
    page.route("**/state.json*", lambda route: route.abort())
    reader.open(hall.path())

    page.get_by_label("What is one hope you have?").fill("That we listen")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#news")).to_contain_text("That we listen")
    page.unroute("**/state.json*")

    expect(page.get_by_label("What is one concern you have?")).to_be_visible()
    assert said() == ["That we listen"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_what_was_said_is_changed_and_taken_back(script: bool, hall: Hall, phone: Open) -> None:
    hall.start("ideas")
    reader = phone(java_script_enabled=script)
    page = reader.page
    box(page).fill("Plant treees")
    page.get_by_role("button", name="Send", exact=True).click()

    page.locator("#news").get_by_role("link", name="Change it or take it back").click()
    page.get_by_label("Your words").fill("Plant trees")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("#news")).to_contain_text("Plant trees")
    page.locator("#said").get_by_role("link").first.click()
    page.get_by_role("button", name="Take it back").click()

    expect(page.locator("#news")).to_contain_text("Taken back")
    row = Contribution.objects.get()
    assert (row.text, row.was_taken_back) == ("Plant trees", True)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_number_is_sent_once_with_a_word_beside_it(script: bool, hall: Hall, phone: Open) -> None:
    item = hall.start("scale")
    reader = phone(java_script_enabled=script)
    page = reader.page

    page.get_by_role("button", name="Send my number").click()
    expect(page.get_by_text("Choose a number from 0 to 10.").first).to_be_visible()
    page.get_by_label("8", exact=True).check()
    page.get_by_role("button", name="Send my number").click()
    expect(page.get_by_text("Your number is counted.")).to_be_visible()
    expect(page.get_by_label("8", exact=True)).to_have_count(0)
    box(page).fill("If it is paid for")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#news")).to_contain_text("If it is paid for")

    assert voting.results(item) == {"ballots": [0] * 8 + [1, 0, 0]}
    assert said() == ["If it is paid for"]


def test_without_a_script_a_text_that_is_too_long_stays(hall: Hall, phone: Open) -> None:
    hall.start("round")
    page = phone(java_script_enabled=False).page

    box(page).fill("word " * 70)
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator(".errorlist")).to_contain_text("10 words more than the 60")
    assert box(page).input_value().count("word") == 70
    assert said() == []


# ---- The page follows the room ----


def test_a_new_round_shows_by_itself(hall: Hall, phone: Open) -> None:
    page = phone().page
    expect(page.locator("h1")).to_have_text("Nothing is on right now")

    hall.start("round")
    expect(page.locator("h1")).to_have_text("The round", timeout=SOON)
    expect(page.get_by_label("What is one hope you have?")).to_be_visible()
    expect(page.locator("#place")).to_have_text(re.compile("2 of 6"))
    box(page).fill("That we listen")
    page.get_by_role("button", name="Send", exact=True).click()
    change = page.get_by_role("link", name="Change it or take it back")
    expect(change).to_have_count(2)
    hall.end("round")
    expect(change).to_have_count(0, timeout=SOON)
    hall.start("scale")
    expect(page.locator("[data-question]")).to_have_text("How far does it resonate?", timeout=SOON)
    hall.start("welcome")
    expect(page.locator("#now")).to_contain_text("Look up and listen", timeout=SOON)
    hall.end("welcome")
    expect(page.locator("h1")).to_have_text("Nothing is on right now", timeout=SOON)


def test_a_new_round_never_touches_what_somebody_types(hall: Hall, phone: Open) -> None:
    hall.start("round")
    page = phone().page
    box(page).fill("Half a hop")

    hall.start("ideas")
    expect(page.get_by_role("heading", name="The round has closed")).to_be_visible(timeout=SOON)
    # Its own button would be refused.
    expect(page.locator("#now").get_by_role("button")).to_have_count(0)
    expect(box(page)).to_be_focused()
    box(page).press_sequentially("e")
    expect(box(page)).to_have_value("Half a hope")
    page.get_by_role("button", name="Go on to what is on now").click()
    expect(page.get_by_label("What idea do you have?")).to_have_value("")
    expect(page.locator("#drafts")).to_contain_text("Half a hope")
    page.locator("#drafts").get_by_role("button", name="Send it to the facilitator").click()

    expect(page.locator("#news")).to_contain_text("The round had closed", timeout=SOON)
    expect(page.locator("#drafts")).to_be_hidden()
    row = Contribution.objects.get()
    assert (row.text, row.round, row.state) == ("Half a hope", None, "held")


def test_what_is_sent_to_a_round_that_closed_stays_on_the_phone(hall: Hall, phone: Open) -> None:
    hall.start("round")
    page = phone().page
    box(page).fill("A late hope")

    def closed_meanwhile(route: Route) -> None:
        hall.start("ideas")
        route.continue_()

    page.route("**/say/", closed_meanwhile, times=1)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#waiting")).to_contain_text("This round has closed.", timeout=SOON)
    page.reload()
    expect(page.locator("#waiting")).to_contain_text("A late hope")
    assert said() == []
    page.locator("#waiting").get_by_role("button", name="Send it to the facilitator").click()

    expect(page.locator("#waiting")).to_be_hidden(timeout=SOON)
    assert said() == ["A late hope"]


def test_what_is_half_written_survives_a_reload(hall: Hall, phone: Open) -> None:
    hall.start("round")
    page = phone().page
    box(page).fill("Half a hope")

    page.reload()

    expect(box(page)).to_have_value("Half a hope")


def test_words_left_are_counted(hall: Hall, phone: Open) -> None:
    hall.start("round", word_limit=3)
    page = phone().page

    box(page).fill("one two")
    expect(page.locator("#now .helptext")).to_have_text("1 word left.")
    box(page).fill("one two three four five")
    expect(page.locator("#now .helptext")).to_have_text("2 words too many.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#now [data-problem]")).to_have_text("2 words too many.")
    expect(box(page)).to_have_value("one two three four five")

    assert said() == []


# ---- The network ----


def test_without_a_network_nothing_is_called_received_and_nothing_is_lost(
    hall: Hall, phone: Open
) -> None:
    hall.start("round")
    reader = phone()
    page, context = reader.page, reader.context
    expect(page.locator("#refresh")).to_be_hidden()

    context.set_offline(True)
    expect(page.locator("#link")).to_contain_text("Your phone has no connection")
    box(page).fill("A hope without a network")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_label("What is one concern you have?").fill("A concern without one")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#waiting [data-count]")).to_have_text("2")
    expect(page.locator("#waiting")).to_contain_text("A hope without a network")
    expect(page.get_by_role("heading", name="Received")).to_have_count(0)
    page.get_by_role("button", name="Leave on this phone").click()
    expect(page.locator(".phone__leave [data-problem]")).to_contain_text("not been sent yet")
    assert said() == []
    context.set_offline(False)

    expect(page.get_by_role("heading", name="Received")).to_be_visible(timeout=SOON)
    expect(page.locator("#waiting")).to_be_hidden(timeout=SOON)
    expect(page.locator("#link")).to_be_empty(timeout=SOON)
    assert said() == ["A hope without a network", "A concern without one"]


def test_what_waits_survives_closing_the_page(hall: Hall, phone: Open) -> None:
    hall.start("ideas")
    reader = phone()
    page = reader.page
    page.route("**/say/", lambda route: route.abort())
    for text in ("One", "Two", "Three"):
        box(page).fill(text)
        page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#waiting [data-count]")).to_have_text("3")
    page.close()
    assert said() == []

    again = reader.context.new_page()
    again.goto(f"{reader.origin}{hall.path()}")

    expect(again.locator("#said li")).to_have_count(3, timeout=SOON)
    expect(again.locator("#waiting")).to_be_hidden()
    assert said() == ["One", "Two", "Three"]


def test_an_answer_that_is_lost_on_its_way_doubles_nothing(hall: Hall, phone: Open) -> None:
    hall.start("ideas")
    page = phone().page
    lost: list[Any] = []

    def lose_the_first(route: Any) -> None:
        if not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    page.route("**/say/", lose_the_first)
    box(page).fill("Once")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", name="Received")).to_be_visible(timeout=SOON)
    assert len(lost) == 1
    assert said() == ["Once"]


def test_a_server_that_fails_is_told_apart_from_a_phone_without_a_network(
    hall: Hall, phone: Open
) -> None:
    hall.start("ideas")
    page = phone().page
    page.route("**/state.json*", lambda route: route.fulfill(status=502, body=""))
    page.route("**/say/", lambda route: route.abort())

    box(page).fill("Waits")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#link")).to_contain_text("server does not answer", timeout=2 * SOON)
    expect(page.locator("#waiting [data-count]")).to_have_text("1")
    page.unroute("**/state.json*")
    page.unroute("**/say/")

    expect(page.locator("#link")).to_be_empty(timeout=2 * SOON)
    expect(page.locator("#waiting")).to_be_hidden(timeout=2 * SOON)
    assert said() == ["Waits"]


def test_a_browser_that_keeps_nothing_sends_by_the_form(hall: Hall, phone: Open) -> None:
    hall.start("round")
    page = phone().page
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page.reload()

    box(page).fill("Kept by the server alone")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", name="Received")).to_be_visible()
    assert said() == ["Kept by the server alone"]


def test_a_vote_without_a_network_is_counted_when_there_is_one(hall: Hall, phone: Open) -> None:
    item = hall.start("scale")
    reader = phone()
    page = reader.page
    reader.context.set_offline(True)
    page.get_by_label("3", exact=True).check()
    page.get_by_role("button", name="Send my number").click()
    expect(page.locator("#waiting")).to_contain_text("Your number on the scale")
    assert not Voted.objects.exists()

    reader.context.set_offline(False)

    expect(page.get_by_text("Your number is counted.")).to_be_visible(timeout=SOON)
    expect(page.locator("#waiting")).to_be_hidden()
    assert voting.results(item) == {"ballots": [0, 0, 0, 1] + [0] * 7}
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


def test_a_form_whose_token_ended_is_sent_with_another(hall: Hall, phone: Open) -> None:
    hall.start("ideas")
    reader = phone()
    page = reader.page
    expect(page.locator("#refresh")).to_be_hidden()
    # As signing in and out with the same browser does.
    reader.context.clear_cookies(name="csrftoken")

    box(page).fill("Still mine")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", name="Received")).to_be_visible(timeout=2 * SOON)
    assert said() == ["Still mine"]


def test_a_code_that_is_changed_interrupts_nobody(hall: Hall, phone: Open) -> None:
    hall.start("round")
    page = phone().page
    hall.change_code("9PQRTV")

    box(page).fill("Undisturbed")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#news")).to_contain_text("Undisturbed")
    hall.start("ideas")

    expect(page.get_by_label("What idea do you have?")).to_be_visible(timeout=SOON)
    page.reload()
    assert page.url.endswith("/join/9PQRTV/")


# ---- For everybody ----


@pytest.mark.parametrize("screen", SCREENS)
def test_no_rule_is_broken_on_any_page(screen: str, hall: Hall, phone: Open) -> None:
    hall.dialogue.attribution = "name"
    hall.dialogue.save()
    seat = hall.seat()
    reader = phone(seat, **SCREENS[screen])
    page = reader.page

    def check(path: str, status: int = 200) -> None:
        reader.open(path, status=status)
        reader.check()
        assert reader.overflow() == [], path

    item = hall.start("round")
    key = uuid.uuid4()
    words = Said(ContributionKind.HOPE, "w" * 120 + " " + "hope " * 30, key)
    take_down(hall.dialogue, words, channel=Channel.PHONE, participant=seat, item=item)
    check(hall.path(f"?received={key}"))
    check(hall.path(f"statements/{key}/"))
    box_path = hall.path("?kind=concern")
    check(box_path)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#now [data-problem]")).not_to_be_empty()
    reader.check()
    box(page).fill("Half a concern")
    hall.start("scale")
    expect(page.locator("#moved")).to_be_visible(timeout=SOON)
    reader.check()
    assert reader.overflow() == []
    page.route("**/say/", lambda route: route.abort())
    page.locator("#moved").get_by_role("button", name="Send it to the facilitator").click()
    expect(page.locator("#waiting")).to_be_visible()
    reader.check()
    check(hall.path())
    check(f"/fr{hall.path()}")
    hall.end("scale")
    check(hall.path())
    reader.context.clear_cookies()
    check(hall.path())
    check("/join/")
    check("/join/?code=XXXXXX")
    check("/join/XXXXXX/", status=404)


def test_the_way_through_by_keyboard_alone(hall: Hall, phone: Open) -> None:
    hall.start("scale")
    reader = phone(by_keyboard=True)
    page = reader.page

    reader.tab_to(tag="INPUT")
    page.keyboard.press("ArrowRight")
    reader.tab_to(tag="BUTTON", text="Send my number")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your number is counted.")).to_be_visible()
    expect(box(page)).to_be_focused()  # what had the focus is gone: it is where one goes on
    page.keyboard.type("A word")
    reader.tab_to(tag="BUTTON", text="Send")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Received")).to_be_visible()

    assert said() == ["A word"]
    assert Voted.objects.count() == 1


def test_a_page_that_asks_too_often_is_told_to_wait_and_sends_later(
    hall: Hall, phone: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.start("ideas")
    page = phone().page
    monkeypatch.setattr(limits, "SAID", limits.Limit("said", 0, 60))
    box(page).fill("Patience")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#waiting")).to_contain_text("Patience")
    expect(page.locator("#link")).to_contain_text("busy")

    monkeypatch.setattr(limits, "SAID", limits.Limit("said", 30, 60))

    expect(page.get_by_role("heading", name="Received")).to_be_visible(timeout=2 * SOON)
    assert said() == ["Patience"]


def test_leaving_forgets_what_was_half_written(hall: Hall, phone: Open) -> None:
    hall.start("round")
    reader = phone()
    page = reader.page
    box(page).fill("Nobody else's business")

    page.get_by_role("button", name="Leave on this phone").click()

    expect(page.get_by_label("Code on the wall")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert [one for one in reader.context.cookies() if "seat" in str(one.get("name"))] == []
