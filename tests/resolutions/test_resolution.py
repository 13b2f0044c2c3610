"""The rules of resolutions, councils and models, and what is counted."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError

from accounts.models import User
from resolutions.models import (
    ClauseKind,
    Council,
    Instrument,
    JurisdictionKind,
    ModelResolution,
    Resolution,
    StepKind,
)
from resolutions.models.resolution import NoStep
from resolutions.totals import CONSIDERED, ENDED, IN_FAVOUR, totals
from tests.factories import (
    ClauseFactory,
    CouncilFactory,
    JurisdictionFactory,
    ModelResolutionFactory,
    PlaceTermFactory,
    ResolutionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = date(2010, 1, 12)


def recorded(
    kind: StepKind,
    instrument: Instrument = Instrument.COUNCIL_RESOLUTION,
    *,
    verified: bool = True,
    is_demo: bool = False,
    public: bool = True,
) -> Resolution:
    resolution = ResolutionFactory(instrument=instrument, is_demo=is_demo)
    by = UserFactory()
    resolution.record_step(kind, on=DAY, by=by, verified=verified)
    if public:
        resolution.publish(by=by)
    return resolution


def test_a_draft_is_seen_by_its_champion_and_editors_alone(
    ngo_member: User,
    stranger: User,
    citizen: User,
    facilitator: User,
    editor: User,
    administrator: User,
) -> None:
    ResolutionFactory(champion=ngo_member.organizations.get())
    who: list[User | AnonymousUser] = [
        AnonymousUser(),
        citizen,
        facilitator,
        stranger,
        ngo_member,
        editor,
        administrator,
    ]

    seen = [Resolution.objects.visible_to(user).count() for user in who]
    changed = [Resolution.objects.editable_by(user).count() for user in who]

    assert seen == [0, 0, 0, 0, 1, 1, 1]
    assert changed == [0, 0, 0, 0, 1, 1, 1]


def test_a_draft_of_the_model_is_seen_by_editors_alone(
    ngo_member: User, editor: User, administrator: User
) -> None:
    ModelResolutionFactory()
    who: list[User | AnonymousUser] = [AnonymousUser(), ngo_member, editor, administrator]

    assert [ModelResolution.objects.visible_to(user).count() for user in who] == [0, 0, 1, 1]


def test_it_is_not_published_before_anything_happened(editor: User) -> None:
    resolution = ResolutionFactory()

    with pytest.raises(NoStep):
        resolution.publish(by=editor)

    resolution.refresh_from_db()
    assert resolution.published_at is None


class TestTotals:
    def test_every_kind_of_step_but_a_draft_is_counted_once(self) -> None:
        groups = [IN_FAVOUR, CONSIDERED, ENDED]

        assert sum(map(len, groups)) == len(set().union(*groups))
        assert set().union(*groups) == set(StepKind) - {StepKind.DRAFTED}

    def test_a_proclamation_is_never_an_adopted_resolution(self) -> None:
        recorded(StepKind.PROCLAIMED, Instrument.PROCLAMATION)
        recorded(StepKind.PROCLAIMED, Instrument.ENDORSEMENT)
        recorded(StepKind.ADOPTED)
        recorded(StepKind.AMENDED, Instrument.BYLAW)
        recorded(StepKind.ADOPTED, Instrument.ASSOCIATION)

        of_record, of_demo = totals()

        assert (of_record.adopted, of_record.proclaimed, of_record.open) == (2, 1, 0)
        assert of_record.by_form == [
            (Instrument.COUNCIL_RESOLUTION, 1, 0, 0),
            (Instrument.BYLAW, 1, 0, 0),
            (Instrument.PROCLAMATION, 1, 0, 0),
            (Instrument.ENDORSEMENT, 1, 0, 0),
            (Instrument.ASSOCIATION, 1, 0, 0),
        ]
        assert not of_demo

    def test_only_what_a_mayor_proclaimed_is_a_proclamation(self) -> None:
        odd = recorded(StepKind.PROCLAIMED, Instrument.PROCLAMATION)
        Resolution.objects.filter(pk=odd.pk).update(verified_status=StepKind.SIGNED)

        assert totals()[0].proclaimed == 0

    def test_what_nobody_verified_is_not_counted(self) -> None:
        recorded(StepKind.ADOPTED, verified=False)

        assert totals()[0].by_form == []

    def test_what_is_not_public_is_not_counted(self) -> None:
        recorded(StepKind.ADOPTED, public=False)

        assert totals()[0].by_form == []

    def test_what_is_invented_is_counted_apart(self) -> None:
        recorded(StepKind.SUBMITTED)
        recorded(StepKind.ADOPTED, is_demo=True)

        of_record, of_demo = totals()

        assert (of_record.adopted, of_record.open) == (0, 1)
        assert (of_demo.adopted, of_demo.open) == (1, 0)

    def test_what_was_defeated_ended_otherwise(self) -> None:
        recorded(StepKind.DEFEATED)

        assert totals()[0].by_form == [(Instrument.COUNCIL_RESOLUTION, 0, 0, 1)]


class TestTheDatabase:
    """Holds what must be true, whatever program writes."""

    @pytest.mark.parametrize(
        ("latitude", "longitude"),
        [("91", "0"), ("-91", "0"), ("0", "181"), ("0", "-181"), ("49.26", None), (None, "1")],
    )
    def test_coordinates_are_on_earth_and_come_in_pairs(
        self, latitude: str | None, longitude: str | None
    ) -> None:
        with pytest.raises(IntegrityError):
            CouncilFactory(
                latitude=latitude and Decimal(latitude), longitude=longitude and Decimal(longitude)
            )

    def test_a_province_is_part_of_a_country(self) -> None:
        with pytest.raises(IntegrityError):
            JurisdictionFactory(code="CA-ZZ", parent=None)

    def test_a_country_is_part_of_nothing(self) -> None:
        province = JurisdictionFactory()

        with pytest.raises(IntegrityError):
            JurisdictionFactory(code="ZZ", kind=JurisdictionKind.COUNTRY, parent=province)

    def test_a_sub_item_is_part_of_a_clause(self) -> None:
        with pytest.raises(IntegrityError):
            ClauseFactory(kind=ClauseKind.SUB_ITEM)

    def test_only_a_sub_item_is_part_of_a_clause(self) -> None:
        clause = ClauseFactory()

        with pytest.raises(IntegrityError):
            ClauseFactory(model=clause.model, part_of=clause)

    def test_a_number_is_given_once_a_model(self) -> None:
        clause = ClauseFactory(code="O1")

        with pytest.raises(IntegrityError):
            ClauseFactory(model=clause.model, code="O1")

    def test_place_dependent_words_occur(self) -> None:
        with pytest.raises(IntegrityError):
            PlaceTermFactory(occurrences=0)


def test_councils_without_an_open_civic_data_id_do_not_clash() -> None:
    for council in CouncilFactory.create_batch(2):
        council.ocd_id = ""
        council.full_clean()
        council.save()

    assert list(Council.objects.values_list("ocd_id", flat=True)) == [None, None]
