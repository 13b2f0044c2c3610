"""What is asked of somebody who writes to an addressee."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from recommendations.models import Addressee
from recommendations.open_forms import PlainForm
from recommendations.writing import Recipient, recipient_of

LONGEST = 3_000
_TOO_LONG = {
    "max_length": _("That is %(show_value)d characters long: use at most %(limit_value)d.")
}


class LetterForm(PlainForm):
    """The writer’s own words, and to whom they go. Everything but the language may be left open.

    ``addressees`` are those who can be written to, at least one. Where there is but one, or where
    nobody in particular has to be named, nothing is asked about that.
    """

    addressee = forms.ChoiceField(
        label=_("To whom"),
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={
            "required": _("Choose whom you write to."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    who = forms.CharField(max_length=120, required=False, error_messages=_TOO_LONG)
    words = forms.CharField(
        label=_("Your own words (if you like)"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Why this matters to you, where you live, what you have seen. A letter in somebody’s"
            " own words is read otherwise than one of a hundred alike. At most 3,000 characters; a"
            " blank line parts paragraphs."
        ),
        error_messages=_TOO_LONG,
    )
    name = forms.CharField(
        label=_("Your name (if you like)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages=_TOO_LONG,
    )
    place = forms.CharField(
        label=_("Your place (if you like)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        help_text=_("Your town, and your postal code if you write to somebody you vote for."),
        error_messages=_TOO_LONG,
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"),
        choices=settings.LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of these.")},
    )

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        addressees: Sequence[Addressee],
        **kwargs: Any,
    ) -> None:
        if data is not None:
            # A line break counts once, as the writer sees it.
            data = {name: data[name].replace("\r\n", "\n").replace("\r", "\n") for name in data}
        super().__init__(data, **kwargs)
        self.known = {addressee.slug: addressee for addressee in addressees}
        if len(addressees) > 1:
            field = self.fields["addressee"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [(row.slug, row.name) for row in addressees]
        else:
            del self.fields["addressee"]
        self._ask_for_a_name({recipient_of(addressee) for addressee in addressees})

    def _ask_for_a_name(self, recipients: set[Recipient]) -> None:
        who = self.fields["who"]
        if Recipient.ONE_OF_MANY in recipients:
            who.label = _("Organization or newsroom you write to")
            who.help_text = _(
                "The recommendation speaks to many: choose one you know, and write its name."
            )
        elif Recipient.MEMBER in recipients:
            who.label = _("Member you write to (if you like)")
            who.help_text = _(
                "A letter goes to one member, best to whoever represents you: your member of"
                " Parliament, your senator, your representative in Congress. With title and name."
            )
        else:
            del self.fields["who"]

    def clean_who(self) -> str:
        return _on_one_line(self.cleaned_data["who"])

    def clean_name(self) -> str:
        return _on_one_line(self.cleaned_data["name"])

    def clean_place(self) -> str:
        return _on_one_line(self.cleaned_data["place"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("who") and "who" not in self.errors:
            addressee = self.written_to
            if addressee and recipient_of(addressee) == Recipient.ONE_OF_MANY:
                self.add_error("who", _("Write which organization or newsroom you write to."))
        return data

    @property
    def written_to(self) -> Addressee | None:
        """Whom the letter goes to; None where that was not understood."""
        if "addressee" not in self.fields:
            return next(iter(self.known.values()))
        return self.known.get(self.cleaned_data.get("addressee", ""))

    @property
    def own(self) -> dict[str, Any]:
        """The writer’s part, as ``letter`` takes it."""
        names = ("who", "words", "name", "place", "language")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
