"""Letters to an addressee: what stands in them, and that nothing of whoever writes is kept."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.limits import Limit
from recommendations import writing
from recommendations.letter_forms import LONGEST
from recommendations.models import AddresseeKind, Recommendation, ReplyKind, Status
from recommendations.views import letters
from tests import factories
from tests.dialogues.report.test_pdf import everything_in, found_by_a_checker, words_of
from tests.markup import Page, faults, text_of, words
from w2i.logs import JsonFormatter

pytestmark = pytest.mark.django_db

# Everybody gets a page for a GET, and for an empty form; a PDF only for a form.
LETTERS = {"recommendations:letter", "recommendations:letter_pdf"}
WORDS = "I saw the quagga come home.\r\nTwice.\r\n\r\nIt must not happen again."
MINE = {"words": WORDS, "name": "Ada Okapi", "place": "Okapiville", "language": "en"}


@pytest.fixture
def asked() -> Any:
    """What the record asks of an office that can be written to."""
    office = factories.AddresseeFactory(
        name_en="Minister of Prevention",
        name_fr="Ministre de la prévention",
        form_of_address_en="Dear Minister",
        form_of_address_fr="Madame, Monsieur",
        postal_address="1 Example Street\nOttawa",
        contact_url="https://example.org/contact",
    )
    return factories.RecommendationFactory(
        code="CA-01",
        text="The Minister keep watch",
        report__stem="We recommend that:",
        report__title="A report",
        published=True,
        addressees=[office],
    )


def found(asked: Recommendation, **values: Any) -> Any:
    """Something that became of it, published."""
    update = factories.ProgressUpdateFactory(recommendation=asked, **values)
    factories.SourceFactory(update=update)
    update.publish(by=factories.UserFactory())
    return update


def letter(asked: Recommendation, **values: Any) -> writing.Letter:
    to = asked.addressees.get()
    return writing.letter(
        asked, to, **{"page": "https://example.org/CA-01/", "language": "en", **values}
    )


def path_of(asked: Recommendation, name: str = "letter") -> str:
    return reverse(f"recommendations:{name}", args=[asked.code])


def page_of(answer: Any) -> Page:
    page = Page(answer.content.decode())
    assert faults(page) == []
    return page


# ---- What stands in a letter ----


def test_a_letter_quotes_the_record_and_carries_the_writers_words(asked: Recommendation) -> None:
    found(asked, status=Status.PARTLY_IN_PLACE, on=date(2016, 5, 18), summary="A bill was tabled.")

    made = letter(
        asked, words="Mine.\n\nAnd more.", name="Ada", place="Bath", on=date(2026, 11, 28)
    )

    assert made.text.split("\n\n") == [
        "Ada\nBath",
        "28 November 2026",
        "Minister of Prevention\n1 Example Street\nOttawa",
        "Recommendation CA-01, A report",
        "Dear Minister,",
        "I write to you about recommendation CA-01 of the report “A report”"
        " (An institute, 21 September 2009). It is addressed to: Minister of"
        " Prevention. It reads:",
        "“We recommend that: The Minister keep watch”",
        "According to the public record of what became of it, its status on 18 May 2016 was"
        " “Partly in place”. A bill was tabled. Nothing newer is on record. The record, with its"
        " sources, is here:\nhttps://example.org/CA-01/",
        "Mine.",
        "And more.",
        "I ask you to do what is still missing. Please tell me what you have done about it so far,"
        " and what you intend to do.",
        "Yours sincerely,\nAda\nBath",
    ]


def test_a_letter_in_french_greets_in_french_and_quotes_in_english(asked: Recommendation) -> None:
    found(asked, summary="A bill was tabled.", language="en")

    made = letter(asked, language="fr", on=date(2026, 3, 1))

    assert (made.greeting, made.dated) == ("Madame, Monsieur,", "1er mars 2026")
    assert made.to[0] == "Ministre de la prévention"
    assert made.subject == "Recommandation CA-01, «\u00a0A report\u00a0»"
    assert "Rien de plus récent" in made.text
    assert "The record" not in made.text
    (quote,) = [part for part in made.paragraphs if part.is_quote]
    assert quote.text == "«\u00a0We recommend that: The Minister keep watch\u00a0»"
    assert quote.language == "en"
    assert "A bill was tabled." not in made.text


def test_what_the_addressee_answered_is_told_and_what_another_did_is_not(
    asked: Recommendation,
) -> None:
    by = factories.UserFactory()
    for kind, whose in ((ReplyKind.DECLINED, asked.addressees.get()), (ReplyKind.ACCEPTED, None)):
        reply = factories.ReplyFactory(
            recommendation=asked, kind=kind, addressee=whose or factories.AddresseeFactory()
        )
        factories.SourceFactory(update=None, reply=reply)
        reply.publish(by=by)
    factories.ReplyFactory(recommendation=asked, kind=ReplyKind.ACKNOWLEDGED)

    made = letter(asked)

    told = [part.text for part in made.paragraphs if "answer" in part.text]
    assert told == ["The answer on record, of 1 May 2024: “Declined”."]


def test_what_is_asked_fits_whoever_is_asked_and_what_was_done() -> None:
    last: dict[tuple[str, str], str] = {}
    for kind in AddresseeKind.values:
        to = factories.AddresseeFactory(kind=kind)
        asked = factories.RecommendationFactory(published=True, addressees=[to])
        last[kind, "not-assessed"] = letter(asked).paragraphs[-1].text
        for n, status in enumerate(s for s in Status if s != Status.NOT_ASSESSED):
            found(asked, status=status, on=date(2020, 1, 1 + n))
            last[kind, status] = letter(asked).paragraphs[-1].text

    for (kind, told), text in last.items():
        assert text.startswith("I ask you to ")
        assert ("keep it" in text) == (told == Status.IN_PLACE)
        assert "your vote" not in text or kind in {"legislature", "members-of-a-legislature"}
    assert len(set(last.values())) == 9


def test_a_letter_about_something_invented_says_so(asked: Recommendation) -> None:
    found(asked, is_demo=True)

    made = letter(asked)

    assert made.note.startswith("Demonstration data")
    assert made.text.startswith(made.note)
    assert made.note in parse_qs(urlsplit(made.mail_link).query)["body"][0]


def test_the_mail_link_carries_every_letter(asked: Recommendation) -> None:
    made = letter(asked, words="100% & more? #1 + 2 = «é»\n“Yes”, 祝")

    link = urlsplit(made.mail_link)

    assert (link.scheme, link.path) == ("mailto", "")
    assert re.fullmatch(r"[!-~]*", made.mail_link)
    sent = parse_qs(link.query)
    assert sent["subject"] == [made.subject]
    assert sent["body"] == [made.for_mail.replace("\n", "\r\n")]
    assert "+ 2" in sent["body"][0]


# ---- The page ----


def test_the_page_shows_a_first_letter_and_then_ones_own(asked: Recommendation) -> None:
    client = Client(enforce_csrf_checks=True)

    first = page_of(client.get(path_of(asked)))
    own = page_of(client.post(path_of(asked), MINE))

    assert "Dear Minister," in words(text_of(first.one("article")))
    assert "https://example.org/contact" in first.hrefs
    kept = text_of(own.one("textarea", id="copy"))
    assert "I saw the quagga come home.\nTwice.\n\nIt must not happen again." in kept
    assert words(text_of(own.one("textarea", id="id_words"))) == words(WORDS)
    assert own.one("input", id="id_name").get("value") == "Ada Okapi"
    assert any(href.startswith("mailto:?subject=") for href in own.hrefs)


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_the_letter_is_first_offered_in_the_language_of_the_page(
    prefix: str, asked: Recommendation
) -> None:
    page = page_of(Client().get(f"{prefix}{path_of(asked)}"))

    chosen = page.one("select", id="id_language").find("option[@selected]")
    assert chosen is not None
    assert chosen.get("value") == (prefix.strip("/") or "en")
    assert f"http://testserver{prefix}/recommendations/CA-01/" in page.hrefs


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"words": "x" * (LONGEST + 1)}, "words", "That is 3001 characters long"),
        ({"name": "x" * 121}, "name", "That is 121 characters long"),
        ({"language": "de"}, "language", "Choose one of these."),
        ({"language": ""}, "language", "This field is required."),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(
    changed: dict[str, str], field: str, said: str, asked: Recommendation
) -> None:
    for name in ("letter", "letter_pdf"):
        answer = Client().post(path_of(asked, name), MINE | changed)

        page = page_of(answer)
        assert page.title.startswith("Error:")
        assert f"#id_{field}" in page.hrefs
        assert said in words(text_of(page.root))
        kept = words(text_of(page.one("textarea", id="id_words")))
        assert kept == words((MINE | changed)["words"])


def test_line_breaks_count_once() -> None:
    asked = factories.RecommendationFactory(published=True)
    text = "x\r\n" * (LONGEST // 2)

    answer = Client().post(path_of(asked), MINE | {"words": text})

    assert "There is a problem" not in answer.content.decode()


def test_among_several_addressees_one_is_chosen() -> None:
    offices = [factories.AddresseeFactory(form_of_address_en=f"Dear {n}") for n in ("A", "B")]
    asked = factories.RecommendationFactory(published=True, addressees=offices)
    client, path = Client(), path_of(asked)

    assert "Dear A," in client.get(path).content.decode()
    assert "Dear B," in client.get(path, {"to": offices[1].slug}).content.decode()
    assert "Dear A," in client.get(path, {"to": "none\x00such"}).content.decode()
    chosen = client.post(path, MINE | {"addressee": offices[1].slug})
    assert "Dear B," in chosen.content.decode()
    for wrong in ("", "none-such"):
        page = page_of(client.post(path, MINE | {"addressee": wrong}))
        assert "#id_addressee_0" in page.hrefs


def test_a_legislature_is_written_to_through_a_member() -> None:
    house = factories.AddresseeFactory(
        kind=AddresseeKind.LEGISLATURE,
        form_of_address_en="Dear Member",
        postal_address="The House\nOttawa",
    )
    asked = factories.RecommendationFactory(published=True, addressees=[house])

    nobody = letter(asked)
    somebody = letter(asked, who="Jane Roe, MP")

    assert (nobody.to[0], nobody.greeting) == (house.name_en, "Dear Member,")
    assert (somebody.to, somebody.greeting) == (
        ("Jane Roe, MP", "The House", "Ottawa"),
        "Dear Jane Roe, MP,",
    )
    assert "Jane Roe" in Client().post(path_of(asked), MINE | {"who": "Jane Roe"}).content.decode()


def test_of_a_group_the_writer_names_one() -> None:
    group = factories.AddresseeFactory(kind=AddresseeKind.GROUP)
    asked = factories.RecommendationFactory(published=True, addressees=[group])

    unnamed = page_of(Client().post(path_of(asked), MINE | {"who": " "}))
    named = page_of(Client().post(path_of(asked), MINE | {"who": "The Example Gazette"}))

    first = page_of(Client().get(path_of(asked)))
    assert "[organization or newsroom]" in words(text_of(first.one("article")))
    assert "#id_who" in unnamed.hrefs
    assert "Dear The Example Gazette," not in words(text_of(named.root))
    assert "To whom it may concern," in words(text_of(named.one("article")))
    assert words(text_of(named.one("article"))).count("The Example Gazette") == 1


def test_a_body_that_was_only_asked_for_gets_no_letter() -> None:
    body = factories.AddresseeFactory(
        kind=AddresseeKind.PROPOSED_BODY, name_en="Coordinating Office"
    )
    asked = factories.RecommendationFactory(code="CA-07", published=True, addressees=[body])
    factories.RecommendationFactory(
        code="CA-06",
        report=asked.report,
        text="The Government create a coordinating office",
        published=True,
    )
    factories.RecommendationFactory(code="CA-08", report=asked.report, text="a Coordinating Office")

    for answer in (Client().get(path_of(asked)), Client().post(path_of(asked, "letter_pdf"), MINE)):
        page = page_of(answer)
        assert "/recommendations/CA-06/letter/" in page.hrefs
        assert not any("CA-08" in href or href.startswith("mailto:") for href in page.hrefs)
        assert not list(page.all("textarea"))


def test_only_a_public_recommendation_has_a_letter(asked: Recommendation) -> None:
    factories.RecommendationFactory(code="XX-77")
    client = Client()

    assert client.get("/recommendations/XX-77/letter/").status_code == 404
    for name in ("letter", "letter_pdf"):
        hidden = reverse(f"recommendations:{name}", args=["XX-77"])
        assert client.post(hidden, MINE).status_code == 404
        assert client.put(path_of(asked, name)).status_code == 405
    assert client.get("/recommendations/ca-01/letter/")["Location"] == path_of(asked)
    for path in (path_of(asked, "letter_pdf"), "/recommendations/ca-01/letter.pdf"):
        assert client.get(path)["Location"] == path_of(asked)


def test_a_letter_asks_as_often_whatever_became_of_it(asked: Recommendation) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            Client().get(path_of(asked))
        return len(queries)

    few = questions()
    for n in range(1, 9):
        found(asked, on=date(2015, n, 1))
        asked.addressees.add(factories.AddresseeFactory())

    assert questions() == few <= 6


# ---- The PDF ----


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_is_accessible_whatever_is_written(language: str, asked: Recommendation) -> None:
    hostile = "#panic() *x* $y$ \\ <l> @c 🕯️ \u202e\x07 " + "z" * 400
    answer = Client().post(
        path_of(asked, "letter_pdf"), MINE | {"words": hostile, "language": language}
    )

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="letter-ca-01.pdf"'
    assert found_by_a_checker(answer.content) == []
    inside = everything_in(answer.content)
    for sign in (rb"/Lang\s*\(" + language.encode(), rb"pdfuaid:part[=>]\"?1"):
        assert re.search(sign, inside), sign


def test_the_pdf_says_what_the_page_says(asked: Recommendation, tmp_path: Path) -> None:
    said = words_of(letter(asked, words="Mine.\nAnd *more*.", name="Ada").as_pdf(), tmp_path)

    for part in ("Minister of Prevention", "The Minister keep watch", "And *more*.", "Ada"):
        assert part in said


def test_too_many_pdfs_of_one_network_wait_and_nothing_is_lost(
    asked: Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MADE", Limit("letters-made", 1, 600))
    client = Client()

    first = client.post(path_of(asked, "letter_pdf"), MINE)
    second = client.post(path_of(asked, "letter_pdf"), MINE)

    assert (first.status_code, second.status_code) == (200, 429)
    page = page_of(second)
    assert "I saw the quagga" in text_of(page.one("textarea", id="id_words"))
    assert "I saw the quagga" in text_of(page.one("textarea", id="copy"))
    assert client.post(path_of(asked), MINE).status_code == 200


# ---- Nothing is kept ----


class Lines(logging.Handler):
    """Every line of the log, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log() -> Iterator[list[str]]:
    handler = Lines()
    loggers = [logging.getLogger(name) for name in ("", "w2i", "django", "w2i.request")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)


