"""What is on record, as files for other people’s programs. Public things only, for whoever asks."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, public_page
from recommendations.exporting import Site, handed_out, refusal
from recommendations.models import EntryKind
from recommendations.search import Asked, ids_matching
from resolutions import exports
from resolutions.calendars import CONTENT_TYPE as CALENDAR
from resolutions.forms.filters import ResolutionFilter
from resolutions.models import Resolution
from resolutions.models.resolution import ResolutionQuerySet

_Write = Callable[[ResolutionQuerySet, Site], Iterator[bytes] | bytes]


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolutions_csv(request: HttpRequest) -> HttpResponseBase:
    """A table for spreadsheets, a row for each resolution."""
    return _file(request, exports.as_csv, "text/csv; charset=utf-8", name="resolutions.csv")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolutions_json(request: HttpRequest) -> HttpResponseBase:
    """Everything, with steps, sources and texts."""
    return _file(request, exports.as_json, "application/json")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolutions_geojson(request: HttpRequest) -> HttpResponseBase:
    """The councils with something on record, for a map."""
    return _file(request, exports.as_geojson, "application/geo+json")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolutions_popolo(request: HttpRequest) -> HttpResponseBase:
    """Motions and vote events."""
    return _file(request, exports.as_popolo, "application/json")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolutions_atom(request: HttpRequest) -> HttpResponseBase:
    """The newest steps."""
    return _file(request, exports.as_atom, "application/atom+xml; charset=utf-8")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolutions_ics(request: HttpRequest) -> HttpResponseBase:
    """Meetings at which something comes up."""
    return _file(request, exports.as_calendar, CALENDAR, name="resolutions.ics")


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolution_data(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All that is on record of one resolution."""
    page = reverse("resolutions:resolution_detail", args=[slug])
    site = Site.of(request, page)
    data = exports.one_as_json(Resolution.objects.public().filter(slug=slug), site)
    if data is None:
        raise Http404(_("There is no public resolution at this address."))
    return handed_out(data, "application/json")


def _file(
    request: HttpRequest, write: _Write, content_type: str, *, name: str = ""
) -> HttpResponseBase:
    """What fits the filters of the address, whole."""
    form = ResolutionFilter(request.GET)
    if (refused := refusal(request, form)) is not None:
        return refused
    asked = {key: value for key, value in form.cleaned_data.items() if value}
    wanted = {**form.cleaned_data}
    words = wanted.pop("q")
    ids = ids_matching(Asked(words), EntryKind.RESOLUTION) if words else None
    rows = Resolution.objects.public().matching(**wanted, ids=ids)
    page = reverse("resolutions:resolution_list", query=asked or None)
    return handed_out(write(rows, Site.of(request, page, asked)), content_type, name=name)
