"""What may happen to a resolution, in which order, and what is made of it."""

from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from recommendations.models import Entry, EntryKind
from resolutions.forms.steps import EXPLAINED
from resolutions.models import (
    CAN_FOLLOW,
    AlreadyAdopted,
    Instrument,
    Resolution,
    Step,
    StepKind,
    StepNotPossible,
    StepSource,
)
from resolutions.models.resolution import COUNTS
from tests.factories import ResolutionFactory, StepFactory, StepSourceFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2010, 1, 12)
WEEK_LATER = date(2010, 1, 19)


def form_for(*kinds: StepKind) -> Instrument:
    """A form of resolution that these steps can happen to."""
    return (
        Instrument.PROCLAMATION if StepKind.PROCLAIMED in kinds else Instrument.COUNCIL_RESOLUTION
    )


def can_record(resolution: Resolution, kind: StepKind, *, on: date, by: User) -> bool:
    try:
        resolution.record_step(kind, on=on, by=by)
    except StepNotPossible:
        return False
    return True


def fits(form: str, kind: StepKind) -> bool:
    """Whether the step is not a council's where a mayor acts."""
    councils = {
        StepKind.ADOPTED,
        StepKind.AMENDED,
        StepKind.DEFEATED,
        StepKind.RECEIVED,
        StepKind.OUT_OF_ORDER,
    }
    return form != Instrument.PROCLAMATION or kind not in councils


def test_every_kind_says_what_can_follow_it() -> None:
    assert set(CAN_FOLLOW) == set(StepKind)


@pytest.mark.parametrize("before", StepKind)
def test_a_step_follows_only_where_the_table_says_so(before: StepKind) -> None:
    by = UserFactory()
    for after in set(StepKind) - {before}:
        resolution = ResolutionFactory(instrument=form_for(before, after))
        StepFactory(resolution=resolution, kind=before, on=DAY, recorded_by=by)

        recorded = can_record(resolution, after, on=WEEK_LATER, by=by)

        allowed = after in CAN_FOLLOW[before] and fits(resolution.instrument, after)
        assert recorded == allowed, after
        assert resolution.steps.count() == 1 + allowed


@pytest.mark.parametrize("after", StepKind)
def test_a_late_report_is_held_against_what_came_after_it(after: StepKind) -> None:
    by = UserFactory()
    for before in set(StepKind) - {after}:
        resolution = ResolutionFactory(instrument=form_for(before, after))
        StepFactory(resolution=resolution, kind=after, on=WEEK_LATER, recorded_by=by)

        recorded = can_record(resolution, before, on=DAY, by=by)

        allowed = after in CAN_FOLLOW[before] and fits(resolution.instrument, before)
        assert recorded == allowed, before
        assert resolution.steps.count() == 1 + allowed


def test_a_late_report_of_an_earlier_step_leaves_the_status_alone() -> None:
    resolution = ResolutionFactory()
    record = partial(resolution.record_step, by=UserFactory(), verified=True)

    record(StepKind.ADOPTED, on=date(2010, 3, 9))
    record(StepKind.REFERRED, on=date(2010, 2, 1))

    resolution.refresh_from_db()
    assert (resolution.status, resolution.status_on) == (StepKind.ADOPTED, date(2010, 3, 9))
    assert resolution.verified_status == StepKind.ADOPTED


def test_a_double_click_records_one_step() -> None:
    resolution = ResolutionFactory()
    record = partial(resolution.record_step, StepKind.SUBMITTED, on=DAY, by=UserFactory())

    first, second = record(summary="At the desk."), record(summary="At the desk.")

    assert first == second
    assert resolution.steps.count() == 1


def test_nothing_is_recorded_before_it_happens() -> None:
    resolution = ResolutionFactory()

    with pytest.raises(StepNotPossible, match="in the future"):
        resolution.record_step(
            StepKind.SUBMITTED, on=DAY, by=UserFactory(), today=DAY - timedelta(days=1)
        )

    assert not resolution.steps.exists()


