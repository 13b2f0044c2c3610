"""Everything on record, to take away: a QuerySet of resolutions in, bytes out.

The files are written while they are read, in the order of the rows' keys and in a constant number
of queries: resolutions, steps and sources are read side by side, so that the largest needs no more
memory than the smallest. docs/data.md says what every field means; a name that stands in it stays.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from recommendations.exporting import (
    CHUNK,
    Beside,
    NewsFeed,
    Nothing,
    Site,
    cell,
    day_of,
    known_day,
    listed,
    printable,
    table,
)
from recommendations.models import Recommendation
from recommendations.models.texts import reading
from resolutions.calendars import calendar_of
from resolutions.models import (
    ADOPTED,
    ANNOUNCES,
    Clause,
    Council,
    Delivery,
    Instrument,
    Passage,
    Resolution,
    ResolutionText,
    Step,
    StepKind,
    StepSource,
    TextStage,
)
from resolutions.models.resolution import ResolutionQuerySet
from resolutions.stages import BEFORE_COUNCIL
from resolutions.totals import OF_A_COUNCIL
from resolutions.upcoming import meetings_of
from resolutions.votes import DECISIVE

NEWS = 50  # steps in the feed
# Decisions that settle whether the text itself passed.
_SETTLES = frozenset({StepKind.ADOPTED, StepKind.AMENDED, StepKind.DEFEATED, StepKind.OVERRIDDEN})
MAYORAL = frozenset({Instrument.PROCLAMATION, Instrument.ENDORSEMENT})
# What actions are called in Open Civic Data; what it has no word for is left out.
ACTIONS: dict[str, tuple[str, ...]] = {
    StepKind.SUBMITTED: ("filing",),
    StepKind.NOTICE: ("introduction",),
    StepKind.REFERRED: ("referral-committee",),
    StepKind.DEFERRED: ("deferral",),
    StepKind.ADOPTED: ("passage",),
    StepKind.AMENDED: ("amendment-passage", "passage"),
    StepKind.DEFEATED: ("failure",),
    StepKind.WITHDRAWN: ("withdrawal",),
    StepKind.SIGNED: ("executive-signature",),
    StepKind.VETOED: ("executive-veto",),
    StepKind.OVERRIDDEN: ("veto-override-passage",),
}
FORMS = {
    Instrument.COUNCIL_RESOLUTION: "resolution",
    Instrument.BYLAW: "ordinance",
    Instrument.ASSOCIATION: "resolution",
}
NOTE = (
    "Only verified steps count in totals; a reported one is somebody’s word with a link. "
    "The result of a vote is what was recorded, never computed from the counts. "
    "A mayor’s proclamation or endorsement is not a resolution of a council."
)
LICENCE = {
    "steps": "Facts of public record; the sources of each step say where they can be checked. "
    "Whoever reuses them is asked to name this site and the date they are as of.",
    "places": "Population and coordinates come from where place_source says: most from GeoNames, "
    "https://www.geonames.org/, CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "division_ids": "Open Civic Data division identifiers, CC0 1.0",
}

# ---- Reading ----


@dataclass(slots=True)
class OnRecord:
    """A resolution with what hangs from it. Steps are in the order they happened."""

    resolution: Resolution
    steps: list[Step]
    sources: dict[int, list[StepSource]]
    texts: list[ResolutionText] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    copies: list[Delivery] = field(default_factory=list)

    @property
    def newest(self) -> Step | None:
        """The step that the status is of."""
        return self.steps[-1] if self.steps else None

    @property
    def newest_verified(self) -> Step | None:
        return next((step for step in reversed(self.steps) if step.verified_at), None)

    @property
    def decision(self) -> Step | None:
        """The newest step by which the council decided, reported ones among them."""
        return next((step for step in reversed(self.steps) if step.kind in DECISIVE), None)

    @property
    def comes_up_on(self) -> date | None:
        """The day announced for it, while it is before the council."""
        if self.resolution.status not in BEFORE_COUNCIL:
            return None
        return next((row.meets_on for row in reversed(self.steps) if row.kind in ANNOUNCES), None)

    @property
    def in_force(self) -> tuple[date | None, date | None]:
        """The days on which it last came into force and on which that ended."""
        turns = [step for step in self.steps if step.turn]
        began = next((step.on for step in reversed(turns) if step.turn > 0), None)
        ended = turns[-1].on if turns and turns[-1].turn < 0 else None
        return began, ended

    @property
    def standing(self) -> list[ResolutionText]:
        """The newest text of each stage, the adopted one last."""
        newest = {text.stage: text for text in self.texts}
        return [newest[stage] for stage in TextStage.values if stage in newest]

    @property
    def updated_at(self) -> datetime | None:
        """When the newest of it was written down."""
        moments = [self.resolution.published_at]
        for step in self.steps:
            moments += [step.recorded_at, step.verified_at]
        moments += [text.recorded_at for text in self.texts]
        return max(filter(None, moments), default=None)


def on_record(
    rows: ResolutionQuerySet, *, texts: bool = False, after: bool = False
) -> Iterator[OnRecord]:
    """Every resolution of ``rows`` with its steps and sources; if asked for, with its texts, and
    with what came after: the way through associations, and copies.

    One query for each of them, however many rows there are.
    """
    of = rows.order_by().values("pk")
    key = "resolution_id"
    steps: Beside[Step] = Beside(
        Step.objects.filter(resolution__in=of).order_by(key, "on", "id"), key
    )
    sources: Beside[Any] = Beside(
        StepSource.objects.filter(step__resolution__in=of)
        .annotate(resolution_id=F("step__resolution_id"))
        .order_by(key, "id"),
        key,
    )
    written: Beside[ResolutionText] = Nothing()
    passed: Beside[Passage] = Nothing()
    owed: Beside[Delivery] = Nothing()
    if texts:
        written = Beside(ResolutionText.objects.filter(resolution__in=of).order_by(key, "id"), key)
    if after:
        passages = Passage.objects.filter(resolution__in=of).select_related("association")
        passed = Beside(passages.order_by(key, "on", "id"), key)
        owed = Beside(Delivery.objects.filter(resolution__in=of).order_by(key, "id"), key)
    whole = rows.select_related("council__jurisdiction__parent", "model", "champion")
    for row in whole.order_by("pk").iterator(chunk_size=CHUNK):
        found: dict[int, list[StepSource]] = defaultdict(list)
        for source in sources.of(row.pk):
            found[source.step_id].append(source)
        yield OnRecord(
            row,
            steps.of(row.pk),
            found,
            written.of(row.pk),
            passed.of(row.pk),
            owed.of(row.pk),
        )


def _facts(rows: ResolutionQuerySet) -> dict[str, Any]:
    """The day of the newest change (a step recorded or verified, a resolution made public), how
    many there are, and how many of those are demonstration data. One query.
    """
    found = rows.order_by().aggregate(
        n=Count("pk", distinct=True),
        invented=Count("pk", distinct=True, filter=Q(is_demo=True)),
        published=Max("published_at"),
        recorded=Max("steps__recorded_at"),
        verified=Max("steps__verified_at"),
    )
    n, invented = found.pop("n"), found.pop("invented")
    newest = max(filter(None, found.values()), default=None)
    return {"as_of": day_of(newest), "count": n, "demonstration_count": invented}


def _carried() -> dict[tuple[int, str], list[str]]:
    """Codes of the public recommendations that a clause of a model asks for."""
    links = Clause.recommendations.through._default_manager.filter(
        recommendation__in=Recommendation.objects.public()
    )
    found = defaultdict(list)
    for model, clause, code in links.order_by("recommendation__code").values_list(
        "clause__model_id", "clause__code", "recommendation__code"
    ):
        found[model, clause].append(code)
    return found


# ---- Words of the files ----


# Not get_…_display, which makes all choices anew for every row.
def _form(resolution: Resolution) -> str:
    return str(Instrument(resolution.instrument).label)


def _kind(kind: str) -> str:
    return str(StepKind(kind).label)


def _evidence(step: Step | None) -> str:
    return "verified" if step is not None and step.verified_at else "reported"


def _number(value: Any) -> float | None:
    return float(value) if value is not None else None


def _model(resolution: Resolution) -> Any:
    """The model it was made from, unless that is a draft."""
    model = resolution.model
    return model if model is not None and model.is_public else None


def _recommendations(row: OnRecord, carried: dict[tuple[int, str], list[str]]) -> list[str]:
    """Codes that its text carries: as adopted, or else as brought to the council."""
    model, standing = row.resolution.model_id, row.standing
    if model is None or not standing:
        return []
    codes = {
        code
        for clause in standing[-1].clauses
        for code in carried.get((model, clause.get("code", "")), ())
    }
    return sorted(codes)


def _about(rows: ResolutionQuerySet, site: Site) -> dict[str, Any]:
    return {
        **_facts(rows),
        "filters": site.asked,
        "page": site.page,
        "note": NOTE,
        "licence": LICENCE,
    }


# ---- CSV ----

_Column = Callable[["_Row"], Any]


@dataclass(slots=True)
class _Row:
    """What a line of the table is made of."""

    row: OnRecord
    site: Site
    carried: dict[tuple[int, str], list[str]]
    as_of: str | None

    @property
    def resolution(self) -> Resolution:
        return self.row.resolution

    @property
    def council(self) -> Council:
        return self.row.resolution.council

    def of_decision(self, name: str) -> Any:
        return getattr(self.row.decision, name, None)

    @property
    def links(self) -> str:
        steps = self.row.steps
        urls = [source.url for step in steps for source in self.row.sources.get(step.pk, ())]
        return " ".join(dict.fromkeys(urls))


COLUMNS: dict[str, _Column] = {
    "slug": lambda r: r.resolution.slug,
    "url": lambda r: r.site.base + r.resolution.get_absolute_url(),
    "name": lambda r: r.resolution.name,
    "form": lambda r: r.resolution.instrument,
    "form_name": lambda r: _form(r.resolution),
    "status": lambda r: r.resolution.status,
    "status_name": lambda r: _kind(r.resolution.status),
    "status_on": lambda r: r.resolution.status_on,
    "evidence": lambda r: _evidence(r.row.newest),
    "verified_status": lambda r: r.resolution.verified_status,
    "verified_status_on": lambda r: getattr(r.row.newest_verified, "on", None),
    "adopted_on": lambda r: r.row.in_force[0],
    "ended_on": lambda r: r.row.in_force[1],
    "council": lambda r: r.council.name,
    "council_kind": lambda r: r.council.kind,
    "council_url": lambda r: r.site.base + r.council.get_absolute_url(),
    "region": lambda r: r.council.jurisdiction.code,
    "region_name": lambda r: r.council.jurisdiction.name,
    "country": lambda r: getattr(r.council.jurisdiction.parent, "code", None),
    "population": lambda r: r.council.population,
    "latitude": lambda r: r.council.latitude,
    "longitude": lambda r: r.council.longitude,
    "ocd_id": lambda r: r.council.ocd_id,
    "place_source": lambda r: r.council.data_source,
    "decision": lambda r: r.of_decision("kind"),
    "decision_on": lambda r: r.of_decision("on"),
    "decision_evidence": lambda r: _evidence(r.row.decision) if r.row.decision else None,
    "meeting": lambda r: r.of_decision("meeting"),
    "mover": lambda r: r.of_decision("mover"),
    "seconder": lambda r: r.of_decision("seconder"),
    "vote_method": lambda r: r.of_decision("vote_method"),
    "votes_for": lambda r: r.of_decision("votes_for"),
    "votes_against": lambda r: r.of_decision("votes_against"),
    "votes_abstained": lambda r: r.of_decision("votes_abstained"),
    "votes_absent": lambda r: r.of_decision("votes_absent"),
    "seats": lambda r: r.of_decision("seats"),
    "comes_up_on": lambda r: r.row.comes_up_on,
    "reference": lambda r: r.resolution.reference,
    "subject": lambda r: r.resolution.subject,
    "language": lambda r: r.resolution.language,
    "champion": lambda r: getattr(r.resolution.champion, "name", None),
    "model": lambda r: getattr(_model(r.resolution), "slug", None),
    "model_version": lambda r: getattr(_model(r.resolution), "version", None),
    "recommendations": lambda r: " ".join(_recommendations(r.row, r.carried)),
    "steps": lambda r: len(r.row.steps),
    "sources": lambda r: r.links,
    "demonstration": lambda r: "yes" if r.resolution.is_demo else "no",
    "updated_on": lambda r: day_of(r.row.updated_at),
    "as_of": lambda r: r.as_of,
}


def as_csv(rows: ResolutionQuerySet, site: Site) -> Iterator[bytes]:
    """A table with a row for each resolution, which no spreadsheet takes for formulas."""
    as_of = _facts(rows)["as_of"]
    carried = _carried()
    lines = (_Row(row, site, carried, as_of) for row in on_record(rows, texts=True))
    cells = ([cell(column(line)) for column in COLUMNS.values()] for line in lines)
    yield from table(COLUMNS, cells)


# ---- JSON ----


def as_json(rows: ResolutionQuerySet, site: Site) -> Iterator[bytes]:
    """Every resolution with its steps, sources and texts."""
    carried = _carried()
    found = on_record(rows, texts=True, after=True)
    data = (resolution_data(row, site, carried) for row in found)
    yield from listed({"about": _about(rows, site)}, "resolutions", data)


def one_as_json(rows: ResolutionQuerySet, site: Site) -> bytes | None:
    """All that is on record of the one resolution in ``rows``; None where there is none."""
    row = next(on_record(rows, texts=True, after=True), None)
    if row is None:
        return None
    about = {"as_of": day_of(row.updated_at), "page": site.page, "note": NOTE, "licence": LICENCE}
    data = {"about": about, "resolution": resolution_data(row, site, _carried())}
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def resolution_data(
    row: OnRecord, site: Site, carried: dict[tuple[int, str], list[str]]
) -> dict[str, Any]:
    resolution, model = row.resolution, _model(row.resolution)
    began, ended = row.in_force
    verified = row.newest_verified
    return {
        "slug": resolution.slug,
        "url": site.base + resolution.get_absolute_url(),
        "name": resolution.name,
        "title": resolution.title,
        "form": resolution.instrument,
        "status": resolution.status,
        "status_on": known_day(resolution.status_on),
        "evidence": _evidence(row.newest),
        "verified_status": resolution.verified_status or None,
        "verified_status_on": known_day(verified.on) if verified else None,
        "adopted_on": known_day(began),
        "ended_on": known_day(ended),
        "comes_up_on": known_day(row.comes_up_on),
        "council": _council_data(resolution.council, site),
        "subject": resolution.subject,
        "reference": resolution.reference,
        "summary": resolution.summary,
        "language": resolution.language,
        "champion": resolution.champion.name if resolution.champion else None,
        "model": model
        and {
            "slug": model.slug,
            "title": model.title,
            "version": model.version,
            "url": site.base + model.get_absolute_url(),
        },
        "recommendations": _recommendations(row, carried),
        "steps": [_step_data(step, row.sources.get(step.pk, [])) for step in row.steps],
        "texts": [
            {
                "stage": text.stage,
                "title": text.title,
                "language": text.language,
                "recorded_on": day_of(text.recorded_at),
                "clauses": [
                    {name: clause.get(name, "") for name in ("kind", "text", "opening", "code")}
                    for clause in text.clauses
                ],
            }
            for text in row.standing
        ],
        "associations": [
            {
                "association": passage.association.code,
                "name": passage.association.name,
                "kind": passage.kind,
                "on": known_day(passage.on),
                "reference": passage.reference,
                "url": passage.url,
            }
            for passage in row.passages
        ],
        # Offices and municipalities; their addresses are nobody's business.
        "copies": [
            {
                "recipient": copy.recipient,
                "kind": copy.kind,
                "due_on": known_day(copy.due_on),
                "sent_on": known_day(copy.sent_on),
                "means": copy.means or None,
                "acknowledged_on": known_day(copy.acknowledged_on),
                "replied_on": known_day(copy.replied_on),
                "reply": copy.reply,
                "reply_url": copy.reply_url,
            }
            for copy in row.copies
        ],
        "demonstration": resolution.is_demo,
        "updated_on": day_of(row.updated_at),
    }


def _council_data(council: Council, site: Site) -> dict[str, Any]:
    region = council.jurisdiction
    return {
        "slug": council.slug,
        "url": site.base + council.get_absolute_url(),
        "name": council.name,
        "kind": council.kind,
        "confirmed": council.is_confirmed,
        "region": region.code,
        "region_name": region.name,
        "country": region.parent.code if region.parent else None,
        "population": council.population,
        "latitude": _number(council.latitude),
        "longitude": _number(council.longitude),
        "ocd_id": council.ocd_id,
        "place_source": council.data_source or None,
    }


def _step_data(step: Step, sources: list[StepSource]) -> dict[str, Any]:
    return {
        "id": step.pk,
        "kind": step.kind,
        "on": known_day(step.on),
        "evidence": _evidence(step),
        "turn": {1: "began", -1: "ended"}.get(step.turn),
        "summary": step.summary,
        "language": step.language,
        "actor": step.actor,
        "meeting": step.meeting,
        "comes_up_on": known_day(step.meets_on),
        "mover": step.mover,
        "seconder": step.seconder,
        "vote": {
            "method": step.vote_method,
            "for": step.votes_for,
            "against": step.votes_against,
            "abstained": step.votes_abstained,
            "absent": step.votes_absent,
            "seats": step.seats,
        }
        if step.vote_method
        else None,
        "video_url": step.video_url,
        "recorded_on": day_of(step.recorded_at),
        "verified_on": day_of(step.verified_at),
        "sources": [
            {
                "grade": source.grade,
                "publisher": source.publisher,
                "title": source.title,
                "language": source.language,
                "url": source.url,
                "archived_url": source.archived_url,
                "published_on": known_day(source.published_on, source.published_precision),
                "read_on": known_day(source.read_on),
            }
            for source in sources
        ],
    }


# ---- GeoJSON (RFC 7946) ----


def as_geojson(rows: ResolutionQuerySet, site: Site) -> Iterator[bytes]:
    """A feature for each council with something in ``rows``: where it lies, and what it did."""
    about = _about(rows, site)
    del about["count"], about["demonstration_count"]  # of resolutions; these are councils
    head = {"type": "FeatureCollection", **about}
    whole = rows.select_related("council__jurisdiction__parent").order_by("council_id", "pk")
    found = whole.iterator(chunk_size=CHUNK)
    councils = groupby(found, attrgetter("council_id"))
    features = (_feature(list(theirs), site) for _council, theirs in councils)
    yield from listed(head, "features", features)


def _feature(resolutions: list[Resolution], site: Site) -> dict[str, Any]:
    data = _council_data(council := resolutions[0].council, site)
    at = [data.pop("longitude"), data.pop("latitude")]
    newest = max(resolutions, key=lambda row: (row.status_on or date.min, row.pk))
    return {
        "type": "Feature",
        "id": council.slug,
        # Null is what the standard has for a place nobody has located.
        "geometry": {"type": "Point", "coordinates": at} if None not in at else None,
        "properties": {
            **data,
            "status": newest.status,
            "status_on": known_day(newest.status_on),
            "form": newest.instrument,
            "adopted": any(
                row.instrument in OF_A_COUNCIL and row.verified_status in ADOPTED
                for row in resolutions
            ),
            "proclaimed": any(
                row.instrument == Instrument.PROCLAMATION
                and row.verified_status == StepKind.PROCLAIMED
                for row in resolutions
            ),
            "resolutions": [
                {
                    "slug": row.slug,
                    "url": site.base + row.get_absolute_url(),
                    "form": row.instrument,
                    "status": row.status,
                    "status_on": known_day(row.status_on),
                    "verified_status": row.verified_status or None,
                    "demonstration": row.is_demo,
                }
                for row in resolutions
            ],
            "demonstration": council.is_demo or any(row.is_demo for row in resolutions),
        },
    }


# ---- Popolo ----


def as_popolo(rows: ResolutionQuerySet, site: Site) -> Iterator[bytes]:
    """The motions of councils and the votes on them. What a mayor proclaims is no motion."""
    motions = rows.exclude(instrument__in=MAYORAL)
    found = (_motion(row, site) for row in on_record(motions))
    yield from listed({"meta": _about(motions, site)}, "motions", found)


def _motion(row: OnRecord, site: Site) -> dict[str, Any]:
    resolution, council = row.resolution, row.resolution.council
    decisive = next((step for step in reversed(row.steps) if step.kind in _SETTLES), None)
    proposed = next((step for step in row.steps if step.kind != StepKind.DRAFTED), None)
    updated = row.updated_at
    return {
        "id": resolution.slug,
        "organization_id": council.slug,
        "organization": {
            "id": council.slug,
            "name": council.council_name or council.name,
            "classification": "council",
            "area_id": council.ocd_id,
            "area": {
                "id": council.ocd_id,
                "name": f"{council.name}, {council.jurisdiction.name}",
                "classification": council.kind,
            },
            "links": [{"url": site.base + council.get_absolute_url(), "note": "Page"}],
        },
        "legislative_session_id": None,
        "creator": {"name": decisive.mover} if decisive and decisive.mover else None,
        "text": resolution.name,
        "classification": FORMS.get(Instrument(resolution.instrument)),
        "date": known_day(proposed.on) if proposed else None,
        "requirement": None,
        "result": _result(decisive) if decisive else None,
        "vote_events": [
            _vote_event(step, row) for step in row.steps if step.vote_method or _result(step)
        ],
        "actions": [
            {
                "date": known_day(step.on),
                "description": _kind(step.kind),
                "kind": step.kind,
                "classification": list(ACTIONS.get(step.kind, ())),
                "evidence": _evidence(step),
            }
            for step in row.steps
        ],
        "updated_at": updated.astimezone(UTC).isoformat(timespec="seconds") if updated else None,
        "sources": [{"url": site.base + resolution.get_absolute_url(), "note": "Page"}],
        "evidence": _evidence(decisive or row.newest),
        "demonstration": resolution.is_demo,
    }


def _result(step: Step) -> str | None:
    """How the vote at a step went, where the step says so: nothing is computed from counts."""
    if step.kind == StepKind.DEFEATED:
        return "fail"
    if step.kind in {StepKind.ADOPTED, StepKind.AMENDED, StepKind.OVERRIDDEN, StepKind.RESCINDED}:
        return "pass"
    if step.vote_method and step.kind in {StepKind.REFERRED, StepKind.DEFERRED, StepKind.RECEIVED}:
        return "pass"
    return None


def _vote_event(step: Step, row: OnRecord) -> dict[str, Any]:
    counts = {
        "yes": step.votes_for,
        "no": step.votes_against,
        "abstain": step.votes_abstained,
        "absent": step.votes_absent,
    }
    return {
        "id": f"{row.resolution.slug}/{step.pk}",
        "motion_id": row.resolution.slug,
        "organization_id": row.resolution.council.slug,
        "legislative_session_id": None,
        "classification": next(iter(ACTIONS.get(step.kind, ())), None),
        "start_date": known_day(step.on),
        "result": _result(step),
        "group_results": [],
        "counts": [
            {"option": option, "value": value}
            for option, value in counts.items()
            if value is not None
        ],
        "votes": [],
        "sources": [
            {"url": source.url, "note": f"{source.publisher}, {source.title}"}
            for source in row.sources.get(step.pk, ())
        ],
        "kind": step.kind,
        "method": step.vote_method or None,
        "evidence": _evidence(step),
    }


# ---- Atom ----


def as_atom(rows: ResolutionQuerySet, site: Site) -> bytes:
    """The newest steps, those nobody has verified marked as such."""
    feed = NewsFeed(
        title=_("W2I: what councils and mayors did"),
        subtitle=_("The newest steps of their resolutions and proclamations."),
        site=site,
    )
    steps = (
        Step.objects.filter(resolution__in=rows.order_by().values("pk"))
        .select_related("resolution__council__jurisdiction")
        .order_by("-on", "-id")[:NEWS]
    )
    for step in steps:
        resolution = step.resolution
        feed.add_item(
            title=printable(_sentence(step, resolution)),
            link=site.base + step.get_absolute_url(),
            description=escape(printable(_details(step, resolution))),
            unique_id=f"tag:w2i,2009:step-{step.pk}",
            pubdate=datetime.combine(step.on, time(), tzinfo=UTC),
            updateddate=max(filter(None, (step.recorded_at, step.verified_at))),
            categories=[step.kind, resolution.instrument],
        )
    return feed.written()


def _sentence(step: Step, resolution: Resolution) -> str:
    """“Vancouver, British Columbia: Adopted”, with what makes it less than that."""
    place = resolution.council.placed(reading())
    said = _("%(label)s: %(state)s") % {"label": place, "state": _kind(step.kind)}
    if not step.verified_at:
        said += f" ({_('reported, not yet verified')})"
    return f"{_('Demonstration data')}: {said}" if resolution.is_demo else said


def _details(step: Step, resolution: Resolution) -> str:
    said = [_form(resolution), resolution.title, step.summary, step.actor]
    return " · ".join(filter(None, said))


# ---- iCalendar ----


def as_calendar(rows: ResolutionQuerySet, site: Site, *, today: date | None = None) -> bytes:
    """Meetings at which one of ``rows`` comes up, from today on."""
    meetings = meetings_of(
        rows, link=lambda path: site.base + path, today=today or timezone.localdate()
    )
    return calendar_of(meetings, _("W2I: resolutions that come up"))
