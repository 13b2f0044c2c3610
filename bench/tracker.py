#!/usr/bin/env python
"""How long the tracker of resolutions takes with thousands of councils, in one run.

    .venv/bin/python bench/tracker.py                  SQLite
    .venv/bin/python bench/tracker.py --postgres       the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/tracker.py --write          and keep the table in docs/speed.md

A site with 5,000 councils and some 20,000 steps is set up in a folder of its own and gone
afterwards. Every request asks for an address nobody has asked for before, so no finished page
answers it; one reader asks at a time, and the server has a core to itself where there is another
for the load. So a figure is what one request takes; that of a bare view stands beside it. The
pages take turns, so that whatever else the machine does reaches all of them; what a request costs
the server's core hardly changes with that.

What stands above the table is the same for every filter, and made once until something changes.
The rows that say so are taken from a server that keeps nothing, where it is made anew each time.
"""

import argparse
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import grounds
from grounds import Demo, Server
from load import BadAnswer, Measured, ask

ROUNDS = 4
LIMIT = 50  # ms at the median
# So many have some 20,000 steps, and the table more than 400 pages.
DEMO = Demo(councils=5_000, dialogues=0, statements=0, resolutions=9_400)
PAGES = {
    "first page: numbers, maps, curves, table": "/resolutions/",
    "page 1": "/resolutions/?page=1",
    "page 400": "/resolutions/?page=400",
    "of a country": "/resolutions/?country=CA",
    "of a country, page 300": "/resolutions/?country=US&page=300",
    "of a province": "/resolutions/?region=CA-ON",
    "of a form": "/resolutions/?instrument=council-resolution",
    "of a status": "/resolutions/?status=adopted",
    "with words": "/resolutions/?q=prevention",
    "all filters": (
        "/resolutions/?country=US&region=US-CA&instrument=council-resolution&status=adopted&q=city"
    ),
    "in French": "/fr/resolutions/",
    "a state’s page, its map": "/resolutions/regions/US-CA/",
    "a country’s page": "/resolutions/regions/US/",
    "the map in a frame": "/resolutions/embed/map/",
    "the numbers in a frame": "/resolutions/embed/counter/",
}
ANEW = {
    "first page, the first time after a change": "/resolutions/",
    "a state’s page, the first time after a change": "/resolutions/regions/US-CA/",
}


@dataclass(slots=True)
class Row:
    """One address of one server, and how long it took."""

    name: str
    server: Server
    path: str
    took: Measured = field(default_factory=Measured)
    asked: "count[int]" = field(default_factory=count)

    def measure(self, seconds: float) -> None:
        """Ask one at a time, each time for an address that is new, for about that long."""
        mark = "&" if "?" in self.path else "?"
        before = self.server.processor_time()
        stop = time.perf_counter() + seconds
        while (start := time.perf_counter()) < stop:
            answer = ask(self.server.port, f"{self.path}{mark}new={next(self.asked)}")
            self.took.times.append(time.perf_counter() - start)
            if answer.status != 200:
                raise BadAnswer(f"{self.path}: status {answer.status}")
        self.took.processor += self.server.processor_time() - before


def main() -> None:
    options = _options()
    postgres = ""
    if options.postgres:
        postgres = os.environ.get("DATABASE_URL", "")
        if not postgres:
            sys.exit("Set DATABASE_URL to a PostgreSQL server on which databases may be made.")
    with ExitStack() as stack:
        sites = stack.enter_context(grounds.sites({"tracker": DEMO}, postgres=postgres))
        bare = stack.enter_context(grounds.served_bare(sites[0].folder))
        kept = stack.enter_context(grounds.served(sites[0], "kept"))
        anew = stack.enter_context(grounds.served(sites[0], "anew", CACHE_URL="dummycache://"))
        alone = grounds.stay_off_the_servers_core()
        rows = [Row("a bare view", bare, "/")]
        rows += [Row(name, kept, path) for name, path in PAGES.items()]
        rows += [Row(name, anew, path) for name, path in ANEW.items()]
        for row in rows:
            row.measure(0.5)
            row.took = Measured()  # not counted
        for _ in range(ROUNDS):
            for row in rows:
                row.measure(options.seconds / ROUNDS)
    text = _report(rows, "PostgreSQL" if postgres else "SQLite", alone, options)
    print(text)
    if options.write:
        name = "tracker-postgresql" if postgres else "tracker-sqlite"
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", name, text)
    slow = [row.path for row in rows if row.name not in ANEW and row.took.percentile(0.5) > LIMIT]
    if slow:
        sys.exit(f"More than {LIMIT} ms at the median: {', '.join(slow)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="for each figure")
    parser.add_argument("--postgres", action="store_true", help="on the server of DATABASE_URL")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    return parser.parse_args()


def _report(rows: list[Row], database: str, alone: bool, options: argparse.Namespace) -> str:
    where = "the load on another core" if alone else "sharing its core with the load"
    lines = [
        f"{date.today().isoformat()}, {database}, {grounds.machine()}. One server process on one "
        f"core, {where}; one request at a time, {options.seconds:g} s a figure in {ROUNDS} turns, "
        f"each for an address that is new. {DEMO.councils:,} councils with "
        f"{DEMO.resolutions:,} resolutions and some 20,000 steps.",
        "",
        "| what | address | ms at the median | 95th percentile | ms of the core |",
        "| --- | --- | --: | --: | --: |",
    ]
    lines += [
        f"| {row.name} | `{row.path}` | {row.took.percentile(0.5):.1f} "
        f"| {row.took.percentile(0.95):.1f} | {row.took.work:.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
