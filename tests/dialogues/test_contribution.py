"""The rules of statements and answers, in the model and in the database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from accounts.models import User
from dialogues.models import Answer, Contribution, ContributionKind, ContributionState
from dialogues.models.contribution import WholeNotPosted
from recommendations.models import Entry, EntryKind
from tests.factories import (
    AnswerFactory,
    ContributionFactory,
    DialogueFactory,
    RecommendationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 12, tzinfo=UTC)


def write(row: models.Model, **values: Any) -> None:
    """Write past the model's own checks, as a mistaken program would."""
    with transaction.atomic():
        models.QuerySet(type(row)).filter(pk=row.pk).update(**values)


def test_a_statement_is_held_until_somebody_posts_it() -> None:
    statement = ContributionFactory(dialogue__published=True)

    assert statement.state == ContributionState.HELD
    assert not Contribution.objects.public().exists()


def test_posting_twice_keeps_the_first_moment(facilitator: User, editor: User) -> None:
    statement = ContributionFactory()

    statement.post(by=facilitator, at=NOON)
    statement.post(by=editor, at=LATER)

    statement.refresh_from_db()
    assert (statement.posted_at, statement.posted_by) == (NOON, facilitator)


def test_what_is_withdrawn_keeps_when_it_was_posted(facilitator: User, editor: User) -> None:
    statement = ContributionFactory()

    statement.post(by=facilitator, at=NOON)
    statement.withdraw(by=editor, at=LATER)

    statement.refresh_from_db()
    assert statement.state == ContributionState.WITHDRAWN
    assert (statement.posted_at, statement.posted_by) == (NOON, facilitator)
    assert (statement.withdrawn_at, statement.withdrawn_by) == (LATER, editor)


def test_what_was_withdrawn_can_be_posted_again(editor: User) -> None:
    statement = ContributionFactory(posted=True)

    statement.withdraw(by=editor)
    statement.post(by=editor, at=LATER)

    statement.refresh_from_db()
    assert (statement.state, statement.posted_at) == (ContributionState.POSTED, LATER)
    assert (statement.withdrawn_at, statement.withdrawn_by) == (None, None)


def test_only_posted_statements_of_published_dialogues_are_public(editor: User) -> None:
    public = DialogueFactory(published=True)
    shown = ContributionFactory(dialogue=public, posted=True)
    ContributionFactory(dialogue=public)
    ContributionFactory(dialogue=public, posted=True).withdraw(by=editor)
    ContributionFactory(posted=True)

    assert list(Contribution.objects.public()) == [shown]


def test_nobody_edits_the_statements_of_others(
    facilitator: User, stranger: User, citizen: User, editor: User
) -> None:
    statement = ContributionFactory(dialogue__facilitators=[facilitator])

    assert list(Contribution.objects.editable_by(facilitator)) == [statement]
    assert list(Contribution.objects.editable_by(editor)) == [statement]
    assert not Contribution.objects.editable_by(stranger).exists()
    assert not Contribution.objects.editable_by(citizen).exists()


def test_the_count_beside_a_dialogue_follows_its_statements(editor: User) -> None:
    dialogue = DialogueFactory()
    hope, other = ContributionFactory.create_batch(2, dialogue=dialogue, posted=True)
    ContributionFactory(dialogue=dialogue, posted=True, part_of=hope)
    ContributionFactory(dialogue=dialogue, posted=True, question=True)

    other.withdraw(by=editor)

    dialogue.refresh_from_db()
    assert dialogue.counts == {"hope": 1, "question": 1}


def test_a_statement_leaves_the_search_when_it_is_withdrawn(editor: User) -> None:
    statement = ContributionFactory(dialogue__published=True, posted=True)
    entries = Entry.objects.filter(kind=EntryKind.STATEMENT, object_id=statement.pk)
    assert entries.get().text == statement.text

    statement.withdraw(by=editor)

    assert not entries.exists()


def test_a_link_to_a_recommendation_is_kept_with_its_history() -> None:
    statement, recommendation = ContributionFactory(), RecommendationFactory()

    statement.link([recommendation])

    assert list(statement.about.all()) == [recommendation]
    assert list(recommendation.voices.all()) == [statement]


def test_a_line_belongs_to_a_statement_of_its_own_kind_and_dialogue() -> None:
    hope = ContributionFactory()
    question = ContributionFactory(dialogue=hope.dialogue, question=True, part_of=hope)
    elsewhere = ContributionFactory(part_of=hope)

    for line in (question, elsewhere):
        with pytest.raises(ValidationError) as error:
            line.full_clean()
        assert list(error.value.message_dict) == ["part_of"]


