"""How entries of the search and the activity list are written on pages."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from dialogues.models import ContributionKind
from recommendations.models import Entry, EntryKind, TermKind
from recommendations.models.texts import reading
from w2i.pages.sentences import form_of, sentence_of, state_of

register = template.Library()
register.filter("state_label", state_of)


_ONE = {
    EntryKind.RECOMMENDATION: _("Recommendation"),
    EntryKind.UPDATE: _("Progress"),
    EntryKind.DIALOGUE: _("Dialogue"),
    EntryKind.MODEL: _("Model resolution"),
    EntryKind.COUNCIL: _("Council"),
    EntryKind.REPORT: _("Report"),
}


@register.filter
def sentence(entry: Entry) -> SafeString:
    """What happened, with names and titles in the language they are in."""
    return mark_safe(sentence_of(entry, _in_its_language))  # noqa: S308 - the parts are escaped


def _in_its_language(text: str, language: str) -> SafeString:
    if language[:2] == reading():
        return escape(text)
    return format_html('<span lang="{}">{}</span>', language, text)


@register.filter
def kind_label(entry: Entry) -> str:
    """What one entry is, in a word or two."""
    if entry.kind == EntryKind.STATEMENT and entry.state in ContributionKind.values:
        return str(ContributionKind(entry.state).label)
    if entry.kind == EntryKind.TERM and entry.state in TermKind.values:
        return str(TermKind(entry.state).label)
    if form := form_of(entry):
        return form
    return str(_ONE.get(EntryKind(entry.kind), EntryKind(entry.kind).label))
