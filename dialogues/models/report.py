"""The report of a dialogue as its facilitator shapes it, and what is still to be done after it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models.dialogue import Dialogue, PartOfDialogue, Person
from recommendations.models import PlainQuerySet
from recommendations.models.texts import language_field, language_is_known


class PartKind(models.TextChoices):
    """The parts of a report, in the order of the 2009 report; figures and highlights are ours."""

    ACKNOWLEDGEMENTS = "acknowledgements", _("Acknowledgements")
    INTRODUCTION = "introduction", _("Introduction")
    PROJECT = "project", _("About the project")
    SUMMARY = "summary", _("Executive summary of the report talked over")
    RECOMMENDATIONS = "recommendations", _("Key policy recommendations")
    CONVENERS = "conveners", _("Conveners")
    DIALOGUE = "what-is-a-dialogue", _("What is a dialogue?")
    AGENDA = "agenda", _("Agenda")
    HIGHLIGHTS = "highlights", _("Heard in the room")
    ROUND = "hopes-and-concerns", _("Hopes and concerns")
    BRIEF = "brief", _("Brief")
    QUESTIONS = "questions", _("Questions and answers")
    RESONANCE = "resonance", _("Resonance")
    RESERVATIONS = "reservations", _("Reservations")
    IDEAS = "ideas", _("Ideas, by sector")
    COMMITMENTS = "commitments", _("Commitments")
    FIGURES = "figures", _("The dialogue in figures")
    CONCLUSION = "conclusion", _("Conclusion and next steps")
    APPENDIX = "appendix", _("Appendix")


class ReportPart(models.Model):
    """What a facilitator decided about one part of the report; without a row it is as in 2009.

    Texts are Markdown (dialogues/report/markdown.py), and stand where a generated opening would.
    Not public by itself: readers see editions.
    """

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="parts_of_report", verbose_name=_("dialogue")
    )
    kind = models.CharField(_("part"), max_length=30, choices=PartKind)
    order = models.PositiveSmallIntegerField(_("order"))
    is_shown = models.BooleanField(_("shown"), default=True)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    heading_fr = models.CharField(_("heading in French"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("In the language of the dialogue."))
    text_fr = models.TextField(_("text in French"), blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    class Meta:
        verbose_name = _("part of a report")
        verbose_name_plural = _("parts of reports")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "kind"], name="report_part_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=PartKind.values), name="report_part_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dialogue}: {self.get_kind_display()}"


class NextStepState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a next step", "Open")
    UNDER_WAY = "under-way", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class NextStep(PartOfDialogue):
    """Something to be done after a dialogue: by whom, until when, and how it stands.

    ``state`` is '' where nobody has written down how it stands, as in the record of 2009.
    """

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="next_steps", verbose_name=_("dialogue")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    text = models.TextField(_("what is to be done"))
    text_fr = models.TextField(_("the same in French"), blank=True)
    language = language_field()
    owner = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="next_steps",
        verbose_name=_("who does it"),
        help_text=_("One of the people of the dialogue."),
    )
    owner_name = models.CharField(
        _("who does it, in words"),
        max_length=200,
        blank=True,
        help_text=_("An organization or an office, where it is nobody of the dialogue."),
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=NextStepState, blank=True)
    state_on = models.DateField(_("state as of"), null=True, blank=True)
    word = models.TextField(_("how it stands, in words"), blank=True)

    objects = PlainQuerySet.as_manager()

    class Meta:
        verbose_name = _("next step")
        verbose_name_plural = _("next steps")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["", *NextStepState.values]),
                name="next_step_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="", state_on__isnull=True)
                | (~models.Q(state="") & models.Q(state_on__isnull=False)),
                name="next_step_state_has_a_day",
            ),
            language_is_known("next_step_language_is_known"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def by_whom(self) -> str:
        """Who does it, in words; '' where nobody is named."""
        return str(self.owner) if self.owner else self.owner_name
