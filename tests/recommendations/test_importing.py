"""Recommendations of a report from a list."""

import csv
import io
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from accounts.models import Role, User
from recommendations import importing
from recommendations.importing import COLUMNS, Answer, Draft, Moved, Sheet, Taken
from recommendations.models import Addressee, Audience, Pillar, Recommendation, Report
from tests.dialogues.conftest import AtOnce, at_once
from tests.factories import (
    AddresseeFactory,
    AudienceFactory,
    PillarFactory,
    RecommendationFactory,
    ReportFactory,
    SubjectFactory,
    UserFactory,
)

__all__ = ["at_once"]

pytestmark = pytest.mark.django_db

ONE = {"audience": "Canada", "pillar": "Capacity", "addressees": "Prime Minister", "text": "Act."}


@pytest.fixture
def report() -> Report:
    """A draft, on a site that knows one audience, one pillar and one addressee."""
    AudienceFactory(code_prefix="CA", name_en="Canada", name_fr="Canada", slug="canada")
    PillarFactory(name_en="Capacity", name_fr="Capacité", slug="capacity")
    AddresseeFactory(name_en="Prime Minister", name_fr="Premier ministre", slug="pm")
    report: Report = ReportFactory(published_at=None, published_by=None, published=False)
    return report


def as_csv(*rows: dict[str, str], delimiter: str = ",") -> str:
    out = io.StringIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def drafted(*rows: dict[str, str], **answers: Answer) -> Draft:
    said = {key.replace("__", "|").replace("_", " "): answer for key, answer in answers.items()}
    return Draft(*importing.read(as_csv(*rows)), said)


def understood(report: Report, *rows: dict[str, str]) -> Sheet:
    return importing.understand(drafted(*rows), report)


def write(draft: Draft, report: Report, by: User) -> Taken:
    mark = importing.understand(draft, report).mark
    return importing.take_in(draft, report, mark=mark, by=by)


def problems(report: Report, *rows: dict[str, str]) -> dict[int, str]:
    return {line.number: " ".join(line.errors) for line in understood(report, *rows).wrong}


# ---- What can be read ----


def files() -> dict[str, Any]:
    text = as_csv(ONE | {"text": "Préparez « l’action ».", "translation": "Prepare."})
    semicolons = as_csv(
        ONE | {"text": "Préparez « l’action ».", "translation": "Prepare."}, delimiter=";"
    )
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(text)):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return {
        "utf-8.csv": text.encode(),
        "bom.csv": text.encode("utf-8-sig"),
        "windows.csv": semicolons.encode("cp1252"),
        "tabs.tsv": text.replace(",", "\t").encode(),
        "utf-16.csv": semicolons.encode("utf-16"),
        "book.xlsx": packed.getvalue(),
        "pasted": text,
    }


@pytest.mark.parametrize("name", sorted(files()))
def test_a_list_is_read_however_a_spreadsheet_saved_it(name: str, report: Report) -> None:
    content = files()[name]
    source = content if isinstance(content, str) else SimpleUploadedFile(name, content)

    rows, unread = importing.read(source)

    assert unread == []
    (line,) = importing.understand(Draft(rows), report).ready
    assert (line.code, line.text, line.translation) == (
        "CA-01",
        "Préparez « l’action ».",
        "Prepare.",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in it."),
        (as_csv(ONE).splitlines()[0].encode(), "There are headings, and no row below them."),
        (b"audience,text\nCanada,Act.", "There is no column “pillar”, “addressees”."),
        (b"\x00\x01\x02\x03" * 50, "This file can’t be read as text."),
        (b"x" * 10_000_000, "This is larger than 2 MB."),
        (
            as_csv(*[ONE | {"text": f"Act {n}."} for n in range(1_001)]).encode(),
            "There are more than 1000 rows.",
        ),
        (b"PK\x03\x04 no workbook", "This Excel file can’t be opened."),
        (as_csv(ONE).encode() + b'Canada,Capacity,PM,"never ended' + b"x" * 60_000, "quotation"),
    ],
)
def test_what_cant_be_read_is_said_in_plain_words(content: bytes, said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace(".", r"\.")):
        importing.read(SimpleUploadedFile("list.csv", content))


