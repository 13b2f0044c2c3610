"""Another report beside the front of the site: how an editor adds it, and how everybody sees it."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recommendations.models import Audience, Entry, EntryKind, Pillar, Recommendation, Report
from recommendations.report_forms import ReportForm
from recommendations.search import Asked, find
from tests.factories import (
    AudienceFactory,
    PillarFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReportFactory,
)
from tests.markup import Page, faults

pytestmark = pytest.mark.django_db

FACTS = {
    "title": "Acting in time",
    "publisher": "An institute",
    "released": "2021-05-01",
    "released_precision": "month",
    "language": "en",
    "summary": "One.\r\n\r\nTwo.",
}
LIST = """audience,pillar,addressees,text,Notes
South Africa,Acting early,The President; Parliament,"Watch for signs, “always”.",x
South Africa,Acting early,Parliament,Vote the money.,
,Acting early,Parliament,Nobody’s.,
"""


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def at(name: str, *args: str) -> str:
    return reverse(f"recommendations:{name}", args=args)


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def fields(answer: Any) -> dict[str, str]:
    """What the page's own form would send if nobody touched it."""
    page = Page(answer.content.decode())
    found = {row.get("name", ""): row.get("value") or "" for row in page.all("input")}
    found |= {row.get("name", ""): "" for row in page.all("select")}
    return {name: value for name, value in found.items() if name}


def draft(**values: Any) -> Report:
    report: Report = ReportFactory(published_at=None, published_by=None, published=False, **values)
    return report


def test_from_nothing_to_a_public_report(desk: Client) -> None:
    begun = desk.post(at("report_new"), FACTS)
    slug = Report.objects.get().slug
    assert (slug, begun["Location"]) == ("acting-in-time", at("report_plan", "acting-in-time"))
    assert Report.objects.get().summary == "One.\n\nTwo."

    asked = desk.post(at("report_import", slug), {"text": LIST})
    said = words(asked)
    assert "2 recommendations are understood" in said
    assert "is not read, for none of a list is called so: Notes" in said
    assert "Row 4 : No audience is named." in said
    assert not Recommendation.objects.exists()

    unanswered = desk.post(at("report_import", slug), {"rows": fields(asked)["rows"]})
    assert "Choose what kind of addressee it is." in words(unanswered)
    assert "Write two to four letters" in words(unanswered)
    assert faults(Page(unanswered.content.decode())) == []

    answers = fields(asked) | {"leave": "on", "code_prefix-0": "za"}
    answers |= {name: "office" for name in answers if name.startswith("kind-")}
    preview = desk.post(at("report_import", slug), answers)
    assert "an audience, codes begin with ZA" in words(preview)
    assert "ZA-02" in words(preview)
    assert faults(Page(preview.content.decode())) == []
    assert not Audience.objects.exists()

    seal = {"rows": fields(preview)["rows"]}
    for _click in range(2):  # a double click
        taken = desk.post(at("report_import", slug), seal)
        assert taken["Location"] == at("report_plan", slug)
    assert Recommendation.objects.count() == 2
    assert Client().get("/recommendations/ZA-01/").status_code == 404

    question = desk.get(at("report_publish", slug))
    assert "Publish 2 recommendations?" in words(question)
    desk.post(at("report_publish", slug), fields(question))
    shown = words(Client().get(f"/recommendations/reports/{slug}/"))
    assert "2 recommendations" in shown
    assert "South Africa" in shown
    assert Client().get("/recommendations/ZA-01/").status_code == 200
    (entry,) = find(Asked("Acting in time"), [EntryKind.REPORT], limit=5)
    assert entry.path == f"/recommendations/reports/{slug}/"

    desk.post(at("report_withdraw", slug))
    assert Client().get("/recommendations/ZA-01/").status_code == 404
    assert Client().get(f"/recommendations/reports/{slug}/").status_code == 404
    assert not Entry.objects.filter(kind__in=["report", "recommendation"]).exists()


def test_a_report_begun_twice_is_there_once(desk: Client) -> None:
    first, second = (desk.post(at("report_new"), FACTS)["Location"] for _click in range(2))

    assert first == second
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": ""}, "Write the title of the report."),
        ({"released": "2999-01-01"}, "This day lies ahead"),
        ({"released": "0202-05-01"}, "Look at the year again"),
        ({"released": "yesterday"}, "Write the date as year, month and day"),
        ({"website": "javascript:alert(1)"}, "Write a whole link"),
        ({"website": f"https://example.org/{'x' * 200}"}, "longer than 200 characters"),
        ({"slug": "new"}, "This address is that of another page"),
        ({"slug": "with blanks"}, "An address is made of letters"),
        ({"title": "a\x00b"}, "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(
    values: dict[str, str], said: str, desk: Client
) -> None:
    answer = desk.post(at("report_new"), FACTS | values)

    assert said in words(answer)
    assert "There is a problem" in words(answer)
    assert "An institute" in answer.content.decode()
    assert not Report.objects.exists()


def test_what_a_public_report_says_is_not_edited(desk: Client) -> None:
    report = ReportFactory(title="As it was", slug="as-it-was")

    desk.post(
        at("report_change", report.slug),
        FACTS | {"title": "Other", "slug": "other", "publisher": "Its new name"},
    )

    report.refresh_from_db()
    assert (report.title, report.slug, report.publisher) == (
        "As it was",
        "as-it-was",
        "Its new name",
    )


