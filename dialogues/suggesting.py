"""Themes and near-duplicates that a program proposes; people decide. Computed on this machine.

It knows no database, so that it can run in a process of its own (``python -m
dialogues.suggesting`` reads statements as JSON and writes what it proposes): what it takes of
memory is given back, and pages are served meanwhile. The libraries it needs are the extra
``suggest``; nothing here imports them before they are used.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from recommendations import words

# Two statements are nearly the same where their telling words are so alike, from 0 to 100.
ALIKE = 90
# Statements of fewer telling words are alike too easily: they must be the same word for word.
FEW = 3
# A dialogue of fewer statements in one language is themed faster by hand.
ENOUGH = 12
MOST_THEMES = 24
SMALLEST_THEME = 3
# A statement belongs to a theme that weighs at least so much of what its first one does.
SHARE = 0.5
_ROWS = 1_000

# Small words the site’s search keeps and no theme is named by, and what openings of hopes, concerns
# and promises share.
_OPENINGS = {
    "en": "about after again all also am any because before being between both during each even"
    " ever every few first get here just let like make many me more much my myself new now off"
    " often one only other others over own really s see still t through under us very want way"
    " well while will without yet"
    " hope hopes concern concerned concerns worry worried worries afraid fear fears wish think"
    " believe question idea suggest promise commit commitment please need",
    "fr": "abord ailleurs apres autant autre autres avant bien chaque deja depuis dernier devant"
    " dire doit doivent encore enfin entre etre faire fasse faut hors jamais jour jusque lors mieux"
    " moins non nouveau peut peuvent plutot possible premier prochain puis quand quelque sauf"
    " sera seront serait seul seule seulement soit tant tel toujours tres va vers voir vont"
    " vraiment"
    " espere espoir esperons souhaite souhaitons inquiete inquietude inquietudes inquiet crains"
    " craint crainte craignons peur veux voudrais pense crois question idee propose promets engage"
    " engagement merci",
}
# What turns a sentence round tells two apart, however alike they are otherwise.
_TURNS = {
    "en": frozenset("not no never none nobody nothing without cannot neither nor t".split()),
    "fr": frozenset("ne n pas jamais rien personne aucun aucune sans ni".split()),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it is compared. ``whole`` is the key of the one it is a line of, or 0."""

    key: int
    kind: str
    text: str
    language: str = "en"
    whole: int = 0


def is_possible() -> bool:
    """Whether the libraries are there. They are looked for, not loaded."""
    return find_spec("sklearn") is not None and find_spec("rapidfuzz") is not None


def propose(statements: Sequence[Statement]) -> dict[str, list[Any]]:
    """Themes and near-duplicates among statements, the most telling first.

    ``themes`` are ``{"name", "words", "language", "statements": [key, …]}``; ``pairs`` are
    ``{"statement", "of", "score"}`` where ``of`` is the earlier one, which would be kept: none
    that is kept is a pair's other one. Scores go to 100. The same statements give the same.
    """
    by_language: dict[str, list[_Read]] = {}
    for statement in statements:
        read = _Read.of(statement)
        by_language.setdefault(read.language, []).append(read)
    themes: list[Any] = []
    pairs: list[Any] = []
    for language in sorted(by_language):
        rows = by_language[language]
        weights = _Weights.of(rows)
        pairs += _pairs(rows, weights)
        themes += _themes(rows, weights, language)
    themes.sort(key=lambda theme: -len(theme["statements"]))
    pairs.sort(key=lambda pair: (-pair["score"], pair["of"], pair["statement"]))
    return {"themes": themes, "pairs": pairs}


# ---- Reading ----


@dataclass(frozen=True, slots=True)
class _Read:
    """A statement and the stems of its telling words, with the words they were written as."""

    statement: Statement
    language: str
    stems: tuple[str, ...]
    written: tuple[str, ...]
    turns: tuple[str, ...]  # negations and numbers: what else must be the same

    @classmethod
    def of(cls, statement: Statement) -> "_Read":
        tokens = list(words.tokens(statement.text))
        language = _language([token.folded for token in tokens], statement.language)
        stems, written, turns = [], [], []
        for token in tokens:
            if token.folded in _TURNS[language] or token.folded.isdigit():
                turns.append(token.folded)
            if stem := _telling(token.folded, language):
                stems.append(stem)
                written.append(statement.text[token.start : token.end])
        return cls(statement, language, tuple(stems), tuple(written), tuple(sorted(turns)))


