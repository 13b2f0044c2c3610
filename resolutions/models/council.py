"""Where a resolution can be adopted: jurisdictions and the councils of their municipalities."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from recommendations.models import (
    EntryKind,
    Face,
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
)
from recommendations.models.texts import TwoNames


class JurisdictionKind(models.TextChoices):
    COUNTRY = "country", _("Country")
    PROVINCE = "province", _("Province")
    TERRITORY = "territory", _("Territory")
    STATE = "state", _("State")
    DISTRICT = "district", _("Federal district")


class Jurisdiction(TwoNames, PublicModel):
    """A country, or a province, territory or state of one. ``code`` is ISO 3166: CA, CA-BC."""

    topic = "resolutions"

    code = models.CharField(_("code"), max_length=6, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=JurisdictionKind)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=JurisdictionKind.values),
                name="jurisdiction_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=JurisdictionKind.COUNTRY, parent__isnull=True)
                | (~models.Q(kind=JurisdictionKind.COUNTRY) & models.Q(parent__isnull=False)),
                name="jurisdiction_country_has_no_parent",
            ),
        ]

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Council.objects.filter(jurisdiction__in=ids)]


class CouncilKind(models.TextChoices):
    CITY = "city", _("City")
    TOWN = "town", _("Town")
    VILLAGE = "village", _("Village")
    DISTRICT = "district", _("District")
    COUNTY = "county", _("County")
    OTHER = "other", _("Other")


class CouncilQuerySet(PublicQuerySet["Council"]):
    def with_face(self) -> Self:
        return self.select_related("jurisdiction__parent")

    for_list = with_face

    def matching(self, *, region: str = "", q: str = "") -> Self:
        """Those of a province or state whose name has these letters in it; '' leaves it open."""
        rows = self
        if region:
            rows = rows.filter(jurisdiction__code=region)
        if q:
            rows = rows.filter(name__icontains=q)
        return rows

    def by_name(self) -> Self:
        return self.order_by("name", "id")


class Council(PublicModel):
    """The council of a municipality."""

    topic = "resolutions"
    entry_kind = EntryKind.COUNCIL

    slug = models.SlugField(_("short address"), max_length=100, unique=True)
    name = models.CharField(_("municipality"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=CouncilKind, default=CouncilKind.CITY)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="councils", verbose_name=_("province or state")
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    ocd_id = models.CharField(
        _("Open Civic Data division id"), max_length=200, null=True, blank=True, unique=True
    )
    website = models.URLField(_("website"), blank=True)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = CouncilQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("council")
        verbose_name_plural = _("councils")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=CouncilKind.values), name="council_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                # A comparison with NULL is no 'no' to a database.
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="council_coordinates_on_earth",
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="council_by_name")]

    def __str__(self) -> str:
        return f"{self.name}, {self.jurisdiction.name}"

    def get_absolute_url(self) -> str:
        return reverse("council_detail", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        self.ocd_id = self.ocd_id or None

    def placed(self, language: str) -> str:
        """The municipality with its province or state, in English or in French."""
        place = self.jurisdiction
        in_french = language == "fr" and place.name_fr
        return f"{self.name}, {place.name_fr if in_french else place.name_en}"

    def face(self) -> Face | None:
        place = self.jurisdiction
        names = " ".join(f"{j.name_en} {j.name_fr}" for j in (place, place.parent) if j)
        return Face(
            path=f"/councils/{self.slug}/",
            title=self.name,
            words=names,
            label=place.name_en,
            label_fr=place.name_fr,
            is_demo=self.is_demo,
        )

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        from resolutions.models.resolution import Resolution, Step

        return [
            Resolution.objects.filter(council__in=ids),
            Step.objects.filter(resolution__council__in=ids),
        ]
