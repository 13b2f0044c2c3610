"""Admin of what shows in public: writes keep search and pages in step, publishing asks first."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.ruled_admin import RuledAdmin, person
from recommendations.models import one_refresh

SHOWN_BEFORE_CONFIRMING = 100


class NotDone(Exception):
    """Some of the chosen rows refused, so none of them was touched."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(*problems)
        self.problems = problems


class PublicAdmin(RuledAdmin):
    """A page of the admin that writes through the verbs of ``PublicModel``."""

    # Actions that also stand as buttons on a row's own page, with what the button says.
    verbs: dict[str, str | Promise] = {}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """What the person may change; of what they may only look up, what is public."""
        rows = super().get_queryset(request)
        if hasattr(rows, "editable_by"):
            return rows.editable_by(request.user)
        if hasattr(rows, "public") and not self.allows("change", request):
            return rows.public()
        return rows

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A row and its inlines are one change: entries and pages are refreshed once."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with one_refresh():
            return super().changeform_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Links to many are set after the row was saved.
        type(form.instance).changed([form.instance.pk])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        actions = self.get_actions(request) if obj else {}
        context["verbs"] = [
            {"name": name, "label": label}
            for name, label in self.verbs.items()
            if name in actions and self.offers(name, obj)
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def offers(self, verb: str, obj: Any) -> bool:
        """Whether a verb would change anything about this row."""
        return True

    def confirm(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        *,
        title: str | Promise,
        explanation: str | Promise,
        button: str | Promise,
        do: Callable[[], int],
        done: Callable[[int], str],
    ) -> HttpResponse | None:
        """Name what will happen and to which rows; after a yes, ``do`` it, whole or not at all."""
        total = queryset.count()
        if request.POST.get("confirmed") == str(total):
            try:
                with one_refresh():
                    count = do()
            except NotDone as refused:
                self.message_user(
                    request,
                    _("Nothing was changed. %(problems)s")
                    % {"problems": " ".join(refused.problems)},
                    messages.ERROR,
                )
            else:
                self.message_user(request, done(count), messages.SUCCESS)
            return None
        shown = list(queryset[:SHOWN_BEFORE_CONFIRMING])
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "explanation": explanation,
            "button": button,
            "action": request.POST.get("action", ""),
            "rows": shown,
            "total": total,
            "more": total - len(shown),
            "select_across": request.POST.get("select_across") == "1",
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "opts": self.opts,
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/confirm_action.html", context)

    def each(
        self, request: HttpRequest, rows: Sequence[Any], verb: str, act: Callable[[Any], None]
    ) -> int:
        """Do something to each row, with the right to do it; name every row that refuses.

        Raises:
            NotDone: at least one refused, and the transaction must not stand.
        """
        problems = []
        for row in rows:
            if not self.allows(verb, request, row):
                raise PermissionDenied
            try:
                act(row)
            except ValidationError as problem:
                problems.append(f"{row}: {' '.join(problem.messages)}")
        if problems:
            raise NotDone(problems)
        return len(rows)

    def note(self, request: HttpRequest, rows: Iterable[Model], what: str | Promise) -> None:
        """Write into the admin's log who did it."""
        LogEntry.objects.log_actions(person(request).pk, rows, CHANGE, change_message=str(what))


class IsPublic(admin.SimpleListFilter):
    title = _("published or draft")
    parameter_name = "public"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Published")), ("no", _("Drafts"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"yes", "no"}:
            return queryset.filter(published_at__isnull=self.value() == "no")
        return queryset


class PublishedAdmin(PublicAdmin):
    """Admin of what a person makes public at a moment."""

    actions: tuple[str, ...] = ("publish", "withdraw")
    verbs = {"publish": _("Publish"), "withdraw": _("Withdraw")}
    # Read-only from the moment the row is public.
    of_record: tuple[str, ...] = ()

    def has_publish_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows("publish", request, obj)

    def offers(self, verb: str, obj: Any) -> bool:
        return obj.is_public == (verb == "withdraw")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj), "published_at", "published_by"]
        if obj is not None and obj.is_public:
            fields += [name for name in self.of_record if name not in fields]
        return fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """An address that others may have linked to does not follow the title."""
        return {} if obj is not None else dict(super().get_prepopulated_fields(request, obj))

    @admin.display(description=_("public"), boolean=True, ordering="published_at")
    def shows(self, row: Any) -> bool:
        return row.is_public

    @admin.action(
        permissions=["publish"], description=_("Publish selected %(verbose_name_plural)s")
    )
    def publish(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        drafts = queryset.filter(published_at__isnull=True)

        def do() -> int:
            rows = list(drafts)
            count = self.each(request, rows, "publish", lambda row: row.publish(by=person(request)))
            self.note(request, rows, _("Published."))
            return count

        return self.confirm(
            request,
            queryset,
            title=_("Publish?"),
            explanation=_(
                "Everybody will see these at once: on their pages, in search, lists and feeds. "
                "What is already public stays as it is."
            ),
            button=_("Yes, publish"),
            do=do,
            done=lambda n: ngettext("%(n)d is now public.", "%(n)d are now public.", n) % {"n": n},
        )

    @admin.action(
        permissions=["publish"], description=_("Withdraw selected %(verbose_name_plural)s")
    )
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        public = queryset.filter(published_at__isnull=False)

        def do() -> int:
            rows = list(public)
            count = self.each(request, rows, "publish", lambda row: row.withdraw())
            self.note(request, rows, _("Withdrawn."))
            return count

        return self.confirm(
            request,
            queryset,
            title=_("Withdraw?"),
            explanation=_(
                "These will no longer be seen by the public: their pages will say “not found”, and "
                "search and lists leave them out. Nothing is deleted; you can publish them again."
            ),
            button=_("Yes, withdraw"),
            do=do,
            done=lambda n: (
                ngettext("%(n)d is no longer public.", "%(n)d are no longer public.", n) % {"n": n}
            ),
        )
