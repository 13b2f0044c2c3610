"""A whole text for a council, made of a model and what somebody chose.

What comes out is plain data: the pages, the documents and the comparison all read the same lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch

from recommendations.models import Recommendation
from resolutions.filling import NotFilled, Value, filled, missing, values_for
from resolutions.models import Clause, ClauseKind, Council, ModelResolution, ResolutionText

KEPT, REWORDED, ADDED = "kept", "reworded", "added"


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as it stands in a text.

    Attributes:
        kind: a ``ClauseKind``.
        text: whole, with its opening words.
        opening: how ``text`` begins; '' for a sub-item.
        code: that of the model's clause it comes from; '' for one of the council's own.
        change: ``kept`` (but for the place), ``reworded`` or ``added``.
        asks: codes of the recommendations it carries.
        parts: its sub-items, in order.
    """

    kind: str
    text: str
    opening: str = ""
    code: str = ""
    change: str = KEPT
    asks: tuple[str, ...] = ()
    parts: tuple["Line", ...] = ()

    @property
    def rest(self) -> str:
        """The text after its opening words."""
        return self.text.removeprefix(self.opening)


@dataclass(frozen=True, slots=True)
class Composed:
    """A text ready to be read, compared or written to a file.

    ``left_out`` are the codes of the model's clauses that are not in it. ``note`` says on its face
    what of the model is this project's own; '' for a text of record.
    """

    title: str
    language: str
    council: Council
    model: ModelResolution | None
    lines: tuple[Line, ...]
    left_out: tuple[str, ...] = ()
    note: str = ""

    @property
    def recitals(self) -> list[Line]:
        return [line for line in self.lines if line.kind == ClauseKind.RECITAL]

    @property
    def operative(self) -> list[Line]:
        """Operative clauses, the distribution clause last."""
        return [line for line in self.lines if line.kind != ClauseKind.RECITAL]

    @property
    def flat(self) -> list[Line]:
        """Every line in reading order, sub-items after their clause."""
        return [row for line in self.lines for row in (line, *line.parts)]

    @property
    def asks(self) -> list[str]:
        """Codes of the recommendations it carries, each once."""
        return list(dict.fromkeys(code for line in self.flat for code in line.asks))

    def as_rows(self) -> list[dict[str, str]]:
        """As ``ResolutionText.clauses`` keeps it."""
        return [
            {"kind": row.kind, "text": row.text, "opening": row.opening, "code": row.code}
            for row in self.flat
        ]


def clauses_of(model: ModelResolution) -> list[Clause]:
    """The clauses of a model with all that composing reads, in five queries. Of the recommendations
    they ask for, the public ones: whoever prepares a text is anybody.
    """
    public = Prefetch("recommendations", Recommendation.objects.public().order_by("code"))
    return list(
        model.clauses.order_by("order", "id").prefetch_related(
            "place_terms__field", public, "wordings"
        )
    )


def compose(
    model: ModelResolution,
    council: Council,
    *,
    choices: dict[str, dict[str, Any]] | None = None,
    recitals: Iterable[str] = (),
    own: dict[str, str] | None = None,
    clauses: list[Clause] | None = None,
    values: dict[str, Value] | None = None,
) -> Composed:
    """The text of ``model`` for ``council``.

    ``choices`` are as ``Preparation.choices`` has them; ``recitals`` are local ones, whole.

    Raises:
        NotFilled: a place-dependent field of a clause that is kept has no words.
    """
    clauses = clauses if clauses is not None else clauses_of(model)
    values = values if values is not None else values_for(council, model, own)
    choices = choices or {}
    kept: list[tuple[Clause, Line]] = []
    left_out: list[str] = []
    for clause in clauses:
        choice = choices.get(clause.code, {})
        parent_gone = clause.part_of_id is not None and not any(
            row.pk == clause.part_of_id for row, _line in kept
        )
        if choice.get("do") == "leave" or parent_gone:
            left_out.append(clause.code)
            continue
        kept.append((clause, _line(clause, choice, values, council)))
    added = [_local(text, clauses) for text in recitals if text.strip()]
    return Composed(
        title=model.text_title or model.title,
        language=model.language,
        council=council,
        model=model,
        lines=_ordered(kept, added, clauses),
        left_out=tuple(left_out),
        note=_note(model),
    )


def _note(model: ModelResolution) -> str:
    in_french = model.language == "fr" and model.adaptation_note_fr
    return model.adaptation_note_fr if in_french else model.adaptation_note


