#!/usr/bin/env python
"""A simulated room: everybody says a hope and a concern within one round, and asks what is on.

    .venv/bin/python bench/room.py                     1,000 people on SQLite
    .venv/bin/python bench/room.py --postgres          on the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/room.py --kill              the server dies three times meanwhile
    .venv/bin/python bench/room.py --find-largest      more people until a goal is missed
    .venv/bin/python bench/room.py --write             and keep the table in docs/speed.md

The server is the one ./run starts, with its own workers and threads; the crowd is a process of its
own on the same machine. Everybody sends two statements at random moments of the round, again with
the same key until they are acknowledged, and asks for the state of the room every two seconds.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import grounds
from grounds import Server, Site, say
from load import ask

POST_GOAL, POLL_GOAL = 500, 150  # ms, of 99 in a hundred
ROUND, EVERY = 45.0, 2.0  # seconds
PATIENCE = 30.0  # for what is still unacknowledged when the round is over
KILLS = 3


@dataclass(frozen=True, slots=True)
class Room:
    """What the crowd must know, and what looks at the wall."""

    code: str
    item: int
    dialogue: int
    slug: str
    seats: list[str]
    session: str


@dataclass(slots=True)
class Crowd:
    """What became of all that was sent, in seconds and in keys."""

    posts: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unanswered: int = 0
    retries: int = 0
    failed_polls: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run, with what the database and the wall say afterwards."""

    people: int
    crowd: Crowd
    there: int
    twice: int
    missing: int
    wall: int
    processor: float
    kills: int

    @property
    def is_whole(self) -> bool:
        """Nothing acknowledged is missing, nothing twice, none refused, the wall counts right."""
        return (
            not (self.missing or self.twice or self.crowd.refused or self.crowd.unanswered)
            and self.there == self.wall == 2 * self.people
        )

    @property
    def is_fast(self) -> bool:
        return (
            _percentile(self.crowd.posts, 0.99) < POST_GOAL
            and _percentile(self.crowd.polls, 0.99) < POLL_GOAL
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=ROUND, help="length of the round")
    parser.add_argument("--postgres", action="store_true", help="on the server of DATABASE_URL")
    parser.add_argument("--kill", action="store_true", help="kill the server with signal 9, thrice")
    parser.add_argument("--find-largest", action="store_true", help="raise --people by a quarter")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    parser.add_argument("--inside", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--crowd", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _inside(*options.inside)
        return
    if options.crowd:
        room = Room(**json.load(sys.stdin))
        json.dump(asdict(asyncio.run(_crowd(options.crowd, room, options.seconds))), sys.stdout)
        return
    postgres = os.environ.get("DATABASE_URL", "") if options.postgres else ""
    if options.postgres and not postgres:
        sys.exit("Set DATABASE_URL to a PostgreSQL server on which databases may be made.")
    with ExitStack() as stack:
        sites = stack.enter_context(grounds.sites({"room": None}, postgres=postgres))
        last = _run(sites[0], options.people, options.seconds, kill=False)
        outcomes = [last]
        if options.kill:
            outcomes.append(_run(sites[0], options.people, options.seconds, kill=True))
        people = options.people
        while options.find_largest and last.is_fast and last.is_whole:
            people = round(people * 1.25)
            last = _run(sites[0], people, options.seconds, kill=False)
            outcomes.append(last)
    text = _report(outcomes, "PostgreSQL" if postgres else "SQLite", options.seconds)
    print(text)
    if options.write:
        name = "room-postgresql" if postgres else "room-sqlite"
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", name, text)
    if not all(outcome.is_whole for outcome in outcomes):
        sys.exit("Something was lost, doubled or refused.")


def _run(site: Site, people: int, seconds: float, *, kill: bool) -> Outcome:
    say(f"A room of {people:,}{', whose server is killed three times' if kill else ''}")
    room = Room(**_ask_inside(site, "make", str(people)))
    port = grounds.free_port()
    with ExitStack() as servers:
        server = servers.enter_context(grounds.served_as_it_is(site, "log-0", port))
        before = server.processor_time()
        crowd = subprocess.Popen(
            [sys.executable, __file__, f"--crowd={port}", f"--seconds={seconds}"],
            cwd=grounds.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert crowd.stdin is not None
            crowd.stdin.write(json.dumps(asdict(room)))
            crowd.stdin.close()
            crowd.stdin = None
            if kill:
                for number in range(1, KILLS + 1):
                    time.sleep(seconds / (KILLS + 1))
                    server.kill()
                    server = _again(servers, site, number, port)
            answer, _errors = crowd.communicate(timeout=seconds + PATIENCE + 30)
        finally:
            crowd.kill()
        spent = server.processor_time() - before
        wall = _wall(server, room)
    said = Crowd(**json.loads(answer))
    found = _ask_inside(site, "count", str(room.dialogue))
    outcome = Outcome(
        people=people,
        crowd=said,
        there=len(found["keys"]),
        twice=found["twice"],
        missing=len(set(said.acknowledged) - set(found["keys"])),
        wall=wall,
        processor=spent,
        kills=KILLS if kill else 0,
    )
    say(_row(outcome))
    return outcome


def _again(servers: ExitStack, site: Site, number: int, port: int) -> Server:
    say(f"Killed; starting again ({number} of {KILLS})")
    return servers.enter_context(grounds.served_as_it_is(site, f"log-{number}", port))


def _wall(server: Server, room: Room) -> int:
    """How many statements the wall says there are."""
    path = f"/dialogues/{room.slug}/wall/state.json"
    answer = ask(server.port, path, {"Cookie": f"sessionid={room.session}"})
    columns = json.loads(answer.body)["columns"]
    return sum(int(column["count"].replace(",", "")) for column in columns)


# ---- Inside the site's environment ----


def _ask_inside(site: Site, *what: str) -> Any:
    answer = subprocess.run(
        [sys.executable, __file__, "--inside", *what],
        cwd=grounds.ROOT,
        env={**site.environment, "PYTHONPATH": str(grounds.ROOT)},
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(answer.stdout)


def _inside(what: str, argument: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "w2i.settings")
    import django

    django.setup()
    print(json.dumps({"make": _make, "count": _count}[what](int(argument))))


def _make(people: int) -> dict[str, Any]:
    """A dialogue in its first round, with a seat for everybody, posting by itself."""
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User
    from dialogues import running
    from dialogues.models import AgendaItem, AgendaKind, Channel, Dialogue, Participant
    from dialogues.models import Room as DialogueRoom

    # A password nobody can type: the session is made here, as signing in would.
    by = User.objects.create_user(email=f"{uuid.uuid4().hex}@example.org")
    dialogue = Dialogue.objects.create(
        slug=f"room-{uuid.uuid4().hex[:12]}", title="A full room", on=date.today(), place="Here"
    )
    dialogue.facilitators.set([by])
    room = DialogueRoom.objects.create(dialogue=dialogue, is_open=True)
    seats = [
        Participant(dialogue=dialogue, seat=n, channel=Channel.PHONE) for n in range(1, people + 1)
    ]
    Participant.objects.bulk_create(seats, batch_size=1_000)
    item = AgendaItem.objects.create(
        dialogue=dialogue, kind=AgendaKind.ROUND, text="One hope, one concern", posts_itself=True
    )
    running.start(item, by=by)
    session = SessionStore()
    session["_auth_user_id"] = str(by.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = by.get_session_auth_hash()
    session.create()
    return {
        "code": room.code,
        "item": item.pk,
        "dialogue": dialogue.pk,
        "slug": dialogue.slug,
        "seats": [seat.token("seat") for seat in seats],
        "session": session.session_key,
    }


def _count(dialogue: int) -> dict[str, Any]:
    """The keys of what is posted, and how many words of somebody are there more than once."""
    from django.db.models import Count

    from dialogues.models import Contribution

    posted = Contribution.objects.posted().filter(dialogue=dialogue).order_by()
    more = posted.values("participant", "kind").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "keys": [str(key) for key in posted.values_list("key", flat=True)],
        "twice": sum(row["n"] - 1 for row in more),
    }


# ---- The crowd ----


async def _crowd(port: int, room: Room, seconds: float) -> Crowd:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
    crowd = Crowd()
    start = time.perf_counter() + 1
    tasks = [
        task
        for number, seat in enumerate(room.seats)
        for task in (
            _listens(port, room, crowd, start, seconds),
            *(
                _says(port, room, seat, kind, number, crowd, start, seconds)
                for kind in ("hope", "concern")
            ),
        )
    ]
    await asyncio.gather(*tasks)
    return crowd


async def _listens(port: int, room: Room, crowd: Crowd, start: float, seconds: float) -> None:
    """Ask what is on every two seconds, on one connection, as a page on a phone does."""
    await _until(start + random.random() * EVERY)
    phone, tag, since = _Phone(port), "", 0
    while (asked := time.perf_counter()) < start + seconds:
        headers = {"If-None-Match": tag} if tag else {}
        try:
            status, answered, body = await phone.ask(
                "GET", f"/join/{room.code}/state.json?since={since}", headers
            )
        except (OSError, EOFError, TimeoutError):
            crowd.failed_polls += 1
        else:
            crowd.polls.append(time.perf_counter() - asked)
            if status == 200:
                tag, since = answered["etag"], json.loads(body)["version"]
            elif status != 304:
                crowd.failed_polls += 1
        await _until(asked + EVERY * random.uniform(0.85, 1.15))
    phone.hang_up()


async def _says(
    port: int,
    room: Room,
    seat: str,
    kind: str,
    number: int,
    crowd: Crowd,
    start: float,
    seconds: float,
) -> None:
    """Send one statement, again with its key until the server says that it has it."""
    key, token = str(uuid.uuid4()), uuid.uuid4().hex
    said = {"kind": kind, "key": key, "round": room.item}
    said["text"] = f"What I {kind} for, number {number}, in a sentence of common length."
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"w2i_seat_{room.dialogue}={seat}; csrftoken={token}",
        "X-CSRFToken": token,
    }
    first = await _until(start + random.random() * seconds)
    while time.perf_counter() < start + seconds + PATIENCE:
        phone = _Phone(port)
        try:
            status, _headers, body = await phone.ask(
                "POST", f"/join/{room.code}/say/", headers, json.dumps(said).encode()
            )
        except (OSError, EOFError, TimeoutError):
            status = 0
        finally:
            phone.hang_up()
        if status == 200:
            crowd.posts.append(time.perf_counter() - first)
            crowd.acknowledged.append(key)
            return
        if 400 <= status < 500 and status != 429:
            crowd.refused.append(f"{status} {body[:200]!r}")
            return
        crowd.retries += 1
        await asyncio.sleep(random.uniform(0.5, 1.5))
    crowd.unanswered += 1


async def _until(moment: float) -> float:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))
    return time.perf_counter()


