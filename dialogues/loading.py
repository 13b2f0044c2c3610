"""The record of the Vancouver dialogue of 2009."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from accounts.models import Organization
from accounts.models.organization import OrganizationKind
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Answer,
    Contribution,
    ContributionKind,
    ContributionState,
    Convener,
    Dialogue,
    NextStep,
    Person,
    PersonRole,
    Section,
    SectionKind,
    Sector,
)
from recommendations import record
from recommendations.models import Precision, Recommendation, Report, Term
from recommendations.record import Index, Loader, Removed, Row

DATA = Path(__file__).parent / "data"


def load(loader: Loader, folder: Path = DATA) -> None:
    """Load this app's files. The report and its recommendations must be there.

    Raises:
        RecordProblem: a file is broken.
    """
    main = record.read(folder / "vancouver-2009.yaml")
    links = record.read(folder / "vancouver-2009-links.yaml")
    with suppress(Removed):
        dialogue = _dialogue(loader, main)
        _conveners(loader, main, dialogue)
        people = _people(loader, main, dialogue)
        _agenda(loader, main, dialogue, people)
        _sections(loader, main, dialogue, people)
        _statements(loader, main, links, dialogue)


def _dialogue(loader: Loader, main: Row) -> Dialogue:
    row, resonance = main.row("dialogue"), main.row("resonance")
    on, precision = row.date("date")
    if precision != Precision.DAY:
        raise row.problem("date", "must name the day")
    slug = row.text("report_discussed")
    if (report := Report.objects.filter(slug=slug).first()) is None:
        raise row.problem("report_discussed", f"names {slug!r}, which is not in the record")
    key = row.key("slug")
    return loader.put(
        row,
        Dialogue,
        key,
        {
            "slug": key,
            "title": row.text("title", limit=300),
            "report": report,
            "on": on,
            "place": row.text("place", limit=200),
            "region": row.optional("region", limit=200),
            "country": row.text("country", limit=100),
            "venue": row.optional("venue", limit=200),
            "language": row.language("language"),
            "lead": row.optional("lead"),
            "lead_fr": row.optional("lead_fr"),
            "subject": row.text("subject", limit=300),
            "resonance_question": resonance.text("caption"),
            "resonance_note": resonance.text("note"),
        },
        find={"slug": key},
        first=loader.published,
    )


_KINDS = {
    "simons-foundation": OrganizationKind.FOUNDATION,
    "migs": OrganizationKind.UNIVERSITY,
    "sfu-centre-for-dialogue": OrganizationKind.UNIVERSITY,
    "canadas-world": OrganizationKind.NETWORK,
}


def _conveners(loader: Loader, main: Row, dialogue: Dialogue) -> None:
    for key, row in record.unique(main.some("conveners"), "id"):
        with suppress(Removed):
            organization = loader.put(
                row,
                Organization,
                key,
                {
                    "slug": key,
                    "name": row.text("name", limit=200),
                    "abbreviation": row.optional("abbreviation", limit=30),
                    "parent_name": row.optional("parent", limit=200),
                    "kind": _KINDS.get(key, OrganizationKind.OTHER),
                    "description": row.text("description"),
                },
                find={"slug": key},
            )
            loader.put(
                row,
                Convener,
                f"{dialogue.slug}/{key}",
                {
                    "dialogue": dialogue,
                    "organization": organization,
                    "order": row.number("order"),
                    "acknowledgement": row.text("acknowledgement"),
                },
                find={"dialogue": dialogue, "organization": organization},
            )


def _people(loader: Loader, main: Row, dialogue: Dialogue) -> Index[Person]:
    people: Index[Person] = Index()
    for key, row in record.unique(main.some("people"), "id"):
        with people.adding(key):
            people[key] = loader.put(
                row,
                Person,
                f"{dialogue.slug}/{key}",
                {
                    "dialogue": dialogue,
                    "order": row.number("order"),
                    "name": row.text("name", limit=200),
                    "honorific": row.optional("honorific", limit=60),
                    "title": row.optional("title", limit=200),
                    "affiliation": row.optional("affiliation", limit=300),
                    "role": row.choice("role", PersonRole) if "role" in row else PersonRole.NAMED,
                    "part": row.text("part"),
                    "attended": row.flag("attendance_stated"),
                    "biography": "\n\n".join(p.text("text") for p in row.rows("biography")),
                },
            )
    return people


def _agenda(loader: Loader, main: Row, dialogue: Dialogue, people: Index[Person]) -> None:
    for key, row in record.unique(main.some("agenda"), "id"):
        with suppress(Removed):
            loader.put(
                row,
                AgendaItem,
                f"{dialogue.slug}/{key}",
                {
                    "dialogue": dialogue,
                    "order": row.number("order"),
                    "kind": row.choice("kind", AgendaKind),
                    "text": row.text("text"),
                },
                many={"led_by": row.known_many("led_by", people)},
            )


def _footnotes(main: Row) -> dict[str, str]:
    return {row.key("id"): row.text("text") for row in main.rows("footnotes")}


def _sections(loader: Loader, main: Row, dialogue: Dialogue, people: Index[Person]) -> None:
    notes = _footnotes(main)
    for number, (kind, values) in enumerate(_section_values(main, notes), 1):
        key = f"{dialogue.slug}/{number:02}-{kind}"
        with suppress(Removed):
            if kind == SectionKind.NEXT_STEPS:
                # They were a text of the report before each had an owner and a state.
                loader.drop(Section, key)
                _next_steps(loader, main, dialogue, people)
                continue
            loader.put(
                main,
                Section,
                key,
                {"dialogue": dialogue, "kind": kind, "order": number, **values},
            )


def _next_steps(loader: Loader, main: Row, dialogue: Dialogue, people: Index[Person]) -> None:
    """What was to be done, as the report says it: of dates and of how it went it says nothing."""
    for order, (key, row) in enumerate(record.unique(main.some("next_steps"), "id"), 1):
        owner: Person | None = None
        with suppress(Removed):
            owner = row.known("owner", people) if "owner" in row else None
        with suppress(Removed):
            loader.put(
                row,
                NextStep,
                f"{dialogue.slug}/{key}",
                {
                    "dialogue": dialogue,
                    "order": order,
                    "text": row.text("text"),
                    "language": dialogue.language,
                    "owner": owner,
                },
            )


def _section_values(main: Row, notes: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The texts of the report in its order, each a kind and the fields of a Section."""
    dialogue = main.row("dialogue")
    yield (
        SectionKind.ACKNOWLEDGEMENTS,
        {
            "body": dialogue.text("convening_statement"),
            "note": dialogue.optional("convening_statement_note"),
        },
    )
    yield SectionKind.INTRODUCTION, _passages(main.some("introduction"), notes)
    if term := Term.objects.filter(slug="dialogue").first():
        yield SectionKind.DIALOGUE, {"body": term.definition_en, "source": term.source}
    yield SectionKind.ROUND, {"body": main.row("hopes_and_concerns").text("text")}
    brief = main.row("brief")
    yield (
        SectionKind.BRIEF,
        {"heading": brief.text("heading", limit=300), "body": brief.text("text")},
    )
    for slide in brief.some("slides"):
        illegible = "heading" not in slide
        yield (
            SectionKind.SLIDE,
            {
                "heading": slide.optional("heading", limit=300),
                "body": "\n".join(_points(slide)),
                "note": slide.text("repair_note") if illegible else record.likely(slide),
                "provenance": [record.provenance(slide)],
            },
        )
    yield SectionKind.QUESTIONS, {"body": main.row("questions_and_answers").text("text")}
    yield SectionKind.RESERVATIONS, {"heading": main.row("reservations").text("heading")}
    for kind, name in ((SectionKind.IDEAS, "ideas"), (SectionKind.COMMITMENTS, "commitments")):
        part = main.row(name)
        yield kind, {"heading": part.text("heading", limit=300), "body": part.text("text")}
    for sector in main.row("ideas").some("sectors"):
        if heading := sector.optional("heading", limit=300):
            yield SectionKind.SECTOR, {"heading": heading, "sector": sector.choice("id", Sector)}
    conclusion = main.row("conclusion")
    yield (
        SectionKind.CONCLUSION,
        {
            "heading": conclusion.text("heading", limit=300),
            "body": "\n".join(f"- {point.text('text')}" for point in conclusion.some("points")),
        },
    )
    yield SectionKind.CLOSING, _passages(main.some("closing"), notes)
    yield SectionKind.NEXT_STEPS, {}  # its place; see _next_steps
    book = main.row("follow_up").row("book")
    yield (
        SectionKind.FOLLOW_UP,
        {"heading": book.text("title", limit=300), **_passages(book.some("paragraphs"), notes)},
    )


