"""Sheets for teachers: what stands on them, and what does not."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from recommendations.models import Pillar, Recommendation
from recommendations.typesetting import pdf_of
from tests import factories
from tests.dialogues.report.test_pdf import everything_in, found_by_a_checker, words_of
from tests.markup import Page
from w2i.pages import teaching

pytestmark = pytest.mark.django_db

SITE = "https://example.org"


@pytest.fixture
def asked() -> Any:
    return factories.RecommendationFactory(
        code="CA-01", text="The Minister prevent genocide", published=True
    )


def sheet(pillar: Pillar, language: str = "en") -> dict[str, Any]:
    with translation.override(language):
        made = teaching.sheet_of(pillar, site=SITE, paper="a4")
    assert made is not None
    return made


def said(asked: Recommendation, text: str = "", **values: Any) -> Any:
    dialogue = values.pop("dialogue", None) or factories.DialogueFactory(
        published=True, report=asked.report, place="Bath", on=date(2026, 3, 1)
    )
    words = {"text": text} if text else {}
    return factories.ContributionFactory(dialogue=dialogue, posted=True, **words, **values)


def texts(group: dict[str, Any]) -> list[str]:
    return [row["text"] for row in group["rows"]]


def test_it_quotes_what_is_asked_and_what_was_said_with_place_and_day(
    asked: Recommendation,
) -> None:
    factories.TermFactory(term="Genocide", definition_en="A crime.", published=True)
    factories.TermFactory(term="Zebra", published=True)
    hope = said(asked, "May it end", kind="hope", about=[asked])
    said(asked, "“Will” it?", kind="question", about=[asked], dialogue=hope.dialogue)

    made = sheet(asked.pillar)

    assert [row["text"] for part in made["asked"] for row in part["rows"]] == [asked.text]
    assert [row["name"] for row in made["terms"]] == ["Genocide"]
    (row,) = made["hopes"]["rows"]
    assert (row["text"], row["source"]) == ("“May it end”", f"Bath, 1 March 2026, {hope.code}")
    assert row["link"] == f"{SITE}{hope.get_absolute_url()}"
    assert texts(made["questions"]) == ["“‘Will’ it?”"]
    assert made["concerns"]["note"] == "Nothing of this kind is on record yet."
    assert any(hope.dialogue.title in source["text"] for source in made["sources"])


def test_where_nothing_is_about_the_pillar_it_says_so_and_quotes_in_general(
    asked: Recommendation,
) -> None:
    other = factories.RecommendationFactory(report=asked.report, published=True)
    general = said(asked, "All too slow", kind="concern", about=[other], order=1)
    elsewhere = factories.DialogueFactory(published=True)
    said(asked, "Of something else", kind="concern", dialogue=elsewhere)

    concerns = sheet(asked.pillar)["concerns"]

    assert concerns["rows"] == []
    assert concerns["note"].startswith("Nothing on record speaks of these recommendations.")
    assert [row["link"] for row in concerns["others"]] == [f"{SITE}{general.get_absolute_url()}"]


def test_nothing_that_is_not_public_or_is_invented_is_on_it(
    asked: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "LOOKED_AT", 1)
    said(asked, "Ours", kind="hope", about=[asked])
    draft = factories.DialogueFactory(report=asked.report)
    demo = factories.DialogueFactory(published=True, is_demo=True, report=asked.report)
    open_ = factories.DialogueFactory(published=True, report=asked.report)
    for dialogue in (draft, demo):
        factories.ContributionFactory(
            dialogue=dialogue, kind="hope", text="QUAGGA", posted=True, about=[asked]
        )
    factories.ContributionFactory(dialogue=open_, kind="hope", text="QUAGGA", about=[asked])
    gone = said(asked, "QUAGGA", kind="hope", about=[asked], dialogue=open_)
    gone.withdraw(by=factories.UserFactory())
    for values in ({}, {"is_demo": True, "published": True}):
        factories.RecommendationFactory(
            report=asked.report, pillar=asked.pillar, text="QUAGGA", **values
        )
    factories.TermFactory(term="Minister", definition_en="QUAGGA")

    made = sheet(asked.pillar)

    assert "QUAGGA" not in str(made)
    assert texts(made["hopes"]) == ["“Ours”"]


def test_many_recommendations_and_statements_stay_on_few_pages(asked: Recommendation) -> None:
    row = said(asked, kind="hope", about=[asked])
    for n in range(20):
        factories.RecommendationFactory(
            report=asked.report, pillar=asked.pillar, published=True, text=f"Number {n}"
        )
        for kind in ("hope", "concern", "question"):
            long = "long " * 100 if n % 2 else "short"
            said(asked, f"{long} {n}", kind=kind, about=[asked], dialogue=row.dialogue)
    another = factories.ReportFactory(released=date(2030, 1, 1))
    factories.RecommendationFactory(report=another, pillar=asked.pillar, published=True)

    made = sheet(asked.pillar)

    assert sum(len(part["rows"]) for part in made["asked"]) == teaching.MOST_ASKED
    for name in ("hopes", "concerns", "questions"):
        assert len(texts(made[name])) == teaching.MOST_SAID
        assert all(len(text) <= teaching.SHORT for text in texts(made[name]))
        assert made[name]["others"] == []


def test_no_page_is_made_for_notes_alone(asked: Recommendation, tmp_path: Path) -> None:
    made = sheet(asked.pillar)
    for lines in range(30, 48):
        term = {"name": "Genocide", "name-language": "", "text": "A crime.", "language": ""}
        made["terms"] = [term] * lines

        words = words_of(pdf_of(teaching.TEMPLATE, made), tmp_path)

        assert not re.search(r"Page \d of \d Notes", words), lines


def test_it_asks_the_database_as_often_for_much_as_for_little(asked: Recommendation) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            sheet(asked.pillar)
        return len(queries)

    few = questions()
    for kind in ("hope", "concern", "question") * 3:
        said(asked, kind=kind, about=[asked])
        factories.TermFactory(published=True)
        factories.RecommendationFactory(report=asked.report, pillar=asked.pillar, published=True)

    assert questions() == few == 5


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_file_is_accessible_in_both_languages(
    language: str, asked: Recommendation, tmp_path: Path
) -> None:
    hostile = "#panic() *strong* $x$ \\ <label> @cite " + "z" * 400
    said(asked, hostile, kind="hope", about=[asked])
    prefix = "" if language == "en" else "/fr"

    answer = Client().get(f"{prefix}/recommendations/teaching/{asked.pillar.slug}.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert found_by_a_checker(answer.content) == []
    assert re.search(rb"/Lang\s*\(" + language.encode(), everything_in(answer.content))
    words = words_of(answer.content, tmp_path)
    assert asked.text in words
    assert "#panic() *strong* $x$ \\ <label> @cite" in words


def test_it_comes_on_both_papers_and_is_kept_until_something_changes(
    asked: Recommendation,
) -> None:
    client, path = Client(), f"/recommendations/teaching/{asked.pillar.slug}.pdf"

    letter, again = client.get(path), client.get(path)
    a4 = client.get(path, {"paper": "a4"})

    assert letter["ETag"] == again["ETag"] != a4["ETag"]
    assert b"612 792" in everything_in(letter.content)
    assert b"595.27" in everything_in(a4.content)
    said(asked, kind="hope", about=[asked])
    assert client.get(path)["ETag"] != letter["ETag"]


def test_what_is_not_there_is_told_so(asked: Recommendation) -> None:
    empty = factories.PillarFactory()
    draft = factories.RecommendationFactory()
    client, path = Client(), "/recommendations/teaching/{}.pdf"

    for slug in ("none-such", empty.slug, draft.pillar.slug):
        assert client.get(path.format(slug)).status_code == 404
    for paper in ("a5", "", "a4\x00"):
        answer = client.get(path.format(asked.pillar.slug), {"paper": paper})
        assert answer.status_code == 404
    page = Page(client.get("/recommendations/teaching/").content.decode())
    assert {href for href in page.hrefs if ".pdf" in href} == {
        path.format(asked.pillar.slug),
        f"{path.format(asked.pillar.slug)}?paper=a4",
    }
