"""Evidence anybody sends in about a recommendation, and what editors make of it.

The same link about the same recommendation is one row, however often and by whomever it is sent:
what each sender wrote is added to it, and each may ask to hear what came of it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import User
from recommendations import desk
from recommendations.links import plain_link
from recommendations.models import (
    Evidence,
    EvidenceAddress,
    EvidenceState,
    Finding,
    ProgressUpdate,
    Recommendation,
    Reply,
    Source,
    one_refresh,
)

# Characters of what one sender writes, and of what all senders of the same wrote.
LONGEST = 2_000
MOST_WORDS = 20_000
# An address waits for so many answers at a time: it may be somebody else's.
MOST_ANSWERS = 10
# So long an address is kept at most, whether anything came of it or not.
KEPT_FOR = timedelta(days=365)
_BATCH = 100


# ---- Sent ----


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of something just sent: ``fits`` says whether its words found room."""

    evidence: Evidence
    is_new: bool
    fits: bool = True


def fingerprint(recommendation: Recommendation, url: str) -> str:
    """The same for the same evidence, however often and by whomever it is sent."""
    said = f"recommendation:{recommendation.pk}\n{plain_link(url)}"
    return hashlib.sha256(said.encode()).hexdigest()


def is_there(recommendation: Recommendation, url: str) -> bool:
    """Whether somebody sent this before."""
    return Evidence.objects.filter(fingerprint=fingerprint(recommendation, url)).exists()


def known_by(recommendation: Recommendation, url: str) -> Finding | None:
    """The newest public finding that names this link as a source already. Two queries."""
    wanted = plain_link(url)
    rows = Source.objects.order_by("-id")
    shown = {"published_at__isnull": False, "retracted_at__isnull": True}
    # One question each: together they would look at every source there is.
    sources = chain(
        rows.filter(
            update__recommendation=recommendation,
            **{f"update__{name}": value for name, value in shown.items()},
        ).select_related("update"),
        rows.filter(
            reply__recommendation=recommendation,
            **{f"reply__{name}": value for name, value in shown.items()},
        ).select_related("reply"),
    )
    for source in sources:
        links = [link for link in (source.url, source.archived_url) if link]
        if wanted in map(plain_link, links):
            finding: ProgressUpdate | Reply | None = source.update or source.reply
            assert finding is not None  # noqa: S101 - asked for by it
            finding.recommendation = recommendation
            return finding
    return None


def send(
    recommendation: Recommendation, *, url: str, words: str, email: str = "", language: str = "en"
) -> Sent:
    """Keep what somebody sends in.

    The same again is counted in the same row, and other words are added to it. What was declined
    waits for review again, for the second sender may be right; so does what was known already where
    more is written about it now. ``email`` hears what came of it, once.
    """
    mark = fingerprint(recommendation, url)
    words = "\n".join(words.splitlines()).strip()
    try:
        with transaction.atomic():
            sent = _again(mark, words) or _first(
                recommendation, mark, url=url, words=words, language=language
            )
            _listen(sent.evidence, email, language)
            return sent
    except IntegrityError:  # somebody sent the same between the two lines
        with transaction.atomic():
            again = _again(mark, words)
            assert again is not None  # noqa: S101 - its fingerprint was in the way
            _listen(again.evidence, email, language)
        return again


def _first(recommendation: Recommendation, mark: str, **fields: Any) -> Sent:
    row = Evidence.objects.create(
        recommendation=recommendation, fingerprint=mark, key=secrets.token_urlsafe(16), **fields
    )
    return Sent(row, is_new=True)


def _again(mark: str, words: str) -> Sent | None:
    row = Evidence.objects.select_for_update().filter(fingerprint=mark).first()
    if row is None:
        return None
    changes: dict[str, Any] = {"times": F("times") + 1}
    is_said = f"\n\n{words}\n\n" in f"\n\n{row.words}\n\n"
    together = row.words if is_said else f"{row.words}\n\n{words}"
    fits = len(together) <= MOST_WORDS
    is_more = together != row.words and fits
    if is_more:
        changes["words"] = together
    if row.state == EvidenceState.DECLINED or (row.state == EvidenceState.KNOWN and is_more):
        changes["state"] = EvidenceState.WAITING
    Evidence.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    return Sent(row, is_new=False, fits=fits)


def _listen(evidence: Evidence, email: str, language: str) -> None:
    email = email.strip().lower()
    if not email or addresses_of(email).count() >= MOST_ANSWERS:
        return
    EvidenceAddress.objects.get_or_create(
        evidence=evidence, email=email, defaults={"language": language}
    )


