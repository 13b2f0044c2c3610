"""Paper cards: typed in by one person, compared by another, in any order, each of them once."""

import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from dialogues import capturing, cards
from dialogues.capturing import Said
from dialogues.models import (
    Channel,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Room,
)
from tests.factories import (
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RoomFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HOPE, CONCERN, IDEA = ContributionKind.HOPE, ContributionKind.CONCERN, ContributionKind.IDEA


@pytest.fixture
def scribe() -> User:
    return UserFactory(email="scribe@example.org")


@pytest.fixture
def room(facilitator: User, scribe: User) -> Room:
    """Thirty hopes and thirty concerns are printed."""
    room = RoomFactory(dialogue__facilitators=[facilitator])
    room.dialogue.scribes.add(scribe)
    cards.reserve(room.dialogue, {HOPE: 30, CONCERN: 30})
    room.refresh_from_db()
    return room


@pytest.fixture
def desk(scribe: User, client: Client) -> Client:
    client.force_login(scribe)
    return client


@pytest.fixture
def others(facilitator: User) -> Client:
    """Somebody else's browser."""
    client = Client()
    client.force_login(facilitator)
    return client


def typed(room: Room, by: User, code: str = "HOPE-07", text: str = "That we act.", **more: Any):
    kind = ContributionKind(code.partition("-")[0].lower())
    said = Said(kind, text, uuid.uuid4(), code=code)
    return capturing.take_down(room.dialogue, said, channel=Channel.PAPER, by=by, **more)


def entry(room: Room) -> str:
    return f"/dialogues/{room.dialogue.slug}/cards/"


def check(room: Room) -> str:
    return f"/dialogues/{room.dialogue.slug}/cards/check/"


def card(**values: str) -> dict[str, str]:
    return {
        "kind": "hope",
        "number": "7",
        "text": "That we act.",
        "key": str(uuid.uuid4()),
    } | values


def compared(statement: Contribution, **values: str) -> dict[str, str]:
    """What the form of one card sends."""
    fields = {
        "code": statement.code,
        "text": statement.text,
        "revision": str(statement.revision),
    } | values
    sent = {f"card-{statement.pk}-{name}": value for name, value in fields.items()}
    return {"card": str(statement.pk)} | sent


# ---- What is typed for a number ----


@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [
        ("7", HOPE, "HOPE-07"),
        ("07", CONCERN, "CONCERN-07"),
        ("h7", CONCERN, "HOPE-07"),
        ("H 7", CONCERN, "HOPE-07"),
        ("hope-07", CONCERN, "HOPE-07"),
        ("HOPE–7", CONCERN, "HOPE-07"),
        ("c7", HOPE, "CONCERN-07"),
        ("q7", HOPE, "QUESTION-07"),
        ("r7", HOPE, "RESERVATION-07"),
        ("i107", HOPE, "IDEA-107"),
        ("m7", HOPE, "COMMITMENT-07"),
        ("com7", HOPE, "COMMITMENT-07"),
        ("+", IDEA, ""),
        ("c+", HOPE, ""),
    ],
)
def test_a_number_is_typed_in_short(
    typed: str, kind: ContributionKind, code: str, room: Room
) -> None:
    assert cards.code_typed(room, typed, kind)[1] == code


@pytest.mark.parametrize("typed", ["", "seven", "x7", "7h", "h-", "h7.5", "-", "h123456", "h٧"])
def test_what_is_no_number_is_refused(typed: str, room: Room) -> None:
    with pytest.raises(ValidationError, match="such as HOPE-07"):
        cards.code_typed(room, typed, HOPE)


def test_a_number_that_no_card_has_is_refused(room: Room) -> None:
    with pytest.raises(ValidationError) as caught:
        cards.code_typed(room, "h70", HOPE)

    assert caught.value.messages == ["No card HOPE-70 was printed. Printed: HOPE-01 – HOPE-30."]


# ---- Typing ----


def test_a_card_is_held_until_somebody_compares_it(desk: Client, room: Room, scribe: User) -> None:
    response = desk.post(entry(room), card(number="h7"))

    statement = room.dialogue.contributions.get()
    assert response["Location"] == f"{entry(room)}?kind=hope"
    assert (statement.code, statement.text) == ("HOPE-07", "That we act.")
    assert (statement.channel, statement.typed_by) == (Channel.PAPER, scribe)
    assert statement.state == ContributionState.HELD


def test_the_page_is_ready_for_the_next_card_of_the_kind(desk: Client, room: Room) -> None:
    page = desk.post(entry(room), card(number="c3"), follow=True).content.decode()

    assert "CONCERN-03 is saved. Next card." in page
    assert re.search(r'<option value="concern" selected>', page)
    (number,) = re.findall(r'<input id="id_number".*?>', page)
    assert 'value=""' in number
    assert "autofocus" in number


