#!/usr/bin/env python
"""How fast pages are, beside a bare Django view on the same server, in one run.

    .venv/bin/python bench/pages.py                    SQLite
    .venv/bin/python bench/pages.py --postgres         the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/pages.py --write            and keep the table in docs/speed.md

Everything is set up in a folder of its own and gone afterwards. Each figure is taken with one
server process tied to one core, the load coming from another core where there is one, so that the
server has a core to itself. Warm pages are answered from the page cache; conditional ones by 304
to a reader who has the page; cold ones are made anew each time, by a server without a page cache.
The kinds take turns, so that whatever else the machine does reaches all of them.
"""

import argparse
import json
import os
import sys
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date

import grounds
from grounds import Demo, Server, say
from load import BadAnswer, Measured, ask, measure

PAGES = (
    "/",
    "/recommendations/",
    "/recommendations/CA-02/",
    "/dialogues/vancouver-2009/",
    "/resolutions/",
    "/search/?q=prevention",
)
# The record alone; as much more as fills every list to its page; and much.
SIZES = ("record", "full", "large")
FULL = Demo(councils=300, dialogues=20, statements=3_000)
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to ask for a page: where, and what with."""

    server: Server
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def measure(self, seconds: float, connections: int) -> Measured:
        before = self.server.processor_time()
        measured = measure(
            self.server.port,
            self.path,
            self.headers,
            status=self.status,
            seconds=seconds,
            connections=connections,
        )
        measured.processor = self.server.processor_time() - before
        return measured


@dataclass(slots=True)
class Row:
    """The figures of one page at one size."""

    page: str
    size: str
    bare: Measured
    warm: Measured
    conditional: Measured
    cold: Measured


def main() -> None:
    options = _options()
    postgres = ""
    if options.postgres:
        postgres = os.environ.get("DATABASE_URL", "")
        if not postgres:
            sys.exit("Set DATABASE_URL to a PostgreSQL server on which databases may be made.")
    demo = Demo(options.councils, options.dialogues, options.statements)
    demos = dict(zip(SIZES, (None, FULL, demo), strict=True))
    rows: list[Row] = []
    with ExitStack() as stack:
        sites = stack.enter_context(grounds.sites(demos, postgres=postgres))
        bare = stack.enter_context(grounds.served_bare(sites[0].folder))
        warm = [stack.enter_context(grounds.served(site, "warm")) for site in sites]
        cold = [
            stack.enter_context(grounds.served(site, "cold", CACHE_URL="dummycache://"))
            for site in sites
        ]
        alone = grounds.stay_off_the_servers_core()
        for page in options.page or PAGES:
            try:
                rows += _measure_page(page, bare, warm, cold, options)
            except BadAnswer as problem:
                say(f"Left out: {problem}")
    text = _report(rows, demo, "PostgreSQL" if postgres else "SQLite", alone, options)
    print(text)
    if options.write:
        name = "pages-postgresql" if postgres else "pages-sqlite"
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", name, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    demo = Demo()
    parser.add_argument("--seconds", type=float, default=3.0, help="for each figure")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--councils", type=int, default=demo.councils)
    parser.add_argument("--dialogues", type=int, default=demo.dialogues)
    parser.add_argument("--statements", type=int, default=demo.statements)
    parser.add_argument("--page", action="append", help="this page alone; may be given again")
    parser.add_argument("--postgres", action="store_true", help="on the server of DATABASE_URL")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    return parser.parse_args()


def _measure_page(
    page: str,
    bare: Server,
    warm: list[Server],
    cold: list[Server],
    options: argparse.Namespace,
) -> list[Row]:
    kinds: dict[tuple[str, str], Kind] = {}
    for size, warm_server, cold_server in zip(SIZES, warm, cold, strict=True):
        tag = _checked(page, warm_server, cold_server)
        kinds |= {
            (size, "bare"): Kind(bare, "/"),
            (size, "warm"): Kind(warm_server, page),
            (size, "conditional"): Kind(warm_server, page, {"If-None-Match": tag}, 304),
            (size, "cold"): Kind(cold_server, page),
        }
    figures = {name: Measured() for name in kinds}
    for kind in kinds.values():
        kind.measure(0.3, options.connections)  # not counted
    for _ in range(ROUNDS):
        for name, kind in kinds.items():
            figures[name].add(kind.measure(options.seconds / ROUNDS, options.connections))
    for size, servers, state in (("warm", warm, "hit"), ("cold", cold, "miss")):
        for server in servers:
            _check_log(server, page, size, state)
    rows = [
        Row(page, size, *(figures[size, kind] for kind in ("bare", "warm", "conditional", "cold")))
        for size in SIZES
    ]
    for row in rows:
        say(
            f"{page}, {row.size}: bare {row.bare.rate:.0f}, warm {row.warm.rate:.0f}, "
            f"conditional {row.conditional.rate:.0f}, cold {row.cold.rate:.0f} requests a second, "
            f"a cold one {row.cold.work:.1f} ms of a core"
        )
    return rows


def _checked(page: str, warm: Server, cold: Server) -> str:
    """The ETag of a page, once both servers give it as the signed-out get it."""
    for server in (warm, cold):
        answer = ask(server.port, page)
        if answer.status != 200 or "etag" not in answer.headers or not answer.body:
            raise BadAnswer(f"{page}: status {answer.status}, no page that may be kept")
        if "set-cookie" in answer.headers:
            raise BadAnswer(f"{page} sets a cookie")
    return ask(warm.port, page).headers["etag"]


def _check_log(server: Server, page: str, name: str, state: str) -> None:
    """What the server says of the last request of a page must be what was meant to be measured."""
    time.sleep(0.1)
    path = page.partition("?")[0]
    with server.log.open() as lines:
        for line in reversed(deque(lines, maxlen=200)):
            if f'"path": "{path}"' in line:
                if json.loads(line)["cache"] != state:
                    raise BadAnswer(f"{page} was not {name}: {line}")
                return
    raise BadAnswer(f"{page}: the {name} server did not note a request")


def _report(
    rows: list[Row], demo: Demo, database: str, alone: bool, options: argparse.Namespace
) -> str:
    where = "the load on another core" if alone else "sharing its core with the load"
    lines = [
        f"{date.today().isoformat()}, {database}, {grounds.machine()}. One server process with "
        f"{grounds.THREADS} threads on one core, {where}; {options.connections} connections, "
        f"{options.seconds:g} s a figure in {ROUNDS} turns. Full: {FULL}. Large: {demo}.",
        "",
        "Requests a second (99th percentile in ms); × is beside the bare view, taken in turns.",
        "",
        "| page | data | bare | warm | × | conditional | × | cold |",
        "| --- | --- | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| `{row.page}` | {row.size} | {_figure(row.bare)} "
        f"| {_figure(row.warm)} | {row.warm.rate / row.bare.rate:.2f} "
        f"| {_figure(row.conditional)} | {row.conditional.rate / row.bare.rate:.2f} "
        f"| {_figure(row.cold)} |"
        for row in rows
    ]
    lines += [
        "",
        "What one request costs the server, in ms of its core: this hardly changes with what else "
        "the machine does. Last, a cold page with much data beside one whose lists are full.",
        "",
        "| page | bare | warm | conditional | cold, record | full | large | large ÷ full |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| `{small.page}` | {small.bare.work:.2f} | {small.warm.work:.2f} "
        f"| {small.conditional.work:.2f} | {small.cold.work:.1f} | {full.cold.work:.1f} "
        f"| {large.cold.work:.1f} | {_ratio(large.cold.work, full.cold.work)} |"
        for small, full, large in zip(rows[::3], rows[1::3], rows[2::3], strict=True)
    ]
    return "\n".join(lines)


def _ratio(large: float, full: float) -> str:
    return f"{large / full:.2f}" if full else "not known"


def _figure(measured: Measured) -> str:
    return f"{measured.rate:,.0f} ({measured.p99:.1f})"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
