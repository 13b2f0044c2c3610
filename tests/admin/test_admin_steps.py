"""Steps and histories in the admin: added to, never rewritten."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.history_admin import WithHistory
from accounts.models import User
from dialogues.models import Answer, Contribution, ContributionKind, Dialogue
from recommendations.models import ProgressUpdate, Recommendation, Term
from resolutions.models import Instrument, Resolution, Step, StepKind
from tests import factories
from tests.admin.desk import Desk

pytestmark = pytest.mark.django_db

DAY = date(2010, 1, 12)


def add_steps(desk: Desk, resolution: Resolution, *steps: dict[str, Any], **changes: Any) -> Any:
    data = desk.form(Resolution, resolution.pk)
    data["steps-2-TOTAL_FORMS"] = len(steps)
    for number, step in enumerate(steps):
        data |= {f"steps-2-{number}-{name}": value for name, value in step.items()}
    return desk.post(Resolution, "change", resolution.pk, **{**data, **changes})


def errors_of(response: Any) -> list[dict[str, Any]]:
    return [
        form.errors
        for inline in response.context["inline_admin_formsets"]
        for form in inline.formset.extra_forms
    ]


def test_a_step_is_recorded_with_its_source(editor: User) -> None:
    resolution = factories.ResolutionFactory()

    response = add_steps(
        Desk(editor),
        resolution,
        {
            "kind": "adopted",
            "on": DAY,
            "source_publisher": "City of Delta",
            "source_title": "Minutes",
            "source_url": "https://example.org/minutes",
            "source_grade": "minutes",
        },
    )

    assert response.status_code == 302
    step = resolution.steps.get()
    assert (step.kind, step.recorded_by, step.verified_by) == ("adopted", editor, editor)
    assert step.sources.get().grade == "minutes"
    resolution.refresh_from_db()
    assert (resolution.status, resolution.status_on) == ("adopted", DAY)


def test_a_members_step_waits_to_be_verified(ngo_member: User) -> None:
    resolution = factories.ResolutionFactory(champion=ngo_member.organizations.get())

    add_steps(Desk(ngo_member), resolution, {"kind": "submitted", "on": DAY})

    step = resolution.steps.get()
    assert (step.recorded_by, step.verified_by) == (ngo_member, None)


def test_several_steps_of_one_form_are_recorded_in_the_order_they_happened(editor: User) -> None:
    resolution = factories.ResolutionFactory()

    response = add_steps(
        Desk(editor),
        resolution,
        {"kind": "adopted", "on": DAY},
        {"kind": "submitted", "on": DAY - timedelta(days=30)},
    )

    assert response.status_code == 302
    assert [step.kind for step in resolution.steps.all()] == ["submitted", "adopted"]


def test_a_step_that_contradicts_is_refused_beside_its_field(editor: User) -> None:
    resolution = factories.ResolutionFactory()
    resolution.record_step(StepKind.ADOPTED, on=DAY, by=editor)

    response = add_steps(
        Desk(editor), resolution, {"kind": "referred", "on": DAY + timedelta(days=1)}
    )

    assert "That cannot follow" in errors_of(response)[0]["kind"][0]
    assert resolution.steps.count() == 1


def test_a_date_in_the_future_is_refused_beside_the_date(editor: User) -> None:
    resolution = factories.ResolutionFactory()
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = add_steps(Desk(editor), resolution, {"kind": "adopted", "on": tomorrow})

    assert "future" in errors_of(response)[0]["on"][0]
    assert not resolution.steps.exists()


def test_the_instrument_of_the_same_form_decides_what_can_be_recorded(editor: User) -> None:
    resolution = factories.ResolutionFactory(instrument=Instrument.COUNCIL_RESOLUTION)
    step = {"kind": "proclaimed", "on": DAY}

    refused = add_steps(Desk(editor), resolution, step)
    taken = add_steps(Desk(editor), resolution, step, instrument=Instrument.PROCLAMATION)

    assert "A mayor proclaims" in errors_of(refused)[0]["kind"][0]
    assert taken.status_code == 302
    resolution.refresh_from_db()
    assert (resolution.instrument, resolution.status) == ("mayoral-proclamation", "proclaimed")


def test_half_a_source_is_refused_where_the_rest_is_missing(editor: User) -> None:
    resolution = factories.ResolutionFactory()

    response = add_steps(
        Desk(editor),
        resolution,
        {"kind": "adopted", "on": DAY, "source_url": "https://example.org/"},
    )

    assert set(errors_of(response)[0]) == {"source_publisher", "source_title"}
    assert not resolution.steps.exists()


def test_what_is_recorded_is_neither_changed_nor_deleted(administrator: User) -> None:
    resolution = factories.ResolutionFactory()
    step = resolution.record_step(StepKind.ADOPTED, on=DAY, by=administrator, summary="As it was.")
    desk = Desk(administrator)

    data = desk.form(Resolution, resolution.pk)
    desk.post(
        Resolution,
        "change",
        resolution.pk,
        **{
            **data,
            "steps-INITIAL_FORMS": 1,
            "steps-TOTAL_FORMS": 1,
            "steps-0-id": step.pk,
            "steps-0-resolution": resolution.pk,
            "steps-0-kind": "defeated",
            "steps-0-on": DAY,
            "steps-0-summary": "Rewritten.",
            "steps-0-DELETE": "on",
            "steps-2-INITIAL_FORMS": 1,
            "steps-2-TOTAL_FORMS": 1,
            "steps-2-0-id": step.pk,
            "steps-2-0-kind": "defeated",
            "steps-2-0-on": DAY,
        },
    )
    desk.post(Step, "change", step.pk, **{**desk.form(Step, step.pk), "summary": "Rewritten."})

    step.refresh_from_db()
    assert (step.kind, step.summary) == ("adopted", "As it was.")
    assert desk.get(Step, "delete", step.pk).status_code == 403
    assert desk.get(Step, "add").status_code == 403


def test_a_source_is_added_to_a_step_later(editor: User) -> None:
    step = factories.StepFactory()
    desk = Desk(editor)
    data = desk.form(Step, step.pk)

    data.update(
        {
            "sources-TOTAL_FORMS": 1,
            "sources-0-publisher": "City of Delta",
            "sources-0-title": "Minutes",
            "sources-0-language": "fr",
            "sources-0-url": "https://example.org/minutes",
            "sources-0-grade": "minutes",
            "sources-0-published_precision": "day",
        }
    )
    desk.post(Step, "change", step.pk, **data)

    assert step.sources.get().publisher == "City of Delta"


def test_a_published_finding_is_corrected_by_another_not_in_place(editor: User) -> None:
    source = factories.SourceFactory()
    desk = Desk(editor)
    data = desk.form(ProgressUpdate, source.update.pk)
    source.update.publish(by=editor)

    desk.post(
        ProgressUpdate,
        "change",
        source.update.pk,
        **{**data, "summary": "Rewritten.", "status": "in-place", "sources-0-DELETE": "on"},
    )

    source.update.refresh_from_db()
    assert (source.update.summary, source.update.status) == ("A bill was tabled.", "under-way")
    assert source.update.sources.get() == source


def test_a_finding_is_added_on_the_page_of_its_recommendation(editor: User) -> None:
    recommendation = factories.RecommendationFactory(addressees=[factories.AddresseeFactory()])
    desk = Desk(editor)
    data = desk.form(Recommendation, recommendation.pk)

    data.update(
        {
            "updates-TOTAL_FORMS": 1,
            "updates-0-status": "under-way",
            "updates-0-on": DAY,
            "updates-0-summary": "A bill was tabled.",
            "updates-0-language": "en",
        }
    )
    desk.post(Recommendation, "change", recommendation.pk, **data)

    update = recommendation.updates.get()
    assert update.is_public is False
    assert update.written_by == editor


def test_only_a_question_is_answered_and_an_answered_question_stays_one(editor: User) -> None:
    hope = factories.ContributionFactory(kind=ContributionKind.HOPE)
    question = factories.AnswerFactory().contribution
    desk = Desk(editor)

    assert desk.get(Contribution, "change", hope.pk).context["inline_admin_formsets"] == []
    data = desk.form(Contribution, question.pk)
    response = desk.post(Contribution, "change", question.pk, **{**data, "kind": "hope"})

    assert response.status_code == 302
    question.refresh_from_db()
    assert question.kind == ContributionKind.QUESTION
    response = desk.post(Answer, "add", contribution=hope.pk, text="So it is.", language="en")
    assert "contribution" in response.context["adminform"].form.errors


def test_history_says_who_changed_what_from_what_to_what(editor: User) -> None:
    term = factories.TermFactory(definition_en="Before.")
    desk = Desk(editor)
    data = desk.form(Term, term.pk)

    desk.post(Term, "change", term.pk, **{**data, "definition_en": "After.", "kind": "body"})
    page = desk.get(Term, "history", term.pk)

    changes = {
        change["field"]: (change["old"], change["new"])
        for change in page.context["page_obj"][0].history_delta_changes
    }
    assert changes == {
        "Definition in English": ("Before.", "After."),
        "Kind": ("Legal terms", "Bodies"),
    }
    assert editor.email in page.content.decode()


def test_history_names_the_links_that_changed(editor: User) -> None:
    old, new = factories.AddresseeFactory(name_en="Old"), factories.AddresseeFactory(name_en="New")
    recommendation = factories.RecommendationFactory(addressees=[old])
    desk = Desk(editor)
    data = desk.form(Recommendation, recommendation.pk)

    desk.post(Recommendation, "change", recommendation.pk, **{**data, "addressees": [new.pk]})
    page = desk.get(Recommendation, "history", recommendation.pk)

    assert "<ins>" in page.content.decode()
    assert "New" in page.content.decode()


def test_history_tells_of_publishing_and_of_withdrawing(editor: User) -> None:
    recommendation = factories.RecommendationFactory()
    desk = Desk(editor)
    desk.act(Recommendation, "publish", recommendation)
    desk.act(Recommendation, "withdraw", recommendation)

    page = desk.get(Recommendation, "history", recommendation.pk)

    # Each line shows when it was or became public, in the words of the field.
    html = page.content.decode()
    assert "Saved without a change" not in html
    assert html.count("<ins>") == html.count("<del>") == 2


@pytest.mark.parametrize(
    "make",
    [
        factories.AudienceFactory,
        factories.PillarFactory,
        factories.AddresseeFactory,
        factories.AbbreviationFactory,
        factories.JurisdictionFactory,
        factories.OrganizationFactory,
    ],
)
def test_history_has_a_line_for_a_new_name(make: Any, editor: User) -> None:
    row = make()
    field = "expansion" if hasattr(row, "expansion") else "name_en"
    field = field if hasattr(row, field) else "name"
    desk = Desk(editor)

    desk.post(type(row), "change", row.pk, **{**desk.form(type(row), row.pk), field: "A new name"})

    page = desk.get(type(row), "history", row.pk).content.decode()
    assert "<ins>" in page
    assert "A new name" in page


def test_an_old_version_is_not_written_over_the_present_one(editor: User) -> None:
    recommendation = factories.RecommendationFactory()
    version = recommendation.history.first()
    desk = Desk(editor)

    path = f"{desk.address(Recommendation, 'history', recommendation.pk)}{version.pk}/"

    assert desk.client.post(path, {"text": "Other words."}).status_code in {302, 404}
    recommendation.refresh_from_db()
    assert recommendation.text != "Other words."


def test_lists_of_words_are_written_one_a_line(editor: User) -> None:
    term = factories.TermFactory(also_written=["mass atrocity", "atrocity crimes"])
    desk = Desk(editor)
    data = desk.form(Term, term.pk)

    assert data["also_written"] == "mass atrocity\natrocity crimes"
    desk.post(Term, "change", term.pk, **{**data, "also_written": " one \r\n\r\ntwo"})

    term.refresh_from_db()
    assert term.also_written == ["one", "two"]


def test_history_compares_the_last_line_of_a_page_too(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WithHistory, "history_list_per_page", 1)
    dialogue = factories.DialogueFactory(place="Vancuver")
    dialogue.place = "Vancouver"
    dialogue.save()

    page = Desk(editor).get(Dialogue, "history", dialogue.pk)

    (change,) = page.context["page_obj"][0].history_delta_changes
    assert (change["old"], change["new"]) == ("Vancuver", "Vancouver")


def test_history_claims_no_sameness_where_nothing_older_is_kept(editor: User) -> None:
    statement = factories.ContributionFactory()
    statement.history.all().delete()

    Desk(editor).act(Contribution, "post", statement)
    page = Desk(editor).get(Contribution, "history", statement.pk).content.decode()

    assert "nothing older is kept" in page
    assert "without a change" not in page
