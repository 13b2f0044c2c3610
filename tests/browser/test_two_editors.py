"""Two editors in two browsers: draft, review, sent back, published, corrected, and what is told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from accounts.models import Role, User
from recommendations.models import ProgressUpdate, Recommendation
from tests.browser.reading import Reader
from tests.factories import AddresseeFactory, RecommendationFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, PHONE, NARROW = (
    ViewportSize(width=width, height=height)
    for width, height in ((1280, 900), (390, 844), (320, 700))
)


class Editor(Reader):
    """At the desk. Forms need a cookie for their token: here it is no problem."""

    def _answered(self, response: Any) -> None: ...

    def says(self, text: str) -> None:
        expect(self.page.locator("main, .messages").get_by_text(text).first).to_be_visible()

    def can_be_read_by_everybody(self) -> None:
        """Check the page as it stands in light and dark, wide and on phones."""
        self.check_by_day_and_night()
        self.page.set_viewport_size(PHONE)
        self.check_on_a_phone_by_night()
        for screen in (PHONE, NARROW):
            self.page.set_viewport_size(screen)
            assert self.overflow() == [], self.place
        self.page.set_viewport_size(WIDE)
        self.page.emulate_media(color_scheme="light")


@pytest.fixture
def editors(
    browser: Browser, live_server: Any, sign_in: Callable[[BrowserContext, User], None]
) -> Iterator[tuple[Editor, Editor]]:
    made = []
    for name in ("Ann Archer", "Ben Baker"):
        one = Editor(browser, live_server.url, reduced_motion="reduce", viewport=WIDE)
        email = f"{name.split()[0].lower()}@example.org"
        sign_in(one.context, UserFactory(name=name, email=email, roles=[Role.EDITOR]))
        made.append(one)
    yield made[0], made[1]
    for one in made:
        assert one.problems == []
        one.context.close()


@pytest.fixture
def recommendation() -> Recommendation:
    return RecommendationFactory(code="CA-02", published=True, addressees=[AddresseeFactory()])


def test_from_a_draft_to_a_correction(
    editors: tuple[Editor, Editor], recommendation: Recommendation
) -> None:
    ann, ben = editors

    # Ann writes. What is wrong is said beside its field, and nothing of it is lost.
    ann.open("/recommendations/desk/?code=ca-02")
    ann.page.get_by_role("link", name="Write what was done").click()
    ann.page.get_by_label("In place", exact=True).check()
    ann.page.get_by_label("As of").fill("2016-05-18")
    ann.page.get_by_label("Summary").fill("An office was set up.")
    ann.page.get_by_label("Link", exact=True).fill("ftp://gazette.example.org/order")
    ann.press("Save the draft")
    ann.says("Say who published the source.")
    ann.says("Write a whole link that begins with https://")
    expect(ann.page.get_by_label("Summary")).to_have_value("An office was set up.")
    ann.can_be_read_by_everybody()
    ann.page.get_by_label("Publisher").fill("Canada Gazette")
    ann.page.get_by_label("Title").fill("Order in Council")
    ann.page.get_by_label("Link", exact=True).fill("https://gazette.example.org/order")
    ann.page.get_by_label("Published", exact=True).fill("2016-05-18")
    ann.press("Another source")
    second = ann.page.locator("section", has=ann.page.get_by_role("heading", name="Source 2"))
    second.get_by_label("Publisher").fill("An institute")
    second.get_by_label("Title").fill("Who works there")
    second.get_by_label("Link", exact=True).fill("https://example.org/staff")
    second.get_by_label("Read", exact=True).fill("2026-11-01")
    ann.press("Save the draft")
    ann.says("The draft is saved.")
    update = ProgressUpdate.objects.get()
    assert update.sources.count() == 2

    # Ben works on the same draft. Ann is quicker, and Ben is told.
    ben.open(f"{update.desk_url}edit/")
    ann.open(f"{update.desk_url}edit/")
    ann.page.get_by_label("Summary").fill("An office with two staff was set up.")
    ann.press("Save the draft")
    ben.page.get_by_label("Summary").fill("An office was opened.")
    ben.press("Save the draft")
    ben.says("Somebody else changed this meanwhile.")
    ben.says("An office with two staff was set up.")
    expect(ben.page.get_by_label("Summary")).to_have_value("An office was opened.")
    ben.can_be_read_by_everybody()

    # Ann sends it to review, and can't publish it; Ben sends it back.
    ann.press("Send to review")
    ann.says("You wrote this or sent it to review, so you can’t publish it")
    ann.says("Ben Baker")
    expect(ann.page.get_by_role("button", name="Publish it")).to_have_count(0)
    ben.open("/recommendations/desk/")
    ben.says("You may publish it.")
    ben.page.get_by_role("link", name="An office with two staff was set up.").click()
    ben.says("It is in review for the first time.")
    ben.can_be_read_by_everybody()
    ben.press("Send it back")
    ben.says("Say what should change.")
    ben.page.get_by_label("What should change").fill("Since when, and is it in place?")
    ben.press("Send it back")
    ben.says("It is sent back.")

    # Ann sees it first on her desk, and answers.
    ann.open("/recommendations/desk/")
    ann.says("Since when, and is it in place?")
    ann.can_be_read_by_everybody()
    ann.page.get_by_role("link", name="An office with two staff was set up.").click()
    ann.page.get_by_role("link", name="Edit it").click()
    ann.page.get_by_label("Summary").fill("An office with two staff was set up in May 2016.")
    ann.press("Save the draft")
    ann.press("Send to review")

    # Ben sees what changed, and publishes.
    ben.open(update.desk_url)
    expect(ben.page.locator("ins")).to_contain_text("in May 2016")
    ben.press("Publish it")
    ben.says("Everybody sees it now.")
    ben.open("/recommendations/CA-02/")
    ben.says("An office with two staff was set up in May 2016.")

    # Ann corrects: a new finding, which Ben publishes too.
    ann.open(update.desk_url)
    ann.page.get_by_role("link", name="Correct this").click()
    ann.page.get_by_label("Partly in place").check()
    ann.page.get_by_label("Summary").fill("The office has two staff and no budget of its own.")
    ann.press("Save the draft")
    ann.press("Send to review")
    right = ProgressUpdate.objects.get(corrects=update)
    ben.open(right.desk_url)
    ben.press("Publish it")

    # Readers see both, and which stands; the history tells who did what, and what it said then.
    reader = Editor(ann.context.browser, ann.origin, viewport=WIDE)  # type: ignore[arg-type]
    reader.open("/recommendations/CA-02/")
    reader.says("The office has two staff and no budget of its own.")
    reader.says("Corrects the finding of")
    expect(reader.page.locator(f"#update-{update.pk}")).to_contain_text("Corrected by")
    reader.context.close()
    recommendation.refresh_from_db()
    assert recommendation.status == "partly-in-place"
    ben.open(f"{update.desk_url}history/")
    acts = ben.page.locator(".timeline h3").all_inner_texts()
    assert [act.partition(",")[0] for act in acts] == [
        "Published Ben Baker",
        "Sent to review Ann Archer",
        "Edited Ann Archer",
        "Sent back Ben Baker",
        "Sent to review Ann Archer",
        "Edited Ann Archer",
        "Drafted Ann Archer",
    ]
    ben.says("Since when, and is it in place?")
    ben.can_be_read_by_everybody()
    ben.page.get_by_role("link", name="History of its correction").click()
    ben.says("Partly in place")
    ben.open("/recommendations/desk/CA-02/")
    ben.can_be_read_by_everybody()
