"""Planning a dialogue: what the verbs promise."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Organization, User
from dialogues import joining, planning, running
from dialogues.formats import FORMATS
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Attribution,
    Channel,
    ConsentPurpose,
    ContributionKind,
    Dialogue,
    Person,
    Room,
)
from dialogues.planning import Schedule
from recommendations.models import Entry
from tests import factories
from tests.factories import AgendaItemFactory, ConvenerFactory, DialogueFactory, PersonFactory

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 14)


def unsaved(**facts: Any) -> Dialogue:
    return Dialogue(**{"title": "A dialogue", "on": MARCH, "place": "Halifax", **facts})


# ---- A new dialogue ----


@pytest.mark.parametrize(
    ("place", "slug"),
    [
        ("Vancouver", "vancouver-2026-03-14"),
        ("L’Île-d’Orléans", "l-ile-d-orleans-2026-03-14"),
        ("St. John’s", "st-johns-2026-03-14"),
        ("St. John's", "st-johns-2026-03-14"),
        ("Sacré-Cœur", "sacre-coeur-2026-03-14"),
        ("Læsø", "laeso-2026-03-14"),
        ("CŒUR/ÆRØ", "coeur-aero-2026-03-14"),
        ("北京", "dialogue-2026-03-14"),
        ("’", "dialogue-2026-03-14"),
        ("x" * 200, f"{'x' * 60}-2026-03-14"),
    ],
)
def test_an_address_is_made_of_place_and_date(place: str, slug: str) -> None:
    assert planning.address_of(place, MARCH) == slug


def test_two_of_one_place_and_day_have_an_address_each(facilitator: User) -> None:
    slugs = [planning.plan_new(unsaved(), by=facilitator).slug for _n in range(3)]

    assert slugs == ["halifax-2026-03-14", "halifax-2026-03-14-2", "halifax-2026-03-14-3"]


@pytest.mark.parametrize("slug", sorted(Dialogue.RESERVED))
def test_an_address_that_has_another_use_is_refused(slug: str) -> None:
    dialogue = unsaved(slug=slug)

    with pytest.raises(ValidationError, match="another use"):
        dialogue.full_clean()


def test_whoever_plans_a_dialogue_runs_it_and_nobody_else_knows(
    facilitator: User, stranger: User
) -> None:
    dialogue = planning.plan_new(unsaved(), by=facilitator)

    assert list(dialogue.facilitators.all()) == [facilitator]
    assert not dialogue.is_public
    assert not Dialogue.objects.visible_to(stranger).exists()
    assert dialogue.room.is_open is False


def test_the_vancouver_format_is_an_agenda_in_the_language_of_the_dialogue(
    facilitator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(planning.translation, "override", SpokenIn(spoken))

    dialogue = planning.plan_new(
        unsaved(language="fr"), by=facilitator, pattern=FORMATS["vancouver"]
    )

    items = list(dialogue.agenda.all())
    assert [(item.kind, item.minutes) for item in items] == [
        ("welcome", 10),
        ("round", 25),
        ("brief", 20),
        ("questions", 20),
        ("scale", 5),
        ("ideas", 40),
        ("closing", 15),
    ]
    assert [item.order for item in items] == [1, 2, 3, 4, 5, 6, 7]
    assert items[1].turn_seconds == 45
    assert items[5].is_silent
    assert dialogue.resonance_question
    assert spoken == ["fr"]


class SpokenIn:
    """Stands in for ``translation.override`` and remembers the languages asked for."""

    def __init__(self, spoken: list[str]) -> None:
        self.spoken = spoken

    def __call__(self, language: str) -> "SpokenIn":
        self.spoken.append(language)
        return self

    def __enter__(self) -> None: ...

    def __exit__(self, *_error: object) -> None: ...


# ---- A copy ----


def test_a_copy_repeats_the_plan_and_nothing_that_happened(
    facilitator: User, stranger: User
) -> None:
    dialogue = DialogueFactory(
        facilitators=[facilitator, stranger],
        place="Ottawa",
        starts=time(9, 30),
        time_zone="America/Toronto",
        attribution=Attribution.SECTOR,
        privacy_contact="Ada, ada@example.org",
        resonance_question="How far?",
        lead="What happened there.",
        participant_count=30,
        keep_until=date(2010, 1, 1),
        check_back_until=date(2009, 12, 1),
        published=True,
    )
    speaker = PersonFactory(dialogue=dialogue, biography="A life.", attended=False)
    item = AgendaItemFactory(dialogue=dialogue, minutes=25, turn_seconds=30, order=3)
    item.led_by.add(speaker)
    convener = ConvenerFactory(dialogue=dialogue, acknowledgement="Thanks.")
    Room.objects.of(dialogue)
    running.start(item, by=facilitator)
    seat = joining.take_seat(dialogue, channel=Channel.CONSOLE, details={"name": "Ada"})
    factories.ContributionFactory(dialogue=dialogue, participant=seat, round=item)
    factories.SectionFactory(dialogue=dialogue)

    copy = planning.copy_of(dialogue, by=facilitator, title="Again", on=MARCH)

    copy.refresh_from_db()
    assert (copy.slug, copy.title, copy.on) == ("ottawa-2026-03-14", "Again", MARCH)
    same = ("starts", "time_zone", "place", "attribution", "privacy_contact", "resonance_question")
    assert [getattr(copy, name) for name in same] == [getattr(dialogue, name) for name in same]
    assert (copy.keep_until, copy.check_back_until, copy.participant_count) == (None, None, None)
    assert (copy.lead, copy.is_public) == ("", False)
    assert list(copy.facilitators.all()) == [facilitator]
    person = copy.people.get()
    assert (person.name, person.biography, person.attended) == (speaker.name, "A life.", True)
    again = copy.agenda.get()
    assert (again.minutes, again.turn_seconds, again.order) == (25, 30, 3)
    assert (again.started_at, list(again.led_by.all())) == (None, [person])
    assert copy.conveners.get().organization == convener.organization
    assert copy.conveners.get().acknowledgement == "Thanks."
    for empty in (copy.participants, copy.contributions, copy.sections):
        assert not empty.exists()
    assert (copy.room.current, copy.room.code != dialogue.room.code) == (None, True)
    # ... and the earlier one is as it was.
    assert (dialogue.people.count(), dialogue.agenda.count(), dialogue.conveners.count()) == (
        1,
        1,
        1,
    )


# ---- Facts, and what was promised ----


def widened(dialogue: Dialogue, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(dialogue, name, value)
    planning.change_facts(dialogue, facts)


RULES = [
    (Attribution.NAME, Attribution.SECTOR, True),
    (Attribution.NAME, Attribution.CHATHAM_HOUSE, True),
    (Attribution.SECTOR, Attribution.NONE, True),
    (Attribution.NONE, Attribution.CHATHAM_HOUSE, True),
    (Attribution.SECTOR, Attribution.NAME, False),
    (Attribution.NONE, Attribution.SECTOR, False),
    (Attribution.CHATHAM_HOUSE, Attribution.NONE, False),
    (Attribution.ANONYMOUS, Attribution.NAME, False),
    (Attribution.NAME, Attribution.ANONYMOUS, False),
]


@pytest.mark.parametrize(("before", "after", "may"), RULES)
@pytest.mark.parametrize("somebody", [joining.take_seat, None])
def test_once_people_are_in_the_rule_of_attribution_only_becomes_stricter(
    before: Attribution, after: Attribution, may: bool, somebody: Callable[..., Any] | None
) -> None:
    dialogue = DialogueFactory(attribution=before)
    Room.objects.of(dialogue)
    if somebody:
        somebody(dialogue, channel=Channel.CONSOLE)
    else:
        factories.ContributionFactory(dialogue=dialogue)

    if may:
        widened(dialogue, attribution=after)
    else:
        with pytest.raises(ValidationError, match="stricter"):
            widened(dialogue, attribution=after)

    assert Dialogue.objects.get().attribution == (after if may else before)


@pytest.mark.parametrize(("before", "after", "_may"), RULES)
def test_before_anybody_is_in_any_rule_may_be_chosen(
    before: Attribution, after: Attribution, _may: bool
) -> None:
    dialogue = DialogueFactory(attribution=before)

    widened(dialogue, attribution=after)

    assert Dialogue.objects.get().attribution == after


@pytest.mark.parametrize(
    ("day", "may"), [(date(2026, 5, 1), True), (date(2026, 7, 1), False), (None, False)]
)
def test_details_are_erased_no_later_than_people_were_told(day: date | None, may: bool) -> None:
    dialogue = DialogueFactory(keep_until=date(2026, 6, 1))
    Room.objects.of(dialogue)
    joining.take_seat(dialogue, channel=Channel.PAPER, agreed=[ConsentPurpose.RECORD])

    if may:
        widened(dialogue, keep_until=day)
    else:
        with pytest.raises(ValidationError, match="were told"):
            widened(dialogue, keep_until=day)

    assert Dialogue.objects.get().keep_until == (day if may else date(2026, 6, 1))


def test_facts_that_somebody_else_changed_meanwhile_stay() -> None:
    dialogue = DialogueFactory(title="Old", published=True)
    mine = Dialogue.objects.get()
    Dialogue.objects.filter(pk=dialogue.pk).update(venue="The library")

    mine.title = "New"
    planning.change_facts(mine, ["title"])

    now = Dialogue.objects.get()
    assert (now.title, now.venue) == ("New", "The library")
    assert Entry.objects.get().title == "New"


def test_screens_in_the_room_hear_of_new_facts() -> None:
    dialogue = DialogueFactory()
    before = Room.objects.of(dialogue).version

    widened(dialogue, title="New")

    assert Room.objects.get().version > before


# ---- Agenda ----


@pytest.fixture
def agenda() -> list[AgendaItem]:
    dialogue = DialogueFactory()
    return [
        AgendaItemFactory(dialogue=dialogue, text=text, order=n)
        for n, text in enumerate(["one", "two", "three"], 1)
    ]


def texts(dialogue: Dialogue) -> list[str]:
    return list(dialogue.agenda.order_by("order", "id").values_list("text", flat=True))


@pytest.mark.parametrize(
    ("which", "step", "place", "order"),
    [
        (2, -1, 2, ["one", "three", "two"]),
        (0, 1, 2, ["two", "one", "three"]),
        (0, -1, 1, ["one", "two", "three"]),
        (2, 1, 3, ["one", "two", "three"]),
    ],
)
def test_an_item_moves_by_one_and_stays_at_the_ends(
    agenda: list[AgendaItem], which: int, step: int, place: int, order: list[str]
) -> None:
    assert planning.move(agenda[which], step) == (place, 3)
    assert texts(agenda[0].dialogue) == order


def test_items_that_share_a_number_can_be_moved_too() -> None:
    dialogue = DialogueFactory()
    rows = [AgendaItemFactory(dialogue=dialogue, text=text, order=1) for text in "abc"]

    planning.move(rows[2], -1)

    assert texts(dialogue) == ["a", "c", "b"]


def test_the_agenda_takes_any_order_of_its_items(agenda: list[AgendaItem]) -> None:
    dialogue = agenda[0].dialogue
    Room.objects.of(dialogue)
    version = Room.objects.get().version

    planning.reorder(dialogue, [agenda[2].pk, agenda[0].pk, agenda[1].pk])

    assert texts(dialogue) == ["three", "one", "two"]
    assert Room.objects.get().version > version


def test_an_order_that_is_not_of_these_items_changes_nothing(agenda: list[AgendaItem]) -> None:
    dialogue, other = agenda[0].dialogue, AgendaItemFactory()
    keys = [item.pk for item in agenda]

    for wrong in (keys[:2], [*keys, other.pk], [keys[0], *keys[:2]], [*keys, keys[0]]):
        with pytest.raises(ValidationError, match="changed meanwhile"), transaction.atomic():
            planning.reorder(dialogue, wrong)

    assert texts(dialogue) == ["one", "two", "three"]


def test_a_new_item_comes_last(agenda: list[AgendaItem]) -> None:
    dialogue = agenda[0].dialogue

    planning.add(AgendaItem(dialogue=dialogue, kind=AgendaKind.BRIEF, text="four"))

    assert texts(dialogue) == ["one", "two", "three", "four"]


def test_an_item_that_has_started_stays_on_the_agenda(
    agenda: list[AgendaItem], facilitator: User
) -> None:
    item = agenda[1]
    Room.objects.of(item.dialogue)
    running.start(item, by=facilitator)

    with pytest.raises(ValidationError, match="has started"):
        planning.remove(item)
    planning.remove(agenda[0])

    assert texts(item.dialogue) == ["two", "three"]


def test_an_item_something_was_said_in_stays_on_the_agenda(agenda: list[AgendaItem]) -> None:
    factories.ContributionFactory(dialogue=agenda[1].dialogue, round=agenda[1])

    with pytest.raises(ValidationError):
        planning.remove(agenda[1])

    assert agenda[1].statements.count() == 1


def test_the_kind_of_a_round_that_has_started_stays(
    agenda: list[AgendaItem], facilitator: User
) -> None:
    item = agenda[1]
    Room.objects.of(item.dialogue)
    running.start(item, by=facilitator)

    item.kind = AgendaKind.SCALE
    with pytest.raises(ValidationError, match="stays as it is"):
        planning.change(item, ["kind"])
    item.kind, item.minutes = AgendaKind.ROUND, 30
    planning.change(item, ["kind", "minutes"])

    item.refresh_from_db()
    assert (item.kind, item.minutes) == (AgendaKind.ROUND, 30)


def test_to_change_an_item_does_not_stop_its_clock(
    agenda: list[AgendaItem], facilitator: User
) -> None:
    Room.objects.of(agenda[0].dialogue)
    stale = AgendaItem.objects.get(pk=agenda[0].pk)
    running.start(agenda[0], by=facilitator)

    stale.text = "uno"
    planning.change(stale, ["text"])

    item = AgendaItem.objects.get(pk=stale.pk)
    assert (item.text, item.is_running) == ("uno", True)


def test_who_leads_an_item_is_said_with_it() -> None:
    person = PersonFactory()
    item = AgendaItem(dialogue=person.dialogue, kind=AgendaKind.BRIEF, text="Brief")

    planning.add(item, led_by=[person])
    assert list(item.led_by.all()) == [person]

    planning.change(item, ["text"], led_by=[])
    assert list(item.led_by.all()) == []


def test_to_remove_a_person_leaves_what_they_lead(agenda: list[AgendaItem]) -> None:
    person = PersonFactory(dialogue=agenda[0].dialogue)
    agenda[0].led_by.add(person)

    planning.remove(person)

    assert not Person.objects.exists()
    assert texts(agenda[0].dialogue) == ["one", "two", "three"]


# ---- Conveners ----


def test_an_organization_is_not_named_twice() -> None:
    convener = ConvenerFactory()
    again = ConvenerFactory.build(dialogue=convener.dialogue, organization=convener.organization)

    with pytest.raises(ValidationError, match="already"):
        planning.add(again)

    assert convener.dialogue.conveners.count() == 1


def test_a_new_organization_has_an_address_of_its_own() -> None:
    first = planning.organization_named("L’Œuvre", "ngo")
    second = planning.organization_named("L Œuvre", "network")

    assert (first.slug, second.slug) == ("l-oeuvre", "l-oeuvre-2")
    assert (first.kind, second.kind) == ("ngo", "network")


def test_an_organization_that_is_known_is_not_made_again() -> None:
    known = factories.OrganizationFactory(name="A Network of Towns")

    assert planning.organization_named("a network of towns", "ngo") == known
    assert Organization.objects.count() == 1


# ---- Room ----


def test_phones_are_let_in_and_kept_out() -> None:
    dialogue = DialogueFactory()

    planning.let_in(dialogue, True)
    assert joining.take_seat(dialogue, channel=Channel.PHONE).seat == 1
    planning.let_in(dialogue, False)

    with pytest.raises(ValidationError, match="closed"):
        joining.take_seat(dialogue, channel=Channel.PHONE)


def test_another_code_makes_the_old_one_void() -> None:
    dialogue = DialogueFactory()
    old = Room.objects.of(dialogue).code

    new = planning.change_code(dialogue)

    assert new != old
    assert Room.objects.get().code == new


# ---- Reading a plan ----


def scheduled(dialogue: Dialogue, *minutes: int | None) -> Schedule:
    for order, length in enumerate(minutes, 1):
        AgendaItemFactory(dialogue=dialogue, minutes=length, order=order)
    return Schedule.of(dialogue)


def test_clock_times_follow_from_the_start() -> None:
    schedule = scheduled(DialogueFactory(starts=time(9, 30)), 10, 25, 60)

    assert [slot.starts for slot in schedule.slots] == [time(9, 30), time(9, 40), time(10, 5)]
    assert (schedule.minutes, schedule.ends) == (95, time(11, 5))


def test_after_an_item_without_a_length_no_time_is_known() -> None:
    schedule = scheduled(DialogueFactory(starts=time(9, 30)), 10, None, 60)

    assert [slot.starts for slot in schedule.slots] == [time(9, 30), time(9, 40), None]
    assert (schedule.minutes, schedule.ends) == (70, None)


def test_without_a_start_lengths_are_summed_all_the_same() -> None:
    schedule = scheduled(DialogueFactory(), 10, 25)

    assert [slot.starts for slot in schedule.slots] == [None, None]
    assert (schedule.minutes, schedule.ends) == (35, None)


def test_a_clock_that_is_put_forward_is_counted_once() -> None:
    # On that night in Vancouver two o’clock was three.
    dialogue = DialogueFactory(
        on=date(2026, 3, 8), starts=time(1, 30), time_zone="America/Vancouver"
    )

    schedule = scheduled(dialogue, 30, 30)

    assert [slot.starts for slot in schedule.slots] == [time(1, 30), time(3)]
    assert schedule.ends == time(3, 30)


@pytest.mark.parametrize(
    ("zone", "passed"), [("America/Vancouver", False), ("Pacific/Auckland", True)]
)
def test_a_day_is_over_where_the_dialogue_is_held(zone: str, passed: bool) -> None:
    dialogue = DialogueFactory(on=MARCH, time_zone=zone)
    now = datetime.fromisoformat("2026-03-14T20:00:00+00:00")

    assert planning.has_passed(dialogue, now) is passed


def missing(dialogue: Dialogue) -> list[str]:
    lacks = planning.missing(
        dialogue,
        Schedule.of(dialogue),
        people=list(dialogue.people.all()),
        conveners=list(dialogue.conveners.all()),
    )
    return [page.removeprefix("dialogues:dialogue_") for _words, page in lacks]


def test_what_a_plan_lacks_is_named_with_the_page_that_mends_it() -> None:
    dialogue = DialogueFactory()

    assert missing(dialogue) == [*["facts"] * 5, "agenda", "people", "conveners"]


def test_a_whole_plan_lacks_nothing() -> None:
    dialogue = DialogueFactory(
        starts=time(9),
        report=factories.ReportFactory(),
        privacy_contact="Ada",
        keep_until=MARCH,
        check_back_until=MARCH,
    )
    item = AgendaItemFactory(dialogue=dialogue)
    PersonFactory(dialogue=dialogue)
    ConvenerFactory(dialogue=dialogue)
    assert missing(dialogue) == ["agenda"]  # a length

    item.minutes = 25
    planning.change(item, ["minutes"])

    assert missing(dialogue) == []


def test_statements_keep_their_round_when_the_agenda_is_put_into_another_order(
    agenda: list[AgendaItem], facilitator: User
) -> None:
    item = agenda[0]
    Room.objects.of(item.dialogue)
    running.start(item, by=facilitator)
    statement = factories.ContributionFactory(
        dialogue=item.dialogue, round=item, kind=ContributionKind.HOPE
    )

    planning.reorder(item.dialogue, [row.pk for row in reversed(agenda)])

    statement.refresh_from_db()
    assert statement.round == item
    assert Room.objects.get().current == item
