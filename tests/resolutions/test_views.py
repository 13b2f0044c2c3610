"""The pages of resolutions, councils and the model: what they show, to whom, at what cost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from resolutions.models import (
    ClauseKind,
    Council,
    Grade,
    Instrument,
    ModelResolution,
    Resolution,
    Step,
    StepKind,
)
from tests.factories import (
    ClauseFactory,
    CouncilFactory,
    CountryFactory,
    JurisdictionFactory,
    ModelResolutionFactory,
    OrganizationFactory,
    PlaceFieldFactory,
    PlaceTermFactory,
    RecommendationFactory,
    ReportFactory,
    ResolutionFactory,
    StepSourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = date(2010, 3, 9)


def recorded(
    kind: StepKind = StepKind.ADOPTED,
    *,
    on: date = DAY,
    verified: bool = True,
    public: bool = True,
    **values: Any,
) -> Resolution:
    """A resolution to which one thing has happened."""
    resolution = ResolutionFactory(**values)
    by = UserFactory(email=f"recorder-{resolution.pk}@example.org")
    resolution.record_step(kind, on=on, by=by, verified=verified, summary="Carried.", actor="Lee")
    if public:
        resolution.publish(by=by)
    return resolution


def proclaimed(**values: Any) -> Resolution:
    return recorded(StepKind.PROCLAIMED, instrument=Instrument.PROCLAMATION, **values)


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def queries_of(client: Client, path: str, counter: Callable) -> int:
    cache.clear()
    with counter(100) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


class TestTheList:
    def test_it_says_plainly_that_no_council_has_voted(self, client: Client) -> None:
        proclaimed()
        proclaimed()

        html = body(client, "/resolutions/")

        assert "No council’s vote on it is on record so far." in html
        assert "Mayors have made two proclamations in support" in html

    def test_words_find_a_resolution_by_its_place_or_its_title(self, client: Client) -> None:
        here = proclaimed(council=CouncilFactory(name="Rivière-du-Loup"), title="On prevention")
        proclaimed(title="On something else")

        for words in ("riviere", "preventing", "prevention loup"):
            page = client.get("/resolutions/", {"q": words}).context["page"]
            assert [row.pk for row in page.object_list] == [here.pk], words

        page = client.get("/resolutions/", {"q": "zebra"}).context["page"]
        assert list(page.object_list) == []

    def test_it_stops_saying_so_once_one_has(self, client: Client) -> None:
        recorded()

        html = body(client, "/resolutions/")

        assert "No council’s vote on it is on record so far." not in html
        assert '<dd class="figure">1</dd>' in html

    def test_a_reported_step_shows_as_such_and_does_not_count(self, client: Client) -> None:
        resolution = recorded(verified=False)

        response = client.get("/resolutions/")

        html = response.content.decode()
        assert response.context["page"].object_list == [resolution]
        assert "reported, not yet verified" in html
        assert "No council’s vote on it is on record so far." in html

    def test_a_verified_step_is_not_called_reported(self, client: Client) -> None:
        recorded()

        assert "not yet verified" not in body(client, "/resolutions/")

    def test_the_latest_step_comes_first(self, client: Client) -> None:
        older, newer = recorded(on=date(2010, 1, 1)), recorded(on=date(2012, 1, 1))

        assert client.get("/resolutions/").context["page"].object_list == [newer, older]

    @pytest.mark.parametrize("path", ["/resolutions/", "/councils/", "/councils/halifax/"])
    def test_a_draft_is_not_in_it(self, client: Client, path: str) -> None:
        council = CouncilFactory(slug="halifax")
        draft = recorded(public=False, council=council, title="Secret plan")

        html = body(client, path)

        assert "Secret plan" not in html
        assert draft.get_absolute_url() not in html
        assert "Adopted</span>" not in html

    def test_its_champion_finds_a_draft_marked_as_such(
        self, client: Client, ngo_member: User
    ) -> None:
        draft = recorded(public=False, champion=ngo_member.organizations.get())
        client.force_login(ngo_member)

        html = body(client, "/resolutions/")

        assert draft.get_absolute_url() in html
        assert "Not public" in html

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {"bc", "qc", "vt"}),
            ("country=CA", {"bc", "qc"}),
            ("region=US-VT", {"vt"}),
            ("instrument=mayoral-proclamation", {"qc"}),
            ("status=adopted", {"bc", "vt"}),
            ("country=US&status=proclaimed", set()),
        ],
    )
    def test_filters_narrow_it(self, client: Client, query: str, found: set[str]) -> None:
        states = CountryFactory(code="US", name_en="United States")
        quebec = JurisdictionFactory(code="CA-QC", name_en="Quebec")
        vermont = JurisdictionFactory(code="US-VT", name_en="Vermont", parent=states)
        recorded(slug="bc", council=CouncilFactory(jurisdiction=JurisdictionFactory()))
        proclaimed(slug="qc", council=CouncilFactory(jurisdiction=quebec))
        recorded(slug="vt", council=CouncilFactory(jurisdiction=vermont))

        response = client.get(f"/resolutions/?{query}")

        assert {row.slug for row in response.context["page"].object_list} == found

    @pytest.mark.parametrize("name", ["country", "region", "instrument", "status"])
    @pytest.mark.parametrize("value", ["nowhere", "%00", "x" * 10_000])
    def test_an_unknown_filter_is_explained_beside_it(
        self, client: Client, name: str, value: str
    ) -> None:
        recorded()

        response = client.get(f"/resolutions/?{name}={value}")

        assert response.status_code == 200
        assert response.context["page"].object_list == []
        assert list(response.context["form"].errors) == [name]
        assert "choose another, or “Any”" in response.content.decode()

    def test_invented_figures_are_marked_and_counted_apart(self, client: Client) -> None:
        recorded(is_demo=True)

        html = body(client, "/resolutions/")

        assert "No council’s vote on it is on record so far." in html
        assert '<span class="demo">Demonstration data</span> 1</dd>' in html
        assert 'class="demo demo--banner"' in html

    def test_it_costs_the_same_with_one_resolution_as_with_many(
        self, client: Client, django_assert_max_num_queries: Callable
    ) -> None:
        ModelResolutionFactory(published=True)
        recorded()
        one = queries_of(client, "/resolutions/", django_assert_max_num_queries)
        for _ in range(8):
            recorded()

        assert queries_of(client, "/resolutions/", django_assert_max_num_queries) == one <= 8


class TestTheModel:
    @pytest.fixture
    def model(self) -> ModelResolution:
        return ModelResolutionFactory(
            slug="cities", published=True, author="Frank Chalk", dated_precision="month"
        )

    def test_a_clause_stands_under_its_number_and_says_what_it_asks_for(
        self, client: Client, model: ModelResolution
    ) -> None:
        asked = RecommendationFactory(code="CA-02", published=True)
        clause = ClauseFactory(model=model, code="O2")
        ClauseFactory(
            model=model,
            code="O2a",
            kind=ClauseKind.SUB_ITEM,
            part_of=clause,
            opening="",
            text="appoint a minister;",
            recommendations=[asked],
        )

        html = body(client, "/resolutions/model/cities/")

        assert 'id="O2"' in html
        assert '<li id="O2a"><p >appoint a minister;</p>' in html
        assert 'Asks for <a href="/recommendations/CA-02/">CA-02</a>' in html

    def test_a_draft_recommendation_is_not_named(
        self, client: Client, model: ModelResolution
    ) -> None:
        draft = RecommendationFactory(code="ZZ-99", text="Secret wish")
        ClauseFactory(model=model, recommendations=[draft])
        model.not_carried.add(draft)

        html = body(client, "/resolutions/model/cities/")

        assert "ZZ-99" not in html
        assert "Secret wish" not in html

    def test_words_that_change_with_the_place_lead_to_what_they_change_with(
        self, client: Client, model: ModelResolution
    ) -> None:
        clause = ClauseFactory(model=model, opening="", text="the City of X asks the City of X")
        field = PlaceFieldFactory(model=model, name="city", original="City of X")
        PlaceTermFactory(clause=clause, field=field, text="City of X")

        html = body(client, "/resolutions/model/cities/")

        assert 'the <a class="blank" href="#field-city">City of X</a> asks the City of X' in html
        assert 'id="field-city"' in html
        assert "Municipality" in html

    def test_words_that_age_may_hold_words_that_change(
        self, client: Client, model: ModelResolution
    ) -> None:
        clause = ClauseFactory(
            model=model, opening="", text="in the next Speech;", time_terms=["the next Speech"]
        )
        field = PlaceFieldFactory(model=model, name="speech")
        PlaceTermFactory(clause=clause, field=field, text="Speech")

        html = body(client, "/resolutions/model/cities/")

        place = '<a class="blank" href="#field-speech">Speech</a>'
        assert f'in <span class="ages">the next {place}</span>;' in html
        assert 'id="ages"' in html

    def test_a_mark_that_crosses_another_is_left_out(
        self, client: Client, model: ModelResolution
    ) -> None:
        clause = ClauseFactory(
            model=model, opening="", text="in the next year ahead", time_terms=["the next year"]
        )
        field = PlaceFieldFactory(model=model, name="year")
        PlaceTermFactory(clause=clause, field=field, text="year ahead")

        html = body(client, "/resolutions/model/cities/")

        assert 'in <span class="ages">the next year</span> ahead' in html

    def test_its_text_is_escaped(self, client: Client, model: ModelResolution) -> None:
        ClauseFactory(model=model, opening="WHEREAS", text='WHEREAS "a" < b & c\'s', note="<i>")

        html = body(client, "/resolutions/model/cities/")

        assert "<strong>WHEREAS</strong> &quot;a&quot; &lt; b &amp; c&#x27;s" in html
        assert "<i>" not in html

    def test_a_draft_is_read_by_editors_alone(
        self, client: Client, citizen: User, editor: User
    ) -> None:
        draft = ModelResolutionFactory()
        path = draft.get_absolute_url()

        assert client.get(path).status_code == 404
        client.force_login(citizen)
        assert client.get(path).status_code == 404
        client.force_login(editor)
        assert "Not public." in body(client, path)

    def test_a_draft_report_is_not_named(self, client: Client) -> None:
        report = ReportFactory(title="Secret report", published=False)
        model = ModelResolutionFactory(published=True, report=report)

        assert "Secret report" not in body(client, model.get_absolute_url())

    def test_it_costs_the_same_with_one_clause_as_with_many(
        self, client: Client, model: ModelResolution, django_assert_max_num_queries: Callable
    ) -> None:
        path = "/resolutions/model/cities/"
        asked = RecommendationFactory(published=True)
        PlaceTermFactory(clause=ClauseFactory(model=model, recommendations=[asked]))
        one = queries_of(client, path, django_assert_max_num_queries)
        for _ in range(5):
            PlaceTermFactory(clause=ClauseFactory(model=model, recommendations=[asked]))

        assert queries_of(client, path, django_assert_max_num_queries) == one <= 9


class TestOneResolution:
    def test_every_step_names_its_sources_with_how_strong_they_are(self, client: Client) -> None:
        resolution = recorded()
        StepSourceFactory(
            step=Step.objects.get(),
            publisher="City Clerk",
            title="Minutes of 9 March",
            url="https://example.org/minutes",
            grade=Grade.MINUTES,
            published_on=DAY,
        )

        html = body(client, resolution.get_absolute_url())

        assert 'City Clerk, <a href="https://example.org/minutes"' in html
        assert '(minutes, <time datetime="2010-03-09">9 March 2010</time>)' in html
        assert "Verified against its sources" in html

    def test_a_reported_step_is_told_apart(self, client: Client) -> None:
        html = body(client, recorded(verified=False).get_absolute_url())

        assert "Reported, not yet verified" in html
        assert "Verified against its sources" not in html

    def test_steps_stand_newest_first(self, client: Client) -> None:
        resolution = recorded(StepKind.ADOPTED)
        resolution.record_step(StepKind.SUBMITTED, on=date(2010, 1, 1), by=UserFactory())

        steps = client.get(resolution.get_absolute_url()).context["steps"]

        assert [step.kind for step in steps] == [StepKind.ADOPTED, StepKind.SUBMITTED]

    def test_a_proclamation_says_that_it_is_no_vote(self, client: Client) -> None:
        words = "An act of the mayor, not a vote of the council"

        assert words in body(client, proclaimed().get_absolute_url())
        assert words not in body(client, recorded().get_absolute_url())

    def test_who_recorded_it_is_nobodys_business(self, client: Client) -> None:
        resolution = recorded()

        assert f"recorder-{resolution.pk}" not in body(client, resolution.get_absolute_url())

    def test_a_draft_is_not_there_for_the_public(
        self, client: Client, citizen: User, stranger: User
    ) -> None:
        path = recorded(public=False, champion=OrganizationFactory()).get_absolute_url()

        assert client.get(path).status_code == 404
        for user in (citizen, stranger):
            client.force_login(user)
            assert client.get(path).status_code == 404

    def test_its_champion_reads_a_draft_marked_as_such(
        self, client: Client, ngo_member: User
    ) -> None:
        draft = recorded(public=False, champion=ngo_member.organizations.get())
        client.force_login(ngo_member)

        response = client.get(draft.get_absolute_url())

        html = response.content.decode()
        assert "Not public." in html
        assert 'name="robots" content="noindex"' in html
        assert response["Cache-Control"] == "private, no-cache"

    def test_a_model_in_draft_is_not_named(self, client: Client) -> None:
        resolution = recorded(model=ModelResolutionFactory(title="Secret model"))

        assert "Secret model" not in body(client, resolution.get_absolute_url())

    def test_machines_learn_of_the_legislation(self, client: Client) -> None:
        html = body(client, recorded(title="</script><b>Act").get_absolute_url())

        assert '"@type": "Legislation"' in html
        assert '"legislationDate": "2010-03-09"' in html
        assert "</script><b>" not in html

    def test_what_is_invented_says_so(self, client: Client) -> None:
        html = body(client, recorded(is_demo=True).get_absolute_url())

        assert 'class="demo demo--banner"' in html
        assert '"@type": "Legislation"' not in html

    def test_a_step_shows_at_once_after_it_is_recorded(self, client: Client) -> None:
        resolution = recorded()
        path = resolution.get_absolute_url()
        assert "Rescinded" not in body(client, path)

        resolution.record_step(StepKind.RESCINDED, on=date(2011, 1, 1), by=UserFactory())

        assert "Rescinded" in body(client, path)


class TestCouncils:
    def names(self, client: Client, query: str) -> list[str]:
        response = client.get(f"/councils/?{query}")
        assert response.status_code == 200
        return [row.name for row in response.context["page"].object_list]

    @pytest.fixture
    def councils(self) -> list[Council]:
        quebec = JurisdictionFactory(code="CA-QC", name_en="Quebec")
        return [
            CouncilFactory(name="Vernon"),
            CouncilFactory(name="Salaberry", jurisdiction=quebec),
            CouncilFactory(name="New Vernon"),
        ]

    @pytest.mark.usefixtures("councils")
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["New Vernon", "Salaberry", "Vernon"]),
            ("q=vernon", ["Vernon", "New Vernon"]),
            ("region=CA-QC", ["Salaberry"]),
            ("region=CA-QC&q=vernon", []),
            ("q=%25", []),
            ("q=" + "x" * 10_000, []),
            ("q=%00", []),
            ("region=XX", []),
        ],
    )
    def test_they_are_found_by_name_and_place(
        self, client: Client, query: str, found: list[str]
    ) -> None:
        assert self.names(client, query) == found

    def test_a_region_without_councils_is_not_offered(
        self, client: Client, councils: list[Council]
    ) -> None:
        JurisdictionFactory(code="CA-YT", name_en="Yukon")

        html = body(client, "/councils/")

        assert "British Columbia" in html
        assert "Yukon" not in html

    def test_one_with_nothing_on_record_says_so_and_leads_to_the_text(self, client: Client) -> None:
        model = ModelResolutionFactory(published=True)
        council = CouncilFactory(name="Vernon")

        html = body(client, council.get_absolute_url())

        assert "Nobody has shown us a step of the council or the mayor of Vernon yet." in html
        assert f'href="{model.get_absolute_url()}"' in html

    def test_one_shows_what_it_did(self, client: Client) -> None:
        council = CouncilFactory(population=48_200, latitude="49.26", longitude="-123.11")
        resolution = recorded(council=council)

        html = body(client, council.get_absolute_url())

        for text in (
            "48,200",
            "49.26° N, 123.11° W",
            resolution.title,
            "Carried.",
            "Verified against its sources",
        ):
            assert text in html

    def test_what_is_invented_says_so(self, client: Client) -> None:
        council = CouncilFactory(is_demo=True)

        for path in ("/councils/", council.get_absolute_url()):
            assert 'class="demo demo--banner"' in body(client, path)

    def test_they_cost_the_same_one_or_many(
        self, client: Client, django_assert_max_num_queries: Callable
    ) -> None:
        recorded()
        one = queries_of(client, "/councils/", django_assert_max_num_queries)
        for _ in range(5):
            recorded()

        assert queries_of(client, "/councils/", django_assert_max_num_queries) == one <= 6

    def test_a_council_that_is_not_there_is_a_404(self, client: Client) -> None:
        assert client.get("/councils/atlantis/").status_code == 404


def test_a_proclamation_made_from_no_model_still_leads_to_the_text(client: Client) -> None:
    model = ModelResolutionFactory(published=True)
    resolution = proclaimed(model=None)

    html = body(client, resolution.get_absolute_url())

    assert f'href="{model.get_absolute_url()}"' in html
    assert "Read the text that was drafted for councils" in html


def test_a_proclamation_is_nowhere_called_a_resolution(client: Client) -> None:
    resolution = proclaimed(title="", council__name="Laketown")

    activity = body(client, "/activity/")
    found = body(client, "/search/?q=Laketown&kind=resolution")

    assert "Mayor’s proclamation" in activity
    assert "· Resolution" not in activity + found
    assert resolution.name in body(client, resolution.get_absolute_url())


def test_what_has_no_title_of_its_own_is_named_in_the_readers_language(client: Client) -> None:
    resolution = proclaimed(title="", council__name="Laketown")

    english, french = (
        body(client, f"{prefix}{resolution.get_absolute_url()}") for prefix in ("", "/fr")
    )

    assert "<h1>Mayor’s proclamation, Laketown, 2010</h1>" in english
    assert "<h1>Proclamation du maire, Laketown, 2010</h1>" in french
    assert "Proclamation du maire, " in body(client, "/fr/search/?q=Laketown")
