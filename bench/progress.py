#!/usr/bin/env python
"""What every list and page of the recommendations asks and takes among very many, in one run.

    .venv/bin/python bench/progress.py                  SQLite
    .venv/bin/python bench/progress.py --postgres       the PostgreSQL of DATABASE_URL
    .venv/bin/python bench/progress.py --only=desk      pages with that in their name
    .venv/bin/python bench/progress.py --explain        and what slow pages ask, with plans
    .venv/bin/python bench/progress.py --write          and keep the table in docs/speed.md

Two sites are set up in a folder of their own and gone afterwards: one with 5,000 recommendations in
several reports, 50,000 updates with sources and 200,000 statements that are linked to
recommendations, and one with a hundredth of that. Each is asked inside one process, from the
address to the last byte of the answer, without a network: that is the server's time. They take
turns, page by page, so that whatever else the machine does reaches both.

Cold is a page nobody has kept: all that was kept is thrown away before each request. Kept is the
same address asked again. Pages of the desk are an editor's, and never kept.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import IO, Any

import grounds
from grounds import Demo, Site, say
from load import Measured

ROUNDS = 3
QUERIES, LIMIT = 10, 50  # questions to the database; ms at the median
SMALL = Demo(councils=20, dialogues=4, statements=2_000, recommendations=50, reports=2, updates=500)
LARGE = Demo(
    councils=1_000,
    dialogues=30,
    statements=200_000,
    recommendations=5_000,
    reports=6,
    updates=50_000,
)


def main() -> None:
    options = _options()
    if options.inside:
        _inside()
        return
    postgres = ""
    if options.postgres:
        postgres = os.environ.get("DATABASE_URL", "")
        if not postgres:
            sys.exit("Set DATABASE_URL to a PostgreSQL server on which databases may be made.")
    with ExitStack() as stack:
        demos = {"small": SMALL, "large": LARGE}
        sites = stack.enter_context(grounds.sites(demos, postgres=postgres))
        small, large = (stack.enter_context(_asked(site)) for site in sites)
        rows = _measured(small, large, options)
    text = _report(rows, large.facts, "PostgreSQL" if postgres else "SQLite", options)
    print(text)
    if options.write:
        name = "recommendations-postgresql" if postgres else "recommendations-sqlite"
        grounds.write_between(grounds.ROOT / "docs" / "speed.md", name, text)
    over = [row.name for row in rows if row.is_over]
    if over:
        sys.exit(f"More than {QUERIES} queries or {LIMIT} ms at the median: {', '.join(over)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=30, help="how often each page is asked for")
    parser.add_argument("--only", default="", help="pages with that in their name alone")
    parser.add_argument("--explain", action="store_true", help="what slow pages ask, with plans")
    parser.add_argument("--postgres", action="store_true", help="on the server of DATABASE_URL")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


# ---- One process asks another ----


@dataclass(slots=True)
class Taken:
    """How long requests took: by the clock, and of the process; seconds."""

    times: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def add(self, other: dict[str, Any]) -> None:
        self.times += other["times"]
        self.work += other["work"]

    def percentile(self, share: float) -> float:
        return Measured(times=self.times).percentile(share)

    @property
    def core(self) -> float:
        """Milliseconds of a core at the median."""
        return Measured(times=self.work).percentile(0.5)


@dataclass(slots=True)
class Asked:
    """A site in a process of its own, which answers a line with a line."""

    process: "subprocess.Popen[str]"
    facts: dict[str, Any] = field(default_factory=dict)

    def tell(self, **question: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The process that was asked has ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def _asked(site: Site) -> Iterator[Asked]:
    environment = {**site.environment, "LOG_LEVEL": "ERROR", "PYTHONPATH": str(grounds.ROOT)}
    command = [sys.executable, __file__, "--inside"]
    process = subprocess.Popen(
        command,
        cwd=grounds.ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        asked = Asked(process)
        start = time.perf_counter()
        asked.facts = asked.tell(do="fill")
        say(f"Linking statements and the rest took {time.perf_counter() - start:.0f} seconds")
        yield asked
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=60)


@dataclass(slots=True)
class Row:
    """What one page took on each site."""

    name: str
    path: str
    queries: int
    queries_of_small: int
    small: Taken = field(default_factory=Taken)
    large: Taken = field(default_factory=Taken)
    small_kept: Taken = field(default_factory=Taken)
    large_kept: Taken = field(default_factory=Taken)
    slow: list[str] = field(default_factory=list)

    @property
    def is_file(self) -> bool:
        """Whole files are as long as what is in them: no goal of time holds for them."""
        return self.name.startswith("file")

    @property
    def is_over(self) -> bool:
        slow = self.large.percentile(0.5) > LIMIT and not self.is_file
        return slow or self.queries > QUERIES


def _measured(small: Asked, large: Asked, options: argparse.Namespace) -> list[Row]:
    rows = []
    for name, page in large.facts["pages"].items():
        if options.only not in name:
            continue
        paths = {"small": small.facts["pages"][name], "large": page}
        sites = {"small": small, "large": large}
        first = {
            which: sites[which].tell(do="count", path=paths[which], name=name) for which in sites
        }
        bad = {which: one["status"] for which, one in first.items() if one["status"] != 200}
        if bad:
            say(f"Left out: {name} {paths}: {bad}")
            continue
        row = Row(name, page, first["large"]["queries"], first["small"]["queries"])
        times = max(1, (5 if row.is_file else options.times) // ROUNDS)
        for _round in range(ROUNDS):
            for which, site in sites.items():
                for way in ("cold", "kept"):
                    if way == "kept" and name.startswith("desk"):
                        continue
                    answer = site.tell(do=way, path=paths[which], name=name, times=times)
                    taken = getattr(row, which if way == "cold" else f"{which}_kept")
                    taken.add(answer)
        if options.explain and (row.is_over or row.queries != row.queries_of_small):
            row.slow = large.tell(do="explain", path=page, name=name)["slow"]
            print(f"{name}: {page}", *row.slow, sep="\n", file=sys.stderr)
        rows.append(row)
        say(
            f"{name}: {row.queries} queries ({row.queries_of_small} among few), cold "
            f"{row.large.percentile(0.5):.1f} ms ({row.small.percentile(0.5):.1f}), "
            f"of a core {row.large.core:.1f} ms"
        )
    return rows


def _report(
    rows: list[Row], facts: dict[str, Any], database: str, options: argparse.Namespace
) -> str:
    counts = facts["counts"]
    lines = [
        f"{date.today().isoformat()}, {database}, {grounds.machine()}. Asked inside one process, "
        f"{options.times} times in {ROUNDS} turns. Many: {counts['recommendations']:,} "
        f"recommendations in {counts['reports']:,} reports, {counts['updates']:,} updates with "
        f"{counts['sources']:,} sources, {counts['linked']:,} linked statements. Few: a hundredth "
        f"of that. Goals: {QUERIES} queries, {LIMIT} ms at the median.",
        "",
        "| what | address | queries | few, ms | many, ms | 99 of 100 | of a core | kept, few "
        "| kept, many |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        queries = f"{row.queries}"
        if row.queries != row.queries_of_small:
            queries += f" ({row.queries_of_small} among few)"
        kept = ["", ""]
        if row.large_kept.times:
            kept = [f"{taken.percentile(0.5):.1f}" for taken in (row.small_kept, row.large_kept)]
        lines.append(
            f"| {row.name} | `{row.path}` | {queries} | {row.small.percentile(0.5):.1f} "
            f"| {row.large.percentile(0.5):.1f} | {row.large.percentile(0.99):.1f} "
            f"| {row.large.core:.1f} | {kept[0]} | {kept[1]} |"
        )
    return "\n".join(lines)


# ---- In the process of a site ----

UPDATES_OF_ONE, REPLIES, WAITING = 400, 300, 400
EDITOR = "bench@w2i.invalid"
BUSY, LONG = "CA-02", "DEMO-0001"  # with very many voices; with very many updates


def _inside() -> None:
    """Answer questions, one a line of JSON each, until there are no more."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "w2i.settings"
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    inside = _Inside()
    ways: dict[str, Callable[..., dict[str, Any]]] = {
        "fill": inside.fill,
        "count": inside.count,
        "cold": inside.cold,
        "kept": inside.kept,
        "explain": inside.explain,
    }
    out: IO[str] = sys.stdout
    sys.stdout = sys.stderr  # what anything else prints is no answer
    for line in sys.stdin:
        question = json.loads(line)
        out.write(json.dumps(ways[question.pop("do")](**question)) + "\n")
        out.flush()


