"""What other parts of the site have for the appendix of a report.

Dialogues know nothing of resolutions: whoever has something to add gives a function here.
"""

from collections.abc import Callable

from dialogues.models import Dialogue
from dialogues.report.blocks import Block

Provider = Callable[[Dialogue, str], tuple[Block, ...] | None]

_PROVIDERS: list[Provider] = []


def add(provider: Provider) -> None:
    """Ask this one as well. It gets the dialogue and the report's language, which is active."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def blocks_for(dialogue: Dialogue, language: str) -> tuple[Block, ...]:
    """All that there is for the appendix of this dialogue's report."""
    return tuple(block for provider in _PROVIDERS for block in provider(dialogue, language) or ())