def test_a_card_sent_twice_is_there_once(desk: Client, room: Room) -> None:
    sent = card(number="h7")

    first, second = desk.post(entry(room), sent), desk.post(entry(room), sent)

    assert first.status_code == second.status_code == 302
    assert room.dialogue.contributions.count() == 1


def test_a_page_that_was_gone_back_to_loses_nothing(desk: Client, room: Room) -> None:
    sent = card(number="h7")
    desk.post(entry(room), sent)

    response = desk.post(entry(room), sent | {"number": "h8", "text": "Another."})
    page = response.content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)

    assert "This page was used for HOPE-07 before." in page
    assert "Another." in page
    assert key != sent["key"]
    desk.post(entry(room), sent | {"number": "h8", "text": "Another.", "key": key})
    assert set(room.dialogue.contributions.values_list("code", "text")) == {
        ("HOPE-07", "That we act."),
        ("HOPE-08", "Another."),
    }


def test_a_number_that_is_taken_shows_what_is_there(
    desk: Client, room: Room, facilitator: User
) -> None:
    typed(room, facilitator, text="That <b>they</b> act.")

    page = desk.post(entry(room), card(number="h7", text="Mine.")).content.decode()

    assert "HOPE-07 is already taken down. It says: “That &lt;b&gt;they&lt;/b&gt; act.”" in page
    assert ">\nMine.</textarea>" in page
    assert 'value="h7"' in page
    assert room.dialogue.contributions.count() == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"number": ""}, "Write the number that stands on the card; + if there is none."),
        ({"number": "seven"}, "such as HOPE-07, h7 or 7."),
        ({"number": "h31"}, "No card HOPE-31 was printed."),
        ({"text": " \n "}, "Write what was said: the box is empty."),
        ({"text": "x" * 10_000}, "This is 10000 characters long. Keep it under 5000."),
        ({"seat": "99"}, "Nobody has seat 99."),
        ({"seat": "x"}, "Write the number of the seat, or nothing."),
        ({"kind": "wish"}, "wish is not one of the available choices"),
    ],
)
def test_what_can_not_be_saved_is_said_and_kept(
    values: dict[str, str], message: str, desk: Client, room: Room
) -> None:
    sent = card(**values)

    page = desk.post(entry(room), sent).content.decode()

    assert message in page
    assert "There is a problem" in page
    assert f">\n{sent['text']}</textarea>" in page
    assert room.dialogue.contributions.count() == 0


def test_a_card_without_a_number_gets_the_next(desk: Client, room: Room) -> None:
    page = desk.post(entry(room), card(number="+"), follow=True).content.decode()

    assert "Saved as HOPE-31: write that on the card." in page
    assert room.dialogue.contributions.get().code == "HOPE-31"


def test_a_card_may_say_whose_it_is_by_seat(desk: Client, room: Room) -> None:
    person = ParticipantFactory(dialogue=room.dialogue, seat=12, name="Zebedee")
    ParticipantFactory(seat=12)  # of another dialogue

    page = desk.post(entry(room), card(seat="12"), follow=True).content.decode()

    assert room.dialogue.contributions.get().participant == person
    assert "Seat 12" in page
    assert "Zebedee" not in page


def test_where_none_were_printed_any_number_is_taken(desk: Client, room: Room) -> None:
    desk.post(entry(room), card(number="i40"))
    desk.post(entry(room), card(number="i3"))

    codes = room.dialogue.contributions.values_list("code", flat=True)
    assert set(codes) == {"IDEA-40", "IDEA-03"}
    # What is said next gets a number no card had.
    room.refresh_from_db()
    assert room.numbers[IDEA] == 40


def test_a_card_of_a_statement_that_was_moved_is_not_taken_twice(
    desk: Client, room: Room, facilitator: User
) -> None:
    capturing.move(typed(room, facilitator), CONCERN)

    page = desk.post(entry(room), card(number="h7")).content.decode()

    assert "HOPE-07 is already taken down: it was made CONCERN-31." in page
    assert room.dialogue.contributions.count() == 1


# ---- Comparing ----


def test_what_matches_shows(others: Client, room: Room, scribe: User, facilitator: User) -> None:
    statement = typed(room, scribe)

    response = others.post(check(room), compared(statement), follow=True)

    statement.refresh_from_db()
    assert "HOPE-07 matches its card." in response.content.decode()
    assert statement.state == ContributionState.POSTED
    assert (statement.checked_by, statement.posted_by) == (facilitator, facilitator)
    assert (statement.spoken, statement.revision) == ("", 1)