class _Inside:
    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()
        self.cookie = ""

    def ask(self, path: str, name: str) -> int:
        """One request, read to its last byte. Gives the status."""
        path, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "bench",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.1",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
        }
        if name.startswith("desk"):
            environ["HTTP_COOKIE"] = self.cookie
        said: list[str] = []

        def start(status: str, *_headers: Any) -> Callable[[bytes], object]:
            said.append(status)
            return lambda _part: None

        answer: Any = self.application(environ, start)
        try:
            for _part in answer:
                pass
        finally:
            answer.close()
        return int(said[0].split()[0])

    def _timed(self, path: str, name: str, times: int, *, cold: bool) -> dict[str, Any]:
        taken = Taken()
        for _ in range(times):
            _forget(everything=cold)
            work, start = time.process_time(), time.perf_counter()
            self.ask(path, name)
            taken.times.append(time.perf_counter() - start)
            taken.work.append(time.process_time() - work)
        return asdict(taken)

    def cold(self, path: str, name: str, times: int) -> dict[str, Any]:
        return self._timed(path, name, times, cold=True)

    def kept(self, path: str, name: str, times: int) -> dict[str, Any]:
        self.ask(path, name)
        return self._timed(path, name, times, cold=False)

    def count(self, path: str, name: str) -> dict[str, Any]:
        """How many questions the database is asked, the very first one of each request as well."""
        self.ask(path, name)  # whatever the process makes once
        status, asked = self._questions(path, name)
        versions = 0 if name.startswith("desk") else 1  # see first_question
        return {"status": status, "queries": len(asked) + versions}

    def _questions(self, path: str, name: str) -> tuple[int, list[dict[str, str]]]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        _forget(everything=True)
        with CaptureQueriesContext(connection) as asked:
            status = self.ask(path, name)
        ours = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
        return status, [one for one in asked.captured_queries if not one["sql"].startswith(ours)]

    def explain(self, path: str, name: str) -> dict[str, Any]:
        """What takes longest of what a page asks, with the database's plan for it."""
        from django.db import connection

        _status, asked = self._questions(path, name)
        asked.sort(key=lambda one: float(one["time"]), reverse=True)
        found = []
        for one in asked[:4]:
            word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            with connection.cursor() as cursor:
                try:
                    cursor.execute(f"{word} {one['sql'].replace('%', '%%')}")
                    plan = [str(line[-1]) for line in cursor.fetchall()]
                except Exception as problem:  # an aid for reading, no more
                    plan = [f"no plan: {problem}"]
            found.append(
                "\n".join([f"  {one['time']} s: {one['sql']}", *(f"    {x}" for x in plan)])
            )
        return {"slow": [f"  {len(asked)} queries by Django", *found]}

    # ---- The ground ----

    def fill(self) -> dict[str, Any]:
        """Link statements, add what waits on the desk, and say what to ask for."""
        from django.db import connection, transaction
        from django.test import Client

        from accounts.models import User

        editor = User.objects.filter(email=EDITOR).first()
        if editor is None:
            with transaction.atomic():
                editor = _fill()
        client = Client()
        client.force_login(editor)
        self.cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        return {"pages": _pages(), "counts": _counts()}


