"""A text somebody is preparing for a council, reached by a link nobody can guess."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resolutions.models.council import Council
from resolutions.models.model_resolution import ModelResolution
from resolutions.models.resolution import Resolution


def new_key() -> str:
    """128 bits nobody can guess, as 22 letters of an address."""
    return secrets.token_urlsafe(16)


class Preparation(models.Model):
    """What somebody chose so far. No account, no name: whoever has the link has the text.

    Never shown, listed, searched or cached; not a ``PublicModel``.

    ``choices`` has what is done with a clause by its code, where that is not to keep it:
    ``{"do": "leave"}``, ``{"do": "wording", "wording": id}`` or ``{"do": "own", "text": str}``;
    any of them, and ``keep``, may have a ``text`` somebody wrote and does not use now.
    ``recitals`` are local ones, whole, in order. ``values`` are words for place-dependent fields
    that differ from what is filled in, by the name of the field. ``revision`` counts saves, so
    that a window left open elsewhere can't undo what was saved since.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    model = models.ForeignKey(ModelResolution, models.PROTECT, related_name="+")
    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    choices = models.JSONField(default=dict)
    recitals = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    resolution = models.ForeignKey(
        Resolution, models.SET_NULL, null=True, blank=True, related_name="preparations"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.council}: {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("resolutions:preparation_clauses", args=[self.key])
