"""What somebody is told of what was recorded of them, through a private link."""

import uuid
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import letters
from dialogues.models import (
    Commitment,
    Consent,
    Contribution,
    ContributionKind,
    ContributionState,
    Participant,
)


def link_of(request: HttpRequest, participant: Participant) -> str:
    """The private link of a seat, in its holder's language. Never to be logged."""
    with translation.override(participant.language):
        path = reverse("join:said", args=[participant.token("said")])
    return request.build_absolute_uri(path)


def send_link(participant: Participant, link: str) -> None:
    """Write to somebody who agreed to it, in their language. It goes out within a minute."""
    dialogue = participant.dialogue
    with translation.override(participant.language):
        letters.post(
            f"said-{uuid.uuid4().hex}-participant-{participant.pk}",
            to=participant.email,
            subject=_("What we recorded you said: %(dialogue)s") % {"dialogue": dialogue.title},
            text=render_to_string("dialogues/said.txt", {"dialogue": dialogue, "link": link}),
        )


def statements_of(participant: Participant) -> list[Contribution]:
    """All that is recorded of somebody, whatever became of it, in the order of the report."""
    rows = Contribution.objects.filter(participant=participant).in_order().with_attribution()
    found = list(
        rows.select_related("replaced_by", "round", "commitment").prefetch_related(
            "commitment__check_ins", "pieces", "themes", "about", "words_in"
        )
    )
    for statement in found:
        statement.dialogue, statement.participant = participant.dialogue, participant
    kinds = list(ContributionKind)
    return sorted(found, key=lambda statement: kinds.index(ContributionKind(statement.kind)))


def fate_of(statement: Contribution) -> str:
    """What became of a statement, for whoever made it."""
    if statement.state == ContributionState.WITHDRAWN:
        if statement.was_taken_back:
            return _("You took it back. It is shown to nobody.")
        if kept := statement.replaced_by:
            is_in_it = kept in statement.words_in.all()
            if is_in_it and kept.state != ContributionState.WITHDRAWN:
                return _("It was joined with %(code)s, and your words are in it: “%(text)s”") % {
                    "code": kept.code,
                    "text": kept.text,
                }
            return _("It was joined with %(code)s, and is no longer shown by itself.") % {
                "code": kept.code
            }
        if pieces := sorted(piece.code for piece in statement.pieces.all()):
            return _("It was parted into %(codes)s.") % {"codes": ", ".join(pieces)}
        return _("Those who run the dialogue took it down. It is shown to nobody.")
    if statement.state == ContributionState.HELD:
        return _("It waits for review. Only those who run the dialogue see it.")
    if statement.dialogue.is_public:
        return _("It is public.")
    return _("It was shown in the room. It is not public.")


def data_of(participant: Participant) -> dict[str, Any]:
    """Everything that is kept about somebody, for them to read and to take along."""
    dialogue = participant.dialogue
    statements = statements_of(participant)
    wordings: dict[int, list[str]] = {}
    lines = Contribution.history.filter(id__in=[statement.pk for statement in statements])
    for pk, text in lines.order_by("history_date", "history_id").values_list("id", "text"):
        wordings.setdefault(pk, []).append(text)
    turns = participant.turns.select_related("item").order_by("item__order", "order")
    return {
        "dialogue": {
            "title": dialogue.title,
            "place": dialogue.place,
            "date": dialogue.on,
            "kept_until": dialogue.keep_until,
            "corrections_until": dialogue.check_back_until,
            "questions_to": dialogue.privacy_contact,
        },
        "you": {
            "seat": participant.seat,
            "name": participant.name,
            "affiliation": participant.affiliation,
            "sector": participant.get_sector_display(),
            "email": participant.email,
            "language": participant.language,
            "joined": participant.joined_at,
            "joined_by": participant.get_channel_display(),
            "has_left": participant.has_left,
            "statements_wait_for_review": participant.is_held,
        },
        "consents": [_consent(consent) for consent in participant.consents.all()],
        "statements": [
            _statement(statement, wordings.get(statement.pk, [])) for statement in statements
        ],
        "turns": [
            {
                "round": turn.item.text,
                "state": turn.get_state_display(),
                "started": turn.started_at,
                "ended": turn.ended_at,
            }
            for turn in turns
        ],
        # That somebody voted is kept; what, nobody can know.
        "voted_in": [
            voted.item.text for voted in participant.voted.select_related("item").order_by("pk")
        ],
    }


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "to": consent.get_purpose_display(),
        "wording": consent.wording,
        "given": consent.given_at,
        "until": consent.expires_on,
        "taken_back": None if consent.has_run_out else consent.withdrawn_at,
    }


def _statement(statement: Contribution, wordings: list[str]) -> dict[str, Any]:
    return {
        "number": statement.code,
        "kind": statement.get_kind_display(),
        "round": statement.round.text if statement.round else "",
        "text": statement.text,
        "as_spoken": statement.spoken or statement.text,
        "earlier_wordings": [text for text in dict.fromkeys(wordings) if text != statement.text],
        "language": statement.language,
        "sector": statement.get_sector_display(),
        "themes": [theme.name for theme in statement.themes.all()],
        "about": [recommendation.code for recommendation in statement.about.all()],
        "came_by": statement.get_channel_display(),
        "what_became_of_it": fate_of(statement),
        "reason": statement.reason,
        "posted": statement.posted_at,
        "withdrawn": statement.withdrawn_at,
        "attribution": statement.get_attribution_display(),
        "shown_as_said_by": statement.attributed_to,
        **_commitment(getattr(statement, "commitment", None)),
    }


def _commitment(row: Commitment | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "by_when": row.due_on,
        "may_be_asked_since": row.asks_since,
        "asks_no_more_since": row.stopped_at,
        "was_asked": row.asked_at,
        "was_reminded": row.reminded_at,
        "what_you_answered": [
            {
                "how_it_went": check_in.get_outcome_display(),
                "words": check_in.words,
                "words_may_be_shown": check_in.shows_words,
                "answered": check_in.made_at,
            }
            for check_in in row.check_ins.all()
        ],
    }
