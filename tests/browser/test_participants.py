"""Participants in a real browser: no rule broken, and everything done as people do it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, expect

from accounts.models import User
from dialogues import capturing, joining
from dialogues.models import Attribution, Channel, ConsentPurpose, Dialogue, Participant
from tests.browser.reading import Reader
from tests.factories import ContributionFactory, DialogueFactory, RoomFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOME = "/dialogues/halifax/participants/"
SignIn = Callable[[BrowserContext, User], None]


@pytest.fixture
def ann(facilitator: User) -> Participant:
    """Somebody who has said things, in a dialogue where everything can be done."""
    dialogue = DialogueFactory(
        slug="halifax",
        attribution=Attribution.NAME,
        facilitators=[facilitator],
        keep_until=date(2999, 1, 1),
        check_back_until=date(2998, 1, 1),
        privacy_contact="Dana, dana@example.org",
    )
    RoomFactory(dialogue=dialogue)
    details = {"name": "Ann Lake", "affiliation": "Harbour", "sector": "media"}
    ann = joining.take_seat(
        dialogue,
        channel=Channel.CONSOLE,
        details={**details, "email": "ann@example.org"},
        agreed=ConsentPurpose,
    )
    joining.take_seat(dialogue, channel=Channel.CONSOLE)
    joining.take_back(ann, ConsentPurpose.NAME)
    for number in (1, 2, 3):
        ContributionFactory(dialogue=dialogue, participant=ann, posted=True, code=f"HOPE-0{number}")
    first, second, _third = dialogue.contributions.order_by("code")
    capturing.revise(first, "That it ends", revision=1)
    capturing.take_back(second)
    joining.seat_list(dialogue, [{"name": "Ben"}, {"name": "Cy"}], by=facilitator)
    return ann


@pytest.fixture(params=[(1280, "light"), (390, "dark"), (320, "light")], ids=str)
def reader(
    request: Any, browser: Browser, live_server: Any, sign_in: SignIn, facilitator: User
) -> Iterator[Reader]:
    width, scheme = request.param
    wanted: Literal["light", "dark"] = scheme
    reader = Reader(
        browser,
        live_server.url,
        color_scheme=wanted,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    sign_in(reader.context, facilitator)
    yield reader
    reader.context.close()


def complaints(reader: Reader) -> list[str]:
    """But for the cookie that a form cannot do without."""
    return sorted({problem for problem in reader.problems if "sets a cookie" not in problem})


def test_no_rule_is_broken_and_nothing_sticks_out(reader: Reader, ann: Participant) -> None:
    batch = ann.dialogue.batches.get()
    link = [ann.token("said")]
    paths = [HOME, f"{HOME}import/", f"{HOME}import/{batch.pk}/undo/"]
    paths += [f"{HOME}1/{rest}" for rest in ("", "erase/", "join/", "consents/", "said/")]
    paths += [reverse("join:said", args=link), reverse("join:said_erase", args=link)]
    paths += [reverse("join:said_erased")]
    sticking_out = {}

    for path in paths:
        reader.open(path)
        for closed in reader.page.locator("summary").all():
            closed.click()
        reader.check()
        if found := reader.overflow():
            sticking_out[path] = found

    assert complaints(reader) == []
    assert sticking_out == {}


def test_what_is_wrong_is_shown_and_breaks_no_rule(reader: Reader, ann: Participant) -> None:
    page = reader.page
    reader.open(HOME)
    page.get_by_label("E-mail address").fill("nowhere")
    reader.press("Add")
    reader.check()
    expect(page.get_by_label("E-mail address")).to_have_value("nowhere")

    reader.open(f"{HOME}import/")
    page.get_by_label("Paste a list").fill(
        "Ann Lake;;;ann@example.org\n;Nobody\nDee;X;fishing\nEve"
    )
    reader.press("Look at it first")
    reader.check()
    assert reader.overflow() == []

    reader.open(reverse("join:said", args=[ann.token("said")]))
    page.get_by_text("Correct the wording: HOPE-01").click()
    page.locator("#HOPE-01").get_by_label("The right wording").fill(" ")
    page.locator("#HOPE-01").get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("alert")).to_contain_text("the box is empty")
    reader.check()

    assert complaints(reader) == []


def test_a_list_is_looked_at_mended_and_taken(
    browser: Browser, live_server: Any, sign_in: SignIn, facilitator: User
) -> None:
    dialogue: Dialogue = DialogueFactory(slug="halifax", facilitators=[facilitator])
    reader = Reader(browser, live_server.url)
    sign_in(reader.context, facilitator)
    page = reader.page

    reader.open(f"{HOME}import/")
    page.get_by_label("Or choose a file").set_input_files(
        {
            "name": "liste.csv",
            "mimeType": "text/csv",
            "buffer": "Prénom;Nom;Secteur\nZoë;Côté;pêche\nAnn;Lake;Médias\n".encode("cp1252"),
        }
    )
    reader.press("Look at it first")
    expect(page.get_by_text("“pêche” is no sector")).to_be_visible()
    box = page.get_by_label("Paste a list")
    box.fill(box.input_value().replace("pêche", "education"))
    reader.press("Look again")
    reader.press("Take 2 people")

    expect(page.get_by_role("status").first).to_have_text("2 people have a seat now.")
    assert list(dialogue.participants.values_list("name", "sector")) == [
        ("Zoë Côté", "education"),
        ("Ann Lake", "media"),
    ]
    reader.context.close()


def test_somebody_corrects_narrows_takes_back_and_erases_without_an_account(
    browser: Browser, live_server: Any, ann: Participant
) -> None:
    reader = Reader(browser, live_server.url, viewport={"width": 390, "height": 800})
    page = reader.page
    reader.open(reverse("join:said", args=[ann.token("said")]))
    third = page.locator("#HOPE-03")

    third.get_by_text("Correct the wording").click()
    third.get_by_label("The right wording").fill("What I really said")
    third.get_by_role("button", name="Save the correction").click()
    expect(third.get_by_role("heading")).to_have_text("What I really said")
    third.get_by_label("What may be said of you").select_option("none")
    third.get_by_role("button", name="Change").click()
    expect(third.get_by_label("What may be said of you")).to_have_value("none")
    third.get_by_role("button", name="Take it back").click()
    expect(third).to_contain_text("You took it back.")

    page.get_by_role("link", name="Erase everything about me").click()
    page.get_by_role("button", name="Yes, erase everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is erased")
    assert not Participant.objects.filter(pk=ann.pk).exists()
    reader.context.close()
