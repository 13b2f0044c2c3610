"""Taking a seat, agreeing to things, and leaving no trace if one wishes."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues import capturing, running
from dialogues.models import (
    Attribution,
    Batch,
    Channel,
    Consent,
    ConsentPurpose,
    Contribution,
    ContributionState,
    Dialogue,
    Participant,
    Room,
)
from recommendations.models import one_refresh


def purposes(dialogue: Dialogue) -> list[ConsentPurpose]:
    """What participants of a dialogue are asked, in order: a name only where names may show."""
    asked = [ConsentPurpose.RECORD, ConsentPurpose.PUBLISH]
    if dialogue.attribution == Attribution.NAME:
        asked.append(ConsentPurpose.NAME)
    if dialogue.attribution != Attribution.ANONYMOUS:
        asked.append(ConsentPurpose.CONTACT)
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
        return _("My name may stand beside what I say, wherever it is published.")
    return _(
        "I may be written to about this dialogue: its report, and what became of what I said I"
        " would do. My address is used for nothing else."
    )


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
    details = dict(details or {})
    if dialogue.attribution == Attribution.ANONYMOUS:
        details = {name: details[name] for name in ("sector", "language") if name in details}
    with Room.objects.changing(dialogue) as room:
        if channel == Channel.PHONE and not room.is_open:
            raise ValidationError(_("Joining is closed. Ask the facilitator."), code="closed")
        participant = Participant.objects.create(
            dialogue=room.dialogue,
            seat=room.numbered("seat")[0],
            channel=channel,
            batch=batch,
            **{"language": room.dialogue.language, **details},
        )
        for purpose in agreed:
            agree(participant, purpose)
    running.queue_up(participant)
    return participant


def agree(participant: Participant, purpose: ConsentPurpose) -> Consent:
    """Record a consent with the words it was asked in. Given twice, it is there once."""
    there = participant.consents.filter(purpose=purpose, withdrawn_at__isnull=True).first()
    if there is not None and there.is_in_force(timezone.localdate()):
        return there
    with transaction.atomic():
        if there is not None:
            take_back(participant, purpose)
        return Consent.objects.create(
            participant=participant,
            purpose=purpose,
            wording=wording(participant.dialogue, purpose),
            language=(get_language() or "en")[:2],
            expires_on=_expiry(participant.dialogue, purpose),
        )


def _expiry(dialogue: Dialogue, purpose: ConsentPurpose) -> date | None:
    # What is published stays so; the rest is about details that are erased on that day.
    if purpose in {ConsentPurpose.RECORD, ConsentPurpose.CONTACT}:
        return dialogue.keep_until
    return None


def take_back(participant: Participant, purpose: ConsentPurpose) -> None:
    """End a consent, and what stood on it: unpublished words are withdrawn, addresses erased."""
    with Room.objects.changing(participant.dialogue) as room:
        participant.consents.filter(purpose=purpose, withdrawn_at__isnull=True).update(
            withdrawn_at=timezone.now()
        )
        if purpose == ConsentPurpose.CONTACT and participant.email:
            participant.email = ""
            participant.save(update_fields=["email"])
        if purpose in {ConsentPurpose.RECORD, ConsentPurpose.PUBLISH} and room.dialogue.is_public:
            for statement in participant.statements.filter(state=ContributionState.POSTED):
                capturing.take_back(statement)
        if purpose == ConsentPurpose.NAME and room.dialogue.is_public:
            Contribution.changed(list(participant.statements.values_list("pk", flat=True)))


def new_key(participant: Participant) -> None:
    """Make every private link and phone of this seat void."""
    participant.key = uuid.uuid4()
    participant.save(update_fields=["key"])


def erase_details(participant: Participant) -> None:
    """Forget who it was. The seat and what was said stay."""
    participant.name = participant.affiliation = participant.email = ""
    participant.save(update_fields=["name", "affiliation", "email"])
    new_key(participant)


def erase(participant: Participant) -> int:
    """Remove a participant and all they gave, with its history; says how many statements.

    A merged statement holds words of others too: it stays, without the seat.
    """
    with one_refresh(), Room.objects.changing(participant.dialogue) as room:
        theirs = list(participant.statements.filter(replaces__isnull=True))
        for statement in theirs:
            pk, statement.dialogue = statement.pk, room.dialogue
            statement.parts.update(part_of=None)
            statement.delete()
            # Afterwards: to delete a row adds a line to its history, with its words.
            Contribution.history.filter(id=pk).delete()
        participant.delete()
        return len(theirs)


def retire(today: date | None = None) -> int:
    """Forget who took part in dialogues whose day of erasure has come; says how many people."""
    due = Participant.objects.filter(
        dialogue__keep_until__lte=today or timezone.localdate()
    ).exclude(name="", affiliation="", email="")
    for participant in due:
        erase_details(participant)
    return len(due)
