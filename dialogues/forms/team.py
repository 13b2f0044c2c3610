"""Inviting people to run a dialogue, and accepting."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dialogues.models import TeamRole


class InviteForm(forms.Form):
    """Whom to ask, and to do what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Write the e-mail address of whom you ask."),
            "invalid": _("Write a whole e-mail address, such as name@example.org."),
        },
    )
    role = forms.TypedChoiceField(
        label=_("As what"),
        coerce=TeamRole,
        choices=[
            (TeamRole.FACILITATOR.value, _("Facilitator: plans and runs it, sees who takes part")),
            (TeamRole.SCRIBE.value, _("Scribe: takes down what is said, sees seats, not names")),
        ],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={"required": _("Say what you ask them to do.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})


class NewAccountForm(forms.Form):
    """A name and a password for whoever was invited and has no account."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("Those who run the dialogue with you see it. Nobody else does."),
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

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.email = email

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
