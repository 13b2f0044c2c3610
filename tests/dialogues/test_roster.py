"""Lists of participants as people keep them: pasted, as CSV in any encoding, as XLSX."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from dialogues import roster
from dialogues.models import Sector

FULL = {
    "name": "Zoë Côté",
    "affiliation": "École",
    "sector": Sector.EDUCATION.value,
    "email": "zoe@example.org",
}
FRENCH = "Nom;Organisme;Secteur;Courriel\r\nZoë Côté;École;Éducation;zoe@example.org\r\n"


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def refusal(act: object) -> str:
    with pytest.raises(ValidationError) as caught:
        act()  # type: ignore[operator]
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Côté\tÉcole\teducation\tzoe@example.org",
        "Zoë Côté; École; Education; zoe@example.org",
        "Zoë Côté, École, Éducation, zoe@example.org",
        '"Zoë Côté","École",education,zoe@example.org\n\n',
        "name,affiliation,sector,email\nZoë Côté,École,education,zoe@example.org",
        "E-mail;Name;Organization;Sector\nzoe@example.org;Zoë Côté;École;EDUCATION",
        "Prénom\tNom\tCourriel\tOrganisme\tSecteur\nZoë\tCôté\tzoe@example.org\tÉcole\tÉducation",
    ],
)
def test_a_pasted_list_is_read_however_its_columns_are_parted(text: str) -> None:
    [line] = roster.of_source(text)

    assert (line.details, line.errors) == (FULL, [])


def test_names_alone_are_a_list() -> None:
    lines = roster.of_source("Ann Lake\n\n  Ben   Hill \n")

    assert [(line.number, line.details) for line in lines] == [
        (1, {"name": "Ann Lake"}),
        (3, {"name": "Ben Hill"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_a_file_is_read_in_every_encoding_a_spreadsheet_writes(encoding: str) -> None:
    [line] = roster.of_source(SimpleUploadedFile("list.csv", FRENCH.encode(encoding)))

    assert (line.details, line.errors) == (FULL, [])


def test_a_workbook_is_read() -> None:
    data = xlsx(
        ("Name", "Notes", "Email", None), ("Ann", 12, "ann@example.org"), (None,), ("Ben", None)
    )

    ann, ben = roster.of_source(SimpleUploadedFile("list.xlsx", data))

    assert ann.details == {"name": "Ann", "email": "ann@example.org"}
    assert (ben.number, ben.details) == (4, {"name": "Ben"})


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("list.csv", b"name\nA\x81\x8d", "can’t be read as text"),
        ("list.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "can’t be read"),
        ("list.csv", b"\xff\xfe\x00\xd8", "can’t be read"),
        ("list.csv", b"", "There is nothing in it"),
        ("list.csv", b"\n \n", "There is nothing in it"),
        ("list.csv", b"name;email\n", "headings, and no row"),
        ("list.csv", b"person;email\nAnn;a@example.org", "no column of names"),
        ("list.csv", b"Ann Lake\nBen Hill", "no column of names"),
        ("list.csv", b"x" * 1_000_001, "larger than 1 MB"),
        ("list.xls", b"\xd0\xcf\x11\xe0", "old Excel file"),
        ("list.xlsx", b"PK\x03\x04broken", "can’t be opened"),
        ("list.xlsx", xlsx(("Person", "Email"), ("Ann", "")), "no column of names"),
    ],
)
def test_a_file_that_is_no_list_is_explained(name: str, data: bytes, words: str) -> None:
    assert words in refusal(lambda: roster.of_source(SimpleUploadedFile(name, data)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n", "There is nothing in it"),
        ("email,affiliation\na@example.org,X", "no column of names"),
        ("\n".join(f"Person {n}" for n in range(1_001)), "more than 1000 rows"),
        ("x" * 1_000_001, "larger than 1 MB"),
        ('"' + "x" * 200_000, "quotation mark too many"),
    ],
)
def test_a_pasted_text_that_is_no_list_is_explained(text: str, words: str) -> None:
    assert words in refusal(lambda: roster.of_source(text))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (";X", "The name is missing."),
        (f"{'n' * 201};X", "longer than 200 characters"),
        ("Ann;X;fishing", "“fishing” is no sector: write one of General, Education"),
        ("Ann;X;;nobody", "“nobody” is no e-mail address."),
        ("Ann;X;media;a@example.org;more", "more columns than the list has"),
    ],
)
def test_what_is_wrong_with_a_line_stands_beside_it(row: str, words: str) -> None:
    bad, good = roster.of_source(f"{row}\nBen;Y")

    assert words in " ".join(bad.errors)
    assert good.errors == []


def test_a_name_and_a_sector_are_a_list_too() -> None:
    ann, ben = roster.of_source("Ann Lake, Education\nBen Hill, Education for All")

    assert ann.details == {"name": "Ann Lake", "sector": "education"}
    assert ben.details == {"name": "Ben Hill", "affiliation": "Education for All"}


def test_who_is_there_twice_is_marked() -> None:
    lines = roster.of_source(
        "Ann;X\nBen;Y;;ben@example.org\nann;x\nBenjamin;;;BEN@example.org\nCy;Z"
    )

    roster.mark_doubles(lines, {"cy|z"})

    assert [line.is_double for line in lines] == [False, False, True, True, True]


def test_a_list_written_down_again_reads_the_same() -> None:
    lines = roster.of_source('"Ann ""Annie"" Lake","Harbour, Hill & Co",ngo,ann@example.org\n"Ben"')

    again = roster.of_source(roster.as_text(lines))

    assert [line.details for line in again] == [line.details for line in lines]
    assert again[0].details["sector"] == Sector.NGO


def test_no_control_sign_reaches_the_database() -> None:
    [line] = roster.of_source("Ann\x00 Lake")

    assert line.details["name"] == "Ann Lake"
