"""Pages that may be kept: which ones, and what makes them old."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import User

_P = ParamSpec("_P")
_R = TypeVar("_R", bound=HttpResponseBase)
_View = Callable[Concatenate[HttpRequest, _P], _R]

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
