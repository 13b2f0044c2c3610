"""Whatever is sent to a public address: a page, or a clear sentence; never a failure of ours."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from tests.dialogues.addresses import OF_THE_ROOM
from tests.markup import Page, faults, text_of, words
from tests.recommendations.addresses import OF_RECOMMENDATIONS
from tests.resolutions.addresses import OF_RESOLUTIONS
from tests.site_map import FILES, PAGES, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

# 405 is for methods alone; a broken address is told so by 400 or 404.
ANSWERS = {200, 301, 302, 400, 404}
PUBLIC = {name: paths[0] for name, paths in PAGES.items()} | FILES
LISTS = {
    "recommendations:recommendation_list": (
        "report",
        "audience",
        "pillar",
        "addressee",
        "status",
        "stale",
        "q",
    ),
    "recommendation_commitments": (),
    "recommendations:recommendation_history": (),
    "dialogues:dialogue_list": (),
    "dialogues:statement_list": ("kind", "sector"),
    "resolutions:resolution_list": ("country", "region", "instrument", "status"),
    "council_list": ("region", "q"),
    "search": ("q", "kind"),
    "activity": (),
}
# Files by the same filters, frames, what is compared; they have no pages.
DATA = {
    "recommendations:progress": ("report", "audience"),
    "recommendations:recommendation_compare": ("first", "second"),
    "dialogues:dialogue_compare": ("report", "with", "beside"),
    "resolutions:embed_map": ("region",),
    "resolutions:embed_counter": ("region",),
    "recommendations:recommendations_csv": ("audience", "pillar", "addressee", "status"),
    "recommendations:recommendations_atom": ("audience", "pillar", "addressee", "status"),
    "resolutions_csv": ("country", "region", "instrument", "status"),
    "resolutions_atom": ("country", "region", "instrument", "status"),
}
PAGE_NUMBERS = [
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "²",
    "١",
    "abc",
    "1.5",
    " 1",
    "0x1",
    "None",
    "999999999",
    "[1]",
    "1;DROP TABLE",
]
# As they stand in an address, already encoded.
VALUES = [
    "",
    "none-such",
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",  # half of a pair
    "%f0%9f%95%af",  # a candle
    "%25s",
    "%27%22%3E%3Cscript%3E",
    "%E2%80%AE%D8%A7",
    "x" * 10_240,
    "%C3%A9" * 3_000,
    "*" * 300,
    "%22" * 151,
    "-",
    "AND+OR+NOT",
    "NEAR(%20",
    "a%22b*+%28c",
    "{{7*7}}",
    "0001-01-01",
    "9999-99-99",
    "-1",
    "%0d%0aSet-Cookie:a=b",
    "../../etc/passwd",
]


def sound(path: str, answer: Any, allowed: set[int] = ANSWERS) -> None:
    """No failure, nothing kept about the reader; an error says what is wrong in the site's look."""
    assert answer.status_code in allowed, f"{answer.status_code} {path[:200]}"
    # A form of ours needs its token, wherever it stands.
    assert not answer.cookies or "/accounts/" in path, path[:200]
    if answer.status_code in {400, 404}:
        html = answer.content.decode()
        assert "<h1>" in html, path[:200]
        assert "site-header" in html, path[:200]


def raw(client: Client, path: str, query: str = "", **extra: Any) -> Any:
    """Ask for an address as its bytes arrive, which a client of good manners could not send."""
    return client.get(path, QUERY_STRING=query, **extra)


