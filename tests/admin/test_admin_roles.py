"""Who may do what in the admin: the list, the row, the boxes that suggest, the actions."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, Role, User
from dialogues.models import Answer, Contribution, Dialogue
from recommendations.models import ProgressUpdate, Recommendation, Report, Term
from resolutions.models import Clause, Council, ModelResolution, Resolution, Step
from tests import factories
from tests.admin.desk import Desk

pytestmark = pytest.mark.django_db

DeskOf = Callable[[User], Desk]


def test_the_migration_makes_a_group_for_every_role() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_the_first_administrator_is_made_by_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    call_command("createsuperuser", interactive=False, email="First@Example.org", verbosity=0)

    user = User.objects.get(email="first@example.org")
    assert user.check_password("a long enough password")
    assert Role.ADMINISTRATOR in user.roles


@pytest.mark.parametrize("person", ["citizen", "nobody"])
def test_without_a_role_the_admin_is_closed(person: str, client: Client, citizen: User) -> None:
    if person == "citizen":
        client.force_login(citizen)

    response = client.get(reverse("admin:index"))

    assert response.status_code == 302
    assert "login" in response.headers["Location"]


def test_who_may_no_longer_sign_in_has_no_role_left(editor: User) -> None:
    editor.is_active = False

    assert not editor.has_perm("recommendations.change_recommendation")


APPS = {
    "administrator": {"accounts", "recommendations", "dialogues", "resolutions"},
    "editor": {"accounts", "recommendations", "dialogues", "resolutions"},
    "facilitator": {"accounts", "recommendations", "dialogues"},
    "ngo_member": {"accounts", "resolutions"},
}
SEES = {
    "administrator": {"User", "Organization"},
    "editor": {"Organization"},
    "facilitator": {
        "Organization",
        "Report",
        "Recommendation",
        "Dialogue",
        "Contribution",
        "Answer",
    },
    "ngo_member": {"Organization", "Council", "ModelResolution", "Resolution", "Step"},
}


@pytest.mark.parametrize("person", APPS)
def test_each_role_finds_its_own_work_on_the_first_page(
    person: str, request: pytest.FixtureRequest, desk_of: DeskOf
) -> None:
    desk = desk_of(request.getfixturevalue(person))

    apps = desk.client.get(reverse("admin:index")).context["app_list"]

    assert {app["app_label"] for app in apps} == APPS[person]
    shown = {model["object_name"] for app in apps for model in app["models"]}
    if person in {"facilitator", "ngo_member"}:
        assert shown == SEES[person]
    else:
        assert {name for name in shown if name in {"User", "Organization"}} == SEES[person]


def test_only_an_administrator_opens_accounts(
    editor: User, administrator: User, desk_of: DeskOf
) -> None:
    assert desk_of(editor).get(User, "changelist").status_code == 403
    assert desk_of(editor).get(User, "change", administrator.pk).status_code == 403
    assert desk_of(administrator).get(User, "change", editor.pk).status_code == 200


def test_an_administrator_gives_a_role_by_ticking_it(
    administrator: User, citizen: User, desk_of: DeskOf
) -> None:
    desk = desk_of(administrator)
    data = desk.form(User, citizen.pk)

    data["groups"] = [Group.objects.get(name=Role.EDITOR).pk]
    response = desk.post(User, "change", citizen.pk, **data)

    assert response.status_code == 302
    assert User.objects.get(pk=citizen.pk).roles == {Role.EDITOR}


def test_a_facilitator_sees_and_changes_only_their_own_dialogues(
    facilitator: User, desk_of: DeskOf
) -> None:
    mine = factories.DialogueFactory(facilitators=[facilitator])
    other = factories.DialogueFactory(published=True)
    desk = desk_of(facilitator)

    assert desk.listed(Dialogue) == {mine.pk}
    assert desk.get(Dialogue, "change", mine.pk).status_code == 200
    for page in ("change", "history", "delete"):
        assert desk.get(Dialogue, page, other.pk).status_code == 302, page
    assert not facilitator.has_perm("dialogues.change_dialogue", other)


def test_a_facilitator_sees_and_changes_only_what_was_said_in_their_dialogues(
    facilitator: User, desk_of: DeskOf
) -> None:
    mine = factories.AnswerFactory(contribution__dialogue__facilitators=[facilitator])
    other = factories.AnswerFactory()
    desk = desk_of(facilitator)

    assert desk.listed(Contribution) == {mine.contribution.pk}
    assert desk.listed(Answer) == {mine.pk}
    assert desk.get(Contribution, "change", mine.contribution.pk).status_code == 200
    for page in ("change", "history", "delete"):
        assert desk.get(Contribution, page, other.contribution.pk).status_code == 302, page
        assert desk.get(Answer, page, other.pk).status_code == 302, page
    assert not facilitator.has_perm("dialogues.change_contribution", other.contribution)
    assert not facilitator.has_perm("dialogues.change_answer", other)


def test_a_statement_stays_in_the_dialogue_its_number_belongs_to(
    facilitator: User, desk_of: DeskOf
) -> None:
    statement = factories.ContributionFactory(dialogue__facilitators=[facilitator])
    other = factories.DialogueFactory(published=True)
    desk = desk_of(facilitator)
    data = desk.form(Contribution, statement.pk)

    desk.post(Contribution, "change", statement.pk, **{**data, "dialogue": other.pk})

    statement.refresh_from_db()
    assert statement.dialogue_id != other.pk


def test_a_dialogue_belongs_to_the_facilitator_who_plans_it(
    facilitator: User, desk_of: DeskOf
) -> None:
    desk = desk_of(facilitator)
    data = desk.form(Dialogue)

    data.update(title="A new one", slug="new", on="2026-03-01", place="Halifax")
    response = desk.post(Dialogue, "add", **data)

    assert response.status_code == 302
    assert Dialogue.objects.get(slug="new").facilitators.get() == facilitator


def test_a_facilitator_neither_sees_nor_sets_who_else_runs_a_dialogue(
    facilitator: User, stranger: User, desk_of: DeskOf
) -> None:
    dialogue = factories.DialogueFactory(facilitators=[facilitator])
    desk = desk_of(facilitator)
    data = desk.form(Dialogue, dialogue.pk)

    assert "facilitators" not in data
    desk.post(Dialogue, "change", dialogue.pk, **{**data, "facilitators": [stranger.pk]})

    assert set(dialogue.facilitators.all()) == {facilitator}


def test_a_facilitator_looks_up_only_public_recommendations(
    facilitator: User, desk_of: DeskOf
) -> None:
    public = factories.RecommendationFactory(published=True)
    draft = factories.RecommendationFactory()
    update = factories.ProgressUpdateFactory(recommendation=public, summary="Not yet published.")
    desk = desk_of(facilitator)

    assert desk.listed(Recommendation) == {public.pk}
    page = desk.get(Recommendation, "change", public.pk)
    assert page.status_code == 200
    assert update.summary not in page.content.decode()
    assert desk.post(Recommendation, "change", public.pk, order=9).status_code == 403
    assert desk.get(Recommendation, "history", public.pk).status_code == 403
    assert desk.get(Recommendation, "change", draft.pk).status_code == 302
    assert desk.get(ProgressUpdate, "changelist").status_code == 403
    assert desk.get(Term, "changelist").status_code == 403


def test_a_statement_keeps_a_link_its_facilitator_could_not_choose(
    facilitator: User, desk_of: DeskOf
) -> None:
    draft = factories.RecommendationFactory()
    statement = factories.ContributionFactory(dialogue__facilitators=[facilitator], about=[draft])
    desk = desk_of(facilitator)
    data = desk.form(Contribution, statement.pk)

    response = desk.post(Contribution, "change", statement.pk, **{**data, "note": "Aside."})

    assert response.status_code == 302
    assert set(statement.about.all()) == {draft}


def test_a_member_sees_and_changes_only_what_their_organization_champions(
    ngo_member: User, desk_of: DeskOf
) -> None:
    mine = factories.StepFactory(resolution__champion=ngo_member.organizations.get())
    other = factories.StepFactory(resolution__champion=factories.OrganizationFactory())
    orphan = factories.ResolutionFactory()
    desk = desk_of(ngo_member)

    assert desk.listed(Resolution) == {mine.resolution.pk}
    assert desk.listed(Step) == {mine.pk}
    for page in ("change", "history", "delete"):
        assert desk.get(Resolution, page, other.resolution.pk).status_code == 302, page
    assert desk.get(Step, "change", other.pk).status_code == 302
    assert not ngo_member.has_perm("resolutions.record_step", other.resolution)
    assert not ngo_member.has_perm("resolutions.change_resolution", orphan)


def test_a_member_cannot_give_a_resolution_to_another_organization(
    ngo_member: User, desk_of: DeskOf
) -> None:
    theirs = ngo_member.organizations.get()
    resolution = factories.ResolutionFactory(champion=theirs)
    other = factories.OrganizationFactory()
    desk = desk_of(ngo_member)
    data = desk.form(Resolution, resolution.pk)

    for champion in (other.pk, ""):
        response = desk.post(Resolution, "change", resolution.pk, **{**data, "champion": champion})
        assert "champion" in response.context["adminform"].form.errors

    resolution.refresh_from_db()
    assert resolution.champion == theirs


def test_a_member_looks_up_councils_and_public_models_and_changes_none(
    ngo_member: User, desk_of: DeskOf
) -> None:
    council = factories.CouncilFactory()
    public = factories.ClauseFactory(model__published=True).model
    factories.ModelResolutionFactory()
    desk = desk_of(ngo_member)

    assert desk.listed(Council) == {council.pk}
    assert desk.listed(ModelResolution) == {public.pk}
    assert desk.post(Council, "change", council.pk, name="Mine").status_code == 403
    assert desk.post(ModelResolution, "change", public.pk, title="Mine").status_code == 403
    assert desk.get(Clause, "changelist").status_code == 403
    assert desk.get(Council, "import").status_code == 403


BOXES = [
    ("facilitator", Dialogue, "facilitators", 403),
    ("facilitator", Dialogue, "report", 200),
    ("facilitator", Resolution, "council", 403),
    ("facilitator", ProgressUpdate, "corrects", 403),
    ("ngo_member", Dialogue, "facilitators", 403),
    ("ngo_member", Contribution, "about", 403),
    ("ngo_member", Contribution, "dialogue", 403),
    ("ngo_member", Resolution, "council", 200),
    ("citizen", Resolution, "council", 302),
    ("editor", Dialogue, "facilitators", 200),
]


@pytest.mark.parametrize(("person", "model", "field", "status"), BOXES)
def test_boxes_that_suggest_are_closed_to_who_may_not_look(
    person: str,
    model: type,
    field: str,
    status: int,
    request: pytest.FixtureRequest,
    desk_of: DeskOf,
) -> None:
    desk = desk_of(request.getfixturevalue(person))

    assert desk.found(model, field).status_code == status


def test_boxes_suggest_only_what_the_person_may_see(facilitator: User, desk_of: DeskOf) -> None:
    mine = factories.ContributionFactory(dialogue__facilitators=[facilitator])
    factories.ContributionFactory()
    public = factories.RecommendationFactory(published=True)
    factories.RecommendationFactory()
    report = factories.ReportFactory(published=False)
    desk = desk_of(facilitator)

    def keys(model: type, field: str) -> set[str]:
        return {row["id"] for row in desk.found(model, field).json()["results"]}

    assert keys(Contribution, "dialogue") == {str(mine.dialogue_id)}
    assert keys(Contribution, "part_of") == {str(mine.pk)}
    assert keys(Contribution, "about") == {str(public.pk)}
    assert str(report.pk) not in keys(Dialogue, "report")
    assert Report.objects.count() > 1


def test_members_of_an_organization_are_shown_to_administrators_alone(
    editor: User, administrator: User, ngo_member: User, desk_of: DeskOf
) -> None:
    organization = ngo_member.organizations.get()

    pages = {
        user: desk_of(user).get(Organization, "change", organization.pk).content.decode()
        for user in (editor, administrator)
    }

    assert ngo_member.email not in pages[editor]
    assert ngo_member.email in pages[administrator]


def test_a_key_that_is_no_number_is_a_page_that_is_not_there(editor: User, desk_of: DeskOf) -> None:
    for page in ("change", "history", "delete"):
        assert desk_of(editor).get(Dialogue, page, "x").status_code == 302, page
