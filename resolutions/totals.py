"""What is counted of resolutions: verified steps only, each form apart, nothing invented."""

from collections import Counter
from dataclasses import dataclass, field

from resolutions.models import ADOPTED, Instrument, Resolution, StepKind

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

    @property
    def adopted(self) -> int:
        """Resolutions and by-laws that councils adopted."""
        return sum(self.adopted_by[form] for form in OF_A_COUNCIL)

    @property
    def proclaimed(self) -> int:
        return self.in_favour[Instrument.PROCLAMATION]

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
        ):
            if row["verified_status"] in kinds:
                counter[row["instrument"]] += row["n"]
    return of_record, of_demo
