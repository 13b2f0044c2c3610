"""What to look at before a report is published, each line with the place where it is mended.

A constant number of queries, however much was said.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues import shaping
from dialogues.models import (
    AgendaKind,
    Answer,
    ContributionKind,
    ContributionState,
    Dialogue,
    Highlight,
    PartKind,
    ReportPart,
)
from dialogues.report import drafts

# So many places of a line are linked; the line says how many there are.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is mended: what the link says, and its address ('' where there is none)."""

    label: str
    address: str = ""
    of: str = ""  # what was found there, where that is not said by the line


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to look at. What ``blocks`` has to be mended first; the rest is advice."""

    key: str
    words: str
    places: tuple[Place, ...] = ()
    n: int = 0
    blocks: bool = False
    is_mild: bool = False

    @property
    def more(self) -> int:
        return max(self.n - len(self.places), 0)


@dataclass(slots=True)
class Checklist:
    lines: list[Line] = field(default_factory=list)

    @property
    def blocking(self) -> list[Line]:
        return [line for line in self.lines if line.blocks]

    @property
    def advice(self) -> list[Line]:
        return [line for line in self.lines if not line.blocks and not line.is_mild]

    @property
    def mild(self) -> list[Line]:
        return [line for line in self.lines if line.is_mild]


def of(dialogue: Dialogue, *, runs_it: bool) -> Checklist:
    """What is to be looked at now.

    Those who change a dialogue but don't run it are led to the administration: the room, and who
    is in it, is not theirs.
    """
    parts = shaping.parts_of(dialogue)
    looks = _Looks(dialogue, runs_it, parts, drafts.known_of(dialogue), _kinds_of_record(dialogue))
    return Checklist([line for look in _ORDER if (line := look(looks))])


def _kinds_of_record(dialogue: Dialogue) -> frozenset[str]:
    """The kinds of text of record there are. Most have the name of their part of the report."""
    kinds = dialogue.sections.order_by().values_list("kind", flat=True).distinct()
    return frozenset(kinds)


@dataclass(frozen=True, slots=True)
class _Looks:
    dialogue: Dialogue
    runs_it: bool
    parts: list[ReportPart]
    known: drafts.Known
    of_record: frozenset[str]

    def page(self, name: str, *args: object, **query: str) -> str:
        try:
            path = reverse(f"dialogues:{name}", args=[self.dialogue.slug, *args])
        except NoReverseMatch:
            return ""
        return f"{path}?{urlencode(query)}" if query else path

    def theirs(self, name: str, *args: object) -> str:
        """A page for those who run the dialogue; '' for others."""
        return self.page(name, *args) if self.runs_it else ""


# ---- What keeps a report from being published ----


def _rehearsal(at: _Looks) -> Line | None:
    if not at.dialogue.is_rehearsal:
        return None
    return Line("rehearsal", _("This is a rehearsal: it is never published."), blocks=True)


def _consent(at: _Looks) -> Line | None:
    rows = at.dialogue.contributions.posted().without_leave().order_by("kind", "order", "id")
    found = list(rows.values_list("pk", "code", "participant__seat"))
    if not found:
        return None
    n = len(found)
    words = ngettext(
        "%(n)d posted statement is of somebody who has not agreed to its being published.",
        "%(n)d posted statements are of people who have not agreed to their being published.",
        n,
    )
    places = [
        Place(
            code,
            at.theirs("participant_consents", seat) if at.runs_it and seat else _in_admin(pk),
        )
        for pk, code, seat in found[:SHOWN]
    ]
    return Line("consent", words % {"n": n}, tuple(places), n, blocks=True)


# ---- What was said ----


def _in_admin(pk: int) -> str:
    return reverse("admin:dialogues_contribution_change", args=[pk])


def _list_in_admin(dialogue: Dialogue, **query: str) -> str:
    query = {"dialogue__id__exact": str(dialogue.pk), **query}
    return f"{reverse('admin:dialogues_contribution_changelist')}?{urlencode(query)}"


def _held(at: _Looks) -> Line | None:
    n = at.dialogue.contributions.filter(state=ContributionState.HELD).count()
    if not n:
        return None
    words = ngettext(
        "%(n)d statement waits for review, and is not in the report.",
        "%(n)d statements wait for review, and are not in the report.",
        n,
    )
    address = _list_in_admin(at.dialogue, state__exact=ContributionState.HELD)
    return Line("held", words % {"n": n}, (Place(_("Review them"), address),))


def _unanswered(at: _Looks) -> Line | None:
    rows = at.dialogue.contributions.posted().wholes()
    rows = rows.filter(kind=ContributionKind.QUESTION, answer__isnull=True)
    found = list(rows.order_by("order", "id").values_list("pk", "code"))
    if not found:
        return None
    n = len(found)
    words = ngettext("%(n)d question has no answer.", "%(n)d questions have no answer.", n)
    places = tuple(Place(code, _in_admin(pk)) for pk, code in found[:SHOWN])
    return Line("unanswered", words % {"n": n}, places, n)


def _themes(at: _Looks) -> Line | None:
    n = at.dialogue.contributions.posted().wholes().filter(themes__isnull=True).count()
    if not n:
        return None
    words = ngettext("%(n)d statement has no theme.", "%(n)d statements have no theme.", n)
    address = at.page("workbench")
    places = (Place(_("Sort them"), address),) if address else ()
    return Line("themes", words % {"n": n}, places, is_mild=True)


def _cards(at: _Looks) -> Line | None:
    n = at.dialogue.contributions.cards().unchecked().count()
    if not n:
        return None
    words = ngettext(
        "%(n)d typed card was not compared with the paper.",
        "%(n)d typed cards were not compared with the paper.",
        n,
    )
    address = at.theirs("card_check")
    return Line("cards", words % {"n": n}, (Place(_("Compare them"), address),))


def _scale(at: _Looks) -> Line | None:
    going = at.dialogue.agenda.filter(
        kind=AgendaKind.SCALE, started_at__isnull=False, ended_at__isnull=True
    )
    if not going.exists():
        return None
    address = at.theirs("console")
    words = _("The resonance scale is still open: its votes are not in the report.")
    return Line("scale", words, (Place(_("End the vote in the console"), address),))


def _next_steps(at: _Looks) -> Line | None:
    rows = at.dialogue.next_steps.filter(
        Q(owner__isnull=True, owner_name="") | Q(due_on__isnull=True)
    )
    n = rows.exclude(state="").count()  # a step of the record of 2009 is as it was written
    if not n:
        return None
    words = ngettext(
        "%(n)d next step has nobody who does it, or no date.",
        "%(n)d next steps have nobody who does them, or no date.",
        n,
    )
    address = at.theirs("next_steps") or at.theirs("dialogue_plan")
    return Line("next-steps", words % {"n": n}, (Place(_("Complete them"), address),))


# ---- The texts ----


def _empty(at: _Looks) -> Line | None:
    empty = [
        part
        for part in at.parts
        if part.is_shown and not part.text and not part.text_fr and not _has_something(at, part)
    ]
    if not empty:
        return None
    words = ngettext(
        "%(n)d part is shown and has nothing in it: the report leaves it out.",
        "%(n)d parts are shown and have nothing in them: the report leaves them out.",
        len(empty),
    )
    places = tuple(_part(at, part) for part in empty)
    return Line("empty", words % {"n": len(empty)}, places, is_mild=True)


# Where statements alone make a part.
_MADE_OF: dict[PartKind, tuple[ContributionKind, ...]] = {
    PartKind.ROUND: (ContributionKind.HOPE, ContributionKind.CONCERN),
    PartKind.QUESTIONS: (ContributionKind.QUESTION,),
    PartKind.RESERVATIONS: (ContributionKind.RESERVATION,),
    PartKind.IDEAS: (ContributionKind.IDEA,),
    PartKind.COMMITMENTS: (ContributionKind.COMMITMENT,),
    PartKind.FIGURES: tuple(ContributionKind),
}


def _has_something(at: _Looks, part: ReportPart) -> bool:
    """Whether a part has more than what is written for it. At most one query."""
    kind, dialogue, report = PartKind(part.kind), at.dialogue, at.dialogue.report
    if part.kind in at.of_record or drafts.draft(at.known, part.kind):
        return True
    if kind in _MADE_OF:
        return any(at.known.counts.get(made) for made in _MADE_OF[kind])
    match kind:
        case PartKind.PROJECT:
            return report is not None and report.is_public and bool(report.project)
        case PartKind.SUMMARY:
            return report is not None and report.is_public and bool(report.summary)
        case PartKind.RECOMMENDATIONS:
            return report is not None and report.is_public
        case PartKind.ACKNOWLEDGEMENTS:
            return any(convener.acknowledgement for convener in at.known.conveners)
        case PartKind.CONVENERS:
            return bool(at.known.conveners or at.known.people)
        case PartKind.AGENDA:
            return dialogue.agenda.exists()
        case PartKind.HIGHLIGHTS:
            return Highlight.objects.filter(statement__dialogue=dialogue).exists()
        case PartKind.RESONANCE:
            return bool(dialogue.resonance_question)
        case PartKind.CONCLUSION:
            return bool(at.of_record & {"closing", "next-steps", "follow-up"}) or (
                dialogue.next_steps.exists()
            )
    return True


def _part(at: _Looks, part: ReportPart) -> Place:
    return Place(part.get_kind_display(), at.page("report_part", part.kind))


def _as_drafted(at: _Looks) -> Line | None:
    """Parts nobody has written: the draft stands there, or was kept word for word."""
    found = [part for part in at.parts if part.is_shown and _is_draft(at, part)]
    if not found:
        return None
    words = ngettext(
        "%(n)d part has the words of the draft. Read them, and make them yours.",
        "%(n)d parts have the words of the draft. Read them, and make them yours.",
        len(found),
    )
    return Line("drafts", words % {"n": len(found)}, tuple(_part(at, part) for part in found))


def _is_draft(at: _Looks, part: ReportPart) -> bool:
    if not part.text and not part.text_fr:
        return part.kind not in at.of_record and bool(drafts.draft(at.known, part.kind))
    for text, language in ((part.text, at.dialogue.language), (part.text_fr, "fr")):
        with translation.override(language):
            if text and _plain(text) == _plain(drafts.draft(at.known, part.kind)):
                return True
    return False


def _plain(text: str) -> str:
    return " ".join(text.split())


# ---- Who may be known from what is written ----

_WORD = re.compile(r"\w+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w+])(?:"
    r"\+\d(?:[\s().-]{0,2}\d){7,14}"  # +33 6 12 34 56 78
    r"|(?:1[\s.-])?\(?\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}"  # 604-555-0123
    r"|0\d(?:[\s.-]\d\d){4}"  # 06 12 34 56 78
    r")(?!\w)"
)
_Known = dict[str, list[tuple[tuple[str, ...], str]]]


def folded(text: str) -> str:
    """Text without case and accents: “Zoë” and “ZOE” are one."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def found_in(text: str, known: _Known) -> list[str]:
    """What in a text may say who somebody is: kinds of finds, each once."""
    kinds = []
    if "@" in text and _MAIL.search(text):
        kinds.append(_("an e-mail address"))
    if _PHONE.search(text):
        kinds.append(_("a phone number"))
    if known:
        words = _WORD.findall(folded(text))
        for place, word in enumerate(words if not known.keys().isdisjoint(words) else ()):
            for sought, kind in known.get(word, ()):
                if kind not in kinds and tuple(words[place : place + len(sought)]) == sought:
                    kinds.append(kind)
    return kinds


