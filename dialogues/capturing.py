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
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from dialogues import recalling
from dialogues.models import (
    AgendaItem,
    Answer,
    Attribution,
    Batch,
    Channel,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Participant,
    Room,
    Theme,
    Turn,
)
from dialogues.models.contribution import NARROWER

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
    with Room.objects.saying(dialogue) as room:
        return there_already(dialogue, said.key) or record(
            room,
            said,
            channel=channel,
            by=by,
            participant=participant,
            item=item,
            turn=turn,
            batch=batch,
            at=at,
        )


def there_already(dialogue: Dialogue, key: uuid.UUID) -> Contribution | None:
    """The statement with this key, where it came before.

    Raises:
        ValidationError: it came into another dialogue.
    """
    rows = Contribution.objects.filter(key=key)
    # Nearly always it is new, and to ask only that costs half.
    there = rows.first() if rows.exists() else None
    if there is not None and there.dialogue_id != dialogue.pk:
        raise ValidationError(_("This statement belongs to another dialogue."))
    return there


def record(
    room: Room,
    said: Said,
    *,
    channel: Channel,
    by: User | None = None,
    participant: Participant | None = None,
    item: AgendaItem | None = None,
    turn: Turn | None = None,
    batch: Batch | None = None,
    at: datetime | None = None,
    asks_first: bool = True,
) -> Contribution:
    """Write a statement that is not ``there_already``. Called inside ``Room.objects.changing``.

    Raises:
        ValidationError: as ``take_down``.
        IntegrityError: its number is another's already, where ``asks_first`` did not ask first.
    """
    text = cleaned(said.text)
    code, number = _number(room, said, asks_first=asks_first)
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
    # Half of a pair of code units, as JSON can hold, is no character a database takes.
    text = text.encode(errors="replace").decode().replace("\x00", "")
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise ValidationError(_("Write what was said: the box is empty."), code="empty")
    if len(text) > LONGEST:
        raise ValidationError(
            _("This is %(n)d characters long. Keep it under %(longest)d."),
            code="long",
            params={"n": len(text), "longest": LONGEST},
        )
    return text


def take_down_all(
    dialogue: Dialogue,
    said: Sequence[Said],
    *,
    channel: Channel,
    by: User,
    batch: Batch | None = None,
) -> list[Contribution]:
    """Record a list at once, as ``take_down`` records what somebody typed for nobody in particular.

    With a few writes instead of some for each: nobody else can write meanwhile.

    Raises:
        ValidationError: one of them can't be taken; then none is.
    """
    with Room.objects.saying(dialogue) as room:
        keys = [one.key for one in said]
        if room.dialogue.contributions.filter(key__in=keys[:1]).exists():
            raise ValidationError(_("This list is taken down already."))
        taken = _taken(room) if any(one.code for one in said) else set()
        rows, now = [], timezone.now()
        # Those with a number first: the next numbers come after theirs.
        numbers = {one.key: _printed_number(one) for one in said if one.code}
        for one in said:
            if one.code:
                code = code_of(one.kind, numbers[one.key])
                if code in taken:
                    raise _is_taken(code)
                taken.add(code)
                last = room.numbers.get(one.kind, 0)
                room.numbers[one.kind] = max(numbers[one.key], last)
        for one in said:
            number = numbers[one.key] if one.code else room.numbered(one.kind)[0]
            rows.append(
                Contribution(
                    dialogue=room.dialogue,
                    code=code_of(one.kind, number),
                    kind=one.kind,
                    order=number,
                    key=one.key,
                    channel=channel,
                    typed_by=by,
                    batch=batch,
                    text=cleaned(one.text),
                    sector=one.sector,
                    language=one.language or room.dialogue.language,
                    version=room.version,
                    state=ContributionState.POSTED,
                    posted_at=now,
                    posted_by=by,
                )
            )
        room.write_all(rows, by=by)
        return rows


def _number(room: Room, said: Said, *, asks_first: bool = True) -> tuple[str, int]:
    if not said.code:
        if asks_first:
            return _next_number(room, said.kind)
        number = room.numbered(said.kind)[0]
        return code_of(said.kind, number), number
    number = _printed_number(said)
    code = code_of(said.kind, number)
    there = room.dialogue.contributions
    if there.filter(code=code).exists():
        raise _is_taken(code)
    # ``move`` gave it another number; its card must not come in a second time.
    if moved := there.filter(pk__in=_moved(room).filter(code=code).values("id")).first():
        raise ValidationError(
            _("%(code)s is already taken down: it was made %(now)s."),
            code="taken",
            params={"code": code, "now": moved.code},
        )
    room.numbers[said.kind] = max(number, room.numbers.get(said.kind, 0))
    return code, number


