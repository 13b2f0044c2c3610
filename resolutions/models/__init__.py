from resolutions.models.council import Council, CouncilKind, Jurisdiction, JurisdictionKind
from resolutions.models.model_resolution import (
    Clause,
    ClauseKind,
    ModelResolution,
    PlaceField,
    PlaceTerm,
)
from resolutions.models.resolution import (
    CAN_FOLLOW,
    Grade,
    Instrument,
    Resolution,
    Step,
    StepKind,
    StepNotPossible,
    StepSource,
)

__all__ = [
    "CAN_FOLLOW",
    "Clause",
    "ClauseKind",
    "Council",
    "CouncilKind",
    "Grade",
    "Instrument",
    "Jurisdiction",
    "JurisdictionKind",
    "ModelResolution",
    "PlaceField",
    "PlaceTerm",
    "Resolution",
    "Step",
    "StepKind",
    "StepNotPossible",
    "StepSource",
]
