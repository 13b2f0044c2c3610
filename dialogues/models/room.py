"""A dialogue while it runs: its room, who speaks, how they vote."""

import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dialogues.models.dialogue import AgendaItem, Dialogue
from dialogues.models.participant import Participant
from recommendations.models import one_refresh

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

# No vowel, so that no code is a word, and nothing that is read as something else.
CODE_ALPHABET = "34679CDFGHJKMNPQRTVWXY"
CODE_LENGTH = 6


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _n in range(CODE_LENGTH))


def as_code(typed: str) -> str:
    """What somebody typed, as codes are written: capitals, without spaces or hyphens."""
    return "".join(typed.upper().replace("-", "").split())


def is_code(code: str) -> bool:
    """Whether it could be a code at all."""
    return len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET)


class RoomManager(models.Manager["Room"]):
    def of(self, dialogue: Dialogue) -> "Room":
        """The room of a dialogue; it is made where it is asked for first."""
        return self.get_or_create(dialogue=dialogue)[0]

    @contextmanager
    def changing(self, dialogue: Dialogue) -> Iterator["Room"]:
        """Write what every screen of the room may show: what is on, who may come in."""
        with self.saying(dialogue) as room:
            room.has_new_stage = True
            yield room

    @contextmanager
    def saying(self, dialogue: Dialogue) -> Iterator["Room"]:
        """Write what was said, who sits where, who voted: no phone is shown that of others.

        One writer at a time in a room, whose version moves with what is written.

        While the dialogue is not public nothing anybody can find changes, so search, counts and
        page versions are left alone (see ``Room.write``): ``Dialogue.publish`` brings them up to
        date. Whether it is public is read again once the room is held, since it may have been
        published meanwhile. Inside itself it gives the room that is held already. A dialogue that
        has no room yet, such as one made in the admin, gets it here.
        """
        held = _held.get()
        if dialogue.pk in held:
            yield held[dialogue.pk]
            return
        is_public = dialogue.is_public
        while True:
            with _in_line(), one_refresh() if is_public else transaction.atomic():
                rows = self.select_for_update()
                room = rows.filter(dialogue=dialogue).first()
                if room is None:
                    self.of(dialogue)
                    room = rows.get(dialogue=dialogue)
                # Asked for by itself: what a locked row is joined with, PostgreSQL reads as it was
                # before the wait.
                room.dialogue = Dialogue.objects.get(pk=dialogue.pk)
                if room.dialogue.is_public == is_public:
                    token = _held.set({**held, dialogue.pk: room})
                    try:
                        room.version += 1
                        yield room
                    finally:
                        _held.reset(token)
                    if room.has_new_stage:
                        room.stage = room.version
                    room.save(update_fields=_ROOM_FIELDS)
                    return
            is_public = not is_public

    def hears_of(self, statements: Iterable[int] = (), dialogues: Iterable[int] = ()) -> None:
        """Let rooms know what was written past them, as the admin does, once it is committed.

        Both are keys: of statements that changed, and of dialogues in which something else did.
        """
        ids, others = list(statements), list(dialogues)

        def tell() -> None:
            theirs = models.Q(dialogue__in=others) | models.Q(dialogue__contributions__in=ids)
            for room in self.filter(theirs).select_related("dialogue").distinct():
                with self.changing(room.dialogue) as held:
                    rows = held.dialogue.contributions.filter(pk__in=ids)
                    # The statements themselves are not written again: pages show them already.
                    models.QuerySet.update(rows, version=held.version)

        transaction.on_commit(tell)


# SQLite lets in whoever asks at the right moment, not whoever waited longest: among many that write
# without a pause one can wait until it is told that the database is locked. So threads wait for
# each other here first, and processes by the lock of a file beside the database.
_line = threading.Lock()