def test_what_differs_is_corrected_and_matches(others: Client, room: Room, scribe: User) -> None:
    statement = typed(room, scribe, text="That we cat.")

    others.post(check(room), compared(statement, text="That we act.", code="h 8"))

    statement.refresh_from_db()
    assert (statement.code, statement.order) == ("HOPE-08", 8)
    assert (statement.text, statement.revision) == ("That we act.", 2)
    assert statement.state == ContributionState.POSTED
    # A typing error was never spoken.
    assert statement.spoken == ""


def test_nobody_checks_what_they_typed(desk: Client, room: Room, scribe: User) -> None:
    statement = typed(room, scribe, text="That we cat.")

    page = desk.get(check(room)).content.decode()
    desk.post(f"{check(room)}?mine=1", compared(statement, text="That we act."))

    statement.refresh_from_db()
    assert "That we cat." not in page
    assert "1 that you typed waits for somebody else" in page
    assert statement.text == "That we act."
    assert (statement.checked_at, statement.state) == (None, ContributionState.HELD)
    with pytest.raises(ValidationError, match="you typed it"):
        capturing.compare(statement, by=scribe, revision=statement.revision, text="Other.")
    statement.refresh_from_db()
    assert statement.text == "That we act."


def test_a_card_corrected_meanwhile_shows_both_wordings(
    others: Client, room: Room, scribe: User
) -> None:
    statement = typed(room, scribe, text="One.")
    seen = compared(statement, text="Three.")
    capturing.retype(statement, revision=1, text="Two.")

    page = others.post(check(room), seen).content.decode()

    statement.refresh_from_db()
    assert statement.text == "Two."
    assert statement.checked_at is None
    assert "Now it says: “Two.”" in page
    assert ">\nThree.</textarea>" in page
    assert f'name="card-{statement.pk}-revision" value="2"' in page


def test_what_was_looked_at_is_what_is_checked(others: Client, room: Room, scribe: User) -> None:
    """Pressing “It matches” on a page from before a correction checks nothing."""
    statement = typed(room, scribe, text="One.")
    seen = compared(statement)
    capturing.retype(statement, revision=1, text="Two.")

    others.post(check(room), seen)

    statement.refresh_from_db()
    assert (statement.text, statement.state) == ("Two.", ContributionState.HELD)


def test_a_corrected_number_must_be_free(others: Client, room: Room, scribe: User) -> None:
    statement = typed(room, scribe)
    typed(room, scribe, "HOPE-08")

    page = others.post(check(room), compared(statement, code="8")).content.decode()

    statement.refresh_from_db()
    assert "HOPE-08 is already taken down." in page
    assert (statement.code, statement.checked_at) == ("HOPE-07", None)


def test_the_number_of_another_kind_is_no_correction(
    others: Client, room: Room, scribe: User
) -> None:
    statement = typed(room, scribe)

    page = others.post(check(room), compared(statement, code="c8")).content.decode()

    assert "The number of this card is written HOPE-07." in page
    statement.refresh_from_db()
    assert statement.code == "HOPE-07"


def test_a_number_set_free_by_a_correction_can_be_typed(
    desk: Client, others: Client, room: Room, scribe: User
) -> None:
    statement = typed(room, scribe, "HOPE-17", "Seven.")
    others.post(check(room), compared(statement, code="7"))

    desk.post(entry(room), card(number="17", text="Seventeen."))

    assert set(room.dialogue.contributions.values_list("code", "text")) == {
        ("HOPE-07", "Seven."),
        ("HOPE-17", "Seventeen."),
    }


def test_what_was_checked_is_edited_elsewhere(room: Room, scribe: User, facilitator: User) -> None:
    statement = capturing.check(typed(room, scribe), by=facilitator)

    with pytest.raises(ValidationError, match="HOPE-07 has been checked"):
        capturing.retype(statement, revision=1, text="Other.")


def test_only_cards_are_compared(others: Client, room: Room) -> None:
    statement = ContributionFactory(dialogue=room.dialogue, channel=Channel.PHONE)
    elsewhere = ContributionFactory(channel=Channel.PAPER)

    for row in (statement, elsewhere):
        assert others.post(check(room), compared(row)).status_code == 404
    assert others.post(check(room), {"card": "x"}).status_code == 404
    with pytest.raises(ValidationError):
        capturing.retype(statement, revision=1, text="Other.")


def test_what_its_maker_has_not_agreed_to_is_not_published(
    others: Client, room: Room, scribe: User, editor: User
) -> None:
    person = ParticipantFactory(dialogue=room.dialogue, seat=1)
    statement = typed(room, scribe, participant=person)
    room.dialogue.publish(by=editor)

    page = others.post(check(room), compared(statement)).content.decode()
    statement.refresh_from_db()
    assert "has not agreed to its being published" in page
    assert (statement.checked_at, statement.state) == (None, ContributionState.HELD)

    person.consents.create(purpose=ConsentPurpose.PUBLISH, wording="I agree.")
    others.post(check(room), compared(statement))
    statement.refresh_from_db()
    assert statement.is_public


