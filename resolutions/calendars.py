"""Calendars to subscribe to (RFC 5545): days on which something comes up.

Made from plain rows, so that an organization's own and the public one are written alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

from recommendations.models.texts import reading

CONTENT_TYPE = "text/calendar; charset=utf-8"
_PRODUCT = "-//W2I//Resolutions//EN"
_ASK_AGAIN = timedelta(hours=12)
# No calendar may hold these, and a few programs then refuse the whole file.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A whole day on which something comes up: a meeting of a council, or a deadline.

    Attributes:
        uid: the same each time the calendar is fetched, and nobody else's.
        known_at: when what is said here was written down.
        url: a whole address, with its host.
    """

    uid: str
    on: date
    title: str
    known_at: datetime
    url: str
    description: str = ""
    place: str = ""


def calendar_of(events: Iterable[Meeting], name: str) -> bytes:
    """A calendar file. The same rows give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # The second is what most programs read, the first what the standard says (RFC 7986).
    calendar.add("name", vText(_plain(name)))
    calendar.add("x-wr-calname", vText(_plain(name)))
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"value": "DURATION"})
    language = {"language": reading()}
    for row in events:
        event = Event()
        event.add("uid", row.uid)
        event.add("dtstamp", row.known_at)
        event.add("dtstart", row.on)
        if row.on < date.max:  # without an end it is one day as well
            event.add("dtend", row.on + timedelta(days=1))  # the first day that is no part of it
        event.add("summary", _plain(row.title), parameters=language)
        if row.description:
            event.add("description", _plain(row.description), parameters=language)
        if row.place:
            event.add("location", _plain(row.place))
        event.add("url", row.url)
        event.add("transp", "TRANSPARENT")  # nobody is busy all day for it
        calendar.add_component(event)
    return calendar.to_ical()


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
