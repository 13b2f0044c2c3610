"""Planning in a browser: by keyboard, by single clicks, by pointer; read by everybody."""

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from accounts.models import User
from dialogues import inviting
from dialogues.models import AgendaItem, Dialogue, Room
from tests.browser.reading import Reader
from tests.factories import (
    AgendaItemFactory,
    ConvenerFactory,
    DialogueFactory,
    InvitationFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


class Planner(Reader):
    """A facilitator at work. Forms need a cookie for their token: here it is no problem."""

    def _answered(self, response: Any) -> None: ...


Open = Callable[..., Planner]


@pytest.fixture
def planner(
    browser: Browser,
    live_server: Any,
    facilitator: User,
    sign_in: Callable[[BrowserContext, User], None],
) -> Iterator[Open]:
    made: list[Planner] = []

    def make(who: User | None = facilitator, **options: Any) -> Planner:
        one = Planner(browser, live_server.url, reduced_motion="reduce", **options)
        if who:
            sign_in(one.context, who)
        made.append(one)
        return one

    yield make
    for one in made:
        assert one.problems == []
        one.context.close()


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = DialogueFactory(facilitators=[facilitator], starts=time(9, 30))
    for order, words in enumerate(["Welcome", "Hopes", "Brief", "Closing"], 1):
        AgendaItemFactory(dialogue=dialogue, text=words, minutes=10, order=order)
    return dialogue


def agenda_of(dialogue: Dialogue) -> list[str]:
    return list(dialogue.agenda.order_by("order", "id").values_list("text", flat=True))


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_can_be_read_and_used_by_everybody(
    screen: str, planner: Open, dialogue: Dialogue, facilitator: User
) -> None:
    person = PersonFactory(dialogue=dialogue, name="Kyle Summer", affiliation="An institute")
    convener = ConvenerFactory(dialogue=dialogue, acknowledgement="Thanks.")
    dialogue.scribes.add(UserFactory(name="Sam Scribe"))
    invitation = InvitationFactory(dialogue=dialogue, email=f"{'long' * 12}@example.org")
    Room.objects.of(dialogue)
    item = dialogue.agenda.get(text="Hopes")
    item.led_by.add(person)
    empty = DialogueFactory(facilitators=[facilitator])
    plan = f"/dialogues/{dialogue.slug}/plan/"
    reader = planner(viewport=SCREENS[screen])

    for path in (
        "/dialogues/",
        "/dialogues/plan/",
        "/dialogues/plan/new/",
        plan,
        f"{plan}facts/",
        f"{plan}copy/",
        f"{plan}agenda/",
        f"{plan}agenda/new/",
        f"{plan}agenda/{item.pk}/",
        f"{plan}people/",
        f"{plan}people/{person.pk}/",
        f"{plan}conveners/",
        f"{plan}conveners/{convener.pk}/",
        f"{plan}team/",
        f"/dialogues/{empty.slug}/plan/",
        f"/dialogues/{empty.slug}/plan/agenda/",
        f"/dialogues/invitations/{inviting.token_of(invitation)}/",
    ):
        reader.open(path)
        read(reader)

    reader.open("/dialogues/plan/new/")
    reader.press("Plan it")
    expect(reader.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    read(reader)


def read(reader: Planner) -> None:
    """Check a page in light and dark, and that it fits the narrowest screen too."""
    reader.check_by_day_and_night()
    wide = reader.page.viewport_size
    assert wide is not None
    for width in {wide["width"], 320}:
        reader.page.set_viewport_size({"width": width, "height": wide["height"]})
        assert reader.overflow() == [], reader.place
    reader.page.set_viewport_size(wide)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_of_an_invitation_can_be_read_by_whoever_has_no_account(
    screen: str, planner: Open, dialogue: Dialogue
) -> None:
    invitation = InvitationFactory(dialogue=dialogue, email="new@example.org")
    reader = planner(None, viewport=SCREENS[screen])

    reader.open(f"/dialogues/invitations/{inviting.token_of(invitation)}/")
    read(reader)
    reader.press("Make the account and accept")
    read(reader)
    reader.page.get_by_label("Your name").fill("Sam")
    for label in ("Password", "The same password again"):
        reader.page.get_by_label(label, exact=True).fill("seven green bottles 7")
    reader.press("Make the account and accept")

    assert reader.place == "/dialogues/plan/"
    expect(reader.page.get_by_text("You are on the team of")).to_be_visible()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_dialogue_is_planned_from_nothing(
    with_scripts: bool, planner: Open, facilitator: User
) -> None:
    reader = planner(java_script_enabled=with_scripts, timezone_id="America/Vancouver")
    page = reader.page

    reader.open("/dialogues/")
    reader.follow("/dialogues/plan/new/")
    page.get_by_label("Title").fill("A civic dialogue")
    page.get_by_label("Date").fill("2026-03-14")
    page.get_by_label("Begins at").fill("09:30")
    page.get_by_label("Place").fill("Victoria")
    reader.press("Plan it")
    assert reader.place == "/dialogues/victoria-2026-03-14/plan/"
    expect(page.get_by_text("until 11:45 a.m.")).to_be_visible()
    reader.press("Let phones join")
    expect(page.get_by_text("Phones can join.")).to_be_visible()

    dialogue = Dialogue.objects.get()
    assert dialogue.room.is_open
    # Without scripts nothing tells where the browser is.
    assert dialogue.time_zone == f"America/{'Vancouver' if with_scripts else 'Toronto'}"


@pytest.mark.parametrize("with_scripts", [True, False])
def test_an_item_is_moved_by_keyboard_and_keeps_the_focus(
    with_scripts: bool, planner: Open, dialogue: Dialogue
) -> None:
    reader = planner(java_script_enabled=with_scripts)
    item = dialogue.agenda.get(text="Closing")

    reader.open(f"/dialogues/{dialogue.slug}/plan/agenda/")
    reader.page.locator(f"#up-{item.pk}").focus()
    for _n in range(2):
        with reader.page.expect_navigation():
            reader.page.keyboard.press("Enter")
        expect(reader.page.locator(f"#up-{item.pk}")).to_be_focused()

    assert agenda_of(dialogue) == ["Welcome", "Closing", "Hopes", "Brief"]
    expect(reader.page.get_by_text("“Closing” is number 2 of 4.")).to_be_visible()


def test_an_item_is_dragged_to_its_place(planner: Open, dialogue: Dialogue) -> None:
    reader = planner()
    reader.open(f"/dialogues/{dialogue.slug}/plan/agenda/")

    drag(reader, dialogue, "Closing", above="Hopes")
    expect(reader.page.get_by_text("The new order is saved.")).to_be_visible()

    assert agenda_of(dialogue) == ["Welcome", "Closing", "Hopes", "Brief"]
    times = reader.page.locator(".agenda__when span:first-child")
    assert times.all_inner_texts() == ["9:30 a.m.", "9:40 a.m.", "9:50 a.m.", "10 a.m."]
    # What came back can be dragged again, and its buttons work.
    drag(reader, dialogue, "Welcome", above="Brief")
    expect(row(reader, dialogue, "Welcome").locator("xpath=preceding-sibling::li")).to_have_count(2)
    with reader.page.expect_navigation():
        row(reader, dialogue, "Brief").get_by_role("button", name="Up").click()
    assert agenda_of(dialogue) == ["Closing", "Hopes", "Brief", "Welcome"]


def test_a_drag_that_cannot_be_saved_is_taken_back_and_said(
    planner: Open, dialogue: Dialogue
) -> None:
    reader = planner()
    reader.open(f"/dialogues/{dialogue.slug}/plan/agenda/")
    AgendaItemFactory(dialogue=dialogue, text="Added by somebody else", order=9)

    reader.listening = False  # the browser notes the refusal
    drag(reader, dialogue, "Closing", above="Welcome")
    expect(reader.page.get_by_text("The agenda has changed meanwhile.")).to_be_visible()
    assert shown(reader) == ["Welcome", "Hopes", "Brief", "Closing"]

    reader.context.set_offline(True)
    drag(reader, dialogue, "Closing", above="Welcome")
    expect(reader.page.get_by_text("the link to the server is broken")).to_be_visible()

    assert shown(reader) == ["Welcome", "Hopes", "Brief", "Closing"]
    assert agenda_of(dialogue)[0] == "Welcome"


def test_escape_leaves_the_order_as_it_was(planner: Open, dialogue: Dialogue) -> None:
    reader = planner()
    reader.open(f"/dialogues/{dialogue.slug}/plan/agenda/")

    drag(reader, dialogue, "Closing", above="Welcome", let_go=False)
    assert shown(reader)[0] == "Closing"
    reader.page.keyboard.press("Escape")
    reader.page.mouse.up()

    assert shown(reader) == agenda_of(dialogue) == ["Welcome", "Hopes", "Brief", "Closing"]


def shown(reader: Planner) -> list[str]:
    return reader.page.locator(".agenda__what > p:first-child").all_inner_texts()


def row(reader: Planner, dialogue: Dialogue, words: str) -> Locator:
    return reader.page.locator(f"#item-{dialogue.agenda.get(text=words).pk}")


def drag(
    reader: Planner, dialogue: Dialogue, words: str, *, above: str, let_go: bool = True
) -> None:
    mouse = reader.page.mouse
    handle = row(reader, dialogue, words).locator("[data-handle]").bounding_box()
    goal = row(reader, dialogue, above).bounding_box()
    assert handle is not None
    assert goal is not None
    x = handle["x"] + handle["width"] / 2
    mouse.move(x, handle["y"] + handle["height"] / 2)
    mouse.down()
    mouse.move(x, goal["y"] + 4, steps=8)
    if let_go:
        mouse.up()


def test_only_the_rules_that_matter_to_a_kind_are_asked(planner: Open, dialogue: Dialogue) -> None:
    reader = planner()
    page = reader.page
    reader.open(f"/dialogues/{dialogue.slug}/plan/agenda/new/")

    page.get_by_label("Kind").select_option("welcome")
    expect(page.get_by_label("Words at most")).to_be_hidden()
    page.get_by_label("Kind").select_option("scale")
    expect(page.get_by_label("Words at most")).to_be_visible()
    expect(page.get_by_label("Show votes while they come in")).to_be_visible()
    expect(page.get_by_label("Seconds for each speaker")).to_be_hidden()
    page.get_by_label("What the room reads").fill("How far?")
    reader.press("Save")

    assert AgendaItem.objects.get(kind="scale").turn_seconds == 45


def test_nothing_is_removed_by_one_slip(planner: Open, dialogue: Dialogue) -> None:
    reader = planner()
    reader.open(f"/dialogues/{dialogue.slug}/plan/agenda/")
    brief = row(reader, dialogue, "Brief")

    brief.locator("summary").click()
    assert "Brief" in agenda_of(dialogue)
    with reader.page.expect_navigation():
        brief.get_by_role("button", name="Yes, remove it").click()

    assert agenda_of(dialogue) == ["Welcome", "Hopes", "Closing"]
