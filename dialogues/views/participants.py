"""The list of participants, for those who run the dialogue: nobody else sees a name."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import Signer
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import letters
from accounts.models import User
from dialogues import checking_back, joining, roster
from dialogues.forms.participants import ConsentForm, DetailsForm, ListForm, SeatForm
from dialogues.models import Attribution, Channel, Dialogue, Participant, Room
from recommendations.paging import page_of

PER_PAGE = 200


def _dialogue(request: HttpRequest, slug: str) -> Dialogue:
    return get_object_or_404(Dialogue.objects.run_by(request.user), slug=slug)


def _participant(request: HttpRequest, slug: str, seat: int) -> Participant:
    rows = Participant.objects.select_related("dialogue").filter(
        dialogue=_dialogue(request, slug), seat=seat
    )
    if participant := rows.first():
        return participant
    raise Http404(
        _("Nobody sits on seat %(seat)d. It may have been erased, or joined with another.")
        % {"seat": seat}
    )


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - every view here asks to sign in
    return request.user


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    dialogue = context["dialogue"]
    context["asks_names"] = dialogue.attribution != Attribution.ANONYMOUS
    context["section"] = "dialogues"
    return render(request, f"dialogues/{name}.html", context)


@never_cache
@login_required
def participant_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has a seat, what each agreed to, how much each said; and one more."""
    dialogue = _dialogue(request, slug)
    if request.method == "POST":
        form = DetailsForm(dialogue, request.POST)
        if form.is_valid():
            Room.objects.of(dialogue)
            participant = joining.take_seat(
                dialogue, channel=Channel.CONSOLE, details=form.cleaned_data
            )
            messages.success(request, _("%(seat)s is taken.") % {"seat": participant})
            return redirect("dialogues:participant_list", slug)
    else:
        form = DetailsForm(dialogue)
    rows = dialogue.participants.with_counts().order_by("seat")
    context = {"dialogue": dialogue, "form": form, "page": page_of(request, rows, PER_PAGE)}
    return _page(request, "participant_list", context)


