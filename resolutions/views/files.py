"""Texts as files to take away, and the picture a link is shown with."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from recommendations.caching import RECOMMENDATIONS, RESOLUTIONS, public_page, reader
from recommendations.models import Recommendation
from resolutions import akoma_ntoso
from resolutions.composing import clauses_of
from resolutions.documents import Format, make_model, make_recorded, public_text
from resolutions.models import ModelResolution, Resolution, ResolutionText, Step, TextStage
from resolutions.share_picture import picture
from resolutions.texts import newest_texts

XML = "xml"


@public_page(RESOLUTIONS, RECOMMENDATIONS)
def resolution_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The words of a resolution: as adopted, else as brought to the council. Without any there is
    no file but the one for programs, which says what is known.
    """
    resolution = get_object_or_404(
        Resolution.objects.visible_to(reader(request)).for_list(), slug=slug
    )
    texts = newest_texts(resolution)
    text = texts.get(TextStage.ADOPTED) or texts.get(TextStage.SUBMITTED)
    steps = list(resolution.steps.order_by("-on", "-id"))
    if form == XML:
        file = _xml(request, resolution, text, steps)
    elif text is not None:
        file = make_recorded(text, Format(form), steps=steps)
    else:
        raise Http404
    return _answer(request, file, resolution.get_absolute_url())


def _xml(
    request: HttpRequest,
    resolution: Resolution,
    text: ResolutionText | None,
    steps: Sequence[Step],
) -> tuple[bytes, str, str]:
    composed = public_text(text) if text else None
    if resolution.model and not resolution.model.is_public:
        resolution.model = None  # what is not public is named nowhere
    public = Recommendation.objects.public().filter(code__in=composed.asks if composed else [])
    content = akoma_ntoso.write(
        resolution,
        steps=steps[::-1],
        composed=composed,
        asks={row.code: row.get_absolute_url() for row in public},
        site=request.build_absolute_uri("/").rstrip("/"),
    )
    return content, akoma_ntoso.CONTENT_TYPE, f"{resolution.slug}.xml"


@public_page(RESOLUTIONS)
def model_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The text of record of a model, to the letter."""
    model = get_object_or_404(
        ModelResolution.objects.visible_to(reader(request)).select_related("country"), slug=slug
    )
    file = make_model(model, Format(form), clauses=clauses_of(model))
    return _answer(request, file, model.get_absolute_url())


def _answer(request: HttpRequest, file: tuple[bytes, str, str], page: str) -> HttpResponse:
    """A file that says its name and which page it belongs to."""
    content, content_type, name = file
    # What a browser shows is shown; Word's files it can but save.
    how = "attachment" if name.endswith(f".{Format.DOCX}") else "inline"
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'{how}; filename="{name}"',
            "Link": f'<{request.build_absolute_uri(page)}>; rel="canonical"',
        },
    )


@public_page(RESOLUTIONS)
def share_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """What a link to the resolution is shown with elsewhere."""
    resolution = get_object_or_404(
        Resolution.objects.visible_to(reader(request)).select_related("council__jurisdiction"),
        slug=slug,
    )
    newest = resolution.steps.order_by("-on", "-id").first()
    is_verified = newest is not None and newest.verified_at is not None
    return HttpResponse(picture(resolution, is_verified=is_verified), content_type="image/png")
