from accounts.models.organization import Membership, Organization
from accounts.models.user import Role, User

__all__ = ["Membership", "Organization", "Role", "User"]
