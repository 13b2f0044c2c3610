"""Calendar files: what every program that reads them expects."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from resolutions.calendars import Meeting, calendar_of
from resolutions.forms.copies import RecipientForm

LONG = "Montréal, l’été; une assemblée \\ du conseil, " * 8
MEETING = Meeting(
    uid="meeting-7@example.org",
    on=date(2028, 2, 29),
    title=LONG,
    known_at=datetime(2028, 1, 5, 12, 30, tzinfo=UTC),
    url="https://example.org/resolutions/montreal-qc-2028/",
    description="First line\nand the second\x07",
    place="Montréal, Québec",
)


@pytest.fixture
def lines() -> list[bytes]:
    return calendar_of([MEETING], "Councils, all").split(b"\r\n")


def test_a_file_is_read_by_a_strict_reader_without_a_complaint() -> None:
    calendar = Calendar.from_ical(calendar_of([MEETING], "Councils, all"))

    assert isinstance(calendar, Calendar)
    assert [part.errors for part in calendar.walk()] == [[], []]
    assert not any(part.ignore_exceptions for part in calendar.walk("VCALENDAR"))
    (event,) = calendar.events
    assert event["UID"] == "meeting-7@example.org"
    assert event.decoded("DTSTART") == date(2028, 2, 29)
    assert event.decoded("DTEND") == date(2028, 3, 1)
    assert event.decoded("DTSTAMP") == datetime(2028, 1, 5, 12, 30, tzinfo=UTC)
    assert event["SUMMARY"] == LONG
    assert event["DESCRIPTION"] == "First line\nand the second"
    assert event["URL"] == MEETING.url


def test_a_day_after_which_there_is_none_takes_no_other_day_away() -> None:
    calendar = Calendar.from_ical(calendar_of([replace(MEETING, on=date.max), MEETING], "All"))

    assert [event.decoded("DTSTART") for event in calendar.events] == [date.max, MEETING.on]


def test_lines_end_and_are_folded_as_the_standard_says(lines: list[bytes]) -> None:
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two


def test_commas_and_semicolons_are_no_separators(lines: list[bytes]) -> None:
    assert rb"NAME:Councils\, all" in lines
    assert "LOCATION:Montréal\\, Québec".encode() in lines


def test_the_same_days_give_the_same_bytes() -> None:
    assert calendar_of([MEETING], "A") == calendar_of([MEETING], "A")


def test_a_calendar_with_nothing_in_it_is_one() -> None:
    calendar = Calendar.from_ical(calendar_of([], "Nothing"))

    assert isinstance(calendar, Calendar)
    assert calendar.events == []


@pytest.mark.parametrize(
    ("due_on", "is_taken"),
    [("", True), ("2026-05-01", True), ("1066-05-01", False), ("9999-12-31", False)],
)
def test_a_day_nobody_means_is_no_deadline(due_on: str, is_taken: bool) -> None:
    form = RecipientForm({"recipient": "The clerk", "kind": "other", "due_on": due_on})

    assert (form.is_valid(), list(form.errors)) == (is_taken, [] if is_taken else ["due_on"])
