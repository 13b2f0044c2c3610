"""What the record answers about a text: gathered here, since no app may ask both."""

from django.utils import translation

from dialogues.models import Answer, Contribution, ContributionKind
from resolutions.composing import Composed
from resolutions.documents import Question
from resolutions.documents.sheets import dated

# With fewer than a handful about what a text carries, those about the whole are told as well.
ENOUGH, MOST = 5, 8


def questions_about(text: Composed, *, site: str = "") -> list[Question]:
    """Public questions with their answers, those about what a text asks for first.

    What is invented is not among them. The words are quoted as they were said, the dates beside
    them in the text's language. ``site`` stands before each path ("https://example.org"). Two
    queries at most.
    """
    answered = (
        Contribution.objects.public()
        .wholes()
        .filter(kind=ContributionKind.QUESTION, answer__isnull=False, dialogue__is_demo=False)
        .select_related("dialogue", "answer")
        .order_by("dialogue__on", "dialogue_id", "order", "id")
    )
    about = Contribution.about.through.objects.filter(recommendation__code__in=text.asks)
    rows = list(answered.filter(pk__in=about.values("contribution"))[:MOST])
    if len(rows) < ENOUGH:
        known = [row.pk for row in rows]
        rows += list(answered.exclude(pk__in=known)[: ENOUGH - len(rows)])
    with translation.override(text.language):
        return [_question(row, site) for row in rows]


def _question(row: Contribution, site: str) -> Question:
    answer: Answer = row.answer
    dialogue = row.dialogue
    return Question(
        question=row.text,
        answer=answer.text,
        source=f"{dialogue.title}, {dialogue.place}, {dated(dialogue.on)}, {row.code}",
        path=f"{site}{row.get_absolute_url()}",
        language=row.language,
    )
