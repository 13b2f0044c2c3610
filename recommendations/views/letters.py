"""Writing to an addressee. Nothing that is typed here is kept, counted or logged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.limits import Limit, TooOften, is_too_often, network, wait
from recommendations import writing
from recommendations.letter_forms import LetterForm
from recommendations.models import Addressee, Recommendation
from recommendations.writing import Letter, Recipient, recipient_of

# Of one network: more than a class prints in a lesson. So many must not keep others waiting.
MADE = Limit("letters-made", 120, 600)


# A forged form could make a letter for whoever sent it, and no more: nothing is stored or changed.
# So there is no token to check, and no cookie for one.
@csrf_exempt
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """A form for the reader’s own words, and the letter: to copy, to print, to send by e-mail."""
    if not code.isupper():
        return redirect("recommendations:letter", code.upper(), permanent=True)
    recommendation = _of_code(code)
    addressees = _who_can_be_written_to(recommendation)
    if not addressees:
        return _nobody_to_write_to(request, recommendation)
    if request.method == "POST":
        form = LetterForm(request.POST, addressees=addressees)
        made = _made(request, recommendation, form) if form.is_valid() else None
    else:
        chosen = _chosen(request, addressees)
        language = (get_language() or "en")[:2]
        initial = {"language": language, "addressee": chosen.slug}
        form = LetterForm(addressees=addressees, initial=initial)
        page = _page_of(request, recommendation, language)
        made = writing.letter(recommendation, chosen, page=page, language=language)
    return _shown(request, recommendation, form, made)


@csrf_exempt  # as above
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The letter as a PDF, to print and sign. Without a form there is nothing to print yet."""
    if request.method != "POST" or not code.isupper():
        return redirect("recommendations:letter", code.upper())
    recommendation = _of_code(code)
    addressees = _who_can_be_written_to(recommendation)
    if not addressees:
        return _nobody_to_write_to(request, recommendation)
    form = LetterForm(request.POST, addressees=addressees)
    if not form.is_valid():
        return _shown(request, recommendation, form, None)
    made = _made(request, recommendation, form)
    if is_too_often(MADE, network(request)):
        words = _("Many letters were printed from this network. Wait ten minutes, then try again.")
        form.add_error(None, TooOften(words, wait(MADE)))
        return _shown(request, recommendation, form, made, status=429)
    response = HttpResponse(made.as_pdf(), content_type="application/pdf")
    # To save, not to show: the page with what was typed stays open.
    name = f"letter-{recommendation.code.lower()}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _of_code(code: str) -> Recommendation:
    return get_object_or_404(Recommendation.objects.public().for_list(), code=code)


def _who_can_be_written_to(recommendation: Recommendation) -> list[Addressee]:
    rows = recommendation.addressees.all()
    return [row for row in rows if recipient_of(row) != Recipient.NOBODY]


def _chosen(request: HttpRequest, addressees: list[Addressee]) -> Addressee:
    """The one the address names (``?to=media-owners``), else the first."""
    asked = request.GET.get("to", "")
    return next((row for row in addressees if row.slug == asked), addressees[0])


def _page_of(request: HttpRequest, recommendation: Recommendation, language: str) -> str:
    """The whole address of a recommendation’s page in the language of the letter."""
    with translation.override(language):
        return request.build_absolute_uri(recommendation.get_absolute_url())


def _made(request: HttpRequest, recommendation: Recommendation, form: LetterForm) -> Letter:
    """The letter of a form that is valid."""
    addressee = form.written_to
    assert addressee is not None  # noqa: S101 - the form is valid
    page = _page_of(request, recommendation, form.own["language"])
    return writing.letter(recommendation, addressee, page=page, **form.own)


def _shown(
    request: HttpRequest,
    recommendation: Recommendation,
    form: LetterForm,
    made: Letter | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "recommendation": recommendation,
        "form": form,
        "letter": made,
        "addressee": form.written_to if form.is_bound else _initial(form),
        "is_first": not form.is_bound,
        "path": reverse("recommendations:letter", args=[recommendation.code]),
        "is_demo": bool(recommendation.is_demo or (made and made.note)),
        "section": "recommendations",
    }
    return render(request, "recommendations/letter.html", context, status=status)


def _initial(form: LetterForm) -> Addressee:
    return form.known[form.initial["addressee"]]


def _nobody_to_write_to(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Say so, and who is asked to make what does not exist yet."""
    bodies = list(recommendation.addressees.all())
    context = {
        "recommendation": recommendation,
        "bodies": bodies,
        "asking": writing.asking_for(recommendation, bodies[0]) if bodies else [],
        "is_demo": recommendation.is_demo,
        "section": "recommendations",
    }
    return render(request, "recommendations/letter_none.html", context)
