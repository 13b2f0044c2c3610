"""What the files of the record say stands on the pages to the letter, and leads where it should."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils import translation

from recommendations.models import Pillar
from recommendations.typesetting import pdf_of
from resolutions.models import Resolution
from tests.dialogues.report.test_pdf import everything_in
from tests.markup import Page, text_of, words
from w2i.pages import teaching

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

VANCOUVER = "/dialogues/vancouver-2009/"
MODEL = "/resolutions/model/city-councils-2009/"


@cache
def file(path: str) -> Any:
    return yaml.safe_load((Path(settings.BASE_DIR) / path).read_text())


@cache  # the record does not change, and to take a page apart is slow
def open_page(path: str) -> Page:
    response = Client().get(path)
    assert response.status_code == 200
    return Page(response.content.decode())


def recommendations() -> list[dict[str, Any]]:
    return file("recommendations/data/recommendations.yaml")["recommendations"]


def vancouver() -> dict[str, Any]:
    return file("dialogues/data/vancouver-2009.yaml")


def clauses() -> list[dict[str, Any]]:
    """Every clause and sub-item of the model, in its order."""
    data = file("resolutions/data/model-resolution.yaml")
    found = []
    for row in (*data["recitals"], *data["operative_clauses"]):
        found += [row, *row.get("sub_items", ())]
    return found


def letters(element: Any) -> str:
    return words(text_of(element))


def test_the_files_hold_the_whole_record() -> None:
    """So that a test below which finds everything found there has found something."""
    audiences = [row["code"][:2] for row in recommendations()]
    assert [audiences.count(code) for code in ("CA", "US", "CS")] == [9, 10, 6]
    data = vancouver()
    counts = {kind: len(data[kind]) for kind in ("hopes", "concerns", "questions")}
    assert counts == {"hopes": 29, "concerns": 37, "questions": 5}
    assert len(data["reservations"]["items"]) == 7
    assert len(data["commitments"]["items"]) == 8
    assert len(clauses()) == 15


@pytest.mark.parametrize("code", [row["code"] for row in recommendations()])
def test_each_recommendation_is_exact(code: str) -> None:
    (row,) = [row for row in recommendations() if row["code"] == code]
    page = open_page(f"/recommendations/{code}/")

    assert letters(page.one("h1")) == words(row["text"])
    assert words(row["text"]) in open_page("/recommendations/").texts


@pytest.mark.parametrize(
    "kind", ["hopes", "concerns", "questions", "reservations", "ideas", "commitments"]
)
def test_every_statement_is_on_the_page_of_the_dialogue(kind: str) -> None:
    page = open_page(VANCOUVER)
    rows = vancouver()[kind]
    if kind in {"reservations", "commitments"}:
        rows = rows["items"]
    if kind == "ideas":
        items = [item for sector in rows["sectors"] for item in sector["items"]]
        rows = items + [part for item in items for part in item.get("sub_items", ())]

    for row in rows:
        element = page.element(row["id"])
        # The statement itself, in the first paragraph or heading under its number.
        said = next(inner for inner in element.iter() if inner.tag in {"p", "h3"})
        assert letters(said) == words(row["text"]), row["id"]


def test_the_lines_of_an_idea_stand_under_it() -> None:
    page = open_page(VANCOUVER)
    parts = 0

    for sector in vancouver()["ideas"]["sectors"]:
        for item in sector["items"]:
            inside = {element.get("id") for element in page.element(item["id"]).iter()}
            for part in item.get("sub_items", ()):
                parts += 1
                assert part["id"] in inside

    assert parts > 0


def test_ideas_stand_under_their_sector() -> None:
    page = open_page(VANCOUVER)

    for sector in vancouver()["ideas"]["sectors"]:
        (section,) = [
            part
            for part in page.all("section")
            if part.get("aria-labelledby") == f"ideas-{sector['id']}"
        ]
        inside = {element.get("id") for element in section.iter()}
        assert {item["id"] for item in sector["items"]} <= inside


def test_every_block_of_every_answer_is_there() -> None:
    page = open_page(VANCOUVER)

    for question in vancouver()["questions"]:
        article = page.element(question["id"])
        blocks = {letters(element) for element in article.iter() if element.tag in {"p", "li"}}
        for block in question["answer"]:
            assert words(block["text"]) in blocks, question["id"]


def test_the_rest_of_the_report_is_there() -> None:
    texts = open_page(VANCOUVER).texts
    data = vancouver()

    for row in (*data["introduction"], *data["agenda"]):
        assert words(row["text"]) in texts, row["id"]
    for convener in data["conveners"]:
        assert words(convener["acknowledgement"]) in texts
    for person in data["people"]:
        for paragraph in person.get("biography") or ():
            assert words(paragraph["text"]) in texts, person["id"]


def test_the_figure_that_has_no_values_says_so() -> None:
    page = open_page(VANCOUVER)
    resonance = vancouver()["resonance"]

    (part,) = [part for part in page.all("section") if part.get("aria-labelledby") == "resonance"]
    said = letters(part)
    assert words(resonance["caption"]) in said
    assert words(resonance["note"]) in said


def test_each_statement_has_a_page_of_its_own() -> None:
    data = vancouver()
    ideas = [item for sector in data["ideas"]["sectors"] for item in sector["items"]]

    for row in (data["hopes"][0], data["concerns"][-1], data["questions"][2], ideas[-1]):
        page = open_page(f"{VANCOUVER}statements/{row['id']}/")
        assert words(row["text"]) in page.texts
        assert {VANCOUVER, f"{VANCOUVER}#{row['id']}"} & page.hrefs


def test_every_clause_of_the_model_is_exact() -> None:
    page = open_page(MODEL)

    for clause in clauses():
        element = page.element(clause["id"])
        text = next(inner for inner in element.iter("p"))
        assert letters(text) == words(clause["text"]), clause["id"]


def test_from_a_recommendation_one_click_to_its_clauses_and_back() -> None:
    asked: dict[str, set[str]] = {}
    for clause in clauses():
        for code in clause.get("recommendation_codes") or ():
            asked.setdefault(code, set()).add(clause["id"])
    model = open_page(MODEL)

    assert len(asked) > 5
    for row in recommendations():
        code = row["code"]
        there = open_page(f"/recommendations/{code}/").hrefs
        expected = {f"{MODEL}#{key}" for key in asked.get(code, ())}
        assert {href for href in there if href.startswith(f"{MODEL}#")} == expected, code
        for key in asked.get(code, ()):
            back = {a.get("href") for a in model.element(key).iter("a")}
            assert f"/recommendations/{code}/" in back, (key, code)


def test_statements_and_the_recommendations_they_speak_of_are_joined() -> None:
    links = file("dialogues/data/vancouver-2009-links.yaml")["links"]
    dialogue = open_page(VANCOUVER)

    assert len(links) > 10
    for link in links:
        there = {a.get("href") for a in dialogue.element(link["statement"]).iter("a")}
        for code in link["recommendations"]:
            assert f"/recommendations/{code}/" in there, link["statement"]


def test_every_finding_is_there_with_its_sources() -> None:
    for row in file("recommendations/data/evidence.yaml")["evidence"]:
        page = open_page(f"/recommendations/{row['recommendation']}/")
        (update,) = [
            item
            for item in page.all("li")
            if "timeline__item" in item.get("class", "")
            and words(row["summary"]) in {letters(inner) for inner in item.iter("p")}
        ]
        dates = {time.get("datetime") for time in update.iter("time")}
        assert str(row["dated"]) in dates
        said = letters(update)
        for source in row["sources"]:
            links = {a.get("href"): letters(a) for a in update.iter("a")}
            assert links[source["url"]] == words(source["title"])
            assert words(source["publisher"]) in said


def test_what_nobody_assessed_claims_nothing() -> None:
    found = {
        row["recommendation"] for row in file("recommendations/data/evidence.yaml")["evidence"]
    }

    for row in recommendations():
        page = open_page(f"/recommendations/{row['code']}/")
        facts = next(page.all("dl"))
        assert ("Not yet assessed" in letters(facts)) == (row["code"] not in found), row["code"]


def test_the_four_proclamations_are_there_and_are_not_called_adopted() -> None:
    adoptions = file("resolutions/data/adoptions.yaml")["adoptions"]
    listed = open_page("/resolutions/")
    pages = sorted(
        href
        for href in listed.hrefs
        if href.startswith("/resolutions/")
        and href.count("/") == 3
        and "?" not in href
        and href.split("/")[2] not in Resolution.RESERVED
    )

    assert len(adoptions) == len(pages) == 4
    for row in adoptions:
        (page,) = [page for page in map(open_page, pages) if words(row["summary"]) in page.texts]
        said = letters(page.one("main"))
        assert row["by"] in said
        assert "roclamation" in said
        assert "Adopted" not in {letters(mark) for mark in page.all("span")}
        assert str(row["dated"]) in {time.get("datetime") for time in page.all("time")}
        links = {a.get("href"): letters(a) for a in page.all("a")}
        for source in row["sources"]:
            assert links[source["url"]] == words(source["title"])
            assert words(source["publisher"]) in said


def test_a_council_shows_what_its_mayor_did() -> None:
    for city in ("vancouver-bc", "calgary-ab", "toronto-on", "ottawa-on"):
        page = open_page(f"/councils/{city}/")
        assert any(
            href.startswith("/resolutions/") and city.split("-")[0] in href for href in page.hrefs
        )


def test_the_glossary_explains_each_term_with_its_source() -> None:
    texts = open_page("/glossary/").texts

    for row in file("recommendations/data/glossary.yaml")["terms"]:
        assert any(words(row["term"]) in text for text in texts), row["id"]


# ---- Letters, and sheets for teachers ----


@pytest.mark.parametrize("code", [row["code"] for row in recommendations()])
def test_each_recommendation_has_a_letter_or_says_whom_to_write_to_instead(code: str) -> None:
    (row,) = [row for row in recommendations() if row["code"] == code]
    page = open_page(f"/recommendations/{code}/letter/")

    assert row["text"] in letters(page.one("main"))
    if code == "CA-07":  # the office it is addressed to was only asked for
        assert "/recommendations/CA-06/letter/" in page.hrefs
    else:
        assert row["text"] in letters(page.one("article"))
        assert any(href.startswith("mailto:?subject=") for href in page.hrefs)


def test_offices_are_written_to_at_the_addresses_of_the_file() -> None:
    data = file("recommendations/data/recommendations.yaml")
    known = {row["id"]: row for row in data["addressees"]}
    given = 0
    for row in recommendations():
        office = known[row["addressees"][0]]
        if address := office.get("postal_address"):
            page = open_page(f"/recommendations/{row['code']}/letter/")
            said = text_of(page.one("textarea", id="copy"))
            assert address in said
            assert f"{office['form_of_address']}," in said
            page = open_page(f"/fr/recommendations/{row['code']}/letter/")
            said = text_of(page.one("textarea", id="copy"))
            assert office.get("postal_address_fr", address) in said
            given += 1
    assert given == 16


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_pillar_has_a_sheet_of_two_pages(language: str) -> None:
    said = {row["text"] for kind in ("hopes", "concerns", "questions") for row in vancouver()[kind]}
    for pillar in Pillar.objects.order_by("order"):
        with translation.override(language):
            sheet = teaching.sheet_of(pillar, site="https://example.org", paper="a4")
        assert sheet is not None

        asked = [(row["code"], row["text"]) for part in sheet["asked"] for row in part["rows"]]
        of_record = [row for row in recommendations() if row["pillar"] == pillar.slug]
        assert asked == [(row["code"], row["text"]) for row in of_record]
        for name in ("hopes", "concerns", "questions"):
            quoted = [row["text"] for row in (*sheet[name]["rows"], *sheet[name]["others"])]
            assert len(quoted) >= teaching.ENOUGH_SAID
            for text in quoted:
                assert any(inside(text) == inside(words) for words in said), text
        for paper in teaching.PAPERS.values():
            made = pdf_of(teaching.TEMPLATE, sheet | {"paper": paper})
            pages = re.findall(rb"/Type\s*/Page\b", everything_in(made))
            assert len(pages) == 2, (pillar, paper)


def inside(text: str) -> str:
    """Words without the quotation marks set around them and within them."""
    return re.sub(r"[“”‘’'\"«»\s]", "", text)
