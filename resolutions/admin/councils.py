"""Where resolutions can be adopted: jurisdictions and councils."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.history_admin import WithHistory
from accounts.ruled_admin import count_of
from recommendations.public_admin import PublicAdmin
from recommendations.sheets import Field, Known, ReadOnlyField, SheetResource, WithSheets
from resolutions.models import (
    Council,
    Jurisdiction,
)


@admin.register(Jurisdiction)
class JurisdictionAdmin(WithHistory, PublicAdmin):
    list_display = ("code", "name_en", "name_fr", "kind", "parent", "council_count")
    list_filter = ("kind", ("parent", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("parent",)
    search_fields = ("code", "name_en", "name_fr")
    autocomplete_fields = ("parent",)
    fields = ("code", "name_en", "name_fr", "kind", "parent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Jurisdiction]:
        return super().get_queryset(request).annotate(n=count_of(Jurisdiction, "councils"))

    @admin.display(description=_("councils"), ordering="n")
    def council_count(self, jurisdiction: Any) -> int:
        return jurisdiction.n


class CouncilResource(SheetResource):
    jurisdiction = Field(
        "jurisdiction", "jurisdiction", widget=Known(Jurisdiction.objects.all, "code")
    )
    ocd_id = Field("ocd_id", "ocd_id", default=None)  # unique: none is None, never ""
    resolutions = ReadOnlyField("resolutions_n", "resolutions")

    class Meta:
        model = Council
        import_id_fields = ("slug",)
        fields = (
            "slug",
            "name",
            "kind",
            "jurisdiction",
            "population",
            "latitude",
            "longitude",
            "ocd_id",
            "website",
            "resolutions",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True


@admin.register(Council)
class CouncilAdmin(WithSheets, WithHistory, PublicAdmin):
    resource_classes = (CouncilResource,)
    list_display = ("name", "kind", "jurisdiction", "population", "resolution_count", "is_demo")
    list_filter = ("kind", ("jurisdiction", admin.RelatedOnlyFieldListFilter), "is_demo")
    list_select_related = ("jurisdiction",)
    search_fields = ("name", "slug", "ocd_id", "jurisdiction__name_en", "jurisdiction__name_fr")
    search_help_text = _("Municipality, province or state, or Open Civic Data id")
    autocomplete_fields = ("jurisdiction",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("is_demo",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "jurisdiction", "population", "website")}),
        (_("Where it is"), {"fields": (("latitude", "longitude"), "ocd_id", "is_demo")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Council]:
        rows = super().get_queryset(request).select_related("jurisdiction")
        return rows.annotate(resolutions_n=count_of(Council, "resolutions"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """An address that others may have linked to does not follow the name."""
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    @admin.display(description=_("resolutions"), ordering="resolutions_n")
    def resolution_count(self, council: Any) -> int:
        return council.resolutions_n
