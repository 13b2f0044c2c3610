"""What is on record, taken away: whole, true to the pages, and in forms that programs accept."""

import csv
import gzip
import io
import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar
from lxml import etree
from redis.exceptions import RedisError

from accounts.limits import Limit
from accounts.models import User
from recommendations.exporting import MADE
from recommendations.models import Precision
from resolutions import exports
from resolutions.models import (
    Association,
    AssociationLevel,
    Council,
    Delivery,
    Grade,
    Instrument,
    Means,
    Passage,
    PassageKind,
    RecipientKind,
    Resolution,
    ResolutionText,
    Step,
    StepKind,
    StepSource,
    TextStage,
)
from tests import factories

pytestmark = pytest.mark.django_db

FILES = [
    "/resolutions.csv",
    "/resolutions.json",
    "/resolutions.geojson",
    "/resolutions.popolo.json",
    "/resolutions.atom",
    "/resolutions.ics",
]
ATOM = "{http://www.w3.org/2005/Atom}"
NOTED = datetime(2010, 4, 1, 19, tzinfo=UTC)


def read(path: str, **headers: str) -> str:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200
    return str(answer.getvalue().decode())


def table(path: str = "/resolutions.csv") -> list[dict[str, str]]:
    text = read(path)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def data(path: str) -> Any:
    return json.loads(read(path), parse_constant=no_constant)


def step(
    resolution: Resolution, kind: StepKind, on: date, *, verified: bool = True, **details: Any
) -> Step:
    by = details.pop("by", None) or factories.UserFactory()
    found = resolution.record_step(kind, on=on, by=by, verified=verified, **details)
    Step.objects.filter(pk=found.pk).update(
        recorded_at=NOTED, verified_at=NOTED if verified else None
    )
    found.refresh_from_db()
    return found


def published(resolution: Resolution) -> Resolution:
    resolution.publish(by=factories.UserFactory(), at=NOTED)
    return resolution


@pytest.fixture
def vancouver() -> Council:
    return factories.CouncilFactory(
        slug="vancouver-bc",
        name="Vancouver",
        population=662_248,
        latitude=Decimal("49.24966"),
        longitude=Decimal("-123.11934"),
        ocd_id="ocd-division/country:ca/csd:5915022",
        email="clerk@vancouver.example",
        data_source="GeoNames",
    )


@pytest.fixture
def adopted(vancouver: Council) -> Resolution:
    """Referred, then adopted by 8 to 3, then signed for, of a text that carries one of two asks."""
    model = factories.ModelResolutionFactory(slug="the-model", published=True, version=2)
    carried = factories.RecommendationFactory(code="CA-01", published=True)
    draft = factories.RecommendationFactory(code="CA-02")
    factories.ClauseFactory(model=model, code="R-1", recommendations=[carried, draft])
    resolution = factories.ResolutionFactory(
        slug="vancouver-bc-2010",
        council=vancouver,
        model=model,
        title="",
        champion=factories.OrganizationFactory(name="A society"),
        reference="2010-114",
    )
    step(resolution, StepKind.REFERRED, date(2010, 2, 2), meeting="Regular council")
    decided = step(
        resolution,
        StepKind.AMENDED,
        date(2010, 3, 9),
        meeting="Standing committee",
        mover="Councillor Meggs",
        seconder="Councillor Cadman",
        vote_method="counted",
        votes_for=8,
        votes_against=3,
        votes_abstained=0,
    )
    factories.StepSourceFactory(
        step=decided,
        url="https://example.org/minutes/1",
        grade=Grade.MINUTES,
        published_on=date(2010, 3, 1),
        published_precision=Precision.MONTH,
    )
    ResolutionText.objects.create(
        resolution=resolution,
        stage=TextStage.ADOPTED,
        title="Motion on prevention",
        clauses=[
            {"kind": "resolved", "text": "BE IT RESOLVED so.", "opening": "", "code": "R-1"},
            {"kind": "resolved", "text": "BE IT RESOLVED also.", "opening": "", "code": ""},
        ],
        recorded_by=factories.UserFactory(),
        recorded_at=NOTED,
    )
    return published(resolution)


