"""An organization's board: what stands on it, what is due, and the calendar of that."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Organization, Role, User
from resolutions import upcoming
from resolutions.models import Delivery, PassageKind, Resolution, Scope, StepKind
from resolutions.views.board import SHOWN, STAGES
from tests.factories import (
    AssociationFactory,
    CouncilFactory,
    MembershipFactory,
    ModelResolutionFactory,
    ResolutionFactory,
    StepFactory,
    StepSourceFactory,
)
from tests.markup import Page, faults, text_of, words

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 4)


@pytest.fixture
def organization(ngo_member: User) -> Organization:
    return ngo_member.organizations.get()


@pytest.fixture
def client(ngo_member: User) -> Client:
    client = Client()
    client.force_login(ngo_member)
    return client


def at(kind: StepKind, organization: Organization, **step: Any) -> Resolution:
    """A resolution of the organization whose newest step is of this kind."""
    resolution = ResolutionFactory(champion=organization, title="")
    made = StepFactory(resolution=resolution, kind=kind, on=date(2026, 5, 1), **step)
    Resolution.objects.filter(pk=resolution.pk).update(status=kind, status_on=made.on)
    resolution.refresh_from_db()
    return resolution


def board_of(organization: Organization) -> str:
    return reverse("resolutions:board_detail", args=[organization.slug])


def theirs(organization: Organization) -> Any:
    return Resolution.objects.filter(champion=organization)


# ---- The page ----


def test_every_kind_of_step_has_its_place_on_the_board() -> None:
    kinds = [kind for stage in STAGES.values() for kind in stage]

    assert sorted(kinds) == sorted(StepKind)


def test_resolutions_stand_under_how_far_they_have_come(
    client: Client, organization: Organization
) -> None:
    rows = {
        kind: at(kind, organization)
        for kind in (StepKind.DRAFTED, StepKind.REFERRED, StepKind.SIGNED, StepKind.DEFEATED)
    }
    at(StepKind.ADOPTED, MembershipFactory().organization)

    answer = client.get(board_of(organization))
    page = Page(answer.content.decode())

    assert faults(page) == []
    got = {stage: found for stage, _heading, found, _n in answer.context["stages"]}
    assert got == {
        "preparation": [rows[StepKind.DRAFTED]],
        "council": [rows[StepKind.REFERRED]],
        "adopted": [rows[StepKind.SIGNED]],
        "ended": [rows[StepKind.DEFEATED]],
    }


def test_a_board_with_nothing_on_it_says_so(client: Client, organization: Organization) -> None:
    page = Page(client.get(board_of(organization)).content.decode())

    assert faults(page) == []
    assert "Nothing is due." in words(text_of(page.one("main")))


def test_whoever_acts_for_one_is_led_to_its_board(
    client: Client, organization: Organization, ngo_member: User
) -> None:
    path = reverse("resolutions:board_list")

    assert client.get(path)["Location"] == board_of(organization)

    other = MembershipFactory(user=ngo_member).organization
    hrefs = Page(client.get(path).content.decode()).hrefs
    assert {board_of(organization), board_of(other)} <= hrefs


def test_whoever_may_act_for_somebody_finds_the_board_on_every_page(
    ngo_member: User, editor: User, citizen: User
) -> None:
    path, found = reverse("resolutions:board_list"), {}
    for user in (ngo_member, editor, citizen):
        reader = Client()
        reader.force_login(user)
        found[user] = path in Page(reader.get("/about/").content.decode()).hrefs

    assert found == {ngo_member: True, editor: True, citizen: False}


def test_a_long_stage_goes_on_on_pages_of_its_own(
    client: Client, organization: Organization
) -> None:
    council = CouncilFactory()
    Resolution.objects.bulk_create(
        ResolutionFactory.build(
            champion=organization, council=council, status=StepKind.ADOPTED, slug=f"r-{n}"
        )
        for n in range(SHOWN + 1)
    )

    answer = client.get(board_of(organization))
    whole = client.get(f"{board_of(organization)}?stage=adopted")

    (adopted,) = [row for row in answer.context["stages"] if row[0] == "adopted"]
    assert (len(adopted[2]), adopted[3]) == (SHOWN, SHOWN + 1)
    assert "?stage=adopted" in Page(answer.content.decode()).hrefs
    assert len(whole.context["page"].object_list) == SHOWN + 1
    assert faults(Page(whole.content.decode())) == []


def test_a_full_board_asks_as_often_as_an_empty_one(
    client: Client, organization: Organization
) -> None:
    association = AssociationFactory(deadline_month=6, deadline_day=15)
    model = ModelResolutionFactory(scope=Scope.ASSOCIATION)
    tomorrow = timezone.localdate() + timedelta(days=1)

    def questions(n: int) -> int:
        for kind in (StepKind.DRAFTED, StepKind.SCHEDULED, StepKind.ADOPTED, StepKind.DEFEATED):
            for _number in range(n):
                meets_on = tomorrow if kind == StepKind.SCHEDULED else None
                row = at(kind, organization, meets_on=meets_on)
                council = row.council
                Resolution.objects.filter(pk=row.pk).update(model=model)
                council.area_association = association
                council.save(update_fields=["area_association"])
                Delivery.objects.create(
                    resolution=row, kind="other", recipient="Reeve", due_on=tomorrow
                )
        with CaptureQueriesContext(connection) as asked:
            assert client.get(board_of(organization)).status_code == 200
        return len(asked)

    few = questions(1)

    assert questions(3) == few


# ---- What is due ----


def test_a_meeting_comes_up_as_the_newest_announcing_step_says(
    organization: Organization,
) -> None:
    resolution = at(StepKind.SCHEDULED, organization, meets_on=date(2026, 5, 10))
    assert [step.meets_on for step in upcoming.announced(theirs(organization), TODAY)] == [
        date(2026, 5, 10)
    ]

    later = {"resolution": resolution, "kind": StepKind.DEFERRED}
    StepFactory(**later, on=date(2026, 5, 2), meets_on=date(2026, 6, 1))
    assert [step.meets_on for step in upcoming.announced(theirs(organization), TODAY)] == [
        date(2026, 6, 1)
    ]

    StepFactory(**later, on=date(2026, 5, 3), meets_on=None)
    assert list(upcoming.announced(theirs(organization), TODAY)) == []


@pytest.mark.parametrize(("days", "comes_up"), [(-1, False), (0, True), (1, True)])
def test_a_meeting_of_today_is_still_to_come(
    days: int, comes_up: bool, organization: Organization
) -> None:
    at(StepKind.SCHEDULED, organization, meets_on=TODAY + timedelta(days=days))

    assert upcoming.announced(theirs(organization), TODAY).exists() == comes_up


def test_what_was_decided_comes_up_no_more(organization: Organization) -> None:
    resolution = at(StepKind.SCHEDULED, organization, meets_on=date(2026, 5, 10))
    StepFactory(resolution=resolution, kind=StepKind.WITHDRAWN, on=date(2026, 5, 2))
    Resolution.objects.filter(pk=resolution.pk).update(status=StepKind.WITHDRAWN)

    assert not upcoming.announced(theirs(organization), TODAY).exists()


def test_copies_not_sent_are_due_and_late_ones_say_so(
    client: Client, organization: Organization
) -> None:
    resolution = at(StepKind.ADOPTED, organization)
    today = timezone.localdate()
    for name, due_on, sent_on in (
        ("Reeve", today - timedelta(days=1), None),
        ("Warden", today + timedelta(days=1), None),
        ("Premier", today, today),
        ("Governor", None, None),
    ):
        Delivery.objects.create(
            resolution=resolution,
            kind="other",
            recipient=name,
            due_on=due_on,
            sent_on=sent_on,
            means="post" if sent_on else "",
        )

    text = words(text_of(Page(client.get(board_of(organization)).content.decode()).one("main")))

    assert [row.recipient for row in upcoming.unsent(theirs(organization))] == ["Reeve", "Warden"]
    assert text.count("Late:") == 1


def test_steps_nobody_checked_are_listed(organization: Organization) -> None:
    resolution = at(StepKind.SUBMITTED, organization)
    StepFactory(resolution=resolution, kind=StepKind.REFERRED, verified=True)
    StepFactory(resolution=resolution, kind=StepKind.DRAFTED)

    assert [step.kind for step in upcoming.unverified(theirs(organization))] == ["submitted"]


@pytest.mark.parametrize(
    ("scope", "passage", "comes_up"),
    [
        (Scope.COUNCIL, False, False),
        (Scope.ASSOCIATION, False, True),
        (Scope.COUNCIL, True, True),
    ],
)
def test_deadlines_are_of_those_on_their_way_to_an_association(
    scope: Scope, passage: bool, comes_up: bool, organization: Organization, ngo_member: User
) -> None:
    resolution = at(StepKind.ADOPTED, organization)
    resolution.model = ModelResolutionFactory(scope=scope)
    resolution.save()
    area = AssociationFactory(level="area")
    provincial = AssociationFactory(deadline_month=6, deadline_day=31)
    resolution.council.area_association = area
    resolution.council.save()
    if passage:
        resolution.passages.create(
            association=area,
            kind=PassageKind.SENT,
            on=TODAY,
            url="https://example.org",
            recorded_by=ngo_member,
        )

    rows = upcoming.deadlines(theirs(organization), TODAY)

    expected = [(date(2026, 6, 30), provincial)] if comes_up else []
    assert [(row.on, row.stage.association) for row in rows] == expected


# ---- The calendar ----


def test_a_calendar_has_an_address_once_somebody_asks_and_can_change_it(
    client: Client, organization: Organization
) -> None:
    renew = reverse("resolutions:calendar_renew", args=[organization.slug])
    keys = []
    for _time in range(2):
        client.post(renew)
        organization.refresh_from_db()
        keys.append(organization.calendar_key)

    old, new = (
        Client().get(reverse("resolutions:organization_calendar", args=[key])) for key in keys
    )

    assert (old.status_code, new.status_code) == (404, 200)
    assert (
        f"http://testserver{new.wsgi_request.path}"
        in Page(client.get(board_of(organization)).content.decode()).hrefs
    )


def test_without_a_key_there_is_no_calendar(organization: Organization) -> None:
    path = reverse("resolutions:organization_calendar", args=[uuid.UUID(int=0)])

    assert organization.calendar_key is None
    assert Client().get(path).status_code == 404


def test_a_calendar_holds_what_is_due_and_where_that_is_said(
    client: Client, organization: Organization, ngo_member: User
) -> None:
    day = timezone.localdate() + timedelta(days=9)
    council = CouncilFactory(name="Montréal")
    resolution = at(StepKind.SCHEDULED, organization, meets_on=day, meeting="Regular council")
    resolution.council = council
    resolution.save()
    step = resolution.steps.get()
    source = StepSourceFactory(step=step)
    decided = at(StepKind.ADOPTED, organization)
    Delivery.objects.create(resolution=decided, kind="other", recipient="Reeve", due_on=day)
    resolution.model = ModelResolutionFactory(scope=Scope.ASSOCIATION)
    resolution.save()
    AssociationFactory(
        name_en="Union of Towns", deadline_month=1, deadline_day=1, source_url="https://example.org"
    )
    at(StepKind.SCHEDULED, MembershipFactory().organization, meets_on=day)
    client.post(reverse("resolutions:calendar_renew", args=[organization.slug]))
    organization.refresh_from_db()
    path = reverse("resolutions:organization_calendar", args=[organization.calendar_key])

    answer, again = Client().get(path), Client().get(path)
    calendar = Calendar.from_ical(answer.content)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content == again.content
    assert isinstance(calendar, Calendar)
    meeting, copy, deadline = calendar.events
    assert [part.errors for part in calendar.walk()] == [[]] * 4
    assert meeting["SUMMARY"] == "Montréal: Regular council"
    assert meeting.decoded("DTSTART") == day
    assert meeting["UID"] == f"meeting-{step.pk}@testserver"
    assert meeting["URL"] == f"http://testserver{step.get_absolute_url()}"
    assert f"Source: {source}, {source.url}" in str(meeting["DESCRIPTION"])
    assert "reported, not yet verified" in str(meeting["DESCRIPTION"])
    assert copy["SUMMARY"] == "Copy due: Reeve"
    assert copy["URL"] == f"http://testserver{decided.get_absolute_url()}"
    assert deadline["SUMMARY"] == "Last day to send to: Union of Towns"
    assert "https://example.org" in str(deadline["DESCRIPTION"])


def test_a_calendar_is_in_the_language_of_its_address(
    client: Client, organization: Organization
) -> None:
    client.post(reverse("resolutions:calendar_renew", args=[organization.slug]))
    organization.refresh_from_db()
    path = reverse("resolutions:organization_calendar", args=[organization.calendar_key])

    assert Client().get(f"/fr{path}").status_code == 200


def test_membership_without_the_role_opens_no_board(organization: Organization) -> None:
    user = MembershipFactory(organization=organization).user
    client = Client()
    client.force_login(user)

    assert user.roles == frozenset()
    assert client.get(board_of(organization)).status_code == 404


def test_an_editor_sees_every_board(editor: User, organization: Organization) -> None:
    client = Client()
    client.force_login(editor)

    assert Role.EDITOR in editor.roles
    assert (
        board_of(organization)
        in Page(client.get(reverse("resolutions:board_list")).content.decode()).hrefs
    )
    assert client.get(board_of(organization)).status_code == 200
