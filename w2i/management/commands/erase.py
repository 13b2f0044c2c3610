"""Erase a participant, or an address wherever it is: at the wish of whoever it belongs to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import letters
from dialogues import commitments, joining
from dialogues.models import Participant
from recommendations import evidence, following
from resolutions import forgetting


class Command(BaseCommand):
    help = (
        "Erases a participant with all they said, agreed to and did, and its history. Say the "
        "dialogue and the seat, or --email for every dialogue in which an address is kept; that "
        "erases it from reports, evidence sent in, requests for copies, copies sent and "
        "invitations of members as well, every commitment made in public with it, what it follows "
        "by e-mail, and letters to it that wait. It does not look at accounts, nor at the "
        "addresses of councils and organizations, which are an office's: change these in the "
        "admin. Names are never printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dialogue", nargs="?", help="the short address of the dialogue")
        parser.add_argument("seat", nargs="?", type=int, help="the number of the seat")
        parser.add_argument("--email", help="everything with this address")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Participant.objects.select_related("dialogue")
        kept = promised = follows = waiting = 0
        if options["email"] and options["dialogue"] is None:
            found = list(rows.filter(email__iexact=options["email"].strip()))
            kept = forgetting.kept_of(options["email"])
            kept += evidence.addresses_of(options["email"]).count()
            waiting = letters.waiting_for(options["email"]).count()
            promised = commitments.kept_of(options["email"]).count()
            follows = len(following.kept_of(options["email"]))
        elif options["dialogue"] and options["seat"] is not None and not options["email"]:
            found = list(rows.filter(dialogue__slug=options["dialogue"], seat=options["seat"]))
        else:
            raise CommandError("Say the dialogue and the seat, or --email and an address.")
        if not found and not kept and not promised and not follows and not waiting:
            raise CommandError("There is no such participant. Nothing was erased.")
        for participant in found:
            if options["dry_run"]:
                did, n = "Would erase", participant.statements.count()
            else:
                did, n = "Erased", joining.erase(participant)
            place = f"{participant.dialogue.slug}, seat {participant.seat}"
            self.stdout.write(f"{did}: {place}, with {n} statement{'' if n == 1 else 's'}")
        if kept:
            did = "Would erase" if options["dry_run"] else "Erased"
            if not options["dry_run"]:
                forgetting.forget_address(options["email"])
                evidence.addresses_of(options["email"]).delete()
            where = "reports, evidence, requests for copies, copies and invitations"
            self.stdout.write(f"{did}: the address in {kept} {where}")
        if promised:
            did = "Would erase" if options["dry_run"] else "Erased"
            if not options["dry_run"]:
                commitments.kept_of(options["email"]).delete()
            self.stdout.write(f"{did}: {promised} commitment{'' if promised == 1 else 's'}")
        if follows:
            did = "Would erase" if options["dry_run"] else "Erased"
            if not options["dry_run"]:
                for subscriber in following.kept_of(options["email"]):
                    following.leave(subscriber)
            self.stdout.write(f"{did}: what the address follows by e-mail")
        if waiting:
            did = "Would erase" if options["dry_run"] else "Erased"
            if not options["dry_run"]:
                letters.erase(letters.waiting_for(options["email"]))
            self.stdout.write(f"{did}: {waiting} letter{'' if waiting == 1 else 's'} not sent yet")
