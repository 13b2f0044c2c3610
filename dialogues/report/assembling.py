"""The report of a dialogue, put together of what is in the database."""

from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dialogues import commitments, figures
from dialogues.models import (
    Attribution,
    Contribution,
    ContributionKind,
    Dialogue,
    PartKind,
    Person,
    PersonRole,
    SectionKind,
    Sector,
)
from dialogues.models import Section as RecordText
from dialogues.report import appendix, drafts
from dialogues.report.blocks import (
    Answer,
    Block,
    Fact,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Report,
    Run,
    Section,
    Sides,
    Statement,
    Statements,
    Style,
)
from dialogues.report.fronts import SHOWN, front_of
from dialogues.report.gathering import Material, gather, gather_front
from dialogues.report.markdown import blocks_of
from dialogues.report.wording import in_words
from dialogues.spoken import was_edited

__all__ = ["assemble", "assemble_front", "front_of", "plain_blocks"]

Blocks = tuple[Block, ...]


def assemble(
    dialogue: Dialogue,
    language: str,
    *,
    number: int | None = None,
    dated: str = "",
    what_changed: str = "",
) -> Report:
    """The whole report of a dialogue in one language, as it stands at this moment.

    Its parts are in the order of the report of 2009, unless ``ReportPart`` rows say otherwise;
    parts with nothing in them are left out. The number of queries is fixed.
    """
    with translation.override(language):
        return _Assembly(gather(dialogue), language).report(number, dated, what_changed)


def assemble_front(dialogue: Dialogue, language: str) -> Report:
    """What the page of a dialogue shows that has no edition: texts of record and first statements.

    What its facilitator is still at (own texts, highlights, what is folded) is in editions only.
    It costs the same however much was said.
    """
    with translation.override(language):
        return front_of(_Assembly(gather_front(dialogue, SHOWN), language).report(None, "", ""))


def plain_blocks(text: str, language: str = "", style: str = Style.TEXT) -> Blocks:
    """The blocks of a text written as ``Section.body`` is."""
    return tuple(
        _plain_block(block, language, style) for block in text.split("\n\n") if block.strip()
    )


def _plain_block(block: str, language: str, style: str) -> Block:
    lines = block.split("\n")
    if not lines[0].startswith("- "):
        return _said(block, language, style)
    items: list[list[Block]] = []
    below: list[list[str]] = []
    for line in lines:
        if line.startswith("  - ") and items:
            below[-1].append(line[4:])
        else:
            items.append([_said(line.removeprefix("- "), language, style)])
            below.append([])
    for item, lines_below in zip(items, below, strict=True):
        if lines_below:
            item.append(Items(tuple((_said(line, language, style),) for line in lines_below)))
    return Items(tuple(tuple(item) for item in items))


def _said(text: str, language: str = "", style: str = Style.TEXT) -> Paragraph:
    return Paragraph((Run(text),), style, language)


