"""Figures of a dialogue are right, and none of them lets somebody be singled out."""

import statistics
from collections import defaultdict
from itertools import product
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dialogues.figures import (
    ENOUGH,
    Folded,
    figures_blocks,
    folded,
    resonance_blocks,
    spread_of,
)
from dialogues.models import (
    AgendaKind,
    Attribution,
    Channel,
    ContributionKind,
    Dialogue,
    Sector,
)
from dialogues.report.blocks import Bar, Block, Chart, Facts, Items, Paragraph
from tests.factories import (
    AgendaItemFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RecommendationFactory,
    TallyFactory,
    ThemeFactory,
    UserFactory,
)

# ---- Spread ----

COUNTS = st.lists(st.integers(0, 40), min_size=11, max_size=11).filter(any)


@given(COUNTS)
def test_the_median_is_the_usual_one(counts: list[int]) -> None:
    votes = [score for score, n in enumerate(counts) for _ in range(n)]

    spread = spread_of(counts)

    assert spread is not None
    assert spread.n == len(votes)
    assert spread.median == statistics.median(votes)
    assert (spread.lowest, spread.highest) == (votes[0], votes[-1])


@given(COUNTS)
def test_a_quarter_of_the_votes_lies_on_either_side_of_the_middle_half(counts: list[int]) -> None:
    spread = spread_of(counts)

    assert spread is not None
    assert spread.lowest <= spread.lower <= spread.median <= spread.upper <= spread.highest
    for score, share in ((spread.lower, 0.25), (spread.median, 0.5), (spread.upper, 0.75)):
        below = sum(n for at, n in enumerate(counts) if at < score)
        up_to = sum(n for at, n in enumerate(counts) if at <= score)
        assert below <= share * spread.n <= up_to


def test_quartiles_of_votes_that_part_evenly_are_midway() -> None:
    assert spread_of([0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0]) == (4, 5, 3, 7, 2, 8)
    assert spread_of([10_000] + [0] * 9 + [10_000]) == (20_000, 5, 0, 10, 0, 10)


def test_without_a_vote_there_is_no_spread() -> None:
    assert spread_of([0] * 11) is None


# ---- Folding ----

NAMES = "abcdef"
GROUPS = st.lists(st.integers(0, 30), max_size=8).map(
    lambda sizes: [(f"group {n}", size) for n, size in enumerate(sizes)]
)


@pytest.mark.parametrize(
    ("groups", "most", "least_there"),
    [(1, 12, 0), (2, 14, 0), (2, 14, 1), (3, 11, 1), (4, 8, 0), (4, 9, 1), (5, 6, 1)],
)
def test_who_knows_the_names_and_the_rule_cannot_work_out_a_group_under_five(
    groups: int, most: int, least_there: int
) -> None:
    """Of all sizes there could be: those that show the same leave each small group open."""
    alike = defaultdict(list)
    for sizes in product(range(least_there, most + 1), repeat=groups):
        alike[folded(zip(NAMES, sizes, strict=False))].append(sizes)

    for shown, possible in alike.items():
        if shown is None:
            continue
        for place in range(groups):
            could_be = {sizes[place] for sizes in possible}
            assert len(could_be) > 1 or not 0 < could_be.pop() < ENOUGH, (shown, place)


@given(GROUPS)
def test_nothing_under_five_is_shown_and_nobody_is_lost(rows: list[tuple[str, int]]) -> None:
    breakdown = folded(rows)

    if breakdown is not None:
        assert all(n >= ENOUGH for _name, n in breakdown.whole)
        assert sum(n for _name, n in breakdown.whole) == sum(n for _name, n in rows)
        assert set(breakdown.rows) <= set(rows)
        assert breakdown.groups != 1


@given(GROUPS, st.randoms(use_true_random=False))
def test_what_is_shown_of_a_group_does_not_hang_on_its_name_or_place(
    rows: list[tuple[str, int]], rng: Random
) -> None:
    mixed = rng.sample(rows, len(rows))

    breakdown, other = folded(rows), folded(mixed)

    assert (breakdown is None) == (other is None)
    if breakdown is not None and other is not None:
        assert set(breakdown.whole) == set(other.whole)


