"""The record of 2009 in the database of a test: loaded once by a process, put back after that."""

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model, QuerySet

# What the record was loaded into, table by table, as the database had it then.
_rows: list[tuple[type[Model], list[Model]]] = []


def load() -> None:
    """Load the record into an empty database.

    To load it takes seconds; to put back the rows it was loaded into, their entries and histories
    with them, a fraction of one. Called in a transaction, at whose end the links are checked.
    """
    if _rows:
        _put_back()
        return
    before = {model: set(_of(model).values_list("pk", flat=True)) for model in _tables()}
    call_command("load_record", verbosity=0)
    for model, known in before.items():
        if rows := [row for row in _of(model) if row.pk not in known]:
            _rows.append((model, rows))


def _tables() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _of(model: type[Model]) -> QuerySet[Model]:
    """All rows, read and written past what the model's own manager does besides."""
    return QuerySet(model)


def _put_back() -> None:
    for model, rows in _rows:
        _of(model).bulk_create(rows)
    with connection.cursor() as cursor:
        models = [model for model, _rows_of_it in _rows]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
