"""What councils did, from an organization's own spreadsheet."""

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organization, User
from resolutions import importing
from resolutions.forms.importing import LEAVE, OTHER, AnswersForm, ImportForm
from resolutions.importing import Draft, NotTaken, Sheet, Taken
from resolutions.rows_in import COLUMNS
from resolutions.views.steps import for_champions, signed_in

SHOWN = 100  # rows of a preview


def _importer(request: HttpRequest) -> User:
    """Whoever asks, if they may bring in a list.

    Raises:
        PermissionDenied: they act for no organization.
    """
    user = signed_in(request)
    if user.has_perm("resolutions.add_resolution") and (
        user.has_perm("resolutions.publish_resolution") or user.memberships.exists()
    ):
        return user
    raise PermissionDenied(_("Lists are brought in by members of organizations, and by editors."))


@for_champions
@require_http_methods(["GET", "HEAD", "POST"])
def resolution_import(request: HttpRequest) -> HttpResponse:
    """Paste or upload a list, answer what is doubtful, and only then write it."""
    user = _importer(request)
    if request.method == "POST" and "rows" in request.POST:
        return _answered(request, user)
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, user=user)
        if form.is_valid():
            return _preview(request, user, Draft(form.rows), form.chosen)
    else:
        form = ImportForm(user=user)
    return _asked(request, form)


def _asked(request: HttpRequest, form: ImportForm) -> HttpResponse:
    context = {"form": form, "columns": list(COLUMNS), "section": "resolutions"}
    return render(request, "resolutions/resolution_import.html", context)


def _answered(request: HttpRequest, user: User) -> HttpResponse:
    """Go on with a preview: take its answers, and write it where none is missing any more."""
    try:
        draft, key = importing.unsealed(request.POST["rows"], user)
    except ValidationError as problem:
        empty = ImportForm({}, user=user)
        empty.errors.clear()
        empty.add_error(None, problem)
        return _asked(request, empty)
    champion = Organization.objects.acted_for_by(user).filter(pk=key).first()
    if key and champion is None:
        raise PermissionDenied(_("You no longer act for this organization."))
    if "change" in request.POST:
        initial = {"text": importing.as_text(draft.rows), "champion": champion}
        return _asked(request, ImportForm(initial=initial, user=user))
    sheet = importing.understand(draft, champion)
    form = AnswersForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return _preview(request, user, draft, champion, sheet=sheet, form=form)
    if _note(form, draft):
        again = importing.understand(draft, champion)
        if again.asked or again.wrong:
            return _preview(request, user, draft, champion)
        sheet = again
    try:
        taken = importing.take_in(sheet.ready, champion=champion, by=user)
    except NotTaken:
        return _preview(request, user, draft, champion)
    messages.success(request, _said(taken))
    if champion:
        return redirect("resolutions:board_detail", champion.slug)
    return redirect("resolutions:resolution_list")


def _note(form: AnswersForm, draft: Draft) -> bool:
    """Keep the answers with the list. Whether there were any."""
    data = form.cleaned_data
    for number, asked in enumerate(form.sheet.asked):
        chosen = data[f"place-{number}"]
        if chosen == OTHER:
            draft.rename(asked.rows, data[f"name-{number}"].strip())
        else:
            draft.answers[asked.place.key] = 0 if chosen == LEAVE else int(chosen)
    draft.left_out += [line.number for line in form.sheet.wrong]
    return bool(form.sheet.asked or form.sheet.wrong)


def _preview(
    request: HttpRequest,
    user: User,
    draft: Draft,
    champion: Organization | None,
    *,
    sheet: Sheet | None = None,
    form: AnswersForm | None = None,
) -> HttpResponse:
    if sheet is None:
        draft.refused = {}
        sheet = importing.understand(draft, champion)
        draft.refused = importing.problems_of(sheet.ready, champion=champion, by=user)
        if draft.refused:
            sheet = importing.understand(draft, champion)
    context: dict[str, Any] = {
        "sheet": sheet,
        "n": len(sheet.ready),
        "shown": sheet.ready[:SHOWN],
        "more": max(0, len(sheet.ready) - SHOWN),
        "n_known": sum(line.is_known for line in sheet.ready),
        "form": form or AnswersForm(sheet=sheet),
        "champion": champion,
        "rows": importing.sealed(draft, champion, user),
        "section": "resolutions",
    }
    return render(request, "resolutions/import_preview.html", context)


def _said(taken: Taken) -> str:
    if not (taken.steps or taken.resolutions):
        return _("Everything on this list is on record already. Nothing was changed.")
    parts = [
        ngettext("%(n)d step is recorded", "%(n)d steps are recorded", taken.steps)
        % {"n": taken.steps}
    ]
    if taken.resolutions:
        parts.append(
            ngettext(
                "%(n)d resolution is new; it shows to everybody once an editor publishes it",
                "%(n)d resolutions are new; they show to everybody once an editor publishes them",
                taken.resolutions,
            )
            % {"n": taken.resolutions}
        )
    if taken.known:
        parts.append(
            ngettext("%(n)d was on record already", "%(n)d were on record already", taken.known)
            % {"n": taken.known}
        )
    return f"{'. '.join(parts)}."


# A list to start from, as people fill it in. The places are real, what is said of them is not.
SAMPLE = (
    {
        "municipality": "Squamish",
        "region": "British Columbia",
        "form": "council resolution",
        "what happened": "submitted",
        "date": "2026-02-03",
        "link": "https://example.org/agenda",
        "publisher": "District of Squamish",
        "title": "Agenda of 3 February",
    },
    {
        "municipality": "Squamish",
        "region": "BC",
        "form": "council resolution",
        "what happened": "adopted as amended",
        "date": "3 March 2026",
        "meeting": "Regular council",
        "for": "5",
        "against": "2",
        "abstained": "0",
        "absent": "0",
        "link": "https://example.org/minutes",
        "publisher": "District of Squamish",
        "title": "Minutes of 3 March",
        "number": "2026-114",
        "notes": "An example: replace these rows by yours.",
    },
    {
        "municipality": "Trois-Rivières",
        "region": "Québec",
        "form": "proclamation",
        "what happened": "proclaimed",
        "date": "2026-04-07",
        "link": "https://example.org/proclamation",
        "publisher": "Ville de Trois-Rivières",
    },
)


@require_safe
def import_sample(request: HttpRequest) -> HttpResponse:
    """A list to start from, for any spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="councils.csv"'
    response["X-Robots-Tag"] = "noindex"
    response.write("\ufeff")  # so that spreadsheets read the accents
    writer = csv.DictWriter(response, list(COLUMNS), restval="")
    writer.writeheader()
    writer.writerows(SAMPLE)
    return response
