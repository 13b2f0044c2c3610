"""How the text of a model resolution is written."""

from dataclasses import dataclass

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from resolutions.models import Clause, standing

register = template.Library()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A piece of a text and the tag around it."""

    start: int
    end: int
    opening: str
    closing: str


@register.simple_tag
def clause_text(clause: Clause) -> SafeString:
    """The text of record to the letter, with its opening words, its place-dependent words and the
    words that age marked. Without the tags it is the text again.

    Asks no query where ``place_terms__field`` is prefetched.
    """
    text = clause.text
    marks: list[_Mark] = []
    if clause.opening and text.startswith(clause.opening):
        marks.append(_Mark(0, len(clause.opening), "<strong>", "</strong>"))
    for words in clause.time_terms:
        marks += _found(text, words, 1, mark_safe('<span class="ages">'), "</span>")
    for term in clause.place_terms.all():
        link = format_html('<a class="blank" href="#field-{}">', term.field.name)
        marks += _found(text, term.text, term.occurrences, link, "</a>")
    # Longer ones first where two begin together, so that what is inside another comes after it.
    marks.sort(key=lambda mark: (mark.start, -mark.end))
    return mark_safe(_marked(text, marks, 0, len(text)))  # noqa: S308 - every piece is escaped


def _found(text: str, words: str, times: int, opening: str, closing: str) -> list[_Mark]:
    return [_Mark(start, end, opening, closing) for start, end in standing(words, text)[:times]]


def _marked(text: str, marks: list[_Mark], start: int, end: int) -> str:
    """``text[start:end]`` with the marks in it; one that crosses another's end is left out."""
    html, at = "", start
    for number, mark in enumerate(marks):
        if mark.start < at or mark.end > end:
            continue
        inside = [m for m in marks[number + 1 :] if m.start >= mark.start and m.end <= mark.end]
        html += escape(text[at : mark.start]) + mark.opening
        html += _marked(text, inside, mark.start, mark.end) + mark.closing
        at = mark.end
    return html + escape(text[at:end])
