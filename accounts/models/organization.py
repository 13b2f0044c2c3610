"""For whom people act."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models.user import Role, User


class OrganizationKind(models.TextChoices):
    NGO = "ngo", _("Non-governmental organization")
    UNIVERSITY = "university", _("University or research centre")
    FOUNDATION = "foundation", _("Foundation")
    NETWORK = "network", _("Network or collaboration")
    GOVERNMENT = "government", _("Public authority")
    OTHER = "other", _("Other")


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def acted_for_by(self, user: User | AnonymousUser) -> Self:
        """Those a person acts for; for editors all."""
        roles: frozenset[str] = getattr(user, "roles", frozenset())
        if roles & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self
        if Role.ORGANIZATION_MEMBER in roles and user.is_authenticated:
            return self.filter(memberships__user=user)
        return self.none()


class Organization(models.Model):
    """A body that convenes dialogues or champions resolutions."""

    # First parts of addresses beside those of their boards that are no organization's.
    RESERVED: ClassVar[frozenset[str]] = frozenset({"new"})

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    abbreviation = models.CharField(_("abbreviation"), max_length=30, blank=True)
    parent_name = models.CharField(
        _("part of"), max_length=200, blank=True, help_text=_("The body it belongs to.")
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=OrganizationKind, default=OrganizationKind.NGO
    )
    description = models.TextField(_("description"), blank=True)
    website = models.URLField(_("website"), blank=True)
    # Whoever has it reads the calendar without signing in. Made when first asked for.
    calendar_key = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)
    members = models.ManyToManyField(
        User, through="Membership", related_name="organizations", verbose_name=_("members")
    )

    objects = OrganizationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["calendar_key"])

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values),
                name="organization_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.slug in self.RESERVED:
            raise ValidationError({"slug": _("This address has another use. Choose another.")})

    def new_calendar_key(self) -> None:
        """Make the address of the calendar anew: the old one opens nothing any more."""
        self.calendar_key = uuid.uuid4()
        self.save(update_fields=["calendar_key"])


class Membership(models.Model):
    """A person who acts for an organization."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="memberships", verbose_name=_("organization")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="membership_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"


class MemberInvitation(models.Model):
    """Somebody asked by e-mail to act for an organization. Good for thirty days, and once."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations", verbose_name=_("organization")
    )
    email = models.EmailField(_("e-mail address"))
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("made by"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("accepted by")
    )

    class Meta:
        verbose_name = _("invitation of a member")
        verbose_name_plural = _("invitations of members")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"], name="member_invitation_once_an_address"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="member_invitation_accepted_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.email}"

    def is_open(self, now: datetime | None = None) -> bool:
        age = (now or timezone.now()) - self.made_at
        return self.accepted_at is None and age.days < 30