@pytest.fixture
def proclaimed() -> Resolution:
    resolution = factories.ResolutionFactory(
        slug="calgary-ab-2011",
        title="",
        instrument=Instrument.PROCLAMATION,
        council=factories.CouncilFactory(slug="calgary-ab", name="Calgary"),
    )
    step(resolution, StepKind.PROCLAIMED, date(2011, 5, 27), verified=False, actor="The mayor")
    return published(resolution)


# ---- CSV ----


def test_a_row_says_what_its_resolution_is_and_how_the_council_voted(adopted: Resolution) -> None:
    (row,) = table()

    assert row == {
        "slug": "vancouver-bc-2010",
        "url": "http://testserver/resolutions/vancouver-bc-2010/",
        "name": "Council resolution, Vancouver, 2010",
        "form": "council-resolution",
        "form_name": "Council resolution",
        "status": "amended",
        "status_name": "Adopted as amended",
        "status_on": "2010-03-09",
        "evidence": "verified",
        "verified_status": "amended",
        "verified_status_on": "2010-03-09",
        "adopted_on": "2010-03-09",
        "ended_on": "",
        "council": "Vancouver",
        "council_kind": "city",
        "council_url": "http://testserver/councils/vancouver-bc/",
        "region": "CA-BC",
        "region_name": "British Columbia",
        "country": "CA",
        "population": "662248",
        "latitude": "49.24966",
        "longitude": "-123.11934",
        "ocd_id": "ocd-division/country:ca/csd:5915022",
        "place_source": "GeoNames",
        "decision": "amended",
        "decision_on": "2010-03-09",
        "decision_evidence": "verified",
        "meeting": "Standing committee",
        "mover": "Councillor Meggs",
        "seconder": "Councillor Cadman",
        "vote_method": "counted",
        "votes_for": "8",
        "votes_against": "3",
        "votes_abstained": "0",
        "votes_absent": "",
        "seats": "",
        "comes_up_on": "",
        "reference": "2010-114",
        "subject": "",
        "language": "en",
        "champion": "A society",
        "model": "the-model",
        "model_version": "2",
        "recommendations": "CA-01",
        "steps": "2",
        "sources": "https://example.org/minutes/1",
        "demonstration": "no",
        "updated_on": "2010-04-01",
        "as_of": "2010-04-01",
    }


def test_a_rescinded_resolution_has_both_days(adopted: Resolution) -> None:
    step(adopted, StepKind.RESCINDED, date(2012, 6, 1))

    (row,) = table()

    assert (row["adopted_on"], row["ended_on"]) == ("2010-03-09", "2012-06-01")
    assert (row["status"], row["decision"], row["votes_for"]) == ("rescinded", "rescinded", "")


def test_what_is_reported_is_told_from_what_is_verified(adopted: Resolution) -> None:
    step(adopted, StepKind.RESCINDED, date(2012, 6, 1), verified=False)

    (row,) = table()

    assert (row["status"], row["evidence"]) == ("rescinded", "reported")
    assert (row["verified_status"], row["verified_status_on"]) == ("amended", "2010-03-09")
    assert (row["decision_evidence"], row["ended_on"]) == ("reported", "")


def test_no_cell_is_a_formula(adopted: Resolution) -> None:
    adopted.title, adopted.reference = "=HYPERLINK(1)", "-2+3"
    adopted.subject = "\x08@SUM(A1)"
    adopted.save()
    Council.objects.update(name="+cmd|' /C calc'!A0")

    (row,) = table()

    assert (row["name"], row["reference"]) == ("'=HYPERLINK(1)", "'-2+3")
    assert (row["subject"], row["council"]) == ("'@SUM(A1)", "'+cmd|' /C calc'!A0")
    # A number is none, whatever its sign.
    assert row["longitude"] == "-123.11934"


def test_french_changes_names_and_no_column(adopted: Resolution) -> None:
    (english,), (french,) = table(), table("/fr/resolutions.csv")

    assert list(french) == list(english)
    assert french["region_name"] == "Colombie-Britannique"
    assert french["status_name"] != english["status_name"]
    assert french["url"] == "http://testserver/fr/resolutions/vancouver-bc-2010/"
    assert french["status"] == english["status"]


# ---- JSON ----


