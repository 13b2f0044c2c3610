"""Editions: what was published of a dialogue, numbered and frozen."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dialogues.models.dialogue import Dialogue
from recommendations.models import PublicModel, PublicQuerySet


class EditionState(models.TextChoices):
    MAKING = "making", _("Being made")
    PUBLISHED = "published", pgettext_lazy("an edition", "Published")
    FAILED = "failed", _("Could not be made")
    WITHDRAWN = "withdrawn", pgettext_lazy("an edition", "Withdrawn")


class EditionQuerySet(PublicQuerySet["Edition"]):
    def published(self) -> Self:
        """Those that stand, of dialogues that are public."""
        return self.filter(state=EditionState.PUBLISHED, dialogue__published_at__isnull=False)

    def public(self) -> Self:
        """Those readers may know of: published, or withdrawn and saying so."""
        return self.filter(
            state__in=[EditionState.PUBLISHED, EditionState.WITHDRAWN],
            dialogue__published_at__isnull=False,
        )

    def latest_of(self, dialogue: Dialogue) -> "Edition | None":
        """The newest that stands, without its long source."""
        rows = self.filter(dialogue=dialogue, state=EditionState.PUBLISHED)
        return rows.defer("source").order_by("-number").first()


class Edition(PublicModel):
    """One edition of the report of a dialogue. A correction is a new one that says what changed.

    ``source`` is the whole report as it stood when somebody pressed “publish”, by language (see
    ``dialogues.report.blocks``); its files are made of that and of nothing else. ``front`` is what
    the dialogue's own page shows of it. Neither changes afterwards, and neither do the files: a
    trigger holds that.
    """

    topic = "dialogues"

    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, related_name="editions", verbose_name=_("dialogue")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=20, choices=EditionState, default=EditionState.MAKING
    )
    source = models.JSONField(_("source"), default=dict)
    front = models.JSONField(_("front"), default=dict)
    what_changed = models.TextField(
        _("what changed"), blank=True, help_text=_("Since the edition before.")
    )
    checksum = models.CharField(
        _("checksum"), max_length=64, blank=True, help_text=_("SHA-256 over those of its files.")
    )
    problem = models.TextField(_("problem"), blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=500, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["dialogue", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=EditionState.values), name="edition_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[EditionState.MAKING, EditionState.FAILED], published_at__isnull=True
                )
                | models.Q(
                    state__in=[EditionState.PUBLISHED, EditionState.WITHDRAWN],
                    published_at__isnull=False,
                ),
                name="edition_published_when",
            ),
            models.CheckConstraint(
                # By nobody of the site where somebody whose words are in it took them back.
                condition=models.Q(state=EditionState.WITHDRAWN, withdrawn_at__isnull=False)
                | (
                    ~models.Q(state=EditionState.WITHDRAWN)
                    & models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                ),
                name="edition_withdrawn_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dialogue}: {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("dialogues:edition_detail", args=[self.dialogue.slug, self.number])

    @property
    def is_standing(self) -> bool:
        return self.state == EditionState.PUBLISHED

    @property
    def why_withdrawn(self) -> str:
        """What readers are told: in their language where the site, not a person, says why."""
        return gettext(self.withdrawn_because) if self.withdrawn_because else ""


class EditionFile(models.Model):
    """One file of an edition: its bytes, for ever the same (two triggers hold that)."""

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="files", verbose_name=_("edition")
    )
    # "index.html", "report.css", "report.pdf", "report.docx", "report.csv", "report.json"
    name = models.CharField(_("name"), max_length=100)
    # '' for files without a language of their own: report.css, report.csv, report.json
    language = models.CharField(_("language"), max_length=10, blank=True)
    content_type = models.CharField(_("type"), max_length=200)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("file of an edition")
        verbose_name_plural = _("files of editions")
        ordering = ["edition", "name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "name", "language"], name="edition_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DraftFile(models.Model):
    """The draft of a report as a file, made outside the request; asked for again, made anew."""

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="draft_files", verbose_name=_("dialogue")
    )
    name = models.CharField(_("name"), max_length=100)
    language = models.CharField(_("language"), max_length=10)
    asked_at = models.DateTimeField(_("asked"))
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    content = models.BinaryField(_("content"), default=bytes)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of drafts")
        ordering = ["dialogue", "name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "name", "language"], name="draft_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
