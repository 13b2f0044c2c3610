"""Model resolutions and their clauses."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.history_admin import WithHistory
from accounts.ruled_admin import KeptChoices, Parts, count_of
from recommendations.admin import OnePerLine
from recommendations.public_admin import IsPublic, PublicAdmin, PublishedAdmin
from resolutions.drafting import faults, find_terms, new_version
from resolutions.models import (
    Clause,
    ClauseKind,
    ModelResolution,
    PlaceField,
    PlaceTerm,
    Wording,
)


class PlaceFieldInline(Parts, admin.StackedInline):
    model = PlaceField
    fields = (("order", "label", "name"), "varies_with", ("original", "short_original"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("original", "short_original") if obj and obj.is_public else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_public)


class ClauseForm(KeptChoices):
    """A clause on the page of its model. A new one needs no number, and a new sub-item need not
    say what it is part of: the formset finds both.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "order" in self.fields:
            order = self.fields["order"]
            order.required, order.initial = False, None
            order.help_text = _("None puts it last.")

    def _get_validation_exclusions(self) -> set[str]:  # Django's own, which its types leave out
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        if self.instance.pk is None and self._hangs_from_the_one_before():
            excluded.add("part_of")  # which the formset finds
        return excluded

    def _hangs_from_the_one_before(self) -> bool:
        data = self.cleaned_data
        return data.get("kind") == ClauseKind.SUB_ITEM and not data.get("part_of")


class ClauseFormSet(BaseInlineFormSet):
    """New clauses in the order they are typed: without a number of its own each comes last, and a
    sub-item belongs to the clause above it.
    """

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        forms = [
            form
            for form in self.forms
            if (form.has_changed() or form.instance.pk) and not form.cleaned_data.get("DELETE")
        ]
        last = max((form.instance.order or 0 for form in forms), default=0)
        for form in forms:
            if form.instance.order is None:
                last += 1
                form.instance.order = last
        self._above: dict[str | None, Any] = {}
        above: Any = None
        for form in sorted(forms, key=lambda form: form.instance.order):
            row = form.instance
            if row.kind != ClauseKind.SUB_ITEM:
                above = form
            elif row.part_of_id is None:
                if above is None or above.instance.kind == ClauseKind.RECITAL:
                    form.add_error("part_of", _("There is no operative clause above it."))
                self._above[form.prefix] = above

    def save_new(self, form: Any, commit: bool = True) -> Any:
        if (above := self._above.get(form.prefix)) is not None:
            if above.instance.pk is None:
                above.instance.model = self.instance
                above.instance.save()
            form.instance.part_of = above.instance
        return super().save_new(form, commit=commit)


