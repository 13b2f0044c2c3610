"""Where a resolution can be adopted: jurisdictions and the councils of their municipalities."""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from recommendations.models import (
    EntryKind,
    Face,
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    one_refresh,
)
from recommendations.models.texts import TwoNames, in_active_language, reading
from recommendations.words import fold


class JurisdictionKind(models.TextChoices):
    COUNTRY = "country", _("Country")
    PROVINCE = "province", _("Province")
    TERRITORY = "territory", _("Territory")
    STATE = "state", _("State")
    DISTRICT = "district", _("Federal district")


class Jurisdiction(TwoNames, PublicModel):
    """A country, or a province, territory or state of one. ``code`` is ISO 3166: CA, CA-BC.

    ``head_en`` and ``head_fr`` name the office a resolution is addressed to, as it stands in a
    text ("Premier of British Columbia", "premier ministre de la Colombie-Britannique"); the short
    forms are what the text calls it the second time.
    """

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

    head_en = models.CharField(
        _("head of government in English"),
        max_length=120,
        blank=True,
        help_text=_("The office, not the person: “Premier of British Columbia”."),
    )
    head_fr = models.CharField(_("head of government in French"), max_length=120, blank=True)
    head_short_en = models.CharField(_("short form in English"), max_length=60, blank=True)
    head_short_fr = models.CharField(_("short form in French"), max_length=60, blank=True)

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

    def get_absolute_url(self) -> str:
        return reverse("resolutions:region_detail", args=[self.code])

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Council.objects.filter(jurisdiction__in=ids)]

    @property
    def head(self) -> str:
        """The office of its head of government, in the reader's language."""
        return in_active_language(self, "head")


class AssociationLevel(models.TextChoices):
    """How far an association of municipalities reaches."""

    AREA = "area", _("Area association")
    PROVINCIAL = "provincial", _("Association of the province or state")
    NATIONAL = "national", _("National federation")


class Association(TwoNames, PublicModel):
    """An association of municipalities, and how a resolution comes before it.

    A province may have several: one for cities and one for rural municipalities, or one for each
    language. ``serves`` lists the kinds of council it is for (values of ``CouncilKind``), empty
    for all; the first of a province that serves a council is the one its text names.

    ``takes_article`` is whether English puts "the" before the name; ``article_fr`` is what French
    puts there ("l’", "la "), '' for nothing. A deadline is a day of every year; both parts are
    known or neither. ``checked_on`` is when somebody read the facts at ``source_url``.
    """

    topic = "resolutions"

    code = models.SlugField(_("short name"), max_length=20, unique=True)
    level = models.CharField(_("level"), max_length=20, choices=AssociationLevel)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="associations", verbose_name=_("of")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("brings resolutions to"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    serves = models.JSONField(
        _("kinds of council"), default=list, blank=True, help_text=_("None for all.")
    )
    takes_article = models.BooleanField(_("“the” before the English name"), default=True)
    article_fr = models.CharField(_("article in French"), max_length=3, blank=True)
    website = models.URLField(_("website"), blank=True)
    deadline_month = models.PositiveSmallIntegerField(_("deadline: month"), null=True, blank=True)
    deadline_day = models.PositiveSmallIntegerField(_("deadline: day"), null=True, blank=True)
    most_recitals = models.PositiveSmallIntegerField(_("recitals at most"), null=True, blank=True)
    rules_en = models.TextField(_("what it asks of a resolution, in English"), blank=True)
    rules_fr = models.TextField(_("what it asks of a resolution, in French"), blank=True)
    source_url = models.URLField(_("where this is said"), max_length=600, blank=True)
    checked_on = models.DateField(_("checked"), null=True, blank=True)

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("municipal association")
        verbose_name_plural = _("municipal associations")
        ordering = ["jurisdiction__code", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=AssociationLevel.values),
                name="association_level_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(deadline_month__isnull=True, deadline_day__isnull=True)
                | models.Q(
                    deadline_month__isnull=False,
                    deadline_day__isnull=False,
                    deadline_month__range=(1, 12),
                    deadline_day__range=(1, 31),
                ),
                name="association_deadline_is_a_day",
            ),
        ]

    def clean(self) -> None:
        """Say in a sentence what the constraints would refuse without one."""
        super().clean()
        if (self.deadline_month is None) != (self.deadline_day is None):
            raise ValidationError({"deadline_month": _("Write both, or neither.")})
        if self.deadline_month and self.deadline_day:
            try:
                date(2000, self.deadline_month, self.deadline_day)
            except ValueError:
                raise ValidationError(
                    {"deadline_day": _("There is no such day in a year.")}
                ) from None
        if self.checked_on and not self.source_url:
            raise ValidationError({"source_url": _("Say where it was read on that day.")})

    @property
    def rules(self) -> str:
        """What it asks of a resolution, in the reader's language."""
        return in_active_language(self, "rules")

    @property
    def deadline(self) -> date | None:
        """Its day of the year, in a year that has every day; None where it is not known."""
        if self.deadline_month is None or self.deadline_day is None:
            return None
        last = calendar.monthrange(2000, self.deadline_month)[1]
        return date(2000, self.deadline_month, min(self.deadline_day, last))

    @property
    def kinds_served(self) -> str:
        """The kinds of council it is for, in words; '' for all."""
        return ", ".join(str(CouncilKind(kind).label).lower() for kind in self.serves)

    @property
    def name_language(self) -> str:
        """The language ``name`` is in: not every association has a French one."""
        return "fr" if reading() == "fr" and self.name_fr else "en"

    def serves_kind(self, kind: str) -> bool:
        return not self.serves or kind in self.serves


