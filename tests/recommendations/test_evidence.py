"""What anybody sends in about a recommendation, and what editors make of it."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.letters import absolute
from accounts.models import Letter, Role, User
from recommendations import evidence as sent_in
from recommendations.models import (
    Evidence,
    EvidenceAddress,
    EvidenceState,
    ProgressUpdate,
    Recommendation,
    Source,
    Status,
)
from tests import factories
from tests.markup import Page, faults, text_of, words
from tests.working import work
from w2i.demonstration import remove

pytestmark = pytest.mark.django_db

SEND = "/recommendations/CA-01/evidence/"
LINK = "https://example.org/gazette/1"
WORDS = "A bill was tabled in May."
DUMMY = "django.core.mail.backends.dummy.EmailBackend"


@pytest.fixture
def asked() -> Recommendation:
    return factories.RecommendationFactory(code="CA-01", published=True)


def send(**fields: Any) -> Any:
    """Fill in the form and send it; ``fields`` are what is written otherwise."""
    return Client().post(SEND, {"url": LINK, "words": WORDS} | fields)


def said(response: Any) -> str:
    return words(text_of(Page(response.content.decode()).one("main")))


def minute() -> None:
    """What the worker does in a minute."""
    sent_in.look_after()
    work()


# ---- Sent ----


def test_anybody_sends_a_link_and_is_thanked(asked: Recommendation) -> None:
    answer = send(email="Somebody@example.org")

    row = Evidence.objects.get()
    assert (row.recommendation, row.url, row.words, row.state) == (asked, LINK, WORDS, "waiting")
    assert row.addresses.get().email == "somebody@example.org"
    assert answer["Location"] == f"/recommendations/evidence/{row.key}/?sent=new"
    page = Client().get(answer["Location"])
    assert "Waiting for review" in said(page)
    assert "somebody" not in page.content.decode()
    assert WORDS not in page.content.decode()
    assert faults(Page(page.content.decode())) == []


def test_the_form_is_sound_in_both_languages_and_for_small_letters(asked: Recommendation) -> None:
    for path in (SEND, f"/fr{SEND}"):
        answer = Client().get(path)
        assert faults(Page(answer.content.decode())) == []
        assert asked.text in said(answer)
    small = Client().get("/recommendations/ca-01/evidence/")
    assert (small.status_code, small["Location"]) == (301, SEND)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"url": ""}, "Write a link"),
        ({"url": "javascript:alert(1)"}, "begins with https:// or http://"),
        ({"url": "ftp://example.org/gazette"}, "begins with https:// or http://"),
        ({"url": f"https://example.org/{'x' * 600}"}, "longer than 600 characters"),
        ({"words": " "}, "Write in a sentence what it shows."),
        ({"words": "x" * 2001}, "use at most 2000"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "Write a whole e-mail address"),
        ({"website": "https://example.org"}, "send what you wrote once more"),
    ],
)
def test_what_is_wrong_is_said_and_all_that_was_typed_is_kept(
    wrong: dict[str, str], problem: str, asked: Recommendation
) -> None:
    typed = {"url": LINK, "words": WORDS, "email": "somebody@example.org"} | wrong

    answer = send(**typed)

    page = Page(answer.content.decode())
    assert problem in words(text_of(page.one("main")))
    assert faults(page) == []
    form = answer.context["form"]
    assert {name: form[name].value() for name in typed if name != "website"} == {
        name: value for name, value in typed.items() if name != "website"
    }
    assert form["website"].value() in {None, ""}
    assert not Evidence.objects.exists()


def test_the_same_tip_a_hundred_times_is_one_row_and_loses_nothing(asked: Recommendation) -> None:
    for n in range(100):
        answer = send(words=f"Sender {n % 12}", email=f"sender{n % 5}@example.org")
        assert (answer.status_code, answer["Location"][-4:]) == (302, "=new" if n == 0 else "gain")

    row = Evidence.objects.get()
    assert row.times == 100
    assert row.words == "\n\n".join(f"Sender {n}" for n in range(12))
    assert {address.email for address in row.addresses.all()} == {
        f"sender{n}@example.org" for n in range(5)
    }
    page = said(Client().get(answer["Location"]))
    assert "This link was sent before." in page
    assert "100 times" in page


def test_a_link_is_the_same_however_it_is_spelt_and_another_for_another_recommendation(
    asked: Recommendation,
) -> None:
    send()
    send(url="http://www.Example.org/gazette/1/?utm_source=mail#page=2")
    assert Evidence.objects.get().times == 2

    other = factories.RecommendationFactory(code="CA-02", published=True)
    Client().post("/recommendations/CA-02/evidence/", {"url": LINK, "words": WORDS})
    send(url="https://example.org/gazette/2")

    assert Evidence.objects.count() == 3
    assert other.evidence.get().times == 1


def test_words_that_find_no_room_are_told_so(
    asked: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_in, "MOST_WORDS", 60)
    send()

    answer = send(words="x" * 50)

    assert "found no more room" in said(Client().get(answer["Location"]))
    assert (Evidence.objects.get().words, Evidence.objects.get().times) == (WORDS, 2)


def test_two_at_the_same_moment_are_one_row(asked: Recommendation) -> None:
    """The second one looked before the first one wrote."""
    sent_in.send(asked, url=LINK, words=WORDS)
    again = sent_in._again

    with mock.patch("recommendations.evidence._again") as looked:
        looked.side_effect = lambda *args: None if looked.call_count == 1 else again(*args)
        sent = sent_in.send(asked, url=LINK, words="I read it too.", email="b@example.org")

    assert (sent.evidence.times, sent.is_new) == (2, False)
    assert sent.evidence.words == f"{WORDS}\n\nI read it too."
    assert EvidenceAddress.objects.get().email == "b@example.org"


def test_a_source_on_record_is_known_at_once_and_what_was_written_is_kept(
    asked: Recommendation, editor: User
) -> None:
    update = factories.ProgressUpdateFactory(recommendation=asked)
    factories.SourceFactory(update=update, url=f"{LINK}/")
    draft = send()
    assert "is among the sources" not in said(Client().get(draft["Location"]))
    update.publish(by=editor)

    page = Client().get(send(words="It says more.")["Location"])

    assert "This link is known already" in said(page)
    assert update.get_absolute_url() in Page(page.content.decode()).hrefs
    row = Evidence.objects.get()
    assert (row.state, row.words) == ("waiting", f"{WORDS}\n\nIt says more.")


def test_a_network_that_sends_many_is_told_to_wait_and_keeps_what_was_typed(
    asked: Recommendation,
) -> None:
    with mock.patch("recommendations.views.evidence.count", return_value=31):
        answer = send()
        assert answer.status_code == 429
        assert "Much evidence came from this network." in said(answer)
        assert WORDS in answer.content.decode()
        assert not Evidence.objects.exists()

        sent_in.send(asked, url=LINK, words=WORDS)
        assert send().status_code == 302  # it is there: nothing is filled by it
    with mock.patch("recommendations.views.evidence.count", return_value=301):
        assert send().status_code == 429


def test_an_address_waits_for_ten_answers_at_most(asked: Recommendation) -> None:
    for n in range(12):
        send(url=f"{LINK}/{n}", email="victim@example.org")

    assert (Evidence.objects.count(), EvidenceAddress.objects.count()) == (12, 10)


# ---- Reviewed ----


@pytest.fixture
def row(asked: Recommendation) -> Evidence:
    sent = sent_in.send(asked, url=LINK, words=WORDS, email="sender@example.org", language="fr")
    return sent.evidence


ACCEPT = {
    "accept-status": "under-way",
    "accept-on": "2024-05-01",
    "accept-summary": "A bill was tabled.",
    "accept-language": "en",
    "accept-url": LINK,
    "accept-publisher": "A gazette",
    "accept-title": "Notice 1",
    "accept-source_language": "en",
    "accept-published_on": "2024-05-02",
    "accept-read_on": "",
    "accept-reason": "",
}


def review(user: User, row: Evidence, do: str, **fields: Any) -> Any:
    client = Client()
    client.force_login(user)
    filled = ACCEPT if do == "accept" else {}
    return client.post(
        reverse("recommendations:evidence_review", args=[row.pk]),
        filled | {f"{do}-{name}": value for name, value in fields.items()} | {"do": do},
    )


def test_accepted_it_is_a_draft_that_another_editor_must_publish(
    editor: User, row: Evidence
) -> None:
    answer = review(editor, row, "accept")

    update = ProgressUpdate.objects.get()
    assert answer["Location"] == f"/recommendations/desk/updates/{update.pk}/"
    assert (update.recommendation, update.status, update.on, update.state) == (
        row.recommendation,
        Status.UNDER_WAY,
        date(2024, 5, 1),
        "draft",
    )
    assert (update.written_by, update.events.get().act) == (editor, "drafted")
    source = update.sources.get()
    assert (source.url, source.publisher, source.title) == (LINK, "A gazette", "Notice 1")
    assert source.published_on == date(2024, 5, 2)
    row.refresh_from_db()
    assert (row.state, row.update, row.reviewed_by) == ("accepted", update, editor)
    update.submit(by=editor)
    with pytest.raises(ValidationError, match="another editor publishes it"):
        update.publish(by=editor)
    minute()
    assert mail.outbox == []


def test_the_sender_hears_once_when_it_is_published_and_is_forgotten(
    editor: User, administrator: User, row: Evidence
) -> None:
    review(editor, row, "accept", reason="Merci.")
    update = ProgressUpdate.objects.get()
    update.submit(by=editor)
    minute()
    assert (mail.outbox, EvidenceAddress.objects.count()) == ([], 1)

    update.publish(by=administrator)
    minute()
    minute()

    (letter,) = mail.outbox
    assert letter.to == ["sender@example.org"]
    assert absolute(f"/fr/recommendations/CA-01/#update-{update.pk}") in letter.body
    assert "Merci." in letter.body
    assert not EvidenceAddress.objects.exists()
    sent = Letter.objects.get()
    assert (sent.event.startswith(f"evidence-{row.pk}-"), sent.to) == (True, "")
    page = Client().get(f"/recommendations/evidence/{row.key}/")
    assert update.get_absolute_url() in Page(page.content.decode()).hrefs


def test_each_sender_who_asked_hears_of_it(editor: User, row: Evidence) -> None:
    sent_in.send(row.recommendation, url=LINK, words=WORDS, email="second@example.org")

    review(editor, row, "decline", reason="It is about another law.")
    minute()

    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "second@example.org",
        "sender@example.org",
    ]
    assert all("It is about another law." in letter.body for letter in mail.outbox)
    page = said(Client().get(f"/recommendations/evidence/{row.key}/"))
    assert "Declined" in page
    assert "It is about another law." in page


def test_known_already_leads_to_the_update_that_tells_it(editor: User, row: Evidence) -> None:
    update = factories.ProgressUpdateFactory(recommendation=row.recommendation)
    factories.SourceFactory(update=update)
    update.publish(by=editor)

    review(editor, row, "known", update=update.pk)
    minute()

    row.refresh_from_db()
    assert (row.state, row.update, ProgressUpdate.objects.count()) == ("known", update, 1)
    assert f"#update-{update.pk}" in mail.outbox[0].body
    page = Client().get(f"/recommendations/evidence/{row.key}/")
    assert update.get_absolute_url() in Page(page.content.decode()).hrefs


def test_what_a_draft_tells_is_told_to_the_senders_when_that_is_published(
    editor: User, administrator: User, row: Evidence
) -> None:
    draft = factories.ProgressUpdateFactory(recommendation=row.recommendation)
    factories.SourceFactory(update=draft)

    answer = review(editor, row, "known", update=draft.pk)
    minute()

    row.refresh_from_db()
    assert (row.state, row.update, mail.outbox) == ("accepted", draft, [])
    assert answer["Location"] == f"/recommendations/desk/updates/{draft.pk}/"
    draft.publish(by=administrator)
    minute()
    assert len(mail.outbox) == 1


def test_without_mail_the_senders_are_written_to_once_there_is(
    editor: User, row: Evidence, settings: Settings
) -> None:
    mailing, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DUMMY
    review(editor, row, "decline", reason="No.")
    minute()
    assert EvidenceAddress.objects.count() == 1

    settings.EMAIL_BACKEND = mailing
    minute()

    assert (len(mail.outbox), EvidenceAddress.objects.count()) == (1, 0)


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("do", "wrong", "field"),
    [
        ("accept", {"status": ""}, "status"),
        ("accept", {"status": "not-assessed"}, "status"),
        ("accept", {"summary": ""}, "summary"),
        ("accept", {"on": "2009-01-01"}, "on"),
        ("accept", {"on": TOMORROW}, "on"),
        ("accept", {"publisher": ""}, "publisher"),
        ("accept", {"title": ""}, "title"),
        ("accept", {"url": "ftp://example.org/a"}, "url"),
        ("accept", {"published_on": TOMORROW}, "published_on"),
        ("accept", {"published_on": "", "read_on": ""}, "published_on"),
        ("known", {"update": "999"}, "update"),
        ("decline", {"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_half_saved(
    do: str, wrong: dict[str, str], field: str, editor: User, row: Evidence
) -> None:
    before = Evidence.objects.filter(pk=row.pk).values().get()

    answer = review(editor, row, do, **wrong)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert faults(Page(answer.content.decode())) == []
    assert Evidence.objects.filter(pk=row.pk).values().get() == before
    assert (ProgressUpdate.objects.count(), Source.objects.count()) == (0, 0)


@pytest.mark.parametrize("second", ["accept", "known", "decline"])
def test_of_two_reviews_one_wins_and_the_other_is_told(
    second: str, editor: User, administrator: User, row: Evidence
) -> None:
    """A double click, and an editor whose page was open when another decided."""
    review(editor, row, "accept")

    for user in (editor, administrator):
        answer = review(user, row, second, reason="It is another bill.").content.decode()
        assert "This was reviewed already." in answer
        assert "It is another bill." in answer  # what was written is not lost
    # Both had read that it waits.
    row.state = EvidenceState.WAITING
    with pytest.raises(ValidationError, match="reviewed already"):
        sent_in.decline(row, by=administrator, reason="No.")

    row.refresh_from_db()
    assert (row.state, row.reviewed_by) == ("accepted", editor)
    assert ProgressUpdate.objects.count() == 1


def test_declined_it_waits_again_when_it_is_sent_again(editor: User, row: Evidence) -> None:
    sent_in.decline(row, by=editor, reason="No.")

    send(words="I was there.", email="second@example.org")

    row.refresh_from_db()
    assert (row.state, row.words) == ("waiting", f"{WORDS}\n\nI was there.")
    client = Client()
    client.force_login(editor)
    page = said(client.get(reverse("recommendations:evidence_review", args=[row.pk])))
    assert "It was reviewed before" in page
    assert "No." in page
    assert "No." not in said(Client().get(f"/recommendations/evidence/{row.key}/"))


def test_what_is_known_waits_again_only_where_more_is_written(editor: User, row: Evidence) -> None:
    sent_in.known_already(row, by=editor, update=None)

    send()
    assert Evidence.objects.get().state == "known"
    send(words="It says more than that.")
    assert Evidence.objects.get().state == "waiting"


def test_what_lost_its_draft_waits_again(editor: User, row: Evidence) -> None:
    review(editor, row, "accept")
    ProgressUpdate.objects.all().delete()

    minute()

    row.refresh_from_db()
    assert (row.state, EvidenceAddress.objects.count()) == ("waiting", 1)


def test_what_was_retracted_before_the_letter_says_so(
    editor: User, administrator: User, row: Evidence
) -> None:
    review(editor, row, "accept")
    update = ProgressUpdate.objects.get()
    update.submit(by=editor)
    update.publish(by=administrator)
    update.retract(by=editor, reason="It was another bill.")
    EvidenceAddress.objects.update(language="en")

    minute()

    assert "It was published and has been retracted since." in mail.outbox[0].body


def test_the_desk_lists_what_waits_with_how_many(editor: User, row: Evidence) -> None:
    declined = factories.EvidenceFactory(url="https://example.org/declined")
    sent_in.decline(declined, by=editor, reason="No.")
    client = Client()
    client.force_login(editor)

    waiting = client.get("/recommendations/desk/evidence/")
    others = client.get("/recommendations/desk/evidence/?state=declined")

    assert LINK in said(waiting)
    assert declined.url not in said(waiting)
    assert declined.url in said(others)
    assert "Waiting for review 1" in said(waiting)
    assert faults(Page(waiting.content.decode())) == []
    assert client.get("/recommendations/desk/evidence/?state=none%00").status_code == 404


def test_a_long_list_costs_what_a_short_one_does(editor: User) -> None:
    client, lists = Client(), ["", "?state=declined"]
    client.force_login(editor)

    def questions(n: int) -> list[int]:
        for _n in range(n):
            factories.EvidenceFactory()
            factories.EvidenceFactory(
                state="declined", reviewed_at=timezone.now(), reviewed_by=editor
            )
        numbers = []
        for query in lists:
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(f"/recommendations/desk/evidence/{query}")
            assert answer.status_code == 200
            numbers.append(len(asked))
        return numbers

    few = questions(2)
    assert questions(40) == few
    assert max(few) <= 10
    second = client.get("/recommendations/desk/evidence/?state=declined&page=2")
    assert len(second.context["page"].object_list) == 2


def test_what_is_said_of_an_invented_recommendation_is_invented(
    editor: User, row: Evidence
) -> None:
    Recommendation.objects.update(is_demo=True)

    review(editor, row, "accept")

    assert ProgressUpdate.objects.get().is_demo


def test_it_goes_with_the_demonstration_it_is_about(row: Evidence) -> None:
    Recommendation.objects.update(is_demo=True)

    assert remove()["evidence"] == 1
    assert (Evidence.objects.count(), EvidenceAddress.objects.count()) == (0, 0)


def test_whoever_is_no_editor_any_more_decides_nothing(editor: User, row: Evidence) -> None:
    editor.groups.filter(name=Role.EDITOR).delete()

    assert review(editor, row, "decline", reason="No.").status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting"


# ---- Forgotten ----


def test_addresses_are_erased_after_a_year(row: Evidence) -> None:
    now = timezone.now()
    for days in (364, 366):
        address = factories.EvidenceAddressFactory(evidence=row, email=f"s{days}@example.org")
        EvidenceAddress.objects.filter(pk=address.pk).update(asked_at=now - timedelta(days=days))

    call_command("retention", "--dry-run", verbosity=0)
    assert EvidenceAddress.objects.count() == 3
    call_command("retention", verbosity=0)

    kept = {address.email for address in EvidenceAddress.objects.all()}
    assert kept == {"sender@example.org", "s364@example.org"}


def test_an_address_is_erased_at_its_owners_wish(row: Evidence) -> None:
    call_command("erase", "--email", "Sender@example.org", verbosity=0)

    assert not EvidenceAddress.objects.exists()
    assert Evidence.objects.get() == row
