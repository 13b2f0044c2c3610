"""Rehearsals: a copy with a simulated room, for one facilitator alone, and gone without a trace."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues import capturing, joining, rehearsing, running, voting
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Attribution,
    Channel,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Participant,
    Room,
    Tally,
    Turn,
    TurnState,
    Voted,
)
from recommendations.models import Entry
from tests.factories import (
    AgendaItemFactory,
    ContributionFactory,
    ConvenerFactory,
    DialogueFactory,
    ParticipantFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

WORD, OTHER = "quagga", "okapi"


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(
        facilitators=[facilitator],
        slug="delta-2026",
        title=f"On the {WORD} {OTHER}",
        attribution=Attribution.SECTOR,
    )


def agenda(dialogue: Dialogue, *kinds: AgendaKind, **kwargs: Any) -> None:
    for order, kind in enumerate(kinds, 1):
        AgendaItemFactory(dialogue=dialogue, order=order, kind=kind, **kwargs)


def rehearsed(dialogue: Dialogue, by: User, kind: AgendaKind, **kwargs: Any) -> AgendaItem:
    """An item that is on in a rehearsal."""
    agenda(dialogue, kind, **kwargs)
    rehearsal = rehearsing.rehearse(dialogue, by=by, seats=6, seed=1)
    item = running.go_on(rehearsal, by=by)
    assert item is not None
    return item


# ---- The copy ----


def test_a_rehearsal_has_the_plan_and_the_people_of_the_dialogue(
    dialogue: Dialogue, facilitator: User
) -> None:
    chair = PersonFactory(dialogue=dialogue, name="Ada Winter")
    convener = ConvenerFactory(dialogue=dialogue)
    agenda(dialogue, AgendaKind.WELCOME, AgendaKind.IDEAS, minutes=7, is_silent=True)
    dialogue.agenda.get(order=1).led_by.set([chair])

    copy = rehearsing.rehearse(dialogue, by=facilitator)

    assert (copy.slug, copy.title, copy.is_rehearsal, copy.attribution) == (
        "delta-2026-rehearsal",
        dialogue.title,
        True,
        Attribution.SECTOR,
    )
    items = copy.agenda.values_list("kind", "minutes", "is_silent", "started_at")
    assert list(items) == [("welcome", 7, True, None), ("ideas", 7, True, None)]
    led_by = copy.agenda.get(order=1).led_by.get()
    assert (led_by.name, led_by.dialogue, led_by != chair) == ("Ada Winter", copy, True)
    assert copy.conveners.get().organization == convener.organization
    assert list(copy.facilitators.all()) == [facilitator]


def test_nobody_who_really_takes_part_is_in_it(dialogue: Dialogue, facilitator: User) -> None:
    seat = ParticipantFactory(dialogue=dialogue, name="Ada Winter", email="ada@example.org")
    ContributionFactory(dialogue=dialogue, participant=seat, text="Really said.")

    copy = rehearsing.rehearse(dialogue, by=facilitator, seats=30)

    people = list(copy.participants.all())
    assert [person.seat for person in people] == list(range(1, 31))
    assert all(person.name.endswith(" Example") for person in people)
    assert {(person.channel, person.email) for person in people} == {(Channel.SIMULATED, "")}
    assert all(person.sector for person in people)
    assert people[0].agrees_to(ConsentPurpose.PUBLISH)
    assert not copy.contributions.exists()
    assert dialogue.participants.get() == seat


def test_the_same_seed_makes_the_same_room(dialogue: Dialogue, facilitator: User) -> None:
    rooms = [rehearsing.rehearse(dialogue, by=facilitator, seed=7) for _ in range(2)]

    names = [list(room.participants.values_list("name", "sector")) for room in rooms]
    assert names[0] == names[1]
    assert [room.slug for room in rooms] == ["delta-2026-rehearsal", "delta-2026-rehearsal-2"]


def test_an_anonymous_dialogue_is_rehearsed_without_names(
    dialogue: Dialogue, facilitator: User
) -> None:
    dialogue.attribution = Attribution.ANONYMOUS
    dialogue.save()

    copy = rehearsing.rehearse(dialogue, by=facilitator)

    assert set(copy.participants.values_list("name", flat=True)) == {""}


def test_a_french_dialogue_has_a_french_room(dialogue: Dialogue, facilitator: User) -> None:
    dialogue.language = "fr"
    dialogue.save()

    item = rehearsed(dialogue, facilitator, AgendaKind.ROUND)
    rehearsing.speak(item.dialogue, 1, by=facilitator)

    assert item.dialogue.participants.all()[0].name.endswith(" Exemple")
    texts = set(item.dialogue.contributions.values_list("kind", "text"))
    french = rehearsing._phrases("fr")
    assert all(text in french[kind] for kind, text in texts)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_there_is_enough_to_say_in_each_language(language: str) -> None:
    phrases = rehearsing._phrases(language)

    for kind in ("hope", "concern", "question", "reservation", "idea", "commitment"):
        texts = [rehearsing._text(phrase) for phrase in phrases[kind]]
        assert len(texts) == len(set(texts)) >= 6
    assert len(set(phrases["names"])) >= rehearsing.SEATS


def test_a_rehearsal_is_not_rehearsed(dialogue: Dialogue, facilitator: User) -> None:
    copy = rehearsing.rehearse(dialogue, by=facilitator)

    with pytest.raises(ValidationError, match="already"):
        rehearsing.rehearse(copy, by=facilitator)


def test_a_long_address_stays_within_its_length(facilitator: User) -> None:
    dialogue = DialogueFactory(slug="x" * 80, facilitators=[facilitator])

    slugs = [rehearsing.rehearse(dialogue, by=facilitator, seats=1).slug for _ in range(2)]

    assert slugs == [f"{'x' * 60}-rehearsal", f"{'x' * 60}-rehearsal-2"]


# ---- The room speaks ----


def test_those_whose_turn_it_is_say_a_hope_and_a_concern_each(
    dialogue: Dialogue, facilitator: User
) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.ROUND)

    n = rehearsing.speak(item.dialogue, 3, by=facilitator)

    said = item.dialogue.contributions.order_by("participant__seat", "kind")
    assert n == 3
    assert list(said.values_list("participant__seat", "kind")) == [
        (seat, kind) for seat in (1, 2, 3) for kind in ("concern", "hope")
    ]
    assert {(s.channel, s.state, s.typed_by) for s in said} == {
        (Channel.SIMULATED, ContributionState.POSTED, facilitator)
    }
    turns = list(item.turns.order_by("order").values_list("state", flat=True))
    assert turns == [TurnState.DONE] * 2 + [TurnState.SPEAKING] + [TurnState.WAITING] * 3


def test_who_has_been_called_speaks_first(dialogue: Dialogue, facilitator: User) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.ROUND)
    last = Participant.objects.order_by("seat").last()
    running.next_speaker(item, last)

    rehearsing.speak(item.dialogue, 1, by=facilitator)

    assert {s.participant for s in item.dialogue.contributions.all()} == {last}


def test_when_all_have_spoken_nobody_does(dialogue: Dialogue, facilitator: User) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.CLOSING)

    spoke = [rehearsing.speak(item.dialogue, 4, by=facilitator) for _ in range(3)]

    assert spoke == [4, 2, 0]
    assert item.dialogue.contributions.count() == 6


def test_nobody_repeats_another_before_all_has_been_said(
    dialogue: Dialogue, facilitator: User
) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.QUESTIONS)

    rehearsing.speak(item.dialogue, 6, by=facilitator)
    rehearsing.speak(item.dialogue, 2, by=facilitator)

    assert len(set(item.dialogue.contributions.values_list("text", flat=True))) == 8


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ({}, ContributionState.HELD),
        ({"posts_itself": True}, ContributionState.POSTED),
        ({"posts_itself": True, "is_silent": True}, ContributionState.HELD),
    ],
)
def test_ideas_come_as_the_round_has_it(
    dialogue: Dialogue, facilitator: User, how: dict[str, bool], state: str
) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.IDEAS, **how)

    assert rehearsing.speak(item.dialogue, 5, by=facilitator) == 5

    said = item.dialogue.contributions.all()
    assert {s.state for s in said} == {state}
    assert all(s.sector and s.participant for s in said)
    assert len({s.participant for s in said}) == 5


def test_on_the_scale_each_votes_once(dialogue: Dialogue, facilitator: User) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.SCALE)

    voted = [rehearsing.speak(item.dialogue, 4, by=facilitator, seed=2) for _ in range(3)]

    assert voted == [4, 2, 0]
    (ballots,) = voting.results(item).values()
    assert sum(ballots) == 6
    assert set(item.dialogue.contributions.values_list("kind", flat=True)) <= {"reservation"}


def test_nobody_speaks_while_nothing_is_asked(dialogue: Dialogue, facilitator: User) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.BRIEF)
    during = rehearsing.speak(item.dialogue, 3, by=facilitator)
    running.end(item)

    assert (during, rehearsing.speak(item.dialogue, 3, by=facilitator)) == (0, 0)
    assert not item.dialogue.contributions.exists()


@pytest.mark.parametrize("n", [0, 11, -1])
def test_a_crowd_does_not_speak_at_once(dialogue: Dialogue, facilitator: User, n: int) -> None:
    item = rehearsed(dialogue, facilitator, AgendaKind.ROUND)

    with pytest.raises(ValidationError):
        rehearsing.speak(item.dialogue, n, by=facilitator)


def test_in_a_real_dialogue_nobody_is_simulated(dialogue: Dialogue, facilitator: User) -> None:
    agenda(dialogue, AgendaKind.QUESTIONS)
    ParticipantFactory(dialogue=dialogue)
    Room.objects.of(dialogue)
    running.go_on(dialogue, by=facilitator)

    with pytest.raises(ValidationError, match="rehearsal"):
        rehearsing.speak(dialogue, 1, by=facilitator)

    assert not dialogue.contributions.exists()


# ---- Never public ----


def a_full_rehearsal(dialogue: Dialogue, by: User) -> Dialogue:
    item = rehearsed(dialogue, by, AgendaKind.ROUND)
    rehearsing.speak(item.dialogue, 3, by=by)
    capturing.take_down(
        item.dialogue,
        capturing.Said(
            kind=ContributionKind.HOPE,
            text=f"I hope for the {WORD} and the {OTHER}.",
            key=uuid.uuid4(),
        ),
        channel=Channel.CONSOLE,
        by=by,
    )
    return item.dialogue


def test_a_rehearsal_is_seen_by_its_facilitator_alone(
    dialogue: Dialogue,
    facilitator: User,
    stranger: User,
    citizen: User,
    editor: User,
    administrator: User,
) -> None:
    copy = a_full_rehearsal(dialogue, facilitator)
    said = copy.contributions.posted()[0]
    paths = [
        copy.get_absolute_url(),
        reverse("dialogues:statement_list", args=[copy.slug]),
        said.get_absolute_url(),
    ]

    for user in (None, stranger, citizen, editor, administrator):
        client = Client()
        if user:
            client.force_login(user)
        assert [client.get(path).status_code for path in paths] == [404] * 3
    client = Client()
    client.force_login(facilitator)
    assert [client.get(path).status_code for path in paths] == [200] * 3


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/fr/",
        "/dialogues/",
        f"/search/?q={OTHER}",
        "/activity/",
        "/activity.atom",
        "/sitemap.xml",
    ],
)
def test_a_rehearsal_is_on_no_public_page(
    dialogue: Dialogue, facilitator: User, editor: User, path: str
) -> None:
    a_full_rehearsal(dialogue, facilitator)
    editors = Client()
    editors.force_login(editor)

    assert WORD not in Client().get(path).content.decode()
    assert "rehearsal" not in editors.get(path).content.decode()
    # What there is to leak: the dialogue it is a copy of shows there once it is public.
    if "search" not in path and path not in {"/", "/fr/"}:
        dialogue.publish(by=editor)
        html = Client().get(path).content.decode()
        assert WORD in html or "delta-2026" in html
        assert "rehearsal" not in html


def test_a_list_of_dialogues_shows_no_rehearsal_to_its_own_facilitator(
    dialogue: Dialogue, facilitator: User
) -> None:
    copy = rehearsing.rehearse(dialogue, by=facilitator, seats=1)
    client = Client()
    client.force_login(facilitator)

    html = client.get("/dialogues/").content.decode()

    assert dialogue.get_absolute_url() in html
    assert copy.get_absolute_url() not in html


def test_a_rehearsal_is_never_published(dialogue: Dialogue, facilitator: User) -> None:
    copy = a_full_rehearsal(dialogue, facilitator)

    with pytest.raises(ValidationError, match="never published"):
        copy.publish(by=facilitator)
    copy.refresh_from_db()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Dialogue).filter(pk=copy.pk).update(
            published_at=copy.contributions.posted()[0].posted_at, published_by=facilitator
        )

    assert not Entry.objects.filter(text__contains=WORD).exists()
    assert not Dialogue.objects.public().exists()


# ---- Over ----


def test_nothing_is_left_of_a_rehearsal_and_all_of_the_dialogue(
    dialogue: Dialogue, facilitator: User
) -> None:
    ContributionFactory(dialogue=dialogue, text="Really said.", posted=True)
    copy = a_full_rehearsal(dialogue, facilitator)
    ContributionFactory(dialogue=copy, part_of=copy.contributions.all()[0])
    scale = running.start(
        AgendaItemFactory(dialogue=copy, kind=AgendaKind.SCALE, order=9), by=facilitator
    )
    rehearsing.speak(copy, 5, by=facilitator)
    assert Voted.objects.filter(item=scale).exists()
    pk = copy.pk

    rehearsing.end_rehearsal(copy)

    assert list(Dialogue.objects.all()) == [dialogue]
    assert [s.text for s in Contribution.objects.all()] == ["Really said."]
    for model in (Turn, Voted, Tally, Participant):
        assert not model.objects.exists()
    assert not Contribution.history.filter(dialogue_id=pk).exists()
    assert not Dialogue.history.filter(id=pk).exists()
    assert Contribution.history.filter(dialogue_id=dialogue.pk).exists()


def test_a_real_dialogue_is_not_ended_so(dialogue: Dialogue) -> None:
    ContributionFactory(dialogue=dialogue)
    dialogue.is_rehearsal = True  # only in this copy of the row

    with pytest.raises(ValidationError):
        rehearsing.end_rehearsal(dialogue)

    assert Contribution.objects.count() == Dialogue.objects.count() == 1


def test_what_a_participant_takes_away_is_in_no_history(dialogue: Dialogue) -> None:
    Room.objects.of(dialogue)
    seat = ParticipantFactory(dialogue=dialogue)
    mine = ContributionFactory(dialogue=dialogue, participant=seat, text=f"Of the {WORD}.")
    mine.text = f"Rather of the {WORD}."
    mine.save()
    assert Contribution.history.filter(text__contains=WORD).count() == 2

    joining.erase(seat)

    assert not Contribution.history.filter(text__contains=WORD).exists()


# ---- By its buttons ----


def test_from_the_first_button_to_the_last(dialogue: Dialogue, facilitator: User) -> None:
    agenda(dialogue, AgendaKind.ROUND)
    client = Client()
    client.force_login(facilitator)

    def press(name: str, slug: str, **data: Any) -> str:
        path = reverse(f"dialogues:rehearsal_{name}", args=[slug])
        answer = client.post(path, data, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    begun = press("begin", dialogue.slug)
    copy = Dialogue.objects.rehearsals().get()
    nothing_on = press("speak", copy.slug, n="3")
    running.go_on(copy, by=facilitator)
    spoke = press("speak", copy.slug, n="3")
    wrong = press("speak", copy.slug, n="eleven")
    ended = press("end", copy.slug)

    assert "This is a rehearsal." in begun
    assert "start the next round" in nothing_on
    assert "3 of the room took part." in spoke
    assert "from 1 to 10" in wrong
    assert "The rehearsal is over" in ended
    assert list(Dialogue.objects.all()) == [dialogue]


def test_a_real_dialogue_has_no_buttons_of_a_rehearsal(
    dialogue: Dialogue, facilitator: User
) -> None:
    client = Client()
    client.force_login(facilitator)

    for name in ("speak", "end"):
        path = reverse(f"dialogues:rehearsal_{name}", args=[dialogue.slug])
        assert client.post(path, {"n": "1"}).status_code == 404

    assert list(Dialogue.objects.all()) == [dialogue]
