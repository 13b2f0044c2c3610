"""Load the record of 2009 and what is known of what followed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

import dialogues.loading
import recommendations.loading
import resolutions.loading
from accounts.models import User
from recommendations.models import one_refresh
from recommendations.record import Loader, RecordProblem


class Command(BaseCommand):
    help = (
        "Loads the record: recommendations, glossary, progress, the Vancouver dialogue, the model "
        "resolution and the four proclamations. Safe to run again: what an editor changed by hand "
        "is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        quiet = options["verbosity"] == 0
        try:
            with (
                one_refresh(),
                tqdm(
                    desc="Loading the record", unit=" rows", disable=quiet or None, leave=False
                ) as bar,
            ):
                loader = Loader(by=User.objects.keeper("record"), step=bar.update)
                recommendations.loading.load(loader)
                dialogues.loading.load(loader)
                resolutions.loading.load(loader)
        except RecordProblem as problem:
            raise CommandError(f"{problem}. Nothing was changed.") from None
        if quiet:
            return
        for name, counts in loader.counts.items():
            self.stdout.write(
                f"{name}: {counts.created} created, {counts.updated} updated, {counts.left} left"
            )
        for line in loader.kept:
            self.stdout.write(self.style.WARNING(line))
