"""The words of a resolution: as it was brought to a council, and as the council adopted it."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.models import PublicModel, PublicQuerySet
from recommendations.models.texts import language_field, language_is_known
from resolutions.models.model_resolution import ClauseKind
from resolutions.models.resolution import Resolution


class TextStage(models.TextChoices):
    SUBMITTED = "submitted", _("As brought to the council")
    ADOPTED = "adopted", _("As adopted")


class ResolutionTextQuerySet(PublicQuerySet["ResolutionText"]):
    def public(self) -> Self:
        return self.filter(resolution__published_at__isnull=False)


class ResolutionText(PublicModel):
    """A whole text, clause by clause. Never changed: a correction is another row, and of each
    stage the newest one stands.

    ``clauses`` is a list of ``{"kind": a ClauseKind, "text": str, "opening": str, "code": str}``
    in reading order; ``code`` is that of the model's clause it comes from, '' for one of the
    council's own; a sub-item belongs to the operative clause before it.
    """

    topic = "resolutions"

    resolution = models.ForeignKey(
        Resolution, models.PROTECT, related_name="texts", verbose_name=_("resolution")
    )
    stage = models.CharField(_("stage"), max_length=20, choices=TextStage)
    title = models.CharField(_("title"), max_length=300, blank=True)
    language = language_field()
    clauses = models.JSONField(_("clauses"), default=list)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, editable=False, related_name="+", verbose_name=_("recorded by")
    )

    objects = ResolutionTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a resolution")
        verbose_name_plural = _("texts of resolutions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=TextStage.values), name="text_stage_is_known"
            ),
            language_is_known("text_language_is_known"),
        ]
        indexes = [models.Index(fields=["resolution", "stage", "-id"], name="text_newest")]

    def __str__(self) -> str:
        return f"{self.resolution}: {self.get_stage_display()}"

    def clean(self) -> None:
        """Every clause has a known kind and words."""
        super().clean()
        for clause in self.clauses:
            assert clause["kind"] in ClauseKind.values  # noqa: S101 - written by our own code
            assert clause["text"].strip()  # noqa: S101

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Resolution.objects.filter(texts__in=ids)]
