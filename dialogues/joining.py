"""Taking a seat, agreeing to things, and leaving no trace if one wishes."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import User
from dialogues import capturing, recalling, running
from dialogues.models import (
    Answer,
    Attribution,
    Batch,
    Channel,
    Commitment,
    Consent,
    ConsentPurpose,
    Contribution,
    ContributionState,
    Dialogue,
    Invitation,
    Participant,
    Room,
)
from recommendations.models import one_refresh

# What needs an address: with none of them in force it is nobody's to keep.
WRITTEN_TO = (ConsentPurpose.CONTACT, ConsentPurpose.REPORT)
# How the events of letters begin that stand on each of them.
_LETTERS = {ConsentPurpose.CONTACT: "^(commitment|said)-", ConsentPurpose.REPORT: "^edition-"}


def purposes(dialogue: Dialogue) -> list[ConsentPurpose]:
    """What participants of a dialogue are asked, in order: a name only where names may show."""
    asked = [ConsentPurpose.RECORD, ConsentPurpose.PUBLISH]
    if dialogue.attribution == Attribution.NAME:
        asked.append(ConsentPurpose.NAME)
    if dialogue.attribution != Attribution.ANONYMOUS:
        asked += WRITTEN_TO
    return asked


def wording(dialogue: Dialogue, purpose: ConsentPurpose) -> str:
    """What a participant agrees to, in the active language: what is kept, how long, whom to ask."""
    ask = dialogue.privacy_contact or _("the facilitator")
    if purpose == ConsentPurpose.RECORD:
        if dialogue.keep_until:
            return _(
                "What I say is kept for the record of this dialogue. What is kept about me is"
                " erased on %(day)s. Questions go to %(ask)s."
            ) % {"day": date_format(dialogue.keep_until), "ask": ask}
        return _(
            "What I say is kept for the record of this dialogue. What is kept about me stays until"
            " I ask for it to be erased. Questions go to %(ask)s."
        ) % {"ask": ask}
    if purpose == ConsentPurpose.PUBLISH:
        return _(
            "What I say may be published in the report of this dialogue, for as long as the report"
            " is public. I can take this back; then it is removed."
        )
    if purpose == ConsentPurpose.NAME:
        if dialogue.keep_until:
            return _(
                "My name may stand beside what I say, wherever it is published, until %(day)s."
            ) % {"day": date_format(dialogue.keep_until)}
        return _("My name may stand beside what I say, wherever it is published.")
    if purpose == ConsentPurpose.REPORT:
        return _(
            "The report of this dialogue may be sent to my address when it is published, and when"
            " it is corrected. I can stop that at any time."
        )
    return _(
        "I may be written to about this dialogue: what was recorded of me, and what became of what"
        " I said I would do. My address is used for nothing else."
    )


# What a participant may tell of themselves, and what of it is no name.
DETAILS = ("name", "affiliation", "sector", "email", "language")
NAMELESS = ("sector", "language")


def asked_details(dialogue: Dialogue) -> tuple[str, ...]:
    """Which details a dialogue keeps: an anonymous one asks nobody's name."""
    return NAMELESS if dialogue.attribution == Attribution.ANONYMOUS else DETAILS


def take_seat(
    dialogue: Dialogue,
    *,
    channel: Channel,
    details: Mapping[str, str] | None = None,
    agreed: Iterable[ConsentPurpose] = (),
    batch: Batch | None = None,
) -> Participant:
    """Give somebody the next seat. ``details``: name, affiliation, sector, email, language.

    Raises:
        ValidationError: the room is closed to phones.
    """
    with Room.objects.saying(dialogue) as room:
        if channel == Channel.PHONE and not room.is_open:
            raise ValidationError(_("Joining is closed. Ask the facilitator."), code="closed")
        [participant] = _seat(room, [details or {}], channel, batch)
        for purpose in agreed:
            agree(participant, purpose)
    running.queue_up(participant)
    return participant


