"""Who gets what at the addresses of the workbench: those who run the dialogue or may change it.

The cast, by one letter each: N nobody signed in, C a citizen with an account, F the facilitator
whose dialogue it is, S a facilitator of another one, M a member of an organization, E an editor,
A an administrator, K a scribe of the dialogue.
"""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dialogues import sorting
from dialogues.models import Dialogue, SortingStep
from tests.factories import ContributionFactory, DialogueFactory, UserFactory

pytestmark = pytest.mark.django_db

EVERYBODY = "NCFSMEAK"
THEIRS = "FEA"
# Name: what it answers to a GET and to the POST of an empty form, from whom it is for.
WORKBENCH: dict[str, tuple[int, int]] = {
    "dialogues:workbench": (200, 200),
    "dialogues:dialogue_figures": (200, 200),
    "dialogues:sorting_undo": (405, 302),
    "dialogues:sorting_themes": (200, 200),
    "dialogues:sorting_theme": (200, 200),
    "dialogues:sorting_proposals": (200, 200),
}


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> dict[str, User | None]:
    scribe = UserFactory(email="scribe@example.org")
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator, scribe)
    return dict(zip(EVERYBODY, people, strict=True))


@pytest.fixture
def dialogue(cast: dict[str, User | None], facilitator: User) -> Dialogue:
    """Published, so that nothing is hidden from anybody for another reason."""
    dialogue = DialogueFactory(published=True, facilitators=[facilitator])
    scribe = cast["K"]
    assert scribe is not None
    dialogue.scribes.add(scribe)
    DialogueFactory(facilitators=[cast["S"]])
    statement = ContributionFactory(dialogue=dialogue)
    sorting.add_theme(dialogue, [statement.pk], "Schools", by=facilitator)
    return dialogue


def path_of(name: str, dialogue: Dialogue) -> str:
    pk = [dialogue.themes.get().pk] if name == "dialogues:sorting_theme" else []
    return reverse(name, args=[dialogue.slug, *pk])


def browser_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", WORKBENCH)
def test_who_gets_what(
    name: str, role: str, cast: dict[str, User | None], dialogue: Dialogue
) -> None:
    path, client = path_of(name, dialogue), browser_of(cast[role])
    reads, sends = WORKBENCH[name]

    got = client.get(path), client.post(path)

    if role == "N":
        assert {answer.status_code for answer in got} == {302}
        assert {answer["Location"] for answer in got} == {f"/accounts/login/?next={path}"}
    elif role in THEIRS:
        assert [answer.status_code for answer in got] == [reads, sends]
    else:
        missing = 405 if reads == 405 else 404
        assert [answer.status_code for answer in got] == [missing, 404]
    undone = SortingStep.objects.filter(undone_at__isnull=False).count()
    assert undone == (name == "dialogues:sorting_undo" and role == "F")


def test_a_rehearsal_is_sorted_by_its_team_alone(
    dialogue: Dialogue, cast: dict[str, User | None]
) -> None:
    rehearsal = DialogueFactory(is_rehearsal=True, facilitators=[cast["F"]])
    path = reverse("dialogues:workbench", args=[rehearsal.slug])

    assert browser_of(cast["F"]).get(path).status_code == 200
    assert browser_of(cast["E"]).get(path).status_code == 404


@pytest.mark.parametrize("name", WORKBENCH)
def test_a_form_of_another_site_is_refused(
    name: str, facilitator: User, dialogue: Dialogue
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)

    assert client.post(path_of(name, dialogue)).status_code == 403


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("name", sorted(set(WORKBENCH) - {"dialogues:sorting_undo"}))
def test_nothing_of_it_is_kept_or_indexed(
    name: str, prefix: str, facilitator: User, dialogue: Dialogue
) -> None:
    answer = browser_of(facilitator).get(f"{prefix}{path_of(name, dialogue)}")

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_a_step_of_another_dialogue_cannot_be_undone_from_here(
    dialogue: Dialogue, facilitator: User
) -> None:
    other = DialogueFactory()
    sorting.highlight(other, [ContributionFactory(dialogue=other).pk], by=facilitator)
    step = other.sorting_steps.get()
    client = browser_of(facilitator)

    path = reverse("dialogues:sorting_undo", args=[dialogue.slug])
    for asked in (step.pk, 10**17, 10**30, "²", ""):
        assert client.post(path, {"step": asked}).status_code == 404

    step.refresh_from_db()
    assert step.undone_at is None
