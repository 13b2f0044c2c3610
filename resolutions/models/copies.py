"""Copies: who is owed one, who asked for one, and what came back."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.models import PublicModel, PublicQuerySet
from resolutions.models.council import Council
from resolutions.models.resolution import Resolution


class RecipientKind(models.TextChoices):
    HEAD_OF_GOVERNMENT = "head-of-government", _("Head of government")
    PREMIER = "premier", _("Premier or governor")
    ASSOCIATION = "association", _("Municipal association")
    MUNICIPALITY = "municipality", _("Municipality")
    OTHER = "other", _("Other")


class Means(models.TextChoices):
    EMAIL = "e-mail", _("By e-mail")
    POST = "post", _("By post")
    HAND = "hand", _("By hand")


class DeliveryQuerySet(PublicQuerySet["Delivery"]):
    def public(self) -> Self:
        return self.filter(resolution__published_at__isnull=False)


class Delivery(PublicModel):
    """A copy owed under the distribution clause or asked for, and what became of it.

    ``recipient`` names an office or a municipality and is public; ``email`` is not. A copy that is
    not sent by ``due_on`` is late. When and how it was sent are known together.
    """

    topic = "resolutions"

    resolution = models.ForeignKey(
        Resolution, models.PROTECT, related_name="deliveries", verbose_name=_("resolution")
    )
    kind = models.CharField(_("who"), max_length=30, choices=RecipientKind)
    recipient = models.CharField(
        _("recipient"), max_length=200, help_text=_("The office, not a person’s name.")
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    sent_on = models.DateField(_("sent"), null=True, blank=True)
    means = models.CharField(_("how"), max_length=20, choices=Means, blank=True)
    sent_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    acknowledged_on = models.DateField(_("acknowledged"), null=True, blank=True)
    replied_on = models.DateField(_("replied"), null=True, blank=True)
    reply = models.TextField(_("what the reply said"), blank=True)
    reply_url = models.URLField(_("link to the reply"), max_length=600, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy owed")
        verbose_name_plural = _("copies owed")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RecipientKind.values), name="delivery_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(sent_on__isnull=True, means="")
                | models.Q(sent_on__isnull=False, means__in=Means.values),
                name="delivery_sent_when_and_how",
            ),
            models.UniqueConstraint(
                fields=["resolution", "recipient"], name="delivery_once_a_recipient"
            ),
        ]

    def __str__(self) -> str:
        return self.recipient


class CopyRequest(models.Model):
    """A municipality asked for a copy. The address it gave is used for that and nothing else.

    ``sent_at`` is when the letter left this machine; None while it could not be sent.
    """

    resolution = models.ForeignKey(
        Resolution, models.CASCADE, related_name="copy_requests", verbose_name=_("resolution")
    )
    delivery = models.ForeignKey(
        Delivery, models.SET_NULL, null=True, related_name="requests", verbose_name=_("copy")
    )
    council = models.ForeignKey(Council, models.SET_NULL, null=True, blank=True, related_name="+")
    municipality = models.CharField(_("municipality"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(max_length=10, default="en")
    made_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("request for a copy")
        verbose_name_plural = _("requests for copies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "email"], name="copy_request_once_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.municipality
