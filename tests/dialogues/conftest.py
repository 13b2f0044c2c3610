"""Several writers at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def at_once(transactional_db: None) -> AtOnce:
    """Runs functions in threads that begin together; gives what each returned or raised."""
    return _at_once


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
