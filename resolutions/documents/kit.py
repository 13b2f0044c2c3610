"""What goes with a resolution to a council: a letter, notes to speak from, answers to questions.

Every word of the text, of the model and of the record is quoted to the letter; what is said around
it is this project's own. An office is written to, never a person.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resolutions import filling
from resolutions.composing import ADDED, KEPT, REWORDED, Composed, Line
from resolutions.documents.resolution import council_words, formal_words
from resolutions.documents.sheets import (
    Block,
    Sheet,
    Style,
    demonstration,
    in_quotes,
    origin,
    paragraphs,
    quoted,
    region_of,
)
from resolutions.models import Clause, ClauseKind

# So many words of a clause tell it from the others.
_KNOWN_BY = 8

# Two minutes at an easy pace.
FEWEST_WORDS, MOST_WORDS = 260, 300


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the record and what was answered.

    Attributes:
        question, answer: to the letter; the answer as ``Answer.text`` is written.
        source: the dialogue and the number there: "Vancouver, 27 November 2009, QUESTION-02".
        path: where it stands on this site, or the whole address.
        language: of both.
    """

    question: str
    answer: str
    source: str
    path: str
    language: str = "en"


def _sheet(
    composed: Composed, title: str, blocks: Iterable[Block], *, is_read_aloud: bool = False
) -> Sheet:
    found = list(blocks)
    if composed.council.is_demo:
        found.insert(1, demonstration())
    return Sheet(
        title=title,
        language=composed.language,
        region=region_of(composed.council),
        blocks=tuple(found),
        is_read_aloud=is_read_aloud,
    )


# ---- The letter ----


def letter(composed: Composed) -> Sheet:
    """To the members of the council, care of its clerk. Names and dates are left to fill in."""
    title = _("For your agenda: %(title)s") % {"title": composed.title}
    return replace(_sheet(composed, title, _letter(composed, title)), is_close=True)


def _letter(composed: Composed, title: str) -> Iterable[Block]:
    council = filling.council_name(composed.council, composed.language)
    yield Block(Style.TITLE, title)
    yield Block(Style.FACT, council_words(composed.council, composed.language), _("To"))
    yield Block(
        Style.FACT,
        _("The clerk, %(municipality)s")
        % {"municipality": formal_words(composed.council, composed.language)},
        _("Care of"),
    )
    yield Block(Style.FACT, "", _("Date"))
    yield Block(Style.TEXT, _("To the members of council,"))
    yield Block(
        Style.TEXT,
        _("I ask %(council)s to put the enclosed resolution on a coming agenda and to adopt it.")
        % {"council": council},
    )
    if composed.model is not None:
        words = _("It was made from %(model)s. The report behind it is %(report)s.")
        report = in_quotes(composed.model.report.title)
        text = words % {"model": origin(composed.model), "report": report}
        yield Block(Style.TEXT, f"{text} {' '.join(_changes(composed))}")
    if composed.note:
        yield Block(Style.NOTE, composed.note)
    asks = [line for line in composed.operative if line.kind != ClauseKind.DISTRIBUTION]
    if asks:
        yield Block(Style.HEADING, _("What it asks"))
        yield from (quoted(line) for line in asks)
    if copies := [line for line in composed.operative if line.kind == ClauseKind.DISTRIBUTION]:
        yield Block(Style.HEADING, _("Who is sent a copy"))
        yield from (quoted(line) for line in copies)
    yield Block(
        Style.TEXT,
        _("I would be glad to speak to it for two minutes and to answer questions."),
    )
    yield Block(Style.FACT, "", _("Name"))
    yield Block(Style.FACT, "", _("For"))
    yield Block(Style.FACT, "", _("How to reach me"))
    yield Block(
        Style.SOURCE,
        _("Enclosed: the resolution; a sheet of questions and answers from the record."),
    )


def _changes(composed: Composed) -> Iterable[str]:
    """What was done to the model, in sentences."""
    reworded = sum(line.change == REWORDED for line in composed.flat)
    added = sum(line.change == ADDED for line in composed.flat)
    left_out = len(composed.left_out)
    if not (reworded or added or left_out):
        yield _(
            "Every clause of it is kept; only the words that change with the place are filled in."
        )
        return
    if left_out:
        yield ngettext(
            "%(n)d clause of it is left out.", "%(n)d clauses of it are left out.", left_out
        ) % {"n": left_out}
    if reworded:
        yield ngettext("%(n)d clause is reworded.", "%(n)d clauses are reworded.", reworded) % {
            "n": reworded
        }
    if added:
        yield ngettext("%(n)d clause is our own.", "%(n)d clauses are our own.", added) % {
            "n": added
        }


# ---- Notes to speak from ----


