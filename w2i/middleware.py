"""What happens around every request: the log line, the page cache, the language."""

import gzip
import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_sequence
from redis.exceptions import RedisError

from recommendations.first_question import first_question
from w2i.build import BUILD
from w2i.logs import address, method
from w2i.page_cache import Kept, Sealed

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("w2i.request")
# Files of more bytes are not kept: there is one for every filter, and few would fill the memory.
KEPT_AT_MOST = 262_144
# Some pages say how old a finding is today.
A_DAY = 86_400
# Nothing there is everybody's, and a room full of phones asks every other second.
_NEVER_KEPT = ("/static/", "/admin/", "/fr/admin/", "/join/", "/fr/join/", "/healthz")


def request_log(get_response: GetResponse) -> GetResponse:
    """Write one line a request: no address, no query, no cookie, nothing that names a person."""

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = get_response(request)
        if log.isEnabledFor(logging.INFO):
            data = {
                "method": method(request),
                "path": address(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - start) * 1000, 1),
                "cache": getattr(request, "page_cache", "off"),
            }
            log.info("request", extra={"data": data})
        return response

    return middleware


class PublicPages:
    """Answer the signed-out from a cache while nothing their page shows has changed.

    Each request asks the database for the versions of the topics (one tiny query), so a page is
    never older than the last commit, in whichever process the commit was made. Readers must ask
    again each time (``no-cache``) and get 304 while their copy is good.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # Without "=": a cookie written "sessionid =…" is one to Django too.
        self.session = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if (
            request.method not in {"GET", "HEAD"}
            or self.session in meta.get("HTTP_COOKIE", "")
            or request.path.startswith(_NEVER_KEPT)
        ):
            return self._private(self.get_response(request))

        key = self._key(meta, request.scheme)
        kept = _kept(key)
        versions = page_versions()
        if kept and all(versions.get(topic, 0) == number for topic, number in kept.versions):
            request.page_cache = "hit"  # type: ignore[attr-defined]
        else:
            request.page_marks = (BUILD, versions)  # type: ignore[attr-defined]
            response = self.get_response(request)
            topics: tuple[str, ...] | None = getattr(response, "public_topics", None)
            if topics is None or response.status_code != 200 or response.cookies:
                return self._private(response)
            # The versions from before the page was made: it may be newer, never older.
            numbers = tuple((topic, versions.get(topic, 0)) for topic in topics)
            if isinstance(response, StreamingHttpResponse):
                if (plain := self._drawn(request, response, key, numbers)) is None:
                    return response
            else:
                plain = response.content
            request.page_cache = "miss"  # type: ignore[attr-defined]
            kept = self._keep(response, plain, numbers)
            _keep_for_a_day(key, kept)
        return self._answer(request, kept)

    @staticmethod
    def _key(meta: dict[str, Any], scheme: str | None) -> str:
        # The host is in it for absolute links; one that is not allowed never gets as far as _keep.
        address = (
            f"{BUILD}|{scheme}|{meta.get('HTTP_HOST', '')}|{meta.get('SCRIPT_NAME', '')}|"
            f"{meta['PATH_INFO']}?{meta.get('QUERY_STRING', '')}"
        )
        return hashlib.blake2b(address.encode(errors="surrogatepass"), digest_size=20).hexdigest()

    @staticmethod
    def _private(response: HttpResponse) -> HttpResponse:
        if hasattr(response, "public_topics"):
            response["Cache-Control"] = "private, no-cache"
        return response

    @staticmethod
    def _keep(
        response: HttpResponse | StreamingHttpResponse,
        plain: bytes,
        versions: tuple[tuple[str, int], ...],
    ) -> Kept:
        gzipped = gzip.compress(plain, 6, mtime=0)
        etag = f'W/"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"'
        patch_vary_headers(response, ["Accept-Encoding"])
        response["Cache-Control"] = "public, no-cache"
        response["ETag"] = etag
        headers = dict(response.items())
        return Kept(
            versions=versions,
            etag=etag,
            plain=plain,
            plain_headers=Sealed({**headers, "Content-Length": str(len(plain))}),
            gzipped=gzipped,
            gzipped_headers=Sealed(
                {**headers, "Content-Encoding": "gzip", "Content-Length": str(len(gzipped))}
            ),
            unchanged_headers=Sealed(
                {name: headers[name] for name in ("Cache-Control", "ETag", "Vary")}
            ),
        )

    @staticmethod
    def _drawn(
        request: HttpRequest,
        response: StreamingHttpResponse,
        key: str,
        versions: tuple[tuple[str, int], ...],
    ) -> bytes | None:
        """The whole of a small file. Of a large one None: ``response`` then passes it on as it is
        made, named by what it is made from, so that a reader's copy is known without making it.
        """
        name = f"{key}|{versions}".encode()
        etag = f'W/"{hashlib.blake2b(name, digest_size=12).hexdigest()}"'
        chunks = iter(response)
        start: list[bytes] = []
        is_known = _has(request, etag)
        if not is_known:
            size = 0
            for chunk in chunks:
                start.append(chunk)
                if (size := size + len(chunk)) > KEPT_AT_MOST:
                    break
            else:
                return b"".join(start)
        patch_vary_headers(response, ["Accept-Encoding"])
        response["Cache-Control"] = "public, no-cache"
        response["ETag"] = etag
        body: Iterator[bytes] = chain(start, chunks)
        if is_known:
            response.status_code = 304
            del response["Content-Type"]
        elif _takes_gzip(request):
            response["Content-Encoding"] = "gzip"
            body = compress_sequence(body)
        response.streaming_content = iter(()) if is_known or request.method == "HEAD" else body
        return None

    @staticmethod
    def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
        if _has(request, kept.etag):
            return _answer(304, b"", kept.unchanged_headers)
        if _takes_gzip(request):
            body, headers = kept.gzipped, kept.gzipped_headers
        else:
            body, headers = kept.plain, kept.plain_headers
        return _answer(200, b"" if request.method == "HEAD" else body, headers)


def _has(request: HttpRequest, etag: str) -> bool:
    """Whether the reader holds the copy of that name."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    return etag in known or known == "*"


# "gzip;q=0" names it to refuse it.
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


def _takes_gzip(request: HttpRequest) -> bool:
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and not _NO_GZIP.search(accepted)


def _kept(key: str) -> Kept | None:
    """A kept page. A shared cache that does not answer has none: pages are made, not refused."""
    try:
        return caches["pages"].get(key)
    except RedisError as problem:
        _missed(problem)
        return None


def _keep_for_a_day(key: str, kept: Kept) -> None:
    try:
        caches["pages"].set(key, kept, timeout=A_DAY)
    except RedisError as problem:
        _missed(problem)


def _missed(problem: RedisError) -> None:
    """Say once a minute, not once a request, that the shared cache is away."""
    global _said_at
    if time.monotonic() - _said_at > 60:
        _said_at = time.monotonic()
        log.warning(
            "the shared cache does not answer", extra={"data": {"error": type(problem).__name__}}
        )


_said_at = float("-inf")


def _answer(status: int, body: bytes, headers: Sealed) -> HttpResponse:
    response = HttpResponse(body, content_type="", status=status)
    response.headers = headers  # made once, with the page
    return response


def page_versions() -> dict[str, int]:
    """How often each topic has changed, by topic."""
    return dict(first_question("SELECT topic, number FROM recommendations_pageversion"))


def language_of_the_path(get_response: GetResponse) -> GetResponse:
    """French under /fr, English elsewhere: the address alone decides, never a cookie or header."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        language = "fr" if path == "/fr" or path.startswith("/fr/") else "en"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
