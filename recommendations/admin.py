"""Recommendations, what became of them, and the words they use."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.history_admin import WithHistory
from accounts.ruled_admin import Parts, RuledAdmin, count_of, person
from recommendations.models import (
    Abbreviation,
    Addressee,
    Audience,
    Evidence,
    Pillar,
    ProgressUpdate,
    Recommendation,
    Reply,
    Report,
    Source,
    Subject,
    Term,
)
from recommendations.public_admin import IsPublic, PublicAdmin, PublishedAdmin
from recommendations.sheets import Field, Known, KnownMany, ReadOnlyField, SheetResource, WithSheets

PUBLISHING: Any = (
    _("Publishing"),
    {"classes": ("collapse",), "fields": ("published_at", "published_by", "is_demo")},
)


class OnePerLine(forms.JSONField):
    """A list of words, written one on each line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data


@admin.register(Report)
class ReportAdmin(WithHistory, PublishedAdmin):
    list_display = ("title", "publisher", "released", "recommendation_count", "shows")
    list_filter = (IsPublic, "language")
    search_fields = ("title", "short_title", "publisher")
    prepopulated_fields = {"slug": ("short_title",)}
    readonly_fields = ("is_demo",)
    of_record = ("title", "stem", "goal", "summary", "project", "language")
    fieldsets = (
        (None, {"fields": ("title", "short_title", "slug", "publisher", "website")}),
        (_("Released"), {"fields": (("released", "released_precision"), "language")}),
        (_("What it says"), {"fields": ("stem", "goal", "summary", "project")}),
        PUBLISHING,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).annotate(n=count_of(Report, "recommendations"))

    @admin.display(description=_("recommendations"), ordering="n")
    def recommendation_count(self, report: Any) -> int:
        return report.n


