"""The forms of signing in, in the site's own style: labels that stay, no text in the boxes."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _


class _Plain(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            # A placeholder vanishes as soon as one types, and is too pale to read before.
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, allauth.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["password"].help_text = ""


class PasswordResetForm(_Plain, allauth.ResetPasswordForm):
    """The address to which the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class NewPasswordForm(_Plain, allauth.ResetPasswordKeyForm):
    """A new password, twice, after following the link."""


class ChangePasswordForm(_Plain, allauth.ChangePasswordForm):
    """The old password and a new one, twice."""
