"""What comes out of the printer: numbered cards, the sign-in sheet, the poster."""

import re
import zlib
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from accounts.models import User
from dialogues import cards, printing
from dialogues.cards import Run
from dialogues.models import Attribution, Channel, ContributionKind, Room
from tests.factories import ParticipantFactory, RoomFactory

pytestmark = pytest.mark.django_db

HOPE, CONCERN, IDEA = ContributionKind.HOPE, ContributionKind.CONCERN, ContributionKind.IDEA
MARKUP = '#panic("no") $x^2$ *bold* _it_ \\ "q" <label> @ref [a] //c `raw` = head'
A_HOPE = Run(HOPE, 1, 1)


@pytest.fixture
def room() -> Room:
    return RoomFactory(code="4K72MP", dialogue__title="What would it take?")


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the last sheet was made of; it is made all the same."""
    seen: dict[str, Any] = {}
    make = printing.pdf_of

    def keep(template: str, data: dict[str, Any]) -> bytes:
        seen.clear()
        seen.update(data)
        return make(template, data)

    monkeypatch.setattr(printing, "pdf_of", keep)
    return seen


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", unpacked(pdf)))


def unpacked(pdf: bytes) -> bytes:
    """A PDF with its compressed streams laid open."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def cards_of(room: Room, *runs: Run, **options: Any) -> bytes:
    usual: dict[str, Any] = {"paper": "a4", "each": 4, "language": "en"}
    return printing.cards_pdf(room.dialogue, runs, **usual | options)


# ---- Numbers ----


def test_printed_numbers_are_given_to_nothing_else(room: Room) -> None:
    first = cards.reserve(room.dialogue, {HOPE: 30})
    again = cards.reserve(room.dialogue, {HOPE: 5, CONCERN: 2})

    with Room.objects.changing(room.dialogue) as held:
        spoken = held.numbered(HOPE)

    assert first == [Run(HOPE, 1, 30)]
    assert again == [Run(HOPE, 31, 35), Run(CONCERN, 1, 2)]
    assert list(spoken) == [36]


def test_cards_get_the_numbers_after_those_of_what_was_said_before(room: Room) -> None:
    with Room.objects.changing(room.dialogue) as held:
        held.numbered(HOPE, 4)

    assert cards.reserve(room.dialogue, {HOPE: 2}) == [Run(HOPE, 5, 6)]


def test_what_was_printed_is_remembered_print_by_print(room: Room) -> None:
    cards.reserve(room.dialogue, {HOPE: 3})
    cards.reserve(room.dialogue, {IDEA: 1, HOPE: 2})
    room.refresh_from_db()

    assert cards.runs_of(room) == [Run(HOPE, 1, 3), Run(HOPE, 4, 5), Run(IDEA, 1, 1)]


def test_a_double_click_does_not_take_numbers_twice(room: Room) -> None:
    cards.reserve(room.dialogue, {HOPE: 3}, seen=0)

    with pytest.raises(ValidationError, match="since this page was opened"):
        cards.reserve(room.dialogue, {HOPE: 3}, seen=0)

    room.refresh_from_db()
    assert cards.runs_of(room) == [Run(HOPE, 1, 3)]


@pytest.mark.parametrize(
    ("run", "there"),
    [
        (Run(HOPE, 1, 5), True),  # across two prints
        (Run(HOPE, 3, 3), True),
        (Run(HOPE, 5, 6), False),
        (Run(HOPE, 3, 1), False),
        (Run(CONCERN, 1, 1), False),
    ],
)
def test_only_what_was_printed_is_printed_again(run: Run, there: bool, room: Room) -> None:
    cards.reserve(room.dialogue, {HOPE: 3})
    cards.reserve(room.dialogue, {HOPE: 2})
    room.refresh_from_db()

    assert cards.is_printed(room, run) == there


# ---- Sheets ----


@pytest.mark.parametrize(("each", "n", "expected"), [(4, 4, 1), (4, 5, 2), (8, 8, 1), (8, 17, 3)])
def test_cards_fill_pages(each: int, n: int, expected: int, room: Room) -> None:
    assert pages(cards_of(room, Run(HOPE, 1, n), each=each)) == expected


@pytest.mark.parametrize("kind", ContributionKind)
@pytest.mark.parametrize("number", [7, 120, 12_345])
def test_a_card_says_its_kind_and_its_number(
    kind: ContributionKind, number: int, room: Room, data: dict[str, Any]
) -> None:
    cards_of(room, Run(kind, number, number), each=8)

    (card,) = data["cards"]
    assert card["word"] == kind.label
    assert card["code"] == f"{kind.upper()}-{number:02}"
    assert card["label"] == f"{number:02}"


