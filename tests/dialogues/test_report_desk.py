"""The desk of a report: its parts, their words, the preview, publishing."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from dialogues import publishing, shaping
from dialogues.models import Dialogue, DraftFile, Edition, EditionState, PartKind, Room
from dialogues.report.assembling import assemble
from tests.dialogues.publishing_quickly import quick_files
from tests.factories import (
    ContributionFactory,
    DialogueFactory,
    EditionFactory,
    ParticipantFactory,
)
from tests.markup import Page, faults, text_of, words
from tests.working import work

__all__ = ["quick_files"]

pytestmark = pytest.mark.django_db

KINDS = PartKind.values


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(slug="halifax", facilitators=[facilitator], also_in="fr")


@pytest.fixture
def team(facilitator: User) -> Client:
    client = Client()
    client.force_login(facilitator)
    return client


def there(name: str, *more: Any) -> str:
    return reverse(f"dialogues:{name}", args=["halifax", *more])


def page_of(answer: Any) -> Page:
    assert answer.status_code == 200, answer.status_code
    page = Page(answer.content.decode())
    assert faults(page) == []
    return page


def said(answer: Any) -> str:
    return words(text_of(page_of(answer).one("main")))


def order(dialogue: Dialogue) -> list[str]:
    return [part.kind for part in shaping.parts_of(dialogue)]


# ---- Parts ----


def test_parts_stand_in_the_order_of_2009_until_one_is_moved(
    team: Client, dialogue: Dialogue
) -> None:
    assert order(dialogue) == KINDS
    answer = team.post(there("report_part_change", "brief"), {"do": "up"})

    before = KINDS.index("brief")
    assert order(dialogue) == [
        *KINDS[: before - 1],
        "brief",
        KINDS[before - 1],
        *KINDS[before + 1 :],
    ]
    assert answer["Location"] == f"{there('report_desk')}#up-brief"


def test_at_an_end_the_other_button_has_the_focus(team: Client, dialogue: Dialogue) -> None:
    answer = team.post(there("report_part_change", KINDS[1]), {"do": "up"})

    assert answer["Location"].endswith(f"#down-{KINDS[1]}")
    assert order(dialogue)[0] == KINDS[1]


def test_the_report_follows_the_desk(team: Client, dialogue: Dialogue) -> None:
    for kind in ("hope", "idea"):
        ContributionFactory(dialogue=dialogue, kind=kind, posted=True)
    before = [section.key for section in assemble(dialogue, "en").sections]
    assert before.index("hopes-and-concerns") < before.index("ideas")

    for _step in range(KINDS.index("ideas")):
        team.post(there("report_part_change", "ideas"), {"do": "up"})
    team.post(there("report_part_change", "hopes-and-concerns"), {"do": "hide"})

    after = [section.key for section in assemble(dialogue, "en").sections]
    assert after[0] == "ideas"
    assert "hopes-and-concerns" not in after
    assert "Leave out" in said(team.get(there("report_desk")))


def test_back_to_the_order_of_2009_keeps_what_was_written(team: Client, dialogue: Dialogue) -> None:
    shaping.write(dialogue, PartKind.BRIEF, {"text": "Mine."}, revision=1)
    team.post(there("report_part_change", "brief"), {"do": "up"})
    team.post(there("report_part_change", "agenda"), {"do": "hide"})

    team.post(there("report_parts_reset"))

    assert order(dialogue) == KINDS
    assert all(part.is_shown for part in dialogue.parts_of_report.all())
    assert dialogue.parts_of_report.get(kind="brief").text == "Mine."


# ---- Words ----

TEXTS = {"heading": "How it began", "text": "It was *cold*.", "heading_fr": "", "text_fr": "Froid."}


def test_a_draft_is_begun_with_below_what_was_typed_and_nothing_typed_is_lost(
    team: Client, dialogue: Dialogue
) -> None:
    sent = {**TEXTS, "revision": "1", "start": "fr"}

    answer = team.post(there("report_part", "introduction"), sent)

    typed = answer.context["form"].data
    assert {name: typed[name] for name in TEXTS if name != "text_fr"} == {
        name: text for name, text in TEXTS.items() if name != "text_fr"
    }
    assert typed["text_fr"].startswith(f"{TEXTS['text_fr']}\n\n")
    assert typed["text_fr"] != f"{TEXTS['text_fr']}\n\n"
    assert not dialogue.parts_of_report.exclude(text="", text_fr="").exists()


def test_words_are_written_in_both_languages_and_stand_in_the_report(
    team: Client, dialogue: Dialogue
) -> None:
    answer = team.post(there("report_part", "introduction"), {**TEXTS, "revision": "1"})

    assert answer["Location"] == f"{there('report_desk')}#part-introduction"
    english = assemble(dialogue, "en").section("introduction")
    french = assemble(dialogue, "fr").section("introduction")
    assert english is not None
    assert french is not None
    assert english.heading == "How it began"
    assert "cold" in repr(english.blocks)
    assert "Froid." in repr(french.blocks)


def test_how_it_looks_is_shown_before_it_is_saved(team: Client, dialogue: Dialogue) -> None:
    data = {**TEXTS, "text": "A <b>word</b> and *another*.", "revision": "1", "do": "look"}

    answer = team.post(there("report_part", "introduction"), data)

    assert "A &lt;b&gt;word&lt;/b&gt; and <em>another</em>." in answer.content.decode()
    assert "How it began" in said(answer)
    assert not dialogue.parts_of_report.exclude(text="").exists()


def test_of_two_who_write_at_once_neither_loses_a_word(team: Client, dialogue: Dialogue) -> None:
    shaping.write(dialogue, PartKind.INTRODUCTION, {"text": "Theirs."}, revision=1)

    answer = team.post(there("report_part", "introduction"), {**TEXTS, "revision": "1"})

    assert "Theirs." in said(answer)
    page = page_of(answer)
    assert "It was *cold*." in text_of(page.element("id_text"))
    assert page.element("id_revision").get("value") == "2"
    assert dialogue.parts_of_report.get(kind="introduction").text == "Theirs."
    team.post(there("report_part", "introduction"), {**TEXTS, "revision": "2"})
    assert dialogue.parts_of_report.get(kind="introduction").text == "It was *cold*."


def test_the_draft_can_be_begun_with(team: Client, dialogue: Dialogue) -> None:
    sent = {"text": "", "revision": "1", "start": "en"}

    page = page_of(team.post(there("report_part", "introduction"), sent))

    assert dialogue.place in text_of(page.element("id_text"))


@pytest.mark.parametrize("start", ["de", "\x00", ""])
def test_a_draft_in_no_language_begins_nothing(
    start: str, team: Client, dialogue: Dialogue
) -> None:
    shaping.write(dialogue, PartKind.INTRODUCTION, {"text_fr": "Déjà."}, revision=1)

    sent = {"text": "", "text_fr": "Déjà.", "revision": "2", "start": start}

    page = page_of(team.post(there("report_part", "introduction"), sent))

    assert text_of(page.element("id_text")).strip() == ""
    assert "Déjà." in text_of(page.element("id_text_fr"))


def test_a_part_nobody_knows_is_not_there(team: Client, dialogue: Dialogue) -> None:
    assert team.get(there("report_part", "none-such")).status_code == 404


# ---- Preview ----


def test_the_preview_is_the_whole_report_marked_as_a_draft(
    team: Client, dialogue: Dialogue
) -> None:
    ContributionFactory(dialogue=dialogue, posted=True, text="That we act in time.")
    ContributionFactory(dialogue=dialogue, text="Nobody has read this.")

    for prefix in ("", "/fr"):
        answer = team.get(f"{prefix}{there('report_preview')}")
        html = answer.content.decode()
        assert "That we act in time." in html
        assert "Nobody has read this." not in html
    assert "Draft." in said(team.get(there("report_preview")))


def test_a_large_draft_is_made_by_the_worker(
    team: Client, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogues.views.report.AT_ONCE", 0)
    monkeypatch.setattr(publishing, "written", lambda form, report: b"%PDF")
    ContributionFactory(dialogue=dialogue, posted=True)
    assert team.get(there("report_draft", "pdf")).status_code == 404

    team.post(there("report_draft_ask"), {"form": "pdf"})
    waiting = team.get(there("report_preview"))
    assert "being made" in said(waiting)
    assert (
        '<meta http-equiv="refresh" content="5; url=/dialogues/halifax/report/preview/">'
        in waiting.content.decode()
    )
    work()

    assert team.get(there("report_draft", "pdf")).content == b"%PDF"
    assert "refresh" not in team.get(there("report_preview")).content.decode()
    assert DraftFile.objects.count() == 1


# ---- Publishing ----


@pytest.mark.usefixtures("quick_files")
def test_publishing_needs_a_tick_where_there_is_advice(team: Client, dialogue: Dialogue) -> None:
    ContributionFactory(dialogue=dialogue)  # held

    refused = team.post(there("report_publish"))
    assert "Tick the box" in said(refused)
    assert not Edition.objects.exists()
    team.post(there("report_publish"), {"all_the_same": "on"})
    assert "Edition 1 is being made" in said(team.get(there("report_desk")))
    work()

    assert "Edition 1" in said(team.get(there("report_desk")))
    assert Edition.objects.get().state == EditionState.PUBLISHED


def test_what_keeps_it_back_is_said_and_no_button_is_there(
    team: Client, dialogue: Dialogue
) -> None:
    silent = ParticipantFactory(dialogue=dialogue)
    ContributionFactory(dialogue=dialogue, participant=silent, posted=True)

    page = said(team.get(there("report_desk")))

    assert "This has to be mended first" in page
    assert "Publish the report" not in page
    answer = team.post(there("report_publish"), {"all_the_same": "on"}, follow=True)
    assert "has not agreed" in said(answer)
    assert not Edition.objects.exists()


@pytest.mark.usefixtures("quick_files")
def test_what_changed_is_kept_when_something_is_missing(team: Client, dialogue: Dialogue) -> None:
    EditionFactory(dialogue=dialogue, published=True)
    ContributionFactory(dialogue=dialogue)

    empty = team.post(there("report_publish"), {"what_changed": "", "all_the_same": "on"})
    assert "Say what changed" in said(empty)
    typed = team.post(there("report_publish"), {"what_changed": "A comma."})

    assert text_of(page_of(typed).element("id_what_changed")).strip() == "A comma."


def test_a_failure_is_told_with_a_way_to_try_again(team: Client, dialogue: Dialogue) -> None:
    EditionFactory(dialogue=dialogue, state="failed", problem="No file came of it.")

    page = said(team.get(there("report_desk")))
    team.post(there("edition_again", 1))

    assert "No file came of it." in page
    assert Edition.objects.get().state == EditionState.MAKING


def test_the_desk_says_when_no_edition_stands_any_more(team: Client, dialogue: Dialogue) -> None:
    withdrawn = {
        "state": "withdrawn",
        "withdrawn_because": "Words were taken back.",
        "withdrawn_at": timezone.now(),
    }
    EditionFactory(dialogue=dialogue, number=1, published=True)
    second = EditionFactory(dialogue=dialogue, number=2, published=True, **withdrawn)

    assert "No other edition stands" not in said(team.get(there("report_desk")))
    dialogue.editions.exclude(pk=second.pk).update(**withdrawn)

    now = said(team.get(there("report_desk")))
    assert "Edition 2 is withdrawn. Words were taken back. No other edition stands" in now


def test_an_edition_is_withdrawn_with_a_reason(team: Client, dialogue: Dialogue) -> None:
    edition = EditionFactory(dialogue=dialogue, published=True)

    assert "Say why" in said(team.post(there("edition_withdraw", 1), {"why": " "}))
    team.post(there("edition_withdraw", 1), {"why": "A name was wrong."})

    edition.refresh_from_db()
    assert (edition.state, edition.withdrawn_because) == ("withdrawn", "A name was wrong.")
    assert "A name was wrong." in said(team.get(there("report_desk")))


def test_the_desk_asks_as_often_however_much_there_is(team: Client, dialogue: Dialogue) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert team.get(there("report_desk")).status_code == 200
        return len(queries)

    ContributionFactory(dialogue=dialogue, posted=True)
    EditionFactory(dialogue=dialogue, published=True)
    few = asked()
    for number in range(2, 8):
        EditionFactory(dialogue=dialogue, number=number, published=True)
        ContributionFactory(dialogue=dialogue, posted=True)

    assert asked() == few


# ---- On the wall ----


def test_the_wall_shows_the_draft_and_goes_back(team: Client, dialogue: Dialogue) -> None:
    Room.objects.of(dialogue)
    silent = ParticipantFactory(dialogue=dialogue, name="Ann Archer")
    ContributionFactory(dialogue=dialogue, posted=True, text="That we act.", participant=silent)
    ContributionFactory(dialogue=dialogue, text="Not read yet.")
    shaping.write(dialogue, PartKind.INTRODUCTION, {"text": "We met on a *cold* day."}, revision=1)

    def wall() -> str:
        return team.get(there("wall")).content.decode()

    before = team.get(there("wall_state"), {"since": "0"}).json()["screen"]
    team.post(there("report_on_the_wall"), {"do": "show"})
    shown = wall()
    after = team.get(there("wall_state"), {"since": "0"}).json()

    assert faults(Page(shown)) == []
    assert "Draft of the report" in shown
    assert "We met on a <em>cold</em> day." in shown
    assert "That we act." in shown
    assert "Not read yet." not in shown
    assert "Ann Archer" not in shown
    assert after["screen"] != before
    assert [column["key"] for column in after["columns"]] == ["hope"]
    assert [row["text"] for row in after["columns"][0]["rows"]] == ["That we act."]
    team.post(there("report_on_the_wall"), {"do": "hide"})
    assert "Draft of the report" not in wall()


def test_parts_are_called_as_in_the_language_of_the_reader(
    team: Client, dialogue: Dialogue
) -> None:
    dialogue.parts_of_report.create(
        kind=PartKind.INTRODUCTION, order=1, heading="How it began", heading_fr="Les débuts"
    )

    english, french = (said(team.get(f"{at}{there('report_desk')}")) for at in ("", "/fr"))

    assert "How it began" in english
    assert "Les débuts" in french
    assert "How it began" not in french
