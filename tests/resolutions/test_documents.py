"""A text as Word, PDF and plain text, and what goes with it to a council."""

import io
import re
import shutil
import subprocess
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from django.utils import translation
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations import typesetting
from recommendations.models import Report
from recommendations.typesetting import fitting
from resolutions.composing import ADDED, REWORDED, Composed, Line
from resolutions.documents import Document, Format, Question, make, make_model
from resolutions.documents.kit import FEWEST_WORDS, MOST_WORDS, words_in
from resolutions.documents.sheets import in_quotes, letter
from resolutions.documents.word import QUOTED_ITEM
from resolutions.models import (
    Clause,
    ClauseKind,
    Council,
    CouncilKind,
    Jurisdiction,
    ModelResolution,
    Scope,
)

RECITAL, RESOLVED, ITEM, COPIES = ClauseKind
NOTE = "This is this project’s adaptation."


def council(code: str = "CA-BC", **values: Any) -> Council:
    country = Jurisdiction(code=code[:2], name_en="Canada")
    place = Jurisdiction(code=code, name_en="British Columbia", parent=country)
    usual = {"slug": "vancouver-bc", "name": "Vancouver", "kind": CouncilKind.CITY}
    return Council(**{**usual, "jurisdiction": place, **values})


def model(**values: Any) -> ModelResolution:
    usual: dict[str, Any] = {
        "slug": "city-councils-2009",
        "title": "The model",
        "author": "Frank Chalk",
        "dated": date(2009, 11, 1),
        "dated_precision": "month",
        "report": Report(title="The report"),
        "country": None,
    }
    return ModelResolution(**usual | values)


def line(kind: str, opening: str, rest: str, code: str = "", **values: Any) -> Line:
    return Line(kind, f"{opening}{rest}", opening, code, **values)


LINES = (
    line(RECITAL, "WHEREAS,", " mass atrocities offend the conscience of humankind;", "R1"),
    line(RECITAL, "WHEREAS,", ' they put at risk Canadians\' access to "coltan";', "R2"),
    line(RESOLVED, "THEREFORE, BE IT RESOLVED THAT", " the City does urge the Premier;", "O1"),
    line(
        RESOLVED,
        "BE IT FURTHER RESOLVED THAT",
        " the Prime Minister will:",
        "O2",
        asks=("CA-02",),
        parts=(
            Line(ITEM, "appoint a minister;", code="O2a", asks=("CA-02",)),
            Line(ITEM, "create an office.", code="O2b"),
        ),
    ),
    line(
        RESOLVED,
        "BE IT FURTHER RESOLVED THAT",
        " the Premier will:",
        "O3",
        parts=(Line(ITEM, "answer.", code="O3a"),),
    ),
    line(COPIES, "BE IT FINALLY RESOLVED THAT", " copies be sent to the Premier.", "O4"),
)


def composed(**values: Any) -> Composed:
    usual: dict[str, Any] = {
        "title": "The Will to Intervene",
        "language": "en",
        "council": council(),
        "model": model(),
        "lines": LINES,
    }
    return Composed(**usual | values)


def clause(code: str, **values: Any) -> Clause:
    return Clause(code=code, kind=RESOLVED, **values)


QUESTIONS = [
    Question(
        "Why so much emphasis on a minister – and a committee?",
        'By law:\n\n- Genocide\n- Crimes against humanity\n\nIt "breaks" the silos.',
        "A dialogue, Vancouver, 27 November 2009, QUESTION-02",
        "/dialogues/vancouver-2009/statements/QUESTION-02/",
    )
]


def made(kind: Document, form: Format, text: Composed | None = None, **values: Any) -> bytes:
    usual: dict[str, Any] = {"clauses": [], "questions": QUESTIONS}
    return make(kind, form, text or composed(), **usual | values)[0]


def plain(kind: Document, text: Composed | None = None, **values: Any) -> str:
    return made(kind, Format.TXT, text, **values).decode()


