"""A marker in everything that is private, looked for in every byte anybody may fetch."""

import io
import logging
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from accounts.models import User
from dialogues import capturing, commitments, publishing
from dialogues.models import (
    Attribution,
    Channel,
    CommitmentState,
    ConsentPurpose,
    ContributionKind,
    Dialogue,
    Outcome,
    Sector,
)
from recommendations.models import one_refresh
from resolutions.models import Resolution, StepKind
from tests.factories import (
    AgendaItemFactory,
    AnswerFactory,
    ClauseFactory,
    CommitmentFactory,
    ContributionFactory,
    DeliveryFactory,
    DialogueFactory,
    FollowFactory,
    InvitationFactory,
    MemberInvitationFactory,
    ModelResolutionFactory,
    ParticipantFactory,
    RecommendationFactory,
    ResolutionFactory,
    ResolutionTextFactory,
    RoomFactory,
    ThemeFactory,
    TipFactory,
    TurnFactory,
    UserFactory,
    VotedFactory,
)
from tests.site_map import Address, addresses
from w2i.logs import JsonFormatter

pytestmark = pytest.mark.django_db

# A search repeats the words asked for, so it is asked for one and must not show the other.
WORD, OTHER = "quagga", "okapi"
MARK = f"{WORD} {OTHER}"
MAIL = f"{WORD}.{OTHER}@example.org"
SHOWN = "zebras run free"


def plant(slug: str, rule: Attribution, facilitator: User) -> Dialogue:
    """A public dialogue whose every private field holds the marker."""
    dialogue = DialogueFactory(
        slug=slug, attribution=rule, facilitators=[facilitator], published=True
    )
    room = RoomFactory(dialogue=dialogue)
    item = AgendaItemFactory(
        dialogue=dialogue, started_at=dialogue.published_at, started_by=facilitator
    )
    room.current = item
    room.save()
    recommendation = RecommendationFactory(published=True)
    who = ParticipantFactory(
        dialogue=dialogue,
        name=MARK.title(),
        email=MAIL,
        affiliation=f"{MARK} university",
        sector=Sector.MEDIA,
        channel=Channel.PHONE,
        agreed=[ConsentPurpose.RECORD, ConsentPurpose.PUBLISH, ConsentPurpose.CONTACT],
    )
    who.consents.update(wording=f"I agree, {MARK}")
    turn = TurnFactory(item=item, participant=who)
    VotedFactory(item=item, participant=who)
    ThemeFactory(dialogue=dialogue, name=f"Theme {MARK}")
    InvitationFactory(dialogue=dialogue, email=f"invited.{MAIL}")
    values: dict[str, Any] = {"dialogue": dialogue, "participant": who, "turn": turn, "round": item}
    values |= {"about": [recommendation]}
    for kind in (ContributionKind.HOPE, ContributionKind.QUESTION, ContributionKind.IDEA):
        shown = ContributionFactory(**values, kind=kind, posted=True, text=f"{MARK} first, {kind}")
        capturing.revise(shown, f"{SHOWN}, {kind}", revision=1)
        ContributionFactory(**values, kind=kind, text=f"{MARK} held", reason=f"{MARK} reason")
        gone = ContributionFactory(**values, kind=kind, posted=True, text=f"{MARK} gone")
        capturing.withdraw(gone, by=facilitator, reason=f"{MARK} reason")
        back = ContributionFactory(**values, kind=kind, posted=True, text=f"{MARK} back")
        capturing.take_back(back)
    said = ContributionFactory(
        **values, kind=ContributionKind.COMMITMENT, posted=True, text=f"{SHOWN}, promised"
    )
    promised = CommitmentFactory(said=True, statement=said)
    commitments.answer(promised, outcome=Outcome.KEPT, words=f"{MARK} kept")
    public = {"recommendation": recommendation, "email": MAIL}
    CommitmentFactory(**public, shown=True, text=f"{SHOWN}, and I will see to it")
    for state in set(CommitmentState) - {CommitmentState.SHOWN, CommitmentState.OF_A_DIALOGUE}:
        CommitmentFactory(**public, state=state, text=f"{MARK} {state}", name=MARK)
    FollowFactory(recommendation=recommendation, subscriber__email=f"{slug}.{MAIL}", confirmed=True)
    held = ContributionFactory(**values, question=True, text=f"{MARK}?")
    AnswerFactory(contribution=held, text=f"{MARK} answered")
    whole = ContributionFactory(**values, posted=True, text=f"{MARK} one. {MARK} two.")
    ContributionFactory(**{**values, "part_of": whole}, text=f"{MARK} line")
    capturing.withdraw(whole, by=facilitator, reason=MARK)
    return dialogue


