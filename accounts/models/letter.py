"""Letters on their way: written in the transaction that gives rise to them, sent by the worker."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# So long after its time a letter counts as forgotten, and is queued anew.
LATE = timedelta(minutes=5)
# So long one that was not sent is kept, for somebody to look at.
KEPT_FOR = timedelta(days=30)


class LetterState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    HANDING = "handing-over", _("Being handed over")
    SENT = "sent", pgettext_lazy("a letter", "Sent")
    FAILED = "failed", _("Given up")


class LetterQuerySet(models.QuerySet["Letter"]):
    def dead(self, now: datetime | None = None) -> Self:
        """Those nobody will send any more unless somebody says so: given up, or handed over
        without an answer. What they said is erased in time, and they with it leave this list.
        """
        unanswered = models.Q(state=LetterState.HANDING, next_try_at__lte=now or timezone.now())
        return self.unsent().filter(models.Q(state=LetterState.FAILED) | unanswered)

    def unsent(self) -> Self:
        """Those that wait or were not sent, while anything is known of them."""
        return self.exclude(state=LetterState.SENT).exclude(to="", problem="")

    def overdue(self, now: datetime | None = None) -> Self:
        """Those that should have gone out minutes ago, and did not."""
        rows = self.filter(state=LetterState.WAITING).exclude(to="")
        return rows.filter(next_try_at__lte=(now or timezone.now()) - LATE)

    def stale(self, now: datetime | None = None) -> Self:
        """Those that were not sent for so long that nobody needs to read them any more."""
        return self.unsent().filter(next_try_at__lt=(now or timezone.now()) - KEPT_FOR)


class Letter(models.Model):
    """One letter to one address for one event. Once sent, only the event and the day are kept.

    ``event`` names what it is about, such as ``edition-4-participant-17``: there is never a second
    letter with the same. HANDING is written before the mail server is told that the text is
    complete: whoever dies between these two has sent it or not, and nobody sends it again by
    themselves. ``next_try_at`` is when it may go out; for one in HANDING, until when its sender may
    still be waiting for an answer; for one given up, when that was.
    """

    event = models.CharField(_("event"), max_length=200, unique=True)
    to = models.EmailField(_("to"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=LetterState, default=LetterState.WAITING
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    problem = models.TextField(_("problem"), blank=True)
    made_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=LetterState.values), name="letter_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=LetterState.SENT, sent_at__isnull=False)
                | (~models.Q(state=LetterState.SENT) & models.Q(sent_at__isnull=True)),
                name="letter_sent_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="letter_due")]

    def __str__(self) -> str:
        # Never the address: this may end up in a log.
        return self.event


class Enclosure(models.Model):
    """A file that goes along with a letter, until it is sent."""

    letter = models.ForeignKey(
        Letter, models.CASCADE, related_name="enclosures", verbose_name=_("letter")
    )
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=200)
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("enclosure")
        verbose_name_plural = _("enclosures")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
