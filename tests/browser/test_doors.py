"""The three doors, walked on a phone and a desk, by mouse, by keyboard, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.reading import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

VANCOUVER = "/dialogues/vancouver-2009/"
MODEL = "/resolutions/model/city-councils-2009/"
SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


@pytest.fixture(
    params=[(screen, by) for screen in SCREENS for by in ("mouse", "keyboard", "no-javascript")],
    ids="-".join,
)
def reader(
    request: pytest.FixtureRequest, browser: Browser, whole_browser: Browser, origin: str
) -> Iterator[Reader]:
    screen, by = request.param
    reader = Reader(
        whole_browser if by == "mouse" else browser,
        origin,
        by_keyboard=by == "keyboard",
        viewport=SCREENS[screen],
        java_script_enabled=by != "no-javascript",
        reduced_motion="reduce",
    )
    yield reader
    assert reader.problems == []
    assert reader.context.cookies() == []
    reader.context.close()


def test_from_a_recommendation_to_its_clause_and_back(reader: Reader) -> None:
    reader.open("/")
    reader.follow("/recommendations/")
    reader.choose("id_audience", "Canada")
    reader.press("Show")
    assert "audience=canada" in reader.place
    expect(reader.page.get_by_text("9 recommendations", exact=True)).to_be_visible()

    reader.follow("/recommendations/CA-01/")
    assert "make preventing mass atrocities a national priority" in reader.heading

    reader.follow(f"{MODEL}#O1")
    assert reader.place == f"{MODEL}#O1"
    expect(reader.page.locator("#O1")).to_be_in_viewport()

    reader.follow("/recommendations/CA-01/")
    assert reader.place == "/recommendations/CA-01/"


def test_from_a_statement_to_the_recommendation_it_speaks_of(reader: Reader) -> None:
    reader.open("/")
    reader.follow("/dialogues/")
    reader.follow(VANCOUVER)
    assert reader.heading == "Civic Dialogue on Mobilizing the Will to Intervene"

    reader.follow(f"{VANCOUVER}statements/HOPE-16/")
    assert reader.place == f"{VANCOUVER}statements/HOPE-16/"

    reader.follow("/recommendations/CS-04/")
    assert reader.place == "/recommendations/CS-04/"
    expect(reader.page.locator("#voices")).to_be_attached()


def test_from_the_resolutions_to_a_council(reader: Reader) -> None:
    reader.open("/")
    reader.follow("/resolutions/")
    reader.follow("/resolutions/vancouver-bc-2010/")
    expect(reader.page.get_by_text("Mayor Gregor Robertson").first).to_be_visible()

    reader.follow("/councils/vancouver-bc/")
    assert reader.heading == "Vancouver"

    reader.follow(MODEL)
    assert reader.place == MODEL


def test_words_are_found_from_the_front_page(reader: Reader) -> None:
    reader.open("/")
    if reader.by_keyboard:
        reader.skip_to_the_content()
        reader.tab_to(id="id_q")
        reader.page.keyboard.type("prevention corps")
        with reader.page.expect_navigation():
            reader.page.keyboard.press("Enter")
    else:
        reader.page.locator("#id_q").fill("prevention corps")
        reader.press("Search")
    assert reader.place == "/search/?q=prevention+corps"
    expect(reader.page.locator("main mark").first).to_be_visible()

    reader.follow("/recommendations/CA-08/")
    assert reader.place == "/recommendations/CA-08/"


@pytest.mark.parametrize(
    "path", ["/", "/recommendations/?audience=canada", f"{VANCOUVER}", "/search/?q=rwanda&page=1"]
)
def test_the_language_switch_keeps_the_page(path: str, reader: Reader) -> None:
    reader.open(path)

    switch(reader, "Français", f"/fr{path}")
    assert reader.place == f"/fr{path}"
    assert reader.page.locator("html").get_attribute("lang") == "fr-CA"

    switch(reader, "English", path)
    assert reader.place == path


def switch(reader: Reader, language: str, href: str) -> None:
    """By keyboard from the top: it stands before the content."""
    with reader.page.expect_navigation():
        if reader.by_keyboard:
            reader.tab_to(href=href)
            reader.page.keyboard.press("Enter")
        else:
            reader.page.get_by_role("link", name=language, exact=True).click()


def test_every_control_of_the_header_is_reached_in_its_order(reader: Reader) -> None:
    reader.open("/")
    # The other language stands where there is room for it: on a phone beside the name.
    links = reader.page.locator("header a:visible")
    hrefs = [link.get_attribute("href") for link in links.all()]
    assert hrefs.count("/fr/") == 1
    assert len(hrefs) >= 6
    if not reader.by_keyboard:
        for link in links.all():
            expect(link).to_be_in_viewport()
        return

    reader.page.keyboard.press("Tab")  # the way past them
    for href in hrefs:
        assert href is not None
        before = reader.page.url
        reader.page.keyboard.press("Tab")
        found = reader.page.evaluate("() => document.activeElement.getAttribute('href')")
        assert (found, reader.page.url) == (href, before)
