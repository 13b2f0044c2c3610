"""What the search and the activity list read: one row for each public thing.

No page asks four tables what is new or what matches. Every public thing keeps one ``Entry``
here, written in the transaction that made it public (see ``PublicModel``), so what is hidden can't
be found and what is found is public.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from recommendations import words
from recommendations.models.texts import for_reader


class EntryKind(models.TextChoices):
    """The groups of a page of results, in their order."""

    RECOMMENDATION = "recommendation", _("Recommendations")
    UPDATE = "update", _("Progress")
    TERM = "term", _("Glossary")
    DIALOGUE = "dialogue", _("Dialogues")
    STATEMENT = "statement", _("Statements")
    MODEL = "model", _("Model resolutions")
    RESOLUTION = "resolution", _("Resolutions and proclamations")
    STEP = "step", _("Steps of councils and mayors")
    COUNCIL = "council", _("Councils")
    REPORT = "report", _("Reports")


@dataclass(frozen=True, slots=True)
class Face:
    """What a public thing shows of itself in lists: the content of its ``Entry``.

    Attributes:
        path: its address without a language prefix.
        title: what to call it, in ``title_language``; '' where the text itself is the title.
        title_language: '' where it is that of the text.
        text: what it says, in ``language``.
        title_translation, text_translation: the same in the site's other language; '' where
            nobody has translated it.
        names: other names, each as good as the title.
        words: what else it is found by and nothing shows.
        label: a short name the interface puts beside it, such as a place or a code; in French
            ``label_fr``, '' where that is the same.
        state: its status or kind, a value of the model's choices.
        form: its legal form, where it has one.
        on: the day it happened; None for what has no date.
        is_activity: whether it is an event of the activity list.
    """

    path: str
    title: str
    title_language: str = ""
    title_translation: str = ""
    text: str = ""
    text_translation: str = ""
    names: Sequence[str] = ()
    words: str = ""
    label: str = ""
    label_fr: str = ""
    state: str = ""
    form: str = ""
    language: str = "en"
    on: date | None = None
    on_precision: str = "day"
    is_activity: bool = False
    is_demo: bool = False


class EntryQuerySet(models.QuerySet["Entry"]):
    def activity(self) -> Self:
        """What happened, newest first."""
        return self.filter(is_activity=True).order_by("-on", "-id")


class Entry(models.Model):
    """One public thing, as the search and the activity list show it.

    The database keeps a full-text index of ``title_stems`` and ``text_stems`` beside this table:
    FTS5 with triggers on SQLite, a generated tsvector with GIN on PostgreSQL (migration 0001).
    """

    kind = models.CharField(max_length=20, choices=EntryKind)
    object_id = models.BigIntegerField()
    path = models.CharField(max_length=300)
    language = models.CharField(max_length=10)
    title = models.TextField(blank=True)
    title_language = models.CharField(max_length=10)
    title_translation = models.TextField(blank=True)
    text = models.TextField(blank=True)
    text_translation = models.TextField(blank=True)
    label = models.CharField(max_length=300, blank=True)
    label_fr = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=30, blank=True)
    form = models.CharField(max_length=30, blank=True)
    on = models.DateField(null=True)
    on_precision = models.CharField(max_length=5, default="day")
    is_activity = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    title_stems = models.TextField(blank=True)
    text_stems = models.TextField(blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="entry_once_a_thing"),
            models.CheckConstraint(
                condition=models.Q(is_activity=False) | models.Q(on__isnull=False),
                name="entry_activity_has_a_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-on", "-id"],
                condition=models.Q(is_activity=True),
                name="entry_activity",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:80]

    @classmethod
    def of(cls, kind: str, object_id: int, face: Face) -> "Entry":
        """The row for a thing, unsaved, with its stems: a text in its language, a translation in
        the other one. Names go with the title, and each is found whole as well as by its words.
        """
        title_language = face.title_language or face.language
        titles = [
            (face.title, title_language),
            (face.title_translation, _other(title_language)),
            *((name, title_language) for name in (face.label, *face.names)),
            (face.label_fr, "fr"),
        ]
        texts = [
            (face.text, face.language),
            (face.text_translation, _other(face.language)),
            (face.words, face.language),
        ]
        return cls(
            kind=kind,
            object_id=object_id,
            path=face.path,
            language=face.language,
            title=face.title,
            title_language=title_language,
            title_translation=face.title_translation,
            text=face.text,
            text_translation=face.text_translation,
            label=face.label,
            label_fr=face.label_fr,
            state=face.state,
            form=face.form,
            on=face.on,
            on_precision=face.on_precision,
            is_activity=face.is_activity,
            is_demo=face.is_demo,
            title_stems=_joined(
                part
                for title, language in titles
                for part in (words.stems(title, language), words.whole(title, language))
            ),
            text_stems=_joined(words.stems(text, language) for text, language in texts),
        )

    @property
    def title_read(self) -> tuple[str, str]:
        """The title as its reader gets it, and the language that is in."""
        return for_reader(self.title, self.title_language, self.title_translation)

    @property
    def text_read(self) -> tuple[str, str]:
        return for_reader(self.text, self.language, self.text_translation)

    @property
    def label_read(self) -> str:
        return for_reader(self.label, "en", self.label_fr)[0]


def _other(language: str) -> str:
    return "fr" if language[:2] == "en" else "en"


def _joined(parts: Iterable[str]) -> str:
    return " ".join(filter(None, parts))


class PageVersionManager(models.Manager["PageVersion"]):
    def bump(self, topics: Iterable[str]) -> None:
        """Say that pages about ``topics`` show something new.

        Runs in the writer's transaction: readers see the new content and the new number together.
        """
        for topic in sorted(set(topics)):  # one order everywhere, so writers never deadlock
            if not self.filter(topic=topic).update(number=F("number") + 1):
                self.get_or_create(topic=topic, defaults={"number": 1})


class PageVersion(models.Model):
    """How often what is public about a topic has changed. Cached pages carry these numbers."""

    topic = models.CharField(max_length=20, primary_key=True)
    number = models.BigIntegerField(default=0)

    objects = PageVersionManager()

    def __str__(self) -> str:
        return f"{self.topic} {self.number}"
