"""Tables in and out of the admin, as CSV and XLSX: what every resource shares."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm
from import_export.resources import Diff, ModelResource
from import_export.results import Result
from import_export.widgets import ForeignKeyWidget, ManyToManyWidget, NumberWidget
from tablib import Dataset

from accounts.models import User
from recommendations.models import one_refresh

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def escaped(value: Any) -> Any:
    """A cell that no spreadsheet runs: what begins like a formula gets an apostrophe first.

    ``unescaped`` takes it off again, so that what was exported comes back as it was.
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def unescaped(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("'") and _FORMULA.match(value):
        return value[1:]
    return value


class _Escaping:
    """Escapes by ``escaped``; the library takes a leading "=" away and leaves "+", "-", "@"."""

    def _escape_formulae(self, dataset: Dataset) -> None:
        headers, rows = dataset.headers, [[escaped(cell) for cell in row] for row in dataset]
        dataset.wipe()
        dataset.headers = headers
        dataset.extend(rows)


class Csv(_Escaping, CSV):
    """With the mark by which spreadsheet programs know UTF-8, so that accents survive."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> str:
        return "\ufeff" + super().export_data(dataset, **kwargs)


class Xlsx(_Escaping, XLSX):
    pass


class Known(ForeignKeyWidget):
    """A row named by one of its columns, among those ``rows`` gives; asked for once a file."""

    def __init__(self, rows: Callable[[], QuerySet], field: str) -> None:
        super().__init__(rows().model, field)
        self.rows = rows
        self.found: dict[str, Model] | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "Known":
        return type(self)(self.rows, self.field)  # each import looks afresh

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Model | None:
        if self.found is None:
            self.found = {str(getattr(found, self.field)): found for found in self.rows()}
        name = str(unescaped(value) or "").strip()
        if not name:
            return None
        if name not in self.found:
            raise ValueError(
                _("There is no %(kind)s “%(name)s” here.")
                % {"kind": self.model._meta.verbose_name, "name": name[:100]}
            )
        return self.found[name]


class KnownMany(ManyToManyWidget):
    """Rows named one after the other, with "; " between."""

    def __init__(self, rows: Callable[[], QuerySet], field: str) -> None:
        super().__init__(rows().model, separator="; ", field=field)
        self.one = Known(rows, field)

    def __deepcopy__(self, memo: dict[int, Any]) -> "KnownMany":
        return type(self)(self.one.rows, self.field)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Model]:
        names = str(value or "").split(";")
        return [found for name in names if (found := self.one.clean(name)) is not None]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        rows = value.all() if value is not None else ()  # None: the row is not saved yet
        return self.separator.join(str(getattr(row, self.field)) for row in rows)


class PlainDiff(Diff):
    """What a row changes, marked without inline styles, which the site does not allow."""

    def as_html(self) -> list[SafeString]:
        return [
            _difference("" if self.new else str(old or ""), str(new or ""))
            for old, new in zip(self.left, self.right, strict=False)
        ]


def _difference(old: str, new: str) -> SafeString:
    if old == new:
        return SafeString(escape(new))
    parts = [(tag, text) for tag, text in (("del", old), ("ins", new)) if text]
    return format_html_join(
        " ", "{}", ((format_html("<{0}>{1}</{0}>", SafeString(tag), text),) for tag, text in parts)
    )


class SheetResource(ModelResource):
    """A table of one model: rows are matched by name, checked as a form would, saved as one change.

    ``of_record`` names the columns that a row which is public keeps as they are.
    """

    of_record: tuple[str, ...] = ()

    def __init__(self, *, user: User | None = None, **kwargs: Any) -> None:
        super().__init__()
        self.user = user
        for field in self.fields.values():
            if isinstance(field.widget, NumberWidget):
                field.widget.coerce_to_string = False  # or French would write decimal commas

    def get_diff_class(self) -> type[Diff]:
        return PlainDiff

    def import_data(self, dataset: Dataset, dry_run: bool = False, **kwargs: Any) -> Result:
        with transaction.atomic():
            with one_refresh():
                kwargs["rollback_on_validation_errors"] = True
                result = super().import_data(dataset, dry_run, **kwargs)
            if dry_run:
                transaction.set_rollback(True)
        return result

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        for name, value in row.items():
            row[name] = unescaped(value)

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Model | None:
        try:
            return super().get_instance(instance_loader, row)
        except ValueError as problem:
            name = self.get_import_id_fields()[0]
            raise ValidationError({name: str(problem)}) from problem

    def import_field(self, field: Field, *args: Any, **kwargs: Any) -> None:
        try:
            super().import_field(field, *args, **kwargs)
        except ArithmeticError as problem:
            raise ValueError(_("Write a number.")) from problem

    def import_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        kept = {}
        if self.of_record and instance.pk and instance.is_public:
            kept = {name: getattr(instance, name) for name in self.of_record}
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as problem:
            errors = problem.update_error_dict(errors)
        # Links to many are read after the row is saved: too late to say which field is wrong.
        for field in self.get_import_fields():
            if isinstance(field.widget, ManyToManyWidget) and field.column_name in row:
                try:
                    field.clean(row)
                except ValueError as problem:
                    errors[field.attribute] = [ValidationError(str(problem))]
        for name, value in kept.items():
            if getattr(instance, name) != value:
                errors[name] = [
                    ValidationError(
                        _("This is text of record and public: withdraw it before you change it.")
                    )
                ]
        for name, value in row.items():
            if isinstance(value, str) and "\0" in value:
                errors[name] = [ValidationError(_("Null characters are not allowed."))]
        if errors:
            raise ValidationError(errors)

    def save_m2m(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        super().save_m2m(instance, row, **kwargs)
        type(instance).changed([instance.pk])


class ReadOnlyField(Field):
    """A column that is written out and not read in."""

    def __init__(self, attribute: str, column_name: str | None = None) -> None:
        super().__init__(attribute=attribute, column_name=column_name or attribute, readonly=True)


class WithSheets(ImportExportMixin):
    """Import and export of what the changelist lists, by who may change it."""

    formats = [Csv, Xlsx]
    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict:
        return {"user": request.user}

    def get_export_queryset(self, request: HttpRequest) -> QuerySet:
        return self.for_export(super().get_export_queryset(request))

    def for_export(self, rows: QuerySet) -> QuerySet:
        """With all that a line of the table reads."""
        return rows

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import after the preview; a second press of the button finds the file used up."""
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.warning(
                request, _("This file was imported already, or the preview is too old.")
            )
            return redirect("admin:{}_{}_changelist".format(*self.get_model_info()))

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Say so if what the preview promised is no longer possible."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request, _("Nothing was imported: something has changed since the preview.")
            )
            return redirect("admin:{}_{}_import".format(*self.get_model_info()))
        return super().process_result(result, request)
