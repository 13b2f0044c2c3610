#!/usr/bin/env python
"""Letters while their worker is killed: each arrives, and none twice.

    .venv/bin/python bench/mail.py                     1,000 letters on SQLite, six kills
    .venv/bin/python bench/mail.py --postgres          on the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/mail.py --runs 5            five times, each with a site of its own
    .venv/bin/python bench/mail.py --kills 0           how fast they go out undisturbed

A mail server of its own (tests/mail_server.py) writes down each letter before it answers. The
worker is ended with SIGKILL after so many letters as chance has it, and begun anew. At the end
the letters that came are counted by recipient and by Message-ID. Says what it found, and leaves
with 1 where a letter came twice or did not come.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grounds import ROOT, Site, machine, say, sites

# Posted in one transaction, as an edition's letters are.
POST = """
from django.db import transaction
from accounts import letters
with transaction.atomic():
    for n in range({n}):
        letters.post(f"bench-{{n}}", to=f"person-{{n}}@example.org", subject="The report",
            text="The report is there.\\n" * 20, language="en")
"""
ASK = """
import json
from collections import Counter
from accounts.models import Letter
print(json.dumps(Counter(Letter.objects.values_list("state", flat=True))))
"""
# A worker that was killed counts as gone after a minute.
PATIENCE = 120.0


@contextmanager
def mail_server(file: Path) -> Iterator[int]:
    """A mail server that takes up to 4 ms to answer; its port."""
    command = [sys.executable, "-m", "tests.mail_server", str(file), "0.004"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def worker(site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    with (site.folder / "worker.log").open("ab") as log:
        command = [sys.executable, "manage.py", "worker"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=30)


def ask(site: Site, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT, env=site.environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def came(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def wait_for(file: Path, n: int) -> bool:
    """Whether so many letters came, with two minutes at most between two."""
    last, since = came(file), time.monotonic()
    while last < n:
        time.sleep(0.001)
        if (now := came(file)) != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            return False
    return True


def run(site: Site, n: int, kills: int) -> bool:
    file = site.folder / "letters"
    file.touch()
    with mail_server(file) as port:
        site.environment.update(
            {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "W2I_MODE": "local", "WORK": "apart"}
        )
        began = time.monotonic()
        ask(site, POST.format(n=n))
        say(f"{n} letters written in {time.monotonic() - began:.1f} s")
        began = time.monotonic()
        moments = sorted(random.sample(range(1, n), kills))
        for moment in moments:
            with worker(site) as process:
                wait_for(file, moment)
                time.sleep(random.uniform(0, 0.008))
                os.kill(process.pid, signal.SIGKILL)
        with worker(site):
            wait_for(file, n)
            seconds = time.monotonic() - began
            # Answered, and noted as sent.
            time.sleep(1)
        states = json.loads(ask(site, ASK))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    recipients = Counter(line["to"] for line in lines)
    ids = Counter(line["id"] for line in lines)
    missing = n - len(recipients)
    twice = sum(count > 1 for count in recipients.values())
    twice_by_id = sum(count > 1 for count in ids.values())
    print(
        f"{n} letters, killed after {', '.join(map(str, moments)) or 'none'}: {len(lines)} came, to"
        f" {len(recipients)} recipients, with {len(ids)} Message-IDs; {missing} missing, {twice}"
        f" twice; {seconds:.1f} s; then: {states}",
        flush=True,
    )
    return not (missing or twice or twice_by_id)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--letters", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    postgres = os.environ["DATABASE_URL"] if options.postgres else ""
    print(f"{'PostgreSQL' if postgres else 'SQLite'}; {machine()}", flush=True)
    names = [f"mail{n}" for n in range(options.runs)]
    with sites(dict.fromkeys(names), postgres=postgres) as made:
        results = [run(site, options.letters, options.kills) for site in made]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
