#!/usr/bin/env python
"""How long the search takes among 100,000 statements, beside its goal of 50 ms.

    .venv/bin/python bench/search.py                   SQLite
    .venv/bin/python bench/search.py --postgres        the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/search.py --write           and keep the table in docs/speed.md

Measured is what a page of results asks for: how many of each kind match, and the best of each
with its words marked. The site is set up in a folder of its own and gone afterwards.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date

import grounds
from grounds import Demo

GOAL = 50
# Common words, a rare one, a beginning, a phrase, words of which each is common, and French.
QUERIES = (
    "prevention",
    "will",
    "council",
    "demonstration",
    "preven",
    '"early warnings"',
    "prevention budget council",
    "prévention génocides",
    "Lanternmere",
    "zzzz",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    demo = Demo()
    parser.add_argument("--times", type=int, default=40, help="how often each search is made")
    parser.add_argument("--councils", type=int, default=demo.councils)
    parser.add_argument("--statements", type=int, default=demo.statements)
    parser.add_argument("--postgres", action="store_true", help="on the server of DATABASE_URL")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _measure(options.times)
        return
    postgres = os.environ.get("DATABASE_URL", "") if options.postgres else ""
    if options.postgres and not postgres:
        sys.exit("Set DATABASE_URL to a PostgreSQL server on which databases may be made.")
    demo = Demo(options.councils, demo.dialogues, options.statements)
    with ExitStack() as stack:
        sites = stack.enter_context(grounds.sites({"large": demo}, postgres=postgres))
        answer = subprocess.run(
            [sys.executable, __file__, "--inside", f"--times={options.times}"],
            cwd=grounds.ROOT,
            env={**sites[0].environment, "PYTHONPATH": str(grounds.ROOT)},
            check=True,
            stdout=subprocess.PIPE,
        )
    text = _report(json.loads(answer.stdout), demo, "PostgreSQL" if postgres else "SQLite")
    print(text)
    if options.write:
        name = "search-postgresql" if postgres else "search-sqlite"
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", name, text)


def _measure(times: int) -> None:
    """Inside the site's environment: the times of each search, in ms, as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "w2i.settings")
    import django

    django.setup()
    from recommendations.search import Asked, groups

    rows = []
    for query in QUERIES:
        found = groups(Asked(query), each=5)  # not counted
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            groups(Asked(query), each=5)
            taken.append(1000 * (time.perf_counter() - start))
        taken.sort()
        rows.append(
            {
                "query": query,
                "hits": sum(group.shown_count for group in found),
                "more": any(group.more for group in found),
                "median": taken[len(taken) // 2],
                "p95": taken[int(0.95 * len(taken))],
            }
        )
    print(json.dumps(rows))


def _report(rows: list[dict[str, object]], demo: Demo, database: str) -> str:
    lines = [
        f"{date.today().isoformat()}, {database}, {grounds.machine()}, {demo}. Goal: {GOAL} ms.",
        "",
        "| search | hits | median, ms | 95th percentile, ms |",
        "| --- | --: | --: | --: |",
    ]
    lines += [
        f"| `{row['query']}` | {row['hits']:,}{' or more' if row['more'] else ''} "
        f"| {row['median']:.1f} | {row['p95']:.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
