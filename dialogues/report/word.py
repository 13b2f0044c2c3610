"""A report as a Word file a partner can edit; the same report gives the same bytes.

What Word reads is written as text and parsed once: ten thousand statements take seconds so, and
minutes paragraph by paragraph.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape, quoteattr

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document as new_document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from dialogues.models import ContributionKind
from dialogues.report import citing, word_charts
from dialogues.report.blocks import (
    Answer,
    Block,
    Chart,
    Clause,
    Fact,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Report,
    Section,
    Sides,
    Statement,
    Statements,
    Style,
    Table,
)
from dialogues.report.blocks import Facts as FactsBlock
from dialogues.report.word_look import (
    BULLETS,
    CLAUSES,
    CODE,
    CONCERN,
    FIRST_FREE_LIST,
    HOPE,
    MEASURE,
    NUMBERS,
    STEP,
    border,
    list_anew,
    set_look,
    set_page,
    style_id,
)
from dialogues.templatetags.dialogues import counted
from recommendations.typesetting import printable
from recommendations.word_files import add_field, add_pages, bytes_of, describe

_PARAGRAPHS: dict[str, str] = {
    Style.LEAD: "Lead",
    Style.NOTE: "Note",
    Style.SOURCE: "Source",
    Style.FOOTNOTE: "footnote text",
    Style.PRINTED: "In print",
}
_STATEMENTS: dict[str, str] = {
    ContributionKind.HOPE: "Hope",
    ContributionKind.CONCERN: "Concern",
    ContributionKind.QUESTION: "Question",
    ContributionKind.RESERVATION: "Reservation",
    ContributionKind.IDEA: "Idea",
    ContributionKind.COMMITMENT: "Commitment",
}
_COLORS: dict[str, str] = {ContributionKind.HOPE: HOPE, ContributionKind.CONCERN: CONCERN}
_LOCALES = {"en": "en-CA", "fr": "fr-CA"}
_IDS: dict[str, str] = {}
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*(:\d{1,5})?")
_LONGEST_ADDRESS = 2_000  # Word takes none longer
_BEFORE = re.compile(r" ([;:!?»])")
_AFTER = re.compile(r"« ")
_KEPT_WHOLE = 16  # a table with as many rows is not parted by the end of a page
_LETTER = 115  # about how wide a letter of a table is, in twentieths of a point
_END = "</w:p>"


def write(report: Report) -> bytes:
    with translation.override(report.language):
        return _File(report).made()


# ---- Pieces of XML ----


def _shown(text: str) -> str:
    """Text that XML may hold, its line breaks of one kind."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\t", " ")
    return printable(text)


def _line(text: str) -> str:
    return " ".join(_shown(text).split())


def _run(
    text: str,
    language: str = "",
    *,
    style: str = "",
    is_strong: bool = False,
    is_emphasis: bool = False,
    color: str = "",
) -> str:
    words = _shown(text)
    if not words:
        return ""
    properties = _named(style, "rStyle") if style else ""
    if is_strong:
        properties += "<w:b/><w:bCs/>"
    if is_emphasis:
        properties += "<w:i/><w:iCs/>"
    if color:
        properties += f'<w:color w:val="{color}"/>'
    if language:
        properties += f"<w:lang w:val={quoteattr(_locale(language))}/>"
    if properties:
        properties = f"<w:rPr>{properties}</w:rPr>"
    told = escape(words)
    if "\n" in told:
        told = told.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f'<w:r>{properties}<w:t xml:space="preserve">{told}</w:t></w:r>'


def _named(style: str, element: str) -> str:
    if style not in _IDS:
        _IDS[style] = style_id(style)
    return f'<w:{element} w:val="{_IDS[style]}"/>'


def _paragraph(style: str, runs: str, properties: str = "") -> str:
    """``properties`` in the order of the schema: keepNext, numPr, tabs, spacing, ind, jc."""
    return f"<w:p><w:pPr>{_named(style, 'pStyle')}{properties}</w:pPr>{runs}{_END}"


def _indent(left: int, hanging: int = 0) -> str:
    return f'<w:ind w:left="{left}" w:hanging="{hanging}"/>' if left else ""


