"""The pages on which a dialogue is planned: for those who run it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from dialogues import planning
from dialogues.formats import FORMATS
from dialogues.forms.planning import (
    AgendaItemForm,
    ConvenerForm,
    CopyForm,
    NewDialogueForm,
    PersonForm,
    RulesForm,
)
from dialogues.models import AgendaItem, Convener, Dialogue, Person, Room
from dialogues.planning import Schedule

View = Callable[..., HttpResponse]
# As many earlier dialogues can be copied from the form of a new one; from its own page any.
OFFERED = 100


def for_the_team(view: View) -> View:
    """A page with names or plans on it: for the signed-in, and kept by nobody."""
    return never_cache(login_required(view))


def run_by_reader(request: HttpRequest, slug: str) -> Dialogue:
    """The dialogue, if the reader runs it; for anybody else it is not there."""
    return get_object_or_404(Dialogue.objects.run_by(request.user), slug=slug)


def signed_in(request: HttpRequest) -> User:
    """Who asks for a page of the team."""
    assert isinstance(request.user, User)  # noqa: S101 - for_the_team let them in
    return request.user


def refused(form: BaseForm, problem: ValidationError) -> None:
    """Show what a verb refused beside the field it is about, or above them all."""
    form.add_error(None, problem)


# ---- All plans, and a new one ----


@for_the_team
@require_safe
def dialogue_plans(request: HttpRequest) -> HttpResponse:
    """The dialogues somebody runs or takes down in, by how far they have come."""
    may_plan = request.user.has_perm("dialogues.plan")
    rows = list(
        Dialogue.objects.taken_down_by(request.user)
        .annotate(
            is_theirs=Exists(Dialogue.objects.run_by(request.user).filter(pk=OuterRef("pk"))),
            has_started=Exists(
                AgendaItem.objects.filter(dialogue=OuterRef("pk"), started_at__isnull=False)
            ),
        )
        .select_related("room")
        .order_by("on", "id")
    )
    if not rows and not may_plan:
        raise PermissionDenied(
            _(
                "Dialogues are planned by facilitators, and you are not on the team of one. Whoever"
                " runs a dialogue can invite you."
            )
        )
    context = {"groups": _by_stage(rows), "may_plan": may_plan, "section": "dialogues"}
    return render(request, "dialogues/dialogue_plans.html", context)


def _by_stage(rows: Iterable[Any]) -> list[tuple[str, str, list[Any]]]:
    """Groups that have something in them: name for the page, heading, dialogues."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        room: Room | None = getattr(row, "room", None)
        if row.is_rehearsal:
            stage = "rehearsals"
        elif row.is_public:
            stage = "published"
        elif room and room.current_id:
            stage = "running"
        elif row.has_started or planning.has_passed(row):
            stage = "held"
        else:
            stage = "planned"
        found.setdefault(stage, []).append(row)
    for stage in ("held", "published"):
        found.get(stage, []).reverse()  # what is over, the newest first
    headings = {
        "running": _("Running now"),
        "planned": _("Planned"),
        "held": _("Held, not published yet"),
        "published": _("Published"),
        "rehearsals": _("Rehearsals"),
    }
    return [(stage, words, found[stage]) for stage, words in headings.items() if stage in found]


@for_the_team
def dialogue_new(request: HttpRequest) -> HttpResponse:
    """Begin to plan a dialogue."""
    if not request.user.has_perm("dialogues.plan"):
        raise PermissionDenied(_("Dialogues are planned by facilitators."))
    mine = Dialogue.objects.run_by(request.user).newest_first()[:OFFERED]
    if request.method == "POST":
        form = NewDialogueForm(request.POST, mine=mine)
        if form.is_valid():
            dialogue = planning.plan_new(
                form.save(commit=False), by=signed_in(request), **form.start
            )
            messages.success(request, _("The dialogue is planned. Nobody but its team sees it."))
            return redirect("dialogues:dialogue_plan", dialogue.slug)
    else:
        last = mine.first()
        habits = (
            {name: getattr(last, name) for name in ("time_zone", "language", "country")}
            if last
            else {"time_zone": "America/Toronto"}
        )
        form = NewDialogueForm(mine=mine, initial=habits)
    context = {"form": form, "knows_habits": bool(mine), "section": "dialogues"}
    return render(request, "dialogues/dialogue_new.html", context)


# ---- One plan ----


