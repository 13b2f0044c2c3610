"""What people said, one statement at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Role, User
from dialogues.models.dialogue import AgendaItem, Attribution, Dialogue
from dialogues.models.participant import Batch, Channel, ConsentPurpose, Participant, Sector
from dialogues.models.room import Turn
from recommendations.models import (
    EntryKind,
    Face,
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Recommendation,
    afterwards,
    one_refresh,
)
from recommendations.models.texts import language_field, language_is_known, translation_field


class ContributionKind(models.TextChoices):
    """What a statement is, in the order of the 2009 report."""

    HOPE = "hope", _("Hope")
    CONCERN = "concern", _("Concern")
    QUESTION = "question", _("Question")
    RESERVATION = "reservation", _("Reservation")
    IDEA = "idea", _("Idea")
    COMMITMENT = "commitment", _("Commitment")


class ContributionState(models.TextChoices):
    HELD = "held", _("Held for review")
    POSTED = "posted", _("Posted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Who may be named less than the dialogue's rule allows, at the wish of who spoke; never more.
NARROWER = {
    Attribution.NAME: (Attribution.NONE, Attribution.SECTOR),
    Attribution.SECTOR: (Attribution.NONE,),
}
# Rules under which the sector of a hope would say who spoke. An idea is sorted by whom it asks.
WITHOUT_SECTOR = frozenset({Attribution.CHATHAM_HOUSE, Attribution.ANONYMOUS})


_BATCH = 2_000


class HistoryOfStatements(HistoricalRecords):
    """Does not ask what a statement is about that was made this moment: it is about nothing yet."""

    def create_historical_record_m2ms(self, history_instance: Any, instance: Any) -> None:
        if history_instance.history_type != "+":
            super().create_historical_record_m2ms(history_instance, instance)


class WholeNotPosted(ValidationError):
    """A line of a statement was to show without the statement."""

    def __init__(self) -> None:
        super().__init__(_("A line shows only with its statement: post that first."))


class ContributionQuerySet(PublicQuerySet["Contribution"]):
    def public(self) -> Self:
        """Posted statements of published dialogues."""
        return self.posted().filter(dialogue__published_at__isnull=False)

    def posted(self) -> Self:
        """Posted statements, of drafts too: ask it of a dialogue the reader may see.

        A line of a statement shows only while the whole does: ``withdraw`` takes both.
        """
        return self.filter(state=ContributionState.POSTED)

    def without_leave(self) -> Self:
        """Statements of people who have not agreed to their being published."""
        agreed = Participant.objects.who_agree_to(ConsentPurpose.PUBLISH)
        theirs = models.Q(participant__isnull=False) & ~models.Q(participant__in=agreed)
        holding = self.model.words_of.through.objects.filter(
            to_contribution__in=self.model.objects.filter(theirs).order_by()
        )
        return self.filter(theirs | models.Q(pk__in=holding.values("from_contribution")))

    def with_attribution(self) -> Self:
        """With all that ``attributed_to`` reads. The dialogue is the caller's to fetch."""
        return self.select_related("participant").prefetch_related(*self._of_attribution())

    def fetch_attribution(self, statements: "Sequence[Contribution]") -> None:
        """Fetch what ``attributed_to`` reads for statements at hand, with their participants.

        Two queries, wherever on a page they stand.
        """
        models.prefetch_related_objects(statements, *self._of_attribution())

    def _of_attribution(self) -> "tuple[str, models.Prefetch[str, Any, str]]":
        merged = self.model.objects.select_related("participant").order_by()
        return "participant__consents", models.Prefetch("words_of", merged)

    def of_sector(self, dialogue: Dialogue, sector: str) -> Self:
        """Statements of a dialogue that show this sector: see ``public_sector``."""
        rows = self.filter(sector=sector)
        if dialogue.attribution in WITHOUT_SECTOR:
            return rows.filter(kind=ContributionKind.IDEA)
        if Attribution(dialogue.attribution) in NARROWER:
            unsaid = models.Q(attribution=Attribution.NONE) & ~models.Q(kind=ContributionKind.IDEA)
            return rows.exclude(unsaid)
        return rows

    def on_the_wall(self, kind: "ContributionKind", limit: int) -> Self:
        """The newest posted statements of a kind, by when they were posted. Ask it of a dialogue.

        Read in order from an index, however many there are.
        """
        posted = self.posted().wholes().filter(kind=kind)
        return posted.with_attribution().order_by("-posted_at", "-id")[:limit]

    def wholes(self) -> Self:
        """Statements that are no line of another one."""
        return self.filter(part_of__isnull=True)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Statements of the dialogues a person may change; for editors all."""
        if getattr(user, "roles", frozenset()) & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self
        return self.filter(dialogue__in=Dialogue.objects.editable_by(user))

    def post(self, *, by: User, at: datetime | None = None) -> int:
        """Let all of these show, as ``Contribution.post`` does with one; says how many changed.

        What its maker took back, or has not agreed to see published, stays as it is.

        Raises:
            WholeNotPosted: one is a line of a statement that does not show and is not among these.
        """
        these = self.model.objects.filter(pk__in=list(self.order_by().values_list("pk", flat=True)))
        hidden = these.filter(part_of__isnull=False).exclude(part_of__in=these)
        if hidden.exclude(part_of__state=ContributionState.POSTED).exists():
            raise WholeNotPosted
        # Lines that went with their whole come back with it.
        lines = models.Q(
            part_of__in=these,
            state=ContributionState.WITHDRAWN,
            withdrawn_at=models.F("part_of__withdrawn_at"),
        )
        rows = self.model.objects.filter(models.Q(pk__in=these.values("pk")) | lines)
        rows = rows.exclude(state=ContributionState.POSTED).exclude(was_taken_back=True)
        barred = self.model.objects.filter(dialogue__published_at__isnull=False).without_leave()
        return rows.exclude(pk__in=barred.order_by().values("pk"))._move(
            by,
            state=ContributionState.POSTED,
            posted_at=at or timezone.now(),
            posted_by=by,
            withdrawn_at=None,
            withdrawn_by=None,
            was_taken_back=False,
            reason="",
        )

    def withdraw(self, *, by: User, at: datetime | None = None) -> int:
        """Take all of these from view, as ``Contribution.withdraw`` does with one."""
        at = at or timezone.now()
        these = self.order_by().values("pk")
        lines = self.model.objects.filter(models.Q(pk__in=these) | models.Q(part_of__in=these))
        return lines.exclude(state=ContributionState.WITHDRAWN)._move(
            by,
            state=ContributionState.WITHDRAWN,
            withdrawn_at=at,
            withdrawn_by=by,
        )

    def link(
        self, new: Iterable[tuple[int, int]], gone: Iterable[tuple[int, int]] = (), *, by: User
    ) -> list[int]:
        """Say of many what they are about, with a line of history for each; says of which.

        ``new`` and ``gone`` are keys of (statement, recommendation). Whoever calls this lets the
        pages know (``Contribution.changed``) where the statements are public.
        """
        through = self.model.about.through
        old: dict[int, list[int]] = {}
        for statement, recommendation in gone:
            old.setdefault(recommendation, []).append(statement)
        added = [
            through(contribution_id=statement, recommendation_id=recommendation)
            for statement, recommendation in new
        ]
        for recommendation, statements in old.items():
            links = through.objects.filter(recommendation=recommendation)
            for start in range(0, len(statements), _BATCH):
                links.filter(contribution__in=statements[start : start + _BATCH]).delete()
        through.objects.bulk_create(added, batch_size=500, ignore_conflicts=True)
        ids = sorted({link.contribution_id for link in added}.union(*old.values()))
        for start in range(0, len(ids), _BATCH):
            self.model.objects.filter(pk__in=ids[start : start + _BATCH])._remember(by)
        return ids

    def _move(self, by: User, **values: Any) -> int:
        """Write one state to all of these by the thousand, with a line of history for each."""
        ids = list(self.order_by().values_list("pk", flat=True))
        with one_refresh():
            for start in range(0, len(ids), _BATCH):
                rows = self.model.objects.filter(pk__in=ids[start : start + _BATCH])
                rows.update(**values)
                rows._remember(by)
        return len(ids)

    def _remember(self, by: User) -> None:
        """Write history as saving each would, what the statements are about included."""
        history = self.model.history
        lines = history.bulk_history_create(
            list(self), batch_size=500, update=True, default_user=by
        )
        line_of = {line.id: line for line in lines}
        link = history.model.about.model
        link.objects.bulk_create(
            [
                link(
                    history=line_of[row.contribution_id],
                    id=row.pk,
                    contribution_id=row.contribution_id,
                    recommendation_id=row.recommendation_id,
                )
                for row in self.model.about.through.objects.filter(contribution__in=line_of)
            ],
            batch_size=500,
        )

    def cards(self) -> Self:
        """What was written on paper and typed in afterwards, as the numbers of the cards go."""
        kinds = [models.When(kind=kind, then=n) for n, kind in enumerate(ContributionKind)]
        return self.filter(channel=Channel.PAPER).order_by(
            models.Case(*kinds, default=len(kinds)), "order", "id"
        )

    def unchecked(self) -> Self:
        """Those nobody has compared with their cards. What is withdrawn needs no comparing."""
        return self.filter(checked_at__isnull=True).exclude(state=ContributionState.WITHDRAWN)

    def in_order(self) -> Self:
        return self.order_by("dialogue", "kind", "order", "id")

    def links_about(self, recommendation: Recommendation) -> "models.QuerySet[Any]":
        """Links of a recommendation to the public statements about it, the newest first.

        However many there are: they are read in order from the index of links (migration 0001),
        which no query that begins with the statements does.
        """
        return self.model.about.through.objects.filter(
            recommendation=recommendation,
            contribution__state=ContributionState.POSTED,
            contribution__dialogue__published_at__isnull=False,
        ).order_by("-contribution_id")

    def newest_about(self, recommendation: Recommendation, limit: int) -> Self:
        """The newest public statements about a recommendation, newest first."""
        newest = self.links_about(recommendation).values("contribution")[:limit]
        return self.public().filter(pk__in=newest).order_by("-pk")

    def linked_by(self, links: Iterable[Any]) -> Self:
        """The public statements some links of ``links_about`` lead to, newest first."""
        return self.public().filter(pk__in=[x.contribution_id for x in links]).order_by("-pk")

    def with_face(self) -> Self:
        # Not by a join: thousands of statements share one dialogue, and it is made once.
        return self.prefetch_related("dialogue", "answer")


class Contribution(PublicModel):
    """One statement of one kind, made in one dialogue.

    ``code`` is its number in the record (HOPE-01); it is unique in its dialogue and never reused.
    """

    topic = "dialogues"
    entry_kind = EntryKind.STATEMENT

    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, related_name="contributions", verbose_name=_("dialogue")
    )
    code = models.CharField(_("number"), max_length=30)
    kind = models.CharField(_("kind"), max_length=20, choices=ContributionKind)
    order = models.PositiveIntegerField(_("order"), default=1)
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
        help_text=_("The statement this one is a line of."),
    )
    key = models.UUIDField(
        _("key"),
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("Made where the statement was typed: sent twice, it is there once."),
    )
    channel = models.CharField(
        _("how it came"), max_length=10, choices=Channel, blank=True, editable=False
    )
    typed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("typed by"),
    )
    participant = models.ForeignKey(
        Participant,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="statements",
        verbose_name=_("participant"),
    )
    round = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="statements",
        verbose_name=_("round"),
    )
    turn = models.ForeignKey(
        Turn,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="statements",
        verbose_name=_("turn"),
    )
    batch = models.ForeignKey(
        Batch,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="statements",
        verbose_name=_("import"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ContributionState, default=ContributionState.HELD
    )
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    text = models.TextField(_("text"))
    spoken = models.TextField(
        _("as spoken"),
        blank=True,
        editable=False,
        help_text=_("The first wording, where it was edited since."),
    )
    erased_at = models.DateTimeField(
        _("erased by its maker"),
        null=True,
        editable=False,
        help_text=_("It stays for what others said in it; its old wordings are not kept."),
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    version = models.BigIntegerField(
        _("version of the room"),
        default=0,
        editable=False,
        help_text=_("The room’s version when this last changed."),
    )
    split_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="pieces",
        verbose_name=_("split from"),
    )
    replaced_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="replaces",
        verbose_name=_("replaced by"),
        help_text=_("The statement it was merged into, or is a duplicate of."),
    )
    attribution = models.CharField(
        _("attribution"),
        max_length=20,
        choices=Attribution,
        blank=True,
        editable=False,
        help_text=_("Narrower than the dialogue’s rule, at the wish of who said it."),
    )
    language = language_field()
    translation = translation_field()
    note = models.TextField(_("note"), blank=True, help_text=_("Shown beside the statement."))
    about = models.ManyToManyField(
        Recommendation, blank=True, related_name="voices", verbose_name=_("about")
    )
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True, editable=False)
    posted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("posted by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    was_taken_back = models.BooleanField(
        _("taken back"), default=False, editable=False, help_text=_("By whoever said it.")
    )
    reason = models.CharField(
        _("reason"),
        max_length=300,
        blank=True,
        help_text=_("Why it is held or withdrawn. Not public."),
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked by"),
    )
    themes: "models.ManyToManyField[Theme, Any]" = models.ManyToManyField(
        "Theme", blank=True, related_name="statements", verbose_name=_("themes")
    )
    # Kept whatever becomes of the other: the words are still in this one.
    words_of: "models.ManyToManyField[Contribution, Any]" = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        editable=False,
        related_name="words_in",
        verbose_name=_("holds words of"),
    )
    provenance = models.JSONField(
        _("provenance"), default=dict, blank=True, help_text=_("What was repaired in the scan.")
    )

    objects = ContributionQuerySet.as_manager()
    history = HistoryOfStatements(m2m_fields=[about])

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["dialogue", "kind", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "code"], name="contribution_code_once_a_dialogue"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ContributionKind.values),
                name="contribution_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(sector__in=["", *Sector.values]),
                name="contribution_sector_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=ContributionState.HELD,
                    posted_at__isnull=True,
                    posted_by__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawn_by__isnull=True,
                )
                | models.Q(
                    state=ContributionState.POSTED,
                    posted_at__isnull=False,
                    posted_by__isnull=False,
                    withdrawn_at__isnull=True,
                    withdrawn_by__isnull=True,
                )
                | models.Q(
                    models.Q(withdrawn_by__isnull=False) | models.Q(was_taken_back=True),
                    state=ContributionState.WITHDRAWN,
                    withdrawn_at__isnull=False,
                ),
                name="contribution_state_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_at__isnull=True, checked_by__isnull=True)
                | models.Q(checked_at__isnull=False, checked_by__isnull=False),
                name="contribution_checked_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(attribution__in=["", *Attribution.values]),
                name="contribution_attribution_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["", *Channel.values]),
                name="contribution_channel_is_known",
            ),
            language_is_known("contribution_language_is_known"),
        ]
        indexes = [
            # A page of one dialogue's statements, by kind, and by sector and kind.
            models.Index(
                fields=["dialogue", "state", "kind", "order", "id"],
                condition=models.Q(part_of__isnull=True),
                name="contribution_page",
            ),
            models.Index(
                fields=["dialogue", "state", "sector", "kind", "order", "id"],
                condition=models.Q(part_of__isnull=True),
                name="contribution_sector_page",
            ),
            # The newest of a kind, for the wall.
            models.Index(
                fields=["dialogue", "state", "kind", "-posted_at", "-id"],
                condition=models.Q(part_of__isnull=True),
                name="contribution_wall",
            ),
            # What changed in a room since a version.
            models.Index(fields=["dialogue", "version"], name="contribution_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:80]}"

    def get_absolute_url(self) -> str:
        return reverse("dialogues:statement_detail", args=[self.dialogue.slug, self.code])

    @property
    def is_public(self) -> bool:
        return self.state == ContributionState.POSTED and self.dialogue.is_public

    @property
    def attributed_to(self) -> str:
        """What may be said of who made it: a name, a sector, or ''. The only source of it.

        The rule is the dialogue's, or a narrower one that whoever said it chose. A name shows only
        with its owner's consent, and beside nobody else's words; a sector beside words of two
        people only where it is that of both.
        """
        joined = list(self.words_of.all()) if self.pk else []
        rule = Attribution(self.dialogue.attribution)
        for wish in (Attribution.SECTOR, Attribution.NONE):
            asked = any(one.attribution == wish for one in (self, *joined))
            if asked and wish in NARROWER.get(rule, ()):
                rule = wish
        if rule not in {Attribution.NAME, Attribution.SECTOR} or self.participant is None:
            return ""
        others = [one.participant for one in joined if one.participant_id != self.participant_id]
        if any(one is None or one.sector != self.participant.sector for one in others):
            return ""
        if others:
            return str(self.participant.get_sector_display())
        if rule == Attribution.NAME and self.participant.agrees_to(ConsentPurpose.NAME):
            return self.participant.name or str(self.participant.get_sector_display())
        return str(self.participant.get_sector_display())

    @property
    def public_sector(self) -> str:
        """The part of society it speaks of, or '' where that would tell more of who spoke than
        may be said. ``of_sector`` asks the same of the database."""
        if self.kind != ContributionKind.IDEA and (
            self.dialogue.attribution in WITHOUT_SECTOR or self.attribution == Attribution.NONE
        ):
            return ""
        return str(self.get_sector_display())

    def clean(self) -> None:
        super().clean()
        if self.part_of and (
            self.part_of.dialogue_id != self.dialogue_id or self.part_of.kind != self.kind
        ):
            raise ValidationError(
                {"part_of": _("Choose a statement of the same kind in the same dialogue.")}
            )

    def face(self) -> Face | None:
        if not self.is_public:
            return None
        answer = getattr(self, "answer", None)
        return Face(
            path=f"/dialogues/{self.dialogue.slug}/statements/{self.code}/",
            title="",
            text="\n\n".join(filter(None, [self.text, answer and answer.text])),
            label=self.dialogue.place,
            state=self.kind,
            language=self.language,
            on=self.dialogue.on,
            is_demo=self.dialogue.is_demo,
        )

    @classmethod
    def changed(cls, ids: Sequence[int]) -> None:
        with one_refresh():
            super().changed(ids)
            rows = cls.objects.filter(pk__in=ids).order_by()
            afterwards(
                Dialogue.count_statements, rows.values_list("dialogue", flat=True).distinct()
            )

    def may_be_posted(self) -> None:
        """Raises: ValidationError: its maker took it back, or somebody whose words are in it has
        not agreed to see them public.
        """
        if self.was_taken_back:
            raise ValidationError(_("Whoever said this has taken it back."), code="taken-back")
        if (
            self.dialogue.is_public
            and self.participant
            and not self.participant.agrees_to(ConsentPurpose.PUBLISH)
        ):
            raise ValidationError(
                _("Whoever said this has not agreed to its being published."), code="leave"
            )
        if self.dialogue.is_public and type(self).objects.filter(pk=self.pk).without_leave():
            raise ValidationError(
                _("In it are words of somebody who has not agreed to their being published."),
                code="leave",
            )

    def post(self, *, by: User, at: datetime | None = None) -> None:
        """Let the statement show, with the lines withdrawn with it. Posting twice changes nothing.

        Raises:
            WholeNotPosted: it is a line of a statement that does not show.
            ValidationError: as ``may_be_posted``.
        """
        if self.state == ContributionState.POSTED:
            return
        if self.part_of and self.part_of.state != ContributionState.POSTED:
            raise WholeNotPosted
        self.may_be_posted()
        with one_refresh():
            at = at or timezone.now()
            went = self.withdrawn_at
            self.state = ContributionState.POSTED
            self.posted_at, self.posted_by = at, by
            self.withdrawn_at = self.withdrawn_by = None
            self.was_taken_back, self.reason = False, ""
            self.save(update_fields=_STATE_FIELDS)
            lines = type(self).objects.filter(part_of=self, state=ContributionState.WITHDRAWN)
            if went is not None:
                lines.filter(withdrawn_at=went).post(by=by, at=at)

    def withdraw(self, *, by: User, at: datetime | None = None) -> None:
        """Take the statement from view, with its lines; rows, and when they were posted, stay."""
        if self.state != ContributionState.WITHDRAWN:
            with one_refresh():
                at = at or timezone.now()
                self.state = ContributionState.WITHDRAWN
                self.withdrawn_at, self.withdrawn_by = at, by
                self.save(update_fields=_STATE_FIELDS)
                type(self).objects.filter(part_of=self).withdraw(by=by, at=at)

    @one_refresh()
    def link(self, recommendations: Iterable[Recommendation]) -> None:
        """Say which recommendations the statement is about."""
        self.about.set(recommendations)
        type(self).changed([self.pk])


_STATE_FIELDS = [
    *("state", "posted_at", "posted_by", "withdrawn_at", "withdrawn_by"),
    *("was_taken_back", "reason"),
]


class Theme(models.Model):
    """What several statements of one dialogue are about, in the words of those who sort them."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="themes", verbose_name=_("dialogue")
    )
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "name"], name="theme_once_a_dialogue"),
        ]

    def __str__(self) -> str:
        return self.name


class Answer(PublicModel):
    """What was answered to a question. ``text`` is written as ``Section.body`` is.

    That it answers a question, not some other statement, two triggers hold (migration 0001).
    """

    topic = "dialogues"

    contribution = models.OneToOneField(
        Contribution, models.CASCADE, related_name="answer", verbose_name=_("question")
    )
    text = models.TextField(_("answer"))
    language = language_field()
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)
    was_written_later = models.BooleanField(
        _("written later"), default=False, help_text=_("Not said in the room.")
    )
    footnote = models.TextField(_("footnote"), blank=True)

    objects = PlainQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [language_is_known("answer_language_is_known")]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def public_answered_by(self) -> str:
        """Who answered; under the Chatham House Rule nobody says who was there."""
        if self.contribution.dialogue.attribution == Attribution.CHATHAM_HOUSE:
            return ""
        return self.answered_by

    def clean(self) -> None:
        super().clean()
        if self.contribution_id and self.contribution.kind != ContributionKind.QUESTION:
            raise ValidationError(_("Only a question can have an answer."))

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [Contribution.objects.filter(answer__in=ids)]
