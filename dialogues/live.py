"""How screens in a room learn what changed: conditional requests against the room's version.

A poll that finds nothing new costs one look at one row, and is answered 304. Nothing is kept
between requests, so any process of any machine may answer.
"""

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse

from dialogues.models.room import as_code, is_code


def version_by_code(code: str) -> int | None:
    """The version of the room with this join code; None where there is none.

    Asked of the driver: Django's cursor would cost twice what the question does.
    """
    code = as_code(code)
    return _version("code", code) if is_code(code) else None


def version_of(dialogue_id: int) -> int | None:
    """The version of a dialogue's room."""
    return _version("dialogue_id", dialogue_id)


def _version(column: str, value: str | int) -> int | None:
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    mark = "?" if database.vendor == "sqlite" else "%s"
    with database.wrap_database_errors:
        cursor = database.connection.cursor()
        try:
            # ``column`` is one of the two above.
            cursor.execute(
                f"SELECT version FROM dialogues_room WHERE {column} = {mark}",  # noqa: S608
                (value,),
            )
            row = cursor.fetchone()
        finally:
            cursor.close()
    return row[0] if row else None


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
    etag = f'W/"{version}{tag}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = JsonResponse({**make(), "version": version})
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
