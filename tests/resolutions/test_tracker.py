"""The tracker's numbers, map and curve; the pages of provinces and states; what others embed."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, RequestFactory
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from recommendations.caching import kept_part
from resolutions.boundaries import Projection, boundary_of, population_of
from resolutions.drawing import LAYOUT, curve, percent, region_map, share_of, tile_map
from resolutions.models import (
    ADOPTED,
    Council,
    Instrument,
    Jurisdiction,
    Resolution,
    StepKind,
    StepNotPossible,
)
from resolutions.models.resolution import STATUS_GROUPS
from resolutions.totals import (
    CONSIDERED,
    ENDED,
    OF_A_COUNCIL,
    Place,
    Reach,
    changes,
    reach,
    totals,
    with_standing,
)
from tests.factories import (
    AssociationFactory,
    CouncilFactory,
    CountryFactory,
    JurisdictionFactory,
    ModelResolutionFactory,
    ResolutionFactory,
    UserFactory,
)
from tests.markup import Page, text_of, words

pytestmark = pytest.mark.django_db

DAY = date(2010, 3, 9)
RECORDER = "recorder@example.org"


def recorder() -> User:
    return User.objects.filter(email=RECORDER).first() or UserFactory(email=RECORDER)


def recorded(
    kind: StepKind = StepKind.ADOPTED,
    *,
    on: date = DAY,
    verified: bool = True,
    public: bool = True,
    **values: Any,
) -> Resolution:
    """A resolution to which one thing has happened."""
    resolution: Resolution = ResolutionFactory(**values)
    resolution.record_step(kind, on=on, by=recorder(), verified=verified)
    if public:
        resolution.publish(by=recorder())
    return resolution


def proclaimed(**values: Any) -> Resolution:
    return recorded(StepKind.PROCLAIMED, instrument=Instrument.PROCLAMATION, **values)


def town(**values: Any) -> Council:
    return CouncilFactory(**{"population": 1_000, **values})


def of_record() -> Place:
    return reach()[0].whole


class TestTheNumbers:
    def test_a_council_with_two_adopted_resolutions_is_one_council(self) -> None:
        council = town(population=5_000)
        recorded(council=council)
        recorded(StepKind.AMENDED, council=council, instrument=Instrument.BYLAW)

        assert of_record() == Place(adopted=1, people=5_000)
        assert totals()[0].adopted == 2
        assert changes()[0] == [(DAY, 1)]

    def test_a_council_stands_where_the_best_of_what_it_has_stands(self) -> None:
        council = town()
        recorded(StepKind.DEFEATED, council=council)
        assert of_record() == Place(ended=1)
        recorded(StepKind.REFERRED, council=council)
        assert of_record() == Place(open=1)
        recorded(council=council)
        assert of_record() == Place(adopted=1, people=1_000)

    def test_a_proclamation_is_counted_apart(self) -> None:
        council = town()
        proclaimed(council=council)
        assert of_record() == Place(proclaimed=1)
        recorded(StepKind.REFERRED, council=council)
        assert of_record() == Place(proclaimed=1, open=1)

    def test_what_is_reported_is_in_no_other_number(self) -> None:
        recorded(verified=False, council=town())

        assert of_record() == Place(reported=1)
        assert changes() == ([], [])

    def test_a_council_whose_adoption_is_verified_is_not_reported_as_well(self) -> None:
        council = town()
        recorded(council=council)
        recorded(council=council, verified=False)

        assert of_record() == Place(adopted=1, people=1_000)

    def test_what_is_not_public_or_an_associations_is_not_counted(self) -> None:
        recorded(public=False)
        recorded(instrument=Instrument.ASSOCIATION)

        assert not of_record()
        assert changes() == ([], [])

    def test_who_lives_where_nobody_counted_is_said_to_be_unknown(self) -> None:
        recorded(council=town(population=None))
        recorded(council=town(population=70))

        assert of_record() == Place(adopted=2, people=70, unknown=1)

    def test_what_is_invented_is_counted_apart(self) -> None:
        recorded(council=town())
        recorded(StepKind.REFERRED, council=town(), is_demo=True)

        record, demo = reach()
        assert record.whole == Place(adopted=1, people=1_000)
        assert demo.whole == Place(open=1)

    def test_places_are_told_apart_and_added_up(self) -> None:
        states = CountryFactory(code="US", name_en="United States")
        recorded(council=town())
        recorded(council=town(jurisdiction=JurisdictionFactory(code="US-VT", parent=states)))
        proclaimed(council=town(jurisdiction=JurisdictionFactory(code="US-OH", parent=states)))

        record, _demo = reach()

        assert record.reached == 2
        assert set(record.places) == {"CA-BC", "US-VT", "US-OH"}
        assert record.within("US").whole == Place(adopted=1, people=1_000, proclaimed=1)

    def test_a_rescinded_one_leaves_the_numbers_and_the_curve(self) -> None:
        resolution = recorded(council=town())
        later = DAY + timedelta(days=400)
        resolution.record_step(StepKind.RESCINDED, on=later, by=recorder(), verified=True)

        assert of_record() == Place(ended=1)
        assert changes()[0] == [(DAY, 1), (later, -1)]

    def test_what_comes_before_a_council_again_is_not_in_force(self) -> None:
        """Though nobody verified how it ended: numbers and curve say the same."""
        resolution = recorded(council=town())
        for n, kind in enumerate((StepKind.RESCINDED, StepKind.SUBMITTED), 1):
            resolution.record_step(
                kind, on=DAY + timedelta(days=n), by=recorder(), verified=kind == StepKind.SUBMITTED
            )

        assert of_record() == Place(open=1)
        assert changes()[0] == [(DAY, 1), (DAY + timedelta(days=2), -1)]


# ---- Any history: the totals are what somebody would count who had the steps alone ----


@dataclass
class Told:
    """A resolution as somebody would write it on paper."""

    council: int
    region: str
    population: int | None
    instrument: Instrument
    is_public: bool
    is_demo: bool
    steps: list[tuple[date, StepKind, bool]] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        return self.is_public and self.instrument in OF_A_COUNCIL

    def at(self, day: date = date.max) -> StepKind | None:
        """The newest verified step by the end of a day."""
        kinds = [kind for on, kind, is_verified in self.steps if is_verified and on <= day]
        return kinds[-1] if kinds else None


def recount(told: list[Told]) -> Place:
    """What ``reach`` says of one place, from the steps alone."""
    place = Place()
    for council in {row.council for row in told if row.is_public}:
        rows = [row for row in told if row.council == council and row.is_public]
        own = [row for row in rows if row.is_counted]
        if any(row.at() in ADOPTED for row in own):
            place.adopted += 1
            place.people += rows[0].population or 0
            place.unknown += rows[0].population is None
        else:
            place.reported += any(row.steps and row.steps[-1][1] in ADOPTED for row in own)
            if any(row.at() in CONSIDERED for row in own):
                place.open += 1
            elif any(row.at() in ENDED for row in own):
                place.ended += 1
        place.proclaimed += any(
            row.at() == StepKind.PROCLAIMED and row.instrument == Instrument.PROCLAMATION
            for row in rows
        )
    return place


HISTORIES = st.lists(
    st.fixed_dictionaries(
        {
            "council": st.integers(0, 4),
            "instrument": st.sampled_from([*OF_A_COUNCIL, *Instrument]),
            "is_public": st.sampled_from([True, True, True, False]),
            "is_demo": st.booleans(),
            "steps": st.lists(
                st.tuples(
                    st.integers(1, 200),
                    st.sampled_from([*StepKind, StepKind.ADOPTED, StepKind.ADOPTED]),
                    st.booleans(),
                ),
                min_size=1,
                max_size=7,
            ),
        }
    ),
    min_size=1,
    max_size=7,
)


def lived(histories: list[dict[str, Any]], councils: list[Council], by: User) -> list[Told]:
    """Record these, leave out what may not follow, and write down what was recorded."""
    told = []
    for history in histories:
        council = councils[history["council"]]
        row = Told(
            council.pk,
            council.jurisdiction.code,
            council.population,
            history["instrument"],
            history["is_public"],
            history["is_demo"],
        )
        resolution = ResolutionFactory(
            council=council, instrument=row.instrument, is_demo=row.is_demo
        )
        on = date(2010, 1, 1)
        for wait, kind, verified in history["steps"]:
            on += timedelta(days=wait)
            try:
                resolution.record_step(kind, on=on, by=by, verified=verified)
            except StepNotPossible:
                continue
            row.steps.append((on, kind, verified))
        if row.is_public and row.steps:
            resolution.publish(by=by)
        row.is_public = row.is_public and bool(row.steps)
        told.append(row)
    return told


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories=HISTORIES)
def test_totals_always_equal_a_recount(histories: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        quebec = JurisdictionFactory(code="CA-QC", name_en="Quebec")
        councils = [town(population=10**n) for n in range(3)]
        councils += [town(population=None), town(jurisdiction=quebec)]
        told = lived(histories, councils, recorder())

        for found, changed, is_demo in zip(reach(), changes(), (False, True), strict=True):
            rows = [row for row in told if row.is_demo == is_demo]
            for region in ("CA-BC", "CA-QC"):
                assert found.places.get(region, Place()) == recount(
                    [row for row in rows if row.region == region]
                )
            assert sum(change for _on, change in changed) == found.whole.adopted
            for day in sorted({on for row in rows for on, _kind, _verified in row.steps}):
                assert sum(change for on, change in changed if on <= day) == len(
                    {row.council for row in rows if row.is_counted and row.at(day) in ADOPTED}
                )
        transaction.set_rollback(True)


# ---- What is drawn ----


class TestTheTileMap:
    def test_every_province_territory_and_state_has_one_square(self) -> None:
        tiles = tile_map({}, []).tiles

        assert len({(tile.x, tile.y) for tile in tiles}) == len(tiles) == 64
        of = {country: set(layout.split()) - {"."} for country, layout in LAYOUT.items()}
        assert {f"{country}-{letters}" for country in of for letters in of[country]} == {
            code for code in PEOPLE if "-" in code
        }

    def test_a_square_with_something_on_record_is_a_link_that_says_it(self) -> None:
        region = JurisdictionFactory()
        place = Place(adopted=3, people=1_250_000, open=1, proclaimed=2)

        (tile,) = tile_map({"CA-BC": place}, [region]).there

        assert tile.url == "/resolutions/regions/CA-BC/"
        assert tile.label == (
            "BC 3: British Columbia, 3 councils adopted, about 25% of the population,"
            " 1 council considering, 2 mayors’ proclamations"
        )
        assert (tile.shade, tile.bar) == ("many", 8)

    @pytest.mark.parametrize(("adopted", "shade"), [(0, ""), (1, "some"), (2, "some"), (3, "many")])
    def test_a_proclamation_alone_never_fills_a_square(self, adopted: int, shade: str) -> None:
        region = JurisdictionFactory()

        (tile,) = tile_map({"CA-BC": Place(adopted=adopted, proclaimed=9)}, [region]).there

        assert tile.shade == shade
        assert [mark.kind for mark in tile.marks] == ["proclaimed"]

    def test_what_ended_or_is_only_reported_is_marked_in_a_grey_square(self) -> None:
        place = Place(open=1, ended=1, reported=1, proclaimed=1)

        (tile,) = tile_map({"CA-BC": place}, [JurisdictionFactory()]).there

        assert tile.shade == ""
        assert [mark.kind for mark in tile.marks] == ["open", "ended", "reported", "proclaimed"]
        assert all(tile.x < mark.x - mark.size for mark in tile.marks)
        assert all(mark.x + mark.size < tile.x + 40 for mark in tile.marks)

    def test_a_share_is_never_more_than_everybody_and_never_rounded_to_nobody(self) -> None:
        assert share_of(Place(people=10**9), "CA-PE") == 1
        assert share_of(Place(people=0), "CA-PE") is None
        assert share_of(Place(people=5), "XX-YY") is None
        assert [percent(share) for share in (0.001, 0.126, 0.999, 1)] == [
            "under 1%",
            "13%",
            "99%",
            "100%",
        ]


class TestTheCurve:
    def test_nothing_adopted_is_no_curve(self) -> None:
        assert curve([], today=DAY) is None

    def test_it_begins_with_none_and_ends_today(self) -> None:
        drawn = curve(
            [(date(2024, 5, 1), 1), (date(2024, 6, 30), 1), (date(2024, 8, 1), -1)],
            today=date(2025, 1, 9),
        )

        assert drawn is not None
        assert [(row.name, row.came, row.ceased, row.total) for row in drawn.periods] == [
            ("Mar 2024", 0, 0, 0),
            ("Jun 2024", 2, 0, 2),
            ("Sep 2024", 0, 1, 1),
            ("Dec 2024", 0, 0, 1),
            ("Mar 2025", 0, 0, 1),
        ]
        assert drawn.line == "M0 200L150 100L300 150L450 150L600 150"
        assert (drawn.scale, drawn.by_quarter) == ([4, 3, 2, 1, 0], True)
        assert (drawn.dates[0], drawn.dates[-1]) == ("Mar 2024", "Mar 2025")
        assert drawn.first == date(2024, 5, 1)

    def test_months_are_short_as_each_language_writes_them(self) -> None:
        with translation.override("fr"):
            drawn = curve([(date(2024, 12, 5), 1)], today=date(2024, 12, 9))

        assert drawn is not None
        assert drawn.dates == ["sept. 2024", "déc. 2024"]

    def test_many_years_are_drawn_by_year(self) -> None:
        drawn = curve([(date(2001, 5, 1), 1)], today=date(2026, 1, 1))

        assert drawn is not None
        assert [row.name for row in drawn.periods] == [str(year) for year in range(2000, 2027)]
        assert not drawn.by_quarter

    @given(most=st.integers(1, 60_000))
    def test_its_scale_reaches_every_number_with_room_to_spare(self, most: int) -> None:
        drawn = curve([(DAY, 1)] * most, today=DAY)

        assert drawn is not None
        assert most <= drawn.scale[0] <= max(4, 4 * most)
        assert len({a - b for a, b in zip(drawn.scale, drawn.scale[1:], strict=False)}) == 1


def _people() -> Iterator[str]:
    for country, layout in LAYOUT.items():
        yield country
        yield from (f"{country}-{letters}" for letters in layout.split() if letters != ".")


PEOPLE = {code: population_of(code) for code in _people()}


class TestWhereTheyLie:
    def test_the_people_of_each_add_up_to_those_of_the_country(self) -> None:
        for country in LAYOUT:
            parts = [n for code, n in PEOPLE.items() if code.startswith(f"{country}-")]
            assert sum(n or 0 for n in parts) == PEOPLE[country]

    @pytest.mark.parametrize("code", sorted(code for code in PEOPLE if "-" in code))
    def test_each_has_a_boundary_that_is_a_small_drawing(self, code: str) -> None:
        boundary = boundary_of(code)

        assert boundary is not None
        assert 40 <= min(boundary.width, boundary.height) <= 600
        assert 598 <= max(boundary.width, boundary.height) <= 602
        assert 50 < len(boundary.path) < 8_000

    @pytest.mark.parametrize(
        ("code", "latitude", "longitude", "is_there"),
        [
            ("CA-BC", 49.28, -123.12, True),  # Vancouver
            ("CA-BC", 48.43, -123.37, True),  # Victoria, on its island
            ("CA-BC", 51.05, -114.07, False),  # Calgary
            ("CA-QC", 48.43, -71.07, True),  # Saguenay
            ("US-AK", 61.22, -149.90, True),  # Anchorage
            ("US-AK", 54.7, -164.2, True),  # Unimak, far out in the Aleutians
            ("US-HI", 19.6, -155.5, True),  # the large island
            ("US-DC", 38.9, -77.03, True),
            ("US-DC", 38.9, -77.2, False),
        ],
    )
    def test_a_point_lies_within_the_boundary_it_is_in(
        self, code: str, latitude: float, longitude: float, is_there: bool
    ) -> None:
        boundary = boundary_of(code)

        assert boundary is not None
        assert boundary.holds(latitude, longitude) == is_there

    def test_a_degree_to_the_north_is_as_long_everywhere(self) -> None:
        projection = Projection(60, -100, scale=1)

        x, y = projection.place(61, -100)

        assert math.isclose(x, 0, abs_tol=1e-12)
        assert math.isclose(-y, math.radians(1), rel_tol=1e-3)

    def test_a_file_that_is_no_map_is_refused(self, tmp_path: Any) -> None:
        (tmp_path / "a.json").write_text("{}")

        with pytest.raises(CommandError, match="no such file"):
            call_command("build_boundaries", str(tmp_path / "a.json"))


class TestTheMapOfARegion:
    @pytest.fixture
    def drawn(self) -> Any:
        region = JurisdictionFactory()

        def at(name: str, **values: Any) -> Council:
            return town(name=name, latitude=50, longitude=-120, jurisdiction=region, **values)

        recorded(council=at("Large", population=640_000))
        recorded(StepKind.REFERRED, council=at("Open", population=100_000))
        proclaimed(council=at("Mayors", population=9_000))
        recorded(verified=False, council=at("Said", population=8_000))
        at("Silent", population=7_000)
        town(name="Nowhere", jurisdiction=region)
        councils = with_standing(Council.objects.all(), Resolution.objects.public())
        boundary = boundary_of("CA-BC")
        assert boundary is not None
        return region_map(boundary, "British Columbia", councils.order_by("-population"))

    def test_what_is_on_record_is_a_link_and_the_rest_a_dot(self, drawn: Any) -> None:
        assert [(point.label, point.kind) for point in drawn.points] == [
            ("Large: adopted", "adopted"),
            ("Open: being considered", "open"),
            ("Mayors: mayor’s proclamation", "proclaimed"),
            ("Said: adoption reported, not verified", "reported"),
        ]
        assert [(size, path.count("M")) for size, path in drawn.others] == [(3, 1)]

    def test_a_point_is_as_large_as_its_people_are_many(self, drawn: Any) -> None:
        assert [point.size for point in drawn.points] == [9, 5, 5, 5]


# ---- The pages ----


SVG = "{http://www.w3.org/2000/svg}"


def links(page: Page) -> dict[str, str]:
    """What can be followed on the drawings of a page, and what it is called."""
    return {link.get("aria-label", ""): link.get("href", "") for link in page.all(f"{SVG}a")}


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


class TestThePage:
    def test_with_proclamations_alone_the_map_marks_them_and_there_is_no_curve(
        self, client: Client
    ) -> None:
        proclaimed(council=town())

        html = body(client, "/resolutions/")

        assert 'aria-label="BC: British Columbia, 1 mayor’s proclamation"' in html
        assert "mark--proclaimed" in html
        assert '<a class="map__link map__link--' not in html
        assert "There is no curve yet" in html
        assert "Mayors’ proclamations are not in it" in html

    def test_with_nothing_at_all_it_says_so(self, client: Client) -> None:
        html = body(client, "/resolutions/")

        assert "Nothing that was checked against a source is on record yet" in html
        assert html.count('class="figure--none"') == 5

    def test_it_shows_the_same_on_the_map_in_the_table_and_in_the_numbers(
        self, client: Client
    ) -> None:
        recorded(council=town(population=500_088))

        page = Page(body(client, "/resolutions/"))

        said = words(text_of(page.one("main")))
        assert "Councils that adopted it 1 People who live there, about 500,088" in said
        cells = "British Columbia|1|500,088 (10%)|none|none|none|none".split("|")
        assert cells in [
            [words(text_of(cell)) for cell in line] for line in page.all("tr") if len(line) == 7
        ]
        assert "1 council adopted, on 9 March 2010." in said
        assert links(page) == {
            "BC 1: British Columbia, 1 council adopted, about 10% of the population": (
                "/resolutions/regions/CA-BC/"
            )
        }

    def test_a_vote_stands_beside_its_status(self, client: Client) -> None:
        resolution = ResolutionFactory()
        resolution.record_step(
            StepKind.ADOPTED,
            on=DAY,
            by=recorder(),
            vote_method="counted",
            votes_for=8,
            votes_against=3,
        )
        resolution.publish(by=recorder())
        recorded(StepKind.SUBMITTED)
        proclaimed()

        html = body(client, "/resolutions/")

        assert ">8 to 3</td>" in html
        assert ">none yet</td>" in html
        assert ">no vote</td>" in html

    def test_what_is_in_force_or_open_is_one_choice(self, client: Client) -> None:
        """Whichever step it came by; files understand the same."""
        recorded(StepKind.AMENDED, council=town(name="Amended"))
        recorded(council=town(name="Plain"))
        recorded(StepKind.REFERRED, council=town(name="Waiting"))
        recorded(StepKind.DEFEATED, council=town(name="Lost"))

        def found(status: str) -> set[str]:
            rows = client.get(f"/resolutions.json?status={status}").json()["resolutions"]
            return {row["council"]["name"] for row in rows}

        assert found("in-force") == {"Amended", "Plain"}
        assert found("open") == {"Waiting"}
        assert found("adopted") == {"Plain"}
        page = Page(body(client, "/resolutions/?status=open"))
        assert [words(text_of(row)).split(",")[0] for row in page.all("th")].count("Waiting") == 1

    def test_the_groups_of_the_filter_are_those_of_the_numbers(self) -> None:
        assert STATUS_GROUPS == {"in-force": ADOPTED, "open": CONSIDERED}

    def test_where_nothing_fits_the_filters_that_are_set_are_named(self, client: Client) -> None:
        html = body(client, "/resolutions/?status=vetoed&instrument=&country=")

        assert "what is asked for under: Status. Ask for less" in html

    def test_other_versions_are_all_that_none_replaces(self, client: Client) -> None:
        old = ModelResolutionFactory(published=True, title="Old form")
        for n in range(6):
            ModelResolutionFactory(published=True, title=f"Form {n}")
        ModelResolutionFactory(published=True, title="New form", replaces=old)

        html = body(client, "/resolutions/")

        assert "Old form" not in html
        assert [f"Form {n}</span>" in html for n in range(1, 6)] == [True] * 5
        assert "New form</span>" in html

    def test_the_curve_is_a_table_on_paper_as_well(self, client: Client) -> None:
        recorded(council=town())

        html = body(client, "/resolutions/")

        assert '<div class="print-only"><table>' in "".join(html.split("\n"))
        assert html.count("Quarter, to the end of") + html.count(">Year<") == 2

    def test_what_is_invented_has_a_map_of_its_own(self, client: Client) -> None:
        recorded(council=town(), is_demo=True)

        page = Page(body(client, "/resolutions/"))

        first, second = (svg for svg in page.all(f"{SVG}svg") if svg.get("class") == "map")
        assert (first.get("role"), second.get("role")) == ("img", "group")

    def test_the_code_to_copy_leads_to_pages_that_are_there(self, client: Client) -> None:
        html = body(client, "/fr/resolutions/")

        for name in ("map", "counter"):
            assert f"src=&quot;http://testserver/fr/resolutions/embed/{name}/" in html.replace(
                'src="http', "src=&quot;http"
            )
            assert client.get(f"/fr/resolutions/embed/{name}/").status_code == 200


class TestAPlace:
    def test_a_province_has_its_numbers_its_map_and_its_councils(self, client: Client) -> None:
        region = JurisdictionFactory(head_en="Premier of British Columbia")
        AssociationFactory(name_en="Union of B.C. Municipalities", jurisdiction=region)
        council = town(name="Here", latitude=49.3, longitude=-123, population=500_088)
        recorded(council=council)
        recorded(council=town(name="Elsewhere", jurisdiction=JurisdictionFactory(code="CA-QC")))
        ModelResolutionFactory(published=True)

        page = Page(body(client, "/resolutions/regions/CA-BC/"))

        said = words(text_of(page.one("main")))
        assert "One council here has adopted" in said
        assert "Premier of British Columbia" in said
        assert "Union of B.C. Municipalities" in said
        assert "Share of the population, about 10%" in said
        assert "Natural Earth, which is in the public domain" in said
        assert "Elsewhere" not in said
        assert links(page) == {"Here: adopted": council.get_absolute_url()}

    def test_a_country_has_the_map_of_its_parts(self, client: Client) -> None:
        recorded(council=town())
        recorded(
            council=town(
                jurisdiction=JurisdictionFactory(code="US-VT", parent=CountryFactory(code="US"))
            )
        )

        page = Page(body(client, "/resolutions/regions/CA/"))

        assert list(links(page).values()) == ["/resolutions/regions/CA-BC/"]
        assert "Provinces, territories and states with one 1" in words(text_of(page.one("main")))

    def test_one_that_is_not_there_is_not_found(self, client: Client) -> None:
        assert client.get("/resolutions/regions/CA-XX/").status_code == 404

    def test_one_without_a_boundary_is_a_page_without_a_map(self, client: Client) -> None:
        JurisdictionFactory(code="CA-XX")

        assert "region-map" not in body(client, "/resolutions/regions/CA-XX/")


class TestWhatIsKept:
    """What stands above the table is made once for all its filters and pages."""

    @pytest.fixture
    def ask(self) -> Iterator[Callable[..., int]]:
        made = count(1)

        def ask(number: int, language: str = "en", name: str = "part") -> int:
            request = RequestFactory().get("/")
            request.page_marks = ("build", {"resolutions": number, "dialogues": next(made)})  # type: ignore[attr-defined]
            with translation.override(language):
                return kept_part(request, name, lambda: next(made), "resolutions")

        with mock.patch("recommendations.caching.connection", in_atomic_block=False):
            yield ask

    def test_it_is_made_anew_once_something_about_its_topics_changes(
        self, ask: Callable[..., int]
    ) -> None:
        first = ask(7)

        assert ask(7) == first
        assert len({ask(7), ask(8), ask(7, "fr"), ask(7, name="other")}) == 4

    def test_it_is_never_kept_from_within_a_transaction(self, ask: Callable[..., int]) -> None:
        with mock.patch("recommendations.caching.connection", in_atomic_block=True):
            assert len({ask(7), ask(7)}) == 2

    def test_the_signed_in_get_one_of_their_own(self) -> None:
        request = RequestFactory().get("/")

        assert kept_part(request, "part", lambda: "theirs", "resolutions") == "theirs"

    def test_a_step_shows_above_every_page_at_once(self, client: Client) -> None:
        resolution = recorded(StepKind.REFERRED, council=town(population=81_000))
        path = "/resolutions/?status=adopted"
        figure = '<dd class="figure">81,000</dd>'
        assert figure not in body(client, path)

        resolution.record_step(
            StepKind.ADOPTED, on=DAY + timedelta(days=1), by=recorder(), verified=True
        )

        assert figure in body(client, path)


class TestInOtherSites:
    @pytest.mark.parametrize("query", ["", "?region=CA-BC", "?region=CA"])
    @pytest.mark.parametrize("what", ["map", "counter"])
    def test_it_stands_in_any_frame_without_a_cookie(
        self, client: Client, what: str, query: str
    ) -> None:
        recorded(council=town(latitude=50, longitude=-120))

        response = client.get(f"/resolutions/embed/{what}/{query}")

        page = Page(response.content.decode())
        assert response.status_code == 200
        assert "frame-ancestors *" in response["Content-Security-Policy"]
        assert "X-Frame-Options" not in response
        assert not response.cookies
        assert page.one("base").get("target") == "_blank"
        assert list(page.all("script", "form", "img")) == []
        home = f"/resolutions/regions/{query[8:]}/" if query else "/resolutions/"
        assert home in page.hrefs

    def test_an_unknown_place_is_not_found(self, client: Client) -> None:
        assert client.get("/resolutions/embed/map/?region=none-such").status_code == 404

    def test_it_counts_the_place_that_is_asked_for_alone(self, client: Client) -> None:
        recorded(council=town(population=77_000))
        recorded(council=town(jurisdiction=JurisdictionFactory(code="CA-QC")))

        assert "77,000" in body(client, "/resolutions/embed/counter/?region=CA-BC")
        assert "78,000" in body(client, "/resolutions/embed/counter/")


def test_a_place_with_nothing_is_no_place() -> None:
    assert not Reach({"CA-BC": Place()})
    assert Jurisdiction.objects.count() == 0
