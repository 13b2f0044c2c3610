"""A resolution as Akoma Ntoso 3.0: its words, who decided on them and when, for other programs.

The schema is that of OASIS (akomantoso30.xsd). What nobody knows is left out, not guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree

from recommendations.typesetting import printable
from resolutions.composing import Composed, Line
from resolutions.documents.sheets import letter
from resolutions.models import ADOPTED, ClauseKind, Resolution, Step, StepKind, VoteMethod

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
CONTENT_TYPE = "application/akn+xml"
_LANGUAGES = {"en": "eng", "fr": "fra"}
_ENDS = {StepKind.RESCINDED, StepKind.VETOED}
# A date that is required and not known, as programs that read these files expect it.
_UNKNOWN = date(1, 1, 1)
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write(
    resolution: Resolution,
    *,
    steps: Sequence[Step],
    composed: Composed | None,
    asks: Mapping[str, str],
    site: str,
) -> bytes:
    """The file. ``steps`` are in the order they happened; ``composed`` is the text, None where no
    words are on record; ``asks`` are addresses of recommendations by code, and no other is named;
    ``site`` stands before paths ("https://example.org").

    Asks no query where the council, its jurisdiction, the model and the champion are there.
    """
    language = composed.language if composed else resolution.language
    with translation.override(language):
        document = _Document(resolution, list(steps), composed, asks, site, language)
        return document.write()


class _Document:
    def __init__(
        self,
        resolution: Resolution,
        steps: list[Step],
        composed: Composed | None,
        asks: Mapping[str, str],
        site: str,
        language: str,
    ) -> None:
        self.resolution, self.steps, self.composed = resolution, steps, composed
        self.asks, self.site, self.language = asks, site, language
        self.root = etree.Element(_tag("akomaNtoso"), nsmap={None: NAMESPACE})
        # What the file refers to: id, kind of thing, address, name.
        self.references: dict[str, tuple[str, str, str]] = {}

    def write(self) -> bytes:
        statement = _add(self.root, "statement", name=self.resolution.instrument)
        meta = _add(statement, "meta")
        self._identification(meta)
        self._lifecycle(meta)
        self._workflow(meta)
        self._votes(meta)
        self._preface(statement)
        self._words(statement)
        self._references(meta)  # last: by now all that is referred to is known
        return bytes(
            etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=False)
        )

    # ---- Who, where, when ----

    def _refer(self, eid: str, kind: str, address: str, name: str) -> str:
        self.references.setdefault(eid, (kind, address, name))
        return f"#{eid}"

    def _us(self) -> str:
        return self._refer("w2i", "TLCOrganization", self.site or "/", "W2I, The Will to Intervene")

    def _council(self) -> str:
        council = self.resolution.council
        address = f"/akn/ontology/organization/{self._country()}/{council.slug}"
        return self._refer("council", "TLCOrganization", address, str(council.name))

    def _country(self) -> str:
        return self.resolution.council.jurisdiction.code.lower()

    def _dates(self) -> tuple[date, date]:
        """The day it began and the day its words were settled."""
        days = [step.on for step in self.steps]
        settled = [step.on for step in self.steps if step.kind in ADOPTED | {StepKind.PROCLAIMED}]
        if not days:
            return _UNKNOWN, _UNKNOWN
        return days[0], settled[0] if settled else days[0]

    def _identification(self, meta: Any) -> None:
        resolution = self.resolution
        began, settled = self._dates()
        number = resolution.slug
        work = (
            f"/akn/{self._country()}/statement/{resolution.instrument}"
            f"/{resolution.council.slug}/{began.isoformat()}/{number}"
        )
        expression = f"{work}/{_LANGUAGES[self.language]}@{settled.isoformat()}"
        identification = _add(meta, "identification", source=self._us())
        for level, address, ending, on in (
            ("FRBRWork", work, "", began),
            ("FRBRExpression", expression, "", settled),
            ("FRBRManifestation", expression, ".xml", settled),
        ):
            part = _add(identification, level)
            _add(part, "FRBRthis", value=f"{address}/!main{ending}")
            _add(part, "FRBRuri", value=f"{address}{ending}")
            if level == "FRBRWork":
                page = f"{self.site}{resolution.get_absolute_url()}"
                _add(part, "FRBRalias", value=page, name="page")
            name = {"FRBRWork": "began", "FRBRExpression": "settled"}.get(level, "written")
            _add(part, "FRBRdate", date=on.isoformat(), name=name)
            author = self._us() if level == "FRBRManifestation" else self._council()
            _add(part, "FRBRauthor", href=author)
            if level == "FRBRWork":
                _add(part, "FRBRcountry", value=self._country())
                _add(part, "FRBRsubtype", value=resolution.instrument)
                if resolution.reference:
                    _add(part, "FRBRnumber", value=resolution.reference)
                _add(part, "FRBRname", value=self._title())
            if level == "FRBRExpression":
                _add(part, "FRBRlanguage", language=_LANGUAGES[self.language])

    def _title(self) -> str:
        return self.composed.title if self.composed else self.resolution.name

    # ---- What happened ----

    def _kind(self, step: Step) -> str:
        address = f"/akn/ontology/concept/w2i/{step.kind}"
        return self._refer(f"kind-{step.kind}", "TLCConcept", address, step.get_kind_display())

    def _standing(self, step: Step) -> str:
        word, name = (
            ("verified", _("Verified against its sources"))
            if step.verified_at
            else ("reported", _("Reported, not yet verified"))
        )
        return self._refer(word, "TLCConcept", f"/akn/ontology/concept/w2i/{word}", name)

    def _lifecycle(self, meta: Any) -> None:
        """What changed the words or their force: began, adopted as amended, ended."""
        if not self.steps:
            return
        lifecycle = _add(meta, "lifecycle", source=self._us())
        for number, step in enumerate(self.steps, 1):
            form = "generation" if number == 1 else None
            if step.kind == StepKind.AMENDED and number > 1:
                form = "amendment"
            elif step.kind in _ENDS and number > 1:
                form = "repeal"
            event = _add(
                lifecycle,
                "eventRef",
                eId=f"event_{number}",
                date=step.on.isoformat(),
                source=self._us(),
                refersTo=f"{self._kind(step)} {self._standing(step)}",
            )
            if form:
                event.set("type", form)

    def _workflow(self, meta: Any) -> None:
        if not self.steps:
            return
        workflow = _add(meta, "workflow", source=self._us())
        for number, step in enumerate(self.steps, 1):
            by = self._council()
            if step.actor:
                address = f"/akn/ontology/role/w2i/{self.resolution.slug}/{number}"
                by = self._refer(f"actor-{number}", "TLCRole", address, step.actor)
            _add(
                workflow,
                "step",
                eId=f"step_{number}",
                date=step.on.isoformat(),
                by=by,
                outcome=self._kind(step),
                href=f"{self.site}{self.resolution.get_absolute_url()}#step-{step.pk}",
            )

    def _votes(self, meta: Any) -> None:
        voted = [(n, step) for n, step in enumerate(self.steps, 1) if step.vote_method]
        if not voted:
            return
        parliamentary = _add(_add(meta, "analysis", source=self._us()), "parliamentary")
        for number, step in voted:
            eid = f"vote_{number}"
            voting = _add(
                parliamentary,
                "voting",
                eId=eid,
                outcome=self._kind(step),
                refersTo=f"#event_{number}",
            )
            counts = {
                "for": step.votes_for,
                "against": step.votes_against,
                "abstained": step.votes_abstained,
                "absent": step.votes_absent,
            }
            known = {word: n for word, n in counts.items() if n is not None}
            if not known:
                method = VoteMethod(step.vote_method)
                _add(
                    voting,
                    "count",
                    eId=f"{eid}__method",
                    value=method.value,
                    refersTo=self._concept(f"vote-{method.value}", str(method.label)),
                )
            for word, n in known.items():
                field: Any = Step._meta.get_field(f"votes_{word}")
                name = str(field.verbose_name)
                _add(
                    voting,
                    "count",
                    eId=f"{eid}__{word}",
                    value=str(n),
                    refersTo=self._concept(f"vote-{word}", name),
                )

    def _concept(self, eid: str, name: str) -> str:
        return self._refer(eid, "TLCConcept", f"/akn/ontology/concept/w2i/{eid}", name)

    def _references(self, meta: Any) -> None:
        references = _add(meta, "references", source=self._us())
        model = self.resolution.model
        if model is not None:
            _add(
                references,
                "original",
                eId="model",
                href=f"{self.site}{model.get_absolute_url()}",
                showAs=model.title,
            )
        for eid, (kind, address, name) in self.references.items():
            _add(references, kind, eId=eid, href=address, showAs=name or eid)

    # ---- The words ----

    def _preface(self, statement: Any) -> None:
        preface = _add(statement, "preface")
        preface.set(_XML_LANG, self.language)
        _add(_add(preface, "p"), "docTitle", self._title())
        for number, (name, role) in enumerate(self._proponents(), 1):
            eid = f"proponent-{number}"
            kind = "TLCOrganization" if role == "champion" else "TLCPerson"
            address = f"/akn/ontology/{kind[3:].lower()}/w2i/{self.resolution.slug}/{eid}"
            person = self._refer(eid, kind, address, name)
            office = self._concept(f"role-{role}", _ROLES[role]())
            line = _add(preface, "p")
            _add(line, "docProponent", name, refersTo=person)
            line.set("refersTo", office)
        if self.composed and self.composed.note:
            _add(preface, "p", self.composed.note).set("class", "note")
        if self.resolution.is_demo:
            _add(preface, "p", _("Demonstration data.")).set("class", "demonstration")

    def _proponents(self) -> Iterable[tuple[str, str]]:
        """Who brought it: the organization, who moved it, who seconded, each once."""
        found: dict[tuple[str, str], None] = {}
        if self.resolution.champion:
            found[self.resolution.champion.name, "champion"] = None
        for step in self.steps:
            for name, role in ((step.mover, "mover"), (step.seconder, "seconder")):
                if name.strip():
                    found[name, role] = None
        return found

    def _words(self, statement: Any) -> None:
        recitals = self.composed.recitals if self.composed else []
        operative = self.composed.operative if self.composed else []
        if recitals:
            preamble = _add(statement, "preamble")
            preamble.set(_XML_LANG, self.language)
            whole = _add(preamble, "recitals", eId="recitals")
            for number, line in enumerate(recitals, 1):
                recital = _add(whole, "recital", eId=f"recitals__rec_{number}")
                self._carries(recital, line)
                self._text(recital, line)
        body = _add(statement, "mainBody", eId="body")
        body.set(_XML_LANG, self.language)
        for number, line in enumerate(operative, 1):
            self._clause(body, line, number)
        if self.composed is None:
            _add(body, "p", _("The words of it are not on record.")).set("class", "unknown")
        elif not operative:
            _add(body, "p")

    def _clause(self, body: Any, line: Line, number: int) -> None:
        eid = f"para_{number}"
        paragraph = _add(body, "paragraph", eId=eid)
        if line.kind == ClauseKind.DISTRIBUTION:
            paragraph.set("class", "distribution")
        self._carries(paragraph, line)
        _add(paragraph, "num", f"{number}.")
        if not line.parts:
            self._text(_add(paragraph, "content"), line)
            return
        self._text(_add(paragraph, "intro"), line)
        for n, part in enumerate(line.parts):
            item = _add(paragraph, "subparagraph", eId=f"{eid}__subpara_{letter(n)}")
            self._carries(item, part)
            _add(item, "num", f"{letter(n)})")
            self._text(_add(item, "content"), part)

    def _carries(self, element: Any, line: Line) -> None:
        """Which recommendations a clause asks for."""
        found = [
            self._refer(f"ask-{code}", "TLCConcept", f"{self.site}{self.asks[code]}", code)
            for code in line.asks
            if code in self.asks
        ]
        if found:
            element.set("refersTo", " ".join(found))

    @staticmethod
    def _text(element: Any, line: Line) -> None:
        paragraph = _add(element, "p")
        if line.opening and line.text.startswith(line.opening):
            _add(paragraph, "b", line.opening).tail = printable(line.rest)
        else:
            paragraph.text = printable(line.text)


_ROLES = {
    "champion": lambda: _("Brought by"),
    "mover": lambda: _("Moved by"),
    "seconder": lambda: _("Seconded by"),
}


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Any, name: str, text: str = "", /, **attributes: str) -> Any:
    made = {key: printable(value) for key, value in attributes.items()}
    element = etree.SubElement(parent, _tag(name), made)
    if text:
        element.text = printable(text)
    return element
