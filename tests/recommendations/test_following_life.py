"""A subscriber's whole life, with a mail server: asked, told what is new, left alone."""

import email
import email.policy
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import letters
from accounts.models import Letter, LetterState, User
from recommendations import digests, following
from recommendations.models import (
    Asking,
    Follow,
    Mailbox,
    ProgressUpdate,
    Recommendation,
    Reply,
    Status,
    Subscriber,
)
from tests import factories
from tests.mail_servers import mail_server
from tests.working import work

pytestmark = pytest.mark.django_db

ANN = "ann@example.org"
Came = Callable[[], list[EmailMessage]]


@pytest.fixture
def came(tmp_path: Path, settings: Settings) -> Iterator[Came]:
    """The letters a mail server has taken from this site, in their order."""
    file = tmp_path / "came"
    settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.SITE_URL = "https://w2i.example.org"
    with mail_server(file) as port:
        settings.EMAIL_PORT = port
        yield lambda: [_message(json.loads(line)["text"]) for line in file.open()]
        letters.hang_up()


def _message(text: str) -> EmailMessage:
    message = email.message_from_bytes(text.encode(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def recommendation() -> Recommendation:
    office = factories.AddresseeFactory(slug="prime-minister", name_en="Prime Minister")
    row: Recommendation = factories.RecommendationFactory(
        code="CA-01", text="Make prevention a priority.", published=True, addressees=[office]
    )
    return row


def publish(recommendation: Recommendation, by: User, **fields: Any) -> ProgressUpdate:
    update: ProgressUpdate = factories.ProgressUpdateFactory(
        recommendation=recommendation, **fields
    )
    factories.SourceFactory(update=update)
    update.publish(by=by)
    return update


def answer(recommendation: Recommendation, by: User, **fields: Any) -> Reply:
    reply: Reply = factories.ReplyFactory(recommendation=recommendation, **fields)
    factories.SourceFactory(update=None, reply=reply)
    reply.publish(by=by)
    return reply


def link_in(message: EmailMessage, end: str = "") -> str:
    """The private link of a letter that ends so, as a path."""
    found = re.search(rf"https://w2i\.example\.org(/following/[^/]+/{end})\n", text_of(message))
    assert found
    return found[1]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def digest_day() -> datetime:
    """The moment at which the next digest may go out."""
    at = Subscriber.objects.get().next_digest_at
    assert at is not None
    return at


def told_of(message: EmailMessage) -> list[str]:
    """What a digest tells: the line after the mark of each finding."""
    return re.findall(r"^\* .*\n  (.*)$", text_of(message), re.MULTILINE)


def confirmed(came: Came, path: str) -> str:
    """Ask to follow at a path, confirm by the letter; the private page."""
    client = Client()
    asked = client.post(path, {"email": ANN, "rhythm": "daily"}, follow=True)
    assert "If the address is right, a letter is on its way." in asked.content.decode()
    work()
    letter = came()[-1]
    assert (letter["To"], letter["List-Unsubscribe"]) == (ANN, None)
    page = link_in(letter)
    # A mail scanner follows the link: nothing is confirmed by that.
    assert "Yes, write to me about this" in client.get(page).content.decode()
    follow = Follow.objects.waiting().get()
    client.post(page, {"verb": "confirm", "follow": follow.pk})
    assert not Follow.objects.waiting().exists()
    return page


def test_the_whole_life_of_a_subscriber(
    came: Came, recommendation: Recommendation, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # ---- Before: nothing of it is news ----
    early = publish(recommendation, editor, on=date(2020, 1, 1), summary="Told before.")
    wrong = publish(recommendation, editor, on=date(2021, 1, 1), summary="Told wrongly.")
    mistaken = publish(recommendation, editor, on=date(2019, 1, 1), summary="Told by mistake.")
    other = factories.RecommendationFactory(code="US-01", published=True)

    # ---- Subscribed and confirmed, twice over ----
    confirmed(came, "/recommendations/CA-01/follow/")
    page = confirmed(came, "/recommendations/follow/?addressee=prime-minister")
    assert Subscriber.objects.count() == 1
    assert digests.send_due(digest_day()) == 0

    # ---- Published since ----
    publish(recommendation, editor, summary="A bill was tabled.", status=Status.UNDER_WAY)
    publish(
        recommendation,
        editor,
        on=date(2021, 1, 1),
        summary="It was a motion.",
        corrects=wrong,
        status=Status.NO_ACTION_FOUND,
    )
    answer(recommendation, editor, summary="The office wrote back.")
    mistaken.retract(by=editor, reason="It was about another country.")
    publish(other, editor, summary="Nobody here follows this.")
    factories.ProgressUpdateFactory(recommendation=recommendation, summary="Only a draft.")
    assert digests.send_due(digest_day()) == 1
    work()

    (digest,) = came()[2:]
    assert digest["To"] == ANN
    assert digest["Subject"] == "What is new on recommendation CA-01"
    assert told_of(digest) == [
        "A bill was tabled.",
        "It was a motion.",
        "The office wrote back.",
        "Why: It was about another country.",
    ]
    text = text_of(digest)
    assert "Status: Under way, as of 1 May 2024. Before: Under way, as of 1 January 2021." in text
    assert "* Correction of what was said as of 1 January 2021. No action found, as of" in text
    assert "* Answer of Prime Minister, as of 1 May 2024: Acknowledged." in text
    assert "* Retracted: “Under way”, as of 1 January 2019." in text
    assert "https://w2i.example.org/recommendations/CA-01/\n" in text
    for words in ("Told", early.summary, other.code, "Only a draft."):
        assert words not in text

    # ---- Nothing new: no letter, however often it is looked ----
    for days in range(4):
        assert digests.send_due(digest_day() - timedelta(minutes=1)) == 0
        assert digests.send_due(digest_day() + timedelta(days=days)) == 0
    assert work() == 0

    # ---- A worker is killed before it is done, another does it once ----
    publish(recommendation, editor, on=date(2025, 1, 1), summary="It was passed.")
    at = digest_day()
    monkeypatch.setattr(digests, "next_digest", _killed)
    with pytest.raises(KeyboardInterrupt):
        digests.send_due(at)
    monkeypatch.undo()
    assert (digests.send_due(at), digests.send_due(at)) == (1, 0)
    assert digests.send_due(digest_day()) == 0
    work()
    assert [told_of(message) for message in came()[3:]] == [["It was passed."]]

    # ---- Left, by one click in a mail program ----
    last = came()[-1]
    leave = last["List-Unsubscribe"].strip(" <>").removeprefix("https://w2i.example.org")
    assert last["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leave == link_in(last, "leave/")
    program = Client(enforce_csrf_checks=True)
    assert program.get(leave).status_code == 200
    assert Subscriber.objects.exists()
    for _twice in range(2):
        gone = program.post(leave, {"List-Unsubscribe": "One-Click"})
        assert (gone.status_code, gone.cookies) == (200, {})
    assert not Subscriber.objects.exists()
    assert not Follow.objects.exists()
    assert program.get(page).status_code == 404

    publish(recommendation, editor, on=date(2026, 1, 1), summary="Nobody is told.")
    assert digests.send_due(at + timedelta(days=30)) == 0
    assert work() == 0
    assert len(came()) == 4
    assert not Letter.objects.exclude(to="").exists()


def _killed(*args: Any) -> Any:
    raise KeyboardInterrupt


def test_an_address_the_mail_server_knows_to_be_none_is_forgotten(
    came: Came, recommendation: Recommendation, editor: User
) -> None:
    following.ask(recommendation, email="nobody@example.org")
    work()
    assert not Subscriber.objects.exists()

    row = factories.SubscriberFactory(confirmed=True, email="nobody@example.com")
    factories.FollowFactory(confirmed=True, subscriber=row, recommendation=recommendation)
    publish(recommendation, editor)
    digests.send_due(_at_four())
    work()

    assert not Subscriber.objects.exists()
    assert not Letter.objects.exclude(to="").exists()
    assert came() == []


def _at_four() -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(hour=16, minute=0)


# ---- Somebody else's address ----

SPELLED = ["ann@example.org", "Ann@Example.org", "ANN@EXAMPLE.ORG", "ann+1@example.org"]


def test_a_mail_bomb_is_three_letters_from_many_networks_about_many_things(
    came: Came, recommendation: Recommendation
) -> None:
    rows = [factories.RecommendationFactory(published=True) for _n in range(12)]
    answers = set()
    for n, row in enumerate(rows * 2):
        bomber = Client(REMOTE_ADDR=f"203.0.113.{n}")
        path = f"/recommendations/{row.code}/follow/"
        sent = {"email": SPELLED[n % len(SPELLED)], "rhythm": "daily"}
        answers.add(bomber.post(path, sent)["Location"].replace(row.code, "CODE"))
    following.forget()
    work()

    assert answers == {"/recommendations/CODE/follow/?sent=1"}
    assert len(came()) == following.LETTERS_A_DAY
    # A day later three wait for an answer, and in a week three more may be sent.
    for day in (2, 6, 7):
        now = timezone.now() + timedelta(days=day)
        following.forget(now)
        for row in rows:
            following.ask(row, email=ANN, at=now)
        work()
        assert len(came()) == (6 if day == 7 else 3)

    client, never = Client(), link_in(came()[0], "never/")
    assert "Never write to me again" in client.get(never).content.decode()
    client.post(never, {"verb": "never"})
    assert not Subscriber.objects.exists()
    following.forget(timezone.now() + timedelta(days=60))
    for row in rows:
        following.ask(row, email="Ann+9@example.org", at=timezone.now() + timedelta(days=60))
    assert (work(), len(came())) == (0, 6)
    assert not Follow.objects.exists()

    # A slip: whoever has the letter takes it back.
    client.post(never, {"verb": "allow"})
    following.ask(recommendation, email=ANN, at=timezone.now() + timedelta(days=60))
    work()
    assert len(came()) == 7


def test_who_leaves_is_not_asked_more_often_for_it(came: Came) -> None:
    for _n in range(5):
        following.ask(factories.RecommendationFactory(published=True), email=ANN)
        for subscriber in Subscriber.objects.all():
            following.leave(subscriber)
    assert Asking.objects.count() == 3

    following.forget(timezone.now() + timedelta(days=1))
    assert not Mailbox.objects.exists()


# ---- At the same moment ----


def at_once(*jobs: Callable[[], Any]) -> None:
    """Do several things at the same time; what one raises, this raises."""
    barrier = Barrier(len(jobs))

    def begin(job: Callable[[], Any]) -> None:
        barrier.wait(timeout=30)
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(begin, jobs))


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_for_one_mailbox_at_once_are_counted_one_after_the_other() -> None:
    rows = [factories.RecommendationFactory(published=True) for _n in range(8)]

    at_once(*[lambda row=row: following.ask(row, email=ANN) for row in rows])

    assert (Letter.objects.count(), Follow.objects.count()) == (3, 3)
    assert Subscriber.objects.count() == Mailbox.objects.count() == 1


def go_out() -> None:
    """What waits is sent; what it says is kept, for this test to read."""
    waiting = Letter.objects.filter(state=LetterState.WAITING)
    waiting.update(state=LetterState.SENT, sent_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_what_is_published_while_digests_are_made_is_told_once(editor: User) -> None:
    row = factories.SubscriberFactory(confirmed=True)
    report = factories.ReportFactory(published=True)
    recommendations = [
        factories.RecommendationFactory(report=report, published=True) for _n in range(2)
    ]
    factories.FollowFactory(confirmed=True, subscriber=row, recommendation=None, report=report)
    days = [_at_four() + timedelta(days=7 * n) for n in range(1, 7)]

    def publish_six(n: int) -> None:
        for number in range(6):
            publish(recommendations[n], editor, summary=f"News {n}.{number}")

    def digest() -> None:
        for day in days:
            digests.send_due(day)
            go_out()

    at_once(lambda: publish_six(0), lambda: publish_six(1), digest, digest)
    go_out()
    digests.send_due(days[-1] + timedelta(days=7))

    told = re.findall(r"News \d\.\d", " ".join(Letter.objects.values_list("text", flat=True)))
    assert sorted(told) == [f"News {n}.{number}" for n in range(2) for number in range(6)]
