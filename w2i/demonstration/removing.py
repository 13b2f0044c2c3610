"""Finds and removes demonstration data, and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, router, transaction

from accounts.models import Organization, User
from dialogues.models import Contribution, Convener, Dialogue, Edition, EditionFile
from recommendations.models import (
    Entry,
    Evidence,
    PageVersion,
    ProgressUpdate,
    Recommendation,
    Reply,
    Report,
)
from resolutions.models import (
    CopyRequest,
    Council,
    Delivery,
    ModelResolution,
    Passage,
    Preparation,
    Resolution,
    ResolutionText,
    Step,
    Tip,
)

KEEPER = "demonstration"
Rows = models.QuerySet[Any]


class Impossible(Exception):
    """Demonstration data can't be made or removed now; the message says why and what to do."""


def _roots() -> list[tuple[str, Rows]]:
    """What is labelled as demonstration, by name; what rests on a later one stands earlier."""
    of_demo = {"resolution__is_demo": True}
    return [
        ("preparations", Preparation.objects.filter(council__is_demo=True)),
        ("tips", Tip.objects.filter(council__is_demo=True)),
        ("requests", CopyRequest.objects.filter(**of_demo)),
        ("copies", Delivery.objects.filter(**of_demo)),
        ("passages", Passage.objects.filter(**of_demo)),
        ("texts", ResolutionText.objects.filter(**of_demo)),
        ("steps", Step.objects.filter(**of_demo)),
        ("resolutions", Resolution.objects.filter(is_demo=True)),
        ("councils", Council.objects.filter(is_demo=True)),
        ("files", EditionFile.objects.filter(edition__dialogue__is_demo=True)),
        ("editions", Edition.objects.filter(dialogue__is_demo=True)),
        ("statements", Contribution.objects.filter(dialogue__is_demo=True)),
        ("dialogues", Dialogue.objects.filter(is_demo=True)),
        ("evidence", Evidence.objects.filter(recommendation__is_demo=True)),
        ("answers", Reply.objects.filter(recommendation__is_demo=True)),
        ("updates", ProgressUpdate.objects.filter(recommendation__is_demo=True)),
        ("recommendations", Recommendation.objects.filter(is_demo=True)),
        ("reports", Report.objects.filter(is_demo=True)),
        ("organizations", Organization.objects.filter(is_demo=True)),
    ]


def present() -> dict[str, int]:
    """How much demonstration data there is."""
    return {name: rows.count() for name, rows in _roots()}


def remove(advance: Callable[[int], object] = lambda done: None) -> dict[str, int]:
    """Remove all demonstration data, with what people added to it, and say how much it was.

    Rows go by one statement a table. Row by row, as ``QuerySet.delete`` must for models with a
    history, 100,000 statements take minutes and leave as many rows of history behind.

    Raises:
        Impossible: something real rests on demonstration data.
    """
    with transaction.atomic():
        _refuse_if_needed()
        counts = present()
        for name, rows in _roots():
            _let_go_of(rows)
            for part in _with_what_hangs_on_it(rows):
                part._raw_delete(router.db_for_write(part.model))
            advance(counts[name])
        if any(counts.values()):
            Entry.objects.filter(is_demo=True).delete()
            PageVersion.objects.bump(["recommendations", "dialogues", "resolutions"])
        User.objects.filter(email=f"{KEEPER}@w2i.invalid").delete()
    return counts


def _refuse_if_needed() -> None:
    real: list[Rows] = [
        Resolution.objects.filter(
            models.Q(council__is_demo=True) | models.Q(champion__is_demo=True), is_demo=False
        ),
        Dialogue.objects.filter(report__is_demo=True, is_demo=False),
        Convener.objects.filter(organization__is_demo=True, dialogue__is_demo=False),
        Recommendation.objects.filter(report__is_demo=True, is_demo=False),
        ModelResolution.objects.filter(report__is_demo=True),
    ]
    for rows in real:
        if row := rows.first():
            kind = row._meta.verbose_name
            raise Impossible(
                f"The {kind} “{row}” is not demonstration data but rests on it: move it to "
                "something real, or delete it, and try again. Nothing was changed."
            )


def _let_go_of(rows: Rows) -> None:
    """Empty the links to these rows of whatever can stand without them."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.on_delete is models.SET_NULL:
            name = relation.field.name
            linked = relation.related_model._base_manager.filter(
                **{f"{name}__in": rows.values("pk")}
            )
            models.QuerySet.update(linked, **{name: None})


def _with_what_hangs_on_it(rows: Rows) -> Iterator[Rows]:
    """These rows, after all that goes with them: parts, links and history."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.on_delete is models.CASCADE:
            parts = relation.related_model._base_manager
            yield from _with_what_hangs_on_it(
                parts.filter(**{f"{relation.field.name}__in": rows.values("pk")})
            )
    if history := getattr(rows.model, "history", None):
        past = history.filter(id__in=rows.values("pk"))
        for relation in past.model._meta.get_fields(include_hidden=True):
            # The history of links points to the history of what they link.
            if isinstance(relation, models.ManyToOneRel) and relation.field.name == "history":
                links = relation.related_model._base_manager
                yield links.filter(history__in=past.values("pk"))
        yield past
    yield rows
