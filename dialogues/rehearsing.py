"""A copy of a dialogue with a simulated room, in which a facilitator can practise alone."""

import random
import uuid
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dialogues import capturing, joining, running, voting
from dialogues.capturing import Said
from dialogues.models import (
    SCORES,
    AgendaItem,
    AgendaKind,
    Channel,
    Contribution,
    ContributionKind,
    Convener,
    Dialogue,
    Participant,
    Person,
    Room,
    Sector,
    Turn,
    TurnState,
)
from recommendations.models import one_refresh

SEATS = 24
MOST_AT_ONCE = 10
_PHRASES = Path(__file__).parent / "data" / "rehearsal.yaml"


@one_refresh()
def rehearse(
    dialogue: Dialogue, *, by: User, seats: int = SEATS, seed: int | None = None
) -> Dialogue:
    """A copy of a dialogue to practise on: its plan and its people, and a room of invented ones.

    It is ``by``'s alone, and never public.

    Raises:
        ValidationError: it is a rehearsal itself.
    """
    if dialogue.is_rehearsal:
        raise ValidationError(_("This is a rehearsal already."))
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    copy = Dialogue(
        **{name: getattr(dialogue, name) for name in _COPIED},
        slug=_free_slug(dialogue.slug),
        is_rehearsal=True,
    )
    copy.save()
    copy.facilitators.set([by])
    _copy_plan(dialogue, copy)
    Room.objects.create(dialogue=copy, is_open=True)
    phrases = _phrases(copy.language)
    names = chance.sample(phrases["names"], len(phrases["names"]))
    agreed = set(joining.purposes(copy)) - set(joining.WRITTEN_TO)
    for seat in range(seats):
        joining.take_seat(
            copy,
            channel=Channel.SIMULATED,
            details={
                "name": f"{names[seat % len(names)]} {phrases['surname']}",
                "sector": chance.choice(Sector.values),
            },
            agreed=sorted(agreed),
        )
    return copy


_COPIED = (
    *("title", "report", "on", "starts", "time_zone", "place", "region", "country", "venue"),
    *("language", "also_in", "lead", "lead_fr", "subject", "resonance_question"),
    *("attribution", "privacy_contact", "is_demo"),
)
_COPIED_OF_AN_ITEM = (
    *("order", "kind", "text", "minutes", "turn_seconds", "word_limit"),
    *("posts_itself", "is_silent", "shows_results"),
)
_COPIED_OF_A_PERSON = (
    *("order", "name", "honorific", "title", "affiliation", "role", "part", "attended"),
    "biography",
)


def _free_slug(slug: str) -> str:
    begin = f"{slug[:60].rstrip('-')}-rehearsal"
    taken = set(Dialogue.objects.filter(slug__startswith=begin).values_list("slug", flat=True))
    if begin not in taken:
        return begin
    return next(name for n in count(2) if (name := f"{begin}-{n}") not in taken)


def _copy_plan(dialogue: Dialogue, copy: Dialogue) -> None:
    people = {}
    for person in dialogue.people.all():
        values = {name: getattr(person, name) for name in _COPIED_OF_A_PERSON}
        people[person.pk] = Person.objects.create(dialogue=copy, **values)
    for convener in dialogue.conveners.all():
        Convener.objects.create(
            dialogue=copy,
            organization_id=convener.organization_id,
            order=convener.order,
            acknowledgement=convener.acknowledgement,
        )
    for item in dialogue.agenda.prefetch_related("led_by"):
        values = {name: getattr(item, name) for name in _COPIED_OF_AN_ITEM}
        made = AgendaItem.objects.create(dialogue=copy, **values)
        made.led_by.set([people[person.pk] for person in item.led_by.all()])


