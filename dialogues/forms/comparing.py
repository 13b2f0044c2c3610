"""Which dialogues stand beside each other."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.comparing import MOST


class ComparisonForm(forms.Form):
    """Two to six dialogues about one report. The field is called ``with``, as in the address."""

    use_required_attribute = False

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.fields["with"] = forms.MultipleChoiceField(
            label=gettext_lazy("Dialogues, two to six of them"),
            choices=choices,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
            error_messages={
                "required": gettext_lazy("Choose two dialogues or more."),
                "invalid_choice": gettext_lazy(
                    "“%(value)s” is no published dialogue about this report: choose others."
                ),
            },
        )

    def clean_with(self) -> list[str]:
        chosen: list[str] = list(dict.fromkeys(self.cleaned_data["with"]))
        if len(chosen) < 2:
            raise ValidationError(_("Choose two dialogues or more."), code="few")
        if len(chosen) > MOST:
            raise ValidationError(
                _("%(n)d are chosen: choose six at most."), code="many", params={"n": len(chosen)}
            )
        return chosen
