"""The pages on which editors add a report: its facts, its parts, its recommendations."""

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from recommendations import importing, reports
from recommendations.importing import COLUMNS, Draft, Moved, Sheet, Taken
from recommendations.models import Audience, Pillar, Report
from recommendations.report_forms import ListForm, NamesForm, PartForm, ReportForm, SampleForm
from recommendations.views.editors import for_editors, signed_in

SHOWN = 100  # recommendations of a list that is only looked at
asked_or_sent = require_http_methods(["GET", "HEAD", "POST"])


def _editor(request: HttpRequest, verb: str) -> User:
    """Whoever asks, if they may do that to reports.

    Raises:
        PermissionDenied: they may not.
    """
    user = signed_in(request)
    if not user.has_perm(f"recommendations.{verb}_report"):
        raise PermissionDenied(_("Reports are added and changed by editors."))
    return user


@for_editors
@require_safe
def report_desk(request: HttpRequest) -> HttpResponse:
    """Every report there is, drafts first."""
    _editor(request, "change")
    rows = list(reports.with_counts())
    context = {
        "drafts": [row for row in rows if not row.is_public],
        "published": [row for row in rows if row.is_public],
        "is_demo": any(row.is_demo for row in rows),
        "section": "recommendations",
    }
    return render(request, "recommendations/report_desk.html", context)


@for_editors
@asked_or_sent
def report_new(request: HttpRequest) -> HttpResponse:
    """Begin a report. Nobody but editors sees it before it is published."""
    _editor(request, "add")
    if request.method == "POST":
        form = ReportForm(request.POST)
        if form.is_valid():
            report = reports.begin(form.save(commit=False))
            messages.success(request, _("The report is a draft now. Only editors see it."))
            return redirect("recommendations:report_plan", report.slug)
    else:
        form = ReportForm()
    context = {"form": form, "section": "recommendations"}
    return render(request, "recommendations/report_new.html", context)


