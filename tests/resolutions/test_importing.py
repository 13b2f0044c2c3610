"""An organization's own spreadsheet: matched, asked about, written whole or not at all."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from resolutions import importing
from resolutions.models import (
    Council,
    CouncilKind,
    Resolution,
    Step,
    StepKind,
    StepSource,
    VoteMethod,
)
from resolutions.rows_in import COLUMNS
from tests.factories import (
    CouncilFactory,
    JurisdictionFactory,
    MembershipFactory,
    ResolutionFactory,
)
from tests.markup import Page, faults, text_of, words

pytestmark = pytest.mark.django_db

HEAD = "municipality,province,what happened,date,for,against,link\n"
PATH = "/resolutions/import/"


@pytest.fixture
def councils() -> dict[str, Any]:
    bc = JurisdictionFactory()
    qc = JurisdictionFactory(code="CA-QC", name_en="Quebec", name_fr="Québec")
    return {
        "vancouver": CouncilFactory(name="Vancouver", jurisdiction=bc),
        "city": CouncilFactory(name="Langley", kind=CouncilKind.CITY, jurisdiction=bc),
        "township": CouncilFactory(name="Langley", kind=CouncilKind.TOWNSHIP, jurisdiction=bc),
        "saint": CouncilFactory(name="Saint-Jérôme", jurisdiction=qc),
        "vancouver-qc": CouncilFactory(name="Vancouver", jurisdiction=qc),
    }


@pytest.fixture
def organization(ngo_member: User) -> Organization:
    return ngo_member.organizations.get()


@pytest.fixture
def client(ngo_member: User, councils: dict[str, Council]) -> Client:
    client = Client()
    client.force_login(ngo_member)
    return client


def line(
    name: str = "Vancouver",
    region: str = "BC",
    kind: str = "adopted",
    on: str = "2024-03-05",
    votes: str = "8,3",
    link: str = "https://example.org/minutes",
) -> str:
    return f"{name},{region},{kind},{on},{votes},{link}\n"


def shown(client: Client, *lines: str, **data: Any) -> Any:
    return client.post(PATH, {"text": HEAD + "".join(lines), **data})


def go_on(client: Client, preview: Any, **answers: Any) -> Any:
    return client.post(PATH, {"rows": preview.context["rows"], **answers}, follow=True)


def asked(preview: Any) -> list[tuple[str, str, list[Council]]]:
    return [(row.place.name, row.why, row.councils) for row in preview.context["sheet"].asked]


def ready(preview: Any) -> list[Council]:
    return [row.council for row in preview.context["sheet"].ready]


def said(answer: Any) -> str:
    return words(text_of(Page(answer.content.decode()).one("main")))


# ---- Matching ----


@pytest.mark.parametrize(
    ("name", "region", "key"),
    [
        ("Vancouver", "BC", "vancouver"),
        ("vancouver ", "British Columbia", "vancouver"),
        ("City of Vancouver", "B.C.", "vancouver"),
        ("Vancouver", "Qué.", "vancouver-qc"),
        ("ST-JEROME", "Québec", "saint"),
        ("Ville de Saint-Jérôme", "CA-QC", "saint"),
        ("Township of Langley", "Colombie-Britannique", "township"),
    ],
)
def test_a_name_that_can_mean_one_council_is_matched(
    name: str, region: str, key: str, client: Client, councils: dict[str, Council]
) -> None:
    preview = shown(client, line(name, region))

    assert ready(preview) == [councils[key]]
    assert asked(preview) == []
    assert not Step.objects.exists()


@pytest.mark.parametrize(
    ("name", "region", "why", "keys"),
    [
        ("Langley", "BC", "several", ["city", "township"]),
        ("Vancuover", "BC", "near", ["vancouver"]),
        ("Vancouver", "", "near", ["vancouver", "vancouver-qc"]),
        ("Saint-Jérôme", "", "near", ["saint"]),
        ("Saint-Jérôme Nord", "QC", "near", ["saint"]),
        ("Atlantis", "BC", "unknown", []),
    ],
)
def test_a_doubtful_name_is_asked_about(
    name: str, region: str, why: str, keys: list[str], client: Client, councils: dict[str, Council]
) -> None:
    preview = shown(client, line(name, region))

    assert asked(preview) == [(name, why, [councils[key] for key in keys])]
    assert faults(Page(preview.content.decode())) == []


def test_a_name_is_asked_about_once_for_all_its_rows(
    client: Client, councils: dict[str, Council]
) -> None:
    preview = shown(
        client, line("Langley", kind="submitted", votes=",", on="2024-01-09"), line("Langley")
    )

    (question,) = preview.context["sheet"].asked
    assert question.rows == [2, 3]

    go_on(client, preview, **{"place-0": councils["township"].pk})

    resolution = Resolution.objects.get()
    assert resolution.council == councils["township"]
    assert [step.kind for step in resolution.steps.all()] == ["submitted", "adopted"]


def test_nothing_is_written_until_everything_is_answered(
    client: Client, councils: dict[str, Council]
) -> None:
    preview = shown(client, line(), line("Langley"), line("Atlantis"), line(on="03/04/2024"))

    answer = go_on(client, preview, **{"place-0": councils["city"].pk})

    assert set(answer.context["form"].errors) == {"place-1", "leave"}
    assert not Step.objects.exists()

    answer = go_on(
        client, answer, **{"place-0": councils["city"].pk, "place-1": "leave", "leave": "on"}
    )

    assert set(Step.objects.values_list("resolution__council__name", flat=True)) == {
        "Vancouver",
        "Langley",
    }


def test_another_name_can_be_written(client: Client, councils: dict[str, Council]) -> None:
    preview = shown(client, line("Atlantis"))

    empty = go_on(client, preview, **{"place-0": "other"})
    wrong = go_on(client, preview, **{"place-0": "other", "name-0": "Langley"})
    go_on(client, preview, **{"place-0": "other", "name-0": "City of Langley"})

    assert set(empty.context["form"].errors) == {"name-0"}
    assert asked(wrong)[0][:2] == ("Langley", "several")
    assert Resolution.objects.get().council == councils["city"]


def test_a_council_that_was_not_offered_is_no_answer(
    client: Client, councils: dict[str, Council]
) -> None:
    preview = shown(client, line("Langley"))

    answer = go_on(client, preview, **{"place-0": councils["saint"].pk})

    assert set(answer.context["form"].errors) == {"place-0"}
    assert not Step.objects.exists()


# ---- Writing ----


def test_a_row_becomes_a_reported_step_of_the_organization_with_its_source(
    client: Client, organization: Organization, ngo_member: User, councils: dict[str, Council]
) -> None:
    head = "Ville;Province;Statut;Date de la séance;Pour;Contre;Lien;Éditeur;Titre;Numéro;Notes\n"
    row = (
        "St-Jérôme;Québec;Adoptée;5 mars 2024;8;3;https://example.org/pv;Ville;Procès-verbal"
        ";2024-114;Sans débat\n"
    )

    answer = go_on(client, client.post(PATH, {"text": head + row}))

    resolution = Resolution.objects.get()
    assert (resolution.council, resolution.champion) == (councils["saint"], organization)
    assert (resolution.reference, resolution.status, resolution.verified_status) == (
        "2024-114",
        StepKind.ADOPTED,
        "",
    )
    assert not resolution.is_public
    step = resolution.steps.get()
    assert (step.on, step.recorded_by, step.verified_at) == (date(2024, 3, 5), ngo_member, None)
    assert (step.vote_method, step.votes_for, step.votes_against) == (VoteMethod.COUNTED, 8, 3)
    assert step.summary == "Sans débat"
    source = step.sources.get()
    assert (source.publisher, source.title, source.url, source.grade) == (
        "Ville",
        "Procès-verbal",
        "https://example.org/pv",
        "claim",
    )
    assert "1 step is recorded. 1 resolution is new" in answer.content.decode()


def test_the_same_list_twice_changes_nothing(client: Client) -> None:
    lines = [line(kind="submitted", votes=",", on="2024-01-09"), line()]
    go_on(client, shown(client, *lines))
    before = [list(model.objects.values()) for model in (Resolution, Step, StepSource)]

    preview = shown(client, *lines)
    answer = go_on(client, preview)

    assert preview.context["n_known"] == 2
    assert "Nothing was changed." in answer.content.decode()
    assert [list(model.objects.values()) for model in (Resolution, Step, StepSource)] == before


def test_a_confirmation_sent_twice_writes_once(client: Client) -> None:
    preview = shown(client, line())

    for _time in range(2):
        go_on(client, preview)

    assert Step.objects.count() == 1


def test_a_step_is_added_to_the_resolution_that_is_there(
    client: Client, organization: Organization, ngo_member: User, councils: dict[str, Council]
) -> None:
    there = ResolutionFactory(council=councils["vancouver"], champion=organization)
    there.record_step(StepKind.SUBMITTED, on=date(2024, 1, 9), by=ngo_member)

    go_on(client, shown(client, line()))

    assert Resolution.objects.get() == there
    assert [step.kind for step in there.steps.all()] == ["submitted", "adopted"]


def test_rows_that_contradict_what_is_on_record_take_the_whole_list_back(
    client: Client, organization: Organization, ngo_member: User, councils: dict[str, Council]
) -> None:
    there = ResolutionFactory(council=councils["vancouver"], champion=organization)
    there.record_step(StepKind.ADOPTED, on=date(2020, 1, 9), by=ngo_member)

    answer = go_on(client, shown(client, line("Vancouver", "QC"), line()))

    (wrong,) = answer.context["sheet"].wrong
    assert (wrong.number, "was adopted on" in wrong.errors[0]) == (3, True)
    assert Step.objects.get().resolution == there
    assert faults(Page(answer.content.decode())) == []

    go_on(client, answer, leave="on")

    assert Resolution.objects.exclude(pk=there.pk).get().council == councils["vancouver-qc"]


def test_the_preview_says_already_what_could_not_be_written(
    client: Client, councils: dict[str, Council]
) -> None:
    Council.objects.filter(pk=councils["saint"].pk).update(seats=7)

    preview = shown(client, line(), line(on="2025-03-05"), line("Saint-Jérôme", "QC"))

    wrong = preview.context["sheet"].wrong
    assert [row.number for row in wrong] == [3, 4]
    assert "was adopted on" in wrong[0].errors[0]
    assert "the council has 7" in wrong[1].errors[0]
    assert not Resolution.objects.exists()


def test_how_large_the_council_was_on_that_day_can_be_said(
    client: Client, councils: dict[str, Council]
) -> None:
    Council.objects.filter(pk=councils["vancouver"].pk).update(seats=7)
    head = HEAD.strip() + ",nombre de sièges\n"
    text = head + line().strip() + ",11\n"

    go_on(client, client.post(PATH, {"text": text}))

    assert Step.objects.get().seats == 11


def test_of_many_the_largest_are_offered_and_the_others_can_be_written(client: Client) -> None:
    region = JurisdictionFactory(code="US-MO", name_en="Missouri")
    for people in range(8):
        CouncilFactory(
            name="Springfield",
            population=people,
            jurisdiction=JurisdictionFactory(code=f"US-A{people}"),
        )
    there = CouncilFactory(name="Springfield", jurisdiction=region)

    preview = shown(client, line("Springfield", ""))
    go_on(client, preview, **{"place-0": "other", "name-0": "Springfield, Missouri"})

    (question,) = preview.context["sheet"].asked
    assert [row.population for row in question.councils] == [7, 6, 5, 4, 3, 2]
    assert "And 3 more: write it with" in said(preview)
    assert Resolution.objects.get().council == there


def test_a_row_with_another_vote_than_is_on_record_is_no_row_that_is_known(client: Client) -> None:
    go_on(client, shown(client, line(votes="8,3")))

    answer = go_on(client, shown(client, line(votes="7,4")))
    go_on(client, shown(client, line(votes=",")))  # says nothing of the vote

    (wrong,) = answer.context["sheet"].wrong
    assert "with another vote or other details" in wrong.errors[0]
    assert Step.objects.get().votes_for == 8


def test_what_another_organization_follows_is_not_touched(
    client: Client, editor: User, councils: dict[str, Council]
) -> None:
    other = MembershipFactory()
    there = ResolutionFactory(council=councils["vancouver"], champion=other.organization)
    there.record_step(StepKind.SUBMITTED, on=date(2024, 1, 9), by=other.user)
    there.publish(by=editor)

    answer = go_on(client, shown(client, line()))

    (wrong,) = answer.context["sheet"].wrong
    assert "followed by somebody else" in wrong.errors[0]
    assert there.steps.count() == 1


def test_a_draft_of_another_organization_does_not_show_through(
    client: Client, organization: Organization, councils: dict[str, Council]
) -> None:
    other = MembershipFactory()
    there = ResolutionFactory(council=councils["vancouver"], champion=other.organization)
    there.record_step(StepKind.ADOPTED, on=date(2024, 3, 5), by=other.user)

    preview = shown(client, line())
    go_on(client, preview)

    assert preview.context["n_known"] == 0
    assert there.steps.count() == 1
    assert Resolution.objects.get(champion=organization).council == councils["vancouver"]


def test_a_number_tells_resolutions_of_one_council_apart(client: Client) -> None:
    head = HEAD.strip() + ",number\n"
    rows = [
        f"{line(on=on, votes=',').strip()},{number}\n"
        for on, number in (("2022-03-05", "2022-1"), ("2024-03-05", "2024-1"))
    ]

    go_on(client, client.post(PATH, {"text": head + "".join(rows)}))

    got = Resolution.objects.order_by("reference").values_list("reference", "status", "slug")
    assert [row[:2] for row in got] == [("2022-1", "adopted"), ("2024-1", "adopted")]
    assert len({row[2] for row in got}) == 2


def test_votes_that_do_not_add_up_to_the_council_are_refused(
    client: Client, councils: dict[str, Council]
) -> None:
    Council.objects.filter(pk=councils["vancouver"].pk).update(seats=15)

    answer = go_on(client, shown(client, line()))

    (wrong,) = answer.context["sheet"].wrong
    assert "the council has 15" in wrong.errors[0]
    assert not Resolution.objects.exists()


def test_an_editor_brings_in_a_list_for_any_organization_or_none(
    editor: User, organization: Organization, councils: dict[str, Council]
) -> None:
    client = Client()
    client.force_login(editor)

    go_on(client, shown(client, line()))
    go_on(client, shown(client, line("Vancouver", "QC"), champion=organization.pk))

    got = dict(Resolution.objects.values_list("council__slug", "champion"))
    assert got == {
        councils["vancouver"].slug: None,
        councils["vancouver-qc"].slug: organization.pk,
    }


def test_whoever_acts_for_several_says_for_which(client: Client, ngo_member: User) -> None:
    other = MembershipFactory(user=ngo_member).organization
    somebody_elses = MembershipFactory().organization

    silent = shown(client, line())
    wrong = shown(client, line(), champion=somebody_elses.pk)
    go_on(client, shown(client, line(), champion=other.pk))

    assert list(silent.context["form"].errors) == ["champion"]
    assert list(wrong.context["form"].errors) == ["champion"]
    assert Resolution.objects.get().champion == other


# ---- What can't be read ----


@pytest.mark.parametrize(
    ("data", "said_of_it"),
    [
        ({"text": ""}, "Paste a list, or choose a file."),
        ({"text": "place,date\nA,2024-01-01\n"}, "There is no column “what happened”"),
        ({"text": HEAD}, "There are headings, and no row below them."),
        ({"text": HEAD + line() * 251}, "There are more than 250 rows."),
        ({"sheet": SimpleUploadedFile("a.csv", b"")}, "There is nothing in it."),
        ({"sheet": SimpleUploadedFile("a.xlsx", b"PK\x03\x04no")}, "can’t be opened"),
        ({"sheet": SimpleUploadedFile("a.csv", b"a" * 20_000_000)}, "larger than 2 MB"),
    ],
    ids=["nothing", "column", "headings", "many", "empty", "broken", "large"],
)
def test_a_list_that_cannot_be_read_is_told(
    data: dict[str, Any], said_of_it: str, client: Client
) -> None:
    answer = client.post(PATH, data)

    assert answer.status_code == 200
    (errors,) = answer.context["form"].errors.values()
    assert said_of_it in errors[0]


def test_a_workbook_is_read_with_its_dates_and_formulas(
    client: Client, councils: dict[str, Council]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Municipality", "Province", "Status", "Date", "Link"])
    sheet.append(["Vancouver", "BC", "carried", date(2024, 3, 5), "https://example.org/1"])
    sheet.append(["Vancouver", "BC", "carried", "=TODAY()", "https://example.org/1"])
    file = io.BytesIO()
    book.save(file)

    preview = client.post(PATH, {"sheet": SimpleUploadedFile("a.xlsx", file.getvalue())})

    (found,), (wrong,) = preview.context["sheet"].ready, preview.context["sheet"].wrong
    assert (found.council, found.event.on) == (councils["vancouver"], date(2024, 3, 5))
    # A formula nobody has calculated has no value.
    assert (wrong.number, wrong.errors) == (3, ["The date is missing."])


def test_each_wrong_row_says_why(client: Client) -> None:
    preview = shown(
        client,
        line(region="Narnia"),
        line(on="03/04/2024", link=""),
        line("=A1"),
        line("Atlantis", link="https://example.org"),
    )

    text = said(preview)
    assert "Row 2, Vancouver: “Narnia” is no province" in text
    assert "Row 3, Vancouver: “03/04/2024” could be two days" in text
    assert "There is no link where this can be checked." in text
    assert "“=A1” is a formula" in text
    assert "Which council is “Atlantis, British Columbia”? (row 5)" in text


def test_the_list_can_be_changed_by_hand(client: Client) -> None:
    preview = shown(client, line("Atlantis"))

    answer = go_on(client, preview, change="1")

    text = answer.context["form"]["text"].value()
    assert importing.read(text)[0]["municipality"] == "Atlantis"
    assert faults(Page(answer.content.decode())) == []


@pytest.mark.parametrize("seal", ["", "forged", "a:b:c"])
def test_a_forged_preview_is_refused(seal: str, client: Client) -> None:
    answer = client.post(PATH, {"rows": seal})

    assert "This preview has expired" in said(answer)
    assert not Step.objects.exists()


def test_a_preview_of_somebody_else_is_refused(client: Client, stranger: User) -> None:
    preview = shown(client, line())
    other = Client()
    other.force_login(stranger)

    answer = go_on(other, preview)

    assert "This preview has expired" in said(answer)
    assert not Step.objects.exists()


def test_whoever_has_left_the_organization_writes_nothing_more_for_it(
    client: Client, organization: Organization, ngo_member: User
) -> None:
    preview = shown(client, line())
    MembershipFactory(user=ngo_member)
    organization.memberships.all().delete()

    assert go_on(client, preview).status_code == 403
    assert not Step.objects.exists()


def test_the_sample_is_a_list_that_can_be_read(client: Client) -> None:
    answer = client.get(reverse("resolutions:import_sample"))
    CouncilFactory(name="Squamish", jurisdiction=JurisdictionFactory())
    CouncilFactory(name="Trois-Rivières", jurisdiction=JurisdictionFactory(code="CA-QC"))

    sample = SimpleUploadedFile("councils.csv", answer.content)
    preview = client.post(PATH, {"sheet": sample})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode("utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    assert len(preview.context["sheet"].ready) == 3
    assert faults(Page(preview.content.decode())) == []


def test_the_pages_are_sound(client: Client) -> None:
    for prefix in ("", "/fr"):
        assert faults(Page(client.get(f"{prefix}{PATH}").content.decode())) == []


def test_places_are_asked_for_in_the_same_number_of_questions(
    ngo_member: User, councils: dict[str, Council], django_assert_num_queries: Any
) -> None:
    rows = importing.read(HEAD + "".join(line(on=f"2024-03-{day:02}") for day in range(1, 20)))
    names = ["Vancouver", "Langley", "Atlantis"]
    for number, row in enumerate(rows):
        row["municipality"] = names[number % 3]

    organization = ngo_member.organizations.get()

    with django_assert_num_queries(4):
        importing.understand(importing.Draft(rows), organization)
