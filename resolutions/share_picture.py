"""The picture a link to a resolution is shown with: whose it is, what became of it, when."""

from pathlib import Path

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from recommendations.models.texts import reading
from recommendations.typesetting import png_of, printable
from resolutions.documents.sheets import dated
from resolutions.models import Resolution, StepKind

TEMPLATE = Path(__file__).parent / "documents" / "typst" / "share.typ"
WIDTH, HEIGHT = 1200, 630

_K = StepKind
# How full the disc of a status is, in percent, as static/css/components.css has it.
_FILL: dict[StepKind, int] = {
    _K.DRAFTED: 0,
    _K.SUBMITTED: 25,
    _K.NOTICE: 25,
    _K.REFERRED: 50,
    _K.DEFERRED: 50,
    _K.READING: 50,
    _K.SCHEDULED: 75,
    _K.ADOPTED: 100,
    _K.AMENDED: 100,
    _K.SIGNED: 100,
    _K.OVERRIDDEN: 100,
    _K.PROCLAIMED: 100,
    _K.RECEIVED: 100,
    _K.DEFEATED: 0,
    _K.WITHDRAWN: 0,
    _K.OUT_OF_ORDER: 0,
    _K.VETOED: 0,
    _K.RESCINDED: 0,
}
_UNDONE = {_K.DEFEATED, _K.WITHDRAWN, _K.OUT_OF_ORDER, _K.VETOED, _K.RESCINDED}


def picture(resolution: Resolution, *, is_verified: bool) -> bytes:
    """PNG in the reader's language. ``is_verified`` is whether its newest step is.

    Asks no query where the council and its jurisdiction are there.
    """
    council, status = resolution.council, StepKind(resolution.status)
    in_french = reading() == "fr"
    about = [resolution.get_instrument_display()]
    if resolution.status_on:
        about.insert(0, dated(resolution.status_on))
    if not is_verified and status != StepKind.DRAFTED:
        about.append(_("reported, not yet verified"))
    tone = "undone" if status in _UNDONE else "good" if _FILL[status] == 100 else "open"
    words = {
        "place": (council.name_fr if in_french else "") or council.name,
        "region": council.jurisdiction.name,
        "status": resolution.get_status_display(),
        "about": " · ".join(about),
        "site": _("The Will to Intervene"),
        "demo": _("Demonstration data") if resolution.is_demo else "",
    }
    data = {name: Truncator(printable(text)).chars(110) for name, text in words.items()}
    return png_of(TEMPLATE, {**data, "language": reading(), "fill": _FILL[status], "tone": tone})
