"""Drafts say what is known, and nothing else."""

from datetime import date

import pytest
from django.utils import translation

from dialogues.models import PartKind
from dialogues.report.drafts import draft_of
from tests.factories import (
    AgendaItemFactory,
    ContributionFactory,
    ConvenerFactory,
    DialogueFactory,
    PersonFactory,
    TermFactory,
)

pytestmark = pytest.mark.django_db


def test_where_nothing_is_known_nothing_is_said() -> None:
    dialogue = DialogueFactory(subject="")

    drafts = {kind: draft_of(dialogue, kind) for kind in PartKind}

    assert [kind for kind, text in drafts.items() if text] == [PartKind.INTRODUCTION]
    assert "took part" not in drafts[PartKind.INTRODUCTION]
    assert "convened" not in drafts[PartKind.INTRODUCTION]


def test_facts_are_put_into_words() -> None:
    dialogue = DialogueFactory(
        title="On *schools*",
        on=date(2026, 3, 1),
        place="Halifax",
        participant_count=31,
        published=True,
    )
    ConvenerFactory(dialogue=dialogue, organization__name="Forum", order=1)
    ConvenerFactory(dialogue=dialogue, organization__name="Library", order=2)
    PersonFactory(dialogue=dialogue, honorific="", name="Ada Winter", role="chair")
    AgendaItemFactory(dialogue=dialogue, kind="round", text="Each says a hope and a concern.")
    for kind in ("hope", "hope", "concern", "commitment"):
        ContributionFactory(dialogue=dialogue, kind=kind, posted=True)
    dialogue.refresh_from_db()

    assert (
        draft_of(dialogue, "acknowledgements") == "The dialogue was convened by Forum and Library."
    )
    introduction = draft_of(dialogue, "introduction")
    assert r"“On \*schools\*” was held on 1 March 2026 in Halifax." in introduction
    assert "Chair: Ada Winter." in introduction
    assert "31 people took part." in introduction
    assert "On record: 2\u00a0hopes, 1\u00a0concern and 1\u00a0commitment." in introduction
    assert draft_of(dialogue, "hopes-and-concerns") == (
        "On the agenda: “Each says a hope and a concern”."
        " On record: 2\u00a0hopes and 1\u00a0concern."
    )
    assert draft_of(dialogue, "questions") == ""
    assert "1\u00a0commitment" in draft_of(dialogue, "conclusion")


def test_what_a_dialogue_is_the_glossary_says() -> None:
    dialogue = DialogueFactory()
    TermFactory(
        slug="dialogue",
        published=True,
        definition_en="A conversation.",
        definition_fr="Une conversation.",
        source="Canada’s World",
        source_fr="",
    )

    with translation.override("fr"):
        french = draft_of(dialogue, "what-is-a-dialogue")

    assert draft_of(dialogue, "what-is-a-dialogue").startswith("> A conversation.")
    assert french == "> Une conversation.\n>\n> Canada’s World"
