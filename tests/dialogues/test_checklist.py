"""The checklist before a report is published: what it finds, and where it leads."""

import time
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from dialogues import checklist, shaping
from dialogues.models import (
    AgendaKind,
    Channel,
    ConsentPurpose,
    ContributionKind,
    Dialogue,
    PartKind,
    ReportPart,
)
from dialogues.report import drafts
from tests.factories import (
    AgendaItemFactory,
    AnswerFactory,
    ContributionFactory,
    DialogueFactory,
    NextStepFactory,
    ParticipantFactory,
    PersonFactory,
    SectionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db

RECORD, PUBLISH = ConsentPurpose.RECORD, ConsentPurpose.PUBLISH


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(slug="halifax", facilitators=[facilitator])


def lines(dialogue: Dialogue, *, runs_it: bool = True) -> dict[str, checklist.Line]:
    return {line.key: line for line in checklist.of(dialogue, runs_it=runs_it).lines}


def labels(line: checklist.Line) -> list[str]:
    return [place.label for place in line.places]


def test_only_consent_and_a_rehearsal_keep_a_report_back(facilitator: User) -> None:
    dialogue = DialogueFactory(is_rehearsal=True, facilitators=[facilitator])
    silent = ParticipantFactory(dialogue=dialogue, agreed=[RECORD], seat=4)
    said = ContributionFactory(dialogue=dialogue, participant=silent, posted=True)
    ContributionFactory(dialogue=dialogue)

    found = checklist.of(dialogue, runs_it=True)

    assert [line.key for line in found.blocking] == ["rehearsal", "consent"]
    [place] = found.blocking[1].places
    assert (place.label, place.address) == (
        said.code,
        f"/dialogues/{dialogue.slug}/participants/4/consents/",
    )
    assert "held" in {line.key for line in found.advice}


def test_who_does_not_run_it_is_led_where_they_may_go(dialogue: Dialogue) -> None:
    silent = ParticipantFactory(dialogue=dialogue, agreed=[RECORD])
    said = ContributionFactory(dialogue=dialogue, participant=silent, posted=True)

    [place] = lines(dialogue, runs_it=False)["consent"].places

    assert place.address == f"/admin/dialogues/contribution/{said.pk}/change/"


def test_questions_without_an_answer_are_named(dialogue: Dialogue) -> None:
    ContributionFactory(dialogue=dialogue, question=True, posted=True, code="QUESTION-01")
    answered = ContributionFactory(dialogue=dialogue, question=True, posted=True)
    AnswerFactory(contribution=answered)

    assert labels(lines(dialogue)["unanswered"]) == ["QUESTION-01"]


def test_an_open_scale_an_unread_card_and_an_open_step_are_named(dialogue: Dialogue) -> None:
    now, by = timezone.now(), dialogue.facilitators.get()
    AgendaItemFactory(dialogue=dialogue, kind=AgendaKind.SCALE, started_at=now, started_by=by)
    ContributionFactory(dialogue=dialogue, posted=True, channel=Channel.PAPER)
    NextStepFactory(dialogue=dialogue, state="open", state_on=date(2026, 1, 1))

    found = lines(dialogue)

    assert {"scale", "cards", "next-steps"} <= set(found)
    assert found["next-steps"].places[0].address == "/dialogues/halifax/plan/next-steps/"
    assert found["cards"].places[0].address == "/dialogues/halifax/cards/check/"


def test_what_nobody_has_to_look_at_is_not_named(dialogue: Dialogue) -> None:
    said = ContributionFactory(dialogue=dialogue, posted=True, text="That we act.")
    said.themes.add(ThemeFactory(dialogue=dialogue))

    assert not {"held", "themes", "unanswered", "names", "cards", "scale"} & set(lines(dialogue))


# ---- Texts ----


def test_a_part_with_nothing_in_it_is_named_while_it_is_shown(dialogue: Dialogue) -> None:
    assert "Ideas, by sector" in labels(lines(dialogue)["empty"])
    ContributionFactory(dialogue=dialogue, kind=ContributionKind.IDEA, posted=True)
    shaping.show(dialogue, PartKind.COMMITMENTS, False)

    empty = labels(lines(dialogue)["empty"])

    assert not {"Ideas, by sector", "Commitments"} & set(empty)
    assert "Reservations" in empty


def test_words_of_the_draft_are_named_until_somebody_writes(dialogue: Dialogue) -> None:
    draft = drafts.draft_of(dialogue, PartKind.INTRODUCTION)
    assert draft
    assert "Introduction" in labels(lines(dialogue)["drafts"])

    write = {"text": f"\n{draft}  "}
    shaping.write(dialogue, PartKind.INTRODUCTION, write, revision=1)
    assert "Introduction" in labels(lines(dialogue)["drafts"])
    shaping.write(dialogue, PartKind.INTRODUCTION, {"text": "It was cold."}, revision=2)

    assert "drafts" not in lines(dialogue)


def test_a_text_of_record_is_no_draft(dialogue: Dialogue) -> None:
    SectionFactory(dialogue=dialogue, kind="introduction")

    assert "drafts" not in lines(dialogue)


# ---- Who may be known ----

ZOE = {"name": "Zoë Müller-Žižek", "affiliation": "École Sainte-Anne"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("As ZOE MULLER-ZIZEK told us.", ["a participant’s name"]),
        ("Žižek was right.", ["a participant’s name"]),
        ("zizekian thoughts", []),
        ("Zoë lives there.", []),  # a first name alone is many people’s
        ("At the ecole sainte-anne we talk.", ["a participant’s affiliation"]),
        ("Write to me: ann.b@example.org!", ["an e-mail address"]),
        ("Call 604-555-0123.", ["a phone number"]),
        ("Call (604) 555 0123 or +33 6 12 34 56 78", ["a phone number"]),
        ("Appelez le 06 12 34 56 78", ["a phone number"]),
        ("In 1994, 800,000 died; on 2009-11-27 we met.", []),
    ],
)
def test_what_says_who_somebody_is_is_found(
    text: str, found: list[str], dialogue: Dialogue
) -> None:
    ParticipantFactory(dialogue=dialogue, **ZOE)
    ContributionFactory(dialogue=dialogue, posted=True, text=text, code="HOPE-01")

    line = lines(dialogue).get("names")

    kinds = [] if line is None else line.places[0].of.split(", ")
    assert kinds == found


