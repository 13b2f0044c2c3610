"""Writing a model: finding its place-dependent words, what keeps it from being published, and its
next version.
"""

import re
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.models import Precision, one_refresh
from resolutions.filling import KNOWN
from resolutions.models import (
    Clause,
    ModelResolution,
    PlaceField,
    PlaceTerm,
    standing,
)

_M = TypeVar("_M", bound=models.Model)
_GAP = re.compile(r"\{[^{}]*\}|_{3,}")


def find_terms(model: ModelResolution) -> int:
    """Mark every place-dependent word of a draft where it stands, and count those marked already.

    Words are those of the fields, in full or short, and those marked by hand. What no longer
    stands in its clause is marked no longer. Gives how many marks were made, changed or taken off.
    """
    fields = list(model.fields.all())
    changes = 0
    with one_refresh():
        for clause in _clauses(model):
            terms = {(row.field_id, row.text): row for row in clause.place_terms.all()}
            wanted = {(row.field_id, row.text): row.field for row in terms.values()}
            for field in fields:
                for words in filter(None, (field.original, field.short_original)):
                    wanted.setdefault((field.pk, words), field)
            counts = _counts(clause, [words for _field, words in wanted])
            for (pk, words), field in wanted.items():
                n, term = counts.get(words, 0), terms.get((pk, words))
                if term is None and n:
                    PlaceTerm.objects.create(clause=clause, field=field, text=words, occurrences=n)
                elif term is not None and not n:
                    term.delete()
                elif term is not None and term.occurrences != n:
                    term.occurrences = n
                    term.save(update_fields=["occurrences"])
                else:
                    continue
                changes += 1
    return changes


def _clauses(model: ModelResolution) -> list[Clause]:
    return list(
        model.clauses.order_by("order", "id").prefetch_related("place_terms__field", "wordings")
    )


def _texts(clause: Clause) -> list[str]:
    return [clause.text, *(row.text for row in clause.wordings.all())]


def _counts(clause: Clause, words: list[str]) -> dict[str, int]:
    """How often words stand in a clause or in another wording of it, whichever is more. Words
    inside longer ones are not counted.
    """
    counts: dict[str, int] = {}
    for text in _texts(clause):
        taken: list[tuple[int, int]] = []
        for each in sorted(set(words), key=lambda row: -len(row)):
            free = [
                (start, end)
                for start, end in standing(each, text)
                if not any(start < other_end and end > other for other, other_end in taken)
            ]
            taken += free
            counts[each] = max(counts.get(each, 0), len(free))
    return counts


def faults(model: ModelResolution) -> list[str]:
    """What keeps a model from being published, each naming its clause or its field.

    A text made from it would have a gap, or would name somebody else's place.
    """
    fields = list(model.fields.all())
    clauses = _clauses(model)
    found = [fault for clause in clauses for fault in _faults_of(clause, fields)]
    where: dict[int, list[str]] = {}
    for clause in clauses:
        for term in clause.place_terms.all():
            where.setdefault(term.field_id, []).append(clause.code)
    for field in fields:
        if field.pk not in where:
            found.append(_("The field “%(field)s” stands in no clause.") % {"field": field.name})
        elif field.name not in KNOWN and field.varies_with != "country":
            found.append(
                _("%(clauses)s: nothing is known to fill the field “%(field)s” with.")
                % {"clauses": ", ".join(dict.fromkeys(where[field.pk])), "field": field.name}
            )
    return found


def _faults_of(clause: Clause, fields: list[PlaceField]) -> list[str]:
    found = []
    code = clause.code
    terms = list(clause.place_terms.all())
    counts = _counts(clause, [row.text for row in terms])
    for term in terms:
        if term.field.model_id != clause.model_id:
            found.append(
                _("%(code)s: the field “%(field)s” belongs to another model.")
                % {"code": code, "field": term.field.name}
            )
        if counts[term.text] == 0:
            found.append(
                _("%(code)s: “%(words)s” does not stand in it.")
                % {"code": code, "words": term.text}
            )
        elif counts[term.text] < term.occurrences:
            found.append(
                _("%(code)s: “%(words)s” does not stand in it %(n)d times.")
                % {"code": code, "words": term.text, "n": term.occurrences}
            )
    for text in _texts(clause):
        if not text.startswith(clause.opening):
            found.append(
                _("%(code)s: the text “%(text)s” does not begin with the opening words.")
                % {"code": code, "text": f"{text[:40]}…"}
            )
        found += [
            _("%(code)s: “%(words)s” is a gap. Write words there and mark them.")
            % {"code": code, "words": match}
            for match in _GAP.findall(text)
        ]
    return found + _unmarked(clause, terms, fields)


def _unmarked(clause: Clause, terms: list[PlaceTerm], fields: list[PlaceField]) -> list[str]:
    """Words of a field that stand in a clause without being marked: they would stay as they are
    in the text of another place.
    """
    marked = {row.text: row.occurrences for row in terms}
    originals = {words for row in fields for words in (row.original, row.short_original) if words}
    counts = _counts(clause, [*marked, *originals])
    return [
        _("%(code)s: “%(words)s” stands in it without being marked as place-dependent.")
        % {"code": clause.code, "words": words}
        for words in sorted(originals)
        if counts[words] > marked.get(words, 0)
    ]


def new_version(model: ModelResolution) -> ModelResolution:
    """A draft of the next version of a public model, with all that belongs to it.

    It names no author: nobody is said to have written what they have not.

    Raises:
        ValidationError: the model is a draft itself, or has a next version already.
    """
    with one_refresh():
        if not model.is_public:
            raise ValidationError(_("A draft is changed as it is; it needs no other version."))
        if (later := ModelResolution.objects.filter(replaces=model).first()) is not None:
            raise ValidationError(
                _("Its next version is there already: %(version)s.") % {"version": later.slug}
            )
        new = _copied(
            model,
            slug=_free_slug(model),
            version=model.version + 1,
            replaces_id=model.pk,
            author="",
            dated=timezone.localdate(),
            dated_precision=Precision.DAY,
            published_at=None,
            published_by_id=None,
        )
        new.not_carried.set(model.not_carried.all())
        fields = {
            row.pk: _copied(row, model_id=new.pk).pk for row in model.fields.order_by("order", "id")
        }
        clauses: dict[int, int] = {}
        # Clauses before the sub-items that hang from them, whatever their order.
        rows = model.clauses.order_by(models.F("part_of").asc(nulls_first=True), "order", "id")
        for clause in rows.prefetch_related("recommendations", "place_terms", "wordings"):
            part_of = clauses[clause.part_of_id] if clause.part_of_id else None
            copy = _copied(clause, model_id=new.pk, part_of_id=part_of)
            copy.recommendations.set(clause.recommendations.all())
            clauses[clause.pk] = copy.pk
            for term in clause.place_terms.all():
                _copied(term, clause_id=copy.pk, field_id=fields[term.field_id])
            for wording in clause.wordings.all():
                _copied(wording, clause_id=copy.pk)
    return new


def _copied(row: _M, **changes: Any) -> _M:
    """A new row like this one but for some columns."""
    columns = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in columns}
    copy = type(row)(**{**values, **changes})
    copy.save()
    return copy


def _free_slug(model: ModelResolution) -> str:
    """The address of the next version: "cities", then "cities-v2", then "cities-v3"."""
    base = re.sub(r"-v\d+(-\d+)?\Z", "", model.slug)[:70]
    slug, n = f"{base}-v{model.version + 1}", 1
    while ModelResolution.objects.filter(slug=slug).exists():
        n += 1
        slug = f"{base}-v{model.version + 1}-{n}"
    return slug