def _seat(
    room: Room, people: Sequence[Mapping[str, str]], channel: Channel, batch: Batch | None
) -> list[Participant]:
    kept = asked_details(room.dialogue)
    return Participant.objects.bulk_create(
        [
            Participant(
                dialogue=room.dialogue,
                seat=seat,
                channel=channel,
                batch=batch,
                **{
                    "language": room.dialogue.language,
                    **{name: details[name] for name in kept if details.get(name)},
                },
            )
            for seat, details in zip(room.numbered("seat", len(people)), people, strict=True)
        ]
    )


def seat_list(
    dialogue: Dialogue,
    people: Iterable[Mapping[str, str]],
    *,
    by: User,
    with_doubles: bool = False,
) -> list[Participant]:
    """Give everybody on a list a seat, together; those who have one already only on request.

    Sent twice, the list is therefore seated once.
    """
    with Room.objects.saying(dialogue) as room:
        known, new = known_people(dialogue), []
        for details in people:
            if with_doubles or not known & marks(details):
                new.append(details)
                known |= marks(details)
        if not new:
            return []
        batch = Batch.objects.create(dialogue=dialogue, made_by=by)
        seated = _seat(room, new, Channel.IMPORT, batch)
    running.queue_up(seated[0])
    return seated


def marks(details: Mapping[str, Any]) -> set[str]:
    """By what somebody is known again: the address, or the name with the affiliation."""
    name, affiliation = (details.get(key, "").casefold() for key in ("name", "affiliation"))
    email = details.get("email", "").casefold()
    return {mark for mark in (email, f"{name}|{affiliation}" if name else "") if mark}


def known_people(dialogue: Dialogue) -> set[str]:
    """The marks of all who have a seat."""
    rows = dialogue.participants.values("name", "affiliation", "email")
    return set().union(*(marks(row) for row in rows))


def undo_list(batch: Batch) -> tuple[int, list[int]]:
    """Take a list back: how many seats went, and those that stay, for they took part or agreed."""
    with Room.objects.saying(batch.dialogue):
        busy = Q(statements__isnull=False) | Q(voted__isnull=False) | Q(consents__isnull=False)
        busy |= Q(turns__started_at__isnull=False) | Q(has_left=True)
        staying = sorted(set(batch.participants.filter(busy).values_list("seat", flat=True)))
        going = batch.participants.exclude(seat__in=staying)
        n = going.count()
        going.delete()
        if batch.undone_at is None:
            batch.undone_at = timezone.now()
            batch.save(update_fields=["undone_at"])
        return n, staying


def change_details(participant: Participant, details: Mapping[str, str]) -> Participant:
    """Put right who it is, wherever that shows."""
    with Room.objects.saying(participant.dialogue) as room:
        fields = [name for name in asked_details(room.dialogue) if name in details]
        for name in fields:
            setattr(participant, name, details[name])
        participant.save(update_fields=fields)
        _changed(room, participant)
        return participant


def hold_seat(participant: Participant, is_held: bool) -> Participant:
    """Let what comes from a seat from now on wait for review, whatever its round says, or not."""
    with Room.objects.saying(participant.dialogue):
        participant.is_held = is_held
        participant.save(update_fields=["is_held"])
        return participant


def leave(participant: Participant, has_left: bool = True) -> Participant:
    """Note that somebody has gone, or is back and may speak."""
    with Room.objects.saying(participant.dialogue):
        participant.has_left = has_left
        participant.save(update_fields=["has_left"])
        if not has_left:
            running.queue_up(participant)
        return participant


def same_person(participant: Participant) -> list[Participant]:
    """Other seats that somebody of the same name, or of the same address, holds."""
    known = {text for text in (participant.name.casefold(), participant.email.casefold()) if text}
    others = participant.dialogue.participants.exclude(pk=participant.pk).order_by("seat")
    return [one for one in others if known & {one.name.casefold(), one.email.casefold()}]


