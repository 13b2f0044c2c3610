"""How a comparison of two texts is written."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from recommendations.differing import SAME
from recommendations.templatetags.differing import marked
from resolutions.comparing import Row

register = template.Library()


@register.simple_tag
def compared_text(row: Row, clean: bool = False) -> SafeString:
    """A clause with what was taken out and put in marked, or, ``clean``, as it came out."""
    if clean or not row.is_marked:
        return _opened(row.after, row.opening)
    html = mark_safe("")
    for number, part in enumerate(row.segments):
        text = _opened(part.text, row.opening if number == 0 else "")
        html += text if part.op == SAME else marked(part.op, text)
    return html


def _opened(text: str, opening: str) -> SafeString:
    if opening and text.startswith(opening):
        return format_html("<strong>{}</strong>{}", opening, text.removeprefix(opening))
    return escape(text)
