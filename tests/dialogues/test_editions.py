"""An edition always gives the same bytes, whatever happens to what it was made of."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from django.test import Client
from django.utils import timezone

from accounts.models import User
from dialogues import capturing, publishing, recalling, shaping
from dialogues.models import (
    Contribution,
    ContributionKind,
    Dialogue,
    Edition,
    EditionFile,
    PartKind,
)
from tests.factories import (
    AnswerFactory,
    ContributionFactory,
    ConvenerFactory,
    DialogueFactory,
    EditionFactory,
    EditionFileFactory,
    SectionFactory,
    UserFactory,
)
from tests.working import work

ENDINGS = ("", "report.css", "report.pdf", "report.docx", "report.csv", "report.json")


def spoken(**kwargs: Any) -> Dialogue:
    """A dialogue in which something of every kind was said."""
    dialogue = DialogueFactory(slug="halifax", title="Que faudrait-il?", **kwargs)
    ConvenerFactory(dialogue=dialogue)
    SectionFactory(dialogue=dialogue, heading="", body="It began.\n\n- one\n- two")
    for n, kind in enumerate(ContributionKind, 1):
        ContributionFactory(
            dialogue=dialogue, kind=kind, posted=True, code=f"{kind}-{n}".upper(), text=f"«{kind}»"
        )
    AnswerFactory(contribution=dialogue.contributions.get(kind="question"))
    return dialogue


def bytes_over_http(dialogue: Dialogue, number: int = 1) -> dict[str, str]:
    """The checksum of everything an edition gives, by its address."""
    found = {}
    for prefix in ("", "/fr"):
        for ending in ENDINGS:
            path = f"{prefix}/dialogues/{dialogue.slug}/editions/{number}/{ending}"
            answer = Client().get(path)
            assert answer.status_code == 200, path
            found[path] = hashlib.sha256(answer.content).hexdigest()
            assert answer["ETag"] == f'"{found[path]}"'
    return found


# ---- To be shown: statements edited, software upgraded, database dumped and restored ----


@pytest.mark.django_db(transaction=True)
def test_the_bytes_are_the_same_after_edits_a_migration_and_a_restore(tmp_path: Path) -> None:
    by = UserFactory()
    dialogue = spoken()
    edition = publishing.publish(dialogue, by=by)
    work()
    before = bytes_over_http(dialogue)

    hope = dialogue.contributions.get(kind="hope")
    capturing.revise(hope, "Something else altogether.", revision=hope.revision)
    dialogue.contributions.get(kind="idea").withdraw(by=by)
    shaping.write(dialogue, PartKind.INTRODUCTION, {"text": "Anew."}, revision=1)
    dialogue.refresh_from_db()
    dialogue.title = "Another title"
    dialogue.save()
    assert bytes_over_http(dialogue) == before

    publishing.publish(dialogue, by=by, what_changed="Nearly everything.")
    work()
    assert bytes_over_http(dialogue) == before
    assert bytes_over_http(dialogue, 2) != before

    _upgrade()
    assert bytes_over_http(dialogue) == before

    _in_a_dump(edition, tmp_path)
    dump = tmp_path / "dump.json"
    left_out = ["contenttypes", "auth.permission", "sessions", "admin.logentry"]
    call_command("dumpdata", output=str(dump), exclude=left_out, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    assert not EditionFile.objects.exists()
    # Roles are made anew after a flush; the dump has its own.
    apps.get_model("auth.Group").objects.all().delete()
    call_command("loaddata", str(dump), verbosity=0)
    assert bytes_over_http(dialogue) == before
    restored = Edition.objects.get(pk=edition.pk)
    assert restored.checksum == publishing.checksum_of(restored.files.all())


def _upgrade() -> None:
    """A migration such as a later version may have: the tables of editions get columns."""
    state = ProjectState.from_apps(apps)
    for model in ("edition", "editionfile"):
        fields: dict[str, models.Field[Any, Any]] = {
            "note": models.TextField(default=""),
            "seen_on": models.DateField(null=True),
        }
        for name, field in fields.items():
            add = migrations.AddField(model, name, field)
            later = state.clone()
            add.state_forwards("dialogues", later)
            with connection.schema_editor() as editor:
                add.database_forwards("dialogues", editor, state, later)
            state = later
    for model in ("edition", "editionfile"):
        for name in ("note", "seen_on"):
            remove = migrations.RemoveField(model, name)
            later = state.clone()
            remove.state_forwards("dialogues", later)
            with connection.schema_editor() as editor:
                remove.database_forwards("dialogues", editor, state, later)
            state = later
    if connection.vendor == "sqlite":
        # It made the tables anew, without their triggers: see the note in the migration.
        first = import_module("dialogues.migrations.0004_reports_and_commitments")
        with connection.schema_editor() as editor:
            first.create(apps, editor)


def _in_a_dump(edition: Edition, folder: Path) -> None:
    """The database's own copy of itself, restored elsewhere, holds the same bytes."""
    query = "SELECT name, language, content FROM dialogues_editionfile WHERE edition_id = "
    if connection.vendor == "sqlite":
        rows = _from_a_backup(folder, f"{query}{edition.pk}")
    elif shutil.which("pg_dump") and shutil.which("psql"):
        rows = _from_a_dump(folder, f"{query}{edition.pk}")
    else:
        return
    assert {
        (name, language): hashlib.sha256(bytes(content)).hexdigest()
        for name, language, content in rows
    } == {(file.name, file.language): file.sha256 for file in edition.files.defer("content")}


def _from_a_backup(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "copy.sqlite3")) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        return copy.execute(query).fetchall()