def test_a_column_nobody_reads_is_named() -> None:
    _rows, unread = importing.read(as_csv(ONE | {"Translaton": "Agis.", "Notes": "x"}))

    assert unread == ["Translaton", "Notes"]


# ---- What is understood ----


def test_every_problem_stands_beside_its_row(report: Report) -> None:
    other = RecommendationFactory(code="CA-07", report__title="Another one")
    AudienceFactory(code_prefix="US", name_en="United States")

    found = problems(
        report,
        ONE | {"text": ""},
        ONE | {"text": "x" * 3_001},
        ONE | {"text": "=HYPERLINK(1)"},
        ONE | {"text": "#REF!"},
        ONE | {"text": "Ring \x07 the bell"},
        ONE | {"audience": "", "pillar": "", "addressees": " ; "},
        ONE | {"audience": "A" * 201},
        ONE | {"text": "Seven.", "code": other.code},
        ONE | {"text": "Eight.", "code": "R-1"},
        ONE | {"text": "Nine.", "code": "US-01"},
        ONE | {"text": "Ten.", "order": "first"},
        ONE | {"text": "Good."},
        ONE | {"text": " good. "},
        ONE | {"text": "Coded.", "code": "CA-20"},
        ONE | {"text": "Coded too.", "code": "ca-20"},
        ONE | {"text": "Placed.", "order": "40"},
        ONE | {"text": "Placed too.", "order": "40"},
    )

    assert {number: said.partition(":")[0] for number, said in found.items()} == {
        2: "The text is missing.",
        3: "“text” is 3001 characters long; 3000 are the most.",
        4: "“text” begins as a formula does, with “=”. If its words do begin so, put an apostrophe"
        " before them.",
        5: "“text” holds an error of the spreadsheet",
        6: "“text” holds a sign that can’t be printed.",
        7: "No audience is named. No pillar is named. Nobody is named who is asked to act.",
        8: f"The name “{'A' * 40} …” is longer than 200 characters.",
        9: "CA-07 is a recommendation of another report, “Another one”.",
        10: "“R-1” is no code",
        11: "Codes that begin with US are those of the audience “United States”.",
        12: "“first” is no place in the report",
        14: "Row 13 asks the same of the same audience, in the same words.",
        16: "Row 15 has this code already.",
        18: "Row 17 has place 40 already.",
    }


def test_codes_go_on_from_report_to_report_and_pass_over_those_the_list_names(
    report: Report,
) -> None:
    RecommendationFactory(code="CA-09")
    rows = [ONE | {"text": f"Act {n}.", "code": "CA-12" if n == 1 else ""} for n in range(3)]

    lines = understood(report, *rows).ready

    assert [(line.code, line.order) for line in lines] == [
        ("CA-13", 1),
        ("CA-12", 2),
        ("CA-14", 3),
    ]


def test_names_are_known_in_both_languages_and_new_ones_asked_about_once(report: Report) -> None:
    known = {"audience": "CA", "pillar": "capacite", "addressees": "premier MINISTRE;PM"}

    sheet = understood(
        report,
        known | {"text": "One."},
        ONE | {"text": "Two.", "addressees": "A Senate; the  senate; a SENATE", "subject": "Law"},
    )

    assert [len(line.addressees) for line in sheet.ready] == [1, 2]
    assert [(name.column, name.typed, name.rows) for name in sheet.asked] == [
        ("addressees", "A Senate", [3]),
        ("addressees", "the senate", [3]),
        ("subject", "Law", [3]),
    ]


# ---- What is written ----


