"""The desk: a finding is written, read by a second editor, published, corrected, retracted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from recommendations import desk
from recommendations.models import (
    NotPossible,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReplyKind,
    ReviewAct,
    ReviewState,
    Source,
    Status,
)
from tests.factories import (
    AddresseeFactory,
    EvidenceFactory,
    ProgressUpdateFactory,
    RecommendationFactory,
    ReplyFactory,
    SourceFactory,
    UserFactory,
)
from tests.markup import Page, faults, words

pytestmark = pytest.mark.django_db

DAY = date(2024, 5, 1)
SOURCE = {
    "publisher": "Canada Gazette",
    "title": "Order in Council",
    "url": "https://example.org/order",
    "archived_url": "https://archive.example.org/order",
    "published_on": "2024-04-30",
    "published_precision": "day",
    "read_on": "2026-11-01",
    "read_precision": "day",
    "language": "en",
}


EMPTY = {"published_precision": "day", "read_precision": "day", "language": "en"}


@pytest.fixture
def recommendation() -> Recommendation:
    return RecommendationFactory(code="CA-02", published=True, addressees=[AddresseeFactory()])


@pytest.fixture
def second() -> User:
    return UserFactory(name="Second Editor", roles=[Role.EDITOR])


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(*sources: dict[str, Any], **words: Any) -> dict[str, Any]:
    """What the form of an update sends."""
    data: dict[str, Any] = {
        "status": Status.UNDER_WAY,
        "on": DAY.isoformat(),
        "summary": "An office was set up by order.",
        "language": "en",
        "quotation": "",
        "assessed_by": "",
        **words,
    }
    return data | of_sources(*(sources or (SOURCE,)))


def of_sources(*sources: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"sources-TOTAL_FORMS": len(sources), "sources-INITIAL_FORMS": 0}
    for n, source in enumerate(sources):
        data |= {f"sources-{n}-{name}": value for name, value in source.items()}
    return data


def text(html: str) -> str:
    return words("".join(Page(html).root.itertext()))


def form_of(response: Any) -> Any:
    return response.context["form"]


def refill(client: Client, path: str) -> dict[str, Any]:
    """What the form at an address would send back untouched."""
    form = form_of(client.get(path))
    forms = [form.words, form.sources.management_form, *form.sources.forms]
    return {
        field.html_name: getattr(value, "isoformat", lambda value=value: value)()
        for one in forms
        for field in one
        if (value := field.value()) is not None and value is not False
    }


NEW = "/recommendations/desk/CA-02/update/"


def drafted(client: Client, **words: Any) -> ProgressUpdate:
    response = client.post(NEW, typed(**words))
    assert response.status_code == 302, form_of(response).words.errors
    return ProgressUpdate.objects.latest("pk")


def in_review(recommendation: Recommendation, by: User) -> ProgressUpdate:
    update = ProgressUpdateFactory(recommendation=recommendation)
    SourceFactory(update=update)
    update.note_writing(by=by)
    update.submit(by=by)
    return update


# ---- Writing ----


def test_an_update_is_written_with_its_source_and_is_a_draft(
    recommendation: Recommendation, editor: User
) -> None:
    client = browser(editor)

    response = client.post(NEW, typed())

    update = ProgressUpdate.objects.get()
    assert response["Location"] == update.desk_url
    assert update.state == ReviewState.DRAFT
    assert (update.written_by, update.status, update.on) == (editor, Status.UNDER_WAY, DAY)
    source = update.sources.get()
    assert (source.publisher, source.url) == ("Canada Gazette", "https://example.org/order")
    assert source.archived_url == "https://archive.example.org/order"
    assert [event.act for event in update.events.all()] == [ReviewAct.DRAFTED]
    assert "Canada Gazette" not in Client().get("/recommendations/CA-02/").content.decode()


def test_an_answer_is_written_apart_from_what_was_done(
    recommendation: Recommendation, editor: User
) -> None:
    asked = recommendation.addressees.get()
    data = typed(kind=ReplyKind.DECLINED, addressee=asked.pk)

    browser(editor).post("/recommendations/desk/CA-02/answer/", data)

    reply = Reply.objects.get()
    assert (reply.kind, reply.addressee, reply.state) == ("declined", asked, ReviewState.DRAFT)
    assert reply.sources.get().title == "Order in Council"
    assert not ProgressUpdate.objects.exists()


def test_a_form_sent_twice_makes_one_draft(recommendation: Recommendation, editor: User) -> None:
    client = browser(editor)

    paths = {client.post(NEW, typed())["Location"] for _ in range(2)}

    assert paths == {ProgressUpdate.objects.get().desk_url}
    assert Source.objects.count() == 1


TOMORROW = (date.today() + timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("field", "data", "said"),
    [
        ("sources-0-url", typed({}), "Write the link of the source"),
        ("sources-0-publisher", typed({}), "Say who published the source"),
        ("sources-0-published_on", typed({**SOURCE, "published_on": TOMORROW}), "after today"),
        ("sources-0-read_on", typed({**SOURCE, "read_on": TOMORROW}), "has not come yet"),
        ("sources-0-url", typed({**SOURCE, "url": "ftp://example.org/a"}), "begins with https://"),
        ("sources-0-url", typed({**SOURCE, "url": "javascript:alert(1)"}), "begins with https://"),
        (
            "sources-0-archived_url",
            typed({**SOURCE, "archived_url": "mailto:a@example.org"}),
            "begins with https://",
        ),
        (
            "sources-0-published_on",
            typed({**SOURCE, "published_on": "", "read_on": ""}),
            "the day it was published, or the day somebody read it",
        ),
        ("on", typed(on="2009-09-20"), "before the report was released"),
        ("on", typed(on=TOMORROW), "The date is in the future"),
        ("on", typed(on="soon"), "year, month and day"),
        ("status", typed(status="not-assessed"), "Choose one of these"),
        ("summary", typed(summary=" "), "Say in plain words"),
    ],
)
def test_bad_input_is_answered_beside_its_field_and_everything_is_kept(
    field: str, data: dict[str, Any], said: str, recommendation: Recommendation, editor: User
) -> None:
    response = browser(editor).post(NEW, data)

    assert response.status_code == 200
    assert said in text(response.content.decode())
    by_name = {bound.html_name: bound for bound in form_of(response).visible_fields}
    assert any(said in error for error in by_name[field].errors)
    assert {name: bound.value() or "" for name, bound in by_name.items() if name in data} == {
        name: value for name, value in data.items() if name in by_name
    }
    assert "<title>Error:" in response.content.decode()
    assert (
        f'href="#{by_name[field].id_for_label or by_name[field].subwidgets[0].id_for_label}"'
        in (response.content.decode())
    )
    assert not ProgressUpdate.objects.exists()


def test_another_source_is_asked_for_without_a_script_and_nothing_typed_is_lost(
    recommendation: Recommendation, editor: User
) -> None:
    client = browser(editor)
    half = {**SOURCE, "url": "not yet"}

    response = client.post(NEW, {**typed(half, summary=""), "more": "1"})

    form = form_of(response)
    assert not form.errors
    assert len(form.sources.forms) == 2
    assert form.sources.forms[0]["url"].value() == "not yet"
    assert form.words["status"].value() == Status.UNDER_WAY
    other = {**SOURCE, "url": "https://example.org/b", "title": "A speech"}
    client.post(NEW, typed(SOURCE, other))
    assert ProgressUpdate.objects.get().sources.count() == 2


def test_a_source_is_left_out_and_an_empty_one_is_none(
    recommendation: Recommendation, editor: User
) -> None:
    data = typed(SOURCE, {**SOURCE, "url": "ftp://", "DELETE": "on"}, EMPTY)

    response = browser(editor).post(NEW, data)

    assert response.status_code == 302
    assert ProgressUpdate.objects.get().sources.count() == 1
    every = typed({**SOURCE, "DELETE": "on"}, summary="Another.")
    said = form_of(browser(editor).post(NEW, every)).non_field_errors()
    assert said == ["Name at least one source: nothing is claimed without one."]


def test_of_two_who_save_at_once_the_second_is_told_and_loses_nothing(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = drafted(browser(editor))
    edit = f"{update.desk_url}edit/"
    first, other = browser(editor), browser(second)
    mine, theirs = refill(other, edit), refill(first, edit)

    first.post(edit, theirs | {"summary": "The first wording."})
    response = other.post(edit, mine | {"summary": "The second wording."})

    form = form_of(response)
    assert faults(Page(response.content.decode())) == []
    assert "Somebody else changed this meanwhile" in form.non_field_errors()[0]
    assert "The first wording." in text(response.content.decode())
    assert form.words["summary"].value() == "The second wording."
    update.refresh_from_db()
    assert update.summary == "The first wording."
    again = {field.html_name: field.value() for field in form.words.hidden_fields()}
    other.post(edit, mine | {"summary": "The second wording."} | again)
    update.refresh_from_db()
    assert update.summary == "The second wording."
    assert [event.words["summary"] for event in update.events.all()][-2:] == [
        "The first wording.",
        "The second wording.",
    ]


def test_the_same_words_saved_again_leave_a_text_in_review(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = in_review(recommendation, editor)
    edit = f"{update.desk_url}edit/"
    client = browser(second)
    same = refill(client, edit)

    client.post(edit, same)
    update.refresh_from_db()
    assert update.state == ReviewState.IN_REVIEW

    client.post(edit, same | {"summary": "Other words."})
    update.refresh_from_db()
    assert (update.state, update.written_by) == (ReviewState.DRAFT, second)


# ---- Reviewing ----


def test_a_second_editor_publishes_and_the_first_is_told_who_can(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = in_review(recommendation, editor)
    mark = {"mark": desk.mark_of(update)}

    own = browser(editor).get(update.desk_url).content.decode()
    refused = browser(editor).post(f"{update.desk_url}publish/", mark, follow=True)

    assert "a second one has read" in text(own)
    assert "Second Editor" in text(own)
    assert "Publish it" not in own
    assert "another editor publishes it" in refused.content.decode()
    browser(second).post(f"{update.desk_url}publish/", mark)
    update.refresh_from_db()
    assert (update.state, update.published_by) == (ReviewState.PUBLISHED, second)


def test_nobody_publishes_words_they_have_not_seen(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = in_review(recommendation, editor)
    seen = {"mark": desk.mark_of(update)}
    update.summary = "Quite other words."
    update.save()
    update.note_writing(by=editor)
    update.submit(by=editor)

    response = browser(second).post(f"{update.desk_url}publish/", seen, follow=True)

    assert "Somebody changed this meanwhile" in response.content.decode()
    update.refresh_from_db()
    assert update.state == ReviewState.IN_REVIEW


def test_what_is_sent_back_stands_first_on_its_writers_desk(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    in_review(recommendation, second)
    update = in_review(recommendation, editor)
    back = {"mark": desk.mark_of(update), "note": "Which order?"}

    empty = browser(second).post(f"{update.desk_url}send-back/", back | {"note": " "})
    browser(second).post(f"{update.desk_url}send-back/", back)

    assert "Say what should change." in empty.content.decode()
    page = browser(editor).get("/recommendations/desk/")
    assert page.context["findings"][0].pk == update.pk
    assert "Which order?" in page.content.decode()
    others = browser(second).get("/recommendations/desk/")
    assert update.pk not in [row.pk for row in others.context["findings"]]
    assert "Which order?" in browser(editor).get(update.desk_url).content.decode()


def test_a_reviewer_sees_what_changed_since_it_was_last_in_review(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = in_review(recommendation, editor)
    assert "for the first time" in browser(second).get(update.desk_url).content.decode()
    update.send_back(by=second, note="Which bill?")
    update.summary = "A bill was passed."
    update.save()
    update.note_writing(by=editor)
    update.submit(by=editor)

    page = browser(second).get(update.desk_url)

    assert [str(change.label) for change in page.context["changes"]] == ["Summary"]
    assert "tabled" in page.content.decode()
    assert "<ins>" in page.content.decode()
    assert faults(Page(page.content.decode())) == []


# ---- After it was published ----


def test_a_correction_names_what_it_corrects_and_begins_with_its_words(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = in_review(recommendation, editor)
    update.publish(by=second)
    client = browser(editor)
    path = f"{update.desk_url}correct/"

    filled = refill(client, path)
    client.post(path, filled | {"status": Status.STALLED, "summary": "It was another bill."})

    right = ProgressUpdate.objects.get(corrects=update)
    assert right.sources.get().url == update.sources.get().url
    assert (right.on, right.state) == (update.on, ReviewState.DRAFT)
    again = browser(second).get(path, follow=True)
    assert again.redirect_chain[-1][0] == right.desk_url
    told = browser(second).post(path, filled | {"summary": "A third."})
    assert form_of(told).non_field_errors() == ["A correction of this is being written already."]
    right.submit(by=editor)
    right.publish(by=second)
    recommendation.refresh_from_db()
    assert recommendation.status == Status.STALLED
    with pytest.raises(NotPossible):
        desk.check_correctable(update)


def test_a_finding_of_the_record_is_corrected_and_retracted_like_any_other(
    recommendation: Recommendation, editor: User
) -> None:
    source = SourceFactory(
        update__recommendation=recommendation,
        read_on=date(2026, 11, 1),
        read_precision="month",
        published_on=None,
    )
    source.update.publish(by=UserFactory())
    client = browser(editor)

    client.post(
        f"{source.update.desk_url}correct/",
        refill(client, f"{source.update.desk_url}correct/") | {"summary": "Otherwise."},
    )

    copy = ProgressUpdate.objects.get(corrects=source.update).sources.get()
    assert (copy.read_on, copy.read_precision) == (date(2026, 11, 1), "month")
    path = f"{source.update.desk_url}retract/"
    assert "Say why" in client.post(path, {"reason": ""}).content.decode()
    client.post(path, {"reason": "It never happened."})
    source.update.refresh_from_db()
    assert source.update.state == ReviewState.RETRACTED
    recommendation.refresh_from_db()
    assert recommendation.status == Status.NOT_ASSESSED


def test_whoever_sends_back_other_words_than_they_read_keeps_the_note(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = drafted(browser(editor), summary="An office was planned.")
    update.submit(by=editor)
    read = desk.mark_of(update)
    path = f"{update.desk_url}edit/"
    browser(editor).post(path, refill(browser(editor), path) | {"summary": "It was opened."})
    update.refresh_from_db()
    update.submit(by=editor)

    answer = browser(second).post(
        f"{update.desk_url}send-back/", {"mark": read, "note": "Opened by whom?"}
    )

    said = answer.content.decode()
    assert "Somebody changed this meanwhile." in said
    assert "Opened by whom?" in said
    assert "It was opened." in said
    update.refresh_from_db()
    assert update.state == ReviewState.IN_REVIEW


def test_what_has_been_corrected_is_not_offered_to_be_retracted(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    wrong = SourceFactory(update__recommendation=recommendation).update
    wrong.publish(by=editor)
    # The newest of its corrections was retracted; an older one stands.
    for day, is_retracted in ((date(2025, 1, 1), True), (date(2024, 1, 1), False)):
        right = SourceFactory(
            update__recommendation=recommendation, update__corrects=wrong, update__on=day
        ).update
        right.publish(by=editor)
        if is_retracted:
            right.retract(by=editor, reason="Another office.")
    client = browser(second)

    page = client.get(wrong.desk_url).content.decode()
    client.post(f"{wrong.desk_url}retract/", {"reason": "It was another office."})

    assert "It has been corrected." in page
    assert f"{wrong.desk_url}retract/" not in page
    wrong.refresh_from_db()
    assert wrong.state == ReviewState.PUBLISHED


def test_what_is_written_about_demonstration_data_says_that_it_is_that(
    recommendation: Recommendation, editor: User
) -> None:
    Recommendation.objects.update(is_demo=True)

    update = drafted(browser(editor), summary="An office was set up.")

    assert update.is_demo


def test_a_nul_is_taken_out_of_what_is_typed_and_lines_end_as_in_the_record(
    recommendation: Recommendation, editor: User
) -> None:
    update = drafted(browser(editor), summary="An office\x00 was set up.\r\nBy order.")

    assert update.summary == "An office was set up.\nBy order."


def test_the_desk_says_of_a_finding_that_it_was_corrected(
    recommendation: Recommendation, editor: User
) -> None:
    wrong = SourceFactory(update__recommendation=recommendation).update
    wrong.publish(by=editor)
    SourceFactory(update__recommendation=recommendation, update__corrects=wrong).update.publish(
        by=editor
    )

    said = words(browser(editor).get("/recommendations/desk/CA-02/").content.decode())

    assert said.count("corrected since") == 1


def test_whoever_reviews_a_correction_reads_what_it_says_otherwise(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    wrong = SourceFactory(
        update__recommendation=recommendation, update__summary="An office was planned."
    ).update
    wrong.publish(by=editor)
    path = f"{wrong.desk_url}correct/"
    browser(editor).post(path, refill(browser(editor), path) | {"summary": "An office was opened."})
    correction = ProgressUpdate.objects.get(corrects=wrong)
    correction.submit(by=editor)
    reader = browser(second)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = reader.get(correction.desk_url)

    assert len(asked) <= 10
    (change,) = page.context["corrected"]
    assert [(part.op, part.text) for part in change.segments] == [
        ("same", "An office was "),
        ("removed", "planned"),
        ("added", "opened"),
        ("same", "."),
    ]
    assert faults(Page(page.content.decode())) == []


def test_the_history_tells_every_act_by_whom_with_the_words_then(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    update = drafted(browser(editor), summary="An office was planned.")
    path = f"{update.desk_url}edit/"
    browser(second).post(path, refill(browser(second), path) | {"summary": "An office was opened."})
    update.refresh_from_db()
    update.submit(by=second)
    update.send_back(by=editor, note="Opened by whom?")

    page = browser(editor).get(f"{update.desk_url}history/")
    of_all = browser(editor).get("/recommendations/desk/CA-02/history/")

    acts = page.context["acts"]
    assert [(act.event.act, act.event.by) for act in acts] == [
        (ReviewAct.SENT_BACK, editor),
        (ReviewAct.SUBMITTED, second),
        (ReviewAct.EDITED, second),
        (ReviewAct.DRAFTED, editor),
    ]
    (change,) = acts[2].changes
    assert [(part.op, part.text) for part in change.segments] == [
        ("same", "An office was "),
        ("removed", "planned"),
        ("added", "opened"),
        ("same", "."),
    ]
    assert acts[1].changes == []
    assert acts[3].changes is None
    assert "Opened by whom?" in page.content.decode()
    assert faults(Page(page.content.decode())) + faults(Page(of_all.content.decode())) == []
    assert len(of_all.context["page"].object_list) == 4


# ---- The desk ----


def test_the_desk_lists_what_there_is_to_do(
    recommendation: Recommendation, editor: User, second: User
) -> None:
    waiting = in_review(recommendation, second)
    draft = ProgressUpdateFactory(recommendation=recommendation)
    answer = ReplyFactory(recommendation=recommendation)
    old = SourceFactory(update__on=date(2019, 1, 1)).update
    old.publish(by=second)
    EvidenceFactory(recommendation=recommendation)
    client = browser(editor)

    got = {
        name: client.get(f"/recommendations/desk/?list={name}")
        for name in ("waiting", "drafts", "stale", "unassessed")
    }

    assert [row.pk for row in got["waiting"].context["findings"]] == [waiting.pk]
    assert "You may publish it." in got["waiting"].content.decode()
    assert {str(row) for row in got["drafts"].context["findings"]} == {str(draft), str(answer)}
    assert list(got["stale"].context["page"].object_list) == [old.recommendation]
    assert list(got["unassessed"].context["page"].object_list) == [recommendation]
    assert [faults(Page(one.content.decode())) for one in got.values()] == [[]] * len(got)
    assert "1 link that somebody sent in" in text(got["waiting"].content.decode())
    assert client.get("/recommendations/desk/?list=okapi").status_code == 404
    assert client.get("/recommendations/desk/?code=ca-02")["Location"] == (
        "/recommendations/desk/CA-02/"
    )
    assert (
        "No recommendation has the code"
        in client.get("/recommendations/desk/?code=ZZ-9%00").content.decode()
    )


@pytest.mark.parametrize("kind", ["few", "many"])
def test_the_desk_asks_the_same_few_queries_however_much_there_is(
    kind: str, recommendation: Recommendation, editor: User, second: User
) -> None:
    for _ in range(2 if kind == "few" else 9):
        update = in_review(recommendation, second)
        ReplyFactory(recommendation=recommendation).note_writing(by=second)
        update.send_back(by=editor, note="No.")
        update.submit(by=second)
        reply = ReplyFactory(recommendation=recommendation)
        SourceFactory(update=None, reply=reply)
        reply.note_writing(by=second)
        reply.submit(by=second)
    EvidenceFactory(recommendation=recommendation, update=update)
    base = "/recommendations/desk/"
    paths = [
        base,
        f"{base}?list=drafts",
        f"{base}?list=stale",
        f"{base}?list=unassessed",
        f"{base}CA-02/",
        f"{base}CA-02/history/",
        f"{base}CA-02/update/",
        f"{base}CA-02/answer/",
        update.desk_url,
        reply.desk_url,
        f"{update.desk_url}edit/",
        f"{update.desk_url}retract/",
        f"{update.desk_url}history/",
    ]
    client = browser(editor)

    for path in paths:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert len(captured) <= 10, (path, [row["sql"][:150] for row in captured])


@pytest.mark.parametrize("is_editor", [True, False])
def test_the_desk_is_reached_from_every_page_by_editors_alone(
    is_editor: bool, editor: User, facilitator: User
) -> None:
    page = browser(editor if is_editor else facilitator).get("/")

    assert ('href="/recommendations/desk/"' in page.content.decode()) is is_editor
    assert 'href="/recommendations/desk/"' not in Client().get("/").content.decode()
