"""Words as the search sees them."""

import pytest

from recommendations import words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Génocide", "genocide"),
        ("cœur", "coeur"),
        ("U.S.", "us"),
        ("B.C.", "bc"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
    ],
)
def test_case_accents_ligatures_and_full_stops_are_forgiven(written: str, folded: str) -> None:
    assert words.fold(written) == folded


def test_word_endings_are_forgiven_in_english() -> None:
    assert words.stems("preventing prevented prevention", "en").split() == ["prevent"] * 3


def test_word_endings_are_forgiven_in_french() -> None:
    assert len(set(words.stems("génocide génocides", "fr").split())) == 1


def test_an_apostrophe_of_either_kind_parts_a_french_article_from_its_noun() -> None:
    assert words.stems("l'intervention", "fr") == words.stems("l’intervention", "fr")
    assert len(words.stems("l’intervention", "fr").split()) == 1


def test_words_that_are_everywhere_are_not_kept() -> None:
    assert words.stems("the of and to", "en") == ""
    assert words.stems("le de la et", "fr") == ""


def test_the_will_of_will_to_intervene_is_kept() -> None:
    assert words.stems("will to intervene", "en").split() == ["will", "interven"]


def test_tokens_say_where_they_stand() -> None:
    text = "Never again!"

    found = [text[token.start : token.end] for token in words.tokens(text)]

    assert found == ["Never", "again"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Trois-Rivières", "trois-rivieres"),
        ("L’Œuvre d’Æthel", "l-oeuvre-d-aethel"),
        ("St. John's", "st-john-s"),
    ],
)
def test_a_short_address_keeps_every_letter_of_a_name(name: str, slug: str) -> None:
    assert words.slug(name) == slug
