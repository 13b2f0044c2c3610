"""What the record answers about a text."""

import pytest
from pytest_django import DjangoAssertNumQueries

from resolutions.composing import Composed, Line
from resolutions.models import ClauseKind, Council
from tests.factories import (
    AnswerFactory,
    ContributionFactory,
    DialogueFactory,
    RecommendationFactory,
    UserFactory,
)
from w2i.pages.kit import ENOUGH, questions_about

pytestmark = pytest.mark.django_db


def text(*asks: str, language: str = "en") -> Composed:
    line = Line(ClauseKind.RESOLVED, "BE IT RESOLVED.", asks=asks)
    return Composed("A text", language, Council(), None, (line,))


def asked(code: str, **values: object) -> None:
    about = values.pop("about", ())
    values = {"dialogue": values.pop("dialogue", None) or DialogueFactory(published=True), **values}
    question = ContributionFactory(
        code=code, question=True, posted=True, text=f"{code}?", about=about, **values
    )
    AnswerFactory(contribution=question, text=f"{code}!")


def codes(composed: Composed) -> list[str]:
    return [row.question.rstrip("?") for row in questions_about(composed)]


def test_questions_about_what_a_text_asks_come_first() -> None:
    ca_02 = RecommendationFactory(code="CA-02", published=True)
    dialogue = DialogueFactory(published=True)
    for n in range(6):
        asked(f"QUESTION-0{n}", dialogue=dialogue, about=[ca_02] if n == 4 else [])

    assert codes(text("CA-02")) == [f"QUESTION-0{n}" for n in (4, 0, 1, 2, 3)]
    assert len(codes(text())) == ENOUGH


def test_with_a_handful_of_its_own_a_text_needs_no_others() -> None:
    ca_02 = RecommendationFactory(code="CA-02", published=True)
    dialogue = DialogueFactory(published=True)
    asked("QUESTION-00", dialogue=dialogue)
    for n in range(1, ENOUGH + 1):
        asked(f"QUESTION-0{n}", dialogue=dialogue, about=[ca_02])

    assert codes(text("CA-02")) == [f"QUESTION-0{n}" for n in range(1, ENOUGH + 1)]


def test_only_what_is_public_and_real_is_quoted() -> None:
    asked("QUESTION-01")
    asked("DRAFT-01", dialogue=DialogueFactory())
    asked("DEMO-01", dialogue=DialogueFactory(published=True, is_demo=True))
    asked("HELD-01", state="held", posted_at=None, posted_by=None)
    ContributionFactory(
        code="UNANSWERED-01",
        question=True,
        posted=True,
        posted_by=UserFactory(),
        dialogue=DialogueFactory(published=True),
    )

    assert codes(text()) == ["QUESTION-01"]


def test_a_question_has_its_words_and_where_they_stand() -> None:
    dialogue = DialogueFactory(published=True, title="A dialogue", slug="here", place="Vernon")
    asked("QUESTION-01", dialogue=dialogue, language="fr")

    (english,) = questions_about(text(), site="https://w2i.example")
    (french,) = questions_about(text(language="fr"))

    assert (english.question, english.answer) == ("QUESTION-01?", "QUESTION-01!")
    assert english.source == "A dialogue, Vernon, 10 November 2009, QUESTION-01"
    assert english.path == "https://w2i.example/dialogues/here/statements/QUESTION-01/"
    assert english.language == "fr"
    assert french.source == "A dialogue, Vernon, 10 novembre 2009, QUESTION-01"
    assert french.path == "/fr/dialogues/here/statements/QUESTION-01/"


def test_it_asks_twice_however_many_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(7):
        asked(f"QUESTION-0{n}")

    with django_assert_num_queries(2):
        questions_about(text("CA-02"))
