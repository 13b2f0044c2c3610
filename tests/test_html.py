"""Every public page, in both languages, is sound HTML and says what it is."""

import re
from functools import cache
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.test import Client

from recommendations.models import Recommendation
from recommendations.paging import page_of
from tests.markup import Page, faults, text_of, words
from tests.site_map import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

ORIGIN = "http://testserver"
ENGLISH = [path for paths in PAGES.values() for path in paths]
PATHS = [*ENGLISH, *(f"/fr{path}" for path in ENGLISH)]
# Pages with an address of their own, not a list with something set in its filters.
PLAIN = [path for path in PATHS if "?" not in path and "/accounts/" not in path]
FACTS = {
    "/": "WebSite",
    "/recommendations/": "Dataset",
    "/recommendations/CA-01/": "Quotation",
    "/recommendations/US-05/": "Quotation",
    "/recommendations/CS-03/": "Quotation",
    "/dialogues/vancouver-2009/": "Event",
    "/resolutions/model/city-councils-2009/": "Legislation",
    "/resolutions/model/conseils-municipaux-fr/": "Legislation",
    "/resolutions/model/city-councils-us/": "Legislation",
    "/resolutions/model/associations-ca/": "Legislation",
    "/resolutions/vancouver-bc-2010/": "Legislation",
}
# The link says so: “Sign in and plan it”.
BEHIND_SIGNING_IN = {"/dialogues/plan/new/"}


@cache  # the record does not change, and to take a page apart is slow
def open_page(path: str) -> Page:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    return Page(response.content.decode())


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_sound(path: str) -> None:
    page = open_page(path)

    assert faults(page) == []
    assert page.one("html").get("lang") == ("fr-CA" if path.startswith("/fr/") else "en-CA")
    assert Client().get(path)["Content-Language"] == ("fr" if path.startswith("/fr/") else "en")


@pytest.mark.parametrize("path", [path for path in PATHS if "/accounts/" not in path])
def test_a_page_says_what_it_is_and_where(path: str) -> None:
    page = open_page(path)
    plain, english = urlsplit(path).path, path.removeprefix("/fr")
    # A page of a list is itself; a list that is narrowed stands for the whole one.
    nth = found[0] if (found := re.findall(r"\?page=\d+$", path)) else ""
    english_plain = plain.removeprefix("/fr")
    query = f"?{urlsplit(path).query}" if "?" in path else ""

    assert page.title.endswith(" · W2I")
    assert 20 <= len(page.meta("description")) <= 320
    assert page.meta("og:title")
    assert page.meta("og:description")
    (canonical,) = page.links("canonical")
    assert canonical.get("href") == page.meta("og:url") == f"{ORIGIN}{plain}{nth}"
    assert {
        link.get("hreflang"): link.get("href")
        for link in page.links("alternate")
        if link.get("hreflang")
    } == {"en": f"{ORIGIN}{english_plain}{nth}", "fr": f"{ORIGIN}/fr{english_plain}{nth}"}
    other = english if path.startswith("/fr/") else f"/fr{path}"
    assert other in page.hrefs, f"no switch that keeps the page{query}"


def test_each_page_has_a_title_of_its_own() -> None:
    titles = {path: open_page(path).title for path in PLAIN}

    said = [title for path, title in titles.items() if not path.startswith("/fr/")]
    dit = [title for path, title in titles.items() if path.startswith("/fr/")]
    assert len(set(said)) == len(said)
    assert len(set(dit)) == len(dit)


@pytest.mark.parametrize("path", [path for path in ENGLISH if "?" not in path])
def test_facts_for_machines_are_of_a_kind_they_know(path: str) -> None:
    facts = open_page(path).facts

    assert [fact["@type"] for fact in facts] == ([FACTS[path]] if path in FACTS else [])
    for fact in facts:
        assert fact["@context"] == "https://schema.org"
        assert fact["name"]
        assert fact["url"] == f"{ORIGIN}{path}"


