"""A page as a browser takes it apart, and what is wrong with it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

SPACE = re.compile(r"\s+")
# Attributes that name other elements of the page by their ids.
REFERENCES: tuple[str, ...] = (
    "for",
    "form",
    "list",
    "headers",
    "aria-labelledby",
    "aria-describedby",
)
REFERENCES += ("aria-controls", "aria-owns", "aria-details", "aria-errormessage")
LANGUAGES = {"en", "fr", "en-CA", "fr-CA"}


def words(text: str) -> str:
    """A text with its line breaks and runs of spaces made one space."""
    return SPACE.sub(" ", text).strip()


class Page:
    """One HTML page."""

    def __init__(self, html: str) -> None:
        self.html = html
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        self.errors: list[str] = [
            f"line {at[0] if at else '?'}: {html5lib.constants.E.get(code, code) % data}"
            for at, code, data in parser.errors
        ]

    def all(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.root.iter() if element.tag in tags)

    def one(self, tag: str, **attributes: str) -> Element:
        found = [
            element
            for element in self.all(tag)
            if all(element.get(name) == value for name, value in attributes.items())
        ]
        assert len(found) == 1, f"{tag} {attributes}: {len(found)}"
        return found[0]

    @cached_property
    def ids(self) -> Counter[str]:
        return Counter(element.get("id", "") for element in self.root.iter() if element.get("id"))

    @cached_property
    def title(self) -> str:
        return words(text_of(self.one("title")))

    def meta(self, name: str) -> str:
        key = "property" if name.startswith("og:") else "name"
        return self.one("meta", **{key: name}).get("content", "")

    def links(self, rel: str) -> list[Element]:
        return [link for link in self.all("link") if rel in link.get("rel", "").split()]

    @cached_property
    def hrefs(self) -> set[str]:
        return {element.get("href", "") for element in self.all("a") if element.get("href")}

    @cached_property
    def facts(self) -> list[Any]:
        """Its data blocks for machines."""
        return [
            json.loads(text_of(script))
            for script in self.all("script")
            if script.get("type") == "application/ld+json"
        ]

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of every element of the body, by which language it is in for its reader."""
        found: dict[str, str] = {}
        self._read(self.one("body"), self.one("html").get("lang", ""), found)
        return found

    def _read(self, element: Element, language: str, found: dict[str, str]) -> None:
        language = element.get("lang", language)
        for child in element:
            self._read(child, language, found)
        if isinstance(element.tag, str) and element.tag not in {"script", "style"}:
            # An element that spans languages has that of its own.
            found.setdefault(words(text_of(element)), language[:2])

    def element(self, key: str) -> Element:
        """The element with an id."""
        return next(element for element in self.root.iter() if element.get("id") == key)


def text_of(element: Element) -> str:
    return "".join(element.itertext())


def faults(page: Page) -> list[str]:
    """Everything a page does that none of ours may do."""
    return [
        *page.errors,
        *_headings(page),
        *_ids(page),
        *_inline(page),
        *_elsewhere(page),
        *_languages(page),
        *_unnamed(page),
    ]


def _headings(page: Page) -> Iterator[str]:
    levels = [int(str(heading.tag)[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"h{after} after h{before}"
    for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        if not words(text_of(heading)):
            yield f"empty {heading.tag}"


def _ids(page: Page) -> Iterator[str]:
    yield from (f"id {key} {n} times" for key, n in page.ids.items() if n > 1)
    for element in page.root.iter():
        for name in REFERENCES:
            for key in element.get(name, "").split():
                if key not in page.ids:
                    yield f"{name}={key} leads nowhere"
    for href in page.hrefs:
        if href.startswith("#") and href[1:] not in page.ids:
            yield f"href={href} leads nowhere"


def _inline(page: Page) -> Iterator[str]:
    for element in page.root.iter():
        yield from (
            f"{name} on {element.tag}"
            for name in element.attrib
            if name == "style" or name.startswith("on")
        )
        if "javascript:" in f"{element.get('href')} {element.get('src')}":
            yield "a script in an address"
    if list(page.all("style")):
        yield "a style of its own"
    for script in page.all("script"):
        if not script.get("src") and script.get("type") != "application/ld+json":
            yield "a script of its own"


def _elsewhere(page: Page) -> Iterator[str]:
    """What a browser fetches by itself comes from here."""
    for element in page.root.iter():
        fetched = [element.get(name, "") for name in ("src", "srcset", "poster", "data", "action")]
        if element.tag == "link" and not {"canonical", "alternate"} & set(
            element.get("rel", "").split()
        ):
            fetched.append(element.get("href", ""))
        for address in fetched:
            if address and (not address.startswith(("/", ".", "?")) or address.startswith("//")):
                yield f"{element.tag} fetches {address}"


def _languages(page: Page) -> Iterator[str]:
    for element in page.root.iter():
        if element.get("lang", "en") not in LANGUAGES:
            yield f"lang={element.get('lang')}"
    if not page.one("html").get("lang"):
        yield "no language"


def _unnamed(page: Page) -> Iterator[str]:
    for image in page.all("img"):
        if image.get("alt") is None:
            yield f"no alt on {image.get('src')}"
    for drawing in page.all("svg"):
        if drawing.get("aria-hidden") != "true" and not drawing.get("aria-label"):
            yield "a drawing without words"
    for element in page.all("a", "button"):
        if not words(text_of(element)) and not element.get("aria-label"):
            yield f"a {element.tag} without words: {element.attrib}"
    labelled = {label.get("for") for label in page.all("label")}
    wrapped = {field for label in page.all("label") for field in label.iter()}
    for field in page.all("input", "select", "textarea"):
        named = field.get("aria-label") or field.get("aria-labelledby") or field in wrapped
        named = named or field.get("id") in labelled or field.get("type") in {"hidden", "submit"}
        if not named:
            yield f"a field without a label: {field.get('name')}"
