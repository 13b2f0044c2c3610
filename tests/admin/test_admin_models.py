"""Writing a model in the admin: from an empty page to a public text, and on to its next version."""

from typing import Any

import pytest

from accounts.models import User
from resolutions.models import Clause, ClauseKind, ModelResolution, PlaceTerm, Wording
from tests import factories
from tests.admin.desk import Desk, said

pytestmark = pytest.mark.django_db

TEXTS = [
    (ClauseKind.RECITAL, "WHEREAS,", "WHEREAS, atrocities offend the conscience of humankind;"),
    (ClauseKind.RESOLVED, "BE IT RESOLVED", "BE IT RESOLVED that the City of Vancouver will:"),
    (ClauseKind.SUB_ITEM, "", "ask for prevention;"),
    (ClauseKind.SUB_ITEM, "", "and tell the City of Vancouver."),
]


@pytest.fixture
def desk(editor: User) -> Desk:
    return Desk(editor)


def typed(desk: Desk, *clauses: tuple[str, str, str]) -> dict[str, Any]:
    """What somebody types into an empty page, no number and no parent given."""
    report = factories.ReportFactory()
    data = {
        **desk.form(ModelResolution),
        "title": "A model",
        "slug": "a-model",
        "dated": "2026-11-01",
        "report": report.pk,
        "fields-TOTAL_FORMS": 1,
        "fields-0-order": 1,
        "fields-0-label": "City",
        "fields-0-name": "city",
        "fields-0-varies_with": "municipality",
        "fields-0-original": "City of Vancouver",
        "clauses-TOTAL_FORMS": len(clauses),
    }
    for n, (kind, opening, text) in enumerate(clauses):
        data |= {
            f"clauses-{n}-order": "",
            f"clauses-{n}-code": f"C{n}",
            f"clauses-{n}-kind": kind,
            f"clauses-{n}-opening": opening,
            f"clauses-{n}-text": text,
        }
    return data


def test_a_model_is_written_on_one_page_each_sub_item_under_the_clause_above_it(
    desk: Desk,
) -> None:
    response = desk.post(ModelResolution, "add", **typed(desk, *TEXTS))

    assert response.status_code == 302
    model = ModelResolution.objects.get(slug="a-model")
    assert list(model.clauses.values_list("code", "order", "part_of__code")) == [
        ("C0", 1, None),
        ("C1", 2, None),
        ("C2", 3, "C1"),
        ("C3", 4, "C1"),
    ]


def test_a_sub_item_above_every_clause_is_refused(desk: Desk) -> None:
    response = desk.post(ModelResolution, "add", **typed(desk, TEXTS[0], TEXTS[2]))

    assert "There is no operative clause above it." in response.content.decode()
    assert not ModelResolution.objects.exists()


def test_its_words_are_found_and_then_it_is_published(desk: Desk) -> None:
    desk.post(ModelResolution, "add", **typed(desk, *TEXTS))
    model = ModelResolution.objects.get()

    refused = desk.act(ModelResolution, "publish", model)
    found = desk.act(ModelResolution, "find_words", model)
    desk.act(ModelResolution, "publish", model)

    unmarked = "“City of Vancouver” stands in it without being marked as place-dependent."
    assert f"A model: C1: {unmarked} C3: {unmarked}" in said(refused)
    assert "2 marks were changed." in said(found)
    assert [term.clause.code for term in PlaceTerm.objects.all()] == ["C1", "C3"]
    model.refresh_from_db()
    assert model.is_public


def test_saving_a_draft_says_what_would_keep_it_from_being_published(desk: Desk) -> None:
    field = factories.PlaceFieldFactory(name="city")

    saved = desk.post(
        ModelResolution, "change", field.model.pk, **desk.form(ModelResolution, field.model.pk)
    )

    assert "Before it can be published: The field “city” stands in no clause." in said(saved)


def test_a_new_version_is_a_draft_to_go_on_with_and_is_begun_once(desk: Desk) -> None:
    model = factories.ModelResolutionFactory(slug="cities", published=True)
    factories.ClauseFactory(model=model)

    begun = desk.act(ModelResolution, "begin_version", model)
    again = desk.act(ModelResolution, "begin_version", model)

    new = ModelResolution.objects.get(replaces=model)
    assert begun["Location"] == desk.address(ModelResolution, "change", new.pk)
    assert new.clauses.count() == 1
    assert "Its next version is there already: cities-v2." in said(again)


def test_a_public_model_offers_a_new_version_and_a_draft_to_find_its_words(desk: Desk) -> None:
    public = factories.ModelResolutionFactory(published=True)
    draft = factories.ModelResolutionFactory()

    offered = [
        [verb["name"] for verb in desk.get(ModelResolution, "change", row.pk).context["verbs"]]
        for row in (public, draft)
    ]

    assert offered == [
        ["withdraw", "preview", "begin_version"],
        ["publish", "preview", "find_words"],
    ]


def test_words_of_a_public_model_are_not_looked_for(desk: Desk) -> None:
    model = factories.ModelResolutionFactory(published=True)
    factories.PlaceFieldFactory(model=model, original="City Council")
    factories.ClauseFactory(model=model)

    response = desk.act(ModelResolution, "find_words", model)

    assert "A public model stands as it is; begin a new version." in said(response)
    assert not PlaceTerm.objects.exists()


def test_a_preview_is_of_one_model(desk: Desk) -> None:
    one, other = factories.ModelResolutionFactory.create_batch(2)

    assert desk.act(ModelResolution, "preview", one)["Location"] == (
        f"/resolutions/model/{one.slug}/preview/"
    )
    assert "Choose one model." in said(desk.act(ModelResolution, "preview", one, other))


def test_another_wording_may_be_added_to_a_public_model_and_none_is_deleted(desk: Desk) -> None:
    clause = factories.ClauseFactory(model__published=True)
    Wording.objects.create(clause=clause, label="Shorter", text="BE IT RESOLVED.")
    data = desk.form(Clause, clause.pk)

    desk.post(
        Clause,
        "change",
        clause.pk,
        **{
            **data,
            "wordings-0-DELETE": "on",
            "wordings-TOTAL_FORMS": 2,
            "wordings-1-order": 2,
            "wordings-1-label": "Longer",
            "wordings-1-text": "BE IT RESOLVED, at last.",
            "caution": "It ages.",
        },
    )

    clause.refresh_from_db()
    assert [row.label for row in clause.wordings.all()] == ["Shorter", "Longer"]
    assert clause.caution == "It ages."
