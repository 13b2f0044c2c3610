"""An organization's own spreadsheet: read and matched to councils first, then written whole.

Nothing is written before every doubt is answered; then all of it in one transaction, or nothing.
Every row becomes a step that is reported, never a verified one.
"""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from recommendations.models import one_refresh
from recommendations.models.texts import reading
from recommendations.sheets_in import Row, rows_of
from resolutions import naming
from resolutions.models import (
    Council,
    CouncilKind,
    Grade,
    Jurisdiction,
    Resolution,
    Step,
    StepSource,
    searchable,
)
from resolutions.models.council import worded
from resolutions.rows_in import ALIASES, COLUMNS, NEEDED, Event, event_of
from resolutions.starting import free_slug

MOST = 250  # rows at once: each is held against what came before it, some 20 ms a row
OFFERED = 6  # councils a doubtful name may mean
_SALT = "resolution-import"
_GOOD_FOR = 86_400  # seconds between a preview and its confirmation
_NEAR = 0.75  # share of letters in common, from which a name is offered
_MOST_LETTERS = 4  # more or less than typed


def read(source: UploadedFile | str) -> list[Row]:
    """The rows of a list.

    Raises:
        ValidationError: it can't be read, is too large, or a column is missing.
    """
    return rows_of(source, ALIASES, needs=NEEDED, most=MOST)


# ---- Places ----


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as a list names it. ``key`` is the same for the same name."""

    key: str
    name: str
    region: Jurisdiction | None


_SAINTS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
_KINDS = {
    "rm": CouncilKind.RURAL,
    "rural municipality": CouncilKind.RURAL,
    "municipalite rurale": CouncilKind.RURAL,
    "regional municipality": CouncilKind.REGIONAL,
    "municipalite regionale": CouncilKind.REGIONAL,
    "ville": CouncilKind.CITY,
    "municipalite": CouncilKind.MUNICIPALITY,
    "canton": CouncilKind.TOWNSHIP,
    "comte": CouncilKind.COUNTY,
    "paroisse": CouncilKind.PARISH,
    "hameau": CouncilKind.HAMLET,
    "arrondissement": CouncilKind.BOROUGH,
}


def _spoken(name: str) -> str:
    """A name as it is compared: folded, and "St." as "Saint"."""
    return " ".join(_SAINTS.get(word, word) for word in searchable(name).split())


def _bare(name: str) -> tuple[str, str]:
    """A name without what kind of municipality it is, and that kind ('' where none is named)."""
    if found := naming.FORMAL.fullmatch(worded(name)):
        word = found["kind"] or found["genre"]
        return _spoken(found["name"] or found["nom"]), _KINDS.get(word, word)
    return _spoken(name), ""


class Places:
    """The councils a list can mean, by their names, the larger before the smaller. Asks one query
    for the provinces it names.
    """

    def __init__(self, regions: Iterable[Jurisdiction | None]) -> None:
        rows = Council.objects.order_by(F("population").desc(nulls_last=True), "id")
        ids = {region.pk if region else None for region in regions}
        if None not in ids:
            rows = rows.filter(jurisdiction__in=ids)
        self.kinds: dict[int, str] = {}
        self._places: dict[int, int] = {}  # by population
        self._parts_of: dict[int | None, dict[str, list[str]]] = {}
        # By province or state; under None all of them.
        self.names: dict[int | None, dict[str, list[int]]] = {None: {}}
        columns = ("pk", "name", "name_fr", "kind", "jurisdiction")
        for place, (pk, name, name_fr, kind, of) in enumerate(rows.values_list(*columns)):
            self.kinds[pk] = kind
            self._places[pk] = place
            for spoken in {_spoken(one) for one in (name, name_fr) if one}:
                for names in (self.names[None], self.names.setdefault(of, {})):
                    names.setdefault(spoken, []).append(pk)

    def exact(self, place: Place) -> list[int]:
        """Those of this very name; of the kind it names, where one of them is of that kind."""
        names = self.names.get(place.region.pk if place.region else None, {})
        if whole := names.get(_spoken(place.name)):
            return whole
        name, kind = _bare(place.name)
        found = names.get(name, [])
        return [pk for pk in found if self.kinds[pk] == kind] or found

    def near(self, place: Place) -> list[int]:
        """Those whose name begins alike or differs by few letters, the likeliest first."""
        of = place.region.pk if place.region else None
        names, parts = self.names.get(of, {}), self._parts(of)
        name, _kind = _bare(place.name)
        if len(name) < 3:
            return []
        alike = {one for part in _ends(name) for one in parts.get(part, ())}
        close = difflib.get_close_matches(
            name,
            [one for one in alike if abs(len(one) - len(name)) <= _MOST_LETTERS],
            n=OFFERED,
            cutoff=_NEAR,
        )
        longer = [one for one in alike if one.startswith(f"{name} ") or name.startswith(f"{one} ")]
        found = dict.fromkeys(pk for one in close for pk in names[one])
        also = {pk for one in longer for pk in names[one]}
        return list(found | dict.fromkeys(sorted(also, key=lambda pk: self._places[pk])))

    def _parts(self, of: int | None) -> dict[str, list[str]]:
        """Names of a province or state by how they begin and end; made when first asked for."""
        if of not in self._parts_of:
            found: dict[str, list[str]] = {}
            for name in self.names.get(of, {}):
                for part in _ends(name):
                    found.setdefault(part, []).append(name)
            self._parts_of[of] = found
        return self._parts_of[of]


def _ends(name: str) -> tuple[str, str]:
    """How a name begins and ends. Whoever mistypes one rarely mistypes both."""
    return f"{name[:2]}…", f"…{name[-3:]}"


def _regions() -> dict[str, Jurisdiction]:
    return naming.regions_by_name(Jurisdiction.objects.select_related("parent"))


# ---- What is understood ----


@dataclass(slots=True)
class Line:
    """A row of the list: what it says, for which council; or what is wrong with it."""

    row: Row
    place: Place
    event: Event | None = None
    council: Council | None = None
    errors: list[str] = field(default_factory=list)
    is_known: bool = False

    @property
    def number(self) -> int:
        return self.row.number


@dataclass(slots=True)
class Asked:
    """A name that may mean several councils, or none: somebody must say which.

    ``why`` is "several" where councils have this very name, "near" where some are named alike, and
    "unknown".
    """

    place: Place
    why: str
    councils: list[Council]
    more: int = 0  # that it may mean as well, too many to show
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A list as it is understood so far."""

    ready: list[Line]
    asked: list[Asked]
    wrong: list[Line]

    @cached_property
    def municipalities(self) -> int:
        return len({line.council.pk for line in self.ready if line.council})


