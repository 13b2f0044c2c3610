"""Recommendations taken away: whole, true to the pages, in forms that programs accept, no more."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from accounts.limits import Limit
from accounts.models import User
from recommendations import exports
from recommendations.exporting import Site
from recommendations.models import (
    Precision,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReplyKind,
    Source,
    Status,
)
from recommendations.workbooks import Sheet, workbook
from tests import factories

pytestmark = pytest.mark.django_db

FILES = [f"/recommendations.{form}" for form in ("csv", "xlsx", "json", "atom")]
ATOM = "{http://www.w3.org/2005/Atom}"
SAID = datetime(2024, 6, 1, 19, tzinfo=UTC)
LATER = datetime(2024, 7, 1, 19, tzinfo=UTC)
WORD = "quagga"


def read(path: str) -> bytes:
    answer = Client().get(path)
    assert answer.status_code == 200
    return bytes(answer.getvalue())


def table(path: str = "/recommendations.csv") -> list[dict[str, str]]:
    text = read(path).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def sheets(path: str = "/recommendations.xlsx") -> dict[str, list[dict[str, Any]]]:
    """The rows of each sheet, by what stands in its head."""
    book = openpyxl.load_workbook(io.BytesIO(read(path)))
    found = {}
    for sheet in book:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return found


def data(path: str = "/recommendations.json") -> Any:
    return json.loads(read(path))


def feed(path: str = "/recommendations.atom") -> Any:
    """The feed, with what RFC 4287 asks of it checked."""
    root = etree.fromstring(read(path))
    assert root.tag == f"{ATOM}feed"
    ids = set()
    for row in [root, *root.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            (only,) = row.findall(f"{ATOM}{name}")
            assert only.text
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)",
            row.findtext(f"{ATOM}updated"),
        )
        assert len([x for x in row.findall(f"{ATOM}link") if x.get("rel") == "alternate"]) == 1
        assert row.findtext(f"{ATOM}id") not in ids
        ids.add(row.findtext(f"{ATOM}id"))
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "W2I"
    return root


def entries(path: str = "/recommendations.atom") -> list[tuple[str, str]]:
    return [
        (entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title"))
        for entry in feed(path).iter(f"{ATOM}entry")
    ]


def update(recommendation: Recommendation, at: datetime = SAID, **kwargs: Any) -> ProgressUpdate:
    found = factories.ProgressUpdateFactory(recommendation=recommendation, **kwargs)
    factories.SourceFactory(update=found, url=f"https://example.org/{found.pk}", title=WORD)
    found.publish(by=factories.UserFactory(), at=at)
    return found


def answered(recommendation: Recommendation, at: datetime = SAID, **kwargs: Any) -> Reply:
    found = factories.ReplyFactory(recommendation=recommendation, **kwargs)
    factories.SourceFactory(update=None, reply=found, url=f"https://example.org/r/{found.pk}")
    found.publish(by=factories.UserFactory(), at=at)
    return found


@pytest.fixture
def asked() -> Recommendation:
    """Asked of the Prime Minister, in a report of 2009."""
    recommendation = factories.RecommendationFactory(
        code="CA-02",
        text="The Prime Minister make it a priority.",
        report__slug="the-report",
        report__title="The report",
        audience__slug="canada",
        audience__name_en="Canada",
        pillar__slug="leadership",
        pillar__name_en="Leadership",
        subject=factories.SubjectFactory(slug="priority", name_en="A national priority"),
        addressees=[
            factories.AddresseeFactory(
                slug="prime-minister", name_en="Prime Minister", name_fr="Premier ministre"
            )
        ],
        published=True,
    )
    recommendation.published_at = datetime(2010, 1, 4, 19, tzinfo=UTC)
    recommendation.save()
    return recommendation


@pytest.fixture
def told(asked: Recommendation) -> Recommendation:
    """Under way by an update that was corrected; in place by its correction; once acknowledged."""
    first = update(asked, on=date(2020, 1, 2), summary="A bill was tabled.")
    source = first.sources.get()
    source.published_on, source.published_precision = date(2020, 1, 1), Precision.MONTH
    source.archived_url = "https://archive.example/1"
    source.save()
    update(
        asked,
        LATER,
        on=date(2020, 1, 2),
        status=Status.IN_PLACE,
        summary="The bill was law by then.",
        quotation="be it enacted",
        assessed_by="A centre",
        corrects=first,
    )
    answered(asked, on=date(2019, 3, 1), summary="It was read.")
    asked.refresh_from_db()
    return asked


# ---- CSV ----


def test_a_line_says_what_is_asked_and_the_next_ones_what_became_of_it(
    told: Recommendation,
) -> None:
    first, corrected, correction, reply = table()

    updates = list(told.updates.order_by("id"))
    url = "http://testserver/recommendations/CA-02/"
    assert {name: first[name] for name in ("row", *exports.RECOMMENDATION, "as_of")} == {
        "row": "recommendation",
        "code": "CA-02",
        "url": url,
        "report": "the-report",
        "report_title": "The report",
        "audience": "canada",
        "audience_name": "Canada",
        "pillar": "leadership",
        "pillar_name": "Leadership",
        "addressees": "prime-minister",
        "addressee_names": "Prime Minister",
        "subject": "priority",
        "subject_name": "A national priority",
        "text": "The Prime Minister make it a priority.",
        "language": "en",
        "translation": "",
        "status": "in-place",
        "status_name": "In place",
        "status_on": "2020-01-02",
        "demonstration": "no",
        "as_of": "2024-07-01",
    }
    assert {first[name] for name in (*exports.FINDING, *exports.SOURCES)} == {""}
    assert [row["row"] for row in (corrected, correction, reply)] == ["update", "update", "reply"]
    assert {row["text"] for row in (corrected, correction, reply)} == {first["text"]}
    assert (corrected["id"], corrected["state"]) == (f"update-{updates[0].pk}", "corrected")
    assert corrected["corrected_by"] == f"update-{updates[1].pk}"
    assert corrected["sources"] == f"A gazette, {WORD}, 2020-01"
    assert corrected["archived_links"] == "https://archive.example/1"
    assert {name: correction[name] for name in exports.FINDING} == {
        "id": f"update-{updates[1].pk}",
        "finding_url": f"{url}#update-{updates[1].pk}",
        "on": "2020-01-02",
        "finding": "in-place",
        "finding_name": "In place",
        "state": "standing",
        "summary": "The bill was law by then.",
        "summary_language": "en",
        "quotation": "be it enacted",
        "assessed_by": "A centre",
        "scale_version": updates[1].scale_version,
        "answered_by": "",
        "corrects": f"update-{updates[0].pk}",
        "corrected_by": "",
        "published_on": "2024-07-01",
        "retracted_on": "",
        "retraction": "",
    }
    assert correction["source_links"] == f"https://example.org/{updates[1].pk}"
    assert (reply["finding"], reply["answered_by"]) == ("acknowledged", "Prime Minister")


def test_one_without_an_update_is_there_once(asked: Recommendation) -> None:
    (row,) = table()

    assert (row["row"], row["status"], row["status_on"]) == ("recommendation", "not-assessed", "")


def test_no_cell_is_a_formula(told: Recommendation) -> None:
    ProgressUpdate.objects.update(summary="=HYPERLINK(1)", assessed_by="\x08@SUM(A1)")
    Source.objects.update(publisher="+cmd|' /C calc'!A0")

    of_csv = table()[1]
    of_sheets = sheets()

    row = of_sheets["Updates"][0]
    assert of_csv["summary"] == row["summary"] == "'=HYPERLINK(1)"
    assert of_csv["assessed_by"] == row["assessed_by"] == "'@SUM(A1)"
    assert of_sheets["Sources"][0]["publisher"] == "'+cmd|' /C calc'!A0"


def test_french_changes_names_and_no_column(told: Recommendation) -> None:
    (english, *_), (french, *_) = table(), table("/fr/recommendations.csv")

    assert list(french) == list(english)
    assert french["addressee_names"] == "Premier ministre"
    assert french["status_name"] != english["status_name"]
    assert french["url"] == "http://testserver/fr/recommendations/CA-02/"
    assert french["status"] == english["status"]


# ---- XLSX ----


def test_the_workbook_has_a_sheet_for_each_kind_of_thing(told: Recommendation) -> None:
    found = sheets("/recommendations.xlsx?audience=canada")

    assert list(found) == ["Recommendations", "Updates", "Replies", "Sources", "About"]
    (row,) = found["Recommendations"]
    assert (row["code"], row["status"]) == ("CA-02", "in-place")
    assert row["status_on"] == datetime(2020, 1, 2)
    assert [(row["code"], row["state"], row["finding"]) for row in found["Updates"]] == [
        ("CA-02", "corrected", "under-way"),
        ("CA-02", "standing", "in-place"),
    ]
    assert [(row["finding"], row["answered_by"]) for row in found["Replies"]] == [
        ("acknowledged", "Prime Minister")
    ]
    assert [(row["id"], row["published_on"]) for row in found["Sources"]] == [
        (found["Updates"][0]["id"], "2020-01"),
        (found["Updates"][1]["id"], datetime(2024, 5, 1)),
        (found["Replies"][0]["id"], datetime(2024, 5, 1)),
    ]
    about = {row["about"]: row["value"] for row in found["About"]}
    assert about["as_of"] == "2024-07-01"
    assert about["filters: audience"] == "canada"
    assert about["licence: findings"] == exports.LICENCE["findings"]


def test_a_cell_holds_as_much_as_the_format_allows_and_nothing_it_does_not() -> None:
    rows = [["a\x00b\ufffe <&> é 🕯", "x" * 40_000, 7, date(1900, 3, 1), None]]

    book = b"".join(workbook([Sheet("One & two", list("ABCDE"), rows)]))

    sheet = openpyxl.load_workbook(io.BytesIO(book))["One & two"]
    text, long, number, day, nothing = (cell.value for cell in sheet[2])
    assert (text, number, day, nothing) == ("ab <&> é 🕯", 7, datetime(1900, 3, 1), None)
    assert len(long) == 32_767
    assert book == b"".join(workbook([Sheet("One & two", list("ABCDE"), rows)]))


# ---- JSON ----


def test_json_nests_sources_in_findings_and_findings_in_recommendations(
    told: Recommendation,
) -> None:
    found = data()

    about = found["about"]
    assert (about["as_of"], about["count"], about["demonstration_count"]) == ("2024-07-01", 1, 0)
    (row,) = found["recommendations"]
    assert row["addressees"] == [
        {
            "slug": "prime-minister",
            "name": "Prime Minister",
            "kind": told.addressees.get().kind,
        }
    ]
    assert row["report"]["released"]
    assert row["updated_at"] == "2024-07-01T19:00:00+00:00"
    corrected, correction = row["updates"]
    assert (corrected["corrected_by"], correction["corrects"]) == (
        [correction["id"]],
        corrected["id"],
    )
    assert correction["published_at"] == "2024-07-01T19:00:00+00:00"
    assert corrected["sources"] == [
        {
            "publisher": "A gazette",
            "title": WORD,
            "language": "en",
            "url": f"https://example.org/{corrected['id'].removeprefix('update-')}",
            "archived_url": "https://archive.example/1",
            "published_on": "2020-01",
            "read_on": None,
        }
    ]
    (reply,) = row["replies"]
    assert (reply["answer"], reply["addressee"]["slug"]) == ("acknowledged", "prime-minister")
    assert "status" not in reply


# ---- Atom ----


def test_the_feed_has_what_was_found_and_answered_the_newest_first(told: Recommendation) -> None:
    corrected, correction = told.updates.order_by("id")
    reply = told.replies.get()

    assert entries() == [
        (f"tag:w2i,2009:update-{correction.pk}", "CA-02: In place (correction)"),
        (f"tag:w2i,2009:update-{corrected.pk}", "CA-02: Under way (corrected since)"),
        (f"tag:w2i,2009:reply-{reply.pk}", "CA-02, answer of Prime Minister: Acknowledged"),
    ]
    moments = [entry.findtext(f"{ATOM}updated") for entry in feed().iter(f"{ATOM}entry")]
    assert moments == [f"2024-0{month}-01T19:00:00+00:00" for month in (7, 7, 6)]
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed().iter(f"{ATOM}entry")]
    assert links[0] == f"http://testserver/recommendations/CA-02/#update-{correction.pk}"


def test_a_retracted_correction_changes_both_entries_and_no_id(told: Recommendation) -> None:
    before = {id_ for id_, _title in entries()}
    correction = told.updates.order_by("-id")[0]
    correction.retract(by=factories.UserFactory(), reason="Another bill.", at=datetime.now(UTC))

    titles = dict(entries())

    assert set(titles) == before
    assert titles[f"tag:w2i,2009:update-{correction.pk}"] == "CA-02: retracted"
    assert titles[f"tag:w2i,2009:update-{correction.corrects_id}"] == "CA-02: Under way"
    newest = feed().find(f"{ATOM}entry").findtext(f"{ATOM}summary")
    assert "Another bill." in newest
    assert "law by then" not in newest


def test_a_feed_of_a_filter_and_of_one_name_themselves_and_their_pages(
    told: Recommendation,
) -> None:
    update(factories.RecommendationFactory(code="US-01", published=True))
    for path, page in {
        "/fr/recommendations.atom?audience=canada": "/fr/recommendations/?audience=canada",
        "/recommendations/CA-02.atom": "/recommendations/CA-02/",
    }.items():
        root = feed(path)

        links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        assert links == {
            "self": f"http://testserver{path}",
            "alternate": f"http://testserver{page}",
        }
        assert len(list(root.iter(f"{ATOM}entry"))) == 3
    filtered = feed("/recommendations.atom?audience=canada&status=stalled&q=minister")
    assert filtered.findtext(f"{ATOM}title") == (
        "W2I: what became of the recommendations (Canada, Stalled, “minister”)"
    )
    moved = Client().get("/recommendations/ca-02.atom")
    assert (moved.status_code, moved["Location"]) == (301, "/recommendations/CA-02.atom")


def test_the_feed_ends_after_the_newest_and_words_in_it_are_no_markup(
    asked: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommendations.exports.NEWS", 2)
    for day in (1, 2, 3):
        at = datetime(2024, 8, day, tzinfo=UTC)
        update(asked, at, on=date(2024, 1, day), summary=f"<b>Day {day}</b>\x0b & no more")

    said = [entry.findtext(f"{ATOM}summary") for entry in feed().iter(f"{ATOM}entry")]

    assert [re.findall("Day .", one) for one in said] == [["Day 3"], ["Day 2"]]
    assert "<p>&lt;b&gt;Day 3&lt;/b&gt; &amp; no more</p>" in said[0]


def test_an_empty_feed_is_a_feed_and_always_the_same() -> None:
    assert feed().find(f"{ATOM}entry") is None
    assert read("/recommendations.atom") == read("/recommendations.atom")


# ---- What every file has in common ----


def test_filters_are_those_of_the_page(told: Recommendation) -> None:
    other = factories.RecommendationFactory(
        code="US-01", text="Appoint somebody.", audience__slug="united-states", published=True
    )

    by_filter = {
        query: sorted({row["code"] for row in table(f"/recommendations.csv?{query}")})
        for query in (
            "audience=united-states",
            "pillar=leadership",
            "addressee=prime-minister",
            "status=in-place",
            f"report={other.report.slug}",
            "q=appoint",
            "audience=united-states&status=in-place",
        )
    }

    assert list(by_filter.values()) == [
        ["US-01"],
        ["CA-02"],
        ["CA-02"],
        ["CA-02"],
        ["US-01"],
        ["US-01"],
        [],
    ]


def test_a_filter_that_is_not_understood_is_no_empty_file(asked: Recommendation) -> None:
    for path in FILES:
        answer = Client().get(f"{path}?status=none-such")

        assert answer.status_code == 400, path
        assert "Status: “none-such” is not one of these" in answer.content.decode()


@pytest.mark.parametrize("path", [*FILES, "/recommendations/CA-02.atom"])
def test_nothing_that_is_not_public_leaks(path: str, asked: Recommendation, editor: User) -> None:
    """Not a draft, nothing in review, no word or source of what was retracted, no evidence sent
    in, nobody's name or address; not to an editor either.
    """
    kept = update(asked, summary="Plain to see.")
    kept.sources.update(title="A notice")
    draft = factories.ProgressUpdateFactory(
        recommendation=asked, summary=WORD, quotation=WORD, assessed_by=WORD, corrects=kept
    )
    factories.SourceFactory(update=draft, title=WORD, publisher=WORD, url=f"https://{WORD}.example")
    draft.note_writing(by=editor)
    draft.submit(by=editor)
    reply = factories.ReplyFactory(recommendation=asked, summary=WORD, kind=ReplyKind.DECLINED)
    factories.SourceFactory(update=None, reply=reply, title=WORD)
    for make in (update, answered):
        gone = make(asked, summary=WORD, quotation=WORD)
        gone.sources.update(title=WORD, publisher=WORD, url=f"https://{WORD}.example")
        gone.retract(by=editor, reason="It was another office.")
    ProgressUpdate.objects.filter(retracted_at__isnull=False).update(
        status=Status.UNDONE_SINCE, assessed_by=WORD
    )
    factories.EvidenceFactory(recommendation=asked, words=WORD, url=f"https://{WORD}.example")
    factories.RecommendationFactory(code="XX-77", text=WORD)
    factories.RecommendationFactory(
        code="XX-78",
        text=WORD,
        report=factories.ReportFactory(published_at=None, published_by=None, published=False),
        published=True,
    )
    client = Client()
    client.force_login(editor)

    for reader in (client, Client()):
        answer = reader.get(path)
        body = answer.getvalue()
        if path.endswith("xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(body))
            body = str([list(sheet.values) for sheet in book]).encode()
        said = body.decode().lower()
        assert answer.status_code == 200
        assert "plain to see." in said
        assert "it was another office." in said
        assert [
            word
            for word in (WORD, "undone-since", "undone since", "declined", editor.email)
            if word in said
        ] == []


def test_demonstration_data_is_marked_in_every_file(asked: Recommendation) -> None:
    Recommendation.objects.update(is_demo=True)
    update(asked)

    assert {row["demonstration"] for row in table()} == {"yes"}
    assert sheets()["Recommendations"][0]["demonstration"] == "yes"
    found = data()
    assert found["about"]["demonstration_count"] == 1
    assert found["recommendations"][0]["demonstration"] is True
    assert entries()[0][1] == "Demonstration data: CA-02: Under way"


def test_rows_beside_rows_that_have_none_go_astray_nowhere() -> None:
    """Findings and sources are read next to their recommendations, in a constant number."""

    def act(codes: range) -> list[int]:
        for number in codes:
            row = factories.RecommendationFactory(code=f"XX-{number:02}", published=True)
            for day in range(number % 3):
                update(row, on=date(2024, 1, 1 + day))
            if number % 2:
                answered(row)
        counts = []
        for path in FILES:
            with CaptureQueriesContext(connection) as queries:
                read(f"{path}?n={len(codes)}")
            counts.append(len(queries))
        return counts

    assert act(range(1, 3)) == act(range(3, 9))
    lines = table()
    assert [row["code"] for row in lines if row["row"] == "recommendation"] == [
        f"XX-{number:02}" for number in range(1, 9)
    ]
    for row in lines:
        if row["row"] == "update":
            finding = ProgressUpdate.objects.get(pk=row["id"].removeprefix("update-"))
            assert row["code"] == finding.recommendation.code
            assert row["source_links"] == finding.sources.get().url
    assert sum(row["row"] == "reply" for row in lines) == 4


def test_whoever_has_a_good_copy_of_a_large_file_costs_no_more_than_to_say_so(
    asked: Recommendation,
) -> None:
    with CaptureQueriesContext(connection) as queries:
        for write in (exports.as_csv, exports.as_json, exports.as_xlsx):
            write(Recommendation.objects.public(), Site(base="https://w2i.example"))

    assert not queries.captured_queries


def test_pages_of_other_sites_may_read_them() -> None:
    for path in FILES:
        assert Client().get(path)["Access-Control-Allow-Origin"] == "*"


def test_a_network_that_has_many_files_made_is_told_to_wait(
    asked: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommendations.exporting.MADE", Limit("files-made", 2, 600))

    codes = [Client().get(f"/recommendations.json?n={n}").status_code for n in range(3)]

    assert codes == [200, 200, 429]


# ---- What docs/data.md says of them ----

DOCUMENT = (settings.BASE_DIR / "docs/data.md").read_text()


def test_every_column_is_described_in_its_order() -> None:
    part = DOCUMENT.partition("\n# The data of the recommendations")[2]
    of_csv = part.partition("\n## CSV")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", of_csv, re.MULTILINE)

    assert re.findall(r"`([a-z_]+)`", " ".join(cells)) == list(exports.COLUMNS)


def test_every_member_and_word_is_described(told: Recommendation) -> None:
    def names(value: Any) -> set[str]:
        if isinstance(value, list):
            return {name for row in value for name in names(row)}
        if isinstance(value, dict):
            return set(value) | {name for row in value.values() for name in names(row)}
        return set()

    part = DOCUMENT.partition("\n# The data of the recommendations")[2]
    described = set(re.findall(r"`([a-z_-]+)`", part))

    (row,) = data()["recommendations"]
    found = names(row) | set(data()["about"])
    assert found - described == set()
    assert (set(Status.values) | set(ReplyKind.values)) - described == set()
    assert set(exports.OF_SOURCES) - described == set()
