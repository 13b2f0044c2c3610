"""The text offered to councils, clause by clause."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Role, User
from recommendations.models import (
    EntryKind,
    Face,
    PlainQuerySet,
    Precision,
    PublicModel,
    PublicQuerySet,
    Published,
    Recommendation,
    Report,
)
from recommendations.models.dates import precision_field, precision_is_known
from recommendations.models.texts import (
    for_reader,
    language_field,
    language_is_known,
    reading,
    translation_field,
)
from resolutions.models.council import Jurisdiction


class ModelResolutionQuerySet(PublicQuerySet["ModelResolution"]):
    def public(self) -> Self:
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones; for editors, drafts as well."""
        if getattr(user, "roles", frozenset()) & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self
        return self.public()

    def with_face(self) -> Self:
        return self.prefetch_related("clauses")

    def current(self) -> Self:
        """Public ones that no public one replaces."""
        return self.public().exclude(replaced_by__published_at__isnull=False)

    def main(self) -> "ModelResolution | None":
        """The one a page means by “the model”: the first that is no adaptation of another."""
        return self.current().filter(adapted_from=None, is_demo=False).first()


class Scope(models.TextChoices):
    """Who a model is put to."""

    COUNCIL = "council", _("A council")
    ASSOCIATION = "association", _("An association of municipalities")


class ModelResolution(PublicModel, Published):
    """A resolution drafted for any council, with place-dependent words as fields.

    Once public its text stands: another version is another row, which says what it ``replaces``.
    ``adapted_from`` is the model this one is a translation, a condensed form or another country's
    form of; its page then says that it is this project's own, in ``adaptation_note``.
    """

    topic = "resolutions"
    entry_kind = EntryKind.MODEL

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    text_title = models.CharField(
        _("title of a text made from it"),
        max_length=300,
        blank=True,
        help_text=_("What the council’s own text is called. Without one, as the model is."),
    )
    author = models.CharField(_("author"), max_length=200, blank=True)
    dated = models.DateField(_("dated"))
    dated_precision = precision_field()
    written_for = models.CharField(_("written for"), max_length=200, blank=True)
    written_for_fr = models.CharField(_("written for, in French"), max_length=200, blank=True)
    report = models.ForeignKey(
        Report,
        models.PROTECT,
        related_name="model_resolutions",
        verbose_name=_("report it asks for"),
    )
    language = language_field()
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    country = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for councils of"),
        help_text=_("None for any country."),
    )
    scope = models.CharField(_("put to"), max_length=20, choices=Scope, default=Scope.COUNCIL)
    adapted_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="adaptations",
        verbose_name=_("adapted from"),
    )
    adaptation_note = models.TextField(
        _("what was adapted"),
        blank=True,
        help_text=_("Shown on its face, and in every text made from it."),
    )
    adaptation_note_fr = models.TextField(_("what was adapted, in French"), blank=True)
    not_carried = models.ManyToManyField(
        Recommendation,
        blank=True,
        related_name="+",
        verbose_name=_("not carried"),
        help_text=_("Recommendations that no clause names on its own."),
    )
    not_carried_note = models.TextField(_("note on what is not carried"), blank=True)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = ModelResolutionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("model resolution")
        verbose_name_plural = _("model resolutions")
        ordering = ["dated", "id"]
        constraints = [
            *Published.Meta.constraints,
            precision_is_known("dated_precision", "model_precision_is_known"),
            language_is_known("model_language_is_known"),
            models.CheckConstraint(
                condition=models.Q(scope__in=Scope.values), name="model_scope_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resolutions:model_detail", args=[self.slug])

    def publish(self, *, by: User, at: datetime | None = None) -> None:
        """Make it public, once every place-dependent word of it stands where it is said to.

        Raises:
            ValidationError: some do not; each message names its clause or its field.
        """
        from resolutions.drafting import faults

        if self.published_at is None and (found := faults(self)):
            raise ValidationError(found)
        super().publish(by=by, at=at)

    @property
    def written_for_read(self) -> tuple[str, str]:
        """For whom, as the reader says it, and the language that is in."""
        return for_reader(self.written_for, self.language, self.written_for_fr)

    @property
    def adaptation_read(self) -> str:
        """What was adapted, in the reader's language."""
        in_french = reading() == "fr" and self.adaptation_note_fr
        return self.adaptation_note_fr if in_french else self.adaptation_note

    def face(self) -> Face | None:
        if not self.is_public:
            return None
        return Face(
            path=f"/resolutions/model/{self.slug}/",
            title=self.title,
            text="\n\n".join(clause.text for clause in self.clauses.all()),
            label=self.author,
            language=self.language,
            on=self.dated,
            on_precision=self.dated_precision or Precision.DAY,
            is_activity=True,
            is_demo=self.is_demo,
        )


class ClauseKind(models.TextChoices):
    RECITAL = "recital", _("Recital")
    RESOLVED = "resolved", _("Operative clause")
    SUB_ITEM = "sub-item", _("Sub-item")
    DISTRIBUTION = "distribution", _("Distribution clause")


class ClauseQuerySet(PublicQuerySet["Clause"]):
    def public(self) -> Self:
        return self.filter(model__published_at__isnull=False)


class Clause(PublicModel):
    """One clause of a model resolution, in the words of record.

    ``opening`` repeats how ``text`` begins (WHEREAS), so that a page can set it apart. ``reason``
    is why the clause is there and ``caution`` what to think of before one keeps it, each in our
    own words, for whoever prepares a text; ``wordings`` are others to choose instead of it.
    """

    topic = "resolutions"

    model = models.ForeignKey(
        ModelResolution,
        models.CASCADE,
        related_name="clauses",
        verbose_name=_("model resolution"),
    )
    code = models.CharField(_("number"), max_length=10)
    kind = models.CharField(_("kind"), max_length=20, choices=ClauseKind)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    part_of = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    opening = models.CharField(_("opening words"), max_length=100, blank=True)
    text = models.TextField(_("text of record"))
    translation = translation_field()
    note = models.TextField(_("note"), blank=True)
    time_terms = models.JSONField(
        _("words that age"), default=list, blank=True, help_text=_("Such as “last year”.")
    )
    reason = models.TextField(_("why it is there"), blank=True)
    reason_fr = models.TextField(_("why it is there, in French"), blank=True)
    caution = models.TextField(
        _("what to think of"),
        blank=True,
        help_text=_("Words that age, or that somebody questioned; say what can be done."),
    )
    caution_fr = models.TextField(_("what to think of, in French"), blank=True)
    recommendations = models.ManyToManyField(
        Recommendation, blank=True, related_name="clauses", verbose_name=_("asks for")
    )

    objects = ClauseQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[recommendations])

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "code"], name="clause_code_once_a_model"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ClauseKind.values), name="clause_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ClauseKind.SUB_ITEM, part_of__isnull=False)
                | (~models.Q(kind=ClauseKind.SUB_ITEM) & models.Q(part_of__isnull=True)),
                name="clause_sub_item_is_part_of_a_clause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:80]}"

    def get_absolute_url(self) -> str:
        return f"{self.model.get_absolute_url()}#{self.code}"

    @property
    def reason_read(self) -> str:
        return self.reason_fr if reading() == "fr" and self.reason_fr else self.reason

    @property
    def caution_read(self) -> str:
        return self.caution_fr if reading() == "fr" and self.caution_fr else self.caution

    @property
    def rest(self) -> str:
        """The text after its opening words."""
        return self.text.removeprefix(self.opening)

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [ModelResolution.objects.filter(clauses__in=ids)]


