"""Dates, numbers and lists as a report writes them, in the active language."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialogues.templatetags.dialogues import counted
from recommendations.models import Precision
from recommendations.models.texts import reading

__all__ = ["counted", "in_words", "listed"]


def in_words(on: date, precision: str = Precision.DAY) -> str:
    """A date, as precisely as it is known."""
    if precision == Precision.YEAR:
        return str(on.year)
    if precision == Precision.MONTH:
        return date_format(on, "YEAR_MONTH_FORMAT")
    words = date_format(on, "DATE_FORMAT")
    if on.day == 1 and reading() == "fr":
        words = words.replace("1", "1er", 1)  # "1er mars": no format of Django's says so
    return words


def listed(items: Sequence[str]) -> str:
    """Items as “a, b and c”; '' for none."""
    if len(items) < 2:
        return "".join(items)
    return _("{} and {}").format(", ".join(items[:-1]), items[-1])
