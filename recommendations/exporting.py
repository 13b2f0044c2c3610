"""What every file that is taken away has in common: how it is read, written and handed out.

Rows are read side by side in the order of one key, so that the largest file needs no more memory
than the smallest and asks the database as often. docs/data.md says what every field means.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.limits import Limit, is_too_often, network, wait
from recommendations.models import Precision
from recommendations.sheets import escaped

_M = TypeVar("_M", bound=Model)
_Response = TypeVar("_Response", bound=HttpResponseBase)
CHUNK = 500  # rows read at a time
_BLOCK = 65_536  # bytes handed on at a time
# Of one network: files that were made for it, not those kept. Far more than programs ask that look
# now and then; so many must not keep others waiting.
MADE = Limit("files-made", 120, 600)
# Neither XML nor a spreadsheet may hold these.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a file is read from.

    Attributes:
        base: scheme and host, for whole addresses.
        asked: the filters that are set, as the address has them.
        named: what they ask for, in the reader’s language.
        page: the address of the page that shows the same.
        file: the address of the file itself.
    """

    base: str
    page: str = ""
    file: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest, page: str, asked: dict[str, str] | None = None) -> "Site":
        """As somebody asked for it; ``page`` without scheme and host."""
        return cls(
            base=request.build_absolute_uri("/").removesuffix("/"),
            page=request.build_absolute_uri(page),
            file=request.build_absolute_uri(),
            asked=asked or {},
        )


# ---- Reading ----


class Beside(Generic[_M]):
    """Rows that are read beside others, both in the order of the same key."""

    def __init__(self, rows: QuerySet[_M], key: str) -> None:
        self._groups = groupby(rows.iterator(chunk_size=CHUNK), attrgetter(key))
        self._next = next(self._groups, None)

    def of(self, key: int) -> list[_M]:
        """The rows of ``key``. Keys are asked for in rising order, each once."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != key:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


class Nothing(Beside[_M]):
    """None beside any."""

    def __init__(self) -> None:
        self._next = None


# ---- Words of the files ----


def day_of(moment: datetime | None) -> str | None:
    """The day of a moment where the site is."""
    return timezone.localtime(moment).date().isoformat() if moment else None


def known_day(day: date | None, precision: str = Precision.DAY) -> str | None:
    """As far as it is known: 2012-05-10, 2012-05, 2012."""
    if day is None:
        return None
    return day.isoformat()[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(Precision(precision), 10)]


def printable(text: str) -> str:
    """Without what neither XML nor a spreadsheet may hold."""
    return _UNPRINTABLE.sub("", text)


def cell(value: Any) -> Any:
    """What no spreadsheet takes for a formula."""
    return escaped(printable(value)) if isinstance(value, str) else value


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def listed(head: dict[str, Any], name: str, rows: Iterable[Any]) -> Iterator[bytes]:
    """An object with a list at its end, one row a line."""
    yield line(head)[:-1] + b"," + line(name) + b":["
    between = b"\n"
    for row in rows:
        yield between + line(row)
        between = b",\n"
    yield b"\n]}\n"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """CSV. The values of ``rows`` are ``cell``s already."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    lines.write("\ufeff")  # by which spreadsheet programs know UTF-8
    writer.writerow(head)
    for row in rows:
        writer.writerow(row)
        yield lines.getvalue().encode()
        lines.seek(0)
        lines.truncate()
    yield lines.getvalue().encode()


class NewsFeed(Atom1Feed):
    """Atom by this site."""

    def __init__(self, *, title: str, subtitle: str, site: Site) -> None:
        super().__init__(
            title=title,
            description=None,
            subtitle=subtitle,
            link=site.page,
            feed_url=site.file,
            language="fr-CA" if (get_language() or "en").startswith("fr") else "en-CA",
            author_name="W2I",
        )

    def latest_post_date(self) -> datetime:
        """Of an empty feed always the same moment: nothing has changed."""
        moments = [item["updateddate"] for item in self.items]
        return max(moments, default=datetime(2009, 9, 21, tzinfo=UTC))

    def written(self) -> bytes:
        return str(self.writeString("utf-8")).encode()


# ---- Handing out ----


def refusal(request: HttpRequest, form: forms.Form) -> HttpResponse | None:
    """Why no file is made, as a page; None where one is. Counts the file that will be.

    A filter that is not understood is said to be so: an empty file would look like an answer.
    """
    if not form.is_valid():
        said = [
            f"{form[name].label}: {' '.join(map(str, form.errors[name]))}" for name in form.errors
        ]
        context = {"status": 400, "reason": " ".join(said)}
        return render(request, "pages/error.html", context, status=400)
    if is_too_often(MADE, network(request)):
        return _later(request)
    return None


def handed_out(
    body: bytes | Iterator[bytes], content_type: str, *, name: str = ""
) -> HttpResponseBase:
    """A file for everybody; with a ``name`` it is saved, not shown."""
    response: HttpResponse | StreamingHttpResponse
    if isinstance(body, bytes):
        response = HttpResponse(body, content_type=content_type)
    else:
        blocks = _in_language(_in_blocks(body), get_language() or "en")
        response = StreamingHttpResponse(blocks, content_type=content_type)
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _for_everybody(response)


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
