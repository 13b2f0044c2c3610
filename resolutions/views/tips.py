"""Reports of what a council did: for anyone, without an account."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import Limit, TooOften, count, network, wait
from resolutions import tips
from resolutions.forms.tips import TipForm
from resolutions.models import Council, Resolution, Tip, TipState

# Of one network: more than anybody types, less than fills the table.
SENT = Limit("tips", 30, 3_600)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tip_send(request: HttpRequest) -> HttpResponse:
    """Report what a council did, with a link; editors look at it before anything shows."""
    about = _resolution(request)
    status = 200
    if request.method == "POST":
        form = TipForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                tip, is_new = _keep(request, form, about)
            except TooOften as problem:
                form.add_error(None, problem)
                status = 429
            except tips.NoRoom as problem:
                form.add_error(None, problem)
            else:
                path = reverse("resolutions:tip_detail", args=[tip.key])
                return redirect(path if is_new else f"{path}?known=1")
    else:
        form = TipForm(initial=_initial(request, about))
    context = {
        "form": form,
        "about": about,
        "section": "resolutions",
    }
    return render(request, "resolutions/tip_send.html", context, status=status)


def _keep(request: HttpRequest, form: TipForm, about: Resolution | None) -> tuple[Tip, bool]:
    if count(SENT, network(request)) > SENT.most:
        raise TooOften(
            _("Many reports came from this network. Wait an hour, then send it again."), wait(SENT)
        )
    data: dict[str, Any] = {**form.cleaned_data}
    file, council = data.pop("file"), data["council"]
    return tips.report(
        **data,
        resolution=about if about and council == about.council else None,
        language=get_language() or "en",
        file=file.read() if file else None,
        file_name=form.file_name,
        file_type=form.file_type,
    )


def _asked_for(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:120]


def _resolution(request: HttpRequest) -> Resolution | None:
    """The public resolution the report is about, if the address names one."""
    slug = _asked_for(request, "resolution")
    rows = Resolution.objects.public().for_list()
    return rows.filter(slug=slug).first() if slug else None


def _initial(request: HttpRequest, about: Resolution | None) -> dict[str, Any]:
    slug = _asked_for(request, "council")
    council = Council.objects.all().filter(slug=slug).first() if slug else None
    council = council or (about.council if about else None)
    found: dict[str, Any] = {"place": _asked_for(request, "q")}
    if council:
        found = {"place": council.name, "council": council.slug}
    return found | ({"instrument": about.instrument} if about else {})


@never_cache
@require_safe
def tip_detail(request: HttpRequest, key: str) -> HttpResponse:
    """What became of a report: a private page, for whoever has its link."""
    tip = (
        Tip.objects.defer("file")
        .select_related("council__jurisdiction", "resolution__council")
        .filter(key=key)
        .first()
    )
    if tip is None:
        raise Http404(_("No report has this address. Look whether the link is whole."))
    context = {
        "tip": tip,
        "is_known": "known" in request.GET,
        "is_waiting": tip.state == TipState.WAITING,
        "shown": tip.resolution if tip.resolution and tip.resolution.is_public else None,
        "section": "resolutions",
    }
    return render(request, "resolutions/tip_detail.html", context)