@contextmanager
def _in_line() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield  # who writes already is past the line
        return
    with _line:
        database = str(connection.settings_dict["NAME"])
        if fcntl is None or "memory" in database:
            yield
            return
        with open(f"{database}-line", "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield  # closing the file lets the next one in


_ROOM_FIELDS = ["version", "stage", "numbers", "current", "code", "is_open", "shows_report"]

# Rooms this thread is writing in, by the dialogue's key.
_held: ContextVar[dict[int, "Room"]] = ContextVar("held", default={})  # noqa: B039 - never changed


class Room(models.Model):
    """Where a dialogue is run live.

    ``version`` grows with every change anybody in the room may see, in the transaction of the
    change. ``stage`` is the version of the last one that phones are shown: while people speak, a
    thousand of them ask every other second for what is on, and it is not made anew for each word.
    ``numbers`` holds the last number given to each kind of statement, and to seats: those
    of printed cards are given when the cards are printed. Which those were stands in it too, under
    "printed", as [first, last] by kind.
    """

    dialogue = models.OneToOneField(
        Dialogue, models.CASCADE, related_name="room", verbose_name=_("dialogue")
    )
    code = models.CharField(_("join code"), max_length=6, unique=True, default=new_code)
    is_open = models.BooleanField(_("open to join"), default=False)
    version = models.BigIntegerField(_("version"), default=1)
    stage = models.BigIntegerField(_("version of what is on"), default=1)
    numbers = models.JSONField(_("numbers given"), default=dict, blank=True)
    current = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("running item"),
    )
    shows_report = models.BooleanField(
        _("report on the wall"),
        default=False,
        help_text=_("The wall shows the report as it grows, instead of what is on."),
    )

    objects = RoomManager()

    has_new_stage = False

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")

    def __str__(self) -> str:
        return str(self.dialogue)

    def numbered(self, what: str, n: int = 1) -> range:
        """The next ``n`` numbers of a kind. Called inside ``Room.objects.changing``."""
        last = self.numbers.get(what, 0)
        self.numbers[what] = last + n
        return range(last + 1, last + n + 1)

    def print_numbers(self, what: str, n: int) -> range:
        """The next ``n`` numbers of a kind, for cards. Called as ``numbered`` is."""
        given = self.numbered(what, n)
        runs = self.numbers.setdefault("printed", {}).setdefault(what, [])
        runs.append([given.start, given.stop - 1])
        return given

    def printed(self, what: str) -> list[range]:
        """The numbers of a kind that stand on cards, print by print."""
        runs = self.numbers.get("printed", {}).get(what, [])
        return [range(first, last + 1) for first, last in runs]

    def write(self, row: models.Model, fields: Sequence[str] | None = None) -> None:
        """Save a row of this room; search and page versions follow only where it can be found.

        Not ``row.save()``: that takes the lock of all public writing, after the room's own, and
        two rooms could then wait for each other.
        """
        if self.dialogue.is_public:
            row.save(update_fields=fields)
        else:
            models.Model.save(row, update_fields=fields)

    def write_all(self, rows: Sequence[Any], *, by: User) -> None:
        """Add rows of one model to this room as ``write`` does, a line of history for each."""
        if not rows:
            return
        model = type(rows[0])
        if self.dialogue.is_public:
            model.objects.bulk_create(rows, batch_size=500)
        else:
            models.QuerySet(model).bulk_create(rows, batch_size=500)
        model.history.bulk_history_create(rows, batch_size=500, default_user=by)


class TurnState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SPEAKING = "speaking", _("Speaking")
    DONE = "done", _("Has spoken")
    SKIPPED = "skipped", _("Skipped")


class Turn(models.Model):
    """One participant's turn in one round."""

    item = models.ForeignKey(
        AgendaItem, models.CASCADE, related_name="turns", verbose_name=_("round")
    )
    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="turns", verbose_name=_("participant")
    )
    order = models.PositiveIntegerField(_("order"))
    state = models.CharField(
        _("state"), max_length=10, choices=TurnState, default=TurnState.WAITING
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    extra_seconds = models.SmallIntegerField(_("seconds added"), default=0)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["item", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "participant"], name="turn_once_a_round"),
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(state=TurnState.SPEAKING),
                name="turn_one_speaker_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TurnState.values), name="turn_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(started_at__isnull=False),
                name="turn_starts_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}, {self.get_state_display()}"


class Voted(models.Model):
    """That somebody voted. What, and when, nothing says."""

    item = models.ForeignKey(
        AgendaItem, models.CASCADE, related_name="voted", verbose_name=_("round")
    )
    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="voted", verbose_name=_("participant")
    )

    class Meta:
        verbose_name = _("who voted")
        verbose_name_plural = _("who voted")
        constraints = [
            models.UniqueConstraint(fields=["item", "participant"], name="voted_once"),
        ]

    def __str__(self) -> str:
        return str(self.participant)


class TallySource(models.TextChoices):
    BALLOTS = "ballots", _("Ballots")
    HANDS = "hands", _("Show of hands")
    PAPER = "paper", _("Paper")


SCORES = range(11)


class Tally(models.Model):
    """How many chose a score from 0 to 10.

    There are no ballots to pair with people: a vote adds one to a number. All the numbers of a
    round are written together each time (``dialogues/voting.py``), so that not even the database's
    own marks of who wrote a row last tell which of them grew.
    """

    item = models.ForeignKey(
        AgendaItem, models.CASCADE, related_name="tallies", verbose_name=_("round")
    )
    source = models.CharField(_("source"), max_length=10, choices=TallySource)
    score = models.PositiveSmallIntegerField(_("score"))
    n = models.PositiveIntegerField(_("how many"), default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        ordering = ["item", "source", "score"]
        constraints = [
            models.UniqueConstraint(fields=["item", "source", "score"], name="tally_once_a_score"),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=10), name="tally_score_is_on_the_scale"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=TallySource.values), name="tally_source_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score}: {self.n}"
