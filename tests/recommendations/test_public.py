"""Whatever is written, by whichever way, keeps entries, counts and page versions in step."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dialogues.models import Contribution, ContributionState, Dialogue
from recommendations.models import Entry, EntryKind, PageVersion, Term, one_refresh
from recommendations.search import Asked, ids_matching
from resolutions.models import StepKind
from tests.factories import (
    AddresseeFactory,
    AnswerFactory,
    ContributionFactory,
    DialogueFactory,
    OrganizationFactory,
    RecommendationFactory,
    ResolutionFactory,
    SourceFactory,
    TermFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def version(topic: str) -> int:
    return PageVersion.objects.filter(topic=topic).values_list("number", flat=True).first() or 0


def entries(kind: str) -> set[int]:
    return set(Entry.objects.filter(kind=kind).values_list("object_id", flat=True))


def test_publishing_makes_an_entry_and_withdrawing_takes_it_away() -> None:
    term = TermFactory()
    assert entries(EntryKind.TERM) == set()

    term.publish(by=UserFactory())
    assert entries(EntryKind.TERM) == {term.pk}

    term.withdraw()
    assert entries(EntryKind.TERM) == set()


def test_withdrawing_a_report_hides_the_findings_on_what_it_recommends() -> None:
    source = SourceFactory()
    source.update.publish(by=UserFactory())
    recommendation = source.update.recommendation
    assert entries(EntryKind.UPDATE) == {source.update.pk}

    recommendation.report.withdraw()
    assert entries(EntryKind.RECOMMENDATION) == entries(EntryKind.UPDATE) == set()

    recommendation.report.publish(by=UserFactory())
    assert entries(EntryKind.UPDATE) == {source.update.pk}


def test_a_new_name_of_a_place_reaches_the_steps_of_its_resolutions() -> None:
    by = UserFactory()
    resolution = ResolutionFactory()
    resolution.record_step(StepKind.SUBMITTED, on=date(2010, 1, 12), by=by)
    resolution.publish(by=by)
    place = resolution.council.jurisdiction

    place.name_en = "Kerguelen"
    place.save()

    labels = Entry.objects.filter(kind__in=[EntryKind.RESOLUTION, EntryKind.STEP])
    assert [label.endswith("Kerguelen") for label in labels.values_list("label", flat=True)] == [
        True,
        True,
    ]


def test_a_recommendation_is_found_by_the_new_name_of_whom_it_asks() -> None:
    addressee = AddresseeFactory(name_en="Crozet")
    recommendation = RecommendationFactory(published=True, addressees=[addressee])

    addressee.name_en = "Kerguelen"
    addressee.save()

    found = {word: list(ids_matching(Asked(word), EntryKind.RECOMMENDATION)) for word in NAMES}
    assert found == {"Kerguelen": [recommendation.pk], "Crozet": []}


NAMES = ("Kerguelen", "Crozet")


def test_publishing_twice_keeps_the_first_moment() -> None:
    term = TermFactory(published=True)
    first = term.published_at

    term.publish(by=UserFactory())

    term.refresh_from_db()
    assert term.published_at == first


def test_every_way_of_writing_moves_the_version_of_the_topic() -> None:
    term = TermFactory(published=True)
    seen = [version("recommendations")]

    term.save()
    seen.append(version("recommendations"))
    Term.objects.filter(pk=term.pk).update(note="x")
    seen.append(version("recommendations"))
    Term.objects.bulk_update([term], ["note"])
    seen.append(version("recommendations"))
    Term.objects.bulk_create([TermFactory.build(slug="other")])
    seen.append(version("recommendations"))
    Term.objects.filter(slug="other").delete()
    seen.append(version("recommendations"))
    term.delete()
    seen.append(version("recommendations"))

    assert seen == sorted(set(seen)), "each write must move it"


def test_a_write_that_is_rolled_back_leaves_no_trace() -> None:
    before = version("recommendations")

    def publish_and_fail() -> None:
        with one_refresh():
            TermFactory(published=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()

    assert version("recommendations") == before
    assert entries(EntryKind.TERM) == set()


def test_a_failed_refresh_does_not_poison_the_next_one() -> None:
    with pytest.raises(RuntimeError), one_refresh():
        raise RuntimeError

    term = TermFactory(published=True)

    assert entries(EntryKind.TERM) == {term.pk}


def test_bulk_deletion_takes_the_entries_with_it() -> None:
    TermFactory.create_batch(3, published=True)

    Term.objects.all().delete()

    assert entries(EntryKind.TERM) == set()


def test_withdrawing_a_dialogue_hides_its_statements() -> None:
    dialogue = DialogueFactory(published=True)
    statement = ContributionFactory(dialogue=dialogue, posted=True)
    assert entries(EntryKind.STATEMENT) == {statement.pk}

    dialogue.withdraw()
    assert entries(EntryKind.STATEMENT) == set()

    dialogue.publish(by=UserFactory())
    assert entries(EntryKind.STATEMENT) == {statement.pk}


def test_withdrawing_dialogues_in_bulk_hides_their_statements() -> None:
    dialogue = DialogueFactory(published=True)
    ContributionFactory(dialogue=dialogue, posted=True)

    Dialogue.objects.update(published_at=None, published_by=None)

    assert entries(EntryKind.STATEMENT) == set()


def test_an_answer_can_be_found_through_its_question() -> None:
    question = ContributionFactory(
        dialogue=DialogueFactory(published=True), kind="question", posted=True
    )

    AnswerFactory(contribution=question, text="Silos are lethal")

    assert "Silos are lethal" in Entry.objects.get(kind=EntryKind.STATEMENT).text


def test_withdrawing_a_resolution_hides_its_steps() -> None:
    resolution = ResolutionFactory()
    editor = UserFactory()
    step = resolution.record_step(StepKind.SUBMITTED, on=date(2010, 3, 9), by=editor)
    resolution.publish(by=editor)
    assert step.pk in entries(EntryKind.STEP)

    resolution.withdraw()

    assert entries(EntryKind.STEP) == set()
    assert entries(EntryKind.RESOLUTION) == set()


def test_a_dialogue_counts_what_is_posted() -> None:
    dialogue = DialogueFactory(published=True)
    hopes = ContributionFactory.create_batch(3, dialogue=dialogue, kind="hope", posted=True)
    ContributionFactory(dialogue=dialogue, kind="hope")
    ContributionFactory(dialogue=dialogue, kind="hope", part_of=hopes[0], posted=True)
    concern = ContributionFactory(dialogue=dialogue, kind="concern", posted=True)

    dialogue.refresh_from_db()
    assert dialogue.counts == {"hope": 3, "concern": 1}

    concern.withdraw(by=UserFactory())
    dialogue.refresh_from_db()
    assert dialogue.counts == {"hope": 3}


def test_posting_again_after_withdrawal_is_possible_and_says_by_whom() -> None:
    statement = ContributionFactory(posted=True)
    editor = UserFactory()

    statement.withdraw(by=editor)
    statement.post(by=editor)

    statement.refresh_from_db()
    assert statement.state == ContributionState.POSTED
    assert statement.posted_by == editor
    assert statement.withdrawn_at is None


def test_linking_a_statement_moves_the_version_of_dialogues() -> None:
    statement = ContributionFactory(posted=True)
    before = version("dialogues")

    statement.link([RecommendationFactory(published=True)])

    assert version("dialogues") > before


@pytest.mark.parametrize("factory", [TermFactory, RecommendationFactory, DialogueFactory])
def test_when_and_by_whom_are_known_together(factory: Any) -> None:
    row = factory(published=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(published_by=None)


def test_a_statement_can_be_neither_posted_nor_held() -> None:
    statement = ContributionFactory(posted=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=statement.pk).update(state="held")


def test_an_organization_renamed_renews_the_pages_that_name_it() -> None:
    organization = OrganizationFactory()
    before = version("dialogues"), version("resolutions")

    organization.name = "Another name"
    organization.save()

    assert version("dialogues") > before[0]
    assert version("resolutions") > before[1]
