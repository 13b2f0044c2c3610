"""Dialogues and what was said in them: editors see all, facilitators their own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.history_admin import WithHistory
from accounts.models import User
from accounts.ruled_admin import KeptChoices, Parts, RuledAdmin, count_of, person
from dialogues import commitments, publishing, recalling
from dialogues.models import (
    AgendaItem,
    Answer,
    Commitment,
    CommitmentState,
    Contribution,
    ContributionKind,
    ContributionState,
    Convener,
    Dialogue,
    NextStep,
    Person,
    Room,
    Section,
)
from dialogues.models.contribution import WholeNotPosted
from recommendations.models import Recommendation, one_refresh
from recommendations.public_admin import (
    IsPublic,
    NotDone,
    PublicAdmin,
    PublishedAdmin,
)
from recommendations.sheets import Field, Known, KnownMany, ReadOnlyField, SheetResource, WithSheets


class OfRecord(Parts, admin.StackedInline):
    """Parts whose text stands as it is while the dialogue is public: to correct it, withdraw it."""

    of_record: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, *self.of_record) if obj and obj.is_public else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_public)


class ConvenerInline(OfRecord):
    model = Convener
    of_record = ("organization", "acknowledgement")
    fields = (("order", "organization"), "acknowledgement")
    autocomplete_fields = ("organization",)


class PersonInline(OfRecord):
    model = Person
    of_record = ("honorific", "name", "title", "affiliation", "part", "biography")
    fields = (
        ("order", "role", "attended"),
        ("honorific", "name"),
        ("title", "affiliation"),
        "part",
        "biography",
    )


class AgendaInline(OfRecord):
    model = AgendaItem
    of_record = ("text",)
    fields = (
        ("order", "kind", "minutes"),
        "text",
        "led_by",
        ("turn_seconds", "word_limit"),
        ("posts_itself", "is_silent", "shows_results"),
    )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Only the people of this dialogue can lead a part of it."""
        people = Person.objects.filter(dialogue=obj) if obj else Person.objects.none()

        def field_for(db_field: Any, **options: Any) -> Any:
            field = self.formfield_for_dbfield(db_field, request, **options)
            if isinstance(db_field, ManyToManyField) and field is not None:
                assert isinstance(field, ModelMultipleChoiceField)  # noqa: S101 - led_by
                field.queryset = people
                # One answer for all rows: each would ask for the same few people.
                field.choices = [(person.pk, str(person)) for person in people]
            return field

        return super().get_formset(request, obj, formfield_callback=field_for, **kwargs)


class SectionInline(OfRecord):
    """The texts of the report, in its order."""

    model = Section
    of_record = ("heading", "body", "source", "footnote")
    fields = (("order", "kind", "sector"), "heading", "body", "source", "footnote", "note")


