"""What people report of their councils, and what editors make of it."""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import User
from recommendations.links import plain_link
from recommendations.models import one_refresh
from resolutions import copies
from resolutions.forgetting import NO_FILE
from resolutions.models import (
    Council,
    Grade,
    Instrument,
    Resolution,
    Step,
    StepKind,
    StepSource,
    Tip,
    TipState,
    searchable,
)
from resolutions.starting import free_slug

Link = Callable[[str], str]
# Characters of what all senders of a report wrote, and bytes of all files that wait for review.
MOST_WORDS = 4_000
MOST_BYTES = 500 * 1024 * 1024


class NoRoom(ValidationError):
    """So many files wait for review that no other is taken."""


# ---- Sent ----


def fingerprint(
    *, council: Council | None, place: str, kind: StepKind | str, on: date, url: str
) -> str:
    """The same for the same report, however often and by whomever it is sent."""
    where = f"council:{council.pk}" if council else f"place:{searchable(place)}"
    said = "\n".join([where, str(kind), on.isoformat(), plain_link(url)])
    return hashlib.sha256(said.encode()).hexdigest()


def report(
    *,
    council: Council | None,
    place: str,
    kind: StepKind,
    on: date,
    url: str,
    instrument: Instrument = Instrument.COUNCIL_RESOLUTION,
    resolution: Resolution | None = None,
    words: str = "",
    email: str = "",
    language: str = "en",
    file: bytes | None = None,
    file_name: str = "",
    file_type: str = "",
) -> tuple[Tip, bool]:
    """Keep what somebody reports; whether it is new comes with it.

    The same report again is counted, not kept a second time. What the first one left out while it
    waits for review, an address or a file, the second one may bring, and more words. One that was
    declined waits for review again: the second sender may be right.

    Raises:
        NoRoom: too many files wait for review.
    """
    mark = fingerprint(council=council, place=place, kind=kind, on=on, url=url)
    fields: dict[str, Any] = {
        "council": council,
        "place": "" if council else " ".join(place.split()),
        "kind": kind,
        "on": on,
        "url": url,
        "instrument": instrument,
        "resolution": resolution,
        "words": words,
        "email": email.strip().lower(),
        "language": language,
        "file": file,
        "file_name": file_name if file else "",
        "file_type": file_type if file else "",
    }
    if file and _room() < len(file):
        raise NoRoom(
            {"file": _("No more files fit in just now. Send it without: the link alone will do.")}
        )
    try:
        with transaction.atomic():
            if known := _again(mark, fields):
                return known, False
            tip = Tip.objects.create(fingerprint=mark, key=secrets.token_urlsafe(16), **fields)
            return tip, True
    except IntegrityError:  # somebody sent the same between the two lines
        with transaction.atomic():
            known = _again(mark, fields)
        assert known is not None  # noqa: S101 - its fingerprint was in the way
        return known, False


def _room() -> int:
    """How many bytes of files may still come to wait for review."""
    waiting = Tip.objects.waiting().filter(file__isnull=False)
    return MOST_BYTES - (waiting.aggregate(n=Sum(Length("file")))["n"] or 0)


def _again(mark: str, fields: dict[str, Any]) -> Tip | None:
    tip = Tip.objects.select_for_update().filter(fingerprint=mark).first()
    if tip is None:
        return None
    changes: dict[str, Any] = {"times": F("times") + 1}
    if tip.state == TipState.DECLINED:
        changes |= {"state": TipState.WAITING, "reviewed_at": None, "reviewed_by": None}
        changes |= {"made_at": timezone.now(), "reason": ""}
    if TipState.WAITING in {tip.state, changes.get("state")}:
        if not tip.email:
            changes["email"] = fields["email"]
        if fields["words"] and fields["words"] not in tip.words:
            changes["words"] = "\n\n".join(filter(None, (tip.words, fields["words"])))[:MOST_WORDS]
        if not tip.file:
            changes |= {name: fields[name] for name in ("file", "file_name", "file_type")}
    Tip.objects.filter(pk=tip.pk).update(**changes)
    tip.refresh_from_db()
    return tip


# ---- Reviewed ----


def beside(tip: Tip) -> QuerySet[Tip]:
    """Other reports of the same: the same place, kind and day, with other links."""
    rows = Tip.objects.defer("file").filter(kind=tip.kind, on=tip.on).exclude(pk=tip.pk)
    if tip.council_id:
        return rows.filter(council=tip.council_id)
    return rows.filter(council=None, place__iexact=tip.place)


