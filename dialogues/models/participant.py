"""Who takes part: a seat in one dialogue, what its holder agreed to, and who else runs it."""

import uuid
from datetime import date, datetime
from typing import Self

from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from dialogues.models.dialogue import Dialogue
from recommendations.models.texts import language_field


class Sector(models.TextChoices):
    """The part of society a statement speaks of, or its maker belongs to."""

    GENERAL = "general", _("General")
    EDUCATION = "education", _("Education")
    GOVERNMENT = "government", _("Government")
    MEDIA = "media", _("Media")
    NGO = "ngo-and-grassroots", _("NGO and grassroots")
    OTHER = "other-sectors", _("Other sectors")


class Channel(models.TextChoices):
    """Where a statement, or a participant, came from."""

    CONSOLE = "console", _("Console")
    PHONE = "phone", _("Phone")
    PAPER = "paper", _("Paper card")
    IMPORT = "import", _("Imported list")
    SIMULATED = "simulated", _("Simulated")


class Batch(models.Model):
    """Rows that came in together, so that they can be taken back together."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="batches", verbose_name=_("dialogue")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.dialogue}, {self.made_at:%Y-%m-%d %H:%M}"


class ConsentPurpose(models.TextChoices):
    """What a participant is asked, one thing at a time."""

    RECORD = "record", _("Kept for the record")
    PUBLISH = "publish", pgettext_lazy("a consent", "Published")
    NAME = "name", _("Published with the name")
    CONTACT = "contact", _("Contacted later")
    REPORT = "report", _("Sent the report")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, on: date | None = None) -> Self:
        """Given, not taken back, not expired."""
        day = on or timezone.localdate()
        return self.filter(withdrawn_at__isnull=True).filter(
            models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=day)
        )


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def who_agree_to(self, *purposes: ConsentPurpose) -> Self:
        """Those who agree to one of these."""
        consents = Consent.objects.in_force().filter(purpose__in=purposes)
        return self.filter(pk__in=consents.values("participant"))

    def with_counts(self) -> Self:
        """Each with how many statements it made, as ``n``, and with its consents."""
        return self.annotate(n=models.Count("statements")).prefetch_related("consents")

    def present(self) -> Self:
        return self.filter(has_left=False)

    def of_token(self, token: str, salt: str) -> "Participant | None":
        """Whose token it is: None for one that is forged or whose seat is gone."""
        try:
            key = uuid.UUID(signing.Signer(salt=salt).unsign(token))
        except (signing.BadSignature, ValueError):
            return None
        return self.filter(key=key).first()


class Participant(models.Model):
    """A seat in one dialogue. A name is optional, and never public without consent.

    Not in the admin: only those who run the dialogue may see who it is. ``key`` is what private
    links and the phone's cookie are signed from; a new key makes old ones void.
    """

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="participants", verbose_name=_("dialogue")
    )
    seat = models.PositiveIntegerField(_("seat"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=300, blank=True)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = language_field()
    channel = models.CharField(
        _("how they came"), max_length=10, choices=Channel, default=Channel.CONSOLE
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    has_left = models.BooleanField(_("has left"), default=False)
    is_held = models.BooleanField(
        _("hold their statements"),
        default=False,
        help_text=_("What they send from now on waits for review."),
    )
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(
        Batch,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="participants",
        verbose_name=_("import"),
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["dialogue", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "seat"], name="participant_one_a_seat"),
            models.CheckConstraint(
                condition=models.Q(sector__in=["", *Sector.values]),
                name="participant_sector_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values),
                name="participant_channel_is_known",
            ),
        ]

    def __str__(self) -> str:
        # Never the name: this may end up in a log or an error page.
        return _("Seat %(seat)d") % {"seat": self.seat}

    def token(self, salt: str) -> str:
        """A secret that stands for this seat, for one use: ``salt`` is "seat" or "said"."""
        return signing.Signer(salt=salt).sign(self.key.hex)

    def agrees_to(self, purpose: ConsentPurpose) -> bool:
        """Whether a consent is in force. Reads ``consents`` where they were fetched before."""
        return purpose in self.agreements()

    def agreements(self) -> list[ConsentPurpose]:
        """What its holder agrees to now, in the order it is asked."""
        today = timezone.localdate()
        given = {consent.purpose for consent in self.consents.all() if consent.is_in_force(today)}
        return [purpose for purpose in ConsentPurpose if purpose in given]


class Consent(models.Model):
    """One thing a participant agreed to, in the words they were shown. Taken back, it stays."""

    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="consents", verbose_name=_("participant")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=ConsentPurpose)
    wording = models.TextField(_("wording"))
    language = language_field()
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    expires_on = models.DateField(_("until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_once_a_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=ConsentPurpose.values),
                name="consent_purpose_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_purpose_display()}"

    @property
    def has_run_out(self) -> bool:
        """Whether it ended by its date, not by being taken back."""
        ended = timezone.localdate(self.withdrawn_at) if self.withdrawn_at else timezone.localdate()
        return self.expires_on is not None and self.expires_on < ended

    def is_in_force(self, on: date) -> bool:
        return self.withdrawn_at is None and (self.expires_on is None or self.expires_on >= on)


class TeamRole(models.TextChoices):
    FACILITATOR = "facilitator", _("Facilitator")
    SCRIBE = "scribe", _("Scribe")


class Invitation(models.Model):
    """Somebody asked by e-mail to help run a dialogue. Good for thirty days, and once."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="invitations", verbose_name=_("dialogue")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=TeamRole)
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("made by"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("accepted by")
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "email"], name="invitation_once_an_address"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=TeamRole.values), name="invitation_role_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dialogue}: {self.get_role_display()}"

    def is_open(self, now: datetime | None = None) -> bool:
        age = (now or timezone.now()) - self.made_at
        return self.accepted_at is None and age.days < 30
