"""Work outside the request: what is done once a minute."""

from collections.abc import Callable
from typing import TypeVar

_F = TypeVar("_F", bound=Callable[[], object])
_SWEEPS: list[Callable[[], object]] = []


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
        function()
