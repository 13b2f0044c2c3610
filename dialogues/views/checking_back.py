"""“What we recorded you said”: a private page, without an account, for whoever has its link."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues import capturing, checking_back, commitments, joining
from dialogues.forms.commitments import DayForm
from dialogues.forms.participants import AttributionForm, ConsentForm, CorrectionForm
from dialogues.models import (
    Attribution,
    Contribution,
    ContributionKind,
    ContributionState,
    Edition,
    Participant,
)
from dialogues.models.contribution import NARROWER


def _holder(token: str) -> Participant:
    participant = Participant.objects.select_related("dialogue").of_token(token, "said")
    if participant is None:
        raise Http404(
            _(
                "This private link is not valid. It may be incomplete, replaced by a newer one, or"
                " what it led to has been erased. Ask whoever ran the dialogue for a new one."
            )
        )
    # Read for each statement: see Contribution.attributed_to.
    prefetch_related_objects([participant], "consents")
    return participant


@never_cache
def said(request: HttpRequest, token: str) -> HttpResponse:
    """All that was recorded of somebody, for them to correct, narrow or take back."""
    participant = _holder(token)
    dialogue = participant.dialogue
    language = (get_language() or "en")[:2]
    consent_form = ConsentForm(participant, language)
    wrong: dict[int, dict[str, Any]] = {}
    if request.method == "POST":
        if "consents" in request.POST:
            consent_form = ConsentForm(participant, language, request.POST)
            if consent_form.is_valid():
                joining.consent_to(participant, consent_form.agreed)
                return _done(token, "consents")
        else:
            statement = _asked_for(request, participant)
            # By when somebody will do what they said is no correction: no date ends it.
            if not dialogue.takes_corrections() and request.POST.get("verb") != "plan":
                return _done(token, "closed")
            try:
                forms = _act(request, statement)
            except ValidationError as problem:
                forms = {"problem": " ".join(problem.messages)}
            if forms is None:
                return _done(token, statement.code)
            wrong[statement.pk] = forms
    statements = checking_back.statements_of(participant)
    context = {
        "participant": participant,
        "dialogue": dialogue,
        "token": token,
        "shown": [_shown(statement, wrong.get(statement.pk, {})) for statement in statements],
        "is_open": dialogue.takes_corrections(),
        "may_narrow": bool(NARROWER.get(Attribution(dialogue.attribution))),
        "consent_form": consent_form,
        "form": next(
            (
                forms[name]
                for forms in wrong.values()
                for name in ("correction", "day")
                if name in forms
            ),
            None,
        ),
        "done": request.GET.get("done", ""),
        "has_edition": Edition.objects.published().filter(dialogue=dialogue).exists(),
        "data_count": len(statements),
        "section": "dialogues",
    }
    return render(request, "join/said.html", context)


def _asked_for(request: HttpRequest, participant: Participant) -> Contribution:
    code = request.POST.get("statement", "").replace("\x00", "")
    statement = participant.statements.filter(code=code).first()
    if statement is None:
        raise Http404(_("There is no such statement of yours. It may have been renumbered."))
    statement.dialogue = participant.dialogue
    return statement


def _act(request: HttpRequest, statement: Contribution) -> dict[str, Any] | None:
    """Do what a button says; None when it is done, else the form with what is wrong with it."""
    match request.POST.get("verb"):
        case "take-back":
            capturing.take_back(statement)
        case "give-back":
            capturing.give_back(statement)
        case "attribute":
            form = AttributionForm(statement, request.POST, prefix=statement.code)
            if not form.is_valid():
                return {"attribution": form}
            capturing.narrow(statement, form.cleaned_data["attribution"])
        case "correct":
            return _correct(request, statement)
        case "plan":
            return _plan(request, statement)
        case _:
            raise Http404(_("There is no such action."))
    return None


def _correct(request: HttpRequest, statement: Contribution) -> dict[str, Any] | None:
    form = CorrectionForm(request.POST, prefix=statement.code)
    if form.is_valid():
        try:
            capturing.correct(statement, **form.cleaned_data)
        except capturing.Conflict as conflict:
            # Sent again, it counts as an answer to the wording that is shown now.
            typed = form.cleaned_data["text"]
            form = CorrectionForm(
                {
                    f"{statement.code}-text": typed,
                    f"{statement.code}-revision": conflict.theirs.revision,
                },
                prefix=statement.code,
            )
            form.add_error("text", conflict)
            return {"correction": form, "theirs": conflict.theirs.text}
        except ValidationError as problem:
            form.add_error("text", problem)
        else:
            return None
    return {"correction": form}


def _plan(request: HttpRequest, statement: Contribution) -> dict[str, Any] | None:
    form = DayForm(statement, request.POST)
    if form.is_valid():
        try:
            commitments.plan(statement, **form.planned)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            return None
    return {"day": form}


def _day(statement: Contribution) -> dict[str, Any]:
    """When a commitment is to be kept, and whether its maker is asked then; for others nothing."""
    stands = statement.state != ContributionState.WITHDRAWN
    if statement.kind != ContributionKind.COMMITMENT or not stands:
        return {}
    row = getattr(statement, "commitment", None)
    asks = row is not None and commitments.is_asking(row)
    return {
        "commitment": row,
        "day": DayForm(statement, initial={"due_on": row and row.due_on, "asks": asks}),
        "link": row and reverse("commitments:commitment", args=[commitments.token_of(row)]),
    }


def _shown(statement: Contribution, forms: dict[str, Any]) -> dict[str, Any]:
    """A statement with its forms: those that were sent, or fresh ones."""
    values = {"text": statement.text, "revision": statement.revision}
    return {
        "statement": statement,
        "fate": checking_back.fate_of(statement),
        "attributed_to": statement.attributed_to,
        "may_change": statement.state != ContributionState.WITHDRAWN,
        "may_give_back": statement.was_taken_back and statement.replaced_by_id is None,
        "correction": CorrectionForm(initial=values, prefix=statement.code),
        "attribution": AttributionForm(
            statement, initial={"attribution": statement.attribution}, prefix=statement.code
        ),
        **_day(statement),
        **forms,
    }


def _done(token: str, what: str) -> HttpResponse:
    response = redirect("join:said", token)
    anchor = f"#{what}" if what.isupper() else ""
    response["Location"] += f"?done={what}{anchor}"
    return response


@never_cache
@require_safe
def said_data(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that is kept about somebody, as a file they can read and take along."""
    participant = _holder(token)
    response = JsonResponse(
        checking_back.data_of(participant),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = 'attachment; filename="what-we-recorded-you-said.json"'
    return response


@never_cache
def said_erase(request: HttpRequest, token: str) -> HttpResponse:
    """Say what goes, then erase somebody and all they gave. No date ends this."""
    participant = _holder(token)
    if request.method == "POST":
        joining.erase(participant)
        return redirect("join:said_erased")
    context = {
        "participant": participant,
        "dialogue": participant.dialogue,
        "token": token,
        "n": participant.statements.count(),
        "has_voted": participant.voted.exists(),
        "section": "dialogues",
    }
    return render(request, "join/said_erase.html", context)


@never_cache
@require_safe
def said_erased(request: HttpRequest) -> HttpResponse:
    """That it is done: the link that led there is void by now."""
    return render(request, "join/said_erased.html", {"section": "dialogues"})
