"""The page of a recommendation: what happened, and what can I do. It joins all apps."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialogues import commitments
from dialogues.formats import FORMATS
from dialogues.models import Commitment, Contribution, Dialogue
from recommendations import timeline
from recommendations.caching import DIALOGUES, RECOMMENDATIONS, RESOLUTIONS, public_page, reader
from recommendations.citing import changed_on, citations, status_of, title_of
from recommendations.json_rows import JSONRows, attach, made
from recommendations.links import in_capitals
from recommendations.models import (
    Addressee,
    Audience,
    ProgressUpdate,
    Recommendation,
    Report,
    Source,
    Term,
)
from recommendations.models.recommendation import RecommendationQuerySet
from recommendations.models.texts import reading
from recommendations.paging import page_of
from recommendations.writing import Recipient, recipient_of
from resolutions.models import (
    Clause,
    Instrument,
    ModelResolution,
    Resolution,
    ResolutionText,
    Scope,
    StepKind,
    TextStage,
)
from resolutions.totals import ADOPTED

VOICES = 12
COMMITMENTS = 5
COUNTERPARTS = 20
# So many councils are named that carry a recommendation, among so many that adopted a text.
CARRIED, CARRIED_LOOKED_AT = 5, 30
EVERYTHING = (RECOMMENDATIONS, DIALOGUES, RESOLUTIONS)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing a reader can do: where it leads, in which words, and what comes of it."""

    url: str
    words: str
    note: str


