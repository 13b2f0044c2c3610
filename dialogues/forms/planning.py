"""The forms in which a dialogue is planned."""

import zoneinfo
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.models.organization import OrganizationKind
from dialogues.formats import FORMATS
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Attribution,
    Convener,
    Dialogue,
    Person,
    PersonRole,
)
from recommendations.fields import DateInput
from recommendations.models import Report


class PlanForm(forms.ModelForm):
    """What the forms of a plan share. What may be left open says so in its label."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        for name, field in self.fields.items():
            label = str(field.label or "")
            label = label[:1].upper() + label[1:]
            is_box = isinstance(field, forms.BooleanField | forms.ModelMultipleChoiceField)
            if not field.required and not is_box and name not in self.plain_labels:
                label = gettext("%(label)s (if any)") % {"label": label}
            field.label = label

    # Labels that say by themselves what to do.
    plain_labels: tuple[str, ...] = ()

    def _choose(self, name: str) -> Any:
        """A field with choices, to be told which."""
        return self.fields[name]

    @property
    def written(self) -> list[str]:
        """The fields of the row this form writes; links to many are set apart."""
        many = {field.name for field in self._meta.model._meta.many_to_many}
        return [name for name in self._meta.fields or () if name not in many]


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


# Continents and oceans; what stands elsewhere are old names, kept for old computers.
_AREAS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()
)


@cache
def _known_zones() -> list[str]:
    """The names of today’s time zones; old names too where the system has no table of them."""
    names = sorted(zoneinfo.available_timezones())
    named = [name for name in names if name.partition("/")[0] in _AREAS]
    for folder in zoneinfo.TZPATH:
        table = Path(folder, "zone.tab")
        if table.is_file():
            rows = table.read_text(encoding="utf-8").splitlines()
            listed = {row.split("\t")[2] for row in rows if row and not row.startswith("#")}
            return [name for name in named if name in listed]
    return named


def _zones(also: str = "") -> list[tuple[str, Any]]:
    """The world's time zones by continent, with the one that is in use, whatever its name."""
    areas: dict[str, list[tuple[str, str]]] = {}
    for name in sorted({*_known_zones(), also} - {"", "UTC"}):
        area, _slash, place = name.partition("/")
        label = (place or name).replace("_", " ").replace("/", ", ")
        areas.setdefault(area, []).append((name, label))
    return [("UTC", "UTC"), *areas.items()]


