"""For whom people act."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models.user import User


class OrganizationKind(models.TextChoices):
    NGO = "ngo", _("Non-governmental organization")
    UNIVERSITY = "university", _("University or research centre")
    FOUNDATION = "foundation", _("Foundation")
    NETWORK = "network", _("Network or collaboration")
    GOVERNMENT = "government", _("Public authority")
    OTHER = "other", _("Other")


class Organization(models.Model):
    """A body that convenes dialogues or champions resolutions."""

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
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)
    members = models.ManyToManyField(
        User, through="Membership", related_name="organizations", verbose_name=_("members")
    )

    history = HistoricalRecords()

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
