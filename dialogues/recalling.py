"""Taking editions from view: because somebody says so, or took back words that are in them."""

from collections.abc import Iterable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from dialogues.models import Contribution, Edition, EditionState
from dialogues.report.blocks import report_of, statements_in
from recommendations.models import one_refresh


def withdraw(edition: Edition, *, by: User | None, why: str) -> None:
    """Say of an edition that it stands no more, and why. Its bytes stay in the database.

    ``by`` is None where it was somebody whose words are in it.
    """
    with one_refresh():
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.state == EditionState.PUBLISHED:
            edition.state, edition.withdrawn_at = EditionState.WITHDRAWN, timezone.now()
            edition.withdrawn_by, edition.withdrawn_because = by, why.strip()[:500]
            edition.save(
                update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_because"]
            )


def withdraw_words(statements: Iterable[Contribution]) -> int:
    """Withdraw the editions that hold these, for whoever said them took them back; says how many.

    Whoever agreed to be published was told that it can be taken back, and is then removed.
    """
    by_dialogue: dict[int, set[str]] = {}
    for statement in statements:
        by_dialogue.setdefault(statement.dialogue_id, set()).add(statement.code)
    n = 0
    for dialogue_id, codes in by_dialogue.items():
        standing = Edition.objects.filter(dialogue=dialogue_id, state=EditionState.PUBLISHED)
        for edition in standing.select_related("dialogue"):
            if codes & codes_in(edition):
                n += 1
                # Not by one_refresh where nobody can see it: the caller may hold the room already,
                # whose lock comes after that of public writing.
                models.QuerySet(Edition).filter(pk=edition.pk).update(
                    state=EditionState.WITHDRAWN,
                    withdrawn_at=timezone.now(),
                    withdrawn_because=_("Somebody whose words are in it took them back."),
                )
                if edition.dialogue.is_public:
                    Edition.changed([edition.pk])
    return n


def codes_in(edition: Edition) -> set[str]:
    """The numbers of the statements whose words an edition holds."""
    return {
        statement.code
        for source in edition.source.values()
        for section in report_of(source).sections
        for statement in statements_in(section.blocks)
    }
