"""What the worker computes for the workbench: proposals, in a process of their own."""

import json
import subprocess
import sys

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from dialogues.models import ContributionState, Dialogue, Proposals
from dialogues.suggesting import is_possible

# Five thousand statements take a few seconds; what takes longer than this never ends.
SECONDS = 600


def ask(dialogue: Dialogue) -> None:
    """Have proposals computed; those of before stay until the new ones are there."""
    Proposals.objects.update_or_create(
        dialogue=dialogue, defaults={"asked_at": timezone.now(), "made_at": None, "problem": ""}
    )
    compute_proposals.enqueue(dialogue.pk)


@task()
def compute_proposals(dialogue_id: int) -> None:
    """Write what is proposed for a dialogue. One that has been computed meanwhile is left alone."""
    proposals = Proposals.objects.filter(dialogue=dialogue_id, made_at__isnull=True).first()
    if proposals is None:
        return
    asked_at = proposals.asked_at
    found: dict[str, object] = {}
    if is_possible():
        found, problem = _computed(_statements(proposals.dialogue))
    else:
        problem = _("The libraries that compute proposals are not installed.")
    # Whoever asked again since gets an answer of their own.
    Proposals.objects.filter(pk=proposals.pk, asked_at=asked_at).update(
        found=found, problem=problem, made_at=timezone.now()
    )


def _statements(dialogue: Dialogue) -> list[dict[str, object]]:
    """What is compared: all that is not withdrawn, or marked as nearly the same already."""
    rows = dialogue.contributions.exclude(state=ContributionState.WITHDRAWN)
    fields = ("pk", "kind", "text", "language", "part_of")
    return [
        {"key": pk, "kind": kind, "text": text, "language": language, "whole": whole or 0}
        for pk, kind, text, language, whole in rows.filter(near__isnull=True)
        .order_by("pk")
        .values_list(*fields)
    ]


def _computed(statements: list[dict[str, object]]) -> tuple[dict[str, object], str]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dialogues.suggesting"],
            input=json.dumps(statements),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=settings.BASE_DIR,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as problem:
        last = (getattr(problem, "stderr", "") or str(problem)).strip().splitlines()[-1:]
        return {}, _("They could not be computed: %(why)s") % {"why": " ".join(last)[:300]}
    return json.loads(done.stdout), ""