def plant_resolution(by: User) -> Resolution:
    """A public resolution that holds the marker wherever it is nobody’s to read; and two drafts."""
    model = ModelResolutionFactory(slug="planted-model", published=True)
    ClauseFactory(model=model, text=f"BE IT RESOLVED that {SHOWN}.")
    ModelResolutionFactory(slug="draft-model", title=f"Model {MARK}")
    resolution = ResolutionFactory(slug="planted", model=model)
    champion = MemberInvitationFactory(email=MAIL, made_by=UserFactory(email=f"by.{MAIL}"))
    resolution.champion = champion.organization
    resolution.save()
    resolution.record_step(StepKind.ADOPTED, on=date(2010, 1, 12), by=champion.made_by)
    clauses = [{"kind": "resolved", "text": f"RESOLVED that {SHOWN}.", "opening": "", "code": ""}]
    ResolutionTextFactory(resolution=resolution, clauses=clauses, recorded_by=champion.made_by)
    resolution.publish(by=by)
    sent = DeliveryFactory(resolution=resolution, email=MAIL)
    resolution.copy_requests.create(delivery=sent, municipality="Springfield", email=MAIL)
    TipFactory(council=resolution.council, resolution=resolution, words=MARK, email=MAIL)
    draft = ResolutionFactory(slug="draft", title=f"Draft {MARK}", council=resolution.council)
    draft.record_step(StepKind.SUBMITTED, on=date(2010, 1, 12), by=by)
    return resolution


@pytest.fixture
def planted(facilitator: User) -> list[Dialogue]:
    with one_refresh():  # or each row would bring the search up to date by itself
        plant_resolution(facilitator)
        return [plant(f"planted-{rule}", rule, facilitator) for rule in Attribution]


@pytest.fixture
def with_editions(planted: list[Dialogue], facilitator: User) -> list[Dialogue]:
    """Each with an edition: what it froze, and every file of it."""
    for dialogue in planted:
        publishing.make(publishing.publish(dialogue, by=facilitator).pk)
    return planted