def word(kind: Document, text: Composed | None = None, **values: Any) -> Any:
    return docx.Document(io.BytesIO(made(kind, Format.DOCX, text, **values)))


def in_style(document: Any, name: str) -> list[Paragraph]:
    return [row for row in document.paragraphs if row.style.name == name]


def unpacked(pdf: bytes) -> bytes:
    """A PDF with its compressed streams laid open."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def read(pdf: bytes) -> str:
    """The words of a PDF on one line."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing: apt install poppler-utils")
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


# ---- Every file ----


@pytest.mark.parametrize("kind", Document)
def test_a_file_is_named_for_what_it_is_and_whose(kind: Document) -> None:
    names = [make(kind, form, composed(), clauses=[])[1:] for form in Format]

    stem = {
        Document.RESOLUTION: "resolution",
        Document.LETTER: "cover-letter",
        Document.NOTES: "speaking-notes",
        Document.QUESTIONS: "questions-and-answers",
    }[kind]
    assert names == [
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            f"{stem}-vancouver-bc.docx",
        ),
        ("application/pdf", f"{stem}-vancouver-bc.pdf"),
        ("text/plain; charset=utf-8", f"{stem}-vancouver-bc.txt"),
    ]


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("kind", Document)
def test_the_same_text_is_the_same_bytes(kind: Document, form: Format) -> None:
    assert made(kind, form) == made(kind, form)


def test_files_are_in_the_texts_language_whatever_the_readers() -> None:
    text = composed(language="fr", council=council(name="Montréal"))

    letter_in_french = plain(Document.LETTER, text)

    # A word of Django's own catalogue: the date of the model.
    assert "novembre 2009" in letter_in_french
    assert "November 2009" in plain(Document.LETTER)


# ---- The resolution ----


def test_plain_text_is_the_text_to_the_letter() -> None:
    assert plain(Document.RESOLUTION, composed(model=None)) == (
        "The Will to Intervene\n"
        "\n"
        "WHEREAS, mass atrocities offend the conscience of humankind;\n"
        "\n"
        'WHEREAS, they put at risk Canadians\' access to "coltan";\n'
        "\n"
        "THEREFORE, BE IT RESOLVED THAT the City does urge the Premier;\n"
        "\n"
        "BE IT FURTHER RESOLVED THAT the Prime Minister will:\n"
        "\n"
        "a) appoint a minister;\n"
        "b) create an office.\n"
        "\n"
        "BE IT FURTHER RESOLVED THAT the Premier will:\n"
        "\n"
        "a) answer.\n"
        "\n"
        "BE IT FINALLY RESOLVED THAT copies be sent to the Premier.\n"
    )


def test_what_this_project_adapted_is_said_on_its_face() -> None:
    text = composed(note=NOTE)

    assert plain(Document.RESOLUTION, text).split("\n\n")[1] == NOTE
    assert [row.text for row in in_style(word(Document.RESOLUTION, text), "Note on its face")] == [
        NOTE
    ]
    assert NOTE in read(made(Document.RESOLUTION, Format.PDF, text))


@pytest.mark.parametrize("kind", Document)
def test_every_document_of_an_invented_council_says_so(kind: Document) -> None:
    text = composed(council=council(is_demo=True))

    assert "Demonstration data." in plain(kind, text)


def test_word_has_a_style_for_each_kind_of_clause() -> None:
    document = word(Document.RESOLUTION)

    assert [row.text for row in in_style(document, "Title")] == ["The Will to Intervene"]
    assert [row.text for row in in_style(document, "Heading 1")] == [
        "Recitals",
        "Operative clauses",
    ]
    assert [row.text for row in in_style(document, "Recital")] == [x.text for x in LINES[:2]]
    assert [row.text for row in in_style(document, "Operative clause")] == [
        x.text for x in LINES[2:]
    ]
    assert [row.text for row in in_style(document, "Sub-item")] == [
        "appoint a minister;",
        "create an office.",
        "answer.",
    ]


