"""What participants do with their phones, without JavaScript and with it."""

import html
import json
import re
import uuid
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dialogues import capturing, joining, limits, qr, running, saying, voting
from dialogues.models import (
    AgendaItem,
    Attribution,
    Channel,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Participant,
    Room,
    Voted,
)
from dialogues.models.room import CODE_ALPHABET
from dialogues.views.joining import seat_cookie
from recommendations.first_question import first_question
from tests import factories
from tests.dialogues.phones import Hall
from tests.markup import Page, faults, text_of, words

pytestmark = pytest.mark.django_db

HOPE, CONCERN = ContributionKind.HOPE, ContributionKind.CONCERN
AGREED = {"agree_record": "on", "agree_publish": "on"}


@pytest.fixture
def hall() -> Hall:
    return Hall()


def page_of(answer: Any, status: int = 200) -> Page:
    assert answer.status_code == status, answer.content[:2_000]
    page = Page(answer.content.decode())
    assert faults(page) == []
    return page


def body(page: Page) -> str:
    return words(text_of(page.one("main")))


def without_templates(answer: Any) -> str:
    """What is seen of a page: without what scripts may use later."""
    return re.sub(r"<template.*?</template>", "", answer.content.decode(), flags=re.DOTALL)


def bare(answer: Any) -> str:
    return body(Page(without_templates(answer)))


def field(page: Page, name: str) -> str:
    """What stands in a field of a form."""
    html = re.sub(r"<template.*?</template>", "", page.html, flags=re.DOTALL)
    return next(
        it.get("value", "") if it.tag == "input" else text_of(it)
        for it in Page(html).all("input", "textarea")
        if it.get("name") == name
    )


# ---- The code ----


def test_the_code_is_asked_for_without_a_cookie(client: Client) -> None:
    answer = client.get("/join/")

    page = page_of(answer)
    assert not answer.cookies
    assert page.one("form").get("method", "get") == "get"
    assert page.meta("robots") == "noindex"


@pytest.mark.parametrize("typed", ["4K79MP", "4k7 9mp", " 4K7-9mp ", "4k-79-mp"])
def test_a_code_is_known_however_it_is_typed(typed: str, hall: Hall, client: Client) -> None:
    answer = client.get("/join/", {"code": typed})

    assert (answer.status_code, answer["Location"]) == (302, "/join/4K79MP/")
    assert not answer.cookies
    assert client.get(f"/join/{typed}/").status_code == 200


@pytest.mark.parametrize(
    "typed",
    ["4K79MQ", "4K79M", "4K79MPP", "OOOOOO", "💥", "４Ｋ７９ＭＰ", "\x00" * 6, "x" * 10_000, " "],
)
def test_a_wrong_code_is_said_beside_the_box_and_kept_in_it(
    typed: str, hall: Hall, client: Client
) -> None:
    page = page_of(client.get("/join/", {"code": typed}))

    box = page.one("input", name="code")
    assert box.get("aria-invalid") == "true"
    assert page.title.startswith("Error: ")
    if "\x00" not in typed:
        assert words(box.get("value", "")) == words(typed)


def test_a_link_with_a_wrong_code_leads_to_the_box(hall: Hall, client: Client) -> None:
    page = page_of(client.get("/join/XXXXXX/"), 404)

    assert page.one("input", name="code").get("value") == "XXXXXX"
    assert "No room has this code" in body(page)
    for path in ("/join/%00%00%00%00%00%00/", "/join/said/", "/join/4K79M%00/state.json"):
        assert client.get(path).status_code == 404, path


def test_no_code_has_a_character_that_is_mistaken_for_another() -> None:
    assert not set(CODE_ALPHABET) & set("AEIOU01258BILSZ")


def test_the_french_pages_stand_under_their_prefix(hall: Hall, client: Client) -> None:
    answer = client.get("/fr/join/", {"code": "4k79mp"})

    assert answer["Location"] == "/fr/join/4K79MP/"


# ---- Taking a seat ----


def test_each_consent_is_asked_for_by_itself_in_the_words_that_are_recorded(
    hall: Hall, client: Client
) -> None:
    hall.dialogue.attribution = Attribution.NAME
    hall.dialogue.privacy_contact = "Ada, ada@example.org"
    hall.dialogue.save()

    page = page_of(client.get(hall.path()))

    text = body(page)
    for purpose in ConsentPurpose:
        box = page.one("input", name=f"agree_{purpose}")
        assert box.get("checked") is None
        assert joining.wording(hall.dialogue, purpose) in text
    assert "Ada, ada@example.org" in text
    assert hall.dialogue.title in text
    assert "Vancouver" in text


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        (
            Attribution.NONE,
            {"agree_record", "agree_publish", "agree_contact", "agree_report", "email"},
        ),
        (
            Attribution.NAME,
            {
                *("agree_record", "agree_publish", "agree_name", "agree_contact", "agree_report"),
                "name",
                "email",
            },
        ),
        (
            Attribution.SECTOR,
            {"agree_record", "agree_publish", "agree_contact", "agree_report", "email"},
        ),
        (
            Attribution.CHATHAM_HOUSE,
            {"agree_record", "agree_publish", "agree_contact", "agree_report", "email"},
        ),
        (Attribution.ANONYMOUS, {"agree_record", "agree_publish"}),
    ],
)
def test_nothing_is_asked_that_the_rule_has_no_use_for(
    rule: Attribution, asked: set[str], hall: Hall, client: Client
) -> None:
    hall.dialogue.attribution = rule
    hall.dialogue.save()

    page = page_of(client.get(hall.path()))

    inputs = {str(it.get("name")) for it in page.all("input")} - {"csrfmiddlewaretoken"}
    assert inputs == asked
    has_sector = any(it.get("name") == "sector" for it in page.all("select"))
    assert has_sector == (rule in {Attribution.NAME, Attribution.SECTOR})