def test_sheets_are_tagged_and_say_their_title_and_language(room: Room) -> None:
    sheets = [
        cards_of(room, A_HOPE, language="fr"),
        printing.sign_in_pdf(room.dialogue, paper="a4", language="fr"),
        printing.poster_pdf(room, site="https://example.org", paper="a4", language="fr"),
    ]

    for sheet in sheets:
        inside = unpacked(sheet)
        assert sheet.startswith(b"%PDF-")
        assert b"/MarkInfo" in inside
        assert b"/StructTreeRoot" in inside
        assert b"/Lang(fr)" in inside
        assert b"/DisplayDocTitle true" in inside
        assert b"<pdfuaid:part>1</pdfuaid:part>" in inside
        assert b"What would it take?" in inside  # in its title


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_sheets_come_on_both_papers(paper: str, size: tuple[int, int], room: Room) -> None:
    upright = [
        cards_of(room, A_HOPE, paper=paper),
        printing.poster_pdf(room, site="https://example.org", paper=paper, language="en"),
    ]
    across = printing.sign_in_pdf(room.dialogue, paper=paper, language="en")

    assert [box_of(sheet) for sheet in upright] == [size, size]
    assert box_of(across) == size[::-1]


def box_of(pdf: bytes) -> tuple[int, int]:
    match = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", unpacked(pdf))
    assert match is not None
    return round(float(match[1])), round(float(match[2]))


@pytest.mark.parametrize(
    ("country", "paper"),
    [("Canada", "letter"), (" united states ", "letter"), ("Rwanda", "a4"), ("", "a4")],
)
def test_the_usual_paper_is_that_of_the_country(country: str, paper: str, room: Room) -> None:
    room.dialogue.country = country

    assert printing.paper_of(room.dialogue) == paper


def test_what_people_write_is_printed_and_never_run(room: Room, data: dict[str, Any]) -> None:
    room.dialogue.title = room.dialogue.place = MARKUP
    room.dialogue.attribution = Attribution.NAME
    room.dialogue.privacy_contact = MARKUP
    ParticipantFactory(dialogue=room.dialogue, seat=1, name=MARKUP, affiliation=MARKUP)

    poster = printing.poster_pdf(room, site="https://example.org", paper="a4", language="en")
    assert data["title"] == MARKUP
    sheet = printing.sign_in_pdf(room.dialogue, paper="a4", language="en")
    assert MARKUP in data["rows"][0]["cells"][0]
    card = cards_of(room, A_HOPE)

    # The title of the document is the text itself, as XML writes it.
    for pdf in (poster, sheet, card):
        assert b"#panic(&quot;no&quot;) $x^2$ *bold* _it_ \\ &quot;q&quot; &lt;label&gt;" in (
            unpacked(pdf).replace(b'"', b"&quot;")
        )


@pytest.mark.parametrize("title", ["Emoji 😀 中文 مرحبا", "a\x01b\u202ec", "x" * 300, "W" * 300])
def test_no_title_keeps_a_sheet_from_being_printed(title: str, room: Room) -> None:
    room.dialogue.title = title

    sheets = [
        cards_of(room, A_HOPE),
        printing.sign_in_pdf(room.dialogue, paper="a4", language="en"),
        printing.poster_pdf(room, site="https://example.org", paper="a4", language="en"),
    ]

    assert [pages(sheet) for sheet in sheets] == [1, 2, 1]


def test_the_sign_in_sheet_asks_each_thing_in_full(room: Room, data: dict[str, Any]) -> None:
    room.dialogue.attribution = Attribution.NAME
    room.dialogue.keep_until = date(2027, 1, 31)
    room.dialogue.privacy_contact = "Ana, ana@example.org"

    printing.sign_in_pdf(room.dialogue, paper="a4", language="en")

    wordings = {p["letter"]: p["wording"] for p in data["purposes"]}
    assert list(wordings) == ["A", "B", "C", "D", "E"]
    assert "erased on 31 January 2027" in wordings["A"]
    assert "Ana, ana@example.org" in wordings["A"]
    assert wordings["C"].startswith("My name may stand beside what I say")


