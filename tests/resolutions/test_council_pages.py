"""What the pages of councils and associations say of a place nobody has looked at, and of one that
was confirmed.
"""

from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from recommendations.models import Entry
from resolutions.forms.filters import CouncilFilter
from resolutions.models import AssociationLevel, Council, CouncilKind, Jurisdiction
from tests.factories import (
    AssociationFactory,
    CouncilFactory,
    CountryFactory,
    JurisdictionFactory,
    ResolutionFactory,
)
from tests.markup import Page

pytestmark = pytest.mark.django_db

UNSURE = "Not confirmed. Delta comes from a list of populated places"


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def place() -> Council:
    """Delta, as a list of places has it."""
    return CouncilFactory(
        slug="delta-bc", name="Delta", kind=CouncilKind.CITY, data_source="GeoNames"
    )


def test_a_place_of_a_list_says_that_it_is_not_confirmed(client: Client, place: Council) -> None:
    html = body(client, "/councils/delta-bc/")

    assert UNSURE in html
    assert 'name="robots" content="noindex"' in html
    assert "GeoNames (GeoNames: CC BY 4.0" in html
    assert "City, not confirmed" in body(client, "/councils/")
    assert "/councils/delta-bc/" not in body(client, "/sitemap.xml")


def test_places_nobody_confirmed_are_not_counted_as_councils(
    client: Client, place: Council
) -> None:
    assert "1 municipality or place, by name" in body(client, "/councils/")

    Council.objects.update(data_source="")

    assert ">1 council, by name</caption>" in body(client, "/councils/?region=CA-BC")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Halifax, NS", ["Halifax"]),
        ("halifax nova scotia", ["Halifax"]),
        ("Halifax, Nova", ["Halifax"]),
        ("halifax, n.s., canada", ["Halifax"]),
        ("Halifax, BC", []),
        ("Municipalité d’Halifax", ["Halifax"]),
        ("City of Port Washington", ["Port Washington"]),
        ("st johns", ["St. John's"]),
        ("City of St. John’s, Nova Scotia", ["St. John's"]),
        ("Ville de L'Assomption", ["L’Assomption"]),
    ],
)
def test_a_name_is_found_as_people_type_it(typed: str, found: list[str]) -> None:
    JurisdictionFactory()
    region = JurisdictionFactory(code="CA-NS", name_en="Nova Scotia", name_fr="Nouvelle-Écosse")
    CouncilFactory(
        name="Halifax", jurisdiction=JurisdictionFactory(code="US-WA", name_en="Washington")
    )
    for name in ("Halifax", "St. John's", "L’Assomption", "Port Washington"):
        CouncilFactory(name=name, jurisdiction=region)

    form = CouncilFilter({"q": typed})

    assert form.is_valid()
    rows = Council.objects.matching(**form.cleaned_data).best_first(form.cleaned_data["q"])
    assert [row.name for row in rows if row.jurisdiction.code == "CA-NS"] == found


def test_what_is_not_on_the_list_says_how_to_write_it(client: Client, place: Council) -> None:
    html = body(client, "/councils/?q=Atlantis")

    assert "No such name is on our list of municipalities." in html
    assert "Springfield, Vermont" in html


def test_once_confirmed_it_is_a_council_like_others(
    client: Client, place: Council, editor: User
) -> None:
    place.confirm(by=editor)

    html = body(client, "/councils/delta-bc/")

    assert UNSURE not in html
    assert "noindex" not in html
    assert editor.email not in html
    assert "City, not confirmed" not in body(client, "/councils/")
    assert "/councils/delta-bc/" in body(client, "/sitemap.xml")
    assert Entry.objects.get(title="Delta").path == "/councils/delta-bc/"


def test_what_an_editor_entered_needs_no_confirming(client: Client) -> None:
    council = CouncilFactory(data_source="")

    assert "not confirmed" not in body(client, council.get_absolute_url()).lower()


def test_a_place_that_did_something_is_to_be_found(
    client: Client, place: Council, editor: User
) -> None:
    resolution = ResolutionFactory(council=place)
    resolution.record_step("submitted", on=date(2010, 1, 12), by=editor)
    resolution.publish(by=editor)

    html = body(client, "/councils/delta-bc/")

    assert UNSURE in html
    assert "noindex" not in html
    assert "/councils/delta-bc/" in body(client, "/sitemap.xml")


