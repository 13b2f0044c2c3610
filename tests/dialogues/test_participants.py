"""The list of participants: what a facilitator does with it."""

import re
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from dialogues import joining
from dialogues.models import (
    Attribution,
    ConsentPurpose,
    Dialogue,
    Participant,
    Room,
    Sector,
)
from tests.factories import (
    ConsentFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RoomFactory,
)
from tests.working import work

pytestmark = pytest.mark.django_db

RECORD, PUBLISH, NAME, CONTACT, REPORT = ConsentPurpose
HOME = "/dialogues/halifax/participants/"


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = DialogueFactory(slug="halifax", facilitators=[facilitator])
    RoomFactory(dialogue=dialogue)
    return dialogue


@pytest.fixture
def desk(client: Client, facilitator: User, dialogue: Dialogue) -> Client:
    client.force_login(facilitator)
    return client


@pytest.fixture
def ann(dialogue: Dialogue) -> Participant:
    Room.objects.update(numbers={"seat": 1})
    return ParticipantFactory(
        dialogue=dialogue, seat=1, name="Ann Lake", email="ann@example.org", sector=Sector.MEDIA
    )


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


class TestTheList:
    def test_it_says_who_sits_where_and_agrees_to_what(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        ConsentFactory(participant=ann, purpose=RECORD)
        ConsentFactory(participant=ann, purpose=CONTACT, expires_on=date(2020, 1, 1))
        ContributionFactory.create_batch(3, dialogue=dialogue, participant=ann)

        response = desk.get(HOME)

        [row] = response.context["page"].object_list
        assert (row.seat, row.n, row.agreements()) == (1, 3, [RECORD])
        assert "Ann Lake" in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert 'content="noindex"' in response.content.decode()

    def test_it_asks_as_often_with_many_seats_as_with_few(
        self, desk: Client, dialogue: Dialogue
    ) -> None:
        def asked(n: int) -> int:
            for _ in range(n):
                one = ParticipantFactory(dialogue=dialogue, agreed=[RECORD, PUBLISH])
                ContributionFactory(dialogue=dialogue, participant=one)
            with CaptureQueriesContext(connection) as queries:
                html(desk, HOME)
            return len(queries)

        assert asked(3) == asked(27) <= 9

    def test_somebody_is_added(self, desk: Client, dialogue: Dialogue) -> None:
        response = desk.post(HOME, {"name": " Ann  ", "sector": "media", "email": ""}, follow=True)

        [ann] = dialogue.participants.all()
        assert (ann.name, ann.sector, ann.seat) == ("Ann", Sector.MEDIA, 1)
        assert "Seat 1 is taken." in response.content.decode()

    def test_a_seat_without_a_name_is_one_too(self, desk: Client, dialogue: Dialogue) -> None:
        Room.objects.all().delete()  # nobody has opened the room yet

        desk.post(HOME, {})

        assert [one.name for one in dialogue.participants.all()] == [""]

    def test_what_was_typed_is_kept_beside_what_is_wrong(
        self, desk: Client, dialogue: Dialogue
    ) -> None:
        response = desk.post(HOME, {"name": "Ann", "email": "nowhere", "sector": "fishing"})

        page = response.content.decode()
        assert response.status_code == 200
        assert 'value="Ann"' in page
        assert 'value="nowhere"' in page
        assert "There is a problem" in page
        assert "<title>Error:" in page
        assert not dialogue.participants.exists()

    def test_an_anonymous_dialogue_asks_no_name(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        Dialogue.objects.filter(pk=dialogue.pk).update(attribution=Attribution.ANONYMOUS)

        for path in (HOME, f"{HOME}1/", f"{HOME}1/consents/"):
            page = html(desk, path)
            assert "Ann Lake" not in page
            assert 'name="name"' not in page
        assert "asks nobody’s name" in html(desk, f"{HOME}import/")


class TestOneSeat:
    def test_details_are_put_right(self, desk: Client, ann: Participant) -> None:
        desk.post(f"{HOME}1/", {"name": "Anna Lake", "sector": "", "affiliation": "Hill"})

        ann.refresh_from_db()
        assert (ann.name, ann.sector, ann.affiliation, ann.email) == ("Anna Lake", "", "Hill", "")

    def test_a_second_language_can_be_chosen(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        assert 'name="language"' not in html(desk, f"{HOME}1/")
        Dialogue.objects.filter(pk=dialogue.pk).update(also_in="fr")

        desk.post(f"{HOME}1/", {"name": "Ann", "language": "fr"})

        ann.refresh_from_db()
        assert ann.language == "fr"

    @pytest.mark.parametrize(
        ("verb", "after"),
        [
            ("hold", (True, False)),
            ("release", (False, False)),
            ("leave", (False, True)),
            ("return", (False, False)),
        ],
    )
    def test_one_press_does_one_thing(
        self, desk: Client, ann: Participant, verb: str, after: tuple[bool, bool]
    ) -> None:
        if verb == "release":
            Participant.objects.update(is_held=True)
        if verb == "return":
            Participant.objects.update(has_left=True)

        response = desk.post(f"{HOME}1/mark/", {"verb": verb})

        ann.refresh_from_db()
        assert (ann.is_held, ann.has_left) == after
        assert response["Location"] == HOME

    def test_a_new_private_link_voids_the_old(self, desk: Client, ann: Participant) -> None:
        old = ann.token("said")

        desk.post(f"{HOME}1/mark/", {"verb": "new-key", "here": "1"})

        assert desk.get(f"/join/said/{old}/").status_code == 404

    def test_what_no_button_says_is_not_done(self, desk: Client, ann: Participant) -> None:
        assert desk.post(f"{HOME}1/mark/", {"verb": "promote"}).status_code == 404
        assert desk.post(f"{HOME}1/mark/").status_code == 404

    def test_a_seat_that_is_not_there_is_said_so(self, desk: Client, ann: Participant) -> None:
        for seat in (2, 10**30):
            response = desk.get(f"{HOME}{seat}/")
            assert response.status_code == 404
            assert "Nobody sits on seat" in response.content.decode()

    def test_erasing_is_confirmed_and_says_what_goes(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        ContributionFactory.create_batch(2, dialogue=dialogue, participant=ann)

        asked = html(desk, f"{HOME}1/erase/")
        assert "2 statements, from the room" in asked
        assert Participant.objects.exists()
        done = desk.post(f"{HOME}1/erase/", follow=True).content.decode()

        assert "Seat 1 is erased, with 2 statements." in done
        assert not Participant.objects.exists()
        assert not dialogue.contributions.exists()


class TestJoiningSeats:
    def test_the_likely_one_is_filled_in_and_joined(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        ParticipantFactory(dialogue=dialogue, seat=2)
        ParticipantFactory(dialogue=dialogue, seat=3, name="ann lake")

        page = html(desk, f"{HOME}1/join/")
        done = desk.post(f"{HOME}1/join/", {"seat": "3"}, follow=True).content.decode()

        assert 'value="3"' in page
        assert "Seat 3 is joined with Seat 1." in done
        assert sorted(dialogue.participants.values_list("seat", flat=True)) == [1, 2]

    @pytest.mark.parametrize(
        ("typed", "problem"),
        [
            ("", "Write the number of the other seat."),
            ("two", "Write the number of the other seat."),
            ("-1", "Write the number of the other seat."),
            ("1", "This is the seat you came from."),
            ("7", "Nobody sits on seat 7."),
            ("99999999999999999999", "Nobody sits on seat 99999999999999999999."),
        ],
    )
    def test_what_is_no_other_seat_is_told_beside_the_box(
        self, desk: Client, dialogue: Dialogue, ann: Participant, typed: str, problem: str
    ) -> None:
        response = desk.post(f"{HOME}1/join/", {"seat": typed})

        assert problem in " ".join(response.context["form"].errors["seat"])
        assert f'value="{typed}"' in response.content.decode() or not typed
        assert dialogue.participants.count() == 1


class TestConsents:
    def test_each_is_ticked_by_itself_and_kept_in_the_words_of_the_sheet(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        Participant.objects.update(language="fr")

        page = desk.get(f"{HOME}1/consents/")
        desk.post(f"{HOME}1/consents/", {"record": "on", "publish": "on"})

        assert list(page.context["form"].fields) == ["record", "publish", "contact", "report"]
        assert ann.agreements() == [RECORD, PUBLISH]
        assert {consent.language for consent in ann.consents.all()} == {"fr"}

    def test_a_box_left_open_takes_it_back(self, desk: Client, ann: Participant) -> None:
        ConsentFactory(participant=ann, purpose=RECORD)
        ConsentFactory(participant=ann, purpose=CONTACT)

        desk.post(f"{HOME}1/consents/", {"record": "on"})

        ann.refresh_from_db()
        assert ann.agreements() == [RECORD]
        assert ann.email == ""
        assert "taken back" in html(desk, f"{HOME}1/consents/")

    def test_one_sheet_is_entered_seat_after_seat(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        ParticipantFactory(dialogue=dialogue, seat=4)

        response = desk.post(f"{HOME}1/consents/", {"record": "on", "next": "1"})

        assert response["Location"] == f"{HOME}4/consents/"
        assert 'name="next"' not in html(desk, f"{HOME}4/consents/")


class TestThePrivateLink:
    def test_it_is_shown_to_copy(self, desk: Client, ann: Participant) -> None:
        page = html(desk, f"{HOME}1/said/")

        link = re.search(r'value="(http://testserver/join/said/[^"]+)"', page)
        assert link
        assert Client().get(link[1].removeprefix("http://testserver")).status_code == 200

    def test_mail_goes_only_to_whoever_agreed(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        refused = desk.post(f"{HOME}1/said/").content.decode()
        assert "has not agreed" in refused
        assert mail.outbox == []
        ConsentFactory(participant=ann, purpose=CONTACT)

        done = desk.post(f"{HOME}1/said/", follow=True).content.decode()
        work()

        [letter] = mail.outbox
        assert letter.to == ["ann@example.org"]
        assert f"http://testserver/join/said/{ann.token('said')}/" in letter.body
        assert "The link is on its way to Seat 1." in done

    def test_it_is_written_in_the_language_of_the_reader(
        self, desk: Client, ann: Participant
    ) -> None:
        ConsentFactory(participant=ann, purpose=CONTACT)
        Participant.objects.update(language="fr")

        desk.post(f"{HOME}1/said/")
        work()

        assert "http://testserver/fr/join/said/" in mail.outbox[0].body

    def test_a_letter_that_waits_goes_with_the_consent_it_stood_on(
        self, desk: Client, ann: Participant
    ) -> None:
        ConsentFactory(participant=ann, purpose=CONTACT)
        desk.post(f"{HOME}1/said/")

        joining.take_back(ann, CONTACT)
        work()

        assert mail.outbox == []

    def test_without_mail_the_link_is_copied(
        self, desk: Client, ann: Participant, settings: Settings
    ) -> None:
        ConsentFactory(participant=ann, purpose=CONTACT)

        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        assert "This site sends no mail." in html(desk, f"{HOME}1/said/")


class TestImporting:
    LIST = "Ann Lake;Harbour;media;ann@example.org\n;Nobody\nBen Hill"

    def preview(self, desk: Client, **sent: Any) -> Any:
        response = desk.post(f"{HOME}import/", sent)
        assert response.status_code == 200
        return response

    def test_first_it_is_shown_and_nothing_is_written(
        self, desk: Client, dialogue: Dialogue
    ) -> None:
        response = self.preview(desk, pasted=self.LIST)

        page = response.content.decode()
        assert (response.context["good"], response.context["bad"]) == (2, 1)
        assert "The name is missing." in page
        assert "Take 2 people" in page
        assert not dialogue.participants.exists()
        assert not dialogue.batches.exists()

    def test_then_the_good_lines_are_taken_together(self, desk: Client, dialogue: Dialogue) -> None:
        seen = self.preview(desk, pasted=self.LIST).context["seen"]

        # A browser sends the ends of lines its own way.
        sent = {"pasted": self.LIST.replace("\n", "\r\n"), "seen": seen, "take": "1"}
        done = desk.post(f"{HOME}import/", sent, follow=True).content.decode()

        assert "2 people have a seat now." in done
        [batch] = dialogue.batches.all()
        assert list(batch.participants.values_list("seat", "name", "channel")) == [
            (1, "Ann Lake", "import"),
            (2, "Ben Hill", "import"),
        ]

    def test_a_double_click_takes_them_once(self, desk: Client, dialogue: Dialogue) -> None:
        seen = self.preview(desk, pasted=self.LIST).context["seen"]
        sent = {"pasted": self.LIST, "seen": seen, "take": "1"}

        desk.post(f"{HOME}import/", sent)
        again = desk.post(f"{HOME}import/", sent, follow=True).content.decode()

        assert "nobody was added" in again
        assert dialogue.participants.count() == 2

    @pytest.mark.parametrize("seen", ["", "forged", "é"])
    def test_what_was_not_looked_at_is_not_taken(
        self, desk: Client, dialogue: Dialogue, seen: str
    ) -> None:
        response = self.preview(desk, pasted=self.LIST, seen=seen, take="1")

        assert "Look again before you take it." in response.content.decode()
        assert not dialogue.participants.exists()

    def test_a_file_comes_back_as_a_list_that_can_be_mended(
        self, desk: Client, dialogue: Dialogue
    ) -> None:
        file = SimpleUploadedFile("list.csv", "Nom;Secteur\nZoë;pêche\n".encode("cp1252"))

        response = self.preview(desk, file=file)

        page = response.content.decode()
        assert "“pêche” is no sector" in page
        pasted = response.context["form"].initial["pasted"]
        mended = pasted.replace("pêche", "media")
        seen = self.preview(desk, pasted=mended).context["seen"]
        desk.post(f"{HOME}import/", {"pasted": mended, "seen": seen, "take": "1"})
        assert [(one.name, one.sector) for one in dialogue.participants.all()] == [
            ("Zoë", Sector.MEDIA)
        ]

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"person\nAnn", "There is no column of names"),
            (b"name\nA\x81", "can’t be read"),
            (b"x" * 1_000_001, "larger than 1 MB"),
            (b"", "There is nothing in it."),
        ],
    )
    def test_a_file_that_is_no_list_is_explained_beside_the_field(
        self, desk: Client, dialogue: Dialogue, data: bytes, words: str
    ) -> None:
        file = SimpleUploadedFile("list.csv", data)

        response = desk.post(f"{HOME}import/", {"file": file, "pasted": "Kept"})

        page = response.content.decode()
        assert words in page
        assert "There is a problem" in page
        assert ">\nKept</textarea>" in page

    def test_nothing_at_all_is_explained(self, desk: Client, dialogue: Dialogue) -> None:
        assert "Paste a list, or choose a file." in desk.post(f"{HOME}import/").content.decode()

    def test_who_is_here_already_is_marked_and_taken_only_on_request(
        self, desk: Client, dialogue: Dialogue, ann: Participant
    ) -> None:
        response = self.preview(desk, pasted="Ann;;;ANN@example.org\nBen")
        assert (response.context["good"], response.context["doubles"]) == (1, 1)
        sent = {"pasted": "Ann;;;ANN@example.org\nBen", "take": "1"}
        sent["seen"] = response.context["seen"]

        desk.post(f"{HOME}import/", sent)
        assert dialogue.participants.count() == 2
        desk.post(f"{HOME}import/", {**sent, "with_doubles": "1"})

        assert dialogue.participants.count() == 4

    def test_a_whole_list_is_taken_back(self, desk: Client, dialogue: Dialogue) -> None:
        seen = self.preview(desk, pasted="Ann\nBen\nCy").context["seen"]
        desk.post(f"{HOME}import/", {"pasted": "Ann\nBen\nCy", "seen": seen, "take": "1"})
        batch = dialogue.batches.get()
        ben = dialogue.participants.get(name="Ben")
        ContributionFactory(dialogue=dialogue, participant=ben)
        undo = f"{HOME}import/{batch.pk}/undo/"
        assert undo in html(desk, f"{HOME}import/")

        assert "3 people of the list" in html(desk, undo)
        assert dialogue.participants.count() == 3
        done = desk.post(undo, follow=True).content.decode()

        assert "2 seats were removed." in done
        assert "they took part or agreed to something: 2." in done
        assert list(dialogue.participants.all()) == [ben]

    def test_lists_of_statements_are_none_of_people(
        self, desk: Client, dialogue: Dialogue, facilitator: User
    ) -> None:
        cards = dialogue.batches.create(made_by=facilitator)

        assert desk.get(f"{HOME}import/{cards.pk}/undo/").status_code == 404
        assert "Lists taken before" not in html(desk, f"{HOME}import/")
