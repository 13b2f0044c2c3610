"""One step on the workbench: what it changed, kept so that just that can be undone.

Every step is written inside ``Room.objects.saying``, so one person at a time sorts a dialogue.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from dialogues.models import (
    Contribution,
    Dialogue,
    Highlight,
    NearDuplicate,
    Proposals,
    Room,
    SortingStep,
    Theme,
)
from recommendations.models import Recommendation

_BATCH = 500

Pair = tuple[int, int]


@dataclass
class Undone:
    """What became of an undo: how many changes stay because somebody changed them again since."""

    step: SortingStep
    left: int = 0
    words: list[str] = field(default_factory=list)


# ---- Names ----


def name_key(name: str) -> str:
    """What makes two names of themes the same: neither capitals nor spaces tell them apart."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def theme_named(dialogue: Dialogue, name: str) -> Theme | None:
    """The theme of a dialogue that is called so, however it is written."""
    key = name_key(name)
    return next((theme for theme in dialogue.themes.all() if name_key(theme.name) == key), None)


# ---- One step ----


class Step:
    """Writes the changes of one step as it goes, and notes them so that they can be undone.

    ``done`` has, under each kind of change, the rows that did change: keys, and for what is
    deleted whatever it takes to make it again. Times are in ISO format.
    """

    def __init__(self, room: Room, by: User) -> None:
        self.room, self.dialogue, self.by = room, room.dialogue, by
        self.done: dict[str, list[Any]] = {}
        self.touched: set[int] = set()  # statements whose line on the console changes

    def note(self, change: str, rows: Iterable[Any]) -> int:
        rows = list(rows)
        if rows:
            self.done.setdefault(change, []).extend(rows)
        return len(rows)

    # Themes

    def put(self, pairs: Iterable[Pair]) -> int:
        """Give statements themes; says how many are new."""
        wanted = list(dict.fromkeys(pairs))
        there = self.themed({theme for _s, theme in wanted})
        new = [pair for pair in wanted if pair not in there]
        through = Contribution.themes.through
        through.objects.bulk_create(
            [through(contribution_id=s, theme_id=t) for s, t in new],
            batch_size=_BATCH,
            ignore_conflicts=True,
        )
        self.touched |= {statement for statement, _theme in new}
        return self.note("put", new)

    def take(self, pairs: Iterable[Pair]) -> int:
        """Take themes off statements; says how many had them."""
        wanted = set(pairs)
        there = sorted(wanted & self.themed({theme for _s, theme in wanted}))
        for theme in {theme for _s, theme in there}:
            statements = [s for s, t in there if t == theme]
            for ids in _batches(statements):
                links = Contribution.themes.through.objects.filter(theme=theme)
                links.filter(contribution__in=ids).delete()
        self.touched |= {statement for statement, _theme in there}
        return self.note("took", there)

    def themed(self, themes: Collection[int]) -> set[Pair]:
        links = Contribution.themes.through.objects.filter(theme__in=themes)
        return set(links.values_list("contribution_id", "theme_id"))

    def theme(self, name: str) -> Theme:
        """The theme of this name, made where there is none."""
        if there := theme_named(self.dialogue, name):
            return there
        theme = Theme.objects.create(dialogue=self.dialogue, name=name)
        self.note("made", [[theme.pk, theme.name]])
        return theme

    def rename(self, theme: Theme, name: str) -> bool:
        if theme.name == name:
            return False
        self.note("named", [[theme.pk, theme.name, name]])
        theme.name = name
        theme.save(update_fields=["name"])
        self.touched |= {s for s, _theme in self.themed({theme.pk})}
        return True

    def drop(self, theme: Theme) -> None:
        """Delete a theme, and take it off its statements."""
        self.take(self.themed({theme.pk}))
        self.note("gone", [[theme.pk, theme.name]])
        theme.delete()

    # Recommendations

    def link(self, new: Iterable[Pair] = (), gone: Iterable[Pair] = ()) -> int:
        """Say what statements are about, or no longer are; says how many links changed."""
        new, gone = set(new), set(gone)
        through = Contribution.about.through
        asked = {recommendation for _s, recommendation in new | gone}
        there = set(
            through.objects.filter(
                contribution__dialogue=self.dialogue, recommendation__in=asked
            ).values_list("contribution_id", "recommendation_id")
        )
        new, gone = new - there, gone & there
        if not (new or gone):
            return 0
        statements = Contribution.objects.link(sorted(new), sorted(gone), by=self.by)
        self.touched |= set(statements)
        if self.dialogue.is_public:
            Contribution.changed(statements)
        return self.note("linked", sorted(new)) + self.note("unlinked", sorted(gone))

    # Highlights

    def light(self, statements: Sequence[int]) -> int:
        of_dialogue = Highlight.objects.filter(statement__dialogue=self.dialogue)
        there = set(of_dialogue.values_list("statement_id", flat=True))
        last = of_dialogue.aggregate(n=Max("order"))["n"] or 0
        new = [pk for pk in statements if pk not in there]
        rows = [
            Highlight(statement_id=pk, order=last + n, chosen_by=self.by)
            for n, pk in enumerate(new, 1)
        ]
        Highlight.objects.bulk_create(rows, batch_size=_BATCH)
        return self.note("lit", new)

    def unlight(self, statements: Collection[int]) -> int:
        rows = Highlight.objects.filter(statement__dialogue=self.dialogue)
        there = [row for row in rows if row.statement_id in set(statements)]
        self.note(
            "unlit",
            [
                [row.statement_id, row.order, row.chosen_at.isoformat(), row.chosen_by_id]
                for row in there
            ],
        )
        for ids in _batches([row.pk for row in there]):
            Highlight.objects.filter(pk__in=ids).delete()
        return len(there)

    # Near-duplicates

    def likes(self) -> dict[int, NearDuplicate]:
        """The marks of the dialogue by the statement that is marked."""
        rows = NearDuplicate.objects.filter(statement__dialogue=self.dialogue)
        return {row.statement_id: row for row in rows}

    def mark(self, pairs: Iterable[Pair]) -> int:
        """Mark statements (first) as nearly the same as others (second)."""
        there = self.likes()
        new = [(s, of) for s, of in pairs if s not in there or there[s].of_id != of]
        self.unmark([statement for statement, _of in new])
        NearDuplicate.objects.bulk_create(
            [NearDuplicate(statement_id=s, of_id=of, marked_by=self.by) for s, of in new],
            batch_size=_BATCH,
        )
        return self.note("near", new)

    def unmark(self, statements: Collection[int]) -> int:
        wanted = set(statements)
        there = [row for pk, row in self.likes().items() if pk in wanted]
        self.note(
            "apart",
            [
                [row.statement_id, row.of_id, row.marked_at.isoformat(), row.marked_by_id]
                for row in there
            ],
        )
        for ids in _batches([row.pk for row in there]):
            NearDuplicate.objects.filter(pk__in=ids).delete()
        return len(there)

    # What is proposed

    def settle(self, proposed: Iterable[tuple[str, int]]) -> int:
        """Proposals (list and place in it) that somebody has decided on."""
        return self.note("settled", [list(one) for one in proposed])

    def finish(self) -> None:
        """Let the room's screens and the public pages know."""
        if not self.done:
            return
        for ids in _batches(sorted(self.touched)):
            # Not of a public model: what can be found did not change, only what the console shows.
            rows: QuerySet[Contribution] = QuerySet(Contribution)
            rows.filter(pk__in=ids).update(version=self.room.version)
        if self.dialogue.is_public:
            Dialogue.changed([])  # its pages are old; nothing else that can be found is


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


