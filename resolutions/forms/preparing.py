"""What somebody chooses for the text of a council."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resolutions.filling import (
    ASSOCIATION,
    CITY,
    COUNCIL,
    HEAD,
    PREMIER,
    NotFilled,
    Value,
    filled,
)
from resolutions.models import Clause, ClauseKind, Council, PlaceField
from resolutions.preparing import MOST_RECITALS

LONGEST = 3_000
KEEP, LEAVE, OWN, WORDING = "keep", "leave", "own", "wording"
# A model names its fields in its own language; the reader's may be another.
LABELS = {
    CITY: _("The municipality"),
    COUNCIL: _("Its council"),
    HEAD: _("Head of the government asked"),
    PREMIER: _("Head of the province or state"),
    ASSOCIATION: _("Municipal association"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One clause with its fields, and the sub-items under it."""

    clause: Clause
    do: forms.BoundField
    own: forms.BoundField
    text: str
    parts: list["Row"]

    @property
    def is_written(self) -> bool:
        """Whether there are words of one's own in its box."""
        return (self.own.value() or "").split() != self.text.split()


def number_of(text: str) -> int:
    """A small number somebody's browser sent back; 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 4 else 0


class TextField(forms.CharField):
    """Words of a clause: line breaks become spaces, as a clause is one paragraph."""

    def __init__(self, label: str, language: str, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
            required=False,
            max_length=LONGEST,
            error_messages={
                "max_length": _(
                    "That is %(show_value)d characters long: use at most %(limit_value)d."
                ),
                "null_characters_not_allowed": _("There is a character in it that is no letter."),
            },
            **kwargs,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # a browser that is told the length cuts what is pasted, and says nothing

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).split())


class PreparationForm(forms.Form):
    """Every clause of a model: keep it, leave it out, or say it otherwise; recitals of one's own;
    the words that change with the place.
    """

    use_required_attribute = False

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        *args: Any,
        clauses: list[Clause],
        fields: Iterable[PlaceField],
        filled_in: dict[str, Value],
        council: Council,
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": "", "use_required_attribute": False})
        self.clauses, self.filled_in, self.council = clauses, filled_in, council
        self.language = language
        self.place_fields = [
            field
            for field in fields
            if field.varies_with != "country" or field.name not in filled_in
        ]
        self._texts: dict[str, str] = {}
        for clause in clauses:
            self._offer(clause)
        asked = self.data.get("recitals", "") if self.is_bound else ""
        there = len(self.initial.get("recitals", ()))
        wanted = min(MOST_RECITALS, max(there + 1, number_of(asked)))
        self.recital_names = [f"recital-{n}" for n in range(1, wanted + 1)]
        for n, name in enumerate(self.recital_names, 1):
            self.fields[name] = TextField(gettext("Recital of your own %(n)d") % {"n": n}, language)
        for n, text in enumerate(self.initial.get("recitals", ()), 1):
            self.initial[f"recital-{n}"] = text
        for field in self.place_fields:
            value = filled_in.get(field.name)
            self.fields[f"value-{field.name}"] = forms.CharField(
                label=LABELS.get(field.name, field.label),
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"lang": self.language}),
            )
            self.fields[f"value-{field.name}"].widget.attrs.pop("maxlength", None)
            if self.language == "en" and field.name in (HEAD, PREMIER, ASSOCIATION):
                self.fields[f"value-{field.name}"].help_text = _(
                    "The office or the association, not a person. “The” stands before it in the"
                    " text."
                )
            own = self.initial.get("values", {}).get(field.name, "")
            self.initial[f"value-{field.name}"] = own or (value.words if value else "")

    def _offer(self, clause: Clause) -> None:
        code, asked = clause.code, self.initial.get("choices", {}).get(clause.code, {})
        choices: list[tuple[str, Any]] = [(KEEP, _("Keep it"))]
        choices += [(f"{WORDING}-{row.pk}", row.label_read) for row in clause.wordings.all()]
        choices += [(OWN, _("Say it in our own words")), (LEAVE, _("Leave it out"))]
        do = asked.get("do", KEEP)
        self.initial[f"do-{code}"] = f"{WORDING}-{asked['wording']}" if do == WORDING else do
        try:
            text = filled(clause.text, clause, self.filled_in, self.council)
        except NotFilled:
            text = clause.text
        self._texts[code] = text
        self.initial[f"own-{code}"] = asked.get("text", "") or text
        self.fields[f"do-{code}"] = forms.ChoiceField(
            label=gettext("What to do with %(code)s") % {"code": code},
            choices=choices,
            widget=forms.RadioSelect,
            required=False,
            error_messages={"invalid_choice": _("Choose one of these.")},
        )
        self.fields[f"own-{code}"] = TextField(
            gettext("Your words for %(code)s") % {"code": code}, self.language
        )

    # ---- For the template ----

    @property
    def rows(self) -> list[Row]:
        """The clauses in order, sub-items under theirs."""
        found: dict[int, Row] = {}
        top: list[Row] = []
        for clause in self.clauses:
            code = clause.code
            row = Row(clause, self[f"do-{code}"], self[f"own-{code}"], self._texts[code], [])
            found[clause.pk] = row
            parent = found.get(clause.part_of_id or 0)
            (parent.parts if parent else top).append(row)
        return top

    @property
    def recital_rows(self) -> list[Row]:
        return [row for row in self.rows if row.clause.kind == ClauseKind.RECITAL]

    @property
    def operative_rows(self) -> list[Row]:
        return [row for row in self.rows if row.clause.kind != ClauseKind.RECITAL]

    @property
    def own_recitals(self) -> list[forms.BoundField]:
        return [self[name] for name in self.recital_names]

    @property
    def place_values(self) -> list[forms.BoundField]:
        return [self[f"value-{field.name}"] for field in self.place_fields]

    @property
    def may_add(self) -> bool:
        return len(self.recital_names) < MOST_RECITALS

    # ---- What it says ----

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for clause in self.clauses:
            own = f"own-{clause.code}"
            if data.get(f"do-{clause.code}") == OWN and own in data and not data[own]:
                self.add_error(own, _("Write your words here, or choose another answer above."))
        left = [c for c in self.clauses if data.get(f"do-{c.code}") == LEAVE]
        operative = [c for c in self.clauses if c.kind == ClauseKind.RESOLVED]
        if operative and all(clause in left for clause in operative):
            self.add_error(
                f"do-{operative[0].code}",
                _("A resolution asks for something: keep at least one operative clause."),
            )
        for clause in operative:
            parts = [c for c in self.clauses if c.part_of_id == clause.pk]
            is_kept = data.get(f"do-{clause.code}") not in (LEAVE, OWN)
            if parts and is_kept and all(part in left for part in parts):
                self.add_error(
                    f"do-{clause.code}",
                    _(
                        "All that it asks for is left out: leave this out too, keep a part of it,"
                        " or say it in your own words."
                    ),
                )
        for field in self.place_fields:
            name = f"value-{field.name}"
            if name in data and not data[name] and field.name not in self.filled_in:
                self.add_error(name, _("These words stand in the text: write them here."))
        return data

    @property
    def choices(self) -> dict[str, dict[str, Any]]:
        """As ``Preparation.choices`` keeps them: what is not kept as it is."""
        found: dict[str, dict[str, Any]] = {}
        for clause in self.clauses:
            do = self.cleaned_data.get(f"do-{clause.code}") or KEEP
            text = self.cleaned_data.get(f"own-{clause.code}", "")
            is_written = bool(text) and text != self._texts[clause.code]
            if do.startswith(f"{WORDING}-"):
                found[clause.code] = {"do": WORDING, "wording": int(do.removeprefix("wording-"))}
            elif do == LEAVE or is_written:
                found[clause.code] = {"do": do}
            # Words somebody wrote are kept whatever they chose, should they want them after all.
            if is_written:
                found[clause.code]["text"] = text
        return found

    @property
    def recitals(self) -> list[str]:
        return [text for name in self.recital_names if (text := self.cleaned_data.get(name, ""))]

    @property
    def values(self) -> dict[str, str]:
        """Words that differ from those filled in."""
        found = {}
        for field in self.place_fields:
            words = self.cleaned_data.get(f"value-{field.name}", "")
            value = self.filled_in.get(field.name)
            if words and (value is None or words != value.words):
                found[field.name] = words
        return found
