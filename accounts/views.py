"""Where the link of an invitation leads, whatever one is asked to do."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.forms import NewAccountForm
from accounts.models import User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Asking:
    """One sort of invitation: what accepting does, and where it leads.

    Attributes:
        accept: does it for an account there is.
        accept_with_new_account: makes one first, from ``name`` and ``password``.
        arrived: the page after that, and whenever they come back by the same link.
        welcome: what is said to them once.
        page: the template that asks.
        name_help: who sees the name.
        section: of the site.
    """

    accept: Callable[[Any, User], None]
    accept_with_new_account: Callable[..., User]
    arrived: Callable[[Any, User], HttpResponse]
    welcome: Callable[[HttpRequest, Any], None]
    page: str
    name_help: Any
    section: str


def answer(
    request: HttpRequest, invitation: Any, asking: Asking, context: dict[str, Any]
) -> HttpResponse:
    """Sign in and accept, or make an account there. ``invitation`` is None where none is known."""
    if invitation is None:
        raise Http404(
            _(
                "This invitation is not known here. It was taken back, or a newer letter has"
                " replaced it. Ask whoever invited you."
            )
        )
    user = request.user if isinstance(request.user, User) else None
    if user and invitation.accepted_by == user:
        return asking.arrived(invitation, user)
    if not invitation.is_open():
        over = {"was_used": invitation.accepted_at is not None, "section": asking.section}
        status = HTTPStatus.GONE.value
        return render(request, "accounts/invitation_over.html", over, status=status)
    account = None if user else User.objects.filter(email=invitation.email).first()
    form = None
    if not (user or account):
        data = request.POST if request.method == "POST" else None
        form = NewAccountForm(data, email=invitation.email, name_help=asking.name_help)
    if request.method == "POST":
        try:
            joined = _joined(request, invitation, asking, user, form)
        except ValidationError:
            # Somebody was quicker: the page says how things stand now.
            return redirect(request.path)
        if joined:
            asking.welcome(request, invitation)
            return asking.arrived(invitation, joined)
    context = {
        "invitation": invitation,
        "account": account,
        "form": form,
        "section": asking.section,
        **context,
    }
    return render(request, asking.page, context)


def _joined(
    request: HttpRequest,
    invitation: Any,
    asking: Asking,
    user: User | None,
    form: NewAccountForm | None,
) -> User | None:
    """Whoever has accepted; None where the form must be mended first, or they must sign in."""
    if user:
        asking.accept(invitation, user)
        return user
    if form and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
        made = asking.accept_with_new_account(invitation, name=name, password=password)
        login(request, made, backend=_BACKEND)
        return made
    return None
