"""What a Word file is made of: runs, paragraphs, tables and addresses, as text that is XML."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape, quoteattr

from django.utils.encoding import iri_to_uri

from dialogues.report.blocks import Chart, Fact, Table
from dialogues.report.word_look import MEASURE, style_id
from recommendations.typesetting import printable

END = "</w:p>"
NEXT = "<w:keepNext/>"
TAB = "<w:r><w:tab/></w:r>"
_LOCALES = {"en": "en-CA", "fr": "fr-CA"}
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*(:\d{1,5})?")
_LONGEST_ADDRESS = 2_000  # Word takes none longer
_KEPT_WHOLE = 16  # a table with as many rows is not parted by the end of a page
_MOST_ACROSS = 11  # bars of a scale whose values stand in one row
_PADDING = 400
_LETTER = 130  # about how wide a letter of a table is, in twentieths of a point
_IDS: dict[str, str] = {}

Words = Callable[[str], str]


def shown_text(text: str) -> str:
    """Text that XML may hold, its line breaks of one kind."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\t", " ")
    return printable(text)


def line_of(text: str) -> str:
    """Text on one line."""
    return " ".join(shown_text(text).split())


def run(
    text: str,
    language: str = "",
    *,
    style: str = "",
    is_strong: bool = False,
    is_emphasis: bool = False,
    color: str = "",
) -> str:
    """Text in one style; '' for none. ``language`` where it is not that of the report."""
    words = shown_text(text)
    if not words:
        return ""
    properties = named(style, "rStyle") if style else ""
    if is_strong:
        properties += "<w:b/><w:bCs/>"
    if is_emphasis:
        properties += "<w:i/><w:iCs/>"
    if color:
        properties += f'<w:color w:val="{color}"/>'
    if language:
        properties += f"<w:lang w:val={quoteattr(locale_of(language))}/>"
    if properties:
        properties = f"<w:rPr>{properties}</w:rPr>"
    told = escape(words)
    if "\n" in told:
        told = told.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f'<w:r>{properties}<w:t xml:space="preserve">{told}</w:t></w:r>'


def named(style: str, element: str) -> str:
    """An element that refers to a style by its name."""
    if style not in _IDS:
        _IDS[style] = style_id(style)
    return f'<w:{element} w:val="{_IDS[style]}"/>'


def paragraph(style: str, runs: str, properties: str = "") -> str:
    """``properties`` in the order of the schema: keepNext, numPr, tabs, spacing, ind, jc."""
    return f"<w:p><w:pPr>{named(style, 'pStyle')}{properties}</w:pPr>{runs}{END}"


def indent(left: int, hanging: int = 0) -> str:
    return f'<w:ind w:left="{left}" w:hanging="{hanging}"/>' if left else ""


def locale_of(language: str) -> str:
    return _LOCALES.get(language, language)


def field(instruction: str, shown: str) -> str:
    """What Word looks up by itself, and the runs that stand there until it has."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{shown}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def whole_address(site: str, address: str) -> str:
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


# ---- Tables ----


def facts_table(rows: Iterable[Fact], own: Words) -> str:
    widths = (MEASURE * 27 // 100, MEASURE - MEASURE * 27 // 100)
    told = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + _cell(widths[0], "Fact label", run(line_of(own(fact.label))))
        + _cell(widths[1], "Fact", run(fact.text, fact.language))
        + "</w:tr>"
        for fact in rows
    )
    return _table_of("Facts table", "", widths, told, has_head=False) if told else ""


def table_of(table: Table, own: Words) -> str:
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


def values_of(chart: Chart) -> Table:
    """The values of a chart: one below the other, or a scale along its bars."""
    labels = tuple(bar.label for bar in chart.bars)
    counts = tuple(str(bar.n) for bar in chart.bars)
    is_short = len(labels) <= _MOST_ACROSS and all(len(label) <= 3 for label in labels)
    if chart.is_upright and is_short and labels:
        numeric = tuple(range(1, len(labels) + 1))
        head, told = (chart.head[0], *labels), (chart.head[1], *counts)
        return Table(chart.caption, head, (told,), numeric)
    return Table(chart.caption, chart.head, tuple(zip(labels, counts, strict=True)), (1,))


def _table_of(style: str, caption: str, widths: Iterable[int], rows: str, *, has_head: bool) -> str:
    columns = list(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    called = f"<w:tblCaption w:val={quoteattr(line_of(caption))}/>" if line_of(caption) else ""
    return (
        f'<w:tbl><w:tblPr>{named(style, "tblStyle")}<w:tblW w:w="{sum(columns)}"'
        ' w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="{"04A0" if has_head else "0480"}" w:firstRow="{int(has_head)}"'
        ' w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        f"{called}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
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
        properties = NEXT if is_head or is_kept else ""
        if column in numeric:
            properties += '<w:jc w:val="right"/>'
        told.append(_cell(width, "Table text", run(cell), properties))
    return f"<w:tr><w:trPr>{kept}</w:trPr>{''.join(told)}</w:tr>"


def _cell(width: int, style: str, runs: str, properties: str = "") -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{paragraph(style, runs, properties)}</w:tc>"
    )


def _widths(rows: list[Any], columns: int) -> list[int]:
    """As wide as what stands in each column, and together no wider than a line.

    A column keeps the room of its longest word as far as there is any.
    """
    least, wanted = [_PADDING] * columns, [_PADDING] * columns
    for row in rows:
        for column, cell in enumerate(row):
            word = max(map(len, cell.split()), default=0)
            least[column] = max(least[column], min(word, 16) * _LETTER + _PADDING)
            wanted[column] = max(wanted[column], min(len(cell), 60) * _LETTER + _PADDING)
    if sum(wanted) <= MEASURE:
        return wanted
    if (needed := sum(least)) >= MEASURE:
        return [width * MEASURE // needed for width in least]
    more = [most - width for most, width in zip(wanted, least, strict=True)]
    left = MEASURE - needed
    return [width + left * one // sum(more) for width, one in zip(least, more, strict=True)]
