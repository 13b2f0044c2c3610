"""Taking down what is said in a room, and putting it right, so that nothing is lost or doubled.

Every function writes inside ``Room.objects.changing``: one writer at a time in a room, a number
that is never given twice, and a version by which other screens learn of the change.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from dialogues.models import (
    AgendaItem,
    Batch,
    Channel,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Participant,
    Room,
    Turn,
)

LONGEST = 5_000  # characters of one statement


class Conflict(ValidationError):
    """Somebody else changed the statement first. ``theirs`` is what it says now."""

    def __init__(self, theirs: Contribution) -> None:
        super().__init__(_("Somebody else changed this meanwhile. Both wordings are shown."))
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Said:
    """One statement as it reaches the room: what was said, and the key made where it was typed."""

    kind: ContributionKind
    text: str
    key: uuid.UUID
    code: str = ""  # of a printed card; otherwise the next number is given
    sector: str = ""
    language: str = ""


def take_down(
    dialogue: Dialogue,
    said: Said,
    *,
    channel: Channel,
    by: User | None = None,
    participant: Participant | None = None,
    item: AgendaItem | None = None,
    turn: Turn | None = None,
    batch: Batch | None = None,
    at: datetime | None = None,
) -> Contribution:
    """Record a statement. The same key again gives the one that is there, whatever else it says.

    ``by`` is who typed it for somebody else; that shows at once, except in a silent round, and
    except for a paper card, which somebody else compares first. Without ``by`` it came from its
    maker, and waits for review unless the round posts by itself.

    Raises:
        ValidationError: it is empty or too long, its printed number is taken, or is of another
            kind.
    """
    text = cleaned(said.text)
    with Room.objects.changing(dialogue) as room:
        if there := Contribution.objects.filter(key=said.key).first():
            if there.dialogue_id != dialogue.pk:
                raise ValidationError(_("This statement belongs to another dialogue."))
            return there
        code, number = _number(room, said)
        contribution = Contribution(
            dialogue=room.dialogue,
            code=code,
            kind=said.kind,
            order=number,
            key=said.key,
            channel=channel,
            typed_by=by,
            participant=participant,
            round=item,
            turn=turn,
            batch=batch,
            text=text,
            sector=said.sector,
            language=said.language or room.dialogue.language,
            version=room.version,
        )
        if poster := _who_posts(contribution, by, item, participant):
            contribution.state = ContributionState.POSTED
            contribution.posted_at, contribution.posted_by_id = at or timezone.now(), poster
        room.write(contribution)
        return contribution


def cleaned(text: str) -> str:
    """A statement as it is kept.

    Raises:
        ValidationError: nothing is left of it, or it is too long to be a statement.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise ValidationError(_("Write what was said: the box is empty."), code="empty")
    if len(text) > LONGEST:
        raise ValidationError(
            _("This is %(n)d characters long. Keep it under %(longest)d."),
            code="long",
            params={"n": len(text), "longest": LONGEST},
        )
    return text


def _number(room: Room, said: Said) -> tuple[str, int]:
    prefix = said.kind.value.upper()
    if not said.code:
        return _next_number(room, said.kind)
    code = "".join(said.code.upper().split())
    head, _dash, tail = code.partition("-")
    if head != prefix or not tail.isdecimal() or not 0 < int(tail) < 100_000:
        raise ValidationError(
            _("The number of this card is written %(example)s."),
            code="number",
            params={"example": code_of(said.kind, 7)},
        )
    number = int(tail)
    code = code_of(said.kind, number)
    if Contribution.objects.filter(dialogue=room.dialogue, code=code).exists():
        raise ValidationError(
            _("%(code)s is already taken down."), code="taken", params={"code": code}
        )
    room.numbers[said.kind] = max(number, room.numbers.get(said.kind, 0))
    return code, number


def _next_number(room: Room, kind: ContributionKind | str) -> tuple[str, int]:
    """The next free number of a kind: some statements are older than the room, or the admin's."""
    of_dialogue = Contribution.objects.filter(dialogue=room.dialogue)
    while True:
        number = room.numbered(kind)[0]
        code = code_of(kind, number)
        if not of_dialogue.filter(code=code).exists():
            return code, number
        highest = of_dialogue.filter(kind=kind).aggregate(n=Max("order"))["n"] or 0
        room.numbers[kind] = max(number, highest)


def code_of(kind: str, number: int) -> str:
    """A statement's number in the record, such as HOPE-07."""
    return f"{kind.upper()}-{number:02}"


