"""Letters by e-mail: written in the transaction of what they tell of, sent outside the request.

One letter for one event, whoever dies at which moment. A server takes a letter when it gets the
line that ends it. Just before that line goes out, and after all else has, the letter is claimed:
its state becomes HANDING, by one sender alone, and that is committed. From there on nobody sends it
by themselves again. Who is killed earlier has sent nothing, and another begins anew; who is killed
later leaves a letter in HANDING, which almost always has arrived. Not always: between the commit
and the line lie some millionths of a second, and a network that may lose the line. No order of the
two steps is without such a gap; in this one a letter is missed and listed, never sent twice.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_tasks.base import DEFAULT_TASK_PRIORITY

from accounts import smtp
from accounts.models import Enclosure, Letter, LetterState
from accounts.work import wait_after

# Bytes, type and name of a file that goes along.
File = tuple[bytes, str, str]
# A letter is tried so often, over three days, before it is given up.
MOST_TRIES = 7
# A sender waits so long at most for the server's answer to a whole letter.
_ANSWERED_WITHIN = timedelta(seconds=2 * smtp.VERDICT)
# What went away with a letter that was sent, or that nobody needs any more.
_ERASED: dict[str, Any] = {
    "to": "",
    "reply_to": "",
    "subject": "",
    "text": "",
    "headers": {},
    "problem": "",
}
# Why a letter was given up, where it is no word of a mail server.
NO_MAIL, TAKEN_BACK = "no-mail", "taken-back"
log = logging.getLogger("w2i.letters")


def sends_mail() -> bool:
    """Whether mail goes anywhere: in production without EMAIL_URL none does."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


class NoMail(ValidationError):
    """This site sends none."""


def check_sends_mail() -> None:
    """Refuse what would only write a letter nobody sends.

    Raises:
        NoMail: mail goes nowhere.
    """
    if not sends_mail():
        raise NoMail(_("This site sends no mail."))


def absolute(path: str) -> str:
    """The whole address of a path of this site, for letters and files: see SITE_URL."""
    return urljoin(settings.SITE_URL, path)


# ---- Written ----


@transaction.atomic
def post(
    event: str,
    *,
    to: str,
    subject: str,
    text: str,
    language: str = "",
    files: Sequence[File] = (),
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    after: datetime | None = None,
) -> bool:
    """Write a letter for the worker to send; False where one was written for this event before.

    Written in the caller's transaction: if that is undone, so is the letter. ``subject`` may hold
    line breaks; they are taken out. ``after`` is the earliest moment it goes out. ``event`` stays
    when all else is erased: it names rows by their numbers, and holds no key, name or address.
    """
    letter, is_new = Letter.objects.get_or_create(
        event=event,
        defaults={
            "to": to,
            "subject": " ".join(subject.split())[:500],
            "text": text,
            "language": (language or get_language() or "en")[:2],
            "reply_to": reply_to,
            "headers": dict(headers or {}),
            "next_try_at": after or timezone.now(),
        },
    )
    if not is_new:
        return False
    Enclosure.objects.bulk_create(
        Enclosure(letter=letter, content=content, content_type=content_type, name=name)
        for content, content_type, name in files
    )
    _queue(letter, after)
    return True


def _queue(letter: Letter, at: datetime | None = None) -> None:
    from accounts.tasks import send_letter

    priority = 50 if kind_of(letter.event).goes_first else DEFAULT_TASK_PRIORITY
    send_letter.using(run_after=at, priority=priority).enqueue(letter.pk)


@transaction.atomic
def queue_the_forgotten() -> None:
    """Queue letters again whose task has come to nothing. For once a minute.

    While tasks wait, it does nothing: the letters are only late.
    """
    from django_tasks_db.models import DBTaskResult

    from accounts.tasks import send_letter

    late = Letter.objects.overdue()
    if not late.exists():
        return
    if DBTaskResult.objects.ready().filter(task_path=send_letter.module_path).exists():
        return
    for letter in late.only("event")[:1_000]:
        _queue(letter)


