"""Members of an organization: asking by e-mail, accepting, leaving."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import inviting
from accounts.limits import Limit
from accounts.models import MemberInvitation, Membership, Organization, Role, User
from tests.factories import MemberInvitationFactory, MembershipFactory, UserFactory
from tests.markup import Page, faults
from tests.working import work

pytestmark = pytest.mark.django_db

PASSWORD = "seven green bottles 7"
LOCKED = ["accounts_organization", "accounts_user"]


@pytest.fixture
def organization(ngo_member: User) -> Organization:
    organization = ngo_member.organizations.get()
    organization.name = "Prevention\nNow"
    organization.save()
    return organization


@pytest.fixture
def asking(ngo_member: User) -> Client:
    client = Client()
    client.force_login(ngo_member)
    return client


def ask(
    client: Client,
    organization: Organization,
    email: str = "new@example.org",
    prefix: str = "",
) -> Any:
    path = reverse("resolutions:member_list", args=[organization.slug])
    answer = client.post(f"{prefix}{path}", {"email": email})
    work()
    return answer


def path_of(invitation: MemberInvitation) -> str:
    return reverse("resolutions:member_invitation_accept", args=[inviting.token_of(invitation)])


def link_of(message: Any) -> str:
    (link,) = re.findall(r"http://testserver(/\S+)", message.body)
    return link


# ---- Asking ----


def test_an_invitation_is_a_letter_with_a_link(
    asking: Client, organization: Organization, ngo_member: User
) -> None:
    ask(asking, organization, "New@Example.org")

    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    assert letter.subject == "Act for Prevention Now"
    assert "member@example.org asks you to act for" in letter.body
    assert "&" not in letter.body
    invitation = MemberInvitation.objects.get()
    assert link_of(letter) == path_of(invitation)
    assert (invitation.email, invitation.made_by) == ("new@example.org", ngo_member)


def test_a_letter_is_in_the_language_of_whoever_asks(
    asking: Client, organization: Organization
) -> None:
    ask(asking, organization, prefix="/fr")

    assert link_of(mail.outbox[0]).startswith("/fr/resolutions/invitations/")


def test_asked_again_the_older_link_is_void(asking: Client, organization: Organization) -> None:
    ask(asking, organization)
    MemberInvitation.objects.update(made_at=timezone.now() - timedelta(days=40))
    ask(asking, organization)

    old, new = (Client().get(link_of(letter)).status_code for letter in mail.outbox)

    assert (old, new) == (404, 200)
    assert MemberInvitation.objects.get().is_open()


def test_whether_an_address_has_an_account_shows_nowhere(
    asking: Client, organization: Organization
) -> None:
    UserFactory(email="there@example.org", name="Quagga")

    for address in ("there@example.org", "gone@example.org"):
        ask(asking, organization, address)

    there, gone = (letter.body.replace(link_of(letter), "") for letter in mail.outbox)
    assert there == gone
    page = asking.get(reverse("resolutions:member_list", args=[organization.slug]))
    assert "Quagga" not in page.content.decode()
    assert faults(Page(page.content.decode())) == []


def test_a_member_is_not_asked_again(asking: Client, organization: Organization) -> None:
    answer = ask(asking, organization, "Member@example.org")

    assert answer.context["form"].errors["email"] == ["This person is a member already."]
    assert mail.outbox == []


def test_too_many_open_invitations_are_refused(asking: Client, organization: Organization) -> None:
    with mock.patch("accounts.inviting.MOST_OPEN", 1):
        MemberInvitationFactory(organization=organization)
        answer = ask(asking, organization)

    assert "1 invitations are open" in answer.context["form"].non_field_errors()[0]
    assert mail.outbox == []


def test_an_address_gets_three_letters_a_day_whoever_asks(
    asking: Client, organization: Organization
) -> None:
    for _again in range(2):
        ask(asking, organization)
        inviting.take_back(organization.invitations.get())
    other = MembershipFactory(user=organization.members.get()).organization
    ask(asking, other)

    answer = ask(asking, organization)

    assert answer.context["form"].non_field_errors() == [
        "This address got several letters today. Ask again tomorrow."
    ]
    assert len(mail.outbox) == 3
    assert not organization.invitations.exists()


def test_an_organization_sends_only_so_many_letters_a_day(
    asking: Client, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "FROM_ONE_BODY", Limit("letters-from", 2, 86_400))

    answers = [ask(asking, organization, f"{name}@example.org") for name in ("a", "b", "c")]

    assert answers[-1].context["form"].non_field_errors() == [
        "2 letters were sent today. Send more tomorrow."
    ]
    assert [letter.to for letter in mail.outbox] == [["a@example.org"], ["b@example.org"]]


# ---- Accepting ----


def test_whoever_has_an_account_accepts_and_becomes_a_member(organization: Organization) -> None:
    user = UserFactory(email="there@example.org")
    invitation = MemberInvitationFactory(organization=organization, email=user.email)
    client, path = Client(), path_of(invitation)

    first = Page(client.get(path).content.decode())
    client.force_login(user)
    asked = client.get(path).content.decode()
    answer = client.post(path)

    assert faults(first) == []
    assert f"/accounts/login/?next={quote(path, safe='')}" in first.hrefs
    assert "You are signed in as there@example.org." in asked
    assert answer["Location"] == reverse("resolutions:board_detail", args=[organization.slug])
    assert client.get(answer["Location"]).status_code == 200
    assert User.objects.get(pk=user.pk).roles == {Role.ORGANIZATION_MEMBER}
    assert organization.members.contains(user)
    invitation.refresh_from_db()
    assert invitation.accepted_by == user


def test_whoever_has_no_account_makes_one_and_is_in(organization: Organization) -> None:
    invitation = MemberInvitationFactory(organization=organization, email="new@example.org")
    client, path = Client(), path_of(invitation)
    assert faults(Page(client.get(path).content.decode())) == []

    data = {"name": "Sam", "password1": PASSWORD, "password2": PASSWORD, "email": "x@x.ca"}
    answer = client.post(path, data)

    user = User.objects.get(email="new@example.org")
    assert answer["Location"] == reverse("resolutions:board_detail", args=[organization.slug])
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.name, user.check_password(PASSWORD)) == ("Sam", True)
    assert organization.members.contains(user)


def test_a_weak_password_is_refused(organization: Organization) -> None:
    invitation = MemberInvitationFactory(organization=organization, email="new@example.org")

    answer = Client().post(
        path_of(invitation), {"name": "Sam", "password1": "short", "password2": "short"}
    )

    assert list(answer.context["form"].errors) == ["password1"]
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_forged_post_does_not_put_the_owner_of_an_account_in(organization: Organization) -> None:
    user = UserFactory(email="there@example.org")
    invitation = MemberInvitationFactory(organization=organization, email=user.email)

    Client().post(
        path_of(invitation), {"name": "Eve", "password1": PASSWORD, "password2": PASSWORD}
    )

    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    assert not organization.members.contains(user)


def test_whoever_signs_up_twice_at_once_is_told_to_sign_in(organization: Organization) -> None:
    UserFactory(email="new@example.org")
    invitation = MemberInvitationFactory(organization=organization, email="new@example.org")

    with (
        mock.patch("django.db.models.QuerySet.exists", return_value=False),
        pytest.raises(ValidationError, match="This address has an account"),
    ):
        inviting.accept_with_new_account(invitation, name="Sam", password=PASSWORD)

    assert User.objects.filter(email="new@example.org").count() == 1


def test_an_invitation_is_used_once(organization: Organization, citizen: User) -> None:
    invitation = MemberInvitationFactory(organization=organization)
    inviting.accept(invitation, UserFactory())

    with pytest.raises(ValidationError):
        inviting.accept(invitation, citizen)
    client = Client()
    client.force_login(citizen)
    answer = client.post(path_of(invitation))

    assert answer.status_code == 410
    assert "accepted already" in answer.content.decode()
    assert not organization.members.contains(citizen)


def test_who_accepted_it_comes_back_by_the_same_link(
    organization: Organization, citizen: User
) -> None:
    invitation = MemberInvitationFactory(organization=organization)
    inviting.accept(invitation, citizen)
    client = Client()
    client.force_login(citizen)

    there = reverse("resolutions:board_detail", args=[organization.slug])
    assert client.get(path_of(invitation))["Location"] == there


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 410)])
def test_an_invitation_is_good_for_thirty_days(
    days: int, status: int, organization: Organization
) -> None:
    made = timezone.now() - timedelta(days=days, minutes=1)
    invitation = MemberInvitationFactory(organization=organization, made_at=made)

    answer = Client().get(path_of(invitation))

    assert answer.status_code == status
    assert faults(Page(answer.content.decode())) == []


def test_an_invitation_that_was_taken_back_leads_nowhere(
    asking: Client, organization: Organization
) -> None:
    invitation = MemberInvitationFactory(organization=organization)
    args = [organization.slug, invitation.pk]

    asking.post(reverse("resolutions:member_invitation_withdraw", args=args))
    answer = Client().get(path_of(invitation))

    assert answer.status_code == 404
    assert "taken back" in answer.content.decode()


def test_a_link_of_a_dialogue_opens_no_organization(organization: Organization) -> None:
    invitation = MemberInvitationFactory(organization=organization)
    token = inviting.signed(invitation.key, "invitation")

    path = reverse("resolutions:member_invitation_accept", args=[token])

    assert Client().get(path).status_code == 404


def test_a_link_is_in_no_log(organization: Organization, caplog: pytest.LogCaptureFixture) -> None:
    invitation = MemberInvitationFactory(organization=organization)

    with caplog.at_level("INFO"):
        Client().get(path_of(invitation))

    lines = [getattr(record, "data", {}).get("path") for record in caplog.records]
    assert lines == ["/resolutions/invitations/<str:token>/"]


# ---- Leaving ----


def test_whoever_is_removed_loses_the_board_and_the_role(
    asking: Client, organization: Organization
) -> None:
    user = UserFactory(roles=[Role.ORGANIZATION_MEMBER])
    MembershipFactory(user=user, organization=organization)

    asking.post(reverse("resolutions:member_remove", args=[organization.slug, user.pk]))

    assert not organization.members.contains(user)
    assert User.objects.get(pk=user.pk).roles == frozenset()


def test_whoever_acts_for_another_keeps_the_role(organization: Organization) -> None:
    user = UserFactory(roles=[Role.ORGANIZATION_MEMBER])
    kept = MembershipFactory(user=user)
    MembershipFactory(user=user, organization=organization)

    inviting.remove(organization, user, by=user)

    assert User.objects.get(pk=user.pk).roles == {Role.ORGANIZATION_MEMBER}
    assert Membership.objects.get(user=user) == kept


def test_whoever_leaves_takes_no_address_of_the_calendar_along(organization: Organization) -> None:
    user = MembershipFactory(organization=organization).user
    organization.new_calendar_key()
    old = organization.calendar_key

    inviting.remove(organization, user, by=user)

    assert Client().get(f"/resolutions/calendar/{old}.ics").status_code == 404
    assert organization.calendar_key not in {None, old}
    assert Client().get(f"/resolutions/calendar/{organization.calendar_key}.ics").status_code == 200


def test_a_calendar_nobody_asked_for_has_no_address_after_a_farewell_either(
    organization: Organization,
) -> None:
    user = MembershipFactory(organization=organization).user

    inviting.remove(organization, user, by=user)

    assert Organization.objects.get(pk=organization.pk).calendar_key is None


def test_no_history_shows_the_address_of_a_calendar(organization: Organization) -> None:
    organization.new_calendar_key()

    row = organization.history.first()

    assert "calendar_key" not in {field.name for field in row._meta.get_fields()}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time as it is")
def test_two_organizations_let_somebody_go_one_after_the_other(organization: Organization) -> None:
    """Each would see the membership of the other, and the role would stay with neither."""
    user = MembershipFactory(organization=organization).user

    with CaptureQueriesContext(connection) as asked:
        inviting.remove(organization, user, by=user)

    sql = [query["sql"] for query in asked]
    locked = [n for n, line in enumerate(sql) if "FOR UPDATE" in line]
    assert [f'FROM "{table}"' in sql[n] for n, table in zip(locked, LOCKED, strict=True)] == [
        True,
        True,
    ]
    assert locked[-1] < next(n for n, line in enumerate(sql) if line.startswith("DELETE"))


def test_the_last_member_stays_unless_an_editor_says_so(
    asking: Client, organization: Organization, ngo_member: User, editor: User
) -> None:
    path = reverse("resolutions:member_remove", args=[organization.slug, ngo_member.pk])

    answer = asking.post(path, follow=True)

    assert "Somebody must act for the organization" in answer.content.decode()
    assert organization.members.get() == ngo_member

    client = Client()
    client.force_login(editor)
    client.post(path)

    assert not organization.members.exists()


def test_nobody_outside_can_be_named_through_it(
    asking: Client, organization: Organization, citizen: User
) -> None:
    path = reverse("resolutions:member_remove", args=[organization.slug, citizen.pk])

    assert asking.post(path).status_code == 404


# ---- Keeping no address longer than it is of use ----


def test_an_invitation_nobody_took_up_within_a_year_goes(organization: Organization) -> None:
    long_ago = timezone.now() - timedelta(days=366)
    old = MemberInvitationFactory(organization=organization, made_at=long_ago)
    used = MemberInvitationFactory(
        organization=organization,
        made_at=long_ago,
        accepted_at=long_ago,
        accepted_by=UserFactory(),
    )
    recent = MemberInvitationFactory(organization=organization)

    call_command("retention", "--dry-run", verbosity=0)
    assert set(MemberInvitation.objects.all()) == {old, used, recent}

    call_command("retention", verbosity=0)
    assert set(MemberInvitation.objects.all()) == {used, recent}