def _who_posts(
    contribution: Contribution,
    by: User | None,
    item: AgendaItem | None,
    participant: Participant | None,
) -> int | None:
    """In whose name it shows at once, by key; None where it waits."""
    if item and item.is_silent and item.revealed_at is None:
        # Asked again now that the room is held: it may have been revealed meanwhile.
        item.refresh_from_db(fields=["revealed_at"])
        if item.revealed_at is None:
            return None
    if contribution.channel == Channel.PAPER:
        return None
    if contribution.dialogue.is_public and not _may_be_published(participant):
        return None
    if by:
        return by.pk
    if participant is None or participant.is_held or item is None or not item.posts_itself:
        return None
    # A link is read by somebody before everybody follows it.
    if "://" in contribution.text or "www." in contribution.text.lower():
        return None
    return item.started_by_id


def _may_be_published(participant: Participant | None) -> bool:
    return participant is None or participant.agrees_to(ConsentPurpose.PUBLISH)


def _locked(room: Room, contribution: Contribution) -> Contribution:
    """The statement as it is now, of this room, stamped with the room's new version."""
    now = room.dialogue.contributions.select_related("participant").get(pk=contribution.pk)
    now.dialogue = room.dialogue
    now.version = room.version
    return now


def revise(contribution: Contribution, text: str, *, revision: int) -> Contribution:
    """Change the wording; the first one is kept beside it as ``spoken``.

    ``revision`` is that of the wording the editor saw.

    Raises:
        Conflict: it has been changed since.
        ValidationError: nothing is left of it.
    """
    text = cleaned(text)
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.text == text:
            return now
        if now.revision != revision:
            raise Conflict(now)
        now.spoken = now.spoken or now.text
        now.text, now.revision = text, now.revision + 1
        now.checked_at = now.checked_by = None
        room.write(now, ["text", "spoken", "revision", "checked_at", "checked_by", "version"])
        return now


def move(contribution: Contribution, kind: ContributionKind) -> Contribution:
    """Make it a statement of another kind, under the next number of that kind.

    Raises:
        ValidationError: it is a question that has an answer.
    """
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.kind != kind:
            if hasattr(now, "answer"):
                raise ValidationError(_("A question that has an answer stays a question."))
            now.code, now.order = _next_number(room, kind)
            now.kind = kind
            now.revision += 1
            room.write(now, ["kind", "code", "order", "revision", "version"])
        return now


def sort(
    contribution: Contribution,
    *,
    sector: str | None = None,
    themes: Iterable[Any] | None = None,
    about: Iterable[Any] | None = None,
) -> Contribution:
    """Say what it is about. What is None stays as it is."""
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if sector is not None:
            now.sector = sector
        room.write(now, ["sector", "version"])
        if themes is not None:
            now.themes.set(themes)
        if about is not None:
            now.about.set(about)
            if now.dialogue.is_public:
                Contribution.changed([now.pk])
        return now


def split(
    contribution: Contribution, pieces: Sequence[str], *, keys: Sequence[uuid.UUID], by: User
) -> list[Contribution]:
    """Part a statement in two or more; it is withdrawn, and each piece knows where it came from.

    Raises:
        ValidationError: there are fewer than two pieces, or one is empty.
    """
    texts = [cleaned(piece) for piece in pieces]
    if len(texts) < 2 or len(keys) != len(texts):
        raise ValidationError(_("Put an empty line where the second statement begins."))
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        there = list(Contribution.objects.filter(split_from=now, key__in=keys).order_by("pk"))
        if there:
            return there
        made = []
        for text, key in zip(texts, keys, strict=True):
            code, number = _next_number(room, now.kind)
            piece = Contribution(
                **{name: getattr(now, name) for name in _INHERITED},
                code=code,
                order=number,
                key=key,
                text=text,
                split_from=now,
                version=room.version,
            )
            room.write(piece)
            piece.themes.set(now.themes.all())
            piece.about.set(now.about.all())
            made.append(piece)
        _withdraw(room, now, by, _("split"))
        return made


_INHERITED = (
    *("dialogue", "kind", "channel", "typed_by", "participant", "round", "turn", "batch"),
    "sector",
    *("language", "attribution", "state", "posted_at", "posted_by", "was_taken_back"),
    *("withdrawn_at", "withdrawn_by"),
)


