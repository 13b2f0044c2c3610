"""The QR code of a room, as a drawing a strict policy lets in: no style, only shapes."""

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dialogues.limits import signature
from dialogues.models import Room

# Around the code scanners want four modules of nothing.
QUIET = 4


def join_link(request: HttpRequest, room: Room) -> str:
    """The link into a room for those who scan it, in the dialogue's language.

    It is signed, so that it works however many wrong codes are typed in the same building.
    """
    with translation.override(room.dialogue.language):
        path = reverse("join:room", args=[room.code])
    return request.build_absolute_uri(f"{path}?k={signature(room.code)}")


def qr_svg(text: str, *, title: str) -> SafeString:
    """A QR code as inline SVG. ``title`` says what it is for to those who don't see it.

    Black on white in both schemes: scanners read no other.
    """
    rows = [bytes(row) for row in segno.make(text, error="m").matrix]
    size = len(rows) + 2 * QUIET
    shape = "".join(
        f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for x, length in _runs(row)
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{title}"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        '<path fill="#000" d="{shape}"/></svg>',
        size=size,
        title=title,
        shape=shape,
    )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where the dark stretches of a row begin, and how long they are."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((x, 1))
    return found
