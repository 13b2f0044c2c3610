"""What the worker does for every app: send letters."""

from django_tasks import task

from accounts import letters


@task()
def send_letter(pk: int) -> None:
    """Send one letter that waits."""
    letters.send(pk)
