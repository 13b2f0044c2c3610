"""Who runs a dialogue with whom: the team, and the page an invitation leads to."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.views import Asking, answer
from dialogues import inviting
from dialogues.forms.team import InviteForm
from dialogues.models import Dialogue, Invitation
from dialogues.views.planning import for_the_team, refused, run_by_reader, signed_in


@for_the_team
def dialogue_team(request: HttpRequest, slug: str) -> HttpResponse:
    """Who runs it and who takes down, who has been asked, and whom to ask next."""
    dialogue = run_by_reader(request, slug)
    form = InviteForm()
    if request.method == "POST":
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                asked = inviting.invite(
                    dialogue,
                    **form.cleaned_data,
                    by=signed_in(request),
                    link=request.build_absolute_uri,
                )
            except ValidationError as problem:
                refused(form, problem)
            else:
                messages.success(
                    request, _("A letter is on its way to %(email)s.") % {"email": asked.email}
                )
                return redirect("dialogues:dialogue_team", slug)
    facilitators = list(dialogue.facilitators.order_by("name", "email"))
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "facilitators": facilitators,
        "one_is_left": len(facilitators) == 1,
        "scribes": list(dialogue.scribes.order_by("name", "email")),
        "invitations": [
            {"row": row, "is_open": row.is_open()}
            for row in dialogue.invitations.filter(accepted_at__isnull=True)
        ],
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_team.html", context)


@for_the_team
@require_POST
def member_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody off the team, or leave it."""
    dialogue = run_by_reader(request, slug)
    theirs = dialogue.facilitators.filter(pk=pk) | dialogue.scribes.filter(pk=pk)
    user = get_object_or_404(User, pk__in=theirs.values("pk"))
    try:
        inviting.remove(dialogue, user)
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
        return redirect("dialogues:dialogue_team", slug)
    if user == request.user:
        messages.success(
            request, _("You have left the team of “%(title)s”.") % {"title": dialogue.title}
        )
        return redirect("dialogues:dialogue_plans" if _has_plans(user) else "home")
    messages.success(request, _("%(name)s is no longer on the team.") % {"name": user})
    return redirect("dialogues:dialogue_team", slug)


def _has_plans(user: User) -> bool:
    return user.has_perm("dialogues.plan") or Dialogue.objects.taken_down_by(user).exists()


@for_the_team
@require_POST
def invitation_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an invitation back: its link leads nowhere from now on."""
    dialogue = run_by_reader(request, slug)
    invitation = get_object_or_404(dialogue.invitations, pk=pk)
    inviting.take_back(invitation)
    messages.success(request, _("The invitation is taken back."))
    return redirect("dialogues:dialogue_team", slug)


@never_cache
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads: sign in and accept, or make an account there."""
    invitation = inviting.invitation_of(token)
    asking = Asking(
        accept=inviting.accept,
        accept_with_new_account=inviting.accept_with_new_account,
        arrived=_arrived,
        welcome=_welcome,
        page="dialogues/invitation_accept.html",
        name_help=_("Those who run the dialogue with you see it. Nobody else does."),
        section="dialogues",
    )
    dialogue = invitation.dialogue if invitation else None
    return answer(request, invitation, asking, {"dialogue": dialogue})


def _welcome(request: HttpRequest, invitation: Invitation) -> None:
    messages.success(
        request,
        _("You are on the team of “%(title)s”.") % {"title": invitation.dialogue.title},
    )


def _arrived(invitation: Invitation, user: User) -> HttpResponse:
    """To the plan for those who see it; a scribe finds the console on the list."""
    if invitation.dialogue.facilitators.filter(pk=user.pk).exists():
        return redirect("dialogues:dialogue_plan", invitation.dialogue.slug)
    return redirect("dialogues:dialogue_plans")
