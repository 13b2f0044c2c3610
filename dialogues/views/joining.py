"""What participants have on their phones: a code, a seat, and one thing to do at a time.

Everything works with plain forms; JavaScript (static/js/phone.js) sends the same to the same
addresses, as JSON. Whoever holds a seat holds a cookie that stands for it, and nothing else.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import joining, limits, live, saying, voting
from dialogues.capturing import Conflict, Said
from dialogues.forms.joining import ChangeForm, CodeForm, SayForm, SeatForm, VoteForm, say_form
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Channel,
    Contribution,
    ContributionKind,
    Participant,
    Room,
    Voted,
)
from dialogues.models.room import as_code, is_code

SEAT_LASTS = 2 * 86_400
# So many codes of one room a phone remembers, since a facilitator may change it meanwhile.
CODES = 4
NOBODY = uuid.UUID(int=0)


# ---- Who is at the door ----


@dataclass(slots=True)
class Door:
    """A room and the seat this phone has in it; ``lost`` where it holds a cookie for none."""

    room: Room
    seat: Participant | None
    lost: bool = False
    codes: list[str] = field(default_factory=list)

    def url(self, name: str, **kwargs: Any) -> str:
        return reverse(f"join:{name}", kwargs={"code": self.room.code, **kwargs})


class WrongCode(Exception):
    """There is no room with this code."""


def seat_cookie(dialogue_id: int) -> str:
    return f"w2i_seat_{dialogue_id}"


def _door(request: HttpRequest, code: str) -> Door:
    """The room with a code, or the one this phone came into by it before the code was changed.

    Raises:
        WrongCode: there is none.
        TooOften: too many wrong codes came from where this one does.
    """
    code = as_code(code)
    rooms = Room.objects.select_related("dialogue", "current")
    room = rooms.filter(code=code).first() if is_code(code) else None
    if room is None:
        room = rooms.filter(dialogue__in=_known_by(request, code)).first()
    if room is None:
        limits.wrong_code(request)
        raise WrongCode
    door = _at(request, room)
    if door.seat is None and not limits.is_signed(request, code):
        limits.may_type_a_code(request)
    return door


def _at(request: HttpRequest, room: Room) -> Door:
    kept = request.COOKIES.get(seat_cookie(room.dialogue_id), "")
    token, *codes = kept.split(".")
    seat = Participant.objects.of_token(token, "seat") if token else None
    if seat is not None and seat.dialogue_id != room.dialogue_id:
        seat = None
    if seat is not None:
        seat.dialogue = room.dialogue
    return Door(room, seat, lost=bool(token) and seat is None, codes=codes)


def _known_by(request: HttpRequest, code: str) -> list[int]:
    """The dialogues in which this phone has a seat it took under a code."""
    found = []
    for name, kept in request.COOKIES.items():
        _start, _prefix, dialogue = name.partition("w2i_seat_")
        token, *codes = kept.split(".")
        if dialogue.isdecimal() and len(dialogue) < 16 and code in codes:
            seat = Participant.objects.of_token(token, "seat")
            if seat is not None and seat.dialogue_id == int(dialogue):
                found.append(seat.dialogue_id)
    return found


def _remember(response: HttpResponse, door: Door, seat: Participant) -> None:
    """Give the phone its seat, with the codes it was found under."""
    codes = [code for code in door.codes if code != door.room.code and is_code(code)]
    response.set_cookie(
        seat_cookie(door.room.dialogue_id),
        ".".join([seat.token("seat"), *codes[1 - CODES :], door.room.code]),
        max_age=SEAT_LASTS,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )


_View = Callable[..., HttpResponse]


def in_a_room(view: _View) -> _View:
    """Give a view the door of the room whose code stands in its address."""

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        try:
            door = _door(request, code)
        except limits.TooOften as problem:
            return _no_room(request, code, problem, status=429)
        except WrongCode:
            return _no_room(request, code, _wrong_code(), status=404)
        return view(request, door, code, **kwargs)

    return never_cache(wrapped)


def sent(view: _View) -> _View:
    """For addresses that only take something: whoever opens one is led to the room."""

    @wraps(view)
    def wrapped(request: HttpRequest, door: Door, code: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseRedirect(door.url("room"))
        return view(request, door, code)

    return wrapped


def _wrong_code() -> ValidationError:
    return ValidationError(
        _("No room has this code. Look at the wall again: six letters and numbers.")
    )


def _no_room(
    request: HttpRequest, code: str, problem: ValidationError, *, status: int
) -> HttpResponse:
    if _speaks_json(request):
        return _answer_json(problem, status)
    form = CodeForm({"code": code[:40]})
    form.refuse("code", problem)
    # Words on their way into a room that isn't there any more are not taken from their maker.
    context = {"form": form, "text": _typed(request)}
    return _wait_a_little(render(request, "dialogues/join.html", context, status=status), problem)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\x00", "") if request.method == "POST" else ""


def _speaks_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or request.path.endswith(".json")


def _answer_json(problem: ValidationError, status: int, **more: Any) -> HttpResponse:
    error = {"ok": False, "error": " ".join(problem.messages), "code": _code(problem), **more}
    return _wait_a_little(JsonResponse(error, status=status), problem)


def _code(problem: ValidationError) -> str:
    return getattr(problem, "code", None) or ""


def _wait_a_little(response: HttpResponse, problem: ValidationError) -> HttpResponse:
    if isinstance(problem, limits.TooOften):
        response["Retry-After"] = str(problem.wait)
    return response


# ---- The code ----


@require_safe
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """One box for the code on the wall. It is sent by GET, so that it needs no cookie."""
    if "code" not in request.GET:
        return render(request, "dialogues/join.html", {"form": CodeForm()})
    form = CodeForm(request.GET)
    status = 200
    if form.is_valid():
        code = form.cleaned_data["code"]
        problem: ValidationError
        try:
            return HttpResponseRedirect(_door(request, code).url("room"))
        except limits.TooOften as error:
            problem, status = error, 429
        except WrongCode:
            problem = _wrong_code()
        form.add_error("code", problem)
        response = render(request, "dialogues/join.html", {"form": form}, status=status)
        return _wait_a_little(response, problem)
    return render(request, "dialogues/join.html", {"form": form})


# ---- The room ----


@in_a_room
def room(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """What is on now for those who have a seat; for others the way to one."""
    if as_code(code) != door.room.code:
        # It came by a code that was changed since.
        response: HttpResponse = HttpResponseRedirect(door.url("room"))
        if door.seat is not None:
            _remember(response, door, door.seat)
        return response
    if request.method == "POST":
        return _take_seat(request, door)
    if door.seat is None:
        return _welcome(request, door, SeatForm(dialogue=door.room.dialogue))
    return _now(request, door)


def _take_seat(request: HttpRequest, door: Door) -> HttpResponse:
    if door.seat is not None:
        return HttpResponseRedirect(door.url("room"))
    dialogue = door.room.dialogue
    form = SeatForm(request.POST, dialogue=dialogue)
    if not form.is_valid():
        return _welcome(request, door, form)
    try:
        limits.may_join(dialogue.pk)
        seat = joining.take_seat(
            dialogue,
            channel=Channel.PHONE,
            details={**form.details, "language": _language()},
            agreed=form.agreed,
        )
    except limits.TooOften as problem:
        form.add_error(None, problem)
        return _wait_a_little(_welcome(request, door, form, status=429), problem)
    except ValidationError as problem:
        form.add_error(None, problem)
        return _welcome(request, door, form, status=409)
    response = HttpResponseRedirect(door.url("room"))
    _remember(response, door, seat)
    return response


def _language() -> str:
    return (get_language() or "en")[:2]


def _welcome(
    request: HttpRequest, door: Door, form: SeatForm, *, status: int = 200, text: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "room": door.room,
        "dialogue": door.room.dialogue,
        "action": f"{door.url('room')}?{urlencode({'k': limits.signature(door.room.code)})}",
        "lost": door.lost,
        "text": text,
        "is_demo": door.room.dialogue.is_demo,
    }
    return render(request, "dialogues/join_welcome.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Unsent:
    """What could not be taken, with what its maker typed."""

    problem: ValidationError
    text: str = ""
    kind: str = ""
    item: str = ""
    key: str = ""
    score: str = ""

    @property
    def message(self) -> str:
        return " ".join(self.problem.messages)

    @property
    def may_be_late(self) -> bool:
        """Whether the facilitator may have it all the same."""
        return _code(self.problem) == "closed" and bool(self.text and self.kind)


def _now(
    request: HttpRequest, door: Door, *, unsent: Unsent | None = None, status: int = 200
) -> HttpResponse:
    """The page of somebody who has a seat. What was not taken is on it, whatever is on now."""
    seat, item = door.seat, door.room.current
    assert seat is not None  # noqa: S101 - its callers have looked
    said = list(saying.own(seat))
    say, scale, has_voted = None, None, False
    if item is not None and item.is_running:
        say = _say_form(request, item, said, unsent)
    if item is not None and item.kind == AgendaKind.SCALE:
        has_voted = Voted.objects.filter(item=item, participant=seat).exists()
        scale = _vote_form(unsent)
    # What was typed for something that is not on any more stands beside what is.
    is_shown = (say is not None and say.is_bound) or (scale is not None and scale.is_bound)
    kept = None if is_shown else unsent
    context = {
        "room": door.room,
        "dialogue": door.room.dialogue,
        "seat": seat,
        "item": item,
        "state": _state(door.room),
        "say": say,
        "kept": kept,
        "scale": scale,
        "has_voted": has_voted,
        "said": said,
        "received": _received(request, said),
        "prompts": [(kind, say_form(kind)) for kind in ContributionKind],
        "empty_scale": VoteForm(prefix="new"),
        "state_url": f"{door.url('room_state')}?k={limits.signature(door.room.code)}",
        "say_url": door.url("say"),
        "vote_url": door.url("vote"),
        "notes": _notes(),
        "note": _notes()[_where_to(item)],
        # Stands for a key in addresses that a script completes.
        "nobody": NOBODY,
        "form": say if say is not None and say.errors else scale,
        "is_demo": door.room.dialogue.is_demo,
    }
    return render(request, "dialogues/join_room.html", context, status=status)


def _notes() -> dict[str, str]:
    """Who sees first what is sent."""
    return {
        "held": _("The facilitator reads it before it is shown."),
        "wall": _("It is shown at once, unless it holds a link."),
        "silent": _("Nobody sees it until all are shown together."),
    }


def _where_to(item: AgendaItem | None) -> str:
    if item is not None and item.is_silent and item.revealed_at is None:
        return "silent"
    return "wall" if item is not None and item.posts_itself else "held"


def _say_form(
    request: HttpRequest, item: AgendaItem, said: Sequence[Contribution], unsent: Unsent | None
) -> SayForm | None:
    """The box for what is asked for now, or the one somebody chose; None where all is given."""
    if unsent is not None and unsent.item == str(item.pk) and unsent.kind in item.takes:
        typed = {"kind": unsent.kind, "round": unsent.item, "text": unsent.text}
        # A key that is none, or is somebody else's, would be refused again.
        typed["key"] = str(uuid.uuid4()) if _code(unsent.problem) == "key" else unsent.key
        form = say_form(ContributionKind(unsent.kind), item, typed=typed)
        form.refuse("text", unsent.problem)
        return form
    asked = request.GET.get("kind", "")
    kind = ContributionKind(asked) if asked in item.takes else saying.next_kind(item, said)
    return say_form(kind, item) if kind is not None else None


def _vote_form(unsent: Unsent | None) -> VoteForm:
    if unsent is None or unsent.kind or unsent.text:
        return VoteForm()
    form = VoteForm({"score": unsent.score})
    form.refuse("score", unsent.problem)
    return form


def _received(request: HttpRequest, said: Sequence[Contribution]) -> Contribution | None:
    """The statement that was just sent: shown as received because it is there."""
    key = request.GET.get("received", "")
    return next((one for one in said if key and str(one.key) == key), None)


# ---- What is on ----


@require_safe
def room_state(request: HttpRequest, code: str) -> HttpResponse:
    """What is on, the same for every phone of a room. Asked every other second by all of them."""
    stage = live.stage_by_code(code)
    code = as_code(code)
    if stage is None:
        return _state_by_old_code(request, code)
    if not limits.is_signed(request, code):
        try:
            limits.may_type_a_code(request)
        except limits.TooOften as problem:
            return _no_room(request, code, problem, status=429)
    return live.answer(request, stage, lambda: _state_of(code, stage))


def _state_of(code: str, stage: int) -> dict[str, Any]:
    """Made once for all phones that ask while this is on."""
    key = f"phones:{code}"
    kept: tuple[int, dict[str, Any]] | None = cache.get(key)
    if kept is not None and kept[0] == stage:
        return kept[1]
    room = Room.objects.select_related("dialogue", "current").filter(code=code).first()
    state = _state(room) if room is not None else {}
    # It may be newer than what it is kept under, never older.
    cache.set(key, (stage, state), 60)
    return state


def _state_by_old_code(request: HttpRequest, code: str) -> HttpResponse:
    try:
        door = _door(request, code)
    except limits.TooOften as problem:
        return _no_room(request, code, problem, status=429)
    except WrongCode:
        return _no_room(request, code, _wrong_code(), status=404)
    return live.answer(request, door.room.stage, lambda: _state(door.room))


def _state(room: Room) -> dict[str, Any]:
    """What every phone of a room may know. Nothing of anybody's seat."""
    item = room.current
    order = list(
        AgendaItem.objects.filter(dialogue=room.dialogue_id)
        .order_by("order", "id")
        .values_list("pk", flat=True)
    )
    shown: dict[str, Any] | None = None
    if item is not None:
        shown = {
            "id": item.pk,
            "kind": item.kind,
            "title": item.text,
            "question": room.dialogue.resonance_question or item.text,
            "takes": list(item.takes),
            "goes_on": item.kind in saying.GOES_ON,
            "words": item.word_limit,
            "number": order.index(item.pk) + 1 if item.pk in order else 0,
            "of": len(order),
            "is_open": item.is_running,
            "is_silent": item.is_silent,
            "is_revealed": item.revealed_at is not None,
            "posts_itself": item.posts_itself,
        }
    return {"item": shown, "is_open": room.is_open}


