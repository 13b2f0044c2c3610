"""Work outside the request: who does it, and what came to nothing."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# A worker says so often that it is there; after so long a silence it counts as gone. While it makes
# a long document it may be silent for half a minute.
BEAT = timedelta(seconds=5)
LEASE = timedelta(seconds=60)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self, now: datetime | None = None) -> Self:
        return self.filter(seen_at__gt=(now or timezone.now()) - LEASE)

    def gone(self, now: datetime | None = None) -> Self:
        """Those that were killed: whoever ends by itself leaves no row."""
        return self.filter(seen_at__lte=(now or timezone.now()) - LEASE)


class Worker(models.Model):
    """A process that works tasks off, while it lives. What one that is gone was at is done anew."""

    name = models.CharField(_("name"), max_length=32, primary_key=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen"), default=timezone.now)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["started_at", "name"]

    def __str__(self) -> str:
        return self.name


class FailedTasks(models.Manager["FailedTask"]):
    def get_queryset(self) -> "models.QuerySet[FailedTask]":
        return super().get_queryset().filter(status=TaskResultStatus.FAILED)


class FailedTask(DBTaskResult):
    """A task that was tried as often as it may be, and stays until somebody has it tried again."""

    objects = FailedTasks()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("task given up")
        verbose_name_plural = _("tasks given up")
        ordering = ["-finished_at"]

    def __str__(self) -> str:
        return self.task_name.replace("_", " ")
