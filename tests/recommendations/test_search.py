"""The search: the same hits on every database, only public things, bounded work."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from dialogues.models import Contribution
from recommendations.models import Entry, EntryKind, Face, one_refresh
from recommendations.search import WINDOW, Asked, count, excerpt, find, flowing, groups, marked
from tests.factories import (
    AnswerFactory,
    ContributionFactory,
    DialogueFactory,
    RecommendationFactory,
    SourceFactory,
    TermFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HOSTILE = [
    *("", "   ", "the", '"', '""', "AND", "NEAR(", "a*b", "x:y", "'", "';--", "\\", "!!!", "("),
    *("%", "'' | !", "<->", "🙂", "²", "\u202e", "kind : statement", "a" * 200, '"' * 199),
]


def texts(query: str) -> set[str]:
    return {e.text or e.title for e in find(Asked(query), list(EntryKind), limit=40)}


@pytest.fixture
def statements() -> dict[str, Contribution]:
    dialogue = DialogueFactory(published=True)
    said = {
        "en": ("Prevention of genocide in every school", "en"),
        "fr": ("La prévention des génocides à l’école", "fr"),
        "other": ("Cable channels should devote some time to the U.S.", "en"),
    }
    return {
        name: ContributionFactory(dialogue=dialogue, text=text, language=language, posted=True)
        for name, (text, language) in said.items()
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("genocide", {"en", "fr"}),
        ("GÉNOCIDES", {"en", "fr"}),
        ("preventing", {"en", "fr"}),
        ("prév", {"en", "fr"}),
        ("école", {"fr"}),
        ("l'école", {"fr"}),
        ("the genocide of", {"en", "fr"}),
        ('"genocide in every"', {"en"}),
        ('"every genocide"', set()),
        ("cable school", set()),
        ("US", {"other"}),
        ("channel devoted", {"other"}),
    ],
)
def test_a_query_finds(query: str, found: set[str], statements: dict[str, Contribution]) -> None:
    assert texts(query) == {statements[name].text for name in found}


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_words_find_nothing_and_break_nothing(
    query: str, statements: dict[str, Contribution]
) -> None:
    assert texts(query) == set()
    assert groups(Asked(query), each=5) == []


def test_held_withdrawn_and_unpublished_statements_are_not_found() -> None:
    dialogue = DialogueFactory(published=True)
    ContributionFactory(dialogue=dialogue, text="zebra held")
    withdrawn = ContributionFactory(dialogue=dialogue, text="zebra withdrawn", posted=True)
    ContributionFactory(dialogue=DialogueFactory(), text="zebra unpublished", posted=True)
    seen = ContributionFactory(dialogue=dialogue, text="zebra posted", posted=True)

    withdrawn.withdraw(by=withdrawn.posted_by)

    assert texts("zebra") == {seen.text}


def test_hits_are_grouped_in_the_order_of_kinds_and_counted() -> None:
    RecommendationFactory(published=True, text="Protect zebras")
    TermFactory(published=True, term="zebra")
    dialogue = DialogueFactory(published=True)
    ContributionFactory.create_batch(7, dialogue=dialogue, text="A zebra", posted=True)

    found = groups(Asked("zebra"), each=5)

    assert [(g.kind, g.count, len(g.hits)) for g in found] == [
        (EntryKind.RECOMMENDATION, 1, 1),
        (EntryKind.TERM, 1, 1),
        (EntryKind.STATEMENT, 7, 5),
    ]


def test_a_word_in_the_title_ranks_before_one_in_the_text() -> None:
    TermFactory(published=True, term="other", definition_en="It has a zebra in its definition.")
    named = TermFactory(published=True, term="zebra", definition_en="Stripes.")

    best = find(Asked("zebra"), [EntryKind.TERM], limit=1)

    assert [entry.object_id for entry in best] == [named.pk]


@pytest.mark.parametrize("query", ["Zebra", "zebras", "the zebra", "STRIPED"])
def test_what_bears_the_very_name_asked_for_ranks_first(query: str) -> None:
    named = TermFactory(published=True, term="zebra", also_written=["Striped"])
    TermFactory(published=True, term="crossings of zebra", also_written=["striped horse"])

    best = find(Asked(query), [EntryKind.TERM], limit=5)

    assert best[0].object_id == named.pk
    assert len(best) == 2


def test_a_finding_is_found_by_what_it_is_about() -> None:
    source = SourceFactory(
        update__recommendation__text="Protect every zebra.", update__summary="A law was passed."
    )
    update = source.update
    update.publish(by=UserFactory())

    best = find(Asked("zebra"), [EntryKind.UPDATE], limit=5)

    assert [entry.object_id for entry in best] == [update.pk]


def test_a_hit_is_shown_in_its_readers_language_wherever_the_words_were_found() -> None:
    TermFactory(
        published=True,
        term="stripes",
        term_fr="rayures",
        definition_en="Lines on a horse.",
        definition_fr="Des lignes sur un cheval.",
    )

    with translation.override("en"):
        (english,) = groups(Asked("cheval"), each=1)[0].hits
    with translation.override("fr"):
        (french,) = groups(Asked("horse"), each=1)[0].hits

    assert (english.title, english.title_language) == ("stripes", "en")
    assert (english.excerpt, english.excerpt_language) == ("Lines on a horse.", "en")
    assert (french.title, french.title_language) == ("rayures", "fr")
    assert (french.excerpt, french.excerpt_language) == ("Des lignes sur un cheval.", "fr")


def test_a_question_is_shown_from_its_beginning_and_the_place_in_its_answer_below() -> None:
    question = ContributionFactory(
        dialogue=DialogueFactory(published=True), kind="question", text="What of law?", posted=True
    )
    AnswerFactory(contribution=question, text=f"{'word ' * 200} A zebra crossed. {'word ' * 200}")

    (found,) = groups(Asked("zebra"), each=1)[0].hits

    assert found.title == "What of law?"
    assert "<mark>zebra</mark> crossed" in found.excerpt


def test_of_very_many_hits_the_newest_are_counted_and_ranked() -> None:
    faces = [Face(path=f"/{n}/", title="", text="zebra") for n in range(WINDOW + 50)]
    Entry.objects.bulk_create(
        Entry.of(EntryKind.STATEMENT, n, face) for n, face in enumerate(faces, 1)
    )

    assert count(Asked("zebra")) == {EntryKind.STATEMENT: WINDOW + 1}
    assert len(find(Asked("zebra"), [EntryKind.STATEMENT], limit=2 * WINDOW)) == WINDOW


def test_the_number_of_queries_does_not_grow_with_the_hits(
    django_assert_num_queries: Any,
) -> None:
    TermFactory(published=True, term="zebra")
    dialogue = DialogueFactory(published=True)
    ContributionFactory.create_batch(30, dialogue=dialogue, text="A zebra", posted=True)

    with django_assert_num_queries(3):
        groups(Asked("zebra"), each=20)


def test_the_index_follows_updates_and_deletions(statements: dict[str, Contribution]) -> None:
    statements["en"].text = "Nothing of the kind"
    statements["en"].save()
    statements["fr"].delete()

    assert texts("genocide") == set()
    assert texts("nothing of the kind") == {"Nothing of the kind"}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="FTS5 is SQLite's")
def test_sqlite_still_has_the_triggers_that_keep_the_index(
    statements: dict[str, Contribution],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            ["recommendations_entry"],
        )
        triggers = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "INSERT INTO recommendations_entry_words(recommendations_entry_words)"
            " VALUES ('integrity-check')"
        )

    assert triggers == {
        f"recommendations_entry_words_{verb}" for verb in ("insert", "update", "delete")
    }


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one for all")
def test_postgresql_has_two_indexes_for_each_kind() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "recommendations_entry")

    for name in ("words", "newest"):
        indexes = {index.rpartition("_")[2] for index in found if f"_entry_{name}_" in index}
        assert indexes == set(EntryKind.values), name


def test_words_are_marked_and_everything_else_is_escaped() -> None:
    html = marked("<b>Preventing</b> & prevention", Asked("prevent"))

    assert html == ("&lt;b&gt;<mark>Preventing</mark>&lt;/b&gt; &amp; <mark>prevention</mark>")


def test_an_excerpt_shows_the_place_where_the_word_stands() -> None:
    text = "word " * 200 + "zebra " + "word " * 200

    html = excerpt(text, Asked("zebra"))

    assert "<mark>zebra</mark>" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html) < 320


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A heading\n\nA text.\n\nAnother.", "A heading · A text. Another."),
        ("By law:\n\n- Genocide\n- War\n  - the grave", "By law: Genocide · War · the grave"),
        ("Broken\nin print", "Broken in print"),
        ("A dash - inside", "A dash - inside"),
    ],
)
def test_headings_and_items_are_told_apart_on_one_line(text: str, line: str) -> None:
    assert flowing(text) == line


def test_writes_in_one_refresh_are_brought_up_to_date_once(
    django_assert_max_num_queries: Any,
) -> None:
    dialogue = DialogueFactory(published=True)
    rows = ContributionFactory.create_batch(5, dialogue=dialogue, posted=True)

    with django_assert_max_num_queries(60), one_refresh():
        for row in rows:
            row.text = "zebra"
            row.save()

    assert count(Asked("zebra")) == {EntryKind.STATEMENT: 5}


def test_a_face_without_a_date_is_no_activity() -> None:
    entry = Entry.of("term", 1, Face(path="/x/", title="x", on=date(2009, 11, 27)))

    assert entry.is_activity is False
    assert entry.on == date(2009, 11, 27)
