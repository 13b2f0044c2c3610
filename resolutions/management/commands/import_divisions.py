"""Bring in a list of Open Civic Data: kinds, legal names and ids of municipalities."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from recommendations.models import one_refresh
from resolutions import divisions


class Command(BaseCommand):
    help = (
        "Brings in Open Civic Data's list of Canada's census subdivisions or of places of the "
        "United States: gives councils their id, kind and legal name, and makes those that are "
        "missing. What is confirmed stays as it is. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the list, a CSV file that begins with id,name")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = list(divisions.rows_of(options["file"]))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The list can't be read: {error}") from None
        if not rows or "id" not in rows[0]:
            raise CommandError("This is no list of divisions: its first column must be “id”.")
        if options["dry_run"]:
            merged = divisions.merge(rows)
        else:
            merged = self._bring_in(rows, quiet=options["verbosity"] == 0)
        for line in self._lines(merged, would=options["dry_run"]):
            self.stdout.write(line)

    @staticmethod
    @one_refresh()
    def _bring_in(rows: list[dict[str, str]], *, quiet: bool) -> divisions.Merged:
        merged = divisions.merge(rows)
        total = len(merged.new) + len(merged.updated)
        with tqdm(total=total, unit=" councils", disable=quiet or None, leave=False) as bar:
            divisions.save(merged, advance=bar.update)
        return merged

    @staticmethod
    def _lines(merged: divisions.Merged, *, would: bool) -> list[str]:
        verb = "would be " if would else ""
        lines = [f"{len(merged.new):,} {verb}made, {len(merged.updated):,} {verb}updated"]
        if would:
            lines += [f"  new: {row}" for row in merged.new[:10]]
            lines += [f"  updated: {row}: {row.get_kind_display()}" for row in merged.updated[:10]]
        lines.append(
            f"{merged.same:,} left as they are, {merged.confirmed:,} confirmed and not touched, "
            f"{merged.without_council:,} lines of the list that have no municipal council"
        )
        return lines
