"""What is asked of those who keep the list of participants, and of participants themselves."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dialogues import joining, roster
from dialogues.models import (
    Attribution,
    ConsentPurpose,
    Contribution,
    Dialogue,
    Participant,
    Sector,
)
from dialogues.models.contribution import NARROWER


class _Plain(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class DetailsForm(_Plain):
    """Who sits on a seat. All of it may be left open; an anonymous dialogue asks no name."""

    name = forms.CharField(label=_("Name"), max_length=200)
    affiliation = forms.CharField(
        label=_("Affiliation"), max_length=300, help_text=_("Organization, school, department.")
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=[("", _("Not said")), *Sector.choices])
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Used only once the person agrees to be contacted."),
    )
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, dialogue: Dialogue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = {dialogue.language, dialogue.also_in}
        languages = [choice for choice in settings.LANGUAGES if choice[0] in spoken]
        if languages and (now := self.initial.get("language")) and now not in dict(languages):
            languages += [choice for choice in settings.LANGUAGES if choice[0] == now]
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 - declared above
        language.choices = languages or settings.LANGUAGES
        self.initial.setdefault("language", dialogue.language)
        asked = joining.asked_details(dialogue)
        for name in list(self.fields):
            self.fields[name].required = name == "language"
            if name not in asked or (name == "language" and len(languages) == 1):
                del self.fields[name]


class SeatForm(_Plain):
    """Which other seat the same person holds."""

    seat = forms.IntegerField(
        label=_("The other seat"),
        min_value=1,
        help_text=_("Its number, as the list of participants has it."),
        error_messages={
            "required": _("Write the number of the other seat."),
            "invalid": _("Write the number of the other seat."),
            "min_value": _("Write the number of the other seat."),
        },
    )

    def __init__(self, participant: Participant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.participant = participant

    def clean_seat(self) -> Participant:
        """The other seat itself."""
        seat = self.cleaned_data["seat"]
        if seat == self.participant.seat:
            raise forms.ValidationError(_("This is the seat you came from. Write another."))
        other = None
        if seat < 2**31:
            others = self.participant.dialogue.participants
            other = others.filter(seat=seat).first()
        if other is None:
            raise forms.ValidationError(_("Nobody sits on seat %(seat)d."), params={"seat": seat})
        return other


class ListForm(_Plain):
    """A list of people, pasted or as a file."""

    pasted = forms.CharField(
        label=_("Paste a list"),
        required=False,
        strip=False,
        max_length=roster.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One person a line: the name alone, or name, affiliation, sector and e-mail address"
            " parted by tabs, semicolons or commas, as a spreadsheet copies them."
        ),
        error_messages={"max_length": _("This is larger than 1 MB. Send it in parts.")},
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "CSV or XLSX, up to 1 MB and 1,000 people. The first line names the columns: name,"
            " affiliation, sector, email. One named “name” must be there."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the list; ``lines`` is what was found."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        source = "file" if file is not None else "pasted"
        if self.errors:
            return cleaned
        try:
            if file is not None:
                cleaned["lines"] = roster.of_source(file)
            elif cleaned.get("pasted", "").strip():
                cleaned["lines"] = roster.of_source(cleaned["pasted"])
            else:
                self.add_error("pasted", _("Paste a list, or choose a file."))
        except forms.ValidationError as problem:
            self.add_error(source, problem)
        return cleaned


class ConsentForm(_Plain):
    """One box for each thing somebody is asked, with the words it is asked in."""

    def __init__(self, participant: Participant, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in joining.purposes(participant.dialogue):
            with translation.override(language):
                words = joining.wording(participant.dialogue, purpose)
            self.fields[purpose.value] = forms.BooleanField(
                label=words,
                required=False,
                initial=participant.agrees_to(purpose),
                help_text=purpose.label,
            )

    @property
    def agreed(self) -> list[ConsentPurpose]:
        return [ConsentPurpose(name) for name, ticked in self.cleaned_data.items() if ticked]


class CorrectionForm(_Plain):
    """A better wording. ``revision`` is that of the wording somebody saw."""

    text = forms.CharField(
        label=_("The right wording"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what was said: the box is empty.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class AttributionForm(_Plain):
    """How much may be said of who made a statement: what the dialogue’s rule says, or less."""

    attribution = forms.ChoiceField(label=_("What may be said of you"), required=False)

    def __init__(self, statement: Contribution, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = Attribution(statement.dialogue.attribution)
        field = self.fields["attribution"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [
            ("", _("As the dialogue does: %(rule)s") % {"rule": rule.label}),
            *((one.value, one.label) for one in reversed(NARROWER.get(rule, ()))),
        ]
