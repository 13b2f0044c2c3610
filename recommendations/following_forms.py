"""What is asked of somebody who wants to follow something by e-mail."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from recommendations.fields import e_mail
from recommendations.models import Rhythm
from recommendations.open_forms import OpenForm, PlainForm


def _rhythm() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How often"),
        choices=Rhythm.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={
            "required": _("Choose how often."),
            "invalid_choice": _("Choose one of these."),
        },
    )


class FollowForm(OpenForm):
    """An address, and how often it may be written to."""

    email = e_mail(
        _("Your e-mail address"),
        help_text=_(
            "Never shown to anybody. You get a letter to confirm it first, and it is erased when"
            " you leave."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    rhythm = _rhythm()

    def clean_email(self) -> str:
        """One address of one mailbox: quoted ones and those of other alphabets are, before the
        “@”, second spellings of others at best, and letters to ask are counted by the mailbox.
        """
        email = str(self.cleaned_data["email"])
        local, _at, domain = email.rpartition("@")
        try:
            punycode(domain)
        except UnicodeError:
            domain = ""
        if not local.isascii() or '"' in local or not domain or domain.startswith("["):
            raise ValidationError(_("Write a whole e-mail address, such as name@example.org."))
        return email


class RhythmForm(PlainForm):
    """How often, and in which language, a subscriber is written to."""

    rhythm = _rhythm()
    language = forms.ChoiceField(
        label=_("Language of the letters"),
        choices=settings.LANGUAGES,
        error_messages={
            "required": _("Choose one of these."),
            "invalid_choice": _("Choose one of these."),
        },
    )
