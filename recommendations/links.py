"""Links: as they are compared, and as they are written."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import reverse


def plain_link(url: str) -> str:
    """A link as links are compared: without what leads to the same page all the same."""
    parts = urlsplit(url.strip())
    host = parts.netloc.lower().removeprefix("www.")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(("utm_", "fbclid", "gclid"))
    ]
    return f"{host}{parts.path.rstrip('/')}?{urlencode(sorted(kept))}"


def in_capitals(request: HttpRequest, name: str, code: str) -> HttpResponsePermanentRedirect:
    """To a page of a recommendation whose code was written in small letters, with its query."""
    path = reverse(name, args=[code.upper()])
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
