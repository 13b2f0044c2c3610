"""What is done on the workbench: themes, links, highlights and near-duplicates, and undoing it.

Every function does one step: it writes inside ``Room.objects.saying``, so one person at a time
sorts a dialogue, and notes as a ``SortingStep`` what it changed and nothing else. Undoing takes
back just that, so that what others did meanwhile stays.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from dialogues.models import (
    Contribution,
    ContributionState,
    Dialogue,
    Highlight,
    NearDuplicate,
    Proposals,
    Room,
    SortingStep,
    Theme,
)
from recommendations.models import Recommendation

LONGEST_NAME = 100  # characters of a theme
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


def clean_name(name: str) -> str:
    """A theme's name as it is kept.

    Raises:
        ValidationError: nothing is left of it, or it is too long.
    """
    name = " ".join(unicodedata.normalize("NFKC", name).replace("\x00", "").split())
    if not name:
        raise ValidationError(_("Write the name of the theme."), code="empty")
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            _("This name is %(n)d characters long. Use at most %(longest)d."),
            code="long",
            params={"n": len(name), "longest": LONGEST_NAME},
        )
    return name


def theme_named(dialogue: Dialogue, name: str) -> Theme | None:
    """The theme of a dialogue that is called so, however it is written."""
    key = name_key(name)
    return next((theme for theme in dialogue.themes.all() if name_key(theme.name) == key), None)


def _is_taken(theme: Theme) -> ValidationError:
    return ValidationError(
        _("There is a theme “%(name)s” already."), code="taken", params={"name": theme.name}
    )


# ---- One step ----


class _Step:
    """Writes the changes of one step as it goes, and notes them so that they can be undone.

    ``done`` has, under each kind of change, the rows that did change: keys, and for what is
    deleted whatever it takes to make it again. Times are in ISO format.
    """

    def __init__(self, room: Room, by: User) -> None:
        self.room, self.dialogue, self.by = room, room.dialogue, by
        self.done: dict[str, list[Any]] = {}
        self.touched: set[int] = set()  # statements whose line on the console changes

    def _note(self, change: str, rows: Iterable[Any]) -> int:
        rows = list(rows)
        if rows:
            self.done.setdefault(change, []).extend(rows)
        return len(rows)

    # Themes

    def put(self, pairs: Iterable[Pair]) -> int:
        """Give statements themes; says how many are new."""
        wanted = list(dict.fromkeys(pairs))
        there = self._themed({theme for _s, theme in wanted})
        new = [pair for pair in wanted if pair not in there]
        through = Contribution.themes.through
        through.objects.bulk_create(
            [through(contribution_id=s, theme_id=t) for s, t in new],
            batch_size=_BATCH,
            ignore_conflicts=True,
        )
        self.touched |= {statement for statement, _theme in new}
        return self._note("put", new)

    def take(self, pairs: Iterable[Pair]) -> int:
        """Take themes off statements; says how many had them."""
        wanted = set(pairs)
        there = sorted(wanted & self._themed({theme for _s, theme in wanted}))
        for theme in {theme for _s, theme in there}:
            statements = [s for s, t in there if t == theme]
            for ids in _batches(statements):
                links = Contribution.themes.through.objects.filter(theme=theme)
                links.filter(contribution__in=ids).delete()
        self.touched |= {statement for statement, _theme in there}
        return self._note("took", there)

    def _themed(self, themes: Collection[int]) -> set[Pair]:
        links = Contribution.themes.through.objects.filter(theme__in=themes)
        return set(links.values_list("contribution_id", "theme_id"))

    def theme(self, name: str) -> Theme:
        """The theme of this name, made where there is none."""
        name = clean_name(name)
        if there := theme_named(self.dialogue, name):
            return there
        theme = Theme.objects.create(dialogue=self.dialogue, name=name)
        self._note("made", [[theme.pk, theme.name]])
        return theme

    def rename(self, theme: Theme, name: str) -> bool:
        if theme.name == name:
            return False
        self._note("named", [[theme.pk, theme.name, name]])
        theme.name = name
        theme.save(update_fields=["name"])
        self.touched |= {s for s, _theme in self._themed({theme.pk})}
        return True

    def drop(self, theme: Theme) -> None:
        """Delete a theme, and take it off its statements."""
        self.take(self._themed({theme.pk}))
        self._note("gone", [[theme.pk, theme.name]])
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
        return self._note("linked", sorted(new)) + self._note("unlinked", sorted(gone))

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
        return self._note("lit", new)

    def unlight(self, statements: Collection[int]) -> int:
        rows = Highlight.objects.filter(statement__dialogue=self.dialogue)
        there = [row for row in rows if row.statement_id in set(statements)]
        self._note(
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
        return self._note("near", new)

    def unmark(self, statements: Collection[int]) -> int:
        wanted = set(statements)
        there = [row for pk, row in self.likes().items() if pk in wanted]
        self._note(
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
        return self._note("settled", [list(one) for one in proposed])

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
def _step(dialogue: Dialogue, verb: str, by: User) -> Iterator[tuple[_Step, list[str]]]:
    """Do one step: the block writes by the step and says in the list what it did, in words.

    A block that changed nothing leaves no step.
    """
    with Room.objects.saying(dialogue) as room:
        step, said = _Step(room, by), []  # type: tuple[_Step, list[str]]
        yield step, said
        step.finish()
        if step.done:
            summary = Truncator(" ".join(said) or verb).chars(300)
            row = SortingStep.objects.create(
                dialogue=room.dialogue, verb=verb, summary=summary, before=step.done, made_by=by
            )
            if settled := step.done.get("settled"):
                _settle(room.dialogue, settled, row.pk)


def _of_dialogue(dialogue: Dialogue, statements: Iterable[int]) -> list[int]:
    """Those of these keys that are statements of the dialogue, in the order asked."""
    there = set(dialogue.contributions.order_by().values_list("pk", flat=True))
    return [pk for pk in dict.fromkeys(statements) if pk in there]


# ---- Verbs: themes ----


def add_theme(dialogue: Dialogue, statements: Iterable[int], name: str, *, by: User) -> str:
    """Give statements a theme, made where there is none of this name. Says what was done.

    Like the other verbs it takes the keys of statements, leaves out those that are of another
    dialogue, and says '' where nothing changed.

    Raises:
        ValidationError: the name is empty or too long.
    """
    with _step(dialogue, "add-theme", by) as (step, said):
        theme = step.theme(name)
        n = step.put((pk, theme.pk) for pk in _of_dialogue(dialogue, statements))
        if n or step.done:
            said.append(_added(theme.name, n))
    return " ".join(said)


def _added(name: str, n: int) -> str:
    return ngettext(
        "Theme “%(theme)s” is given to %(n)d statement.",
        "Theme “%(theme)s” is given to %(n)d statements.",
        n,
    ) % {"theme": name, "n": n}


def remove_theme(dialogue: Dialogue, statements: Iterable[int], name: str, *, by: User) -> str:
    """Take a theme off statements. The theme stays, with fewer statements or none.

    Raises:
        ValidationError: there is no such theme.
    """
    with _step(dialogue, "remove-theme", by) as (step, said):
        theme = _known_theme(dialogue, name)
        n = step.take((pk, theme.pk) for pk in _of_dialogue(dialogue, statements))
        if n:
            said.append(
                ngettext(
                    "Theme “%(theme)s” is taken off %(n)d statement.",
                    "Theme “%(theme)s” is taken off %(n)d statements.",
                    n,
                )
                % {"theme": theme.name, "n": n}
            )
    return " ".join(said)


def _known_theme(dialogue: Dialogue, name: str) -> Theme:
    theme = theme_named(dialogue, clean_name(name))
    if theme is None:
        raise ValidationError(
            _("There is no theme “%(name)s”."), code="unknown", params={"name": name}
        )
    return theme


def move_to_theme(
    dialogue: Dialogue, statements: Iterable[int], name: str, *, out_of: int, by: User
) -> str:
    """Move statements from one theme (by key) to another, which splits the first.

    Raises:
        ValidationError: the name is empty or too long, or is that of the theme they are in; or
            that theme is gone.
    """
    with _step(dialogue, "move", by) as (step, said):
        old = dialogue.themes.filter(pk=out_of).first()
        if old is None:
            raise _gone()
        new = step.theme(name)
        if new.pk == old.pk:
            raise ValidationError(_("They are in this theme. Write another name."), code="same")
        ids = _of_dialogue(dialogue, statements)
        with_it = {pk for pk, _theme in step._themed({old.pk})}
        moved = [pk for pk in ids if pk in with_it]
        step.take((pk, old.pk) for pk in moved)
        step.put((pk, new.pk) for pk in moved)
        if step.done:
            said.append(
                ngettext(
                    "%(n)d statement is moved from “%(old)s” to “%(new)s”.",
                    "%(n)d statements are moved from “%(old)s” to “%(new)s”.",
                    len(moved),
                )
                % {"n": len(moved), "old": old.name, "new": new.name}
            )
    return " ".join(said)


def _gone() -> ValidationError:
    return ValidationError(_("This theme is no longer there."), code="gone")


def new_theme(dialogue: Dialogue, name: str, *, by: User) -> str:
    """Make a theme that has no statements yet.

    Raises:
        ValidationError: the name is empty, too long or taken.
    """
    with _step(dialogue, "new-theme", by) as (step, said):
        name = clean_name(name)
        if there := theme_named(dialogue, name):
            raise _is_taken(there)
        step.theme(name)
        said.append(_("Theme “%(theme)s” is made.") % {"theme": name})
    return " ".join(said)


def rename_theme(dialogue: Dialogue, theme_id: int, name: str, *, by: User) -> str:
    """Call a theme otherwise.

    Raises:
        ValidationError: the name is empty, too long or another theme's; or the theme is gone.
    """
    with _step(dialogue, "rename", by) as (step, said):
        theme = dialogue.themes.filter(pk=theme_id).first()
        if theme is None:
            raise _gone()
        name, old = clean_name(name), theme.name
        there = theme_named(dialogue, name)
        if there and there.pk != theme.pk:
            raise ValidationError(
                _("There is a theme “%(name)s” already. To make one of both, merge them."),
                code="taken",
                params={"name": there.name},
            )
        if step.rename(theme, name):
            said.append(_("Theme “%(old)s” is now called “%(new)s”.") % {"old": old, "new": name})
    return " ".join(said)


def merge_themes(dialogue: Dialogue, themes: Iterable[int], name: str, *, by: User) -> str:
    """Make one theme of several; its statements are those of all of them.

    ``name`` may be that of one of them, of another theme, or new.

    Raises:
        ValidationError: fewer than two themes, or the name is empty or too long.
    """
    with _step(dialogue, "merge", by) as (step, said):
        name = clean_name(name)
        old = list(dialogue.themes.filter(pk__in=set(themes)).order_by("name"))
        kept = theme_named(dialogue, name)
        whole = {theme.pk for theme in [*old, *([kept] if kept else [])]}
        if len(whole) < 2:
            raise ValidationError(_("Tick two themes or more to make one of them."), code="few")
        if kept is None:
            kept = old[0]
            # Called anew first: then one theme's links stay, and only the others' move.
            step.rename(kept, name)
        names = [theme.name for theme in old if theme.pk != kept.pk]
        links = step._themed({theme.pk for theme in old if theme.pk != kept.pk})
        step.put(sorted((statement, kept.pk) for statement in {s for s, _theme in links}))
        for theme in old:
            if theme.pk != kept.pk:
                step.drop(theme)
        said.append(
            _("%(themes)s: merged into “%(theme)s”.")
            % {"themes": ", ".join(f"“{one}”" for one in names), "theme": kept.name}
        )
    return " ".join(said)


def delete_theme(dialogue: Dialogue, theme_id: int, *, by: User) -> str:
    """Delete a theme. Its statements stay, without it.

    Raises:
        ValidationError: it is gone already.
    """
    with _step(dialogue, "delete-theme", by) as (step, said):
        theme = dialogue.themes.filter(pk=theme_id).first()
        if theme is None:
            raise _gone()
        name = theme.name
        step.drop(theme)
        said.append(_("Theme “%(theme)s” is deleted.") % {"theme": name})
    return " ".join(said)


# ---- Verbs: recommendations, highlights, near-duplicates ----


def recommendations_coded(codes: str) -> list[Recommendation]:
    """Public recommendations by their codes, parted by commas or spaces.

    Raises:
        ValidationError: none is named, or there is none with one of the codes.
    """
    asked = list(dict.fromkeys(codes.replace("\x00", "").upper().replace(",", " ").split()))
    if not asked:
        raise ValidationError(_("Write the code of a recommendation."), code="empty")
    if len(asked) > 20:
        raise ValidationError(_("Name at most 20 recommendations."), code="many")
    found = list(Recommendation.objects.public().filter(code__in=asked).order_by("code"))
    if missing := sorted(set(asked) - {recommendation.code for recommendation in found}):
        raise ValidationError(
            _("There is no recommendation %(code)s."),
            code="unknown",
            params={"code": Truncator(missing[0]).chars(40)},
        )
    return found


def link(
    dialogue: Dialogue,
    statements: Iterable[int],
    recommendations: Sequence[Recommendation],
    *,
    by: User,
) -> str:
    """Say that statements are about recommendations, beside what they are about already."""
    with _step(dialogue, "link", by) as (step, said):
        ids = _of_dialogue(dialogue, statements)
        if n := step.link(new=[(pk, row.pk) for pk in ids for row in recommendations]):
            said.append(
                ngettext("Linked to %(codes)s: %(n)d link.", "Linked to %(codes)s: %(n)d links.", n)
                % {"codes": _codes(recommendations), "n": n}
            )
    return " ".join(said)


def unlink(
    dialogue: Dialogue,
    statements: Iterable[int],
    recommendations: Sequence[Recommendation],
    *,
    by: User,
) -> str:
    """Say that statements are not about recommendations."""
    with _step(dialogue, "unlink", by) as (step, said):
        ids = _of_dialogue(dialogue, statements)
        if n := step.link(gone=[(pk, row.pk) for pk in ids for row in recommendations]):
            said.append(
                ngettext(
                    "No longer linked to %(codes)s: %(n)d link.",
                    "No longer linked to %(codes)s: %(n)d links.",
                    n,
                )
                % {"codes": _codes(recommendations), "n": n}
            )
    return " ".join(said)


def _codes(recommendations: Iterable[Recommendation]) -> str:
    return ", ".join(row.code for row in recommendations)


def highlight(dialogue: Dialogue, statements: Iterable[int], *, by: User) -> str:
    """Choose statements that stand out in the report, after those that were chosen before."""
    with _step(dialogue, "highlight", by) as (step, said):
        if n := step.light(_of_dialogue(dialogue, statements)):
            said.append(
                ngettext("%(n)d statement is highlighted.", "%(n)d statements are highlighted.", n)
                % {"n": n}
            )
    return " ".join(said)


def unhighlight(dialogue: Dialogue, statements: Iterable[int], *, by: User) -> str:
    """Let statements stand out no more."""
    with _step(dialogue, "unhighlight", by) as (step, said):
        if n := step.unlight(set(statements)):
            said.append(
                ngettext(
                    "%(n)d statement is highlighted no more.",
                    "%(n)d statements are highlighted no more.",
                    n,
                )
                % {"n": n}
            )
    return " ".join(said)


def mark_near(dialogue: Dialogue, statements: Sequence[int], *, by: User) -> str:
    """Mark statements as nearly the same as the first of them, which is the one kept.

    Where the first is itself marked as nearly the same as a third, all lead to that. What was
    nearly the same as one that is now marked leads to the kept one too: no mark leads to a mark.

    Raises:
        ValidationError: fewer than two statements, or of two kinds; or the one kept is withdrawn.
    """
    with _step(dialogue, "near", by) as (step, said):
        kept, pairs = _near(step, _of_dialogue(dialogue, statements))
        if n := step.mark(pairs):
            said.append(_alike(n, kept.code))
    return " ".join(said)


def _alike(n: int, code: str) -> str:
    return ngettext(
        "%(n)d statement is marked as nearly the same as %(code)s.",
        "%(n)d statements are marked as nearly the same as %(code)s.",
        n,
    ) % {"n": n, "code": code}


def _near(step: _Step, statements: Sequence[int]) -> tuple[Contribution, list[Pair]]:
    """Which statement is kept of these, and the marks that lead to it."""
    if len(statements) < 2:
        raise ValidationError(
            _("Tick two statements or more: the first one is kept, the others are marked."),
            code="few",
        )
    there = step.likes()
    first = statements[0]
    kept_id = first
    if first in there and there[first].of_id not in statements:
        kept_id = there[first].of_id
    rows = Contribution.objects.in_bulk([kept_id, *statements])
    kept = rows[kept_id]
    if kept.state == ContributionState.WITHDRAWN:
        raise ValidationError(
            _("%(code)s is withdrawn: keep one that shows."),
            code="withdrawn",
            params={"code": kept.code},
        )
    if {row.kind for row in rows.values()} != {kept.kind}:
        raise ValidationError(_("Only statements of one kind can be nearly the same."), code="kind")
    step.unmark([kept_id] if kept_id in there else [])
    marked = [pk for pk in statements if pk != kept_id]
    led_here = [pk for pk, row in there.items() if row.of_id in set(marked) and pk != kept_id]
    return kept, [(pk, kept_id) for pk in dict.fromkeys([*marked, *led_here])]


def unmark_near(dialogue: Dialogue, statements: Iterable[int], *, by: User) -> str:
    """Say that statements are not nearly the same as others."""
    with _step(dialogue, "apart", by) as (step, said):
        if n := step.unmark(set(statements)):
            said.append(
                ngettext(
                    "%(n)d statement stands by itself again.",
                    "%(n)d statements stand by themselves again.",
                    n,
                )
                % {"n": n}
            )
    return " ".join(said)


# ---- Verbs: what is proposed ----


def accept_theme(
    dialogue: Dialogue, place: int, name: str, statements: Iterable[int], *, by: User
) -> str:
    """Take a proposed theme (by its place in the list), under a name, for these statements.

    Raises:
        ValidationError: no statement is chosen, the name is empty or too long, or the proposal is
            gone.
    """
    with _step(dialogue, "accept-theme", by) as (step, said):
        _open_proposals(dialogue, "themes", [place])
        ids = _of_dialogue(dialogue, statements)
        if not ids:
            raise ValidationError(_("Tick at least one statement."), code="none")
        theme = step.theme(name)
        n = step.put((pk, theme.pk) for pk in ids)
        step.settle([("themes", place)])
        said.append(_added(theme.name, n))
    return " ".join(said)


def proposed_for(dialogue: Dialogue, place: int) -> list[int]:
    """The keys of all statements a theme is proposed for.

    Raises:
        ValidationError: the proposal is gone.
    """
    statements: list[int] = _open_proposals(dialogue, "themes", [place])[place]["statements"]
    return statements


def accept_pairs(dialogue: Dialogue, places: Iterable[int], *, by: User) -> str:
    """Mark proposed near-duplicates (by their places in the list) as such.

    A pair of which one has been withdrawn, deleted or sorted otherwise since is only settled.

    Raises:
        ValidationError: none is chosen, or all of them are gone.
    """
    with _step(dialogue, "accept-pairs", by) as (step, said):
        found = _open_proposals(dialogue, "pairs", places)
        alike: dict[int, list[int]] = {}
        for pair in found.values():
            alike.setdefault(pair["of"], []).append(pair["statement"])
        n = 0
        for kept, others in alike.items():
            try:
                _kept, pairs = _near(step, _of_dialogue(dialogue, [kept, *others]))
            except ValidationError:
                continue
            n += step.mark(pairs)
        step.settle(("pairs", place) for place in found)
        said.append(
            ngettext(
                "%(n)d statement is marked as nearly the same as another.",
                "%(n)d statements are marked as nearly the same as others.",
                n,
            )
            % {"n": n}
        )
    return " ".join(said)


def dismiss(dialogue: Dialogue, kind: str, places: Iterable[int], *, by: User) -> str:
    """Put proposals aside (``kind`` is "themes" or "pairs").

    Raises:
        ValidationError: none is chosen, or all of them are gone.
    """
    with _step(dialogue, "dismiss", by) as (step, said):
        found = _open_proposals(dialogue, kind, places)
        n = step.settle((kind, place) for place in found)
        said.append(
            ngettext("%(n)d proposal is dismissed.", "%(n)d proposals are dismissed.", n) % {"n": n}
        )
    return " ".join(said)


def _open_proposals(dialogue: Dialogue, kind: str, places: Iterable[int]) -> dict[int, Any]:
    """Proposals nobody has decided on, of those asked for, by their places."""
    asked = list(places)
    if not asked:
        raise ValidationError(_("Tick at least one proposal."), code="none")
    proposals = Proposals.objects.filter(dialogue=dialogue).first()
    rows = proposals.found.get(kind, []) if proposals else []
    found = {
        place: rows[place]
        for place in asked
        if 0 <= place < len(rows) and not rows[place].get("step")
    }
    if not found:
        raise ValidationError(_("Somebody has decided on this already."), code="gone")
    return found


def _settle(dialogue: Dialogue, settled: Iterable[Sequence[Any]], step: int | None) -> None:
    """Write into the proposals which step decided on them; None opens them again."""
    proposals = Proposals.objects.filter(dialogue=dialogue).first()
    if proposals is None:
        return
    for kind, place in settled:
        rows = proposals.found.get(kind, [])
        if place < len(rows):
            rows[place]["step"] = step
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
        _Undo(_Step(room, by), row, undone).run()
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

    def __init__(self, step: _Step, row: SortingStep, undone: Undone) -> None:
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
            _settle(self.step.dialogue, settled, None)

    def _left(self, asked: int, done: int) -> None:
        self.undone.left += asked - done

    def _names(self) -> None:
        dialogue = self.step.dialogue
        for pk, name in self._rows("gone"):
            if there := theme_named(dialogue, name):
                self.instead[pk] = there.pk
            else:
                Theme.objects.create(pk=pk, dialogue=dialogue, name=name)
            self.step._note("made", [[pk, name]])
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
        self.step._note("lit", [row.statement_id for row in back])
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
        self.step._note("near", [[row.statement_id, row.of_id] for row in back])
        self._left(len(rows), len(back))

    def _who(self, pk: int) -> int:
        """Who chose it then, or who undoes it now where that account is gone."""
        return pk if pk in self.people else self.step.by.pk

    def _made(self) -> None:
        for pk, name in self.done.get("made", []):
            theme = self.step.dialogue.themes.filter(pk=pk).first()
            if theme is None:
                continue
            if theme.name != name or self.step._themed({pk}):
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
