"""Figures of one dialogue while it is being sorted, for those who sort it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dialogues import figures
from dialogues.views.planning import for_the_team
from dialogues.views.workbench import sorted_by_reader


@for_the_team
def dialogue_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """What the report will count, as it stands now. Small groups are folded here as well."""
    dialogue = sorted_by_reader(request, slug)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "resonance": figures.resonance_blocks(dialogue, dialogue.agenda.all()),
        "figures": figures.figures_blocks(dialogue),
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_figures.html", context)
