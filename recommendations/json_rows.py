"""Short lists that ride along as a column of another query, where each would take a query of its
own: the addressees of a recommendation, the sources of a finding.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models.functions import JSONObject

_M = TypeVar("_M", bound=models.Model)


class JSONRows(models.Subquery):
    """The rows of a query as one JSON list of objects, in the order of the query.

    ``JSONRows(rows, "slug", said="report__title")`` gives ``[{"slug": …, "said": …}, …]``; a
    field may be an expression, another ``JSONRows`` too. For lists that end somewhere: slice what
    could be long.
    """

    output_field = models.JSONField()

    def __init__(self, rows: "models.QuerySet[Any]", *names: str, **fields: Any) -> None:
        fields = {**{name: name for name in names}, **fields}
        super().__init__(rows.values(json_row=JSONObject(**fields)))

    def as_sql(self, compiler: Any, connection: Any, template: Any = None, **extra: Any) -> Any:
        template = (
            # Outside, too: within another list SQLite takes what a subquery gives for a text.
            "json((SELECT json_group_array(json(rows.json_row)) FROM (%(subquery)s) AS rows))"
        )
        return super().as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = (
            "(SELECT coalesce(jsonb_agg(rows.json_row), '[]'::jsonb) FROM (%(subquery)s) AS rows)"
        )
        return super().as_sql(compiler, connection, template=template, **extra)


def made(model: type[_M], values: Mapping[str, Any], /, **others: Any) -> _M:
    """A row of ``model`` from one object of a ``JSONRows``; ``others`` are set as they are."""
    known = {field.attname: field for field in model._meta.concrete_fields}
    row = model(**{name: _value(known[name], values[name]) for name in values if name in known})
    for name, value in others.items():
        setattr(row, name, value)
    row._state.adding = False
    return row


def _value(field: Any, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    value = field.to_python(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=datetime.UTC)  # as SQLite keeps them
    return value


def attach(row: models.Model, name: str, rows: "list[Any]") -> None:
    """Let ``row.name.all()`` be this list, as ``prefetch_related`` lets it be what it fetched."""
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
