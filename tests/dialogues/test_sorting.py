"""Themes, links, highlights and near-duplicates; and undoing just what was done."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from dialogues import sorting
from dialogues.models import (
    Contribution,
    ContributionKind,
    Dialogue,
    Highlight,
    NearDuplicate,
    Proposals,
    Room,
    SortingStep,
)
from dialogues.sorting_steps import undo, undo_last
from recommendations.models import Entry, PageVersion
from tests.dialogues.conftest import AtOnce
from tests.factories import (
    ContributionFactory,
    DialogueFactory,
    RecommendationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(facilitators=[facilitator])


@pytest.fixture
def said(dialogue: Dialogue) -> list[int]:
    return [ContributionFactory(dialogue=dialogue, posted=True).pk for _n in range(4)]


def themes_of(dialogue: Dialogue) -> dict[str, list[int]]:
    return {
        theme.name: sorted(dialogue.contributions.filter(themes=theme).values_list("pk", flat=True))
        for theme in dialogue.themes.all()
    }


def likes_of(dialogue: Dialogue) -> dict[int, int]:
    rows = NearDuplicate.objects.filter(statement__dialogue=dialogue)
    return dict(rows.values_list("statement", "of"))


def everything_of(dialogue: Dialogue) -> tuple[object, ...]:
    """All that is sorted in a dialogue."""
    about = Contribution.about.through.objects.filter(contribution__dialogue=dialogue)
    lit = Highlight.objects.filter(statement__dialogue=dialogue)
    return (
        themes_of(dialogue),
        likes_of(dialogue),
        sorted(about.values_list("contribution", "recommendation")),
        sorted(lit.values_list("statement", "order")),
    )


# ---- Themes ----


def test_a_theme_is_made_once_however_its_name_is_written(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    sorting.add_theme(dialogue, said[:1], "Early  warning", by=facilitator)
    words = sorting.add_theme(dialogue, said, " EARLY warning ", by=facilitator)

    assert themes_of(dialogue) == {"Early warning": said}
    assert words == "Theme “Early warning” is given to 3 statements."


def test_statements_of_another_dialogue_are_left_alone(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    elsewhere = ContributionFactory(posted=True)

    sorting.add_theme(dialogue, [elsewhere.pk, said[0]], "Schools", by=facilitator)
    sorting.highlight(dialogue, [elsewhere.pk], by=facilitator)

    assert themes_of(dialogue) == {"Schools": said[:1]}
    assert not Highlight.objects.exists()


def test_what_changes_nothing_leaves_no_step(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    sorting.add_theme(dialogue, said, "Schools", by=facilitator)

    assert sorting.add_theme(dialogue, said, "schools", by=facilitator) == ""
    assert sorting.unhighlight(dialogue, said, by=facilitator) == ""
    assert SortingStep.objects.count() == 1


def test_merging_gives_one_theme_the_statements_of_all(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    for name, of in {"A": said[:2], "B": said[1:3], "C": said[3:]}.items():
        sorting.add_theme(dialogue, of, name, by=facilitator)
    before = everything_of(dialogue)
    both = list(dialogue.themes.filter(name__in="AB").values_list("pk", flat=True))

    sorting.merge_themes(dialogue, both, "Both", by=facilitator)
    assert themes_of(dialogue) == {"Both": said[:3], "C": said[3:]}
    sorting.merge_themes(dialogue, [dialogue.themes.get(name="C").pk], "both", by=facilitator)
    assert themes_of(dialogue) == {"Both": said}

    undo_last(dialogue, by=facilitator)
    undo_last(dialogue, by=facilitator)
    assert everything_of(dialogue) == before


def test_moving_the_ticked_to_a_new_theme_splits_one(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    sorting.add_theme(dialogue, said[:3], "Schools", by=facilitator)
    old = dialogue.themes.get()

    # The last of them is not in the theme: it does not move.
    sorting.move_to_theme(dialogue, said[2:], "Teachers", out_of=old.pk, by=facilitator)

    assert themes_of(dialogue) == {"Schools": said[:2], "Teachers": said[2:3]}
    undo_last(dialogue, by=facilitator)
    assert themes_of(dialogue) == {"Schools": said[:3]}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Write the name of the theme."),
        (" \x00 ", "Write the name of the theme."),
        ("x" * 101, "This name is 101 characters long. Use at most 100."),
        ("media", "There is a theme “Media” already."),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    name: str, says: str, dialogue: Dialogue, facilitator: User
) -> None:
    sorting.new_theme(dialogue, "Media", by=facilitator)
    sorting.new_theme(dialogue, "Schools", by=facilitator)
    schools = dialogue.themes.get(name="Schools")

    with pytest.raises(ValidationError, match=says):
        sorting.new_theme(dialogue, name, by=facilitator)
    with pytest.raises(ValidationError, match=says.removesuffix(".")):
        sorting.rename_theme(dialogue, schools.pk, name, by=facilitator)
    assert list(themes_of(dialogue)) == ["Media", "Schools"]


def test_a_theme_may_be_written_otherwise(dialogue: Dialogue, facilitator: User) -> None:
    sorting.new_theme(dialogue, "media", by=facilitator)

    sorting.rename_theme(dialogue, dialogue.themes.get().pk, "Media", by=facilitator)

    assert list(themes_of(dialogue)) == ["Media"]


# ---- Recommendations, highlights, near-duplicates ----


def test_links_of_a_public_dialogue_reach_history_search_and_pages(
    facilitator: User, client: Client
) -> None:
    dialogue = DialogueFactory(facilitators=[facilitator], published=True)
    rows = ContributionFactory.create_batch(3, dialogue=dialogue, posted=True)
    asked = RecommendationFactory(published=True, code="CA-01")
    path = asked.get_absolute_url()
    assert rows[0].text not in client.get(path).content.decode()

    sorting.link(dialogue, [row.pk for row in rows], [asked], by=facilitator)

    assert rows[0].text in client.get(path).content.decode()
    last = rows[0].history.first()
    assert [link.recommendation for link in last.about.all()] == [asked]
    assert last.history_user == facilitator
    assert Entry.objects.filter(kind="statement").count() == 3
    undo_last(dialogue, by=facilitator)
    assert not asked.voices.exists()
    assert rows[0].text not in client.get(path).content.decode()


def test_sorting_a_public_dialogue_makes_its_pages_old_and_that_of_a_draft_none(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    def version() -> int:
        return sum(PageVersion.objects.filter(topic="dialogues").values_list("number", flat=True))

    before = version()
    sorting.add_theme(dialogue, said, "Schools", by=facilitator)
    sorting.link(dialogue, said, [RecommendationFactory()], by=facilitator)
    assert version() == before

    dialogue.publish(by=facilitator)
    before = version()
    for act in (sorting.highlight, sorting.mark_near, sorting.unmark_near):
        act(dialogue, said, by=facilitator)
        assert version() == before + 1
        before += 1


def test_the_console_hears_of_it(dialogue: Dialogue, said: list[int], facilitator: User) -> None:
    sorting.add_theme(dialogue, said[:1], "Schools", by=facilitator)

    versions = dict(dialogue.contributions.values_list("pk", "version"))

    assert versions[said[0]] == Room.objects.of(dialogue).version > 0
    assert versions[said[1]] == 0


def test_highlights_stand_in_the_order_they_were_chosen_in(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    sorting.highlight(dialogue, [said[2], said[0]], by=facilitator)
    sorting.highlight(dialogue, said, by=facilitator)

    lit = Highlight.objects.values_list("statement", flat=True)
    assert list(lit) == [said[2], said[0], said[1], said[3]]


def test_no_mark_leads_to_a_mark(dialogue: Dialogue, said: list[int], facilitator: User) -> None:
    a, b, c, d = said

    sorting.mark_near(dialogue, [b, c], by=facilitator)
    sorting.mark_near(dialogue, [a, b], by=facilitator)  # c goes along
    assert likes_of(dialogue) == {b: a, c: a}
    sorting.mark_near(dialogue, [c, d], by=facilitator)  # c is not kept itself
    assert likes_of(dialogue) == {b: a, c: a, d: a}
    sorting.mark_near(dialogue, [d, a], by=facilitator)  # the one kept changes
    assert likes_of(dialogue) == {a: d, b: d, c: d}

    for _n in range(4):
        undo_last(dialogue, by=facilitator)
    assert likes_of(dialogue) == {}


def test_only_one_kind_is_nearly_the_same_and_what_is_withdrawn_is_not_kept(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    concern = ContributionFactory(dialogue=dialogue, kind=ContributionKind.CONCERN)
    gone = Contribution.objects.get(pk=said[0])
    gone.withdraw(by=facilitator)

    for statements, says in (
        ([said[1], concern.pk], "Only statements of one kind"),
        ([gone.pk, said[1]], "is withdrawn"),
        (said[:1], "Tick two statements or more"),
    ):
        with pytest.raises(ValidationError, match=says):
            sorting.mark_near(dialogue, statements, by=facilitator)
    assert likes_of(dialogue) == {}


# ---- Undo ----


def test_each_step_is_undone_whole_and_in_any_order(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    asked = RecommendationFactory(published=True)
    sorting.add_theme(dialogue, said[:2], "Schools", by=facilitator)
    sorting.link(dialogue, said[:1], [asked], by=facilitator)
    sorting.highlight(dialogue, said[1:3], by=facilitator)
    sorting.mark_near(dialogue, said[2:], by=facilitator)
    before = everything_of(dialogue)
    schools = dialogue.themes.get().pk
    for act in (
        lambda: sorting.remove_theme(dialogue, said, "Schools", by=facilitator),
        lambda: sorting.unlink(dialogue, said, [asked], by=facilitator),
        lambda: sorting.unhighlight(dialogue, said, by=facilitator),
        lambda: sorting.unmark_near(dialogue, said, by=facilitator),
        lambda: sorting.rename_theme(dialogue, schools, "Classes", by=facilitator),
        lambda: sorting.delete_theme(dialogue, schools, by=facilitator),
    ):
        assert act() != ""

    steps = list(SortingStep.objects.values_list("pk", flat=True)[:6])
    last, *others = steps
    for step in [last, *sorted(others)]:
        assert undo(dialogue, step, by=facilitator).words == []

    assert everything_of(dialogue) == before
    undo(dialogue, last, by=facilitator)  # twice is once
    assert everything_of(dialogue) == before


def test_an_undo_leaves_what_others_changed_since_and_says_so(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    other = UserFactory()
    sorting.add_theme(dialogue, said[:3], "Schools", by=facilitator)
    sorting.remove_theme(dialogue, said[:1], "Schools", by=other)
    sorting.add_theme(dialogue, said[:1], "Schools", by=other)
    sorting.add_theme(dialogue, said[3:], "Schools", by=other)

    undone = undo_last(dialogue, by=facilitator)

    assert undone is not None
    assert themes_of(dialogue) == {"Schools": [said[0], said[3]]}
    assert undone.words == [
        "Theme “Schools” stays: it is in use.",
        "1 change stays: it was changed again since.",
    ]


def test_an_undo_takes_only_ones_own_last_step(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    other = UserFactory()
    sorting.highlight(dialogue, said[:1], by=facilitator)
    sorting.highlight(dialogue, said[1:2], by=other)

    undo_last(dialogue, by=facilitator)

    assert list(Highlight.objects.values_list("statement", flat=True)) == [said[1]]
    assert undo_last(dialogue, by=facilitator) is None


def test_a_deleted_theme_whose_name_was_given_again_comes_back_in_that(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    sorting.add_theme(dialogue, said[:2], "Schools", by=facilitator)
    sorting.delete_theme(dialogue, dialogue.themes.get().pk, by=facilitator)
    [deleted] = SortingStep.objects.filter(verb="delete-theme")
    sorting.add_theme(dialogue, said[2:], "schools", by=facilitator)

    undo(dialogue, deleted.pk, by=facilitator)

    assert themes_of(dialogue) == {"schools": said}


def test_an_undo_copes_with_statements_that_are_gone(
    dialogue: Dialogue, said: list[int], facilitator: User
) -> None:
    sorting.add_theme(dialogue, said[:2], "Schools", by=facilitator)
    sorting.mark_near(dialogue, said[1:], by=facilitator)
    sorting.unmark_near(dialogue, said, by=facilitator)
    sorting.remove_theme(dialogue, said, "Schools", by=facilitator)
    Contribution.objects.filter(pk=said[1]).delete()

    for _n in range(2):
        undone = undo_last(dialogue, by=facilitator)
        assert undone is not None
        assert undone.left > 0

    assert themes_of(dialogue) == {"Schools": said[:1]}
    assert likes_of(dialogue) == {}


# ---- What is proposed ----


@pytest.fixture
def proposals(dialogue: Dialogue, said: list[int]) -> Proposals:
    found = {
        "themes": [{"name": "Schools", "words": [], "language": "en", "statements": said[:3]}],
        "pairs": [
            {"statement": said[1], "of": said[0], "score": 97},
            {"statement": said[2], "of": said[0], "score": 95},
        ],
    }
    return Proposals.objects.create(dialogue=dialogue, found=found)


def test_a_proposal_is_taken_under_another_name_and_for_some(
    dialogue: Dialogue, said: list[int], proposals: Proposals, facilitator: User
) -> None:
    sorting.accept_theme(dialogue, 0, "Education", said[:2], by=facilitator)
    assert themes_of(dialogue) == {"Education": said[:2]}
    with pytest.raises(ValidationError, match="decided"):
        sorting.dismiss(dialogue, "themes", [0], by=facilitator)

    undo_last(dialogue, by=facilitator)

    assert themes_of(dialogue) == {}
    sorting.dismiss(dialogue, "themes", [0], by=facilitator)
    assert themes_of(dialogue) == {}


def test_proposed_pairs_are_marked_and_can_be_proposed_again(
    dialogue: Dialogue, said: list[int], proposals: Proposals, facilitator: User
) -> None:
    sorting.accept_pairs(dialogue, [0, 1, 99], by=facilitator)
    assert likes_of(dialogue) == {said[1]: said[0], said[2]: said[0]}

    undo_last(dialogue, by=facilitator)

    assert likes_of(dialogue) == {}
    proposals.refresh_from_db()
    assert [pair["step"] for pair in proposals.found["pairs"]] == [None, None]


def test_an_undo_leaves_proposals_alone_that_were_computed_since(
    dialogue: Dialogue, said: list[int], proposals: Proposals, facilitator: User
) -> None:
    sorting.accept_pairs(dialogue, [0], by=facilitator)
    accepted = dialogue.sorting_steps.get()
    proposals.refresh_from_db()
    proposals.found["pairs"][0]["step"] = None  # another list, in which this is open
    proposals.save()
    sorting.dismiss(dialogue, "pairs", [0], by=facilitator)

    undo(dialogue, accepted.pk, by=facilitator)

    proposals.refresh_from_db()
    assert proposals.found["pairs"][0]["step"] is not None


# ---- Two people at once ----


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_two_sort_at_once(at_once: AtOnce, facilitator: User) -> None:
    dialogue = DialogueFactory(facilitators=[facilitator], published=True)
    said = [ContributionFactory(dialogue=dialogue, posted=True).pk for _n in range(20)]
    other = UserFactory()

    def add(by: User, statements: list[int]) -> list[str]:
        return [sorting.add_theme(dialogue, [pk], "Schools", by=by) for pk in statements]

    results = at_once(lambda: add(facilitator, said[::2]), lambda: add(other, said[1::2]))

    assert [error for error in results if isinstance(error, Exception)] == []
    assert themes_of(dialogue) == {"Schools": said}
    assert SortingStep.objects.count() == 20


def test_thousands_are_sorted_by_few_queries(
    dialogue: Dialogue, facilitator: User, django_assert_max_num_queries: Any
) -> None:
    rows = [
        Contribution(dialogue=dialogue, code=f"HOPE-{n}", kind="hope", order=n, text="Peace.")
        for n in range(2_000)
    ]
    said = [row.pk for row in Contribution.objects.bulk_create(rows)]

    with django_assert_max_num_queries(80):
        sorting.add_theme(dialogue, said, "Schools", by=facilitator)
        undo_last(dialogue, by=facilitator)

    assert themes_of(dialogue) == {}


def test_what_is_offered_to_choose_from_stands_in_the_report_that_was_talked_over() -> None:
    theirs = RecommendationFactory(published=True, code="AA-02")
    other = RecommendationFactory(published=True, code="AA-01")
    RecommendationFactory(report=theirs.report, code="AA-03")

    about_one = DialogueFactory(report=theirs.report)
    about_none = DialogueFactory(report=None)

    assert sorting.recommendations_offered(about_one) == [theirs]
    assert sorting.recommendations_offered(about_none) == [other, theirs]
