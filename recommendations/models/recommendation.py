"""What is asked, and of whom."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Role, User
from recommendations.models.entry import EntryKind, Face
from recommendations.models.progress import STALE_AFTER, Status
from recommendations.models.public import (
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Published,
    afterwards,
    one_refresh,
)
from recommendations.models.report import Report
from recommendations.models.texts import TwoNames, translation_field


class Audience(TwoNames, PublicModel):
    """The part of the world a recommendation speaks to."""

    topic = "recommendations"

    slug = models.SlugField(_("short address"), max_length=40, unique=True)
    code_prefix = models.CharField(_("code prefix"), max_length=4, unique=True)
    heading = models.CharField(
        _("heading of record"), max_length=200, blank=True, help_text=_("As the report prints it.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["order", "id"]

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Recommendation.objects.filter(audience__in=ids)]


class Pillar(TwoNames, PublicModel):
    """A line of work that recommendations stand under."""

    topic = "recommendations"

    slug = models.SlugField(_("short address"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("pillar")
        verbose_name_plural = _("pillars")
        ordering = ["order", "id"]

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Recommendation.objects.filter(pillar__in=ids)]


class AddresseeKind(models.TextChoices):
    OFFICE = "office", _("Office")
    GOVERNMENT = "government", _("Government")
    LEGISLATURE = "legislature", _("Legislature")
    MEMBERS = "members-of-a-legislature", _("Members of a legislature")
    DEPARTMENT = "department", _("Department")
    PROPOSED_BODY = "proposed-body", _("Body that is asked for")
    GROUP = "group", _("Group")


class Addressee(TwoNames, PublicModel):
    """Who is asked to act: an office, a body or a group, never a private person."""

    topic = "recommendations"

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=AddresseeKind)
    note = models.TextField(_("note"), blank=True)
    form_of_address_en = models.CharField(
        _("form of address in English"),
        max_length=120,
        blank=True,
        help_text=_("How a letter begins, such as “Dear Prime Minister”."),
    )
    form_of_address_fr = models.CharField(
        _("form of address in French"), max_length=120, blank=True
    )
    postal_address = models.TextField(
        _("postal address of the office"), blank=True, help_text=_("Never a private address.")
    )
    postal_address_fr = models.TextField(
        _("postal address in French"),
        blank=True,
        help_text=_("Where the office has a French one."),
    )
    contact_url = models.URLField(
        _("page with the office’s contact form"), max_length=600, blank=True
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AddresseeKind.values), name="addressee_kind_is_known"
            ),
        ]

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Recommendation.objects.filter(addressees__in=ids)]


class Subject(TwoNames, PublicModel):
    """What several recommendations ask for alike, each of its own audience: a line of comparison.

    Which recommendation asks for the same as which is this site's reading, not the report's.
    """

    topic = "recommendations"

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["order", "id"]


class RecommendationQuerySet(PublicQuerySet["Recommendation"]):
    def public(self) -> Self:
        """Published recommendations of published reports."""
        return self.filter(published_at__isnull=False, report__published_at__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones; for editors, drafts as well."""
        if Role.EDITOR in getattr(user, "roles", ()) or Role.ADMINISTRATOR in getattr(
            user, "roles", ()
        ):
            return self
        return self.public()

    def in_report_order(self) -> Self:
        """The front of the site first, then report by report."""
        return self.order_by("-report__is_front", "report__released", "report_id", "order", "id")

    def with_face(self) -> Self:
        return self.select_related("report", "audience", "pillar").prefetch_related("addressees")

    for_list = with_face

    def update(self, **kwargs: Any) -> int:
        with one_refresh():
            if {"report", "report_id"} & kwargs.keys():
                self.refresh()  # the report they leave is counted anew as well
            return super().update(**kwargs)

    def stale(self, today: date | None = None) -> Self:
        """Those whose assessment may be out of date: there is none newer than two years."""
        return self.filter(status_on__lt=(today or timezone.localdate()) - STALE_AFTER)

    def fresh(self, today: date | None = None) -> Self:
        """Those assessed as of the last two years."""
        return self.filter(status_on__gte=(today or timezone.localdate()) - STALE_AFTER)

    def matching(
        self,
        *,
        report: str = "",
        audience: str = "",
        pillar: str = "",
        addressee: str = "",
        status: str = "",
        stale: str = "",
        ids: Iterable[int] | None = None,
    ) -> Self:
        """Those that fit every filter given; '' and None leave a filter open.

        ``stale`` is 'yes' for assessments that may be out of date, 'no' for those of late.
        """
        rows = self
        if report:
            rows = rows.filter(report__slug=report)
        if audience:
            rows = rows.filter(audience__slug=audience)
        if pillar:
            rows = rows.filter(pillar__slug=pillar)
        if addressee:
            rows = rows.filter(addressees__slug=addressee)
        if status:
            rows = rows.filter(status=status)
        if stale:
            rows = rows.stale() if stale == "yes" else rows.fresh()
        if ids is not None:
            rows = rows.filter(pk__in=list(ids))
        return rows


