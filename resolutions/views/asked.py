"""What the query of an address names: a council, a province, a text."""

import re
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

# What short addresses, keys and codes are made of: all else names nothing. PostgreSQL would fail
# at a NUL, and nobody need look for ten thousand letters.
_NAME = re.compile(r"[-\w]{1,100}\Z", re.ASCII)
_Row = TypeVar("_Row", bound=Model)


def chosen(rows: "QuerySet[_Row]", value: str, field: str = "slug") -> _Row | None:
    """The row whose ``field`` is ``value``; None for none, or for what can be no such name."""
    return rows.filter(**{field: value}).first() if _NAME.match(value) else None


def chosen_or_404(rows: "QuerySet[_Row]", value: str, field: str = "slug") -> _Row:
    """As ``chosen``.

    Raises:
        Http404: there is none.
    """
    if (row := chosen(rows, value, field)) is None:
        raise Http404
    return row
