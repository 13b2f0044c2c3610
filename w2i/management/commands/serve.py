"""Serve the site, on one machine and in production alike."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

# The address somebody on this machine can open, where every address is listened on.
_NEAR = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - a name, nothing is bound here


class Command(BaseCommand):
    help = "Serves the site at HOST and PORT until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--prepare", action="store_true", help="first do what the command prepare does"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.SERVE_HOST, settings.SERVE_PORT
        _refuse_a_taken_port(host, port)
        if options["prepare"]:
            self._prepare()
        # The workers are forked from here: what is open or unsaid would be theirs too.
        connections.close_all()
        self.stdout.flush()
        server = _Server(
            "w2i.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=settings.SERVE_WORKERS,
            blocking_threads=settings.SERVE_THREADS,
            websockets=False,
            # Every phone of a room keeps its connection. With the default a worker takes in 512 of
            # them; whoever comes after that waits outside, however idle the others are.
            backlog=4_096,
            backpressure=4_096,
            # Its own notes are for people who know it; w2i.middleware.request_log has the requests.
            log_level=LogLevels.warning,
            log_dictconfig=settings.LOGGING,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
        )
        server.ready = lambda: self._announce(host, port)
        self._stopped = threading.Event()
        if settings.WORKS_INSIDE:
            work = _Work(self._stopped)
            server.work = work.keep_on
            server.on_shutdown(work.stop)
        server.on_shutdown(self._stopped.set)
        server.serve(target_loader=_application, wrap_loader=False)
        self._say("W2I has stopped.")

    def _prepare(self) -> None:
        """Do what the command prepare does, in a process of its own.

        It has pages set by Typst, which then keeps threads. Of a process with threads the workers
        are forked without them, and their first PDF would wait for them without end.
        """
        self.stdout.flush()
        manage = str(settings.BASE_DIR / "manage.py")
        done = subprocess.run([sys.executable, manage, "prepare"], check=False)  # noqa: S603
        if done.returncode:
            raise SystemExit(done.returncode)

    def _announce(self, host: str, port: int) -> None:
        """Print where the site is, once it has answered there."""
        near = _NEAR.get(host, host)
        name = settings.ALLOWED_HOSTS[0].lstrip(".")
        status = 0
        while not status and not self._stopped.wait(0.05):
            question = http.client.HTTPConnection(near, port, timeout=60)
            # Nobody listens until the workers are up.
            with contextlib.suppress(OSError), contextlib.closing(question):
                question.request("GET", "/healthz", headers={"Host": name})
                status = question.getresponse().status
        if self._stopped.is_set():
            return
        place = f"[{near}]" if ":" in near else near
        self._say(f"W2I is at http://{place}:{port}/ (Ctrl-C stops it)")
        if status >= 500:
            self._say(f"Something is wrong: see http://{place}:{port}/healthz")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


class _Server(MPServer):
    """Granian that says when its workers have been started."""

    ready: Callable[[], None]
    work: Callable[[], None] | None = None

    def startup(self, *args: Any, **options: Any) -> None:
        super().startup(*args, **options)
        # A closed terminal ends it; Granian would start new workers from the code it holds.
        signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        # Not before: a connection opened earlier would be inherited by the workers.
        threading.Thread(target=self.ready, daemon=True).start()
        if self.work:
            threading.Thread(target=self.work, daemon=True).start()


class _Work:
    """The command ``worker`` beside the server, for as long as the server lives.

    A process of its own: a long document would keep readers waiting in theirs, where Python runs
    one thing at a time.
    """

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def keep_on(self) -> None:
        """Start it, and again whenever it ends by itself, until ``stop``."""
        while not self._stopped.is_set():
            with self._starting:
                if self._stopped.is_set():
                    return
                manage = str(settings.BASE_DIR / "manage.py")
                self._process = subprocess.Popen(  # noqa: S603 - our own command
                    [sys.executable, manage, "worker", "--beside", str(os.getpid())],
                    stdin=subprocess.DEVNULL,
                    # Ctrl-C goes to the server alone, which tells it once.
                    start_new_session=True,
                )
            self._process.wait()
            self._stopped.wait(2)

    def stop(self) -> None:
        """Have it end after the task it is at, or now if that takes too long."""
        self._stopped.set()
        with self._starting:
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _application() -> WSGIHandler:
    """Called first thing in each worker."""
    # Ctrl-C goes to every process of the terminal's group, and the server then tells its workers
    # as well: told twice, a worker hangs. In a group of their own they are told once.
    os.setpgrp()
    from w2i.wsgi import application

    return application


def _refuse_a_taken_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            # As the server does: connections of one that has just stopped don't count.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except PermissionError:
        raise CommandError(
            f"Port {port} needs a privileged user. Choose another: PORT=8000 ./run"
        ) from None
    except socket.gaierror:
        raise CommandError(f"HOST is {host!r}, which is no address of this machine.") from None
    except OSError as error:
        raise CommandError(
            f"Port {port} can't be used ({error.strerror}): another program may have it. "
            f"Stop that, or choose another: PORT={port % 65535 + 1} ./run"
        ) from None
