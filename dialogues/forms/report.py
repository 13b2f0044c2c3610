"""The forms of the desk on which a report is made."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dialogue, ReportPart

LONGEST = 60_000  # characters of one text


class PartForm(forms.ModelForm):
    """Heading and text of one part, in one language or two."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    class Meta:
        model = ReportPart
        fields = ["heading", "text", "heading_fr", "text_fr"]

    def __init__(self, *args: Any, dialogue: Dialogue, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.fields["revision"].initial = self.instance.revision
        names = {"en": _("English"), "fr": _("French")}
        labels: dict[str, Any] = {"heading": _("Heading"), "text": _("Text")}
        for base, label in labels.items():
            self._name(base, label, names[dialogue.language], dialogue.language)
            self._name(f"{base}_fr", label, names["fr"], "fr")
        if dialogue.language == "fr":
            del self.fields["heading_fr"], self.fields["text_fr"]
        for name in ("text", "text_fr"):
            if name in self.fields:
                self.fields[name].validators.append(MaxLengthValidator(LONGEST))

    def _name(self, name: str, label: Any, language: Any, code: str) -> None:
        field = self.fields[name]
        field.label = _("%(label)s in %(language)s") % {"label": label, "language": language}
        field.help_text = ""
        field.widget.attrs["lang"] = code
        if name.startswith("text"):
            field.widget.attrs["rows"] = 14

    @property
    def words(self) -> dict[str, str]:
        """What was typed, by field."""
        return {
            name: self.cleaned_data[name].replace("\r\n", "\n").strip()
            for name in self._meta.fields or ()
            if name in self.cleaned_data
        }


class PublishForm(forms.Form):
    """What changed since the edition before, and that somebody has read what the checklist says."""

    use_required_attribute = False
    what_changed = forms.CharField(
        label=_("What changed since the edition before"),
        help_text=_("Readers see it on the list of editions, and in letters to participants."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what changed since the edition before.")},
    )
    all_the_same = forms.BooleanField(
        label=_("I have read the advice. Publish all the same."),
        error_messages={"required": _("Tick the box, or mend what the checklist names first.")},
    )

    def __init__(self, *args: Any, is_first: bool, has_advice: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        if is_first:
            del self.fields["what_changed"]
        if not has_advice:
            del self.fields["all_the_same"]


class WithdrawForm(forms.Form):
    """Why an edition stands no more."""

    use_required_attribute = False
    why = forms.CharField(
        label=_("Why it is withdrawn"),
        help_text=_("Readers see it where the edition was."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: readers will look for it.")},
    )
