"""What councils decided: a text of their own, and what happened to it, step by step."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organization, Role, User
from recommendations.models import (
    EntryKind,
    Face,
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Published,
    SourceBase,
    one_refresh,
)
from recommendations.models.dates import precision_is_known
from recommendations.models.texts import language_field, language_is_known
from resolutions.models.council import Council, Jurisdiction
from resolutions.models.model_resolution import ModelResolution


class Instrument(models.TextChoices):
    """The legal form. Counted apart: a proclamation is never an adopted resolution."""

    COUNCIL_RESOLUTION = "council-resolution", _("Council resolution")
    BYLAW = "by-law", _("By-law or ordinance")
    PROCLAMATION = "mayoral-proclamation", _("Mayor’s proclamation")
    ENDORSEMENT = "mayoral-endorsement", _("Mayor’s endorsement")
    ASSOCIATION = "association-resolution", _("Resolution of a municipal association")


# Acts of a mayor alone, without a vote of the council.
MAYORAL = frozenset({Instrument.PROCLAMATION, Instrument.ENDORSEMENT})


class StepKind(models.TextChoices):
    """What can happen to a resolution, in the words of Canadian and US procedure."""

    DRAFTED = "drafted", _("Drafted")
    SUBMITTED = "submitted", _("Submitted")
    NOTICE = "notice-of-motion", _("Notice of motion")
    REFERRED = "referred", _("Referred to committee")
    DEFERRED = "deferred", _("Deferred")
    SCHEDULED = "scheduled", _("Scheduled")
    READING = "reading", _("Reading")
    ADOPTED = "adopted", _("Adopted")
    AMENDED = "amended", _("Adopted as amended")
    DEFEATED = "defeated", _("Defeated")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RECEIVED = "received", _("Received for information")
    OUT_OF_ORDER = "out-of-order", _("Ruled out of order")
    SIGNED = "signed", _("Signed")
    VETOED = "vetoed", _("Vetoed")
    OVERRIDDEN = "overridden", _("Veto overridden")
    PROCLAIMED = "proclaimed", _("Proclaimed")
    RESCINDED = "rescinded", _("Rescinded")


_K = StepKind
_OPEN = frozenset({_K.NOTICE, _K.REFERRED, _K.DEFERRED, _K.SCHEDULED, _K.READING})
_DECISIONS = frozenset({_K.ADOPTED, _K.AMENDED, _K.DEFEATED, _K.RECEIVED, _K.OUT_OF_ORDER})
_ON_THE_WAY = _OPEN | _DECISIONS | {_K.WITHDRAWN}
# A matter that was lost or taken back may be brought again.
_AGAIN = frozenset({_K.SUBMITTED, _K.NOTICE})

# Gaps are allowed (minutes go missing); contradictions are not.
CAN_FOLLOW: dict[StepKind, frozenset[StepKind]] = {
    _K.DRAFTED: _ON_THE_WAY | {_K.SUBMITTED, _K.PROCLAIMED},
    _K.SUBMITTED: _ON_THE_WAY | {_K.PROCLAIMED},
    _K.NOTICE: _ON_THE_WAY,
    _K.REFERRED: _ON_THE_WAY,
    _K.DEFERRED: _ON_THE_WAY,
    _K.SCHEDULED: _ON_THE_WAY,
    _K.READING: _ON_THE_WAY,
    _K.ADOPTED: frozenset({_K.SIGNED, _K.VETOED, _K.RESCINDED}),
    _K.AMENDED: frozenset({_K.SIGNED, _K.VETOED, _K.RESCINDED}),
    _K.DEFEATED: _AGAIN,
    _K.WITHDRAWN: _AGAIN,
    _K.RECEIVED: _AGAIN,
    _K.OUT_OF_ORDER: _AGAIN,
    _K.SIGNED: frozenset({_K.RESCINDED}),
    _K.VETOED: _AGAIN | {_K.OVERRIDDEN},
    _K.OVERRIDDEN: frozenset({_K.RESCINDED}),
    _K.PROCLAIMED: frozenset({_K.RESCINDED}),
    _K.RESCINDED: _AGAIN,
}


ADOPTED = frozenset({_K.ADOPTED, _K.AMENDED, _K.SIGNED, _K.OVERRIDDEN})
_ADOPTS = frozenset({_K.ADOPTED, _K.AMENDED})
# What a filter may ask for beside one kind alone.
STATUS_GROUPS: dict[str, frozenset[StepKind]] = {
    "in-force": ADOPTED,
    "open": _OPEN | {_K.SUBMITTED},
}
# What can happen to an act of a mayor.
_OF_A_MAYOR = frozenset({_K.DRAFTED, _K.SUBMITTED, _K.PROCLAIMED, _K.WITHDRAWN, _K.RESCINDED})
# Meetings come after these; they say when.
ANNOUNCES = frozenset({_K.NOTICE, _K.REFERRED, _K.DEFERRED, _K.SCHEDULED})
# Kinds that a vote can be recorded with.
VOTED = frozenset(
    {_K.REFERRED, _K.DEFERRED, _K.READING, _K.RECEIVED, _K.RESCINDED, _K.OVERRIDDEN}
) | frozenset({_K.ADOPTED, _K.AMENDED, _K.DEFEATED})


# A day outside these is a slip of the keyboard.
EARLIEST = date(1990, 1, 1)
FURTHEST_AHEAD = timedelta(days=5 * 366)

# How members voted, as the fields of a step count it.
COUNTS = ("votes_for", "votes_against", "votes_abstained", "votes_absent")


class VoteMethod(models.TextChoices):
    """How a vote was taken. The result is the step's kind, never computed from the counts."""

    COUNTED = "counted", _("Votes counted")
    UNANIMOUS = "unanimous", _("Carried unanimously")
    CONSENT = "consent", _("On consent, without a debate")
    VOICE = "voice", _("By voice or show of hands, not counted")


