"""Letters by e-mail: written in the transaction of what they tell of, sent outside the request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import Enclosure, Letter, LetterState

# Bytes, type and name of a file that goes along.
File = tuple[bytes, str, str]


def sends_mail() -> bool:
    """Whether mail goes anywhere: in production without EMAIL_URL none does."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def absolute(path: str) -> str:
    """The whole address of a path of this site, for letters and files: see SITE_URL."""
    return urljoin(settings.SITE_URL, path)


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
    line breaks; they are taken out. ``after`` is the earliest moment it goes out.
    """
    from accounts.tasks import send_letter

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
    send_letter.using(run_after=after).enqueue(letter.pk)
    return True


def send(pk: int) -> None:
    """Send a letter that waits; one that was sent meanwhile is left alone."""
    letter = Letter.objects.filter(pk=pk, state=LetterState.WAITING).first()
    if letter is None:
        return
    message = EmailMessage(
        letter.subject,
        letter.text,
        None,
        [letter.to],
        reply_to=[letter.reply_to] if letter.reply_to else [],
        headers=letter.headers,
    )
    for enclosure in letter.enclosures.all():
        message.attach(enclosure.name, bytes(enclosure.content), enclosure.content_type)
    message.send()
    letter.state, letter.sent_at = LetterState.SENT, timezone.now()
    letter.save(update_fields=["state", "sent_at"])
