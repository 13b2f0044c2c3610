"""Every page of the admin people work in: no accessibility rule broken, nothing inline blocked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from accounts.models import User
from dialogues.models import Dialogue
from recommendations.models import Abbreviation, Recommendation
from resolutions.models import Council, Resolution, StepKind
from tests import factories
from tests.browser.reading import broken_rules_by_day_and_night

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The boxes that find rows while somebody types are made last.
SCRIPTS_ARE_DONE = """() => !document.querySelector(
    'select.admin-autocomplete:not(.select2-hidden-accessible):not([name*="__prefix__"])')"""


class Visitor:
    """Opens pages and remembers everything the browser complained of."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.problems: list[str] = []
        self.listening = True
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if self.listening and message.type in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> None:
        response = self.page.goto(f"{self.origin}{path}")
        assert response is not None
        if response.status != 200:
            self.problems.append(f"{path}: {response.status}")
        self.check()

    def check(self) -> None:
        """Run every rule of axe over the page as it stands; in the dark only colours differ."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(SCRIPTS_ARE_DONE)
        self.listening = False  # axe itself writes a style into the page, which the policy blocks
        self.problems += broken_rules_by_day_and_night(self.page)
        self.listening = True


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


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def a_row_of_everything() -> None:
    """A small site in which every model has a row and every inline something to show."""
    recommendation = factories.RecommendationFactory(
        published=True,
        addressees=[factories.AddresseeFactory()],
        subject=factories.SubjectFactory(),
    )
    factories.SourceFactory(update__recommendation=recommendation)
    reply = factories.ReplyFactory(recommendation=recommendation)
    factories.SourceFactory(update=None, reply=reply)
    factories.TermFactory()
    factories.AbbreviationFactory()
    dialogue = factories.DialogueFactory()
    factories.ConvenerFactory(dialogue=dialogue)
    person = factories.PersonFactory(dialogue=dialogue)
    factories.AgendaItemFactory(dialogue=dialogue).led_by.add(person)
    factories.SectionFactory(dialogue=dialogue)
    question = factories.ContributionFactory(
        dialogue=dialogue, question=True, posted=True, about=[recommendation]
    )
    factories.AnswerFactory(contribution=question)
    factories.CommitmentFactory(recommendation=recommendation)
    factories.EvidenceFactory(recommendation=recommendation)
    factories.NextStepFactory(dialogue=dialogue, owner=person)
    clause = factories.ClauseFactory(recommendations=[recommendation])
    factories.PlaceTermFactory(clause=clause)
    step = factories.StepFactory(resolution__model=clause.model, kind=StepKind.SUBMITTED)
    factories.StepSourceFactory(step=step)
    factories.TipFactory(resolution=step.resolution, council=step.resolution.council)
    factories.MembershipFactory()
    factories.AssociationFactory()
    factories.LetterFactory()
    factories.FailedTaskFactory()


# One template shows the history of all models, and another asks before any is deleted.
EACH_KIND_OF_PAGE = {Recommendation, Dialogue, Council, User}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_pages_of_each_model(visitor: Visitor, model: type[Model], administrator: User) -> None:
    a_row_of_everything()
    row = model._default_manager.first()
    assert row is not None

    visitor.open(address(model, "changelist"))
    visitor.open(address(model, "change", row.pk))
    # The form of a new row has the fields of one that is there.
    if model in EACH_KIND_OF_PAGE:
        visitor.open(address(model, "add"))
        visitor.open(address(model, "history", row.pk))
    if model in EACH_KIND_OF_PAGE and administrator.has_perm(
        f"{model._meta.app_label}.delete_{model._meta.model_name}", row
    ):
        visitor.open(address(model, "delete", row.pk))

    assert not visitor.problems, "\n".join(visitor.problems)


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
