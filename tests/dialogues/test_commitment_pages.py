"""What somebody sees who makes a commitment, and whoever reads it afterwards."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.limits import Limit
from accounts.models import Letter, User
from dialogues import commitments
from dialogues.models import (
    Commitment,
    CommitmentState,
    ConsentPurpose,
    ContributionKind,
    Outcome,
)
from dialogues.views import commitments as views
from recommendations.models import Recommendation
from tests import factories
from tests.markup import Page, faults
from tests.working import work

pytestmark = pytest.mark.django_db

LIST = "/admin/dialogues/commitment/"
TYPED = {"text": "I will call my member.", "email": "me@example.org", "language": "en"}


def soon(days: int = 30) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def recommendation() -> Recommendation:
    return factories.RecommendationFactory(code="CA-01", published=True)


@pytest.fixture
def commit(recommendation: Recommendation) -> str:
    return reverse("commitment_new", args=[recommendation.code])


def link_in(letter: Any) -> str:
    """The private link of a letter, as a path."""
    (line,) = [line for line in letter.body.splitlines() if "/commitments/" in line][:1]
    return "/" + line.split("/", 3)[3]


# ---- Making one ----


def test_from_the_form_to_the_page_of_the_recommendation(
    client: Client, commit: str, recommendation: Recommendation, editor: User
) -> None:
    answer = client.post(commit, {**TYPED, "name": "Odile"}, follow=True)
    assert "Look into your mailbox" in answer.content.decode()
    work()
    link = link_in(mail.outbox[0])

    # A mail scanner follows the link: nothing is confirmed by that.
    assert "Yes, I will do this" in client.get(link).content.decode()
    assert Commitment.objects.get().state == CommitmentState.UNCONFIRMED
    client.post(link, {"verb": "confirm"})
    assert Commitment.objects.get().state == CommitmentState.WAITING
    page = recommendation.get_absolute_url()
    assert TYPED["text"] not in client.get(page).content.decode()

    commitments.show(Commitment.objects.get(), by=editor)
    for path in (page, f"{page}commitments/"):
        html = client.get(path).content.decode()
        assert TYPED["text"] in html
        assert "Odile" in html
        assert "me@example.org" not in html

    client.post(link, {"verb": "take-back"})
    assert TYPED["text"] not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": " "}, "Write what you will do."),
        ({"text": "x" * 5_000}, "That is 5000 characters long: use at most 600."),
        ({"email": "me at example"}, "Write a whole e-mail address"),
        ({"email": ""}, "Write your e-mail address."),
        ({"due_on": "2020-01-01"}, "This day is past"),
        ({"due_on": "2099-01-01"}, "more than ten years ahead"),
        ({"due_on": "some day"}, "Write the date as year, month and day"),
        ({"asks": "on"}, "Choose a day: on that day you are asked."),
        ({"language": "xx"}, "Choose one of these."),
        ({"text": "\x00"}, "Write what you will do."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    wrong: dict[str, str], said: str, client: Client, commit: str
) -> None:
    answer = client.post(commit, {**TYPED, "name": "Odile", **wrong})

    html = answer.content.decode()
    assert said in html
    assert "There is a problem" in html
    assert "Odile" in html
    assert faults(Page(html)) == []
    assert not Commitment.objects.exists()


def test_whether_an_address_is_known_is_told_to_nobody(client: Client, commit: str) -> None:
    answers = {client.post(commit, {**TYPED, "text": f"Number {n}"})["Location"] for n in range(6)}
    answers.add(client.post(commit, {**TYPED, "text": "Number 0"})["Location"])
    answers.add(client.post(commit, {**TYPED, "email": "new@example.org"})["Location"])

    assert answers == {f"{commit}?sent=1"}
    assert Letter.objects.count() == 4


def test_what_fills_in_every_box_is_thanked_and_forgotten(client: Client, commit: str) -> None:
    answer = client.post(commit, {**TYPED, "website": "https://example.org"})

    assert answer["Location"] == f"{commit}?sent=1"
    assert not Commitment.objects.exists()


def test_a_network_may_not_send_without_end(
    client: Client, commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SENT", Limit("commitments", 2, 3_600))

    got = [
        client.post(commit, {**TYPED, "email": f"me{n}@example.org"}).status_code for n in range(3)
    ]

    assert got == [302, 302, 429]


def test_where_no_mail_goes_nothing_is_taken(client: Client, commit: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    html = client.post(commit, TYPED).content.decode()

    assert "This site sends no e-mail at the moment" in html
    assert not Commitment.objects.exists()


def test_words_are_plain_text(client: Client, recommendation: Recommendation) -> None:
    factories.CommitmentFactory(
        recommendation=recommendation,
        shown=True,
        text="<b>See</b> https://spam.example",
        name="<script>alert(1)</script>",
    )

    html = client.get(recommendation.get_absolute_url()).content.decode()

    assert "&lt;b&gt;See&lt;/b&gt; https://spam.example" in html
    assert "<script>alert" not in html
    assert 'href="https://spam.example' not in html


# ---- By the private link ----


def test_how_it_went_is_said_and_shows_where_its_maker_agrees(
    client: Client, recommendation: Recommendation, editor: User
) -> None:
    row = factories.CommitmentFactory(
        recommendation=recommendation, shown=True, due_on=date(2026, 6, 1)
    )
    link = reverse("commitments:commitment", args=[commitments.token_of(row)])
    said = {"verb": "answer", "outcome": "kept", "words": "She called me back."}

    page = recommendation.get_absolute_url()

    client.post(link, said)
    assert (
        "She called me back."
        not in client.get(row.recommendation.get_absolute_url()).content.decode()
    )

    client.post(link, {**said, "shows_words": "on"})
    assert "She called me back." not in client.get(page).content.decode()
    assert "It waits for review." in client.get(link).content.decode()

    review(editor, row, words="She called me back.")
    html = client.get(page).content.decode()
    assert "She called me back." in html
    assert "Kept" in html


def test_what_became_of_it_stands_on_the_page_of_the_statement(client: Client) -> None:
    agreed = [ConsentPurpose.CONTACT, ConsentPurpose.PUBLISH]
    row = factories.CommitmentFactory(said=True, statement__participant__agreed=agreed)
    row.statement.dialogue.publish(by=factories.UserFactory())
    page = row.statement.get_absolute_url()

    assert "Kept" not in client.get(page).content.decode()
    commitments.answer(row, outcome=Outcome.KEPT, words="She signed it.", shows_words=True)

    assert ": She signed it." in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"outcome": ""}, "Say how it went."),
        ({"outcome": "none-such"}, "Choose one of these."),
        ({"words": "x" * 5_000}, "That is 5000 characters long: use at most 1000."),
        ({"words": "", "shows_words": "on"}, "Write a word, or take the tick below away."),
        ({"outcome": "under-way", "again_on": "2020-01-01"}, "This day is past"),
        ({"outcome": "dropped", "again_on": soon()}, "A new day is for what is under way"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_answer_that_can_not_be_is_explained(
    wrong: dict[str, str], said: str, client: Client
) -> None:
    row = factories.CommitmentFactory(shown=True)
    link = reverse("commitments:commitment", args=[commitments.token_of(row)])

    answer = client.post(link, {"verb": "answer", "outcome": "kept", "words": "I did.", **wrong})

    html = answer.content.decode()
    assert said in html
    assert faults(Page(html)) == []
    assert not row.check_ins.exists()


def test_one_click_in_the_mail_program_stops_letters(recommendation: Recommendation) -> None:
    row = factories.CommitmentFactory(
        recommendation=recommendation, shown=True, asks_since=timezone.now()
    )
    link = reverse("commitments:commitment_stop", args=[commitments.token_of(row, "stop")])
    client = Client(enforce_csrf_checks=True)

    client.get(link)
    row.refresh_from_db()
    assert row.stopped_at is None

    answer = client.post(link, {"List-Unsubscribe": "One-Click"})
    row.refresh_from_db()
    assert answer.status_code == 200
    assert row.stopped_at is not None
    assert client.post(link).status_code == 200


def test_a_link_nobody_confirmed_in_time_leads_nowhere(client: Client) -> None:
    row = factories.CommitmentFactory(
        state=CommitmentState.UNCONFIRMED,
        confirmed_at=None,
        made_at=timezone.now() - timedelta(days=8),
    )

    answer = client.get(reverse("commitments:commitment", args=[commitments.token_of(row)]))

    assert answer.status_code == 404
    assert "confirmed too late" in " ".join(answer.content.decode().split())


# ---- On the private page of a seat ----


def test_a_participant_sets_the_day_and_agrees_on_the_page_of_what_they_said(
    client: Client,
) -> None:
    dialogue = factories.DialogueFactory(check_back_until=date(2010, 1, 1))
    who = factories.ParticipantFactory(dialogue=dialogue)
    statement = factories.ContributionFactory(
        dialogue=dialogue, participant=who, kind=ContributionKind.COMMITMENT, posted=True
    )
    page, code = reverse("join:said", args=[who.token("said")]), statement.code
    sent = {"statement": code, "verb": "plan", f"day-{code}-asks": "on"}
    assert "I may be written to about this dialogue" in client.get(page).content.decode()

    html = client.post(page, {**sent, f"day-{code}-due_on": soon()}).content.decode()
    assert "Write your address, or take the tick away." in html
    client.post(page, {**sent, f"day-{code}-due_on": soon(), f"day-{code}-email": "me@example.org"})

    row = Commitment.objects.get()
    who.refresh_from_db()
    assert row.due_on == date.fromisoformat(soon())
    assert commitments.is_asking(row)
    assert who.agrees_to(ConsentPurpose.CONTACT)
    data = client.get(reverse("join:said_data", args=[who.token("said")])).json()
    assert data["statements"][0]["by_when"] == soon()

    client.post(page, {"statement": code, "verb": "plan", f"day-{code}-due_on": soon()})
    row.refresh_from_db()
    assert not commitments.is_asking(row)


def test_what_became_of_it_goes_with_whoever_is_erased(client: Client) -> None:
    row = factories.CommitmentFactory(said=True)
    commitments.answer(row, outcome=Outcome.KEPT, words="I did.")

    client.post(reverse("join:said_erase", args=[row.statement.participant.token("said")]))

    assert not Commitment.objects.exists()


# ---- Review ----


def review(editor: User, row: Commitment, words: str) -> None:
    """What an editor does who finds these words in the list of those that wait."""
    desk = Client()
    desk.force_login(editor)
    path = reverse("admin:dialogues_commitment_change", args=[row.pk])
    assert path in desk.get(f"{LIST}?waits=yes").content.decode()
    assert f'value="{words}"' in desk.get(path).content.decode()
    desk.post(path, {"decision": "shown", "reason": "", "words": words})
    assert not Commitment.objects.waiting().exists()


def test_words_its_maker_wrote_after_they_were_read_do_not_show(editor: User) -> None:
    row = factories.CommitmentFactory(shown=True)
    commitments.answer(row, outcome=Outcome.KEPT, words="I did.", shows_words=True)
    commitments.answer(row, outcome=Outcome.KEPT, words="Buy this!", shows_words=True)

    commitments.show(row, by=editor, words="I did.")

    row.refresh_from_db()
    assert row.outcome_words == ""


def test_an_editor_shows_and_declines_and_its_maker_is_told(editor: User) -> None:
    desk = Client()
    desk.force_login(editor)
    shown, declined = factories.CommitmentFactory(), factories.CommitmentFactory()
    for row, decision in ((shown, "shown"), (declined, "declined")):
        path = reverse("admin:dialogues_commitment_change", args=[row.pk])
        assert row.email not in desk.get(path).content.decode()
        if decision == "declined":
            html = desk.post(path, {"decision": decision}).content.decode()
            assert "Say why: its maker reads it." in html
        desk.post(path, {"decision": decision, "reason": "It names a neighbour."})
    work()

    shown.refresh_from_db()
    declined.refresh_from_db()
    assert (shown.state, shown.reviewed_by) == (CommitmentState.SHOWN, editor)
    assert (declined.state, declined.reason) == ("declined", "It names a neighbour.")
    assert "It names a neighbour." in mail.outbox[1].body


def test_what_its_maker_took_back_no_editor_shows(editor: User) -> None:
    desk = Client()
    desk.force_login(editor)
    row = factories.CommitmentFactory()
    commitments.take_back(row)
    path = reverse("admin:dialogues_commitment_change", args=[row.pk])

    assert desk.post(path, {"decision": "shown"}).status_code == 403

    row.refresh_from_db()
    assert row.state == CommitmentState.WITHDRAWN
