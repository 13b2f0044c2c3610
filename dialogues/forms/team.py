"""Inviting people to run a dialogue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
