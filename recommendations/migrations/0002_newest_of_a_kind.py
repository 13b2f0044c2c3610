from django.db import migrations

# PostgreSQL takes a word that is in most entries to be in most entries of each kind, and for a kind
# that has it rarely would read the whole table backwards to find a thousand. With these it reads
# the entries of the kind alone. SQLite's full-text table knows the kind of each row.
KINDS = (
    "recommendation",
    "update",
    "term",
    "dialogue",
    "statement",
    "model",
    "resolution",
    "step",
    "council",
    "report",
)


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for kind in KINDS:
            schema_editor.execute(
                f"CREATE INDEX recommendations_entry_newest_{kind} ON recommendations_entry"
                f" (id DESC) WHERE kind = '{kind}'"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for kind in KINDS:
            schema_editor.execute(f"DROP INDEX recommendations_entry_newest_{kind}")


class Migration(migrations.Migration):

    dependencies = [
        ("recommendations", "0001_initial"),
    ]

    operations = [migrations.RunPython(create, drop)]