@dataclass(slots=True)
class Draft:
    """A list on its way: its rows, and what has been answered. Carried by the form, signed.

    ``answers`` are councils somebody chose by the key of a place, 0 for leaving its rows out;
    ``left_out`` are numbers of rows.
    """

    rows: list[Row]
    answers: dict[str, int] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    # Why rows could not be written when that was tried.
    refused: dict[int, str] = field(default_factory=dict)

    def rename(self, numbers: Iterable[int], name: str) -> None:
        """Write another municipality in these rows, and its province or state after a comma."""
        wanted = set(numbers)
        name, region = naming.after_comma(name, _regions())
        for row in self.rows:
            if row.number in wanted:
                row["municipality"] = name
                row["region"] = region.code if region else row["region"]


def understand(draft: Draft, champion: Organization | None) -> Sheet:
    """What a list says, and what must be asked, with what was answered so far."""
    answers, gone = draft.answers, set(draft.left_out)
    regions = _regions()
    lines = [_line(row, regions) for row in draft.rows if row.number not in gone]
    for line in lines:
        if line.number in draft.refused:
            line.errors.append(draft.refused[line.number])
    good = [line for line in lines if not line.errors]
    places = Places({line.place.region for line in good}) if good else None
    found: dict[str, list[int]] = {}
    why: dict[str, str] = {}
    for line in good:
        key = line.place.key
        if key in found or key in answers or places is None:
            continue
        exact = places.exact(line.place)
        # Without a province nobody can be sure, even of a name there is once.
        if len(exact) == 1 and line.place.region:
            found[key], why[key] = exact, ""
        elif exact:
            found[key], why[key] = exact, "several" if line.place.region else "near"
        else:
            found[key] = places.near(line.place)
            why[key] = "near" if found[key] else "unknown"
    wanted = {pk for pks in found.values() for pk in pks[:OFFERED]} | set(answers.values())
    councils = Council.objects.all().for_list().in_bulk(wanted)
    asked: dict[str, Asked] = {}
    ready = []
    for line in good:
        key = line.place.key
        if key in answers:
            line.council = councils.get(answers[key])
            if line.council:
                ready.append(line)
        elif why[key]:
            chosen = [councils[pk] for pk in found[key][:OFFERED]]
            more = len(found[key]) - len(chosen)
            question = asked.setdefault(key, Asked(line.place, why[key], chosen, more))
            question.rows.append(line.number)
        else:
            line.council = councils[found[key][0]]
            ready.append(line)
    _mark_known(ready, champion)
    return Sheet(ready, list(asked.values()), [line for line in lines if line.errors])