def test_a_list_becomes_drafts_with_all_it_names(report: Report, editor: User) -> None:
    office = AddresseeFactory(name_en="The office")
    subject = SubjectFactory(name_en="Warning")
    draft = drafted(
        ONE
        | {
            "audience": "South Africa",
            "pillar": "Acting early",
            "addressees": "Parliament; an office; Prime Minister",
            "text": "Watch\n for  signs 🕯, “always”.",
            "translation": "Veillez.",
            "order": "7",
            "subject": "warning",
        },
        audience__south_africa=Answer(0, "South Africa", "Afrique du Sud", "ZA"),
        pillar__acting_early=Answer(0, "Acting early", "Agir tôt"),
        addressees__parliament=Answer(0, "Parliament", "Le Parlement", "", "legislature"),
        addressees__an_office=Answer(office.pk),
    )

    taken = write(draft, report, editor)

    row = Recommendation.objects.get()
    assert taken == Taken(new=1, names=3)
    assert (row.code, row.order, row.report, row.is_public) == ("ZA-01", 7, report, False)
    assert (row.text, row.translation) == ("Watch for signs 🕯, “always”.", "Veillez.")
    assert (row.audience.name_fr, row.audience.slug) == ("Afrique du Sud", "south-africa")
    assert (row.pillar.name_fr, row.subject) == ("Agir tôt", subject)
    assert {each.name_en for each in row.addressees.all()} == {
        "Parliament",
        "The office",
        "Prime Minister",
    }
    (line,) = row.history.all()
    assert (line.history_user, line.history_type) == (editor, "+")
    assert {link.addressee_id for link in line.addressees.all()} == {
        each.pk for each in row.addressees.all()
    }


def test_the_same_list_again_changes_nothing(report: Report, editor: User) -> None:
    answers = {
        "audience__s_africa": Answer(0, "South Africa", "", "ZA"),
        "addressees__a_senate": Answer(0, "A Senate", "", "", "legislature"),
    }
    rows = [
        ONE
        | {"text": f"Act {n}.", "audience": "S. Africa".replace(".", ""), "addressees": "A Senate"}
        for n in range(3)
    ]
    draft = drafted(*rows, **answers)
    mark = importing.understand(draft, report).mark

    first = importing.take_in(draft, report, mark=mark, by=editor)
    again = importing.take_in(draft, report, mark=mark, by=editor)

    assert (first, again) == (Taken(new=3, names=2), Taken(same=3))
    assert (Recommendation.objects.count(), Audience.objects.count()) == (3, 2)
    assert Recommendation.history.count() == 3


def test_two_clicks_at_once_write_once(at_once: AtOnce) -> None:
    editor = UserFactory(roles=[Role.EDITOR])
    AudienceFactory(code_prefix="CA", name_en="Canada")
    report = ReportFactory(published_at=None, published_by=None, published=False)
    draft = drafted(
        ONE,
        pillar__capacity=Answer(0, "Capacity"),
        addressees__prime_minister=Answer(0, "Prime Minister", kind="office"),
    )
    mark = importing.understand(draft, report).mark

    done = at_once(*[lambda: importing.take_in(draft, report, mark=mark, by=editor)] * 2)

    assert sorted(done, key=str) == [Taken(new=1, names=2), Taken(same=1)][::-1]
    assert (Recommendation.objects.count(), Pillar.objects.count()) == (1, 1)


def test_the_list_as_it_is_now_comes_back_as_it_was(report: Report, editor: User) -> None:
    write(drafted(*[ONE | {"text": f'\'- Act {n}, "now"; all.'} for n in range(3)]), report, editor)

    rows = importing.rows_of_report(report)
    sheet = importing.understand(Draft(*importing.read(as_csv(*rows))), report)

    assert Recommendation.objects.filter(text='- Act 0, "now"; all.').exists()
    assert (len(sheet.same), len(sheet.ready), sheet.writes) == (3, 3, False)


def test_a_draft_follows_the_list_and_says_what_it_was(report: Report, editor: User) -> None:
    draft = RecommendationFactory(code="CA-01", report=report, text="Act.", order=1)
    extra = RecommendationFactory(code="CA-02", report=report, order=2)

    sheet = understood(report, ONE | {"code": "CA-01", "text": "Act now.", "order": "5"})
    taken = write(
        drafted(ONE | {"code": "CA-01", "text": "Act now.", "order": "5"}), report, editor
    )

    draft.refresh_from_db()
    assert list(sheet.changed[0].changes) == ["audience", "pillar", "addressees", "text", "order"]
    assert sheet.changed[0].changes["text"] == "Act."
    assert sheet.absent == [extra]
    assert taken == Taken(changed=1)
    assert (draft.text, draft.order, draft.audience.name_en) == ("Act now.", 5, "Canada")
    assert [each.name_en for each in draft.addressees.all()] == ["Prime Minister"]