class TestTheDatabase:
    """Holds what must be true, whatever program writes."""

    def test_a_number_is_given_once_a_dialogue(self) -> None:
        first = ContributionFactory(code="HOPE-01")
        ContributionFactory(code="HOPE-01")  # another dialogue may use it

        with pytest.raises(IntegrityError):
            ContributionFactory(dialogue=first.dialogue, code="HOPE-01")

    @pytest.mark.parametrize(
        "values", [{"kind": "wish"}, {"sector": "army"}, {"state": "lost"}, {"language": "de"}]
    )
    def test_words_it_does_not_know_are_refused(self, values: dict[str, str]) -> None:
        statement = ContributionFactory()

        with pytest.raises(IntegrityError):
            write(statement, **values)

    @pytest.mark.parametrize(
        ("state", "fields"),
        [
            (ContributionState.HELD, {"posted_at", "posted_by"}),
            (ContributionState.HELD, {"withdrawn_at", "withdrawn_by"}),
            (ContributionState.POSTED, set()),
            (ContributionState.POSTED, {"posted_at"}),
            (ContributionState.POSTED, {"posted_by"}),
            (ContributionState.POSTED, {"posted_at", "posted_by", "withdrawn_at"}),
            (ContributionState.WITHDRAWN, set()),
            (ContributionState.WITHDRAWN, {"withdrawn_at"}),
            (ContributionState.WITHDRAWN, {"withdrawn_by"}),
        ],
    )
    def test_a_state_without_its_when_and_by_whom_is_refused(
        self, state: str, fields: set[str]
    ) -> None:
        statement, somebody = ContributionFactory(), UserFactory()
        values = {name: NOON if name.endswith("_at") else somebody for name in fields}

        with pytest.raises(IntegrityError):
            write(statement, state=state, **values)

    @pytest.mark.parametrize("kind", sorted(set(ContributionKind) - {ContributionKind.QUESTION}))
    def test_only_a_question_has_an_answer(self, kind: str) -> None:
        statement = ContributionFactory(kind=kind)

        with pytest.raises(IntegrityError):
            AnswerFactory(contribution=statement)

    def test_an_answered_question_stays_a_question(self) -> None:
        answer = AnswerFactory()

        with pytest.raises(IntegrityError):
            write(answer.contribution, kind=ContributionKind.HOPE)

    def test_an_answer_does_not_move_to_what_is_no_question(self) -> None:
        answer, hope = AnswerFactory(), ContributionFactory()

        with pytest.raises(IntegrityError):
            write(answer, contribution=hope)

    def test_a_question_has_one_answer(self) -> None:
        answer = AnswerFactory()

        with pytest.raises(IntegrityError):
            AnswerFactory(contribution=answer.contribution)


def test_the_form_says_that_only_a_question_has_an_answer() -> None:
    answer = Answer(contribution=ContributionFactory(), text="It depends.")

    with pytest.raises(ValidationError, match="Only a question can have an answer"):
        answer.clean()


def test_a_question_is_found_by_its_answer() -> None:
    question = ContributionFactory(dialogue__published=True, posted=True, question=True)

    AnswerFactory(contribution=question, text="By law.")

    entry = Entry.objects.get(kind=EntryKind.STATEMENT, object_id=question.pk)
    assert entry.text == f"{question.text}\n\nBy law."


def with_lines() -> tuple[Contribution, Contribution]:
    """A posted statement and a line of it."""
    whole = ContributionFactory(posted=True)
    line = ContributionFactory(posted=True, dialogue=whole.dialogue, kind=whole.kind, part_of=whole)
    return whole, line


def states(*rows: Contribution) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


@pytest.mark.parametrize("many", [False, True])
def test_lines_go_with_their_statement_and_come_back_with_it(many: bool) -> None:
    whole, line = with_lines()
    earlier = ContributionFactory(
        posted=True, dialogue=whole.dialogue, kind=whole.kind, part_of=whole
    )
    earlier.withdraw(by=UserFactory())
    target = Contribution.objects.filter(pk=whole.pk) if many else whole

    target.withdraw(by=UserFactory())
    assert states(whole, line, earlier) == ["withdrawn", "withdrawn", "withdrawn"]

    target.post(by=UserFactory())
    assert states(whole, line, earlier) == ["posted", "posted", "withdrawn"]


@pytest.mark.parametrize("many", [False, True])
def test_a_line_shows_only_with_its_statement(many: bool) -> None:
    whole, line = with_lines()
    whole.withdraw(by=UserFactory())
    line.refresh_from_db()
    target = Contribution.objects.filter(pk=line.pk) if many else line

    with pytest.raises(WholeNotPosted):
        target.post(by=UserFactory())

    assert states(whole, line) == ["withdrawn", "withdrawn"]
