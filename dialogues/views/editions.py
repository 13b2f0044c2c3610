"""Editions of a report, for everybody: each at its address, with the same bytes for ever."""

import gzip
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from dialogues.models import Dialogue, Edition, EditionFile
from dialogues.publishing import FORMS
from dialogues.report import citing
from dialogues.report.blocks import report_of
from recommendations.caching import DIALOGUES, public_page

# Forms that are read in the browser; the others are saved.
_READ = {"pdf", "css", "json"}
# What gets smaller by gzip; the others are packed already.
_PACKED = ("text/", "application/json")


@public_page(DIALOGUES)
def edition_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What was published of a dialogue, the newest first, with the checksum of every file."""
    dialogue = get_object_or_404(Dialogue.objects.public(), slug=slug)
    language = _language()
    editions = list(dialogue.editions.public().defer("source").order_by("-number"))
    files: dict[int, list[EditionFile]] = {}
    for file in EditionFile.objects.filter(edition__in=editions).defer("content"):
        files.setdefault(file.edition_id, []).append(file)
    latest = next((edition for edition in editions if edition.is_standing), None)
    context = {
        "dialogue": dialogue,
        "rows": [
            {
                "edition": edition,
                "files": files.get(edition.pk, []),
                "forms": _forms(files.get(edition.pk, []), language),
                "citation": _citation(edition, language),
                "is_latest": edition == latest,
            }
            for edition in editions
        ],
        "latest": latest,
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/edition_list.html", context)


def _citation(edition: Edition, language: str) -> str:
    front = edition.front.get(language)
    return citing.citation_of(report_of(front)) if front else ""


def _language() -> str:
    return (get_language() or "en")[:2]


def _forms(files: list[EditionFile], language: str) -> list[dict[str, Any]]:
    """The forms of an edition a reader may choose from, in the language of the page."""
    by_name = {file.name: file for file in files if file.language in {"", language}}
    return [
        {"form": form, "label": label, "size": by_name[f"report.{form}"].size}
        for form, (_type, label) in FORMS.items()
        if f"report.{form}" in by_name
    ]


@csrf_exempt
@require_safe
def edition_detail(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """The page of an edition as it was made; of one that is withdrawn, that it is."""
    edition = _edition(slug, number)
    if not edition.is_standing:
        return _withdrawn(request, edition, status=200)
    return _sent(request, edition, "index.html")


@csrf_exempt
@require_safe
def edition_file(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponseBase:
    """A file of an edition as it was made."""
    edition = _edition(slug, number)
    if form not in {*FORMS, "css"}:
        raise Http404
    if not edition.is_standing:
        return _withdrawn(request, edition, status=410)
    return _sent(request, edition, f"report.{form}")


@csrf_exempt
@require_safe
def report_file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """A file of the latest edition of a report."""
    if form not in FORMS:
        raise Http404
    dialogue = get_object_or_404(Dialogue.objects.public(), slug=slug)
    edition = Edition.objects.latest_of(dialogue)
    if edition is None:
        raise Http404(
            _(
                "Of this dialogue no edition of the report stands, so there is no such file. Its"
                " page shows what was said."
            )
        )
    edition.dialogue = dialogue
    response = _sent(request, edition, f"report.{form}")
    response["Content-Location"] = _path_of(edition, f"report.{form}")
    return response


def _edition(slug: str, number: int) -> Edition:
    editions = Edition.objects.public().defer("source", "front")
    if number > 32_767:
        raise Http404
    edition = editions.select_related("dialogue").filter(dialogue__slug=slug, number=number)
    if found := edition.first():
        return found
    raise Http404(_("There is no edition of that number."))


def _path_of(edition: Edition, name: str) -> str:
    path = edition.get_absolute_url()
    return path if name == "index.html" else f"{path}{name}"


def _sent(request: HttpRequest, edition: Edition, name: str) -> HttpResponse:
    """The bytes of a file, or that the reader has them."""
    files = EditionFile.objects.filter(
        edition=edition, name=name, language__in=["", _language()]
    ).order_by(F("language").desc())
    file = files.defer("content").first()
    if file is None:
        raise Http404(_("This edition has no such file."))
    is_gzipped = file.content_type.startswith(_PACKED) and _takes_gzip(request)
    # The bytes are those of the checksum; packed on the way they are the same once unpacked.
    tag = quote_etag(file.sha256) if not is_gzipped else f'W/"{file.sha256}"'
    known = {
        one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))
    }
    if known & {"*", quote_etag(file.sha256)}:
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        content = bytes(EditionFile.objects.values_list("content", flat=True).get(pk=file.pk))
        if is_gzipped:
            content = gzip.compress(content, 6, mtime=0)
        response = HttpResponse(content, content_type=file.content_type)
        if is_gzipped:
            response["Content-Encoding"] = "gzip"
        if name != "index.html":
            form = name.rpartition(".")[2]
            saved = f"{edition.dialogue.slug}-{edition.number}.{form}"
            way = "inline" if form in _READ else "attachment"
            response["Content-Disposition"] = f'{way}; filename="{saved}"'
    response["ETag"] = tag
    response["Cache-Control"] = "public, no-cache"  # it may be withdrawn
    response["Link"] = f'<{edition.dialogue.get_absolute_url()}>; rel="latest-version"'
    if file.content_type.startswith(_PACKED):
        patch_vary_headers(response, ["Accept-Encoding"])
    if edition.dialogue.is_demo:
        response["X-Robots-Tag"] = "noindex"
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _withdrawn(request: HttpRequest, edition: Edition, *, status: int) -> HttpResponse:
    latest = Edition.objects.latest_of(edition.dialogue)
    context = {
        "edition": edition,
        "dialogue": edition.dialogue,
        "latest": latest,
        "is_demo": edition.dialogue.is_demo,
        "section": "dialogues",
    }
    response = render(request, "dialogues/edition_withdrawn.html", context, status=status)
    response["Cache-Control"] = "private, no-cache"
    return response
