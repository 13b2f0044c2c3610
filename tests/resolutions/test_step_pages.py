"""Recording what happened, on the pages for it: what is kept, what is refused, what is said."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from resolutions.models import Instrument, Resolution, Step, StepKind, StepSource
from tests.factories import JurisdictionFactory, ResolutionFactory, StepSourceFactory
from tests.markup import Page, text_of, words

pytestmark = pytest.mark.django_db

SOURCE = {
    "source_publisher": "City of Port Alder",
    "source_title": "Minutes",
    "source_url": "https://example.org/minutes",
    "source_grade": "minutes",
    "source_language": "en",
}
ADOPTED = {
    "on": "2026-03-18",
    "kind": "amended",
    "meeting": "Regular council",
    "mover": "Coun. Osei",
    "seconder": "Coun. Tremblay",
    "vote_method": "counted",
    "votes_for": "8",
    "votes_against": "3",
    **SOURCE,
}


@pytest.fixture
def resolution(ngo_member: User) -> Resolution:
    resolution = ResolutionFactory(
        champion=ngo_member.organizations.get(), council__seats=11, council__slug="port-alder"
    )
    resolution.record_step(StepKind.SUBMITTED, on=date(2026, 1, 12), by=ngo_member)
    return resolution


@pytest.fixture
def champion(ngo_member: User) -> Client:
    return browser_of(ngo_member)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path_of(resolution: Resolution) -> str:
    return reverse("resolutions:step_record", args=[resolution.slug])


def errors(answer: Any) -> dict[str, str]:
    return {name: found[0] for name, found in answer.context["form"].errors.items()}


def offered(page: str) -> list[str]:
    return [
        box.get("value", "")
        for box in Page(page).all("input")
        if box.get("type") == "radio" and box.get("name") == "kind"
    ]


def test_a_champion_records_a_step_with_its_vote_and_its_source(
    resolution: Resolution, champion: Client
) -> None:
    answer = champion.post(path_of(resolution), ADOPTED)

    step = resolution.steps.get(kind=StepKind.AMENDED)
    source = step.sources.get()
    assert answer["Location"] == f"/resolutions/{resolution.slug}/#step-{step.pk}"
    assert (step.mover, step.seconder, step.meeting) == (
        "Coun. Osei",
        "Coun. Tremblay",
        "Regular council",
    )
    assert (step.votes_for, step.votes_against, step.votes_absent) == (8, 3, None)
    assert (source.url, source.grade) == ("https://example.org/minutes", "minutes")
    assert step.verified_at is None


def test_what_an_editor_records_with_its_source_is_verified(
    resolution: Resolution, editor: User
) -> None:
    browser_of(editor).post(path_of(resolution), ADOPTED)

    resolution.refresh_from_db()
    assert resolution.verified_status == StepKind.AMENDED


def test_an_editor_who_records_what_was_reported_verifies_it(
    resolution: Resolution, champion: Client, editor: User
) -> None:
    champion.post(path_of(resolution), ADOPTED)

    browser_of(editor).post(path_of(resolution), ADOPTED)

    step = resolution.steps.get(kind=StepKind.AMENDED)
    assert step.verified_by == editor
    assert step.sources.count() == 1


def test_a_double_click_records_one_step_with_one_source(
    resolution: Resolution, champion: Client
) -> None:
    places = {champion.post(path_of(resolution), ADOPTED)["Location"] for _click in range(2)}

    assert len(places) == 1
    assert (resolution.steps.count(), StepSource.objects.count()) == (2, 1)


def test_the_same_step_with_other_details_is_not_passed_over_in_silence(
    resolution: Resolution, champion: Client
) -> None:
    champion.post(path_of(resolution), ADOPTED)

    answer = champion.post(
        path_of(resolution),
        {**ADOPTED, "votes_for": "7", "votes_against": "4", "source_url": "https://example.org/2"},
    )

    assert "recorded already" in errors(answer)["kind"]
    assert (resolution.steps.count(), StepSource.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"on": "2199-01-01"}, "on", "in the future"),
        ({"on": "soon"}, "on", "such as 2026-03-14"),
        ({"on": ""}, "on", "Choose the day"),
        ({"kind": ""}, "kind", "Choose what happened"),
        ({"kind": "applauded"}, "kind", "applauded"),
        ({"kind": "rescinded"}, "kind", "it was “Submitted” before"),
        ({"on": "2026-01-11"}, "kind", "it was “Submitted” later"),
        ({"votes_against": "2"}, "votes_for", "these are 10 members, and the council has 11"),
        ({"votes_against": ""}, "votes_against", "Write 0 for nobody"),
        ({"votes_for": "many"}, "votes_for", "whole number"),
        ({"votes_for": "-1"}, "votes_for", "whole number"),
        ({"seats": "99999999999999999999"}, "seats", "members"),
        ({"vote_method": "unanimous"}, "vote_method", "leave them empty"),
        ({"seconder": "coun. OSEI"}, "seconder", "the same"),
        ({"source_publisher": ""}, "source_publisher", "who published"),
        ({"source_title": ""}, "source_title", "what it is called"),
        ({"source_url": ""}, "source_url", "Give the link"),
        ({"source_url": "ftp://example.org/minutes"}, "source_url", "http"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "http"),
        ({"video_url": "ftp://example.org/video"}, "video_url", "http"),
    ],
)
def test_bad_input_gets_its_answer_beside_the_field_and_nothing_is_saved(
    changed: dict[str, str], field: str, said: str, resolution: Resolution, champion: Client
) -> None:
    sent = {**ADOPTED, **changed}

    answer = champion.post(path_of(resolution), sent)

    assert said in errors(answer)[field]
    assert (resolution.steps.count(), StepSource.objects.count()) == (1, 0)
    # What was typed is still there, beside the words that say what is wrong.
    page = Page(answer.content.decode())
    assert page.one("input", name="mover").get("value") == "Coun. Osei"
    assert page.one("input", name="votes_for").get("value") == sent["votes_for"]
    assert said in words(text_of(page.one("main")))


def test_a_second_adoption_is_refused_with_what_to_do_instead(
    resolution: Resolution, champion: Client
) -> None:
    champion.post(path_of(resolution), ADOPTED)

    answer = champion.post(path_of(resolution), {**ADOPTED, "on": "2026-04-01", "kind": "adopted"})

    assert "record that one by itself" in errors(answer)["kind"]
    assert resolution.steps.count() == 2


def test_the_council_of_that_day_counts_where_its_size_is_given(
    resolution: Resolution, champion: Client
) -> None:
    answer = champion.post(path_of(resolution), {**ADOPTED, "votes_for": "6", "seats": "9"})

    assert answer.status_code == 302
    assert resolution.steps.get(kind=StepKind.AMENDED).seats == 9


def test_a_meeting_announced_may_lie_ahead(resolution: Resolution, champion: Client) -> None:
    ahead = timezone.localdate() + timedelta(days=20)

    champion.post(
        path_of(resolution),
        {"on": "2026-02-01", "kind": "scheduled", "meets_on": ahead.isoformat(), **SOURCE},
    )

    assert resolution.steps.get(kind=StepKind.SCHEDULED).meets_on == ahead


def test_what_nobody_can_look_up_may_stand_without_a_source(ngo_member: User) -> None:
    resolution = ResolutionFactory(champion=ngo_member.organizations.get())

    champion = browser_of(ngo_member)
    without = champion.post(path_of(resolution), {"on": "2026-01-12", "kind": "submitted"})
    decided = champion.post(path_of(resolution), {"on": "2026-02-12", "kind": "adopted"})

    assert without.status_code == 302
    assert set(errors(decided)) == {"source_publisher", "source_title", "source_url"}


def test_the_page_offers_what_can_have_happened_on_the_day_chosen(
    resolution: Resolution, champion: Client
) -> None:
    champion.post(path_of(resolution), ADOPTED)

    today = champion.get(path_of(resolution)).content.decode()
    looked = {"on": "2026-02-01", "look": "1", "summary": "What I had typed"}
    before = champion.post(path_of(resolution), looked).content.decode()

    assert set(offered(today)) == {"rescinded", "signed", "vetoed"}
    assert set(offered(before)) == {
        "notice-of-motion",
        "referred",
        "deferred",
        "scheduled",
        "reading",
    }
    assert "What I had typed" in before
    assert "There is a problem" not in before
    assert resolution.steps.count() == 2


def test_american_steps_come_last_where_they_are_rare(
    resolution: Resolution, champion: Client
) -> None:
    champion.post(path_of(resolution), ADOPTED)
    canadian = offered(champion.get(path_of(resolution)).content.decode())
    country = JurisdictionFactory(code="US", kind="country", parent=None, name_en="United States")
    resolution.council.jurisdiction = JurisdictionFactory(
        code="US-WA", kind="state", parent=country, name_en="Washington"
    )
    resolution.council.save(update_fields=["jurisdiction"])

    american = offered(champion.get(path_of(resolution)).content.decode())

    assert canadian == ["rescinded", "signed", "vetoed"]
    assert american == ["signed", "vetoed", "rescinded"]


def test_a_mayors_act_has_no_meeting_and_no_vote(ngo_member: User) -> None:
    resolution = ResolutionFactory(
        champion=ngo_member.organizations.get(), instrument=Instrument.PROCLAMATION
    )
    champion = browser_of(ngo_member)

    page = Page(champion.get(path_of(resolution)).content.decode())
    names = {box.get("name") for box in page.all("input")}
    champion.post(
        path_of(resolution),
        {"on": "2026-03-01", "kind": "proclaimed", "actor": "Mayor A", **SOURCE},
    )

    assert not {"mover", "votes_for", "vote_method"} & names
    assert resolution.steps.get().actor == "Mayor A"


class TestVerifying:
    def test_an_editor_says_that_a_step_was_found_in_its_source(
        self, resolution: Resolution, editor: User
    ) -> None:
        step = resolution.steps.get()
        StepSourceFactory(step=step)
        path = reverse("resolutions:step_verify", args=[resolution.slug, step.pk])

        asked = browser_of(editor).get(path)
        done = browser_of(editor).post(path)

        step.refresh_from_db()
        assert "Yes, verified" in asked.content.decode()
        assert done["Location"] == step.get_absolute_url()
        assert step.verified_by == editor

    def test_without_a_source_there_is_nothing_to_verify(
        self, resolution: Resolution, editor: User
    ) -> None:
        step = resolution.steps.get()
        path = reverse("resolutions:step_verify", args=[resolution.slug, step.pk])

        answer = browser_of(editor).post(path)

        assert "no source" in answer.content.decode()
        assert Step.objects.get().verified_at is None

    def test_a_step_is_verified_on_its_own_resolution_alone(
        self, resolution: Resolution, editor: User
    ) -> None:
        other = ResolutionFactory()
        step = resolution.steps.get()

        answer = browser_of(editor).get(
            reverse("resolutions:step_verify", args=[other.slug, step.pk])
        )

        assert answer.status_code == 404
