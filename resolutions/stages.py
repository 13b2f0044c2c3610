"""How far a resolution has come: each kind of step belongs to one of four."""

from resolutions.models import ADOPTED, ANNOUNCES, StepKind

IN_PREPARATION = frozenset({StepKind.DRAFTED})
BEFORE_COUNCIL = ANNOUNCES | {StepKind.SUBMITTED, StepKind.READING}
IN_FORCE = ADOPTED | {StepKind.PROCLAIMED}
ENDED = frozenset(StepKind) - IN_PREPARATION - BEFORE_COUNCIL - IN_FORCE