class CouncilKind(models.TextChoices):
    """What a municipality is. A place of a list of places is none of these until somebody looks."""

    CITY = "city", _("City")
    TOWN = "town", _("Town")
    VILLAGE = "village", _("Village")
    DISTRICT = "district", _("District")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    MUNICIPALITY = "municipality", _("Municipality")
    RURAL = "rural", _("Rural municipality")
    REGIONAL = "regional", _("Regional municipality")
    PARISH = "parish", _("Parish")
    HAMLET = "hamlet", _("Hamlet")
    BOROUGH = "borough", _("Borough")
    OTHER = "other", _("Other")
    PLACE = "place", _("Populated place")


_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻ`´", "'"))


def worded(text: str) -> str:
    """The words of a name without accents, capitals, full stops and hyphens; every apostrophe '."""
    kept = "".join(c if c.isalnum() or c in ".'" else " " for c in text.translate(_APOSTROPHES))
    return " ".join(filter(None, (fold(word) for word in kept.split())))


def searchable(text: str) -> str:
    """A name as it is looked for: as ``worded``, and St. John’s as St Johns."""
    return " ".join(worded(text).replace("'", "").split())


class CouncilQuerySet(PublicQuerySet["Council"]):
    def for_list(self) -> Self:
        return self.select_related("jurisdiction__parent")

    def with_face(self) -> Self:
        acted = models.Exists(_public_resolutions())
        return self.for_list().annotate(has_acted=acted)

    def on_record(self) -> Self:
        """Without places of a list that nobody has confirmed and that did nothing we know of."""
        return self.exclude(
            ~models.Q(data_source=""),
            ~models.Exists(_public_resolutions()),
            confirmed_at__isnull=True,
        )

    def bulk_create(self, objs: Iterable["Council"], *args: Any, **kwargs: Any) -> list["Council"]:
        objs = list(objs)
        for council in objs:
            council.note_names()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_list(self, objs: Iterable["Council"]) -> list["Council"]:
        """Create councils of a list of places, which are in no search yet: see ``face``."""
        objs = list(objs)
        for council in objs:
            council.note_names()
        with one_refresh():
            created = models.QuerySet.bulk_create(self, objs, batch_size=1_000)
            self.model.changed([])
        return created

    def matching(self, *, region: str = "", q: str = "") -> Self:
        """Those of a province or state whose name has these letters in it; '' leaves it open."""
        rows = self
        if region:
            rows = rows.filter(jurisdiction__code=region)
        if q:
            wanted = searchable(q)
            rows = rows.filter(search_name__contains=wanted) if wanted else rows.none()
        return rows

    def by_name(self) -> Self:
        return self.order_by("name", "id")

    def best_first(self, q: str) -> Self:
        """Of those that match, first whose name is this, then whose name begins so, the larger
        before the smaller; by name where nothing was asked for. Of those that fit as well, councils
        somebody has confirmed come before mere lines of a list.
        """
        if not (wanted := searchable(q)):
            return self.by_name()
        rank = models.Case(
            models.When(search_name=wanted, then=0),
            models.When(search_name__startswith=f"{wanted} |", then=0),
            models.When(search_name__endswith=f"| {wanted}", then=0),
            models.When(search_name__startswith=wanted, then=1),
            default=2,
            output_field=models.SmallIntegerField(),
        )
        unseen = models.Case(
            models.When(confirmed_at__isnull=False, then=0),
            default=1,
            output_field=models.SmallIntegerField(),
        )
        larger = models.F("population").desc(nulls_last=True)
        return self.annotate(rank=rank, unseen=unseen).order_by(
            "rank", "unseen", larger, "name", "id"
        )


def _public_resolutions() -> models.QuerySet[Any]:
    """The public resolutions of the council of an outer query."""
    from resolutions.models.resolution import Resolution

    return Resolution.objects.filter(
        council=models.OuterRef("pk"), published_at__isnull=False
    ).order_by()


class Council(PublicModel):
    """The council of a municipality.

    ``confirmed_at`` is when an editor, or a first verified resolution, said that name and kind are
    right; until then a place of a list of places may be no municipality at all, and pages say so.
    ``formal_name`` ("City of Vancouver") and ``council_name`` ("Vancouver City Council") are what
    a text calls them, '' for what ``resolutions.filling`` makes of name and kind. ``search_name``
    repeats the names as they are looked for; ``save`` and ``bulk_create`` write it.
    ``data_source`` names the list a council was made from, '' where somebody entered it.
    """

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
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    formal_name = models.CharField(
        _("formal name"), max_length=200, blank=True, help_text=_("Such as “City of Vancouver”.")
    )
    formal_name_fr = models.CharField(
        _("formal name in French"),
        max_length=200,
        blank=True,
        help_text=_("With its article: “la Ville de Montréal”."),
    )
    council_name = models.CharField(
        _("name of the council"),
        max_length=200,
        blank=True,
        help_text=_("Such as “Vancouver City Council”."),
    )
    council_name_fr = models.CharField(
        _("name of the council in French"),
        max_length=200,
        blank=True,
        help_text=_("With its article: “le conseil municipal de Montréal”."),
    )
    seats = models.PositiveSmallIntegerField(
        _("seats"), null=True, blank=True, help_text=_("Members with a vote, the mayor among them.")
    )
    email = models.EmailField(
        _("e-mail address of the clerk"),
        blank=True,
        help_text=_("The office’s, never a person’s own."),
    )
    area_association = models.ForeignKey(
        Association,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area association"),
    )
    data_source = models.CharField(_("where it was taken from"), max_length=100, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    search_name = models.CharField(max_length=420, blank=True, editable=False)
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
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="council_confirmed_when_and_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="council_by_name"),
            models.Index(fields=["jurisdiction", "name", "id"], name="council_of_a_region"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.jurisdiction.name}"

    def get_absolute_url(self) -> str:
        return reverse("council_detail", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        self.ocd_id = self.ocd_id or None

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.note_names()
        if (only := kwargs.get("update_fields")) is not None and {"name", "name_fr"} & set(only):
            kwargs["update_fields"] = {*only, "search_name"}
        super().save(*args, **kwargs)

    def note_names(self) -> None:
        """Bring ``search_name`` up to date."""
        names = dict.fromkeys(searchable(name) for name in (self.name, self.name_fr) if name)
        self.search_name = " | ".join(names)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def confirm(self, *, by: User, at: datetime | None = None) -> None:
        """Say that name and kind are right. Said twice, the first time stands."""
        if self.confirmed_at is None:
            self.confirmed_at, self.confirmed_by = at or timezone.now(), by
            self.save(update_fields=["confirmed_at", "confirmed_by"])

    def placed(self, language: str) -> str:
        """The municipality with its province or state, in English or in French."""
        place = self.jurisdiction
        in_french = language == "fr" and place.name_fr
        return f"{self.name}, {place.name_fr if in_french else place.name_en}"

    @property
    def is_listed_only(self) -> bool:
        """Whether all that is known of it is a line in a list of places."""
        return bool(self.data_source) and not self.is_confirmed

    def face(self) -> Face | None:
        """None for what is only a line in a list: 25,000 places would bury what was said and done.
        ``/councils/`` finds them. Where it did something, that shows it.
        """
        if self.is_listed_only and not getattr(self, "has_acted", False):
            return None
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