@pytest.mark.parametrize(
    ("instrument", "kind"),
    [
        (Instrument.PROCLAMATION, StepKind.ADOPTED),
        (Instrument.ENDORSEMENT, StepKind.DEFEATED),
        (Instrument.PROCLAMATION, StepKind.SIGNED),
        (Instrument.COUNCIL_RESOLUTION, StepKind.PROCLAIMED),
        (Instrument.BYLAW, StepKind.PROCLAIMED),
        (Instrument.ASSOCIATION, StepKind.PROCLAIMED),
    ],
)
def test_a_mayor_proclaims_and_a_council_adopts(instrument: Instrument, kind: StepKind) -> None:
    resolution = ResolutionFactory(instrument=instrument)

    with pytest.raises(StepNotPossible, match="A mayor proclaims"):
        resolution.record_step(kind, on=DAY, by=UserFactory())


def test_a_reported_step_shows_and_does_not_count() -> None:
    resolution = ResolutionFactory()

    resolution.record_step(StepKind.SUBMITTED, on=DAY, by=UserFactory(), verified=True)
    resolution.record_step(StepKind.ADOPTED, on=WEEK_LATER, by=UserFactory())

    resolution.refresh_from_db()
    assert resolution.status == StepKind.ADOPTED
    assert resolution.verified_status == StepKind.SUBMITTED


def test_a_step_counts_once_somebody_has_checked_it(editor: User) -> None:
    resolution = ResolutionFactory()
    StepSourceFactory(step=resolution.record_step(StepKind.ADOPTED, on=DAY, by=UserFactory()))

    changed = Step.objects.verify(by=editor)

    resolution.refresh_from_db()
    step = resolution.steps.get()
    assert changed == 1
    assert resolution.verified_status == StepKind.ADOPTED
    assert step.verified_by == editor


def test_a_step_without_a_source_can_not_be_verified(editor: User) -> None:
    resolution = ResolutionFactory()
    resolution.record_step(StepKind.ADOPTED, on=DAY, by=UserFactory())

    changed = Step.objects.verify(by=editor)

    resolution.refresh_from_db()
    assert changed == 0
    assert resolution.verified_status == ""


def test_verifying_an_older_step_leaves_the_newest_verified_one_to_count(editor: User) -> None:
    resolution = ResolutionFactory()
    older = resolution.record_step(StepKind.SUBMITTED, on=DAY, by=UserFactory())
    StepSourceFactory(step=older)
    resolution.record_step(StepKind.ADOPTED, on=WEEK_LATER, by=UserFactory(), verified=True)

    Step.objects.filter(pk=older.pk).verify(by=editor)

    resolution.refresh_from_db()
    assert resolution.verified_status == StepKind.ADOPTED


def test_what_is_verified_stays_so(editor: User) -> None:
    step = StepFactory(verified=True)

    assert Step.objects.verify(by=editor) == 0
    assert Step.objects.get().verified_by == step.verified_by


def test_a_step_is_in_the_activity_once_its_resolution_is_public(editor: User) -> None:
    resolution = ResolutionFactory()
    resolution.record_step(StepKind.SUBMITTED, on=DAY, by=editor)
    steps = Entry.objects.filter(kind=EntryKind.STEP)
    before = steps.count()

    resolution.publish(by=editor)

    assert (before, steps.get().on) == (0, DAY)


