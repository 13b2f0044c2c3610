"""The desk: where editors write what became of recommendations, and review what others wrote."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from recommendations import desk as keeping
from recommendations.desk_forms import FindingForm, NoteForm, RetractForm, SourceForm
from recommendations.models import (
    Evidence,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReviewAct,
    ReviewEvent,
    ReviewState,
    Status,
)
from recommendations.paging import PER_PAGE, asked_page, page_of
from recommendations.views.editors import for_editors, signed_in

KINDS: dict[str, Any] = {"updates": ProgressUpdate, "answers": Reply}
# What the desk lists, one at a time: (its name in the address, its heading).
WAITING, DRAFTS, STALE, UNASSESSED = "waiting", "drafts", "stale", "unassessed"
LISTS: dict[str, Promise] = {
    WAITING: gettext_lazy("To do"),
    DRAFTS: gettext_lazy("Drafts"),
    STALE: gettext_lazy("Nothing newer for two years"),
    UNASSESSED: gettext_lazy("Not yet assessed"),
}


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"section": "recommendations"}
    return render(request, f"recommendations/{name}.html", context, status=status)


# ---- What there is to do ----


@for_editors
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What was sent back, what is in review, drafts, what is stale and what nobody has assessed."""
    code = request.GET.get("code", "").replace("\x00", "").strip().upper()[:12]
    if code and Recommendation.objects.filter(code=code).exists():
        return redirect("recommendations:desk_recommendation", code)
    shown = request.GET.get("list", WAITING)
    if shown not in LISTS:
        raise Http404(_("The desk has no such list."))
    user = signed_in(request)
    public = Recommendation.objects.public()
    counted = {
        WAITING: _waiting(user).count(),
        DRAFTS: _drafts(user).count(),
        **public.order_by().aggregate(
            stale=Count("pk", filter=Q(pk__in=public.stale().order_by().values("pk"))),
            unassessed=Count("pk", filter=Q(status=Status.NOT_ASSESSED)),
        ),
    }
    findings: list[Any] = []
    page: Page[Any]
    if shown in {WAITING, DRAFTS}:
        keys = _waiting(user) if shown == WAITING else _drafts(user)
        page = asked_page(request, _Counted(keys, counted[shown]))
        findings = _findings(page.object_list, user)
    else:
        rows = public.stale().order_by("status_on", "id")
        if shown == UNASSESSED:
            rows = public.matching(status=Status.NOT_ASSESSED).in_report_order()
        page = asked_page(request, _Counted(rows.select_related("report"), counted[shown]))
    return _page(
        request,
        "desk",
        shown=shown,
        heading=LISTS[shown],
        lists=[(name, label, counted[name]) for name, label in LISTS.items()],
        page=page,
        findings=findings,
        evidence=Evidence.objects.waiting().count(),
        unknown=code,
    )


class _Counted(Paginator):
    """Pages of rows that were counted before."""

    def __init__(self, rows: Any, total: int) -> None:
        super().__init__(rows, PER_PAGE)
        self.count = total


def _keys(narrow: Callable[[QuerySet[Any]], QuerySet[Any]], *order: Any) -> QuerySet[Any]:
    """(kind, key, rank, moment) of unpublished findings of both kinds, in that order."""
    found: list[QuerySet[Any]] = []
    for kind, model in KINDS.items():
        rows = narrow(model.objects.filter(published_at__isnull=True)).order_by()
        found.append(
            rows.annotate(kind_=Value(kind, CharField())).values_list("kind_", "pk", "rank", "at")
        )
    return found[0].union(found[1], all=True).order_by("rank", *order)


def _last(name: str, model: Any) -> Subquery:
    field = "update" if model is ProgressUpdate else "reply"
    acts = ReviewEvent.objects.filter(
        **{field: OuterRef("pk")}, act__in=[ReviewAct.SENT_BACK, ReviewAct.SUBMITTED]
    )
    return Subquery(acts.order_by("-id").values(name)[:1])


def _waiting(user: User) -> QuerySet[Any]:
    """What was sent back to the reader, then all that is in review, the oldest first."""

    def narrow(rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.annotate(last=_last("act", rows.model))
        back = Q(submitted_at__isnull=True, written_by=user, last=ReviewAct.SENT_BACK)
        return rows.filter(back | Q(submitted_at__isnull=False)).annotate(
            rank=Case(When(submitted_at__isnull=True, then=Value(0)), default=Value(1)),
            at=Case(
                When(submitted_at__isnull=True, then=F("written_at")), default=F("submitted_at")
            ),
        )

    return _keys(narrow, "at")


def _drafts(user: User) -> QuerySet[Any]:
    """Drafts, the reader's own first, the newest on top."""

    def narrow(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(submitted_at__isnull=True).annotate(
            rank=Case(
                When(written_by=user, then=Value(0)), default=Value(1), output_field=IntegerField()
            ),
            at=F("written_at"),
        )

    return _keys(narrow, F("at").desc(nulls_last=True))


def _findings(keys: Any, user: User) -> list[Any]:
    """The findings of these keys in their order, with all that their lines show. Two queries."""
    found: dict[tuple[str, int], Any] = {}
    keys = list(keys)
    for kind, model in KINDS.items():
        wanted = [pk for name, pk, _rank, _at in keys if name == kind]
        if not wanted:
            continue
        related = ["recommendation", "written_by", "submitted_by", "corrects"]
        related += ["addressee"] if model is Reply else []
        rows = model.objects.filter(pk__in=wanted).select_related(*related)
        for row in rows.annotate(last=_last("act", model), note=_last("note", model)):
            row.is_sent_back = row.submitted_at is None and row.last == ReviewAct.SENT_BACK
            row.is_theirs = row.written_by_id == user.pk
            row.may_publish = keeping.may_publish(row, user)
            found[kind, row.pk] = row
    return [found[kind, pk] for kind, pk, _rank, _at in keys if (kind, pk) in found]


# ---- One recommendation ----


def _recommendation(code: str) -> Recommendation:
    rows = Recommendation.objects.select_related("report")
    return get_object_or_404(rows, code=code.upper())


@for_editors
@require_safe
def desk_recommendation(request: HttpRequest, code: str) -> HttpResponse:
    """Everything found of one recommendation, drafts among it, and what to do next."""
    recommendation = _recommendation(code)
    replies = recommendation.replies.select_related("written_by", "addressee")
    updates = recommendation.updates.select_related("written_by")
    replies = replies.with_corrected().newest_first()
    updates = updates.with_corrected().newest_first()
    return _page(
        request,
        "desk_recommendation",
        recommendation=recommendation,
        page=page_of(request, updates),
        replies=list(replies[:PER_PAGE]),
        is_asked=recommendation.addressees.exists(),
    )


@for_editors
@require_safe
def desk_recommendation_history(request: HttpRequest, code: str) -> HttpResponse:
    """Every act of every finding about one recommendation, the newest first."""
    recommendation = _recommendation(code)
    events = ReviewEvent.objects.filter(
        Q(update__recommendation=recommendation) | Q(reply__recommendation=recommendation)
    )
    page = page_of(
        request, events.select_related("by", "update", "reply__addressee").order_by("-id")
    )
    for event in page.object_list:
        event.finding = event.update or event.reply
        event.finding.recommendation = recommendation
    return _page(request, "desk_recommendation_history", recommendation=recommendation, page=page)


# ---- Writing ----


@for_editors
def desk_update_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write the status of a recommendation on a date."""
    language = (get_language() or "en")[:2]
    return _new(request, ProgressUpdate(recommendation=_recommendation(code), language=language))


@for_editors
def desk_answer_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write what an addressee answered."""
    language = (get_language() or "en")[:2]
    recommendation = _recommendation(code)
    if not recommendation.addressees.exists():
        raise Http404(_("Nobody in particular is asked by this recommendation."))
    return _new(request, Reply(recommendation=recommendation, language=language))


def _new(request: HttpRequest, finding: Any) -> HttpResponse:
    if request.method == "POST" and "more" in request.POST:
        form = FindingForm.with_another_source(finding, request.POST)
    elif request.method == "POST":
        form = FindingForm(finding, request.POST)
        if form.is_valid():
            try:
                draft = keeping.begin(finding, form.rows, by=signed_in(request))
            except ValidationError as problem:
                form.add_error(problem)
            else:
                messages.success(request, _("The draft is saved. Read it, then send it to review."))
                return redirect(draft.desk_url)
    elif finding.corrects:
        form = FindingForm.filled(finding, sources=_as_typed(finding.corrects))
    else:
        form = FindingForm(finding)
    return _writing(request, finding, form)


def _writing(request: HttpRequest, finding: Any, form: FindingForm, **more: Any) -> HttpResponse:
    return _page(
        request,
        "desk_write",
        finding=finding,
        recommendation=finding.recommendation,
        is_answer=isinstance(finding, Reply),
        form=form,
        **more,
    )


def _as_typed(finding: Any) -> list[dict[str, Any]]:
    """Its sources, to be written on."""
    names = SourceForm.base_fields
    return [{name: getattr(source, name) for name in names} for source in finding.sources.all()]


@for_editors
def desk_finding_correct(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Begin a new finding that names the one it corrects, filled with its words and sources."""
    wrong = _finding(kind, pk)
    if on_its_way := keeping.correction_of(wrong, public=False):
        if request.method != "POST":
            messages.info(request, _("A correction of it is being written already. This is it."))
            return redirect(on_its_way.desk_url)
    elif request.method != "POST":
        try:
            keeping.check_correctable(wrong)
        except ValidationError as problem:
            messages.error(request, problem.messages[0])
            return redirect(wrong.desk_url)
    names = ["recommendation", "on", "summary", "language", "quotation"]
    names += ["addressee", "kind"] if kind == "answers" else ["status", "assessed_by"]
    finding = KINDS[kind](corrects=wrong, **{name: getattr(wrong, name) for name in names})
    return _new(request, finding)


@for_editors
def desk_finding_edit(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Write on a draft. What is in review becomes a draft again."""
    finding = _finding(kind, pk)
    if finding.is_public:
        messages.error(request, _("This is published. Correct it with a new one that names it."))
        return redirect(finding.desk_url)
    more: dict[str, Any] = {}
    if request.method == "POST" and "more" in request.POST:
        form = FindingForm.with_another_source(finding, request.POST)
    elif request.method == "POST":
        form = FindingForm(finding, request.POST)
        if form.is_valid():
            try:
                keeping.rewrite(
                    finding,
                    form.rows,
                    by=signed_in(request),
                    mark=form.words.cleaned_data["mark"],
                )
            except keeping.Conflict as conflict:
                theirs, mine = conflict.theirs.words, finding.words_with(form.rows)
                more = {
                    "theirs": keeping.lines_of(theirs),
                    "changes": keeping.changes(theirs, mine),
                }
                # Sent again, it counts as an answer to the wording that is shown now.
                data = request.POST.copy()
                data["mark"] = keeping.mark_of(conflict.theirs)
                finding = _finding(kind, pk)
                form = FindingForm(finding, data)
                form.add_error(conflict)
            except ValidationError as problem:
                form.add_error(problem)
            else:
                messages.success(request, _("Saved. Read it, then send it to review."))
                return redirect(finding.desk_url)
    else:
        form = FindingForm.filled(
            finding, mark=keeping.mark_of(finding), sources=_as_typed(finding)
        )
    return _writing(request, finding, form, **more)


# ---- Reviewing ----


def _finding(kind: str, pk: str) -> Any:
    related = ["recommendation__report", "written_by", "submitted_by", "published_by"]
    related += ["retracted_by", "corrects"]
    related += ["addressee", "corrects__addressee"] if kind == "answers" else []
    return get_object_or_404(KINDS[kind].objects.select_related(*related), pk=int(pk))


@for_editors
@require_safe
def desk_finding(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """A finding as readers will see it, what changed since its last review, what may be done."""
    return _reviewing(request, _finding(kind, pk), NoteForm())


def _reviewing(request: HttpRequest, finding: Any, form: NoteForm) -> HttpResponse:
    user = signed_in(request)
    shown = ["sources", "corrections", *(["evidence"] if finding.desk_kind == "updates" else [])]
    prefetch_related_objects([finding], *shown)
    events = list(finding.events.select_related("by").order_by("-id"))
    before, changes = keeping.since_last_review(finding, events)
    in_review = finding.state == ReviewState.IN_REVIEW
    wrong = finding.corrects if not finding.is_public else None
    others = keeping.other_editors(finding) if in_review else []
    return _page(
        request,
        "desk_finding",
        finding=finding,
        recommendation=finding.recommendation,
        is_answer=isinstance(finding, Reply),
        state=finding.state,
        is_preview=not finding.is_public,
        sources=list(finding.sources.all()),
        corrections=list(finding.corrections.all()),
        mark=keeping.mark_of(finding),
        sent_back=keeping.sent_back_with(events) if finding.state == ReviewState.DRAFT else None,
        reviewed_before=before,
        changes=changes,
        corrected=keeping.changes(wrong.words, finding.words) if wrong else None,
        acts=len(events),
        may_publish=keeping.may_publish(finding, user),
        others=[other for other in others if other.pk != user.pk],
        form=form,
    )


def _done(request: HttpRequest, finding: Any, act: Callable[[], None], said: str) -> HttpResponse:
    """Do something to a finding, or say why it can't be done; back to its page."""
    try:
        act()
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, said)
    return redirect(finding.desk_url)


def _mark(request: HttpRequest) -> str:
    return request.POST.get("mark", "")[:64]


@for_editors
@require_POST
def desk_finding_submit(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Send a draft to review."""
    finding, user = _finding(kind, pk), signed_in(request)
    return _done(
        request,
        finding,
        lambda: keeping.submit(finding, by=user, mark=_mark(request)),
        _("It is in review. Another editor publishes it, or sends it back."),
    )


@for_editors
@require_POST
def desk_finding_publish(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Make it public."""
    finding, user = _finding(kind, pk), signed_in(request)
    return _done(
        request,
        finding,
        lambda: keeping.publish(finding, by=user, mark=_mark(request)),
        _("It is published. Everybody sees it now."),
    )


@for_editors
@require_POST
def desk_finding_send_back(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Give it back to its writer, with what should change."""
    finding, user = _finding(kind, pk), signed_in(request)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _reviewing(request, finding, form)
    note = form.cleaned_data["note"]
    try:
        keeping.send_back(finding, by=user, note=note, mark=_mark(request))
    except ValidationError as problem:
        now = _finding(kind, pk)
        if now.state == ReviewState.IN_REVIEW:  # other words: the note is kept beside them
            form.add_error(None, problem)
            return _reviewing(request, now, form)
        messages.error(request, " ".join(problem.messages))
    else:
        said = _("It is sent back. Its writer sees your note first on the desk.")
        messages.success(request, said)
    return redirect(finding.desk_url)


@for_editors
def desk_finding_retract(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Take back what should never have been published."""
    finding, user = _finding(kind, pk), signed_in(request)
    if request.method == "POST":
        form = RetractForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            return _done(
                request,
                finding,
                lambda: keeping.retract(finding, by=user, reason=reason),
                _("It is retracted. Its place says when and why."),
            )
    else:
        form = RetractForm()
    return _page(
        request,
        "desk_finding_retract",
        finding=finding,
        recommendation=finding.recommendation,
        is_possible=finding.state == ReviewState.PUBLISHED and not finding.is_corrected,
        form=form,
    )


@for_editors
@require_safe
def desk_finding_history(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Every act on a finding, with the words then and what differs from the act before."""
    finding = _finding(kind, pk)
    page = page_of(request, finding.events.select_related("by").order_by("-id"))
    events = list(page.object_list)
    before = None
    if events and page.has_next():
        before = finding.events.filter(pk__lt=events[-1].pk).order_by("-id").first()
    return _page(
        request,
        "desk_finding_history",
        finding=finding,
        recommendation=finding.recommendation,
        acts=keeping.told(events, before),
        page=page,
        corrections=list(finding.corrections.all()),
    )