class _Assembly:
    """One report in the making: what was read, and the language that is active."""

    def __init__(self, material: Material, language: str) -> None:
        self.material = material
        self.dialogue = material.dialogue
        self.language = language
        self.list_path = reverse("dialogues:statement_list", args=[self.dialogue.slug])
        self.of_dialogue = self.foreign(self.dialogue.language)
        self.sectors: dict[tuple[str, str, str], str] = {}
        self.folded = {one.pk for rows in material.likes.values() for one in rows}
        self.known = drafts.Known(
            self.dialogue,
            material.conveners,
            material.people,
            material.agenda,
            material.counts,
            material.term,
        )

    def foreign(self, language: str) -> str:
        """The language of a text where it is not the report's, else ''."""
        return "" if language == self.language else language

    def report(self, number: int | None, dated: str, what_changed: str) -> Report:
        dialogue = self.dialogue
        lead = dialogue.lead_fr if self.language == "fr" else ""
        return Report(
            title=dialogue.title,
            language=self.language,
            title_language=self.of_dialogue,
            slug=dialogue.slug,
            place=dialogue.place,
            on=dialogue.on.isoformat(),
            site=f"{settings.SITE_URL.rstrip('/')}/",
            facts=tuple(self.facts()),
            sections=tuple(self.sections()),
            lead=lead or dialogue.lead,
            lead_language="" if lead else self.of_dialogue,
            number=number,
            dated=dated,
            publishers=tuple(convener.organization.name for convener in self.material.conveners),
            what_changed=what_changed,
            is_demo=dialogue.is_demo,
            counts=self.material.counts,
        )

    # ---- The head ----

    def facts(self) -> Iterator[Fact]:
        dialogue = self.dialogue
        weekday = _("%(weekday)s,") % {"weekday": date_format(dialogue.on, "l")}
        yield Fact(_("When"), f"{weekday} {in_words(dialogue.on)}")
        where = (dialogue.venue, dialogue.place, dialogue.region)
        yield Fact(_("Where"), ", ".join(filter(None, where)), self.of_dialogue)
        for role in (PersonRole.CHAIR, PersonRole.MODERATOR, PersonRole.SPEAKER, PersonRole.GUEST):
            if names := [str(one) for one in self.material.people if one.role == role]:
                yield Fact(str(role.label), ", ".join(names))
        if dialogue.participant_count:
            yield Fact(_("Participants"), str(dialogue.participant_count))
        if dialogue.report and dialogue.report.is_public:
            over = dialogue.report
            yield Fact(_("Report talked over"), over.title, self.foreign(over.language))

    # ---- The parts ----

    def sections(self) -> Iterator[Section]:
        parts = self.material.parts
        for kind in parts or PartKind:
            if (part := parts.get(kind)) and not part.is_shown:
                continue
            if blocks := _PARTS[kind](self):
                heading, language = self.heading(kind)
                yield Section(
                    key=kind.value,
                    heading=heading,
                    blocks=blocks,
                    printed=self.printed(kind),
                    language=language,
                    printed_language=self.of_dialogue,
                )

    def heading(self, kind: PartKind) -> tuple[str, str]:
        """What a part is called, and the language that is in."""
        part = self.material.parts.get(kind)
        if part:
            if self.language == "fr" and part.heading_fr:
                return part.heading_fr, ""
            if part.heading and not self.of_dialogue:
                return part.heading, ""
        return str(kind.label), ""

    def printed(self, kind: PartKind) -> str:
        for section in self.material.texts(*_PRINTED.get(kind, ())):
            if section.heading:
                return section.heading
        return ""

    def opening(self, kind: PartKind, *record: SectionKind) -> Blocks:
        """What a part begins with: texts of record, then the facilitator's own text, or a draft."""
        texts = self.material.texts(*record)
        found = [block for section in texts for block in self.text_of(section)]
        own = self.own(kind)
        if not texts and not own and not self.material.is_front:
            return blocks_of(drafts.draft(self.known, kind))
        return (*found, *own)

    def own(self, kind: PartKind) -> Blocks:
        part = self.material.parts.get(kind)
        if part is None:
            return ()
        if self.language == "fr" and part.text_fr.strip():
            return blocks_of(part.text_fr)
        return blocks_of(part.text, self.of_dialogue)

    def text_of(self, section: RecordText, *, notes: bool = True) -> Iterator[Block]:
        yield from plain_blocks(section.body, self.of_dialogue)
        if notes:
            yield from self.notes_of(section)

    def notes_of(self, section: RecordText) -> Iterator[Block]:
        for text, style in (
            (section.source, Style.SOURCE),
            (section.footnote, Style.FOOTNOTE),
        ):
            if text:
                yield _said(text, self.of_dialogue, style)
        if section.note:
            words = (Run(f"{_('Note:')} "), Run(section.note))
            yield Paragraph(words, Style.NOTE, self.of_dialogue)

    def acknowledgements(self) -> Blocks:
        blocks = list(self.opening(PartKind.ACKNOWLEDGEMENTS, SectionKind.ACKNOWLEDGEMENTS))
        for convener in self.material.conveners:
            if convener.acknowledgement:
                blocks.append(Heading(convener.organization.name, language=self.of_dialogue))
                blocks += plain_blocks(convener.acknowledgement, self.of_dialogue)
        return tuple(blocks)

    def introduction(self) -> Blocks:
        return self.opening(PartKind.INTRODUCTION, SectionKind.INTRODUCTION)

    def project(self) -> Blocks:
        return self.of_report(PartKind.PROJECT, "project")

    def summary(self) -> Blocks:
        return self.of_report(PartKind.SUMMARY, "summary")

    def of_report(self, kind: PartKind, field: str) -> Blocks:
        """A text of record of the report talked over, and what the facilitator adds."""
        report = self.dialogue.report
        if report is None or not report.is_public:
            return self.own(kind)
        text = plain_blocks(getattr(report, field), self.foreign(report.language))
        return (*text, *self.own(kind))

    def recommendations(self) -> Blocks:
        rows = self.material.recommendations
        if not rows or self.dialogue.report is None:
            return self.own(PartKind.RECOMMENDATIONS)
        language = self.foreign(self.dialogue.report.language)
        blocks: list[Block] = list(self.own(PartKind.RECOMMENDATIONS))
        if self.dialogue.report.stem:
            blocks.append(_said(self.dialogue.report.stem, language))
        audience = pillar = 0
        items: list[Blocks] = []
        for row in rows:
            if (row.audience_id, row.pillar_id) != (audience, pillar) and items:
                blocks.append(Items(tuple(items)))
                items = []
            if row.audience_id != audience:
                record = row.audience.heading
                blocks.append(
                    Heading(record or row.audience.name, language=language if record else "")
                )
            if (row.audience_id, row.pillar_id) != (audience, pillar):
                blocks.append(Heading(row.pillar.name, level=4))
            audience, pillar = row.audience_id, row.pillar_id
            code = Run(row.code, is_strong=True, link=row.get_absolute_url())
            if language and row.translation:
                words = (Run(f" {row.translation} "), Run(f"({_('translation')})"))
                items.append((Paragraph((code, *words)),))
            else:
                items.append((Paragraph((code, Run(f" {row.text}")), language=language),))
        blocks.append(Items(tuple(items)))
        return tuple(blocks)

    def conveners(self) -> Blocks:
        blocks: list[Block] = list(self.own(PartKind.CONVENERS))
        names = [
            ", ".join(filter(None, [one.organization.name, one.organization.parent_name]))
            for one in self.material.conveners
        ]
        if names:
            blocks.append(Items(tuple((_said(name, self.of_dialogue),) for name in names)))
        if self.material.people:
            blocks.append(Heading(_("People named in the report")))
        for person in self.material.people:
            blocks += self.person(person)
        return tuple(blocks)

    def person(self, person: Person) -> Iterator[Block]:
        yield Heading(str(person), level=4, anchor=f"person-{person.order}")
        if person.role != PersonRole.NAMED:
            yield Paragraph((Run(str(person.get_role_display()), is_emphasis=True),))
        if office := ", ".join(filter(None, [person.title, person.affiliation])):
            yield _said(office, self.of_dialogue)
        if person.part:
            yield _said(person.part, self.of_dialogue)
        yield from plain_blocks(person.biography, self.of_dialogue)

    def what_is_a_dialogue(self) -> Blocks:
        own = self.own(PartKind.DIALOGUE)
        if texts := self.material.texts(SectionKind.DIALOGUE):
            quoted = [
                Quotation(plain_blocks(text.body, self.of_dialogue), text.source, self.of_dialogue)
                for text in texts
            ]
            return (*quoted, *own)
        term = self.material.term
        if own or term is None or self.material.is_front:
            return own
        words, language, source = term.definition_en, "en", term.source
        if self.language == "fr" and term.definition_fr:
            words, language, source = term.definition_fr, "fr", term.source_fr or term.source
        foreign = self.foreign(language)
        return (Quotation(plain_blocks(words, foreign), source, foreign),)

    def agenda(self) -> Blocks:
        items = tuple((_said(item.text, self.of_dialogue),) for item in self.material.agenda)
        own = self.own(PartKind.AGENDA)
        return (*own, Items(items, is_ordered=True)) if items else own

    def highlights(self) -> Blocks:
        rows = self.material.highlights
        if not rows:
            return ()
        quoted = [Quotation((self.statement(row),)) for row in rows]
        return (*self.own(PartKind.HIGHLIGHTS), *quoted)

    def round(self) -> Blocks:
        hopes, concerns = self.rows_of("hope"), self.rows_of("concern")
        opening = self.opening(PartKind.ROUND, SectionKind.ROUND)
        if not hopes and not concerns:
            return opening
        sides = Sides(
            self.listed("hope", hopes, heading=_("Hopes"), anchor="hopes"),
            self.listed("concern", concerns, heading=_("Concerns"), anchor="concerns"),
        )
        return (*opening, sides)

    def brief(self) -> Blocks:
        slides = self.material.texts(SectionKind.SLIDE)
        blocks = list(self.opening(PartKind.BRIEF, SectionKind.BRIEF))
        if slides:
            blocks.append(Items(tuple(map(self.slide, slides)), is_ordered=True))
        return tuple(blocks)

    def slide(self, section: RecordText) -> Blocks:
        body = tuple(self.text_of(section))
        if section.heading:
            title = Paragraph((Run(section.heading, is_strong=True),), language=self.of_dialogue)
            return (title, *body)
        if body and isinstance(body[0], Paragraph):
            return body
        return (_said(_("Without a title")), *body)

    def questions(self) -> Blocks:
        rows = self.rows_of("question")
        opening = self.opening(PartKind.QUESTIONS, SectionKind.QUESTIONS)
        return (*opening, self.listed("question", rows)) if rows else opening

    def resonance(self) -> Blocks:
        found = figures.resonance_blocks(self.dialogue, self.material.agenda)
        return (*self.own(PartKind.RESONANCE), *found)

    def reservations(self) -> Blocks:
        rows = self.rows_of("reservation")
        opening = self.opening(PartKind.RESERVATIONS, SectionKind.RESERVATIONS)
        return (*opening, self.listed("reservation", rows)) if rows else opening

    def ideas(self) -> Blocks:
        rows = self.rows_of("idea")
        blocks = list(self.opening(PartKind.IDEAS, SectionKind.IDEAS))
        printed = {one.sector: one.heading for one in self.material.texts(SectionKind.SECTOR)}
        names = [(sector.value, str(sector.label)) for sector in Sector]
        for value, label in (*names, ("", _("No sector named"))):
            if found := [row for row in rows if row.sector == value]:
                blocks.append(
                    self.listed(
                        "idea",
                        found,
                        heading=label,
                        printed=printed.get(value, ""),
                        anchor=f"ideas-{value}",
                        sector=value or "none",
                    )
                )
        if (n := self.material.counts.get("idea", 0)) > len(rows) and self.material.is_front:
            path = f"{self.list_path}?kind=idea"
            words = _("All %(n)s ideas") % {"n": number_format(n, force_grouping=True)}
            blocks.append(Paragraph((Run(words, link=path),)))
        return tuple(blocks)

    def commitments(self) -> Blocks:
        rows = self.rows_of("commitment")
        blocks = list(self.opening(PartKind.COMMITMENTS, SectionKind.COMMITMENTS))
        if rows:
            blocks.append(self.listed("commitment", rows))
            blocks += commitments.commitment_blocks(self.dialogue)
        return tuple(blocks)

    def figures(self) -> Blocks:
        if self.material.is_front:  # they count all that was said: editions have them
            return ()
        found = figures.figures_blocks(self.dialogue)
        return (*self.own(PartKind.FIGURES), *found) if found else self.own(PartKind.FIGURES)

    def conclusion(self) -> Blocks:
        blocks = list(self.opening(PartKind.CONCLUSION, SectionKind.CONCLUSION))
        closing = self.material.texts(SectionKind.CLOSING)
        steps = self.next_steps()
        if closing or steps:
            blocks.append(Heading(_("Closing and next steps"), anchor="next-steps"))
            # What stands beneath the closing comes after the list its last sentence announces.
            for text in closing:
                blocks += self.text_of(text, notes=False)
            blocks += steps
            for text in closing:
                blocks += self.notes_of(text)
        if texts := self.material.texts(SectionKind.FOLLOW_UP):
            blocks.append(Heading(_("What followed"), anchor="follow-up"))
            for text in texts:
                if text.heading:
                    blocks.append(Heading(text.heading, level=4, language=self.of_dialogue))
                blocks += self.text_of(text)
        if unanswered := [
            row for row in self.rows_of("question") if row.pk not in self.material.answers
        ]:
            blocks.append(Heading(_("Questions still to be answered"), anchor="unanswered"))
            blocks.append(Items(tuple((self.pointer(row),) for row in unanswered)))
        return tuple(blocks)

    def next_steps(self) -> Blocks:
        if found := commitments.next_steps_blocks(self.dialogue):
            return found
        texts = self.material.texts(SectionKind.NEXT_STEPS)
        return tuple(block for text in texts for block in self.text_of(text))

    def appendix(self) -> Blocks:
        found = appendix.blocks_for(self.dialogue, self.language)
        return (*self.own(PartKind.APPENDIX), *found)

    # ---- Statements ----

    def rows_of(self, kind: str) -> list[Contribution]:
        """Statements of a kind, without those folded into another one."""
        return [row for row in self.material.statements[kind] if row.pk not in self.folded]

    def listed(
        self,
        kind: str,
        rows: Iterable[Contribution],
        *,
        heading: str = "",
        printed: str = "",
        anchor: str = "",
        sector: str = "",
    ) -> Statements:
        found = tuple(self.statement(row) for row in rows)
        n = sum(1 + len(one.also) for one in found)
        if self.material.is_front and not sector:
            n = self.material.counts.get(kind, n)
        query = urlencode({"kind": kind, **({"sector": sector} if sector in Sector else {})})
        return Statements(
            of=kind,
            rows=found,
            n=n,
            path=f"{self.list_path}?{query}",
            heading=heading,
            printed=printed,
            anchor=anchor,
            printed_language=self.of_dialogue if printed else "",
        )

    def path_of(self, row: Contribution) -> str:
        return f"{self.list_path}{row.code}/"

    def pointer(self, row: Contribution) -> Paragraph:
        language = self.foreign(row.language)
        text = row.translation if language and row.translation else row.text
        foreign = "" if language and row.translation else language
        return Paragraph((Run(text, link=self.path_of(row)),), language=foreign)

    def statement(self, row: Contribution) -> Statement:
        language = self.foreign(row.language)
        likes = self.material.likes.get(row.pk, [])
        lines: list[Contribution] = [*row.lines, *likes]  # type: ignore[attr-defined]
        return Statement(
            code=row.code,
            of=row.kind,
            text=row.text,
            path=self.path_of(row),
            language=language,
            said_by=self.material.said_by[row.pk],
            was_edited=was_edited(row),
            translation=row.translation if language else "",
            note=row.note,
            about=tuple(self.material.about.get(row.pk, ())),
            lines=tuple(self.statement(line) for line in lines),
            answer=self.answer(row) if row.kind == ContributionKind.QUESTION else None,
            also=tuple(one.code for one in likes),
            outcome=self.material.outcomes.get(row.pk, ""),
            sector=self.sector_of(row) if row.sector else "",
            themes=tuple(self.material.themes.get(row.pk, ())),
        )

    def sector_of(self, row: Contribution) -> str:
        """The sector it speaks of, as far as that may be said. Looked up once a sector."""
        key = row.sector, row.kind, row.attribution
        if key not in self.sectors:
            self.sectors[key] = row.public_sector
        return self.sectors[key]

    def answer(self, row: Contribution) -> Answer | None:
        answer = self.material.answers.get(row.pk)
        if answer is None:
            return None
        language = self.foreign(answer.language)
        named = self.dialogue.attribution != Attribution.CHATHAM_HOUSE
        return Answer(
            blocks=plain_blocks(answer.text, language),
            answered_by=answer.answered_by if named else "",
            was_written_later=answer.was_written_later,
            footnote=answer.footnote,
            language=language,
        )


