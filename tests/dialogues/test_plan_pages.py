"""The pages of a plan: what they show, what they take, what they say when something is wrong."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, Role, User
from dialogues import planning, running
from dialogues.forms.planning import _known_zones
from dialogues.models import AgendaItem, Attribution, Dialogue, Room
from tests import factories
from tests.factories import (
    AgendaItemFactory,
    ConvenerFactory,
    DialogueFactory,
    InvitationFactory,
    PersonFactory,
    UserFactory,
)
from tests.markup import Page, faults, text_of, words

pytestmark = pytest.mark.django_db

FACTS = {
    "title": "A civic dialogue",
    "on": "2026-03-14",
    "starts": "09:30",
    "time_zone": "America/Vancouver",
    "place": "Vancouver",
    "region": "British Columbia",
    "language": "en",
    "also_in": "fr",
}
RULES = {
    **FACTS,
    "attribution": "sector",
    "privacy_contact": "Ada, ada@example.org",
    "keep_until": "2026-12-31",
    "check_back_until": "2026-04-01",
}
ITEM = {"kind": "round", "text": "Hopes", "minutes": "25", "turn_seconds": "45", "word_limit": "60"}


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(facilitators=[facilitator])


@pytest.fixture
def browser_of_facilitator(facilitator: User) -> Client:
    client = Client()
    client.force_login(facilitator)
    return client


def page(client: Client, name: str, *args: Any) -> Page:
    answer = client.get(reverse(f"dialogues:{name}", args=args))
    assert answer.status_code == 200
    found = Page(answer.content.decode())
    assert faults(found) == []
    return found


def text(found: Page) -> str:
    return words(text_of(found.one("main")))


def send(client: Client, page_name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"dialogues:{page_name}", args=args), data)


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def said(answer: Any) -> str:
    """What the page a form leads to says happened."""
    return " ".join(str(message) for message in answer.wsgi_request._messages)


def problems(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "There is a problem" in html
    assert "<title>Error:" in html
    return dict(answer.context["form"].errors)


# ---- All plans ----


def at_every_stage(by: User) -> dict[str, Dialogue]:
    today = timezone.localdate()
    plans: dict[str, Dialogue] = {
        "planned": DialogueFactory(on=today + timedelta(days=9)),
        "running": DialogueFactory(on=today),
        "held": DialogueFactory(on=today - timedelta(days=9)),
        "published": DialogueFactory(published=True),
        "rehearsals": DialogueFactory(on=today + timedelta(days=9), is_rehearsal=True),
    }
    for plan in plans.values():
        plan.facilitators.add(by)
    item = AgendaItemFactory(dialogue=plans["running"])
    Room.objects.of(item.dialogue)
    running.start(item, by=by)
    return plans


def test_plans_are_shown_by_how_far_they_have_come(
    browser_of_facilitator: Client, facilitator: User
) -> None:
    plans = at_every_stage(facilitator)
    DialogueFactory(facilitators=[UserFactory()])

    answer = browser_of_facilitator.get(reverse("dialogues:dialogue_plans"))

    groups = {stage: rows for stage, _words, rows in answer.context["groups"]}
    assert groups == {stage: [plan] for stage, plan in plans.items()}
    assert faults(Page(answer.content.decode())) == []


def test_a_scribe_finds_the_dialogue_and_no_way_into_its_plan(citizen: User) -> None:
    dialogue = DialogueFactory(facilitators=[UserFactory()])
    dialogue.scribes.add(citizen)
    client = Client()
    client.force_login(citizen)

    found = page(client, "dialogue_plans")

    assert dialogue.title in text(found)
    assert reverse("dialogues:dialogue_plan", args=[dialogue.slug]) not in found.hrefs
    assert reverse("dialogues:dialogue_new") not in found.hrefs


def test_whoever_has_no_part_in_any_is_told_who_plans(citizen: User) -> None:
    client = Client()
    client.force_login(citizen)

    answer = client.get("/dialogues/plan/")

    assert answer.status_code == 403
    assert "Dialogues are planned by facilitators" in answer.content.decode()


@pytest.mark.parametrize(
    ("roles", "is_scribe", "links"),
    [
        ([Role.FACILITATOR], False, {"/dialogues/plan/", "/dialogues/plan/new/"}),
        ([], True, {"/dialogues/plan/"}),
        ([Role.ORGANIZATION_MEMBER], False, set()),
        ([], False, set()),
    ],
)
def test_the_list_of_dialogues_leads_those_who_plan_to_their_own(
    roles: list[str], is_scribe: bool, links: set[str]
) -> None:
    user = UserFactory(roles=roles)
    if is_scribe:
        DialogueFactory().scribes.add(user)
    client = Client()
    client.force_login(user)

    found = Page(client.get("/dialogues/").content.decode())

    assert {href for href in found.hrefs if href.startswith("/dialogues/plan/")} == links


def test_the_signed_out_see_no_link_to_plans() -> None:
    found = Page(Client().get("/dialogues/").content.decode())

    assert not [href for href in found.hrefs if "/plan/" in href]


# ---- A new one ----


def test_a_dialogue_is_planned_in_one_form(
    browser_of_facilitator: Client, facilitator: User
) -> None:
    report = factories.ReportFactory()

    answer = send(
        browser_of_facilitator,
        "dialogue_new",
        **FACTS,
        report=report.pk,
        start_from="vancouver",
    )

    dialogue = Dialogue.objects.get()
    assert answer["Location"] == "/dialogues/vancouver-2026-03-14/plan/"
    assert (dialogue.on, dialogue.starts) == (date(2026, 3, 14), time(9, 30))
    assert (dialogue.time_zone, dialogue.report) == ("America/Vancouver", report)
    assert (dialogue.language, dialogue.also_in) == ("en", "fr")
    assert dialogue.agenda.count() == 7
    assert list(dialogue.facilitators.all()) == [facilitator]


def test_a_dialogue_may_begin_as_an_earlier_one_of_mine(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    AgendaItemFactory(dialogue=dialogue, text="Mine")
    page(browser_of_facilitator, "dialogue_new")

    send(browser_of_facilitator, "dialogue_new", **FACTS, start_from=f"copy:{dialogue.slug}")

    assert Dialogue.objects.get(slug="vancouver-2026-03-14").agenda.get().text == "Mine"


def test_nobody_copies_what_is_not_theirs(browser_of_facilitator: Client) -> None:
    other = DialogueFactory(facilitators=[UserFactory()])

    answer = send(browser_of_facilitator, "dialogue_new", **FACTS, start_from=f"copy:{other.slug}")

    assert "start_from" in problems(answer)
    assert Dialogue.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"title": ""}, "title", "Give the dialogue a title."),
        ({"title": "x" * 301}, "title", "300"),
        ({"on": ""}, "on", "Choose the day it is held."),
        ({"on": "14.3.2026"}, "on", "Write the date as year-month-day, such as 2026-03-14."),
        ({"starts": "half nine"}, "starts", "such as 09:30"),
        ({"place": " "}, "place", "Write the town or city it is held in."),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Choose a time zone from the list."),
        ({"also_in": "en"}, "also_in", "This is the first language already"),
        ({"report": "999"}, "report", ""),
        ({"title": "a\x00b"}, "title", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(
    browser_of_facilitator: Client, change: dict[str, str], field: str, words: str
) -> None:
    data = {**FACTS, "venue": "The long hall", "start_from": "empty", **change}

    answer = send(browser_of_facilitator, "dialogue_new", **data)

    assert list(problems(answer)) == [field]
    assert words in problems(answer)[field][0]
    assert 'value="The long hall"' in answer.content.decode()
    assert not Dialogue.objects.exists()


def test_a_draft_of_a_report_is_not_offered(browser_of_facilitator: Client) -> None:
    factories.ReportFactory(title="Secret", published=False, published_at=None, published_by=None)

    assert "Secret" not in text(page(browser_of_facilitator, "dialogue_new"))


# ---- The plan at one look ----


def test_the_plan_shows_what_is_planned(browser_of_facilitator: Client, dialogue: Dialogue) -> None:
    dialogue.starts = time(9, 30)
    dialogue.save()
    speaker = PersonFactory(dialogue=dialogue, name="Kyle Winter")
    AgendaItemFactory(dialogue=dialogue, text="Brief", minutes=90).led_by.add(speaker)
    ConvenerFactory(dialogue=dialogue, organization__name="A network")
    dialogue.scribes.add(UserFactory(name="Sam Scribe"))
    InvitationFactory(dialogue=dialogue, email="asked@example.org")

    found = page(browser_of_facilitator, "dialogue_plan", dialogue.slug)

    for said_there in (
        "9:30 a.m.",
        "1 h 30 min, until 11 a.m.",
        "led by Kyle Winter",
        "A network",
        "Sam Scribe",
        "1 has not answered yet",
        "Joining is closed.",
        "Still missing",
    ):
        assert said_there in text(found)
    code = Room.objects.get().code
    assert f"{code[:3]} {code[3:]}" in text(found)


def test_a_plan_shows_no_participant(browser_of_facilitator: Client, dialogue: Dialogue) -> None:
    factories.ParticipantFactory(dialogue=dialogue, name="Quagga", email="quagga@example.org")

    for name in ("plan", "facts", "agenda", "people", "conveners", "team", "copy"):
        found = page(browser_of_facilitator, f"dialogue_{name}", dialogue.slug)
        assert "quagga" not in found.html.lower()


@pytest.mark.parametrize("name", ["plan", "agenda", "people", "conveners", "team", "facts"])
def test_the_queries_of_a_page_do_not_grow_with_the_plan(
    name: str, browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    path = reverse(f"dialogues:dialogue_{name}", args=[dialogue.slug])
    Room.objects.of(dialogue)
    fill(dialogue, 3)
    few = queries_of(browser_of_facilitator, path)
    fill(dialogue, 27)

    assert queries_of(browser_of_facilitator, path) == few


def fill(dialogue: Dialogue, n: int) -> None:
    for _n in range(n):
        person = PersonFactory(dialogue=dialogue)
        AgendaItemFactory(dialogue=dialogue, minutes=5).led_by.add(person)
        ConvenerFactory(dialogue=dialogue)
        dialogue.scribes.add(UserFactory())
        InvitationFactory(dialogue=dialogue)


@pytest.mark.parametrize("name", ["dialogue_plans", "dialogue_new"])
def test_the_queries_of_a_page_do_not_grow_with_the_number_of_plans(
    name: str, browser_of_facilitator: Client, facilitator: User
) -> None:
    path = reverse(f"dialogues:{name}")
    counts = []
    for n in (3, 27):
        for _n in range(n):
            Room.objects.of(DialogueFactory(facilitators=[facilitator]))
        counts.append(queries_of(browser_of_facilitator, path))

    assert counts[0] == counts[1]


# ---- Facts and promises ----


def test_facts_and_promises_are_changed(browser_of_facilitator: Client, dialogue: Dialogue) -> None:
    page(browser_of_facilitator, "dialogue_facts", dialogue.slug)

    answer = send(browser_of_facilitator, "dialogue_facts", dialogue.slug, **RULES)

    assert answer["Location"] == reverse("dialogues:dialogue_plan", args=[dialogue.slug])
    dialogue.refresh_from_db()
    assert dialogue.attribution == Attribution.SECTOR
    assert dialogue.keep_until == date(2026, 12, 31)
    assert dialogue.check_back_until == date(2026, 4, 1)
    assert dialogue.slug.startswith("dialogue-")  # links to it stay good


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"keep_until": "2026-03-01"}, "keep_until"),
        ({"check_back_until": "2026-03-01"}, "check_back_until"),
        ({"check_back_until": "2027-03-01"}, "check_back_until"),
        ({"attribution": "shouted"}, "attribution"),
        ({"attribution": ""}, "attribution"),
    ],
)
def test_promises_that_contradict_each_other_are_refused(
    browser_of_facilitator: Client, dialogue: Dialogue, change: dict[str, str], field: str
) -> None:
    answer = send(browser_of_facilitator, "dialogue_facts", dialogue.slug, **{**RULES, **change})

    assert list(problems(answer)) == [field]
    dialogue.refresh_from_db()
    assert dialogue.title != FACTS["title"]


def test_a_promise_that_was_made_is_not_broken(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    factories.ContributionFactory(dialogue=dialogue)

    answer = send(browser_of_facilitator, "dialogue_facts", dialogue.slug, **RULES)

    assert "stricter, not laxer" in problems(answer)["attribution"][0]
    dialogue.refresh_from_db()
    assert dialogue.attribution == Attribution.NONE


def test_a_time_zone_of_an_old_name_is_kept(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    dialogue.time_zone = "Canada/Pacific"
    dialogue.save()

    found = page(browser_of_facilitator, "dialogue_facts", dialogue.slug)

    assert found.one("option", value="Canada/Pacific").get("selected") is not None


def test_each_time_zone_is_offered_once() -> None:
    names = _known_zones()

    assert {"America/Vancouver", "America/St_Johns", "Europe/Paris", "Africa/Kigali"} < set(names)
    assert not {"Asia/Calcutta", "America/Buenos_Aires", "US/Pacific", "EST"} & set(names)


def test_without_the_systems_table_all_names_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    _known_zones.cache_clear()
    try:
        assert {"America/Vancouver", "Asia/Calcutta"} < set(_known_zones())
    finally:
        _known_zones.cache_clear()


# ---- Copy ----


def test_a_dialogue_is_copied_to_another_day(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    AgendaItemFactory(dialogue=dialogue)
    page(browser_of_facilitator, "dialogue_copy", dialogue.slug)

    answer = send(
        browser_of_facilitator, "dialogue_copy", dialogue.slug, title="Again", on="2026-03-14"
    )

    assert answer["Location"] == "/dialogues/vancouver-2026-03-14/plan/"
    assert Dialogue.objects.get(title="Again").agenda.count() == 1


def test_a_copy_needs_a_day(browser_of_facilitator: Client, dialogue: Dialogue) -> None:
    answer = send(browser_of_facilitator, "dialogue_copy", dialogue.slug, title="Again", on="")

    assert problems(answer) == {"on": ["Choose the day it is held."]}
    assert Dialogue.objects.count() == 1


# ---- Room ----


@pytest.mark.parametrize(("do", "is_open"), [("open", True), ("close", False), ("", False)])
def test_one_button_lets_phones_in_and_another_keeps_them_out(
    do: str, is_open: bool, browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    planning.let_in(dialogue, do == "close")

    answer = send(browser_of_facilitator, "room_change", dialogue.slug, do=do)

    assert answer["Location"].endswith("/plan/#room")
    assert Room.objects.get().is_open is is_open


def test_another_code_is_one_button_away(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    old = Room.objects.of(dialogue).code

    send(browser_of_facilitator, "room_change", dialogue.slug, do="code")

    assert Room.objects.get().code != old


# ---- Agenda ----


def test_an_empty_agenda_is_filled_with_a_format(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    empty = page(browser_of_facilitator, "dialogue_agenda", dialogue.slug)
    assert "The Vancouver format" in text(empty)

    send(browser_of_facilitator, "agenda_fill", dialogue.slug, format="vancouver")
    send(browser_of_facilitator, "agenda_fill", dialogue.slug, format="none-such")

    assert dialogue.agenda.count() == 7
    page(browser_of_facilitator, "dialogue_agenda", dialogue.slug)


def test_an_item_is_added_with_its_rules_and_who_leads_it(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    speaker = PersonFactory(dialogue=dialogue)
    page(browser_of_facilitator, "agenda_item_new", dialogue.slug)

    answer = send(
        browser_of_facilitator,
        "agenda_item_new",
        dialogue.slug,
        **ITEM,
        led_by=[speaker.pk],
        posts_itself="on",
    )

    item = dialogue.agenda.get()
    assert answer["Location"].endswith(f"/plan/agenda/#item-{item.pk}")
    assert (item.kind, item.text, item.minutes) == ("round", "Hopes", 25)
    assert (item.turn_seconds, item.word_limit) == (45, 60)
    assert (item.posts_itself, item.is_silent, item.shows_results) == (True, False, False)
    assert list(item.led_by.all()) == [speaker]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"kind": ""}, "kind", "Choose what kind of item it is."),
        ({"text": ""}, "text", "Write what the room reads about it."),
        ({"minutes": "0"}, "minutes", "An item takes 1 to 600 minutes."),
        ({"minutes": "601"}, "minutes", "An item takes 1 to 600 minutes."),
        ({"minutes": "a while"}, "minutes", "Write a number of minutes, such as 25."),
        ({"turn_seconds": "4"}, "turn_seconds", "Give each speaker 5 to 900 seconds."),
        ({"turn_seconds": ""}, "turn_seconds", "Give each speaker 5 to 900 seconds."),
        ({"word_limit": "99999999999999999999"}, "word_limit", "Allow 5 to 500 words."),
        ({"led_by": "999"}, "led_by", ""),
    ],
)
def test_an_item_that_could_not_be_run_is_refused(
    browser_of_facilitator: Client,
    dialogue: Dialogue,
    change: dict[str, str],
    field: str,
    words: str,
) -> None:
    PersonFactory(pk=999)  # of another dialogue

    answer = send(browser_of_facilitator, "agenda_item_new", dialogue.slug, **{**ITEM, **change})

    assert list(problems(answer)) == [field]
    assert words in problems(answer)[field][0]
    assert not dialogue.agenda.exists()


def test_an_item_is_changed(browser_of_facilitator: Client, dialogue: Dialogue) -> None:
    item = AgendaItemFactory(dialogue=dialogue)
    page(browser_of_facilitator, "agenda_item_edit", dialogue.slug, item.pk)

    send(browser_of_facilitator, "agenda_item_edit", dialogue.slug, item.pk, **ITEM)

    item.refresh_from_db()
    assert (item.text, item.minutes) == ("Hopes", 25)


def test_a_round_that_runs_keeps_its_kind_and_says_so(
    browser_of_facilitator: Client, dialogue: Dialogue, facilitator: User
) -> None:
    item = AgendaItemFactory(dialogue=dialogue)
    Room.objects.of(dialogue)
    running.start(item, by=facilitator)

    answer = send(
        browser_of_facilitator,
        "agenda_item_edit",
        dialogue.slug,
        item.pk,
        **{**ITEM, "kind": "scale"},
    )

    assert "stays as it is" in problems(answer)["kind"][0]


def items(dialogue: Dialogue) -> list[AgendaItem]:
    return [
        AgendaItemFactory(dialogue=dialogue, text=text, order=n) for n, text in enumerate("abc")
    ]


def in_order(dialogue: Dialogue) -> str:
    return "".join(dialogue.agenda.order_by("order", "id").values_list("text", flat=True))


@pytest.mark.parametrize(
    ("which", "to", "order", "focus"),
    [
        (1, "up", "bac", "down"),  # now the first: only down is left
        (2, "up", "acb", "up"),
        (0, "down", "bac", "down"),
        (1, "down", "acb", "up"),  # now the last
    ],
)
def test_up_and_down_move_an_item_and_keep_the_focus_on_it(
    browser_of_facilitator: Client,
    dialogue: Dialogue,
    which: int,
    to: str,
    order: str,
    focus: str,
) -> None:
    item = items(dialogue)[which]

    answer = send(browser_of_facilitator, "agenda_item_move", dialogue.slug, item.pk, to=to)

    assert in_order(dialogue) == order
    assert answer["Location"].endswith(f"/plan/agenda/#{focus}-{item.pk}")
    assert f"is number {order.index(item.text) + 1} of 3" in said(answer)
    after = page(browser_of_facilitator, "dialogue_agenda", dialogue.slug)
    assert f'id="{focus}-{item.pk}"' in after.html


def test_an_item_is_removed_unless_it_has_started(
    browser_of_facilitator: Client, dialogue: Dialogue, facilitator: User
) -> None:
    first, second, _third = items(dialogue)
    Room.objects.of(dialogue)
    running.start(first, by=facilitator)

    refused = send(browser_of_facilitator, "agenda_item_delete", dialogue.slug, first.pk)
    done = send(browser_of_facilitator, "agenda_item_delete", dialogue.slug, second.pk)

    assert in_order(dialogue) == "ac"
    assert "has started" in said(refused)
    assert "is removed" in said(done)


def test_the_order_items_were_dragged_to_is_taken_and_their_times_are_told(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    first, second, third = items(dialogue)
    keys = [third.pk, first.pk, second.pk]

    answer = send(browser_of_facilitator, "agenda_order", dialogue.slug, item=keys)

    assert in_order(dialogue) == "cab"
    html = answer.json()["items"]
    assert [html.index(f'id="item-{key}"') for key in keys] == sorted(
        html.index(f'id="item-{key}"') for key in keys
    )


@pytest.mark.parametrize("keys", [[], ["1", "2"], ["a"], ["9" * 40], ["²"]])
def test_an_order_of_other_items_is_refused(
    keys: list[str], browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    items(dialogue)

    answer = send(browser_of_facilitator, "agenda_order", dialogue.slug, item=keys)

    assert answer.status_code == 409
    assert "changed meanwhile" in answer.json()["errors"][0]
    assert in_order(dialogue) == "abc"


@pytest.mark.parametrize("page_name", ["edit", "move", "delete"])
def test_the_item_of_another_dialogue_is_not_there(
    page_name: str, browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    other = AgendaItemFactory()

    answer = send(browser_of_facilitator, f"agenda_item_{page_name}", dialogue.slug, other.pk)

    assert answer.status_code == 404
    assert AgendaItem.objects.get() == other


# ---- People and conveners ----


def test_people_are_added_changed_moved_and_removed(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    client = browser_of_facilitator
    send(client, "dialogue_people", dialogue.slug, name="Ada Winter", role="chair")
    send(client, "dialogue_people", dialogue.slug, name="Kyle Summer", role="speaker")
    ada, kyle = dialogue.people.all()
    page(client, "dialogue_people", dialogue.slug)
    page(client, "person_edit", dialogue.slug, ada.pk)

    send(client, "person_edit", dialogue.slug, ada.pk, name="Ada W.", role="guest")
    send(client, "person_move", dialogue.slug, kyle.pk, to="up")
    assert [str(person) for person in dialogue.people.all()] == ["Kyle Summer", "Ada W."]

    send(client, "person_delete", dialogue.slug, kyle.pk)
    assert dialogue.people.get().role == "guest"


def test_a_person_needs_a_name_and_a_role(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    answer = send(browser_of_facilitator, "dialogue_people", dialogue.slug, title="Dean")

    assert problems(answer) == {
        "name": ["Write the person’s name."],
        "role": ["Choose the person’s role."],
    }
    assert 'value="Dean"' in answer.content.decode()


def test_whom_the_record_names_keeps_that_role(
    browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    person = PersonFactory(dialogue=dialogue, role="named")

    send(browser_of_facilitator, "person_edit", dialogue.slug, person.pk, name="X", role="named")

    person.refresh_from_db()
    assert (person.name, person.role) == ("X", "named")


def test_a_convener_is_chosen_or_named(browser_of_facilitator: Client, dialogue: Dialogue) -> None:
    client, known = browser_of_facilitator, factories.OrganizationFactory(name="Known")
    send(client, "dialogue_conveners", dialogue.slug, organization=known.pk)
    send(client, "dialogue_conveners", dialogue.slug, new_name=" A  new one ", new_kind="network")
    first, second = dialogue.conveners.all()
    page(client, "dialogue_conveners", dialogue.slug)
    page(client, "convener_edit", dialogue.slug, first.pk)

    assert (first.organization, str(second)) == (known, "A new one")
    assert second.organization.kind == "network"
    send(client, "convener_move", dialogue.slug, second.pk, to="up")
    assert [str(row) for row in dialogue.conveners.all()] == ["A new one", "Known"]
    send(
        client,
        "convener_edit",
        dialogue.slug,
        first.pk,
        organization=known.pk,
        acknowledgement="Thanks.",
    )
    send(client, "convener_delete", dialogue.slug, second.pk)
    assert dialogue.conveners.get().acknowledgement == "Thanks."
    assert Organization.objects.filter(name="A new one").exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "organization"),
        ({"new_name": "New", "organization": "known"}, "new_name"),
        ({"organization": "there"}, "organization"),
        ({"organization": "999999"}, "organization"),
        ({"new_name": "x" * 201}, "new_name"),
    ],
)
def test_a_convener_that_is_none_or_two_is_refused(
    browser_of_facilitator: Client, dialogue: Dialogue, data: dict[str, str], field: str
) -> None:
    there = ConvenerFactory(dialogue=dialogue).organization
    keys = {"known": factories.OrganizationFactory().pk, "there": there.pk}
    data = {name: keys.get(value, value) for name, value in data.items()}

    answer = send(browser_of_facilitator, "dialogue_conveners", dialogue.slug, **data)

    assert field in problems(answer)
    assert dialogue.conveners.count() == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_answer_in_both_languages(
    language: str, browser_of_facilitator: Client, dialogue: Dialogue
) -> None:
    fill(dialogue, 2)
    prefix = "/fr" if language == "fr" else ""

    for part in ("", "facts/", "copy/", "agenda/", "people/", "conveners/", "team/"):
        answer = browser_of_facilitator.get(f"{prefix}/dialogues/{dialogue.slug}/plan/{part}")
        assert answer.status_code == 200
        assert faults(Page(answer.content.decode())) == []
