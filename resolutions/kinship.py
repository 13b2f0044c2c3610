"""Which models belong together: a text, its versions, its translations and its other forms."""

from collections.abc import Iterable
from dataclasses import dataclass

from resolutions.models import ModelResolution


@dataclass(frozen=True, slots=True)
class Kin:
    """The models around one. ``others`` are of the same origin, each in its newest version."""

    adapted_from: ModelResolution | None
    replaces: ModelResolution | None
    replaced_by: ModelResolution | None
    others: tuple[ModelResolution, ...]


def kin_of(model: ModelResolution, rows: Iterable[ModelResolution]) -> Kin:
    """The kin of a model among ``rows``: what a reader may see of them. Asks one query."""
    seen = {row.pk: row for row in rows}
    replaced = {row.replaces_id: row for row in seen.values() if row.replaces_id is not None}
    origin = _origin(model, seen)
    nearest = {model.pk, model.replaces_id, model.adapted_from_id}
    return Kin(
        adapted_from=seen.get(model.adapted_from_id or 0),
        replaces=seen.get(model.replaces_id or 0),
        replaced_by=replaced.get(model.pk),
        others=tuple(
            row
            for row in seen.values()
            if row.pk not in nearest
            and row.pk not in replaced
            and row.replaces_id != model.pk
            and row.is_demo == model.is_demo
            and _origin(row, seen) == origin
        ),
    )


def _origin(model: ModelResolution, seen: dict[int, ModelResolution]) -> int:
    """The key of the text that this one goes back to, by what it was adapted from or replaces."""
    passed = {model.pk}
    while (before := model.adapted_from_id or model.replaces_id) in seen and before not in passed:
        model = seen[before]
        passed.add(model.pk)
    return model.pk
