"""A throw-away site to measure: its own folder, databases and servers, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
# What a developer may have set for their own site is not what is measured.
_OURS = (
    "ALLOWED_HOSTS BEHIND_PROXY CACHE_URL DATABASE_URL DEBUG DJANGO_SETTINGS_MODULE EMAIL_FROM"
    " EMAIL_URL HOST LOG_LEVEL PORT SECRET_KEY SITE_URL THREADS W2I_MODE W2I_VAR WORK WORKERS"
).split()
WORKERS, THREADS = 1, 4
# What else the machine was doing when the measuring began.
_LOAD = os.getloadavg()[0] if hasattr(os, "getloadavg") else None


@dataclass(frozen=True, slots=True)
class Demo:
    """How much demonstration data a large site has."""

    councils: int = 5_000
    dialogues: int = 20
    statements: int = 100_000
    resolutions: int = 0  # as chance has it
    recommendations: int = 0
    reports: int = 1
    updates: int = 0  # as chance has it

    def __str__(self) -> str:
        return f"{self.statements:,} statements and {self.councils:,} councils"


@dataclass(frozen=True, slots=True)
class Site:
    """A set-up site, not yet served."""

    environment: dict[str, str]
    folder: Path

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def sites(demos: Mapping[str, Demo | None], *, postgres: str = "") -> Iterator[list[Site]]:
    """One site for each name, with the record, and with the demonstration data that is given.

    ``postgres`` is the address of a server on which databases may be made; '' is SQLite.
    """
    clean = {name: value for name, value in os.environ.items() if name not in _OURS}
    with tempfile.TemporaryDirectory(prefix="w2i-bench-") as folder:
        made: list[Site] = []
        plain: Path | None = None
        databases: list[str] = []
        try:
            for name, demo in demos.items():
                var = Path(folder) / name
                environment = {**clean, "W2I_VAR": str(var)}
                if postgres:
                    databases.append(f"w2i_bench_{name}_{os.getpid()}")
                    _query(postgres, f'CREATE DATABASE "{databases[-1]}"')
                    environment["DATABASE_URL"] = _address(postgres, databases[-1])
                site = Site(environment, var)
                if plain and not postgres:
                    shutil.copytree(plain, var)
                else:
                    say(f"Setting up the site with the record ({name})")
                    var.mkdir()
                    site.manage("prepare")
                    plain = plain or (None if demo else var)
                if demo:
                    say(f"Adding {demo}")
                    start = time.perf_counter()
                    site.manage(
                        "make_demo",
                        f"--councils={demo.councils}",
                        f"--dialogues={demo.dialogues}",
                        f"--statements={demo.statements}",
                        f"--resolutions={demo.resolutions}",
                        f"--recommendations={demo.recommendations}",
                        f"--reports={demo.reports}",
                        f"--updates={demo.updates}",
                    )
                    say(f"That took {time.perf_counter() - start:.0f} seconds")
                made.append(site)
            if postgres:
                for database in databases:
                    _query(_address(postgres, database), "VACUUM ANALYZE")
            yield made
        finally:
            for database in databases:
                _query(postgres, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _address(postgres: str, database: str) -> str:
    return urlunsplit(urlsplit(postgres)._replace(path=f"/{database}"))


def _query(postgres: str, statement: str) -> None:
    connection = psycopg2.connect(postgres)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def cores() -> list[int]:
    """The cores this may use; [] where processes can't be tied to one."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    return sorted(os.sched_getaffinity(0))


def stay_off_the_servers_core() -> bool:
    """Let the load come from other cores than the one the servers run on, if there are any."""
    if len(cores()) < 2:
        return False
    os.sched_setaffinity(0, set(cores()[1:]))
    return True


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    log: Path
    pid: int

    def processor_time(self) -> float:
        """Seconds its processes have kept a core busy so far; 0 where Linux is not there to ask.

        What else the machine does changes this little, unlike requests a second.
        """
        ticks = 0
        for pid in self.processes():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                return 0.0
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def processes(self) -> list[int]:
        """Its processes, the first one before those it started."""
        pids = [self.pid]
        for pid in pids:
            with suppress(OSError):
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
                pids += map(int, children.split())
        return pids

    def kill(self) -> None:
        """What a power cut does: none of its processes gets to finish anything."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def served(site: Site, name: str, **environment: str) -> Iterator[Server]:
    """The site on a free port of this machine, by the command ``./run`` ends in, on one core."""
    # What waits for a worker may wait: it is the pages that are measured.
    inside = {"WORKERS": str(WORKERS), "THREADS": str(THREADS), "WORK": "apart"}
    ours = {**inside, **environment}
    with _serving(site, name, free_port(), cores()[:1], ours) as server:
        yield server


@contextmanager
def served_as_it_is(site: Site, name: str, port: int) -> Iterator[Server]:
    """The site as ``./run`` serves it: with its own workers and threads, on all cores."""
    with _serving(site, name, port, [], {}) as server:
        yield server


@contextmanager
def _serving(
    site: Site, name: str, port: int, on: list[int], ours: dict[str, str]
) -> Iterator[Server]:
    environment = {**site.environment, "PORT": str(port), **ours}
    command = [sys.executable, "manage.py", "serve"]
    with _running(command, environment, port, site.folder / name, on) as server:
        yield server


@contextmanager
def served_bare(folder: Path) -> Iterator[Server]:
    """The bare view, on the same server with the same workers and threads."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "bare:application", "--interface", "wsgi", "--no-ws",
        "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS),
        "--working-dir", str(ROOT / "bench"),
    ]  # fmt: skip
    with _running(command, dict(os.environ), port, folder / "bare", cores()[:1]) as server:
        yield server


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, log: Path, on: list[int]
) -> Iterator[Server]:
    def stay() -> None:
        os.sched_setaffinity(0, on)

    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=stay if on else None,
        )
        try:
            _wait_for(port, process, log)
            yield Server(port, log, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"A server did not start:\n{log.read_text()[-2000:]}")


def write_between(path: Path, marker: str, text: str) -> None:
    """Put a text between ``<!-- marker -->`` and ``<!-- /marker -->`` of a file."""
    before, found, rest = path.read_text().partition(f"<!-- {marker} -->\n")
    _old, closed, after = rest.partition(f"<!-- /{marker} -->")
    if not (found and closed):
        sys.exit(f"{path} has no <!-- {marker} --> and <!-- /{marker} --> to write between.")
    path.write_text(f"{before}{found}\n{text}\n{closed}{after}")


def machine() -> str:
    """What the figures were taken on."""
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    version = ".".join(map(str, sys.version_info[:3]))
    busy = f", load average {_LOAD:.1f} before" if _LOAD is not None else ""
    return f"{os.cpu_count()} cores{f' ({model})' if model else ''}, Python {version}{busy}"
