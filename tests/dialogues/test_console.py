"""What the console is told, and what it may send."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from dialogues import capturing, joining, running, voting
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
    TallySource,
    TurnState,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = factories.DialogueFactory(facilitators=[facilitator])
    Room.objects.of(dialogue)
    return dialogue


@pytest.fixture
def scribe(dialogue: Dialogue) -> User:
    scribe = factories.UserFactory(email="scribe@example.org")
    dialogue.scribes.add(scribe)
    return scribe


class Desk:
    """Somebody at the console of a dialogue."""

    def __init__(self, user: User, dialogue: Dialogue) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.place = reverse("dialogues:console", args=[dialogue.slug])

    def state(self, since: int = 0) -> dict[str, Any]:
        return self.client.get(f"{self.place}state.json", {"since": since}).json()

    def send(self, path: str, expect: int = 200, **data: Any) -> dict[str, Any]:
        response = self.client.post(self.place + path, data, content_type="application/json")
        assert response.status_code == expect, response.content
        return response.json()

    def say(self, text: str, expect: int = 200, **data: Any) -> dict[str, Any]:
        data = {"key": str(uuid.uuid4()), "kind": "hope", **data}
        return self.send("say/", expect, text=text, **data)


@pytest.fixture
def desk(facilitator: User, dialogue: Dialogue) -> Desk:
    return Desk(facilitator, dialogue)


def seats(dialogue: Dialogue, n: int = 3, **details: str) -> list[Participant]:
    return [
        joining.take_seat(
            dialogue, channel=Channel.CONSOLE, details={"name": f"Zoé Marker {number}", **details}
        )
        for number in range(n)
    ]


def started(dialogue: Dialogue, kind: AgendaKind = AgendaKind.ROUND, **kwargs: Any) -> AgendaItem:
    item = factories.AgendaItemFactory(dialogue=dialogue, kind=kind, **kwargs)
    return running.start(item, by=dialogue.facilitators.get())


def phone_says(dialogue: Dialogue, text: str, **kwargs: Any) -> Contribution:
    said = capturing.Said(ContributionKind.IDEA, text, uuid.uuid4())
    return capturing.take_down(dialogue, said, channel=Channel.PHONE, **kwargs)


# ---- What is shown ----


def test_names_are_for_facilitators_and_seats_for_scribes(
    dialogue: Dialogue, facilitator: User, scribe: User
) -> None:
    participant = seats(dialogue, 1, affiliation="Marker House", email="marker@example.org")[0]
    running.next_speaker(started(dialogue))
    phone_says(dialogue, "Words", participant=participant)

    for_facilitator = json.dumps(Desk(facilitator, dialogue).state(), ensure_ascii=False)
    for_scribe = json.dumps(Desk(scribe, dialogue).state(), ensure_ascii=False)

    assert "Zoé Marker 0" in for_facilitator
    for secret in ("Marker House", "marker@", participant.key.hex, str(participant.key)):
        assert secret not in for_facilitator
    assert "arker" not in for_scribe
    assert '"seat": 1' in for_scribe


def test_an_answer_to_a_scribe_holds_no_name(dialogue: Dialogue, scribe: User) -> None:
    seats(dialogue, 2)
    item = started(dialogue)
    desk = Desk(scribe, dialogue)

    called = desk.send("turns/next/", item=item.pk)
    said = desk.say("Peace.", turn=called["turns"][0]["id"])

    assert called["turns"][0]["seat"] == said["statements"][0]["seat"] == 1
    assert "Marker" not in json.dumps([called, said])


def test_the_page_itself_holds_nothing_of_the_room(dialogue: Dialogue, desk: Desk) -> None:
    participant = seats(dialogue, 1)[0]
    phone_says(dialogue, "What a phone said", participant=participant)

    page = desk.client.get(desk.place)

    html = page.content.decode()
    assert dialogue.title in html
    for secret in ("Marker", "What a phone said", dialogue.room.code):
        assert secret not in html
    assert "no-store" in page["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in html


def test_only_what_changed_since_a_version_is_told(dialogue: Dialogue, desk: Desk) -> None:
    desk.say("The first")
    before = desk.state()

    desk.say("The second")
    after = desk.state(since=before["version"])

    assert [row["text"] for row in before["statements"]] == ["The first"]
    assert [row["text"] for row in after["statements"]] == ["The second"]
    assert after["n"] == 2


def test_a_poll_that_finds_nothing_new_is_answered_304(
    dialogue: Dialogue, desk: Desk, scribe: User
) -> None:
    address = f"{desk.place}state.json"
    tag = desk.client.get(address)["ETag"]

    with CaptureQueriesContext(connection) as asked:
        same = desk.client.get(address, headers={"If-None-Match": tag})
    questions = len(asked)
    other_role = Desk(scribe, dialogue).client.get(address, headers={"If-None-Match": tag})

    assert same.status_code == 304
    # Who asks (a session, a person) and of which room: one question each.
    assert questions == 3
    assert other_role.status_code == 200


def test_the_state_takes_as_many_queries_with_thirty_people_as_with_three(
    dialogue: Dialogue, desk: Desk
) -> None:
    def fill(n: int) -> None:
        people = seats(dialogue, n)
        item = started(dialogue)
        scale = factories.AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.SCALE)
        for person in people:
            said = phone_says(dialogue, "Words", participant=person, item=item)
            capturing.sort(said, themes=capturing.themes_named(dialogue, [f"Theme {said.pk}"]))
            question = factories.ContributionFactory(dialogue=dialogue, question=True)
            factories.AnswerFactory(contribution=question)
        running.start(scale, by=dialogue.facilitators.get())
        for person in people:
            voting.vote(scale, person, 7)
        running.start(item, by=dialogue.facilitators.get())

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.state()["statements"]
        return len(asked)

    fill(3)
    with_three = count()
    fill(27)

    assert count() == with_three


def test_an_erased_statement_shows_in_the_number_there_are(dialogue: Dialogue, desk: Desk) -> None:
    participant = seats(dialogue, 1)[0]
    phone_says(dialogue, "Erase me", participant=participant)
    before = desk.state()

    joining.erase(participant)
    after = desk.state(since=before["version"])

    assert (before["n"], after["n"], after["statements"]) == (1, 0, [])


def test_what_is_written_in_silence_is_counted_and_not_shown(
    dialogue: Dialogue, desk: Desk
) -> None:
    one, other = seats(dialogue, 2)
    item = started(dialogue, AgendaKind.IDEAS, is_silent=True)
    phone_says(dialogue, "Unseen idea", participant=one, item=item)
    phone_says(dialogue, "Unseen idea too", participant=one, item=item)
    phone_says(dialogue, "Another unseen", participant=other, item=item)

    silent = desk.state()
    desk.send(f"items/{item.pk}/reveal/")
    shown = desk.state(since=silent["version"])

    assert silent["silent"] == {str(item.pk): {"written": 3, "people": 2}}
    assert "nseen" not in json.dumps(silent)
    assert len(shown["statements"]) == shown["n"] == 3
    assert {row["state"] for row in shown["statements"]} == {"posted"}


def test_ballots_are_counted_out_when_the_vote_is_closed(dialogue: Dialogue, desk: Desk) -> None:
    one, _other = seats(dialogue, 2)
    item = started(dialogue, AgendaKind.SCALE)
    voting.vote(item, one, 8)
    desk.send("counts/", item=item.pk, source=TallySource.HANDS, score_3=4)

    open_ = desk.state()["votes"][str(item.pk)]
    desk.send(f"items/{item.pk}/end/")
    closed = desk.state()["votes"][str(item.pk)]

    assert (open_["voted"], set(open_["counts"])) == (1, {"hands"})
    assert open_["counts"]["hands"][3] == 4
    assert closed["counts"]["ballots"] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]


def test_the_balance_tells_who_was_not_heard_and_what_each_sector_had(
    dialogue: Dialogue, desk: Desk
) -> None:
    media = seats(dialogue, 2, sector="media")
    seats(dialogue, 1)
    item = started(dialogue)
    began = timezone.now() - timedelta(seconds=30)
    running.next_speaker(item, media[0], at=began)
    running.next_speaker(item, media[1], at=began + timedelta(seconds=20))
    running.end(item, at=began + timedelta(seconds=30))
    desk.say("Peace.", seat=1)

    balance = desk.state()["balance"]

    assert balance == {
        "silent": [3],
        "sectors": [
            {"sector": "media", "people": 2, "heard": 2, "statements": 1, "seconds": 30},
            {"sector": "", "people": 1, "heard": 0, "statements": 0, "seconds": 0},
        ],
    }


# ---- Taking down ----


def test_a_statement_sent_twice_is_there_once(dialogue: Dialogue, desk: Desk) -> None:
    key = str(uuid.uuid4())

    first = desk.say("Peace.", key=key)
    second = desk.say("Peace.", key=key)

    assert first == second
    assert dialogue.contributions.get().text == "Peace."


def test_a_statement_is_of_the_turn_it_was_typed_in(dialogue: Dialogue, desk: Desk) -> None:
    seats(dialogue, 2)
    item = started(dialogue)
    turn = running.next_speaker(item)
    running.next_speaker(item)

    desk.say("Late to arrive", turn=turn and turn.pk, item=item.pk)

    said = dialogue.contributions.get()
    assert (said.participant and said.participant.seat, said.turn, said.round) == (1, turn, item)
    assert (said.state, said.channel) == (ContributionState.POSTED, Channel.CONSOLE)


def test_a_statement_of_a_turn_that_is_gone_is_kept(dialogue: Dialogue, desk: Desk) -> None:
    elsewhere = factories.TurnFactory()

    desk.say("Kept all the same", turn=elsewhere.pk, item=elsewhere.item_id, seat=99)

    said = dialogue.contributions.get()
    assert (said.text, said.participant, said.turn) == ("Kept all the same", None, None)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"text": "   "}, "text"),
        ({"text": "x" * 10_000}, "text"),
        ({"text": "Peace.", "kind": "sermon"}, "kind"),
        ({"text": "Peace.", "key": "no key"}, "key"),
        ({"text": "Peace.", "turn": "one"}, "turn"),
    ],
)
def test_what_can_not_be_taken_is_refused_by_field(
    dialogue: Dialogue, desk: Desk, data: dict[str, Any], field: str
) -> None:
    answer = desk.say(expect=400, **data)

    assert list(answer["errors"]) == [field]
    assert not dialogue.contributions.exists()


@pytest.mark.parametrize("body", ["", "no json", "[1]", '"text"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(desk: Desk, body: Any) -> None:
    response = desk.client.post(f"{desk.place}say/", body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"]


def test_errors_are_in_the_language_of_the_page(desk: Desk) -> None:
    data = {"key": str(uuid.uuid4()), "kind": "sermon", "text": "Paix."}

    response = desk.client.post(f"/fr{desk.place}say/", data, content_type="application/json")

    assert "choix" in response.json()["errors"]["kind"][0]


def test_what_one_person_typed_is_not_sent_as_another(
    dialogue: Dialogue, desk: Desk, scribe: User
) -> None:
    data = {"key": str(uuid.uuid4()), "kind": "hope", "text": "Peace."}

    response = desk.client.post(
        f"{desk.place}say/",
        data,
        content_type="application/json",
        headers={"X-Person": str(scribe.pk)},
    )

    assert response.status_code == 401
    assert not dialogue.contributions.exists()


def test_the_last_is_taken_back_by_its_key(dialogue: Dialogue, desk: Desk) -> None:
    key = str(uuid.uuid4())
    desk.say("A slip", key=key)

    answer = desk.send("undo/", of=key)

    assert answer["statements"][0]["state"] == "withdrawn"
    assert dialogue.contributions.get().reason == "taken back at once"


def test_a_key_of_another_dialogue_takes_nothing_back(desk: Desk) -> None:
    other = factories.ContributionFactory(posted=True, key=uuid.uuid4())

    desk.send("undo/", 404, of=str(other.key))

    other.refresh_from_db()
    assert other.state == ContributionState.POSTED


# ---- One statement ----


def test_an_edit_of_what_was_changed_meanwhile_brings_both_versions(
    dialogue: Dialogue, desk: Desk, scribe: User
) -> None:
    row = desk.say("As spoken")["statements"][0]
    path = f"statements/{row['id']}/revise/"
    Desk(scribe, dialogue).send(path, text="Theirs", revision=row["revision"])

    answer = desk.send(path, 409, text="Mine", revision=row["revision"])
    theirs = answer["statements"][0]
    mended = desk.send(path, text="Mine", revision=theirs["revision"])

    assert (theirs["text"], theirs["revision"]) == ("Theirs", 2)
    assert mended["statements"][0]["spoken"] == "As spoken"
    assert dialogue.contributions.get().text == "Mine"


def test_merging_is_into_the_one_whose_number_is_given(dialogue: Dialogue, desk: Desk) -> None:
    first, second = (desk.say(text)["statements"][0] for text in ("One", "Two"))

    path = f"statements/{second['id']}/merge/"
    answer = desk.send(path, other="hope-1", text="One and two")

    kept, gone = sorted(answer["statements"], key=lambda row: row["id"])
    assert (kept["id"], kept["text"], kept["spoken"]) == (first["id"], "One and two", "One")
    assert (gone["state"], gone["replacedBy"]) == ("withdrawn", "HOPE-01")


@pytest.mark.parametrize("typed", ["1", "HOPE-1", "hope-01", "hope - 1"])
def test_a_number_may_be_typed_as_people_type(dialogue: Dialogue, desk: Desk, typed: str) -> None:
    _first, second = (desk.say(text)["statements"][0] for text in ("One", "Two"))

    answer = desk.send(f"statements/{second['id']}/duplicate/", other=typed)

    assert answer["statements"][1]["replacedBy"] == "HOPE-01"


@pytest.mark.parametrize("typed", ["", "HOPE-77", "nonsense", "HOPE-²", "9" * 30])
def test_a_number_that_is_not_there_is_said_beside_its_field(desk: Desk, typed: str) -> None:
    row = desk.say("One")["statements"][0]

    answer = desk.send(f"statements/{row['id']}/duplicate/", 400, other=typed)

    assert list(answer["errors"]) == ["other"]


def test_splitting_twice_with_the_same_key_splits_once(dialogue: Dialogue, desk: Desk) -> None:
    row = desk.say("One. Two.")["statements"][0]
    data: dict[str, Any] = {"key": str(uuid.uuid4()), "text": "One.\n\n \nTwo."}

    first = desk.send(f"statements/{row['id']}/split/", **data)
    second = desk.send(f"statements/{row['id']}/split/", **data)

    assert first == second
    assert [piece["text"] for piece in first["statements"][1:]] == ["One.", "Two."]
    assert {piece["splitFrom"] for piece in first["statements"][1:]} == {"HOPE-01"}
    assert dialogue.contributions.count() == 3


def test_a_statement_is_split_into_twenty_at_most(dialogue: Dialogue, desk: Desk) -> None:
    row = desk.say("Many")["statements"][0]
    path, key = f"statements/{row['id']}/split/", str(uuid.uuid4())

    answer = desk.send(path, 400, key=key, text="\n\n".join(["One"] * 21))
    desk.send(path, key=key, text="\n\n".join(["One"] * 20))

    assert answer["errors"] == {"text": ["Split it into at most 20."]}
    assert dialogue.contributions.count() == 21


def test_the_report_is_offered_to_those_who_may_read_it(
    dialogue: Dialogue, facilitator: User, scribe: User
) -> None:
    desks = [Desk(facilitator, dialogue), Desk(scribe, dialogue)]
    link = f'href="{dialogue.get_absolute_url()}"'

    def offers() -> list[bool]:
        return [link in desk.client.get(desk.place).content.decode() for desk in desks]

    before = offers()
    published = {"published_at": timezone.now(), "published_by": facilitator}
    Dialogue.objects.filter(pk=dialogue.pk).update(**published)

    assert before == [True, False]
    assert offers() == [True, True]


def test_sorting_leaves_alone_what_is_not_sent(dialogue: Dialogue, desk: Desk) -> None:
    factories.RecommendationFactory(code="CA-01", published=True)
    row = desk.say("One")["statements"][0]
    path = f"statements/{row['id']}/sort/"

    desk.send(path, themes="Schools,  young   people, schools")
    desk.send(path, sector="media")
    answer = desk.send(path, about="ca-01")

    found = answer["statements"][0]
    assert (found["sector"], found["about"]) == ("media", ["CA-01"])
    assert found["themes"] == ["Schools", "young people"]
    assert sorted(dialogue.themes.values_list("name", flat=True)) == ["Schools", "young people"]


def test_a_recommendation_that_is_not_public_can_not_be_named(desk: Desk) -> None:
    factories.RecommendationFactory(code="CA-09", published_at=None, published_by=None)
    row = desk.say("One")["statements"][0]

    answer = desk.send(f"statements/{row['id']}/sort/", 400, about="CA-09")

    assert answer["errors"] == {"about": ["There is no recommendation CA-09."]}


def test_withdrawing_asks_for_a_reason(dialogue: Dialogue, desk: Desk) -> None:
    row = desk.say("One")["statements"][0]
    path = f"statements/{row['id']}/withdraw/"

    refused = desk.send(path, 400, reason=" ")
    desk.send(path, reason="Names somebody")

    assert list(refused["errors"]) == ["reason"]
    said = dialogue.contributions.get()
    assert (said.state, said.reason) == (ContributionState.WITHDRAWN, "Names somebody")


def test_what_waits_is_set_aside_and_posted_again(dialogue: Dialogue, desk: Desk) -> None:
    said = phone_says(dialogue, "Unsure", participant=seats(dialogue, 1)[0])

    aside = desk.send(f"statements/{said.pk}/hold/")
    posted = desk.send(f"statements/{said.pk}/post/")

    assert [aside["statements"][0][name] for name in ("state", "reason")] == ["held", "set aside"]
    assert [posted["statements"][0][name] for name in ("state", "reason")] == ["posted", ""]


def test_a_question_is_answered_and_the_answer_put_right(dialogue: Dialogue, desk: Desk) -> None:
    row = desk.say("Who pays?", kind="question")["statements"][0]
    path = f"statements/{row['id']}/answer/"

    empty = desk.send(path, 400, text=" ")
    desk.send(path, text="Everybody.", answered_by="The speaker")
    version = desk.state()["version"]
    desk.send(path, text="All of us.", answered_by="The speaker", was_written_later=True)

    assert list(empty["errors"]) == ["text"]
    (told,) = desk.state(since=version)["statements"]
    assert told["answer"] == {"text": "All of us.", "by": "The speaker", "wasWrittenLater": True}


def test_only_a_question_is_answered(desk: Desk) -> None:
    row = desk.say("A hope")["statements"][0]

    answer = desk.send(f"statements/{row['id']}/answer/", 400, text="No.")

    assert answer["errors"] == {"text": ["Only a question can have an answer."]}


@pytest.mark.parametrize("verb", ["erase", "checked"])
def test_a_verb_there_is_not_is_404(desk: Desk, verb: str) -> None:
    row = desk.say("One")["statements"][0]

    desk.send(f"statements/{row['id']}/{verb}/", 404)


def test_a_statement_of_another_dialogue_is_404(desk: Desk) -> None:
    other = factories.ContributionFactory(posted=True)

    desk.send(f"statements/{other.pk}/withdraw/", 404, reason="Not yours")

    other.refresh_from_db()
    assert other.state == ContributionState.POSTED


# ---- The agenda and the queue ----


def test_going_on_twice_from_the_same_item_goes_on_once(dialogue: Dialogue, desk: Desk) -> None:
    first, second, _third = (
        factories.AgendaItemFactory(dialogue=dialogue, order=order) for order in range(3)
    )

    desk.send("go-on/")
    desk.send("go-on/", after=first.pk)
    desk.send("go-on/", after=first.pk)

    assert desk.state()["current"] == second.pk


def test_the_clock_is_stopped_and_the_item_lengthened(dialogue: Dialogue, desk: Desk) -> None:
    item = started(dialogue, minutes=10)

    desk.send(f"items/{item.pk}/pause/")
    desk.send(f"items/{item.pk}/extend/", minutes=5)
    too_long = desk.send(f"items/{item.pk}/extend/", 400, minutes=500)

    (told,) = desk.state()["agenda"]
    assert (told["isPaused"], told["extra"]) == (True, 5)
    assert too_long["errors"]


def test_two_calls_after_the_same_speaker_call_one(dialogue: Dialogue, desk: Desk) -> None:
    seats(dialogue, 3)
    item = started(dialogue)
    first = desk.send("turns/next/", item=item.pk)["turns"][0]["id"]

    desk.send("turns/next/", item=item.pk, after=first)
    again = desk.send("turns/next/", item=item.pk, after=first)

    states = [turn["state"] for turn in again["turns"]]
    assert states == [TurnState.DONE, TurnState.SPEAKING, TurnState.WAITING]


def test_a_call_made_without_a_network_counts_from_when_it_was_made(
    dialogue: Dialogue, desk: Desk
) -> None:
    seats(dialogue, 2)
    item = started(dialogue)
    AgendaItem.objects.update(started_at=timezone.now() - timedelta(minutes=5))
    turn = desk.send("turns/next/", item=item.pk, ago=90)["turns"][0]

    called = desk.send("turns/next/", item=item.pk, after=turn["id"], ago=40)["turns"]
    early = desk.send("turns/next/", item=item.pk, after=called[1]["id"], ago=86_400)["turns"]

    assert 49_000 <= called[1]["startedAt"] - called[0]["startedAt"] <= 52_000
    # No turn ends before it began.
    first, second = item.turns.order_by("order")
    assert first.ended_at == second.started_at == second.ended_at
    assert early[1]["state"] == TurnState.DONE


def test_the_seat_that_is_named_is_called(dialogue: Dialogue, desk: Desk) -> None:
    seats(dialogue, 3)
    item = started(dialogue)

    answer = desk.send("turns/next/", item=item.pk, seat=3)
    missing = desk.send("turns/next/", 404, item=item.pk, seat=9)

    assert answer["version"] == desk.state()["version"]
    speaking = [turn["seat"] for turn in answer["turns"] if turn["state"] == "speaking"]
    assert speaking == [3]
    assert missing["errors"]


def test_who_is_passed_over_comes_back_last(dialogue: Dialogue, desk: Desk) -> None:
    seats(dialogue, 2)
    item = started(dialogue)
    turn = item.turns.order_by("order")[0]

    passed = desk.send(f"turns/{turn.pk}/skip/")
    back = desk.send(f"turns/{turn.pk}/back/")

    assert [row["state"] for row in passed["turns"]] == ["waiting", "skipped"]
    assert [(row["seat"], row["state"]) for row in back["turns"]] == [
        (2, "waiting"),
        (1, "waiting"),
    ]


def test_a_speaker_is_given_more_time(dialogue: Dialogue, desk: Desk) -> None:
    seats(dialogue, 1)
    item = started(dialogue)
    turn = desk.send("turns/next/", item=item.pk)["turns"][0]

    longer = desk.send(f"turns/{turn['id']}/extend/", seconds=15)["turns"][0]

    assert (turn["seconds"], longer["seconds"]) == (45, 60)
    assert longer["endsAt"] - turn["endsAt"] == 15_000


# ---- The room ----


def test_joining_is_opened_closed_and_the_code_changed(dialogue: Dialogue, desk: Desk) -> None:
    code = dialogue.room.code

    opened = desk.send("room/", action="open")["room"]
    closed = desk.send("room/", action="close")["room"]
    changed = desk.send("room/", action="code")["room"]

    assert (opened["isOpen"], closed["isOpen"]) == (True, False)
    assert opened["code"] == code != changed["code"]
    assert desk.state()["room"] == changed


def test_a_seat_is_held_from_now_on(dialogue: Dialogue, desk: Desk) -> None:
    participant = seats(dialogue, 1)[0]
    item = started(dialogue, AgendaKind.IDEAS, posts_itself=True)
    before = phone_says(dialogue, "Before", participant=participant, item=item)

    desk.send("participants/1/hold/", is_held=True)
    participant.refresh_from_db()
    after = phone_says(dialogue, "After", participant=participant, item=item)
    desk.send("participants/1/hold/", is_held=False)
    participant.refresh_from_db()

    assert (before.state, after.state) == (ContributionState.POSTED, ContributionState.HELD)
    assert not participant.is_held


@pytest.mark.parametrize("counts", [{"score_3": -1}, {"score_3": 10_001}, {"score_3": "many"}])
def test_a_count_that_is_none_is_said_beside_its_number(
    dialogue: Dialogue, desk: Desk, counts: dict[str, Any]
) -> None:
    item = started(dialogue, AgendaKind.SCALE)

    answer = desk.send("counts/", 400, item=item.pk, source="paper", **counts)

    assert list(answer["errors"]) == ["score_3"]


def test_ballots_are_not_entered_by_hand(dialogue: Dialogue, desk: Desk) -> None:
    item = started(dialogue, AgendaKind.SCALE)

    answer = desk.send("counts/", 400, item=item.pk, source="ballots", score_3=1)

    assert list(answer["errors"]) == ["source"]
    assert not item.tallies.exists()


# ---- The worker ----


def test_the_worker_is_a_script_for_the_console_alone(dialogue: Dialogue, desk: Desk) -> None:
    response = Client().get(f"{desk.place}worker.js")

    assert response["Content-Type"] == "text/javascript"
    assert "Service-Worker-Allowed" not in response
    assert f'const PAGE = "{desk.place}"'.replace("-", "\\u002D") in response.content.decode()
