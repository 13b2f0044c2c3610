"""The desk on which a report is made: its parts, what is still to be looked at, publishing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dialogues import checklist, publishing, recalling, shaping
from dialogues.forms.report import PartForm, PublishForm, WithdrawForm
from dialogues.models import (
    Dialogue,
    DraftFile,
    Edition,
    EditionState,
    PartKind,
    ReportPart,
    Room,
)
from dialogues.report import assembling, drafts
from dialogues.report.blocks import Report, Section
from dialogues.report.markdown import blocks_of
from dialogues.views.planning import for_the_team, signed_in

# A report of more statements is made into a file by the worker, while its reader waits on a page.
AT_ONCE = 500


def changed_by_reader(request: HttpRequest, slug: str) -> Dialogue:
    """The dialogue, if the reader may change it; for anybody else it is not there."""
    rows = Dialogue.objects.editable_by(request.user).select_related("report")
    return get_object_or_404(rows, slug=slug)


def _runs_it(request: HttpRequest, dialogue: Dialogue) -> bool:
    return request.user.has_perm("dialogues.run_room", dialogue)


def _page(request: HttpRequest, name: str, dialogue: Dialogue, **context: Any) -> HttpResponse:
    """A page of the desk. Its ways back differ for those who don't run the dialogue."""
    context |= {
        "dialogue": dialogue,
        "name": dialogue,
        "runs_it": _runs_it(request, dialogue),
        "section": "dialogues",
    }
    return render(request, f"dialogues/{name}.html", context)


# ---- The desk ----


@for_the_team
@require_safe
def report_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """The parts of a report, what is still to be looked at, and its editions."""
    dialogue = changed_by_reader(request, slug)
    return _desk(request, dialogue)


def _desk(
    request: HttpRequest, dialogue: Dialogue, sent: PublishForm | None = None
) -> HttpResponse:
    editions = list(dialogue.editions.defer("source", "front").order_by("-number"))
    looks = checklist.of(dialogue, runs_it=_runs_it(request, dialogue))
    newest = editions[0] if editions else None
    return _page(
        request,
        "report_desk",
        dialogue,
        parts=[
            {"part": part, "is_written": bool(part.text or part.text_fr)}
            for part in shaping.parts_of(dialogue)
        ],
        checklist=looks,
        editions=editions,
        in_the_making=newest if newest and publishing.is_in_the_making(newest) else None,
        failed=newest if newest and newest.state == EditionState.FAILED else None,
        # Withdrawn by itself where somebody took words back: only a new one puts a report there.
        withdrawn=newest
        if newest
        and newest.state == EditionState.WITHDRAWN
        and not any(edition.is_standing for edition in editions)
        else None,
        # Whoever waited is told that it is there.
        made=newest
        if newest and newest.is_standing and request.GET.get("made") == str(newest.number)
        else None,
        on_the_wall=Room.objects.filter(dialogue=dialogue, shows_report=True).exists(),
        form=sent or _publish_form(looks, editions),
    )


def _publish_form(looks: checklist.Checklist, editions: list[Edition], *data: Any) -> PublishForm:
    stood = [edition for edition in editions if edition.published_at]
    return PublishForm(*data, is_first=not stood, has_advice=bool(looks.advice))


def _kind(kind: str) -> PartKind:
    if kind not in PartKind.values:
        raise Http404(_("A report has no such part."))
    return PartKind(kind)


