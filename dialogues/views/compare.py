"""Dialogues about one report, side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues import comparing
from dialogues.figures import number
from dialogues.forms.comparing import ComparisonForm
from dialogues.models import ContributionKind, Dialogue
from dialogues.templatetags.dialogues import plural_kind
from recommendations.caching import DIALOGUES, RECOMMENDATIONS, public_page


@public_page(DIALOGUES, RECOMMENDATIONS)
def dialogue_compare(request: HttpRequest) -> HttpResponse:
    """Published dialogues beside each other: who came, how they voted, what they spoke of."""
    asked = request.GET.getlist("with")
    get = request.GET.get
    offer = comparing.on_offer(get("report", ""), asked, get("beside", ""))
    choices = [(dialogue.slug, _choice(dialogue)) for dialogue in offer.dialogues]
    form, chosen = None, offer.first
    if offer.first:
        chosen_slugs = [dialogue.slug for dialogue in offer.first]
        form = ComparisonForm(choices=choices, initial={"with": chosen_slugs})
    if asked:
        form = ComparisonForm({"with": asked}, choices=choices)
        chosen = offer.chosen(form.cleaned_data["with"]) if form.is_valid() else []
    kinds = {kind.value: plural_kind(kind) for kind in ContributionKind}
    comparison = comparing.compare(chosen, kinds) if chosen else None
    context = {
        "offer": offer,
        "form": form,
        "comparison": comparison,
        "is_asked": bool(request.GET),
        "is_demo": comparison is not None and comparison.is_demo,
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_compare.html", context)


def _choice(dialogue: Dialogue) -> str:
    n = sum(dialogue.counts.values())
    words = ngettext("%(n)s statement", "%(n)s statements", n) % {"n": number(n)}
    name = f"{comparing.name_of(dialogue)}, {words}"
    return f"{name} ({_('demonstration data')})" if dialogue.is_demo else name
