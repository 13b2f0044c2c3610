"""What a program proposes: near-duplicates that were planted, themes that are there."""

import random

import pytest

from accounts.models import User
from dialogues import sorting, suggesting_tasks
from dialogues.models import Proposals
from dialogues.suggesting import Statement, propose
from tests.factories import ContributionFactory, DialogueFactory
from tests.working import work

# Pairs that say nearly the same.
SAME = [
    ("I hope our schools teach genocide history.", "Our schools should teach genocide history!"),
    ("The early warnings are read by nobody.", "Early warnings: read by nobody, I am afraid."),
    ("We need foreign correspondents in Africa.", "We need more foreign corespondents in Africa"),
    ("Le budget de la prévention doit être protégé.", "Il faut proteger le budget de prévention."),
    ("Les survivants doivent être écoutés d’abord.", "Ecouter d’abord les survivants."),
]  # fmt: skip
# Pairs that share most of their words and do not say the same.
DIFFERENT = [
    ("Canada should intervene in Darfur now.", "Canada should not intervene in Darfur now."),
    ("Our council will adopt the model resolution.", "Our school will adopt the model resolution."),
    ("Send 500 peacekeepers to the border soon.", "Send 5000 peacekeepers to the border soon."),
    ("Le Parlement doit voter la loi cette année.", "La ville doit voter la loi cette année."),
    ("Personne ne lit les alertes précoces.", "Lire les alertes précoces."),
]


def statements(*texts: str, kind: str = "hope", language: str = "en") -> list[Statement]:
    return [Statement(n, kind, text, language) for n, text in enumerate(texts, 1)]


def pairs(rows: list[Statement]) -> list[tuple[int, int]]:
    return [(pair["statement"], pair["of"]) for pair in propose(rows)["pairs"]]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_said_nearly_the_same_is_found_whatever_language_it_is_said_to_be_in(
    one: str, other: str
) -> None:
    filler = ("Prevention is everyday work.", "La diaspora compte.", "Nothing else matters here.")

    for language in ("en", "fr"):
        assert pairs(statements(one, *filler, other, language=language)) == [(5, 1)]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_differs_by_a_word_that_counts_is_not(one: str, other: str) -> None:
    assert pairs(statements(one, other)) == []


def test_the_first_is_kept_and_no_pair_leads_to_a_pair() -> None:
    text = "Our schools teach the history of genocide"

    assert pairs(statements(f"{text}.", f"{text}!", "Else.", text)) == [(2, 1), (4, 1)]


def test_kinds_are_kept_apart_and_a_line_from_its_whole() -> None:
    text = "Our schools teach the history of genocide."
    hope, concern = Statement(1, "hope", text), Statement(2, "concern", text)

    assert pairs([hope, concern]) == []
    assert pairs([hope, Statement(3, "hope", text, whole=1)]) == []


def test_themes_are_named_by_telling_words_as_they_are_written() -> None:
    subjects = {
        "en": [
            "Rwanda survivors testimony",
            "budget money peacekeeping",
            "newspapers radio hatred",
        ],
        "fr": ["Rwanda rescapés témoignage", "budget argent secours", "journaux radio haine"],
    }
    rng, rows = random.Random(5), statements()
    for language, lines in subjects.items():
        for n in range(90):
            words = lines[n % 3].split()
            rng.shuffle(words)
            opening = "I hope that" if language == "en" else "J’espère que"
            text = f"{opening} {' '.join(words)} {rng.choice('abcdefgh')}{n}"
            rows.append(Statement(len(rows) + 1, "hope", text, language))

    themes = propose(rows)["themes"]

    names = " ".join(theme["name"] for theme in themes)
    assert {theme["language"] for theme in themes} == {"en", "fr"}
    for word in ("Rwanda", "peacekeeping", "hatred", "témoignage", "haine"):
        assert word.lower() in names.lower()
    assert "Rwanda" in names
    assert "hope" not in names.lower()
    for theme in themes:
        groups = {(rows[key - 1].language, (key - 1) % 3) for key in theme["statements"]}
        assert len(groups) == 1
    assert propose(rows)["themes"] == themes


@pytest.mark.parametrize("texts", [[], [""], ["…", "?"], ["Peace."], ["a", "b"] * 20])
def test_what_says_little_proposes_nothing_wrong(texts: list[str]) -> None:
    found = propose(statements(*texts))

    assert found["themes"] == []
    assert len(found["pairs"]) <= len(texts)


@pytest.mark.django_db
def test_the_worker_computes_what_is_asked_for(facilitator: User) -> None:
    dialogue = DialogueFactory(facilitators=[facilitator])
    text = "Our schools teach the history of genocide"
    rows = [ContributionFactory(dialogue=dialogue, text=f"{text}{end}") for end in ".!?"]
    gone = ContributionFactory(dialogue=dialogue, text=text)
    gone.withdraw(by=facilitator)
    sorting.mark_near(dialogue, [rows[0].pk, rows[2].pk], by=facilitator)

    suggesting_tasks.ask(dialogue)
    assert Proposals.objects.get().made_at is None
    work()

    proposals = Proposals.objects.get()
    assert proposals.problem == ""
    assert proposals.made_at is not None
    found = {"statement": rows[1].pk, "of": rows[0].pk, "score": 100}
    assert proposals.found == {"themes": [], "pairs": [found]}
    assert dialogue.themes.count() == 0  # nothing is done by itself