@dataclass(frozen=True, slots=True)
class _Passage:
    """Something that can be said or left unsaid, and how much each of its words is worth."""

    text: str
    weight: int
    items: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        return sum(words_in(text) for text in (self.text, *self.items))

    @property
    def blocks(self) -> list[Block]:
        return [Block(Style.TEXT, self.text), *(Block(Style.ITEM, item) for item in self.items)]


def words_in(text: str) -> int:
    """How many words are spoken: what has a letter or a digit in it."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


def notes(composed: Composed, clauses: Sequence[Clause]) -> Sheet:
    """For a delegation that has two minutes: 260 to 300 words, fewer where the text is short.

    Says what the text asks, in its own words, and the reasons for as many clauses as there is time
    for: those for what is asked first, then those of the recitals.
    """
    title = _("Two minutes for council: %(title)s") % {"title": composed.title}
    council = filling.council_name(composed.council, composed.language)
    opening = [
        _("Members of council, thank you for hearing me. My name is ________."),
        _("I ask %(council)s to adopt the resolution before you.") % {"council": council},
    ]
    closing = _(
        "I ask for a mover, a seconder and your vote. I will gladly answer questions. Thank you."
    )
    fixed = sum(words_in(text) for text in (*opening, closing))
    chosen = _chosen(_passages(composed, clauses), MOST_WORDS - fixed)
    note = _(
        "%(n)d words: they fit in two minutes at an easy pace. What stands in quotation marks is"
        " the text before council, to the letter."
    ) % {"n": fixed + sum(passage.words for passage in chosen)}
    blocks = [Block(Style.TITLE, title), Block(Style.NOTE, note)]
    if composed.note:
        blocks.append(Block(Style.NOTE, composed.note))
    blocks += [Block(Style.TEXT, text) for text in opening]
    blocks += [block for passage in chosen for block in passage.blocks]
    blocks.append(Block(Style.TEXT, closing))
    return _sheet(composed, title, blocks, is_read_aloud=True)


# What matters most is said first of all: what is asked, what a council says of itself, then why.
_ASKED_FIRST, _ASKED, _OWN, _OPENS, _SAID, _TOLD = 9, 7, 8, 4, 2, 1


def _passages(composed: Composed, clauses: Sequence[Clause]) -> list[list[_Passage]]:
    """What can be said, in the order it would be; of each group one passage at most.

    Each clause is called by its kind and its number, so that "it" in a reason is the clause.
    """
    of_code = {row.code: row for row in clauses}
    groups: list[list[_Passage]] = []
    if composed.model is not None:
        text = _("The resolution follows a model: %(model)s.") % {"model": origin(composed.model)}
        groups.append([_Passage(text, _OPENS)])
        text = _("The report behind it is %(report)s.")
        groups.append([_Passage(text % {"report": in_quotes(composed.model.report.title)}, _TOLD)])
    for number, line in enumerate(composed.recitals, start=1):
        row = of_code.get(line.code)
        weight = _OPENS if number == 1 else _SAID
        if line.change == ADDED:
            weight = _OWN
        elif row and row.caution_read:
            weight = _TOLD  # what wants an explanation is better asked about than said
        # Translators: a reason may follow that calls a recital "it", and below a clause.
        text = _("Recital %(n)d says: %(words)s.") % {"n": number, "words": _spoken(line)}
        groups.append(_options(_Passage(text, weight), _why(line, row, composed.language)))
    for number, line in enumerate(composed.operative, start=1):
        if line.kind == ClauseKind.DISTRIBUTION:
            text = _("Clause %(n)d says who is told: %(words)s.")
            weight = _TOLD
        else:
            text = _("Clause %(n)d asks: %(words)s.")
            weight = _ASKED if number > 1 else _ASKED_FIRST
        text %= {"n": number, "words": _spoken(line)}
        if line.parts:
            # The list says what is meant. After it nobody would know what a reason is about.
            items = tuple(in_quotes(_excerpt(part.text)) for part in line.parts)
            groups.append([_Passage(text.removesuffix("."), weight, items)])
        else:
            groups.append(
                _options(
                    _Passage(text, weight), _why(line, of_code.get(line.code), composed.language)
                )
            )
    return groups


def _options(said: _Passage, why: str) -> list[_Passage]:
    """A clause in its own words, or these and why it is there: never a reason on its own."""
    return [said, replace(said, text=f"{said.text} {why}")] if why else [said]


# A full stop after a capital letter ends no sentence: "B.C. Municipalities".
_SENTENCE_ENDS = re.compile(r"(?<![A-ZÀ-Þ]\.)(?<=[.!?])\s+")


def _why(line: Line, row: Clause | None, language: str) -> str:
    """Why a clause is there, in one sentence, as there is no time for more. A speech is in one
    language: a reason that is not in it is left out.
    """
    reason = _reason(line, row)
    if row is None or _language_of(row, language):
        return ""
    return _SENTENCE_ENDS.split(reason, maxsplit=1)[0]


def _reason(line: Line, row: Clause | None) -> str:
    """The model's reason for a clause, where the clause is still the model's."""
    return row.reason_read.strip() if row is not None and line.change == KEPT else ""


def _language_of(row: Clause, language: str) -> str:
    """The language of a reason where it is not the sheet's, else ''."""
    return "" if language == "en" or row.reason_fr else "en"


