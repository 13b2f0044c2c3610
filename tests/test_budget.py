"""What a page may cost its reader and its host, and that nobody is ever shown an old one."""

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from dialogues.models import Contribution, Dialogue
from recommendations.models import ProgressUpdate, Recommendation, Status, Term
from resolutions.models import Council, Resolution, StepKind
from tests import factories
from tests.markup import Page
from tests.site_map import FILES, PAGES
from w2i.demonstration import Sizes, make, remove
from w2i.page_cache import InProcess

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

FIRST_VISIT = 60_000  # bytes, with everything the page fetches
KEPT = {name: paths for name, paths in PAGES.items() if not name.startswith("account_")}
PATHS = [f"{prefix}{path}" for paths in KEPT.values() for path in paths for prefix in ("", "/fr")]
DATA = [
    name for name, path in FILES.items() if path.startswith(("/recommendations", "/resolutions"))
]
POLICY = {
    "default-src": {"'none'"},
    "base-uri": {"'none'"},
    "connect-src": {"'self'"},
    "font-src": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "img-src": {"'self'", "data:"},
    "manifest-src": {"'self'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
}


# These alone may stand in another site's frame.
EMBEDS = {
    f"{prefix}{path}"
    for name in ("resolutions:embed_map", "resolutions:embed_counter")
    for path in PAGES[name]
    for prefix in ("", "/fr")
}


def policy_of(header: str) -> dict[str, set[str]]:
    lines = [line.split() for line in header.split(";") if line.strip()]
    return {name: set(sources) for name, *sources in lines}


def safe(answer: Any, *, in_frames: bool = False) -> None:
    policy = POLICY | {"frame-ancestors": {"*"}} if in_frames else POLICY
    assert policy_of(answer["Content-Security-Policy"]) == policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.get("X-Frame-Options") == (None if in_frames else "DENY")
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", [*PATHS, FILES["activity_feed"], FILES["sitemap"], *(FILES[name] for name in DATA)]
)
def test_a_public_page_is_everybodys(path: str, client: Client) -> None:
    answer = client.get(path, headers={"accept-encoding": "gzip"})

    assert not answer.cookies
    assert answer["Cache-Control"] == "public, no-cache"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["Content-Encoding"] == "gzip"
    assert int(answer["Content-Length"]) == len(answer.content)
    safe(answer, in_frames=path in EMBEDS)

    again = client.get(path, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not again.cookies


@pytest.mark.parametrize(
    "path", ["/none-such/", "/accounts/login/", "/accounts/password/reset/", "/healthz", "/admin/"]
)
def test_other_answers_are_as_safe_and_not_kept_by_anybody_else(path: str, client: Client) -> None:
    answer = client.get(path)

    safe(answer)
    assert "public" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", PATHS)
def test_a_first_visit_is_small(path: str, client: Client) -> None:
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    page = Page(gzip.decompress(answer.content).decode())
    fetched = {link.get("href", "") for link in page.links("stylesheet") + page.links("icon")}
    fetched |= {script.get("src", "") for script in page.all("script") if script.get("src")}
    fetched |= {image.get("src", "") for image in page.all("img")}

    size = len(answer.content)
    for address in fetched:
        found = finders.find(address.removeprefix("/static/"))
        assert isinstance(found, str), address
        size += len(gzip.compress(Path(found).read_bytes()))

    assert len(fetched) >= 5
    assert size <= FIRST_VISIT


def test_styles_fetch_nothing_from_elsewhere() -> None:
    for path in (Path(__file__).parent.parent / "static").rglob("*.css"):
        text = path.read_text()
        assert "http:" not in text
        assert "https:" not in text
        assert "@import" not in text


# ---- Questions to the database ----

# At most so many for a page nobody has kept. A page asks them whatever stands in the tables.
QUERIES = {
    "home": 6,
    "about": 2,
    "method": 1,
    "recommendations:recommendation_list": 10,
    "recommendations:progress": 10,
    "recommendations:recommendation_compare": 6,
    "recommendation_detail": 10,
    "recommendation_commitments": 7,
    "dialogue_kit": 2,
    "recommendations:recommendation_history": 3,
    "recommendations:citation": 2,
    "recommendations:share_picture": 2,
    "recommendation_voices": 7,
    "recommendations:report_list": 1,
    "recommendations:report_detail": 4,
    "recommendations:glossary": 4,
    "teaching": 2,
    "teaching_sheet": 7,
    "dialogues:dialogue_list": 5,
    "dialogues:dialogue_compare": 11,
    "dialogues:dialogue_detail": 20,
    "dialogues:edition_list": 4,
    "dialogues:statement_list": 9,
    "dialogues:statement_detail": 8,
    "resolutions:resolution_list": 8,
    "resolutions:region_detail": 10,
    "resolutions:embed_map": 5,
    "resolutions:embed_counter": 5,
    "resolutions:prepare": 8,
    "resolutions:model_detail": 10,
    "resolutions:resolution_detail": 10,
    "resolutions:association_list": 3,
    "council_list": 7,
    "council_detail": 7,
    "search": 4,
    "activity": 4,
    "recommendations:recommendations_csv": 7,
    "recommendations:recommendations_xlsx": 7,
    "recommendations:recommendations_json": 7,
    "recommendations:recommendations_atom": 5,
    "recommendations:recommendation_atom": 5,
    "resolutions:resolution_data": 9,
    "resolutions_csv": 8,
    "resolutions_json": 10,
    "resolutions_geojson": 4,
    "resolutions_popolo": 6,
    "resolutions_atom": 3,
    "resolutions_ics": 4,
}
ASKED = KEPT | {name: [FILES[name]] for name in DATA}


def questions(path: str) -> int:
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get(path)
        assert answer.status_code == 200
        assert answer.getvalue()  # the end of a long file is asked for when it is read
    return len(asked)


def test_every_public_page_has_a_number_of_questions() -> None:
    assert set(QUERIES) == set(ASKED)


def test_a_page_asks_as_often_with_few_rows_as_with_many() -> None:
    paths = [path for paths in ASKED.values() for path in paths]
    make(Sizes(councils=30, dialogues=4, statements=400, recommendations=4), seed=1)
    few = {path: questions(path) for path in paths}
    remove()
    make(Sizes(councils=150, dialogues=45, statements=2_000, recommendations=60), seed=1)
    many = {path: questions(path) for path in paths}

    assert {path: (few[path], n) for path, n in many.items() if n != few[path]} == {}
    for name, limit in QUERIES.items():
        assert max(many[path] for path in ASKED[name]) <= limit, name
    assert b"Demonstration data" in Client().get("/resolutions/").content


def test_a_full_dialogue_asks_as_often_as_a_small_one() -> None:
    recommendation = Recommendation.objects.get(code="CA-01")
    dialogue = factories.DialogueFactory(published=True)
    promising = factories.DialogueFactory(published=True)

    def say(n: int) -> str:
        for _ in range(n):
            question = factories.ContributionFactory(
                dialogue=dialogue, question=True, posted=True, about=[recommendation]
            )
            factories.AnswerFactory(contribution=question)
            whole = factories.ContributionFactory(
                dialogue=dialogue, kind="idea", posted=True, about=[recommendation]
            )
            factories.ContributionFactory(
                dialogue=dialogue, kind="idea", posted=True, part_of=whole
            )
            factories.PersonFactory(dialogue=dialogue)
            factories.ConvenerFactory(dialogue=dialogue)
            factories.AgendaItemFactory(dialogue=dialogue)
            factories.SectionFactory(dialogue=dialogue)
            factories.CommitmentFactory(
                said=True,
                statement__dialogue=promising,
                statement__about=[recommendation],
            )
            factories.CommitmentFactory(shown=True, recommendation=recommendation)
            factories.NextStepFactory(dialogue=dialogue)
        return str(whole.get_absolute_url())

    places = [dialogue.get_absolute_url(), f"{dialogue.get_absolute_url()}statements/"]
    places += [recommendation.get_absolute_url(), "/search/?q=comes"]
    places += [promising.get_absolute_url()]
    places += [f"{recommendation.get_absolute_url()}{page}/" for page in ("voices", "commitments")]
    statement = say(2)
    few = [questions(path) for path in (*places, statement)]
    say(20)

    assert [questions(path) for path in (*places, statement)] == few


def test_a_busy_council_asks_as_often_as_a_quiet_one() -> None:
    by, council = factories.UserFactory(), factories.CouncilFactory()
    model = factories.ModelResolutionFactory(published=True)

    def act(n: int) -> list[str]:
        for number in range(n):
            clause = factories.ClauseFactory(
                model=model, recommendations=[Recommendation.objects.all()[number]]
            )
            factories.PlaceTermFactory(clause=clause, field__varies_with="country")
            resolution = factories.ResolutionFactory(council=council, model=model)
            kinds = (StepKind.SUBMITTED, StepKind.REFERRED, StepKind.DEFERRED)
            for day, kind in enumerate(kinds[: 2 + number], 1):
                step = resolution.record_step(kind, on=date(2010, 1, day), by=by, verified=True)
                factories.StepSourceFactory(step=step)
            for _version in range(n):
                factories.ResolutionTextFactory(resolution=resolution)
            resolution.publish(by=by)
        return [council.get_absolute_url(), resolution.get_absolute_url(), model.get_absolute_url()]

    few = [questions(path) for path in act(1)]

    assert [questions(path) for path in act(12)] == few


# ---- Pages kept for the next reader ----


class Process:
    """One of several processes of a site, with a page cache of its own."""

    def __init__(self, name: str) -> None:
        self.kept = InProcess(name, {})
        self.kept.clear()

    def open(self, path: str, client: Client | None = None) -> Any:
        with mock.patch("w2i.middleware.caches", {"pages": self.kept}):
            return (client or Client()).get(path)

    def shows(self, word: str, path: str) -> bool:
        return word in self.open(path).content.decode()


@pytest.fixture
def processes() -> list[Process]:
    return [Process("one"), Process("two")]


@pytest.fixture
def desk(editor: User) -> Client:
    """The admin, as an editor has it open."""
    client = Client()
    client.force_login(editor)
    return client


# A search repeats the words asked for, so it is asked for the second, and shows the first.
WORD, OTHER = "quagga", "okapi"
Act = Callable[[Client, User], None]


def press(desk: Client, row: Any, verb: str) -> None:
    """Choose a verb on the list of the admin and confirm it."""
    path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
    chosen = {"action": verb, "_selected_action": str(row.pk), "confirmed": "1"}
    assert desk.post(path, chosen).status_code == 302


def a_recommendation(desk: Client, editor: User) -> tuple[list[str], Act, Act]:
    row = factories.RecommendationFactory(
        text=f"Make {WORD} and {OTHER} safe", report=Recommendation.objects.all()[0].report
    )
    pages = [row.get_absolute_url(), "/recommendations/", "/fr/recommendations/"]
    pages += [f"/search/?q={OTHER}&kind=recommendation"]
    return (
        pages,
        lambda desk, editor: row.publish(by=editor),
        lambda desk, editor: press(desk, row, "withdraw"),
    )


def a_dialogue(desk: Client, editor: User) -> tuple[list[str], Act, Act]:
    row = factories.DialogueFactory(title=f"On the {WORD}", on=date(2030, 1, 1))
    pages = ["/", "/fr/", "/dialogues/", row.get_absolute_url(), "/activity/", "/activity.atom"]
    return (
        pages,
        lambda desk, editor: press(desk, row, "publish"),
        lambda desk, editor: Dialogue.objects.get(pk=row.pk).withdraw(),
    )


def a_statement(desk: Client, editor: User) -> tuple[list[str], Act, Act]:
    about = Recommendation.objects.get(code="US-09")
    row = factories.ContributionFactory(
        dialogue=Dialogue.objects.get(slug="vancouver-2009"), text=f"A {WORD} here", about=[about]
    )
    pages = ["/dialogues/vancouver-2009/", about.get_absolute_url(), row.get_absolute_url()]
    pages += ["/dialogues/vancouver-2009/statements/?kind=hope&page=1"]
    return (
        pages,
        lambda desk, editor: press(desk, row, "post"),
        lambda desk, editor: Contribution.objects.get(pk=row.pk).withdraw(by=editor),
    )


def a_finding(desk: Client, editor: User) -> tuple[list[str], Act, Act]:
    about = Recommendation.objects.get(code="US-09")
    row = factories.ProgressUpdateFactory(
        recommendation=about, summary=f"The {WORD} act", status=Status.IN_PLACE, on=date(2026, 1, 1)
    )
    factories.SourceFactory(update=row)
    pages = [about.get_absolute_url(), "/activity.atom"]
    return (
        pages,
        lambda desk, editor: press(desk, row, "publish"),
        lambda desk, editor: ProgressUpdate.objects.get(pk=row.pk).retract(
            by=editor, reason="Wrong"
        ),
    )


def a_resolution(desk: Client, editor: User) -> tuple[list[str], Act, Act]:
    row = factories.ResolutionFactory(
        council=factories.CouncilFactory(name=f"{WORD} Lake"), title=f"For the {WORD}"
    )
    row.record_step(StepKind.SUBMITTED, on=date(2026, 1, 1), by=editor, verified=True)
    pages = ["/resolutions/", "/activity/", row.get_absolute_url()]
    return (
        pages,
        lambda desk, editor: press(desk, row, "publish"),
        lambda desk, editor: Resolution.objects.get(pk=row.pk).withdraw(),
    )


def a_term(desk: Client, editor: User) -> tuple[list[str], Act, Act]:
    row = factories.TermFactory(term=f"{WORD} count", slug="count")
    pages = ["/glossary/", "/fr/glossary/"]
    return (
        pages,
        lambda desk, editor: press(desk, row, "publish"),
        lambda desk, editor: Term.objects.get(pk=row.pk).withdraw(),
    )


@pytest.mark.parametrize(
    "thing", [a_recommendation, a_dialogue, a_statement, a_finding, a_resolution, a_term]
)
def test_what_is_published_or_withdrawn_shows_at_the_very_next_request(
    thing: Callable[[Client, User], tuple[list[str], Act, Act]],
    processes: list[Process],
    desk: Client,
    editor: User,
) -> None:
    pages, show, hide = thing(desk, editor)

    for act, there in ((lambda *_: None, False), (show, True), (hide, False)):
        act(desk, editor)
        for process in processes:
            for path in pages:
                assert process.shows(WORD, path) == there, path
                again = process.open(path)
                # Kept from now on, unless it is not there.
                if again.status_code == 200:
                    assert again.wsgi_request.page_cache == "hit", path


def test_a_change_in_the_admin_shows_at_once(
    processes: list[Process], desk: Client, editor: User
) -> None:
    council = Council.objects.get(slug="ottawa-on")
    paths = [
        council.get_absolute_url(),
        "/councils/",
        "/resolutions/",
        f"/search/?q={council.name}",
    ]
    for process in processes:
        for path in paths:
            assert not process.shows(WORD, path)
    form = {
        "slug": council.slug,
        "name": f"Ottawa {WORD}",
        "kind": council.kind,
        "jurisdiction": council.jurisdiction_id,
    }

    saved = desk.post(reverse("admin:resolutions_council_change", args=[council.pk]), form)

    assert saved.status_code == 302
    for process in processes:
        for path in paths:
            assert process.shows(WORD, path), path


def test_a_change_that_is_rolled_back_shows_nowhere(processes: list[Process]) -> None:
    (process, _other) = processes
    row = Contribution.objects.get(code="HOPE-28")
    before = process.open("/dialogues/vancouver-2009/").content
    assert row.text.encode() in before

    with transaction.atomic():
        row.withdraw(by=factories.UserFactory())
        transaction.set_rollback(True)

    assert process.open("/dialogues/vancouver-2009/").content == before


@pytest.mark.parametrize("role", [None, *Role])
def test_the_signed_in_never_get_or_fill_the_page_for_everybody(
    role: Role | None, processes: list[Process]
) -> None:
    process = processes[0]
    reader = Client()
    reader.force_login(factories.UserFactory(roles=[role] if role else []))

    for path in ("/", "/recommendations/CA-01/", "/dialogues/vancouver-2009/", "/fr/search/"):
        theirs = process.open(path, reader)
        first = process.open(path)
        theirs_again = process.open(path, reader)

        for answer in (theirs, theirs_again):
            assert answer["Cache-Control"] == "private, no-cache"
            assert "ETag" not in answer
            assert "/accounts/logout/" in answer.content.decode()
        assert first.wsgi_request.page_cache == "miss"
        assert first["Cache-Control"] == "public, no-cache"
        assert "/accounts/logout/" not in first.content.decode()


def test_a_copy_a_reader_has_is_not_good_after_signing_in(processes: list[Process]) -> None:
    process = processes[0]
    tag = process.open("/")["ETag"]
    reader = Client(headers={"if-none-match": tag})
    assert process.open("/", reader).status_code == 304

    reader.force_login(factories.UserFactory())

    assert process.open("/", reader).status_code == 200
