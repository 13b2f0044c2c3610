"""A resolution's way through the associations of municipalities."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.models import PublicModel, PublicQuerySet
from resolutions.models.council import Association
from resolutions.models.resolution import Resolution


class PassageKind(models.TextChoices):
    """What an association did with a resolution put to it."""

    SENT = "sent", _("Sent to the association")
    ENDORSED = "endorsed", _("Endorsed")
    AMENDED = "endorsed-amended", _("Endorsed as amended")
    REFERRED = "referred", _("Referred to its executive or a committee")
    NOT_ENDORSED = "not-endorsed", _("Not endorsed")
    NOT_CONSIDERED = "not-considered", _("Not considered")
    WITHDRAWN = "withdrawn", _("Withdrawn by its sponsor")
    NO_ACTION = "no-action", _("No action required")
    FORWARDED = "forwarded", _("Taken to the government")


_P = PassageKind
_DECIDED = frozenset(
    {_P.ENDORSED, _P.AMENDED, _P.NOT_ENDORSED, _P.NOT_CONSIDERED, _P.NO_ACTION, _P.WITHDRAWN}
)
# Of one association; gaps are allowed, contradictions are not.
MAY_FOLLOW: dict[PassageKind | None, frozenset[PassageKind]] = {
    None: _DECIDED | {_P.SENT, _P.REFERRED},
    _P.SENT: _DECIDED | {_P.REFERRED},
    _P.REFERRED: _DECIDED,
    _P.ENDORSED: frozenset({_P.FORWARDED}),
    _P.AMENDED: frozenset({_P.FORWARDED}),
    _P.NOT_ENDORSED: frozenset({_P.SENT}),
    _P.NOT_CONSIDERED: frozenset({_P.SENT, _P.REFERRED}),
    _P.WITHDRAWN: frozenset({_P.SENT}),
    _P.NO_ACTION: frozenset({_P.SENT}),
    _P.FORWARDED: frozenset({_P.FORWARDED}),
}


class PassageQuerySet(PublicQuerySet["Passage"]):
    def public(self) -> Self:
        return self.filter(resolution__published_at__isnull=False)


class Passage(PublicModel):
    """What an association did with a resolution on a date, with where that can be read. Added to,
    never changed.
    """

    topic = "resolutions"

    resolution = models.ForeignKey(
        Resolution, models.PROTECT, related_name="passages", verbose_name=_("resolution")
    )
    association = models.ForeignKey(
        Association, models.PROTECT, related_name="passages", verbose_name=_("association")
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=PassageKind)
    on = models.DateField(_("date"))
    reference = models.CharField(_("number there"), max_length=60, blank=True)
    url = models.URLField(_("link"), max_length=600)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an association")
        verbose_name_plural = _("steps of associations")
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=PassageKind.values), name="passage_kind_is_known"
            ),
            models.UniqueConstraint(
                fields=["resolution", "association", "kind", "on"], name="passage_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association}: {self.get_kind_display()}, {self.on}"

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Resolution.objects.filter(passages__in=ids)]
