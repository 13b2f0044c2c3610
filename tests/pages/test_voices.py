"""The newest statements about a recommendation, and the page of all of them."""

import pytest
from django.db import connection
from django.test import Client

from dialogues.models import Contribution
from recommendations.models import Recommendation
from tests.factories import ContributionFactory, DialogueFactory, RecommendationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation() -> Recommendation:
    return RecommendationFactory(published=True)


def test_they_come_newest_first_and_no_more_than_asked_for(recommendation: Recommendation) -> None:
    dialogue = DialogueFactory(published=True)
    said = [
        ContributionFactory(dialogue=dialogue, posted=True, about=[recommendation])
        for _ in range(5)
    ]

    newest = Contribution.objects.newest_about(recommendation, 3)

    assert list(newest) == said[:1:-1]


def test_what_is_not_public_or_about_another_is_not_among_them(
    recommendation: Recommendation,
) -> None:
    dialogue = DialogueFactory(published=True)
    public = ContributionFactory(dialogue=dialogue, posted=True, about=[recommendation])
    ContributionFactory(dialogue=dialogue, about=[recommendation])
    ContributionFactory(dialogue=DialogueFactory(), posted=True, about=[recommendation])
    another = RecommendationFactory(published=True)
    ContributionFactory(dialogue=dialogue, posted=True, about=[another])

    assert list(Contribution.objects.newest_about(recommendation, 3)) == [public]


def test_the_links_have_the_index_they_are_read_from() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "dialogues_contribution_about")

    assert found["contribution_about_newest"]["columns"] == ["recommendation_id", "contribution_id"]


def test_all_of_them_are_one_link_away_by_pages(
    recommendation: Recommendation, client: Client
) -> None:
    dialogue = DialogueFactory(published=True)
    said = [
        ContributionFactory(dialogue=dialogue, posted=True, about=[recommendation])
        for _ in range(41)
    ]
    ContributionFactory(dialogue=dialogue, about=[recommendation])
    ContributionFactory(dialogue=DialogueFactory(), posted=True, about=[recommendation])
    path = f"{recommendation.get_absolute_url()}voices/"

    assert path in client.get(recommendation.get_absolute_url()).text
    first, second = client.get(path), client.get(f"{path}?page=2")

    assert list(first.context["voices"]) == said[:0:-1]
    assert list(second.context["voices"]) == said[:1]
    assert client.get(f"{path}?page=3").status_code == 404
    lower = path.replace(recommendation.code, recommendation.code.lower())
    assert client.get(f"{lower}?page=2").headers["Location"] == f"{path}?page=2"
