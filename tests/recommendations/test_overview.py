"""The list as an overview, progress over the years, and two audiences line by line."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts.models import User
from recommendations.drawing import years
from recommendations.models import (
    ProgressUpdate,
    Recommendation,
    Report,
    Status,
    Subject,
)
from tests.factories import (
    AddresseeFactory,
    AudienceFactory,
    PillarFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReplyFactory,
    ReportFactory,
    SourceFactory,
)
from tests.markup import Page, text_of, words

pytestmark = pytest.mark.django_db

LIST, PROGRESS, COMPARE = (f"/recommendations/{page}" for page in ("", "progress/", "compare/"))


def found(about: Recommendation, editor: User, **values: object) -> ProgressUpdate:
    """A public finding."""
    update = ProgressUpdateFactory(recommendation=about, **values)
    SourceFactory(update=update)
    update.publish(by=editor)
    about.refresh_from_db()
    return update


def context(client: Client, path: str) -> Any:
    """What a page is made of; a kept one would not say."""
    caches["pages"].clear()
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.context


def codes(client: Client, query: str) -> list[str]:
    return [row.code for row in context(client, f"{LIST}?{query}")["page"].object_list]


def said(client: Client, path: str) -> str:
    return words(text_of(Page(client.get(path).content.decode()).one("main")))


def choices(client: Client, query: str, name: str) -> list[str]:
    form = context(client, f"{LIST}?{query}")["form"]
    return [label for value, label in form.fields[name].choices if value]


@pytest.fixture
def front() -> Report:
    report = ReportFactory(slug="front", title="The front")
    Report.objects.filter(pk=report.pk).update(is_front=True)
    return report


@pytest.fixture
def other(front: Report) -> Report:
    """Older than the front, and behind it all the same."""
    return ReportFactory(slug="other", title="Another", released=date(2001, 1, 1))


# ---- The list ----


def test_the_front_report_is_shown_first_and_another_when_it_is_asked_for(
    client: Client, front: Report, other: Report
) -> None:
    canada, mars = AudienceFactory(slug="canada"), AudienceFactory(slug="mars")
    RecommendationFactory(published=True, report=front, code="CA-01", audience=canada)
    RecommendationFactory(published=True, report=other, code="MA-01", audience=mars)

    both = context(client, LIST)
    one = context(client, f"{LIST}?report=other")

    assert [row.code for row in both["page"].object_list] == ["CA-01", "MA-01"]
    assert [row for row, _cells in both["overview"]["rows"]] == [canada]
    assert [row.code for row in one["page"].object_list] == ["MA-01"]
    assert [row for row, _cells in one["overview"]["rows"]] == [mars]
    assert len(choices(client, "", "audience")) == 2
    assert choices(client, "report=other", "audience") == [f"{mars} (1)"]


def test_where_there_is_one_report_none_can_be_chosen(client: Client, front: Report) -> None:
    RecommendationFactory(published=True, report=front)
    assert 'name="report"' not in client.get(LIST).content.decode()
    assert 'name="report"' not in client.get(PROGRESS).content.decode()

    answer = client.get(f"{LIST}?report=none-such")

    assert "“none-such” is not one of these" in answer.content.decode()
    assert list(answer.context["page"]) == []


def test_each_figure_of_a_filter_is_what_choosing_it_leaves(
    client: Client, front: Report, other: Report, editor: User
) -> None:
    audiences, pillars = AudienceFactory.create_batch(2), PillarFactory.create_batch(2)
    people = AddresseeFactory.create_batch(3)
    for n in range(12):
        row = RecommendationFactory(
            published=True,
            report=front if n % 3 else other,
            audience=audiences[n % 2],
            pillar=pillars[n // 6],
            addressees=[people[n % 3], people[2]] if n % 3 < 2 else [people[2]],
            text=f"Make {'peace' if n % 4 else 'haste'} number {n}",
        )
        if n % 5 < 2:
            day = timezone.localdate() - timedelta(days=800 if n % 5 else 20)
            found(row, editor, status=Status.IN_PLACE, on=day)
    RecommendationFactory(report=front, audience=audiences[0], pillar=pillars[0])  # a draft

    for query in (
        "",
        f"addressee={people[0].slug}&pillar={pillars[1].slug}",
        f"audience={audiences[0].slug}",
        f"q=peace&addressee={people[2].slug}",
        "report=front&stale=yes",
        "status=in-place&stale=no&q=peace",
    ):
        form = context(client, f"{LIST}?{query}")["form"]
        asked = dict(parse_qsl(query))
        rows = Recommendation.objects.public()
        rows = rows.filter(text__contains=asked.pop("q")) if "q" in asked else rows
        for name in ("report", "audience", "pillar", "addressee", "status", "stale"):
            for value, label in form.fields[name].choices:
                if value:
                    left = rows.matching(**{**asked, name: value}).count()
                    assert str(label).endswith(f"({left})"), (query, name, value)


@pytest.mark.parametrize(
    ("name", "kind", "heading"),
    [
        ("Prime Minister", "office", "Everything asked of the Prime Minister"),
        ("The Crown", "office", "Everything asked of The Crown"),
        (
            "Members of Congress",
            "members-of-a-legislature",
            "Everything asked of Members of Congress",
        ),
    ],
)
def test_a_list_by_addressee_says_so_above_it(
    client: Client, front: Report, name: str, kind: str, heading: str
) -> None:
    addressee = AddresseeFactory(slug="who", name_en=name, kind=kind)
    RecommendationFactory(published=True, report=front, addressees=[addressee], code="CA-01")
    RecommendationFactory(published=True, report=front, code="CA-02")

    page = Page(client.get(f"{LIST}?addressee=who").content.decode())
    narrowed = context(client, f"{LIST}?addressee=who&status=not-assessed")["heading"]

    assert words(text_of(page.one("h1"))) == heading
    assert narrowed == heading.replace("Everything asked", "Asked")
    assert codes(client, "addressee=who") == ["CA-01"]


def test_an_assessment_older_than_two_years_says_so_and_is_counted(
    client: Client, front: Report, editor: User
) -> None:
    today = timezone.localdate()
    old, new, never = (
        RecommendationFactory(published=True, report=front, code=code)
        for code in ("CA-01", "CA-02", "CA-03")
    )
    found(old, editor, on=today - timedelta(days=731))
    found(new, editor, on=today - timedelta(days=730))

    page = Page(client.get(LIST).content.decode())

    marked = [words(text_of(row)) for row in page.all("li") if row.get("class") == "rec"]
    assert ["may be out of date" in row for row in marked] == [True, False, False]
    assert "1 of 2 assessments may be out of date" in said(client, LIST)
    assert codes(client, "stale=yes") == [old.code]
    assert codes(client, "stale=no") == [new.code]
    assert never.code in codes(client, "")


# ---- Progress over the years ----


def test_progress_tells_each_year_what_changed_and_what_is_out_of_date(
    client: Client, front: Report, editor: User
) -> None:
    canada = AudienceFactory(slug="canada", name_en="Canada")
    row = RecommendationFactory(published=True, report=front, code="CA-01", audience=canada)
    RecommendationFactory(published=True, report=front, code="US-01")
    found(row, editor, status=Status.IN_PLACE, on=date(2012, 5, 1), summary="An office opened.")
    wrong = found(row, editor, status=Status.UNDONE_SINCE, on=date(2015, 1, 1), summary="Shut.")
    wrong.retract(by=editor, reason="It had only moved.")
    ProgressUpdateFactory(recommendation=row, summary="Nobody has read this.")
    reply = ReplyFactory(recommendation=row, summary="We thank you.")
    SourceFactory(update=None, reply=reply)
    reply.publish(by=editor)

    shown = context(client, PROGRESS)
    told = said(client, PROGRESS)

    drawn = shown["years"]
    assert dict(drawn.rows)[2011] == [("In place", 0), ("Not yet assessed", 2)]
    assert dict(drawn.rows)[2016] == [("In place", 1), ("Not yet assessed", 1)]
    assert drawn.sentence in told
    assert "Of 2 recommendations, none had been assessed as of the end of 2009" in told
    for text in ("An office opened.", "It had only moved.", "We thank you."):
        assert text in told
    assert "Shut." not in told
    assert "Nobody has read this." not in told
    assert [stale.code for stale in shown["stale"]] == ["CA-01"]
    assert [stale.code for stale in context(client, f"{PROGRESS}?audience=canada")["stale"]]


def test_progress_is_of_one_report_and_of_an_audience_of_it(
    client: Client, front: Report, other: Report, editor: User
) -> None:
    canada = AudienceFactory(slug="canada")
    ours = RecommendationFactory(published=True, report=front, audience=canada)
    theirs = RecommendationFactory(published=True, report=other)
    for row, text in ((ours, "Ours moved."), (theirs, "Theirs moved.")):
        found(row, editor, on=date(2012, 5, 1), summary=text)

    assert "Ours moved." in said(client, PROGRESS)
    assert "Theirs moved." not in said(client, PROGRESS)
    assert "Theirs moved." in said(client, f"{PROGRESS}?report=other")
    # The audience belongs to the front alone.
    shown = context(client, f"{PROGRESS}?report=other&audience=canada")
    assert shown["form"].errors["audience"]
    assert "years" not in shown
    assert "“none-such” is not one of these reports." in said(
        client, f"{PROGRESS}?report=none-such"
    )


def test_where_no_report_is_public_nothing_is_counted(client: Client) -> None:
    assert "No report has been published here yet" in said(client, PROGRESS)
    assert "There is nothing to compare yet" in said(client, COMPARE)


def test_columns_stand_on_each_other_and_end_at_the_top() -> None:
    drawn = years({2020: {"not-assessed": 4}, 2021: {"in-place": 1, "not-assessed": 3}})

    assert drawn is not None
    assert [(layer.value, layer.d) for layer in drawn.layers] == [
        ("in-place", "M22.5 75.0h15v25.0h-15z"),
        ("not-assessed", "M2.5 0.0h15v100.0h-15zM22.5 0.0h15v75.0h-15z"),
    ]
    assert years({}) is None


# ---- Line by line ----


@pytest.fixture
def lines(front: Report) -> dict[str, Recommendation]:
    canada = AudienceFactory(slug="canada", name_en="Canada")
    states = AudienceFactory(slug="united-states", name_en="United States")
    press = AudienceFactory(slug="press", name_en="The press")
    office, corps = (
        Subject.objects.create(slug=slug, name_en=slug.title()) for slug in ("office", "corps")
    )
    rows = {
        "CA-01": (canada, office),
        "CA-02": (canada, corps),
        "CA-03": (canada, None),
        "US-01": (states, office),
        "US-02": (states, office),
        "PR-01": (press, corps),
    }
    return {
        code: RecommendationFactory(
            published=True, report=front, code=code, audience=audience, subject=subject
        )
        for code, (audience, subject) in rows.items()
    }


def compared(client: Client, query: str) -> tuple[list[object], list[object]]:
    comparison = context(client, f"{COMPARE}?{query}")["comparison"]
    return (
        [
            (line.subject.slug, *([row.code for row in side] for side in line.sides))
            for line in comparison.lines
        ],
        [[row.code for row in alone.rows] for alone in comparison.alone],
    )


def test_two_audiences_stand_line_by_line_and_what_has_no_counterpart_after_them(
    client: Client, lines: dict[str, Recommendation]
) -> None:
    assert compared(client, "") == (
        [("office", ["CA-01"], ["US-01", "US-02"])],
        [["CA-02", "CA-03"], []],
    )
    assert compared(client, "first=press&second=canada") == (
        [("corps", ["PR-01"], ["CA-02"])],
        [[], ["CA-01", "CA-03"]],
    )
    assert compared(client, "second=canada")[0] == [("office", ["US-01", "US-02"], ["CA-01"])]
    assert "this site’s reading" in said(client, COMPARE)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("first=mars", "“mars” is not one of these audiences."),
        ("first=canada&second=canada", "Choose two different audiences."),
    ],
)
def test_what_cannot_be_compared_is_said_beside_the_choice(
    client: Client, lines: dict[str, Recommendation], query: str, message: str
) -> None:
    answer = client.get(f"{COMPARE}?{query}")

    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert answer.context["comparison"] is None


def test_an_audience_of_a_draft_is_not_offered(
    client: Client, lines: dict[str, Recommendation]
) -> None:
    RecommendationFactory(audience=AudienceFactory(slug="secret"))

    form = context(client, COMPARE)["form"]

    assert [value for value, _label in form.fields["first"].choices] == [
        "canada",
        "united-states",
        "press",
    ]