@contextmanager
def step_of(dialogue: Dialogue, verb: str, by: User) -> Iterator[tuple[Step, list[str]]]:
    """Do one step: the block writes by the step and says in the list what it did, in words.

    A block that changed nothing leaves no step.
    """
    with Room.objects.saying(dialogue) as room:
        step, said = Step(room, by), []  # type: tuple[Step, list[str]]
        yield step, said
        step.finish()
        if step.done:
            summary = Truncator(" ".join(said) or verb).chars(300)
            row = SortingStep.objects.create(
                dialogue=room.dialogue, verb=verb, summary=summary, before=step.done, made_by=by
            )
            if settled := step.done.get("settled"):
                _settle(room.dialogue, settled, row.pk)


def _settle(dialogue: Dialogue, settled: Iterable[Sequence[Any]], step: int) -> None:
    """Write into the proposals which step decided on them."""
    _decided(dialogue, settled, was=None, now=step)


def _reopen(dialogue: Dialogue, settled: Iterable[Sequence[Any]], step: int) -> None:
    """Open again what a step decided on; proposals computed since know nothing of it."""
    _decided(dialogue, settled, was=step, now=None)


def _decided(
    dialogue: Dialogue, settled: Iterable[Sequence[Any]], *, was: int | None, now: int | None
) -> None:
    proposals = Proposals.objects.filter(dialogue=dialogue).first()
    if proposals is None:
        return
    for kind, place in settled:
        rows = proposals.found.get(kind, [])
        if place < len(rows) and rows[place].get("step") == was:
            rows[place]["step"] = now
    proposals.save(update_fields=["found"])


