"""What the forms have in common that anybody may send without an account."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def as_meant(data: Mapping[str, str]) -> dict[str, str]:
    """What was typed, one value of each name: without NULs, which no database and no page takes,
    and with a line’s end as one sign, of which a browser makes two.
    """
    return {name: data[name].replace("\x00", "").replace("\r\n", "\n") for name in data}


class PlainForm(forms.Form):
    """A form that explains its faults itself, and takes what is typed as it is meant."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        data = None if data is None else as_meant(data)
        super().__init__(data, **{"label_suffix": "", **kwargs})


class OpenForm(PlainForm):
    """A form with a box that people do not see."""

    # What fills in every box fills in this one.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

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
