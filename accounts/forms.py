"""The forms of signing in, in the site's own style: labels that stay, no text in the boxes."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import User


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


class NewAccountForm(forms.Form):
    """A name and a password for whoever was invited and has no account."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. Several words are easy to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Write the password once more.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, email: str, name_help: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.email = email
        self.fields["name"].help_text = name_help

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        if first:
            someone = User(email=self.email, name=data.get("name", ""))
            try:
                password_validation.validate_password(first, someone)
            except forms.ValidationError as problem:
                self.add_error("password1", problem)
        return data


class AskForm(forms.Form):
    """Whom to ask, by e-mail."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Write the e-mail address of whom you ask."),
            "invalid": _("Write a whole e-mail address, such as name@example.org."),
        },
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
