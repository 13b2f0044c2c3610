"""How allauth behaves here."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as asked
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import letters


class InvitedOnly(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody needs one to read or to take part."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter; it goes out within seconds, and the link in it is then forgotten."""
        about = {
            "request": asked.request,
            "email": email,
            "current_site": get_current_site(asked.request),
        }
        mail = self.render_mail(template_prefix, email, {**about, **context})
        letters.post(
            f"account-{uuid.uuid4().hex}", to=email, subject=str(mail.subject), text=str(mail.body)
        )