@never_cache
@login_required
def participant_detail(request: HttpRequest, slug: str, seat: int) -> HttpResponse:
    """One seat: who holds it, and all that can be done for them."""
    participant = _participant(request, slug, seat)
    known = {name: getattr(participant, name) for name in joining.DETAILS}
    if request.method == "POST":
        form = DetailsForm(participant.dialogue, request.POST, initial=known)
        if form.is_valid():
            joining.change_details(participant, form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("dialogues:participant_detail", slug, seat)
    else:
        form = DetailsForm(participant.dialogue, initial=known)
    context = {
        "dialogue": participant.dialogue,
        "participant": participant,
        "form": form,
        "agreements": participant.agreements(),
        "statements": checking_back.statements_of(participant),
        "likely": joining.same_person(participant),
    }
    return _page(request, "participant_detail", context)


@never_cache
@login_required
@require_POST
def participant_mark(request: HttpRequest, slug: str, seat: int) -> HttpResponse:
    """Hold what comes from a seat or release it; note who left and who is back; a new key."""
    participant = _participant(request, slug, seat)
    said = {"seat": participant}
    match request.POST.get("verb"):
        case "hold":
            joining.hold_seat(participant, True)
            done = _("What %(seat)s sends from now on waits for review.") % said
        case "release":
            joining.hold_seat(participant, False)
            done = _("What %(seat)s sends is no longer held back.") % said
        case "leave":
            joining.leave(participant)
            done = _("%(seat)s has left.") % said
        case "return":
            joining.leave(participant, False)
            done = _("%(seat)s is back.") % said
        case "new-key":
            joining.new_key(participant)
            done = _("There is a new private link; the old one and the phone’s seat are void.")
        case _:
            raise Http404(_("There is no such action."))
    messages.success(request, done)
    if "here" in request.POST:
        return redirect("dialogues:participant_detail", slug, seat)
    return redirect("dialogues:participant_list", slug)


@never_cache
@login_required
def participant_erase(request: HttpRequest, slug: str, seat: int) -> HttpResponse:
    """Say what goes, then remove somebody and all they gave."""
    participant = _participant(request, slug, seat)
    if request.method == "POST":
        words = str(participant)
        n = joining.erase(participant)
        messages.success(
            request,
            ngettext(
                "%(seat)s is erased, with %(n)d statement.",
                "%(seat)s is erased, with %(n)d statements.",
                n,
            )
            % {"seat": words, "n": n},
        )
        return redirect("dialogues:participant_list", slug)
    context = {
        "dialogue": participant.dialogue,
        "participant": participant,
        "n": participant.statements.count(),
    }
    return _page(request, "participant_erase", context)


@never_cache
@login_required
def participant_join(request: HttpRequest, slug: str, seat: int) -> HttpResponse:
    """Make one of two seats that somebody holds, such as that of the list and that of a phone."""
    participant = _participant(request, slug, seat)
    likely = joining.same_person(participant)
    if request.method == "POST":
        form = SeatForm(participant, request.POST)
        if form.is_valid():
            other = form.cleaned_data["seat"]
            joined = _("%(other)s is joined with %(seat)s.") % {
                "other": other,
                "seat": participant,
            }
            joining.join_seats(participant, other)
            messages.success(request, joined)
            return redirect("dialogues:participant_detail", slug, seat)
    else:
        form = SeatForm(participant, initial={"seat": likely[0].seat if likely else None})
    context = {
        "dialogue": participant.dialogue,
        "participant": participant,
        "form": form,
        "likely": likely,
    }
    return _page(request, "participant_join", context)


@never_cache
@login_required
def participant_consents(request: HttpRequest, slug: str, seat: int) -> HttpResponse:
    """Enter what somebody ticked on the sign-in sheet, in the words of the sheet."""
    participant = _participant(request, slug, seat)
    language = participant.language
    following = participant.dialogue.participants.filter(seat__gt=seat).order_by("seat").first()
    if request.method == "POST":
        form = ConsentForm(participant, language, request.POST)
        if form.is_valid():
            with translation.override(language):
                joining.consent_to(participant, form.agreed)
            messages.success(request, _("%(seat)s: consents recorded.") % {"seat": participant})
            if "next" in request.POST and following:
                return redirect("dialogues:participant_consents", slug, following.seat)
            return redirect("dialogues:participant_detail", slug, seat)
    else:
        form = ConsentForm(participant, language)
    context = {
        "dialogue": participant.dialogue,
        "participant": participant,
        "form": form,
        "following": following,
        "consents": participant.consents.order_by("-given_at", "-id"),
    }
    return _page(request, "participant_consents", context)


@never_cache
@login_required
def participant_said(request: HttpRequest, slug: str, seat: int) -> HttpResponse:
    """The private link to “what we recorded you said”: to copy, or to send where that is agreed."""
    participant = _participant(request, slug, seat)
    link = checking_back.link_of(request, participant)
    may_send = joining.may_be_written_to(participant) and letters.sends_mail()
    problem = ""
    if request.method == "POST" and may_send:
        checking_back.send_link(participant, link)
        messages.success(request, _("The link is on its way to %(seat)s.") % {"seat": participant})
        return redirect("dialogues:participant_detail", slug, seat)
    if request.method == "POST":
        problem = _("No mail is sent to somebody who has not agreed to it. Copy the link instead.")
    context = {
        "dialogue": participant.dialogue,
        "participant": participant,
        "link": link,
        "may_send": may_send,
        "sends_mail": letters.sends_mail(),
        "problem": problem,
    }
    return _page(request, "participant_said", context)


@never_cache
@login_required
def participant_import(request: HttpRequest, slug: str) -> HttpResponse:
    """A list of people: first what would be taken of it, then that, all together.

    The list itself is kept in the page; ``seen`` signs what was previewed, so that nobody confirms
    what they have not looked at.
    """
    dialogue = _dialogue(request, slug)
    preview: dict[str, Any] = {}
    form = ListForm()
    if request.method == "POST":
        form = ListForm(request.POST, request.FILES)
        if form.is_valid():
            lines: list[roster.Line] = form.cleaned_data["lines"]
            from_file = form.cleaned_data.get("file") is not None
            text = roster.as_text(lines) if from_file else form.cleaned_data["pasted"]
            seen = _seen(dialogue, text)
            if "take" in request.POST and not from_file:
                if constant_time_compare(request.POST.get("seen", ""), seen):
                    return _take(request, dialogue, lines)
                preview["is_changed"] = True
            roster.mark_doubles(lines, joining.known_people(dialogue))
            good = [line for line in lines if not line.errors]
            preview |= {
                "lines": lines,
                "seen": seen,
                "good": sum(not line.is_double for line in good),
                "doubles": sum(line.is_double for line in good),
                "bad": len(lines) - len(good),
            }
            form = ListForm(initial={"pasted": text})
    imports = dialogue.batches.annotate(n=Count("participants")).filter(n__gt=0)
    context = {"dialogue": dialogue, "form": form, "imports": imports, **preview}
    return _page(request, "participant_import", context)


def _seen(dialogue: Dialogue, text: str) -> str:
    # A browser sends the ends of lines its own way.
    lines = "\n".join(text.strip().splitlines())
    return Signer(salt=f"roster:{dialogue.pk}").signature(lines)


def _take(request: HttpRequest, dialogue: Dialogue, lines: list[roster.Line]) -> HttpResponse:
    people = [line.details for line in lines if not line.errors]
    Room.objects.of(dialogue)
    seated = joining.seat_list(
        dialogue, people, by=_person(request), with_doubles="with_doubles" in request.POST
    )
    if seated:
        done = ngettext(
            "%(n)d person has a seat now.", "%(n)d people have a seat now.", len(seated)
        )
        messages.success(request, done % {"n": len(seated)})
    else:
        messages.success(request, _("All of them have a seat already, so nobody was added."))
    return redirect("dialogues:participant_list", dialogue.slug)


@never_cache
@login_required
def participant_import_undo(request: HttpRequest, slug: str, batch: int) -> HttpResponse:
    """Take an imported list back, but for those who have spoken or voted."""
    dialogue = _dialogue(request, slug)
    imported = get_object_or_404(
        dialogue.batches.annotate(n=Count("participants")).filter(n__gt=0), pk=batch
    )
    if request.method == "POST":
        n, staying = joining.undo_list(imported)
        gone = ngettext("%(n)d seat was removed.", "%(n)d seats were removed.", n) % {"n": n}
        if staying:
            gone += " " + _(
                "These stay, because they took part or agreed to something: %(seats)s."
            ) % {"seats": ", ".join(map(str, staying))}
        messages.success(request, gone)
        return redirect("dialogues:participant_list", slug)
    return _page(request, "participant_import_undo", {"dialogue": dialogue, "imported": imported})