_PARTS: dict[PartKind, Callable[[_Assembly], Blocks]] = {
    PartKind.ACKNOWLEDGEMENTS: _Assembly.acknowledgements,
    PartKind.INTRODUCTION: _Assembly.introduction,
    PartKind.PROJECT: _Assembly.project,
    PartKind.SUMMARY: _Assembly.summary,
    PartKind.RECOMMENDATIONS: _Assembly.recommendations,
    PartKind.CONVENERS: _Assembly.conveners,
    PartKind.DIALOGUE: _Assembly.what_is_a_dialogue,
    PartKind.AGENDA: _Assembly.agenda,
    PartKind.HIGHLIGHTS: _Assembly.highlights,
    PartKind.ROUND: _Assembly.round,
    PartKind.BRIEF: _Assembly.brief,
    PartKind.QUESTIONS: _Assembly.questions,
    PartKind.RESONANCE: _Assembly.resonance,
    PartKind.RESERVATIONS: _Assembly.reservations,
    PartKind.IDEAS: _Assembly.ideas,
    PartKind.COMMITMENTS: _Assembly.commitments,
    PartKind.FIGURES: _Assembly.figures,
    PartKind.CONCLUSION: _Assembly.conclusion,
    PartKind.APPENDIX: _Assembly.appendix,
}
_PRINTED: dict[PartKind, tuple[SectionKind, ...]] = {
    PartKind.BRIEF: (SectionKind.BRIEF,),
    PartKind.RESERVATIONS: (SectionKind.RESERVATIONS,),
    PartKind.IDEAS: (SectionKind.IDEAS,),
    PartKind.COMMITMENTS: (SectionKind.COMMITMENTS,),
    PartKind.CONCLUSION: (SectionKind.CONCLUSION,),
}
