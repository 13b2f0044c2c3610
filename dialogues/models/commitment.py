"""What people committed themselves to, and what became of it."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from dialogues.models.contribution import Contribution, ContributionState
from dialogues.models.participant import ConsentPurpose, Participant
from recommendations.models import PublicModel, PublicQuerySet, Recommendation
from recommendations.models.texts import language_field, language_is_known


class Outcome(models.TextChoices):
    """What became of a commitment, in the words of whoever made it."""

    KEPT = "kept", pgettext_lazy("a commitment", "Kept")
    UNDER_WAY = "under-way", _("Under way")
    DROPPED = "dropped", _("Dropped")


class CommitmentState(models.TextChoices):
    """Of one made in public; one of a dialogue is as public as its statement."""

    UNCONFIRMED = "unconfirmed", _("Address not confirmed")
    WAITING = "waiting", _("Waiting for review")
    SHOWN = "shown", pgettext_lazy("a commitment", "Shown")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn by its maker")
    OF_A_DIALOGUE = "of-a-dialogue", _("Made in a dialogue")


class CommitmentQuerySet(PublicQuerySet["Commitment"]):
    def public(self) -> Self:
        """Those readers may see: reviewed ones, and posted statements of public dialogues."""
        return self.filter(
            models.Q(state=CommitmentState.SHOWN)
            | models.Q(
                state=CommitmentState.OF_A_DIALOGUE,
                statement__state=ContributionState.POSTED,
                statement__dialogue__published_at__isnull=False,
            )
        )

    def on(self, recommendation: Recommendation) -> Self:
        """Those made to a recommendation, in public or in a dialogue."""
        links = Contribution.about.through.objects.filter(recommendation=recommendation)
        # By the table between: a join would have to be made distinct.
        return self.filter(
            models.Q(recommendation=recommendation)
            | models.Q(statement__in=links.values("contribution"))
        )

    def waiting(self) -> Self:
        """Those an editor has to read: new ones, and new words about how one went."""
        last = CheckIn.objects.filter(commitment=models.OuterRef("pk")).order_by("-made_at", "-id")
        to_read = models.Exists(
            CheckIn.objects.filter(pk=models.OuterRef("last"), shows_words=True)
            .exclude(words="")
            .exclude(words=models.OuterRef("outcome_words"))
        )
        rows = self.annotate(last=models.Subquery(last.values("pk")[:1]))
        return rows.filter(
            models.Q(state=CommitmentState.WAITING) | models.Q(to_read, state=CommitmentState.SHOWN)
        )


class Commitment(PublicModel):
    """What somebody will do, by when, and whether they may be asked how it went.

    Either of a statement made in a dialogue (its text and its maker's address are the statement's
    and the participant's), or made in public to a recommendation. ``outcome`` repeats the newest
    ``CheckIn``, and ``outcome_words`` its words where its maker lets them show; only
    ``dialogues/commitments.py`` writes them.
    """

    topic = "dialogues"

    statement = models.OneToOneField(
        Contribution,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="commitment",
        verbose_name=_("statement"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("recommendation"),
    )
    text = models.TextField(_("commitment"), blank=True)
    language = language_field()
    name = models.CharField(
        _("shown as"), max_length=200, blank=True, help_text=_("'' shows no name.")
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=CommitmentState, default=CommitmentState.UNCONFIRMED
    )
    due_on = models.DateField(_("by when"), null=True, blank=True)
    # Consent to be asked at that date how it went, and when it was given and taken back.
    asks_since = models.DateTimeField(_("may be asked since"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("asks no more since"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    outcome = models.CharField(
        _("what became of it"), max_length=20, choices=Outcome, blank=True, editable=False
    )
    outcome_on = models.DateField(_("as of"), null=True, blank=True, editable=False)
    outcome_words = models.TextField(_("in words"), blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Why it was declined. Not public.")
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state=CommitmentState.OF_A_DIALOGUE,
                    statement__isnull=False,
                    recommendation__isnull=True,
                    text="",
                    email="",
                )
                | (
                    ~models.Q(state=CommitmentState.OF_A_DIALOGUE)
                    & models.Q(statement__isnull=True, recommendation__isnull=False)
                    & ~models.Q(text="")
                ),
                name="commitment_of_a_dialogue_or_public",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CommitmentState.values),
                name="commitment_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", outcome_on__isnull=True, outcome_words="")
                | (models.Q(outcome__in=Outcome.values) & models.Q(outcome_on__isnull=False)),
                name="commitment_outcome_has_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="commitment_reviewed_when_and_by_whom",
            ),
            language_is_known("commitment_language_is_known"),
        ]
        indexes = [
            # Whom to ask today.
            models.Index(
                fields=["due_on"],
                condition=models.Q(asks_since__isnull=False, stopped_at__isnull=True),
                name="commitment_due",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:80]

    @property
    def words(self) -> str:
        return self.statement.text if self.statement else self.text

    @property
    def maker(self) -> Participant | None:
        return self.statement.participant if self.statement else None

    @property
    def address(self) -> str:
        """Where its maker may be written to now; '' where they may not."""
        if self.statement is None:
            return self.email if self.confirmed_at else ""
        maker = self.maker
        if maker and maker.email and maker.agrees_to(ConsentPurpose.CONTACT):
            return maker.email
        return ""


class CheckIn(models.Model):
    """What its maker wrote became of a commitment. Added to, never rewritten."""

    commitment = models.ForeignKey(
        Commitment, models.CASCADE, related_name="check_ins", verbose_name=_("commitment")
    )
    outcome = models.CharField(_("what became of it"), max_length=20, choices=Outcome)
    words = models.TextField(_("in words"), blank=True)
    shows_words = models.BooleanField(_("words may be shown"), default=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="check_in_outcome_is_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
