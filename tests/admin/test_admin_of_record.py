"""What is public stands as it is; to correct it, it is withdrawn first."""

import pytest

from accounts.models import User
from dialogues.models import Answer, Contribution, Dialogue
from resolutions.models import Clause, ModelResolution
from tests import factories
from tests.admin.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("public", [True, False])
def test_the_texts_of_a_report(public: bool, editor: User) -> None:
    dialogue = factories.DialogueFactory(published=public)
    section = factories.SectionFactory(dialogue=dialogue, body="As printed.")
    person = factories.PersonFactory(dialogue=dialogue, biography="As printed.")
    desk = Desk(editor)
    data = desk.form(Dialogue, dialogue.pk)

    changed = {"sections-0-body": "Otherwise.", "people-0-biography": "Otherwise."}
    desk.post(Dialogue, "change", dialogue.pk, **{**data, **changed})

    section.refresh_from_db()
    person.refresh_from_db()
    expected = "As printed." if public else "Otherwise."
    assert (section.body, person.biography) == (expected, expected)


@pytest.mark.parametrize("public", [True, False])
def test_an_answer_on_its_own_page_and_with_its_question(public: bool, editor: User) -> None:
    answer = factories.AnswerFactory(
        text="As said.", contribution__posted=True, contribution__dialogue__published=public
    )
    question = answer.contribution
    desk = Desk(editor)

    for model, pk, name in (
        (Answer, answer.pk, "text"),
        (Contribution, question.pk, "answer-0-text"),
    ):
        data = {**desk.form(model, pk), name: "Otherwise."}
        desk.post(model, "change", pk, **data)
        answer.refresh_from_db()
        assert answer.text == ("As said." if public else "Otherwise."), model
        Answer.objects.filter(pk=answer.pk).update(text="As said.")

    assert (desk.get(Answer, "delete", answer.pk).status_code == 403) is public


@pytest.mark.parametrize("public", [True, False])
def test_the_place_dependent_words_of_a_model(public: bool, editor: User) -> None:
    term = factories.PlaceTermFactory(field__name="city")
    model = term.clause.model
    if public:
        model.publish(by=editor)
    desk = Desk(editor)

    for kind, pk, name in (
        (ModelResolution, model.pk, "fields-0-original"),
        (Clause, term.clause.pk, "place_terms-0-text"),
    ):
        desk.post(kind, "change", pk, **{**desk.form(kind, pk), name: "Toronto"})

    term.refresh_from_db()
    term.field.refresh_from_db()
    assert ("Toronto" in (term.text, term.field.original)) is not public
