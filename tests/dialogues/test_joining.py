"""Taking a seat, agreeing to things, being corrected, forgotten and erased."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from dialogues import capturing, joining, running
from dialogues.models import (
    AgendaKind,
    Answer,
    Attribution,
    Channel,
    Consent,
    ConsentPurpose,
    Contribution,
    ContributionState,
    Dialogue,
    Participant,
    Room,
    Sector,
    Tally,
    TurnState,
)
from recommendations.models import Entry
from tests.factories import (
    AgendaItemFactory,
    AnswerFactory,
    ConsentFactory,
    ContributionFactory,
    DialogueFactory,
    InvitationFactory,
    ParticipantFactory,
    RoomFactory,
    TallyFactory,
    UserFactory,
    VotedFactory,
)

pytestmark = pytest.mark.django_db

RECORD, PUBLISH, NAME, CONTACT, REPORT = ConsentPurpose
ANN = {"name": "Ann Lake", "affiliation": "Harbour", "sector": "media", "email": "ann@example.org"}


@pytest.fixture
def dialogue() -> Dialogue:
    dialogue = DialogueFactory(attribution=Attribution.NAME)
    RoomFactory(dialogue=dialogue)
    return dialogue


@pytest.fixture
def public(dialogue: Dialogue, editor: User) -> Dialogue:
    dialogue.publish(by=editor)
    return dialogue


def seat(dialogue: Dialogue, **details: Any) -> Participant:
    return joining.take_seat(dialogue, channel=Channel.CONSOLE, details={**ANN, **details})


def said(participant: Participant, **values: Any) -> Contribution:
    return ContributionFactory(
        dialogue=participant.dialogue, participant=participant, **{"posted": True, **values}
    )


def version(dialogue: Dialogue) -> int:
    return Room.objects.get(dialogue=dialogue).version


class TestTakingASeat:
    def test_seats_are_numbered_and_a_number_is_not_given_again(self, dialogue: Dialogue) -> None:
        first, second = seat(dialogue), seat(dialogue)
        joining.erase(second)

        third = seat(dialogue)

        assert (first.seat, second.seat, third.seat) == (1, 2, 3)

    def test_an_anonymous_dialogue_keeps_no_name(self) -> None:
        dialogue = DialogueFactory(attribution=Attribution.ANONYMOUS)
        RoomFactory(dialogue=dialogue)

        ann = seat(dialogue)

        ann.refresh_from_db()
        assert (ann.name, ann.affiliation, ann.email, ann.sector) == ("", "", "", Sector.MEDIA)
        joining.change_details(ann, {**ANN, "sector": "general"})
        ann.refresh_from_db()
        assert (ann.name, ann.affiliation, ann.email, ann.sector) == ("", "", "", Sector.GENERAL)

    def test_a_phone_is_let_in_only_while_joining_is_open(self, dialogue: Dialogue) -> None:
        Room.objects.filter(dialogue=dialogue).update(is_open=False)

        with pytest.raises(ValidationError) as caught:
            joining.take_seat(dialogue, channel=Channel.PHONE)

        assert caught.value.code == "closed"
        assert not dialogue.participants.exists()
        assert seat(dialogue).seat == 1

    def test_what_is_agreed_to_is_kept_with_its_words(self, dialogue: Dialogue) -> None:
        with translation.override("fr"):
            ann = joining.take_seat(dialogue, channel=Channel.PHONE, agreed=[RECORD, PUBLISH])

        assert ann.agreements() == [RECORD, PUBLISH]
        assert {consent.language for consent in ann.consents.all()} == {"fr"}

    def test_whoever_comes_late_speaks_last(self, dialogue: Dialogue, facilitator: User) -> None:
        early = seat(dialogue)
        item = running.start(AgendaItemFactory(dialogue=dialogue), by=facilitator)

        late = seat(dialogue)

        assert list(item.turns.values_list("participant", "state")) == [
            (early.pk, TurnState.WAITING),
            (late.pk, TurnState.WAITING),
        ]


class TestAList:
    def test_it_is_seated_together_and_once(self, dialogue: Dialogue, facilitator: User) -> None:
        people = [ANN, {"name": "Ben"}]

        seated = joining.seat_list(dialogue, people, by=facilitator)
        again = joining.seat_list(dialogue, people, by=facilitator)

        assert [one.seat for one in seated] == [1, 2]
        assert len({one.batch_id for one in seated}) == 1
        assert again == []
        assert dialogue.participants.count() == 2
        assert dialogue.batches.count() == 1

    def test_somebody_is_known_by_the_address_or_by_name_and_affiliation(
        self, dialogue: Dialogue, facilitator: User
    ) -> None:
        seat(dialogue)
        same = [
            {"name": "A. Lake", "email": "ANN@example.org"},
            {"name": "ann lake", "affiliation": "harbour"},
        ]
        other = [{"name": "Ann Lake", "affiliation": "Hill"}, {"name": "Ann Lake"}]

        assert joining.seat_list(dialogue, same, by=facilitator) == []
        assert len(joining.seat_list(dialogue, other, by=facilitator)) == 2

    def test_namesakes_are_seated_on_request(self, dialogue: Dialogue, facilitator: User) -> None:
        seated = joining.seat_list(dialogue, [ANN, ANN], by=facilitator, with_doubles=True)

        assert len(seated) == 2

    def test_it_costs_the_same_with_many_people(
        self, dialogue: Dialogue, facilitator: User, django_assert_max_num_queries: Any
    ) -> None:
        def cost(n: int) -> int:
            people = [{"name": f"{n} {number}"} for number in range(n)]
            with django_assert_max_num_queries(40) as asked:
                joining.seat_list(dialogue, people, by=facilitator)
            return len(asked)

        assert cost(3) == cost(30)

    def test_undone_it_leaves_those_who_took_part_or_agreed(
        self, dialogue: Dialogue, facilitator: User
    ) -> None:
        before = seat(dialogue)
        item = AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.SCALE)
        names = ["Ben", "Cy", "Dee", "Eve", "Flo", "Gus", "Hal"]
        ben, cy, _dee, _eve, *others = joining.seat_list(
            dialogue, [{"name": name} for name in names], by=facilitator
        )
        said(ben, posted=False)
        cy.voted.create(item=item)
        flo, gus, hal = others
        joining.agree(flo, ConsentPurpose.RECORD)
        gus.turns.create(item=item, order=1, state="speaking", started_at=timezone.now())
        joining.leave(hal)

        gone = joining.undo_list(dialogue.batches.get())

        assert gone == (2, [ben.seat, cy.seat, flo.seat, gus.seat, hal.seat])
        assert set(dialogue.participants.all()) == {before, ben, cy, *others}
        assert dialogue.batches.get().undone_at is not None


class TestConsent:
    def test_given_twice_it_is_there_once(self, dialogue: Dialogue) -> None:
        ann = seat(dialogue)

        assert joining.agree(ann, RECORD) == joining.agree(ann, RECORD)
        assert ann.consents.count() == 1

    def test_the_words_say_until_when_and_whom_to_ask(self, dialogue: Dialogue) -> None:
        dialogue.keep_until, dialogue.privacy_contact = date(2030, 5, 4), "Dana, dana@example.org"

        words = joining.wording(dialogue, RECORD)

        assert "May 4, 2030" in words or "4 May 2030" in words
        assert "Dana, dana@example.org" in words

    @pytest.mark.parametrize(
        ("rule", "asked"),
        [
            (Attribution.NAME, [RECORD, PUBLISH, NAME, CONTACT, REPORT]),
            (Attribution.SECTOR, [RECORD, PUBLISH, CONTACT, REPORT]),
            (Attribution.NONE, [RECORD, PUBLISH, CONTACT, REPORT]),
            (Attribution.CHATHAM_HOUSE, [RECORD, PUBLISH, CONTACT, REPORT]),
            (Attribution.ANONYMOUS, [RECORD, PUBLISH]),
        ],
    )
    def test_only_what_the_rule_needs_is_asked(
        self, rule: Attribution, asked: list[ConsentPurpose]
    ) -> None:
        assert joining.purposes(DialogueFactory(attribution=rule)) == asked

    def test_all_but_publishing_runs_out_when_details_are_erased(self, dialogue: Dialogue) -> None:
        dialogue.keep_until = date(2035, 1, 1)
        dialogue.save()
        ann = seat(dialogue)

        until = {purpose: joining.agree(ann, purpose).expires_on for purpose in ConsentPurpose}

        day = date(2035, 1, 1)
        assert until == {RECORD: day, PUBLISH: None, NAME: day, CONTACT: day, REPORT: day}

    def test_it_can_be_given_again_when_it_has_run_out_and_the_address_stays(
        self, dialogue: Dialogue
    ) -> None:
        ann = seat(dialogue)
        ConsentFactory(participant=ann, purpose=CONTACT, expires_on=date(2020, 1, 1))
        assert not ann.agrees_to(CONTACT)

        joining.agree(ann, CONTACT)

        ann.refresh_from_db()
        assert ann.agrees_to(CONTACT)
        assert ann.email == "ann@example.org"
        assert [consent.has_run_out for consent in ann.consents.order_by("pk")] == [True, False]

    def test_taken_back_it_stays_on_record(self, dialogue: Dialogue) -> None:
        ann = seat(dialogue)
        joining.agree(ann, RECORD)

        joining.take_back(ann, RECORD)

        [consent] = ann.consents.all()
        assert consent.withdrawn_at is not None
        assert not consent.has_run_out
        assert not ann.agrees_to(RECORD)

    def test_without_leave_to_write_the_address_goes(self, dialogue: Dialogue) -> None:
        ann = seat(dialogue)
        joining.agree(ann, CONTACT)
        assert joining.may_be_written_to(ann)

        joining.take_back(ann, CONTACT)

        ann.refresh_from_db()
        assert (ann.email, ann.name) == ("", "Ann Lake")
        assert not joining.may_be_written_to(ann)

    @pytest.mark.parametrize("purpose", [RECORD, PUBLISH])
    def test_what_may_not_be_published_leaves_the_public_page(
        self, public: Dialogue, client: Client, purpose: ConsentPurpose
    ) -> None:
        ann = seat(public)
        joining.consent_to(ann, [RECORD, PUBLISH])
        statement = said(ann, text="Plainly heard")
        path = public.get_absolute_url()
        assert "Plainly heard" in client.get(path).content.decode()

        joining.take_back(ann, purpose)

        statement.refresh_from_db()
        assert statement.was_taken_back
        assert "Plainly heard" not in client.get(path).content.decode()
        assert not ann.agrees_to(PUBLISH)

    def test_in_a_draft_statements_stay_and_keep_it_from_being_published(
        self, dialogue: Dialogue, editor: User
    ) -> None:
        ann = seat(dialogue)
        joining.consent_to(ann, [RECORD, PUBLISH])
        statement = said(ann)

        joining.take_back(ann, RECORD)

        statement.refresh_from_db()
        assert statement.state == ContributionState.POSTED
        with pytest.raises(ValidationError):
            dialogue.publish(by=editor)

    def test_boxes_are_brought_in_line(self, dialogue: Dialogue) -> None:
        ann = seat(dialogue)

        joining.consent_to(ann, [RECORD, CONTACT])
        joining.consent_to(ann, [RECORD, PUBLISH])

        assert ann.agreements() == [RECORD, PUBLISH]
        assert Consent.objects.filter(participant=ann).count() == 3

    @pytest.mark.parametrize(
        "hide",
        [
            lambda ann: joining.take_back(ann, NAME),
            joining.erase_details,
            lambda ann: joining.change_details(ann, {"name": "Somebody else"}),
        ],
    )
    def test_a_name_comes_and_goes_at_once_on_public_pages(
        self, public: Dialogue, client: Client, hide: Any
    ) -> None:
        ann = seat(public)
        joining.consent_to(ann, [RECORD, PUBLISH])
        said(ann)
        path = public.get_absolute_url()
        shows = lambda: "Ann Lake" in client.get(path).content.decode()  # noqa: E731

        before = shows()
        joining.agree(ann, NAME)
        given = shows()
        hide(ann)

        assert (before, given, shows()) == (False, True, False)


class TestTheSeat:
    @pytest.mark.parametrize(
        "act",
        [
            lambda ann: joining.hold_seat(ann, True),
            joining.leave,
            lambda ann: joining.change_details(ann, {"name": "Anna"}),
            joining.erase_details,
            lambda ann: joining.agree(ann, RECORD),
        ],
    )
    def test_other_screens_learn_of_it(self, dialogue: Dialogue, act: Any) -> None:
        ann = seat(dialogue)
        before = version(dialogue)

        act(ann)

        assert version(dialogue) > before

    def test_whoever_is_back_may_speak(self, dialogue: Dialogue, facilitator: User) -> None:
        ann = seat(dialogue)
        joining.leave(ann)
        item = running.start(AgendaItemFactory(dialogue=dialogue), by=facilitator)
        assert not item.turns.exists()

        joining.leave(ann, False)

        assert [turn.participant for turn in item.turns.all()] == [ann]

    def test_a_new_key_makes_every_link_void(self, dialogue: Dialogue) -> None:
        ann = seat(dialogue)
        old = ann.token("said")
        assert Participant.objects.of_token(old, "said") == ann

        joining.new_key(ann)

        assert Participant.objects.of_token(old, "said") is None
        assert Participant.objects.of_token(ann.token("said"), "said") == ann

    def test_a_link_is_good_for_one_use_alone(self, dialogue: Dialogue) -> None:
        ann = seat(dialogue)

        assert Participant.objects.of_token(ann.token("seat"), "said") is None
        assert Participant.objects.of_token(f"{ann.key.hex}:forged", "said") is None


class TestErasing:
    def test_nothing_is_left_of_somebody(
        self, public: Dialogue, client: Client, facilitator: User
    ) -> None:
        ann = seat(public)
        joining.consent_to(ann, [RECORD, PUBLISH])
        hope = said(ann, text="An okapi hope")
        hope = capturing.revise(hope, "A better okapi hope", revision=1)
        held = said(ann, posted=False, text="An okapi held")
        question = said(ann, question=True, text="An okapi question?")
        AnswerFactory(contribution=question, text="An okapi answer")
        ContributionFactory(dialogue=public, part_of=hope, posted=True, text="A line of others")
        keys = [hope.pk, held.pk, question.pk]
        assert Contribution.history.filter(id__in=keys).exists()
        assert "okapi" in client.get(public.get_absolute_url()).content.decode()

        assert joining.erase(ann) == 3

        assert not Participant.objects.filter(pk=ann.pk).exists()
        assert not Consent.objects.exists()
        assert not Contribution.objects.filter(pk__in=keys).exists()
        assert not Contribution.history.filter(id__in=keys).exists()
        assert not Answer.history.filter(contribution_id__in=keys).exists()
        assert not Entry.objects.filter(text__contains="okapi").exists()
        assert "okapi" not in client.get(public.get_absolute_url()).content.decode()
        assert [row.text for row in public.contributions.all()] == ["A line of others"]
        public.refresh_from_db()
        assert public.counts == {"hope": 1}

    def test_what_holds_words_of_others_stays_without_the_seat(
        self, dialogue: Dialogue, facilitator: User
    ) -> None:
        ann, ben = seat(dialogue), seat(dialogue)
        kept, other = said(ann, text="Ann’s"), said(ben, text="Ben’s")
        own, double = said(ann, text="Twice"), said(ann, text="Twice!")
        capturing.merge(kept, other, text="Ann’s and Ben’s", by=facilitator)
        capturing.merge(own, double, text=None, by=facilitator)

        assert joining.erase(ann) == 2

        kept.refresh_from_db()
        assert (kept.text, kept.participant, kept.spoken) == ("Ann’s and Ben’s", None, "")
        # Her words are in it still: somebody takes them out before it shows again.
        assert kept.state == ContributionState.HELD
        assert "erased" in kept.reason
        assert not kept.history.exists()
        assert set(dialogue.contributions.all()) == {kept, other}

    def test_what_was_erased_comes_back_with_no_later_wording(
        self, dialogue: Dialogue, facilitator: User
    ) -> None:
        ann, ben = seat(dialogue), seat(dialogue)
        kept, other = said(ann, text="An okapi"), said(ben, text="Ben’s")
        capturing.merge(kept, other, text="An okapi and Ben’s", by=facilitator)
        joining.erase(ann)
        kept.refresh_from_db()

        revised = capturing.revise(kept, "Ben’s", revision=kept.revision)
        capturing.post(revised, by=facilitator)

        kept.refresh_from_db()
        assert (kept.text, kept.spoken, kept.state) == ("Ben’s", "", ContributionState.POSTED)
        wordings = kept.history.values_list("text", "spoken")
        assert not [line for line in wordings if "okapi" in "".join(line)]

    def test_what_their_words_were_joined_into_is_looked_at(
        self, dialogue: Dialogue, facilitator: User
    ) -> None:
        ann, ben = seat(dialogue), seat(dialogue)
        kept, other = said(ann, text="Ann’s"), said(ben, text="Ben’s")
        twice, double = said(ann, text="Twice"), said(ben, text="Twice!")
        capturing.merge(kept, other, text="Ann’s and Ben’s", by=facilitator)
        capturing.merge(twice, double, text=None, by=facilitator)

        joining.erase(ben)

        kept.refresh_from_db()
        twice.refresh_from_db()
        assert (kept.state, twice.state) == (ContributionState.HELD, ContributionState.POSTED)
        assert "erased" in kept.reason

    def test_so_it_is_when_the_leave_to_publish_is_taken_back(
        self, public: Dialogue, facilitator: User
    ) -> None:
        ann, ben = seat(public), seat(public)
        for person in (ann, ben):
            joining.agree(person, ConsentPurpose.PUBLISH)
        kept, other = said(ann, text="Ann’s"), said(ben, text="Ben’s")
        capturing.merge(kept, other, text="Ann’s and Ben’s", by=facilitator)

        joining.take_back(ben, ConsentPurpose.PUBLISH)

        kept.refresh_from_db()
        assert kept.state == ContributionState.HELD
        assert "took back" in kept.reason

    def test_votes_stay_counted(self, dialogue: Dialogue) -> None:
        voted = VotedFactory(item__dialogue=dialogue, participant=seat(dialogue))
        TallyFactory(item=voted.item, score=7, n=1)

        joining.erase(voted.participant)

        assert Tally.objects.get(item=voted.item, score=7).n == 1
        assert not voted.item.voted.exists()


class TestRetention:
    def test_details_are_forgotten_on_the_day_and_words_stay(self, dialogue: Dialogue) -> None:
        dialogue.keep_until = date(2030, 1, 2)
        dialogue.save()
        ann, other = seat(dialogue), ParticipantFactory(name="Kept")
        statement, token = said(ann), ann.token("said")

        assert joining.retire(date(2030, 1, 1)) == 0
        assert joining.retire(date(2030, 1, 2)) == 1
        assert joining.retire(date(2030, 1, 3)) == 0

        ann.refresh_from_db()
        other.refresh_from_db()
        assert (ann.name, ann.affiliation, ann.email) == ("", "", "")
        assert other.name == "Kept"
        assert Contribution.objects.get(pk=statement.pk).participant == ann
        # How somebody can still take back what is published of them.
        assert Participant.objects.of_token(token, "said") == ann

    def test_an_address_nobody_may_use_goes_a_while_after_the_dialogue(self) -> None:
        dialogue = DialogueFactory(on=date(2030, 1, 1))
        RoomFactory(dialogue=dialogue)
        asked, unasked = seat(dialogue), seat(dialogue)
        joining.agree(asked, CONTACT)

        assert joining.forget_addresses(date(2030, 1, 31)) == 0
        assert joining.forget_addresses(date(2030, 2, 1)) == 1

        asked.refresh_from_db()
        unasked.refresh_from_db()
        assert (asked.email, unasked.email) == ("ann@example.org", "")
        assert unasked.name == "Ann Lake"

    def test_invitations_nobody_took_up_go_after_a_year(self) -> None:
        long_ago = timezone.now() - timedelta(days=400)
        stale = InvitationFactory(made_at=long_ago)
        InvitationFactory()
        InvitationFactory(made_at=long_ago, accepted_at=long_ago, accepted_by=UserFactory())

        assert list(joining.stale_invitations()) == [stale]


class TestTheLastDay:
    @pytest.mark.parametrize(
        ("zone", "moment", "open_"),
        [
            ("America/Vancouver", datetime(2030, 6, 2, 6, 59, tzinfo=UTC), True),
            ("America/Vancouver", datetime(2030, 6, 2, 7, 1, tzinfo=UTC), False),
            ("UTC", datetime(2030, 6, 2, 0, 1, tzinfo=UTC), False),
            ("UTC", datetime(2030, 6, 1, 23, 59, tzinfo=UTC), True),
        ],
    )
    def test_it_ends_at_midnight_where_the_dialogue_was(
        self, zone: str, moment: datetime, open_: bool
    ) -> None:
        dialogue = DialogueFactory(time_zone=zone, check_back_until=date(2030, 6, 1))

        assert dialogue.takes_corrections(moment) == open_

    def test_without_a_day_corrections_never_end(self) -> None:
        assert DialogueFactory().takes_corrections(datetime(2999, 1, 1, tzinfo=UTC))


class TestTakenBack:
    @pytest.mark.parametrize("dialogue_is_public", [False, True])
    def test_nobody_posts_it_again(self, dialogue_is_public: bool, editor: User) -> None:
        dialogue = DialogueFactory(published=dialogue_is_public)
        RoomFactory(dialogue=dialogue)
        ann = ParticipantFactory(dialogue=dialogue, agreed=[PUBLISH])
        statement = capturing.take_back(said(ann))

        with pytest.raises(ValidationError):
            capturing.post(statement, by=editor)
        with pytest.raises(ValidationError):
            capturing.hold(statement)
        with pytest.raises(ValidationError):
            statement.post(by=editor)
        assert Contribution.objects.filter(pk=statement.pk).post(by=editor) == 0
        statement.refresh_from_db()
        assert statement.state == ContributionState.WITHDRAWN

    def test_its_maker_can_give_it_for_review_again(self, dialogue: Dialogue) -> None:
        statement = capturing.take_back(said(seat(dialogue)))

        statement = capturing.give_back(statement)

        assert statement.state == ContributionState.HELD
        assert not statement.was_taken_back

    def test_what_the_team_withdrew_its_maker_does_not_give_back(
        self, dialogue: Dialogue, editor: User
    ) -> None:
        statement = capturing.withdraw(said(seat(dialogue)), by=editor, reason="Rude")

        assert capturing.give_back(statement).state == ContributionState.WITHDRAWN

    def test_an_editor_posts_nothing_of_somebody_who_has_not_agreed(
        self, public: Dialogue, editor: User
    ) -> None:
        held = said(seat(public), posted=False)
        agreed = said(ParticipantFactory(dialogue=public, agreed=[PUBLISH], seat=9), posted=False)

        with pytest.raises(ValidationError):
            held.post(by=editor)
        assert Contribution.objects.filter(dialogue=public).post(by=editor) == 1
        assert [row.pk for row in public.contributions.posted()] == [agreed.pk]


class TestCorrecting:
    def test_what_shows_goes_on_showing_and_keeps_its_first_wording(
        self, dialogue: Dialogue
    ) -> None:
        statement = said(seat(dialogue), text="Frist")

        now = capturing.correct(statement, "First", revision=1)

        assert (now.text, now.spoken, now.state) == ("First", "Frist", ContributionState.POSTED)

    @pytest.mark.parametrize(
        ("is_held", "text"), [(False, "See www.example.org"), (True, "Harmless")]
    )
    def test_what_may_do_harm_waits_for_review(
        self, dialogue: Dialogue, is_held: bool, text: str
    ) -> None:
        ann = seat(dialogue)
        statement = said(ann, text="Before")
        joining.hold_seat(ann, is_held)

        now = capturing.correct(statement, text, revision=1)

        assert (now.text, now.state) == (text, ContributionState.HELD)

    def test_the_same_words_change_nothing(self, dialogue: Dialogue) -> None:
        statement = said(seat(dialogue), text="See www.example.org")

        now = capturing.correct(statement, "See www.example.org", revision=1)

        assert (now.state, now.revision) == (ContributionState.POSTED, 1)

    def test_a_withdrawn_statement_is_not_corrected(self, dialogue: Dialogue) -> None:
        statement = capturing.take_back(said(seat(dialogue)))

        with pytest.raises(ValidationError):
            capturing.correct(statement, "Other", revision=1)

    @pytest.mark.parametrize(
        ("rule", "wish", "possible"),
        [
            (Attribution.NAME, Attribution.SECTOR, True),
            (Attribution.NAME, Attribution.NONE, True),
            (Attribution.SECTOR, Attribution.NONE, True),
            (Attribution.SECTOR, Attribution.NAME, False),
            (Attribution.NONE, Attribution.SECTOR, False),
            (Attribution.CHATHAM_HOUSE, Attribution.NAME, False),
            (Attribution.ANONYMOUS, Attribution.SECTOR, False),
            (Attribution.NAME, "x", False),
        ],
    )
    def test_a_wish_can_only_say_less(self, rule: Attribution, wish: str, possible: bool) -> None:
        dialogue = DialogueFactory(attribution=rule)
        RoomFactory(dialogue=dialogue)
        statement = said(ParticipantFactory(dialogue=dialogue))

        if possible:
            assert capturing.narrow(statement, wish).attribution == wish
            assert capturing.narrow(statement, "").attribution == ""
        else:
            with pytest.raises(ValidationError):
                capturing.narrow(statement, wish)


class TestJoiningSeats:
    """Somebody on the list took a second seat with their phone."""

    @pytest.fixture
    def listed(self, dialogue: Dialogue) -> Participant:
        return seat(dialogue, affiliation="", sector="")

    @pytest.fixture
    def phone(self, dialogue: Dialogue) -> Participant:
        Room.objects.filter(dialogue=dialogue).update(is_open=True)
        return joining.take_seat(
            dialogue, channel=Channel.PHONE, details={"name": "A. Lake", "sector": "media"}
        )

    def test_the_one_of_the_list_stays_with_what_it_lacked(
        self, dialogue: Dialogue, listed: Participant, phone: Participant
    ) -> None:
        statement, before = said(phone), version(dialogue)
        joining.hold_seat(phone, True)

        kept = joining.join_seats(listed, phone)

        assert list(dialogue.participants.all()) == [kept]
        assert (kept.seat, kept.name, kept.sector) == (listed.seat, "Ann Lake", Sector.MEDIA)
        assert (kept.key, kept.is_held) == (phone.key, True)
        statement.refresh_from_db()
        assert statement.participant == kept
        assert statement.version > before
        assert statement.history.first().participant_id == kept.pk

    def test_a_seat_without_a_phone_leaves_the_link_as_it_is(
        self, dialogue: Dialogue, listed: Participant
    ) -> None:
        assert joining.join_seats(listed, seat(dialogue)).key == listed.key

    def test_whoever_is_in_one_of_them_is_in(
        self, dialogue: Dialogue, listed: Participant, phone: Participant
    ) -> None:
        joining.leave(listed)

        assert not joining.join_seats(listed, phone).has_left

    @pytest.mark.parametrize("spoke", ["neither", "listed", "phone", "both"])
    def test_of_two_turns_the_one_that_was_taken_stays(
        self, dialogue: Dialogue, listed: Participant, phone: Participant, spoke: str
    ) -> None:
        item = AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.ROUND)
        turns = {
            "listed": item.turns.create(participant=listed, order=1),
            "phone": item.turns.create(participant=phone, order=2),
        }
        for who, turn in turns.items():
            if spoke in {who, "both"}:
                turn.started_at, turn.state = timezone.now(), TurnState.DONE
                turn.save()
        statement = said(phone, turn=turns["phone"])

        kept = joining.join_seats(listed, phone)

        (turn,) = item.turns.all()
        statement.refresh_from_db()
        assert (turn.participant, statement.turn) == (kept, turn)
        assert turn.state == (TurnState.WAITING if spoke == "neither" else TurnState.DONE)

    def test_a_turn_in_another_round_comes_along(
        self, dialogue: Dialogue, listed: Participant, phone: Participant
    ) -> None:
        turn = AgendaItemFactory(dialogue=dialogue).turns.create(participant=phone, order=1)

        joining.join_seats(listed, phone)

        turn.refresh_from_db()
        assert turn.participant == listed

    def test_who_voted_twice_counts_as_having_voted(
        self, dialogue: Dialogue, listed: Participant, phone: Participant
    ) -> None:
        twice, once = AgendaItemFactory.create_batch(2, dialogue=dialogue, kind=AgendaKind.SCALE)
        for voter in (listed, phone):
            VotedFactory(item=twice, participant=voter)
        VotedFactory(item=once, participant=phone)

        joining.join_seats(listed, phone)

        assert set(listed.voted.values_list("item", flat=True)) == {twice.pk, once.pk}

    def test_consents_come_along_each_once(self, listed: Participant, phone: Participant) -> None:
        mine = joining.agree(listed, RECORD)
        ConsentFactory(participant=listed, purpose=PUBLISH, expires_on=date(2020, 1, 1))
        joining.agree(phone, RECORD)
        theirs = joining.agree(phone, PUBLISH)
        contact = joining.agree(phone, CONTACT)

        kept = joining.join_seats(listed, phone)

        in_force = {one.purpose: one.pk for one in kept.consents.in_force()}
        assert in_force == {RECORD: mine.pk, PUBLISH: theirs.pk, CONTACT: contact.pk}
        assert kept.consents.count() == 4

    def test_what_was_taken_back_last_stays_taken_back(
        self, listed: Participant, phone: Participant
    ) -> None:
        joining.agree(listed, PUBLISH)
        joining.agree(phone, PUBLISH)
        joining.take_back(phone, PUBLISH)

        assert joining.join_seats(listed, phone).agreements() == []

    def test_a_seat_is_joined_with_another_of_its_dialogue(self, listed: Participant) -> None:
        for other in (listed, ParticipantFactory()):
            with pytest.raises(ValidationError, match="another seat"):
                joining.join_seats(listed, other)

    def test_the_same_name_or_address_is_told(
        self, dialogue: Dialogue, listed: Participant
    ) -> None:
        by_name = seat(dialogue, name="ANN LAKE", email="")
        by_address = seat(dialogue, name="", email="Ann@example.org")
        ParticipantFactory(dialogue=dialogue, name="", email="")

        assert joining.same_person(listed) == [by_name, by_address]
        assert joining.same_person(ParticipantFactory(dialogue=dialogue, name="", email="")) == []