@for_editors
@require_safe
def report_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """How far a report has come, and what comes next."""
    _editor(request, "change")
    report = get_object_or_404(reports.with_counts(), slug=slug)
    rows = report.recommendations.select_related("audience", "pillar").prefetch_related(
        "addressees"
    )
    in_report = Count("recommendations", filter=Q(recommendations__report=report))
    context = {
        "report": report,
        "total": report.n + report.drafts,  # type: ignore[attr-defined]
        "audiences": Audience.objects.annotate(n=in_report).filter(n__gt=0),
        "pillars": Pillar.objects.annotate(n=in_report).filter(n__gt=0),
        "rows": list(rows.order_by("order", "id")[:SHOWN]),
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    context["more"] = context["total"] - len(context["rows"])
    return render(request, "recommendations/report_plan.html", context)


@for_editors
@asked_or_sent
def report_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the facts of a report."""
    _editor(request, "change")
    report = get_object_or_404(Report, slug=slug)
    if request.method == "POST":
        form = ReportForm(request.POST, instance=report)
        if form.is_valid():
            saved = form.save(commit=False)
            # Somebody may have published it since it was read.
            saved.save(update_fields=list(form.fields))
            messages.success(request, _("Saved."))
            return redirect("recommendations:report_plan", saved.slug)
        report = Report.objects.get(pk=report.pk)  # as it is, for its crumbs
    else:
        form = ReportForm(instance=report)
    context = {
        "form": form,
        "report": report,
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_change.html", context)


@for_editors
@asked_or_sent
def report_parts(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom a report can speak to and under which pillars: choose those that are here, or add."""
    user = _editor(request, "change")
    report = get_object_or_404(Report, slug=slug)
    added = request.POST.get("part") if request.method == "POST" else None
    forms = {
        column: PartForm(request.POST if added == column else None, column=column)
        for column in ("audience", "pillar")
    }
    if added in forms:
        if not user.has_perm(f"recommendations.add_{added}"):
            raise PermissionDenied
        if forms[added].is_valid():
            row = importing.add(added, forms[added].answer)
            messages.success(request, _("“%(name)s” is added.") % {"name": row.name})
            return redirect("recommendations:report_parts", slug)
    context = {
        "report": report,
        # The summary of errors is that of the form that was sent.
        "form": forms.get(added or "", forms["audience"]),
        "forms": forms,
        "choice": SampleForm(),
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_parts.html", context)


@for_editors
@require_safe
def report_sample(request: HttpRequest, slug: str) -> HttpResponse:
    """A list to fill in, with the audiences and pillars that were chosen; or what the report asks
    now, to be changed.
    """
    _editor(request, "change")
    report = get_object_or_404(Report, slug=slug)
    rows = importing.rows_of_report(report) if "now" in request.GET else []
    if not rows:
        form = SampleForm(request.GET)
        rows = importing.rows_to_fill_in(form.chosen("audience"), form.chosen("pillar"))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{report.slug}.csv"'
    response["X-Robots-Tag"] = "noindex"
    response.write("\ufeff")  # so that spreadsheets read the accents
    writer = csv.DictWriter(response, list(COLUMNS), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return response


# ---- Recommendations from a list ----


@for_editors
@asked_or_sent
def report_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Paste or upload a list, say what new names mean, look at every row, and only then write."""
    user = _editor(request, "change")
    report = get_object_or_404(Report, slug=slug)
    if not user.has_perm("recommendations.add_recommendation"):
        raise PermissionDenied
    if request.method == "POST" and "rows" in request.POST:
        return _go_on(request, report, user)
    if request.method == "POST":
        form = ListForm(request.POST, request.FILES)
        if form.is_valid():
            draft = Draft(form.rows, form.unread)
            return _preview(request, report, user, draft)
    else:
        form = ListForm()
    return _ask_for_list(request, report, form)


def _ask_for_list(request: HttpRequest, report: Report, form: ListForm) -> HttpResponse:
    context = {
        "report": report,
        "form": form,
        "has_some": report.recommendations.exists(),
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_import.html", context)


def _go_on(request: HttpRequest, report: Report, user: User) -> HttpResponse:
    """Go on with a preview: take its answers; or write what it showed."""
    try:
        draft, mark = importing.unsealed(request.POST["rows"], report, user)
    except ValidationError as problem:
        empty = ListForm({})
        empty.errors.clear()
        empty.add_error(None, problem)
        return _ask_for_list(request, report, empty)
    if "change" in request.POST:
        form = ListForm(initial={"text": importing.as_text(draft.rows)})
        return _ask_for_list(request, report, form)
    if not mark:
        return _answered(request, report, user, draft)
    try:
        taken = importing.take_in(draft, report, mark=mark, by=user)
    except Moved:
        return _preview(request, report, user, draft, has_moved=True)
    messages.success(request, _said(taken))
    return redirect("recommendations:report_plan", report.slug)


def _answered(request: HttpRequest, report: Report, user: User, draft: Draft) -> HttpResponse:
    sheet = importing.understand(draft, report)
    form = NamesForm(request.POST, sheet=sheet, language=report.language)
    if not form.is_valid():
        return _preview(request, report, user, draft, sheet=sheet, form=form)
    draft.answers |= form.answers
    draft.left_out += [line.number for line in sheet.wrong]
    return _preview(request, report, user, draft)


def _preview(
    request: HttpRequest,
    report: Report,
    user: User,
    draft: Draft,
    *,
    sheet: Sheet | None = None,
    form: NamesForm | None = None,
    has_moved: bool = False,
) -> HttpResponse:
    if sheet is None:
        sheet = importing.understand(draft, report)
    is_ready = not sheet.asked and not sheet.wrong and sheet.writes
    context: dict[str, Any] = {
        "report": report,
        "sheet": sheet,
        "draft": draft,
        "form": form or NamesForm(sheet=sheet, language=report.language),
        "is_ready": is_ready,
        "has_moved": has_moved,
        "rows": importing.sealed(draft, report, user, sheet.mark if is_ready else ""),
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_import_preview.html", context)


def _said(taken: Taken) -> str:
    if not (taken.new or taken.changed):
        return _("Everything on this list is on record already. Nothing was changed.")
    parts = []
    if taken.new:
        parts.append(
            ngettext(
                "%(n)d recommendation is a draft now",
                "%(n)d recommendations are drafts now",
                taken.new,
            )
            % {"n": taken.new}
        )
    if taken.changed:
        parts.append(
            ngettext("%(n)d draft is changed", "%(n)d drafts are changed", taken.changed)
            % {"n": taken.changed}
        )
    if taken.same:
        parts.append(
            ngettext("%(n)d was there already", "%(n)d were there already", taken.same)
            % {"n": taken.same}
        )
    return f"{'. '.join(parts)}."


# ---- Before everybody's eyes, and out of sight again ----


@for_editors
@asked_or_sent
def report_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what will be public, and after a yes make it so."""
    user = _editor(request, "publish")
    report = get_object_or_404(reports.with_counts(), slug=slug)
    problem = ""
    if request.method == "POST":
        try:
            n = reports.publish(report, seen=request.POST.get("seen", ""), by=user)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            said = ngettext(
                "The report is public, with %(n)d recommendation that was a draft.",
                "The report is public, with %(n)d recommendations that were drafts.",
                n,
            )
            messages.success(request, said % {"n": n})
            return redirect("recommendations:report_plan", slug)
        report = get_object_or_404(reports.with_counts(), slug=slug)
    drafts = reports.drafts_of(report)
    context = {
        "report": report,
        "n": len(drafts),
        "total": report.n + report.drafts,  # type: ignore[attr-defined]
        "is_done": report.is_public and not drafts,
        "shown": drafts[:SHOWN],
        "more": max(0, len(drafts) - SHOWN),
        "seen": reports.mark_of(drafts),
        "problem": problem,
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_publish.html", context)


@for_editors
@asked_or_sent
def report_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask first, then take a report from view, and with it all it asks."""
    _editor(request, "publish")
    report = get_object_or_404(reports.with_counts(), slug=slug)
    if request.method == "POST":
        report.withdraw()
        messages.success(request, _("The report is no longer public. Nothing was deleted."))
        return redirect("recommendations:report_plan", slug)
    context = {
        "report": report,
        "is_demo": report.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/report_withdraw.html", context)
