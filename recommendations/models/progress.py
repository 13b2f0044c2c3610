"""What became of a recommendation: a status on a date, with its sources."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.models.dates import precision_field, precision_is_known
from recommendations.models.entry import EntryKind, Face
from recommendations.models.public import (
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Published,
    one_refresh,
)
from recommendations.models.texts import language_field, language_is_known

SCALE_VERSION = "2026-11"
STALE_AFTER = timedelta(days=2 * 365)


class Status(models.TextChoices):
    """What became of a recommendation. Counted, never averaged. Definitions: the method page."""

    NOT_ASSESSED = "not-assessed", _("Not yet assessed")
    NO_ACTION_FOUND = "no-action-found", _("No action found")
    UNDER_WAY = "under-way", _("Under way")
    STALLED = "stalled", _("Stalled")
    PARTLY_IN_PLACE = "partly-in-place", _("Partly in place")
    IN_PLACE = "in-place", _("In place")
    UNDONE_SINCE = "undone-since", _("Undone since")


class NoSource(ValidationError):
    """A status was to be published without anything to show for it."""


class SourceBase(models.Model):
    """Something anyone can look up: who published it, what it is called, where, when."""

    publisher = models.CharField(_("publisher"), max_length=300)
    title = models.CharField(_("title"), max_length=400)
    language = language_field()
    url = models.URLField(_("link"), max_length=600)
    archived_url = models.URLField(
        _("archived copy"), max_length=600, blank=True, help_text=_("A link that will last.")
    )
    published_on = models.DateField(_("published"), null=True, blank=True)
    published_precision = precision_field()
    read_on = models.DateField(
        _("read"),
        null=True,
        blank=True,
        help_text=_("The day somebody read it and found this there."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.publisher}, {self.title}"


class ProgressUpdateQuerySet(PublicQuerySet["ProgressUpdate"]):
    def public(self) -> Self:
        return self.filter(published_at__isnull=False)

    def newest_first(self) -> Self:
        return self.order_by("-on", "-id")

    def with_face(self) -> Self:
        return self.select_related("recommendation__report")


class ProgressUpdate(PublicModel, Published):
    """A finding: the status of a recommendation on a date, and what shows it.

    Added to, never overwritten: a correction is a new update that names the one it ``corrects``.
    """

    topic = "recommendations"
    entry_kind = EntryKind.UPDATE

    recommendation = models.ForeignKey(
        "recommendations.Recommendation",
        models.PROTECT,
        related_name="updates",
        verbose_name=_("recommendation"),
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=[choice for choice in Status.choices if choice[0] != Status.NOT_ASSESSED],
    )
    on = models.DateField(_("as of"), help_text=_("The day this was so, not that of the find."))
    summary = models.TextField(
        _("summary"), help_text=_("In plain words: what was done, what not.")
    )
    language = language_field()
    quotation = models.TextField(_("quotation"), blank=True)
    assessed_by = models.CharField(
        _("assessed by"), max_length=200, blank=True, help_text=_("The person or body that judged.")
    )
    scale_version = models.CharField(
        _("version of the scale"), max_length=20, default=SCALE_VERSION, editable=False
    )
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
    )
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-on", "-id"]
        constraints = [
            *Published.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status__in=[s for s in Status.values if s != "not-assessed"]),
                name="progress_status_is_known",
            ),
            language_is_known("progress_language_is_known"),
        ]
        indexes = [
            models.Index(fields=["recommendation", "-on", "-id"], name="progress_timeline"),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_status_display()} · {self.on}"

    def get_absolute_url(self) -> str:
        return f"{self.recommendation.get_absolute_url()}#update-{self.pk}"

    def clean(self) -> None:
        super().clean()
        if self.on and self.on > timezone.localdate():
            raise ValidationError(
                {"on": _("The date is in the future: write the day this was so.")}
            )

    def is_stale(self, today: date | None = None) -> bool:
        return (today or timezone.localdate()) - self.on > STALE_AFTER

    def face(self) -> Face | None:
        report = self.recommendation.report
        if not (self.is_public and self.recommendation.is_public and report.is_public):
            return None
        return Face(
            path=f"/recommendations/{self.recommendation.code}/#update-{self.pk}",
            title=self.recommendation.text,
            title_language=report.language,
            title_translation=self.recommendation.translation,
            text=self.summary,
            label=self.recommendation.code,
            state=self.status,
            language=self.language,
            on=self.on,
            is_activity=True,
            is_demo=self.is_demo or self.recommendation.is_demo,
        )

    @one_refresh()
    def publish(self, *, by: User, at: datetime | None = None) -> None:
        """Make the finding public and bring the recommendation's status up to date.

        Raises:
            NoSource: no source is named; nothing is claimed without one.
        """
        if not self.sources.exists():
            raise NoSource(_("Name at least one source before you publish this."))
        super().publish(by=by, at=at)
        self.recommendation.read_status()

    @one_refresh()
    def withdraw(self) -> None:
        super().withdraw()
        self.recommendation.read_status()


class Source(SourceBase, PublicModel):
    """Where a progress update can be checked."""

    topic = "recommendations"

    update = models.ForeignKey(
        ProgressUpdate, models.CASCADE, related_name="sources", verbose_name=_("progress update")
    )

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["id"]
        constraints = [
            language_is_known("source_language_is_known"),
            precision_is_known("published_precision", "source_precision_is_known"),
        ]

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [ProgressUpdate.objects.filter(sources__in=ids)]
