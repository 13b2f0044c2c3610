#!/usr/bin/env python
"""How long the tracker of resolutions takes with thousands of councils, in one run.

    .venv/bin/python bench/tracker.py                  SQLite
    .venv/bin/python bench/tracker.py --postgres       the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/tracker.py --write          and keep the table in docs/speed.md

Two sites are set up in a folder of their own and gone afterwards: one with 5,000 councils and some
20,000 steps, and one whose table has more than 400 pages. Each page is made anew each time, by a
server without a page cache that has a core to itself where there is another for the load, and is
asked for by one reader at a time: so a figure is what one request takes, the bare view's beside it.
The pages take turns, so that whatever else the machine does reaches all of them.
"""

import argparse
import os
import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date

import grounds
from grounds import Demo, Server, say
from load import Measured, ask, measure

ROUNDS = 4
LIMIT = 50  # ms at the median
# 5,600 resolutions have some 20,000 steps; forty of them are a page of the table.
WIDE = Demo(councils=5_000, dialogues=0, statements=0, resolutions=5_600)
DEEP = Demo(councils=5_000, dialogues=0, statements=0, resolutions=18_500)
OF_THE_WIDE = {
    "first page: numbers, maps, curves, table": "/resolutions/",
    "last page": "/resolutions/?page={last}",
    "of a country": "/resolutions/?country=CA",
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
OF_THE_DEEP = {
    "table of 400 pages, page 1": "/resolutions/?page=1",
    "table of 400 pages, page 400": "/resolutions/?page=400",
    "of a country, page 1": "/resolutions/?country=US&page=1",
    "of a country, page 300": "/resolutions/?country=US&page=300",
}


@dataclass(slots=True)
class Row:
    """One address of one site, and how long it took."""

    name: str
    server: Server
    path: str
    took: Measured = field(default_factory=Measured)


def main() -> None:
    options = _options()
    postgres = ""
    if options.postgres:
        postgres = os.environ.get("DATABASE_URL", "")
        if not postgres:
            sys.exit("Set DATABASE_URL to a PostgreSQL server on which databases may be made.")
    with ExitStack() as stack:
        demos: dict[str, Demo | None] = {"record": None, "wide": WIDE, "deep": DEEP}
        sites = stack.enter_context(grounds.sites(demos, postgres=postgres))
        bare = stack.enter_context(grounds.served_bare(sites[0].folder))
        record, wide, deep = (
            stack.enter_context(grounds.served(site, "cold", CACHE_URL="dummycache://"))
            for site in sites
        )
        alone = grounds.stay_off_the_servers_core()
        rows = [Row("a bare view", bare, "/")]
        rows.append(Row("the record alone, first page", record, "/resolutions/"))
        rows += [Row(name, wide, path) for name, path in OF_THE_WIDE.items()]
        rows += [Row(name, deep, path) for name, path in OF_THE_DEEP.items()]
        last = _last_page(wide)
        for row in rows:
            row.path = row.path.format(last=last)
            measure(row.server.port, row.path, seconds=0.5, connections=1)  # not counted
        for _ in range(ROUNDS):
            for row in rows:
                seconds = options.seconds / ROUNDS
                row.took.add(measure(row.server.port, row.path, seconds=seconds, connections=1))
    text = _report(rows, "PostgreSQL" if postgres else "SQLite", alone, options)
    print(text)
    if options.write:
        name = "tracker-postgresql" if postgres else "tracker-sqlite"
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", name, text)
    slow = [row.path for row in rows if row.took.percentile(0.5) > LIMIT]
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


def _last_page(server: Server) -> int:
    """The highest page its table leads to."""
    page = ask(server.port, "/resolutions/", {"Accept-Encoding": "identity"}).body.decode()
    last = max(map(int, re.findall(r"\?page=(\d+)", page)))
    say(f"The table of {WIDE.resolutions:,} resolutions has {last} pages")
    return last


def _report(rows: list[Row], database: str, alone: bool, options: argparse.Namespace) -> str:
    where = "the load on another core" if alone else "sharing its core with the load"
    lines = [
        f"{date.today().isoformat()}, {database}, {grounds.machine()}. One server process on one "
        f"core, {where}; one request at a time, {options.seconds:g} s a figure in {ROUNDS} turns; "
        f"nothing kept. {WIDE.councils:,} councils with {WIDE.resolutions:,} resolutions and some "
        f"20,000 steps; the last rows: {DEEP.resolutions:,} resolutions.",
        "",
        "| what | address | ms at the median | 95th percentile |",
        "| --- | --- | --: | --: |",
    ]
    lines += [
        f"| {row.name} | `{row.path}` | {row.took.percentile(0.5):.1f} "
        f"| {row.took.percentile(0.95):.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
