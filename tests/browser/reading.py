"""Somebody who reads the site, and everything their browser complains of meanwhile."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

# What has the focus: where it leads or what it is called, and whether that can be seen.
FOCUS = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  return {
    href: it.getAttribute("href"), id: it.id, tag: it.tagName, text: it.textContent.trim(),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && box.width > 1 && box.height > 1,
  };
}"""
MANY = 400


# In the dark only colours differ.
OF_COLOURS = ("color-contrast", "link-in-text-block")
# On a phone targets come closer, and what is too wide scrolls.
OF_SPACE = ("target-size", "scrollable-region-focusable", "meta-viewport")
AXE = Axe()


def broken_rules(page: Page, *rules: str) -> list[str]:
    """Which rules of axe the page breaks as it stands, and where: all rules, or the ones named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # What is kept is listed too unless told not to, which takes longer than to check it.
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{page.url}: {one['id']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:3])
        for one in found
    ]


def broken_rules_by_day_and_night(page: Page) -> list[str]:
    page.emulate_media(color_scheme="light")
    by_day = broken_rules(page)
    page.emulate_media(color_scheme="dark")
    return by_day + [f"dark: {problem}" for problem in broken_rules(page, *OF_COLOURS)]


class Reader:
    """Opens pages by mouse or by keyboard; ``problems`` is what went wrong on the way."""

    def __init__(
        self, browser: Browser, origin: str, *, by_keyboard: bool = False, **options: Any
    ) -> None:
        self.origin, self.by_keyboard = origin, by_keyboard
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.listening = True
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if self.listening and message.type in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.problems.append(f"{self.page.url} asks {request.url}")

    def _answered(self, response: Response) -> None:
        if "set-cookie" in response.headers:
            self.problems.append(f"{response.url} sets a cookie")

    @property
    def place(self) -> str:
        """The address of the page after its host."""
        parts = urlsplit(self.page.url)
        query, fragment = f"?{parts.query}", f"#{parts.fragment}"
        return parts.path + query * bool(parts.query) + fragment * bool(parts.fragment)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def open(self, path: str, status: int = 200) -> None:
        response = self.page.goto(f"{self.origin}{path}")
        assert response is not None
        assert response.status == status, path

    def follow(self, href: str) -> None:
        """Go where a link of the page's own content leads."""
        if self.by_keyboard:
            self.skip_to_the_content()
            self.tab_to(href=href)
            self._and_arrive(lambda: self.page.keyboard.press("Enter"))
        else:
            link = self.page.locator(f'main a[href="{href}"]').first
            self._and_arrive(link.click)

    def _and_arrive(self, act: Any) -> None:
        with self.page.expect_navigation():
            act()

    def skip_to_the_content(self) -> None:
        """By the first link of every page, which shows itself when it has the focus."""
        self.page.goto(self.page.url.partition("#")[0])  # from the top, as one who has just come
        self.page.keyboard.press("Tab")
        at = self.page.evaluate(FOCUS)
        assert (at["href"], at["seen"]) == ("#main", True)
        self.page.keyboard.press("Enter")
        expect(self.page).to_have_url(re.compile("#main$"))

    def tab_to(self, **wanted: str) -> None:
        """Press Tab until the focus is there; each stop on the way must show that it has it."""
        for _ in range(MANY):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(FOCUS)
            assert at["seen"], f"{self.place}: focus not seen on {at}"
            if all(at[name] == value for name, value in wanted.items()):
                return
        raise AssertionError(f"{self.place}: Tab never reaches {wanted}")

    def choose(self, field: str, label: str) -> None:
        """Set a filter to the choice whose label begins so."""
        select = self.page.locator(f"#{field}")
        if self.by_keyboard:
            self.skip_to_the_content()
            self.tab_to(id=field)
            self.page.keyboard.type(label)
        else:
            choices = select.locator("option").all_inner_texts()
            (choice,) = [choice for choice in choices if choice.startswith(label)]
            select.select_option(label=choice)

    def press(self, button: str) -> None:
        if self.by_keyboard:
            self.tab_to(tag="BUTTON", text=button)
            self._and_arrive(lambda: self.page.keyboard.press("Enter"))
        else:
            found = self.page.locator("main").get_by_role("button", name=button, exact=True)
            self._and_arrive(found.click)

    def check(self) -> None:
        """Run every rule of axe over the page as it stands."""
        self._complain(broken_rules)

    def check_on_a_phone_by_night(self) -> None:
        """Run what can be otherwise on a narrow screen in dark than on a wide one in light."""
        self._complain(lambda page: broken_rules(page, *OF_COLOURS, *OF_SPACE))

    def check_by_day_and_night(self) -> None:
        """Run every rule of axe over the page in light, and those of colours in dark."""
        self._complain(broken_rules_by_day_and_night)

    def _complain(self, check: Callable[[Page], list[str]]) -> None:
        self.listening = False  # axe itself writes a style into the page, which the policy blocks
        self.problems += check(self.page)
        self.listening = True

    def overflow(self) -> list[str]:
        """What sticks out of the page to the side."""
        return self.page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
              [...document.querySelectorAll("body *")]
                .filter(it => it.getBoundingClientRect().right > innerWidth + 1)
                .map(it => `${it.tagName}.${it.className}: ${it.textContent.trim().slice(0, 60)}`)
                .slice(0, 5)"""
        )
