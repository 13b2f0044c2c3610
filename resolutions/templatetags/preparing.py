"""How a text in preparation is written."""

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from resolutions.composing import Line
from resolutions.filling import Value

register = template.Library()


@register.simple_tag
def placed_text(line: Line, values: dict[str, Value]) -> SafeString:
    """The words of a line, its opening set apart and the words filled in for the place marked.

    Without the tags it is the text again.
    """
    words = {word for value in values.values() for word in (value.words, value.short) if word}
    opening = line.opening
    html = format_html("<strong>{}</strong>", opening) if opening else ""
    if not words:
        return mark_safe(html + escape(line.rest))  # noqa: S308 - every piece is escaped
    # The longest first: "Prime Minister of Canada" before "Prime Minister".
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    at = 0
    for match in re.finditer(rf"(?<!\w)(?:{either})(?!\w)", line.rest):
        html += escape(line.rest[at : match.start()])
        html += format_html('<span class="blank">{}</span>', match.group())
        at = match.end()
    return mark_safe(html + escape(line.rest[at:]))  # noqa: S308 - as above
