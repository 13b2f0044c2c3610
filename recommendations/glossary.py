"""Finding the terms of the glossary in a text."""

import re
from collections.abc import Iterable

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from recommendations.models import Term


def mark_terms(text: str, terms: Iterable[Term], glossary_url: str) -> SafeString:
    """Link the first occurrence of each term; the longest term wins where two overlap."""
    by_form: dict[str, Term] = {}
    for term in terms:
        for form in term.names:
            by_form.setdefault(form.casefold(), term)
    if not by_form:
        return escape(text)
    forms = sorted(by_form, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)", re.IGNORECASE)
    done: set[str] = set()
    html: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        term = by_form[match.group().casefold()]
        if term.slug in done:
            continue
        done.add(term.slug)
        html.append(escape(text[at : match.start()]))
        html.append(
            format_html(
                '<a class="term" href="{}#{}">{}</a>', glossary_url, term.slug, match.group()
            )
        )
        at = match.end()
    html.append(escape(text[at:]))
    return mark_safe("".join(html))  # noqa: S308 - every piece is escaped


def terms_in(text: str, terms: Iterable[Term]) -> list[Term]:
    """The terms that occur in a text, under any of their names, in the order they are given."""
    found = []
    for term in terms:
        names = "|".join(map(re.escape, term.names))
        if re.search(rf"(?<!\w)(?:{names})(?!\w)", text, re.IGNORECASE):
            found.append(term)
    return found
