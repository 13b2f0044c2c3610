"""The rules of dialogues."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction

from accounts.models import User
from dialogues.models import Dialogue
from recommendations.models import Entry, EntryKind
from tests.factories import (
    ContributionFactory,
    ConvenerFactory,
    DialogueFactory,
    PersonFactory,
    SectionFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_draft_is_seen_by_its_facilitators_and_editors_alone(
    facilitator: User,
    stranger: User,
    citizen: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> None:
    DialogueFactory(facilitators=[facilitator])
    who: list[User | AnonymousUser] = [
        AnonymousUser(),
        citizen,
        ngo_member,
        stranger,
        facilitator,
        editor,
        administrator,
    ]

    seen = [Dialogue.objects.visible_to(user).count() for user in who]

    assert seen == [0, 0, 0, 0, 1, 1, 1]


def test_what_is_public_is_seen_by_all_and_changed_by_few(
    facilitator: User, stranger: User, editor: User
) -> None:
    dialogue = DialogueFactory(published=True, facilitators=[facilitator])

    for user in (AnonymousUser(), stranger, facilitator, editor):
        assert list(Dialogue.objects.visible_to(user)) == [dialogue]
    can_edit = [
        Dialogue.objects.editable_by(user).exists()
        for user in (AnonymousUser(), stranger, facilitator, editor)
    ]
    assert can_edit == [False, False, True, True]


def test_publishing_twice_keeps_the_first_moment(facilitator: User, editor: User) -> None:
    dialogue = DialogueFactory()

    dialogue.publish(by=facilitator, at=NOON)
    dialogue.publish(by=editor)

    dialogue.refresh_from_db()
    assert (dialogue.published_at, dialogue.published_by) == (NOON, facilitator)


def test_its_statements_are_found_while_it_is_public(editor: User) -> None:
    dialogue = DialogueFactory()
    ContributionFactory(dialogue=dialogue, posted=True)
    found = Entry.objects.filter(kind__in=[EntryKind.DIALOGUE, EntryKind.STATEMENT])
    before = found.count()

    dialogue.publish(by=editor)
    during = found.count()
    dialogue.withdraw()

    assert (before, during, found.count()) == (0, 2, 0)


def test_its_statements_are_found_at_its_new_date() -> None:
    dialogue = DialogueFactory(published=True, on=date(2009, 11, 27))
    ContributionFactory(dialogue=dialogue, posted=True)

    dialogue.on = date(2010, 4, 8)
    dialogue.save()

    assert Entry.objects.get(kind=EntryKind.STATEMENT).on == date(2010, 4, 8)


def test_it_is_found_by_the_texts_of_its_report_and_the_people_in_it() -> None:
    dialogue = DialogueFactory(published=True)
    SectionFactory(dialogue=dialogue, heading="Brief", body="Coltan.")
    PersonFactory(dialogue=dialogue, name="Ada Winter")

    text = Entry.objects.get(kind=EntryKind.DIALOGUE).text

    assert "Coltan." in text
    assert "Ada Winter" in text


def test_an_organization_convenes_a_dialogue_once() -> None:
    convener = ConvenerFactory()

    with pytest.raises(IntegrityError):
        ConvenerFactory(dialogue=convener.dialogue, organization=convener.organization)


@pytest.mark.parametrize("field", ["published_at", "published_by"])
def test_the_database_knows_when_it_was_published_and_by_whom_or_neither(
    field: str, editor: User
) -> None:
    dialogue = DialogueFactory()
    value = NOON if field == "published_at" else editor

    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Dialogue).filter(pk=dialogue.pk).update(**{field: value})
