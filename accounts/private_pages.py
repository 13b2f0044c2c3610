"""Pages behind a private link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """A page behind a private link: kept by nobody, and its address told to nobody."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        # Not “no-referrer”: browsers then send a form as if from nowhere, and it is refused.
        response["Referrer-Policy"] = "strict-origin"
        return response

    return never_cache(wrapped)


def token_for(key: str, use: str) -> str:
    """A secret for the address of a private page: it stands for ``key``, for one use alone."""
    return signing.Signer(salt=use).sign(key)


def behind(token: str, use: str) -> str | None:
    """The key a token of this use stands for; None for one that is forged."""
    try:
        return signing.Signer(salt=use).unsign(token)
    except signing.BadSignature:
        return None