class TestTheDatabase:
    """Holds what must be true, whatever program writes."""

    def test_a_step_happens_once_a_day(self) -> None:
        step = StepFactory()

        with pytest.raises(IntegrityError):
            StepFactory(resolution=step.resolution, kind=step.kind, on=step.on)

    @pytest.mark.parametrize("field", ["verified_at", "verified_by"])
    def test_who_verified_a_step_and_when_are_known_together(self, field: str) -> None:
        step, somebody = StepFactory(), UserFactory()
        value = timezone.now() if field == "verified_at" else somebody

        with pytest.raises(IntegrityError), transaction.atomic():
            models.QuerySet(Step).filter(pk=step.pk).update(**{field: value})

    @pytest.mark.parametrize("field", ["status", "verified_status", "instrument"])
    def test_words_it_does_not_know_are_refused(self, field: str) -> None:
        resolution = ResolutionFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            models.QuerySet(Resolution).filter(pk=resolution.pk).update(**{field: "maybe"})

    def test_nothing_is_public_before_anything_happened(self) -> None:
        with pytest.raises(IntegrityError):
            ResolutionFactory(published=True)


class TestTheVote:
    """What is said of a vote goes together, and nothing is kept where it does not."""

    @pytest.mark.parametrize(
        ("kind", "details", "field"),
        [
            (StepKind.SUBMITTED, {"vote_method": "voice"}, "vote_method"),
            (StepKind.ADOPTED, {"votes_for": 8}, "vote_method"),
            (StepKind.ADOPTED, {"vote_method": "unanimous", "votes_for": 8}, "vote_method"),
            (StepKind.DEFEATED, {"vote_method": "consent"}, "vote_method"),
            (StepKind.ADOPTED, {"vote_method": "counted", "votes_against": 3}, "votes_for"),
            (StepKind.ADOPTED, {"vote_method": "counted", "votes_for": 8}, "votes_against"),
            (StepKind.ADOPTED, {"mover": "Coun.  Osei", "seconder": "coun. osei"}, "seconder"),
            (StepKind.ADOPTED, {"meets_on": WEEK_LATER}, "meets_on"),
            (StepKind.NOTICE, {"meets_on": DAY - timedelta(days=1)}, "meets_on"),
            (StepKind.NOTICE, {"meets_on": date.max}, "meets_on"),
        ],
    )
    def test_what_does_not_go_together_is_refused(
        self, kind: StepKind, details: dict[str, object], field: str
    ) -> None:
        resolution = ResolutionFactory()

        with pytest.raises(StepNotPossible) as refused:
            resolution.record_step(kind, on=DAY, by=UserFactory(), **details)

        assert refused.value.field == field
        assert (resolution.steps.count(), resolution.status_on) == (0, None)

    @pytest.mark.parametrize(
        ("counts", "seats", "adds_up"),
        [
            ((8, 3, None, None), None, True),
            ((7, 2, 1, 1), None, True),
            ((8, 2, None, None), None, False),
            ((8, 2, None, None), 10, True),
            ((8, 3, None, None), 10, False),
        ],
    )
    def test_votes_add_up_to_the_council_of_that_day(
        self, counts: tuple[int | None, ...], seats: int | None, adds_up: bool
    ) -> None:
        resolution = ResolutionFactory(council__seats=11)
        details = dict(zip(COUNTS, counts, strict=True), vote_method="counted", seats=seats)

        said = ""
        try:
            resolution.record_step(StepKind.ADOPTED, on=DAY, by=UserFactory(), **details)
        except StepNotPossible as refused:
            said = refused.messages[0].partition(".")[0]

        total, of = sum(count or 0 for count in counts), seats or 11
        both = f"Together these are {total} members, and the council has {of}"
        assert said == ("" if adds_up else both)
        assert resolution.steps.count() == adds_up

    def test_the_result_is_recorded_and_not_computed(self) -> None:
        resolution = ResolutionFactory()

        resolution.record_step(
            StepKind.DEFEATED,
            on=DAY,
            by=UserFactory(),
            vote_method="counted",
            votes_for=6,
            votes_against=5,
        )

        assert resolution.status == StepKind.DEFEATED


