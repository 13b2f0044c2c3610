"""The scale from 0 to 10: one vote a participant, and no way back from a vote to its maker."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, PositiveIntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from dialogues.models import (
    SCORES,
    AgendaItem,
    AgendaKind,
    Participant,
    Room,
    Tally,
    TallySource,
    Voted,
)


def vote(item: AgendaItem, participant: Participant, score: int) -> bool:
    """Count a vote; False where this participant has voted already and nothing was counted.

    Raises:
        ValidationError: the score is not on the scale, or the vote is not open.
    """
    if score not in SCORES:
        raise ValidationError(_("Choose a number from 0 to 10."), code="scale")
    with Room.objects.saying(item.dialogue) as room:
        item = AgendaItem.objects.get(pk=item.pk)
        if item.kind != AgendaKind.SCALE or room.current_id != item.pk or not item.is_running:
            raise ValidationError(_("The vote is closed."), code="closed")
        try:
            with transaction.atomic():
                Voted.objects.create(item=item, participant=participant)
        except IntegrityError:
            return False
        tallies = _tallies(item, TallySource.BALLOTS)
        # All eleven are written, so that none of them can be told by having been written last.
        one_more = When(score=score, then=F("n") + Value(1))
        tallies.update(n=Case(one_more, default=F("n"), output_field=PositiveIntegerField()))
        return True


def _tallies(item: AgendaItem, source: TallySource) -> QuerySet[Tally]:
    rows = Tally.objects.filter(item=item, source=source)
    if not rows.exists():
        Tally.objects.bulk_create([Tally(item=item, source=source, score=n) for n in SCORES])
    return rows


def enter_counts(item: AgendaItem, source: TallySource, counts: Mapping[int, int]) -> None:
    """Write down a count made in the room: a show of hands, or slips of paper.

    It stands beside the ballots, told apart by its source, and replaces an earlier one.

    Raises:
        ValidationError: a score is not on the scale, a count is not from 0 to 10,000, or the
            source is that of the ballots.
    """
    if source == TallySource.BALLOTS:
        raise ValidationError(_("Ballots are counted by themselves."))
    if set(counts) - set(SCORES) or not all(0 <= n <= 10_000 for n in counts.values()):
        raise ValidationError(_("Write a number from 0 to 10,000 for each score."), code="scale")
    with Room.objects.changing(item.dialogue) as room:
        _tallies(item, source).update(
            n=Case(*(When(score=score, then=Value(n)) for score, n in counts.items()), default=0)
        )
        if room.dialogue.is_public:
            AgendaItem.changed([item.pk])  # the report shows the counts of a closed scale


def results(item: AgendaItem) -> dict[str, list[int]]:
    """How many chose 0, 1, … 10, by source. Only sources with a vote."""
    return results_of([item]).get(item.pk, {})


def results_of(items: Iterable[AgendaItem]) -> dict[int, dict[str, list[int]]]:
    """The results of several rounds, in one question; a round without a vote is not in it."""
    found: dict[int, dict[str, list[int]]] = {}
    rows = Tally.objects.filter(item__in=[item.pk for item in items])
    for item, source, score, n in rows.values_list("item", "source", "score", "n"):
        counts = found.setdefault(item, {}).setdefault(source, [0] * len(SCORES))
        counts[score] = n
    voted = {
        item: {source: counts for source, counts in by_source.items() if any(counts)}
        for item, by_source in found.items()
    }
    return {item: by_source for item, by_source in voted.items() if by_source}


def results_are_shown(item: AgendaItem) -> bool:
    """Whether the room may see the result: when the vote is closed, or live by choice."""
    return item.ended_at is not None or item.shows_results
