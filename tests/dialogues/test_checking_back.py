"""“What we recorded you said”: what somebody does with their private link."""

import json
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from dialogues import capturing, joining
from dialogues.models import (
    Attribution,
    ConsentPurpose,
    Contribution,
    ContributionState,
    Dialogue,
    Participant,
    Sector,
)
from tests.factories import (
    AgendaItemFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RoomFactory,
    TurnFactory,
    VotedFactory,
)

pytestmark = pytest.mark.django_db

RECORD, PUBLISH, NAME, CONTACT, REPORT = ConsentPurpose


@pytest.fixture
def dialogue() -> Dialogue:
    dialogue = DialogueFactory(slug="halifax", attribution=Attribution.NAME)
    RoomFactory(dialogue=dialogue)
    return dialogue


@pytest.fixture
def ann(dialogue: Dialogue) -> Participant:
    return ParticipantFactory(
        dialogue=dialogue, seat=1, name="Ann Lake", email="ann@example.org", sector=Sector.MEDIA
    )


@pytest.fixture
def hope(ann: Participant) -> Contribution:
    return said(ann, text="That it stops", code="HOPE-01")


def said(participant: Participant, **values: Any) -> Contribution:
    return ContributionFactory(
        dialogue=participant.dialogue, participant=participant, **{"posted": True, **values}
    )


def link(participant: Participant, name: str = "said") -> str:
    return reverse(f"join:{name}", args=[participant.token("said")])


def read(client: Client, participant: Participant) -> str:
    response = client.get(link(participant))
    assert response.status_code == 200
    return response.content.decode()


def press(client: Client, participant: Participant, verb: str, **sent: Any) -> Any:
    return client.post(link(participant), {"statement": "HOPE-01", "verb": verb, **sent})


class TestReading:
    def test_everything_of_theirs_is_there_and_nothing_of_others(
        self, client: Client, ann: Participant, hope: Contribution, facilitator: User
    ) -> None:
        said(ann, posted=False, text="Still held", code="HOPE-02")
        gone = said(ann, text="Taken down", code="HOPE-03")
        capturing.withdraw(gone, by=facilitator, reason="Rude to a guest")
        capturing.revise(hope, "That it ends", revision=1)
        said(ParticipantFactory(dialogue=ann.dialogue, seat=2), text="Of somebody else")

        response = client.get(link(ann))

        html = response.content.decode()
        for words in (
            "That it ends",
            "First taken down as:",
            "That it stops",
            "Still held",
            "It waits for review.",
            "Those who run the dialogue took it down.",
        ):
            assert words in html
        assert "Of somebody else" not in html
        assert "Rude to a guest" not in html
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"
        assert 'content="noindex"' in html
        assert "canonical" not in html

    def test_it_says_what_became_of_what_was_merged_or_parted(
        self, client: Client, ann: Participant, hope: Contribution, facilitator: User
    ) -> None:
        other = ContributionFactory(dialogue=ann.dialogue, posted=True, code="HOPE-09")
        capturing.merge(other, hope, text=None, by=facilitator)
        joined = said(ann, code="HOPE-10")
        capturing.merge(other, joined, text="Of both.", by=facilitator)
        both = said(ann, code="IDEA-07", kind="idea")
        pieces = capturing.split(both, ["One", "Two"], keys=_keys(2), by=facilitator)

        html = read(client, ann)

        assert "It was joined with HOPE-09, and is no longer shown by itself." in html
        assert "It was joined with HOPE-09, and your words are in it: “Of both.”" in html
        assert f"It was parted into {pieces[0].code}, {pieces[1].code}." in html

    @pytest.mark.parametrize("token", ["x", "%00", "a:b", "é", "0" * 300])
    def test_a_wrong_link_is_explained(self, client: Client, ann: Participant, token: str) -> None:
        for rest in ("", "data.json", "erase/"):
            response = client.get(f"/join/said/{token}/{rest}")
            assert response.status_code == 404
            assert "This private link is not valid." in response.content.decode()

    def test_a_phone_s_seat_is_no_such_link(self, client: Client, ann: Participant) -> None:
        assert client.get(f"/join/said/{ann.token('seat')}/").status_code == 404

    def test_it_asks_as_often_with_many_statements_as_with_few(
        self, client: Client, ann: Participant
    ) -> None:
        def asked(n: int) -> int:
            for _ in range(n):
                statement = said(ann)
                ContributionFactory(dialogue=ann.dialogue, split_from=statement)
            with CaptureQueriesContext(connection) as queries:
                read(client, ann)
            return len(queries)

        assert asked(3) == asked(27) <= 10