def _passages(rows: list[Row], notes: dict[str, str]) -> dict[str, Any]:
    """Paragraphs as one text, with what is doubtful in them and what they note at the foot."""
    return {
        "body": "\n\n".join(row.text("text") for row in rows),
        "note": " ".join(filter(None, map(record.likely, rows))),
        "footnote": " ".join(_footnote(row, notes) for row in rows if "footnote" in row),
        "provenance": [p for p in map(record.provenance, rows) if p],
    }


def _footnote(row: Row, notes: dict[str, str]) -> str:
    if (key := row.text("footnote")) not in notes:
        raise row.problem("footnote", f"names {key!r}, which is not in the record")
    return notes[key]


def _points(slide: Row) -> Iterator[str]:
    for point in slide.rows("points"):
        yield f"- {point.text('text')}"
        for below in point.rows("sub_points"):
            yield f"  - {below.text('text')}"


def _statements(loader: Loader, main: Row, links: Row, dialogue: Dialogue) -> None:
    notes = _footnotes(main)
    about = _links(links)
    found: Index[Contribution] = Index()

    def put(kind: str, order: int, row: Row, **more: Any) -> None:
        key = row.key("id")
        if key in found or key in found.gone:
            raise row.problem("id", f"{key!r} is given twice")
        with found.adding(key):
            found[key] = loader.put(
                row,
                Contribution,
                f"{dialogue.slug}/{key}",
                {
                    "dialogue": dialogue,
                    "code": key,
                    "kind": kind,
                    "order": order,
                    "text": row.text("text"),
                    "note": record.likely(row),
                    "provenance": record.provenance(row),
                    **more,
                },
                many={"about": about.pop(key, [])},
                find={"dialogue": dialogue, "code": key},
                first={
                    "state": ContributionState.POSTED,
                    "posted_at": loader.at,
                    "posted_by": loader.by,
                },
            )

    for kind, rows in (
        (ContributionKind.HOPE, main.some("hopes")),
        (ContributionKind.CONCERN, main.some("concerns")),
        (ContributionKind.QUESTION, main.some("questions")),
        (ContributionKind.RESERVATION, main.row("reservations").some("items")),
        (ContributionKind.COMMITMENT, main.row("commitments").some("items")),
    ):
        for order, row in enumerate(rows, 1):
            put(kind, order, row)
            if kind == ContributionKind.QUESTION and row.text("id") in found:
                _answer(loader, row, found[row.text("id")], notes)
    order = 0
    for sector in main.row("ideas").some("sectors"):
        place = sector.choice("id", Sector)
        for row in sector.some("items"):
            order += 1
            put(ContributionKind.IDEA, order, row, sector=place)
            for part in row.rows("sub_items"):
                order += 1
                if row.text("id") in found:
                    whole = found[row.text("id")]
                    put(ContributionKind.IDEA, order, part, sector=place, part_of=whole)
    if about:
        raise links.problem("links", f"name {sorted(about)[0]!r}, which is not in the record")


def _answer(loader: Loader, row: Row, question: Contribution, notes: dict[str, str]) -> None:
    blocks: list[str] = []
    before = ""
    for block in row.some("answer"):
        item = block.text("kind") == "list-item"
        text = f"- {block.text('text')}" if item else block.text("text")
        if item and before == "list-item":
            blocks[-1] += f"\n{text}"
        else:
            blocks.append(text)
        before = block.text("kind")
    with suppress(Removed):
        loader.put(
            row,
            Answer,
            f"{question.dialogue.slug}/{question.code}",
            {
                "contribution": question,
                "text": "\n\n".join(blocks),
                "footnote": " ".join(
                    _footnote(block, notes) for block in row.rows("answer") if "footnote" in block
                ),
            },
            find={"contribution": question},
        )


def _links(links: Row) -> dict[str, list[Recommendation]]:
    """Recommendations by the code of the statement that speaks of them."""
    known: Index[Recommendation] = Index()
    for recommendation in Recommendation.objects.all():
        known[recommendation.code] = recommendation
    return {
        row.key("statement"): row.known_many("recommendations", known)
        for row in links.rows("links")
    }
