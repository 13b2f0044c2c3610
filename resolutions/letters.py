"""Letters about resolutions: plain text, with files where somebody is owed them."""

from collections.abc import Sequence
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

# Bytes, type and name of a file that goes along.
File = tuple[bytes, str, str]


class MailNotSent(ValidationError):
    """A letter did not leave this machine."""


def sends_mail() -> bool:
    """Whether mail goes anywhere: in production without EMAIL_URL none does."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send(
    subject: str,
    text: str,
    to: str,
    *,
    files: Sequence[File] = (),
    reply_to: Sequence[str] = (),
) -> None:
    """Send one letter to one address.

    Raises:
        MailNotSent: the mail server refuses, or can’t be reached, or there is none.
    """
    if not sends_mail():
        raise MailNotSent(_("This site sends no mail."))
    # A title may hold a line break; a subject must not.
    letter = EmailMessage(" ".join(subject.split()), text, None, [to], reply_to=list(reply_to))
    for content, content_type, name in files:
        letter.attach(name, content, content_type)
    try:
        letter.send()
    except (OSError, SMTPException) as problem:
        raise MailNotSent(_("The letter could not be sent. Try again later.")) from problem
