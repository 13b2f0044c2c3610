from dialogues.models.contribution import (
    Answer,
    Contribution,
    ContributionKind,
    ContributionState,
    Sector,
)
from dialogues.models.dialogue import (
    AgendaItem,
    AgendaKind,
    Convener,
    Dialogue,
    Person,
    PersonRole,
    Section,
    SectionKind,
)

__all__ = [
    "AgendaItem",
    "AgendaKind",
    "Answer",
    "Contribution",
    "ContributionKind",
    "ContributionState",
    "Convener",
    "Dialogue",
    "Person",
    "PersonRole",
    "Section",
    "SectionKind",
    "Sector",
]
