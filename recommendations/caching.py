"""Pages that may be kept: which ones, and what makes them old."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.models import User

_P = ParamSpec("_P")
_R = TypeVar("_R", bound=HttpResponseBase)
_T = TypeVar("_T")
_View = Callable[Concatenate[HttpRequest, _P], _R]

A_DAY = 86_400
RECOMMENDATIONS, DIALOGUES, RESOLUTIONS = "recommendations", "dialogues", "resolutions"


def public_page(*topics: str) -> Callable[[_View[_P, _R]], _View[_P, _R]]:
    """Let a view's answer to the signed-out be kept until something about ``topics`` changes.

    The view must show the same to everyone who is signed out, and is only read: another method is
    refused as such (405), not for want of a form's token. The middleware ``PublicPages`` does the
    keeping.
    """

    def decorate(view: _View[_P, _R]) -> _View[_P, _R]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            response = view(request, *args, **kwargs)
            response.public_topics = topics  # type: ignore[attr-defined]
            return response

        return csrf_exempt(require_safe(wrapped))

    return decorate


def reader(request: HttpRequest) -> User | AnonymousUser:
    """Who reads. Without a session cookie nobody is asked: the page stays everybody's."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return request.user
    return AnonymousUser()


def kept_part(request: HttpRequest, name: str, make: Callable[[], _T], *topics: str) -> _T:
    """A part that several addresses show, made once until something about ``topics`` changes.

    For what takes long and does not depend on filters or on the page of a list. ``make`` must give
    the same to everyone who is signed out and reads this language; ``name`` says of what.
    """
    marks: tuple[str, dict[str, int]] | None = getattr(request, "page_marks", None)
    # What a transaction of our own has written may yet be undone, and its number given again.
    if marks is None or connection.in_atomic_block:
        return make()
    build, versions = marks
    numbers = [(topic, versions.get(topic, 0)) for topic in topics]
    text = f"{build}|{name}|{get_language()}|{numbers}"
    key = f"part|{hashlib.blake2b(text.encode(), digest_size=20).hexdigest()}"
    try:
        part: _T | None = caches["pages"].get(key)
        if part is None:
            part = make()
            caches["pages"].set(key, part, timeout=A_DAY)
    except RedisError:  # the shared cache is away: pages are made, not refused
        part = make()
    return part
