"""The workbench: the statements of a dialogue, sorted by those who run it or may change it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Prefetch, Q, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dialogues import sorting, sorting_steps, suggesting, suggesting_tasks
from dialogues.forms.sorting import (
    NONE_YET,
    ActForm,
    KeysField,
    MergeForm,
    ThemeForm,
    WorkbenchFilter,
)
from dialogues.models import (
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Highlight,
    NearDuplicate,
    Proposals,
    SortingStep,
    Theme,
)
from dialogues.models.contribution import ContributionQuerySet
from dialogues.views.planning import for_the_team, signed_in
from recommendations import words
from recommendations.models import Recommendation

PER_PAGE = 50
# So many steps can be undone from the page; more are kept.
STEPS = 20
# Of a proposed theme that is opened so many statements are shown, each with its box.
MANY = 300
# Nobody waits longer than this for proposals unless the worker is not running.
LONG = timedelta(minutes=1)


def sorted_by_reader(request: HttpRequest, slug: str) -> Dialogue:
    """The dialogue, if the reader runs it or may change it; for anybody else it is not there."""
    theirs = Dialogue.objects.editable_by(request.user) | Dialogue.objects.run_by(request.user)
    return get_object_or_404(theirs.select_related("report"), slug=slug)


# ---- Which statements ----


@dataclass(frozen=True, slots=True)
class Counts:
    """How many statements there are of each sort, those that are withdrawn left out."""

    kinds: dict[str, int]
    states: dict[str, int]
    themes: list[Theme]  # each with ``n``
    without_theme: int
    about: list[tuple[str, int]]
    without_about: int
    marks: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    @classmethod
    def of(cls, dialogue: Dialogue) -> "Counts":
        """Seven queries, however many statements and themes there are."""
        kinds: dict[str, int] = {}
        states: dict[str, int] = {}
        every = dialogue.contributions.order_by()
        for kind, state, n in every.values_list("kind", "state").annotate(n=Count("pk")):
            states[state] = states.get(state, 0) + n
            if state != ContributionState.WITHDRAWN:
                kinds[kind] = kinds.get(kind, 0) + n
        shown = every.exclude(state=ContributionState.WITHDRAWN)
        unwithdrawn = ~Q(statements__state=ContributionState.WITHDRAWN)
        themes = dialogue.themes.annotate(n=Count("statements", filter=unwithdrawn))
        about = (
            Contribution.about.through.objects.filter(contribution__in=shown.values("pk"))
            .values_list("recommendation__code")
            .annotate(n=Count("pk"))
            .order_by("recommendation__code")
        )
        near = NearDuplicate.objects.filter(statement__in=shown.values("pk")).count()
        lit = Highlight.objects.filter(statement__in=shown.values("pk")).count()
        return cls(
            kinds=kinds,
            states=states,
            themes=sorted(themes, key=lambda theme: sorting_steps.name_key(theme.name)),
            without_theme=shown.filter(themes__isnull=True).count(),
            about=list(about),
            without_about=shown.filter(about__isnull=True).count(),
            marks={"highlight": lit, "near": near, "single": sum(kinds.values()) - near},
        )

    def filter_form(self, data: Any) -> WorkbenchFilter:
        return WorkbenchFilter(
            data,
            kinds=self.kinds,
            states=self.states,
            themes=[
                (NONE_YET, _("None yet"), self.without_theme),
                *((str(theme.pk), theme.name, theme.n) for theme in self.themes),  # type: ignore[attr-defined]
            ],
            about=[
                (NONE_YET, _("None yet"), self.without_about),
                *((code, code, n) for code, n in self.about),
            ],
            marks=self.marks,
        )


def _chosen(dialogue: Dialogue, asked: dict[str, Any]) -> list[int]:
    """The keys of the statements that fit all filters, in the order of the report."""
    rows = dialogue.contributions.all()
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    else:
        rows = rows.exclude(state=ContributionState.WITHDRAWN)
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["sector"]:
        rows = rows.of_sector(dialogue, asked["sector"])
    rows = _about(_themed(rows, asked["theme"]), asked["about"])
    if asked["marked"] == "highlight":
        rows = rows.filter(highlight__isnull=False)
    elif asked["marked"]:
        rows = rows.filter(near__isnull=asked["marked"] == "single")
    rows = _in_order(rows)
    if stems := words.stems(asked["q"], dialogue.language).split():
        return _with_words(rows, asked["q"], set(stems))
    return list(rows.values_list("pk", flat=True))


def _themed(rows: ContributionQuerySet, theme: str) -> ContributionQuerySet:
    if theme == NONE_YET:
        return rows.filter(themes__isnull=True)
    links = Contribution.themes.through.objects.filter(theme=theme) if theme else None
    return rows if links is None else rows.filter(pk__in=links.values("contribution"))


def _about(rows: ContributionQuerySet, code: str) -> ContributionQuerySet:
    if code == NONE_YET:
        return rows.filter(about__isnull=True)
    through = Contribution.about.through
    links = through.objects.filter(recommendation__code=code) if code else None
    return rows if links is None else rows.filter(pk__in=links.values("contribution"))


def _in_order(rows: ContributionQuerySet) -> ContributionQuerySet:
    """Kind by kind as in the report, each statement before the lines that are part of it."""
    kinds = [When(kind=kind, then=n) for n, kind in enumerate(ContributionKind)]
    return rows.order_by(
        Case(*kinds, default=len(kinds)),
        Coalesce("part_of__order", "order"),
        Coalesce("part_of", "pk"),
        F("part_of").asc(nulls_first=True),
        "order",
        "pk",
    )


def _with_words(rows: ContributionQuerySet, asked: str, stems: set[str]) -> list[int]:
    """Those that have all the words, as the site's search forgives them; or that number."""
    folded = words.fold(asked.strip())
    found = []
    for pk, code, text, spoken, language in rows.values_list(
        "pk", "code", "text", "spoken", "language"
    ):
        there = words.stems(f"{text} {spoken}", language).split()
        if stems.issubset(there) or words.fold(code) == folded:
            found.append(pk)
    return found


