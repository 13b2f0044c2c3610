from accounts.models.letter import Enclosure, Letter, LetterState
from accounts.models.organization import MemberInvitation, Membership, Organization
from accounts.models.user import Role, User
from accounts.models.work import FailedTask, Worker

__all__ = [
    "Enclosure",
    "FailedTask",
    "Letter",
    "LetterState",
    "MemberInvitation",
    "Membership",
    "Organization",
    "Role",
    "User",
    "Worker",
]