def _language(folded: Sequence[str], said: str) -> str:
    """The language of a text: the one it is said to be in unless its small words tell otherwise."""
    said = said[:2] if said[:2] in words.LANGUAGES else "en"
    small = {
        language: sum(not words.stem(word, language) for word in folded)
        for language in words.LANGUAGES
    }
    best = max(small, key=lambda language: (small[language], language == said))
    return best if small[best] > small[said] else said


@lru_cache(maxsize=65_536)
def _telling(folded: str, language: str) -> str:
    """The stem of a word that tells texts apart, or ''."""
    stem = words.stem(folded, language)
    return "" if len(folded) < 2 or stem in _opening_stems(language) else stem


@lru_cache(maxsize=2)
def _opening_stems(language: str) -> frozenset[str]:
    return frozenset(words.stem(word, language) for word in _OPENINGS[language].split()) | {""}


@dataclass(frozen=True, slots=True)
class _Weights:
    """How much each stem says in each statement: a matrix whose rows have length 1."""

    matrix: Any
    names: Any  # the stem of each column

    @classmethod
    def of(cls, rows: Sequence[_Read]) -> "_Weights | None":
        import numpy
        from sklearn.feature_extraction.text import (
            TfidfVectorizer,
        )

        if not any(row.stems for row in rows):
            return None
        weigh = TfidfVectorizer(analyzer=_stems_of, sublinear_tf=True, dtype=numpy.float32)
        return cls(weigh.fit_transform(rows), weigh.get_feature_names_out())


def _stems_of(row: _Read) -> tuple[str, ...]:
    return row.stems


# ---- Near-duplicates ----


def _pairs(rows: Sequence[_Read], weights: _Weights | None) -> list[dict[str, Any]]:
    """Pairs that say nearly the same, each leading to the earliest statement it is alike with."""
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist

    if weights is None:
        return []
    found: list[tuple[int, int, float]] = []
    sorted_stems = [" ".join(sorted(row.stems)) for row in rows]
    for firsts, seconds in _candidates(weights.matrix):
        near = [
            (a, b) for a, b in zip(firsts, seconds, strict=True) if _may_be_alike(rows[a], rows[b])
        ]
        if not near:
            continue
        scores = cpdist(
            [sorted_stems[a] for a, _b in near],
            [sorted_stems[b] for _a, b in near],
            scorer=fuzz.ratio,
            score_cutoff=ALIKE,
        )
        found += [(a, b, float(score)) for (a, b), score in zip(near, scores, strict=True) if score]
    return list(_led_to_the_first(rows, found))


