"""The way through associations: in which order, what each asks, and what a page says of it."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from resolutions import passages
from resolutions.models import (
    MAY_FOLLOW,
    Association,
    CouncilKind,
    Passage,
    PassageKind,
    Resolution,
    ResolutionText,
    StepKind,
)
from resolutions.passages import PassageNotPossible, next_deadline, way_of
from tests.factories import (
    AssociationFactory,
    CouncilFactory,
    CountryFactory,
    JurisdictionFactory,
    ResolutionFactory,
    StepFactory,
    UserFactory,
)
from tests.markup import Page, faults, text_of, words

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 2, 3), date(2026, 9, 23)
URL = "https://example.org/book"


@pytest.fixture
def resolution(ngo_member: User) -> Resolution:
    return had_by_council(champion=ngo_member.organizations.get())


def had_by_council(**values: Any) -> Resolution:
    resolution = ResolutionFactory(**values)
    StepFactory(resolution=resolution, kind=StepKind.SUBMITTED, on=date(2026, 1, 5))
    return resolution


@pytest.fixture
def association() -> Association:
    return AssociationFactory()


def can(
    resolution: Resolution, association: Association, kind: PassageKind, on: date, by: User
) -> bool:
    try:
        passages.record(resolution, association, kind, on=on, by=by, url=URL)
    except PassageNotPossible:
        return False
    return True


def test_every_kind_says_what_may_follow_it() -> None:
    assert set(MAY_FOLLOW) == {None, *PassageKind}


@pytest.mark.parametrize("first", [None, PassageKind.ENDORSED, PassageKind.NOT_CONSIDERED])
def test_one_follows_only_where_the_table_says_so(
    first: PassageKind | None, association: Association
) -> None:
    by = UserFactory()
    for second in set(PassageKind) - {first}:
        resolution = had_by_council()
        if first:
            assert can(resolution, association, first, DAY, by)

        assert can(resolution, association, second, LATER, by) == (second in MAY_FOLLOW[first])
        assert resolution.passages.count() == bool(first) + (second in MAY_FOLLOW[first])


def test_a_late_report_is_held_against_what_came_after_it(
    resolution: Resolution, association: Association, ngo_member: User
) -> None:
    record = partial(passages.record, resolution, association, by=ngo_member, url=URL)
    record(PassageKind.ENDORSED, on=LATER)

    record(PassageKind.SENT, on=DAY)
    with pytest.raises(PassageNotPossible, match="“Endorsed” later"):
        record(PassageKind.NOT_ENDORSED, on=date(2026, 3, 1))

    assert [row.kind for row in resolution.passages.all()] == ["sent", "endorsed"]


def test_each_association_has_an_order_of_its_own(
    resolution: Resolution, association: Association, ngo_member: User
) -> None:
    passages.record(
        resolution, association, PassageKind.NOT_ENDORSED, on=DAY, by=ngo_member, url=URL
    )

    assert can(resolution, AssociationFactory(), PassageKind.ENDORSED, LATER, ngo_member)


def test_recorded_twice_it_is_there_once(
    resolution: Resolution, association: Association, ngo_member: User
) -> None:
    record = partial(
        passages.record, resolution, association, PassageKind.SENT, on=DAY, by=ngo_member
    )

    assert record(url=URL) == record(url="https://example.org/other")
    assert Passage.objects.get().url == URL


def test_the_future_is_refused(
    resolution: Resolution, association: Association, ngo_member: User
) -> None:
    with pytest.raises(PassageNotPossible, match="in the future"):
        passages.record(
            resolution,
            association,
            PassageKind.SENT,
            on=date(2026, 2, 4),
            by=ngo_member,
            url=URL,
            today=DAY,
        )


def test_an_association_has_nothing_before_the_council_had_it(
    association: Association, ngo_member: User
) -> None:
    resolution = ResolutionFactory()
    StepFactory(resolution=resolution, kind=StepKind.DRAFTED, on=date(2026, 1, 1))
    record = partial(
        passages.record, resolution, association, PassageKind.SENT, by=ngo_member, url=""
    )

    with pytest.raises(PassageNotPossible, match="has not had it yet"):
        record(on=DAY)
    StepFactory(resolution=resolution, kind=StepKind.SUBMITTED, on=DAY)
    with pytest.raises(PassageNotPossible, match="it was “Submitted") as refused:
        record(on=date(2026, 2, 2))

    assert refused.value.is_date
    assert record(on=DAY).url == ""


# ---- The way ----


def test_where_no_area_is_known_the_way_names_those_there_are(
    client: Client, resolution: Resolution, association: Association
) -> None:
    area = AssociationFactory(level="area", name_en="Lower Mainland")
    path = reverse("resolutions:passage_record", args=[resolution.slug])

    assert passages.shown(resolution).areas == [area]
    assert "there are: Lower Mainland." in words(
        text_of(Page(client.get(path).content.decode()).one("main"))
    )
    passages.record(
        resolution, area, PassageKind.SENT, on=DAY, by=resolution.steps.get().recorded_by, url=""
    )

    assert passages.shown(resolution).areas == []
    page = Page(client.get(path).content.decode())
    assert faults(page) == []
    assert "" not in page.hrefs


def test_the_way_leads_from_the_area_to_the_federation() -> None:
    country = CountryFactory()
    region = JurisdictionFactory(parent=country)
    federation = AssociationFactory(level="national", jurisdiction=country)
    AssociationFactory(jurisdiction=region, serves=[CouncilKind.RURAL])
    cities = AssociationFactory(jurisdiction=region, order=2)
    area = AssociationFactory(level="area", jurisdiction=region)
    AssociationFactory(level="area", jurisdiction=region)
    council = CouncilFactory(jurisdiction=region, kind=CouncilKind.CITY, area_association=area)

    way = way_of(ResolutionFactory(council=council))

    assert [stage.association for stage in way] == [area, cities, federation]


def test_one_it_went_to_all_the_same_is_on_its_way(
    resolution: Resolution, association: Association, ngo_member: User
) -> None:
    other = AssociationFactory(order=9)
    passages.record(resolution, other, PassageKind.SENT, on=DAY, by=ngo_member, url=URL)

    way = way_of(resolution)

    assert [(stage.association, len(stage.passages)) for stage in way] == [
        (association, 0),
        (other, 1),
    ]


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (6, 15, date(2026, 6, 15)),
        (2, 3, date(2026, 2, 3)),
        (2, 2, date(2027, 2, 2)),
        (2, 29, date(2026, 2, 28)),
        (None, None, None),
    ],
)
def test_a_deadline_is_the_next_one(
    month: int | None, day: int | None, expected: date | None
) -> None:
    association = AssociationFactory.build(deadline_month=month, deadline_day=day)

    assert next_deadline(association, DAY) == expected


@pytest.mark.parametrize(("recitals", "warns"), [(2, False), (3, True)])
def test_a_text_with_too_many_recitals_is_told(
    recitals: int, warns: bool, resolution: Resolution, ngo_member: User
) -> None:
    AssociationFactory(most_recitals=2)
    clause = {"kind": "recital", "text": "WHEREAS", "opening": "", "code": ""}
    ResolutionText.objects.create(
        resolution=resolution,
        stage="submitted",
        clauses=[clause] * recitals + [{**clause, "kind": "resolved"}],
        recorded_by=ngo_member,
    )

    ((_stage, said),) = passages.shown(resolution).stages

    assert said == ("It takes at most 2 recitals; this text has 3." if warns else "")


# ---- The page ----


def post(client: Client, resolution: Resolution, **data: Any) -> Any:
    path = reverse("resolutions:passage_record", args=[resolution.slug])
    return client.post(path, {"kind": "sent", "on": "2026-02-03", "url": URL, **data})


@pytest.fixture
def client(ngo_member: User) -> Client:
    client = Client()
    client.force_login(ngo_member)
    return client


def test_the_champion_records_what_an_association_did(
    client: Client, resolution: Resolution, ngo_member: User
) -> None:
    association = AssociationFactory(rules_en="One clause.", deadline_month=6, deadline_day=30)
    path = reverse("resolutions:passage_record", args=[resolution.slug])
    before = Page(client.get(path).content.decode())

    answer = post(client, resolution, association=association.pk, reference="B12")

    passage = Passage.objects.get()
    assert answer["Location"] == path
    assert (passage.association, passage.kind, passage.on) == (association, "sent", DAY)
    assert (passage.reference, passage.recorded_by) == ("B12", ngo_member)
    after = Page(client.get(path).content.decode())
    assert faults(before) == faults(after) == []
    assert "It takes resolutions until" in words(text_of(before.one("main")))
    assert "Sent to the association, 3 February 2026 B12" in words(text_of(after.one("main")))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "association"),
        ({"association": "0"}, "association"),
        ({"kind": "eaten"}, "kind"),
        ({"kind": "forwarded"}, "kind"),
        ({"on": ""}, "on"),
        ({"on": "2126-01-01"}, "on"),
        ({"url": "book"}, "url"),
        ({"kind": "endorsed", "url": ""}, "url"),
        ({"on": "2026-01-04"}, "on"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    data: dict[str, str],
    field: str,
    client: Client,
    resolution: Resolution,
    association: Association,
) -> None:
    known = {"association": str(association.pk)} if field != "association" else {}

    answer = post(client, resolution, **{**known, **data})

    assert list(answer.context["form"].errors) == [field]
    assert not Passage.objects.exists()


def test_where_no_association_is_known_the_page_says_so(
    client: Client, resolution: Resolution
) -> None:
    page = Page(
        client.get(reverse("resolutions:passage_record", args=[resolution.slug])).content.decode()
    )

    assert faults(page) == []
    assert "No association is on record" in words(text_of(page.one("main")))


def test_recording_changes_the_public_page(
    resolution: Resolution, association: Association, ngo_member: User, editor: User
) -> None:
    resolution.record_step(StepKind.ADOPTED, on=DAY, by=ngo_member)
    resolution.publish(by=editor)
    path = resolution.get_absolute_url()
    assert "Sent to the association" not in Client().get(path).content.decode()

    passages.record(
        resolution,
        association,
        PassageKind.SENT,
        on=min(LATER, timezone.localdate()),
        by=ngo_member,
        url=URL,
    )

    assert "Sent to the association" in Client().get(path).content.decode()
