from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    name = "recommendations"
    verbose_name = _("Recommendations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from accounts import letters, work
        from accounts.models import Organization
        from recommendations import digests, evidence, figures, following

        for signal in (post_save, post_delete):
            signal.connect(_renew_pages, sender=Organization, dispatch_uid="renew_pages")
        work.every_minute(figures.begin_the_year)
        work.every_minute(evidence.look_after)
        work.every_minute(following.forget)
        work.every_minute(digests.send_due)
        letters.know(
            "follow-",
            _("Letter that asks to confirm what somebody follows"),
            goes_first=True,
            no_such_address=following.nobody_there,
        )
        letters.know(
            "digest-",
            _("News of what somebody follows"),
            no_such_address=following.nobody_there,
        )
        letters.know("evidence-", _("What came of evidence somebody sent"))


def _renew_pages(sender: Any, **kwargs: Any) -> None:
    """Renew the pages that name an organization.

    ``accounts`` lies below page versions and can't move them itself: the one place where a signal
    does what ``PublicModel`` does elsewhere.
    """
    from recommendations.models import PageVersion

    PageVersion.objects.bump(["dialogues", "resolutions"])
