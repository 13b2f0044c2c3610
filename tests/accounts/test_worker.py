"""What waits outside the request: done, tried again, given up, and done anew after a crash."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks import TaskContext, TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accounts import letters, work, worker
from accounts.models import FailedTask, Letter, LetterState, User, Worker
from accounts.models.work import LEASE
from accounts.worker import Working
from tests.admin.desk import Desk
from tests.mail_servers import mail_server
from tests.setup.test_settings import COVERAGE

pytestmark = pytest.mark.django_db

DONE: list[str] = []


@task()
def breaks(what: str) -> None:
    raise ValueError(f"{what} of ann@example.org")


@task(takes_context=True)
def says(context: TaskContext, what: str) -> str:
    DONE.append(what)
    return context.task_result.task.name


@task()
def is_of_no_use() -> None:
    raise work.GiveUp


def turn() -> DBTaskResult:
    """One task, claimed and run."""
    row = Working().claim()
    assert row is not None
    worker.run(row)
    row.refresh_from_db()
    return row


def minutes_until(row: DBTaskResult) -> int:
    return round((row.run_after - timezone.now()) / timedelta(minutes=1))


# ---- Tasks ----


def test_a_task_is_done_once_and_its_answer_kept() -> None:
    DONE.clear()
    says.enqueue("hello")

    row = turn()

    assert (row.status, row.return_value, DONE) == (TaskResultStatus.SUCCESSFUL, "says", ["hello"])
    assert Working().claim() is None


def test_what_fails_is_tried_again_after_growing_waits_and_then_given_up() -> None:
    breaks.enqueue("what")
    waits = []

    for _try in range(work.MOST_TRIES):
        row = turn()
        waits.append(minutes_until(row) if row.status == TaskResultStatus.READY else row.status)
        assert Working().claim() is None
        DBTaskResult.objects.update(run_after=timezone.now())

    assert waits == [1, 5, 25, 125, 625, "FAILED"]
    failed = FailedTask.objects.get()
    assert (str(failed), worker.why(failed)) == ("breaks", "It went wrong each time (ValueError).")
    assert "ann@" not in failed.traceback
    assert "test_worker.py" in failed.traceback


def test_what_is_of_no_use_is_given_up_at_once() -> None:
    is_of_no_use.enqueue()

    assert turn().status == TaskResultStatus.FAILED


def test_a_task_of_a_worker_that_is_gone_is_done_by_another() -> None:
    DONE.clear()
    says.enqueue("hello")
    lost, other = Working(), Working()
    lost.beat()
    other.beat()
    lost.claim()

    assert worker.recover() == 0
    Worker.objects.filter(name=lost.name).update(seen_at=timezone.now() - LEASE)
    assert worker.recover() == 1

    assert turn().status == TaskResultStatus.SUCCESSFUL
    assert (DONE, Worker.objects.get().name) == (["hello"], other.name)


def test_who_was_thought_to_be_gone_changes_nothing_of_what_another_took_over() -> None:
    says.enqueue("hello")
    slow = Working().claim()
    assert slow is not None
    worker.recover()
    new = Working().claim()
    assert new is not None

    worker.run(slow)

    new.refresh_from_db()
    assert new.status == TaskResultStatus.RUNNING


def test_what_could_not_be_noted_is_given_back_by_the_worker_that_was_at_it() -> None:
    DONE.clear()
    says.enqueue("hello")
    turns, troubles, note = iter(range(6)), iter([OperationalError("gone away")]), worker._note

    def note_later(row: DBTaskResult, **changes: Any) -> bool:
        for trouble in troubles:
            raise trouble
        return note(row, **changes)

    working = Working(lambda: next(turns, None) is not None)
    without = {"connections": mock.Mock(), "close_old_connections": mock.Mock()}
    with (
        mock.patch.multiple(worker, _note=note_later, **without),
        mock.patch.multiple(working, _beat_on=mock.Mock(), _pause=mock.Mock()),
    ):
        working.run()

    assert DONE == ["hello", "hello"]
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_a_task_that_kills_its_workers_is_given_up() -> None:
    says.enqueue("hello")

    for _try in range(work.MOST_TRIES):
        assert Working().claim() is not None
        worker.recover()

    assert "more memory" in worker.why(FailedTask.objects.get())


def test_every_minute_the_eldest_does_what_is_due_and_one_failure_stops_nothing_else() -> None:
    def fails() -> None:
        raise ValueError

    called: list[str] = []
    eldest, other = Working(), Working()
    eldest.beat()
    with mock.patch.object(work, "_SWEEPS", [fails, lambda: called.append("swept")]):
        other._turn()
        eldest._turn()
        eldest._turn()

    assert called == ["swept"]


def test_tasks_that_are_long_over_are_deleted() -> None:
    for _n in range(3):
        says.enqueue("hello")
    rows = list(DBTaskResult.objects.all())
    for row, status, days in zip(
        rows, ["SUCCESSFUL", "SUCCESSFUL", "FAILED"], [2, 0, 2], strict=True
    ):
        ended = timezone.now() - timedelta(days=days)
        DBTaskResult.objects.filter(pk=row.pk).update(status=status, finished_at=ended)

    worker.prune()

    assert {row.pk for row in DBTaskResult.objects.all()} == {rows[1].pk, rows[2].pk}


# ---- The lists ----


def test_an_administrator_has_a_task_tried_again(administrator: User) -> None:
    breaks.enqueue("what")
    DBTaskResult.objects.update(status="FAILED", worker_ids=["a"] * 6, finished_at=timezone.now())
    desk = Desk(administrator)

    page = desk.get(FailedTask, "changelist").text
    desk.act(FailedTask, "retry", FailedTask.objects.get())

    assert "breaks" in page
    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids) == (TaskResultStatus.READY, [])
    assert Working().claim() is not None


def test_an_editor_reads_why_a_letter_was_not_sent_and_sends_it_again_unread(
    editor: User, mailoutbox: list
) -> None:
    letters.post("copy-1-x", to="ann@example.org", subject="Secret", text="Private link")
    Letter.objects.update(state=LetterState.FAILED, problem="550 No such user", tries=1)
    letter = Letter.objects.get()
    desk = Desk(editor)

    pages = [
        desk.get(Letter, "changelist").text,
        desk.get(Letter, "change", letter.pk).text,
    ]
    desk.act(Letter, "retry", letter)
    for _twice in range(2):
        letters.send(letter.pk)

    for page in pages:
        assert "Copy of a resolution" in page
        assert "The mail server answered: 550 No such user" in page
        assert not [word for word in ("ann@", "Secret", "Private link") if word in page]
    assert [message.to for message in mailoutbox] == [["ann@example.org"]]


# ---- Killed ----


def environment(var: Path, **more: str) -> dict[str, str]:
    """For a command of the site on the database of the tests."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host = database["OPTIONS"].get("host") or database["HOST"]
        url = f"postgres://{database['USER']}@/{database['NAME']}?host={host}"
    return {
        "PATH": os.environ["PATH"],
        "W2I_VAR": str(var),
        "DATABASE_URL": url,
        **COVERAGE,
        **more,
    }