def _page(request: HttpRequest, keys: Sequence[int]) -> "Page[int]":
    """The page asked for, or the last: what was sorted away takes its page along."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
    return Paginator(keys, PER_PAGE).get_page(max(number, 1))


def _rows(dialogue: Dialogue, keys: Sequence[int]) -> list[Contribution]:
    """Statements with all that a row of the workbench shows. Ten queries."""
    public = Recommendation.objects.public().select_related("report").order_by("code")
    found = (
        Contribution.objects.with_attribution()
        .select_related("highlight", "near__of", "part_of")
        .annotate(n_like=Count("likes_of"))
        .prefetch_related("themes", Prefetch("about", public))
        .in_bulk(list(keys))
    )
    rows = [found[key] for key in keys if key in found]
    for row in rows:
        row.dialogue = dialogue
    return rows


# ---- The page ----


@for_the_team
def workbench(request: HttpRequest, slug: str) -> HttpResponse:
    """The statements of a dialogue, fifty at a time; what is ticked is sorted at once."""
    dialogue = sorted_by_reader(request, slug)
    counts = Counts.of(dialogue)
    filters = counts.filter_form(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else None
    keys = _chosen(dialogue, asked) if asked is not None else []
    form = ActForm(request.POST) if request.method == "POST" else ActForm()
    if request.method == "POST" and form.is_valid():
        of = keys if form.cleaned_data["everything"] else form.cleaned_data["of"]
        try:
            said = _act(dialogue, form.cleaned_data, of, theme=asked and asked["theme"], by=request)
        except ValidationError as problem:
            form.add_error(_FIELD_OF.get(form.cleaned_data["do"]), problem)
        else:
            if not said:
                messages.info(request, _("Nothing changed: it was so already."))
            return redirect(f"{request.get_full_path()}#results")
    page = _page(request, keys)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "filters": filters,
        "form": form,
        "ticked": set(request.POST.getlist("of")),
        "counts": counts,
        "found": len(keys),
        "page": page,
        "statements": _rows(dialogue, list(page.object_list)),
        "is_filtered": any(request.GET.get(name) for name in filters.fields),
        "in_theme": _theme_in(counts, asked),
        "offered": sorting.recommendations_offered(dialogue),
        "steps": list(_steps(dialogue)),
        "undoes": _undoes(request, dialogue),
        "section": "dialogues",
    }
    return render(request, "dialogues/workbench.html", context)


def _steps(dialogue: Dialogue) -> Iterable[SortingStep]:
    return dialogue.sorting_steps.select_related("made_by").defer("before")[:STEPS]


def _undoes(request: HttpRequest, dialogue: Dialogue) -> SortingStep | None:
    """The reader's own last step."""
    mine = dialogue.sorting_steps.filter(made_by=signed_in(request), undone_at__isnull=True)
    return mine.defer("before").first()


