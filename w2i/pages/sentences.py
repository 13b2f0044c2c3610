"""What an event of the activity list says, in the reader's language."""

from django.utils.translation import gettext as _

from recommendations.models import Entry, EntryKind, Status
from resolutions.models import StepKind


def sentence_of(entry: Entry) -> str:
    """One sentence for an event. Names and titles stay in their own language."""
    names = {"title": entry.title, "label": entry.label, "state": state_of(entry)}
    match entry.kind:
        case EntryKind.UPDATE:
            return _("%(label)s: %(state)s") % names
        case EntryKind.STEP:
            return _("%(label)s: %(state)s") % names
        case EntryKind.DIALOGUE:
            return _("%(title)s, %(label)s") % names
        case EntryKind.MODEL:
            return _("Offered to councils: %(title)s") % names
        case EntryKind.REPORT:
            return _("Report released: %(title)s") % names
        case _:
            return entry.title or entry.text[:120]


def state_of(entry: Entry) -> str:
    """The words for the status or step an entry carries; '' where it has none."""
    choices: dict[str, type[Status] | type[StepKind]] = {
        EntryKind.RECOMMENDATION: Status,
        EntryKind.UPDATE: Status,
        EntryKind.RESOLUTION: StepKind,
        EntryKind.STEP: StepKind,
    }
    kind = choices.get(entry.kind)
    return str(kind(entry.state).label) if kind and entry.state in kind.values else ""
