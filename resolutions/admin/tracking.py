"""Resolutions and their steps."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.history_admin import WithHistory
from accounts.models import Organization
from accounts.ruled_admin import Parts, count_of, person
from recommendations.public_admin import IsPublic, PublicAdmin, PublishedAdmin
from resolutions import copies
from resolutions.models import (
    Grade,
    Resolution,
    Step,
    StepKind,
    StepNotPossible,
    StepSource,
)
from resolutions.models.resolution import COUNTS, check_details

# What is said of a step beside what it is and when.
DETAILS = (
    *("meeting", "meets_on", "mover", "seconder", "vote_method"),
    *(*COUNTS, "seats", "video_url"),
)


class StepForm(forms.ModelForm):
    """What happened, and, in one go, where anyone can check it."""

    source_publisher = forms.CharField(label=_("source: publisher"), max_length=300, required=False)
    source_title = forms.CharField(label=_("source: title"), max_length=400, required=False)
    source_language = forms.ChoiceField(
        label=_("source: language"), choices=settings.LANGUAGES, initial="en", required=False
    )
    source_url = forms.URLField(
        label=_("source: link"), max_length=600, required=False, assume_scheme="https"
    )
    source_grade = forms.ChoiceField(
        label=_("source: grade"), choices=Grade, initial=Grade.NEWS, required=False
    )
    video_url = forms.URLField(
        label=_("link to the video"), max_length=600, required=False, assume_scheme="https"
    )

    class Meta:
        model = Step
        fields = ("kind", "on", "actor", "summary", *DETAILS)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        source = ("source_publisher", "source_title", "source_url")
        if any(data.get(name) for name in source):
            for name in source:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Say this too, so that anyone can check the source."))
        if data.get("kind") and data.get("on"):
            try:
                check_details(
                    StepKind(data["kind"]),
                    on=data["on"],
                    council_seats=self.instance.resolution.council.seats,
                    details=data,
                )
            except StepNotPossible as problem:
                self.add_error(problem.field, problem)
        return data

    def record(self, resolution: Resolution, user: Any) -> Step:
        """Write the step by the resolution’s own rules.

        What an editor records with its source counts as
        checked.
        """
        data = self.cleaned_data
        source = StepSource(
            url=data["source_url"],
            publisher=data["source_publisher"],
            title=data["source_title"],
            language=data["source_language"] or "en",
            grade=data["source_grade"] or Grade.NEWS,
        )
        return resolution.record_step(
            StepKind(data["kind"]),
            on=data["on"],
            by=user,
            summary=data["summary"],
            actor=data["actor"],
            verified=bool(source.url) and user.has_perm("resolutions.verify_step"),
            source=source if source.url else None,
            **{name: data[name] for name in DETAILS},
        )


class StepFormSet(BaseInlineFormSet):
    """New steps go through ``Resolution.record_step``; what it refuses shows beside the field."""

    user: Any  # set for each request by NewStepInline

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.instance.pk is None:
            return
        # The instrument as the form has it, not yet saved, decides what can be recorded.
        with transaction.atomic():
            Resolution.objects.select_for_update().get(pk=self.instance.pk)
            status, status_on = self.instance.status, self.instance.status_on
            rehearsal = transaction.savepoint()
            for form in self._new():
                try:
                    form.record(self.instance, self.user)
                except StepNotPossible as problem:
                    form.add_error(problem.field, problem)
            transaction.savepoint_rollback(rehearsal)
            self.instance.status, self.instance.status_on = status, status_on

    def _new(self) -> list[Any]:
        """The forms that somebody filled in, in the order in which things happened."""
        filled: list[Any] = [form for form in self.extra_forms if form.has_changed()]
        return sorted(filled, key=lambda form: form.cleaned_data["on"])

    def save(self, commit: bool = True) -> list[Step]:
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []
        self.new_objects = [form.record(self.instance, self.user) for form in self._new()]
        copies.owe(self.instance)
        return self.new_objects


def verified_by(step: Step) -> Any:
    """Who checked it. What came with the record was checked before it was taken in."""
    if step.verified_by and step.verified_by.stands_for("record"):
        return _("Loaded with the record")
    return step.verified_by


class RecordedStepInline(Parts, admin.StackedInline):
    """What happened, oldest first. What is recorded stays as it is."""

    model = Step
    verbose_name_plural = _("what happened so far")
    fields = (("kind", "on"), "actor", "summary", "checked", "where")
    readonly_fields = ("checked", "where")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        steps = super().get_queryset(request).select_related("verified_by", "resolution")
        return steps.prefetch_related("sources")

    @admin.display(description=_("verified by"))
    def checked(self, step: Step) -> Any:
        return verified_by(step)

    @admin.display(description=_("sources"))
    def where(self, step: Step) -> str:
        links = ((source.url, source) for source in step.sources.all())
        return format_html_join(", ", '<a href="{}">{}</a>', links)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NewStepInline(Parts, admin.StackedInline):
    """What happened next."""

    model = Step
    form = StepForm
    formset = StepFormSet
    verbose_name_plural = _("what happened next")
    fields = (
        ("kind", "on"),
        "actor",
        "summary",
        ("meeting", "meets_on"),
        ("mover", "seconder"),
        ("vote_method", "seats"),
        COUNTS,
        "video_url",
        ("source_publisher", "source_title", "source_language"),
        ("source_url", "source_grade"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        return super().get_queryset(request).none()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.user = person(request)
        return formset

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # A step needs a resolution that is there.
        return obj is not None and request.user.has_perm("resolutions.record_step", obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Resolution)
class ResolutionAdmin(WithHistory, PublishedAdmin):
    list_display = (
        "called",
        "council",
        "instrument",
        "status",
        "status_on",
        "champion",
        "step_count",
        "shows",
        "is_demo",
    )
    list_filter = (IsPublic, "instrument", "status", "is_demo")
    list_select_related = ("council__jurisdiction", "champion")
    search_fields = ("title", "slug", "council__name", "champion__name", "summary")
    search_help_text = _("Title, municipality, champion or words of the summary")
    autocomplete_fields = ("council", "model", "champion")
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("status", "status_on", "is_demo")
    inlines = (RecordedStepInline, NewStepInline)
    fieldsets = (
        (
            None,
            {
                "fields": ("title", ("reference", "subject"), "slug", "council", "instrument"),
            },
        ),
        (_("Where it comes from"), {"fields": ("champion", "model", "language")}),
        (_("What it says"), {"fields": ("summary",)}),
        (_("What became of it"), {"fields": (("status", "status_on"),)}),
        (
            _("Publishing"),
            {"classes": ("collapse",), "fields": ("published_at", "published_by", "is_demo")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resolution]:
        return super().get_queryset(request).annotate(n=count_of(Resolution, "steps"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        if obj and obj.status_on:
            # Its steps were judged by these: a proclamation does not become a resolution.
            fields += ["council", "instrument"]
        return fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if obj is None:
            hint = _("Save it first; then record here what happened to it.")
            fieldsets[0] = (None, {**fieldsets[0][1], "description": hint})
        return fieldsets

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """A member chooses among the few organizations they belong to."""
        fields = [*super().get_autocomplete_fields(request)]
        if not self.has_publish_permission(request):
            fields.remove("champion")
        return fields

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        if db_field.name == "champion" and not self.has_publish_permission(request):
            return Organization.objects.filter(memberships__user=request.user.pk)
        return super().get_field_queryset(db, db_field, request)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not self.has_publish_permission(request) and "champion" in form.base_fields:
            form.base_fields["champion"].required = True
        return form

    @admin.display(description=_("title"), ordering="title")
    def called(self, resolution: Resolution) -> str:
        return resolution.name

    @admin.display(description=_("steps"), ordering="n")
    def step_count(self, resolution: Any) -> int:
        return resolution.n


class StepSourceInline(Parts, admin.StackedInline):
    """Where a step can be checked. Once it is verified, sources are added, not changed."""

    model = StepSource
    fields = (
        ("publisher", "title", "language"),
        ("url", "grade"),
        "archived_url",
        ("published_on", "published_precision", "read_on"),
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One to fill in where there is none: nothing is verified without a source."""
        return 0 if obj and obj.sources.exists() else 1

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and not (obj and obj.verified_at)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj and obj.verified_at)