def _theme_in(counts: Counts, asked: dict[str, Any] | None) -> Theme | None:
    """The theme the list is narrowed to."""
    theme = asked["theme"] if asked else ""
    return next((row for row in counts.themes if str(row.pk) == theme), None)


# Beside which box a refusal stands; for the others above them all.
_FIELD_OF = {
    "add-theme": "theme",
    "remove-theme": "theme",
    "move": "theme",
    "link": "about",
    "unlink": "about",
}


def _act(
    dialogue: Dialogue, sent: dict[str, Any], of: Sequence[int], *, theme: Any, by: HttpRequest
) -> str:
    """Do to statements what was asked; '' where nothing changed.

    Raises:
        ValidationError: as the verbs of ``dialogues/sorting.py``.
    """
    user, do = signed_in(by), sent["do"]
    named: dict[str, Callable[..., str]] = {
        "add-theme": sorting.add_theme,
        "remove-theme": sorting.remove_theme,
    }
    linked: dict[str, Callable[..., str]] = {"link": sorting.link, "unlink": sorting.unlink}
    plain: dict[str, Callable[..., str]] = {
        "highlight": sorting.highlight,
        "unhighlight": sorting.unhighlight,
        "near": sorting.mark_near,
        "apart": sorting.unmark_near,
    }
    if do == "move":
        old = int(theme) if str(theme or "").isdecimal() else 0
        return sorting.move_to_theme(dialogue, of, sent["theme"], out_of=old, by=user)
    if do in named:
        return named[do](dialogue, of, sent["theme"], by=user)
    if do in linked:
        recommendations = sorting.recommendations_coded(sent["about"])
        return linked[do](dialogue, of, recommendations, by=user)
    return plain[do](dialogue, of, by=user)


@for_the_team
@require_POST
def sorting_undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Undo a step (``step``), or without one the reader's own last one."""
    dialogue = sorted_by_reader(request, slug)
    user = signed_in(request)
    if "step" in request.POST:
        asked = request.POST["step"]
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
            raise Http404
        step = get_object_or_404(dialogue.sorting_steps, pk=int(asked))
        undone = sorting_steps.undo(dialogue, step.pk, by=user)
    else:
        mine = sorting_steps.undo_last(dialogue, by=user)
        if mine is None:
            messages.info(request, _("There is nothing of yours left to undo."))
            return _back(request, dialogue)
        undone = mine
    said = _("Undone: %(what)s") % {"what": undone.step.summary}
    if undone.words:
        messages.warning(request, " ".join([said, *undone.words]))
    else:
        messages.success(request, said)
    return _back(request, dialogue)


def _back(request: HttpRequest, dialogue: Dialogue) -> HttpResponse:
    """To where it was asked from: the workbench with its filters, or one of its other pages."""
    pages = {"themes": "dialogues:sorting_themes", "proposals": "dialogues:sorting_proposals"}
    page = pages.get(request.POST.get("back", ""), "dialogues:workbench")
    path = reverse(page, args=[dialogue.slug])
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{path}?{query}" if query else path)


# ---- Themes ----


