"""A report as a Word file a partner can edit; the same report gives the same bytes.

What Word reads is written as text and parsed once: ten thousand statements take seconds so, and
minutes paragraph by paragraph.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document as new_document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from dialogues.models import ContributionKind, PartKind
from dialogues.report import citing, word_charts
from dialogues.report.blocks import (
    Answer,
    Block,
    Chart,
    Clause,
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
    NUMBERS,
    SET_OFF,
    STEP,
    border,
    list_anew,
    set_look,
    set_page,
)
from dialogues.report.word_pieces import (
    END,
    NEXT,
    TAB,
    facts_table,
    field,
    indent,
    line_of,
    locale_of,
    named,
    paragraph,
    run,
    table_of,
    values_of,
    whole_address,
)
from dialogues.templatetags.dialogues import counted
from recommendations.word_files import add_field, add_pages, bytes_of, describe

_PARAGRAPHS: dict[str, str] = {
    Style.LEAD: "Lead",
    Style.NOTE: "Note",
    Style.SOURCE: "Source",
    Style.FOOTNOTE: "Source",  # one that can't be put to a place in the text
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
_BEFORE = re.compile(r" ([;:!?»])")
_AFTER = re.compile(r"« ")
_SHORT, _MOST_SHORT = 80, 4  # letters of a line, lines


def write(report: Report) -> bytes:
    with translation.override(report.language):
        return _File(report).made()


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
        self.is_below_list = False
        self.short = 0  # how many short paragraphs there were since the last heading
        self.clause_list = self.clauses_so_far = 0
        self.edition = self.own(citing.edition_of(report))

    def made(self) -> bytes:
        report, document = self.report, self.document
        locale = locale_of(report.language)
        describe(document, line_of(report.title) or pgettext("of a dialogue", "Report"), locale)
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
        whole = whole_address(self.report.site, address)
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
        return self.link(self.ways[code], run(line_of(code), style="Statement code"))

    # ---- What stands before the parts ----

    def heads(self) -> None:
        section = self.document.sections[0]
        head = section.header.paragraphs[0]
        for mark in self.marks():
            head.add_run(mark).bold = True
            head.add_run(" · ")
        head.add_run(Truncator(line_of(self.report.title)).chars(60))
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
        for name in filter(None, map(line_of, report.publishers)):
            yield paragraph("Publisher", run(name))
        title = line_of(report.title) or pgettext("of a dialogue", "Report")
        yield paragraph("Title", run(title, report.title_language))
        if lead := report.lead.strip():
            yield paragraph("Subtitle", run(lead, report.lead_language))
        if report.counts:
            said = " · ".join(
                counted(report.counts[kind], kind)
                for kind in ContributionKind.values
                if report.counts.get(kind)
            )
            yield paragraph(
                "On the cover", run(self.own(said)), '<w:spacing w:before="120" w:after="240"/>'
            )
        if report.facts:
            yield facts_table(report.facts, self.own)
        address = citing.address_of(report)
        leading = self.link(address, run(line_of(address), style="Hyperlink"))
        if report.number is None:
            yield paragraph("On the cover", leading, '<w:spacing w:before="240"/>')
        else:
            edition = run(f"{self.edition} · ", is_strong=True)
            yield paragraph("On the cover", edition + leading, '<w:spacing w:before="240"/>')
            cite = self.own(f"{_('How to cite')}: {citing.citation_of(report)}")
            yield paragraph("On the cover", run(cite))
        if changed := report.what_changed.strip():
            label = run(self.own(f"{_('What changed')}: "), is_strong=True)
            yield paragraph("On the cover", label + run(changed))

    def marked(self, mark: str, about: str) -> str:
        runs = run(f"{self.own(mark)}. ", is_strong=True) + run(self.own(about))
        return paragraph("Draft or demonstration", runs)

    def table_of_contents(self) -> Iterator[str]:
        """A field Word fills anew on request, with what it would put there already in it.

        The numbers of pages are fields of their own, which Word works out before it prints.
        """
        rows = [row for row in self.contents if row[0] <= 2 and row[1]]
        yield (
            '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
            "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>"
        )
        yield paragraph("TOC Heading", run(_("Contents")), "<w:pageBreakBefore/>")
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-2" \\h \\z </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for number, (level, text, language, bookmark) in enumerate(rows):
            page = field(f"PAGEREF {bookmark} \\h", "")
            entry = (
                f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{run(text, language)}'
                f"{TAB}{page}</w:hyperlink>"
            )
            yield paragraph(f"toc {level}", ("" if number else begin) + entry)
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        yield paragraph("Normal", end if rows else begin + end)
        yield "</w:sdtContent></w:sdt>"

    # ---- Parts ----

    def section(self, section: Section) -> None:
        self.clause_list = 0
        self.heading(
            1, section.heading, section.language, is_apart=section.key == PartKind.APPENDIX
        )
        self.printed(section.printed, section.printed_language)
        self.blocks(section.blocks)

    def heading(
        self, level: int, text: str, language: str = "", *, color: str = "", is_apart: bool = False
    ) -> None:
        words = line_of(text if language else self.own(text))
        if level == 1 and not words:
            words = pgettext("of a dialogue", "Report")
        if not words:
            return
        number = len(self.contents) + 1
        bookmark = f"_Toc{number:06}"
        # The first part begins on a page of its own, below the contents.
        is_apart = is_apart or number == 1
        fresh = '<w:pageBreakBefore/><w:spacing w:before="0"/>' if is_apart else ""
        if color:
            fresh = f"<w:pBdr>{border('top', color, 18, 6)}</w:pBdr>"
        runs = (
            f'<w:bookmarkStart w:id="{number}" w:name="{bookmark}"/>'
            f"{run(words, language, color=color)}"
            f'<w:bookmarkEnd w:id="{number}"/>'
        )
        self.body.append(paragraph(f"heading {level}", runs, fresh))
        self.contents.append((level, words, language, bookmark))
        self.noted, self.short = -1, 0

    def printed(self, text: str, language: str) -> None:
        if text.strip():
            runs = run(f"{self.own(_('In print:'))} ") + run(line_of(text), language)
            self.body.append(paragraph("In print", runs))

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
                self.body.append(facts_table(block.rows, self.own))
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
            self.printed(block.text, block.language)
            return
        language = block.language or language
        runs = self.runs(block, language)
        if block.style == Style.FOOTNOTE:
            if self.noted >= 0 and not self.is_below_list:
                self.footnote(runs)
                return
            # Which of the lines above it is to is not known.
            runs = run(f"{self.own(_('Footnote:'))} ") + runs
        name = _PARAGRAPHS.get(block.style, style)
        ind = ""
        if name != style and offset:
            ind = indent(offset + (STEP if name == "Note" else 0))
        if block.style in (Style.TEXT, Style.LEAD):
            self.noted, self.is_below_list = len(self.body), False
        self.body.append(paragraph(name, runs, self.kept(block.text) + ind))

    def kept(self, text: str) -> str:
        """A few short lines below a heading stay with what comes after them."""
        if 0 <= self.short < _MOST_SHORT and len(text) < _SHORT:
            self.short += 1
            return NEXT
        self.short = _MOST_SHORT
        return ""

    def runs(self, block: Paragraph, language: str) -> str:
        found = []
        for one in block.runs:
            words = run(
                one.text,
                language,
                style="Hyperlink" if one.link else "",
                is_strong=one.is_strong,
                is_emphasis=one.is_emphasis,
            )
            found.append(self.link(one.link, words))
        return "".join(found)

    def footnote(self, runs: str) -> None:
        """A footnote of Word's own to the paragraph of text that came last."""
        self.footnotes.append(runs)
        reference = (
            f"<w:r><w:rPr>{named('footnote reference', 'rStyle')}</w:rPr>"
            f'<w:footnoteReference w:id="{len(self.footnotes)}"/></w:r>'
        )
        self.body[self.noted] = f"{self.body[self.noted].removesuffix(END)}{reference}{END}"

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
            properties = in_list + (indent(left, STEP) if offset else "")
            self.body.append(paragraph(style, runs, properties))
            self.short = _MOST_SHORT
            for one in rest:
                if isinstance(one, Items):
                    self.items(one, offset, language, depth + 1)
                elif offset:
                    self.block(one, "Quote", left, language)
                else:
                    self.block(one, f"List Continue{suffix}", left, language)
        if not depth:
            # What follows a list is set off from it.
            last = f'</w:numPr><w:spacing w:after="{SET_OFF}"/>'
            self.body[-1] = self.body[-1].replace("</w:numPr>", last)
        self.is_below_list = True

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
        if block.source.strip():
            source = run(block.source, language)
            self.body.append(paragraph("Source", source, indent(STEP)))

    def clauses(self, clauses: list[Clause]) -> None:
        """Clauses that follow each other, numbered by Word where it would number them so."""
        marked = [clause for clause in clauses if clause.mark]
        if not self.clause_list or not _are_counted(marked, self.clauses_so_far + 1):
            self.clause_list = self.clauses_so_far = 0
            if marked and _are_counted(marked, 1):
                self.clause_list = self.list_anew(CLAUSES, 0)
        self.clauses_so_far += len(marked)
        for clause in clauses:
            self.clause(clause, self.clause_list, depth=0)
        self.noted, self.short = -1, _MOST_SHORT

    def clause(self, clause: Clause, number: int, depth: int) -> None:
        runs = _opened(clause)
        if not clause.mark:
            style = "Sub-item" if depth else "Recital"
            off = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>' if depth else ""
            self.body.append(paragraph(style, runs, off))
        elif number:
            style = "Sub-item" if depth else "Operative clause"
            in_list = (
                f'<w:numPr><w:ilvl w:val="{min(depth, 1)}"/><w:numId w:val="{number}"/></w:numPr>'
            )
            self.body.append(paragraph(style, runs, in_list))
        else:
            style = "Marked sub-item" if depth else "Marked clause"
            self.body.append(paragraph(style, run(_dotted(clause.mark)) + TAB + runs))
        for part in clause.parts:
            self.clause(part, number, depth + 1)

    # ---- What people said ----

    def statements(self, block: Statements) -> None:
        self.heading(2, block.heading, block.language, color=_COLORS.get(block.of, ""))
        self.printed(block.printed, block.printed_language)
        for row in block.rows:
            self.statement(row)
        if left := block.left:
            words = run(self.own(_("And %(n)s more, on the site:") % {"n": left}) + " ")
            address = whole_address(self.report.site, block.path)
            leading = self.link(block.path, run(address, style="Hyperlink"))
            self.body.append(paragraph("About a statement", words + leading))

    def statement(self, statement: Statement, style: str = "") -> None:
        """Somebody's words, with the way back to them before, and beneath them what goes along."""
        asked = statement.of == ContributionKind.QUESTION
        style = style or _STATEMENTS.get(statement.of, "Statement")
        code = self.link(statement.path, run(line_of(statement.code), style="Statement code"))
        words = run(statement.text.strip(), statement.language)
        more = list(self.beneath(statement, style))
        kept = f'{NEXT}<w:spacing w:after="20"/>' if more else ""
        self.body.append(paragraph(style, code + TAB + words, kept))
        self.body += more
        if statement.answer:
            self.answer(statement.answer)
        elif asked and not statement.lines and statement.path and style == "Question":
            said = run(_("No answer is on record."))
            self.body.append(paragraph("About a statement", said))
        likes = [line for line in statement.lines if line.code in statement.also]
        for line in statement.lines:
            if line not in likes:
                self.statement(line, "Statement line")
        if likes:
            said = run(self.own(_("Said nearly the same:")))
            self.body.append(paragraph("About a statement", said, NEXT))
            for line in likes:
                self.statement(line, "Statement line")

    def beneath(self, statement: Statement, style: str) -> Iterator[str]:
        ind = indent(CODE + STEP) if style == "Statement line" else ""
        if statement.translation.strip():
            label = run(f"{self.own(_('Translation:'))} ")
            yield paragraph("Translation", label + run(statement.translation), ind)
        bits = [run(line_of(statement.said_by))] if statement.said_by.strip() else []
        if statement.was_edited:
            bits.append(run(self.own(_("as edited"))))
        if statement.about:
            about = run(", ").join(map(self.about, statement.about))
            bits.append(run(f"{_('About')} ") + about)
        shown = {line.code for line in statement.lines}
        if also := [code for code in statement.also if code not in shown]:
            bits.append(run(f"{_('Also said as')} {', '.join(map(line_of, also))}"))
        if bits:
            yield paragraph("About a statement", run(" · ").join(bits), ind)
        if statement.outcome.strip():
            label = self.own(pgettext("of a commitment", "What became of it:"))
            yield paragraph("Outcome", run(f"{label} {statement.outcome}"), ind)
        if statement.note.strip():
            label = run(f"{self.own(_('Note:'))} ")
            note = label + run(statement.note, statement.language)
            yield paragraph("Note", note, indent(CODE + STEP))

    def highlight(self, statement: Statement) -> None:
        """Somebody's words set large, and below them the way back."""
        words = run(statement.text.strip(), statement.language)
        self.body.append(paragraph("Highlight", words))
        if statement.translation.strip():
            label = run(f"{self.own(_('Translation:'))} ")
            translated = label + run(statement.translation)
            close = f'{NEXT}<w:spacing w:after="40"/>'
            self.body.append(paragraph("Source of a highlight", translated, close))
        code = self.link(statement.path, run(line_of(statement.code), style="Statement code"))
        bits = [code]
        if statement.said_by.strip():
            bits.append(run(line_of(statement.said_by)))
        if statement.was_edited:
            bits.append(run(self.own(_("as edited"))))
        self.body.append(paragraph("Source of a highlight", run(" · ").join(filter(None, bits))))

    def answer(self, answer: Answer) -> None:
        self.noted = -1
        self.blocks(answer.blocks, style="Answer", offset=CODE, language=answer.language)
        if answer.footnote.strip():
            note = run(answer.footnote, answer.language)
            if self.noted >= 0:
                self.footnote(note)
            else:
                note = run(f"{self.own(_('Footnote:'))} ") + note
                self.body.append(paragraph("Source", note, indent(CODE)))
        bits = []
        if answer.answered_by.strip():
            bits.append(self.own(_("Answered by %(who)s") % {"who": line_of(answer.answered_by)}))
        if answer.was_written_later:
            bits.append(_("Written after the dialogue"))
        if bits:
            self.body.append(paragraph("About a statement", run(" · ".join(bits))))
        self.noted = -1

    # ---- Tables and charts ----

    def table(self, table: Table) -> None:
        if table.caption.strip():
            self.body.append(paragraph("caption", run(line_of(self.own(table.caption)))))
        self.body.append(table_of(table, self.own))
        self.space()

    def chart(self, chart: Chart) -> None:
        self.body.append(paragraph("caption", run(line_of(self.own(chart.caption)))))
        if chart.bars:
            self.charts += 1
            drawing = word_charts.draw(self.document, self.charts, chart)
            self.body.append(paragraph("Normal", drawing, NEXT))
        self.body.append(table_of(values_of(chart), self.own))
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
        mark = f"<w:r><w:rPr>{named('footnote reference', 'rStyle')}</w:rPr><w:footnoteRef/></w:r>"
        rows = "".join(
            f'<w:footnote w:id="{number}">{paragraph("footnote text", mark + run(" ") + runs)}'
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


# ---- Clauses ----


def _opened(clause: Clause) -> str:
    """A clause whose opening words are set apart, whether its text has them or not."""
    opening, text = clause.opening, clause.text
    if not opening:
        return run(text, clause.language)
    rest = text.removeprefix(opening) if text.startswith(opening) else f" {text}"
    return run(opening, clause.language, is_strong=True) + run(rest, clause.language)


def _are_counted(marked: Iterable[Clause], first: int) -> bool:
    """Whether Word's own numbers, 1. 2. … with a) b) … below each, are those of the text."""
    return all(
        _bare(clause.mark) == str(n)
        and all(
            _bare(part.mark) == chr(ord("a") + m) and not part.parts
            for m, part in enumerate(clause.parts)
        )
        for n, clause in enumerate(marked, first)
    )


def _bare(mark: str) -> str:
    return mark.strip().strip("().").lower()


def _dotted(mark: str) -> str:
    mark = line_of(mark)
    return f"{mark}." if mark.isdigit() else f"{mark})" if mark.isalpha() else mark