def test_the_sign_in_sheet_knows_who_has_a_seat_and_repeats_no_address(
    room: Room, data: dict[str, Any]
) -> None:
    person = {"name": "Ann", "affiliation": "SFU", "sector": "education", "email": "a@example.org"}
    ParticipantFactory(dialogue=room.dialogue, seat=3, **person)
    ParticipantFactory(dialogue=room.dialogue, seat=4, name="Gone", has_left=True)

    printing.sign_in_pdf(room.dialogue, paper="a4", language="en", empty=2)

    assert [column["name"] for column in data["columns"]][:3] == ["Name", "Affiliation", "Sector"]
    assert data["rows"] == [
        {"seat": "3", "cells": ["Ann", "SFU", "Education", "known to us"]},
        {"seat": "", "cells": ["", "", "", ""]},
        {"seat": "", "cells": ["", "", "", ""]},
    ]


def test_an_anonymous_sign_in_sheet_has_no_names(room: Room, data: dict[str, Any]) -> None:
    room.dialogue.attribution = Attribution.ANONYMOUS
    # Typed in before the rule was chosen.
    ParticipantFactory(dialogue=room.dialogue, seat=1, name="Ann", email="a@example.org")

    printing.sign_in_pdf(room.dialogue, paper="a4", language="en", empty=1)

    assert [column["name"] for column in data["columns"]] == ["Sector"]
    assert data["rows"] == [{"seat": "1", "cells": [""]}, {"seat": "", "cells": [""]}]
    assert len(data["purposes"]) == 2
    assert cards_of(room, A_HOPE)
    assert data["seat"] == ""


def test_a_sign_in_sheet_costs_the_same_for_three_and_for_thirty(
    room: Room, django_assert_num_queries: Any
) -> None:
    for n in (3, 30):
        for _person in range(n):
            ParticipantFactory(dialogue=room.dialogue)
        with django_assert_num_queries(1):
            printing.sign_in_pdf(room.dialogue, paper="a4", language="en")


def test_the_poster_shows_the_code_and_leads_to_the_room(room: Room, data: dict[str, Any]) -> None:
    printing.poster_pdf(room, site="https://example.org", paper="a4", language="en")

    assert data["code"] == "4K7 2MP"
    assert data["address"] == "example.org/join"
    assert data["alt"] == "QR code that leads to https://example.org/join/4K72MP/"
    assert data["qr"].startswith("<svg")


def test_the_poster_of_a_french_dialogue_leads_to_the_french_page(
    room: Room, data: dict[str, Any]
) -> None:
    printing.poster_pdf(room, site="https://example.org", paper="a4", language="fr")

    assert data["address"] == "example.org/fr/join"
    assert data["where"] == "Vancouver, 10 novembre 2009"
    assert translation.get_language() == "en"


@pytest.mark.parametrize("rule", Attribution)
def test_the_poster_says_what_becomes_of_names(
    rule: Attribution, room: Room, data: dict[str, Any]
) -> None:
    room.dialogue.attribution = rule
    said = {
        Attribution.NONE: "Your words are never shown with your name.",
        Attribution.NAME: "Your name stands beside your words only if you say so.",
        Attribution.SECTOR: "with your sector, never with your name.",
        Attribution.CHATHAM_HOUSE: "who said it, and who was here, may not be told.",
        Attribution.ANONYMOUS: "Nobody asks for your name.",
    }

    printing.poster_pdf(room, site="https://example.org", paper="a4", language="en")

    assert len(data["means"]) == 2
    assert data["means"][1].endswith(said[rule])


# ---- The page ----


@pytest.fixture
def desk(room: Room, facilitator: User, client: Client) -> Client:
    room.dialogue.facilitators.add(facilitator)
    client.force_login(facilitator)
    return client


def of(room: Room, name: str = "") -> str:
    return f"/dialogues/{room.dialogue.slug}/print/{name}"


def test_new_cards_come_at_once_and_can_be_loaded_again(desk: Client, room: Room) -> None:
    asked = {
        "hope": "9",
        "idea": "2",
        "each": "8",
        "paper": "letter",
        "language": "en",
        "seen": "0",
    }

    response = desk.post(of(room, "cards.pdf"), asked)
    there = response["Location"]
    first, again = desk.get(there), desk.get(there)

    assert response.status_code == 302
    assert there.endswith(
        "?kind=hope&from=1&to=9&kind=idea&from=1&to=2&each=8&paper=letter&language=en"
    )
    assert first["Content-Type"] == again["Content-Type"] == "application/pdf"
    assert pages(first.content) == 2
    room.refresh_from_db()
    assert cards.runs_of(room) == [Run(HOPE, 1, 9), Run(IDEA, 1, 2)]
    assert "no-store" in first["Cache-Control"]