@for_the_team
@require_POST
def report_part_change(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show a part or leave it out, or move it; the focus stays with it."""
    dialogue, part = changed_by_reader(request, slug), _kind(kind)
    wanted = request.POST.get("do")
    button = wanted
    if wanted in {"show", "hide"}:
        shaping.show(dialogue, part, wanted == "show")
        said = _("“%(part)s” is shown.") if wanted == "show" else _("“%(part)s” is left out.")
        messages.success(request, said % {"part": part.label})
        button = "show"
    elif wanted in {"up", "down"}:
        place, total = shaping.move(dialogue, part, -1 if wanted == "up" else 1)
        messages.success(
            request,
            _("“%(part)s” is number %(place)d of %(total)d.")
            % {"part": part.label, "place": place, "total": total},
        )
        # At an end only the other button is left to go on with.
        button = "down" if place == 1 else "up" if place == total else wanted
    return redirect(f"{reverse('dialogues:report_desk', args=[slug])}#{button}-{part.value}")


@for_the_team
@require_POST
def report_parts_reset(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all parts again, in the order of 2009."""
    shaping.put_back(changed_by_reader(request, slug))
    messages.success(request, _("All parts are shown, in the order of the report of 2009."))
    return redirect("dialogues:report_desk", slug)


# ---- The text of a part ----


@for_the_team
def report_part(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Write heading and text of one part, and see how it will look."""
    dialogue, which = changed_by_reader(request, slug), _kind(kind)
    part = _part_of(dialogue, which)
    theirs: ReportPart | None = None
    if request.method == "POST" and "start" in request.POST:
        form = PartForm(
            _begun(request.POST, dialogue, which),
            instance=_part_of(dialogue, which),
            dialogue=dialogue,
        )
    elif request.method == "POST":
        form = PartForm(request.POST, instance=_part_of(dialogue, which), dialogue=dialogue)
        if form.is_valid():
            if request.POST.get("do") == "look":
                part = form.instance  # as it would be, not saved
            else:
                try:
                    shaping.write(
                        dialogue, which, form.words, revision=form.cleaned_data["revision"]
                    )
                except shaping.Conflict as conflict:
                    theirs, part = conflict.theirs, form.instance
                    # Sent again, it counts as an answer to the wording that is shown now.
                    data = request.POST.copy()
                    data["revision"] = str(theirs.revision)
                    form = PartForm(data, instance=_part_of(dialogue, which), dialogue=dialogue)
                    form.add_error(None, conflict)
                else:
                    messages.success(request, _("“%(part)s” is saved.") % {"part": which.label})
                    here = reverse("dialogues:report_desk", args=[slug])
                    return redirect(f"{here}#part-{which.value}")
    else:
        form = PartForm(instance=part, dialogue=dialogue)
    languages = dict.fromkeys((dialogue.language, "fr"))
    return _page(
        request,
        "report_part",
        dialogue,
        part=which,
        form=form,
        theirs=theirs,
        offered=[
            {"language": language, "field": field, "text": _draft(dialogue, which, language)}
            for language, field in zip(languages, ("text", "text_fr"), strict=False)
        ],
        looks=[_section(dialogue, part, language) for language in languages],
    )


def _begun(sent: QueryDict, dialogue: Dialogue, kind: PartKind) -> QueryDict:
    """What was sent, with the draft of a language below what is typed in that language."""
    data, language = sent.copy(), str(sent["start"])
    field = "text" if language == dialogue.language else "text_fr" if language == "fr" else ""
    if field:
        typed = data.get(field, "").strip()
        data[field] = "\n\n".join(filter(None, [typed, _draft(dialogue, kind, language)]))
    return data


def _part_of(dialogue: Dialogue, kind: PartKind) -> ReportPart:
    return next(part for part in shaping.parts_of(dialogue) if part.kind == kind)


def _draft(dialogue: Dialogue, kind: PartKind, language: str) -> str:
    with translation.override(language):
        return drafts.draft_of(dialogue, kind)


def _section(dialogue: Dialogue, part: ReportPart, language: str) -> dict[str, Any]:
    """One part as its own words will look, with what is typed and perhaps not saved."""
    is_french = language == "fr" and dialogue.language != "fr"
    text = part.text_fr if is_french else part.text
    heading = part.heading_fr if is_french else part.heading
    with translation.override(language):
        label = str(PartKind(part.kind).label)
    section = Section(key=part.kind, heading=heading or label, blocks=blocks_of(text))
    return {"language": language, "section": section}


# ---- The whole as it will be ----


def _draft_of(dialogue: Dialogue, language: str) -> Report:
    return assembling.assemble(dialogue, language)


@for_the_team
@require_safe
def report_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole report as readers will see it, marked as a draft."""
    dialogue = changed_by_reader(request, slug)
    language = (translation.get_language() or "en")[:2]
    report = _draft_of(dialogue, language)
    files = list(dialogue.draft_files.defer("content"))
    return _page(
        request,
        "report_preview",
        dialogue,
        report=assembling.front_of(report),
        is_large=_is_large(report),
        files=files,
        is_waiting=any(file.made_at is None and not file.problem for file in files),
        forms=[(form, publishing.FORMS[form][1]) for form in publishing.DRAFTS],
        language=language,
        is_demo=dialogue.is_demo,
    )


def _is_large(report: Report) -> bool:
    return sum(report.counts.values()) > AT_ONCE


@for_the_team
@require_safe
def report_draft(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The draft as a file: made at once where it is small, else as the worker has made it."""
    dialogue = changed_by_reader(request, slug)
    if form not in publishing.DRAFTS:
        raise Http404
    language = (translation.get_language() or "en")[:2]
    counts = dialogue.counts_now()
    if sum(counts.values()) > AT_ONCE:
        file = get_object_or_404(
            DraftFile, dialogue=dialogue, name=f"report.{form}", language=language
        )
        if file.made_at is None:
            raise Http404(_("This file is being made. Go back, and wait until it is there."))
        content = bytes(file.content)
    else:
        content = publishing.written(form, _draft_of(dialogue, language))
    response = HttpResponse(content, content_type=publishing.FORMS[form][0])
    way = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{dialogue.slug}-draft.{form}"'
    return response


@for_the_team
@require_POST
def report_draft_ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a file of a large draft made by the worker."""
    dialogue = changed_by_reader(request, slug)
    form = request.POST.get("form", "")
    if form in publishing.DRAFTS:
        language = (translation.get_language() or "en")[:2]
        publishing.ask_for_draft(dialogue, f"report.{form}", language)
    return redirect("dialogues:report_preview", slug)


# ---- Publishing ----


@for_the_team
@require_POST
def report_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an edition of the report and publish it."""
    dialogue = changed_by_reader(request, slug)
    looks = checklist.of(dialogue, runs_it=_runs_it(request, dialogue))
    editions = list(dialogue.editions.defer("source", "front").order_by("-number"))
    if looks.blocking:
        # There is no form on the desk: what keeps it back stands there instead.
        messages.warning(request, " ".join(line.words for line in looks.blocking))
        return redirect("dialogues:report_desk", slug)
    form = _publish_form(looks, editions, request.POST)
    if form.is_valid():
        try:
            publishing.publish(
                dialogue,
                by=signed_in(request),
                what_changed=form.cleaned_data.get("what_changed", ""),
            )
        except ValidationError as problem:
            messages.warning(request, " ".join(problem.messages))
        else:
            return redirect("dialogues:report_desk", slug)
    return _desk(request, dialogue, form)


@for_the_team
@require_POST
def edition_again(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have an edition made that could not be made."""
    edition = _edition(changed_by_reader(request, slug), number)
    if edition.state == EditionState.FAILED:
        try:
            publishing.try_again(edition, by=signed_in(request))
        except ValidationError as problem:
            messages.warning(request, " ".join(problem.messages))
    return redirect("dialogues:report_desk", slug)


@for_the_team
def edition_withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say that an edition stands no more, and why."""
    dialogue = changed_by_reader(request, slug)
    edition = _edition(dialogue, number)
    if not edition.is_standing:
        raise Http404(_("This edition does not stand, so it cannot be withdrawn."))
    if request.method == "POST":
        form = WithdrawForm(request.POST, label_suffix="")
        if form.is_valid():
            recalling.withdraw(edition, by=signed_in(request), why=form.cleaned_data["why"])
            messages.success(
                request,
                _("Edition %(number)d is withdrawn. Its page says so.") % {"number": number},
            )
            return redirect(f"{reverse('dialogues:report_desk', args=[slug])}#editions")
    else:
        form = WithdrawForm(label_suffix="")
    return _page(
        request,
        "edition_withdraw",
        dialogue,
        edition=edition,
        form=form,
    )


def _edition(dialogue: Dialogue, number: int) -> Edition:
    rows = dialogue.editions.defer("source", "front")
    return get_object_or_404(rows, number=min(number, 32_767))


# ---- On the wall ----


@for_the_team
@require_POST
def report_on_the_wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the growing report on the wall, or what is on again."""
    rows = Dialogue.objects.run_by(request.user)
    dialogue = get_object_or_404(rows, slug=slug)
    with Room.objects.changing(dialogue) as room:
        room.shows_report = request.POST.get("do") == "show"
    page = "console" if request.POST.get("from") == "console" else "report_desk"
    return redirect(f"dialogues:{page}", slug)
