"""How the Word file of a report looks: its styles and lists, under names an office knows.

All of it is in the order that Word asks of the children of an element: Word refuses what other
programs forgive.
"""

from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from recommendations.word_files import FONT, HEIGHT, MARGIN, WIDTH, define_list, level, set_defaults

# What a person reads is in the one, what a person looks up in the other.
READ, LOOKED_UP = FONT, "Calibri"
INK, MUTED, RULE, SUNK = "14211F", "4A5855", "CAD3CE", "EFF2EE"
ACCENT, HOPE, CONCERN = "0A564F", "855000", "3D4B98"
TWIP = 635  # English Metric Units
MEASURE = (WIDTH - 2 * MARGIN) // TWIP  # how wide a line is, in twentieths of a point
CODE = 1750  # the column of the codes, in the same
SET_OFF = 180  # the space below a list, in the same
STEP = 360  # what is below another thing begins this much further in

# Numbers of lists: what they look like. Each list that counts gets a number of its own above them.
BULLETS, NUMBERS, CLAUSES = 1, 2, 3
FIRST_FREE_LIST = 10


@dataclass(frozen=True, slots=True)
class Look:
    """A style of paragraphs. Measures of letters and spaces are in points, those across in
    twentieths of a point; None is as in the style it is based on."""

    name: str
    base: str = "Normal"
    following: str = ""
    size: float | None = None
    font: str = ""
    color: str = ""
    bold: bool | None = None
    italic: bool | None = None
    before: float | None = None
    after: float | None = None
    line: float | None = None
    left: int | None = None
    hanging: int | None = None
    keeps_next: bool | None = None
    keeps_together: bool | None = None
    outline: int | None = None
    bar: str = ""
    rule_below: str = ""
    shade: str = ""
    tabs: tuple[tuple[str, int], ...] = ()
    in_list: tuple[int, int] | None = None
    close_to_same: bool = False  # no space between two of these

    @property
    def id(self) -> str:
        return style_id(self.name)


