"""Pages behind a private link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

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
