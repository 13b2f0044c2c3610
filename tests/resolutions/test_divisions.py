"""The lists of Open Civic Data: what they bring in, and what they leave alone."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from resolutions import divisions
from resolutions.models import Council, CouncilKind
from tests import factories

# The whole lists of Open Civic Data, where somebody has put them: too large to keep here.
LISTS = Path(os.environ.get("OPEN_CIVIC_DATA", "no-such-folder"))
CANADA, STATES = LISTS / "ca_census_subdivisions.csv", LISTS / "us_census_places.csv"
DELTA = "ocd-division/country:ca/csd:5915011"


def line(**values: str) -> dict[str, str]:
    return {
        "id": DELTA,
        "name": "Delta",
        "name_fr": "Delta",
        "classification": "CY",
        "organization_name": "City of Delta",
        **values,
    }


@pytest.mark.parametrize(
    ("code", "name", "classification", "kind", "formal_name"),
    [
        ("ca/csd:5915011", "Delta", "CY", "city", ""),
        ("ca/csd:5917005", "North Saanich", "DM", "district", ""),
        ("ca/csd:1001113", "Trepassey", "T", "town", ""),
        ("ca/csd:2466023", "Montréal", "V", "city", ""),
        ("ca/csd:2405055", "Saint-Siméon", "PE", "parish", ""),
        ("ca/csd:4705050", "West End", "RV", "village", "Resort Village of West End"),
        (
            "ca/csd:4806017",
            "Foothills No. 31",
            "MD",
            "district",
            "Municipal District of Foothills No. 31",
        ),
        ("ca/csd:4810012", "Lamont County", "MD", "county", "Lamont County"),
        (
            "ca/csd:4819006",
            "Grande Prairie County No. 1",
            "MD",
            "county",
            "County of Grande Prairie No. 1",
        ),
        ("us/state:wa/place:seattle", "Seattle city", "", "city", ""),
        ("us/state:ak/place:wales", "Wales city", "", "city", ""),
        ("us/state:il/county:pope", "Pope County", "", "county", ""),
        ("us/state:in/county:vigo/place:riley", "Riley township", "", "township", ""),
    ],
)
def test_a_line_says_what_a_municipality_is(
    code: str, name: str, classification: str, kind: str, formal_name: str
) -> None:
    found = divisions.division_of(
        line(id=f"ocd-division/country:{code}", name=name, classification=classification)
    )

    assert found is not None
    assert (found.kind, found.formal_name) == (kind, formal_name)


@pytest.mark.parametrize(
    "values",
    [
        {"classification": "IRI"},
        {"classification": "RDA"},
        {"classification": ""},
        {"id": "ocd-division/country:ca/csd:9915011"},
        {"id": "ocd-division/country:ca/csd:1301001", "classification": "P"},
        {"id": "ocd-division/country:us/state:oh/place:x", "name": "X"},
        {"id": "ocd-division/country:fr/city:paris"},
        {"id": ""},
    ],
)
def test_what_has_no_municipal_council_is_none(values: dict[str, str]) -> None:
    assert divisions.division_of(line(**values)) is None


@pytest.mark.django_db
class TestMerging:
    @pytest.fixture(autouse=True)
    def province(self) -> Any:
        return factories.JurisdictionFactory(code="CA-BC")

    def merge(self, *lines: dict[str, str]) -> divisions.Merged:
        merged = divisions.merge(lines)
        divisions.save(merged)
        return merged

    def place(self, **values: Any) -> Council:
        defaults = {"name": "Delta", "kind": CouncilKind.PLACE, "data_source": "GeoNames"}
        return factories.CouncilFactory(**{**defaults, **values})

    def test_a_place_gets_its_id_its_kind_and_its_names(self) -> None:
        council = self.place()

        self.merge(line(classification="NV", name_fr="Le Delta"))

        council.refresh_from_db()
        assert (council.ocd_id, council.kind) == (DELTA, "village")
        assert council.formal_name == "Northern Village of Delta"
        newest = council.history.latest()
        assert (newest.kind, newest.history_change_reason) == ("village", "Open Civic Data")
        assert (council.name_fr, council.search_name) == ("Le Delta", "delta | le delta")
        assert council.data_source == "GeoNames, Open Civic Data"
        assert not council.is_confirmed

    def test_an_id_tells_more_than_a_name(self) -> None:
        council = self.place(name="Ladner", ocd_id=DELTA)

        self.merge(line())

        council.refresh_from_db()
        assert (council.name, council.kind) == ("Ladner", "city")
        assert Council.objects.count() == 1

    def test_what_is_confirmed_stays_as_it_is(self, editor: User) -> None:
        council = self.place(kind=CouncilKind.TOWN)
        council.confirm(by=editor)

        merged = self.merge(line())

        council.refresh_from_db()
        assert (council.kind, council.ocd_id) == ("town", None)
        assert (merged.confirmed, merged.new, merged.updated) == (1, [], [])

    def test_what_is_missing_is_made(self) -> None:
        self.place(slug="delta-bc", ocd_id="ocd-division/country:ca/csd:5900000")

        self.merge(line())

        made = Council.objects.get(ocd_id=DELTA)
        assert (made.slug, made.kind, made.data_source) == ("delta-bc-2", "city", "Open Civic Data")

    def test_two_municipalities_of_one_name_are_not_mixed_up(self) -> None:
        council = self.place()

        merged = self.merge(line(), line(id="ocd-division/country:ca/csd:5900000"))

        council.refresh_from_db()
        assert council.ocd_id is None
        assert len(merged.new) == 2

    def test_a_second_time_changes_nothing(self) -> None:
        self.place()
        self.merge(line(), line(id="ocd-division/country:ca/csd:5900000", name="Hope"))

        merged = self.merge(line(), line(id="ocd-division/country:ca/csd:5900000", name="Hope"))

        assert (merged.new, merged.updated, merged.same) == ([], [], 2)

    def test_a_dry_run_says_what_would_change_and_writes_nothing(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        council = self.place()
        file = tmp_path / "list.csv"
        file.write_text(
            "id,name,name_fr,classification,organization_name\n"
            f"{DELTA},Delta,Delta,CY,City of Delta\n"
            "ocd-division/country:ca/csd:5909009,Hope,Hope,DM,\n"
            "ocd-division/country:ca/csd:5909877,Somewhere 1,Somewhere 1,IRI,\n"
        )

        call_command("import_divisions", file, dry_run=True)

        said = capsys.readouterr().out
        assert "1 would be made, 1 would be updated" in said
        assert "updated: Delta, British Columbia: City" in said
        assert "1 lines of the list that have no municipal council" in said
        council.refresh_from_db()
        assert (council.kind, Council.objects.count()) == ("place", 1)

        call_command("import_divisions", file, verbosity=0)

        council.refresh_from_db()
        assert (council.kind, Council.objects.count()) == ("city", 2)

    @pytest.mark.parametrize("content", [b"name,kind\nDelta,CY\n", b"", b"\xff\xfe\x00"])
    def test_what_is_no_list_is_refused_in_a_sentence(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "list.csv"
        file.write_bytes(content)

        with pytest.raises(CommandError, match="list"):
            call_command("import_divisions", file)


@pytest.mark.skipif(not CANADA.exists(), reason="the lists lie elsewhere")
@pytest.mark.parametrize(("file", "municipalities"), [(CANADA, 3_490), (STATES, 39_021)])
def test_the_real_lists_are_understood(file: Path, municipalities: int) -> None:
    found = [row for line in divisions.rows_of(file) if (row := divisions.division_of(line))]

    assert len(found) == municipalities
    assert len({row.ocd_id for row in found}) == municipalities
    by_name = {(row.region, row.name): row.kind for row in found}
    assert by_name.get(("CA-BC", "North Saanich"), "district") == "district"
    assert by_name.get(("US-WA", "Seattle"), "city") == "city"
