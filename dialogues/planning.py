"""Planning a dialogue: its facts, its agenda, who has which part in it, its room."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from dialogues import recalling
from dialogues.formats import Format
from dialogues.models import (
    AgendaItem,
    Attribution,
    Consent,
    Convener,
    Dialogue,
    NextStep,
    Person,
    Room,
)
from dialogues.models.room import new_code
from recommendations.models import one_refresh

# What stands in an order somebody chose.
Ordered = AgendaItem | Person | Convener | NextStep


@contextmanager
def changing(dialogue: Dialogue) -> Iterator[Room]:
    """Write what a dialogue is planned to be, so that pages, search and screens in its room follow.

    The lock of public writing comes before the room's, as wherever both are held.
    """
    with one_refresh():
        Room.objects.of(dialogue)
        with Room.objects.changing(dialogue) as room:
            yield room


# ---- A new dialogue ----

# Letters that do not come apart into one of ours and an accent.
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"}
)


def plain_address(text: str, longest: int = 60) -> str:
    """Words as they stand in an address: “L’Île-d’Orléans” is l-ile-d-orleans.

    The apostrophe of an English genitive leaves no gap: “St. John’s” is st-johns.
    """
    text = text.lower().translate(_LETTERS)
    text = re.sub(r"['’](?=s\b)", "", text)
    return slugify(re.sub(r"['’/]", "-", text))[:longest].strip("-")


def address_of(place: str, on: date) -> str:
    """The short address of a dialogue: where and when."""
    return f"{plain_address(place) or 'dialogue'}-{on:%Y-%m-%d}"


def _free(base: str, taken: models.QuerySet) -> str:
    """``base``, or with the first number that no row of ``taken`` has."""
    for n in count(1):
        slug = base if n == 1 else f"{base}-{n}"
        if not taken.filter(slug=slug).exists():
            return slug
    raise AssertionError  # count() has no end


# What a copy has from the first, beside what its planner says anew: place, language, report.
_REPEATED = (
    "subject",
    "resonance_question",
    "attribution",
    "privacy_contact",
    "is_demo",
)
_FACTS = (
    "report",
    "starts",
    "time_zone",
    "place",
    "region",
    "country",
    "venue",
    "language",
    "also_in",
)


def plan_new(
    dialogue: Dialogue,
    *,
    by: User,
    pattern: Format | None = None,
    like: Dialogue | None = None,
) -> Dialogue:
    """Begin to plan a dialogue, which is not saved yet, under an address made of place and date.

    Whoever plans it runs it. ``pattern`` fills the agenda; ``like`` is an earlier dialogue, whose
    agenda, people, conveners and rules are repeated.
    """
    with one_refresh():
        for name in _REPEATED if like else ():
            setattr(dialogue, name, getattr(like, name))
        # Everyone who writes a dialogue waits for one_refresh, so what is free here stays so.
        dialogue.slug = _free(address_of(dialogue.place, dialogue.on), Dialogue.objects.all())
        dialogue.save()
        dialogue.facilitators.add(by)
        Room.objects.of(dialogue)
        if like:
            _repeat(like, dialogue)
        if pattern:
            fill_agenda(dialogue, pattern)
    return dialogue


def copy_of(dialogue: Dialogue, *, by: User, title: str, on: date) -> Dialogue:
    """Plan a dialogue as this one was planned, on another day.

    What happened in it is not repeated: participants, statements, times, texts of its report.
    """
    facts = {name: getattr(dialogue, name) for name in _FACTS}
    return plan_new(Dialogue(title=title, on=on, **facts), by=by, like=dialogue)


def _repeat(before: Dialogue, dialogue: Dialogue) -> None:
    people: dict[int, Person] = {}
    for person in before.people.all():
        key, person.pk, person.dialogue, person.attended = person.pk, None, dialogue, True
        person.save()
        people[key] = person
    for item in before.agenda.prefetch_related("led_by"):
        again = AgendaItem.objects.create(
            dialogue=dialogue, **{name: getattr(item, name) for name in PLANNED}
        )
        again.led_by.set([people[leader.pk] for leader in item.led_by.all()])
    for convener in before.conveners.all():
        Convener.objects.create(
            dialogue=dialogue,
            organization_id=convener.organization_id,
            order=convener.order,
            acknowledgement=convener.acknowledgement,
        )


# What is decided of an agenda item before it starts.
PLANNED = (
    "order",
    "kind",
    "text",
    "minutes",
    "turn_seconds",
    "word_limit",
    "posts_itself",
    "is_silent",
    "shows_results",
)


def fill_agenda(dialogue: Dialogue, pattern: Format) -> None:
    """Put the items of a format at the end of the agenda, in the language of the dialogue."""
    with changing(dialogue), translation.override(dialogue.language):
        last = _last(dialogue.agenda.all())
        for number, part in enumerate(pattern.parts, last + 1):
            AgendaItem.objects.create(
                dialogue=dialogue,
                order=number,
                kind=part.kind,
                text=str(part.text),
                minutes=part.minutes,
                **part.rules,
            )
        if not dialogue.resonance_question and pattern.resonance_question:
            dialogue.resonance_question = str(pattern.resonance_question)
            dialogue.save(update_fields=["resonance_question"])


# ---- Facts ----

# From what says most about who spoke to what says least.
_EVER_STRICTER = [
    Attribution.NAME,
    Attribution.SECTOR,
    Attribution.NONE,
    Attribution.CHATHAM_HOUSE,
]


def change_facts(dialogue: Dialogue, fields: Iterable[str]) -> None:
    """Write these fields as they stand in ``dialogue``.

    Raises:
        ValidationError: it would break what the people in the room were told.
    """
    with changing(dialogue) as room:
        before = room.dialogue.attribution
        _keep_promises(room.dialogue, dialogue)
        dialogue.save(update_fields=list(fields))
        if dialogue.attribution != before:
            recalling.withdraw_laxer(dialogue)


def _keep_promises(before: Dialogue, after: Dialogue) -> None:
    """What people said or gave, they did so under a rule: it may become stricter, not laxer."""
    if before.attribution != after.attribution and _has_begun(before):
        stricter = (
            before.attribution in _EVER_STRICTER
            and after.attribution in _EVER_STRICTER
            and _EVER_STRICTER.index(Attribution(before.attribution))
            < _EVER_STRICTER.index(Attribution(after.attribution))
        )
        if not stricter:
            raise ValidationError(
                {
                    "attribution": _(
                        "People have joined or spoken under the rule “%(rule)s”. It can be made"
                        " stricter, not laxer."
                    )
                    % {"rule": before.get_attribution_display()}
                }
            )
    day = before.keep_until
    if (
        day
        and (after.keep_until is None or after.keep_until > day)
        and Consent.objects.filter(participant__dialogue=before, expires_on__isnull=False).exists()
    ):
        raise ValidationError(
            {
                "keep_until": _(
                    "People were told that their details are erased on %(day)s. Choose that day or"
                    " an earlier one."
                )
                % {"day": date_format(day)}
            }
        )


def _has_begun(dialogue: Dialogue) -> bool:
    return dialogue.participants.exists() or dialogue.contributions.exists()


# ---- What has an order: agenda, people, conveners, next steps ----


def _siblings(row: Ordered) -> list[Ordered]:
    rows = type(row)._default_manager.filter(dialogue=row.dialogue_id)
    return list(rows.order_by("order", "id"))


def _last(rows: models.QuerySet) -> int:
    return rows.order_by("-order").values_list("order", flat=True).first() or 0


def add(row: Ordered, *, led_by: Iterable[Person] | None = None) -> None:
    """Put a new row at the end of its list.

    Raises:
        ValidationError: the organization convenes this dialogue already.
    """
    with changing(row.dialogue):
        if isinstance(row, Convener):
            _once(row)
        row.order = _last(type(row)._default_manager.filter(dialogue=row.dialogue_id)) + 1
        row.save()
        _led_by(row, led_by)


def change(row: Ordered, fields: Iterable[str], *, led_by: Iterable[Person] | None = None) -> None:
    """Write these fields of a row; its times and its order are written by others meanwhile.

    Raises:
        ValidationError: the kind of a round that has started would change, or an organization
            would convene twice.
    """
    with changing(row.dialogue):
        if isinstance(row, Convener):
            _once(row)
        if isinstance(row, AgendaItem):
            before = AgendaItem.objects.get(pk=row.pk)
            if before.kind != row.kind and _was_used(before):
                raise ValidationError(
                    {"kind": _("It has started: what kind of round it is stays as it is.")}
                )
        row.save(update_fields=list(fields))
        _led_by(row, led_by)


def _led_by(row: Ordered, led_by: Iterable[Person] | None) -> None:
    if isinstance(row, AgendaItem) and led_by is not None:
        row.led_by.set(led_by)


def _once(convener: Convener) -> None:
    others = Convener.objects.filter(
        dialogue=convener.dialogue_id, organization=convener.organization_id
    )
    if others.exclude(pk=convener.pk).exists():
        raise ValidationError(
            {"organization": _("%(name)s convenes this dialogue already.") % {"name": convener}}
        )


def _was_used(item: AgendaItem) -> bool:
    return item.started_at is not None or item.statements.exists()


def remove(row: Ordered) -> None:
    """Take a row out of the plan.

    Raises:
        ValidationError: the item has started, or something was said in it.
    """
    with changing(row.dialogue):
        if isinstance(row, AgendaItem) and _was_used(AgendaItem.objects.get(pk=row.pk)):
            raise ValidationError(_("It has started, so it stays on the agenda."))
        row.delete()


def move(row: Ordered, step: int) -> tuple[int, int]:
    """Move a row up (-1) or down (1) by one; says where it stands now, and of how many.

    At either end it stays.
    """
    with changing(row.dialogue):
        rows = _siblings(row)
        here = [other.pk for other in rows].index(row.pk)
        there = max(0, min(len(rows) - 1, here + step))
        rows.insert(there, rows.pop(here))
        _number(rows)
        return there + 1, len(rows)


def reorder(dialogue: Dialogue, keys: Sequence[int]) -> None:
    """Put the agenda into the order of these keys.

    Raises:
        ValidationError: they are not the agenda's: somebody added or removed an item meanwhile.
    """
    with changing(dialogue):
        items = {item.pk: item for item in dialogue.agenda.all()}
        if sorted(items) != sorted(keys):
            raise ValidationError(
                _("The agenda has changed meanwhile. Reload the page to see it as it is.")
            )
        _number([items[key] for key in keys])


def _number(rows: Sequence[Ordered]) -> None:
    for number, row in enumerate(rows, 1):
        if row.order != number:
            row.order = number
            row.save(update_fields=["order"])


def organization_named(name: str, kind: str) -> Organization:
    """The organization of this name, made where there is none."""
    there = Organization.objects.filter(name__iexact=name).order_by("pk").first()
    if there:
        return there
    slug = _free(plain_address(name) or "organization", Organization.objects.all())
    return Organization.objects.create(slug=slug, name=name, kind=kind)


# ---- The room ----


def let_in(dialogue: Dialogue, is_open: bool) -> None:
    """Open the room to phones, or close it. Who is in stays in."""
    with changing(dialogue) as room:
        room.is_open = is_open


def change_code(dialogue: Dialogue) -> str:
    """Give the room another join code: the old one leads nowhere from now on."""
    with changing(dialogue) as room:
        room.code = new_code()
        while Room.objects.filter(code=room.code).exists():
            room.code = new_code()
        return room.code


# ---- Reading a plan ----


@dataclass(frozen=True, slots=True)
class Slot:
    """An agenda item and when its turn comes by the clock; None where that is not known."""

    item: AgendaItem
    number: int
    starts: time | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """An agenda with clock times. ``minutes`` sums the lengths that are set."""

    slots: list[Slot]
    minutes: int
    ends: time | None

    @classmethod
    def of(cls, dialogue: Dialogue) -> "Schedule":
        """Times follow from the start, until an item that has no length."""
        zone = ZoneInfo(dialogue.time_zone)
        moment: datetime | None = None
        if dialogue.starts:
            local = datetime.combine(dialogue.on, dialogue.starts, zone)
            moment = local.astimezone(UTC)  # a clock that is put forward must not count double
        slots, total = [], 0
        items = dialogue.agenda.prefetch_related("led_by").order_by("order", "id")
        for number, item in enumerate(items, 1):
            clock = moment.astimezone(zone).time() if moment else None
            slots.append(Slot(item, number, clock))
            total += item.minutes or 0
            if moment:
                moment = moment + timedelta(minutes=item.minutes) if item.minutes else None
        return cls(slots, total, moment.astimezone(zone).time() if moment and slots else None)


def missing(
    dialogue: Dialogue,
    schedule: Schedule,
    *,
    people: Sequence[Person],
    conveners: Sequence[Convener],
) -> list[tuple[str, str]]:
    """What a plan still lacks, each with the name of the page on which it is given."""
    without = sum(slot.item.minutes is None for slot in schedule.slots)
    lacks = [
        (not dialogue.starts, _("The time it begins: the agenda then has clock times."), "facts"),
        (not dialogue.report_id, _("The report it is about."), "facts"),
        (
            not dialogue.privacy_contact,
            _("Whom participants may ask about what is kept of them."),
            "facts",
        ),
        (not dialogue.keep_until, _("The day participants’ details are erased."), "facts"),
        (
            not dialogue.check_back_until,
            _("The day until which participants may correct what was recorded."),
            "facts",
        ),
        (not schedule.slots, _("An agenda."), "agenda"),
        (without > 0, _("A length for every item of the agenda."), "agenda"),
        (not people, _("Who chairs, moderates or speaks."), "people"),
        (not conveners, _("Who convenes it."), "conveners"),
    ]
    return [(words, f"dialogues:dialogue_{page}") for lack, words, page in lacks if lack]


def has_passed(dialogue: Dialogue, at: datetime | None = None) -> bool:
    """Whether its day is over where it is held."""
    now = at or timezone.now()
    return dialogue.on < now.astimezone(ZoneInfo(dialogue.time_zone)).date()
