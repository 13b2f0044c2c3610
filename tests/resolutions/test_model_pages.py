"""The page of a model says what it is, and where its other forms are; editors preview it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from resolutions.drafting import find_terms
from resolutions.kinship import kin_of
from resolutions.models import ModelResolution, Scope, Wording
from tests.factories import (
    ClauseFactory,
    CouncilFactory,
    CountryFactory,
    JurisdictionFactory,
    ModelResolutionFactory,
    PlaceFieldFactory,
)

pytestmark = pytest.mark.django_db


def body(client: Client, path: str, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def model() -> ModelResolution:
    return ModelResolutionFactory(slug="cities", title="The text of 2009", published=True)


class TestItsPage:
    def test_an_adaptation_says_so_and_of_what(
        self, client: Client, model: ModelResolution
    ) -> None:
        ModelResolutionFactory(
            slug="villes",
            language="fr",
            title="Le texte",
            published=True,
            adapted_from=model,
            adaptation_note="Our own translation.",
            country=CountryFactory(),
        )

        html = body(client, "/resolutions/model/villes/")

        assert '<h1 lang="fr">Le texte</h1>' in html
        assert "<strong>An adaptation.</strong> Our own translation." in html
        assert 'Adapted from <a href="/resolutions/model/cities/" >The text of 2009</a>' in html
        assert "<dt>Country</dt><dd>Canada</dd>" in html
        assert "Of record, to the letter." not in html
        assert "Of record, to the letter." in body(client, "/resolutions/model/cities/")

    def test_its_other_forms_are_linked_in_their_language(
        self, client: Client, model: ModelResolution
    ) -> None:
        short = ModelResolutionFactory(
            title="Forme abrégée",
            language="fr",
            scope=Scope.ASSOCIATION,
            adapted_from=model,
            published=True,
        )
        ModelResolutionFactory(title="Secret form", adapted_from=model)
        ModelResolutionFactory(title="Of another report", published=True)

        html = body(client, "/resolutions/model/cities/")

        assert f'<a href="{short.get_absolute_url()}" lang="fr">Forme abrégée</a>' in html
        assert "French · An association of municipalities" in html
        assert "Secret form" not in html
        assert "Of another report" not in html

    def test_versions_name_each_other_once_they_are_public(
        self, client: Client, model: ModelResolution, editor: User
    ) -> None:
        second = ModelResolutionFactory(slug="cities-v2", version=2, replaces=model)
        assert "There is a newer version." not in body(client, "/resolutions/model/cities/")

        second.publish(by=editor)

        html = body(client, "/resolutions/model/cities/")
        assert "There is a newer version." in html
        assert f'href="/resolutions/model/cities-v2/" >{second.title}, version 2</a>' in html
        html = body(client, "/resolutions/model/cities-v2/")
        assert '<a href="/resolutions/model/cities/">version 1</a>' in html

    def test_a_clause_says_why_it_is_there_and_how_else_it_can_be_said(
        self, client: Client, model: ModelResolution
    ) -> None:
        clause = ClauseFactory(
            model=model,
            code="R2",
            reason="It speaks of air travel.",
            reason_fr="Il parle des avions.",
            caution="“Last year” was 2008.",
        )
        Wording.objects.create(clause=clause, label="Without the year", text="WHEREAS, planes;")

        html = body(client, "/resolutions/model/cities/")
        french = body(client, "/fr/resolutions/model/cities/")

        assert "<p >It speaks of air travel.</p>" in html
        assert "<p >“Last year” was 2008.</p>" in html
        assert "<dt >Without the year</dt><dd >WHEREAS, planes;</dd>" in html
        assert "<p >Il parle des avions.</p>" in french
        assert '<p lang="en">“Last year” was 2008.</p>' in french
        assert ('<dt lang="en">Without the year</dt><dd lang="en">WHEREAS, planes;</dd>') in french

    def test_it_leads_to_preparing_it(self, client: Client, model: ModelResolution) -> None:
        assert 'href="/resolutions/prepare/?model=cities"' in body(client, model.get_absolute_url())

    def test_it_names_an_author_only_where_there_is_one(
        self, client: Client, model: ModelResolution
    ) -> None:
        assert '"creator"' not in body(client, model.get_absolute_url())
        ModelResolution.objects.update(author="Frank Chalk")
        assert '"creator"' in body(client, model.get_absolute_url())

    def test_the_way_to_the_preview_is_shown_to_editors_alone(
        self, client: Client, model: ModelResolution, citizen: User, editor: User
    ) -> None:
        path, preview = model.get_absolute_url(), "/resolutions/model/cities/preview/"

        assert preview not in body(client, path)
        client.force_login(citizen)
        assert preview not in body(client, path)
        client.force_login(editor)
        assert preview in body(client, path)


class TestKin:
    def test_forms_of_forms_and_of_later_versions_belong_together(
        self, model: ModelResolution
    ) -> None:
        short = ModelResolutionFactory(adapted_from=model)
        french = ModelResolutionFactory(adapted_from=short)
        second = ModelResolutionFactory(replaces=model, version=2)
        ModelResolutionFactory()

        kin = kin_of(french, ModelResolution.objects.all())

        assert kin.adapted_from == short
        assert kin.others == (second,)

    def test_two_adapted_from_each_other_end_the_search(self, model: ModelResolution) -> None:
        other = ModelResolutionFactory(adapted_from=model)
        model.adapted_from = other
        model.save()

        assert kin_of(model, ModelResolution.objects.all()).adapted_from == other


class TestPreview:
    @pytest.fixture
    def draft(self, client: Client, editor: User) -> ModelResolution:
        draft = ModelResolutionFactory(slug="draft")
        PlaceFieldFactory(model=draft, name="city", original="City of Vancouver")
        PlaceFieldFactory(
            model=draft, name="premier", label="Premier", original="Premier of British Columbia"
        )
        ClauseFactory(
            model=draft,
            code="O1",
            opening="BE IT RESOLVED",
            text="BE IT RESOLVED that the City of Vancouver asks the Premier of British Columbia.",
        )
        find_terms(draft)
        client.force_login(editor)
        return draft

    def test_shows_the_text_for_a_council(self, client: Client, draft: ModelResolution) -> None:
        province = JurisdictionFactory(head_en="Premier of Ontario", code="CA-ON")
        CouncilFactory(slug="toronto", name="Toronto", jurisdiction=province)

        html = body(client, "/resolutions/model/draft/preview/", council="toronto")

        filled = [
            f'<span class="blank">{words}</span>'
            for words in ("City of Toronto", "Premier of Ontario")
        ]
        assert f"<strong>BE IT RESOLVED</strong> that the {filled[0]} asks the {filled[1]}." in html

    def test_names_the_clause_and_the_fields_that_have_no_words(
        self, client: Client, draft: ModelResolution
    ) -> None:
        CouncilFactory(slug="nowhere", jurisdiction__head_en="")
        clause = draft.clauses.get()

        html = body(client, "/resolutions/model/draft/preview/", council="nowhere")

        assert "The text can’t be made for this council." in html
        link = f'<a href="/admin/resolutions/clause/{clause.pk}/change/">O1</a>'
        assert f"{link}: no words for <span >“Premier”</span> (premier)" in html

    def test_finds_a_council_by_letters_of_its_name(
        self, client: Client, draft: ModelResolution
    ) -> None:
        CouncilFactory(slug="montreal", name="Montréal")
        CouncilFactory(name="Toronto")

        html = body(client, "/resolutions/model/draft/preview/", q="montreal")

        assert '<a href="?council=montreal">Montréal, British Columbia</a>' in html
        assert "Toronto" not in html
        assert "No municipality of that name" in body(
            client, "/resolutions/model/draft/preview/", q="zzz"
        )

    def test_says_what_keeps_a_draft_from_being_published(
        self, client: Client, draft: ModelResolution
    ) -> None:
        draft.clauses.get().place_terms.get(text="City of Vancouver").delete()

        html = body(client, "/resolutions/model/draft/preview/")

        assert "O1: “City of Vancouver” stands in it without being marked" in html

    def test_is_kept_by_nobody_and_found_by_no_search_engine(
        self, client: Client, draft: ModelResolution
    ) -> None:
        response = client.get("/resolutions/model/draft/preview/")

        assert "no-store" in response["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.content.decode()
