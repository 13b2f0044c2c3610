"""Demonstration data: repeatable, labelled, consistent, and gone without a trace."""

import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import CommandError, call_command

from accounts.models import Membership, Organization, User
from dialogues.models import Answer, Contribution, ContributionState, Dialogue
from recommendations.models import (
    Entry,
    EntryKind,
    PageVersion,
    ProgressUpdate,
    Recommendation,
    Report,
    Status,
)
from resolutions.models import (
    CopyRequest,
    Council,
    Delivery,
    ModelResolution,
    Preparation,
    Resolution,
    ResolutionText,
    Step,
    StepKind,
)
from tests import factories
from w2i.demonstration import Impossible, Sizes, make, phrases, present, remove

pytestmark = pytest.mark.django_db
MEETING = (
    "meeting meets_on mover seconder vote_method votes_for votes_against votes_absent seats"
).split()
SMALL = Sizes(councils=40, dialogues=7, statements=250, recommendations=6)


@pytest.fixture(autouse=True)
def record(db: None) -> None:
    """A little of everything that is real."""
    recommendations = [
        factories.RecommendationFactory(
            published=True, code=f"CA-{n:02}", addressees=[factories.AddresseeFactory()]
        )
        for n in range(1, 6)
    ]
    factories.ModelResolutionFactory(published=True)
    factories.JurisdictionFactory(
        code="CA-QC", name_en="Quebec", name_fr="Québec", parent=factories.CountryFactory()
    )
    ohio = factories.JurisdictionFactory(
        code="US-OH", parent=factories.CountryFactory(code="US", name_en="United States")
    )
    dialogue = factories.DialogueFactory(published=True)
    factories.ContributionFactory(dialogue=dialogue, posted=True, about=recommendations[:2])
    resolution = factories.ResolutionFactory(council=factories.CouncilFactory(jurisdiction=ohio))
    resolution.record_step(StepKind.SUBMITTED, on=date(2010, 1, 12), by=factories.UserFactory())
    resolution.publish(by=factories.UserFactory())


def content() -> dict[str, list[str]]:
    """All demonstration rows without what differs from run to run: keys and clocks."""

    def rows(*values: Any) -> list[str]:
        return sorted(json.dumps(value, default=str) for value in values)

    return {
        "councils": rows(
            *Council.objects.filter(is_demo=True).values_list(
                "slug", "name", "kind", "jurisdiction__code", "population", "latitude", "longitude"
            )
        ),
        "resolutions": rows(
            *Resolution.objects.filter(is_demo=True).values_list(
                "slug", "title", "summary", "instrument", "status", "status_on", "published_at"
            )
        ),
        "steps": rows(
            *Step.objects.filter(is_demo=True).values_list(
                "resolution__slug", "kind", "on", "summary", "actor", "verified_at", "sources__url"
            )
        ),
        "dialogues": rows(
            *Dialogue.objects.filter(is_demo=True).values_list(
                "slug", "title", "on", "agenda__text", "sections__body", "people__name", "counts"
            )
        ),
        "statements": rows(
            *Contribution.objects.filter(dialogue__is_demo=True).values_list(
                "dialogue__slug", "code", "text", "translation", "state", "sector", "about__code"
            )
        ),
        "themes": rows(
            *Contribution.objects.filter(dialogue__is_demo=True).values_list(
                "dialogue__slug", "code", "channel", "themes__name"
            )
        ),
        "votes": rows(
            *Dialogue.objects.filter(is_demo=True).values_list(
                "slug", "agenda__tallies__score", "agenda__tallies__n"
            )
        ),
        "recommendations": rows(
            *Recommendation.objects.filter(is_demo=True).values_list(
                "code", "text", "status", "status_on", "updates__summary", "addressees__slug"
            )
        ),
    }


def everything() -> dict[str, str]:
    """Every row of every table of ours but the numbers of page versions."""
    return {
        model._meta.label: serializers.serialize("json", model._base_manager.order_by("pk"))
        for label in ("accounts", "recommendations", "dialogues", "resolutions")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model is not PageVersion
    }


def test_the_same_seed_and_sizes_give_the_same_content() -> None:
    make(SMALL, seed=7)
    first = content()
    remove()

    make(SMALL, seed=7)

    assert content() == first
    assert all(first.values())


def test_another_seed_gives_other_content() -> None:
    make(SMALL, seed=7)
    first = content()
    remove()

    make(SMALL, seed=8)

    second = content()
    assert [name for name in first if first[name] == second[name]] == []


def test_more_councils_leave_the_statements_as_they_are() -> None:
    make(Sizes(councils=0, dialogues=3, statements=50), seed=7)
    statements = list(Contribution.objects.filter(dialogue__is_demo=True).values_list("text"))
    remove()

    make(Sizes(councils=40, dialogues=3, statements=50), seed=7)

    assert (
        list(Contribution.objects.filter(dialogue__is_demo=True).values_list("text")) == statements
    )