def style_id(name: str) -> str:
    """What a style is called inside of the file: letters and digits."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", " ").split())


LOOKS = (
    Look("Title", following="Subtitle", size=30, before=120, after=14, line=1.1),
    Look("Subtitle", following="Normal", size=14, color=MUTED, after=14, line=1.25),
    Look("Publisher", font=LOOKED_UP, size=10.5, color=ACCENT, bold=True, after=2),
    Look("On the cover", font=LOOKED_UP, size=10, color=MUTED, after=4),
    Look("Draft or demonstration", font=LOOKED_UP, size=10.5, after=10, shade=SUNK),
    Look(
        "heading 1",
        following="Normal",
        size=20,
        color=ACCENT,
        before=32,
        after=10,
        line=1.1,
        keeps_next=True,
        keeps_together=True,
        outline=0,
        rule_below=RULE,
    ),
    Look(
        "heading 2",
        following="Normal",
        size=14,
        before=20,
        after=6,
        line=1.15,
        keeps_next=True,
        keeps_together=True,
        outline=1,
    ),
    Look(
        "heading 3",
        following="Normal",
        size=11.5,
        bold=True,
        before=14,
        after=4,
        keeps_next=True,
        keeps_together=True,
        outline=2,
    ),
    Look("TOC Heading", following="Normal", size=20, color=ACCENT, after=12, line=1.1),
    Look("toc 1", size=11, before=4, after=1, line=1.05, left=0, tabs=(("right", MEASURE),)),
    Look(
        "toc 2",
        font=LOOKED_UP,
        size=9.5,
        color=MUTED,
        after=0,
        line=1.05,
        left=STEP,
        tabs=(("right", MEASURE),),
    ),
    Look("header", font=LOOKED_UP, size=8.5, color=MUTED, after=0, tabs=(("right", MEASURE),)),
    Look("footer", base="header"),
    Look("Lead", size=13, after=10),
    Look("In print", font=LOOKED_UP, size=9.5, color=MUTED, after=8, keeps_next=True),
    Look("Note", font=LOOKED_UP, size=10, color=MUTED, before=3, left=STEP, bar=ACCENT),
    Look("Source", font=LOOKED_UP, size=9.5, color=MUTED, before=3),
    Look("footnote text", font=LOOKED_UP, size=9, after=3, line=1.1),
    Look(
        "caption",
        following="Normal",
        font=LOOKED_UP,
        size=10.5,
        bold=True,
        color=INK,
        before=10,
        after=4,
        keeps_next=True,
    ),
    Look("Quote", before=4, left=STEP, bar=RULE),
    Look("List Bullet", after=4, in_list=(BULLETS, 0)),
    Look("List Bullet 2", base="List Bullet", in_list=(BULLETS, 1)),
    Look("List Bullet 3", base="List Bullet", in_list=(BULLETS, 2)),
    Look("List Number", after=4, in_list=(NUMBERS, 0)),
    Look("List Number 2", base="List Number", in_list=(NUMBERS, 1)),
    Look("List Number 3", base="List Number", in_list=(NUMBERS, 2)),
    Look("List Continue", after=4, left=STEP),
    Look("List Continue 2", base="List Continue", left=2 * STEP),
    Look("List Continue 3", base="List Continue", left=3 * STEP),
    Look("Statement", after=6, left=CODE, hanging=CODE, keeps_together=True),
    Look("Hope", base="Statement"),
    Look("Concern", base="Statement"),
    Look(
        "Question",
        base="Statement",
        following="Answer",
        size=12,
        italic=True,
        before=16,
        keeps_next=True,
        outline=2,
    ),
    Look("Reservation", base="Statement"),
    Look("Idea", base="Statement"),
    Look("Commitment", base="Statement"),
    Look("Statement line", base="Statement", left=CODE + STEP, hanging=CODE + STEP),
    Look("Translation", base="Statement", italic=True, left=CODE, hanging=0),
    Look("About a statement", font=LOOKED_UP, size=9, color=MUTED, after=8, line=1.1, left=CODE),
    Look("Outcome", base="About a statement", color=INK, bold=True),
    Look("Answer", left=CODE, after=7),
    Look(
        "Highlight",
        size=16,
        line=1.25,
        before=12,
        after=4,
        left=0,
        keeps_next=True,
        keeps_together=True,
    ),
    Look("Source of a highlight", base="Source", before=0, after=16),
    Look("Recital", after=8, keeps_together=True),
    Look("Operative clause", after=8, in_list=(CLAUSES, 0)),
    Look("Sub-item", after=5, in_list=(CLAUSES, 1)),
    Look("Marked clause", after=8, left=STEP + 66, hanging=STEP + 66),
    Look("Marked sub-item", base="Marked clause", after=5, left=2 * STEP + 132),
    Look("Fact label", font=LOOKED_UP, size=10, color=MUTED, before=2, after=2, line=1.1),
    Look("Fact", size=10.5, before=2, after=2, line=1.1),
    Look("Table text", font=LOOKED_UP, size=10, before=2, after=2, line=1.1),
)

# How text within a paragraph is set apart: name, XML of its properties.
_CHARACTERS = (
    ("Hyperlink", f'<w:color w:val="{ACCENT}"/><w:u w:val="single"/>'),
    ("Strong", "<w:b/><w:bCs/>"),
    ("Emphasis", "<w:i/><w:iCs/>"),
    (
        "Statement code",
        f'<w:rFonts w:ascii="{LOOKED_UP}" w:hAnsi="{LOOKED_UP}" w:cs="{LOOKED_UP}"/>'
        f'<w:b w:val="0"/><w:bCs w:val="0"/><w:i w:val="0"/><w:iCs w:val="0"/>'
        f'<w:color w:val="{ACCENT}"/><w:sz w:val="17"/><w:szCs w:val="17"/>',
    ),
    ("footnote reference", '<w:vertAlign w:val="superscript"/>'),
)

_LISTS = (
    (
        CLAUSES,
        (("decimal", "%1."), ("lowerLetter", "%2)")),
        ("Operative clause", "Sub-item"),
        STEP + 66,
    ),
    (
        NUMBERS,
        (("decimal", "%1."), ("lowerLetter", "%2)"), ("lowerRoman", "%3.")),
        ("List Number", "List Number 2", "List Number 3"),
        STEP,
    ),
    (
        BULLETS,
        (("bullet", "•"), ("bullet", "–"), ("bullet", "•")),
        ("List Bullet", "List Bullet 2", "List Bullet 3"),
        STEP,
    ),
)


def set_look(document: Document, locale: str) -> None:
    """Give a new document these styles and lists, and take away those Word's template brings."""
    set_defaults(document, locale, READ)
    relations = document.part.rels
    for key, relation in list(relations.items()):
        if relation.reltype.endswith(("/stylesWithEffects", "/customXml")):
            del relations[key]
    styles: Any = document.styles.element
    for child in list(styles.findall(qn("w:style"))):
        styles.remove(child)
    parsed: Any = parse_xml(f"<w:styles {nsdecls('w')}>{_styles()}</w:styles>")
    styles.extend(list(parsed))
    numbering: Any = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    for number, forms, names, at in _LISTS:
        levels = (
            level(depth, form, text, at * (depth + 1), at, style_id(name))
            for depth, ((form, text), name) in enumerate(zip(forms, names, strict=True))
        )
        define_list(document, number, "".join(levels))


