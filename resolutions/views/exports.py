"""What is on record, as files for other people’s programs. Public things only, for whoever asks."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.limits import Limit, count, network, wait
from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, public_page
from recommendations.models import EntryKind
from recommendations.search import Asked, ids_matching
from resolutions import exports
from resolutions.calendars import CONTENT_TYPE as CALENDAR
from resolutions.forms.filters import ResolutionFilter
from resolutions.models import Resolution
from resolutions.models.resolution import ResolutionQuerySet

# Of one network: files that were made for it, not those kept. Far more than programs ask that look
# now and then; so many must not keep others waiting.
MADE = Limit("files-made", 120, 600)
_Response = TypeVar("_Response", bound=HttpResponseBase)
_BLOCK = 65_536  # bytes handed on at a time
_Write = Callable[[ResolutionQuerySet, exports.Site], Iterator[bytes] | bytes]


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
def resolution_data(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is on record of one resolution."""
    page = reverse("resolutions:resolution_detail", args=[slug])
    site = exports.Site(base=_base(request), page=request.build_absolute_uri(page))
    data = exports.one_as_json(Resolution.objects.public().filter(slug=slug), site)
    if data is None:
        raise Http404(_("There is no public resolution at this address."))
    return _for_everybody(HttpResponse(data, content_type="application/json"))


def _file(
    request: HttpRequest, write: _Write, content_type: str, *, name: str = ""
) -> HttpResponseBase:
    """What fits the filters of the address, whole. A filter that is not understood is said to be
    so: an empty file would look like an answer.
    """
    form = ResolutionFilter(request.GET)
    if not form.is_valid():
        said = [
            f"{form[field].label}: {' '.join(map(str, form.errors[field]))}"
            for field in form.errors
        ]
        context = {"status": 400, "reason": " ".join(said)}
        return render(request, "pages/error.html", context, status=400)
    if _is_too_often(request):
        return _later(request)
    asked = {key: value for key, value in form.cleaned_data.items() if value}
    wanted = {**form.cleaned_data}
    words = wanted.pop("q")
    ids = ids_matching(Asked(words), EntryKind.RESOLUTION) if words else None
    rows = Resolution.objects.public().matching(**wanted, ids=ids)
    page = reverse("resolutions:resolution_list", query=asked or None)
    site = exports.Site(
        base=_base(request),
        page=request.build_absolute_uri(page),
        file=request.build_absolute_uri(),
        asked=asked,
    )
    body = write(rows, site)
    response: HttpResponse | StreamingHttpResponse
    if isinstance(body, bytes):
        response = HttpResponse(body, content_type=content_type)
    else:
        blocks = _in_language(_in_blocks(body), get_language() or "en")
        response = StreamingHttpResponse(blocks, content_type=content_type)
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _for_everybody(response)


def _is_too_often(request: HttpRequest) -> bool:
    """Count a file that has to be made. Where the counters are away, it is made, not refused."""
    try:
        return count(MADE, network(request)) > MADE.most
    except RedisError:
        return False


def _later(request: HttpRequest) -> HttpResponse:
    reason = _("Many files were asked for from this network. Wait ten minutes, then ask again.")
    context = {"status": 429, "reason": reason}
    response = render(request, "pages/error.html", context, status=429)
    response["Retry-After"] = str(wait(MADE))
    return _for_everybody(response)


def _for_everybody(response: _Response) -> _Response:
    """Let pages of other sites read it: nothing in it is anybody’s own."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").removesuffix("/")


def _in_blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _in_language(blocks: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Blocks that are made after the view is done, in the language it was asked in."""
    while True:
        with translation.override(language):
            block = next(blocks, None)
        if block is None:
            return
        yield block
