"""Erase a participant: at the wish of somebody who has no private link."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues import joining
from dialogues.models import Participant


class Command(BaseCommand):
    help = (
        "Erases a participant with all they said, agreed to and did, and its history. Say the "
        "dialogue and the seat, or --email for every dialogue in which an address is kept. Names "
        "are never printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dialogue", nargs="?", help="the short address of the dialogue")
        parser.add_argument("seat", nargs="?", type=int, help="the number of the seat")
        parser.add_argument("--email", help="every participant with this address")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Participant.objects.select_related("dialogue")
        if options["email"] and options["dialogue"] is None:
            found = list(rows.filter(email__iexact=options["email"].strip()))
        elif options["dialogue"] and options["seat"] is not None and not options["email"]:
            found = list(rows.filter(dialogue__slug=options["dialogue"], seat=options["seat"]))
        else:
            raise CommandError("Say the dialogue and the seat, or --email and an address.")
        if not found:
            raise CommandError("There is no such participant. Nothing was erased.")
        for participant in found:
            if options["dry_run"]:
                did, n = "Would erase", participant.statements.count()
            else:
                did, n = "Erased", joining.erase(participant)
            place = f"{participant.dialogue.slug}, seat {participant.seat}"
            self.stdout.write(f"{did}: {place}, with {n} statement{'' if n == 1 else 's'}")