def test_json_has_the_steps_with_their_sources_and_the_text_that_stands(
    adopted: Resolution,
) -> None:
    found = data("/resolutions.json")

    about = found["about"]
    assert (about["as_of"], about["count"], about["demonstration_count"]) == ("2010-04-01", 1, 0)
    assert about["licence"]["places"].count("CC BY 4.0") == 1
    (resolution,) = found["resolutions"]
    assert [row["kind"] for row in resolution["steps"]] == ["referred", "amended"]
    decided = resolution["steps"][1]
    assert decided["vote"] == {
        "method": "counted",
        "for": 8,
        "against": 3,
        "abstained": 0,
        "absent": None,
        "seats": None,
    }
    assert decided["turn"] == "began"
    assert [(row["url"], row["grade"], row["published_on"]) for row in decided["sources"]] == [
        ("https://example.org/minutes/1", "minutes", "2010-03")
    ]
    assert [text["stage"] for text in resolution["texts"]] == ["adopted"]
    assert [clause["code"] for clause in resolution["texts"][0]["clauses"]] == ["R-1", ""]
    assert resolution["recommendations"] == ["CA-01"]
    assert resolution["council"]["longitude"] == -123.11934


def test_only_the_newest_text_of_a_stage_stands(adopted: Resolution) -> None:
    clauses = [{"kind": "resolved", "text": "BE IT RESOLVED otherwise.", "code": ""}]
    by = factories.UserFactory()
    for stage in (TextStage.ADOPTED, TextStage.SUBMITTED):
        ResolutionText.objects.create(
            resolution=adopted, stage=stage, clauses=clauses, recorded_by=by, recorded_at=NOTED
        )

    (resolution,) = data("/resolutions.json")["resolutions"]

    assert [text["stage"] for text in resolution["texts"]] == ["submitted", "adopted"]
    assert resolution["texts"][1]["clauses"][0]["text"] == "BE IT RESOLVED otherwise."
    assert resolution["recommendations"] == []


def test_the_way_through_associations_is_in_it(adopted: Resolution) -> None:
    union = Association.objects.create(
        code="ubcm",
        level=AssociationLevel.PROVINCIAL,
        jurisdiction=adopted.council.jurisdiction,
        name_en="Union of B.C. Municipalities",
    )
    Passage.objects.create(
        resolution=adopted,
        association=union,
        kind=PassageKind.ENDORSED,
        on=date(2010, 9, 30),
        reference="B87",
        url="https://example.org/ubcm",
        recorded_by=factories.UserFactory(),
    )

    (row,) = data("/resolutions/vancouver-bc-2010.json")["resolution"]["associations"]

    assert row == {
        "association": "ubcm",
        "name": "Union of B.C. Municipalities",
        "kind": "endorsed",
        "on": "2010-09-30",
        "reference": "B87",
        "url": "https://example.org/ubcm",
    }


def test_copies_are_in_it_without_an_address(adopted: Resolution) -> None:
    Delivery.objects.create(
        resolution=adopted,
        kind=RecipientKind.PREMIER,
        recipient="Premier of British Columbia",
        email="premier@gov.example",
        due_on=date(2010, 4, 8),
        sent_on=date(2010, 3, 20),
        means=Means.POST,
        sent_by=factories.UserFactory(),
    )

    text = read("/resolutions.json")

    assert "premier@" not in text
    assert json.loads(text)["resolutions"][0]["copies"] == [
        {
            "recipient": "Premier of British Columbia",
            "kind": "premier",
            "due_on": "2010-04-08",
            "sent_on": "2010-03-20",
            "means": "post",
            "acknowledged_on": None,
            "replied_on": None,
            "reply": "",
            "reply_url": "",
        }
    ]


def test_one_resolution_is_told_as_in_the_whole_file(adopted: Resolution) -> None:
    (among_all,) = data("/resolutions.json")["resolutions"]

    assert data("/resolutions/vancouver-bc-2010.json")["resolution"] == among_all
    assert Client().get("/resolutions/none-such.json").status_code == 404


def test_files_are_in_the_order_things_were_entered_in(
    adopted: Resolution, proclaimed: Resolution
) -> None:
    first, second = adopted.slug, proclaimed.slug

    assert [row["slug"] for row in table()] == [first, second]
    assert [row["slug"] for row in data("/resolutions.json")["resolutions"]] == [first, second]
    assert [row["id"] for row in data("/resolutions.geojson")["features"]] == [
        "vancouver-bc",
        "calgary-ab",
    ]


# ---- GeoJSON, held to RFC 7946 ----

