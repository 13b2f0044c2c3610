"""Every public page: no accessibility rule broken, nothing blocked, nothing sticking out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.reading import Reader
from tests.site_map import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ENGLISH = [path for paths in PAGES.values() for path in paths]
# French is longer; its pages differ from the English ones in nothing else.
FRENCH = [f"/fr{paths[0]}" for paths in PAGES.values()]
MISSING = ["/none-such/", "/activity/?page=99", "/fr/none-such/"]


@pytest.fixture(scope="module")
def desk(browser: Browser, origin: str) -> Iterator[Reader]:
    """By day, on a wide screen."""
    reader = Reader(browser, origin, color_scheme="light", viewport={"width": 1280, "height": 900})
    yield reader
    reader.context.close()


@pytest.fixture(scope="module")
def phone(browser: Browser, origin: str) -> Iterator[Reader]:
    """By night, on a phone."""
    reader = Reader(browser, origin, color_scheme="dark", viewport={"width": 390, "height": 844})
    yield reader
    reader.context.close()


def complaints(reader: Reader) -> list[str]:
    """What the browser has said since it was last asked, but for what a form cannot do without."""
    found = [problem for problem in reader.problems if "/accounts/" not in problem]
    found += [problem for problem in reader.problems if "cookie" not in problem]
    reader.problems.clear()
    return sorted(set(found))


@pytest.mark.parametrize("path", ENGLISH)
def test_no_rule_is_broken(path: str, desk: Reader, phone: Reader) -> None:
    desk.open(path)
    desk.check()
    phone.open(path)
    phone.check_on_a_phone_by_night()

    assert complaints(desk) + complaints(phone) == []


@pytest.mark.parametrize("path", MISSING)
def test_no_rule_is_broken_where_nothing_is(path: str, desk: Reader, phone: Reader) -> None:
    for reader in (desk, phone):
        reader.open(path, status=404)
        reader.check()

    # The browser says so of any page that is not there.
    said = [line for line in complaints(desk) + complaints(phone) if "404 (Not Found)" not in line]
    assert said == []


@pytest.mark.parametrize("path", ["/fr/", "/fr/recommendations/CA-01/", "/fr/search/?q=rwanda"])
def test_no_rule_is_broken_in_french(path: str, desk: Reader) -> None:
    desk.open(path)
    desk.check()

    assert complaints(desk) == []


def test_nothing_sticks_out_to_the_side(browser: Browser, origin: str) -> None:
    reader = Reader(browser, origin)
    sticking_out = {}

    for path in ENGLISH + FRENCH + MISSING:
        reader.open(path, status=404 if path in MISSING else 200)
        for width in (1280, 390, 320):
            reader.page.set_viewport_size({"width": width, "height": 800})
            if found := reader.overflow():
                sticking_out[path, width] = found

    reader.context.close()
    assert sticking_out == {}


def test_a_page_that_breaks_rules_is_told_them(browser: Browser, origin: str) -> None:
    reader = Reader(browser, origin, viewport={"width": 320, "height": 800})
    reader.open("/about/")
    reader.page.locator("main").evaluate(
        "it => it.innerHTML = '<img src=\"/static/icon.svg\"><table><td>' + 'x'.repeat(900)"
    )

    reader.check()

    assert any("image-alt" in problem for problem in reader.problems)
    assert reader.overflow() != []
    reader.context.close()
