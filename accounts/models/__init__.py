from accounts.models.letter import Enclosure, Letter, LetterState
from accounts.models.organization import MemberInvitation, Membership, Organization
from accounts.models.user import Role, User

__all__ = [
    "Enclosure",
    "Letter",
    "LetterState",
    "MemberInvitation",
    "Membership",
    "Organization",
    "Role",
    "User",
]
