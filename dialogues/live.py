"""How screens in a room learn what changed: conditional requests against the room's version.

A poll that finds nothing new costs one look at one row, and is answered 304. Nothing is kept
between requests, so any process of any machine may answer.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse

from dialogues import limits
from dialogues.models.room import as_code, is_code
from recommendations.first_question import first_question


def stage_by_code(code: str) -> int | None:
    """The version of what phones are shown in the room with this code; None where there is none."""
    code = as_code(code)
    if not is_code(code):
        return None
    return _number("SELECT stage FROM dialogues_room WHERE code = %s", code)


def version_of(dialogue_id: int) -> int | None:
    """The version of a dialogue's room."""
    return _number("SELECT version FROM dialogues_room WHERE dialogue_id = %s", dialogue_id)


def _number(question: str, value: str | int) -> int | None:
    rows = first_question(question, value)
    return rows[0][0] if rows else None


def since(request: HttpRequest) -> int:
    """The version a screen has, from ``?since=``; 0 for one that has nothing."""
    asked = request.GET.get("since", "")
    return int(asked) if asked.isdecimal() and len(asked) < 16 else 0


def answer(
    request: HttpRequest, version: int, make: Callable[[], dict[str, Any]], *, tag: str = ""
) -> HttpResponse:
    """304 while the screen has ``version``, else what ``make`` says, with the version in it.

    ``tag`` tells apart answers that differ at one version, such as those for two languages.
    """
    etag = _etag(version, tag)
    if request.headers.get("If-None-Match") == etag:
        return _as_it_was(etag)
    return _marked(JsonResponse({**make(), "version": version}), etag)


def _etag(version: int | None, tag: str = "") -> str:
    return f'W/"{version}{tag}"'


def _marked(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _as_it_was(etag: str) -> HttpResponse:
    return _marked(HttpResponseNotModified(), etag)


_STATE_OF_A_ROOM = re.compile(r"(?:/fr)?/join/([^/]+)/state\.json\Z")


def phones_that_know(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a phone that knows what is on, before all that is done around other requests.

    A thousand of them ask every other second, and nearly all of them know.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        known = request.META.get("HTTP_IF_NONE_MATCH")
        if known and request.method == "GET":
            asked = _STATE_OF_A_ROOM.match(request.path_info)
            # A code is tried only where wrong ones are counted.
            if asked and limits.is_signed(request, as_code(asked[1])):
                stage = stage_by_code(asked[1])
                if stage is not None and known == _etag(stage):
                    request.known_route = "/join/<str:code>/state.json"  # type: ignore[attr-defined]
                    return _as_it_was(known)
        return get_response(request)

    return middleware
