"""The place-dependent words of a model, for one council.

Every value is a noun phrase as the model's language writes it: in English without its article,
which stands in the text ("the City of Vancouver"); in French with it ("la Ville de Montréal"),
since there it is part of the words and may be elided.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from resolutions.models import (
    Association,
    AssociationLevel,
    Clause,
    Council,
    CouncilKind,
    Jurisdiction,
    JurisdictionKind,
    ModelResolution,
    PlaceField,
    PlaceTerm,
    standing,
)

CITY, COUNCIL, HEAD, PREMIER, ASSOCIATION = (
    "city",
    "council",
    "head_of_government",
    "premier",
    "municipal_association",
)
# What a council, its jurisdiction and its associations have words for.
KNOWN = frozenset({CITY, COUNCIL, HEAD, PREMIER, ASSOCIATION})
# What is filled in from what is on record of a council and its place.
FILLED = (CITY, COUNCIL, HEAD, PREMIER, ASSOCIATION)


@dataclass(frozen=True, slots=True)
class Value:
    """Words for a field. ``short`` is what the text says the second time, '' where that is the
    same; ``takes_article`` is whether English puts "the" before them.
    """

    words: str
    short: str = ""
    takes_article: bool = True


class NotFilled(ValueError):
    """Place-dependent fields have no words for this council. Names the clause and all of them."""

    def __init__(self, clause: Clause, fields: Sequence[PlaceField], council: Council) -> None:
        super().__init__(f"{clause.code}: {', '.join(row.name for row in fields)} ({council})")
        self.clause = clause
        self.fields = tuple(fields)
        self.council = council

    @property
    def field(self) -> PlaceField:
        """The first of them."""
        return self.fields[0]


_FORMAL_EN: dict[str, str] = {
    CouncilKind.CITY: "City of {}",
    CouncilKind.TOWN: "Town of {}",
    CouncilKind.VILLAGE: "Village of {}",
    CouncilKind.DISTRICT: "District of {}",
    CouncilKind.COUNTY: "County of {}",
    CouncilKind.TOWNSHIP: "Township of {}",
    CouncilKind.RURAL: "Rural Municipality of {}",
    CouncilKind.REGIONAL: "Regional Municipality of {}",
    CouncilKind.PARISH: "Parish of {}",
    CouncilKind.HAMLET: "Hamlet of {}",
    CouncilKind.BOROUGH: "Borough of {}",
}
_COUNCIL_EN: dict[str, str] = {
    CouncilKind.CITY: "{} City Council",
    CouncilKind.TOWN: "{} Town Council",
    CouncilKind.VILLAGE: "{} Village Council",
    CouncilKind.COUNTY: "{} County Council",
    CouncilKind.TOWNSHIP: "{} Township Council",
    CouncilKind.REGIONAL: "{} Regional Council",
    CouncilKind.BOROUGH: "{} Borough Council",
}
_FORMAL_FR: dict[str, str] = {
    CouncilKind.CITY: "la Ville {}",
    CouncilKind.TOWN: "la Ville {}",
    CouncilKind.VILLAGE: "le Village {}",
    CouncilKind.DISTRICT: "le District {}",
    CouncilKind.COUNTY: "le Comté {}",
    CouncilKind.TOWNSHIP: "le Canton {}",
    CouncilKind.RURAL: "la Municipalité rurale {}",
    CouncilKind.REGIONAL: "la Municipalité régionale {}",
    CouncilKind.PARISH: "la Paroisse {}",
    CouncilKind.HAMLET: "le Hameau {}",
    CouncilKind.BOROUGH: "l’Arrondissement {}",
}


def of_french(name: str) -> str:
    """A name after "de": "de Montréal", "d’Ottawa", "du Bic", "des Escoumins"."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    # An h counts as aspirated: no list says of every place whether it is.
    vowel = re.match(r"[AEIOUÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆaeiouàâäéèêëîïôöùûüœæ]", name)
    return f"d’{name}" if vowel else f"de {name}"


def formal_name(council: Council, language: str) -> str:
    """What a text calls the municipality: its own formal name, or one made of kind and name."""
    if language == "fr":
        pattern = _FORMAL_FR.get(council.kind, "la Municipalité {}")
        return council.formal_name_fr or pattern.format(of_french(council.name_fr or council.name))
    if council.kind == CouncilKind.COUNTY and _is_american(council):
        return council.formal_name or f"{council.name.removesuffix(' County')} County"
    pattern = _FORMAL_EN.get(council.kind, "Municipality of {}")
    return council.formal_name or pattern.format(council.name)


