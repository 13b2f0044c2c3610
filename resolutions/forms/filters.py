"""What the lists of resolutions and councils are narrowed by."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from recommendations.forms import Filters, WordsField
from recommendations.words import fold
from resolutions import naming
from resolutions.models import (
    Council,
    Instrument,
    Jurisdiction,
    JurisdictionKind,
    StepKind,
    searchable,
)


class ResolutionFilter(Filters):
    """Which resolutions to show."""

    country = forms.ChoiceField(label=_("Country"))
    region = forms.ChoiceField(label=_("Province or state"))
    instrument = forms.ChoiceField(label=_("Form"))
    status = forms.ChoiceField(label=_("Status"))
    q = WordsField(label=_("Words"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = list(Jurisdiction.objects.select_related("parent"))
        self.offer("country", countries(self.places))
        self.offer("region", regions(self.places))
        self.offer("instrument", Instrument.choices)
        self.offer(
            "status",
            [
                ("in-force", _("Adopted, in force")),
                ("open", _("Being considered")),
                (str(_("Newest step")), StepKind.choices),
            ],
        )


class CouncilFilter(Filters):
    """Which councils to show."""

    region = forms.ChoiceField(label=_("Province or state"))
    q = WordsField(label=_("Name"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        have_councils = Exists(Council.objects.filter(jurisdiction=OuterRef("pk")))
        places = list(Jurisdiction.objects.filter(have_councils).select_related("parent"))
        self.offer("region", regions(places))
        self._regions = naming.regions_by_name(places)

    def clean(self) -> dict[str, Any]:
        """Understand “Halifax, NS” and “City of Seattle”; what is no province stays in the name."""
        data = super().clean() or self.cleaned_data
        typed, chosen = data.get("q", ""), data.get("region", "")
        if searchable(typed) and searchable(typed) not in self._regions:
            name, region = self._read(typed)
            name = naming.without_kind(name)
            if region is None:
                data["q"] = name
            elif chosen in ("", region.code):
                data["q"], data["region"] = name, region.code
        return data

    def _read(self, typed: str) -> tuple[str, Jurisdiction | None]:
        """A name, and the province or state that is typed with it."""
        name, region = naming.after_comma(typed, self._regions)
        if region is None and (found := naming.last_words(name, self._regions)):
            # Port Washington is a name, halifax nova scotia is none.
            whole = Council.objects.filter(search_name__contains=naming.without_kind(name))
            if not whole.exists():
                return found
        return name, region


def countries(places: Iterable[Jurisdiction]) -> list[tuple[str, str]]:
    return [(row.code, row.name) for row in places if row.kind == JurisdictionKind.COUNTRY]


def regions(places: Iterable[Jurisdiction]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Provinces, territories and states under their country, by name."""
    rows = sorted(
        ((row.parent.name, row.name, row.code) for row in places if row.parent is not None),
        key=lambda row: (fold(row[0]), fold(row[1])),  # Île-du-Prince-Édouard comes under I
    )
    return [
        (country, [(code, name) for _country, name, code in group])
        for country, group in groupby(rows, key=lambda row: row[0])
    ]
