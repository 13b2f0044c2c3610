"""The page of a dialogue stays small, whatever was said and written."""

from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string

from dialogues.publishing import FORMS, page_of
from dialogues.report.blocks import (
    Answer,
    Bar,
    Block,
    Chart,
    Clause,
    Heading,
    Items,
    Paragraph,
    Report,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    Table,
)
from dialogues.report.fronts import SHOWN, front_of

LIMIT = 170_000  # bytes; head and foot of the page are some 25 kB more


def report(*sections: Section, number: int | None = 3) -> Report:
    return Report(
        title="A dialogue",
        language="en",
        title_language="",
        slug="halifax",
        place="Halifax",
        on="2010-05-04",
        site="https://w2i.example.org/",
        facts=(),
        sections=sections,
        number=number,
    )


def listed(kind: str, n: int, text: str, **more: Any) -> Statements:
    rows = tuple(
        Statement(
            code=f"{kind.upper()}-{i:05}",
            of=kind,
            text=text,
            path=f"/dialogues/halifax/statements/{kind.upper()}-{i:05}/",
            **more,
        )
        for i in range(n)
    )
    return Statements(kind, rows, n, f"/dialogues/halifax/statements/?kind={kind}")


def size(report: Report) -> int:
    context = {"report": front_of(report), "is_front": True}
    return len(render_to_string("dialogues/report/_body.html", context).encode())


def test_what_fits_is_left_as_it_is() -> None:
    whole = report(
        Section("hopes-and-concerns", "Hopes", (listed("hope", SHOWN, "Never again!"),)),
        Section("introduction", "Introduction", (Paragraph((Run("Words " * 200),)),)),
    )

    assert front_of(whole) == whole


def test_of_each_list_the_first_are_shown_and_all_are_counted() -> None:
    sides = Sides(listed("hope", 500, "Peace."), listed("concern", 2, "War."))

    front = front_of(report(Section("hopes-and-concerns", "Hopes", (sides,))))

    [cut] = front.sections[0].blocks
    assert isinstance(cut, Sides)
    assert cut.left.rows == sides.left.rows[:SHOWN]
    assert cut.left.n == 500
    assert cut.right == sides.right


QUOTES = "\"'&<>" * 100  # each is five or six bytes of HTML


@pytest.mark.parametrize("text", ["Peace.", "é" * 700, QUOTES], ids=["short", "long", "quotes"])
def test_it_is_small_whatever_was_said_and_written(text: str) -> None:
    paragraph = Paragraph((Run(text * 20),))
    answer = Answer((paragraph, paragraph), "Ada", footnote=text)
    line = listed("idea", 15, text).rows
    blocks: tuple[Block, ...] = (
        paragraph,
        Heading("More"),
        Items(tuple((Paragraph((Run(text),)),) for _n in range(80))),
        Table("Numbers", ("a", "b"), tuple((text, "2") for _n in range(80)), (1,)),
        Chart("Votes", "As they fell", ("a", "b"), tuple(Bar(text[:90], n) for n in range(300))),
        Clause(text, parts=tuple(Clause(text) for _n in range(100))),
    )
    ideas = tuple(
        replace(listed("idea", 40, text, lines=line), heading=f"Sector {n}", anchor=f"ideas-{n}")
        for n in range(7)
    )
    about = tuple(f"CA-{n:02}" for n in range(25))
    whole = report(
        *(
            Section(key, key, blocks)
            for key in (
                *("acknowledgements", "introduction", "project", "summary", "recommendations"),
                *("conveners", "agenda", "brief", "figures", "conclusion", "appendix"),
            )
        ),
        Section(
            "hopes-and-concerns",
            "Hopes",
            (
                *blocks,
                Sides(
                    listed("hope", 90, text, about=about, note=text, said_by="Ada Winter"),
                    listed("concern", 90, text, translation=text, language="fr"),
                ),
            ),
        ),
        Section("questions", "Questions", (*blocks, listed("question", 90, text, answer=answer))),
        Section("reservations", "Reservations", (listed("reservation", 90, text),)),
        Section("ideas", "Ideas", ideas),
        Section("commitments", "Commitments", (listed("commitment", 90, text, outcome=text),)),
    )

    assert size(whole) < LIMIT
    front = front_of(whole)
    assert [section.key for section in front.sections] == [s.key for s in whole.sections]
    assert all(section.blocks for section in front.sections)


def test_what_is_left_out_is_one_link_away() -> None:
    long = Section("introduction", "Introduction", (Paragraph((Run("Words " * 9_000),)),))

    [*_start, rest] = front_of(report(long)).sections[0].blocks
    [*_start, nowhere] = front_of(report(long, number=None)).sections[0].blocks

    assert isinstance(rest, Paragraph)
    assert rest.runs[0].link == "/dialogues/halifax/editions/3/#introduction"
    assert isinstance(nowhere, Paragraph)
    assert nowhere.runs[0].link == ""


# ---- The frozen page of an edition ----


def test_a_short_edition_is_whole_on_its_page() -> None:
    hopes = Section("hopes-and-concerns", "Hopes", (listed("hope", 2 * SHOWN, "Never again!"),))

    page = page_of(report(hopes)).decode()

    assert all(f'id="HOPE-{n:05}"' in page for n in range(2 * SHOWN))
    assert "in its files" not in page


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("fr", "/fr")])
def test_a_long_edition_has_its_front_and_says_where_the_rest_is(
    language: str, prefix: str
) -> None:
    sides = Sides(listed("hope", 5_000, "Peace."), listed("concern", 5_000, "War."))
    whole = report(
        Section("introduction", "Introduction", (Paragraph((Run("Words " * 9_000),)),)),
        Section("hopes-and-concerns", "Hopes", (sides,)),
    )

    page = page_of(replace(whole, language=language))

    html = page.decode()
    assert len(page) < 200_000
    assert 'id="HOPE-00000"' in html
    assert 'id="HOPE-04999"' not in html
    assert all(f'href="report.{form}"' in html for form in FORMS)
    assert f'href="{prefix}/dialogues/halifax/statements/"' in html
    assert 'href="/dialogues/halifax/statements/?kind=hope"' in html
    assert f'href="{prefix}/dialogues/halifax/editions/3/report.pdf"' in html
    assert page == page_of(replace(whole, language=language))
