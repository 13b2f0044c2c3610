"""A letter to whoever is asked to act, made from the record and from the reader’s own words.

Nothing about the reader is kept: what was typed goes into the letter, and the letter to whoever
typed it. Offices are written to by their titles, never their holders by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from recommendations.models import (
    Addressee,
    AddresseeKind,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReplyKind,
    Report,
    Status,
)
from recommendations.models.dates import in_words
from recommendations.models.texts import in_active_language, reading
from recommendations.typesetting import pdf_of, printed

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
# Characters of a mail link. Some mail programs, and Windows itself, cut off what is longer.
LONGEST_LINK = 2_000


class Recipient(StrEnum):
    """Who gets a letter to an addressee."""

    OFFICE = "office"
    MEMBER = "member"  # one of a legislature, best the writer’s own
    ONE_OF_MANY = "one-of-many"  # an organization or a newsroom of the writer’s choice
    NOBODY = "nobody"  # a body that was only asked for


_RECIPIENTS: dict[str, Recipient] = {
    AddresseeKind.OFFICE: Recipient.OFFICE,
    AddresseeKind.GOVERNMENT: Recipient.OFFICE,
    AddresseeKind.DEPARTMENT: Recipient.OFFICE,
    AddresseeKind.LEGISLATURE: Recipient.MEMBER,
    AddresseeKind.MEMBERS: Recipient.MEMBER,
    AddresseeKind.GROUP: Recipient.ONE_OF_MANY,
    AddresseeKind.PROPOSED_BODY: Recipient.NOBODY,
}


def recipient_of(addressee: Addressee) -> Recipient:
    return _RECIPIENTS[addressee.kind]


def asking_for(recommendation: Recommendation, body: Addressee) -> list[Recommendation]:
    """Public recommendations of the same report that name a body and ask others to make it."""
    rows = Recommendation.objects.public().filter(
        report=recommendation.report_id, text__icontains=body.name_en
    )
    return list(rows.exclude(addressees=body).in_report_order()[:3])


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a letter; a line break within it stays.

    Attributes:
        text: its words.
        language: of the words, where that is not the letter’s; else ''.
        is_quote: whether it is set apart as somebody else’s words.
        link: an address that ends it, on a line of its own.
    """

    text: str
    language: str = ""
    is_quote: bool = False
    link: str = ""

    @property
    def whole(self) -> str:
        return f"{self.text}\n{self.link}" if self.link else self.text


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, piece by piece. ``note`` warns of what is invented; it is part of every form."""

    language: str
    sender: tuple[str, ...]
    dated: str
    to: tuple[str, ...]
    subject: str
    greeting: str
    paragraphs: tuple[Paragraph, ...]
    closing: str
    signature: tuple[str, ...]
    note: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text, paragraphs parted by blank lines."""
        head = ["\n".join(self.sender), self.dated, "\n".join(self.to), self.subject]
        return "\n\n".join(filter(None, [self.note, *head, self.for_mail]))

    @property
    def for_mail(self) -> str:
        """The letter from its greeting on: a mail program adds the rest."""
        signed = "\n".join([self.closing, *self.signature])
        return "\n\n".join([self.greeting, *(part.whole for part in self.paragraphs), signed])

    @property
    def mail_link(self) -> str:
        """A ``mailto:`` link (RFC 6068) without an address: the writer chooses it."""
        body = "\n\n".join(filter(None, [self.note, self.for_mail])).replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.subject, safe='')}&body={quote(body, safe='')}"

    @property
    def is_long_for_mail(self) -> bool:
        return len(self.mail_link) > LONGEST_LINK

    def as_pdf(self) -> bytes:
        """One page on Letter paper, more where the words need it; tagged (PDF/UA-1)."""
        with translation.override(self.language):
            page_of = _("Page {page} of {pages}")
        data = {
            "language": self.language,
            "title": printed(self.subject),
            "note": printed(self.note),
            "sender": [printed(line) for line in self.sender],
            "dated": self.dated,
            "to": [printed(line) for line in self.to],
            "greeting": printed(self.greeting),
            "paragraphs": [
                {
                    "lines": [printed(line) for line in part.text.split("\n")],
                    "language": part.language,
                    "is-quote": part.is_quote,
                    "link": part.link,
                }
                for part in self.paragraphs
            ],
            "closing": self.closing,
            "signature": [printed(line) for line in self.signature],
            "page-of": page_of,
        }
        return pdf_of(TEMPLATE, data)


def letter(
    recommendation: Recommendation,
    addressee: Addressee,
    *,
    page: str,
    language: str,
    who: str = "",
    words: str = "",
    name: str = "",
    place: str = "",
    on: date | None = None,
) -> Letter:
    """A letter in one of the site’s languages. Asks two queries.

    ``recommendation`` comes with its report. ``page`` is the whole address of its page. ``who`` is
    the member, organization or newsroom written to; ``words``, ``name`` and ``place`` are the
    writer’s own, each may be ''.
    """
    update = recommendation.updates.standing().newest_first().first()
    replies = recommendation.replies.filter(addressee=addressee)
    reply = replies.standing().newest_first().first()
    invented = [recommendation, *filter(None, [update, reply])]
    with translation.override(language):
        return Letter(
            language=language,
            sender=tuple(filter(None, [name, place])),
            dated=in_words(on or timezone.localdate()),
            to=(who or _stand_in(addressee), *_address_of(addressee)),
            subject=_("Recommendation %(code)s, %(report)s")
            % {"code": recommendation.code, "report": _named(recommendation.report, language)},
            greeting=_greeting(addressee, who, language),
            paragraphs=(
                *_what_is_asked(recommendation, addressee, language),
                *_what_became_of_it(update, reply, page, language),
                *(Paragraph(part.strip()) for part in words.split("\n\n") if part.strip()),
                Paragraph(_request(recipient_of(addressee), update)),
            ),
            closing=pgettext("end of a letter", "Yours sincerely,"),
            signature=tuple(filter(None, [name, place])),
            note=_("Demonstration data: part of this letter is invented. Send it to nobody.")
            if any(row.is_demo for row in invented)
            else "",
        )


