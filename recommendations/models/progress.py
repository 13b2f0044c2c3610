"""What became of a recommendation: what was done, and what the addressee answered, with sources.

Both are findings: drafted by one editor, reviewed and published by another, and from then on only
added to. A correction is a new finding that names the one it corrects; one that should never have
been published is retracted, and its place on the timeline says when and why.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from recommendations.models.dates import precision_field, precision_is_known
from recommendations.models.entry import EntryKind, Face
from recommendations.models.public import (
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Published,
    afterwards,
    one_refresh,
)
from recommendations.models.texts import language_field, language_is_known

SCALE_VERSION = "2026-11"
STALE_AFTER = timedelta(days=2 * 365)


class Status(models.TextChoices):
    """What became of a recommendation. Counted, never averaged. Definitions: the method page."""

    NOT_ASSESSED = "not-assessed", _("Not yet assessed")
    NO_ACTION_FOUND = "no-action-found", _("No action found")
    UNDER_WAY = "under-way", _("Under way")
    STALLED = "stalled", _("Stalled")
    PARTLY_IN_PLACE = "partly-in-place", _("Partly in place")
    IN_PLACE = "in-place", _("In place")
    UNDONE_SINCE = "undone-since", _("Undone since")


class ReplyKind(models.TextChoices):
    """What an addressee answered to a recommendation. It says nothing about what was done."""

    NONE_FOUND = "none-found", _("No answer found")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_IN_PART = "accepted-in-part", _("Accepted in part")
    DECLINED = "declined", _("Declined")


class ReviewState(models.TextChoices):
    """How far a finding is on its way. Read from its dates, never stored."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in-review", _("In review")
    PUBLISHED = "published", pgettext_lazy("a finding", "Published")
    RETRACTED = "retracted", _("Retracted")


class NoSource(ValidationError):
    """A finding was to be published without anything to show for it."""


class NotPossible(ValidationError):
    """The finding is not where this can be done with it, or not by this person."""


