from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResolutionsConfig(AppConfig):
    name = "resolutions"
    verbose_name = _("Resolutions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import letters
        from resolutions import copies

        owed, asked = _("Copy of a resolution"), _("Copy of a resolution somebody asked for")
        letters.know(copies.COPY, owed, given_up=copies.not_sent)
        letters.know(copies.ASKED, asked, given_up=copies.not_sent_as_asked)
        letters.know("tip-", _("What came of a report about a council"))
