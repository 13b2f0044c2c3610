"""Evidence sent in, to be looked up: it is reviewed on the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.ruled_admin import RuledAdmin, count_of
from recommendations.models import Evidence


@admin.register(Evidence)
class EvidenceAdmin(RuledAdmin):
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