def join_seats(kept: Participant, other: Participant) -> Participant:
    """Make one seat of two that the same person holds: on the list, say, and with a phone.

    What came from ``other`` is now of ``kept``, which takes the details it lacks, and the phone;
    two votes in one round were counted, and stay so, for nobody knows which they were.

    Raises:
        ValidationError: they are one and the same, or of two dialogues.
    """
    if kept.pk == other.pk or kept.dialogue_id != other.dialogue_id:
        raise ValidationError(_("Choose another seat of this dialogue."), code="seat")
    with one_refresh(), Room.objects.saying(kept.dialogue) as room:
        kept, other = (Participant.objects.get(pk=one.pk) for one in (kept, other))
        _give_turns(other, kept)
        for statement in list(other.statements.all()):
            statement.dialogue, statement.version = room.dialogue, room.version
            statement.participant = kept
            room.write(statement, ["participant", "version"])
        voted = other.voted.exclude(item__in=kept.voted.values("item"))
        voted.update(participant=kept)
        _give_consents(other, kept)
        for name in asked_details(room.dialogue):
            if not getattr(kept, name):
                setattr(kept, name, getattr(other, name))
        kept.is_held |= other.is_held
        kept.has_left &= other.has_left
        kept.joined_at = min(kept.joined_at, other.joined_at)
        if other.channel == Channel.PHONE:
            kept.key, kept.channel = other.key, other.channel
        other.delete()
        kept.dialogue = room.dialogue
        kept.save()
        for given in kept.consents.filter(withdrawn_at__isnull=True):
            ended = kept.consents.filter(purpose=given.purpose, withdrawn_at__gt=given.given_at)
            if not all(one.has_run_out for one in ended):
                take_back(kept, ConsentPurpose(given.purpose))
        _changed(room, kept)
        return kept


def _give_turns(other: Participant, kept: Participant) -> None:
    there = {turn.item_id: turn for turn in kept.turns.all()}
    for turn in other.turns.all():
        double = there.get(turn.item_id)
        if double is None:
            stays, goes = turn, None
        elif double.started_at is None and turn.started_at is not None:
            stays, goes = turn, double
        else:
            stays, goes = double, turn
        if goes:
            QuerySet.update(goes.statements.all(), turn=stays)
            goes.delete()
        stays.participant = kept
        stays.save(update_fields=["participant"])


def _give_consents(other: Participant, kept: Participant) -> None:
    """Give what is no double: in force is one of a purpose, the one that is there already."""
    today = timezone.localdate()
    open_ones = {one.purpose: one for one in kept.consents.all() if one.withdrawn_at is None}
    for consent in other.consents.all():
        double = open_ones.get(consent.purpose) if consent.withdrawn_at is None else None
        if double and not double.is_in_force(today):
            kept.consents.filter(pk=double.pk).update(withdrawn_at=timezone.now())
        elif double:
            continue
        other.consents.filter(pk=consent.pk).update(participant=kept)


def _changed(room: Room, participant: Participant) -> None:
    """What may be said of a participant has changed: so have the pages that say it."""
    if room.dialogue.is_public:
        Contribution.changed(list(participant.statements.values_list("pk", flat=True)))


def agree(participant: Participant, purpose: ConsentPurpose) -> Consent:
    """Record a consent with the words it was asked in. Given twice, it is there once."""
    with Room.objects.saying(participant.dialogue) as room:
        there = participant.consents.filter(purpose=purpose, withdrawn_at__isnull=True).first()
        if there is not None:
            if there.is_in_force(timezone.localdate()):
                return there
            # It has run out; nothing that stood on it is touched, for it is given again.
            Consent.objects.filter(pk=there.pk).update(withdrawn_at=timezone.now())
        consent = Consent.objects.create(
            participant=participant,
            purpose=purpose,
            wording=wording(room.dialogue, purpose),
            language=(get_language() or "en")[:2],
            expires_on=_expiry(room.dialogue, purpose),
        )
        if purpose == ConsentPurpose.NAME:
            _changed(room, participant)
        return consent


