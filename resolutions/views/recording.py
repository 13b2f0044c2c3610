"""The words of a resolution: what was brought to the council, and what it adopted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from resolutions import copies
from resolutions.forms.recording import TextForm
from resolutions.models import TextStage
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
    base = begin_with(resolution, stage)
    language = {"language": base.language if base else resolution.language}
    if request.method == "POST":
        form = TextForm(request.POST, base=base, initial=language)
        if form.is_valid():
            record_text(
                resolution,
                stage,
                form.lines,
                by=signed_in(request),
                language=form.cleaned_data["language"],
                title=base.title if base and base.title != resolution.name else "",
            )
            copies.owe(resolution)
            messages.success(request, _("The text is recorded."))
            return redirect(f"{resolution.get_absolute_url()}#text")
    else:
        form = TextForm(base=base, initial=language)
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
        "section": "resolutions",
    }
    return render(request, "resolutions/text_record.html", context)
