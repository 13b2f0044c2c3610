"""Who gets a copy: those the distribution clause names, and whoever asks."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import letters
from accounts.letters import File
from accounts.models import User
from recommendations.models import one_refresh
from recommendations.words import fold
from resolutions import documents
from resolutions.filling import country_of
from resolutions.models import (
    Association,
    ClauseKind,
    CopyRequest,
    Council,
    Delivery,
    Means,
    RecipientKind,
    Resolution,
    ResolutionText,
    Step,
    StepKind,
    TextStage,
)
from resolutions.stages import ENDED, IN_FORCE, IN_PREPARATION
from resolutions.texts import newest_texts

# How the events of letters begin: a copy that is owed, and one that somebody asked for.
COPY, ASKED = "copy-", "copy-asked-"
# A copy is due so long after the decision.
DUE_AFTER = timedelta(days=30)
# A source that was read says that the council decided.
OUTCOMES = IN_FORCE | ENDED
Link = Callable[[str], str]
_COPIES = re.compile(r"\b(?:copy|copies|copie)\b", re.IGNORECASE)
# Those who represent the place elsewhere: no office of ours, and called as the text calls them.
_REPRESENTATIVES = re.compile(
    r"""\b(?:members\ of\ [^,;:]{0,60}?\b(?:congress|parliament|senate|legislature|house|assembly)\b
            [^,;:]{0,40}?\ (?:(?:who|that|which)\ represent|representing)
        |d[ée]put[ée]e?s\b[^,;:]{0,80}?\ (?:qui\ représentent|représentant))
        \ [^,;:]{1,80}?
        (?=[,;:]|\.?\s*$|(?<=\w{4})\.
            |\ and\ (?:the|to|upon)\b|\ et\ (?:(?:à|aux?|l[ae]|les|sur)\b|l[’']))""",
    re.IGNORECASE | re.VERBOSE,
)


class AlreadySent(ValidationError):
    """This copy was sent before: a second one would be a nuisance."""


# ---- Whom the distribution clause names ----


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody a copy is owed to. ``words`` are the names a text may call them by, the whole one
    first.
    """

    kind: RecipientKind
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution clause of a resolution: its words, '' where there is none on record, and
    the offices recognised in it. It may name others, whom nothing here knows.
    """

    text: ResolutionText | None
    clause: str
    offices: tuple[Office, ...]


def text_of(resolution: Resolution) -> ResolutionText | None:
    """The words that are sent: as adopted, else as brought to the council."""
    texts = newest_texts(resolution)
    return texts.get(TextStage.ADOPTED) or texts.get(TextStage.SUBMITTED)


def distribution_of(resolution: Resolution) -> Distribution:
    """Whom the text on record says copies go to, in the order it names them."""
    text = text_of(resolution)
    clause = _clause(text) if text else ""
    if text is None or not clause:
        return Distribution(text, clause, ())
    offices = _offices(resolution.council, text.language) + _representatives(clause)
    return Distribution(text, clause, tuple(_named(clause, offices)))


def _clause(text: ResolutionText) -> str:
    """The distribution clause with its sub-items. In a text that was pasted no clause is marked as
    that: there it is every operative clause that speaks of copies.
    """
    groups: list[list[dict[str, str]]] = []
    for row in text.clauses:
        if row["kind"] == ClauseKind.SUB_ITEM and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    marked = [group for group in groups if group[0]["kind"] == ClauseKind.DISTRIBUTION]
    speaking = [
        group
        for group in groups
        if group[0]["kind"] == ClauseKind.RESOLVED and _COPIES.search(group[0]["text"])
    ]
    return " ".join(row["text"] for group in marked or speaking for row in group)


def _offices(council: Council, language: str) -> list[Office]:
    """Every office a text of this council can name, in the language of the text."""
    country, region = country_of(council), council.jurisdiction
    suffix = "fr" if language == "fr" else "en"
    places = [(RecipientKind.HEAD_OF_GOVERNMENT, country)]
    if region.pk != country.pk:
        places.append((RecipientKind.PREMIER, region))
    found = []
    for kind, place in places:
        whole, short = (getattr(place, f"{name}_{suffix}") for name in ("head", "head_short"))
        if whole:
            found.append(Office(kind, _capital(whole), tuple(filter(None, (whole, short)))))
    rows = Association.objects.filter(jurisdiction__in=[region, country]).order_by("order", "id")
    for row in rows:
        name = (row.name_fr if language == "fr" else "") or row.name_en
        found.append(Office(RecipientKind.ASSOCIATION, name, (name,)))
    return found


def _representatives(clause: str) -> list[Office]:
    clause = " ".join(clause.split())
    found = dict.fromkeys(match.group() for match in _REPRESENTATIVES.finditer(clause))
    return [Office(RecipientKind.OTHER, _capital(words), (words,)) for words in found]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plain(text: str) -> str:
    """As names are compared: without case, accents, full stops, and kinds of apostrophe."""
    return " ".join(fold(word) for word in text.replace("’", "'").split())


def _named(clause: str, offices: Iterable[Office]) -> list[Office]:
    """Those whose name stands in the clause. A short form counts where one office alone has it."""
    text = _plain(clause)
    rows = list(offices)
    names: dict[str, list[Office]] = {}
    for office in rows:
        for words in office.words:
            names.setdefault(_plain(words), []).append(office)
    found: dict[Office, int] = {}
    taken: list[tuple[int, int]] = []
    # The longest first: "premier of british columbia" before the "premier" in it.
    for name in sorted(names, key=lambda words: -len(words)):
        # "President" is no short form in "President of the Union".
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)(?! (?:of|du|de|des)\b)"
        for match in re.finditer(pattern, text):
            start, end = match.span()
            if any(start < other_end and end > other for other, other_end in taken):
                continue
            taken.append((start, end))
            if len(names[name]) == 1:
                found.setdefault(names[name][0], start)
    return sorted(found, key=lambda office: found[office])


def decided_on(resolution: Resolution) -> date | None:
    """The day of the decision that is in force; None while there is none."""
    if resolution.status not in IN_FORCE:
        return None
    step = _decision(resolution)
    return step.on if step else None


def _decision(resolution: Resolution) -> Step | None:
    """The newest decision that put the text in force, whether or not it still is."""
    steps = resolution.steps.filter(kind__in=IN_FORCE).order_by("on", "id")
    # A signature comes after the vote that counts.
    return steps.exclude(kind=StepKind.SIGNED).last() or steps.last()


@one_refresh()
def owe(resolution: Resolution) -> list[Delivery]:
    """Put the offices recognised in the distribution clause on the list. Gives back those who were
    not there; nobody while the resolution is not in force or no such clause is on record.
    """
    Resolution.objects.select_for_update().get(pk=resolution.pk)  # one list at a time
    decided = decided_on(resolution)
    if decided is None:
        return []
    _due_anew(resolution, decided)
    there = set(resolution.deliveries.values_list("recipient", flat=True))
    return Delivery.objects.bulk_create(
        Delivery(
            resolution=resolution,
            kind=office.kind,
            recipient=office.name,
            due_on=decided + DUE_AFTER,
        )
        for office in distribution_of(resolution).offices
        if office.name not in there
    )


def _due_anew(resolution: Resolution, decided: date) -> None:
    """Count the days of copies not sent yet from the decision that is in force, where they were
    counted from an earlier one. A day somebody chose stays.
    """
    earlier = resolution.steps.filter(kind__in=IN_FORCE, on__lt=decided)
    days = [on + DUE_AFTER for on in earlier.values_list("on", flat=True)]
    if days:
        late = resolution.deliveries.filter(sent_on__isnull=True, due_on__in=days)
        late.update(due_on=decided + DUE_AFTER)


@one_refresh()
def add(
    resolution: Resolution,
    *,
    kind: RecipientKind,
    recipient: str,
    email: str = "",
    due_on: date | None = None,
) -> Delivery:
    """Put somebody on the list by hand.

    Raises:
        ValidationError: they are on it.
    """
    Resolution.objects.select_for_update().get(pk=resolution.pk)
    recipient = " ".join(recipient.split())
    if any(_plain(row.recipient) == _plain(recipient) for row in resolution.deliveries.all()):
        raise ValidationError({"recipient": _("This recipient is on the list already.")})
    return resolution.deliveries.create(kind=kind, recipient=recipient, email=email, due_on=due_on)


@one_refresh()
def remove(delivery: Delivery) -> None:
    """Take somebody off the list who was put there by mistake, or whom nobody there has asked for.

    Raises:
        AlreadySent: somebody sent a copy, or one was acknowledged, which stays on record.
    """
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if not is_removable(row):
        raise AlreadySent(_("A copy was sent: that stays on record."))
    row.requests.all().delete()
    row.delete()


def is_removable(delivery: Delivery) -> bool:
    """Whether nothing would be lost: no copy was sent but what a request alone sent off."""
    if delivery.sent_on is None:
        return True
    by_request = delivery.sent_by_id is None and delivery.requests.exists()
    return by_request and delivery.acknowledged_on is None and delivery.replied_on is None


# ---- Sending, and what comes back ----


@one_refresh()
def record_sent(delivery: Delivery, *, on: date, means: Means, by: User) -> None:
    """Note that a copy was sent some other way.

    Raises:
        AlreadySent: it was sent before.
        ValidationError: the day is in the future, or before anything happened to the resolution.
    """
    if on > timezone.localdate():
        raise ValidationError(
            {"on": _("The date is in the future: write the day on which it was sent.")}
        )
    steps = delivery.resolution.steps.exclude(kind__in=IN_PREPARATION)
    first = steps.order_by("on", "id").first()
    if first is None:
        raise ValidationError(only_drafted())
    if on < first.on:
        raise ValidationError(
            {
                "on": _(
                    "That is before the first step on record, on %s. If something happened earlier,"
                    " record that first."
                )
                % date_format(first.on)
            }
        )
    _claim(delivery, on=on, means=means, by=by)


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out with a copy, in the language of the text."""

    subject: str
    body: str
    language: str


def letter_of(delivery: Delivery, *, by: User, link: Link) -> Letter:
    """The letter as it would go out now. ``link`` makes a whole address of a path.

    Raises:
        ValidationError: there is none to send; ``unsendable`` says why.
    """
    resolution = delivery.resolution
    distribution = distribution_of(resolution)
    text = distribution.text
    if text is None or (problem := unsendable(resolution, text)):
        raise ValidationError(no_text() if text is None else problem)
    named = {_plain(office.name) for office in distribution.offices}
    with translation.override(text.language):
        context = {
            **_of_letters(resolution, text, link),
            **_happened(resolution),
            "recipient": delivery.recipient,
            "is_named": _plain(delivery.recipient) in named,
            "by": by,
        }
        subject = _("For your information: %(name)s") % {"name": " ".join(resolution.name.split())}
        body = render_to_string("resolutions/copy_owed.txt", context)
    return Letter(subject, body.strip() + "\n", text.language)


def _happened(resolution: Resolution) -> dict[str, object]:
    """What the letter says of the decision: the day, the vote, and whether anybody checked it."""
    last = resolution.steps.order_by("on", "id").last()
    decision = _decision(resolution)
    counts = decision if resolution.status in IN_FORCE else last
    vote = ""
    if decision and decision.vote_method:
        vote = render_to_string("resolutions/_vote_words.html", {"step": decision})
    return {
        "last": last,
        "decision": decision,
        "vote": " ".join(vote.split()),
        "is_ended": resolution.status in ENDED,
        "is_reported": counts is not None and counts.verified_at is None,
    }


def send(delivery: Delivery, *, email: str, by: User, link: Link) -> None:
    """Send a copy by e-mail, with the text as PDF and for Word. ``link`` makes a whole address of
    a path. Sent twice at once (a double click), one letter goes out. It counts as sent from now on;
    if the letter has to be given up, the copy is owed again.

    Raises:
        AlreadySent: it was sent before.
        NoMail: this site sends none.
        ValidationError: there is nothing to send; ``unsendable`` says why.
    """
    letters.check_sends_mail()
    letter = letter_of(delivery, by=by, link=link)
    text = text_of(delivery.resolution)
    assert text is not None  # noqa: S101 - the letter is about it
    # Made before the copy is noted as sent: what can't be made is not sent.
    files = files_of(text)
    with one_refresh():
        _claim(delivery, on=timezone.localdate(), means=Means.EMAIL, by=by, email=email)
        letters.post(
            f"{COPY}{delivery.pk}-{uuid.uuid4().hex}",
            to=email,
            subject=letter.subject,
            text=letter.body,
            language=letter.language,
            files=files,
            reply_to=by.email,
        )


@one_refresh()
def not_sent(event: str) -> bool:
    """Owe a copy again whose letter is given up; whether it is. One that came all the same stays
    as it is.
    """
    rows = Delivery.objects.filter(
        pk=_number_in(event, COPY), acknowledged_on=None, replied_on=None
    )
    return bool(rows.update(sent_on=None, means="", sent_by=None))


def _number_in(event: str, prefix: str) -> int:
    return int(event.removeprefix(prefix).partition("-")[0])


def unsendable(resolution: Resolution, text: ResolutionText | None) -> str:
    """Why no letter with this text can go out; '' where one can."""
    if text is None:
        return no_text()
    if resolution.status in IN_PREPARATION:
        return only_drafted()
    return "" if resolution.is_public else not_public()


def no_text() -> str:
    return _("No text of this resolution is on record: record it first.")


def only_drafted() -> str:
    return _(
        "Nothing is on record beyond the draft: record first that it was submitted, or what was"
        " decided."
    )


def not_public() -> str:
    return _(
        "This resolution is not public yet, and the letter leads to its page. Ask an editor to"
        " publish it, then send the copy."
    )


def already_sent(delivery: Delivery) -> AlreadySent:
    return AlreadySent(
        _("A copy was sent to %(recipient)s on %(day)s already.")
        % {
            "recipient": delivery.recipient,
            "day": date_format(delivery.sent_on or timezone.localdate()),
        }
    )


def _claim(delivery: Delivery, *, on: date, means: Means, by: User, email: str = "") -> None:
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.sent_on:
        raise already_sent(row)
    row.sent_on, row.means, row.sent_by, row.email = on, means, by, email or row.email
    row.save(update_fields=["sent_on", "means", "sent_by", "email"])


def _of_letters(resolution: Resolution, text: ResolutionText, link: Link) -> dict[str, object]:
    """What both letters say: what it is, where it stands, and who brought it."""
    in_force = resolution.status in IN_FORCE
    return {
        "resolution": resolution,
        "council": resolution.council.placed(translation.get_language() or "en"),
        "is_adopted": text.stage == TextStage.ADOPTED,
        "in_force": in_force,
        "is_draft": resolution.status in IN_PREPARATION,
        # Nobody has read a source that says it was adopted.
        "is_reported": resolution.verified_status not in (IN_FORCE if in_force else OUTCOMES),
        "champion": resolution.champion,
        "link": link(resolution.get_absolute_url()),
    }


def files_of(text: ResolutionText) -> list[File]:
    """The text as PDF and for Word."""
    steps = list(text.resolution.steps.order_by("-on", "-id"))
    forms = (documents.Format.PDF, documents.Format.DOCX)
    return [documents.make_recorded(text, form, steps=steps) for form in forms]


@one_refresh()
def record_acknowledged(delivery: Delivery, *, on: date) -> None:
    """Note that the recipient said it has the copy.

    Raises:
        ValidationError: nothing was sent, or the day does not fit.
    """
    row = _answered(delivery, on)
    row.acknowledged_on = on
    row.save(update_fields=["acknowledged_on"])


@one_refresh()
def record_reply(delivery: Delivery, *, on: date, reply: str, reply_url: str) -> None:
    """Note what the recipient replied. A later reply stands in the place of an earlier one.

    Raises:
        ValidationError: nothing was sent, or the day does not fit.
    """
    row = _answered(delivery, on)
    row.replied_on, row.reply, row.reply_url = on, reply, reply_url
    row.save(update_fields=["replied_on", "reply", "reply_url"])


def _answered(delivery: Delivery, on: date) -> Delivery:
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.sent_on is None:
        raise ValidationError(_("Nothing was sent yet: record that first."))
    if on > timezone.localdate():
        raise ValidationError({"on": _("The date is in the future: write the day it came.")})
    if on < row.sent_on:
        raise ValidationError(
            {"on": _("That is before the copy was sent, on %s.") % date_format(row.sent_on)}
        )
    return row


# ---- Whoever asks ----


def ask(
    resolution: Resolution,
    text: ResolutionText,
    *,
    council: Council | None,
    municipality: str,
    email: str,
    language: str,
    link: Link,
) -> None:
    """Send a copy to a municipality that asks; each address gets one letter.

    A municipality chosen from the councils is on the public list from then on; one that somebody
    typed is only counted until ``list_request``. Asked again with the same address, nothing
    happens, and nothing says so.

    Raises:
        NoMail: this site sends none.
    """
    letters.check_sends_mail()
    email = email.strip().lower()
    files = files_of(text)
    with translation.override(language):
        subject = _("The copy you asked for: %(name)s") % {"name": resolution.name}
        body = render_to_string("resolutions/copy_asked.txt", _of_letters(resolution, text, link))
    with one_refresh():
        Resolution.objects.select_for_update().get(pk=resolution.pk)
        asked = resolution.copy_requests.filter(email=email).first()
        if asked is None:
            asked = CopyRequest(resolution=resolution, email=email)
        elif asked.sent_at:
            return
        asked.council, asked.municipality = council, " ".join(municipality.split())
        asked.language, asked.sent_at = language, timezone.now()
        asked.delivery = _noted(resolution, council) if council else None
        asked.save()
        Resolution.changed([resolution.pk])  # they are counted on its page
        letters.post(
            f"{ASKED}{asked.pk}-{uuid.uuid4().hex}",
            to=email,
            subject=subject,
            text=body,
            language=language,
            files=files,
        )


def _noted(resolution: Resolution, council: Council) -> Delivery:
    """The municipality's line of the list; where there is none, this request puts it there, as
    sent.

    A line that is there stays as it is: whoever asks may be anybody, and what the council owes
    that municipality is still owed.
    """
    name = council.placed(resolution.language)
    if row := resolution.deliveries.filter(recipient=name).first():
        return row
    return resolution.deliveries.create(
        recipient=name,
        kind=RecipientKind.MUNICIPALITY,
        sent_on=timezone.localdate(),
        means=Means.EMAIL,
    )


@one_refresh()
def not_sent_as_asked(event: str) -> bool:
    """Take back what was noted of a request whose letter is given up; whether it was there still.
    Asking again sends another letter.
    """
    asked = CopyRequest.objects.filter(pk=_number_in(event, ASKED)).first()
    if asked is None:
        return False
    CopyRequest.objects.filter(pk=asked.pk).update(sent_at=None)
    Resolution.changed([asked.resolution_id])
    # Unless another letter went there, nothing was sent: a line that requests made goes again.
    others = CopyRequest.objects.filter(delivery=asked.delivery_id, sent_at__isnull=False)
    if asked.delivery_id and not others.exists():
        made = Delivery.objects.filter(pk=asked.delivery_id, sent_by=None, sent_on__isnull=False)
        made.filter(acknowledged_on=None, replied_on=None).delete()
    return True


@one_refresh()
def list_request(asked: CopyRequest) -> Delivery:
    """Put a municipality that somebody typed on the public list: its name was looked at."""
    Resolution.objects.select_for_update().get(pk=asked.resolution_id)
    sent = timezone.localdate(asked.sent_at) if asked.sent_at else None
    row, _new = Delivery.objects.get_or_create(
        resolution_id=asked.resolution_id,
        recipient=asked.municipality,
        defaults={
            "kind": RecipientKind.MUNICIPALITY,
            "sent_on": sent,
            "means": Means.EMAIL if sent else "",
        },
    )
    asked.delivery = row
    asked.save(update_fields=["delivery"])
    Delivery.changed([row.pk])
    return row


@one_refresh()
def drop_request(asked: CopyRequest) -> None:
    """Forget a request: what was typed names no municipality."""
    CopyRequest.objects.filter(pk=asked.pk, delivery__isnull=True).delete()
    Resolution.changed([asked.resolution_id])  # they are counted on its page


# ---- What pages show ----


class Standing(models.TextChoices):
    """How far a copy has come."""

    LATE = "late", gettext_lazy("Late")
    DUE = "due", gettext_lazy("Due next")
    OWED = "owed", gettext_lazy("Not sent yet")
    SENT = "sent", gettext_lazy("Sent")
    ACKNOWLEDGED = "acknowledged", gettext_lazy("Acknowledged")
    REPLIED = "replied", gettext_lazy("Replied")
    LAPSED = "lapsed", gettext_lazy("No longer owed")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. ``is_asked`` is whether it is there because somebody asked."""

    delivery: Delivery
    standing: Standing
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Copies:
    """Who has a copy, who is owed one, and how many asked whose name nobody has looked at."""

    rows: tuple[Row, ...]
    unnamed: int

    @property
    def sent(self) -> list[Row]:
        return [row for row in self.rows if row.delivery.sent_on]

    @property
    def owed(self) -> list[Row]:
        return [row for row in self.rows if not row.delivery.sent_on]

    @property
    def late(self) -> list[Row]:
        return [row for row in self.rows if row.standing == Standing.LATE]


def copies_of(resolution: Resolution, today: date | None = None) -> Copies:
    """The list of a resolution: what is late, what is due next, what was sent, in two queries."""
    today = today or timezone.localdate()
    asked = CopyRequest.objects.filter(delivery=OuterRef("pk"))
    deliveries: list[Any] = list(
        resolution.deliveries.annotate(is_asked=Exists(asked)).order_by("id")
    )
    unsent = [
        row.due_on for row in deliveries if not row.sent_on and row.due_on and row.due_on >= today
    ]
    following = min(unsent, default=None)
    rows = [
        Row(row, _standing(row, resolution, today, following), row.is_asked) for row in deliveries
    ]
    order = list(Standing)
    rows.sort(key=lambda row: (order.index(row.standing), row.delivery.due_on or date.max))
    waiting = resolution.copy_requests.filter(delivery__isnull=True, sent_at__isnull=False)
    return Copies(tuple(rows), waiting.count())


def _standing(
    row: Delivery, resolution: Resolution, today: date, following: date | None
) -> Standing:
    if row.replied_on:
        return Standing.REPLIED
    if row.acknowledged_on:
        return Standing.ACKNOWLEDGED
    if row.sent_on:
        return Standing.SENT
    if row.due_on is None:
        return Standing.OWED
    if resolution.status not in IN_FORCE:
        return Standing.LAPSED
    if row.due_on < today:
        return Standing.LATE
    return Standing.DUE if row.due_on == following else Standing.OWED
