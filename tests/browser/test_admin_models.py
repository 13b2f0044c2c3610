"""The pages of each model of the admin: no accessibility rule broken, nothing inline blocked.

They are only read, so the rows are made once, and never committed.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from accounts.models import Role, User
from dialogues.models import Dialogue
from recommendations.models import Recommendation
from resolutions.models import Council, StepKind
from tests import factories
from tests.browser.administering import Visitor, address
from tests.browser.conftest import give_session, lent_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


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


@pytest.fixture(scope="module")
def keeper(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """The administrator of a small site."""
    with django_db_blocker.unblock(), transaction.atomic():
        a_row_of_everything()
        yield factories.UserFactory(email="keeper@example.org", roles=[Role.ADMINISTRATOR])
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitor(browser: Browser, keeper: User) -> Iterator[Visitor]:
    with lent_server() as origin:
        context = browser.new_context(reduced_motion="reduce")
        give_session(context, keeper, origin)
        yield Visitor(context.new_page(), origin)
        context.close()


# One template shows the history of all models, and another asks before any is deleted.
EACH_KIND_OF_PAGE = {Recommendation, Dialogue, Council, User}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_pages_of_each_model(visitor: Visitor, model: type[Model], keeper: User) -> None:
    row = model._default_manager.first()
    assert row is not None

    visitor.open(address(model, "changelist"))
    visitor.open(address(model, "change", row.pk))
    # The form of a new row has the fields of one that is there.
    if model in EACH_KIND_OF_PAGE:
        visitor.open(address(model, "add"))
        visitor.open(address(model, "history", row.pk))
    if model in EACH_KIND_OF_PAGE and keeper.has_perm(
        f"{model._meta.app_label}.delete_{model._meta.model_name}", row
    ):
        visitor.open(address(model, "delete", row.pk))

    problems, visitor.problems = visitor.problems, []
    assert not problems, "\n".join(problems)
