"""A text for a council, prepared by anybody: nothing written is lost, nobody else finds it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.limits import Limit
from accounts.models import Role
from resolutions import preparing
from resolutions.composing import compose
from resolutions.filling import NotFilled, of_french, values_for
from resolutions.models import (
    Association,
    Clause,
    ClauseKind,
    Council,
    CouncilKind,
    ModelResolution,
    Preparation,
    Wording,
)
from tests import factories

pytestmark = pytest.mark.django_db

# Whoever has the key may do everything, signed in or not; nobody else finds anything there.
PREPARING = {
    "resolutions:preparation_start",
    "resolutions:preparation_clauses",
    "resolutions:preparation_take",
    "preparation_file",
}


@pytest.fixture
def council() -> Council:
    country = factories.CountryFactory(
        head_en="Prime Minister of Canada",
        head_short_en="Prime Minister",
        head_fr="premier ministre du Canada",
        head_short_fr="premier ministre",
    )
    province = factories.JurisdictionFactory(parent=country, head_en="Premier of British Columbia")
    Association.objects.create(
        code="ubcm", level="provincial", jurisdiction=province, name_en="Union of Towns"
    )
    return factories.CouncilFactory(name="Port Alder", slug="port-alder", jurisdiction=province)


@pytest.fixture
def model(council: Council) -> ModelResolution:
    """Two recitals, a clause with two sub-items, and a distribution clause."""
    model = factories.ModelResolutionFactory(
        slug="model", title="Model", published=True, country=factories.CountryFactory()
    )
    rows = [
        ("R1", ClauseKind.RECITAL, "WHEREAS,", "WHEREAS, people are killed;"),
        ("R2", ClauseKind.RECITAL, "WHEREAS,", "WHEREAS, last year was bad;"),
        (
            "O1",
            ClauseKind.RESOLVED,
            "BE IT RESOLVED THAT",
            "BE IT RESOLVED THAT the City of Vancouver ask the Prime Minister of Canada to act;",
        ),
        (
            "O2",
            ClauseKind.RESOLVED,
            "BE IT FURTHER RESOLVED THAT",
            "BE IT FURTHER RESOLVED THAT the Prime Minister will:",
        ),
        ("O2a", ClauseKind.SUB_ITEM, "", "appoint somebody;"),
        ("O2b", ClauseKind.SUB_ITEM, "", "create an office."),
        (
            "O3",
            ClauseKind.DISTRIBUTION,
            "BE IT FINALLY RESOLVED THAT",
            "BE IT FINALLY RESOLVED THAT copies go to the Premier of British Columbia and the"
            " Union of B.C. Municipalities.",
        ),
    ]
    clauses: dict[str, Clause] = {}
    for order, (code, kind, opening, text) in enumerate(rows, 1):
        clauses[code] = factories.ClauseFactory(
            model=model,
            code=code,
            kind=kind,
            order=order,
            opening=opening,
            text=text,
            part_of=clauses["O2"] if kind == ClauseKind.SUB_ITEM else None,
        )
    for name, code, words, short in (
        ("city", "O1", "City of Vancouver", ""),
        ("head_of_government", "O1", "Prime Minister of Canada", "Prime Minister"),
        ("premier", "O3", "Premier of British Columbia", ""),
        ("municipal_association", "O3", "Union of B.C. Municipalities", ""),
    ):
        varies = "country" if name == "head_of_government" else "municipality"
        field = factories.PlaceFieldFactory(
            model=model, name=name, original=words, short_original=short, varies_with=varies
        )
        factories.PlaceTermFactory(clause=clauses[code], field=field, text=words)
        if short:
            factories.PlaceTermFactory(clause=clauses["O2"], field=field, text=short)
    Wording.objects.create(
        clause=clauses["R2"], label="Without the year", text="WHEREAS, it is bad;"
    )
    return model


def texts(model: ModelResolution, council: Council, **chosen: Any) -> list[str]:
    return [line.text for line in compose(model, council, **chosen).flat]


# ---- The text ----


def test_the_words_of_the_place_fill_themselves(model: ModelResolution, council: Council) -> None:
    found = texts(model, council)

    assert found[2] == (
        "BE IT RESOLVED THAT the City of Port Alder ask the Prime Minister of Canada to act;"
    )
    assert found[3] == "BE IT FURTHER RESOLVED THAT the Prime Minister will:"
    assert found[-1] == (
        "BE IT FINALLY RESOLVED THAT copies go to the Premier of British Columbia and the"
        " Union of Towns."
    )


def test_a_name_that_takes_no_article_gets_none(model: ModelResolution, council: Council) -> None:
    Association.objects.update(name_en="Alberta Municipalities", takes_article=False)

    assert texts(model, council)[-1].endswith("British Columbia and Alberta Municipalities.")


def test_what_is_left_opens_and_ends_as_the_model_does(
    model: ModelResolution, council: Council
) -> None:
    left = {code: {"do": "leave"} for code in ("O1", "O2b", "O3")}

    found = texts(model, council, choices=left)

    assert found[2:] == ["BE IT RESOLVED THAT the Prime Minister will:", "appoint somebody."]


def test_sub_items_go_with_their_clause(model: ModelResolution, council: Council) -> None:
    composed = compose(model, council, choices={"O2": {"do": "leave"}})

    assert composed.left_out == ("O2", "O2a", "O2b")
    assert [line.code for line in composed.flat] == ["R1", "R2", "O1", "O3"]


def test_a_recital_of_ones_own_opens_as_the_others_do(
    model: ModelResolution, council: Council
) -> None:
    composed = compose(
        model, council, recitals=["our town took in many", "Whereas, it remembers.", " "]
    )

    assert [line.text for line in composed.recitals[2:]] == [
        "WHEREAS, our town took in many;",
        "Whereas, it remembers.",
    ]
    assert {line.change for line in composed.recitals[2:]} == {"added"}


def test_a_field_without_words_names_its_clause(model: ModelResolution, council: Council) -> None:
    Association.objects.all().delete()

    with pytest.raises(NotFilled) as problem:
        compose(model, council)

    assert (problem.value.clause.code, problem.value.field.name) == ("O3", "municipal_association")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Montréal", "de Montréal"),
        ("Ottawa", "d’Ottawa"),
        ("Île-Perrot", "d’Île-Perrot"),
        ("Hull", "de Hull"),
        ("Le Bic", "du Bic"),
        ("Les Escoumins", "des Escoumins"),
        ("La Tuque", "de La Tuque"),
    ],
)
def test_french_elides_and_contracts(name: str, said: str) -> None:
    assert of_french(name) == said


def test_a_french_text_names_town_and_head_in_french(
    model: ModelResolution, council: Council
) -> None:
    model.language = "fr"
    council.name, council.kind = "Amos", CouncilKind.CITY

    values = values_for(council, model)

    assert values["city"].words == "la Ville d’Amos"
    assert values["council"].words == "le conseil municipal d’Amos"
    assert values["head_of_government"].words == "le premier ministre du Canada"


# ---- The pages ----


@pytest.fixture
def address(model: ModelResolution, council: Council, client: Client) -> str:
    answer = client.post(
        "/resolutions/prepare/start/", {"council": council.slug, "model": model.slug}
    )
    assert answer.status_code == 302
    assert not answer.cookies
    return str(answer["Location"])


def kept() -> Preparation:
    return Preparation.objects.get()


def test_a_council_is_found_and_a_text_begun(
    model: ModelResolution, council: Council, client: Client
) -> None:
    found = client.get("/resolutions/prepare/", {"q": "pôrt-ALDER"}).content.decode()
    chosen = client.get("/resolutions/prepare/", {"council": council.slug}).content.decode()

    assert "?council=port-alder" in found
    assert "City of Port Alder" in chosen
    assert 'value="model" checked' in chosen


def test_a_text_of_another_country_is_not_offered(
    model: ModelResolution, council: Council, client: Client
) -> None:
    ModelResolution.objects.update(country=factories.CountryFactory(code="US"))

    page = client.get("/resolutions/prepare/", {"council": council.slug, "model": "model"})
    begun = client.post("/resolutions/prepare/start/", {"council": council.slug, "model": "model"})

    assert "“Model” is not for councils there" in page.content.decode()
    assert begun.status_code == 404
    assert not Preparation.objects.exists()


def test_what_is_chosen_is_there_again_after_a_reload(address: str, client: Client) -> None:
    sent = {
        "revision": "0",
        "do-R1": "leave",
        "do-R2": f"wording-{Wording.objects.get().pk}",
        "do-O1": "own",
        "own-O1": "BE IT RESOLVED THAT we\r\nact;",
        "recital-1": "our town remembers",
        "value-city": "Town of Port Alder",
    }

    assert client.post(address, sent).status_code == 302
    page = client.get(address).content.decode()

    assert kept().choices == {
        "R1": {"do": "leave"},
        "R2": {"do": "wording", "wording": Wording.objects.get().pk},
        "O1": {"do": "own", "text": "BE IT RESOLVED THAT we act;"},
    }
    assert kept().recitals == ["our town remembers"]
    assert kept().values == {"city": "Town of Port Alder"}
    for words in ("we act;", "our town remembers", "it is bad;", "Town of Port Alder"):
        assert words in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(address: str, client: Client) -> None:
    sent = {"revision": "0", "do-O1": "leave", "do-O2": "leave", "do-R1": "own", "own-R1": ""}

    page = client.post(address, {**sent, "recital-1": "our town"}).content.decode()

    assert "Write your words here, or choose another answer above." in page
    assert "keep at least one operative clause" in page
    assert ">\nour town</textarea>" in page
    assert kept().revision == 0


def test_the_page_saves_by_itself_and_gets_the_text_back(address: str, client: Client) -> None:
    answer = client.post(address, {"revision": "0", "autosave": "1", "recital-1": "we remember"})

    assert answer.status_code == 200
    assert 'data-revision="1"' in answer.content.decode()
    assert "we remember;" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_an_old_window_does_not_undo_what_a_newer_one_saved(address: str, client: Client) -> None:
    client.post(address, {"revision": "0", "recital-1": "the newer"})

    refused = client.post(address, {"revision": "0", "recital-1": "the older"})
    again = client.post(address, {"revision": "1", "recital-1": "the older"})

    assert refused.status_code == 409
    assert "This text was changed in another window since" in refused.content.decode()
    assert ">\nthe older</textarea>" in refused.content.decode()
    assert 'name="revision" value="1"' in refused.content.decode()
    assert again.status_code == 302
    assert kept().recitals == ["the older"]


def test_the_same_saved_twice_is_no_quarrel(address: str, client: Client) -> None:
    sent = {"revision": "0", "recital-1": "once"}

    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]


def test_one_more_recital_keeps_what_was_written(address: str, client: Client) -> None:
    sent = {"revision": "0", "recitals": "1", "recital-1": "first", "add": "1"}

    page = client.post(address, sent).content.decode()

    assert 'name="recital-2"' in page
    assert kept().recitals == ["first"]


def test_nobody_keeps_or_finds_the_page(address: str, client: Client) -> None:
    page = client.get(address)

    assert "no-store" in page["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert not page.cookies
    assert client.get("/resolutions/prepare/none-such/").status_code == 404


def test_the_pages_ask_as_often_whatever_was_chosen(
    address: str, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.post(
        address, {"revision": "0", "recital-1": "a", "do-R1": "leave", "value-city": "Town of A"}
    )

    with django_assert_max_num_queries(18):
        client.get(address)


def test_models_for_quebec_begin_with_the_french(model: ModelResolution, council: Council) -> None:
    french = factories.ModelResolutionFactory(
        language="fr", published=True, country=factories.CountryFactory()
    )
    short = factories.ModelResolutionFactory(scope="association", published=True)
    factories.ModelResolutionFactory(published=True, replaces=short)
    quebec = factories.JurisdictionFactory(code="CA-QC", parent=council.jurisdiction.parent)
    montreal = factories.CouncilFactory(jurisdiction=quebec)

    assert preparing.models_for(montreal)[0] == french
    assert preparing.models_for(council)[0] == model
    assert short not in preparing.models_for(council)


@pytest.mark.parametrize("role", [None, *Role])
def test_the_link_alone_opens_a_text_whoever_comes(
    role: Role | None, address: str, client: Client
) -> None:
    if role:
        client.force_login(factories.UserFactory(roles=[role]))
    wrong = address.replace(kept().key, "none-such")

    paths = ("", "take/", "resolution.txt")

    assert [client.get(f"{address}{path}").status_code for path in paths] == [200, 200, 200]
    assert [client.get(f"{wrong}{path}").status_code for path in paths] == [404, 404, 404]
    assert client.get("/resolutions/prepare/start/").status_code == 405


@pytest.mark.parametrize("name", ["resolution.odt", "speech.pdf", "resolution.pdf.pdf"])
def test_there_are_no_other_files(name: str, address: str, client: Client) -> None:
    assert client.get(f"{address}{name}").status_code == 404


def test_every_file_is_there_and_called_by_its_council(address: str, client: Client) -> None:
    for document in ("resolution", "letter", "notes", "questions"):
        for form, begins in (("docx", b"PK"), ("pdf", b"%PDF"), ("txt", b"")):
            answer = client.get(f"{address}{document}.{form}")

            assert answer.status_code == 200
            assert answer.content.startswith(begins)
            assert f'-port-alder.{form}"' in answer["Content-Disposition"]
            assert "no-store" in answer["Cache-Control"]


def test_the_link_changes_nothing_once_the_text_is_followed(address: str, client: Client) -> None:
    Preparation.objects.update(resolution=factories.ResolutionFactory())

    refused = client.post(address, {"revision": "0", "value-city": "Town of Elsewhere"})
    begun = client.post(
        "/resolutions/prepare/start/",
        {"council": "port-alder", "model": "model", "like": kept().key},
    )

    assert refused.status_code == 409
    assert "it is not changed any more" in refused.content.decode().replace("\n", " ")
    assert Preparation.objects.get(resolution__isnull=False).values == {}
    assert begun.status_code == 302
    assert Preparation.objects.filter(resolution__isnull=True).count() == 1


def test_another_one_begins_with_what_was_chosen(address: str, client: Client) -> None:
    client.post(address, {"revision": "0", "recital-1": "our town", "do-R1": "leave"})
    first = kept()

    client.post(
        "/resolutions/prepare/start/",
        {"council": "port-alder", "model": "model", "like": first.key},
    )

    second = Preparation.objects.exclude(pk=first.pk).get()
    assert (second.choices, second.recitals) == (first.choices, first.recitals)
    assert second.key != first.key


@pytest.mark.parametrize("number", ["9" * 5_000, "²", "-1", ""])
def test_a_broken_number_of_recitals_is_no_failure(
    number: str, address: str, client: Client
) -> None:
    answer = client.post(address, {"revision": "0", "recitals": number, "add": "1"})

    assert answer.status_code == 200


def test_a_flood_of_texts_is_told_to_come_back_later(
    model: ModelResolution, council: Council, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "BEGUN", Limit("few", 2, 3_600))
    sent = {"council": council.slug, "model": model.slug}

    answers = [client.post("/resolutions/prepare/start/", sent) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert Preparation.objects.count() == 2


def test_a_recommendation_that_is_not_public_is_not_named(
    model: ModelResolution, council: Council, client: Client, address: str
) -> None:
    draft = factories.RecommendationFactory(code="XX-77")
    public = factories.RecommendationFactory(code="XX-78", published=True)
    model.clauses.get(code="O1").recommendations.set([draft, public])

    for path in ("", "take/", "questions.txt"):
        page = client.get(f"{address}{path}").content.decode()
        assert "XX-77" not in page
    assert "XX-78" in client.get(address).content.decode()


def test_texts_nobody_came_back_to_are_forgotten(address: str, client: Client) -> None:
    now = timezone.now()

    assert not preparing.forgotten(now + timedelta(days=29)).exists()
    assert preparing.forgotten(now + timedelta(days=31)).get() == kept()
    client.post(address, {"revision": "0", "recital-1": "our town"})
    assert not preparing.forgotten(now + timedelta(days=600)).exists()
    assert preparing.forgotten(now + timedelta(days=800)).get() == kept()
    Preparation.objects.update(resolution=factories.ResolutionFactory())
    assert not preparing.forgotten(now + timedelta(days=800)).exists()


def test_words_somebody_wrote_stay_whatever_is_chosen(address: str, client: Client) -> None:
    for do in ("keep", "leave", f"wording-{Wording.objects.get().pk}"):
        client.post(
            address,
            {"revision": str(kept().revision), "do-R2": do, "own-R2": "WHEREAS, my very own;"},
        )
        page = client.get(address).content.decode()

        assert ">\nWHEREAS, my very own;</textarea>" in page, do
        assert "my very own" not in client.get(f"{address}resolution.txt").content.decode(), do


def test_too_long_a_text_is_said_and_not_cut(address: str, client: Client) -> None:
    long = "word " * 700

    page = client.post(address, {"revision": "0", "recital-1": long}).content.decode()

    assert "characters long: use at most" in page
    assert long.strip() in page
    assert "maxlength" not in client.get(address).content.decode().partition("<form")[2]


def test_a_clause_that_asks_for_nothing_is_not_kept_alone(address: str, client: Client) -> None:
    sent = {"revision": "0", "do-O2a": "leave", "do-O2b": "leave"}

    page = client.post(address, sent).content.decode()
    without = client.post(address, {**sent, "do-O2": "leave"})

    assert "All that it asks for is left out" in page
    assert without.status_code == 302


def test_a_council_nobody_knows_is_told_so(client: Client, council: Council) -> None:
    page = client.get("/resolutions/prepare/", {"council": "zzz"}).content.decode()

    assert "names a council that is not on our list" in page
