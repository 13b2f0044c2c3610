"""Do what waits outside the request: send letters and reminders, make large documents."""

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.worker import Working


class Command(BaseCommand):
    help = (
        "Does what waits outside the request, such as sending letters, until Ctrl-C or SIGTERM; "
        "then it ends after the task it is at. Several may run. Not needed where WORK=inside: "
        "there the command serve starts one itself."
    )

    # They look at every address and page, which it has none of: it starts in a third of the time.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--beside",
            type=int,
            metavar="PID",
            help="end as well when the process that started it, with this number, is gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        parent = options["beside"]
        working = Working(lambda: parent is None or os.getppid() == parent)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: working.stop())
        if parent is None:
            self._say("The worker is at work (Ctrl-C stops it)")
        working.run()
        if parent is None:
            self._say("The worker has stopped.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
