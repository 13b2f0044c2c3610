"""Word files an office can edit: what every document of ours in that form shares."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

FONT = "Georgia"
INK, MUTED, ACCENT = (RGBColor.from_string(c) for c in ("14211F", "4A5855", "0A564F"))
WIDTH, HEIGHT, MARGIN = Inches(8.5), Inches(11), Inches(1)


# ---- What a file says of itself ----


def describe(document: Document, title: str, locale: str) -> None:
    """Title and language ("en-CA"). Who made it, and when, is nobody's business."""
    properties = document.core_properties
    properties.title = title[:255]
    properties.language = locale
    element: Any = properties._element
    for child in list(element):
        if child.tag.rpartition("}")[2] not in {"title", "language"}:
            element.remove(child)
    relations = document.part.package.rels
    for key, relation in list(relations.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del relations[key]
    theme_language: Any = document.settings.element.find(qn("w:themeFontLang"))
    theme_language.set(qn("w:val"), locale)


def bytes_of(document: Document) -> bytes:
    """The file, without the time it was made: the same text is the same bytes."""
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old:
        return zipped((name, old.read(name)) for name in old.namelist())


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of files by name, in order, without the time it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


# ---- Fields ----


def add_pages(paragraph: Paragraph, words: str) -> None:
    """Words with "{page}" and "{pages}" in them, in the order of their language."""
    before, _brace, rest = words.partition("{page}")
    between, _brace, after = rest.partition("{pages}")
    paragraph.add_run(before)
    add_field(paragraph, "PAGE")
    paragraph.add_run(between)
    add_field(paragraph, "NUMPAGES")
    paragraph.add_run(after)


def add_field(paragraph: Paragraph, instruction: str, shown: str = "1") -> None:
    """What Word counts or looks up by itself; ``shown`` stands there until it has."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


# ---- Styles ----


def set_defaults(document: Document, locale: str, font: str = FONT) -> None:
    """The letters and the language of all that says nothing else."""
    defaults: Any = document.styles.element.find(qn("w:docDefaults"))
    characters = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    fonts = characters.find(qn("w:rFonts"))
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), font)
    set_language(characters, locale)


def define_style(
    document: Document,
    name: str,
    *,
    size: Length,
    before: Length | None = None,
    after: Length,
    line: float | None = None,
    color: RGBColor = INK,
    bold: bool = False,
    font: str = FONT,
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
    style.font.name, style.font.size, style.font.bold = font, size, bold
    style.font.color.rgb = color
    style.paragraph_format.space_before = before or Pt(0)
    style.paragraph_format.space_after = after
    if line is not None:
        style.paragraph_format.line_spacing = line
    return style


def clear_tabs(style: ParagraphStyle) -> None:
    kept = style.element.get_or_add_pPr().find(qn("w:tabs"))
    if kept is not None:
        style.element.pPr.remove(kept)


def draw_bar(style: ParagraphStyle, color: str, eighths: int) -> None:
    """A line along the left side, ``eighths`` of a point wide."""
    border = parse_xml(
        f"<w:pBdr {nsdecls('w')}>"
        f'<w:left w:val="single" w:sz="{eighths}" w:space="8" w:color="{color}"/></w:pBdr>'
    )
    style.element.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def set_language(characters: Any, language: str) -> None:
    """Say of the properties of some characters which language they are in."""
    for found in characters.findall(qn("w:lang")):
        characters.remove(found)
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), language)
    characters.append(element)


# ---- Lists ----


def level(level: int, form: str, text: str, left: int, hanging: int, style: str = "") -> str:
    """One level of a list: how it counts, what it shows, its measures in twentieths of a point."""
    linked = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{linked}'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
    )


def define_list(document: Document, number: int, levels: str) -> None:
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


def put_in_list(paragraph: Any, number: int, level: int) -> None:
    """Say of the properties of a style or a paragraph which list it stands in."""
    properties = paragraph.get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = number


def list_anew(document: Document, number: int) -> int:
    """A list of its own that looks like another and counts from the beginning."""
    numbering: Any = document.part.numbering_part.element
    fresh = max(int(row.get(qn("w:numId"))) for row in numbering.findall(qn("w:num"))) + 1
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{fresh}"><w:abstractNumId w:val="{number}"/>'
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    return fresh