class Grade(models.TextChoices):
    """How strong a source is, strongest first."""

    SIGNED_COPY = "signed-copy", _("Signed copy")
    MINUTES = "minutes", _("Minutes")
    NEWS = "news", _("News or announcement")
    CLAIM = "claim", _("Claim")


class StepNotPossible(ValidationError):
    """The step contradicts the one before or after it, the form of the resolution, or itself.

    ``field`` names the field of ``Step`` it is about.
    """

    def __init__(
        self, message: Any, *, field: str = "kind", params: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message, params=params)
        self.field = field


class AlreadyAdopted(StepNotPossible):
    """The resolution is in force: what is adopted again is another resolution."""


def check_details(
    kind: StepKind, *, on: date, council_seats: int | None, details: dict[str, Any]
) -> None:
    """Whether the days, the vote and the meeting said of a step go together.

    ``details`` are fields of ``Step``; ``council_seats`` is how many members the council has,
    where nobody says how many it had on that day. The result is never computed from the counts.

    Raises:
        StepNotPossible: the first thing that does not fit, with its field.
    """
    if on < EARLIEST:
        raise StepNotPossible(
            _("That is before %(year)s: look at the year once more."),
            field="on",
            params={"year": EARLIEST.year},
        )
    method = details.get("vote_method") or ""
    counts = {name: details.get(name) for name in COUNTS}
    said = [name for name, number in counts.items() if number is not None]
    if (method or said) and kind not in VOTED:
        raise StepNotPossible(
            _("No vote is taken on this: leave the vote empty."), field="vote_method"
        )
    if said and method != VoteMethod.COUNTED:
        raise StepNotPossible(
            _("Numbers belong to a vote that was counted: choose that, or leave them empty."),
            field="vote_method",
        )
    if kind == StepKind.DEFEATED and method in {VoteMethod.UNANIMOUS, VoteMethod.CONSENT}:
        raise StepNotPossible(
            _("What was defeated was not carried: choose how the vote was taken."),
            field="vote_method",
        )
    if method == VoteMethod.COUNTED:
        _check_counts(counts, details.get("seats") or council_seats)
    mover, seconder = (
        " ".join((details.get(name) or "").split()) for name in ("mover", "seconder")
    )
    if mover and mover.casefold() == seconder.casefold():
        raise StepNotPossible(
            _("One member moves and another seconds: these are the same."), field="seconder"
        )
    if meets_on := details.get("meets_on"):
        if kind not in ANNOUNCES:
            raise StepNotPossible(
                _("Only a notice, a referral, a deferral or a place on an agenda has a day ahead."),
                field="meets_on",
            )
        if meets_on < on:
            raise StepNotPossible(
                _("The meeting is before the day this happened: one of the two is wrong."),
                field="meets_on",
            )
        if meets_on > on + FURTHEST_AHEAD:
            raise StepNotPossible(
                _("That is more than five years ahead: look at the year once more."),
                field="meets_on",
            )


