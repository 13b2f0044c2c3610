"""Dates that are known to the day, the month or the year."""

from datetime import date
from functools import lru_cache

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


def precision_field() -> models.CharField:
    return models.CharField(
        _("known to the"), max_length=5, choices=Precision, default=Precision.DAY
    )


def precision_is_known(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": Precision.values}), name=name
    )


def in_words(on: date, precision: str = Precision.DAY) -> str:
    """A date in the reader's words, as precisely as it is known."""
    return _in_words(on, precision, (get_language() or "en")[:2])


@lru_cache(maxsize=4_096)  # a page with a long timeline writes hundreds of them
def _in_words(on: date, precision: str, language: str) -> str:
    if precision == Precision.YEAR:
        return str(on.year)
    if precision == Precision.MONTH:
        return date_format(on, "YEAR_MONTH_FORMAT")
    words = date_format(on, "DATE_FORMAT")
    if on.day == 1 and language == "fr":
        words = words.replace("1", "1er", 1)  # "1er mars": no format of Django's says so
    return words