def test_names_are_looked_for_wherever_somebody_writes(dialogue: Dialogue) -> None:
    ParticipantFactory(dialogue=dialogue, name="Ann Archer")
    question = ContributionFactory(
        dialogue=dialogue, question=True, posted=True, text="Who?", code="QUESTION-02"
    )
    AnswerFactory(contribution=question, text="Ms. Archer knows.")
    ContributionFactory(dialogue=dialogue, text="Archer, held")  # nobody sees it
    write = {"text": "We thank Ann Archer."}
    shaping.write(dialogue, PartKind.ACKNOWLEDGEMENTS, write, revision=1)

    places = lines(dialogue)["names"].places

    assert [(place.label, place.address) for place in places] == [
        ("Acknowledgements", "/dialogues/halifax/report/parts/acknowledgements/"),
        ("Answer to QUESTION-02", f"/admin/dialogues/contribution/{question.pk}/change/"),
    ]


def test_who_is_named_in_public_is_no_find(dialogue: Dialogue) -> None:
    ParticipantFactory(dialogue=dialogue, name="Frank Chalk")
    PersonFactory(dialogue=dialogue, name="Frank Chalk")
    ContributionFactory(dialogue=dialogue, posted=True, text="As Frank Chalk said.")

    assert "names" not in lines(dialogue)


# ---- What it costs ----


def test_it_asks_as_often_however_much_was_said(dialogue: Dialogue) -> None:
    def say(n: int) -> None:
        for _ in range(n):
            who = ParticipantFactory(dialogue=dialogue, name="Ann Archer", agreed=[RECORD])
            values: dict[str, Any] = {"dialogue": dialogue, "participant": who, "posted": True}
            question = ContributionFactory(**values, question=True, text="Archer?")
            AnswerFactory(contribution=question)
            ContributionFactory(**values, question=True)

    def asked() -> int:
        fresh = Dialogue.objects.get(pk=dialogue.pk)
        with CaptureQueriesContext(connection) as queries:
            checklist.of(fresh, runs_it=True)
        return len(queries)

    ReportPart.objects.create(dialogue=dialogue, kind=PartKind.BRIEF, order=1, text="x")
    say(2)
    few = asked()
    say(20)

    assert asked() == few <= 30


def test_a_word_without_an_end_is_read_at_once() -> None:
    start = time.perf_counter()

    assert checklist.found_in("a" * 60_000 + " @", {}) == []

    assert time.perf_counter() - start < 2  # by trying each letter it took nine seconds


def test_it_speaks_french(dialogue: Dialogue) -> None:
    with translation.override("fr"):
        assert lines(dialogue)["empty"].words