def test_a_page_that_was_used_says_so_and_takes_no_numbers(desk: Client, room: Room) -> None:
    desk.post(of(room, "cards.pdf"), {"hope": "2", "seen": "0"})

    second = desk.post(of(room, "cards.pdf"), {"hope": "2", "seen": "0"})

    assert "since this page was opened" in second.content.decode()
    room.refresh_from_db()
    assert cards.runs_of(room) == [Run(HOPE, 1, 2)]
    third = desk.post(of(room, "cards.pdf"), {"hope": "2", "seen": "2"})
    assert third.status_code == 302


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "Say how many cards of at least one kind."),
        ({"hope": "many"}, "Write how many, in figures."),
        ({"hope": "-1"}, "Write 0 or more."),
        ({"hope": "301"}, "Print at most 300 of a kind at once."),
        ({"hope": "300", "idea": "300", "concern": "1"}, "These are 601 cards."),
        ({"hope": "1", "paper": "a5"}, "a5 is not one of the available choices"),
    ],
)
def test_what_can_not_be_printed_is_said_and_kept(
    asked: dict[str, str], message: str, desk: Client, room: Room
) -> None:
    response = desk.post(of(room, "cards.pdf"), asked)

    page = response.content.decode()
    assert response.status_code == 200
    assert message in page
    assert "Error:" in page
    for value in asked.values():
        assert value == "a5" or f'value="{value}"' in page
    room.refresh_from_db()
    assert cards.runs_of(room) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?kind=hope&from=1&to=4",
        "?kind=hope&from=0&to=1",
        "?kind=wish&from=1&to=1",
        "?kind=hope&from=3&to=1",
        "?kind=hope&from=x&to=1",
        "?kind=hope&from=1&to=99999999999",
        "?kind=hope&from=1&to=2&each=5",
        "?kind=hope&from=1&to=2&kind=idea&from=1&to=1",
        "?" + "&".join(["kind=hope&from=1&to=3"] * 201),
    ],
)
def test_what_was_not_printed_or_is_too_much_is_not_printed_again(
    query: str, desk: Client, room: Room
) -> None:
    cards.reserve(room.dialogue, {HOPE: 3})

    response = desk.get(of(room, f"cards.pdf{query}"))

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize("name", ["sign-in.pdf", "poster.pdf"])
def test_sheets_come_in_the_language_of_the_dialogue(
    name: str, desk: Client, room: Room, data: dict[str, Any]
) -> None:
    room.dialogue.language = "fr"
    room.dialogue.save()

    response = desk.get(of(room, name))
    assert (data["language"], response["Content-Type"]) == ("fr", "application/pdf")

    desk.get(of(room, f"{name}?language=en&paper=letter"))
    assert (data["language"], data["paper"]) == ("en", "us-letter")

    wrong = desk.get(of(room, f"{name}?paper=foolscap"))
    assert "foolscap is not one of the available choices" in wrong.content.decode()


def test_the_poster_leads_to_the_site_it_was_printed_from(
    desk: Client, room: Room, data: dict[str, Any]
) -> None:
    desk.get(of(room, "poster.pdf"), headers={"host": "localhost:8123"})

    assert data["alt"] == "QR code that leads to http://localhost:8123/join/4K72MP/"


def test_the_print_set_of_a_dialogue_without_a_room_makes_one(
    facilitator: User, client: Client, room: Room
) -> None:
    dialogue = room.dialogue
    room.delete()
    dialogue.facilitators.add(facilitator)
    client.force_login(facilitator)

    assert client.get(of(room)).status_code == 200
    assert Room.objects.filter(dialogue=dialogue).exists()


def test_the_print_set_costs_the_same_after_one_print_and_after_many(
    desk: Client, room: Room, django_assert_max_num_queries: Any
) -> None:
    cards.reserve(room.dialogue, {HOPE: 1})
    with django_assert_max_num_queries(20) as few:
        desk.get(of(room))
    for _n in range(20):
        cards.reserve(room.dialogue, {HOPE: 1})

    with django_assert_max_num_queries(len(few)):
        page = desk.get(of(room)).content.decode()

    assert page.count("Print again") == 21


def test_names_stand_on_the_sheet_and_not_on_the_page(desk: Client, room: Room) -> None:
    ParticipantFactory(dialogue=room.dialogue, name="Zebedee", channel=Channel.CONSOLE)

    assert "Zebedee" not in desk.get(of(room)).content.decode()
