"""How often a seat, a room and an address may ask.

A whole room shares one address, so nothing anybody says is ever counted by address: only codes
that are wrong are. Counters live in the cache: where each process has its own, each counts for
itself, and the limits are as many times higher. They keep a flood out; they are no quota.
"""

import ipaddress
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so often in so many seconds."""

    name: str
    most: int
    seconds: int


# Of one seat: somebody whose phone was without a network sends all they wrote at once.
SAID = Limit("said", 30, 60)
SAID_IN_AN_HOUR = Limit("said-hour", 300, 3_600)
# Of one room: more than any hall says, less than stops the server for the other rooms.
ROOM = Limit("room", 10_000, 60)
JOINED = Limit("joined", 3_000, 60)
# Of one address: among the 113 million codes thirty a minute find none.
WRONG_CODES = Limit("wrong-codes", 30, 60)


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


def so_far(limit: Limit, who: object) -> int:
    return int(cache.get(_key(limit, who), 0))


def _key(limit: Limit, who: object) -> str:
    return f"limit:{limit.name}:{who}:{int(time.time()) // limit.seconds}"


def wait(limit: Limit) -> int:
    """Seconds until counting begins again."""
    return limit.seconds - int(time.time()) % limit.seconds


def may_say(participant_id: int, dialogue_id: int) -> None:
    """Count something sent from a seat: a statement, a change of one, a vote.

    Raises:
        TooOften: it was one too many.
    """
    for limit, who in (
        (SAID, participant_id),
        (SAID_IN_AN_HOUR, participant_id),
        (ROOM, dialogue_id),
    ):
        if count(limit, who) > limit.most:
            raise TooOften(
                _("That was a lot at once. Wait a minute, then send it again."), wait(limit)
            )


def may_join(dialogue_id: int) -> None:
    """Count somebody who takes a seat.

    Raises:
        TooOften: more people come in than a hall holds.
    """
    if count(JOINED, dialogue_id) > JOINED.most:
        raise TooOften(
            _("Many people are joining at once. Wait a minute, then try again."), wait(JOINED)
        )


# ---- Codes ----


def signature(code: str) -> str:
    """What a link carries so that it opens the room however many codes were guessed nearby.

    Short, since it makes a QR code denser; it opens nothing by itself.
    """
    return salted_hmac("dialogues.join", code, algorithm="sha256").hexdigest()[:16]


def is_signed(request: HttpRequest, code: str) -> bool:
    asked = request.GET.get("k", "")
    return bool(asked) and constant_time_compare(asked, signature(code))


def wrong_code(request: HttpRequest) -> None:
    """Count a code that opens no room.

    Raises:
        TooOften: so many look like guessing.
    """
    if count(WRONG_CODES, _network(request)) > WRONG_CODES.most:
        raise _guessing()


def may_type_a_code(request: HttpRequest) -> None:
    """See whether a code typed by hand is looked at.

    Raises:
        TooOften: too many wrong ones came from there.
    """
    if so_far(WRONG_CODES, _network(request)) > WRONG_CODES.most:
        raise _guessing()


def _guessing() -> TooOften:
    return TooOften(
        _(
            "Too many wrong codes came from this network. Wait a minute, or scan the QR code on"
            " the wall."
        ),
        wait(WRONG_CODES),
    )


def _network(request: HttpRequest) -> str:
    """Where a request comes from. One line has more IPv6 addresses than anybody could count."""
    try:
        ip = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        return "unknown"
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(ip)