class SourceBase(models.Model):
    """Something anyone can look up: who published it, what it is called, where, when."""

    publisher = models.CharField(_("publisher"), max_length=300)
    title = models.CharField(_("title"), max_length=400)
    language = language_field()
    url = models.URLField(_("link"), max_length=600)
    archived_url = models.URLField(
        _("archived copy"), max_length=600, blank=True, help_text=_("A link that will last.")
    )
    published_on = models.DateField(_("published"), null=True, blank=True)
    published_precision = precision_field()
    read_on = models.DateField(
        _("read"),
        null=True,
        blank=True,
        help_text=_("The day somebody read it and found this there."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.publisher}, {self.title}"


class FindingQuerySet(PublicQuerySet[Any]):
    def public(self) -> Self:
        """Published ones, retracted and corrected ones among them: pages say that they are."""
        return self.filter(published_at__isnull=False)

    def standing(self) -> Self:
        """Public ones that neither a public correction nor a retraction has replaced."""
        rows = self.public().filter(retracted_at__isnull=True)
        return rows.filter(~models.Exists(self._corrections()))

    def with_corrected(self) -> Self:
        """Each with whether a public correction has replaced it, as ``has_correction``."""
        return self.annotate(has_correction=models.Exists(self._corrections()))

    def _corrections(self) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(
            corrects=models.OuterRef("pk"), published_at__isnull=False, retracted_at__isnull=True
        )

    def newest_first(self) -> Self:
        return self.order_by("-on", "-id")

    def in_review(self) -> Self:
        return self.filter(published_at__isnull=True, submitted_at__isnull=False)


class Finding(PublicModel, Published):
    """What an update and a reply share: words with sources, and the way to the public.

    Who wrote last, who sent it to review and who published are known, each with the moment. The
    record has no writer: ``publish`` asks for a second editor only where somebody wrote.
    """

    if TYPE_CHECKING:  # what each kind of finding has as a field of its own
        recommendation: Any
        recommendation_id: int
        corrects: Any
        corrects_id: Any
        corrections: Any
        sources: Any

    topic = "recommendations"
    is_answer: ClassVar[bool] = False

    on = models.DateField(_("as of"), help_text=_("The day this was so, not that of the find."))
    summary = models.TextField(
        _("summary"), help_text=_("In plain words: what was done, what not.")
    )
    language = language_field()
    quotation = models.TextField(_("quotation"), blank=True)
    written_at = models.DateTimeField(_("written"), null=True, editable=False)
    written_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )
    submitted_at = models.DateTimeField(_("sent to review"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("sent to review by"),
    )
    retracted_at = models.DateTimeField(_("retracted"), null=True, editable=False)
    retracted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("retracted by"),
    )
    retraction = models.TextField(_("why it was retracted"), blank=True, editable=False)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    class Meta:
        abstract = True
        constraints = [
            *Published.Meta.constraints,
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{verb}_at__isnull": True, f"{verb}_by__isnull": True})
                    | Q(**{f"{verb}_at__isnull": False, f"{verb}_by__isnull": False}),
                    name=f"%(class)s_{verb}_when_and_by_whom",
                )
                for verb in ("written", "submitted", "retracted")
            ),
            models.CheckConstraint(
                condition=Q(retracted_at__isnull=True)
                | (Q(published_at__isnull=False) & ~Q(retraction="")),
                name="%(class)s_retracted_with_a_reason",
            ),
        ]

    @property
    def value(self) -> Status | ReplyKind:
        """What it found: a status, or a kind of answer."""
        raise NotImplementedError

    @property
    def state(self) -> ReviewState:
        if self.retracted_at:
            return ReviewState.RETRACTED
        if self.published_at:
            return ReviewState.PUBLISHED
        return ReviewState.IN_REVIEW if self.submitted_at else ReviewState.DRAFT

    def get_absolute_url(self) -> str:
        return f"{self.recommendation.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self) -> str:
        """What stands for it in the address of its recommendation's page."""
        raise NotImplementedError

    def clean(self) -> None:
        super().clean()
        if not self.on:
            return
        if self.on > timezone.localdate():
            raise ValidationError(
                {"on": _("The date is in the future: write the day this was so.")}
            )
        report = self.recommendation.report if self.recommendation_id else None
        if report and self.on < report.released:
            raise ValidationError(
                {"on": _("That is before the report was released: look at the year again.")}
            )

    def is_stale(self, today: date | None = None) -> bool:
        return (today or timezone.localdate()) - self.on > STALE_AFTER

    # ---- On its way to the public ----

    @one_refresh()
    def note_writing(self, *, by: User, at: datetime | None = None) -> None:
        """Note that somebody wrote its words, just saved. A text in review becomes a draft again.

        Raises:
            NotPossible: it is published; it is corrected by another.
        """
        if self.is_public:
            raise NotPossible(_("This is published. Correct it with a new one that names it."))
        is_first = self.written_by_id is None
        self.written_at, self.written_by = at or timezone.now(), by
        self.submitted_at, self.submitted_by = None, None
        # What is written about demonstration data says on every page that it is that.
        self.is_demo = self.recommendation.is_demo
        fields = ["written_at", "written_by", "submitted_at", "submitted_by", "is_demo"]
        self.save(update_fields=fields)
        self._remember(ReviewAct.DRAFTED if is_first else ReviewAct.EDITED, by)

    @one_refresh()
    def submit(self, *, by: User, at: datetime | None = None) -> None:
        """Send a draft to review. Twice changes nothing.

        Raises:
            NoSource: no source is named, or one has no date.
            NotPossible: it is published.
        """
        if self.is_public:
            raise NotPossible(_("This is published already."))
        self._check_sources()
        if self.submitted_at is None:
            self.submitted_at, self.submitted_by = at or timezone.now(), by
            self.save(update_fields=["submitted_at", "submitted_by"])
            self._remember(ReviewAct.SUBMITTED, by)

    @one_refresh()
    def send_back(self, *, by: User, note: str) -> None:
        """Give what is in review back to its writer, with what should change.

        Raises:
            NotPossible: it is not in review, or no reason is given.
        """
        if self.state != ReviewState.IN_REVIEW:
            raise NotPossible(_("This is not in review any more."))
        if not note.strip():
            raise NotPossible({"note": _("Say what should change.")})
        self.submitted_at, self.submitted_by = None, None
        self.save(update_fields=["submitted_at", "submitted_by"])
        self._remember(ReviewAct.SENT_BACK, by, note)

    @one_refresh()
    def publish(self, *, by: User, at: datetime | None = None) -> None:
        """Make it public. What an editor wrote, another editor publishes, out of review.

        Raises:
            NoSource: no source is named, or one has no date.
            NotPossible: it was not sent to review, whoever publishes wrote or sent it, or what it
                corrects does not stand.
        """
        if self.is_public:
            return
        self._check_sources()
        self._check_corrected()
        if self.written_by_id:
            if self.submitted_by_id is None:
                raise NotPossible(_("Send it to review first."))
            if by.pk in {self.written_by_id, self.submitted_by_id}:
                raise NotPossible(
                    _("You wrote this or sent it to review: another editor publishes it.")
                )
        super().publish(by=by, at=at)
        self._remember(ReviewAct.PUBLISHED, by)

    @one_refresh()
    def retract(self, *, by: User, reason: str, at: datetime | None = None) -> None:
        """Take back what should never have been published; its place says when and why.

        Raises:
            NotPossible: it is not public, was retracted or corrected before, or no reason is given.
        """
        if self.state != ReviewState.PUBLISHED:
            raise NotPossible(_("Only what stands in public can be retracted."))
        if self.is_corrected:
            # What it corrected would stand again, beside its correction.
            raise NotPossible(
                _("It has been corrected. If something is wrong again, correct the correction.")
            )
        if not reason.strip():
            raise NotPossible({"reason": _("Say why: everybody reads it in place of the words.")})
        self.retracted_at, self.retracted_by = at or timezone.now(), by
        self.retraction = reason.strip()
        self.save(update_fields=["retracted_at", "retracted_by", "retraction"])
        if self.corrects_id:
            # What was to correct it corrects what stands in its place now.
            drafts = self.corrections.filter(published_at__isnull=True)
            drafts.update(corrects=self.corrects_id)
        self._remember(ReviewAct.RETRACTED, by, reason)

    def withdraw(self) -> None:
        """Raises: NotPossible: what was found is corrected or retracted, never hidden."""
        if self.is_public:
            raise NotPossible(
                _("A finding is never hidden: correct it with a new one, or retract it.")
            )

    def _check_sources(self) -> None:
        sources = list(self.sources.all())
        if not sources:
            raise NoSource(_("Name at least one source before you publish this."))
        if any(not (source.published_on or source.read_on) for source in sources):
            raise NoSource(
                _("Give each source the day it was published, or the day somebody read it.")
            )

    @property
    def is_corrected(self) -> bool:
        """Whether a public correction has replaced it. Asks no query if they are prefetched."""
        rows = self.corrections.all()
        return any(row.state == ReviewState.PUBLISHED for row in rows)

    def _check_corrected(self) -> None:
        """Two corrections of one finding would both stand, each with its own status; so would the
        correction of one that was retracted and what that had corrected.
        """
        wrong = self.corrects
        if wrong is None:
            return
        if not wrong.is_public or wrong.is_corrected or (wrong.retracted_at and wrong.corrects_id):
            raise NotPossible(
                _("What this corrects does not stand in public. Write it as a new finding.")
            )

    def _remember(self, act: "ReviewAct", by: User, note: str = "") -> None:
        field = "reply" if isinstance(self, Reply) else "update"
        ReviewEvent.objects.create(
            act=act, by=by, note=note.strip(), words=self.words, **{field: self}
        )

    @property
    def words(self) -> dict[str, Any]:
        """What it says, as the history keeps it."""
        return self.words_with(self.sources.all())

    def words_with(self, sources: "Iterable[Source]") -> dict[str, Any]:
        """What it says with these sources, saved or not."""
        return {
            "status": self.status if isinstance(self, ProgressUpdate) else "",
            "kind": self.kind if isinstance(self, Reply) else "",
            "addressee": str(self.addressee.name_en) if isinstance(self, Reply) else "",
            "on": self.on.isoformat(),
            "summary": self.summary,
            "language": self.language,
            "quotation": self.quotation,
            "assessed_by": self.assessed_by if isinstance(self, ProgressUpdate) else "",
            "sources": [
                {
                    "publisher": source.publisher,
                    "title": source.title,
                    "language": source.language,
                    "url": source.url,
                    "archived_url": source.archived_url,
                    "published_on": source.published_on and source.published_on.isoformat(),
                    "published_precision": source.published_precision,
                    "read_on": source.read_on and source.read_on.isoformat(),
                    "read_precision": source.read_precision,
                }
                for source in sources
            ],
        }

    @property
    def desk_kind(self) -> str:
        """What stands for its kind in the addresses of the desk."""
        return "answers" if isinstance(self, Reply) else "updates"

    @property
    def desk_url(self) -> str:
        """Its page on the desk, for editors."""
        return reverse("recommendations:desk_finding", args=[self.desk_kind, self.pk])


