from recommendations.models.dates import Precision
from recommendations.models.entry import Entry, EntryKind, Face, PageVersion
from recommendations.models.evidence import Evidence, EvidenceAddress, EvidenceState
from recommendations.models.figures import YearFigure
from recommendations.models.following import Follow, Rhythm, Subscriber
from recommendations.models.progress import (
    STALE_AFTER,
    Finding,
    NoSource,
    NotPossible,
    ProgressUpdate,
    Reply,
    ReplyKind,
    ReviewAct,
    ReviewEvent,
    ReviewState,
    Source,
    SourceBase,
    Status,
)
from recommendations.models.public import (
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Published,
    afterwards,
    one_refresh,
)
from recommendations.models.recommendation import (
    Addressee,
    AddresseeKind,
    Audience,
    Pillar,
    Recommendation,
    Subject,
)
from recommendations.models.record_row import RecordRow
from recommendations.models.report import Report
from recommendations.models.term import Abbreviation, DefinitionKind, Term, TermKind

__all__ = [
    "STALE_AFTER",
    "Abbreviation",
    "Addressee",
    "AddresseeKind",
    "Audience",
    "DefinitionKind",
    "Entry",
    "EntryKind",
    "Evidence",
    "EvidenceAddress",
    "EvidenceState",
    "Face",
    "Finding",
    "Follow",
    "NoSource",
    "NotPossible",
    "PageVersion",
    "Pillar",
    "PlainQuerySet",
    "Precision",
    "ProgressUpdate",
    "PublicModel",
    "PublicQuerySet",
    "Published",
    "Recommendation",
    "RecordRow",
    "Reply",
    "ReplyKind",
    "Report",
    "ReviewAct",
    "ReviewEvent",
    "ReviewState",
    "Rhythm",
    "Source",
    "SourceBase",
    "Status",
    "Subject",
    "Subscriber",
    "Term",
    "TermKind",
    "YearFigure",
    "afterwards",
    "one_refresh",
]
