"""What somebody said they would do: made in public, confirmed, and later what became of it."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.letters import sends_mail
from accounts.limits import Limit, TooOften, count, network, wait
from accounts.private_pages import private
from dialogues import commitments
from dialogues.forms.commitments import AnswerForm, CommitmentForm
from dialogues.models import Commitment, CommitmentState
from recommendations.models import Recommendation

# Of one network: more than a class in a school types, less than fills the table.
SENT = Limit("commitments", 40, 3_600)


# ---- Made in public ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_new(request: HttpRequest, code: str) -> HttpResponse:
    """Say what one will do about a recommendation; shown once confirmed and reviewed."""
    if not code.isupper():
        return redirect("commitment_new", code.upper(), permanent=True)
    rows = Recommendation.objects.public().select_related("report")
    recommendation = get_object_or_404(rows, code=code)
    status = 200
    if request.method == "POST" and sends_mail():
        form = CommitmentForm(request.POST)
        if form.is_valid():
            try:
                _make(request, form, recommendation)
            except TooOften as problem:
                form.add_error(None, problem)
                status = 429
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                return redirect(f"{reverse('commitment_new', args=[code])}?sent=1")
    else:
        form = CommitmentForm(initial={"language": (get_language() or "en")[:2]})
    context = {
        "recommendation": recommendation,
        "form": form,
        "is_sent": "sent" in request.GET and request.method != "POST",
        "sends_mail": sends_mail(),
        "within": commitments.CONFIRM_WITHIN.days,
        "is_demo": recommendation.is_demo,
        "section": "recommendations",
    }
    return render(request, "commitments/commitment_new.html", context, status=status)


def _make(request: HttpRequest, form: CommitmentForm, recommendation: Recommendation) -> None:
    if count(SENT, network(request)) > SENT.most:
        raise TooOften(
            _("Many commitments came from this network. Wait an hour, then send it again."),
            wait(SENT),
        )
    if not form.is_by_a_machine:
        commitments.make_public(recommendation, **form.made)


# ---- By private link ----


def _of_link(token: str, use: str = "answer") -> Commitment:
    row = commitments.of_token(token, use)
    if row is None:
        raise Http404(
            _(
                "This private link is not valid. It may be incomplete, it may have been confirmed"
                " too late, or what it led to has been erased."
            )
        )
    return row


@private
@require_http_methods(["GET", "HEAD", "POST"])
def commitment(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a commitment, say what became of it, stop letters about it, or take it back."""
    row = _of_link(token)
    may_ask_again = bool(row.address)
    form = AnswerForm(may_ask_again=may_ask_again, initial={"outcome": row.outcome})
    problem = ""
    if request.method == "POST":
        if request.POST.get("verb") == "answer":
            form = AnswerForm(request.POST, may_ask_again=may_ask_again)
        try:
            if _act(request, row, form):
                path = reverse("commitments:commitment", args=[token])
                return redirect(f"{path}?done={request.POST['verb']}")
        except ValidationError as refused:
            if form.is_bound and all(name in form.fields for name in _named(refused)):
                form.add_error(None, refused)
            else:
                problem = " ".join(refused.messages)
    context = {
        "commitment": row,
        "dialogue": row.statement.dialogue if row.statement else None,
        "recommendation": row.recommendation,
        "token": token,
        "form": form,
        "problem": problem,
        "done": request.GET.get("done", "") if request.method != "POST" else "",
        "is_unconfirmed": row.state == CommitmentState.UNCONFIRMED,
        "may_answer": commitments.may_answer(row),
        "may_take_back": _may_take_back(row),
        "is_asking": commitments.is_asking(row),
        "last": row.check_ins.first(),
        "words_wait": bool(commitments.words_to_review(row)),
        "section": "dialogues" if row.statement else "recommendations",
    }
    return render(request, "commitments/commitment.html", context)


def _named(problem: ValidationError) -> list[str]:
    return list(problem.message_dict) if hasattr(problem, "error_dict") else []


def _may_take_back(row: Commitment) -> bool:
    if row.statement:
        return commitments.may_answer(row) and row.statement.dialogue.takes_corrections()
    return row.state not in {CommitmentState.WITHDRAWN, CommitmentState.DECLINED}


def _act(request: HttpRequest, row: Commitment, form: AnswerForm) -> bool:
    """Do what a button says; False where the form has faults."""
    match request.POST.get("verb"):
        case "confirm":
            commitments.confirm(row)
        case "answer":
            if not form.is_valid():
                return False
            commitments.answer(row, **form.cleaned_data)
        case "stop":
            commitments.stop(row)
        case "take-back":
            commitments.take_back(row)
        case _:
            raise Http404(_("There is no such action."))
    return True


# Mail programs send it without a page of ours, so without its token; the link gives leave.
@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop letters about a commitment: with one click in a mail program, or a button here."""
    row = _of_link(token, "stop")
    if request.method == "POST":
        commitments.stop(row)
        row.refresh_from_db()
    context = {"commitment": row, "is_asking": commitments.is_asking(row)}
    return render(request, "commitments/commitment_stop.html", context)
