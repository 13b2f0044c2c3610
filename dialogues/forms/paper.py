"""What is asked where a dialogue meets paper: prints, cards and lists."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues import capturing, cards, importing, printing
from dialogues.capturing import Said
from dialogues.models import (
    Contribution,
    ContributionKind,
    Dialogue,
    Participant,
    Room,
)

MOST_CARDS = 600  # in one print


class _Plain(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class SheetForm(_Plain):
    """The paper and the language of a sheet. What an address leaves out is as usual there."""

    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=[("a4", gettext_lazy("A4")), ("letter", gettext_lazy("US Letter"))],
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, required=False
    )

    def __init__(self, *args: Any, dialogue: Dialogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialogue = dialogue
        self.usual: dict[str, Any] = {
            "each": 4,
            "paper": printing.paper_of(dialogue),
            "language": dialogue.language,
        }
        for name in self.usual.keys() & self.fields.keys():
            self.fields[name].initial = self.usual[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {k: v for k, v in self.usual.items() if k in cleaned and not cleaned[k]}


class _CardSheetForm(SheetForm):
    each = forms.TypedChoiceField(
        label=gettext_lazy("Cards on a page"),
        choices=[("4", gettext_lazy("4, large")), ("8", gettext_lazy("8, small"))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    field_order = ["each", "paper", "language"]


class CardsForm(_CardSheetForm):
    """How many new cards of each kind. Each gets a number, for good."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, dialogue=room.dialogue, **kwargs)
        self.fields["seen"].initial = sum(len(run) for run in cards.runs_of(room))
        for kind in ContributionKind:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                min_value=0,
                max_value=300,
                required=False,
                error_messages={
                    "invalid": _("Write how many, in figures."),
                    "min_value": _("Write 0 or more."),
                    "max_value": _("Print at most %(limit_value)d of a kind at once."),
                },
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.order_fields([*ContributionKind.values, "each", "paper", "language"])

    @cached_property
    def kinds(self) -> list[forms.BoundField]:
        return [self[kind] for kind in ContributionKind.values]

    @property
    def counts(self) -> dict[ContributionKind, int]:
        return {kind: self.cleaned_data.get(kind.value) or 0 for kind in ContributionKind}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            n = sum(cleaned.get(kind) or 0 for kind in ContributionKind.values)
            if n == 0:
                self.add_error("hope", _("Say how many cards of at least one kind."))
            elif n > MOST_CARDS:
                raise ValidationError(
                    _("These are %(n)d cards. Print at most %(most)d at once."),
                    params={"n": n, "most": MOST_CARDS},
                )
        return cleaned


class ReprintForm(_CardSheetForm):
    """Which of the cards there are to print again."""

    kind = forms.TypedChoiceField(
        label=gettext_lazy("Kind"), choices=ContributionKind, coerce=ContributionKind
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, dialogue=room.dialogue, **kwargs)
        self.room = room
        for name, label in (("from", _("From number")), ("to", _("To number"))):
            # Of small whole numbers: an address may ask for anything.
            self.fields[name] = forms.IntegerField(
                label=label,
                min_value=1,
                max_value=99_999,
                error_messages={
                    "required": _("Write the number."),
                    "invalid": _("Write the number in figures."),
                },
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.order_fields(["kind", "from", "to", "each", "paper", "language"])

    @property
    def run(self) -> cards.Run:
        data = self.cleaned_data
        return cards.Run(data["kind"], data["from"], data["to"])

    def refuse_so_many(self) -> None:
        self.add_error("to", _("Print at most %(most)d cards at once.") % {"most": MOST_CARDS})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self.cleaned_data = cleaned
            if len(self.run) > MOST_CARDS:
                self.refuse_so_many()
            elif not cards.is_printed(self.room, self.run):
                self.add_error(
                    "from",
                    _("Not all of these have been printed. New cards get their numbers above."),
                )
        return cleaned


def _word_box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})


