"""First drafts of the texts nobody can generate whole: of facts in the database, none invented."""

from dataclasses import dataclass

from dialogues.models import Convener, Dialogue, Person


def draft_of(dialogue: Dialogue, kind: str) -> str:
    """A first text for one part, in Markdown, in the active language; '' where nothing is known."""
    return draft(known_of(dialogue), kind)


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft may say: who called people together, who led, how much was said."""

    dialogue: Dialogue
    conveners: list[Convener]
    people: list[Person]
    counts: dict[str, int]


def known_of(dialogue: Dialogue) -> Known:
    conveners = list(dialogue.conveners.select_related("organization"))
    return Known(dialogue, conveners, dialogue.public_people, dialogue.counts_now())


def draft(known: Known, kind: str) -> str:
    """As ``draft_of``, of what is known already."""
    return ""