@contextmanager
def working(var: Path, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """The command, ended by SIGTERM unless it was killed."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=environment(var, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            said, _none = process.communicate(timeout=30)
            if process.returncode != -signal.SIGKILL:
                assert (process.returncode, said.splitlines()[-1]) == (0, "The worker has stopped.")


def wait_for(what: Any) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_sends_nothing_twice_and_leaves_nothing_out(tmp_path: Path) -> None:
    people = [f"person-{n}@example.org" for n in range(29)]
    people.insert(10, "waits@example.org")
    for n, person in enumerate(people):
        letters.post(f"a-{n}", to=person, subject="A", text="A\n.\n.B")
    came = tmp_path / "came"
    with mail_server(came) as port:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        with working(tmp_path, **mail) as process:
            # The server has that letter, and does not say so.
            wait_for(lambda: "waits@" in came.read_text())
            process.kill()
        assert Letter.objects.filter(state=LetterState.HANDING).count() == 1
        Worker.objects.update(seen_at=timezone.now() - LEASE)
        with working(tmp_path, **mail):
            wait_for(lambda: not Letter.objects.filter(state=LetterState.WAITING).exists())

    lines = [json.loads(line) for line in came.read_text().splitlines()]
    assert Counter(line["to"] for line in lines) == dict.fromkeys(people, 1)
    assert len({line["id"] for line in lines}) == 30
    states = Counter(Letter.objects.values_list("state", flat=True))
    assert states == {LetterState.SENT: 29, LetterState.HANDING: 1}
    assert not Worker.objects.exists()
