"""Arrangements of rounds to begin an agenda from."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dialogues.models import AgendaKind


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a format; ``rules`` are fields of ``AgendaItem`` beside their defaults."""

    kind: AgendaKind
    text: str | Promise
    minutes: int
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    name: str | Promise
    parts: tuple[Part, ...]
    resonance_question: str | Promise = ""


FORMATS: dict[str, Format] = {
    "vancouver": Format(
        _("The Vancouver format"),
        (
            Part(AgendaKind.WELCOME, _("Welcome"), 10),
            Part(
                AgendaKind.ROUND,
                _("One hope and one concern from each"),
                25,
                {"turn_seconds": 45},
            ),
            Part(AgendaKind.BRIEF, _("Brief on the report"), 20),
            Part(AgendaKind.QUESTIONS, _("Clarifying questions"), 20),
            Part(
                AgendaKind.SCALE,
                _("How far does the report resonate with you, from 0 to 10?"),
                5,
                {"word_limit": 30},
            ),
            Part(AgendaKind.IDEAS, _("Ideas to advance it"), 40, {"is_silent": True}),
            Part(
                AgendaKind.CLOSING,
                _("One thing I will do"),
                15,
                {"turn_seconds": 30},
            ),
        ),
        _("How far does the report resonate with you, from 0 to 10?"),
    ),
}