@for_the_team
@require_safe
def dialogue_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """A plan at one look, and what it still lacks."""
    dialogue = get_object_or_404(
        Dialogue.objects.run_by(request.user).select_related("report"), slug=slug
    )
    schedule = Schedule.of(dialogue)
    people = list(dialogue.people.all())
    conveners = list(dialogue.conveners.select_related("organization"))
    context = {
        "dialogue": dialogue,
        "schedule": schedule,
        "people": people,
        "conveners": conveners,
        "facilitators": list(dialogue.facilitators.order_by("name", "email")),
        "scribes": list(dialogue.scribes.order_by("name", "email")),
        "open_invitations": dialogue.invitations.filter(accepted_at__isnull=True).count(),
        "room": Room.objects.of(dialogue),
        "may_publish": request.user.has_perm("dialogues.publish_dialogue", dialogue),
        "missing": planning.missing(dialogue, schedule, people=people, conveners=conveners),
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_plan.html", context)


@for_the_team
def dialogue_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Change when, where and about what, and what participants are promised."""
    dialogue = run_by_reader(request, slug)
    name = str(dialogue)
    if request.method == "POST":
        form = RulesForm(request.POST, instance=dialogue)
        if form.is_valid():
            try:
                planning.change_facts(dialogue, form.written)
            except ValidationError as problem:
                refused(form, problem)
            else:
                messages.success(request, _("Saved."))
                return redirect("dialogues:dialogue_plan", slug)
    else:
        form = RulesForm(instance=dialogue)
    context = {"dialogue": dialogue, "name": name, "form": form, "section": "dialogues"}
    return render(request, "dialogues/dialogue_facts.html", context)


@for_the_team
def dialogue_copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan another dialogue like this one."""
    dialogue = run_by_reader(request, slug)
    if not request.user.has_perm("dialogues.plan"):
        raise PermissionDenied(_("Dialogues are planned by facilitators."))
    if request.method == "POST":
        form = CopyForm(request.POST)
        if form.is_valid():
            copy = planning.copy_of(dialogue, by=signed_in(request), **form.cleaned_data)
            messages.success(request, _("This is the copy. Nobody but you sees it yet."))
            return redirect("dialogues:dialogue_plan", copy.slug)
    else:
        form = CopyForm(initial={"title": dialogue.title})
    context = {"dialogue": dialogue, "name": dialogue, "form": form, "section": "dialogues"}
    return render(request, "dialogues/dialogue_copy.html", context)


@for_the_team
@require_POST
def room_change(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the room to phones, close it, or give it another code."""
    dialogue = run_by_reader(request, slug)
    wanted = request.POST.get("do")
    if wanted in {"open", "close"}:
        planning.let_in(dialogue, wanted == "open")
        said = _("Phones can join now.") if wanted == "open" else _("Joining is closed.")
        messages.success(request, said)
    elif wanted == "code":
        planning.change_code(dialogue)
        messages.success(
            request, _("The room has another code. Whoever joined before it is still in.")
        )
    return redirect(f"{reverse('dialogues:dialogue_plan', args=[slug])}#room")


# ---- Agenda ----


@for_the_team
@require_safe
def dialogue_agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """The agenda in its order, to be changed."""
    dialogue = run_by_reader(request, slug)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "schedule": Schedule.of(dialogue),
        "formats": FORMATS,
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_agenda.html", context)


@for_the_team
@require_POST
def agenda_fill(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the agenda with a format."""
    dialogue = run_by_reader(request, slug)
    pattern = FORMATS.get(request.POST.get("format", ""))
    if pattern:
        planning.fill_agenda(dialogue, pattern)
        messages.success(request, _("The agenda is filled. Change in it what you like."))
    return redirect("dialogues:dialogue_agenda", slug)


@for_the_team
@require_POST
def agenda_order(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the order into which the items were dragged; says their clock times in it."""
    dialogue = run_by_reader(request, slug)
    keys = [int(key) for key in request.POST.getlist("item") if key.isdecimal() and len(key) < 19]
    try:
        planning.reorder(dialogue, keys)
    except ValidationError as problem:
        return JsonResponse({"errors": problem.messages}, status=409)
    row = {"dialogue": dialogue, "schedule": Schedule.of(dialogue)}
    html = render(request, "dialogues/_agenda.html", row)
    return JsonResponse({"items": html.content.decode()})


def _item(dialogue: Dialogue, pk: int) -> AgendaItem:
    return get_object_or_404(dialogue.agenda.select_related("dialogue"), pk=pk)


@for_the_team
def agenda_item_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an item to the agenda."""
    item = AgendaItem(dialogue=run_by_reader(request, slug))
    return _agenda_item(request, item, "dialogues/agenda_item_new.html")


@for_the_team
def agenda_item_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change an item of the agenda."""
    item = _item(run_by_reader(request, slug), pk)
    return _agenda_item(request, item, "dialogues/agenda_item_edit.html")


def _agenda_item(request: HttpRequest, item: AgendaItem, template: str) -> HttpResponse:
    dialogue, name = item.dialogue, str(item)
    if request.method == "POST":
        form = AgendaItemForm(request.POST, instance=item)
        if form.is_valid():
            led_by = form.cleaned_data["led_by"]
            try:
                if item.pk:
                    planning.change(item, form.written, led_by=led_by)
                else:
                    planning.add(item, led_by=led_by)
            except ValidationError as problem:
                refused(form, problem)
            else:
                messages.success(request, _("“%(item)s” is saved.") % {"item": _short(item)})
                here = reverse("dialogues:dialogue_agenda", args=[dialogue.slug])
                return redirect(f"{here}#item-{item.pk}")
    else:
        form = AgendaItemForm(instance=item)
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "item_name": name,
        "form": form,
        "section": "dialogues",
    }
    return render(request, template, context)


@for_the_team
@require_POST
def agenda_item_move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move an item up or down; the focus stays with it."""
    item = _item(run_by_reader(request, slug), pk)
    return _moved(request, item, "dialogues:dialogue_agenda")


@for_the_team
@require_POST
def agenda_item_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an item off the agenda."""
    item = _item(run_by_reader(request, slug), pk)
    return _removed(request, item, "dialogues:dialogue_agenda")


def _moved(request: HttpRequest, row: planning.Ordered, page: str) -> HttpResponse:
    up = request.POST.get("to") == "up"
    place, total = planning.move(row, -1 if up else 1)
    messages.success(
        request,
        _("“%(item)s” is number %(place)d of %(total)d.")
        % {"item": _short(row), "place": place, "total": total},
    )
    # At an end only the other button is left to go on with.
    button = "down" if place == 1 else "up" if place == total else "up" if up else "down"
    return redirect(f"{reverse(page, args=[row.dialogue.slug])}#{button}-{row.pk}")


def _removed(request: HttpRequest, row: planning.Ordered, page: str) -> HttpResponse:
    name = _short(row)
    try:
        planning.remove(row)
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
    else:
        messages.success(request, _("“%(item)s” is removed.") % {"item": name})
    return redirect(page, row.dialogue.slug)


def _short(row: planning.Ordered) -> str:
    return Truncator(str(row)).chars(60)


# ---- People and conveners ----


@for_the_team
def dialogue_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has which role in a dialogue, and somebody new."""
    dialogue = run_by_reader(request, slug)
    form, answer = _list_form(request, PersonForm, Person(dialogue=dialogue), "dialogue_people")
    if answer:
        return answer
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "people": list(dialogue.people.prefetch_related("leads")),
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_people.html", context)


def _list_form(
    request: HttpRequest, form_class: Any, row: Any, page: str
) -> tuple[Any, HttpResponse | None]:
    """The form of a new row, or of one there is: (form, None), or the way back once it is saved."""
    if request.method != "POST":
        return form_class(instance=row), None
    form = form_class(request.POST, instance=row)
    if form.is_valid():
        try:
            if isinstance(row, Convener) and not form.cleaned_data["organization"]:
                row.organization = planning.organization_named(
                    form.cleaned_data["new_name"], form.cleaned_data["new_kind"] or "ngo"
                )
            if row.pk:
                planning.change(row, form.written)
            else:
                planning.add(row)
        except ValidationError as problem:
            refused(form, problem)
        else:
            messages.success(request, _("“%(item)s” is saved.") % {"item": _short(row)})
            return form, redirect(f"dialogues:{page}", row.dialogue.slug)
    return form, None


def _person(request: HttpRequest, slug: str, pk: int) -> Person:
    people = run_by_reader(request, slug).people.select_related("dialogue")
    return get_object_or_404(people, pk=pk)


@for_the_team
def person_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change what is said of somebody with a role."""
    person = _person(request, slug, pk)
    name = str(person)
    form, answer = _list_form(request, PersonForm, person, "dialogue_people")
    if answer:
        return answer
    context = {
        "dialogue": person.dialogue,
        "name": person.dialogue,
        "person_name": name,
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/person_edit.html", context)


@for_the_team
@require_POST
def person_move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move somebody up or down among the people."""
    return _moved(request, _person(request, slug, pk), "dialogues:dialogue_people")


@for_the_team
@require_POST
def person_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody out of the plan."""
    return _removed(request, _person(request, slug, pk), "dialogues:dialogue_people")


@for_the_team
def dialogue_conveners(request: HttpRequest, slug: str) -> HttpResponse:
    """Who calls people together, and one more."""
    dialogue = run_by_reader(request, slug)
    row = Convener(dialogue=dialogue)
    form, answer = _list_form(request, ConvenerForm, row, "dialogue_conveners")
    if answer:
        return answer
    context = {
        "dialogue": dialogue,
        "name": dialogue,
        "conveners": list(dialogue.conveners.select_related("organization")),
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/dialogue_conveners.html", context)


def _convener(request: HttpRequest, slug: str, pk: int) -> Convener:
    conveners = run_by_reader(request, slug).conveners
    return get_object_or_404(conveners.select_related("dialogue", "organization"), pk=pk)


@for_the_team
def convener_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change which organization it is, or how it is thanked."""
    convener = _convener(request, slug, pk)
    name = str(convener)
    form, answer = _list_form(request, ConvenerForm, convener, "dialogue_conveners")
    if answer:
        return answer
    context = {
        "dialogue": convener.dialogue,
        "name": convener.dialogue,
        "convener_name": name,
        "form": form,
        "section": "dialogues",
    }
    return render(request, "dialogues/convener_edit.html", context)


@for_the_team
@require_POST
def convener_move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move a convener up or down."""
    return _moved(request, _convener(request, slug, pk), "dialogues:dialogue_conveners")


@for_the_team
@require_POST
def convener_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a convener out of the plan; the organization stays known."""
    return _removed(request, _convener(request, slug, pk), "dialogues:dialogue_conveners")
