"""What the console sends, cleaned. Nobody sees these as forms: their errors are what counts.

A statement's own text is not measured here: ``dialogues/capturing.py`` says what is too long.
"""

import re
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dialogues.models import SCORES, ContributionKind, Sector, TallySource

LONGEST_LIST = 50
MOST_PIECES = 20


class _Text(forms.CharField):
    """A statement as typed: spaces and all, and nothing left out in silence."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, **kwargs)
        self.validators.clear()


class _Parts(forms.CharField):
    """Words parted by commas, as a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2_000, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [part.strip() for part in text.split(",") if part.strip()]

    def run_validators(self, value: Any) -> None:
        if len(value) > LONGEST_LIST:
            raise ValidationError(_("Name at most 50."))


def _kind() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(choices=ContributionKind, coerce=ContributionKind)


def _number(lowest: int | None = 0, highest: int = 2**31, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=lowest, max_value=highest, **kwargs)


class NothingForm(forms.Form):
    """For what needs no word more than its address."""


class SayForm(forms.Form):
    """A statement that was made in the room."""

    key = forms.UUIDField()
    kind = _kind()
    text = _Text()
    item = _number(required=False)
    turn = _number(required=False)
    seat = _number(required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)


class UndoForm(forms.Form):
    """Which statement is taken back, by the key it was sent with."""

    of = forms.UUIDField()


class ReviseForm(forms.Form):
    text = _Text()
    revision = _number()


class MoveForm(forms.Form):
    kind = _kind()


class SplitForm(forms.Form):
    """The pieces in one text, an empty line between them."""

    key = forms.UUIDField()
    text = _Text()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        pieces = re.split(r"\n\s*\n", cleaned.get("text", "").replace("\r\n", "\n"))
        cleaned["pieces"] = [piece for piece in pieces if piece.strip()]
        if len(cleaned["pieces"]) > MOST_PIECES:
            self.add_error("text", _("Split it into at most 20."))
        if "key" in cleaned:
            # The same keys when the same request comes again.
            cleaned["keys"] = [
                uuid.uuid5(cleaned["key"], str(number)) for number in range(len(cleaned["pieces"]))
            ]
        return cleaned


class MergeForm(forms.Form):
    """The number of the other statement, and the wording of both together."""

    other = forms.CharField(max_length=30)
    text = _Text()


class DuplicateForm(forms.Form):
    other = forms.CharField(max_length=30)


class SortForm(forms.Form):
    """What a statement is about. A field that is not sent stays as it is."""

    sector = forms.ChoiceField(choices=Sector, required=False)
    themes = _Parts()
    about = _Parts()


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=300)


class AnswerForm(forms.Form):
    text = _Text()
    answered_by = forms.CharField(required=False, max_length=200)
    was_written_later = forms.BooleanField(required=False)


class MinutesForm(forms.Form):
    minutes = _number(lowest=None)


class SecondsForm(forms.Form):
    seconds = _number(lowest=None)


class GoOnForm(forms.Form):
    """Which item the facilitator saw running: a second press must not skip one."""

    after = _number(required=False)


class NextForm(forms.Form):
    """Who is called, by whom the caller saw speak, and how many seconds ago that was."""

    item = _number()
    after = _number(required=False)
    seat = _number(required=False)
    ago = _number(highest=7 * 86_400, required=False)


class CountsForm(forms.Form):
    """A count made in the room: how many hands, or slips, for each score."""

    item = _number()
    source = forms.TypedChoiceField(
        choices=[(source.value, source.label) for source in TallySource if source != "ballots"],
        coerce=TallySource,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for score in SCORES:
            self.fields[f"score_{score}"] = _number(highest=10_000, required=False)

    def counts(self) -> dict[int, int]:
        return {score: self.cleaned_data[f"score_{score}"] or 0 for score in SCORES}


class RoomForm(forms.Form):
    """Open or close joining, or give the room another code."""

    action = forms.ChoiceField(choices=[("open", ""), ("close", ""), ("code", "")])


class HoldForm(forms.Form):
    is_held = forms.BooleanField(required=False)
