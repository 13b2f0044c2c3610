"""Who may use the pages on which findings are kept true."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User

View = Callable[..., HttpResponse]


def for_editors(view: View) -> View:
    """A page of the desk: for editors and administrators, and kept by nobody."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("recommendations.keep_true"):
            raise PermissionDenied(
                _(
                    "Editors keep what became of each recommendation true. Anyone can send them"
                    " evidence: see the recommendation’s page."
                )
            )
        return view(request, *args, **kwargs)

    return never_cache(login_required(wrapped))


def signed_in(request: HttpRequest) -> User:
    """Who is at the desk."""
    assert isinstance(request.user, User)  # noqa: S101 - for_editors let them in
    return request.user