def _check_counts(counts: dict[str, int | None], seats: int | None) -> None:
    for name, words in (
        ("votes_for", _("How many voted for it? Write 0 for nobody.")),
        ("votes_against", _("How many voted against it? Write 0 for nobody.")),
    ):
        if counts[name] is None:
            raise StepNotPossible(words, field=name)
    total = sum(number or 0 for number in counts.values())
    if seats is not None and total != seats:
        raise StepNotPossible(
            _(
                "Together these are %(total)s members, and the council has %(seats)s. Say who"
                " abstained or was absent, or how many members it had on that day."
            ),
            field="votes_for",
            params={"total": total, "seats": seats},
        )


class NoStep(ValidationError):
    """A resolution was to be published before anything had happened to it."""


class ResolutionQuerySet(PublicQuerySet["Resolution"]):
    def public(self) -> Self:
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones; the drafts of organizations a person belongs to; for editors all."""
        roles: frozenset[str] = getattr(user, "roles", frozenset())
        if roles & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self
        if not user.is_authenticated:
            return self.public()
        mine = models.Q(champion__in=user.memberships.values("organization"))
        return self.filter(mine | models.Q(published_at__isnull=False))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Those a person may change: their organizations'; for editors all."""
        roles: frozenset[str] = getattr(user, "roles", frozenset())
        if roles & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self
        if Role.ORGANIZATION_MEMBER in roles and user.is_authenticated:
            return self.filter(champion__in=user.memberships.values("organization"))
        return self.none()

    def newest_first(self) -> Self:
        return self.order_by("-status_on", "-id")

    def matching(
        self,
        *,
        country: str = "",
        region: str = "",
        instrument: str = "",
        status: str = "",
        ids: Iterable[int] | None = None,
    ) -> Self:
        """Those that fit every filter given; '' and None leave a filter open.

        ``status`` is a kind of step, or one of ``STATUS_GROUPS``.
        """
        rows = self
        if country:
            # Council by council of the resolutions there are: a country has thousands of councils
            # with none, and by its index a database would begin with those.
            within = Jurisdiction.objects.filter(parent__code=country).values("pk")
            rows = rows.alias(place=Coalesce("council__jurisdiction", models.Value(0)))
            rows = rows.filter(place__in=within)
        if region:
            rows = rows.filter(council__jurisdiction__code=region)
        if instrument:
            rows = rows.filter(instrument=instrument)
        if group := STATUS_GROUPS.get(status):
            rows = rows.filter(status__in=sorted(group))
        elif status:
            rows = rows.filter(status=status)
        if ids is not None:
            rows = rows.filter(pk__in=list(ids))
        return rows

    def tally(self) -> Any:
        """How many there are by form, newest verified step and whether they are demonstration.

        What totals are made of: nobody's word alone is counted.
        """
        return (
            self.order_by()
            .values("instrument", "verified_status", "is_demo")
            .annotate(n=models.Count("pk"))
        )

    def read_verified(self) -> None:
        """Take ``verified_status`` from the newest verified step of each, and note in each of its
        verified steps whether it put the text in force or ended that.
        """
        newest = Step.objects.filter(resolution=models.OuterRef("pk"), verified_at__isnull=False)
        kind = models.Subquery(newest.order_by("-on", "-id").values("kind")[:1])
        ids = list(self.order_by().values_list("pk", flat=True))
        self.update(verified_status=Coalesce(kind, models.Value("")))
        Step.objects.filter(resolution__in=ids).note_turns()

    def with_face(self) -> Self:
        return self.select_related("council__jurisdiction__parent", "model__report", "champion")

    for_list = with_face


