"""Who runs a dialogue with whom: the team, and the page an invitation leads to."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from dialogues import inviting
from dialogues.forms.team import InviteForm, NewAccountForm
from dialogues.models import Dialogue, Invitation
from dialogues.views.planning import for_the_team, refused, run_by_reader, signed_in

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


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
            except inviting.MailNotSent as problem:
                messages.warning(request, " ".join(problem.messages))
                return redirect("dialogues:dialogue_team", slug)
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
    if invitation is None:
        raise Http404(
            _(
                "This invitation is not known here. It was taken back, or a newer letter has"
                " replaced it. Ask whoever invited you."
            )
        )
    user = request.user if request.user.is_authenticated else None
    if invitation.accepted_by and invitation.accepted_by == user:
        return _arrived(invitation, user)
    if not invitation.is_open():
        return _over(request, invitation)
    account = None if user else User.objects.filter(email=invitation.email).first()
    form = None if user or account else NewAccountForm(email=invitation.email)
    if request.method == "POST":
        try:
            if user:
                inviting.accept(invitation, user)
                return _welcome(request, invitation, user)
            if form:
                form = NewAccountForm(request.POST, email=invitation.email)
                if form.is_valid():
                    made = inviting.accept_with_new_account(
                        invitation,
                        name=form.cleaned_data["name"],
                        password=form.cleaned_data["password1"],
                    )
                    login(request, made, backend=_BACKEND)
                    return _welcome(request, invitation, made)
        except ValidationError:
            # Somebody was quicker: the page says how things stand now.
            return redirect("dialogues:invitation_accept", token)
    context: dict[str, Any] = {
        "invitation": invitation,
        "dialogue": invitation.dialogue,
        "account": account,
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/invitation_accept.html", context)


def _welcome(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    messages.success(
        request,
        _("You are on the team of “%(title)s”.") % {"title": invitation.dialogue.title},
    )
    return _arrived(invitation, user)


def _arrived(invitation: Invitation, user: User | None) -> HttpResponse:
    """To the plan for those who see it; a scribe finds the console on the list."""
    if invitation.dialogue.facilitators.filter(pk=user.pk if user else None).exists():
        return redirect("dialogues:dialogue_plan", invitation.dialogue.slug)
    return redirect("dialogues:dialogue_plans")


def _over(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    context = {"was_used": invitation.accepted_at is not None, "section": "dialogues"}
    return render(request, "dialogues/invitation_over.html", context, status=HTTPStatus.GONE.value)
