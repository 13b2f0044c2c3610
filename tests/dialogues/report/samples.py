"""Reports made by hand: one with every kind of block, one with text meant to do harm, one of any
length."""

from dataclasses import replace
from itertools import cycle, islice

from dialogues.models import ContributionKind
from dialogues.models.report import PartKind
from dialogues.report.blocks import (
    Answer,
    Bar,
    Block,
    Chart,
    Clause,
    Fact,
    Facts,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Report,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    Style,
    Table,
)

HOPE, CONCERN, QUESTION, RESERVATION, IDEA, COMMITMENT = ContributionKind
SITE = "https://w2i.example.org/"
SLUG = "sample-2026"
LETTERS = {HOPE: "H", CONCERN: "C", QUESTION: "Q", RESERVATION: "R", IDEA: "I", COMMITMENT: "M"}


def text(words: str, style: str = Style.TEXT, language: str = "") -> Paragraph:
    return Paragraph((Run(words),), style, language)


def statement(kind: str, n: int, words: str, **values: object) -> Statement:
    code = f"{LETTERS[ContributionKind(kind)]}-{n:02}"
    path = f"/dialogues/{SLUG}/statements/{code}/"
    return Statement(code, str(kind), words, path, **values)  # type: ignore[arg-type]


def statements(kind: str, *rows: Statement, **values: object) -> Statements:
    path = f"/dialogues/{SLUG}/statements/?kind={kind}"
    usual: dict[str, object] = {"n": len(rows), **values}
    return Statements(str(kind), rows, path=path, **usual)  # type: ignore[arg-type]


def every_block() -> Report:
    """A report with every kind of block, each field of which is used somewhere."""
    return Report(
        title="Civic Dialogue on Prevention",
        language="en",
        title_language="en",
        slug=SLUG,
        place="Vancouver, British Columbia, Canada",
        on="2026-11-27",
        site=SITE,
        facts=(
            Fact("Date", "27 November 2026"),
            Fact("Place", "Vancouver, British Columbia, Canada"),
            Fact("Report talked over", "Mobiliser la volonté d’intervenir", "fr"),
        ),
        sections=(
            _opening(),
            _agenda(),
            _round(),
            _brief(),
            _questions(),
            _resonance(),
            _ideas(),
            _appendix(),
        ),
        lead="People met and said what they hoped and what worried them. These are their words.",
        number=2,
        dated="2026-11-28",
        publishers=("The Simons Foundation", "Montreal Institute for Genocide Studies"),
        what_changed="The answer to question 1 has its second sentence again.",
        counts={str(HOPE): 3, str(CONCERN): 2, str(QUESTION): 2, str(IDEA): 1},
    )


def _opening() -> Section:
    return Section(
        PartKind.INTRODUCTION,
        "Introduction",
        (
            text("INTRODUCTION", Style.PRINTED),
            text("A lead says in one sentence what this is about.", Style.LEAD),
            Paragraph(
                (
                    Run("Plain words, "),
                    Run("strong ones", is_strong=True),
                    Run(", "),
                    Run("leaning ones", is_emphasis=True),
                    Run(", "),
                    Run("both", is_strong=True, is_emphasis=True),
                    Run(", and a "),
                    Run("link elsewhere", link="https://example.org/a?b=c&d=e"),
                    Run(" and "),
                    Run("one within the site", link="/recommendations/CA-01/"),
                    Run("."),
                )
            ),
            text("Un paragraphe dans l’autre langue : il le dit.", language="fr"),
            Heading("A heading within", anchor="within"),
            Heading("A smaller one", level=4, language="fr"),
            Items(((text("One"),), (text("Two"), text("with a second paragraph")))),
            Items(
                ((text("First"),), (text("Second"), Items(((text("under it"),),)))), is_ordered=True
            ),
            Quotation((text("We must never again say “never again”."),), "A speaker", "en"),
            text("The source names no venue.", Style.NOTE),
            text("From the report of 2009, page 4.", Style.SOURCE),
            text("1. A footnote stands at the end of its part.", Style.FOOTNOTE),
        ),
        printed="INTRODUCTION",
    )


