"""Words as the search sees them: case, accents, apostrophes and word endings forgiven.

The same folding and stemming serve what is stored and what is asked, on every database.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

LANGUAGES = ("en", "fr")
# Some letters unfold to eighteen; an index takes words of 2,000 bytes.
LONGEST = 100
LONGEST_NAME = 12

_STEMMERS = {
    "en": snowballstemmer.stemmer("english"),
    "fr": snowballstemmer.stemmer("french"),
}
# Words that are in nearly every text and tell none apart, already folded.
_STOP = {
    "en": frozenset(
        "a an and are as at be been but by can could did do does for from had has have"
        " he her his i if in into is it its may might more most must no nor not of on or"
        " our shall she should so some such than that the their them then there these"
        " they this those to too up was we were what when where which while who whom"
        " why with would you your".split()
    ),
    "fr": frozenset(
        "a afin ai ainsi alors au aucun aussi autre aux avec avoir c car ce ceci cela"
        " ces cet cette chez ci comme d dans de des donc dont du elle elles en encore"
        " est et etait etant ete etre eu fait faut il ils j je l la le les leur leurs"
        " lui m ma mais me meme mes mon n ne ni nos notre nous on ont ou par pas peu"
        " plus pour qu que quel quelle qui s sa sans se ses si son sont sous sur t ta te"
        " tes toi ton tous tout tres tu un une vos votre vous y".split()
    ),
}
# A dotted abbreviation (U.S., B.C.) is one word; otherwise a run of letters and digits is.
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands in its text (``text[start:end]``)."""

    folded: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case, without accents, ligatures or full stops."""
    plain = unicodedata.normalize("NFKD", word.translate(_LIGATURES).replace(".", ""))
    folded = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return folded[:LONGEST]


@lru_cache(maxsize=65_536)
def stem(folded: str, language: str) -> str:
    """The stem of a folded word; '' for a word too common or too short to tell texts apart."""
    if folded in _STOP[language] or (len(folded) < 2 and not folded.isdigit()):
        return ""
    # The French stemmer relies on accents here and there; folding first costs a little precision
    # and makes 'genocide' find 'génocide', which is what people expect.
    return _STEMMERS[language].stemWord(folded) if len(folded) > 2 else folded


def tokens(text: str) -> Iterator[Token]:
    """The words of a text, in order."""
    for match in _TOKEN.finditer(text):
        if folded := fold(match.group()):
            yield Token(folded, match.start(), match.end())


def stems(text: str, language: str) -> str:
    """The stems of a text in order, joined by spaces: what is stored for the search."""
    language = language[:2] if language[:2] in LANGUAGES else "en"
    return " ".join(filter(None, (_stem_as_written(w, language) for w in _TOKEN.findall(text))))


def whole(text: str, language: str) -> str:
    """One word for a whole name, so that a name can be told from longer ones that begin alike.

    '' for what is no name: nobody asks for a sentence of more than a few words.
    """
    run = stems(text, language).split()
    return f"0{''.join(run)}" if 0 < len(run) <= LONGEST_NAME else ""


@lru_cache(maxsize=65_536)
def _stem_as_written(word: str, language: str) -> str:
    """The stem of a word as it stands in a text: 100,000 texts repeat few words."""
    folded = fold(word)
    return stem(folded, language) if folded else ""


def slug(text: str) -> str:
    """A short address from a name: 'Trois-Rivières' gives 'trois-rivieres'."""
    return "-".join(token.folded for token in tokens(text.replace("'", " ").replace("’", " ")))