def _line(row: Row, regions: Mapping[str, Jurisdiction]) -> Line:
    typed = row["region"]
    name, region = row["municipality"], None
    if typed:
        region = regions.get(searchable(typed))
    else:
        name, region = naming.after_comma(name, regions)
    key = f"{region.code if region else ''}|{_spoken(name)}"
    line = Line(row, Place(key, name, region))
    if typed and region is None:
        line.errors.append(
            _("“%(typed)s” is no province, territory or state on record here.")
            % {"typed": typed[:40]}
        )
    try:
        line.event = event_of(row)
    except ValidationError as problem:
        line.errors += problem.messages
    return line


def _mark_known(lines: Iterable[Line], champion: Organization | None) -> None:
    """Note which rows say what is on record already. One query."""
    lines = list(lines)
    ids = {line.council.pk for line in lines if line.council}
    steps = Step.objects.filter(resolution__council__in=ids).order_by()
    if champion:
        steps = steps.filter(resolution__champion=champion)
    there = set(steps.values_list("resolution__council", "resolution__instrument", "kind", "on"))
    for line in lines:
        if line.council and (event := line.event):
            line.is_known = (line.council.pk, event.instrument, event.kind, event.on) in there


# ---- From the preview to its confirmation ----


def sealed(draft: Draft, champion: Organization | None, by: User) -> str:
    """A list as a form carries it from its preview to its confirmation, safe from changes."""
    rows = [[row.number, *(row[name] for name in COLUMNS)] for row in draft.rows]
    refused = list(draft.refused.items())
    whole = [by.pk, champion.pk if champion else 0, draft.answers, draft.left_out, refused, rows]
    return signing.dumps(whole, salt=_SALT, compress=True)


def unsealed(seal: str, by: User) -> tuple[Draft, int]:
    """The list of a preview, and the key of the organization it is for (0 for none).

    Raises:
        ValidationError: the preview is of yesterday, or of somebody else.
    """
    try:
        user, champion, answers, left_out, refused, rows = signing.loads(
            seal, salt=_SALT, max_age=_GOOD_FOR
        )
    except (signing.BadSignature, ValueError):
        user = None
    if user != by.pk:
        raise ValidationError(_("This preview has expired. Send the list once more."), code="old")
    read_again = [Row(number, dict(zip(COLUMNS, cells, strict=True))) for number, *cells in rows]
    return Draft(read_again, answers, left_out, dict(refused)), champion


def as_text(rows: Iterable[Row]) -> str:
    """A list as it could have been pasted, to be changed by hand."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return lines.getvalue()


# ---- Writing ----


@dataclass(slots=True)
class Taken:
    """What became of a list."""

    resolutions: int = 0
    steps: int = 0
    known: int = 0


class NotTaken(Exception):
    """Rows that contradict what is on record; ``problems`` says why, by the number of the row."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__(f"{len(problems)} rows")
        self.problems = problems


