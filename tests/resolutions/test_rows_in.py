"""What people write in spreadsheets, and what is made of it: no database is asked."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from recommendations.sheets_in import Row
from resolutions.models import Instrument, StepKind, VoteMethod
from resolutions.rows_in import (
    _FORMS,
    _KINDS,
    _WITH_VOTE,
    COLUMNS,
    date_of,
    event_of,
    instrument_of,
    kind_of,
)

TODAY = date(2026, 5, 4)


def row_of(**cells: str) -> Row:
    given = {
        "municipality": "Vancouver",
        "what happened": "adopted",
        "date": "2024-03-05",
        "link": "https://example.org/minutes",
        **{name.replace("_", " "): cell for name, cell in cells.items()},
    }
    return Row(2, {name: given.get(name, given.get(f"{name} ", "")) for name in COLUMNS})


def refused(**cells: str) -> str:
    with pytest.raises(ValidationError) as problem:
        event_of(row_of(**cells), today=TODAY)
    return " ".join(problem.value.messages)


@pytest.mark.parametrize(
    "typed",
    [
        "2024-03-15",
        "2024/3/15",
        "2024.03.15",
        "2024-03-15T00:00:00",
        "2024-03-15 19:30",
        "15/03/2024",
        "03/15/2024",
        "15-03-2024",
        "15 March 2024",
        "March 15, 2024",
        "Mar. 15th, 2024",
        "15-Mar-2024",
        "Tuesday, 15 March 2024",
        "15 mars 2024",
        "le 15 mars 2024",
    ],
)
def test_a_day_is_read_however_it_is_written(typed: str) -> None:
    assert date_of(typed) == date(2024, 3, 15)


def test_the_same_number_twice_is_no_doubt() -> None:
    assert date_of("04/04/2024") == date(2024, 4, 4)
    assert date_of("1er août 2024") == date(2024, 8, 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is missing"),
        ("03/04/2024", "could be two days: write 2024-03-04 or 2024-04-03"),
        ("15/03/24", "year of two digits"),
        ("45366", "format the column as a date"),
        ("March 2024", "names no day"),
        ("2024", "names no day"),
        ("2024-02-30", "is no date"),
        ("31 June 2024", "is no date"),
        ("soon", "is no date"),
    ],
)
def test_what_is_no_one_day_is_refused_with_what_to_write(typed: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        date_of(typed)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Adopted", StepKind.ADOPTED),
        ("CARRIED", StepKind.ADOPTED),
        ("adoptée", StepKind.ADOPTED),
        ("Adoptées", StepKind.ADOPTED),
        ("adopted-as-amended", StepKind.AMENDED),
        ("Adoptée avec modifications", StepKind.AMENDED),
        ("Referred to committee", StepKind.REFERRED),
        ("Renvoyée en comité", StepKind.REFERRED),
        ("notice of motion", StepKind.NOTICE),
        ("avis de motion", StepKind.NOTICE),
        ("Ruled out of order.", StepKind.OUT_OF_ORDER),
        ("2nd reading", StepKind.READING),
        ("rejetée", StepKind.DEFEATED),
        ("veto overridden", StepKind.OVERRIDDEN),
        ("repealed", StepKind.RESCINDED),
        ("abrogée", StepKind.RESCINDED),
        ("Submitted", StepKind.SUBMITTED),
        ("déposée", StepKind.SUBMITTED),
    ],
)
def test_what_happened_is_read_in_the_words_of_lists(typed: str, kind: StepKind) -> None:
    assert kind_of(typed) == (kind, "")


def test_every_kind_has_words_of_lists_and_no_word_has_two_meanings() -> None:
    assert set(_KINDS) == set(StepKind)
    assert set(_FORMS) == set(Instrument)
    said = [
        word for words in (*_KINDS.values(), *_WITH_VOTE.values()) for word in words.split("; ")
    ]
    assert len(said) == len(set(said))


def test_words_that_say_how_the_vote_went_are_kept() -> None:
    assert kind_of("Carried unanimously") == (StepKind.ADOPTED, VoteMethod.UNANIMOUS)
    assert event_of(row_of(what_happened="adoptée à l’unanimité"), today=TODAY).details == {
        "vote_method": VoteMethod.UNANIMOUS
    }


def test_a_word_of_two_meanings_is_refused() -> None:
    assert "write “Deferred”" in refused(what_happened="tabled")


def test_a_form_is_a_councils_where_nobody_says_another() -> None:
    assert instrument_of("", StepKind.ADOPTED) == Instrument.COUNCIL_RESOLUTION
    assert instrument_of("", StepKind.PROCLAIMED) == Instrument.PROCLAMATION
    assert instrument_of("Ordinance", None) == Instrument.BYLAW
    assert instrument_of("Proclamation du maire", None) == Instrument.PROCLAMATION


@pytest.mark.parametrize(
    ("cells", "details"),
    [
        (
            {"for": "8", "against": "3"},
            {
                "vote_method": "counted",
                "votes_for": 8,
                "votes_against": 3,
                "votes_abstained": None,
                "votes_absent": None,
            },
        ),
        (
            {"vote": "8-3", "absent": ""},
            {
                "vote_method": "counted",
                "votes_for": 8,
                "votes_against": 3,
                "votes_abstained": None,
                "votes_absent": None,
            },
        ),
        ({"vote": "À main levée"}, {"vote_method": "voice"}),
        ({"meeting": "Regular"}, {"meeting": "Regular"}),
    ],
)
def test_a_vote_is_counts_or_words(cells: dict[str, str], details: dict[str, object]) -> None:
    assert event_of(row_of(**cells), today=TODAY).details == details


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"municipality": ""}, "The municipality is missing"),
        ({"what_happened": ""}, "What happened is missing"),
        ({"what_happened": "eaten"}, "“eaten” is none of: Drafted,"),
        ({"form": "song"}, "“song” is none of: Council resolution,"),
        ({"date": "2026-05-05"}, "in the future"),
        ({"date": "1066-05-05"}, "before 1990"),
        ({"link": ""}, "no link where this can be checked"),
        ({"link": "minutes.pdf"}, "is no whole link"),
        ({"link": "javascript:alert(1)"}, "is no whole link"),
        ({"for": "8"}, "A vote has two sides"),
        ({"for": "eight", "against": "3"}, "“eight” is no number"),
        ({"vote": "narrowly"}, "“narrowly” is no vote"),
        ({"what_happened": "submitted", "vote": "8-3"}, "goes without a vote"),
        ({"notes": "=1+1"}, "“=1+1” is a formula"),
        ({"number": "9" * 61}, "longer than 60 characters"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(cells: dict[str, str], said: str) -> None:
    assert said in refused(**cells)


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = refused(date="03/04/2024", link="", vote="narrowly")

    assert [word in said for word in ("two days", "no link", "no vote")] == [True] * 3


def test_an_organization_needs_no_source_for_what_it_did_itself() -> None:
    assert event_of(row_of(what_happened="submitted", link=""), today=TODAY).url == ""


def test_a_source_that_is_not_described_is_called_by_what_is_known() -> None:
    event = event_of(row_of(), today=TODAY)

    assert (event.publisher, event.title) == ("example.org", "Adopted, 5 March 2024")
