"""A report as a tagged PDF (PDF/UA-1) on Letter paper; the same report gives the same bytes."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialogues.models import ContributionKind, PartKind
from dialogues.report import citing
from dialogues.report.blocks import (
    Answer,
    Block,
    Chart,
    Clause,
    Fact,
    Facts,
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
    Style,
    Table,
    statements_in,
)
from recommendations import typesetting

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"

Node = dict[str, Any]

# A text that is longer may be parted by the end of a page; a shorter one is kept in one piece,
# which also takes Typst half the memory.
_KEPT_WHOLE = 900
_ITEM = 1_000  # the same of an item of a list: a slide keeps its heading
# Reports with more statements than this have plain paragraphs where others have lists: a list of
# thousands takes Typst twice the memory.
_LISTED = 1_500
_IN_CONTENTS = 36
_NARROW = "\u202f"
_BEFORE = re.compile("[ \u00a0]([;:!?»])")
_AFTER = re.compile("«[ \u00a0]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([A-Za-z]{2}))?\b")


def write(report: Report) -> bytes:
    with translation.override(report.language):
        return typesetting.pdf_of(TEMPLATE, _Setting(report).data(), apart=True)


class _Setting:
    """One report on its way to the template: which heading came last, and whose words are whose."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.level = 1
        self.n_headings = 0
        n = sum(1 for section in report.sections for _one in statements_in(section.blocks))
        self.is_listed = n <= _LISTED

    def data(self) -> Node:
        report = self.report
        title = self.line(report.title) or pgettext("of a dialogue", "Report")
        is_draft = report.number is None
        marks = [_("Draft")] if is_draft else []
        if report.is_demo:
            marks.append(_("Demonstration data"))
        edition = self.own(citing.edition_of(report))
        address = citing.address_of(report)
        names = [self.line(name) for name in report.publishers if self.line(name)]
        conveners = [self.fact(Fact(_("Conveners"), ", ".join(names)))] if names else []
        sections = [self.section(section) for section in report.sections]
        return {
            "title": title,
            "title-short": Truncator(title).chars(70),
            "title-language": _language(report.title_language),
            "language": _language(report.language) or ["en", ""],
            "authors": names,
            "dated": _numbers(report.dated),
            "kicker": _("Report of a dialogue"),
            "where": self.line(f"{report.place}, {citing.day_in_words(report.on)}"),
            "lead": _spoken(report.lead, report.lead_language),
            "facts": [*conveners, *(self.fact(fact) for fact in report.facts)],
            "edition": edition,
            "is-draft": is_draft,
            "about-draft": _("Not published yet: what it says may still change."),
            "changed-label": _("What changed"),
            "changed": _text(report.what_changed),
            "cite-label": _("How to cite"),
            "cite": "" if is_draft else _text(citing.citation_of(report).removesuffix(address)),
            "address-label": _("Where to find it"),
            "address": _text(address),
            "link": address,
            "is-demo": report.is_demo,
            "about-demo": self.own(
                _(
                    "This dialogue and everything said in it are invented, to show how the site"
                    " looks when it is in use."
                )
            ),
            "marks": marks,
            "contents": _("Contents"),
            "page-of": _("Page {page} of {pages}"),
            "foot": edition,
            # As much as one page of contents holds.
            "depth": 3 if self.n_headings <= _IN_CONTENTS else 2,
            "sections": sections,
        }

    # ---- Words ----

    def own(self, text: str) -> str:
        """The report's own words; in French the spaces before its marks don't break."""
        text = _text(text)
        if self.report.language == "fr":
            text = _BEFORE.sub(rf"{_NARROW}\1", _AFTER.sub(f"«{_NARROW}", text))
        return text

    def mine(self, text: str, language: str) -> str:
        """Words that are the report's own unless they are in another language."""
        return _text(text) if language else self.own(text)

    def line(self, text: str) -> str:
        return " ".join(_text(text).split())

    def whole(self, address: str) -> str:
        """An address to go to; '' for what is none."""
        whole = urljoin(self.report.site, typesetting.printable(address).strip())
        return whole if whole.startswith(("https://", "http://", "mailto:")) else ""

    # ---- Parts ----

    def section(self, section: Section) -> Node:
        self.level = 2
        self.n_headings += 1
        heading = " ".join(self.mine(section.heading, section.language).split())
        return {
            "heading": heading or pgettext("of a dialogue", "Report"),
            "short": Truncator(heading).chars(60),
            "language": _language(section.language),
            "printed": self.printed(section.printed, section.printed_language),
            "is-apart": section.key == PartKind.APPENDIX
            or any(isinstance(block, Sides) for block in section.blocks),
            "blocks": self.blocks(section.blocks),
        }

    def printed(self, text: str, language: str) -> Node | None:
        if not text:
            return None
        label = self.own(_("In print:"))
        return {"label": label, "text": self.line(text), "language": _language(language)}

    def blocks(self, blocks: Iterable[Block]) -> list[Node]:
        return list(_gathered(self.nodes(blocks)))

    def nodes(self, blocks: Iterable[Block]) -> Iterator[Node]:
        for block in blocks:
            match block:
                case Paragraph(style=Style.PRINTED):
                    yield {"kind": "printed", "printed": self.printed(block.text, block.language)}
                case Paragraph():
                    yield {
                        "kind": "paragraph",
                        "style": str(block.style),
                        "runs": [self.run(run) for run in block.runs],
                        "language": _language(block.language),
                    }
                case Heading():
                    yield from self.heading(block.text, block.level, block.language)
                case Items():
                    yield {
                        "kind": "items",
                        "ordered": block.is_ordered,
                        "items": [
                            {"blocks": self.blocks(item), "whole": _length(item) < _ITEM}
                            for item in block.items
                        ],
                    }
                case Quotation():
                    yield {
                        "kind": "quotation",
                        "blocks": self.blocks(block.blocks),
                        "source": _text(block.source),
                        "language": _language(block.language),
                    }
                case Facts():
                    yield {"kind": "facts", "rows": [self.fact(fact) for fact in block.rows]}
                case Table():
                    yield self.table(block)
                case Chart():
                    yield self.chart(block)
                case Statement():
                    yield self.list_of((block,))
                case Statements():
                    yield from self.statements(block)
                case Sides():
                    left, right = self.side(block.left), self.side(block.right)
                    yield {"kind": "sides", "left": left, "right": right}
                case Clause():
                    yield self.clause(block)

    def heading(self, text: str, level: int, language: str) -> Iterator[Node]:
        """A heading no more than one level below the one before it, or none where it is empty."""
        words = " ".join(self.mine(text, language).split())
        if words:
            self.level = min(max(level, 3), 4, self.level + 1)
            self.n_headings += self.level == 3
            yield {
                "kind": "heading",
                "level": self.level,
                "text": words,
                "language": _language(language),
            }

    def run(self, run: Run) -> Node:
        return _filled(
            text=_clean(run.text),
            strong=run.is_strong,
            emph=run.is_emphasis,
            link=self.whole(run.link) if run.link else "",
        )

    def fact(self, fact: Fact) -> Node:
        return {
            "label": self.own(fact.label),
            "text": _text(fact.text),
            "language": _language(fact.language),
        }

    def table(self, table: Table) -> Node:
        columns = max([len(table.head), *(len(row) for row in table.rows)], default=0)
        rows = [[_text(cell) for cell in row] for row in table.rows]
        return {
            "kind": "table",
            "caption": self.own(table.caption),
            "head": _padded([self.own(cell) for cell in table.head], columns),
            "rows": [_padded(row, columns) for row in rows],
            "numeric": list(table.numeric),
        }

    def chart(self, chart: Chart) -> Node:
        return {
            "kind": "chart",
            "caption": self.own(chart.caption),
            "alt": self.line(chart.description) or self.line(chart.caption) or _("Chart"),
            "head": [self.own(word) for word in chart.head],
            "bars": [{"label": _text(bar.label), "n": max(bar.n, 0)} for bar in chart.bars],
            "mark": chart.mark,
            "mark-label": self.own(chart.mark_label),
            "upright": chart.is_upright and len(chart.bars) <= 16,
        }

    def clause(self, clause: Clause) -> Node:
        return {
            "kind": "operative" if clause.mark else "recital",
            "mark": _text(clause.mark),
            "opening": _text(clause.opening),
            "text": _text(clause.text),
            "language": _language(clause.language),
            "parts": self.blocks(clause.parts),
        }

    # ---- What people said ----

    def side(self, statements: Statements) -> Node:
        """One of two lists beside each other: both begin at the same level of headings."""
        level = self.level
        nodes = list(self.statements(statements))
        self.level = level
        return {"of": statements.of, "blocks": nodes}

    def statements(self, statements: Statements) -> Iterator[Node]:
        yield from self.heading(statements.heading, 3, statements.language)
        if statements.printed:
            printed = self.printed(statements.printed, statements.printed_language)
            yield {"kind": "printed", "printed": printed}
        if statements.rows:
            yield self.list_of(statements.rows)
        if left := statements.left:
            yield {
                "kind": "more",
                "text": self.own(_("And %(n)s more, on the site:") % {"n": left}),
                "address": _text(self.whole(statements.path)),
                "link": self.whole(statements.path),
            }

    def list_of(self, rows: Iterable[Statement]) -> Node:
        return {
            "kind": "statements",
            "listed": self.is_listed,
            "rows": [self.statement(row) for row in rows],
        }

    def statement(self, statement: Statement) -> Node:
        about = [
            {"code": _text(code), "link": self.way("recommendation_detail", code)}
            for code in statement.about
        ]
        also = [
            {
                "code": _text(code),
                "link": self.way("dialogues:statement_detail", self.report.slug, code),
            }
            for code in statement.also
        ]
        marks = [self.own(_("as edited"))] if statement.was_edited else []
        asked = statement.of == ContributionKind.QUESTION and not statement.lines
        if not self.is_listed and _is_plain(statement):
            return self.short(statement)
        return _filled(
            code=_text(statement.code),
            link=self.whole(statement.path),
            text=_text(statement.text),
            language=_language(statement.language),
            whole=len(statement.text) < _KEPT_WHOLE,
            by=self.line(statement.said_by),
            marks=marks,
            about=about and {"label": _("About"), "codes": about},
            also=also and {"label": _("Also said as"), "codes": also},
            translation=statement.translation
            and {
                "label": self.own(_("Translation:")),
                "text": _text(statement.translation),
                # It is there because the statement is in another language than the report.
                "language": _language(self.report.language),
            },
            note=statement.note
            and {
                "label": self.own(_("Note:")),
                "text": _text(statement.note),
                "language": _language(statement.language),
            },
            outcome=statement.outcome
            and {
                "label": self.own(pgettext("of a commitment", "What became of it:")),
                "text": _text(statement.outcome),
            },
            lines=[self.statement(line) for line in statement.lines],
            question=statement.of == ContributionKind.QUESTION,
            answer=statement.answer and self.answer(statement.answer),
            unanswered=_("No answer is on record.") if asked and not statement.answer else "",
        )

    def short(self, statement: Statement) -> Node:
        """A statement that is no more than words, as little as can be said of it."""
        about = ", ".join(_text(code) for code in statement.about)
        also = ", ".join(_text(code) for code in statement.also)
        said = [
            self.line(statement.said_by),
            self.own(_("as edited")) if statement.was_edited else "",
            f"{_('About')} {about}" if about else "",
            f"{_('Also said as')} {also}" if also else "",
        ]
        row: Node = {
            "code": _text(statement.code),
            "link": self.whole(statement.path),
            "text": _text(statement.text),
            "short": " · ".join(filter(None, said)),
        }
        if statement.language:
            row["language"] = _language(statement.language)
        if answer := statement.answer:
            row |= {"by": self.answered(answer), "answers": _paragraphs(answer.blocks)}
            if answer.language:
                row["in"] = _language(answer.language)
        elif statement.of == ContributionKind.QUESTION:
            row |= {"by": _("No answer is on record."), "answers": []}
        return row

    def answer(self, answer: Answer) -> Node:
        return _filled(
            blocks=self.blocks(answer.blocks),
            language=_language(answer.language),
            by=self.answered(answer),
            footnote=answer.footnote
            and {
                "label": self.own(_("Footnote:")),
                "text": _text(answer.footnote),
                "language": _language(answer.language),
            },
        )

    def answered(self, answer: Answer) -> str:
        by = _("Answered by %(who)s") % {"who": self.line(answer.answered_by)}
        later = _("Written after the dialogue") if answer.was_written_later else ""
        return " · ".join(
            filter(None, [self.own(by) if answer.answered_by else _("Answer"), self.own(later)])
        )

    def way(self, name: str, *args: str) -> str:
        """The address of a page of the site; '' where such a page can't be."""
        try:
            return self.whole(reverse(name, args=args))
        except NoReverseMatch:
            return ""


