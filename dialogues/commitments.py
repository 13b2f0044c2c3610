"""What people said they would do: by when, who may be asked, and what became of it.

Who made a commitment has a private link to it, signed from its key. The link that stops letters is
another one: it stands in the head of each letter, which more machines read than its text.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues.models import (
    Attribution,
    Commitment,
    ContributionKind,
    ContributionState,
    Dialogue,
    NextStep,
    Outcome,
)
from dialogues.report.blocks import Block, Fact, Facts, Items, Paragraph, Run, Style

LONGEST = 600  # characters of a commitment made in public
LONGEST_WORDS = 1_000  # of what became of one
FURTHEST = 10  # years ahead
REMIND_AFTER = timedelta(days=14)
CONFIRM_WITHIN = timedelta(days=7)
# Nobody is written to in the middle of the night.
MORNING = timedelta(hours=8)
# So many letters that ask to confirm go to one address in a day, whoever sends them.
LETTERS_A_DAY = 3
# Addresses are kept so long after the last letter: an answer may be put right.
KEPT_FOR = timedelta(days=30)
# One nobody reviews is asked about by nobody.
WAITS_FOR = timedelta(days=180)
_DONE = (Outcome.KEPT, Outcome.DROPPED)
_BATCH = 100
# Fewer than so many are never shown as a figure of their own.
FEWEST = 5


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
    """“Kept, March 3, 2026: I spoke to my member of parliament.” or '' where that may not show."""
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


def standing(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many stand how, each with its label: by outcome, '' for those not heard of.

    Groups under five are put together until none is smaller, so that no figure tells of one
    person; nothing is left to tell where all come together.
    """
    order = [*Outcome.values, ""]
    groups = [([outcome], counts.get(outcome, 0)) for outcome in order if counts.get(outcome, 0)]
    while len(groups) > 1 and min(n for _names, n in groups) < FEWEST:
        groups.sort(key=lambda group: group[1])
        (names, n), (more, m), *rest = groups
        groups = [(names + more, n + m), *rest]
    if len(groups) < 2 and not (groups and len(groups[0][0]) == 1 and groups[0][1] >= FEWEST):
        return []
    for names, _n in groups:
        names.sort(key=order.index)
    groups.sort(key=lambda group: order.index(group[0][0]))
    return [(_labels(names), n) for names, n in groups]


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
