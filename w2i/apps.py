from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class W2IConfig(AppConfig):
    """The project package: the pages that join several apps, and its commands."""

    name = "w2i"
    default = True
    verbose_name = _("The Will to Intervene")

    def ready(self) -> None:
        from dialogues.report import appendix
        from w2i.pages.appendix import model_resolution

        appendix.add(model_resolution)


class W2IAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "w2i.admin.W2IAdminSite"
