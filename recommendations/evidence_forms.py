"""What somebody sends in about a recommendation, and what an editor makes of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from recommendations import desk_forms
from recommendations import evidence as sent_in
from recommendations.fields import day, e_mail, web_link
from recommendations.models import Evidence, ProgressUpdate, Source
from recommendations.open_forms import OpenForm, PlainForm

_TOO_LONG = {
    "max_length": _("That is %(show_value)d characters long: use at most %(limit_value)d.")
}


class EvidenceForm(OpenForm):
    """A link, and what it shows."""

    url = web_link(
        _("Link to where this can be read"),
        help_text=_(
            "A law, a gazette, a parliament’s record, an official report, a news report: a page"
            " anyone can open."
        ),
    )
    words = forms.CharField(
        label=_("What it shows"),
        max_length=sent_in.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In plain words: what was done, by whom and when. Only editors read it."),
        error_messages={"required": _("Write in a sentence what it shows."), **_TOO_LONG},
    )
    email = e_mail(
        _("Your e-mail address (if you want to hear what came of it)"),
        required=False,
        help_text=_(
            "You get one letter: when it is published, or when editors decide otherwise. With that"
            " the address is erased, and after a year in any case. An address can wait for at most"
            " ten answers at a time."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class _Review(PlainForm):
    """What an editor decides."""

    @property
    def written(self) -> list[tuple[Any, str]]:
        """What they wrote in their own words, each with its label."""
        texts = [field for field in self if isinstance(field.field.widget, forms.Textarea)]
        return [(field.label, words) for field in texts if (words := field.value())]


class AcceptForm(_Review):
    """The draft that is made of evidence: what it shows, and the link as its source."""

    status = forms.ChoiceField(
        label=_("Status it shows"),
        error_messages={
            "required": _("Choose a status."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    on = day(_("As of"), help_text=_("The day this was so, not that of the find."))
    summary = forms.CharField(
        label=_("Summary"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In your own plain words: what was done, what not."),
        max_length=desk_forms.LONGEST,
        error_messages={"required": _("Write what was done, and what not."), **_TOO_LONG},
    )
    language = forms.ChoiceField(
        label=_("Language of the summary"),
        choices=settings.LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    url = web_link(_("Link"))
    publisher = forms.CharField(
        label=_("Source: publisher"),
        max_length=300,
        error_messages={"required": _("Say who published it."), **_TOO_LONG},
    )
    title = forms.CharField(
        label=_("Source: title"),
        max_length=400,
        error_messages={"required": _("Say what it is called."), **_TOO_LONG},
    )
    source_language = forms.ChoiceField(
        label=_("Source: language"),
        choices=settings.LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    published_on = day(_("Source: published on (if it says)"), required=False)
    read_on = day(
        _("Source: read on"),
        required=False,
        help_text=_("The day you read it and found this there."),
    )
    reason = forms.CharField(
        label=_("Answer to the sender (if you like)"),
        required=False,
        max_length=sent_in.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_TOO_LONG,
    )

    def __init__(
        self, evidence: Evidence, data: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        self.evidence = evidence
        super().__init__(
            data,
            prefix="accept",
            initial={
                "url": evidence.url,
                "publisher": urlsplit(evidence.url).netloc.removeprefix("www."),
                "language": evidence.language,
                "source_language": evidence.language,
                "read_on": timezone.localdate(),
            },
            **kwargs,
        )
        choices: Any = ProgressUpdate._meta.get_field("status").choices
        status: Any = self.fields["status"]
        status.choices = [("", _("Choose")), *choices]

    def clean(self) -> dict[str, Any]:
        """Say beside its field what the finding or its source will not have."""
        data = super().clean() or self.cleaned_data
        days = ("published_on", "read_on")
        if not any(data.get(name) or name in self.errors for name in days):
            self.add_error(
                "published_on", _("Give the day it was published, or the day you read it.")
            )
        for row in (self.update, self.source):
            try:
                row.clean()
            except ValidationError as problem:
                for name, messages in problem.message_dict.items():
                    if name in self.fields and name not in self.errors:
                        self.add_error(name, messages)
        return data

    @property
    def update(self) -> ProgressUpdate:
        """As it was filled in so far; not saved."""
        data: dict[str, Any] = self.cleaned_data
        on: Any = data.get("on")
        return ProgressUpdate(
            recommendation=self.evidence.recommendation,
            status=data.get("status", ""),
            on=on,
            summary=data.get("summary", ""),
            language=data.get("language", ""),
        )

    @property
    def source(self) -> Source:
        """As it was filled in so far; not saved."""
        data = self.cleaned_data
        return Source(
            url=data.get("url", ""),
            publisher=data.get("publisher", ""),
            title=data.get("title", ""),
            language=data.get("source_language", ""),
            published_on=data.get("published_on"),
            read_on=data.get("read_on"),
        )


class Updates(forms.ModelChoiceField):
    """An update of a recommendation; one that is not public yet says so."""

    def label_from_instance(self, obj: Any) -> str:
        parts = [obj.get_status_display(), date_format(obj.on), Truncator(obj.summary).words(9)]
        return " · ".join(parts if obj.is_public else [str(obj.state.label), *parts])


class KnownForm(_Review):
    """Where evidence is told already."""

    update = Updates(
        ProgressUpdate.objects.none(),
        label=_("Which update tells it (if one does)"),
        required=False,
        empty_label=_("None of these"),
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    reason = forms.CharField(
        label=_("Answer to the sender (if you like)"),
        required=False,
        max_length=sent_in.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=_TOO_LONG,
    )

    def __init__(
        self,
        evidence: Evidence,
        data: Mapping[str, str] | None = None,
        *,
        update: ProgressUpdate | None = None,
        **kwargs: Any,
    ) -> None:
        """``update`` is the one that is likely to tell it."""
        super().__init__(
            data, prefix="known", initial={"update": update.pk if update else None}, **kwargs
        )
        field: Any = self.fields["update"]
        updates = evidence.recommendation.updates.filter(retracted_at__isnull=True)
        field.queryset = updates.newest_first()


class DeclineForm(_Review):
    """Why nothing is made of evidence."""

    reason = forms.CharField(
        label=_("Why not"),
        max_length=sent_in.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The sender reads it, by letter or on their private page."),
        error_messages={"required": _("Say why: the sender reads it."), **_TOO_LONG},
    )

    def __init__(
        self, evidence: Evidence, data: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, prefix="decline", initial={"reason": evidence.reason}, **kwargs)
