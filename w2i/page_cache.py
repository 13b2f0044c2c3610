"""Finished pages, and where one process keeps them."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.http.response import ResponseHeaders


class Sealed(ResponseHeaders):
    """Headers that answers share: whoever would change those of one learns it at once."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({})
        for name, value in headers.items():
            super().__setitem__(name, value)

    def __setitem__(self, key: str, value: str | bytes | int) -> None:
        raise TypeError("The headers of a kept page are shared: change them before it is kept.")

    def __delitem__(self, key: str) -> None:
        self[key] = ""  # raises

    def pop(self, key: str, default: Any = None) -> Any:
        self[key] = ""  # raises


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished page, in the forms it is asked for in, and the versions of the topics it shows.

    Never changed once made: one may answer many readers at the same moment.
    """

    versions: tuple[tuple[str, int], ...]
    etag: str
    plain: bytes
    plain_headers: Sealed
    gzipped: bytes
    gzipped_headers: Sealed
    unchanged_headers: Sealed


class InProcess(LocMemCache):
    """Django's cache in the process, except that pages are kept as they are.

    It pickles all it keeps, lest somebody change it. To unpickle a page nobody changes costs more
    than all else there is to answering with it.
    """

    _cache: OrderedDict[str, Any]
    _lock: Lock
    _has_expired: Callable[[str], bool]
    _delete: Callable[[str], bool]

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        made = self.make_key(key, version=version)
        with self._lock:
            if isinstance(kept := self._cache.get(made), Kept):
                if self._has_expired(made):
                    self._delete(made)
                    return default
                self._cache.move_to_end(made, last=False)
                return kept
        return super().get(key, default, version)

    def set(
        self,
        key: str,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        if not isinstance(value, Kept):
            super().set(key, value, timeout, version)
            return
        super().set(key, None, timeout, version)  # makes room, and notes when it expires
        with self._lock:
            self._cache[self.make_key(key, version=version)] = value
