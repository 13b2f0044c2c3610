"""Pages kept for the signed-out: never stale, never somebody else's, and cheap."""

import gzip
import pickle
from typing import Any
from unittest import mock

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from redis.exceptions import RedisError

from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, public_page
from recommendations.models import PageVersion
from w2i.middleware import PublicPages, page_versions
from w2i.page_cache import InProcess, Kept, Sealed

pytestmark = pytest.mark.django_db


class Site:
    """One public page behind the middleware; counts how often it was made."""

    def __init__(self) -> None:
        self.made = 0
        self.pages = PublicPages(self.answer)

    def answer(self, request: HttpRequest) -> HttpResponse:
        self.made += 1
        return public_page(RECOMMENDATIONS)(self.view)(request)

    def view(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{request.path} in state {page_versions().get('recommendations')}")

    def ask(self, path: str = "/page/", **headers: str) -> HttpResponse:
        return self.pages(RequestFactory().get(path, headers=headers))


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_page_is_made_once_while_nothing_changes(site: Site) -> None:
    first = site.ask()
    second = site.ask()

    assert site.made == 1
    assert (second.content, dict(second.items())) == (first.content, dict(first.items()))
    assert second["Cache-Control"] == "public, no-cache"


def test_a_shared_cache_that_is_away_costs_time_and_no_page(site: Site) -> None:
    with (
        mock.patch.object(InProcess, "get", side_effect=RedisError),
        mock.patch.object(InProcess, "set", side_effect=RedisError),
    ):
        answers = [site.ask().status_code, site.ask().status_code]

    assert (answers, site.made) == ([200, 200], 2)


def test_health_is_told_without_asking_for_versions(site: Site) -> None:
    with mock.patch("w2i.middleware.page_versions", side_effect=DatabaseError) as asked:
        answer = site.ask("/healthz")

    assert (answer.status_code, asked.call_count) == (200, 0)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "gzip"), ("gzip;q=0", None), ("br, gzip; q=0.0", None), ("gzip;q=0.5", "gzip")],
)
def test_gzip_is_sent_to_those_who_take_it(accepted: str, encoding: str | None, site: Site) -> None:
    answer = site.ask(**{"Accept-Encoding": accepted})

    assert answer.get("Content-Encoding") == encoding


def test_any_copy_at_all_is_good_enough_for_a_star(site: Site) -> None:
    assert site.ask(**{"If-None-Match": "*"}).status_code == 304


def test_a_change_of_its_topic_shows_at_once(site: Site) -> None:
    before = site.ask()
    PageVersion.objects.bump([RECOMMENDATIONS])

    after = site.ask(**{"If-None-Match": before["ETag"]})

    assert (after.status_code, site.made) == (200, 2)
    assert after.content == b"/page/ in state 1"


def test_a_change_of_another_topic_leaves_it_kept(site: Site) -> None:
    site.ask()
    PageVersion.objects.bump([RESOLUTIONS])

    site.ask()

    assert site.made == 1


def test_a_change_while_the_page_was_being_made_makes_it_anew_next_time(site: Site) -> None:
    view = site.view

    def overtaken(request: HttpRequest) -> HttpResponse:
        response = view(request)
        PageVersion.objects.bump([RECOMMENDATIONS])
        return response

    site.view = overtaken  # type: ignore[method-assign]
    site.ask()
    site.view = view  # type: ignore[method-assign]

    assert site.ask().content == b"/page/ in state 1"


def test_a_reader_who_has_the_page_gets_304_without_it(site: Site) -> None:
    tag = site.ask()["ETag"]

    answer = site.ask(**{"If-None-Match": f'"another", {tag}'})

    assert (answer.status_code, answer.content, site.made) == (304, b"", 1)
    assert dict(answer.items()) == {
        "Cache-Control": "public, no-cache",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }


def test_who_takes_gzip_gets_it_and_others_do_not(site: Site) -> None:
    plain = site.ask()
    zipped = site.ask(**{"Accept-Encoding": "br, gzip"})

    assert gzip.decompress(zipped.content) == plain.content
    assert (zipped["Content-Encoding"], zipped["Content-Length"]) == (
        "gzip",
        str(len(zipped.content)),
    )
    assert "Content-Encoding" not in plain


def test_head_says_the_length_and_gives_no_body(site: Site) -> None:
    length = site.ask()["Content-Length"]

    answer = site.pages(RequestFactory().head("/page/"))

    assert (answer.content, answer["Content-Length"]) == (b"", length)


