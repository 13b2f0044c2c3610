"""What may be said of who spoke: each rule in every place a statement can appear."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from dialogues import capturing
from dialogues.models import (
    Attribution,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    Dialogue,
    Participant,
    Sector,
)
from recommendations.models import Entry, Recommendation
from tests.factories import (
    AnswerFactory,
    ConsentFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    PersonFactory,
    RecommendationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NAME, SECTOR, NONE = Attribution.NAME, Attribution.SECTOR, Attribution.NONE
WHO, WHERE = "Quagga Okapi", "Said by"
TELLS_SECTOR = "Government"


@pytest.fixture
def recommendation() -> Recommendation:
    return RecommendationFactory(code="CA-01", published=True)


def spoken(
    rule: Attribution,
    recommendation: Recommendation,
    *,
    agreed: bool = True,
    wish: str = "",
    **values: Any,
) -> Contribution:
    """A posted question, answered, of somebody who has a name and a sector."""
    dialogue = DialogueFactory(slug="halifax", attribution=rule, published=True)
    consents = [ConsentPurpose.RECORD, ConsentPurpose.PUBLISH]
    who = ParticipantFactory(
        dialogue=dialogue,
        name=WHO,
        sector=Sector.GOVERNMENT,
        affiliation="Quagga University",
        email="quagga.okapi@example.org",
        agreed=[*consents, ConsentPurpose.NAME] if agreed else consents,
    )
    return ContributionFactory(
        dialogue=dialogue,
        participant=who,
        attribution=wish,
        posted=True,
        about=[recommendation],
        **{"kind": ContributionKind.HOPE, "code": "HOPE-01", "text": "Zebras run free", **values},
    )


PLACES = {
    "page": "/dialogues/halifax/",
    "list": "/dialogues/halifax/statements/",
    "detail": "/dialogues/halifax/statements/HOPE-01/",
    "recommendation": "/recommendations/CA-01/",
}
ELSEWHERE = {
    "search": "/search/?q=zebras",
    "activity": "/activity/",
    "feed": "/activity.atom",
    "home": "/",
    "dialogues": "/dialogues/",
    "sitemap": "/sitemap.xml",
}
PREFIXES = ("", "/fr")
# rule, the person's own wish, whether they agree to their name: what stands beside the statement.
CASES = [
    (NAME, "", True, WHO),
    (NAME, "", False, TELLS_SECTOR),
    (NAME, SECTOR, True, TELLS_SECTOR),
    (NAME, NONE, True, ""),
    (SECTOR, "", True, TELLS_SECTOR),
    (SECTOR, NONE, True, ""),
    (SECTOR, NAME, True, TELLS_SECTOR),
    (NONE, "", True, ""),
    (NONE, NAME, True, ""),
    (Attribution.CHATHAM_HOUSE, "", True, ""),
    (Attribution.CHATHAM_HOUSE, NAME, True, ""),
    (Attribution.ANONYMOUS, "", True, ""),
    (Attribution.ANONYMOUS, SECTOR, True, ""),
]


def fetch(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize(("rule", "wish", "agreed", "shown"), CASES)
@pytest.mark.parametrize("place", PLACES)
def test_each_rule_in_each_place(
    client: Client,
    recommendation: Recommendation,
    place: str,
    rule: Attribution,
    wish: str,
    agreed: bool,
    shown: str,
) -> None:
    spoken(rule, recommendation, agreed=agreed, wish=wish)

    html = fetch(client, PLACES[place])

    assert "Zebras run free" in html
    assert (WHO in html) == (shown == WHO)
    assert (f"</span>{TELLS_SECTOR}</p>" in html) == (shown == TELLS_SECTOR)
    assert (WHERE in html) == bool(shown)
    assert "Quagga University" not in html
    assert "quagga.okapi" not in html


@pytest.mark.parametrize(("rule", "wish", "agreed", "shown"), CASES)
def test_lists_search_and_feeds_never_say_who(
    client: Client,
    recommendation: Recommendation,
    rule: Attribution,
    wish: str,
    agreed: bool,
    shown: str,
) -> None:
    spoken(rule, recommendation, agreed=agreed, wish=wish)

    assert "run free" in fetch(client, ELSEWHERE["search"])
    for path in ELSEWHERE.values():
        for prefix in PREFIXES if not path.endswith(".xml") else [""]:
            assert "Quagga" not in fetch(client, prefix + path)
    assert "Quagga" not in " ".join(
        entry.title + entry.text + entry.label for entry in Entry.objects.all()
    )
    # A search repeats the words asked for, so it is asked for one and must not show the other.
    assert "Okapi" not in fetch(client, "/search/?q=quagga")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("end", ["run out", "taken back"])
def test_a_consent_that_has_ended_hides_the_name(
    client: Client, recommendation: Recommendation, place: str, end: str
) -> None:
    said = spoken(NAME, recommendation, agreed=False)
    ended: dict[str, dict[str, Any]] = {
        "run out": {"expires_on": date(2020, 1, 1)},
        "taken back": {"withdrawn_at": timezone.now()},
    }
    ConsentFactory(participant=said.participant, purpose=ConsentPurpose.NAME, **ended[end])

    assert WHO not in fetch(client, PLACES[place])


def test_somebody_without_a_name_is_named_by_the_sector(recommendation: Recommendation) -> None:
    said = spoken(NAME, recommendation)
    Participant.objects.update(name="")

    assert Contribution.objects.get(pk=said.pk).attributed_to == TELLS_SECTOR


@pytest.mark.parametrize(
    ("sector", "wish", "who"),
    [("government", "", TELLS_SECTOR), ("media", "", ""), (None, "", ""), ("government", NONE, "")],
)
def test_words_of_two_people_stand_under_no_name(
    recommendation: Recommendation, sector: str | None, wish: str, who: str
) -> None:
    kept = spoken(NAME, recommendation)
    other = ContributionFactory(
        dialogue=kept.dialogue,
        code="QUESTION-99",
        kind="question",
        attribution=wish,
        participant=sector
        and ParticipantFactory(dialogue=kept.dialogue, name="Gnu", sector=sector),
    )
    if other.participant:
        ConsentFactory(participant=other.participant, purpose=ConsentPurpose.PUBLISH)
    capturing.merge(kept, other, text="Of both.", by=UserFactory())

    (shown,) = Contribution.objects.public().with_attribution()

    assert shown.attributed_to == who


def test_a_duplicate_takes_no_name_away(recommendation: Recommendation) -> None:
    kept = spoken(NAME, recommendation)
    other = ContributionFactory(dialogue=kept.dialogue, code="QUESTION-99", kind="question")
    capturing.merge(kept, other, text=None, by=UserFactory())

    assert Contribution.objects.get(pk=kept.pk).attributed_to == WHO


@pytest.mark.parametrize("kind", ["question", "idea"])
def test_questions_and_ideas_say_it_too(
    client: Client, recommendation: Recommendation, kind: str
) -> None:
    spoken(NAME, recommendation, kind=kind)

    assert WHO in fetch(client, PLACES["page"])


class TestTheSectorOfAStatement:
    @pytest.mark.parametrize(
        ("rule", "wish", "kind", "shown"),
        [
            (NONE, "", "hope", True),
            (NAME, "", "hope", True),
            (SECTOR, "", "hope", True),
            (SECTOR, NONE, "hope", False),
            (NAME, NONE, "hope", False),
            (NAME, NONE, "idea", True),
            (Attribution.CHATHAM_HOUSE, "", "hope", False),
            (Attribution.CHATHAM_HOUSE, "", "idea", True),
            (Attribution.ANONYMOUS, "", "hope", False),
            (Attribution.ANONYMOUS, "", "idea", True),
        ],
    )
    def test_it_shows_where_it_does_not_tell_who_spoke(
        self,
        client: Client,
        recommendation: Recommendation,
        rule: Attribution,
        wish: str,
        kind: str,
        shown: bool,
    ) -> None:
        spoken(rule, recommendation, wish=wish, kind=kind, sector=Sector.MEDIA)
        Participant.objects.update(sector="")

        detail = fetch(client, PLACES["detail"])
        filtered = fetch(client, f"{PLACES['list']}?sector=media")

        assert (" · Media" in detail) == shown
        assert ("Zebras run free" in filtered) == shown


class TestTheChathamHouseRule:
    PEOPLE = ("Ada Chair", "Gus Guest", "Ned Named", "Sue Speaker")

    @pytest.fixture
    def dialogue(self, facilitator: User) -> Dialogue:
        dialogue = DialogueFactory(
            slug="halifax", attribution=Attribution.CHATHAM_HOUSE, facilitators=[facilitator]
        )
        for name in self.PEOPLE:
            role = name.rpartition(" ")[2].lower()
            PersonFactory(
                dialogue=dialogue, name=name, role=role, affiliation="Zorilla", biography="Zorilla"
            )
        question = ContributionFactory(
            dialogue=dialogue, question=True, posted=True, code="HOPE-01"
        )
        AnswerFactory(contribution=question, text="It was answered", answered_by="Sue Speaker")
        dialogue.publish(by=facilitator)
        return dialogue

    @pytest.mark.parametrize("place", ["page", "list", "detail"])
    def test_nobody_learns_who_was_there(
        self, client: Client, dialogue: Dialogue, facilitator: User, place: str
    ) -> None:
        for signed_in in (False, True):
            if signed_in:
                client.force_login(facilitator)
            for prefix in PREFIXES:
                html = fetch(client, prefix + PLACES[place])
                assert [name for name in (*self.PEOPLE, "Zorilla") if name in html] == []
        assert "It was answered" in fetch(client, PLACES["page"])

    def test_nobody_finds_them(self, client: Client, dialogue: Dialogue) -> None:
        assert "Sue Speaker" not in " ".join(entry.text for entry in Entry.objects.all())
        for word in ("zorilla", "speaker"):
            assert dialogue.title not in fetch(client, f"/search/?q={word}")

    def test_when_the_rule_changes_pages_and_search_follow(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        for rule, there in ((NONE, True), (Attribution.CHATHAM_HOUSE, False)):
            dialogue.attribution = rule
            dialogue.save()

            assert ("Ada Chair" in fetch(client, PLACES["page"])) == there
            assert (dialogue.title in fetch(client, "/search/?q=zorilla")) == there


@pytest.mark.parametrize("rule", [NAME, SECTOR])
def test_many_people_cost_no_more_than_few(
    client: Client, recommendation: Recommendation, rule: Attribution
) -> None:
    dialogue = spoken(rule, recommendation).dialogue
    paths = [PLACES[place] for place in PLACES]

    def say(n: int) -> list[int]:
        for kind in [*ContributionKind] * n:
            who = ParticipantFactory(
                dialogue=dialogue,
                name=WHO,
                sector=Sector.MEDIA,
                agreed=[ConsentPurpose.NAME, ConsentPurpose.PUBLISH],
            )
            whole = ContributionFactory(
                dialogue=dialogue, participant=who, kind=kind, posted=True, about=[recommendation]
            )
            ContributionFactory(
                dialogue=dialogue, participant=who, kind=kind, posted=True, part_of=whole
            )
        found = []
        for path in paths:
            caches["pages"].clear()
            with CaptureQueriesContext(connection) as queries:
                fetch(client, path)
            found.append(len(queries))
        return found

    assert say(1) == say(4)


class TestOpenQuestions:
    def test_they_are_the_next_steps(self, client: Client) -> None:
        dialogue = DialogueFactory(slug="halifax", published=True)
        ask: Callable[..., Contribution] = ContributionFactory
        ask(dialogue=dialogue, question=True, posted=True, code="Q-1", text="Who pays?")
        answered = ask(dialogue=dialogue, question=True, posted=True, text="Who knows?")
        AnswerFactory(contribution=answered)
        ask(dialogue=dialogue, question=True, text="Who is held?")

        response = client.get("/dialogues/halifax/")

        page = response.content.decode()
        html = page.partition('id="conclusion"')[2]
        assert 'href="/dialogues/halifax/statements/Q-1/">Who pays?</a>' in html
        assert "Who knows?" not in html
        assert "Who is held?" not in html
        assert '<a href="#conclusion">Conclusion and next steps</a>' in page

    def test_without_any_there_is_no_such_part(self, client: Client) -> None:
        DialogueFactory(slug="halifax", published=True)

        assert 'id="conclusion"' not in fetch(client, "/dialogues/halifax/")
