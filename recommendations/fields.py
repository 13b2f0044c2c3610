"""Fields that several forms ask for alike: a day, a link, an address."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DateInput(),
        error_messages={
            "required": _("Write the date."),
            "invalid": _("Write the date as year, month and day, such as 2026-03-09."),
        },
        **kwargs,
    )


def web_link(label: Any, *, longest: int = 600, **kwargs: Any) -> forms.URLField:
    """A link to a page of the web; another kind of address is refused."""
    field = forms.URLField(
        label=label,
        max_length=longest,
        assume_scheme="https",
        error_messages={
            "required": _("Write a link, such as https://example.org/minutes."),
            "invalid": _(
                "Write a whole link that begins with https:// or http://, such as"
                " https://example.org/minutes."
            ),
            "max_length": _("This link is longer than %(limit_value)d characters."),
        },
        **kwargs,
    )
    others = [row for row in field.validators if not isinstance(row, URLValidator)]
    field.validators = [*others, URLValidator(schemes=["http", "https"])]
    return field


def e_mail(label: Any, **kwargs: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        error_messages={
            "required": _("Write an e-mail address."),
            "invalid": _("Write a whole e-mail address, such as name@example.org."),
        },
        **kwargs,
    )
