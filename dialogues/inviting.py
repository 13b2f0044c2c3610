"""The team of a dialogue: who runs it, who takes down what is said, who is asked to."""

import uuid
from collections.abc import Callable

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.inviting import (
    MOST_OPEN,
    check_letters,
    check_open,
    key_in,
    new_account,
    no_longer_open,
    signed,
    write,
)
from accounts.models import Role, User
from dialogues.models import Dialogue, Invitation, Room, TeamRole

__all__ = ["MOST_OPEN"]
_SALT = "invitation"


def invite(
    dialogue: Dialogue,
    *,
    email: str,
    role: TeamRole,
    by: User,
    link: Callable[[str], str],
) -> Invitation:
    """Ask somebody by e-mail to help run a dialogue. Asked again, the older letter is void.

    ``link`` makes a whole address of a path. Whether the e-mail address has an account makes no
    difference here, and shows nowhere.

    Raises:
        TooOften: they got several letters today, or too many were sent.
        ValidationError: they are on the team already, or too many are asked.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _one_at_a_time(dialogue)
        team = dialogue.facilitators.filter(email=email)
        if role == TeamRole.SCRIBE:
            team = team.union(dialogue.scribes.filter(email=email))
        if team.exists():
            raise ValidationError({"email": _("This person is on the team already.")})
        waiting = dialogue.invitations.filter(accepted_at__isnull=True).exclude(email=email)
        check_open(waiting.count())
        check_letters(email, f"dialogue-{dialogue.pk}")
        invitation, _new = Invitation.objects.update_or_create(
            dialogue=dialogue,
            email=email,
            defaults={
                "role": role,
                "key": uuid.uuid4(),
                "made_at": timezone.now(),
                "made_by": by,
                "accepted_at": None,
                "accepted_by": None,
            },
        )
        _write(invitation, link)
    return invitation


def _one_at_a_time(dialogue: Dialogue) -> None:
    Room.objects.of(dialogue)
    Room.objects.select_for_update().get(dialogue=dialogue)


def token_of(invitation: Invitation) -> str:
    return signed(invitation.key, _SALT)


def _write(invitation: Invitation, link: Callable[[str], str]) -> None:
    dialogue = invitation.dialogue
    with translation.override(dialogue.language):
        path = reverse("dialogues:invitation_accept", args=[token_of(invitation)])
        context = {
            "invitation": invitation,
            "dialogue": dialogue,
            "link": link(path),
            "is_facilitator": invitation.role == TeamRole.FACILITATOR,
        }
        write(
            f"invitation-{invitation.pk}",
            _("Help run a dialogue: %(title)s") % {"title": dialogue.title},
            "dialogues/invitation.txt",
            context,
            to=invitation.email,
        )


def invitation_of(token: str) -> Invitation | None:
    """The invitation a link stands for: None where it is forged, taken back or replaced."""
    if (key := key_in(token, _SALT)) is None:
        return None
    rows = Invitation.objects.select_related("dialogue", "made_by", "accepted_by")
    return rows.filter(key=key).first()


def accept(invitation: Invitation, user: User) -> None:
    """Put somebody on the team. A facilitator gets the role of that name; a scribe needs none.

    Raises:
        ValidationError: the invitation was used, taken back, replaced, or is too old.
    """
    with transaction.atomic():
        _one_at_a_time(invitation.dialogue)
        now = Invitation.objects.filter(key=invitation.key).select_related("dialogue").first()
        if now is None or not now.is_open():
            raise no_longer_open()
        dialogue = now.dialogue
        if now.role == TeamRole.FACILITATOR:
            dialogue.facilitators.add(user)
            dialogue.scribes.remove(user)  # a facilitator does all that a scribe does
            user.groups.add(Group.objects.get_or_create(name=Role.FACILITATOR)[0])
        elif not dialogue.facilitators.filter(pk=user.pk).exists():
            dialogue.scribes.add(user)
        now.accepted_at, now.accepted_by = timezone.now(), user
        now.save(update_fields=["accepted_at", "accepted_by"])


def accept_with_new_account(invitation: Invitation, *, name: str, password: str) -> User:
    """Make an account for the address that was invited, and accept.

    Raises:
        ValidationError: the address has got an account meanwhile, or as ``accept``.
    """
    with transaction.atomic():
        _one_at_a_time(invitation.dialogue)
        user = new_account(invitation.email, name=name, password=password)
        accept(invitation, user)
    return user


def take_back(invitation: Invitation) -> None:
    """Make an invitation void. One that was accepted stays: it says how somebody came."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).delete()


def remove(dialogue: Dialogue, user: User) -> None:
    """Take somebody off the team, or leave it oneself.

    Raises:
        ValidationError: nobody would be left to run the dialogue.
    """
    with transaction.atomic():
        _one_at_a_time(dialogue)
        if dialogue.facilitators.filter(pk=user.pk).exists():
            if dialogue.facilitators.count() == 1:
                raise ValidationError(
                    _("Somebody must run the dialogue. Invite another facilitator first.")
                )
            dialogue.facilitators.remove(user)
        dialogue.scribes.remove(user)
