"""Where resolutions can be adopted: jurisdictions and councils."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from tablib import Dataset

from accounts.history_admin import WithHistory
from accounts.ruled_admin import KeptChoices, count_of, person
from recommendations.public_admin import PublicAdmin
from recommendations.sheets import Field, Known, ReadOnlyField, SheetResource, WithSheets
from resolutions import divisions
from resolutions.models import (
    Association,
    Council,
    CouncilKind,
    Jurisdiction,
    searchable,
)

# A list of divisions longer than this is brought in from the command line.
MOST_DIVISIONS = 2_000


@admin.register(Jurisdiction)
class JurisdictionAdmin(WithHistory, PublicAdmin):
    list_display = ("code", "name_en", "name_fr", "kind", "parent", "council_count")
    list_filter = ("kind", ("parent", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("parent",)
    search_fields = ("code", "name_en", "name_fr")
    autocomplete_fields = ("parent",)
    fieldsets = (
        (None, {"fields": ("code", ("name_en", "name_fr"), "kind", "parent")}),
        (
            _("Its head of government, as a text names the office"),
            {"fields": (("head_en", "head_fr"), ("head_short_en", "head_short_fr"))},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Jurisdiction]:
        return super().get_queryset(request).annotate(n=count_of(Jurisdiction, "councils"))

    @admin.display(description=_("councils"), ordering="n")
    def council_count(self, jurisdiction: Any) -> int:
        return jurisdiction.n


class AssociationForm(KeptChoices):
    """An association, with the kinds of council it is for as boxes to tick."""

    serves = forms.MultipleChoiceField(
        label=_("kinds of council"),
        choices=CouncilKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None for all."),
    )


@admin.register(Association)
class AssociationAdmin(WithHistory, PublicAdmin):
    form = AssociationForm
    list_display = ("name_en", "level", "jurisdiction", "parent", "deadline_shown", "checked_on")
    list_filter = ("level", ("jurisdiction", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("jurisdiction", "parent")
    search_fields = ("code", "name_en", "name_fr", "jurisdiction__name_en")
    autocomplete_fields = ("jurisdiction", "parent")
    fieldsets = (
        (None, {"fields": ("code", ("name_en", "name_fr"), ("takes_article", "article_fr"))}),
        (
            _("Whom it is for"),
            {"fields": ("level", "jurisdiction", "parent", "order", "serves", "website")},
        ),
        (
            _("What it asks of a resolution"),
            {
                "fields": (
                    ("deadline_month", "deadline_day"),
                    "most_recitals",
                    "rules_en",
                    "rules_fr",
                )
            },
        ),
        (_("Where that is said"), {"fields": ("source_url", "checked_on")}),
    )

    @admin.display(description=_("deadline"))
    def deadline_shown(self, association: Association) -> str:
        month, day = association.deadline_month, association.deadline_day
        return f"{month:02}-{day:02}" if month and day else ""


class CouncilResource(SheetResource):
    """Councils by their short address. A list of Open Civic Data is understood as well: its lines
    become the rows it would make or change.
    """

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
            "name_fr",
            "formal_name",
            "formal_name_fr",
            "council_name",
            "council_name_fr",
            "seats",
            "email",
            "data_source",
            "resolutions",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        headers = {str(header).strip() for header in dataset.headers or ()}
        if "slug" in headers or not headers >= divisions.HEADERS:
            return
        rows = [{name: str(value or "") for name, value in row.items()} for row in dataset.dict]
        dataset.wipe()
        if len(rows) > MOST_DIVISIONS:
            raise ValueError(
                gettext(
                    "This list has %(n)d lines, and %(most)d are taken here at once. Whoever runs "
                    "the site can bring it in whole: manage.py import_divisions."
                )
                % {"n": len(rows), "most": MOST_DIVISIONS}
            )
        merged = divisions.merge(rows)
        columns = ("slug", "name", "jurisdiction", *divisions.FIELDS)
        dataset.headers = list(columns)
        for council in (*merged.new, *merged.updated):
            cells = {name: getattr(council, name) for name in columns}
            dataset.append(
                [
                    str(value)
                    for value in {**cells, "jurisdiction": council.jurisdiction.code}.values()
                ]
            )


class IsConfirmed(admin.SimpleListFilter):
    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Confirmed")), ("no", _("Not confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"yes", "no"}:
            return queryset.filter(confirmed_at__isnull=self.value() == "no")
        return queryset


@admin.register(Council)
class CouncilAdmin(WithSheets, WithHistory, PublicAdmin):
    resource_classes = (CouncilResource,)
    actions = ("confirm_council",)
    verbs = {"confirm_council": _("Confirm")}
    list_display = (
        "name",
        "kind",
        "jurisdiction",
        "population",
        "resolution_count",
        "is_confirmed",
        "is_demo",
    )
    list_filter = (
        IsConfirmed,
        "kind",
        ("jurisdiction", admin.RelatedOnlyFieldListFilter),
        "is_demo",
    )
    list_select_related = ("jurisdiction",)
    search_fields = ("name", "slug", "ocd_id", "jurisdiction__name_en", "jurisdiction__name_fr")
    search_help_text = _("Municipality, province or state, or Open Civic Data id")
    autocomplete_fields = ("jurisdiction", "area_association")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("is_demo", "confirmed_at", "confirmed_by", "data_source")
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "jurisdiction", "population", "website")}),
        (
            _("What a text calls it"),
            {
                "description": _("Left empty, they are made of kind and name."),
                "fields": (
                    "name_fr",
                    ("formal_name", "formal_name_fr"),
                    ("council_name", "council_name_fr"),
                ),
            },
        ),
        (_("The council"), {"fields": ("seats", "email", "area_association")}),
        (_("Where it is"), {"fields": (("latitude", "longitude"), "ocd_id")}),
        (
            _("Whether somebody has looked"),
            {"fields": ("confirmed_at", "confirmed_by", "data_source", "is_demo")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Council]:
        rows = super().get_queryset(request).select_related("jurisdiction")
        return rows.annotate(resolutions_n=count_of(Council, "resolutions"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """An address that others may have linked to does not follow the name."""
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Whoever adds a council by hand says that it is one."""
        super().save_model(request, obj, form, change)
        if not change:
            obj.confirm(by=person(request))

    @admin.display(description=_("resolutions"), ordering="resolutions_n")
    def resolution_count(self, council: Any) -> int:
        return council.resolutions_n

    @admin.display(description=_("confirmed"), boolean=True, ordering="confirmed_at")
    def is_confirmed(self, council: Council) -> bool:
        return council.is_confirmed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """By name without its accents, too."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        if wanted := searchable(search_term):
            found = found | queryset.filter(search_name__contains=wanted)
        return found, distinct

    def has_confirm_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("confirm", request, obj)

    def offers(self, verb: str, obj: Any) -> bool:
        return not obj.is_confirmed

    @admin.action(permissions=["confirm"], description=_("Confirm selected councils"))
    def confirm_council(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        unconfirmed = queryset.filter(confirmed_at__isnull=True)

        def do() -> int:
            rows = list(unconfirmed)
            count = self.each(request, rows, "confirm", lambda row: row.confirm(by=person(request)))
            self.note(request, rows, _("Confirmed."))
            return count

        return self.confirm(
            request,
            queryset,
            title=_("Confirm?"),
            explanation=_(
                "You say that each of these is a municipality with a council of its own, and that "
                "its name and kind are right. Its page no longer says “not confirmed”, and the "
                "search finds it."
            ),
            button=_("Yes, confirm"),
            do=do,
            done=lambda n: (
                ngettext("%(n)d is now confirmed.", "%(n)d are now confirmed.", n) % {"n": n}
            ),
        )
