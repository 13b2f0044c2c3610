"""Dialogues about one report, side by side."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from dialogues.comparing import compare, on_offer, same_name
from dialogues.models import (
    AgendaKind,
    Contribution,
    ContributionKind,
    Dialogue,
)
from recommendations.models import Report
from tests.factories import (
    AgendaItemFactory,
    ContributionFactory,
    DialogueFactory,
    RecommendationFactory,
    ReportFactory,
    TallyFactory,
    ThemeFactory,
    UserFactory,
)
from tests.markup import Page, faults, text_of, words

pytestmark = pytest.mark.django_db

PATH = "/dialogues/compare/"
KINDS = {kind.value: str(kind.label) for kind in ContributionKind}


@pytest.fixture
def report() -> Report:
    return ReportFactory(published=True)


def held(report: Report, place: str, **values: Any) -> Dialogue:
    return DialogueFactory(report=report, place=place, published=True, **values)


def say(dialogue: Dialogue, n: int, theme: str = "", **values: Any) -> None:
    posted_by = UserFactory()
    themes = [dialogue.themes.get_or_create(name=theme)[0]] if theme else []
    for _ in range(n):
        row = ContributionFactory(dialogue=dialogue, posted=True, posted_by=posted_by, **values)
        row.themes.set(themes)


def vote(dialogue: Dialogue, counts: list[int]) -> None:
    now, by = timezone.now(), UserFactory()
    item = AgendaItemFactory(
        dialogue=dialogue, kind=AgendaKind.SCALE, started_at=now, started_by=by, ended_at=now
    )
    for score, n in enumerate(counts):
        TallyFactory(item=item, score=score, n=n)


def beside(*dialogues: Dialogue) -> Any:
    for dialogue in dialogues:
        dialogue.refresh_from_db()
    return compare(dialogues, KINDS)


def numbers(lines: Any) -> dict[str, list[int | None]]:
    return {line.label: [cell.n for cell in line.cells] for line in lines}


def test_themes_stand_side_by_side_whatever_their_capitals_and_accents(report: Report) -> None:
    here, there = held(report, "Halifax"), held(report, "Gaspé")
    say(here, 6, "Education")
    say(here, 9, "Law")
    say(there, 7, "ÉDUCATION ")

    (hopes,) = beside(here, there).themes

    assert numbers(hopes.common) == {"Education": [6, 7]}
    assert numbers(hopes.others) == {"Law": [9, None]}
    assert str(hopes.common[0].cells[0]) == "6 (40%)"


@pytest.mark.parametrize(
    ("one", "other"), [("Éducation", "education"), ("Early  warning ", "early warning")]
)
def test_names_that_differ_in_writing_alone_are_the_same(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


def test_groups_of_few_are_folded_in_each_dialogue_by_itself(report: Report) -> None:
    here, there = held(report, "Halifax"), held(report, "Regina")
    recommendation = RecommendationFactory(published=True)
    say(here, 9, "Law", about=[recommendation])
    say(here, 4, "Money")
    say(here, 3, "Media")
    say(there, 6, "Law")
    say(there, 6, "Money", about=[recommendation])

    comparison = beside(here, there)

    assert numbers(comparison.themes[0].lines) == {"Law": [9, 6], "Money": [None, 6]}
    assert numbers(comparison.recommendations.lines) == {recommendation.code: [9, 6]}


def test_votes_stand_on_one_scale_and_those_of_few_are_not_shown(report: Report) -> None:
    here, there, third = (held(report, place) for place in ("Halifax", "Regina", "Laval"))
    vote(here, [0, 0, 1, 0, 0, 2, 0, 4, 3, 0, 1])
    vote(there, [0] * 10 + [4])

    comparison = beside(here, there, third)

    shown, few = comparison.votes
    assert (shown.n, shown.spread.median, shown.chart.bars[7].n) == (11, 7, 4)
    assert (few.n, few.spread, few.chart) == (4, None, None)
    assert comparison.without_votes == ["Laval, 10 November 2009"]


def test_only_published_dialogues_and_what_is_posted_in_them_are_compared(
    client: Client, report: Report
) -> None:
    here, there = held(report, "Halifax"), held(report, "Regina")
    say(here, 5, "Law")
    say(there, 5, "Law")
    draft = DialogueFactory(report=report, place="Quagga", facilitators=[UserFactory()])
    say(draft, 9, "Okapi")
    ThemeFactory(dialogue=here, name="Okapi").statements.set(
        ContributionFactory.create_batch(9, dialogue=here)  # held
    )

    answer = client.get(PATH, {"with": [here.slug, draft.slug]})
    html = client.get(PATH).content.decode()

    assert "is no published dialogue about this report" in answer.content.decode()
    for text in (answer.content.decode().replace(draft.slug, ""), html):
        assert "Quagga" not in text
        assert "Okapi" not in text
    assert "Law" in html


def test_the_page_begins_with_the_newest_in_which_much_was_said(report: Report) -> None:
    first, silent, newest = (
        held(report, place, on=date(year, 5, 1))
        for place, year in (("Halifax", 2010), ("Regina", 2011), ("Laval", 2012))
    )
    say(first, 5)
    say(newest, 5)

    offer = on_offer("", [])

    assert offer.dialogues == [newest, silent, first]
    assert offer.first == [newest, first]


def test_dialogues_about_another_report_are_not_mixed_in(client: Client, report: Report) -> None:
    here, there = held(report, "Halifax"), held(report, "Regina")
    other = held(ReportFactory(published=True), "Laval")
    say(here, 5)
    say(there, 5)

    page = Page(client.get(PATH, {"with": [here.slug, other.slug]}).content.decode())

    assert faults(page) == []
    assert "There is a problem" in words(text_of(page.one("main")))
    ticked = [box.get("value") for box in page.all("input") if box.get("checked") is not None]
    assert ticked == [here.slug]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "Choose two dialogues or more."), (7, "7 are chosen: choose six at most.")],
)
def test_two_to_six_are_compared(client: Client, report: Report, n: int, said: str) -> None:
    dialogues = [held(report, f"Place {number}") for number in range(7)]
    for dialogue in dialogues:
        say(dialogue, 1)

    html = client.get(PATH, {"with": [row.slug for row in dialogues[:n]]}).content.decode()

    assert said in html
    assert "Who came" not in html


def test_invented_dialogues_say_so(client: Client, report: Report) -> None:
    here, there = held(report, "Halifax"), held(report, "Regina", is_demo=True)
    say(here, 5)
    say(there, 5)

    page = Page(client.get(PATH).content.decode())

    assert faults(page) == []
    assert page.html.count("Demonstration data") >= 2
    assert page.meta("robots") == "noindex"


def test_a_reader_is_led_there_once_there_is_something_to_compare(
    client: Client, report: Report
) -> None:
    held(report, "Halifax")
    assert PATH not in Page(client.get("/dialogues/").content.decode()).hrefs

    held(report, "Regina")
    assert PATH in Page(client.get("/dialogues/").content.decode()).hrefs


def test_a_dialogue_leads_to_a_comparison_that_begins_with_it(
    client: Client, report: Report
) -> None:
    here = held(report, "Halifax", on=date(2009, 5, 1))
    say(here, 5)
    for year in range(2010, 2015):
        say(held(report, "Regina", on=date(year, 5, 1)), 5)
    path = f"{PATH}?beside={here.slug}"

    assert path in Page(client.get(here.get_absolute_url()).content.decode()).hrefs
    page = Page(client.get(path).content.decode())
    ticked = [box.get("value") for box in page.all("input") if box.get("checked") is not None]
    assert len(ticked) == 3
    assert here.slug in ticked


def test_the_page_asks_the_database_as_much_for_six_as_for_two(
    client: Client, report: Report, django_assert_max_num_queries: Any
) -> None:
    dialogues = [held(report, f"Place {number}") for number in range(6)]
    for dialogue in dialogues:
        for theme in ("Law", "Media"):
            about = [RecommendationFactory(published=True)]
            say(dialogue, 5, theme, about=about)
        vote(dialogue, [1] * 11)
    assert Contribution.objects.count() == 60

    for n in (2, 6):
        caches["pages"].clear()
        with django_assert_max_num_queries(11):
            answer = client.get(PATH, {"with": [row.slug for row in dialogues[:n]]})
        page = Page(answer.content.decode())
        assert faults(page) == []
        assert len(list(page.one("table", **{"class": "table--stack compare"}).iter("th"))) > n
