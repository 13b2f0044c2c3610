"""What people report of their councils, reviewed before anything of it shows."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from resolutions.models.council import Council
from resolutions.models.resolution import Instrument, Resolution, Step, StepKind


class TipState(models.TextChoices):
    WAITING = "waiting", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    DUPLICATE = "duplicate", _("Known already")


class TipQuerySet(models.QuerySet["Tip"]):
    def waiting(self) -> "TipQuerySet":
        return self.filter(state=TipState.WAITING)


class Tip(models.Model):
    """Somebody's word, with a link, that a council did something. Shown to editors alone.

    Not a ``PublicModel``: what an editor makes of it is a ``Step``, unverified or verified.
    ``times`` counts how often the same was sent (same council, kind, day and link). Who reviewed
    it, and when, are known together. ``key`` opens the page that says what became of it.
    """

    key = models.CharField(max_length=32, unique=True, editable=False)
    council = models.ForeignKey(Council, models.PROTECT, null=True, blank=True, related_name="tips")
    place = models.CharField(
        _("municipality"), max_length=200, blank=True, help_text=_("If it is not on the list.")
    )
    resolution = models.ForeignKey(
        Resolution, models.SET_NULL, null=True, blank=True, related_name="tips"
    )
    instrument = models.CharField(
        _("form"), max_length=30, choices=Instrument, default=Instrument.COUNCIL_RESOLUTION
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=StepKind)
    on = models.DateField(_("date"))
    url = models.URLField(_("link"), max_length=600)
    words = models.TextField(_("anything else"), blank=True, validators=[MaxLengthValidator(4_000)])
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=10, default="en")
    file = models.BinaryField(null=True, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_type = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    times = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=TipState, default=TipState.WAITING, editable=False
    )
    reason = models.TextField(_("answer to the sender"), blank=True)
    step = models.ForeignKey(
        Step, models.SET_NULL, null=True, blank=True, related_name="tips", editable=False
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = _("tip")
        verbose_name_plural = _("tips")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=TipState.values), name="tip_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="tip_reviewed_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council or self.place}: {self.get_kind_display()}, {self.on}"
