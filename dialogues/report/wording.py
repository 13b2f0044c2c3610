"""Dates, numbers and lists as a report writes them, in the active language."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dialogues.templatetags.dialogues import counted
from recommendations.models.dates import in_words

__all__ = ["counted", "in_words", "listed"]


def listed(items: Sequence[str]) -> str:
    """Items as “a, b and c”; '' for none."""
    if len(items) < 2:
        return "".join(items)
    return _("{} and {}").format(", ".join(items[:-1]), items[-1])
