"""Typing in what was written on paper cards, and comparing it with them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogues import capturing, cards
from dialogues.forms.paper import CardForm, CompareForm
from dialogues.models import Channel, Contribution, ContributionKind, Dialogue, Room
from recommendations.paging import page_of

NEWEST = 8  # of those typed last
PER_PAGE = 20


def _room(request: HttpRequest, slug: str) -> Room:
    """The room of a dialogue in which this person takes down what is said; else 404."""
    dialogue = get_object_or_404(Dialogue.objects.taken_down_by(request.user), slug=slug)
    room = Room.objects.of(dialogue)
    room.dialogue = dialogue
    return room


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def card_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Type paper cards in, one after another, in any order."""
    room = _room(request, slug)
    if request.method == "POST":
        form = CardForm(request.POST, room=room)
        if form.is_valid() and (card := _take_down(form, request.user)):
            messages.success(request, _saved(form, card))
            here = reverse("dialogues:card_entry", args=[slug])
            return redirect(f"{here}?kind={card.kind}")
    else:
        form = CardForm(initial={"kind": _kind(request, room)}, room=room)
    typed = room.dialogue.contributions.filter(channel=Channel.PAPER)
    context = {
        "dialogue": room.dialogue,
        "form": form,
        "progress": cards.progress(room),
        "newest": typed.select_related("participant").order_by("-pk")[:NEWEST],
        "is_demo": room.dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/card_entry.html", context)


def _kind(request: HttpRequest, room: Room) -> str:
    """The kind of the card before; of the first printed one at the beginning."""
    asked = request.GET.get("kind", "")
    runs = cards.runs_of(room)
    if asked in ContributionKind.values:
        return asked
    return runs[0].kind if runs else ContributionKind.HOPE


def _take_down(form: CardForm, by: Any) -> Contribution | None:
    """Save a card; None, with the form saying why, where it can't be."""
    said = form.said
    try:
        card = capturing.take_down(
            form.room.dialogue,
            said,
            channel=Channel.PAPER,
            by=by,
            participant=form.participant,
        )
    except ValidationError as problem:
        form.refuse(problem)
        return None
    # The key was used before: by this very card, sent twice, or by another one from a page that
    # somebody went back to.
    is_same = (
        card.kind == said.kind
        and card.text == capturing.cleaned(said.text)
        and said.code in {"", card.code}
    )
    if not is_same:
        form.again(
            _("This page was used for %(code)s before. Is this another card? Then save it.")
            % {"code": card.code}
        )
        return None
    return card


def _saved(form: CardForm, card: Contribution) -> str:
    if form.said.code:
        return _("%(code)s is saved. Next card.") % {"code": card.code}
    return _("Saved as %(code)s: write that on the card. Next card.") % {"code": card.code}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def card_check(request: HttpRequest, slug: str) -> HttpResponse:
    """Compare what was typed with the cards; a second person does."""
    room = _room(request, slug)
    here = reverse("dialogues:card_check", args=[slug])
    # One's own can be corrected, and are compared by somebody else.
    is_mine = "mine" in request.GET
    bound: CompareForm | None = None
    if request.method == "POST":
        of = request.POST.get("card", "")
        found = room.dialogue.contributions.filter(channel=Channel.PAPER)
        card = get_object_or_404(found, pk=int(of) if of.isdecimal() and len(of) < 16 else 0)
        bound = CompareForm(request.POST, room=room, card=card)
        if bound.is_valid() and (said := _compare(bound, request.user)):
            messages.success(request, said)
            return redirect(f"{here}?{'mine' if is_mine else 'next'}=1")
    by: Any = request.user
    unchecked = room.dialogue.contributions.cards().unchecked().select_related("participant")
    theirs, mine = unchecked.exclude(typed_by=by), unchecked.filter(typed_by=by)
    rows = mine if is_mine else theirs
    page = page_of(request, rows, PER_PAGE)
    forms = [
        bound
        if bound is not None and bound.card.pk == card.pk
        else CompareForm(room=room, card=card)
        for card in page.object_list
    ]
    if bound is not None and bound.errors and all(form is not bound for form in forms):
        forms.insert(0, bound)
    context = {
        "dialogue": room.dialogue,
        "form": bound,
        "forms": forms,
        "page": page,
        "progress": cards.progress(room),
        "is_mine": is_mine,
        "others": (theirs if is_mine else mine).count(),
        # After one was compared the next has the focus.
        "goes_on": "next" in request.GET,
        "is_demo": room.dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/card_check.html", context)


def _compare(form: CompareForm, by: Any) -> str:
    """Do what was asked, and say so; "" with the form saying why where it can't be done."""
    card, data = form.card, form.cleaned_data
    asked = {"revision": data["revision"], "text": data["text"], "code": data["code"]}
    try:
        if card.typed_by_id == by.pk:
            now = capturing.retype(card, **asked)
            return _("%(code)s is corrected. Somebody else compares it.") % {"code": now.code}
        now = capturing.compare(card, by=by, **asked)
        return _("%(code)s matches its card.") % {"code": now.code}
    except capturing.Conflict as conflict:
        form.show_theirs(conflict.theirs)
    except ValidationError as problem:
        form.add_error("code" if getattr(problem, "code", "") == "taken" else "text", problem)
    return ""
