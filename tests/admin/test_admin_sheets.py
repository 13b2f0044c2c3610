"""Tables in and out: what they hold, who may bring them in, and what they may not overwrite."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from dialogues.models import Contribution, ContributionState
from recommendations.models import Entry, EntryKind, Recommendation
from recommendations.sheets import escaped, unescaped
from resolutions.models import Council
from tests import factories
from tests.admin.desk import Desk, said

pytestmark = pytest.mark.django_db

CSV, XLSX = 0, 1


def exported(desk: Desk, model: type, **query: Any) -> list[dict[str, str]]:
    response = desk.client.post(f"{desk.address(model, 'export')}", {"format": CSV, "resource": 0})
    assert response.headers["Content-Type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def sheet(rows: list[dict[str, Any]], form: int = CSV) -> SimpleUploadedFile:
    if form == CSV:
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        return SimpleUploadedFile("table.csv", text.getvalue().encode())
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("table.xlsx", data.getvalue())


def preview(desk: Desk, model: type, rows: list[dict[str, Any]], form: int = CSV) -> Any:
    return desk.post(model, "import", import_file=sheet(rows, form), format=form, resource=0)


def take_in(desk: Desk, model: type, rows: list[dict[str, Any]], form: int = CSV) -> Any:
    """Bring a table in, preview and yes."""
    page = preview(desk, model, rows, form)
    assert "confirm_form" in page.context, problems(page)
    return desk.post(model, "process_import", **page.context["confirm_form"].initial)


def problems(page: Any) -> list[tuple[int, str, str]]:
    """Row, field and reason of everything a preview objects to."""
    return [
        (row.number, field, message)
        for row in page.context["result"].invalid_rows
        for field, messages in row.error_dict.items()
        for message in messages
    ]


def council(**values: Any) -> dict[str, Any]:
    factories.JurisdictionFactory(code="CA-BC")
    return {
        "slug": "delta",
        "name": "Delta",
        "kind": "city",
        "jurisdiction": "CA-BC",
        "population": 108_455,
        **values,
    }


@pytest.mark.parametrize("form", [CSV, XLSX])
def test_a_preview_writes_nothing_and_a_yes_writes_it_all(editor: User, form: int) -> None:
    desk, rows = Desk(editor), [council()]

    page = preview(desk, Council, rows, form)

    assert [row.import_type for row in page.context["result"].rows] == ["new"]
    assert not Council.objects.exists()

    response = take_in(desk, Council, rows, form)

    assert "1 new" in said(response)
    delta = Council.objects.get(slug="delta")
    assert (delta.name, delta.population) == ("Delta", 108_455)
    assert Entry.objects.get(kind=EntryKind.COUNCIL).title == "Delta"
    assert delta.history.get().history_user == editor


def test_taking_the_same_table_in_again_changes_nothing(editor: User) -> None:
    desk, rows = Desk(editor), [council()]
    take_in(desk, Council, rows)

    response = take_in(desk, Council, rows)

    assert "0 new, 0 updated, 0 deleted and 1 skipped" in said(response)
    assert Council.objects.get().history.count() == 1


def test_what_is_wrong_is_said_by_row_and_field_and_nothing_is_taken_in(editor: User) -> None:
    rows = [
        council(),
        council(slug="x", kind="castle"),
        council(slug="y", jurisdiction="CA-XX"),
        council(slug="z", population="many"),
    ]

    page = preview(Desk(editor), Council, rows)

    assert [(row, field) for row, field, _message in problems(page)] == [
        (2, "kind"),
        (3, "jurisdiction"),
        (4, "population"),
    ]
    assert "confirm_form" not in page.context
    assert not Council.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"slug\n", b"name,kind\nDelta,city\n", b"slug,name\n\x00,\x00\n"],
)
def test_a_table_that_is_none_is_refused_in_a_sentence(editor: User, content: bytes) -> None:
    upload = SimpleUploadedFile("table.csv", content)

    page = Desk(editor).post(Council, "import", import_file=upload, format=CSV, resource=0)

    assert page.status_code == 200
    assert "confirm_form" not in page.context
    assert "Traceback" not in page.content.decode()
    assert not Council.objects.exists()


def test_saying_yes_twice_takes_a_table_in_once(editor: User) -> None:
    desk = Desk(editor)
    page = preview(desk, Council, [council()])
    answer = page.context["confirm_form"].initial

    desk.post(Council, "process_import", **answer)
    response = desk.post(Council, "process_import", **answer)

    assert response.status_code == 302
    assert "imported already" in said(response)
    assert Council.objects.count() == 1


FORMULAE = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "'=1+1", "''-x"]


@pytest.mark.parametrize("text", FORMULAE)
def test_no_cell_begins_like_a_formula_and_none_is_changed_for_good(
    editor: User, text: str
) -> None:
    factories.CouncilFactory(name=text, slug="delta")
    desk = Desk(editor)

    rows = exported(desk, Council)

    assert rows[0]["name"][0] == "'"
    response = take_in(desk, Council, rows)
    assert "1 skipped" in said(response)
    assert unescaped(escaped(text)) == text


def test_a_number_below_zero_is_no_formula(editor: User) -> None:
    factories.CouncilFactory(latitude="49.08000", longitude="-123.05860")

    row = exported(Desk(editor), Council)[0]

    assert row["longitude"] == "-123.05860"


def test_a_spreadsheet_keeps_numbers_as_numbers(editor: User) -> None:
    factories.CouncilFactory(population=500, name="=cmd()")
    desk = Desk(editor)

    response = desk.post(Council, "export", format=XLSX, resource=0)

    cells = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    row = dict(zip(*cells, strict=True))
    assert (row["population"], row["name"]) == (500, "'=cmd()")


def test_recommendations_come_back_as_they_went(editor: User) -> None:
    asked = [factories.AddresseeFactory(), factories.AddresseeFactory()]
    recommendation = factories.RecommendationFactory(addressees=asked, text="Été, naïveté, œuvre.")
    desk = Desk(editor)
    rows = exported(desk, Recommendation)

    assert rows[0]["text"] == "Été, naïveté, œuvre."
    assert set(rows[0]["addressees"].split("; ")) == {a.slug for a in asked}
    rows[0].update(text="Nouveau.", addressees=asked[0].slug)
    take_in(desk, Recommendation, rows)

    recommendation.refresh_from_db()
    assert recommendation.text == "Nouveau."
    assert set(recommendation.addressees.all()) == {asked[0]}


@pytest.mark.parametrize("field", ["text", "report"])
def test_text_of_record_that_is_public_is_not_overwritten(editor: User, field: str) -> None:
    recommendation = factories.RecommendationFactory(published=True)
    value = "Other words." if field == "text" else factories.ReportFactory().slug
    rows = [{"code": recommendation.code, field: value}]

    page = preview(Desk(editor), Recommendation, rows)

    assert [(row, name) for row, name, _message in problems(page)] == [(1, field)]
    assert "confirm_form" not in page.context


def test_a_table_says_nothing_of_what_is_public(editor: User) -> None:
    recommendation = factories.RecommendationFactory()
    statement = factories.ContributionFactory()
    desk = Desk(editor)

    take_in(
        desk,
        Recommendation,
        [{"code": recommendation.code, "status": "in-place", "published_at": "2026-01-01"}],
    )
    take_in(
        desk,
        Contribution,
        [{"dialogue": statement.dialogue.slug, "code": statement.code, "state": "posted"}],
    )

    recommendation.refresh_from_db()
    statement.refresh_from_db()
    assert (recommendation.status, recommendation.is_public) == ("not-assessed", False)
    assert statement.state == ContributionState.HELD


def statement_row(dialogue: Any, **values: Any) -> dict[str, Any]:
    row = {"dialogue": dialogue.slug, "code": "HOPE-01", "kind": "hope", "text": "That we act."}
    return {**row, "language": "en", **values}


def test_a_facilitator_brings_statements_into_their_own_dialogue(facilitator: User) -> None:
    mine = factories.DialogueFactory(facilitators=[facilitator], published=True)
    asked = factories.RecommendationFactory(published=True)

    take_in(Desk(facilitator), Contribution, [statement_row(mine, about=asked.code)])

    statement = Contribution.objects.get()
    assert (statement.dialogue, statement.state) == (mine, ContributionState.HELD)
    assert set(statement.about.all()) == {asked}


def test_a_facilitator_brings_none_into_anothers_dialogue(facilitator: User) -> None:
    factories.DialogueFactory(facilitators=[facilitator])
    other = factories.ContributionFactory(dialogue__published=True)
    rows = [statement_row(other.dialogue), statement_row(other.dialogue, code=other.code)]

    page = preview(Desk(facilitator), Contribution, rows)

    assert [(row, field) for row, field, _message in problems(page)] == [
        (1, "dialogue"),
        (2, "dialogue"),
    ]
    assert "confirm_form" not in page.context


def test_a_facilitator_links_no_recommendation_they_may_not_see(facilitator: User) -> None:
    mine = factories.DialogueFactory(facilitators=[facilitator])
    draft = factories.RecommendationFactory()

    page = preview(Desk(facilitator), Contribution, [statement_row(mine, about=draft.code)])

    assert [(row, field) for row, field, _message in problems(page)] == [(1, "about")]


def test_a_table_holds_only_what_its_reader_may_see(facilitator: User) -> None:
    mine = factories.ContributionFactory(dialogue__facilitators=[facilitator])
    factories.ContributionFactory()

    rows = exported(Desk(facilitator), Contribution)

    assert [row["code"] for row in rows] == [mine.code]


@pytest.mark.parametrize(
    ("person", "model", "page", "status"),
    [
        ("facilitator", Recommendation, "import", 403),
        ("facilitator", Council, "export", 403),
        ("ngo_member", Council, "import", 403),
        ("ngo_member", Council, "export", 200),
        ("ngo_member", Contribution, "export", 403),
        ("ngo_member", Recommendation, "import", 403),
    ],
)
def test_sheets_are_for_those_whose_work_it_is(
    person: str, model: type, page: str, status: int, request: pytest.FixtureRequest
) -> None:
    assert Desk(request.getfixturevalue(person)).get(model, page).status_code == status


def test_a_crafted_yes_past_the_preview_is_checked_again(ngo_member: User) -> None:
    response = Desk(ngo_member).post(
        Council, "process_import", import_file_name="x", original_file_name="x", format=0
    )

    assert response.status_code == 403