def test_a_council_leads_on_to_preparing_a_text_for_it(client: Client, place: Council) -> None:
    html = body(client, "/fr/councils/delta-bc/")

    assert 'href="/fr/resolutions/prepare/?council=delta-bc"' in html


def test_it_names_the_offices_and_associations_a_text_speaks_to(client: Client) -> None:
    Jurisdiction.objects.filter(pk=CountryFactory().pk).update(head_en="Prime Minister of Canada")
    place = JurisdictionFactory(
        head_en="Premier of British Columbia",
        head_fr="premier ministre de la Colombie-Britannique",
    )
    AssociationFactory(jurisdiction=place, name_en="Union of B.C. Municipalities")
    area = AssociationFactory(jurisdiction=place, level=AssociationLevel.AREA, name_en="Lower Area")
    council = CouncilFactory(jurisdiction=place, area_association=area)

    html = body(client, council.get_absolute_url())

    for words in (
        "Prime Minister of Canada",
        "Premier of British Columbia",
        "Union of B.C. Municipalities",
        "Lower Area",
    ):
        assert f">{words}<" in html
    assert 'href="/resolutions/associations/#CA-BC"' in html
    french = body(client, f"/fr{council.get_absolute_url()}")
    assert "premier ministre de la Colombie-Britannique" in french


def test_words_that_find_nothing_in_the_search_lead_to_the_list_of_councils(client: Client) -> None:
    html = body(client, "/search/?q=Trois-Rivi%C3%A8res")

    assert 'href="/councils/?q=Trois-Rivi%C3%A8res#results"' in html


class TestAssociations:
    def test_each_says_what_it_asks_by_when_and_where_that_was_read(self, client: Client) -> None:
        AssociationFactory(
            name_en="Union of B.C. Municipalities",
            rules_en="First to the area association.",
            rules_fr="D’abord à l’association régionale.",
            deadline_month=6,
            deadline_day=15,
            most_recitals=2,
            source_url="https://example.org/rules",
            checked_on=date(2026, 11, 28),
        )

        html = body(client, "/resolutions/associations/")

        assert "Deadline: <strong>15 June</strong> of every year." in html
        assert "At most 2 recitals." in html
        assert "First to the area association." in html
        assert 'href="https://example.org/rules"' in html
        assert '<time datetime="2026-11-28">28 November 2026</time>' in html
        assert "<strong><span >Union of B.C. Municipalities</span></strong>" in html
        french = body(client, "/fr/resolutions/associations/")
        assert '<span lang="en">Union of B.C. Municipalities</span>' in french
        assert "D’abord à l’association régionale." in french

    def test_what_nobody_has_read_says_that_it_is_not_checked(self, client: Client) -> None:
        AssociationFactory()

        html = body(client, "/resolutions/associations/")

        assert "Not checked yet" in html
        assert "Deadline" not in html

    def test_the_area_comes_before_the_province_and_the_country_last(self, client: Client) -> None:
        AssociationFactory(
            level=AssociationLevel.NATIONAL, name_en="One for all", jurisdiction=CountryFactory()
        )
        AssociationFactory(name_en="One of the province")
        AssociationFactory(level=AssociationLevel.AREA, name_en="One of the area")

        html = body(client, "/resolutions/associations/")

        places = [html.index(name) for name in ("the area<", "the province<", "for all<")]
        assert places == sorted(places)

    def test_a_province_without_one_says_so(self, client: Client) -> None:
        JurisdictionFactory()

        assert "None of its own is on record" in body(client, "/resolutions/associations/")

    def test_every_province_can_be_linked_to(self, client: Client) -> None:
        JurisdictionFactory()

        page = Page(body(client, "/resolutions/associations/"))

        assert [tag.get("id") for tag in page.all("section") if tag.get("id")] == ["CA-BC"]


def test_a_code_in_small_letters_leads_to_its_region(client: Client) -> None:
    JurisdictionFactory(code="CA-NS", name_en="Nova Scotia")

    answer = client.get("/resolutions/regions/ca-ns/")

    assert (answer.status_code, answer["Location"]) == (301, "/resolutions/regions/CA-NS/")
    assert client.get("/resolutions/regions/ca-xx/").status_code == 404
