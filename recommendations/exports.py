"""Recommendations with what became of each, to take away: a QuerySet in, bytes out.

In the order of the rows' keys, and in a constant number of queries: see ``exporting``. Nothing is
asked before the first byte is: a reader whose copy is still good costs no more. Of what was
retracted there is the day and the reason, and never a word or a source. docs/data.md says what
every field means; a name that stands in it stays.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Count, Max, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from recommendations.exporting import (
    CHUNK,
    Beside,
    NewsFeed,
    Site,
    cell,
    day_of,
    known_day,
    listed,
    printable,
    table,
)
from recommendations.models import (
    Addressee,
    Finding,
    Precision,
    ProgressUpdate,
    Recommendation,
    Reply,
    ReplyKind,
    Source,
    Status,
)
from recommendations.models.dates import in_words
from recommendations.models.recommendation import RecommendationQuerySet
from recommendations.models.texts import for_reader
from recommendations.workbooks import Sheet, workbook

NEWS = 50  # findings in the feed
NOTE = (
    "The status of a recommendation is that of the newest update that stands: neither corrected "
    "nor retracted. What an addressee answered is kept apart from what was done. Not yet assessed "
    "is not the same as no action found. Statuses are counted, never averaged. Which "
    "recommendations have a subject in common is this site’s reading, not that of a report."
)
LICENCE = {
    "findings": "Facts of public record, summed up by this site; the sources of each finding say "
    "where they can be checked. Whoever reuses them is asked to name this site and the date they "
    "are as of.",
    "texts": "The text of a recommendation and a quotation are those of whoever published them.",
}


# ---- Reading ----


@dataclass(slots=True)
class Told:
    """A finding with what it takes to tell it. ``sources`` are those anybody may read."""

    finding: Finding
    code: str
    page: str
    corrected_by: list[str]
    sources: Sequence[Source] = ()

    @property
    def kind(self) -> str:
        return "reply" if isinstance(self.finding, Reply) else "update"

    @property
    def state(self) -> str:
        """Whether it counts: 'standing', 'corrected' or 'retracted'."""
        if self.finding.retracted_at:
            return "retracted"
        return "corrected" if self.corrected_by else "standing"

    def said(self, name: str) -> Any:
        """One of its words, days of the status included; None once it was retracted."""
        return None if self.finding.retracted_at else getattr(self.finding, name, None)

    @property
    def verdict(self) -> str | None:
        """The status of an update, the answer of a reply: the word."""
        return self.said("kind" if isinstance(self.finding, Reply) else "status")

    @property
    def verdict_name(self) -> str | None:
        return _verdict_name(self.finding) if self.verdict else None

    @property
    def url(self) -> str:
        return f"{self.page}#{self.finding.anchor}"

    @property
    def corrects(self) -> str:
        """What it corrects, by its ``id``."""
        corrected = self.finding.corrects_id
        return f"{self.kind}-{corrected}" if corrected else ""

    @property
    def changed_at(self) -> datetime:
        moments = (self.finding.published_at, self.finding.retracted_at)
        return max(filter(None, moments))


@dataclass(slots=True)
class OnRecord:
    """A recommendation with what became of it. Findings are in the order of their dates."""

    recommendation: Recommendation
    page: str
    addressees: list[Addressee]
    updates: list[Told]
    replies: list[Told]

    @property
    def updated_at(self) -> datetime | None:
        """When the newest of it was made public or retracted."""
        moments = [self.recommendation.published_at]
        moments += [told.changed_at for told in (*self.updates, *self.replies)]
        return max(filter(None, moments), default=None)


def on_record(rows: RecommendationQuerySet, site: Site) -> Iterator[OnRecord]:
    """Every recommendation of ``rows`` with its findings and their sources. Five queries."""
    of = rows.order_by().values("pk")
    key = "recommendation_id"
    asked: Beside[Any] = Beside(_asked(of), key)
    updates: Beside[ProgressUpdate] = Beside(_public(ProgressUpdate, of), key)
    replies: Beside[Reply] = Beside(_public(Reply, of), key)
    sources: Beside[Any] = Beside(_sources(of), key)
    for row in _whole(rows):
        page = site.base + row.get_absolute_url()
        found: dict[str, list[Source]] = defaultdict(list)
        for source in sources.of(row.pk):
            found[_of_what(source)].append(source)
        yield OnRecord(
            row,
            page,
            [link.addressee for link in asked.of(row.pk)],
            _told(updates.of(row.pk), row.code, page, found),
            _told(replies.of(row.pk), row.code, page, found),
        )


def _whole(rows: RecommendationQuerySet) -> Iterator[Recommendation]:
    related = rows.select_related("report", "audience", "pillar", "subject")
    return related.order_by("pk").iterator(chunk_size=CHUNK)


def _asked(of: Any) -> Any:
    links = Recommendation.addressees.through._default_manager.filter(recommendation__in=of)
    return links.select_related("addressee").order_by(
        "recommendation_id", "addressee__order", "addressee_id"
    )


def _public(model: type[Finding], of: Any) -> Any:
    rows = model._default_manager.public().filter(recommendation__in=of)  # type: ignore[attr-defined]
    if model is Reply:
        rows = rows.select_related("addressee")
    return rows.order_by("recommendation_id", "on", "id")


def _sources(of: Any) -> Any:
    """Sources of what is public and was not retracted, by recommendation."""
    ways = [
        Q(
            **{
                f"{name}__recommendation__in": of,
                f"{name}__published_at__isnull": False,
                f"{name}__retracted_at__isnull": True,
            }
        )
        for name in ("update", "reply")
    ]
    key = Coalesce("update__recommendation_id", "reply__recommendation_id")
    return (
        Source.objects.filter(ways[0] | ways[1])
        .annotate(recommendation_id=key)
        .order_by("recommendation_id", "id")
    )


def _of_what(source: Source) -> str:
    return f"update-{source.update_id}" if source.update_id else f"reply-{source.reply_id}"


def _told(
    findings: Sequence[Any], code: str, page: str, sources: Mapping[str, Sequence[Source]]
) -> list[Told]:
    """All findings of one kind about one recommendation."""
    corrections: dict[int, list[str]] = defaultdict(list)
    for row in findings:
        if row.corrects_id and not row.retracted_at:
            corrections[row.corrects_id].append(row.anchor)
    return [
        Told(row, code, page, corrections.get(row.pk, []), sources.get(row.anchor, ()))
        for row in findings
    ]


def _facts(rows: RecommendationQuerySet) -> dict[str, Any]:
    """The day of the newest change (a recommendation or finding made public, a finding retracted),
    how many recommendations there are, and how many of those are demonstration data. One query.
    """
    of = rows.order_by().values("pk")
    newest = {
        f"{model.__name__}_{name}": Max(
            Subquery(
                _public(model, of)
                .filter(**{f"{name}__isnull": False})
                .order_by(f"-{name}")
                .values(name)[:1]
            )
        )
        for model in (ProgressUpdate, Reply)
        for name in ("published_at", "retracted_at")
    }
    found = rows.order_by().aggregate(
        n=Count("pk", distinct=True),
        invented=Count("pk", distinct=True, filter=Q(is_demo=True)),
        published=Max("published_at"),
        **newest,
    )
    n, invented = found.pop("n"), found.pop("invented")
    moment = max(filter(None, found.values()), default=None)
    return {"as_of": day_of(moment), "count": n, "demonstration_count": invented}


# ---- Words of the files ----


# Not get_…_display, which makes all choices anew for every row.
def _status_name(status: str) -> str:
    return str(Status(status).label)


def _verdict_name(finding: Any) -> str:
    if isinstance(finding, Reply):
        return str(ReplyKind(finding.kind).label)
    return _status_name(finding.status)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _in_full(source: Source) -> str:
    """“Publisher, title, 2012-05”, as far as it is known."""
    on = known_day(source.published_on, source.published_precision)
    return ", ".join(filter(None, (source.publisher, source.title, on)))


# ---- Columns: of CSV and of the sheets ----

_Column = Callable[[Any], Any]


@dataclass(slots=True)
class _Asked:
    """What the columns about a recommendation are read from."""

    recommendation: Recommendation
    page: str
    addressees: Sequence[Addressee]


RECOMMENDATION: dict[str, _Column] = {
    "code": lambda r: r.recommendation.code,
    "url": lambda r: r.page,
    "report": lambda r: r.recommendation.report.slug,
    "report_title": lambda r: r.recommendation.report.title,
    "audience": lambda r: r.recommendation.audience.slug,
    "audience_name": lambda r: r.recommendation.audience.name,
    "pillar": lambda r: r.recommendation.pillar.slug,
    "pillar_name": lambda r: r.recommendation.pillar.name,
    "addressees": lambda r: " ".join(row.slug for row in r.addressees),
    "addressee_names": lambda r: "; ".join(row.name for row in r.addressees),
    "subject": lambda r: getattr(r.recommendation.subject, "slug", ""),
    "subject_name": lambda r: getattr(r.recommendation.subject, "name", ""),
    "text": lambda r: r.recommendation.text,
    "language": lambda r: r.recommendation.report.language,
    "translation": lambda r: r.recommendation.translation,
    "status": lambda r: r.recommendation.status,
    "status_name": lambda r: _status_name(r.recommendation.status),
    "status_on": lambda r: r.recommendation.status_on,
    "demonstration": lambda r: _yes(r.recommendation.is_demo),
}
FINDING: dict[str, _Column] = {
    "id": lambda t: t.finding.anchor,
    "finding_url": lambda t: t.url,
    "on": lambda t: t.finding.on,
    "finding": lambda t: t.verdict,
    "finding_name": lambda t: t.verdict_name,
    "state": lambda t: t.state,
    "summary": lambda t: t.said("summary"),
    "summary_language": lambda t: t.said("language"),
    "quotation": lambda t: t.said("quotation"),
    "assessed_by": lambda t: t.said("assessed_by"),
    "scale_version": lambda t: t.said("scale_version"),
    "answered_by": lambda t: getattr(t.said("addressee"), "name", None),
    "corrects": lambda t: t.corrects,
    "corrected_by": lambda t: " ".join(t.corrected_by),
    "published_on": lambda t: _local_day(t.finding.published_at),
    "retracted_on": lambda t: _local_day(t.finding.retracted_at),
    "retraction": lambda t: t.finding.retraction,
}
SOURCES: dict[str, _Column] = {
    "source_links": lambda t: " ".join(row.url for row in t.sources),
    "archived_links": lambda t: " ".join(row.archived_url for row in t.sources if row.archived_url),
    "sources": lambda t: " | ".join(_in_full(row) for row in t.sources),
}
_OF_ONE = {**FINDING, **SOURCES}


def _local_day(moment: datetime | None) -> date | None:
    day = day_of(moment)
    return date.fromisoformat(day) if day else None


# ---- CSV ----

COLUMNS = ("row", *RECOMMENDATION, *FINDING, *SOURCES, "as_of")


def as_csv(rows: RecommendationQuerySet, site: Site) -> Iterator[bytes]:
    """A line for each recommendation, followed by one for each update and each reply."""
    yield from table(COLUMNS, _lines(rows, site, _facts(rows)["as_of"]))


def _lines(rows: RecommendationQuerySet, site: Site, as_of: str | None) -> Iterator[Sequence[Any]]:
    for row in on_record(rows, site):
        first = [cell(column(row)) for column in RECOMMENDATION.values()]
        yield "recommendation", *first, *[None] * len(_OF_ONE), as_of
        for told in (*row.updates, *row.replies):
            yield told.kind, *first, *(cell(column(told)) for column in _OF_ONE.values()), as_of


# ---- XLSX ----

_OF_UPDATES = [name for name in FINDING if name != "answered_by"]
_OF_REPLIES = [name for name in FINDING if name not in {"assessed_by", "scale_version"}]
OF_SOURCES = (
    "code",
    "id",
    "publisher",
    "title",
    "language",
    "url",
    "archived_url",
    "published_on",
    "read_on",
)
_WIDTHS = {
    "url": 40, "finding_url": 40, "report_title": 40, "text": 70, "translation": 70,
    "addressee_names": 40, "summary": 70, "quotation": 50, "retraction": 40, "subject_name": 30,
    "publisher": 30, "title": 50, "archived_url": 40, "pillar_name": 22, "status_name": 20,
    "finding_name": 20, "answered_by": 30, "addressees": 30,
}  # fmt: skip


def as_xlsx(rows: RecommendationQuerySet, site: Site) -> Iterator[bytes]:
    """A workbook: recommendations, updates, replies, sources, and what it all is."""
    about = _about(rows, site)
    of = rows.order_by().values("pk")
    yield from workbook(
        [
            _sheet("Recommendations", list(RECOMMENDATION), _sheet_of_recommendations(rows, site)),
            _sheet(
                "Updates", ["code", *_OF_UPDATES], _findings(ProgressUpdate, of, site, _OF_UPDATES)
            ),
            _sheet("Replies", ["code", *_OF_REPLIES], _findings(Reply, of, site, _OF_REPLIES)),
            _sheet("Sources", list(OF_SOURCES), _sheet_of_sources(of)),
            Sheet("About", ("about", "value"), _told_about(about), (24, 100)),
        ]
    )


def _sheet(name: str, head: list[str], rows: Iterable[Sequence[Any]]) -> Sheet:
    return Sheet(name, head, rows, [_WIDTHS.get(column, 14) for column in head])


def _sheet_of_recommendations(rows: RecommendationQuerySet, site: Site) -> Iterator[Sequence[Any]]:
    asked: Beside[Any] = Beside(_asked(rows.order_by().values("pk")), "recommendation_id")
    for row in _whole(rows):
        addressees = [link.addressee for link in asked.of(row.pk)]
        told = _Asked(row, site.base + row.get_absolute_url(), addressees)
        yield [column(told) for column in RECOMMENDATION.values()]


def _findings(
    model: type[Finding], of: Any, site: Site, names: Sequence[str]
) -> Iterator[Sequence[Any]]:
    rows = _public(model, of).select_related("recommendation")
    if model is Reply:
        rows = rows.select_related("recommendation", "addressee")
    found = groupby(rows.iterator(chunk_size=CHUNK), attrgetter("recommendation_id"))
    for _key, theirs in found:
        findings = list(theirs)
        about = findings[0].recommendation
        page = site.base + about.get_absolute_url()
        for told in _told(findings, about.code, page, {}):
            yield [about.code, *(FINDING[name](told) for name in names)]


def _sheet_of_sources(of: Any) -> Iterator[Sequence[Any]]:
    code = Coalesce("update__recommendation__code", "reply__recommendation__code")
    for row in _sources(of).annotate(code=code).iterator(chunk_size=CHUNK):
        yield [
            row.code,
            _of_what(row),
            row.publisher,
            row.title,
            row.language,
            row.url,
            row.archived_url,
            _whole_day(row.published_on, row.published_precision),
            _whole_day(row.read_on, row.read_precision),
        ]


def _whole_day(day: date | None, precision: str) -> date | str | None:
    """A day as one, a month or a year as text."""
    return day if precision == Precision.DAY else known_day(day, precision)


def _told_about(about: dict[str, Any]) -> Iterator[Sequence[Any]]:
    for name, value in about.items():
        if isinstance(value, dict):
            yield from ((f"{name}: {inner}", text) for inner, text in value.items())
        else:
            yield name, value


# ---- JSON ----


def _about(rows: RecommendationQuerySet, site: Site) -> dict[str, Any]:
    return {
        **_facts(rows),
        "filters": site.asked,
        "page": site.page,
        "note": NOTE,
        "licence": LICENCE,
    }


def as_json(rows: RecommendationQuerySet, site: Site) -> Iterator[bytes]:
    """Every recommendation with its updates, its replies and their sources."""
    data = (recommendation_data(row, site) for row in on_record(rows, site))
    yield from listed({"about": _about(rows, site)}, "recommendations", data)


def recommendation_data(row: OnRecord, site: Site) -> dict[str, Any]:
    recommendation, report = row.recommendation, row.recommendation.report
    subject = recommendation.subject
    return {
        "code": recommendation.code,
        "url": row.page,
        "report": {
            "slug": report.slug,
            "title": report.title,
            "publisher": report.publisher,
            "released": known_day(report.released, report.released_precision),
            "language": report.language,
            "url": site.base + report.get_absolute_url(),
        },
        "audience": _named(recommendation.audience),
        "pillar": _named(recommendation.pillar),
        "addressees": [{**_named(one), "kind": one.kind} for one in row.addressees],
        "subject": _named(subject) if subject else None,
        "text": recommendation.text,
        "language": report.language,
        "translation": recommendation.translation,
        "status": recommendation.status,
        "status_name": _status_name(recommendation.status),
        "status_on": known_day(recommendation.status_on),
        "updates": [_finding_data(told) for told in row.updates],
        "replies": [_finding_data(told) for told in row.replies],
        "demonstration": recommendation.is_demo,
        "updated_at": _moment(row.updated_at),
    }


def _named(row: Any) -> dict[str, str]:
    return {"slug": row.slug, "name": row.name}


def _finding_data(told: Told) -> dict[str, Any]:
    finding = told.finding
    own: dict[str, Any]
    if isinstance(finding, Reply):
        addressee = told.said("addressee")
        own = {
            "addressee": addressee and _named(addressee),
            "answer": told.verdict,
            "answer_name": told.verdict_name,
        }
    else:
        own = {
            "status": told.verdict,
            "status_name": told.verdict_name,
            "assessed_by": told.said("assessed_by"),
            "scale_version": told.said("scale_version"),
        }
    return {
        "id": finding.anchor,
        "url": told.url,
        "state": told.state,
        "on": known_day(finding.on),
        **own,
        "summary": told.said("summary"),
        "language": told.said("language"),
        "quotation": told.said("quotation"),
        "corrects": told.corrects or None,
        "corrected_by": told.corrected_by,
        "published_at": _moment(finding.published_at),
        "retracted_at": _moment(finding.retracted_at),
        "retraction": finding.retraction,
        "sources": [
            {
                "publisher": source.publisher,
                "title": source.title,
                "language": source.language,
                "url": source.url,
                "archived_url": source.archived_url,
                "published_on": known_day(source.published_on, source.published_precision),
                "read_on": known_day(source.read_on, source.read_precision),
            }
            for source in told.sources
        ],
    }


# ---- Atom ----


def as_atom(rows: RecommendationQuerySet, site: Site, *, about: str = "") -> bytes:
    """What was published, corrected or retracted last about ``rows``. Three queries.

    ``about`` is the code of the one recommendation there is. A finding is one entry for good: a
    correction or retraction changes it, and the moment it was updated.
    """
    title = _("W2I: what became of the recommendations")
    if about:
        title = _("W2I: what became of %(code)s") % {"code": about}
    elif site.named:
        title = _("%(feed)s (%(filters)s)") % {"feed": title, "filters": ", ".join(site.named)}
    feed = NewsFeed(
        title=printable(title),
        subtitle=_("What was found and what was answered, with sources, the newest first."),
        site=site,
    )
    of = rows.order_by().values("pk")
    found = [*_news(ProgressUpdate, of), *_news(Reply, of)]
    corrections: dict[Any, list[Any]] = defaultdict(list)
    for row in found:
        if row.corrects:
            corrections[row.corrects].append(row)
    # What was corrected changed with its correction, however old it is.
    entries = [_Entry(row, corrections[row]) for row in dict.fromkeys((*found, *corrections))]
    entries.sort(key=lambda entry: (entry.changed_at, entry.finding.pk), reverse=True)
    newest = entries[:NEWS]
    sources = _sources_of([entry.finding for entry in newest])
    for entry in newest:
        finding = entry.finding
        said = _details(entry, sources[finding.anchor])
        feed.add_item(
            title=printable(_sentence(entry)),
            link=site.base + finding.get_absolute_url(),
            description="".join(f"<p>{escape(printable(part))}</p>" for part in said),
            unique_id=f"tag:w2i,2009:{finding.anchor}",
            pubdate=finding.published_at,
            updateddate=entry.changed_at,
            categories=[] if finding.retracted_at else [_verdict(finding)],
        )
    return feed.written()


@dataclass(slots=True)
class _Entry:
    """A finding of the feed, and what corrects it: retracted corrections among them."""

    finding: Any
    corrections: list[Any]

    @property
    def correction(self) -> Any:
        """The newest that stands."""
        standing = [row for row in self.corrections if not row.retracted_at]
        return max(standing, key=lambda row: row.published_at, default=None)

    @property
    def changed_at(self) -> datetime:
        rows = [self.finding, *self.corrections]
        return max(
            moment for row in rows for moment in (row.published_at, row.retracted_at) if moment
        )


def _news(model: Any, of: Any) -> list[Any]:
    """The findings of a kind that changed last, with what they correct. One query."""
    newest = (
        model._default_manager.public()
        .filter(recommendation__in=of)
        .annotate(changed_at=Coalesce("retracted_at", "published_at"))
        .order_by("-changed_at", "-on", "-id")
        .values("pk")[:NEWS]
    )
    more = ("addressee", "corrects__addressee") if model is Reply else ()
    # Keys first: whole rows of all findings would take longer to sort than all the rest.
    rows = model._default_manager.filter(pk__in=newest)
    found = list(rows.select_related("recommendation__report", "corrects", *more))
    for row in found:
        if row.corrects:
            row.corrects.recommendation = row.recommendation
    return found


def _sources_of(findings: Sequence[Any]) -> dict[str, list[Source]]:
    """Their sources by anchor; none of what was retracted."""
    told = [row for row in findings if not row.retracted_at]
    updates = [row.pk for row in told if isinstance(row, ProgressUpdate)]
    replies = [row.pk for row in told if isinstance(row, Reply)]
    found: dict[str, list[Source]] = defaultdict(list)
    for source in Source.objects.filter(Q(update__in=updates) | Q(reply__in=replies)):
        found[_of_what(source)].append(source)
    return found


def _verdict(finding: Any) -> str:
    return str(finding.kind if isinstance(finding, Reply) else finding.status)


def _sentence(entry: _Entry) -> str:
    """“CA-02: Under way”, with what makes it less than that."""
    finding = entry.finding
    label = finding.recommendation.code
    if finding.retracted_at:
        said = _("%(code)s: retracted") % {"code": label}
    else:
        state = _verdict_name(finding)
        if isinstance(finding, Reply):
            answered = {"code": label, "who": finding.addressee.name, "state": state}
            said = _("%(code)s, answer of %(who)s: %(state)s") % answered
        else:
            said = _("%(label)s: %(state)s") % {"label": label, "state": state}
        if finding.corrects_id:
            said = _("%(finding)s (correction)") % {"finding": said}
        if entry.correction:
            said = _("%(finding)s (corrected since)") % {"finding": said}
    is_demo = finding.is_demo or finding.recommendation.is_demo
    return f"{_('Demonstration data')}: {said}" if is_demo else said


def _details(entry: _Entry, sources: Sequence[Source]) -> Iterator[str]:
    finding = entry.finding
    recommendation = finding.recommendation
    language = recommendation.report.language
    yield for_reader(recommendation.text, language, recommendation.translation)[0]
    if finding.retracted_at:
        day = in_words(timezone.localtime(finding.retracted_at).date())
        yield _("Retracted on %(day)s: %(why)s") % {"day": day, "why": finding.retraction}
        return
    yield finding.summary
    if finding.quotation:
        yield f"“{finding.quotation}”"
    for source in sources:
        yield f"{_in_full(source)}: {source.url}"


# ---- For search engines ----


def data_set(site: Site, files: Mapping[str, str], *, description: str) -> dict[str, Any]:
    """The list as a Dataset of schema.org; ``files`` are addresses by media type."""
    return {
        "@type": "Dataset",
        "name": _("Recommendations for preventing mass atrocities, and what became of each"),
        "description": description,
        "url": site.page,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "W2I", "url": f"{site.base}/"},
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": address}
            for kind, address in files.items()
        ],
    }