class ProgressUpdateQuerySet(FindingQuerySet):
    def with_face(self) -> Self:
        return self.select_related("recommendation__report").prefetch_related("corrections")


class ProgressUpdate(Finding):
    """The status of a recommendation on a date, and what shows it."""

    entry_kind = EntryKind.UPDATE

    recommendation = models.ForeignKey(
        "recommendations.Recommendation",
        models.PROTECT,
        related_name="updates",
        verbose_name=_("recommendation"),
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=[choice for choice in Status.choices if choice[0] != Status.NOT_ASSESSED],
    )
    assessed_by = models.CharField(
        _("assessed by"), max_length=200, blank=True, help_text=_("The person or body that judged.")
    )
    scale_version = models.CharField(
        _("version of the scale"), max_length=20, default=SCALE_VERSION, editable=False
    )
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
    )

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-on", "-id"]
        constraints = [
            *Finding.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=[s for s in Status.values if s != "not-assessed"]),
                name="progress_status_is_known",
            ),
            language_is_known("progress_language_is_known"),
        ]
        indexes = [
            models.Index(fields=["recommendation", "-on", "-id"], name="progress_timeline"),
            models.Index(
                fields=["submitted_at"],
                condition=Q(published_at__isnull=True),
                name="progress_in_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_status_display()} · {self.on}"

    @property
    def value(self) -> Status:
        return Status(self.status)

    @property
    def anchor(self) -> str:
        return f"update-{self.pk}"

    def clean(self) -> None:
        super().clean()
        if self.corrects and self.corrects.recommendation_id != self.recommendation_id:
            raise ValidationError({"corrects": _("That is about another recommendation.")})

    def face(self) -> Face | None:
        report = self.recommendation.report
        stands = self.state == ReviewState.PUBLISHED and not self.is_corrected
        if not (stands and self.recommendation.is_public and report.is_public):
            return None
        return Face(
            path=f"/recommendations/{self.recommendation.code}/#{self.anchor}",
            title=self.recommendation.text,
            title_language=report.language,
            title_translation=self.recommendation.translation,
            text=self.summary,
            label=self.recommendation.code,
            state=self.status,
            language=self.language,
            on=self.on,
            is_activity=True,
            is_demo=self.is_demo or self.recommendation.is_demo,
        )

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [cls.objects.filter(corrections__in=ids)]  # what is corrected is told no more

    @classmethod
    def changed(cls, ids: Sequence[int]) -> None:
        from recommendations.figures import count_years

        with one_refresh():
            super().changed(ids)
            public = cls.objects.public().filter(pk__in=ids).order_by()
            reports = public.values_list("recommendation__report", flat=True).distinct()
            afterwards(count_years, reports)

    @one_refresh()
    def publish(self, *, by: User, at: datetime | None = None) -> None:
        super().publish(by=by, at=at)
        self.recommendation.read_status()

    @one_refresh()
    def retract(self, *, by: User, reason: str, at: datetime | None = None) -> None:
        super().retract(by=by, reason=reason, at=at)
        self.recommendation.read_status()


class Reply(Finding):
    """What an addressee answered to a recommendation, kept apart from what was done."""

    is_answer = True

    recommendation = models.ForeignKey(
        "recommendations.Recommendation",
        models.PROTECT,
        related_name="replies",
        verbose_name=_("recommendation"),
    )
    addressee = models.ForeignKey(
        "recommendations.Addressee",
        models.PROTECT,
        related_name="replies",
        verbose_name=_("addressee"),
    )
    kind = models.CharField(_("answer"), max_length=20, choices=ReplyKind)
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of an addressee")
        verbose_name_plural = _("answers of addressees")
        ordering = ["-on", "-id"]
        constraints = [
            *Finding.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=ReplyKind.values), name="reply_kind_is_known"
            ),
            language_is_known("reply_language_is_known"),
        ]
        indexes = [models.Index(fields=["recommendation", "-on", "-id"], name="reply_timeline")]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.addressee} · {self.get_kind_display()} · {self.on}"

    @property
    def value(self) -> ReplyKind:
        return ReplyKind(self.kind)

    @property
    def anchor(self) -> str:
        return f"reply-{self.pk}"

    def clean(self) -> None:
        super().clean()
        if self.corrects and self.corrects.recommendation_id != self.recommendation_id:
            raise ValidationError({"corrects": _("That is about another recommendation.")})