def _line(
    clause: Clause, choice: dict[str, Any], values: dict[str, Value], council: Council
) -> Line:
    text, change = clause.text, KEPT
    if choice.get("do") == "own" and choice.get("text", "").strip():
        text, change = choice["text"].strip(), REWORDED
    else:
        if choice.get("do") == "wording":
            wording = next(
                (row for row in clause.wordings.all() if row.pk == choice.get("wording")), None
            )
            if wording is not None:
                text, change = wording.text, REWORDED
        text = filled(text, clause, values, council)
    return Line(
        kind=clause.kind,
        text=text,
        opening=clause.opening if text.startswith(clause.opening) else "",
        code=clause.code,
        change=change,
        asks=tuple(row.code for row in clause.recommendations.all()),
    )


def _local(text: str, clauses: list[Clause]) -> Line:
    """A recital of the council's own, opened as the model's are."""
    opening = next((row.opening for row in clauses if row.kind == ClauseKind.RECITAL), "")
    text = text.strip()
    if opening and not text.casefold().startswith(opening.rstrip(",").casefold()):
        text = f"{opening} {text}"
    if text[-1] not in ";.":
        text += ";"
    return Line(
        kind=ClauseKind.RECITAL,
        text=text,
        opening=opening if text.startswith(opening) else "",
        change=ADDED,
    )


def _ordered(
    kept: list[tuple[Clause, Line]], added: list[Line], clauses: list[Clause]
) -> tuple[Line, ...]:
    """Recitals, the council's own after the model's; operative clauses with their sub-items.

    Where clauses were left out, the first and the last of what is left open and close as the
    model's first and last do.
    """
    recitals = [line for _clause, line in kept if line.kind == ClauseKind.RECITAL]
    operative: list[tuple[Clause, Line]] = []
    for clause, line in kept:
        if line.kind == ClauseKind.RECITAL:
            continue
        if line.kind != ClauseKind.SUB_ITEM:
            operative.append((clause, line))
            continue
        head, whole = operative[-1]
        operative[-1] = (head, replace(whole, parts=(*whole.parts, line)))
    lines = []
    for number, (clause, line) in enumerate(operative):
        parts = [row for row in clauses if row.part_of_id == clause.pk]
        if parts and line.parts:
            last = _ending(line.parts[-1], _end(parts[-1].text))
            line = replace(line, parts=(*line.parts[:-1], last))
        if number == 0:
            first = next(row for row in clauses if row.kind != ClauseKind.RECITAL)
            line = _opened(line, first.opening)
        lines.append(line)
    if lines and not lines[-1].parts:
        lines[-1] = _ending(lines[-1], ".")
    return (*recitals, *added, *lines)


def _end(text: str) -> str:
    return text.rstrip()[-1:]


def _ending(line: Line, mark: str) -> Line:
    """The line with this mark at its end, where it ended with another of ; , and the full stop."""
    if mark not in ";.," or line.text.endswith(mark):
        return line
    return replace(line, text=line.text.rstrip().rstrip(";.,") + mark)


def _opened(line: Line, opening: str) -> Line:
    if not opening or not line.opening or line.opening == opening:
        return line
    return replace(line, text=opening + line.rest, opening=opening)


def as_recorded(text: ResolutionText) -> Composed:
    """A recorded text as the documents and pages read one. Asks for the model's clauses where the
    resolution has a model.
    """
    resolution = text.resolution
    model = resolution.model
    asks: dict[str, tuple[str, ...]] = {}
    if model is not None:
        for clause in model.clauses.prefetch_related("recommendations"):
            asks[clause.code] = tuple(row.code for row in clause.recommendations.all())
    lines: list[Line] = []
    carried = {row.get("code", "") for row in text.clauses}
    for row in text.clauses:
        code = row.get("code", "")
        line = Line(
            kind=row["kind"],
            text=row["text"],
            opening=row.get("opening", ""),
            code=code,
            change=KEPT if code else ADDED,
            asks=asks.get(code, ()),
        )
        if line.kind == ClauseKind.SUB_ITEM and lines:
            lines[-1] = replace(lines[-1], parts=(*lines[-1].parts, line))
        else:
            lines.append(line)
    return Composed(
        title=text.title or resolution.name,
        language=text.language,
        council=resolution.council,
        model=model,
        lines=tuple(lines),
        left_out=tuple(code for code in asks if code not in carried),
        note=_note(model) if model is not None else "",
    )


def problems(model: ModelResolution, council: Council) -> list[NotFilled]:
    """Every field of every clause that has no words for this council: what an editor must mend."""
    values = values_for(council, model)
    found = []
    for clause in clauses_of(model):
        texts = (clause.text, *(row.text for row in clause.wordings.all()))
        fields = {row.pk: row for text in texts for row in missing(text, clause, values)}
        if fields:
            found.append(NotFilled(clause, list(fields.values()), council))
    return found
