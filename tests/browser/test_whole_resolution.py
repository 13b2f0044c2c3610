"""A resolution's whole way, in three browsers: prepared by anybody, followed by its champion,
checked by an editor, adopted as amended, sent out, counted, and rescinded.
"""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from resolutions.models import Council, Resolution, StepKind
from tests.browser.conftest import Open
from tests.browser.reading import broken_rules_by_day_and_night
from tests.working import work

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_one_request_at_a_time"),
]

MINUTES = "https://example.org/minutes"


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


def record(page: Page, kind: str, address: str, **filled: str) -> None:
    """Record a step of today on the form, with the minutes as its source."""
    page.goto(f"{address}steps/new/")
    page.get_by_label("Date", exact=True).fill(date.today().isoformat())
    page.get_by_role("radio", name=kind, exact=False).first.check()
    for label, value in filled.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    page.get_by_label("Link", exact=True).fill(f"{MINUTES}/{kind.replace(' ', '-').lower()}")
    page.get_by_label("Publisher").fill("City of Ottawa")
    page.get_by_label("Title", exact=True).fill("Minutes")


def saved(page: Page) -> None:
    page.get_by_role("button", name="Record it").last.click()
    expect(page.get_by_text("Error:")).to_have_count(0)
    expect(page.get_by_role("heading", name="There is a problem")).to_have_count(0)


def adopted_by(page: Page) -> str:
    """What the tracker says of how many councils adopted it."""
    page.goto("/resolutions/")
    term = page.locator("dl.numbers > div", has_text="Councils that adopted it")
    return " ".join(term.inner_text().split())


