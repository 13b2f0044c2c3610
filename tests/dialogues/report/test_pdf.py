"""The report as PDF: what a reader and a reader's software find in the file."""

import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path

import page
import pytest

from dialogues.models import PartKind
from dialogues.report import citing, pdf
from dialogues.report.blocks import Bar, Chart, Heading, Report, Section, report_of
from recommendations import typesetting
from tests.dialogues.report import samples

EVERY = samples.every_block()


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf.write(EVERY)


def everything_in(made: bytes) -> bytes:
    """A PDF with its streams and objects unpacked, as far as they are packed in the usual way."""
    found = [made]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.S):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            found.append(stream)
    return b"\n".join(found)


def words_of(made: bytes, path: Path, *options: str) -> str:
    if not shutil.which("pdftotext"):  # only on machines that have it
        pytest.skip("pdftotext is not here")
    file = path / "report.pdf"
    file.write_bytes(made)
    done = subprocess.run(
        ["pdftotext", *options, file, "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def in_pdf(text: str) -> bytes:
    """A string as PDF keeps it outside of the pages: in UTF-16, unless it is ASCII."""
    return text.encode() if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")


def test_it_is_pdf_ua_with_a_title_a_language_and_an_outline(made: bytes) -> None:
    everything = everything_in(made)

    assert made.startswith(b"%PDF-1.7")
    for sign in (
        rb"/MarkInfo\s*<<\s*/Marked true",
        rb"/StructTreeRoot",
        rb"/Lang\s*\(en-CA\)",
        rb"/DisplayDocTitle true",
        rb"pdfuaid:part[=>]\"?1",
        rb"/Outlines",
        rb"/Tabs\s*/S",
    ):
        assert re.search(sign, everything), sign
    assert in_pdf(EVERY.title) in everything
    for section in EVERY.sections:
        assert b"(" + in_pdf(section.heading) + b")" in everything, section.heading


@pytest.mark.parametrize(
    "report",
    [EVERY, replace(EVERY, language="fr", number=None)],
    ids=["every block", "a draft in French"],
)
def test_a_checker_of_another_make_finds_that_it_conforms(report: Report) -> None:
    assert found_by_a_checker(pdf.write(report)) == []


def found_by_a_checker(made: bytes) -> list[str]:
    """What in a PDF does not conform to PDF/UA-1 (ISO 14289-1)."""
    told = page.validate_pdf_bytes(made, profile="ua1")
    assert told.rules.total > 100
    return [str(one) for one in told.failures]


def test_the_checker_finds_what_does_not_conform(made: bytes) -> None:
    assert found_by_a_checker(made.replace(b"/Marked true", b"/Marked null")) != []


def test_every_font_is_in_the_file(made: bytes) -> None:
    everything = everything_in(made)

    described = len(re.findall(rb"/Type\s*/FontDescriptor", everything))
    assert described
    assert described == len(re.findall(rb"/FontFile[23]?\s+\d", everything))


def test_texts_in_another_language_say_so(made: bytes) -> None:
    assert re.search(rb"/Lang\s*\(fr-CA\)", everything_in(made))


def test_a_chart_says_in_words_what_it_shows(made: bytes) -> None:
    everything = everything_in(made)

    charts = [block for part in EVERY.sections for block in part.blocks if isinstance(block, Chart)]
    assert len(charts) == 2
    for chart in charts:
        assert b"/Alt(" + in_pdf(chart.description) + b")" in everything


def test_where_names_of_bars_are_long_each_says_what_it_is(tmp_path: Path) -> None:
    name = "What schools teach of it, from the first year to the last"
    chart = Chart(
        "By theme", "Most are about schools.", ("Theme", "n"), (Bar(name, 12), Bar("Media", 3))
    )

    made = pdf.write(replace(EVERY, sections=(Section(PartKind.FIGURES, "Figures", (chart,)),)))

    assert b"/Alt(" + in_pdf(f"{name}: 12") + b")" in everything_in(made)
    assert f"Theme n {name} 12 Media 3" in words_of(made, tmp_path, "-raw")


def test_a_statement_leads_back_to_its_page(made: bytes) -> None:
    everything = everything_in(made)

    for path in (
        f"{samples.SITE}dialogues/{samples.SLUG}/statements/H-01/",
        f"{samples.SITE}dialogues/{samples.SLUG}/statements/I-02/",
        f"{samples.SITE}recommendations/CA-01/",
    ):
        assert b"/URI(" + path.encode() + b")" in everything


def test_what_is_folded_into_a_statement_is_not_said_to_be_elsewhere(tmp_path: Path) -> None:
    like = samples.statement("hope", 7, "That it be taught.")
    row = samples.statement("hope", 3, "That schools teach it", lines=(like,), also=("H-07",))

    whole, front = (
        words_of(pdf.write(replace(EVERY, sections=(part,))), tmp_path)
        for n in (2, 3)
        if (part := Section("hopes", "Hopes", (samples.statements("hope", row, n=n),)))
    )

    assert "more, on the site" not in whole
    assert "And 1 more, on the site" in front


def test_the_same_report_gives_the_same_bytes(made: bytes) -> None:
    again = report_of(EVERY.as_data())

    assert pdf.write(again) == made


def test_nothing_a_report_says_is_left_out(made: bytes, tmp_path: Path) -> None:
    words = words_of(made, tmp_path, "-raw")

    for text in (
        EVERY.title, EVERY.lead, EVERY.what_changed, "Edition 2, 28 November 2026",
        "The Simons Foundation, Montreal Institute for Genocide Studies", "Report talked over",
        "leaning ones", "Un paragraphe dans l’autre langue", "under it", "A speaker",
        "The source names no venue.", "From the report of 2009", "A footnote stands",
        "Dr. Mark Winston", "What was on, and when", "Hopes and concerns Everybody 45",
        "In print: HOPES", "Une élève", "as edited", "Also said as H-07, H-09",
        "Que les écoles l’enseignent", "is likely the history", "And 3 more",
        "Answered by Professor Frank Chalk", "Written after the dialogue", "each its share",
        "Footnote: As of 2009.", "Et qui décide ?", "Who asks?", "No answer is on record.",
        "Median 7", "Votes 0 0 1 0 2 3 5 8 6 2 1",
        "Hopes 29 Concerns 27 A very long kind of thing 0",
        "invite those who were there", "Kept, in March 2027.", "WHEREAS the world",
        "1. BE IT RESOLVED that the city", "a) asks the government;", "2. that copies be sent.",
        "Page 3 of",
    ):  # fmt: skip
        assert text in words, text
    assert not re.search(r"\bDraft\b|Demonstration data", words)


def test_a_draft_says_so_on_every_page_and_is_not_to_be_cited(tmp_path: Path) -> None:
    draft = replace(EVERY, number=None, dated="2026-11-28", what_changed="")

    words = words_of(pdf.write(draft), tmp_path)

    pages = int(re.findall(r"Page \d+ of (\d+)", words)[-1])
    assert "Draft of 28 November 2026" in words
    assert len(re.findall(r"Draft · Draft of", words)) == pages - 1
    assert "How to cite" not in words


def test_invented_content_says_so_on_every_page(tmp_path: Path) -> None:
    words = words_of(pdf.write(replace(EVERY, is_demo=True)), tmp_path)

    pages = int(re.findall(r"Page \d+ of (\d+)", words)[-1])
    assert words.count("Demonstration data") > pages
    assert "are invented" in words


def test_a_report_in_french_is_french(tmp_path: Path) -> None:
    parts = (
        Section(PartKind.AGENDA, "Quoi de neuf ?", (samples.text("Texte : tel quel ; « ici »"),)),
    )
    french = replace(EVERY, language="fr", title_language="en", sections=parts)

    made = pdf.write(french)

    words = words_of(made, tmp_path, "-raw")
    assert re.search(rb"/Lang\s*\(fr-CA\)", everything_in(made))
    assert f"{samples.SITE}fr/dialogues/{samples.SLUG}/editions/2/" in words
    assert "28 novembre 2026" in words


def test_in_french_marks_stay_with_their_words_and_texts_of_record_as_they_are() -> None:
    setting = pdf._Setting(replace(EVERY, language="fr"))

    assert setting.own("Qui ? « Nous » : tous.") == ("Qui\u202f? «\u202fNous\u202f»\u202f: tous.")
    assert pdf._text("Qui ? « Nous » : tous.") == "Qui ? « Nous » : tous."


@pytest.mark.parametrize("listed", [True, False])
def test_what_looks_like_markup_is_text(
    listed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not listed:  # as reports of thousands of statements are set
        monkeypatch.setattr(pdf, "_LISTED", 0)
    hostile = samples.hostile()

    words = words_of(pdf.write(hostile), tmp_path, "-raw")

    for text in ("#panic()", "*strong* _emph_", "<label> @cite", "alert(1)", "{% now %}", "\\ <"):
        assert text in words, text


def test_a_report_without_anything_is_written() -> None:
    empty = Report(
        title="", language="fr", title_language="", slug="", place="", on="", site="", facts=(),
        sections=(Section("nowhere", "", (Heading("", 4), Heading("Below", 4))),),
    )  # fmt: skip

    assert pdf.write(empty).startswith(b"%PDF")
    assert pdf.write(replace(empty, sections=(), dated="yesterday")).startswith(b"%PDF")


def test_long_lists_say_the_same_as_short_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = samples.long_report(29, 37, 3)
    short = words_of(pdf.write(report), tmp_path, "-raw")
    monkeypatch.setattr(pdf, "_LISTED", 0)

    long = words_of(pdf.write(report), tmp_path, "-raw")

    for code in ("H-01", "H-29", "C-37", "Q-03"):
        assert code in short
        assert code in long
    assert short.count("About CA-01") == long.count("About CA-01") == 47
    assert short.count("Answered by The chair") == long.count("Answered by The chair") == 3


def test_a_long_document_with_foreign_letters_is_not_laid_out_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def compile_apart(*arguments: object, **options: object) -> bytes:
        tried.append(options["pdf_standards"])
        return b"%PDF"

    monkeypatch.setattr(typesetting, "_compile_apart", compile_apart)

    pdf.write(EVERY)
    pdf.write(replace(EVERY, title="\U0010fffd has a shape in no font"))

    assert tried == [["ua-1"], []]


def test_how_to_cite_an_edition() -> None:
    assert citing.citation_of(EVERY) == (
        "The Simons Foundation, Montreal Institute for Genocide Studies. Civic Dialogue on"
        " Prevention. Report of the dialogue in Vancouver, British Columbia, Canada on 27 November"
        f" 2026. Edition 2, 28 November 2026. {samples.SITE}dialogues/sample-2026/editions/2/"
    )
    assert citing.edition_of(replace(EVERY, number=None)) == "Draft of 28 November 2026"
    assert citing.edition_of(replace(EVERY, dated="")) == "Edition 2"
