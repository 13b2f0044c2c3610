"""Numbered paper cards: which were printed, how they are typed, which are still missing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialogues.capturing import code_of, numbers_used
from dialogues.models import (
    Channel,
    ContributionKind,
    ContributionState,
    Dialogue,
    Room,
)

# What is typed before a number, by the first letters of the kind. "c" alone is a concern.
_LETTERS = {"m": ContributionKind.COMMITMENT} | {
    kind.value[:n]: kind for kind in reversed(ContributionKind) for n in range(1, len(kind) + 1)
}
_TYPED = re.compile(r"([a-z]*)[\s.\-–—#]*([0-9]{1,5}|\+)")


@dataclass(frozen=True, slots=True)
class Run:
    """Cards of one kind with numbers in a row, from ``first`` to ``last``."""

    kind: ContributionKind
    first: int
    last: int

    def __len__(self) -> int:
        return max(0, self.last - self.first + 1)

    def __str__(self) -> str:
        if self.first == self.last:
            return code_of(self.kind, self.first)
        return f"{code_of(self.kind, self.first)} – {code_of(self.kind, self.last)}"


def runs_of(room: Room) -> list[Run]:
    """All cards that were printed, kind by kind, in the order of printing."""
    return [
        Run(kind, numbers.start, numbers.stop - 1)
        for kind in ContributionKind
        for numbers in room.printed(kind)
    ]


def reserve(
    dialogue: Dialogue, counts: Mapping[ContributionKind, int], *, seen: int | None = None
) -> list[Run]:
    """Give cards their numbers in the record, for good: nothing else ever gets these.

    ``seen`` is how many cards had been printed as far as whoever asks knows.

    Raises:
        ValidationError: more have been printed since, by a double click or by somebody else.
    """
    with Room.objects.changing(dialogue) as room:
        if seen is not None and seen != sum(len(run) for run in runs_of(room)):
            raise ValidationError(
                _(
                    "Cards have been given numbers since this page was opened. Look at those"
                    " below first: to print them again costs no numbers."
                )
            )
        made = []
        for kind, n in counts.items():
            if n:
                numbers = room.print_numbers(kind, n)
                made.append(Run(kind, numbers.start, numbers.stop - 1))
        return made


def is_printed(room: Room, run: Run) -> bool:
    """Whether all numbers of a run were given to cards."""
    there = {number for numbers in room.printed(run.kind) for number in numbers}
    return run.first <= run.last and all(n in there for n in range(run.first, run.last + 1))


def code_typed(room: Room, typed: str, kind: ContributionKind) -> tuple[ContributionKind, str]:
    """The kind and number of a card as somebody types it: "h7", "HOPE-07", or 7 of ``kind``.

    "+" stands for a card without a number: its code is "" until one is given.

    Raises:
        ValidationError: it is no number, or no printed card has it.
    """
    match = _TYPED.fullmatch(typed.strip().lower())
    if match is None or (match[1] and match[1] not in _LETTERS):
        raise ValidationError(
            _("Write the number that stands on the card, such as %(example)s, h7 or 7."),
            code="number",
            params={"example": code_of(ContributionKind.HOPE, 7)},
        )
    kind = _LETTERS[match[1]] if match[1] else kind
    if match[2] == "+":
        return kind, ""
    number = int(match[2])
    printed = room.printed(kind)
    if printed and not any(number in numbers for numbers in printed):
        raise ValidationError(
            _("No card %(code)s was printed. Printed: %(printed)s."),
            code="not-printed",
            params={
                "code": code_of(kind, number),
                "printed": ", ".join(str(Run(kind, n.start, n.stop - 1)) for n in printed),
            },
        )
    return kind, code_of(kind, number)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the cards of one kind have come."""

    kind: ContributionKind
    printed: int
    typed: int
    checked: int
    missing: tuple[int, ...]

    @property
    def missing_words(self) -> str:
        """Missing numbers as people write them: 3, 7–9."""
        return _words(self.missing)


def _words(numbers: Iterable[int], most: int = 40) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [f"{a}" if a == b else f"{a}–{b}" for a, b in runs]
    return ", ".join(words[:most]) + (" …" if len(words) > most else "")


def progress(room: Room) -> list[Progress]:
    """How far each kind has come that was printed or typed. Three queries, however many cards.

    A number is missing while no statement has it, or had it before it was moved to another kind.
    """
    statements, used = room.dialogue.contributions.order_by(), numbers_used(room)
    typed: dict[str, list[bool]] = {}
    rows = statements.filter(channel=Channel.PAPER).exclude(state=ContributionState.WITHDRAWN)
    for kind, checked_at in rows.values_list("kind", "checked_at"):
        typed.setdefault(kind, []).append(checked_at is not None)
    return [
        Progress(
            kind=kind,
            printed=sum(map(len, room.printed(kind))),
            typed=len(typed.get(kind, ())),
            checked=sum(typed.get(kind, ())),
            missing=tuple(
                number
                for numbers in room.printed(kind)
                for number in numbers
                if (kind.value, number) not in used
            ),
        )
        for kind in ContributionKind
        if room.printed(kind) or kind in typed
    ]
