"""Somebody who runs a dialogue, at the console."""

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from dialogues.models import Dialogue
from tests.browser.reading import broken_rules_by_day_and_night


class Console:
    """One browser in which somebody runs a dialogue, and what it complained of."""

    def __init__(self, context: BrowserContext, origin: str, dialogue: Dialogue) -> None:
        self.context, self.dialogue = context, dialogue
        self.address = f"{origin}/dialogues/{dialogue.slug}/console/"
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.is_listening = True
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # A browser itself calls each answer an error that is meant as one: 401, 409, no network.
        is_expected = "Failed to load resource" in message.text
        if self.is_listening and message.type in {"error", "warning"} and not is_expected:
            self.problems.append(message.text)

    def open(self) -> "Console":
        self.page.goto(self.address)
        expect(self.page.locator("#link")).to_have_text("Everything is saved.", timeout=20_000)
        return self

    def box(self, kind: str) -> Any:
        return self.page.locator(f"#box-{kind}")

    def speak(self, hope: str, concern: str) -> None:
        self.page.keyboard.type(hope)
        self.page.keyboard.press("Enter")
        self.page.keyboard.type(concern)
        self.page.keyboard.press("Enter")

    def row(self, text: str) -> Any:
        return self.page.locator("#said > li", has_text=text)

    def is_saved(self) -> None:
        expect(self.page.locator("#link")).to_have_attribute("data-waiting", "0", timeout=30_000)
        expect(self.page.locator("#link")).to_have_text("Everything is saved.")

    def check(self) -> None:
        """Run every rule of axe over the page as it stands, in light and in dark."""
        self.is_listening = False  # axe itself writes a style, which the policy blocks
        self.problems += broken_rules_by_day_and_night(self.page)
        self.is_listening = True
