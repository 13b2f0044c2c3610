#!/usr/bin/env python
"""What the report of a large dialogue costs: its page, its PDF, its Word file.

    .venv/bin/python bench/report.py                   a dialogue of 10,000 statements
    .venv/bin/python bench/report.py --statements=1000
    .venv/bin/python bench/report.py --write           and keep the table in docs/speed.md

The dialogue is made in a site of its own, on SQLite, gone afterwards. Each figure is taken in a
process of its own, so that the memory one took says nothing of the next. The PDF and the Word file
are made as those of an edition are: of the report that was put together before, and kept as JSON.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import grounds
from grounds import Demo, Site, say

STATEMENTS = 10_000
# Of the statements of demonstration data some are held or withdrawn, and no report has those.
POSTED = 0.87
MEMORY = 500  # MB


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    what: str
    seconds: float
    kilobytes: float | None = None  # no more than that


KINDS = (
    Kind("assemble", "putting the report together", 10),
    Kind("page", "its page, made anew", 10, 200),
    Kind("pdf", "PDF", 15),
    Kind("docx", "Word", 30),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one kind took: seconds, MB of the process, MB of one it started, bytes."""

    seconds: float
    memory: int
    memory_beside: int
    size: int
    statements: int = 0


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(asdict(_measure(options.measure, Path(options.kept)))))
        return
    demo = Demo(councils=0, dialogues=1, statements=round(options.statements / POSTED))
    with grounds.sites({"large": demo}) as (site,):
        figures = {kind.name: _measured(site, kind) for kind in KINDS}
    text = _report(figures)
    print(text)
    if options.write:
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", "report", text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--statements", type=int, default=STATEMENTS)
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    parser.add_argument("--measure", choices=[kind.name for kind in KINDS], help=argparse.SUPPRESS)
    parser.add_argument("--kept", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(site: Site, kind: Kind) -> Figure:
    say(f"Measuring: {kind.what}")
    kept = site.folder / "report.json"
    done = subprocess.run(
        [sys.executable, __file__, f"--measure={kind.name}", f"--kept={kept}"],
        env={**site.environment, "CACHE_URL": "dummycache://"},
        stdout=subprocess.PIPE,
        check=True,
    )
    figure = Figure(**json.loads(done.stdout.splitlines()[-1]))
    say(f"{figure.seconds:.1f} s, {figure.memory} MB, {figure.size / 1000:,.0f} kB")
    return figure


# ---- In the process that is measured ----


def _measure(name: str, kept: Path) -> Figure:
    sys.path.insert(0, str(grounds.ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "w2i.settings"
    import django

    django.setup()
    return {"assemble": _assemble, "page": _page, "pdf": _pdf, "docx": _docx}[name](kept)


def _figure(start: float, size: int) -> Figure:
    seconds = time.perf_counter() - start
    return Figure(
        seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        size,
    )


def _assemble(kept: Path) -> Figure:
    from dialogues.models import Dialogue
    from dialogues.report.assembling import assemble
    from dialogues.report.blocks import statements_in

    dialogue = Dialogue.objects.get(is_demo=True)
    start = time.perf_counter()
    report = assemble(dialogue, "en", number=1, dated="2026-11-28")
    figure = _figure(start, 0)
    text = json.dumps(report.as_data())
    kept.write_text(text)
    n = sum(1 for section in report.sections for _one in statements_in(section.blocks))
    return replace(figure, size=len(text), statements=n)


def _page(_kept: Path) -> Figure:
    from django.conf import settings
    from django.test import Client

    from dialogues.models import Dialogue

    settings.ALLOWED_HOSTS = ["testserver"]
    dialogue = Dialogue.objects.get(is_demo=True)
    client = Client()
    client.get("/healthz")  # what only the first answer of a process costs
    start = time.perf_counter()
    answer = client.get(dialogue.get_absolute_url())
    if answer.status_code != 200:
        sys.exit(f"The page answered {answer.status_code}.")
    return _figure(start, len(answer.content))


def _kept_report(kept: Path) -> Any:
    from dialogues.report.blocks import report_of

    return report_of(json.loads(kept.read_text()))


def _pdf(kept: Path) -> Figure:
    from dialogues.report import pdf

    report = _kept_report(kept)
    start = time.perf_counter()
    made = pdf.write(report)
    return _figure(start, len(made))


def _docx(kept: Path) -> Figure:
    from dialogues.report import word

    report = _kept_report(kept)
    start = time.perf_counter()
    made = word.write(report)
    return _figure(start, len(made))


# ---- The table ----


def _report(figures: dict[str, Figure]) -> str:
    n = figures["assemble"].statements
    lines = [
        f"{date.today().isoformat()}, SQLite, {grounds.machine()}. A dialogue with {n:,} statements"
        " in its report. Each row in a process of its own; Typst, which sets the PDF, in one more"
        " beside it.",
        "",
        "| what | seconds | goal | memory, MB | beside it, MB | goal | kB | goal |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for kind in KINDS:
        figure = figures[kind.name]
        lines.append(
            f"| {kind.what} | {figure.seconds:.1f} | {kind.seconds:g} | {figure.memory} |"
            f" {figure.memory_beside or ''} | {MEMORY} | {figure.size / 1000:,.0f} |"
            f" {f'{kind.kilobytes:g}' if kind.kilobytes else ''} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