def _forget(*, everything: bool) -> None:
    """Throw away what was kept, if so asked; and what counts how often somebody asked."""
    from django.core.cache import caches

    if everything:
        caches["pages"].clear()
    if caches["default"] is not caches["pages"]:
        caches["default"].clear()


def _fill() -> Any:
    import random

    from django.contrib.auth.models import Group
    from django.db.models import Exists, OuterRef

    from accounts.models import Role, User
    from dialogues.models import Contribution
    from recommendations.models import (
        Addressee,
        Evidence,
        ProgressUpdate,
        Recommendation,
        Reply,
        ReplyKind,
        Source,
        Status,
        one_refresh,
    )

    rng = random.Random(1)  # invented content, no secret
    editor = User.objects.create_user(EDITOR)
    editor.groups.add(Group.objects.get_or_create(name=Role.EDITOR)[0])
    invented = list(Recommendation.objects.filter(is_demo=True).order_by("pk"))
    link = Contribution.about.through
    linked = link.objects.filter(contribution=OuterRef("pk"))
    alone = Contribution.objects.filter(~Exists(linked)).order_by("pk")
    link.objects.bulk_create(
        [
            link(contribution_id=pk, recommendation_id=rng.choice(invented).pk)
            for pk in alone.values_list("pk", flat=True)
        ],
        batch_size=2_000,
    )
    long = next(row for row in invented if row.code == LONG)
    sample = long.updates.first()
    assert sample
    common = {
        "language": "en",
        "published_at": sample.published_at,
        "published_by": sample.published_by,
        "is_demo": True,
    }

    def update(row: Recommendation, **more: Any) -> ProgressUpdate:
        values = {**common, "status": Status.UNDER_WAY, "on": date(2013, 5, 1), **more}
        return ProgressUpdate(recommendation=row, summary=sample.summary, **values)

    draft: dict[str, Any] = {
        "published_at": None,
        "published_by": None,
        "written_at": sample.published_at,
        "written_by": editor,
    }
    few = len(invented) < 1_000
    many = 10 if few else 1
    updates = [update(long) for _n in range(UPDATES_OF_ONE // many)]
    updates += [
        update(rng.choice(invented), **draft, submitted_by=editor, submitted_at=sample.published_at)
        for _n in range(WAITING // many)
    ]
    updates += [update(rng.choice(invented), **draft) for _n in range(WAITING // many)]
    addressees = list(Addressee.objects.all())
    replies = [
        Reply(
            recommendation=rng.choice(invented),
            addressee=rng.choice(addressees),
            kind=rng.choice(ReplyKind.values),
            on=date(2013, 6, 1),
            summary=sample.summary,
            **common,
        )
        for _n in range(REPLIES // many)
    ]
    with one_refresh():
        ProgressUpdate.objects.bulk_create(updates)
        Reply.objects.bulk_create(replies)
        about = [{"update": row} for row in updates] + [{"reply": row} for row in replies]
        Source.objects.bulk_create(
            [
                Source(
                    publisher="Gazette of Demonstration",
                    title=f"Notice {n}",
                    url=f"https://gazette.example/{n}",
                    published_on=date(2013, 6, 1),
                    **one,
                )
                for n, one in enumerate(about)
            ]
        )
    Evidence.objects.bulk_create(
        [
            Evidence(
                key=f"bench{n}",
                recommendation=rng.choice(invented),
                url=f"https://news.example/{n}",
                words="It was in the news.",
                fingerprint=f"{n}",
            )
            for n in range(WAITING // many)
        ]
    )
    return editor


def _counts() -> dict[str, int]:
    from dialogues.models import Contribution
    from recommendations.models import ProgressUpdate, Recommendation, Report, Source

    return {
        "recommendations": Recommendation.objects.public().count(),
        "reports": Report.objects.public().count(),
        "updates": ProgressUpdate.objects.public().count(),
        "sources": Source.objects.count(),
        "linked": Contribution.objects.filter(about__isnull=False).distinct().count(),
    }


def _pages() -> dict[str, str]:
    """Every list and page, by what it is. Those of the desk are an editor's."""
    from recommendations.models import (
        Addressee,
        Evidence,
        ProgressUpdate,
        Recommendation,
        Report,
    )

    n = Recommendation.objects.public().count()
    report = Report.objects.filter(is_demo=True).order_by("-pk")[0].slug
    addressee = Addressee.objects.filter(recommendations__code=BUSY)[0].slug
    waiting = ProgressUpdate.objects.filter(published_at=None, submitted_at__isnull=False)[0].pk
    public = ProgressUpdate.objects.public().filter(recommendation__code=LONG)[0].pk
    voices = Recommendation.objects.get(code=BUSY).voices.count() * 3 // 4 // 40
    at, desk = "/recommendations/", "/recommendations/desk/"
    return {
        "list": at,
        "list, last page": f"{at}?page={-(-n // 40)}",
        "list, of an audience": f"{at}?audience=canada",
        "list, of a pillar": f"{at}?pillar=building-capacity",
        "list, of an addressee": f"{at}?addressee={addressee}",
        "list, of a status": f"{at}?status=under-way",
        "list, of a report": f"{at}?report={report}",
        "list, out of date": f"{at}?stale=yes",
        "list, with words": f"{at}?q=prevention",
        "list, with a word in all": f"{at}?q=should",
        "list, all filters": (
            f"{at}?report={report}&audience=canada&pillar=building-capacity&status=under-way"
            f"&addressee={addressee}&q=prevention"
        ),
        "list, in French": f"/fr{at}",
        "recommendation with many voices": f"{at}{BUSY}/",
        "recommendation with many updates": f"{at}{LONG}/",
        "recommendation in French": f"/fr{at}{BUSY}/",
        "voices": f"{at}{BUSY}/voices/",
        "voices, a late page": f"{at}{BUSY}/voices/?page={max(voices, 1)}",
        "commitments": f"{at}{BUSY}/commitments/",
        "history": f"{at}{BUSY}/history/",
        "history of many updates": f"{at}{LONG}/history/",
        "progress": f"{at}progress/",
        "progress of a report": f"{at}progress/?report={report}",
        "compare": f"{at}compare/",
        "reports": f"{at}reports/",
        "report": f"{at}reports/{report}/",
        "report of record": f"{at}reports/w2i-report-2009/",
        "teaching": f"{at}teaching/",
        "method": "/method/",
        "glossary": "/glossary/",
        "letter": f"{at}{BUSY}/letter/",
        "send evidence": f"{at}{BUSY}/evidence/",
        "evidence that was sent": f"{at}evidence/{Evidence.objects.all()[0].key}/",
        "follow a recommendation": f"{at}{BUSY}/follow/",
        "follow an addressee": f"{at}follow/?addressee={addressee}",
        "follow a report": f"{at}follow/?report={report}",
        "commit": f"{at}{BUSY}/commit/",
        "share picture": f"{at}{BUSY}/share.png",
        "citation": f"{at}{BUSY}.bib",
        "Atom": "/recommendations.atom",
        "Atom, of a filter": f"/recommendations.atom?addressee={addressee}",
        "Atom, with words": "/recommendations.atom?q=prevention",
        "Atom, of one": f"{at}{LONG}.atom",
        "home": "/",
        "about": "/about/",
        "desk": desk,
        "desk, last page": f"{desk}?page=1",
        "desk, a recommendation": f"{desk}{LONG}/",
        "desk, a new update": f"{desk}{LONG}/update/",
        "desk, a new answer": f"{desk}{LONG}/answer/",
        "desk, an update in review": f"{desk}updates/{waiting}/",
        "desk, to edit one": f"{desk}updates/{waiting}/edit/",
        "desk, a published update": f"{desk}updates/{public}/",
        "desk, to correct one": f"{desk}updates/{public}/correct/",
        "desk, history of one": f"{desk}updates/{waiting}/history/",
        "desk, history of a recommendation": f"{desk}{LONG}/history/",
        "desk, evidence": f"{desk}evidence/",
        "desk, one piece of evidence": f"{desk}evidence/{Evidence.objects.all()[0].pk}/",
        "desk, reports": f"{desk}reports/",
        "desk, a report": f"{desk}reports/{report}/",
        "desk, the list for an editor": at,
        "desk, a recommendation’s page for an editor": f"{at}{LONG}/",
        "file, CSV": "/recommendations.csv",
        "file, XLSX": "/recommendations.xlsx",
        "file, JSON": "/recommendations.json",
        "file, CSV of a report": f"/recommendations.csv?report={report}",
    }


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
