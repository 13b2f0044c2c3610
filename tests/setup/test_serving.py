"""The server, started as a newcomer starts it."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.setup.test_settings import COVERAGE, python

POST = """
from accounts import letters
letters.post("a-1", to="ann@example.org", subject="Hello", text="Hello.")
"""
SENT = ("sent",)
PDF = "/resolutions/model/city-councils-2009.pdf"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@contextmanager
def serving(var: Path, port: int) -> Iterator[list[str]]:
    """A server, stopped by Ctrl-C at the end; its lines up to the address, then all of them."""
    lines: list[str] = []
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--prepare"],
        cwd=settings.BASE_DIR,
        env={"W2I_VAR": str(var), "PORT": str(port), "WORKERS": "1", **COVERAGE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith("W2I is at "):
                    break
            yield lines
        finally:
            process.send_signal(signal.SIGINT)
            rest, _none = process.communicate(timeout=30)
            lines += rest.splitlines()
            assert process.returncode == 0, "\n".join(lines)


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


def ask(port: int, path: str) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Cookie": "taste=oatmeal"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_one_command_serves_the_record_and_the_next_start_repeats_nothing(tmp_path: Path) -> None:
    port = free_port()

    with serving(tmp_path, port) as first:
        assert first[-1] == f"W2I is at http://127.0.0.1:{port}/ (Ctrl-C stops it)"
        assert ask(port, "/recommendations/CA-01/") == 200
        # Set by Typst here and now, as reports were before the server began.
        assert ask(port, PDF) == 200
        assert ask(port, "/nobody@example.org?q=whisper") == 404
        # What waits outside the request is done beside it.
        assert python("manage.py", "shell", "-c", POST, var=tmp_path).returncode == 0
        database = sqlite3.connect(tmp_path / "w2i.sqlite3")
        wait_for(lambda: SENT in database.execute("SELECT state FROM accounts_letter").fetchall())
    assert "To: ann@example.org" in first
    assert database.execute("SELECT name FROM accounts_worker").fetchall() == []
    database.close()
    with serving(tmp_path, port) as second:
        assert ask(port, "/healthz") == 200

    assert "Loading the record" in first
    assert "Collecting static files" in first
    said = [line for line in second if not line.startswith("{")]
    assert said == [
        f"W2I is at http://127.0.0.1:{port}/ (Ctrl-C stops it)",
        "W2I has stopped.",
    ]
    logged = [json.loads(line) for line in first if line.startswith("{")]
    assert [(line["path"], line["status"]) for line in logged] == [
        ("/healthz", 200),
        ("/recommendations/CA-01/", 200),
        (logged[2]["path"], 200),
        ("unknown", 404),
    ]
    for secret in ("nobody@example.org", "whisper", "oatmeal", "127.0.0.1"):
        assert secret not in "\n".join(line for line in first if line.startswith("{"))


def test_a_port_in_use_is_said_with_a_way_on(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.SERVE_PORT = other.getsockname()[1]

        with pytest.raises(CommandError, match=rf"Port {settings.SERVE_PORT} .* PORT=\d+ ./run"):
            call_command("serve")


def test_a_host_that_is_none_of_this_machine_is_refused(settings: Settings) -> None:
    settings.SERVE_HOST, settings.SERVE_PORT = "nowhere.invalid", free_port()

    with pytest.raises(CommandError, match=r"HOST is 'nowhere.invalid'"):
        call_command("serve")
