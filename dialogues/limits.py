"""How often a seat, a room and an address may ask.

A whole room shares one address, so nothing anybody says is ever counted by address: only codes
that are wrong are.
"""

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.limits import Limit, TooOften, count, network, so_far, wait

# Of one seat: somebody whose phone was without a network sends all they wrote at once.
SAID = Limit("said", 30, 60)
SAID_IN_AN_HOUR = Limit("said-hour", 300, 3_600)
# Of one room: more than any hall says, less than stops the server for the other rooms.
ROOM = Limit("room", 10_000, 60)
JOINED = Limit("joined", 3_000, 60)
# Of one address: among the 113 million codes thirty a minute find none.
WRONG_CODES = Limit("wrong-codes", 30, 60)


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
    if count(WRONG_CODES, network(request)) > WRONG_CODES.most:
        raise _guessing()


def may_type_a_code(request: HttpRequest) -> None:
    """See whether a code typed by hand is looked at.

    Raises:
        TooOften: too many wrong ones came from there.
    """
    if so_far(WRONG_CODES, network(request)) > WRONG_CODES.most:
        raise _guessing()


def _guessing() -> TooOften:
    return TooOften(
        _(
            "Too many wrong codes came from this network. Wait a minute, or scan the QR code on"
            " the wall."
        ),
        wait(WRONG_CODES),
    )
