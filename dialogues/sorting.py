"""What is done on the workbench: themes, links, highlights, near-duplicates, and what is proposed.

Each function does one step: see ``dialogues/sorting_steps.py``. It takes the keys of statements,
leaves out those of another dialogue, and says in words what it did; '' where nothing changed.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from dialogues.models import Contribution, ContributionState, Dialogue, Proposals, Theme
from dialogues.sorting_steps import Pair, Step, step_of, theme_named
from recommendations.models import Recommendation

LONGEST_NAME = 100  # characters of a theme
OFFERED = 300  # recommendations to choose from; any other can be written


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


def _is_taken(theme: Theme) -> ValidationError:
    return ValidationError(
        _("There is a theme “%(name)s” already."), code="taken", params={"name": theme.name}
    )


def _of_dialogue(dialogue: Dialogue, statements: Iterable[int]) -> list[int]:
    """Those of these keys that are statements of the dialogue, in the order asked."""
    there = set(dialogue.contributions.order_by().values_list("pk", flat=True))
    return [pk for pk in dict.fromkeys(statements) if pk in there]


# ---- Verbs: themes ----


def add_theme(dialogue: Dialogue, statements: Iterable[int], name: str, *, by: User) -> str:
    """Give statements a theme, made where there is none of this name.

    Raises:
        ValidationError: the name is empty or too long.
    """
    with step_of(dialogue, "add-theme", by) as (step, said):
        theme = step.theme(clean_name(name))
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
    with step_of(dialogue, "remove-theme", by) as (step, said):
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
    with step_of(dialogue, "move", by) as (step, said):
        old = dialogue.themes.filter(pk=out_of).first()
        if old is None:
            raise _gone()
        new = step.theme(clean_name(name))
        if new.pk == old.pk:
            raise ValidationError(_("They are in this theme. Write another name."), code="same")
        ids = _of_dialogue(dialogue, statements)
        with_it = {pk for pk, _theme in step.themed({old.pk})}
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
    with step_of(dialogue, "new-theme", by) as (step, said):
        name = clean_name(name)
        if there := theme_named(dialogue, name):
            raise _is_taken(there)
        step.theme(clean_name(name))
        said.append(_("Theme “%(theme)s” is made.") % {"theme": name})
    return " ".join(said)


def rename_theme(dialogue: Dialogue, theme_id: int, name: str, *, by: User) -> str:
    """Call a theme otherwise.

    Raises:
        ValidationError: the name is empty, too long or another theme's; or the theme is gone.
    """
    with step_of(dialogue, "rename", by) as (step, said):
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
    with step_of(dialogue, "merge", by) as (step, said):
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
        links = step.themed({theme.pk for theme in old if theme.pk != kept.pk})
        step.put(sorted((statement, kept.pk) for statement in {s for s, _theme in links}))
        for theme in old:
            if theme.pk != kept.pk:
                step.drop(theme)
        said.append(
            _("%(themes)s: merged into “%(theme)s”.")
            % {
                "themes": ", ".join(_("“%(words)s”") % {"words": one} for one in names),
                "theme": kept.name,
            }
        )
    return " ".join(said)


def delete_theme(dialogue: Dialogue, theme_id: int, *, by: User) -> str:
    """Delete a theme. Its statements stay, without it.

    Raises:
        ValidationError: it is gone already.
    """
    with step_of(dialogue, "delete-theme", by) as (step, said):
        theme = dialogue.themes.filter(pk=theme_id).first()
        if theme is None:
            raise _gone()
        name = theme.name
        step.drop(theme)
        said.append(_("Theme “%(theme)s” is deleted.") % {"theme": name})
    return " ".join(said)


# ---- Verbs: recommendations, highlights, near-duplicates ----


def recommendations_offered(dialogue: Dialogue) -> list[Recommendation]:
    """Recommendations to choose from: those of the report that was talked over, in the order of
    their codes; of every report where none is named.
    """
    rows = Recommendation.objects.public().order_by("code").only("code", "text", "report")
    if dialogue.report_id:
        rows = rows.filter(report=dialogue.report_id)
    return list(rows[:OFFERED])


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
    with step_of(dialogue, "link", by) as (step, said):
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
    with step_of(dialogue, "unlink", by) as (step, said):
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
    with step_of(dialogue, "highlight", by) as (step, said):
        if n := step.light(_of_dialogue(dialogue, statements)):
            said.append(
                ngettext("%(n)d statement is highlighted.", "%(n)d statements are highlighted.", n)
                % {"n": n}
            )
    return " ".join(said)


def unhighlight(dialogue: Dialogue, statements: Iterable[int], *, by: User) -> str:
    """Let statements stand out no more."""
    with step_of(dialogue, "unhighlight", by) as (step, said):
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
    with step_of(dialogue, "near", by) as (step, said):
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


def _near(step: Step, statements: Sequence[int]) -> tuple[Contribution, list[Pair]]:
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
    with step_of(dialogue, "apart", by) as (step, said):
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
    with step_of(dialogue, "accept-theme", by) as (step, said):
        _open_proposals(dialogue, "themes", [place])
        ids = _of_dialogue(dialogue, statements)
        if not ids:
            raise ValidationError(_("Tick at least one statement."), code="none")
        theme = step.theme(clean_name(name))
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
    with step_of(dialogue, "accept-pairs", by) as (step, said):
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
    with step_of(dialogue, "dismiss", by) as (step, said):
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
