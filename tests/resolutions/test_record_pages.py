"""The pages of the model of 2009 and of the four cities show the record, to the letter."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from resolutions.models import Clause, ClauseKind, Resolution
from resolutions.templatetags.resolutions import clause_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

PATH = "/resolutions/model/city-councils-2009/"
OF_2009 = Clause.objects.filter(model__slug="city-councils-2009")


@pytest.fixture
def html(client: Client) -> str:
    return client.get(PATH).content.decode()


def test_every_clause_is_there_to_the_letter_once_the_tags_are_taken_off(html: str) -> None:
    clauses = list(OF_2009.public())
    shown = {unescape(strip_tags(text)) for text in re.findall(r"<p[^>]*>(.*?)</p>", html)}

    assert len(clauses) == 15
    assert {clause.text for clause in clauses} - shown == set()


def test_every_clause_has_an_address_of_its_own(html: str) -> None:
    codes = [clause.code for clause in OF_2009.public()]

    assert [code for code in codes if html.count(f'id="{code}"') != 1] == []


def test_every_clause_links_to_what_it_asks_for(html: str) -> None:
    asked = set(OF_2009.values_list("recommendations__code", flat=True)) - {None}

    assert asked == {"CA-01", "CA-02", "CA-04", "CA-06", "CA-08", "CA-09"}
    assert {code for code in asked if f'href="/recommendations/{code}/"' not in html} == set()


def test_what_it_does_not_carry_is_named(client: Client) -> None:
    carried = client.get(PATH).context["not_carried"]

    assert [row.code for row in carried] == ["CA-03", "CA-05", "CA-07"]


def test_every_place_dependent_word_is_marked_as_often_as_it_occurs() -> None:
    for clause in Clause.objects.prefetch_related("place_terms__field"):
        terms = list(clause.place_terms.all())
        html = clause_text(clause)

        assert html.count('class="blank"') == sum(term.occurrences for term in terms)
        assert html.count('class="ages"') == len(clause.time_terms)


def test_the_parts_stand_in_their_order(client: Client) -> None:
    context = client.get(PATH).context

    assert [row.code for row in context["recitals"]] == ["R1", "R2", "R3", "R4", "R5", "R6"]
    assert [(row.code, len(items)) for row, items in context["operative"]] == [("O1", 0), ("O2", 6)]
    assert [row.code for row in context["distribution"]] == ["O3"]
    assert OF_2009.filter(kind=ClauseKind.SUB_ITEM).count() == 6


def test_four_mayors_proclaimed_and_no_council_voted(client: Client) -> None:
    html = client.get("/resolutions/").content.decode()

    assert "No council’s vote on it is on record so far." in html
    assert "Mayors have made four proclamations in support" in html


def test_every_proclamation_names_its_sources(client: Client) -> None:
    resolutions = list(Resolution.objects.public())

    assert len(resolutions) == 4
    for resolution in resolutions:
        html = client.get(resolution.get_absolute_url()).content.decode()
        for source in resolution.steps.get().sources.all():
            assert f'href="{source.url}"' in html
        assert "Verified against its sources" in html