def test_a_step_and_its_source_are_written_together() -> None:
    resolution, by = ResolutionFactory(), UserFactory()
    source = partial(StepSource, publisher="The city", title="Minutes", url="https://example.org/1")

    with pytest.raises(StepNotPossible):
        resolution.record_step(
            StepKind.ADOPTED, on=DAY, by=by, source=source(), vote_method="counted"
        )
    nothing = (Step.objects.count(), StepSource.objects.count())
    for _click in range(2):
        resolution.record_step(StepKind.ADOPTED, on=DAY, by=by, source=source())

    assert nothing == (0, 0)
    assert (Step.objects.count(), StepSource.objects.count()) == (1, 1)


@pytest.mark.parametrize("first", [StepKind.ADOPTED, StepKind.AMENDED])
@pytest.mark.parametrize(("day", "weeks"), [(WEEK_LATER, 1), (DAY, -1)])
def test_a_second_adoption_is_another_resolution(first: StepKind, day: date, weeks: int) -> None:
    resolution, by = ResolutionFactory(), UserFactory()
    resolution.record_step(first, on=day - timedelta(weeks=weeks), by=by)

    with pytest.raises(AlreadyAdopted, match="another resolution"):
        resolution.record_step(StepKind.ADOPTED, on=day, by=by)

    assert resolution.steps.count() == 1


def test_only_what_can_have_happened_on_a_day_is_offered() -> None:
    resolution, by = ResolutionFactory(), UserFactory()
    resolution.record_step(StepKind.SUBMITTED, on=DAY, by=by)
    resolution.record_step(StepKind.ADOPTED, on=WEEK_LATER, by=by)

    between = set(resolution.possible(on=DAY + timedelta(days=1)))
    after = set(resolution.possible(on=WEEK_LATER + timedelta(days=1)))

    on_the_way = {"notice-of-motion", "referred", "deferred", "scheduled", "reading"}
    assert between == on_the_way
    assert after == {StepKind.SIGNED, StepKind.VETOED, StepKind.RESCINDED}


def test_every_kind_has_its_disc() -> None:
    styles = (Path(settings.BASE_DIR) / "static/css/components.css").read_text()

    assert [kind for kind in StepKind if f".status--{kind}" not in styles] == []


def test_every_kind_is_explained() -> None:
    assert set(EXPLAINED) == set(StepKind)


def test_nothing_is_recorded_of_a_time_before_this_was_spoken_of() -> None:
    resolution = ResolutionFactory()

    with pytest.raises(StepNotPossible, match="before 1990") as refused:
        resolution.record_step(StepKind.ADOPTED, on=date(202, 3, 1), by=UserFactory())

    assert refused.value.field == "on"


def test_a_verified_step_gets_other_sources_from_those_who_verify_alone(editor: User) -> None:
    resolution, member = ResolutionFactory(), UserFactory()
    step = resolution.record_step(StepKind.ADOPTED, on=DAY, by=editor, verified=True)

    for by in (member, editor):
        source = StepSource(publisher="City", title="Minutes", url=f"https://example.org/{by.pk}")
        resolution.record_step(StepKind.ADOPTED, on=DAY, by=by, source=source)

    assert [row.url for row in step.sources.all()] == [f"https://example.org/{editor.pk}"]


def test_the_columns_are_filled_by_the_rule_that_keeps_them() -> None:
    resolution, by = ResolutionFactory(), UserFactory()
    for kind, weeks, verified in (
        (StepKind.ADOPTED, 0, True),
        (StepKind.RESCINDED, 1, False),
        (StepKind.SUBMITTED, 2, True),
    ):
        resolution.record_step(kind, on=DAY + timedelta(weeks=weeks), by=by, verified=verified)
    kept = list(resolution.steps.values_list("turn", flat=True))
    resolution.steps.update(turn=0)

    import_module("resolutions.migrations.0004_names_and_turns").fill(apps, None)

    assert kept == [1, 0, -1]
    assert list(resolution.steps.values_list("turn", flat=True)) == kept
