"""How to cite a recommendation: in three styles for people, and as BibTeX and RIS for programs.

Two things can be cited: the recommendation as its report printed it, and the page that tells what
became of it. The page is cited by the day it last changed, never by the day it was read: it is made
once for many readers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recommendations.models import Precision, Recommendation
from recommendations.models.dates import in_words
from recommendations.models.texts import reading

LONGEST = 120  # characters of the text that a title quotes

# What means something to TeX. BibTeX counts braces even behind a backslash, so they get names.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MLA_MONTHS = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split()


@dataclass(frozen=True, slots=True)
class Citation:
    """One style: the recommendation in its report, and the page of what became of it."""

    style: str
    of_report: SafeString
    of_page: SafeString


def _site() -> str:
    """What the site is called, in the reader's language."""
    return "W2I, " + _("The Will to Intervene")


def title_of(recommendation: Recommendation) -> str:
    """What to call the page in a list of references: “CA-02: The Prime Minister appoint …”."""
    text = " ".join(recommendation.text.split()).rstrip(".;,")
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rsplit(' ', 1)[0].rstrip('.;,')} …"
    return f"{recommendation.code}: {text}"


def changed_on(recommendation: Recommendation) -> date | None:
    """The day its page last changed, as far as is known; None for a draft.

    A finding that was retracted changed it as well. Reads ``timeline.last_changes`` where the row
    has these columns.
    """
    names = ("published_at", "updates_changed_at", "replies_changed_at")
    known = [moment for name in names if (moment := getattr(recommendation, name, None))]
    return max(known).date() if known else None


def status_of(recommendation: Recommendation) -> str:
    """The status and the day it speaks of, in the reader's language."""
    status = str(recommendation.get_status_display())
    if recommendation.status_on is None:
        return status
    words = {"status": status, "day": in_words(recommendation.status_on)}
    return _("%(status)s, as of %(day)s") % words


def citations(recommendation: Recommendation, url: str) -> list[Citation]:
    """APA (7th edition), Chicago (17th, bibliography) and MLA (9th). ``url`` is the page's own.

    Titles stand as they were printed: to put them in small letters would take names for words.
    """
    report, title = recommendation.report, title_of(recommendation)
    on, status = changed_on(recommendation), status_of(recommendation)
    publisher, year = report.publisher, report.released.year
    named = _cite(report.title, report.language)
    number = _("Recommendation %(code)s") % {"code": recommendation.code}
    page = _cite(title, report.language)
    marked = _marked(title, report.language)
    # French has its own marks, and the full stop behind them.
    quoted = format_html("«\xa0{}\xa0»." if reading() == "fr" else "“{}.”", marked)
    told = _("Status: %(status)s.") % {"status": status}
    if on is not None:
        told += " " + _("Last modified %(day)s.") % {"day": _month_first(on)}
    return [
        Citation(
            "APA",
            format_html("{}. ({}). {} ({}). {}", publisher, year, named, number, url),
            format_html("{}. ({}). {} [{}]. {}", _site(), _apa_date(on), page, status, url),
        ),
        Citation(
            "Chicago",
            format_html("{}. {}. {}, {}. {}.", publisher, named, number, year, url),
            format_html("{}. {} {} {}.", _site(), quoted, told, url),
        ),
        Citation(
            "MLA",
            format_html("{}. {}. {}, {}, {}.", publisher, named, year, _lower(number), _bare(url)),
            format_html("{} {}, {}, {}.", quoted, _name(_site()), _mla_date(on), _bare(url)),
        ),
    ]


def _cite(title: str, language: str) -> SafeString:
    if reading() == language[:2]:
        return format_html("<cite>{}</cite>", title)
    return format_html('<cite lang="{}">{}</cite>', language, title)


def _marked(title: str, language: str) -> SafeString:
    if reading() == language[:2]:
        return format_html("{}", title)
    return format_html('<span lang="{}">{}</span>', language, title)


def _name(site: str) -> SafeString:
    return format_html("<cite>{}</cite>", site)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _bare(url: str) -> str:
    """MLA leaves out how an address begins."""
    return url.partition("://")[2] or url


def _apa_date(on: date | None) -> str:
    if on is None:
        return _("n.d.")
    if reading() == "fr":
        return f"{on.year}, {in_words(on).removesuffix(f' {on.year}')}"
    return f"{on.year}, {on:%B} {on.day}"


