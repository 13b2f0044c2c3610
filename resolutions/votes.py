"""How a vote is shown: as counted, never judged."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from resolutions.models import Step, StepKind

DECISIVE = frozenset(
    {
        StepKind.ADOPTED,
        StepKind.AMENDED,
        StepKind.DEFEATED,
        StepKind.RECEIVED,
        StepKind.OVERRIDDEN,
        StepKind.RESCINDED,
    }
)
# More discs than that nobody counts with their eyes.
MOST_DISCS = 60


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote of one step.

    ``counts`` are (label, members), empty where nobody counted; ``discs`` one status class a
    member, '' for one who was absent, none where they are too many to see.
    """

    step: Step
    counts: list[tuple[str, int]]
    discs: list[str]


def decisive(steps: Iterable[Step]) -> Vote | None:
    """The vote that decided, the newest where there were several. ``steps``: the newest first."""
    for step in steps:
        if step.kind in DECISIVE and step.vote_method:
            return vote_of(step)
    return None


def vote_of(step: Step) -> Vote:
    rows = [
        (_("For"), step.votes_for, "adopted"),
        (_("Against"), step.votes_against, "defeated"),
        (_("Abstained"), step.votes_abstained, "received"),
        (_("Absent"), step.votes_absent, ""),
    ]
    counted = [(label, n, kind) for label, n, kind in rows if n is not None]
    discs = [kind for _label, n, kind in counted for _member in range(min(n, MOST_DISCS + 1))]
    return Vote(
        step=step,
        counts=[(label, n) for label, n, _kind in counted],
        discs=discs if len(discs) <= MOST_DISCS else [],
    )
