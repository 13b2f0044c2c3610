"""The record of the W2I report: recommendations, glossary, and what is known of progress."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from recommendations import record
from recommendations.figures import count_years
from recommendations.models import (
    Abbreviation,
    Addressee,
    AddresseeKind,
    Audience,
    DefinitionKind,
    Pillar,
    Precision,
    ProgressUpdate,
    Recommendation,
    Report,
    Source,
    Status,
    Subject,
    Term,
    TermKind,
    afterwards,
    one_refresh,
)
from recommendations.record import Index, Loader, Removed, Row

DATA = Path(__file__).parent / "data"
_Named = TypeVar("_Named", Audience, Pillar, Addressee, Subject)


def load(loader: Loader, folder: Path = DATA) -> None:
    """Load this app's files.

    Raises:
        RecordProblem: a file is broken.
    """
    main = record.read(folder / "recommendations.yaml")
    report = _report(loader, main)
    subjects = record.read(folder / "subjects.yaml")
    recommendations = _recommendations(loader, main, report, subjects)
    glossary = record.read(folder / "glossary.yaml")
    _terms(loader, glossary, recommendations)
    _evidence(loader, record.read(folder / "evidence.yaml"), recommendations)
    with one_refresh():
        afterwards(count_years, [report.pk])  # also where nothing was new: a year may be


def _report(loader: Loader, main: Row) -> Report:
    row, project = main.row("report"), main.row("project")
    released, precision = row.date("released")
    key = row.key("id")
    return loader.put(
        row,
        Report,
        key,
        {
            "slug": key,
            "title": row.text("title", limit=300),
            "short_title": row.text("short_title", limit=120),
            "publisher": row.text("publisher", limit=300),
            "released": released,
            "released_precision": precision,
            "language": main.language("language"),
            "stem": row.text("recommendations_stem", limit=200),
            "goal": row.text("goal"),
            "summary": "\n\n".join(part.text("text") for part in row.some("summary")),
            "project": "\n\n".join(part.text("text") for part in project.some("description")),
            "website": project.url("website"),
            "is_front": True,
        },
        find={"slug": key},
        first=loader.published,
    )


def _named(
    loader: Loader,
    main: Row,
    list_name: str,
    model: type[_Named],
    values: Callable[[int, Row], dict[str, Any]],
) -> Index[_Named]:
    """Load what has an id and two names, by its id; ``values`` adds the fields of its own."""
    found: Index[_Named] = Index()
    for number, (key, row) in enumerate(record.unique(main.some(list_name), "id"), 1):
        with found.adding(key):
            found[key] = loader.put(
                row,
                model,
                key,
                {
                    "slug": key,
                    "name_en": row.text("name", limit=200),
                    "name_fr": row.optional("name_fr", limit=200),
                    **values(number, row),
                },
                find={"slug": key},
            )
    return found


def _recommendations(
    loader: Loader, main: Row, report: Report, lines: Row
) -> Index[Recommendation]:
    audiences = _named(
        loader,
        main,
        "audiences",
        Audience,
        lambda _number, row: {
            "code_prefix": row.text("code_prefix", limit=4),
            "heading": row.text("heading", limit=200),
            "order": row.number("order"),
        },
    )
    pillars = _named(
        loader, main, "pillars", Pillar, lambda _number, row: {"order": row.number("order")}
    )
    addressees = _named(
        loader,
        main,
        "addressees",
        Addressee,
        lambda number, row: {
            "kind": row.choice("kind", AddresseeKind),
            "note": row.optional("note"),
            "form_of_address_en": row.optional("form_of_address", limit=120),
            "form_of_address_fr": row.optional("form_of_address_fr", limit=120),
            "postal_address": row.optional("postal_address"),
            "postal_address_fr": row.optional("postal_address_fr"),
            "contact_url": row.url("contact") if "contact" in row else "",
            "order": number,
        },
    )
    subjects = _named(loader, lines, "subjects", Subject, lambda number, _row: {"order": number})
    subject_of = {
        code: key
        for key, row in record.unique(lines.some("subjects"), "id")
        for code in row.strings("recommendations")
    }
    found: Index[Recommendation] = Index()
    for key, row in record.unique(main.some("recommendations"), "code"):
        if not row.strings("addressees"):
            raise row.problem("addressees", "is missing or empty")
        with found.adding(key):
            found[key] = loader.put(
                row,
                Recommendation,
                key,
                {
                    "code": key,
                    "report": report,
                    "audience": row.known("audience", audiences),
                    "pillar": row.known("pillar", pillars),
                    "subject": subjects.get(subject_of.get(key, "")),
                    "order": row.number("order"),
                    "text": row.text("text"),
                    "provenance": record.provenance(row),
                },
                many={"addressees": row.known_many("addressees", addressees)},
                find={"code": key},
                first=loader.published,
            )
    return found


def _terms(loader: Loader, main: Row, recommendations: Index[Recommendation]) -> None:
    for key, row in record.unique(main.some("terms"), "id"):
        source, source_fr = row.text("source", limit=400), row.optional("source_fr", limit=400)
        if source == "This document":
            # What that is, only this file knows.
            source, source_fr = main.text("source", limit=400), main.text("source_fr", limit=400)
        with suppress(Removed):
            loader.put(
                row,
                Term,
                key,
                {
                    "slug": key,
                    "term": row.text("term", limit=200),
                    "term_fr": row.optional("term_fr", limit=200),
                    "abbreviation": row.optional("abbreviation", limit=20),
                    "also_written": row.strings("also_written"),
                    "kind": row.choice("kind", TermKind),
                    "language": main.language("language"),
                    "definition_kind": row.choice("definition_kind", DefinitionKind),
                    "definition_en": row.text("definition"),
                    "definition_fr": row.optional("definition_fr"),
                    "source": source,
                    "source_fr": source_fr,
                    "source_formal_name": row.optional("source_formal_name", limit=300),
                    "note": row.optional("note"),
                    "quotes": [quote.text("text") for quote in row.rows("quotes")],
                },
                many={"recommendations": row.known_many("recommendation_codes", recommendations)},
                find={"slug": key},
                first=loader.published,
            )
    for row in main.some("abbreviations"):
        key = row.text("abbreviation", limit=20)
        with suppress(Removed):
            loader.put(
                row,
                Abbreviation,
                key,
                {
                    "abbreviation": key,
                    "expansion": row.text("expansion", limit=200),
                    "expanded_in_source": row.flag("expanded_in_source"),
                },
                find={"abbreviation": key},
            )


def _evidence(loader: Loader, main: Row, recommendations: Index[Recommendation]) -> None:
    read_on, read_precision = main.date("checked")
    read = {"read_on": read_on, "read_precision": read_precision}
    for row in main.some("evidence"):
        on, precision = row.date("dated")
        if precision != Precision.DAY:
            raise row.problem("dated", "must name the day")
        status = row.choice("status", Status)
        if status == Status.NOT_ASSESSED:
            raise row.problem("status", "must be what was found")
        key = f"{row.text('recommendation')}-{on}-{status}"
        sources = [source_values(source) for source in row.some("sources")]
        with suppress(Removed):
            update = loader.put(
                row,
                ProgressUpdate,
                key,
                {
                    "recommendation": row.known("recommendation", recommendations),
                    "status": status,
                    "on": on,
                    "summary": row.text("summary"),
                },
            )
            for number, source in enumerate(sources, 1):
                with suppress(Removed):
                    loader.put(row, Source, f"{key}-{number}", {"update": update, **source, **read})
            if loader.was_created(update):
                update.publish(by=loader.by, at=loader.at)


def source_values(row: Row) -> dict[str, Any]:
    """What any kind of source is made of."""
    published, precision = row.date("published") if "published" in row else (None, Precision.DAY)
    if "published_precision" in row:
        precision = row.choice("published_precision", Precision)
    return {
        "publisher": row.text("publisher", limit=300),
        "title": row.text("title", limit=400),
        "url": row.url("url"),
        "published_on": published,
        "published_precision": precision,
    }