class NamedAdmin(WithHistory, PublicAdmin):
    """Admin of what recommendations are sorted by."""

    search_fields = ("name_en", "name_fr", "slug")
    prepopulated_fields = {"slug": ("name_en",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(n=count_of(self.model, "recommendations"))

    @admin.display(description=_("recommendations"), ordering="n")
    def recommendation_count(self, row: Any) -> int:
        return row.n


@admin.register(Audience)
class AudienceAdmin(NamedAdmin):
    list_display = ("name_en", "name_fr", "code_prefix", "recommendation_count", "order")
    fields = ("name_en", "name_fr", "slug", "code_prefix", "heading", "order")


@admin.register(Pillar)
class PillarAdmin(NamedAdmin):
    list_display = ("name_en", "name_fr", "recommendation_count", "order")
    fields = ("name_en", "name_fr", "slug", "order")


@admin.register(Addressee)
class AddresseeAdmin(NamedAdmin):
    list_display = ("name_en", "name_fr", "kind", "recommendation_count", "order")
    list_filter = ("kind",)
    fieldsets = (
        (None, {"fields": ("name_en", "name_fr", "slug", "kind", "note", "order")}),
        (
            _("How it is written to"),
            {
                "fields": (
                    ("form_of_address_en", "form_of_address_fr"),
                    ("postal_address", "postal_address_fr"),
                    "contact_url",
                )
            },
        ),
    )


@admin.register(Subject)
class SubjectAdmin(NamedAdmin):
    """What recommendations of several audiences ask for alike: a line of the comparison."""

    list_display = ("name_en", "name_fr", "recommendation_count", "order")
    fields = ("name_en", "name_fr", "slug", "order")


class ProgressUpdateInline(Parts, admin.StackedInline):
    """What was found so far, newest first; a new finding is added below, as a draft."""

    model = ProgressUpdate
    fields = ("status", "on", "summary", "quotation", "language", "assessed_by", "published_at")
    readonly_fields = ("published_at",)
    show_change_link = True
    verbose_name_plural = _("progress updates: name the sources on each one’s own page")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgressUpdate]:
        return super().get_queryset(request).select_related("recommendation")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._allows("change", request, obj)  # there are drafts among them

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RecommendationResource(SheetResource):
    of_record = ("text", "report")

    report = Field("report", "report", widget=Known(Report.objects.all, "slug"))
    audience = Field("audience", "audience", widget=Known(Audience.objects.all, "slug"))
    pillar = Field("pillar", "pillar", widget=Known(Pillar.objects.all, "slug"))
    addressees = Field("addressees", "addressees", widget=KnownMany(Addressee.objects.all, "slug"))
    status = ReadOnlyField("status")
    status_on = ReadOnlyField("status_on")
    published_at = ReadOnlyField("published_at")

    class Meta:
        model = Recommendation
        import_id_fields = ("code",)
        fields = (
            "code",
            "report",
            "audience",
            "pillar",
            "addressees",
            "order",
            "text",
            "translation",
            "status",
            "status_on",
            "published_at",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True


@admin.register(Recommendation)
class RecommendationAdmin(WithSheets, WithHistory, PublishedAdmin):
    resource_classes = (RecommendationResource,)
    list_display = (
        "code",
        "beginning",
        "status",
        "status_on",
        "update_count",
        "voice_count",
        "shows",
    )
    list_filter = (IsPublic, "audience", "pillar", "status", "report")
    search_fields = ("code", "text", "translation", "addressees__name_en", "addressees__name_fr")
    search_help_text = _("Code, words of the text, or who is asked")
    autocomplete_fields = ("report", "addressees", "subject")
    readonly_fields = ("status", "status_on", "is_demo")
    of_record = ("code", "report", "text")
    inlines = (ProgressUpdateInline,)
    fieldsets = (
        (None, {"fields": ("code", "report", ("audience", "pillar"), "order", "addressees")}),
        (_("Line by line"), {"fields": ("subject",)}),
        (_("Text"), {"fields": ("text", "translation")}),
        (_("What became of it"), {"fields": (("status", "status_on"),)}),
        (_("From the scan"), {"classes": ("collapse",), "fields": ("provenance",)}),
        PUBLISHING,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recommendation]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                updates_n=count_of(Recommendation, "updates"),
                voices_n=count_of(Recommendation, "voices"),
            )
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            if isinstance(row, ProgressUpdate):
                row.note_writing(by=person(request))

    def for_export(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("report", "audience", "pillar").prefetch_related("addressees")

    @admin.display(description=_("text of record"))
    def beginning(self, recommendation: Recommendation) -> str:
        return Truncator(recommendation.text).words(16)

    @admin.display(description=_("updates"), ordering="updates_n")
    def update_count(self, recommendation: Any) -> int:
        return recommendation.updates_n

    @admin.display(description=_("statements"), ordering="voices_n")
    def voice_count(self, recommendation: Any) -> int:
        return recommendation.voices_n


class SourceInline(Parts, admin.StackedInline):
    """Where a finding can be checked. Once it is public, all of it is reviewed: a correction."""

    model = Source
    fields = (
        ("publisher", "title", "language"),
        "url",
        "archived_url",
        ("published_on", "published_precision", "read_on"),
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One to fill in where there is none: nothing is published without a source."""
        return 0 if obj and obj.sources.exists() else 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_public)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_public)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_public)


REVIEW: Any = (
    _("Review"),
    {
        "fields": (
            "on_the_desk",
            ("written_at", "written_by"),
            ("submitted_at", "submitted_by"),
            ("published_at", "published_by"),
            ("retracted_at", "retracted_by"),
            "retraction",
            "is_demo",
        )
    },
)


class FindingAdmin(PublishedAdmin):
    """Drafts may be written here as on the desk, where another editor reviews them.

    What is public is corrected by another finding or retracted, on the desk: never withdrawn.
    """

    actions = ("publish",)
    verbs = {"publish": _("Publish")}
    readonly_fields = (
        "on_the_desk",
        "written_at",
        "written_by",
        "submitted_at",
        "submitted_by",
        "retracted_at",
        "retracted_by",
        "retraction",
        "is_demo",
    )
    inlines = (SourceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("recommendation")
        return rows.annotate(n=count_of(self.model, "sources"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        wrote = form.has_changed() or any(formset.has_changed() for formset in formsets)
        if not form.instance.is_public and (wrote or not change):
            form.instance.note_writing(by=person(request))

    @admin.display(description=_("summary"))
    def beginning(self, finding: Any) -> str:
        return Truncator(finding.summary).words(16)

    @admin.display(description=_("sources"), ordering="n")
    def source_count(self, finding: Any) -> int:
        return finding.n

    @admin.display(description=_("desk"))
    def on_the_desk(self, finding: Any) -> str:
        if finding.pk is None:
            return self.get_empty_value_display()
        return format_html('<a href="{}">{}</a>', finding.desk_url, finding.state.label)


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(FindingAdmin):
    list_display = (
        "recommendation",
        "status",
        "on",
        "beginning",
        "source_count",
        "on_the_desk",
        "shows",
    )
    list_filter = (IsPublic, "status", "recommendation__audience")
    search_fields = ("recommendation__code", "summary", "assessed_by", "sources__title")
    search_help_text = _("Code of the recommendation, words of the summary, assessor or source")
    autocomplete_fields = ("recommendation", "corrects")
    # A finding is corrected by another that names it.
    of_record = (
        "recommendation",
        "status",
        "on",
        "summary",
        "language",
        "quotation",
        "assessed_by",
        "corrects",
    )
    fieldsets = (
        (None, {"fields": ("recommendation", ("status", "on"), "summary", "language")}),
        (_("Who found it"), {"fields": ("assessed_by", "quotation", "corrects", "scale_version")}),
        REVIEW,
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "scale_version"]


@admin.register(Reply)
class ReplyAdmin(FindingAdmin):
    list_display = (
        "recommendation",
        "addressee",
        "kind",
        "on",
        "beginning",
        "source_count",
        "on_the_desk",
        "shows",
    )
    list_filter = (IsPublic, "kind", "recommendation__audience")
    list_select_related = ("recommendation", "addressee")
    search_fields = ("recommendation__code", "summary", "addressee__name_en", "sources__title")
    search_help_text = _("Code of the recommendation, words of the summary, who answered, source")
    autocomplete_fields = ("recommendation", "addressee", "corrects")
    of_record = (
        "recommendation",
        "addressee",
        "kind",
        "on",
        "summary",
        "language",
        "quotation",
        "corrects",
    )
    fieldsets = (
        (None, {"fields": ("recommendation", "addressee", ("kind", "on"), "summary", "language")}),
        (_("In their own words"), {"fields": ("quotation", "corrects")}),
        REVIEW,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reply]:
        return super().get_queryset(request).select_related("addressee")


@admin.register(Term)
class TermAdmin(WithHistory, PublishedAdmin):
    list_display = ("term", "abbreviation", "kind", "definition_kind", "source_start", "shows")
    list_filter = (IsPublic, "kind", "definition_kind")
    search_fields = ("term", "abbreviation", "definition_en", "definition_fr", "source")
    prepopulated_fields = {"slug": ("term",)}
    autocomplete_fields = ("recommendations",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "term",
                    "term_fr",
                    "slug",
                    "abbreviation",
                    "also_written",
                    "kind",
                    "language",
                )
            },
        ),
        (_("Definition"), {"fields": ("definition_kind", "definition_en", "definition_fr")}),
        (_("Source"), {"fields": ("source", "source_formal_name", "source_fr")}),
        (_("Where it occurs"), {"fields": ("recommendations",)}),
        (_("Notes and quotations"), {"classes": ("collapse",), "fields": ("note", "quotes")}),
        (
            _("Publishing"),
            {"classes": ("collapse",), "fields": ("published_at", "published_by")},
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "also_written":
            return OnePerLine(
                label=db_field.verbose_name, required=False, help_text=_("One on each line.")
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("source"), ordering="source")
    def source_start(self, term: Term) -> str:
        return Truncator(term.source).words(9)


@admin.register(Abbreviation)
class AbbreviationAdmin(WithHistory, PublicAdmin):
    list_display = ("abbreviation", "expansion", "expanded_in_source")
    list_filter = ("expanded_in_source",)
    search_fields = ("abbreviation", "expansion")


@admin.register(Evidence)
class EvidenceAdmin(RuledAdmin):
    """To be looked up: it is reviewed on the desk."""

    list_display = ("recommendation", "link", "state", "times", "made_at", "on_the_desk")
    list_filter = ("state", "recommendation__audience")
    list_select_related = ("recommendation",)
    search_fields = ("recommendation__code", "url", "words")
    search_help_text = _("Code of the recommendation, link, or words of a sender")
    fieldsets = (
        (None, {"fields": ("recommendation", "url", "words", ("times", "made_at"), "listeners")}),
        (
            _("What became of it"),
            {
                "fields": (
                    "state",
                    "reason",
                    "update",
                    ("reviewed_at", "reviewed_by"),
                    "on_the_desk",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).annotate(n=count_of(Evidence, "addresses"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("link"), ordering="url")
    def link(self, row: Evidence) -> str:
        return format_html(
            '<a href="{}" rel="noreferrer">{}</a>', row.url, Truncator(row.url).chars(60)
        )

    @admin.display(description=_("senders who asked to hear"))
    def listeners(self, row: Any) -> int:
        return row.n

    @admin.display(description=_("desk"))
    def on_the_desk(self, row: Evidence) -> str:
        path = reverse("recommendations:evidence_review", args=[row.pk])
        return format_html('<a href="{}">{}</a>', path, _("Review it on the desk"))
