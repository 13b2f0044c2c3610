"""What of a statement's first wording may be shown beside the one it has now.

``Contribution.spoken`` keeps the first wording whoever changed it, and why it was changed nothing
says: whoever spoke may have told too much and put it right by their private link, and whoever ran
the dialogue may have taken a name out. So readers get it only where it tells nothing that the
present wording does not tell. Those who run the dialogue always see it.
"""

from collections import Counter

from rapidfuzz.distance import OSA

from dialogues.models import Contribution
from recommendations.words import tokens

# Words from this length on may differ by one letter: a mended typing error.
_LONG = 5


def was_edited(statement: Contribution) -> bool:
    """Whether its wording is not the first one. What was erased has no first wording any more."""
    return bool(statement.spoken) and statement.spoken != statement.text


def public_spoken(statement: Contribution) -> str:
    """The first wording where everybody may read it, else ''.

    Everybody may where all of its words still stand in the present one: words were added, put in
    another order, or set with other marks, or a typing error was mended.
    """
    if not was_edited(statement):
        return ""
    gone = _words(statement.spoken)
    new = _words(statement.text)
    gone, new = gone - new, new - gone
    for word in gone.elements():
        twin = next((one for one in new if _is_mended(word, one)), None)
        if twin is None:
            return ""
        new -= Counter([twin])
    return statement.spoken


def _words(text: str) -> Counter[str]:
    return Counter(token.folded for token in tokens(text))


def _is_mended(word: str, other: str) -> bool:
    return (
        min(len(word), len(other)) >= _LONG
        and word.isalpha()
        and other.isalpha()
        and OSA.distance(word, other, score_cutoff=1) <= 1
    )
