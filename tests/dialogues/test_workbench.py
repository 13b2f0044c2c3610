"""The pages of the workbench."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from dialogues import capturing, sorting
from dialogues.models import (
    Attribution,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    Dialogue,
    Highlight,
    NearDuplicate,
    Proposals,
    Sector,
)
from tests.factories import (
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RecommendationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(facilitators=[facilitator])


@pytest.fixture
def desk(client: Client, facilitator: User) -> Client:
    client.force_login(facilitator)
    return client


@pytest.fixture
def path(dialogue: Dialogue) -> str:
    return f"/dialogues/{dialogue.slug}/workbench/"


def make(dialogue: Dialogue, code: str, text: str = "", **values: Any) -> Contribution:
    kind = ContributionKind(code.partition("-")[0].lower())
    order = int(code.partition("-")[2])
    values = {"posted": True, "kind": kind, "order": order, **values}
    return ContributionFactory(dialogue=dialogue, code=code, text=text or code, **values)


def html_of(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(desk: Client, path: str) -> list[str]:
    """The numbers of the statements on a page, in order."""
    return re.findall(r'class="statement bench__row[^"]*" id="([^"]+)"', html_of(desk, path))


def sizes_of(dialogue: Dialogue) -> dict[str, int]:
    """How many statements each theme has."""
    return dict(dialogue.themes.annotate(n=Count("statements")).values_list("name", "n"))


# ---- Reading and finding ----


def test_statements_stand_in_the_order_of_the_report_with_their_lines(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    make(dialogue, "CONCERN-1")
    whole = make(dialogue, "HOPE-2")
    make(dialogue, "HOPE-1", posted=False)
    make(dialogue, "HOPE-21", part_of=whole, order=1)
    make(dialogue, "HOPE-3").withdraw(by=UserFactory())

    assert shown(desk, path) == ["HOPE-1", "HOPE-2", "HOPE-21", "CONCERN-1"]
    assert shown(desk, f"{path}?state=withdrawn") == ["HOPE-3"]
    assert shown(desk, f"{path}?state=held") == ["HOPE-1"]


def test_the_list_is_narrowed_by_all_that_can_be_known_of_a_statement(
    desk: Client, dialogue: Dialogue, path: str, facilitator: User
) -> None:
    a = make(dialogue, "HOPE-1", "Les écoles enseignent l’histoire.", language="fr")
    b = make(dialogue, "HOPE-2", "Our schools teach the history.", sector=Sector.MEDIA)
    c = make(dialogue, "CONCERN-1", "Nobody reads the warnings.")
    sorting.add_theme(dialogue, [a.pk, b.pk], "Schools", by=facilitator)
    sorting.link(dialogue, [b.pk], [RecommendationFactory(code="CA-07")], by=facilitator)
    sorting.highlight(dialogue, [c.pk], by=facilitator)
    sorting.mark_near(dialogue, [a.pk, b.pk], by=facilitator)
    theme = dialogue.themes.get().pk

    for query, codes in {
        "kind=concern": ["CONCERN-1"],
        f"theme={theme}": ["HOPE-1", "HOPE-2"],
        "theme=none": ["CONCERN-1"],
        "about=CA-07": ["HOPE-2"],
        "about=none": ["HOPE-1", "CONCERN-1"],
        "sector=media": ["HOPE-2"],
        "marked=highlight": ["CONCERN-1"],
        "marked=near": ["HOPE-2"],
        "marked=single": ["HOPE-1", "CONCERN-1"],
        "q=histoire+ECOLE": ["HOPE-1"],
        "q=warning": ["CONCERN-1"],
        "q=hope-2": ["HOPE-2"],
        f"q=school&theme={theme}&kind=hope": ["HOPE-2"],
        "q=zebra": [],
        "theme=999": [],
        "kind=%00": [],
        "q=%00": [],
    }.items():
        assert shown(desk, f"{path}?{query}") == codes, query


def test_words_are_found_as_they_were_spoken_too(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    row = make(dialogue, "HOPE-1", "I hope we heed the early alarms.")
    capturing.revise(row, "I hope we heed early warnings.", revision=1)

    html = html_of(desk, f"{path}?q=alarms")

    assert "I hope we heed early warnings." in html
    assert "I hope we heed the early alarms." in html


def test_no_participant_is_named_beyond_the_rule_of_the_dialogue(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    who = ParticipantFactory(
        dialogue=dialogue,
        name="Ann Quagga",
        sector=Sector.MEDIA,
        agreed=[ConsentPurpose.RECORD, ConsentPurpose.PUBLISH],
    )
    make(dialogue, "HOPE-1", participant=who)

    for rule in (Attribution.NAME, Attribution.CHATHAM_HOUSE):
        Dialogue.objects.filter(pk=dialogue.pk).update(attribution=rule)
        row = html_of(desk, path).partition('id="HOPE-1"')[2].partition("</li>\n")[0]
        assert "Quagga" not in row
        assert ("News media" in row or "Media" in row) == (rule == Attribution.NAME)


def test_no_two_elements_have_one_name(
    desk: Client, dialogue: Dialogue, path: str, facilitator: User
) -> None:
    sorting.add_theme(dialogue, [make(dialogue, "HOPE-1").pk], "Schools", by=facilitator)
    sorting.new_theme(dialogue, "Money", by=facilitator)

    for page in (path, f"{path}themes/"):
        ids = re.findall(r' id="([^"]+)"', html_of(desk, page))
        assert len(ids) == len(set(ids))


def test_a_page_that_was_sorted_away_gives_the_last_there_is(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    for n in range(1, 53):
        make(dialogue, f"HOPE-{n}")

    assert shown(desk, f"{path}?page=2") == ["HOPE-51", "HOPE-52"]
    assert shown(desk, f"{path}?page=99") == ["HOPE-51", "HOPE-52"]
    assert len(shown(desk, f"{path}?page=x")) == 50


def test_it_asks_as_often_with_many_statements_as_with_few(
    desk: Client, dialogue: Dialogue, path: str, facilitator: User
) -> None:
    def asked(query: str = "") -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(f"{path}{query}").status_code == 200
        return len(queries)

    def sort(n: int) -> None:
        rows = [make(dialogue, f"HOPE-{n + k}") for k in range(4)]
        keys = [row.pk for row in rows]
        sorting.add_theme(dialogue, keys, f"Theme {n}", by=facilitator)
        sorting.link(dialogue, keys, [RecommendationFactory(published=True)], by=facilitator)
        sorting.highlight(dialogue, keys[:1], by=facilitator)
        sorting.mark_near(dialogue, keys[1:], by=facilitator)

    sort(10)
    few = asked(), asked("?q=hope"), asked("themes/")
    for n in range(20, 60, 10):
        sort(n)

    assert (asked(), asked("?q=hope"), asked("themes/")) == few
    assert few[0] <= 32


# ---- Sorting ----


def test_what_is_ticked_is_sorted_without_scripts(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    keys = [make(dialogue, f"HOPE-{n}").pk for n in range(1, 5)]
    RecommendationFactory(published=True, code="CA-01")

    def do(verb: str, **data: Any) -> str:
        answer = desk.post(f"{path}?kind=hope", {"do": verb, "of": keys[:3], **data}, follow=True)
        assert answer.redirect_chain == [(f"{path}?kind=hope#results", 302)]
        return answer.content.decode()

    assert "Theme “Schools” is given to 3 statements." in do("enter", theme="Schools")
    assert "Linked to CA-01: 3 links." in do("enter", about="ca-01")
    assert "3 statements are highlighted." in do("highlight")
    # Of what is nearly the same, the one ticked first is kept, where scripts can tell.
    assert "nearly the same as HOPE-2" in do("near", first=str(keys[1]))

    assert set(NearDuplicate.objects.values_list("of", flat=True)) == {keys[1]}
    assert "Nothing changed: it was so already." in do("highlight")
    do("apart")
    do("unhighlight")
    do("unlink", about="CA-01")
    do("remove-theme", theme="schools")
    html = html_of(desk, path)
    assert "chip" not in html.partition("bench__rows")[2].partition("</form>")[0]
    assert not Highlight.objects.exists()


def test_all_that_is_found_is_sorted_however_many_pages_it_has(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    for n in range(1, 56):
        make(dialogue, f"HOPE-{n}")
    make(dialogue, "CONCERN-1")

    desk.post(f"{path}?kind=hope", {"do": "add-theme", "theme": "Peace", "everything": "on"})
    assert sizes_of(dialogue) == {"Peace": 55}
    theme = dialogue.themes.get()
    desk.post(
        f"{path}?theme={theme.pk}&q=hope-1", {"do": "move", "theme": "War", "everything": "on"}
    )

    assert sizes_of(dialogue) == {"Peace": 54, "War": 1}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"do": "add-theme", "theme": "x" * 101}, "This name is 101 characters long."),
        ({"do": "add-theme"}, "Write the name of the theme."),
        ({"do": "remove-theme", "theme": "Nowhere"}, "There is no theme “Nowhere”."),
        ({"do": "move", "theme": "Else"}, "This theme is no longer there."),
        ({"do": "link", "about": "CA-99"}, "There is no recommendation CA-99."),
        ({"do": "link"}, "Write the code of a recommendation."),
        ({"do": "near"}, "Tick two statements or more"),
        ({"do": "near", "everything": "on"}, "one by one"),
        ({"do": "highlight", "of": []}, "Tick at least one statement first."),
        ({"do": "enter"}, "Choose what to do with them."),
        ({"do": "", "theme": "Kept"}, "Choose what to do with them."),
        ({"do": "highlight", "of": ["²", "9" * 30]}, "Tick at least one statement first."),
    ],
)
def test_what_cannot_be_done_is_said_and_what_was_typed_is_kept(
    data: dict[str, Any], says: str, desk: Client, dialogue: Dialogue, path: str
) -> None:
    row = make(dialogue, "HOPE-1")

    answer = desk.post(path, {"of": [row.pk], **data})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert says in html
    assert data.get("theme", "") in html
    if data.get("of") is None:
        assert f'value="{row.pk}" id="of-{row.pk}" aria-describedby="text-{row.pk}" checked' in html
    assert not dialogue.sorting_steps.exists()


def test_a_step_is_undone_from_the_list_and_the_filters_stay(
    desk: Client, dialogue: Dialogue, path: str, facilitator: User
) -> None:
    rows = [make(dialogue, f"HOPE-{n}").pk for n in (1, 2)]
    sorting.add_theme(dialogue, rows, "Schools", by=facilitator)
    first = dialogue.sorting_steps.get()
    sorting.remove_theme(dialogue, rows[:1], "Schools", by=UserFactory())

    answer = desk.post(f"{path}undo/?kind=hope", {"step": first.pk}, follow=True)

    assert answer.redirect_chain == [(f"{path}?kind=hope", 302)]
    said = answer.content.decode()
    assert "Undone: Theme “Schools” is given to 2 statements." in said
    assert "1 change stays: it was changed again since." in said
    answer = desk.post(f"{path}undo/", follow=True)
    assert "There is nothing of yours left to undo." in answer.content.decode()


# ---- Themes ----


def test_themes_are_made_renamed_merged_and_deleted(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    row = make(dialogue, "HOPE-1")

    desk.post(f"{path}themes/", {"name": "Schools"})
    desk.post(f"{path}themes/", {"name": "Teachers"})
    schools, teachers = dialogue.themes.all()
    desk.post(path, {"do": "add-theme", "of": row.pk, "theme": "Teachers"})
    answer = desk.post(f"{path}themes/", {"name": " schools "})
    assert "There is a theme “Schools” already." in answer.content.decode()
    answer = desk.post(f"{path}themes/{schools.pk}/", {"name": "TEACHERS"})
    assert "To make one of both, merge them." in answer.content.decode()
    desk.post(f"{path}themes/{schools.pk}/", {"name": "Classes"})
    one = {"do": "merge", "merge-themes": [schools.pk], "merge-name": "Classes"}
    answer = desk.post(f"{path}themes/", one)
    assert "Tick two themes or more" in answer.content.decode()
    both = {**one, "merge-themes": [schools.pk, teachers.pk], "merge-name": "Education"}
    desk.post(f"{path}themes/", both)

    assert [str(theme) for theme in row.themes.all()] == ["Education"]
    theme = dialogue.themes.get()
    desk.post(f"{path}themes/{theme.pk}/", {"do": "delete"})
    assert not dialogue.themes.exists()
    desk.post(f"{path}undo/", {"back": "themes"})
    assert [str(theme) for theme in row.themes.all()] == ["Education"]


# ---- What is proposed ----


def test_without_the_libraries_it_says_how_to_get_them(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    with mock.patch("dialogues.suggesting.find_spec", return_value=None):
        html = html_of(desk, f"{path}proposals/")
        desk.post(f"{path}proposals/", {"do": "ask"})

    assert "pip install" in html
    assert "Compute proposals" not in html
    assert not Proposals.objects.exists()


def test_whoever_waits_is_told_so_and_after_a_minute_why(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    desk.post(f"{path}proposals/", {"do": "ask"})
    html = html_of(desk, f"{path}proposals/")
    assert "Being computed" in html
    assert 'value="ask"' not in html

    Proposals.objects.update(asked_at=timezone.now() - timedelta(minutes=2))

    html = html_of(desk, f"{path}proposals/")
    assert "the worker of this site is not running" in html
    assert "Compute them again" in html  # the task may have been given up


def test_proposals_are_taken_whole_or_in_part_or_dismissed(
    desk: Client, dialogue: Dialogue, path: str
) -> None:
    a, b, c = (make(dialogue, f"HOPE-{n}").pk for n in (1, 2, 3))
    theme = {"name": "One, two", "words": ["one", "two"], "language": "en"}
    made = timezone.now()
    Proposals.objects.create(
        dialogue=dialogue,
        made_at=made,
        found={
            "themes": [{**theme, "statements": [a, b, c]} for _n in range(3)],
            "pairs": [{"statement": b, "of": a, "score": 96}],
        },
    )
    page = f"{path}proposals/"
    assert "Choose among all 3" in html_of(desk, page)

    def do(verb: str, query: str = "", **data: Any) -> str:
        sent = {"do": verb, "made": made.isoformat(), **data}
        return desk.post(f"{page}{query}", sent, follow=True).content.decode()

    do("accept-theme", place=0, whole="yes", name="All")
    do("accept-theme", "?theme=1", place=1, of=[a], name="Some")
    refused = do("accept-theme", "?theme=2", place=2, of=[], name="A name of mine")
    assert "Tick at least one statement." in refused
    assert "A name of mine" in refused
    do("dismiss-theme", place=2)
    old = do("accept-pairs", place=[0], made=(made - timedelta(1)).isoformat())
    assert "Others have been computed meanwhile." in old
    assert not NearDuplicate.objects.exists()
    do("accept-pairs", place=[0])

    assert sizes_of(dialogue) == {"All": 3, "Some": 1}
    assert NearDuplicate.objects.get().of_id == a
    assert "No theme is proposed" in html_of(desk, page)
    assert "Somebody has decided on this already." in do("accept-pairs", place=[0])
