"""The pages that join several apps, and those every site has."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import letters
from accounts.models import User
from accounts.worker import Working
from recommendations.search import WINDOW
from resolutions.models import Instrument, StepKind
from tests.factories import (
    ContributionFactory,
    DialogueFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReportFactory,
    ResolutionFactory,
    SourceFactory,
    UserFactory,
)
from tests.working import work

pytestmark = pytest.mark.django_db


def test_home_is_a_page_even_before_anything_is_loaded(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert "Nothing recorded yet." in response.content.decode()


def test_home_counts_hopes_and_concerns_of_public_dialogues(client: Client) -> None:
    shown = DialogueFactory(published=True)
    for kind in ("hope", "concern", "idea"):
        ContributionFactory(dialogue=shown, kind=kind, posted=True)
        ContributionFactory(dialogue=DialogueFactory(), kind=kind, posted=True)

    assert client.get("/").context["hopes_and_concerns"] == 2


@pytest.mark.parametrize(
    ("instrument", "kind", "numbers"),
    [
        (Instrument.COUNCIL_RESOLUTION, StepKind.ADOPTED, (1, 0, 0)),
        (Instrument.BYLAW, StepKind.AMENDED, (1, 0, 0)),
        (Instrument.COUNCIL_RESOLUTION, StepKind.REFERRED, (0, 1, 0)),
        (Instrument.PROCLAMATION, StepKind.PROCLAIMED, (0, 0, 1)),
        (Instrument.ASSOCIATION, StepKind.ADOPTED, (0, 0, 0)),
    ],
)
def test_a_proclamation_is_never_counted_as_adopted(
    client: Client, instrument: str, kind: StepKind, numbers: tuple[int, int, int]
) -> None:
    editor = UserFactory()
    resolution = ResolutionFactory(instrument=instrument)
    resolution.record_step(kind, on=date(2010, 11, 12), by=editor, verified=True)
    resolution.publish(by=editor)

    found = client.get("/").context["numbers"]

    assert (found.adopted, found.open, found.proclaimed) == numbers


def test_search_groups_hits_and_pages_one_kind(client: Client) -> None:
    RecommendationFactory(published=True, report=ReportFactory(published=True), text="A zebra")
    dialogue = DialogueFactory(published=True)
    ContributionFactory.create_batch(45, dialogue=dialogue, text="A zebra", posted=True)

    grouped = client.get("/search/?q=zebra").context["groups"]
    second = client.get("/search/?q=zebra&kind=statement&page=2")

    assert [(group.kind, group.count) for group in grouped] == [
        ("recommendation", 1),
        ("statement", 45),
    ]
    assert len(second.context["hits"]) == 5
    assert client.get("/search/?q=zebra&kind=statement&page=3").status_code == 404


def test_search_says_when_a_query_is_too_long_and_keeps_it(client: Client) -> None:
    response = client.get("/search/", {"q": "z" * 10_000})

    html = response.content.decode()
    assert response.status_code == 200
    assert "That is 10000 characters" in html
    assert "z" * 10_000 in html


def test_search_for_an_unknown_kind_is_not_there(client: Client) -> None:
    response = client.get("/search/?q=zebra&kind=spell")

    assert response.status_code == 404
    assert "There is nothing of the kind “spell”." in response.content.decode()


def test_search_says_when_words_are_everywhere(client: Client) -> None:
    assert "is in nearly every text" in client.get("/search/?q=the").content.decode()


def test_search_says_when_only_the_newest_were_ranked(client: Client) -> None:
    dialogue = DialogueFactory(published=True)
    ContributionFactory.create_batch(3, dialogue=dialogue, text="A zebra", posted=True)

    with mock.patch("w2i.pages.views.WINDOW", 2), mock.patch("recommendations.search.WINDOW", 2):
        html = client.get("/search/?q=zebra&kind=statement").content.decode()

    assert "More than 2 match" in html
    assert WINDOW == 1_000


def test_activity_is_newest_first_and_in_the_feed(client: Client) -> None:
    old = DialogueFactory(published=True, title="The old one", on=date(2009, 11, 27))
    new = DialogueFactory(published=True, title="The new one", on=date(2010, 4, 8))
    DialogueFactory(title="Not public")

    listed = [entry.object_id for entry in client.get("/activity/").context["page"]]
    feed = client.get("/activity.atom")

    assert listed[:2] == [new.pk, old.pk]
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "The new one" in feed.content.decode()
    assert "Not public" not in feed.content.decode()


def test_words_in_the_feed_are_no_markup_and_break_no_reader(client: Client) -> None:
    update = ProgressUpdateFactory(
        recommendation=RecommendationFactory(published=True), summary="A <b>bill</b>\x0b & more."
    )
    SourceFactory(update=update)
    update.publish(by=UserFactory())

    feed = client.get("/activity.atom").content.decode()

    assert "A &amp;lt;b&amp;gt;bill&amp;lt;/b&amp;gt; &amp;amp; more." in feed


def test_the_feed_in_french_leads_to_french_pages(client: Client) -> None:
    dialogue = DialogueFactory(published=True)

    feed = client.get("/fr/activity.atom").content.decode()

    assert f"http://testserver/fr/dialogues/{dialogue.slug}/" in feed


def test_healthz_says_that_all_is_well(client: Client) -> None:
    Working().beat()

    response = client.get("/healthz")

    assert response.status_code == 200
    well = {"status": "ok", "database": "ok", "migrations_waiting": 0}
    assert response.json() == {**well, "work": "ok"}


def test_healthz_says_that_there_is_no_worker_before_anything_is_late(client: Client) -> None:
    letters.post("a-1", to="ann@example.org", subject="A", text="A")

    assert client.get("/healthz").json()["work"] == "nobody"


def test_healthz_says_that_nobody_works_and_stays_well(client: Client) -> None:
    letters.post("a-1", to="ann@example.org", subject="A", text="A")
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))

    response = client.get("/healthz")

    assert (response.status_code, response.json()["work"]) == (200, "late")


def test_healthz_says_when_the_database_does_not_answer(client: Client) -> None:
    with mock.patch("w2i.pages.views.MigrationExecutor", side_effect=DatabaseError):
        response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"status": "failing", "database": "no answer"}


def test_healthz_says_when_migrations_wait(client: Client) -> None:
    executor: Any = mock.Mock()
    executor.return_value.migration_plan.return_value = [("recommendations.0009", False)]

    with mock.patch("w2i.pages.views.MigrationExecutor", executor):
        response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["migrations_waiting"] == 1


def test_crawlers_are_told_of_public_pages_in_both_languages(client: Client) -> None:
    shown = RecommendationFactory(published=True, report=ReportFactory(published=True))
    hidden = RecommendationFactory(report=shown.report)
    told = DialogueFactory(published=True)
    invented = DialogueFactory(published=True, is_demo=True)

    sitemap = client.get("/sitemap.xml").content.decode()
    robots = client.get("/robots.txt").content.decode()

    assert f"<loc>http://testserver/recommendations/{shown.code}/</loc>" in sitemap
    assert f"<loc>http://testserver/fr/recommendations/{shown.code}/</loc>" in sitemap
    assert f"<loc>http://testserver/dialogues/{told.slug}/statements/</loc>" in sitemap
    assert "<loc>http://testserver/fr/councils/</loc>" in sitemap
    assert hidden.code not in sitemap
    assert invented.slug not in sitemap
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert "Disallow: /admin/" in robots


def test_a_failure_is_told_in_the_look_of_the_site(client: Client) -> None:
    client.raise_request_exception = False

    with mock.patch("w2i.pages.views._opening_voices", side_effect=RuntimeError):
        response = client.get("/")

    assert response.status_code == 500
    assert "Something on our side has failed" in response.content.decode()


def test_a_form_without_its_token_is_told_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.org"})

    assert response.status_code == 403
    assert "That form could not be taken" in response.content.decode()


def test_invented_numbers_stand_apart_and_say_so(client: Client) -> None:
    real = DialogueFactory(published=True)
    demo = DialogueFactory(published=True, is_demo=True)
    ContributionFactory(dialogue=real, kind="hope", posted=True)
    ContributionFactory.create_batch(3, dialogue=demo, kind="hope", posted=True)

    response = client.get("/")

    assert response.context["hopes_and_concerns"] == 1
    assert "Demonstration data: 3" in response.content.decode()
    assert 'aria-label="Demonstration data"' in response.content.decode()


@pytest.mark.parametrize("path", ["/about/", "/method/", "/fr/about/", "/fr/method/"])
def test_pages_of_explanation_are_there(client: Client, path: str) -> None:
    ReportFactory(published=True, title="A report", summary="What it says.")

    assert client.get(path).status_code == 200


def test_signing_in_with_a_wrong_password_says_so_and_keeps_the_address(client: Client) -> None:
    UserFactory(email="ada@example.org")

    response = client.post("/accounts/login/", {"login": "ada@example.org", "password": "wrong"})

    html = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in html
    assert '<a href="#id_login">The e-mail address or the password is not right.</a>' in html
    assert 'value="ada@example.org"' in html


def test_signing_in_leads_home_and_the_header_offers_the_way_out(client: Client) -> None:
    user = UserFactory(email="ada@example.org")
    user.set_password("a long enough password")
    user.save()

    response = client.post(
        "/accounts/login/",
        {"login": "Ada@Example.org", "password": "a long enough password"},
        follow=True,
    )

    assert response.redirect_chain == [("/", 302)]
    assert "Sign out" in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"


def test_a_forgotten_password_is_reset_by_mail(client: Client, mailoutbox: list[Any]) -> None:
    UserFactory(email="ada@example.org")

    for address in ("ada@example.org", "nobody@example.org"):
        response = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        # The answer is the same, so nobody learns who has an account.
        assert response.redirect_chain == [("/accounts/password/reset/done/", 302)]
    work()

    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]


def test_there_is_no_signing_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_a_source_is_marked_with_its_own_language(client: Client, editor: User) -> None:
    source = SourceFactory(title="La Gazette", language="fr")
    source.update.publish(by=editor)

    page = client.get(source.update.recommendation.get_absolute_url()).text

    assert '<span lang="fr">A gazette, <a href=' in page
