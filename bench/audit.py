#!/usr/bin/env python
"""What Lighthouse says of the pages for everybody, and what a first visit transfers.

    .venv/bin/python bench/audit.py                     the figures
    .venv/bin/python bench/audit.py --write             and keep the table in docs/speed.md
    .venv/bin/python bench/audit.py --lighthouse PATH   where the program is, if not on the PATH

Lighthouse is an npm package (npm install lighthouse) and drives the system's Chromium. The site,
with the record alone, is set up in a folder of its own and gone afterwards. Each page is looked at
as Lighthouse does by itself: as a phone on a slow network, with nothing kept from before.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import grounds
from grounds import say

PAGES = (
    "/",
    "/recommendations/",
    "/recommendations/CA-01/",
    "/glossary/",
    "/dialogues/",
    "/dialogues/vancouver-2009/",
    "/resolutions/",
    "/resolutions/model/city-councils-2009/",
    "/resolutions/vancouver-bc-2010/",
    "/councils/vancouver-bc/",
    "/activity/",
    "/fr/",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-sync"
CHANCES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """What was seen of one page: scores from 0 to 100, bytes, and other hosts it asked."""

    page: str
    scores: tuple[int, ...]
    transferred: int
    hosts: int
    faults: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lighthouse", default=shutil.which("lighthouse") or "")
    parser.add_argument("--page", action="append", help="this page alone; may be given again")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not options.lighthouse or not chromium:
        sys.exit("Needs Chromium (apt-get install chromium) and lighthouse (npm install).")
    with ExitStack() as stack:
        [site] = stack.enter_context(grounds.sites({"audit": None}))
        server = stack.enter_context(grounds.served(site, "audited"))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        rows = []
        for page in options.page or PAGES:
            rows.append(_audit(options.lighthouse, chromium, server.port, page, folder))
            say(f"{page}: {' '.join(map(str, rows[-1].scores))} {'; '.join(rows[-1].faults)}")
    text = _report(rows)
    print(text)
    if options.write:
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", "audit", text)


def _audit(program: str, chromium: str, port: int, page: str, folder: Path) -> Row:
    output = folder / "audit.json"
    command = [
        program,
        f"http://localhost:{port}{page}",
        "--quiet",
        "--output=json",
        f"--output-path={output}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={CHROME}",
    ]
    for chance in range(CHANCES):
        # Now and then it fails to record anything and asks to be run again.
        last = chance == CHANCES - 1
        ended = subprocess.run(
            command, check=last, env={**os.environ, "CHROME_PATH": chromium}, timeout=180
        )
        if ended.returncode == 0:
            break
    found = json.loads(output.read_text())
    requests = found["audits"]["network-requests"]["details"]["items"]
    return Row(
        page,
        tuple(round(100 * (found["categories"][name]["score"] or 0)) for name in CATEGORIES),
        sum(request["transferSize"] for request in requests),
        len({urlsplit(request["url"]).netloc for request in requests} - {f"localhost:{port}", ""}),
        tuple(
            ref["id"]
            for name in CATEGORIES[1:]
            for ref in found["categories"][name]["auditRefs"]
            if ref["weight"] and found["audits"][ref["id"]]["score"] == 0
        ),
    )


def _report(rows: list[Row]) -> str:
    lines = [
        f"{date.today().isoformat()}, {grounds.machine()}. Goals: 100 for accessibility, best "
        "practices and SEO, 98 for performance, 60 kB on a first visit, no other host.",
        "",
        "| page | performance | accessibility | best practices | SEO | kB | other hosts |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| `{row.page}` | {' | '.join(map(str, row.scores))} | {row.transferred / 1000:.1f} "
        f"| {row.hosts or 'none'} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
