"""What is to be done after a dialogue, for those who run it: next steps, days of commitments."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dialogues import commitments, planning
from dialogues.forms.next_steps import DueForm, NextStepForm
from dialogues.models import (
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    NextStep,
)
from dialogues.views.planning import for_the_team, run_by_reader
from recommendations.paging import page_of


def _short(step: NextStep) -> str:
    return Truncator(step.text).chars(60)


@for_the_team
def next_steps(request: HttpRequest, slug: str) -> HttpResponse:
    """What is to be done after a dialogue, and one thing more."""
    dialogue = run_by_reader(request, slug)
    step = NextStep(dialogue=dialogue, language=dialogue.language)
    if request.method == "POST":
        form = NextStepForm(request.POST, instance=step)
        if form.is_valid():
            planning.add(step)
            return _saved(request, step)
    else:
        form = NextStepForm(instance=step)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "steps": list(dialogue.next_steps.select_related("owner")),
        "has_commitments": _commitments(dialogue).exists(),
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/next_steps.html", context)


def _saved(request: HttpRequest, step: NextStep) -> HttpResponse:
    messages.success(request, _("“%(item)s” is saved.") % {"item": _short(step)})
    return redirect("dialogues:next_steps", step.dialogue.slug)


def _step(request: HttpRequest, slug: str, pk: int) -> NextStep:
    steps = run_by_reader(request, slug).next_steps.select_related("dialogue", "owner")
    return get_object_or_404(steps, pk=pk)


@for_the_team
def next_step_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a next step, or say how it stands."""
    step = _step(request, slug, pk)
    name = _short(step)
    if request.method == "POST":
        form = NextStepForm(request.POST, instance=step)
        if form.is_valid():
            planning.change(step, form.written)
            return _saved(request, step)
    else:
        form = NextStepForm(instance=step)
    context = {
        "dialogue": step.dialogue,
        "name": step.dialogue,
        "step_name": name,
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/next_step_edit.html", context)


@for_the_team
@require_POST
def next_step_move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move a next step up or down; the focus stays with it."""
    step = _step(request, slug, pk)
    up = request.POST.get("to") == "up"
    place, total = planning.move(step, -1 if up else 1)
    messages.success(
        request,
        _("“%(item)s” is number %(place)d of %(total)d.")
        % {"item": _short(step), "place": place, "total": total},
    )
    button = "down" if place == 1 else "up" if place == total else "up" if up else "down"
    return redirect(f"{reverse('dialogues:next_steps', args=[slug])}#{button}-{step.pk}")


@for_the_team
@require_POST
def next_step_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a next step off the list."""
    step = _step(request, slug, pk)
    planning.remove(step)
    messages.success(request, _("“%(item)s” is removed.") % {"item": _short(step)})
    return redirect("dialogues:next_steps", slug)


# ---- Days of commitments ----


def _commitments(dialogue: Dialogue) -> Any:
    rows = dialogue.contributions.wholes().filter(kind=ContributionKind.COMMITMENT)
    return rows.exclude(state=ContributionState.WITHDRAWN)


@for_the_team
def commitment_days(request: HttpRequest, slug: str) -> HttpResponse:
    """By when people said they would do something. Whether they are asked then, they alone say."""
    dialogue = run_by_reader(request, slug)
    rows = _commitments(dialogue)
    wrong: dict[int, DueForm] = {}
    if request.method == "POST":
        code = request.POST.get("statement", "").replace("\x00", "")
        statement = rows.filter(code=code).first()
        if statement is None:
            raise Http404(_("There is no such commitment in this dialogue."))
        statement.dialogue = dialogue
        form = DueForm(request.POST, prefix=statement.code)
        if form.is_valid() and _set(form, statement):
            messages.success(request, _("%(code)s is saved.") % {"code": statement.code})
            return redirect(f"{request.get_full_path()}#{statement.code}")
        wrong[statement.pk] = form
    page = page_of(request, rows.select_related("commitment").order_by("order", "id"))
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "page": page,
        "rows": [_shown(statement, wrong.get(statement.pk)) for statement in page.object_list],
        "form": next(iter(wrong.values()), None),
        "section": "dialogues",
    }
    return render(request, "dialogues/commitment_days.html", context)


def _set(form: DueForm, statement: Contribution) -> bool:
    try:
        commitments.set_day(statement, form.cleaned_data["due_on"])
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def _shown(statement: Contribution, form: DueForm | None) -> dict[str, Any]:
    row = getattr(statement, "commitment", None)
    initial = {"due_on": row.due_on} if row else {}
    return {
        "statement": statement,
        "commitment": row,
        "is_asking": row is not None and commitments.is_asking(row),
        "form": form or DueForm(initial=initial, prefix=statement.code),
    }