def rows_of_every_table() -> dict[str, int]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: model._base_manager.count() for model in models}


def test_nothing_about_the_writer_is_stored_logged_or_kept(
    asked: Recommendation, log: list[str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    before = rows_of_every_table()

    with CaptureQueriesContext(connection) as queries:
        answers = [
            client.get(path_of(asked)),
            client.post(path_of(asked), MINE),
            client.post(path_of(asked), MINE | {"language": "none"}),
            client.post(path_of(asked, "letter_pdf"), MINE),
        ]

    assert [answer.status_code for answer in answers] == [200] * 4
    for answer in answers:
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
    assert rows_of_every_table() == before
    assert not Session.objects.exists()
    asked_of_the_database = " ".join(query["sql"] for query in queries)
    assert not re.search(r"\b(INSERT|UPDATE|DELETE)\b", asked_of_the_database)
    written = [line for line in log if json.loads(line)["event"] == "request"]
    assert len(written) >= 4
    for word in ("quagga", "Okapi", "Ada"):
        assert word not in asked_of_the_database
        assert not any(word in line for line in log)


def test_what_was_typed_is_not_told_when_something_fails(
    asked: Recommendation, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError(kwargs["words"])

    monkeypatch.setattr(writing, "letter", fails)

    answer = Client(raise_request_exception=False).post(path_of(asked), MINE)

    assert answer.status_code == 500
    assert log
    assert not any("quagga" in line for line in [*log, answer.content.decode()])