# ---- What is sent ----


class NotUnderstood(ValidationError):
    """What arrived is no form of ours."""

    def __init__(self) -> None:
        super().__init__(_("This could not be understood. Send it once more."), code="broken")


def _sent(request: HttpRequest) -> dict[str, str]:
    """The fields of a form or of a JSON object, as text.

    Raises:
        NotUnderstood: it is neither.
    """
    if not _speaks_json(request):
        return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        raise NotUnderstood from None
    if not isinstance(data, dict):
        raise NotUnderstood
    return {
        name: str(value).replace("\x00", "")
        for name, value in data.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def _status(problem: ValidationError) -> int:
    """What a phone does next hangs on it: 400 and 409 are never taken, 403 and 429 may be later."""
    codes = {"often": 429, "closed": 409, "kind": 409, "key": 409, "conflict": 409, "seat": 403}
    return codes.get(_code(problem), 400)


def _refused(request: HttpRequest, door: Door, unsent: Unsent) -> HttpResponse:
    """Say what is wrong; what was typed stays on the page."""
    problem, status = unsent.problem, _status(unsent.problem)
    if _speaks_json(request):
        return _answer_json(problem, status)
    if _code(problem) == "seat":
        return _seatless(request, door, unsent.text)
    return _wait_a_little(_now(request, door, unsent=unsent, status=status), problem)


def _seatless(request: HttpRequest, door: Door, text: str) -> HttpResponse:
    """Somebody sends without a seat: their words stay on the page that leads to one."""
    if _speaks_json(request):
        problem = ValidationError(_("This phone has no seat in the room. Join again."), code="seat")
        return _answer_json(problem, 403)
    door.lost = True
    form = SeatForm(dialogue=door.room.dialogue)
    return _welcome(request, door, form, status=403, text=text)


def _first(form: forms.Form) -> ValidationError:
    """The first thing wrong with a form that has no page of its own."""
    return next(iter(form.errors.as_data().values()))[0]


@in_a_room
@sent
def say(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """Take one statement. The answer comes after the database has it, never before."""
    if door.seat is None:
        return _seatless(request, door, _typed(request))
    data: dict[str, str] = {}
    try:
        data = _sent(request)
        form = SayForm(data)
        if not form.is_valid():
            raise _first(form)
        limits.may_say(door.seat.pk, door.room.dialogue_id)
        clean = form.cleaned_data
        statement = saying.say(
            door.seat,
            Said(clean["kind"], clean["text"], clean["key"], language=_language_said(door)),
            item_id=clean["round"],
            is_late=clean["late"],
            stage=door.room.stage,
        )
    except ValidationError as problem:
        text = data.get("text", "")
        known = {name: data.get(name, "")[:40] for name in ("kind", "key")}
        unsent = Unsent(problem, text, item=data.get("round", "")[:20], **known)
        return _refused(request, door, unsent)
    if _speaks_json(request):
        return JsonResponse(
            {
                "ok": True,
                "key": str(statement.key),
                "text": statement.text,
                "kind": statement.kind,
                "round": statement.round_id,
                "state": statement.state,
            }
        )
    return HttpResponseRedirect(f"{door.url('room')}?received={statement.key}")


def _language_said(door: Door) -> str:
    """The language of the page it was typed in, where the dialogue is held in it."""
    dialogue, language = door.room.dialogue, _language()
    return language if language in {dialogue.language, dialogue.also_in} else dialogue.language


@in_a_room
@sent
def vote(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """Count a number from 0 to 10, once. No answer ever repeats which."""
    if door.seat is None:
        return _seatless(request, door, "")
    data: dict[str, str] = {}
    try:
        data = _sent(request)
        form = VoteForm(data)
        if not form.is_valid():
            raise _first(form)
        limits.may_say(door.seat.pk, door.room.dialogue_id)
        item = _item(door, data.get("round", ""))
        is_new = voting.vote(item, door.seat, form.cleaned_data["score"])
    except ValidationError as problem:
        return _refused(request, door, Unsent(problem, score=data.get("score", "")[:10]))
    if _speaks_json(request):
        return JsonResponse({"ok": True, "already": not is_new})
    return HttpResponseRedirect(f"{door.url('room')}?counted={'now' if is_new else 'before'}")


def _item(door: Door, typed: str) -> AgendaItem:
    found = None
    if typed.isdecimal() and len(typed) < 16:
        found = AgendaItem.objects.filter(pk=int(typed), dialogue=door.room.dialogue_id).first()
    if found is None:
        raise ValidationError(_("The vote is closed."), code="closed")
    found.dialogue = door.room.dialogue
    return found


@in_a_room
def statement(request: HttpRequest, door: Door, code: str, key: uuid.UUID) -> HttpResponse:
    """Change one's own statement or take it back, while its round is open."""
    if door.seat is None:
        return _seatless(request, door, _typed(request))
    there = saying.own(door.seat).filter(key=key).first()
    if there is None:
        raise Http404(_("There is no such statement of yours."))
    if request.method != "POST":
        return _statement(request, door, there, ChangeForm.of(there))
    data: dict[str, str] = {}
    try:
        data = _sent(request)
        limits.may_say(door.seat.pk, door.room.dialogue_id)
        if data.get("action") == "take-back":
            saying.take_back(door.seat, key)
            return _done(request, f"{door.url('room')}?back={key}")
        form = ChangeForm(data)
        if not form.is_valid():
            raise _first(form)
        saying.change(
            door.seat, key, form.cleaned_data["text"], revision=form.cleaned_data["revision"]
        )
    except ValidationError as problem:
        status = 409 if isinstance(problem, Conflict) else _status(problem)
        if _speaks_json(request):
            theirs = {"theirs": problem.theirs.text} if isinstance(problem, Conflict) else {}
            return _answer_json(problem, status, **theirs)
        typed = ChangeForm.of(there, text=data.get("text", there.text))
        if isinstance(problem, Conflict):
            there = problem.theirs
            typed = ChangeForm.of(there, text=data.get("text", ""))
        typed.refuse("text", problem)
        response = _statement(
            request,
            door,
            there,
            typed,
            status=status,
            is_conflict=isinstance(problem, Conflict),
        )
        return _wait_a_little(response, problem)
    return _done(request, f"{door.url('room')}?received={key}")


def _done(request: HttpRequest, address: str) -> HttpResponse:
    return JsonResponse({"ok": True}) if _speaks_json(request) else HttpResponseRedirect(address)


def _statement(
    request: HttpRequest,
    door: Door,
    there: Contribution,
    form: ChangeForm,
    *,
    status: int = 200,
    is_conflict: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "statement": there,
        "is_open": saying.is_open(there),
        "room": door.room,
        "dialogue": door.room.dialogue,
        "seat": door.seat,
        "is_conflict": is_conflict,
        "is_demo": door.room.dialogue.is_demo,
    }
    return render(request, "dialogues/join_statement.html", context, status=status)


@in_a_room
@require_safe
def own(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """Lead to all that is recorded of oneself. No page of the room has that link: it is a key."""
    if door.seat is None:
        return HttpResponseRedirect(door.url("room"))
    return HttpResponseRedirect(reverse("join:said", args=[door.seat.token("said")]))


@in_a_room
@sent
def leave(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """Forget the seat on this phone. What was said stays."""
    response = HttpResponseRedirect(reverse("join:join"))
    response.delete_cookie(seat_cookie(door.room.dialogue_id), samesite="Lax")
    return response
