from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    name = "dialogues"
    verbose_name = _("Dialogues")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import letters, work
        from dialogues import commitments

        work.called("dialogues.tasks.make_edition", _("Files of an edition"))
        work.called("dialogues.tasks.make_draft", _("File of a draft"))
        work.every_minute(commitments.send_due)
        letters.know("commitment-", _("Letter about a commitment"))
        letters.know("edition-", _("The report of a dialogue, for a participant"))
        letters.know("withdrawn-edition-", _("An edition that was withdrawn, for facilitators"))
        letters.know("invitation-", _("Invitation to help run a dialogue"))
        letters.know("said-", _("A participant’s private link"))
