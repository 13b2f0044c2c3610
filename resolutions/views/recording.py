"""The words of a resolution: what was brought to the council, and what it adopted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from recommendations.models import one_refresh
from resolutions import copies
from resolutions.composing import Composed
from resolutions.forms.recording import TextForm
from resolutions.models import Resolution, TextStage
from resolutions.recording import begin_with, record_text, stages_of
from resolutions.views.steps import championed_by_reader, for_champions, signed_in


@for_champions
def text_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a text, clause by clause or pasted whole. ``?stage=`` says which; as adopted, where a
    council did adopt it.
    """
    resolution = championed_by_reader(request, slug)
    stages = stages_of(resolution)
    asked = request.GET.get("stage", "")
    stage = TextStage(asked) if asked in stages else stages[0]
    form, base, is_recorded = _form(request, resolution, stage)
    if is_recorded:
        messages.success(request, _("The text is recorded."))
        return redirect(f"{resolution.get_absolute_url()}#text")
    sent: list[str] = []
    if is_stale := form.is_stale:
        # Laid over another text, words would stand under the wrong clause.
        sent = form.not_there
        form = TextForm(base=base, initial=form.initial)
    here = reverse("resolutions:text_record", args=[resolution.slug])
    others: list[tuple[str, Any]] = [
        (f"{here}?stage={other}", other.label) for other in stages if other != stage
    ]
    context = {
        "resolution": resolution,
        "stage": stage,
        "others": others,
        "may_be_adopted": TextStage.ADOPTED in stages,
        "base": base,
        "form": form,
        "is_stale": is_stale,
        "sent": sent,
        "section": "resolutions",
    }
    status = 409 if is_stale else 200
    return render(request, "resolutions/text_record.html", context, status=status)


@one_refresh()  # nobody records another text between what is read here and what is written
def _form(
    request: HttpRequest, resolution: Resolution, stage: TextStage
) -> tuple[TextForm, Composed | None, bool]:
    """The form over the text that stands, and whether what was sent with it is on record now."""
    base = begin_with(resolution, stage)
    language = {"language": base.language if base else resolution.language}
    if request.method != "POST":
        return TextForm(base=base, initial=language), base, False
    form = TextForm(request.POST, base=base, initial=language)
    if form.is_stale:
        return form, base, form.says_the_same
    if not form.is_valid():
        return form, base, False
    record_text(
        resolution,
        stage,
        form.lines,
        by=signed_in(request),
        language=form.cleaned_data["language"],
        title=base.title if base and base.title != resolution.name else "",
    )
    copies.owe(resolution)
    return form, base, True