def test_every_public_address_is_tried() -> None:
    public = {address.name for address in addresses() if "admin" not in address.route}

    assert public - set(PUBLIC) - OF_THE_ROOM - OF_RECOMMENDATIONS - OF_RESOLUTIONS == {
        "account_logout",
        "account_change_password",
        "account_set_password",
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_unknown_fields_of_a_query_change_nothing(name: str, client: Client) -> None:
    few = [value for value in VALUES if len(value) < 1_000]
    for query in ("&".join(f"utm={value}&{value}" for value in few), f"utm={'x' * 10_240}"):
        sound(PUBLIC[name], raw(client, PUBLIC[name], query), {200, 302})


@pytest.mark.parametrize("name", [*LISTS, *DATA])
def test_no_value_of_a_filter_breaks_a_list(name: str, client: Client) -> None:
    choices = [field for field in (LISTS | DATA)[name] if field != "q"]
    for value in VALUES:
        # All choices at once; words and pages by themselves, lest a wrong choice hide them.
        for fields in (choices, ["q"], ["page"]):
            # Said twice: the last one counts, as Django reads it.
            query = "&".join(f"{field}=1&{field}={value}" for field in fields)
            sound(f"{PUBLIC[name]}?{query}", raw(client, PUBLIC[name], query))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_a_page_that_is_not_there_is_told_so(name: str, prefix: str, client: Client) -> None:
    path = f"{prefix}{PUBLIC[name]}"
    if name == "search":
        path += "?q=prevention&kind=statement"
    for number in PAGE_NUMBERS:
        answer = client.get(f"{path}{'&' if '?' in path else '?'}page={quote(number)}")

        sound(path, answer, {404})
        page = Page(answer.content.decode())
        assert faults(page) == []
        (said,) = [p for p in page.one("main").iter("p") if p.get("class") == "lead"]
        assert len(words(text_of(said)).split()) >= 5


SLUGS = [
    "none-such",
    "%00",
    "vancouver-2009%00",
    "%ff",
    "a" * 5_000,
    "%2e%2e",
    "..%2f..%2fetc",
    "Vancouver-2009",
    "vancouver_2009",
    "-",
    "%F0%9F%95%AF",
    "é",
    "1e9",
    "'",
    "a b",
    "vancouver-2009;a=b",
    "CA-1",
    "CA-0001",
    "ca-01",
    "CA-99999999999",
    "C-01",
    "CA-٠١",
    "CA-01/letter",
    "HOPE-28",
    "hope-28",
]


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize(
    "place",
    [
        "/recommendations/{}/",
        "/recommendations/{}",
        "/recommendations/{}/commit/",
        "/recommendations/{}/letter/",
        "/recommendations/{}/letter.pdf",
        "/recommendations/teaching/{}.pdf",
        "/recommendations/reports/{}/",
        "/recommendations/desk/reports/{}/",
        "/recommendations/desk/reports/{}/list.csv",
        "/recommendations/{}/evidence/",
        "/recommendations/evidence/{}/",
        "/recommendations/{}/follow/",
        "/following/{}/",
        "/commitments/{}/",
        "/commitments/{}/stop/",
        "/dialogues/{}/",
        "/dialogues/{}/statements/",
        "/dialogues/{}/editions/",
        "/dialogues/{}/editions/1/report.pdf",
        "/dialogues/vancouver-2009/report.{}",
        "/dialogues/vancouver-2009/statements/{}/",
        "/resolutions/model/{}/",
        "/resolutions/{}/",
        "/resolutions/{}.json",
        "/councils/{}/",
        "/accounts/password/reset/key/{}/",
        "/{}",
        "/{}/",
        "//{}",
        "/static/{}",
    ],
)
def test_malformed_codes_are_not_there(place: str, prefix: str, client: Client) -> None:
    for slug in SLUGS:
        path = f"{prefix}{place.format(slug)}"

        sound(path, client.get(path))


@pytest.mark.parametrize(
    "path", ["/fr", "/FR/", "/fr/fr/", "/en/", "/fr//", "///", "/.", "/./", "/%2e%2e/", "/?", "/??"]
)
def test_odd_paths(path: str, client: Client) -> None:
    sound(path, client.get(path))


HEADERS = {
    "If-None-Match": ["garbage", 'W/"', '"', "*", "\x7f", "W/" * 4_000, 'W/"é"'],
    "If-Modified-Since": ["yesterday", "-1", "Thu, 99 Foo 9999 99:99:99 GMT", "9" * 400],
    "Accept-Encoding": ["garbage", "gzip;q=abc", "gzip;q=0", ",,,", "\x00", "*"],
    "Accept-Language": ["xx", "fr;q=nan", "*" * 5_000, "\u00e9"],
    "Accept": ["garbage", "application/json", "*/*;q=x"],
    "Cookie": ["sessionid=", "sessionid=\x00", "csrftoken=" + "a" * 4_000, "=;=;", "sessionid=abc"],
    "Range": ["bytes=9-1", "lines=1"],
    "X-Forwarded-For": ["\x00", "256.256.256.256"],
    "X-Forwarded-Host": ["elsewhere.example"],
    "Content-Length": ["-1", "abc", "99999999999"],
    "User-Agent": ["", "\xff", "{{7*7}}"],
}


@pytest.mark.parametrize("header", HEADERS)
def test_odd_headers_do_no_harm(header: str, client: Client) -> None:
    for path in ("/", "/recommendations/", "/dialogues/vancouver-2009/", "/activity.atom"):
        for value in HEADERS[header]:
            key = header.upper().replace("-", "_")
            answer = raw(client, path, **{key if key == "CONTENT_LENGTH" else f"HTTP_{key}": value})
            assert answer.status_code in {200, 304}, f"{header}: {value!r}"
            assert "elsewhere.example" not in answer.content.decode(errors="replace")


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "", "local host", "[::1", "localhost:abc", "a\x00", "é.example"]
)
@pytest.mark.parametrize("path", ["/", "/fr/", "/recommendations/CA-01/", "/none-such/"])
def test_another_hosts_name_is_not_ours(host: str, path: str, client: Client) -> None:
    answer = raw(client, path, HTTP_HOST=host)

    sound(path, answer, {400})
    assert "elsewhere" not in answer.content.decode()


