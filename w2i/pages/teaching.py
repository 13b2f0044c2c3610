"""For teachers: a page, and for each pillar a sheet to print, made from the record.

A sheet quotes recommendations and statements, which no other app may ask for together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dialogues.models import Contribution, ContributionKind, Dialogue
from dialogues.models.contribution import ContributionQuerySet
from recommendations.caching import DIALOGUES, RECOMMENDATIONS, public_page
from recommendations.glossary import terms_in
from recommendations.models import Pillar, Recommendation, Report, Term
from recommendations.typesetting import pdf_of, printed
from recommendations.words import fold
from resolutions.documents.sheets import dated, in_quotes

TEMPLATE = Path(__file__).parent / "typst" / "teaching.typ"
PAPERS = {"letter": "us-letter", "a4": "a4"}
# What a sheet of two pages holds.
MOST_ASKED, MOST_TERMS, MOST_SAID, ENOUGH_SAID = 12, 6, 4, 3
# Of what was said of a pillar the newest are looked at; of a whole dialogue, how it began.
LOOKED_AT, FIRST_SAID = 600, 12
# A statement that is read in one breath is talked over more than a long one.
SHORT = 300
KINDS = (ContributionKind.HOPE, ContributionKind.CONCERN, ContributionKind.QUESTION)

# A lesson of 45 minutes: how many, and what is done in them.
LESSON: tuple[tuple[int, str | Promise], ...] = (
    (
        5,
        gettext_lazy(
            "Read the recommendations aloud, one person each. Ask for words nobody knows."
        ),
    ),
    (10, gettext_lazy("Everybody chooses the one that seems most urgent, and writes down why.")),
    (
        15,
        gettext_lazy(
            "In groups of four: read what people said in a dialogue. Then find one hope, one"
            " concern and one question of your own."
        ),
    ),
    (
        10,
        gettext_lazy("Each group tells the others. Look up together what has become of it since."),
    ),
    (5, gettext_lazy("Everybody writes down one thing they will do, or begins a letter.")),
)


@public_page(RECOMMENDATIONS)
def teaching(request: HttpRequest) -> HttpResponse:
    """What the sheets are, how to use one in a lesson, and one for each pillar."""
    mine = Q(
        recommendations__published_at__isnull=False,
        recommendations__report__published_at__isnull=False,
        recommendations__is_demo=False,
    )
    pillars = Pillar.objects.annotate(n=Count("recommendations", filter=mine)).filter(n__gt=0)
    context = {
        "pillars": list(pillars.order_by("order", "id")),
        "lesson": LESSON,
        "section": "recommendations",
    }
    return render(request, "pages/teaching.html", context)


@public_page(RECOMMENDATIONS, DIALOGUES)
def teaching_sheet(request: HttpRequest, pillar: str) -> HttpResponse:
    """The sheet of a pillar as a PDF: ``?paper=a4`` for A4, else Letter."""
    if (paper := request.GET.get("paper", "letter")) not in PAPERS:
        raise Http404(_("There is paper of two sizes: “letter” and “a4”."))
    row = get_object_or_404(Pillar, slug=pillar)
    site = request.build_absolute_uri("/").rstrip("/")
    data = sheet_of(row, site=site, paper=PAPERS[paper])
    if data is None:
        raise Http404(_("There is no recommendation of this pillar yet."))
    response = HttpResponse(pdf_of(TEMPLATE, data), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.slug}.pdf"'
    return response


def sheet_of(pillar: Pillar, *, site: str, paper: str) -> dict[str, Any] | None:
    """What stands on the sheet of a pillar, in the active language; None where nothing is asked.

    The recommendations are those of the first report that has the pillar. What is invented is not
    among them, nor among the statements. ``site`` stands before each path. Five queries.
    """
    rows = Recommendation.objects.public().filter(pillar=pillar, is_demo=False)
    found = list(rows.select_related("report", "audience").in_report_order()[:MOST_ASKED])
    asked = [row for row in found if row.report_id == found[0].report_id]
    if not asked:
        return None
    report = asked[0].report
    language = (get_language() or "en")[:2]
    said = _said_of(asked)
    others = _said_in(_first_dialogue(report))
    groups = {kind: _Group(kind, said, others, language) for kind in KINDS}
    quoted = [row for group in groups.values() for row in (*group.about, *group.others)]
    page = f"{site}{reverse('recommendations:recommendation_list')}?pillar={pillar.slug}"
    return {
        "language": language,
        "paper": paper,
        "title": printed(_("Discussion sheet: %(pillar)s") % {"pillar": pillar.name}),
        "kicker": _("Discussion sheet"),
        "name": printed(pillar.name),
        "lead": printed(
            _("What the report %(report)s asks for, and what people said about it.")
            % {"report": in_quotes(report.title)}
        ),
        "lesson-title": _("In a lesson of 45 minutes"),
        "lesson": [
            {"minutes": _("%(n)d min") % {"n": minutes}, "text": str(text)}
            for minutes, text in LESSON
        ],
        "asked-title": _("What is recommended"),
        "stem": {"text": printed(report.stem), "language": _other(report.language, language)},
        "asked": [
            {
                "audience": printed(audience.name),
                "rows": [_asked(row, language, site) for row in theirs],
            }
            for audience, theirs in groupby(asked, key=lambda row: row.audience)
        ],
        "terms-title": _("Words explained"),
        "terms": [_term(term, language) for term in _terms_of(asked)],
        "hopes": groups[ContributionKind.HOPE].data(_("Hopes"), site),
        "concerns": groups[ContributionKind.CONCERN].data(_("Concerns"), site),
        "questions": groups[ContributionKind.QUESTION].data(_("Questions people asked"), site),
        "own": _("A question of your own:"),
        "notes-title": _("Notes"),
        "sources-title": _("Sources"),
        "sources": list(_sources(report, quoted, page, site)),
        "page-of": _("Page {page} of {pages}"),
    }


# ---- What was said ----


def _said_of(asked: Sequence[Recommendation]) -> list[Contribution]:
    """Statements about some recommendations, the newest first."""
    links = Contribution.about.through.objects.filter(recommendation__in=[row.pk for row in asked])
    rows = _real().filter(pk__in=links.values("contribution"))
    return list(rows.order_by("-pk")[:LOOKED_AT])


def _said_in(dialogue: Dialogue | None) -> list[Contribution]:
    """How a dialogue began: the first statements of each kind."""
    return list(_real().filter(dialogue=dialogue, order__lte=FIRST_SAID).in_order())


def _real() -> ContributionQuerySet:
    rows = Contribution.objects.public().wholes().filter(kind__in=KINDS, dialogue__is_demo=False)
    return rows.select_related("dialogue")


def _first_dialogue(report: Report) -> Dialogue | None:
    rows = Dialogue.objects.public().filter(report=report, is_demo=False)
    return rows.order_by("on", "id").first()


class _Group:
    """What was said of one kind: about the pillar, and where that is little, in general."""

    def __init__(
        self,
        kind: ContributionKind,
        said: Iterable[Contribution],
        others: Iterable[Contribution],
        language: str,
    ) -> None:
        self.language = language
        self.about = self._chosen((row for row in said if row.kind == kind), MOST_SAID)
        left = [row for row in others if row.kind == kind and row not in self.about]
        self.others = self._chosen(left, max(ENOUGH_SAID - len(self.about), 0))

    def _chosen(self, rows: Iterable[Contribution], most: int) -> list[Contribution]:
        """Those in the reader’s language first, and the short ones among them."""
        return sorted(
            rows, key=lambda row: (row.language[:2] != self.language, len(row.text) > SHORT)
        )[:most]

    def data(self, title: str, site: str) -> dict[str, Any]:
        note = ""
        if self.others and self.about:
            note = _(
                "Little on record speaks of these recommendations. Also said, in a dialogue about"
                " the report:"
            )
        elif self.others:
            note = _(
                "Nothing on record speaks of these recommendations. Said in a dialogue about the"
                " report:"
            )
        elif not self.about:
            note = _("Nothing of this kind is on record yet.")
        return {
            "title": title,
            "rows": [self._row(row, site) for row in self.about],
            "note": note,
            "others": [self._row(row, site) for row in self.others],
        }

    def _row(self, row: Contribution, site: str) -> dict[str, Any]:
        place, day = row.dialogue.place, dated(row.dialogue.on)
        return {
            "text": printed(in_quotes(row.text)),
            "language": _other(row.language, self.language),
            "source": printed(", ".join(filter(None, [place, day, row.code]))),
            "link": f"{site}{row.get_absolute_url()}",
        }


# ---- What stands around it ----


def _asked(row: Recommendation, language: str, site: str) -> dict[str, Any]:
    status = row.get_status_display()
    if row.status_on:
        status = _("%(status)s, %(day)s") % {"status": status, "day": dated(row.status_on)}
    foreign = _other(row.report.language, language)
    return {
        "code": row.code,
        "link": f"{site}{row.get_absolute_url()}",
        "text": printed(row.text),
        "language": foreign,
        "translation": printed(row.translation) if foreign else "",
        "status": status,
    }


def _terms_of(asked: Iterable[Recommendation]) -> list[Term]:
    """The terms most of these recommendations use, as a dictionary has them."""
    known = list(Term.objects.public())
    used = Counter(term for row in asked for term in terms_in(row.text, known))
    most = [term for term, _n in used.most_common(MOST_TERMS)]
    return sorted(most, key=lambda term: fold(term.term_read[0]))


def _term(term: Term, language: str) -> dict[str, Any]:
    name, of_name = term.term_read
    is_french = language == "fr" and bool(term.definition_fr)
    return {
        "name": printed(name),
        "name-language": _other(of_name, language),
        "text": printed(term.definition),
        "language": _other("fr" if is_french else "en", language),
    }


def _sources(
    report: Report, quoted: Iterable[Contribution], page: str, site: str
) -> Iterator[dict[str, str]]:
    released = dated(report.released, report.released_precision)
    yield {"text": printed(f"{report.title}. {report.publisher}, {released}."), "link": ""}
    for dialogue in dict.fromkeys(row.dialogue for row in quoted):
        where = ", ".join(filter(None, [dialogue.title, dialogue.place, dated(dialogue.on)]))
        yield {"text": printed(f"{where}."), "link": f"{site}{dialogue.get_absolute_url()}"}
    text = _("What became of each recommendation, with sources; words explained; more such sheets.")
    yield {"text": text, "link": page}
    text = _("Recommendations and statements are quoted exactly, in the language they are in.")
    yield {"text": text, "link": ""}


def _other(language: str, around: str) -> str:
    """A language where it is not the one around, else ''."""
    return "" if language[:2] == around else language[:2]
