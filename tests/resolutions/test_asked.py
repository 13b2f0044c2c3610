"""What a query names: bytes that no name has never reach the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client

from accounts.models import User
from resolutions.models import Jurisdiction
from resolutions.views.asked import chosen, chosen_or_404
from tests.factories import JurisdictionFactory, ModelResolutionFactory

pytestmark = pytest.mark.django_db


def no_nul(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
    """PostgreSQL would refuse it; SQLite would not say a word."""
    assert not any("\x00" in value for value in params or () if isinstance(value, str))
    return execute(sql, params, *rest)


def test_a_name_finds_its_row() -> None:
    region = JurisdictionFactory()

    assert chosen(Jurisdiction.objects.all(), region.code, "code") == region
    assert chosen_or_404(Jurisdiction.objects.all(), region.code, "code") == region


@pytest.mark.parametrize("value", ["", "\x00", "CA-BC\x00", "CA-BC\n", "é", "a b", "x" * 101])
def test_what_is_no_name_is_not_looked_for(value: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert chosen(Jurisdiction.objects.all(), value, "code") is None
        with pytest.raises(Http404):
            chosen_or_404(Jurisdiction.objects.all(), value, "code")


def test_a_nul_in_a_query_is_no_failure(editor: User) -> None:
    client = Client()
    client.force_login(editor)
    model = ModelResolutionFactory()

    with connection.execute_wrapper(no_nul):
        answers = {
            path: client.get(path).status_code
            for path in (
                "/resolutions/embed/map/?region=%00",
                "/resolutions/embed/counter/?region=CA-BC%00",
                "/resolutions/board/new/?preparation=%00",
                "/resolutions/board/new/?council=%00",
                f"/resolutions/model/{model.slug}/preview/?council=%00",
            )
        }

    assert list(answers.values()) == [404, 404, 404, 404, 200]
