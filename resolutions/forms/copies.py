"""What is noted of copies, and how somebody asks for one."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.fields import day, e_mail, web_link
from resolutions.forms.municipality import MunicipalityForm
from resolutions.models import Means, RecipientKind
from resolutions.models.resolution import EARLIEST, FURTHEST_AHEAD


class Noted(forms.Form):
    """What the forms of one copy share."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": "", "use_required_attribute": False})


class RecipientForm(Noted):
    """Somebody who is to get a copy, put on the list by hand."""

    recipient = forms.CharField(
        label=_("Recipient"),
        max_length=200,
        help_text=_("The office, not a person’s name. Everybody sees it."),
        error_messages={"required": _("Write who is to get a copy.")},
    )
    kind = forms.TypedChoiceField(
        label=_("Who it is"), coerce=RecipientKind, choices=RecipientKind.choices
    )
    due_on = day(_("Due by (if any)"), required=False)

    def clean_due_on(self) -> date | None:
        due_on: date | None = self.cleaned_data["due_on"]
        if due_on and not EARLIEST <= due_on <= timezone.localdate() + FURTHEST_AHEAD:
            raise forms.ValidationError(
                _("That is more than five years ahead, or long past: look at the year once more.")
            )
        return due_on


class SendForm(Noted):
    """Where the letter goes."""

    email = e_mail(
        _("E-mail address of the office"), help_text=_("It is kept here and shown to nobody else.")
    )


class SentForm(Noted):
    """How and when a copy was sent."""

    on = day(_("Sent on"), initial=timezone.localdate)
    means = forms.TypedChoiceField(
        label=_("How"),
        coerce=Means,
        choices=Means.choices,
        initial=Means.POST,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={"required": _("Say how it was sent.")},
    )


class AcknowledgedForm(Noted):
    on = day(_("Acknowledged on"), initial=timezone.localdate)


class ReplyForm(Noted):
    on = day(_("Came on"), initial=timezone.localdate)
    reply = forms.CharField(
        label=_("What it says, in short (if you like)"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody sees it. Name offices, not private persons."),
    )
    reply_url = web_link(_("Link to the reply (if any)"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data["reply"] and not data["reply_url"]:
            self.add_error("reply", _("Say what the reply says, or give a link to it."))
        return data


class CopyRequestForm(MunicipalityForm):
    """A municipality, and where its copy goes."""

    email = e_mail(
        _("E-mail address of the office"),
        help_text=_("For this one letter. It is shown to nobody, and erased after 180 days."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
