"""Models that show in public: whatever writes them keeps search, activity and caches in step.

``save``, ``delete`` and the QuerySet's bulk methods each run in one transaction with the rows of
``Entry`` and ``PageVersion`` that depend on them, so there is no moment at which a withdrawn
statement can be found or an old page is called new.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.models.entry import Entry, Face, PageVersion

_M = TypeVar("_M", bound="PublicModel")
_BATCH = 2_000
_WRITERS = 20_091_127  # any number nobody else locks by


class _Pending:
    """What one transaction has changed, to be brought up to date once at its end."""

    def __init__(self) -> None:
        self.changed: dict[type[PublicModel], set[int]] = {}
        self.topics: set[str] = set()
        self.after: dict[Callable[[list[int]], None], set[int]] = {}


_pending: ContextVar[_Pending | None] = ContextVar("pending", default=None)


@contextmanager
def one_refresh() -> Iterator[None]:
    """Do several writes in one transaction and bring entries and versions up to date once."""
    if _pending.get() is not None:
        yield
        return
    pending = _Pending()
    token = _pending.set(pending)
    try:
        with transaction.atomic():
            _queue()
            yield
            _pending.set(None)
            for model, ids in pending.changed.items():
                _write_entries(model, sorted(ids))
            for count, ids in pending.after.items():
                count(sorted(ids))
            PageVersion.objects.bump(pending.topics)
    finally:
        _pending.reset(token)


def _queue() -> None:
    """Let one writer of public things in at a time, before it reads what it will build on.

    Two that read first and write later would each miss the other's row in a status, a count or an
    entry. SQLite has one writer by itself (its transactions begin IMMEDIATE).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS])


def afterwards(count: Callable[[list[int]], None], ids: Iterable[int]) -> None:
    """Have ``count`` run once with these keys, and others', when the transaction's writes are done.

    For figures that repeat a count of rows. Called inside ``one_refresh``.
    """
    pending = _pending.get()
    assert pending is not None  # noqa: S101 - the caller is inside one_refresh
    pending.after.setdefault(count, set()).update(ids)


def _write_entries(model: "type[PublicModel]", ids: Sequence[int]) -> None:
    """Write the entries of these rows; drop those of rows that are gone or no longer public."""
    if not model.entry_kind:
        return
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        entries = [
            Entry.of(model.entry_kind, row.pk, face)
            for row in model._default_manager.filter(pk__in=batch).with_face()  # type: ignore[attr-defined]
            if (face := row.face()) is not None
        ]
        Entry.objects.filter(kind=model.entry_kind, object_id__in=batch).delete()
        Entry.objects.bulk_create(entries, batch_size=500)


class PublicQuerySet(models.QuerySet[_M], Generic[_M]):
    """A QuerySet whose bulk writes keep search, activity and caches in step."""

    def with_face(self) -> Self:
        """With all that ``face()`` reads, in a constant number of queries."""
        return self

    def refresh(self) -> None:
        """Bring the entries of these rows, and of what shows them, up to date."""
        self.model.changed(list(self.values_list("pk", flat=True)))

    def update(self, **kwargs: Any) -> int:
        with one_refresh():
            ids = list(self.order_by().values_list("pk", flat=True))
            count = super().update(**kwargs)
            self.model.changed(ids)
        return count

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        with one_refresh():
            created = super().bulk_create(objs, *args, **kwargs)
            self.model.changed([row.pk for row in created])
        return created

    def bulk_update(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> int:
        objs = list(objs)
        with one_refresh():
            count = super().bulk_update(objs, *args, **kwargs)
            self.model.changed([row.pk for row in objs])
        return count

    def delete(self) -> tuple[int, dict[str, int]]:
        with one_refresh():
            ids = list(self.order_by().values_list("pk", flat=True))
            # While the rows are there: afterwards nothing says what showed them.
            self.model.changed(ids)
            return super().delete()


class PlainQuerySet(PublicQuerySet[_M]):
    """For models that answer no questions of their own."""


class PublicModel(models.Model):
    """A row that shows, or may come to show, on public pages.

    A subclass names the ``topic`` whose pages show it. One that can be found by itself has an
    ``entry_kind`` and a ``face()``; another says in ``shown_by`` whose entries it changes.
    """

    topic: ClassVar[str]
    entry_kind: ClassVar[str] = ""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with one_refresh():
            super().save(*args, **kwargs)
            self.changed([self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with one_refresh():
            pk = self.pk
            self.changed([pk])  # before, as in PublicQuerySet.delete
            return super().delete(*args, **kwargs)

    def face(self) -> Face | None:
        """What lists show of this; None while it is not public."""
        return None

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> "Iterable[models.QuerySet[Any]]":
        """QuerySets of other public rows whose entries change when these rows do."""
        return ()

    @classmethod
    def changed(cls, ids: Sequence[int]) -> None:
        """Note that these rows were written. Called inside the writer's transaction."""
        with one_refresh():
            pending = _pending.get()
            assert pending is not None  # noqa: S101 - one_refresh has just set it
            pending.topics.add(cls.topic)
            pending.changed.setdefault(cls, set()).update(ids)
            for others in cls.shown_by(ids):
                model = others.model
                noted = pending.changed.get(model, set())
                # What shows those changes too: a report's findings with its recommendations.
                if more := set(others.values_list("pk", flat=True)) - noted:
                    model.changed(sorted(more))


class Published(models.Model):
    """Something a person made public at a moment: both are known, or neither."""

    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by__isnull=True)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                name="%(class)s_published_when_and_by_whom",
            ),
        ]

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    def publish(self, *, by: User, at: datetime | None = None) -> None:
        """Make it public. Publishing twice changes nothing: the first moment stands."""
        if self.published_at is None:
            self.published_at, self.published_by = at or timezone.now(), by
            self.save(update_fields=["published_at", "published_by"])

    def withdraw(self) -> None:
        """Take it from public view. The row and its history stay."""
        if self.published_at is not None:
            self.published_at, self.published_by = None, None
            self.save(update_fields=["published_at", "published_by"])
