"""What the worker does for dialogues: make editions, and the files of large drafts."""

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.work import GiveUp
from dialogues import publishing


@task()
def make_edition(pk: int) -> None:
    """Make the files of an edition, and publish it.

    Where a worker was killed or the database was away it is tried again; what goes wrong otherwise
    would go wrong again, and those who wait are told at once.
    """
    try:
        publishing.make(pk)
    except OperationalError:
        raise
    except ValidationError as problem:
        publishing.could_not_be_made(pk, " ".join(problem.messages))
    except Exception as problem:
        publishing.could_not_be_made(pk, _no_file())
        raise GiveUp from problem


@task()
def make_draft(pk: int) -> None:
    """Make the file of a large draft."""
    try:
        publishing.make_draft(pk)
    except OperationalError:
        raise
    except Exception as problem:
        publishing.draft_could_not_be_made(pk, _no_file())
        raise GiveUp from problem


def _no_file() -> str:
    return _(
        "A file could not be made of it. It was written down, and whoever runs the site finds it"
        " among the tasks given up."
    )