# ---- Reviewed ----


@one_refresh()
def accept(
    evidence: Evidence, *, by: User, update: ProgressUpdate, source: Source, reason: str = ""
) -> ProgressUpdate:
    """Make a draft of it, written by ``by``: another editor publishes it. Whole or not at all.

    ``update`` and ``source`` are filled in and not saved yet.

    Raises:
        ValidationError: it was reviewed before.
    """
    row = check_waiting(evidence)
    update.recommendation = row.recommendation
    draft = desk.begin(update, [source], by=by)
    _review(row, EvidenceState.ACCEPTED, by=by, reason=reason, update=draft)
    return draft


@transaction.atomic
def decline(evidence: Evidence, *, by: User, reason: str) -> None:
    """Say that nothing is made of it, and why.

    Raises:
        ValidationError: it was reviewed before.
    """
    _review(check_waiting(evidence), EvidenceState.DECLINED, by=by, reason=reason, update=None)


@transaction.atomic
def known_already(
    evidence: Evidence, *, by: User, update: ProgressUpdate | None, reason: str = ""
) -> None:
    """Say that this is told already, by ``update`` if it is one.

    What a draft tells is accepted: its senders hear of it when that is published.

    Raises:
        ValidationError: it was reviewed before.
    """
    is_draft = update is not None and not update.is_public
    state = EvidenceState.ACCEPTED if is_draft else EvidenceState.KNOWN
    _review(check_waiting(evidence), state, by=by, reason=reason, update=update)


def check_waiting(evidence: Evidence) -> Evidence:
    """The evidence as it is now, held until the transaction ends.

    Raises:
        ValidationError: it was reviewed before.
    """
    row = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if row.state != EvidenceState.WAITING:
        raise ValidationError(_("This was reviewed already. Nothing was changed."))
    return row


def _review(row: Evidence, state: EvidenceState, *, by: User, **fields: Any) -> None:
    fields |= {"state": state, "reviewed_at": timezone.now(), "reviewed_by": by}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def shown_on(evidence: Evidence) -> ProgressUpdate | None:
    """The public update that came of it, or that told it before."""
    recommendation, update = evidence.recommendation, evidence.update
    is_shown = recommendation.is_public and recommendation.report.is_public
    if update is None or not update.is_public or not is_shown:
        return None
    update.recommendation = recommendation
    return update


# ---- Once a minute ----


def look_after() -> None:
    """Let wait again what has lost its draft, and write to those who asked. For once a minute."""
    lost = Evidence.objects.filter(state=EvidenceState.ACCEPTED, update=None)
    lost.update(state=EvidenceState.WAITING)
    if letters.sends_mail():  # else the addresses stay, and are written to once it does
        for pk in _due().values_list("pk", flat=True)[:_BATCH]:
            _tell(pk)


def _due() -> "QuerySet[EvidenceAddress]":
    """Addresses there is something to tell: what is written up is told once it is public."""
    return EvidenceAddress.objects.filter(
        Q(evidence__state__in=[EvidenceState.DECLINED, EvidenceState.KNOWN])
        | Q(evidence__state=EvidenceState.ACCEPTED, evidence__update__published_at__isnull=False)
    )


@transaction.atomic
def _tell(pk: int) -> None:
    """Write to a sender what came of it, and forget the address with that."""
    row = _due().filter(pk=pk).select_related("evidence__recommendation__report").first()
    # Claimed first: two workers at once send one letter.
    if row is None or not EvidenceAddress.objects.filter(pk=pk).delete()[0]:
        return
    evidence = row.evidence
    with translation.override(row.language):
        shown = shown_on(evidence)
        context = {
            "evidence": evidence,
            "is_retracted": bool(shown and shown.retracted_at),
            "link": letters.absolute(shown.get_absolute_url()) if shown else "",
        }
        subject = _("What came of the evidence you sent: %(code)s") % {
            "code": evidence.recommendation.code
        }
        body = render_to_string("recommendations/evidence_answer.txt", context)
    event = f"evidence-{evidence.pk}-{pk}"
    letters.post(event, to=row.email, subject=subject, text=body, language=row.language)


# ---- Forgotten ----


def old_addresses(now: datetime | None = None) -> "QuerySet[EvidenceAddress]":
    """Addresses nobody has written to within the time they are kept."""
    return EvidenceAddress.objects.filter(asked_at__lt=(now or timezone.now()) - KEPT_FOR)


def addresses_of(email: str) -> "QuerySet[EvidenceAddress]":
    """Where an address waits to hear what came of something."""
    return EvidenceAddress.objects.filter(email__iexact=email.strip())
