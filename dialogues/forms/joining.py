"""The forms on a participant's phone. They clean what arrives; what is allowed, the verbs say."""

import uuid
from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialogues import joining
from dialogues.models import (
    SCORES,
    AgendaItem,
    Attribution,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    Dialogue,
    Sector,
)
from recommendations.open_forms import PlainForm

# What each box asks for.
PROMPTS: dict[str, str | Promise] = {
    ContributionKind.HOPE: gettext_lazy("What is one hope you have?"),
    ContributionKind.CONCERN: gettext_lazy("What is one concern you have?"),
    ContributionKind.QUESTION: gettext_lazy("What would you like to ask?"),
    ContributionKind.RESERVATION: gettext_lazy("A word of reservation, if you have one"),
    ContributionKind.IDEA: gettext_lazy("What idea do you have?"),
    ContributionKind.COMMITMENT: gettext_lazy("What is one thing you will do?"),
}
_BROKEN = gettext_lazy("This could not be understood. Send it once more.")


class _Form(PlainForm):
    def refuse(self, name: str | None, problem: ValidationError) -> None:
        """Say of a field what a verb said, instead of all else."""
        self.errors.clear()
        self.cleaned_data = getattr(self, "cleaned_data", {})
        self.add_error(name, problem)


class CodeForm(_Form):
    """The code on the wall."""

    code = forms.CharField(
        label=gettext_lazy("Code on the wall"),
        help_text=gettext_lazy("Six letters and numbers. No account."),
        max_length=40,
        error_messages={
            "required": gettext_lazy("Write the code that stands on the wall."),
            "max_length": gettext_lazy("That is too long to be a code: it has six characters."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "phone__code",
            }
        ),
    )


class SeatForm(_Form):
    """What somebody agrees to before they take part; and, where the dialogue's rule has a use for
    it, who they are. ``agreed`` and ``details`` are what ``joining.take_seat`` takes.
    """

    def __init__(
        self, data: Mapping[str, str] | None = None, *, dialogue: Dialogue, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.purposes = joining.purposes(dialogue)
        self.dialogue = dialogue
        for purpose in self.purposes:
            self.fields[f"agree_{purpose}"] = forms.BooleanField(
                label=joining.wording(dialogue, purpose), required=False
            )
            if purpose == ConsentPurpose.NAME:
                self.fields["name"] = _line(_("Your name, if you wish"), "name")
            if purpose == joining.WRITTEN_TO[-1]:
                self.fields["email"] = forms.EmailField(
                    label=_("Your e-mail address, if you wish to be written to"),
                    required=False,
                    max_length=254,
                    error_messages={
                        "invalid": _("Write an address such as name@example.org, or none."),
                        "max_length": _("That is too long to be an address."),
                    },
                    widget=forms.EmailInput(attrs={"autocomplete": "email"}),
                )
        if dialogue.attribution in {Attribution.NAME, Attribution.SECTOR}:
            self.fields["sector"] = forms.ChoiceField(
                label=_("The part of society you belong to, if you wish"),
                choices=[("", _("I would rather not say")), *Sector.choices],
                required=False,
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if not clean.get("agree_record"):
            self.add_error(
                "agree_record",
                _("Tick this to take part: without it nothing you say may be kept."),
            )
        if clean.get("agree_name") and not clean.get("name"):
            self.add_error("name", _("Write your name, or take the tick above away."))
        if clean.get("name") and not clean.get("agree_name"):
            self.add_error(
                "agree_name", _("Tick this if your name may show, or leave your name out.")
            )
        is_written_to = any(clean.get(f"agree_{purpose}") for purpose in joining.WRITTEN_TO)
        if is_written_to and not clean.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write your address, or take the ticks above it away."))
        if clean.get("email") and not is_written_to:
            self.add_error(
                "agree_contact",
                _("Tick this or the next if we may write to you, or leave the address out."),
            )
        return clean

    @property
    def agreed(self) -> list[ConsentPurpose]:
        return [one for one in self.purposes if self.cleaned_data.get(f"agree_{one}")]

    @property
    def details(self) -> dict[str, str]:
        names = ("name", "sector", "email")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


def _line(label: str, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        error_messages={
            "max_length": _("Keep it under 200 characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


class Words(forms.Field):
    """What somebody says, as it was typed: the verbs clean it and say what is wrong."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> str:
        return str(value or "")


class SayForm(_Form):
    """One statement, with the key made where it is typed."""

    text = Words(required=False)
    kind = forms.TypedChoiceField(
        choices=ContributionKind.choices,
        coerce=ContributionKind,
        widget=forms.HiddenInput,
        error_messages={"required": _BROKEN, "invalid_choice": _BROKEN},
    )
    round = forms.IntegerField(
        min_value=1,
        max_value=2**53,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _BROKEN),
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _BROKEN, "invalid": _BROKEN}
    )
    late = forms.BooleanField(required=False, widget=forms.HiddenInput)


def say_form(
    kind: ContributionKind,
    item: AgendaItem | None = None,
    *,
    typed: Mapping[str, str] | None = None,
) -> SayForm:
    """The box for one kind, with what was typed in it before; without a round, one for scripts."""
    initial = {"kind": kind.value, "key": uuid.uuid4(), "round": item.pk if item else ""}
    form = SayForm(typed, initial=initial, auto_id=f"{kind}_%s" if item else f"new_{kind}_%s")
    text = form.fields["text"]
    text.label = str(PROMPTS[kind])
    limit = item.word_limit if item else 0
    text.help_text = (
        ngettext("At most %(n)d word.", "At most %(n)d words.", limit) % {"n": limit}
        if limit
        else _("As short as you can.")
    )
    return form


class ChangeForm(_Form):
    """One's own statement, to be worded anew."""

    text = Words(label=gettext_lazy("Your words"), required=False)
    revision = forms.IntegerField(
        min_value=1,
        max_value=2**31,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _BROKEN),
    )

    @classmethod
    def of(cls, statement: Contribution, *, text: str | None = None) -> Self:
        """``text`` is a wording that was typed and not taken."""
        words = {
            "text": statement.text if text is None else text,
            "revision": str(statement.revision),
        }
        return cls(initial=words) if text is None else cls(words)


class VoteForm(_Form):
    """A number on the scale."""

    score = forms.TypedChoiceField(
        choices=[(str(n), str(n)) for n in SCORES],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a number from 0 to 10."),
            "invalid_choice": gettext_lazy("Choose a number from 0 to 10."),
        },
    )