def council_name(council: Council, language: str) -> str:
    """What a text calls the council."""
    if language == "fr":
        name = of_french(council.name_fr or council.name)
        return council.council_name_fr or f"le conseil municipal {name}"
    pattern = _COUNCIL_EN.get(council.kind, "{} Municipal Council")
    return council.council_name or pattern.format(council.name.removesuffix(" County"))


def _is_american(council: Council) -> bool:
    return council.jurisdiction.code.startswith("US")


def country_of(council: Council) -> Jurisdiction:
    place = council.jurisdiction
    return place.parent or place


def associations_of(council: Council) -> list[Association]:
    """Those a text of this council can name, the one that fits best first.

    The association of the province or state that serves its kind; the others of it after that;
    the country's where there is none.
    """
    of_region = list(
        council.jurisdiction.associations.filter(level=AssociationLevel.PROVINCIAL).order_by(
            "order", "id"
        )
    )
    if not of_region:
        return list(
            country_of(council)
            .associations.filter(level=AssociationLevel.NATIONAL)
            .order_by("order", "id")
        )
    return sorted(of_region, key=lambda row: not row.serves_kind(council.kind))


def association_value(association: Association, language: str) -> Value:
    """How a text in this language names an association."""
    if language == "fr":
        return Value(f"{association.article_fr}{association.name_fr or association.name_en}")
    return Value(association.name_en, takes_article=association.takes_article)


def _head(place: Jurisdiction, language: str) -> Value | None:
    if language == "fr":
        words, short = place.head_fr, place.head_short_fr
        return Value(f"le {words}", f"le {short}" if short else "") if words else None
    return Value(place.head_en, place.head_short_en) if place.head_en else None


def values_for(
    council: Council, model: ModelResolution, own: dict[str, str] | None = None
) -> dict[str, Value]:
    """Words for every place-dependent field of a model; a field nobody has words for is missing.

    ``own`` are words somebody chose instead, by the name of the field. Fields that vary with the
    country alone keep the words of the model within its country. Asks two queries at most.
    """
    language = model.language
    country = country_of(council)
    found: dict[str, Value] = {
        CITY: Value(formal_name(council, language)),
        COUNCIL: Value(council_name(council, language)),
    }
    if head := _head(country, language):
        found[HEAD] = head
    # A federal district's mayor is its head of government: the text names the office there is.
    if council.jurisdiction.kind != JurisdictionKind.COUNTRY and (
        premier := _head(council.jurisdiction, language)
    ):
        found[PREMIER] = premier
    if associations := associations_of(council):
        found[ASSOCIATION] = association_value(associations[0], language)
    for field in model.fields.all():
        same_country = model.country_id is None or model.country_id == country.pk
        if field.name not in found and field.varies_with == "country" and same_country:
            found[field.name] = Value(field.original, field.short_original)
        if words := (own or {}).get(field.name):
            kept = found.get(field.name)
            same = kept is not None and kept.words == words
            found[field.name] = kept if kept and same else Value(words, takes_article=True)
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field stands in a text."""

    start: int
    end: int
    term: PlaceTerm


def _places(text: str, clause: Clause) -> list[_Place]:
    """Every place-dependent word of a text of the clause, in its order.

    The longest words come first: "Prime Minister of Canada" before the "Canada" in it.
    """
    found: list[_Place] = []
    for term in sorted(clause.place_terms.all(), key=lambda row: -len(row.text)):
        free = [
            _Place(start, end, term)
            for start, end in standing(term.text, text)
            if not any(start < other.end and end > other.start for other in found)
        ]
        found += free[: term.occurrences]
    return sorted(found, key=lambda place: place.start)


def missing(text: str, clause: Clause, values: dict[str, Value]) -> list[PlaceField]:
    """The fields that stand in a text of the clause and have no words, each once."""
    return _missing(_places(text, clause), values)


def _missing(places: list[_Place], values: dict[str, Value]) -> list[PlaceField]:
    fields = {place.term.field.pk: place.term.field for place in places}
    return [row for row in fields.values() if row.name not in values or not values[row.name].words]


def filled(text: str, clause: Clause, values: dict[str, Value], council: Council) -> str:
    """A text of a clause with its place-dependent words replaced. The words of record stand where
    the value says the same.

    Raises:
        NotFilled: fields that stand in the text have no words.
    """
    places = _places(text, clause)
    if unfilled := _missing(places, values):
        raise NotFilled(clause, unfilled, council)
    for place in reversed(places):
        field = place.term.field
        value, start = values[field.name], place.start
        is_short = bool(field.short_original) and place.term.text == field.short_original
        words = value.short if is_short and value.short else value.words
        if not value.takes_article and text[:start].lower().endswith("the "):
            start -= 4
        text = f"{text[:start]}{words}{text[place.end :]}"
    return text
