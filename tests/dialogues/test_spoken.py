"""What was spoken stands beside what was edited only where it tells no more."""

import pytest
from django.test import Client

from accounts.models import User
from dialogues.models import Contribution
from dialogues.spoken import public_spoken, was_edited
from tests.factories import ContributionFactory, DialogueFactory

pytestmark = pytest.mark.django_db

TELLS_NO_MORE = [
    ("we need teachers", "We need more teachers, soon."),
    ("We need, need teachers", "Teachers: we need – and need – them."),
    ("The goverment must act", "The government must act."),
    ("Une ecole pour tous", "Une école pour tous."),
]
TELLS_MORE = [
    ("My boss Ada Winter is afraid", "Somebody is afraid"),
    ("We do not trust them", "We trust them"),
    ("In 1994 we looked away", "In 1995 we looked away"),
    ("He lied", "He cried"),
    ("Never, never again", "Never again"),
    ("Anna Smith said so", "Anna Jones said so"),
]


@pytest.mark.parametrize(("spoken", "text"), TELLS_NO_MORE)
def test_everybody_may_read_what_tells_no_more(spoken: str, text: str) -> None:
    assert public_spoken(Contribution(text=text, spoken=spoken)) == spoken


@pytest.mark.parametrize(("spoken", "text"), TELLS_MORE)
def test_words_that_were_taken_out_stay_out(spoken: str, text: str) -> None:
    assert public_spoken(Contribution(text=text, spoken=spoken)) == ""


def test_what_was_never_edited_says_so() -> None:
    assert not was_edited(Contribution(text="One", spoken=""))
    assert not was_edited(Contribution(text="One", spoken="One"))


def test_only_those_who_run_the_dialogue_read_what_was_taken_out(
    client: Client, facilitator: User, stranger: User, editor: User
) -> None:
    dialogue = DialogueFactory(published=True, facilitators=[facilitator])
    hope = ContributionFactory(
        dialogue=dialogue, posted=True, text="Somebody is afraid", spoken="My boss is afraid"
    )
    path = hope.get_absolute_url()

    assert "My boss" not in client.get(path).content.decode()
    assert "was edited after it was spoken" in client.get(path).content.decode()
    for user, reads_it in ((stranger, False), (editor, False), (facilitator, True)):
        client.force_login(user)
        assert ("My boss" in client.get(path).content.decode()) == reads_it
    client.logout()
    assert "My boss" not in client.get(path).content.decode()


def test_both_wordings_stand_on_the_page_of_the_statement(client: Client) -> None:
    hope = ContributionFactory(
        dialogue=DialogueFactory(published=True),
        posted=True,
        text="We need more teachers.",
        spoken="we need teachers",
    )

    html = client.get(hope.get_absolute_url()).content.decode()

    assert "As spoken" in html
    assert "we need teachers" in html
    assert "We need more teachers." in html
