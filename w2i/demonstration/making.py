"""Makes demonstration data, always the same for one seed and one set of sizes.

Everything goes through the models' own bulk methods, which keep search, activity and page versions
in step; one transaction holds it all, so a run that is broken off leaves nothing behind.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from accounts.models import Organization, User
from accounts.models.organization import OrganizationKind
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Answer,
    Channel,
    Contribution,
    ContributionKind,
    ContributionState,
    Convener,
    Dialogue,
    Person,
    PersonRole,
    Section,
    SectionKind,
    Sector,
    Tally,
    TallySource,
    Theme,
)
from recommendations import words
from recommendations.models import (
    Addressee,
    Audience,
    Pillar,
    ProgressUpdate,
    Recommendation,
    Report,
    Source,
    Status,
    one_refresh,
)
from resolutions.boundaries import boundary_of, population_of
from resolutions.models import (
    ADOPTED,
    CAN_FOLLOW,
    Council,
    CouncilKind,
    Grade,
    Instrument,
    Jurisdiction,
    ModelResolution,
    Resolution,
    Step,
    StepKind,
    StepSource,
)
from resolutions.models.resolution import ANNOUNCES, VOTED, VoteMethod
from w2i.demonstration import phrases
from w2i.demonstration.phrases import Sayings, Text
from w2i.demonstration.removing import KEEPER, Impossible, present

_CHUNK = 2_000
_T = TypeVar("_T")
Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much to make. Organizations, people and steps follow from these.

    ``resolutions`` are shared out among all councils, ``updates`` among all recommendations; 0
    leaves that to chance, which gives some two and many none. ``recommendations`` are shared out
    among ``reports``.
    """

    councils: int = 200
    dialogues: int = 20
    statements: int = 2_000
    recommendations: int = 0
    resolutions: int = 0
    reports: int = 1
    updates: int = 0

    @property
    def total(self) -> int:
        return self.councils + self.dialogues + self.statements + self.recommendations


def make(sizes: Sizes, *, seed: int, advance: Advance = lambda done: None) -> None:
    """Make the demonstration data, all of it or nothing.

    ``advance`` is told how many things of ``sizes.total`` have been written since it was last
    called.

    Raises:
        Impossible: there is demonstration data already, the record is not loaded, or the sizes
            contradict each other.
    """
    if sizes.statements and not sizes.dialogues:
        raise Impossible("Statements are made in dialogues: ask for at least one dialogue.")
    if sizes.recommendations and not sizes.reports:
        raise Impossible("Recommendations stand in reports: ask for at least one report.")
    with transaction.atomic():
        if any(present().values()):
            raise Impossible(
                "Demonstration data is already here, and was left as it is. Remove it first: "
                "manage.py make_demo --remove"
            )
        record = _Record.read()
        # Each part draws from its own numbers: more councils leave the statements as they are.
        bodies = _organizations(_drawing(seed, "organizations"), sizes)
        if sizes.recommendations:
            rng = _drawing(seed, "recommendations")
            _reports(rng, record, sizes, advance)
        _councils(_drawing(seed, "councils"), record, bodies, sizes, advance)
        _dialogues(seed, record, bodies, sizes, advance)


def _drawing(seed: int, part: str) -> random.Random:
    return random.Random(f"{seed} {part}")  # noqa: S311 - invented content, no secret


@dataclass(frozen=True, slots=True)
class _Record:
    """What demonstration data leans on, and never changes."""

    keeper: User
    report: Report
    model: ModelResolution
    recommendations: list[Recommendation]
    jurisdictions: list[Jurisdiction]

    @classmethod
    def read(cls) -> "_Record":
        recommendations = list(
            Recommendation.objects.public().filter(is_demo=False).order_by("code")
        )
        model = ModelResolution.objects.public().filter(is_demo=False).first()
        jurisdictions = list(
            Jurisdiction.objects.filter(parent__isnull=False)
            .select_related("parent")
            .order_by("code")
        )
        if not (recommendations and model and jurisdictions):
            raise Impossible("The record is not loaded yet. Load it first: manage.py load_record")
        return cls(
            keeper=User.objects.keeper(KEEPER),
            report=recommendations[0].report,
            model=model,
            recommendations=recommendations,
            jurisdictions=jurisdictions,
        )


