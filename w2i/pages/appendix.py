"""The model resolution, as the appendix of a dialogue's report."""

from collections.abc import Iterator
from itertools import count
from string import ascii_lowercase

from django.utils.translation import gettext as _

from dialogues.models import Dialogue
from dialogues.report.blocks import Block, Clause, Heading, Paragraph, Run, Style
from resolutions.documents.sheets import dated
from resolutions.models import Clause as ModelClause
from resolutions.models import ClauseKind, ModelResolution, Scope


def model_resolution(dialogue: Dialogue, language: str) -> tuple[Block, ...] | None:
    """The text offered to councils that carries the report talked over, to the letter.

    That of record: in the language its report is written in, the oldest of its versions.
    """
    if dialogue.report is None or not dialogue.report.is_public:
        return None
    rows = ModelResolution.objects.public().filter(report=dialogue.report, scope=Scope.COUNCIL)
    models = list(rows.order_by("dated", "id"))
    if not models:
        return None
    own = [model for model in models if model.language == dialogue.report.language]
    model = (own or models)[0]
    foreign = "" if model.language == language else model.language
    clauses = list(model.clauses.order_by("order", "id"))
    wholes = [clause for clause in clauses if clause.part_of_id is None]
    numbers = map(str, count(1))
    blocks: list[Block] = [
        Heading(model.title, language=foreign, anchor="model-resolution"),
    ]
    source = ", ".join(filter(None, [model.author, dated(model.dated, model.dated_precision)]))
    blocks.append(Paragraph((Run(source, link=model.get_absolute_url()),), Style.SOURCE))
    for heading, kind in (
        (_("Recitals"), ClauseKind.RECITAL),
        (_("Operative clauses"), ClauseKind.RESOLVED),
        (_("Who is sent a copy"), ClauseKind.DISTRIBUTION),
    ):
        if found := [row for row in wholes if row.kind == kind]:
            blocks.append(Heading(heading, level=4))
            blocks += [_clause(row, clauses, foreign, numbers) for row in found]
    return tuple(blocks)


def _clause(
    row: ModelClause, clauses: list[ModelClause], language: str, marks: Iterator[str]
) -> Clause:
    parts = [part for part in clauses if part.part_of_id == row.pk]
    return Clause(
        text=row.text,
        opening=row.opening,
        mark="" if row.kind == ClauseKind.RECITAL else next(marks),
        parts=tuple(
            _clause(part, clauses, language, iter([letter]))
            for part, letter in zip(parts, _letters(), strict=False)
        ),
        language=language,
    )


def _letters() -> Iterator[str]:
    """a, b, … z, aa, ab …"""
    for first in ("", *ascii_lowercase):
        for second in ascii_lowercase:
            yield first + second
