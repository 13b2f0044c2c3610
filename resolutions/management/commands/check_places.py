"""Whether every council has a word for every field that a text takes from its place."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from resolutions.filling import values_for
from resolutions.models import Council, ModelResolution


class Command(BaseCommand):
    help = (
        "Fills the place-dependent fields of every public model for every council of its country, "
        "and names each that stays empty. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--country", default="CA", help="CA or US; CA unless told")
        parser.add_argument("--over", type=int, default=1_000, help="people, 1,000 unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Council.objects.filter(
            jurisdiction__parent__code=options["country"], population__gt=options["over"]
        ).for_list()
        models = [
            (model, [field.name for field in model.fields.all()])
            for model in ModelResolution.objects.public()
            if model.country is None or model.country.code == options["country"]
        ]
        quiet = options["verbosity"] == 0
        empty, total = [], 0
        for council in tqdm(
            rows.iterator(), total=rows.count(), unit=" councils", disable=quiet or None
        ):
            total += 1
            for model, names in models:
                values = values_for(council, model)
                empty += [
                    f"{council}: {name} in {model.slug}"
                    for name in names
                    if name not in values or not values[name].words
                ]
        if empty:
            raise CommandError(
                "\n".join([*empty[:50], f"{len(empty):,} empty of {total:,} councils"])
            )
        self.stdout.write(f"{total:,} councils, nothing is empty")