def _locale(language: str) -> str:
    return _LOCALES.get(language, language)


_TAB = "<w:r><w:tab/></w:r>"
_NEXT = "<w:keepNext/>"


def _complex_field(instruction: str, shown: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{shown}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


class _File:
    """One report on its way into a file: paragraphs so far, and what they refer to."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.document = new_document()
        self.relations: Any = self.document.part.rels
        self.body: list[str] = []
        self.contents: list[tuple[int, str, str, str]] = []  # level, text, language, bookmark
        self.footnotes: list[str] = []
        self.lists: list[str] = []
        self.links: dict[str, str] = {}
        self.ways: dict[str, str] = {}
        self.charts = 0
        self.noted = -1  # the paragraph of text a footnote is to
        self.edition = self.own(citing.edition_of(report))

    def made(self) -> bytes:
        report, document = self.report, self.document
        locale = _locale(report.language)
        describe(document, _line(report.title) or _("Report"), locale)
        set_look(document, locale)
        set_page(document)
        self.heads()
        for section in report.sections:
            self.section(section)
        front = [*self.cover(), *self.table_of_contents()]
        self.put(front)
        self.put_lists()
        self.put_footnotes()
        self.put_settings()
        return bytes_of(document)

    # ---- Words ----

    def own(self, text: str) -> str:
        """The report's own words; in French no line begins with a mark."""
        if self.report.language == "fr":
            return _BEFORE.sub("\u00a0\\1", _AFTER.sub("«\u00a0", text))
        return text

    def link(self, address: str, runs: str) -> str:
        """Runs that lead somewhere, or as they are where the address is none."""
        if not address or not runs:
            return runs
        if address not in self.links:
            self.links[address] = self.relation_to(address)
        relation = self.links[address]
        if not relation:
            return runs
        return f'<w:hyperlink r:id="{relation}" w:history="1">{runs}</w:hyperlink>'

    def relation_to(self, address: str) -> str:
        whole = _whole(self.report.site, address)
        if not whole:
            return ""
        key = f"rIdLink{len(self.links) + 1}"
        self.relations.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, whole, key, is_external=True)
        return key

    def about(self, code: str) -> str:
        """A recommendation by its code, leading to its page."""
        if code not in self.ways:
            try:
                self.ways[code] = reverse("recommendation_detail", args=[code])
            except NoReverseMatch:
                self.ways[code] = ""
        return self.link(self.ways[code], _run(_line(code)))

    # ---- What stands before the parts ----

    def heads(self) -> None:
        section = self.document.sections[0]
        head = section.header.paragraphs[0]
        for mark in self.marks():
            head.add_run(mark).bold = True
            head.add_run(" · ")
        head.add_run(Truncator(_line(self.report.title)).chars(60))
        head.add_run("\t")
        # By its number: the name of the style is another one in a French Word.
        add_field(head, "STYLEREF 1", "")
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{self.edition}\t")
        add_pages(foot, self.own(_("Page {page} of {pages}")))
        # The cover has neither, but says so to Word.
        section.first_page_header.paragraphs[0].add_run("")
        section.first_page_footer.paragraphs[0].add_run("")

    def marks(self) -> Iterator[str]:
        if self.report.number is None:
            yield _("Draft")
        if self.report.is_demo:
            yield _("Demonstration data")

    def cover(self) -> Iterator[str]:
        report = self.report
        if report.number is None:
            about = _("Not published yet: what it says may still change.")
            yield self.marked(self.edition, about)
        if report.is_demo:
            about = _(
                "This dialogue and everything said in it are invented, to show how the site looks"
                " when it is in use."
            )
            yield self.marked(_("Demonstration data"), about)
        for name in report.publishers:
            yield _paragraph("Publisher", _run(_line(name)))
        title = _line(report.title) or _("Report")
        yield _paragraph("Title", _run(title, report.title_language))
        if lead := report.lead.strip():
            yield _paragraph("Subtitle", _run(lead, report.lead_language))
        if report.counts:
            said = " · ".join(
                counted(report.counts[kind], kind)
                for kind in ContributionKind.values
                if report.counts.get(kind)
            )
            yield _paragraph(
                "On the cover", _run(self.own(said)), '<w:spacing w:before="120" w:after="240"/>'
            )
        if report.facts:
            yield _facts(report.facts, self.own)
        address = citing.address_of(report)
        leading = self.link(address, _run(_line(address), style="Hyperlink"))
        if report.number is None:
            yield _paragraph("On the cover", leading, '<w:spacing w:before="240"/>')
        else:
            edition = _run(f"{self.edition} · ", is_strong=True)
            yield _paragraph("On the cover", edition + leading, '<w:spacing w:before="240"/>')
            cite = self.own(f"{_('How to cite')}: {citing.citation_of(report)}")
            yield _paragraph("On the cover", _run(cite))
        if changed := report.what_changed.strip():
            label = _run(self.own(f"{_('What changed')}: "), is_strong=True)
            yield _paragraph("On the cover", label + _run(changed))

    def marked(self, mark: str, about: str) -> str:
        runs = _run(f"{self.own(mark)}. ", is_strong=True) + _run(self.own(about))
        return _paragraph("Draft or demonstration", runs)

    def table_of_contents(self) -> Iterator[str]:
        """A field Word fills anew on request, with what it would put there already in it.

        The numbers of pages are fields of their own, which Word works out before it prints.
        """
        rows = [row for row in self.contents if row[0] <= 2 and row[1]]
        yield (
            '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
            "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>"
        )
        yield _paragraph("TOC Heading", _run(_("Contents")), "<w:pageBreakBefore/>")
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-2" \\h \\z </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for number, (level, text, language, bookmark) in enumerate(rows):
            page = _complex_field(f"PAGEREF {bookmark} \\h", "")
            entry = (
                f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{_run(text, language)}'
                f"{_TAB}{page}</w:hyperlink>"
            )
            yield _paragraph(f"toc {level}", ("" if number else begin) + entry)
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        yield _paragraph("Normal", end if rows else begin + end)
        yield "</w:sdtContent></w:sdt>"

    # ---- Parts ----

    def section(self, section: Section) -> None:
        self.heading(1, section.heading, section.language)
        self.printed(section.printed)
        self.blocks(section.blocks)

    def heading(self, level: int, text: str, language: str = "", color: str = "") -> None:
        words = _line(text if language else self.own(text))
        if level == 1 and not words:
            words = _("Report")
        if not words:
            return
        number = len(self.contents) + 1
        bookmark = f"_Toc{number:06}"
        # The first part begins on a page of its own, below the contents.
        fresh = '<w:pageBreakBefore/><w:spacing w:before="0"/>' if number == 1 else ""
        if color:
            fresh = f"<w:pBdr>{border('top', color, 18, 6)}</w:pBdr>"
        runs = (
            f'<w:bookmarkStart w:id="{number}" w:name="{bookmark}"/>'
            f"{_run(words, language, color=color)}"
            f'<w:bookmarkEnd w:id="{number}"/>'
        )
        self.body.append(_paragraph(f"heading {level}", runs, fresh))
        self.contents.append((level, words, language, bookmark))
        self.noted = -1

    def printed(self, text: str) -> None:
        if text:
            runs = _run(f"{self.own(_('In print:'))} {_line(text)}")
            self.body.append(_paragraph("In print", runs))

    def blocks(
        self,
        blocks: Iterable[Block],
        *,
        style: str = "Normal",
        offset: int = 0,
        language: str = "",
    ) -> None:
        """Blocks one below the other. ``style`` is that of plain text, which has ``offset`` of its
        own; all else is set that far in."""
        for kind, group in groupby(blocks, type):
            if kind is Clause:
                self.clauses([one for one in group if isinstance(one, Clause)])
                continue
            for block in group:
                self.block(block, style, offset, language)

    def block(self, block: Block, style: str, offset: int, language: str) -> None:
        match block:
            case Paragraph():
                self.text(block, style, offset, language)
            case Heading():
                self.heading(min(max(block.level - 1, 2), 3), block.text, block.language)
            case Items():
                self.items(block, offset, language)
            case Quotation():
                self.quotation(block, language)
            case FactsBlock():
                self.body.append(_facts(block.rows, self.own))
                self.space()
            case Table():
                self.table(block)
            case Chart():
                self.chart(block)
            case Statement():
                self.statement(block)
            case Statements():
                self.statements(block)
            case Sides():
                self.statements(block.left)
                self.statements(block.right)

    def text(self, block: Paragraph, style: str, offset: int, language: str) -> None:
        if block.style == Style.PRINTED:
            self.printed(block.text)
            return
        language = block.language or language
        runs = self.runs(block, language)
        if block.style == Style.FOOTNOTE and self.noted >= 0:
            self.footnote(runs)
            return
        name = _PARAGRAPHS.get(block.style, style)
        ind = ""
        if name != style and offset:
            ind = _indent(offset + (STEP if name == "Note" else 0))
        if block.style in (Style.TEXT, Style.LEAD):
            self.noted = len(self.body)
        self.body.append(_paragraph(name, runs, ind))

    def runs(self, block: Paragraph, language: str) -> str:
        found = []
        for run in block.runs:
            words = _run(
                run.text,
                language,
                style="Hyperlink" if run.link else "",
                is_strong=run.is_strong,
                is_emphasis=run.is_emphasis,
            )
            found.append(self.link(run.link, words))
        return "".join(found)

    def footnote(self, runs: str) -> None:
        """A footnote of Word's own to the paragraph of text that came last."""
        self.footnotes.append(runs)
        reference = (
            f"<w:r><w:rPr>{_named('footnote reference', 'rStyle')}</w:rPr>"
            f'<w:footnoteReference w:id="{len(self.footnotes)}"/></w:r>'
        )
        self.body[self.noted] = f"{self.body[self.noted].removesuffix(_END)}{reference}{_END}"

    def items(self, block: Items, offset: int, language: str, depth: int = 0) -> None:
        within = min(depth, 2)
        suffix = f" {within + 1}" if within else ""
        style = f"List {'Number' if block.is_ordered else 'Bullet'}{suffix}"
        number = self.list_anew(NUMBERS, within) if block.is_ordered else BULLETS
        in_list = f'<w:numPr><w:ilvl w:val="{within}"/><w:numId w:val="{number}"/></w:numPr>'
        left = offset + STEP * (within + 1)
        for item in block.items:
            first, *rest = item or (Paragraph(()),)
            if not isinstance(first, Paragraph):
                first, rest = Paragraph(()), [first, *rest]
            runs = self.runs(first, first.language or language)
            self.noted = len(self.body)
            properties = in_list + (_indent(left, STEP) if offset else "")
            self.body.append(_paragraph(style, runs, properties))
            for one in rest:
                if isinstance(one, Items):
                    self.items(one, offset, language, depth + 1)
                elif offset:
                    self.block(one, "Quote", left, language)
                else:
                    self.block(one, f"List Continue{suffix}", left, language)

    def list_anew(self, like: int, depth: int) -> int:
        number = FIRST_FREE_LIST + len(self.lists)
        self.lists.append(list_anew(number, like, depth))
        return number

    def quotation(self, block: Quotation, language: str) -> None:
        language = block.language or language
        for one in block.blocks:
            if isinstance(one, Statement):
                self.highlight(one)
            else:
                self.block(one, "Quote", STEP, language)
        if block.source:
            source = _run(block.source, language)
            self.body.append(_paragraph("Source", source, _indent(STEP)))

    def clauses(self, clauses: list[Clause]) -> None:
        """Clauses that follow each other, numbered by Word where it would number them so."""
        by_word = _are_counted(clauses)
        number = self.list_anew(CLAUSES, 0) if by_word and any(one.mark for one in clauses) else 0
        for clause in clauses:
            self.clause(clause, number, depth=0)
        self.noted = -1

    def clause(self, clause: Clause, number: int, depth: int) -> None:
        runs = _opened(clause)
        if not clause.mark:
            style = "Sub-item" if depth else "Recital"
            off = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>' if depth else ""
            self.body.append(_paragraph(style, runs, off))
        elif number:
            style = "Sub-item" if depth else "Operative clause"
            in_list = (
                f'<w:numPr><w:ilvl w:val="{min(depth, 1)}"/><w:numId w:val="{number}"/></w:numPr>'
            )
            self.body.append(_paragraph(style, runs, in_list))
        else:
            style = "Marked sub-item" if depth else "Marked clause"
            self.body.append(_paragraph(style, _run(_line(clause.mark)) + _TAB + runs))
        for part in clause.parts:
            self.clause(part, number, depth + 1)

    # ---- What people said ----

    def statements(self, block: Statements) -> None:
        self.heading(2, block.heading, block.language, _COLORS.get(block.of, ""))
        self.printed(block.printed)
        for row in block.rows:
            self.statement(row)
        if (left := block.n - sum(1 + len(row.also) for row in block.rows)) > 0:
            words = _run(self.own(_("And %(n)s more, on the site:") % {"n": left}) + " ")
            address = _whole(self.report.site, block.path)
            leading = self.link(block.path, _run(address, style="Hyperlink"))
            self.body.append(_paragraph("About a statement", words + leading))

    def statement(self, statement: Statement, style: str = "") -> None:
        """Somebody's words, with the way back to them before, and beneath them what goes along."""
        asked = statement.of == ContributionKind.QUESTION
        style = style or _STATEMENTS.get(statement.of, "Statement")
        code = self.link(statement.path, _run(_line(statement.code), style="Statement code"))
        words = _run(statement.text.strip(), statement.language)
        more = list(self.beneath(statement, style))
        kept = _NEXT if more else ""
        self.body.append(_paragraph(style, code + _TAB + words, kept))
        self.body += more
        if statement.answer:
            self.answer(statement.answer)
        elif asked and not statement.lines and statement.path and style == "Question":
            said = _run(_("No answer is on record."))
            self.body.append(_paragraph("About a statement", said))
        likes = [line for line in statement.lines if line.code in statement.also]
        for line in statement.lines:
            if line not in likes:
                self.statement(line, "Statement line")
        if likes:
            said = _run(self.own(_("Said nearly the same:")))
            self.body.append(_paragraph("About a statement", said, _NEXT))
            for line in likes:
                self.statement(line, "Statement line")

    def beneath(self, statement: Statement, style: str) -> Iterator[str]:
        ind = _indent(CODE + STEP) if style == "Statement line" else ""
        if statement.translation:
            label = _run(f"{self.own(_('Translation:'))} ")
            yield _paragraph("Translation", label + _run(statement.translation), ind)
        bits = [_run(_line(statement.said_by))] if statement.said_by.strip() else []
        if statement.was_edited:
            bits.append(_run(self.own(_("as edited"))))
        if statement.about:
            about = _run(", ").join(map(self.about, statement.about))
            bits.append(_run(f"{_('About')} ") + about)
        shown = {line.code for line in statement.lines}
        if also := [code for code in statement.also if code not in shown]:
            bits.append(_run(f"{_('Also said as')} {', '.join(map(_line, also))}"))
        if bits:
            yield _paragraph("About a statement", _run(" · ").join(bits), ind)
        if statement.outcome:
            label = self.own(pgettext("of a commitment", "What became of it:"))
            yield _paragraph("Outcome", _run(f"{label} {statement.outcome}"), ind)
        if statement.note:
            label = _run(f"{self.own(_('Note:'))} ")
            note = label + _run(statement.note, statement.language)
            yield _paragraph("Note", note, _indent(CODE + STEP))

    def highlight(self, statement: Statement) -> None:
        """Somebody's words set large, and below them the way back."""
        words = _run(statement.text.strip(), statement.language)
        self.body.append(_paragraph("Highlight", words))
        if statement.translation:
            label = _run(f"{self.own(_('Translation:'))} ")
            translated = label + _run(statement.translation)
            self.body.append(_paragraph("Source of a highlight", translated, _NEXT))
        code = self.link(statement.path, _run(_line(statement.code), style="Statement code"))
        bits = [code]
        if statement.said_by.strip():
            bits.append(_run(_line(statement.said_by)))
        if statement.was_edited:
            bits.append(_run(self.own(_("as edited"))))
        self.body.append(_paragraph("Source of a highlight", _run(" · ").join(filter(None, bits))))

    def answer(self, answer: Answer) -> None:
        self.noted = -1
        self.blocks(answer.blocks, style="Answer", offset=CODE, language=answer.language)
        if answer.footnote:
            note = _run(answer.footnote, answer.language)
            if self.noted >= 0:
                self.footnote(note)
            else:
                self.body.append(_paragraph("footnote text", note, _indent(CODE)))
        bits = []
        if answer.answered_by:
            bits.append(self.own(_("Answered by %(who)s") % {"who": _line(answer.answered_by)}))
        if answer.was_written_later:
            bits.append(_("Written after the dialogue"))
        if bits:
            self.body.append(_paragraph("About a statement", _run(" · ".join(bits))))
        self.noted = -1

    # ---- Tables and charts ----

    def table(self, table: Table) -> None:
        if table.caption:
            self.body.append(_paragraph("caption", _run(_line(self.own(table.caption)))))
        self.body.append(_table(table, self.own))
        self.space()

    def chart(self, chart: Chart) -> None:
        self.charts += 1
        caption = _line(self.own(chart.caption))
        self.body.append(_paragraph("caption", _run(caption)))
        drawing = word_charts.draw(self.document, self.charts, chart)
        self.body.append(_paragraph("Normal", drawing, _NEXT))
        rows = tuple((bar.label, str(bar.n)) for bar in chart.bars)
        self.body.append(_table(Table(chart.caption, chart.head, rows, (1,)), self.own))
        self.space()

    def space(self) -> None:
        """Two tables that touch would become one."""
        self.body.append('<w:p><w:pPr><w:spacing w:after="60"/></w:pPr></w:p>')
        self.noted = -1

    # ---- Into the package ----

    def put(self, front: list[str]) -> None:
        root: Any = self.document.element
        old = root.body
        last = old.sectPr
        told = "".join(chain(front, self.body))
        self.body.clear()
        body: Any = parse_xml(
            f"<w:body {nsdecls('w', 'r', 'wp', 'a', 'c')}>{told}</w:body>".encode()
        )
        body.append(last)
        root.replace(old, body)

    def put_lists(self) -> None:
        numbering: Any = self.document.part.numbering_part.element
        if self.lists:
            fresh: Any = parse_xml(
                f"<w:numbering {nsdecls('w')}>{''.join(self.lists)}</w:numbering>"
            )
            numbering.extend(list(fresh))

    def put_footnotes(self) -> None:
        part = self.document.part
        mark = f"<w:r><w:rPr>{_named('footnote reference', 'rStyle')}</w:rPr><w:footnoteRef/></w:r>"
        rows = "".join(
            f'<w:footnote w:id="{number}">{_paragraph("footnote text", mark + _run(" ") + runs)}'
            "</w:footnote>"
            for number, runs in enumerate(self.footnotes, 1)
        )
        content = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f"<w:footnotes {nsdecls('w', 'r')}>"
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p>'
            '</w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r>'
            f"<w:continuationSeparator/></w:r></w:p></w:footnote>{rows}</w:footnotes>"
        )
        footnotes = Part(
            PackURI("/word/footnotes.xml"),
            CONTENT_TYPE.WML_FOOTNOTES,
            content.encode(),
            part.package,
        )
        part.relate_to(footnotes, RELATIONSHIP_TYPE.FOOTNOTES)

    def put_settings(self) -> None:
        settings: Any = self.document.settings.element
        settings.find(qn("w:zoom")).set(qn("w:percent"), "100")
        compatible = settings.find(qn("w:compat"))
        for one in compatible.findall(qn("w:compatSetting")):
            if one.get(qn("w:name")) == "compatibilityMode":
                one.set(qn("w:val"), "15")  # else Word opens it as a file of 2010
        compatible.addprevious(
            parse_xml(
                f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/>'
                "</w:footnotePr>"
            )
        )


