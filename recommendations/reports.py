"""A report as a whole: begun by an editor, published with what it asks, taken from view again."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from recommendations.models import Recommendation, Report, one_refresh
from recommendations.models.report import ReportQuerySet

# Short addresses that would hide behind another page.
RESERVED = frozenset({"new"})
_BATCH = 500


def free_slug(model: Any, name: str, longest: int = 80, *, but: Iterable[str] = ()) -> str:
    """A short address made of a name, with the first number that is free; none of ``but``."""
    base = slugify(re.sub(r"['’/]", "-", name))[: longest - 5].strip("-") or "name"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(but)
    numbers = range(1, len(taken) + 2)
    return next(slug for n in numbers if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def begin(report: Report) -> Report:
    """Save a new draft. Begun twice (a double click), the first one comes back."""
    with one_refresh():
        there = Report.objects.filter(
            title=report.title,
            publisher=report.publisher,
            released=report.released,
            published_at__isnull=True,
        ).first()
        if there is not None:
            return there
        if not report.slug:
            name = report.short_title or report.title
            report.slug = free_slug(Report, name, 80, but=RESERVED)
        report.save()
        return report


def with_counts() -> ReportQuerySet:
    """All reports, each with how many recommendations are public (``n``) and drafts (``drafts``),
    as soon as the report is public.
    """
    is_draft = Q(recommendations__published_at__isnull=True)
    return Report.objects.annotate(
        n=Count("recommendations", filter=Q(recommendations__published_at__isnull=False)),
        drafts=Count("recommendations", filter=is_draft & Q(recommendations__isnull=False)),
    )


def drafts_of(report: Report) -> list[Recommendation]:
    """What would become public with a report, in its order."""
    return list(report.recommendations.filter(published_at__isnull=True).order_by("order", "id"))


def mark_of(drafts: Iterable[Recommendation]) -> str:
    """The same for the same drafts in the same words."""
    text = "".join(f"{row.pk} {row.code} {row.text}\0" for row in drafts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class NotAsSeen(ValidationError):
    """Something was added or taken away since somebody looked at what would go public."""


@one_refresh()
def publish(report: Report, *, seen: str, by: User) -> int:
    """Make a report public with those of its recommendations that are drafts; says how many.

    ``seen`` is ``mark_of`` the drafts that whoever confirms this was shown. Publishing twice
    changes nothing.

    Raises:
        NotAsSeen: other drafts are there now; nothing was published.
        ValidationError: the report asks nothing.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    drafts = drafts_of(report)
    if report.is_public and not drafts:
        return 0
    if mark_of(drafts) != seen:
        raise NotAsSeen(_("The recommendations of this report have changed meanwhile. Look again."))
    if not report.recommendations.exists():
        raise ValidationError(
            _("This report has no recommendations yet: there is nothing to publish.")
        )
    at = timezone.now()
    report.publish(by=by, at=at)
    for start in range(0, len(drafts), _BATCH):
        rows = drafts[start : start + _BATCH]
        ids = [row.pk for row in rows]
        Recommendation.objects.filter(pk__in=ids).update(published_at=at, published_by=by)
        for row in rows:
            row.published_at, row.published_by = at, by
        remember(rows, by=by)
    return len(drafts)


def remember(rows: Sequence[Recommendation], *, by: User, is_new: bool = False) -> None:
    """Write a line of history for each of many rows, as saving each would, addressees included."""
    history = Recommendation.history
    lines = history.bulk_history_create(rows, batch_size=_BATCH, update=not is_new, default_user=by)
    line_of = {line.id: line for line in lines}
    link = history.model.addressees.model
    through = Recommendation.addressees.through
    link.objects.bulk_create(
        [
            link(
                history=line_of[row.recommendation_id],
                id=row.pk,
                recommendation_id=row.recommendation_id,
                addressee_id=row.addressee_id,
            )
            for start in range(0, len(rows), _BATCH)
            for row in through.objects.filter(
                recommendation__in=[row.pk for row in rows[start : start + _BATCH]]
            )
        ],
        batch_size=_BATCH,
    )
