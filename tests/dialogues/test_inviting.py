"""The team: asking by e-mail, accepting, leaving."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from dialogues import inviting
from dialogues.models import Dialogue, Invitation, TeamRole
from tests.factories import DialogueFactory, InvitationFactory, UserFactory
from tests.markup import Page, faults
from tests.working import work

pytestmark = pytest.mark.django_db

PASSWORD = "seven green bottles 7"


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(facilitators=[facilitator], title="What can\nwe do?")


@pytest.fixture
def asking(facilitator: User) -> Client:
    client = Client()
    client.force_login(facilitator)
    return client


def ask(
    client: Client,
    dialogue: Dialogue,
    email: str = "new@example.org",
    role: str = "scribe",
) -> Any:
    path = reverse("dialogues:dialogue_team", args=[dialogue.slug])
    answer = client.post(path, {"email": email, "role": role})
    work()
    return answer


def link_of(message: Any) -> str:
    (link,) = re.findall(r"http://testserver(/\S+)", message.body)
    return link


def path_of(invitation: Invitation) -> str:
    return reverse("dialogues:invitation_accept", args=[inviting.token_of(invitation)])


# ---- Asking ----


def test_an_invitation_is_a_letter_with_a_link(
    asking: Client, dialogue: Dialogue, facilitator: User
) -> None:
    ask(asking, dialogue, "New@Example.org")

    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    assert letter.subject == "Help run a dialogue: What can we do?"
    assert "You would be a scribe" in letter.body
    assert "&" not in letter.body
    invitation = Invitation.objects.get()
    assert link_of(letter) == path_of(invitation)
    assert (invitation.email, invitation.made_by) == ("new@example.org", facilitator)


def test_a_letter_is_in_the_language_of_the_dialogue(asking: Client, facilitator: User) -> None:
    dialogue = DialogueFactory(facilitators=[facilitator], language="fr")

    ask(asking, dialogue)

    assert link_of(mail.outbox[0]).startswith("/fr/dialogues/invitations/")


def test_whether_an_address_has_an_account_shows_nowhere(
    asking: Client, dialogue: Dialogue
) -> None:
    UserFactory(email="there@example.org", name="Quagga")

    for address in ("there@example.org", "gone@example.org"):
        ask(asking, dialogue, address)

    there, gone = (letter.body.replace(link_of(letter), "") for letter in mail.outbox)
    assert there == gone
    team = asking.get(reverse("dialogues:dialogue_team", args=[dialogue.slug])).content.decode()
    assert "Quagga" not in team
    one, other = (
        team.partition(f"<p>{address}")[2].partition("</li>")[0].replace(address, "")
        for address in ("there@example.org", "gone@example.org")
    )
    strip = re.compile(r'\d+|value="[^"]+"')
    assert strip.sub("", one) == strip.sub("", other) != ""


def test_asked_again_the_older_link_is_void(asking: Client, dialogue: Dialogue) -> None:
    ask(asking, dialogue)
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=40))
    ask(asking, dialogue, role="facilitator")

    old, new = (Client().get(link_of(letter)).status_code for letter in mail.outbox)

    assert (old, new) == (404, 200)
    assert Invitation.objects.get().role == TeamRole.FACILITATOR


@pytest.mark.parametrize(
    ("role_now", "role_asked", "may"),
    [
        ("facilitators", "facilitator", False),
        ("facilitators", "scribe", False),
        ("scribes", "scribe", False),
        ("scribes", "facilitator", True),
    ],
)
def test_nobody_is_asked_to_be_what_they_are(
    role_now: str, role_asked: str, may: bool, asking: Client, dialogue: Dialogue
) -> None:
    getattr(dialogue, role_now).add(UserFactory(email="new@example.org"))

    answer = ask(asking, dialogue, role=role_asked)

    assert len(mail.outbox) == may
    if not may:
        assert answer.context["form"].errors["email"] == ["This person is on the team already."]


def test_too_many_open_invitations_are_refused(asking: Client, dialogue: Dialogue) -> None:
    InvitationFactory.create_batch(inviting.MOST_OPEN, dialogue=dialogue)

    answer = ask(asking, dialogue)

    assert "40 invitations are open" in answer.context["form"].non_field_errors()[0]
    assert mail.outbox == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"email": "nobody", "role": "scribe"},
        {"email": "a@example.org"},
        {"email": "a@example.org", "role": "queen"},
        {"email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org", "role": "scribe"},
    ],
)
def test_whom_and_for_what_must_be_said(
    wrong: dict[str, str], asking: Client, dialogue: Dialogue
) -> None:
    answer = asking.post(reverse("dialogues:dialogue_team", args=[dialogue.slug]), wrong)

    assert answer.context["form"].errors
    assert "There is a problem" in answer.content.decode()
    assert not Invitation.objects.exists()


# ---- Accepting ----


@pytest.mark.parametrize("role", TeamRole)
def test_whoever_has_an_account_signs_in_and_accepts(role: TeamRole, dialogue: Dialogue) -> None:
    user = UserFactory(email="there@example.org")
    user.set_password(PASSWORD)
    user.save()
    invitation = InvitationFactory(dialogue=dialogue, email=user.email, role=role)
    client, path = Client(), path_of(invitation)

    first = Page(client.get(path).content.decode())
    (sign_in,) = {href for href in first.hrefs if "next=" in href}
    client.post(sign_in, {"login": user.email, "password": PASSWORD}, follow=True)
    asked = client.get(path)
    answer = client.post(path)

    assert faults(first) == []
    assert "Accept" in asked.content.decode()
    is_facilitator = role == TeamRole.FACILITATOR
    there = reverse("dialogues:dialogue_plan", args=[dialogue.slug])
    assert answer["Location"] == (there if is_facilitator else "/dialogues/plan/")
    assert client.get(answer["Location"]).status_code == 200
    now = User.objects.get(pk=user.pk)
    assert dialogue.facilitators.contains(now) is is_facilitator
    assert dialogue.scribes.contains(now) is not is_facilitator
    assert now.roles == ({Role.FACILITATOR} if is_facilitator else set())
    invitation.refresh_from_db()
    assert invitation.accepted_by == now


def test_whoever_has_no_account_makes_one_and_is_in(dialogue: Dialogue) -> None:
    invitation = InvitationFactory(dialogue=dialogue, email="new@example.org")
    client, path = Client(), path_of(invitation)
    assert faults(Page(client.get(path).content.decode())) == []

    answer = client.post(
        path, {"name": "Sam", "password1": PASSWORD, "password2": PASSWORD, "email": "x@x.ca"}
    )

    user = User.objects.get(email="new@example.org")
    assert answer["Location"] == "/dialogues/plan/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.name, user.check_password(PASSWORD), user.is_staff) == ("Sam", True, False)
    assert dialogue.scribes.get() == user
    again = Client()
    again.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert settings.SESSION_COOKIE_NAME in again.cookies


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"password1": ""}, "password1"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "newperson@example", "password2": "newperson@example"}, "password1"),
        ({"password2": "another one, longer"}, "password2"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(
    change: dict[str, str], field: str, dialogue: Dialogue
) -> None:
    invitation = InvitationFactory(dialogue=dialogue, email="newperson@example.org")
    data = {"name": "Sam", "password1": PASSWORD, "password2": PASSWORD, **change}

    answer = Client().post(path_of(invitation), data)

    assert list(answer.context["form"].errors) == [field]
    assert PASSWORD not in answer.content.decode()
    assert not User.objects.filter(email="newperson@example.org").exists()


def test_whoever_is_signed_in_under_another_address_is_told_which_joins(
    dialogue: Dialogue, citizen: User
) -> None:
    invitation = InvitationFactory(dialogue=dialogue, email="new@example.org")
    client, path = Client(), path_of(invitation)
    client.force_login(citizen)

    asked = client.get(path).content.decode()
    client.post(path)

    assert "citizen@example.org, which is another address" in asked
    assert dialogue.scribes.get() == citizen
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_forged_post_does_not_put_the_owner_of_an_account_on_a_team(dialogue: Dialogue) -> None:
    user = UserFactory(email="there@example.org")
    invitation = InvitationFactory(dialogue=dialogue, email=user.email)

    Client().post(
        path_of(invitation), {"name": "Eve", "password1": PASSWORD, "password2": PASSWORD}
    )

    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    assert not dialogue.scribes.exists()


def test_a_scribe_who_becomes_a_facilitator_is_one_thing_only(dialogue: Dialogue) -> None:
    user = UserFactory()
    dialogue.scribes.add(user)

    inviting.accept(InvitationFactory(dialogue=dialogue, role=TeamRole.FACILITATOR), user)

    assert dialogue.facilitators.contains(user)
    assert not dialogue.scribes.exists()


def test_a_facilitator_who_accepts_to_be_a_scribe_stays_a_facilitator(
    dialogue: Dialogue, facilitator: User
) -> None:
    inviting.accept(InvitationFactory(dialogue=dialogue, role=TeamRole.SCRIBE), facilitator)

    assert dialogue.facilitators.get() == facilitator
    assert not dialogue.scribes.exists()


def test_an_invitation_is_used_once(dialogue: Dialogue, citizen: User) -> None:
    invitation = InvitationFactory(dialogue=dialogue)
    inviting.accept(invitation, UserFactory())

    with pytest.raises(ValidationError):
        inviting.accept(invitation, citizen)
    client = Client()
    client.force_login(citizen)
    answer = client.post(path_of(invitation))

    assert answer.status_code == 410
    assert "accepted already" in answer.content.decode()
    assert not dialogue.scribes.contains(citizen)


def test_who_accepted_it_comes_back_by_the_same_link(dialogue: Dialogue, citizen: User) -> None:
    invitation = InvitationFactory(dialogue=dialogue)
    inviting.accept(invitation, citizen)
    client = Client()
    client.force_login(citizen)

    assert client.get(path_of(invitation))["Location"] == "/dialogues/plan/"


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 410)])
def test_an_invitation_is_good_for_thirty_days(days: int, status: int, dialogue: Dialogue) -> None:
    made = timezone.now() - timedelta(days=days, minutes=1)
    invitation = InvitationFactory(dialogue=dialogue, made_at=made)

    answer = Client().get(path_of(invitation))

    assert answer.status_code == status
    assert faults(Page(answer.content.decode())) == []
    if status == 410:
        assert "thirty days" in answer.content.decode()
        with pytest.raises(ValidationError):
            inviting.accept(invitation, UserFactory())


def test_an_invitation_that_was_taken_back_leads_nowhere(
    asking: Client, dialogue: Dialogue
) -> None:
    invitation = InvitationFactory(dialogue=dialogue)
    path = path_of(invitation)

    asking.post(reverse("dialogues:invitation_withdraw", args=[dialogue.slug, invitation.pk]))
    answer = Client().get(path)

    assert answer.status_code == 404
    assert "taken back" in answer.content.decode()
    with pytest.raises(ValidationError):
        inviting.accept(invitation, UserFactory())


@pytest.mark.parametrize("token", ["x", "0" * 32, f"{'0' * 32}:forged", "é", "a:b:c"])
def test_a_forged_link_leads_nowhere(token: str) -> None:
    answer = Client().get(reverse("dialogues:invitation_accept", args=[token]))

    assert answer.status_code == 404
    assert "not known here" in answer.content.decode()


def test_a_link_is_in_no_log(dialogue: Dialogue, caplog: pytest.LogCaptureFixture) -> None:
    invitation = InvitationFactory(dialogue=dialogue)

    with caplog.at_level("INFO"):
        Client().get(path_of(invitation))

    lines = [getattr(record, "data", {}).get("path") for record in caplog.records]
    assert lines == ["/dialogues/invitations/<str:token>/"]
    assert invitation.key.hex not in caplog.text


# ---- Leaving ----


def test_somebody_is_taken_off_the_team_and_sees_it_no_more(
    asking: Client, dialogue: Dialogue, citizen: User
) -> None:
    dialogue.scribes.add(citizen)

    asking.post(reverse("dialogues:member_remove", args=[dialogue.slug, citizen.pk]))

    assert not Dialogue.objects.taken_down_by(citizen).exists()


def test_the_last_facilitator_stays(asking: Client, dialogue: Dialogue, facilitator: User) -> None:
    answer = asking.post(
        reverse("dialogues:member_remove", args=[dialogue.slug, facilitator.pk]), follow=True
    )

    assert dialogue.facilitators.get() == facilitator
    assert "Somebody must run the dialogue" in answer.content.decode()


def test_a_facilitator_leaves_once_there_is_another(
    asking: Client, dialogue: Dialogue, facilitator: User, stranger: User
) -> None:
    dialogue.facilitators.add(stranger)

    answer = asking.post(reverse("dialogues:member_remove", args=[dialogue.slug, facilitator.pk]))

    assert answer["Location"] == "/dialogues/plan/"
    assert dialogue.facilitators.get() == stranger


def test_nobody_off_the_team_can_be_named_through_it(
    asking: Client, dialogue: Dialogue, citizen: User
) -> None:
    answer = asking.post(reverse("dialogues:member_remove", args=[dialogue.slug, citizen.pk]))

    assert answer.status_code == 404


def test_whoever_was_removed_can_be_asked_again(
    asking: Client, dialogue: Dialogue, citizen: User
) -> None:
    invitation = InvitationFactory(dialogue=dialogue, email=citizen.email)
    inviting.accept(invitation, citizen)
    inviting.remove(dialogue, citizen)

    ask(asking, dialogue, citizen.email)
    inviting.accept(Invitation.objects.get(), citizen)

    assert dialogue.scribes.get() == citizen
