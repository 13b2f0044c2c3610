"""Who has which role, as predicates the other apps' rules are built from."""

from typing import Any

import rules

from accounts.models import Role, User


def _has(role: Role) -> rules.Predicate:
    @rules.predicate(name=f"is_{role.name.lower()}")
    def predicate(user: User) -> bool:
        return user.is_active and role in getattr(user, "roles", ())

    return predicate


is_administrator = _has(Role.ADMINISTRATOR)
is_editor = _has(Role.EDITOR) | is_administrator
is_facilitator = _has(Role.FACILITATOR) | is_editor
is_organization_member = _has(Role.ORGANIZATION_MEMBER) | is_editor


@rules.predicate
def is_draft(user: User, row: Any) -> bool:
    """What was public is withdrawn, not deleted: others may have linked to it."""
    return row is None or not row.is_public


def grant(
    app: str,
    model: str,
    predicate: rules.Predicate,
    *,
    verbs: str = "view add change delete",
) -> None:
    """Let those for whom ``predicate`` holds do ``verbs`` to a model in the admin."""
    for verb in verbs.split():
        rules.add_perm(f"{app}.{verb}_{model}", predicate)


rules.add_perm("accounts", is_facilitator | is_organization_member)
for _model in ("user", "membership"):
    grant("accounts", _model, is_administrator)
# An editor gives a dialogue to a facilitator, and for that must find the person; not the account.
rules.add_perm("accounts.choose_user", is_editor)
# What a letter says and to whom nobody sees; why it was not sent, whoever may have written it.
grant("accounts", "letter", is_editor, verbs="view retry")
grant("accounts", "failedtask", is_administrator, verbs="view retry")
grant("accounts", "organization", is_editor, verbs="add change delete")
grant("accounts", "organization", is_facilitator | is_organization_member, verbs="view")
