"""First drafts of the texts nobody can generate whole: of facts in the database, none invented.

A draft is what a facilitator begins with; it stands in a report where nobody wrote anything. What
is not known is left out, and with it the sentence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues.models import (
    AgendaItem,
    AgendaKind,
    ContributionKind,
    Convener,
    Dialogue,
    PartKind,
    Person,
    PersonRole,
)
from dialogues.report.wording import counted, in_words, listed
from recommendations.models import Term
from recommendations.models.texts import in_active_language, reading


def draft_of(dialogue: Dialogue, kind: str) -> str:
    """A first text for one part, in Markdown, in the active language; '' where nothing is known."""
    return draft(known_of(dialogue), kind)


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft may say: who called people together, who led, how much was said."""

    dialogue: Dialogue
    conveners: list[Convener]
    people: list[Person]
    agenda: list[AgendaItem]
    counts: dict[str, int]
    term: Term | None


def known_of(dialogue: Dialogue) -> Known:
    return Known(
        dialogue,
        conveners=list(dialogue.conveners.select_related("organization")),
        people=dialogue.public_people,
        agenda=list(dialogue.agenda.all()),
        counts=dialogue.counts_now(),
        term=Term.objects.public().filter(slug="dialogue").first(),
    )


def draft(known: Known, kind: str) -> str:
    """As ``draft_of``, of what is known already."""
    match kind:
        case PartKind.ACKNOWLEDGEMENTS:
            sentences = _convened(known)
        case PartKind.INTRODUCTION:
            paragraphs = (_held(known), _led(known), _said(known))
            return "\n\n".join(filter(None, (" ".join(one) for one in paragraphs)))
        case PartKind.DIALOGUE:
            return _defined(known.term)
        case PartKind.CONCLUSION:
            sentences = _ended(known)
        case _ if kind in _ROUNDS:
            sentences = _round(known, *_ROUNDS[PartKind(kind)])
        case _:
            return ""
    return " ".join(sentences)


# The item of the agenda a part tells of, and what was said in it.
_ROUNDS: dict[PartKind, tuple[AgendaKind | None, tuple[ContributionKind, ...]]] = {
    PartKind.ROUND: (AgendaKind.ROUND, (ContributionKind.HOPE, ContributionKind.CONCERN)),
    PartKind.QUESTIONS: (AgendaKind.QUESTIONS, (ContributionKind.QUESTION,)),
    PartKind.RESERVATIONS: (AgendaKind.SCALE, (ContributionKind.RESERVATION,)),
    PartKind.IDEAS: (AgendaKind.IDEAS, (ContributionKind.IDEA,)),
    PartKind.COMMITMENTS: (None, (ContributionKind.COMMITMENT,)),
}


def _convened(known: Known) -> Iterator[str]:
    names = [plain(convener.organization.name) for convener in known.conveners]
    if names:
        yield _("The dialogue was convened by %(names)s.") % {"names": listed(names)}


def _held(known: Known) -> Iterator[str]:
    dialogue = known.dialogue
    yield _("The dialogue “%(title)s” was held on %(day)s in %(place)s.") % {
        "title": plain(dialogue.title),
        "day": in_words(dialogue.on),
        "place": plain(dialogue.place),
    }
    if dialogue.subject and _is_read(dialogue.language):
        yield _("Its subject: %(subject)s.") % {"subject": plain(dialogue.subject.rstrip("."))}
    if dialogue.report and dialogue.report.is_public:
        yield _("The report talked over was “%(title)s” (%(publisher)s, %(day)s).") % {
            "title": plain(dialogue.report.title),
            "publisher": plain(dialogue.report.publisher),
            "day": in_words(dialogue.report.released, dialogue.report.released_precision),
        }


def _led(known: Known) -> Iterator[str]:
    for role, words in (
        (PersonRole.CHAIR, _("Chair: %(names)s.")),
        (PersonRole.MODERATOR, _("Moderator: %(names)s.")),
        (PersonRole.SPEAKER, _("Speaker: %(names)s.")),
        (PersonRole.GUEST, _("Guest: %(names)s.")),
    ):
        if names := [plain(str(person)) for person in known.people if person.role == role]:
            yield words % {"names": listed(names)}


def _said(known: Known) -> Iterator[str]:
    if n := known.dialogue.participant_count:
        words = ngettext("%(n)d person took part.", "%(n)d people took part.", n)
        yield words % {"n": n}
    if words := _counts(known, ContributionKind):
        yield _("On record: %(counts)s.") % {"counts": words}


def _ended(known: Known) -> Iterator[str]:
    if words := _counts(known, (ContributionKind.IDEA, ContributionKind.COMMITMENT)):
        yield _("What the dialogue leaves to be carried on: %(counts)s.") % {"counts": words}


def _round(
    known: Known, item: AgendaKind | None, kinds: tuple[ContributionKind, ...]
) -> Iterator[str]:
    words = _counts(known, kinds)
    if not words:
        return  # nothing was said in it, so there is no such part
    texts = [one.text for one in known.agenda if one.kind == item]
    # Where several items are of a kind, nothing says which of them it was.
    if len(texts) == 1 and _is_read(known.dialogue.language):
        yield _("On the agenda: “%(text)s”.") % {"text": plain(texts[0].rstrip("."))}
    yield _("On record: %(counts)s.") % {"counts": words}


def _counts(known: Known, kinds: Iterable[ContributionKind]) -> str:
    counts = [counted(known.counts[kind], kind) for kind in kinds if known.counts.get(kind)]
    return listed(counts)


def _defined(term: Term | None) -> str:
    if term is None:
        return ""
    words, source = in_active_language(term, "definition"), term.source
    if reading() == "fr" and term.source_fr:
        source = term.source_fr
    quoted = "\n".join(f"> {plain(line)}" for line in words.splitlines() if line.strip())
    return f"{quoted}\n>\n> {plain(source)}"


def _is_read(language: str) -> bool:
    """Whether a text in this language stands well among words of the reader's."""
    return language[:2] == reading()


_MARKS = re.compile(r"([\\`*_\[\]<|~])")
_BEGINS = re.compile(r"^([#>+-]|\d+(?=[.)]))")


def plain(text: str) -> str:
    """A text on one line that stays as it is when it is read as Markdown."""
    text = _MARKS.sub(r"\\\1", " ".join(text.split()))
    begins = _BEGINS.match(text)
    if begins is None:
        return text
    mark = begins[1]
    rest = text[len(mark) :]
    return f"{mark}\\{rest}" if mark.isdigit() else f"\\{mark}{rest}"
