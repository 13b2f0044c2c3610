"""Bringing everything up to date, and only what is needed."""

import gettext
import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "council"
msgstr "conseil"

#, fuzzy
msgid "clause"
msgstr "clause douteuse"
"""


@pytest.fixture
def catalogue(tmp_path: Path, settings: Settings) -> Path:
    file = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text(CATALOGUE)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    return file


def compile_catalogues() -> str:
    said = io.StringIO()
    call_command("compile_catalogues", stdout=said)
    return said.getvalue()


def test_a_catalogue_is_compiled_once(catalogue: Path) -> None:
    first, second = compile_catalogues(), compile_catalogues()

    assert first == "Compiled the catalogue locale/fr/LC_MESSAGES/django.po\n"
    assert second == ""
    with catalogue.with_suffix(".mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("council") == "conseil"


def test_a_doubtful_translation_is_not_shown(catalogue: Path) -> None:
    compile_catalogues()

    with catalogue.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("clause") == "clause"


def test_a_changed_catalogue_is_compiled_again(catalogue: Path) -> None:
    compile_catalogues()
    later = catalogue.with_suffix(".mo").stat().st_mtime + 1
    catalogue.write_text(CATALOGUE.replace("conseil", "municipalité"))
    os.utime(catalogue, (later, later))

    compile_catalogues()

    with catalogue.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("council") == "municipalité"


def test_a_broken_catalogue_is_named_and_the_last_good_one_stays(catalogue: Path) -> None:
    compile_catalogues()
    good = catalogue.with_suffix(".mo").read_bytes()
    later = catalogue.with_suffix(".mo").stat().st_mtime + 1
    catalogue.write_text(CATALOGUE + "what is this\n")
    os.utime(catalogue, (later, later))

    with pytest.raises(CommandError, match=r"django\.po"):
        compile_catalogues()

    assert catalogue.with_suffix(".mo").read_bytes() == good


def prepare() -> str:
    said = io.StringIO()
    call_command("prepare", stdout=said)
    return said.getvalue()


@pytest.fixture
def var(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which the record and the places take no time to load."""
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("w2i.management.commands.prepare.call_command", lambda name: None)
    return tmp_path


@pytest.mark.django_db
def test_record_and_places_are_loaded_once(var: Path) -> None:
    first, second = prepare(), prepare()

    assert first == "Loading the record\nLoading places\n"
    assert second == ""


@pytest.mark.django_db
@pytest.mark.parametrize("memory", ['{"record": "of another database"}', "{", ""])
def test_what_is_not_known_to_be_done_is_done_again(var: Path, memory: str) -> None:
    prepare()
    (var / "prepared.json").write_text(memory)

    assert prepare() == "Loading the record\nLoading places\n"


def test_a_database_that_does_not_answer_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*args: object) -> None:
        raise OperationalError("connection refused\n\tIs the server running?")

    monkeypatch.setattr(MigrationExecutor, "__init__", refuse)

    with pytest.raises(CommandError) as refused:
        prepare()

    assert str(refused.value) == "The database does not answer: connection refused"