class TestCorrecting:
    def correct(self, client: Client, ann: Participant, text: str, revision: int = 1) -> Any:
        sent = {"HOPE-01-text": text, "HOPE-01-revision": revision}
        return press(client, ann, "correct", **sent)

    def test_the_wording_is_corrected_and_the_first_one_stays(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        response = self.correct(client, ann, "That it ends")

        hope.refresh_from_db()
        assert response.status_code == 302
        assert response["Location"].endswith("/?done=HOPE-01#HOPE-01")
        assert (hope.text, hope.spoken) == ("That it ends", "That it stops")
        assert hope.state == ContributionState.POSTED

    @pytest.mark.parametrize(
        ("text", "words"), [(" ", "the box is empty"), ("x" * 10_000, "10000 characters long")]
    )
    def test_what_is_no_statement_is_explained_and_kept(
        self, client: Client, ann: Participant, hope: Contribution, text: str, words: str
    ) -> None:
        response = self.correct(client, ann, text)

        html = response.content.decode()
        assert response.status_code == 200
        assert words in html
        assert "<details open>" in html
        assert f"{text.strip()}</textarea>" in html
        hope.refresh_from_db()
        assert hope.text == "That it stops"

    def test_a_conflict_shows_both_wordings_and_the_next_save_counts(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        capturing.revise(hope, "Theirs meanwhile", revision=1)

        html = self.correct(client, ann, "Mine").content.decode()

        assert "Meanwhile it was changed to:" in html
        assert "Theirs meanwhile" in html
        assert ">\nMine</textarea>" in html
        assert 'name="HOPE-01-revision" value="2"' in html
        self.correct(client, ann, "Mine", revision=2)
        hope.refresh_from_db()
        assert hope.text == "Mine"

    def test_nobody_reaches_the_statements_of_others(
        self, client: Client, ann: Participant, dialogue: Dialogue
    ) -> None:
        theirs = said(
            ParticipantFactory(dialogue=dialogue, seat=2), code="HOPE-01", text="Not Ann’s"
        )

        for verb in ("correct", "take-back", "give-back", "attribute"):
            assert press(client, ann, verb).status_code == 404

        theirs.refresh_from_db()
        assert (theirs.text, theirs.state) == ("Not Ann’s", ContributionState.POSTED)

    @pytest.mark.parametrize("verb", ["", "post", "erase"])
    def test_what_no_button_says_is_not_done(
        self, client: Client, ann: Participant, hope: Contribution, verb: str
    ) -> None:
        assert press(client, ann, verb).status_code == 404

    def test_a_statement_is_taken_back_and_given_again(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        press(client, ann, "take-back")
        hope.refresh_from_db()
        assert hope.was_taken_back
        assert "You took it back." in read(client, ann)
        assert "Correct the wording" not in read(client, ann)

        press(client, ann, "give-back")

        hope.refresh_from_db()
        assert hope.state == ContributionState.HELD

    def test_a_withdrawn_statement_is_not_corrected_by_an_old_page(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        press(client, ann, "take-back")

        response = self.correct(client, ann, "Late")

        assert response.status_code == 200
        assert "can’t be corrected" in response.content.decode()

    def test_less_can_be_said_of_them_and_never_more(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        joining.agree(ann, NAME)
        assert "Beside it stands: Ann Lake." in read(client, ann)

        press(client, ann, "attribute", **{"HOPE-01-attribution": "sector"})
        assert "Beside it stands: Media." in read(client, ann)
        wrong = press(client, ann, "attribute", **{"HOPE-01-attribution": "chatham-house"})

        assert wrong.status_code == 200
        hope.refresh_from_db()
        assert hope.attribution == Attribution.SECTOR

    def test_where_nothing_is_said_nothing_is_asked(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        Dialogue.objects.filter(pk=ann.dialogue_id).update(attribution=Attribution.NONE)

        assert 'value="attribute"' not in read(client, ann)


class TestAfterTheLastDay:
    @pytest.fixture(autouse=True)
    def _over(self, dialogue: Dialogue) -> None:
        dialogue.check_back_until = date(2020, 3, 4)
        dialogue.save()

    def test_it_is_only_read_and_says_until_when(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        html = read(client, ann)

        assert "Corrections were possible until" in html
        assert "2020" in html
        for verb in ("correct", "take-back", "attribute"):
            assert f'value="{verb}"' not in html

    @pytest.mark.parametrize("verb", ["correct", "take-back", "attribute"])
    def test_an_old_page_changes_nothing(
        self, client: Client, ann: Participant, hope: Contribution, verb: str
    ) -> None:
        sent = {"HOPE-01-text": "Late", "HOPE-01-revision": 1, "HOPE-01-attribution": "none"}

        response = client.post(
            link(ann), {"statement": "HOPE-01", "verb": verb, **sent}, follow=True
        )

        assert "corrections are no longer possible" in response.content.decode()
        hope.refresh_from_db()
        assert (hope.text, hope.state) == ("That it stops", ContributionState.POSTED)
        assert hope.attribution == ""

    def test_consent_data_and_erasing_have_no_last_day(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        client.post(link(ann), {"consents": "1", "record": "on"})
        assert ann.agreements() == [RECORD]
        client.post(link(ann), {"consents": "1"})
        assert ann.agreements() == []
        assert client.get(link(ann, "said_data")).status_code == 200

        client.post(link(ann, "said_erase"))

        assert not Participant.objects.exists()


class TestTheirData:
    def test_consents_are_given_and_taken_back_in_the_language_of_the_page(
        self, client: Client, ann: Participant
    ) -> None:
        client.post(f"/fr{link(ann)}", {"consents": "1", "record": "on", "contact": "on"})

        assert ann.agreements() == [RECORD, CONTACT]
        assert {consent.language for consent in ann.consents.all()} == {"fr"}
        client.post(link(ann), {"consents": "1", "record": "on"})
        ann.refresh_from_db()
        assert (ann.agreements(), ann.email) == ([RECORD], "")

    def test_all_that_is_kept_is_in_the_file(
        self, client: Client, dialogue: Dialogue, ann: Participant, hope: Contribution
    ) -> None:
        joining.agree(ann, RECORD)
        capturing.revise(hope, "Second", revision=1)
        capturing.revise(hope, "Third", revision=2)
        item = AgendaItemFactory(dialogue=dialogue, text="Round one")
        TurnFactory(item=item, participant=ann)
        VotedFactory(item=item, participant=ann)
        said(ParticipantFactory(dialogue=dialogue, seat=2, name="Ben"), text="Of Ben")

        response = client.get(link(ann, "said_data"))

        data = json.loads(response.content)
        assert "attachment" in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]
        assert data["you"]["name"] == "Ann Lake"
        assert data["you"]["email"] == "ann@example.org"
        assert data["consents"][0]["wording"] == joining.wording(dialogue, RECORD)
        [statement] = data["statements"]
        assert (statement["text"], statement["as_spoken"]) == ("Third", "That it stops")
        assert statement["earlier_wordings"] == ["That it stops", "Second"]
        assert [turn["round"] for turn in data["turns"]] == ["Round one"]
        assert data["voted_in"] == ["Round one"]
        assert "Ben" not in response.content.decode()

    def test_it_asks_as_often_for_much_data_as_for_little(
        self, client: Client, ann: Participant
    ) -> None:
        def asked(n: int) -> int:
            for _ in range(n):
                said(ann, round=AgendaItemFactory(dialogue=ann.dialogue))
                TurnFactory(item__dialogue=ann.dialogue, participant=ann)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(link(ann, "said_data")).status_code == 200
            return len(queries)

        assert asked(3) == asked(27) <= 12

    def test_erasing_is_confirmed_and_leaves_nothing(
        self, client: Client, ann: Participant, hope: Contribution
    ) -> None:
        path = link(ann, "said_erase")
        asked = client.get(path).content.decode()
        assert "1 statement you made" in asked
        assert Participant.objects.exists()

        done = client.post(path, follow=True)

        assert done.redirect_chain == [("/join/said/erased/", 302)]
        assert "It is erased" in done.content.decode()
        assert not Participant.objects.exists()
        assert not Contribution.objects.exists()
        assert client.get(path).status_code == 404


def _keys(n: int) -> list[uuid.UUID]:
    return [uuid.uuid4() for _ in range(n)]
