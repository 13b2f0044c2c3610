"""A text as files to take away, and what goes with it to a council."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from resolutions.composing import Composed, as_recorded
from resolutions.documents import kit, pdf, plain, resolution, word
from resolutions.documents.kit import Question
from resolutions.documents.resolution import Fact
from resolutions.documents.sheets import Sheet
from resolutions.models import Clause, ModelResolution, ResolutionText, Step

__all__ = [
    "Document",
    "Fact",
    "Format",
    "Question",
    "make",
    "make_model",
    "make_recorded",
    "public_text",
]


class Document(models.TextChoices):
    RESOLUTION = "resolution", _("The resolution")
    LETTER = "letter", _("Cover letter")
    NOTES = "notes", _("Speaking notes for two minutes")
    QUESTIONS = "questions", _("Questions and answers")


class Format(models.TextChoices):
    DOCX = "docx", _("Word")
    PDF = "pdf", _("PDF")
    TXT = "txt", _("Plain text")


_WRITERS: dict[Format, tuple[Callable[[Sheet], bytes], str]] = {
    Format.DOCX: (
        word.write,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    Format.PDF: (pdf.write, "application/pdf"),
    Format.TXT: (plain.write, "text/plain; charset=utf-8"),
}
# A file is called what an office looks for, in English as all addresses are.
_NAMES = {
    Document.RESOLUTION: "resolution",
    Document.LETTER: "cover-letter",
    Document.NOTES: "speaking-notes",
    Document.QUESTIONS: "questions-and-answers",
}


def make(
    kind: Document,
    format: Format,
    composed: Composed,
    *,
    clauses: Sequence[Clause],
    questions: Sequence[Question] = (),
    facts: Sequence[Fact] | None = None,
) -> tuple[bytes, str, str]:
    """A file: its bytes, its content type and its name. In the text's language, whatever the
    reader's; the same text is always the same bytes.

    ``clauses`` are those of the model, for the reasons that stand with them. ``facts`` stand at the
    head of a resolution that was dealt with; without them there are lines for the clerk to fill in.

    Asks no query where the council has its jurisdiction and the model its report.
    """
    with translation.override(composed.language):
        if kind == Document.RESOLUTION:
            sheet = resolution.resolution(composed, facts, is_plain=format == Format.TXT)
        elif kind == Document.LETTER:
            sheet = kit.letter(composed)
        elif kind == Document.NOTES:
            sheet = kit.notes(composed, clauses)
        else:
            sheet = kit.questions(composed, clauses, questions)
        return _written(sheet, format, f"{_NAMES[kind]}-{composed.council.slug}")


def make_recorded(
    text: ResolutionText, format: Format, *, steps: Sequence[Step]
) -> tuple[bytes, str, str]:
    """A recorded text as a file, with what became of it at its head. ``steps``: the newest first.

    What it was made from stands below it once that is public. Two queries at most.
    """
    composed = public_text(text)
    with translation.override(composed.language):
        facts = resolution.facts_of(text.resolution, steps, composed.language)
    return make(Document.RESOLUTION, format, composed, clauses=(), facts=facts)


def public_text(text: ResolutionText) -> Composed:
    """A recorded text without what a model says that is not public."""
    composed = as_recorded(text)
    if composed.model is not None and not composed.model.is_public:
        return replace(composed, model=None, note="")
    return composed


def make_model(
    model: ModelResolution, format: Format, *, clauses: Sequence[Clause]
) -> tuple[bytes, str, str]:
    """The text of record of a model as a file. ``clauses`` are all of it, in order."""
    with translation.override(model.language):
        sheet = resolution.model_text(model, clauses, is_plain=format == Format.TXT)
        return _written(sheet, format, f"model-{model.slug}")


def _written(sheet: Sheet, format: Format, name: str) -> tuple[bytes, str, str]:
    write, content_type = _WRITERS[format]
    return write(sheet.printable()), content_type, f"{name}.{format.value}"
