"""The filters of lists."""

from django import forms
from django.test.html import parse_html

from recommendations.forms import Choices

GROUPED = [
    ("", "Any"),
    ("<b>", "Québec & more"),
    ("Canada", [("CA-BC", "British Columbia"), ("CA-QC", "“Québec”")]),
]


def test_a_list_to_choose_from_is_written_as_djangos_own_is() -> None:
    def written(widget: type[forms.Select], value: str) -> object:
        html = widget(attrs={"class": "a"}, choices=GROUPED).render(
            "region", value, attrs={"id": "id_region", "aria-invalid": "true"}
        )
        return parse_html(html)

    for value in ("", "CA-QC", "none-such"):
        assert written(Choices, value) == written(forms.Select, value)