def _month_first(on: date) -> str:
    return in_words(on) if reading() == "fr" else f"{on:%B} {on.day}, {on.year}"


def _mla_date(on: date | None) -> str:
    if on is None:
        return _("n.d.")
    if reading() == "fr":
        return in_words(on)
    return f"{on.day} {_MLA_MONTHS[on.month - 1]} {on.year}"


# ---- BibTeX ----


def bibtex(recommendation: Recommendation, url: str) -> str:
    """Two entries, in UTF-8: the report's recommendation, and the page about it."""
    report, code = recommendation.report, recommendation.code
    text = " ".join(recommendation.text.split())
    month = report.released_precision != Precision.YEAR
    changed = changed_on(recommendation)
    entries = [
        _entry(
            "techreport",
            f"{code}-{report.released.year}",
            author=_whole(report.publisher),
            title=_whole(report.title),
            institution=_braced(report.publisher),
            year=_braced(str(report.released.year)),
            month=_MONTHS[report.released.month - 1] if month else "",
            note=_braced(f"{_('Recommendation %(code)s') % {'code': code}}: “{text}”"),
            url=_link(url),
            language=_braced(_tongue(report.language)),
        ),
        _entry(
            "misc",
            f"{code}-w2i",
            author=_whole(_site()),
            title=_whole(title_of(recommendation)),
            year=_braced(str(changed.year)) if changed else "",
            month=_MONTHS[changed.month - 1] if changed else "",
            note=_braced(_("Status: %(status)s.") % {"status": status_of(recommendation)}),
            url=_link(url),
            language=_braced(_tongue(reading())),
        ),
    ]
    return "\n".join(entries)


def _entry(kind: str, key: str, **fields: str) -> str:
    lines = [f"  {name} = {value}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def tex(text: str) -> str:
    """A text as TeX prints it: on one line, with nothing in it that TeX would obey."""
    return "".join(_TEX.get(c, c) for c in _one_line(text))


def _braced(text: str) -> str:
    return f"{{{tex(text)}}}"


def _whole(text: str) -> str:
    """A name that is no person's, or a title to be printed as it stands: in two pairs of braces."""
    return f"{{{{{tex(text)}}}}}"


def _link(url: str) -> str:
    # Read as it stands: a backslash before a sign would be part of the address.
    return f"{{{quote(url, safe=':/?&=%#~+,;@!$()*')}}}"


def _tongue(language: str) -> str:
    return {"en": "english", "fr": "french"}.get(language[:2], language)


# ---- RIS ----


def ris(recommendation: Recommendation, url: str) -> str:
    """Two references, lines ending as the format wants them: the report's, and the page's."""
    report, code = recommendation.report, recommendation.code
    on, day = report.released, changed_on(recommendation)
    parts = {"year": 1, "month": 2}.get(report.released_precision, 3)
    released = "/".join(f"{on:%Y/%m/%d}".split("/")[:parts])
    number = _("Recommendation %(code)s") % {"code": code}
    of_report = [
        ("TY", "RPRT"),
        ("AU", _corporate(report.publisher)),
        ("TI", report.title),
        ("PB", report.publisher),
        ("PY", f"{on.year}"),
        ("DA", released + "/" * (3 - released.count("/"))),
        ("N1", f"{number}: “{recommendation.text}”"),
        ("LA", report.language),
        ("UR", url),
        ("ID", f"{code}-{on.year}"),
    ]
    of_page = [
        ("TY", "ELEC"),
        ("AU", _corporate(_site())),
        ("TI", title_of(recommendation)),
        ("PY", f"{day.year}" if day else ""),
        ("DA", f"{day:%Y/%m/%d}/" if day else ""),
        ("AB", recommendation.text),
        ("N1", _("Status: %(status)s.") % {"status": status_of(recommendation)}),
        ("LA", reading()),
        ("UR", url),
        ("ID", f"{code}-w2i"),
    ]
    return "".join(_reference(lines) for lines in (of_report, of_page))


def _reference(lines: Iterable[tuple[str, str]]) -> str:
    written = [f"{tag}  - {_one_line(value)}" for tag, value in lines if value]
    return "\r\n".join([*written, "ER  - ", "", ""])


def _corporate(name: str) -> str:
    """A body as an author. Before a comma programs look for a surname."""
    return name.replace(", ", " – ").replace(",", "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
