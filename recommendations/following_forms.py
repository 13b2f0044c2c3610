"""What is asked of somebody who wants to follow something by e-mail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from recommendations.fields import e_mail
from recommendations.models import Rhythm


class _Plain(forms.Form):
    use_required_attribute = False

    def __init__(self, data: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        if data is not None:
            # NUL is no character a database or a page takes; nobody means it.
            data = {name: data[name].replace("\x00", "") for name in data}
        super().__init__(data, **{"label_suffix": "", **kwargs})


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


class FollowForm(_Plain):
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
    # People don't see it; what fills in every box does.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.pop("website", ""):
            # A browser may have filled it in for a person: what they wrote must not be lost.
            self.data = {**self.data, "website": ""}
            self.add_error(
                None,
                _(
                    "Something filled in a box that people do not see, as machines do. It is empty"
                    " again: send what you wrote once more."
                ),
            )
        return data

    @property
    def shown(self) -> list[Any]:
        """The fields people fill in."""
        return [field for field in self if field.name != "website"]


class RhythmForm(_Plain):
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