@for_the_team
def sorting_themes(request: HttpRequest, slug: str) -> HttpResponse:
    """The themes of a dialogue: a new one, or one made of several."""
    dialogue = sorted_by_reader(request, slug)
    counts = Counts.of(dialogue)
    choices = [(str(theme.pk), theme.name) for theme in counts.themes]
    new, merge = ThemeForm(), MergeForm(themes=choices)
    is_merge = request.POST.get("do") == "merge"
    if request.method == "POST":
        user = signed_in(request)
        if is_merge:
            merge = MergeForm(request.POST, themes=choices)
            done = _try(
                merge,
                lambda sent: sorting.merge_themes(
                    dialogue, map(int, sent["themes"]), sent["name"], by=user
                ),
                few="themes",
            )
        else:
            new = ThemeForm(request.POST)
            done = _try(new, lambda sent: sorting.new_theme(dialogue, sent["name"], by=user))
        if done is not None:
            messages.success(request, done)
            return redirect("dialogues:sorting_themes", slug)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "counts": counts,
        "form": merge if is_merge else new,
        "new": new,
        "merge": merge,
        "undoes": _undoes(request, dialogue),
        "section": "dialogues",
    }
    return render(request, "dialogues/sorting_themes.html", context)


def _try(form: Any, act: Callable[[dict[str, Any]], str], **fields: str) -> str | None:
    """Do what a form asks; None where it is refused, which the form then says.

    A refusal stands beside the name unless ``fields`` says of its code another field.
    """
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except ValidationError as problem:
        form.add_error(fields.get(problem.code or "", "name"), problem)
        return None


