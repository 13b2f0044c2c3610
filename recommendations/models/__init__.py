from recommendations.models.dates import Precision
from recommendations.models.entry import Entry, EntryKind, Face, PageVersion
from recommendations.models.progress import NoSource, ProgressUpdate, Source, SourceBase, Status
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
)
from recommendations.models.record_row import RecordRow
from recommendations.models.report import Report
from recommendations.models.term import Abbreviation, DefinitionKind, Term, TermKind

__all__ = [
    "Abbreviation",
    "Addressee",
    "AddresseeKind",
    "Audience",
    "DefinitionKind",
    "Entry",
    "EntryKind",
    "Face",
    "NoSource",
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
    "Report",
    "Source",
    "SourceBase",
    "Status",
    "Term",
    "TermKind",
    "afterwards",
    "one_refresh",
]
