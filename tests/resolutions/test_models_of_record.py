"""The models on record: the text of 2009 to the letter, and what this project made of it since."""

import re

import pytest
from django.utils import translation

from dialogues.models import Contribution
from resolutions.composing import Composed, compose, problems
from resolutions.drafting import faults
from resolutions.models import (
    Association,
    AssociationLevel,
    Clause,
    ClauseKind,
    Council,
    CouncilKind,
    Jurisdiction,
    ModelResolution,
    Scope,
)
from tests.factories import CouncilFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

OF_2009 = "city-councils-2009"
IN_CANADA = (OF_2009, "conseils-municipaux-fr", "associations-ca", "associations-ca-fr")
IN_THE_STATES = ("city-councils-us", "associations-us")
HEADS = {
    "CA": ("Prime Minister of Canada", "Prime Minister", "premier ministre du Canada"),
    "CA-BC": ("Premier of British Columbia", "", "premier ministre de la Colombie-Britannique"),
    "CA-ON": ("Premier of Ontario", "", "premier ministre de l’Ontario"),
    "CA-QC": ("Premier of Quebec", "", "premier ministre du Québec"),
    "US": ("President of the United States", "President", ""),
    "US-WA": ("Governor of Washington", "", ""),
}
ASSOCIATIONS = {
    "CA-BC": ("Union of B.C. Municipalities", "", "l’"),
    "CA-ON": ("Association of Municipalities of Ontario", "", "l’"),
    "CA-QC": (
        "Union des municipalités du Québec",
        "Union des municipalités du Québec",
        "l’",
    ),
    "US-WA": ("Association of Washington Cities", "", ""),
}


@pytest.fixture(autouse=True)
def _offices() -> None:
    """The offices and associations a text of these places names."""
    for code, (head, short, head_fr) in HEADS.items():
        Jurisdiction.objects.filter(code=code).update(
            head_en=head,
            head_short_en=short,
            head_fr=head_fr,
            head_short_fr="premier ministre" if code == "CA" else "",
        )
    Association.objects.filter(jurisdiction__code__in=ASSOCIATIONS).update(order=9)
    for code, (name, name_fr, article) in ASSOCIATIONS.items():
        Association.objects.create(
            code=f"test-{code.lower()}",
            level=AssociationLevel.PROVINCIAL,
            jurisdiction=Jurisdiction.objects.get(code=code),
            order=0,
            name_en=name,
            name_fr=name_fr,
            article_fr=article,
        )


def council(name: str, code: str) -> Council:
    found = Council.objects.filter(name=name, jurisdiction__code=code).first()
    return found or CouncilFactory(
        name=name, kind=CouncilKind.CITY, jurisdiction=Jurisdiction.objects.get(code=code)
    )


def text_for(slug: str, place: Council) -> Composed:
    return compose(ModelResolution.objects.get(slug=slug), place)


def test_the_text_for_vancouver_is_that_of_2009_to_the_letter() -> None:
    clauses = Clause.objects.filter(model__slug=OF_2009).order_by("order")

    text = text_for(OF_2009, council("Vancouver", "CA-BC"))

    assert [(row.code, row.text) for row in text.flat] == [(row.code, row.text) for row in clauses]
    assert text.note == ""


def test_toronto_names_its_own_offices() -> None:
    text = text_for(OF_2009, council("Toronto", "CA-ON"))

    assert text.lines[-1].text == (
        "BE IT FINALLY RESOLVED THAT copies of this resolution be sent to the Prime Minister of "
        "Canada, the Premier of Ontario, the Association of Municipalities of Ontario, and upon "
        "request to any municipal or city government that seeks a copy."
    )
    assert "the City of Toronto does this day" in text.operative[0].text
    assert "the Toronto City Council urge the Prime Minister to implement" in text.operative[1].text


def test_the_french_text_for_montreal_is_that_of_the_model_to_the_letter() -> None:
    clauses = Clause.objects.filter(model__slug="conseils-municipaux-fr").order_by("order")
    montreal = council("Montréal", "CA-QC")
    montreal.formal_name_fr = montreal.council_name_fr = ""

    text = text_for("conseils-municipaux-fr", montreal)

    assert [row.text for row in text.flat] == [row.text for row in clauses]


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (CouncilKind.MUNICIPALITY, "Amos", "la Municipalité d’Amos exhorte"),
        (CouncilKind.VILLAGE, "Le Bic", "le Village du Bic exhorte"),
        (CouncilKind.BOROUGH, "Outremont", "l’Arrondissement d’Outremont exhorte"),
    ],
)
def test_the_french_text_takes_any_kind_of_municipality(
    kind: CouncilKind, name: str, words: str
) -> None:
    quebec = Jurisdiction.objects.get(code="CA-QC")

    text = text_for(
        "conseils-municipaux-fr", CouncilFactory(kind=kind, name=name, jurisdiction=quebec)
    )

    assert f"IL EST RÉSOLU QUE {words}" in text.operative[0].text