class FactsForm(PlanForm):
    """When and where a dialogue is held, and about what."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("The city whose clocks show the same time."),
        error_messages={"invalid_choice": _("Choose a time zone from the list.")},
    )
    report = forms.ModelChoiceField(
        Report.objects.none(), label=_("Report it is about"), required=False, empty_label=_("None")
    )

    class Meta:
        model = Dialogue
        fields = [
            "title",
            "on",
            "starts",
            "time_zone",
            "place",
            "region",
            "country",
            "venue",
            "language",
            "also_in",
            "report",
        ]
        widgets: dict[str, Any] = {"on": DateInput, "starts": TimeInput}
        error_messages = {
            "title": {"required": _("Give the dialogue a title.")},
            "on": {
                "required": _("Choose the day it is held."),
                "invalid": _("Write the date as year-month-day, such as 2026-03-14."),
            },
            "starts": {"invalid": _("Write the time as hours and minutes, such as 09:30.")},
            "place": {"required": _("Write the town or city it is held in.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("time_zone").choices = _zones(self.initial.get("time_zone", ""))
        self._choose("also_in").choices = [("", _("None")), *settings.LANGUAGES]
        reports = Report.objects.public() | Report.objects.filter(pk=self.instance.report_id)
        self._choose("report").queryset = reports.order_by("-released", "title")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("also_in") and data.get("also_in") == data.get("language"):
            self.add_error("also_in", _("This is the first language already: choose another."))
        return data


class NewDialogueForm(FactsForm):
    """A dialogue begins with its facts, and with an agenda to start from."""

    start_from = forms.ChoiceField(
        label=_("Agenda to start from"),
        help_text=_("You can change everything in it afterwards."),
    )

    def __init__(self, *args: Any, mine: Iterable[Dialogue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = {dialogue.slug: dialogue for dialogue in mine}
        choices: list[tuple[str, Any]] = [
            *((name, pattern.name) for name, pattern in FORMATS.items()),
            ("empty", _("An empty agenda")),
        ]
        if self.mine:
            copies = [
                (f"copy:{slug}", f"{dialogue.title}, {dialogue}")
                for slug, dialogue in self.mine.items()
            ]
            choices.append((gettext("As in an earlier dialogue of mine"), copies))
        self._choose("start_from").choices = choices

    @property
    def start(self) -> dict[str, Any]:
        """What to begin with, as ``plan_new`` is told."""
        chosen = self.cleaned_data["start_from"]
        if chosen.startswith("copy:"):
            return {"like": self.mine[chosen.removeprefix("copy:")]}
        return {"pattern": FORMATS.get(chosen)}


# What each rule means, in plain words.
MEANING = {
    Attribution.NONE: _("Statements show without any word on who made them."),
    Attribution.NAME: _(
        "Each participant is asked. Whoever does not agree is shown by sector, or not at all."
    ),
    Attribution.SECTOR: _(
        "Statements show the part of society their maker belongs to, such as “Education”."
    ),
    Attribution.CHATHAM_HOUSE: _(
        "What was said may be told, but neither who said it nor who was there. The list of people"
        " is not public either."
    ),
    Attribution.ANONYMOUS: _(
        "Nothing shows who made a statement, and nobody can be written to afterwards."
    ),
}


def _meant(rule: Attribution) -> str:
    return gettext("%(rule)s. %(meaning)s") % {"rule": rule.label, "meaning": MEANING[rule]}


class RulesForm(FactsForm):
    """The facts, with what participants are promised and what stands above the report."""

    attribution = forms.ChoiceField(
        label=_("What is said of who made a statement"),
        choices=[(rule.value, lazy(_meant, str)(rule)) for rule in Attribution],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )

    class Meta(FactsForm.Meta):
        fields = [
            *FactsForm.Meta.fields,
            "lead",
            "resonance_question",
            "attribution",
            "privacy_contact",
            "keep_until",
            "check_back_until",
        ]
        widgets = {
            **FactsForm.Meta.widgets,
            "keep_until": DateInput,
            "check_back_until": DateInput,
            "lead": forms.Textarea(attrs={"rows": 3}),
            "resonance_question": forms.Textarea(attrs={"rows": 2}),
        }

    promises = ("attribution", "privacy_contact", "check_back_until", "keep_until")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        on, keep, check = (data.get(n) for n in ("on", "keep_until", "check_back_until"))
        too_early = _("This is before the dialogue: choose a later day.")
        if on and keep and keep < on:
            self.add_error("keep_until", too_early)
        elif on and check and check < on:
            self.add_error("check_back_until", too_early)
        elif keep and check and check > keep:
            self.add_error(
                "check_back_until",
                _("By then nobody can be told apart any more: choose a day before the erasure."),
            )
        return data


class CopyForm(PlanForm):
    """What differs from the dialogue that is copied."""

    class Meta:
        model = Dialogue
        fields = ["title", "on"]
        widgets = {"on": DateInput}
        error_messages = {name: FactsForm.Meta.error_messages[name] for name in ("title", "on")}


class AgendaItemForm(PlanForm):
    """One item of the agenda and how its round is run."""

    class Meta:
        model = AgendaItem
        fields = [
            "kind",
            "text",
            "minutes",
            "led_by",
            "turn_seconds",
            "word_limit",
            "posts_itself",
            "is_silent",
            "shows_results",
        ]
        widgets = {"led_by": forms.CheckboxSelectMultiple(attrs={"class": "choices"})}
        error_messages = {"kind": {"required": _("Choose what kind of item it is.")}}

    text = forms.CharField(
        label=_("What the room reads"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A few words: they stand on the wall and on phones."),
        error_messages={"required": _("Write what the room reads about it.")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=600,
        error_messages={
            "min_value": _("An item takes 1 to 600 minutes."),
            "max_value": _("An item takes 1 to 600 minutes."),
            "invalid": _("Write a number of minutes, such as 25."),
        },
    )
    turn_seconds = forms.IntegerField(
        label=_("Seconds for each speaker"),
        min_value=5,
        max_value=900,
        initial=45,
        error_messages={
            "required": _("Give each speaker 5 to 900 seconds."),
            "min_value": _("Give each speaker 5 to 900 seconds."),
            "max_value": _("Give each speaker 5 to 900 seconds."),
            "invalid": _("Write a number of seconds, such as 45."),
        },
    )
    word_limit = forms.IntegerField(
        label=_("Words at most"),
        min_value=5,
        max_value=500,
        initial=60,
        help_text=_("Of one statement sent from a phone."),
        error_messages={
            "required": _("Allow 5 to 500 words."),
            "min_value": _("Allow 5 to 500 words."),
            "max_value": _("Allow 5 to 500 words."),
            "invalid": _("Write a number of words, such as 60."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(dialogue=self.instance.dialogue_id)
        self._choose("led_by").queryset = people
        if not self.instance.pk:
            self._choose("kind").choices = [("", _("Choose one")), *AgendaKind.choices]

    # Each group of rules with the kinds of item it matters to.
    turns = (AgendaKind.ROUND, AgendaKind.CLOSING)
    phones = tuple(
        kind for kind in AgendaKind if kind not in {AgendaKind.WELCOME, AgendaKind.BRIEF}
    )
    votes = (AgendaKind.SCALE,)


class PersonForm(PlanForm):
    """Somebody with a part in the dialogue."""

    class Meta:
        model = Person
        fields = ["name", "role", "honorific", "title", "affiliation", "part", "biography"]
        widgets = {
            "part": forms.Textarea(attrs={"rows": 2}),
            "biography": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {"honorific": _("Such as “Dr.” or “Mme”.")}
        error_messages = {
            "name": {"required": _("Write the person’s name.")},
        }

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            ("", _("Choose one")),
            *((role.value, role.label) for role in PersonRole if role != PersonRole.NAMED),
        ],
        error_messages={"required": _("Choose the person’s role.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.role == PersonRole.NAMED:
            self._choose("role").choices = PersonRole.choices


class ConvenerForm(PlanForm):
    """An organization that calls people together: one that is known here, or a new one."""

    organization = forms.ModelChoiceField(
        Organization.objects.order_by("name"),
        label=_("Organization"),
        required=False,
        empty_label=_("One that is not in this list"),
    )
    new_name = forms.CharField(
        label=_("Name of an organization that is not in the list"),
        max_length=200,
        required=False,
    )
    new_kind = forms.ChoiceField(
        label=_("What it is"),
        choices=OrganizationKind,
        initial=OrganizationKind.NGO,
        required=False,
    )
    plain_labels = ("organization", "new_name", "new_kind")

    class Meta:
        model = Convener
        fields = ["organization", "acknowledgement"]
        widgets = {"acknowledgement": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"acknowledgement": _("Shown beside its name in the report.")}

    field_order = ["organization", "new_name", "new_kind", "acknowledgement"]

    def clean_new_name(self) -> str:
        return " ".join(self.cleaned_data["new_name"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, new = data.get("organization"), data.get("new_name")
        if chosen and new:
            self.add_error("new_name", _("Choose one from the list or name a new one, not both."))
        elif not chosen and not new and "organization" not in self.errors:
            self.add_error("organization", _("Choose an organization, or name one below."))
        return data
