"""What the page of a dialogue shows of an edition after things have changed."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from dialogues.models import (
    Attribution,
    Contribution,
    Dialogue,
    Edition,
    EditionState,
    NearDuplicate,
    NextStep,
    Sector,
)
from dialogues.report.assembling import assemble, front_of
from dialogues.report.standing import standing_front
from tests.factories import (
    AnswerFactory,
    ConsentFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

PATH = "/dialogues/halifax/"


@pytest.fixture
def dialogue() -> Dialogue:
    return DialogueFactory(
        slug="halifax", published=True, attribution=Attribution.NAME, on=date(2010, 5, 4)
    )


def said(dialogue: Dialogue, kind: str = "hope", **values: Any) -> Contribution:
    return ContributionFactory(dialogue=dialogue, kind=kind, posted=True, **values)


def published(dialogue: Dialogue, by: User, number: int = 1) -> Edition:
    reports = {code: assemble(dialogue, code, number=number) for code in ("en", "fr")}
    return Edition.objects.create(
        dialogue=dialogue,
        number=number,
        state=EditionState.PUBLISHED,
        source={code: report.as_data() for code, report in reports.items()},
        front={code: front_of(report).as_data() for code, report in reports.items()},
        made_at=timezone.now(),
        made_by=by,
        published_at=timezone.now(),
    )


def body(client: Client, path: str = PATH) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_the_edition_not_what_was_said_since(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    hope = said(dialogue)
    edition = published(dialogue, editor)
    later = said(dialogue)

    html = body(client)

    assert hope.text in html
    assert later.text not in html
    assert f'href="{edition.get_absolute_url()}"' in html


def test_what_was_taken_from_view_since_shows_no_more(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    rows = [said(dialogue, text=f"Words of statement {n} that were public") for n in range(3)]
    question = said(dialogue, "question", text="A question nobody answered")
    line = said(dialogue, "idea", text="A line", part_of=said(dialogue, "idea", text="A whole"))
    published(dialogue, editor)
    for path in (PATH, f"/fr{PATH}"):
        assert all(row.text in body(client, path) for row in (*rows, question, line))

    rows[0].withdraw(by=editor)
    Contribution.objects.filter(pk=rows[1].pk).update(state="held", posted_at=None, posted_by=None)
    question.withdraw(by=editor)
    whole = line.part_of
    assert whole is not None
    whole.withdraw(by=editor)

    for path in (PATH, f"/fr{PATH}"):
        html = body(client, path)
        for text in (rows[0].text, rows[1].text, question.text, "A line", "A whole"):
            assert text not in html
        assert rows[2].text in html
    assert "Withdrawn since this edition." in body(client)


def test_who_stood_folded_beneath_one_that_is_gone_stands_alone(
    dialogue: Dialogue, editor: User
) -> None:
    kept, near = said(dialogue), said(dialogue)
    NearDuplicate.objects.create(statement=near, of=kept, marked_by=editor)
    edition = published(dialogue, editor)
    kept.withdraw(by=editor)

    front = standing_front(edition, dialogue, "en")

    section = front.section("hopes-and-concerns") if front else None
    assert section is not None
    sides = section.blocks[-1]
    assert [(row.code, row.path != "") for row in sides.left.rows] == [  # type: ignore[union-attr]
        (kept.code, False),
        (near.code, True),
    ]


def test_a_name_shows_no_longer_than_its_owner_agrees(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    maker = ParticipantFactory(dialogue=dialogue, name="Ada Winter", sector=Sector.MEDIA)
    ConsentFactory(participant=maker, purpose="publish")
    consent = ConsentFactory(participant=maker, purpose="name")
    shy = ParticipantFactory(dialogue=dialogue, name="Bo Snow", sector=Sector.GOVERNMENT)
    ConsentFactory(participant=shy, purpose="publish")
    hope, other = said(dialogue, participant=maker), said(dialogue, participant=shy)
    edition = published(dialogue, editor)
    assert "Ada Winter" in body(client)

    consent.withdrawn_at = timezone.now()
    consent.save()
    ConsentFactory(participant=shy, purpose="name")
    front = standing_front(edition, dialogue, "en")

    section = front.section("hopes-and-concerns") if front else None
    assert section is not None
    rows = {row.code: row.said_by for row in section.blocks[-1].left.rows}  # type: ignore[union-attr]
    assert rows == {hope.code: "Media", other.code: ""}


def test_under_a_stricter_rule_nobody_is_named(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    PersonFactory(dialogue=dialogue, name="Ada Winter", role="chair", biography="A long life.")
    AnswerFactory(contribution=said(dialogue, "question"), answered_by="Bo Snow")
    published(dialogue, editor)
    assert "Bo Snow" in body(client)

    dialogue.attribution = Attribution.CHATHAM_HOUSE
    dialogue.save()

    html = body(client)
    for name in ("Ada Winter", "A long life.", "Bo Snow"):
        assert name not in html


def test_a_new_wording_shows_in_place_of_the_old_one(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    hope = said(dialogue, text="My boss at the mill is afraid")
    published(dialogue, editor)
    hope.spoken, hope.text = hope.text, "Somebody is afraid"
    hope.save()

    html = body(client)

    assert "My boss" not in html
    assert "<p>Somebody is afraid</p>" in html
    assert "Its wording was changed after this edition." in html


def test_next_steps_are_told_as_they_stand(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    step = NextStep.objects.create(dialogue=dialogue, text="Write to the council")
    said(dialogue)
    published(dialogue, editor)
    assert "as they stand today" not in body(client)

    step.state, step.state_on = "done", date(2010, 6, 1)
    step.save()

    assert "as they stand today" in body(client)


def test_it_asks_the_same_of_the_database_however_much_was_said(
    dialogue: Dialogue, editor: User
) -> None:
    def queries(number: int) -> int:
        maker = ParticipantFactory(dialogue=dialogue)
        ConsentFactory(participant=maker)
        for _n in range(number):
            said(dialogue, "commitment", participant=maker).words_of.add(said(dialogue))
        edition = published(dialogue, editor, number)
        fresh = Dialogue.objects.get(pk=dialogue.pk)
        with CaptureQueriesContext(connection) as asked:
            standing_front(edition, fresh, "en")
        return len(asked)

    assert queries(1) == queries(8) <= 6
