"""What an association of municipalities did with a resolution."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resolutions.models import Association, Passage, PassageKind


class PassageForm(forms.ModelForm):
    """Which association, what it did, when, and where that can be read."""

    association = forms.ChoiceField(
        label=_("Association"), error_messages={"required": _("Choose the association.")}
    )
    kind = forms.TypedChoiceField(
        label=_("What happened"),
        choices=PassageKind,
        coerce=PassageKind,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={"required": _("Say what the association did.")},
    )
    use_required_attribute = False

    class Meta:
        model = Passage
        fields = ["association", "kind", "on", "reference", "url"]
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "on": _("The day it happened, not that of the minutes."),
            "reference": _("The number the association gave it, if it has one."),
            "url": _(
                "Where anyone can read it: a book of resolutions, minutes, a letter. What was only"
                " sent needs none."
            ),
        }
        error_messages = {
            "on": {
                "required": _("Write the day it happened."),
                "invalid": _("Write a day as year-month-day, such as 2026-09-23."),
            },
            "url": {
                "invalid": _("Write a whole link, such as https://example.org/resolutions."),
            },
        }

    def __init__(self, *args: Any, associations: Sequence[Association], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.associations = {str(row.pk): row for row in associations}
        field: Any = self.fields["association"]
        self.fields["url"].required = False
        field.choices = [("", "—"), *((key, row.name) for key, row in self.associations.items())]

    def clean_association(self) -> Association:
        return self.associations[self.cleaned_data["association"]]

    def clean(self) -> dict[str, Any]:
        """What an association did can be checked; that it was sent to it is the sender's word."""
        data = super().clean() or self.cleaned_data
        is_read = data.get("url") or "url" in self.errors
        if not is_read and data.get("kind") not in (None, PassageKind.SENT):
            self.add_error("url", _("Give a link where this can be read."))
        return data

    def _post_clean(self) -> None:
        """``passages.record`` writes the row: nothing is put together here."""