def test_no_answer_for_another_host_is_kept(client: Client) -> None:
    raw(client, "/", HTTP_HOST="elsewhere.example")

    assert client.get("/").status_code == 200
    assert raw(client, "/", HTTP_HOST="elsewhere.example").status_code == 400


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "BREW"])
def test_other_methods(method: str) -> None:
    client = Client()
    for name, path in PUBLIC.items():
        answer = client.generic(method, path, b"\x00\xff" * 100, content_type="text/\x00")

        assert answer.status_code in {200, 302, 405}, f"{method} {path}: {answer.status_code}"
        if name not in FILES and not name.startswith("account_") and method not in {"HEAD"}:
            assert answer.status_code == 405
            assert answer["Allow"] == "GET, HEAD"
        if method == "HEAD":
            assert answer.content == b""


def test_broken_bodies_of_the_sign_in_form(client: Client) -> None:
    kinds = [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; b=\xff",
    ]
    kinds += ["multipart/form-data; boundary=x", "application/json", ""]
    for kind in kinds:
        for body in (b"", b"\xff\x00", b"login=%00&password=%ff", b"--x\r\n" * 10, b"a=b&" * 6_000):
            answer = client.generic("POST", "/accounts/login/", body, content_type=kind)
            assert answer.status_code in {200, 400, 403, 429}, (kind, body[:20])


# Pieces that mean something to some layer below, among everything that can stand in an address.
PIECES = st.sampled_from(
    [
        "%00",
        "%ff",
        "%",
        "&",
        "=",
        ";",
        "+",
        "#",
        '"',
        "'",
        "*",
        "(",
        ")",
        "-",
        ":",
        "^",
        "page=",
        "q=",
    ]
)
QUERIES = st.lists(PIECES | st.text(max_size=8).map(quote), max_size=12).map("".join)


@bounded(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=QUERIES, field=st.sampled_from(["q", "page", "kind", "status", "audience", ""]))
def test_no_query_breaks_a_page(query: str, field: str) -> None:
    client = Client()
    for name in [*LISTS, *DATA]:
        path = PUBLIC[name]
        sound(f"{path}?{field}={query}", raw(client, path, f"{field}={query}"))


WORDS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\x00\"'*()^:-+&|~ %_\\éÉœß中\u202e"),
    max_size=60,
)


@bounded(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=WORDS)
def test_any_words_can_be_looked_for(words: str) -> None:
    client = Client()
    for path in ("/search/", "/fr/search/", "/recommendations/", "/councils/"):
        answer = client.get(path, {"q": words})
        assert answer.status_code == 200, f"{path} {words!r}"
        html = answer.content.decode()
        assert not re.search(r"<script(?! type=\"(application/ld\+json\"|module\" src=))", html)


def test_words_are_never_taken_for_html(client: Client) -> None:
    for attack in ('"><script>alert(1)</script>', "' onfocus=alert(1) x='", "</title><h1>x</h1>"):
        for path in ("/search/", "/recommendations/", "/councils/", "/none-such/"):
            page = Page(client.get(path, {"q": attack}).content.decode())
            assert faults(page) == []
        page = Page(client.get("/search/", {"q": "prevention", "kind": attack}).content.decode())
        assert faults(page) == []
        page = Page(client.get("/activity/", {"page": attack}).content.decode())
        assert faults(page) == []


def test_the_settings_fuzzed_are_those_of_the_site() -> None:
    """With DEBUG on, other pages would answer."""
    assert settings.DEBUG is False
