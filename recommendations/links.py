"""Links as they are compared."""

from urllib.parse import parse_qsl, urlencode, urlsplit


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
