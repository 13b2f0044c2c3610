"""The page of a recommendation: counterparts, what its reader can do, what depends on it."""

import pytest
from django.test import Client

from accounts.models import User
from recommendations.models import AddresseeKind, Recommendation
from tests.factories import (
    AddresseeFactory,
    AudienceFactory,
    ClauseFactory,
    ModelResolutionFactory,
    RecommendationFactory,
    ReportFactory,
    SubjectFactory,
)
from tests.markup import Page

pytestmark = pytest.mark.django_db
HERE = "/recommendations/CA-01/"


@pytest.fixture
def recommendation() -> Recommendation:
    office = AddresseeFactory(kind=AddresseeKind.OFFICE, name_en="Prime Minister")
    row: Recommendation = RecommendationFactory(code="CA-01", published=True, addressees=[office])
    return row


def offered(client: Client) -> list[str]:
    return [offer.url for offer in client.get(HERE).context["offers"]]


def test_what_can_be_done_is_offered_and_is_there(
    recommendation: Recommendation, client: Client
) -> None:
    offers = offered(client)

    assert offers == [
        f"{HERE}letter/",
        f"{HERE}follow/",
        f"{HERE}commit/",
        f"{HERE}evidence/",
        f"{HERE}dialogue/",
    ]
    assert [client.get(path).status_code for path in offers] == [200] * len(offers)


def test_a_council_is_asked_only_where_a_clause_carries_it(
    recommendation: Recommendation, client: Client
) -> None:
    model = ModelResolutionFactory(published=True, report=recommendation.report)
    ClauseFactory(model=model, recommendations=[recommendation])

    assert offered(client)[-1] == "/resolutions/prepare/"


def test_nobody_is_written_to_who_is_only_asked_for(
    recommendation: Recommendation, client: Client
) -> None:
    recommendation.addressees.set([AddresseeFactory(kind=AddresseeKind.PROPOSED_BODY)])
    Recommendation.changed([recommendation.pk])

    assert f"{HERE}letter/" not in offered(client)


def test_nothing_is_offered_about_a_draft(client: Client, editor: User) -> None:
    RecommendationFactory(code="CA-01")
    client.force_login(editor)

    assert offered(client) == []


def test_editors_alone_are_led_to_the_desk(
    recommendation: Recommendation, client: Client, editor: User
) -> None:
    before = client.get(HERE).text
    client.force_login(editor)

    assert "/recommendations/desk/" not in before
    assert "/recommendations/desk/CA-01/" in client.get(HERE).text


def test_counterparts_stand_by_audience_with_their_status(client: Client) -> None:
    canada, states = AudienceFactory(name_en="Canada", order=1), AudienceFactory(order=2)
    subject = SubjectFactory(name_en="Coordination")
    report = ReportFactory(published=True, is_front=True)
    shared = {"report": report, "subject": subject, "published": True}
    for code, audience in (("CA-01", canada), ("US-05", states), ("US-06", states)):
        RecommendationFactory(code=code, audience=audience, **shared)
    RecommendationFactory(code="US-07", audience=states, subject=subject, report=report)  # a draft
    RecommendationFactory(code="US-08", audience=states, report=report, published=True)

    answer = client.get("/recommendations/US-05/")

    found = [(a.name, [row.code for row in rows]) for a, rows in answer.context["counterparts"]]
    assert found == [("Canada", ["CA-01"]), (states.name, ["US-05", "US-06"])]
    links = {link.get("href") for link in Page(answer.text).all("a")}
    assert {"/recommendations/CA-01/", "/recommendations/US-06/"} <= links
    assert "/recommendations/compare/" in links
    assert client.get("/recommendations/US-08/").context["counterparts"] == []


def test_neighbours_are_those_of_the_same_report(client: Client) -> None:
    report = ReportFactory(published=True)
    for order, code in ((1, "CA-01"), (2, "CA-02"), (4, "CA-04")):
        RecommendationFactory(code=code, order=order, report=report, published=True)
    RecommendationFactory(code="CA-03", order=3, report=report)
    RecommendationFactory(code="XX-03", order=3, published=True)

    row = client.get("/recommendations/CA-02/").context["recommendation"]

    assert (row.previous, row.next) == ("CA-01", "CA-04")


def test_another_report_is_named_and_leads_to_its_own_page(client: Client) -> None:
    report = ReportFactory(published=True, title="On rivers", is_front=False)
    RecommendationFactory(code="CA-01", report=report, published=True)

    page = client.get(HERE).text

    assert f'href="{report.get_absolute_url()}" >On rivers</a> /' in page
    assert ", On rivers · W2I</title>" in page
