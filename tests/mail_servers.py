"""A mail server for a test: see mail_server.py."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def mail_server(file: Path, *, delay: float = 0.0) -> Iterator[int]:
    """Its port. What it took is in the file, a line a letter; it answers after up to ``delay``
    seconds.
    """
    file.touch()
    command = [sys.executable, "-m", "tests.mail_server", str(file), str(delay)]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()