class CardForm(_Plain):
    """One paper card as somebody types it."""

    kind = forms.TypedChoiceField(
        label=gettext_lazy("Kind"), choices=ContributionKind, coerce=ContributionKind
    )
    number = forms.CharField(
        label=gettext_lazy("Number on the card"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={
            "required": gettext_lazy(
                "Write the number that stands on the card; + if there is none."
            ),
            "max_length": gettext_lazy("Write the number that stands on the card, and no more."),
        },
    )
    seat = forms.IntegerField(
        label=gettext_lazy("Seat"),
        required=False,
        min_value=1,
        max_value=99_999,
        help_text=gettext_lazy("If the card has one."),
        error_messages={"invalid": gettext_lazy("Write the number of the seat, or nothing.")},
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What it says"), required=False, strip=False, widget=_word_box(3)
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        self.fields["key"].initial = uuid.uuid4
        self.participant: Participant | None = None

    def clean_seat(self) -> int | None:
        seat = self.cleaned_data["seat"]
        if seat is not None:
            self.participant = (
                self.room.dialogue.participants.prefetch_related("consents")
                .filter(seat=seat)
                .first()
            )
            if self.participant is None:
                raise ValidationError(_("Nobody has seat %(seat)d."), params={"seat": seat})
        return seat

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"kind", "number"} <= cleaned.keys():
            try:
                kind, code = cards.code_typed(self.room, cleaned["number"], cleaned["kind"])
            except ValidationError as problem:
                self.add_error("number", problem)
            else:
                cleaned["kind"], cleaned["code"] = kind, code
        return cleaned

    @property
    def said(self) -> Said:
        data = self.cleaned_data
        return Said(kind=data["kind"], text=data["text"], key=data["key"], code=data["code"])

    def refuse(self, problem: ValidationError) -> None:
        """Say what the room would not take beside the field it is about; what was typed stays."""
        if getattr(problem, "code", "") != "taken":
            self.add_error("text", problem)
            return
        there = self.room.dialogue.contributions.filter(code=self.said.code).first()
        message = problem.messages[0]
        if there is not None:
            message = _("%(message)s It says: “%(text)s”") % {
                "message": message,
                "text": there.text[:300],
            }
        self.add_error("number", message)

    def again(self, message: str) -> None:
        """Give what was typed a key of its own: the form of another card was sent once more."""
        self.data = dict(self.data.items()) | {"key": str(uuid.uuid4())}
        self.add_error("text", message)


class CompareForm(_Plain):
    """What a second person reads on a card."""

    code = forms.CharField(label=gettext_lazy("Number on the card"), max_length=40)
    text = forms.CharField(
        label=gettext_lazy("What the card says"), required=False, strip=False, widget=_word_box(3)
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, room: Room, card: Contribution, **kwargs: Any) -> None:
        kwargs |= {
            "prefix": f"card-{card.pk}",
            "initial": {"code": card.code, "text": card.text, "revision": card.revision},
        }
        super().__init__(*args, **kwargs)
        self.room, self.card = room, card

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if "".join(code.upper().split()) == self.card.code:
            return self.card.code
        kind, code = cards.code_typed(self.room, code, ContributionKind(self.card.kind))
        if kind != self.card.kind or not code:
            raise ValidationError(
                _("The number of this card is written %(example)s."),
                params={"example": capturing.code_of(self.card.kind, 7)},
            )
        return code

    def show_theirs(self, theirs: Contribution) -> None:
        """After a conflict: what was typed here stays, to be compared with what is there now."""
        self.card = theirs
        revision = {self.add_prefix("revision"): str(theirs.revision)}
        self.data = dict(self.data.items()) | revision
        self.add_error(
            "text",
            _("Somebody else changed this meanwhile. Now it says: “%(text)s”")
            % {"text": theirs.text[:500]},
        )


class ImportForm(_Plain):
    """A list of statements, pasted or as a file."""

    kind = forms.TypedChoiceField(
        label=gettext_lazy("Kind of those that name none"),
        choices=[("", gettext_lazy("Every row names its kind")), *ContributionKind.choices],
        coerce=ContributionKind,
        empty_value=None,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Paste the list"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "One statement a line; or cells copied from a spreadsheet, with the names of the"
            " columns in the first row."
        ),
        widget=_word_box(8),
    )
    sheet = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or XLSX, up to 2,000 rows and 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, dialogue: Dialogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialogue = dialogue
        self.found: list[Said] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sheet, text = cleaned.get("sheet"), cleaned.get("text", "")
        field = "sheet" if sheet else "text"
        if sheet and text.strip():
            self.add_error("sheet", _("Paste a list or choose a file, not both."))
        elif not sheet and not text.strip():
            self.add_error("text", _("Paste a list, or choose a file."))
        elif not self.errors:
            try:
                self.found = importing.read(sheet or text, self.dialogue, kind=cleaned["kind"])
            except ValidationError as problem:
                self.add_error(field, problem)
                if sheet:
                    self.add_error(field, _("Mend the file and choose it once more."))
        return cleaned
