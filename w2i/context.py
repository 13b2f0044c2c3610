"""What every page may use."""

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Where this page lives in each language, and whether somebody may be signed in.

    ``signed_in`` looks for the cookie only: to ask for ``user`` would make every page of the
    signed-out private.
    """
    path = request.get_full_path()
    english = path[3:] if path.startswith("/fr/") else path
    plain = request.path[3:] if request.path.startswith("/fr/") else request.path
    prefix = "/fr" if path.startswith("/fr/") else ""
    try:
        origin = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        origin = ""  # the page that says so is one of ours too
    # Of a list cut in pages each page is itself; one that is narrowed stands for the whole list.
    number = request.GET.get("page", "")
    nth = f"?page={number}" if request.GET.keys() == {"page"} and number.isdecimal() else ""
    return {
        "path_en": english,
        "path_fr": f"/fr{english}",
        "origin": origin,
        "prefix": prefix,
        "canonical": f"{origin}{prefix}{plain}{nth}",
        "canonical_en": f"{origin}{plain}{nth}",
        "canonical_fr": f"{origin}/fr{plain}{nth}",
        "plain_path": plain,
        "signed_in": settings.SESSION_COOKIE_NAME in request.COOKIES,
    }
