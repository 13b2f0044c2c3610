"""What anybody sends in about a recommendation, reviewed before anything of it shows."""

from typing import Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.models.progress import ProgressUpdate
from recommendations.models.recommendation import Recommendation


class EvidenceState(models.TextChoices):
    WAITING = "waiting", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    KNOWN = "known", _("Known already")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def waiting(self) -> Self:
        return self.filter(state=EvidenceState.WAITING)


class Evidence(models.Model):
    """Somebody's word, with a link, that something was done. Shown to editors alone.

    Not a ``PublicModel``: what an editor makes of it is a ``ProgressUpdate``, a draft first.
    ``times`` counts how often the same was sent (same recommendation and link), and ``words`` holds
    what each sender wrote. ``key`` opens the page that says what became of it. Who reviewed it
    last, and when, stay known when it waits again. ``language`` is that of the first sender.
    """

    key = models.CharField(max_length=32, unique=True, editable=False)
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="evidence")
    url = models.URLField(_("link"), max_length=600)
    words = models.TextField(_("what it shows"), validators=[MaxLengthValidator(20_000)])
    language = models.CharField(max_length=10, default="en")
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    times = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=EvidenceState,
        default=EvidenceState.WAITING,
        editable=False,
    )
    reason = models.TextField(_("answer to the sender"), blank=True)
    update = models.ForeignKey(
        ProgressUpdate,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="evidence",
        editable=False,
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence sent in")
        verbose_name_plural = _("evidence sent in")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=EvidenceState.values), name="evidence_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="evidence_reviewed_when_and_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="evidence_waiting")]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.url[:80]}"


class EvidenceAddress(models.Model):
    """The address of a sender who asked to hear what came of evidence.

    It goes with the letter that says so.
    """

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="addresses")
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(max_length=10, default="en")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("address of a sender")
        verbose_name_plural = _("addresses of senders")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "email"], name="evidence_address_once"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence}, {self.language}"