class IsVerified(admin.SimpleListFilter):
    title = _("verified")
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Verified")), ("no", _("Waiting to be verified"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"yes", "no"}:
            return queryset.filter(verified_at__isnull=self.value() == "no")
        return queryset


@admin.register(Step)
class StepAdmin(PublicAdmin):
    """Steps as they came in: check each against its source, then verify it."""

    list_display = (
        "resolution",
        "kind",
        "on",
        "recorded_by",
        "recorded_at",
        "source_count",
        "is_verified",
    )
    list_filter = (IsVerified, "kind", "sources__grade")
    list_select_related = ("resolution__council", "recorded_by")
    search_fields = ("resolution__title", "resolution__council__name", "summary", "actor")
    search_help_text = _("Resolution, municipality, or words of the summary")
    actions = ("verify",)
    verbs = {"verify": _("Verify")}
    inlines = (StepSourceInline,)
    fields = (
        "resolution",
        ("kind", "on"),
        "actor",
        "summary",
        ("meeting", "meets_on"),
        ("mover", "seconder"),
        ("vote_method", "seats"),
        COUNTS,
        "video_url",
        ("recorded_at", "recorded_by"),
        ("verified_at", "checked"),
    )
    readonly_fields = (
        "resolution",
        "kind",
        "on",
        "actor",
        "summary",
        *DETAILS,
        "recorded_at",
        "recorded_by",
        "verified_at",
        "checked",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        theirs = Resolution.objects.editable_by(request.user)
        rows = super().get_queryset(request).filter(resolution__in=theirs)
        return rows.annotate(n=count_of(Step, "sources"))

    def has_verify_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("verify", request, obj)

    def offers(self, verb: str, obj: Any) -> bool:
        return obj.verified_at is None

    @admin.action(permissions=["verify"], description=_("Verify selected %(verbose_name_plural)s"))
    def verify(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        steps = Step.objects.filter(pk__in=queryset.order_by().values("pk"))

        def do() -> int:
            unverified = list(steps.filter(verified_at__isnull=True))
            self.note(request, unverified, _("Verified."))
            return steps.verify(by=person(request))

        return self.confirm(
            request,
            queryset,
            title=_("Verify?"),
            explanation=_(
                "You say by this that you read the source of each and found there what is "
                "recorded. From now on these count in totals."
            ),
            button=_("Yes, verified"),
            do=do,
            done=lambda n: ngettext("%(n)d verified.", "%(n)d verified.", n) % {"n": n},
        )

    @admin.display(description=_("verified by"))
    def checked(self, step: Step) -> Any:
        return verified_by(step)

    @admin.display(description=_("verified"), boolean=True, ordering="verified_at")
    def is_verified(self, step: Step) -> bool:
        return step.verified_at is not None

    @admin.display(description=_("sources"), ordering="n")
    def source_count(self, step: Any) -> int:
        return step.n