class _Phone:
    """One connection that is opened when it is needed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            return await asyncio.wait_for(self._ask(method, path, headers, body), 20)
        except BaseException:
            self.hang_up()
            raise

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if self.lines is None:
            self.lines = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.lines
        fields = {"Host": f"127.0.0.1:{self.port}", **headers}
        if method == "POST":
            fields["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        parts = (line.partition(":") for line in head[1:])
        answered = {name.lower(): value.strip() for name, _colon, value in parts}
        length = 0 if status in {204, 304} else int(answered.get("content-length", 0))
        return status, answered, await reader.readexactly(length)

    def hang_up(self) -> None:
        if self.lines is not None:
            self.lines[1].close()
            self.lines = None


# ---- The report ----


def _percentile(times: list[float], share: float) -> float:
    """In milliseconds: ``share`` of them were no slower. Endless where there are none."""
    if not times:
        return float("inf")
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _report(outcomes: list[Outcome], database: str, seconds: float) -> str:
    lines = [
        f"{date.today().isoformat()}, {database}, {grounds.machine()}. The server as `./run` "
        f"starts it, the crowd on the same machine. A round of {seconds:g} s; goals: 99 of 100 "
        f"posts under {POST_GOAL} ms and polls under {POLL_GOAL} ms.",
        "",
        "| people | server killed | acknowledged | in the database | on the wall | missing | twice "
        "| refused | sent again | post, ms: half, 99 of 100 | poll, ms: half, 99 of 100 "
        "| polls a second |",
        "| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [_row(outcome, seconds) for outcome in outcomes]
    held = [outcome for outcome in outcomes if outcome.is_fast and outcome.is_whole]
    if len(outcomes) > 1 and not outcomes[-1].kills:
        largest = f"{max(outcome.people for outcome in held):,}" if held else "none of these"
        lines += ["", f"The largest room that holds the goals: {largest}."]
    return "\n".join(lines)


def _row(outcome: Outcome, seconds: float = ROUND) -> str:
    crowd = outcome.crowd
    times = (
        f"{_percentile(times, 0.5):.0f}, {_percentile(times, 0.99):.0f}"
        for times in (crowd.posts, crowd.polls)
    )
    post, poll = times
    return (
        f"| {outcome.people:,} | {outcome.kills or 'no'} | {len(crowd.acknowledged):,} "
        f"| {outcome.there:,} | {outcome.wall:,} | {outcome.missing} | {outcome.twice} "
        f"| {len(crowd.refused)} | {crowd.retries} | {post} | {poll} "
        f"| {len(crowd.polls) / seconds:,.0f} |"
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
