"""Following by e-mail: asked for without an account, confirmed by a link, left with one click.

Anyone can type anybody's address into the form, so what goes to an address nobody has confirmed is
counted in the database: see ``ask``. What a digest tells is in ``digests.py``.

Three private links lead here, each good for one thing: to the page of a subscriber, to leave (it
stands in the head of each digest, which more machines read than its text), and to be asked never
again, which still works when nothing else is kept of the address.
"""

import re
import uuid
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from accounts import letters
from accounts.private_pages import behind, token_for
from recommendations.models import (
    Addressee,
    Asking,
    Audience,
    Follow,
    Mailbox,
    Recommendation,
    Report,
    ReviewEvent,
    Rhythm,
    Subscriber,
    Thing,
    one_refresh,
)

CONFIRM_WITHIN = timedelta(days=7)
# So many letters that ask to confirm go to one mailbox in a day, whoever sends the form, and so
# many may lie there unanswered.
LETTERS_A_DAY = 3
_A_DAY = timedelta(days=1)
# At this hour of UTC it is day in Vancouver and in Warsaw; where a subscriber lives is not known.
HOUR = 16
PERIODS = {Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}
# The sweep comes a minute or two late: that must not push a digest to the next day.
_LATE = timedelta(hours=1)


# ---- What can be followed ----


def thing_of(name: str, key: str) -> Thing | None:
    """What is followed under ?addressee=, ?audience= or ?report=; None where nobody may know it."""
    if "\x00" in key:
        return None
    asked = Recommendation.objects.public()
    if name == "addressee":
        return Addressee.objects.filter(slug=key, recommendations__in=asked).first()
    if name == "audience":
        return Audience.objects.filter(slug=key, recommendations__in=asked).first()
    return Report.objects.public().filter(slug=key).first() if name == "report" else None


def title_of(thing: Thing) -> str:
    """What is followed, in words that stand by themselves."""
    if isinstance(thing, Recommendation):
        return _("Recommendation %(code)s") % {"code": thing.code}
    if isinstance(thing, Report):
        return _("All recommendations of “%(title)s”") % {"title": thing.title}
    return _("Everything asked of: %(name)s") % {"name": thing.name}


def path_of(thing: Thing) -> str:
    """The page on which one reads about it."""
    if isinstance(thing, Recommendation):
        return thing.get_absolute_url()
    path = reverse("recommendations:recommendation_list")
    return f"{path}?{thing._meta.model_name}={thing.slug}#results"


# ---- Private links ----


def link_of(subscriber: Subscriber, use: str = "page") -> str:
    """The whole private link to a subscriber's page, or to "leave". Never to be logged."""
    name = "following_leave" if use == "leave" else "following"
    return _link(name, token_of(subscriber, use), subscriber.language)


def token_of(subscriber: Subscriber, use: str = "page") -> str:
    return token_for(subscriber.key.hex, f"following-{use}")


def of_token(token: str, use: str = "page") -> Subscriber | None:
    """Whose token it is; None where it is forged or whoever it was for is gone."""
    key = behind(token, f"following-{use}")
    return Subscriber.objects.filter(key=uuid.UUID(key)).first() if key else None


def is_leaving(token: str) -> bool:
    """Whether a token to leave was ours: whoever has left may press the button again."""
    return behind(token, "following-leave") is not None


def never_link(subscriber: Subscriber) -> str:
    token = token_for(subscriber.mailbox.fingerprint, "following-never")
    return _link("following_never", token, subscriber.language)


def mailbox_of(token: str) -> str | None:
    """The fingerprint a token to be asked never again stands for."""
    return behind(token, "following-never")


def _link(name: str, token: str, language: str) -> str:
    with translation.override(language):
        return letters.absolute(reverse(f"recommendations:{name}", args=[token]))


# ---- Mailboxes ----


def fingerprint(email: str) -> str:
    """What stands for a mailbox, however its address is spelled; nobody finds the address from it.

    Capitals make no other mailbox, and what stands behind a “+” nearly never does; nor do dots
    where Google has it. Whoever shares one with a neighbour so loses no more than letters that ask.
    """
    local, _at, domain = email.strip().lower().rpartition("@")
    domain = punycode(domain)
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return salted_hmac(
        "recommendations.mailbox", f"{local}@{domain}", algorithm="sha256"
    ).hexdigest()[:32]


def _held(key: str) -> Mailbox:
    """The row of a mailbox, for us alone until the transaction ends."""
    return Mailbox.objects.select_for_update().get_or_create(fingerprint=key)[0]


