"""How what differs between two wordings is written."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from recommendations.differing import PUT, SAME, TAKEN, Segment
from recommendations.models.texts import reading

register = template.Library()


@register.simple_tag
def marked_text(segments: Iterable[Segment]) -> SafeString:
    """A text with what was taken out and put in marked."""
    html = mark_safe("")
    for part in segments:
        html += escape(part.text) if part.op == SAME else marked(part.op, escape(part.text))
    return html


def marked(op: str, html: SafeString) -> SafeString:
    """A piece that was taken out or put in.

    The marks are said as well as shown: most screen readers pass over ``ins`` and ``del``.
    """
    tag = {TAKEN: "del", PUT: "ins"}[op]
    said = {TAKEN: _("removed:"), PUT: _("added:")}[op]
    done = {TAKEN: _("end of removed"), PUT: _("end of added")}[op]
    return format_html(
        '<{tag}><span class="visually-hidden" lang="{language}"> {said} </span>{text}'
        '<span class="visually-hidden" lang="{language}">, {done}, </span></{tag}>',
        tag=tag,
        said=said,
        text=html,
        done=done,
        language=reading(),
    )
