"""How a recommendation is cited and shared: three styles, two files, a picture, and facts."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import strip_tags

from recommendations import share_picture
from recommendations.citing import bibtex, citations, ris, tex, title_of
from recommendations.models import Recommendation, Status
from recommendations.share_picture import HEIGHT, WIDTH
from tests.factories import (
    ProgressUpdateFactory,
    RecommendationFactory,
    ReplyFactory,
    ReportFactory,
    SourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "https://w2i.example/recommendations/CA-02/"
TEXT = "The Prime Minister appoint a minister; spend 50 % of {all} & more_of it, C:\\here"


@pytest.fixture
def recommendation() -> Recommendation:
    report = ReportFactory(
        title="The 1 & only Report",
        publisher="An institute, A university",
        released=date(2009, 9, 1),
        released_precision="month",
    )
    row: Recommendation = RecommendationFactory(
        code="CA-02",
        report=report,
        text=TEXT,
        published_at=datetime(2026, 11, 28, tzinfo=UTC),
        published_by=UserFactory(),
    )
    return row


def fields(entry: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) = (.*),$", entry, re.MULTILINE))


def balanced(text: str) -> bool:
    """As BibTeX counts: a backslash before a brace hides nothing."""
    depth = 0
    for c in text:
        depth += {"{": 1, "}": -1}.get(c, 0)
        if depth < 0:
            return False
    return depth == 0


def test_what_means_something_to_tex_is_written_out() -> None:
    assert tex("a {b} & c_d 5% $1 #2 ~^\\ <é> “x”\n y|") == (
        r"a \textbraceleft{}b\textbraceright{} \& c\_d 5\% \$1 \#2"
        r" \textasciitilde{}\textasciicircum{}\textbackslash{}"
        r" \textless{}é\textgreater{} “x” y\textbar{}"
    )


@pytest.mark.parametrize("nasty", ["}", "{", "\\{", "}}}{", "\\", "}, url = {x"])
def test_no_text_ends_its_field(recommendation: Recommendation, nasty: str) -> None:
    recommendation.text = f"Stop {nasty} this"
    recommendation.report.title = nasty

    report, page = bibtex(recommendation, URL).split("\n\n")

    for entry in (report, page):
        assert balanced(entry)
        assert fields(entry)["url"] == f"{{{URL}}}"


def test_bibtex_has_the_report_and_the_page(recommendation: Recommendation) -> None:
    report, page = bibtex(recommendation, URL).split("\n\n")

    assert report.startswith("@techreport{CA-02-2009,\n")
    assert fields(report) == {
        "author": "{{An institute, A university}}",
        "title": r"{{The 1 \& only Report}}",
        "institution": "{An institute, A university}",
        "year": "{2009}",
        "month": "sep",
        "note": f"{{Recommendation CA-02: “{tex(TEXT)}”}}",
        "url": f"{{{URL}}}",
        "language": "{english}",
    }
    assert page.startswith("@misc{CA-02-w2i,\n")
    assert page.endswith("\n}\n")
    assert fields(page)["author"] == "{{W2I, The Will to Intervene}}"
    assert (fields(page)["year"], fields(page)["month"]) == ("{2026}", "nov")


def test_ris_has_tags_in_their_columns_and_ends_lines_as_it_must(
    recommendation: Recommendation,
) -> None:
    recommendation.text = "First line\r\nER  - second"

    file = ris(recommendation, URL)

    assert file.replace("\r\n", "").count("\n") == 0
    assert file.count("\r\nER  - \r\n") == 2
    lines = [line for line in file.split("\r\n") if line]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert [line[:6] for line in lines].count("TY  - ") == 2
    tags = dict(line.split("  - ", 1) for line in lines[: lines.index("ER  - ")])
    assert tags["TY"] == "RPRT"
    assert tags["AU"] == "An institute – A university"  # before a comma stands a surname
    assert (tags["PY"], tags["DA"]) == ("2009", "2009/09//")
    assert tags["N1"] == "Recommendation CA-02: “First line ER - second”"
    assert "DA  - 2026/11/28/" in lines


def test_each_style_tells_report_and_page(recommendation: Recommendation) -> None:
    recommendation.text = "The Prime Minister appoint a minister."
    recommendation.status, recommendation.status_on = Status.STALLED, date(2014, 3, 1)

    found = {
        one.style: (strip_tags(one.of_report), strip_tags(one.of_page))
        for one in citations(recommendation, URL)
    }

    report = "An institute, A university"
    title = "CA-02: The Prime Minister appoint a minister"
    bare = "w2i.example/recommendations/CA-02/"
    assert found == {
        "APA": (
            f"{report}. (2009). The 1 &amp; only Report (Recommendation CA-02). {URL}",
            f"W2I, The Will to Intervene. (2026, November 28). {title}"
            f" [Stalled, as of 1 March 2014]. {URL}",
        ),
        "Chicago": (
            f"{report}. The 1 &amp; only Report. Recommendation CA-02, 2009. {URL}.",
            f"W2I, The Will to Intervene. “{title}.” Status: Stalled, as of 1 March 2014."
            f" Last modified November 28, 2026. {URL}.",
        ),
        "MLA": (
            f"{report}. The 1 &amp; only Report. 2009, recommendation CA-02, {bare}.",
            f"“{title}.” W2I, The Will to Intervene, 28 Nov. 2026, {bare}.",
        ),
    }


def test_a_title_ends_at_a_word(recommendation: Recommendation) -> None:
    recommendation.text = "prevention " * 40

    assert re.fullmatch(r"CA-02:( prevention)+ …", title_of(recommendation))
    assert len(title_of(recommendation)) < 140


def test_the_files_are_named_for_it_and_belong_to_its_page(
    recommendation: Recommendation, client: Client
) -> None:
    for form, kind in (("bib", "application/x-bibtex"), ("ris", "research-info-systems")):
        answer = client.get(f"/recommendations/CA-02.{form}")

        assert kind in answer["Content-Type"]
        assert answer["Content-Disposition"] == f'attachment; filename="CA-02.{form}"'
        assert answer["Link"] == '<http://testserver/recommendations/CA-02/>; rel="canonical"'
        assert "http://testserver/recommendations/CA-02/" in answer.text
        lower = client.get(f"/fr/recommendations/ca-02.{form}")
        assert lower.headers["Location"] == f"/fr/recommendations/CA-02.{form}"


def test_a_citation_tells_the_day_a_finding_was_published_or_retracted_last(
    recommendation: Recommendation, client: Client
) -> None:
    update = ProgressUpdateFactory(recommendation=recommendation)
    SourceFactory(update=update)
    update.publish(by=UserFactory(), at=datetime(2027, 2, 3, tzinfo=UTC))

    assert "DA  - 2027/02/03/" in client.get("/recommendations/CA-02.ris").text
    assert "(2027, February 3)" in client.get("/recommendations/CA-02/").text

    reply = ReplyFactory(recommendation=recommendation)
    SourceFactory(update=None, reply=reply)
    reply.publish(by=UserFactory(), at=datetime(2027, 2, 4, tzinfo=UTC))

    assert "DA  - 2027/02/04/" in client.get("/recommendations/CA-02.ris").text

    update.retract(by=UserFactory(), reason="A slip.", at=datetime(2027, 2, 5, tzinfo=UTC))

    assert "DA  - 2027/02/05/" in client.get("/recommendations/CA-02.ris").text
    assert "(2027, February 5)" in client.get("/recommendations/CA-02/").text


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_a_link_is_shared_with_a_picture(
    recommendation: Recommendation, client: Client, prefix: str
) -> None:
    page = client.get(f"{prefix}/recommendations/CA-02/").text
    answer = client.get(f"{prefix}/recommendations/CA-02/share.png")

    path = f"http://testserver{prefix}/recommendations/CA-02/share.png"
    assert f'<meta property="og:image" content="{path}">' in page
    assert answer["Content-Type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    size = (int.from_bytes(answer.content[n : n + 4]) for n in (16, 20))
    assert tuple(size) == (WIDTH, HEIGHT)


def facts_of(page: str) -> Any:
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    return match and json.loads(match[1])


def test_a_picture_says_that_an_old_status_may_be_out_of_date(
    recommendation: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(share_picture, "png_of", lambda _path, data: told.append(data["about"]))
    for day in (timezone.localdate(), date(2014, 3, 1)):
        recommendation.status_on = day
        share_picture.picture(recommendation)

    assert ["may be out of date" in words for words in told] == [False, True]


def test_machines_read_a_quotation_from_a_report_and_no_verdict(
    recommendation: Recommendation, client: Client
) -> None:
    update = ProgressUpdateFactory(recommendation=recommendation)
    SourceFactory(update=update, title="A notice </script>", published_precision="month")
    update.publish(by=UserFactory(), at=datetime(2027, 2, 3, tzinfo=UTC))

    facts = facts_of(client.get("/recommendations/CA-02/").text)

    assert (facts["@type"], facts["text"]) == ("Quotation", TEXT)
    assert facts["isPartOf"]["@type"] == "Report"
    assert facts["isPartOf"]["datePublished"] == "2009-09"
    page = facts["mainEntityOfPage"]
    assert page["dateModified"] == "2027-02-03"
    assert page["abstract"] == "Under way, as of 1 May 2024"
    (source,) = page["citation"]
    assert (source["name"], source["datePublished"]) == ("A notice </script>", "2024-05")
    assert "ClaimReview" not in json.dumps(facts)


def test_what_is_invented_is_not_told_to_machines(client: Client) -> None:
    RecommendationFactory(code="XX-90", published=True, is_demo=True)

    assert facts_of(client.get("/recommendations/XX-90/").text) is None


def test_french_citations_are_french_and_mark_what_is_not(recommendation: Recommendation) -> None:
    with translation.override("fr"):
        apa, chicago, mla = citations(recommendation, URL)

    assert '<cite lang="en">The 1 &amp; only Report</cite>' in apa.of_report
    assert "(2026, 28 novembre)" in apa.of_page
    assert "La volonté d’intervenir" in apa.of_page
    assert "Dernière modification le 28 novembre 2026." in chicago.of_page
    assert "“" not in chicago.of_page + mla.of_page
