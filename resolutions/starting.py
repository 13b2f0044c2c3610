"""A resolution to follow: begun from a text somebody prepared, or from a model, or from nothing."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from recommendations.models import one_refresh
from resolutions.filling import NotFilled
from resolutions.models import (
    Council,
    Instrument,
    ModelResolution,
    Preparation,
    Resolution,
    ResolutionText,
    StepKind,
    TextStage,
)
from resolutions.preparing import prepared


class NotStarted(ValidationError):
    """The text prepared for it has a gap, so nothing was begun."""


@one_refresh()
def start(
    council: Council,
    *,
    by: User,
    champion: Organization | None,
    instrument: str = Instrument.COUNCIL_RESOLUTION,
    model: ModelResolution | None = None,
    subject: str = "",
    reference: str = "",
    language: str = "en",
    preparation: Preparation | None = None,
    drafted_on: date | None = None,
) -> Resolution:
    """Begin a draft, with the step that it was drafted, today if no other day is said. Nobody but
    its champion and editors sees it before an editor publishes it.

    The text of a ``preparation`` becomes the text as brought to the council. Begun twice (a double
    click), the first one comes back.

    Raises:
        NotStarted: a place-dependent word of the prepared text is missing.
        StepNotPossible: the day it was drafted lies ahead, or too long ago.
    """
    if preparation is not None:
        preparation = Preparation.objects.select_for_update().get(pk=preparation.pk)
        if preparation.resolution is not None:
            return preparation.resolution
        council, model = preparation.council, preparation.model
    on = drafted_on or timezone.localdate()
    begun = Resolution.objects.filter(
        council=council,
        champion=champion,
        instrument=instrument,
        subject=subject,
        reference=reference,
        model=model,
        published_at__isnull=True,
        status=StepKind.DRAFTED,
        status_on=on,
        steps__recorded_by=by,
    ).first()
    if begun is not None and preparation is None:
        return begun
    resolution = Resolution.objects.create(
        slug=free_slug(council, on.year),
        council=council,
        champion=champion,
        instrument=instrument,
        model=model,
        subject=subject,
        reference=reference,
        language=model.language if model else language,
        is_demo=council.is_demo,
    )
    if preparation is not None:
        _keep_text(resolution, preparation, by)
    resolution.record_step(StepKind.DRAFTED, on=on, by=by)
    return resolution


def _keep_text(resolution: Resolution, preparation: Preparation, by: User) -> None:
    try:
        text = prepared(preparation).text
    except NotFilled as gap:
        raise NotStarted(
            _("The text is not whole yet: clause %(code)s lacks words for “%(field)s”."),
            params={"code": gap.clause.code, "field": gap.field.label},
        ) from gap
    ResolutionText.objects.create(
        resolution=resolution,
        stage=TextStage.SUBMITTED,
        title=text.title,
        language=text.language,
        clauses=text.as_rows(),
        recorded_by=by,
    )
    preparation.resolution = resolution
    preparation.save(update_fields=["resolution"])


def free_slug(council: Council, year: int) -> str:
    """The first address that is free: of the municipality and the year, then with a number."""
    first = f"{council.slug}-{year}"
    taken = set(Resolution.objects.filter(slug__startswith=first).values_list("slug", flat=True))
    number = 1
    slug = first
    while slug in taken:
        number += 1
        slug = f"{first}-{number}"
    return slug