GEOMETRIES = {"Point"}


def positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    assert isinstance(coordinates, list)
    assert len(coordinates) in {2, 3}
    for number in coordinates:
        assert isinstance(number, int | float)
        assert not isinstance(number, bool)
        assert math.isfinite(number)
    yield coordinates[0], coordinates[1]


def held_to_rfc_7946(found: Any) -> list[Any]:
    """The features of a FeatureCollection, every rule for what is in it checked."""
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found  # section 4: longitude and latitude of WGS 84, nothing else
    # Section 7.1: no member that belongs to another type.
    assert not {"coordinates", "geometries", "geometry", "properties"} & set(found)
    assert isinstance(found["features"], list)
    ids = []
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        assert not {"coordinates", "geometries", "features", "crs"} & set(feature)
        assert {"geometry", "properties"} <= set(feature)
        assert feature["properties"] is None or isinstance(feature["properties"], dict)
        assert isinstance(feature["id"], str | int | float)
        ids.append(feature["id"])
        geometry = feature["geometry"]
        if geometry is None:  # section 3.2: unlocated
            continue
        assert geometry["type"] in GEOMETRIES
        assert not {"geometry", "properties", "features"} & set(geometry)
        for longitude, latitude in positions(geometry["coordinates"]):
            assert -180 <= longitude <= 180
            assert -90 <= latitude <= 90
    assert len(set(ids)) == len(ids)
    return list(found["features"])


def test_geojson_has_the_councils_where_they_lie(
    adopted: Resolution, proclaimed: Resolution
) -> None:
    factories.CouncilFactory(name="Nothing on record", latitude=1, longitude=1)

    vancouver, calgary = held_to_rfc_7946(data("/resolutions.geojson"))

    # Longitude first.
    assert vancouver["geometry"] == {"type": "Point", "coordinates": [-123.11934, 49.24966]}
    assert calgary["geometry"] is None
    said = vancouver["properties"]
    assert (said["name"], said["population"], said["region"]) == ("Vancouver", 662_248, "CA-BC")
    assert (said["adopted"], said["proclaimed"], said["status"]) == (True, False, "amended")
    assert [row["slug"] for row in said["resolutions"]] == ["vancouver-bc-2010"]
    # A proclamation nobody has verified is not counted.
    assert (calgary["properties"]["adopted"], calgary["properties"]["proclaimed"]) == (False, False)


def test_two_resolutions_of_a_council_are_one_feature(adopted: Resolution) -> None:
    again = factories.ResolutionFactory(council=adopted.council, slug="vancouver-bc-2014")
    step(again, StepKind.DEFEATED, date(2014, 1, 7))
    published(again)

    (feature,) = held_to_rfc_7946(data("/resolutions.geojson"))

    assert len(feature["properties"]["resolutions"]) == 2
    assert (feature["properties"]["status"], feature["properties"]["adopted"]) == ("defeated", True)


# ---- Popolo ----

MOTION = {
    "id": str,
    "organization_id": str,
    "organization": dict,
    "legislative_session_id": None,
    "creator": dict | None,
    "text": str,
    "classification": str | None,
    "date": str | None,
    "requirement": None,
    "result": str | None,
    "vote_events": list,
    "updated_at": str | None,
    "sources": list,
}
VOTE_EVENT = {
    "id": str,
    "motion_id": str,
    "organization_id": str,
    "legislative_session_id": None,
    "classification": str | None,
    "start_date": str,
    "result": str | None,
    "group_results": list,
    "counts": list,
    "votes": list,
    "sources": list,
}
OURS = {"actions", "evidence", "demonstration", "kind", "method"}


def shaped(row: dict[str, Any], shape: dict[str, Any]) -> None:
    """Every property of the class is there as the class has it, and none beside it but our own."""
    assert set(shape) <= set(row)
    assert set(row) - set(shape) <= OURS
    for name, kind in shape.items():
        assert row[name] is None if kind is None else isinstance(row[name], kind), name
    if "result" in shape:
        assert row["result"] in {"pass", "fail", None}
    for source in row["sources"]:
        assert set(source) == {"url", "note"}


