"""How a report is cited, and where it is."""

from datetime import date
from urllib.parse import urljoin

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialogues.report.blocks import Report


def address_of(report: Report) -> str:
    """The whole address of the edition, of a draft that of its dialogue."""
    with translation.override(report.language):
        try:
            if report.number is None:
                path = reverse("dialogues:dialogue_detail", args=[report.slug])
            else:
                path = reverse("dialogues:edition_detail", args=[report.slug, report.number])
        except NoReverseMatch:
            path = ""
        return urljoin(report.site, path)


def edition_of(report: Report) -> str:
    """Which edition it is and of which day, in words; that it is a draft, where it is one."""
    with translation.override(report.language):
        day = day_in_words(report.dated)
        if report.number is None:
            return _("Draft of %(day)s") % {"day": day} if day else _("Draft")
        words = {"number": report.number, "day": day}
        return (_("Edition %(number)s, %(day)s") if day else _("Edition %(number)s")) % words


def citation_of(report: Report) -> str:
    """How to cite an edition: who convened, what it is, which edition, where."""
    with translation.override(report.language):
        what = _("Report of the dialogue in %(place)s on %(day)s") % {
            "place": report.place,
            "day": day_in_words(report.on),
        }
        parts = [", ".join(report.publishers), report.title, what, edition_of(report)]
        return ". ".join(filter(None, parts)) + f". {address_of(report)}"


def day_in_words(on: str) -> str:
    """A day given in ISO 8601, in the active language; what is no day as it stands."""
    try:
        return date_format(date.fromisoformat(on), "DATE_FORMAT")
    except ValueError:
        return on
