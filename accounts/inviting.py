"""Asking people by e-mail: to act for an organization, and what every such letter shares.

A letter holds a link nobody can guess; it is good for thirty days, and once. Whether an address has
an account shows nowhere.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import letters
from accounts.limits import Limit, TooOften, count, wait
from accounts.models import MemberInvitation, Membership, Organization, Role, User

# Mail that nobody asked for is a burden: few are asked at a time.
MOST_OPEN = 40
# Letters in a day: to one address, whoever asks; and from one organization or dialogue.
TO_ONE_ADDRESS = Limit("letters-to", 3, 86_400)
FROM_ONE_BODY = Limit("letters-from", 60, 86_400)
_SALT = "member-invitation"

# ---- What every invitation shares ----


def signed(key: uuid.UUID, salt: str) -> str:
    """The last part of the address an invitation is answered at."""
    return signing.Signer(salt=salt).sign(key.hex)


def key_in(token: str, salt: str) -> uuid.UUID | None:
    """The key of an invitation from such an address; None where it is forged."""
    try:
        return uuid.UUID(signing.Signer(salt=salt).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def write(event: str, subject: str, template: str, context: dict[str, Any], *, to: str) -> None:
    """Write the letter of an invitation. Asked again, somebody gets another one."""
    text = render_to_string(template, context)
    letters.post(f"{event}-{uuid.uuid4().hex}", to=to, subject=subject, text=text)


def check_open(waiting: int) -> None:
    """Refuse to ask one more where many have not answered yet.

    Raises:
        ValidationError: there are ``MOST_OPEN`` of them.
    """
    if waiting >= MOST_OPEN:
        raise ValidationError(
            _("%(n)d invitations are open. Take some back first.") % {"n": MOST_OPEN}
        )


def check_letters(email: str, sender: str) -> None:
    """Count one more letter to an address; ``sender`` is a name of the organization or dialogue.

    Raises:
        TooOften: there were so many today that one more would be a burden.
    """
    if count(TO_ONE_ADDRESS, email) > TO_ONE_ADDRESS.most:
        said = _("This address got several letters today. Ask again tomorrow.")
        raise TooOften(said, wait(TO_ONE_ADDRESS))
    if count(FROM_ONE_BODY, sender) > FROM_ONE_BODY.most:
        said = _("%(n)d letters were sent today. Send more tomorrow.") % {"n": FROM_ONE_BODY.most}
        raise TooOften(said, wait(FROM_ONE_BODY))


def no_longer_open() -> ValidationError:
    return ValidationError(_("This invitation is no longer open."))


def new_account(email: str, *, name: str, password: str) -> User:
    """An account for an address that was invited.

    Raises:
        ValidationError: the address has got one meanwhile.
    """
    has_one = ValidationError(_("This address has an account. Sign in, then accept."))
    if User.objects.filter(email=email).exists():
        raise has_one
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as problem:  # made between the two lines
        raise has_one from problem


# ---- Members of an organization ----


def invite(
    organization: Organization, *, email: str, by: User, link: Callable[[str], str]
) -> MemberInvitation:
    """Ask somebody by e-mail to act for an organization. Asked again, the older letter is void.

    ``link`` makes a whole address of a token. The letter is in the language of whoever asks.

    Raises:
        TooOften: they got several letters today, or too many were sent.
        ValidationError: they are a member already, or too many are asked.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _one_at_a_time(organization)
        if organization.members.filter(email=email).exists():
            raise ValidationError({"email": _("This person is a member already.")})
        waiting = organization.invitations.filter(accepted_at__isnull=True).exclude(email=email)
        check_open(waiting.count())
        check_letters(email, f"organization-{organization.pk}")
        invitation, _new = MemberInvitation.objects.update_or_create(
            organization=organization,
            email=email,
            defaults={
                "key": uuid.uuid4(),
                "made_at": timezone.now(),
                "made_by": by,
                "accepted_at": None,
                "accepted_by": None,
            },
        )
        _write(invitation, link(token_of(invitation)))
    return invitation


