"""The cast, and what every test stands on."""

import gc
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import AppConfig
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import Role, User
from tests import loading
from tests.factories import MembershipFactory, UserFactory


def pytest_configure() -> None:
    # Python looks for garbage after every 700 objects, and a page makes tens of thousands: to look
    # less often takes a tenth off the time of all tests.
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database is the same on all: the run on SQLite has it, PostgreSQL's need not."""
    if connections.settings[DEFAULT_DB_ALIAS]["ENGINE"] == "django.db.backends.sqlite3":
        return
    asking = {"db", "transactional_db", "live_server"}
    without = [
        item
        for item in items
        if not item.get_closest_marker("django_db")
        and not asking & set(getattr(item, "fixturenames", ()))
    ]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in set(without)]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep SQLite in a file, as a site does.

    In memory several threads share one cache, and a reader who meets a writer fails at once
    ("database table is locked") where on a site nobody even waits.
    """
    database = connections.settings[DEFAULT_DB_ALIAS]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        database["TEST"]["NAME"] = str(path)
        if migrated := os.environ.get("MIGRATED_SQLITE"):
            shutil.copy(migrated, path)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Whether the database is there already: see MIGRATED_SQLITE in docs/running.md."""
    return bool(os.environ.get("MIGRATED_SQLITE")) or request.config.getvalue("reuse_db")


@pytest.fixture(scope="session", autouse=True)
def _roles_after_a_flush() -> Iterator[None]:
    """A test whose writes are committed empties every table after it, the roles’ too."""

    def make_roles(sender: AppConfig, **kwargs: Any) -> None:
        if sender.label == "accounts":
            for role in Role.values:
                Group.objects.get_or_create(name=role)

    post_migrate.connect(make_roles)
    yield
    post_migrate.disconnect(make_roles)


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    """Files as they lie in the folders: nothing is collected before a test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _empty_page_cache() -> Iterator[None]:
    """Each test's database starts again at version 0, so kept pages would look fresh."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    yield
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(scope="module")
def record(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The record of 2009, loaded once for a module, in a transaction its tests stand inside of.

    A module that asks for it asks for it in all its tests: ``pytestmark``.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def citizen(db: None) -> User:
    """Has an account and no role."""
    return UserFactory(email="citizen@example.org")


@pytest.fixture
def facilitator(db: None) -> User:
    """Runs dialogues; none yet."""
    return UserFactory(email="facilitator@example.org", roles=[Role.FACILITATOR])


@pytest.fixture
def stranger(db: None) -> User:
    """A facilitator and organization member of somewhere else."""
    user = UserFactory(
        email="stranger@example.org", roles=[Role.FACILITATOR, Role.ORGANIZATION_MEMBER]
    )
    MembershipFactory(user=user)
    return user


@pytest.fixture
def ngo_member(db: None) -> User:
    """Acts for one organization: ``ngo_member.organizations.get()``."""
    user = UserFactory(email="member@example.org", roles=[Role.ORGANIZATION_MEMBER])
    MembershipFactory(user=user)
    return user


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory(email="editor@example.org", roles=[Role.EDITOR])


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(email="administrator@example.org", roles=[Role.ADMINISTRATOR])
