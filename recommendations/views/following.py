"""Following by e-mail: asking for it, and the private pages of those who do."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.letters import sends_mail
from accounts.limits import Limit, TooOften, is_too_often, network, wait
from accounts.private_pages import private
from recommendations import following
from recommendations.following_forms import FollowForm, RhythmForm
from recommendations.models import (
    Addressee,
    Audience,
    Follow,
    Recommendation,
    Report,
    Rhythm,
    Subscriber,
    Thing,
)

# Of one network: more than a class in a school types, less than is a nuisance to many. And of all
# networks together: whoever has thousands of them writes to no more strangers than this.
SENT = Limit("following", 40, 3_600)
SENT_BY_ALL = Limit("following-by-all", 2_000, 3_600)


# ---- Asked for ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recommendation_follow(request: HttpRequest, code: str) -> HttpResponse:
    """Follow one recommendation."""
    if not code.isupper():
        return redirect("recommendations:recommendation_follow", code.upper(), permanent=True)
    rows = Recommendation.objects.public().select_related("report")
    return _follow(request, get_object_or_404(rows, code=code))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Follow all that is asked of an addressee or an audience, or a whole report: ``?addressee=``,
    ``?audience=`` or ``?report=``. Without any of them, what there is to choose from.
    """
    for name in ("addressee", "audience", "report"):
        if key := request.GET.get(name):
            thing = following.thing_of(name, key)
            if thing is None:
                raise Http404(_("Nothing of that name can be followed."))
            return _follow(request, thing)
    asked = Recommendation.objects.public().order_by()
    context = {
        "reports": Report.objects.public(),
        "audiences": Audience.objects.filter(Exists(asked.filter(audience=OuterRef("pk")))),
        "addressees": Addressee.objects.filter(Exists(asked.filter(addressees=OuterRef("pk")))),
        "sends_mail": sends_mail(),
        "section": "recommendations",
    }
    return render(request, "recommendations/follow_choose.html", context)


def _follow(request: HttpRequest, thing: Thing) -> HttpResponse:
    status = 200
    if request.method == "POST" and sends_mail():
        form = FollowForm(request.POST)
        if form.is_valid():
            try:
                _ask(request, form, thing)
            except TooOften as problem:
                form.add_error(None, problem)
                status = 429
            else:
                return redirect(f"{_path(thing, sent=1)}")
    else:
        form = FollowForm(initial={"rhythm": Rhythm.WEEKLY})
    context = {
        "thing": thing,
        "recommendation": thing if isinstance(thing, Recommendation) else None,
        "title": following.title_of(thing),
        "path": following.path_of(thing),
        "form": form,
        "is_sent": "sent" in request.GET and request.method != "POST",
        "sends_mail": sends_mail(),
        "within": following.CONFIRM_WITHIN.days,
        "is_demo": getattr(thing, "is_demo", False),
        "section": "recommendations",
    }
    return render(request, "recommendations/follow.html", context, status=status)


def _path(thing: Thing, **more: Any) -> str:
    if isinstance(thing, Recommendation):
        path = reverse("recommendations:recommendation_follow", args=[thing.code])
        return f"{path}?{urlencode(more)}"
    query = {str(thing._meta.model_name): thing.slug, **more}
    return f"{reverse('recommendations:follow')}?{urlencode(query)}"


def _ask(request: HttpRequest, form: FollowForm, thing: Thing) -> None:
    if is_too_often(SENT, network(request)):
        raise TooOften(
            _("Many addresses came from this network. Wait an hour, then send yours again."),
            wait(SENT),
        )
    if is_too_often(SENT_BY_ALL, "all"):
        raise TooOften(
            _("Very many people ask for this just now. Wait an hour, then send yours again."),
            wait(SENT_BY_ALL),
        )
    following.ask(thing, **form.cleaned_data, language=(get_language() or "en")[:2])


# ---- By private link ----


@private
@require_http_methods(["GET", "HEAD", "POST"])
def following_page(request: HttpRequest, token: str) -> HttpResponse:
    """What a subscriber follows: confirm, stop one, change how often, leave."""
    subscriber = following.of_token(token)
    if subscriber is None:
        raise Http404(
            _(
                "This private link is not valid. It may be incomplete, it may have been confirmed"
                " too late, or you have left: then nothing of your address is kept."
            )
        )
    now = {"rhythm": subscriber.rhythm, "language": subscriber.language}
    form = RhythmForm(initial=now)
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        if verb == "change":
            form = RhythmForm(request.POST)
        leave_token = following.token_of(subscriber, "leave")
        if _act(request, verb, subscriber, form):
            if not Subscriber.objects.filter(pk=subscriber.pk).exists():
                return redirect("recommendations:following_leave", leave_token)
            path = reverse("recommendations:following", args=[token])
            return redirect(f"{path}?{urlencode({'done': verb})}")
    follows = list(subscriber.follows.with_things())
    rows = [(row, following.title_of(row.thing), _page_of(row)) for row in follows]
    context = {
        "subscriber": subscriber,
        "waiting": [row for row in rows if not row[0].confirmed_at],
        "confirmed": [row for row in rows if row[0].confirmed_at],
        "form": form,
        "done": request.GET.get("done", "") if request.method != "POST" else "",
        "within": following.CONFIRM_WITHIN.days,
        "section": "recommendations",
    }
    return render(request, "recommendations/following.html", context)


def _page_of(row: Follow) -> str:
    """Where one reads about it; '' for a recommendation that is not public any more."""
    asked = row.recommendation
    if asked and not (asked.is_public and asked.report.is_public):
        return ""
    return following.path_of(row.thing)


def _act(request: HttpRequest, verb: str, subscriber: Subscriber, form: RhythmForm) -> bool:
    """Do what a button says; False where the form has faults."""
    match verb:
        case "confirm":
            following.confirm(_of(request, subscriber))
        case "stop":
            following.stop(_of(request, subscriber))
        case "change":
            if not form.is_valid():
                return False
            following.change(subscriber, **form.cleaned_data)
        case "leave":
            following.leave(subscriber)
        case _:
            raise Http404(_("There is no such action."))
    return True


def _of(request: HttpRequest, subscriber: Subscriber) -> Follow:
    key = request.POST.get("follow", "")
    rows = subscriber.follows.with_things()
    is_number = key.isascii() and key.isdecimal() and len(key) < 19
    found = rows.filter(pk=int(key)).first() if is_number else None
    if found is None:
        raise Http404(_("This is not followed any more."))
    return found


# Mail programs send it without a page of ours, so without its token; the link gives leave.
@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def following_leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave: with one click in a mail program, or a button here. Pressed twice, it is done once."""
    if not following.is_leaving(token):
        raise Http404(_("This private link is not valid. Look whether it is whole."))
    subscriber = following.of_token(token, "leave")
    if subscriber and request.method == "POST":
        following.leave(subscriber)
        subscriber = None
    context = {"has_left": subscriber is None, "section": "recommendations"}
    return render(request, "recommendations/following_leave.html", context)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def following_never(request: HttpRequest, token: str) -> HttpResponse:
    """Be asked never again, whoever types the address; or take that back."""
    key = following.mailbox_of(token)
    if key is None:
        raise Http404(_("This private link is not valid. Look whether it is whole."))
    if request.method == "POST":
        match request.POST.get("verb"):
            case "never":
                following.refuse(key)
            case "allow":
                following.allow(key)
            case _:
                raise Http404(_("There is no such action."))
        return redirect("recommendations:following_never", token)
    context = {"refuses": following.refuses(key), "section": "recommendations"}
    return render(request, "recommendations/following_never.html", context)