@public_page(*EVERYTHING)
def recommendation_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One recommendation: what became of it, what people said, and what its reader can do."""
    if not code.isupper():
        return redirect("recommendation_detail", code.upper(), permanent=True)
    who = reader(request)
    rows = _whole_public() if who.is_anonymous else _whole(Recommendation.objects.visible_to(who))
    recommendation = get_object_or_404(rows, code=code)
    terms = _terms(recommendation)
    findings = timeline.Findings(recommendation.update_marks, recommendation, shown=timeline.SHOWN)
    newest = [mark.pk for mark in findings.marks[: timeline.SHOWN]]
    differing = [mark.pk for mark in findings.differing]
    updates = timeline.updates([*newest, *differing], findings) if findings else {}
    answers = timeline.Findings(
        recommendation.reply_marks, recommendation, kind="reply", shown=timeline.REPLIES_SHOWN
    )
    replies = timeline.made_replies(recommendation.reply_rows, answers)
    voices = list(
        Contribution.objects.newest_about(recommendation, VOICES + 1).select_related(
            "dialogue", "answer", "participant"
        )
    )
    promised = list(commitments.public_on(recommendation).prefetch_related(None)[: COMMITMENTS + 1])
    said = [row.statement for row in promised if row.statement]
    Contribution.objects.fetch_attribution([*voices, *said])
    clauses = _clauses(recommendation)
    carried_by = _carried_by(clauses)
    offers = _offers(recommendation, bool(clauses))
    invented = [voice.dialogue for voice in voices] + carried_by + list(updates.values()) + replies
    invented += dialogues_of(promised)
    context = {
        "recommendation": recommendation,
        "updates": [updates[pk] for pk in newest if pk in updates],
        "differing": [updates[pk] for pk in differing if pk in updates],
        "total_updates": len(findings),
        "replies": replies,
        "total_replies": len(answers),
        "has_more": len(findings) > timeline.SHOWN or len(answers) > timeline.REPLIES_SHOWN,
        "counterparts": _counterparts(recommendation),
        "voices": voices[:VOICES][::-1],
        "more_voices": len(voices) > VOICES,
        "commitments": promised[:COMMITMENTS],
        "more_commitments": len(promised) > COMMITMENTS,
        "standing": commitments.standing_on(recommendation) if promised else [],
        "clauses": clauses,
        "carried_by": carried_by,
        # The mayors speak of the report that the site is about.
        "proclaimed": recommendation.proclaimed if recommendation.report.is_front else 0,
        "is_adopted": any(not resolution.is_demo for resolution in carried_by),
        "main_offer": offers[0] if offers else None,
        "offers": offers,
        "citations": citations(recommendation, request.build_absolute_uri(request.path)),
        "may_assess": who.has_perm("recommendations.keep_true"),
        "terms": terms,
        "own_terms": [term for term in terms if term.is_own],  # type: ignore[attr-defined]
        "section": "recommendations",
        "is_demo": recommendation.is_demo or any(row.is_demo for row in invented),
    }
    context["facts"] = _facts(request, recommendation, context["updates"])
    return render(request, "recommendations/recommendation_detail.html", context)


@cache  # to put it together takes longer than to ask it
def _whole_public() -> Any:
    return _whole(Recommendation.objects.public())


def _whole(visible: RecommendationQuerySet) -> Any:
    """Recommendations with what is short and hangs from them, each list as a column."""
    beside = visible.filter(report=OuterRef("report")).order_by()
    mine = OuterRef("pk")
    proclaimed = (
        Resolution.objects.public()
        .filter(
            instrument=Instrument.PROCLAMATION, verified_status=StepKind.PROCLAIMED, is_demo=False
        )
        .order_by()
        .values("instrument")
        .annotate(n=Count("pk"))
    )
    return visible.select_related("report", "audience", "pillar", "subject").annotate(
        previous=Subquery(
            beside.filter(order__lt=OuterRef("order")).order_by("-order", "-id").values("code")[:1]
        ),
        next=Subquery(
            beside.filter(order__gt=OuterRef("order")).order_by("order", "id").values("code")[:1]
        ),
        addressee_rows=JSONRows(
            Addressee.objects.filter(recommendations=mine).order_by("order", "id"),
            *("id", "slug", "kind", "name_en", "name_fr"),
        ),
        update_marks=timeline.update_marks(),
        reply_marks=timeline.reply_marks(),
        reply_rows=timeline.replies(timeline.REPLIES_SHOWN),
        counterpart_rows=JSONRows(
            Recommendation.objects.public()
            .filter(subject=OuterRef("subject"))
            .exclude(pk=OuterRef("pk"))
            .order_by("pk")[:COUNTERPARTS],
            *("id", "code", "order", "text", "translation", "status", "status_on", "is_demo"),
            audience_id="audience_id",
            audience_order="audience__order",
            language="report__language",
            name_en="audience__name_en",
            name_fr="audience__name_fr",
        ),
        **timeline.last_changes(),
        clause_rows=JSONRows(
            # Translations and short forms say the same again.
            Clause.objects.public()
            .filter(
                recommendations=mine,
                model__scope=Scope.COUNCIL,
                model__language=F("model__report__language"),
            )
            .order_by("order", "id"),
            *("id", "code", "text", "part_of_id", "model_id"),
            slug="model__slug",
            title="model__title",
            language="model__language",
            dated="model__dated",
            dated_precision="model__dated_precision",
        ),
        proclaimed=Coalesce(Subquery(proclaimed.values("n")), 0, output_field=IntegerField()),
    )


def _terms(recommendation: Any) -> list[Term]:
    """The glossary, each told whether it ``is_own``; what hangs from its row is made rows of."""
    attach(
        recommendation,
        "addressees",
        [made(Addressee, row) for row in recommendation.addressee_rows],
    )
    own = Term.recommendations.through.objects.filter(
        recommendation=recommendation.pk, term=OuterRef("pk")
    )
    return list(Term.objects.public().annotate(is_own=Exists(own)))


def _counterparts(recommendation: Any) -> list[tuple[Audience, list[Recommendation]]]:
    """Those that ask the same, by audience, this one among them; nothing where it stands alone."""
    if not recommendation.counterpart_rows:
        return []
    rows = [
        made(
            Recommendation,
            row,
            audience=Audience(
                pk=row["audience_id"],
                order=row["audience_order"],
                name_en=row["name_en"],
                name_fr=row["name_fr"],
            ),
            report=Report(language=row["language"]),
        )
        for row in recommendation.counterpart_rows
    ]
    rows.append(recommendation)
    rows.sort(key=lambda row: (row.audience.order, row.audience_id, row.order, row.pk))
    return [
        (audience, list(group)) for audience, group in groupby(rows, key=lambda row: row.audience)
    ]


def _clauses(recommendation: Any) -> list[Clause]:
    """The clauses of models for councils that ask for it."""
    return [
        made(
            Clause,
            {name: row[name] for name in ("id", "code", "text", "part_of_id")},
            model=made(ModelResolution, {**row, "id": row["model_id"]}),
        )
        for row in recommendation.clause_rows
    ]


def _offers(recommendation: Recommendation, has_clauses: bool) -> list[Offer]:
    """What a reader can do about it, what fits most first; a draft is not to be acted on."""
    if not (recommendation.is_public and recommendation.report.is_public):
        return []
    code = recommendation.code
    written_to = [
        addressee.name
        for addressee in recommendation.addressees.all()
        if recipient_of(addressee) != Recipient.NOBODY
    ]
    offers = []
    if written_to:
        whom = written_to[0] if len(written_to) == 1 else _("one of those it is addressed to")
        offers.append(
            Offer(
                reverse("recommendations:letter", args=[code]),
                _("Write to the addressee"),
                _("To: %(who)s. A letter with your own words, to copy, print or send by e-mail.")
                % {"who": whom},
            )
        )
    offers += [
        Offer(
            reverse("recommendations:recommendation_follow", args=[code]),
            _("Follow by e-mail"),
            _("A letter when something new was found, at most once a day or once a week."),
        ),
        Offer(
            reverse("commitment_new", args=[code]),
            _("Say what you will do"),
            _("One thing, by a day you choose. If you like, we ask you then how it went."),
        ),
        Offer(
            reverse("recommendations:evidence_send", args=[code]),
            _("Send evidence"),
            _("A link to something public that shows what was done, or was not. No account."),
        ),
        Offer(
            reverse("dialogue_kit", args=[code]),
            _("Talk it over with others"),
            _("A kit for an evening or a lesson: sheets to print, and what to do when."),
        ),
    ]
    if has_clauses:
        offers.append(
            Offer(
                reverse("resolutions:prepare"),
                _("Prepare a resolution for your council"),
                _("The model resolution has it in a clause: make that out for your municipality."),
            )
        )
    return offers


def _facts(
    request: HttpRequest, recommendation: Recommendation, updates: Iterable[ProgressUpdate]
) -> dict[str, Any]:
    """The recommendation for machines, as schema.org has it."""
    report = recommendation.report
    page = request.build_absolute_uri(request.path)
    released = report.released.isoformat()
    changed = changed_on(recommendation)
    return {
        "@type": "Quotation",
        "@id": f"{page}#text",
        "url": page,
        "identifier": recommendation.code,
        "name": title_of(recommendation),
        "text": recommendation.text,
        "inLanguage": report.language,
        "audience": {"@type": "Audience", "audienceType": recommendation.audience.name},
        "isPartOf": {
            "@type": "Report",
            "name": report.title,
            "inLanguage": report.language,
            "datePublished": released[: {"year": 4, "month": 7}.get(report.released_precision, 10)],
            "publisher": {"@type": "Organization", "name": report.publisher},
        },
        "mainEntityOfPage": {
            "@type": "WebPage",
            "url": page,
            "inLanguage": reading(),
            "abstract": status_of(recommendation),
            **({"dateModified": changed.isoformat()} if changed else {}),
            "image": request.build_absolute_uri(
                reverse("recommendations:share_picture", args=[recommendation.code])
            ),
            "citation": [
                _source_fact(source)
                for update in updates
                if not (update.retracted_at or update.corrected_by)  # type: ignore[attr-defined]
                for source in update.sources.all()
            ],
        },
    }


def _source_fact(source: Source) -> dict[str, Any]:
    """Where a finding can be checked, for machines."""
    fact: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": source.title,
        "url": source.url,
        "publisher": {"@type": "Organization", "name": source.publisher},
    }
    if source.published_on:
        day = source.published_on.isoformat()
        fact["datePublished"] = day[: {"year": 4, "month": 7}.get(source.published_precision, 10)]
    if source.archived_url:
        fact["archivedAt"] = source.archived_url
    return fact


@public_page(RECOMMENDATIONS)
def dialogue_kit(request: HttpRequest, code: str) -> HttpResponse:
    """What it takes to talk a recommendation over: sheets, an agenda, where to go from there."""
    if not code.isupper():
        return redirect("dialogue_kit", code.upper(), permanent=True)
    rows = Recommendation.objects.public().select_related("report", "pillar")
    recommendation = get_object_or_404(rows, code=code)
    agenda = FORMATS["vancouver"].parts
    context = {
        "recommendation": recommendation,
        "agenda": agenda,
        "minutes": sum(part.minutes for part in agenda),
        # Sheets are of the report the site is about.
        "has_sheet": recommendation.report.is_front and not recommendation.is_demo,
        "section": "recommendations",
        "is_demo": recommendation.is_demo,
    }
    return render(request, "recommendations/dialogue_kit.html", context)


@public_page(RECOMMENDATIONS, DIALOGUES)
def recommendation_voices(request: HttpRequest, code: str) -> HttpResponse:
    """Everything said of a recommendation in published dialogues, the newest first."""
    if not code.isupper():
        return in_capitals(request, "recommendation_voices", code)
    visible = Recommendation.objects.visible_to(reader(request)).select_related("report")
    recommendation = get_object_or_404(visible, code=code)
    page = page_of(request, Contribution.objects.links_about(recommendation))
    voices = list(
        Contribution.objects.linked_by(page.object_list)
        .select_related("dialogue", "answer")
        .with_attribution()
    )
    context = {
        "recommendation": recommendation,
        "page": page,
        "voices": voices,
        "section": "recommendations",
        "is_demo": recommendation.is_demo or any(voice.dialogue.is_demo for voice in voices),
    }
    return render(request, "recommendations/recommendation_voices.html", context)


@public_page(RECOMMENDATIONS, DIALOGUES)
def recommendation_commitments(request: HttpRequest, code: str) -> HttpResponse:
    """All commitments made to a recommendation that are public, the newest first."""
    if not code.isupper():
        return in_capitals(request, "recommendation_commitments", code)
    visible = Recommendation.objects.visible_to(reader(request)).select_related("report")
    recommendation = get_object_or_404(visible, code=code)
    page = page_of(request, commitments.public_on(recommendation))
    context = {
        "recommendation": recommendation,
        "page": page,
        "standing": commitments.standing_on(recommendation) if page.object_list else [],
        "section": "recommendations",
        "is_demo": recommendation.is_demo
        or any(dialogue.is_demo for dialogue in dialogues_of(page.object_list)),
    }
    return render(request, "recommendations/recommendation_commitments.html", context)


def dialogues_of(rows: Iterable[Commitment]) -> list[Dialogue]:
    """The dialogues some commitments were made in."""
    return [row.statement.dialogue for row in rows if row.statement]


def _carried_by(clauses: list[Clause]) -> list[Resolution]:
    """The newest adopted resolutions that carry one of these clauses: as far as its text is on
    record in that text, else in the model it was made from.
    """
    if not clauses:
        return []
    codes: dict[int, set[str]] = {}
    for clause in clauses:
        codes.setdefault(clause.model_id, set()).add(clause.code)
    newest = ResolutionText.objects.filter(resolution=OuterRef("pk")).order_by("-id")
    rows = (
        Resolution.objects.public()
        .filter(model__in=codes, verified_status__in=ADOPTED)
        .select_related("council__jurisdiction")
        .annotate(
            clauses=Coalesce(
                *(
                    Subquery(newest.filter(stage=stage).values("clauses")[:1])
                    for stage in (TextStage.ADOPTED, TextStage.SUBMITTED)
                )
            )
        )
        .newest_first()
    )
    return [row for row in rows[:CARRIED_LOOKED_AT] if _carries(row, codes)][:CARRIED]


def _carries(resolution: Any, codes: dict[int, set[str]]) -> bool:
    if resolution.clauses is None:
        return True
    return bool(codes[resolution.model_id] & {row.get("code") for row in resolution.clauses})
