"""What an editor is asked who adds a report: its facts, its parts, its recommendations."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from recommendations import importing
from recommendations.fields import day, web_link
from recommendations.importing import KINDS, Answer, Named, Sheet, plain
from recommendations.models import (
    AddresseeKind,
    Audience,
    Pillar,
    ProgressUpdate,
    Reply,
    Report,
)
from recommendations.reports import RESERVED
from recommendations.sheets_in import Row

EARLIEST = 1900  # year of a report
_PREFIX = RegexValidator(
    r"^[A-Z]{2,4}$", gettext_lazy("Write two to four letters without accents, such as ZA.")
)


def _form_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The usual field of a form; of links one that says how it completes them, though it is
    replaced.
    """
    if isinstance(field, models.URLField):
        kwargs["assume_scheme"] = "https"
    return field.formfield(**kwargs)


class ReportForm(forms.ModelForm):
    """The facts of a report. What it says is fixed once it is public."""

    released = day(
        gettext_lazy("Released"),
        help_text=gettext_lazy(
            "If only the month or the year is known, write any day in it, and say so below."
        ),
    )
    website = web_link(gettext_lazy("Website (if any)"), longest=200, required=False)
    use_required_attribute = False

    class Meta:
        model = Report
        formfield_callback = _form_field
        fields = [
            "title",
            "short_title",
            "publisher",
            "released",
            "released_precision",
            "language",
            "stem",
            "goal",
            "summary",
            "website",
            "slug",
        ]
        labels = {
            "title": gettext_lazy("Title"),
            "short_title": gettext_lazy("Short title (if any)"),
            "publisher": gettext_lazy("Publisher"),
            "released_precision": gettext_lazy("Known to the"),
            "language": gettext_lazy("Language it is written in"),
            "stem": gettext_lazy("Opening words (if any)"),
            "goal": gettext_lazy("Goal (if any)"),
            "summary": gettext_lazy("Summary (if any)"),
            "slug": gettext_lazy("Short address (if you have one in mind)"),
        }
        help_texts = {
            "short_title": gettext_lazy("What lists and crumbs call it."),
            "stem": gettext_lazy(
                "The words every recommendation follows on from, such as “The government should”."
            ),
            "goal": gettext_lazy("What it wants to reach, in its own words."),
            "summary": gettext_lazy("In its own words. A blank line begins a new paragraph."),
            "slug": gettext_lazy("Left empty, it is made from the short title, or the title."),
        }
        error_messages = {
            "title": {"required": gettext_lazy("Write the title of the report.")},
            "publisher": {"required": gettext_lazy("Write who published it.")},
            "slug": {
                "unique": gettext_lazy("Another report has this address."),
                "invalid": gettext_lazy(
                    "An address is made of letters without accents, figures and hyphens."
                ),
            },
        }
        widgets = {
            "goal": forms.Textarea(attrs={"rows": 3}),
            "summary": forms.Textarea(attrs={"rows": 8}),
            "website": forms.URLInput(),
        }

    # What is on record of a public report, as in the administration.
    of_record = ("title", "stem", "goal", "summary", "language", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.fields["slug"].required = False
        if self.instance.pk:
            self.fields["slug"].help_text = ""
            self.fields["slug"].label = _("Short address")
        if self.instance.is_public:
            for name in self.of_record:
                self.fields[name].disabled = True

    def clean_released(self) -> Any:
        released = self.cleaned_data["released"]
        if released > timezone.localdate():
            raise ValidationError(_("This day lies ahead: a report comes here once it is out."))
        if released.year < EARLIEST and "released" in self.changed_data:
            # The chart and its table have a column for each year since.
            raise ValidationError(
                _("Look at the year again: reports since %(year)d are followed here."),
                params={"year": EARLIEST},
            )
        for finding in (ProgressUpdate, Reply):
            rows = finding.objects.filter(recommendation__report=self.instance.pk)
            if rows.filter(on__lt=released).exists():
                raise ValidationError(
                    _("Something was found of an earlier day: a report can’t be newer than that.")
                )
        return released

    def clean_goal(self) -> str:
        return _with_line_ends(self.cleaned_data["goal"])

    def clean_summary(self) -> str:
        return _with_line_ends(self.cleaned_data["summary"])

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"] or self.instance.slug
        if slug in RESERVED:
            raise ValidationError(_("This address is that of another page: choose another."))
        return slug


def _with_line_ends(text: str) -> str:
    """A text with the line ends that paragraphs are told by."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class PartForm(forms.Form):
    """An audience or a pillar that is not here yet."""

    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write the name in English.")},
    )
    name_fr = forms.CharField(
        label=gettext_lazy("Name in French (if any)"), max_length=200, required=False
    )
    code_prefix = forms.CharField(
        label=gettext_lazy("What its codes begin with"),
        help_text=gettext_lazy("Two to four letters, such as ZA: its codes are ZA-01, ZA-02 …"),
        error_messages={"required": gettext_lazy("Write what its codes begin with.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, column: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": "", "prefix": column})
        self.column = column
        if column != "audience":
            del self.fields["code_prefix"]

    def clean_code_prefix(self) -> str:
        prefix: str = self.cleaned_data["code_prefix"].strip().upper()
        _check_prefix(prefix)
        return prefix

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("name_en", "name_fr"):
            if problem := _problem_of(self.column, cleaned.get(name, "")):
                self.add_error(name, problem)
        return cleaned

    @property
    def answer(self) -> Answer:
        return Answer(**self.cleaned_data)


def _check_prefix(prefix: str) -> None:
    """
    Raises:
        ValidationError: codes can't begin so, or those of another audience do.
    """
    _PREFIX(prefix)
    if taken := Audience.objects.filter(code_prefix=prefix).first():
        raise ValidationError(
            _("Codes of “%(audience)s” begin so: choose other letters."),
            params={"audience": taken.name},
        )


def _problem_of(column: str, name: str) -> str:
    """Why nothing new can have this name; '' if it can."""
    if not name:
        return ""
    if not plain(name):
        return _("There is no letter in it.")
    for row in KINDS[column]._default_manager.all():
        if plain(name) in {plain(row.name_en), plain(row.name_fr)}:
            return _("“%(name)s” is here already.") % {"name": row.name}
    return ""


class ListForm(forms.Form):
    """A list of recommendations, pasted or as a file."""

    text = forms.CharField(
        label=gettext_lazy("Paste the list"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "Cells copied from a spreadsheet, with the names of the columns in the first row."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        error_messages={
            "null_characters_not_allowed": gettext_lazy(
                "There is a character in it that is no letter."
            )
        },
    )
    sheet = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or XLSX, up to 1,000 rows and 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.rows: list[Row] = []
        self.unread: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sheet, text = cleaned.get("sheet"), cleaned.get("text", "")
        field = "sheet" if sheet else "text"
        if sheet and text.strip():
            self.add_error("sheet", _("Paste a list or choose a file, not both."))
        elif not self.errors and not sheet and not text.strip():
            self.add_error("text", _("Paste a list, or choose a file."))
        elif not self.errors:
            try:
                self.rows, self.unread = importing.read(sheet or text)
            except ValidationError as problem:
                self.add_error(field, problem)
        return cleaned


class NamesForm(forms.Form):
    """What a preview asks: what each new name stands for, and leave to pass rows over."""

    use_required_attribute = False

    def __init__(self, *args: Any, sheet: Sheet, language: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.sheet = sheet
        self.here = {
            column: [(str(row.pk), str(row)) for row in model._default_manager.all()]
            for column, model in KINDS.items()
            if any(name.column == column for name in sheet.asked)
        }
        for number, name in enumerate(sheet.asked):
            self._ask(number, name, language)
        if sheet.wrong:
            n = len(sheet.wrong)
            self.fields["leave"] = forms.BooleanField(
                label=ngettext(
                    "Leave the row that can’t be taken out of the import",
                    "Leave the %(n)d rows that can’t be taken out of the import",
                    n,
                )
                % {"n": n},
                error_messages={
                    "required": _(
                        "Some rows can’t be taken as they are. Change the list, or leave them out."
                    )
                },
            )

    def _ask(self, number: int, name: Named, language: str) -> None:
        # The name stands in every label: there may be many of these fields on the page.
        typed = {"name": name.typed}
        self.fields[f"is-{number}"] = forms.ChoiceField(
            label=_("“%(name)s” is") % typed,
            choices=[("", _("New: add it")), *self.here[name.column]],
            required=False,
        )
        self.fields[f"name_en-{number}"] = forms.CharField(
            label=_("“%(name)s” in English") % typed,
            max_length=200,
            required=False,
            initial=name.typed if language == "en" else "",
        )
        self.fields[f"name_fr-{number}"] = forms.CharField(
            label=_("“%(name)s” in French (if any)") % typed,
            max_length=200,
            required=False,
            initial=name.typed if language == "fr" else "",
        )
        if name.column == "audience":
            self.fields[f"code_prefix-{number}"] = forms.CharField(
                label=_("What codes of “%(name)s” begin with") % typed,
                max_length=4,
                required=False,
                help_text=_("Two to four letters, such as ZA: its codes are ZA-01, ZA-02 …"),
            )
        if name.column == "addressees":
            self.fields[f"kind-{number}"] = forms.ChoiceField(
                label=_("What kind of addressee is “%(name)s”?") % typed,
                choices=[("", _("Choose one")), *AddresseeKind.choices],
                required=False,
            )

    @cached_property
    def questions(self) -> list[tuple[Named, list[forms.BoundField]]]:
        parts = ("is", "name_en", "name_fr", "code_prefix", "kind")
        return [
            (name, [self[field] for part in parts if (field := f"{part}-{n}") in self.fields])
            for n, name in enumerate(self.sheet.asked)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        prefixes: dict[str, str] = {}
        for number, name in enumerate(self.sheet.asked):
            if not cleaned.get(f"is-{number}"):
                self._check_new(number, name, cleaned, prefixes)
        return cleaned

    def _check_new(
        self, number: int, name: Named, cleaned: dict[str, Any], prefixes: dict[str, str]
    ) -> None:
        field = f"name_en-{number}"
        name_en = cleaned.get(field, "")
        if not name_en and field not in self.errors:
            self.add_error(field, _("Write the name in English."))
        for field in (f"name_en-{number}", f"name_fr-{number}"):
            if problem := _problem_of(name.column, cleaned.get(field, "")):
                self.add_error(field, problem)
        if name.column == "addressees" and not cleaned.get(f"kind-{number}"):
            self.add_error(f"kind-{number}", _("Choose what kind of addressee it is."))
        field = f"code_prefix-{number}"
        if name.column == "audience" and field not in self.errors:
            prefix = cleaned[field] = cleaned.get(field, "").strip().upper()
            try:
                _check_prefix(prefix)
            except ValidationError as problem:
                self.add_error(field, problem)
            if prefix and prefixes.setdefault(prefix, plain(name_en)) != plain(name_en):
                self.add_error(field, _("Another audience on this list has these letters."))

    @property
    def answers(self) -> dict[str, Answer]:
        found = {}
        for number, name in enumerate(self.sheet.asked):
            data = {part: self.cleaned_data.get(f"{part}-{number}", "") for part in _PARTS}
            is_ = int(self.cleaned_data[f"is-{number}"] or 0)
            found[name.key] = Answer(is_) if is_ else Answer(0, **data)
        return found


_PARTS = ("name_en", "name_fr", "code_prefix", "kind")


class SampleForm(forms.Form):
    """Which audiences and pillars a list to fill in begins with."""

    audience = forms.MultipleChoiceField(
        label=gettext_lazy("Audiences"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pillar = forms.MultipleChoiceField(
        label=gettext_lazy("Pillars"), required=False, widget=forms.CheckboxSelectMultiple
    )
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.here: dict[str, list[Any]] = {
            "audience": list(Audience.objects.all()),
            "pillar": list(Pillar.objects.all()),
        }
        for name, rows in self.here.items():
            field: Any = self.fields[name]
            field.choices = [(row.slug, str(row)) for row in rows]

    def chosen(self, name: str) -> list[Any]:
        """What was ticked; nothing where that was not understood."""
        slugs = self.cleaned_data.get(name, ()) if self.is_valid() else ()
        return [row for row in self.here[name] if row.slug in slugs]
