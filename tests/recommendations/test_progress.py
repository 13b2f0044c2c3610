"""Progress: nothing without a source, the latest finding is the status, history stays."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from recommendations.models import NoSource, ProgressUpdate, Recommendation, Status
from tests.factories import ProgressUpdateFactory, RecommendationFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation() -> Recommendation:
    return RecommendationFactory(published=True)


def finding(recommendation: Recommendation, status: Status, on: date, by: User) -> ProgressUpdate:
    update = ProgressUpdateFactory(recommendation=recommendation, status=status, on=on)
    SourceFactory(update=update)
    update.publish(by=by)
    recommendation.refresh_from_db()
    return update


def test_a_recommendation_begins_as_not_assessed(recommendation: Recommendation) -> None:
    assert recommendation.status == Status.NOT_ASSESSED
    assert recommendation.status_on is None


def test_without_a_source_nothing_is_published(
    recommendation: Recommendation, editor: User
) -> None:
    update = ProgressUpdateFactory(recommendation=recommendation)

    with pytest.raises(NoSource):
        update.publish(by=editor)

    recommendation.refresh_from_db()
    assert recommendation.status == Status.NOT_ASSESSED
    assert not update.is_public


def test_the_status_is_that_of_the_latest_day_not_of_the_latest_entry(
    recommendation: Recommendation, editor: User
) -> None:
    finding(recommendation, Status.IN_PLACE, date(2016, 5, 18), editor)
    finding(recommendation, Status.UNDER_WAY, date(2011, 8, 4), editor)

    assert (recommendation.status, recommendation.status_on) == (
        Status.IN_PLACE,
        date(2016, 5, 18),
    )


def test_withdrawing_the_latest_finding_brings_back_the_one_before(
    recommendation: Recommendation, editor: User
) -> None:
    finding(recommendation, Status.UNDER_WAY, date(2011, 8, 4), editor)
    latest = finding(recommendation, Status.IN_PLACE, date(2016, 5, 18), editor)

    latest.withdraw()

    recommendation.refresh_from_db()
    assert recommendation.status == Status.UNDER_WAY


def test_a_finding_of_tomorrow_is_refused_with_the_reason(recommendation: Recommendation) -> None:
    update = ProgressUpdateFactory.build(
        recommendation=recommendation, on=date.today() + timedelta(days=2)
    )

    with pytest.raises(ValidationError, match="The date is in the future"):
        update.full_clean()


def test_not_assessed_can_not_be_found(recommendation: Recommendation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdateFactory(recommendation=recommendation, status=Status.NOT_ASSESSED)


def test_a_status_without_its_date_is_refused_by_the_database(
    recommendation: Recommendation,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.filter(pk=recommendation.pk).update(status=Status.IN_PLACE)


def test_two_years_without_news_are_stale(recommendation: Recommendation) -> None:
    update = ProgressUpdateFactory.build(recommendation=recommendation, on=date(2020, 1, 1))

    assert not update.is_stale(today=date(2021, 12, 31))
    assert update.is_stale(today=date(2022, 1, 1))
