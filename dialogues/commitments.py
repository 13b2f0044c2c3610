"""What people said they would do: by when, who may be asked, and what became of it.

Who made a commitment has a private link to it, signed from its key. The link that stops letters is
another one: it stands in the head of each letter, which more machines read than its text.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import Letter, User
from accounts.private_pages import behind, token_for
from dialogues import capturing, joining
from dialogues.figures import folded
from dialogues.models import (
    Attribution,
    CheckIn,
    Commitment,
    CommitmentState,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    NextStep,
    Outcome,
    Participant,
)
from dialogues.report.blocks import Block, Fact, Facts, Items, Paragraph, Run, Style
from recommendations.models import Recommendation, one_refresh

LONGEST = 600  # characters of a commitment made in public
LONGEST_WORDS = 1_000  # of what became of one
FURTHEST = 10  # years ahead
REMIND_AFTER = timedelta(days=14)
CONFIRM_WITHIN = timedelta(days=7)
# Nobody is written to in the middle of the night.
MORNING = timedelta(hours=8)
# Where somebody lives who made one in public is not known: at four in the afternoon of UTC, the
# time of the site, it is day in Vancouver and in Warsaw.
DAY_FOR_ALL = timedelta(hours=16)
# So many letters that ask to confirm go to one address in a day, whoever sends them.
LETTERS_A_DAY = 3
# So many letters that ask how it went; who made more commitments is asked about the others on the
# next day. A participant may write down an address that is somebody else's.
QUESTIONS_A_DAY = 5
# Addresses are kept so long after the last letter: an answer may be put right.
KEPT_FOR = timedelta(days=30)
# One nobody reviews is asked about by nobody.
WAITS_FOR = timedelta(days=180)
_DONE = (Outcome.KEPT, Outcome.DROPPED)
_BATCH = 100


# ---- What reports and pages show ----


def outcomes_of(dialogue: Dialogue) -> dict[int, str]:
    """What became of commitments of a dialogue, in words, by the key of the statement.

    Only of those whose makers let their words show. One query.
    """
    rows = (
        Commitment.objects.filter(
            statement__dialogue=dialogue, statement__state=ContributionState.POSTED
        )
        .exclude(outcome_words="")
        .order_by()
        .only("statement", "outcome", "outcome_on", "outcome_words")
    )
    return {row.statement_id: outcome_in_words(row) for row in rows if row.statement_id}


def outcome_in_words(commitment: Commitment) -> str:
    """“Kept, 3 March 2026: I spoke to my member of parliament.” or '' where that may not show."""
    if not commitment.outcome_words or commitment.outcome_on is None:
        return ""
    return _("%(outcome)s, %(day)s: %(words)s") % {
        "outcome": commitment.get_outcome_display(),
        "day": date_format(commitment.outcome_on),
        "words": commitment.outcome_words,
    }


def commitment_blocks(dialogue: Dialogue) -> tuple[Block, ...]:
    """How the commitments of a dialogue stand; nothing where none has a day or was heard of.

    At most two queries.
    """
    rows = (
        Commitment.objects.filter(
            statement__dialogue=dialogue,
            statement__state=ContributionState.POSTED,
            statement__part_of__isnull=True,
        )
        .order_by()
        .values_list("outcome")
        .annotate(n=Count("pk"))
    )
    counts = Counter(dict(rows))
    if not counts:
        return ()
    heard = sum(n for outcome, n in counts.items() if outcome)
    total = dialogue.counts_now().get(ContributionKind.COMMITMENT, 0)
    counts[""] = max(total - heard, 0)
    facts = tuple(Fact(label, str(n)) for label, n in standing(counts))
    if not facts:
        return ()
    note = _(
        "As their makers told it when they were asked. Fewer than five are never counted apart."
    )
    return (Facts(facts), Paragraph((Run(note),), Style.NOTE))


def public_on(recommendation: Recommendation) -> "models.QuerySet[Commitment]":
    """Commitments to a recommendation that readers may see, the newest first.

    Those made in public, and those of dialogues that have a day or were heard of: the others are
    statements like any other. With all that is shown of them.
    """
    merged = Contribution.objects.select_related("participant").order_by()
    return (
        Commitment.objects.public()
        .on(recommendation)
        .select_related("statement__dialogue", "statement__participant")
        .prefetch_related(
            "statement__participant__consents", models.Prefetch("statement__words_of", merged)
        )
        .order_by("-made_at", "-id")
    )


def standing_on(recommendation: Recommendation) -> list[tuple[str, int]]:
    """How the commitments of ``public_on`` stand, as ``standing`` has it. One query."""
    rows = Commitment.objects.public().on(recommendation).order_by().values_list("outcome")
    return standing(dict(rows.annotate(n=Count("pk"))))


def standing(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many stand how, each with its label: by outcome, '' for those not heard of.

    Small groups are told together, as in every figure; nothing is left to tell where there would
    be no other group.
    """
    rows = [(outcome, counts.get(outcome, 0)) for outcome in (*Outcome.values, "")]
    if (found := folded(rows)) is None:
        return []
    shown = [(_labels([outcome]), n) for outcome, n in found.rows]
    if found.groups:
        named = dict(found.rows)
        others = [outcome for outcome, n in rows if n and outcome not in named]
        shown.append((_labels(others), found.together))
    return shown