# ---- Addresses ----


def _whole(site: str, address: str) -> str:
    """An address as a file may hold it; '' for what is none or leads to anything but a page."""
    try:
        whole = urljoin(site, printable(address).strip())
        parts = urlsplit(whole)
        if parts.scheme == "mailto":
            fine = "@" in parts.path
        else:
            fine = parts.scheme in ("http", "https") and bool(_HOST.fullmatch(parts.netloc))
            host = parts.netloc.encode("idna").decode() if fine else ""
            whole = parts._replace(netloc=host).geturl()
    except ValueError:
        return ""
    whole = str(iri_to_uri(whole))
    return whole if fine and len(whole) <= _LONGEST_ADDRESS else ""


# ---- Clauses ----


def _opened(clause: Clause) -> str:
    """A clause whose opening words are set apart, whether its text has them or not."""
    opening, text = clause.opening, clause.text
    if not opening:
        return _run(text, clause.language)
    rest = text.removeprefix(opening) if text.startswith(opening) else f" {text}"
    return _run(opening, clause.language, is_strong=True) + _run(rest, clause.language)


def _are_counted(clauses: Iterable[Clause]) -> bool:
    """Whether Word's own numbers, 1. 2. … with a) b) … below each, are those of the text."""
    marked = [clause for clause in clauses if clause.mark]
    return all(_bare(one.mark) == str(n) for n, one in enumerate(marked, 1)) and all(
        _bare(part.mark) == chr(ord("a") + n) and not part.parts
        for clause in marked
        for n, part in enumerate(clause.parts)
    )