def _is_plain(statement: Statement) -> bool:
    """Whether it is short, on one line, can be gone to, and has nothing to be set beneath it."""
    beneath = (
        statement.translation
        or statement.note
        or statement.outcome
        or statement.lines
        or (statement.answer and statement.answer.footnote)
    )
    is_short = len(statement.text) < _KEPT_WHOLE and len(statement.text.splitlines()) < 2
    is_answered_plainly = statement.answer is None or bool(_paragraphs(statement.answer.blocks))
    return bool(
        is_short and statement.code and statement.path and not beneath and is_answered_plainly
    )


def _length(blocks: Iterable[Block]) -> int:
    """About how many letters an item of a list has; a line has some ninety."""
    n = 0
    for block in blocks:
        match block:
            case Paragraph():
                n += max(len(block.text), 90)
            case Items():
                n += sum(_length(item) for item in block.items)
            case _:
                n += _ITEM
    return n


def _paragraphs(blocks: tuple[Block, ...]) -> list[str]:
    """The paragraphs of a text that is made of nothing else; [] of any other."""
    found = []
    for block in blocks:
        if not isinstance(block, Paragraph) or block.style != Style.TEXT or block.language:
            return []
        if any(run.is_strong or run.is_emphasis or run.link for run in block.runs):
            return []
        if "\n" in (words := _text(block.text)):
            return []
        found.append(words)
    return found


