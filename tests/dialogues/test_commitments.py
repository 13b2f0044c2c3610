"""Commitments: by when, who is asked, reminded and never written to again, what shows of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import translation

from accounts.models import Letter, User
from dialogues import capturing, commitments, joining
from dialogues.models import (
    Attribution,
    CheckIn,
    Commitment,
    CommitmentState,
    ConsentPurpose,
    ContributionKind,
    Outcome,
)
from dialogues.report.blocks import Facts, Items
from recommendations.models import PageVersion
from tests import factories
from tests.dialogues.conftest import AtOnce
from tests.working import work

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
# Nine in the morning in Vancouver, on the day.
NOW = datetime(2026, 6, 1, 16, tzinfo=UTC)


def said(**kwargs: Any) -> Commitment:
    """One of a dialogue in Vancouver, whose maker is to be asked."""
    fields = {
        "said": True,
        "statement__dialogue__time_zone": "America/Vancouver",
        "due_on": DAY,
        "asks_since": NOW - timedelta(days=90),
    }
    row: Commitment = factories.CommitmentFactory(**{**fields, **kwargs})
    return row


def public(**kwargs: Any) -> Commitment:
    fields = {"shown": True, "due_on": DAY, "asks_since": NOW - timedelta(days=90)}
    row: Commitment = factories.CommitmentFactory(**{**fields, **kwargs})
    return row


def events() -> list[str]:
    return list(Letter.objects.order_by("id").values_list("event", flat=True))


# ---- Asking ----


def test_its_maker_is_asked_on_the_morning_of_the_day_where_the_dialogue_was() -> None:
    row = said()

    assert commitments.send_due(NOW - timedelta(hours=2)) == 0  # seven o’clock there
    assert commitments.send_due(NOW) == 1
    work()

    (letter,) = mail.outbox
    assert letter.to == ["maker@example.org"]
    assert row.words in letter.body
    assert commitments.link_of(row) in letter.body
    stop = commitments.link_of(row, "stop")
    assert letter.extra_headers["List-Unsubscribe"] == f"<{stop}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert commitments.token_of(row) not in stop


def test_whose_place_is_not_known_is_asked_when_it_is_day_in_america_and_europe() -> None:
    public()

    assert commitments.send_due(NOW - timedelta(minutes=1)) == 0
    assert commitments.send_due(NOW) == 1


def test_in_public_a_day_is_past_when_it_is_past_everywhere() -> None:
    evening_in_vancouver = datetime(2026, 6, 2, 4, tzinfo=UTC)

    make(due_on=DAY, at=evening_in_vancouver)

    assert Commitment.objects.get().due_on == DAY
    with pytest.raises(ValidationError):
        make(due_on=DAY, at=evening_in_vancouver + timedelta(hours=9), text="I will call twice.")


def test_a_missed_day_is_made_up_for_once() -> None:
    said()
    later = NOW + timedelta(days=40)

    assert [commitments.send_due(later + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]


def test_who_does_not_answer_is_reminded_once_and_then_never_again() -> None:
    row = said()

    sent = [commitments.send_due(NOW + timedelta(days=n)) for n in range(100)]

    assert [n for n, one in enumerate(sent) if one] == [0, 14]
    assert row.maker is not None
    assert events() == [
        f"commitment-{row.pk}-asked-2026-06-01-participant-{row.maker.pk}",
        f"commitment-{row.pk}-reminder-2026-06-01-participant-{row.maker.pk}",
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_who_answered_is_not_reminded(outcome: Outcome) -> None:
    row = said()
    commitments.send_due(NOW)
    commitments.answer(row, outcome=outcome, at=NOW + timedelta(days=1))

    assert sum(commitments.send_due(NOW + timedelta(days=n)) for n in range(2, 60)) == 0


def test_what_is_under_way_is_asked_about_once_more_on_the_new_day() -> None:
    row = said()
    commitments.send_due(NOW)
    again = DAY + timedelta(days=30)

    commitments.answer(row, outcome=Outcome.UNDER_WAY, again_on=again, at=NOW + timedelta(days=1))
    sent = [commitments.send_due(NOW + timedelta(days=n)) for n in range(2, 100)]

    assert sum(sent) == 2  # asked on that day, and reminded for the first and only time
    assert events()[1].startswith(f"commitment-{row.pk}-asked-{again}-")


def test_nobody_is_asked_about_everything_at_once() -> None:
    first = said()
    assert first.statement is not None
    for _n in range(commitments.QUESTIONS_A_DAY + 1):
        said(statement__dialogue=first.statement.dialogue)  # all with one address

    sent = [commitments.send_due(NOW + timedelta(minutes=n)) for n in (0, 1, 24 * 60, 48 * 60)]

    assert sent == [commitments.QUESTIONS_A_DAY, 0, 2, 0]


def test_letters_are_written_in_the_language_of_whoever_gets_them() -> None:
    said(statement__participant__language="fr")

    with translation.override("en"):
        commitments.send_due(NOW)

    letter = Letter.objects.get()
    assert letter.language == "fr"
    assert "/fr/commitments/" in letter.text


def withdrawn(row: Commitment) -> None:
    assert row.statement is not None
    capturing.take_back(row.statement)


def consent_taken_back(row: Commitment) -> None:
    assert row.maker is not None
    joining.take_back(row.maker, ConsentPurpose.CONTACT)


def details_erased(row: Commitment) -> None:
    assert row.maker is not None
    joining.erase_details(row.maker)


def erased(row: Commitment) -> None:
    assert row.maker is not None
    joining.erase(row.maker)


def stopped(row: Commitment) -> None:
    commitments.stop(row)


@pytest.mark.parametrize("end", [withdrawn, consent_taken_back, details_erased, erased, stopped])
def test_no_letter_goes_once_it_is_ended(end: Any) -> None:
    row = said()
    end(row)

    assert commitments.send_due(NOW) == 0
    assert not Letter.objects.exists()


@pytest.mark.parametrize("end", [consent_taken_back, details_erased, erased, stopped])
def test_a_letter_that_waits_does_not_go_either(end: Any) -> None:
    row = said(statement__dialogue__published=True)
    assert row.maker is not None
    joining.agree(row.maker, ConsentPurpose.REPORT)
    commitments.send_due(NOW)

    end(row)
    work()

    assert mail.outbox == []


def test_a_rehearsal_and_what_nobody_reviewed_ask_nobody() -> None:
    said(statement__dialogue__is_rehearsal=True)
    for state in set(CommitmentState) - {CommitmentState.SHOWN, CommitmentState.OF_A_DIALOGUE}:
        public(shown=False, state=state)

    assert commitments.send_due(NOW) == 0


def test_agreeing_to_letters_again_does_not_bring_the_question_back() -> None:
    row = said()
    maker = row.maker
    assert maker is not None
    joining.take_back(maker, ConsentPurpose.CONTACT)
    joining.change_details(maker, {"email": "maker@example.org"})
    joining.agree(maker, ConsentPurpose.CONTACT)

    assert commitments.send_due(NOW) == 0


def test_to_be_asked_changes_no_page() -> None:
    said()
    before = list(PageVersion.objects.values_list("topic", "number"))

    commitments.send_due(NOW)

    assert list(PageVersion.objects.values_list("topic", "number")) == before


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_one_letter(at_once: AtOnce) -> None:
    for _n in range(5):
        said()

    sent = at_once(*[lambda: commitments.send_due(NOW)] * 2)

    assert sum(sent) == 5
    assert Letter.objects.count() == 5


def test_many_at_once_go_in_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commitments, "_BATCH", 3)
    for _n in range(8):
        public()

    assert commitments.send_due(NOW) == 8


# ---- By when ----


def test_a_maker_sets_the_day_and_agrees_in_one() -> None:
    statement = factories.ContributionFactory(
        kind=ContributionKind.COMMITMENT, posted=True, participant=factories.ParticipantFactory()
    )
    statement.participant.dialogue = statement.dialogue
    statement.participant.save()

    row = commitments.plan(statement, due_on=DAY, asks=True, email="me@example.org", at=NOW)

    assert (row.due_on, row.asks_since, row.address) == (DAY, NOW, "me@example.org")
    assert row.maker is not None
    (consent,) = row.maker.consents.all()
    assert consent.wording == joining.wording(statement.dialogue, ConsentPurpose.CONTACT)

    row = commitments.plan(statement, due_on=DAY, asks=False, at=NOW)
    assert not commitments.is_asking(row)


@pytest.mark.parametrize(
    ("planned", "field"),
    [
        ({"due_on": DAY - timedelta(days=1), "asks": False}, "due_on"),
        ({"due_on": date(2036, 6, 2), "asks": False}, "due_on"),
        ({"due_on": None, "asks": True, "email": "me@example.org"}, "due_on"),
        ({"due_on": DAY, "asks": True}, "email"),
        ({"due_on": date(2027, 1, 1), "asks": True, "email": "me@example.org"}, "due_on"),
    ],
    ids=["past", "more than ten years", "no day", "no address", "erased by then"],
)
def test_what_can_not_be_planned_is_said_beside_its_field(
    planned: dict[str, Any], field: str
) -> None:
    statement = factories.CommitmentFactory(
        said=True,
        statement__participant__email="",
        statement__dialogue__keep_until=date(2027, 1, 1),
    ).statement

    with pytest.raises(ValidationError) as refused:
        commitments.plan(statement, at=NOW, **planned)

    assert list(refused.value.message_dict) == [field]


def test_nobody_can_be_asked_in_an_anonymous_dialogue() -> None:
    row = said(statement__dialogue__attribution=Attribution.ANONYMOUS, asks_since=None)
    assert row.statement is not None

    with pytest.raises(ValidationError):
        commitments.plan(row.statement, due_on=DAY, asks=True, email="me@example.org", at=NOW)


def test_those_who_run_the_dialogue_set_a_day_but_not_one_its_maker_chose() -> None:
    row = said(asks_since=None)
    assert row.statement is not None

    commitments.set_day(row.statement, DAY + timedelta(days=1), at=NOW)
    assert commitments.send_due(NOW + timedelta(days=1)) == 0

    commitments.plan(row.statement, due_on=DAY, asks=True, at=NOW)
    with pytest.raises(ValidationError, match="Its maker chose the day"):
        commitments.set_day(row.statement, DAY + timedelta(days=9), at=NOW)


# ---- What became of it ----


def test_an_answer_sent_twice_is_there_once_and_a_new_one_is_added() -> None:
    row = said()

    for _n in range(2):
        commitments.answer(row, outcome=Outcome.UNDER_WAY, words="I began.", at=NOW)
    commitments.answer(row, outcome=Outcome.KEPT, at=NOW)

    row.refresh_from_db()
    assert row.outcome == Outcome.KEPT
    assert [one.outcome for one in row.check_ins.all()] == [Outcome.KEPT, Outcome.UNDER_WAY]


def test_words_show_only_where_their_maker_says_so() -> None:
    row = said(statement__dialogue__published=True)
    assert row.statement is not None
    dialogue = row.statement.dialogue

    commitments.answer(row, outcome=Outcome.DROPPED, words="I had no time.", at=NOW)
    assert commitments.outcomes_of(dialogue) == {}

    commitments.answer(row, outcome=Outcome.KEPT, words="I wrote to her.", shows_words=True, at=NOW)
    assert commitments.outcomes_of(dialogue) == {
        row.statement_id: "Kept, 1 June 2026: I wrote to her."
    }

    capturing.take_back(row.statement)
    assert commitments.outcomes_of(dialogue) == {}


def test_words_with_a_link_do_not_show_unread() -> None:
    row = said(statement__dialogue__published=True)
    words = "All of it is at https://example.org/shop"

    commitments.answer(row, outcome=Outcome.KEPT, words=words, shows_words=True, at=NOW)

    row.refresh_from_db()
    assert (row.outcome, row.outcome_words) == (Outcome.KEPT, "")


def test_a_new_day_is_for_what_is_under_way() -> None:
    row = said()

    for outcome, day in [(Outcome.KEPT, DAY + timedelta(days=9)), (Outcome.UNDER_WAY, DAY)]:
        with pytest.raises(ValidationError) as refused:
            commitments.answer(row, outcome=outcome, again_on=day, at=NOW)
        assert list(refused.value.message_dict) == ["again_on"]
    assert not CheckIn.objects.exists()


def test_no_figure_tells_of_fewer_than_five() -> None:
    assert commitments.standing({"kept": 7, "under-way": 6, "dropped": 5, "": 9}) == [
        ("Kept", 7),
        ("Under way", 6),
        ("Dropped", 5),
        ("Not heard of yet", 9),
    ]
    assert commitments.standing({"kept": 9, "under-way": 3, "dropped": 3}) == [
        ("Kept", 9),
        ("Under way or dropped", 6),
    ]
    assert commitments.standing({"kept": 9, "dropped": 1}) == []
    assert commitments.standing({"": 4}) == []


def test_a_report_counts_commitments_once_one_has_a_day() -> None:
    dialogue = factories.DialogueFactory(published=True)
    made = [
        factories.ContributionFactory(
            dialogue=dialogue, kind=ContributionKind.COMMITMENT, posted=True
        )
        for _n in range(12)
    ]
    dialogue.refresh_from_db()
    assert commitments.commitment_blocks(dialogue) == ()

    for statement in made[:6]:
        row = factories.CommitmentFactory(said=True, statement=statement)
        commitments.answer(row, outcome=Outcome.KEPT, at=NOW)

    facts = commitments.commitment_blocks(dialogue)[0]
    assert isinstance(facts, Facts)
    assert [(fact.label, fact.text) for fact in facts.rows] == [
        ("Kept", "6"),
        ("Not heard of yet", "6"),
    ]


def test_next_steps_name_nobody_under_the_chatham_house_rule() -> None:
    dialogue = factories.DialogueFactory(attribution=Attribution.CHATHAM_HOUSE)
    person = factories.PersonFactory(dialogue=dialogue, name="Odile Quagga")
    factories.NextStepFactory(
        dialogue=dialogue, owner=person, due_on=DAY, state="done", state_on=DAY, word="It is out."
    )

    (items,) = commitments.next_steps_blocks(dialogue)

    assert isinstance(items, Items)
    told = [block.text for block in items.items[0] if hasattr(block, "text")]
    assert told[1:] == ["Until 1 June 2026 · Done, as of 1 June 2026", "It is out."]


# ---- Made in public ----


def make(**kwargs: Any) -> None:
    recommendation = kwargs.pop("recommendation", None) or factories.RecommendationFactory(
        published=True
    )
    fields = {"text": "I will call.", "email": "me@example.org", "at": NOW}
    commitments.make_public(recommendation, **{**fields, **kwargs})


def test_the_letter_that_asks_to_confirm_repeats_nothing_that_was_typed() -> None:
    make(text="quagga", name="okapi")

    letter = Letter.objects.get()
    assert "quagga" not in letter.text + letter.subject
    assert "okapi" not in letter.text + letter.subject
    assert letter.headers == {}


def test_nobody_can_fill_somebody_elses_mailbox() -> None:
    for n in range(10):
        make(text=f"I will call {n} times.")

    assert Letter.objects.count() == commitments.LETTERS_A_DAY
    make(text="I will call tomorrow.", at=NOW + timedelta(days=1, minutes=1))
    assert Letter.objects.count() == commitments.LETTERS_A_DAY + 1


def test_sent_twice_a_commitment_is_there_once() -> None:
    recommendation = factories.RecommendationFactory(published=True)

    for _n in range(2):
        make(recommendation=recommendation)

    assert (Commitment.objects.count(), Letter.objects.count()) == (1, 1)


def test_its_way_from_the_letter_to_the_page(editor: User) -> None:
    make(asks=True, due_on=DAY)
    row = Commitment.objects.get()
    assert row.address == ""

    with pytest.raises(ValidationError):
        commitments.show(row, by=editor)
    commitments.confirm(row)
    assert not Commitment.objects.public().exists()

    row.refresh_from_db()
    commitments.show(row, by=editor)
    commitments.show(row, by=editor)

    row = Commitment.objects.public().get()
    assert row.address == "me@example.org"
    assert events() == [f"commitment-{row.pk}-confirm", f"commitment-{row.pk}-shown"]


@pytest.mark.parametrize("end", ["declined", "shown, not to be asked", "stopped", "taken back"])
def test_an_address_goes_when_it_has_done_its_work(end: str, editor: User) -> None:
    row = public(shown=False, name="Odile", asks_since=None if "not" in end else NOW)

    if end == "declined":
        commitments.decline(row, by=editor, reason="It names a neighbour.")
    elif end == "shown, not to be asked":
        commitments.show(row, by=editor)
    elif end == "stopped":
        commitments.stop(row)
    else:
        commitments.take_back(row)

    row.refresh_from_db()
    assert row.email == ""
    if end == "taken back":
        assert (row.state, row.name) == (CommitmentState.WITHDRAWN, "")


def test_what_is_kept_no_longer() -> None:
    old = NOW - timedelta(days=400)
    public(shown=False, state=CommitmentState.UNCONFIRMED, confirmed_at=None, made_at=old)
    fresh = public(shown=False, state=CommitmentState.UNCONFIRMED, confirmed_at=None, made_at=NOW)
    public(shown=False, made_at=old)
    never_answered = public(asked_at=old, reminded_at=old)
    kept = public(asked_at=old)
    commitments.answer(kept, outcome=Outcome.KEPT, at=NOW - timedelta(days=31))
    just_kept = public(asked_at=old)
    commitments.answer(just_kept, outcome=Outcome.KEPT, at=NOW - timedelta(days=3))
    to_be_asked = public(due_on=DAY + timedelta(days=900))

    assert commitments.forget(NOW) == (1, 3)

    with_address = Commitment.objects.exclude(email="")
    assert set(with_address) == {fresh, just_kept, to_be_asked}
    assert Commitment.objects.filter(pk=never_answered.pk).exists()
    assert commitments.forget(NOW) == (0, 0)


def test_an_address_is_erased_wherever_it_is(capsys: Any) -> None:
    public(email="Odile@example.org")
    kept = public(email="other@example.org")

    call_command("erase", email="odile@example.org")

    assert list(Commitment.objects.all()) == [kept]
    assert "1 commitment" in capsys.readouterr().out
