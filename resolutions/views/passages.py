"""What associations of municipalities did with a resolution: recording it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from resolutions import passages
from resolutions.forms.passages import PassageForm
from resolutions.models import Resolution
from resolutions.passages import PassageNotPossible
from resolutions.views.board import for_members, signed_in


@for_members
def passage_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Record what an association did, with the way it is on beside."""
    user = signed_in(request)
    rows = Resolution.objects.visible_to(user).for_list()
    resolution = get_object_or_404(rows, slug=slug)
    if not user.has_perm("resolutions.record_step", resolution):
        raise PermissionDenied(
            _("Whoever brought this resolution records what became of it, or an editor.")
        )
    choices = passages.choices_for(resolution)
    if request.method == "POST":
        form = PassageForm(request.POST, associations=choices)
        if form.is_valid():
            try:
                passage = passages.record(resolution, **form.cleaned_data, by=user)
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
        "way": passages.shown(resolution),
        "is_demo": resolution.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/passage_record.html", context)
