from accounts.models.organization import MemberInvitation, Membership, Organization
from accounts.models.user import Role, User

__all__ = ["MemberInvitation", "Membership", "Organization", "Role", "User"]
