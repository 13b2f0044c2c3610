"""Charts on pages: their shapes, their words, and the table of the same numbers."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from dialogues.figures import spread_of
from dialogues.report.blocks import Bar, Chart
from dialogues.templatetags.charts import drawn, spread_line
from tests.markup import Page, text_of


def lying(*bars: tuple[str, int]) -> Chart:
    return Chart(
        "Hopes by theme",
        "What it shows.",
        ("Theme", "Hopes"),
        tuple(Bar(label, n) for label, n in bars),
    )


def upright(counts: list[int], mark: float | None = None) -> Chart:
    bars = tuple(Bar(str(score), n) for score, n in enumerate(counts))
    head = ("Number", "Votes")
    return Chart("Ballots", "What it shows.", head, bars, mark, "Median", is_upright=True)


CHARTS = [
    lying(("Education", 12), ("Law", 7)),
    lying(("One", 10_000)),
    lying(("None", 0), ("Some", 3)),
    lying(("<b>“Words & more”</b> " * 20, 5), ("x" * 200, 6)),
    lying(),
    upright([0, 0, 1, 0, 0, 2, 0, 4, 3, 0, 1], 7),
    upright([0] * 11),
    upright([9_999, *[1] * 9, 10_000], 6.5),
]


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_chart_says_in_its_table_what_its_bars_show(chart: Chart, language: str) -> None:
    with translation.override(language):
        html = render_to_string("dialogues/report/_chart.html", {"block": chart})

    page = Page(html)
    labels = [text_of(cell).strip() for cell in page.all("th") if cell.get("scope") == "row"]
    numbers = [re.sub(r"\D", "", text_of(cell)) for cell in page.all("td")]
    assert list(zip(labels, numbers, strict=True)) == [
        (bar.label.strip(), str(bar.n)) for bar in chart.bars
    ]
    assert [text_of(cell) for cell in page.all("th") if cell.get("scope") == "col"] == [*chart.head]
    assert chart.caption in text_of(page.one("caption"))


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_keeps_to_the_strict_policy_and_to_shapes_a_browser_reads(chart: Chart) -> None:
    with translation.override("fr"):  # whose numbers have commas
        html = render_to_string("dialogues/report/_chart.html", {"block": chart})

    assert "style=" not in html
    assert "<script" not in html
    assert "<b>" not in html
    for shape in re.findall(r' d="([^"]*)"', html):
        assert re.fullmatch(r"(?:[MHhVvz]|-?\d+(?:\.\d+)?| )*", shape), shape


def lengths(chart: Chart) -> list[float]:
    """How long each bar is drawn."""
    found = (re.search(r"(?:v-|0h)([\d.]+)", row.d) for row in drawn(chart).rows)
    return [float(length[1]) if length else 0 for length in found]


def test_bars_are_as_long_as_their_numbers() -> None:
    assert lengths(lying(("a", 40), ("b", 10), ("c", 0))) == [100, 25, 0]
    assert lengths(upright([0, 5, 10])) == [0, 50, 100]


def test_a_bar_of_few_among_many_can_still_be_seen() -> None:
    assert lengths(lying(("a", 10_000), ("b", 1))) == [100, 0.5]


def test_an_upright_chart_has_a_scale_that_can_be_read() -> None:
    assert drawn(upright([7, 3])).scale == ("8", "4", "0")
    assert drawn(upright([1, 0])).scale == ("1", "0")
    assert drawn(upright([10_000, 0])).scale == ("10,000", "5,000", "0")


def test_the_median_stands_on_its_bar_or_between_two() -> None:
    assert drawn(upright([1] * 11, 7)).mark == "M75 0v100"
    assert drawn(upright([1] * 11, 7.5)).mark == "M80 0v100"


def test_the_spread_of_votes_is_a_line_with_a_bar_on_its_middle_half() -> None:
    spread = spread_of([0, 0, 1, 0, 0, 2, 0, 4, 3, 0, 1])

    assert spread is not None
    assert spread_line(spread) == {
        "whole": "M25 10H105",
        "half": "M54 5H86v10H54z",
        "median": "M75 1v18",
    }
