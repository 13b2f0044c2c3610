"""The words of a resolution as its page shows them: beside what they were made from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from recommendations.models import Recommendation
from resolutions.comparing import Comparison, compare
from resolutions.composing import Composed, as_recorded, compose
from resolutions.filling import NotFilled
from resolutions.models import Resolution, ResolutionText, TextStage


@dataclass(frozen=True, slots=True)
class Beside:
    """A recorded text beside another.

    ``base`` says what the other is: ``model``, ``submitted``, or '' where there is none and the
    text stands alone, nothing in it marked. ``is_checked`` tells whether somebody who may verify
    steps recorded it; ``stands`` whether it is the newest of its stage; ``others`` are the texts
    recorded before and after it, newest first.
    """

    recorded: ResolutionText
    text: Composed
    comparison: Comparison
    base: str
    is_checked: bool
    stands: bool
    others: list[ResolutionText]


def newest_texts(resolution: Resolution) -> dict[str, ResolutionText]:
    """The text that stands of each stage. One query."""
    return _newest(_texts(resolution))


def _texts(resolution: Resolution) -> list[ResolutionText]:
    rows = list(resolution.texts.select_related("recorded_by").order_by("id"))
    for row in rows:
        row.resolution = resolution
    return rows


def _newest(rows: list[ResolutionText]) -> dict[str, ResolutionText]:
    return {row.stage: row for row in rows}


def model_text(resolution: Resolution) -> Composed | None:
    """The model filled for the council, with the words chosen for the place where somebody did;
    None where there is no public model, or a word for the place is missing.
    """
    model = resolution.model
    if model is None or not model.is_public:
        return None
    own = resolution.preparations.order_by("id").values_list("values", flat=True).last()
    try:
        return compose(model, resolution.council, own=own)
    except NotFilled:
        return None


def beside(resolution: Resolution, key: str = "") -> Beside | None:
    """The text that stands, or that of a ``key``, beside the model it was made from; None where
    there is none.

    Without a model, a text as adopted stands beside the one that was brought to the council.
    """
    rows = _texts(resolution)
    texts = _newest(rows)
    recorded = texts.get(TextStage.ADOPTED) or texts.get(TextStage.SUBMITTED)
    if key:
        recorded = next((row for row in rows if str(row.pk) == key), None)
    if recorded is None:
        return None
    text = as_recorded(recorded)
    base, kind = model_text(resolution), "model"
    if base is None and recorded.stage == TextStage.ADOPTED and TextStage.SUBMITTED in texts:
        base, kind = as_recorded(texts[TextStage.SUBMITTED]), "submitted"
    if base is None or base.language != text.language:
        # Two languages have no words in common: there is nothing to compare.
        base, kind = text, ""
    comparison = compare(base, text)
    asked = {code for row in comparison.rows for code in row.asks}
    public = Recommendation.objects.public().filter(code__in=asked).values_list("code", flat=True)
    return Beside(
        recorded,
        text,
        only_asking(comparison, public),
        kind,
        is_checked=recorded.recorded_by.has_perm("resolutions.verify_step"),
        stands=texts[recorded.stage] is recorded,
        others=[row for row in reversed(rows) if row is not recorded],
    )


def only_asking(comparison: Comparison, codes: Iterable[str]) -> Comparison:
    """The comparison without the codes of other recommendations, which may be no one's to see."""
    allowed = set(codes)

    def those(given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(code for code in given if code in allowed)

    return replace(
        comparison,
        rows=tuple(replace(row, asks=those(row.asks)) for row in comparison.rows),
        carried=those(comparison.carried),
        dropped=those(comparison.dropped),
    )