@one_refresh()
def take_in(lines: Iterable[Line], *, champion: Organization | None, by: User) -> Taken:
    """Write a list: all of it, or nothing. The same list twice changes nothing.

    Raises:
        NotTaken: some rows can't be written; none is.
    """
    taken, problems = Taken(), {}
    # As things happened, so that each row is held against what came before it.
    for line in sorted(
        lines, key=lambda row: (row.event.on if row.event else date.min, row.number)
    ):
        try:
            _take(line, taken, champion, by)
        except ValidationError as problem:
            problems[line.number] = " ".join(problem.messages)
    if problems:
        raise NotTaken(problems)
    return taken


def problems_of(
    lines: Iterable[Line], *, champion: Organization | None, by: User
) -> dict[int, str]:
    """Why rows could not be written, by their number; {} where all could. Nothing is written."""
    with transaction.atomic():
        try:
            take_in(lines, champion=champion, by=by)
        except NotTaken as problem:
            return problem.problems
        finally:
            transaction.set_rollback(True)
    return {}


def _take(line: Line, taken: Taken, champion: Organization | None, by: User) -> None:
    event, council = line.event, line.council
    assert event is not None  # noqa: S101 - only rows that are ready are taken in
    assert council is not None  # noqa: S101
    resolution = _resolution_of(council, event, champion, by)
    if resolution is None:
        resolution = Resolution.objects.create(
            slug=free_slug(council, event.on.year),
            council=council,
            champion=champion,
            instrument=event.instrument,
            subject=event.subject,
            reference=event.reference,
            language=reading(),
            is_demo=council.is_demo,
        )
        taken.resolutions += 1
    same = resolution.steps.filter(kind=event.kind, on=event.on).first()
    if same is not None and _differs(event, same):
        raise ValidationError(
            _(
                "It is on record already that this happened on that day, with another vote or other"
                " details. What is recorded stays: leave the row out, or tell an editor what is"
                " wrong."
            )
        )
    resolution.record_step(
        event.kind,
        on=event.on,
        by=by,
        summary=event.summary,
        source=_source(event),
        **event.details,
    )
    if same is not None:
        taken.known += 1
    else:
        taken.steps += 1


def _differs(event: Event, step: Step) -> bool:
    """Whether a row says otherwise than what is on record. An empty cell says nothing."""
    said = {"summary": event.summary, **event.details}
    return any(
        value not in ("", None) and getattr(step, name) != value for name, value in said.items()
    )


def _source(event: Event) -> StepSource | None:
    """Where it can be checked. Nobody has looked, so it is graded lowest until somebody does."""
    if not event.url:
        return None
    return StepSource(
        publisher=event.publisher,
        title=event.title,
        url=event.url,
        language=reading(),
        grade=Grade.CLAIM,
    )


def _resolution_of(
    council: Council, event: Event, champion: Organization | None, by: User
) -> Resolution | None:
    """The resolution a row continues; None where it begins another.

    Raises:
        ValidationError: it may be one of several, or is followed by somebody else.
    """
    of_form = Resolution.objects.filter(council=council, instrument=event.instrument)
    there = [
        row
        for row in of_form.visible_to(by).select_related("council").order_by("id")
        # Two numbers are two resolutions.
        if not (event.reference and row.reference and row.reference != event.reference)
    ]
    rows = [row for row in there if event.reference and row.reference == event.reference] or there
    theirs = [row for row in rows if row.champion_id == (champion and champion.pk)]
    theirs = theirs or [row for row in rows if by.has_perm("resolutions.record_step", row)]
    if len(theirs) == 1:
        return theirs[0]
    if theirs:
        raise ValidationError(
            _("Several resolutions of this council are on record: say in “number” which it is.")
        )
    if rows:
        raise ValidationError(
            _(
                "“%(name)s” of this council is on record and followed by somebody else. Report what"
                " happened on its page, or write its number if this is another one."
            ),
            params={"name": rows[0].name},
        )
    return None
