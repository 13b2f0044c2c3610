"""Lists of statements: read as a spreadsheet saves them, shown first, written and undone whole."""

import io
import re
import uuid
import zipfile
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from dialogues import capturing, importing
from dialogues.capturing import Said
from dialogues.models import (
    Batch,
    Channel,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Room,
    Sector,
)
from recommendations import sheets_in
from recommendations.sheets_in import rows_of
from tests.factories import AnswerFactory, BatchFactory, DialogueFactory, ParticipantFactory

pytestmark = pytest.mark.django_db

HOPE, CONCERN = ContributionKind.HOPE, ContributionKind.CONCERN
COLUMNS = {"kind": ("genre",), "text": ("texte", "énoncé")}
LIST = "kind,text\nhope,Épée œuvre “quoted” – it’s\nconcern,Naïve\n"


def file(content: bytes, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def xlsx(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def messages_of(caught: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return list(caught.value.messages)


# ---- Reading ----


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_is_read_in_whatever_it_was_saved(encoding: str, delimiter: str) -> None:
    content = LIST.replace(",", delimiter).encode(encoding)

    rows = rows_of(file(content), COLUMNS, needs=["text"])

    assert rows == [
        {"kind": "hope", "text": "Épée œuvre “quoted” – it’s"},
        {"kind": "concern", "text": "Naïve"},
    ]
    assert [row.number for row in rows] == [2, 3]


def test_utf_16_of_another_order_is_read_too() -> None:
    content = b"\xfe\xff" + LIST.encode("utf-16-be")

    assert rows_of(file(content), COLUMNS)[1]["text"] == "Naïve"


def test_an_excel_file_is_read() -> None:
    content = xlsx(("Genre", "Énoncé", None), ("hope", "That we act", None), (None, 7.0, None))

    rows = rows_of(file(content, "list.xlsx"), COLUMNS, needs=["text"])

    assert rows == [{"kind": "hope", "text": "That we act"}, {"kind": "", "text": "7"}]


@pytest.mark.parametrize("heading", ["text", "TEXT", " Texte ", "Énoncé", "enonce", "énonce\u0301"])
def test_headings_are_known_in_both_languages_however_they_are_written(heading: str) -> None:
    assert rows_of(f"{heading}\nA", COLUMNS, needs=["text"])[0]["text"] == "A"


def test_quoted_text_may_hold_commas_and_lines() -> None:
    rows = rows_of('text,kind\n"One, two;\nthree ""four""",hope\n', COLUMNS)

    assert rows[0]["text"] == 'One, two;\nthree "four"'


def test_empty_rows_are_left_out_and_counted() -> None:
    rows = rows_of("\n\nkind,text\n,\nhope,A\n\n  ,\nhope,B\n", COLUMNS)

    assert [(row.number, row["text"]) for row in rows] == [(5, "A"), (8, "B")]


def test_columns_nobody_asked_for_are_passed_over() -> None:
    rows = rows_of("id;text;e-mail\n1;A;x@example.org\n", COLUMNS)

    assert rows == [{"kind": "", "text": "A"}]


def test_pasted_lines_need_no_heading() -> None:
    rows = rows_of("That we act, soon\r\n\r\nThat “they” act; too\n", COLUMNS, lines_are="text")

    assert [(row.number, row["text"]) for row in rows] == [
        (1, "That we act, soon"),
        (3, "That “they” act; too"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "There is nothing in it."),
        (b" \n,,\n", "There is nothing in it."),
        (b"kind,text\n", "There are headings, and no row below them."),
        (b"kind,words\nhope,A\n", "There is no column “text”. The first row must name the columns"),
        (b"kind,text\nhope,A, B\n", "Row 2 has more cells than there are headings."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "This file can’t be read as text."),
        (b"text\n\x81\x8d\x90", "This file can’t be read as text."),
        (b"\xff\xfea", "This file can’t be read as text."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an old Excel file."),
        (b"PK\x03\x04 broken", "This Excel file can’t be opened."),
        (b"text\n" + b"A\n" * 2_001, "There are more than 2000 rows. Send them in parts."),
        (b"text\n" + b"A" * 2_000_000, "This is larger than 2 MB. Send it in parts."),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else None,
)
def test_what_can_not_be_read_is_told_in_words(content: bytes, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        rows_of(file(content), COLUMNS, needs=["text"])

    assert messages_of(caught)[0].startswith(message)


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(ValidationError) as caught:
        rows_of("kind,words\nhope,A\n", COLUMNS, needs=["text"])

    assert messages_of(caught)[0].endswith("it says: kind, words.")


def test_pasted_text_has_the_same_limits() -> None:
    with pytest.raises(ValidationError, match="2 MB"):
        rows_of("A" * 2_000_001, COLUMNS, lines_are="text")
    with pytest.raises(ValidationError, match="2000 rows"):
        rows_of("A\n" * 2_001, COLUMNS, lines_are="text")
    assert len(rows_of("A\n" * 2_000, COLUMNS, lines_are="text")) == 2_000


def test_an_excel_file_with_too_many_rows_is_refused() -> None:
    content = xlsx(("text",), *[("A",)] * 2_001)

    with pytest.raises(ValidationError, match="more than 2000 rows"):
        rows_of(file(content), COLUMNS)


def test_an_excel_file_that_unpacks_to_a_mountain_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * (sheets_in._UNPACKED + 1))

    with pytest.raises(ValidationError, match="2 MB"):
        rows_of(file(packed.getvalue()), COLUMNS)


def test_a_zip_that_is_no_workbook_is_told() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "A")

    with pytest.raises(ValidationError, match="can’t be opened"):
        rows_of(file(packed.getvalue()), COLUMNS)


# ---- Understanding ----


def read(text: str, kind: ContributionKind | None = None, **fields: Any) -> list[Said]:
    return importing.read(text, DialogueFactory(**fields), kind=kind)


def facts(said: Said) -> tuple[str, str, str, str, str]:
    return said.kind, said.text, said.sector, said.code, said.language


def test_a_row_says_kind_text_sector_number_and_language() -> None:
    (said,) = read("kind,text,sector,code,language\nHope,Agir,Education,HOPE-7,fr\n")

    assert facts(said) == (HOPE, "Agir", Sector.EDUCATION, "HOPE-07", "fr")


def test_what_a_row_leaves_out_is_as_usual() -> None:
    (said,) = read("kind,text\nconcern,A\n", language="fr")

    assert facts(said) == (CONCERN, "A", "", "", "fr")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Hopes,A,,", (HOPE, "", "")),
        ("CONCERN,A,ngo,", (CONCERN, Sector.NGO, "")),
        ("idea,A,NGO and grassroots,3", (ContributionKind.IDEA, Sector.NGO, "IDEA-03")),
        (",A,,CONCERN-12", (CONCERN, "", "CONCERN-12")),
        ("commitment,A,other-sectors,", (ContributionKind.COMMITMENT, Sector.OTHER, "")),
    ],
)
def test_words_are_understood_as_people_write_them(
    row: str, expected: tuple[str, str, str]
) -> None:
    (said,) = read(f"kind,text,sector,code\n{row}\n")

    assert (said.kind, said.sector, said.code) == expected


def test_lines_have_the_kind_that_was_chosen() -> None:
    found = read("One\nTwo\n", kind=CONCERN)

    assert [(said.kind, said.text) for said in found] == [(CONCERN, "One"), (CONCERN, "Two")]
    assert len({said.key for said in found}) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("wish,A,,,", "Row 2: “wish” is none of: Hope, Concern, Question,"),
        (",A,,,", "Row 2: No kind is named."),
        ("hope,,,,x", "Row 2: "),
        ("hope,,other,,", "Row 2: Write what was said: the box is empty."),
        ("hope," + "x" * 5_001 + ",,,", "Row 2: This is 5001 characters long."),
        ("hope,A,army,,", "Row 2: “army” is none of: General, Education,"),
        ("hope,A,,HOPE-x,", "Row 2: “HOPE-x” is no number of this kind: write it as HOPE-07."),
        ("hope,A,,IDEA-3,", "Row 2: “IDEA-3” is no number of this kind"),
        ("hope,A,,0,", "Row 2: “0” is no number of this kind"),
        ("hope,A,,100000,", "Row 2: “100000” is no number of this kind"),
        ("hope,A,,,de", "Row 2: “de” is no language of this site: write en or fr."),
    ],
)
def test_what_is_wrong_is_said_by_row(row: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(f"kind,text,sector,code,language\n{row}\n")

    assert messages_of(caught)[0].startswith(message)


def test_every_wrong_row_is_named_and_a_flood_is_cut() -> None:
    with pytest.raises(ValidationError) as caught:
        read("kind,text\n" + "hope,A\nwish,A\n" * 30)

    messages = messages_of(caught)
    assert [m.partition(":")[0] for m in messages[:3]] == ["Row 3", "Row 5", "Row 7"]
    assert len(messages) == 21
    assert messages[-1] == "And 10 more."


def test_a_number_is_taken_once_in_the_dialogue_and_in_the_list(facilitator: User) -> None:
    dialogue = DialogueFactory()
    importing.take_in(
        dialogue, importing.read("code,text\nHOPE-01,A\n", dialogue, kind=None), by=facilitator
    )

    with pytest.raises(ValidationError) as caught:
        importing.read("code,text\nHOPE-1,A\nHOPE-2,B\nHOPE-02,C\n", dialogue, kind=None)

    assert messages_of(caught) == [
        "Row 2: HOPE-01 is already taken down.",
        "Row 4: HOPE-02 is already taken down.",
    ]


# ---- Writing ----


def test_a_list_is_written_as_one_import(facilitator: User) -> None:
    dialogue = DialogueFactory()
    said = importing.read("kind,text\nhope,A\nhope,B\nconcern,C\n", dialogue, kind=None)

    batch, n = importing.take_in(dialogue, said, by=facilitator)

    rows = batch.statements.order_by("pk").values_list("code", "text", "state", "channel")
    assert n == 3
    assert list(rows) == [
        ("HOPE-01", "A", ContributionState.POSTED, Channel.IMPORT),
        ("HOPE-02", "B", ContributionState.POSTED, Channel.IMPORT),
        ("CONCERN-01", "C", ContributionState.POSTED, Channel.IMPORT),
    ]
    assert (batch.made_by, batch.dialogue) == (facilitator, dialogue)


def test_each_imported_statement_has_its_line_of_history(facilitator: User) -> None:
    dialogue = DialogueFactory()
    importing.take_in(dialogue, importing.read("A\nB\n", dialogue, kind=HOPE), by=facilitator)

    lines = Contribution.history.order_by("id").values_list("text", "history_type", "history_user")
    assert list(lines) == [("A", "+", facilitator.pk), ("B", "+", facilitator.pk)]


def test_numbers_of_the_list_come_before_those_that_are_given(facilitator: User) -> None:
    dialogue = DialogueFactory()
    said = importing.read("code,text\n,A\n1,B\n,C\n4,D\n", dialogue, kind=HOPE)

    batch, _n = importing.take_in(dialogue, said, by=facilitator)

    assert dict(batch.statements.values_list("text", "code")) == {
        "A": "HOPE-05",
        "B": "HOPE-01",
        "C": "HOPE-06",
        "D": "HOPE-04",
    }


def test_an_imported_list_tells_other_screens_that_the_room_changed(facilitator: User) -> None:
    dialogue = DialogueFactory()
    batch = brought_in(dialogue, facilitator)
    room = Room.objects.get(dialogue=dialogue)

    assert set(batch.statements.values_list("version", flat=True)) == {room.version}
    importing.undo(batch, by=facilitator)
    before = room.version
    room.refresh_from_db()
    assert room.version == before + 1


def test_the_card_of_a_statement_that_was_moved_is_not_imported_again(facilitator: User) -> None:
    dialogue = DialogueFactory()
    batch = brought_in(dialogue, facilitator, "A\n")
    capturing.move(batch.statements.get(), CONCERN)
    again = importing.read("code,text\nHOPE-01,A\n", dialogue, kind=None)

    with pytest.raises(ValidationError, match="HOPE-01 is already taken down"):
        importing.take_in(dialogue, again, by=facilitator)


def test_sent_twice_a_list_is_there_once(facilitator: User) -> None:
    dialogue = DialogueFactory()
    said = importing.read("A\nB\n", dialogue, kind=HOPE)

    first = importing.take_in(dialogue, said, by=facilitator)
    second = importing.take_in(dialogue, said, by=facilitator)

    assert first == second
    assert (Batch.objects.count(), Contribution.objects.count()) == (1, 2)


def test_one_row_that_can_not_be_taken_keeps_all_out(facilitator: User) -> None:
    dialogue = DialogueFactory()
    said = importing.read("code,text\nHOPE-01,A\nHOPE-02,B\n", dialogue, kind=None)
    taken = Said(HOPE, "Theirs.", uuid.uuid4(), code="HOPE-02")
    capturing.take_down(dialogue, taken, channel=Channel.CONSOLE, by=facilitator)

    with pytest.raises(ValidationError, match="HOPE-02 is already taken down"):
        importing.take_in(dialogue, said, by=facilitator)

    assert list(Contribution.objects.values_list("text", flat=True)) == ["Theirs."]
    assert not Batch.objects.exists()


def test_in_a_public_dialogue_a_list_is_public_at_once(facilitator: User) -> None:
    dialogue = DialogueFactory(published=True)

    importing.take_in(dialogue, importing.read("A\n", dialogue, kind=HOPE), by=facilitator)

    assert Contribution.objects.public().get().text == "A"
    dialogue.refresh_from_db()
    assert dialogue.counts == {"hope": 1}


# ---- Undoing ----


def brought_in(dialogue: Dialogue, by: User, text: str = "A\nB\nC\n") -> Batch:
    said = importing.read(text, dialogue, kind=HOPE)
    return importing.take_in(dialogue, said, by=by)[0]


def test_what_was_never_public_is_deleted_with_its_history(facilitator: User) -> None:
    dialogue = DialogueFactory()
    batch = brought_in(dialogue, facilitator)
    other = brought_in(dialogue, facilitator, "D\n")

    done = importing.undo(batch, by=facilitator)

    batch.refresh_from_db()
    assert done == importing.Undone(deleted=3, withdrawn=0, stayed=0)
    assert batch.undone_at is not None
    assert list(Contribution.objects.all()) == list(other.statements.all())
    assert set(Contribution.history.values_list("text", flat=True)) == {"D"}


def test_what_was_public_is_withdrawn(facilitator: User) -> None:
    dialogue = DialogueFactory(published=True)
    batch = brought_in(dialogue, facilitator)

    done = importing.undo(batch, by=facilitator)

    dialogue.refresh_from_db()
    assert done == importing.Undone(deleted=0, withdrawn=3, stayed=0)
    assert not Contribution.objects.public().exists()
    assert {s.reason for s in batch.statements.all()} == {"import undone"}
    assert dialogue.counts == {}


def test_what_was_public_once_is_withdrawn_when_the_dialogue_is_no_longer(
    facilitator: User, editor: User
) -> None:
    dialogue = DialogueFactory()
    batch = brought_in(dialogue, facilitator)
    held = batch.statements.get(text="C")
    Contribution.history.filter(id=held.pk).update(state=ContributionState.HELD)
    capturing.hold(held)
    dialogue.publish(by=editor)
    dialogue.withdraw()

    done = importing.undo(batch, by=facilitator)

    assert done == importing.Undone(deleted=1, withdrawn=2, stayed=0)


def test_undone_twice_nothing_more_happens(facilitator: User) -> None:
    dialogue = DialogueFactory(published=True)
    batch = brought_in(dialogue, facilitator)
    importing.undo(batch, by=facilitator)
    capturing.post(batch.statements.order_by("pk")[0], by=facilitator)

    assert importing.undo(batch, by=facilitator) == importing.Undone(0, 0, 0)
    assert Contribution.objects.public().count() == 1


def test_what_holds_the_words_of_others_stays(facilitator: User) -> None:
    dialogue = DialogueFactory()
    batch = brought_in(dialogue, facilitator)
    a, b, c = batch.statements.order_by("pk")
    spoken = capturing.take_down(
        dialogue, Said(HOPE, "Spoken.", uuid.uuid4()), channel=Channel.CONSOLE, by=facilitator
    )
    capturing.merge(a, spoken, text="A. Spoken.", by=facilitator)
    capturing.merge(b, c, text=None, by=facilitator)
    question = batch.statements.create(
        dialogue=dialogue, code="QUESTION-01", kind=ContributionKind.QUESTION, text="Why?"
    )
    AnswerFactory(contribution=question)

    done = importing.undo(batch, by=facilitator)

    assert done == importing.Undone(deleted=2, withdrawn=0, stayed=2)
    assert set(dialogue.contributions.values_list("text", flat=True)) == {
        "A. Spoken.",
        "Spoken.",
        "Why?",
    }


def test_pieces_of_an_imported_statement_go_with_it(facilitator: User) -> None:
    dialogue = DialogueFactory()
    batch = brought_in(dialogue, facilitator, "A and B\n")
    keys = [uuid.uuid4(), uuid.uuid4()]
    capturing.split(batch.statements.get(), ["A", "B"], keys=keys, by=facilitator)

    assert importing.undo(batch, by=facilitator).deleted == 3
    assert not dialogue.contributions.exists()


# ---- The page ----


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(facilitators=[facilitator])


@pytest.fixture
def desk(facilitator: User, client: Client) -> Client:
    client.force_login(facilitator)
    return client


def page_of(dialogue: Dialogue) -> str:
    return f"/dialogues/{dialogue.slug}/statements/import/"


def seal_of(page: str) -> str:
    (seal,) = re.findall(r'name="rows" value="([^"]+)"', page)
    return seal


def test_nothing_is_written_before_it_is_confirmed(desk: Client, dialogue: Dialogue) -> None:
    preview = desk.post(page_of(dialogue), {"text": LIST}).content.decode()

    assert "2 statements to import" in preview
    assert "1 hope, 1 concern" in preview
    assert "Épée œuvre “quoted” – it’s" in preview
    assert not Contribution.objects.exists()

    response = desk.post(page_of(dialogue), {"rows": seal_of(preview)}, follow=True)

    assert "2 statements are imported." in response.content.decode()
    assert dialogue.contributions.count() == 2


def test_a_file_is_previewed_too(desk: Client, dialogue: Dialogue) -> None:
    sheet = file(xlsx(("kind", "text"), ("hope", "From Excel")), "list.xlsx")

    preview = desk.post(page_of(dialogue), {"sheet": sheet}).content.decode()

    assert "1 statement to import" in preview
    assert "From Excel" in preview


def test_a_list_can_be_changed_after_the_preview(desk: Client, dialogue: Dialogue) -> None:
    text = 'kind,text,sector,code,language\nhope,"One, ""two""\nthree",education,HOPE-07,fr\n'
    preview = desk.post(page_of(dialogue), {"text": text}).content.decode()

    page = desk.post(page_of(dialogue), {"rows": seal_of(preview), "change": "1"}).content.decode()

    (kept,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert unescape(kept) == text
    assert not Contribution.objects.exists()


def test_confirming_twice_imports_once(desk: Client, dialogue: Dialogue) -> None:
    seal = seal_of(desk.post(page_of(dialogue), {"text": LIST}).content.decode())

    for _click in range(2):
        response = desk.post(page_of(dialogue), {"rows": seal})
        assert response.status_code == 302

    assert (Batch.objects.count(), Contribution.objects.count()) == (1, 2)


def test_a_number_taken_since_the_preview_is_said_by_row(
    desk: Client, dialogue: Dialogue, facilitator: User
) -> None:
    text = "kind,text,code\nhope,A,HOPE-01\n"
    seal = seal_of(desk.post(page_of(dialogue), {"text": text}).content.decode())
    taken = Said(HOPE, "Theirs.", uuid.uuid4())
    capturing.take_down(dialogue, taken, channel=Channel.CONSOLE, by=facilitator)

    page = desk.post(page_of(dialogue), {"rows": seal}).content.decode()

    assert "Row 2: HOPE-01 is already taken down." in page
    assert "hope,A,,HOPE-01,en" in page
    assert dialogue.contributions.count() == 1


def test_a_preview_of_somebody_else_another_dialogue_or_yesterday_is_refused(
    desk: Client, dialogue: Dialogue, facilitator: User, stranger: User, monkeypatch: Any
) -> None:
    said = importing.read("A\n", dialogue, kind=HOPE)
    seals = [
        "",
        "forged",
        importing.sealed(said, dialogue, stranger),
        importing.sealed(said, DialogueFactory(facilitators=[facilitator]), facilitator),
        signing.dumps([dialogue.pk, facilitator.pk, []], salt="another", compress=True),
    ]

    for seal in seals:
        page = desk.post(page_of(dialogue), {"rows": seal}).content.decode()
        assert "This preview has expired. Send the list once more." in page
    good = importing.sealed(said, dialogue, facilitator)
    monkeypatch.setattr(importing, "_GOOD_FOR", -1)
    assert "This preview has expired." in (
        desk.post(page_of(dialogue), {"rows": good}).content.decode()
    )
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Paste a list, or choose a file."),
        ({"text": " \n"}, "Paste a list, or choose a file."),
        ({"text": "A"}, "Row 1: No kind is named."),
        ({"text": "kind,text\nwish,<b>\n"}, "Row 2: “wish” is none of"),
        ({"text": "A", "kind": "wish"}, "wish is not one of the available choices"),
        ({"text": "kind,wording of it\nhope,A\n"}, "There is no column “text”."),
    ],
)
def test_what_is_wrong_with_a_list_is_said_and_what_was_pasted_stays(
    sent: dict[str, str], message: str, desk: Client, dialogue: Dialogue
) -> None:
    page = unescape(desk.post(page_of(dialogue), sent).content.decode())

    assert "There is a problem" in page
    assert message in page
    assert f">\n{sent.get('text', '')}</textarea>" in page


