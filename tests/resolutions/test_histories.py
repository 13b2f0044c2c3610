"""Whatever is recorded, in whatever order: the status follows from the steps, and nothing is lost.

Histories are generated. What must come out is told by a few lines of plain Python, which know
nothing of the database.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from accounts.models import User
from resolutions.models import (
    ADOPTED,
    CAN_FOLLOW,
    Council,
    Instrument,
    Resolution,
    Step,
    StepKind,
    StepNotPossible,
    StepSource,
)
from tests.factories import CouncilFactory, UserFactory

pytestmark = pytest.mark.django_db

FIRST = date(2020, 1, 1)
MAYORAL = {Instrument.PROCLAMATION, Instrument.ENDORSEMENT}
OF_A_MAYOR = {
    StepKind.DRAFTED,
    StepKind.SUBMITTED,
    StepKind.PROCLAIMED,
    StepKind.WITHDRAWN,
    StepKind.RESCINDED,
}


@dataclass
class Oracle:
    """What is recorded of one resolution: (day, place in the order of recording, kind)."""

    instrument: Instrument
    rows: list[tuple[int, int, StepKind]] = field(default_factory=list)
    verified: set[int] = field(default_factory=set)

    def record(self, kind: StepKind, day: int) -> bool:
        """Whether it is recorded, or was already."""
        if any((on, which) == (day, kind) for on, _at, which in self.rows):
            return True
        if (kind == StepKind.PROCLAIMED and self.instrument not in MAYORAL) or (
            kind not in OF_A_MAYOR and self.instrument in MAYORAL
        ):
            return False
        before = [row for row in self.history if row[0] <= day]
        after = [row for row in self.history if row[0] > day]
        if before and kind not in CAN_FOLLOW[before[-1][2]]:
            return False
        if after and after[0][2] not in CAN_FOLLOW[kind]:
            return False
        self.rows.append((day, len(self.rows), kind))
        return True

    @property
    def history(self) -> list[tuple[int, int, StepKind]]:
        return sorted(self.rows, key=lambda row: row[:2])

    @property
    def status(self) -> StepKind:
        return self.history[-1][2] if self.rows else StepKind.DRAFTED

    @property
    def verified_history(self) -> list[StepKind]:
        return [kind for _day, at, kind in self.history if at in self.verified]

    @property
    def turns(self) -> list[int]:
        """By history: how much more is in force after a verified step than before it, 0 for the
        others. Together 1 where the newest verified step is one that puts a text in force, else 0.
        """
        in_force = [0]
        for _day, at, kind in self.history:
            in_force.append(int(kind in ADOPTED) if at in self.verified else in_force[-1])
        return [after - before for before, after in pairwise(in_force)]


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def history_of(resolution: Resolution) -> list[tuple[date, str]]:
    return list(resolution.steps.order_by("on", "id").values_list("on", "kind"))


def state_of(resolution: Resolution) -> list[Any]:
    """Everything there is of it, to see that nothing changed."""
    return [
        list(Resolution.objects.filter(pk=resolution.pk).values()),
        list(resolution.steps.order_by("id").values()),
    ]


INSTRUMENTS = st.sampled_from([Instrument.COUNCIL_RESOLUTION, Instrument.PROCLAMATION])
ATTEMPTS = st.lists(
    st.tuples(st.sampled_from(StepKind), st.integers(0, 9), st.booleans()), max_size=12
)
# Walks along the table, so that long histories come up as well as refusals.
WALKS = st.lists(st.integers(0, 99), min_size=1, max_size=10)


def walked(instrument: Instrument, choices: list[int]) -> list[tuple[StepKind, int, bool]]:
    """A history that is allowed, one step every second day, each verified or not."""
    oracle, kinds = Oracle(instrument), []
    for number, choice in enumerate(choices):
        allowed = [
            kind
            for kind in StepKind
            if Oracle(instrument, list(oracle.rows)).record(kind, 2 * number)
        ]
        kind = allowed[choice % len(allowed)] if allowed else None
        if kind is None:
            break
        oracle.record(kind, 2 * number)
        kinds.append((kind, 2 * number, choice % 3 > 0))
    return kinds


class TestHistories:
    """One council and one person serve every example; the rest is made anew."""

    council: Council
    by: User

    @pytest.fixture(autouse=True)
    def _stage(self, db: None) -> None:
        self.council, self.by = CouncilFactory(is_demo=True), UserFactory()

    def begin(self, instrument: Instrument) -> Resolution:
        number = Resolution.objects.count()
        return Resolution.objects.create(
            slug=f"r-{number}", council=self.council, instrument=instrument, title=f"R {number}"
        )

    def attempt(
        self, resolution: Resolution, oracle: Oracle, attempts: list[tuple[StepKind, int, bool]]
    ) -> None:
        """Record each, and hold what came of it against the oracle at once."""
        for kind, on, verified in attempts:
            before, count = state_of(resolution), len(oracle.rows)
            expected = oracle.record(kind, on)
            try:
                resolution.record_step(kind, on=day(on), by=self.by, verified=verified)
            except StepNotPossible:
                recorded = False
            else:
                recorded = True
            assert recorded == expected, (kind, on)
            if len(oracle.rows) == count:  # refused, or there already
                assert state_of(resolution) == before
            elif verified:
                oracle.verified.add(count)
            self.holds(resolution, oracle)

    def holds(self, resolution: Resolution, oracle: Oracle) -> None:
        row = Resolution.objects.get(pk=resolution.pk)
        assert row.status == oracle.status
        assert row.status_on == (day(oracle.history[-1][0]) if oracle.rows else None)
        verified = oracle.verified_history[-1] if oracle.verified_history else ""
        assert row.verified_status == verified
        assert history_of(row) == [(day(on), kind) for on, _at, kind in oracle.history]
        turns = list(row.steps.order_by("on", "id").values_list("turn", flat=True))
        assert turns == oracle.turns
        assert sum(turns) == (row.verified_status in ADOPTED)

    @bounded(max_examples=25, deadline=None)
    @given(instrument=INSTRUMENTS, attempts=ATTEMPTS)
    def test_the_status_follows_from_the_steps_whatever_is_tried(
        self, instrument: Instrument, attempts: list[tuple[StepKind, int, bool]]
    ) -> None:
        self.attempt(self.begin(instrument), Oracle(instrument), attempts)

    @bounded(max_examples=15, deadline=None)
    @given(instrument=INSTRUMENTS, choices=WALKS, late=st.randoms(use_true_random=False))
    def test_what_is_recorded_late_comes_out_as_what_is_recorded_in_order(
        self, instrument: Instrument, choices: list[int], late: Any
    ) -> None:
        in_order = walked(instrument, choices)
        shuffled = list(in_order)
        late.shuffle(shuffled)
        first, second = self.begin(instrument), self.begin(instrument)
        self.attempt(first, Oracle(instrument), in_order)
        oracle = Oracle(instrument)
        self.attempt(second, oracle, shuffled)

        # A gap may refuse what would have been allowed without it; then they are not the same.
        if len(oracle.rows) == len(in_order):
            one, other = (
                Resolution.objects.values("status", "status_on", "verified_status").get(pk=row.pk)
                for row in (first, second)
            )
            assert one == other
            assert history_of(first) == history_of(second)
            assert sum(first.steps.values_list("turn", flat=True)) == sum(
                second.steps.values_list("turn", flat=True)
            )

    @bounded(max_examples=15, deadline=None)
    @given(choices=WALKS, order=st.randoms(use_true_random=False))
    def test_steps_verified_in_any_order_count_the_same(
        self, choices: list[int], order: Any
    ) -> None:
        instrument = Instrument.COUNCIL_RESOLUTION
        resolution, oracle = self.begin(instrument), Oracle(instrument)
        self.attempt(
            resolution, oracle, [(kind, on, False) for kind, on, _v in walked(instrument, choices)]
        )
        steps = list(resolution.steps.order_by("id"))
        StepSource.objects.bulk_create(
            StepSource(step=step, publisher="p", title="t", url="https://example.org/")
            for step in steps
        )
        places = list(range(len(steps)))
        order.shuffle(places)

        for place in places:
            verified = Step.objects.filter(pk=steps[place].pk).verify(by=self.by)
            oracle.verified.add(place)

            assert verified == 1
            self.holds(resolution, oracle)
