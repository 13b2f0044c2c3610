"""Publishing, posting, verifying: asked first, done whole or not at all, by those who may."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from dialogues.models import Contribution, ContributionState, Dialogue
from recommendations.models import (
    Entry,
    EntryKind,
    PageVersion,
    ProgressUpdate,
    Recommendation,
    Reply,
    Status,
    Term,
)
from recommendations.search import Asked, find
from resolutions.models import Clause, ModelResolution, Resolution, Step, StepKind
from tests import factories
from tests.admin.desk import Desk, said

pytestmark = pytest.mark.django_db

DAY = date(2010, 1, 12)
PUBLISHABLE = [
    (Recommendation, factories.RecommendationFactory),
    (Term, factories.TermFactory),
    (Dialogue, factories.DialogueFactory),
    (ModelResolution, factories.ModelResolutionFactory),
]


def found(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


@pytest.mark.parametrize(("model", "factory"), PUBLISHABLE)
def test_publishing_names_what_will_happen_before_it_does(
    model: Any, factory: Any, editor: User
) -> None:
    rows = [factory(), factory()]
    desk = Desk(editor)

    page = desk.act(model, "publish", *rows, sure=False)

    assert page.status_code == 200
    assert all(str(row) in page.content.decode() for row in rows)
    assert not model.objects.public().exists()

    response = desk.act(model, "publish", *rows)

    assert "2 are now public." in said(response)
    assert set(model.objects.public()) == set(rows)
    assert {row.published_by for row in model.objects.all()} == {editor}
    assert found(model.entry_kind) == 2


@pytest.mark.parametrize(("model", "factory"), PUBLISHABLE)
def test_what_is_withdrawn_can_no_longer_be_found(model: Any, factory: Any, editor: User) -> None:
    row = factory()
    row.publish(by=editor)
    before = PageVersion.objects.get(topic=model.topic).number

    Desk(editor).act(model, "withdraw", row)

    assert not model.objects.public().exists()
    assert found(model.entry_kind) == 0
    assert PageVersion.objects.get(topic=model.topic).number > before


def test_an_answer_to_another_question_than_was_asked_changes_nothing(editor: User) -> None:
    one, two = factories.TermFactory(), factories.TermFactory()
    desk = Desk(editor)

    response = desk.post(
        Term,
        "changelist",
        action="publish",
        _selected_action=[one.pk, two.pk],
        confirmed=1,
    )

    assert response.status_code == 200
    assert not Term.objects.public().exists()


def test_a_finding_without_a_source_stops_the_whole_lot(editor: User) -> None:
    good = factories.SourceFactory().update
    bad = factories.ProgressUpdateFactory()

    response = Desk(editor).act(ProgressUpdate, "publish", good, bad)

    assert "Nothing was changed." in said(response)
    assert str(bad) in said(response)
    assert "Name at least one source" in said(response)
    assert not ProgressUpdate.objects.public().exists()
    good.recommendation.refresh_from_db()
    assert good.recommendation.status == Status.NOT_ASSESSED
    assert found(EntryKind.UPDATE) == 0


def test_a_published_finding_gives_its_recommendation_a_status(editor: User) -> None:
    update = factories.SourceFactory().update

    Desk(editor).act(ProgressUpdate, "publish", update)

    update.recommendation.refresh_from_db()
    assert update.recommendation.status == Status.UNDER_WAY


@pytest.mark.parametrize("model", [ProgressUpdate, Reply])
def test_a_finding_written_here_waits_for_a_second_editor_as_on_the_desk(
    model: Any, editor: User
) -> None:
    source: Any = factories.SourceFactory()
    if model is Reply:
        source = factories.SourceFactory(update=None, reply=factories.ReplyFactory())
    finding = source.reply or source.update
    desk = Desk(editor)
    data = desk.form(model, finding.pk)

    desk.post(model, "change", finding.pk, **data)
    finding.refresh_from_db()
    assert finding.written_by is None

    desk.post(model, "change", finding.pk, **{**data, "summary": "Other words."})
    refused = desk.act(model, "publish", finding)
    finding.refresh_from_db()
    assert (finding.written_by, finding.is_public) == (editor, False)
    assert "Send it to review first." in said(refused)
    assert [event.act for event in finding.events.all()] == ["drafted"]

    finding.submit(by=editor)
    assert "another editor publishes it" in said(desk.act(model, "publish", finding))
    other = factories.UserFactory(roles=[Role.EDITOR])
    assert "1 is now public." in said(Desk(other).act(model, "publish", finding))


@pytest.mark.parametrize("factory", [factories.ProgressUpdateFactory, factories.ReplyFactory])
def test_a_public_finding_is_never_withdrawn_and_its_sources_stay(
    factory: Any, editor: User
) -> None:
    finding = factory()
    is_reply = isinstance(finding, Reply)
    factories.SourceFactory(
        **{"update": None, "reply": finding} if is_reply else {"update": finding}
    )
    finding.publish(by=editor)
    desk = Desk(editor)
    data = desk.form(type(finding), finding.pk)

    desk.act(type(finding), "withdraw", finding)
    page = desk.get(type(finding), "change", finding.pk)
    desk.post(type(finding), "change", finding.pk, **{**data, "sources-TOTAL_FORMS": 2})

    finding.refresh_from_db()
    assert finding.is_public
    assert page.context["verbs"] == []
    assert finding.desk_url in page.content.decode()
    assert finding.sources.count() == 1


def test_a_resolution_without_a_step_is_not_published(editor: User) -> None:
    resolution = factories.ResolutionFactory()

    response = Desk(editor).act(Resolution, "publish", resolution)

    assert "Record at least one step" in said(response)
    assert not Resolution.objects.public().exists()


def test_a_facilitator_publishes_their_own_dialogue_and_no_other(facilitator: User) -> None:
    mine = factories.DialogueFactory(facilitators=[facilitator])
    other = factories.DialogueFactory()

    Desk(facilitator).act(Dialogue, "publish", mine)
    Desk(facilitator).act(Dialogue, "publish", other)

    assert set(Dialogue.objects.public()) == {mine}


def test_a_member_does_not_publish(ngo_member: User) -> None:
    resolution = factories.ResolutionFactory(champion=ngo_member.organizations.get())
    resolution.record_step(StepKind.DRAFTED, on=DAY, by=ngo_member)

    response = Desk(ngo_member).act(Resolution, "publish", resolution)

    assert "No action selected." in said(response)
    assert not Resolution.objects.public().exists()


def test_posting_lets_statements_show_and_remembers_who_did_it(editor: User) -> None:
    about = factories.RecommendationFactory(published=True)
    held = [
        factories.ContributionFactory(dialogue__published=True, about=[about]) for _n in range(3)
    ]
    withdrawn = factories.ContributionFactory(dialogue__published=True)
    withdrawn.withdraw(by=editor)

    response = Desk(editor).act(Contribution, "post", *held, withdrawn)

    assert "4 posted." in said(response)
    assert Contribution.objects.public().count() == 4
    assert found(EntryKind.STATEMENT) == 4
    line = held[0].history.first()
    assert (line.history_type, line.history_user, line.state) == ("~", editor, "posted")
    assert [link.recommendation for link in line.about.all()] == [about]
    dialogue = Dialogue.objects.get(pk=held[0].dialogue_id)
    assert dialogue.counts == {"hope": 1}


def test_all_of_a_long_list_are_posted_in_few_statements(editor: User) -> None:
    dialogue = factories.DialogueFactory(published=True)
    for _n in range(120):
        factories.ContributionFactory(dialogue=dialogue)
    other = factories.ContributionFactory()
    desk = Desk(editor)
    path = f"{desk.address(Contribution, 'changelist')}?dialogue__id__exact={dialogue.pk}"
    data = {"action": "post", "select_across": 1, "_selected_action": [other.pk]}

    page = desk.client.post(path, data)

    assert "and 20 more" in page.content.decode()
    with CaptureQueriesContext(connection) as captured:
        desk.client.post(path, {**data, "confirmed": 120})
    assert Contribution.objects.filter(state=ContributionState.POSTED).count() == 120
    other.refresh_from_db()
    assert other.state == ContributionState.HELD
    assert len(captured) < 60


def test_withdrawing_statements_keeps_the_rows(editor: User) -> None:
    statement = factories.ContributionFactory(dialogue__published=True)
    statement.post(by=editor)

    Desk(editor).act(Contribution, "withdraw", statement)

    statement.refresh_from_db()
    assert statement.state == ContributionState.WITHDRAWN
    assert statement.withdrawn_by == editor
    assert statement.posted_at is not None
    assert found(EntryKind.STATEMENT) == 0


def test_a_facilitator_posts_only_what_was_said_in_their_dialogues(facilitator: User) -> None:
    mine = factories.ContributionFactory(dialogue__facilitators=[facilitator])
    other = factories.ContributionFactory()

    Desk(facilitator).act(Contribution, "post", mine)
    Desk(facilitator).act(Contribution, "post", other)

    assert set(Contribution.objects.filter(state=ContributionState.POSTED)) == {mine}


def test_an_editor_verifies_steps_and_a_member_does_not(editor: User) -> None:
    step = factories.StepSourceFactory().step
    member = factories.UserFactory(roles=[Role.ORGANIZATION_MEMBER])
    factories.MembershipFactory(user=member, organization=factories.OrganizationFactory())
    Resolution.objects.filter(pk=step.resolution.pk).update(champion=member.organizations.get())

    Desk(member).act(Step, "verify", step)
    step.refresh_from_db()
    assert step.verified_at is None

    assert "1 verified." in said(Desk(editor).act(Step, "verify", step))
    step.refresh_from_db()
    assert step.verified_by == editor


def test_text_of_record_is_read_only_once_published(editor: User) -> None:
    desk = Desk(editor)
    recommendation = factories.RecommendationFactory(addressees=[factories.AddresseeFactory()])
    data = desk.form(Recommendation, recommendation.pk)
    recommendation.publish(by=editor)
    text = recommendation.text

    response = desk.post(
        Recommendation,
        "change",
        recommendation.pk,
        **{**data, "text": "Other words.", "code": "ZZ-99", "order": 7},
    )

    assert response.status_code == 302
    recommendation.refresh_from_db()
    assert (recommendation.text, recommendation.order) == (text, 7)
    assert recommendation.code != "ZZ-99"


def test_clauses_of_a_public_model_stay_as_they_are(editor: User) -> None:
    desk = Desk(editor)
    clause = factories.ClauseFactory()
    asked = factories.RecommendationFactory()
    on_its_page = desk.form(Clause, clause.pk)
    on_the_models_page = desk.form(ModelResolution, clause.model.pk)
    clause.model.publish(by=editor)
    text = clause.text

    desk.post(
        Clause,
        "change",
        clause.pk,
        **{**on_its_page, "text": "Other words.", "recommendations": [asked.pk]},
    )
    desk.post(
        ModelResolution,
        "change",
        clause.model.pk,
        **{
            **on_the_models_page,
            "clauses-0-text": "Other words.",
            "clauses-0-DELETE": "on",
            "clauses-0-recommendations": [asked.pk],
        },
    )

    clause.refresh_from_db()
    assert clause.text == text
    assert set(clause.recommendations.all()) == {asked}


def test_what_is_public_is_withdrawn_before_it_is_deleted(administrator: User) -> None:
    desk = Desk(administrator)
    term = factories.TermFactory(published=True)

    assert desk.post(Term, "delete", term.pk, post="yes").status_code == 403
    term.withdraw()
    assert desk.post(Term, "delete", term.pk, post="yes").status_code == 302

    assert not Term.objects.exists()


def test_deleting_what_others_stand_on_says_what_they_are(editor: User) -> None:
    recommendation = factories.RecommendationFactory()

    page = Desk(editor).get(type(recommendation.audience), "delete", recommendation.audience.pk)

    assert recommendation.code in page.content.decode()
    assert page.context["protected"]


def test_what_is_changed_in_a_form_is_found_at_once(editor: User) -> None:
    desk = Desk(editor)
    asked = factories.AddresseeFactory(name_en="Governor General")
    recommendation = factories.RecommendationFactory(published=True, addressees=[asked])
    new = factories.AddresseeFactory(name_en="Speaker of the House")
    data = desk.form(Recommendation, recommendation.pk)

    desk.post(Recommendation, "change", recommendation.pk, **{**data, "addressees": [new.pk]})

    kinds = [EntryKind.RECOMMENDATION]
    found = find(Asked("Speaker of the House"), kinds, limit=5)
    assert [entry.object_id for entry in found] == [recommendation.pk]
    assert find(Asked("Governor General"), kinds, limit=5) == []
