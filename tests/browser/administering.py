"""Somebody at the administration, and everything their browser complains of meanwhile."""

from typing import Any

from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.reading import broken_rules_by_day_and_night

# The boxes that find rows while somebody types are made last.
SCRIPTS_ARE_DONE = """() => !document.querySelector(
    'select.admin-autocomplete:not(.select2-hidden-accessible):not([name*="__prefix__"])')"""


class Visitor:
    """Opens pages and remembers everything the browser complained of."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.problems: list[str] = []
        self.listening = True
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if self.listening and message.type in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> None:
        response = self.page.goto(f"{self.origin}{path}")
        assert response is not None
        if response.status != 200:
            self.problems.append(f"{path}: {response.status}")
        self.check()

    def check(self) -> None:
        """Run every rule of axe over the page as it stands; in the dark only colours differ."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(SCRIPTS_ARE_DONE)
        self.listening = False  # axe itself writes a style into the page, which the policy blocks
        self.problems += broken_rules_by_day_and_night(self.page)
        self.listening = True


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
