"""People, their roles, the organizations they act for; letters and tasks that came to nothing."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import letters, work, worker
from accounts.history_admin import WithHistory
from accounts.models import (
    FailedTask,
    Letter,
    LetterState,
    Membership,
    Organization,
    Role,
    User,
)
from accounts.ruled_admin import Parts, RuledAdmin, count_of


class RolesField(forms.ModelMultipleChoiceField):
    """The roles, by the names people know them by."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, group: Group) -> str:
        return str(Role(group.name).label)


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class MembershipInline(Parts, admin.StackedInline):
    """Who acts for an organization. Given by an administrator: it opens its resolutions."""

    model = Membership
    autocomplete_fields = ("user", "organization")

    def _allows(self, verb: str, request: HttpRequest, parent: Any) -> bool:
        return request.user.has_perm(f"accounts.{verb}_membership")


@admin.register(User)
class UserAdmin(RuledAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "name", "role_names", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "name", "organizations__name")
    search_help_text = _("Address, name or organization")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "is_superuser")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("email", "name", "password", "is_active")}),
        (_("What this person does here"), {"fields": ("groups",)}),
        (
            _("Dates"),
            {"classes": ("collapse",), "fields": ("last_login", "date_joined", "is_superuser")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
        (_("What this person does here"), {"fields": ("groups",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        names = {group.name for group in user.groups.all()}
        return ", ".join(str(role.label) for role in Role if role in names)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.name == "groups":
            return RolesField(
                Group.objects.filter(name__in=Role.values).order_by("name"),
                label=_("roles"),
                required=False,
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # The sign-in library keeps addresses of its own: an old one must not open the account.
        EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()


@admin.register(Organization)
class OrganizationAdmin(WithHistory, RuledAdmin):
    list_display = ("name", "abbreviation", "kind", "member_count", "resolution_count", "is_demo")
    list_filter = ("kind", "is_demo")
    search_fields = ("name", "abbreviation", "parent_name")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("is_demo",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "abbreviation", "parent_name", "kind")}),
        (_("About it"), {"fields": ("description", "website", "is_demo")}),
    )
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                members_n=count_of(Organization, "memberships"),
                resolutions_n=count_of(Organization, "resolutions"),
            )
        )

    @admin.display(description=_("members"), ordering="members_n")
    def member_count(self, organization: Any) -> int:
        return organization.members_n

    @admin.display(description=_("resolutions"), ordering="resolutions_n")
    def resolution_count(self, organization: Any) -> int:
        return organization.resolutions_n


class Undone(RuledAdmin):
    """What came to nothing: read, and tried again."""

    actions = ("retry",)
    title: Any

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": self.title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.allows("retry", request)


@admin.register(Letter)
class LetterAdmin(Undone):
    """Letters that were not sent, and why. To whom they go and what they say is shown to nobody:
    one may hold the link that opens an account or a participant's page.
    """

    title = _("Letters that were not sent")
    list_display = ("what", "state", "reason", "tries", "made_at", "next_try")
    list_filter = ("state",)
    search_fields = ("event",)
    search_help_text = _("Event")
    fields = ("what", "event", "state", "reason", "tries", "made_at", "next_try", "language")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        return Letter.objects.unsent()

    @admin.display(description=_("letter"), ordering="event")
    def what(self, letter: Letter) -> str:
        return str(letters.kind_of(letter.event).words)

    @admin.display(description=_("why it was not sent"))
    def reason(self, letter: Letter) -> str:
        return letters.why(letter)

    @admin.display(description=_("next try"), ordering="next_try_at")
    def next_try(self, letter: Letter) -> datetime | None:
        return letter.next_try_at if letter.state == LetterState.WAITING else None

    @admin.action(permissions=["retry"], description=_("Send again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        chosen = list(queryset)
        n = sum(letters.send_again(letter) for letter in chosen)
        if n:
            said = ngettext(
                "%(n)d letter goes out within a minute.",
                "%(n)d letters go out within a minute.",
                n,
            )
            self.message_user(request, said % {"n": n}, messages.SUCCESS)
        if left := len(chosen) - n:
            said = ngettext(
                "%(n)d letter can’t be sent again: it goes out by itself, or was taken back.",
                "%(n)d letters can’t be sent again: they go out by themselves, or were taken back.",
                left,
            )
            self.message_user(request, said % {"n": left}, messages.WARNING)


@admin.register(FailedTask)
class FailedTaskAdmin(Undone):
    """Tasks that were tried as often as they may be."""

    title = _("Tasks that were given up")
    list_display = ("what", "reason", "tries", "queued_at", "given_up_at")
    fields = ("what", "reason", "tries", "queued_at", "given_up_at", "places")

    @admin.display(description=_("task"), ordering="task_path")
    def what(self, task: FailedTask) -> str:
        return work.name_of(task.task_path)

    @admin.display(description=_("why it was given up"))
    def reason(self, task: FailedTask) -> str:
        return worker.why(task)

    @admin.display(description=_("tries"))
    def tries(self, task: FailedTask) -> int:
        return len(task.worker_ids)

    @admin.display(description=_("queued"), ordering="enqueued_at")
    def queued_at(self, task: FailedTask) -> datetime:
        return task.enqueued_at

    @admin.display(description=_("given up"), ordering="finished_at")
    def given_up_at(self, task: FailedTask) -> datetime | None:
        return task.finished_at

    @admin.display(description=_("where it went wrong"))
    def places(self, task: FailedTask) -> str:
        return task.traceback

    @admin.action(permissions=["retry"], description=_("Try again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[FailedTask]) -> None:
        n = sum(worker.try_again(task) for task in queryset)
        said = ngettext(
            "%(n)d task is tried again within a minute.",
            "%(n)d tasks are tried again within a minute.",
            n,
        )
        self.message_user(request, said % {"n": n}, messages.SUCCESS)