def test_from_the_model_to_the_count_and_back(
    opened: Open,
    ngo_member: User,
    editor: User,
    sign_in: Callable[[BrowserContext, User], None],
) -> None:
    call_command("load_record", verbosity=0)
    Council.objects.filter(slug="ottawa-on").update(population=1_017_449)

    # ---- Prepared by anybody, without an account ----
    anybody = opened("/resolutions/")
    anybody.get_by_role("link", name="Prepare it for your council").first.click()
    anybody.get_by_label("Municipality").fill("óttawa")
    anybody.keyboard.press("Enter")
    anybody.get_by_role("link", name="Ottawa, Ontario").click()
    anybody.get_by_role("button", name="Go on to its clauses").click()
    expect(anybody.get_by_label("Head of the province or state")).to_have_value(
        "Premier of Ontario"
    )
    anybody.locator("#clause-R2").get_by_role("radio", name="Leave it out").check()
    anybody.get_by_label("Recital of your own 1").fill("Ottawa proclaimed the will to intervene")
    expect(anybody.locator("[data-said]")).to_have_text("Saved.")
    expect(anybody.locator("#preview")).to_contain_text("Association of Municipalities of Ontario")
    expect(anybody.locator("#preview")).not_to_contain_text("airline")
    anybody.reload()
    expect(anybody.get_by_label("Recital of your own 1")).to_have_value(
        "Ottawa proclaimed the will to intervene"
    )
    assert broken_rules_by_day_and_night(anybody) == []
    anybody.get_by_role("button", name="Save and go on").click()
    expect(anybody.locator("del").first).to_contain_text("airline")
    assert broken_rules_by_day_and_night(anybody) == []
    with anybody.expect_download() as waiting:
        anybody.locator("a[download]", has_text="The resolution").first.click()
    assert waiting.value.suggested_filename == "resolution-ottawa-on.docx"
    with zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes())) as word:
        assert "Ottawa proclaimed the will to intervene" in word.read("word/document.xml").decode()
    take = anybody.url

    # ---- Followed by an organization ----
    champion = opened("/")
    sign_in(champion.context, ngo_member)
    champion.goto(take)
    champion.get_by_role("link", name="Track it").click()
    champion.get_by_role("button", name="Follow it").click()
    resolution = Resolution.objects.get(council__slug="ottawa-on", champion__isnull=False)
    address = resolution.get_absolute_url()
    record(champion, "Submitted", address)
    saved(champion)
    record(champion, "Referred to committee", address, Meeting="Regular council")
    saved(champion)
    expect(champion.get_by_text("Waiting for an editor, who publishes it")).to_be_visible()
    before = adopted_by(anybody)
    assert anybody.get_by_role("link", name=resolution.name).count() == 0

    # ---- Published, and adopted as amended by 8 to 3 ----
    desk = opened("/")
    sign_in(desk.context, editor)
    desk.goto(address)
    desk.get_by_role("link", name="Publish it").click()
    desk.get_by_role("button", name="Yes, publish").click()
    record(
        desk,
        "Adopted as amended",
        address,
        Meeting="Regular council",
        Moved_by="Coun. Osei",
        Seconded_by="Coun. Tremblay",
        For="8",
        Against="3",
    )
    desk.get_by_role("radio", name="Votes counted").check()
    desk.get_by_label("Members of the council on that day").fill("12")
    desk.get_by_role("button", name="Record it").last.click()
    # Eleven votes, and twelve members: somebody must have been absent.
    expect(desk.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(desk.get_by_label("Moved by", exact=True)).to_have_value("Coun. Osei")
    assert broken_rules_by_day_and_night(desk) == []
    desk.get_by_label("Absent", exact=True).fill("1")
    saved(desk)

    # ---- The text as adopted, beside the model ----
    desk.goto(f"{address}text/?stage=adopted")
    first = desk.locator(".text-row textarea").nth(6)
    first.fill(first.input_value().replace("a major priority", "one priority"))
    desk.get_by_role("button", name="Record the text").click()
    anybody.goto(address)
    expect(anybody.locator("del", has_text="a major").first).to_be_visible()
    expect(anybody.locator("ins", has_text="one").first).to_be_visible()
    expect(anybody.locator("main")).to_contain_text("8")
    assert broken_rules_by_day_and_night(anybody) == []

    # ---- Copies ----
    champion.goto(f"{address}copies/")
    if champion.get_by_role("button", name="Put them on the list").count():
        champion.get_by_role("button", name="Put them on the list").click()
    champion.get_by_role("link", name="Premier of Ontario").click()
    champion.get_by_label("E-mail address of the office").fill("premier@example.org")
    champion.get_by_role("button", name="Send the copy").click()
    expect(champion.get_by_text("goes out within a minute")).to_be_visible()
    work()
    (letter,) = mail.outbox
    assert letter.to == ["premier@example.org"]
    assert {name.rpartition(".")[2] for name, *_ in letter.attachments} == {"pdf", "docx"}
    anybody.goto(address)
    expect(anybody.locator("main")).to_contain_text("Premier of Ontario")
    expect(anybody.locator("main")).not_to_contain_text("premier@example.org")

    # ---- Map, curve and numbers change ----
    after = adopted_by(anybody)
    assert (before != after, "1" in after) == (True, True)
    tile = anybody.locator(".map a", has_text="ON")
    expect(tile).to_have_attribute("aria-label", _has("1 council adopted"))
    expect(anybody.locator("figure figcaption", has_text="adopted").first).to_be_visible()
    expect(anybody.locator("main")).to_contain_text("1,017,449")
    assert broken_rules_by_day_and_night(anybody) == []

    # ---- ... and back, and nothing is lost ----
    record(desk, "Rescinded", address, Meeting="Regular council")
    saved(desk)
    assert adopted_by(anybody) == before
    steps = list(resolution.steps.order_by("on", "id").values_list("kind", "turn"))
    assert steps == [
        (StepKind.DRAFTED, 0),
        (StepKind.SUBMITTED, 0),
        (StepKind.REFERRED, 0),
        (StepKind.AMENDED, 1),
        (StepKind.RESCINDED, -1),
    ]
    anybody.goto(address)
    for words in ("Referred to committee", "Adopted as amended", "Rescinded"):
        expect(anybody.locator(".timeline")).to_contain_text(words)


def _has(words: str) -> Any:
    return re.compile(re.escape(words))
