"""Taking editions from view: because somebody says so, or took back words that are in them, or
that it is told who said them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.models import User
from dialogues.models import (
    Attribution,
    Contribution,
    Dialogue,
    DraftFile,
    Edition,
    EditionState,
    Sector,
)
from dialogues.report.blocks import Statement, report_of
from recommendations.models import one_refresh

TAKEN_BACK = _("Somebody whose words are in it took them back.")
TOLD_TOO_MUCH = _("It told more of who said something than may be told now.")


def withdraw(edition: Edition, *, by: User | None, why: str) -> None:
    """Say of an edition that it stands no more, and why. Its bytes stay in the database.

    Letters that tell of it and were not sent yet are not sent any more. ``by`` is None where it was
    somebody whose words are in it.
    """
    with one_refresh():
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.state == EditionState.PUBLISHED:
            edition.state, edition.withdrawn_at = EditionState.WITHDRAWN, timezone.now()
            edition.withdrawn_by, edition.withdrawn_because = by, why.strip()[:500]
            edition.save(
                update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_because"]
            )
            letters.erase(letters.telling_of(f"edition-{edition.pk}"))


def withdraw_words(statements: Iterable[Contribution]) -> int:
    """Withdraw the editions that hold these, for whoever said them took them back; says how many.

    Whoever agreed to be published was told that it can be taken back, and is then removed.
    """
    return _withdraw_each(
        statements,
        lambda rows, edition: not codes_in(edition).isdisjoint({row.code for row in rows}),
        TAKEN_BACK,
    )


def withdraw_names(statements: Iterable[Contribution]) -> int:
    """Withdraw the editions that tell more of who said these than may be told by now; says how
    many."""
    return _withdraw_each(statements, _tells_more, TOLD_TOO_MUCH)


def withdraw_laxer(dialogue: Dialogue) -> int:
    """Withdraw the editions that tell more than the rule of a dialogue that became stricter; says
    how many."""
    from dialogues.report.gathering import told_of

    def is_meant(edition: Edition) -> bool:
        language = min(edition.source)
        with translation.override(language):
            now = told_of(dialogue)
            told = told_in(edition, language)
            told_more = any(is_more(then, now.get(code, "")) for code, then in told.items())
            return told_more or names_those_present(edition, dialogue)

    return _withdraw_where(dialogue.pk, is_meant, TOLD_TOO_MUCH)


def _withdraw_each(
    statements: Iterable[Contribution],
    is_meant: Callable[[list[Contribution], Edition], bool],
    because: Promise,
) -> int:
    n = 0
    by_dialogue = sorted(statements, key=lambda row: row.dialogue_id)
    for dialogue_id, found in groupby(by_dialogue, key=lambda row: row.dialogue_id):
        n += _withdraw_where(dialogue_id, partial(is_meant, list(found)), because)
    return n


def _withdraw_where(dialogue_id: int, is_meant: Callable[[Edition], bool], because: Promise) -> int:
    n = 0
    # Whoever took words back may read another language than who looks for the edition.
    with translation.override("en"):
        why = str(because)
    # The files of a draft may hold it too; asked for again, they are made anew.
    DraftFile.objects.filter(dialogue=dialogue_id).delete()
    standing = Edition.objects.filter(dialogue=dialogue_id, state=EditionState.PUBLISHED)
    for edition in standing.select_related("dialogue", "made_by").defer("front"):
        if is_meant(edition):
            n += 1
            # Not by one_refresh where nobody can see it: the caller may hold the room already,
            # whose lock comes after that of public writing.
            models.QuerySet(Edition).filter(pk=edition.pk).update(
                state=EditionState.WITHDRAWN,
                withdrawn_at=timezone.now(),
                withdrawn_because=why,
            )
            letters.erase(letters.telling_of(f"edition-{edition.pk}"))
            _tell_who_runs_it(edition, because)
            if edition.dialogue.is_public:
                Edition.changed([edition.pk])
    return n


def _tell_who_runs_it(edition: Edition, because: Promise) -> None:
    """Write to the facilitators: readers find no report until they publish the next edition."""
    dialogue = edition.dialogue
    team = list(dialogue.facilitators.filter(is_active=True).order_by("pk"))
    with translation.override(dialogue.language):
        context = {
            "dialogue": dialogue,
            "edition": edition,
            "because": because,
            "desk": letters.absolute(reverse("dialogues:report_desk", args=[dialogue.slug])),
        }
        for user in team or [edition.made_by]:
            letters.post(
                f"withdrawn-edition-{edition.pk}-user-{user.pk}",
                to=user.email,
                subject=_("Edition %(number)d of “%(title)s” is withdrawn")
                % {"number": edition.number, "title": dialogue.title},
                text=render_to_string("dialogues/edition_withdrawn.txt", context),
                language=dialogue.language,
            )


# ---- What an edition holds ----


def codes_in(edition: Edition) -> set[str]:
    """The numbers of the statements whose words an edition holds: the same in each language."""
    return set(told_in(edition, min(edition.source)))


def told_in(edition: Edition, language: str) -> dict[str, str]:
    """What an edition tells in one language of who said each statement, by its number."""
    return dict(_told(edition.source[language]))


def _told(data: Any) -> Iterator[tuple[str, str]]:
    # Read as it is kept: to make blocks of ten thousand statements takes three times as long, and
    # somebody may be waiting at their phone.
    if isinstance(data, dict):
        if data.get("kind") == Statement.kind:
            yield data["code"], data.get("said_by", "")
        data = data.values()
    elif not isinstance(data, list):
        return
    for value in data:
        if isinstance(value, dict | list):
            yield from _told(value)


def names_those_present(edition: Edition, dialogue: Dialogue) -> bool:
    """Whether it names people of a dialogue under the Chatham House Rule."""
    from dialogues.report.standing import names_people

    is_private = dialogue.attribution == Attribution.CHATHAM_HOUSE
    return is_private and names_people(report_of(edition.source[min(edition.source)]))


def is_more(then: str, now: str) -> bool:
    """Whether it was told more of who said something than now: a name, or anything for nothing.

    Sectors are known by what they are called in the active language.
    """
    if then == now or not then:
        return False
    return not now or then not in {str(sector.label) for sector in Sector}


def _tells_more(rows: list[Contribution], edition: Edition) -> bool:
    language = min(edition.source)
    told = told_in(edition, language)
    with translation.override(language):
        return any(is_more(told.get(row.code, ""), row.attributed_to) for row in rows)
