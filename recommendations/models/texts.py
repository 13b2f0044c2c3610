"""Texts in two languages."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def language_field() -> models.CharField:
    """The language a text was written in."""
    return models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")


def language_is_known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(language__in=[code for code, _name in settings.LANGUAGES]), name=name
    )


def translation_field() -> models.TextField:
    """A text of record in the other language, once somebody has translated it."""
    return models.TextField(
        _("translation"),
        blank=True,
        help_text=_("In the site’s other language. Shown as a translation, beside the original."),
    )


def reading() -> str:
    """The reader's language: 'en' or 'fr'."""
    return (get_language() or "en")[:2]


def for_reader(text: str, language: str, translation: str) -> tuple[str, str]:
    """A text as the reader gets it, translated where it has been, and the language that is in."""
    if translation and reading() != language[:2]:
        return translation, reading()
    return text, language


def in_active_language(row: Any, field: str) -> str:
    """``field_en`` or ``field_fr`` of a row, whichever the reader wants; English where empty."""
    return getattr(row, f"{field}_{reading()}", "") or getattr(row, f"{field}_en")


class TwoNames(models.Model):
    """Something with a name of its own in English and in French."""

    name_en = models.CharField(_("name in English"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_active_language(self, "name")
