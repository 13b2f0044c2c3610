"""What the workbench is narrowed by, and what is sent from it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from dialogues.models import ContributionKind, ContributionState, Sector
from dialogues.sorting import LONGEST_NAME
from recommendations.forms import Filters, WordsField

# A statement's key has at most so many digits; a longer one is none.
_DIGITS = 18
NONE_YET = "none"


class WorkbenchFilter(Filters):
    """Which statements are on the workbench. Each choice says how many it leaves by itself."""

    q = WordsField(label=_("Words, or a number such as HOPE-07"))
    kind = forms.ChoiceField(label=_("Kind"))
    theme = forms.ChoiceField(label=_("Theme"))
    about = forms.ChoiceField(label=_("Recommendation"))
    sector = forms.ChoiceField(label=_("Sector"))
    marked = forms.ChoiceField(label=_("Marked as"))
    state = forms.ChoiceField(label=_("State"))

    def __init__(
        self,
        *args: Any,
        kinds: dict[str, int],
        states: dict[str, int],
        themes: Sequence[tuple[str, str, int]],
        about: Sequence[tuple[str, str, int]],
        marks: dict[str, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", _counted(ContributionKind.choices, kinds))
        self.offer("theme", [(value, _with(label, n)) for value, label, n in themes])
        self.offer("about", [(value, _with(label, n)) for value, label, n in about])
        self.offer("sector", Sector.choices)
        marked = [
            ("highlight", _("Highlight")),
            ("near", _("Nearly the same as another")),
            ("single", _("Not nearly the same as another")),
        ]
        self.offer("marked", _counted(marked, marks))
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [
            ("", _("Posted and held")),
            *_counted(ContributionState.choices, states),
        ]

    @property
    def others(self) -> "list[forms.BoundField]":
        """All but the words."""
        return [self[name] for name in self.fields if name != "q"]


def _counted(choices: Iterable[tuple[str, Any]], counts: dict[str, int]) -> list[tuple[str, str]]:
    return [(value, _with(label, counts.get(value, 0))) for value, label in choices]


def _with(label: Any, n: int) -> str:
    return f"{label} ({number_format(n, force_grouping=True)})"


class KeysField(forms.Field):
    """Keys of rows, as ticked boxes send them. What is no key is left out: no box sends it."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        return [
            int(key)
            for key in value or ()
            if key.isascii() and key.isdecimal() and len(key) <= _DIGITS
        ]


class NameField(forms.CharField):
    """The name of a theme; ``dialogues/sorting.py`` says what is wrong with one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.validators.clear()
        self.widget.attrs["maxlength"] = LONGEST_NAME


ACTS = (
    *("add-theme", "remove-theme", "move", "link", "unlink"),
    *("highlight", "unhighlight", "near", "apart"),
)


class ActForm(forms.Form):
    """What is done to the ticked statements."""

    use_required_attribute = False

    do = forms.CharField(required=False, widget=forms.HiddenInput)
    of = KeysField(required=False)
    first = forms.CharField(required=False, widget=forms.HiddenInput)
    everything = forms.BooleanField(required=False)
    theme = NameField(label=_("Theme"))
    about = forms.CharField(label=_("Recommendation"), required=False, max_length=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The filters beside it have fields of the same names.
        super().__init__(*args, **{**kwargs, "label_suffix": "", "auto_id": "act-%s"})
        self.fields["theme"].widget.attrs |= {"list": "themes", "autocomplete": "off"}
        self.fields["about"].widget.attrs |= {"list": "recommendations", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        if sent.get("do") == "enter" and (sent.get("theme") or sent.get("about")):
            # Enter in a box does what stands first beside it.
            sent["do"] = "add-theme" if sent.get("theme") else "link"
        if sent.get("do") not in ACTS:
            raise ValidationError(_("Choose what to do with them."), code="nothing")
        if not sent.get("of") and not sent.get("everything"):
            raise ValidationError(_("Tick at least one statement first."), code="none")
        if sent.get("do") == "near" and sent.get("everything"):
            raise ValidationError(
                _("Tick the statements that are nearly the same one by one."), code="everything"
            )
        # The one ticked first is the one kept; without scripts nobody knows which that was.
        first = sent.get("first") or ""
        keys: list[int] = sent.get("of") or []
        if first.isdecimal() and len(first) <= _DIGITS and int(first) in keys:
            keys.remove(int(first))
            keys.insert(0, int(first))
        return sent


class ThemeForm(forms.Form):
    """A theme's name."""

    use_required_attribute = False

    name = NameField(label=_("Name of the theme"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})


class MergeForm(forms.Form):
    """Several themes that become one."""

    use_required_attribute = False
    prefix = "merge"

    themes = forms.MultipleChoiceField(
        label=_("Themes to make one of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    name = NameField(label=_("Name of the one theme"))

    def __init__(self, *args: Any, themes: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        field = self.fields["themes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = list(themes)
        field.error_messages["invalid_choice"] = _("One of these themes is no longer there.")
        self.fields["name"].widget.attrs |= {"list": "themes", "autocomplete": "off"}
        self.fields["name"].help_text = _("One of theirs, or another.")