def _printed_number(said: Said) -> int:
    code = "".join(said.code.upper().split())
    head, _dash, tail = code.partition("-")
    if head != said.kind.value.upper() or not tail.isdecimal() or not 0 < int(tail) < 100_000:
        raise ValidationError(
            _("The number of this card is written %(example)s."),
            code="number",
            params={"example": code_of(said.kind, 7)},
        )
    return int(tail)


def _is_taken(code: str) -> ValidationError:
    return ValidationError(
        _("%(code)s is already taken down."), code="taken", params={"code": code}
    )


def _moved(room: Room) -> QuerySet[Any]:
    """Lines of history of statements as they were before ``move`` made them another kind."""
    now = Contribution.objects.filter(pk=OuterRef("id")).order_by().values("kind")[:1]
    lines = Contribution.history.filter(dialogue=room.dialogue).order_by()
    return lines.annotate(now=Subquery(now)).exclude(kind=F("now"))


def _taken(room: Room) -> set[str]:
    """All numbers that are some statement's, or were before it was moved."""
    return set(room.dialogue.contributions.order_by().values_list("code", flat=True)) | set(
        _moved(room).values_list("code", flat=True)
    )


def numbers_used(room: Room) -> set[tuple[str, int]]:
    """Kinds and numbers that are some statement's, or were before it was moved."""
    statements = room.dialogue.contributions.order_by()
    return set(statements.values_list("kind", "order")) | set(
        _moved(room).values_list("kind", "order")
    )


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


def shows_at_once(contribution: Contribution) -> bool:
    """Whether what its maker sends shows without anybody having read it."""
    item, maker = contribution.round, contribution.participant
    return _who_posts(contribution, None, item, maker) is not None


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
    return None if _has_link(contribution.text) else item.started_by_id


def may_do_harm(text: str, participant: Participant | None) -> bool:
    """Whether words nobody has read yet must be read before they show."""
    return _has_link(text) or (participant is not None and participant.is_held)


def _has_link(text: str) -> bool:
    """A link is read by somebody before everybody follows it."""
    return "://" in text or "www." in text.lower()


def _may_be_published(participant: Participant | None) -> bool:
    return participant is None or participant.agrees_to(ConsentPurpose.PUBLISH)


def _locked(room: Room, contribution: Contribution) -> Contribution:
    """The statement as it is now, of this room, stamped with the room's new version."""
    now = room.dialogue.contributions.select_related("participant").get(pk=contribution.pk)
    now.dialogue = room.dialogue
    now.version = room.version
    return now


def _as_spoken(now: Contribution) -> str:
    """The wording to keep beside a new one: none where somebody erased it."""
    return now.spoken or ("" if now.erased_at else now.text)


def revise(contribution: Contribution, text: str, *, revision: int) -> Contribution:
    """Change the wording; the first one is kept beside it as ``spoken``.

    ``revision`` is that of the wording the editor saw.

    Raises:
        Conflict: it has been changed since.
        ValidationError: nothing is left of it.
    """
    text = cleaned(text)
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.text == text:
            return now
        if now.revision != revision:
            raise Conflict(now)
        now.spoken = _as_spoken(now)
        now.text, now.revision = text, now.revision + 1
        now.checked_at = now.checked_by = None
        room.write(now, ["text", "spoken", "revision", "checked_at", "checked_by", "version"])
        return now


def move(contribution: Contribution, kind: ContributionKind) -> Contribution:
    """Make it a statement of another kind, under the next number of that kind.

    Raises:
        ValidationError: it is a question that has an answer.
    """
    with Room.objects.saying(contribution.dialogue) as room:
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
    with Room.objects.saying(contribution.dialogue) as room:
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


def themes_named(dialogue: Dialogue, names: Iterable[str]) -> list[Theme]:
    """Themes of a dialogue by their names; those that are new are made."""
    with Room.objects.saying(dialogue):
        there = {theme.name.casefold(): theme for theme in dialogue.themes.all()}
        for name in filter(None, (" ".join(name.split())[:100] for name in names)):
            if name.casefold() not in there:
                there[name.casefold()] = Theme.objects.create(dialogue=dialogue, name=name)
        asked = {" ".join(name.split())[:100].casefold() for name in names}
        return [theme for name, theme in there.items() if name in asked]


