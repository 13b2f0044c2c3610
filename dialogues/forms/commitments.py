"""What is asked of somebody who says what they will do, and later what became of it."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dialogues import commitments, joining
from dialogues.models import Attribution, ConsentPurpose, Contribution, Outcome
from recommendations.fields import DateInput
from recommendations.open_forms import PlainForm

_TOO_LONG = {
    "max_length": _("That is %(show_value)d characters long: use at most %(limit_value)d.")
}


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DateInput,
        error_messages={
            "invalid": _("Write the date as year, month and day, such as 2026-03-09."),
        },
        **kwargs,
    )


class CommitmentForm(PlainForm):
    """A commitment anyone makes to a recommendation."""

    text = forms.CharField(
        label=_("What you will do"),
        max_length=commitments.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One thing, in a sentence or two. Everybody will read it; links stay plain."),
        error_messages={"required": _("Write what you will do."), **_TOO_LONG},
    )
    due_on = _day(_("By when (if you like)"))
    asks = forms.BooleanField(
        label=_("Ask me on that day, by e-mail, how it went; and remind me once if I don’t answer"),
        required=False,
    )
    name = forms.CharField(
        label=_("Name to show (if you like)"),
        max_length=100,
        required=False,
        help_text=_(
            "Yours, or that of your group. Whatever you write here is public beside your"
            " commitment. Left empty, no name is shown."
        ),
        error_messages=_TOO_LONG,
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_(
            "Never shown. You get a letter to confirm it, and others only about this commitment."
            " It is erased once it has done its work."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("Write a whole e-mail address, such as name@example.org."),
            "max_length": _("That is too long to be an address."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language you write in"),
        choices=settings.LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    # People don't see it; what fills in every box does.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def clean_text(self) -> str:
        return " ".join(str(self.cleaned_data["text"]).split())

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("due_on"):
            _check_day(self, data["due_on"])
        if data.get("asks") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Choose a day: on that day you are asked."))
        return data

    @property
    def shown(self) -> list[Any]:
        """The fields people fill in."""
        return [field for field in self if field.name != "website"]

    @property
    def is_by_a_machine(self) -> bool:
        return bool(self.cleaned_data.get("website"))

    @property
    def made(self) -> dict[str, Any]:
        """As ``make_public`` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


def _check_day(form: forms.Form, day: date) -> None:
    try:
        commitments.check_day(day, commitments.today_anywhere())
    except forms.ValidationError as problem:
        form.add_error(None, problem)


class AnswerForm(PlainForm):
    """How it went."""

    outcome = forms.TypedChoiceField(
        label=_("How did it go?"),
        coerce=Outcome,
        choices=Outcome.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={
            "required": _("Say how it went."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    words = forms.CharField(
        label=_("A word about it (if you like)"),
        max_length=commitments.LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_TOO_LONG,
    )
    shows_words = forms.BooleanField(
        label=_("This may be shown beside my commitment, with my words"),
        required=False,
        help_text=_("Otherwise it is only counted, and never in a group of fewer than five."),
    )
    again_on = _day(
        _("If it is under way: ask me once more on (if you like)"),
    )

    def __init__(self, *args: Any, may_ask_again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_ask_again:
            del self.fields["again_on"]

    def clean_words(self) -> str:
        return " ".join(str(self.cleaned_data["words"]).split())


class DayForm(PlainForm):
    """By when a commitment of a dialogue is to be kept, and whether its maker is asked then."""

    due_on = _day(_("By when (if you like)"))
    asks = forms.BooleanField(
        label=_("Ask me on that day, by e-mail, how it went; and remind me once if I don’t answer"),
        required=False,
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": _("Write an address such as name@example.org, or none."),
            "max_length": _("That is too long to be an address."),
        },
    )

    def __init__(self, statement: Contribution, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"day-{statement.code}", **kwargs)
        participant = statement.participant
        if participant is None or statement.dialogue.attribution == Attribution.ANONYMOUS:
            del self.fields["asks"], self.fields["email"]
            return
        if participant.email:
            del self.fields["email"]
        # In the words of the consent it gives.
        self.fields["asks"].help_text = joining.wording(statement.dialogue, ConsentPurpose.CONTACT)

    @property
    def planned(self) -> dict[str, Any]:
        """As ``commitments.plan`` takes it."""
        data = self.cleaned_data
        return {
            "due_on": data["due_on"],
            "asks": bool(data.get("asks")),
            "email": data.get("email", ""),
        }
