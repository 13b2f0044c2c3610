"""The console: running a dialogue, and taking down what is said in it.

The page itself is the same for everybody who may open it and holds nothing of the room, so that a
browser may keep it for when there is no network. What is in the room comes as JSON, and what is
sent is answered in JSON: 401 where nobody is signed in, so that the page keeps what was typed.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from dialogues import capturing, console_state, joining, live, running, voting
from dialogues.forms.console import (
    AnswerForm,
    CountsForm,
    DuplicateForm,
    GoOnForm,
    HoldForm,
    MergeForm,
    MinutesForm,
    MoveForm,
    NextForm,
    NothingForm,
    ReasonForm,
    ReviseForm,
    RoomForm,
    SayForm,
    SecondsForm,
    SortForm,
    SplitForm,
    UndoForm,
)
from dialogues.models import (
    SCORES,
    AgendaItem,
    Channel,
    Contribution,
    ContributionKind,
    Dialogue,
    Room,
    Sector,
    TallySource,
    Turn,
)
from dialogues.sorting import recommendations_offered
from recommendations.models import Recommendation

_P = ParamSpec("_P")
_F = TypeVar("_F", bound=Form)


# ---- The page, and what a browser keeps of it ----


@login_required
@never_cache
@require_safe
def console(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a dialogue is run, by those who run it and those who take down what is said."""
    dialogue = get_object_or_404(Dialogue.objects.taken_down_by(request.user), slug=slug)
    Room.objects.of(dialogue)
    context = {
        "dialogue": dialogue,
        "person": request.user.pk,
        "is_facilitator": dialogue.facilitators.filter(pk=request.user.pk).exists(),
        "may_read": Dialogue.objects.visible_to(request.user).filter(pk=dialogue.pk).exists(),
        "kinds": ContributionKind.choices,
        "sectors": Sector.choices,
        "scores": SCORES,
        "longest": capturing.LONGEST,
        "sources": [source for source in TallySource if source != TallySource.BALLOTS],
        "recommendations": recommendations_offered(dialogue),
        "place": reverse("dialogues:console", args=[slug]),
    }
    return render(request, "dialogues/console.html", context)


@never_cache
@require_safe
def console_worker(request: HttpRequest, slug: str) -> HttpResponse:
    """The service worker: it opens the console, and no other page, where there is no network.

    It is the same for every dialogue and holds nothing of any, so nobody has to be signed in.
    """
    context = {"place": reverse("dialogues:console", args=[slug])}
    return render(request, "dialogues/console_worker.js", context, content_type="text/javascript")


# ---- What is asked and sent as JSON ----


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose console it is, and of which dialogue."""

    user: User
    dialogue: Dialogue
    is_facilitator: bool


_Asked = Callable[Concatenate[HttpRequest, Desk, _P], dict[str, Any] | HttpResponse]
_View = Callable[Concatenate[HttpRequest, str, _P], HttpResponse]


def _problem(status: HTTPStatus, **errors: Sequence[str]) -> JsonResponse:
    return JsonResponse({"errors": errors}, status=status)


def _desk(*, facilitator: bool = False) -> Callable[[_Asked[_P]], _View[_P]]:
    """Let those of a dialogue's team ask or send something, and answer them in JSON."""

    def decorate(view: _Asked[_P]) -> _View[_P]:
        @never_cache
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, *args: _P.args, **kwargs: _P.kwargs) -> Any:
            if not request.user.is_authenticated:
                return _problem(
                    HTTPStatus.UNAUTHORIZED, all=[_("Sign in again. Nothing typed is lost.")]
                )
            if request.headers.get("X-Person", str(request.user.pk)) != str(request.user.pk):
                # What one person typed is not sent in the name of another.
                return _problem(
                    HTTPStatus.UNAUTHORIZED, all=[_("Somebody else is signed in by now.")]
                )
            facilitators = Dialogue.facilitators.through.objects.filter(
                dialogue=OuterRef("pk"), user=request.user.pk
            )
            dialogue = (
                Dialogue.objects.taken_down_by(request.user)
                .select_related("room")
                .annotate(is_theirs=Exists(facilitators))
                .filter(slug=slug)
                .first()
            )
            if dialogue is None:
                return _problem(HTTPStatus.NOT_FOUND, all=[_("There is no such dialogue.")])
            if not hasattr(dialogue, "room"):
                Room.objects.of(dialogue)
            desk = Desk(request.user, dialogue, getattr(dialogue, "is_theirs", False))
            if facilitator and not desk.is_facilitator:
                return _problem(HTTPStatus.FORBIDDEN, all=[_("Only facilitators can do this.")])
            try:
                answer = view(request, desk, *args, **kwargs)
            except capturing.Conflict as conflict:
                theirs = _statements(dialogue, conflict.theirs)
                data = {"errors": {"text": conflict.messages}, "statements": theirs}
                return JsonResponse(data, status=HTTPStatus.CONFLICT)
            except ValidationError as problem:
                return JsonResponse({"errors": _errors(problem)}, status=HTTPStatus.BAD_REQUEST)
            except Http404:
                return _problem(HTTPStatus.NOT_FOUND, all=[_("This is not here any more.")])
            return answer if isinstance(answer, HttpResponse) else JsonResponse(answer)

        return wrapped

    return decorate


