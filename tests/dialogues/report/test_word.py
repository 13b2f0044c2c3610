"""The report of a dialogue as a Word file."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree

from dialogues.report.blocks import (
    Chart,
    Clause,
    Heading,
    Items,
    Quotation,
    Report,
    Run,
    Section,
    statements_in,
)
from dialogues.report.blocks import Paragraph as Text
from dialogues.report.word import write
from tests.dialogues.report import samples

SITE = samples.SITE


def with_blocks(*blocks: Any, **values: Any) -> Report:
    section = Section("introduction", "Introduction", blocks)
    return replace(samples.every_block(), sections=(section,), **values)


@cache
def sample() -> bytes:
    return write(samples.every_block())


def opened(report: Report | None = None) -> Any:
    """A report as Word would open it; without one, that with every kind of block."""
    return docx.Document(io.BytesIO(write(report) if report else sample()))


def parts_of(report: Report | None = None) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(write(report) if report else sample())) as package:
        return {name: package.read(name) for name in package.namelist()}


def in_style(document: Any, *names: str) -> list[str]:
    return [row.text for row in document.paragraphs if row.style.name in names]


def paragraph_of(document: Any, text: str) -> Paragraph:
    return next(row for row in document.paragraphs if text in row.text)


def languages_of(paragraph: Paragraph) -> set[str]:
    found = paragraph._p.iter(qn("w:lang"))
    return {str(element.get(qn("w:val"))) for element in found}


def address_of(paragraph: Paragraph) -> str:
    (link,) = paragraph._p.findall(qn("w:hyperlink"))
    return str(paragraph.part.rels[link.get(qn("r:id"))].target_ref)


def words_of(root: Any) -> str:
    root = etree.fromstring(etree.tostring(root))  # as it is in the file, without python-docx
    return " ".join("".join(root.itertext()).split())


# ---- What stands where ----


def test_headings_are_real_ones_in_the_order_of_the_parts() -> None:
    report = samples.every_block()

    document = opened()

    assert in_style(document, "Heading 1") == [part.heading for part in report.sections]
    assert in_style(document, "Heading 2")[:3] == ["A heading within", "Hopes", "Préoccupations"]
    assert in_style(document, "Heading 3") == ["A smaller one"]
    assert in_style(document, "Title") == [report.title]


def test_the_contents_are_there_before_word_fills_them_and_lead_to_their_headings() -> None:
    document = opened()

    entries = [row for row in document.element.body.iter(qn("w:p")) if _is_entry(row)]

    told = [(words_of(row.find(qn("w:hyperlink"))), row) for row in entries]
    assert [words.partition(" PAGEREF")[0] for words, _row in told][:4] == [
        "Introduction",
        "A heading within",
        "Agenda",
        "Hopes and concerns",
    ]
    marks = {row.get(qn("w:name")) for row in document.element.iter(qn("w:bookmarkStart"))}
    for words, row in told:
        anchor = row.find(qn("w:hyperlink")).get(qn("w:anchor"))
        assert anchor in marks
        assert f"PAGEREF {anchor}" in words
    assert r'TOC \o "1-2" \h' in words_of(document.element.body)


def _is_entry(row: Any) -> bool:
    style = row.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val")) in {"Toc1", "Toc2"}


def test_word_asks_nothing_when_it_opens_the_file() -> None:
    found = parts_of()

    assert b"updateFields" not in found["word/settings.xml"]
    assert b"w:dirty" not in found["word/document.xml"]


def test_a_statement_has_the_style_of_its_kind_and_leads_back() -> None:
    document = opened()

    hope = paragraph_of(document, "That the city council speaks first.")

    assert hope.style is not None
    assert (hope.style.name, hope.text) == ("Hope", "H-01\tThat the city council speaks first.")
    assert address_of(hope) == f"{SITE}dialogues/sample-2026/statements/H-01/"
    assert in_style(document, "Concern") == [
        "C-01\tEverybody is tired.",
        "C-02\tNobody reads reports.",
    ]
    assert in_style(document, "Statement line") == [
        "Q-04\tWho asks?",
        "I-02\tteach the history of it",
        "I-03\tinvite those who were there",
    ]


def test_every_statement_of_a_report_leads_back_to_its_own_address() -> None:
    report = samples.every_block()

    found = parts_of()["word/_rels/document.xml.rels"].decode()

    for part in report.sections:
        for statement in statements_in(part.blocks):
            assert f'"{SITE}{statement.path[1:]}"' in found


def test_what_goes_with_a_statement_stands_beneath_it() -> None:
    document = opened()

    beneath = in_style(document, "About a statement", "Translation", "Note", "Outcome")

    assert "About CA-01, CS-03" in beneath
    assert "Une élève" in beneath
    assert "Translation: Que les écoles l’enseignent" in beneath
    assert "as edited · Also said as H-07, H-09" in beneath
    assert "Note: “It” is likely the history of Rwanda." in beneath
    assert "What became of it: Kept, in March 2027." in beneath


def test_questions_have_their_answers_below_them_or_say_that_there_is_none() -> None:
    document = opened()

    assert in_style(document, "Question", "Answer") == [
        "Q-01\tWho pays for it?",
        "The member states do.",
        "Q-02\tEt qui décide ?",
        "Le conseil.",
        "Q-03\tAnd then what?",
    ]
    by = in_style(document, "About a statement")
    assert "Answered by Professor Frank Chalk · Written after the dialogue" in by


def test_near_duplicates_stand_below_the_one_they_are_folded_into() -> None:
    like = samples.statement("hope", 7, "That it be taught.")
    row = samples.statement("hope", 3, "That schools teach it", lines=(like,), also=("H-07",))

    document = opened(with_blocks(samples.statements("hope", row, n=2)))

    said = in_style(document, "Hope", "About a statement", "Statement line")
    assert said == [
        "H-03\tThat schools teach it",
        "Said nearly the same:",
        "H-07\tThat it be taught.",
    ]


def test_the_words_of_a_highlight_are_set_large_above_the_way_back() -> None:
    row = samples.statement("hope", 1, "Put a human face on it.", said_by="A teacher")

    document = opened(with_blocks(Quotation((row,))))

    assert in_style(document, "Highlight") == ["Put a human face on it."]
    assert in_style(document, "Source of a highlight") == ["H-01 · A teacher"]


def test_a_footnote_is_words_own() -> None:
    found = parts_of()

    notes = etree.fromstring(found["word/footnotes.xml"])
    body = etree.fromstring(found["word/document.xml"])

    assert "As of 2009." in words_of(notes)
    asked = [row.get(qn("w:id")) for row in body.iter(qn("w:footnoteReference"))]
    kept = [row.get(qn("w:id")) for row in notes.findall(qn("w:footnote"))]
    assert kept == ["-1", "0", *asked]


def test_a_footnote_below_a_list_is_put_to_no_line_of_it() -> None:
    note = samples.text("As of 2009.", "footnote")
    item = samples.text("The last line of the list.")

    document = opened(with_blocks(samples.text("Above."), Items(((item,),)), note))

    assert "Footnote: As of 2009." in in_style(document, "Source")
    assert not list(document.element.body.iter(qn("w:footnoteReference")))


# ---- Lists and clauses ----


def number_of(document: Any, text: str) -> tuple[int, int]:
    properties: Any = paragraph_of(document, text)._p.pPr
    return properties.numPr.numId.val, properties.numPr.ilvl.val


def test_lists_are_words_own_and_each_counts_anew() -> None:
    def ordered(*words: str) -> Items:
        return Items(tuple((samples.text(one),) for one in words), is_ordered=True)

    document = opened(with_blocks(ordered("One", "Two"), ordered("Three")))

    assert in_style(document, "List Number") == ["One", "Two", "Three"]
    assert number_of(document, "One") == number_of(document, "Two")
    assert number_of(document, "Three") != number_of(document, "Two")


def test_clauses_count_on_below_another_heading() -> None:
    document = opened(
        with_blocks(
            Clause("WHEREAS it is so;", opening="WHEREAS"),
            Clause("that it be:", mark="1", parts=(Clause("soon;", mark="a"),)),
            Heading("Copies", level=4),
            Clause("that copies be sent.", mark="2"),
        )
    )

    assert in_style(document, "Recital") == ["WHEREAS it is so;"]
    assert in_style(document, "Operative clause") == ["that it be:", "that copies be sent."]
    assert in_style(document, "Sub-item") == ["soon;"]
    number, _level = number_of(document, "that it be:")
    assert number_of(document, "that copies be sent.") == (number, 0)
    assert number_of(document, "soon;") == (number, 1)


def test_marks_word_would_not_count_so_are_written_out() -> None:
    document = opened(with_blocks(Clause("that it be.", mark="4"), Clause("and so.", mark="7")))

    assert in_style(document, "Marked clause") == ["4.\tthat it be.", "7.\tand so."]


# ---- Tables and charts ----


def test_a_table_has_its_caption_above_and_a_head_that_comes_again() -> None:
    document = opened()

    table = next(one for one in document.tables if one.cell(0, 0).text == "What")

    assert "What was on, and when" in in_style(document, "Caption")
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[1].cells] == ["Welcome", "The chair", "10"]
    called = table._tbl.tblPr.find(qn("w:tblCaption"))
    assert called.get(qn("w:val")) == "What was on, and when"


def charts_of() -> Iterator[Any]:
    for name, content in parts_of().items():
        if name.startswith("word/charts/chart"):
            yield etree.fromstring(content)


def test_a_chart_is_drawn_says_what_it_shows_and_has_its_values_beneath() -> None:
    upright, lying = charts_of()
    document = opened()

    assert "8" in words_of(upright)
    assert "29" in words_of(lying)
    described = [row.get("descr") for row in document.element.body.iter(qn("wp:docPr"))]
    assert described == [
        "Most votes lie between 6 and 8; the median is 7.",
        "Hopes are the most, questions the fewest.",
    ]
    values = [[cell.text for cell in table.rows[-1].cells] for table in document.tables]
    assert ["Votes", "0", "0", "1", "0", "2", "3", "5", "8", "6", "2", "1"] in values
    assert ["A very long kind of thing", "0"] in values


def test_the_values_of_a_chart_can_be_edited_in_the_workbook_inside_of_it() -> None:
    found = parts_of()

    with zipfile.ZipFile(io.BytesIO(found["word/embeddings/Microsoft_Excel_Sheet2.xlsx"])) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))

    assert words_of(sheet) == "KindStatementsHopes29Concerns27A very long kind of thing0"


def test_a_chart_without_bars_is_no_drawing() -> None:
    chart = Chart("Nothing yet", "Nobody voted.", ("Score", "Votes"), (), is_upright=True)

    document = opened(with_blocks(chart))

    assert "Nothing yet" in in_style(document, "Caption")
    assert not list(document.element.body.iter(qn("w:drawing")))


# ---- What the file says of itself ----


@pytest.mark.parametrize(("language", "locale"), [("en", "en-CA"), ("fr", "fr-CA")])
def test_it_says_its_title_and_language_and_not_who_made_it(language: str, locale: str) -> None:
    document = opened(replace(samples.every_block(), language=language))

    properties = document.core_properties
    assert (properties.title, properties.language) == ("Civic Dialogue on Prevention", locale)
    assert (properties.author, properties.created, properties.modified) == ("", None, None)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert {row.get(qn("w:val")) for row in defaults.iter(qn("w:lang"))} == {locale}


def test_words_of_another_language_are_marked_as_such() -> None:
    document = opened()

    assert languages_of(paragraph_of(document, "Que les jeunes soient")) == {"fr-CA"}
    assert languages_of(paragraph_of(document, "Le conseil.")) == {"fr-CA"}
    assert languages_of(paragraph_of(document, "Un paragraphe dans")) == {"fr-CA"}
    assert languages_of(paragraph_of(document, "Nobody reads reports.")) == set()


def test_running_heads_have_the_title_the_part_and_the_page() -> None:
    section = opened().sections[0]

    head, foot = section.header._element, section.footer._element

    told = [row.get(qn("w:instr")) for row in (*head.iter(), *foot.iter())]
    assert [one for one in told if one] == ["STYLEREF 1", "PAGE", "NUMPAGES"]
    assert words_of(head) == "Civic Dialogue on Prevention"
    assert words_of(foot) == "Edition 2, 28 November 2026Page 1 of 1"
    assert words_of(section.first_page_header._element) == ""


def test_a_draft_says_so_on_its_cover_and_on_every_page() -> None:
    draft = opened(replace(samples.every_block(), number=None))
    edition = opened()

    assert words_of(draft.sections[0].header._element).startswith("Draft · ")
    assert in_style(draft, "Draft or demonstration") == [
        "Draft of 28 November 2026. Not published yet: what it says may still change."
    ]
    assert in_style(edition, "Draft or demonstration") == []


def test_what_is_invented_says_so_on_its_cover_and_on_every_page() -> None:
    document = opened(replace(samples.every_block(), is_demo=True))

    assert words_of(document.sections[0].header._element).startswith("Demonstration data · ")
    (mark,) = in_style(document, "Draft or demonstration")
    assert mark.startswith("Demonstration data. This dialogue and everything said in it")


def test_an_edition_says_where_it_is_and_what_changed() -> None:
    cover = in_style(opened(), "On the cover")

    assert f"Edition 2, 28 November 2026 · {SITE}dialogues/sample-2026/editions/2/" in cover
    assert "What changed: The answer to question 1 has its second sentence again." in cover


def test_the_same_report_is_the_same_bytes() -> None:
    assert write(samples.every_block()) == sample()


def test_no_mark_stands_at_the_beginning_of_a_line_in_french() -> None:
    report = replace(with_blocks(Text((Run("Oui."),))), language="fr")

    words = words_of(opened(report).element.body)

    assert not re.search(r"[^\W\d] [:;!?»](?!/)", words.replace(report.title, ""))


# ---- Whatever is typed ----


def test_hostile_text_is_text_and_the_file_opens() -> None:
    report = samples.hostile()

    found = parts_of(report)

    for name, content in found.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)
    words = words_of(opened(report).element.body)
    assert "<script>alert(1)</script> &amp; &lt; ]]> <w:p/> {{ 7 }} {% now %}" in words
    assert "w" * 400 in words
    assert "مرحبا بالعالم 你好世界" in words


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://[half",
        "https://two words.example/",
        "https://user:word@example.org/",
        "mailto:nobody",
        "\ud800",
        "https://example.org/" + "a" * 3_000,
    ],
)
def test_what_is_no_address_of_a_page_is_text(link: str) -> None:
    document = opened(with_blocks(Text((Run("Read this", link=link),))))

    paragraph = paragraph_of(document, "Read this")
    found = [row.target_ref for row in document.part.rels.values() if row.is_external]

    assert link == "\ud800" or not paragraph._p.findall(qn("w:hyperlink"))
    assert all(address.startswith(SITE) for address in found)


def test_an_address_in_other_letters_is_one_a_file_may_hold() -> None:
    run = Run("Read this", link="https://éxample.org/é?a=b&c=ü")

    document = opened(with_blocks(Text((run,))))

    address = address_of(paragraph_of(document, "Read this"))
    assert address == "https://xn--xample-9ua.org/%C3%A9?a=b&c=%C3%BC"


# ---- In the order Word asks for ----

_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind"
    " contextualSpacing jc outlineLvl rPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs u vertAlign lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tcPr": "tcW tcBorders shd",
    "sectPr": "headerReference,footerReference footnotePr pgSz pgMar cols titlePg docGrid",
    "style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr tcPr tblStylePr",
    "lvl": "start numFmt pStyle lvlText lvlJc pPr",
}


def _place(name: str, order: str) -> int:
    return next(n for n, names in enumerate(order.split()) if name in names.split(","))


def test_the_children_of_each_element_are_in_the_order_word_asks_for() -> None:
    found = parts_of()

    for name in ("document", "styles", "numbering", "footnotes"):
        root = etree.fromstring(found[f"word/{name}.xml"])
        for kind, order in _ORDER.items():
            for element in root.iter(qn(f"w:{kind}")):
                children = [etree.QName(child).localname for child in element]
                places = [_place(child, order) for child in children]
                assert places == sorted(places), etree.tostring(element)


# ---- In another program ----


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils are not installed")
def test_libreoffice_opens_it_with_its_headings_numbers_and_values(tmp_path: Path) -> None:
    report = samples.every_block()
    file = tmp_path / "report.docx"
    file.write_bytes(sample())

    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    pdf = (tmp_path / "report.pdf").read_bytes()
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    words = " ".join(done.stdout.decode().split())
    # Once in the contents, once where it stands.
    for part in report.sections:
        assert words.count(part.heading) >= 2
        assert part.heading.encode("utf-16-be").hex().upper().encode() in pdf
        for statement in statements_in(part.blocks):
            assert statement.text in words
    assert "BE IT RESOLVED that the city a) asks the government; b) writes;" in words
    assert "Median 7" in words
