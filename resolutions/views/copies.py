"""Copies: the list of who is owed one, for the champion and editors; and a form to ask for one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.letters import NoMail, sends_mail
from accounts.limits import Limit, TooOften, count, network, wait
from resolutions import copies
from resolutions.forms.copies import (
    AcknowledgedForm,
    CopyRequestForm,
    RecipientForm,
    ReplyForm,
    SendForm,
    SentForm,
)
from resolutions.models import Council, Delivery, Resolution
from resolutions.views.steps import championed_by_reader, for_champions, signed_in

# Of one network: an office that asks for several; of one address: letters it did not ask for.
ASKED = Limit("copies-asked", 20, 3_600)
WRITTEN_TO = Limit("copies-to", 5, 86_400)


@for_champions
def delivery_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is owed a copy, what is late, what came back; and whom to put on the list."""
    resolution = championed_by_reader(request, slug)
    form = RecipientForm()
    if request.method == "POST":
        if "owe" in request.POST:
            _owe(request, resolution)
            return redirect("resolutions:delivery_list", slug)
        if "request" in request.POST:
            _look_at(request, resolution)
            return redirect("resolutions:delivery_list", slug)
        form = RecipientForm(request.POST)
        if _done(form, lambda: copies.add(resolution, **form.cleaned_data)):
            messages.success(
                request, _("%(recipient)s is on the list.") % {"recipient": form["recipient"].data}
            )
            return redirect("resolutions:delivery_list", slug)
    found = copies.copies_of(resolution)
    distribution = copies.distribution_of(resolution)
    there = {row.delivery.recipient for row in found.rows}
    context = {
        "resolution": resolution,
        "copies": found,
        "distribution": distribution,
        "missing": [office for office in distribution.offices if office.name not in there],
        "decided_on": copies.decided_on(resolution),
        "requests": list(resolution.copy_requests.filter(delivery__isnull=True)),
        "form": form,
        "is_demo": resolution.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/delivery_list.html", context)


def _owe(request: HttpRequest, resolution: Resolution) -> None:
    n = len(copies.owe(resolution))
    if n:
        words = ngettext("%(n)d recipient is on the list.", "%(n)d recipients are on the list.", n)
        messages.success(request, words % {"n": n})
    else:
        words = _("The offices recognised in the text are on the list already.")
        messages.success(request, words)


def _look_at(request: HttpRequest, resolution: Resolution) -> None:
    """Put a municipality somebody typed on the public list, or leave it out."""
    pk = request.POST["request"]
    waiting = resolution.copy_requests.filter(delivery__isnull=True)
    asked = get_object_or_404(waiting, pk=int(pk) if pk.isdecimal() and len(pk) < 16 else 0)
    if "leave" in request.POST:
        copies.drop_request(asked)
        messages.success(request, _("The request is left out."))
    else:
        copies.list_request(asked)
        messages.success(request, _("The municipality is on the public list."))


@for_champions
def delivery_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One copy: send it or say that it was sent, and note what came back."""
    resolution = championed_by_reader(request, slug)
    delivery = get_object_or_404(resolution.deliveries, pk=pk)
    delivery.resolution = resolution
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    known = {name: getattr(delivery, name) for name in ("email", "reply", "reply_url")}
    offered = ("acknowledged", "replied") if delivery.sent_on else ("send", "sent")
    forms = {name: _FORMS[name](auto_id=f"id_{name}_%s", initial=known) for name in offered}
    if asked == "remove":
        return _remove(request, delivery)
    if asked in forms:
        form = _FORMS[asked](request.POST, auto_id=f"id_{asked}_%s")
        forms[asked] = form
        try:
            if _done(form, lambda: _do(request, asked, delivery, form.cleaned_data)):
                messages.success(request, _SAID[asked]())
                return redirect("resolutions:delivery_list", slug)
        except copies.AlreadySent as problem:
            # A double click: the first one did it.
            messages.success(request, " ".join(problem.messages))
            return redirect("resolutions:delivery_list", slug)
        except NoMail as problem:
            messages.warning(request, " ".join(problem.messages))
            return redirect("resolutions:delivery_detail", slug, pk)
    elif request.method == "POST":
        return _out_of_turn(request, delivery)
    (row,) = [row for row in copies.copies_of(resolution).rows if row.delivery.pk == pk]
    unsendable = copies.unsendable(resolution, copies.text_of(resolution))
    context = {
        "resolution": resolution,
        "row": row,
        "delivery": row.delivery,
        "forms": forms,
        "form": forms.get(asked),
        "is_removable": copies.is_removable(row.delivery),
        "unsendable": unsendable,
        "letter": _letter(request, delivery) if not (unsendable or delivery.sent_on) else None,
        "sends_mail": sends_mail(),
        "replies_to": signed_in(request).email,
        "is_demo": resolution.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/delivery_detail.html", context)


def _letter(request: HttpRequest, delivery: Delivery) -> copies.Letter:
    return copies.letter_of(delivery, by=signed_in(request), link=request.build_absolute_uri)


_FORMS: dict[str, type[Form]] = {
    "send": SendForm,
    "sent": SentForm,
    "acknowledged": AcknowledgedForm,
    "replied": ReplyForm,
}
_SAID: dict[str, Callable[[], str]] = {
    "send": lambda: _(
        "The letter goes out within a minute. If it can’t be sent, the copy shows as owed again."
    ),
    "sent": lambda: _("It is noted that the copy was sent."),
    "acknowledged": lambda: _("The acknowledgement is noted."),
    "replied": lambda: _("The reply is noted."),
}


def _do(request: HttpRequest, asked: str, delivery: Delivery, data: dict[str, Any]) -> None:
    by = signed_in(request)
    if asked == "send":
        copies.send(delivery, email=data["email"], by=by, link=request.build_absolute_uri)
    elif asked == "sent":
        copies.record_sent(delivery, on=data["on"], means=data["means"], by=by)
    elif asked == "acknowledged":
        copies.record_acknowledged(delivery, on=data["on"])
    else:
        copies.record_reply(delivery, **data)


def _out_of_turn(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """Answer what this copy’s page does not offer: it was opened before something happened."""
    slug = delivery.resolution.slug
    if delivery.sent_on:
        messages.success(request, " ".join(copies.already_sent(delivery).messages))
        return redirect("resolutions:delivery_list", slug)
    messages.warning(request, _("Nothing was sent yet: record that first."))
    return redirect("resolutions:delivery_detail", slug, delivery.pk)


def _remove(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    slug = delivery.resolution.slug
    try:
        copies.remove(delivery)
    except copies.AlreadySent as problem:
        messages.warning(request, " ".join(problem.messages))
        return redirect("resolutions:delivery_detail", slug, delivery.pk)
    messages.success(
        request, _("%(recipient)s is off the list.") % {"recipient": delivery.recipient}
    )
    return redirect("resolutions:delivery_list", slug)


def _done(form: Form, act: Callable[[], object]) -> bool:
    """Do it if the form is right. What is refused stands beside the field it is about.

    Raises:
        AlreadySent, NoMail: nothing in the form is wrong.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except (copies.AlreadySent, NoMail):
        raise
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


# ---- For any municipality ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a copy: it comes by e-mail at once, as PDF and for Word."""
    rows = Resolution.objects.public().for_list()
    resolution = get_object_or_404(rows, slug=slug)
    text = copies.text_of(resolution)
    form = CopyRequestForm(initial=_council_asked_for(request))
    status = 200
    if request.method == "POST" and text:
        form = CopyRequestForm(request.POST)
        try:
            if form.is_valid():
                _may_ask(request, form.cleaned_data["email"])
                copies.ask(
                    resolution,
                    text,
                    council=form.cleaned_data["council"],
                    municipality=form.cleaned_data["place"],
                    email=form.cleaned_data["email"],
                    language=get_language() or "en",
                    link=request.build_absolute_uri,
                )
                return redirect(f"{reverse('resolutions:copy_request', args=[slug])}?done=1")
        except TooOften as problem:
            form.add_error(None, problem)
            status = 429
        except NoMail as problem:
            form.add_error(None, problem)
            status = 503
    context = {
        "resolution": resolution,
        "text": text,
        "form": form,
        "is_done": "done" in request.GET and request.method != "POST",
        "is_demo": resolution.is_demo,
        "section": "resolutions",
    }
    return render(request, "resolutions/copy_request.html", context, status=status)


def _council_asked_for(request: HttpRequest) -> dict[str, str]:
    slug = request.GET.get("council", "").replace("\x00", "")[:100]
    council = Council.objects.all().filter(slug=slug).first() if slug else None
    return {"place": council.name, "council": council.slug} if council else {}


def _may_ask(request: HttpRequest, email: str) -> None:
    """Count somebody who asks for a copy.

    Raises:
        TooOften: so many look like mischief.
    """
    for limit, who in ((ASKED, network(request)), (WRITTEN_TO, email.strip().lower())):
        if count(limit, who) > limit.most:
            raise TooOften(
                _("That was a lot at once, so nothing more is sent. Try again later."), wait(limit)
            )
