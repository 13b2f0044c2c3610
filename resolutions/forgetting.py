"""Addresses kept no longer: of those who asked for a copy, or reported something."""

from datetime import datetime, timedelta

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from resolutions.models import CopyRequest, Tip

# So long a second letter to the same address is refused, and a tip may wait for its answer.
KEPT_FOR = timedelta(days=180)
_NOBODY = "@forgotten.invalid"


def old_requests(now: datetime | None = None) -> "QuerySet[CopyRequest]":
    """Requests for a copy whose address has done its work."""
    before = (now or timezone.now()) - KEPT_FOR
    return CopyRequest.objects.filter(made_at__lt=before).exclude(email__endswith=_NOBODY)


def old_tips(now: datetime | None = None) -> "QuerySet[Tip]":
    """Reports whose sender’s address is still kept, though nobody has written to it."""
    return Tip.objects.filter(made_at__lt=(now or timezone.now()) - KEPT_FOR).exclude(email="")


def _requests_of(email: str) -> "QuerySet[CopyRequest]":
    return CopyRequest.objects.filter(email__iexact=email.strip())


def _tips_of(email: str) -> "QuerySet[Tip]":
    return Tip.objects.filter(email__iexact=email.strip())


def kept_of(email: str) -> int:
    """In how many requests and reports an address is kept."""
    return _requests_of(email).count() + _tips_of(email).count()


def forget_address(email: str) -> None:
    """Erase an address at the wish of whoever it belongs to. The rest stays."""
    _requests_of(email).update(email=_nobody())
    _tips_of(email).update(email="")


def forget() -> tuple[int, int]:
    """Erase what is too old; says of how many requests and reports. The rest of them stays."""
    return old_requests().update(email=_nobody()), old_tips().update(email="")


def _nobody() -> Concat:
    """An address nobody has, for each row another."""
    return Concat(Value("request-"), Cast("pk", CharField()), Value(_NOBODY))
