"""Digests: what was published since the last one, to each who follows it, once.

What was published is read from the acts of review (``ReviewEvent``), which have their numbers in
the order in which they became public. Each digest tells of the acts after the last number its
subscriber was told of, up to a number that nobody can slip in before (``following.last_act``). That
number moves on in the transaction that writes the letter: a worker killed at any moment has done
both or neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import letters
from accounts.models import Letter, LetterState
from recommendations.following import HOUR, last_act, link_of, next_digest
from recommendations.models import (
    Finding,
    Follow,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReviewAct,
    ReviewEvent,
    Status,
    Subscriber,
)
from recommendations.models.dates import in_words
from recommendations.models.texts import for_reader

# So many findings are told in one letter; how many more there are, it says.
MOST = 50
# After this hour of UTC a digest waits for the next day: in Warsaw it would be night.
LAST_HOUR = 22
# So many subscribers in one transaction, for others who write wait for it on SQLite; and in one
# sweep, which is begun every minute: at fifteen thousandths of a second each, 180,000 in a day.
_BATCH, _A_SWEEP = 25, 500

# A finding: "update" or "reply", and its key.
_Key = tuple[str, int]
# What a follow holds on to: "recommendation", "addressee", "audience" or "report", and its key.
_Hold = tuple[str, int]


class Act(NamedTuple):
    """Something that became public: a finding was published, or retracted."""

    number: int
    what: str
    finding: _Key
    recommendation: int


def send_due(at: datetime | None = None) -> int:
    """Write a digest to everybody whose time has come and for whom there is news; says how many.

    Each once, however many run this at the same time: a row is looked at again once it is held.
    """
    now = at or timezone.now()
    if not HOUR <= now.astimezone(UTC).hour < LAST_HOUR or not letters.sends_mail():
        return 0
    due = Subscriber.objects.due(now)
    keys = list(due.order_by("next_digest_at", "pk").values_list("pk", flat=True)[:_A_SWEEP])
    n, until = 0, last_act() if keys else 0
    for start in range(0, len(keys), _BATCH):
        with transaction.atomic():
            batch = due.filter(pk__in=keys[start : start + _BATCH]).order_by("pk")
            n += _write_to(list(batch.select_for_update()), until, now)
    return n


def _write_to(subscribers: Sequence[Subscriber], until: int, now: datetime) -> int:
    """Write to these, whose rows are held, and move on what they were told; says to how many."""
    waits = _still_waiting(subscribers)
    ready = [row for row in subscribers if row.email not in waits]
    n = 0
    for row, told in _told(ready, until).items():
        if told:
            n += _post(row, told, until)
    for row in ready:
        # Another worker may have told more a moment ago.
        row.told_until = max(row.told_until or 0, until)
    for row in subscribers:
        row.next_digest_at = next_digest(row.rhythm, now)
    Subscriber.objects.bulk_update(subscribers, ["told_until", "next_digest_at"])
    return n


def _still_waiting(subscribers: Sequence[Subscriber]) -> set[str]:
    """Addresses to which the last digest has not gone out yet: when the mail server is back, nobody
    gets two at once. What is new since stands in the next one.
    """
    rows = Letter.objects.filter(state=LetterState.WAITING, event__startswith="digest-")
    return set(rows.filter(to__in=[row.email for row in subscribers]).values_list("to", flat=True))


# ---- What is new to whom ----


@dataclass(slots=True)
class Item:
    """One finding in a digest."""

    finding: Finding
    is_retracted: bool
    is_corrected: bool

    @property
    def is_reply(self) -> bool:
        return isinstance(self.finding, Reply)

    @property
    def label(self) -> str:
        """What it says, without the day: its status, or the answer."""
        row = self.finding
        if isinstance(row, Reply):
            return str(row.get_kind_display())
        return str(row.get_status_display())  # type: ignore[attr-defined]

    @property
    def day(self) -> str:
        return in_words(self.finding.on)

    @property
    def corrected_day(self) -> str:
        """Which day the finding is of that this one corrects; '' where it corrects none."""
        corrects = self.finding.corrects
        return in_words(corrects.on) if corrects else ""

    @property
    def addressee(self) -> str:
        return self.finding.addressee.name if isinstance(self.finding, Reply) else ""

    @property
    def assessor(self) -> str:
        return " ".join(getattr(self.finding, "assessed_by", "").split())

    @property
    def summary(self) -> str:
        return " ".join(self.finding.summary.split())

    @property
    def retraction(self) -> str:
        return " ".join(self.finding.retraction.split())


@dataclass(slots=True)
class News:
    """What is new about one recommendation; ``before`` is its status without what is told here."""

    recommendation: Recommendation
    before: tuple[str, date | None]
    items: list[Item] = field(default_factory=list)

    @property
    def text(self) -> str:
        row = self.recommendation
        return " ".join(for_reader(row.text, row.report.language, row.translation)[0].split())

    @property
    def link(self) -> str:
        return letters.absolute(self.recommendation.get_absolute_url())

    @property
    def now_label(self) -> str:
        return _status(self.recommendation.status, self.recommendation.status_on)

    @property
    def before_label(self) -> str:
        """How it stood before; '' where that is the same."""
        now = (self.recommendation.status, self.recommendation.status_on)
        return "" if self.before == now else _status(*self.before)


def _status(status: str, on: date | None) -> str:
    label = str(Status(status).label)
    if on is None:
        return label
    return _("%(status)s, as of %(day)s") % {"status": label, "day": in_words(on)}


def _told(subscribers: Sequence[Subscriber], until: int) -> dict[Subscriber, list[News]]:
    """What is new to each of these, up to an act, in the order of the reports.

    A finding that is followed in two ways is there once. Eight queries, however many they are.
    """
    since = min((row.told_until or 0 for row in subscribers), default=until)
    acts = _acts(since, until)
    if not acts:
        return {}
    rows = Recommendation.objects.public().in_report_order()
    rows = rows.filter(pk__in={act.recommendation for act in acts})
    rows = rows.select_related("report").prefetch_related("addressees")
    recommendations = {row.pk: row for row in rows}
    of_hold: dict[_Hold, list[Act]] = defaultdict(list)
    for act in acts:
        if row := recommendations.get(act.recommendation):
            for hold in _holds(row):
                of_hold[hold].append(act)
    wanted: dict[Subscriber, set[Act]] = {row: set() for row in subscribers}
    by_key = {row.pk: row for row in subscribers}
    for follow in Follow.objects.confirmed().filter(subscriber__in=by_key):
        subscriber = by_key[follow.subscriber_id]
        after = max(subscriber.told_until or 0, follow.since or 0)
        found = of_hold.get(_hold_of(follow), ())
        wanted[subscriber].update(act for act in found if act.number > after)
    findings = _findings({act.finding for acts in wanted.values() for act in acts})
    timelines = _timelines({act.recommendation for acts in wanted.values() for act in acts})
    return {row: _news(acts, recommendations, findings, timelines) for row, acts in wanted.items()}


def _acts(since: int, until: int) -> list[Act]:
    """What became public after one act up to another, in the order in which it did."""
    rows = (
        ReviewEvent.objects.filter(
            pk__gt=since, pk__lte=until, act__in=[ReviewAct.PUBLISHED, ReviewAct.RETRACTED]
        )
        .order_by("pk")
        .values_list(
            "pk",
            "act",
            "update",
            "reply",
            Coalesce("update__recommendation", "reply__recommendation"),
        )
    )
    return [
        Act(number, what, ("update", update) if update else ("reply", reply), recommendation)
        for number, what, update, reply, recommendation in rows
    ]


def _holds(row: Recommendation) -> Iterable[_Hold]:
    yield "recommendation", row.pk
    yield "audience", row.audience_id
    yield "report", row.report_id
    for addressee in row.addressees.all():
        yield "addressee", addressee.pk


def _hold_of(follow: Follow) -> _Hold:
    for name in ("recommendation", "addressee", "audience"):
        if key := getattr(follow, f"{name}_id"):
            return name, key
    return "report", follow.report_id or 0


def _findings(keys: set[_Key]) -> dict[_Key, Finding]:
    updates = ProgressUpdate.objects.public().select_related("corrects")
    replies = Reply.objects.public().select_related("corrects", "addressee")
    found: dict[_Key, Finding] = {}
    for kind, rows in (("update", updates), ("reply", replies)):
        asked = [key for name, key in keys if name == kind]
        found |= {(kind, row.pk): row for row in rows.filter(pk__in=asked)}
    return found


def _timelines(recommendations: set[int]) -> dict[int, list[ProgressUpdate]]:
    """All public updates of each of these, for their days and statuses alone."""
    found: dict[int, list[ProgressUpdate]] = defaultdict(list)
    rows = ProgressUpdate.objects.public().filter(recommendation__in=recommendations).order_by()
    for row in rows.only("recommendation", "on", "status", "corrects", "retracted_at"):
        found[row.recommendation_id].append(row)
    return found


def _news(
    acts: set[Act],
    recommendations: dict[int, Recommendation],
    findings: dict[_Key, Finding],
    timelines: dict[int, list[ProgressUpdate]],
) -> list[News]:
    published = {act.finding for act in acts if act.what == ReviewAct.PUBLISHED}
    retracted = {act.finding for act in acts if act.what == ReviewAct.RETRACTED}
    corrected = {
        (kind, findings[kind, pk].corrects_id)
        for kind, pk in published - retracted
        if (kind, pk) in findings
    }
    # In the order in which each became public first.
    order = dict.fromkeys(act.finding for act in sorted(acts))
    at = {act.finding: act.recommendation for act in acts}
    items: dict[int, list[Item]] = defaultdict(list)
    for key in order:
        if row := findings.get(key):
            items[at[key]].append(Item(row, key in retracted, key in corrected))
    return [
        News(row, _before(timelines[pk], published, retracted), items[pk])
        for pk, row in recommendations.items()
        if items[pk]
    ]


def _before(
    updates: Iterable[ProgressUpdate], published: set[_Key], retracted: set[_Key]
) -> tuple[str, date | None]:
    """The status as it was before these acts, and the day it was of."""
    there = [
        row
        for row in updates
        if ("update", row.pk) not in published
        and (row.retracted_at is None or ("update", row.pk) in retracted)
    ]
    corrected = {row.corrects_id for row in there}
    standing = [row for row in there if row.pk not in corrected]
    if not standing:
        return Status.NOT_ASSESSED, None
    latest = max(standing, key=lambda row: (row.on, row.pk))
    return latest.status, latest.on


# ---- The letter ----


def _post(subscriber: Subscriber, told: Sequence[News], until: int) -> bool:
    with translation.override(subscriber.language):
        shown, left = [], MOST
        for news in told:
            if left > 0:
                shown.append(News(news.recommendation, news.before, news.items[:left]))
                left -= len(shown[-1].items)
        total = sum(len(news.items) for news in told)
        leave = link_of(subscriber, "leave")
        context = {
            "news": shown,
            "more": total - sum(len(news.items) for news in shown),
            "list": letters.absolute(reverse("recommendations:recommendation_list")),
            "link": link_of(subscriber),
            "leave_link": leave,
        }
        return letters.post(
            f"digest-{until}-subscriber-{subscriber.pk}",
            to=subscriber.email,
            subject=_subject(told),
            text=render_to_string("recommendations/digest.txt", context),
            language=subscriber.language,
            headers=letters.one_click(leave),
        )


def _subject(told: Sequence[News]) -> str:
    if len(told) == 1:
        return _("What is new on recommendation %(code)s") % {"code": told[0].recommendation.code}
    return ngettext(
        "What is new on %(n)d recommendation", "What is new on %(n)d recommendations", len(told)
    ) % {"n": len(told)}
