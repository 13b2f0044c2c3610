"""The published source of recommendations."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Role, User
from recommendations.models.dates import precision_field, precision_is_known
from recommendations.models.entry import EntryKind, Face
from recommendations.models.public import PublicModel, PublicQuerySet, Published
from recommendations.models.texts import language_field, language_is_known


class ReportQuerySet(PublicQuerySet["Report"]):
    def public(self) -> Self:
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones; for editors, drafts as well."""
        if {Role.EDITOR, Role.ADMINISTRATOR} & set(getattr(user, "roles", ())):
            return self
        return self.public()


class Report(PublicModel, Published):
    """A publication that recommends."""

    topic = "recommendations"
    entry_kind = EntryKind.REPORT

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    short_title = models.CharField(_("short title"), max_length=120, blank=True)
    publisher = models.CharField(_("publisher"), max_length=300)
    released = models.DateField(_("released"))
    released_precision = precision_field()
    language = language_field()
    stem = models.CharField(
        _("opening words"),
        max_length=200,
        blank=True,
        help_text=_("The words every recommendation follows on from."),
    )
    goal = models.TextField(_("goal"), blank=True)
    summary = models.TextField(_("summary"), blank=True)
    project = models.TextField(_("about the project"), blank=True)
    website = models.URLField(_("website"), blank=True)
    is_front = models.BooleanField(
        _("front of the site"), default=False, editable=False
    )  # the one report the home page speaks of
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = ReportQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-is_front", "released", "id"]
        constraints = [
            *Published.Meta.constraints,
            precision_is_known("released_precision", "report_precision_is_known"),
            language_is_known("report_language_is_known"),
            models.UniqueConstraint(
                fields=["is_front"], condition=models.Q(is_front=True), name="report_one_front"
            ),
        ]

    def __str__(self) -> str:
        return self.short_title or self.title

    def get_absolute_url(self) -> str:
        """The front of the site is told about on the page about the project."""
        if self.is_front:
            return reverse("about")
        return reverse("recommendations:report_detail", args=[self.slug])

    def face(self) -> Face | None:
        if not self.is_public:
            return None
        return Face(
            path="/about/" if self.is_front else f"/recommendations/reports/{self.slug}/",
            title=self.title,
            text=f"{self.goal}\n\n{self.summary}\n\n{self.project}",
            label=self.publisher,
            language=self.language,
            on=self.released,
            on_precision=self.released_precision,
            is_activity=True,
            is_demo=self.is_demo,
        )

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        from recommendations.models.recommendation import Recommendation

        return [Recommendation.objects.filter(report__in=ids)]