def test_a_name_is_kept_only_with_leave_to_show_it(hall: Hall, client: Client) -> None:
    hall.dialogue.attribution = Attribution.NAME
    hall.dialogue.save()

    answer = client.post(hall.path(), {**AGREED, "name": "Ada"})

    assert "Tick this if your name may show" in answer.content.decode()
    assert not Participant.objects.exists()


def test_a_seat_is_taken_with_what_was_agreed(hall: Hall, client: Client) -> None:
    hall.dialogue.attribution = Attribution.NAME
    hall.dialogue.save()

    answer = client.post(
        f"/fr{hall.path()}",
        {
            **AGREED,
            "agree_name": "on",
            "name": "Ada",
            "agree_contact": "on",
            "agree_report": "on",
            "email": "ada@example.org",
            "sector": "media",
        },
    )

    seat = Participant.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/fr/join/4K79MP/")
    assert (seat.name, seat.email, seat.sector) == ("Ada", "ada@example.org", "media")
    assert (seat.channel, seat.language, seat.dialogue) == (Channel.PHONE, "fr", hall.dialogue)
    assert {consent.purpose for consent in seat.consents.all()} == set(ConsentPurpose)


def test_the_cookie_stands_for_the_seat_and_no_script_reads_it(
    hall: Hall, client: Client, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True

    answer = client.post(hall.path(), AGREED)

    cookie = answer.cookies[seat_cookie(hall.dialogue.pk)]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["secure"] is True
    assert cookie["max-age"] == 2 * 24 * 3_600
    assert cookie.value.startswith(Participant.objects.get().token("seat"))


def test_without_the_record_nobody_takes_part_and_is_told_why(hall: Hall, client: Client) -> None:
    page = page_of(client.post(hall.path(), {"agree_publish": "on"}))

    assert "Tick this to take part" in body(page)
    assert page.one("input", name="agree_publish").get("checked") is not None
    assert not Participant.objects.exists()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"agree_name": "on"}, "name"),
        ({"agree_contact": "on"}, "email"),
        ({"agree_report": "on"}, "email"),
        ({"agree_contact": "on", "email": "nowhere"}, "email"),
        ({"email": "ada@example.org"}, "agree_contact"),
        ({"sector": "none-such"}, "sector"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    typed: dict[str, str], wrong: str, hall: Hall, client: Client
) -> None:
    hall.dialogue.attribution = Attribution.NAME
    hall.dialogue.save()

    page = page_of(client.post(hall.path(), {**AGREED, **typed}))

    assert page.element(f"id_{wrong}").get("aria-invalid") == "true"
    assert not Participant.objects.exists()


def test_a_second_try_to_join_keeps_the_seat(hall: Hall, client: Client) -> None:
    client.post(hall.path(), AGREED)
    client.post(hall.path(), AGREED)

    assert Participant.objects.count() == 1


def test_a_closed_room_takes_nobody_and_keeps_those_who_are_in(hall: Hall) -> None:
    phone = hall.phone()
    item = hall.start("round")
    Room.objects.filter(pk=hall.room.pk).update(is_open=False)

    outside = page_of(Client().get(hall.path()))
    knocking = Client().post(hall.path(), AGREED)
    inside = phone.say(HOPE, "Peace", item=item)

    assert "Joining is closed" in body(outside)
    assert knocking.status_code == 409
    assert Participant.objects.count() == 1
    assert inside.status_code == 302
    assert Contribution.objects.get().text == "Peace"


@pytest.mark.parametrize("lose", ["erase", "forget", "forge", "other"])
def test_a_seat_that_is_gone_leads_back_to_the_door(lose: str, hall: Hall) -> None:
    phone = hall.phone()
    match lose:
        case "erase":
            joining.erase(phone.seat)
        case "forget":
            joining.new_key(phone.seat)
        case "forge":
            phone.cookies[seat_cookie(hall.dialogue.pk)] = f"{uuid.uuid4().hex}:forged"
        case "other":
            elsewhere = factories.ParticipantFactory()
            phone.cookies[seat_cookie(hall.dialogue.pk)] = elsewhere.token("seat")

    page = page_of(phone.open())

    assert "The seat this phone had is no longer there" in body(page)
    assert page.one("input", name="agree_record") is not None


def test_words_sent_without_a_seat_are_not_taken_from_their_maker(hall: Hall) -> None:
    phone = hall.phone()
    item = hall.start("round")
    joining.erase(phone.seat)

    page = page_of(phone.say(HOPE, "A hope of mine", item=item), 403)
    as_json = phone.send(kind="hope", text="x", round=item.pk, key=str(uuid.uuid4()))

    assert text_of(page.element("typed")) == "A hope of mine"
    assert (as_json.status_code, as_json.json()["code"]) == (403, "seat")
    assert not Contribution.objects.exists()


def test_leaving_makes_the_phone_forget(hall: Hall, client: Client) -> None:
    client.post(hall.path(), AGREED)

    answer = client.post(hall.path("leave/"))

    assert answer["Location"] == "/join/"
    assert client.cookies[seat_cookie(hall.dialogue.pk)].value == ""
    assert Participant.objects.count() == 1


# ---- What is on ----


