"""The words of a text, clause by clause."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resolutions.composing import Composed, Line
from resolutions.models import ClauseKind
from resolutions.recording import clauses_in, mark_of, opening_of

LONGEST = 5_000
LONGEST_TEXT = 60_000
MOST_CLAUSES = 80
MORE = 3


def words_field(label: Any, *, most: int = LONGEST, rows: int = 4, **kwargs: Any) -> Any:
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "max_length": _("That is %(show_value)d characters long: use at most %(limit_value)d."),
            "null_characters_not_allowed": _("There is a character in it that is no letter."),
        },
        **kwargs,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one clause: its words, and whether it was left out."""

    line: Line
    label: str
    text: forms.BoundField
    out: forms.BoundField


@dataclass(frozen=True, slots=True)
class More:
    """The fields of a clause that was added."""

    kind: forms.BoundField
    after: forms.BoundField
    text: forms.BoundField


class TextForm(forms.Form):
    """A text as it became: each clause as it was, in other words, or left out; clauses added.

    Instead of that the whole text can be pasted, a paragraph for each clause. ``base`` is what the
    clauses are laid over, and ``mark`` tells which that was when the form was shown.
    """

    use_required_attribute = False

    whole = words_field(
        _("The whole text"),
        most=LONGEST_TEXT,
        rows=12,
        help_text=_(
            "A blank line between clauses. What begins with WHEREAS or ATTENDU is a recital; what"
            " begins with a letter or a dash is a sub-item of the clause above it."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, base: Composed | None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.base_lines = base.flat if base else []
        self.initial["mark"] = mark_of(base)
        if base:
            self.initial.setdefault("language", base.language)
        self.labels = _labels(self.base_lines)
        for number, (line, label) in enumerate(zip(self.base_lines, self.labels, strict=True)):
            self.fields[f"text_{number}"] = words_field(
                gettext("%(clause)s: the words") % {"clause": label},
                rows=max(2, len(line.text) // 70 + 1),
            )
            self.initial[f"text_{number}"] = line.text
            self.fields[f"out_{number}"] = forms.BooleanField(
                label=gettext("%(clause)s was left out") % {"clause": label}, required=False
            )
        places = [("start", gettext("At the beginning"))]
        places += [
            (str(n), gettext("After %(clause)s") % {"clause": x}) for n, x in self._numbered()
        ]
        for number in range(MORE if self.base_lines else 0):
            of = {"number": number + 1}
            self.fields[f"more_text_{number}"] = words_field(
                gettext("Added clause %(number)d: the words") % of, rows=3
            )
            self.fields[f"more_kind_{number}"] = forms.ChoiceField(
                label=gettext("Added clause %(number)d: what it is") % of,
                choices=ClauseKind,
                required=False,
            )
            self.initial[f"more_after_{number}"] = self._last_recital()
            self.fields[f"more_after_{number}"] = forms.ChoiceField(
                label=gettext("Added clause %(number)d: where it stands") % of,
                choices=places,
                required=False,
            )

    @property
    def is_stale(self) -> bool:
        """Whether it was filled in over another text than the one it is laid over now."""
        return self.is_bound and self.data.get("mark") != self.initial["mark"]

    @property
    def sent(self) -> list[str]:
        """The words of each clause as they were sent, whatever text they were laid over."""
        pasted = [line.text for line in clauses_in(self.data.get("whole", ""))]
        names = [name for name in self.data if re.fullmatch(r"(more_)?text_\d{1,3}", name)]
        kept = [
            _one_line(self.data[name])
            for name in names
            if name.replace("text_", "out_") not in self.data
        ]
        return [words for words in pasted or kept if words]

    @property
    def says_the_same(self) -> bool:
        """Whether what was sent is on record already, as after a double click."""
        there = Counter(_one_line(line.text) for line in self.base_lines)
        return bool(there) and Counter(self.sent) == there

    @property
    def not_there(self) -> list[str]:
        """What was sent and isn't in the text that stands."""
        there = {_one_line(line.text) for line in self.base_lines}
        return [words for words in self.sent if words not in there]

    def _last_recital(self) -> str:
        recitals = [n for n, line in enumerate(self.base_lines) if line.kind == ClauseKind.RECITAL]
        return str(recitals[-1]) if recitals else "start"

    def _numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.labels))

    @property
    def rows(self) -> list[Row]:
        return [
            Row(line, self.labels[n], self[f"text_{n}"], self[f"out_{n}"])
            for n, line in enumerate(self.base_lines)
        ]

    @property
    def more(self) -> list[More]:
        return [
            More(self[f"more_kind_{n}"], self[f"more_after_{n}"], self[f"more_text_{n}"])
            for n in range(MORE if self.base_lines else 0)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        pasted = data["whole"].strip()
        if pasted and self._is_edited():
            self.add_error(
                "whole",
                _("Paste the whole text or edit its clauses, not both: one of them would be lost."),
            )
            return data
        self.lines = clauses_in(pasted) if pasted else self._edited()
        if self.errors:
            return data
        if not self.lines:
            self.add_error("whole", _("A text has at least one clause: paste or write it."))
        elif len(self.lines) > MOST_CLAUSES:
            self.add_error(
                "whole",
                gettext("These are %(n)d clauses: a text has at most %(most)d.")
                % {"n": len(self.lines), "most": MOST_CLAUSES},
            )
        elif any(len(line.text) > LONGEST for line in self.lines):
            self.add_error(
                "whole",
                gettext(
                    "A clause in it has more than %(most)d characters: put a blank line between"
                    " clauses."
                )
                % {"most": LONGEST},
            )
        return data

    def _is_edited(self) -> bool:
        data = self.cleaned_data
        return any(
            data[f"out_{n}"] or _one_line(data[f"text_{n}"]) != _one_line(line.text)
            for n, line in enumerate(self.base_lines)
        ) or any(data[f"more_text_{n}"].strip() for n in range(len(self.more)))

    def _place(self, after: str, kind: str) -> str:
        """After which clause an added one stands: no clause comes between one and its sub-items."""
        if not after.isdigit() or kind == ClauseKind.SUB_ITEM:
            return after or "start"
        number = int(after)
        while (
            number + 1 < len(self.base_lines)
            and self.base_lines[number + 1].kind == ClauseKind.SUB_ITEM
        ):
            number += 1
        return str(number)

    def _edited(self) -> list[Line]:
        """The clauses as they became, in order. Shows what is wrong beside its field."""
        data = self.cleaned_data
        added: dict[str, list[Line]] = {}
        for n in range(len(self.more)):
            if words := _one_line(data[f"more_text_{n}"]):
                kind = data[f"more_kind_{n}"] or ClauseKind.RECITAL
                line = Line(kind=kind, text=words, opening=opening_of(words))
                added.setdefault(self._place(data[f"more_after_{n}"], kind), []).append(line)
        lines = list(added.get("start", ()))
        head_is_out = False
        for n, line in enumerate(self.base_lines):
            is_out, words = data[f"out_{n}"], _one_line(data[f"text_{n}"])
            if line.kind != ClauseKind.SUB_ITEM:
                head_is_out = is_out
            elif head_is_out and not is_out:
                self.add_error(
                    f"out_{n}",
                    _("Its clause was left out: leave this out too, or keep the clause."),
                )
            if not is_out and not words:
                self.add_error(f"text_{n}", _("Write the words, or say that it was left out."))
            elif not is_out:
                same = words == _one_line(line.text)
                opening = line.opening if words.startswith(line.opening) else opening_of(words)
                lines.append(line if same else replace(line, text=words, opening=opening))
            lines += added.get(str(n), ())
        if lines and lines[0].kind == ClauseKind.SUB_ITEM:
            self.add_error(None, _("A text can’t begin with a sub-item: put its clause before it."))
        return lines


def _one_line(text: str) -> str:
    """Line breaks become spaces: a clause is one paragraph."""
    return " ".join(text.split())


def _labels(lines: list[Line]) -> list[str]:
    """What each clause is called: the model's number, or its kind and where it stands."""
    return [
        line.code
        or gettext("%(kind)s, number %(n)d") % {"kind": ClauseKind(line.kind).label, "n": number}
        for number, line in enumerate(lines, 1)
    ]