def _expiry(dialogue: Dialogue, purpose: ConsentPurpose) -> date | None:
    # What is published stays so; the rest is about details that are erased on that day.
    return None if purpose == ConsentPurpose.PUBLISH else dialogue.keep_until


def take_back(participant: Participant, purpose: ConsentPurpose) -> None:
    """End a consent, and what stood on it: unpublished words are withdrawn, addresses erased.

    What may not be kept may not be published either.
    """
    with Room.objects.saying(participant.dialogue) as room:
        participant.consents.filter(purpose=purpose, withdrawn_at__isnull=True).update(
            withdrawn_at=timezone.now()
        )
        if purpose == ConsentPurpose.CONTACT:
            _stop_asking(participant)
        if purpose in WRITTEN_TO:
            _write_no_more(participant, _LETTERS[purpose])
        if purpose in WRITTEN_TO and participant.email and not _is_written_to(participant):
            participant.email = ""
            participant.save(update_fields=["email"])
            _write_no_more(participant)
        if purpose == ConsentPurpose.RECORD:
            take_back(participant, ConsentPurpose.PUBLISH)
        if purpose == ConsentPurpose.PUBLISH and room.dialogue.is_public:
            for statement in participant.statements.filter(state=ContributionState.POSTED):
                capturing.take_back(statement)
            _hold_joined(participant, _("In it are words whose maker took back their consent."))
        if purpose == ConsentPurpose.PUBLISH:
            recalling.withdraw_words(participant.statements.all())
        if purpose == ConsentPurpose.NAME:
            recalling.withdraw_names(_told(participant))
            _changed(room, participant)


def _told(participant: Participant) -> QuerySet[Contribution]:
    """What somebody said, with what may be told of who it was. Read anew."""
    rows = Contribution.objects.filter(participant=participant.pk).select_related("dialogue")
    return rows.with_attribution().order_by()


def _stop_asking(participant: Participant) -> None:
    """Ask nobody how a commitment went who may not be written to; no page shows whom we ask."""
    rows: QuerySet[Commitment] = QuerySet(Commitment)
    rows.filter(
        statement__participant=participant, asks_since__isnull=False, stopped_at__isnull=True
    ).update(stopped_at=timezone.now())


def _is_written_to(participant: Participant) -> bool:
    """Whether a consent is in force that needs the address. Asked of the database."""
    return participant.consents.in_force().filter(purpose__in=WRITTEN_TO).exists()


def _write_no_more(participant: Participant, kinds: str = "") -> None:
    """Erase letters to somebody that wait: all of them, or those of the kinds of a pattern."""
    waiting = letters.about(f"participant-{participant.pk}")
    letters.erase(waiting.filter(event__regex=kinds) if kinds else waiting)


def _hold_joined(participant: Participant, reason: str) -> None:
    """Let those who run the dialogue look at what others said that this one's words are in."""
    holding = Contribution.words_of.through.objects.filter(to_contribution__participant=participant)
    rows = Contribution.objects.filter(pk__in=holding.values("from_contribution"))
    rows = rows.exclude(participant=participant).exclude(state=ContributionState.WITHDRAWN)
    held = [capturing.hold(one, reason=reason) for one in rows.select_related("dialogue")]
    recalling.withdraw_words(held)


def consent_to(participant: Participant, wanted: Iterable[ConsentPurpose]) -> None:
    """Bring what somebody agrees to in line with a list of boxes they ticked."""
    wanted = set(wanted)
    with Room.objects.saying(participant.dialogue):
        for purpose in purposes(participant.dialogue):
            in_force = participant.consents.in_force().filter(purpose=purpose).exists()
            if in_force and purpose not in wanted:
                take_back(participant, purpose)
        for purpose in purposes(participant.dialogue):
            if purpose in wanted:
                agree(participant, purpose)


def new_key(participant: Participant) -> None:
    """Make every private link and phone of this seat void."""
    participant.key = uuid.uuid4()
    participant.save(update_fields=["key"])


def may_be_written_to(participant: Participant) -> bool:
    """Whether there is an address, and its owner agreed to its being used."""
    return bool(participant.email) and participant.agrees_to(ConsentPurpose.CONTACT)


