"""What of an edition still stands: its front as the page of the dialogue may show it today.

The frozen edition keeps its address and its bytes. The page of the dialogue lives on: what was
taken from view since shows there no more, and a new wording shows in place of the old one.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from dialogues.commitments import outcomes_of
from dialogues.models import Attribution, Contribution, Dialogue, Edition, PartKind, Sector
from dialogues.report.blocks import (
    Block,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Report,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    report_of,
    statements_in,
)
from dialogues.spoken import was_edited


def standing_front(edition: Edition, dialogue: Dialogue, language: str) -> Report | None:
    """The front of an edition, less what does not show any more.

    In place of a statement that was withdrawn, taken back or held since, a line says so. Who said
    something is told as narrowly as today's rule and consents allow, never more than the edition
    told. None where it names people in a dialogue that by now names nobody: any text of it may. At
    most five queries.
    """
    report = report_of(edition.front[language])
    if dialogue.attribution == Attribution.CHATHAM_HOUSE and names_people(report):
        return None
    with translation.override(language):
        return _Standing(report, dialogue).report()


def names_people(report: Report) -> bool:
    """Whether it says who led a dialogue, or who answered."""
    conveners = report.section(PartKind.CONVENERS.value)
    if conveners and any(isinstance(block, Heading) for block in conveners.blocks):
        return True
    blocks = (block for section in report.sections for block in section.blocks)
    return any(one.answer and one.answer.answered_by for one in statements_in(blocks))


class _Standing:
    def __init__(self, front: Report, dialogue: Dialogue) -> None:
        self.front, self.dialogue = front, dialogue
        # A path of this dialogue's statements, in either language.
        self.pattern = re.compile(
            rf"(?:/fr)?/dialogues/{re.escape(dialogue.slug)}/statements/([^/]+)/"
        )
        codes = {
            statement.code
            for section in front.sections
            for statement in statements_in(section.blocks)
        }
        codes |= {code for section in front.sections for code in self.linked(section.blocks)}
        rows = dialogue.contributions.posted().filter(code__in=codes)
        self.rows = {row.code: row for row in rows.with_attribution().order_by()}
        for row in self.rows.values():
            row.dialogue = dialogue
        self.sectors = {str(sector.label) for sector in Sector}
        self.outcomes = outcomes_of(dialogue) if front.section(PartKind.COMMITMENTS.value) else {}

    def report(self) -> Report:
        return replace(self.front, sections=tuple(map(self.section, self.front.sections)))

    def section(self, section: Section) -> Section:
        return replace(section, blocks=tuple(map(self.block, section.blocks)))

    def block(self, block: Block) -> Block:
        match block:
            case Statements():
                rows = (now for row in block.rows for now in self.statements(row))
                return replace(block, rows=tuple(rows))
            case Sides():
                left, right = self.block(block.left), self.block(block.right)
                assert isinstance(left, Statements)  # noqa: S101 - as it was
                assert isinstance(right, Statements)  # noqa: S101
                return Sides(left, right)
            case Statement():
                return self.statements(block)[0]
            case Quotation():
                return replace(block, blocks=tuple(map(self.block, block.blocks)))
            case Items():
                items = tuple(tuple(map(self.block, item)) for item in block.items)
                return replace(block, items=items)
            case Paragraph() if any(run.link for run in block.runs):
                return replace(block, runs=tuple(map(self.run, block.runs)))
        return block

    def statements(self, statement: Statement) -> list[Statement]:
        """A statement as it shows today; with it, those that stood folded beneath one gone."""
        row = self.rows.get(statement.code)
        if row is None:
            likes = [line for line in statement.lines if line.code in statement.also]
            return [
                Statement(
                    code=statement.code,
                    of=statement.of,
                    text=_("Withdrawn since this edition."),
                    path="",
                ),
                *(now for like in likes for now in self.statements(like)),
            ]
        return [self.now(statement, row)]

    def now(self, statement: Statement, row: Contribution) -> Statement:
        lines = tuple(now for line in statement.lines for now in self.statements(line))
        now = replace(
            statement,
            said_by=self.said_by(statement.said_by, row.attributed_to),
            lines=lines,
            outcome=self.outcomes.get(row.pk, ""),
        )
        if row.text == statement.text:
            return now
        words = _("Its wording was changed after this edition.")
        return replace(
            now,
            text=row.text,
            translation=row.translation if statement.language else "",
            was_edited=was_edited(row),
            note=" ".join(filter(None, [statement.note, words])),
        )

    def said_by(self, then: str, now: str) -> str:
        """Who is named today: never somebody the edition did not name."""
        if now == then:
            return now
        is_wider = not then or (then in self.sectors and now not in self.sectors)
        return "" if is_wider else now

    def run(self, run: Run) -> Run:
        found = self.pattern.fullmatch(run.link)
        if found is None or found[1] in self.rows:
            return run
        return Run(_("(a statement withdrawn since this edition)"))

    def linked(self, blocks: Iterable[Block]) -> Iterable[str]:
        """Numbers of statements that paragraphs lead to."""
        for block in blocks:
            match block:
                case Paragraph():
                    for run in block.runs:
                        if found := self.pattern.fullmatch(run.link):
                            yield found[1]
                case Items():
                    for item in block.items:
                        yield from self.linked(item)
                case Quotation():
                    yield from self.linked(block.blocks)
