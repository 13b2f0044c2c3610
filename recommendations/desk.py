"""Keeping findings true: writing them, what their history says, and who may publish them.

The verbs that bring a finding to the public are its own. What is here lets nobody do them to words
they have not seen: whoever saves or publishes answers to the wording they were shown, its mark.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from recommendations.differing import PUT, TAKEN, Segment, differences
from recommendations.models import (
    Finding,
    NotPossible,
    Precision,
    ProgressUpdate,
    Reply,
    ReplyKind,
    ReviewAct,
    ReviewEvent,
    ReviewState,
    Source,
    Status,
    one_refresh,
)

_F = TypeVar("_F", bound=Finding)


class Conflict(ValidationError):
    """Somebody else wrote first. ``theirs`` is what the finding says now."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(
            _("Somebody else changed this meanwhile. Yours is kept below, and not saved yet.")
        )
        self.theirs = theirs


def mark_of(finding: Finding) -> str:
    """What tells one wording of a finding, with its sources, from any other."""
    text = json.dumps(finding.words, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@contextmanager
def _as_it_is(finding: _F, mark: str) -> Iterator[_F]:
    """The finding as it is now, for one writer at a time.

    Raises:
        NotPossible: its words are not those that were shown.
    """
    with one_refresh():
        now = type(finding)._default_manager.get(pk=finding.pk)
        if mark_of(now) != mark:
            raise NotPossible(
                _("Somebody changed this meanwhile. Read what it says now, then decide again.")
            )
        yield now


# ---- Writing ----


def begin(finding: _F, sources: Sequence[Source], *, by: User) -> _F:
    """Save a new draft. Sent twice (a double click), the first one comes back.

    Raises:
        NotPossible: what it is to correct can't be corrected.
    """
    with one_refresh():
        words = finding.words_with(sources)
        drafts = (
            type(finding)
            ._default_manager.filter(published_at__isnull=True, corrects=finding.corrects)
            .filter(recommendation=finding.recommendation)
            .prefetch_related("sources")
        )
        for draft in drafts.filter(written_by=by, on=finding.on):
            if draft.words == words:
                return draft
        if finding.corrects:
            if drafts.exists():
                raise NotPossible(_("A correction of this is being written already."))
            check_correctable(finding.corrects)
        finding.save()
        _put(finding, sources)
        finding.note_writing(by=by)
        return finding


def rewrite(finding: _F, sources: Sequence[Source], *, by: User, mark: str) -> _F:
    """Save other words of a draft, as an answer to the wording of ``mark``.

    Raises:
        Conflict: it has another wording by now.
        NotPossible: it is published.
    """
    with one_refresh():
        theirs = type(finding)._default_manager.get(pk=finding.pk)
        if theirs.words == finding.words_with(sources):
            return theirs  # sent twice, or nothing was changed
        if theirs.is_public:
            raise NotPossible(_("This was published meanwhile. Correct it with a new one."))
        if mark_of(theirs) != mark:
            raise Conflict(theirs)
        finding.written_by_id = theirs.written_by_id
        finding.save()
        finding.sources.all().delete()
        _put(finding, sources)
        finding.note_writing(by=by)
        return finding


def _put(finding: Finding, sources: Sequence[Source]) -> None:
    for source in sources:
        source.update = finding if isinstance(finding, ProgressUpdate) else None
        source.reply = finding if isinstance(finding, Reply) else None
    Source.objects.bulk_create(sources)


def check_correctable(finding: Any) -> None:
    """Raises: NotPossible: it does not stand in public, so nothing is left to correct."""
    if finding.state != ReviewState.PUBLISHED or correction_of(finding, public=True):
        raise NotPossible(_("Only what stands in public can be corrected."))


def correction_of(finding: Any, *, public: bool) -> Any:
    """What corrects it in public, or is on its way to; None if nothing does."""
    rows = finding.corrections.filter(published_at__isnull=not public, retracted_at__isnull=True)
    return rows.first()


# ---- On its way ----


def submit(finding: Finding, *, by: User, mark: str) -> None:
    """Send what was read to review. Raises: as the verb does, and if other words are there."""
    with _as_it_is(finding, mark) as now:
        now.submit(by=by)


def send_back(finding: Finding, *, by: User, note: str, mark: str) -> None:
    """Give what was read back. Raises: as the verb does, and if other words are there."""
    with _as_it_is(finding, mark) as now:
        now.send_back(by=by, note=note)


def publish(finding: Finding, *, by: User, mark: str) -> None:
    """Make public what was read. Raises: as the verb does, and if other words are there."""
    with _as_it_is(finding, mark) as now:
        now.publish(by=by)


def retract(finding: Finding, *, by: User, reason: str) -> None:
    """Take it back in public. Raises: as the verb does."""
    with one_refresh():
        now = type(finding)._default_manager.get(pk=finding.pk)
        now.retract(by=by, reason=reason)


def may_publish(finding: Finding, user: User) -> bool:
    """Whether this editor is another than those who wrote it or sent it to review."""
    return user.pk not in {finding.written_by_id, finding.submitted_by_id}


def other_editors(finding: Finding) -> list[User]:
    """Who may publish it."""
    roles = Q(groups__name__in=[Role.EDITOR, Role.ADMINISTRATOR]) | Q(is_superuser=True)
    rows = User.objects.filter(roles, is_active=True).exclude(
        pk__in=[key for key in (finding.written_by_id, finding.submitted_by_id) if key]
    )
    return list(rows.distinct().order_by("name", "email"))


# ---- What changed ----


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a finding that says something else than before; ``language`` is that of the words,
    '' where they are the reader's."""

    label: str | Promise
    segments: tuple[Segment, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A part of what a finding said at some time."""

    label: str | Promise
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a history: what was done, the words then, and what differs from the act before.

    ``changes`` is None for the first.
    """

    event: ReviewEvent
    lines: list[Line]
    changes: list[Change] | None


# In the order in which they are told. Of the texts single words are compared.
_PARTS: dict[str, Any] = {
    "status": gettext_lazy("Status"),
    "kind": gettext_lazy("Answer"),
    "addressee": gettext_lazy("Addressee"),
    "on": gettext_lazy("As of"),
    "summary": gettext_lazy("Summary"),
    "quotation": gettext_lazy("Quotation"),
    "language": gettext_lazy("Language"),
    "assessed_by": gettext_lazy("Assessed by"),
}
_TEXTS = ("summary", "quotation")


def lines_of(words: dict[str, Any]) -> list[Line]:
    """What a finding said, part by part, its sources last."""
    language = words.get("language", "")
    lines = [
        Line(label, text, language if name in _TEXTS else "")
        for name, label in _PARTS.items()
        if (text := _said(name, words))
    ]
    return lines + [Line(_("Source"), source_line(row)) for row in words.get("sources", [])]


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What the later words say otherwise, part by part. Asks no query."""
    found = []
    for name, label in _PARTS.items():
        old, new = _said(name, before), _said(name, after)
        if old == new:
            continue
        if name in _TEXTS:
            segments = differences(old, new)
            found.append(Change(label, tuple(segments), after.get("language", "")))
        else:
            found.append(Change(label, _instead(old, new)))
    for old, new in _paired(before.get("sources", []), after.get("sources", [])):
        if old != new:
            found.append(Change(_("Source"), tuple(differences(old, new))))
    return found


def _instead(old: str, new: str) -> tuple[Segment, ...]:
    return tuple(Segment(op, text) for op, text in ((TAKEN, old), (PUT, new)) if text)


def _said(name: str, words: dict[str, Any]) -> str:
    """One part of the words, as people read it."""
    value = words.get(name) or ""
    if not value:
        return ""
    if name == "status":
        return str(Status(value).label) if value in Status.values else value
    if name == "kind":
        return str(ReplyKind(value).label) if value in ReplyKind.values else value
    if name == "on":
        return _day(value, Precision.DAY)
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    return str(value)


def _day(value: str, precision: str) -> str:
    on = date.fromisoformat(value)
    if precision == Precision.YEAR:
        return str(on.year)
    form = "YEAR_MONTH_FORMAT" if precision == Precision.MONTH else "DATE_FORMAT"
    return formats.date_format(on, form)


def source_line(row: dict[str, Any]) -> str:
    """A source in one line."""
    parts = [row.get(name) for name in ("publisher", "title", "url")]
    if row.get("archived_url"):
        parts.append(_("archived copy: %(url)s") % {"url": row["archived_url"]})
    for name, words in (("published", _("published %(day)s")), ("read", _("read %(day)s"))):
        if on := row.get(f"{name}_on"):
            day = _day(on, row.get(f"{name}_precision", Precision.DAY))
            parts.append(words % {"day": day})
    if language := row.get("language"):
        parts.append(_said("language", {"language": language}))
    return ", ".join(str(part) for part in parts if part)


def _paired(before: list[Any], after: list[Any]) -> Iterator[tuple[str, str]]:
    """The lines of each source then and now: the same link is the same source, else the same place
    among those left."""
    later = {row.get("url"): row for row in after}
    kept = [(row, later[row.get("url")]) for row in before if row.get("url") in later]
    urls = {row.get("url") for row, _now in kept}
    gone = [row for row in before if row.get("url") not in urls]
    came = [row for row in after if row.get("url") not in urls]
    for old, new in kept:
        yield source_line(old), source_line(new)
    for place in range(max(len(gone), len(came))):
        yield (
            source_line(gone[place]) if place < len(gone) else "",
            source_line(came[place]) if place < len(came) else "",
        )


def told(events: Sequence[ReviewEvent], before: ReviewEvent | None) -> list[Act]:
    """Acts of one finding, the newest first; ``before`` is the act before the oldest of them."""
    earlier: Iterable[ReviewEvent | None] = [*events, before][1:]
    return [
        Act(event, lines_of(event.words), changes(last.words, event.words) if last else None)
        for event, last in zip(events, earlier, strict=True)
    ]


def since_last_review(
    finding: Finding, events: Sequence[ReviewEvent]
) -> tuple[ReviewEvent | None, list[Change]]:
    """When it was in review before, and what changed since. ``events``: all acts, newest first."""
    sent = [event for event in events if event.act == ReviewAct.SUBMITTED]
    if finding.state == ReviewState.IN_REVIEW:
        sent = sent[1:]
    if not sent:
        return None, []
    return sent[0], changes(sent[0].words, finding.words)


def sent_back_with(events: Sequence[ReviewEvent]) -> ReviewEvent | None:
    """By which act it was sent back, while it waits for its writer. ``events``: newest first."""
    last = next((e for e in events if e.act in (ReviewAct.SENT_BACK, ReviewAct.SUBMITTED)), None)
    return last if last and last.act == ReviewAct.SENT_BACK else None
