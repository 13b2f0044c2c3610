"""A document as a Word file an office can edit: real styles, real numbers, on Letter paper."""

import io
import zipfile
from typing import Any

from django.utils.translation import gettext as _
from docx import Document as new_document
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from resolutions.documents.sheets import Block, Sheet, Style

FONT = "Georgia"
_INK, _MUTED, _ACCENT = (RGBColor.from_string(c) for c in ("14211F", "4A5855", "0A564F"))
_WIDTH, _HEIGHT, _MARGIN = Inches(8.5), Inches(11), Inches(1)
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
    _describe(document, sheet)
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
            letters = _letters_anew(document)
            for part in block.parts:
                item = _add(document, part, QUOTED_ITEM)
                _number(item._p.get_or_add_pPr(), letters, 0)
    saved = io.BytesIO()
    document.save(saved)
    return _timeless(saved.getvalue())


def _add(document: Document, block: Block, style: str) -> Paragraph:
    paragraph = document.add_paragraph(style=style)
    if block.style == Style.FACT:
        paragraph.add_run(block.opening).font.color.rgb = _MUTED
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
            _lang(run._r.get_or_add_rPr(), block.language)
    return paragraph


# ---- What the file says of itself ----


def _describe(document: Document, sheet: Sheet) -> None:
    """Title and language. Who made it, and when, is nobody's business."""
    properties = document.core_properties
    properties.title = sheet.title[:255]
    properties.language = sheet.locale
    element: Any = properties._element
    for child in list(element):
        if child.tag.rpartition("}")[2] not in {"title", "language"}:
            element.remove(child)
    relations = document.part.package.rels
    for key, relation in list(relations.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del relations[key]
    theme_language: Any = document.settings.element.find(qn("w:themeFontLang"))
    theme_language.set(qn("w:val"), sheet.locale)


def _page(document: Document, sheet: Sheet) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = _WIDTH, _HEIGHT
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = Inches(0.7) if sheet.is_close else _MARGIN
    paragraph = section.footer.paragraphs[0]
    if sheet.foot:
        paragraph.add_run(f"{sheet.foot}\t")
    else:
        paragraph.add_run("\t")
    # The words around the two numbers, in the order of the language.
    before, _brace, rest = _("Page {page} of {pages}").partition("{page}")
    between, _brace, after = rest.partition("{pages}")
    paragraph.add_run(before)
    _field(paragraph, "PAGE")
    paragraph.add_run(between)
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(after)


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that Word counts."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


# ---- Styles ----


def _define_styles(document: Document, sheet: Sheet) -> None:
    defaults: Any = document.styles.element.find(qn("w:docDefaults"))
    characters = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    fonts = characters.find(qn("w:rFonts"))
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    _lang(characters, sheet.locale)

    aloud = sheet.is_read_aloud
    close = sheet.is_close
    size = Pt(14) if aloud else Pt(9.5) if close else Pt(11)
    normal = _style(document, "Normal", size=size, after=Pt(5) if close else Pt(9))
    normal.paragraph_format.line_spacing = 1.3 if aloud else 1.05 if close else 1.2
    normal.paragraph_format.widow_control = True
    title = Pt(18) if close else Pt(22)
    _style(document, "Title", size=title, before=Pt(6), after=Pt(10) if close else Pt(14), line=1.1)
    above, below = (Pt(9), Pt(4)) if close else (Pt(18), Pt(8))
    _style(document, "Heading 1", size=Pt(13), before=above, after=below, color=_ACCENT)
    _style(document, "Heading 2", size=size, before=Pt(14), after=Pt(5), bold=True)
    meeting = _style(document, "Meeting", size=size, after=Pt(4))
    stops = meeting.paragraph_format.tab_stops
    stops.add_tab_stop(_LABEL)
    stops.add_tab_stop(_WIDTH - 2 * _MARGIN, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
    meeting.paragraph_format.left_indent = _LABEL
    meeting.paragraph_format.first_line_indent = -_LABEL
    note = _style(document, "Note on its face", size=Pt(10), before=Pt(6), after=Pt(12))
    note.paragraph_format.left_indent = Inches(0.2)
    _bar(note, "0A564F", 20)
    recital = _style(document, "Recital", size=size, after=Pt(9))
    recital.paragraph_format.keep_together = True
    _style(document, "Operative clause", size=size, after=Pt(9))
    _style(document, "Sub-item", size=size, after=Pt(6))
    _style(document, "Item", size=size, after=Pt(5))
    quote = _style(document, "Quoted clause", size=size, after=Pt(6))
    quote.paragraph_format.left_indent = Inches(0.3)
    _style(document, QUOTED_ITEM, size=size, after=Pt(2) if close else Pt(5))
    _style(document, "Source", size=Pt(9), after=Pt(9), color=_MUTED)
    footer = _style(document, "Footer", size=Pt(8.5), after=Pt(0), color=_MUTED)
    kept = footer._element.pPr.find(qn("w:tabs"))
    if kept is not None:
        footer._element.pPr.remove(kept)
    footer.paragraph_format.tab_stops.add_tab_stop(_WIDTH - 2 * _MARGIN, WD_TAB_ALIGNMENT.RIGHT)


def _style(
    document: Document,
    name: str,
    *,
    size: Length,
    before: Length | None = None,
    after: Length,
    line: float | None = None,
    color: RGBColor = _INK,
    bold: bool = False,
) -> ParagraphStyle:
    """A paragraph style, made where Word has none of that name, with nothing of a theme in it."""
    styles = document.styles
    if name in {row.name for row in styles}:
        style = styles[name]
    else:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.quick_style = True
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - each of these names is one
    for child in list(style.element.get_or_add_rPr()):
        style.element.rPr.remove(child)
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    style.font.name, style.font.size, style.font.bold = FONT, size, bold
    style.font.color.rgb = color
    style.paragraph_format.space_before = before or Pt(0)
    style.paragraph_format.space_after = after
    if line is not None:
        style.paragraph_format.line_spacing = line
    return style


def _bar(style: ParagraphStyle, color: str, eighths: int) -> None:
    """A line along the left side."""
    border = parse_xml(
        f"<w:pBdr {nsdecls('w')}>"
        f'<w:left w:val="single" w:sz="{eighths}" w:space="8" w:color="{color}"/></w:pBdr>'
    )
    style.element.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def _lang(characters: Any, language: str) -> None:
    for found in characters.findall(qn("w:lang")):
        characters.remove(found)
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), language)
    characters.append(element)