class NextStepInline(OfRecord):
    """What is to be done afterwards: how it stands may be said while the dialogue is public."""

    model = NextStep
    of_record = ("text", "language")
    fields = (
        ("order", "language"),
        "text",
        "text_fr",
        ("owner", "owner_name"),
        ("due_on", "state", "state_on"),
        "word",
    )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Only the people of this dialogue can do it."""
        people = Person.objects.filter(dialogue=obj) if obj else Person.objects.none()

        def field_for(db_field: Any, **options: Any) -> Any:
            field: Any = self.formfield_for_dbfield(db_field, request, **options)
            if db_field.name == "owner" and field is not None:
                field.queryset = people
                # One answer for all rows: each would ask for the same few people.
                field.choices = [("", "–"), *((person.pk, str(person)) for person in people)]
            return field

        return super().get_formset(request, obj, formfield_callback=field_for, **kwargs)


@admin.register(Dialogue)
class DialogueAdmin(WithHistory, PublishedAdmin):
    list_display = ("title", "place", "on", "statement_count", "held_count", "shows", "is_demo")
    list_filter = (IsPublic, "on", "is_demo")
    search_fields = ("title", "place", "region", "venue", "subject")
    prepopulated_fields = {"slug": ("place", "on")}
    autocomplete_fields = ("report", "facilitators", "scribes")
    readonly_fields = ("is_demo",)
    of_record = ("language", "resonance_question")
    inlines = (ConvenerInline, PersonInline, AgendaInline, SectionInline, NextStepInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "slug",
                    ("on", "starts", "time_zone"),
                    ("place", "region", "country"),
                    "venue",
                )
            },
        ),
        (
            _("What it is about"),
            {
                "fields": (
                    "report",
                    "subject",
                    ("language", "also_in"),
                    "lead",
                    "lead_fr",
                    "participant_count",
                )
            },
        ),
        (_("Who runs it"), {"fields": ("facilitators", "scribes")}),
        (
            _("What participants are promised"),
            {"fields": ("attribution", "privacy_contact", ("check_back_until", "keep_until"))},
        ),
        (
            _("Resonance scale"),
            {"classes": ("collapse",), "fields": ("resonance_question", "resonance_note")},
        ),
        (
            _("Publishing"),
            {"classes": ("collapse",), "fields": ("published_at", "published_by", "is_demo")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dialogue]:
        return super().get_queryset(request).annotate(n=count_of(Dialogue, "contributions"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who runs a dialogue, an editor says; to a facilitator the names of others are private."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.has_perm("accounts.choose_user"):
            return fieldsets
        return [part for part in fieldsets if "facilitators" not in part[1]["fields"]]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        Room.objects.hears_of(dialogues=[form.instance.pk])
        if change and "attribution" in form.changed_data:
            with one_refresh():
                recalling.withdraw_laxer(form.instance)
        if not change and not request.user.has_perm("accounts.choose_user"):
            form.instance.facilitators.add(request.user)  # who plans it runs it

    @admin.action(
        permissions=["publish"], description=_("Publish selected %(verbose_name_plural)s")
    )
    def publish(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """As on the desk of its report: with the first edition, where there is none."""
        drafts = queryset.filter(published_at__isnull=True)

        def publish(dialogue: Dialogue) -> None:
            dialogue.publish(by=person(request))
            if not dialogue.editions.exists():
                publishing.publish(dialogue, by=person(request))

        def do() -> int:
            rows = list(drafts)
            count = self.each(request, rows, "publish", publish)
            self.note(request, rows, _("Published."))
            return count

        return self.confirm(
            request,
            queryset,
            title=_("Publish?"),
            explanation=_(
                "Everybody will see these at once: on their pages, in search, lists and feeds. Of"
                " those that have none yet, the first edition of the report is made, with its"
                " files. The desk of a report shows what to look at before. What is already public"
                " stays as it is."
            ),
            button=_("Yes, publish"),
            do=do,
            done=lambda n: ngettext("%(n)d is now public.", "%(n)d are now public.", n) % {"n": n},
        )

    @admin.display(description=_("statements"), ordering="n")
    def statement_count(self, dialogue: Any) -> int:
        return dialogue.n

    @admin.display(description=_("posted"))
    def held_count(self, dialogue: Dialogue) -> int:
        return sum(dialogue.counts.values())


class AnswerInline(Parts, admin.StackedInline):
    """Stands as it is while its question is public."""

    model = Answer

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ANSWER_OF_RECORD if obj and obj.is_public else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_public)

    fields = ("text", "language", "answered_by", "footnote")
    show_change_link = True


ANSWER_OF_RECORD = ("text", "language", "answered_by", "footnote")


class ContributionResource(SheetResource):
    """New statements come in held for review, and only into dialogues the person may change."""

    of_record = ("text", "kind", "language")

    dialogue = Field("dialogue", "dialogue", widget=Known(Dialogue.objects.all, "slug"))
    part_of = ReadOnlyField("part_of__code", "part_of")
    about = Field("about", "about", widget=KnownMany(Recommendation.objects.all, "code"))
    state = ReadOnlyField("state")
    posted_at = ReadOnlyField("posted_at")

    class Meta:
        model = Contribution
        import_id_fields = ("dialogue", "code")
        fields = (
            "dialogue",
            "code",
            "kind",
            "order",
            "part_of",
            "sector",
            "text",
            "language",
            "translation",
            "note",
            "about",
            "state",
            "posted_at",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    def __init__(self, *, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(user=user, **kwargs)
        if user is not None:
            self.fields["dialogue"].widget = Known(
                lambda: Dialogue.objects.editable_by(user), "slug"
            )
            self.fields["about"].widget = KnownMany(
                lambda: Recommendation.objects.visible_to(user), "code"
            )


@admin.register(Contribution)
class ContributionAdmin(WithSheets, WithHistory, PublicAdmin):
    resource_classes = (ContributionResource,)
    list_display = ("code", "kind", "beginning", "dialogue", "sector", "state", "about_count")
    list_display_links = ("code", "beginning")
    list_filter = (
        "state",
        "kind",
        "sector",
        ("dialogue", admin.RelatedOnlyFieldListFilter),
        "language",
    )
    list_select_related = ("dialogue",)
    search_fields = ("code", "text", "translation", "note")
    search_help_text = _("Number, or words of the statement")
    autocomplete_fields = ("dialogue", "part_of", "about")
    readonly_fields = ("state", "posted_at", "posted_by", "withdrawn_at", "withdrawn_by")
    actions = ("post", "withdraw")
    ordering = ("-id",)  # newest first: what waits for review, and any page at the same cost
    verbs = {"post": _("Post"), "withdraw": _("Withdraw")}
    inlines = (AnswerInline,)
    fieldsets = (
        (None, {"fields": ("dialogue", ("kind", "code", "order"), "text", "language")}),
        (_("What it is about"), {"fields": ("about", "sector", "part_of", "note")}),
        (_("Translation"), {"classes": ("collapse",), "fields": ("translation",)}),
        (
            _("Review"),
            {
                "fields": (
                    "state",
                    ("posted_at", "posted_by"),
                    ("withdrawn_at", "withdrawn_by"),
                )
            },
        ),
        (_("From the scan"), {"classes": ("collapse",), "fields": ("provenance",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contribution]:
        return super().get_queryset(request).annotate(n=count_of(Contribution, "about"))

    def for_export(self, rows: QuerySet) -> QuerySet:
        rows = rows.select_related("dialogue", "part_of").prefetch_related("about")
        return rows.order_by("dialogue__slug", "kind", "order", "id")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj and obj.kind == ContributionKind.QUESTION else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj)]
        if obj and Answer.objects.filter(contribution=obj).exists():
            fields.append("kind")  # an answer stays with a question
        if obj:
            fields.append("dialogue")  # its number belongs to that one
        if obj and obj.state == ContributionState.POSTED:
            # Words of record: to correct them, withdraw the statement first.
            fields += ["text", "code", "kind", "language"]
        return list(dict.fromkeys(fields))

    def has_post_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("post", request, obj)

    def offers(self, verb: str, obj: Any) -> bool:
        state = ContributionState.POSTED if verb == "post" else ContributionState.WITHDRAWN
        return obj.state != state

    @admin.action(permissions=["post"], description=_("Post selected %(verbose_name_plural)s"))
    def post(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self.confirm(
            request,
            queryset,
            title=_("Post?"),
            explanation=_(
                "These show to everybody as soon as their dialogue is public. "
                "What is already posted stays as it is."
            ),
            button=_("Yes, post"),
            do=lambda: self._post(request, queryset),
            done=lambda n: ngettext("%(n)d posted.", "%(n)d posted.", n) % {"n": n},
        )

    def _post(self, request: HttpRequest, queryset: QuerySet) -> int:
        try:
            return self._theirs(request, queryset).post(by=person(request))
        except WholeNotPosted as problem:
            raise NotDone(problem.messages) from None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        Room.objects.hears_of([form.instance.pk])

    @admin.action(permissions=["post"], description=_("Withdraw selected %(verbose_name_plural)s"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self.confirm(
            request,
            queryset,
            title=_("Withdraw?"),
            explanation=_(
                "These will no longer be seen by the public. Nothing is deleted; you can post "
                "them again."
            ),
            button=_("Yes, withdraw"),
            do=lambda: self._theirs(request, queryset).withdraw(by=person(request)),
            done=lambda n: ngettext("%(n)d withdrawn.", "%(n)d withdrawn.", n) % {"n": n},
        )

    def _theirs(self, request: HttpRequest, queryset: QuerySet) -> Any:
        """The chosen rows by their keys, all of which the person may change."""
        rows = Contribution.objects.filter(pk__in=queryset.order_by().values("pk"))
        if rows.count() != rows.editable_by(request.user).count():
            raise PermissionDenied
        ids = list(rows.values_list("pk", flat=True))
        # Its lines go and come with a statement.
        lines = Contribution.objects.filter(part_of__in=ids).values_list("pk", flat=True)
        Room.objects.hears_of([*ids, *lines])
        return rows

    @admin.display(description=_("text"), ordering="text")
    def beginning(self, contribution: Contribution) -> str:
        return Truncator(contribution.text).chars(90)

    @admin.display(description=_("about"), ordering="n")
    def about_count(self, contribution: Any) -> int:
        return contribution.n


@admin.register(Answer)
class AnswerAdmin(WithHistory, PublicAdmin):
    """Answers one by one, to search them and to see how they were changed."""

    list_display = ("beginning", "contribution", "answered_by", "language")
    list_select_related = ("contribution__dialogue",)
    search_fields = ("text", "answered_by", "contribution__code", "contribution__text")
    autocomplete_fields = ("contribution",)
    fields = ("contribution", "text", "language", "answered_by", "footnote")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        theirs = Contribution.objects.editable_by(request.user)
        return super().get_queryset(request).filter(contribution__in=theirs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj and obj.contribution.is_public:
            return ["contribution", *ANSWER_OF_RECORD]
        return ["contribution"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (
            obj and obj.contribution.is_public
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        Room.objects.hears_of([form.instance.contribution_id])

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        rows: Any = super().get_field_queryset(db, db_field, request)
        if isinstance(db_field, ForeignKey) and db_field.name == "contribution":
            return rows.filter(kind=ContributionKind.QUESTION)
        return rows

    @admin.display(description=_("answer"), ordering="text")
    def beginning(self, answer: Answer) -> str:
        return Truncator(answer.text).chars(90)


class ReviewForm(KeptChoices):
    """What becomes of a commitment somebody made in public."""

    # What the editor read of how it went: its maker may have written something else since.
    words = forms.CharField(required=False, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[
            (CommitmentState.SHOWN.value, _("Show it on the page of its recommendation")),
            (CommitmentState.DECLINED.value, _("Decline it, or take it from view")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of it.")},
    )

    class Meta:
        model = Commitment
        fields = ("reason",)
        help_texts = {
            "reason": _("Why it is declined. Its maker reads it; it is not public."),
            "name": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "words" in self.fields:
            self.initial["words"] = commitments.words_to_review(self.instance)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == CommitmentState.DECLINED and not data.get("reason"):
            self.add_error("reason", _("Say why: its maker reads it."))
        return data


class ToRead(admin.SimpleListFilter):
    """What waits for an editor: new commitments, and new words about how one went."""

    title = _("state")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Waiting for review"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=Commitment.objects.waiting().order_by().values("pk"))


@admin.register(Commitment)
class CommitmentAdmin(RuledAdmin):
    """Commitments made in public, to be read before they show. Addresses are shown to nobody."""

    form = ReviewForm
    list_display = ("beginning", "recommendation", "name", "state", "due_on", "made_at")
    list_filter = (ToRead, "state", "language", "due_on")
    list_select_related = ("recommendation",)
    search_fields = ("text", "name", "recommendation__code")
    search_help_text = _("Words of the commitment, the name, or the recommendation")
    ordering = ("-id",)
    actions = ("show",)
    readonly_fields = (
        "recommendation",
        "text",
        "language",
        "name",
        "due_on",
        "made_at",
        "state",
        "went",
        "reviewed_at",
        "reviewed_by",
    )
    fieldsets = (
        (
            None,
            {"fields": ("recommendation", "text", ("language", "name"), ("due_on", "made_at"))},
        ),
        (
            _("Review"),
            {
                "fields": (
                    "state",
                    "went",
                    ("reviewed_at", "reviewed_by"),
                    "decision",
                    ("reason", "words"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        """Those of dialogues are reviewed as statements; unconfirmed ones may be anybody's."""
        rows = super().get_queryset(request).filter(statement__isnull=True)
        return rows.exclude(state=CommitmentState.UNCONFIRMED)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What its maker took back is looked at, and stays so."""
        allowed = super().has_change_permission(request, obj)
        return allowed and not (
            isinstance(obj, Commitment) and obj.state == CommitmentState.WITHDRAWN
        )

    def has_review_permission(self, request: HttpRequest) -> bool:
        return self.allows("change", request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        seen = ("state", ("reviewed_at", "reviewed_by"), "reason")
        return (self.fieldsets[0], (_("Review"), {"fields": seen}))

    def save_model(self, request: HttpRequest, obj: Commitment, form: Any, change: bool) -> None:
        """Do what was decided; what the row says otherwise only its maker changes."""
        if form.cleaned_data["decision"] == CommitmentState.SHOWN:
            words = form.cleaned_data["words"]
            commitments.show(obj, by=person(request), words=words)
        else:
            commitments.decline(obj, by=person(request), reason=form.cleaned_data["reason"])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        try:
            # Writers of public things stand in line before they hold a row, as everywhere.
            with one_refresh():
                return super().changeform_view(request, *args, **kwargs)
        except ValidationError as problem:
            # Its maker was faster, and nothing is written.
            self.message_user(request, " ".join(problem.messages), messages.WARNING)
            return redirect(reverse("admin:dialogues_commitment_changelist"))

    @admin.action(permissions=["review"], description=_("Show selected %(verbose_name_plural)s"))
    def show(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> None:
        waiting = list(queryset.filter(state=CommitmentState.WAITING))
        with one_refresh():
            for row in waiting:
                commitments.show(row, by=person(request))
        n = len(waiting)
        words = ngettext("%(n)d is shown now.", "%(n)d are shown now.", n) % {"n": n}
        self.message_user(request, words, messages.SUCCESS if n else messages.WARNING)

    @admin.display(description=_("what became of it"))
    def went(self, commitment: Commitment) -> str:
        """Only what its maker wants to be shown."""
        return commitments.words_to_review(commitment) or commitment.outcome_words

    @admin.display(description=_("commitment"), ordering="text")
    def beginning(self, commitment: Commitment) -> str:
        return Truncator(commitment.text).chars(90)
