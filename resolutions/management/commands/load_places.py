"""Load the list of populated places as councils nobody has confirmed yet."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from resolutions import places


class Command(BaseCommand):
    help = (
        "Makes a council of each populated place of Canada and the United States that is not here "
        "yet (GeoNames, CC BY 4.0). Safe to run again: what is here stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        quiet = options["verbosity"] == 0
        found = list(places.read())
        with tqdm(
            desc="Loading places",
            total=len(found),
            unit=" places",
            disable=quiet or None,
            leave=False,
        ) as bar:
            made = places.load(found, advance=bar.update)
        if not quiet:
            self.stdout.write(f"places: {made:,} created, {len(found) - made:,} left")
