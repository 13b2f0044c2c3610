"""Work outside the request: what is done once a minute, and how often something is tried.

Tasks are what django-tasks calls so, queued with ``enqueue`` in the transaction that gives rise to
them. The worker (``accounts/worker.py``) tries each that fails again, and one at which a worker
was killed: so a task does no harm when it is begun twice.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.utils import translation

_F = TypeVar("_F", bound=Callable[[], object])
_SWEEPS: list[Callable[[], object]] = []
_NAMES: dict[str, Any] = {}
# A task is tried so often, over thirteen hours, before it is given up.
MOST_TRIES = 6
log = logging.getLogger("w2i.work")


class GiveUp(Exception):
    """Raised in a task: it is of no use to try again."""


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 1, 5, 25, 125 minutes, and so on."""
    return timedelta(minutes=5 ** (tries - 1))


def called(task_path: str, words: Any) -> None:
    """Say what a task is called in the list of those given up. For ``AppConfig.ready``.

    ``task_path`` is its module and name, such as ``dialogues.tasks.make_edition``.
    """
    _NAMES[task_path] = words


def name_of(task_path: str) -> str:
    return str(_NAMES.get(task_path) or task_path.rpartition(".")[2].replace("_", " "))


def every_minute(function: _F) -> _F:
    """Have the worker call ``function`` about once a minute. For ``AppConfig.ready``.

    It looks in the database for what is due, however long it has been so: a machine may have been
    down. It is called without a transaction, and by two workers at once if it comes to that, so it
    notes in one transaction that something is done and what is to be done about it, such as
    ``letters.post``, whose event is there once. What it raises is logged and keeps nobody else from
    being called. Long work belongs in a task of its own.
    """
    if function not in _SWEEPS:
        _SWEEPS.append(function)
    return function


def sweep() -> None:
    """Do what is done once a minute, now."""
    for function in _SWEEPS:
        try:
            with translation.override(settings.LANGUAGE_CODE):
                function()
        except Exception:
            data = {"sweep": f"{function.__module__}.{getattr(function, '__name__', '')}"}
            log.exception("Something due every minute failed", extra={"data": data})
