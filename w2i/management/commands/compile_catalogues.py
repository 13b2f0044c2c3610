"""Compile the translation catalogues; msgfmt is not on every machine."""

import os
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compiles the translation catalogues (locale/*/LC_MESSAGES/*.po) that have changed."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if _is_current(source):
                    continue
                _compile(source)
                if options["verbosity"]:
                    name = source.relative_to(Path(folder).parent)
                    self.stdout.write(f"Compiled the catalogue {name}")


def _compile(source: Path) -> None:
    try:
        catalogue = polib.pofile(str(source))
    except (OSError, ValueError) as error:  # its message names the file and the line
        raise CommandError(f"The catalogue can't be read: {error}") from None
    # Moved into place whole: a server that starts now must not read half a file.
    unfinished = source.with_suffix(f".{os.getpid()}.mo")
    catalogue.save_as_mofile(str(unfinished))
    unfinished.replace(source.with_suffix(".mo"))


def _is_current(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns
