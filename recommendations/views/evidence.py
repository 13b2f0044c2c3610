"""Evidence sent in about a recommendation: for anyone to send, and for editors to review."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import Limit, TooOften, count, network, wait
from accounts.private_pages import private
from recommendations import evidence as sent_in
from recommendations.evidence_forms import AcceptForm, DeclineForm, EvidenceForm, KnownForm
from recommendations.models import Evidence, EvidenceState, ProgressUpdate, Recommendation
from recommendations.paging import page_of
from recommendations.views.editors import for_editors, signed_in

# Of one network: more than a class in a school types, less than fills the table.
SENT = Limit("evidence", 30, 3_600)
# What was sent before fills nothing, and is only counted.
SENT_AGAIN = Limit("evidence-again", 300, 3_600)


# ---- For anyone ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_send(request: HttpRequest, code: str) -> HttpResponse:
    """Send a link that shows what became of a recommendation; editors look at it first."""
    if not code.isupper():
        return redirect("recommendations:evidence_send", code.upper(), permanent=True)
    rows = Recommendation.objects.public().select_related("report")
    recommendation = get_object_or_404(rows, code=code)
    status = 200
    if request.method == "POST":
        form = EvidenceForm(request.POST)
        if form.is_valid():
            try:
                sent = _keep(request, form, recommendation)
            except TooOften as problem:
                form.add_error(None, problem)
                status = 429
            else:
                how = "new" if sent.is_new else "again" if sent.fits else "full"
                path = reverse("recommendations:evidence_detail", args=[sent.evidence.key])
                return redirect(f"{path}?sent={how}")
    else:
        form = EvidenceForm()
    context = {
        "recommendation": recommendation,
        "form": form,
        "is_demo": recommendation.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/evidence_send.html", context, status=status)


def _keep(request: HttpRequest, form: EvidenceForm, recommendation: Recommendation) -> sent_in.Sent:
    is_there = sent_in.is_there(recommendation, form.cleaned_data["url"])
    limit = SENT_AGAIN if is_there else SENT
    if count(limit, network(request)) > limit.most:
        raise TooOften(
            _("Much evidence came from this network. Wait an hour, then send it again."),
            wait(limit),
        )
    return sent_in.send(recommendation, **form.cleaned_data, language=get_language() or "en")


@private
@require_safe
def evidence_detail(request: HttpRequest, key: str) -> HttpResponse:
    """What became of evidence: a private page, for whoever has its link."""
    rows = Evidence.objects.select_related("recommendation__report", "update")
    evidence = rows.filter(key=key).first()
    if evidence is None:
        raise Http404(_("No evidence has this address. Look whether the link is whole."))
    recommendation = evidence.recommendation
    is_public = recommendation.is_public and recommendation.report.is_public
    context = {
        "evidence": evidence,
        "recommendation": recommendation,
        "is_public": is_public,
        "sent": request.GET.get("sent", ""),
        "is_waiting": evidence.state == EvidenceState.WAITING,
        "is_written_up": evidence.state == EvidenceState.ACCEPTED,
        "shown": sent_in.shown_on(evidence),
        "known_by": sent_in.known_by(recommendation, evidence.url) if is_public else None,
        "is_demo": recommendation.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/evidence_detail.html", context)


# ---- On the editors' desk ----


@for_editors
@require_safe
def evidence_list(request: HttpRequest) -> HttpResponse:
    """What was sent in: what waits, the eldest first, or what was reviewed."""
    state = request.GET.get("state", EvidenceState.WAITING)
    if state not in EvidenceState.values:
        raise Http404(_("There is no state “%(state)s”.") % {"state": state[:30]})
    counts = dict(Evidence.objects.order_by().values_list("state").annotate(n=Count("pk")))
    rows = Evidence.objects.filter(state=state).select_related("recommendation", "reviewed_by")
    if state != EvidenceState.WAITING:
        rows = rows.order_by("-reviewed_at", "-id")
    context = {
        "page": page_of(request, rows),
        "state": state,
        "label": EvidenceState(state).label,
        "states": [(value, label, counts.get(value, 0)) for value, label in EvidenceState.choices],
        "section": "recommendations",
    }
    return render(request, "recommendations/desk_evidence_list.html", context)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft of evidence, say that it is known already, or decline it."""
    rows = Evidence.objects.select_related("recommendation__report", "update", "reviewed_by")
    evidence = get_object_or_404(rows, pk=pk)
    known_by = sent_in.known_by(evidence.recommendation, evidence.url)
    update = known_by if isinstance(known_by, ProgressUpdate) else None
    sent = ""
    kinds: dict[str, Any] = {
        "accept": lambda data: AcceptForm(evidence, data),
        "known": lambda data: KnownForm(evidence, data, update=update),
        "decline": lambda data: DeclineForm(evidence, data),
    }
    if request.method == "POST":
        sent = request.POST.get("do", "")
        if sent not in kinds:
            raise Http404(_("There is no such action."))
    forms = {name: make(request.POST if name == sent else None) for name, make in kinds.items()}
    is_late = bool(sent) and evidence.state != EvidenceState.WAITING
    if sent and not is_late and forms[sent].is_valid():
        try:
            return redirect(_review(request, evidence, sent, forms[sent]))
        except ValidationError:  # somebody else was faster
            evidence, is_late = get_object_or_404(rows, pk=pk), True
    if is_late:
        messages.warning(request, _("This was reviewed already. Nothing was changed."))
    context = {
        "evidence": evidence,
        "recommendation": evidence.recommendation,
        "forms": forms,
        "form": forms[sent] if sent and not is_late else None,
        "unsaved": forms[sent].written if is_late else [],
        "is_waiting": evidence.state == EvidenceState.WAITING,
        "known_by": known_by,
        "update_path": _path_of(evidence.update) if evidence.update else "",
        "listeners": evidence.addresses.count(),
        "section": "recommendations",
    }
    return render(request, "recommendations/desk_evidence.html", context)


def _review(request: HttpRequest, evidence: Evidence, do: str, form: Any) -> str:
    """Do what was decided; says where to go next.

    Raises:
        ValidationError: it was reviewed before.
    """
    by, reason = signed_in(request), form.cleaned_data["reason"]
    if do == "accept":
        update = sent_in.accept(
            evidence, by=by, update=form.update, source=form.source, reason=reason
        )
        messages.success(request, _("A draft is made of it. Send it to review when it is ready."))
        return _path_of(update)
    if do == "known":
        told_by = form.cleaned_data["update"]
        sent_in.known_already(evidence, by=by, update=told_by, reason=reason)
        if told_by and not told_by.is_public:
            words = _("Noted. Add the link to the draft as a source, if it is not one yet: %(url)s")
            messages.success(request, words % {"url": evidence.url})
            return _path_of(told_by)
        messages.success(request, _("Marked as known already."))
    else:
        sent_in.decline(evidence, by=by, reason=reason)
        messages.success(request, _("Declined, with your answer."))
    return reverse("recommendations:evidence_list")


def _path_of(update: ProgressUpdate) -> str:
    """Where editors work on an update."""
    return reverse("recommendations:desk_finding", args=["updates", update.pk])
