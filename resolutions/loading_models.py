"""The record of the models: the text of 2009, and what this project made of it since."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from recommendations import record
from recommendations.models import Recommendation, Report
from recommendations.record import Index, Loader, Removed, Row
from resolutions.models import (
    Clause,
    ClauseKind,
    Jurisdiction,
    ModelResolution,
    PlaceField,
    PlaceTerm,
    Scope,
    Wording,
)

# Each after the one it is adapted from.
FILES = (
    "model-resolution.yaml",
    "model-conseils-municipaux-fr.yaml",
    "model-city-councils-us.yaml",
    "model-associations-ca.yaml",
    "model-associations-ca-fr.yaml",
    "model-associations-us.yaml",
)
_OUR_WORDS = ("reason", "reason_fr", "caution", "caution_fr")


def load_models(loader: Loader, folder: Path, jurisdictions: Index[Jurisdiction]) -> None:
    """Load every model. The report, its recommendations and the countries must be there.

    Raises:
        RecordProblem: a file is broken.
    """
    models: Index[ModelResolution] = Index()
    for name in FILES:
        main = record.read(folder / name)
        row = main.row("model_resolution")
        key = row.key("id")
        if key in models:
            raise row.problem("id", f"{key!r} is given twice")
        with models.adding(key):
            models[key] = _model(loader, main, jurisdictions, models)


def _model(
    loader: Loader,
    main: Row,
    jurisdictions: Index[Jurisdiction],
    models: Index[ModelResolution],
) -> ModelResolution:
    row = main.row("model_resolution")
    slug = row.text("report")
    if (report := Report.objects.filter(slug=slug).first()) is None:
        raise row.problem("report", f"names {slug!r}, which is not in the record")
    recommendations: Index[Recommendation] = Index()
    for recommendation in report.recommendations.all():
        recommendations[recommendation.code] = recommendation
    dated, precision = row.date("date")
    key = row.key("id")
    not_carried = main.row("not_carried") if "not_carried" in main else None
    adapted_from = row.known("adapted_from", models) if "adapted_from" in row else None
    note = row.optional("adaptation_note")
    if adapted_from is not None and not note:
        raise row.problem("adaptation_note", "is missing: its page must say what it is")
    model = loader.put(
        row,
        ModelResolution,
        key,
        {
            "slug": key,
            "title": row.text("title", limit=300),
            "text_title": row.optional("text_title", limit=300),
            "author": row.optional("author", limit=200),
            "dated": dated,
            "dated_precision": precision,
            "written_for": row.text("written_for", limit=200),
            "written_for_fr": row.optional("written_for_fr", limit=200),
            "report": report,
            "language": row.language("language"),
            "country": row.known("country", jurisdictions) if "country" in row else None,
            "scope": row.choice("scope", Scope) if "scope" in row else Scope.COUNCIL,
            "adapted_from": adapted_from,
            "adaptation_note": note,
            "adaptation_note_fr": row.optional("adaptation_note_fr"),
            "not_carried_note": not_carried.text("note") if not_carried else "",
        },
        many={
            "not_carried": not_carried.known_many("recommendation_codes", recommendations)
            if not_carried
            else []
        },
        find={"slug": key},
        first=loader.published,
    )
    fields = _fields(loader, main, model)
    put = _clauses_of(loader, model, fields, recommendations)
    for recital in main.some("recitals"):
        with suppress(Removed):
            put(recital, ClauseKind.RECITAL, None)
    for operative in main.some("operative_clauses"):
        distribution = operative.text("kind") == "distribution"
        kind = ClauseKind.DISTRIBUTION if distribution else ClauseKind.RESOLVED
        with suppress(Removed):
            clause = put(operative, kind, None)
            for item in operative.rows("sub_items"):
                with suppress(Removed):
                    put(item, ClauseKind.SUB_ITEM, clause)
    return model


def _clauses_of(
    loader: Loader,
    model: ModelResolution,
    fields: Index[PlaceField],
    recommendations: Index[Recommendation],
) -> Callable[[Row, str, Clause | None], Clause]:
    """What puts the clauses of one model, in the order it is asked to."""
    order = 0
    adapted: dict[str, Clause] = {}
    if model.adapted_from is not None:
        adapted = {clause.code: clause for clause in model.adapted_from.clauses.all()}

    def put(row: Row, kind: str, part_of: Clause | None) -> Clause:
        nonlocal order
        order += 1
        code = row.key("id")
        text = row.text("text")
        opening = row.optional("opening", limit=100)
        if not text.startswith(opening):
            raise row.problem("opening", "is not how the text begins")
        ours = {name: row.optional(name) for name in _OUR_WORDS}
        if "as_in" in row:
            like = row.text("as_in")
            if like not in adapted:
                raise row.problem("as_in", f"names {like!r}, no clause of what it is adapted from")
            ours = {name: ours[name] or getattr(adapted[like], name) for name in _OUR_WORDS}
        clause = loader.put(
            row,
            Clause,
            f"{model.slug}/{code}",
            {
                "model": model,
                "code": code,
                "kind": kind,
                "order": order,
                "part_of": part_of,
                "opening": opening,
                "text": text,
                "note": row.optional("note"),
                "time_terms": row.strings("time_terms"),
                **ours,
            },
            many={"recommendations": row.known_many("recommendation_codes", recommendations)},
            find={"model": model, "code": code},
        )
        for term in row.rows("place_terms"):
            _place_term(loader, term, clause, fields)
        for number, wording in enumerate(row.rows("wordings"), 1):
            _wording(loader, wording, clause, number)
        return clause

    return put


def _fields(loader: Loader, main: Row, model: ModelResolution) -> Index[PlaceField]:
    fields: Index[PlaceField] = Index()
    rows = main.some("place_fields") + main.rows("country_fields")
    for order, row in enumerate(rows, 1):
        name = row.text("field", limit=40)
        # The text of 2009 gives them the name of its year.
        original, short = (
            ("value_2009", "short_value_2009")
            if "value_2009" in row
            else ("original", "short_original")
        )
        with fields.adding(name):
            fields[name] = loader.put(
                row,
                PlaceField,
                f"{model.slug}/{name}",
                {
                    "model": model,
                    "name": name,
                    "label": row.text("label", limit=120),
                    "varies_with": row.text("varies_with"),
                    "original": row.text(original, limit=200),
                    "short_original": row.optional(short, limit=200),
                    "order": order,
                },
                find={"model": model, "name": name},
            )
    return fields


def _place_term(loader: Loader, row: Row, clause: Clause, fields: Index[PlaceField]) -> None:
    text, occurrences = row.text("text", limit=200), row.number("occurrences")
    if clause.text.count(text) < occurrences:
        raise row.problem("text", f"does not stand {occurrences} times in clause {clause.code}")
    with suppress(Removed):
        loader.put(
            row,
            PlaceTerm,
            f"{clause.model.slug}/{clause.code}/{row.text('field')}",
            {
                "clause": clause,
                "field": row.known("field", fields),
                "text": text,
                "occurrences": occurrences,
            },
        )


def _wording(loader: Loader, row: Row, clause: Clause, order: int) -> None:
    text = row.text("text")
    if not text.startswith(clause.opening):
        raise row.problem("text", f"does not begin as clause {clause.code} does")
    with suppress(Removed):
        loader.put(
            row,
            Wording,
            f"{clause.model.slug}/{clause.code}/{row.key('id')}",
            {
                "clause": clause,
                "order": order,
                "label": row.text("label", limit=120),
                "label_fr": row.optional("label_fr", limit=120),
                "text": text,
            },
        )
