"""How often somebody may ask: counters for the forms that need no account.

They live in the cache: where each process has its own, each counts for itself, and the limits are
as many times higher. They keep a flood out; they are no quota.
"""

import ipaddress
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from redis.exceptions import RedisError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so often in so many seconds."""

    name: str
    most: int
    seconds: int


class TooOften(ValidationError):
    """Come back in ``wait`` seconds."""

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message, code="often")
        self.wait = wait


def count(limit: Limit, who: object) -> int:
    """Count one more; says how many there are in this stretch of time."""
    key = _key(limit, who)
    cache.add(key, 0, limit.seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return 1


def is_too_often(limit: Limit, who: object) -> bool:
    """Count one more; says whether it is one too many. Where the counters are away it is not: for
    what is made then, not refused.
    """
    try:
        return count(limit, who) > limit.most
    except RedisError:
        return False


def so_far(limit: Limit, who: object) -> int:
    return int(cache.get(_key(limit, who), 0))


def _key(limit: Limit, who: object) -> str:
    return f"limit:{limit.name}:{who}:{int(time.time()) // limit.seconds}"


def wait(limit: Limit) -> int:
    """Seconds until counting begins again."""
    return limit.seconds - int(time.time()) % limit.seconds


def network(request: HttpRequest) -> str:
    """Where a request comes from. One line has more IPv6 addresses than anybody could count."""
    try:
        ip = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        return "unknown"
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(ip)
