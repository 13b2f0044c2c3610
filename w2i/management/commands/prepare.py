"""Bring everything the site stands on up to date, doing only what is needed."""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from tqdm import tqdm

from accounts.models import User
from dialogues import publishing
from dialogues.models import Dialogue
from resolutions import places


class Command(BaseCommand):
    help = (
        "Brings translations, database, record and static files up to date. Does only what is "
        "needed, so it is quick and safe to run again."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("compile_catalogues")
        try:
            migrated = self._migrate()
        except OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database does not answer: {reason}") from None
        done = Done(settings.VAR_DIR / "prepared.json")
        # A new or restored database needs the record whatever was done before.
        if done.differs("record", _record()) or migrated:
            self._say("Loading the record")
            call_command("load_record")
            done.remember("record", _record())
            self._publish_the_record()
        if done.differs("places", _places()) or migrated:
            self._say("Loading places")
            call_command("load_places")
            done.remember("places", _places())
        if isinstance(staticfiles_storage, ManifestFilesMixin) and (
            done.differs("static", _static()) or not _manifest().exists()
        ):
            self._collect()
            done.remember("static", _static())

    def _migrate(self) -> bool:
        """Apply what is not applied yet; whether there was anything."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self._say(f"Bringing the database up to date: {len(plan)} migrations")
            call_command("migrate", interactive=False)
        return bool(plan)

    def _publish_the_record(self) -> None:
        """Take the first edition of each dialogue of the record, so that it has files to hand on.

        Made here and now; what that fails at, the worker tries again.
        """
        keeper = User.objects.keeper("record")
        of_record = Dialogue.objects.public().filter(published_by=keeper, is_demo=False)
        for dialogue in of_record.filter(editions__isnull=True).order_by("pk"):
            self._say(f"Making the report of {dialogue}")
            edition = publishing.publish(dialogue, by=keeper)
            try:
                publishing.make(edition.pk)
            except Exception as problem:
                self._say(f"It could not be made yet, and will be tried again: {problem}")

    def _collect(self) -> None:
        self._say("Collecting static files")
        with tqdm(unit=" files", leave=False, disable=None) as bar:
            lines = _Lines(bar)
            call_command("collectstatic", interactive=False, verbosity=2, stdout=lines)

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


class Done:
    """What was done last, by the fingerprint of what it was done from."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._prints: dict[str, str] = json.loads(path.read_text())
        except (OSError, ValueError):
            self._prints = {}

    def differs(self, name: str, fingerprint: str) -> bool:
        return self._prints.get(name) != fingerprint

    def remember(self, name: str, fingerprint: str) -> None:
        self._prints[name] = fingerprint
        self._path.write_text(json.dumps(self._prints))


class _Lines(io.StringIO):
    """Takes a command's lines and moves a bar on for each."""

    def __init__(self, bar: "tqdm[Any]") -> None:
        super().__init__()
        self._bar = bar

    def write(self, text: str) -> int:
        self._bar.update(text.count("\n"))
        return len(text)


def _record() -> str:
    """The record's files, what loads them, and the database they were loaded into."""
    files: list[Path] = []
    for app in ("recommendations", "dialogues", "resolutions"):
        files += sorted((settings.BASE_DIR / app / "data").glob("*.yaml"))
        files += [settings.BASE_DIR / app / "loading.py"]
    return _fingerprint([*_database(), *(path.read_bytes() for path in files)])


def _places() -> str:
    """The list of places and the database it was loaded into."""
    return _fingerprint([*_database(), places.FILE.read_bytes()])


def _database() -> list[str]:
    database = connection.settings_dict
    place = [str(database[name]) for name in ("ENGINE", "HOST", "PORT", "NAME")]
    return [*place, str(database["OPTIONS"].get("host", ""))]


def _static() -> str:
    """Every static file there is, by size and time: to read them all would take longer."""

    def files() -> Iterator[str]:
        for finder in get_finders():
            for name, storage in finder.list([]):
                stat = Path(storage.path(name)).stat()
                yield f"{name} {stat.st_size} {stat.st_mtime_ns}"

    return _fingerprint([type(staticfiles_storage).__qualname__, *sorted(files())])


def _manifest() -> Path:
    return Path(settings.STATIC_ROOT) / "staticfiles.json"


def _fingerprint(parts: Iterable[str | bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()
