"""How texts of record, dates and lists are written on pages."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.http import QueryDict
from django.template.defaultfilters import stringfilter
from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from recommendations.glossary import mark_terms
from recommendations.models import Term
from recommendations.models.dates import in_words
from recommendations.models.texts import reading

register = template.Library()


@register.filter
@stringfilter
def plain(text: str) -> SafeString:
    """A plain text as HTML: a blank line parts paragraphs, "- " starts an item.

    "  - " starts one below the item before.
    """
    return mark_safe("".join(_block(block) for block in text.split("\n\n") if block.strip()))  # noqa: S308 - every piece is escaped


def _block(block: str) -> str:
    lines = block.split("\n")
    if not lines[0].startswith("- "):
        return f"<p>{escape(block)}</p>"
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("  - ") and items:
            items[-1][1].append(line[4:])
        else:
            items.append((line.removeprefix("- "), []))
    html = ""
    for item, below in items:
        inner = "".join(f"<li>{escape(line)}</li>" for line in below)
        html += f"<li>{escape(item)}{f'<ul>{inner}</ul>' if inner else ''}</li>"
    return f"<ul>{html}</ul>"


@register.simple_tag
def original(text: str, language: str, translation: str = "") -> SafeString:
    """A text of record: marked with its language where that is not the reader's.

    Once a translation has been entered, the reader gets that, and is told that it is one.
    """
    if reading() == language[:2]:
        return conditional_escape(text)
    if translation:
        return format_html('{} <span class="meta">({})</span>', translation, _("translation"))
    return format_html('<span lang="{}">{}</span>', language, text)


@register.simple_tag
def lang_of(language: str) -> SafeString:
    """``lang="…"`` for an element whose text is not in the reader's language, else nothing."""
    if reading() == language[:2]:
        return mark_safe("")
    return format_html('lang="{}"', language)


@register.filter
def glossed(text: str, terms: Iterable[Term]) -> SafeString:
    """A text with the first occurrence of each term of the glossary linked to it."""
    return mark_terms(text, terms, reverse("recommendations:glossary"))


@register.simple_tag
def when(on: date | None, precision: str = "day") -> SafeString:
    """A date in words, as precisely as it is known, in a ``<time>``."""
    if on is None:
        return mark_safe("")
    exact = on.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]
    return format_html('<time datetime="{}">{}</time>', exact, in_words(on, precision))


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The query of this page with some fields changed; '' drops a field."""
    asked: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    encoded = asked.urlencode()
    return f"?{encoded}" if encoded else "."


@register.simple_tag
def colon() -> str:
    """A colon between two pieces of a page: French has a no-break space before it."""
    return "\xa0:" if reading() == "fr" else ":"


@register.simple_tag
def sentence_list(items: Iterable[Any]) -> SafeString:
    """Items as “a, b and c”."""
    parts = [conditional_escape(item) for item in items]
    if len(parts) < 2:
        return mark_safe("".join(parts))  # noqa: S308 - escaped above
    start = format_html_join(", ", "{}", ((part,) for part in parts[:-1]))
    return format_html(_("{} and {}"), start, parts[-1])


# As json_script does: nothing in the data can end the element.
_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Facts for machines (schema.org), as a data block: no script, so the strict policy holds."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, default=str)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text.translate(_JSON_ESCAPES)),  # noqa: S308 - translated just now
    )


@register.filter
def times(n: int) -> range:
    """``n`` turns of a loop."""
    return range(n)
