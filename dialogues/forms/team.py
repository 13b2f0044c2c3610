"""Inviting people to run a dialogue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import AskForm
from dialogues.models import TeamRole


class InviteForm(AskForm):
    """Whom to ask, and to do what."""

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
