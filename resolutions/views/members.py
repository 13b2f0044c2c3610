"""Who acts for an organization: its members, and the page an invitation leads to."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import inviting
from accounts.forms import AskForm
from accounts.models import MemberInvitation, Organization, Role, User
from accounts.views import Asking, answer
from resolutions.views.board import acted_for_by_reader
from resolutions.views.steps import for_champions, signed_in


@for_champions
def member_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who acts for it, who has been asked, and whom to ask next."""
    organization = acted_for_by_reader(request, slug)
    user = signed_in(request)
    form: forms.Form = AskForm()
    if request.method == "POST":
        form = AskForm(request.POST)
        if form.is_valid() and _asked(request, organization, form):
            return redirect("resolutions:member_list", slug)
    members = list(organization.members.order_by("name", "email"))
    context = {
        "organization": organization,
        "members": members,
        "one_is_left": len(members) == 1 and not _is_editor(user),
        "invitations": [
            {"row": row, "is_open": row.is_open()}
            for row in organization.invitations.filter(accepted_at__isnull=True)
        ],
        "form": form,
        "section": "resolutions",
    }
    return render(request, "resolutions/member_list.html", context)


def _is_editor(user: User) -> bool:
    return bool(user.roles & {Role.EDITOR, Role.ADMINISTRATOR})


def _asked(request: HttpRequest, organization: Organization, form: forms.Form) -> bool:
    """Whether somebody was asked; where not, the form says why."""

    def link(token: str) -> str:
        path = reverse("resolutions:member_invitation_accept", args=[token])
        return request.build_absolute_uri(path)

    email = form.cleaned_data["email"]
    try:
        asked = inviting.invite(organization, email=email, by=signed_in(request), link=link)
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    else:
        messages.success(
            request, _("A letter is on its way to %(email)s.") % {"email": asked.email}
        )
    return True


@for_champions
@require_POST
def member_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End somebody's membership, or leave."""
    organization = acted_for_by_reader(request, slug)
    user = get_object_or_404(organization.members, pk=pk)
    by = signed_in(request)
    try:
        inviting.remove(organization, user, by=by)
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
        return redirect("resolutions:member_list", slug)
    if user == by and not _is_editor(by):
        messages.success(
            request,
            _("You no longer act for %(organization)s.") % {"organization": organization.name},
        )
        acts_still = by.memberships.exists()
        return redirect("resolutions:board_list" if acts_still else "home")
    messages.success(request, _("%(name)s is no longer a member.") % {"name": user})
    return redirect("resolutions:member_list", slug)


@for_champions
@require_POST
def member_invitation_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an invitation back: its link leads nowhere from now on."""
    organization = acted_for_by_reader(request, slug)
    inviting.take_back(get_object_or_404(organization.invitations, pk=pk))
    messages.success(request, _("The invitation is taken back."))
    return redirect("resolutions:member_list", slug)


@never_cache
def member_invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads: sign in and accept, or make an account there."""
    invitation = inviting.invitation_of(token)
    asking = Asking(
        accept=inviting.accept,
        accept_with_new_account=inviting.accept_with_new_account,
        arrived=_arrived,
        welcome=_welcome,
        page="resolutions/member_invitation_accept.html",
        name_help=_("The other members see it, and editors of this site. Nobody else does."),
        section="resolutions",
    )
    organization = invitation.organization if invitation else None
    return answer(request, invitation, asking, {"organization": organization})


def _welcome(request: HttpRequest, invitation: MemberInvitation) -> None:
    messages.success(
        request,
        _("You act for %(organization)s.") % {"organization": invitation.organization.name},
    )


def _arrived(invitation: MemberInvitation, user: User) -> HttpResponse:
    """To the board; whoever has been removed since finds there is nothing for them."""
    return redirect("resolutions:board_detail", invitation.organization.slug)
