"""Page, PDF and Word file of Vancouver have all of the record, in the order of 2009."""

import random

import page
import pytest
import record_order
from django.test import Client
from record_order import Piece, lost

from dialogues.models import Dialogue
from dialogues.report import pdf, word
from dialogues.report.assembling import assemble
from dialogues.report.blocks import Report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]


@pytest.fixture
def report() -> Report:
    return assemble(Dialogue.objects.get(slug="vancouver-2009"), "en")


def test_the_page_has_it_all_in_order(client: Client) -> None:
    html = client.get("/dialogues/vancouver-2009/").content.decode()

    assert lost(record_order.text_of_page(html), record_order.steps()) == []


def test_the_word_file_has_it_all_in_order(report: Report) -> None:
    text = record_order.text_of_word(word.write(report))

    assert lost(text, record_order.steps()) == []


@pytest.mark.skipif(not record_order.can_read_pdf(), reason="there is no pdftotext")
def test_the_pdf_has_it_all_in_order(report: Report) -> None:
    text = record_order.text_of_pdf(pdf.write(report))

    assert lost(text, record_order.steps()) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_conforms_to_pdf_ua_1(language: str) -> None:
    report = assemble(Dialogue.objects.get(slug="vancouver-2009"), language)

    told = page.validate_pdf_bytes(pdf.write(report), profile="ua1")

    assert (told.is_compliant, told.failures) == (True, [])


def test_what_is_looked_for_is_the_whole_record() -> None:
    pieces = [one for tracks in record_order.steps() for track in tracks for one in track]
    counts = {kind: sum(one.kind == kind for one in pieces) for kind in {p.kind for p in pieces}}

    assert counts["hope"] == 29
    assert counts["concern"] == 37
    assert counts["question"] == 5
    assert counts["reservation"] == 7
    assert counts["idea"] == 50
    assert counts["commitment"] == 8
    assert counts["recital"] == 6
    assert counts["clause"] == 9
    assert all(record_order.letters(one.text) for one in pieces)


def test_what_is_missing_or_out_of_order_is_found_out() -> None:
    order = record_order.steps()
    texts = [one.text for tracks in order for track in tracks for one in track]
    long = [text for text in texts if len(text) > 200]
    gone = random.Random(1).choice(long)

    missing = lost("\n".join(text for text in texts if text != gone), order)
    moved = lost("\n".join([*(text for text in texts if text != gone), gone]), order)

    assert [(one.piece.text, one.is_elsewhere) for one in missing] == [(gone, False)]
    assert [(one.piece.text, one.is_elsewhere) for one in moved][:1] != []


def test_a_text_may_go_on_over_the_page() -> None:
    piece = Piece("hope", "HOPE-01", "It is encouraging to see people discuss this issue.")

    assert (
        lost(
            "It is encouraging to see people 7 a note at the foot discuss this issue.", [([piece],)]
        )
        == []
    )
    assert lost("It is encouraging to see people.", [([piece],)]) != []
