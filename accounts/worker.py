"""The worker: does what waits outside the request, one task after the other.

Several may run, on one machine or many. A task is claimed in a transaction, so one has it. Each
worker says every few seconds that it is there (``accounts.models.work``); the tasks of one that
fell silent go back to the others, and count as one more try.
"""

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from accounts import letters, work
from accounts.models.work import BEAT, Worker

# Seconds between two looks at an empty queue, and between two sweeps.
PAUSE, SWEEP_EVERY = 0.5, 60.0
# So long a task that succeeded is kept, and one that was given up.
KEPT, FAILED_KEPT = timedelta(days=1), timedelta(days=90)
# So long after its time a task must have begun, or nobody works.
LATE = timedelta(minutes=5)
log = logging.getLogger("w2i.work")


class Working:
    """One worker. ``run`` comes back after ``stop``, or when ``goes_on`` says no."""

    def __init__(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        self.name = uuid.uuid4().hex
        self._goes_on = goes_on
        # Plain, not an Event: a signal that comes while one is being waited for would hang.
        self._is_stopping = False
        self._ended = threading.Event()
        self._swept = -SWEEP_EVERY

    def stop(self) -> None:
        """Have it end after the task it is at. May be called by the handler of a signal."""
        self._is_stopping = True

    def run(self) -> None:
        """Work until told to stop. A database that does not answer is waited for."""
        beat = threading.Thread(target=self._beat_on, daemon=True)
        beat.start()
        troubles = 0
        try:
            while self._continues():
                try:
                    close_old_connections()
                    if troubles:
                        # What became of the task it was at may be noted nowhere.
                        recover(idle=self.name)
                    is_idle = not self._turn()
                    troubles = 0
                except Exception:
                    troubles += 1
                    log.exception("The worker can't work")
                    connections.close_all()
                    self._pause(min(2**troubles, 30))
                    continue
                if is_idle:
                    letters.hang_up()
                    self._pause(PAUSE)
        finally:
            self._ended.set()
            beat.join(timeout=5)
            letters.hang_up()
            self._sign_off()

    def _continues(self) -> bool:
        return not self._is_stopping and self._goes_on()

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._continues() and time.monotonic() < until:
            time.sleep(min(PAUSE, seconds))

    def _turn(self) -> bool:
        """Do one thing; whether there was any."""
        if time.monotonic() - self._swept >= SWEEP_EVERY:
            self.beat()
            self._swept = time.monotonic()
            # One of them does it, so that they don't get in each other's way.
            eldest = Worker.objects.alive().first()
            if eldest is None or eldest.name == self.name:
                work.sweep()
        row = self.claim()
        if row is None:
            return False
        run(row)
        return True

    def claim(self) -> DBTaskResult | None:
        """The next task that is due, now this worker's; None where there is none."""
        due = DBTaskResult.objects.ready().filter(backend_name=DEFAULT_TASK_BACKEND_ALIAS)
        # Looked at first without a lock: on SQLite it would keep writers waiting twice a second.
        if not due.exists():
            return None
        with transaction.atomic():
            row = due.get_locked()
            if row is not None:
                row.claim(self.name)
        return row

    # ---- Being there ----

    def beat(self) -> None:
        """Say that this worker lives."""
        now = timezone.now()
        if not Worker.objects.filter(name=self.name).update(seen_at=now):
            Worker.objects.get_or_create(name=self.name, defaults={"seen_at": now})

    def _beat_on(self) -> None:
        try:
            while not self._ended.is_set():
                try:
                    close_old_connections()
                    self.beat()
                    recover()
                except Exception:
                    log.exception("The worker can't say that it lives")
                    connections.close_all()
                self._ended.wait(BEAT.total_seconds())
        finally:
            connections.close_all()

    def _sign_off(self) -> None:
        try:
            Worker.objects.filter(name=self.name).delete()
        except Exception:
            log.exception("The worker can't say that it ends")


def run(row: DBTaskResult) -> None:
    """Run a task that was claimed, and note what came of it."""
    began = time.monotonic()
    try:
        with translation.override(settings.LANGUAGE_CODE):
            task, result = row.task, row.task_result
            of_it: Any = result
            context = [TaskContext(task_result=of_it)] if task.takes_context else []
            value = task.call(*context, *result.args, **result.kwargs)
    except Exception as error:
        log.exception("A task failed", extra={"data": {"task": row.task_path}})
        _failed(row, error)
        return
    changes = {"status": TaskResultStatus.SUCCESSFUL, "return_value": value}
    if _note(row, exception_class_path="", traceback="", **changes):
        ms = round((time.monotonic() - began) * 1000)
        log.debug("task", extra={"data": {"task": row.task_path, "ms": ms}})


def _failed(row: DBTaskResult, error: Exception) -> None:
    kind = type(error)
    _try_later(
        row,
        is_final=isinstance(error, work.GiveUp),
        exception_class_path=f"{kind.__module__}.{kind.__qualname__}",
        traceback=_places(error),
    )


def _try_later(row: DBTaskResult, *, is_final: bool = False, **changes: Any) -> None:
    tries = len(row.worker_ids)
    if is_final or tries >= work.MOST_TRIES:
        _note(row, status=TaskResultStatus.FAILED, **changes)
    else:
        at = timezone.now() + work.wait_after(tries)
        _note(row, status=TaskResultStatus.READY, run_after=at, **changes)


def _note(row: DBTaskResult, **changes: Any) -> bool:
    """Write what became of a task; not where another worker has taken it over since."""
    mine = DBTaskResult.objects.filter(
        pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at
    )
    is_over = changes["status"] != TaskResultStatus.READY
    return bool(mine.update(finished_at=timezone.now() if is_over else None, **changes))


def _places(error: Exception) -> str:
    """Where it went wrong; without messages, which repeat people's data."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(
        f"{frame.filename.removeprefix(f'{settings.BASE_DIR}/')}:{frame.lineno} {frame.name}"
        for frame in frames
    )


def recover(*, idle: str = "") -> int:
    """Give back the tasks of workers that are gone, and of one that is at none; says how many."""
    gone = Worker.objects.gone()
    if gone.exists():
        gone.delete()
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    if not running.exists():
        return 0
    alive = set(Worker.objects.alive().values_list("name", flat=True)) - {idle}
    n = 0
    for row in running:
        if row.worker_ids[-1] in alive:
            continue
        n += 1
        if len(row.worker_ids) >= work.MOST_TRIES:
            # It may be the task itself that kills its worker, such as by the memory it takes.
            _note(row, status=TaskResultStatus.FAILED, exception_class_path=GONE)
        else:
            _note(row, status=TaskResultStatus.READY, run_after=get_date_max())
    return n


# In the place of an exception: the worker was killed at this task.
GONE = "killed"


def why(row: DBTaskResult) -> str:
    """Why a task was given up, in plain words."""
    if row.exception_class_path == GONE:
        return _(
            "Each time, the worker was ended while it was at it. It may take more memory than"
            " there is."
        )
    error = row.exception_class_path.rpartition(".")[2]
    return _("It went wrong each time (%(error)s).") % {"error": error}


@transaction.atomic
def try_again(row: DBTaskResult) -> bool:
    """Queue a task that was given up, to be tried as often as a new one."""
    rows = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.FAILED)
    return bool(
        rows.update(
            status=TaskResultStatus.READY,
            run_after=get_date_max(),
            finished_at=None,
            worker_ids=[],
        )
    )


def state() -> str:
    """How work stands: "late" where something should have begun minutes ago and did not, "nobody"
    where there is no worker, though nothing is late yet, else "ok".
    """
    if _is_late():
        return "late"
    return "ok" if Worker.objects.alive().exists() else "nobody"


def _is_late() -> bool:
    before = timezone.now() - LATE
    at_once, later = Q(run_after=get_date_max(), enqueued_at__lt=before), Q(run_after__lt=before)
    return DBTaskResult.objects.filter(at_once | later, status=TaskResultStatus.READY).exists()


def prune() -> None:
    """Delete tasks that are long over. For once a minute."""
    now = timezone.now()
    DBTaskResult.objects.successful().filter(finished_at__lt=now - KEPT).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=now - FAILED_KEPT).delete()
