"""The list of places: every one of them can have a text prepared without an empty field."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from recommendations.models import Entry, EntryKind
from resolutions import places
from resolutions.filling import (
    ASSOCIATION,
    CITY,
    COUNCIL,
    HEAD,
    PREMIER,
    associations_of,
    council_name,
    formal_name,
    values_for,
)
from resolutions.management.commands.build_places import with_addresses, with_divisions
from resolutions.models import (
    Association,
    Council,
    CouncilKind,
    Jurisdiction,
    JurisdictionKind,
    ModelResolution,
    searchable,
)
from resolutions.places import Place
from tests import factories


def place(name: str = "Delta", **values: Any) -> Place:
    defaults = {"geonames": 1, "region": "CA-BC", "population": 500}
    return Place(name=name, latitude="49.08", longitude="-123.06", **{**defaults, **values})


# ---- The list itself ----


def test_every_place_has_an_address_of_its_own_and_a_province_of_the_record() -> None:
    rows = list(places.read())

    assert len(rows) == 25_033
    assert len({row.address for row in rows}) == len(rows)
    assert len({row.geonames for row in rows}) == len(rows)
    divisions = [row.division for row in rows if row.division]
    assert len(set(divisions)) == len(divisions)
    assert max(len(row.address) for row in rows) <= 100
    assert {row.kind for row in rows} <= set(CouncilKind.values)


def test_what_goes_without_saying_is_left_out_of_the_list_and_read_again(tmp_path: Any) -> None:
    rows = [place(), place("L’Œuvre", kind="city", division="ca/csd:5915011", slug="x")]

    places.write(rows, tmp_path / "places.csv")

    assert list(places.read(tmp_path / "places.csv")) == rows


@pytest.mark.parametrize(
    ("name", "region", "address"),
    [
        ("Trois-Rivières", "CA-QC", "trois-rivieres-qc"),
        ("Sacré-Cœur", "CA-QC", "sacre-coeur-qc"),
        ("St. John's", "CA-NL", "st-john-s-nl"),
        ("Coeur d'Alene", "US-ID", "coeur-d-alene-id"),
    ],
)
def test_an_address_is_the_name_without_its_accents_and_the_province(
    name: str, region: str, address: str
) -> None:
    assert places.slug_of(name, region) == address


def test_of_places_with_one_name_the_largest_has_the_plain_address() -> None:
    rows = [place(geonames=1), place(geonames=2, population=900), place("Ely", geonames=3)]

    addresses = [row.address for row in with_addresses(rows)]

    assert addresses == ["delta-bc-2", "delta-bc", "ely-bc"]


class TestDivisionsOfPlaces:
    def matched(self, rows: Iterable[Place], *lines: tuple[str, str, str]) -> list[str]:
        from resolutions.divisions import division_of

        known = [
            division_of(
                {"id": f"ocd-division/country:{code}", "name": name, "classification": kind}
            )
            for code, name, kind in lines
        ]
        return [row.division for row in with_divisions(rows, filter(None, known))]

    def test_a_name_that_fits_one_municipality_alone_is_it(self) -> None:
        line = ("ca/csd:5915011", "Delta", "CY")

        assert self.matched([place()], line) == ["ca/csd:5915011"]

    def test_a_name_that_fits_two_is_neither(self) -> None:
        lines = [("ca/csd:5915011", "Delta", "DM"), ("ca/csd:5900000", "Delta", "T")]

        assert self.matched([place()], *lines) == [""]

    def test_two_places_of_one_name_get_none(self) -> None:
        line = ("ca/csd:5915011", "Delta", "CY")

        assert self.matched([place(), place(geonames=2)], line) == ["", ""]

    def test_a_large_place_is_the_city_of_its_name(self) -> None:
        lines = [("ca/csd:3525005", "Hamilton", "C"), ("ca/csd:3514019", "Hamilton", "TP")]
        row = place("Hamilton", region="CA-ON", population=569_353)

        assert self.matched([row], *lines) == ["ca/csd:3525005"]

    def test_a_reserve_or_unorganized_land_is_no_municipality(self) -> None:
        lines = [("ca/csd:5915807", "Delta", "IRI"), ("ca/csd:5915011", "Delta", "RDA")]

        assert self.matched([place()], *lines) == [""]

    def test_a_township_is_not_taken_for_the_village_of_its_name(self) -> None:
        line = ("us/state:in/county:vigo/place:delta", "Delta township", "")

        assert self.matched([place(region="US-IN")], line) == [""]

    def test_in_new_england_the_town_is_the_municipality(self) -> None:
        line = ("us/state:ma/county:norfolk/place:brookline", "Brookline town", "")

        assert self.matched([place("Brookline", region="US-MA")], line) == [
            "us/state:ma/county:norfolk/place:brookline"
        ]


# ---- Loading it ----


@pytest.mark.django_db
class TestLoading:
    @pytest.fixture(autouse=True)
    def province(self) -> Jurisdiction:
        return factories.JurisdictionFactory(code="CA-BC")

    def test_a_place_becomes_a_council_nobody_has_confirmed(self) -> None:
        made = places.load([place(kind="city", division="ca/csd:5915011")])

        council = Council.objects.get()
        assert made == 1
        assert (council.slug, council.name, council.kind) == ("delta-bc", "Delta", "city")
        assert council.ocd_id == "ocd-division/country:ca/csd:5915011"
        assert (council.population, str(council.latitude)) == (500, "49.08000")
        assert (council.is_confirmed, council.is_listed_only) == (False, True)
        assert council.data_source == "GeoNames, Open Civic Data"
        assert council.search_name == "delta"

    def test_a_second_load_makes_nothing(self) -> None:
        rows = [place(), place(geonames=2, slug="delta-bc-2"), place("Ely", geonames=3)]

        assert (places.load(rows), places.load(rows)) == (3, 0)

    @pytest.mark.parametrize(
        "values",
        [
            {"name": "Ladner", "ocd_id": "ocd-division/country:ca/csd:5915011"},
            {"name": "DELTA"},
            {"name": "Corporation of Delta", "name_fr": "Delta"},
        ],
    )
    def test_what_is_here_already_stays_as_it_is(self, values: dict[str, str]) -> None:
        factories.CouncilFactory(**values)

        assert places.load([place(division="ca/csd:5915011")]) == 0

        assert Council.objects.values("name", "population").get() == {
            "name": values["name"],
            "population": None,
        }

    def test_what_somebody_deleted_stays_away(self) -> None:
        places.load([place()])
        Council.objects.get().delete()

        assert places.load([place()]) == 0

    def test_a_place_of_no_province_of_the_record_is_passed_over(self) -> None:
        assert places.load([place(region="CA-QC")]) == 0


@pytest.mark.django_db
def test_the_record_takes_over_a_place_nobody_has_touched(editor: User) -> None:
    for code, name in [("CA-QC", "Montréal"), ("CA-ON", "Toronto")]:
        places.load([place(name, region=factories.JurisdictionFactory(code=code).code)])
    toronto = Council.objects.get(name="Toronto")
    toronto.seats = 9
    toronto.save()

    call_command("load_record", verbosity=0)

    montreal = Council.objects.get(slug="montreal-qc")
    assert (montreal.population, montreal.data_source) == (1_762_949, "")
    toronto.refresh_from_db()
    assert (toronto.seats, toronto.population) == (9, 500)


# ---- What the search shows of it ----


def found() -> list[str]:
    return list(
        Entry.objects.filter(kind=EntryKind.COUNCIL)
        .order_by("title")
        .values_list("title", flat=True)
    )


@pytest.mark.django_db
def test_a_place_is_in_the_search_once_it_is_confirmed(editor: User) -> None:
    factories.JurisdictionFactory(code="CA-BC")
    places.load([place()])
    before = found()

    Council.objects.get().confirm(by=editor)

    assert (before, found()) == ([], ["Delta"])


@pytest.mark.django_db
def test_a_place_is_in_the_search_once_something_public_happened_there(editor: User) -> None:
    factories.JurisdictionFactory(code="CA-BC")
    places.load([place()])
    resolution = factories.ResolutionFactory(council=Council.objects.get())
    resolution.record_step("submitted", on=factories.date(2010, 1, 12), by=editor)
    before, on_record = found(), list(Council.objects.on_record())

    resolution.publish(by=editor)

    assert (before, on_record) == ([], [])
    assert found() == ["Delta"]
    assert list(Council.objects.on_record()) == [resolution.council]
    resolution.withdraw()
    assert found() == []


# ---- Finding one ----


@pytest.mark.django_db
def test_what_fits_best_comes_first_and_of_those_the_largest() -> None:
    for name, population in [
        ("North Vancouver", 88_000),
        ("Vancouver", 190_000),
        ("Vancouver Island", None),
        ("Vancouver", 662_000),
    ]:
        factories.CouncilFactory(name=name, population=population)

    rows = Council.objects.matching(q="VANCOUVER").best_first("VANCOUVER")

    assert [(row.name, row.population) for row in rows] == [
        ("Vancouver", 662_000),
        ("Vancouver", 190_000),
        ("Vancouver Island", None),
        ("North Vancouver", 88_000),
    ]


@pytest.mark.django_db
def test_of_two_that_fit_as_well_the_confirmed_one_comes_first(editor: User) -> None:
    factories.CouncilFactory(name="Delta", population=9)
    factories.CouncilFactory(name="Delta", population=1).confirm(by=editor)

    rows = Council.objects.matching(q="delta").best_first("delta")

    assert [row.population for row in rows] == [1, 9]


@pytest.mark.django_db
def test_the_name_in_french_is_as_good() -> None:
    factories.CouncilFactory(name="Sault")
    factories.CouncilFactory(name="Grand Falls", name_fr="Grand-Sault")

    rows = Council.objects.matching(q="grand sault").best_first("grand sault")

    assert [row.name for row in rows] == ["Grand Falls"]


# ---- Words for every field ----


# Last in this file: what ``record`` loads is there to the end of it.


@pytest.mark.django_db
@pytest.mark.usefixtures("record")
class TestWords:
    @pytest.fixture
    def models(self) -> list[ModelResolution]:
        """The model of 2009, and as if it were in French."""
        english, french = (ModelResolution.objects.get(slug="city-councils-2009") for _ in "ab")
        french.language = "fr"
        return [english, french]

    def test_every_place_of_canada_over_a_thousand_people_has_a_word_for_every_field(
        self, models: list[ModelResolution]
    ) -> None:
        """Words come of the province and the kind, names of the name: each pair is asked once."""
        jurisdictions = {row.code: row for row in Jurisdiction.objects.select_related("parent")}
        pairs: dict[tuple[str, str], Place] = {}
        empty: list[Any] = []
        for row in places.read():
            if not row.region.startswith("CA") or row.population <= 1_000:
                continue
            pairs.setdefault((row.region, row.kind), row)
            council = places.council_of(row, jurisdictions[row.region])
            for language in ("en", "fr"):
                if not (formal_name(council, language) and council_name(council, language)):
                    empty.append(row.name)
        for row in pairs.values():
            council = places.council_of(row, jurisdictions[row.region])
            for model in models:
                values = values_for(council, model)
                empty += [
                    (row.name, name)
                    for name in (CITY, COUNCIL, HEAD, PREMIER, ASSOCIATION)
                    if name not in values or not values[name].words
                ]

        assert len(pairs) > 50
        assert empty == []

    def test_every_province_and_state_has_a_head_and_an_association_of_its_own_or_its_country(
        self,
    ) -> None:
        for region in Jurisdiction.objects.select_related("parent"):
            council = Council(name="Somewhere", kind=CouncilKind.PLACE, jurisdiction=region)
            assert region.head_en, region
            assert region.head_fr, region
            assert associations_of(council), region

    def test_an_office_and_its_article_go_together_in_french(self) -> None:
        for region in Jurisdiction.objects.exclude(kind=JurisdictionKind.COUNTRY):
            _office, _space, of = region.head_fr.partition(" de l’")
            if of:
                assert of[0] in "AÎÉIOU", region.head_fr
            assert " de le " not in region.head_fr
            assert "'" not in region.head_fr

    WORDS = {
        "vancouver-bc": {
            CITY: ("City of Vancouver", "la Ville de Vancouver"),
            COUNCIL: ("Vancouver City Council", "le conseil municipal de Vancouver"),
            HEAD: ("Prime Minister of Canada", "le premier ministre du Canada"),
            PREMIER: (
                "Premier of British Columbia",
                "le premier ministre de la Colombie-Britannique",
            ),
            ASSOCIATION: ("Union of B.C. Municipalities", "l’Union of B.C. Municipalities"),
        },
        "toronto-on": {
            CITY: ("City of Toronto", "la Ville de Toronto"),
            COUNCIL: ("Toronto City Council", "le conseil municipal de Toronto"),
            HEAD: ("Prime Minister of Canada", "le premier ministre du Canada"),
            PREMIER: ("Premier of Ontario", "le premier ministre de l’Ontario"),
            ASSOCIATION: (
                "Association of Municipalities of Ontario",
                "l’Association des municipalités de l’Ontario",
            ),
        },
        "montreal-qc": {
            CITY: ("City of Montréal", "la Ville de Montréal"),
            COUNCIL: ("Montréal City Council", "le conseil municipal de Montréal"),
            HEAD: ("Prime Minister of Canada", "le premier ministre du Canada"),
            PREMIER: ("Premier of Quebec", "le premier ministre du Québec"),
            ASSOCIATION: (
                "Union des municipalités du Québec",
                "l’Union des municipalités du Québec",
            ),
        },
        "seattle-wa": {
            CITY: ("City of Seattle", "la Ville de Seattle"),
            COUNCIL: ("Seattle City Council", "le conseil municipal de Seattle"),
            HEAD: ("President of the United States", "le président des États-Unis"),
            PREMIER: ("Governor of Washington", "le gouverneur de l’État de Washington"),
            ASSOCIATION: ("Association of Washington Cities", "l’Association of Washington Cities"),
        },
    }

    @pytest.mark.parametrize("slug", WORDS)
    def test_a_city_has_the_right_head_of_government_and_association(
        self, slug: str, models: list[ModelResolution]
    ) -> None:
        places.load(row for row in places.read() if row.address == slug)
        council = Council.objects.select_related("jurisdiction__parent").get(slug=slug)

        said = [values_for(council, model) for model in models]

        assert {
            name: tuple(values[name].words for values in said) for name in self.WORDS[slug]
        } == self.WORDS[slug]

    @pytest.mark.parametrize(
        ("region", "kind", "code"),
        [
            ("CA-AB", "city", "abmunis"),
            ("CA-AB", "county", "rma"),
            ("CA-AB", "place", "abmunis"),
            ("CA-SK", "rural", "sarm"),
            ("CA-SK", "town", "suma"),
            ("CA-QC", "city", "umq"),
            ("CA-QC", "parish", "fqm"),
            ("CA-NB", "village", "umnb"),
            ("US-NY", "town", "us-ny-towns"),
            ("US-DC", "city", "nlc"),
        ],
    )
    def test_of_several_associations_a_text_names_the_one_for_its_kind(
        self, region: str, kind: str, code: str
    ) -> None:
        jurisdiction = Jurisdiction.objects.select_related("parent").get(code=region)

        first = associations_of(Council(name="X", kind=kind, jurisdiction=jurisdiction))[0]

        assert first.code == code

    def test_what_is_said_of_an_association_has_its_source_and_its_day_or_neither(self) -> None:
        for row in Association.objects.all():
            assert bool(row.source_url) == bool(row.checked_on), row
            if row.rules_en or row.deadline_month or row.most_recitals:
                assert row.source_url, row
                assert bool(row.rules_fr) == bool(row.rules_en), row
        ubcm = Association.objects.get(code="ubcm")
        assert (ubcm.deadline_month, ubcm.deadline_day, ubcm.most_recitals) == (6, 15, 2)

    def test_the_cities_of_the_record_are_confirmed_and_their_people_counted(self) -> None:
        rows = Council.objects.order_by("slug")

        assert [(row.slug, row.population, row.seats) for row in rows] == [
            ("calgary-ab", 1_306_784, 15),
            ("montreal-qc", 1_762_949, 65),
            ("ottawa-on", 1_017_449, 25),
            ("toronto-on", 2_794_356, 26),
            ("vancouver-bc", 662_248, 11),
        ]
        assert all(row.is_confirmed for row in rows)
        vancouver = rows.get(slug="vancouver-bc").area_association
        assert vancouver is not None
        assert vancouver.code == "lmlga"

    def test_the_check_of_all_places_says_that_nothing_is_empty(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("check_places", verbosity=0)

        assert "5 councils, nothing is empty" in capsys.readouterr().out


def test_a_place_is_looked_for_without_its_accents() -> None:
    assert replace(place("Montréal-Est")).key == ("CA-BC", searchable("montreal est"))
