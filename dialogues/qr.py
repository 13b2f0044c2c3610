"""The way into a room: its address, and that as a QR code."""

import segno
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dialogues.models import Room

# Modules of white around the code, as the standard asks for.
_QUIET = 4


def join_link(request: HttpRequest, room: Room) -> str:
    """Where phones join a room, in the language of the page that shows it."""
    prefix = "/fr" if get_language() == "fr" else ""
    return request.build_absolute_uri(f"{prefix}/join/{room.code}/")


def qr_svg(text: str, *, title: str) -> SafeString:
    """A QR code as inline SVG, black on white in every scheme: cameras need the contrast.

    Attributes alone, no style: the page's policy allows none.
    """
    matrix = segno.make_qr(text, error="m").matrix
    size = len(matrix) + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{title}"'
        ' shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
        '<path d="{path}" fill="#000"/></svg>',
        size=size,
        title=title,
        path=path,
    )
