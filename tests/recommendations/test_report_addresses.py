"""Who gets what at each address of the desk of reports.

The cast is that of ``test_desk_addresses``: only editors and administrators get in.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import RecommendationFactory, ReportFactory
from tests.markup import Page, faults
from tests.recommendations.test_desk_addresses import (
    _DONE,
    _NOT_SO,
    _READ,
    CODES,
    SECRET,
    SIGN_IN,
    cast,
    signed_in,
)

__all__ = ["cast"]

pytestmark = pytest.mark.django_db

# Each address: what a GET gets, what the POST of an empty form gets.
REPORTS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "recommendations:report_desk": (_READ, _NOT_SO),
    "recommendations:report_new": (_READ, _READ),
    "recommendations:report_plan": (_READ, _NOT_SO),
    "recommendations:report_change": (_READ, _READ),
    "recommendations:report_parts": (_READ, _READ),
    "recommendations:report_import": (_READ, _READ),
    "recommendations:report_sample": (_READ, _NOT_SO),
    # Nobody has seen what would be public: it is shown first.
    "recommendations:report_publish": (_READ, _READ),
    "recommendations:report_withdraw": (_READ, _DONE),
}


def path_of(name: str) -> str:
    """The address of a draft that is nobody's to know but editors'."""
    if name.endswith(("report_desk", "report_new")):
        return reverse(name)
    report = ReportFactory(title=SECRET, published_at=None, published_by=None, published=False)
    RecommendationFactory(report=report, text=SECRET)
    return reverse(name, args=[report.slug])


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", REPORTS)
def test_who_gets_what(name: str, method: str, cast: dict[str, User | None]) -> None:
    expected = REPORTS[name][method == "post"]
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            path = path_of(name)
            answer: Any = getattr(signed_in(user), method)(path)
            to_sign_in = answer.get("Location") == f"/accounts/login/?next={path}"
            got[letter] = SIGN_IN if to_sign_in else CODES[answer.status_code]
            assert letter in "EA" or SECRET not in answer.content.decode()
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("name", REPORTS)
def test_its_pages_are_sound_kept_by_nobody_and_found_by_no_search_engine(
    name: str, editor: User
) -> None:
    answer = signed_in(editor).get(path_of(name))

    assert "no-store" in answer["Cache-Control"]
    if name.endswith("report_sample"):
        assert answer["X-Robots-Tag"] == "noindex"
    else:
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert faults(Page(answer.content.decode())) == []


def test_a_draft_shows_to_editors_alone_where_it_will_be_public(
    editor: User, citizen: User
) -> None:
    report = ReportFactory(title=SECRET, published_at=None, published_by=None, published=False)
    RecommendationFactory(report=report, text=SECRET, published=True)
    path = report.get_absolute_url()

    assert Client().get(path).status_code == 404
    assert signed_in(citizen).get(path).status_code == 404
    assert SECRET not in Client().get("/recommendations/reports/").content.decode()
    assert "This is a draft" in signed_in(editor).get(path).content.decode()
