"""What somebody records of a resolution's way through council."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recommendations.fields import DateInput
from resolutions.filling import country_of
from resolutions.models import (
    ANNOUNCES,
    VOTED,
    Grade,
    Resolution,
    Step,
    StepKind,
    StepNotPossible,
    StepSource,
    VoteMethod,
)
from resolutions.models.resolution import COUNTS, MAYORAL, check_details

# Each kind in the words of both procedures.
EXPLAINED: dict[StepKind, Promise] = {
    StepKind.DRAFTED: _("There is a text; nobody at the council has it yet."),
    StepKind.SUBMITTED: _("Handed to the clerk, the mayor or a member of council."),
    StepKind.NOTICE: _("A member gave notice that it will be moved at a coming meeting."),
    StepKind.REFERRED: _("Sent to a committee or to staff."),
    StepKind.DEFERRED: _("Put off; also called tabled, laid on the table or continued."),
    StepKind.SCHEDULED: _("On the agenda of a coming meeting."),
    StepKind.READING: _("A reading of a by-law or an ordinance, before the last one."),
    StepKind.ADOPTED: _("Passed as it was moved; also called carried, approved or enacted."),
    StepKind.AMENDED: _("The text was changed at the meeting, and then passed."),
    StepKind.DEFEATED: _("Voted on, and not passed; also called lost or failed."),
    StepKind.WITHDRAWN: _("Taken back by whoever brought it."),
    StepKind.RECEIVED: _("Noted and nothing decided; also called received and filed."),
    StepKind.OUT_OF_ORDER: _("The chair ruled that the council may not deal with it."),
    StepKind.SIGNED: _("Signed by the mayor after council passed it."),
    StepKind.VETOED: _("Refused by the mayor after council passed it."),
    StepKind.OVERRIDDEN: _("Passed again by council over the mayor’s veto."),
    StepKind.PROCLAIMED: _("Proclaimed or endorsed by the mayor, without a vote of council."),
    StepKind.RESCINDED: _("Taken back by the council or the mayor, or run out."),
}
# Steps of US procedure. A few Canadian mayors have a veto as well: there these come last.
AMERICAN = frozenset({StepKind.SIGNED, StepKind.VETOED, StepKind.OVERRIDDEN})
# Nothing anyone can look up is made of these, so they may stand without a source.
UNSOURCED = frozenset({StepKind.DRAFTED, StepKind.SUBMITTED})

# The fields of a council's meeting and vote, which a mayor's act has not.
OF_A_COUNCIL = ("meeting", "meets_on", "mover", "seconder", "vote_method", *COUNTS, "seats")
SOURCE = ("source_publisher", "source_title", "source_url")


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DateInput,
        error_messages={
            "required": _("Choose the day it happened."),
            "invalid": _("Write the date as year-month-day, such as 2026-03-14."),
        },
        **kwargs,
    )


def words_field(label: Any, *, most: int = 200, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **kwargs)


def count_field(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=999,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Write a whole number."),
            "min_value": _("Write a whole number, 0 for nobody."),
            "max_value": _("No council has so many members: write the number of members."),
        },
        **kwargs,
    )


def link_field(label: Any, **kwargs: Any) -> forms.URLField:
    """A link people can follow: http or https."""
    field = forms.URLField(
        label=label,
        max_length=600,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"inputmode": "url"}),
        **kwargs,
    )
    said = _("Write a link that begins with http:// or https://.")
    field.error_messages["invalid"] = said
    field.validators = [URLValidator(schemes=["http", "https"], message=said)]
    return field


class StepForm(forms.Form):
    """What happened, when, at which meeting, by which vote, and where anyone can check it.

    The kinds shown are those that can have happened on the day chosen; any other is refused with
    the reason, for what is recorded may change while the page is open.
    """

    use_required_attribute = False

    on = date_field(_("Date"), help_text=_("The day it happened, not that of the minutes."))
    kind = forms.TypedChoiceField(
        label=_("What happened"),
        choices=StepKind,
        coerce=StepKind,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={"required": _("Choose what happened.")},
    )
    meets_on = date_field(
        _("Day of the meeting at which it comes up, if that is known"),
        required=False,
        help_text=_(
            "With a notice, a referral, a deferral or a place on an agenda; it may lie ahead."
        ),
    )
    actor = words_field(
        _("Who acted"), help_text=_("By office and name, such as “Mayor Gregor Robertson”.")
    )
    meeting = words_field(
        _("Meeting"), help_text=_("Such as “Regular council” or “Committee of the whole”.")
    )
    mover = words_field(_("Moved by"))
    seconder = words_field(_("Seconded by"))
    vote_method = forms.ChoiceField(
        label=_("How the vote was taken"),
        choices=[("", _("Not known, or no vote")), *VoteMethod.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    votes_for = count_field(_("For"))
    votes_against = count_field(_("Against"))
    votes_abstained = count_field(_("Abstained"))
    votes_absent = count_field(_("Absent"))
    seats = count_field(_("Members of the council on that day"))
    summary = forms.CharField(
        label=_("In a sentence or two, if more is to be said"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source_publisher = words_field(
        _("Publisher"), most=300, help_text=_("Such as the city, or a newspaper.")
    )
    source_title = words_field(
        _("Title"), most=400, help_text=_("What it is called there, such as “Minutes of 18 March”.")
    )
    source_url = link_field(_("Link"))
    source_grade = forms.ChoiceField(
        label=_("What it is"), choices=Grade, initial=Grade.MINUTES, required=False
    )
    source_language = forms.ChoiceField(
        label=_("Its language"), choices=settings.LANGUAGES, required=False
    )
    video_url = link_field(_("Link to the video of the meeting, if there is one"))

    def __init__(self, *args: Any, resolution: Resolution, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.resolution = resolution
        self.council_seats = resolution.council.seats
        for name in OF_A_COUNCIL if resolution.instrument in MAYORAL else ("actor",):
            del self.fields[name]
        if "seats" in self.fields:
            self.fields["seats"].help_text = (
                _("The mayor with a vote among them. Today it has %(seats)s.")
                % {"seats": self.council_seats}
                if self.council_seats
                else _("The mayor with a vote among them, so that the votes can be added up.")
            )
        if "source_language" in self.fields and not self.initial.get("source_language"):
            self.initial["source_language"] = resolution.language
        self._offer()

    def _offer(self) -> None:
        """Show what can have happened on the day chosen, and what was chosen already."""
        on = self._day()
        kinds = self.resolution.possible(on=on)
        chosen = self["kind"].value()
        shown = [kind for kind in StepKind if kind in kinds or kind == chosen]
        is_american = country_of(self.resolution.council).code == "US"
        if not is_american:
            shown.sort(key=lambda kind: kind in AMERICAN)
        field: Any = self.fields["kind"]
        field.widget.choices = [
            (
                kind.value,
                format_html('{} <span class="helptext">{}</span>', kind.label, EXPLAINED[kind]),
            )
            for kind in shown
        ]
        self.day, self.offers = on, shown

    def _day(self) -> date:
        try:
            on = self.fields["on"].clean(self["on"].value())
        except forms.ValidationError:
            on = None
        return on if isinstance(on, date) else timezone.localdate()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, on = data.get("kind"), data.get("on")
        if kind and on and not self.resolution.steps.filter(kind=kind, on=on).exists():
            self._check(lambda: self.resolution.refuse(kind, on=on))
            self._check(
                lambda: check_details(
                    kind, on=on, council_seats=self.council_seats, details=self.details
                )
            )
        self._check_source(kind)
        return data

    def _check(self, look: Any) -> None:
        """Show what a rule refuses beside its field; nothing twice beside one."""
        try:
            look()
        except StepNotPossible as problem:
            if problem.field not in self.errors:
                self.add_error(problem.field, problem)

    def _check_source(self, kind: StepKind | None) -> None:
        data = self.cleaned_data
        if not any(data.get(name) for name in SOURCE) and kind in UNSOURCED:
            return
        wanted = {
            "source_publisher": _("Say who published it."),
            "source_title": _("Say what it is called."),
            "source_url": _("Give the link, so that anyone can check it."),
        }
        for name, words in wanted.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)

    @property
    def details(self) -> dict[str, Any]:
        """What was said of the step beside what it is and when, as ``record_step`` takes it."""
        names = [name for name in (*OF_A_COUNCIL, "video_url") if name in self.fields]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def record(self, *, by: User) -> Step:
        """Write the step with its source by the resolution's own rules, or nothing at all.

        Raises:
            StepNotPossible: the rules refuse it, or it is recorded already with other details.
        """
        data = self.cleaned_data
        source = None
        if data["source_url"]:
            source = StepSource(
                publisher=data["source_publisher"],
                title=data["source_title"],
                url=data["source_url"],
                grade=data["source_grade"] or Grade.NEWS,
                language=data["source_language"] or self.resolution.language,
                read_on=timezone.localdate(),
            )
        is_checked = source is not None and by.has_perm("resolutions.verify_step")
        said = {"summary": data["summary"], "actor": data.get("actor", ""), **self.details}
        with transaction.atomic():
            step = self.resolution.record_step(
                data["kind"], on=data["on"], by=by, verified=is_checked, source=source, **said
            )
            if any(getattr(step, name) != value for name, value in said.items()):
                raise StepNotPossible(
                    _(
                        "It is recorded already that this happened on that day, with other"
                        " details. What is recorded stays: tell an editor what is wrong with it."
                    )
                )
            if is_checked and step.verified_at is None:
                Step.objects.filter(pk=step.pk).verify(by=by)
        return step

    @property
    def may_announce(self) -> bool:
        """Whether a day ahead can be said, or was."""
        return self._is_open(ANNOUNCES, "meets_on")

    @property
    def may_be_voted(self) -> bool:
        """Whether a vote can be said, or was."""
        return self._is_open(VOTED, "vote_method", *COUNTS)

    def _is_open(self, kinds: frozenset[StepKind], *names: str) -> bool:
        if names[0] not in self.fields:
            return False
        return bool(kinds & set(self.offers)) or any(
            self[name].value() not in (None, "") or self[name].errors for name in names
        )
