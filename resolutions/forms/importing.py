"""A list of what councils did, and which council a doubtful name means."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Organization, User
from recommendations.sheets_in import Row
from resolutions import importing
from resolutions.importing import Asked, Sheet
from resolutions.models import Council

LEAVE, OTHER = "leave", "other"


class ImportForm(forms.Form):
    """A list, pasted or as a file, and in whose name."""

    champion = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("Organization that brings these forward"),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose the organization."),
            "invalid_choice": gettext_lazy("Choose an organization you act for."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("Paste the list"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "Cells copied from a spreadsheet, with the names of the columns in the first row."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    sheet = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or XLSX, up to 250 rows and 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    use_required_attribute = False
    # Where somebody acts for one organization, nothing is asked.
    only: Organization | None = None

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.rows: list[Row] = []
        theirs = Organization.objects.acted_for_by(user).order_by("name", "id")
        field: Any = self.fields["champion"]
        field.queryset = theirs
        if user.has_perm("resolutions.publish_resolution"):
            field.required, field.empty_label = False, _("None")
        elif len(theirs) == 1:
            self.only = theirs[0]
            del self.fields["champion"]

    @property
    def chosen(self) -> Organization | None:
        """Whose list it is; None for an editor’s own."""
        return self.only or self.cleaned_data.get("champion")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sheet, text = cleaned.get("sheet"), cleaned.get("text", "")
        field = "sheet" if sheet else "text"
        if sheet and text.strip():
            self.add_error("sheet", _("Paste a list or choose a file, not both."))
        elif not sheet and not text.strip():
            self.add_error("text", _("Paste a list, or choose a file."))
        elif not self.errors:
            try:
                self.rows = importing.read(sheet or text)
            except ValidationError as problem:
                self.add_error(field, problem)
        return cleaned


def described(council: Council) -> str:
    """A council among others of its name: where it is, what it is, how large."""
    parts = [str(council.get_kind_display())]
    if council.population is not None:
        people = ngettext("%(number)s person", "%(number)s people", council.population)
        number = number_format(council.population, force_grouping=True)
        parts.append(people % {"number": number})
    if not council.is_confirmed:
        parts.append(_("not confirmed"))
    return f"{council.name}, {council.jurisdiction.name} ({', '.join(parts)})"


class AnswersForm(forms.Form):
    """What a preview asks: a council for each doubtful name, and leave to pass rows over."""

    use_required_attribute = False

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.sheet = sheet
        for number, asked in enumerate(sheet.asked):
            self.fields[f"place-{number}"] = forms.ChoiceField(
                label=self._question(asked),
                choices=[
                    *((str(row.pk), described(row)) for row in asked.councils),
                    (OTHER, _("Another one: write its name below")),
                    (LEAVE, _("None: leave its rows out")),
                ],
                widget=forms.RadioSelect(attrs={"class": "choices"}),
                error_messages={
                    "required": _("Say which council “%(name)s” is, or leave its rows out.")
                    % {"name": asked.place.name}
                },
            )
            self.fields[f"name-{number}"] = forms.CharField(
                label=_("Its name, as it stands on the list of councils"),
                required=False,
                max_length=200,
            )
        if sheet.wrong:
            self.fields["leave"] = forms.BooleanField(
                label=ngettext(
                    "Leave the row that can’t be taken out of the import",
                    "Leave the %(n)d rows that can’t be taken out of the import",
                    len(sheet.wrong),
                )
                % {"n": len(sheet.wrong)},
                error_messages={
                    "required": _(
                        "Some rows can’t be taken as they are. Change the list, or leave them out."
                    )
                },
            )

    @staticmethod
    def _question(asked: Asked) -> str:
        rows = ngettext("row %(rows)s", "rows %(rows)s", len(asked.rows)) % {
            "rows": ", ".join(str(number) for number in asked.rows)
        }
        place = asked.place
        name = f"{place.name}, {place.region.name}" if place.region else place.name
        return _("Which council is “%(name)s”? (%(rows)s)") % {"name": name, "rows": rows}

    @cached_property
    def questions(self) -> list[tuple[Asked, forms.BoundField, forms.BoundField]]:
        return [
            (asked, self[f"place-{number}"], self[f"name-{number}"])
            for number, asked in enumerate(self.sheet.asked)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number, _asked in enumerate(self.sheet.asked):
            named = cleaned.get(f"name-{number}", "").strip()
            if cleaned.get(f"place-{number}") == OTHER and not named:
                self.add_error(f"name-{number}", _("Write the name of the municipality."))
        return cleaned
