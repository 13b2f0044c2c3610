"""Which findings of a recommendation stand, what corrects what, and how assessors differ."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from recommendations import timeline
from recommendations.models import ProgressUpdate, Recommendation, Reply, Status
from tests.factories import (
    AddresseeFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReplyFactory,
    SourceFactory,
    SubjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation() -> Recommendation:
    return RecommendationFactory(code="CA-01", published=True)


def found(recommendation: Recommendation, **fields: Any) -> ProgressUpdate:
    update: ProgressUpdate = ProgressUpdateFactory(recommendation=recommendation, **fields)
    SourceFactory(update=update)
    update.publish(by=UserFactory())
    return update


def answered(recommendation: Recommendation, **fields: Any) -> Reply:
    reply: Reply = ReplyFactory(recommendation=recommendation, **fields)
    SourceFactory(update=None, reply=reply)
    reply.publish(by=UserFactory())
    return reply


def findings_of(recommendation: Recommendation) -> timeline.Findings:
    rows: Any = Recommendation.objects.annotate(marks=timeline.update_marks())
    return timeline.Findings(rows.get(pk=recommendation.pk).marks, recommendation, shown=20)


# ---- What stands ----


def test_marks_stand_as_the_database_says(recommendation: Recommendation, editor: User) -> None:
    first = found(recommendation, on=date(2011, 1, 1))
    found(recommendation, on=date(2012, 1, 1), corrects=first)
    wrong = found(recommendation, on=date(2013, 1, 1))
    again = found(recommendation, on=date(2014, 1, 1))
    taken_back = found(recommendation, on=date(2015, 1, 1), corrects=again)
    for update in (wrong, taken_back):
        update.retract(by=editor, reason="Another country.")
    ProgressUpdateFactory(recommendation=recommendation, corrects=again)  # a draft

    standing = findings_of(recommendation).standing

    expected = recommendation.updates.standing().newest_first()
    assert [mark.pk for mark in standing] == [update.pk for update in expected]
    assert len(standing) == 2


def test_assessors_who_agree_are_not_set_side_by_side(recommendation: Recommendation) -> None:
    found(recommendation, on=date(2011, 1, 1), status=Status.STALLED, assessed_by="An Institute")
    found(recommendation, on=date(2012, 1, 1), status=Status.IN_PLACE, assessed_by="an  institute ")
    found(recommendation, on=date(2013, 1, 1), status=Status.IN_PLACE)

    assert findings_of(recommendation).differing == []


def test_of_each_assessor_the_newest_finding_that_stands_is_compared(
    recommendation: Recommendation,
) -> None:
    theirs = found(recommendation, on=date(2011, 1, 1), assessed_by="An institute")
    corrected = found(
        recommendation, on=date(2012, 1, 1), assessed_by="An institute", status="stalled"
    )
    found(
        recommendation,
        on=date(2012, 2, 1),
        corrects=corrected,
        assessed_by="A scholar",
        status="stalled",
    )
    ours = found(recommendation, on=date(2013, 1, 1), status=Status.IN_PLACE)

    differing = findings_of(recommendation).differing

    assert [(mark.assessor, mark.status) for mark in differing] == [
        ("", Status.IN_PLACE),
        ("a scholar", Status.STALLED),
        ("an institute", Status.UNDER_WAY),
    ]
    assert (differing[0].pk, differing[2].pk) == (ours.pk, theirs.pk)


# ---- What the page says ----


def test_a_correction_is_told_on_both(recommendation: Recommendation, client: Client) -> None:
    first = found(recommendation, on=date(2011, 1, 1), summary="A board was formed.")
    second = found(recommendation, on=date(2011, 1, 2), corrects=first, summary="It was not.")

    page = client.get("/recommendations/CA-01/").text

    assert (
        f'<a href="#update-{second.pk}">Corrected by the finding of <time datetime="2011-01-02">'
        in page
    )
    assert (
        f'<a href="#update-{first.pk}">Corrects the finding of <time datetime="2011-01-01">' in page
    )
    assert "<s>A board was formed.</s>" in page
    assert page.index("It was not.") < page.index("A board was formed.")


def test_of_what_was_retracted_only_when_and_why_is_left(
    recommendation: Recommendation, editor: User, client: Client
) -> None:
    update = found(recommendation, summary="A quagga", quotation="An okapi", status=Status.IN_PLACE)
    SourceFactory(update=update, title="A zebra")
    update.retract(by=editor, reason="It was about another country.")

    for path in ("/recommendations/CA-01/", "/recommendations/CA-01/history/"):
        page = client.get(path).text
        assert "It was about another country." in page
        assert "Retracted on" in page
        assert not [word for word in ("quagga", "okapi", "zebra", ">In place<") if word in page]


def test_assessors_who_differ_stand_side_by_side(
    recommendation: Recommendation, client: Client
) -> None:
    found(recommendation, on=date(2012, 1, 1), assessed_by="An institute", summary="Half of it.")
    found(recommendation, on=date(2011, 1, 1), status=Status.IN_PLACE, summary="All of it.")

    page = client.get("/recommendations/CA-01/").text

    beside, _, below = page.partition('<ol class="timeline">')
    assert "Assessments differ" in beside
    assert [name in beside for name in ("An institute", "The editors of this site")] == [True, True]
    assert beside.count("Half of it.") == below.count("Half of it.") == 1


def test_an_answer_stands_apart_and_changes_no_status(
    recommendation: Recommendation, client: Client
) -> None:
    before = client.get("/recommendations/CA-01/").text
    answered(
        recommendation,
        addressee=AddresseeFactory(name_en="The Prime Minister"),
        kind="accepted",
        summary="It will be done.",
    )

    after = client.get("/recommendations/CA-01/").text

    assert "That is not the same as “No answer found”" in before
    assert "It will be done." in after[after.index('id="answers"') :]
    assert "The Prime Minister" in after
    assert "Not yet assessed: nobody has searched" in after
    recommendation.refresh_from_db()
    assert recommendation.status == Status.NOT_ASSESSED


def test_an_undated_source_tells_when_it_was_read(
    recommendation: Recommendation, client: Client
) -> None:
    update = found(recommendation)
    source = {"update": update, "published_on": None}
    SourceFactory(**source, read_on=date(2026, 11, 3), read_precision="month")
    SourceFactory(**source, read_on=date(2026, 11, 4), archived_url="https://archive.example/4")

    page = client.get("/recommendations/CA-01/").text

    assert 'read in <time datetime="2026-11">November 2026</time>' in page
    assert 'read on <time datetime="2026-11-04">4 November 2026</time>' in page
    assert '<a href="https://archive.example/4" rel="nofollow noopener">archived copy' in page


# ---- Many of them ----


def test_a_long_history_has_a_page_of_its_own_and_links_reach_it(
    recommendation: Recommendation,
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    oldest = found(recommendation, on=date(2010, 1, 1))
    for n in range(44):
        found(recommendation, on=date(2011, 1, 1) + timedelta(days=n))
    found(recommendation, on=date(2020, 1, 1), corrects=oldest)
    for n in range(12):
        answered(recommendation, summary=f"Answer {n}.")
    path = "/recommendations/CA-01/history/"

    page = client.get("/recommendations/CA-01/")
    with django_assert_num_queries(2):
        second = client.get(f"{path}?page=2")

    assert len(page.context["updates"]) == timeline.SHOWN
    assert len(page.context["replies"]) == timeline.REPLIES_SHOWN
    assert f'<a href="{path}?page=2#update-{oldest.pk}">Corrects' in page.text
    assert "All 46 findings" in page.text
    assert [update.pk for update in second.context["updates"]][-1] == oldest.pk
    assert len(client.get(path).context["replies"]) == 12
    assert client.get(f"{path}?page=3").status_code == 404
    lower = client.get("/recommendations/ca-01/history/?page=2")
    assert lower.headers["Location"] == f"{path}?page=2"


@pytest.mark.parametrize("path", ["/recommendations/CA-01/", "/recommendations/CA-01/history/"])
def test_a_long_timeline_asks_as_often_as_a_short_one(
    recommendation: Recommendation, client: Client, path: str
) -> None:
    def questions() -> int:
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    recommendation.subject = SubjectFactory()
    recommendation.save()

    def grow(n: int) -> None:
        for number in range(n):
            one = found(recommendation, assessed_by=f"Institute {number}", status=Status.IN_PLACE)
            found(recommendation, corrects=one)
            SourceFactory.create_batch(n, update=one)
            answered(recommendation)
            RecommendationFactory(subject=recommendation.subject, published=True)

    grow(1)
    few = questions()
    grow(8)

    assert questions() == few


def test_what_is_drafted_or_in_review_shows_nowhere(
    recommendation: Recommendation, client: Client, editor: User
) -> None:
    for make in (ProgressUpdateFactory, ReplyFactory):
        make(recommendation=recommendation, summary="A quagga")
        make(
            recommendation=recommendation,
            summary="A quagga",
            submitted_at=timezone.now(),
            submitted_by=editor,
        )

    for path in ("", "history/"):
        page = client.get(f"/recommendations/CA-01/{path}")
        assert "quagga" not in page.text
        assert page.context["total_updates" if not path else "updates"] in (0, [])
