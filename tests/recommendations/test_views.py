"""The list of recommendations, a recommendation, and the glossary."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from recommendations.models import Recommendation, Status
from tests.factories import (
    AudienceFactory,
    ClauseFactory,
    ContributionFactory,
    DialogueFactory,
    ModelResolutionFactory,
    PillarFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReportFactory,
    SourceFactory,
    TermFactory,
)
from tests.markup import Page, text_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Recommendation, Recommendation]:
    """One asked of Canada, one of the United States."""
    report = ReportFactory(published=True)
    pillar = PillarFactory()
    return tuple(
        RecommendationFactory(
            published=True,
            report=report,
            pillar=pillar,
            audience=AudienceFactory(slug=slug, name_en=slug.title(), code_prefix=code[:2]),
            code=code,
            text=text,
        )
        for slug, code, text in (
            ("canada", "CA-01", "The Prime Minister make a speech"),
            ("states", "US-01", "The President issue an Order"),
        )
    )  # type: ignore[return-value]


def codes(client: Client, query: str) -> list[str]:
    response = client.get(f"/recommendations/?{query}")
    assert response.status_code == 200
    return [row.code for row in response.context["page"].object_list]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["CA-01", "US-01"]),
        ("audience=canada", ["CA-01"]),
        ("status=not-assessed", ["CA-01", "US-01"]),
        ("status=in-place", []),
        ("q=order", ["US-01"]),
        ("q=us-01", ["US-01"]),
        ("audience=canada&q=order", []),
    ],
)
def test_filters_and_words_narrow_the_list(
    client: Client, two: object, query: str, found: list[str]
) -> None:
    assert codes(client, query) == found


@pytest.mark.parametrize("path", ["/recommendations/", "/resolutions/", "/councils/"])
def test_a_filter_leads_to_what_it_found(client: Client, two: object, path: str) -> None:
    page = Page(client.get(path).content.decode())

    forms = [form for form in page.all("form") if "filters" in form.get("class", "")]

    assert [form.get("action") for form in forms] == [".#results"]
    assert page.ids["results"] == 1


def test_a_number_of_the_overview_leads_to_what_it_counts(client: Client, two: object) -> None:
    page = Page(client.get("/recommendations/").content.decode())

    cells = {cell.get("href") for cell in page.all("a") if "matrix__cell" in cell.get("class", "")}

    assert len(cells) == 2
    for href in cells:
        query, _hash, place = str(href).removeprefix("?").partition("#")
        assert place == "results"
        assert len(codes(client, query)) == 1


def test_of_filters_that_leave_nothing_one_to_loosen_is_named(client: Client, two: object) -> None:
    html = client.get("/recommendations/?audience=canada&status=in-place").content.decode()

    assert "No recommendation fits all of these filters." in html
    assert "Set “Status” to “Any”" in html


def test_each_choice_says_how_many_it_would_leave(client: Client, two: object) -> None:
    form = client.get("/recommendations/?q=order").context["form"]

    assert ("canada", "Canada (0)") in form.fields["audience"].choices
    assert ("states", "States (1)") in form.fields["audience"].choices


def test_an_unknown_choice_is_named_beside_its_field_and_nothing_is_shown(
    client: Client, two: object
) -> None:
    response = client.get("/recommendations/?audience=mars&q=order")

    assert response.status_code == 200
    assert response.context["form"].errors["audience"] == [
        "“mars” is not one of these: choose another, or “Any”."
    ]
    assert list(response.context["page"]) == []
    assert 'value="order"' in response.content.decode()


def test_drafts_are_for_editors_only(client: Client, editor: User) -> None:
    draft = RecommendationFactory(report=ReportFactory(published=True), code="CA-77")
    assert client.get(f"/recommendations/{draft.code}/").status_code == 404
    assert codes(client, "") == []

    client.force_login(editor)

    response = client.get(f"/recommendations/{draft.code}/")
    assert response.status_code == 200
    assert "This is a draft" in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"


def test_a_code_in_small_letters_leads_to_its_page(client: Client, two: object) -> None:
    response = client.get("/recommendations/ca-01/")

    assert response.status_code == 301
    assert response["Location"] == "/recommendations/CA-01/"


def test_a_recommendation_shows_progress_voices_and_clauses(
    client: Client, two: tuple[Recommendation, Recommendation], editor: User
) -> None:
    asked, _other = two
    update = ProgressUpdateFactory(
        recommendation=asked, status=Status.UNDER_WAY, on=date(2011, 8, 4), summary="A study began."
    )
    SourceFactory(update=update, publisher="A gazette", title="The order")
    update.publish(by=editor)
    dialogue = DialogueFactory(published=True)
    posted = ContributionFactory(dialogue=dialogue, text="Said aloud", posted=True)
    held = ContributionFactory(dialogue=dialogue, text="Held back")
    for statement in (posted, held):
        statement.link([asked])
    clause = ClauseFactory(
        model=ModelResolutionFactory(published=True), code="O1", text="BE IT RESOLVED"
    )
    clause.recommendations.set([asked])
    hidden = ClauseFactory(model=ModelResolutionFactory(), code="O9", text="NOT PUBLIC")
    hidden.recommendations.set([asked])

    html = client.get("/recommendations/CA-01/").content.decode()

    for text in ("A study began.", "A gazette", "The order", "Said aloud", "BE IT RESOLVED"):
        assert text in html
    assert f'href="{clause.get_absolute_url()}"' in html
    assert "Held back" not in html
    assert "NOT PUBLIC" not in html


def test_until_somebody_has_looked_nothing_is_claimed(client: Client, two: object) -> None:
    html = client.get("/recommendations/CA-01/").content.decode()

    assert "Not yet assessed: nobody has searched" in html
    assert "No action found”." in html


def test_a_clause_no_council_has_adopted_is_not_carried_by_one(client: Client) -> None:
    recommendation = RecommendationFactory(published=True, code="CA-01")
    ClauseFactory(model__published=True, recommendations=[recommendation])

    page = Page(client.get("/recommendations/CA-01/").content.decode())

    (step,) = [
        item
        for item in page.all("li")
        if "Carried by councils" in text_of(item) and item.get("class")
    ]
    assert "status--drafted" in step.get("class", "")
    assert "no council yet" in text_of(step)


def test_the_glossary_in_french_names_terms_in_both_languages(client: Client) -> None:
    TermFactory(published=True, term="genocide", term_fr="génocide", source_fr="Un traité")
    TermFactory(published=True, term="soft power")

    page = Page(client.get("/fr/glossary/").content.decode())

    names = [words(text_of(name)) for name in page.all("dt") if name.get("class") == "term-name"]
    assert names == ["génocide genocide", "soft power"]
    assert "Un traité" in page.html


def test_the_glossary_shows_public_terms_by_kind(client: Client) -> None:
    shown = TermFactory(published=True, term="soft power", definition_en="Strength by example.")
    TermFactory(term="secret", definition_en="Not yet.")

    html = client.get("/glossary/").content.decode()

    assert f'id="{shown.slug}"' in html
    assert "Strength by example." in html
    assert "Not yet." not in html


def test_a_translation_is_for_those_who_read_the_other_language(client: Client) -> None:
    row = RecommendationFactory(published=True, text="Act now.", translation="Agir maintenant.")

    assert "Agir maintenant." not in client.get(f"/recommendations/{row.code}/").content.decode()
    assert "Agir maintenant." in client.get(f"/fr/recommendations/{row.code}/").content.decode()