def _known(dialogue: Dialogue) -> _Known:
    """What participants told of themselves, by its first word. What the report names is not
    private: people in roles, and conveners."""
    public = {folded(person.name) for person in dialogue.public_people}
    public |= {
        folded(name) for name in dialogue.conveners.values_list("organization__name", flat=True)
    }
    name_of, place_of = _("a participant’s name"), _("a participant’s affiliation")
    sought: set[tuple[tuple[str, ...], str]] = set()
    people = dialogue.participants.exclude(name="", affiliation="")
    for name, affiliation in people.values_list("name", "affiliation"):
        if folded(name) not in public and (words := tuple(_WORD.findall(folded(name)))):
            sought.add((words, name_of))
            if len(words) > 1 and len(words[-1]) > 2:
                sought.add((words[-1:], name_of))  # as people speak of each other
        if folded(affiliation) not in public:
            words = tuple(_WORD.findall(folded(affiliation)))
            if sum(map(len, words)) > 2:
                sought.add((words, place_of))
    known: _Known = {}
    for words, kind in sorted(sought):
        known.setdefault(words[0], []).append((words, kind))
    return known


def _names(at: _Looks) -> Line | None:
    known = _known(at.dialogue)
    places: list[Place] = []
    n = 0
    for named, text in _texts(at):
        if kinds := found_in(text, known):
            n += 1
            if len(places) < SHOWN:
                label, address = named()
                places.append(Place(label, address, ", ".join(kinds)))
    if not n:
        return None
    words = ngettext(
        "%(n)d text seems to say who somebody is. Read it before it is public.",
        "%(n)d texts seem to say who somebody is. Read them before they are public.",
        n,
    )
    return Line("names", words % {"n": n}, tuple(places), n)


