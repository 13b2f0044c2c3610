"""How a comparison of two texts is written."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from recommendations.models.texts import reading
from resolutions.comparing import PUT, SAME, TAKEN, Row

register = template.Library()


@register.simple_tag
def compared_text(row: Row, clean: bool = False) -> SafeString:
    """A clause with what was taken out and put in marked, or, ``clean``, as it came out.

    The marks are said as well as shown: most screen readers pass over ``ins`` and ``del``.
    """
    if clean or not row.is_marked:
        return _opened(row.after, row.opening)
    html = mark_safe("")
    for number, part in enumerate(row.segments):
        opening = row.opening if number == 0 else ""
        if part.op == SAME:
            html += _opened(part.text, opening)
        else:
            html += _marked(part.op, part.text, opening)
    return html


def _opened(text: str, opening: str) -> SafeString:
    if opening and text.startswith(opening):
        return format_html("<strong>{}</strong>{}", opening, text.removeprefix(opening))
    return escape(text)


def _marked(op: str, text: str, opening: str) -> SafeString:
    tag = {TAKEN: "del", PUT: "ins"}[op]
    said = {TAKEN: _("removed:"), PUT: _("added:")}[op]
    done = {TAKEN: _("end of removed"), PUT: _("end of added")}[op]
    return format_html(
        '<{tag}><span class="visually-hidden" lang="{language}"> {said} </span>{text}'
        '<span class="visually-hidden" lang="{language}">, {done}, </span></{tag}>',
        tag=tag,
        said=said,
        text=_opened(text, opening),
        done=done,
        language=reading(),
    )