def motions() -> list[dict[str, Any]]:
    found = data("/resolutions.popolo.json")["motions"]
    for motion in found:
        shaped(motion, MOTION)
        for event in motion["vote_events"]:
            shaped(event, VOTE_EVENT)
            assert event["motion_id"] == motion["id"]
            for count in event["counts"]:
                assert set(count) == {"option", "value"}
                assert count["option"] in {"yes", "no", "abstain", "absent"}
                assert isinstance(count["value"], int)
    return list(found)


def test_popolo_has_the_motion_and_the_vote_on_it(
    adopted: Resolution, proclaimed: Resolution
) -> None:
    (motion,) = motions()  # what a mayor proclaims is none

    assert (motion["classification"], motion["result"], motion["date"]) == (
        "resolution",
        "pass",
        "2010-02-02",
    )
    assert motion["organization"]["area"]["id"] == "ocd-division/country:ca/csd:5915022"
    assert motion["creator"] == {"name": "Councillor Meggs"}
    assert [action["classification"] for action in motion["actions"]] == [
        ["referral-committee"],
        ["amendment-passage", "passage"],
    ]
    # Nobody recorded a vote on the referral.
    (event,) = motion["vote_events"]
    assert (event["start_date"], event["result"]) == ("2010-03-09", "pass")
    assert event["counts"] == [
        {"option": "yes", "value": 8},
        {"option": "no", "value": 3},
        {"option": "abstain", "value": 0},
    ]
    assert [source["url"] for source in event["sources"]] == ["https://example.org/minutes/1"]


def test_a_result_is_what_was_recorded_whatever_the_counts_say(adopted: Resolution) -> None:
    Step.objects.filter(kind=StepKind.AMENDED).update(votes_for=3, votes_against=8)

    (motion,) = motions()

    assert (motion["result"], motion["vote_events"][0]["result"]) == ("pass", "pass")


def test_what_is_not_decided_has_no_result() -> None:
    resolution = factories.ResolutionFactory()
    step(resolution, StepKind.SUBMITTED, date(2010, 1, 5))
    referred = {"vote_method": "unanimous"}
    step(resolution, StepKind.REFERRED, date(2010, 2, 2), verified=False, **referred)
    published(resolution)

    (motion,) = motions()

    assert (motion["result"], motion["evidence"]) == (None, "reported")
    (event,) = motion["vote_events"]
    assert (event["result"], event["classification"]) == ("pass", "referral-committee")
    assert (event["counts"], event["method"]) == ([], "unanimous")


def test_a_motion_that_was_rescinded_had_passed(adopted: Resolution) -> None:
    step(adopted, StepKind.RESCINDED, date(2012, 6, 1))

    (motion,) = motions()

    assert motion["result"] == "pass"
    assert [event["kind"] for event in motion["vote_events"]] == ["amended", "rescinded"]


def test_every_action_is_a_word_of_open_civic_data_or_none() -> None:
    known = {
        "filing", "introduction", "reading-1", "reading-2", "reading-3", "passage", "failure",
        "withdrawal", "amendment-passage", "referral-committee", "deferral",
        "executive-signature", "executive-veto", "veto-override-passage",
    }  # fmt: skip

    assert {word for words in exports.ACTIONS.values() for word in words} <= known
    assert set(exports.ACTIONS) <= set(StepKind)


# ---- Atom ----


def feed(path: str = "/resolutions.atom") -> Any:
    """The feed, with what RFC 4287 asks of it checked."""
    root = etree.fromstring(read(path).encode())
    assert root.tag == f"{ATOM}feed"
    for row in [root, *root.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            (only,) = row.findall(f"{ATOM}{name}")
            assert only.text
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)",
            row.findtext(f"{ATOM}updated"),
        )
        assert len([x for x in row.findall(f"{ATOM}link") if x.get("rel") == "alternate"]) == 1
    assert root.find(f"{ATOM}author/{ATOM}name").text == "W2I"
    return root


def test_the_feed_has_the_newest_steps_and_marks_reported_ones(
    adopted: Resolution, proclaimed: Resolution
) -> None:
    root = feed()

    assert [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")] == [
        "Calgary, British Columbia: Proclaimed (reported, not yet verified)",
        "Vancouver, British Columbia: Adopted as amended",
        "Vancouver, British Columbia: Referred to committee",
    ]
    newest = Step.objects.get(kind=StepKind.PROCLAIMED)
    entry = root.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"tag:w2i,2009:step-{newest.pk}"
    assert entry.findtext(f"{ATOM}published") == "2011-05-27T00:00:00+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2010-04-01T19:00:00+00:00"
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/calgary-ab-2011/#step-{newest.pk}")