def test_small_groups_are_put_together() -> None:
    rows = [("a", 12), ("b", 3), ("c", 4), ("d", 0)]

    assert folded(rows) == Folded((("a", 12),), together=7, groups=2)


@pytest.mark.parametrize("small", [[1], [4], [2, 2], [4, 4], [1, 3], [4, 4, 4], [1, 1, 1, 1, 1]])
def test_small_groups_that_their_sum_would_give_away_take_the_next_ones_with_them(
    small: list[int],
) -> None:
    sizes = [*small, 6, 6, 20]

    breakdown = folded([(f"group {n}", size) for n, size in enumerate(sizes)])

    assert breakdown is not None
    assert [n for _name, n in breakdown.rows] == [20]
    assert breakdown.together == sum(small) + 12


def test_where_every_group_is_small_nothing_is_shown() -> None:
    assert folded([("a", 3), ("b", 4)]) is None
    assert folded([("a", 38), ("b", 2)]) is None
    assert folded([]) is None


# ---- Blocks ----


def charts(blocks: tuple[Block, ...]) -> dict[str, dict[str, int]]:
    return {
        block.caption: {bar.label: bar.n for bar in block.bars}
        for block in blocks
        if isinstance(block, Chart)
    }


def words(blocks: tuple[Block, ...]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def say(dialogue: Dialogue, n: int, **values: object) -> None:
    posted_by = UserFactory()
    themes = values.pop("themes", ())
    for _ in range(n):
        row = ContributionFactory(dialogue=dialogue, posted=True, posted_by=posted_by, **values)
        row.themes.set(themes)


@pytest.fixture
def dialogue(db: None) -> Dialogue:
    return DialogueFactory()


def scale(dialogue: Dialogue, *, is_over: bool = True, **counts: list[int]) -> None:
    now = timezone.now()
    item = AgendaItemFactory(
        dialogue=dialogue,
        kind=AgendaKind.SCALE,
        started_at=now,
        started_by=UserFactory(),
        ended_at=now if is_over else None,
    )
    for source, by_score in counts.items():
        for score, n in enumerate(by_score):
            TallyFactory(item=item, source=source, score=score, n=n)


VOTES = [0, 0, 1, 0, 0, 2, 0, 4, 3, 0, 1]


def test_the_votes_of_each_source_are_a_chart_of_their_own(dialogue: Dialogue) -> None:
    scale(dialogue, ballots=VOTES, hands=[0] * 10 + [4])

    blocks = resonance_blocks(dialogue, dialogue.agenda.all())

    chart, facts, few = blocks
    assert isinstance(chart, Chart)
    assert isinstance(facts, Facts)
    assert chart.caption == "Ballots: 11 votes"
    assert chart.bars == tuple(Bar(str(score), n) for score, n in enumerate(VOTES))
    assert (chart.mark, chart.mark_label) == (7, "Median: 7")
    assert [(row.label, row.text) for row in facts.rows] == [
        ("Votes", "11"),
        ("Median", "7"),
        ("Middle half", "5 to 8"),
        ("Lowest and highest", "2 and 10"),
    ]
    assert words((few,)) == ["Show of hands: fewer than five voted, so it is not shown how."]


def test_a_scale_that_is_not_closed_shows_nothing(dialogue: Dialogue) -> None:
    scale(dialogue, is_over=False, ballots=VOTES)

    assert resonance_blocks(dialogue, dialogue.agenda.all()) == ()


def test_hopes_are_counted_by_theme_and_by_sector(dialogue: Dialogue) -> None:
    school, law = (ThemeFactory(dialogue=dialogue, name=name) for name in ("School", "Law"))
    say(dialogue, 7, themes=[school], sector=Sector.EDUCATION)
    say(dialogue, 6, themes=[school, law], sector=Sector.MEDIA)
    say(dialogue, 5, kind=ContributionKind.CONCERN, themes=[law])
    ContributionFactory(dialogue=dialogue, sector=Sector.MEDIA)  # held

    found = charts(figures_blocks(dialogue))

    assert found["Hopes by theme"] == {"School": 13, "Law": 6}
    assert found["Concerns by theme"] == {"Law": 5}
    assert found["Hopes by sector"] == {"Education": 7, "Media": 6}
    assert "Concerns by sector" not in found


def test_a_theme_of_few_is_not_shown_by_itself(dialogue: Dialogue) -> None:
    themes = [ThemeFactory(dialogue=dialogue, name=name) for name in "abc"]
    for theme, n in zip(themes, (9, 4, 3), strict=True):
        say(dialogue, n, themes=[theme])

    blocks = figures_blocks(dialogue)

    assert charts(blocks)["Hopes by theme"] == {"a": 9, "2 smaller groups together": 7}
    assert "Groups of fewer than five are not shown by themselves" in words(blocks)[-1]


@pytest.mark.parametrize("rule", [Attribution.CHATHAM_HOUSE, Attribution.ANONYMOUS])
def test_sectors_that_may_not_be_told_are_not_counted(dialogue: Dialogue, rule: str) -> None:
    dialogue.attribution = rule
    say(dialogue, 9, sector=Sector.MEDIA)
    say(dialogue, 8, sector=Sector.MEDIA, kind=ContributionKind.CONCERN)

    assert not [caption for caption in charts(figures_blocks(dialogue)) if "sector" in caption]


def test_who_wished_not_to_be_told_by_sector_counts_among_those_who_named_none(
    dialogue: Dialogue,
) -> None:
    dialogue.attribution = Attribution.SECTOR
    say(dialogue, 9, sector=Sector.MEDIA)
    say(dialogue, 6, sector=Sector.EDUCATION, attribution=Attribution.NONE)

    found = charts(figures_blocks(dialogue))

    assert found["Hopes by sector"] == {"Media": 9, "No sector named": 6}


def test_ways_of_taking_part_and_recommendations_are_counted(dialogue: Dialogue) -> None:
    first, second = RecommendationFactory.create_batch(2, published=True)
    draft = RecommendationFactory()
    say(dialogue, 8, channel=Channel.PHONE, about=[first, draft])
    say(dialogue, 6, channel=Channel.PAPER, about=[first, second])
    ParticipantFactory.create_batch(12, dialogue=dialogue, channel=Channel.PHONE)

    blocks = figures_blocks(dialogue)

    assert charts(blocks)["Participants by how they came"] == {"Phone": 12}
    assert charts(blocks)["Statements by how they came"] == {"Phone": 8, "Paper card": 6}
    assert charts(blocks)["Statements about a recommendation"] == {first.code: 14, second.code: 6}
    (links,) = (block for block in blocks if isinstance(block, Items))
    named = [block for item in links.items for block in item if isinstance(block, Paragraph)]
    assert [block.runs[0].link for block in named] == [
        first.get_absolute_url(),
        second.get_absolute_url(),
    ]


def test_figures_ask_the_database_as_much_with_few_statements_as_with_many(
    dialogue: Dialogue, django_assert_max_num_queries: Any
) -> None:
    for n in range(5):
        theme = ThemeFactory(dialogue=dialogue)
        about = [RecommendationFactory(published=True)]
        say(dialogue, 5, themes=[theme], sector=list(Sector)[n], about=about)
    scale(dialogue, ballots=VOTES)
    scale(dialogue, hands=VOTES)
    agenda = list(dialogue.agenda.all())

    with django_assert_max_num_queries(5):
        figures_blocks(dialogue)
    with django_assert_max_num_queries(1):
        resonance_blocks(dialogue, agenda)


def test_where_nothing_was_said_there_are_no_figures(dialogue: Dialogue) -> None:
    assert figures_blocks(dialogue) == ()
    assert resonance_blocks(dialogue, ()) == ()


def test_what_is_known_of_votes_that_are_lost_is_said(dialogue: Dialogue) -> None:
    dialogue.resonance_question = "FIGURE 1"
    dialogue.resonance_note = "Its values are not in the text."

    said = words(resonance_blocks(dialogue, ()))

    assert said == [
        "The votes are not on record, so none are shown.",
        "FIGURE 1",
        "Its values are not in the text.",
    ]