@pytest.mark.parametrize("path", [path for path in PATHS if "/accounts/" in path])
def test_pages_for_signing_in_stay_out_of_search_engines(path: str) -> None:
    page = open_page(path)

    assert page.title.endswith(" · W2I")
    assert page.meta("robots") == "noindex"


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize(
    ("status", "path", "host"),
    [
        (400, "/", "somewhere.example"),
        (403, "/accounts/login/", "testserver"),
        (404, "/none-such/", "testserver"),
        (404, "/activity/?page=99", "testserver"),
        (500, "/activity/", "testserver"),
    ],
)
def test_error_pages_are_sound_and_stay_out_of_search_engines(
    status: int, path: str, host: str, prefix: str
) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    ask = client.post if status == 403 else client.get

    broken = RuntimeError if status == 500 else None
    with mock.patch(
        "w2i.pages.views.page_of", side_effect=broken, wraps=None if broken else page_of
    ):
        response = ask(f"{prefix}{path}", headers={"host": host})

    page = Page(response.content.decode())
    assert response.status_code == status
    assert faults(page) == []
    assert words(text_of(page.one("h1")))
    assert page.meta("robots") == "noindex"
    assert page.links("canonical") == []
    assert page.one("html").get("lang") == ("fr-CA" if prefix else "en-CA")
    assert any(link.endswith("/recommendations/") for link in page.hrefs)


def test_every_link_leads_somewhere() -> None:
    """Every address of this site that any English page links to, and every place on it."""
    client = Client()
    links: dict[str, set[str]] = {}
    for path in ENGLISH:
        for href in open_page(path).hrefs:
            to = urlsplit(href)
            if to.scheme or href.startswith("#") or to.path.startswith("/fr/"):
                continue
            where = to.path if to.path.startswith("/") else urlsplit(path).path
            if not where.startswith("/accounts/"):
                links.setdefault(where + (f"?{to.query}" if to.query else ""), set()).add(
                    to.fragment
                )

    broken = []
    for path, places in links.items():
        response = client.get(path)
        if response.status_code == 302 and path in BEHIND_SIGNING_IN:
            assert response["Location"].startswith("/accounts/login/")
            continue
        if response.status_code != 200:
            broken.append(f"{response.status_code} {path}")
            continue
        text = response.content.decode(errors="replace")  # files are linked to as well
        ids = set(re.findall(r' id="([^"]+)"', text))
        broken += [f"{path}#{place}" for place in places - {""} - ids]

    assert len(links) > 200
    assert broken == []


def test_texts_of_record_are_marked_as_english_on_french_pages() -> None:
    for code in ("CA-01", "US-05", "CS-03"):
        text = Recommendation.objects.get(code=code).text
        texts = open_page(f"/fr/recommendations/{code}/").texts
        assert texts[words(text)] == "en"
    texts = open_page("/fr/dialogues/vancouver-2009/").texts
    assert texts["Civic Dialogue on Mobilizing the Will to Intervene"] == "en"


def test_the_language_switch_is_in_its_own_language() -> None:
    for path, name, language in (("/", "Français", "fr"), ("/fr/", "English", "en")):
        page = open_page(path)
        switch = [item for item in page.all("a") if item.get("hreflang")]
        assert {(words(text_of(item)), item.get("lang")) for item in switch} == {(name, language)}


def test_a_page_with_faults_is_told_them() -> None:
    page = Page(
        '<!doctype html><html lang="xx"><title>A</title><h1>A</h1><h3 id="a" style="top:0">B</h3>'
        '<p id="a" aria-labelledby="none">C<p></p></b><a href="#none">D</a><a href="/"></a>'
        '<script>alert()</script><img src="//elsewhere.example/a.png"><input name="q">'
    )

    assert page.errors != []
    assert {
        "h3 after h1",
        "style on h3",
        "id a 2 times",
        "aria-labelledby=none leads nowhere",
        "href=#none leads nowhere",
        "a a without words: {'href': '/'}",
        "a script of its own",
        "img fetches //elsewhere.example/a.png",
        "no alt on //elsewhere.example/a.png",
        "a field without a label: q",
        "lang=xx",
    } <= set(faults(page))