def _candidates(matrix: Any) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Places of pairs whose weighed words overlap by half, a slice of the matrix at a time."""
    import numpy

    for start in range(0, matrix.shape[0], _ROWS):
        alike = (matrix[start : start + _ROWS] @ matrix[start:].T).tocoo()
        keep = (alike.data >= 0.5) & (alike.col > alike.row)
        yield (
            (alike.row[keep].astype(numpy.int64) + start).tolist(),
            (alike.col[keep].astype(numpy.int64) + start).tolist(),
        )


def _may_be_alike(one: _Read, other: _Read) -> bool:
    """Whether two may be compared at all: of one kind, with the same negations and numbers."""
    a, b = one.statement, other.statement
    if a.kind != b.kind or one.turns != other.turns or a.key in (b.whole,) or b.key == a.whole:
        return False
    few = min(len(one.stems), len(other.stems)) < FEW
    return sorted(one.stems) == sorted(other.stems) if few else _differ_by_little(one, other)


def _differ_by_little(one: _Read, other: _Read) -> bool:
    """Whether the words only one of them has may be slips or fillers of the other's.

    Two sentences of one mould (“our city will …”, “our council will …”) are as alike letter by
    letter as a sentence and its copy with a slip; but they differ by a whole word on both sides.
    """
    from rapidfuzz import fuzz

    mine, theirs = Counter(one.stems), Counter(other.stems)
    only_mine, only_theirs = list((mine - theirs).elements()), list((theirs - mine).elements())
    if not only_mine or not only_theirs:
        return len(only_mine) + len(only_theirs) <= max(len(one.stems), len(other.stems)) // 7
    if len(only_mine) != len(only_theirs) or len(only_mine) > 2:
        return False
    pairs = zip(sorted(only_mine), sorted(only_theirs), strict=True)
    return all(fuzz.ratio(a, b) > 75 for a, b in pairs)


def _led_to_the_first(
    rows: Sequence[_Read], found: Iterable[tuple[int, int, float]]
) -> Iterator[dict[str, Any]]:
    """Pairs as stars: whoever is kept leads nowhere, and each other one leads to one kept."""
    alike: dict[int, list[tuple[int, float]]] = {}
    for a, b, score in found:
        alike.setdefault(a, []).append((b, score))
    led: set[int] = set()
    for kept in sorted(alike):
        if kept in led:
            continue
        for other, score in sorted(alike[kept]):
            if other not in led:
                led.add(other)
                yield {
                    "statement": rows[other].statement.key,
                    "of": rows[kept].statement.key,
                    "score": round(score),
                }


# ---- Themes ----


def _themes(rows: Sequence[_Read], weights: _Weights | None, language: str) -> list[dict[str, Any]]:
    """Groups of statements that share telling words. A statement may be in several, or in none."""
    import warnings

    import numpy
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    if weights is None or len(rows) < ENOUGH:
        return []
    # Words of one statement group nothing, and words of nearly every other tell nothing apart.
    counts = numpy.asarray((weights.matrix > 0).sum(axis=0)).ravel()
    telling = (counts >= 2) & (counts <= max(len(rows) * 0.4, 3))
    matrix, names = weights.matrix[:, telling], weights.names[telling]
    n = min(MOST_THEMES, round(0.7 * len(rows) ** 0.5), *(size - 1 for size in matrix.shape))
    if n < 2:
        return []
    group = NMF(n, init="nndsvda", random_state=0, max_iter=120, tol=1e-3)
    # Where few words explain all there is left, what remains may round to less than nothing.
    with warnings.catch_warnings(), numpy.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # nearly there is near enough
        belongs = group.fit_transform(matrix)
    # Each group as heavy as the others, whatever the lengths of its two halves.
    belongs = belongs * numpy.linalg.norm(group.components_, axis=1)
    most = belongs.max(axis=1, keepdims=True)
    is_in = (belongs >= SHARE * most) & (most >= 0.15)
    usual = _usual_words(rows)
    themes = []
    for place, words_of in enumerate(group.components_):
        members = numpy.flatnonzero(is_in[:, place])
        if len(members) < SMALLEST_THEME:
            continue
        members = members[numpy.argsort(-belongs[members, place], kind="stable")]
        best = [names[i] for i in numpy.argsort(-words_of, kind="stable")[:5] if words_of[i] > 0]
        telling_words = [usual[stem] for stem in best]
        themes.append(
            {
                "name": _name(telling_words),
                "words": telling_words,
                "language": language,
                "statements": [rows[i].statement.key for i in members.tolist()],
            }
        )
    return themes


def _usual_words(rows: Iterable[_Read]) -> dict[str, str]:
    """How each stem is written most often; in small letters unless it never is."""
    forms: dict[str, Counter[str]] = {}
    for row in rows:
        for stem, word in zip(row.stems, row.written, strict=True):
            forms.setdefault(stem, Counter())[word] += 1
    usual = {}
    for stem, counter in forms.items():
        # A capital at the head of a sentence is no part of the word.
        small = {word.lower() for word in counter if word == word.lower()}
        merged: Counter[str] = Counter()
        for word, n in counter.items():
            merged[word.lower() if word.lower() in small else word] += n
        usual[stem] = min(merged.items(), key=lambda one: (-one[1], one[0]))[0]
    return usual


def _name(telling: Sequence[str]) -> str:
    """A name made of the three most telling words."""
    name = ", ".join(telling[:3])
    return name[:1].upper() + name[1:]


# ---- By itself ----


def main() -> None:
    """Read statements from standard input, write what is proposed to standard output."""
    for library in ("OMP", "OPENBLAS"):  # one core: the others are for pages
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    rows = [Statement(**row) for row in json.load(sys.stdin)]
    json.dump(propose(rows), sys.stdout)


if __name__ == "__main__":
    main()