def test_the_feed_of_a_filter_names_itself_and_its_page(adopted: Resolution) -> None:
    links = {
        link.get("rel"): link.get("href")
        for link in feed("/fr/resolutions.atom?region=CA-BC").findall(f"{ATOM}link")
    }

    assert links == {
        "self": "http://testserver/fr/resolutions.atom?region=CA-BC",
        "alternate": "http://testserver/fr/resolutions/?region=CA-BC",
    }


def test_words_in_a_feed_are_no_markup_and_no_control_characters(adopted: Resolution) -> None:
    Step.objects.filter(kind=StepKind.AMENDED).update(summary="<b>8 to 3</b>\x0b & no more")

    summary = feed().findtext(f"{ATOM}entry/{ATOM}summary")

    assert "&lt;b&gt;8 to 3&lt;/b&gt; &amp; no more" in summary


def test_an_empty_feed_is_a_feed_and_always_the_same() -> None:
    assert feed().find(f"{ATOM}entry") is None
    assert read("/resolutions.atom") == read("/resolutions.atom")


# ---- iCalendar ----


def meetings(path: str = "/resolutions.ics") -> list[Any]:
    """The events, read strictly: no line too long, every line ended, what must be there is."""
    answer = Client().get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    raw = answer.content
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    for line in lines:
        assert len(line) <= 75
        assert b"\n" not in line
    calendar = Calendar.from_ical(raw.decode())
    assert calendar["version"] == "2.0"
    events = list(calendar.walk("VEVENT"))
    for event in events:
        assert event.errors == []
        assert {"uid", "dtstamp", "dtstart", "summary"} <= {name.lower() for name in event}
    assert len({event["uid"] for event in events}) == len(events)
    return events


def comes_up(on: date, **kwargs: Any) -> Resolution:
    resolution = factories.ResolutionFactory(**kwargs)
    # Announced a week before it comes up, or today where that lies ahead.
    announced = min(on, timezone.localdate()) - timedelta(days=7)
    step(resolution, StepKind.SCHEDULED, announced, meets_on=on)
    return resolution


def test_the_calendar_has_what_comes_up_from_today_on(vancouver: Council) -> None:
    today = timezone.localdate()
    dated = published(comes_up(today, council=vancouver))
    published(comes_up(today - timedelta(days=1)))
    passed = published(comes_up(today + timedelta(days=7)))
    step(passed, StepKind.WITHDRAWN, today)
    comes_up(today + timedelta(days=7))  # not public

    (event,) = meetings()

    assert event.decoded("dtstart") == today
    assert str(event["summary"]) == "Vancouver: council meeting"
    row = next(row for row in table() if row["slug"] == dated.slug)
    assert row["comes_up_on"] == today.isoformat()
    assert str(event["url"]).startswith(f"http://testserver/resolutions/{dated.slug}/#step-")


# ---- What every file has in common ----


def test_filters_are_those_of_the_page(adopted: Resolution, proclaimed: Resolution) -> None:
    factories.JurisdictionFactory(code="CA-AB", name_en="Alberta")

    by_filter = {
        query: [row["slug"] for row in table(f"/resolutions.csv?{query}")]
        for query in (
            "instrument=mayoral-proclamation",
            "status=amended",
            "region=CA-AB",
            "q=Calgary",
        )
    }

    assert by_filter == {
        "instrument=mayoral-proclamation": ["calgary-ab-2011"],
        "status=amended": ["vancouver-bc-2010"],
        "region=CA-AB": [],
        "q=Calgary": ["calgary-ab-2011"],
    }


def test_a_filter_that_is_not_understood_is_no_empty_file() -> None:
    for path in FILES:
        answer = Client().get(f"{path}?status=none-such")

        assert answer.status_code == 400, path
        assert "Status: “none-such” is not one of these" in answer.content.decode()


