"""What somebody says of a resolution they begin to follow."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from resolutions.forms.steps import date_field
from resolutions.models import Council, Instrument, ModelResolution
from resolutions.preparing import models_for


class StartForm(forms.Form):
    """Who brings it, in which form, about what, and from which text."""

    use_required_attribute = False

    champion = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Organization that brings it forward"),
        empty_label=None,
        error_messages={
            "required": _("Choose the organization."),
            "invalid_choice": _("Choose an organization you belong to."),
        },
    )
    instrument = forms.ChoiceField(
        label=_("Form"),
        choices=Instrument,
        initial=Instrument.COUNCIL_RESOLUTION,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        help_text=_("It can’t be changed once something has happened."),
        error_messages={"required": _("Choose a form.")},
    )
    subject = forms.CharField(
        label=_("Subject, in a few words (if it has one)"),
        max_length=200,
        required=False,
        help_text=_("What the agenda calls it."),
    )
    reference = forms.CharField(
        label=_("Number (if it has one)"),
        max_length=60,
        required=False,
        help_text=_("The council’s own, such as 2026-114."),
    )
    drafted_on = date_field(
        _("Day of the draft"),
        help_text=_("Nothing recorded later can lie before it. Left empty, it is today."),
        initial=timezone.localdate,
        required=False,
    )
    model = forms.ModelChoiceField(
        ModelResolution.objects.none(),
        label=_("Model it is made from"),
        required=False,
        empty_label=_("None: the council’s own text"),
    )

    def clean_drafted_on(self) -> date | None:
        """A resolution may have been before its council for months when somebody begins here."""
        on: date | None = self.cleaned_data["drafted_on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError(_("The date is in the future: write the day it happened."))
        return on

    def __init__(
        self, *args: Any, user: User, council: Council, has_text: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        champion: Any = self.fields["champion"]
        if user.has_perm("resolutions.publish_resolution"):
            champion.queryset = Organization.objects.order_by("name")
            champion.required, champion.empty_label = False, _("None")
        else:
            champion.queryset = user.organizations.order_by("name")
        if has_text:
            del self.fields["model"]  # the one it was prepared from
        else:
            rows = models_for(council)
            field: Any = self.fields["model"]
            field.queryset = ModelResolution.objects.filter(pk__in=[row.pk for row in rows])
            if rows:
                self.initial.setdefault("model", rows[0].pk)
