"""Sorting by keyboard alone, and read by everybody."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from accounts.models import User
from dialogues import sorting
from dialogues.models import Contribution, Dialogue, Highlight, NearDuplicate, Proposals
from tests.browser.reading import Reader
from tests.factories import ContributionFactory, DialogueFactory, RecommendationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Sorter(Reader):
    """A facilitator at the workbench. Forms need a cookie for their token."""

    def _answered(self, response: Any) -> None: ...

    def keys(self, *pressed: str) -> None:
        for key in pressed:
            self.page.keyboard.press(key)

    def sends(self, *pressed: str) -> None:
        """Press keys, the last of which sends something, and wait for the answer."""
        self.keys(*pressed[:-1])
        with self.page.expect_navigation():
            self.keys(pressed[-1])

    def is_at(self, code: str) -> None:
        expect(self.page.locator(f"#{code} input")).to_be_focused()


@pytest.fixture
def sorter(
    browser: Browser,
    live_server: Any,
    facilitator: User,
    sign_in: Callable[[BrowserContext, User], None],
) -> Iterator[Sorter]:
    one = Sorter(
        browser,
        live_server.url,
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    )
    sign_in(one.context, facilitator)
    yield one
    assert one.problems == []
    one.context.close()


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = DialogueFactory(facilitators=[facilitator])
    for n in range(1, 7):
        ContributionFactory(
            dialogue=dialogue, code=f"HOPE-{n}", order=n, text=f"Hope number {n}.", posted=True
        )
    RecommendationFactory(published=True, code="CA-01")
    return dialogue


def themed(name: str) -> list[str]:
    rows = Contribution.objects.filter(themes__name=name).order_by("order")
    return list(rows.values_list("code", flat=True))


def test_everything_is_sorted_and_undone_by_keyboard_alone(
    sorter: Sorter, dialogue: Dialogue
) -> None:
    page = sorter.page
    sorter.open(f"/dialogues/{dialogue.slug}/workbench/")

    # Themes: some together, one where one is, a range.
    sorter.keys("j")
    sorter.is_at("HOPE-1")
    sorter.keys("x", "j", "j", "x", "t")
    page.keyboard.type("Schools")
    sorter.sends("Enter")
    sorter.is_at("HOPE-3")
    expect(page.locator("#news")).to_have_text("Theme “Schools” is given to 2 statements.")
    assert themed("Schools") == ["HOPE-1", "HOPE-3"]
    sorter.keys("x", "ArrowDown", "ArrowDown", "Shift+X", "t")
    page.keyboard.type("Teachers")
    sorter.sends("Enter")
    assert themed("Teachers") == ["HOPE-3", "HOPE-4", "HOPE-5"]

    # A highlight, a link, and what is nearly the same: the first ticked is kept.
    sorter.sends("k", "h")
    assert Highlight.objects.get().statement.code == "HOPE-4"
    sorter.keys("r")
    page.keyboard.type("ca-01")
    sorter.sends("Enter")
    assert [v.code for v in dialogue.contributions.filter(about__code="CA-01")] == ["HOPE-4"]
    sorter.sends("x", "k", "k", "x", "d")
    assert NearDuplicate.objects.get().of.code == "HOPE-4"
    assert NearDuplicate.objects.get().statement.code == "HOPE-2"

    # All of it back, one by one; letters in a box are letters, and undo there is the box’s own.
    sorter.keys("/")
    page.keyboard.type("jxhz?")
    expect(page.locator("#id_q")).to_have_value("jxhz?")
    sorter.keys("Escape")
    for n in range(5):
        sorter.sends("z" if n % 2 else "Control+z")
    expect(page.locator("#news")).to_contain_text("Undone: Theme “Schools”")
    assert not dialogue.themes.exists()
    assert not NearDuplicate.objects.exists()
    assert dialogue.sorting_steps.filter(undone_at__isnull=True).count() == 0


def test_shortcuts_of_one_key_can_be_switched_off_for_good(
    sorter: Sorter, dialogue: Dialogue, facilitator: User
) -> None:
    page, path = sorter.page, f"/dialogues/{dialogue.slug}/workbench/"
    sorting.highlight(dialogue, [dialogue.contributions.all()[0].pk], by=facilitator)
    sorter.open(path)

    sorter.keys("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    sorter.check_by_day_and_night()
    page.get_by_label("Shortcuts of a single key are on").uncheck()
    sorter.keys("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    sorter.open(path)
    sorter.keys("j", "x", "h", "z", "?")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("input:checked[name=of]")).to_have_count(0)
    assert Highlight.objects.count() == 1
    sorter.sends("Control+z")
    assert Highlight.objects.count() == 0


def test_a_refusal_leads_to_the_box_and_what_is_sorted_away_to_the_next(
    sorter: Sorter, dialogue: Dialogue
) -> None:
    page = sorter.page
    sorter.open(f"/dialogues/{dialogue.slug}/workbench/?theme=none")

    sorter.keys("j", "j", "x", "r")
    page.keyboard.type("CA-99")
    sorter.sends("Enter")
    expect(page.locator("#act-about")).to_be_focused()
    expect(page.get_by_text("There is no recommendation CA-99.").first).to_be_visible()
    expect(page.locator("#HOPE-2 input")).to_be_checked()

    sorter.keys("Control+a", "Delete", "Escape", "t")
    page.keyboard.type("Schools")
    sorter.sends("Enter")
    sorter.is_at("HOPE-3")
    expect(page).to_have_url(re.compile(r"\?theme=none#results$"))


def test_every_page_can_be_read_and_used_by_everybody(
    sorter: Sorter, dialogue: Dialogue, facilitator: User
) -> None:
    rows = [row.pk for row in dialogue.contributions.all()]
    sorting.add_theme(dialogue, rows[:2], "Schools " * 12, by=facilitator)
    sorting.new_theme(dialogue, "Money", by=facilitator)
    sorting.link(dialogue, rows, sorting.recommendations_coded("CA-01"), by=facilitator)
    sorting.highlight(dialogue, rows[:1], by=facilitator)
    sorting.mark_near(dialogue, rows[:2], by=facilitator)
    theme = {"name": "One, two", "words": ["one", "two"], "language": "en", "statements": rows}
    pair = {"statement": rows[2], "of": rows[0], "score": 95}
    Proposals.objects.create(
        dialogue=dialogue, made_at="2026-01-01T00:00Z", found={"themes": [theme], "pairs": [pair]}
    )
    path = f"/dialogues/{dialogue.slug}/workbench/"

    for page in (
        path,
        f"{path}?kind=hope&marked=single",
        f"{path}?theme={dialogue.themes.all()[1].pk}",
        f"{path}?q=zebra",
        f"{path}themes/",
        f"{path}themes/{dialogue.themes.all()[0].pk}/",
        f"{path}proposals/",
        f"{path}proposals/?theme=0",
    ):
        sorter.open(page)
        sorter.check_by_day_and_night()
        for width in (390, 320):
            sorter.page.set_viewport_size({"width": width, "height": 844})
            assert sorter.overflow() == [], page
        sorter.check_on_a_phone_by_night()
        sorter.page.set_viewport_size({"width": 1280, "height": 900})
