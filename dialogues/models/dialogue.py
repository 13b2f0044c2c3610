"""One session: who held it, who took part in which role, in what order, and what is told of it."""

import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from simple_history.models import HistoricalRecords

from accounts.models import Organization, Role, User
from recommendations.models import (
    EntryKind,
    Face,
    PlainQuerySet,
    PublicModel,
    PublicQuerySet,
    Published,
    Report,
    one_refresh,
)
from recommendations.models.texts import language_field, language_is_known


class Attribution(models.TextChoices):
    """What may be said of who made a statement: one rule for a whole dialogue.

    Under the Chatham House Rule neither who spoke nor who was there may be known, so the list of
    people is not public either. An anonymous dialogue asks nobody's name.
    """

    NONE = "none", _("Not attributed")
    NAME = "name", _("By name, where the person agrees")
    SECTOR = "sector", _("By sector")
    CHATHAM_HOUSE = "chatham-house", _("Chatham House Rule")
    ANONYMOUS = "anonymous", _("Anonymous: no names are asked for")


def time_zone_is_known(name: str) -> None:
    """Raises: ValidationError: no such time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list, such as America/Vancouver."))


class DialogueQuerySet(PublicQuerySet["Dialogue"]):
    def public(self) -> Self:
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones; a facilitator's own as well; for editors all but others' rehearsals."""
        roles: frozenset[str] = getattr(user, "roles", frozenset())
        if roles & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self.filter(models.Q(is_rehearsal=False) | self._run_by(user))
        if Role.FACILITATOR in roles:
            return self.filter(models.Q(published_at__isnull=False) | self._run_by(user))
        return self.public()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Those a person may change: a facilitator's own; for editors all but rehearsals."""
        roles: frozenset[str] = getattr(user, "roles", frozenset())
        if roles & {Role.EDITOR, Role.ADMINISTRATOR}:
            return self.filter(models.Q(is_rehearsal=False) | self._run_by(user))
        if Role.FACILITATOR in roles:
            return self.filter(self._run_by(user))
        return self.none()

    def run_by(self, user: User | AnonymousUser) -> Self:
        """Those whose room a person runs. Not what an editor may change: only these show names."""
        return self.filter(self._run_by(user))

    def taken_down_by(self, user: User | AnonymousUser) -> Self:
        """Those in whose room a person takes down what is said, as facilitator or as scribe."""
        links = self.model.scribes.through.objects.filter(user__in=[user.pk])
        return self.filter(self._run_by(user) | models.Q(pk__in=links.values("dialogue")))

    def _run_by(self, user: User | AnonymousUser) -> models.Q:
        # By the table between: a join would show a dialogue once for each facilitator.
        links = self.model.facilitators.through.objects.filter(user__in=[user.pk])
        return models.Q(pk__in=links.values("dialogue"))

    def update(self, **kwargs: Any) -> int:
        with one_refresh():
            ids = list(self.order_by().values_list("pk", flat=True))
            count = super().update(**kwargs)
            for dialogue in self.model.objects.filter(pk__in=ids):
                dialogue.contributions.refresh()
        return count

    def rehearsals(self) -> Self:
        return self.filter(is_rehearsal=True)

    def for_real(self) -> Self:
        """All but rehearsals."""
        return self.filter(is_rehearsal=False)

    def newest_first(self) -> Self:
        return self.order_by("-on", "-id")

    def with_face(self) -> Self:
        return self.select_related("report").prefetch_related("sections", "people", "next_steps")


