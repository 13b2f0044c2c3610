"""A thousand votes at once, each sent twice; and nothing by which one could be paired with a
person afterwards."""

import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from dialogues import saying, voting
from dialogues.capturing import Said
from dialogues.models import (
    SCORES,
    AgendaItem,
    Channel,
    Contribution,
    ContributionKind,
    Participant,
    Room,
    Tally,
    Voted,
)
from tests.dialogues.phones import Hall

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16
_T = TypeVar("_T")


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def at_once(tmp_path: Path) -> Iterator[Callable[[Callable[[Any], _T], list[Any]], list[_T]]]:
    """Does something with each of many things in sixteen threads, each with its own connection.

    SQLite's database in memory, where tests live, knows no waiting; so threads get a file, as a
    site has, with all that stood in memory. What they write is read in a thread as well.
    """
    settings = connections.settings[DEFAULT_DB_ALIAS]
    name = settings["NAME"]
    is_copied = False

    def do(work: Callable[[Any], _T], things: list[Any]) -> list[_T]:
        nonlocal is_copied
        if connection.vendor == "sqlite" and not is_copied:
            connection.ensure_connection()
            copy = sqlite3.connect(tmp_path / "votes.sqlite3")
            connection.connection.backup(copy)
            copy.close()
            settings["NAME"] = str(tmp_path / "votes.sqlite3")
            is_copied = True
        found: dict[int, _T] = {}

        def some(start: int) -> None:
            try:
                for n in range(start, len(things), THREADS):
                    found[n] = work(things[n])
            finally:
                connection.close()

        with ThreadPoolExecutor(THREADS) as pool:
            for one in [pool.submit(some, start) for start in range(THREADS)]:
                one.result()
        return [found[n] for n in range(len(things))]

    yield do
    settings["NAME"] = name


def _people(hall: Hall, n: int) -> list[Participant]:
    return Participant.objects.bulk_create(
        [
            Participant(dialogue=hall.dialogue, seat=seat, channel=Channel.PHONE)
            for seat in range(1, n + 1)
        ]
    )


def test_a_thousand_votes_each_sent_twice_are_a_thousand(hall: Hall, at_once: Any) -> None:
    item = hall.start("scale")
    people = _people(hall, 1_000)
    twice = [(person, n % 11) for n, person in enumerate(people)] * 2

    counted = at_once(lambda sent: voting.vote(item, sent[0], sent[1]), twice)
    [(results, voted, version)] = at_once(
        lambda _nothing: (voting.results(item), Voted.objects.count(), Room.objects.get().version),
        [None],
    )

    assert Counter(counted) == {True: 1_000, False: 1_000}
    assert results == {"ballots": [91] * 10 + [90]}
    assert voted == 1_000
    assert version >= hall.room.version + 1_000


def test_a_hall_that_speaks_at_once_each_sent_twice_is_heard_once(hall: Hall, at_once: Any) -> None:
    item = hall.start("round")
    sent = [
        (person, Said(ContributionKind.HOPE, f"Hope {person.seat}", uuid.uuid4()))
        for person in _people(hall, 100)
    ]

    at_once(lambda one: saying.say(one[0], one[1], item_id=item.pk), sent * 2)
    [said] = at_once(
        lambda _nothing: list(Contribution.objects.values_list("participant", "text", "code")),
        [None],
    )

    assert sorted((person, text) for person, text, _code in said) == sorted(
        (person.pk, one.text) for person, one in sent
    )
    assert len({code for _person, _text, code in said}) == 100


# ---- What a ballot leaves behind ----


def _links(model: type[models.Model]) -> set[str]:
    return {
        field.related_model._meta.label  # type: ignore[union-attr]
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete
    }


def test_who_voted_and_how_many_chose_what_share_nothing_but_the_round() -> None:
    who = {field.name for field in Voted._meta.concrete_fields}
    what = {field.name for field in Tally._meta.concrete_fields}

    assert who == {"id", "item", "participant"}
    assert what == {"id", "item", "source", "score", "n"}
    assert _links(Voted) & _links(Tally) == {"dialogues.AgendaItem"}
    for model in (Voted, Tally):
        # No history, no moment, and nothing else that points at a row of either.
        assert not hasattr(model, "history")
        assert not any(
            isinstance(field, models.DateField | models.TimeField | models.DurationField)
            for field in model._meta.concrete_fields
        )
        assert not [
            field for field in model._meta.get_fields() if field.is_relation and not field.concrete
        ]


def _rows(table: str) -> list[dict[str, Any]]:
    mark = ", xmin::text, ctid::text" if connection.vendor == "postgresql" else ", rowid AS place"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT *{mark} FROM {table} ORDER BY id")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _all_that_changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    return {table for table, rows in after.items() if rows != before[table]}


def _everything() -> dict[str, list[Any]]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
        return found


def test_a_vote_writes_who_and_how_many_and_that_something_changed_and_nothing_else(
    hall: Hall,
) -> None:
    item = hall.start("scale")
    first, second = _people(hall, 2)
    voting.vote(item, first, 3)
    before = _everything()

    voting.vote(item, second, 8)

    assert _all_that_changed(before, _everything()) == {
        "dialogues_voted",
        "dialogues_tally",
        "dialogues_room",
    }


def test_whatever_was_chosen_the_database_holds_the_same_of_whoever_chose(hall: Hall) -> None:
    """Two rooms in which the same people voted in the same order, and chose the other way round.

    Whoever could tell from all rows who chose what would have to tell the two apart.
    """
    other = Hall(code="TTTTTT")
    left: dict[str, Any] = {}

    for name, place, scores in (("one", hall, (2, 9)), ("other", other, (9, 2))):
        item: AgendaItem = place.start("scale")
        for person, score in zip(_people(place, 2), scores, strict=True):
            voting.vote(item, person, score)
        tallies = [
            (row["source"], row["score"], row["n"])
            for row in _rows("dialogues_tally")
            if row["item_id"] == item.pk
        ]
        voted = [
            row["participant_id"] for row in _rows("dialogues_voted") if row["item_id"] == item.pk
        ]
        seats = dict(Participant.objects.values_list("pk", "seat"))
        left[name] = tallies, [seats[person] for person in voted]

    assert left["one"] == left["other"]
    assert left["one"][1] == [1, 2]


def test_no_mark_of_the_database_tells_which_number_grew(hall: Hall) -> None:
    item = hall.start("scale")
    for person, score in zip(_people(hall, 6), (0, 5, 5, 10, 3, 7), strict=True):
        voting.vote(item, person, score)

    tallies, voted = _rows("dialogues_tally"), _rows("dialogues_voted")

    assert [row["score"] for row in tallies] == list(SCORES)
    if connection.vendor == "postgresql":
        # All numbers were written last by one transaction: each vote writes all of them.
        assert len({row["xmin"] for row in tallies}) == 1
        # And the rows of who voted share no transaction with any of them but the last vote's,
        # which wrote the eleven alike.
        assert len({row["xmin"] for row in voted}) == 6
        assert len({row["xmin"] for row in voted} & {row["xmin"] for row in tallies}) <= 1
    else:
        # A row stays where it was first written, in the order of the scale.
        assert [row["place"] for row in tallies] == sorted(row["place"] for row in tallies)
    assert sum(row["n"] for row in tallies) == 6