# ---- What Typst can take ----


def _text(text: str) -> str:
    """Text that a page can hold; its lines end in one way."""
    return _clean(text).strip()


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    return typesetting.printed(text)


def _spoken(text: str, language: str) -> Node:
    return {"text": _text(text), "language": _language(language)}


def _language(code: str) -> list[str]:
    """The two parts of a language, [] for none: 'fr-CA' is ['fr', 'ca']."""
    found = _LANGUAGE.match(code)
    return [found[1], (found[2] or "").lower()] if found else []


def _numbers(day: str) -> list[int]:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return []
    return [on.year, on.month, on.day]


def _padded(cells: list[str], columns: int) -> list[str]:
    return cells + [""] * (columns - len(cells))


def _filled(**values: Any) -> Node:
    """What is there, without what is empty: thousands of rows go to Typst in this form."""
    return {name: value for name, value in values.items() if value}


def _gathered(nodes: Iterable[Node]) -> Iterator[Node]:
    """Neighbours that make one list stand in one, so that a reader is told how long it is."""
    group: Node = {}
    for node in nodes:
        kind = node["kind"]
        if kind not in ("operative", "statements"):
            group = {}
            yield node
        elif group and group["of"] == kind:
            group["rows"] += node["rows"] if kind == "statements" else [node]
        elif kind == "operative":
            group = {"kind": "clauses", "of": kind, "rows": [node]}
            yield group
        else:
            group = {**node, "of": kind}
            yield group