def _agenda() -> Section:
    return Section(
        PartKind.AGENDA,
        "Agenda",
        (
            Facts(
                (Fact("Chair", "Dr. Mark Winston"), Fact("Modératrice", "Shauna Sylvester", "fr"))
            ),
            Table(
                "What was on, and when",
                ("What", "Who", "Minutes"),
                (("Welcome", "The chair", "10"), ("Hopes and concerns", "Everybody", "45")),
                (2,),
            ),
        ),
    )


def _round() -> Section:
    hopes = statements(
        HOPE,
        statement(HOPE, 1, "That the city council speaks first.", about=("CA-01", "CS-03")),
        statement(HOPE, 2, "Que les jeunes soient entendus.", language="fr", said_by="Une élève"),
        statement(
            HOPE,
            3,
            "That schools teach it",
            was_edited=True,
            translation="Que les écoles l’enseignent",
            note="“It” is likely the history of Rwanda.",
            also=("H-07", "H-09"),
        ),
        heading="Hopes",
        printed="HOPES",
        anchor="hopes",
    )
    concerns = statements(
        CONCERN,
        statement(CONCERN, 1, "Everybody is tired."),
        statement(CONCERN, 2, "Nobody reads reports.", said_by="A bookseller"),
        n=5,
        heading="Préoccupations",
        language="fr",
        anchor="concerns",
    )
    return Section(PartKind.ROUND, "Hopes and concerns", (Sides(hopes, concerns),))


def _brief() -> Section:
    return Section(
        PartKind.BRIEF,
        "Brief",
        (
            Heading("Slide 1: Why"),
            Items(
                ((text("Because it was promised in 1948."),), (text("Because it can be done."),))
            ),
        ),
    )


def _questions() -> Section:
    rows = statements(
        QUESTION,
        statement(
            QUESTION,
            1,
            "Who pays for it?",
            answer=Answer(
                (text("The member states do."), Items(((text("each its share"),),))),
                answered_by="Professor Frank Chalk",
                was_written_later=True,
                footnote="As of 2009.",
            ),
        ),
        statement(
            QUESTION,
            2,
            "Et qui décide ?",
            language="fr",
            answer=Answer((text("Le conseil."),), language="fr"),
        ),
        statement(QUESTION, 3, "And then what?", lines=(statement(QUESTION, 4, "Who asks?"),)),
        heading="",
    )
    return Section(PartKind.QUESTIONS, "Questions and answers", (rows,))


def _resonance() -> Section:
    scale = (0, 0, 1, 0, 2, 3, 5, 8, 6, 2, 1)
    return Section(
        PartKind.RESONANCE,
        "Resonance",
        (
            Chart(
                "How much does the report resonate?",
                "Most votes lie between 6 and 8; the median is 7.",
                ("Score", "Votes"),
                tuple(Bar(str(score), n) for score, n in enumerate(scale)),
                mark=7,
                mark_label="Median 7",
                is_upright=True,
            ),
            Chart(
                "Statements by kind",
                "Hopes are the most, questions the fewest.",
                ("Kind", "Statements"),
                (Bar("Hopes", 29), Bar("Concerns", 27), Bar("A very long kind of thing", 0)),
            ),
        ),
    )


def _ideas() -> Section:
    return Section(
        PartKind.IDEAS,
        "Ideas, by sector",
        (
            statements(
                IDEA,
                statement(
                    IDEA,
                    1,
                    "Schools should",
                    lines=(
                        statement(IDEA, 2, "teach the history of it"),
                        statement(IDEA, 3, "invite those who were there"),
                    ),
                ),
                heading="Education",
            ),
            statements(
                COMMITMENT,
                statement(COMMITMENT, 1, "I will write.", outcome="Kept, in March 2027."),
                heading="Commitments",
            ),
            statement(RESERVATION, 1, "It asks too little."),
        ),
    )


