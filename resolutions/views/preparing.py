"""Preparing a text for a council: for anyone, without an account.

Whoever has the link of a preparation has the preparation, and the link is all that gives leave:
no cookie is set or read, so no form of another site can act for anybody here.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import Limit, count, network, wait
from recommendations.caching import RESOLUTIONS, public_page
from resolutions import preparing
from resolutions.documents import Document, Format
from resolutions.filling import NotFilled, associations_of, country_of, values_for
from resolutions.forms.filters import CouncilFilter
from resolutions.forms.preparing import PreparationForm, number_of
from resolutions.models import Council, ModelResolution, Preparation, Scope
from resolutions.preparing import Followed, Stale, prepared
from resolutions.views.asked import chosen

# So many councils are offered for a name; with more letters there are fewer.
OFFERED = 30


@public_page(RESOLUTIONS)
def prepare(request: HttpRequest) -> HttpResponse:
    """Choose a council, by name, and then a text for it."""
    form = CouncilFilter(request.GET)
    is_asked = any(request.GET.get(name) for name in ("q", "region"))
    found: list[Council] = []
    if form.is_valid() and is_asked:
        rows = Council.objects.all().matching(**form.cleaned_data).for_list()
        found = list(rows.best_first(form.cleaned_data["q"])[: OFFERED + 1])
    council = chosen(Council.objects.all().for_list(), request.GET.get("council", ""))
    models = preparing.models_for(council) if council else []
    wanted = chosen(ModelResolution.objects.current(), request.GET.get("model", ""))
    offered = next((row for row in models if row == wanted), models[0] if models else None)
    context = {
        "form": form,
        "is_asked": is_asked,
        "found": found[:OFFERED],
        "has_more": len(found) > OFFERED,
        "council": council,
        "is_unknown": bool(request.GET.get("council")) and council is None,
        "models": models,
        "chosen": offered,
        # Chosen for another country: say so, rather than quietly take another text.
        "not_for_it": wanted if council and wanted and wanted not in models else None,
        "wanted": wanted,
        "values": values_for(council, offered) if council and offered else {},
        "is_demo": bool(council and council.is_demo) or any(row.is_demo for row in found),
        "section": "resolutions",
    }
    return render(request, "resolutions/prepare.html", context)


@csrf_exempt
@require_POST
@never_cache
def preparation_start(request: HttpRequest) -> HttpResponse:
    """Begin a text and lead to its own address."""
    council = chosen(Council.objects.all().for_list(), request.POST.get("council", ""))
    if council is None:
        raise Http404
    slug = request.POST.get("model", "")
    model = next((row for row in preparing.models_for(council) if row.slug == slug), None)
    if model is None:
        raise Http404
    if count(preparing.BEGUN, network(request)) > preparing.BEGUN.most:
        return too_often(request, preparing.BEGUN)
    like = chosen(Preparation.objects.all(), request.POST.get("like", ""), "key")
    return redirect(preparing.start(model, council, like=like))


def too_often(request: HttpRequest, limit: Limit) -> HttpResponse:
    """Say that so much came from one network that it looks like no person's work."""
    reason = _("So many texts were asked for from this network. Come back in an hour.")
    answer = render(request, "pages/error.html", {"status": 429, "reason": reason}, status=429)
    answer["Retry-After"] = str(wait(limit))
    return answer


def of_key(key: str) -> Preparation:
    """The preparation with this key.

    Raises:
        Http404: there is none.
    """
    rows = Preparation.objects.select_related(
        "model__report", "council__jurisdiction__parent", "resolution"
    )
    return get_object_or_404(rows, key=key)


@csrf_exempt
@never_cache
def preparation_clauses(request: HttpRequest, key: str) -> HttpResponse:
    """Keep, leave out or say otherwise each clause; see the whole text beside it.

    A post that says ``autosave`` is one by the page itself and gets the text alone.
    """
    preparation = of_key(key)
    by_itself = request.POST.get("autosave") == "1"
    form = _form(preparation, request)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                preparing.save(
                    preparation,
                    choices=form.choices,
                    recitals=form.recitals,
                    values=form.values,
                    revision=form.cleaned_data["revision"],
                )
            except Followed as problem:
                form.add_error(None, problem)
                status = 409
            except Stale as problem:
                form.add_error(None, problem)
                # Saved again, what stands in this window is kept.
                newest = Preparation.objects.get(pk=preparation.pk)
                form.data = _again(form, revision=newest.revision)
                status = 409
            else:
                if not by_itself and "add" not in request.POST:
                    then = "preparation_take" if "go_on" in request.POST else "preparation_clauses"
                    return redirect(f"resolutions:{then}", key)
                form.data = _again(form, revision=preparation.revision)
        else:
            status = 422 if by_itself else 200
    context = _context(request, preparation, form)
    if by_itself:
        return render(request, "resolutions/_preparation_preview.html", context, status=status)
    return render(request, "resolutions/preparation_clauses.html", context, status=status)


def _again(form: PreparationForm, *, revision: int) -> Any:
    """What was sent, as the next post of this window is to begin from."""
    data: Any = form.data
    data = data.copy()
    data["revision"] = str(revision)
    return data


def _form(preparation: Preparation, request: HttpRequest) -> PreparationForm:
    """The form, filled in with what is kept, or with what was sent."""
    clauses = preparing.clauses_of(preparation.model)
    kept = {
        "choices": preparation.choices,
        "recitals": preparation.recitals,
        "values": preparation.values,
        "revision": preparation.revision,
    }
    data: Any = request.POST.copy() if request.method == "POST" else None
    if data is not None and "add" in data and _is_few(data):
        data["recitals"] = str(number_of(data.get("recitals", "")) + 1)
    return PreparationForm(
        data,
        initial=kept,
        clauses=clauses,
        fields=preparation.model.fields.all(),
        filled_in=values_for(preparation.council, preparation.model),
        council=preparation.council,
        language=preparation.model.language,
    )


def _is_few(data: Any) -> bool:
    return number_of(data.get("recitals", "")) < preparing.MOST_RECITALS


def _context(
    request: HttpRequest, preparation: Preparation, form: PreparationForm | None = None
) -> dict[str, Any]:
    """What the pages of a preparation show; ``problem`` where its text can't be made."""
    council = preparation.council
    context: dict[str, Any] = {
        "preparation": preparation,
        "council": council,
        "model": preparation.model,
        "form": form,
        "link": request.build_absolute_uri(preparation.get_absolute_url()),
        "associations": associations_of(council),
        "country": country_of(council),
        "is_demo": council.is_demo,
        "section": "resolutions",
    }
    try:
        context["prepared"] = prepared(
            preparation,
            clauses=form.clauses if form else None,
            filled_in=form.filled_in if form else None,
        )
    except NotFilled as problem:
        context["problem"] = problem
    return context


@never_cache
@require_safe
def preparation_take(request: HttpRequest, key: str) -> HttpResponse:
    """The whole text, what differs from the model, and the files to take away."""
    preparation = of_key(key)
    context = _context(request, preparation)
    if "problem" in context:
        return redirect("resolutions:preparation_clauses", key)
    condensed = [
        row
        for row in preparing.models_for(preparation.council)
        if row.scope == Scope.ASSOCIATION and preparation.model.scope == Scope.COUNCIL
    ]
    context |= {
        "documents": [(document, list(Format)) for document in Document],
        "condensed": condensed,
        "may_track": request.user.is_authenticated
        and request.user.has_perm("resolutions.add_resolution"),
    }
    return render(request, "resolutions/preparation_take.html", context)
