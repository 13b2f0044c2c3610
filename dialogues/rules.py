"""Who may do what to dialogues: editors all of it, facilitators their own."""

from typing import Any

import rules

from accounts.models import User
from accounts.rules import grant, is_draft, is_editor, is_facilitator
from dialogues.models import Answer, Contribution, Dialogue


def _dialogue(row: Any) -> Dialogue:
    if isinstance(row, Answer):
        row = row.contribution
    return row.dialogue if isinstance(row, Contribution) else row


@rules.predicate
def facilitates(user: User, row: Dialogue | Contribution | Answer | None) -> bool:
    """Whether a dialogue, or what was said in it, is theirs to run."""
    return row is None or _dialogue(row).facilitators.filter(pk=user.pk).exists()


@rules.predicate
def was_never_posted(user: User, contribution: Contribution | None) -> bool:
    """What has been public is withdrawn, not deleted."""
    return contribution is None or contribution.posted_at is None


@rules.predicate
def takes_down_in(user: User, row: Dialogue | Contribution | None) -> bool:
    """Whether somebody is a scribe of a dialogue."""
    return row is None or _dialogue(row).scribes.filter(pk=user.pk).exists()


runs_it = is_editor | (is_facilitator & facilitates)

rules.add_perm("dialogues", is_facilitator)
grant("dialogues", "dialogue", is_facilitator, verbs="add")
grant("dialogues", "dialogue", runs_it, verbs="view change publish")
grant("dialogues", "dialogue", runs_it & is_draft, verbs="delete")
grant("dialogues", "contribution", is_facilitator, verbs="add")
grant("dialogues", "contribution", runs_it, verbs="view change post")
grant("dialogues", "contribution", runs_it & was_never_posted, verbs="delete")
grant("dialogues", "answer", is_facilitator, verbs="add")
grant("dialogues", "answer", runs_it, verbs="view change delete")
# Made in public by anyone: reviewed, and nothing of it is written but what came of the review.
grant("dialogues", "commitment", is_editor, verbs="view change")
# The room, and who is in it: for those who run it alone, whatever else their role may see.
rules.add_perm("dialogues.plan", is_facilitator)
rules.add_perm("dialogues.run_room", rules.is_authenticated & facilitates)
rules.add_perm("dialogues.take_down", rules.is_authenticated & (facilitates | takes_down_in))