def list_anew(number: int, like: int, depth: int) -> str:
    """A list that looks like another and counts from the beginning."""
    return (
        f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{like}"/>'
        f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )


def set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    section.different_first_page_header_footer = True


def _styles() -> str:
    return (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:widowControl/><w:spacing w:before="0" w:after="160" w:line="288"'
        f' w:lineRule="auto"/></w:pPr><w:rPr><w:color w:val="{INK}"/><w:sz w:val="21"/>'
        '<w:szCs w:val="21"/></w:rPr></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/>'
        "</w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        + "".join(_paragraph_style(look) for look in LOOKS)
        + "".join(_character_style(name, properties) for name, properties in _CHARACTERS)
        + _table_style("Report table", ("top", "bottom", "insideH"))
        + _table_style("Facts table", ("top", "bottom", "insideH"))
    )


def _paragraph_style(look: Look) -> str:
    following = look.following or look.name
    return (
        f'<w:style w:type="paragraph"{_custom(look.name)} w:styleId="{look.id}">'
        f'<w:name w:val="{look.name}"/><w:basedOn w:val="{style_id(look.base)}"/>'
        f'<w:next w:val="{style_id(following)}"/><w:qFormat/>'
        f"<w:pPr>{_across(look)}</w:pPr><w:rPr>{_letters(look)}</w:rPr></w:style>"
    )


def _across(look: Look) -> str:
    """Properties of a paragraph, in the order of the schema."""
    found = [_switch("keepNext", look.keeps_next), _switch("keepLines", look.keeps_together)]
    if look.in_list:
        number, depth = look.in_list
        found.append(f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    if look.bar or look.rule_below:
        side = border("left", look.bar, 18, 8) if look.bar else ""
        below = border("bottom", look.rule_below, 6, 4) if look.rule_below else ""
        found.append(f"<w:pBdr>{side}{below}</w:pBdr>")
    if look.shade:
        found.append(f'<w:shd w:val="clear" w:color="auto" w:fill="{look.shade}"/>')
    if look.tabs:
        tabs = "".join(f'<w:tab w:val="{kind}" w:pos="{at}"/>' for kind, at in look.tabs)
        found.append(f"<w:tabs>{tabs}</w:tabs>")
    spacing = [
        f' w:{name}="{round(value * unit)}"'
        for name, value, unit in (
            ("before", look.before, 20),
            ("after", look.after, 20),
            ("line", look.line, 240),
        )
        if value is not None
    ]
    if spacing:
        rule = ' w:lineRule="auto"' if look.line is not None else ""
        found.append(f"<w:spacing{''.join(spacing)}{rule}/>")
    if look.left is not None:
        found.append(f'<w:ind w:left="{look.left}" w:hanging="{look.hanging or 0}"/>')
    if look.outline is not None:
        found.append(f'<w:outlineLvl w:val="{look.outline}"/>')
    return "".join(found)


def _letters(look: Look) -> str:
    found = []
    if look.font:
        found.append(
            f'<w:rFonts w:ascii="{look.font}" w:hAnsi="{look.font}" w:cs="{look.font}"'
            f' w:eastAsia="{look.font}"/>'
        )
    found += [_switch("b", look.bold), _switch("bCs", look.bold)]
    found += [_switch("i", look.italic), _switch("iCs", look.italic)]
    if look.color:
        found.append(f'<w:color w:val="{look.color}"/>')
    if look.size:
        halves = round(look.size * 2)
        found.append(f'<w:sz w:val="{halves}"/><w:szCs w:val="{halves}"/>')
    return "".join(found)


def _switch(name: str, is_on: bool | None) -> str:
    if is_on is None:
        return ""
    return f"<w:{name}/>" if is_on else f'<w:{name} w:val="0"/>'


def border(side: str, color: str, eighths: int, space: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{color}"/>'


def _character_style(name: str, properties: str) -> str:
    return (
        f'<w:style w:type="character"{_custom(name)} w:styleId="{style_id(name)}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/>'
        f"<w:rPr>{properties}</w:rPr></w:style>"
    )


def _table_style(name: str, sides: tuple[str, ...]) -> str:
    borders = "".join(border(side, RULE, 4, 0) for side in sides)
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{style_id(name)}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr><w:tcBorders>'
        f"{border('bottom', MUTED, 8, 0)}</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
    )


_WORDS_OWN = frozenset(
    "Title Subtitle Quote caption header footer Hyperlink Strong Emphasis".split()
) | {
    "heading 1",
    "heading 2",
    "heading 3",
    "TOC Heading",
    "toc 1",
    "toc 2",
    "footnote text",
    "footnote reference",
}


def _custom(name: str) -> str:
    return "" if name in _WORDS_OWN or name.startswith("List ") else ' w:customStyle="1"'
