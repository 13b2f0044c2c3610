"""Next steps: what is to be done after a dialogue, by whom, until when, and how it stands."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from dialogues.models import Dialogue, NextStep
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return factories.DialogueFactory(
        published=True, facilitators=[facilitator], on=date(2026, 3, 14)
    )


@pytest.fixture
def desk(facilitator: User) -> Client:
    client = Client()
    client.force_login(facilitator)
    return client


def page_of(dialogue: Dialogue, step: NextStep | None = None) -> str:
    if step:
        return reverse("dialogues:next_step_edit", args=[dialogue.slug, step.pk])
    return reverse("dialogues:next_steps", args=[dialogue.slug])


def test_a_step_is_added_changed_and_said_to_be_done(desk: Client, dialogue: Dialogue) -> None:
    person = factories.PersonFactory(dialogue=dialogue, name="Odile Tremblay")

    desk.post(page_of(dialogue), {"text": "Post the report", "owner": person.pk})
    step = NextStep.objects.get()
    assert (step.state, step.state_on, step.language) == ("", None, dialogue.language)

    fields = {"text": "Post the report", "owner_name": "The foundation", "state": "done"}
    desk.post(page_of(dialogue, step), {**fields, "due_on": "2026-05-01", "word": "On the site."})

    step.refresh_from_db()
    assert (step.by_whom, step.due_on) == ("The foundation", date(2026, 5, 1))
    assert (step.state, step.state_on, step.word) == ("done", timezone.localdate(), "On the site.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "Write what is to be done."),
        ({"text": "x" * 5_000}, "That is 5000 characters long: use at most 2000."),
        ({"due_on": "2026-03-13"}, "This is before the dialogue"),
        ({"due_on": "2126-03-13"}, "more than ten years ahead"),
        ({"due_on": "soon"}, "Write the date as year-month-day"),
        ({"state_on": "2026-03-20"}, "Say how it stands"),
        ({"state": "done", "state_on": "2099-01-01"}, "This day has not come yet"),
        ({"owner_name": "An office", "owner": "theirs"}, "not both"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_can_not_be_is_said_beside_its_field_and_kept(
    wrong: dict[str, Any], said: str, desk: Client, dialogue: Dialogue
) -> None:
    person = factories.PersonFactory(dialogue=dialogue)
    fields = {"text": "Post the report", **wrong}
    if "owner" in wrong:
        fields["owner"] = person.pk

    html = desk.post(page_of(dialogue), fields).content.decode()

    assert said in html
    assert "There is a problem" in html
    assert str(fields["text"]) in html
    assert not NextStep.objects.exists()


def test_steps_are_put_in_order_and_taken_off(desk: Client, dialogue: Dialogue) -> None:
    first, second = (
        factories.NextStepFactory(dialogue=dialogue, order=n, text=text)
        for n, text in enumerate(["Write", "Print"], 1)
    )

    desk.post(reverse("dialogues:next_step_move", args=[dialogue.slug, second.pk]), {"to": "up"})
    assert [step.text for step in dialogue.next_steps.all()] == ["Print", "Write"]

    desk.post(reverse("dialogues:next_step_delete", args=[dialogue.slug, first.pk]))
    assert [step.text for step in dialogue.next_steps.all()] == ["Print"]


def test_nobody_of_another_dialogue_can_be_its_owner(desk: Client, dialogue: Dialogue) -> None:
    other = factories.PersonFactory()

    desk.post(page_of(dialogue), {"text": "Post the report", "owner": other.pk})

    assert not NextStep.objects.exists()


def test_a_step_of_another_dialogue_is_not_there(desk: Client, dialogue: Dialogue) -> None:
    other = factories.NextStepFactory()

    assert desk.get(page_of(dialogue, other)).status_code == 404


def test_days_of_commitments_are_set_and_what_became_of_them_is_not_told(
    desk: Client, dialogue: Dialogue
) -> None:
    row = factories.CommitmentFactory(
        said=True,
        statement__dialogue=dialogue,
        outcome="dropped",
        outcome_on=date(2026, 4, 1),
    )
    path = reverse("dialogues:commitment_days", args=[dialogue.slug])
    day = timezone.localdate() + timedelta(days=60)
    code = row.statement.code

    desk.post(path, {"statement": code, f"{code}-due_on": day.isoformat()})
    row.refresh_from_db()
    assert row.due_on == day

    html = desk.post(path, {"statement": code, f"{code}-due_on": "2020-01-01"}).content.decode()
    assert "This day is past" in html
    assert "Dropped" not in html