def test_between_rounds_the_page_says_so(hall: Hall) -> None:
    assert "Nothing is on right now" in bare(hall.phone().open())


def test_a_part_in_which_nothing_is_written_asks_nothing(hall: Hall) -> None:
    hall.start("welcome")

    answer = hall.phone().open()

    assert "Look up and listen" in bare(answer)
    assert "1 of 6" in bare(answer)
    assert "<textarea" not in without_templates(answer)


@pytest.mark.parametrize(
    ("kind", "prompt"),
    [
        ("round", "What is one hope you have?"),
        ("questions", "What would you like to ask?"),
        ("scale", "A word of reservation"),
        ("ideas", "What idea do you have?"),
        ("closing", "What is one thing you will do?"),
    ],
)
def test_each_round_asks_for_its_own(kind: str, prompt: str, hall: Hall) -> None:
    hall.start(kind)
    answer = hall.phone().open()

    assert prompt in bare(answer)
    assert "At most 60 words." in bare(answer)
    page_of(answer)


def test_after_the_hope_the_concern_is_asked_for_and_then_no_more(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")

    first = phone.say(HOPE, "A hope", item=item)
    then = phone.get(first["Location"])
    second = phone.say(CONCERN, "A concern", item=item)
    last = phone.get(second["Location"])

    assert "What is one concern you have?" in bare(then)
    assert "That is all you are asked for here" in bare(last)
    assert "What is one hope you have?" in bare(phone.open("?kind=hope"))


def test_received_is_said_of_what_the_database_has_in_the_words_it_kept(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")

    sent = phone.say(HOPE, "  Peace\x00 at <b>last</b>\r\n", item=item)
    shown = phone.get(sent["Location"])
    made_up = phone.open(f"?received={uuid.uuid4()}")

    assert Contribution.objects.get().text == "Peace at <b>last</b>"
    assert "Received" in bare(shown)
    assert bare(shown).count("Peace at <b>last</b>") >= 2
    assert "<b>last" not in shown.content.decode()
    assert "It is safe with us" not in bare(made_up)


def test_a_statement_is_its_makers_in_its_round_and_language(hall: Hall) -> None:
    hall.dialogue.also_in = "fr"
    hall.dialogue.save()
    seat = hall.seat()
    item = hall.start("round")
    phone = hall.phone(seat)

    phone.post(
        hall.path("say/", prefix="/fr"),
        {"kind": "hope", "text": "La paix", "round": item.pk, "key": str(uuid.uuid4())},
    )

    said = Contribution.objects.get()
    assert (said.participant, said.round, said.channel) == (seat, item, Channel.PHONE)
    assert (said.language, said.state) == ("fr", ContributionState.HELD)
    assert said.turn == item.turns.get(participant=seat)


def test_what_a_round_posts_by_itself_shows_unless_it_holds_a_link(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("ideas", posts_itself=True)

    phone.say("idea", "Plant trees", item=item)
    phone.say("idea", "See https://example.org", item=item)

    states = dict(Contribution.objects.values_list("text", "state"))
    assert states == {"Plant trees": "posted", "See https://example.org": "held"}


def test_the_same_key_is_one_statement_however_often_it_comes(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = str(uuid.uuid4())

    for _time in range(2):
        assert phone.say(HOPE, "Once", item=item, key=key).status_code == 302
    sent: dict[str, Any] = {"kind": "hope", "text": "Once", "round": item.pk, "key": key}
    by_script = [phone.send(**sent).json() for _time in range(2)]
    hall.end("round")
    after_the_end = phone.send(**sent)

    said = Contribution.objects.get()
    assert by_script[0] == by_script[1] == after_the_end.json()
    assert by_script[0] == {
        "ok": True,
        "key": key,
        "text": "Once",
        "kind": "hope",
        "round": item.pk,
        "state": "held",
    }
    assert said.code not in json.dumps(by_script)


def test_a_key_of_somebody_else_gives_nothing_of_theirs(hall: Hall) -> None:
    item = hall.start("round")
    theirs, mine = hall.phone(), hall.phone()
    key = str(uuid.uuid4())
    theirs.say(HOPE, "Their secret", item=item, key=key)

    by_form = mine.say(HOPE, "Mine", item=item, key=key)
    by_script = mine.send(kind="hope", text="Mine", round=item.pk, key=key)

    assert (by_form.status_code, by_script.status_code) == (409, 409)
    assert b"secret" not in by_form.content + by_script.content
    page = page_of(by_form, 409)
    assert field(page, "text").strip() == "Mine"
    assert field(page, "key") != key


# ---- What is wrong ----


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The box is empty"),
        (" \n\x00 ", "The box is empty"),
        ("word " * 61, "This is 1 word more than the 60"),
        ("word " * 70, "This is 10 words more than the 60"),
        ("x" * 10_000, "10000 characters"),
    ],
)
def test_a_text_that_cannot_be_taken_is_kept_in_its_box(text: str, said: str, hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")

    answer = phone.say(HOPE, text, item=item)
    by_script = phone.send(kind="hope", text=text, round=item.pk, key=str(uuid.uuid4()))

    page = page_of(answer, 400)
    assert said in bare(answer)
    assert page.element("hope_text").get("aria-invalid") == "true"
    assert page.title.startswith("Error: ")
    assert words(field(page, "text")) == words(text.replace("\x00", ""))
    assert by_script.status_code == 400
    assert said in by_script.json()["error"]
    assert not Contribution.objects.exists()


def test_a_limit_of_none_lets_many_words_pass(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round", word_limit=0)

    phone.say(HOPE, "word " * 300, item=item)

    assert Contribution.objects.count() == 1


def test_a_closed_round_takes_nothing_and_the_text_stays(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    hall.start("ideas")

    answer = phone.say(HOPE, "Too late", item=item)
    by_script = phone.send(kind="hope", text="Too late", round=item.pk, key=str(uuid.uuid4()))

    assert "This round has closed." in bare(answer)
    assert field(page_of(answer, 409), "text").strip() == "Too late"
    assert (by_script.status_code, by_script.json()["code"]) == (409, "closed")
    assert not Contribution.objects.exists()


def test_what_came_too_late_goes_to_the_facilitator_where_its_maker_wants_so(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("ideas", posts_itself=True)
    hall.end("ideas")

    phone.say("idea", "After all", item=item, late="1")

    said = Contribution.objects.get()
    assert (said.text, said.state, said.round) == ("After all", ContributionState.HELD, None)


def test_to_say_it_is_late_changes_nothing_while_the_round_runs(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")

    phone.say(HOPE, "In time", item=item, late="1")

    assert Contribution.objects.get().round == item


def test_what_a_round_does_not_ask_for_is_not_taken(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    elsewhere = factories.AgendaItemFactory(kind="ideas", dialogue=factories.RoomFactory().dialogue)
    running.start(elsewhere, by=hall.facilitator)
    not_begun = hall.items["ideas"]

    answers = [
        phone.say("idea", "Kept text", item=item),
        phone.say("idea", "Kept text", item=elsewhere),
        phone.say("idea", "Kept text", item=not_begun, late="1"),
    ]

    for answer in answers:
        assert "Kept text" in bare(answer)
        page_of(answer, 409)
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"key": "no-key"},
        {"key": ""},
        {"kind": "none-such"},
        {"round": "x"},
        {"round": "-1"},
        {"round": "9" * 40},
        {"kind": "\x00"},
    ],
)
def test_a_broken_form_is_said_to_be_broken_and_the_text_stays(
    broken: dict[str, str], hall: Hall
) -> None:
    phone, item = hall.phone(), hall.start("round")
    sent = {"kind": "hope", "round": str(item.pk), "key": str(uuid.uuid4()), "text": "Kept text"}

    answer = phone.post(hall.path("say/"), {**sent, **broken})
    by_script = phone.send(**{**sent, **broken})

    assert "Kept text" in bare(answer)
    assert "could not be understood" in bare(answer)
    page_of(answer, 400)
    assert by_script.status_code == 400
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    "sent", ["{", "[]", "1", "null", '"text"', '{"text": {"a": 1}}', "\ufeff{}", "[" * 5_000]
)
@pytest.mark.parametrize("rest", ["say/", "vote/"])
def test_json_that_is_none_is_a_clear_message(sent: str, rest: str, hall: Hall) -> None:
    hall.start("scale")

    answer = hall.phone().post(hall.path(rest), sent, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["ok"] is False
    assert answer.json()["error"]


def test_half_a_character_is_taken_as_a_question_mark(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    # As JSON writes it: \\ud800 alone is half of a pair.
    sent = json.dumps(
        {"kind": "hope", "text": "a\ud800b", "round": item.pk, "key": str(uuid.uuid4())}
    )

    answer = phone.post(hall.path("say/"), sent, content_type="application/json")

    assert answer.status_code == 200
    assert Contribution.objects.get().text == "a?b"


def test_whoever_reloads_an_address_that_only_takes_is_led_to_the_room(hall: Hall) -> None:
    phone = hall.phone()

    for rest in ("say/", "vote/", "leave/"):
        assert phone.open(rest)["Location"] == hall.path()


def test_a_form_of_another_site_is_not_taken(hall: Hall) -> None:
    phone, item = hall.phone(enforce_csrf_checks=True), hall.start("round")

    answer = phone.say(HOPE, "Forged", item=item)

    assert answer.status_code == 403
    assert not Contribution.objects.exists()


# ---- Changing and taking back ----


def test_a_statement_is_changed_until_its_round_closes(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = str(uuid.uuid4())
    phone.say(HOPE, "Peece", item=item, key=key)
    path = hall.path(f"statements/{key}/")

    page = page_of(phone.get(path))
    changed = phone.post(path, {"action": "change", "text": "Peace", "revision": "1"})
    hall.end("round")
    too_late = phone.post(path, {"action": "change", "text": "War", "revision": "2"})

    said = Contribution.objects.get()
    assert field(page, "text").strip() == "Peece"
    assert changed["Location"] == f"{hall.path()}?received={key}"
    assert (said.text, said.spoken) == ("Peace", "Peece")
    assert text_of(page_of(too_late, 409).element("typed")) == "War"
    assert f"statements/{key}/" not in bare(phone.open())


def test_a_statement_is_taken_back_until_its_round_closes(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    keys = [str(uuid.uuid4()), str(uuid.uuid4())]
    for key in keys:
        phone.say(HOPE, "A hope", item=item, key=key)
    paths = [hall.path(f"statements/{key}/") for key in keys]

    for _time in range(2):
        answer = phone.post(paths[0], {"action": "take-back"})
    hall.end("round")
    too_late = phone.post(paths[1], {"action": "take-back"})

    first, second = (Contribution.objects.get(key=key) for key in keys)
    assert answer["Location"] == f"{hall.path()}?back={keys[0]}"
    assert (first.state, first.was_taken_back) == (ContributionState.WITHDRAWN, True)
    assert (too_late.status_code, second.state) == (409, ContributionState.HELD)


def test_after_the_hope_is_taken_back_it_is_asked_for_again(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = str(uuid.uuid4())
    phone.say(HOPE, "A hope", item=item, key=key)

    phone.post(hall.path(f"statements/{key}/"), {"action": "take-back"})

    assert "What is one hope you have?" in bare(phone.open())


def test_what_was_posted_and_is_changed_is_read_again(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = uuid.uuid4()
    phone.say(HOPE, "Kind words", item=item, key=str(key))
    capturing.post(Contribution.objects.get(), by=hall.facilitator)

    same = saying.change(phone.seat, key, "Kind words", revision=1)
    changed = saying.change(phone.seat, key, "Harsh words", revision=1)

    assert same.state == ContributionState.POSTED
    assert (changed.state, changed.text) == (ContributionState.HELD, "Harsh words")


def test_where_a_round_posts_by_itself_a_change_shows_unless_it_brings_a_link(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("ideas", posts_itself=True)
    key = uuid.uuid4()
    phone.say("idea", "Trees", item=item, key=str(key))

    plain = saying.change(phone.seat, key, "More trees", revision=1)
    link = saying.change(phone.seat, key, "www.example.org", revision=2)

    assert plain.state == ContributionState.POSTED
    assert link.state == ContributionState.HELD
    assert Contribution.objects.get().posted_at is None


def test_a_change_that_crosses_the_facilitators_shows_both(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = str(uuid.uuid4())
    phone.say(HOPE, "Peece", item=item, key=key)
    capturing.revise(Contribution.objects.get(), "Peace (edited)", revision=1)
    path = hall.path(f"statements/{key}/")

    answer = phone.post(path, {"action": "change", "text": "Peace, please", "revision": "1"})
    by_script = phone.send(f"statements/{key}/", action="change", text="Mine", revision=1)
    page = page_of(answer, 409)
    again = phone.post(
        path,
        {"action": "change", "text": field(page, "text"), "revision": field(page, "revision")},
    )

    assert "Peace (edited)" in bare(answer)
    assert field(page, "text").strip() == "Peace, please"
    assert by_script.json()["theirs"] == "Peace (edited)"
    assert again.status_code == 302
    assert Contribution.objects.get().text.strip() == "Peace, please"


@pytest.mark.parametrize("text", ["", "word " * 61, "x" * 10_000])
def test_a_change_that_cannot_be_taken_keeps_what_was_typed(text: str, hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = str(uuid.uuid4())
    phone.say(HOPE, "A hope", item=item, key=key)

    answer = phone.post(
        hall.path(f"statements/{key}/"), {"action": "change", "text": text, "revision": "1"}
    )

    page = page_of(answer, 400)
    assert words(field(page, "text")) == words(text)
    assert page.element("id_text").get("aria-invalid") == "true"
    assert Contribution.objects.get().text == "A hope"


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30])
def test_a_change_of_no_known_wording_is_not_taken(revision: str, hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = str(uuid.uuid4())
    phone.say(HOPE, "A hope", item=item, key=key)

    answer = phone.post(
        hall.path(f"statements/{key}/"), {"action": "change", "text": "x", "revision": revision}
    )

    assert answer.status_code == 400
    assert Contribution.objects.get().text == "A hope"


def test_nobody_reaches_the_statement_of_another(hall: Hall) -> None:
    item = hall.start("round")
    theirs, mine = hall.phone(), hall.phone()
    key = str(uuid.uuid4())
    theirs.say(HOPE, "Their own", item=item, key=key)
    path = hall.path(f"statements/{key}/")

    got = [
        mine.get(path),
        mine.post(path, {"action": "take-back"}),
        mine.post(path, {"action": "change", "text": "Mine", "revision": "1"}),
    ]

    assert [answer.status_code for answer in got] == [404, 404, 404]
    assert b"Their own" not in b"".join(answer.content for answer in got)
    assert Contribution.objects.get().text == "Their own"


def test_what_a_facilitator_withdrew_is_not_changed_back(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("round")
    key = uuid.uuid4()
    phone.say(HOPE, "Rude", item=item, key=str(key))
    capturing.withdraw(Contribution.objects.get(), by=hall.facilitator, reason="Rude to others")

    page = bare(phone.open())
    answer = phone.post(
        hall.path(f"statements/{key}/"), {"action": "change", "text": "Ruder", "revision": "1"}
    )

    assert answer.status_code == 409
    assert Contribution.objects.get().text == "Rude"
    assert "Not shown" in page
    assert "Rude to others" not in page


# ---- The vote ----


def test_a_vote_counts_once_and_what_it_was_is_nowhere(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("scale")
    vote = {"round": str(item.pk), "score": "7"}

    first = phone.post(hall.path("vote/"), vote)
    second = phone.post(hall.path("vote/"), {**vote, "score": "2"})
    by_script = phone.send("vote/", round=item.pk, score=2)

    assert first["Location"] == f"{hall.path()}?counted=now"
    assert second["Location"] == f"{hall.path()}?counted=before"
    assert by_script.json() == {"ok": True, "already": True}
    assert voting.results(item) == {"ballots": [0] * 7 + [1] + [0] * 3}
    page = phone.get(second["Location"])
    assert "Your number was counted already" in bare(page)
    assert 'name="score"' not in without_templates(page)


@pytest.mark.parametrize("score", ["11", "-1", "", "5.5", "x", "1e1", "٣", "\x00", "9" * 50])
def test_a_vote_off_the_scale_is_said_beside_it(score: str, hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("scale")

    answer = phone.post(hall.path("vote/"), {"round": str(item.pk), "score": score})
    by_script = phone.send("vote/", round=item.pk, score=score)

    page = page_of(answer, 400)
    assert "Choose a number from 0 to 10." in text_of(page.element("score_error"))
    assert (by_script.status_code, by_script.json()["ok"]) == (400, False)
    assert not Voted.objects.exists()


def test_a_vote_that_is_closed_counts_nothing(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("scale")
    hall.end("scale")

    by_form = phone.post(hall.path("vote/"), {"round": str(item.pk), "score": "7"})
    by_script = phone.send("vote/", round=item.pk, score=7)
    of_none = phone.send("vote/", round="9" * 20, score=7)

    assert "The vote is closed." in bare(by_form)
    page_of(by_form, 409)
    assert (by_script.status_code, of_none.status_code) == (409, 409)
    assert not Voted.objects.exists()


def test_a_reservation_stands_beside_the_scale(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("scale")

    before = bare(phone.open())
    sent = phone.say("reservation", "Only if paid for", item=item)
    after = bare(phone.get(sent["Location"]))

    assert "How far does it resonate?" in before
    assert "A word of reservation" in before
    assert "How far does it resonate?" in after
    assert Contribution.objects.get().kind == ContributionKind.RESERVATION


# ---- What all phones ask ----


def test_every_phone_of_a_room_is_told_the_same(hall: Hall) -> None:
    item = hall.start("round", is_silent=True)
    path = hall.path("state.json")

    got = [client.get(path).json() for client in (Client(), hall.phone(hall.seat(name="Ada")))]

    assert got[0]["item"] == got[1]["item"]
    assert got[0]["item"] == {
        "id": item.pk,
        "kind": "round",
        "title": "The round",
        "question": "How far does it resonate?",
        "takes": ["hope", "concern"],
        "goes_on": False,
        "words": 60,
        "number": 2,
        "of": 6,
        "is_open": True,
        "is_silent": True,
        "is_revealed": False,
        "posts_itself": False,
    }
    assert set(got[0]) == {"item", "is_open", "version"}


def test_what_changes_shows_at_the_next_question(hall: Hall) -> None:
    client, path = Client(), hall.path("state.json")

    seen = [client.get(path).json()["item"]]
    hall.start("welcome")
    seen.append(client.get(path).json()["item"]["id"])
    item = hall.start("ideas", is_silent=True)
    seen.append(client.get(path).json()["item"]["is_revealed"])
    capturing.reveal(item, by=hall.facilitator)
    seen.append(client.get(path).json()["item"]["is_revealed"])
    hall.end("ideas")
    seen.append(client.get(path).json()["item"])

    assert seen == [None, hall.items["welcome"].pk, False, True, None]


def test_a_question_that_finds_nothing_new_costs_one_look_at_one_row(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    hall.start("round")
    phone = hall.phone()
    signed = hall.path(f"state.json?k={limits.signature(hall.room.code)}&since=3")
    tag = phone.get(signed)["ETag"]

    with (
        CaptureQueriesContext(connection) as through_django,
        mock.patch("dialogues.live.first_question", wraps=first_question) as asked,
    ):
        answer = phone.get(signed, headers={"if-none-match": tag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert vars(caplog.records[-1])["data"]["path"] == "/join/<str:code>/state.json"
    # The one question goes to the driver itself; nobody asks for a session, a user or a seat.
    assert asked.call_count == 1
    assert len(through_django) == 0
    assert not answer.cookies
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]


def test_a_code_is_not_tried_past_those_who_count_wrong_ones(hall: Hall) -> None:
    hall.start("round")
    tag = hall.phone().get(hall.path("state.json"))["ETag"]

    with mock.patch("dialogues.limits.may_type_a_code", side_effect=limits.TooOften("Wait.", 60)):
        answer = Client().get(hall.path("state.json"), headers={"if-none-match": tag})

    assert answer.status_code == 429


def test_what_others_say_is_no_news_to_a_phone_and_what_is_on_is(hall: Hall) -> None:
    item = hall.start("round")
    phone, path = hall.phone(), hall.path("state.json")
    tag = phone.get(path)["ETag"]

    capturing.take_down(
        hall.dialogue,
        capturing.Said(ContributionKind.HOPE, "That we listen", uuid.uuid4()),
        channel=Channel.PHONE,
        participant=hall.seat(),
        item=item,
    )
    unmoved = phone.get(path, headers={"if-none-match": tag})
    running.pause(item)
    moved = phone.get(path, headers={"if-none-match": tag})

    assert (unmoved.status_code, moved.status_code) == (304, 200)
    assert moved["ETag"] != tag


def test_phones_that_ask_at_one_version_are_answered_from_one_reading(hall: Hall) -> None:
    hall.start("round")
    path = hall.path("state.json")
    Client().get(path)

    with CaptureQueriesContext(connection) as asked:
        again = Client().get(path)

    assert again.json()["item"]["title"] == "The round"
    assert len(asked) == 0


def test_a_page_asks_as_often_with_three_statements_as_with_thirty(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("scale")

    def questions(n: int) -> int:
        for _one in range(n):
            capturing.take_down(
                hall.dialogue,
                capturing.Said(ContributionKind.RESERVATION, "But", uuid.uuid4()),
                channel=Channel.PHONE,
                participant=phone.seat,
                item=item,
            )
            factories.AgendaItemFactory(dialogue=hall.dialogue)
            hall.seat()
        with CaptureQueriesContext(connection) as asked:
            assert phone.open().status_code == 200
        return len(asked)

    few = questions(3)

    assert questions(30) == few <= 6


# ---- A code that is changed ----


def test_those_inside_stay_inside_when_the_code_is_changed(hall: Hall) -> None:
    client = Client()
    client.post(hall.path(), AGREED)
    item = hall.start("round")
    old = hall.change_code("9PQRTV")
    sent = {"kind": "hope", "text": "Still here", "round": item.pk, "key": str(uuid.uuid4())}

    state = client.get(hall.path("state.json", code=old))
    said = client.post(hall.path("say/", code=old), sent, content_type="application/json")
    page = client.get(hall.path(code=old))
    twice = hall.change_code("7XYWVT")
    from_the_first = client.get(hall.path(code=old))
    from_the_second = client.get(hall.path(code=twice))

    assert state.json()["item"]["id"] == item.pk
    assert said.json()["ok"] is True
    assert page["Location"] == "/join/9PQRTV/"
    assert from_the_first["Location"] == from_the_second["Location"] == "/join/7XYWVT/"
    assert "Seat 1" in bare(client.get("/join/7XYWVT/"))


def test_an_old_code_lets_nobody_in(hall: Hall) -> None:
    elsewhere = Hall(code="TTTTTT")
    phone = elsewhere.phone()
    old = hall.change_code("9PQRTV")

    for client in (Client(), phone):
        assert client.get(hall.path(code=old)).status_code == 404
        assert client.get(hall.path("state.json", code=old)).status_code == 404
        assert client.post(hall.path(code=old), AGREED).status_code == 404
    assert Participant.objects.filter(dialogue=hall.dialogue).count() == 0


# ---- Limits ----


def test_one_seat_that_sends_too_much_waits_and_keeps_its_text(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SAID", limits.Limit("said", 2, 60))
    phone, other, item = hall.phone(), hall.phone(), hall.start("ideas")

    taken = [phone.say("idea", f"Idea {n}", item=item).status_code for n in range(2)]
    refused = phone.say("idea", "One more", item=item)
    by_script = phone.send(kind="idea", text="x", round=item.pk, key=str(uuid.uuid4()))
    of_another = other.say("idea", "Mine", item=item)

    assert taken == [302, 302]
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert field(page_of(refused, 429), "text").strip() == "One more"
    assert "Wait a minute" in bare(refused)
    assert (by_script.status_code, by_script.json()["code"]) == (429, "often")
    assert by_script["Retry-After"]
    assert of_another.status_code == 302


def test_a_room_that_is_flooded_stops_and_others_go_on(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ROOM", limits.Limit("room", 3, 60))
    elsewhere = Hall(code="TTTTTT")
    item, other_item = hall.start("ideas"), elsewhere.start("ideas")

    codes = [hall.phone().say("idea", "x", item=item).status_code for _n in range(4)]
    other = elsewhere.phone().say("idea", "x", item=other_item)

    assert codes == [302, 302, 302, 429]
    assert other.status_code == 302


def test_seats_are_not_taken_by_the_thousand(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JOINED", limits.Limit("joined", 1, 60))

    codes = [Client().post(hall.path(), AGREED).status_code for _n in range(2)]

    assert codes == [302, 429]
    assert Participant.objects.count() == 1


def test_a_whole_hall_at_one_address_joins_and_speaks(hall: Hall) -> None:
    item = hall.start("round")
    codes = set()

    for _n in range(60):
        client = Client()
        codes.add(client.post(hall.path(), AGREED).status_code)
        sent = {"kind": "hope", "text": "Peace", "round": item.pk, "key": str(uuid.uuid4())}
        codes.add(client.post(hall.path("say/"), sent).status_code)

    assert codes == {302}
    assert Contribution.objects.count() == 60


def _guess(times: int, ip: str = "203.0.113.9") -> list[int]:
    client = Client(REMOTE_ADDR=ip)
    paths = ["/join/?code=XXXXXX", "/join/XXXXXX/", "/join/XXXXXX/state.json", "/join/XXXXXX/say/"]
    return [client.get(paths[n % 4]).status_code for n in range(times)]


def test_guessing_codes_shuts_typing_and_leaves_links_and_seats(hall: Hall) -> None:
    ip = "203.0.113.9"
    seated = hall.phone(REMOTE_ADDR=ip)
    signed = f"?k={limits.signature(hall.room.code)}"
    early = _guess(30)
    late = _guess(4)
    client = Client(REMOTE_ADDR=ip)

    typed = client.get("/join/", {"code": hall.room.code})
    by_hand = [client.get(hall.path(rest)).status_code for rest in ("", "state.json", "say/")]
    by_forged_link = client.get(hall.path("?k=0123456789abcdef"))
    by_link = [client.get(hall.path(f"{rest}{signed}")).status_code for rest in ("", "state.json")]
    joined = client.post(hall.path(signed), AGREED)
    inside = client.get(hall.path())
    with_seat = [seated.get(hall.path()).status_code]
    from_elsewhere = Client(REMOTE_ADDR="203.0.113.10").get(hall.path())

    assert 429 not in early
    assert set(late) == {429}
    page = page_of(typed, 429)
    assert page.one("input", name="code").get("value") == hall.room.code
    assert "Too many wrong codes" in body(page)
    assert 1 <= int(typed["Retry-After"]) <= 60
    assert by_hand == [429, 429, 429]
    assert by_forged_link.status_code == 429
    assert by_link == [200, 200]
    assert (joined.status_code, inside.status_code, with_seat) == (302, 200, [200])
    assert from_elsewhere.status_code == 200


def test_the_form_of_the_door_and_the_poll_carry_the_signature(hall: Hall) -> None:
    door = page_of(Client().get(hall.path()))
    inside = page_of(hall.phone().open())

    signed = f"k={limits.signature(hall.room.code)}"
    assert signed in door.one("form", method="post").get("action", "")
    assert signed in inside.element("phone").get("data-state-url", "")


def test_one_line_of_ipv6_is_one_address(hall: Hall) -> None:
    for n in range(31):
        _guess(1, ip=f"2001:db8:1:2::{n:x}")

    same = Client(REMOTE_ADDR="2001:db8:1:2:ffff::1").get(hall.path())
    other = Client(REMOTE_ADDR="2001:db8:1:3::1").get(hall.path())

    assert (same.status_code, other.status_code) == (429, 200)


def test_right_codes_are_never_counted(hall: Hall) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")

    assert {client.get(hall.path()).status_code for _n in range(100)} == {200}


def test_a_wrong_code_is_forgotten_after_its_minute(hall: Hall) -> None:
    _guess(31)

    with mock.patch("accounts.limits.time.time", return_value=__import__("time").time() + 61):
        answer = Client(REMOTE_ADDR="203.0.113.9").get(hall.path())

    assert answer.status_code == 200


def test_counters_of_a_full_room_do_not_push_out_what_sign_in_counts() -> None:
    cache = caches["default"]
    cache.set("sign-in", 5, 600)

    for seat in range(3_000):
        limits.count(limits.SAID, seat)

    assert cache.get("sign-in") == 5


# ---- What never shows ----


def test_a_page_holds_nothing_of_anybody_else(hall: Hall) -> None:
    hall.dialogue.attribution = Attribution.NAME
    hall.dialogue.save()
    item = hall.start("round", posts_itself=True)
    other = hall.phone(hall.seat(name="Zebedee", email="zebedee@example.org"))
    other.say(HOPE, "Their quagga", item=item)
    phone = hall.phone(hall.seat(name="Okapina"))
    phone.say(HOPE, "Mine", item=item)

    got = [phone.open(), phone.open("state.json"), Client().get(hall.path())]
    shown = b"".join(answer.content for answer in got).decode()

    for secret in ("Zebedee", "zebedee@", "quagga", "Okapina", phone.seat.key.hex):
        assert secret not in shown
    for code in Contribution.objects.values_list("code", flat=True):
        assert code not in shown


def test_no_page_of_a_phone_is_kept_by_anybody(hall: Hall) -> None:
    phone = hall.phone()

    for path in ("/join/", hall.path(), "/join/XXXXXX/"):
        answer = phone.get(path)
        assert "no-store" in answer["Cache-Control"], path
        assert not hasattr(answer.wsgi_request, "page_cache"), path
    assert phone.open("state.json")["Cache-Control"] == "private, no-cache"


def test_the_code_and_the_words_are_in_no_log(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    phone, item = hall.phone(), hall.start("round")

    with caplog.at_level("INFO", logger="w2i.request"):
        phone.say(HOPE, "Quagga", item=item)
        phone.open(f"?k={limits.signature(hall.room.code)}")

    lines = " ".join(str(vars(record)) for record in caplog.records if record.name == "w2i.request")
    assert "/join/<str:code>/say/" in lines
    for secret in (hall.room.code, "Quagga", phone.seat.key.hex):
        assert secret not in lines


def test_every_page_is_sound_in_both_languages(hall: Hall) -> None:
    phone, item = hall.phone(), hall.start("scale", text="A scale")
    key = str(uuid.uuid4())
    phone.say("reservation", "But", item=item, key=key)

    for prefix in ("", "/fr"):
        for rest in ("", f"?received={key}", f"?back={key}", f"statements/{key}/"):
            page_of(phone.get(hall.path(rest, prefix=prefix)))
        page_of(Client().get(hall.path(prefix=prefix)))
        page_of(Client().get(f"{prefix}/join/"))


# ---- The QR code ----


def test_the_link_of_the_qr_code_opens_the_room_in_the_dialogues_language(hall: Hall) -> None:
    hall.dialogue.language = "fr"
    hall.dialogue.save()
    room = Room.objects.select_related("dialogue").get()

    link = qr.join_link(RequestFactory().get("/anywhere/"), room)

    assert link == f"http://testserver/fr/join/4K79MP/?k={limits.signature('4K79MP')}"
    assert Client().get(link.removeprefix("http://testserver")).status_code == 200


def test_the_drawing_holds_the_modules_and_nothing_a_policy_stops() -> None:
    import segno

    text = 'https://example.org/join/4K79MP/?k=0&t="<x>'

    svg = qr.qr_svg(text, title='Join "here"')

    matrix = [list(row) for row in segno.make(text, error="m").matrix]
    drawn = [[0] * len(matrix) for _row in matrix]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        for step in range(int(length)):
            drawn[int(y) - qr.QUIET][int(x) - qr.QUIET + step] = 1
    assert drawn == matrix
    assert "style" not in svg
    assert "Join &quot;here&quot;" in svg
    assert html.unescape(svg).count("<svg") == 1


def test_the_settings_of_a_seat_last_shorter_than_a_session() -> None:
    assert timedelta(days=2).total_seconds() < settings.SESSION_COOKIE_AGE


def test_the_agenda_may_lose_the_item_that_is_on(hall: Hall) -> None:
    item = hall.start("round")
    phone = hall.phone()

    AgendaItem.objects.filter(pk=item.pk).delete()

    assert "Nothing is on right now" in bare(phone.open())
