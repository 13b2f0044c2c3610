"""What somebody reports of their council, and what an editor makes of it."""

from datetime import date

from django import forms
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recommendations.fields import day, e_mail, web_link
from resolutions.forms.municipality import MunicipalityForm
from resolutions.models import Instrument, StepKind

LARGEST = 5 * 1024 * 1024
EARLIEST = date(1990, 1, 1)
# What a file is, by how its bytes begin: its name and what its sender calls it prove nothing.
_BEGINNINGS = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
}


class TipForm(MunicipalityForm):
    """What happened, when, and where anyone can read it."""

    instrument = forms.TypedChoiceField(
        label=_("Form"),
        coerce=Instrument,
        choices=Instrument.choices,
        initial=Instrument.COUNCIL_RESOLUTION,
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    kind = forms.TypedChoiceField(
        label=_("What happened"),
        coerce=StepKind,
        choices=[("", _("Choose")), *StepKind.choices],
        error_messages={
            "required": _("Say what happened."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    on = day(
        _("On which day"), help_text=_("The day it happened, not that of the article or minutes.")
    )
    url = web_link(
        _("Link to where this can be read"),
        help_text=_("Minutes, an agenda, a video, a news report: a page anyone can open."),
    )
    words = forms.CharField(
        label=_("Anything else (if you like)"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only editors read it."),
        error_messages={
            "max_length": _("That is %(show_value)d characters long: use at most %(limit_value)d.")
        },
    )
    file = forms.FileField(
        label=_("A copy of it (if you have one)"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, PNG or JPEG, up to 5 MB. Only editors see it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    email = e_mail(
        _("Your e-mail address (if you want an answer)"),
        required=False,
        help_text=_("You get one letter about what came of it; with that the address is erased."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(
                _("The date is in the future: write the day on which it happened.")
            )
        if on < EARLIEST:
            raise forms.ValidationError(_("That is before 1990: look at the year again."))
        return on

    def clean_file(self) -> UploadedFile | None:
        """A file small enough and of a kind we keep; ``file_type`` and ``file_name`` say which."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if not file:
            return None
        size = file.size or 0
        if size > LARGEST:
            raise forms.ValidationError(
                gettext(
                    "This file has %(size)d MB, and at most 5 MB are taken. The link alone will do."
                )
                % {"size": -(-size // (1024 * 1024))}
            )
        beginning = file.read(16)
        file.seek(0)
        for start, (content_type, suffix) in _BEGINNINGS.items():
            if beginning.startswith(start):
                self.file_type = content_type
                self.file_name = _name_of(file.name or "", suffix)
                return file
        raise forms.ValidationError(_("This is no PDF, PNG or JPEG file."))

    file_type = ""
    file_name = ""

    @property
    def lost_a_file(self) -> bool:
        """Whether a file must be chosen again: a browser does not let us fill that in."""
        return self.is_bound and bool(self.errors) and bool(self.files.get("file"))


def _name_of(name: str, suffix: str) -> str:
    """A name any disk takes, ending as the content is."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].strip(". ")[:80]
    try:
        return f"{get_valid_filename(stem)}{suffix}"
    except SuspiciousFileOperation:  # there is no letter in it
        return f"attachment{suffix}"
