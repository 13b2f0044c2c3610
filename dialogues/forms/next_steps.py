"""What is to be done after a dialogue, and by when people said they would do something."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.forms.planning import PlanForm
from dialogues.models import NextStep, NextStepState, Person
from recommendations.fields import DateInput

_FURTHEST = timedelta(days=3_653)
_NO_DATE = _("Write the date as year-month-day, such as 2026-03-14.")


class NextStepForm(PlanForm):
    """One next step: what, who, until when, and how it stands on a day."""

    class Meta:
        model = NextStep
        fields = ["text", "text_fr", "owner", "owner_name", "due_on", "state", "state_on", "word"]
        widgets: dict[str, Any] = {
            "text_fr": forms.Textarea(attrs={"rows": 2}),
            "word": forms.Textarea(attrs={"rows": 2}),
            "due_on": DateInput,
            "state_on": DateInput,
        }
        help_texts = {"state_on": _("Left empty, it is today.")}
        error_messages = {
            "due_on": {"invalid": _NO_DATE},
            "state_on": {"invalid": _NO_DATE},
        }

    text = forms.CharField(
        label=_("What is to be done"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write what is to be done."),
            "max_length": _("That is %(show_value)d characters long: use at most %(limit_value)d."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step = self.instance
        self._choose("owner").queryset = Person.objects.filter(dialogue=step.dialogue_id)
        self._choose("owner").empty_label = _("Nobody of the dialogue")
        self._choose("state").choices = [("", _("Nothing is known yet")), *NextStepState.choices]
        if step.language == "fr":
            del self.fields["text_fr"]

    @property
    def written(self) -> list[str]:
        return [name for name in super().written if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("owner") and data.get("owner_name"):
            self.add_error("owner_name", _("Choose somebody above or write who it is, not both."))
        self._check_days(data)
        return data

    def _check_days(self, data: dict[str, Any]) -> None:
        step, today = self.instance, timezone.localdate()
        due_on, state_on = data.get("due_on"), data.get("state_on")
        if due_on and due_on < step.dialogue.on:
            self.add_error("due_on", _("This is before the dialogue: choose a later day."))
        elif due_on and due_on > today + _FURTHEST:
            self.add_error(
                "due_on", _("This is more than ten years ahead: look at the year once more.")
            )
        if state_on and not data.get("state"):
            self.add_error("state", _("Say how it stands, or leave the day of it empty."))
        elif state_on and state_on > today + timedelta(days=1):
            self.add_error("state_on", _("This day has not come yet: choose an earlier one."))
        elif state_on and state_on < step.dialogue.on:
            self.add_error("state_on", _("This is before the dialogue: choose a later day."))
        elif data.get("state") and "state_on" not in self.errors:
            data["state_on"] = state_on or today


class DueForm(forms.Form):
    """By when one commitment is to be kept."""

    use_required_attribute = False

    due_on = forms.DateField(
        label=_("By when"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": _NO_DATE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