def _from_a_dump(folder: Path, query: str) -> list[Any]:
    database = connection.get_connection_params()
    places = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    there = {name: str(database[key]) for name, key in places.items() if database.get(key)}
    dump, name = folder / "dump.sql", f"{database['dbname']}_restored"

    def run(*command: str) -> None:
        subprocess.run(command, env={**os.environ, **there}, check=True, capture_output=True)

    run("pg_dump", "--no-owner", "-f", str(dump), database["dbname"])
    run("psql", "-d", "postgres", "-c", f'DROP DATABASE IF EXISTS "{name}"')
    run("psql", "-d", "postgres", "-c", f'CREATE DATABASE "{name}"')
    run("psql", "-q", "-d", name, "-f", str(dump))
    try:
        connect = connection.Database.connect  # type: ignore[attr-defined]
        with closing(connect(**{**database, "dbname": name})) as copy:
            cursor = copy.cursor()
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        run("psql", "-d", "postgres", "-c", f'DROP DATABASE "{name}"')


# ---- The database holds it ----


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"source": {"en": {"title": "Another"}}},
        {"front": {}},
        {"number": 7},
        {"what_changed": "Nothing at all."},
        {"made_at": timezone.now()},
        {"checksum": "1" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_statement_of_the_database_changes_what_an_edition_says(change: dict[str, Any]) -> None:
    edition = EditionFactory(published=True)

    with pytest.raises(DatabaseError), transaction.atomic():
        models.QuerySet(Edition).filter(pk=edition.pk).update(**change)

    assert Edition.objects.get().checksum == edition.checksum


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"content": b"x"}, {"name": "x"}, {"sha256": "x"}])
def test_no_statement_of_the_database_changes_a_file(change: dict[str, Any]) -> None:
    file = EditionFileFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        EditionFile.objects.filter(pk=file.pk).update(**change)

    assert bytes(EditionFile.objects.get().content) == b"code\r\n"


# ---- Making it again ----


@pytest.mark.django_db
def test_files_made_again_are_the_same(facilitator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = publishing.publish(spoken(), by=facilitator)
    edition.refresh_from_db()
    first = list(publishing.files_of(edition))

    year = timezone.now() + timedelta(days=366)
    monkeypatch.setattr(timezone, "now", lambda: year)
    monkeypatch.setattr("time.time", lambda: year.timestamp())
    again = list(publishing.files_of(edition))

    assert [name for name, *_rest in again] == [name for name, *_rest in first]
    for (name, language, _type, one), (_n, _l, _t, other) in zip(first, again, strict=True):
        assert one == other, (name, language)


# ---- What its page is ----


@pytest.fixture
def published(facilitator: User, settings: Any) -> Edition:
    settings.SITE_URL = "https://w2i.example.org/"
    edition = publishing.publish(spoken(facilitators=[facilitator]), by=facilitator)
    work()
    edition.refresh_from_db()
    return edition


@pytest.mark.django_db
def test_the_page_stands_by_itself_and_leads_to_the_latest(published: Edition) -> None:
    answer = Client().get(published.get_absolute_url())
    html = answer.content.decode()

    assert 'href="report.css"' in html
    assert "/static/" not in html
    assert "<script" not in html
    assert "style=" not in html
    assert "«hope»" in html
    assert answer["Link"] == '</dialogues/halifax/>; rel="latest-version"'
    assert "https://w2i.example.org/dialogues/halifax/editions/1/" in html  # how to cite it
    assert not answer.cookies
    style = Client().get(f"{published.get_absolute_url()}report.css").content.decode()
    assert "--paper" in style
    assert "url(" not in style


@pytest.mark.django_db
def test_french_readers_get_the_french_files(published: Edition) -> None:
    english = Client().get("/dialogues/halifax/report.pdf")
    french = Client().get("/fr/dialogues/halifax/report.pdf")

    assert english.content[:5] == french.content[:5] == b"%PDF-"
    assert english.content != french.content
    assert french["Content-Location"] == "/fr/dialogues/halifax/editions/1/report.pdf"
    page = Client().get("/fr/dialogues/halifax/editions/1/").content.decode()
    assert '<html lang="fr-CA">' in page


@pytest.mark.django_db
def test_a_copy_that_is_held_is_not_sent_again(published: Edition) -> None:
    path = f"{published.get_absolute_url()}report.json"
    answer = Client().get(path, headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"

    again = Client().get(path, headers={"if-none-match": answer["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert Client().head(path).status_code == 200


@pytest.mark.django_db
def test_the_list_names_every_file_with_its_checksum(published: Edition) -> None:
    html = Client().get("/dialogues/halifax/editions/").content.decode()

    assert published.checksum in html
    for file in published.files.defer("content"):
        assert file.sha256 in html


@pytest.mark.django_db
def test_a_withdrawn_edition_says_so_everywhere(published: Edition, facilitator: User) -> None:
    recalling.withdraw(published, by=facilitator, why="A name was in it.")
    path = published.get_absolute_url()

    page, file = Client().get(path), Client().get(f"{path}report.pdf")

    assert (page.status_code, file.status_code) == (200, 410)
    for answer in (page, file):
        assert "A name was in it." in answer.content.decode()
        assert published.checksum in answer.content.decode()
        assert "«hope»" not in answer.content.decode()
    assert "A name was in it." in Client().get("/dialogues/halifax/editions/").content.decode()
    gone = Client().get("/dialogues/halifax/report.pdf")
    assert gone.status_code == 404
    assert "no edition of the report stands" in gone.content.decode()
    assert published.files.count() == 10  # nothing is lost
    assert Contribution.objects.filter(dialogue=published.dialogue).count() == 6
