"""What is counted of resolutions: verified steps only, each form apart, nothing invented.

Two things are counted. Resolutions, by form: ``totals``. And councils, each once however many
resolutions it has: ``reach`` by place, ``changes`` by date. The newest of the changes always adds
up to what ``reach`` says.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db import connection, models

from resolutions.models import ADOPTED, Instrument, Resolution, Step, StepKind
from resolutions.models.council import CouncilQuerySet
from resolutions.models.resolution import ResolutionQuerySet

IN_FAVOUR = ADOPTED | {StepKind.PROCLAIMED}
CONSIDERED = frozenset(
    {
        StepKind.SUBMITTED,
        StepKind.NOTICE,
        StepKind.REFERRED,
        StepKind.DEFERRED,
        StepKind.SCHEDULED,
        StepKind.READING,
    }
)
# A draft is nobody's act yet.
ENDED = frozenset(StepKind) - IN_FAVOUR - CONSIDERED - {StepKind.DRAFTED}
OF_A_COUNCIL = (Instrument.COUNCIL_RESOLUTION, Instrument.BYLAW)


@dataclass
class Totals:
    """How many resolutions stand where, by form. A proclamation is never an adopted resolution."""

    in_favour: Counter[str] = field(default_factory=Counter)
    adopted_by: Counter[str] = field(default_factory=Counter)
    considered: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    proclaimed_by: Counter[str] = field(default_factory=Counter)

    @property
    def adopted(self) -> int:
        """Resolutions and by-laws that councils adopted."""
        return sum(self.adopted_by[form] for form in OF_A_COUNCIL)

    @property
    def proclaimed(self) -> int:
        return self.proclaimed_by[Instrument.PROCLAMATION]

    @property
    def open(self) -> int:
        """Before a council, and not decided."""
        return sum(self.considered[form] for form in OF_A_COUNCIL)

    @property
    def by_form(self) -> list[tuple[Instrument, int, int, int]]:
        """(form, in favour, being considered, ended otherwise) of each form there is."""
        rows = [
            (form, self.in_favour[form], self.considered[form], self.ended[form])
            for form in Instrument
        ]
        return [row for row in rows if any(row[1:])]

    def __bool__(self) -> bool:
        return bool(self.by_form)


def totals() -> tuple[Totals, Totals]:
    """Of record, and of demonstration data. One query, which reads one index."""
    of_record, of_demo = Totals(), Totals()
    for row in Resolution.objects.public().tally():
        into = of_demo if row["is_demo"] else of_record
        for kinds, counter in (
            (IN_FAVOUR, into.in_favour),
            (ADOPTED, into.adopted_by),
            (CONSIDERED, into.considered),
            (ENDED, into.ended),
            ({StepKind.PROCLAIMED}, into.proclaimed_by),
        ):
            if row["verified_status"] in kinds:
                counter[row["instrument"]] += row["n"]
    return of_record, of_demo


# ---- Councils, each once ----


class Standing(StrEnum):
    """Where a council stands by its own resolutions and by-laws: the best of what it has."""

    ADOPTED = "adopted"
    OPEN = "open"
    ENDED = "ended"
    NONE = ""


def with_standing(councils: CouncilQuerySet, resolutions: ResolutionQuerySet) -> CouncilQuerySet:
    """Councils with ``standing``; ``proclaimed``, whether their mayor did; and ``reported``,
    whether somebody says that they adopted, and nobody has verified it. Of ``resolutions`` alone.
    """
    own = resolutions.filter(instrument__in=OF_A_COUNCIL)

    def among(rows: ResolutionQuerySet) -> models.Q:
        return models.Q(pk__in=rows.order_by().values("council"))

    adopted = among(own.filter(verified_status__in=ADOPTED))
    reported = among(own.filter(status__in=ADOPTED).exclude(verified_status__in=ADOPTED))
    proclaimed = among(
        resolutions.filter(instrument=Instrument.PROCLAMATION, verified_status=StepKind.PROCLAIMED)
    )
    standing = models.Case(
        models.When(adopted, then=models.Value(Standing.ADOPTED.value)),
        models.When(
            among(own.filter(verified_status__in=CONSIDERED)),
            then=models.Value(Standing.OPEN.value),
        ),
        models.When(
            among(own.filter(verified_status__in=ENDED)), then=models.Value(Standing.ENDED.value)
        ),
        default=models.Value(Standing.NONE.value),
        output_field=models.CharField(),
    )
    return councils.annotate(
        standing=standing,
        proclaimed=_whether(proclaimed),
        reported=_whether(reported & ~adopted),
    )


def _whether(condition: models.Q) -> models.Case:
    return models.Case(
        models.When(condition, then=models.Value(True)),
        default=models.Value(False),
        output_field=models.BooleanField(),
    )


@dataclass
class Place:
    """How many councils stand where, in one province or state or in all of them.

    ``people`` live in the municipalities whose councils adopted; of ``unknown`` of these nobody has
    noted how many live there. ``reported`` councils adopted by somebody's word alone; they are in
    none of the other figures for that.
    """

    adopted: int = 0
    open: int = 0
    ended: int = 0
    proclaimed: int = 0
    reported: int = 0
    people: int = 0
    unknown: int = 0

    def __bool__(self) -> bool:
        return any((self.adopted, self.open, self.ended, self.proclaimed, self.reported))

    def add(self, other: "Place") -> None:
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Reach:
    """Councils by the code of their province or state; only places with something to count."""

    places: dict[str, Place] = field(default_factory=dict)

    @property
    def whole(self) -> Place:
        """All of them together."""
        whole = Place()
        for place in self.places.values():
            whole.add(place)
        return whole

    @property
    def reached(self) -> int:
        """Provinces, territories and states in which a council adopted."""
        return sum(1 for place in self.places.values() if place.adopted)

    def within(self, country: str) -> "Reach":
        """The places of one country alone."""
        return Reach(
            {
                code: place
                for code, place in self.places.items()
                if code == country or code.startswith(f"{country}-")
            }
        )

    def __bool__(self) -> bool:
        return any(self.places.values())


# A council is worth the best of its resolutions.
_RANK = {Standing.ADOPTED: 3, Standing.OPEN: 2, Standing.ENDED: 1, Standing.NONE: 0}
_BY_RANK = {rank: standing for standing, rank in _RANK.items()}


def _highest(*whens: models.When) -> models.Max:
    return models.Max(models.Case(*whens, default=models.Value(0)))


def reach(jurisdictions: Iterable[int] | None = None) -> tuple[Reach, Reach]:
    """Of record, and of demonstration data, in one query; by their keys, of some places alone."""
    own = models.Q(instrument__in=OF_A_COUNCIL)
    proclaimed = models.Q(instrument=Instrument.PROCLAMATION, verified_status=StepKind.PROCLAIMED)
    public = Resolution.objects.public()
    if jurisdictions is not None:
        public = public.filter(council__jurisdiction__in=jurisdictions)
    each = (
        public.order_by()
        .values("council", "is_demo")
        .annotate(
            standing=_highest(
                *(
                    models.When(own & models.Q(verified_status__in=kinds), then=_RANK[standing])
                    for kinds, standing in (
                        (ADOPTED, Standing.ADOPTED),
                        (CONSIDERED, Standing.OPEN),
                        (ENDED, Standing.ENDED),
                    )
                )
            ),
            proclaimed=_highest(models.When(proclaimed, then=1)),
            reported=_highest(models.When(own & models.Q(status__in=ADOPTED), then=1)),
        )
    )
    # The ORM groups once. To ask for each council would take a row for each of thousands.
    inner, params = each.query.sql_with_params()
    sql = f"""
        SELECT place.code, one.is_demo, one.standing, one.proclaimed, one.reported,
               count(*), count(council.population), coalesce(sum(council.population), 0)
        FROM ({inner}) AS one
        JOIN resolutions_council AS council ON council.id = one.council
        JOIN resolutions_jurisdiction AS place ON place.id = council.jurisdiction_id
        GROUP BY place.code, one.is_demo, one.standing, one.proclaimed, one.reported
    """  # noqa: S608 - the inner one is the ORM's, with its parameters apart
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    of_record, of_demo = Reach(), Reach()
    for code, is_demo, rank, proclaims, reports, n, known, people in rows:
        standing = _BY_RANK[rank]
        is_adopted = standing == Standing.ADOPTED
        place = Place(
            adopted=n * is_adopted,
            open=n * (standing == Standing.OPEN),
            ended=n * (standing == Standing.ENDED),
            proclaimed=n * proclaims,
            reported=n * reports * (not is_adopted),
            people=int(people) * is_adopted,
            unknown=(n - known) * is_adopted,
        )
        if place:
            (of_demo if is_demo else of_record).places.setdefault(code, Place()).add(place)
    return of_record, of_demo


Changes = list[tuple[date, int]]


def changes() -> tuple[Changes, Changes]:
    """When councils came to have an adopted resolution (1) and ceased to (-1), oldest first.

    Of record, and of demonstration data. A council that has two in force has come once, and ceases
    when the last of them ends. One query, of the steps that turned something alone.
    """
    turns = Step.objects.public().filter(resolution__instrument__in=OF_A_COUNCIL).exclude(turn=0)
    fields = ("on", "turn", "resolution__council", "resolution__is_demo")
    rows = turns.order_by("on", "id").values_list(*fields)
    of_record: Changes = []
    of_demo: Changes = []
    in_force: Counter[tuple[int, bool]] = Counter()
    for on, turn, council, is_demo in rows:
        before = in_force[council, is_demo]
        in_force[council, is_demo] = now = before + turn
        if (change := (now > 0) - (before > 0)) != 0:
            (of_demo if is_demo else of_record).append((on, change))
    return of_record, of_demo
