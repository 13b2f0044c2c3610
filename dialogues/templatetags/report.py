"""How the blocks of a report are written on a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dialogues.models import ContributionKind, PartKind
from dialogues.report.blocks import (
    Block,
    Clause,
    Heading,
    Paragraph,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    Table,
)
from dialogues.report.markdown import is_safe

register = template.Library()

# An opening longer than that (in characters) is no note for the margin.
_MARGIN = 480


@register.filter
def lang(language: str) -> SafeString:
    """``lang="…"`` of a block whose text is not in the report's language, else nothing."""
    return format_html(' lang="{}"', language) if language else mark_safe("")


@register.filter
def runs(paragraph: Paragraph) -> SafeString:
    """The text of a paragraph, with what is emphasized and what is a link."""
    return mark_safe("".join(_run(run) for run in paragraph.runs))  # noqa: S308 - each is escaped


def _run(run: Run) -> str:
    html = str(escape(run.text)).replace("\n", "<br>")
    if run.is_emphasis:
        html = f"<em>{html}</em>"
    if run.is_strong:
        html = f"<strong>{html}</strong>"
    if run.link and is_safe(run.link):
        away = "" if run.link.startswith("/") else ' rel="nofollow noopener"'
        html = f'<a href="{escape(run.link)}"{away}>{html}</a>'
    return html


@register.filter
def said(statement: Statement) -> SafeString:
    """The words of a statement; in translation, and marked as such, where there is one."""
    if statement.translation:
        return format_html(
            '{} <span class="meta">({})</span>', statement.translation, _("translation")
        )
    if statement.language:
        return format_html('<span lang="{}">{}</span>', statement.language, statement.text)
    return conditional_escape(statement.text)


@register.filter
def own_lines(statement: Statement) -> list[Statement]:
    """The statements that are lines of this one."""
    return [line for line in statement.lines if line.code not in statement.also]


@register.filter
def likes(statement: Statement) -> list[Statement]:
    """The statements that say nearly the same and stand folded beneath this one."""
    return [line for line in statement.lines if line.code in statement.also]


@register.filter
def more(statements: Statements) -> int:
    """How many there are in all, where not all of them are here; else 0."""
    return statements.n if statements.left else 0


@register.filter
def cells(table: Table) -> list[list[tuple[str, bool]]]:
    """Rows of a table, each cell with whether it is a number."""
    return [[(cell, n in table.numeric) for n, cell in enumerate(row)] for row in table.rows]


@register.filter
def columns(table: Table) -> list[tuple[str, bool]]:
    return [(name, n in table.numeric) for n, name in enumerate(table.head)]


@register.filter
def opened(clause: Clause) -> SafeString:
    """The text of a clause, its opening words set apart."""
    if clause.opening and clause.text.startswith(clause.opening):
        rest = clause.text[len(clause.opening) :]
        return format_html("<strong>{}</strong>{}", clause.opening, rest)
    return conditional_escape(clause.text)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody among the conveners: a name, and what is told under it."""

    heading: Heading
    brief: list[Block]
    biography: list[Block]


@dataclass(frozen=True, slots=True)
class Laid:
    """A section as a page lays it out: a few opening words in the margin, the rest beside it."""

    section: Section
    margin: list[Block]
    content: list[Block]


@register.filter
def laid(section: Section) -> Laid:
    """Short opening words before statements stand in the margin, under the heading."""
    blocks = list(section.blocks)
    start = next((n for n, one in enumerate(blocks) if isinstance(one, Statements | Sides)), 0)
    before = blocks[:start]
    is_short = all(isinstance(one, Paragraph) for one in before) and (
        sum(len(one.text) for one in before if isinstance(one, Paragraph)) <= _MARGIN
    )
    if start and is_short:
        return Laid(section, before, blocks[start:])
    return Laid(section, [], blocks)


@register.filter
def before_headings(blocks: list[Block]) -> list[Block]:
    """The blocks above the first heading."""
    return list(takewhile(lambda block: not isinstance(block, Heading), blocks))


@register.filter
def from_headings(blocks: list[Block]) -> list[Block]:
    """The blocks from the first heading on."""
    return list(dropwhile(lambda block: not isinstance(block, Heading), blocks))


@register.filter
def named(blocks: Iterable[Block]) -> list[Block | Named]:
    """Blocks of the conveners, with what belongs to one person together."""
    found: list[Block | Named] = []
    for block in blocks:
        last = found[-1] if found else None
        if isinstance(block, Heading) and block.level == 4:
            found.append(Named(block, [], []))
        elif isinstance(last, Named) and not isinstance(block, Heading):
            # The first few are short: a role, an office, a part in the dialogue.
            is_long = isinstance(block, Paragraph) and len(block.text) > 240
            if last.biography or is_long or not isinstance(block, Paragraph):
                last.biography.append(block)
            else:
                last.brief.append(block)
        else:
            found.append(block)
    return found


@register.filter
def kind_of(block: object) -> str:
    """What a block is: which partial writes it."""
    return getattr(block, "kind", "named")


@register.filter
def is_folded(section: Section) -> str:
    """What opens a part that a dialogue's page keeps folded; '' where it stands open."""
    match section.key:
        case PartKind.PROJECT:
            return _("Read about the project")
        case PartKind.RECOMMENDATIONS:
            return _("Read the recommendations")
        case PartKind.SUMMARY:
            return _("Read the executive summary")
        case PartKind.APPENDIX:
            return _("Read the model resolution")
    return ""


@register.filter
def kind_name(kind: str) -> str:
    """What a statement is, in a word."""
    return str(ContributionKind(kind).label)


@register.filter
def slide_title(item: tuple[Block, ...]) -> str:
    """The title of a slide: what its first paragraph sets in strong letters."""
    first = item[0]
    if isinstance(first, Paragraph) and len(first.runs) == 1 and first.runs[0].is_strong:
        return first.text
    return ""