def answer(
    question: Contribution, text: str, *, answered_by: str = "", was_written_later: bool = False
) -> Contribution:
    """Write down what was answered, or put right what is written there.

    Raises:
        ValidationError: nothing is written, or it is no question.
    """
    text = cleaned(text)
    with Room.objects.saying(question.dialogue) as room:
        now = _locked(room, question)
        if now.kind != ContributionKind.QUESTION:
            raise ValidationError(_("Only a question can have an answer."))
        there = Answer.objects.filter(contribution=now).first()
        written = there or Answer(contribution=now, language=now.language)
        written.text, written.answered_by = text, answered_by
        written.was_written_later = was_written_later
        room.write(written)
        room.write(now, ["version"])
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
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        there = list(Contribution.objects.filter(split_from=now, key__in=keys).order_by("pk"))
        if there:
            return there
        made = []
        # Which words are whose, nobody can tell.
        words_of = list(now.words_of.all())
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
            piece.words_of.set(words_of)
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
        ValidationError: they are one and the same, or of two dialogues, or one is withdrawn; or
            words would be published whose maker has not agreed to that.
    """
    if kept.pk == other.pk or kept.dialogue_id != other.dialogue_id:
        raise ValidationError(_("Choose another statement of this dialogue."))
    with Room.objects.saying(kept.dialogue) as room:
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
        if text is not None and room.dialogue.is_public and _has_no_leave(second):
            raise ValidationError(
                _(
                    "Whoever said %(code)s has not agreed to its being published, so its words"
                    " can’t be joined with another statement."
                ),
                code="leave",
                params={"code": second.code},
            )
        if text is not None and (text := cleaned(text)) != first.text:
            first.spoken = _as_spoken(first)
            first.text, first.revision = text, first.revision + 1
        room.write(first, ["text", "spoken", "revision", "version"])
        first.themes.add(*second.themes.all())
        first.about.add(*second.about.all())
        if text is not None:
            # Words that were in it already are now in the other.
            held = list(second.words_of.exclude(pk=first.pk))
            first.words_of.add(second, *held)
            for one in held:
                if one.replaced_by_id == second.pk:
                    one.dialogue, one.version, one.replaced_by = room.dialogue, room.version, first
                    room.write(one, ["replaced_by", "version"])
        second.replaced_by = first
        _withdraw(room, second, by, _("duplicate") if text is None else _("merged"))
        if first.dialogue.is_public:
            Contribution.changed([first.pk])
        return first


def _has_no_leave(contribution: Contribution) -> bool:
    return Contribution.objects.filter(pk=contribution.pk).without_leave().exists()


def post(contribution: Contribution, *, by: User) -> Contribution:
    """Let it show. Pieces it was parted into go, and another one’s wording it was joined into.

    Raises:
        ValidationError: its maker took it back, or the dialogue is public and its maker has not
            agreed to be published.
    """
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.state != ContributionState.POSTED:
            now.may_be_posted()
            _whole_again(room, now, by)
            now.state = ContributionState.POSTED
            now.posted_at, now.posted_by = timezone.now(), by
            now.withdrawn_at = now.withdrawn_by = now.replaced_by = None
            now.was_taken_back, now.reason = False, ""
            room.write(now, _STATE)
        return now


def _whole_again(room: Room, now: Contribution, by: User) -> None:
    """Undo what stood in its place, where nobody has worked on that since."""
    pieces = now.pieces.exclude(state=ContributionState.WITHDRAWN)
    for piece in pieces.filter(revision=1, answer__isnull=True, replaces__isnull=True):
        piece.dialogue, piece.version = room.dialogue, room.version
        _withdraw(room, piece, by, _("posted again in one"))
    if now.replaced_by and now.withdrawn_at and now.words_in.contains(now.replaced_by):
        kept = _locked(room, now.replaced_by)
        lines = kept.history.order_by("-history_date", "-history_id")
        joined = lines.filter(history_date__lte=now.withdrawn_at).first()
        before = lines.filter(revision__lt=kept.revision).first()
        if joined and before and joined.revision == kept.revision and before.text != kept.text:
            kept.text, kept.revision = before.text, kept.revision + 1
            kept.spoken = "" if kept.text == kept.spoken else kept.spoken
            room.write(kept, ["text", "spoken", "revision", "version"])
            kept.words_of.remove(now, *now.words_of.all())


def hold(contribution: Contribution, *, reason: str = "") -> Contribution:
    """Take it from the wall until somebody has looked at it.

    With a reason, what waits already is set aside: somebody has looked, and is not sure.

    Raises:
        ValidationError: its maker took it back.
    """
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.was_taken_back:
            raise ValidationError(_("Whoever said this has taken it back."), code="taken-back")
        if now.state != ContributionState.HELD or (reason and now.reason != reason[:300]):
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
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.state != ContributionState.WITHDRAWN:
            _withdraw(room, now, by, reason)
        return now


def take_back(contribution: Contribution) -> Contribution:
    """Withdraw it at the wish of whoever said it."""
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.state != ContributionState.WITHDRAWN or not now.was_taken_back:
            now.was_taken_back = True
            _withdraw(room, now, None, "")
            recalling.withdraw_words([now])
        return now


def give_back(contribution: Contribution) -> Contribution:
    """Let what was taken back wait for review again, at the wish of whoever said it."""
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.was_taken_back and now.replaced_by_id is None:
            now.was_taken_back = False
            now.state = ContributionState.HELD
            now.posted_at = now.posted_by = now.withdrawn_at = now.withdrawn_by = None
            room.write(now, _STATE)
        return now


def correct(contribution: Contribution, text: str, *, revision: int) -> Contribution:
    """Change the wording at the wish of whoever said it; what shows goes on showing.

    Except for what nobody has read yet and may do harm: a link, or words of somebody whose
    statements are held. That waits for review.

    Raises:
        Conflict: it has been changed since.
        ValidationError: nothing is left of it, it is too long, or it was withdrawn.
    """
    with Room.objects.saying(contribution.dialogue) as room:
        before = _locked(room, contribution)
        if before.state == ContributionState.WITHDRAWN:
            raise ValidationError(_("This statement was withdrawn, so it can’t be corrected."))
        now = revise(contribution, text, revision=revision)
        is_new = now.text != before.text and now.state == ContributionState.POSTED
        if is_new and may_do_harm(now.text, now.participant):
            return hold(now)
        return now


def narrow(contribution: Contribution, attribution: str) -> Contribution:
    """Let less be said of who made it than the dialogue’s rule allows; '' is the rule again.

    Raises:
        ValidationError: that would say more.
    """
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if attribution not in {"", *NARROWER.get(Attribution(now.dialogue.attribution), ())}:
            raise ValidationError(_("That would say more than the rule of this dialogue allows."))
        if now.attribution != attribution:
            now.attribution = attribution
            room.write(now, ["attribution", "version"])
            recalling.withdraw_names([now])
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
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.typed_by_id == by.pk:
            raise ValidationError(_("Somebody else compares it with the card: you typed it."))
        if now.checked_at is None:
            now.checked_at, now.checked_by = timezone.now(), by
            room.write(now, ["checked_at", "checked_by", "version"])
        return post(now, by=by) if now.state == ContributionState.HELD else now


def retype(contribution: Contribution, *, revision: int, text: str, code: str = "") -> Contribution:
    """Put right how a card was typed, or under which number, until somebody has compared it.

    The wording that goes was nobody's, so it is not kept as spoken: only the history has it.

    Raises:
        Conflict: it has been changed since.
        ValidationError: it is no card that waits to be compared, nothing is left of it, or the
            number is taken.
    """
    text = cleaned(text)
    with Room.objects.saying(contribution.dialogue) as room:
        now = _locked(room, contribution)
        if now.channel != Channel.PAPER or now.checked_at is not None:
            raise ValidationError(_("%(code)s has been checked.") % {"code": now.code})
        if now.revision != revision:
            raise Conflict(now)
        written = []
        if code and code != now.code:
            kind = ContributionKind(now.kind)
            now.code, now.order = _number(room, Said(kind, text, uuid.uuid4(), code=code))
            written += ["code", "order"]
        if text != now.text:
            now.text = text
            written += ["text"]
        if written:
            now.revision += 1
            room.write(now, [*written, "revision", "version"])
        return now


def compare(
    contribution: Contribution, *, by: User, revision: int, text: str, code: str = ""
) -> Contribution:
    """Note what a second person reads on a card; where it differs from what was typed, that goes.

    Raises:
        Conflict: it has been changed since this person saw it.
        ValidationError: as ``retype`` and ``check``; nothing is written then.
    """
    with Room.objects.saying(contribution.dialogue):
        now = retype(contribution, revision=revision, text=text, code=code)
        return check(now, by=by)


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
        barred = set()
        if room.dialogue.is_public:
            barred = set(held.without_leave().values_list("pk", flat=True))
        for now in held.select_related("participant").order_by("order"):
            now.dialogue, now.version = room.dialogue, room.version
            is_held = now.participant and now.participant.is_held
            if is_held or now.erased_at or now.pk in barred:
                continue
            now.state = ContributionState.POSTED
            now.posted_at, now.posted_by = timezone.now(), by
            room.write(now, _STATE)
            shown += 1
        return shown
