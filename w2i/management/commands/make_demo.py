"""Make or remove demonstration data."""

import argparse
import gc
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from w2i.demonstration import Impossible, Sizes, make, present, remove


def _count(text: str) -> int:
    """A whole number of things, 0 or more."""
    number = int(text)
    if not 0 <= number <= 10_000_000:
        raise argparse.ArgumentTypeError("must be between 0 and 10,000,000")
    return number


class Command(BaseCommand):
    help = (
        "Makes invented councils, resolutions, dialogues and statements, each labelled as "
        "demonstration data. The same seed and sizes give the same content. --remove takes all of "
        "it away and touches nothing else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        sizes = Sizes()
        parser.add_argument("--councils", type=_count, default=sizes.councils)
        parser.add_argument("--dialogues", type=_count, default=sizes.dialogues)
        parser.add_argument("--statements", type=_count, default=sizes.statements)
        parser.add_argument(
            "--recommendations",
            type=_count,
            default=sizes.recommendations,
            help="of demonstration reports of their own, with progress",
        )
        parser.add_argument("--reports", type=_count, default=sizes.reports)
        parser.add_argument(
            "--updates",
            type=_count,
            default=sizes.updates,
            help="so many in all, shared out among the recommendations; 0: as chance has it",
        )
        parser.add_argument(
            "--resolutions",
            type=_count,
            default=sizes.resolutions,
            help="so many in all, shared out among the councils; 0: as chance has it",
        )
        parser.add_argument("--seed", type=int, default=1, help="another number, other content")
        parser.add_argument("--remove", action="store_true", help="remove it all instead")

    def handle(self, *args: Any, **options: Any) -> None:
        quiet = options["verbosity"] == 0
        gc.freeze()  # else a quarter of the time goes into looking through all of Django again
        try:
            if options["remove"]:
                total = sum(present().values())
                with self._bar("Removing demonstration data", total, quiet) as bar:
                    counts = remove(bar.update)
                word = "removed"
            else:
                sizes = Sizes(
                    councils=options["councils"],
                    dialogues=options["dialogues"],
                    statements=options["statements"],
                    recommendations=options["recommendations"],
                    resolutions=options["resolutions"],
                    reports=options["reports"],
                    updates=options["updates"],
                )
                with self._bar("Making demonstration data", sizes.total, quiet) as bar:
                    make(sizes, seed=options["seed"], advance=bar.update)
                counts, word = present(), "made"
        except Impossible as problem:
            raise CommandError(str(problem)) from None
        finally:
            gc.unfreeze()
        if not quiet:
            for name, number in counts.items():
                self.stdout.write(f"{name}: {number:,} {word}")

    @staticmethod
    def _bar(what: str, total: int, quiet: bool) -> "tqdm[Any]":
        """Shown when it takes longer than a second; in a log, a line now and then."""
        pause = 0.1 if sys.stderr.isatty() else 5
        return tqdm(
            desc=what,
            total=total,
            unit=" rows",
            disable=quiet,
            delay=1,
            leave=False,
            mininterval=pause,
        )