def _appendix() -> Section:
    return Section(
        PartKind.APPENDIX,
        "Appendix",
        (
            Heading("Model resolution", language="en"),
            Clause("the world has said never again;", opening="WHEREAS"),
            Clause("et la ville aussi ;", opening="ATTENDU QUE", language="fr"),
            Clause(
                "that the city",
                opening="BE IT RESOLVED",
                mark="1",
                parts=(Clause("asks the government;", mark="a"), Clause("writes;", mark="b")),
            ),
            Clause("that copies be sent.", mark="2"),
        ),
    )


# What is markup to somebody, what no printer prints, and what finds no place to break.
HOSTILE = (
    '#import "x": * #panic() $x^2$ *strong* _emph_ `raw` \\ <label> @cite [a] {b} = / + - // /* */',
    "<script>alert(1)</script> &amp; &lt; ]]> <w:p/> {{ 7 }} {% now %}",
    "\x00\x07\x1b[31m\ud800\ufffe tab\there\r\nand\vthere",
    "w" * 400,
    "https://example.org/" + "long-word" * 40,
    "مرحبا بالعالم 你好世界 שלום Привет Ωμέγα 👩🏽\u200d🚒🎉 ☃ "
    "a\u0301 e\u0300\u202e reversed\u202c",
    "",
    " \n ",
)


def hostile(report: Report | None = None) -> Report:
    """A report in which every text is one that does harm where it is not taken as text."""
    words = cycle(HOSTILE)

    def spoilt(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(spoilt(one) for one in value)
        if not hasattr(value, "__dataclass_fields__"):
            return value
        changed: dict[str, object] = {}
        for name in value.__dataclass_fields__:
            old = getattr(value, name)
            if isinstance(old, tuple) and old and all(isinstance(one, str) for one in old):
                if name in {"head", "also", "about", "publishers"}:
                    changed[name] = tuple(next(words) for _ in old)
            elif name == "rows" and isinstance(value, Table):
                changed[name] = tuple(tuple(next(words) for _ in row) for row in value.rows)
            elif isinstance(old, str):
                if name in _TEXTS:
                    changed[name] = next(words)
            else:
                changed[name] = spoilt(old)
        return replace(value, **changed)  # type: ignore[type-var]

    made = spoilt(report or every_block())
    assert isinstance(made, Report)
    return made


_TEXTS = frozenset(
    "text title place lead heading printed caption description label mark_label said_by translation"
    " note outcome answered_by footnote opening source what_changed".split()
)

_PHRASES = (
    "That the city council speaks first, and is not the last to be asked what it did.",
    "Nobody reads reports.",
    "That young people are heard in the rooms in which it is decided, that somebody pays their way "
    "there, and that what they say is written down in their own words.",
    "Que les écoles l’enseignent dès la première année, avec celles et ceux qui y étaient.",
    "That we wait until it is too late, again.",
)


def long_report(hopes: int, concerns: int | None = None, questions: int = 0) -> Report:
    """A report of many statements: each with words of its own, of lengths as people speak."""

    def rows(kind: str, n: int) -> list[Statement]:
        phrases = islice(cycle(_PHRASES), n)
        return [
            statement(kind, number, f"{words} ({number})", about=("CA-01",) if number % 3 else ())
            for number, words in enumerate(phrases, 1)
        ]

    left = statements(HOPE, *rows(HOPE, hopes), heading="Hopes")
    right = statements(
        CONCERN, *rows(CONCERN, hopes if concerns is None else concerns), heading="Concerns"
    )
    blocks: tuple[Block, ...] = (Sides(left, right),)
    sections: tuple[Section, ...] = (Section(PartKind.ROUND, "Hopes and concerns", blocks),)
    if questions:
        answered = [
            replace(row, answer=Answer((text("It is as it is."),), "The chair"))
            for row in rows(QUESTION, questions)
        ]
        asked = statements(QUESTION, *answered)
        sections += (Section(PartKind.QUESTIONS, "Questions and answers", (asked,)),)
    return replace(every_block(), sections=sections)
