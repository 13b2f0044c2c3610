"""The findings of one recommendation: which stand, what corrects what, and who judges how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from django.db import models
from django.db.models import Max, OuterRef
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property

from recommendations.json_rows import JSONRows, attach, made
from recommendations.models import (
    Addressee,
    Finding,
    ProgressUpdate,
    Recommendation,
    Reply,
    Source,
)
from recommendations.paging import PER_PAGE

_F = TypeVar("_F", bound=Finding)
# So many findings of a recommendation are looked at to tell which stand.
LOOKED_AT = 2_000
# So many of the newest its page shows; the others are on the page of its history.
SHOWN, REPLIES_SHOWN = 12, 5

_SOURCE = [
    field.name for field in Source._meta.concrete_fields if field.name not in {"update", "reply"}
]
_REPLY = [
    field.attname
    for field in Reply._meta.concrete_fields
    if field.attname not in {"submitted_at", "submitted_by_id", "retracted_by_id"}
]


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of each finding of a recommendation, however many of them a page shows."""

    pk: int
    on: date
    status: str
    assessed_by: str
    corrects: int | None
    is_retracted: bool

    @property
    def assessor(self) -> str:
        """Who judged, however the name is spaced; '' for the editors of this site."""
        return " ".join(self.assessed_by.split()).casefold()


@dataclass(frozen=True, slots=True)
class Other:
    """Another finding, as one that it corrects or that corrects it names it."""

    on: date
    href: str


class Findings:
    """The marks of all public updates of a recommendation, or of all answers, newest first.

    ``kind`` is how their anchors begin: "update" or "reply". The page they are for shows the
    newest ``shown`` of them; the others have their place on the page of the history.
    """

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        recommendation: Recommendation,
        *,
        kind: str = "update",
        shown: int = 0,
    ) -> None:
        self.kind, self.shown = kind, shown
        self.history = reverse("recommendations:recommendation_history", args=[recommendation.code])
        self.marks = [
            Mark(
                pk=row["id"],
                on=date.fromisoformat(row["on"]),
                status=row.get("status", ""),
                assessed_by=row.get("assessed_by", ""),
                corrects=row["corrects_id"],
                is_retracted=row["retracted_at"] is not None,
            )
            for row in rows
        ]
        self._by_key = {mark.pk: mark for mark in self.marks}
        self._place = {mark.pk: n for n, mark in enumerate(self.marks)}
        self._corrected_by: dict[int, list[Mark]] = {}
        for mark in self.marks:
            if mark.corrects is not None and not mark.is_retracted:
                self._corrected_by.setdefault(mark.corrects, []).append(mark)

    def __len__(self) -> int:
        return len(self.marks)

    @cached_property
    def standing(self) -> list[Mark]:
        """Those that neither a correction nor a retraction has replaced."""
        return [
            mark
            for mark in self.marks
            if not mark.is_retracted and mark.pk not in self._corrected_by
        ]

    @cached_property
    def differing(self) -> list[Mark]:
        """The newest standing finding of each assessor where these do not all say the same."""
        newest: dict[str, Mark] = {}
        for mark in self.standing:
            newest.setdefault(mark.assessor, mark)
        return list(newest.values()) if len({mark.status for mark in newest.values()}) > 1 else []

    def _other(self, mark: Mark) -> Other:
        place, anchor = self._place[mark.pk], f"#{self.kind}-{mark.pk}"
        if place < self.shown:
            return Other(mark.on, anchor)
        # Answers all stand on the first page of it.
        page = place // PER_PAGE + 1 if self.kind == "update" else 1
        return Other(mark.on, f"{self.history}{f'?page={page}' if page > 1 else ''}{anchor}")

    def tell(self, finding: Finding) -> None:
        """Note on a finding what it corrects, as ``corrected``, and what has corrected it, as
        ``corrected_by``.
        """
        before = self._by_key.get(finding.corrects_id)
        after = self._corrected_by.get(finding.pk, ())
        finding.corrected = self._other(before) if before else None  # type: ignore[attr-defined]
        finding.corrected_by = [self._other(mark) for mark in after]  # type: ignore[attr-defined]


def marks(rows: "models.QuerySet[Any]", *names: str) -> JSONRows:
    """What ``Findings`` is made of, as a column; ``rows`` are of one recommendation."""
    newest = rows.public().newest_first()[:LOOKED_AT]  # type: ignore[attr-defined]
    return JSONRows(newest, "id", "on", "corrects_id", "retracted_at", *names)


def update_marks() -> JSONRows:
    """The marks of a recommendation's updates, as a column of its row."""
    return marks(
        ProgressUpdate.objects.filter(recommendation=OuterRef("pk")), "status", "assessed_by"
    )


def reply_marks() -> JSONRows:
    """The marks of what its addressees answered, as a column of its row."""
    return marks(Reply.objects.filter(recommendation=OuterRef("pk")))


def replies(limit: int = LOOKED_AT) -> JSONRows:
    """What its addressees answered, newest first, with sources, as a column of its row."""
    newest = Reply.objects.filter(recommendation=OuterRef("pk")).public().newest_first()[:limit]
    return JSONRows(
        newest,
        *_REPLY,
        name_en="addressee__name_en",
        name_fr="addressee__name_fr",
        sources=JSONRows(Source.objects.filter(reply=OuterRef("pk")).order_by("id"), *_SOURCE),
    )


def last_changes() -> dict[str, models.Subquery]:
    """When the newest of a recommendation's findings was published or retracted: columns of its
    row, of updates and of answers, as ``citing.changed_on`` reads them.
    """
    return {
        name: models.Subquery(
            model.objects.public()
            .filter(recommendation=OuterRef("pk"))
            .order_by()
            .values("recommendation")
            .annotate(changed_at=Max(Coalesce("retracted_at", "published_at")))
            .values("changed_at")
        )
        for name, model in (("updates_changed_at", ProgressUpdate), ("replies_changed_at", Reply))
    }


def made_replies(rows: Iterable[Mapping[str, Any]], findings: Findings) -> list[Reply]:
    """Answers out of the column ``replies``, each told what corrects it."""
    found = []
    for row in rows:
        names = {"name_en": row["name_en"], "name_fr": row["name_fr"]}
        addressee = Addressee(pk=row["addressee_id"], **names)
        reply = made(Reply, row, addressee=addressee)
        _complete(reply, row["sources"], findings)
        found.append(reply)
    return found


def updates(keys: Iterable[int], findings: Findings) -> dict[int, ProgressUpdate]:
    """Updates by their keys, with sources, each told what corrects it. One query."""
    found = {}
    for update in _with_sources().filter(pk__in=set(keys)):
        _complete(update, update.source_rows, findings)
        found[update.pk] = update
    return found


@cache  # to put it together takes as long as to ask it
def _with_sources() -> Any:
    sources = JSONRows(Source.objects.filter(update=OuterRef("pk")).order_by("id"), *_SOURCE)
    return ProgressUpdate.objects.public().annotate(source_rows=sources).order_by()


def _complete(finding: Finding, sources: Iterable[Mapping[str, Any]], findings: Findings) -> None:
    attach(finding, "sources", [made(Source, row) for row in sources])
    findings.tell(finding)
