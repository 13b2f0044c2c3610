"""Every page of the admin opens, and costs the same with three rows as with thirty."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests import factories

FACTORIES: dict[str, Callable[..., Any]] = {
    factory._meta.model._meta.label_lower: factory
    for factory in vars(factories).values()
    if isinstance(factory, type)
    and issubclass(factory, factories.Factory)
    and not factory._meta.abstract
}
LABELS = sorted(model._meta.label_lower for model in admin.site._registry)


# What came to nothing is read, and has no other page.
READ = {"accounts.failedtask", "accounts.letter", "recommendations.evidence"}
# Steps and tips are never deleted, commitments not here; the report is public, and withdrawn
# before it can be.
STAYS = READ | {
    "dialogues.commitment",
    "recommendations.report",
    "resolutions.step",
    "resolutions.tip",
}


def address(label: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


@pytest.fixture
def admin_client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.django_db
@pytest.mark.parametrize("label", LABELS)
def test_a_list_asks_as_often_for_thirty_rows_as_for_three(
    label: str, admin_client: Client
) -> None:
    make = FACTORIES[label]
    path = address(label, "changelist")
    for _n in range(3):
        make()
    queries(admin_client, path)  # content types and the like are asked for once
    few = queries(admin_client, path)

    for _n in range(27):
        make()
    many = queries(admin_client, path)

    assert many == few


@pytest.mark.django_db
@pytest.mark.parametrize("label", LABELS)
def test_every_page_of_a_row_opens(label: str, admin_client: Client) -> None:
    row = FACTORIES[label]()

    for page in ("change", "history", "delete"):
        response = admin_client.get(address(label, page, row.pk))
        shut = {"delete": STAYS, "history": READ}.get(page, set())
        expected = 403 if label in shut else 200
        assert response.status_code == expected, page
    response = admin_client.get(address(label, "add"))
    closed = STAYS - {"recommendations.report"} | {"resolutions.clause"}
    assert response.status_code == (403 if label in closed else 200)