def _bare(mark: str) -> str:
    return mark.strip().strip("().").lower()


# ---- Tables ----


def _facts(rows: Iterable[Fact], own: Any) -> str:
    widths = (MEASURE * 27 // 100, MEASURE - MEASURE * 27 // 100)
    told = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + _cell(widths[0], "Fact label", _run(_line(own(fact.label))))
        + _cell(widths[1], "Fact", _run(fact.text, fact.language))
        + "</w:tr>"
        for fact in rows
    )
    return _table_of("Facts table", "", widths, told, has_head=False) if told else ""


def _table(table: Table, own: Any) -> str:
    columns = max([len(table.head), *(len(row) for row in table.rows)], default=0)
    if not columns:
        return ""
    head = [own(cell) for cell in table.head]
    widths = _widths([head, *table.rows], columns)
    told = [_row(head, widths, table.numeric, is_head=True)]
    last = len(table.rows) - 1
    told += [
        _row(row, widths, table.numeric, is_kept=last < _KEPT_WHOLE and number < last)
        for number, row in enumerate(table.rows)
    ]
    return _table_of("Report table", own(table.caption), widths, "".join(told), has_head=True)


def _table_of(style: str, caption: str, widths: Iterable[int], rows: str, *, has_head: bool) -> str:
    columns = list(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    named = f"<w:tblCaption w:val={quoteattr(_line(caption))}/>" if _line(caption) else ""
    return (
        f'<w:tbl><w:tblPr>{_named(style, "tblStyle")}<w:tblW w:w="{sum(columns)}"'
        ' w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="{"04A0" if has_head else "0480"}" w:firstRow="{int(has_head)}"'
        ' w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        f"{named}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(
    cells: Iterable[str],
    widths: list[int],
    numeric: tuple[int, ...],
    *,
    is_head: bool = False,
    is_kept: bool = False,
) -> str:
    """A row; one that is kept stays on the page of the next."""
    kept = "<w:cantSplit/><w:tblHeader/>" if is_head else "<w:cantSplit/>"
    found = list(cells)
    found += [""] * (len(widths) - len(found))
    told = []
    for column, (cell, width) in enumerate(zip(found, widths, strict=True)):
        properties = _NEXT if is_head or is_kept else ""
        if column in numeric:
            properties += '<w:jc w:val="right"/>'
        told.append(_cell(width, "Table text", _run(cell), properties))
    return f"<w:tr><w:trPr>{kept}</w:trPr>{''.join(told)}</w:tr>"


def _cell(width: int, style: str, runs: str, properties: str = "") -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(style, runs, properties)}</w:tc>"
    )


def _widths(rows: list[Any], columns: int) -> list[int]:
    """As wide as what stands in each column, and together no wider than a line."""
    longest = [0] * columns
    for row in rows:
        for column, cell in enumerate(row):
            longest[column] = max(longest[column], len(cell))
    wanted = [min(max(n, 5), 60) * _LETTER + 300 for n in longest]
    if (whole := sum(wanted)) > MEASURE:
        wanted = [width * MEASURE // whole for width in wanted]
    return wanted
