"""Beginning to follow a resolution, and making it public."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from resolutions.forms.filters import CouncilFilter
from resolutions.forms.starting import StartForm
from resolutions.models import Council, Preparation, Resolution
from resolutions.models.resolution import NoStep
from resolutions.starting import start
from resolutions.views.asked import chosen_or_404
from resolutions.views.steps import for_champions, seen_by_reader, signed_in

# So many councils are offered for a name; with more letters there are fewer.
OFFERED = 30


@for_champions
def resolution_new(request: HttpRequest) -> HttpResponse:
    """Begin to follow a resolution: ``?preparation=`` has its text, or ``?council=`` its council;
    without either, the council is looked for by name first.
    """
    user = signed_in(request)
    if not user.has_perm("resolutions.add_resolution"):
        raise PermissionDenied(
            _("Resolutions are followed by members of organizations, and by editors.")
        )
    preparation = None
    if key := request.GET.get("preparation"):
        rows = Preparation.objects.select_related("council__jurisdiction__parent", "model")
        preparation = chosen_or_404(rows, key, "key")
        if preparation.resolution_id is not None:
            return redirect(_theirs(request, preparation))
    council = preparation.council if preparation else None
    if council is None and (slug := request.GET.get("council")):
        council = chosen_or_404(Council.objects.all().for_list(), slug)
    if council is None:
        return _choose_council(request)
    if request.method == "POST":
        form = StartForm(request.POST, user=user, council=council, has_text=bool(preparation))
        if form.is_valid():
            try:
                resolution = start(
                    council,
                    by=user,
                    preparation=preparation,
                    language=(get_language() or "en")[:2],
                    **form.cleaned_data,
                )
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                messages.success(
                    request,
                    _("It is on your board. It shows to everybody once an editor publishes it."),
                )
                return redirect(resolution)
    else:
        form = StartForm(user=user, council=council, has_text=bool(preparation))
    context = {
        "form": form,
        "council": council,
        "preparation": preparation,
        "has_others": Resolution.objects.visible_to(user).filter(council=council),
        "section": "resolutions",
    }
    return render(request, "resolutions/resolution_new.html", context)


def _theirs(request: HttpRequest, preparation: Preparation) -> Resolution:
    """What was begun from a text before, if it is the reader's to see."""
    rows = Resolution.objects.visible_to(signed_in(request))
    return get_object_or_404(rows, pk=preparation.resolution_id)


def _choose_council(request: HttpRequest) -> HttpResponse:
    form = CouncilFilter(request.GET)
    is_asked = any(request.GET.get(name) for name in ("q", "region"))
    found: list[Council] = []
    if form.is_valid() and is_asked:
        rows = Council.objects.all().matching(**form.cleaned_data).for_list()
        found = list(rows.best_first(form.cleaned_data["q"])[: OFFERED + 1])
    context = {
        "filter": form,
        "is_asked": is_asked,
        "found": found[:OFFERED],
        "has_more": len(found) > OFFERED,
        "section": "resolutions",
    }
    return render(request, "resolutions/resolution_new.html", context)


@for_champions
def resolution_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Show it to everybody. Editors do."""
    resolution = seen_by_reader(request, slug)
    user = signed_in(request)
    if not user.has_perm("resolutions.publish_resolution"):
        raise PermissionDenied(_("An editor publishes it."))
    if request.method == "POST":
        try:
            resolution.publish(by=user)
        except NoStep as problem:
            messages.error(request, problem.messages[0])
        else:
            messages.success(request, _("It is public."))
        return redirect(resolution)
    context = {"resolution": resolution, "section": "resolutions"}
    return render(request, "resolutions/resolution_publish.html", context)
