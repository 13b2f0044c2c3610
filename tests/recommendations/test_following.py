"""Following by e-mail: what is asked, what a subscriber changes, what a digest tells to whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.limits import Limit
from accounts.models import Letter, User
from recommendations import digests, following
from recommendations.models import Follow, Recommendation, Rhythm, Subscriber
from recommendations.views import following as views
from tests import factories
from tests.working import work

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)  # a Monday
PATH = "/recommendations/CA-01/follow/"


@pytest.fixture
def recommendation() -> Recommendation:
    row: Recommendation = factories.RecommendationFactory(code="CA-01", published=True)
    return row


def subscribed(thing: Any = None, **fields: Any) -> Subscriber:
    """Somebody who follows a thing, whose digest is due at four on the Monday."""
    row: Subscriber = factories.SubscriberFactory(
        confirmed=True, next_digest_at=NOON + timedelta(hours=4), **fields
    )
    if thing:
        name = thing._meta.model_name
        things = {"recommendation": None, name: thing}
        factories.FollowFactory(subscriber=row, confirmed=True, **things)
    return row


def publish(recommendation: Recommendation, by: User, **fields: Any) -> Any:
    update = factories.ProgressUpdateFactory(recommendation=recommendation, **fields)
    factories.SourceFactory(update=update)
    update.publish(by=by)
    return update


def page_of(row: Subscriber) -> str:
    return f"/following/{following.token_of(row)}/"


# ---- Asked for ----


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": ""}, "Write an e-mail address."),
        ({"email": "ann"}, "Write a whole e-mail address, such as name@example.org."),
        # Second spellings of other addresses.
        ({"email": '"ann"@example.org'}, "Write a whole e-mail address"),
        ({"email": "ann@[127.0.0.1]"}, "Write a whole e-mail address"),
        ({"email": "\u212aate@example.org"}, "Write a whole e-mail address"),
        ({"rhythm": "hourly"}, "Choose one of these."),
        ({"rhythm": ""}, "Choose how often."),
        ({"website": "https://example.org"}, "send what you wrote once more"),
    ],
    ids=["none", "half", "quoted", "no name", "kelvin", "too often", "no rhythm", "machine"],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    recommendation: Recommendation, wrong: dict[str, str], said: str
) -> None:
    typed = {"email": "ann@example.org\x00", "rhythm": "daily", **wrong}

    html = " ".join(Client().post(PATH, typed).content.decode().split())

    assert said in html
    assert "There is a problem" in html
    if "email" not in wrong:
        assert 'value="ann@example.org"' in html
    assert not Letter.objects.exists()


def test_one_network_can_not_send_forever(
    recommendation: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SENT", Limit("following", 2, 3_600))
    sent = [
        Client().post(PATH, {"email": f"reader{n}@example.org", "rhythm": "daily"})
        for n in range(3)
    ]

    assert [answer.status_code for answer in sent] == [302, 302, 429]
    assert "Wait an hour, then send yours again." in sent[-1].content.decode()
    assert Subscriber.objects.count() == 2


def test_nor_can_very_many_networks_together(
    recommendation: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SENT_BY_ALL", Limit("following-by-all", 2, 3_600))
    sent = [
        Client(REMOTE_ADDR=f"203.0.113.{n}").post(
            PATH, {"email": f"reader{n}@example.org", "rhythm": "daily"}
        )
        for n in range(3)
    ]

    assert [answer.status_code for answer in sent] == [302, 302, 429]
    assert 'value="reader2@example.org"' in sent[-1].content.decode()
    assert Subscriber.objects.count() == 2


def test_where_no_mail_is_sent_the_page_says_so(
    recommendation: Recommendation, settings: Settings, editor: User
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    for answer in (Client().get(PATH), Client().post(PATH, {"email": "ann@example.org"})):
        assert "This site sends no e-mail at the moment" in answer.content.decode()
    assert not Subscriber.objects.exists()

    # What is new waits until mail is sent again.
    subscribed(recommendation)
    publish(recommendation, editor)
    assert digests.send_due(NOON + timedelta(hours=5)) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert digests.send_due(NOON + timedelta(hours=5)) == 1


def test_who_follows_it_already_is_sent_their_link_once_a_week(
    recommendation: Recommendation,
) -> None:
    row = subscribed(recommendation, rhythm=Rhythm.WEEKLY)
    for hours in (0, 1, 30):
        following.ask(
            recommendation, email=row.email, rhythm="daily", at=NOON + timedelta(hours=hours)
        )
    work()

    (letter,) = mail.outbox
    assert letter.subject == "You follow this already"
    assert f"{recommendation.code}\n{recommendation.text}\n" in letter.body
    assert following.link_of(row) in letter.body
    row.refresh_from_db()
    # Whoever knows the address alone changes nothing.
    assert row.rhythm == Rhythm.WEEKLY


def test_another_thing_waits_to_be_confirmed_and_is_not_told_before(
    recommendation: Recommendation, editor: User
) -> None:
    row = subscribed(factories.RecommendationFactory(published=True))
    following.ask(recommendation, email=row.email.upper())
    publish(recommendation, editor)

    assert digests.send_due(NOON + timedelta(hours=5)) == 0
    assert "Is this your wish?" in Client().get(page_of(row)).content.decode()


def test_what_nobody_confirms_is_gone_after_a_week(recommendation: Recommendation) -> None:
    following.ask(recommendation, email="ann@example.org", at=NOON)
    row = subscribed(recommendation)
    link = page_of(Subscriber.objects.get(email="ann@example.org"))

    following.forget(NOON + timedelta(days=7, minutes=-1))
    assert Client().get(link).status_code == 200
    following.forget(NOON + timedelta(days=7))

    assert list(Subscriber.objects.all()) == [row]
    assert not Letter.objects.exclude(to="").exists()
    answer = Client().get(link)
    assert (answer.status_code, "confirmed too late" in answer.content.decode()) == (404, True)


def test_what_is_confirmed_while_the_others_are_swept_away_stays(
    recommendation: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ann", "bob"):
        following.ask(recommendation, email=f"{name}@example.org", at=NOON)
    late = Follow.objects.get(subscriber__email="bob@example.org")
    stop = following.stop

    def stopped(follow: Follow) -> None:
        following.confirm(late)
        stop(follow)

    monkeypatch.setattr(following, "stop", stopped)
    following.forget(NOON + timedelta(days=7))

    assert [row.email for row in Subscriber.objects.all()] == ["bob@example.org"]
    assert list(Follow.objects.confirmed()) == [late]


# ---- The private page ----


def test_the_page_says_in_the_words_of_its_language_when_the_next_letter_comes(
    recommendation: Recommendation,
) -> None:
    row = subscribed(recommendation)
    Subscriber.objects.update(next_digest_at=datetime(2027, 3, 1, 16, tzinfo=UTC))

    for prefix, day in (("", "1 March 2027"), ("/fr", "1er mars 2027")):
        page = Client().get(f"{prefix}{page_of(row)}").content.decode()
        assert f'<time datetime="2027-03-01">{day}</time>' in page


@pytest.mark.parametrize("key", ["", "no-number", "0", "²", "9" * 30, "9" * 5_000, "1\x00"])
def test_what_is_not_followed_is_not_found(recommendation: Recommendation, key: str) -> None:
    row = subscribed(recommendation)

    answer = Client().post(page_of(row), {"verb": "stop", "follow": key})

    assert answer.status_code == 404
    assert row.follows.exists()


def test_a_subscriber_stops_one_changes_the_rhythm_and_leaves(
    recommendation: Recommendation,
) -> None:
    row = subscribed(recommendation)
    office = factories.AddresseeFactory()
    other = factories.FollowFactory(
        subscriber=row, recommendation=None, addressee=office, confirmed=True
    )
    page, client = page_of(row), Client()

    client.post(page, {"verb": "stop", "follow": other.pk})
    assert row.follows.get().recommendation == recommendation

    html = client.post(page, {"verb": "change", "rhythm": "", "language": "xx"}).content.decode()
    assert "Choose how often." in html
    client.post(page, {"verb": "change", "rhythm": "daily", "language": "fr"})
    row.refresh_from_db()
    assert (row.rhythm, row.language) == (Rhythm.DAILY, "fr")

    for follow in ("", "x", "²", "9" * 18, str(factories.FollowFactory().pk)):
        assert client.post(page, {"verb": "stop", "follow": follow}).status_code == 404
    answer = client.post(page, {"verb": "leave"}, follow=True)
    assert "You have left" in answer.content.decode()
    assert not Subscriber.objects.filter(pk=row.pk).exists()
    assert client.get(page).status_code == 404


def test_who_stops_the_last_thing_has_left(recommendation: Recommendation) -> None:
    row = subscribed(recommendation)

    answer = Client().post(
        page_of(row), {"verb": "stop", "follow": row.follows.get().pk}, follow=True
    )

    assert "You have left" in answer.content.decode()
    assert not Subscriber.objects.exists()


def test_an_address_is_erased_at_the_wish_of_whoever_it_belongs_to(
    recommendation: Recommendation,
) -> None:
    following.ask(recommendation, email="ann@example.org")

    call_command("erase", email="Ann@example.org", verbosity=0)

    assert not Subscriber.objects.exists()
    assert not Letter.objects.exclude(to="").exists()


# ---- Digests ----


def test_a_daily_digest_comes_once_a_day_and_a_weekly_one_once_a_week(
    recommendation: Recommendation, editor: User
) -> None:
    for rhythm in Rhythm.values:
        subscribed(recommendation, rhythm=rhythm, email=f"{rhythm}@example.org")
    sent: dict[str, list[str]] = {}

    for hour in range(15 * 24):
        at = NOON + timedelta(hours=hour)
        if at.hour == 9:
            publish(recommendation, editor)
        digests.send_due(at)
        work()
        for letter in mail.outbox:
            sent.setdefault(letter.to[0], []).append(f"{at:%d %H}")
        mail.outbox.clear()

    # The first finds nothing yet, and moves on by its own rhythm.
    assert sent["daily@example.org"] == [f"{day:02} 16" for day in range(8, 22)]
    assert sent["weekly@example.org"] == ["14 16", "21 16"]


def test_a_digest_that_was_missed_waits_for_the_day(
    recommendation: Recommendation, editor: User
) -> None:
    row = subscribed(recommendation, rhythm=Rhythm.DAILY)
    publish(recommendation, editor)
    made_up = [NOON + timedelta(days=1, hours=hours) for hours in (-10, 3, 8)]

    assert [digests.send_due(at) for at in made_up] == [0, 0, 1]

    row.refresh_from_db()
    # At eight in the evening; at four on the next day would be less than a day later.
    assert row.next_digest_at == NOON + timedelta(days=3, hours=4)


@pytest.mark.parametrize("name", ["recommendation", "addressee", "audience", "report"])
def test_each_thing_that_can_be_followed_tells_of_its_own(
    name: str, recommendation: Recommendation, editor: User
) -> None:
    office = factories.AddresseeFactory()
    recommendation.addressees.set([office])
    things = {
        "recommendation": recommendation,
        "addressee": office,
        "audience": recommendation.audience,
        "report": recommendation.report,
    }
    subscribed(things[name])
    publish(recommendation, editor, summary="This is told.")
    publish(factories.RecommendationFactory(published=True), editor, summary="This is not.")

    assert digests.send_due(NOON + timedelta(hours=4)) == 1

    text = Letter.objects.get().text
    assert ("This is told." in text, "This is not." in text) == (True, False)


def test_what_is_not_public_any_more_is_not_told(
    recommendation: Recommendation, editor: User
) -> None:
    row = subscribed(recommendation)
    publish(recommendation, editor)
    assert recommendation.text in Client().get(page_of(row)).content.decode()
    recommendation.withdraw()

    assert digests.send_due(NOON + timedelta(hours=4)) == 0
    assert recommendation.text not in Client().get(page_of(row)).content.decode()


def test_nobody_gets_two_at_once_when_the_mail_server_is_back(
    recommendation: Recommendation, editor: User
) -> None:
    subscribed(recommendation, rhythm=Rhythm.DAILY)
    days = [NOON + timedelta(days=n, hours=4) for n in range(4)]
    for n, day in enumerate(days[:3]):
        publish(recommendation, editor, summary=f"News {n}.")
        assert digests.send_due(day) == (n == 0)  # the first one waits meanwhile

    work()
    assert digests.send_due(days[3]) == 1
    work()

    told = [[n for n in range(3) if f"News {n}." in letter.body] for letter in mail.outbox]
    assert told == [[0], [1, 2]]


def test_what_was_published_and_corrected_and_retracted_since_is_told_as_that(
    recommendation: Recommendation, editor: User
) -> None:
    subscribed(recommendation)
    first = publish(recommendation, editor, summary="It was tabled.")
    publish(recommendation, editor, summary="It was read.", corrects=first)
    gone = publish(recommendation, editor, on=first.on + timedelta(days=9), summary="It passed.")
    gone.retract(by=editor, reason="Another bill passed.")
    digests.send_due(NOON + timedelta(hours=4))

    text = Letter.objects.get().text
    assert "Under way, as of 1 May 2024. Corrected since: see below.\n  It was tabled." in text
    assert "Correction of what was said as of 1 May 2024." in text
    assert "Why: Another bill passed." in text
    assert "It passed." not in text
    assert "Before: Not yet assessed." in text


def test_a_letter_tells_fifty_things_in_the_order_of_the_report_and_how_many_more(
    editor: User,
) -> None:
    report = factories.ReportFactory(published=True)
    rows = [
        factories.RecommendationFactory(report=report, published=True, order=9 - n, code=f"XX-0{n}")
        for n in range(3)
    ]
    subscribed(report)
    for n in range(18):
        for row in rows:
            publish(row, editor, summary=f"{row.code}, number {n}.")
    digests.send_due(NOON + timedelta(hours=4))

    text = Letter.objects.get().text
    assert text.count("\n* ") == digests.MOST
    assert "There are 4 more." in text
    assert text.index("XX-02, number 17.") < text.index("XX-01, number 0.")
    assert Letter.objects.get().subject == "What is new on 3 recommendations"


def test_many_subscribers_cost_few_questions(
    recommendation: Recommendation, editor: User, django_assert_max_num_queries: Any
) -> None:
    publish(recommendation, editor)
    for _n in range(40):
        subscribed(recommendation)
    with django_assert_max_num_queries(30 + 40 * 8):
        assert digests.send_due(NOON + timedelta(hours=4)) == 40

    # Nobody has news.
    work()
    Subscriber.objects.update(next_digest_at=NOON)
    with django_assert_max_num_queries(20):
        assert digests.send_due(NOON + timedelta(hours=5)) == 0


def test_its_pages_ask_few_questions(
    recommendation: Recommendation, django_assert_max_num_queries: Any
) -> None:
    row = subscribed(recommendation)
    for _n in range(20):
        factories.FollowFactory(subscriber=row, confirmed=True)

    for path in (PATH, "/recommendations/follow/", page_of(row)):
        with django_assert_max_num_queries(10):
            assert Client().get(path).status_code == 200


def test_what_can_be_followed_is_offered_to_choose_from(recommendation: Recommendation) -> None:
    recommendation.addressees.set([factories.AddresseeFactory(slug="an-office", name_en="Office")])
    html = Client().get("/recommendations/follow/").content.decode()

    for query in (
        f"?report={recommendation.report.slug}",
        f"?audience={recommendation.audience.slug}",
        "?addressee=an-office",
    ):
        path = f"/recommendations/follow/{query}"
        assert path in html
        sent = Client().post(path, {"email": "ann@example.org", "rhythm": "weekly"}, follow=True)
        assert "Look into your mailbox" in sent.content.decode()
    assert Follow.objects.count() == 3
    lower = Client().get("/recommendations/ca-01/follow/")
    assert (lower.status_code, lower["Location"]) == (301, PATH)
    assert timezone.now() - Follow.objects.latest("made_at").made_at < timedelta(hours=1)