def merge(kept: Contribution, other: Contribution, *, text: str | None, by: User) -> Contribution:
    """Make one statement of two: ``other`` is withdrawn and leads to ``kept``.

    ``text`` is the wording of both together; None leaves that of ``kept``, for a duplicate.

    Merging them again changes nothing.

    Raises:
        ValidationError: they are one and the same, or of two dialogues, or one is withdrawn.
    """
    if kept.pk == other.pk or kept.dialogue_id != other.dialogue_id:
        raise ValidationError(_("Choose another statement of this dialogue."))
    with Room.objects.changing(kept.dialogue) as room:
        first, second = _locked(room, kept), _locked(room, other)
        if second.replaced_by_id == first.pk:
            return first
        for one in (first, second):
            # Two people who merge a pair both ways would otherwise lose both from view.
            if one.state == ContributionState.WITHDRAWN:
                raise ValidationError(
                    _("%(code)s is withdrawn. Choose another statement."),
                    code="withdrawn",
                    params={"code": one.code},
                )
        if text is not None and (text := cleaned(text)) != first.text:
            first.spoken = first.spoken or first.text
            first.text, first.revision = text, first.revision + 1
        room.write(first, ["text", "spoken", "revision", "version"])
        first.themes.add(*second.themes.all())
        first.about.add(*second.about.all())
        second.replaced_by = first
        _withdraw(room, second, by, _("duplicate") if text is None else _("merged"))
        if first.dialogue.is_public:
            Contribution.changed([first.pk])
        return first


def post(contribution: Contribution, *, by: User) -> Contribution:
    """Let it show.

    Raises:
        ValidationError: the dialogue is public and its maker has not agreed to be published.
    """
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.dialogue.is_public and not _may_be_published(now.participant):
            raise ValidationError(_("Whoever said this has not agreed to its being published."))
        if now.state != ContributionState.POSTED:
            now.state = ContributionState.POSTED
            now.posted_at, now.posted_by = timezone.now(), by
            now.withdrawn_at = now.withdrawn_by = now.replaced_by = None
            now.was_taken_back, now.reason = False, ""
            room.write(now, _STATE)
        return now


def hold(contribution: Contribution, *, reason: str = "") -> Contribution:
    """Take it from the wall until somebody has looked at it."""
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.state != ContributionState.HELD:
            now.state, now.reason = ContributionState.HELD, reason[:300]
            now.posted_at = now.posted_by = now.withdrawn_at = now.withdrawn_by = None
            now.was_taken_back, now.replaced_by = False, None
            room.write(now, _STATE)
        return now


def withdraw(contribution: Contribution, *, by: User, reason: str) -> Contribution:
    """Take it away, with the reason. The row stays.

    Raises:
        ValidationError: no reason is given.
    """
    if not reason.strip():
        raise ValidationError(_("Say in a few words why."), code="reason")
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.state != ContributionState.WITHDRAWN:
            _withdraw(room, now, by, reason)
        return now


def take_back(contribution: Contribution) -> Contribution:
    """Withdraw it at the wish of whoever said it."""
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.state != ContributionState.WITHDRAWN or not now.was_taken_back:
            now.was_taken_back = True
            _withdraw(room, now, None, "")
        return now


def _withdraw(room: Room, now: Contribution, by: User | None, reason: str) -> None:
    now.state, now.reason = ContributionState.WITHDRAWN, reason.strip()[:300]
    now.withdrawn_at, now.withdrawn_by = timezone.now(), by
    room.write(now, _STATE)
    for line in now.parts.exclude(state=ContributionState.WITHDRAWN):
        line.dialogue, line.version = room.dialogue, room.version
        line.was_taken_back = now.was_taken_back
        _withdraw(room, line, by, reason)


_STATE = [
    *("state", "posted_at", "posted_by", "withdrawn_at", "withdrawn_by", "replaced_by"),
    *("was_taken_back", "reason", "version"),
]


def check(contribution: Contribution, *, by: User) -> Contribution:
    """Note that a second person compared it with its card; with that it shows.

    Raises:
        ValidationError: it is the person who typed it, or its maker has not agreed to its being
            published in a dialogue that is public.
    """
    with Room.objects.changing(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.typed_by_id == by.pk:
            raise ValidationError(_("Somebody else compares it with the card: you typed it."))
        if now.checked_at is None:
            now.checked_at, now.checked_by = timezone.now(), by
            room.write(now, ["checked_at", "checked_by", "version"])
        return post(now, by=by) if now.state == ContributionState.HELD else now


def reveal(item: AgendaItem, *, by: User) -> int:
    """Show all that was written in a silent round; says how many.

    Once: what comes to be held afterwards is held for a reason.
    """
    with Room.objects.changing(item.dialogue) as room:
        item = AgendaItem.objects.get(pk=item.pk)
        if item.revealed_at is not None:
            return 0
        item.revealed_at = timezone.now()
        room.write(item, ["revealed_at"])
        shown = 0
        held = room.dialogue.contributions.filter(round=item, state=ContributionState.HELD)
        for now in held.select_related("participant").order_by("order"):
            now.dialogue, now.version = room.dialogue, room.version
            is_held = now.participant and now.participant.is_held
            if is_held or (now.dialogue.is_public and not _may_be_published(now.participant)):
                continue
            now.state = ContributionState.POSTED
            now.posted_at, now.posted_by = timezone.now(), by
            room.write(now, _STATE)
            shown += 1
        return shown
