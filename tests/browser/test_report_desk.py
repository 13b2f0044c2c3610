"""From a statement nobody has read to a published edition: by mouse, by keyboard, for everybody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from accounts.models import User
from dialogues import publishing, recalling, shaping
from dialogues.models import ContributionKind, Dialogue, Edition, PartKind, Room
from tests.browser.reading import Reader
from tests.factories import AnswerFactory, ContributionFactory, DialogueFactory, ParticipantFactory
from tests.working import work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


class Facilitator(Reader):
    """At the desk of a report. Forms need a cookie for their token: here it is no problem."""

    def _answered(self, response: Any) -> None: ...


Open = Callable[..., Facilitator]


@pytest.fixture
def at_work(
    browser: Browser,
    live_server: Any,
    facilitator: User,
    sign_in: Callable[[BrowserContext, User], None],
) -> Iterator[Open]:
    made: list[Facilitator] = []

    def make(**options: Any) -> Facilitator:
        one = Facilitator(browser, live_server.url, reduced_motion="reduce", **options)
        sign_in(one.context, facilitator)
        made.append(one)
        return one

    yield make
    for one in made:
        assert one.problems == []
        one.context.close()


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = DialogueFactory(slug="halifax", facilitators=[facilitator], also_in="fr")
    ParticipantFactory(dialogue=dialogue, name="Ann Archer")
    for n, kind in enumerate(ContributionKind, 1):
        values = {"dialogue": dialogue, "kind": kind, "posted": True, "text": f"A {kind}, Archer."}
        ContributionFactory(**values, code=f"{kind}-0{n}".upper())
    AnswerFactory(contribution=dialogue.contributions.get(kind="question"))
    return dialogue


def read(reader: Facilitator) -> None:
    """Check a page in light and dark, and that it fits the narrowest screen too."""
    reader.check_by_day_and_night()
    wide = reader.page.viewport_size
    assert wide is not None
    for width in {wide["width"], 320}:
        reader.page.set_viewport_size({"width": width, "height": wide["height"]})
        assert reader.overflow() == [], reader.place
    reader.page.set_viewport_size(wide)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_can_be_read_and_used_by_everybody(
    screen: str, at_work: Open, dialogue: Dialogue, facilitator: User
) -> None:
    ContributionFactory(dialogue=dialogue)
    shaping.write(
        dialogue,
        PartKind.INTRODUCTION,
        {"text": "## Why\n\n- one\n- two\n\n> Never again", "text_fr": "Voilà."},
        revision=1,
    )
    publishing.publish(dialogue, by=facilitator)
    work()
    publishing.publish(dialogue, by=facilitator, what_changed="A comma.")
    work()
    recalling.withdraw(Edition.objects.get(number=1), by=facilitator, why="A comma was missing.")
    reader = at_work(viewport=SCREENS[screen])

    for path in (
        "report/",
        "report/parts/introduction/",
        "report/parts/acknowledgements/",
        "report/preview/",
        "report/editions/2/withdraw/",
        "editions/",
        "editions/1/",
        "editions/2/",
        "",
    ):
        reader.open(f"/dialogues/halifax/{path}")
        read(reader)
    with Room.objects.changing(dialogue) as room:
        room.shows_report = True
    reader.open("/dialogues/halifax/wall/")
    reader.check_by_day_and_night()

    # Somebody else was quicker.
    reader.open("/dialogues/halifax/report/parts/introduction/")
    shaping.write(dialogue, PartKind.INTRODUCTION, {"text": "Theirs."}, revision=2)
    reader.page.get_by_label("Text in English").fill("Mine.")
    reader.press("Save")
    expect(reader.page.get_by_text("Theirs.")).to_be_visible()
    expect(reader.page.get_by_label("Text in English")).to_have_value("Mine.")
    read(reader)


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["mouse", "keyboard"])
def test_from_a_held_statement_to_a_published_edition(
    by_keyboard: bool, at_work: Open, dialogue: Dialogue
) -> None:
    held = ContributionFactory(dialogue=dialogue, text="That we act in time.")
    desk = "/dialogues/halifax/report/"
    reader = at_work(by_keyboard=by_keyboard, viewport=SCREENS["desk"])
    page = reader.page

    # The checklist leads to what waits; one is read, and posted.
    reader.open(desk)
    expect(page.get_by_text("1 statement waits for review")).to_be_visible()
    review = page.locator("#check-held a").get_attribute("href")
    assert review is not None
    if by_keyboard:
        reader.tab_to(href=review)
        page.keyboard.press("Enter")
    else:
        page.locator("#check-held a").click()
    expect(page).to_have_url(f"{reader.origin}{review}")
    expect(page.get_by_text("That we act in time.")).to_be_visible()
    held.post(by=dialogue.facilitators.get())

    # A part moves up, and its button keeps the focus; its words are written.
    reader.open(desk)
    expect(page.locator("#check-held")).to_have_count(0)
    if by_keyboard:
        reader.tab_to(id="up-ideas")
        reader._and_arrive(lambda: page.keyboard.press("Enter"))
    else:
        reader._and_arrive(page.locator("#up-ideas").click)
    assert reader.place == f"{desk}#up-ideas"
    order = [part.kind for part in shaping.parts_of(dialogue)]
    assert order.index("ideas") < order.index("reservations")
    reader.open(f"{desk}parts/conclusion/")
    page.locator("#id_text").focus()
    page.keyboard.type("We meet again in *March*.")
    reader.press("See how it looks")
    expect(page.locator(".desk-look em")).to_have_text("March")
    reader.press("Save these words")

    # Nobody is taken by surprise: a name stands in what was said.
    expect(page.locator("#check-names")).to_contain_text("a participant’s name")
    if by_keyboard:
        reader.tab_to(id="id_all_the_same")
        page.keyboard.press("Space")
        reader.press("Publish the report")
    else:
        page.get_by_label("I have read the advice").check()
        reader.press("Publish the report")
    expect(page.get_by_text("Edition 1 is being made")).to_be_visible()
    work()

    # The desk looks again by itself, and leads to the edition.
    expect(page.get_by_text("Edition 1 is published.")).to_be_visible(timeout=15_000)
    reader.open("/dialogues/halifax/editions/1/")
    expect(page.get_by_text("That we act in time.")).to_be_visible()
    expect(page.get_by_text("We meet again in March.")).to_be_visible()
    with page.expect_download() if not by_keyboard else page.expect_response("**/report.csv"):
        page.get_by_role("link", name="CSV", exact=True).click()
