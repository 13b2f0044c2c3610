"""Files of a resolution and of a model, and the picture a link is shown with: who gets what."""

import io
import struct
from datetime import date
from typing import Any

import docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree

from accounts.models import User
from resolutions.models import (
    ClauseKind,
    Resolution,
    ResolutionText,
    StepKind,
    TextStage,
    VoteMethod,
)
from resolutions.share_picture import picture
from tests import factories
from tests.resolutions.test_akoma_ntoso import NS, valid

pytestmark = pytest.mark.django_db

# Addresses below a resolution's or a model's own: whoever may see the page may have the file.
FILES_OF = {
    "resolutions:resolution_file",
    "resolutions:model_file",
    "resolutions:share_picture",
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {
    "pdf": "application/pdf",
    "docx": DOCX,
    "txt": "text/plain; charset=utf-8",
    "xml": "application/akn+xml",
}


@pytest.fixture
def by() -> User:
    return factories.UserFactory()


def text_of(resolution: Resolution, stage: TextStage, words: str, by: User) -> ResolutionText:
    return ResolutionText.objects.create(
        resolution=resolution,
        stage=stage,
        title="A text",
        recorded_by=by,
        clauses=[
            {"kind": ClauseKind.RESOLVED, "text": words, "opening": "", "code": "O1"},
            {"kind": ClauseKind.SUB_ITEM, "text": "a part.", "opening": "", "code": ""},
        ],
    )


@pytest.fixture
def resolution(by: User) -> Resolution:
    """Adopted as amended by 8 to 3, its words known as brought and as adopted."""
    recommendation = factories.RecommendationFactory(code="CA-01", published=True)
    hidden = factories.RecommendationFactory(code="XX-77")
    model = factories.ModelResolutionFactory(published=True, title="The model")
    factories.ClauseFactory(model=model, code="O1", recommendations=[recommendation, hidden])
    resolution: Resolution = factories.ResolutionFactory(
        slug="vernon-2010", council__name="Vernon", council__slug="vernon-bc", model=model
    )
    resolution.record_step(StepKind.SUBMITTED, on=date(2010, 1, 12), by=by)
    resolution.record_step(
        StepKind.AMENDED,
        on=date(2010, 3, 9),
        by=by,
        mover="Coun. Osei",
        vote_method=VoteMethod.COUNTED,
        votes_for=8,
        votes_against=3,
        verified=True,
    )
    resolution.publish(by=by)
    text_of(resolution, TextStage.ADOPTED, "RESOLVED an older one;", by)
    text_of(resolution, TextStage.SUBMITTED, "RESOLVED as it was brought;", by)
    text_of(resolution, TextStage.ADOPTED, "RESOLVED as it was adopted;", by)
    return resolution


def path_of(resolution: Resolution, form: str) -> str:
    if form == "png":
        return reverse("resolutions:share_picture", args=[resolution.slug])
    return reverse("resolutions:resolution_file", args=[resolution.slug, form])


def get(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer


def test_a_file_is_the_text_as_adopted(client: Client, resolution: Resolution) -> None:
    said = get(client, path_of(resolution, "txt")).content.decode()

    assert "\n\nRESOLVED as it was adopted;\n\na) a part.\n" in said
    assert "as it was brought" not in said


def test_without_one_it_is_the_text_as_brought(client: Client, by: User) -> None:
    resolution = factories.ResolutionFactory()
    resolution.record_step(StepKind.SUBMITTED, on=date(2010, 1, 12), by=by)
    resolution.publish(by=by)
    text_of(resolution, TextStage.SUBMITTED, "RESOLVED as it was brought;", by)

    assert "as it was brought" in get(client, path_of(resolution, "txt")).content.decode()


def test_what_became_of_it_stands_at_its_head(client: Client, resolution: Resolution) -> None:
    file = docx.Document(io.BytesIO(get(client, path_of(resolution, "docx")).content))

    head = [row.text for row in file.paragraphs if row.style and row.style.name == "Meeting"]
    assert head == [
        "Council\tVernon City Council",
        "Status\tAdopted as amended, 9 March 2010",
        "Moved by\tCoun. Osei",
        "The vote\tFor 8, Against 3",
    ]


def test_what_nobody_has_checked_says_so_at_its_head(client: Client, by: User) -> None:
    resolution = factories.ResolutionFactory()
    resolution.record_step(StepKind.ADOPTED, on=date(2010, 1, 12), by=by)
    resolution.publish(by=by)
    text_of(resolution, TextStage.ADOPTED, "RESOLVED;", by)

    said = get(client, path_of(resolution, "txt")).content.decode()

    assert "Status: Adopted, 12 January 2010 (reported, not yet verified)\n" in said


@pytest.mark.parametrize("form", TYPES)
def test_a_file_says_its_name_and_its_page(
    form: str, client: Client, resolution: Resolution
) -> None:
    answer = get(client, path_of(resolution, form))

    how = "attachment" if form == "docx" else "inline"
    name = "vernon-2010.xml" if form == "xml" else f"resolution-vernon-bc.{form}"
    assert answer["Content-Type"] == TYPES[form]
    assert answer["Content-Disposition"] == f'{how}; filename="{name}"'
    assert answer["Link"] == '<http://testserver/resolutions/vernon-2010/>; rel="canonical"'


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_it_is_kept_until_something_changes(
    form: str, client: Client, resolution: Resolution, by: User
) -> None:
    path = (
        f"{resolution.get_absolute_url()}share.png" if form == "png" else path_of(resolution, form)
    )
    first = get(client, path)

    again = client.get(path, headers={"if-none-match": first["ETag"]})
    resolution.record_step(StepKind.RESCINDED, on=date(2012, 5, 1), by=by)
    changed = client.get(path, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, changed.status_code) == (304, 200)
    assert changed.content != first.content


def test_programs_get_what_happened_even_without_words(client: Client, by: User) -> None:
    resolution = factories.ResolutionFactory(instrument="mayoral-proclamation")
    resolution.record_step(StepKind.PROCLAIMED, on=date(2010, 11, 12), by=by)
    resolution.publish(by=by)

    got = {form: client.get(path_of(resolution, form)) for form in TYPES}

    assert {form: answer.status_code for form, answer in got.items()} == {
        "pdf": 404,
        "docx": 404,
        "txt": 404,
        "xml": 200,
    }
    tree = valid(got["xml"].content)
    assert tree.xpath("//a:eventRef/@date", namespaces=NS) == ["2010-11-12"]


def test_programs_get_the_recommendations_that_are_public(
    client: Client, resolution: Resolution
) -> None:
    tree = valid(get(client, path_of(resolution, "xml")).content)

    assert tree.xpath("//a:paragraph/@refersTo", namespaces=NS) == ["#ask-CA-01"]
    assert tree.xpath("//a:TLCConcept[@eId='ask-CA-01']/@href", namespaces=NS) == [
        "http://testserver/recommendations/CA-01/"
    ]
    assert b"XX-77" not in etree.tostring(tree)


@pytest.mark.parametrize("form", TYPES)
def test_a_model_that_is_not_public_is_named_in_no_file(
    form: str, client: Client, resolution: Resolution, by: User
) -> None:
    assert resolution.model is not None
    named = get(client, path_of(resolution, "txt")).content.decode()
    resolution.model.title, resolution.model.adaptation_note = "quagga", "quagga"
    resolution.model.withdraw()
    resolution.model.save()

    file = get(client, path_of(resolution, form)).content

    assert "“The model”" in named
    if form == "docx":
        parts = docx.Document(io.BytesIO(file))
        file = "".join(
            row.text for row in [*parts.paragraphs, *parts.sections[0].footer.paragraphs]
        ).encode()
    assert b"quagga" not in file


def test_the_draft_of_an_organization_is_its_members_and_editors(
    client: Client, ngo_member: User, editor: User, stranger: User, citizen: User
) -> None:
    champion = ngo_member.organizations.get()
    draft = factories.ResolutionFactory(champion=champion)
    factories.StepFactory(resolution=draft)
    text_of(draft, TextStage.SUBMITTED, "RESOLVED;", editor)
    model = factories.ModelResolutionFactory()
    paths = [
        *(path_of(draft, form) for form in TYPES),
        path_of(draft, "png"),
        reverse("resolutions:model_file", args=[model.slug, "txt"]),
    ]

    def codes(user: User | None) -> list[int]:
        browser = Client()
        if user:
            browser.force_login(user)
        answers = [browser.get(path) for path in paths]
        kept = {row.headers.get("Cache-Control") for row in answers if row.status_code == 200}
        assert kept <= {"private, no-cache"}
        return [row.status_code for row in answers]

    assert codes(None) == codes(citizen) == codes(stranger) == [404] * 6
    assert codes(ngo_member) == [200] * 5 + [404]
    assert codes(editor) == [200] * 6


@pytest.mark.parametrize("form", ["pdf", "docx", "txt"])
def test_a_model_can_be_taken_away_to_the_letter(form: str, client: Client) -> None:
    model = factories.ModelResolutionFactory(published=True, slug="the-model")
    factories.ClauseFactory(model=model, text="BE IT RESOLVED that it be.")

    answer = get(client, reverse("resolutions:model_file", args=[model.slug, form]))

    assert answer["Content-Type"] == TYPES[form]
    assert f'filename="model-the-model.{form}"' in answer["Content-Disposition"]
    assert answer["Link"] == f'<http://testserver{model.get_absolute_url()}>; rel="canonical"'
    if form == "txt":
        assert "\n\nBE IT RESOLVED that it be.\n" in answer.content.decode()


@pytest.mark.parametrize("form", ["exe", "PDF", "pdf.exe", "json5"])
def test_other_forms_are_not_there(form: str, client: Client, resolution: Resolution) -> None:
    assert client.get(f"/resolutions/{resolution.slug}.{form}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_files_are_only_read(method: str, client: Client, resolution: Resolution) -> None:
    paths = [path_of(resolution, form) for form in ("pdf", "png")]

    assert [getattr(client, method)(path).status_code for path in paths] == [405, 405]


def test_the_page_leads_to_the_files_and_to_the_picture(
    client: Client, resolution: Resolution
) -> None:
    html = get(client, resolution.get_absolute_url()).content.decode()
    french = get(client, f"/fr{resolution.get_absolute_url()}").content.decode()

    for form in TYPES:
        assert f'href="{path_of(resolution, form)}"' in html
    picture = "/resolutions/vernon-2010/share.png"
    assert f'<meta property="og:image" content="http://testserver{picture}">' in html
    assert f'<meta property="og:image" content="http://testserver/fr{picture}">' in french


# ---- The picture ----


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_the_picture_is_of_the_size_that_is_shared_and_always_the_same(
    client: Client, resolution: Resolution
) -> None:
    path = path_of(resolution, "png")

    first, again = get(client, path), Client().get(path, {"anew": "1"})

    assert first["Content-Type"] == "image/png"
    assert size_of(first.content) == (1200, 630)
    assert first.content == again.content
    assert len(first.content) < 100_000


@pytest.mark.parametrize("kind", StepKind)
def test_every_status_has_a_picture(kind: StepKind) -> None:
    shown = factories.ResolutionFactory.build(
        council=factories.CouncilFactory.build(
            name="Saint-Louis-du-Ha! Ha! 👩‍👩‍👧 שלום",
            jurisdiction=factories.JurisdictionFactory.build(parent=None),
        ),
        status=kind,
        is_demo=True,
    )

    assert size_of(picture(shown, is_verified=False)) == (1200, 630)


# ---- What they cost ----


@pytest.mark.parametrize(
    ("form", "most"), [("pdf", 6), ("docx", 6), ("txt", 6), ("xml", 7), ("png", 3)]
)
def test_files_ask_the_same_however_long_the_story(
    form: str, most: int, resolution: Resolution, by: User
) -> None:
    path = (
        f"{resolution.get_absolute_url()}share.png" if form == "png" else path_of(resolution, form)
    )

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert Client().get(path).status_code == 200
        return len(found)

    few = asked()
    resolution.record_step(StepKind.RESCINDED, on=date(2012, 5, 1), by=by)
    for n in range(3):
        text_of(resolution, TextStage.ADOPTED, f"RESOLVED {n};", by)

    assert asked() == few <= most