def test_word_sets_the_opening_words_in_bold_and_no_others() -> None:
    document = word(Document.RESOLUTION)

    bold = [
        "".join(run.text for run in row.runs if run.bold)
        for row in in_style(document, "Recital") + in_style(document, "Operative clause")
    ]
    assert bold == [x.opening for x in LINES]


def test_words_numbers_are_words_own() -> None:
    document = word(Document.RESOLUTION)
    numbering = document.part.numbering_part.element

    def level_of(style: str) -> tuple[str, str]:
        found = document.styles[style].element.pPr.numPr
        number = found.numId.val
        level = found.ilvl.val
        listed = next(x for x in numbering.findall(qn("w:num")) if x.numId == number)
        looks = next(
            x
            for x in numbering.findall(qn("w:abstractNum"))
            if int(x.get(qn("w:abstractNumId"))) == listed.abstractNumId.val
        )
        at = looks.findall(qn("w:lvl"))[level]
        return at.find(qn("w:numFmt")).get(qn("w:val")), at.find(qn("w:lvlText")).get(qn("w:val"))

    assert level_of("Operative clause") == ("decimal", "%1.")
    assert level_of("Sub-item") == ("lowerLetter", "%2)")
    assert document.styles["Recital"].element.pPr.numPr is None


def test_words_head_has_lines_for_the_clerk() -> None:
    document = word(Document.RESOLUTION)

    assert [row.text.split("\t") for row in in_style(document, "Meeting")] == [
        ["Council", "Vancouver City Council"],
        ["Meeting of", "", ""],
        ["Moved by", "", ""],
        ["Seconded by", "", ""],
    ]


def test_a_text_that_was_dealt_with_has_its_facts_instead() -> None:
    document = word(Document.RESOLUTION, facts=[("Status", "Adopted, 9 March 2010")])

    assert [row.text for row in in_style(document, "Meeting")] == ["Status\tAdopted, 9 March 2010"]


def test_a_text_for_an_association_names_who_submits_it() -> None:
    document = word(Document.RESOLUTION, composed(model=model(scope=Scope.ASSOCIATION)))

    assert in_style(document, "Meeting")[0].text == "Submitted by\tCity of Vancouver"


@pytest.mark.parametrize(
    ("language", "code", "locale"),
    [("en", "CA-BC", "en-CA"), ("fr", "CA-QC", "fr-CA"), ("en", "US-WA", "en-US")],
)
def test_word_says_its_title_and_language_and_not_who_made_it(
    language: str, code: str, locale: str
) -> None:
    document = word(Document.RESOLUTION, composed(language=language, council=council(code)))

    said = document.core_properties
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert (said.title, said.language) == ("The Will to Intervene", locale)
    assert (said.author, said.last_modified_by, said.comments) == ("", "", "")
    assert (said.created, said.modified) == (None, None)
    assert [x.get(qn("w:val")) for x in defaults.iter(qn("w:lang"))] == [locale]


def test_word_is_on_letter_paper_and_brings_no_picture_of_another_file() -> None:
    file = made(Document.RESOLUTION, Format.DOCX)
    section: Any = docx.Document(io.BytesIO(file)).sections[0]

    assert (section.page_width.inches, section.page_height.inches) == (8.5, 11)
    assert not [x for x in zipfile.ZipFile(io.BytesIO(file)).namelist() if "thumbnail" in x]


def test_pdf_holds_every_clause_and_its_number() -> None:
    words = read(made(Document.RESOLUTION, Format.PDF))

    for row in composed().flat:
        assert row.text in words
    assert re.findall(r"\b([1-9]\.|[ab]\)) ", words) == ["1.", "2.", "a)", "b)", "3.", "a)", "4."]


