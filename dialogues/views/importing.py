"""Statements from a pasted or uploaded list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dialogues import importing
from dialogues.capturing import Said
from dialogues.forms.paper import ImportForm
from dialogues.models import Dialogue, Sector

SHOWN = 50  # statements of a preview


def _dialogue(request: HttpRequest, slug: str) -> Dialogue:
    return get_object_or_404(Dialogue.objects.run_by(request.user), slug=slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Paste or upload a list, look at what was understood, and only then write it."""
    dialogue = _dialogue(request, slug)
    if request.method == "POST" and "rows" in request.POST:
        unfinished = _take_in(request, dialogue)
        if unfinished is None:
            return redirect("dialogues:statement_import", slug=slug)
        form = unfinished
    elif request.method == "POST":
        form = ImportForm(request.POST, request.FILES, dialogue=dialogue)
        if form.is_valid():
            return _preview(request, dialogue, form.found)
    else:
        form = ImportForm(dialogue=dialogue)
    context = {
        "dialogue": dialogue,
        "form": form,
        "imports": _imports(dialogue),
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/statement_import.html", context)


def _imports(dialogue: Dialogue) -> "QuerySet[Any]":
    """Imports of statements, the newest first; those of participants have their own page."""
    n = Count("statements")
    edited = Count("statements", filter=Q(statements__revision__gt=1))
    found = dialogue.batches.annotate(n=n, edited=edited).select_related("made_by")
    return found.filter(n__gt=0).order_by("-made_at", "-pk")


def _take_in(request: HttpRequest, dialogue: Dialogue) -> ImportForm | None:
    """Write what was shown in a preview. Otherwise the form to change it in, which says why."""
    by: Any = request.user
    try:
        said = importing.unsealed(request.POST["rows"], dialogue, by)
    except ValidationError as problem:
        form = ImportForm({}, dialogue=dialogue)
        form.errors.clear()
        form.add_error(None, problem)
        return form
    text = importing.as_text(said)
    if "change" in request.POST:
        return ImportForm(initial={"text": text}, dialogue=dialogue)
    try:
        _batch, n = importing.take_in(dialogue, said, by=by)
    except ValidationError as problem:
        form = ImportForm({"text": text}, dialogue=dialogue)
        # What stands in the way is said row by row where it can be.
        if form.is_valid():
            form.add_error(None, problem)
        return form
    messages.success(
        request,
        ngettext("%(n)d statement is imported.", "%(n)d statements are imported.", n) % {"n": n},
    )
    return None


def _preview(request: HttpRequest, dialogue: Dialogue, said: list[Said]) -> HttpResponse:
    by: Any = request.user
    kinds: dict[str, int] = {}
    for one in said:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    sectors = dict(Sector.choices)
    context = {
        "dialogue": dialogue,
        "said": [(one, sectors.get(one.sector, "")) for one in said[:SHOWN]],
        "n": len(said),
        "more": max(0, len(said) - SHOWN),
        "kinds": kinds,
        "rows": importing.sealed(said, dialogue, by),
        "is_demo": dialogue.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/statement_preview.html", context)


@never_cache
@login_required
@require_POST
def import_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a whole import back."""
    dialogue = _dialogue(request, slug)
    batch = get_object_or_404(dialogue.batches.select_related("dialogue"), pk=pk)
    if batch.undone_at is not None:
        messages.success(request, _("This import is undone already."))
        return redirect("dialogues:statement_import", slug=slug)
    get_object_or_404(_imports(dialogue), pk=pk)
    by: Any = request.user
    done = importing.undo(batch, by=by)
    parts = [
        ngettext("%(n)d statement was deleted", "%(n)d statements were deleted", done.deleted)
        % {"n": done.deleted}
    ]
    if done.withdrawn:
        parts.append(
            ngettext(
                "%(n)d that had been public was withdrawn",
                "%(n)d that had been public were withdrawn",
                done.withdrawn,
            )
            % {"n": done.withdrawn}
        )
    if done.stayed:
        parts.append(
            ngettext(
                "%(n)d stays, because it holds words of others",
                "%(n)d stay, because they hold words of others",
                done.stayed,
            )
            % {"n": done.stayed}
        )
    messages.success(request, _("The import is undone: %(what)s.") % {"what": ", ".join(parts)})
    return redirect("dialogues:statement_import", slug=slug)