# How a clause opens, whatever its author's capitals and commas.
_OPENS_WITH = re.compile(
    r"(?:and |et )?"
    r"(?:whereas\b|attendu\b|consid[ée]rant\b"
    r"|(?:(?:now|therefore|en conséquence|par conséquent),? )*"
    r"(?:be it|it is|il est|qu[’']il soit)(?: \w+){0,2}? (?:resolved|résolu)\b)"
    r"(?:,? (?:that|que)\b|,? qu[’'])?[,:]?\s*",
    re.IGNORECASE,
)


def _unopened(line: Line) -> str:
    """The words of a clause after those every clause of its kind opens with."""
    found = _OPENS_WITH.match(line.text)
    return line.text[max(found.end() if found else 0, len(line.opening)) :].lstrip(" \u00a0,:")


def _spoken(line: Line) -> str:
    """A clause as somebody quotes it in a sentence: without its opening words."""
    words = _unopened(line)
    return in_quotes(words.strip() if line.parts else _excerpt(words))


def _excerpt(text: str) -> str:
    """Words of a clause as they stand inside a sentence of ours: to the letter, but for the mark
    they end with.
    """
    return text.strip().rstrip(" \u00a0\u202f;.,:")


def _chosen(groups: list[list[_Passage]], room: int) -> list[_Passage]:
    """Of each group one passage or none, so that the sum is within the two minutes if it can be,
    and what matters most is said.
    """
    best: dict[int, tuple[int, tuple[_Passage, ...]]] = {0: (0, ())}
    for group in groups:
        longer = dict(best)
        sized = [(passage, passage.words) for passage in group]
        for words, (worth, passages) in best.items():
            for passage, more in sized:
                found = (worth + passage.weight * more, (*passages, passage))
                total = words + more
                if total <= room and longer.get(total, (-1,))[0] < found[0]:
                    longer[total] = found
        best = longer
    enough = [n for n in best if n >= room - (MOST_WORDS - FEWEST_WORDS)] or [max(best)]
    return list(max((best[n] for n in enough), key=lambda found: found[0])[1])


# ---- Questions and answers ----


def questions(composed: Composed, clauses: Sequence[Clause], asked: Sequence[Question]) -> Sheet:
    """What people asked on the record, and why each clause is there that is the model's."""
    title = _("Questions and answers: %(title)s") % {"title": composed.title}
    return _sheet(composed, title, _questions(composed, clauses, asked, title))


def _questions(
    composed: Composed, clauses: Sequence[Clause], asked: Sequence[Question], title: str
) -> Iterable[Block]:
    yield Block(Style.TITLE, title)
    if composed.note:
        yield Block(Style.NOTE, composed.note)
    yield Block(Style.HEADING, _("Asked on the record"))
    if asked:
        yield Block(
            Style.TEXT,
            _("Questions and answers are quoted to the letter, in the language they are in."),
        )
    else:
        yield Block(Style.TEXT, _("No question about what this text asks is on record yet."))
    for row in asked:
        language = row.language if row.language != composed.language else ""
        yield Block(Style.QUESTION, row.question, language=language)
        yield from paragraphs(row.answer, language)
        yield Block(Style.SOURCE, f"{row.source}. {row.path}")
    yield from _about_clauses(composed, clauses)


def _about_clauses(composed: Composed, clauses: Sequence[Clause]) -> Iterable[Block]:
    """Why each clause is there. What is to think of before one keeps it was for whoever did."""
    of_code = {row.code: row for row in clauses}
    explained = [
        (line, row)
        for line in composed.flat
        if (row := of_code.get(line.code)) and _reason(line, row)
    ]
    if explained:
        yield Block(Style.HEADING, _("Clause by clause"))
        yield Block(
            Style.TEXT,
            _("Clauses are quoted to the letter. What is said about them is this project’s own."),
        )
    for line, row in explained:
        words = in_quotes(_first_words(line))
        yield Block(Style.QUESTION, _("Why does it say %(words)s?") % {"words": words})
        yield Block(Style.QUOTE, line.text, line.opening)
        yield Block(Style.TEXT, _reason(line, row), language=_language_of(row, composed.language))
        if line.asks:
            codes = ", ".join(line.asks)
            yield Block(Style.SOURCE, _("It carries: %(codes)s") % {"codes": codes})


def _first_words(line: Line) -> str:
    """Enough of a clause to know it by in a heading."""
    words = _unopened(line).split()
    first = _excerpt(" ".join(words[:_KNOWN_BY]))
    return f"{first}…" if len(words) > _KNOWN_BY else first
