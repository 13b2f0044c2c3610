"""What stands in the report of a dialogue, and in what order."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dialogues.models import (
    Attribution,
    Contribution,
    ContributionKind,
    Dialogue,
    Highlight,
    NearDuplicate,
    PartKind,
    ReportPart,
    Sector,
)
from dialogues.report.assembling import assemble, assemble_front
from dialogues.report.blocks import (
    Items,
    Paragraph,
    Quotation,
    Report,
    Sides,
    Statement,
    Statements,
    report_of,
    statements_in,
)
from tests.factories import (
    AnswerFactory,
    ConsentFactory,
    ContributionFactory,
    ConvenerFactory,
    DialogueFactory,
    ParticipantFactory,
    PersonFactory,
    RecommendationFactory,
    ReportFactory,
    SectionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue() -> Dialogue:
    return DialogueFactory(slug="halifax", published=True, place="Halifax", on=date(2010, 5, 4))


def said(dialogue: Dialogue, kind: str, **values: object) -> Contribution:
    return ContributionFactory(dialogue=dialogue, kind=kind, posted=True, **values)


def found(report: Report) -> dict[str, Statement]:
    blocks = (block for section in report.sections for block in section.blocks)
    return {statement.code: statement for statement in statements_in(blocks)}


def texts(report: Report, key: str) -> str:
    """All paragraphs of a part, a line each."""
    section = report.section(key)
    return "\n".join(b.text for b in section.blocks if isinstance(b, Paragraph)) if section else ""


def test_parts_are_those_of_2009_in_their_order_and_empty_ones_are_left_out(
    dialogue: Dialogue,
) -> None:
    for kind in reversed(ContributionKind.values):
        said(dialogue, kind)
    SectionFactory(dialogue=dialogue, kind="conclusion", body="So it ended.")

    keys = [section.key for section in assemble(dialogue, "en").sections]

    order = [kind.value for kind in PartKind]
    assert keys == sorted(keys, key=order.index)
    assert {"hopes-and-concerns", "questions", "reservations", "ideas", "commitments"} < set(keys)
    assert not {"agenda", "brief", "highlights", "project", "appendix"} & set(keys)


def test_a_facilitator_orders_names_hides_and_writes_parts(dialogue: Dialogue) -> None:
    said(dialogue, "hope")
    said(dialogue, "commitment")
    SectionFactory(dialogue=dialogue, kind="introduction", body="Of record.")
    for order, kind in enumerate(["commitments", "introduction", "hopes-and-concerns"], 1):
        ReportPart.objects.create(dialogue=dialogue, kind=kind, order=order)
    ReportPart.objects.filter(kind="hopes-and-concerns").update(is_shown=False)
    ReportPart.objects.filter(kind="introduction").update(text="And *ours*.", text_fr="Et à nous.")
    ReportPart.objects.filter(kind="commitments").update(
        heading="What we will do", heading_fr="Ce que nous ferons"
    )

    english, french = assemble(dialogue, "en"), assemble(dialogue, "fr")

    keys = [section.key for section in english.sections]
    assert keys.index("commitments") < keys.index("introduction")
    assert "hopes-and-concerns" not in keys
    assert texts(english, "introduction") == "Of record.\nAnd ours."
    assert texts(french, "introduction") == "Of record.\nEt à nous."
    headings = [report.section("commitments").heading for report in (english, french)]  # type: ignore[union-attr]
    assert headings == ["What we will do", "Ce que nous ferons"]


def test_a_draft_of_facts_stands_where_nobody_wrote_anything(dialogue: Dialogue) -> None:
    ConvenerFactory(dialogue=dialogue, organization__name="The *Harbour* Forum")
    said(dialogue, "hope")

    report = assemble(dialogue, "en")

    assert texts(report, "acknowledgements") == (
        "The dialogue was convened by The *Harbour* Forum."
    )
    assert "held on 4 May 2010 in Halifax" in texts(report, "introduction")
    assert texts(report, "hopes-and-concerns") == "On record: 1\u00a0hope."


def test_only_what_is_posted_is_in_it_with_its_lines_and_answer(
    dialogue: Dialogue, editor: User
) -> None:
    whole = said(dialogue, "idea", sector=Sector.MEDIA)
    line = said(dialogue, "idea", sector=Sector.MEDIA, part_of=whole)
    ContributionFactory(dialogue=dialogue, part_of=whole, kind="idea", text="Held line")
    ContributionFactory(dialogue=dialogue, text="Held text")
    said(dialogue, "hope", text="Gone text").withdraw(by=editor)
    asked, open_question = said(dialogue, "question"), said(dialogue, "question")
    AnswerFactory(contribution=asked, text="Yes.\n\n- One", answered_by="Ada", footnote="See 2.")
    ContributionFactory(posted=True, text="Said elsewhere")

    report = assemble(dialogue, "en")

    rows = found(report)
    assert set(rows) == {whole.code, line.code, asked.code, open_question.code}
    assert [one.code for one in rows[whole.code].lines] == [line.code]
    answer = rows[asked.code].answer
    assert answer is not None
    assert [type(block) for block in answer.blocks] == [Paragraph, Items]
    assert (answer.answered_by, answer.footnote) == ("Ada", "See 2.")
    conclusion = json.dumps(report.as_data()["sections"][-1])
    assert open_question.text in conclusion
    assert asked.text not in conclusion
    assert rows[whole.code].path == f"/dialogues/halifax/statements/{whole.code}/"


def test_ideas_stand_under_their_sector_with_its_heading_in_print(dialogue: Dialogue) -> None:
    for sector in ("", Sector.MEDIA, Sector.GENERAL):
        said(dialogue, "idea", sector=sector)
    SectionFactory(dialogue=dialogue, kind="sector", sector="media", heading="Mobilizing media")

    section = assemble(dialogue, "en").section("ideas")

    assert section is not None
    lists = [block for block in section.blocks if isinstance(block, Statements)]
    assert [one.heading for one in lists] == ["General", "Media", "No sector named"]
    assert [one.printed for one in lists] == ["", "Mobilizing media", ""]


def test_near_duplicates_are_folded_and_nothing_said_is_lost(
    dialogue: Dialogue, facilitator: User
) -> None:
    kept, near, nearer = (said(dialogue, "hope", order=n) for n in (1, 2, 3))
    other = said(dialogue, "concern")
    asked, alike = said(dialogue, "question"), said(dialogue, "question")
    AnswerFactory(contribution=alike)
    one, two = said(dialogue, "hope", order=4), said(dialogue, "hope", order=5)
    for statement, of in (
        *((near, kept), (nearer, near)),
        (other, kept),  # of another kind
        (alike, asked),  # has an answer of its own
        *((one, two), (two, one)),  # a ring
    ):
        NearDuplicate.objects.create(statement=statement, of=of, marked_by=facilitator)

    report = assemble(dialogue, "en")

    section = report.section("hopes-and-concerns")
    assert section is not None
    [sides] = [block for block in section.blocks if isinstance(block, Sides)]
    assert [row.code for row in sides.left.rows] == [kept.code, one.code, two.code]
    assert sides.left.n == 5
    assert sides.left.rows[0].also == (near.code, nearer.code)
    assert [line.text for line in sides.left.rows[0].lines] == [near.text, nearer.text]
    assert {other.code, asked.code, alike.code} <= set(found(report))
    # Who reads the page without an edition sees each by itself: folding is not published yet.
    assert len(found(assemble_front(dialogue, "en"))) == 8


def test_highlights_are_quoted_and_lead_back(dialogue: Dialogue, facilitator: User) -> None:
    first, second = said(dialogue, "hope"), said(dialogue, "concern")
    for order, row in enumerate((second, first), 1):
        Highlight.objects.create(statement=row, order=order, chosen_by=facilitator)
    Highlight.objects.create(
        statement=ContributionFactory(dialogue=dialogue, text="Held"), chosen_by=facilitator
    )

    section = assemble(dialogue, "en").section("highlights")

    assert section is not None
    quoted = [block.blocks[0] for block in section.blocks if isinstance(block, Quotation)]
    assert [getattr(one, "code", "") for one in quoted] == [second.code, first.code]
    assert assemble_front(dialogue, "en").section("highlights") is None


def test_who_said_it_is_told_as_the_rule_allows() -> None:
    dialogue = DialogueFactory(attribution=Attribution.NAME)
    named = ParticipantFactory(dialogue=dialogue, name="Ada Winter", sector=Sector.MEDIA)
    for purpose in ("publish", "name"):
        ConsentFactory(participant=named, purpose=purpose)
    unnamed = ParticipantFactory(dialogue=dialogue, name="Bo Snow", sector=Sector.GOVERNMENT)
    with_name = said(dialogue, "hope", participant=named)
    less = said(dialogue, "hope", participant=named, attribution=Attribution.NONE)
    with_sector = said(dialogue, "hope", participant=unnamed)
    joined = said(dialogue, "hope", participant=named)
    joined.words_of.add(with_sector)
    nobody = said(dialogue, "hope")

    rows = found(assemble(dialogue, "en"))

    assert {code: row.said_by for code, row in rows.items()} == {
        with_name.code: "Ada Winter",
        less.code: "",
        with_sector.code: "Government",
        joined.code: "",
        nobody.code: "",
    }
    for row in Contribution.objects.with_attribution().filter(dialogue=dialogue):
        assert rows[row.code].said_by == row.attributed_to


def test_under_the_chatham_house_rule_it_names_nobody() -> None:
    dialogue = DialogueFactory(attribution=Attribution.CHATHAM_HOUSE, published=True)
    PersonFactory(dialogue=dialogue, name="Ada Winter", role="chair", biography="A life.")
    question = said(dialogue, "question")
    AnswerFactory(contribution=question, answered_by="Bo Snow")
    maker = ParticipantFactory(dialogue=dialogue, name="Cy Frost", sector=Sector.MEDIA)
    said(dialogue, "hope", participant=maker, sector=Sector.MEDIA)

    whole = json.dumps(assemble(dialogue, "en").as_data())

    for secret in ("Ada Winter", "A life.", "Bo Snow", "Cy Frost", "Media"):
        assert secret not in whole


def test_in_french_its_own_words_are_french_and_those_of_record_are_marked() -> None:
    asked = RecommendationFactory(
        code="CA-01", text="Act.", translation="Agir.", published=True, report__published=True
    )
    dialogue = DialogueFactory(report=asked.report, published=True)
    hope = said(dialogue, "hope", text="Never again!", about=[asked])
    translated = said(dialogue, "hope", text="Peace.", translation="La paix.")

    report = assemble(dialogue, "fr")

    rows = found(report)
    assert (rows[hope.code].language, rows[hope.code].translation) == ("en", "")
    assert rows[translated.code].translation == "La paix."
    assert rows[hope.code].path.startswith("/fr/dialogues/")
    assert rows[hope.code].about == ("CA-01",)
    section = report.section("recommendations")
    assert section is not None
    [items] = [block for block in section.blocks if isinstance(block, Items)]
    [paragraph] = items.items[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "CA-01 Agir. (traduction)"
    assert paragraph.runs[0].link == "/fr/recommendations/CA-01/"


def test_drafts_of_the_report_talked_over_are_not_told() -> None:
    report = ReportFactory(published=False, summary="Secret summary", project="Secret project")
    dialogue = DialogueFactory(report=report, published=True)
    said(dialogue, "hope", about=[RecommendationFactory(code="ZZ-99", report=report)])

    whole = json.dumps(assemble(dialogue, "en").as_data())

    for secret in ("Secret summary", "Secret project", "ZZ-99", report.title):
        assert secret not in whole


def test_it_comes_back_from_json_as_it_was(dialogue: Dialogue, facilitator: User) -> None:
    for kind in ContributionKind.values:
        row = said(dialogue, kind)
    row.themes.add(ThemeFactory(dialogue=dialogue, name="Schools"))
    Highlight.objects.create(statement=row, chosen_by=facilitator)

    report = assemble(dialogue, "fr", number=2, dated="2026-03-01", what_changed="A name.")

    assert found(report)[row.code].themes == ("Schools",)
    assert report_of(json.loads(json.dumps(report.as_data()))) == report


def test_it_asks_the_same_of_the_database_however_much_was_said(dialogue: Dialogue) -> None:
    asked = RecommendationFactory(published=True)

    def one_of_each() -> None:
        maker = ParticipantFactory(dialogue=dialogue)
        ConsentFactory(participant=maker)
        for kind in ContributionKind.values:
            row = said(dialogue, kind, participant=maker, about=[asked])
            said(dialogue, kind, part_of=row)
        AnswerFactory(contribution=said(dialogue, "question"))
        joined = said(dialogue, "hope", participant=maker)
        joined.words_of.add(row)

    def queries() -> tuple[int, int]:
        fresh = Dialogue.objects.select_related("report").get(pk=dialogue.pk)
        with CaptureQueriesContext(connection) as whole:
            assemble(fresh, "en")
        with CaptureQueriesContext(connection) as front:
            assemble_front(fresh, "en")
        return len(whole), len(front)

    one_of_each()
    few = queries()
    for _n in range(6):
        one_of_each()

    assert queries() == few
    assert few[0] <= 30
    assert few[1] <= 20
