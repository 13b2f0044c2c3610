"""The picture a link to a recommendation is shown with: its words, its status, since when."""

from pathlib import Path

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.models import Recommendation, Status
from recommendations.models.dates import in_words
from recommendations.models.texts import for_reader, reading
from recommendations.typesetting import fitting, png_of, printable

TEMPLATE = Path(__file__).parent / "typst" / "recommendation_share.typ"
WIDTH, HEIGHT = 1200, 630
LONGEST = 230  # characters of the text; what is longer ends in "…"

_MAY_BE_OLD = gettext_lazy("may be out of date")

# How full the disc of a status is, in percent, as static/css/components.css has it.
_FILL: dict[str, int] = {
    Status.NOT_ASSESSED: 0,
    Status.NO_ACTION_FOUND: 0,
    Status.UNDER_WAY: 25,
    Status.STALLED: 25,
    Status.PARTLY_IN_PLACE: 50,
    Status.IN_PLACE: 100,
    Status.UNDONE_SINCE: 0,
}
_TONE: dict[str, str] = {
    Status.IN_PLACE: "good",
    Status.UNDONE_SINCE: "undone",
    Status.STALLED: "still",
    Status.NO_ACTION_FOUND: "still",
    Status.NOT_ASSESSED: "still",
}


def picture(recommendation: Recommendation) -> bytes:
    """PNG in the reader's language. Asks no query where report and audience are there."""
    report = recommendation.report
    text, language = for_reader(recommendation.text, report.language, recommendation.translation)
    about = [recommendation.audience.name]
    if recommendation.status_on:
        day = _("as of %(day)s") % {"day": in_words(recommendation.status_on)}
        about.insert(0, f"{day}, {_MAY_BE_OLD}" if recommendation.is_stale() else day)
    words = {
        "code": recommendation.code,
        "text": text,
        "status": str(recommendation.get_status_display()),
        "about": " · ".join(about),
        "site": _("The Will to Intervene"),
        "demo": _("Demonstration data") if recommendation.is_demo else "",
    }
    limits = {"text": LONGEST, "about": 120}
    data = {
        name: fitting(Truncator(" ".join(printable(text).split())).chars(limits.get(name, 90)))
        for name, text in words.items()
    }
    return png_of(
        TEMPLATE,
        {
            **data,
            "language": reading(),
            "language_of_text": language[:2],
            "fill": _FILL[recommendation.status],
            "tone": _TONE.get(recommendation.status, "open"),
        },
    )
