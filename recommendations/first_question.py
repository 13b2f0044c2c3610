"""The one question that most requests ask of the database, at the least cost."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def first_question(sql: str, *values: Any) -> list[Any]:
    """All rows of a question, placeholders written ``%s``.

    It is asked of the driver: Django's cursor would cost twice what a small question does. And it
    is the test of a connection that was kept: one that the database has dropped meanwhile is opened
    again, and nothing else need be asked of it.
    """
    database = connections[DEFAULT_DB_ALIAS]
    was_kept = database.connection is not None
    try:
        rows = _ask(database, sql, values)
    except (OperationalError, InterfaceError):
        if not was_kept or database.in_atomic_block:
            raise
        database.close()
        rows = _ask(database, sql, values)
    database.health_check_done = True  # type: ignore[attr-defined]
    return rows


def _ask(database: BaseDatabaseWrapper, sql: str, values: tuple[Any, ...]) -> list[Any]:
    database.ensure_connection()
    if database.vendor == "sqlite":
        sql = sql.replace("%s", "?")
    with database.wrap_database_errors:
        cursor = database.connection.cursor()
        try:
            cursor.execute(sql, values)
            return cursor.fetchall()
        finally:
            cursor.close()