class Resolution(PublicModel, Published):
    """One council's own text, or its mayor's, and what became of it.

    ``status`` and ``status_on`` repeat the newest ``Step`` so that the tracker needs no join, and
    ``verified_status`` the newest verified one ('' for none), so that totals read one index. Only
    ``record_step`` and ``StepQuerySet.verify`` write them.
    """

    # First parts of addresses below /resolutions/ that are no resolution's.
    RESERVED: ClassVar[frozenset[str]] = frozenset(
        "associations board calendar embed import invitations model prepare regions report".split()
    )

    topic = "resolutions"
    entry_kind = EntryKind.RESOLUTION

    slug = models.SlugField(_("short address"), max_length=120, unique=True)
    council = models.ForeignKey(
        Council, models.PROTECT, related_name="resolutions", verbose_name=_("council")
    )
    model = models.ForeignKey(
        ModelResolution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name=_("made from"),
    )
    champion = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name=_("champion organization"),
    )
    instrument = models.CharField(_("instrument"), max_length=30, choices=Instrument)
    title = models.CharField(
        _("title"),
        max_length=300,
        blank=True,
        help_text=_(
            "Its own. Without one it is called by its form, its municipality and its year."
        ),
    )
    summary = models.TextField(_("summary"), blank=True)
    language = language_field()
    subject = models.CharField(
        _("subject, in a few words"),
        max_length=200,
        blank=True,
        help_text=_("What the agenda calls it."),
    )
    reference = models.CharField(
        _("number"), max_length=60, blank=True, help_text=_("The council’s own, such as 2026-114.")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=StepKind, default=StepKind.DRAFTED, editable=False
    )
    status_on = models.DateField(_("status as of"), null=True, editable=False)
    verified_status = models.CharField(
        _("verified status"), max_length=20, choices=StepKind, blank=True, editable=False
    )
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = ResolutionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        ordering = ["-status_on", "-id"]
        constraints = [
            *Published.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status__in=StepKind.values), name="resolution_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(verified_status__in=["", *StepKind.values]),
                name="resolution_verified_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(instrument__in=Instrument.values),
                name="resolution_instrument_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | models.Q(status_on__isnull=False),
                name="resolution_public_has_a_step",
            ),
            language_is_known("resolution_language_is_known"),
        ]
        indexes = [
            # Of public ones only, so that pages and totals never leave the index.
            models.Index(
                fields=["-status_on", "-id"],
                condition=models.Q(published_at__isnull=False),
                name="resolution_newest_first",
            ),
            models.Index(
                fields=["model", "-status_on", "-id"],
                condition=models.Q(published_at__isnull=False),
                name="resolution_of_a_model",
            ),
            models.Index(
                fields=["instrument", "verified_status", "is_demo"],
                condition=models.Q(published_at__isnull=False),
                name="resolution_tally",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its own title, or what the site calls it in the reader's language."""
        if self.title:
            return self.title
        form, place = Instrument(self.instrument).label, self.council.name
        return f"{form}, {place}, {self.status_on.year}" if self.status_on else f"{form}, {place}"

    def get_absolute_url(self) -> str:
        return reverse("resolutions:resolution_detail", args=[self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        # What an invented council decides is invented, whoever records it.
        if self._state.adding and self.council.is_demo:
            self.is_demo = True
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.slug in self.RESERVED:
            raise ValidationError({"slug": _("This address has another use. Choose another.")})

    def face(self) -> Face | None:
        if not self.is_public:
            return None
        with translation.override("en"):
            in_english = self.name
        with translation.override("fr"):
            in_french = self.name
        return Face(
            path=f"/resolutions/{self.slug}/",
            title=self.title or in_english,
            title_language=self.language if self.title else "en",
            title_translation="" if self.title else in_french,
            text=self.summary,
            label=self.council.placed("en"),
            label_fr=self.council.placed("fr"),
            state=self.status,
            form=self.instrument,
            language=self.language,
            is_demo=self.is_demo,
        )

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        # What a list alone tells of shows in the search once it has done something.
        listed = Council.objects.filter(resolutions__in=ids, confirmed_at__isnull=True)
        return [Step.objects.filter(resolution__in=ids), listed.exclude(data_source="")]

    def publish(self, *, by: User, at: datetime | None = None) -> None:
        """Make it public.

        Raises:
            NoStep: no step is recorded, so there is no status to show.
        """
        if self.status_on is None:
            raise NoStep(_("Record at least one step before you publish this."))
        super().publish(by=by, at=at)

    @one_refresh()
    def record_step(
        self,
        kind: StepKind,
        *,
        on: date,
        by: User,
        summary: str = "",
        actor: str = "",
        verified: bool = False,
        source: "StepSource | None" = None,
        today: date | None = None,
        **details: Any,
    ) -> "Step":
        """Append what happened on a date, and bring ``status`` up to date.

        ``details`` are other fields of ``Step``: the meeting, who moved it, the vote, links.
        ``source`` is a new one, not yet saved: it is written with the step, or added to the same
        step where that is there already; to a verified one only by who may verify, for it stands
        by the sources somebody has checked.

        Minutes appear weeks late, so steps arrive out of order: ``status`` is read back from the
        newest step, never set to ``kind``. Recording the same step twice (a double click) gives
        the first one back.

        Raises:
            StepNotPossible: the date is in the future, the step contradicts its neighbour in
                time or the instrument, or its vote does not add up.
        """
        Resolution.objects.select_for_update().get(pk=self.pk)  # one writer at a time
        if same := self.steps.filter(kind=kind, on=on).first():
            if same.verified_at is None or by.has_perm("resolutions.verify_step"):
                same.add_source(source)
            return same
        self.refuse(kind, on=on, today=today)
        check_details(kind, on=on, council_seats=self.council.seats, details=details)
        step = self.steps.create(
            kind=kind,
            on=on,
            summary=summary,
            actor=actor,
            language=self.language,
            recorded_by=by,
            verified_by=by if verified else None,
            verified_at=timezone.now() if verified else None,
            is_demo=self.is_demo,
            **details,
        )
        step.add_source(source)
        newest = self.steps.order_by("on", "id").last()
        assert newest is not None  # noqa: S101 - the step above is one
        verified_step = self.steps.filter(verified_at__isnull=False).order_by("on", "id").last()
        self.status, self.status_on = newest.kind, newest.on
        self.verified_status = verified_step.kind if verified_step else ""
        self.save(update_fields=["status", "status_on", "verified_status"])
        if verified:
            self.steps.all().note_turns()
            self._confirm_council(by)
        return step

    def refuse(self, kind: StepKind, *, on: date, today: date | None = None) -> None:
        """Say why this can't have happened on that day, if it can't.

        Raises:
            StepNotPossible: why.
        """
        if on > (today or timezone.localdate()):
            raise StepNotPossible(
                _("The date is in the future: write the day it happened."), field="on"
            )
        self._refuse_beside(kind, *self._beside(on))

    def possible(self, *, on: date) -> list[StepKind]:
        """The kinds that can have happened on a day, by what is recorded before and after it."""
        before, after = self._beside(on)
        kinds = []
        for kind in StepKind:
            try:
                self._refuse_beside(kind, before, after)
            except StepNotPossible:
                continue
            kinds.append(kind)
        return kinds

    def _beside(self, on: date) -> tuple["Step | None", "Step | None"]:
        """The step before a new one of that day, which comes last of its day, and the one after."""
        before = self.steps.filter(on__lte=on).order_by("on", "id").last()
        return before, self.steps.filter(on__gt=on).order_by("on", "id").first()

    def _refuse_beside(self, kind: StepKind, before: "Step | None", after: "Step | None") -> None:
        is_possible = kind in _OF_A_MAYOR if self.instrument in MAYORAL else kind != _K.PROCLAIMED
        if not is_possible:
            raise StepNotPossible(_("A mayor proclaims, a council adopts: choose what fits."))
        if kind in _ADOPTS:
            in_force = before if before and before.kind in ADOPTED else None
            in_force = in_force or (after if after and after.kind in _ADOPTS else None)
            if in_force:
                raise AlreadyAdopted(
                    _(
                        "It was adopted on %(date)s already. What a council adopts a second time"
                        " is another resolution: record that one by itself."
                    ),
                    params={"date": date_format(in_force.on)},
                )
        if before and kind not in CAN_FOLLOW[StepKind(before.kind)]:
            raise StepNotPossible(
                _("That cannot follow: it was “%(state)s” before."),
                params={"state": before.get_kind_display()},
            )
        if after and StepKind(after.kind) not in CAN_FOLLOW[kind]:
            raise StepNotPossible(
                _("That cannot come before: it was “%(state)s” later."),
                params={"state": after.get_kind_display()},
            )

    def _confirm_council(self, by: User) -> None:
        """What a verified step says a council did, a council did: the place is a municipality."""
        if not self.council.is_confirmed and not self.is_demo:
            self.council.confirm(by=by)


class StepQuerySet(PublicQuerySet["Step"]):
    def note_turns(self) -> None:
        """Bring ``turn`` up to date for every step of the resolutions these belong to.

        Reads each history once, in the order things happened; only verified steps turn anything.
        """
        steps = Step.objects.filter(resolution__in=self.order_by().values("resolution"))
        wrong: dict[int, list[int]] = {1: [], 0: [], -1: []}
        resolution, in_force = None, False
        rows = steps.order_by("resolution", "on", "id")
        for pk, of, kind, verified_at, turn in rows.values_list(
            "pk", "resolution", "kind", "verified_at", "turn"
        ):
            if of != resolution:
                resolution, in_force = of, False
            right = 0
            if verified_at is not None:
                # What is brought before a council again is not in force, though nobody verified
                # how that ended: so the sum of turns is always what ``verified_status`` says.
                right = (kind in ADOPTED) - in_force
                in_force = kind in ADOPTED
            if turn != right:
                wrong[right].append(pk)
        for right, ids in wrong.items():
            if ids:
                Step.objects.filter(pk__in=ids).update(turn=right)

    def verify(self, *, by: User, at: datetime | None = None) -> int:
        """Say that somebody checked these against their sources. What is verified stays so."""
        with one_refresh():
            # Without a source there is nothing to have checked them against.
            sourced = StepSource.objects.values("step")
            unverified = self.filter(verified_at__isnull=True, pk__in=sourced).order_by()
            ids = list(unverified.values_list("pk", flat=True))
            steps = self.model.objects.filter(pk__in=ids)
            count = steps.update(verified_at=at or timezone.now(), verified_by=by)
            resolutions = Resolution.objects.filter(pk__in=steps.values("resolution"))
            resolutions.read_verified()
            unconfirmed = Council.objects.filter(
                resolutions__in=resolutions, confirmed_at__isnull=True, is_demo=False
            )
            for council in unconfirmed.distinct():
                council.confirm(by=by, at=at)
        return count

    def public(self) -> Self:
        return self.filter(resolution__published_at__isnull=False)

    def with_face(self) -> Self:
        return self.select_related("resolution__council__jurisdiction")


class Step(PublicModel):
    """What happened to a resolution on a date. Added by ``Resolution.record_step``, never changed.

    Who verified it, and when, are known together; only verified steps count in totals. Counts of a
    vote are members of the council, known together or not at all; the result is ``kind``.
    ``turn`` is 1 where this verified step put the text in force, -1 where it ended that, else 0:
    the curve and the totals are sums of it. Only ``StepQuerySet.note_turns`` writes it.
    """

    topic = "resolutions"
    entry_kind = EntryKind.STEP

    resolution = models.ForeignKey(
        Resolution, models.PROTECT, related_name="steps", verbose_name=_("resolution")
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=StepKind)
    on = models.DateField(_("date"), help_text=_("The day it happened, not that of the minutes."))
    summary = models.TextField(_("summary"), blank=True)
    language = language_field()
    actor = models.CharField(
        _("by"), max_length=200, blank=True, help_text=_("The mayor or mover, by office and name.")
    )
    meeting = models.CharField(
        _("meeting"), max_length=200, blank=True, help_text=_("Such as “Regular council”.")
    )
    meets_on = models.DateField(
        _("comes up on"),
        null=True,
        blank=True,
        help_text=_("The meeting at which it will be dealt with, where that is announced."),
    )
    mover = models.CharField(_("moved by"), max_length=200, blank=True)
    seconder = models.CharField(_("seconded by"), max_length=200, blank=True)
    vote_method = models.CharField(_("vote"), max_length=20, choices=VoteMethod, blank=True)
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField(_("abstained"), null=True, blank=True)
    votes_absent = models.PositiveSmallIntegerField(_("absent"), null=True, blank=True)
    seats = models.PositiveSmallIntegerField(
        _("seats of the council then"),
        null=True,
        blank=True,
        help_text=_("Members with a vote on that day, the mayor among them."),
    )
    video_url = models.URLField(_("link to the video"), max_length=600, blank=True)
    turn = models.SmallIntegerField(default=0, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, editable=False, related_name="+", verbose_name=_("recorded by")
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified by"),
    )
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["resolution", "kind", "on"], name="step_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(kind__in=StepKind.values), name="step_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, verified_by__isnull=True)
                | models.Q(verified_at__isnull=False, verified_by__isnull=False),
                name="step_verified_when_and_by_whom",
            ),
            language_is_known("step_language_is_known"),
            models.CheckConstraint(
                condition=models.Q(vote_method__in=["", *VoteMethod.values]),
                name="step_vote_method_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(votes_for__isnull=True, votes_against__isnull=True)
                | models.Q(
                    votes_for__isnull=False, votes_against__isnull=False, vote_method="counted"
                ),
                name="step_votes_for_and_against",
            ),
            models.CheckConstraint(
                condition=models.Q(turn__in=[-1, 0, 1]), name="step_turn_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["resolution", "on", "id"], name="step_timeline"),
            models.Index(fields=["on", "turn"], condition=~models.Q(turn=0), name="step_turns"),
            models.Index(
                fields=["meets_on"], condition=models.Q(meets_on__isnull=False), name="step_meets"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on}"

    def get_absolute_url(self) -> str:
        return f"{self.resolution.get_absolute_url()}#step-{self.pk}"

    def add_source(self, source: "StepSource | None") -> None:
        """Keep another place where it can be checked; one that is there already stays as it is."""
        if source is not None and not self.sources.filter(url=source.url).exists():
            source.step = self
            source.save()

    def face(self) -> Face | None:
        resolution = self.resolution
        if not resolution.is_public:
            return None
        return Face(
            path=f"/resolutions/{resolution.slug}/#step-{self.pk}",
            title="",
            text=" · ".join(filter(None, [self.summary, self.actor])),
            label=resolution.council.placed("en"),
            label_fr=resolution.council.placed("fr"),
            state=self.kind,
            form=resolution.instrument,
            language=self.language,
            on=self.on,
            # A claim nobody has checked stands on its resolution's page, marked; it is no news.
            is_activity=self.verified_at is not None,
            is_demo=self.is_demo,
        )


class StepSource(SourceBase, PublicModel):
    """Where a step can be checked, and how strong that is."""

    topic = "resolutions"

    step = models.ForeignKey(Step, models.CASCADE, related_name="sources", verbose_name=_("step"))
    grade = models.CharField(_("grade"), max_length=20, choices=Grade, default=Grade.NEWS)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["id"]
        constraints = [
            language_is_known("step_source_language_is_known"),
            precision_is_known("published_precision", "step_source_precision_is_known"),
            models.CheckConstraint(
                condition=models.Q(grade__in=Grade.values), name="step_source_grade_is_known"
            ),
        ]
