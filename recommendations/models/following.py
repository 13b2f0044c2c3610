"""Who follows what by e-mail. Never shown to anybody but whoever has the private link."""

import uuid
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.models.recommendation import Addressee, Audience, Recommendation
from recommendations.models.report import Report
from recommendations.models.texts import language_field, language_is_known

# What can be followed, one in each row.
_THINGS = ("recommendation", "addressee", "audience", "report")


class Rhythm(models.TextChoices):
    """How often a digest goes out at most."""

    DAILY = "daily", _("Once a day at most")
    WEEKLY = "weekly", _("Once a week at most")


class Mailbox(models.Model):
    """What is remembered of a mailbox without its address: which letters asked it something within
    a day, and whether it wants to be asked never again.

    ``fingerprint`` is a hash of the address with the secret of the site. The row is what those
    wait for who ask for the same mailbox at the same moment, so that their letters are counted.
    """

    fingerprint = models.CharField(max_length=32, unique=True, editable=False)
    refuses_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Asking(models.Model):
    """A letter that asked a mailbox to confirm something, remembered for a day."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="askings")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("letter that asked")
        verbose_name_plural = _("letters that asked")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def due(self, at: datetime) -> Self:
        """Those whose next digest may go out."""
        return self.confirmed().filter(next_digest_at__lte=at)


class Subscriber(models.Model):
    """One address that asked for digests; erased when it leaves, or does not confirm in time.

    ``told_until`` is the number of the last act of review (``ReviewEvent``) its digests have told
    of: acts have their numbers in the order in which they became public, whatever clocks say. The
    private link is signed from ``key``.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="subscribers")
    email = models.EmailField(_("e-mail address"), unique=True)
    language = language_field()
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_until = models.PositiveBigIntegerField(null=True, blank=True)
    next_digest_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rhythm__in=Rhythm.values), name="subscriber_rhythm_is_known"
            ),
            language_is_known("subscriber_language_is_known"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True)
                | models.Q(told_until__isnull=False, next_digest_at__isnull=False),
                name="subscriber_confirmed_is_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_digest_at"],
                condition=models.Q(confirmed_at__isnull=False),
                name="subscriber_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class FollowQuerySet(models.QuerySet["Follow"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def waiting(self) -> Self:
        return self.filter(confirmed_at__isnull=True)

    def with_things(self) -> Self:
        return self.select_related("recommendation__report", "addressee", "audience", "report")


class Follow(models.Model):
    """One thing a subscriber follows: a recommendation, all asked of an addressee or an audience,
    or all of a report. What was published before it was confirmed is no news to them: ``since`` is
    the number of the last act of review from before.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="follows")
    recommendation = models.ForeignKey(
        Recommendation, models.CASCADE, null=True, blank=True, related_name="+"
    )
    addressee = models.ForeignKey(
        Addressee, models.CASCADE, null=True, blank=True, related_name="+"
    )
    audience = models.ForeignKey(Audience, models.CASCADE, null=True, blank=True, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    since = models.PositiveBigIntegerField(null=True, blank=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing followed")
        verbose_name_plural = _("things followed")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        models.Q(**{f"{name}__isnull": name != one for name in _THINGS})
                        for one in _THINGS
                    ),
                ),
                name="follow_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, since__isnull=True)
                | models.Q(confirmed_at__isnull=False, since__isnull=False),
                name="follow_confirmed_since_when",
            ),
            *(
                models.UniqueConstraint(
                    fields=["subscriber", name],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"follow_{name}_once",
                )
                for name in _THINGS
            ),
        ]

    def __str__(self) -> str:
        return str(self.thing)

    @property
    def thing(self) -> "Thing":
        found = self.recommendation or self.addressee or self.audience or self.report
        assert found is not None  # noqa: S101 - follow_of_one_thing
        return found


Thing = Recommendation | Addressee | Audience | Report
