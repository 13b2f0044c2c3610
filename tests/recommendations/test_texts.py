"""How texts of record, terms, dates and lists are written."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404, QueryDict
from django.test import RequestFactory
from django.utils import translation

from recommendations.glossary import mark_terms
from recommendations.models import Term
from recommendations.paging import page_of
from recommendations.templatetags import texts
from tests.factories import TermFactory


def test_a_plain_text_becomes_paragraphs_and_lists() -> None:
    html = texts.plain("One.\n\n- a\n  - below\n- b\n\nTwo.")

    assert html == "<p>One.</p><ul><li>a<ul><li>below</li></ul></li><li>b</li></ul><p>Two.</p>"


def test_a_plain_text_is_escaped() -> None:
    assert texts.plain('<b>"&"</b>') == "<p>&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;</p>"


@pytest.mark.parametrize(
    ("reader", "translated", "html"),
    [
        ("en", "", "Never again!"),
        ("fr", "", '<span lang="en">Never again!</span>'),
        ("fr", "Plus jamais!", "Plus jamais! <span"),
    ],
)
def test_a_text_of_record_says_which_language_it_is_in(
    reader: str, translated: str, html: str
) -> None:
    with translation.override(reader):
        assert texts.original("Never again!", "en", translated).startswith(html)


@pytest.mark.parametrize(
    ("precision", "html"),
    [
        ("day", '<time datetime="2009-11-27">27 November 2009</time>'),
        ("month", '<time datetime="2009-11">November 2009</time>'),
        ("year", '<time datetime="2009">2009</time>'),
    ],
)
def test_a_date_is_written_as_precisely_as_it_is_known(precision: str, html: str) -> None:
    assert texts.when(date(2009, 11, 27), precision) == html


def test_no_date_writes_nothing() -> None:
    assert texts.when(None) == ""


def test_links_to_pages_keep_the_filters() -> None:
    request = RequestFactory().get("/", {"status": "in-place", "page": "3"})
    context: dict[str, Any] = {"request": request}

    assert QueryDict(texts.query(context, page=4)[1:]).dict() == {"status": "in-place", "page": "4"}
    assert texts.query(context, page="") == "?status=in-place"
    assert texts.query(context, page="", status="") == "."


def test_items_are_joined_as_a_sentence_joins_them() -> None:
    assert texts.sentence_list(["a", "<b>", "c"]) == "a, &lt;b&gt; and c"
    assert texts.sentence_list(["a"]) == "a"


def test_data_for_machines_can_not_end_its_element() -> None:
    html = texts.json_ld({"@type": "Event", "name": "</script><b>&"})

    assert html.count("</script>") == 1
    assert "\\u003C/script\\u003E\\u003Cb\\u003E\\u0026" in html


def test_the_first_occurrence_of_a_term_links_to_the_glossary() -> None:
    terms = [
        Term(slug="genocide", term="genocide"),
        Term(slug="r2p", term="Responsibility to Protect", abbreviation="R2P"),
    ]

    html = mark_terms("Genocide & R2P; genocide.", terms, "/glossary/")

    assert html == (
        '<a class="term" href="/glossary/#genocide">Genocide</a> &amp; '
        '<a class="term" href="/glossary/#r2p">R2P</a>; genocide.'
    )


def test_the_longest_term_wins() -> None:
    terms = [Term(slug="a", term="genocide"), Term(slug="b", term="precursors to genocide")]

    html = mark_terms("precursors to genocide", terms, "/glossary/")

    assert html == '<a class="term" href="/glossary/#b">precursors to genocide</a>'


def test_part_of_a_word_is_no_term() -> None:
    assert mark_terms("genocidaire", [Term(slug="a", term="genocid")], "/g/") == "genocidaire"


def test_without_terms_a_text_is_only_escaped() -> None:
    assert mark_terms("a < b", [], "/g/") == "a &lt; b"


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["0", "-1", "3", "99999999999999999999", "²", "abc", "", "1.0"])
def test_a_page_that_is_not_there_says_so(asked: str) -> None:
    TermFactory.create_batch(3)

    with pytest.raises(Http404, match="page"):
        page_of(RequestFactory().get("/", {"page": asked}), Term.objects.order_by("pk"), 2)


@pytest.mark.django_db
def test_pages_hold_every_row_once_and_in_order() -> None:
    TermFactory.create_batch(5)
    rows = Term.objects.order_by("-pk")

    pages = [page_of(RequestFactory().get("/", {"page": n}), rows, 2) for n in ("1", "2", "3")]

    assert [row for page in pages for row in page.object_list] == list(rows)


@pytest.mark.django_db
def test_an_empty_list_has_one_empty_page() -> None:
    assert list(page_of(RequestFactory().get("/"), Term.objects.order_by("pk"))) == []


def test_a_colon_has_a_space_before_it_in_french_alone() -> None:
    assert texts.colon() == ":"
    with translation.override("fr"):
        assert texts.colon() == "\u00a0:"
