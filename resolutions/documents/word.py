"""A document as a Word file an office can edit: real styles, real numbers, on Letter paper."""

from django.utils.translation import gettext as _
from docx import Document as new_document
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Inches, Pt
from docx.text.paragraph import Paragraph

from recommendations.word_files import (
    ACCENT,
    HEIGHT,
    MARGIN,
    MUTED,
    WIDTH,
    add_pages,
    bytes_of,
    clear_tabs,
    define_list,
    define_style,
    describe,
    draw_bar,
    level,
    list_anew,
    put_in_list,
    set_defaults,
    set_language,
)
from resolutions.documents.sheets import Block, Sheet, Style

_LABEL = Inches(1.75)  # where the value of a fact begins
# Names as an office sees them in the list of styles. They are part of the file, not of the text.
STYLES = {
    Style.TITLE: "Title",
    Style.HEADING: "Heading 1",
    Style.QUESTION: "Heading 2",
    Style.FACT: "Meeting",
    Style.NOTE: "Note on its face",
    Style.RECITAL: "Recital",
    Style.OPERATIVE: "Operative clause",
    Style.SUB_ITEM: "Sub-item",
    Style.TEXT: "Normal",
    Style.ITEM: "Item",
    Style.QUOTE: "Quoted clause",
    Style.SOURCE: "Source",
}
QUOTED_ITEM = "Quoted sub-item"


def write(sheet: Sheet) -> bytes:
    document = new_document()
    describe(document, sheet.title, sheet.locale)
    _page(document, sheet)
    _define_styles(document, sheet)
    _define_numbers(document)
    for number, block in enumerate(sheet.blocks):
        following = sheet.blocks[number + 1] if number + 1 < len(sheet.blocks) else None
        paragraph = _add(document, block, STYLES[block.style])
        ends = following is None or following.style != Style.FACT
        if block.style == Style.FACT and ends:
            paragraph.paragraph_format.space_after = Pt(16)
        if block.style == Style.OPERATIVE:
            for part in block.parts:
                _add(document, part, STYLES[part.style])
        elif block.parts:
            letters = list_anew(document, _QUOTED)
            for part in block.parts:
                item = _add(document, part, QUOTED_ITEM)
                put_in_list(item._p.get_or_add_pPr(), letters, 0)
    return bytes_of(document)


def _add(document: Document, block: Block, style: str) -> Paragraph:
    paragraph = document.add_paragraph(style=style)
    if block.style == Style.FACT:
        paragraph.add_run(block.opening).font.color.rgb = MUTED
        # Without a value the second tab draws the line to write on.
        paragraph.add_run(f"\t{block.text}" if block.text else "\t\t")
        return paragraph
    if block.opening and block.text.startswith(block.opening):
        paragraph.add_run(block.opening).bold = True
        paragraph.add_run(block.rest)
    else:
        paragraph.add_run(block.text)
    if block.language:
        for run in paragraph.runs:
            set_language(run._r.get_or_add_rPr(), block.language)
    return paragraph


def _page(document: Document, sheet: Sheet) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = Inches(0.7) if sheet.is_close else MARGIN
    paragraph = section.footer.paragraphs[0]
    if sheet.foot:
        paragraph.add_run(f"{sheet.foot}\t")
    else:
        paragraph.add_run("\t")
    add_pages(paragraph, _("Page {page} of {pages}"))


# ---- Styles ----


def _define_styles(document: Document, sheet: Sheet) -> None:
    set_defaults(document, sheet.locale)
    aloud = sheet.is_read_aloud
    close = sheet.is_close
    size = Pt(14) if aloud else Pt(9.5) if close else Pt(11)
    normal = define_style(document, "Normal", size=size, after=Pt(5) if close else Pt(9))
    normal.paragraph_format.line_spacing = 1.3 if aloud else 1.05 if close else 1.2
    normal.paragraph_format.widow_control = True
    title = Pt(18) if close else Pt(22)
    define_style(
        document, "Title", size=title, before=Pt(6), after=Pt(10) if close else Pt(14), line=1.1
    )
    above, below = (Pt(9), Pt(4)) if close else (Pt(18), Pt(8))
    define_style(document, "Heading 1", size=Pt(13), before=above, after=below, color=ACCENT)
    define_style(document, "Heading 2", size=size, before=Pt(14), after=Pt(5), bold=True)
    meeting = define_style(document, "Meeting", size=size, after=Pt(4))
    stops = meeting.paragraph_format.tab_stops
    stops.add_tab_stop(_LABEL)
    stops.add_tab_stop(WIDTH - 2 * MARGIN, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
    meeting.paragraph_format.left_indent = _LABEL
    meeting.paragraph_format.first_line_indent = -_LABEL
    note = define_style(document, "Note on its face", size=Pt(10), before=Pt(6), after=Pt(12))
    note.paragraph_format.left_indent = Inches(0.2)
    draw_bar(note, "0A564F", 20)
    recital = define_style(document, "Recital", size=size, after=Pt(9))
    recital.paragraph_format.keep_together = True
    define_style(document, "Operative clause", size=size, after=Pt(9))
    define_style(document, "Sub-item", size=size, after=Pt(6))
    define_style(document, "Item", size=size, after=Pt(5))
    quote = define_style(document, "Quoted clause", size=size, after=Pt(6))
    quote.paragraph_format.left_indent = Inches(0.3)
    define_style(document, QUOTED_ITEM, size=size, after=Pt(2) if close else Pt(5))
    define_style(document, "Source", size=Pt(9), after=Pt(9), color=MUTED)
    footer = define_style(document, "Footer", size=Pt(8.5), after=Pt(0), color=MUTED)
    clear_tabs(footer)
    footer.paragraph_format.tab_stops.add_tab_stop(WIDTH - 2 * MARGIN, WD_TAB_ALIGNMENT.RIGHT)


# ---- Numbers ----

_CLAUSES, _ITEMS, _QUOTED = 90, 91, 92  # above the numbers of the lists Word brings along


def _define_numbers(document: Document) -> None:
    """Operative clauses count 1., 2., …; their sub-items a), b), … anew under each."""
    ids = {name: document.styles[name].style_id for name in STYLES.values()}
    define_list(
        document,
        _CLAUSES,
        level(0, "decimal", "%1.", 425, 425, ids["Operative clause"])
        + level(1, "lowerLetter", "%2)", 850, 425, ids["Sub-item"]),
    )
    define_list(document, _ITEMS, level(0, "bullet", "•", 425, 283, ids["Item"]))
    define_list(document, _QUOTED, level(0, "lowerLetter", "%1)", 857, 425))
    for name, number, depth in (
        ("Operative clause", _CLAUSES, 0),
        ("Sub-item", _CLAUSES, 1),
        ("Item", _ITEMS, 0),
        (QUOTED_ITEM, _QUOTED, 0),
    ):
        put_in_list(document.styles[name].element.get_or_add_pPr(), number, depth)