def test_as_much_is_made_as_was_asked_for() -> None:
    make(SMALL, seed=7)

    made = present()
    assert {name: made[name] for name in ("councils", "dialogues", "statements")} == {
        "councils": 40,
        "dialogues": 7,
        "statements": 250,
    }
    sizes = sorted(dialogue.contributions.count() for dialogue in Dialogue.objects.all())
    assert sizes[-1] > 4 * sizes[1]  # one is large


def test_removing_leaves_the_record_as_it_was() -> None:
    before = everything()

    make(SMALL, seed=7)
    assert everything() != before
    remove()

    assert everything() == before


def test_what_people_added_to_demonstration_data_goes_with_it() -> None:
    before = everything()
    make(SMALL, seed=7)
    keeper = User.objects.get(email="demonstration@w2i.invalid")
    council = Council.objects.filter(is_demo=True).first()
    assert council
    council.population = 1
    council.save()  # leaves a row of history
    statement = Contribution.objects.filter(dialogue__is_demo=True).first()
    assert statement
    statement.withdraw(by=keeper)
    resolution = Resolution.objects.filter(is_demo=True)[0]
    ResolutionText.objects.create(resolution=resolution, stage="submitted", recorded_by=keeper)
    copy = Delivery.objects.create(resolution=resolution, kind="other", recipient="An office")
    CopyRequest.objects.create(resolution=resolution, delivery=copy, email="a@example.org")
    factories.TipFactory(council=council, resolution=resolution)
    invented = Recommendation.objects.filter(is_demo=True)[0]
    factories.ReplyFactory(recommendation=invented).note_writing(by=keeper)
    Preparation.objects.create(council=council, model=ModelResolution.objects.all()[0])
    Membership.objects.create(
        user=User.objects.exclude(pk=keeper.pk)[0],
        organization=Organization.objects.filter(is_demo=True)[0],
    )
    real = Contribution.objects.get(dialogue__is_demo=False)
    about = list(real.about.all())
    real.link([*about, invented])

    remove()
    real.link(about)

    after = everything()
    changed = {name for name in after if after[name] != before[name]}
    # The real statement was linked and linked back: its own links and history say so.
    assert changed <= {
        "dialogues.Contribution_about",
        "dialogues.HistoricalContribution",
        "dialogues.HistoricalContribution_about",
        "recommendations.Entry",
    }
    assert not Entry.objects.filter(is_demo=True).exists()


def test_something_real_that_rests_on_demonstration_data_stops_the_removal() -> None:
    make(SMALL, seed=7)
    champion = Organization.objects.filter(is_demo=True)[0]
    factories.ResolutionFactory(champion=champion, title="A real resolution")
    before = everything()

    with pytest.raises(Impossible, match="A real resolution"):
        remove()

    assert everything() == before


def test_page_versions_move_when_demonstration_data_comes_and_goes() -> None:
    def versions() -> dict[str, int]:
        return dict(PageVersion.objects.values_list("topic", "number"))

    before = versions()
    make(SMALL, seed=7)
    made = versions()
    remove()

    assert all(made[topic] > before.get(topic, 0) for topic in made)
    assert all(versions()[topic] > made[topic] for topic in made)


def test_what_is_held_withdrawn_or_unpublished_can_not_be_found() -> None:
    make(SMALL, seed=7)

    found = set(Entry.objects.filter(kind=EntryKind.STATEMENT).values_list("object_id", flat=True))
    assert found == set(Contribution.objects.public().values_list("pk", flat=True))
    hidden = Contribution.objects.exclude(pk__in=found)
    assert set(hidden.values_list("state", flat=True)) == set(ContributionState)
    assert Dialogue.objects.filter(is_demo=True, published_at__isnull=True).exists()
    drafts = Resolution.objects.filter(published_at__isnull=True).values("pk")
    assert drafts.exists()
    steps = Step.objects.filter(resolution__in=drafts).values("pk")
    assert not Entry.objects.filter(kind=EntryKind.RESOLUTION, object_id__in=drafts).exists()
    assert not Entry.objects.filter(kind=EntryKind.STEP, object_id__in=steps).exists()


def test_every_entry_of_demonstration_data_is_labelled() -> None:
    real = set(Entry.objects.values_list("pk", flat=True))

    make(SMALL, seed=7)

    assert not Entry.objects.exclude(pk__in=real).filter(is_demo=False).exists()
    assert not Entry.objects.filter(pk__in=real, is_demo=True).exists()


def test_entries_are_what_saving_one_by_one_would_have_written() -> None:
    make(SMALL, seed=7)
    fields = [field.name for field in Entry._meta.fields if field.name != "id"]
    written = set(Entry.objects.values_list(*fields))

    for rows in (Council.objects, Resolution.objects, Step.objects, Contribution.objects):
        rows.all().refresh()

    assert set(Entry.objects.values_list(*fields)) == written