def _errors(problem: ValidationError) -> dict[str, list[str]]:
    if hasattr(problem, "error_dict"):
        return {name.strip("_"): texts for name, texts in problem.message_dict.items()}
    return {"text": problem.messages}


def _cleaned(request: HttpRequest, form: type[_F]) -> _F:
    """The form of what was sent.

    Raises:
        ValidationError: it can't be read, or a field of it is wrong.
    """
    try:
        sent = json.loads(request.body or b"{}")
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise ValidationError({"all": [_("What was sent can’t be read.")]})
    cleaned = form({name: value for name, value in sent.items() if value is not None})
    if not cleaned.is_valid():
        raise ValidationError(cleaned.errors.as_data())
    return cleaned


def _statements(dialogue: Dialogue, *rows: Contribution) -> list[dict[str, Any]]:
    keys = [row.pk for row in rows]
    return console_state.statements(dialogue.contributions.filter(pk__in=keys))


@require_safe
@_desk()
def console_state_json(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What changed in the room since the version the console has."""
    room = desk.dialogue.room
    role = "f" if desk.is_facilitator else "s"
    return live.answer(
        request,
        room.version,
        lambda: console_state.state_of(
            desk.dialogue, room, since=live.since(request), with_names=desk.is_facilitator
        ),
        tag=f"-{role}-{get_language()}",
    )


@require_safe
@_desk()
def console_token(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """The token that lets the console send; another one after each sign-in."""
    return {"token": get_token(request)}


# ---- Taking down ----


@require_POST
@_desk()
def console_say(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Take a statement down. Sent twice, it is there once."""
    sent = _cleaned(request, SayForm).cleaned_data
    dialogue = desk.dialogue
    # A seat or round that was removed meanwhile is no reason to lose what was said.
    item: AgendaItem | None = dialogue.agenda.filter(pk=sent["item"]).first()
    turn = (
        Turn.objects.filter(pk=sent["turn"], item__dialogue=dialogue)
        .select_related("item", "participant")
        .first()
    )
    participant = turn.participant if turn else None
    if participant is None and sent["seat"]:
        participant = dialogue.participants.filter(seat=sent["seat"]).first()
    said = capturing.Said(sent["kind"], sent["text"], sent["key"], language=sent["language"])
    made = capturing.take_down(
        dialogue,
        said,
        channel=Channel.CONSOLE,
        by=desk.user,
        participant=participant,
        item=item or (turn.item if turn else None),
        turn=turn,
    )
    return {"statements": _statements(dialogue, made)}


@require_POST
@_desk()
def console_undo(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Take back what was just taken down, known by the key it was sent with."""
    key = _cleaned(request, UndoForm).cleaned_data["of"]
    statement = get_object_or_404(desk.dialogue.contributions, key=key)
    gone = capturing.withdraw(statement, by=desk.user, reason=_("taken back at once"))
    return {"statements": _statements(desk.dialogue, gone)}


# ---- One statement ----


def _other(statement: Contribution, typed: str) -> Contribution:
    """Another statement of its dialogue by its number; a number alone means one of its kind."""
    kind, _dash, number = "".join(typed.split()).rpartition("-")
    code = capturing.code_of(kind or statement.kind, int(number)) if number.isdecimal() else typed
    found = statement.dialogue.contributions.filter(code=code).first()
    if found is None:
        raise ValidationError(
            {"other": [_("There is no statement %(code)s here.") % {"code": typed}]}
        )
    return found


def _revise(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    return [capturing.revise(statement, **form.cleaned_data)]


def _move(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    return [capturing.move(statement, form.cleaned_data["kind"])]


def _split(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    sent = form.cleaned_data
    return [statement, *capturing.split(statement, sent["pieces"], keys=sent["keys"], by=by)]


def _merge(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    """Into the other one, which is above it: that keeps its number."""
    kept = _other(statement, form.cleaned_data["other"])
    return [capturing.merge(kept, statement, text=form.cleaned_data["text"], by=by), statement]


def _duplicate(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    kept = _other(statement, form.cleaned_data["other"])
    return [capturing.merge(kept, statement, text=None, by=by), statement]


def _sort(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    sent = {name: value for name, value in form.cleaned_data.items() if name in form.data}
    if "about" in sent:
        sent["about"] = _recommendations(sent["about"])
    with Room.objects.changing(statement.dialogue):
        if "themes" in sent:
            sent["themes"] = capturing.themes_named(statement.dialogue, sent["themes"])
        return [capturing.sort(statement, **sent)]


def _recommendations(codes: Sequence[str]) -> list[Recommendation]:
    asked = {code.upper() for code in codes}
    found = list(Recommendation.objects.public().filter(code__in=asked))
    if missing := sorted(asked - {recommendation.code for recommendation in found}):
        raise ValidationError(
            {"about": [_("There is no recommendation %(code)s.") % {"code": missing[0]}]}
        )
    return found


def _post(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    return [capturing.post(statement, by=by)]


def _hold(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    return [capturing.hold(statement, reason=form.cleaned_data["reason"] or _("set aside"))]


def _withdraw(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    reason = form.cleaned_data["reason"]
    if not reason:
        raise ValidationError({"reason": [_("Say in a few words why.")]})
    return [capturing.withdraw(statement, by=by, reason=reason)]


def _answer(statement: Contribution, form: Form, by: User) -> list[Contribution]:
    return [capturing.answer(statement, **form.cleaned_data)]


_Act = Callable[[Contribution, Any, User], list[Contribution]]
STATEMENT_VERBS: dict[str, tuple[type[Form], _Act]] = {
    "revise": (ReviseForm, _revise),
    "move": (MoveForm, _move),
    "split": (SplitForm, _split),
    "merge": (MergeForm, _merge),
    "duplicate": (DuplicateForm, _duplicate),
    "sort": (SortForm, _sort),
    "post": (NothingForm, _post),
    "hold": (ReasonForm, _hold),
    "withdraw": (ReasonForm, _withdraw),
    "answer": (AnswerForm, _answer),
}


@require_POST
@_desk()
def console_statement(request: HttpRequest, desk: Desk, pk: int, verb: str) -> dict[str, Any]:
    """Put a statement right, or sort it, post it, withdraw it: see ``STATEMENT_VERBS``."""
    if verb not in STATEMENT_VERBS:
        raise Http404
    statement = get_object_or_404(desk.dialogue.contributions, pk=pk)
    statement.dialogue = desk.dialogue
    form, act = STATEMENT_VERBS[verb]
    changed = act(statement, _cleaned(request, form), desk.user)
    return {"statements": _statements(desk.dialogue, *changed)}


# ---- The agenda, and who speaks ----


ITEM_VERBS = ("start", "pause", "extend", "end", "reveal")


@require_POST
@_desk(facilitator=True)
def console_item(request: HttpRequest, desk: Desk, pk: int, verb: str) -> dict[str, Any]:
    """Start an item of the agenda, stop its clock, lengthen it, end it, or show what it hid."""
    if verb not in ITEM_VERBS:
        raise Http404
    item = get_object_or_404(AgendaItem.objects.filter(dialogue=desk.dialogue), pk=pk)
    item.dialogue = desk.dialogue
    if verb == "start":
        running.start(item, by=desk.user)
    elif verb == "pause":
        running.pause(item)
    elif verb == "extend":
        running.extend(item, _cleaned(request, MinutesForm).cleaned_data["minutes"])
    elif verb == "end":
        running.end(item)
    else:
        capturing.reveal(item, by=desk.user)
    return {}


@require_POST
@_desk(facilitator=True)
def console_go_on(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Start what comes next, unless somebody has done so meanwhile."""
    after = _cleaned(request, GoOnForm).cleaned_data["after"]
    with Room.objects.changing(desk.dialogue) as room:
        if room.current_id == after:
            running.go_on(room.dialogue, by=desk.user)
    return {}


@require_POST
@_desk()
def console_next(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Call the next speaker, or the one that is named."""
    sent = _cleaned(request, NextForm).cleaned_data
    item = get_object_or_404(AgendaItem.objects.filter(dialogue=desk.dialogue), pk=sent["item"])
    item.dialogue = desk.dialogue
    participant = None
    if sent["seat"]:
        participant = get_object_or_404(desk.dialogue.participants, seat=sent["seat"])
    at = timezone.now() - timedelta(seconds=sent["ago"] or 0)
    running.call(item, participant, after=sent["after"], at=at)
    return _turns(item)


def _turns(item: AgendaItem) -> dict[str, Any]:
    """The queue after a change, with a version of the room from which on it was like that.

    An answer of ``console_state_json`` of an earlier version may arrive after this one.
    """
    version = live.version_of(item.dialogue_id)
    turns = item.turns.select_related("participant").order_by("order", "id")
    found = console_state.turns_of(item, turns, timezone.now())
    return {"item": item.pk, "turns": found, "version": version}


TURN_VERBS = ("skip", "back", "extend")


@require_POST
@_desk()
def console_turn(request: HttpRequest, desk: Desk, pk: int, verb: str) -> dict[str, Any]:
    """Pass a speaker over, let them come back, or give them more time."""
    if verb not in TURN_VERBS:
        raise Http404
    turns = Turn.objects.filter(item__dialogue=desk.dialogue).select_related("item__dialogue")
    turn = get_object_or_404(turns, pk=pk)
    if verb == "skip":
        running.skip(turn)
    elif verb == "back":
        running.come_back(turn)
    else:
        running.extend_turn(turn, _cleaned(request, SecondsForm).cleaned_data["seconds"])
    return _turns(turn.item)


# ---- Counts, the room, its seats ----


@require_POST
@_desk()
def console_counts(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Write down a show of hands, or slips of paper, beside the ballots."""
    form = _cleaned(request, CountsForm)
    item = get_object_or_404(
        AgendaItem.objects.filter(dialogue=desk.dialogue), pk=form.cleaned_data["item"]
    )
    item.dialogue = desk.dialogue
    voting.enter_counts(item, form.cleaned_data["source"], form.counts())
    return {}


@require_POST
@_desk(facilitator=True)
def console_room(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """Open or close joining by phone, or change the join code."""
    action = _cleaned(request, RoomForm).cleaned_data["action"]
    if action == "code":
        room = running.change_code(desk.dialogue)
    else:
        room = running.open_joining(desk.dialogue, action == "open")
    return {"room": {"code": room.code, "isOpen": room.is_open}}


@require_POST
@_desk(facilitator=True)
def console_seat(request: HttpRequest, desk: Desk, seat: int) -> dict[str, Any]:
    """Let what a seat sends wait for review from now on, or no longer."""
    participant = get_object_or_404(desk.dialogue.participants, seat=seat)
    participant.dialogue = desk.dialogue
    joining.hold_seat(participant, _cleaned(request, HoldForm).cleaned_data["is_held"])
    return {}
