"""Model resolutions and their clauses."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.history_admin import WithHistory
from accounts.ruled_admin import Parts, count_of
from recommendations.admin import OnePerLine
from recommendations.public_admin import IsPublic, PublicAdmin, PublishedAdmin
from resolutions.models import (
    Clause,
    ModelResolution,
    PlaceField,
    PlaceTerm,
)


class PlaceFieldInline(Parts, admin.StackedInline):
    model = PlaceField
    fields = (("order", "label", "name"), "varies_with", ("original", "short_original"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("original", "short_original") if obj and obj.is_public else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_public)


class ClauseInline(Parts, admin.StackedInline):
    """The clauses in their order. Once the model is public its text stands as it is."""

    model = Clause
    fields = (("order", "code", "kind"), "part_of", "opening", "text", "recommendations", "note")
    autocomplete_fields = ("recommendations",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clause]:
        return super().get_queryset(request).prefetch_related("recommendations")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return OF_RECORD if obj and obj.is_public else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_public)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_public)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A sub-item belongs to a clause of the same model."""
        formset = super().get_formset(request, obj, **kwargs)
        if "part_of" in formset.form.base_fields:
            clauses = Clause.objects.filter(model=obj) if obj else Clause.objects.none()
            field: Any = formset.form.base_fields["part_of"]
            field.queryset = clauses
            field.choices = [("", "–"), *((c.pk, c.code) for c in clauses)]
        return formset


OF_RECORD = ("order", "code", "kind", "part_of", "opening", "text")


@admin.register(ModelResolution)
class ModelResolutionAdmin(WithHistory, PublishedAdmin):
    list_display = ("title", "author", "dated", "version", "clause_count", "use_count", "shows")
    list_filter = (IsPublic, "language")
    search_fields = ("title", "author", "written_for")
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("report", "not_carried")
    readonly_fields = ("is_demo",)
    of_record = ("report", "language", "version")
    inlines = (PlaceFieldInline, ClauseInline)
    fieldsets = (
        (None, {"fields": ("title", "slug", "author", ("dated", "dated_precision"))}),
        (
            _("What it asks for"),
            {
                "fields": (
                    "report",
                    ("written_for", "written_for_fr"),
                    ("language", "version"),
                )
            },
        ),
        (_("What it leaves out"), {"fields": ("not_carried", "not_carried_note")}),
        (
            _("Publishing"),
            {"classes": ("collapse",), "fields": ("published_at", "published_by", "is_demo")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelResolution]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                clauses_n=count_of(ModelResolution, "clauses"),
                uses_n=count_of(ModelResolution, "resolutions"),
            )
        )

    @admin.display(description=_("clauses"), ordering="clauses_n")
    def clause_count(self, model: Any) -> int:
        return model.clauses_n

    @admin.display(description=_("resolutions made from it"), ordering="uses_n")
    def use_count(self, model: Any) -> int:
        return model.uses_n


class PlaceTermInline(Parts, admin.StackedInline):
    model = PlaceTerm
    fields = (("field", "text", "occurrences"),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("text", "occurrences") if obj and obj.model.is_public else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.model.is_public)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The fields of this clause's own model."""
        formset = super().get_formset(request, obj, **kwargs)
        if obj and "field" in formset.form.base_fields:
            field: Any = formset.form.base_fields["field"]
            field.queryset = PlaceField.objects.filter(model=obj.model)
        return formset


@admin.register(Clause)
class ClauseAdmin(WithHistory, PublicAdmin):
    """Clauses one by one: their place-dependent words, translations and history."""

    list_display = ("code", "model", "kind", "beginning", "asked_count", "place_count")
    list_filter = ("kind", ("model", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("model",)
    search_fields = ("code", "text", "translation", "recommendations__code")
    autocomplete_fields = ("recommendations",)
    readonly_fields = ("model",)
    inlines = (PlaceTermInline,)
    fieldsets = (
        (None, {"fields": ("model", ("order", "code", "kind"), "part_of", "opening", "text")}),
        (_("What it asks for"), {"fields": ("recommendations",)}),
        (_("Reading it today"), {"fields": ("translation", "note", "time_terms")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clause]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                asked_n=count_of(Clause, "recommendations"),
                places_n=count_of(Clause, "place_terms"),
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # on the page of its model, in its order

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.model.is_public)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(OF_RECORD if obj and obj.model.is_public else ()))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj and "part_of" in form.base_fields:
            field: Any = form.base_fields["part_of"]
            field.queryset = Clause.objects.filter(model=obj.model).exclude(pk=obj.pk)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "time_terms":
            return OnePerLine(
                label=db_field.verbose_name,
                required=False,
                help_text=_("One on each line, such as “last year”."),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("text of record"))
    def beginning(self, clause: Clause) -> str:
        return Truncator(clause.text).chars(90)

    @admin.display(description=_("asks for"), ordering="asked_n")
    def asked_count(self, clause: Any) -> int:
        return clause.asked_n

    @admin.display(description=_("place-dependent words"), ordering="places_n")
    def place_count(self, clause: Any) -> int:
        return clause.places_n