def _may_ask(mailbox: Mailbox, now: datetime) -> bool:
    if mailbox.refuses_since:
        return False
    if mailbox.askings.filter(made_at__gt=now - _A_DAY).count() >= LETTERS_A_DAY:
        return False
    waiting = Follow.objects.waiting().filter(
        subscriber__mailbox=mailbox, made_at__gt=now - CONFIRM_WITHIN
    )
    return waiting.count() < LETTERS_A_DAY


# ---- Asked for ----


@transaction.atomic
def ask(
    thing: Thing,
    *,
    email: str,
    rhythm: str = Rhythm.WEEKLY,
    language: str = "en",
    at: datetime | None = None,
) -> None:
    """Ask an address, by a letter, whether it wants to follow something.

    Nobody is told what came of it, for that would say who follows what. No letter goes to a mailbox
    that wants none, that got three such letters within a day, or where three wait for an answer;
    nor a second one for the same thing while the first waits. The row of the mailbox is held
    meanwhile, so that a hundred who ask at the same moment are counted one after the other.
    """
    now = at or timezone.now()
    mailbox = _held(fingerprint(email))
    email = email.strip().lower()
    subscriber = Subscriber.objects.select_for_update().filter(email=email).first()
    name = str(thing._meta.model_name)
    known = None
    if subscriber:
        known = subscriber.follows.filter(**{name: thing}).first()
        if known and not known.confirmed_at and now - known.made_at >= CONFIRM_WITHIN:
            known.delete()
            known = None
    if (known and not known.confirmed_at) or not _may_ask(mailbox, now):
        return
    if subscriber is None:
        subscriber = Subscriber(mailbox=mailbox, email=email, made_at=now)
    if not subscriber.confirmed_at:
        # Of one who has confirmed, nobody changes anything who merely knows the address.
        subscriber.rhythm, subscriber.language = rhythm, language
        subscriber.save()
    if known:
        # They follow it already, and have perhaps lost the link to their page.
        week = now.strftime("%G-%V")
        event = f"follow-{known.pk}-again-{week}-subscriber-{subscriber.pk}"
        is_new = _post(known, "again", event)
    else:
        known = Follow.objects.create(subscriber=subscriber, made_at=now, **{name: thing})
        is_new = _post(known, "confirm", f"follow-{known.pk}-confirm-subscriber-{subscriber.pk}")
    if is_new:
        Asking.objects.create(mailbox=mailbox, made_at=now)


def _post(follow: Follow, what: str, event: str) -> bool:
    """Write a letter about something followed; nothing that somebody typed stands in it."""
    subscriber = follow.subscriber
    with translation.override(subscriber.language):
        context = {
            "title": title_of(follow.thing),
            "words": follow.recommendation.text if follow.recommendation else "",
            "link": link_of(subscriber),
            "never_link": never_link(subscriber),
            "within": CONFIRM_WITHIN.days,
        }
        subject = {
            "confirm": _("Please confirm what you follow"),
            "again": _("You follow this already"),
        }[what]
        return letters.post(
            event,
            to=subscriber.email,
            subject=subject,
            text=render_to_string(f"recommendations/follow_{what}.txt", context),
            language=subscriber.language,
        )


# ---- Confirmed, changed, left ----


def last_act() -> int:
    """The number of the newest act of review; 0 where there is none.

    Whoever publishes holds the lock of the writers of public things from before the act gets its
    number until it is committed (``one_refresh``). We stand in the same line: once we are in, every
    act of a lower number is committed and seen, and none can come to have one. So what is told up
    to here is neither missed nor told twice, whatever is being published at the same moment and
    however far the clocks of two machines are apart.
    """
    with one_refresh():
        return ReviewEvent.objects.aggregate(last=Max("pk"))["last"] or 0


def confirm(follow: Follow, at: datetime | None = None) -> None:
    """Follow it from now on: whoever has the private link to the address has said so."""
    now, until = at or timezone.now(), last_act()
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(pk=follow.subscriber_id).first()
        row = Follow.objects.waiting().filter(pk=follow.pk).first()
        if subscriber is None or row is None:
            return
        row.confirmed_at, row.since = now, until
        row.save(update_fields=["confirmed_at", "since"])
        if subscriber.confirmed_at is None:
            subscriber.confirmed_at, subscriber.told_until = now, until
            subscriber.next_digest_at = next_digest(subscriber.rhythm, now)
            subscriber.save(update_fields=["confirmed_at", "told_until", "next_digest_at"])


