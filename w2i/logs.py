"""Logs as JSON, one line an event, and nothing in them that names a person."""

import json
import logging
import time
import traceback
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

# Where in the code a line was written, by which thread and process, is in no line of ours, and to
# find it out takes a twentieth of a warm page: https://docs.python.org/3/howto/logging.html#optimization
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class JsonFormatter(logging.Formatter):
    """One JSON object a line. What a caller puts in ``extra={"data": {...}}`` is merged in."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            # Django's message repeats the path, which may hold a key or what somebody typed.
            line |= {"event": "error", "method": method(request), "path": address(request)}
        else:
            # Of others' tracebacks only the first line: the rest repeats people's data.
            line["event"] = record.getMessage().partition("\n")[0]
        line |= getattr(record, "data", {})
        if record.exc_info and (error := record.exc_info[1]):
            line["error"] = _error(error)
        return _as_json(line)


# One for all lines: json.dumps would make one each time.
_as_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


@lru_cache(maxsize=4)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


def method(request: HttpRequest) -> str:
    """The method, if it is one: the rest is what somebody typed."""
    return request.method if request.method in _METHODS else "OTHER"


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def address(request: HttpRequest) -> str:
    """What was asked for: the path of a public page, else only the pattern it matched.

    A path can hold the key that resets a password, or an e-mail address pasted into the wrong
    place, so one that is not known to be public is never repeated.
    """
    if hasattr(request, "page_cache"):
        return request.path
    if known := getattr(request, "known_route", ""):
        return known  # it was answered before anything was matched
    if request.resolver_match:
        return f"/{request.resolver_match.route}"
    if request.path.startswith(settings.STATIC_URL):
        return settings.STATIC_URL
    return "unknown"


def _error(error: BaseException) -> list[dict[str, Any]]:
    """What went wrong and where, cause first; without messages, which repeat people's data."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause and cause not in chain:
        chain.insert(0, cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return [
        {
            "type": type(one).__name__,
            "at": [_place(f) for f in traceback.extract_tb(one.__traceback__)],
        }
        for one in chain
    ]


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename.removeprefix(f'{settings.BASE_DIR}/')}:{frame.lineno} {frame.name}"
