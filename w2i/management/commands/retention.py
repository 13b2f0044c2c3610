"""Erase what may not be kept any longer. For a timer: once a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import letters
from accounts.inviting import stale_invitations
from accounts.models import Letter
from dialogues import commitments, joining
from recommendations import evidence
from resolutions import forgetting, preparing


class Command(BaseCommand):
    help = (
        "Erases names, affiliations and addresses of participants where the day for it has come; "
        "addresses nobody agreed to be written to at, 30 days after the dialogue; invitations "
        "nobody took up within a year; and, after 180 days, addresses of those who asked for a "
        "copy of a resolution or reported something, and files sent with reports; after a year, "
        "addresses of those who sent evidence about a recommendation; texts in "
        "preparation nobody touched within 30 days or came back to within two years; commitments "
        "made in public that nobody confirmed within 7 days, and addresses of those whose makers "
        "get no more letters; and what letters say that could not be sent within 30 days. What "
        "was said stays. Run it once a day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            people = joining.due().count()
            late = joining.unasked_addresses().exclude(pk__in=joining.due().values("pk"))
            addresses = late.count()
            invitations = joining.stale_invitations().count() + stale_invitations().count()
            requests, tips = forgetting.old_requests().count(), forgetting.old_tips().count()
            files = forgetting.old_files().count()
            senders = evidence.old_addresses().count()
            unconfirmed = commitments.unconfirmed().count()
            spent = commitments.spent_addresses().count()
            unsent = Letter.objects.stale().count()
        else:
            people = joining.retire()
            addresses = joining.forget_addresses()
            invitations, _of_each = joining.stale_invitations().delete()
            invitations += stale_invitations().delete()[0]
            requests, tips, files = forgetting.forget()
            senders = evidence.old_addresses().delete()[0]
            unconfirmed, spent = commitments.forget()
            unsent = letters.erase(Letter.objects.stale())
        texts = preparing.forgotten()
        texts_n = texts.count() if options["dry_run"] else texts.delete()[0]
        did = "Would erase" if options["dry_run"] else "Erased"
        self.stdout.write(f"{did}: details of {people} participants whose day has come")
        self.stdout.write(f"{did}: {addresses} addresses nobody agreed to be written to at")
        self.stdout.write(f"{did}: {invitations} invitations nobody took up within a year")
        self.stdout.write(f"{did}: {requests} addresses of those who asked for a copy")
        self.stdout.write(f"{did}: {tips} addresses of those who reported something")
        self.stdout.write(f"{did}: {files} files that came with reports")
        self.stdout.write(f"{did}: {senders} addresses of those who sent evidence")
        self.stdout.write(f"{did}: {texts_n} prepared texts nobody came back to")
        self.stdout.write(f"{did}: {unconfirmed} commitments nobody confirmed")
        self.stdout.write(f"{did}: {spent} addresses of those who made a commitment in public")
        self.stdout.write(f"{did}: {unsent} letters that could not be sent")
