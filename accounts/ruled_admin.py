"""What every page of the admin stands on: the rules are asked about the very object at hand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import (
    Count,
    Field,
    ForeignKey,
    ManyToManyField,
    ManyToManyRel,
    ManyToOneRel,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    URLField,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def count_of(model: type[Model], relation: str) -> Coalesce:
    """How many rows point at each row through ``relation``: one query for a whole list.

    A subquery, not a joined ``Count``: two of those multiply each other's rows.
    """
    rows: Any
    link = model._meta.get_field(relation)
    if isinstance(link, ManyToManyField):
        rows, name = link.remote_field.through, link.m2m_field_name()
    elif isinstance(link, ManyToManyRel):
        rows, name = link.through, link.field.m2m_reverse_field_name()
    else:
        assert isinstance(link, ManyToOneRel)  # noqa: S101 - nothing else points here
        rows, name = link.related_model, link.field.name
    counts = rows._base_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Coalesce(Subquery(counts.annotate(n=Count("*")).values("n")), 0)


def person(request: HttpRequest) -> User:
    """Who is at work: nobody gets into the admin without signing in."""
    assert isinstance(request.user, User)  # noqa: S101 - says so to type checkers
    return request.user


class KeptChoices(forms.ModelForm):
    """Lets a row keep a link its editor could not choose anew, such as to something withdrawn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and name in self.initial:
                value = self.initial[name]
                kept = [row.pk for row in value] if isinstance(value, list) else [value]
                if kept and field.queryset is not None:
                    choices = field.queryset.model._default_manager
                    field.queryset = choices.filter(
                        Q(pk__in=field.queryset.order_by().values("pk")) | Q(pk__in=kept)
                    )


class FindMany(AutocompleteSelectMultiple):
    """Finds rows while somebody types. Each is taken away by itself: the cross that takes all away
    stands in the list without being an item of it, which breaks the list for screen readers.
    """

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().build_attrs(*args, **kwargs), "data-allow-clear": "false"}


class VisibleChoices(BaseModelAdmin):
    """Offers as choices, and accepts, only what the person's own changelist would list."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", FindMany(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_field_queryset(
        self, db: str | None, db_field: Field, request: HttpRequest
    ) -> QuerySet | None:
        assert isinstance(db_field, ForeignKey | ManyToManyField)  # noqa: S101 - Django calls it so
        try:
            remote = self.admin_site.get_model_admin(db_field.remote_field.model)
        except NotRegistered:
            return super().get_field_queryset(db, db_field, request)
        return remote.get_queryset(request)


class RuledAdmin(VisibleChoices, admin.ModelAdmin):
    """A ModelAdmin whose permissions come from the apps' ``rules.py``, with the object."""

    form: type[forms.ModelForm] = KeptChoices
    empty_value_display = "–"
    list_per_page = 50
    show_full_result_count = False

    def allows(self, verb: str, request: HttpRequest, obj: Model | None = None) -> bool:
        name = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        return request.user.has_perm(name, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("view", request, obj) or self.allows("change", request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allows("add", request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("change", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("delete", request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who did what is for those who may do it: it names people by their addresses."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


class Parts(VisibleChoices, InlineModelAdmin):
    """Rows that belong to one parent: whoever may change it may change them."""

    extra = 0

    def _allows(self, verb: str, request: HttpRequest, parent: Model | None) -> bool:
        opts = self.parent_model._meta
        return request.user.has_perm(f"{opts.app_label}.{verb}_{opts.model_name}", parent)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._allows("view", request, obj) or self._allows("change", request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._allows("change" if obj else "add", request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._allows("change" if obj else "add", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)