@pytest.mark.parametrize("kind", Document)
def test_pdf_is_tagged_titled_and_says_its_language(kind: Document) -> None:
    inside = unpacked(made(kind, Format.PDF, composed(language="fr")))

    assert b"<pdfuaid:part>1</pdfuaid:part>" in inside
    assert b"/Lang (fr-CA)" in inside or b"/Lang(fr-CA)" in inside
    assert b"The Will to Intervene" in inside
    assert b"[0 0 612 792]" in inside


FRENCH = (
    Line(RECITAL, "CONSIDÉRANT que l’œuvre d’Ottawa coûte 5 000 $ : « rien » ;", "CONSIDÉRANT que"),
    Line(RESOLVED, "IL EST RÉSOLU que la Ville de Montréal agisse.", "IL EST RÉSOLU"),
)


def test_french_keeps_its_letters_and_its_spaces() -> None:
    text = composed(language="fr", lines=FRENCH, council=council("CA-QC", name="Montréal"))

    assert FRENCH[0].text in plain(Document.RESOLUTION, text)
    document = word(Document.RESOLUTION, text)
    assert in_style(document, "Recital")[0].text == FRENCH[0].text
    assert in_style(document, "Meeting")[0].text.endswith("\tConseil municipal de Montréal")
    words = read(made(Document.RESOLUTION, Format.PDF, text))
    for row in FRENCH:
        assert " ".join(row.text.split()) in words


def test_sub_items_count_as_word_does() -> None:
    assert [letter(n) for n in (0, 1, 25, 26, 27, 52)] == ["a", "b", "z", "aa", "bb", "aaa"]