@for_the_team
def sorting_theme(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One theme: another name, or an end to it."""
    dialogue = sorted_by_reader(request, slug)
    theme = get_object_or_404(dialogue.themes.annotate(n=Count("statements")), pk=pk)
    user = signed_in(request)
    form = ThemeForm(initial={"name": theme.name})
    if request.method == "POST":
        if request.POST.get("do") == "delete":
            try:
                messages.success(request, sorting.delete_theme(dialogue, pk, by=user))
            except ValidationError as problem:
                messages.warning(request, " ".join(problem.messages))
            return redirect("dialogues:sorting_themes", slug)
        form = ThemeForm(request.POST)
        done = _try(form, lambda sent: sorting.rename_theme(dialogue, pk, sent["name"], by=user))
        if done is not None:
            messages.success(request, done or _("It is called so already."))
            return redirect("dialogues:sorting_themes", slug)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "theme": theme,
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/sorting_theme.html", context)


# ---- What is proposed ----


@dataclass(frozen=True, slots=True)
class ProposedTheme:
    """A theme a program proposes. ``rows`` are its statements as far as they are shown."""

    place: int
    name: str
    words: str
    n: int
    n_without: int  # of them without a theme so far
    rows: list[Contribution]
    ticked: set[int]


@dataclass(frozen=True, slots=True)
class Alike:
    """Statements a program finds nearly the same as one: (place in the list, score, statement)."""

    kept: Contribution
    others: list[tuple[int, int, Contribution]]


@for_the_team
def sorting_proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """What a program on this machine proposes, to be taken, changed or dismissed."""
    dialogue = sorted_by_reader(request, slug)
    proposals = Proposals.objects.filter(dialogue=dialogue).first()
    refused: list[str] = []
    if request.method == "POST":
        try:
            said = _decide(request, dialogue, proposals)
        except ValidationError as problem:
            refused = problem.messages
        else:
            if said:
                messages.success(request, said)
            return redirect(request.get_full_path())
    found = proposals.found if proposals else {}
    opened = request.GET.get("theme", "")
    themes = _open(found.get("themes", ()))
    pairs = _open(found.get("pairs", ()))
    one = next(((n, row) for n, row in themes if str(n) == opened), None)
    page = _page(request, list(_kept_of(pairs)))
    waits = proposals is not None and proposals.made_at is None
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "proposals": proposals,
        "refused": refused,
        "made": _mark_of(proposals),
        "is_possible": suggesting.is_possible(),
        "waits": waits,
        "waits_long": waits and timezone.now() - proposals.asked_at > LONG,  # type: ignore[union-attr]
        "themes": _proposed_themes(
            dialogue, [one] if one else themes, shown=MANY if one else 2, typed=request.POST
        ),
        "one": one is not None,
        "page": page,
        "alike": [] if one else _alike(dialogue, pairs, list(page.object_list)),
        "n_pairs": len(pairs),
        "undoes": _undoes(request, dialogue),
        "section": "dialogues",
    }
    return render(request, "dialogues/sorting_proposals.html", context)


def _mark_of(proposals: Proposals | None) -> str:
    """What tells these proposals from those computed before and after them."""
    return proposals.made_at.isoformat() if proposals and proposals.made_at else ""


def _decide(request: HttpRequest, dialogue: Dialogue, proposals: Proposals | None) -> str:
    """Do with proposals what was asked.

    Raises:
        ValidationError: as the verbs of ``dialogues/sorting.py``; or others were computed since.
    """
    user, sent = signed_in(request), request.POST
    keys = KeysField(required=False)
    if sent.get("do") == "ask":
        if suggesting.is_possible():
            suggesting_tasks.ask(dialogue)
        return ""
    if sent.get("made", "") != _mark_of(proposals):
        raise ValidationError(
            _("Others have been computed meanwhile. These are the new ones: choose again.")
        )
    places = keys.clean(sent.getlist("place"))
    if sent.get("do") == "accept-theme" and places:
        of = keys.clean(sent.getlist("of"))
        if sent.get("whole"):
            of = sorting.proposed_for(dialogue, places[0])
        return sorting.accept_theme(dialogue, places[0], sent.get("name", ""), of, by=user)
    if sent.get("do") == "dismiss-theme":
        return sorting.dismiss(dialogue, "themes", places, by=user)
    if sent.get("do") == "dismiss-pairs":
        return sorting.dismiss(dialogue, "pairs", places, by=user)
    return sorting.accept_pairs(dialogue, places, by=user)


def _open(rows: Iterable[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Proposals nobody has decided on, each with its place in the list."""
    return [(place, row) for place, row in enumerate(rows) if not row.get("step")]


def _kept_of(pairs: Iterable[tuple[int, dict[str, Any]]]) -> dict[int, None]:
    """The keys of the statements that would be kept, each once."""
    return dict.fromkeys(row["of"] for _place, row in pairs)


def _proposed_themes(
    dialogue: Dialogue,
    themes: Sequence[tuple[int, dict[str, Any]]],
    *,
    shown: int,
    typed: QueryDict,
) -> list[ProposedTheme]:
    """Proposed themes with their first statements. Eleven queries, however many there are.

    ``typed`` is what was sent and refused: it is kept.
    """
    without = set(
        dialogue.contributions.order_by()
        .filter(themes__isnull=True)
        .exclude(state=ContributionState.WITHDRAWN)
        .values_list("pk", flat=True)
    )
    keys = [key for _place, row in themes for key in row["statements"][:shown]]
    rows = {row.pk: row for row in _rows(dialogue, keys)}
    return [
        ProposedTheme(
            place=place,
            name=typed.get("name", "") if _is_sent(typed, place) else row["name"],
            words=", ".join(row["words"]),
            n=len(row["statements"]),
            n_without=len(without.intersection(row["statements"])),
            rows=[rows[key] for key in row["statements"][:shown] if key in rows],
            ticked=set(
                KeysField(required=False).clean(typed.getlist("of"))
                if _is_sent(typed, place)
                else row["statements"]
            ),
        )
        for place, row in themes
    ]


def _is_sent(typed: QueryDict, place: int) -> bool:
    return "name" in typed and typed.get("place") == str(place)


def _alike(
    dialogue: Dialogue, pairs: Sequence[tuple[int, dict[str, Any]]], kept: Sequence[int]
) -> list[Alike]:
    """What is proposed for the statements that would be kept. Ten queries."""
    of: dict[int, list[tuple[int, int, int]]] = {key: [] for key in kept}
    for place, row in pairs:
        if row["of"] in of:
            of[row["of"]].append((place, row["score"], row["statement"]))
    keys = {*kept, *(key for others in of.values() for _place, _score, key in others)}
    rows = {row.pk: row for row in _rows(dialogue, sorted(keys))}
    return [
        Alike(rows[key], [(place, n, rows[one]) for place, n, one in others if one in rows])
        for key, others in of.items()
        if key in rows
    ]
