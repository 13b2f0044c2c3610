"""The words of a resolution, kept clause by clause. A correction is another row."""

import re
from collections.abc import Iterable
from hashlib import blake2b

from accounts.models import User
from recommendations.models import one_refresh
from resolutions.composing import Composed, Line, as_recorded
from resolutions.models import (
    ADOPTED,
    ClauseKind,
    Resolution,
    ResolutionText,
    StepKind,
    TextStage,
)
from resolutions.texts import model_text, newest_texts

# Words in capitals that a clause opens with: “WHEREAS,”, “BE IT FURTHER RESOLVED THAT”.
_OPENING = re.compile(r"(?:[A-ZÀ-ÖØ-Þ]{2,}[,:]?\s+)*[A-ZÀ-ÖØ-Þ]{2,}[,:]?(?=\s)")
_RECITAL = re.compile(r"(whereas|attendu|consid[ée]rant)\b", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-–—•*]|\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)])\s+", re.IGNORECASE)


def opening_of(text: str) -> str:
    """The words in capitals a clause opens with, '' for none."""
    match = _OPENING.match(text)
    return match[0] if match else ""


def stages_of(resolution: Resolution) -> list[TextStage]:
    """What can be recorded: a text is adopted once a step says that something was."""
    has_passed = resolution.steps.filter(kind__in=ADOPTED | {StepKind.PROCLAIMED}).exists()
    return [TextStage.ADOPTED, TextStage.SUBMITTED] if has_passed else [TextStage.SUBMITTED]


def begin_with(resolution: Resolution, stage: str) -> Composed | None:
    """What a text is recorded on the ground of: what is recorded of this stage, else what was
    brought to the council, else the model filled for it; None for a blank sheet.
    """
    texts = newest_texts(resolution)
    recorded = texts.get(stage) or texts.get(TextStage.SUBMITTED)
    return as_recorded(recorded) if recorded else model_text(resolution)


def mark_of(base: Composed | None) -> str:
    """The same for the same lines: it says whether a form was filled in over them."""
    lines = [(line.kind, line.code, line.text) for line in base.flat] if base else []
    return blake2b(repr(lines).encode(), digest_size=12).hexdigest()


def clauses_in(text: str) -> list[Line]:
    """A pasted text, a clause for each paragraph: recitals by how they open, items by their mark.

    Line breaks within a paragraph are those of the page it was copied from.
    """
    lines: list[Line] = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        for words in _with_items(paragraph):
            item = _ITEM.match(words)
            has_head = any(line.kind == ClauseKind.RESOLVED for line in lines)
            if item and has_head and words[item.end() :].strip():
                lines.append(Line(kind=ClauseKind.SUB_ITEM, text=words[item.end() :].strip()))
                continue
            kind = ClauseKind.RECITAL if _RECITAL.match(words) else ClauseKind.RESOLVED
            lines.append(Line(kind=kind, text=words, opening=opening_of(words)))
    return lines


def _with_items(paragraph: str) -> Iterable[str]:
    """A paragraph as one line, but for the lines in it that begin with the mark of an item."""
    words = ""
    for line in paragraph.split("\n"):
        line = " ".join(line.split())
        if words and _ITEM.match(line):
            yield words
            words = line
        else:
            words = f"{words} {line}".strip()
    if words:
        yield words


@one_refresh()
def record_text(
    resolution: Resolution,
    stage: str,
    lines: Iterable[Line],
    *,
    by: User,
    language: str,
    title: str = "",
) -> ResolutionText:
    """Keep a text. What was kept before stays; of each stage the newest stands. The same text kept
    twice (a double click) gives the first one back.
    """
    Resolution.objects.select_for_update().get(pk=resolution.pk)  # one writer at a time
    rows = [
        {"kind": str(line.kind), "text": line.text, "opening": line.opening, "code": line.code}
        for line in lines
    ]
    newest = newest_texts(resolution).get(stage)
    if newest and (newest.clauses, newest.language, newest.title) == (rows, language, title):
        return newest
    return ResolutionText.objects.create(
        resolution=resolution,
        stage=stage,
        title=title,
        language=language,
        clauses=rows,
        recorded_by=by,
    )
