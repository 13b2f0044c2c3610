"""What an event of the activity list says, in the reader's language."""

from collections.abc import Callable

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from recommendations.models import Entry, EntryKind, Status
from recommendations.models.texts import reading
from resolutions.models import Instrument, StepKind


def sentence_of(entry: Entry, mark: Callable[[str, str], str] = lambda text, language: text) -> str:
    """One sentence for an event. Names and titles stay in their own language.

    ``mark`` is given every text that is not the interface's, with its language.
    """
    title, language = entry.title_read
    names = {
        "title": mark(title, language),
        "subject": mark(Truncator(title.rstrip(".")).words(14, truncate=" …"), language),
        "label": mark(entry.label_read, reading()),
        "state": state_of(entry),
    }
    match entry.kind:
        case EntryKind.UPDATE:
            return _("%(state)s (%(label)s): %(subject)s") % names
        case EntryKind.STEP:
            return _("%(label)s: %(state)s") % names
        case EntryKind.DIALOGUE:
            return _("%(title)s, %(label)s") % names
        case EntryKind.MODEL:
            return _("Offered to councils: %(title)s") % names
        case EntryKind.REPORT:
            return _("Report released: %(title)s") % names
        case _:
            text, language = entry.text_read
            return names["title"] or mark(Truncator(text).words(20), language)


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


def form_of(entry: Entry) -> str:
    """The legal form of a resolution or of one of its steps: a proclamation is no resolution."""
    return str(Instrument(entry.form).label) if entry.form in Instrument.values else ""