# ---- Undo ----


def undo_last(dialogue: Dialogue, *, by: User) -> Undone | None:
    """Undo the last step somebody made themselves; None where there is none left."""
    with Room.objects.saying(dialogue):
        mine = dialogue.sorting_steps.filter(made_by=by, undone_at__isnull=True)
        last = mine.order_by("-pk").first()
        return undo(dialogue, last.pk, by=by) if last else None


def undo(dialogue: Dialogue, step_id: int, *, by: User, at: datetime | None = None) -> Undone:
    """Take back what a step changed, whoever made it.

    What a later step changed again, or what is no longer as the step left it, stays. Undoing
    twice changes nothing.

    Raises:
        SortingStep.DoesNotExist: the dialogue has no such step.
    """
    with Room.objects.saying(dialogue) as room:
        row = SortingStep.objects.get(pk=step_id, dialogue=room.dialogue)
        undone = Undone(row)
        if row.undone_at is not None:
            return undone
        _Undo(Step(room, by), row, undone).run()
        row.undone_at = at or timezone.now()
        row.save(update_fields=["undone_at"])
        if undone.left:
            undone.words.append(
                ngettext(
                    "%(n)d change stays: it was changed again since.",
                    "%(n)d changes stay: they were changed again since.",
                    undone.left,
                )
                % {"n": undone.left}
            )
        return undone


