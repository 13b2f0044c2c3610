"""Who may do what to resolutions: editors all of it, members those their organization champions."""

import rules

from accounts.models import User
from accounts.rules import grant, is_draft, is_editor, is_organization_member
from resolutions.models import Resolution, Step


@rules.predicate
def acts_for_champion(user: User, row: Resolution | Step | None) -> bool:
    """Whether they are a member of the organization that brings it forward."""
    if row is None:
        return True
    resolution = row.resolution if isinstance(row, Step) else row
    return user.memberships.filter(organization=resolution.champion_id).exists()


@rules.predicate
def is_unverified(user: User, step: Step | None) -> bool:
    return step is None or step.verified_at is None


champions_it = is_editor | (is_organization_member & acts_for_champion)

rules.add_perm("resolutions", is_organization_member)
grant("resolutions", "jurisdiction", is_editor)
grant("resolutions", "association", is_editor)
grant("resolutions", "council", is_editor, verbs="add change delete confirm")
grant("resolutions", "council", is_organization_member, verbs="view")
grant("resolutions", "modelresolution", is_editor, verbs="add change publish")
grant("resolutions", "modelresolution", is_editor & is_draft, verbs="delete")
grant("resolutions", "modelresolution", is_organization_member, verbs="view")
grant("resolutions", "clause", is_editor)
grant("resolutions", "resolution", is_organization_member, verbs="add")
grant("resolutions", "resolution", champions_it, verbs="view change")
grant("resolutions", "resolution", champions_it & is_draft, verbs="delete")
grant("resolutions", "resolution", is_editor, verbs="publish")
rules.add_perm("resolutions.record_step", champions_it)
# A step itself is never changed; this lets its sources be.
grant("resolutions", "step", champions_it, verbs="view")
grant("resolutions", "step", is_editor | (champions_it & is_unverified), verbs="change")
grant("resolutions", "step", is_editor, verbs="verify")
# What people report is for editors alone.
grant("resolutions", "tip", is_editor, verbs="view change")