def speak(dialogue: Dialogue, n: int, *, by: User, seed: int | None = None) -> int:
    """Let so many of the simulated room speak, write or vote in what is on; says how many did.

    Where people speak in turn the next ones do, and it is taken down for them. Elsewhere it comes
    as from their phones: it waits for review, or for the reveal, as the round has it.

    Raises:
        ValidationError: it is no rehearsal, or ``n`` is not from 1 to 10.
    """
    if not dialogue.is_rehearsal:
        raise ValidationError(_("Only in a rehearsal the room is simulated."))
    if not 1 <= n <= MOST_AT_ONCE:
        raise ValidationError(_("Let from 1 to 10 people speak at once."))
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    with Room.objects.changing(dialogue) as room:
        item = room.current
        if item is None or not item.is_running or not item.takes:
            return 0
        if item.kind == AgendaKind.SCALE:
            return _vote(item, n, chance)
        if item.by_turns:
            return _speak_in_turn(item, n, by, chance)
        return _send(item, n, chance)


def _speak_in_turn(item: AgendaItem, n: int, by: User, chance: random.Random) -> int:
    for spoke in range(n):
        turn = item.turns.filter(state=TurnState.SPEAKING, statements__isnull=True).first()
        turn = turn or running.next_speaker(item)
        if turn is None:
            return spoke
        for kind in item.takes:
            _say(item, kind, turn.participant, chance, by=by, turn=turn)
    return n


def _send(item: AgendaItem, n: int, chance: random.Random) -> int:
    """Those write who have written least here."""
    room = Participant.objects.present().filter(dialogue=item.dialogue_id)
    here = models.Count("statements", filter=models.Q(statements__round=item))
    writers = list(room.annotate(written=here).order_by("written", "seat")[:n])
    for participant in writers:
        for kind in item.takes:
            _say(item, kind, participant, chance)
    return len(writers)


def _vote(item: AgendaItem, n: int, chance: random.Random) -> int:
    """Ballots, mostly high, and now and then a word of reservation beside one."""
    room = Participant.objects.present().filter(dialogue=item.dialogue_id)
    voters = list(room.exclude(voted__item=item).order_by("seat")[:n])
    for participant in voters:
        score = min(max(SCORES), max(min(SCORES), round(chance.gauss(7, 2))))
        voting.vote(item, participant, score)
        if chance.random() < 1 / 3:
            _say(item, ContributionKind.RESERVATION, participant, chance)
    return len(voters)


def _say(
    item: AgendaItem,
    kind: str,
    participant: Participant,
    chance: random.Random,
    *,
    by: User | None = None,
    turn: Turn | None = None,
) -> Contribution:
    phrase = _unsaid(item.dialogue, kind, chance)
    sector = ""
    if isinstance(phrase, dict):
        phrase, sector = phrase["text"], phrase["sector"]
    return capturing.take_down(
        item.dialogue,
        Said(kind=ContributionKind(kind), text=phrase, key=uuid.uuid4(), sector=sector),
        channel=Channel.SIMULATED,
        by=by,
        participant=participant,
        item=item,
        turn=turn,
    )


def _unsaid(dialogue: Dialogue, kind: str, chance: random.Random) -> Any:
    """A sentence of this kind; none is repeated before all have been said."""
    phrases = _phrases(dialogue.language)[kind]
    there = dialogue.contributions.filter(kind=kind, channel=Channel.SIMULATED)
    said = set(there.order_by("-pk").values_list("text", flat=True)[: there.count() % len(phrases)])
    return chance.choice([one for one in phrases if _text(one) not in said])


def _text(phrase: Any) -> str:
    return phrase["text"] if isinstance(phrase, dict) else phrase


@cache
def _phrases(language: str) -> dict[str, Any]:
    every = yaml.safe_load(_PHRASES.read_text(encoding="utf-8"))
    return every.get(language) or every["en"]


def end_rehearsal(dialogue: Dialogue) -> None:
    """Remove a rehearsal with all that was said in it, and its history.

    Raises:
        ValidationError: it is no rehearsal: what was really said stays.
    """
    with transaction.atomic():
        if not Dialogue.objects.rehearsals().filter(pk=dialogue.pk).exists():
            raise ValidationError(_("Only a rehearsal is removed."))
        with one_refresh():
            said = Contribution.objects.filter(dialogue=dialogue)
            models.QuerySet.update(said, part_of=None)
            said.delete()
            pk = dialogue.pk
            dialogue.delete()
            # Afterwards: to delete a row adds a line to its history.
            Contribution.history.filter(dialogue_id=pk).delete()
            Dialogue.history.filter(id=pk).delete()
