"""Who gets what at each address of the desk of a report, and of its editions.

The cast is that of ``test_plan_addresses``. Whoever may change the dialogue has its desk: the
facilitator whose it is, editors and administrators.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues.models import Dialogue, PartKind
from tests.dialogues.test_plan_addresses import (
    CODES,
    EVERYBODY,
    NOT_SO,
    NOT_THERE,
    ON,
    PAGE,
    SIGN_IN,
    cast,
)
from tests.factories import DialogueFactory, EditionFactory, EditionFileFactory

__all__ = ["cast"]

pytestmark = pytest.mark.django_db

_DESK = {"N": SIGN_IN, "FEA": PAGE, "CSMK": NOT_THERE}
_DONE = {"N": SIGN_IN, "FEA": ON, "CSMK": NOT_THERE}
_NOT_READ = {"N": SIGN_IN, "CFSMEAK": NOT_SO}
_NOT_WRITTEN = {"N": SIGN_IN, "CFSMEAK": NOT_SO}
_ALL, _NOBODY = {EVERYBODY: PAGE}, {EVERYBODY: NOT_SO}
# Each address: what a GET gets, what the POST of an empty form gets.
REPORT: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "dialogues:report_desk": (_DESK, _NOT_WRITTEN),
    "dialogues:report_part": (_DESK, _DESK),
    "dialogues:report_part_change": (_NOT_READ, _DONE),
    "dialogues:report_parts_reset": (_NOT_READ, _DONE),
    "dialogues:report_preview": (_DESK, _NOT_WRITTEN),
    "dialogues:report_draft": (_DESK, _NOT_WRITTEN),
    "dialogues:report_draft_ask": (_NOT_READ, _DONE),
    # It has an edition already: what changed has to be said.
    "dialogues:report_publish": (_NOT_READ, _DESK),
    "dialogues:report_on_the_wall": (
        _NOT_READ,
        {"N": SIGN_IN, "F": ON, "CSMEAK": NOT_THERE},
    ),
    "dialogues:edition_again": (_NOT_READ, _DONE),
    "dialogues:edition_withdraw": (_DESK, _DESK),
    "dialogues:edition_detail": (_ALL, _NOBODY),
    "dialogues:edition_file": (_ALL, _NOBODY),
    "dialogues:report_file": (_ALL, _NOBODY),
}
PRIVATE = [name for name, (get, _post) in REPORT.items() if get is _DESK]


@pytest.fixture
def dialogue(cast: dict[str, User | None]) -> Dialogue:
    """Published, with an edition, so that nothing is hidden from anybody for another reason."""
    dialogue = DialogueFactory(published=True, facilitators=[cast["F"]])
    dialogue.scribes.add(cast["K"])
    edition = EditionFactory(dialogue=dialogue, published=True)
    EditionFileFactory(edition=edition)
    EditionFileFactory(edition=edition, name="index.html", language="en", content_type="text/html")
    DialogueFactory(facilitators=[cast["S"]])
    return dialogue


def path_of(name: str, dialogue: Dialogue) -> str:
    more: dict[str, list[Any]] = {
        "report_part": [PartKind.BRIEF],
        "report_part_change": [PartKind.BRIEF],
        "report_draft": ["docx"],
        "report_file": ["csv"],
        "edition_again": [1],
        "edition_withdraw": [1],
        "edition_detail": [1],
        "edition_file": [1, "csv"],
    }
    return reverse(name, args=[dialogue.slug, *more.get(name.partition(":")[2], [])])


def gets(response: Any, path: str) -> str:
    if response.status_code == 302 and response["Location"] == f"/accounts/login/?next={path}":
        return SIGN_IN
    return CODES[response.status_code]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", REPORT)
def test_who_gets_what(
    name: str,
    method: str,
    cast: dict[str, User | None],
    dialogue: Dialogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dialogues.publishing.written", lambda form, report: b"a file")
    expected = REPORT[name][method == "post"]
    path = path_of(name, dialogue)
    got = {}

    for letter, user in cast.items():
        with transaction.atomic():
            client = Client()
            if user:
                client.force_login(user)
            got[letter] = gets(getattr(client, method)(path), path)
            transaction.set_rollback(True)  # each comes first

    assert got == {letter: what for letters, what in expected.items() for letter in letters}


@pytest.mark.parametrize("name", PRIVATE)
def test_the_desk_is_kept_by_nobody_and_found_by_no_search_engine(
    name: str, dialogue: Dialogue, facilitator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogues.publishing.written", lambda form, report: b"a file")
    client = Client()
    client.force_login(facilitator)

    answer = client.get(path_of(name, dialogue))

    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    if answer["Content-Type"].startswith("text/html"):
        assert '<meta name="robots" content="noindex">' in answer.content.decode()


@pytest.mark.parametrize("name", ["edition_detail", "edition_file", "report_file", "edition_list"])
def test_of_a_dialogue_that_is_not_public_nobody_finds_an_edition(
    name: str, dialogue: Dialogue, cast: dict[str, User | None]
) -> None:
    dialogue.withdraw()

    for user in cast.values():
        client = Client()
        if user:
            client.force_login(user)
        assert client.get(path_of(f"dialogues:{name}", dialogue)).status_code == 404


@pytest.mark.parametrize("state", ["making", "failed"])
def test_an_edition_that_is_not_there_yet_is_nobodys(state: str, dialogue: Dialogue) -> None:
    EditionFactory(dialogue=dialogue, number=2, state=state)

    there = reverse("dialogues:edition_detail", args=[dialogue.slug, 2])

    assert Client().get(there).status_code == 404
    listed = Client().get(path_of("dialogues:edition_list", dialogue)).content.decode()
    assert "Edition 1" in listed
    assert "Edition 2" not in listed


@pytest.mark.parametrize(
    "ending",
    [
        *("editions/0/", "editions/32768/", "editions/99999999999999999999/", "editions/-1/"),
        *("editions/1/report.xyz", "editions/1/report.pdf%00", "report.html", "report.css"),
        *("editions/1/report.pdf", "report.%00", "editions/1/index.html", "editions/%C2%B2/"),
    ],
)
def test_what_is_not_there_is_told_so(ending: str, dialogue: Dialogue) -> None:
    answer = Client().get(f"/dialogues/{dialogue.slug}/{ending}")

    assert answer.status_code == 404
    assert "site-header" in answer.content.decode()
