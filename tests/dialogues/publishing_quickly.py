"""Editions without the time it takes to set a PDF: for tests of everything but their files."""

from collections.abc import Iterator

import pytest

from dialogues import publishing
from dialogues.models import Edition


def few_files(edition: Edition) -> Iterator[tuple[str, str, str, bytes]]:
    """A page and a table in each language, which say what the source says."""
    for language, source in sorted(edition.source.items()):
        yield "index.html", language, "text/html; charset=utf-8", source["title"].encode()
        yield "report.csv", language, "text/csv; charset=utf-8", f"{language}\r\n".encode()


@pytest.fixture
def quick_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "files_of", few_files)