def test_what_is_public_is_never_changed_by_a_list(report: Report, editor: User) -> None:
    report.publish(by=editor)
    public = RecommendationFactory(
        code="CA-01",
        report=report,
        published=True,
        text="Act.",
        audience=Audience.objects.get(slug="canada"),
        pillar=Pillar.objects.get(slug="capacity"),
        addressees=[Addressee.objects.get(slug="pm")],
    )

    changed = drafted(ONE | {"code": "CA-01", "text": "Act now."})
    same = understood(report, ONE | {"code": "CA-01"})

    assert "CA-01 is public" in importing.understand(changed, report).wrong[0].errors[0]
    with pytest.raises(Moved):
        write(changed, report, editor)
    public.refresh_from_db()
    assert (public.text, len(same.same)) == ("Act.", 1)


def test_what_was_not_shown_is_not_written(report: Report, editor: User) -> None:
    draft = drafted(ONE)
    mark = importing.understand(draft, report).mark
    RecommendationFactory(code="CA-01")  # the code that was shown is taken meanwhile

    with pytest.raises(Moved):
        importing.take_in(draft, report, mark=mark, by=editor)
    with pytest.raises(Moved):
        importing.take_in(drafted(ONE | {"pillar": "New"}), report, mark=mark, by=editor)

    assert not report.recommendations.exists()
    assert not Pillar.objects.filter(name_en="New").exists()


def test_letters_another_audience_took_meanwhile_are_asked_for_again(
    report: Report, editor: User
) -> None:
    draft = drafted(
        ONE | {"audience": "South Africa"},
        audience__south_africa=Answer(0, "South Africa", "", "ZA"),
    )
    mark = importing.understand(draft, report).mark
    AudienceFactory(code_prefix="ZA", name_en="Zambia")

    with pytest.raises(Moved):
        importing.take_in(draft, report, mark=mark, by=editor)

    assert [name.typed for name in importing.understand(draft, report).asked] == ["South Africa"]


def test_a_thousand_rows_are_written_in_few_questions(
    report: Report, editor: User, django_assert_max_num_queries: Any
) -> None:
    draft = drafted(*[ONE | {"text": f"Act {n}."} for n in range(1_000)])
    mark = importing.understand(draft, report).mark

    with django_assert_max_num_queries(100):
        importing.take_in(draft, report, mark=mark, by=editor)

    assert report.recommendations.count() == 1_000


cells = st.text(max_size=60) | st.sampled_from(
    ["Canada", "CA", "Capacity", "Prime Minister;;", "CA-01", "ca-1", "7", "-1", "=1", "'=1", "🕯"]
)
lists = st.lists(st.tuples(*[cells for _ in COLUMNS]), min_size=1, max_size=6)


@bounded(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=lists)
def test_any_cells_are_understood_or_refused_in_words(
    rows: list[tuple[str, ...]], report: Report, editor: User
) -> None:
    text = as_csv(*[dict(zip(COLUMNS, row, strict=True)) for row in rows])
    source = SimpleUploadedFile("list.csv", text.encode("utf-8", "replace"))
    with suppress(ValidationError):
        _understand_and_carry(Draft(*importing.read(source)), report, editor)


def _understand_and_carry(draft: Draft, report: Report, editor: User) -> None:
    sheet = importing.understand(draft, report)
    assert len(sheet.ready) + len(sheet.wrong) == len(draft.rows)
    assert all(all(line.errors) for line in sheet.wrong)
    codes = [line.code for line in sheet.ready if line.code]
    assert len(codes) == len(set(codes))
    seal = importing.sealed(draft, report, editor, sheet.mark)
    assert importing.unsealed(seal, report, editor) == (draft, sheet.mark)