class Source(SourceBase, PublicModel):
    """Where a progress update, or what an addressee answered, can be checked."""

    topic = "recommendations"

    update = models.ForeignKey(
        ProgressUpdate,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("progress update"),
    )
    reply = models.ForeignKey(
        Reply,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("answer of an addressee"),
    )
    read_precision = precision_field()

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["id"]
        constraints = [
            language_is_known("source_language_is_known"),
            precision_is_known("published_precision", "source_precision_is_known"),
            precision_is_known("read_precision", "source_read_precision_is_known"),
            models.CheckConstraint(
                condition=Q(update__isnull=False, reply__isnull=True)
                | Q(update__isnull=True, reply__isnull=False),
                name="source_of_one_finding",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        problems: dict[str, Any] = {}
        today = timezone.localdate()
        if self.published_on and self.published_on > today:
            problems["published_on"] = _("The source is dated after today: look at the year again.")
        if self.read_on and self.read_on > today:
            problems["read_on"] = _("This day has not come yet: write the day it was read.")
        for name in ("url", "archived_url"):
            try:
                if getattr(self, name):
                    _of_the_web(getattr(self, name))
            except ValidationError:
                problems[name] = _("Write a whole link that begins with https:// or http://.")
        if problems:
            raise ValidationError(problems)

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        return [ProgressUpdate.objects.filter(sources__in=ids)]


_of_the_web = URLValidator(schemes=["http", "https"])


class ReviewAct(models.TextChoices):
    """What somebody did with a finding."""

    DRAFTED = "drafted", pgettext_lazy("a finding", "Drafted")
    EDITED = "edited", _("Edited")
    SUBMITTED = "submitted", _("Sent to review")
    SENT_BACK = "sent-back", _("Sent back")
    PUBLISHED = "published", pgettext_lazy("a finding", "Published")
    RETRACTED = "retracted", _("Retracted")


class ReviewEvent(models.Model):
    """One act in the life of a finding, with the words as they were then. For editors alone."""

    update = models.ForeignKey(
        ProgressUpdate, models.CASCADE, null=True, blank=True, related_name="events"
    )
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, blank=True, related_name="events")
    act = models.CharField(max_length=12, choices=ReviewAct)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    words = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("act of review")
        verbose_name_plural = _("acts of review")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=ReviewAct.values), name="review_act_is_known"
            ),
            models.CheckConstraint(
                condition=Q(update__isnull=False, reply__isnull=True)
                | Q(update__isnull=True, reply__isnull=False),
                name="review_event_of_one_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.update or self.reply}: {self.get_act_display()}"
