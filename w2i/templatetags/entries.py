"""How entries of the search and the activity list are written on pages."""

from django import template
from django.utils.translation import gettext_lazy as _

from dialogues.models import ContributionKind
from recommendations.models import Entry, EntryKind, TermKind
from w2i.pages.sentences import sentence_of, state_of

register = template.Library()
register.filter("sentence", sentence_of)
register.filter("state_label", state_of)


_ONE = {
    EntryKind.RECOMMENDATION: _("Recommendation"),
    EntryKind.UPDATE: _("Progress"),
    EntryKind.DIALOGUE: _("Dialogue"),
    EntryKind.MODEL: _("Model resolution"),
    EntryKind.RESOLUTION: _("Resolution"),
    EntryKind.STEP: _("Resolution"),
    EntryKind.COUNCIL: _("Council"),
    EntryKind.REPORT: _("Report"),
}


@register.filter
def kind_label(entry: Entry) -> str:
    """What one entry is, in a word or two."""
    if entry.kind == EntryKind.STATEMENT and entry.state in ContributionKind.values:
        return str(ContributionKind(entry.state).label)
    if entry.kind == EntryKind.TERM and entry.state in TermKind.values:
        return str(TermKind(entry.state).label)
    return str(_ONE.get(EntryKind(entry.kind), EntryKind(entry.kind).label))