def _stand_in(addressee: Addressee) -> str:
    """Who is written to where nobody is named: of many, one has yet to be chosen."""
    if recipient_of(addressee) == Recipient.ONE_OF_MANY:
        return _("[organization or newsroom]")
    return addressee.name


def _address_of(addressee: Addressee) -> list[str]:
    text = addressee.postal_address
    if reading() == "fr" and addressee.postal_address_fr:
        text = addressee.postal_address_fr
    return [line.strip() for line in text.splitlines() if line.strip()]


def _greeting(addressee: Addressee, who: str, language: str) -> str:
    # French greets by the title, never by the name.
    if who and recipient_of(addressee) == Recipient.MEMBER and language == "en":
        return f"Dear {who},"
    if form := in_active_language(addressee, "form_of_address"):
        return f"{form},"
    return _("To whom it may concern,")


def _what_is_asked(
    recommendation: Recommendation, addressee: Addressee, language: str
) -> Iterator[Paragraph]:
    report = recommendation.report
    yield Paragraph(
        _(
            "I write to you about recommendation %(code)s of the report %(title)s (%(publisher)s,"
            " %(released)s). It is addressed to: %(addressee)s. It reads:"
        )
        % {
            "code": recommendation.code,
            "title": _quoted(report.title),
            "publisher": report.publisher,
            "released": in_words(report.released, report.released_precision),
            "addressee": addressee.name,
        }
    )
    foreign = "" if report.language[:2] == language else report.language
    sentence = f"{report.stem} {recommendation.text}".strip()
    yield Paragraph(_quoted(sentence), foreign, is_quote=True)
    if foreign and recommendation.translation:
        words = _quoted(recommendation.translation)
        yield Paragraph(_("In translation: %(words)s") % {"words": words})


def _what_became_of_it(
    update: ProgressUpdate | None, reply: Reply | None, page: str, language: str
) -> Iterator[Paragraph]:
    if update is None:
        text = _(
            "In the public record of what became of it, it is not yet assessed: nobody has looked"
            " and written down what was found. The record is here:"
        )
        yield Paragraph(text, link=page)
    else:
        text = _(
            "According to the public record of what became of it, its status on %(day)s was"
            " %(status)s."
        ) % {"day": in_words(update.on), "status": _quoted(update.get_status_display())}
        # What was found is written in one language; in a letter in another it would be noise.
        if update.language[:2] == language:
            text = f"{text} {update.summary}"
        if update.is_stale():
            text += " " + _("Nothing newer is on record.")
        text += " " + _("The record, with its sources, is here:")
        yield Paragraph(text, link=page)
    if reply is not None and reply.kind == ReplyKind.NONE_FOUND:
        text = _("An answer to it was looked for on %(day)s, and none was found.")
        yield Paragraph(text % {"day": in_words(reply.on)})
    elif reply is not None:
        text = _("The answer on record, of %(day)s: %(answer)s.")
        answer = _quoted(reply.get_kind_display())
        yield Paragraph(text % {"day": in_words(reply.on), "answer": answer})


def _request(recipient: Recipient, update: ProgressUpdate | None) -> str:
    """What is asked of the reader of the letter, by what became of the recommendation so far."""
    status = update.status if update else Status.NOT_ASSESSED
    is_office = recipient == Recipient.OFFICE
    if status == Status.IN_PLACE and is_office:
        asked = _("I ask you to keep it so.")
    elif status == Status.IN_PLACE:
        asked = _("I ask you to help keep it in place.")
    elif status == Status.PARTLY_IN_PLACE and is_office:
        asked = _("I ask you to do what is still missing.")
    elif status == Status.PARTLY_IN_PLACE:
        asked = _("I ask you to help bring about what is still missing.")
    elif status == Status.UNDER_WAY and is_office:
        asked = _("I ask you to see it through.")
    elif status == Status.UNDER_WAY:
        asked = _("I ask you to help see it through.")
    elif recipient == Recipient.MEMBER:
        asked = _("I ask you to use your voice and your vote for it.")
    elif recipient == Recipient.ONE_OF_MANY:
        asked = _("I ask you to take your part in it.")
    else:
        asked = _("I ask you to do what it asks.")
    then = _("Please tell me what you have done about it so far, and what you intend to do.")
    return f"{asked} {then}"


def _named(report: Report, language: str) -> str:
    """A report in the line of subject: its short name is of its own language alone."""
    return str(report) if report.language[:2] == language else _quoted(report.title)


def _quoted(words: str) -> str:
    return _("“%(words)s”") % {"words": words}
