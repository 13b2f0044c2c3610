"""What happens to a resolution: recording it, checking it. For its champion and for editors."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from resolutions import copies
from resolutions.forms.steps import StepForm
from resolutions.models import Resolution, Step, StepNotPossible

View = Callable[..., HttpResponse]


def for_champions(view: View) -> View:
    """A page of those who bring resolutions forward: for the signed-in, and kept by nobody."""
    return never_cache(login_required(view))


def signed_in(request: HttpRequest) -> User:
    """Who asks for a page of the champions."""
    assert isinstance(request.user, User)  # noqa: S101 - for_champions let them in
    return request.user


def seen_by_reader(request: HttpRequest, slug: str) -> Resolution:
    """The resolution, if the reader may know of it; for anybody else it is not there."""
    return get_object_or_404(
        Resolution.objects.visible_to(signed_in(request)).for_list(), slug=slug
    )


def championed_by_reader(request: HttpRequest, slug: str) -> Resolution:
    """The resolution, if the reader's organization brings it forward or the reader is an editor."""
    resolution = seen_by_reader(request, slug)
    if not signed_in(request).has_perm("resolutions.record_step", resolution):
        raise PermissionDenied(
            _(
                "Members of the organization that brings this forward record what happens to it,"
                " and editors. Anyone can report it: see the resolution’s page."
            )
        )
    return resolution


@for_champions
def step_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Record what the council did on a date. Another day shows what can have happened then."""
    resolution = championed_by_reader(request, slug)
    user = signed_in(request)
    if request.method == "POST" and "look" not in request.POST:
        form = StepForm(request.POST, resolution=resolution)
        if form.is_valid():
            try:
                step = form.record(by=user)
            except StepNotPossible as problem:
                form.add_error(problem.field, problem)
            else:
                copies.owe(resolution)
                messages.success(request, _recorded(step))
                return redirect(step)
    else:
        form = StepForm(initial=_begun(request), resolution=resolution)
    context = {
        "resolution": resolution,
        "form": form,
        "steps": resolution.steps.order_by("-on", "-id"),
        "may_verify": user.has_perm("resolutions.verify_step"),
        "section": "resolutions",
    }
    return render(request, "resolutions/step_record.html", context)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What was typed before another day was looked at, or what a link came with."""
    typed = request.POST if request.method == "POST" else request.GET
    begun = {name: typed[name] for name in StepForm.base_fields if name in typed}
    return {"on": timezone.localdate(), **begun}


def _recorded(step: Step) -> str:
    if step.verified_at is not None:
        return _("It is recorded, and counts as verified: you gave the source.")
    return _("It is recorded as reported. It counts once an editor has checked it.")


@for_champions
def step_verify(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say that a step was found in its source."""
    resolution = seen_by_reader(request, slug)
    step = get_object_or_404(resolution.steps.prefetch_related("sources"), pk=pk)
    user = signed_in(request)
    if not user.has_perm("resolutions.verify_step"):
        raise PermissionDenied(_("Editors check steps against their sources."))
    sources = list(step.sources.all())
    if request.method == "POST" and sources:
        if resolution.steps.filter(pk=step.pk).verify(by=user):
            messages.success(request, _("Verified. From now on it counts in totals."))
        return redirect(step)
    context = {
        "resolution": resolution,
        "step": step,
        "sources": sources,
        "section": "resolutions",
    }
    return render(request, "resolutions/step_verify.html", context)