@one_refresh()
def accept(
    tip: Tip,
    *,
    by: User,
    council: Council | None,
    resolution: Resolution | None,
    instrument: str,
    kind: str,
    on: date,
    url: str,
    publisher: str,
    title: str,
    language: str,
    grade: str,
    verified: bool,
    publish: bool,
    reason: str,
    link: Link | None,
) -> Step:
    """Record what a tip reports as a step, with its link as the source; whole or not at all.

    Without a ``resolution`` one is made for the council. The sender, if they left an address, is
    told when all is written; ``link`` makes a whole address of a path, None tells nobody.

    Raises:
        StepNotPossible: ``Resolution.record_step`` refuses it.
        ValidationError: it was reviewed before, or no council is known.
    """
    row = check_waiting(tip)
    if resolution is None:
        if council is None:
            raise ValidationError({"council": _("Choose the council this is about.")})
        resolution = Resolution.objects.create(
            slug=free_slug(council, on.year),
            council=council,
            instrument=instrument,
            language=language,
        )
    step = resolution.record_step(StepKind(kind), on=on, by=by)
    StepSource.objects.get_or_create(
        step=step,
        url=url,
        defaults={
            "publisher": publisher,
            "title": title,
            "language": language,
            "grade": Grade(grade),
        },
    )
    if verified:
        Step.objects.filter(pk=step.pk).verify(by=by)
    copies.owe(resolution)
    if publish:
        resolution.publish(by=by)
    _review(row, TipState.ACCEPTED, by=by, reason=reason, resolution=resolution, step=step)
    _tell(row, link)
    return step


@transaction.atomic
def decline(tip: Tip, *, by: User, reason: str, link: Link | None) -> None:
    """Say that nothing is made of it, and why. What was attached goes.

    Raises:
        ValidationError: it was reviewed before.
    """
    row = check_waiting(tip)
    _review(row, TipState.DECLINED, by=by, reason=reason, **NO_FILE)
    _tell(row, link)


@transaction.atomic
def known_already(
    tip: Tip, *, by: User, resolution: Resolution | None, reason: str, link: Link | None
) -> None:
    """Say that this is on record. What was attached goes.

    Raises:
        ValidationError: it was reviewed before.
    """
    row = check_waiting(tip)
    _review(row, TipState.DUPLICATE, by=by, reason=reason, resolution=resolution, **NO_FILE)
    _tell(row, link)


def check_waiting(tip: Tip) -> Tip:
    """The tip as it is now, held until the transaction ends.

    Raises:
        ValidationError: it was reviewed before.
    """
    row = Tip.objects.select_for_update().get(pk=tip.pk)
    if row.state != TipState.WAITING:
        raise ValidationError(_("Somebody has reviewed this already."))
    return row


def _review(tip: Tip, state: TipState, *, by: User, **fields: Any) -> None:
    fields |= {"state": state, "reviewed_at": timezone.now(), "reviewed_by": by}
    for name, value in fields.items():
        setattr(tip, name, value)
    tip.save(update_fields=list(fields))


# ---- The letter to the sender ----


def _tell(tip: Tip, link: Link | None) -> None:
    # Where no mail is sent the address is kept: an editor can write later.
    if tip.email and link and letters.sends_mail():
        tell(tip, link)


@transaction.atomic
def tell(tip: Tip, link: Link) -> None:
    """Write to the sender what came of it, and forget their address with that.

    Raises:
        NoMail: this site sends none; the address is kept.
    """
    letters.check_sends_mail()
    # Claimed first: two who press at once send one letter.
    if not Tip.objects.filter(pk=tip.pk, email=tip.email).update(email=""):
        return
    with translation.override(tip.language):
        shown = tip.resolution if tip.resolution and tip.resolution.is_public else None
        context = {
            "tip": tip,
            "link": link(shown.get_absolute_url()) if shown else "",
        }
        subject = _("What came of your report: %(place)s") % {"place": tip.council or tip.place}
        body = render_to_string("resolutions/tip_reviewed.txt", context)
    event = f"tip-{tip.pk}-{uuid.uuid4().hex}"
    letters.post(event, to=tip.email, subject=subject, text=body, language=tip.language)
    tip.email = ""
