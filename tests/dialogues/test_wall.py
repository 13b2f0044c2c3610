"""The wall of a room: what it shows, what it never shows, and how it learns what changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from dialogues import capturing, joining, room_state, running, voting
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Attribution,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    Dialogue,
    Room,
    TallySource,
)
from tests.factories import (
    AgendaItemFactory,
    ConsentFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RoomFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SECRET = "quagga"


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    dialogue = DialogueFactory(facilitators=[facilitator], title="A dialogue on prevention")
    RoomFactory(dialogue=dialogue, code="4K72MP")
    return dialogue


@pytest.fixture
def team(facilitator: User) -> Client:
    client = Client()
    client.force_login(facilitator)
    return client


def on(dialogue: Dialogue, kind: AgendaKind = AgendaKind.ROUND, **kwargs: Any) -> AgendaItem:
    item = AgendaItemFactory(dialogue=dialogue, kind=kind, **kwargs)
    return running.start(item, by=dialogue.facilitators.get())


def say(dialogue: Dialogue, text: str, kind: str = "hope", **kwargs: Any) -> Contribution:
    with Room.objects.changing(dialogue) as room:
        return ContributionFactory(
            dialogue=dialogue, text=text, kind=kind, posted=True, version=room.version, **kwargs
        )


def page(client: Client, dialogue: Dialogue) -> str:
    answer = client.get(reverse("dialogues:wall", args=[dialogue.slug]))
    assert answer.status_code == 200
    return answer.content.decode()


def state(client: Client, dialogue: Dialogue, since: int = 0) -> dict[str, Any]:
    path = reverse("dialogues:wall_state", args=[dialogue.slug])
    answer = client.get(path, {"since": since})
    assert answer.status_code == 200
    return answer.json()


def texts(found: dict[str, Any], key: str) -> list[str | None]:
    (column,) = [column for column in found["columns"] if column["key"] == key]
    return [row.get("text") for row in column["rows"]]


# ---- What is on ----


def test_hopes_stand_beside_concerns_the_newest_first(dialogue: Dialogue, team: Client) -> None:
    on(dialogue, text="One hope, one concern")
    for text in ("First hope.", "Second hope."):
        say(dialogue, text)
    say(dialogue, "A concern.", "concern")
    say(dialogue, "A question.", "question")

    found, html = state(team, dialogue), page(team, dialogue)

    assert [column["key"] for column in found["columns"]] == ["hope", "concern"]
    assert texts(found, "hope") == ["Second hope.", "First hope."]
    assert texts(found, "concern") == ["A concern."]
    assert html.index("Second hope.") < html.index("First hope.") < html.index("A concern.")
    assert "A question." not in html
    assert "<h1 >One hope, one concern</h1>" in html


def test_what_was_posted_last_stands_first_whatever_its_number(
    dialogue: Dialogue, team: Client
) -> None:
    on(dialogue)
    waited = ContributionFactory(dialogue=dialogue, text="Waited.", order=1)
    say(dialogue, "At once.", order=2)

    capturing.post(waited, by=UserFactory())

    assert texts(state(team, dialogue), "hope") == ["Waited.", "At once."]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (AgendaKind.QUESTIONS, "question"),
        (AgendaKind.CLOSING, "commitment"),
        (AgendaKind.SCALE, "reservation"),
        (AgendaKind.IDEAS, "idea"),
    ],
)
def test_each_kind_of_round_shows_its_own(
    dialogue: Dialogue, team: Client, kind: AgendaKind, column: str
) -> None:
    on(dialogue, kind)
    say(dialogue, "Of this round.", column)
    say(dialogue, "Of another.", "hope")

    found = state(team, dialogue)

    assert [each["key"] for each in found["columns"]] == [column]
    assert texts(found, column) == ["Of this round."]


def test_ideas_stand_under_their_sectors(dialogue: Dialogue, team: Client) -> None:
    on(dialogue, AgendaKind.IDEAS)
    for sector in ("media", "education", "media", ""):
        say(dialogue, f"For {sector or 'all'}.", "idea", sector=sector)

    found = state(team, dialogue)

    assert [(column["key"], column["count"]) for column in found["columns"]] == [
        ("idea-education", "1"),
        ("idea-media", "2"),
        ("idea-", "1"),
    ]
    assert texts(found, "idea-media") == ["For media.", "For media."]


def test_where_nothing_is_said_the_wall_says_what_is_on_and_how_to_join(
    dialogue: Dialogue, team: Client
) -> None:
    before = page(team, dialogue)
    on(dialogue, AgendaKind.BRIEF, text="The report in ten minutes")

    html = page(team, dialogue)

    assert "<h1 >A dialogue on prevention</h1>" in before
    assert "<h1 >The report in ten minutes</h1>" in html
    for shown in (before, html):
        assert "4K7 2MP" in shown
        assert "testserver/join/" in shown
        assert 'role="img" aria-label="QR code that leads to this room"' in shown
    assert state(team, dialogue)["columns"] == []


def test_when_joining_is_closed_no_code_is_shown(dialogue: Dialogue, team: Client) -> None:
    Room.objects.filter(dialogue=dialogue).update(is_open=False)

    html = page(team, dialogue)

    assert "4K7 2MP" not in html
    assert "Joining by phone is closed." in html


def test_between_two_items_the_last_one_stays(dialogue: Dialogue, team: Client) -> None:
    running.end(on(dialogue), at=timezone.now() - timedelta(minutes=1))
    last = on(dialogue, AgendaKind.QUESTIONS, text="Questions")
    say(dialogue, "Who decides?", "question")

    running.end(last)

    assert texts(state(team, dialogue), "question") == ["Who decides?"]


def test_a_rehearsal_and_invented_data_say_so(dialogue: Dialogue, team: Client) -> None:
    plain = page(team, dialogue)
    dialogue.is_demo = dialogue.is_rehearsal = True
    dialogue.save()

    html = page(team, dialogue)

    for words in ("Demonstration data.", "Rehearsal"):
        assert words not in plain
        assert words in html


# ---- What is never shown ----


def test_what_is_held_or_withdrawn_never_shows(dialogue: Dialogue, team: Client) -> None:
    on(dialogue)
    by = UserFactory()
    ContributionFactory(dialogue=dialogue, text=f"Held {SECRET}")
    capturing.withdraw(say(dialogue, f"Withdrawn {SECRET}"), by=by, reason=SECRET)
    capturing.hold(say(dialogue, f"Held again {SECRET}"), reason=SECRET)
    say(dialogue, "Seen.")

    found, html = state(team, dialogue), page(team, dialogue)

    assert texts(found, "hope") == ["Seen."]
    assert found["columns"][0]["count"] == "1"
    assert SECRET not in html + str(found)


def test_a_silent_round_says_how_many_have_written_and_nothing_else(
    dialogue: Dialogue, team: Client
) -> None:
    say(dialogue, f"From an earlier round {SECRET}", "idea")
    item = on(dialogue, AgendaKind.IDEAS, is_silent=True)
    one, two = ParticipantFactory.create_batch(2, dialogue=dialogue)
    for participant in (one, one, two, None):
        ContributionFactory(
            dialogue=dialogue,
            kind="idea",
            text=f"Unseen {SECRET}",
            round=item,
            participant=participant,
        )
    gone = say(dialogue, SECRET, "idea", round=item, participant=ParticipantFactory())
    capturing.take_back(gone)

    found, html = state(team, dialogue), page(team, dialogue)

    assert (found["said"], found["columns"]) == ("3 have written", [])
    assert "3 have written" in html
    assert SECRET not in html + str(found)
    capturing.reveal(item, by=UserFactory())
    assert len(texts(state(team, dialogue), "idea")) == 5


def test_results_wait_until_they_may_be_shown(dialogue: Dialogue, team: Client) -> None:
    item = on(dialogue, AgendaKind.SCALE)
    for score in (7, 7, 9):
        voting.vote(item, ParticipantFactory(dialogue=dialogue), score)
    voting.enter_counts(item, TallySource.HANDS, {3: 40})

    during = state(team, dialogue)
    html_during = page(team, dialogue)
    running.end(item)
    html = page(team, dialogue)

    assert during["said"] == "3 have voted"
    assert "wall__histogram" not in html_during
    assert "hands shown" not in html_during
    assert html.count("wall__histogram") == 2
    assert "3 votes" in html
    assert "40 hands shown" in html
    ballots, hands = room_state.wall(Room.objects.of(dialogue)).results
    assert max(bar.height for bar in ballots.bars) == 5  # of the 40 hands
    assert max(bar.height for bar in hands.bars) == 100
    assert state(team, dialogue)["screen"] != during["screen"]


def test_votes_show_as_they_come_in_by_choice(dialogue: Dialogue, team: Client) -> None:
    item = on(dialogue, AgendaKind.SCALE, shows_results=True)
    voting.vote(item, ParticipantFactory(dialogue=dialogue), 7)

    assert "1 vote" in page(team, dialogue)


@pytest.mark.parametrize(
    ("rule", "agreed", "who"),
    [
        (Attribution.NONE, True, ""),
        (Attribution.CHATHAM_HOUSE, True, ""),
        (Attribution.ANONYMOUS, True, ""),
        (Attribution.SECTOR, True, "Media"),
        (Attribution.NAME, False, "Media"),
        (Attribution.NAME, True, f"Ada {SECRET}"),
    ],
)
def test_who_spoke_is_said_as_the_rule_of_the_dialogue_has_it(
    dialogue: Dialogue, team: Client, rule: str, agreed: bool, who: str
) -> None:
    Dialogue.objects.filter(pk=dialogue.pk).update(attribution=rule)
    participant = ParticipantFactory(
        dialogue=dialogue,
        name=f"Ada {SECRET}",
        sector="media",
        affiliation=f"Institute of {SECRET}",
        email=f"{SECRET}@example.org",
        agreed=[ConsentPurpose.NAME] if agreed else [],
    )
    on(dialogue)
    say(dialogue, "Said.", participant=participant)

    found, html = state(team, dialogue), page(team, dialogue)

    assert found["columns"][0]["rows"][0]["who"] == who
    for shown in (html, str(found)):
        assert shown.count(SECRET) == who.count(SECRET)
        assert str(participant.key) not in shown


def test_a_name_goes_when_its_owner_takes_it_back(dialogue: Dialogue, team: Client) -> None:
    Dialogue.objects.filter(pk=dialogue.pk).update(attribution=Attribution.NAME)
    participant = ParticipantFactory(dialogue=dialogue, name="Ada Winter")
    ConsentFactory(participant=participant, purpose=ConsentPurpose.NAME)
    on(dialogue)
    say(dialogue, "Said.", participant=participant)
    shown = state(team, dialogue)

    joining.take_back(participant, ConsentPurpose.NAME)
    now = state(team, dialogue, since=shown["version"])

    assert shown["columns"][0]["rows"][0]["who"] == "Ada Winter"
    assert now["columns"][0]["rows"][0]["who"] == ""


# ---- How it learns what changed ----


def test_words_are_sent_only_of_what_changed_since(dialogue: Dialogue, team: Client) -> None:
    on(dialogue)
    old, edited = say(dialogue, "Old."), say(dialogue, "Mispelt.")
    before = state(team, dialogue)
    capturing.revise(edited, "Misspelt.", revision=1)
    new = say(dialogue, "New.")

    found = state(team, dialogue, since=before["version"])

    assert found["screen"] == before["screen"]
    assert found["columns"][0]["rows"] == [
        {"id": new.pk, "who": "", "text": "New.", "language": "en"},
        {"id": edited.pk, "who": "", "text": "Misspelt.", "language": "en"},
        {"id": old.pk, "who": ""},
    ]
    assert found["columns"][0]["count"] == "3"


def test_what_is_gone_or_elsewhere_is_no_longer_named(dialogue: Dialogue, team: Client) -> None:
    on(dialogue)
    rows = [say(dialogue, f"Hope {n}.") for n in range(4)]
    before = state(team, dialogue)
    capturing.take_back(rows[0])
    capturing.move(rows[1], ContributionKind.CONCERN)
    with Room.objects.changing(dialogue):
        rows[2].delete()

    hopes, concerns = state(team, dialogue, since=before["version"])["columns"]

    assert [row["id"] for row in hopes["rows"]] == [rows[3].pk]
    assert [(row["id"], row["text"]) for row in concerns["rows"]] == [(rows[1].pk, "Hope 1.")]


@pytest.mark.parametrize(
    "change",
    [
        lambda dialogue: on(dialogue, AgendaKind.QUESTIONS),
        lambda dialogue: Room.objects.filter(dialogue=dialogue).update(code="9CDFGH"),
        lambda dialogue: say(dialogue, "A new sector.", "idea", sector="media"),
    ],
)
def test_another_screen_is_told_apart(dialogue: Dialogue, team: Client, change: Any) -> None:
    on(dialogue, AgendaKind.IDEAS)
    say(dialogue, "An idea.", "idea")
    before = state(team, dialogue)["screen"]

    change(dialogue)

    found = state(team, dialogue)["screen"]
    assert found != before
    assert f'data-screen="{found}"' in page(team, dialogue)


def test_a_screen_that_is_up_to_date_hears_so_for_the_price_of_one_question(
    dialogue: Dialogue, team: Client
) -> None:
    on(dialogue)
    path = reverse("dialogues:wall_state", args=[dialogue.slug])
    tag = team.get(path)["ETag"]

    with CaptureQueriesContext(connection) as asked:
        same = team.get(path, headers={"if-none-match": tag})
    n = len(asked)
    say(dialogue, "New.")
    changed = team.get(path, headers={"if-none-match": tag})

    assert (same.status_code, same.content) == (304, b"")
    assert n == 3  # session, user, and the room
    assert changed.status_code == 200
    assert changed["Cache-Control"] == "private, no-cache"


def test_each_language_has_a_tag_of_its_own(dialogue: Dialogue, team: Client) -> None:
    path = reverse("dialogues:wall_state", args=[dialogue.slug])

    assert team.get(path)["ETag"] != team.get(f"/fr{path}")["ETag"]


def test_the_page_is_kept_by_nobody(dialogue: Dialogue, team: Client) -> None:
    answer = team.get(reverse("dialogues:wall", args=[dialogue.slug]))

    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def questions(client: Client, dialogue: Dialogue, name: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name, args=[dialogue.slug])).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["dialogues:wall", "dialogues:wall_state"])
@pytest.mark.parametrize("kind", [AgendaKind.ROUND, AgendaKind.IDEAS])
def test_it_asks_as_often_with_few_statements_as_with_many(
    dialogue: Dialogue, team: Client, name: str, kind: AgendaKind
) -> None:
    Dialogue.objects.filter(pk=dialogue.pk).update(attribution=Attribution.NAME)
    item = on(dialogue, kind)

    def fill(n: int) -> int:
        for number in range(n):
            seat = ParticipantFactory(dialogue=dialogue, agreed=[ConsentPurpose.NAME])
            for taken in item.takes:
                sector = ("media", "education")[number % 2]
                say(dialogue, "Said.", taken, participant=seat, sector=sector)
        return questions(team, dialogue, name)

    few = fill(3)

    assert fill(27) == few <= 12


def test_of_very_many_the_newest_are_shown_and_all_are_counted(
    dialogue: Dialogue, team: Client
) -> None:
    on(dialogue)
    by, start = UserFactory(), timezone.now()
    plain: models.QuerySet[Contribution] = models.QuerySet(Contribution)
    plain.bulk_create(
        Contribution(
            dialogue=dialogue,
            kind="hope",
            code=f"HOPE-{n:02}",
            order=n,
            text=f"Hope {n}.",
            state="posted",
            posted_at=start + timedelta(seconds=n),
            posted_by=by,
        )
        for n in range(1, 5_001)
    )

    found = state(team, dialogue)

    assert texts(found, "hope") == [f"Hope {n}." for n in range(5_000, 4_940, -1)]
    assert found["columns"][0]["count"] == "5,000"


def test_the_newest_are_read_in_order_from_an_index(dialogue: Dialogue) -> None:
    rows = dialogue.contributions.on_the_wall(ContributionKind.HOPE, room_state.SHOWN)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # On a table of a few rows it would read them all.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")

    plan = rows.explain()

    assert "contribution_wall" in plan
    assert "TEMP B-TREE" not in plan
