"""The files of a text in preparation. What was asked in dialogues stands in them, so they are made
here, where all apps meet.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.limits import count, network
from resolutions import preparing
from resolutions.documents import Document, Format, make
from resolutions.filling import NotFilled
from resolutions.views.preparing import of_key, too_often
from w2i.pages.kit import questions_about


@never_cache
@require_safe
def preparation_file(request: HttpRequest, key: str, document: str, format: str) -> HttpResponse:
    """The resolution, the letter, the notes or the questions, as Word, PDF or plain text."""
    if count(preparing.MADE, network(request)) > preparing.MADE.most:
        return too_often(request, preparing.MADE)
    try:
        kind, as_file = Document(document), Format(format)
        ready = preparing.prepared(of_key(key))
    except (ValueError, NotFilled):
        raise Http404 from None
    site = request.build_absolute_uri("/").rstrip("/")
    questions = questions_about(ready.text, site=site) if kind == Document.QUESTIONS else ()
    content, content_type, name = make(
        kind, as_file, ready.text, clauses=ready.clauses, questions=questions
    )
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Robots-Tag"] = "noindex"
    return answer
