"""The words of the field, with the source each definition leans on."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from recommendations.models.entry import EntryKind, Face
from recommendations.models.public import PlainQuerySet, PublicModel, PublicQuerySet, Published
from recommendations.models.recommendation import Recommendation
from recommendations.models.texts import (
    for_reader,
    in_active_language,
    language_field,
    language_is_known,
)


class TermKind(models.TextChoices):
    LEGAL = "legal", _("Legal terms")
    PRINCIPLE = "principle", _("Principles")
    PROJECT = "project", _("Words of the project")
    PROCESS = "process", _("Words of dialogue and resolution")
    BODY = "body", _("Bodies")
    PROPOSED_BODY = "proposed-body", _("Bodies and posts the report asks for")


class DefinitionKind(models.TextChoices):
    VERBATIM = "verbatim", _("In the words of the source")
    OWN_WORDS = "own-words", _("In this site’s own words")


class TermQuerySet(PublicQuerySet["Term"]):
    def public(self) -> Self:
        return self.filter(published_at__isnull=False)


class Term(PublicModel, Published):
    """A word or name that the record defines or leans on."""

    topic = "recommendations"
    entry_kind = EntryKind.TERM

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    term = models.CharField(_("term"), max_length=200)
    term_fr = models.CharField(
        _("term in French"),
        max_length=200,
        blank=True,
        help_text=_("The name French knows it by; empty where there is none."),
    )
    abbreviation = models.CharField(_("abbreviation"), max_length=20, blank=True)
    also_written = models.JSONField(_("also written"), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=TermKind)
    language = language_field()
    definition_kind = models.CharField(_("whose words"), max_length=20, choices=DefinitionKind)
    definition_en = models.TextField(_("definition in English"))
    definition_fr = models.TextField(_("definition in French"), blank=True)
    source = models.CharField(_("source"), max_length=400)
    source_fr = models.CharField(_("source in French"), max_length=400, blank=True)
    source_formal_name = models.CharField(
        _("formal name of the source"), max_length=300, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    quotes = models.JSONField(_("quotations"), default=list, blank=True)
    recommendations = models.ManyToManyField(
        Recommendation, blank=True, related_name="terms", verbose_name=_("recommendations")
    )

    objects = TermQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["term"]
        constraints = [
            *Published.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=TermKind.values), name="term_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(definition_kind__in=DefinitionKind.values),
                name="term_definition_kind_is_known",
            ),
            language_is_known("term_language_is_known"),
        ]

    def __str__(self) -> str:
        return self.term

    def get_absolute_url(self) -> str:
        return f"{reverse('recommendations:glossary')}#{self.slug}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, in either language."""
        names = (self.term, self.term_fr, self.abbreviation, *self.also_written)
        return tuple(filter(None, names))

    @property
    def term_read(self) -> tuple[str, str]:
        """The term as its reader knows it, and the language that is in."""
        return for_reader(self.term, self.language, self.term_fr)

    @property
    def source_read(self) -> tuple[str, str]:
        """The source by its formal name, and the language that is in."""
        return for_reader(self.source_formal_name or self.source, self.language, self.source_fr)

    @property
    def definition(self) -> str:
        return in_active_language(self, "definition")

    def face(self) -> Face | None:
        if not self.is_public:
            return None
        return Face(
            path=f"/glossary/#{self.slug}",
            title=self.term,
            title_language=self.language,
            title_translation=self.term_fr,
            names=(self.abbreviation, *self.also_written),
            text=self.definition_en,
            text_translation=self.definition_fr,
            state=self.kind,
        )


class Abbreviation(PublicModel):
    """Letters that stand for a name."""

    topic = "recommendations"

    abbreviation = models.CharField(_("abbreviation"), max_length=20, unique=True)
    expansion = models.CharField(_("expansion"), max_length=200)
    expanded_in_source = models.BooleanField(
        _("spelled out in the source"), help_text=_("Otherwise the expansion is ours.")
    )

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("abbreviation")
        verbose_name_plural = _("abbreviations")
        ordering = ["abbreviation"]

    def __str__(self) -> str:
        return self.abbreviation
