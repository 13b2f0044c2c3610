"""Letters: one for an event, sent once, and what becomes of those a mail server refuses."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts import letters
from accounts.models import Enclosure, Letter, LetterState, User
from tests.mail_servers import mail_server
from tests.working import work

pytestmark = pytest.mark.django_db


def post(event: str, to: str = "ann@example.org", **more: Any) -> Letter:
    assert letters.post(event, to=to, subject="The\nreport", text="It is there.", **more)
    return Letter.objects.get(event=event)


def send(letter: Letter) -> Letter:
    letters.send(letter.pk)
    letter.refresh_from_db()
    return letter


# ---- Written ----


def test_a_letter_is_written_once_for_an_event_and_sent_once() -> None:
    post(
        "edition-1-participant-2", reply_to="desk@example.org", files=[(b"%PDF", "a/pdf", "a.pdf")]
    )
    assert not letters.post("edition-1-participant-2", to="ben@example.org", subject="", text="")

    work()
    work()

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ann@example.org"], "The report")
    assert message.reply_to == ["desk@example.org"]
    assert message.attachments[0][0] == "a.pdf"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_of_a_letter_that_was_sent_only_the_event_and_the_day_are_kept() -> None:
    letter = post("a-1", files=[(b"%PDF", "a/pdf", "a.pdf")], headers={"X-Of": "ann"})

    work()

    letter.refresh_from_db()
    assert (letter.event, letter.state) == ("a-1", LetterState.SENT)
    kept = (letter.to, letter.reply_to, letter.subject, letter.text, letter.headers, letter.problem)
    assert kept == ("", "", "", "", {}, "")
    assert not Enclosure.objects.exists()
    for moment in (letter.sent_at, letter.made_at):
        assert moment is not None
        assert (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def test_what_is_undone_leaves_no_letter() -> None:
    with transaction.atomic():
        post("a-1")
        transaction.set_rollback(True)

    assert work() == 0
    assert mail.outbox == []


def test_a_letter_for_later_waits() -> None:
    letter = post("a-1", after=timezone.now() + timedelta(days=1))

    assert work() == 0
    assert send(letter).state == LetterState.WAITING


def test_who_waits_for_a_new_password_gets_it_before_a_thousand_others(citizen: User) -> None:
    post("edition-1")
    Client().post("/accounts/password/reset/", {"email": citizen.email})

    work()

    assert [message.to for message in mail.outbox] == [[citizen.email], ["ann@example.org"]]


def test_a_letter_whose_task_is_lost_is_queued_again() -> None:
    post("a-1")
    DBTaskResult.objects.all().delete()

    letters.queue_the_forgotten()
    assert work() == 0

    Letter.objects.update(next_try_at=timezone.now() - timedelta(minutes=6))
    letters.queue_the_forgotten()
    letters.queue_the_forgotten()
    assert (work(), len(mail.outbox)) == (1, 1)


def test_without_mail_a_letter_is_given_up_and_can_be_sent_later(settings: Settings) -> None:
    mailing = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    letter = post("a-1")
    work()
    letter.refresh_from_db()
    assert letters.why(letter) == "This site sends no mail."

    settings.EMAIL_BACKEND = mailing
    letters.send_again(letter)
    work()

    assert len(mail.outbox) == 1


def test_whoever_is_told_of_a_letter_given_up_may_take_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(event: str) -> bool:
        raise ValueError(event)

    def takes_back(event: str) -> bool:
        told.append(event)
        return True

    told: list[str] = []
    monkeypatch.setattr(letters, "_KINDS", {})
    letters.know("a-", "A", given_up=takes_back)
    letters.know("a-b-", "B", given_up=breaks)
    monkeypatch.setattr(letters, "sends_mail", lambda: False)

    taken_back, kept = send(post("a-1")), send(post("a-b-1"))

    assert (told, taken_back.to, kept.to) == (["a-1"], "", "ann@example.org")
    assert set(Letter.objects.dead()) == {taken_back, kept}
    assert (letters.send_again(taken_back), letters.send_again(kept)) == (False, True)


@pytest.mark.parametrize(
    ("code", "words", "is_told"),
    [
        (550, b"5.1.1 <ann@example.org> is not known here", True),
        (550, b"5.2.1 Mailbox disabled", True),
        (550, b"No", False),
        (550, b"5.7.1 Your site is not welcome", False),
        (553, b"5.1.8 Bad sender", False),
        (451, b"5.1.1 Later perhaps", False),
    ],
)
def test_an_address_is_none_where_the_server_says_just_that(
    code: int, words: bytes, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(letter: Letter) -> None:
        raise SMTPRecipientsRefused({letter.to: (code, words)})

    told: list[str] = []
    monkeypatch.setattr(letters, "_KINDS", {})
    monkeypatch.setattr(letters, "_hand_over", refuse)
    letters.know("a-", "A", no_such_address=told.append)

    send(post("a-1"))

    assert told == (["a-1"] if is_told else [])


def test_a_letter_erased_while_it_was_handed_over_is_not_tried_again() -> None:
    letter = post("a-1")
    letters._claim(letter)
    letters.erase(Letter.objects.all())

    letters._not_sent(letter, "451 later", is_final=False)

    letter.refresh_from_db()
    assert (letter.to, letter.problem, letter.state) == ("", "", LetterState.HANDING)
    assert not Letter.objects.unsent().exists()
    assert DBTaskResult.objects.count() == 1


# ---- A mail server ----


@pytest.fixture
def came(tmp_path: Path, settings: Settings) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What a mail server has got, which this site sends to."""
    file = tmp_path / "came"
    settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with mail_server(file, delay=0.2) as port:
        settings.EMAIL_PORT = port
        yield lambda: [json.loads(line) for line in file.read_text().splitlines()]
        letters.hang_up()