class _Undo:
    """Undoes one step, change by change, in an order in which each finds what it needs."""

    def __init__(self, step: Step, row: SortingStep, undone: Undone) -> None:
        self.step, self.row, self.undone = step, row, undone
        self.done: dict[str, list[Any]] = row.before
        self.later = self._changed_later()
        who = {one[3] for change in ("unlit", "apart") for one in self.done.get(change, [])}
        self.people = set(User.objects.filter(pk__in=who).values_list("pk", flat=True))
        statements = step.dialogue.contributions.order_by()
        self.there = set(statements.values_list("pk", flat=True))
        # Themes that came back under another key, since their name has been given again.
        self.instead: dict[int, int] = {}

    def _changed_later(self) -> set[tuple[Any, ...]]:
        """What steps after this one changed that are not undone themselves."""
        later = self.step.dialogue.sorting_steps.filter(
            pk__gt=self.row.pk, undone_at__isnull=True
        ).values_list("before", flat=True)
        found: set[tuple[Any, ...]] = set()
        for done in later:
            for change, rows in done.items():
                about = _ABOUT.get(change)
                if about:
                    found |= {(about, *row[: _WIDTH[about]]) for row in map(_as_list, rows)}
        return found

    def _still(self, change: str, rows: Iterable[Any]) -> list[Any]:
        """Rows no later step has to do with."""
        about = _ABOUT[change]
        kept = [
            row
            for row in map(_as_list, rows)
            if (about, *row[: _WIDTH[about]]) not in self.later and self._is_there(about, row)
        ]
        self.undone.left += len(list(rows)) - len(kept)
        return kept

    def _is_there(self, about: str, row: Sequence[Any]) -> bool:
        return about == "name" or row[0] in self.there

    def _rows(self, change: str) -> list[Any]:
        rows = self.done.get(change, [])
        return self._still(change, rows) if rows else []

    def run(self) -> None:
        self._names()
        self._themes()
        self._links()
        self._lights()
        self._likes()
        self._made()
        self.step.finish()
        if settled := self.done.get("settled"):
            _reopen(self.step.dialogue, settled, self.row.pk)

    def _left(self, asked: int, done: int) -> None:
        self.undone.left += asked - done

    def _names(self) -> None:
        dialogue = self.step.dialogue
        for pk, name in self._rows("gone"):
            if there := theme_named(dialogue, name):
                self.instead[pk] = there.pk
            else:
                Theme.objects.create(pk=pk, dialogue=dialogue, name=name)
            self.step.note("made", [[pk, name]])
        for pk, old, new in self._rows("named"):
            theme = dialogue.themes.filter(pk=pk).first()
            if theme is None or theme.name != new or _other(dialogue, theme, old):
                self._left(1, 0)
            else:
                self.step.rename(theme, old)

    def _themes(self) -> None:
        rows = self._rows("put")
        self._left(len(rows), self.step.take((s, t) for s, t in rows))
        there = set(self.step.dialogue.themes.values_list("pk", flat=True))
        rows = self._rows("took")
        back = [(s, self.instead.get(t, t)) for s, t in rows]
        self._left(len(rows), self.step.put(pair for pair in back if pair[1] in there))

    def _links(self) -> None:
        new, gone = self._rows("unlinked"), self._rows("linked")
        keys = {recommendation for _s, recommendation in new}
        there = set(Recommendation.objects.filter(pk__in=keys).values_list("pk", flat=True))
        wanted = [(s, r) for s, r in new if r in there]
        n = self.step.link(new=wanted, gone=[(s, r) for s, r in gone])
        self._left(len(new) + len(gone), n)

    def _lights(self) -> None:
        rows = self._rows("lit")
        self._left(len(rows), self.step.unlight([row[0] for row in rows]))
        rows = self._rows("unlit")
        lit = Highlight.objects.filter(statement__dialogue=self.step.dialogue)
        there = set(lit.values_list("statement_id", flat=True))
        back = [
            Highlight(
                statement_id=pk,
                order=order,
                chosen_at=parse_datetime(at) or timezone.now(),
                chosen_by_id=self._who(who),
            )
            for pk, order, at, who in rows
            if pk not in there
        ]
        Highlight.objects.bulk_create(back, batch_size=_BATCH)
        self.step.note("lit", [row.statement_id for row in back])
        self._left(len(rows), len(back))

    def _likes(self) -> None:
        there = self.step.likes()
        rows = self._rows("near")
        as_left = [pk for pk, of in rows if pk in there and there[pk].of_id == of]
        self._left(len(rows), self.step.unmark(as_left))
        there = self.step.likes()
        heads = {row.of_id for row in there.values()}
        rows = self._rows("apart")
        back = [
            NearDuplicate(
                statement_id=pk,
                of_id=of,
                marked_at=parse_datetime(at) or timezone.now(),
                marked_by_id=self._who(who),
            )
            for pk, of, at, who in rows
            if of in self.there and pk not in there and pk not in heads and of not in there
        ]
        NearDuplicate.objects.bulk_create(back, batch_size=_BATCH)
        self.step.note("near", [[row.statement_id, row.of_id] for row in back])
        self._left(len(rows), len(back))

    def _who(self, pk: int) -> int:
        """Who chose it then, or who undoes it now where that account is gone."""
        return pk if pk in self.people else self.step.by.pk

    def _made(self) -> None:
        for pk, name in self.done.get("made", []):
            theme = self.step.dialogue.themes.filter(pk=pk).first()
            if theme is None:
                continue
            if theme.name != name or self.step.themed({pk}):
                self.undone.words.append(
                    _("Theme “%(theme)s” stays: it is in use.") % {"theme": theme.name}
                )
            else:
                self.step.drop(theme)


def _as_list(row: Any) -> Sequence[Any]:
    return row if isinstance(row, list) else [row]


def _other(dialogue: Dialogue, theme: Theme, name: str) -> bool:
    there = theme_named(dialogue, name)
    return there is not None and there.pk != theme.pk


# What each change is about, and how many of its first values say of what.
_ABOUT = {
    "put": "theme",
    "took": "theme",
    "linked": "about",
    "unlinked": "about",
    "lit": "light",
    "unlit": "light",
    "near": "near",
    "apart": "near",
    "named": "name",
    "gone": "name",
}
_WIDTH = {"theme": 2, "about": 2, "light": 1, "near": 1, "name": 1}