def erase_details(participant: Participant) -> None:
    """Forget who it was. The seat and what was said stay.

    The private link goes on working: it names nobody, and is how somebody can still take back what
    is published of them.
    """
    with Room.objects.saying(participant.dialogue) as room:
        participant.name = participant.affiliation = participant.email = ""
        participant.save(update_fields=["name", "affiliation", "email"])
        _write_no_more(participant)
        _changed(room, participant)


def erase(participant: Participant) -> int:
    """Remove a participant and all they gave, with its history; says how many statements.

    A statement into which somebody else's was merged stands for others too: it stays, without the
    seat and without earlier wordings, and waits for review like what somebody else said that their
    words were joined into, so that those who run the dialogue can take their words out of it.
    """
    with one_refresh(), Room.objects.saying(participant.dialogue) as room:
        reason = _("In it are words of somebody who erased theirs.")
        _hold_joined(participant, reason)
        theirs = list(participant.statements.all())
        recalling.withdraw_words(theirs)
        others = Contribution.objects.exclude(participant=participant).order_by()
        shared = set(
            others.filter(replaced_by__in=theirs).values_list("replaced_by", flat=True)
        ) | set(others.filter(words_in__in=theirs).values_list("words_in", flat=True))
        gone = [statement for statement in theirs if statement.pk not in shared]
        keys = [statement.pk for statement in theirs]
        gone_keys = [statement.pk for statement in gone]
        for statement in theirs:
            statement.dialogue = room.dialogue
            if statement.pk in shared:
                if statement.state != ContributionState.WITHDRAWN:
                    statement = capturing.hold(statement, reason=reason)
                statement.spoken, statement.participant = "", None
                statement.erased_at, statement.version = timezone.now(), room.version
                room.write(statement, ["spoken", "participant", "erased_at", "version"])
        # What became of a commitment is its maker's, also where the statement stands for others.
        Commitment.objects.filter(statement__in=keys).delete()
        for statement in gone:
            statement.parts.update(part_of=None)
            statement.delete()
        # Last: to save or delete a row writes history too.
        Answer.history.filter(contribution_id__in=gone_keys).delete()
        Contribution.history.filter(id__in=keys).delete()
        _write_no_more(participant)
        participant.delete()
        return len(gone)


def due(today: date | None = None) -> QuerySet[Participant]:
    """Those of whom details are kept whose day of erasure has come."""
    return Participant.objects.filter(
        dialogue__keep_until__lte=today or timezone.localdate()
    ).exclude(name="", affiliation="", email="")


def retire(today: date | None = None) -> int:
    """Forget who took part in dialogues whose day of erasure has come; says how many people."""
    people = list(due(today).select_related("dialogue"))
    for participant in people:
        erase_details(participant)
    return len(people)


# An address somebody else typed is no leave to use it: so many days after the dialogue for the
# sign-in sheets to be entered, then it goes.
DAYS_FOR_SHEETS = 30


def unasked_addresses(today: date | None = None) -> QuerySet[Participant]:
    """Those with an address whose owner never agreed to be written to, a while after the day."""
    day = today or timezone.localdate()
    agreeing = Participant.objects.who_agree_to(*WRITTEN_TO)
    return (
        Participant.objects.filter(dialogue__on__lt=day - timedelta(days=DAYS_FOR_SHEETS))
        .exclude(email="")
        .exclude(pk__in=agreeing.values("pk"))
    )


def forget_addresses(today: date | None = None) -> int:
    """Erase addresses nobody may use; says how many."""
    return unasked_addresses(today).update(email="")


def stale_invitations(today: date | None = None) -> QuerySet[Invitation]:
    """Invitations nobody took up within a year: each holds an address."""
    year_ago = timezone.now() if today is None else datetime.combine(today, time(), tzinfo=UTC)
    return Invitation.objects.filter(
        accepted_at__isnull=True, made_at__lt=year_ago - timedelta(days=365)
    )
