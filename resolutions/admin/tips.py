"""Reports of what councils did: an editor looks at each, and says what becomes of it."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import letters
from accounts.ruled_admin import KeptChoices, RuledAdmin, person
from recommendations.fields import web_link
from recommendations.models import one_refresh
from resolutions import tips
from resolutions.models import Council, Grade, Resolution, StepNotPossible, Tip, TipState

ACCEPT, DECLINE, KNOWN = "accept", "decline", "known"


class ReviewForm(KeptChoices):
    """What is made of a report. What can’t be recorded is said beside the field it is about."""

    decision = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[
            (ACCEPT, _("Put it on record, as a step with this link as its source")),
            (KNOWN, _("It is on record already")),
            (DECLINE, _("Decline it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of it.")},
    )
    url = web_link(_("Link"))
    publisher = forms.CharField(label=_("source: publisher"), max_length=300, required=False)
    title = forms.CharField(label=_("source: title"), max_length=400, required=False)
    source_language = forms.ChoiceField(label=_("source: language"), choices=settings.LANGUAGES)
    grade = forms.ChoiceField(label=_("source: grade"), choices=Grade, initial=Grade.NEWS)
    is_new = forms.BooleanField(
        label=_("It is a new resolution, none of those on record for this council"),
        required=False,
    )
    verified = forms.BooleanField(
        label=_("I read the source and found there what is recorded"),
        required=False,
        help_text=_("Then it counts in totals. Otherwise it shows as reported, not verified."),
    )
    publish = forms.BooleanField(
        label=_("Make the resolution public, if it is not"), required=False, initial=True
    )

    by: Any  # set for each request by TipAdmin

    class Meta:
        model = Tip
        fields = ("council", "resolution", "instrument", "kind", "on", "url", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tip = self.instance
        if "publisher" in self.fields:
            self.initial.setdefault("publisher", urlsplit(tip.url).netloc.removeprefix("www."))
            self.initial.setdefault("source_language", tip.language)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        decision = data.get("decision")
        if decision == DECLINE and not data.get("reason"):
            self.add_error("reason", _("Say why: the sender reads it."))
        if decision == ACCEPT:
            self._check(data)
        return data

    def _check(self, data: dict[str, Any]) -> None:
        for name in ("publisher", "title"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Say this too, so that anyone can check the source."))
        council, resolution = data.get("council"), data.get("resolution")
        if resolution is None and council is None:
            self.add_error("council", _("Choose the council this is about."))
        elif resolution and council and resolution.council_id != council.pk:
            self.add_error("resolution", _("This is a resolution of another council."))
        elif resolution and data.get("is_new"):
            self.add_error(
                "is_new", _("A resolution is chosen: take it away, or leave this empty.")
            )
        elif council and not resolution and not data.get("is_new"):
            self._ask_which(council)
        if self.errors:
            return
        # Rehearsed, so that what is refused shows beside its field and nothing is half saved.
        try:
            with transaction.atomic():
                self.accept(link=None)
                transaction.set_rollback(True)
        except StepNotPossible as problem:
            self.add_error(problem.field if problem.field in self.fields else None, problem)
        except ValidationError as problem:
            self.add_error(None, problem)
        for field in ("council", "resolution"):
            if row := data.get(field):
                row.refresh_from_db()

    def _ask_which(self, council: Council) -> None:
        if Resolution.objects.filter(council=council).exists():
            self.add_error(
                "resolution",
                _(
                    "Resolutions of this council are on record: choose the one this is about, or"
                    " say below that it is a new one."
                ),
            )

    def accept(self, link: tips.Link | None) -> None:
        data = self.cleaned_data
        tips.accept(
            self.instance,
            by=self.by,
            council=data["council"],
            resolution=data["resolution"],
            instrument=data["instrument"],
            kind=data["kind"],
            on=data["on"],
            url=data["url"],
            publisher=data["publisher"],
            title=data["title"],
            language=data["source_language"],
            grade=data["grade"],
            verified=data["verified"],
            publish=data["publish"],
            reason=data["reason"],
            link=link,
        )

    def review(self, link: tips.Link) -> None:
        """Do what was decided."""
        data = self.cleaned_data
        if data["decision"] == ACCEPT:
            self.accept(link)
        elif data["decision"] == DECLINE:
            tips.decline(self.instance, by=self.by, reason=data["reason"], link=link)
        else:
            tips.known_already(
                self.instance,
                by=self.by,
                resolution=data["resolution"],
                reason=data["reason"],
                link=link,
            )


@admin.register(Tip)
class TipAdmin(RuledAdmin):
    """Reports as they came in. What was reviewed stays as it is."""

    form = ReviewForm
    list_display = (
        "where",
        "kind",
        "on",
        "page",
        "instrument",
        "times",
        "made_at",
        "state",
        "has_file",
    )
    list_filter = ("state", "kind", "instrument")
    list_select_related = ("council__jurisdiction",)
    search_fields = ("council__name", "place", "url")
    search_help_text = _("Municipality or link")
    autocomplete_fields = ("council", "resolution")
    ordering = ("-id",)
    actions = ("write",)
    readonly_fields = (
        "sent",
        "on_record",
        "beside",
        "words",
        "attachment",
        "is_written_to",
        "state",
        "reviewed_at",
        "reviewed_by",
        "step",
    )
    _as_sent = (
        None,
        {"fields": ("sent", "words", "attachment", "is_written_to", "beside", "on_record")},
    )
    _said = ("council", "resolution", "instrument", ("kind", "on"), "url")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tip]:
        return super().get_queryset(request).defer("file")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (not isinstance(obj, Tip) or obj.state == TipState.WAITING)

    def has_write_permission(self, request: HttpRequest) -> bool:
        return self.allows("change", request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            answer = ("state", "reason", ("reviewed_at", "reviewed_by"), "step")
            return (
                self._as_sent,
                (_("What happened"), {"fields": self._said}),
                (_("What became of it"), {"fields": answer}),
            )
        return (
            self._as_sent,
            (
                _("What happened"),
                {
                    "fields": (*self._said[:2], "is_new", *self._said[2:]),
                    "description": _(
                        "Put right here what the sender got wrong. Without a resolution, a new one"
                        " is made for the council; where there are some already, say that it is"
                        " new."
                    ),
                },
            ),
            (
                _("What becomes of it"),
                {
                    "fields": (
                        "decision",
                        ("publisher", "title"),
                        ("source_language", "grade"),
                        "verified",
                        "publish",
                        "reason",
                    )
                },
            ),
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.by = person(request)
        return form

    def save_model(self, request: HttpRequest, obj: Tip, form: Any, change: bool) -> None:
        """Keep what was put right, and do what was decided: in one transaction of the page."""
        tips.check_waiting(obj)
        obj.save(update_fields=[name for name in ReviewForm.Meta.fields if name != "resolution"])
        form.review(request.build_absolute_uri)
        if obj.email and not letters.sends_mail():
            said = _(
                "The review is kept, but this site sends no mail: the sender is not told. Choose"
                " the report in the list and write once it does."
            )
            self.message_user(request, said, messages.WARNING)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        try:
            # Writers of public things stand in line before they hold a row, as everywhere.
            with one_refresh():
                return super().changeform_view(request, *args, **kwargs)
        except ValidationError as problem:
            # Somebody else was faster, and nothing is written.
            self.message_user(request, " ".join(problem.messages), messages.WARNING)
            return redirect(reverse("admin:resolutions_tip_changelist"))

    def get_urls(self) -> list[Any]:
        file = self.admin_site.admin_view(self.file_view)
        here = path("<path:object_id>/file/", file, name="resolutions_tip_file")
        return [here, *super().get_urls()]

    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was attached, to be saved and not shown: a stranger sent it."""
        if not self.allows("view", request):
            raise PermissionDenied
        tip = Tip.objects.filter(pk=int(object_id) if object_id.isdecimal() else 0).first()
        if tip is None or not tip.file:
            raise Http404
        response = HttpResponse(bytes(tip.file), content_type=tip.file_type)
        response["Content-Disposition"] = f'attachment; filename="{tip.file_name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Cache-Control"] = "private, no-store"
        return response

    @admin.action(
        permissions=["write"], description=_("Write again to senders who got no letter yet")
    )
    def write(self, request: HttpRequest, queryset: QuerySet[Tip]) -> None:
        done = 0
        for tip in queryset.exclude(state=TipState.WAITING).exclude(email=""):
            try:
                tips.tell(tip, request.build_absolute_uri)
            except letters.NoMail as problem:
                self.message_user(request, " ".join(problem.messages), messages.WARNING)
                return
            done += 1
        words = ngettext(
            "%(n)d letter goes out within a minute.",
            "%(n)d letters go out within a minute.",
            done,
        ) % {"n": done}
        self.message_user(request, words, messages.SUCCESS)

    @admin.display(description=_("municipality"), ordering="council__name")
    def where(self, tip: Tip) -> str:
        return str(tip.council or tip.place)

    @admin.display(description=_("attachment"), boolean=True)
    def has_file(self, tip: Tip) -> bool:
        return bool(tip.file_name)

    @admin.display(description=_("link"), ordering="url")
    def page(self, tip: Tip) -> str:
        return format_html(
            '<a href="{}" rel="noreferrer">{}</a>', tip.url, Truncator(tip.url).chars(60)
        )

    @admin.display(description=_("other reports of the same, by their links"))
    def beside(self, tip: Tip) -> str:
        lines = (
            (
                reverse("admin:resolutions_tip_change", args=[row.pk]),
                row.url,
                row.get_state_display(),
            )
            for row in tips.beside(tip)
        )
        return format_html_join(", ", '<a href="{}">{}</a> ({})', lines) or "–"

    @admin.display(description=_("sent"))
    def sent(self, tip: Tip) -> str:
        place = "" if tip.council else tip.place
        return format_html(
            '{} · {} · <a href="{}" rel="noreferrer">{}</a>',
            place or tip.council,
            ngettext("sent once", "sent %(n)d times", tip.times) % {"n": tip.times},
            tip.url,
            tip.url,
        )

    @admin.display(description=_("on record for this council"))
    def on_record(self, tip: Tip) -> str:
        if tip.council is None:
            return "–"
        rows = Resolution.objects.filter(council=tip.council).select_related("council")
        lines = (
            (
                reverse("admin:resolutions_resolution_change", args=[row.pk]),
                row.name,
                row.get_status_display(),
            )
            for row in rows.newest_first()
        )
        return format_html_join(", ", '<a href="{}">{}</a> ({})', lines) or "–"

    @admin.display(description=_("attachment"))
    def attachment(self, tip: Tip) -> str:
        if not tip.file_name:
            return "–"
        link = reverse("admin:resolutions_tip_file", args=[tip.pk])
        return format_html('<a href="{}" download>{}</a>', link, tip.file_name)

    @admin.display(description=_("waits for a letter"), boolean=True)
    def is_written_to(self, tip: Tip) -> bool:
        return bool(tip.email)
