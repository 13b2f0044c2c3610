from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    name = "dialogues"
    verbose_name = _("Dialogues")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import letters, work
        from dialogues import commitments

        work.every_minute(commitments.send_due)
        letters.know("commitment-", _("Letter about a commitment"))
