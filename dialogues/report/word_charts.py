"""Bars as a chart Word can edit: drawn as vectors, with the values in a small workbook inside."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from dialogues.report.blocks import Chart
from dialogues.report.word_look import ACCENT, INK, LOOKED_UP, MEASURE, RULE, TWIP
from recommendations.typesetting import printable
from recommendations.word_files import zipped

_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_CHART = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    f"{_DRAWING} "
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_USER_SHAPES = "application/vnd.openxmlformats-officedocument.drawingml.chartshapes+xml"
_WIDTH = MEASURE * TWIP
_LINE = 270_000  # how high one bar that lies is with its space, in EMU
_UPRIGHT = 2_200_000
_TALLEST = 7_400_000
# Where the bars of an upright chart stand, as parts of its width and height: the mark is set by it.
_X, _Y, _W, _H = 0.02, 0.12, 0.96, 0.6
_LONGEST_LABEL = 60


def draw(document: Document, number: int, chart: Chart) -> str:
    """Put a chart into the package, and give the run that shows it. ``number`` counts from 1."""
    package = document.part.package
    part = _part(
        f"/word/charts/chart{number}.xml", CONTENT_TYPE.DML_CHART, _chart_xml(chart), package
    )
    workbook = _part(
        f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx",
        CONTENT_TYPE.SML_SHEET,
        _workbook(chart),
        package,
    )
    part.rels.add_relationship(RELATIONSHIP_TYPE.PACKAGE, workbook, "rId1")
    if _is_marked(chart):
        mark = _part(f"/word/drawings/drawing{number}.xml", _USER_SHAPES, _mark_xml(chart), package)
        part.rels.add_relationship(RELATIONSHIP_TYPE.CHART_USER_SHAPES, mark, "rId2")
    shown = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    name = quoteattr(_attribute(chart.caption))
    described = quoteattr(_attribute(chart.description or chart.caption))
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{_WIDTH}" cy="{_height(chart)}"/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f"<wp:docPr id={quoteattr(str(number))} name={name} descr={described}/>"
        f"<wp:cNvGraphicFramePr/><a:graphic>"
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{shown}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def _part(name: str, content_type: str, content: bytes, package: Any) -> Part:
    return Part(PackURI(name), content_type, content, package)


def _attribute(text: str) -> str:
    return " ".join(printable(text).split())


def _text(text: str) -> str:
    return escape(_attribute(text))


def _label(text: str) -> str:
    words = _attribute(text)
    return escape(words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…")


def _height(chart: Chart) -> int:
    if chart.is_upright:
        return _UPRIGHT
    return min(_TALLEST, _LINE * len(chart.bars) + 200_000)


def _is_marked(chart: Chart) -> bool:
    return chart.is_upright and chart.mark is not None and bool(chart.bars)


# ---- The drawing ----


def _chart_xml(chart: Chart) -> bytes:
    shapes = '<c:userShapes r:id="rId2"/>' if _is_marked(chart) else ""
    return (
        f'{_HEAD}<c:chartSpace {_CHART}><c:date1904 val="0"/><c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>{_layout(chart)}'
        f'<c:barChart><c:barDir val="{"col" if chart.is_upright else "bar"}"/>'
        '<c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{_series(chart)}<c:gapWidth val="35"/><c:axId val="1001"/><c:axId val="1002"/>'
        f"</c:barChart>{_axes(chart)}</c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_letters(INK)}"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
        f"{shapes}</c:chartSpace>"
    ).encode()


def _layout(chart: Chart) -> str:
    if not chart.is_upright:
        return "<c:layout/>"
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/><c:x val="{_X}"/><c:y val="{_Y}"/><c:w val="{_W}"/>'
        f'<c:h val="{_H}"/></c:manualLayout></c:layout>'
    )


def _series(chart: Chart) -> str:
    last = len(chart.bars) + 1
    labels = "".join(
        f'<c:pt idx="{n}"><c:v>{_label(bar.label)}</c:v></c:pt>' for n, bar in enumerate(chart.bars)
    )
    values = "".join(
        f'<c:pt idx="{n}"><c:v>{bar.n}</c:v></c:pt>' for n, bar in enumerate(chart.bars)
    )
    count = f'<c:ptCount val="{len(chart.bars)}"/>'
    return (
        '<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>Sheet1!$B$1</c:f>'
        f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{_label(chart.head[1])}</c:v></c:pt>'
        f"</c:strCache></c:strRef></c:tx><c:spPr>{_fill(ACCENT)}</c:spPr>"
        '<c:invertIfNegative val="0"/>'
        f"<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_letters(INK)}"
        '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
        '<c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f>"
        f"<c:strCache>{count}{labels}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!$B$2:$B${last}</c:f><c:numCache>"
        f"<c:formatCode>General</c:formatCode>{count}{values}</c:numCache></c:numRef></c:val>"
        "</c:ser>"
    )


def _axes(chart: Chart) -> str:
    upright = chart.is_upright
    # A list reads from the top, which Word counts as the far end of this axis.
    order = "minMax" if upright else "maxMin"
    highest = max((bar.n for bar in chart.bars), default=0)
    ends = '<c:min val="0"/>' if highest else '<c:max val="1"/><c:min val="0"/>'
    return (
        f'<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"b" if upright else "l"}"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:spPr><a:ln w="9525">{_fill(RULE)}</a:ln></c:spPr>{_letters(INK)}'
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/>'
        '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>'
        f'{ends}</c:scaling><c:delete val="1"/><c:axPos val="{"l" if upright else "t"}"/>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1001"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )


def _fill(color: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'


def _run_properties(name: str, color: str) -> str:
    return f'<{name} sz="900" b="0">{_fill(color)}<a:latin typeface="{LOOKED_UP}"/></{name}>'


def _letters(color: str) -> str:
    return (
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f'{_run_properties("a:defRPr", color)}</a:pPr><a:endParaRPr lang="en-CA"/></a:p></c:txPr>'
    )


def _mark_xml(chart: Chart) -> bytes:
    """A pointer under the bars to where the median is, and below it what it is called."""
    at = min(max(_X + _W * ((chart.mark or 0) + 0.5) / len(chart.bars), 0.0), 1.0)
    half = min(0.2, at, 1 - at)  # as much to the one side as to the other
    pointer = _words_under("▲", 2, at, half, _Y + _H + 0.105, "Pointer")
    name = _words_under(chart.mark_label, 3, at, half, _Y + _H + 0.175, "Name of the mark")
    return (
        f'{_HEAD}<c:userShapes {_CHART} xmlns:cdr="http://schemas.openxmlformats.org/drawingml/'
        f'2006/chartDrawing">{pointer}{name}</c:userShapes>'
    ).encode()


def _words_under(words: str, number: int, at: float, half: float, top: float, name: str) -> str:
    return (
        f"<cdr:relSizeAnchor>{_ends(at - half, top, at + half, top + 0.09)}"
        f'<cdr:sp macro="" textlink=""><cdr:nvSpPr><cdr:cNvPr id="{number}" name="{name}"/>'
        '<cdr:cNvSpPr txBox="1"/></cdr:nvSpPr><cdr:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="0" cy="0"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        '</cdr:spPr><cdr:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" '
        'anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="ctr"/><a:r>'
        f"{_run_properties('a:rPr', INK)}<a:t>{_label(words)}</a:t></a:r></a:p>"
        "</cdr:txBody></cdr:sp></cdr:relSizeAnchor>"
    )


def _ends(left: float, top: float, right: float, bottom: float) -> str:
    return (
        f"<cdr:from><cdr:x>{left:.5f}</cdr:x><cdr:y>{top:.5f}</cdr:y></cdr:from>"
        f"<cdr:to><cdr:x>{right:.5f}</cdr:x><cdr:y>{bottom:.5f}</cdr:y></cdr:to>"
    )


# ---- The values ----


def _workbook(chart: Chart) -> bytes:
    """The values as a spreadsheet: what Word opens on “Edit data”."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    rows = [_row(1, chart.head[0], _cell("B1", chart.head[1]))]
    for number, bar in enumerate(chart.bars, 2):
        rows.append(_row(number, bar.label, f'<c r="B{number}"><v>{bar.n}</v></c>'))
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/>'
            "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
        ),
    }
    return zipped((name, f"{_HEAD}{content}".encode()) for name, content in files.items())


def _row(number: int, label: str, value: str) -> str:
    return f'<row r="{number}">{_cell(f"A{number}", label)}{value}</row>'


def _cell(at: str, words: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{_text(words)}</t></is></c>'