# ---- Numbers ----

_CLAUSES, _ITEMS, _QUOTED = 90, 91, 92  # above the numbers of the lists Word brings along


def _level(level: int, form: str, text: str, left: int, hanging: int, style: str = "") -> str:
    linked = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{linked}'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
    )


def _define_numbers(document: Document) -> None:
    """Operative clauses count 1., 2., …; their sub-items a), b), … anew under each."""
    ids = {name: document.styles[name].style_id for name in STYLES.values()}
    _numbered(
        document,
        _CLAUSES,
        _level(0, "decimal", "%1.", 425, 425, ids["Operative clause"])
        + _level(1, "lowerLetter", "%2)", 850, 425, ids["Sub-item"]),
    )
    _numbered(document, _ITEMS, _level(0, "bullet", "•", 425, 283, ids["Item"]))
    _numbered(document, _QUOTED, _level(0, "lowerLetter", "%1)", 857, 425))
    for name, number, level in (
        ("Operative clause", _CLAUSES, 0),
        ("Sub-item", _CLAUSES, 1),
        ("Item", _ITEMS, 0),
        (QUOTED_ITEM, _QUOTED, 0),
    ):
        _number(document.styles[name].element.get_or_add_pPr(), number, level)


def _numbered(document: Document, number: int, levels: str) -> None:
    """A list of the file: what it looks like, and one that looks so, under the same number."""
    numbering: Any = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    numbering.insert(0, abstract)  # all that look precede all that are
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
        )
    )


def _number(paragraph: Any, number: int, level: int) -> None:
    """Say of a style or a paragraph which list it stands in."""
    properties = paragraph.get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = number


def _letters_anew(document: Document) -> int:
    """A list of its own whose letters begin with a)."""
    numbering: Any = document.part.numbering_part.element
    fresh = max(int(row.get(qn("w:numId"))) for row in numbering.findall(qn("w:num"))) + 1
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{fresh}"><w:abstractNumId w:val="{_QUOTED}"/>'
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    return fresh


def _timeless(file: bytes) -> bytes:
    """The same file without the time it was made: the same text is the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
