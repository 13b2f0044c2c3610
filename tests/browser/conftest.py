"""The system's own Chromium, with nothing that asks the network.

Debian builds two programs of it: ``chromium``, and ``chromium-headless-shell``, the same engine
without the parts that draw windows, in which the tests take two thirds of the time. Where both are
there, the tests that walk the whole site as a person does run in the first, all others in the
second; either does for all.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

# Playwright's synchronous interface runs an event loop, in which Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = shutil.which("chromium-headless-shell") or _whole_chromium()
    if path is None:
        pytest.skip("Chromium is missing: apt install chromium")
    return {
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
        ],
    }


def _whole_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def whole_browser(launch_browser: Callable[..., Browser]) -> Iterator[Browser]:
    """Chromium as people use it, where it is installed."""
    path = _whole_chromium()
    browser = launch_browser(executable_path=path) if path else launch_browser()
    yield browser
    browser.close()


def give_session(context: BrowserContext, user: User, url: str) -> None:
    """Give a browser the session of a person at the site with this address."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[BrowserContext, User], None]:
    """Give a browser the session of a person."""
    return lambda context, user: give_session(context, user, live_server.url)


@contextmanager
def lent_server() -> Iterator[str]:
    """A server that is lent the connection of this test, for what is never committed."""
    database = connections[DEFAULT_DB_ALIAS]
    server = LiveServer("localhost", start=False)
    server.thread.connections_override = {DEFAULT_DB_ALIAS: database}
    # After each request a server closes its connections; this one is not its own.
    with mock.patch.object(database, "close"), override_settings(WHITENOISE_AUTOREFRESH=True):
        server.start()
        yield server.url
        server.stop()


@pytest.fixture(scope="module")
def origin(record: None) -> Iterator[str]:
    """Where a server shows the record, for a module that only reads: to load it takes a while."""
    with lent_server() as url:
        yield url


@pytest.fixture
def _one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's database of a test is one connection, which the threads of the server share."""
    lock = threading.Lock()
    handle = WSGIHandler.__call__

    def alone(self: WSGIHandler, *args: Any) -> Any:
        with lock:
            return handle(self, *args)

    monkeypatch.setattr(WSGIHandler, "__call__", alone)


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Open]:
    """Opens a browser of its own; what it complains of fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_it(path: str, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, reduced_motion="reduce", locale="en-CA", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert problems == []
