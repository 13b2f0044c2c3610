"""What people write in spreadsheets about councils, as the words of this site.

Dates, what happened, in which form, how the vote went: in English and in French, as lists say it.
Nothing is guessed: what could mean two things is refused, with what to write instead.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recommendations.sheets_in import Row, plain
from resolutions.models import VOTED, Instrument, StepKind, VoteMethod
from resolutions.models.resolution import EARLIEST

COLUMNS = {
    "municipality": (
        "city; town; place; council; name of municipality; municipality name; municipalite; ville"
        "; nom de la municipalite; nom de la ville; localite; conseil; conseil municipal"
    ),
    "region": (
        "province; state; province or state; province/state; prov; territory; province ou etat"
        "; province/etat; etat; territoire; juridiction; jurisdiction"
    ),
    "form": (
        "instrument; legal form; type; kind of document; forme; forme juridique; type de document"
        "; nature"
    ),
    "what happened": (
        "status; step; stage; outcome; result; decision; action; statut; etat d avancement; etape"
        "; ce qui s est passe; resultat; evenement"
    ),
    "date": (
        "on; day; date of meeting; meeting date; date adopted; decision date; jour"
        "; date de la seance; date de la reunion; date d adoption; date de la decision"
    ),
    "meeting": "kind of meeting; type of meeting; seance; reunion; assemblee; type de seance",
    "for": "votes for; in favour; in favor; yes; yeas; ayes; yea; aye; pour; votes pour; oui",
    "against": "votes against; opposed; no; nays; noes; nay; contre; votes contre; non",
    "abstained": "abstentions; abstention; abstain; votes abstained; abstenus; se sont abstenus",
    "absent": "absences; votes absent; not present; absents",
    "seats": "council size; size of council; members; members of council; number of seats"
    "; number of members; seats on council; sieges; nombre de sieges; membres du conseil"
    "; nombre de membres; taille du conseil",
    "vote": "vote result; resultat du vote; scrutin",
    "link": "url; source url; web link; link to source; source link; lien; adresse web; hyperlien",
    "publisher": "published by; source; editeur; publie par; organe de publication",
    "title": "source title; title of source; titre; titre de la source; document",
    "subject": "resolution title; name of resolution; objet; titre de la resolution; sujet",
    "number": "no.; reference; resolution number; motion number; numero; n°; num; reference no",
    "notes": "note; comments; comment; remarks; summary; remarques; commentaires; resume",
}
# Two headings may mean one column; the first that has something in its cell counts.
ALIASES = {name: tuple(also.split("; ")) for name, also in COLUMNS.items()}
NEEDED = ("municipality", "what happened", "date")
_LONGEST = {
    "meeting": 200,
    "publisher": 300,
    "title": 400,
    "subject": 200,
    "number": 60,
    "notes": 4_000,
    "link": 600,
}
# What an organization does itself needs no source; what a council does needs one.
_OWN = frozenset({StepKind.DRAFTED, StepKind.SUBMITTED})
_MOST_VOTES = 999


@dataclass(frozen=True, slots=True)
class Event:
    """What a row says happened. ``details`` are other fields of ``Step``."""

    instrument: Instrument
    kind: StepKind
    on: date
    subject: str = ""
    reference: str = ""
    url: str = ""
    publisher: str = ""
    title: str = ""
    summary: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def event_of(row: Row, *, today: date | None = None) -> Event:
    """What a row says.

    Raises:
        ValidationError: with a message for each thing that can't be taken as it stands.
    """
    problems: list[Any] = []

    def tried(read: Any, *args: Any) -> Any:
        try:
            return read(*args)
        except ValidationError as problem:
            problems.extend(problem.messages)
            return None

    tried(_check_cells, row)
    found = tried(kind_of, row["what happened"])
    kind, method = found or (None, "")
    on = tried(date_of, row["date"])
    if on and on > (today or timezone.localdate()):
        problems.append(_("The date is in the future: write the day it happened."))
    if on and on < EARLIEST:
        problems.append(
            _("That is before %(year)s: look at the year once more.") % {"year": EARLIEST.year}
        )
    instrument = tried(instrument_of, row["form"], kind)
    details = tried(vote_of, row, method)
    if kind and details and kind not in VOTED:
        problems.append(
            _("“%(kind)s” is no decision: it goes without a vote.") % {"kind": kind.label}
        )
    seats = tried(_number, row["seats"])
    if seats == 0:
        problems.append(_("A council has members: leave “seats” empty if you do not know them."))
    url = tried(link_of, row["link"])
    if kind and url == "" and kind not in _OWN:
        problems.append(_("There is no link where this can be checked."))
    if not row["municipality"]:
        problems.append(_("The municipality is missing."))
    if problems:
        raise ValidationError(problems)
    assert kind is not None  # noqa: S101 - kind_of gave one, or there is a problem
    if seats and kind in VOTED:  # such a column is filled in for every row of a council
        details["seats"] = seats
    if row["meeting"]:
        details["meeting"] = row["meeting"]
    return Event(
        instrument=instrument,
        kind=kind,
        on=on,
        subject=row["subject"],
        reference=row["number"],
        url=url,
        publisher=row["publisher"] or urlsplit(url).hostname or "",
        title=row["title"] or row["meeting"] or f"{kind.label}, {date_format(on)}",
        summary=row["notes"],
        details=details,
    )


def _check_cells(row: Row) -> None:
    problems = []
    for cell in row.values():
        if cell.startswith("="):
            problems.append(
                _("“%(cell)s” is a formula: paste the values instead.") % {"cell": cell[:40]}
            )
    for name, longest in _LONGEST.items():
        if len(row[name]) > longest:
            problems.append(
                _("“%(start)s…” is longer than %(longest)d characters.")
                % {"start": row[name][:20], "longest": longest}
            )
    if problems:
        raise ValidationError(problems)


# ---- Dates ----

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january janv janvier",
            "feb february fev fevr fevrier",
            "mar march mars",
            "apr april avr avril",
            "may mai",
            "jun june juin",
            "jul july juil juillet",
            "aug august aout",
            "sep sept september septembre",
            "oct october octobre",
            "nov november novembre",
            "dec december decembre",
        ),
        1,
    )
    for word in words.split()
}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: [\d:]+)?")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|re|e)?")


def date_of(typed: str) -> date:
    """A day, where what is written can mean one day alone.

    Raises:
        ValidationError: it can't be read, or could mean two days; says what to write.
    """
    text = typed.strip()
    if not text:
        raise ValidationError(_("The date is missing."))
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
        return _day(year, month, day, typed)
    if found := _YEAR_LAST.fullmatch(text):
        one, other, year = (int(part) for part in found.groups())
        if one > 12 or one == other:
            return _day(year, other, one, typed)
        if other > 12:
            return _day(year, one, other, typed)
        raise ValidationError(
            _("“%(typed)s” could be two days: write %(one)s or %(other)s, whichever it was."),
            params={
                "typed": text,
                "one": f"{year:04}-{one:02}-{other:02}",
                "other": f"{year:04}-{other:02}-{one:02}",
            },
        )
    if _SHORT_YEAR.fullmatch(text):
        raise ValidationError(
            _("“%(typed)s” has a year of two digits: write all four, as in 2024-03-05."),
            params={"typed": text},
        )
    if _SERIAL.fullmatch(text):
        raise ValidationError(
            _(
                "“%(typed)s” is a date as the spreadsheet counts days: format the column as a date,"
                " such as 2024-03-05."
            ),
            params={"typed": text},
        )
    return _in_words(text)


def _in_words(text: str) -> date:
    words = [word.strip(".") for word in plain(re.sub(r"[,/\-]", " ", text)).split()]
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    years = [int(word) for word in words if re.fullmatch(r"\d{4}", word)]
    days = [int(found[1]) for word in words if (found := _DAY.fullmatch(word))]
    if (len(months), len(years), len(days)) == (1, 1, 1):
        return _day(years[0], months[0], days[0], text)
    if len(years) == 1 and not days:
        raise ValidationError(
            _("“%(typed)s” names no day: write the whole date, as in 2024-03-05."),
            params={"typed": text[:40]},
        )
    raise _no_date(text)


def _day(year: int, month: int, day: int, typed: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise _no_date(typed) from problem


def _no_date(typed: str) -> ValidationError:
    return ValidationError(
        _("“%(typed)s” is no date: write it as in 2024-03-05."), params={"typed": typed[:40]}
    )


# ---- What happened, and in which form ----

_K = StepKind
_KINDS: dict[StepKind, str] = {
    _K.DRAFTED: "draft; in preparation; en preparation; redige; ebauche",
    _K.SUBMITTED: "sent; sent to council; sent to clerk; presented; introduced; depose; soumis"
    "; presente; envoye; envoye au greffe; transmis",
    _K.NOTICE: "notice; notice given; notice of motion given; avis de motion; avis de proposition",
    _K.REFERRED: "referred; committee; in committee; sent to committee; referred to staff"
    "; renvoye; renvoye en comite; renvoye au comite; renvoye en commission; en comite",
    _K.DEFERRED: "postponed; deferral; laid on the table; held over; reporte; ajourne; differe",
    _K.SCHEDULED: "on agenda; on the agenda; agenda; on council agenda; inscrit"
    "; inscrit a l ordre du jour; a l ordre du jour; prevu",
    _K.READING: "first reading; second reading; third reading; 1st reading; 2nd reading"
    "; 3rd reading; lecture; premiere lecture; deuxieme lecture; troisieme lecture",
    _K.ADOPTED: "carried; passed; approved; endorsed; enacted; adopted without amendment"
    "; carried without amendment; adopte; approuve; appuye; adopte sans modification",
    _K.AMENDED: "carried as amended; passed as amended; approved as amended; amended"
    "; adopted with amendments; adopte avec modification; adopte avec modifications"
    "; adopte avec amendement; adopte avec amendements; adopte tel que modifie; modifie",
    _K.DEFEATED: "lost; failed; rejected; not carried; not adopted; voted down; rejete; defait"
    "; battu; refuse",
    _K.WITHDRAWN: "taken back; retire",
    _K.RECEIVED: "received; received and filed; noted; noted for information; recu"
    "; recu pour information; pris acte; prend acte",
    _K.OUT_OF_ORDER: "out of order; irrecevable; juge irrecevable; declare irrecevable",
    _K.SIGNED: "signed by mayor; signed by the mayor; signe; signe par le maire",
    _K.VETOED: "veto; vetoed by mayor; mis en veto; veto du maire",
    _K.OVERRIDDEN: "overridden; veto override; overrode veto; veto renverse; veto leve",
    _K.PROCLAIMED: "proclamation; proclamation issued; issued; proclame",
    _K.RESCINDED: "repealed; revoked; abroge; annule; revoque",
}
# What says how the vote went as well.
_WITH_VOTE: dict[tuple[StepKind, VoteMethod], str] = {
    (_K.ADOPTED, VoteMethod.UNANIMOUS): "carried unanimously; adopted unanimously"
    "; passed unanimously; approved unanimously; unanimous; adopte a l unanimite"
    "; approuve a l unanimite",
    (_K.ADOPTED, VoteMethod.CONSENT): "adopted on consent; carried on consent; on consent"
    "; consent agenda; adopted by consent; adopte par consentement",
}
_TWO_MEANINGS = {
    "tabled": _K.DEFERRED,
    "filed": _K.RECEIVED,
}
_FORMS: dict[Instrument, str] = {
    Instrument.COUNCIL_RESOLUTION: "resolution; motion; council motion; city council resolution"
    "; resolution du conseil; resolution municipale; resolution of council",
    Instrument.BYLAW: "by law; bylaw; ordinance; reglement; reglement municipal; ordonnance",
    Instrument.PROCLAMATION: "proclamation; mayoral proclamation; proclamation of the mayor"
    "; proclamation du maire; proclamation de la mairesse",
    Instrument.ENDORSEMENT: "endorsement; mayoral endorsement; mayor s endorsement; appui du maire"
    "; appui de la mairesse; appui",
    Instrument.ASSOCIATION: "association resolution; resolution of association"
    "; resolution d une association; resolution d association",
}
_METHODS: dict[VoteMethod, str] = {
    VoteMethod.UNANIMOUS: "unanimous; unanimously; unanime; a l unanimite; unanimite",
    VoteMethod.CONSENT: "consent; on consent; by consent; par consentement; sans debat",
    VoteMethod.VOICE: "voice; voice vote; show of hands; not counted; a main levee; non compte",
}


def _of_words(known: dict[Any, str]) -> dict[str, Any]:
    return {word: value for value, words in known.items() for word in words.split("; ")}


def _named(choices: Any) -> dict[str, Any]:
    """The names the site itself gives these, in both languages."""
    found = {plain(choice.value): choice for choice in choices}
    for language in ("en", "fr"):
        with translation.override(language):
            found |= {plain(str(choice.label)): choice for choice in choices}
    return found


def _looked_up(typed: str, known: dict[str, Any]) -> Any:
    """What a word means in the masculine, the feminine or the plural; None if nothing."""
    word = re.sub(r"[.,;:!()]", "", plain(typed)).strip()
    forms = [word, *(word.removesuffix(end) for end in ("s", "e", "es"))]
    first, _space, rest = word.partition(" ")
    forms += [f"{first.removesuffix('e')} {rest}"] if rest else []
    return next((known[form] for form in forms if form in known), None)


def kind_of(typed: str) -> tuple[StepKind, str]:
    """What happened, and how the vote was taken where the same words say so ('' otherwise).

    Raises:
        ValidationError: the words mean nothing here, or two things.
    """
    if not typed:
        raise ValidationError(_("What happened is missing."))
    if meant := _looked_up(typed, _TWO_MEANINGS):
        raise ValidationError(
            _("“%(typed)s” means different things to different councils: write “%(one)s”, say."),
            params={"typed": typed[:40], "one": meant.label},
        )
    if found := _looked_up(typed, _of_words(_WITH_VOTE)):
        return found[0], found[1]
    if kind := _looked_up(typed, {**_of_words(_KINDS), **_named(StepKind)}):
        return kind, ""
    raise ValidationError(
        _("“%(typed)s” is none of: %(choices)s."),
        params={
            "typed": typed[:40],
            "choices": ", ".join(str(choice.label) for choice in StepKind),
        },
    )


def instrument_of(typed: str, kind: StepKind | None) -> Instrument:
    """The form of what was adopted; a council's resolution where nobody says another.

    Raises:
        ValidationError: the words mean nothing here.
    """
    if not typed:
        is_proclaimed = kind == StepKind.PROCLAIMED
        return Instrument.PROCLAMATION if is_proclaimed else Instrument.COUNCIL_RESOLUTION
    found: Instrument | None = _looked_up(typed, {**_of_words(_FORMS), **_named(Instrument)})
    if found is None:
        raise ValidationError(
            _("“%(typed)s” is none of: %(choices)s."),
            params={
                "typed": typed[:40],
                "choices": ", ".join(str(choice.label) for choice in Instrument),
            },
        )
    return found


# ---- The vote, and where it can be checked ----


def vote_of(row: Row, method: str) -> dict[str, Any]:
    """The vote as fields of ``Step``; empty where nothing is said of one.

    Raises:
        ValidationError: a count is no number, or one side is missing.
    """
    counts = {name: row[name] for name in ("for", "against", "abstained", "absent")}
    said = row["vote"]
    if said and not any(counts.values()):
        if found := re.fullmatch(r"(\d{1,3})\s*(?:-|–|:|to|à|contre)\s*(\d{1,3})", said.strip()):
            counts["for"], counts["against"] = found.groups()
        elif named := _looked_up(said, {**_of_words(_METHODS), **_named(VoteMethod)}):
            return {"vote_method": named}
        else:
            raise ValidationError(
                _("“%(typed)s” is no vote: write 8-3, or unanimous, or leave it empty."),
                params={"typed": said[:40]},
            )
    if not any(counts.values()):
        return {"vote_method": method} if method else {}
    numbers = {name: _number(cell) for name, cell in counts.items()}
    if numbers["for"] is None or numbers["against"] is None:
        raise ValidationError(
            _("A vote has two sides: write how many were for it and how many against, 0 for none.")
        )
    return {"vote_method": VoteMethod.COUNTED} | {
        f"votes_{name}": number for name, number in numbers.items()
    }


def _number(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdecimal() and int(cell[:9]) <= _MOST_VOTES):
        raise ValidationError(
            _("“%(typed)s” is no number of votes: write it in figures."),
            params={"typed": cell[:40]},
        )
    return int(cell)


_is_link = URLValidator(schemes=["http", "https"])


def link_of(typed: str) -> str:
    """A whole link; '' where there is none.

    Raises:
        ValidationError: it is no link.
    """
    if not typed:
        return ""
    try:
        _is_link(typed)
    except ValidationError as problem:
        raise ValidationError(
            _("“%(typed)s” is no whole link: it begins with https://."),
            params={"typed": typed[:60]},
        ) from problem
    return typed
