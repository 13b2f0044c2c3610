"""A text somebody prepares for a council, without an account: begin, keep, read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.limits import Limit
from resolutions.comparing import Comparison, compare
from resolutions.composing import Composed, clauses_of, compose
from resolutions.filling import FILLED, Value, country_of, values_for
from resolutions.models import Clause, Council, ModelResolution, Preparation

MOST_RECITALS = 10


# Of one network: more than a meeting of people types, less than fills the table.
BEGUN = Limit("preparations", 120, 3_600)
MADE = Limit("preparation-files", 600, 3_600)
# A text nobody has touched since it was begun, and one nobody has come back to.
UNTOUCHED_FOR, IDLE_FOR = timedelta(days=30), timedelta(days=730)


class Stale(ValidationError):
    """It was saved from another window meanwhile."""


class Followed(ValidationError):
    """It is the text of a resolution on record now, and stands as it was brought."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A preparation with all that its pages show.

    ``text`` is what was chosen, ``model_text`` the model as it is for this council, ``changes``
    what differs between the two.
    """

    preparation: Preparation
    clauses: list[Clause]
    filled_in: dict[str, Value]
    values: dict[str, Value]
    text: Composed
    model_text: Composed
    changes: Comparison

    @property
    def of_the_place(self) -> dict[str, Value]:
        """The words filled in for this council; those of the whole country stand in the model."""
        return {name: self.values[name] for name in FILLED if name in self.values}


def models_for(council: Council) -> list[ModelResolution]:
    """The public models a council, or its association, can be offered: the newest version of each
    that is for its country. First those put to councils; in Québec the French ones first.
    """
    rows = ModelResolution.objects.current().filter(
        Q(country__isnull=True) | Q(country=country_of(council))
    )
    first = "fr" if council.jurisdiction.code == "CA-QC" else "en"
    return sorted(
        rows.select_related("report"),
        key=lambda row: (row.scope != "council", row.language != first, row.dated, row.pk),
    )


def start(
    model: ModelResolution, council: Council, *, like: Preparation | None = None
) -> Preparation:
    """Begin a text: everything kept as the model has it, or as another one of it has."""
    chosen = (
        {"choices": like.choices, "recitals": like.recitals, "values": like.values}
        if like is not None and (like.model_id, like.council_id) == (model.pk, council.pk)
        else {}
    )
    return Preparation.objects.create(model=model, council=council, **chosen)


def forgotten(now: datetime | None = None) -> QuerySet[Preparation]:
    """Texts nobody has touched since they were begun, or come back to for two years. What became
    a resolution on record stays with it.
    """
    now = now or timezone.now()
    untouched = Q(revision=0, saved_at__lt=now - UNTOUCHED_FOR)
    idle = Q(saved_at__lt=now - IDLE_FOR)
    return Preparation.objects.filter(untouched | idle, resolution__isnull=True)


def save(
    preparation: Preparation,
    *,
    choices: dict[str, dict[str, Any]],
    recitals: list[str],
    values: dict[str, str],
    revision: int,
) -> None:
    """Keep what was chosen. ``revision`` is that of the window it was chosen in.

    Raises:
        Followed: its resolution is on record; whoever has the link changes nothing there.
        Stale: another window has saved since; nothing is kept.
    """
    with transaction.atomic():
        now = Preparation.objects.select_for_update().get(pk=preparation.pk)
        if now.resolution_id is not None:
            raise Followed(
                _(
                    "This text was brought to the council as it stands here, so it is not changed"
                    " any more. Begin another one from it."
                ),
                code="followed",
            )
        chosen = (choices, recitals, values)
        if now.revision != revision and (now.choices, now.recitals, now.values) != chosen:
            raise Stale(
                _(
                    "This text was changed in another window since. What you wrote is still here:"
                    " look it over, then save again to keep it."
                ),
                code="stale",
            )
        now.choices, now.recitals, now.values = chosen
        now.revision += 1
        now.saved_at = timezone.now()
        now.save(update_fields=["choices", "recitals", "values", "revision", "saved_at"])
    preparation.refresh_from_db()


def prepared(
    preparation: Preparation,
    *,
    clauses: list[Clause] | None = None,
    filled_in: dict[str, Value] | None = None,
) -> Prepared:
    """Everything the pages of a preparation show, in a constant number of queries; fewer where
    the caller has ``clauses_of`` its model and ``values_for`` its council already.

    Raises:
        NotFilled: a place-dependent field that stands in the text has no words.
    """
    model, council = preparation.model, preparation.council
    clauses = clauses if clauses is not None else clauses_of(model)
    filled_in = filled_in if filled_in is not None else values_for(council, model)
    values = values_for(council, model, preparation.values) if preparation.values else filled_in
    text = compose(
        model,
        council,
        choices=preparation.choices,
        recitals=preparation.recitals,
        clauses=clauses,
        values=values,
    )
    # Other words for the place are no change of the model.
    model_text = compose(model, council, clauses=clauses, values=values)
    return Prepared(
        preparation, clauses, filled_in, values, text, model_text, compare(model_text, text)
    )