def test_what_is_wrong_with_a_file_is_said(desk: Client, dialogue: Dialogue) -> None:
    def said(content: bytes, **more: str) -> str:
        return desk.post(page_of(dialogue), {"sheet": file(content), **more}).content.decode()

    assert "This file can’t be read as text." in said(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert "There is no column “text”." in said(b"kind,words\nhope,A\n")
    assert "Mend the file and choose it once more." in said(b"kind,words\nhope,A\n")
    assert "There is nothing in it." in said(b"")
    assert "Paste a list or choose a file, not both." in said(b"text\nA\n", text="A")


def test_a_public_dialogue_says_that_all_can_read_it_at_once(
    desk: Client, dialogue: Dialogue, editor: User
) -> None:
    before = desk.post(page_of(dialogue), {"text": LIST}).content.decode()
    dialogue.publish(by=editor)
    after = desk.post(page_of(dialogue), {"text": LIST}).content.decode()

    assert "everybody can read these statements" not in before
    assert "everybody can read these statements" in after


def test_a_preview_shows_the_first_fifty(desk: Client, dialogue: Dialogue) -> None:
    text = "\n".join(f"Statement {n}." for n in range(1, 61))

    preview = desk.post(page_of(dialogue), {"text": text, "kind": "hope"}).content.decode()

    assert "60 statements to import" in preview
    assert "The first 50; 10 more follow." in preview
    assert "Statement 50." in preview
    assert "Statement 51." not in preview


def test_the_largest_list_goes_through(desk: Client, dialogue: Dialogue) -> None:
    text = "\n".join(f"Statement {n}, that we may act in time." for n in range(2_000))

    preview = desk.post(page_of(dialogue), {"text": text, "kind": "hope"}).content.decode()
    desk.post(page_of(dialogue), {"rows": seal_of(preview)})

    assert dialogue.contributions.count() == 2_000


def test_an_import_is_undone_from_the_page(desk: Client, dialogue: Dialogue) -> None:
    seal = seal_of(desk.post(page_of(dialogue), {"text": LIST}).content.decode())
    desk.post(page_of(dialogue), {"rows": seal})
    undo = f"/dialogues/{dialogue.slug}/imports/{dialogue.batches.get().pk}/undo/"
    statement = dialogue.contributions.order_by("pk")[0]
    capturing.revise(statement, "Edited.", revision=1)

    page = desk.get(page_of(dialogue)).content.decode()
    done = desk.post(undo, follow=True).content.decode()
    again = desk.post(undo, follow=True).content.decode()

    assert f'action="{undo}"' in page
    assert "1 of them has been edited since" in page
    assert "The import is undone: 2 statements were deleted." in done
    assert "No list has been imported yet." in done
    assert "This import is undone already." in again


def test_undoing_says_what_was_withdrawn_and_what_stays(
    desk: Client, dialogue: Dialogue, facilitator: User, editor: User
) -> None:
    dialogue.publish(by=editor)
    batch = brought_in(dialogue, facilitator)
    question = batch.statements.create(
        dialogue=dialogue, code="QUESTION-01", kind=ContributionKind.QUESTION, text="Why?"
    )
    AnswerFactory(contribution=question)

    page = desk.post(
        f"/dialogues/{dialogue.slug}/imports/{batch.pk}/undo/", follow=True
    ).content.decode()

    assert (
        "The import is undone: 0 statements were deleted, 3 that had been public were withdrawn,"
        " 1 stays, because it holds words of others."
    ) in page
    assert "Undone. These stay in the record" in page


def test_an_import_of_participants_is_not_undone_here(
    desk: Client, dialogue: Dialogue, facilitator: User
) -> None:
    batch = BatchFactory(dialogue=dialogue, made_by=facilitator)
    ParticipantFactory(dialogue=dialogue, batch=batch)
    elsewhere = brought_in(DialogueFactory(), facilitator)

    for pk in (batch.pk, elsewhere.pk, 999_999):
        assert desk.post(f"/dialogues/{dialogue.slug}/imports/{pk}/undo/").status_code == 404
    assert dialogue.participants.count() == 1


def test_the_page_costs_the_same_after_one_import_and_after_many(
    desk: Client, dialogue: Dialogue, facilitator: User, django_assert_max_num_queries: Any
) -> None:
    brought_in(dialogue, facilitator, "A\n")
    with django_assert_max_num_queries(20) as few:
        desk.get(page_of(dialogue))
    for n in range(10):
        brought_in(dialogue, facilitator, f"A{n}\nB{n}\n")

    with django_assert_max_num_queries(len(few)):
        page = desk.get(page_of(dialogue)).content.decode()

    assert page.count("Undo: take back 2 statements") == 10


def test_import_is_no_statement(desk: Client, dialogue: Dialogue) -> None:
    assert "Import statements" in desk.get(page_of(dialogue)).content.decode()