@pytest.fixture
def one(facilitator: User) -> Dialogue:
    with one_refresh():
        return plant("planted", Attribution.NAME, facilitator)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def values_of(name: str, address: Address, dialogue: Dialogue) -> list[Any]:
    """What can stand in an address in the place of one of its names."""
    if "resolutions/" in address.route or "councils/" in address.route:
        return values_of_resolutions(name)
    statement = dialogue.contributions.order_by("pk")
    codes = list(statement.values_list("code", flat=True))
    if name == "code" and "statements" not in address.route:
        about = statement.values_list("about__code", flat=True)
        return [dialogue.room.code, str(about[0])]
    known: dict[str, list[Any]] = {
        "slug": [dialogue.slug],
        "code": codes,
        "seat": [dialogue.participants.get().seat],
        "token": ["forged", f"{dialogue.participants.get().key.hex}:forged"],
        "key": ["forged", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
        "uidb64": ["1"],
        "number": [1],
        "form": ["bib"] if "bib|ris" in address.route else ["json", "csv", "css", "docx", "pdf"],
        "kind": ["updates", "answers"],
    }
    numbers = [row.pk for row in (dialogue, dialogue.agenda.get(), dialogue.participants.get())]
    return known.get(name, [*numbers, codes[0], dialogue.slug])


def values_of_resolutions(name: str) -> list[Any]:
    resolution = Resolution.objects.select_related("council", "champion").get(slug="planted")
    slugs = ["planted", "draft", "planted-model", "draft-model", resolution.council.slug]
    known: dict[str, list[Any]] = {
        "slug": [*slugs, resolution.champion.slug if resolution.champion else ""],
        "code": [resolution.council.jurisdiction.code],
        "form": ["pdf", "docx", "txt", "xml"],
        "format": ["pdf"],
        "document": ["resolution"],
        "key": ["forged", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
        "token": ["forged"],
        "pk": [resolution.steps.get().pk, resolution.deliveries.get().pk],
    }
    return known[name]


def paths_of(address: Address, dialogue: Dialogue) -> Iterator[str]:
    """An address filled in: each of its names once with each value, the others with their first."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", address.route)
    choices = {name: values_of(name, address, dialogue) for name in names}
    first = {name: found[0] for name, found in choices.items()}
    wanted = [first] + [
        {**first, name: value} for name, found in choices.items() for value in found[1:]
    ]
    for arguments in wanted:
        try:
            yield reverse(address.name, kwargs=arguments)
        except NoReverseMatch:
            continue  # a value that this name can't have


def words_of(response: Any) -> str:
    """What an answer says, its headers as well; and what is inside of files that are packed."""
    body = b"".join(response) if response.streaming else response.content
    said = body.decode(errors="replace") + str(dict(response.items()))
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            said += "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    elif body.startswith(b"%PDF") and shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
        said += done.stdout.decode()
    return said


def readers(citizen: User, stranger: User) -> Iterator[tuple[str, Client, str]]:
    """Who reads, and in which language."""
    nobody = Client()
    yield "nobody", nobody, ""
    yield "nobody", nobody, "/fr"
    for name, user in {"citizen": citizen, "facilitator of another": stranger}.items():
        client = Client()
        client.force_login(user)
        yield name, client, ""


def test_no_byte_of_the_site_holds_what_is_private(
    with_editions: list[Dialogue], citizen: User, stranger: User, logged: io.StringIO
) -> None:
    clients = list(readers(citizen, stranger))
    found, asked, shown = [], 0, 0

    for address in addresses():
        if address.route.startswith("admin/") or "admin:" in address.name:
            continue  # who sees what there: tests/test_addresses.py
        seen: set[str] = set()
        for dialogue in with_editions:
            paths = {*paths_of(address, dialogue)} - seen
            seen |= paths
            is_open = False
            for path in paths:
                for who, client, prefix in clients:
                    response = client.get(f"{prefix}{path}")
                    text = words_of(response)
                    is_open |= response.status_code == 200
                    asked += 1
                    shown += SHOWN in text
                    if WORD in text.lower() or OTHER in text.lower():
                        found.append((who, prefix + path))
            if not is_open:
                break  # what is nobody's to see is so whatever the rule of the dialogue
        assert seen or "<" not in address.route, f"how is {address.route} filled in?"

    assert found == []
    assert asked > 500
    assert shown > 50
    assert SHOWN not in logged.getvalue()
    assert WORD not in logged.getvalue().lower()


def test_a_search_finds_what_is_public_and_nothing_private(
    planted: list[Dialogue], client: Client
) -> None:
    kinds = ["", "&kind=statement", "&kind=dialogue"]
    searches = [f"/search/?q={{word}}{kind}" for kind in kinds] + ["/recommendations/?q={word}"]

    for path in [*searches, *(f"/fr{search}" for search in searches)]:
        for asked, hidden in ((WORD, OTHER), (OTHER, WORD)):
            html = client.get(path.format(word=asked)).content.decode().lower()
            assert hidden not in html
            assert "run free" not in html
    assert "run free" in client.get("/search/?q=zebras").content.decode()


def test_no_key_of_a_seat_is_in_any_page(one: Dialogue, client: Client) -> None:
    [key] = one.participants.values_list("key", flat=True)

    for path in (one.get_absolute_url(), f"{one.get_absolute_url()}statements/"):
        html = client.get(path).content.decode()
        assert SHOWN in html
        assert key.hex not in html
        assert str(key) not in html


def test_the_one_who_runs_it_sees_them_and_no_log_does(
    one: Dialogue, facilitator: User, logged: io.StringIO
) -> None:
    """There is something to leak: the team’s pages are full of it."""
    client = Client()
    client.force_login(facilitator)
    [seat] = one.participants.values_list("seat", flat=True)
    with translation.override("en"):
        pages = {
            name: client.get(reverse(f"dialogues:{name}", args=[one.slug, *rest]))
            for name, rest in {
                "participant_list": [],
                "participant_detail": [seat],
                "participant_consents": [seat],
            }.items()
        }
        [who] = one.participants.all()
        own = client.get(reverse("join:said", args=[who.token("said")]))

    for name, page in pages.items():
        assert MARK in page.content.decode().lower(), name
        assert "no-store" in page["Cache-Control"]
    assert MARK in own.content.decode()
    log = logged.getvalue().lower()
    assert "/join/said/<str:token>/" in log
    assert WORD not in log
    assert who.key.hex not in log


@pytest.mark.parametrize("role", ["editor", "administrator", "stranger", "citizen"])
def test_names_are_for_those_alone_who_run_the_dialogue(
    one: Dialogue, role: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(role)
    one.scribes.add(user)  # not even for its scribes
    client = Client()
    client.force_login(user)
    [seat] = one.participants.values_list("seat", flat=True)
    home = f"/dialogues/{one.slug}/participants/"

    for path in (home, f"{home}{seat}/", f"{home}{seat}/said/", f"{home}import/"):
        assert client.get(path).status_code == 404
