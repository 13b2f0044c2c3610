"""Who may do what to recommendations: editors all of it, facilitators look them up."""

import rules

from accounts.rules import grant, is_draft, is_editor, is_facilitator

rules.add_perm("recommendations", is_facilitator)
# Writing what became of recommendations, and reviewing what others wrote or sent in.
rules.add_perm("recommendations.keep_true", is_editor)
for _model in ("audience", "pillar", "addressee", "subject", "abbreviation"):
    grant("recommendations", _model, is_editor)
for _model in ("report", "recommendation", "progressupdate", "reply", "term"):
    grant("recommendations", _model, is_editor, verbs="add change publish")
    grant("recommendations", _model, is_editor & is_draft, verbs="delete")
for _model in ("progressupdate", "reply", "term"):
    grant("recommendations", _model, is_editor, verbs="view")
# What was sent in is reviewed on the desk.
grant("recommendations", "evidence", is_editor, verbs="view")
# A facilitator looks up what is public; the admin shows drafts to editors alone.
for _model in ("report", "recommendation"):
    grant("recommendations", _model, is_facilitator, verbs="view")