class Recommendation(PublicModel, Published):
    """One sentence asked of somebody, in the words of its report.

    ``status`` and ``status_on`` repeat the latest published ``ProgressUpdate``, so that lists need
    no join; only ``ProgressUpdate.publish`` and ``retract`` write them, through ``read_status``.
    """

    topic = "recommendations"
    entry_kind = EntryKind.RECOMMENDATION

    code = models.CharField(
        _("code"),
        max_length=12,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Z]{2,4}-\d{2,4}$", _("Write it as two letters and a number: CA-02.")
            )
        ],
    )
    report = models.ForeignKey(
        Report, models.PROTECT, related_name="recommendations", verbose_name=_("report")
    )
    audience = models.ForeignKey(
        Audience, models.PROTECT, related_name="recommendations", verbose_name=_("audience")
    )
    pillar = models.ForeignKey(
        Pillar, models.PROTECT, related_name="recommendations", verbose_name=_("pillar")
    )
    addressees = models.ManyToManyField(
        Addressee, related_name="recommendations", verbose_name=_("addressees")
    )
    subject = models.ForeignKey(
        Subject,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("subject"),
    )
    order = models.PositiveIntegerField(_("order"), default=1)
    text = models.TextField(
        _("text of record"), help_text=_("As the report prints it. Read-only once published.")
    )
    translation = translation_field()
    provenance = models.JSONField(
        _("provenance"), default=dict, blank=True, help_text=_("What was repaired in the scan.")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.NOT_ASSESSED, editable=False
    )
    status_on = models.DateField(_("status as of"), null=True, editable=False)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = RecommendationQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[addressees])

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["report", "order", "id"]
        constraints = [
            *Published.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values),
                name="recommendation_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.NOT_ASSESSED, status_on__isnull=True)
                | (~models.Q(status=Status.NOT_ASSESSED) & models.Q(status_on__isnull=False)),
                name="recommendation_status_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["audience", "pillar", "order"], name="recommendation_matrix"),
            models.Index(fields=["status"], name="recommendation_status"),
            # Which stands before one, and which after.
            models.Index(fields=["report", "order"], name="recommendation_in_report"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("recommendation_detail", args=[self.code])

    def face(self) -> Face | None:
        if not (self.is_public and self.report.is_public):
            return None
        names = " ".join(f"{a.name_en} {a.name_fr}" for a in self.addressees.all())
        return Face(
            path=f"/recommendations/{self.code}/",
            title=self.text,
            title_translation=self.translation,
            words=f"{self.audience.name_en} {self.pillar.name_en} {names}",
            label=self.code,
            state=self.status,
            language=self.report.language,
            is_demo=self.is_demo,
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        with one_refresh():
            if self.pk and (fields is None or "report" in fields):
                self.changed([self.pk])  # as in RecommendationQuerySet.update
            super().save(*args, **kwargs)

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        from recommendations.models.progress import ProgressUpdate

        return [ProgressUpdate.objects.filter(recommendation__in=ids)]

    @classmethod
    def changed(cls, ids: Sequence[int]) -> None:
        from recommendations.figures import count_years

        with one_refresh():
            super().changed(ids)
            reports = Report.objects.filter(recommendations__in=ids).order_by().distinct()
            afterwards(count_years, reports.values_list("pk", flat=True))

    def is_stale(self, today: date | None = None) -> bool:
        """Whether its assessment may be out of date. What nobody has assessed is not."""
        return (
            self.status_on is not None
            and (today or timezone.localdate()) - self.status_on > STALE_AFTER
        )

    def read_status(self) -> None:
        """Take the status of the latest update that stands, or none."""
        latest = self.updates.standing().newest_first().first()
        self.status = latest.status if latest else Status.NOT_ASSESSED
        self.status_on = latest.on if latest else None
        self.save(update_fields=["status", "status_on"])
