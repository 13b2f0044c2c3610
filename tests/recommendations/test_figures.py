"""Figures of each year's end: what a count of all findings, one by one, gives as well."""

import random
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.work import sweep
from recommendations.figures import begin_the_year, count_years
from recommendations.models import (
    NotPossible,
    PageVersion,
    ProgressUpdate,
    Recommendation,
    Report,
    Status,
    YearFigure,
)
from tests.factories import (
    AudienceFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReportFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

FOUND = [status.value for status in Status if status != Status.NOT_ASSESSED]
Counted = Counter[tuple[int, int, int, str]]


def kept() -> Counted:
    rows = YearFigure.objects.values_list("report", "audience", "year", "status", "n")
    return Counter({(*key, status): n for *key, status, n in rows})  # type: ignore[misc]


def counted() -> Counted:
    """The same by brute force: of every recommendation, at every year's end, all findings anew."""
    figures: Counted = Counter()
    for report in Report.objects.all():
        for row in Recommendation.objects.filter(report=report):
            if not (row.is_public and report.is_public):
                continue
            for year in range(report.released.year, date.today().year + 1):
                stands = [
                    update
                    for update in ProgressUpdate.objects.filter(recommendation=row)
                    if update.published_at
                    and not update.retracted_at
                    and update.on <= date(year, 12, 31)
                    and not any(
                        other.published_at and not other.retracted_at
                        for other in update.corrections.all()
                    )
                ]
                newest = max(stands, key=lambda update: (update.on, update.pk), default=None)
                status = newest.status if newest else Status.NOT_ASSESSED.value
                figures[report.pk, row.audience_id, year, status] += 1
    return figures


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_what_a_count_of_every_finding_gives(seed: int, editor: User) -> None:
    rng = random.Random(seed)
    reports = [ReportFactory(released=date(year, 9, 21)) for year in (2019, 2022)]
    audiences = AudienceFactory.create_batch(2)
    asked = [
        RecommendationFactory(
            published=True, report=rng.choice(reports), audience=rng.choice(audiences)
        )
        for _ in range(5)
    ]

    def publish() -> None:
        about = rng.choice(asked)
        day = date(2019, 1, 1) + timedelta(days=rng.randrange(6 * 365))
        others = list(about.updates.all())
        update = ProgressUpdateFactory(
            recommendation=about,
            status=rng.choice(FOUND),
            on=rng.choice([day, *(other.on for other in others)]),
            corrects=rng.choice([None, *others]),
        )
        SourceFactory(update=update)
        if rng.random() < 0.9:  # the others stay drafts
            with suppress(NotPossible):  # what it corrects does not stand
                update.publish(by=editor)

    def retract() -> None:
        public = list(ProgressUpdate.objects.standing().order_by("pk"))
        if public:
            rng.choice(public).retract(by=editor, reason="It was not so.")

    def hide_or_show() -> None:
        row: Recommendation | Report = rng.choice([*asked, *reports])  # type: ignore[assignment]
        row.refresh_from_db()
        row.withdraw() if row.is_public else row.publish(by=editor)

    def move() -> None:
        row = rng.choice(asked)
        row.refresh_from_db()
        row.report, row.audience = rng.choice(reports), rng.choice(audiences)
        row.save()

    def move_many() -> None:
        Recommendation.objects.filter(audience=audiences[0]).update(report=rng.choice(reports))

    seen = 0
    for _ in range(25):
        rng.choices([publish, retract, hide_or_show, move, move_many], [8, 2, 2, 1, 1])[0]()
        for row in asked:
            row.refresh_from_db()
        assert kept() == counted()
        seen += len(kept())
    assert seen


def test_to_count_a_report_asks_as_often_for_few_findings_as_for_many(editor: User) -> None:
    report, audience = ReportFactory(), AudienceFactory()

    def add(n: int) -> None:
        rows = RecommendationFactory.create_batch(
            n, published=True, report=report, audience=audience
        )
        ProgressUpdate.objects.bulk_create(
            [
                ProgressUpdateFactory.build(
                    recommendation=row,
                    on=date(2011, 1, day),
                    published_at=row.published_at,
                    published_by=editor,
                )
                for row in rows
                for day in range(1, n)
            ]
        )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            count_years([report.pk])
        return len(queries)

    add(2)
    few = asked()
    add(12)

    assert asked() == few


def test_when_a_year_has_begun_or_nobody_has_counted_yet_it_is_counted(client: Client) -> None:
    row = RecommendationFactory(published=True, report__released=date(2024, 9, 21))
    this_year = date.today().year
    YearFigure.objects.all().delete()  # as on a site from before there were any

    sweep()

    assert {year for _report, _audience, year, _status in kept()} == set(range(2024, this_year + 1))
    before = PageVersion.objects.get(topic="recommendations").number
    begin_the_year()
    assert PageVersion.objects.get(topic="recommendations").number == before

    begin_the_year(today=date(this_year + 1, 1, 1))

    key = (row.report_id, row.audience_id, this_year + 1, Status.NOT_ASSESSED.value)
    assert kept()[key] == 1
    assert PageVersion.objects.get(topic="recommendations").number == before + 1
