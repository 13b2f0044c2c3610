"""What differs between two texts: clause by clause, and word by word within a clause.

Both come as ``Composed``: a model filled for a council on one side, what the council has on the
other. Words that change with the place are filled in both, so they are no difference.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from recommendations.differing import PUT, SAME, TAKEN, Segment, differences, tokens
from resolutions.composing import Composed, Line
from resolutions.models import ClauseKind

KEPT, CHANGED, LEFT_OUT, ADDED = "kept", "changed", "left-out", "added"

# Clauses without a common code are the same clause from this share of common words on.
ALIKE = 0.5
# So many words of a clause say whether it is the same.
TELLING = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One clause of either text, or of both.

    Its segments without the added ones are the clause in the first text, without the removed ones
    that in the other, each to the letter. ``state`` is ``kept``, ``changed``, ``left-out`` or
    ``added``; a clause that only opens or ends differently, because its neighbour went, is kept.
    """

    code: str
    kind: str
    state: str
    segments: tuple[Segment, ...]
    opening: str = ""
    asks: tuple[str, ...] = ()

    @property
    def before(self) -> str:
        """As the first text has it, '' where it has not."""
        return "".join(part.text for part in self.segments if part.op != PUT)

    @property
    def after(self) -> str:
        """As the other text has it, '' where it has not."""
        return "".join(part.text for part in self.segments if part.op != TAKEN)

    @property
    def is_marked(self) -> bool:
        """Whether there is anything to mark in it."""
        return any(part.op != SAME for part in self.segments)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every clause of two texts, in the order of the other; what was left out where it stood.

    ``carried`` are the codes of the recommendations that a kept or changed clause still asks for,
    ``dropped`` those the first text asks for and the other does not.
    """

    rows: tuple[Row, ...]
    carried: tuple[str, ...]
    dropped: tuple[str, ...]

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def kept(self) -> int:
        return self.count(KEPT)

    @property
    def changed(self) -> int:
        return self.count(CHANGED)

    @property
    def left_out(self) -> int:
        return self.count(LEFT_OUT)

    @property
    def added(self) -> int:
        return self.count(ADDED)

    @property
    def differs(self) -> bool:
        return any(row.state != KEPT for row in self.rows)

    @property
    def blocks(self) -> list[tuple[Row, list[Row]]]:
        """Each clause with the sub-items that stand under it."""
        blocks: list[tuple[Row, list[Row]]] = []
        for row in self.rows:
            if row.kind == ClauseKind.SUB_ITEM and blocks:
                blocks[-1][1].append(row)
            else:
                blocks.append((row, []))
        return blocks

    @property
    def recitals(self) -> list[tuple[Row, list[Row]]]:
        return [block for block in self.blocks if block[0].kind == ClauseKind.RECITAL]

    @property
    def operative(self) -> list[tuple[Row, list[Row]]]:
        return [block for block in self.blocks if block[0].kind != ClauseKind.RECITAL]


def compare(base: Composed, other: Composed) -> Comparison:
    """What ``other`` made of ``base``. Asks no query."""
    first, second = base.flat, other.flat
    partner = _aligned(first, second)
    came_from = {there: here for here, there in partner.items()}
    rows: list[Row] = []
    # What was left out stands after the clause it came after.
    gone_after: dict[int, list[int]] = {}
    last = -1
    for here in range(len(first)):
        if here in partner:
            last = here
        else:
            gone_after.setdefault(last, []).append(here)
    rows += [_gone(first[here]) for here in gone_after.get(-1, ())]
    for there, line in enumerate(second):
        if (came := came_from.get(there)) is None:
            rows.append(_new(line))
            continue
        rows.append(_both(first[came], line))
        rows += [_gone(first[gone]) for gone in gone_after.get(came, ())]
    asked = dict.fromkeys(code for line in first for code in line.asks)
    carried = {code for row in rows if row.state in (KEPT, CHANGED) for code in row.asks}
    return Comparison(
        rows=tuple(rows),
        carried=tuple(code for code in asked if code in carried),
        dropped=tuple(code for code in asked if code not in carried),
    )


def _gone(line: Line) -> Row:
    segments = (Segment(TAKEN, line.text),)
    return Row(line.code, line.kind, LEFT_OUT, segments, line.opening, line.asks)


def _new(line: Line) -> Row:
    return Row(line.code, line.kind, ADDED, (Segment(PUT, line.text),), line.opening, line.asks)


def _both(before: Line, after: Line) -> Row:
    return Row(
        code=before.code or after.code,
        kind=after.kind,
        state=KEPT if _matter(before) == _matter(after) else CHANGED,
        segments=tuple(differences(before.text, after.text)),
        opening=after.opening,
        asks=before.asks or after.asks,
    )


def _matter(line: Line) -> str:
    """What a clause says, without the words it opens with and the mark it ends with."""
    return line.rest.strip().rstrip(";.,").rstrip()


def _aligned(first: list[Line], second: list[Line]) -> dict[int, int]:
    """Which clause of the other text is which of the first: by code, then by their words."""
    partner: dict[int, int] = {}
    by_code = {line.code: here for here, line in reversed(list(enumerate(first))) if line.code}
    for there, line in enumerate(second):
        here = by_code.get(line.code) if line.code else None
        if here is not None and here not in partner:
            partner[here] = there
    taken = set(partner.values())
    words = {here: _words(first[here].text) for here in range(len(first)) if here not in partner}
    others = {
        there: _words(second[there].text) for there in range(len(second)) if there not in taken
    }
    alike = [
        (share, here, there)
        for here, ours in words.items()
        for there, theirs in others.items()
        if _same_part(first[here], second[there]) and (share := _share(ours, theirs)) >= ALIKE
    ]
    for _score, here, there in sorted(alike, key=lambda row: (-row[0], abs(row[1] - row[2]), row)):
        if here not in partner and there not in taken:
            partner[here] = there
            taken.add(there)
    return partner


def _same_part(one: Line, another: Line) -> bool:
    """A recital never becomes an operative clause: councils decide these, not those."""
    return (one.kind == ClauseKind.RECITAL) == (another.kind == ClauseKind.RECITAL)


def _words(text: str) -> list[str]:
    return [word.casefold() for _gap, word in tokens(text) if word][:TELLING]


def _share(ours: list[str], theirs: list[str]) -> float:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0