def test_the_text_of_a_model_is_of_record_and_nobodys_council() -> None:
    rows = [
        Clause(pk=1, code="O1", kind=RESOLVED, text="BE IT SO that:", opening="BE IT SO"),
        Clause(pk=2, code="O1a", kind=ITEM, text="it be;", part_of_id=1),
    ]

    content, _type, name = make_model(
        model(adaptation_note=NOTE, language="en"), Format.TXT, clauses=rows
    )

    assert name == "model-city-councils-2009.txt"
    assert content.decode() == (
        "The model\n\nDrafted by: Frank Chalk\nDate: November 2009\n\n"
        f"{NOTE}\n\nBE IT SO that:\n\na) it be;\n\nVersion 1\n"
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_with_its_numbers(tmp_path: Path) -> None:
    file = tmp_path / "resolution.docx"
    file.write_bytes(made(Document.RESOLUTION, Format.DOCX))

    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    words = read((tmp_path / "resolution.pdf").read_bytes())
    for row in composed().flat:
        assert row.text in words
    assert re.findall(r"\b([1-9]\.|[ab]\)) ", words) == ["1.", "2.", "a)", "b)", "3.", "a)", "4."]


# ---- What goes with it ----


def test_the_letter_is_to_an_office_and_quotes_what_is_asked() -> None:
    said = plain(Document.LETTER)

    assert "To: Vancouver City Council\nCare of: The clerk, City of Vancouver\n" in said
    for row in LINES[2:]:
        assert f"    {row.text}\n" in said
    assert "“The model”, Frank Chalk, November 2009" in said
    assert "“The report”" in said


def test_the_letter_says_what_was_changed() -> None:
    lines = (
        replace(LINES[0], change=REWORDED),
        replace(LINES[1], change=ADDED),
        *LINES[2:],
    )

    changed = plain(Document.LETTER, composed(lines=lines, left_out=("R3", "R4")))

    assert "2 clauses of it are left out. 1 clause is reworded. 1 clause is our own." in changed
    assert "Every clause of it is kept" in plain(Document.LETTER)


def test_the_letter_for_a_long_text_is_one_page_and_the_notes_are_two_at_most() -> None:
    text, reasons = long_text()

    letter_read = read(made(Document.LETTER, Format.PDF, text, clauses=reasons))
    notes_read = read(made(Document.NOTES, Format.PDF, text, clauses=reasons))

    assert "Page 1 of 1" in letter_read
    assert re.findall(r"Page 1 of (\d)", notes_read)[0] in {"1", "2"}


def test_quoted_letters_begin_anew_with_each_clause() -> None:
    document = word(Document.LETTER)

    rows: list[Any] = [row._p for row in in_style(document, QUOTED_ITEM)]
    numbers = [row.pPr.numPr.numId.val for row in rows]
    assert numbers[0] == numbers[1] != numbers[2]


def long_text(language: str = "en") -> tuple[Composed, list[Clause]]:
    """As long as the text of 2009: six recitals, three clauses, six sub-items."""
    words = " ".join(["prevention"] * 18)
    recitals = [line(RECITAL, "WHEREAS,", f" {n} {words};", f"R{n}") for n in range(6)]
    parts = tuple(Line(ITEM, f"do {n} {words};", code=f"O2{n}") for n in range(6))
    asks = [
        line(RESOLVED, "BE IT RESOLVED THAT", f" it {words};", "O1"),
        line(RESOLVED, "BE IT RESOLVED THAT", f" they {words}:", "O2", parts=parts),
    ]
    text = composed(lines=(*recitals, *asks, LINES[-1]), language=language)
    reasons = [clause(f"R{n}", reason=f"Reason {n} {words}.") for n in range(6)]
    reasons += [clause(code, reason=f"Reason {code} {words}.") for code in ("O1", "O2", "O21")]
    return text, reasons


def spoken(notes: str) -> str:
    """What is said: all but the title and the note under it."""
    return notes.split("\n\n", 2)[2]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("with_reasons", [True, False])
def test_notes_take_two_minutes(language: str, with_reasons: bool) -> None:
    text, reasons = long_text(language)

    notes = plain(Document.NOTES, text, clauses=reasons if with_reasons else [])

    n = words_in(spoken(notes))
    assert FEWEST_WORDS <= n <= MOST_WORDS
    assert notes.split("\n\n")[1].startswith(f"{n} ")


def test_notes_say_first_what_is_asked_and_what_is_the_councils_own() -> None:
    text, reasons = long_text()
    own = line(RECITAL, "WHEREAS,", " our town took in families of 1994;", change=ADDED)
    text = replace(text, lines=(*text.recitals, own, *text.operative))

    notes = plain(Document.NOTES, text, clauses=reasons)

    assert f"Clause 1 asks: “it {' '.join(['prevention'] * 18)}”." in notes
    assert "Recital 7 says: “our town took in families of 1994”." in notes
    assert "Reason O1 " in notes


def test_notes_give_a_reason_in_one_sentence() -> None:
    rows = [clause("O1", reason="The U.S. Congress can do it. Leave it out where it cannot.")]

    notes = plain(Document.NOTES, clauses=rows)

    assert "“the City does urge the Premier”. The U.S. Congress can do it.\n" in notes


def test_notes_never_give_a_reason_without_its_clause() -> None:
    text, reasons = long_text()

    paragraphs = spoken(plain(Document.NOTES, text, clauses=reasons)).split("\n\n")

    with_reason = [row for row in paragraphs if "Reason " in row]
    assert with_reason
    assert [row for row in with_reason if not row.startswith(("Recital ", "Clause "))] == []


@pytest.mark.parametrize(
    "text",
    [
        "WHEREAS, we care;",
        "Whereas we care;",
        "AND WHEREAS we care;",
        "THEREFORE, BE IT RESOLVED THAT we care;",
        "NOW, THEREFORE, BE IT FURTHER RESOLVED, that we care.",
        "ATTENDU QUE we care;",
        "ATTENDU QU’we care;",
        "CONSIDÉRANT que we care\u00a0;",
        "EN CONSÉQUENCE, IL EST RÉSOLU QUE we care;",
        "IL EST EN OUTRE RÉSOLU QUE we care.",
    ],
)
def test_notes_quote_a_clause_without_its_opening_words(text: str) -> None:
    notes = plain(Document.NOTES, composed(lines=(Line(RECITAL, text),)))

    assert "Recital 1 says: “we care”.\n" in notes


def test_quotations_within_quotations_have_marks_of_their_own() -> None:
    with translation.override("fr"):
        assert in_quotes("dire «\u00a0non\u202f» ici") == "«\u00a0dire “non” ici\u00a0»"
    with translation.override("en"):
        assert in_quotes("to say “no”") == "“to say ‘no’”"


def test_notes_leave_what_wants_an_explanation_for_last() -> None:
    text, reasons = long_text()
    reasons = [clause("R1", caution="A participant asked about it.")]

    notes = plain(Document.NOTES, text, clauses=reasons)

    assert "“1 prevention" not in notes
    assert "“0 prevention" in notes


def test_notes_on_a_short_text_are_short() -> None:
    notes = plain(Document.NOTES, composed(lines=LINES[:1]))

    assert words_in(spoken(notes)) < FEWEST_WORDS
    assert "Recital 1 says: “mass atrocities offend the conscience of humankind”." in notes


def test_a_clause_of_a_thousand_words_does_not_lengthen_the_notes() -> None:
    row = line(RESOLVED, "BE IT RESOLVED THAT", " word" * 1_000, "O1")

    notes = plain(Document.NOTES, composed(lines=(row,)))

    assert words_in(spoken(notes)) <= MOST_WORDS


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([RECITAL, RESOLVED]), st.integers(1, 80)), max_size=14))
def test_no_text_makes_notes_longer_than_two_minutes(rows: list[tuple[str, int]]) -> None:
    lines = tuple(
        line(kind, "WHEREAS,", " word" * n + ";", f"C{number}")
        for number, (kind, n) in enumerate(rows)
    )
    reasons = [clause(f"C{n}", reason="why " * (n + 3)) for n in range(len(rows))]

    notes = plain(Document.NOTES, composed(lines=lines), clauses=reasons)

    assert words_in(spoken(notes)) <= MOST_WORDS


