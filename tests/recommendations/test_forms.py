"""The filters of lists."""

import re

from django import forms

from recommendations.forms import Choices

GROUPED = [
    ("", "Any"),
    ("<b>", "Québec & more"),
    ("Canada", [("CA-BC", "British Columbia"), ("CA-QC", "“Québec”")]),
]


def test_a_list_to_choose_from_is_written_as_djangos_own_is() -> None:
    def written(widget: type[forms.Select], value: str) -> str:
        html = widget(attrs={"class": "a"}, choices=GROUPED).render(
            "region", value, attrs={"id": "id_region", "aria-invalid": "true"}
        )
        return re.sub(r"\s*\n\s*", "", html)

    for value in ("", "CA-QC", "none-such"):
        assert written(Choices, value) == written(forms.Select, value)
