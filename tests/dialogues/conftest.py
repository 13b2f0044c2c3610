"""Several writers at once, on a database that really has them."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection

_T = TypeVar("_T")
AtOnce = Callable[..., list[Any]]


@pytest.fixture
def at_once(transactional_db: None, tmp_path: Path) -> Iterator[AtOnce]:
    """Runs functions in threads that begin together; gives what each returned or raised.

    Tests keep SQLite in memory, where writers fail instead of queueing. Here it is a file, as it
    is when the site runs.
    """
    if connection.vendor != "sqlite":
        yield _at_once
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    path = str(tmp_path / "race.sqlite3")
    disk = sqlite3.connect(path)
    memory.backup(disk)
    disk.close()
    connection.settings_dict["NAME"] = path
    connection.connection = None
    try:
        connection.connect()
        yield _at_once
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.connection = memory


def _at_once(*jobs: Callable[[], Any]) -> list[Any]:
    results: list[Any] = [None] * len(jobs)
    together = threading.Barrier(len(jobs))

    def run(place: int) -> None:
        try:
            together.wait(timeout=30)
            results[place] = jobs[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