_Named = Callable[[], tuple[str, str]]


def _texts(at: _Looks) -> Iterator[tuple[_Named, str]]:
    """What is written in free words and would show, after what gives its name and where it is
    mended: that is worked out for a few of ten thousand."""
    posted = at.dialogue.contributions.posted()
    for part in at.parts:
        if part.is_shown and (part.heading or part.heading_fr or part.text or part.text_fr):
            text = "\n".join((part.heading, part.heading_fr, part.text, part.text_fr))
            yield partial(_named_part, at, part), text
    said = posted.order_by("kind", "order", "id")
    for pk, code, *texts in said.values_list("pk", "code", "text", "translation", "note"):
        yield partial(_named_statement, pk, code), "\n".join(texts)
    answers = Answer.objects.filter(contribution__in=posted).order_by("contribution__order")
    for pk, code, *texts in answers.values_list(
        "contribution", "contribution__code", "text", "footnote"
    ):
        yield partial(_named_answer, pk, code), "\n".join(texts)


def _named_part(at: _Looks, part: ReportPart) -> tuple[str, str]:
    return part.get_kind_display(), at.page("report_part", part.kind)


def _named_statement(pk: int, code: str) -> tuple[str, str]:
    return code, _in_admin(pk)


def _named_answer(pk: int, code: str) -> tuple[str, str]:
    return _("Answer to %(code)s") % {"code": code}, _in_admin(pk)


_ORDER = (
    _rehearsal,
    _consent,
    _held,
    _names,
    _unanswered,
    _scale,
    _cards,
    _empty,
    _as_drafted,
    _next_steps,
    _themes,
)