@transaction.atomic
def change(
    subscriber: Subscriber, *, rhythm: str, language: str, at: datetime | None = None
) -> None:
    """Write them as often, and in which language, as they wish."""
    row = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if row is None:
        return
    if row.next_digest_at and rhythm != row.rhythm:
        # When the last digest went is not kept: this is the earliest that is right in any case.
        earliest = next_digest(rhythm, at or timezone.now())
        row.next_digest_at = (
            min(row.next_digest_at, earliest) if rhythm == Rhythm.DAILY else earliest
        )
    row.rhythm, row.language = rhythm, language
    row.save(update_fields=["rhythm", "language", "next_digest_at"])


@transaction.atomic
def stop(follow: Follow) -> None:
    """Follow one thing no more. Who follows nothing any more has left."""
    subscriber = Subscriber.objects.select_for_update().filter(pk=follow.subscriber_id).first()
    if subscriber is None:
        return
    letters.erase(letters.telling_of(f"follow-{follow.pk}"))
    Follow.objects.filter(pk=follow.pk).delete()
    if not subscriber.follows.exists():
        leave(subscriber)


@transaction.atomic
def leave(subscriber: Subscriber) -> None:
    """Erase a subscriber, what they follow, and the letters to them that wait."""
    if row := Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first():
        letters.erase(letters.about(f"subscriber-{row.pk}"))
        row.delete()


@transaction.atomic
def refuse(key: str, at: datetime | None = None) -> None:
    """Write never again to a mailbox, and forget who subscribed with it."""
    mailbox = _held(key)
    if mailbox.refuses_since is None:
        mailbox.refuses_since = at or timezone.now()
        mailbox.save(update_fields=["refuses_since"])
    for subscriber in mailbox.subscribers.all():
        leave(subscriber)


@transaction.atomic
def allow(key: str) -> None:
    """Take back that a mailbox is never written to."""
    Mailbox.objects.filter(fingerprint=key).update(refuses_since=None)


def refuses(key: str) -> bool:
    return Mailbox.objects.filter(fingerprint=key, refuses_since__isnull=False).exists()


def next_digest(rhythm: str, after: datetime) -> datetime:
    """When the next digest may go to somebody whose last one went at a moment, or who begins."""
    earliest = (after + PERIODS[Rhythm(rhythm)] - _LATE).astimezone(UTC)
    day = earliest.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return day if day >= earliest else day + _A_DAY


# ---- What is kept no longer ----


def forget(at: datetime | None = None) -> None:
    """Erase what was not confirmed in time, who follows nothing, and what is remembered of
    mailboxes without need. For once a minute.
    """
    now = at or timezone.now()
    for follow in Follow.objects.waiting().filter(made_at__lte=now - CONFIRM_WITHIN):
        _forget(follow.subscriber_id, follow)
    for key in Subscriber.objects.filter(follows=None).values_list("pk", flat=True):
        _forget(key)
    Asking.objects.filter(made_at__lte=now - _A_DAY).delete()
    idle = Mailbox.objects.filter(
        ~Exists(Asking.objects.filter(mailbox=OuterRef("pk"))),
        ~Exists(Subscriber.objects.filter(mailbox=OuterRef("pk"))),
        refuses_since__isnull=True,
    )
    if not idle.exists():
        return
    with transaction.atomic():
        keys = list(idle.values_list("pk", flat=True)[:1_000])
        list(Mailbox.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        idle.filter(pk__in=keys).delete()  # asked again: somebody may have asked meanwhile


@transaction.atomic
def _forget(key: int, follow: Follow | None = None) -> None:
    """Erase something followed that still waits, or a subscriber who still follows nothing.

    Looked at again once the row is held: they may have confirmed, or asked, a moment ago.
    """
    subscriber = Subscriber.objects.select_for_update().filter(pk=key).first()
    if subscriber is None:
        return
    if follow is None:
        if not subscriber.follows.exists():
            leave(subscriber)
    elif subscriber.follows.waiting().filter(pk=follow.pk).exists():
        stop(follow)


def kept_of(email: str) -> "list[Subscriber]":
    """Whoever subscribed with an address."""
    return list(Subscriber.objects.filter(email__iexact=email.strip()))


def nobody_there(event: str) -> None:
    """Forget a subscriber whose address the mail server knows to be none."""
    if found := re.search(r"-subscriber-(\d+)$", event):
        for subscriber in Subscriber.objects.filter(pk=int(found[1])):
            leave(subscriber)
