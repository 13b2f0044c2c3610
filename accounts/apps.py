from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import letters, work, worker

        work.every_minute(letters.queue_the_forgotten)
        work.every_minute(worker.prune)
        work.called("accounts.tasks.send_letter", _("Send a letter"))
        about = _("Letter about an account, such as a new password")
        letters.know("account-", about, goes_first=True)
        letters.know("member-", _("Invitation to act for an organization"))