def _chunks(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while chunk := list(islice(items, size)):
        yield chunk


def _evening(day: date, seconds: int = 0) -> datetime:
    return datetime.combine(day, time(19), UTC) + timedelta(seconds=seconds)


def _day(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


# Organizations


def _organizations(rng: random.Random, sizes: Sizes) -> list[Organization]:
    count = min(60, (sizes.councils + 9) // 10 + 2 * sizes.dialogues)
    kinds = (OrganizationKind.NGO, OrganizationKind.NETWORK, OrganizationKind.FOUNDATION)
    rows = []
    for n, place in enumerate(phrases.place_names(rng, count), 1):
        name = phrases.organization_name(rng, place)
        slug = f"demo-{n}-{words.slug(name)}"[:80]
        rows.append(
            Organization(
                slug=slug,
                name=name,
                kind=rng.choice(kinds),
                website=f"https://{words.slug(place)}.example/",
                is_demo=True,
            )
        )
    return Organization.objects.bulk_create(rows)


# Other reports


def _reports(rng: random.Random, record: _Record, sizes: Sizes, advance: Advance) -> None:
    """Reports of their own: a finding on a real recommendation would change its real status."""
    first = 1
    for n in range(1, sizes.reports + 1):
        count = _share(sizes.recommendations, sizes.reports, n)
        _recommendations(rng, record, n, range(first, first + count), sizes, advance)
        first += count


def _recommendations(
    rng: random.Random,
    record: _Record,
    number: int,
    numbers: range,
    sizes: Sizes,
    advance: Advance,
) -> None:
    """The ``number``th report, with a recommendation for each of ``numbers``."""
    audiences, pillars = list(Audience.objects.all()), list(Pillar.objects.all())
    addressees = list(Addressee.objects.all())
    if not (audiences and pillars and addressees):
        raise Impossible("The record is not loaded yet. Load it first: manage.py load_record")
    moment = _evening(date(2012, 3, 5) + timedelta(days=number - 1))
    by = record.keeper
    is_first = number == 1
    report = Report.objects.create(
        slug="demonstration-report" if is_first else f"demonstration-report-{number}",
        title=phrases.REPORT_TITLE if is_first else f"{phrases.REPORT_TITLE} ({number})",
        short_title="Demonstration report" if is_first else f"Demonstration report {number}",
        publisher="Institute of Demonstration",
        released=moment.date(),
        summary=phrases.REPORT_SUMMARY,
        published_at=moment,
        published_by=by,
        is_demo=True,
    )
    Report.history.filter(id=report.pk).delete()  # its making is no change anybody made
    findings = [status for status in Status if status != Status.NOT_ASSESSED]
    for chunk in _chunks(iter(numbers), _CHUNK):
        rows, updates, sources = [], [], []
        for n in chunk:
            row = Recommendation(
                code=f"DEMO-{n:04}",
                report=report,
                audience=rng.choice(audiences),
                pillar=rng.choice(pillars),
                order=n,
                text=_IDEA_OF_A_REPORT.draw(rng).en,
                published_at=moment,
                published_by=by,
                is_demo=True,
            )
            how_many = rng.randrange(4)
            if sizes.updates:
                how_many = _share(sizes.updates, sizes.recommendations, n)
            days = sorted(_day(rng, date(2013, 1, 1), date(2024, 6, 1)) for _ in range(how_many))
            for day in days:
                finding = phrases.filled(rng, phrases.UPDATE_SUMMARY)
                update = ProgressUpdate(
                    recommendation=row,
                    status=rng.choice(findings),
                    on=day,
                    summary=finding.en,
                    assessed_by="Demonstration",
                    published_at=_evening(day + timedelta(days=30)),
                    published_by=by,
                    is_demo=True,
                )
                row.status, row.status_on = update.status, update.on
                updates.append(update)
                sources.append(
                    Source(
                        update=update,
                        publisher="Gazette of Demonstration",
                        title=f"Notice {n} of {day.year}",
                        url=f"https://gazette.example/{day.isoformat()}/{n}",
                        published_on=day,
                        read_on=day + timedelta(days=30),
                    )
                )
            rows.append(row)
        asked = Recommendation.addressees.through
        with one_refresh():
            Recommendation.objects.bulk_create(rows)
            asked.objects.bulk_create(
                [
                    asked(recommendation_id=row.pk, addressee_id=addressee.pk)
                    for row in rows
                    for addressee in rng.sample(addressees, min(len(addressees), rng.randint(1, 2)))
                ]
            )
            ProgressUpdate.objects.bulk_create(updates)
            Source.objects.bulk_create(sources)
        advance(len(rows))


_IDEA_OF_A_REPORT = Sayings(
    (Text("{who} should {deed}{when}.", "{who} {deed}{when}."),), phrases.DEEDS, more=0
)

# Councils, their resolutions and what happened to them

_FRENCH = frozenset({"CA-QC"})
# Roughly the middle of where people live, as (latitude, longitude): enough for a dot on a map.
_MIDDLES = {
    "CA-AB": (52.3, -113.8), "CA-BC": (51.0, -121.0), "CA-MB": (50.2, -98.0),
    "CA-NB": (46.4, -66.3), "CA-NL": (48.7, -56.0), "CA-NS": (45.0, -63.5),
    "CA-NT": (62.6, -115.0), "CA-NU": (63.9, -95.0), "CA-ON": (44.8, -79.0),
    "CA-PE": (46.3, -63.2), "CA-QC": (46.6, -72.2), "CA-SK": (51.3, -105.8),
    "CA-YT": (61.3, -135.2), "US-AK": (62.3, -149.5), "US-AL": (33.0, -86.8),
    "US-AR": (34.9, -92.4), "US-AZ": (33.6, -111.9), "US-CA": (36.9, -120.3),
    "US-CO": (39.3, -105.0), "US-CT": (41.6, -72.7), "US-DC": (38.9, -77.0),
    "US-DE": (39.2, -75.5), "US-FL": (28.4, -81.7), "US-GA": (33.0, -83.6),
    "US-HI": (21.0, -157.3), "US-IA": (41.9, -93.4), "US-ID": (43.8, -114.8),
    "US-IL": (40.4, -89.0), "US-IN": (40.0, -86.2), "US-KS": (38.5, -97.5),
    "US-KY": (37.7, -85.3), "US-LA": (30.8, -91.8), "US-MA": (42.3, -71.8),
    "US-MD": (39.2, -76.8), "US-ME": (44.6, -69.5), "US-MI": (43.0, -84.6),
    "US-MN": (45.3, -94.2), "US-MO": (38.5, -92.5), "US-MS": (32.7, -89.7),
    "US-MT": (46.8, -110.0), "US-NC": (35.5, -79.4), "US-ND": (47.4, -99.8),
    "US-NE": (41.1, -98.5), "US-NH": (43.3, -71.5), "US-NJ": (40.2, -74.5),
    "US-NM": (34.6, -106.3), "US-NV": (38.2, -117.3), "US-NY": (42.6, -75.5),
    "US-OH": (40.3, -82.8), "US-OK": (35.5, -97.3), "US-OR": (44.4, -121.8),
    "US-PA": (40.7, -77.4), "US-RI": (41.7, -71.5), "US-SC": (34.0, -81.0),
    "US-SD": (44.2, -99.7), "US-TN": (35.8, -86.6), "US-TX": (31.3, -97.9),
    "US-UT": (39.9, -111.7), "US-VA": (37.6, -78.4), "US-VT": (44.0, -72.7),
    "US-WA": (47.3, -121.0), "US-WI": (44.2, -89.6), "US-WV": (38.7, -80.7),
    "US-WY": (42.9, -107.0),
}  # fmt: skip
_INSTRUMENTS = {
    Instrument.COUNCIL_RESOLUTION: 60,
    Instrument.PROCLAMATION: 18,
    Instrument.BYLAW: 8,
    Instrument.ENDORSEMENT: 8,
    Instrument.ASSOCIATION: 6,
}
_MAYORAL = frozenset({Instrument.PROCLAMATION, Instrument.ENDORSEMENT})
_OF_A_MAYOR = frozenset(
    {
        StepKind.DRAFTED,
        StepKind.SUBMITTED,
        StepKind.PROCLAIMED,
        StepKind.WITHDRAWN,
        StepKind.RESCINDED,
    }
)
_IN_THE_UNITED_STATES_ONLY = frozenset({StepKind.SIGNED, StepKind.VETOED, StepKind.OVERRIDDEN})
# What is likely next, of all that may follow; 1 unless it stands here.
_LIKELY = {StepKind.ADOPTED: 12, StepKind.AMENDED: 4, StepKind.PROCLAIMED: 20, StepKind.SIGNED: 6}
_SETTLED = frozenset(StepKind) - {
    kind for kind, after in CAN_FOLLOW.items() if StepKind.ADOPTED in after
}


def _councils(
    rng: random.Random,
    record: _Record,
    bodies: Sequence[Organization],
    sizes: Sizes,
    advance: Advance,
) -> None:
    count = sizes.councils
    # Many where many people live, as councils are.
    weights = [population_of(place.code) or 1_000_000 for place in record.jurisdictions]
    jurisdictions = rng.choices(record.jurisdictions, weights, k=count)
    in_french = sum(1 for place in jurisdictions if place.code in _FRENCH)
    french = iter(phrases.place_names(rng, in_french, french=True))
    english = iter(phrases.place_names(rng, count - in_french))
    numbered = enumerate(jurisdictions, 1)
    for chunk in _chunks(numbered, _CHUNK):
        councils: list[Council] = []
        resolutions: list[Resolution] = []
        steps: list[Step] = []
        sources: list[StepSource] = []
        for n, place in chunk:
            council = _council(rng, n, next(french if place.code in _FRENCH else english), place)
            councils.append(council)
            how_many = rng.choices((0, 1, 2), (35, 55, 10))[0]
            if sizes.resolutions:
                how_many = _share(sizes.resolutions, count, n)
            for number in range(1, how_many + 1):
                resolution, its_steps, its_sources = _resolution(
                    rng, record, bodies, council, number
                )
                resolutions.append(resolution)
                steps += its_steps
                sources += its_sources
        with one_refresh():
            Council.objects.bulk_create(councils)
            Resolution.objects.bulk_create(resolutions)
            Step.objects.bulk_create(steps)
            StepSource.objects.bulk_create(sources)
        advance(len(councils))


def _share(total: int, parts: int, n: int) -> int:
    """How many of ``total`` fall to the ``n``th of ``parts``, beginning with 1."""
    return total * n // parts - total * (n - 1) // parts


def _council(rng: random.Random, n: int, name: str, place: Jurisdiction) -> Council:
    population = int(rng.lognormvariate(9.3, 1.3))
    kind = CouncilKind.CITY
    if population < 15_000:
        kind = rng.choice((CouncilKind.TOWN, CouncilKind.VILLAGE, CouncilKind.DISTRICT))
    latitude, longitude = _position(rng, place.code)
    return Council(
        slug=f"demo-{n}-{words.slug(name)}",
        name=name,
        kind=kind,
        jurisdiction=place,
        population=population,
        latitude=latitude,
        longitude=longitude,
        seats=rng.choice((5, 7, 9, 11)) if population < 50_000 else rng.choice((11, 13, 15)),
        website=f"https://{words.slug(name)}.example/",
        is_demo=True,
    )


def _position(rng: random.Random, code: str) -> tuple[Decimal | None, Decimal | None]:
    """Somewhere around the middle, within the boundary; nowhere where the middle is not known."""
    # Drawn all the same, so that the rest stays what it is.
    tries = [(rng.gauss(0, 0.6), rng.gauss(0, 0.9)) for _ in range(4)]
    middle, boundary = _MIDDLES.get(code), boundary_of(code)
    if middle is None or boundary is None:
        return None, None
    # The closer the tighter: the last is the middle itself, in the smallest as well.
    for north, east, reach in (*((*one, 1.0 / n) for n, one in enumerate(tries, 1)), (0, 0, 0)):
        latitude, longitude = middle[0] + north * reach, middle[1] + east * reach
        if boundary.holds(latitude, longitude):
            break
    return Decimal(f"{latitude:.5f}"), Decimal(f"{longitude:.5f}")


def _resolution(
    rng: random.Random,
    record: _Record,
    bodies: Sequence[Organization],
    council: Council,
    number: int,
) -> tuple[Resolution, list[Step], list[StepSource]]:
    """One resolution with its steps, as ``record_step`` would have left it."""
    language = "fr" if council.jurisdiction.code in _FRENCH else "en"
    instrument = rng.choices(list(_INSTRUMENTS), list(_INSTRUMENTS.values()))[0]
    is_draft = rng.random() < 0.1
    kinds = [StepKind.DRAFTED] if is_draft else _history(rng, council.jurisdiction, instrument)
    title = phrases.RESOLUTION_TITLES[instrument].in_language(language)
    summary = phrases.filled(rng, phrases.RESOLUTION_SUMMARY, council.name).in_language(language)
    mayor = phrases.person_name(rng)
    on = _day(rng, date(2010, 1, 4), date(2023, 6, 30))
    resolution = Resolution(
        slug=f"{council.slug}-{number}",
        council=council,
        model=record.model if rng.random() < 0.8 else None,
        champion=rng.choice(bodies) if bodies and rng.random() < 0.7 else None,
        instrument=instrument,
        title=title.format(place=council.name),
        summary=summary,
        language=language,
        is_demo=True,
    )
    steps, sources = [], []
    in_force = False
    for kind in kinds:
        noted = _evening(on + timedelta(days=rng.randint(0, 40)))
        is_verified = rng.random() < 0.75
        wait = timedelta(days=rng.randint(7, 60))
        turn = 0
        if is_verified:  # as StepQuerySet.note_turns reads it
            turn, in_force = (kind in ADOPTED) - in_force, kind in ADOPTED
        step = Step(
            resolution=resolution,
            kind=kind,
            on=on,
            summary=phrases.STEP_SUMMARIES[kind].in_language(language),
            language=language,
            actor=mayor if kind in _OF_A_MAYOR or rng.random() < 0.3 else "",
            recorded_at=noted,
            recorded_by=record.keeper,
            verified_at=noted + timedelta(days=1) if is_verified else None,
            verified_by=record.keeper if is_verified else None,
            turn=turn,
            is_demo=True,
            **_meeting(rng, kind, instrument, council.seats or 9, on + wait),
        )
        steps.append(step)
        resolution.status, resolution.status_on = kind, on
        if is_verified:
            resolution.verified_status = kind
        grade = rng.choice((Grade.SIGNED_COPY, Grade.MINUTES)) if is_verified else Grade.CLAIM
        sources.append(
            StepSource(
                step=step,
                publisher=council.name,
                title=f"{Grade(grade).label}, {on.isoformat()}",
                url=f"{council.website}{kind}/{on.isoformat()}",
                published_on=on,
                read_on=noted.date(),
                grade=grade,
            )
        )
        on += wait
    if not is_draft:
        resolution.published_at = steps[-1].recorded_at
        resolution.published_by = record.keeper
    return resolution, steps, sources


def _meeting(
    rng: random.Random, kind: StepKind, instrument: str, seats: int, ahead: date
) -> dict[str, Any]:
    """What is noted of the meeting: who moved it, the vote, and the day it comes up on."""
    if instrument in _MAYORAL:
        return {}
    if kind in ANNOUNCES:
        return {"meets_on": ahead}
    if kind not in VOTED:
        return {}
    details = {
        "meeting": "Regular council",
        "mover": phrases.person_name(rng),
        "seconder": phrases.person_name(rng),
    }
    if details["mover"] == details["seconder"]:
        details["seconder"] = ""
    if kind not in ADOPTED | {StepKind.DEFEATED}:
        return details
    if kind != StepKind.DEFEATED and rng.random() < 0.3:
        return {**details, "vote_method": VoteMethod.UNANIMOUS}
    absent, less = rng.choice((0, 0, 1)), rng.randint(0, seats // 3)
    for_, against = seats - absent - less, less
    if kind == StepKind.DEFEATED:
        for_, against = against, for_
    return {
        **details,
        "vote_method": VoteMethod.COUNTED,
        "votes_for": for_,
        "votes_against": against,
        "votes_absent": absent,
        "seats": seats,
    }


def _history(rng: random.Random, place: Jurisdiction, instrument: str) -> list[StepKind]:
    """Steps of which each may follow the one before, and which fit the instrument."""
    if instrument in _MAYORAL:
        possible = _OF_A_MAYOR
    else:
        possible = frozenset(StepKind) - {StepKind.PROCLAIMED}
        if not place.code.startswith("US"):
            possible -= _IN_THE_UNITED_STATES_ONLY
    kinds = [rng.choice((StepKind.DRAFTED, StepKind.SUBMITTED))]
    while len(kinds) < 8:
        stop = 0.85 if kinds[-1] in _SETTLED else 0.12
        # In the order of StepKind: that of a set changes from run to run.
        ways = [kind for kind in StepKind if kind in CAN_FOLLOW[kinds[-1]] & possible]
        if not ways or rng.random() < stop:
            break
        kinds.append(rng.choices(ways, [_LIKELY.get(kind, 1) for kind in ways])[0])
    return kinds


# Dialogues and what was said in them

_SAYINGS = {
    ContributionKind.HOPE: Sayings(phrases.HOPES, phrases.DEEDS),
    ContributionKind.CONCERN: Sayings(phrases.CONCERNS, phrases.FAILINGS),
    ContributionKind.QUESTION: Sayings(phrases.QUESTIONS, phrases.DEEDS, more=0.15),
    ContributionKind.RESERVATION: Sayings(phrases.RESERVATIONS, phrases.DEEDS),
    ContributionKind.IDEA: Sayings(phrases.IDEAS, phrases.DEEDS),
    ContributionKind.COMMITMENT: Sayings(phrases.COMMITMENTS, phrases.PROMISES, more=0.2),
}
_SHARES = {
    ContributionKind.HOPE: 24,
    ContributionKind.CONCERN: 22,
    ContributionKind.QUESTION: 14,
    ContributionKind.RESERVATION: 8,
    ContributionKind.IDEA: 20,
    ContributionKind.COMMITMENT: 12,
}
_AGENDA = (
    (AgendaKind.WELCOME, phrases.AGENDA_WELCOME),
    (AgendaKind.ROUND, phrases.AGENDA_ROUND),
    (AgendaKind.BRIEF, phrases.AGENDA_BRIEF),
    (AgendaKind.QUESTIONS, phrases.AGENDA_QUESTIONS),
    (AgendaKind.SCALE, phrases.AGENDA_SCALE),
    (AgendaKind.IDEAS, phrases.AGENDA_IDEAS),
    (AgendaKind.CLOSING, phrases.AGENDA_CLOSING),
)
_SECTIONS = (
    (SectionKind.INTRODUCTION, phrases.INTRODUCTION, phrases.SECTION_INTRODUCTION),
    (SectionKind.CONCLUSION, phrases.CONCLUSION, phrases.SECTION_CONCLUSION),
    (SectionKind.NEXT_STEPS, phrases.NEXT_STEPS, phrases.SECTION_NEXT_STEPS),
)
_EVERY_SO_MANY_IS_A_DRAFT = 6
# How statements came in, and how often each of phrases.THEMES is spoken of.
_WAYS = {Channel.CONSOLE: 55, Channel.PHONE: 40, Channel.IMPORT: 5}
_THEMES = (30, 22, 16, 12, 9, 7, 4)


def _shares(total: int, parts: int) -> list[int]:
    """``total`` in ``parts``: the first is large, the last small, as dialogues are."""
    weights = [1 / (n + 1) for n in range(parts)]
    sizes = [int(total * weight / sum(weights)) for weight in weights]
    if sizes:
        sizes[0] += total - sum(sizes)
    return sizes


def _dialogues(
    seed: int,
    record: _Record,
    bodies: Sequence[Organization],
    sizes: Sizes,
    advance: Advance,
) -> None:
    rng = _drawing(seed, "dialogues")
    shares = _shares(sizes.statements, sizes.dialogues)
    places = phrases.place_names(rng, sizes.dialogues)
    for n, (place, statements) in enumerate(zip(places, shares, strict=True), 1):
        dialogue = _dialogue(rng, record, bodies, n, place, statements)
        advance(1)
        said_there = _statements(_drawing(seed, f"statements {n}"), record, dialogue, statements)
        sorting = _drawing(seed, f"sorting {n}")
        themes = Theme.objects.bulk_create(
            [
                Theme(dialogue=dialogue, name=name.in_language(dialogue.language))
                for name in phrases.THEMES
            ]
        )
        _votes(sorting, dialogue)
        for chunk in _chunks(said_there, _CHUNK):
            for said in chunk:
                said.row.channel = sorting.choices(list(_WAYS), list(_WAYS.values()))[0]
            with one_refresh():
                Contribution.objects.bulk_create([said.row for said in chunk])
                Contribution.themes.through.objects.bulk_create(_sorted(sorting, chunk, themes))
                about = Contribution.about.through
                about.objects.bulk_create(
                    [
                        about(contribution_id=said.row.pk, recommendation_id=recommendation.pk)
                        for said in chunk
                        for recommendation in said.about
                    ]
                )
                Answer.objects.bulk_create([said.answer for said in chunk if said.answer])
            advance(len(chunk))


def _votes(rng: random.Random, dialogue: Dialogue) -> None:
    """How those who came answered the scale, around a middle of their own."""
    middle, width = rng.uniform(5, 8.5), rng.uniform(1.2, 2.4)
    came = dialogue.participant_count or 0
    for item in dialogue.agenda.filter(kind=AgendaKind.SCALE):
        counts = [0] * 11
        for _voter in range(rng.randint(came // 2, came)):
            counts[min(max(round(rng.gauss(middle, width)), 0), 10)] += 1
        Tally.objects.bulk_create(
            [
                Tally(item=item, source=TallySource.BALLOTS, score=score, n=n)
                for score, n in enumerate(counts)
            ]
        )


def _sorted(rng: random.Random, chunk: Sequence["_Said"], themes: Sequence[Theme]) -> list[Any]:
    """Links of statements to themes: most have one, some two, some none."""
    link = Contribution.themes.through
    links = []
    for said in chunk:
        many = rng.choices((0, 1, 2), (20, 60, 20))[0]
        for theme in sorted(set(rng.choices(range(len(themes)), _THEMES, k=many))):
            links.append(link(contribution_id=said.row.pk, theme_id=themes[theme].pk))
    return links


def _dialogue(
    rng: random.Random,
    record: _Record,
    bodies: Sequence[Organization],
    n: int,
    place: str,
    statements: int,
) -> Dialogue:
    language = "fr" if n % 5 == 0 else "en"
    where = rng.choice(record.jurisdictions)
    on = _day(rng, date(2010, 2, 1), date(2024, 6, 1))
    venue = phrases.venue_name(rng)
    is_draft = n % _EVERY_SO_MANY_IS_A_DRAFT == 0
    dialogue = Dialogue(
        slug=f"demo-{n}-{words.slug(place)}",
        title=phrases.DIALOGUE_TITLE.in_language(language).format(place=place),
        report=record.report,
        on=on,
        place=place,
        region=where.name_en,
        country=where.parent.name_en if where.parent else "",
        venue=venue,
        language=language,
        lead=phrases.DIALOGUE_LEAD.en.format(place=place),
        lead_fr=phrases.DIALOGUE_LEAD.fr.format(place=place),
        subject=phrases.DIALOGUE_SUBJECT.in_language(language),
        participant_count=rng.randint(12, 60) + statements // 6,
        resonance_question=phrases.DIALOGUE_RESONANCE.in_language(language),
        published_at=None if is_draft else _evening(on + timedelta(days=14)),
        published_by=None if is_draft else record.keeper,
        is_demo=True,
    )
    roles = (PersonRole.CHAIR, PersonRole.MODERATOR, PersonRole.SPEAKER, PersonRole.SPEAKER)
    people = [
        Person(
            dialogue=dialogue,
            order=order,
            name=phrases.person_name(rng),
            affiliation=rng.choice(bodies).name if bodies else "",
            role=role,
        )
        for order, role in enumerate(roles, 1)
    ]
    agenda = [
        AgendaItem(dialogue=dialogue, order=order, kind=kind, text=text.in_language(language))
        for order, (kind, text) in enumerate(_AGENDA, 1)
    ]
    for item in agenda:
        if item.kind == AgendaKind.SCALE:  # voted on; the other rounds leave no trace of a time
            item.started_at, item.started_by = _evening(on), record.keeper
            item.ended_at = _evening(on, 300)
    sections = [
        Section(
            dialogue=dialogue,
            kind=kind,
            heading=heading.in_language(language),
            body=phrases.filled(rng, body, place, venue).in_language(language),
        )
        for kind, heading, body in _SECTIONS
    ]
    conveners = [
        Convener(dialogue=dialogue, organization=body, order=order)
        for order, body in enumerate(rng.sample(bodies, min(2, len(bodies))), 1)
    ]
    led_by = AgendaItem.led_by.through
    with one_refresh():
        Dialogue.objects.bulk_create([dialogue])
        Person.objects.bulk_create(people)
        AgendaItem.objects.bulk_create(agenda)
        Section.objects.bulk_create(sections)
        Convener.objects.bulk_create(conveners)
        led_by.objects.bulk_create(
            [
                led_by(agendaitem_id=item.pk, person_id=rng.choice(people).pk)
                for item in agenda
                if item.kind != AgendaKind.SCALE
            ]
        )
    return dialogue


@dataclass(frozen=True, slots=True)
class _Said:
    """One statement with what hangs on it."""

    row: Contribution
    about: list[Recommendation]
    answer: Answer | None


def _statements(
    rng: random.Random, record: _Record, dialogue: Dialogue, count: int
) -> Iterator[_Said]:
    kinds = sorted(
        rng.choices(list(_SHARES), list(_SHARES.values()), k=count), key=list(_SHARES).index
    )
    sectors = ["", *Sector.values]
    before, order = "", 0
    for n, kind in enumerate(kinds):
        order = order + 1 if kind == before else 1
        before = kind
        said = _SAYINGS[kind].draw(rng)
        language = dialogue.language if rng.random() < 0.9 else "fr"
        row = Contribution(
            dialogue=dialogue,
            code=f"{kind.upper()}-{order:04}",
            kind=kind,
            order=order,
            sector=rng.choice(sectors),
            text=said.in_language(language),
            language=language,
        )
        if rng.random() < 0.1:
            row.translation = said.in_language("en" if language == "fr" else "fr")
        state = rng.random()
        if state < 0.06:
            row.state = ContributionState.HELD
        else:
            row.state = ContributionState.POSTED
            row.posted_at, row.posted_by = _evening(dialogue.on, n), record.keeper
        if state > 0.96:
            row.state = ContributionState.WITHDRAWN
            row.withdrawn_at = _evening(dialogue.on + timedelta(days=3), n)
            row.withdrawn_by = record.keeper
        links = min(rng.choices((0, 1, 2), (20, 60, 20))[0], len(record.recommendations))
        answer = None
        if kind == ContributionKind.QUESTION and rng.random() < 0.8:
            answer = Answer(
                contribution=row,
                text=rng.choice(phrases.ANSWERS).in_language(language),
                language=language,
                answered_by=phrases.person_name(rng),
            )
        yield _Said(row, rng.sample(record.recommendations, links), answer)
