"""The one admin site, opened by any role."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# In the order of real work; other packages' tables stay out.
APPS = ["recommendations", "dialogues", "resolutions", "accounts"]
# What people come for every day stands first; the rest by name.
EVERY_DAY = ["Recommendation", "ProgressUpdate", "Dialogue", "Contribution", "Resolution", "Step"]


class FindView(AutocompleteJsonView):
    """Suggestions while typing. An editor finds people to name, without seeing accounts."""

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.model_admin.model is User and request.user.has_perm("accounts.choose_user"):
            return True
        return super().has_perm(request, obj)


class W2IAdminSite(AdminSite):
    site_title = _("W2I administration")
    site_header = _("W2I administration")
    index_title = _("What would you like to work on?")
    login = method_decorator(secure_admin_login)(AdminSite.login)

    def register(
        self,
        model_or_iterable: Any,
        admin_class: type[ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        """Take in our own tables only: roles are made by a migration, addresses kept by sign-in."""
        models: list[type[Model]] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else [*model_or_iterable]
        )
        ours = [model for model in models if model._meta.app_label in APPS]
        super().register(ours, admin_class, **options)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        for app in apps:  # each by name already, and a sort keeps that
            app["models"].sort(key=lambda model: _rank(model["object_name"]))
        return sorted(apps, key=lambda app: APPS.index(app["app_label"]))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        answer = FindView.as_view(admin_site=self)(request)
        assert isinstance(answer, HttpResponse)  # noqa: S101 - as the base class has it
        return answer


def _rank(name: str) -> int:
    return EVERY_DAY.index(name) if name in EVERY_DAY else len(EVERY_DAY)