def test_what_a_server_refuses_for_now_is_tried_later_and_what_for_good_is_given_up(
    came: Callable[[], list[dict[str, Any]]],
) -> None:
    later, nobody, ann = (
        send(post(f"{name}-1", f"{name}@example.org")) for name in ("later", "nobody", "ann")
    )

    assert (later.state, nobody.state, ann.state) == ("waiting", "failed", "sent")
    wait = later.next_try_at - timezone.now()
    assert timedelta(seconds=50) < wait < timedelta(seconds=61)
    assert nobody.problem == "550 5.1.1 … is not known here"
    assert [line["to"] for line in came()] == ["ann@example.org"]

    for _try in range(letters.MOST_TRIES - 1):
        Letter.objects.update(next_try_at=timezone.now())
        send(later)
    assert (later.state, later.tries) == (LetterState.FAILED, 7)


def test_a_letter_nobody_knows_of_whether_it_arrived_is_sent_again_by_hand_alone(
    came: Callable[[], list[dict[str, Any]]],
) -> None:
    letter = send(post("a-1", "silent@example.org"))

    assert letter.state == LetterState.HANDING
    assert "It has probably arrived." in letters.why(letter)
    assert list(Letter.objects.dead()) == [letter]
    work()
    assert len(came()) == 1

    letters.send_again(letter)
    work()
    first, second = came()
    assert first["id"] == second["id"] == f"<{letter.key}@127.0.0.1>"


def test_a_connection_serves_many_letters_and_is_made_anew_where_the_server_ended_it(
    came: Callable[[], list[dict[str, Any]]],
) -> None:
    sent = [send(post(f"a-{n}", to)) for n, to in enumerate(["a@b.org", "bye@b.org", "c@b.org"])]

    assert {(letter.state, letter.tries) for letter in sent} == {("sent", 0)}
    assert [line["to"] for line in came()] == ["a@b.org", "bye@b.org", "c@b.org"]


def test_a_server_that_is_gone_is_not_asked_for_each_letter(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = trial.getsockname()[1]

    first, second = send(post("a-1")), send(post("a-2"))
    letters.hang_up()

    assert (first.problem, second.problem) == ("ConnectionRefusedError", "Unreachable")
    assert (first.tries, second.state) == (1, LetterState.WAITING)


def at_once(function: Callable[[], Any]) -> list[Any]:
    """What two get who do the same at the same time."""
    barrier = Barrier(2)

    def begin(_n: int) -> Any:
        barrier.wait()
        try:
            return function()
        finally:
            letters.hang_up()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(begin, range(2)))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_for_one_event_at_once_one_does() -> None:
    def write() -> bool:
        with transaction.atomic():
            return letters.post("a-1", to="ann@example.org", subject="A", text="A")

    assert sorted(at_once(write)) == [False, True]
    assert (Letter.objects.count(), DBTaskResult.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_one_letter_at_once_one_does(
    came: Callable[[], list[dict[str, Any]]],
) -> None:
    letter = post("a-1")

    at_once(lambda: letters.send(letter.pk))

    assert len(came()) == 1
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT
