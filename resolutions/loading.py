"""The record of where councils are, of the models offered to them, and of what cities did."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from recommendations import record
from recommendations.loading import source_values
from recommendations.models import Precision
from recommendations.record import Index, Loader, Removed, Row
from resolutions.loading_models import load_models
from resolutions.models import (
    Association,
    AssociationLevel,
    Council,
    CouncilKind,
    Grade,
    Instrument,
    Jurisdiction,
    JurisdictionKind,
    Resolution,
    StepKind,
    StepSource,
)

DATA = Path(__file__).parent / "data"


def load(loader: Loader, folder: Path = DATA) -> None:
    """Load this app's files. The report and its recommendations must be there.

    Raises:
        RecordProblem: a file is broken.
    """
    jurisdictions = _jurisdictions(loader, record.read(folder / "jurisdictions.yaml"))
    load_models(loader, folder, jurisdictions)
    associations = _associations(loader, record.read(folder / "associations.yaml"), jurisdictions)
    councils = _councils(loader, record.read(folder / "councils.yaml"), jurisdictions, associations)
    _adoptions(loader, record.read(folder / "adoptions.yaml"), councils)


def _jurisdictions(loader: Loader, main: Row) -> Index[Jurisdiction]:
    found: Index[Jurisdiction] = Index()
    for key, row in record.unique(main.some("jurisdictions"), "code"):
        kind = row.choice("kind", JurisdictionKind)
        if (kind == JurisdictionKind.COUNTRY) == ("parent" in row):
            raise row.problem("parent", "is of every jurisdiction but a country, and of no country")
        with found.adding(key):
            found[key] = loader.put(
                row,
                Jurisdiction,
                key,
                {
                    "code": key,
                    "kind": kind,
                    "parent": row.known("parent", found) if "parent" in row else None,
                    "name_en": row.text("name", limit=200),
                    "name_fr": row.text("name_fr", limit=200),
                    "head_en": row.text("head", limit=120),
                    "head_fr": row.text("head_fr", limit=120),
                    "head_short_en": row.optional("head_short", limit=60),
                    "head_short_fr": row.optional("head_short_fr", limit=60),
                },
                find={"code": key},
            )
    return found


def _associations(
    loader: Loader, main: Row, jurisdictions: Index[Jurisdiction]
) -> Index[Association]:
    found: Index[Association] = Index()
    for key, row in record.unique(main.some("associations"), "code"):
        level = row.choice("level", AssociationLevel)
        if (level == AssociationLevel.NATIONAL) == ("parent" in row):
            raise row.problem("parent", "is of every association but a national one")
        for kind in row.strings("serves"):
            if kind not in CouncilKind.values:
                raise row.problem("serves", f"must be of {', '.join(CouncilKind.values)}")
        deadline = row.row("deadline") if "deadline" in row else None
        checked, precision = row.date("checked") if "checked" in row else (None, Precision.DAY)
        if precision != Precision.DAY:
            raise row.problem("checked", "must name the day")
        if (checked is None) == ("source" in row):
            raise row.problem("source", "goes with the day it was checked on")
        with found.adding(key):
            found[key] = loader.put(
                row,
                Association,
                key,
                {
                    "code": key,
                    "level": level,
                    "jurisdiction": row.known("of", jurisdictions),
                    "parent": row.known("parent", found) if "parent" in row else None,
                    "order": row.number("order") if "order" in row else 1,
                    "name_en": row.text("name", limit=200),
                    "name_fr": row.optional("name_fr", limit=200),
                    "serves": row.strings("serves"),
                    "takes_article": row.flag("takes_article") if "takes_article" in row else True,
                    "article_fr": row.optional("article_fr", limit=3),
                    "website": row.url("website") if "website" in row else "",
                    "deadline_month": deadline.number("month", most=12) if deadline else None,
                    "deadline_day": deadline.number("day", most=31) if deadline else None,
                    "most_recitals": (
                        row.number("most_recitals") if "most_recitals" in row else None
                    ),
                    "rules_en": row.optional("rules"),
                    "rules_fr": row.optional("rules_fr"),
                    "source_url": row.url("source") if "source" in row else "",
                    "checked_on": checked,
                },
                find={"code": key},
            )
    return found


def _councils(
    loader: Loader,
    main: Row,
    jurisdictions: Index[Jurisdiction],
    associations: Index[Association],
) -> dict[tuple[str, str], Council]:
    """Councils by name and the code of their province or state. What the record says of them is
    confirmed by who keeps it.
    """
    found: dict[tuple[str, str], Council] = {}
    for key, row in record.unique(main.some("councils"), "id"):
        with suppress(Removed):
            jurisdiction = row.known("jurisdiction", jurisdictions)
            values = {
                "slug": key,
                "name": row.text("name", limit=200),
                "kind": row.choice("kind", CouncilKind),
                "jurisdiction": jurisdiction,
                "latitude": row.decimal("latitude"),
                "longitude": row.decimal("longitude"),
                "ocd_id": row.text("ocd_id", limit=200),
                "population": row.number("population", most=100_000_000),
                "name_fr": row.optional("name_fr", limit=200),
                "formal_name": row.text("formal_name", limit=200),
                "formal_name_fr": row.optional("formal_name_fr", limit=200),
                "council_name": row.text("council_name", limit=200),
                "council_name_fr": row.optional("council_name_fr", limit=200),
                "seats": row.number("seats") if "seats" in row else None,
                "area_association": (
                    row.known("area_association", associations)
                    if "area_association" in row
                    else None
                ),
            }
            _take_over(key, values)
            council = loader.put(row, Council, key, values, find={"slug": key})
            council.confirm(by=loader.by, at=loader.at)
            found[row.text("name"), jurisdiction.code] = council
    return found


def _take_over(slug: str, values: dict[str, Any]) -> None:
    """Let the record say what a list of places said, where nobody has touched that."""
    listed = Council.objects.filter(slug=slug, confirmed_at=None).exclude(data_source="").first()
    if listed is None or listed.history.exists():
        return
    for name, value in {**values, "data_source": ""}.items():
        setattr(listed, name, value)
    listed.save()


def _adoptions(loader: Loader, main: Row, councils: dict[tuple[str, str], Council]) -> None:
    for row in main.some("adoptions"):
        place = (row.text("council"), row.text("region"))
        if place not in councils:
            raise row.problem("council", f"names {place[0]!r} in {place[1]}, not in councils.yaml")
        council = councils[place]
        on, precision = row.date("dated")
        if precision != Precision.DAY:
            raise row.problem("dated", "must name the day")
        instrument = row.choice("instrument", Instrument)
        if instrument != Instrument.PROCLAMATION:
            raise row.problem("instrument", "only mayors’ proclamations are on record so far")
        slug = f"{council.slug}-{on.year}"
        sources = [source_values(source) for source in row.some("sources")]
        with suppress(Removed):
            resolution = loader.put(
                row,
                Resolution,
                slug,
                {
                    "slug": slug,
                    "council": council,
                    "instrument": instrument,
                    "summary": row.text("summary"),
                },
                find={"slug": slug},
            )
            _steps(loader, row, resolution, on, sources)


def _steps(
    loader: Loader, row: Row, resolution: Resolution, on: Any, sources: list[dict[str, Any]]
) -> None:
    """The one step a proclamation has; a second load adds none."""
    if loader.was_created(resolution):
        resolution.record_step(
            StepKind.PROCLAIMED,
            on=on,
            by=loader.by,
            summary=row.text("summary"),
            actor=row.text("by", limit=200),
            verified=True,
        )
        resolution.publish(by=loader.by, at=loader.at)
    step = resolution.steps.filter(kind=StepKind.PROCLAIMED, on=on).first()
    if step is None:
        return
    for number, source in enumerate(sources, 1):
        with suppress(Removed):
            loader.put(
                row,
                StepSource,
                f"{resolution.slug}-{number}",
                {"step": step, "grade": Grade.NEWS, **source},
            )
