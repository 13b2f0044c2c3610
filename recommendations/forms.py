"""Filters and the search box."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

MAX_QUERY = 200


class WordsField(forms.CharField):
    """Words to look for."""

    widget = forms.TextInput(attrs={"type": "search"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=MAX_QUERY,
            error_messages={
                "max_length": _(
                    "That is %(show_value)d characters long: use at most %(limit_value)d."
                ),
                "null_characters_not_allowed": _("There is a character in it that is no letter."),
            },
            **kwargs,
        )


class Choices(forms.Select):
    """A list to choose from, written as Django's own is, without a template for each choice: of
    sixty-four provinces and states that took longer than the rest of a page.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        html = f'<select name="{escape(name)}"{flatatt(widget["attrs"])}>\n'
        for group, options, _index in widget["optgroups"]:
            html += f'  <optgroup label="{escape(group)}">\n' if group else ""
            for option in options:
                html += (
                    f'  <option value="{escape(option["value"])}"{flatatt(option["attrs"])}>'
                    f"{escape(option['label'])}</option>\n"
                )
            html += "  </optgroup>\n" if group else ""
        return mark_safe(f"{html}</select>")  # noqa: S308 - every piece is escaped


class Filters(forms.Form):
    """What a list is narrowed by, in its address: every field may be left open."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        for field in self.fields.values():
            field.required = False
            if isinstance(field, forms.ChoiceField):
                field.widget = Choices(field.widget.attrs, field.choices)  # type: ignore[arg-type]
                field.error_messages["invalid_choice"] = _(
                    "“%(value)s” is not one of these: choose another, or “Any”."
                )
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "filters grid"
        # What was asked for stands below the overview and the form.
        self.helper.form_action = ".#results"
        self.helper.attrs = {"novalidate": True}
        self.helper.layout = Layout(
            *self.fields,
            Div(
                HTML(format_html('<button class="button">{}</button>', _("Show"))),
                HTML(format_html('<a href=".">{}</a>', _("Clear"))),
                css_class="cluster",
            ),
        )

    def offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Say what can be chosen; “Any” comes first. A group is a name and its choices."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared by the subclass
        field.choices = [("", _("Any")), *choices]


class RecommendationFilter(Filters):
    """Which recommendations to show. Every choice says how many it leaves."""

    report = forms.ChoiceField(label=_("Report"))
    audience = forms.ChoiceField(label=_("Audience"))
    pillar = forms.ChoiceField(label=_("Pillar"))
    addressee = forms.ChoiceField(label=_("Addressee"))
    status = forms.ChoiceField(label=_("Status"))
    stale = forms.ChoiceField(label=_("Assessed"))
    q = WordsField(label=_("Words"))
    # Of what nobody has assessed neither is true.
    AGES = (("no", _("In the last two years")), ("yes", _("Longer ago")))

    def __init__(
        self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known: dict[str, list[tuple[str, str]]] = {}
        self.know(**choices, stale=[(value, str(label)) for value, label in self.AGES])
        # One report alone is no choice, unless somebody asks for another.
        if len(choices["report"]) < 2 and not self.data.get("report"):
            self.helper.layout.fields.remove("report")

    def know(self, **choices: list[tuple[str, str]]) -> None:
        """Say what there is to choose from."""
        for name, known in choices.items():
            self.known[name] = known
            self.offer(name, known)

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for of what is known so far, whether or not the rest is understood."""
        asked = {}
        for name, known in self.known.items():
            value = self.data.get(name, "")
            asked[name] = value if value in dict(known) else ""
        try:
            asked["q"] = self.fields["q"].clean(self.data.get("q", ""))
        except forms.ValidationError:
            asked["q"] = ""
        return asked

    def show_counts(
        self, counts: Mapping[str, Mapping[str, int]], among: Mapping[str, set[str]]
    ) -> None:
        """Say beside each choice how many recommendations it would leave.

        ``among`` names the choices of a field that are worth offering; what is chosen stays.
        """
        for name, known in self.known.items():
            have, worth = counts[name], among.get(name)
            self.offer(
                name,
                [
                    (value, f"{label} ({have.get(value, 0)})")
                    for value, label in known
                    if worth is None or value in worth or value == self.data.get(name)
                ],
            )


class OneReportFilter(Filters):
    """Of which report and audience to tell. A report is always chosen: the front, or another."""

    report = forms.ChoiceField(label=_("Report"))
    audience = forms.ChoiceField(label=_("Audience"))

    def __init__(
        self,
        *args: Any,
        reports: list[tuple[str, str]],
        audiences: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["report"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = reports
        field.error_messages["invalid_choice"] = _("“%(value)s” is not one of these reports.")
        self.offer("audience", audiences)
        # One report alone is no choice, unless somebody asks for another.
        if len(reports) < 2 and self.data.get("report", "") in {"", *dict(reports)}:
            self.helper.layout.fields.remove("report")


class AudiencesForm(Filters):
    """Which two audiences stand beside each other."""

    first = forms.ChoiceField(label=_("First"))
    second = forms.ChoiceField(label=_("Second"))

    def __init__(self, *args: Any, audiences: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = audiences
            field.error_messages["invalid_choice"] = _("“%(value)s” is not one of these audiences.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned["first"] == cleaned.get("second"):
            self.add_error("second", _("Choose two different audiences."))
        return cleaned


class SearchForm(forms.Form):
    """The search box."""

    q = WordsField(label=_("Search everything on this site"))
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
