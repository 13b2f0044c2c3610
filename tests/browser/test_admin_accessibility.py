"""Every page of the admin people work in: no accessibility rule broken, nothing inline blocked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext

from accounts.models import User
from dialogues.models import Dialogue
from recommendations.models import Abbreviation, Recommendation
from resolutions.models import Council, Resolution
from tests import factories
from tests.browser.administering import Visitor, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visitor(
    browser: Browser,
    live_server: Any,
    administrator: User,
    sign_in: Callable[[BrowserContext, User], None],
) -> Iterator[Visitor]:
    context = browser.new_context(reduced_motion="reduce")
    sign_in(context, administrator)
    yield Visitor(context.new_page(), live_server.url)
    context.close()


def test_the_pages_beside_the_models(visitor: Visitor, administrator: User) -> None:
    visitor.open(reverse("admin:index"))
    visitor.open(reverse("admin:app_list", args=["recommendations"]))
    visitor.open(reverse("admin:password_change"))
    visitor.open(reverse("admin:auth_user_password_change", args=[administrator.pk]))
    visitor.open("/fr/admin/")

    assert not visitor.problems, "\n".join(visitor.problems)


def test_publishing_is_confirmed_and_then_said(visitor: Visitor) -> None:
    recommendation = factories.RecommendationFactory()
    page = visitor.page

    visitor.open(address(Recommendation, "changelist"))
    page.get_by_role("checkbox", name="Select this object").first.check()
    page.locator("select[name=action]").select_option("publish")
    page.get_by_role("button", name="Go").click()
    visitor.check()
    page.get_by_role("button", name="Yes, publish").click()
    visitor.check()

    assert page.get_by_text("1 is now public.").is_visible()
    visitor.open(address(Recommendation, "change", recommendation.pk))
    page.get_by_role("button", name="Withdraw").click()
    visitor.check()
    assert page.get_by_role("heading", name="Withdraw?").is_visible()
    assert not visitor.problems, "\n".join(visitor.problems)


def test_deleting_several_is_confirmed(visitor: Visitor) -> None:
    factories.AbbreviationFactory()
    page = visitor.page

    visitor.open(address(Abbreviation, "changelist"))
    page.get_by_role("checkbox", name="Select this object").first.check()
    page.locator("select[name=action]").select_option("delete_selected")
    page.get_by_role("button", name="Go").click()
    visitor.check()

    assert page.get_by_role("button", name="Yes").is_visible()
    assert not visitor.problems, "\n".join(visitor.problems)


def test_what_goes_wrong_in_a_form_is_said(visitor: Visitor) -> None:
    visitor.open(address(Recommendation, "add"))
    visitor.page.get_by_role("button", name="Save", exact=True).click()
    visitor.check()

    assert visitor.page.get_by_text("Please correct the errors below.").is_visible()
    assert not visitor.problems, "\n".join(visitor.problems)


def test_finding_a_row_while_typing(visitor: Visitor) -> None:
    factories.CouncilFactory(name="Burnaby")
    page = visitor.page

    visitor.open(address(Resolution, "add"))
    page.locator("#id_council + .select2").click()
    page.locator(".select2-search__field").last.fill("burn")
    page.get_by_role("option", name="Burnaby").click()
    visitor.check()

    assert page.locator("#select2-id_council-container").get_by_text("Burnaby").is_visible()
    assert not visitor.problems, "\n".join(visitor.problems)


def test_adding_a_row_below_another(visitor: Visitor) -> None:
    dialogue = factories.DialogueFactory()
    page = visitor.page

    visitor.open(address(Dialogue, "change", dialogue.pk))
    page.get_by_text("Add another Convener").click()
    visitor.check()

    assert page.locator("#id_conveners-0-order").is_visible()
    assert not visitor.problems, "\n".join(visitor.problems)


def test_a_table_is_previewed_before_it_is_taken_in(visitor: Visitor, tmp_path: Path) -> None:
    factories.JurisdictionFactory(code="CA-BC")
    page, sheet = visitor.page, tmp_path / "councils.csv"

    visitor.open(address(Council, "export"))
    visitor.open(address(Council, "import"))
    sheet.write_text("slug,name,kind,jurisdiction\nx,Delta,city,CA-XX\n")
    page.get_by_label("File to import").set_input_files(sheet)
    page.get_by_role("button", name="Submit").click()
    visitor.check()
    assert page.get_by_text("There is no jurisdiction “CA-XX” here.").is_visible()

    visitor.open(address(Council, "import"))
    sheet.write_text("slug,name,kind,jurisdiction\ndelta,Delta,city,CA-BC\n")
    page.get_by_label("File to import").set_input_files(sheet)
    page.get_by_role("button", name="Submit").click()
    visitor.check()
    page.get_by_role("button", name="Confirm import").click()
    visitor.check()

    assert Council.objects.get(slug="delta").name == "Delta"
    assert not visitor.problems, "\n".join(visitor.problems)


def test_history_shows_what_was_and_what_is(visitor: Visitor) -> None:
    dialogue = factories.DialogueFactory(place="Vancuver")
    page = visitor.page

    visitor.open(address(Dialogue, "change", dialogue.pk))
    page.get_by_label("Place:").fill("Vancouver")
    page.get_by_role("button", name="Save and continue editing").click()
    visitor.open(address(Dialogue, "history", dialogue.pk))

    assert page.locator("del").inner_text().split() == ["was:", "Vancuver"]
    assert page.locator("ins").inner_text().split() == ["is", "now:", "Vancouver"]
    assert page.get_by_text("administrator@example.org").first.is_visible()
    assert not visitor.problems, "\n".join(visitor.problems)