def test_a_report_is_never_newer_than_what_was_found_of_it(desk: Client) -> None:
    report = ReportFactory(slug="as-it-was", released=date(2012, 5, 1))
    update = ProgressUpdateFactory(recommendation__report=report, on=date(2015, 5, 1))

    said = words(desk.post(at("report_change", report.slug), FACTS | {"released": "2016-01-01"}))
    desk.post(at("report_change", report.slug), FACTS | {"released": "2013-01-01"})

    assert "Something was found of an earlier day" in said
    report.refresh_from_db()
    assert report.released == date(2013, 1, 1) < update.on


def test_to_change_its_facts_takes_nothing_back_that_was_published_meanwhile(
    desk: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = draft(slug="as-it-was")
    read = ReportForm.is_valid

    def published_meanwhile(form: ReportForm) -> bool:
        Report.objects.get(pk=report.pk).publish(by=editor)
        return read(form)

    monkeypatch.setattr(ReportForm, "is_valid", published_meanwhile)

    desk.post(at("report_change", report.slug), FACTS)

    report.refresh_from_db()
    assert (report.title, report.is_public) == (FACTS["title"], True)


def test_audiences_and_pillars_are_chosen_for_a_list_or_added(desk: Client) -> None:
    report = draft()
    AudienceFactory(name_en="Canada", slug="canada", code_prefix="CA")
    PillarFactory(name_en="Capacity", slug="capacity")
    parts = at("report_parts", report.slug)

    new = {"part": "audience", "audience-name_en": "South Africa", "audience-code_prefix": "za"}
    desk.post(parts, new)
    desk.post(parts, {"part": "pillar", "pillar-name_en": "Acting early"})
    taken = desk.post(parts, new | {"audience-name_en": "Zambia"})
    twice = desk.post(parts, new | {"audience-code_prefix": "ZZ"})
    sample = desk.get(
        at("report_sample", report.slug),
        {"audience": ["canada", "south-africa"], "pillar": "capacity"},
    )

    assert "Codes of “South Africa” begin so" in words(taken)
    assert "“South Africa” is here already." in words(twice)
    assert [row.code_prefix for row in Audience.objects.all()] == ["CA", "ZA"]
    assert [row.slug for row in Pillar.objects.all()] == ["capacity", "acting-early"]
    assert sample.content.decode("utf-8-sig").splitlines() == [
        "code,audience,pillar,addressees,text,translation,order,subject",
        ",Canada,Capacity,,,,,",
        ",South Africa,Capacity,,,,,",
    ]


def test_nothing_is_published_that_was_not_shown(desk: Client) -> None:
    report = draft()
    RecommendationFactory(report=report)
    seen = fields(desk.get(at("report_publish", report.slug)))
    RecommendationFactory(report=report)

    answer = desk.post(at("report_publish", report.slug), seen)

    assert "have changed meanwhile" in words(answer)
    assert "Publish 2 recommendations?" in words(answer)
    report.refresh_from_db()
    assert not report.is_public


def test_a_preview_is_good_for_its_report_and_whoever_saw_it(
    desk: Client, administrator: User
) -> None:
    report, other = draft(), draft()
    AudienceFactory(name_en="Canada")
    text = "audience,pillar,addressees,text\nCanada,P,A,Act."
    seal = {"rows": fields(desk.post(at("report_import", report.slug), {"text": text}))["rows"]}
    somebody = Client()
    somebody.force_login(administrator)

    answers = [
        desk.post(at("report_import", other.slug), seal),
        somebody.post(at("report_import", report.slug), seal),
        desk.post(at("report_import", report.slug), {"rows": "x" * 5_000}),
    ]

    assert ["This preview has expired" in words(answer) for answer in answers] == [True] * 3
    changed = desk.post(at("report_import", report.slug), seal | {"change": "1"})
    assert "Canada,P,A,Act." in changed.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("head.csv", b"audience,pillar,addressees,text"),
        ("nul.csv", b"audience,pillar,addressees,text\nCanada,P,A,a\x00b"),
        ("large.csv", b"x" * 10_000_000),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    ],
)
def test_a_nasty_file_is_refused_in_words(name: str, content: bytes, desk: Client) -> None:
    answer = desk.post(
        at("report_import", draft().slug), {"sheet": SimpleUploadedFile(name, content)}
    )

    assert answer.status_code == 200
    assert "There is a problem" in words(answer)


# ---- Several reports ----


def test_the_front_of_the_site_stays_the_front() -> None:
    front = ReportFactory(is_front=True, title="The front", goal="Unmistakable goal")
    other = ReportFactory(title="The other", released=front.released.replace(year=1999))
    RecommendationFactory(report=front, published=True, code="CA-01")
    for number in range(3):
        RecommendationFactory(report=other, published=True, code=f"ZA-0{number}")

    home, about = words(Client().get("/")), words(Client().get("/about/"))
    everywhere = words(Client().get("/recommendations/reports/"))

    assert "1 actions asked of" in home
    assert "Where the one recommendation stands" in home
    assert "The other" in about
    assert everywhere.index("The front") < everywhere.index("The other")
    paths = {entry.title: entry.path for entry in Entry.objects.filter(kind=EntryKind.REPORT)}
    assert paths == {report.title: report.get_absolute_url() for report in (front, other)}
    assert (paths["The front"], paths["The other"]) == (
        "/about/",
        f"/recommendations/reports/{other.slug}/",
    )


def test_a_page_about_a_report_asks_as_often_for_many_recommendations_as_for_few(
    django_assert_max_num_queries: Any, editor: User, desk: Client
) -> None:
    report = ReportFactory()
    for _ in range(30):
        RecommendationFactory(report=report, published=True)

    for path in ("/recommendations/reports/", report.get_absolute_url()):
        with django_assert_max_num_queries(6):
            assert Client().get(path).status_code == 200
    for name in ("report_plan", "report_publish"):
        with django_assert_max_num_queries(10):
            assert desk.get(at(name, report.slug)).status_code == 200
