"""The forms of the desk on which findings are written and reviewed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import URLField
from django.forms import BaseFormSet, BoundField, formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from recommendations.fields import day, web_link
from recommendations.models import (
    Addressee,
    Finding,
    Precision,
    ProgressUpdate,
    Reply,
    ReplyKind,
    Source,
    Status,
)
from recommendations.open_forms import PlainForm, as_meant

LONGEST = 20_000  # characters of one text
MOST_SOURCES = 20
MARK = "mark"


def _text(field: forms.Field, rows: int) -> None:
    field.widget.attrs["rows"] = rows
    field.validators.append(MaxLengthValidator(LONGEST))


class _WordsForm(forms.ModelForm):
    """What is found, and when it was so; ``mark`` is that of the wording it was filled from."""

    use_required_attribute = False
    on = day(_("As of"), help_text=_("The day this was so, not the day on which you write it."))
    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.fields["summary"].error_messages["required"] = _("Say in plain words what was found.")
        self.fields["quotation"].label = _("Quotation (if there is one)")
        self.fields["quotation"].help_text = _("Word for word as a source has it, with its marks.")
        _text(self.fields["summary"], 6)
        _text(self.fields["quotation"], 3)
        if self.instance.corrects_id:
            self.fields["summary"].help_text = _(
                "In plain words: what was done, what not, and what was wrong before."
            )


class UpdateForm(_WordsForm):
    """The status of a recommendation on a date."""

    status = forms.TypedChoiceField(
        label=_("Status"),
        coerce=Status,
        choices=[choice for choice in Status.choices if choice[0] != Status.NOT_ASSESSED],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={
            "required": _("Choose a status."),
            "invalid_choice": _("Choose one of these."),
        },
    )

    class Meta:
        model = ProgressUpdate
        fields = ["status", "on", "summary", "language", "quotation", "assessed_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessed_by"].label = _("Assessed by (if not by this site’s editors)")


class ReplyForm(_WordsForm):
    """What an addressee answered, kept apart from what was done."""

    addressee = forms.ModelChoiceField(
        Addressee.objects.none(),
        label=_("Who answered"),
        empty_label=None,
        error_messages={
            "required": _("Choose who answered."),
            "invalid_choice": _("Choose one of those who are asked."),
        },
    )
    kind = forms.TypedChoiceField(
        label=_("The answer"),
        coerce=ReplyKind,
        choices=ReplyKind.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={
            "required": _("Choose what was answered."),
            "invalid_choice": _("Choose one of these."),
        },
    )

    class Meta:
        model = Reply
        fields = ["addressee", "kind", "on", "summary", "language", "quotation"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["addressee"]
        field.queryset = self.instance.recommendation.addressees.all()
        self.fields["summary"].help_text = _("In plain words: what they answered, and to whom.")


def _secure(field: Any, **kwargs: Any) -> Any:
    if isinstance(field, URLField):
        kwargs["assume_scheme"] = "https"
    return field.formfield(**kwargs)


class SourceForm(forms.ModelForm):
    """Something anyone can look up."""

    use_required_attribute = False
    url = web_link(_("Link"))
    archived_url = web_link(
        _("Link to an archived copy"),
        required=False,
        help_text=_("Of a web archive: pages move, and a copy stays."),
    )
    published_on = day(pgettext_lazy("a source", "Published"), required=False)
    read_on = day(
        _("Read"), required=False, help_text=_("The day somebody read it and found this there.")
    )

    class Meta:
        model = Source
        fields = [
            "publisher",
            "title",
            "url",
            "archived_url",
            "published_on",
            "published_precision",
            "read_on",
            "read_precision",
            "language",
        ]
        widgets = {"read_precision": forms.HiddenInput}
        formfield_callback = _secure

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        messages = {
            "publisher": _("Say who published the source."),
            "title": _("Write the title of the source."),
        }
        for name, message in messages.items():
            self.fields[name].error_messages["required"] = message
        self.fields["url"].error_messages["required"] = _(
            "Write the link of the source, such as https://example.org/minutes."
        )
        self.fields["published_precision"].label = _("Published: known to the")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        dates = {"published_on", "read_on"}
        if not any(cleaned.get(name) for name in dates) and not dates & self.errors.keys():
            self.add_error(
                "published_on", _("Write the day it was published, or the day somebody read it.")
            )
        # Of the record some are known to the month alone; a day somebody writes is a day.
        if (read := cleaned.get("read_on")) and read.day != 1:
            cleaned["read_precision"] = Precision.DAY
        return cleaned


class _Sources(BaseFormSet):
    """The sources of a finding, at least one. All count as new: nobody says which was which."""

    default_error_messages = {
        "too_few_forms": _("Name at least one source: nothing is claimed without one."),
        "missing_management_form": _("Part of the form was lost on its way. Send it again."),
        "too_many_forms": _("A finding has at most %(num)d sources."),
    }

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        if self.is_bound:
            return super().total_form_count()
        return min(max(len(self.initial or []), 1), MOST_SOURCES)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Leave this source out")


SourceForms = formset_factory(
    SourceForm,
    formset=_Sources,
    min_num=1,
    validate_min=True,
    max_num=MOST_SOURCES,
    absolute_max=MOST_SOURCES,
    validate_max=True,
    can_delete=True,
)


class FindingForm:
    """A finding and its sources as one form, for its page and its summary of errors."""

    def __init__(self, finding: Finding, data: Any = None, *, mark: str = "") -> None:
        self.finding = finding
        data = None if data is None else as_meant(data)
        kind = ReplyForm if isinstance(finding, Reply) else UpdateForm
        self.words = kind(data, instance=finding, initial={MARK: mark})
        self.sources = SourceForms(data, prefix="sources")

    @classmethod
    def filled(
        cls,
        finding: Finding,
        *,
        mark: str = "",
        words: Mapping[str, Any] | None = None,
        sources: Sequence[Any] = (),
    ) -> "FindingForm":
        """With words and sources that are not judged yet."""
        form = cls(finding, mark=mark)
        form.words.initial = {**form.words.initial, **(words or {})}
        form.sources = SourceForms(prefix="sources", initial=list(sources))
        return form

    @classmethod
    def with_another_source(cls, finding: Finding, data: Any) -> "FindingForm":
        """All that was typed, what was to be left out gone, and room for one more source."""
        data = as_meant(data)
        typed = SourceForms(data, prefix="sources")
        names = [*SourceForm.base_fields]
        rows = [
            {name: data.get(form.add_prefix(name), "") for name in names}
            for form in typed.forms
            if not data.get(form.add_prefix("DELETE"))
        ]
        if len(rows) < MOST_SOURCES:
            rows.append({})
        kind = ReplyForm if isinstance(finding, Reply) else UpdateForm
        words = {name: data.get(name, "") for name in kind.base_fields}
        return cls.filled(finding, mark=data.get(MARK, ""), words=words, sources=rows)

    def is_valid(self) -> bool:
        return all([self.words.is_valid(), self.sources.is_valid()])

    @cached_property
    def rows(self) -> list[Source]:
        """The sources that were typed and not left out."""
        return [
            form.instance
            for form in self.sources.forms
            if form.has_changed() and form not in self.sources.deleted_forms
        ]

    # ---- What a page asks of any form ----

    @property
    def errors(self) -> bool:
        is_bound = self.words.is_bound
        return is_bound and not self.is_valid()

    def add_error(self, error: Any) -> None:
        self.words.add_error(None, error)

    def non_field_errors(self) -> list[str]:
        return [*self.words.non_field_errors(), *self.sources.non_form_errors()]

    @property
    def visible_fields(self) -> list[BoundField]:
        fields = list(self.words.visible_fields())
        for form in self.sources.forms:
            if not self.sources.is_bound or form not in self.sources.deleted_forms:
                fields += form.visible_fields()
        return fields


class NoteForm(PlainForm):
    """What should change before it is published."""

    note = forms.CharField(
        label=_("What should change"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever wrote it sees this first on the desk. It stays in the history."),
        error_messages={"required": _("Say what should change.")},
    )


class RetractForm(PlainForm):
    """Why a finding should never have been published."""

    reason = forms.CharField(
        label=_("Why it is retracted"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads this in place of the words."),
        error_messages={"required": _("Say why: everybody reads it in place of the words.")},
    )