def test_seattle_asks_the_president_and_its_own_members_of_congress() -> None:
    clauses = Clause.objects.filter(model__slug="city-councils-us").order_by("order")

    text = text_for("city-councils-us", council("Seattle", "US-WA"))

    assert [row.text for row in text.flat] == [row.text for row in clauses]
    assert "Canad" not in " ".join(row.text for row in text.flat)


def test_the_model_of_the_united_states_carries_every_recommendation_to_it() -> None:
    text = text_for("city-councils-us", council("Seattle", "US-WA"))

    assert sorted(text.asks) == [f"US-{number:02}" for number in range(1, 11)]
    assert all(row.asks for line in text.operative for row in line.parts)


@pytest.mark.parametrize(
    ("slugs", "name", "code"),
    [
        (IN_CANADA, "Toronto", "CA-ON"),
        (IN_CANADA, "Montréal", "CA-QC"),
        (IN_THE_STATES, "Seattle", "US-WA"),
    ],
)
def test_every_model_prepares_for_the_councils_it_is_for(
    slugs: tuple[str, ...], name: str, code: str
) -> None:
    place = council(name, code)

    for model in ModelResolution.objects.filter(slug__in=slugs):
        assert problems(model, place) == [], model.slug
    assert ModelResolution.objects.filter(slug__in=slugs).count() == len(slugs)


def test_a_condensed_model_has_two_recitals_and_one_operative_clause() -> None:
    condensed = ModelResolution.objects.filter(scope=Scope.ASSOCIATION)

    shapes = {
        model.slug: list(model.clauses.order_by("order").values_list("kind", flat=True))
        for model in condensed
    }

    form = [ClauseKind.RECITAL, ClauseKind.RECITAL, ClauseKind.RESOLVED]
    assert shapes == {
        "associations-ca": form,
        "associations-ca-fr": form,
        "associations-us": form,
    }


def test_only_the_text_of_2009_is_of_record_and_the_others_say_what_they_are() -> None:
    rows = ModelResolution.objects.public().exclude(slug=OF_2009)

    assert rows.count() == 5
    for model in rows:
        assert model.author == ""
        assert model.adapted_from is not None
        assert model.adaptation_note
        assert model.adaptation_note_fr
    of_2009 = ModelResolution.objects.get(slug=OF_2009)
    assert (of_2009.author, of_2009.adaptation_note) == ("Frank Chalk", "")


def test_every_model_could_be_published_again() -> None:
    assert {model.slug: faults(model) for model in ModelResolution.objects.all()} == {
        model.slug: [] for model in ModelResolution.objects.all()
    }


def test_every_clause_says_in_both_languages_why_it_is_there() -> None:
    for clause in Clause.objects.all():
        assert clause.reason, str(clause)
        assert clause.reason_fr, str(clause)
        assert bool(clause.caution) == bool(clause.caution_fr), str(clause)


def test_words_that_age_and_the_recital_on_refugees_have_a_caution_and_another_wording() -> None:
    cautioned = {
        (clause.model.slug, clause.code)
        for clause in Clause.objects.exclude(caution="").filter(wordings__isnull=False)
    }

    for slug in (OF_2009, "conseils-municipaux-fr"):
        assert {(slug, code) for code in ("R2", "R3", "R5", "O1")} <= cautioned
    for clause in Clause.objects.exclude(time_terms=[]).prefetch_related("wordings"):
        for words in clause.time_terms:
            assert [row for row in clause.wordings.all() if words in row.text] == []


def test_the_caution_on_refugees_quotes_the_record() -> None:
    said = Clause.objects.get(model__slug=OF_2009, code="R3").caution
    question = Contribution.objects.get(dialogue__slug="vancouver-2009", code="QUESTION-05")
    idea = Contribution.objects.get(dialogue__slug="vancouver-2009", code="IDEA-NGO-05")

    assert f"“{question.text}” (QUESTION-05)" in said
    assert f"“{question.answer.text}”" in said
    quoted = re.findall(r"“([^”]+)” \(IDEA-NGO-05\)", said)
    assert [idea.text.startswith(words) for words in quoted] == [True]


def test_french_is_typed_by_its_rules() -> None:
    texts = [
        text
        for clause in Clause.objects.prefetch_related("wordings")
        for text in (
            clause.reason_fr,
            clause.caution_fr,
            *(
                [clause.text, clause.note, *(row.text for row in clause.wordings.all())]
                if clause.model.language == "fr"
                else []
            ),
        )
    ]

    for text in texts:
        assert "'" not in text
        assert re.findall(r"«(?!\u00a0\S)|(?<!\S\u00a0)»|(?<!\u00a0):(?!/| Leadership)", text) == []


def test_a_note_is_read_in_the_readers_language() -> None:
    model = ModelResolution.objects.get(slug="city-councils-us")

    with translation.override("fr"):
        assert model.adaptation_read.startswith("Ce texte est une adaptation")
    assert model.adaptation_read.startswith("This is the project’s own adaptation")
