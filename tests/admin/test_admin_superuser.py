"""The first administrator, made by a command, is bound by the rules like everybody else."""

from urllib.parse import urlencode

import pytest
from django.db.models import Model
from django.test import Client

from accounts.models import User
from recommendations.models import ProgressUpdate, Recommendation
from resolutions.models import Resolution, Step, StepKind
from tests import factories
from tests.admin.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk(User.objects.create_superuser("first@example.org", "correct horse battery"))


def a_public_update() -> ProgressUpdate:
    source = factories.SourceFactory()
    source.update.publish(by=factories.UserFactory())
    return source.update


def a_public_step() -> Step:
    by = factories.UserFactory()
    resolution = factories.ResolutionFactory()
    step = resolution.record_step(StepKind.SUBMITTED, on=factories.date(2010, 1, 12), by=by)
    resolution.publish(by=by)
    return step


@pytest.mark.parametrize("make", [a_public_update, a_public_step])
def test_what_was_made_public_is_not_deleted(make: object, desk: Desk) -> None:
    row: Model = make()  # type: ignore[operator]

    answers = [
        desk.get(type(row), "delete", row.pk).status_code,
        desk.post(type(row), "delete", row.pk, post="yes").status_code,
    ]

    assert answers == [403, 403]
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_a_step_is_recorded_with_its_resolution_alone(desk: Desk) -> None:
    assert desk.get(Step, "add").status_code == 403
    assert desk.post(Step, "add", kind="adopted").status_code == 403


def test_every_kind_of_work_is_open_all_the_same(desk: Desk) -> None:
    for model in (Recommendation, ProgressUpdate, Resolution, User):
        assert desk.get(model, "changelist").status_code == 200
        assert desk.get(model, "add").status_code == 200


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_the_door_leads_the_signed_out_to_the_sign_in_page(prefix: str) -> None:
    wanted = {"next": f"{prefix}/admin/"}

    answer = Client().get(f"{prefix}/admin/", follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"{prefix}/accounts/login/?{urlencode(wanted)}"


def test_the_door_is_shut_to_people_without_a_role(citizen: User) -> None:
    client = Client()
    client.force_login(citizen)

    assert client.get("/admin/", follow=True).status_code == 403