class Dialogue(PublicModel, Published):
    """A facilitated session in which people said what they hope, fear, ask and will do.

    ``counts`` repeats how many statements of each kind are posted (sub-items not counted), so that
    lists count nothing; only ``count_statements`` writes it.
    """

    topic = "dialogues"
    entry_kind = EntryKind.DIALOGUE
    # Addresses below /dialogues/ that are no dialogue's.
    RESERVED: ClassVar[frozenset[str]] = frozenset({"compare", "invitations", "plan"})

    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    report = models.ForeignKey(
        Report,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dialogues",
        verbose_name=_("report talked over"),
    )
    on = models.DateField(_("date"))
    starts = models.TimeField(_("begins at"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="UTC", validators=[time_zone_is_known]
    )
    place = models.CharField(_("place"), max_length=200)
    region = models.CharField(_("province or state"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    language = language_field()
    also_in = models.CharField(
        _("second language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    lead = models.TextField(
        _("opening"), blank=True, help_text=_("A sentence or two above the report of it.")
    )
    lead_fr = models.TextField(_("opening in French"), blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    participant_count = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    resonance_question = models.TextField(_("question of the resonance scale"), blank=True)
    resonance_note = models.TextField(
        _("note on the resonance scale"),
        blank=True,
        help_text=_("What is known where the votes themselves are not."),
    )
    facilitators = models.ManyToManyField(
        User, blank=True, related_name="dialogues", verbose_name=_("facilitators")
    )
    scribes = models.ManyToManyField(
        User,
        blank=True,
        related_name="dialogues_taken_down",
        verbose_name=_("scribes"),
        help_text=_("They take down what is said, and see seats instead of names."),
    )
    attribution = models.CharField(
        _("attribution"), max_length=20, choices=Attribution, default=Attribution.NONE
    )
    privacy_contact = models.CharField(
        _("whom to ask"),
        max_length=200,
        blank=True,
        help_text=_("Who answers questions about what is kept: a name and an address."),
    )
    keep_until = models.DateField(
        _("participants’ details kept until"),
        null=True,
        blank=True,
        help_text=_("On that day names and addresses are erased. Statements stay."),
    )
    check_back_until = models.DateField(
        _("corrections until"),
        null=True,
        blank=True,
        help_text=_("Until then participants may correct what was recorded of them."),
    )
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False, editable=False)
    counts = models.JSONField(_("statements by kind"), default=dict, editable=False)
    is_demo = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = DialogueQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[facilitators, scribes])

    class Meta:
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")
        ordering = ["-on", "-id"]
        constraints = [
            *Published.Meta.constraints,
            language_is_known("dialogue_language_is_known"),
            models.CheckConstraint(
                condition=models.Q(attribution__in=Attribution.values),
                name="dialogue_attribution_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(is_rehearsal=False) | models.Q(published_at__isnull=True),
                name="dialogue_rehearsal_is_never_public",
            ),
        ]
        indexes = [models.Index(fields=["-on", "-id"], name="dialogue_newest_first")]

    def __str__(self) -> str:
        return f"{self.place}, {self.on:%Y-%m-%d}" if self.on else self.title

    def get_absolute_url(self) -> str:
        return reverse("dialogues:dialogue_detail", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        if self.slug in self.RESERVED:
            raise ValidationError({"slug": _("This address has another use. Choose another.")})

    def face(self) -> Face | None:
        if not self.is_public:
            return None
        sections = "\n\n".join(f"{s.heading}\n\n{s.body}" for s in self.sections.all())
        steps = "\n\n".join(step.text for step in self.next_steps.all())
        people = "\n\n".join(f"{p} {p.affiliation}\n\n{p.biography}" for p in self.public_people)
        return Face(
            path=f"/dialogues/{self.slug}/",
            title=self.title,
            text=f"{self.lead}\n\n{self.subject}\n\n{sections}\n\n{steps}\n\n{people}".strip(),
            label=self.place,
            language=self.language,
            on=self.on,
            is_activity=True,
            is_demo=self.is_demo,
        )

    @property
    def public_people(self) -> "list[Person]":
        """The people its page names: nobody under the Chatham House Rule."""
        if self.attribution == Attribution.CHATHAM_HOUSE:
            return []
        return list(self.people.all())

    def takes_corrections(self, at: datetime | None = None) -> bool:
        """Whether participants may still correct what was recorded of them. The day counts."""
        if self.check_back_until is None:
            return True
        today = timezone.localdate(at, zoneinfo.ZoneInfo(self.time_zone))
        return today <= self.check_back_until

    def counts_now(self) -> dict[str, int]:
        """How many of each kind are posted. What is said in a draft's room is not in ``counts``."""
        if self.is_public:
            return self.counts
        posted = self.contributions.posted().wholes().order_by()
        return dict(posted.values_list("kind").annotate(n=models.Count("pk")))

    @classmethod
    def count_statements(cls, ids: Sequence[int]) -> None:
        """Bring ``counts`` of these dialogues up to date."""
        from dialogues.models.contribution import Contribution, ContributionState

        counts: dict[int, dict[str, int]] = {pk: {} for pk in ids}
        for pk, kind, n in (
            Contribution.objects.filter(
                dialogue__in=ids, state=ContributionState.POSTED, part_of__isnull=True
            )
            .order_by()
            .values_list("dialogue", "kind")
            .annotate(n=models.Count("pk"))
        ):
            counts[pk][kind] = n
        # Not PublicQuerySet.update: nothing that can be found changes with a count.
        plain: models.QuerySet[Dialogue] = models.QuerySet(cls)
        for pk, by_kind in counts.items():
            plain.filter(pk=pk).update(counts=by_kind)

    def publish(self, *, by: User, at: datetime | None = None) -> None:
        """Make it public, with what is posted in it.

        Raises:
            ValidationError: it is a rehearsal, or somebody whose words would show has not agreed.
        """
        from dialogues.models.room import Room

        with one_refresh():
            # Statements taken down meanwhile are written before this or know of it; without a room
            # the first of them would make one and see neither.
            Room.objects.select_for_update().get(pk=Room.objects.of(self).pk)
            if self.is_rehearsal:
                raise ValidationError(_("A rehearsal is never published."))
            if n := self.contributions.posted().without_leave().count():
                raise ValidationError(
                    ngettext(
                        "%(n)d posted statement is of somebody who has not agreed to its being"
                        " published. Record their consent, or withdraw it, first.",
                        "%(n)d posted statements are of people who have not agreed to their being"
                        " published. Record their consent, or withdraw them, first.",
                        n,
                    )
                    % {"n": n}
                )
            super().publish(by=by, at=at)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and bring the entries of its statements up to date where they show a change.

        Not by ``shown_by``: to write 100,000 entries anew because a typing error in the opening
        was mended would take a minute.
        """
        shown = ("published_at", "slug", "is_demo", "on", "place")
        with one_refresh():
            before = type(self).objects.filter(pk=self.pk).values_list(*shown).first()
            super().save(*args, **kwargs)
            if before and before != tuple(getattr(self, name) for name in shown):
                self.contributions.refresh()


class PartOfDialogue(PublicModel):
    """Something shown on a dialogue's page and found through it."""

    topic = "dialogues"

    class Meta:
        abstract = True

    @classmethod
    def shown_by(cls, ids: Sequence[int]) -> Iterable[models.QuerySet[Any]]:
        whole = "dialogue"  # every subclass has this key, each under its own related name
        dialogues = cls._default_manager.filter(pk__in=ids).values(whole)
        return [Dialogue.objects.filter(pk__in=dialogues)]


class Convener(PartOfDialogue):
    """An organization that called people together."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="conveners", verbose_name=_("dialogue")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="convened", verbose_name=_("organization")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    acknowledgement = models.TextField(_("acknowledgement"), blank=True)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("convener")
        verbose_name_plural = _("conveners")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "organization"], name="convener_once_a_dialogue"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)


class PersonRole(models.TextChoices):
    CONVENER = "convener", _("Convener")
    CHAIR = "chair", _("Chair")
    MODERATOR = "moderator", _("Moderator")
    SPEAKER = "speaker", _("Speaker")
    GUEST = "guest", _("Guest")
    NAMED = "named", _("Named in the report")


class Person(PartOfDialogue):
    """Somebody the published report names. A participant is never one of these without consent."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="people", verbose_name=_("dialogue")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    name = models.CharField(_("name"), max_length=200)
    honorific = models.CharField(_("honorific"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=300, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=PersonRole)
    part = models.TextField(_("part in the dialogue"), blank=True)
    attended = models.BooleanField(
        _("attended"), default=True, help_text=_("Untick where the source only names the person.")
    )
    biography = models.TextField(_("biography"), blank=True)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=PersonRole.values), name="person_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.honorific} {self.name}".strip()


class AgendaKind(models.TextChoices):
    WELCOME = "welcome", _("Welcome")
    ROUND = "round", _("Round")
    BRIEF = "brief", _("Brief")
    QUESTIONS = "questions", _("Questions")
    SCALE = "scale", _("Scale")
    IDEAS = "ideas", _("Ideas")
    CLOSING = "closing", _("Closing")


class AgendaItem(PartOfDialogue):
    """One thing on the agenda, in its order, and how its round is run.

    Times are of the clock of the server. ``ends_at`` is what a countdown counts to; it moves while
    the item is paused, so it is asked at a moment. Only ``dialogues/running.py`` writes them.
    """

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="agenda", verbose_name=_("dialogue")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = models.CharField(_("kind"), max_length=20, choices=AgendaKind)
    text = models.TextField(_("text"))
    led_by = models.ManyToManyField(
        Person, blank=True, related_name="leads", verbose_name=_("led by")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    turn_seconds = models.PositiveSmallIntegerField(_("seconds for each speaker"), default=45)
    word_limit = models.PositiveSmallIntegerField(
        _("words at most"), default=60, help_text=_("Of one statement sent from a phone.")
    )
    posts_itself = models.BooleanField(
        _("post without review"),
        default=False,
        help_text=_("What comes from phones goes to the wall at once."),
    )
    is_silent = models.BooleanField(
        _("silent, then shown"),
        default=False,
        help_text=_("Everyone writes unseen; all appear together."),
    )
    shows_results = models.BooleanField(
        _("show votes while they come in"),
        default=False,
        help_text=_("Otherwise when the vote is closed."),
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    started_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    paused_for = models.DurationField(_("paused for"), default=timedelta, editable=False)
    extra_minutes = models.SmallIntegerField(_("minutes added"), default=0, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    revealed_at = models.DateTimeField(_("shown to all"), null=True, blank=True, editable=False)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AgendaKind.values), name="agenda_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=True, started_by__isnull=True)
                | models.Q(started_at__isnull=False, started_by__isnull=False),
                name="agenda_started_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=False)
                | models.Q(paused_at__isnull=True, ended_at__isnull=True, revealed_at__isnull=True),
                name="agenda_nothing_before_it_started",
            ),
            models.CheckConstraint(
                condition=models.Q(turn_seconds__gte=5), name="agenda_turn_is_long_enough"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    @property
    def takes(self) -> tuple[str, ...]:
        """The kinds of statement made in it, in the order of capture."""
        return TAKEN_IN[AgendaKind(self.kind)]

    @property
    def by_turns(self) -> bool:
        """Whether people speak one after another."""
        return self.kind in {AgendaKind.ROUND, AgendaKind.CLOSING}

    def ends_at(self, now: datetime | None = None) -> datetime | None:
        """When its time is up; None before it starts and where no length is set."""
        if self.started_at is None or self.minutes is None:
            return None
        paused = self.paused_for
        if self.paused_at is not None:
            paused += (now or timezone.now()) - self.paused_at
        return self.started_at + timedelta(minutes=self.minutes + self.extra_minutes) + paused


# By the values of ContributionKind, which is made of dialogues and so comes after them.
TAKEN_IN: dict[AgendaKind, tuple[str, ...]] = {
    AgendaKind.WELCOME: (),
    AgendaKind.ROUND: ("hope", "concern"),
    AgendaKind.BRIEF: (),
    AgendaKind.QUESTIONS: ("question",),
    AgendaKind.SCALE: ("reservation",),
    AgendaKind.IDEAS: ("idea",),
    AgendaKind.CLOSING: ("commitment",),
}


class SectionKind(models.TextChoices):
    """Where in the report of a dialogue a text stands, in the order of the 2009 report."""

    ACKNOWLEDGEMENTS = "acknowledgements", _("Acknowledgements")
    INTRODUCTION = "introduction", _("Introduction")
    DIALOGUE = "what-is-a-dialogue", _("What is a dialogue?")
    ROUND = "hopes-and-concerns", _("Hopes and concerns, opening words")
    BRIEF = "brief", _("Brief")
    SLIDE = "slide", _("Slide of the brief")
    QUESTIONS = "questions", _("Questions and answers, opening words")
    RESERVATIONS = "reservations", _("Reservations, opening words")
    IDEAS = "ideas", _("Ideas, opening words")
    SECTOR = "sector", _("Ideas of one sector, heading")
    COMMITMENTS = "commitments", _("Commitments, opening words")
    CONCLUSION = "conclusion", _("Conclusion")
    CLOSING = "closing", _("Closing")
    NEXT_STEPS = "next-steps", _("Next steps")
    FOLLOW_UP = "follow-up", _("What followed")


class Section(PartOfDialogue):
    """A text of the report of a dialogue.

    ``body`` is plain: a blank line parts paragraphs, a line that starts with "- " is a list item,
    one that starts with "  - " stands below it.
    """

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="sections", verbose_name=_("dialogue")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=SectionKind)
    sector = models.CharField(
        _("sector"), max_length=20, blank=True, help_text=_("Of which ideas it is the heading.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    heading = models.CharField(_("heading"), max_length=300, blank=True)
    body = models.TextField(
        _("text"), blank=True, help_text=_("A blank line parts paragraphs; “- ” starts an item.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    footnote = models.TextField(_("footnote"), blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Shown beside the text."))
    provenance = models.JSONField(
        _("provenance"), default=list, blank=True, help_text=_("What was repaired in the scan.")
    )

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of text")
        verbose_name_plural = _("sections of text")
        ordering = ["kind", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=SectionKind.values), name="section_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.heading or self.get_kind_display()
