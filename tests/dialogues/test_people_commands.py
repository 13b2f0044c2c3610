"""The commands that erase, and what they say: never a name."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import letters
from accounts.models import Letter
from dialogues.models import Contribution, Invitation, Participant
from resolutions.models import CopyRequest, Tip
from tests.factories import (
    ContributionFactory,
    DialogueFactory,
    InvitationFactory,
    ParticipantFactory,
    ResolutionFactory,
    RoomFactory,
    TipFactory,
)
from tests.working import work

pytestmark = pytest.mark.django_db


def run(*args: str) -> list[str]:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def ann() -> Participant:
    dialogue = DialogueFactory(slug="halifax")
    RoomFactory(dialogue=dialogue)
    ann = ParticipantFactory(dialogue=dialogue, seat=7, name="Ann Lake", email="ann@example.org")
    ContributionFactory(dialogue=dialogue, participant=ann)
    return ann


def test_a_seat_is_erased(ann: Participant) -> None:
    said = run("erase", "halifax", "7")

    assert said == ["Erased: halifax, seat 7, with 1 statement"]
    assert not Participant.objects.exists()
    assert not Contribution.objects.exists()


def test_an_address_is_erased_wherever_it_is_kept(ann: Participant) -> None:
    other = DialogueFactory(slug="toronto")
    RoomFactory(dialogue=other)
    ParticipantFactory(dialogue=other, seat=2, email="Ann@Example.org")
    stays = ParticipantFactory(dialogue=other, seat=3, email="ben@example.org")

    said = run("erase", "--email", "ann@example.org")

    assert sorted(said) == [
        "Erased: halifax, seat 7, with 1 statement",
        "Erased: toronto, seat 2, with 0 statements",
    ]
    assert list(Participant.objects.all()) == [stays]


def test_an_address_in_reports_and_requests_for_copies_is_erased_as_well() -> None:
    TipFactory(email="ann@example.org")
    asked = CopyRequest.objects.create(
        resolution=ResolutionFactory(), municipality="Delta", email="ann@example.org"
    )

    would = run("erase", "--email", "Ann@Example.org", "--dry-run")
    did = run("erase", "--email", "Ann@Example.org")

    assert would == [
        "Would erase: the address in 2 reports, evidence, requests for copies, copies and"
        " invitations"
    ]
    assert did == [
        "Erased: the address in 2 reports, evidence, requests for copies, copies and invitations"
    ]
    assert Tip.objects.get().email == ""
    assert CopyRequest.objects.get().email == f"request-{asked.pk}@forgotten.invalid"


def test_letters_that_wait_for_an_address_are_erased_and_not_sent(mailoutbox: list) -> None:
    letters.post("a-1", to="Ann@example.org", subject="A", text="A", files=[(b"a", "a/b", "a")])
    letters.post("a-2", to="ben@example.org", subject="A", text="A", reply_to="ann@example.org")
    letters.post("a-3", to="ben@example.org", subject="A", text="A")

    said = run("erase", "--email", "ann@example.org")
    work()

    assert said == ["Erased: 2 letters not sent yet"]
    assert [letter.to for letter in mailoutbox] == [["ben@example.org"]]
    assert set(Letter.objects.values_list("to", "reply_to", "text")) == {("", "", "")}
    assert not Letter.objects.dead().exists()
    # What there was a letter for, there is none again.
    assert not letters.post("a-1", to="ann@example.org", subject="A", text="A")


def test_a_dry_run_only_says_so(ann: Participant) -> None:
    assert run("erase", "halifax", "7", "--dry-run") == [
        "Would erase: halifax, seat 7, with 1 statement"
    ]
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["halifax"],
        ["halifax", "8"],
        ["toronto", "7"],
        ["--email", "nobody@example.org"],
        ["--email", ""],
        ["halifax", "7", "--email", "ann@example.org"],
    ],
)
def test_what_is_not_said_whole_erases_nothing(ann: Participant, asked: list[str]) -> None:
    with pytest.raises(CommandError):
        run("erase", *asked)

    assert Participant.objects.count() == 1


@pytest.mark.parametrize("is_dry", [True, False])
def test_retention_erases_what_may_not_be_kept(ann: Participant, is_dry: bool) -> None:
    today = timezone.localdate()
    due = DialogueFactory(keep_until=today, on=today - timedelta(days=90))
    RoomFactory(dialogue=due)
    ParticipantFactory.create_batch(2, dialogue=due, name="Due", email="due@example.org")
    InvitationFactory(made_at=timezone.now() - timedelta(days=400))
    for event in ("old", "new"):
        letters.post(event, to="nobody@example.org", subject="A", text="A")
    Letter.objects.filter(event="old").update(next_try_at=timezone.now() - timedelta(days=31))
    # Held on a day long past, and its address was never agreed to.
    assert ann.dialogue.on < today

    said = run("retention", *(["--dry-run"] if is_dry else []))

    did = "Would erase" if is_dry else "Erased"
    assert said == [
        f"{did}: details of 2 participants whose day has come",
        f"{did}: 1 addresses nobody agreed to be written to at",
        f"{did}: 1 invitations nobody took up within a year",
        f"{did}: 0 addresses of those who asked for a copy",
        f"{did}: 0 addresses of those who reported something",
        f"{did}: 0 files that came with reports",
        f"{did}: 0 addresses of those who sent evidence",
        f"{did}: 0 prepared texts nobody came back to",
        f"{did}: 0 commitments nobody confirmed",
        f"{did}: 0 addresses of those who made a commitment in public",
        f"{did}: 1 letters that could not be sent",
    ]
    assert Letter.objects.exclude(text="").count() == (2 if is_dry else 1)
    assert Participant.objects.filter(name="Due").count() == (2 if is_dry else 0)
    assert Participant.objects.exclude(email="").count() == (3 if is_dry else 0)
    assert Invitation.objects.count() == (1 if is_dry else 0)
    assert Participant.objects.get(pk=ann.pk).name == "Ann Lake"
