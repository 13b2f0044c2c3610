"""The print set of a dialogue: cards, sign-in sheet, poster."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import cards, printing
from dialogues.forms.paper import MOST_CARDS, CardsForm, ReprintForm, SheetForm
from dialogues.models import Dialogue, Room


def _room(request: HttpRequest, slug: str) -> Room:
    """The room of a dialogue that this person runs; else 404."""
    dialogue = get_object_or_404(Dialogue.objects.run_by(request.user), slug=slug)
    room = Room.objects.of(dialogue)
    room.dialogue = dialogue
    return room


@never_cache
@login_required
@require_safe
def print_set(request: HttpRequest, slug: str) -> HttpResponse:
    """What to print for a dialogue, on which paper, in which language."""
    return _choices(request, _room(request, slug))


def _choices(
    request: HttpRequest,
    room: Room,
    *,
    new: CardsForm | None = None,
    again: ReprintForm | None = None,
    sheets: SheetForm | None = None,
) -> HttpResponse:
    wrong = [form for form in (new, again, sheets) if form and form.errors]
    context = {
        "dialogue": room.dialogue,
        "room": room,
        "new": new or CardsForm(room=room),
        "again": again or ReprintForm(room=room, auto_id="again_%s"),
        "sheets": sheets or SheetForm(dialogue=room.dialogue, auto_id="sheets_%s"),
        "form": wrong[0] if wrong else None,
        "runs": cards.runs_of(room),
        "is_demo": room.dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/print_set.html", context)


def _pdf(room: Room, name: str, content: bytes) -> HttpResponse:
    """A PDF, which the browser shows by itself."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{room.dialogue.slug}-{name}.pdf"'
    # The policy of our pages keeps the viewers of some browsers from showing it.
    response._csp_exempt = True  # type: ignore[attr-defined]
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def print_cards(request: HttpRequest, slug: str) -> HttpResponse:
    """Numbered cards. To post gives new ones their numbers; to get prints those there are.

    ``?kind=hope&from=1&to=30``, and the same again for other kinds.
    """
    room = _room(request, slug)
    if request.method == "POST":
        return _new_cards(request, room)
    asked = request.GET
    runs = list(zip(*(asked.getlist(name) for name in ("kind", "from", "to")), strict=False))
    common = {name: asked.get(name, "") for name in ("each", "paper", "language")}
    forms: list[ReprintForm] = []
    for kind, first, last in runs or [("", "", "")]:
        data = {"kind": kind, "from": first, "to": last, **common}
        form = ReprintForm(data, room=room, auto_id="again_%s")
        if form.is_valid() and sum(len(there.run) for there in [*forms, form]) > MOST_CARDS:
            form.refuse_so_many()
        if not form.is_valid():
            return _choices(request, room, again=form)
        forms.append(form)
    chosen = {name: forms[0].cleaned_data[name] for name in common}
    pdf = printing.cards_pdf(room.dialogue, [form.run for form in forms], **chosen)
    return _pdf(room, "cards", pdf)


def _new_cards(request: HttpRequest, room: Room) -> HttpResponse:
    form = CardsForm(request.POST, room=room)
    if form.is_valid():
        try:
            runs = cards.reserve(room.dialogue, form.counts, seen=form.cleaned_data["seen"])
        except ValidationError as problem:
            room.refresh_from_db()
            seen = sum(len(run) for run in cards.runs_of(room))
            form.data = dict(form.data.items()) | {"seen": str(seen)}
            form.add_error(None, problem)
        else:
            return _see_other(room, runs, form.cleaned_data)
    return _choices(request, room, new=form)


def _see_other(room: Room, runs: list[cards.Run], chosen: dict[str, Any]) -> HttpResponse:
    """The cards are got from an address of their own: to load it again takes no numbers."""
    query = [pair for run in runs for pair in zip(("kind", "from", "to"), _of(run), strict=True)]
    query += [(name, str(chosen[name])) for name in ("each", "paper", "language")]
    path = reverse("dialogues:print_cards", args=[room.dialogue.slug])
    return redirect(f"{path}?{urlencode(query)}")


def _of(run: cards.Run) -> tuple[str, str, str]:
    return run.kind.value, str(run.first), str(run.last)


@never_cache
@login_required
@require_safe
def print_sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet to sign in on, with consent."""
    room = _room(request, slug)
    form = SheetForm(request.GET, dialogue=room.dialogue, auto_id="sheets_%s")
    if not form.is_valid():
        return _choices(request, room, sheets=form)
    return _pdf(room, "sign-in", printing.sign_in_pdf(room.dialogue, **form.cleaned_data))


@never_cache
@login_required
@require_safe
def print_poster(request: HttpRequest, slug: str) -> HttpResponse:
    """A poster with the join code."""
    room = _room(request, slug)
    form = SheetForm(request.GET, dialogue=room.dialogue, auto_id="sheets_%s")
    if not form.is_valid():
        return _choices(request, room, sheets=form)
    site = request.build_absolute_uri("/").rstrip("/")
    return _pdf(room, "poster", printing.poster_pdf(room, site=site, **form.cleaned_data))