def test_cards_to_compare_stand_in_the_order_of_their_numbers(
    others: Client, room: Room, scribe: User, facilitator: User
) -> None:
    for code in ("CONCERN-02", "HOPE-10", "HOPE-09", "CONCERN-01"):
        typed(room, scribe, code)
    typed(room, facilitator, "HOPE-01")
    capturing.withdraw(typed(room, scribe, "HOPE-02"), by=scribe, reason="empty")
    capturing.check(typed(room, scribe, "HOPE-03"), by=facilitator)

    page = others.get(check(room)).content.decode()

    shown = re.findall(r'<h2 class="card-check__code[^>]*>([A-Z0-9-]+)</h2>', page)
    assert shown == ["HOPE-09", "HOPE-10", "CONCERN-01", "CONCERN-02"]


def test_after_a_match_the_next_card_has_the_focus(
    others: Client, room: Room, scribe: User
) -> None:
    first = typed(room, scribe, "HOPE-01")
    second = typed(room, scribe, "HOPE-02")
    assert "autofocus" not in others.get(check(room)).content.decode()

    page = others.post(check(room), compared(first), follow=True).content.decode()

    assert re.search(rf'name="card" value="{second.pk}" autofocus', page)


def test_the_first_statement_of_a_dialogue_makes_its_room(scribe: User) -> None:
    dialogue = DialogueFactory()

    said = Said(HOPE, "That we act.", uuid.uuid4())
    capturing.take_down(dialogue, said, channel=Channel.CONSOLE, by=scribe)

    assert Room.objects.get(dialogue=dialogue).numbers == {HOPE: 1}


# ---- How far they have come ----


def test_missing_are_the_printed_numbers_that_nothing_has(
    room: Room, scribe: User, facilitator: User
) -> None:
    for number in (1, 2, 3, 5, 29, 30):
        typed(room, scribe, f"HOPE-{number:02}")
    capturing.check(room.dialogue.contributions.get(code="HOPE-05"), by=facilitator)
    # Taken down by another way: its card is not missing.
    said = Said(HOPE, "Spoken.", uuid.uuid4(), code="HOPE-10")
    capturing.take_down(room.dialogue, said, channel=Channel.CONSOLE, by=scribe)
    capturing.move(typed(room, scribe, "HOPE-12"), CONCERN)
    capturing.withdraw(typed(room, scribe, "HOPE-13"), by=scribe, reason="empty")

    hopes, concerns = cards.progress(room)

    assert (hopes.kind, hopes.printed, hopes.typed, hopes.checked) == (HOPE, 30, 6, 1)
    assert hopes.missing_words == "4, 6–9, 11, 14–28"
    assert (concerns.typed, concerns.missing_words) == (1, "1–30")


def test_progress_counts_what_was_typed_without_being_printed(room: Room, scribe: User) -> None:
    typed(room, scribe, "IDEA-04")

    (*_others, ideas) = cards.progress(room)

    assert (ideas.kind, ideas.printed, ideas.typed, ideas.missing) == (IDEA, 0, 1, ())


@pytest.mark.parametrize("page", [entry, check])
def test_both_pages_cost_the_same_for_three_cards_and_for_thirty(
    page: Any, others: Client, room: Room, scribe: User, django_assert_max_num_queries: Any
) -> None:
    def type_cards(numbers: range) -> None:
        for number in numbers:
            person = ParticipantFactory(dialogue=room.dialogue, seat=number)
            typed(room, scribe, f"HOPE-{number:02}", participant=person)

    type_cards(range(1, 4))
    with django_assert_max_num_queries(25) as few:
        assert "HOPE-03" in others.get(page(room)).content.decode()
    type_cards(range(4, 31))

    with django_assert_max_num_queries(len(few)):
        assert "1–30" in others.get(page(room)).content.decode()  # of the concerns


def test_a_long_stack_is_compared_page_by_page(others: Client, room: Room, scribe: User) -> None:
    made = [typed(room, scribe, f"HOPE-{number:02}") for number in range(1, 26)]

    second = others.get(f"{check(room)}?page=2").content.decode()
    response = others.post(f"{check(room)}?page=2", compared(made[24], code="h1"))

    assert "HOPE-25" in second
    assert "HOPE-05" not in second
    assert "HOPE-01 is already taken down." in response.content.decode()
    assert others.get(f"{check(room)}?page=3").status_code == 404