@pytest.mark.parametrize("path", [*FILES, "/resolutions/hidden.json"])
def test_nothing_that_is_not_public_leaks(path: str, adopted: Resolution, editor: User) -> None:
    """Not a draft, a draft's model, an address, or who recorded what; not to an editor either."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    draft = comes_up(tomorrow, slug="hidden", title="quagga", council__name="Quagga Lake")
    StepSource.objects.create(step=draft.steps.get(), publisher="quagga", title="x", url="http://x")
    assert adopted.model is not None
    adopted.model.withdraw()
    Step.objects.filter(resolution=adopted).update(meets_on=tomorrow, recorded_by=editor)
    client = Client()
    client.force_login(editor)

    for reader in (client, Client()):
        answer = reader.get(path)
        said = answer.getvalue().decode().lower()
        assert answer.status_code == (404 if "hidden" in path else 200)
        assert "quagga" not in said
        assert "the-model" not in said
        assert "clerk@" not in said
        assert editor.email not in said


def test_demonstration_data_is_marked_in_every_file(vancouver: Council) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    published(comes_up(tomorrow, council=vancouver, is_demo=True))

    assert [row["demonstration"] for row in table()] == ["yes"]
    found = data("/resolutions.json")
    assert (found["about"]["demonstration_count"], found["resolutions"][0]["demonstration"]) == (
        1,
        True,
    )
    assert data("/resolutions.geojson")["features"][0]["properties"]["demonstration"] is True
    assert motions()[0]["demonstration"] is True
    assert feed().findtext(f"{ATOM}entry/{ATOM}title").startswith("Demonstration data: ")
    assert str(meetings()[0]["summary"]).startswith("Demonstration data: ")


def test_files_ask_the_database_as_often_with_many_rows_as_with_few() -> None:
    def act(n: int) -> list[int]:
        for _number in range(n):
            resolution = factories.ResolutionFactory(
                status=StepKind.SCHEDULED,
                status_on=date(2010, 1, 2),
                model=factories.ModelResolutionFactory(published=True),
                champion=factories.OrganizationFactory(),
            )
            for day in (1, 2):
                one = factories.StepFactory(
                    resolution=resolution,
                    kind=StepKind.SCHEDULED,
                    on=date(2010, 1, day),
                    meets_on=date(2999, 1, 1),
                )
                factories.StepSourceFactory(step=one)
            ResolutionText.objects.create(
                resolution=resolution, stage=TextStage.SUBMITTED, recorded_by=one.recorded_by
            )
            published(resolution)
        counts = []
        for path in FILES:
            with CaptureQueriesContext(connection) as asked:
                read(f"{path}?n={n}")
            counts.append(len(asked))
        return counts

    assert act(2) == act(9)


def test_rows_beside_rows_that_have_none_go_astray_nowhere() -> None:
    """Steps and sources are read next to their resolutions, not for each of them."""
    slugs = []
    for number in range(4):
        resolution = factories.ResolutionFactory(
            slug=f"r-{number}", published=True, status_on=date(2010, 1, 1)
        )
        for _step in range(number % 3):
            day = date(2010, 1, 1 + _step)
            one = factories.StepFactory(resolution=resolution, on=day)
            factories.StepSourceFactory(step=one, url=f"https://example.org/{number}/{_step}")
        slugs.append(resolution.slug)

    assert [(row["slug"], row["steps"], row["sources"]) for row in table()] == [
        ("r-0", "0", ""),
        ("r-1", "1", "https://example.org/1/0"),
        ("r-2", "2", "https://example.org/2/0 https://example.org/2/1"),
        ("r-3", "0", ""),
    ]


def test_pages_of_other_sites_may_read_them() -> None:
    for path in FILES:
        assert Client().get(path)["Access-Control-Allow-Origin"] == "*"


# ---- What docs/data.md says of them ----

DOCUMENT = (settings.BASE_DIR / "docs/data.md").read_text()


def words_of(heading: str) -> list[list[str]]:
    """The words in code of the first table under a heading, by row."""
    part = DOCUMENT.partition(f"\n{heading}")[2]
    rows = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert rows
    return [re.findall(r"`([a-z_-]+)`", row) for row in rows[0].splitlines()[2:]]


def test_every_column_is_described_in_its_order() -> None:
    table_of_columns = DOCUMENT.partition("\n## CSV")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table_of_columns, re.MULTILINE)

    assert re.findall(r"`([a-z_]+)`", " ".join(cells)) == list(exports.COLUMNS)


def test_every_form_and_step_is_described_with_its_action() -> None:
    forms, steps = words_of("## Words"), words_of("| `association-resolution` |")

    assert [row[0] for row in forms] == Instrument.values
    assert {row[0]: tuple(row[1:]) for row in steps} == {
        kind: exports.ACTIONS.get(kind, ()) for kind in StepKind.values
    }


def test_every_member_is_described(adopted: Resolution) -> None:
    def names(value: Any) -> set[str]:
        if isinstance(value, list):
            return {name for row in value for name in names(row)}
        if isinstance(value, dict):
            return set(value) | {name for row in value.values() for name in names(row)}
        return set()

    described = set(re.findall(r"`([a-z_]+)`", DOCUMENT))
    found = set[str]()
    for path in ("/resolutions.json", "/resolutions.geojson"):
        found |= names(data(path)["about"] if path.endswith(".json") else {})
        found |= names(data(path).get("resolutions") or data(path)["features"])

    ours = names(motions()) - set(MOTION) - set(VOTE_EVENT)
    of_popolo = {"id", "name", "url", "note", "area", "area_id", "links", "option", "value"}
    of_geojson = {"type", "id", "geometry", "properties", "coordinates"}
    of_licence = set(exports.LICENCE)
    assert found - described - of_geojson - of_licence == set()
    assert ours - described - of_popolo == set()


# ---- Files too large to keep ----


@pytest.fixture
def nothing_is_small() -> Iterator[None]:
    with mock.patch("w2i.middleware.KEPT_AT_MOST", 10):
        yield


@pytest.mark.usefixtures("nothing_is_small")
def test_a_large_file_is_passed_on_and_not_kept(adopted: Resolution) -> None:
    first, again = Client().get("/resolutions.csv"), Client().get("/resolutions.csv")

    assert (first.streaming, again.streaming) == (True, True)
    assert first.getvalue() == again.getvalue()
    assert first["ETag"] == again["ETag"]
    assert first["Cache-Control"] == "public, no-cache"
    assert not hasattr(again.wsgi_request, "page_cache")


@pytest.mark.usefixtures("nothing_is_small")
def test_a_copy_of_a_large_file_is_good_until_something_changes(adopted: Resolution) -> None:
    tag = Client().get("/resolutions.json")["ETag"]
    same = {"if-none-match": tag}

    known = Client().get("/resolutions.json", headers=same)
    adopted.withdraw()
    changed = Client().get("/resolutions.json", headers=same)

    assert (known.status_code, known.getvalue(), known["ETag"]) == (304, b"", tag)
    assert changed.status_code == 200


@pytest.mark.usefixtures("nothing_is_small")
def test_a_large_file_is_made_smaller_on_the_way_and_in_its_own_language(
    adopted: Resolution,
) -> None:
    plain = Client().get("/fr/resolutions.csv").getvalue()
    small = Client().get("/fr/resolutions.csv", headers={"accept-encoding": "gzip"})

    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.getvalue()) == plain
    assert "Colombie-Britannique" in plain.decode()
    assert Client().head("/fr/resolutions.csv").getvalue() == b""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommendations.exporting.MADE", Limit("files-made", 2, 600))


@pytest.mark.usefixtures("few")
def test_a_network_that_has_many_files_made_is_told_to_wait(adopted: Resolution) -> None:
    paths = [f"/resolutions.json?q=word{number}" for number in range(3)]

    answers = [Client().get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert 0 < int(refused["Retry-After"]) <= 600
    assert refused["Cache-Control"] == "private, no-cache"
    assert "Many files were asked for from this network." in refused.content.decode()
    elsewhere = Client().get(paths[-1], REMOTE_ADDR="192.0.2.1")
    assert elsewhere.status_code == 200


@pytest.mark.usefixtures("few")
def test_files_that_are_kept_may_be_had_as_often_as_anybody_likes(adopted: Resolution) -> None:
    codes = [Client().get(path).status_code for path in ["/resolutions.csv"] * 9]

    assert codes == [200] * 9


@pytest.mark.usefixtures("few")
def test_where_the_counters_are_away_files_are_made(adopted: Resolution) -> None:
    with mock.patch("accounts.limits.count", side_effect=RedisError):
        assert Client().get("/resolutions.json").status_code == 200


def test_ordinary_use_is_far_from_the_limit() -> None:
    """Every form of every filter of a page, looked at by a few people of one office."""
    assert MADE.most >= 10 * len(FILES)
