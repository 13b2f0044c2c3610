"""What a list of statements is narrowed by."""

from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from dialogues.models import ContributionKind, Sector
from recommendations.forms import Filters


class StatementFilter(Filters):
    """Which statements of a dialogue to show. Each kind says how many there are."""

    kind = forms.ChoiceField(label=_("Kind"))
    sector = forms.ChoiceField(label=_("Sector"))

    def __init__(self, *args: Any, counts: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "kind",
            [
                (value, f"{label} ({number_format(counts.get(value, 0), force_grouping=True)})")
                for value, label in ContributionKind.choices
            ],
        )
        self.offer("sector", Sector.choices)


class SpeakForm(forms.Form):
    """How many of a simulated room are to speak."""

    n = forms.IntegerField(min_value=1, max_value=10)