def test_every_history_could_have_been_recorded_step_by_step(editor: User) -> None:
    make(Sizes(councils=80, dialogues=0, statements=0), seed=7)
    histories = Resolution.objects.filter(is_demo=True).prefetch_related("steps")

    for made in histories:
        copy = factories.ResolutionFactory(council=made.council, instrument=made.instrument)
        for step in made.steps.all():
            is_verified = step.verified_at is not None
            details = {name: getattr(step, name) for name in MEETING}
            copied = copy.record_step(
                StepKind(step.kind), on=step.on, by=editor, verified=is_verified, **details
            )
            copied.refresh_from_db()
            assert copied.turn == step.turn
        copy.refresh_from_db()
        assert (copy.status, copy.status_on) == (made.status, made.status_on)
        assert copy.verified_status == made.verified_status

    assert {made.status for made in histories} > {"adopted", "proclaimed", "drafted"}
    assert {made.instrument for made in histories} > {"council-resolution", "mayoral-proclamation"}


def test_the_status_of_real_recommendations_stays_what_it_was() -> None:
    make(SMALL, seed=7)

    real = Recommendation.objects.filter(is_demo=False)
    assert set(real.values_list("status", flat=True)) == {Status.NOT_ASSESSED}
    for row in Recommendation.objects.filter(is_demo=True):
        latest = row.updates.public().newest_first().first()
        assert (row.status, row.status_on) == (
            (latest.status, latest.on) if latest else (Status.NOT_ASSESSED, None)
        )
    assert Report.objects.filter(is_demo=True).count() == 1


def test_only_questions_have_answers_and_some_do() -> None:
    make(SMALL, seed=7)

    assert set(Answer.objects.values_list("contribution__kind", flat=True)) == {"question"}


def test_the_counts_of_dialogues_are_right() -> None:
    make(SMALL, seed=7)

    for dialogue in Dialogue.objects.filter(is_demo=True):
        written = dialogue.counts
        Dialogue.count_statements([dialogue.pk])
        dialogue.refresh_from_db()
        assert written == dialogue.counts


def test_making_it_twice_is_refused_and_says_how_to_remove_it() -> None:
    call_command("make_demo", councils=3, dialogues=1, statements=5, verbosity=0)
    before = everything()

    with pytest.raises(CommandError, match="make_demo --remove"):
        call_command("make_demo", councils=3, dialogues=1, statements=5, verbosity=0)

    assert everything() == before


def test_without_the_record_nothing_is_made() -> None:
    Resolution.objects.all().update(model=None)
    Recommendation.objects.all().update(published_at=None, published_by=None)
    before = everything()

    with pytest.raises(CommandError, match="load_record"):
        call_command("make_demo", verbosity=0)

    assert everything() == before


@pytest.mark.parametrize("size", ["-1", "many", "1e3", "99999999999"])
def test_absurd_sizes_are_refused(size: str) -> None:
    with pytest.raises(CommandError, match="--councils"):
        call_command("make_demo", f"--councils={size}")


def test_statements_need_a_dialogue() -> None:
    with pytest.raises(CommandError, match="at least one dialogue"):
        call_command("make_demo", dialogues=0, statements=1, verbosity=0)


def test_the_command_says_what_it_made_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_demo", councils=3, dialogues=1, statements=5)
    call_command("make_demo", remove=True)

    said = capsys.readouterr().out
    assert "councils: 3 made" in said
    assert "statements: 5 removed" in said


def _parts() -> Iterator[phrases.Text]:
    for part in vars(phrases).values():
        for text in part if isinstance(part, tuple) else [part]:
            if isinstance(text, phrases.Text):
                yield text


def test_every_phrase_is_there_in_both_languages() -> None:
    parts = list(_parts())

    assert len(parts) > 60
    assert [part for part in parts if bool(part.en) != bool(part.fr)] == []


def test_names_of_places_do_not_repeat() -> None:
    names = phrases.place_names(random.Random(1), 12_000)

    assert len(set(names)) == len(names) == 12_000


def test_recommendations_are_shared_out_among_reports_and_updates_among_them() -> None:
    sizes = Sizes(councils=0, dialogues=0, statements=0, recommendations=7, reports=3, updates=20)

    make(sizes, seed=7)

    reports = Report.objects.filter(is_demo=True).order_by("released")
    assert [report.recommendations.count() for report in reports] == [2, 2, 3]
    assert ProgressUpdate.objects.filter(is_demo=True, sources__isnull=False).count() == 20
    for row in Recommendation.objects.filter(is_demo=True):
        assert row.updates.count() in {2, 3}
        newest = row.updates.newest_first()[0]
        assert (row.status, row.status_on) == (newest.status, newest.on)