class ClauseInline(Parts, admin.StackedInline):
    """The clauses in their order. Once the model is public its text stands as it is."""

    model = Clause
    form = ClauseForm
    formset = ClauseFormSet
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
    list_filter = (IsPublic, "language", "country", "scope")
    search_fields = ("title", "author", "written_for")
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("report", "not_carried")
    readonly_fields = ("is_demo", "replaces")
    of_record = ("report", "language", "version", "country", "scope", "adapted_from")
    actions = (*PublishedAdmin.actions, "preview", "find_words", "begin_version")
    verbs = {
        **PublishedAdmin.verbs,
        "preview": _("Preview for a council"),
        "find_words": _("Find the place-dependent words"),
        "begin_version": _("Begin a new version"),
    }
    inlines = (PlaceFieldInline, ClauseInline)
    fieldsets = (
        (
            None,
            {"fields": ("title", "text_title", "slug", "author", ("dated", "dated_precision"))},
        ),
        (
            _("What it asks for"),
            {
                "fields": (
                    "report",
                    ("written_for", "written_for_fr"),
                    ("language", "country", "scope"),
                    ("version", "replaces"),
                )
            },
        ),
        (
            _("What it was made from"),
            {"fields": ("adapted_from", "adaptation_note", "adaptation_note_fr")},
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

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Nothing is adapted from itself."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj and "adapted_from" in form.base_fields:
            field: Any = form.base_fields["adapted_from"]
            field.queryset = ModelResolution.objects.exclude(pk=obj.pk)
        return form

    def offers(self, verb: str, obj: Any) -> bool:
        if verb == "preview":
            return True
        if verb in {"find_words", "begin_version"}:
            return obj.is_public == (verb == "begin_version")
        return super().offers(verb, obj)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        self._say_faults(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._say_faults(request, obj)
        return super().response_change(request, obj)

    def _say_faults(self, request: HttpRequest, model: ModelResolution) -> None:
        """Tell whoever writes a draft what would keep it from being published."""
        if not model.is_public and (found := faults(model)):
            self.message_user(
                request,
                _("Before it can be published: %(faults)s") % {"faults": " ".join(found)},
                messages.WARNING,
            )

    @admin.action(permissions=["change"], description=_("Preview for a council"))
    def preview(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if (model := self._the_one(request, queryset)) is None:
            return None
        return redirect(reverse("resolutions:model_preview", args=[model.slug]))

    @admin.action(permissions=["change"], description=_("Find the place-dependent words"))
    def find_words(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if (model := self._the_one(request, queryset)) is None:
            return None
        if model.is_public:
            self.message_user(
                request, _("A public model stands as it is; begin a new version."), messages.ERROR
            )
            return None
        n = find_terms(model)
        self.note(request, [model], _("Place-dependent words found."))
        self.message_user(
            request,
            ngettext("%(n)d mark was changed.", "%(n)d marks were changed.", n) % {"n": n},
            messages.SUCCESS,
        )
        self._say_faults(request, model)
        return redirect(reverse("admin:resolutions_modelresolution_change", args=[model.pk]))

    @admin.action(permissions=["add"], description=_("Begin a new version"))
    def begin_version(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if (model := self._the_one(request, queryset)) is None:
            return None
        try:
            new = new_version(model)
        except ValidationError as problem:
            self.message_user(request, " ".join(problem.messages), messages.ERROR)
            return None
        self.note(
            request, [new], _("Begun as the next version of %(slug)s.") % {"slug": model.slug}
        )
        self.message_user(
            request,
            _("This draft is version %(n)d. The public one stands until you publish this.")
            % {"n": new.version},
            messages.SUCCESS,
        )
        return redirect(reverse("admin:resolutions_modelresolution_change", args=[new.pk]))

    def _the_one(self, request: HttpRequest, queryset: QuerySet) -> ModelResolution | None:
        """The chosen model; None, and said so, where they are several."""
        rows = list(queryset[:2])
        if len(rows) != 1:
            self.message_user(request, _("Choose one model."), messages.ERROR)
            return None
        if not self.allows("change", request, rows[0]):
            raise PermissionDenied
        return rows[0]

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


class WordingInline(Parts, admin.StackedInline):
    """Other ways to say it. They may be added to a public model too: its text stands all the same,
    but those that are there may have been chosen by somebody, so they are not deleted.
    """

    model = Wording
    fields = (("order", "label", "label_fr"), "text")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.model.is_public)


@admin.register(Clause)
class ClauseAdmin(WithHistory, PublicAdmin):
    """Clauses one by one: their place-dependent words, translations and history."""

    list_display = ("code", "model", "kind", "beginning", "asked_count", "place_count")
    list_filter = ("kind", ("model", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("model",)
    search_fields = ("code", "text", "translation", "recommendations__code")
    autocomplete_fields = ("recommendations",)
    readonly_fields = ("model",)
    inlines = (PlaceTermInline, WordingInline)
    fieldsets = (
        (None, {"fields": ("model", ("order", "code", "kind"), "part_of", "opening", "text")}),
        (_("What it asks for"), {"fields": ("recommendations",)}),
        (
            _("For whoever prepares a text"),
            {"fields": ("reason", "reason_fr", "caution", "caution_fr", "time_terms")},
        ),
        (_("Reading it today"), {"fields": ("translation", "note")}),
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
