"""Practising with a simulated room: begin, let it speak, end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from dialogues import rehearsing
from dialogues.forms.rehearsing import SpeakForm
from dialogues.models import Dialogue


def _who(request: HttpRequest) -> User:
    """Who presses the button: they are signed in."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it
    return request.user


@login_required
@require_POST
def rehearsal_begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Copy a dialogue one runs into a rehearsal of one's own."""
    dialogue = get_object_or_404(Dialogue.objects.run_by(request.user), slug=slug)
    try:
        rehearsal = rehearsing.rehearse(dialogue, by=_who(request))
    except ValidationError as problem:
        messages.warning(request, problem.messages[0])
        return redirect("dialogues:dialogue_plan", slug)
    messages.success(
        request,
        _("This is a rehearsal. Its room is simulated, nobody else sees it, and it can be ended."),
    )
    return redirect("dialogues:dialogue_plan", rehearsal.slug)


@login_required
@require_POST
def rehearsal_speak(request: HttpRequest, slug: str) -> HttpResponse:
    """Let some of the simulated room speak in what is on."""
    rehearsal = get_object_or_404(Dialogue.objects.rehearsals().run_by(request.user), slug=slug)
    form = SpeakForm(request.POST)
    if form.is_valid():
        n = rehearsing.speak(rehearsal, form.cleaned_data["n"], by=_who(request))
        if n:
            spoke = ngettext("%(n)d of the room took part.", "%(n)d of the room took part.", n)
            messages.success(request, spoke % {"n": n})
        else:
            messages.warning(request, _("Nobody has anything to say now: start the next round."))
    else:
        messages.warning(request, _("Let from 1 to 10 people speak at once."))
    return redirect("dialogues:dialogue_plan", rehearsal.slug)


@login_required
@require_POST
def rehearsal_end(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove a rehearsal with all that was said in it."""
    rehearsal = get_object_or_404(Dialogue.objects.rehearsals().run_by(request.user), slug=slug)
    rehearsing.end_rehearsal(rehearsal)
    messages.success(request, _("The rehearsal is over; nothing of it is kept."))
    return redirect("dialogues:dialogue_plans")
