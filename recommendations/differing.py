"""What differs between two wordings, word by word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# What a piece of a text is: in both wordings, only in the first, or only in the other.
SAME, TAKEN, PUT = "same", "removed", "added"
# Texts so long that comparing each word with each would keep a page waiting (words of one times
# words of the other) are shown whole.
TOO_MANY = 2_000_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text; ``op`` is ``same``, ``removed`` or ``added``."""

    op: str
    text: str


# Spaces and the word or mark after them; at the end, spaces alone.
_TOKEN = re.compile(r"(\s*)(\w+(?:[’'-]\w+)*|[^\w\s]|$)")


def tokens(text: str) -> list[tuple[str, str]]:
    """(spaces before it, word or mark): joined, the text to the letter."""
    return [(m[1], m[2]) for m in _TOKEN.finditer(text) if m[0]]


def differences(before: str, after: str) -> list[Segment]:
    """Pieces of both texts in reading order, what was taken before what was put in its place."""
    if before == after:
        return [Segment(SAME, before)] if before else []
    first, second = tokens(before), tokens(after)
    if len(first) * len(second) > TOO_MANY:
        return [Segment(TAKEN, before), Segment(PUT, after)]
    matcher = SequenceMatcher(
        None, [word for _gap, word in first], [word for _gap, word in second], autojunk=False
    )
    pieces: list[Segment] = []
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "equal":
            for (gap, word), (other_gap, _word) in zip(first[i:j], second[k:m], strict=True):
                pieces += _gap(gap, other_gap)
                pieces.append(Segment(SAME, word))
        else:
            pieces += _replaced(first[i:j], second[k:m])
    return list(_whole(_merged(pieces)))


def _gap(before: str, after: str) -> list[Segment]:
    if before == after:
        return [Segment(SAME, before)]
    return [Segment(TAKEN, before), Segment(PUT, after)]


def _replaced(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Iterator[Segment]:
    """Both sides whole; the space before them stays outside where it is the same."""
    taken, put = ("".join(gap + word for gap, word in side) for side in (before, after))
    if before and after and before[0][0] == after[0][0]:
        space = before[0][0]
        yield Segment(SAME, space)
        taken, put = taken.removeprefix(space), put.removeprefix(space)
    yield Segment(TAKEN, taken)
    yield Segment(PUT, put)


def _merged(pieces: Iterable[Segment]) -> list[Segment]:
    """Neighbours of one kind as one; between two that are the same, what was taken comes first."""
    merged: list[Segment] = []
    taken = put = ""
    same = ""
    for piece in [*(piece for piece in pieces if piece.text), Segment(SAME, "")]:
        if piece.op == SAME and piece.text:
            if taken or put:
                merged += [Segment(op, text) for op, text in ((TAKEN, taken), (PUT, put)) if text]
                taken = put = ""
            same += piece.text
            continue
        if same:
            merged.append(Segment(SAME, same))
            same = ""
        if piece.op == TAKEN:
            taken += piece.text
        elif piece.op == PUT:
            put += piece.text
    return merged + [Segment(op, text) for op, text in ((TAKEN, taken), (PUT, put)) if text]


def _whole(pieces: list[Segment]) -> Iterable[Segment]:
    """Changes with nothing but a space or a short word between them read as one."""
    runs: list[Segment] = []
    for number, piece in enumerate(pieces):
        inside = 0 < number < len(pieces) - 1
        if piece.op == SAME and inside and _is_slight(piece.text):
            around = [pieces[number - 1].op, pieces[number + 1].op]
            # Only where words were put in place of others on both sides.
            before = {part.op for part in pieces[max(0, number - 2) : number]}
            after = {part.op for part in pieces[number + 1 : number + 3]}
            if around == [PUT, TAKEN] and {TAKEN, PUT} <= before and {TAKEN, PUT} <= after:
                runs += [Segment(TAKEN, piece.text), Segment(PUT, piece.text)]
                continue
        runs.append(piece)
    return _merged(runs)


def _is_slight(text: str) -> bool:
    return len(text.strip()) <= 3 and " " not in text.strip()
