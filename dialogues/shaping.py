"""Shaping a report: which of its parts are shown, in what order, under what heading and words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Dialogue, PartKind, ReportPart

# What a facilitator writes of a part.
WRITTEN = ("heading", "heading_fr", "text", "text_fr")


class Conflict(ValidationError):
    """Somebody else changed the part first. ``theirs`` is what it says now."""

    def __init__(self, theirs: ReportPart) -> None:
        super().__init__(_("Somebody else changed this meanwhile. Both wordings are shown."))
        self.theirs = theirs


def parts_of(dialogue: Dialogue) -> list[ReportPart]:
    """Every part of the report in its order. Those nobody changed yet are not saved."""
    rows = {row.kind: row for row in dialogue.parts_of_report.all()}
    order = sorted(rows, key=lambda kind: (rows[kind].order, rows[kind].pk))
    for place, kind in enumerate(PartKind.values):
        if kind not in rows:
            # After the one it follows in the report of 2009.
            before = PartKind.values[place - 1] if place else None
            order.insert(order.index(before) + 1 if before else 0, kind)
            rows[kind] = ReportPart(dialogue=dialogue, kind=kind)
    for number, kind in enumerate(order, 1):
        rows[kind].order = number
    return [rows[kind] for kind in order]


@contextmanager
def _shaping(dialogue: Dialogue) -> Iterator[dict[str, ReportPart]]:
    """All parts as rows, in their order, for one writer at a time."""
    with transaction.atomic():
        Dialogue.objects.select_for_update().get(pk=dialogue.pk)
        parts = parts_of(dialogue)
        if new := [part for part in parts if part.pk is None]:
            ReportPart.objects.bulk_create(new)
            ReportPart.objects.bulk_update(parts, ["order"])
        yield {part.kind: part for part in parts}


def show(dialogue: Dialogue, kind: str, is_shown: bool) -> ReportPart:
    """Show a part in the report, or leave it out. What is written for it stays."""
    with _shaping(dialogue) as parts:
        part = parts[kind]
        part.is_shown = is_shown
        part.save(update_fields=["is_shown"])
        return part


def move(dialogue: Dialogue, kind: str, by: int) -> tuple[int, int]:
    """Move a part up (-1) or down (1); says its place and how many there are."""
    with _shaping(dialogue) as parts:
        rows = list(parts.values())
        place = rows.index(parts[kind])
        there = min(max(place + by, 0), len(rows) - 1)
        rows.insert(there, rows.pop(place))
        for number, row in enumerate(rows, 1):
            row.order = number
        ReportPart.objects.bulk_update(rows, ["order"])
        return there + 1, len(rows)


def write(dialogue: Dialogue, kind: str, words: dict[str, str], *, revision: int) -> ReportPart:
    """Write heading and text of a part, as an answer to the wording of ``revision``.

    Raises:
        Conflict: it has another wording by now.
    """
    with _shaping(dialogue) as parts:
        part = parts[kind]
        if all(getattr(part, name) == words[name] for name in WRITTEN if name in words):
            return part  # sent twice, or by two who wrote the same
        if part.revision != revision:
            raise Conflict(part)
        for name in WRITTEN:
            if name in words:
                setattr(part, name, words[name])
        part.revision += 1
        part.save(update_fields=[*WRITTEN, "revision"])
        return part


def put_back(dialogue: Dialogue) -> None:
    """Show every part again, in the order of the report of 2009. What is written stays."""
    with _shaping(dialogue) as parts:
        for number, kind in enumerate(PartKind.values, 1):
            parts[kind].order, parts[kind].is_shown = number, True
        ReportPart.objects.bulk_update(list(parts.values()), ["order", "is_shown"])
