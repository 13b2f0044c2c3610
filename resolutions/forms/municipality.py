"""Which municipality somebody means, typed and, where several fit, chosen."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resolutions import naming
from resolutions.models import Council, Jurisdiction, searchable

# So many are offered for a name; with more letters there are fewer.
OFFERED = 40
NONE_OF_THESE = "-"


class MunicipalityForm(forms.Form):
    """A form that begins with a municipality.

    Sent with a name several councils fit, it comes back with these to choose from; a name none
    fits is taken as it was typed. ``cleaned_data["council"]`` is a Council or None.
    """

    use_required_attribute = False

    place = forms.CharField(
        label=_("Municipality"),
        max_length=200,
        help_text=_(
            "Its name; where many have it, with the province or state: Springfield, Vermont."
        ),
        error_messages={
            "required": _("Write the name of the municipality."),
            "max_length": _("Use at most %(limit_value)d characters."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        # Line breaks and the like are no part of a name, and of no subject of a letter.
        typed = (self.data if self.is_bound else self.initial).get("place", "")
        typed = str(typed)[:200].replace("\x00", "")
        places = naming.regions_by_name(Jurisdiction.objects.all()) if searchable(typed) else {}
        name, of = naming.after_comma(typed, places)
        if of is None:
            # What is no whole name may begin several: New.
            name, _comma, region = name.partition(",")
            of_any = {row.pk for word, row in places.items() if word.startswith(searchable(region))}
        else:
            region, of_any = of.code, {of.pk}
        self._wanted = naming.without_kind(name)
        self.found = _named(self._wanted, of_any if region.strip() else None)
        if not self.found and not region and (guess := naming.last_words(name, places)):
            self._wanted = naming.without_kind(guess[0])
            self.found = _named(self._wanted, {guess[1].pk})
        if not self.found:
            return
        choices = [(row.slug, str(row)) for row in self.found]
        if self._exact():
            label = gettext("Which one is it?")
        else:
            label = gettext("No municipality here has just this name. Is it one of these?")
        self.fields["council"] = forms.ChoiceField(
            label=label,
            required=False,
            choices=[*choices, (NONE_OF_THESE, _("None of these"))],
            widget=forms.RadioSelect(attrs={"class": "choices"}),
            error_messages={"invalid_choice": _("Choose one of these.")},
        )
        first = ["place", "council"]
        self.order_fields([*first, *(name for name in self.fields if name not in first)])

    def _exact(self) -> list[Council]:
        """Those that have just this name, in one language or the other."""
        return [
            row
            for row in self.found
            if self._wanted in {searchable(row.name), searchable(row.name_fr)}
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = data.get("council")
        data["council"] = None
        data["place"] = " ".join(data.get("place", "").split())
        if chosen == NONE_OF_THESE or not self.found or "council" in self.errors:
            return data
        if chosen:
            data["council"] = next(row for row in self.found if row.slug == chosen)
        elif len(exact := self._exact()) == 1:
            data["council"] = exact[0]
        elif "place" not in self.errors:
            self.add_error("council", _("Say which municipality it is."))
        return data


def _named(wanted: str, regions: Collection[int] | None) -> list[Council]:
    """Councils with these letters in their name: those of just this name first, then the larger.

    ``regions`` are keys of provinces and states, None for all.
    """
    if not wanted:
        return []
    rows = Council.objects.all().for_list().filter(search_name__contains=wanted)
    if regions is not None:
        rows = rows.filter(jurisdiction__in=regions)
    just = (
        Q(search_name=wanted)
        | Q(search_name__startswith=f"{wanted} |")
        | Q(search_name__endswith=f"| {wanted}")
    )
    order = Case(When(just, then=Value(0)), default=Value(1))
    return list(rows.order_by(order, F("population").desc(nulls_last=True), "name", "id")[:OFFERED])