def one_click(link: str) -> dict[str, str]:
    """The head of a letter that its reader stops with one click in the mail program.

    ``link`` takes a POST without a page of ours before it: https://www.rfc-editor.org/rfc/rfc8058
    """
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


# ---- Kinds of letters ----


@dataclass(frozen=True, slots=True)
class Kind:
    """What letters whose event begins alike are called, who is told that one is given up or that
    its address is none, and whether others wait for them.
    """

    words: Any
    given_up: Callable[[str], bool] | None = None
    goes_first: bool = False
    no_such_address: Callable[[str], object] | None = None


_KINDS: dict[str, Kind] = {}


def know(
    prefix: str,
    words: Any,
    *,
    given_up: Callable[[str], bool] | None = None,
    goes_first: bool = False,
    no_such_address: Callable[[str], object] | None = None,
) -> None:
    """Say what letters are called whose event begins with ``prefix``. For ``AppConfig.ready``.

    Somebody sits and waits for those that go first: a thousand others must not be before them.

    ``given_up`` is called with the event when a letter of the kind is given up, in the transaction
    that notes it. It answers whether the letter was taken back, such as by noting that a copy is
    still owed: then what the letter said is erased, and it can't be sent from the list any more.

    ``no_such_address`` is called with the event where the mail server knows for good that nobody
    lives at the address, before the letter is given up and in the same transaction.
    """
    _KINDS[prefix] = Kind(words, given_up, goes_first, no_such_address)


def kind_of(event: str) -> Kind:
    """The kind of a letter: the longest prefix that fits. Without one, its event speaks."""
    fitting = [prefix for prefix in _KINDS if event.startswith(prefix)]
    return _KINDS[max(fitting, key=len)] if fitting else Kind(event)


# ---- Sent ----


class _NotMine(Exception):
    """Another sender has the letter, or it was erased meanwhile."""


class _Unreachable(OSError):
    """The mail server was not reached a moment ago."""


class _Line(threading.local):
    """The connection this thread holds to the mail server, from one letter to the next."""

    connection: BaseEmailBackend | None = None
    unreachable_until = 0.0


_line = _Line()


def hang_up() -> None:
    """End the connection to the mail server. For when there is no other letter to send."""
    connection, _line.connection = _line.connection, None
    _line.unreachable_until = 0.0
    if connection is not None:
        try:
            connection.close()
        except (OSError, SMTPException):
            _break_off(connection)


def _break_off(connection: BaseEmailBackend | None) -> None:
    _line.connection = None
    if isinstance(connection, smtp.EmailBackend):
        connection.break_off()


def _dial() -> BaseEmailBackend:
    if time.monotonic() < _line.unreachable_until:
        raise _Unreachable
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException):
        _break_off(connection)
        # A thousand letters that wait must not each wait for a server that is gone.
        _line.unreachable_until = time.monotonic() + smtp.ANSWER
        raise
    _line.connection = connection
    return connection


def send(pk: int) -> None:
    """Send a letter that waits; one that was sent, or is about to be, is left alone.

    What the mail server refuses for now is tried again later, at growing intervals; what it refuses
    for good is given up. Must not be called in a transaction: others have to see the claim.
    """
    letter = Letter.objects.filter(pk=pk, state=LetterState.WAITING).first()
    if letter is None or letter.next_try_at > timezone.now() + timedelta(seconds=5):
        return
    if not sends_mail():
        _not_sent(letter, NO_MAIL, is_final=True)
        return
    try:
        _hand_over(letter)
    except _NotMine:
        _break_off(_line.connection)
    except DatabaseError:
        _break_off(_line.connection)
        raise
    except Exception as error:
        _break_off(_line.connection)
        log.warning("A letter was not sent", exc_info=error, extra={"data": {"letter": pk}})
        if letter.state == LetterState.HANDING and not _is_refusal(error):
            # It ended without an answer: nobody knows whether it arrived.
            rows = Letter.objects.filter(pk=pk, state=LetterState.HANDING)
            rows.update(problem=_problem(error), next_try_at=timezone.now())
        else:
            _not_sent(
                letter,
                _problem(error),
                is_final=_is_final(error),
                is_unknown=_is_unknown(error),
            )
    else:
        _sent(letter)


