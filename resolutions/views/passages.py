"""What associations of municipalities did with a resolution: recording it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from resolutions import passages
from resolutions.forms.passages import PassageForm
from resolutions.passages import PassageNotPossible
from resolutions.views.steps import championed_by_reader, for_champions, signed_in


@for_champions
def passage_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Record what an association did, with the way it is on beside."""
    resolution = championed_by_reader(request, slug)
    choices = passages.choices_for(resolution)
    if request.method == "POST":
        form = PassageForm(request.POST, associations=choices)
        if form.is_valid():
            try:
                passage = passages.record(resolution, **form.cleaned_data, by=signed_in(request))
            except PassageNotPossible as problem:
                form.add_error("on" if problem.is_date else "kind", problem)
            else:
                said = {"association": passage.association, "what": passage.get_kind_display()}
                messages.success(request, _("Recorded: %(association)s, %(what)s.") % said)
                return redirect("resolutions:passage_record", slug)
    else:
        form = PassageForm(associations=choices)
    context = {
        "resolution": resolution,
        "council": resolution.council,
        "form": form,
        "has_choices": bool(choices),
        "through": passages.shown(resolution),
        "is_demo": resolution.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/passage_record.html", context)
