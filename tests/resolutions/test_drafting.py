"""Writing a model: its words are found, what is wrong is named, and a next version is a draft."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from resolutions.composing import problems
from resolutions.drafting import faults, find_terms, new_version
from resolutions.filling import NotFilled, Value, filled
from resolutions.models import Clause, ClauseKind, ModelResolution, PlaceTerm, Wording
from tests.factories import (
    ClauseFactory,
    CouncilFactory,
    ModelResolutionFactory,
    PlaceFieldFactory,
    PlaceTermFactory,
    RecommendationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def model() -> ModelResolution:
    """A draft whose one clause names a city twice and the head of government in full and short."""
    model = ModelResolutionFactory(slug="cities", author="Frank Chalk")
    PlaceFieldFactory(model=model, name="city", original="City of Vancouver")
    PlaceFieldFactory(
        model=model,
        name="head_of_government",
        varies_with="country",
        original="Prime Minister of Canada",
        short_original="Prime Minister",
    )
    ClauseFactory(
        model=model,
        code="O1",
        order=1,
        opening="BE IT RESOLVED",
        text=(
            "BE IT RESOLVED that the City of Vancouver asks the Prime Minister of Canada, and that "
            "the Prime Minister answer the City of Vancouver."
        ),
    )
    return model


def marks(model: ModelResolution) -> set[tuple[str, str, str, int]]:
    return set(
        PlaceTerm.objects.filter(clause__model=model).values_list(
            "clause__code", "field__name", "text", "occurrences"
        )
    )


class TestFindingWords:
    def test_every_word_of_a_field_is_marked_where_it_stands_the_longest_first(
        self, model: ModelResolution
    ) -> None:
        assert find_terms(model) == 3

        assert marks(model) == {
            ("O1", "city", "City of Vancouver", 2),
            ("O1", "head_of_government", "Prime Minister of Canada", 1),
            ("O1", "head_of_government", "Prime Minister", 1),
        }
        assert faults(model) == []

    def test_a_second_time_changes_nothing(self, model: ModelResolution) -> None:
        find_terms(model)
        before = marks(model)

        assert find_terms(model) == 0
        assert marks(model) == before

    def test_what_no_longer_stands_there_is_marked_no_longer(self, model: ModelResolution) -> None:
        find_terms(model)
        model.clauses.update(text="BE IT RESOLVED that the City of Vancouver asks.")

        find_terms(model)

        assert marks(model) == {("O1", "city", "City of Vancouver", 1)}

    def test_another_wording_counts_too(self, model: ModelResolution) -> None:
        clause = model.clauses.get()
        text = "BE IT RESOLVED: City of Vancouver, City of Vancouver, City of Vancouver."
        Wording.objects.create(clause=clause, label="Thrice", text=text)

        find_terms(model)

        assert ("O1", "city", "City of Vancouver", 3) in marks(model)
        assert faults(model) == []

    def test_words_marked_by_hand_are_kept(self, model: ModelResolution) -> None:
        city = model.fields.get(name="city")
        PlaceTermFactory(clause=model.clauses.get(), field=city, text="Vancouver")

        find_terms(model)

        # Each stands inside "City of Vancouver", so the mark by hand marks nothing any more.
        assert ("O1", "city", "Vancouver", 1) not in marks(model)
        model.clauses.update(text="BE IT RESOLVED that Vancouver, the City of Vancouver, asks.")
        PlaceTermFactory(clause=model.clauses.get(), field=city, text="Vancouver")
        find_terms(model)
        assert ("O1", "city", "Vancouver", 1) in marks(model)


class TestWhatKeepsItFromBeingPublished:
    def refused(self, model: ModelResolution, editor: User) -> list[str]:
        with pytest.raises(ValidationError) as error:
            model.publish(by=editor)
        model.refresh_from_db()
        assert not model.is_public
        return error.value.messages

    def test_nothing_where_every_word_is_marked(self, model: ModelResolution, editor: User) -> None:
        find_terms(model)

        model.publish(by=editor)

        assert model.is_public

    def test_words_that_stand_unmarked(self, model: ModelResolution, editor: User) -> None:
        find_terms(model)
        PlaceTerm.objects.filter(text="Prime Minister").delete()

        assert self.refused(model, editor) == [
            "O1: “Prime Minister” stands in it without being marked as place-dependent."
        ]

    def test_marked_words_that_do_not_stand_there(
        self, model: ModelResolution, editor: User
    ) -> None:
        find_terms(model)
        field = model.fields.get(name="city")
        PlaceTermFactory(clause=model.clauses.get(), field=field, text="Town of Vancouver")
        PlaceTerm.objects.filter(text="City of Vancouver").update(occurrences=3)

        assert self.refused(model, editor) == [
            "O1: “City of Vancouver” does not stand in it 3 times.",
            "O1: “Town of Vancouver” does not stand in it.",
        ]

    def test_a_field_that_stands_nowhere(self, model: ModelResolution, editor: User) -> None:
        PlaceFieldFactory(model=model, name="premier", original="Premier of British Columbia")
        find_terms(model)

        assert self.refused(model, editor) == ["The field “premier” stands in no clause."]

    def test_a_field_that_nothing_fills(self, model: ModelResolution, editor: User) -> None:
        PlaceFieldFactory(model=model, name="mayor", original="asks")
        find_terms(model)

        assert self.refused(model, editor) == [
            "O1: nothing is known to fill the field “mayor” with."
        ]

    def test_a_field_of_another_model(self, model: ModelResolution, editor: User) -> None:
        find_terms(model)
        other = PlaceFieldFactory(name="city")
        PlaceTermFactory(clause=model.clauses.get(), field=other, text="answer")

        assert self.refused(model, editor) == ["O1: the field “city” belongs to another model."]

    def test_gaps_and_texts_that_do_not_begin_as_they_say(
        self, model: ModelResolution, editor: User
    ) -> None:
        find_terms(model)
        ClauseFactory(model=model, code="O2", opening="WHEREAS", text="Since {city} and ____ act;")

        assert self.refused(model, editor) == [
            "O2: the text “Since {city} and ____ act;…” does not begin with the opening words.",
            "O2: “{city}” is a gap. Write words there and mark them.",
            "O2: “____” is a gap. Write words there and mark them.",
        ]


class TestFilling:
    def test_all_missing_fields_of_a_clause_are_named(self, model: ModelResolution) -> None:
        find_terms(model)
        clause, council = model.clauses.get(), CouncilFactory(name="Toronto")

        with pytest.raises(NotFilled) as error:
            filled(clause.text, clause, {}, council)

        assert [row.name for row in error.value.fields] == ["city", "head_of_government"]
        assert str(error.value) == f"O1: city, head_of_government ({council})"

    def test_the_problems_of_a_council_name_every_clause_and_field(
        self, model: ModelResolution
    ) -> None:
        PlaceFieldFactory(model=model, name="premier", original="Premier", varies_with="province")
        ClauseFactory(model=model, code="O2", opening="", text="The Premier is told.")
        Wording.objects.create(
            clause=model.clauses.get(code="O1"), label="x", text="BE IT RESOLVED by the Premier."
        )
        find_terms(model)

        found = problems(model, CouncilFactory())

        # The country of the factories has no office, and so has its province.
        assert [(row.clause.code, [field.name for field in row.fields]) for row in found] == [
            ("O1", ["premier"]),
            ("O2", ["premier"]),
        ]

    def test_short_words_beside_the_long_ones_are_all_replaced(
        self, model: ModelResolution
    ) -> None:
        find_terms(model)
        clause, council = model.clauses.get(), CouncilFactory()
        values = {
            "city": Value("City of Seattle"),
            "head_of_government": Value("President of the United States", "President"),
        }

        assert filled(clause.text, clause, values, council) == (
            "BE IT RESOLVED that the City of Seattle asks the President of the United States, and "
            "that the President answer the City of Seattle."
        )


class TestANewVersion:
    @pytest.fixture
    def public(self, model: ModelResolution, editor: User) -> ModelResolution:
        find_terms(model)
        clause = model.clauses.get()
        asked = RecommendationFactory()
        clause.recommendations.add(asked)
        model.not_carried.add(RecommendationFactory())
        Wording.objects.create(clause=clause, label="Short", text="BE IT RESOLVED.")
        # Its order puts it before the clause it hangs from.
        ClauseFactory(
            model=model, code="O1a", order=0, kind=ClauseKind.SUB_ITEM, part_of=clause, opening=""
        )
        model.publish(by=editor)
        return model

    def test_has_all_that_belongs_to_the_old_one_and_is_a_draft(
        self, public: ModelResolution
    ) -> None:
        new = new_version(public)

        assert (new.slug, new.version, new.replaces, new.author) == ("cities-v2", 2, public, "")
        assert not new.is_public
        assert marks(new) == marks(public)
        assert [row.name for row in new.fields.all()] == [row.name for row in public.fields.all()]
        assert set(new.not_carried.all()) == set(public.not_carried.all())
        clause, old = new.clauses.get(code="O1"), public.clauses.get(code="O1")
        assert (clause.text, clause.opening) == (old.text, old.opening)
        assert set(clause.recommendations.all()) == set(old.recommendations.all())
        assert [row.label for row in clause.wordings.all()] == ["Short"]
        assert new.clauses.get(code="O1a").part_of == clause
        assert Clause.objects.filter(model=public).count() == 2
        assert faults(new) == []

    def test_is_there_once(self, public: ModelResolution) -> None:
        new_version(public)

        with pytest.raises(ValidationError) as error:
            new_version(public)

        assert error.value.messages == ["Its next version is there already: cities-v2."]
        assert ModelResolution.objects.count() == 2

    def test_is_not_made_of_a_draft(self, model: ModelResolution) -> None:
        with pytest.raises(ValidationError) as error:
            new_version(model)

        assert error.value.messages == ["A draft is changed as it is; it needs no other version."]

    def test_of_a_second_version_is_a_third(self, public: ModelResolution, editor: User) -> None:
        second = new_version(public)
        second.publish(by=editor)
        ModelResolutionFactory(slug="cities-v3")

        assert new_version(second).slug == "cities-v3-2"

    def test_once_public_is_the_model_that_pages_mean(
        self, public: ModelResolution, editor: User
    ) -> None:
        ModelResolutionFactory(
            published=True, adapted_from=public, adaptation_note="Ours", dated="2000-01-01"
        )
        second = new_version(public)
        assert ModelResolution.objects.main() == public

        second.publish(by=editor)

        assert ModelResolution.objects.main() == second
        assert set(ModelResolution.objects.public()) > {public, second}