def _hand_over(letter: Letter) -> None:
    message = _message(letter)
    if kept := _line.connection:
        try:
            return _say(kept, message, letter)
        except (SMTPServerDisconnected, SMTPResponseException) as error:
            is_gone = isinstance(error, SMTPServerDisconnected) or error.smtp_code == 421
            if not is_gone or letter.state != LetterState.WAITING:
                raise
            # It had ended since the letter before, as servers do after so many.
            _break_off(kept)
    return _say(_dial(), message, letter)


def _say(connection: BaseEmailBackend, message: EmailMessage, letter: Letter) -> None:
    if isinstance(connection, smtp.EmailBackend):
        connection.send(message, before_the_end=partial(_claim, letter))
        return
    # A terminal or a test: it says nothing on its way.
    _claim(letter)
    try:
        connection.send_messages([message])
    except Exception:
        letter.state = LetterState.WAITING  # what these raise, they did not send
        raise


def _claim(letter: Letter) -> None:
    """Take a letter over; the database sees to it that one sender alone does.

    Raises:
        _NotMine: it does not wait any more.
    """
    rows = Letter.objects.filter(pk=letter.pk, state=LetterState.WAITING)
    until = timezone.now() + _ANSWERED_WITHIN
    if not rows.update(state=LetterState.HANDING, next_try_at=until):
        raise _NotMine
    letter.state = LetterState.HANDING


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(
        letter.subject,
        letter.text,
        None,
        [letter.to],
        reply_to=[letter.reply_to] if letter.reply_to else [],
        headers={
            # The same whenever it is sent: a server that has it can tell.
            "Message-ID": f"<{letter.key}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
            # No machine need answer that its owner is away.
            "Auto-Submitted": "auto-generated",
            **letter.headers,
        },
    )
    for enclosure in letter.enclosures.all():
        message.attach(enclosure.name, bytes(enclosure.content), enclosure.content_type)
    return message


@transaction.atomic
def _sent(letter: Letter) -> None:
    """Note that a letter is out, and forget all of it but the event and the day."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Letter.objects.filter(pk=letter.pk, state=LetterState.HANDING).update(
        state=LetterState.SENT, sent_at=today, made_at=today, next_try_at=today, **_ERASED
    )
    Enclosure.objects.filter(letter=letter.pk).delete()


@transaction.atomic
def _not_sent(letter: Letter, problem: str, *, is_final: bool, is_unknown: bool = False) -> None:
    tries = letter.tries + 1
    if is_unknown:
        _tell(kind_of(letter.event).no_such_address, letter)
    if is_final or tries >= MOST_TRIES:
        _give_up(letter, problem, tries)
        return
    at = timezone.now() + wait_after(tries)
    rows = _unsent(letter)
    if rows.update(state=LetterState.WAITING, tries=tries, problem=problem, next_try_at=at):
        _queue(letter, at)


def _unsent(letter: Letter) -> "QuerySet[Letter]":
    """The letter, unless it was sent, given up or erased meanwhile."""
    rows = Letter.objects.filter(pk=letter.pk).exclude(to="")
    return rows.filter(state__in=[LetterState.WAITING, LetterState.HANDING])


def _give_up(letter: Letter, problem: str, tries: int) -> None:
    # Asked first: it may stand in line for rows that others hold.
    is_taken_back = bool(_tell(kind_of(letter.event).given_up, letter))
    changes: dict[str, Any] = {"problem": problem}
    if is_taken_back:
        changes = {**_ERASED, "problem": TAKEN_BACK}
        Enclosure.objects.filter(letter=letter.pk).delete()
    _unsent(letter).update(
        state=LetterState.FAILED, tries=tries, next_try_at=timezone.now(), **changes
    )


def _tell(function: Callable[[str], object] | None, letter: Letter) -> object:
    """What somebody answers who is told of a letter; None where they can't be."""
    if function is None:
        return None
    try:
        with transaction.atomic():
            return function(letter.event)
    except Exception as error:
        data = {"letter": letter.pk}
        log.exception("Nobody heard that a letter is given up", exc_info=error, extra=data)
        return None