def test_questions_are_quoted_with_their_source() -> None:
    said = plain(Document.QUESTIONS)

    assert (
        "Why so much emphasis on a minister – and a committee?\n\n"
        "By law:\n\n- Genocide\n- Crimes against humanity\n\n"
        'It "breaks" the silos.\n\n'
        "A dialogue, Vancouver, 27 November 2009, QUESTION-02."
        " /dialogues/vancouver-2009/statements/QUESTION-02/\n"
    ) in said


def test_words_of_another_language_are_marked_as_such() -> None:
    document = word(Document.QUESTIONS, composed(language="fr"))

    question = in_style(document, "Heading 2")[0]
    assert question.text == QUESTIONS[0].question
    assert [x.get(qn("w:val")) for x in question._p.iter(qn("w:lang"))] == ["en"]


def test_without_questions_the_sheet_says_so() -> None:
    assert "No question about what this text asks is on record yet." in plain(
        Document.QUESTIONS, questions=[]
    )


def test_each_clause_comes_with_why_and_not_with_notes_for_whoever_prepares() -> None:
    rows = [clause("O1", reason="Somebody must.", caution="Words that age.", note="CA-01 differs.")]

    said = plain(Document.QUESTIONS, clauses=rows)

    assert said.endswith(
        f"Why does it say “the City does urge the Premier”?\n\n    {LINES[2].text}\n\n"
        "Somebody must.\n"
    )


