"""Progress: nothing without a source, the latest finding is the status, history stays."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from recommendations.models import (
    Entry,
    EntryKind,
    NoSource,
    NotPossible,
    ProgressUpdate,
    Recommendation,
    ReviewAct,
    ReviewState,
    Status,
)
from recommendations.news import latest
from tests.factories import ProgressUpdateFactory, RecommendationFactory, SourceFactory, UserFactory

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


def test_retracting_the_latest_finding_brings_back_the_one_before(
    recommendation: Recommendation, editor: User
) -> None:
    finding(recommendation, Status.UNDER_WAY, date(2011, 8, 4), editor)
    latest = finding(recommendation, Status.IN_PLACE, date(2016, 5, 18), editor)

    latest.retract(by=editor, reason="It was about another bill.")

    recommendation.refresh_from_db()
    assert recommendation.status == Status.UNDER_WAY
    assert ProgressUpdate.objects.public().count() == 2


def test_a_correction_counts_whatever_its_day(recommendation: Recommendation, editor: User) -> None:
    wrong = finding(recommendation, Status.IN_PLACE, date(2016, 5, 18), editor)
    right = ProgressUpdateFactory(
        recommendation=recommendation,
        status=Status.UNDER_WAY,
        on=date(2015, 5, 18),
        corrects=wrong,
    )
    SourceFactory(update=right)

    right.publish(by=editor)

    recommendation.refresh_from_db()
    assert (recommendation.status, recommendation.status_on) == (
        Status.UNDER_WAY,
        date(2015, 5, 18),
    )
    assert [row.pk for row in ProgressUpdate.objects.standing()] == [right.pk]


def correction(wrong: ProgressUpdate, status: Status) -> ProgressUpdate:
    update = ProgressUpdateFactory(
        recommendation=wrong.recommendation, status=status, on=wrong.on, corrects=wrong
    )
    SourceFactory(update=update)
    return update


def test_what_no_longer_stands_is_not_told_as_news_nor_found(
    recommendation: Recommendation, editor: User
) -> None:
    wrong = finding(recommendation, Status.IN_PLACE, date(2016, 5, 18), editor)
    right = correction(wrong, Status.STALLED)
    told = Entry.objects.activity().filter(kind=EntryKind.UPDATE).values_list("object_id")
    assert list(told.all()) == [(wrong.pk,)]  # a draft corrects nothing yet

    right.publish(by=editor)
    assert list(told.all()) == [(right.pk,)]
    changed = {
        row.finding.pk: row.finding.is_corrected
        for row in latest(Recommendation.objects.public(), 9)
    }
    assert changed == {wrong.pk: True, right.pk: False}

    right.retract(by=editor, reason="It was right before.")
    assert list(told.all()) == [(wrong.pk,)]


def test_what_a_correction_replaced_stands_again_only_where_nothing_else_corrects_it(
    recommendation: Recommendation, editor: User
) -> None:
    first = finding(recommendation, Status.NO_ACTION_FOUND, date(2020, 5, 1), editor)
    second = correction(first, Status.STALLED)
    second.publish(by=editor)
    third = correction(second, Status.IN_PLACE)
    third.publish(by=editor)

    # Both the first and the third would stand.
    with pytest.raises(NotPossible):
        second.retract(by=editor, reason="It was another office.")

    assert [row.pk for row in ProgressUpdate.objects.standing()] == [third.pk]
    third.retract(by=editor, reason="It was another office.")
    second.retract(by=editor, reason="That as well.")
    assert [row.pk for row in ProgressUpdate.objects.standing()] == [first.pk]


def test_of_two_corrections_of_one_finding_one_is_published(
    recommendation: Recommendation, editor: User
) -> None:
    wrong = finding(recommendation, Status.IN_PLACE, date(2020, 5, 1), editor)
    one, other = correction(wrong, Status.STALLED), correction(wrong, Status.UNDER_WAY)
    one.publish(by=editor)

    with pytest.raises(NotPossible):
        other.publish(by=editor)

    assert [row.pk for row in ProgressUpdate.objects.standing()] == [one.pk]


def test_a_draft_that_was_to_correct_what_is_retracted_corrects_what_stands_instead(
    recommendation: Recommendation, editor: User
) -> None:
    first = finding(recommendation, Status.NO_ACTION_FOUND, date(2020, 5, 1), editor)
    second = correction(first, Status.STALLED)
    second.publish(by=editor)
    draft = correction(second, Status.IN_PLACE)

    second.retract(by=editor, reason="It was another office.")
    draft.refresh_from_db()
    draft.publish(by=editor)

    assert draft.corrects == first
    assert [row.pk for row in ProgressUpdate.objects.standing()] == [draft.pk]


def test_what_an_editor_wrote_another_publishes(
    recommendation: Recommendation, editor: User
) -> None:
    second = UserFactory(roles=["editor"])
    update = ProgressUpdateFactory(recommendation=recommendation)
    SourceFactory(update=update)
    update.note_writing(by=editor)

    with pytest.raises(NotPossible, match="Send it to review first"):
        update.publish(by=second)
    update.submit(by=editor)
    with pytest.raises(NotPossible, match="another editor publishes it"):
        update.publish(by=editor)
    update.send_back(by=second, note="Which bill?")
    update.note_writing(by=second)
    update.submit(by=second)
    update.publish(by=editor)

    assert update.state == ReviewState.PUBLISHED
    assert [event.act for event in update.events.all()] == [
        ReviewAct.DRAFTED,
        ReviewAct.SUBMITTED,
        ReviewAct.SENT_BACK,
        ReviewAct.EDITED,
        ReviewAct.SUBMITTED,
        ReviewAct.PUBLISHED,
    ]


def test_a_published_finding_is_neither_written_again_nor_hidden(
    recommendation: Recommendation, editor: User
) -> None:
    update = finding(recommendation, Status.IN_PLACE, date(2016, 5, 18), editor)

    with pytest.raises(NotPossible):
        update.note_writing(by=editor)
    with pytest.raises(NotPossible):
        update.withdraw()
    with pytest.raises(NotPossible, match="Say why"):
        update.retract(by=editor, reason=" ")

    assert update.state == ReviewState.PUBLISHED


def test_a_source_without_any_date_publishes_nothing(
    recommendation: Recommendation, editor: User
) -> None:
    update = ProgressUpdateFactory(recommendation=recommendation)
    SourceFactory(update=update, published_on=None)

    with pytest.raises(NoSource, match="the day it was published"):
        update.publish(by=editor)


def test_an_update_dated_before_the_report_is_refused_with_the_reason(
    recommendation: Recommendation,
) -> None:
    update = ProgressUpdateFactory.build(
        recommendation=recommendation, on=recommendation.report.released - timedelta(days=1)
    )

    with pytest.raises(ValidationError, match="before the report was released"):
        update.full_clean()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("published_on", date.today() + timedelta(days=2), "dated after today"),
        ("url", "ftp://example.org/notice", "begins with https"),
        ("archived_url", "ftps://example.org/notice", "begins with https"),
    ],
)
def test_a_source_nobody_can_look_up_is_refused(field: str, value: object, said: str) -> None:
    source = SourceFactory(**{field: value})

    with pytest.raises(ValidationError, match=said):
        source.clean()


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