class Wording(PublicModel):
    """Another way to say a clause, to choose instead of it. The text of record stays as it is.

    ``text`` is whole, with its opening words, in the model's language; the place-dependent words
    of the clause are found in it where they stand.
    """

    topic = "resolutions"

    clause = models.ForeignKey(
        Clause, models.CASCADE, related_name="wordings", verbose_name=_("clause")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    label = models.CharField(
        _("what it does"), max_length=120, help_text=_("Such as “Without the year”.")
    )
    label_fr = models.CharField(_("what it does, in French"), max_length=120, blank=True)
    text = models.TextField(_("text"))

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("other wording")
        verbose_name_plural = _("other wordings")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def label_read(self) -> str:
        return self.label_fr if reading() == "fr" and self.label_fr else self.label


class PlaceField(PublicModel):
    """Words of a model that change with the municipality, the province or the country."""

    topic = "resolutions"

    model = models.ForeignKey(
        ModelResolution,
        models.CASCADE,
        related_name="fields",
        verbose_name=_("model resolution"),
    )
    name = models.SlugField(_("name"), max_length=40)
    label = models.CharField(_("label"), max_length=120)
    varies_with = models.CharField(
        _("varies with"),
        max_length=20,
        choices=[
            ("municipality", _("Municipality")),
            ("province", _("Province or state")),
            ("country", _("Country")),
        ],
    )
    original = models.CharField(_("in the text of record"), max_length=200)
    short_original = models.CharField(_("short form"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("place-dependent field")
        verbose_name_plural = _("place-dependent fields")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "name"], name="place_field_once_a_model"),
            models.CheckConstraint(
                condition=models.Q(varies_with__in=["municipality", "province", "country"]),
                name="place_field_varies_with_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.label


def standing(words: str, text: str) -> list[tuple[int, int]]:
    """Where words stand in a text as words of their own: "Canada" is not in "Canadas"."""
    if not words:
        return []
    pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
    return [match.span() for match in re.finditer(pattern, text)]


class PlaceTerm(PublicModel):
    """Where a field stands in a clause: the words, and how often they occur in it."""

    topic = "resolutions"

    clause = models.ForeignKey(
        Clause, models.CASCADE, related_name="place_terms", verbose_name=_("clause")
    )
    field = models.ForeignKey(
        PlaceField, models.CASCADE, related_name="terms", verbose_name=_("field")
    )
    text = models.CharField(_("words"), max_length=200)
    occurrences = models.PositiveSmallIntegerField(_("occurrences"), default=1)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("place-dependent words")
        verbose_name_plural = _("place-dependent words")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "field", "text"], name="place_term_once_a_clause"
            ),
            models.CheckConstraint(
                condition=models.Q(occurrences__gte=1), name="place_term_occurs"
            ),
        ]

    def __str__(self) -> str:
        return self.text