def test_headings_of_answers_tell_the_clauses_apart() -> None:
    rows = [clause(code, reason="Somebody must.") for code in ("R1", "R2", "O2", "O2a", "O4")]
    copies = line(
        COPIES,
        "BE IT RESOLVED THAT",
        " one, two, three, four, five, six, seven, eight, nine.",
        "O4",
    )
    text = composed(lines=(*LINES[:-1], copies))

    document = word(Document.QUESTIONS, text, clauses=rows, questions=[])

    assert [row.text for row in in_style(document, "Heading 2")] == [
        "Why does it say “mass atrocities offend the conscience of humankind”?",
        'Why does it say “they put at risk Canadians\' access to "coltan"”?',
        "Why does it say “the Prime Minister will”?",
        "Why does it say “appoint a minister”?",
        "Why does it say “one, two, three, four, five, six, seven, eight…”?",
    ]


@pytest.mark.parametrize("kind", [Document.NOTES, Document.QUESTIONS])
def test_a_clause_that_was_reworded_is_not_given_the_models_reason(kind: Document) -> None:
    rows = [clause("R1", reason="Why the model says so."), clause("O1", reason="Kept for this.")]
    lines = (replace(LINES[0], change=REWORDED), *LINES[1:])

    said = plain(kind, composed(lines=lines), clauses=rows)

    assert ("Why the model says so." in said, "Kept for this." in said) == (False, True)


def test_what_is_left_out_of_the_text_is_left_out_of_the_answers() -> None:
    rows = [clause("R9", reason="It was left out.")]

    assert "It was left out." not in plain(Document.QUESTIONS, clauses=rows)


# ---- What fits on a page ----


def test_a_pdf_parts_a_word_longer_than_a_line_and_loses_none_of_it() -> None:
    long = "abcdefg" * 60
    row = line(RESOLVED, "BE IT RESOLVED THAT", f" {long}.", "O1")

    words = read(made(Document.RESOLUTION, Format.PDF, composed(title=long, lines=(row,))))

    assert re.sub(r"[\s\u200b]", "", words).count(long) == 2
    assert max(len(word.replace("\u200b", "")) for word in words.split()) < 120
    assert long in plain(Document.RESOLUTION, composed(lines=(row,)))


def test_a_pdf_parts_no_address() -> None:
    path = "https://example.org/dialogues/vancouver-2009/statements/QUESTION-02/"

    assert fitting(path) == path


def test_a_pdf_is_without_pictographs_that_would_print_as_empty_boxes() -> None:
    row = line(RESOLVED, "BE IT RESOLVED THAT", " we act 👩‍👩‍👧 now ✊🏽.", "O1")
    text = composed(lines=(row,))

    file = made(Document.RESOLUTION, Format.PDF, text)

    assert "BE IT RESOLVED THAT we act now ." in read(file)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in unpacked(file)
    assert row.text in plain(Document.RESOLUTION, text)


# ---- Whatever is typed ----

WORDS = st.text(max_size=40) | st.sampled_from(
    [
        "#panic(1) $x$ *b* <l> @r",
        "\x00\x0b\x1b",
        "\ud800",
        "\ufffe",
        "👩‍👩‍👧",
        "שלום",
        "]]>&amp;",
        "a\n\nb",
    ]
)


@settings(max_examples=15, deadline=None)
@given(WORDS, st.sampled_from(Document), st.sampled_from(Format))
def test_whatever_is_typed_a_file_comes_out(words: str, kind: Document, form: Format) -> None:
    row = line(RESOLVED, "BE IT RESOLVED THAT", f" {words}", "O1", parts=(Line(ITEM, words),))
    text = composed(title=words, note=words, lines=(row,))
    questions = [Question(words, words, words, words)]

    assert made(kind, form, text, questions=questions, clauses=[clause("O1", reason=words)])


def test_a_document_that_never_ends_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = tmp_path / "page.typ"
    template.write_text("#set document(title: [x])\nHello")
    assert typesetting.pdf_of(template, {}, apart=True).startswith(b"%PDF")

    monkeypatch.setattr(typesetting, "SECONDS", 0.01)

    with pytest.raises(subprocess.TimeoutExpired):
        typesetting.pdf_of(template, {}, apart=True)