@pytest.mark.parametrize("other", ["/page/?a=1", "/fr/page/", "/Page/"])
def test_each_address_has_a_page_of_its_own(site: Site, other: str) -> None:
    site.ask("/page/")

    site.ask(other)
    site.ask("/page/")

    assert site.made == 2


def test_the_signed_in_never_get_or_leave_a_kept_page(site: Site) -> None:
    answer = site.ask(Cookie="sessionid=abc")
    site.ask()
    site.ask(Cookie="other=1; sessionid=abc")

    assert site.made == 3
    assert answer["Cache-Control"] == "private, no-cache"


def test_an_answer_that_sets_a_cookie_or_fails_is_not_kept(site: Site) -> None:
    def cookie(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.set_cookie("a", "b")
        return response

    for view in (cookie, lambda request: HttpResponse(status=404)):
        site.view = view  # type: ignore[method-assign]
        site.made = 0
        site.ask()
        site.ask()

        assert site.made == 2


def test_the_headers_of_a_kept_page_can_not_be_changed(site: Site) -> None:
    site.ask()
    answer = site.ask()

    with pytest.raises(TypeError):
        answer["Cache-Control"] = "no-store"
    with pytest.raises(TypeError):
        del answer["ETag"]
    with pytest.raises(TypeError):
        answer.headers.pop("ETag")
    assert site.ask()["Cache-Control"] == "public, no-cache"


def test_the_versions_are_one_question_to_the_database() -> None:
    PageVersion.objects.bump([RECOMMENDATIONS, RESOLUTIONS, RECOMMENDATIONS])
    PageVersion.objects.bump([RESOLUTIONS])

    assert page_versions() == {"recommendations": 1, "resolutions": 2}


def test_the_versions_are_asked_again_after_the_connection_was_lost(
    transactional_db: None,
) -> None:
    page_versions()
    connection.close()

    assert page_versions() == dict(PageVersion.objects.values_list("topic", "number"))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="no server, so none that hangs up")
def test_a_connection_the_database_has_dropped_is_opened_again(transactional_db: None) -> None:
    PageVersion.objects.bump([RESOLUTIONS])
    database: Any = connection
    database.ensure_connection()
    with mock.patch.object(database, "health_check_enabled", True):
        database.health_check_done = False
        other = database.Database.connect(**database.get_connection_params())
        with other, other.cursor() as cursor:
            pid = database.connection.info.backend_pid
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.close()

        assert page_versions()["resolutions"] == 1
        assert database.health_check_done


def test_a_kept_page_survives_the_way_to_a_shared_cache() -> None:
    kept = _kept("x")

    copy = pickle.loads(pickle.dumps(kept))

    assert (copy.versions, copy.etag, copy.plain) == (kept.versions, kept.etag, kept.plain)
    assert dict(copy.plain_headers.items()) == {"ETag": "x"}


def test_the_cache_in_the_process_keeps_pages_as_they_are_and_copies_the_rest() -> None:
    cache, kept, other = caches["pages"], _kept("x"), ["changed by whoever holds it"]
    cache.set("page", kept, timeout=None)
    cache.set("other", other)

    assert cache.get("page") is kept
    assert cache.get("other") == other
    assert cache.get("other") is not other
    cache.delete("page")
    assert cache.get("page") is None


def test_the_cache_in_the_process_has_an_end() -> None:
    small = InProcess("small", {"OPTIONS": {"MAX_ENTRIES": 10}})
    for number in range(50):
        small.set(str(number), _kept(str(number)), timeout=None)
        small.get("0")

    assert isinstance(small.get("49"), Kept)
    assert sum(small.get(str(number)) is not None for number in range(50)) <= 10


def test_a_page_is_kept_no_longer_than_was_said() -> None:
    cache = caches["pages"]
    cache.set("page", _kept("x"), timeout=0)

    assert cache.get("page") is None


def test_clearing_the_cache_takes_the_pages_too() -> None:
    cache = caches["pages"]
    cache.set("page", _kept("x"), timeout=None)

    cache.clear()

    assert cache.get("page") is None


def _kept(etag: str) -> Kept:
    headers = Sealed({"ETag": etag})
    return Kept((("dialogues", 1),), etag, b"plain", headers, b"gzipped", headers, headers)
