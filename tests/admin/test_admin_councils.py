"""Councils and associations in the admin: what is confirmed, and lists that are brought in."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from recommendations.models import Entry
from resolutions.admin import councils
from resolutions.models import Association, Council, Jurisdiction
from tests import factories
from tests.admin.desk import Desk, said

pytestmark = pytest.mark.django_db

DELTA = "ocd-division/country:ca/csd:5915011"
CANADA = "id,name,name_fr,classification,organization_name\n"
STATES = "id,name,census_geoid\n"


def listed(**values: Any) -> Council:
    """A place of a list that nobody has looked at."""
    return factories.CouncilFactory(
        **{"name": "Delta", "kind": "place", "data_source": "GeoNames", **values}
    )


def preview(desk: Desk, text: str) -> Any:
    upload = SimpleUploadedFile("list.csv", text.encode())
    return desk.post(Council, "import", import_file=upload, format=0, resource=0)


def take_in(desk: Desk, text: str) -> Any:
    page = preview(desk, text)
    return desk.post(Council, "process_import", **page.context["confirm_form"].initial)


def test_an_editor_confirms_places_and_the_first_to_do_so_stands(editor: User) -> None:
    one, two = listed(), listed(name="Hope")
    one.confirm(by=factories.UserFactory())

    response = Desk(editor).act(Council, "confirm_council", one, two)

    assert "now confirmed" in said(response)
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.confirmed_by != editor
    assert two.confirmed_by == editor
    assert Entry.objects.filter(title="Hope").exists()


def test_nothing_is_confirmed_before_the_yes(editor: User) -> None:
    council = listed()

    page = Desk(editor).act(Council, "confirm_council", council, sure=False)

    assert "Yes, confirm" in page.content.decode()
    council.refresh_from_db()
    assert not council.is_confirmed


def test_a_council_somebody_adds_is_confirmed_by_them(editor: User) -> None:
    desk = Desk(editor)
    region = factories.JurisdictionFactory()
    data = desk.form(Council)

    desk.post(
        Council, "add", **{**data, "name": "Delta", "slug": "delta", "jurisdiction": region.pk}
    )

    assert Council.objects.get(slug="delta").confirmed_by == editor


def test_the_list_is_narrowed_to_what_nobody_has_confirmed(editor: User) -> None:
    one, two = listed(), listed()
    one.confirm(by=editor)
    desk = Desk(editor)

    assert desk.listed(Council) == {one.pk, two.pk}
    found = desk.get(Council, "changelist", confirmed="no").context["cl"].result_list
    assert [row.pk for row in found] == [two.pk]


def test_a_name_is_found_without_its_accents(editor: User) -> None:
    council = listed(name="Trois-Rivières")

    found = Desk(editor).get(Council, "changelist", q="trois riviere").context["cl"].result_list

    assert [row.pk for row in found] == [council.pk]


class TestLists:
    @pytest.fixture(autouse=True)
    def regions(self) -> None:
        factories.JurisdictionFactory()
        states = factories.CountryFactory(code="US", name_en="United States")
        factories.JurisdictionFactory(code="US-WA", name_en="Washington", parent=states)

    def test_canadas_list_adds_kind_and_id_after_a_preview(self, editor: User) -> None:
        council = listed()
        text = f"{CANADA}{DELTA},Delta,Delta,CY,City of Delta\n"

        page = preview(Desk(editor), text)

        assert [row.import_type for row in page.context["result"].rows] == ["update"]
        council.refresh_from_db()
        assert council.kind == "place"

        take_in(Desk(editor), text)

        council.refresh_from_db()
        assert (council.kind, council.ocd_id) == ("city", DELTA)
        assert council.data_source == "GeoNames, Open Civic Data"
        assert not council.is_confirmed

    def test_the_list_of_the_united_states_makes_what_is_missing(self, editor: User) -> None:
        code = "ocd-division/country:us/state:wa/place:seattle"

        take_in(Desk(editor), f"{STATES}{code},Seattle city,place-5363000\n")

        seattle = Council.objects.get()
        assert (seattle.slug, seattle.name, seattle.kind) == ("seattle-wa", "Seattle", "city")
        assert seattle.ocd_id == code

    def test_what_is_confirmed_is_not_written_over(self, editor: User) -> None:
        council = listed(kind="district")
        council.confirm(by=editor)

        page = preview(Desk(editor), f"{CANADA}{DELTA},Delta,Delta,CY,City of Delta\n")

        assert list(page.context["result"].rows) == []
        council.refresh_from_db()
        assert (council.kind, council.ocd_id) == ("district", None)

    def test_a_list_too_long_for_a_page_says_how_to_bring_it_in(
        self, editor: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(councils, "MOST_DIVISIONS", 1)
        line = f"{DELTA},Delta,Delta,CY,City of Delta\n"

        page = preview(Desk(editor), f"{CANADA}{line}{line}")

        assert "manage.py import_divisions" in page.content.decode()
        assert "confirm_form" not in page.context
        assert not Council.objects.exists()


def test_an_association_is_kept_with_the_kinds_it_is_for(editor: User) -> None:
    desk = Desk(editor)
    row = factories.AssociationFactory(serves=["city"])
    data = desk.form(Association, row.pk)

    assert data["serves"] == ["city"]
    desk.post(
        Association,
        "change",
        row.pk,
        **{**data, "serves": ["rural", "county"], "deadline_month": 6, "deadline_day": 15},
    )

    row.refresh_from_db()
    assert row.serves == ["rural", "county"]
    assert (row.deadline_month, row.deadline_day) == (6, 15)


def test_half_a_deadline_is_refused_in_a_sentence(editor: User) -> None:
    desk = Desk(editor)
    row = factories.AssociationFactory()

    page = desk.post(
        Association, "change", row.pk, **{**desk.form(Association, row.pk), "deadline_month": 6}
    )

    assert page.status_code == 200
    assert "Write both, or neither." in page.content.decode()


def test_an_editor_says_what_the_head_of_government_is_called(editor: User) -> None:
    desk = Desk(editor)
    row = factories.JurisdictionFactory()

    desk.post(
        Jurisdiction,
        "change",
        row.pk,
        **{**desk.form(Jurisdiction, row.pk), "head_en": "Premier of British Columbia"},
    )

    row.refresh_from_db()
    assert row.head_en == "Premier of British Columbia"
