"""The pages of Vancouver 2009 show the record, all of it, to the letter."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from dialogues.models import Answer, Contribution, Dialogue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

PATH = "/dialogues/vancouver-2009/"


class Texts(HTMLParser):
    """The text of every paragraph, heading and list item, tags taken off; ids and links as well."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.headings: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "id" in values:
            self.ids.append(str(values["id"]))
        if tag == "a":
            self.links.add(str(values.get("href")))
        if tag in {"p", "h1", "h2", "h3", "li"}:
            self.open.append("")
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "h1", "h2", "h3", "li"}:
            text = self.open.pop()
            self.found.add(text)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1] += data


@pytest.fixture
def texts(client: Client) -> Texts:
    return Texts(client.get(PATH).content.decode())


def test_every_statement_is_there_to_the_letter_under_its_number(texts: Texts) -> None:
    statements = Contribution.objects.public().filter(dialogue__slug="vancouver-2009")

    assert statements.count() == 136
    assert {row.text for row in statements} - texts.found == set()
    assert {row.code for row in statements} - set(texts.ids) == set()


def test_every_answer_is_there(texts: Texts) -> None:
    pieces = {
        line.removeprefix("- ")
        for answer in Answer.objects.all()
        for block in answer.text.split("\n\n")
        for line in (block.split("\n") if block.startswith("- ") else [block])
    }

    assert len(pieces) > 5
    assert pieces - texts.found == set()


def test_every_text_of_the_report_is_there(texts: Texts) -> None:
    dialogue = Dialogue.objects.get(slug="vancouver-2009")
    pieces = {
        paragraph
        for section in dialogue.sections.all()
        for paragraph in section.body.split("\n\n")
        if not paragraph.startswith("- ")
    } | {person.biography for person in dialogue.people.all()}

    assert pieces - {""} - texts.found == set()


def test_every_statement_links_to_what_it_is_about(texts: Texts) -> None:
    linked = {
        f"/recommendations/{code}/"
        for code in Contribution.objects.values_list("about__code", flat=True)
        if code
    }

    assert len(linked) > 10
    assert linked - texts.links == set()


def test_no_id_is_given_twice(texts: Texts) -> None:
    assert len(texts.ids) == len(set(texts.ids))


def test_each_group_of_ideas_bears_its_heading_in_print(texts: Texts) -> None:
    assert {f"In print: {heading}" for heading in PRINTED} - texts.found == set()


# As they stand in the report of 2009; the first group has none.
PRINTED = [
    "Mobilizing Education",
    "Mobilizing government",
    "Mobilizing the media, both traditional and new",
    "Mobilizing the NGO community and grassroots activists",
    "Mobilizing other sectors of society",
]


def test_headings_go_down_one_step_at_a_time(texts: Texts) -> None:
    steps = zip(texts.headings, texts.headings[1:], strict=False)

    assert texts.headings[0] == 1
    assert texts.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in steps)


def test_every_part_of_the_contents_is_on_the_page(texts: Texts) -> None:
    contents = {link[1:] for link in texts.links if link.startswith("#")}

    assert len(contents - {"main", "contents"}) == 18
    assert contents - set(texts.ids) == set()


def test_the_figure_of_resonance_is_not_made_up(client: Client) -> None:
    html = client.get(PATH).content.decode()

    assert "FIGURE 1 - ON WHAT SCALE DID THE W2I DOCUMENT RESONATE" in html
    assert "its values, its scale and the number of votes are not in the text" in html
    assert "histogram" not in html


def test_french_readers_hear_the_record_in_english(client: Client) -> None:
    html = client.get(f"/fr{PATH}").content.decode()

    assert '<p><span lang="en">Never again!</span></p>' in html


def test_it_stays_small(client: Client) -> None:
    response = client.get(PATH, headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 30_000
