"""How the statements of a dialogue are made sense of: what stands out, what is nearly the same."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dialogues.models.contribution import Contribution
from dialogues.models.dialogue import Dialogue


class Highlight(models.Model):
    """A statement that stands out in the report, as somebody chose."""

    statement = models.OneToOneField(
        Contribution, models.CASCADE, related_name="highlight", verbose_name=_("statement")
    )
    order = models.PositiveIntegerField(_("order"), default=1)
    chosen_at = models.DateTimeField(_("chosen"), default=timezone.now)
    chosen_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("chosen by")
    )

    class Meta:
        verbose_name = _("highlight")
        verbose_name_plural = _("highlights")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.statement.code


class NearDuplicate(models.Model):
    """A statement that says nearly what another one says. Both stay; the report may fold them."""

    statement = models.OneToOneField(
        Contribution, models.CASCADE, related_name="near", verbose_name=_("statement")
    )
    of = models.ForeignKey(
        Contribution, models.CASCADE, related_name="likes_of", verbose_name=_("nearly the same as")
    )
    marked_at = models.DateTimeField(_("marked"), default=timezone.now)
    marked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("marked by")
    )

    class Meta:
        verbose_name = _("near-duplicate")
        verbose_name_plural = _("near-duplicates")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(statement=models.F("of")), name="near_duplicate_of_another"
            ),
        ]

    def __str__(self) -> str:
        return self.statement.code


class SortingStep(models.Model):
    """One thing done on the workbench, with what it takes to undo it (``before``)."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="sorting_steps", verbose_name=_("dialogue")
    )
    verb = models.CharField(_("what was done"), max_length=30)
    summary = models.CharField(_("in words"), max_length=300)
    before = models.JSONField(_("as it was before"), default=dict)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("step of sorting")
        verbose_name_plural = _("steps of sorting")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.summary


class Proposals(models.Model):
    """Themes and near-duplicates a program on this machine proposed; people decide.

    ``found`` is ``{"themes": [...], "pairs": [...]}`` as ``dialogues/suggesting.py`` makes it.
    """

    dialogue = models.OneToOneField(
        Dialogue, models.CASCADE, related_name="proposals", verbose_name=_("dialogue")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    found = models.JSONField(_("proposed"), default=dict)

    class Meta:
        verbose_name = _("proposals")
        verbose_name_plural = _("proposals")

    def __str__(self) -> str:
        return str(self.dialogue)
