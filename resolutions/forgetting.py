"""What is kept no longer: addresses of those who asked for a copy or reported something, and files
that came with reports.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import MemberInvitation
from resolutions.models import CopyRequest, Delivery, Tip

# So long a second letter to the same address is refused, and a tip may wait for its answer.
KEPT_FOR = timedelta(days=180)
_NOBODY = "@forgotten.invalid"
NO_FILE: dict[str, Any] = {"file": None, "file_name": "", "file_type": ""}


def old_requests(now: datetime | None = None) -> "QuerySet[CopyRequest]":
    """Requests for a copy whose address has done its work."""
    before = (now or timezone.now()) - KEPT_FOR
    return CopyRequest.objects.filter(made_at__lt=before).exclude(email__endswith=_NOBODY)


def old_tips(now: datetime | None = None) -> "QuerySet[Tip]":
    """Reports whose sender’s address is still kept, though nobody has written to it."""
    return Tip.objects.filter(made_at__lt=(now or timezone.now()) - KEPT_FOR).exclude(email="")


def old_files(now: datetime | None = None) -> "QuerySet[Tip]":
    """Reports whose attachment is still kept, though it was looked at or nobody will."""
    before = (now or timezone.now()) - KEPT_FOR
    return Tip.objects.filter(made_at__lt=before, file__isnull=False)


def _requests_of(email: str) -> "QuerySet[CopyRequest]":
    return CopyRequest.objects.filter(email__iexact=email.strip())


def _tips_of(email: str) -> "QuerySet[Tip]":
    return Tip.objects.filter(email__iexact=email.strip())


def _invitations_of(email: str) -> "QuerySet[MemberInvitation]":
    return MemberInvitation.objects.filter(email__iexact=email.strip())


def _copies_to(email: str) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(email__iexact=email.strip())


def kept_of(email: str) -> int:
    """In how many requests, reports, invitations of members and copies an address is kept."""
    found = (_requests_of(email), _tips_of(email), _invitations_of(email), _copies_to(email))
    return sum(rows.count() for rows in found)


def forget_address(email: str) -> None:
    """Erase an address at the wish of whoever it belongs to. The rest stays, but an invitation of
    a member, which is nothing without it; a membership is its account's.
    """
    _requests_of(email).update(email=_nobody())
    _tips_of(email).update(email="")
    _invitations_of(email).delete()
    _copies_to(email).update(email="")


def forget() -> tuple[int, int, int]:
    """Erase what is too old; says of how many requests and reports, and how many files. The rest
    of them stays.
    """
    requests, tips = old_requests().update(email=_nobody()), old_tips().update(email="")
    return requests, tips, old_files().update(**NO_FILE)


def _nobody() -> Concat:
    """An address nobody has, for each row another."""
    return Concat(Value("request-"), Cast("pk", CharField()), Value(_NOBODY))
