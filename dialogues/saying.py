"""What participants send from their own phones: what they may say, change and take back, and when.

Until its round closes, a statement is its maker's to change. Afterwards it is part of the record,
and is put right by the private link to “what we recorded you said”.
"""

import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues import capturing
from dialogues.capturing import Said
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Channel,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Participant,
    Room,
    Turn,
)
from dialogues.models.contribution import ContributionQuerySet

# In these one person may have many.
GOES_ON = frozenset({AgendaKind.QUESTIONS, AgendaKind.IDEAS})


def own(participant: Participant) -> ContributionQuerySet:
    """What somebody said, newest first, with the round of each."""
    statements = Contribution.objects.filter(participant=participant)
    return statements.wholes().select_related("round").order_by("-pk")


def next_kind(item: AgendaItem, said: Sequence[Contribution]) -> ContributionKind | None:
    """What somebody who said this is asked for next; None where they have given all."""
    given = {
        statement.kind
        for statement in said
        if statement.round_id == item.pk and statement.state != ContributionState.WITHDRAWN
    }
    for kind in item.takes:
        if item.kind in GOES_ON or kind not in given:
            return ContributionKind(kind)
    return None


def is_open(statement: Contribution) -> bool:
    """Whether its maker may still change it: its round runs, and nobody took it away."""
    return (
        statement.round is not None
        and statement.round.is_running
        and statement.state != ContributionState.WITHDRAWN
    )


def say(
    participant: Participant,
    said: Said,
    *,
    item_id: int,
    is_late: bool = False,
    stage: int | None = None,
) -> Contribution:
    """Take what somebody sent from their phone. The same key again gives the one that is there.

    ``is_late`` sends it to the facilitator after the round has closed: it is kept without a round,
    and waits. ``stage`` is that of the room as the caller has read it: while it stands, the round
    is what it was, and need not be read again while everybody else waits.

    Raises:
        ValidationError: with the code ``closed`` the round has closed; ``kind``: it asks for
            something else; ``words``, ``long`` or ``empty``: it can't be taken as it is;
            ``seat``: the seat is gone; ``key``: the key is somebody else's.
    """
    try:
        return _say(participant, said, item_id, is_late=is_late, stage=stage)
    except IntegrityError:
        # It came twice at once, or the next number is that of a statement the room knows nothing
        # of. Both are rare, and are not looked for before each statement.
        return _say(participant, said, item_id, is_late=is_late, stage=stage, asks_first=True)


def _say(
    participant: Participant,
    said: Said,
    item_id: int,
    *,
    is_late: bool,
    stage: int | None,
    asks_first: bool = False,
) -> Contribution:
    # Only one at a time may write in a room, so what can be asked before is.
    dialogue = participant.dialogue
    if there := capturing.there_already(dialogue, said.key):
        return _theirs(participant, there)
    item = _asked_for(dialogue, said, item_id)
    turn = _turn(participant, item)
    with Room.objects.saying(dialogue) as room:
        maker = _maker(participant)
        if room.stage != stage:
            item = _asked_for(dialogue, said, item_id)
        try:
            if item is None:
                raise ValidationError(
                    _("This is not asked for here. See what is on now."), code="kind"
                )
            _check(said.text, item)
            if not item.is_running and not is_late:
                raise _closed()
        except ValidationError:
            # The same key may have come in before the round closed, while this one waited.
            if there := capturing.there_already(dialogue, said.key):
                return _theirs(participant, there)
            raise
        return capturing.record(
            room,
            said,
            channel=Channel.PHONE,
            participant=maker,
            item=item if item.is_running else None,
            # Somebody may have been given one meanwhile; that one was taken away is an
            # IntegrityError.
            turn=(turn or _turn(maker, item)) if item.is_running else None,
            asks_first=asks_first,
        )


def _turn(participant: Participant, item: AgendaItem | None) -> Turn | None:
    if item is None or not item.by_turns:
        return None
    return item.turns.filter(participant=participant).first()


def _asked_for(dialogue: Dialogue, said: Said, item_id: int) -> AgendaItem | None:
    """The round something was sent for, which has begun and takes its kind."""
    begun = AgendaItem.objects.filter(pk=item_id, dialogue=dialogue, started_at__isnull=False)
    item = begun.first()
    return item if item is not None and said.kind in item.takes else None


def _maker(participant: Participant) -> Participant:
    """The seat as it is now: a facilitator may have erased it, or hold what it sends."""
    now = Participant.objects.filter(pk=participant.pk).first()
    if now is None:
        raise ValidationError(_("This seat is no longer there. Join again."), code="seat")
    return now


def _theirs(participant: Participant, there: Contribution) -> Contribution:
    if there.participant_id != participant.pk:
        raise ValidationError(_("This could not be taken. Send it once more."), code="key")
    return there


def _closed() -> ValidationError:
    return ValidationError(_("This round has closed."), code="closed")


def _check(text: str, item: AgendaItem | None) -> None:
    if not text.replace("\x00", "").strip():
        raise ValidationError(_("The box is empty: write something first."), code="empty")
    words, most = len(text.split()), item.word_limit if item else 0
    if most and words > most:
        over = words - most
        raise ValidationError(
            ngettext(
                "This is %(over)d word more than the %(most)d there is room for.",
                "This is %(over)d words more than the %(most)d there is room for.",
                over,
            ),
            code="words",
            params={"over": over, "most": most},
        )


def change(participant: Participant, key: uuid.UUID, text: str, *, revision: int) -> Contribution:
    """Word one's own statement anew. What has been read and posted is read again.

    Raises:
        Contribution.DoesNotExist: they have none with this key.
        Conflict: a facilitator changed it meanwhile.
        ValidationError: as for ``say``.
    """
    with Room.objects.saying(participant.dialogue):
        statement = _open(participant, key)
        _check(text, statement.round)
        now = capturing.revise(statement, text, revision=revision)
        now.round, now.participant = statement.round, statement.participant
        was_read = now.state == ContributionState.POSTED and now.text != statement.text
        if was_read and not capturing.shows_at_once(now):
            return capturing.hold(now, reason=_("Changed on the phone after it was posted."))
        return now


def take_back(participant: Participant, key: uuid.UUID) -> Contribution:
    """Withdraw one's own statement. Twice is once.

    Raises:
        Contribution.DoesNotExist: they have none with this key.
        ValidationError: ``closed``.
    """
    with Room.objects.saying(participant.dialogue):
        statement = own(participant).get(key=key)
        if statement.was_taken_back:
            return statement
        return capturing.take_back(_open(participant, key))


def _open(participant: Participant, key: uuid.UUID) -> Contribution:
    statement = own(participant).select_related("participant").get(key=key)
    if not is_open(statement):
        raise _closed()
    return statement