def _one_at_a_time(organization: Organization) -> None:
    Organization.objects.select_for_update().get(pk=organization.pk)


def _one_at_a_time_of(user: User) -> None:
    """Somebody may join one organization while another lets them go: one role goes with both.

    After ``_one_at_a_time``, always: in another order two would wait for each other.
    """
    User.objects.select_for_update().get(pk=user.pk)


def token_of(invitation: MemberInvitation) -> str:
    return signed(invitation.key, _SALT)


def _write(invitation: MemberInvitation, link: str) -> None:
    organization = invitation.organization
    write(
        f"member-invitation-{invitation.pk}",
        _("Act for %(organization)s") % {"organization": organization.name},
        "accounts/member_invitation.txt",
        {"invitation": invitation, "organization": organization, "link": link},
        to=invitation.email,
    )


def invitation_of(token: str) -> MemberInvitation | None:
    """The invitation a link stands for: None where it is forged, taken back or replaced."""
    if (key := key_in(token, _SALT)) is None:
        return None
    rows = MemberInvitation.objects.select_related("organization", "made_by", "accepted_by")
    return rows.filter(key=key).first()


def accept(invitation: MemberInvitation, user: User) -> None:
    """Make somebody a member, with the role that goes with it.

    Raises:
        ValidationError: the invitation was used, taken back, replaced, or is too old.
    """
    with transaction.atomic():
        _one_at_a_time(invitation.organization)
        now = MemberInvitation.objects.filter(key=invitation.key).first()
        if now is None or not now.is_open():
            raise no_longer_open()
        _one_at_a_time_of(user)
        Membership.objects.get_or_create(user=user, organization=invitation.organization)
        user.groups.add(Group.objects.get_or_create(name=Role.ORGANIZATION_MEMBER)[0])
        now.accepted_at, now.accepted_by = timezone.now(), user
        now.save(update_fields=["accepted_at", "accepted_by"])


def accept_with_new_account(invitation: MemberInvitation, *, name: str, password: str) -> User:
    """Make an account for the address that was invited, and accept.

    Raises:
        ValidationError: the address has got an account meanwhile, or as ``accept``.
    """
    with transaction.atomic():
        _one_at_a_time(invitation.organization)
        user = new_account(invitation.email, name=name, password=password)
        accept(invitation, user)
    return user


def take_back(invitation: MemberInvitation) -> None:
    """Make an invitation void. One that was accepted stays: it says how somebody came."""
    MemberInvitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).delete()


def stale_invitations() -> "QuerySet[MemberInvitation]":
    """Those nobody took up within a year: an address that is of no use any more."""
    a_year_ago = timezone.now() - timedelta(days=365)
    return MemberInvitation.objects.filter(accepted_at__isnull=True, made_at__lt=a_year_ago)


def remove(organization: Organization, user: User, *, by: User) -> None:
    """End a membership, one's own or another's. Whoever acts for nobody any more loses the role.

    The address of the calendar, if it has one, is made anew: whoever leaves has the old one.

    Raises:
        ValidationError: nobody would be left to act for it, and it is no editor who says so.
    """
    with transaction.atomic():
        _one_at_a_time(organization)
        _one_at_a_time_of(user)
        of_it = organization.memberships.filter(user=user)
        is_last = of_it.exists() and organization.memberships.count() == 1
        if is_last and not by.roles & {Role.EDITOR, Role.ADMINISTRATOR}:
            raise ValidationError(
                _(
                    "Somebody must act for the organization. Invite another member first, or ask"
                    " an editor."
                )
            )
        was_member, _rows = of_it.delete()
        organization.refresh_from_db(fields=["calendar_key"])
        if was_member and organization.calendar_key:
            organization.new_calendar_key()
        if not user.memberships.exists():
            user.groups.remove(*Group.objects.filter(name=Role.ORGANIZATION_MEMBER))