def _labels(names: Iterable[str]) -> str:
    """“Kept, under way or dropped”."""
    words = [str(Outcome(name).label) if name else _("Not heard of yet") for name in names]
    words[1:] = [word[:1].lower() + word[1:] for word in words[1:]]
    if len(words) == 1:
        return words[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def next_steps_blocks(dialogue: Dialogue) -> tuple[Block, ...]:
    """What is still to be done, by whom, until when, and how it stands. One query."""
    names = dialogue.attribution != Attribution.CHATHAM_HOUSE
    items = tuple(_next_step(step, names) for step in dialogue.next_steps.select_related("owner"))
    return (Items(items),) if items else ()


def _next_step(step: NextStep, names: bool) -> tuple[Block, ...]:
    reader = (get_language() or "en")[:2]
    text, language = step.text, step.language
    if reader == "fr" and step.text_fr:
        text, language = step.text_fr, "fr"
    found: list[Block] = [
        Paragraph((Run(text),), language="" if language[:2] == reader else language)
    ]
    facts = []
    who = step.owner_name if step.owner_id and not names else step.by_whom
    if who:
        facts.append(_("Who does it: %(who)s") % {"who": who})
    if step.due_on:
        facts.append(_("Until %(day)s") % {"day": date_format(step.due_on)})
    if step.state and step.state_on:
        words = {"state": step.get_state_display(), "day": date_format(step.state_on)}
        facts.append(_("%(state)s, as of %(day)s") % words)
    if facts:
        found.append(Paragraph((Run(" · ".join(facts)),), Style.NOTE))
    if step.word:
        found.append(
            Paragraph(
                (Run(step.word),),
                Style.NOTE,
                language="" if step.language[:2] == reader else step.language,
            )
        )
    return tuple(found)


# ---- Private links ----


def token_of(commitment: Commitment, use: str = "answer") -> str:
    """A secret that stands for a commitment: to "answer" or, in the head of letters, to "stop"."""
    return token_for(commitment.key.hex, f"commitment-{use}")


def of_token(token: str, use: str = "answer") -> Commitment | None:
    """Whose token it is; None for one that is forged, too old, or whose commitment is gone."""
    key = behind(token, f"commitment-{use}")
    found = _with_all().filter(key=uuid.UUID(key)).first() if key else None
    return None if found and is_stale(found) else found


def is_stale(commitment: Commitment, at: datetime | None = None) -> bool:
    """Whether nobody confirmed the address in time."""
    return (
        commitment.state == CommitmentState.UNCONFIRMED
        and commitment.made_at < (at or timezone.now()) - CONFIRM_WITHIN
    )


def link_of(commitment: Commitment, use: str = "answer") -> str:
    """The whole private link, in the language of whoever made it. Never to be logged."""
    name = "commitment_stop" if use == "stop" else "commitment"
    with translation.override(language_of(commitment)):
        return letters.absolute(reverse(f"commitments:{name}", args=[token_of(commitment, use)]))


def language_of(commitment: Commitment) -> str:
    """In which language its maker reads."""
    return commitment.maker.language if commitment.maker else commitment.language


def _with_all() -> "models.QuerySet[Commitment]":
    """Commitments with what their words, makers and addresses are read from."""
    return Commitment.objects.select_related(
        "statement__dialogue", "statement__participant", "recommendation"
    ).prefetch_related("statement__participant__consents")


# ---- By when, and whether its maker may be asked ----


def today_of(commitment: Commitment, at: datetime | None = None) -> date:
    """Which day it is where the commitment was made."""
    return timezone.localdate(at, _zone(commitment))


def _zone(commitment: Commitment) -> ZoneInfo:
    statement = commitment.statement
    return ZoneInfo(statement.dialogue.time_zone if statement else settings.TIME_ZONE)


def today_anywhere(at: datetime | None = None) -> date:
    """The earliest date that is still today somewhere."""
    return ((at or timezone.now()) - timedelta(hours=12)).date()


def check_day(due_on: date, today: date) -> None:
    """Raises: ValidationError: the day is past, or further ahead than anybody plans."""
    if due_on < today:
        raise ValidationError({"due_on": _("This day is past: choose today or a later one.")})
    if due_on > _years_later(today, FURTHEST):
        raise ValidationError(
            {"due_on": _("This is more than ten years ahead: look at the year once more.")}
        )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def of_statement(statement: Contribution) -> Commitment:
    """What is noted of a commitment made in a dialogue: its row, or a new one, not saved yet."""
    there = Commitment.objects.filter(statement=statement).first()
    row = there or Commitment(
        statement=statement,
        state=CommitmentState.OF_A_DIALOGUE,
        language=statement.language,
        made_at=statement.posted_at or timezone.now(),
    )
    row.statement = statement
    return row


def is_asking(commitment: Commitment) -> bool:
    """Whether its maker agreed to be asked and has not stopped it."""
    return commitment.asks_since is not None and commitment.stopped_at is None


@one_refresh()
def plan(
    statement: Contribution,
    *,
    due_on: date | None,
    asks: bool,
    email: str = "",
    at: datetime | None = None,
) -> Commitment:
    """Write down by when its maker will do what they said, and whether they may be asked then.

    ``asks`` is their consent to be written to about it, with their address where none is known
    yet; without it they are asked no more.

    Raises:
        ValidationError: it is no commitment that stands, the day can't be, or there is no address
            or none that would still be known on that day.
    """
    dialogue = statement.dialogue
    _check_stands(statement)
    row = of_statement(statement)
    if due_on and due_on != row.due_on:
        check_day(due_on, today_of(row, at))
    if asks:
        _check_may_be_asked(statement, due_on, email)
        participant = statement.participant
        assert participant is not None  # noqa: S101 - as checked
        participant.dialogue = dialogue
        if email:
            joining.change_details(participant, {"email": email})
        joining.agree(participant, ConsentPurpose.CONTACT)
    if row.pk is None and not due_on and not asks:
        return row
    _set_day(row, due_on)
    if asks and not is_asking(row):
        row.asks_since, row.stopped_at = at or timezone.now(), None
    elif not asks and is_asking(row):
        row.stopped_at = at or timezone.now()
        _write_no_more(row)
    row.save()
    return row


def _check_stands(statement: Contribution) -> None:
    if (
        statement.kind != ContributionKind.COMMITMENT
        or statement.state == ContributionState.WITHDRAWN
    ):
        raise ValidationError(_("This is no commitment that stands."))


def _check_may_be_asked(statement: Contribution, due_on: date | None, email: str) -> None:
    dialogue, participant = statement.dialogue, statement.participant
    if participant is None or dialogue.attribution == Attribution.ANONYMOUS:
        raise ValidationError(_("In this dialogue nobody can be written to afterwards."))
    if due_on is None:
        raise ValidationError({"due_on": _("Choose a day: on that day you are asked.")})
    if not (email or participant.email):
        raise ValidationError({"email": _("Write your address, or take the tick away.")})
    if dialogue.keep_until and due_on >= dialogue.keep_until:
        raise ValidationError(
            {
                "due_on": _(
                    "Your address is erased on %(day)s. Choose a day before it, or take the tick"
                    " away."
                )
                % {"day": date_format(dialogue.keep_until)}
            }
        )


def _set_day(row: Commitment, due_on: date | None) -> None:
    """Another day is asked about anew; who was reminded once is never reminded again."""
    if row.due_on != due_on:
        row.due_on, row.asked_at = due_on, None


@one_refresh()
def set_day(
    statement: Contribution, due_on: date | None, *, at: datetime | None = None
) -> Commitment:
    """Note by when something is to be done, for those who run the dialogue: nobody is asked by it.

    Raises:
        ValidationError: it is no commitment that stands, the day can't be, or its maker chose one.
    """
    _check_stands(statement)
    row = of_statement(statement)
    if due_on == row.due_on:
        return row
    if is_asking(row):
        raise ValidationError(
            {"due_on": _("Its maker chose the day and is asked on it: only they can change it.")}
        )
    if due_on:
        check_day(due_on, today_of(row, at))
    _set_day(row, due_on)
    row.save()
    return row


# ---- What became of it ----


@one_refresh()
def answer(
    commitment: Commitment,
    *,
    outcome: Outcome,
    words: str = "",
    shows_words: bool = False,
    again_on: date | None = None,
    at: datetime | None = None,
) -> CheckIn:
    """Write down what its maker says became of it. Sent twice, it is there once.

    ``again_on`` is a later day of something under way, on which they wish to be asked again.

    Raises:
        ValidationError: there is nothing to answer for, the later day can't be, or nobody could be
            written to on it.
    """
    row = _with_all().select_for_update(of=("self",)).get(pk=commitment.pk)
    now = at or timezone.now()
    if not may_answer(row):
        raise ValidationError(_("This commitment does not stand any more."))
    if shows_words and not words:
        raise ValidationError({"words": _("Write a word, or take the tick below away.")})
    if again_on:
        _check_again(row, outcome, again_on, now)
    last = row.check_ins.first()
    said = (outcome, words, shows_words)
    is_double = last is not None and (last.outcome, last.words, last.shows_words) == said
    if last is None or not is_double or now - last.made_at > timedelta(hours=1):
        last = CheckIn.objects.create(
            commitment=row, outcome=outcome, words=words, shows_words=shows_words, made_at=now
        )
    row.outcome, row.outcome_on = outcome, today_of(row, now)
    row.outcome_words = words if shows_words and _may_show(row, words) else ""
    if again_on:
        _set_day(row, again_on)
        if not is_asking(row):
            row.asks_since, row.stopped_at = now, None
    row.save()
    return last


def _may_show(row: Commitment, words: str) -> bool:
    """Whether words nobody has reviewed may show. Anyone can make a commitment in public."""
    if row.statement is None:
        return words == row.outcome_words
    return not capturing.may_do_harm(words, row.maker)


def words_to_review(commitment: Commitment) -> str:
    """What became of one made in public, in words that may show and do not yet."""
    last = commitment.check_ins.first()
    if commitment.statement_id or last is None or not last.shows_words:
        return ""
    return "" if last.words == commitment.outcome_words else last.words


def may_answer(commitment: Commitment) -> bool:
    """Whether it stands, so that its maker can say what became of it."""
    if commitment.statement:
        return commitment.statement.state != ContributionState.WITHDRAWN
    return commitment.state in {CommitmentState.WAITING, CommitmentState.SHOWN}


def _check_again(row: Commitment, outcome: Outcome, again_on: date, now: datetime) -> None:
    if outcome != Outcome.UNDER_WAY:
        raise ValidationError(
            {"again_on": _("A new day is for what is under way: leave it empty.")}
        )
    today = today_of(row, now)
    try:
        check_day(again_on, today + timedelta(days=1))
        if row.statement:
            _check_may_be_asked(row.statement, again_on, row.address)
    except ValidationError as problem:
        raise ValidationError({"again_on": problem.messages}) from None
    if not row.address:
        raise ValidationError(
            {"again_on": _("Your address is not kept any more: you can’t be written to.")}
        )


@one_refresh()
def stop(commitment: Commitment, at: datetime | None = None) -> None:
    """Write no more letters about it. What is kept of the address of one made in public goes."""
    row = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if row.stopped_at is None:
        row.stopped_at, row.email = at or timezone.now(), ""
        row.save(update_fields=["stopped_at", "email"])
        _write_no_more(row)


@one_refresh()
def take_back(commitment: Commitment) -> None:
    """Take it from view at the wish of its maker; of one made in public name and address go.

    Raises:
        ValidationError: it is of a dialogue whose time for corrections is over.
    """
    row = _with_all().select_for_update(of=("self",)).get(pk=commitment.pk)
    _write_no_more(row)
    if statement := row.statement:
        if not statement.dialogue.takes_corrections():
            raise ValidationError(
                _("Corrections are no longer possible. Ask whoever ran the dialogue.")
            )
        capturing.take_back(statement)
        return
    row.state = CommitmentState.WITHDRAWN
    row.name = row.email = row.outcome_words = ""
    row.save(update_fields=["state", "name", "email", "outcome_words"])


# ---- Made in public ----


@one_refresh()
def make_public(
    recommendation: Recommendation,
    *,
    text: str,
    email: str,
    due_on: date | None = None,
    name: str = "",
    language: str = "en",
    asks: bool = False,
    at: datetime | None = None,
) -> None:
    """Keep a commitment somebody makes to a recommendation, and ask them to confirm the address.

    Sent twice, it is there once. Whether there was one before, and whether an address got as many
    letters today as it may, nobody is told: it would say who else did this.

    Raises:
        ValidationError: the day can't be.
    """
    now = at or timezone.now()
    if due_on:
        check_day(due_on, today_anywhere(now))
    if asks and not due_on:
        raise ValidationError({"due_on": _("Choose a day: on that day you are asked.")})
    before = Commitment.objects.filter(
        email__iexact=email, made_at__gt=now - CONFIRM_WITHIN, statement__isnull=True
    )
    if before.filter(recommendation=recommendation, text=text).exists():
        return
    if before.filter(made_at__gt=now - timedelta(days=1)).count() >= LETTERS_A_DAY:
        return
    row = Commitment.objects.create(
        recommendation=recommendation,
        text=text,
        name=name,
        email=email,
        language=language,
        due_on=due_on,
        asks_since=now if asks else None,
        made_at=now,
    )
    _post(row, "confirm", to=email)


@one_refresh()
def confirm(commitment: Commitment, at: datetime | None = None) -> None:
    """Its maker opened the letter: from now on it waits for review."""
    row = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if row.state == CommitmentState.UNCONFIRMED:
        row.state, row.confirmed_at = CommitmentState.WAITING, at or timezone.now()
        row.save(update_fields=["state", "confirmed_at"])


@one_refresh()
def show(commitment: Commitment, *, by: User, words: str = "", at: datetime | None = None) -> None:
    """Let a commitment stand on the page of its recommendation, and tell its maker. Of what became
    of it ``words`` show, as they were read: others its maker wrote since do not.

    Raises:
        ValidationError: its maker has not confirmed it, or took it back.
    """
    row = _reviewed(commitment, by, at)
    is_shown = row.state == CommitmentState.SHOWN
    words = words if words and words == words_to_review(row) else ""
    if is_shown and not words:
        return
    row.state, row.reason = CommitmentState.SHOWN, ""
    row.outcome_words = words or row.outcome_words
    if row.email and not is_shown:
        _post(row, "shown", to=row.email)
        if not is_asking(row):
            row.email = ""
    row.save()


@one_refresh()
def decline(commitment: Commitment, *, by: User, reason: str, at: datetime | None = None) -> None:
    """Keep a commitment from view, or take it from view, and tell its maker why.

    Raises:
        ValidationError: its maker has not confirmed it, or took it back.
    """
    row = _reviewed(commitment, by, at)
    if row.state == CommitmentState.DECLINED:
        return
    row.state, row.reason = CommitmentState.DECLINED, reason
    if row.email:
        _post(row, "declined", to=row.email)
        row.email = ""
    row.save()


def _reviewed(commitment: Commitment, by: User, at: datetime | None) -> Commitment:
    row = _with_all().select_for_update(of=("self",)).get(pk=commitment.pk)
    if row.state not in {
        CommitmentState.WAITING,
        CommitmentState.SHOWN,
        CommitmentState.DECLINED,
    }:
        raise ValidationError(_("There is nothing to review: its maker decides about it."))
    row.reviewed_at, row.reviewed_by = at or timezone.now(), by
    return row


# ---- Letters ----


def _post(commitment: Commitment, what: str, *, to: str, event: str = "") -> bool:
    """Write a letter about a commitment. What somebody typed never stands in one that goes to an
    address nobody has confirmed.
    """
    statement, language = commitment.statement, language_of(commitment)
    with translation.override(language):
        stop_link = link_of(commitment, "stop")
        context = {
            "commitment": commitment,
            "dialogue": statement.dialogue if statement else None,
            "recommendation": commitment.recommendation,
            "link": link_of(commitment),
            "stop_link": stop_link,
            "page": letters.absolute(commitment.recommendation.get_absolute_url())
            if commitment.recommendation
            else "",
            "confirm_within": CONFIRM_WITHIN.days,
        }
        return letters.post(
            event or f"commitment-{commitment.pk}-{what}",
            to=to,
            subject=_subject(what),
            text=render_to_string(f"commitments/{what}.txt", context),
            language=language,
            headers={} if what == "confirm" else letters.one_click(stop_link),
        )


def _subject(what: str) -> str:
    return {
        "confirm": _("Please confirm your commitment"),
        "shown": _("Your commitment is public"),
        "declined": _("Your commitment is not shown"),
        "asked": _("How did it go? Your commitment"),
        "reminder": _("Once more: how did it go?"),
    }[what]


def _may_be_written_to() -> "models.QuerySet[Commitment]":
    """Those that stand, whose makers agreed to be asked, and whose address is there."""
    agreeing = Participant.objects.who_agree_to(ConsentPurpose.CONTACT).exclude(email="")
    public = Q(state=CommitmentState.SHOWN, confirmed_at__isnull=False) & ~Q(email="")
    said = Q(
        state=CommitmentState.OF_A_DIALOGUE,
        statement__participant__in=agreeing.values("pk"),
        statement__dialogue__is_rehearsal=False,
    ) & ~Q(statement__state=ContributionState.WITHDRAWN)
    return (
        Commitment.objects.filter(asks_since__isnull=False, stopped_at__isnull=True)
        .exclude(outcome__in=_DONE)
        .filter(public | said)
    )


def _to_ask(at: datetime) -> "models.QuerySet[Commitment]":
    """Those whose day has come, or was missed, somewhere on earth."""
    furthest = (at + timedelta(hours=14)).date()
    return _may_be_written_to().filter(due_on__lte=furthest, asked_at__isnull=True)


def _to_remind(at: datetime) -> "models.QuerySet[Commitment]":
    """Those asked two weeks ago who have not answered and were never reminded."""
    since = CheckIn.objects.filter(commitment=OuterRef("pk"), made_at__gte=OuterRef("asked_at"))
    return _may_be_written_to().filter(
        ~Exists(since), asked_at__lte=at - REMIND_AFTER, reminded_at__isnull=True
    )


def send_due(at: datetime | None = None) -> int:
    """Ask and remind everybody whose day has come, also where it was missed; says how many.

    Each once, however many run this at the same time: a row is looked at again once it is held,
    noted as asked, and the letter written, all in one transaction.
    """
    now = at or timezone.now()
    return _send(now, "asked") + _send(now, "reminder")


def _send(now: datetime, what: str) -> int:
    find = _to_ask if what == "asked" else _to_remind
    keys = list(find(now).order_by("due_on", "pk").values_list("pk", flat=True))
    n, lately = 0, _asked_lately(now) if keys else Counter()
    for start in range(0, len(keys), _BATCH):
        with transaction.atomic():
            # Asked again of rows that are held: somebody else may have been faster.
            batch = Commitment.objects.filter(pk__in=keys[start : start + _BATCH])
            list(batch.select_for_update().order_by("pk"))
            rows = find(now).filter(pk__in=keys[start : start + _BATCH]).order_by("due_on", "pk")
            for row in _complete(rows):
                if what == "asked" and not _has_come(row, now):
                    continue
                if lately[row.address.lower()] >= QUESTIONS_A_DAY:
                    continue
                lately[row.address.lower()] += 1
                _note(row, what, now)
                n += _post(row, what, to=row.address, event=_event(row, what))
    return n


def _asked_lately(now: datetime) -> Counter[str]:
    """How many letters that ask how it went each address got within a day."""
    day = now - timedelta(
        hours=23
    )  # those of one morning are not put off by the next one's minutes
    rows = Commitment.objects.filter(Q(asked_at__gt=day) | Q(reminded_at__gt=day)).order_by()
    addresses = rows.values_list("email", "statement__participant__email")
    return Counter((own or theirs or "").lower() for own, theirs in addresses)


def _complete(rows: "models.QuerySet[Commitment]") -> list[Commitment]:
    return list(
        rows.select_related(
            "statement__dialogue", "statement__participant", "recommendation"
        ).prefetch_related("statement__participant__consents")
    )


def _event(row: Commitment, what: str) -> str:
    """Ends in the seat where there is one: whoever erases that erases what waits to be sent."""
    who = f"-participant-{row.maker.pk}" if row.maker else ""
    return f"commitment-{row.pk}-{what}-{row.due_on}{who}"


def _write_no_more(row: Commitment) -> None:
    """Erase letters about a commitment that wait to be sent."""
    letters.erase(Letter.objects.filter(event__startswith=f"commitment-{row.pk}-", sent_at=None))


def _has_come(row: Commitment, now: datetime) -> bool:
    hour = MORNING if row.statement_id else DAY_FOR_ALL
    return row.due_on is not None and row.due_on <= today_of(row, now - hour)


def _note(row: Commitment, what: str, now: datetime) -> None:
    # Not PublicQuerySet.update: no page shows who was asked.
    plain: models.QuerySet[Commitment] = models.QuerySet(Commitment)
    field = "asked_at" if what == "asked" else "reminded_at"
    plain.filter(pk=row.pk).update(**{field: now})


# ---- What is kept no longer ----


def unconfirmed(at: datetime | None = None) -> "models.QuerySet[Commitment]":
    """Those whose address nobody confirmed in time: they go whole."""
    return Commitment.objects.filter(
        state=CommitmentState.UNCONFIRMED,
        made_at__lt=(at or timezone.now()) - CONFIRM_WITHIN,
    )


def spent_addresses(at: datetime | None = None) -> "models.QuerySet[Commitment]":
    """Those made in public whose makers get no more letters, though their address is kept."""
    now = at or timezone.now()
    long_ago = now - KEPT_FOR
    answered = CheckIn.objects.filter(commitment=OuterRef("pk"))
    since = answered.filter(made_at__gte=OuterRef("asked_at"))
    shown = Q(state=CommitmentState.SHOWN)
    over = (
        Q(asks_since__isnull=True)
        | Q(stopped_at__isnull=False)
        | Q(reminded_at__lt=long_ago, asked_at__lt=long_ago)
        | (
            ~Exists(answered.filter(made_at__gte=long_ago))
            & (Q(outcome__in=_DONE) | (Q(asked_at__isnull=False) & Exists(since)))
        )
    )
    gone = Q(state__in=[CommitmentState.DECLINED, CommitmentState.WITHDRAWN])
    waiting = Q(state=CommitmentState.WAITING, made_at__lt=now - WAITS_FOR)
    return (
        Commitment.objects.filter(statement__isnull=True)
        .exclude(email="")
        .filter((shown & over) | gone | waiting)
    )


def forget(at: datetime | None = None) -> tuple[int, int]:
    """Erase what is kept no longer; says how many unconfirmed ones and how many addresses."""
    old, addresses = unconfirmed(at), spent_addresses(at)
    n = old.count()
    old.delete()
    return n, addresses.update(email="")


def kept_of(email: str) -> "models.QuerySet[Commitment]":
    """Those made in public with an address, whatever became of them."""
    return Commitment.objects.filter(statement__isnull=True, email__iexact=email.strip())
