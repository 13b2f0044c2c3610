"""The wall of a room: what is projected for everybody to read."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import live, room_state
from dialogues.models import Dialogue, Room
from dialogues.qr import join_link, qr_svg


@never_cache
@login_required
@require_safe
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """The wall as it stands; with JavaScript it then follows the room by itself."""
    dialogue = get_object_or_404(Dialogue.objects.taken_down_by(request.user), slug=slug)
    Room.objects.of(dialogue)
    room = _room(dialogue.pk)
    link = join_link(request, room)
    context = {
        # Before its statements are read: it may be older than they are, never newer.
        "version": room.version,
        "wall": room_state.wall(room),
        "room": room,
        "dialogue": room.dialogue,
        "code": f"{room.code[:3]} {room.code[3:]}",
        "place_to_join": link.partition("://")[2].removesuffix(f"{room.code}/").split("?")[0],
        "qr": qr_svg(link, title=_("QR code that leads to this room")),
    }
    return render(request, "dialogues/wall.html", context)


@login_required
@require_safe
def wall_state(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed on the wall. One question finds it, the right to it, and its version."""
    mine = Dialogue.objects.taken_down_by(request.user).filter(slug=slug).order_by()
    found = mine.values_list("pk", "room__version").first()
    if found is None or found[1] is None:
        raise Http404
    dialogue_id, version = found

    def make() -> dict[str, Any]:
        return room_state.wall(_room(dialogue_id)).state(live.since(request))

    return live.answer(request, version, make, tag=get_language() or "")


def _room(dialogue_id: int) -> Room:
    return Room.objects.select_related("dialogue", "current").get(dialogue=dialogue_id)
