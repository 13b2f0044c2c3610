"""A resolution as it is put to a council, or as the council made it."""

from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from resolutions import filling
from resolutions.composing import Composed, Line
from resolutions.documents.sheets import (
    Block,
    Sheet,
    Style,
    clause,
    dated,
    demonstration,
    origin,
    region_of,
)
from resolutions.models import (
    Clause,
    ClauseKind,
    Council,
    ModelResolution,
    Resolution,
    Scope,
    Step,
)
from resolutions.votes import DECISIVE, vote_of

Fact = tuple[str, str]


def resolution(
    composed: Composed, facts: Sequence[Fact] | None, *, is_plain: bool = False
) -> Sheet:
    """The whole text. Without ``facts`` the head has lines for the clerk to fill in.

    ``is_plain`` leaves out what is no word of the text: those lines, and the headings.
    """
    council = composed.council
    head = facts if facts is not None else [] if is_plain else _to_fill_in(composed)
    blocks = [Block(Style.TITLE, composed.title)]
    blocks += [Block(Style.FACT, value, label) for label, value in head]
    if council.is_demo:
        blocks.append(demonstration())
    if composed.note:
        blocks.append(Block(Style.NOTE, composed.note))
    foot = _made_from(composed.model) if composed.model else ""
    return Sheet(
        title=composed.title,
        language=composed.language,
        region=region_of(council),
        blocks=(*blocks, *_text(composed.recitals, composed.operative, is_plain=is_plain)),
        foot=foot,
    )


def _to_fill_in(composed: Composed) -> list[Fact]:
    council = council_words(composed.council, composed.language)
    if composed.model is not None and composed.model.scope == Scope.ASSOCIATION:
        return [
            (_("Submitted by"), formal_words(composed.council, composed.language)),
            (_("Put to"), ""),
            (_("Endorsed by council on"), ""),
        ]
    return [
        (_("Council"), council),
        (_("Meeting of"), ""),
        (_("Moved by"), ""),
        (_("Seconded by"), ""),
    ]


def facts_of(resolution: Resolution, steps: Sequence[Step], language: str) -> list[Fact]:
    """What stands at the head of a text that was dealt with. ``steps``: the newest first.

    Words are in the language that is active.
    """
    facts = [(_("Council"), council_words(resolution.council, language))]
    if resolution.reference:
        facts.append((_("Number"), resolution.reference))
    newest = steps[0] if steps else None
    decided = next((row for row in steps if row.kind in DECISIVE), None)
    if newest is not None:
        facts.append((_("Status"), _happened(newest)))
    if decided is not None:
        if decided != newest:
            facts.append((_("Decided"), _happened(decided)))
        facts += [
            (label, words)
            for label, words in (
                (_("Moved by"), decided.mover),
                (_("Seconded by"), decided.seconder),
                (_("The vote"), _vote(decided)),
            )
            if words
        ]
    return facts


def _happened(step: Step) -> str:
    """A step and its day; that nobody has checked it, where nobody has."""
    words = f"{step.get_kind_display()}, {dated(step.on)}"
    return words if step.verified_at else f"{words} ({_('reported, not yet verified')})"


def _vote(step: Step) -> str:
    if not step.vote_method:
        return ""
    counts = vote_of(step).counts
    if not counts:
        return str(step.get_vote_method_display())
    return ", ".join(f"{label} {n}" for label, n in counts)


def _text(
    recitals: Iterable[Line], operative: Iterable[Line], *, is_plain: bool = False
) -> list[Block]:
    blocks: list[Block] = []
    for heading, lines in ((_("Recitals"), recitals), (_("Operative clauses"), operative)):
        if found := [clause(line) for line in lines]:
            blocks += found if is_plain else [Block(Style.HEADING, heading), *found]
    return blocks


def _made_from(model: ModelResolution) -> str:
    words = _("Made from %(model)s, version %(version)s")
    return words % {"model": origin(model), "version": model.version}


def council_words(council: Council, language: str) -> str:
    """The council's name at the head of a page: without the article French has in a sentence."""
    return headline(filling.council_name(council, language), language)


def formal_words(council: Council, language: str) -> str:
    """The municipality's name at the head of a page."""
    return headline(filling.formal_name(council, language), language)


def headline(words: str, language: str) -> str:
    if language == "fr":
        for article in ("le ", "la ", "les ", "l’", "l'"):
            words = words.removeprefix(article)
    return capfirst(words)


def model_text(
    model: ModelResolution, clauses: Sequence[Clause], *, is_plain: bool = False
) -> Sheet:
    """The text of record of a model, for nobody's council."""
    lines = [_line(row, clauses) for row in clauses if row.part_of_id is None]
    blocks = [Block(Style.TITLE, model.title)]
    if model.author:
        blocks.append(Block(Style.FACT, model.author, _("Drafted by")))
    blocks.append(Block(Style.FACT, dated(model.dated, model.dated_precision), _("Date")))
    if model.is_demo:
        blocks.append(Block(Style.NOTE, _("Demonstration data."), _("Demonstration data.")))
    in_french = model.language == "fr" and model.adaptation_note_fr
    if note := model.adaptation_note_fr if in_french else model.adaptation_note:
        blocks.append(Block(Style.NOTE, note))
    recitals = [line for line in lines if line.kind == ClauseKind.RECITAL]
    operative = [line for line in lines if line.kind != ClauseKind.RECITAL]
    country = model.country.code if model.country else ""
    return Sheet(
        title=model.title,
        language=model.language,
        region="US" if country == "US" else "CA",
        blocks=(*blocks, *_text(recitals, operative, is_plain=is_plain)),
        foot=_("Version %(version)s") % {"version": model.version},
    )


def _line(row: Clause, clauses: Sequence[Clause]) -> Line:
    parts = tuple(_line(part, clauses) for part in clauses if part.part_of_id == row.pk)
    return Line(row.kind, row.text, row.opening, row.code, parts=parts)