def _is_refusal(error: Exception) -> bool:
    """Whether the server answered a whole letter with no."""
    return isinstance(error, SMTPDataError) and 400 <= error.smtp_code < 600


def _is_final(error: Exception) -> bool:
    """Whether the server refuses this address or text for good. What it says of the sender or the
    sign-in is a matter of the settings, which somebody may put right.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _words in error.recipients.values())
    return isinstance(error, SMTPDataError) and 500 <= error.smtp_code < 600


# What RFC 3463 says of an address: there is no such mailbox, or it takes no more mail.
_NOBODY = re.compile(r"5\.(1\.(1|3|6|10)|2\.1)\b")


def _is_unknown(error: Exception) -> bool:
    """Whether the server knows that there is no such address. A bare refusal does not say so: with
    the same words it refuses a sender whose settings are wrong, and that is true of all addresses.
    """
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(
        500 <= code < 600
        and _NOBODY.match(words if isinstance(words, str) else words.decode(errors="replace"))
        for code, words in error.recipients.values()
    )


def _problem(error: Exception) -> str:
    """What the server said, without addresses; else what kind of error it was."""
    code: int = 0
    words: bytes | str = ""
    if isinstance(error, SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()), (0, ""))
    elif isinstance(error, SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    if not code:
        return type(error).__name__.strip("_")
    said = words if isinstance(words, str) else words.decode(errors="replace")
    said = re.sub(r"\S*@\S*", "…", said.replace("\x00", ""))
    return f"{code} {' '.join(said.split())}"[:300]


# ---- Not sent ----


def why(letter: Letter) -> str:
    """Why a letter has not gone out, in plain words."""
    if letter.state == LetterState.HANDING:
        if letter.next_try_at > timezone.now():
            return _("It is being handed over to the mail server.")
        return _(
            "The mail server had the whole letter when the connection ended, and did not answer."
            " It has probably arrived. Send it again only if it was not received."
        )
    if letter.problem == TAKEN_BACK:
        return _("It was taken back where it came from: send it from there again.")
    if letter.problem == NO_MAIL:
        return _("This site sends no mail.")
    if letter.problem[:1].isdigit():
        return _("The mail server answered: %(words)s") % {"words": letter.problem}
    if letter.problem:
        return _("It could not be handed to the mail server (%(error)s).") % {
            "error": letter.problem
        }
    return ""


@transaction.atomic
def send_again(letter: Letter) -> bool:
    """Have a letter sent that nobody would send any more; whether there was anything to send."""
    rows = Letter.objects.dead().filter(pk=letter.pk).exclude(to="")
    now = timezone.now()
    if not rows.update(state=LetterState.WAITING, tries=0, problem="", next_try_at=now):
        return False
    _queue(letter)
    return True


def erase(rows: "QuerySet[Letter]") -> int:
    """Erase what letters say that were not sent, and to whom. They will not be sent; that there
    was one for the event stays.
    """
    return sum(_erase(letter) for letter in rows)


@transaction.atomic
def _erase(letter: Letter) -> int:
    if letter.state == LetterState.WAITING:
        _give_up(letter, "", letter.tries)
    Enclosure.objects.filter(letter=letter.pk).delete()
    return Letter.objects.filter(pk=letter.pk).exclude(state=LetterState.SENT).update(**_ERASED)


def waiting_for(email: str) -> "QuerySet[Letter]":
    """Letters to an address, or whose answers go there, that were not sent."""
    email = email.strip()
    return Letter.objects.unsent().filter(Q(to__iexact=email) | Q(reply_to__iexact=email))


def about(name: str) -> "QuerySet[Letter]":
    """Letters not sent whose event ends in ``name``, such as ``participant-17``."""
    return Letter.objects.unsent().filter(event__endswith=f"-{name}")


def telling_of(name: str) -> "QuerySet[Letter]":
    """Letters not sent whose event begins with ``name``, such as ``edition-4``."""
    return Letter.objects.unsent().filter(event__startswith=f"{name}-")
